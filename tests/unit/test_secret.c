#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dz_secret.h"

/* AddressSanitizer turns mlock into nothing; gcc and clang say in different words that it is on. */
#ifdef __SANITIZE_ADDRESS__
#define WITHOUT_MLOCK
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITHOUT_MLOCK
#endif
#endif

/* Run fn in a child process; its exit status, or 128 + signal. The child says nothing: what it
 * does may be meant to end badly. */
static int
in_child(void (*fn)(struct dz_secret *s), struct dz_secret *s)
{
    fflush(NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        signal(SIGABRT, SIG_DFL);
        signal(SIGSEGV, SIG_DFL);
        setrlimit(RLIMIT_CORE, &(struct rlimit){0});
        fn(s);
        _exit(0);
    }
    int status = 0;
    assert_true(waitpid(pid, &status, 0) == pid);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* The kernel's flags of the mapping that holds p ("rd wr mr ... "), or "" if nothing is mapped
 * there. */
static void
flags_of(const void *p, char *ret, size_t cap)
{
    char line[512];
    bool inside = false;
    FILE *f = fopen("/proc/self/smaps", "r");
    assert_non_null(f);
    ret[0] = '\0';
    while (fgets(line, sizeof line, f) != NULL) {
        unsigned long first = 0;
        unsigned long end = 0;
        if (sscanf(line, "%lx-%lx ", &first, &end) == 2)
            inside = first <= (uintptr_t)p && (uintptr_t)p < end;
        else if (inside && strncmp(line, "VmFlags:", 8) == 0)
            snprintf(ret, cap, "%s", line + 8);
    }
    fclose(f);
}

static unsigned long
locked_kib(void)
{
    char line[256];
    unsigned long kib = 0;
    FILE *f = fopen("/proc/self/status", "r");
    assert_non_null(f);
    while (fgets(line, sizeof line, f) != NULL)
        if (strncmp(line, "VmLck:", 6) == 0)
            sscanf(line + 6, "%lu", &kib);
    fclose(f);
    return kib;
}

static void
test_new_is_zero(void **state)
{
    (void)state;
    static const uint8_t zeros[100];
    DZ_AUTO_SECRET struct dz_secret *s = NULL;
    assert_int_equal(dz_secret_new(100, &s, NULL), DZ_OK);
    assert_int_equal(dz_secret_size(s), 100);
    assert_memory_equal(dz_secret_peek(s), zeros, 100);
    memset(dz_secret_at(s), 0xaa, 100);
    assert_int_equal(dz_secret_peek(s)[99], 0xaa);
}

static void
test_sizes(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 15, 16, 4080, 4081, 4096, 65536, (size_t)1 << 20};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        DZ_AUTO_SECRET struct dz_secret *s = NULL;
        assert_int_equal(dz_secret_new(sizes[i], &s, NULL), DZ_OK);
        memset(dz_secret_at(s), 1, sizes[i]);
        assert_int_equal(dz_secret_size(s), sizes[i]);
    }
    struct dz_secret *none = NULL;
    struct dz_err err = {0};
    assert_int_equal(dz_secret_new(((size_t)1 << 20) + 1, &none, &err), DZ_E_LIMIT);
    assert_null(none);
    assert_int_equal(err.code, DZ_E_LIMIT);
    dz_secret_free(NULL);
}

static void
test_random_and_copy(void **state)
{
    (void)state;
    DZ_AUTO_SECRET struct dz_secret *a = NULL;
    DZ_AUTO_SECRET struct dz_secret *b = NULL;
    DZ_AUTO_SECRET struct dz_secret *c = NULL;
    assert_int_equal(dz_secret_random(32, &a, NULL), DZ_OK);
    assert_int_equal(dz_secret_random(32, &b, NULL), DZ_OK);
    assert_memory_not_equal(dz_secret_peek(a), dz_secret_peek(b), 32);
    assert_int_equal(dz_secret_copy(dz_secret_peek(a), 32, &c, NULL), DZ_OK);
    assert_true(dz_ct_equal(dz_secret_peek(a), dz_secret_peek(c), 32));
    assert_false(dz_ct_equal(dz_secret_peek(a), dz_secret_peek(b), 32));
    assert_true(dz_ct_equal(NULL, NULL, 0));
}

static void
test_guards_of_the_kernel(void **state)
{
    (void)state;
    char flags[512];
    struct dz_secret *s = NULL;
    assert_int_equal(dz_secret_new(32, &s, NULL), DZ_OK);
    const uint8_t *at = dz_secret_peek(s);
    flags_of(at, flags, sizeof flags);
    assert_non_null(strstr(flags, " dd")); /* not in core dumps */
    assert_non_null(strstr(flags, " wf")); /* wiped at fork */
#ifndef WITHOUT_MLOCK
    struct rlimit limit;
    getrlimit(RLIMIT_MEMLOCK, &limit);
    if (limit.rlim_cur >= 1 << 20)
        assert_non_null(strstr(flags, " lo")); /* not swapped out */
#endif
    dz_secret_free(s);
    flags_of(at, flags, sizeof flags);
    assert_string_equal(flags, "");
}

