#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "read_family.h"

static void
test_fixtures(void **state)
{
    (void)state;
    assert_true(check_fixtures(&dz_family_text, "text", NULL) >= 30);
}

static void
test_truncated(void **state)
{
    (void)state;
    static const char *const names[] = {"notice-utf16.txt", "report.md",   "talk.srt",
                                        "yard.vtt",         "answers.csv", "visits.tsv"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        check_truncated(&dz_family_text, "text", names[i], NULL);
}

static struct dz_buf
read_named(const char *bytes, size_t n, const char *name)
{
    return read_bytes(&dz_family_text, (struct dz_view){bytes, n}, name, "", NULL);
}

/* The media type of the bytes counts where the name says nothing. */
static void
test_media_type(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf out =
        read_bytes(&dz_family_text, DZ_VIEW("a,b\n1,2\n"), "export", "text/csv", NULL);
    assert_string_equal(out.p, "locator 0 cell A1\ntext a\\tb\\n\nlocator 4 cell A2\n"
                               "text 1\\t2\\n\ndone text\n");
}

/* Places are counted over all pieces that a long text is read in. */
static void
test_long_transcript(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(8u << 20);
    for (unsigned i = 0; i < 20000; i++)
        dz_buf_addf(&text, "[%02u:%02u:%02u] слово за словом\n", i / 3600, i / 60 % 60, i % 60);
    DZ_AUTO_BUF struct dz_buf out = read_named(text.p, text.n, "a.txt");
    static const char last[] = "locator 539973 time 05:33:19\ntext [05:33:19] слово за словом\\n\n"
                               "done text\n";
    assert_true(ends_with(&out, last));
}

/* A line without end comes through as it is up to the limit, and no further. */
static void
test_one_endless_line(void **state)
{
    (void)state;
    size_t n = (size_t)70 << 20;
    DZ_AUTO_FREE char *line = dz_alloc(n);
    memset(line, 'x', n);
    static const char *const names[] = {"a.txt", "a.srt"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        DZ_AUTO_BUF struct dz_buf out = read_named(line, n, names[i]);
        assert_true(ends_with(&out, "done limit too_large\n"));
        assert_true(out.n < ((size_t)65 << 20));
    }
}

/* A row that never ends is given up long before. */
static void
test_one_endless_row(void **state)
{
    (void)state;
    size_t n = (size_t)2 << 20;
    DZ_AUTO_FREE char *row = dz_alloc(n);
    memset(row, 'x', n);
    DZ_AUTO_BUF struct dz_buf out = read_named(row, n, "a.csv");
    assert_string_equal(out.p, "done limit too_large\n");
}

/* A table with more rows than are kept ends in words. */
static void
test_endless_table(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf table = DZ_BUF(8u << 20);
    for (unsigned i = 0; i < 1000000; i++)
        dz_buf_adds(&table, "1,2\n");
    DZ_AUTO_BUF struct dz_buf out = read_named(table.p, table.n, "a.csv");
    assert_true(ends_with(&out, "done limit too_large\n"));
    assert_non_null(strstr(out.p, "cell A900000\n"));
    assert_null(strstr(out.p, "cell A900001\n"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fixtures),         cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_media_type),       cmocka_unit_test(test_long_transcript),
        cmocka_unit_test(test_one_endless_line), cmocka_unit_test(test_endless_table),
        cmocka_unit_test(test_one_endless_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
