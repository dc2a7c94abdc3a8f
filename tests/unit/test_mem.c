#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dz_mem.h"

static void
test_alloc_is_zeroed_and_never_null(void **state)
{
    (void)state;
    unsigned char *p = dz_alloc(1000);
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(p[i], 0);
    dz_free(p);
    void *none = dz_alloc(0);
    assert_non_null(none);
    dz_free(none);
    int *array = dz_alloc_array(10, sizeof *array);
    assert_int_equal(array[9], 0);
    dz_free(array);
    dz_free(NULL);
}

static void
test_grow_doubles_and_zeroes(void **state)
{
    (void)state;
    size_t cap = 0;
    uint32_t *p = dz_grow(NULL, &cap, 1, sizeof *p);
    size_t first = cap;
    assert_true(first >= 1);
    for (size_t i = 0; i < cap; i++) {
        assert_int_equal(p[i], 0);
        p[i] = (uint32_t)i + 1;
    }
    assert_ptr_equal(dz_grow(p, &cap, first, sizeof *p), p);
    assert_int_equal(cap, first);
    p = dz_grow(p, &cap, first + 1, sizeof *p);
    assert_int_equal(cap, 2 * first);
    for (size_t i = 0; i < cap; i++)
        assert_int_equal(p[i], i < first ? i + 1 : 0);
    p = dz_grow(p, &cap, 1000, sizeof *p);
    assert_true(cap >= 1000 && cap < 2000);
    assert_int_equal(p[999], 0);
    dz_free(p);
}

static void
test_strings(void **state)
{
    (void)state;
    DZ_AUTO_FREE char *a = dz_strdup("село");
    assert_string_equal(a, "село");
    DZ_AUTO_FREE char *b = dz_strndup("abcdef", 3);
    assert_string_equal(b, "abc");
    DZ_AUTO_FREE char *c = dz_strndup("ab", 10);
    assert_string_equal(c, "ab");
    DZ_AUTO_FREE char *d = dz_strndup(NULL, 0);
    assert_string_equal(d, "");
    DZ_AUTO_FREE char *e = dz_asprintf("%s-%d", "x", 7);
    assert_string_equal(e, "x-7");
}

static void
test_checked_arithmetic(void **state)
{
    (void)state;
    size_t r = 7;
    assert_true(dz_add_size(SIZE_MAX - 1, 1, &r));
    assert_true(r == SIZE_MAX);
    r = 7;
    assert_false(dz_add_size(SIZE_MAX, 1, &r));
    assert_int_equal(r, 7);
    assert_true(dz_mul_size(SIZE_MAX / 3, 3, &r));
    r = 7;
    assert_false(dz_mul_size(SIZE_MAX / 2, 3, &r));
    assert_int_equal(r, 7);
    assert_true(dz_mul_size(0, SIZE_MAX, &r));
    assert_int_equal(r, 0);
}

/* Runs what must stop the process in a child; gives its exit status and what it said. */
static int
status_of(void (*body)(void), char *said, size_t size)
{
    int pipe_fd[2];
    assert_int_equal(pipe(pipe_fd), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        dup2(pipe_fd[1], STDERR_FILENO);
        body();
        _exit(99);
    }
    close(pipe_fd[1]);
    ssize_t n = read(pipe_fd[0], said, size - 1);
    said[n > 0 ? n : 0] = '\0';
    close(pipe_fd[0]);
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
ask_for_too_many(void)
{
    volatile size_t n = SIZE_MAX / 2;
    dz_free(dz_alloc_array(n, 3));
}

static void
grow_too_far(void)
{
    size_t cap = 0;
    volatile size_t n = SIZE_MAX / 2;
    dz_free(dz_grow(NULL, &cap, n, 3));
}

static void
just_panic(void)
{
    dz_panic("the reason");
}

static void
test_no_way_on_stops_with_one_line(void **state)
{
    (void)state;
    char said[512];
    assert_int_equal(status_of(just_panic, said, sizeof said), 1);
    assert_string_equal(said, "dokaz: the reason\n");
    assert_int_equal(status_of(ask_for_too_many, said, sizeof said), 1);
    assert_ptr_equal(strstr(said, "dokaz: out of memory"), said);
    assert_ptr_equal(strchr(said, '\n'), said + strlen(said) - 1);
    assert_int_equal(status_of(grow_too_far, said, sizeof said), 1);
    assert_ptr_equal(strstr(said, "dokaz: out of memory"), said);
}

static void
test_arena(void **state)
{
    (void)state;
    struct dz_arena a = {0};
    for (size_t i = 1; i < 3000; i++) {
        unsigned char *p = dz_arena_alloc(&a, i % 97);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
        for (size_t k = 0; k < i % 97; k++)
            assert_int_equal(p[k], 0);
        memset(p, 0xAA, i % 97);
    }
    /* Larger than a chunk. */
    char *big = dz_arena_alloc(&a, 300000);
    assert_non_null(big);
    big[299999] = 1;
    assert_string_equal(dz_arena_strndup(&a, "hello", 4), "hell");
    assert_string_equal(dz_arena_strndup(&a, "hi", 40), "hi");
    dz_arena_done(&a);
    assert_int_equal(a.used_bytes, 0);
    dz_arena_done(&a);
    dz_arena_done(NULL);
}

static void
test_arena_has_a_ceiling(void **state)
{
    (void)state;
    struct dz_arena a = {.max_bytes = 1024};
    assert_non_null(dz_arena_alloc(&a, 1000));
    assert_null(dz_arena_alloc(&a, 100));
    assert_null(dz_arena_strndup(&a, "0123456789012345678901234567890123456789", 40));
    assert_non_null(dz_arena_alloc(&a, 16));
    assert_null(dz_arena_alloc(&a, 1));
    assert_null(dz_arena_alloc(&a, SIZE_MAX));
    dz_arena_done(&a);
    /* Without a maximum of its own it is 64 MiB. */
    struct dz_arena standard = {0};
    assert_null(dz_arena_alloc(&standard, ((size_t)64 << 20) + 1));
    assert_non_null(dz_arena_alloc(&standard, 1));
    dz_arena_done(&standard);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_alloc_is_zeroed_and_never_null),
        cmocka_unit_test(test_grow_doubles_and_zeroes),
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_checked_arithmetic),
        cmocka_unit_test(test_no_way_on_stops_with_one_line),
        cmocka_unit_test(test_arena),
        cmocka_unit_test(test_arena_has_a_ceiling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
