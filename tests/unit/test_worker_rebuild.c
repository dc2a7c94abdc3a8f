#define _GNU_SOURCE /* memmem */
#include "page_reading.h"

#include <unistd.h>

#include "dz_picture.h"
#include "work_impl.h"

/* Files full of what should not be published go in; programs that look for such things look at what
 * comes out. */

/* leptonica's and poppler's libraries ask fontconfig, which keeps what it read. */
const char *
__lsan_default_suppressions(void);
const char *
__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\n";
}

static struct dz_buf part; /* bytes of the one part */
static char part_name[64];
static char status_said[64];

static void
keep(struct dz_work *w, enum dz_wire_type type, struct dz_view payload)
{
    (void)w;
    struct dz_view a;
    struct dz_view b;
    if (type == DZ_WIRE_PART_DATA)
        dz_buf_addv(&part, payload);
    if (type == DZ_WIRE_PART && dz_wire_pair(payload, &a, &b))
        snprintf(part_name, sizeof part_name, "%.*s", (int)a.n, a.p);
    if (type == DZ_WIRE_DONE && dz_wire_pair(payload, &a, &b))
        snprintf(status_said, sizeof status_said, "%.*s %.*s", (int)a.n, a.p, (int)b.n, b.p);
    assert_true(type != DZ_WIRE_TEXT && type != DZ_WIRE_FIELD && type != DZ_WIRE_META);
}

static void
rebuild(struct dz_view bytes, const char *options)
{
    struct dz_buf none = DZ_BUF(4096);
    dz_buf_done(&part);
    part.max = 64u << 20;
    part_name[0] = status_said[0] = 0;
    struct dz_work *w = dz_work_memory(bytes, "file", "", options, &none);
    w->emit = keep;
    dz_family_rebuild.read(w);
    dz_work_free(w);
    dz_buf_done(&none);
}

/* ---- a place for files that other programs look at ---- */

static char folder[] = "/tmp/dokaz-rebuild-XXXXXX";

