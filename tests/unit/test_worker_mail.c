#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dz_families.h"
#include "dz_mail.h"
#include "read_family.h"

/* Mails put together by tests/tools/make_fixtures/mail.py, and hostile ones made here. */

static const struct dz_family *const mail = &dz_family_mail;

static struct dz_buf
said(struct dz_view bytes)
{
    return read_bytes(mail, bytes, "file", "message/rfc822", "parts=yes\n");
}

static void
files_say_what_is_expected(void **state)
{
    (void)state;
    assert_true(check_fixtures(mail, "mail", "parts=yes\n") >= 27);
}

static void
every_beginning_ends_with_a_status(void **state)
{
    (void)state;
    static const char *const names[] = {"refusal.eml", "uu.eml", "three.mbox", "saved.mhtml",
                                        "winmail.dat", "page.dat", "rich.dat"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        check_truncated(mail, "mail", names[i], "parts=yes\n");
}

static void
parts_are_only_counted_unless_wanted(void **state)
{
    (void)state;
    struct dz_view bytes = DZ_VIEW("Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n"
                                   "--b\nContent-Type: image/png\n\nPICTURE\n--b--\n");
    DZ_AUTO_BUF struct dz_buf out = read_bytes(mail, bytes, "f", "message/rfc822", NULL);
    assert_non_null(strstr(out.p, "part image/png part.png\npart-end 0 bytes"));
    DZ_AUTO_BUF struct dz_buf all = said(bytes);
    assert_non_null(strstr(all.p, "part-end 7 bytes"));
}

/* Multiparts within multiparts, all with one boundary and each with its own. */
static void
nesting_is_bounded(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf deep = DZ_BUF(16u << 20);
    for (unsigned i = 0; i < 100; i++)
        dz_buf_addf(&deep, "Content-Type: multipart/mixed; boundary=b%u\n\n--b%u\n", i, i);
    DZ_AUTO_BUF struct dz_buf out = said(dz_buf_view(&deep));
    assert_true(ends_with(&out, "done limit nesting\n"));
    DZ_AUTO_BUF struct dz_buf same = DZ_BUF(16u << 20);
    for (unsigned i = 0; i < 2000; i++)
        dz_buf_adds(&same, "Content-Type: multipart/alternative; boundary=b\n\n--b\n");
    DZ_AUTO_BUF struct dz_buf ends = said(dz_buf_view(&same));
    assert_non_null(strstr(ends.p, "\ndone "));
}

static void
numbers_of_parts_and_headers_are_bounded(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf many = DZ_BUF(16u << 20);
    for (unsigned i = 0; i < 3000; i++)
        dz_buf_addf(&many, "X-%u: y\n", i);
    dz_buf_adds(&many, "\ntext\n");
    DZ_AUTO_BUF struct dz_buf out = said(dz_buf_view(&many));
    assert_non_null(strstr(out.p, "meta mail.X-999=y\n"));
    assert_null(strstr(out.p, "meta mail.X-1000=y\n"));
    assert_true(ends_with(&out, "text text\\n\ndone text\n"));

    DZ_AUTO_BUF struct dz_buf parts = DZ_BUF(16u << 20);
    dz_buf_adds(&parts, "Content-Type: multipart/mixed; boundary=b\n\n");
    for (unsigned i = 0; i < DZ_MAIL_PARTS_MAX + 1; i++)
        dz_buf_adds(&parts, "--b\nContent-Type: image/png\n\nx\n");
    dz_buf_adds(&parts, "--b--\n");
    DZ_AUTO_BUF struct dz_buf said_parts = said(dz_buf_view(&parts));
    assert_true(ends_with(&said_parts, "done limit parts_limit\n"));
}

/* A mailbox far larger than its messages needs no more memory than one of them: it is read in
 * pieces, and the pieces end anywhere. */
static void
a_mailbox_is_read_message_by_message(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf box = DZ_BUF(64u << 20);
    for (unsigned i = 0; i < 20000; i++)
        dz_buf_addf(&box,
                    "From a Tue Mar  5 12:00:00 2024\nSubject: %u\nMessage-ID: <%u@x>\n\nbody\n\n",
                    i, i);
    DZ_AUTO_BUF struct dz_buf out = said(dz_buf_view(&box));
    assert_non_null(strstr(out.p, " message 19999@x\ntext Subject: 19999\\n\n"));
    assert_true(ends_with(&out, "meta mail.messages=20000\ndone text\n"));
}

static void
words_and_parameters(void **state)
{
    (void)state;
    static const struct {
        const char *raw;
        const char *text;
    } words[] = {
        {"plain", "plain"},
        {" a\r\n\tb ", "a b"},
        {"=?utf-8?q?=D0=B4=D0=B0?= =?utf-8?Q?_no?= x", "да no x"},
        {"=?utf-8*uk?B?0LQ=?=x", "дx"},
        {"=?utf-8?X?abc?=", "=?utf-8?X?abc?="},
        {"=?utf-8?B?", "=?utf-8?B?"},
        {"=??B?YQ==?=", "=??B?YQ==?="},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        DZ_AUTO_BUF struct dz_buf out = DZ_BUF(4096);
        dz_mail_words(dz_view_of(words[i].raw), &out);
        assert_string_equal(out.p ? out.p : "", words[i].text);
    }
    static const struct {
        const char *raw;
        const char *value;
    } parameters[] = {
        {"a/b; name=\"x; y\"", "x; y"},
        {"a/b; charset=z; NAME = q", "q"},
        {"a/b; name*=utf-8'uk'%D0%B4%D0%B0", "да"},
        {"a/b; name*1=c; name*0=ab", "abc"},
        {"a/b; name*0*=utf-8''%D0%B4; name*1*=%D0%B0", "да"},
        {"a/b; name=old; name*=utf-8''new", "old"},
        {"a/b; name*99999999=x", NULL},
        {"a/b; filename=x", NULL},
        {"a/b", NULL},
        {"a/b; name*", NULL},
        {"a/b; name=\"=?koi8-r?B?xMEg?=\"", "да "},
    };
    for (size_t i = 0; i < sizeof parameters / sizeof *parameters; i++) {
        DZ_AUTO_BUF struct dz_buf out = DZ_BUF(4096);
        bool found = dz_mail_parameter(dz_view_of(parameters[i].raw), "name", &out);
        assert_int_equal(found, parameters[i].value != NULL);
        if (found)
            assert_string_equal(out.p, parameters[i].value);
    }
}

static void
transfer_encodings(void **state)
{
    (void)state;
    static const struct {
        const char *encoding;
        const char *content;
        const char *bytes;
    } cases[] = {
        {"BASE64", "YW Jj\r\nZA==", "abcd"},
        {"base64", "YQ==YQ==", "aa"},
        {"base64", "Y", ""},
        {"quoted-printable", "a=3Db=\r\nc= \nd=e=", "a=bcd=e"},
        {"quoted-printable", "=C", "=C"},
        {"x-uuencode", "begin 600 x\n#86)C\n`\nend\n", "abc"},
        {"x-uuencode", "begin 600 x\n~86)C\n", "abc"},
        {"8bit", "a=3D", "a=3D"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        DZ_AUTO_BUF struct dz_buf out = DZ_BUF(4096);
        dz_mail_decode(dz_view_of(cases[i].content), dz_view_of(cases[i].encoding), &out);
        assert_string_equal(out.p ? out.p : "", cases[i].bytes);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_say_what_is_expected),
        cmocka_unit_test(every_beginning_ends_with_a_status),
        cmocka_unit_test(parts_are_only_counted_unless_wanted),
        cmocka_unit_test(nesting_is_bounded),
        cmocka_unit_test(numbers_of_parts_and_headers_are_bounded),
        cmocka_unit_test(a_mailbox_is_read_message_by_message),
        cmocka_unit_test(words_and_parameters),
        cmocka_unit_test(transfer_encodings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
