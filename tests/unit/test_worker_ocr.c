#include "page_reading.h"

#include <cairo.h>
#include <unistd.h>

#include "dz_picture.h"
#include "dz_utf8.h"

/* fontconfig keeps what it read about fonts, and the drawings of this test ask it for one. */
const char *
__lsan_default_suppressions(void);
const char *
__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\n";
}

/* Pictures are drawn here, so that what they say is known. */

static const struct dz_family *const ocr = &dz_family_ocr;

#define ALL "ocr=ukr+rus+eng\n"

static const char *const ukrainian[] = {
    "Відділ обліку населення повідомляє, що прийом заяв",
    "на заміну документів ведеться щодня, крім неділі.",
    "Ґрунтовну перевірку її паспорта провели 14 липня.",
    NULL,
};
static const char *const russian[] = {
    "Приём граждан ведёт старший инспектор отдела учёта.",
    "Объявление вывешено у входа в поликлинику № 3,",
    "подъезд второй, этаж первый, комната 12.",
    NULL,
};
static const char *const english[] = {
    "The clerk wrote down who came without the new papers",
    "and sent the list of names to the office upstairs.",
    "Nobody was told why, and 42 people went home.",
    NULL,
};
static const char *const *const sheets[] = {ukrainian, russian, english};

/* Black on white, 300 dots to an inch; taken over into a picture of leptonica. */
static PIX *
drawn(const char *const *lines)
{
    const int width = 1700;
    const int height = 420;
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
    cairo_t *cr = cairo_create(surface);
    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_paint(cr);
    cairo_set_source_rgb(cr, 0, 0, 0);
    cairo_select_font_face(cr, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(cr, 46);
    for (int i = 0; lines[i]; i++) {
        cairo_move_to(cr, 80, 110 + 90 * i);
        cairo_show_text(cr, lines[i]);
    }
    cairo_surface_flush(surface);
    PIX *pix = pixCreate(width, height, 32);
    const unsigned char *rows = cairo_image_surface_get_data(surface);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            const unsigned char *c = rows + y * cairo_image_surface_get_stride(surface) + x * 4;
            pixSetRGBPixel(pix, x, y, c[2], c[1], c[0]);
        }
    pixSetResolution(pix, 300, 300);
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
    return pix;
}

static struct dz_buf
joined(const char *const *lines)
{
    struct dz_buf out = DZ_BUF(65536);
    for (int i = 0; lines[i]; i++) {
        dz_buf_adds(&out, i ? " " : "");
        dz_buf_adds(&out, lines[i]);
    }
    return out;
}

/* Bytes that differ between what is on the sheet and what was read, in percent. */
static double
wrong(struct dz_view read, const char *const *lines)
{
    struct dz_buf want = joined(lines);
    struct dz_buf have = squeezed(dz_view_trim(read));
    struct dz_view trimmed = dz_view_trim(dz_buf_view(&have));
    double part = 100.0 * (double)edit_distance(trimmed, dz_buf_view(&want)) / (double)want.n;
    dz_buf_done(&want);
    dz_buf_done(&have);
    return part;
}

static double
wrong_in(const struct dz_buf *said, const char *const *lines)
{
    struct dz_buf text = text_said(dz_buf_view(said));
    double part = wrong(dz_buf_view(&text), lines);
    dz_buf_done(&text);
    return part;
}

/* A picture's bytes; freed with free, as leptonica allocates them. */
static struct dz_view
written(PIX *pix, l_int32 format)
{
    l_uint8 *p = NULL;
    size_t n = 0;
    assert_int_equal(pixWriteMem(&p, &n, pix, format), 0);
    return (struct dz_view){(char *)p, n};
}

static void
free_view(struct dz_view v)
{
    lept_free((void *)(uintptr_t)v.p);
}

static void
three_languages_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        PIX *pix = drawn(sheets[i]);
        struct dz_view png = written(pix, IFF_PNG);
        struct dz_buf out = said_about(ocr, png, "image/png", ALL);
        print_message("# sheet %zu: %.2f %% wrong\n", i, wrong_in(&out, sheets[i]));
        assert_true(wrong_in(&out, sheets[i]) < 2.5);
        assert_true(says(&out, "meta ocr.languages=ukr+rus+eng\n"));
        assert_true(says(&out, "meta ocr.engine=tesseract "));
        assert_true(says(&out, "locator 0 page 1\n"));
        assert_true(says(&out, "locator 0 confidence 9"));
        assert_true(says(&out, "locator 0 line "));
        assert_true(says(&out, "done text\n"));
        dz_buf_done(&out);
        free_view(png);
        pixDestroy(&pix);
    }
}

/* The same picture, the same languages: no more than a fifth more is wrong than with the program
 * that everybody knows, and nothing where it errs in nothing. */