static char *
put_file(const char *name, struct dz_view bytes)
{
    char *path = dz_asprintf("%s/%s", folder, name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    fwrite(bytes.p, 1, bytes.n, f);
    fclose(f);
    return path;
}

static struct dz_buf
run(const char *fmt, const char *path)
{
    char *command = dz_asprintf("cd %s && %s %s 2>&1", folder, fmt, path);
    struct dz_buf out = printed_by(command);
    dz_free(command);
    return out;
}

/* mat2 names the format of every PDF, and dates that are not there as -1. */
static void
mat2_finds_nothing(const char *path)
{
    static const char *const harmless[] = {"[+] Metadata for ", "    creation-date: -1",
                                           "    mod-date: -1", "    format: PDF-1.4"};
    struct dz_buf said = run("mat2 --show", path);
    assert_true(says(&said, "No metadata found") || says(&said, "[+] Metadata for "));
    char *rest = strstr(said.p, "[+] Metadata for ");
    for (char *line; (line = strsep(&rest, "\n")) != NULL;) {
        bool known = *line == 0;
        for (size_t i = 0; i < sizeof harmless / sizeof *harmless && !known; i++)
            known = strncmp(line, harmless[i], strlen(harmless[i])) == 0;
        if (!known)
            fail_msg("mat2 says of %s: %s", part_name, line);
    }
    dz_buf_done(&said);
}

/* Everything that exiftool, pdfinfo and mat2 have to say about the part, against the few things
 * that
 * any file has: its size, kind, dimensions and coding. */
static void
nothing_identifying_is_left(void)
{
    static const char *const harmless[] = {
        "ExifToolVersion",
        "FileName",
        "Directory",
        "FileSize",
        "FileModifyDate",
        "FileAccessDate",
        "FileInodeChangeDate",
        "FilePermissions",
        "FileType",
        "FileTypeExtension",
        "MIMEType",
        "JFIFVersion",
        "ResolutionUnit",
        "XResolution",
        "YResolution",
        "ImageWidth",
        "ImageHeight",
        "EncodingProcess",
        "BitsPerSample",
        "ColorComponents",
        "YCbCrSubSampling",
        "ImageSize",
        "Megapixels",
        "BitDepth",
        "ColorType",
        "Compression",
        "Filter",
        "Interlace",
        "PDFVersion",
        "Linearized",
        "PageCount",
        "MIMEEncoding",
        "Newlines",
        "LineCount",
        "WordCount",
    };
    char *path = put_file(part_name, dz_buf_view(&part));
    struct dz_buf tags = run("exiftool -a -u -s", path);
    size_t n_lines = 0;
    char *rest = tags.p;
    for (char *line; (line = strsep(&rest, "\n")) != NULL;) {
        size_t n = strcspn(line, " :");
        bool known = n == 0;
        for (size_t i = 0; i < sizeof harmless / sizeof *harmless && !known; i++)
            known = strlen(harmless[i]) == n && memcmp(harmless[i], line, n) == 0;
        if (!known)
            fail_msg("left in %s: %s", part_name, line);
        n_lines += n > 0;
    }
    assert_true(n_lines > 8);
    mat2_finds_nothing(path);
    dz_buf_done(&tags);
    dz_free(path);
}

/* Words that the inputs were marked with, anywhere in the bytes. */
static void
no_mark_is_left(void)
{
    static const char *const marks[] = {
        "Marka",      "MARKA",        "marka", "Exif",      "ICC_PROFILE", "xmpmeta",  "Photoshop",
        "JavaScript", "EmbeddedFile", "/Info", "/Metadata", "/Annots",     "Producer", "/ID"};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (memmem(part.p, part.n, marks[i], strlen(marks[i])))
            fail_msg("'%s' is still in %s", marks[i], part_name);
}

/* ---- pictures ---- */

static PIX *
motif(void)
{
    PIX *pix = pixCreate(320, 200, 32);
    for (int y = 0; y < 200; y++)
        for (int x = 0; x < 320; x++)
            pixSetRGBPixel(pix, x, y, x * 255 / 319, y * 255 / 199, (x + y) & 127);
    return pix;
}

static struct dz_buf
marked_picture(l_int32 format, const char *name, const char *tags)
{
    PIX *pix = motif();
    l_uint8 *p = NULL;
    size_t n = 0;
    assert_int_equal(pixWriteMem(&p, &n, pix, format), 0);
    char *small = put_file("small.jpg", DZ_VIEW("\xff\xd8\xff\xdb Marka thumbnail \xff\xd9"));
    char *profile = put_file("profile.icc", DZ_VIEW("Marka of the colours of one screen, at least "
                                                    "one hundred and twenty-eight bytes long so "
                                                    "that it passes for a profile: acsp, and some "
                                                    "more words"));
    char *path = put_file(name, (struct dz_view){(char *)p, n});
    char *command = dz_asprintf("exiftool -q -q -overwrite_original %s", tags);
    struct dz_buf said = run(command, path);
    struct dz_buf marked = bytes_of(path);
    if (!memmem(marked.p, marked.n, "Marka", 5))
        fail_msg("exiftool did not mark %s: %s", name, said.p ? said.p : "");
    /* What hides behind the end. */
    dz_buf_adds(&marked, "PK\3\4 Marka behind the end");
    dz_buf_done(&said);
    dz_free(command);
    dz_free(path);
    dz_free(profile);
    dz_free(small);
    lept_free(p);
    pixDestroy(&pix);
    return marked;
}

#define JPEG_TAGS                                                                      \
    "-Artist='Marka Photographer' -Model='Marka Camera' -SerialNumber=MARKA123 "       \
    "-GPSLatitude=47.1 -GPSLatitudeRef=N -GPSLongitude=37.5 -GPSLongitudeRef=E "       \
    "-DateTimeOriginal='2024:05:01 10:00:00' -Orientation#=6 -Comment='Marka remark' " \
    "-XMP:Creator=Marka -XMP:Location='Marka street' -IPTC:By-line=Marka "             \
    "'-ThumbnailImage<=small.jpg' '-ICC_Profile<=profile.icc'"
#define PNG_TAGS                                                                           \
    "-PNG:Author=Marka -PNG:Comment='Marka remark' -EXIF:Artist=Marka -XMP:Creator=Marka " \
    "-PNG:ModifyDate=now"

static void
photographs_are_pixels_alone(void **state)
{
    (void)state;
    struct dz_buf marked = marked_picture(IFF_JFIF_JPEG, "in.jpg", JPEG_TAGS);
    rebuild(dz_buf_view(&marked), "parts=yes\n");
    assert_string_equal(status_said, "text ");
    assert_string_equal(part_name, "cleaned.jpg");
    nothing_identifying_is_left();
    no_mark_is_left();
    /* The camera was held upright: the copy stands so without a tag that says it. */
    struct dz_picture_head head;
    const char *status;
    assert_null(dz_picture_head(dz_buf_view(&part), &head, &status));
    assert_int_equal(head.width, 200);
    assert_int_equal(head.height, 320);
    assert_int_equal(head.orientation, 1);
    PIX *pix = dz_picture_decode(dz_buf_view(&part), &head, 0, 0, NULL);
    l_int32 red;
    l_int32 green;
    l_int32 blue;
    /* Upper left of the stored picture is dark; turned by a quarter, it is at the upper right. */
    assert_int_equal(pixGetRGBPixel(pix, 195, 4, &red, &green, &blue), 0);
    assert_true(red < 40 && green < 40);
    assert_int_equal(pixGetRGBPixel(pix, 195, 315, &red, &green, &blue), 0);
    assert_true(red > 200 && green < 40);
    pixDestroy(&pix);
    dz_buf_done(&marked);
}

static void
drawings_keep_every_pixel(void **state)
{
    (void)state;
    struct dz_buf marked = marked_picture(IFF_PNG, "in.png", PNG_TAGS);
    rebuild(dz_buf_view(&marked), "parts=yes\n");
    assert_string_equal(status_said, "text ");
    assert_string_equal(part_name, "cleaned.png");
    nothing_identifying_is_left();
    no_mark_is_left();
    PIX *before = motif();
    PIX *after = pixReadMemPng((const l_uint8 *)part.p, part.n);
    l_int32 same = 0;
    pixEqual(before, after, &same);
    assert_int_equal(same, 1);
    pixDestroy(&before);
    pixDestroy(&after);
    dz_buf_done(&marked);
}

/* A picture of a depth, and the copy of it with a box painted over. */
static PIX *
painted(PIX *pix, l_int32 format, const char *options)
{
    l_uint8 *p = NULL;
    size_t n = 0;
    assert_int_equal(pixWriteMem(&p, &n, pix, format), 0);
    rebuild((struct dz_view){(char *)p, n}, options);
    assert_string_equal(status_said, "text ");
    lept_free(p);
    PIX *made = pixReadMem((const l_uint8 *)part.p, part.n);
    assert_non_null(made);
    PIX *colours = pixConvertTo32(made);
    pixDestroy(&made);
    return colours;
}

static int
brightness(PIX *pix, int x, int y)
{
    l_int32 red = 0, green = 0, blue = 0;
    assert_int_equal(pixGetRGBPixel(pix, x, y, &red, &green, &blue), 0);
    return red + green + blue;
}

static void
boxes_are_black_and_nothing_else_is(void **state)
{
    (void)state;
    PIX *whole = motif();
    PIX *made = painted(whole, IFF_PNG,
                        "parts=yes\nmask=1 100 50 60 30 \x1f"
                        "1 310 190 500 500 \x1f"
                        "2 0 0 9 9 \n");
    for (int y = 0; y < 200; y++) {
        for (int x = 0; x < 320; x++) {
            bool in = (x >= 100 && x < 160 && y >= 50 && y < 80) || (x >= 310 && y >= 190);
            assert_int_equal(brightness(made, x, y), in ? 0 : brightness(whole, x, y));
        }
    }
    pixDestroy(&made);
    /* The box of a line of which the words are not known by their characters: a little more. */
    made = painted(whole, IFF_PNG, "parts=yes\nmask=1 100 50 60 30 Some words\n");
    assert_int_equal(brightness(made, 99, 49), 0);
    assert_int_equal(brightness(made, 161, 81), 0);
    assert_true(brightness(made, 170, 90) > 0);
    pixDestroy(&made);
    /* White paper of one bit, where zero is white; and a JPEG that becomes a PNG. */
    PIX *paper = pixCreate(320, 200, 1);
    made = painted(paper, IFF_PNG, "parts=yes\nmask=1 100 50 60 30 \n");
    assert_int_equal(brightness(made, 130, 60), 0);
    assert_int_equal(brightness(made, 10, 10), 765);
    pixDestroy(&made);
    pixDestroy(&paper);
    made = painted(whole, IFF_JFIF_JPEG, "parts=yes\nform=png\nmask=1 100 50 60 30 \n");
    assert_string_equal(part_name, "cleaned.png");
    assert_int_equal(brightness(made, 130, 60), 0);
    pixDestroy(&made);
    /* What makes no sense paints nothing and breaks nothing. */
    made = painted(whole, IFF_PNG,
                   "parts=yes\nmask=\x1f\x1f 9 9 x\x1f"
                   "999999999999 1 1 1 1\x1f"
                   "1 9999999999 0 5 5 \n");
    assert_int_equal(brightness(made, 130, 60), brightness(whole, 130, 60));
    pixDestroy(&made);
    pixDestroy(&whole);
}

/* Just the words, on each page that has them, and no more of the line than that. */
static void
words_are_painted_where_a_page_has_them(void **state)
{
    (void)state;
    char *path = fixture_path("pdf", "notice.pdf");
    struct dz_buf whole = bytes_of(path);
    rebuild(dz_buf_view(&whole), "parts=yes\ndpi=72\n");
    size_t plain = part.n;
    assert_true(plain > 0);
    /* The whole page as frame, a word that is not there: all of it is painted. */
    rebuild(dz_buf_view(&whole), "parts=yes\ndpi=72\nmask=1 0 0 2000 2000 NoSuchWordAtAll\n");
    assert_string_equal(status_said, "text ");
    assert_true(part.n < plain);
    nothing_identifying_is_left();
    dz_buf_done(&whole);
    dz_free(path);
}

static void
pages_of_a_tiff_become_a_pdf(void **state)
{
    (void)state;
    PIXA *pages = pixaCreate(2);
    for (int i = 0; i < 2; i++) {
        PIX *pix = motif();
        pixSetText(pix, "Marka in a tag");
        pixSetResolution(pix, 100, 100);
        pixaAddPix(pages, pix, L_INSERT);
    }
    l_uint8 *p = NULL;
    size_t n = 0;
    assert_int_equal(pixaWriteMemMultipageTiff(&p, &n, pages), 0);
    assert_non_null(memmem(p, n, "Marka", 5));
    rebuild((struct dz_view){(char *)p, n}, "parts=yes\n");
    assert_string_equal(status_said, "text ");
    assert_string_equal(part_name, "cleaned.pdf");
    nothing_identifying_is_left();
    no_mark_is_left();
    char *path = put_file(part_name, dz_buf_view(&part));
    struct dz_buf info = run("pdfinfo", path);
    assert_true(says(&info, "Pages:           2"));
    assert_true(says(&info, "231 x 144 pts")); /* 320 x 200 pixels, 100 to an inch */
    dz_buf_done(&info);
    dz_free(path);
    lept_free(p);
    pixaDestroy(&pages);
}

/* ---- PDF ---- */

static void
pdf_becomes_pictures_of_its_pages(void **state)
{
    (void)state;
    char *path = fixture_path("pdf", "notice.pdf");
    struct dz_buf whole = bytes_of(path);
    rebuild(dz_buf_view(&whole), "parts=yes\ndpi=100\n");
    assert_string_equal(status_said, "text ");
    assert_string_equal(part_name, "cleaned.pdf");
    nothing_identifying_is_left();
    no_mark_is_left();
    char *cleaned = put_file(part_name, dz_buf_view(&part));
    struct dz_buf info = run("pdfinfo", cleaned);
    assert_true(says(&info, "Pages:           2"));
    assert_true(says(&info, "JavaScript:      no"));
    assert_true(says(&info, "Form:            none"));
    assert_false(says(&info, "Title:"));
    assert_false(says(&info, "Author:"));
    assert_false(says(&info, "Creator:"));
    assert_false(says(&info, "Producer:"));
    assert_false(says(&info, "CreationDate:"));
    assert_false(says(&info, "ModDate:"));
    assert_false(says(&info, "Syntax"));
    struct dz_buf files = run("pdfdetach -list", cleaned);
    assert_true(says(&files, "0 embedded files"));
    struct dz_buf text = run("pdftotext -q", cleaned);
    char *text_path = dz_asprintf("%s/cleaned.txt", folder);
    struct dz_buf words = bytes_of(text_path);
    struct dz_buf squeezed_words = squeezed(dz_buf_view(&words));
    assert_int_equal(squeezed_words.n, 0); /* no text under the pictures */
    /* The same file each time: no clock and no chance is in it. */
    struct dz_buf first = part;
    part = (struct dz_buf){0};
    rebuild(dz_buf_view(&whole), "parts=yes\ndpi=100\n");
    assert_true(dz_view_eq(dz_buf_view(&first), dz_buf_view(&part)));
    dz_buf_done(&first);
    dz_buf_done(&squeezed_words);
    dz_buf_done(&words);
    dz_buf_done(&text);
    dz_buf_done(&files);
    dz_buf_done(&info);
    dz_buf_done(&whole);
    dz_free(text_path);
    dz_free(cleaned);
    dz_free(path);
}

/* The pages look as before: rendered by another program, both are nearly the same. */
static void
pages_look_as_before(void **state)
{
    (void)state;
    char *path = fixture_path("pdf", "columns.pdf");
    struct dz_buf whole = bytes_of(path);
    rebuild(dz_buf_view(&whole), "parts=yes\ndpi=100\n");
    char *cleaned = put_file(part_name, dz_buf_view(&part));
    char *source = put_file("source.pdf", dz_buf_view(&whole));
    struct dz_buf a = run("pdftoppm -r 100 -gray -f 1 -l 1 -singlefile", "source.pdf before");
    struct dz_buf b = run("pdftoppm -r 100 -gray -f 1 -l 1 -singlefile", "cleaned.pdf after");
    char *before_path = dz_asprintf("%s/before.pgm", folder);
    char *after_path = dz_asprintf("%s/after.pgm", folder);
    PIX *before = pixRead(before_path);
    PIX *after = pixRead(after_path);
    assert_non_null(before);
    assert_non_null(after);
    l_float32 difference = 255;
    pixCompareGray(before, after, L_COMPARE_ABS_DIFF, 0, NULL, &difference, NULL, NULL);
    l_float32 mean = 255;
    pixGetAverageMasked(after, NULL, 0, 0, 1, L_MEAN_ABSVAL, &mean);
    print_message("# mean difference %.2f, mean %.1f\n", (double)difference, (double)mean);
    assert_true(difference < 4);
    assert_true(mean < 254.5F); /* something is on the page */
    pixDestroy(&before);
    pixDestroy(&after);
    dz_buf_done(&a);
    dz_buf_done(&b);
    dz_buf_done(&whole);
    dz_free(before_path);
    dz_free(after_path);
    dz_free(source);
    dz_free(cleaned);
    dz_free(path);
}

static void
files_that_cannot_be_shown_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *status;
    } files[] = {{"locked.pdf", "unsupported encrypted"},
                 {"not-a-pdf.pdf", "damaged truncated"},
                 {"half.pdf", "damaged truncated"}};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char *path = fixture_path("pdf", files[i].name);
        struct dz_buf whole = bytes_of(path);
        rebuild(dz_buf_view(&whole), "parts=yes\n");
        assert_string_equal(status_said, files[i].status);
        dz_buf_done(&whole);
        dz_free(path);
    }
    /* Half of a photograph decodes, with gray for the rest. */
    PIX *pix = motif();
    l_uint8 *p = NULL;
    size_t n = 0;
    assert_int_equal(pixWriteMem(&p, &n, pix, IFF_JFIF_JPEG), 0);
    rebuild((struct dz_view){(char *)p, n / 2}, "parts=yes\n");
    assert_string_equal(status_said, "damaged damaged");
    assert_int_equal(part.n, 0);
    lept_free(p);
    pixDestroy(&pix);
    rebuild((struct dz_view){"\0\1\2\3\0\0\0\7\0\xff\xfe\xff", 12}, "parts=yes\n");
    assert_true(strncmp(status_said, "unsupported", 11) == 0);
}