static void
write_behind(struct dz_secret *s)
{
    volatile uint8_t *at = dz_secret_at(s);
    at[dz_secret_size(s)] = 1;
}

static const uint8_t *inherited;

static void
look_at_inherited(struct dz_secret *s)
{
    (void)s;
    for (size_t i = 0; i < 32; i++)
        if (inherited[i] != 0)
            _exit(1);
}

static void
use_inherited(struct dz_secret *s)
{
    if (dz_secret_peek(s)[0] == 0)
        _exit(1);
}

static void
use_inherited_for_writing(struct dz_secret *s)
{
    dz_secret_at(s)[0] = 1;
}

static void
free_inherited(struct dz_secret *s)
{
    dz_secret_free(s);
}

static void
test_child_gets_nothing(void **state)
{
    (void)state;
    DZ_AUTO_SECRET struct dz_secret *s = NULL;
    assert_int_equal(dz_secret_new(32, &s, NULL), DZ_OK);
    memset(dz_secret_at(s), 0x5a, 32);
    inherited = dz_secret_peek(s);
    assert_int_equal(in_child(look_at_inherited, s), 0);
    /* Going on with a key of zeros is stopped, letting go of it is not. */
    assert_int_equal(in_child(use_inherited, s), 128 + SIGABRT);
    assert_int_equal(in_child(use_inherited_for_writing, s), 128 + SIGABRT);
    assert_int_equal(in_child(free_inherited, s), 0);
    assert_int_equal(dz_secret_peek(s)[31], 0x5a);
}

static void
write_behind_own(struct dz_secret *unused)
{
    (void)unused;
    struct dz_secret *s = NULL;
    if (dz_secret_new(32, &s, NULL) != DZ_OK)
        _exit(0);
    write_behind(s);
}

static void
write_inside_own(struct dz_secret *unused)
{
    (void)unused;
    struct dz_secret *s = NULL;
    if (dz_secret_new(32, &s, NULL) != DZ_OK)
        _exit(1);
    dz_secret_at(s)[31] = 1;
    dz_secret_free(s);
}

static void
test_own_overflow_is_fatal(void **state)
{
    (void)state;
    assert_int_equal(in_child(write_inside_own, NULL), 0);
    assert_int_not_equal(in_child(write_behind_own, NULL), 0);
}

static void
ask_without_memory(struct dz_secret *unused)
{
    (void)unused;
    struct dz_secret *s = NULL;
    struct dz_err err = {0};
    setrlimit(RLIMIT_AS, &(struct rlimit){.rlim_cur = 4096, .rlim_max = 4096});
    if (dz_secret_new(32, &s, &err) != DZ_E_MEMORY || s != NULL || err.code != DZ_E_MEMORY)
        _exit(1);
}

/* A user whose limit on locked memory is used up: the secret may be swapped, but work goes on. */
static void
ask_without_locking(struct dz_secret *unused)
{
    (void)unused;
    struct dz_secret *s = NULL;
    setrlimit(RLIMIT_MEMLOCK, &(struct rlimit){0});
    if (setgid(65534) != 0 || setuid(65534) != 0) {
        /* Not root: the limit holds anyway. */
    }
    if (dz_secret_random(32, &s, NULL) != DZ_OK)
        _exit(1);
    dz_secret_free(s);
}

static void
test_without_memory(void **state)
{
    (void)state;
    assert_int_equal(in_child(ask_without_memory, NULL), 0);
    assert_int_equal(in_child(ask_without_locking, NULL), 0);
}

/* The usual limit is 8 MiB for a user: 500 keys at a time must leave most of it. */
static void
test_locked_memory_is_small(void **state)
{
    (void)state;
    enum { N = 500 };
    static struct dz_secret *s[N];
    unsigned long before = locked_kib();
    for (size_t i = 0; i < N; i++)
        assert_int_equal(dz_secret_new(32, &s[i], NULL), DZ_OK);
    assert_true(locked_kib() - before <= N * 4);
    for (size_t i = 0; i < N; i++)
        dz_secret_free(s[i]);
    assert_true(locked_kib() <= before);
}

static void
test_wipe(void **state)
{
    (void)state;
    char text[] = "not for others";
    dz_wipe(text, 4);
    assert_memory_equal(text, "\0\0\0\0for others", sizeof text);
    dz_wipe(text, sizeof text);
    assert_int_equal(text[13], 0);
    dz_wipe(NULL, 0);
}

static int
setup(void **state)
{
    (void)state;
    return dz_crypto_init(NULL) == DZ_OK && dz_crypto_init(NULL) == DZ_OK ? 0 : -1;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_new_is_zero),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_random_and_copy),
        cmocka_unit_test(test_guards_of_the_kernel),
        cmocka_unit_test(test_own_overflow_is_fatal),
        cmocka_unit_test(test_child_gets_nothing),
        cmocka_unit_test(test_without_memory),
        cmocka_unit_test(test_locked_memory_is_small),
        cmocka_unit_test(test_wipe),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
