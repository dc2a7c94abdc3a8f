/* EDTF: every construct that docs/format/edtf.md names, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "dz_edtf.h"

#define LEN(table) (sizeof(table) / sizeof(table)[0])

static struct dz_edtf *
parsed(const char *text)
{
    struct dz_edtf *e = NULL;
    struct dz_err err = {.code = DZ_OK};
    if (dz_edtf_parse(dz_view_of(text), &e, &err) != DZ_OK)
        fail_msg("%s is refused: %s", text, err.msg);
    assert_int_equal(err.code, DZ_OK);
    assert_non_null(e);
    return e;
}

static void
check_print(const char *text, const char *canonical)
{
    struct dz_edtf *e = parsed(text);
    struct dz_buf out = DZ_BUF(1024);
    dz_edtf_print(e, &out);
    if (out.n == 0 || strcmp(out.p, canonical) != 0)
        fail_msg("%s prints as %s, not as %s", text, out.n > 0 ? out.p : "", canonical);
    dz_buf_done(&out);
    dz_edtf_free(e);
}

/* Written as printed, and accepted as it stands. */
static const char *const canonical[] = {
    /* Level 0: dates. */
    "1985-04-12",
    "1985-04",
    "1985",
    "0000",
    "0001-01-01",
    "9999-12-31",
    "2024-02-29",
    "2000-02-29",
    /* Level 0: date and time. */
    "1985-04-12T23:20:30",
    "1985-04-12T23:20:30Z",
    "1985-04-12T23:20:30-04:00",
    "1985-04-12T23:20:30+04:30",
    "2022-03-01T00:00:00",
    "2022-03-01T23:59:59+14:00",
    "2022-03-01T23:59:59-14:00",
    "-0044-03-15T12:00:00",
    /* Level 0: intervals. */
    "1964/2008",
    "2004-06/2006-08",
    "2004-02-01/2005-02-08",
    "2004-02-01/2005-02",
    "2004-02-01/2005",
    "2005/2006-02",
    "2022-07-14/2022-07-14",
    "2022-07-20/2022-07",
    /* Level 1: years with Y, negative years. */
    "Y170000002",
    "Y-170000002",
    "Y10000",
    "Y-10000",
    "Y999999999999",
    "Y17000?",
    "-1985",
    "-0001",
    "-1985-04-12",
    "-0400/-0300",
    /* Level 1: seasons. */
    "2001-21",
    "2001-22",
    "2001-23",
    "2001-24",
    "2022-23",
    "2001-21?",
    "2022-22/2022-23",
    /* Level 1: qualification of a whole date. */
    "1984?",
    "2004-06~",
    "2004-06-11%",
    "2023~",
    "2019-06-14~",
    "2022-09~",
    "2022-24~",
    "-0044~",
    /* Level 1: unspecified digits. */
    "201X",
    "20XX",
    "2XXX",
    "XXXX",
    "2004-XX",
    "1985-04-XX",
    "1985-XX-XX",
    "2022-XX-XX",
    "201X?",
    "2004-XX~",
    "-04XX",
    "-XXXX",
    "-000X",
    /* Level 1: intervals with open and unknown ends. */
    "1985-04-12/..",
    "1985-04/..",
    "1985/..",
    "../1985-04-12",
    "../1985-04",
    "../1985",
    "1985-04-12/",
    "1985-04/",
    "1985/",
    "/1985-04-12",
    "/1985-04",
    "/1985",
    "../..",
    "/..",
    "../",
    "1984~/2004-06",
    "1984/2004-06~",
    "1984?/2004%",
    "2024-08/..",
    "2004-06-XX/2004-07-03",
    /* Level 2: qualification of components. */
    "2004-06~-11",
    "2004?-06-11",
    "2004-?06-11",
    "2004-%06-11",
    "2022-?07-~14",
    "2004?-06-~11",
    "2004-~06",
    "2004-06-?11",
    "2004-~21",
    "2004-06-~01/2004-06-~20",
    "2004?-~06",
    "2004?-06~",
    /* Level 2: X in coarser components. */
    "156X-12-25",
    "15XX-12-25",
    "15XX-12-XX",
    "1560-XX-25",
    "XXXX-12-XX",
    "1XXX-XX",
    "1XXX-12",
    "1984-1X",
    "1984-0X",
    "2022-07-1X",
    "2022-07-3X",
    "2022-07-0X",
    "2022-XX-15",
    "201X-03",
    "201X-23",
    "190X-02-29",
    "XXXX-02-29",
    "2022-XX-31",
    /* Level 2: groupings of the year. */
    "2001-25",
    "2001-28",
    "2001-29",
    "2001-32",
    "2001-33",
    "2001-34",
    "2001-36",
    "2001-37",
    "2001-39",
    "2001-40",
    "2001-41",
    "2023-34~",
    /* Level 2: sets. */
    "[1667,1668,1670..1672]",
    "[..1760-12-03]",
    "[1760-12..]",
    "[1760-01,1760-02,1760-12..]",
    "[1667,1760-12]",
    "[..1984]",
    "{1667,1668,1670..1672}",
    "{1960,1961-12}",
    "{..1984}",
    "[2022]",
    "[..2024-07-01]",
    "{2022-03-01,2022-03-05~}",
    "[2022-21..2022-23]",
    "[-0005..0005]",
    "[Y17000..Y17001]",
    "[..2019,2021,2023..]",
    "[2022-0X,2023-XX-15]",
};