static void
as_good_as_plain_tesseract(void **state)
{
    (void)state;
    if (!is_installed("tesseract"))
        fail_msg("tesseract is missing: run tools/deps");
    for (size_t i = 0; i < 3; i++) {
        char path[] = "/tmp/dokaz-ocr-XXXXXX";
        int fd = mkstemp(path);
        assert_true(fd >= 0);
        PIX *pix = drawn(sheets[i]);
        struct dz_view png = written(pix, IFF_PNG);
        assert_int_equal(write(fd, png.p, png.n), (ssize_t)png.n);
        close(fd);
        char *command =
            dz_asprintf("OMP_THREAD_LIMIT=1 tesseract %s - -l ukr+rus+eng 2>/dev/null", path);
        struct dz_buf theirs = printed_by(command);
        struct dz_buf out = said_about(ocr, png, "image/png", ALL);
        double plain = wrong(dz_buf_view(&theirs), sheets[i]);
        print_message("# sheet %zu: %.2f %% wrong, plain tesseract %.2f %%\n", i,
                      wrong_in(&out, sheets[i]), plain);
        assert_true(theirs.n > 0);
        assert_true(wrong_in(&out, sheets[i]) <= 1.2 * plain + 0.01);
        dz_buf_done(&out);
        dz_buf_done(&theirs);
        dz_free(command);
        unlink(path);
        free_view(png);
        pixDestroy(&pix);
    }
}

static void
all_kinds_of_pictures_are_read(void **state)
{
    (void)state;
    static const l_int32 formats[] = {IFF_PNG, IFF_JFIF_JPEG, IFF_TIFF_LZW, IFF_BMP,
                                      IFF_GIF, IFF_WEBP,      IFF_PNM};
    PIX *pix = drawn(english);
    PIX *gray = pixConvertTo8(pix, 0);
    PIX *few = pixConvertTo8(pix, 1);
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        PIX *source = formats[i] == IFF_GIF ? few : formats[i] == IFF_WEBP ? pix : gray;
        struct dz_view v = written(source, formats[i]);
        struct dz_buf out = said_about(ocr, v, "", "ocr=eng\n");
        assert_true(says(&out, "done text\n"));
        print_message("# format %d: %.2f %% wrong\n", formats[i], wrong_in(&out, english));
        assert_true(wrong_in(&out, english) < 2.5);
        dz_buf_done(&out);
        free_view(v);
    }
    pixDestroy(&few);
    pixDestroy(&gray);
    pixDestroy(&pix);
}

static void
pages_of_a_tiff_are_told_apart(void **state)
{
    (void)state;
    PIXA *pages = pixaCreate(2);
    pixaAddPix(pages, drawn(english), L_INSERT);
    pixaAddPix(pages, drawn(ukrainian), L_INSERT);
    l_uint8 *p = NULL;
    size_t n = 0;
    assert_int_equal(pixaWriteMemMultipageTiff(&p, &n, pages), 0);
    struct dz_buf out = said_about(ocr, (struct dz_view){(char *)p, n}, "image/tiff", ALL);
    const char *second = strstr(out.p, " page 2\n");
    assert_non_null(second);
    assert_null(strstr(out.p, " page 3\n"));
    assert_non_null(strstr(second, "паспорта"));
    assert_non_null(strstr(out.p, "clerk"));
    assert_true(strstr(out.p, "clerk") < second);
    dz_buf_done(&out);
    lept_free(p);
    pixaDestroy(&pages);
}

/* EXIF with an orientation alone, put behind the first mark of a JPEG. */
static struct dz_buf
with_orientation(struct dz_view jpeg, unsigned orientation)
{
    static const char exif[] = "\xff\xe1\0\x22"
                               "Exif\0\0MM\0*\0\0\0\x08\0\x01"
                               "\x01\x12\0\x03\0\0\0\x01\0";
    struct dz_buf out = DZ_BUF(16u << 20);
    dz_buf_add(&out, jpeg.p, 2);
    dz_buf_add(&out, exif, sizeof exif - 1);
    dz_buf_addc(&out, (char)orientation);
    dz_buf_add(&out, "\0\0\0\0\0\0", 6);
    dz_buf_add(&out, jpeg.p + 2, jpeg.n - 2);
    return out;
}

