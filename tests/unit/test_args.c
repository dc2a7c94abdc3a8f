/* Options of the command line: what is read, what is refused, and the tables themselves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dz_args.h"
#include "dz_cmd.h"
#include "dz_csv.h"
#include "dz_err.h"

struct values {
    bool all;
    bool quiet;
    const char *name;
    const char *file;
    const char *date;
    uint64_t number;
};

static const struct dz_opt opts[] = {
    {.name = "all",
     .letter = 'a',
     .kind = DZ_OPT_KIND_FLAG,
     .at = DZ_OPT_AT(bool, struct values, all),
     .help = "h"},
    {.name = "quiet",
     .letter = 'q',
     .kind = DZ_OPT_KIND_FLAG,
     .at = DZ_OPT_AT(bool, struct values, quiet),
     .help = "h"},
    {.name = "name",
     .letter = 'n',
     .kind = DZ_OPT_KIND_TEXT,
     .at = DZ_OPT_AT(const char *, struct values, name),
     .arg = "NAME",
     .help = "h"},
    DZ_OPT_PATH(struct values, file, "file", "FILE", "h"),
    DZ_OPT_DATE(struct values, date, "date", "h"),
    DZ_OPT_NUMBER(struct values, number, "number", "N", 2, 10, "h"),
    {0},
};

#define MOST 12

struct parsed {
    enum dz_code code;
    struct dz_err err;
    struct values v;
    const char *words[MOST];
    size_t n;
    int used;
};

static struct parsed
parse(enum dz_args_until until, ...)
{
    char *argv[MOST] = {NULL};
    int argc = 0;
    va_list args;
    va_start(args, until);
    while ((argv[argc] = va_arg(args, char *)) != NULL)
        argc++;
    va_end(args);
    struct parsed p = {0};
    struct dz_opt_set sets[] = {{NULL, NULL}, {opts, &p.v}};
    p.code = dz_args_parse(sets, 2, until, argc, argv, p.words, &p.n, &p.used, &p.err);
    return p;
}

static void
test_forms(void **state)
{
    (void)state;
    struct parsed p =
        parse(DZ_ARGS_ALL, "one", "--name", "x y", "--all", "two", "--number=7", NULL);
    assert_int_equal(p.code, DZ_OK);
    assert_int_equal(p.n, 2);
    assert_string_equal(p.words[0], "one");
    assert_string_equal(p.words[1], "two");
    assert_string_equal(p.v.name, "x y");
    assert_true(p.v.all);
    assert_false(p.v.quiet);
    assert_int_equal(p.v.number, 7);

    p = parse(DZ_ARGS_ALL, "-aqnX", NULL);
    assert_int_equal(p.code, DZ_OK);
    assert_true(p.v.all && p.v.quiet);
    assert_string_equal(p.v.name, "X");
    p = parse(DZ_ARGS_ALL, "-n", "-a", NULL);
    assert_int_equal(p.code, DZ_OK);
    assert_string_equal(p.v.name, "-a");
    assert_false(p.v.all);

    /* "--" ends the options, "-" is a word. */
    p = parse(DZ_ARGS_ALL, "-", "--", "--all", "-q", NULL);
    assert_int_equal(p.code, DZ_OK);
    assert_int_equal(p.n, 3);
    assert_string_equal(p.words[1], "--all");
    assert_false(p.v.all);

    p = parse(DZ_ARGS_FIRST_WORD, "-a", "word", "-q", NULL);
    assert_int_equal(p.code, DZ_OK);
    assert_int_equal(p.used, 1);
    assert_true(p.v.all);
    assert_false(p.v.quiet);
}

static void
refused(struct parsed p, const char *part)
{
    assert_int_equal(p.code, DZ_E_USAGE);
    assert_int_equal(p.err.code, DZ_E_USAGE);
    if (strstr(p.err.msg, part) == NULL)
        fail_msg("'%s' does not say '%s'", p.err.msg, part);
}