static void
test_canonical(void **state)
{
    (void)state;
    for (size_t i = 0; i < LEN(canonical); i++)
        check_print(canonical[i], canonical[i]);
}

/* Other spellings of the same value. */
static const struct {
    const char *text;
    const char *printed;
} spellings[] = {
    {"..2024-07-01", "../2024-07-01"},
    {"..2024-07", "../2024-07"},
    {"..2024~", "../2024~"},
    {"2024-07-01..", "2024-07-01/.."},
    {"2024..", "2024/.."},
    {"1985-04-12T23:20:30-04", "1985-04-12T23:20:30-04:00"},
    {"1985-04-12T23:20:30+00:00", "1985-04-12T23:20:30Z"},
    {"1985-04-12T23:20:30+00", "1985-04-12T23:20:30Z"},
    {"?2004-06-11", "2004?-06-11"},
    {"~1984", "1984~"},
    {"?2004-?06-?11", "2004-06-11?"},
    {"2004-?06?", "2004-06?"},
    {"2004?-06~-11", "2004?-06~-11"},
    {"2004%-~06-11", "2004?-06~-11"},
    {"2004?-06-11~", "2004?-06-11~"},
    {"?2004~", "2004%"},
    {"?1984?", "1984?"},
    {"~2022-07-~14", "2022~-07-~14"},
    {"~Y17000", "Y17000~"},
    {"{?2004-06..2005-06}", "{2004?-06..2005-06}"},
};

static void
test_spellings(void **state)
{
    (void)state;
    for (size_t i = 0; i < LEN(spellings); i++) {
        check_print(spellings[i].text, spellings[i].printed);
        check_print(spellings[i].printed, spellings[i].printed);
    }
}

/* The shapes in which the dated measures and the testimonies come. */
static void
test_shapes_of_the_sources(void **state)
{
    (void)state;
    static const char *const shapes[] = {
        "2014-03-21", "2015-10",  "2014/2015", "2019-06-14~",     "2023-05~",
        "2024-08/..", "2025~",    "2030",      "2022-07/2022-08", "2022-23",
        "2023~",      "2022-09~", "2022",      "../2024-07-01",
    };
    for (size_t i = 0; i < LEN(shapes); i++)
        check_print(shapes[i], shapes[i]);
}

