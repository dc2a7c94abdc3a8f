#include "page_reading.h"

/* PDF files put together byte by byte (tests/tools/make_fixtures/pdf.py). */

static const struct dz_family *const pdf = &dz_family_pdf;

static void
files_say_what_is_expected(void **state)
{
    (void)state;
    static const char *const names[] = {
        "notice",       "columns",       "letter",    "scan",         "scan-stamped", "locked",
        "locked-owner", "tree-loop",     "form-loop", "outline-loop", "huge-page",    "false-count",
        "broken-table", "control-bytes", "no-pages",  "half",         "not-a-pdf",    "libreoffice",
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *name = dz_asprintf("%s.pdf", names[i]);
        check_fixture(pdf, "pdf", name, "parts=yes\n");
        dz_free(name);
    }
}

/* Bytes of attachments cost time, and nobody asked for them. */
static void
parts_are_only_counted_unless_wanted(void **state)
{
    (void)state;
    struct dz_buf out = said_about_file(pdf, "pdf", "notice.pdf", NULL);
    assert_true(says(&out, "part application/octet-stream ../../etc/"));
    assert_true(says(&out, "part-end 0 bytes"));
    dz_buf_done(&out);
}

/* The second try after a crash: words alone. */
static void
plain_reading_leaves_out_what_is_beside_the_text(void **state)
{
    (void)state;
    struct dz_buf out = said_about_file(pdf, "pdf", "notice.pdf", "parts=yes\nplain=yes\n");
    assert_true(says(&out, "text ОГОЛОШЕННЯ"));
    assert_true(says(&out, "locator 0 page 1 (iv)\n"));
    assert_false(says(&out, "part "));
    assert_false(says(&out, "section"));
    assert_false(says(&out, "aside"));
    assert_true(says(&out, "done text\n"));
    dz_buf_done(&out);
    out = said_about_file(pdf, "pdf", "scan.pdf", "plain=yes\n");
    assert_true(says(&out, "done empty no_text\n"));
    dz_buf_done(&out);
}

static void
every_beginning_ends_with_a_status(void **state)
{
    (void)state;
    char *path = fixture_path("pdf", "notice.pdf");
    struct dz_buf whole = bytes_of(path);
    size_t with_text = 0;
    for (int i = 0; i < 8; i++) {
        struct dz_view part = {whole.p, whole.n * (size_t)i / 8};
        struct dz_buf out = said_about(pdf, part, "", NULL);
        assert_true(says(&out, "done damaged truncated\n"));
        with_text += says(&out, "\ntext ");
        dz_buf_done(&out);
    }
    /* What stands before the cut is read: the pages of this file end at its middle. */
    assert_true(with_text >= 4);
    dz_buf_done(&whole);
    dz_free(path);
}

/* The same words in the same order as those of another program. */
static void
text_is_that_of_pdftotext(void **state)
{
    (void)state;
    if (!is_installed("pdftotext"))
        fail_msg("pdftotext is missing: run tools/deps");
    static const char *const names[] = {"notice.pdf", "columns.pdf", "letter.pdf",
                                        "locked-owner.pdf", "broken-table.pdf"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct dz_buf out = said_about_file(pdf, "pdf", names[i], NULL);
        char *aside = out.n ? strstr(out.p, "locator 401 aside") : NULL; /* no page text: notes */
        struct dz_buf text =
            text_said((struct dz_view){out.p, aside ? (size_t)(aside - out.p) : out.n});
        struct dz_buf ours = squeezed(dz_buf_view(&text));
        char *path = fixture_path("pdf", names[i]);
        char *command = dz_asprintf("pdftotext '%s' - 2>/dev/null", path);
        struct dz_buf printed = printed_by(command);
        struct dz_buf theirs = squeezed(dz_buf_view(&printed));
        size_t distance = edit_distance(dz_buf_view(&ours), dz_buf_view(&theirs));
        print_message("# %s: %zu of %zu bytes differ\n", names[i], distance, theirs.n);
        assert_true(theirs.n > 40);
        assert_true(distance * 100 <= theirs.n);
        dz_buf_done(&theirs);
        dz_buf_done(&printed);
        dz_buf_done(&ours);
        dz_buf_done(&text);
        dz_buf_done(&out);
        dz_free(command);
        dz_free(path);
    }
}

/* A document of n pages that share one content: what it costs is counted, and it comes to an
 * end. */
static void
many_pages_are_read(void **state)
{
    (void)state;
    const int n = 3000;
    struct dz_buf file = DZ_BUF(16u << 20);
    dz_buf_adds(&file, "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
                       "3 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n"
                       "4 0 obj<</Length 46>>stream\n"
                       "BT /F 12 Tf 60 700 Td (Sheet of a register) Tj ET\nendstream endobj\n");
    dz_buf_addf(&file, "2 0 obj<</Type/Pages/Count %d/MediaBox[0 0 595 842]/Kids[", n);
    for (int i = 0; i < n; i++)
        dz_buf_addf(&file, "%d 0 R ", 10 + i);
    dz_buf_adds(&file, "]>>endobj\n");
    for (int i = 0; i < n; i++)
        dz_buf_addf(&file,
                    "%d 0 obj<</Type/Page/Parent 2 0 R/Contents 4 0 R"
                    "/Resources<</Font<</F 3 0 R>>>>>>endobj\n",
                    10 + i);
    dz_buf_adds(&file, "trailer<</Root 1 0 R>>\n%%EOF\n");
    struct dz_buf out = said_about(pdf, dz_buf_view(&file), "", NULL);
    assert_true(says(&out, "meta pdf.Pages=3000\n"));
    assert_true(says(&out, " page 3000\n"));
    assert_true(says(&out, "done text\n"));
    dz_buf_done(&out);
    dz_buf_done(&file);
}

/* A few kilobytes that hold 400 megabytes are not taken out. */
static void
bombs_in_attachments_end_at_the_limit(void **state)
{
    (void)state;
    struct dz_buf made = printed_by(
        "python3 -c \"\n"
        "import sys, zlib\n"
        "z = zlib.compressobj(9)\n"
        "data = b''.join(z.compress(bytes(1 << 20)) for _ in range(400)) + z.flush()\n"
        "o = b'%PDF-1.4\\n1 0 obj<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names'\n"
        "o += b'[(a)<</Type/Filespec/F(a.bin)/EF<</F 5 0 R>>>>]>>>>>>endobj\\n'\n"
        "o += b'2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\\n'\n"
        "o += b'3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\\n'\n"
        "o += b'5 0 obj<</Type/EmbeddedFile/Filter/FlateDecode/Length %d>>stream\\n' % len(data)\n"
        "o += data + b'\\nendstream endobj\\ntrailer<</Root 1 0 R>>\\n%%EOF\\n'\n"
        "sys.stdout.buffer.write(o)\"");
    assert_true(made.n > 100000 && made.n < 1000000);
    struct dz_buf out = said_about(pdf, dz_buf_view(&made), "", "parts=yes\n");
    assert_true(says(&out, "done limit parts_limit\n"));
    dz_buf_done(&out);
    dz_buf_done(&made);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_say_what_is_expected),
        cmocka_unit_test(parts_are_only_counted_unless_wanted),
        cmocka_unit_test(plain_reading_leaves_out_what_is_beside_the_text),
        cmocka_unit_test(every_beginning_ends_with_a_status),
        cmocka_unit_test(text_is_that_of_pdftotext),
        cmocka_unit_test(many_pages_are_read),
        cmocka_unit_test(bombs_in_attachments_end_at_the_limit),
    };
    dz_family_pdf.warm();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