static void
pictures_are_turned_upright(void **state)
{
    (void)state;
    /* How the stored pixels of each orientation come from the upright ones. */
    static const struct {
        unsigned orientation;
        int quarters;
        bool mirrored; /* before the turn */
    } ways[] = {{1, 0, false}, {2, 0, true},  {3, 2, false}, {4, 2, true},
                {5, 3, true},  {6, 3, false}, {7, 1, true},  {8, 1, false}};
    PIX *whole = drawn(english);
    PIX *pix = pixConvertTo8(whole, 0);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        PIX *mirrored = ways[i].mirrored ? pixFlipLR(NULL, pix) : pixClone(pix);
        PIX *stored = pixRotateOrth(mirrored, ways[i].quarters);
        struct dz_view jpeg = written(stored, IFF_JFIF_JPEG);
        struct dz_buf turned = with_orientation(jpeg, ways[i].orientation);
        struct dz_picture_head head;
        const char *status;
        assert_null(dz_picture_head(dz_buf_view(&turned), &head, &status));
        assert_int_equal(head.orientation, ways[i].orientation);
        PIX *upright = dz_picture_decode(dz_buf_view(&turned), &head, 0, 0, NULL);
        assert_non_null(upright);
        assert_int_equal(pixGetWidth(upright), pixGetWidth(pix));
        /* A pixel of the first letter and its mirror places tell all eight ways apart. */
        l_float32 difference = 255;
        l_float32 rms = 255;
        pixCompareGray(pix, upright, L_COMPARE_ABS_DIFF, 0, NULL, &difference, &rms, NULL);
        print_message("# orientation %u: mean difference %.2f\n", ways[i].orientation,
                      (double)difference);
        assert_true(difference < 2);
        pixDestroy(&upright);
        dz_buf_done(&turned);
        free_view(jpeg);
        pixDestroy(&stored);
        pixDestroy(&mirrored);
    }
    pixDestroy(&pix);
    pixDestroy(&whole);
}

static void
check_end(struct dz_view bytes, const char *options, const char *end)
{
    struct dz_buf out = said_about(ocr, bytes, "", options);
    if (!says(&out, end))
        print_message("wanted %s, said:\n%s", end, out.p);
    assert_true(says(&out, end));
    dz_buf_done(&out);
}

/* Headers that promise more than is there, or more than there is memory for. */
static void
false_sizes_are_refused(void **state)
{
    (void)state;
    static const char png[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\xea\x60\0\0\xea\x60\x08\x02\0\0\0"
                              "\0\0\0\0\0\0\0\0IDAT";
    static const char gif[] = "GIF89a\x01\0\x01\0\0\0\0,\0\0\0\0\xff\xff\xff\xff\0\x02\x01\x01\0;";
    static const char bmp[] = "BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x60\xea\0\0\xa0\x15\xff\xff"
                              "\x01\0\x18\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
    static const char jpeg[] = "\xff\xd8\xff\xc0\0\x0b\x08\xff\xff\xff\xff\x01\x01\x11\0";
    static const char webp[] = "RIFF\x20\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff"
                               "\0\0\0\0\0\0";
    static const char tiff[] = "II*\0\x08\0\0\0\x02\0\0\x01\x04\0\x01\0\0\0\xff\xff\xff\0"
                               "\x01\x01\x04\0\x01\0\0\0\xff\xff\xff\0\0\0\0\0";
    check_end((struct dz_view){png, sizeof png - 1}, ALL, "done limit too_large\n");
    check_end((struct dz_view){gif, sizeof gif - 1}, ALL, "done limit too_large\n");
    check_end((struct dz_view){bmp, sizeof bmp - 1}, ALL, "done limit too_large\n");
    check_end((struct dz_view){jpeg, sizeof jpeg - 1}, ALL, "done limit too_large\n");
    check_end((struct dz_view){webp, sizeof webp - 1}, ALL, "done limit too_large\n");
    check_end((struct dz_view){tiff, sizeof tiff - 1}, ALL, "done limit too_large\n");
    check_end(DZ_VIEW("P4 99999 99999 \n"), ALL, "done limit too_large\n");
    check_end(DZ_VIEW("P5 # no size\n"), ALL, "done damaged damaged\n");
    check_end((struct dz_view){tiff, 9}, ALL, "done damaged damaged\n");
    check_end((struct dz_view){png, 20}, ALL, "done damaged damaged\n");
}

static void
every_beginning_ends_with_a_status(void **state)
{
    (void)state;
    static const l_int32 formats[] = {IFF_PNG, IFF_JFIF_JPEG, IFF_TIFF_LZW, IFF_GIF, IFF_WEBP};
    PIX *whole = drawn(english);
    PIX *pix = pixScaleAreaMap(whole, 0.25F, 0.25F);
    PIX *few = pixConvertTo8(pix, 1);
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        struct dz_view v = written(formats[i] == IFF_GIF ? few : pix, formats[i]);
        for (size_t eighth = 0; eighth < 8; eighth++)
            check_end((struct dz_view){v.p, v.n * eighth / 8}, "ocr=eng\n", "\ndone ");
        free_view(v);
    }
    pixDestroy(&few);
    pixDestroy(&pix);
    pixDestroy(&whole);
}