/* ---- text ---- */

static void
text_is_plain(void **state)
{
    (void)state;
    static const struct {
        const char *in;
        const char *out;
    } rows[] = {
        {"\xef\xbb\xbfОдин\r\nдва\rтри  \n\n", "Один\nдва\nтри\n\n"},
        {"при\xc2\xadвіт, сві\xe2\x80\x8bте\xe2\x81\xa0!", "привіт, світе!\n"},
        {"a\xe2\x80\xae"
         "b\xf3\xa0\x81\x81\xef\xb8\x8f c\xe2\x80\x89"
         "d\xc2\xa0"
         "e\n",
         "ab c d e\n"},
        {"column\tcolumn \t \nend", "column\tcolumn\nend\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        rebuild(dz_view_of(rows[i].in), "parts=yes\n");
        assert_string_equal(status_said, "text ");
        assert_string_equal(part_name, "cleaned.txt");
        assert_string_equal(part.p, rows[i].out);
    }
    /* "Лист" in windows-1251. */
    rebuild(dz_view_of("\xcb\xe8\xf1\xf2 \xe2\xb3\xe4 \xf1\xf3\xf1\xb3\xe4\xe8\r\n"),
            "parts=yes\n");
    assert_string_equal(part.p, "Лист від сусіди\n");
}

static int
make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int
remove_folder(void **state)
{
    (void)state;
    dz_buf_done(&part);
    struct dz_buf said = run("rm -rf", folder);
    dz_buf_done(&said);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(photographs_are_pixels_alone),
        cmocka_unit_test(drawings_keep_every_pixel),
        cmocka_unit_test(boxes_are_black_and_nothing_else_is),
        cmocka_unit_test(words_are_painted_where_a_page_has_them),
        cmocka_unit_test(pages_of_a_tiff_become_a_pdf),
        cmocka_unit_test(pdf_becomes_pictures_of_its_pages),
        cmocka_unit_test(pages_look_as_before),
        cmocka_unit_test(files_that_cannot_be_shown_are_refused),
        cmocka_unit_test(text_is_plain),
    };
    dz_family_rebuild.warm();
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
