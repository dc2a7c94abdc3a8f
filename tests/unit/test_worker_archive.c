#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dz_families.h"
#include "read_family.h"
#include "zip_making.h"

/* Archives put together by tests/tools/make_fixtures/archive.py, and hostile ones made here. */

static const struct dz_family *const archives = &dz_family_archive;

static int
warm(void **state)
{
    (void)state;
    archives->warm();
    return 0;
}

static void
files_say_what_is_expected(void **state)
{
    (void)state;
    assert_true(check_fixtures(archives, "archive", "parts=yes\n") >= 14);
}

static void
every_beginning_ends_with_a_status(void **state)
{
    (void)state;
    static const char *const names[] = {"letters.zip", "inside.zip", "files.tar", "files.tar.gz",
                                        "notes.7z"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        check_truncated(archives, "archive", names[i], "parts=yes\n");
}

/* A file without its directory is read by the headers of its members. */
static void
what_came_before_the_cut_is_read(void **state)
{
    (void)state;
    struct zip_making z = {0};
    zip_store(&z, "one.txt", DZ_VIEW("first"));
    zip_store(&z, "two.txt", DZ_VIEW("second"));
    struct dz_view cut = {z.file.p, z.file.n - 3};
    DZ_AUTO_BUF struct dz_buf out = read_bytes(archives, cut, "a.zip", "", "parts=yes\n");
    assert_non_null(strstr(out.p, "text one.txt\\n\npart text/plain one.txt\n"));
    assert_non_null(strstr(out.p, "text two.txt\\n\n"));
    assert_true(ends_with(&out, "done damaged damaged\n"));
    zip_done(&z);
}

static void
a_bomb_is_told_by_what_comes_out(void **state)
{
    (void)state;
    struct zip_making z = {0};
    static char blanks[1 << 20];
    zip_pack(&z, "zeros.bin", DZ_VIEW(""), (struct dz_view){blanks, sizeof blanks}, 200,
             DZ_VIEW(""));
    struct dz_view file = zip_finish(&z);
    DZ_AUTO_BUF struct dz_buf out = read_bytes(archives, file, "a.zip", "", "parts=yes\n");
    assert_true(ends_with(&out, "done limit bomb\n"));
    /* Only listed, it harms nobody. */
    DZ_AUTO_BUF struct dz_buf list = read_bytes(archives, file, "a.zip", "", NULL);
    assert_true(ends_with(&list, "done text\n"));
    zip_done(&z);
}

static void
members_that_share_bytes_are_a_bomb(void **state)
{
    (void)state;
    struct zip_making z = {0};
    char body[600];
    memset(body, 'x', sizeof body);
    zip_store(&z, "one.txt", (struct dz_view){body, sizeof body});
    struct dz_buf again = DZ_BUF(4096);
    dz_buf_addv(&again, dz_buf_view(&z.directory));
    dz_buf_addv(&z.directory, dz_buf_view(&again));
    dz_buf_done(&again);
    z.n++;
    DZ_AUTO_BUF struct dz_buf out =
        read_bytes(archives, zip_finish(&z), "a.zip", "", "parts=yes\n");
    assert_string_equal(out.p, "done limit bomb\n");
    zip_done(&z);
}

static void
the_number_of_members_is_bounded(void **state)
{
    (void)state;
    struct zip_making z = {.file = DZ_BUF(64u << 20), .directory = DZ_BUF(64u << 20)};
    for (unsigned i = 0; i < 50001; i++)
        zip_store(&z, "a", DZ_VIEW(""));
    DZ_AUTO_BUF struct dz_buf out = read_bytes(archives, zip_finish(&z), "a.zip", "", NULL);
    assert_true(ends_with(&out, "done limit parts_limit\n"));
    zip_done(&z);
}

/* Too large to be looked at whole: what fills it is one stored member, and memory stays small. */
static void
large_files_are_streamed(void **state)
{
    (void)state;
    size_t n = (size_t)70 << 20;
    struct zip_making z = {.file = DZ_BUF((size_t)128 << 20)};
    char *body = dz_alloc(n);
    zip_store(&z, "first.txt", DZ_VIEW("small"));
    zip_store(&z, "large.bin", (struct dz_view){body, n});
    zip_store(&z, "last.txt", DZ_VIEW("behind it"));
    dz_free(body);
    DZ_AUTO_BUF struct dz_buf out =
        read_bytes(archives, zip_finish(&z), "a.zip", "", "parts=yes\n");
    assert_non_null(strstr(out.p, "part-end 73400320 bytes"));
    assert_non_null(strstr(out.p, "text last.txt\\n\n"));
    assert_true(ends_with(&out, "done text\n"));
    zip_done(&z);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_say_what_is_expected),
        cmocka_unit_test(every_beginning_ends_with_a_status),
        cmocka_unit_test(what_came_before_the_cut_is_read),
        cmocka_unit_test(a_bomb_is_told_by_what_comes_out),
        cmocka_unit_test(members_that_share_bytes_are_a_bomb),
        cmocka_unit_test(the_number_of_members_is_bounded),
        cmocka_unit_test(large_files_are_streamed),
    };
    return cmocka_run_group_tests(tests, warm, NULL);
}