/* What is refused, at which character (from 1), and a word of what the message says of it. */
static const struct {
    const char *text;
    int at;
    const char *says;
} refused[] = {
    /* Years. */
    {"conditionality", 1, "year of four digits"},
    {"985", 4, "year of four digits"},
    {" 2022", 1, "year of four digits"},
    {"2022 ", 5, "complete"},
    {"20221", 5, "begin with Y"},
    {"20220714", 5, "begin with Y"},
    {"-0000", 1, "0000"},
    {"+2022", 1, "year of four digits"},
    {"--2022", 2, "year of four digits"},
    {"20X2", 4, "followed by X"},
    {"X022", 2, "followed by X"},
    {"201x", 4, "year of four digits"},
    {"201u", 4, "year of four digits"},
    {"2022\u2013"
     "07",
     5, "complete"},
    {"Y2022", 2, "five or more"},
    {"Y02022", 2, "five or more"},
    {"Y-2022", 2, "five or more"},
    {"Y", 2, "five or more"},
    {"Y1234567890123", 14, "twelve"},
    {"Y17000-01", 7, "complete"},
    {"Y1700X", 2, "five or more"},
    {"Y17E7", 2, "five or more"},
    {"y170000", 1, "year of four digits"},
    {"1950S2", 5, "complete"},
    {"1984??", 6, "complete"},
    {"1984?~", 6, "complete"},
    {"1984#", 5, "complete"},
    /* Months. */
    {"2022-", 6, "month"},
    {"2022-1", 6, "month"},
    {"2022-00", 6, "month"},
    {"2022-13", 6, "month"},
    {"2022-20", 6, "month"},
    {"2022-42", 6, "month"},
    {"2022-99", 6, "month"},
    {"2022-2X", 6, "month"},
    {"2022-X1", 6, "month"},
    {"2022-xx", 6, "month"},
    {"2022--07", 6, "month"},
    {"2022/07", 8, "year of four digits"},
    {"2022-7-14", 6, "month"},
    {"2022-071", 8, "complete"},
    /* Days. */
    {"2022-07-", 9, "day of two digits"},
    {"2022-07-1", 9, "day of two digits"},
    {"2022-07-00", 9, "no such day"},
    {"2022-07-32", 9, "no such day"},
    {"2022-06-31", 9, "no such day"},
    {"2022-02-29", 9, "no such day"},
    {"1900-02-29", 9, "no such day"},
    {"2024-02-30", 9, "no such day"},
    {"2022-02-3X", 9, "no such day"},
    {"2022-07-4X", 9, "no such day"},
    {"XXXX-02-30", 9, "no such day"},
    {"2022-07-X1", 9, "day of two digits"},
    {"2022-0X-32", 9, "no such day"},
    {"1900-~02-~29", 11, "no such day"},
    {"2022-21-05", 8, "complete"},
    {"2022-33-01", 8, "complete"},
    {"2022-07-14-01", 11, "complete"},
    /* Times. */
    {"2022-07-14T", 12, "hh:mm:ss"},
    {"2022-07-14T10", 14, "hh:mm:ss"},
    {"2022-07-14T10:30", 17, "hh:mm:ss"},
    {"2022-07-14T24:00:00", 12, "hh:mm:ss"},
    {"2022-07-14T10:60:00", 15, "hh:mm:ss"},
    {"2022-07-14T10:30:60", 18, "hh:mm:ss"},
    {"2022-07-14T10:30:00.5", 20, "complete"},
    {"2022-07-14T10:30:00z", 20, "complete"},
    {"2022-07-14T1X:30:00", 12, "hh:mm:ss"},
    {"2022-07-14 10:30:00", 11, "complete"},
    {"2022-07T10:30:00", 8, "whole date"},
    {"2022T10:30:00", 5, "whole date"},
    {"2022-23T10:30:00", 8, "whole date"},
    {"2022-07-XXT10:30:00", 11, "whole date"},
    {"202X-07-14T10:30:00", 11, "whole date"},
    {"2022-07-14~T10:30:00", 12, "whole date"},
    {"2022-07-14T10:30:00~", 20, "complete"},
    {"2022-07-14T10:30:00+", 21, "zone"},
    {"2022-07-14T10:30:00+3", 21, "zone"},
    {"2022-07-14T10:30:00+15", 21, "zone"},
    {"2022-07-14T10:30:00+14:30", 20, "zone"},
    {"2022-07-14T10:30:00+03:60", 24, "zone"},
    {"2022-07-14T10:30:00+03:", 24, "zone"},
    {"2022-07-14T10:30:00-00:00", 20, "zone"},
    {"2022-07-14T10:30:00+0300", 23, "complete"},
    {"2022-07-14T10:30:00/2022-07-15", 20, "complete"},
    {"2022-07-14/2022-07-15T10:30:00", 22, "single whole date"},
    /* Intervals. */
    {"/", 2, "one side"},
    {"..", 3, "year of four digits"},
    {"2008/1964", 6, "before the beginning"},
    {"2022-08/2022-07", 9, "before the beginning"},
    {"2022-07-15/2022-07-14", 12, "before the beginning"},
    {"2022-23/2022-07", 9, "before the beginning"},
    {"2022?/2021", 7, "before the beginning"},
    {"1964/2008/2010", 10, "complete"},
    {"2022//2023", 6, "year of four digits"},
    {"2022-07..2022-08", 10, "complete"},
    {"2022...", 7, "complete"},
    {"2022.", 5, "complete"},
    {".2022", 1, "year of four digits"},
    {"..2022..", 7, "complete"},
    {"..2022/2023", 7, "complete"},
    {"2022/...", 8, "complete"},
    {"2022/P3M", 6, "year of four digits"},
    {"2022/open", 6, "year of four digits"},
    {"2022 / 2023", 5, "complete"},
    {"2022/[2023]", 6, "year of four digits"},
    /* Sets. */
    {"[]", 2, "year of four digits"},
    {"[..]", 4, "year of four digits"},
    {"[2022", 6, "comma"},
    {"2022]", 5, "complete"},
    {"[2022}", 6, "comma"},
    {"{2022]", 6, "comma"},
    {"[2022,]", 7, "year of four digits"},
    {"[,2022]", 2, "year of four digits"},
    {"[2022, 2023]", 7, "year of four digits"},
    {"[2022],2023", 7, "complete"},
    {"[2022],", 7, "complete"},
    {"[2022]~", 7, "complete"},
    {"[2022/2023]", 6, "comma"},
    {"[[2022]]", 2, "year of four digits"},
    {"[2022,..2024]", 7, "only the first"},
    {"[2022..,2024]", 6, "only the last"},
    {"[..2022..]", 8, "comma"},
    {"[2020..2022..2024]", 12, "comma"},
    {"[2024..2022]", 8, "before the beginning"},
    {"[2022..2022-05]", 8, "same unit"},
    {"[2022-21..2022-12]", 11, "same unit"},
    {"[2022-07-14T10:30:00]", 12, "comma"},
};