static void
test_refused(void **state)
{
    (void)state;
    refused(parse(DZ_ARGS_ALL, "--nmae", "x", NULL), "did you mean '--name'");
    refused(parse(DZ_ARGS_ALL, "--num=3", NULL), "did you mean '--number'");
    /* A key that was pasted in place of a file is not repeated on the terminal. */
    struct parsed p = parse(DZ_ARGS_ALL, "-----BEGIN PRIVATE KEY-----\nc2VjcmV0", NULL);
    assert_null(strstr(p.err.msg, "c2VjcmV0"));
    refused(p, "there is no such option");
    p = parse(DZ_ARGS_ALL, "-zc2VjcmV0+/=", NULL);
    assert_null(strstr(p.err.msg, "c2VjcmV0"));
    refused(p, "there is no such option");
    refused(parse(DZ_ARGS_ALL, "--zzzzz", NULL), "see --help");
    refused(parse(DZ_ARGS_ALL, "-x", NULL), "'-x'");
    refused(parse(DZ_ARGS_ALL, "--name", NULL), "needs a value");
    refused(parse(DZ_ARGS_ALL, "-n", NULL), "needs a value");
    refused(parse(DZ_ARGS_ALL, "--name=", NULL), "empty");
    refused(parse(DZ_ARGS_ALL, "--all=yes", NULL), "takes no value");
    refused(parse(DZ_ARGS_ALL, "--number", "1", NULL), "2 to 10");
    refused(parse(DZ_ARGS_ALL, "--number", "11", NULL), "2 to 10");
    refused(parse(DZ_ARGS_ALL, "--number", "-3", NULL), "2 to 10");
    refused(parse(DZ_ARGS_ALL, "--number", "3x", NULL), "2 to 10");
    refused(parse(DZ_ARGS_ALL, "--date", "1.7.2024", NULL), "EDTF");
    refused(parse(DZ_ARGS_ALL, "--name", "\xff", NULL), "UTF-8");
    /* A file name is bytes. */
    assert_int_equal(parse(DZ_ARGS_ALL, "--file", "\xff", NULL).code, DZ_OK);
    assert_int_equal(parse(DZ_ARGS_ALL, "--date", "2024~", NULL).code, DZ_OK);
}

static void
test_distance(void **state)
{
    (void)state;
    static const struct {
        const char *a;
        const char *b;
        unsigned edits;
    } rows[] = {
        {"", "", 0},
        {"abc", "abc", 0},
        {"abc", "acb", 1},
        {"abc", "ab", 1},
        {"abc", "abcd", 1},
        {"abc", "axc", 1},
        {"", "abc", 3},
        {"verfiy", "verify", 1},
        {"kitten", "sitting", 3},
        {"chronolgy", "chronology", 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(dz_args_distance(rows[i].a, rows[i].b), rows[i].edits);
        assert_int_equal(dz_args_distance(rows[i].b, rows[i].a), rows[i].edits);
    }
    static const char *const names[] = {"accept", "add", "verify", NULL};
    assert_string_equal(dz_args_nearest("verfy", names), "verify");
    assert_string_equal(dz_args_nearest("acc", names), "accept");
    assert_null(dz_args_nearest("xyz", names));
    assert_null(dz_args_nearest("a", names));
}

static void
test_tables(void **state)
{
    (void)state;
    const char *fault = dz_commands_fault();
    if (fault != NULL)
        fail_msg("the table of '%s' is not in order", fault);
    assert_non_null(dz_command_find("verify"));
    assert_null(dz_command_find("verif"));
}

/* Rows of a table as "a|b;c|d". */
static enum dz_code
csv_rows(const char *text, char *ret, size_t room, struct dz_err *err)
{
    DZ_AUTO_CSV struct dz_csv csv = {0};
    ret[0] = '\0';
    enum dz_code code = dz_csv_init(&csv, dz_view_of(text), err);
    bool more = true;
    while (code == DZ_OK && more) {
        code = dz_csv_next(&csv, &more, err);
        for (size_t i = 0; code == DZ_OK && more && i < csv.n_cells; i++) {
            strncat(ret, csv.cells[i], room - strlen(ret) - 1);
            strncat(ret, i + 1 < csv.n_cells ? "|" : ";", room - strlen(ret) - 1);
        }
    }
    return code;
}

static void
test_csv(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *rows;
    } good[] = {
        {"a,b\nc,d\n", "a|b;c|d;"},
        {"\xEF\xBB\xBF"
         "a,b\r\nc,d",
         "a|b;c|d;"},
        {"\"x,y\",\"a \"\"b\"\"\"\n", "x,y|a \"b\";"},
        {"\"two\nlines\",\n\n,z\n", "two\nlines|;|z;"},
        {"", ""},
        {",\n", "|;"},
        {"a\rb,c\n", "a\rb|c;"},
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        char rows[200];
        struct dz_err err = {0};
        assert_int_equal(csv_rows(good[i].text, rows, sizeof rows, &err), DZ_OK);
        assert_string_equal(rows, good[i].rows);
    }
    static const struct {
        const char *text;
        const char *says;
    } bad[] = {
        {"a\n\"b\nc", "line 2"},
        {"a\nb\n\"c\"d,e\n", "line 3"},
        {"\xff", "byte"},
    };
    struct dz_csv csv;
    struct dz_err zero = {0};
    assert_int_equal(dz_csv_init(&csv, DZ_VIEW("a,b\nc,\0d\n"), &zero), DZ_E_INPUT);
    assert_non_null(strstr(zero.msg, "line 2"));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char rows[200];
        struct dz_err err = {0};
        assert_int_equal(csv_rows(bad[i].text, rows, sizeof rows, &err), DZ_E_INPUT);
        assert_non_null(strstr(err.msg, bad[i].says));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),    cmocka_unit_test(test_refused),
        cmocka_unit_test(test_distance), cmocka_unit_test(test_tables),
        cmocka_unit_test(test_csv),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
