#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dz_families.h"
#include "dz_office.h"
#include "dz_sheet_dates.h"
#include "read_family.h"
#include "zip_making.h"

/* Office files put together by tests/tools/make_fixtures/office.py, and hostile ones made here. */

static const struct dz_family *const office = &dz_family_office;

#define DOCUMENT                                                                                   \
    "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>"

static struct dz_buf
said(struct zip_making *z, const char *options)
{
    struct dz_view file = zip_finish(z);
    struct dz_buf out = read_bytes(office, file, "file", "application/octet-stream", options);
    zip_done(z);
    return out;
}

static int
warm(void **state)
{
    (void)state;
    office->warm();
    return 0;
}

static void
files_say_what_is_expected(void **state)
{
    (void)state;
    assert_true(check_fixtures(office, "office", "parts=yes\n") >= 25);
}

static void
every_beginning_ends_with_a_status(void **state)
{
    (void)state;
    static const char *const names[] = {"letter.docx", "numbers.xlsx", "talk.pptx",
                                        "notice.odt",  "accounts.ods", "book.epub",
                                        "boxes.docx",  "boxes.odt",    "excel.xlsx"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        check_truncated(office, "office", names[i], "parts=yes\n");
}

static void
parts_are_only_counted_unless_wanted(void **state)
{
    (void)state;
    struct zip_making z = {0};
    zip_store(&z, "word/document.xml", DZ_VIEW(DOCUMENT "<w:p/></w:body></w:document>"));
    zip_store(&z, "word/media/../../../etc/x.png", DZ_VIEW("picture"));
    DZ_AUTO_BUF struct dz_buf out = said(&z, NULL);
    assert_non_null(strstr(out.p, "part image/png word/media/../../../etc/x.png\npart-end 0 "));
    assert_true(ends_with(&out, "done empty no_text\n"));
}

static void
a_bomb_is_told_by_what_comes_out(void **state)
{
    (void)state;
    struct zip_making z = {0};
    static char blanks[1 << 20];
    memset(blanks, ' ', sizeof blanks);
    zip_pack(&z, "word/document.xml", DZ_VIEW(DOCUMENT),
             (struct dz_view){blanks, sizeof blanks}, 100, DZ_VIEW("</w:body></w:document>"));
    DZ_AUTO_BUF struct dz_buf out = said(&z, NULL);
    assert_string_equal(out.p, "done limit bomb\n");
}

static void
deep_nesting_ends_at_its_limit(void **state)
{
    (void)state;
    struct zip_making z = {0};
    zip_pack(&z, "word/document.xml",
             DZ_VIEW(DOCUMENT "<w:p><w:r><w:t>before</w:t></w:r></w:p>"), DZ_VIEW("<w:x>"), 1000000,
             DZ_VIEW(""));
    DZ_AUTO_BUF struct dz_buf out = said(&z, NULL);
    assert_string_equal(out.p, "text before\\n\ndone limit nesting\n");
}

static void
members_that_share_bytes_are_a_bomb(void **state)
{
    (void)state;
    struct zip_making z = {0};
    char body[600];
    memset(body, 'x', sizeof body);
    zip_store(&z, "word/document.xml", (struct dz_view){body, sizeof body});
    /* The same record of the directory once more: the same bytes under another member. */
    struct dz_buf again = DZ_BUF(4096);
    dz_buf_addv(&again, dz_buf_view(&z.directory));
    dz_buf_addv(&z.directory, dz_buf_view(&again));
    dz_buf_done(&again);
    z.n++;
    DZ_AUTO_BUF struct dz_buf out = said(&z, NULL);
    assert_string_equal(out.p, "done limit bomb\n");
}

static void
an_encrypted_member_is_said(void **state)
{
    (void)state;
    struct zip_making z = {0};
    zip_store(&z, "word/document.xml", DZ_VIEW("scrambled"));
    z.file.p[6] = 1;
    z.directory.p[8] = 1;
    DZ_AUTO_BUF struct dz_buf out = said(&z, NULL);
    assert_string_equal(out.p, "done unsupported encrypted\n");
}

/* A row that is said to be there a million times is said so often and no more. */
static void
repeated_rows_are_bounded(void **state)
{
    (void)state;
    struct zip_making z = {0};
    zip_store(&z, "content.xml",
              DZ_VIEW("<d xmlns:t='t'><t:spreadsheet><t:table t:name='A'>"
                      "<t:table-row t:number-rows-repeated='1000000'>"
                      "<t:table-cell t:number-columns-repeated='1000000'><t:p>y</t:p></t:table-cell>"
                      "</t:table-row></t:table></t:spreadsheet></d>"));
    DZ_AUTO_BUF struct dz_buf out = said(&z, NULL);
    assert_non_null(strstr(out.p, "cell A100\n"));
    assert_null(strstr(out.p, "cell A101\n"));
    assert_non_null(strstr(out.p, "meta office.RepeatedRow=A\n"));
    assert_true(ends_with(&out, "done text\n"));
}

static void
number_formats_tell_dates(void **state)
{
    (void)state;
    static const struct {
        const char *format;
        unsigned kind;
    } cases[] = {
        {"dd.mm.yyyy", DZ_SHEET_DATE},
        {"[$-419]d mmm yyyy", DZ_SHEET_DATE},
        {"mm:ss", DZ_SHEET_TIME},
        {"mmm", DZ_SHEET_DATE},
        {"hh:mm:ss.000", DZ_SHEET_TIME},
        {"yyyy-mm-dd\\Thh:mm", DZ_SHEET_DATE | DZ_SHEET_TIME},
        {"0.00", DZ_SHEET_NUMBER},
        {"0.0%", DZ_SHEET_PERCENT},
        {"#,##0\\ %", DZ_SHEET_PERCENT},
        {"0.0\\%", DZ_SHEET_NUMBER},
        {"0\"%\"", DZ_SHEET_NUMBER},
        {"0;0%", DZ_SHEET_NUMBER},
        {"#,##0\\ \"days\"", DZ_SHEET_NUMBER},
        {"[Red]0;dd", DZ_SHEET_NUMBER},
        {"[h]:mm", DZ_SHEET_SPAN},
        {"00000", DZ_SHEET_ZEROS * 5},
        {"0", DZ_SHEET_NUMBER},
        {"000;-000", DZ_SHEET_ZEROS * 3},
        {"00.0", DZ_SHEET_NUMBER},
        {"0000000000000000", DZ_SHEET_NUMBER},
        {"General", DZ_SHEET_NUMBER},
        {"", DZ_SHEET_NUMBER},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (dz_sheet_kind_of(dz_view_of(cases[i].format)) != cases[i].kind)
            fail_msg("%s", cases[i].format);
    }
}

static void
references_are_resolved_within_the_file(void **state)
{
    (void)state;
    static const struct {
        const char *base;
        const char *target;
        const char *found;
    } cases[] = {
        {"ppt/slides/", "../media/a.png", "ppt/media/a.png"},
        {"OEBPS/", "ch%201.xhtml#part", "OEBPS/ch 1.xhtml"},
        {"word/", "/xl/a.xml", "xl/a.xml"},
        {"a/", "../../../../b", "b"},
        {"a/", "./x//y", "a/x/y"},
        {"a/", "%", "a/%"},
        {"a/", "x%00y", "a/x%00y"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *found = dz_office_resolve(cases[i].base, dz_view_of(cases[i].target));
        assert_string_equal(found, cases[i].found);
        dz_free(found);
    }
}

static void
names_are_told_in_the_usual_pages(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        bool is_utf8;
        const char *name;
    } cases[] = {
        {"plain.txt", false, "plain.txt"},
        {"\xaf\xe0\xa8\xaa\xa0\xa7.txt", false, "приказ.txt"},     /* 866 */
        {"\xcf\xf0\xe8\xea\xe0\xe7.txt", false, "Приказ.txt"},     /* 1251 */
        {"\xd0\xb4\xd0\xb0", false, "да"},
        {"a\xff", true, "a\xef\xbf\xbd"},
        {"a\nb", false, "a b"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        DZ_AUTO_BUF struct dz_buf out = DZ_BUF(1024);
        dz_zip_name(dz_view_of(cases[i].bytes), cases[i].is_utf8, &out);
        assert_string_equal(out.p, cases[i].name);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_say_what_is_expected),
        cmocka_unit_test(every_beginning_ends_with_a_status),
        cmocka_unit_test(parts_are_only_counted_unless_wanted),
        cmocka_unit_test(a_bomb_is_told_by_what_comes_out),
        cmocka_unit_test(deep_nesting_ends_at_its_limit),
        cmocka_unit_test(members_that_share_bytes_are_a_bomb),
        cmocka_unit_test(an_encrypted_member_is_said),
        cmocka_unit_test(repeated_rows_are_bounded),
        cmocka_unit_test(number_formats_tell_dates),
        cmocka_unit_test(references_are_resolved_within_the_file),
        cmocka_unit_test(names_are_told_in_the_usual_pages),
    };
    return cmocka_run_group_tests(tests, warm, NULL);
}