static void
test_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < LEN(refused); i++) {
        struct dz_edtf *e = NULL;
        struct dz_err err = {.code = DZ_OK};
        enum dz_code rc = dz_edtf_parse(dz_view_of(refused[i].text), &e, &err);
        if (rc == DZ_OK)
            fail_msg("%s is accepted", refused[i].text);
        assert_int_equal(rc, DZ_E_INPUT);
        assert_int_equal(err.code, DZ_E_INPUT);
        assert_null(e);
        char at[64];
        snprintf(at, sizeof at, "character %d:", refused[i].at);
        if (strstr(err.msg, at) == NULL || strstr(err.msg, refused[i].says) == NULL)
            fail_msg("%s: wanted '%s ... %s', got '%s'", refused[i].text, at, refused[i].says,
                     err.msg);
        assert_int_equal(dz_edtf_parse(dz_view_of(refused[i].text), &e, NULL), DZ_E_INPUT);
    }
}

static void
test_refused_by_length(void **state)
{
    (void)state;
    struct dz_edtf *e = NULL;
    struct dz_err err = {.code = DZ_OK};
    assert_int_equal(dz_edtf_parse((struct dz_view){0}, &e, &err), DZ_E_INPUT);
    assert_non_null(strstr(err.msg, "empty"));

    /* A set that fills the limit exactly is read. */
    char text[DZ_EDTF_MAX + 1];
    size_t n = 0;
    text[n++] = '[';
    for (size_t i = 0; i < 38; i++) {
        memcpy(text + n, "2022,", 5);
        n += 5;
    }
    memcpy(text + n, "2022-07~]", 10);
    n += 9;
    assert_int_equal(n, DZ_EDTF_MAX);
    check_print(text, text);

    char longest[DZ_EDTF_MAX + 1];
    memset(longest, '0', sizeof longest);
    e = NULL;
    assert_int_equal(dz_edtf_parse((struct dz_view){.p = longest, .n = sizeof longest}, &e, &err),
                     DZ_E_INPUT);
    assert_non_null(strstr(err.msg, "200"));
    assert_null(e);
}