static void
off_means_off(void **state)
{
    (void)state;
    check_end(DZ_VIEW("P1 1 1 1\n"), NULL, "done unsupported ocr_off\n");
    check_end(DZ_VIEW("P1 1 1 1\n"), "ocr=\n", "done unsupported ocr_off\n");
    check_end(DZ_VIEW("P1 1 1 1\n"), "ocr=../../etc/passwd\n", "done unsupported ocr_language\n");
    check_end(DZ_VIEW("P1 1 1 1\n"), "ocr=xyz\n", "done unsupported ocr_language\n");
}

/* The pages of a scan are rendered and read; places are said in points of the page. */
static void
scanned_pdf_is_read(void **state)
{
    (void)state;
    PIX *pix = drawn(english);
    l_uint8 *p = NULL;
    size_t n = 0;
    assert_int_equal(pixWriteMemPdf(&p, &n, pix, 300, "a scan"), 0);
    struct dz_view v = {(char *)p, n};
    struct dz_buf plain = said_about(&dz_family_pdf, v, "application/pdf", NULL);
    assert_true(says(&plain, "done empty no_text\n"));
    struct dz_buf out = said_about(ocr, v, "application/pdf", "ocr=eng\n");
    assert_true(says(&out, "done text\n"));
    assert_true(says(&out, "locator 0 page 1\n"));
    assert_true(wrong_in(&out, english) < 2.5);
    /* 80 pixels of 300 to an inch are 19 points. */
    const char *line = strstr(out.p, "locator 0 line ");
    assert_non_null(line);
    const char *digits = line + strlen("locator 0 line ");
    int left = (digits[0] - '0') * 10 + digits[1] - '0';
    assert_in_range(left, 18, 22);
    dz_buf_done(&out);
    dz_buf_done(&plain);
    lept_free(p);
    pixDestroy(&pix);
}

/* The committed ones (tests/tools/make_fixtures/ocr.py), beside which their words stand. */
static void
files_say_what_stands_on_them(void **state)
{
    (void)state;
    static const char *const names[] = {"notice.png", "letter.jpg", "report.tif", "scanned.pdf"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct dz_buf out = said_about_file(ocr, "ocr", names[i], ALL);
        char *text_name = dz_asprintf("%s.txt", names[i]);
        char *path = fixture_path("ocr", text_name);
        struct dz_buf words = bytes_of(path);
        const char *const lines[] = {words.p, NULL};
        for (char *p = words.p; *p; p++)
            *p = *p == '\n' ? ' ' : *p;
        words.p[words.n - 1] = 0;
        print_message("# %s: %.2f %% wrong\n", names[i], wrong_in(&out, lines));
        assert_true(wrong_in(&out, lines) < 3);
        assert_true(says(&out, "done text\n"));
        dz_buf_done(&words);
        dz_buf_done(&out);
        dz_free(path);
        dz_free(text_name);
    }
}

/* A photograph that ends early is read as far as it goes, and said to be damaged. */
static void
half_a_photograph_is_damaged(void **state)
{
    (void)state;
    char *path = fixture_path("ocr", "letter.jpg");
    struct dz_buf whole = bytes_of(path);
    struct dz_buf out = said_about(ocr, (struct dz_view){whole.p, whole.n * 2 / 3}, "", ALL);
    assert_true(says(&out, "подъезда"));
    assert_true(says(&out, "done damaged truncated\n"));
    dz_buf_done(&out);
    dz_buf_done(&whole);
    dz_free(path);
}

static void
blank_pages_have_no_text(void **state)
{
    (void)state;
    PIX *pix = pixCreate(800, 600, 8);
    pixSetAll(pix);
    struct dz_view png = written(pix, IFF_PNG);
    check_end(png, ALL, "done empty no_text\n");
    free_view(png);
    pixDestroy(&pix);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_languages_are_read),
        cmocka_unit_test(as_good_as_plain_tesseract),
        cmocka_unit_test(all_kinds_of_pictures_are_read),
        cmocka_unit_test(pages_of_a_tiff_are_told_apart),
        cmocka_unit_test(pictures_are_turned_upright),
        cmocka_unit_test(false_sizes_are_refused),
        cmocka_unit_test(every_beginning_ends_with_a_status),
        cmocka_unit_test(off_means_off),
        cmocka_unit_test(scanned_pdf_is_read),
        cmocka_unit_test(files_say_what_stands_on_them),
        cmocka_unit_test(half_a_photograph_is_damaged),
        cmocka_unit_test(blank_pages_have_no_text),
    };
    dz_family_ocr.warm();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