static void
test_nul_inside(void **state)
{
    (void)state;
    struct dz_edtf *e = NULL;
    struct dz_err err = {.code = DZ_OK};
    assert_int_equal(dz_edtf_parse((struct dz_view){.p = "2022\0", .n = 5}, &e, &err), DZ_E_INPUT);
    assert_int_equal(dz_edtf_parse((struct dz_view){.p = "\0", .n = 1}, &e, &err), DZ_E_INPUT);
    assert_int_equal(dz_edtf_parse((struct dz_view){.p = "2022/\0", .n = 6}, &e, &err), DZ_E_INPUT);
    /* A view need not end where the string does. */
    assert_int_equal(dz_edtf_parse((struct dz_view){.p = "2022-07", .n = 4}, &e, &err), DZ_OK);
    assert_int_equal(dz_edtf_precision(e), 'y');
    dz_edtf_free(e);
    dz_edtf_free(NULL);
}

/* Every way to set qualifiers on three components prints no longer than it was written, and the
 * same value always prints the same. */
static void
test_qualifiers_exhaustively(void **state)
{
    (void)state;
    static const char *const sign[] = {"", "?", "~", "%"};
    char seen[64][32];
    memset(seen, 0, sizeof seen);
    for (unsigned c = 0; c < 4096; c++) {
        unsigned pre[3] = {c & 3u, c >> 2 & 3u, c >> 4 & 3u};
        unsigned post[3] = {c >> 6 & 3u, c >> 8 & 3u, c >> 10 & 3u};
        char text[64];
        snprintf(text, sizeof text, "%s2022%s-%s07%s-%s14%s", sign[pre[0]], sign[post[0]],
                 sign[pre[1]], sign[post[1]], sign[pre[2]], sign[post[2]]);
        unsigned year = pre[0] | post[0] | post[1] | post[2];
        unsigned month = pre[1] | post[1] | post[2];
        unsigned day = pre[2] | post[2];
        char *want = seen[year | month << 2 | day << 4];

        struct dz_edtf *e = parsed(text);
        struct dz_buf out = DZ_BUF(64);
        dz_edtf_print(e, &out);
        assert_true(out.n <= strlen(text));
        if (want[0] == '\0')
            memcpy(want, out.p, out.n);
        assert_string_equal(out.p, want);
        check_print(out.p, want);
        struct dz_edtf_bounds b = dz_edtf_get_bounds(e);
        assert_int_equal(b.uncertain, ((year | month | day) & 1u) != 0);
        assert_int_equal(b.approximate, ((year | month | day) & 2u) != 0);
        dz_buf_done(&out);
        dz_edtf_free(e);
    }
    for (size_t i = 0; i < 64; i++)
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(seen[i], seen[k]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_canonical),
        cmocka_unit_test(test_spellings),
        cmocka_unit_test(test_shapes_of_the_sources),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_refused_by_length),
        cmocka_unit_test(test_nul_inside),
        cmocka_unit_test(test_qualifiers_exhaustively),
    };
    return cmocka_run_group_tests_name("edtf", tests, NULL, NULL);
}
