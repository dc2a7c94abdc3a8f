#define _GNU_SOURCE /* memfd_create, memmem */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "dz_codec.h"
#include "read_family.h"
#include "tool_run.h"
#include "work_impl.h"

static const struct dz_family *const media = &dz_family_media;

static struct dz_buf
said(struct dz_view bytes)
{
    return read_bytes(media, bytes, "file", "application/octet-stream", NULL);
}

static bool
says(const struct dz_buf *b, const char *line)
{
    return memmem(b->p, b->n, line, strlen(line)) != NULL;
}

static void
files_say_what_is_expected(void **state)
{
    (void)state;
    assert_true(check_fixtures(media, "media", NULL) >= 40);
}

static void
every_beginning_ends_with_a_status(void **state)
{
    (void)state;
    static const char *const names[] = {
        "phone.jpg",    "exif.png",  "xmp.gif",   "picture.webp", "scan.tif",    "point.bmp",
        "phone.heic",   "queue.mp4", "phone.mov", "court.mkv",    "corridor.wav", "camera.avi",
        "talk.flac",    "talk.opus", "notice3.mp3", "notice4.mp3", "pages.tif",
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        check_truncated(media, "media", names[i], NULL);
}

/* ---- beside exiftool ---- */

static struct dz_buf
read_fixture(const char *name)
{
    DZ_AUTO_FREE char *path = dz_asprintf("tests/fixtures/media/%s", name);
    DZ_AUTO_BUF struct dz_buf bytes = read_file(path);
    assert_true(bytes.n > 0);
    return said(dz_buf_view(&bytes));
}

/* Each row: what exiftool prints for a tag with -n, and the line that stands here for it. */
static const struct {
    const char *file;
    const char *tag;
    const char *value;
    const char *line;
} rows[] = {
    {"phone.jpg", "IFD0:Model", "Window 2", "meta exif.Model=Window 2\n"},
    {"phone.jpg", "ExifIFD:SerialNumber", "SN-0042-7781", "=SN-0042-7781\n"},
    {"phone.jpg", "Composite:GPSLatitude", "47.836761", "meta exif.position=47.836761, "},
    {"phone.jpg", "XMP-dc:Title", "Двері паспортного столу",
     "meta xmp.dc.title=Двері паспортного столу\n"},
    {"phone.jpg", "IPTC:By-line", "Одарка Перша", "meta iptc.By-line=Одарка Перша\n"},
    {"phone.jpg", "File:ImageWidth", "8", "meta image.width=8\n"},
    {"turned.jpg", "IFD0:ImageDescription", "stairs, second floor",
     "meta exif.ImageDescription=stairs, second floor\n"},
    {"exif.png", "IFD0:Make", "Balka Optics", "meta exif.Make=Balka Optics\n"},
    {"notes.png", "PNG:Comment", "seen from the street", "meta png.Comment=seen from the street\n"},
    {"picture.webp", "IFD0:Make", "Balka Optics", "meta exif.Make=Balka Optics\n"},
    {"xmp.gif", "XMP-photoshop:City", "Мала Балка", "meta xmp.photoshop.City=Мала Балка\n"},
    {"scan.tif", "IFD0:Software", "Scanner of the office",
     "meta exif.Software=Scanner of the office\n"},
    {"phone.heic", "IFD0:Make", "Balka Optics", "meta exif.Make=Balka Optics\n"},
    {"phone.heic", "Meta:ImageWidth", "", "meta image.width=4032\n"},
    {"queue.mp4", "QuickTime:Duration", "12.5", "meta video.duration=12.500\n"},
    {"queue.mp4", "QuickTime:CreateDate", "2022:11:03 12:00:00",
     "meta video.created=2022-11-03T12:00:00Z\n"},
    {"queue.mp4", "ItemList:Title", "Черга о сьомій", "meta mp4.nam=Черга о сьомій\n"},
    {"phone.mov", "Keys:Make", "Balka", "meta mp4.com.apple.quicktime.make=Balka\n"},
    {"phone.mov", "QuickTime:Duration", "12.5", "meta video.duration=12.500\n"},
    {"court.mkv", "Matroska:Title", "Двір суду", "meta matroska.title=Двір суду\n"},
    {"court.mkv", "Matroska:Duration", "12.5", "meta video.duration=12.500\n"},
    {"corridor.wav", "RIFF:Originator", "Odarka", "meta bext.Originator=Odarka\n"},
    {"camera.avi", "RIFF:Software", "Balka Cam", "meta info.ISFT=Balka Cam\n"},
    {"talk.flac", "Vorbis:Title", "Розмова в коридорі", "meta vorbis.TITLE=Розмова в коридорі\n"},
    {"talk.opus", "Vorbis:Artist", "Одарка Перша", "meta vorbis.ARTIST=Одарка Перша\n"},
    {"notice3.mp3", "ID3:Title", "Оголошення", "meta id3.TIT2=Оголошення\n"},
    {"notice4.mp3", "ID3:Title", "Оголошення вдруге", "meta id3.TIT2=Оголошення вдруге\n"},
};

static void
exiftool_says_the_same(void **state)
{
    (void)state;
    bool there = access("/usr/bin/exiftool", X_OK) == 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        DZ_AUTO_BUF struct dz_buf here = read_fixture(rows[i].file);
        if (!says(&here, rows[i].line))
            fail_msg("%s does not say %s:\n%s", rows[i].file, rows[i].line, here.p);
        if (!there || !rows[i].value[0])
            continue;
        DZ_AUTO_FREE char *tag = dz_asprintf("-%s", rows[i].tag);
        DZ_AUTO_FREE char *path = dz_asprintf("tests/fixtures/media/%s", rows[i].file);
        const char *const argv[] = {"exiftool", "-n",  "-s3", "-charset", "UTF8",
                                    "-charset", "RIFF=cp1251", tag,   path,       NULL};
        DZ_AUTO_BUF struct dz_buf other = DZ_BUF(65536);
        assert_int_equal(tool_run(argv, &other), 0);
        if (!says(&other, rows[i].value))
            fail_msg("exiftool says of %s, %s: %s", rows[i].file, rows[i].tag,
                     other.p ? other.p : "");
    }
}

/* ---- names of people and places are no fields ---- */

static void
nobody_who_made_it_becomes_a_field(void **state)
{
    (void)state;
    static const char *const names[] = {"phone.jpg", "phone.heic", "queue.mp4",  "phone.mov",
                                        "talk.opus", "notes.png",  "notice3.mp3", "corridor.wav"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        DZ_AUTO_BUF struct dz_buf here = read_fixture(names[i]);
        assert_false(says(&here, "field author"));
        assert_false(says(&here, "field address"));
        assert_true(says(&here, "meta "));
    }
}

/* ---- hostile ---- */

static void
add_box(struct dz_buf *b, uint32_t size, const char *type)
{
    dz_buf_add_u32be(b, size);
    dz_buf_add(b, type, 4);
}

static void
begin_film(struct dz_buf *b)
{
    dz_buf_add(b, "\0\0\0\020ftypisom\0\0\0\0", 16);
}

static void
boxes_in_boxes_end_at_a_limit(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf film = DZ_BUF(16u << 20);
    begin_film(&film);
    const uint32_t n = 20000;
    for (uint32_t i = 0; i < n; i++)
        add_box(&film, 8 * (n - i), i % 2 ? "trak" : "moov");
    DZ_AUTO_BUF struct dz_buf out = said(dz_buf_view(&film));
    assert_true(ends_with(&out, "done damaged damaged\n"));
}

static void
a_million_boxes_end_at_a_limit(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf film = DZ_BUF(32u << 20);
    begin_film(&film);
    for (uint32_t i = 0; i < 1100000; i++)
        add_box(&film, 8, "uuid");
    DZ_AUTO_BUF struct dz_buf out = said(dz_buf_view(&film));
    assert_true(ends_with(&out, "done limit nesting\n"));
}

static void
a_million_tags_are_counted(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf sound = DZ_BUF(64u << 20);
    dz_buf_add(&sound, "RIFF\377\377\377\377WAVELIST\377\377\377\377INFO", 24);
    for (uint32_t i = 0; i < 500000; i++)
        dz_buf_add(&sound, "ICMT\2\0\0\0ab", 10);
    DZ_AUTO_BUF struct dz_buf out = said(dz_buf_view(&sound));
    assert_true(says(&out, "meta meta.left_out=495904\n"));
    assert_true(ends_with(&out, "done empty media\n"));
}

/* Sizes that no file has: 2^63 in a box, 4 GiB in chunks, 2^56 in an element. */
static void
false_sizes_do_no_harm(void **state)
{
    (void)state;
    static const struct dz_view files[] = {
        DZ_VIEW_INIT("\0\0\0\020ftypisom\0\0\0\0\0\0\0\1moov\177\377\377\377\377\377\377\377"),
        DZ_VIEW_INIT("\0\0\0\020ftypisom\0\0\0\0\0\0\0\1mdat\177\377\377\377\377\377\377\377abc"),
        DZ_VIEW_INIT("RIFF\377\377\377\377WAVEfmt \377\377\377\377ab"),
        DZ_VIEW_INIT("\x89PNG\r\n\x1a\n\377\377\377\377tEXtab"),
        DZ_VIEW_INIT("\x1a\x45\xdf\xa3\x01\377\377\377\377\377\377\376\x42\x82\x02\377\377\377"
                     "\377\377\377\376"),
        DZ_VIEW_INIT("II*\0\377\377\377\377"),
        DZ_VIEW_INIT("II*\0\10\0\0\0\377\377abcd"),
        DZ_VIEW_INIT("fLaC\0\377\377\377ab"),
        DZ_VIEW_INIT("OggS\0\2aaaaaaaabbbbccccdddd\377\377\377"),
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        DZ_AUTO_FREE char *exact = dz_alloc(files[i].n);
        memcpy(exact, files[i].p, files[i].n);
        DZ_AUTO_BUF struct dz_buf out = said((struct dz_view){exact, files[i].n});
        if (!says(&out, "done damaged "))
            fail_msg("file %zu: %s", i, out.p);
    }
}

/* Two gigabytes of film, and behind them the box that describes it. */
static void
the_description_may_stand_at_the_end(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf film = read_file("tests/fixtures/media/queue.mp4");
    const uint64_t hole = (uint64_t)2 << 30;
    const char *mdat = memmem(film.p, 64, "mdat", 4);
    assert_non_null(mdat);
    size_t before = (size_t)(mdat - film.p) - 4;
    size_t after = before + 508; /* the film of the fixture itself */
    int fd = memfd_create("film", MFD_CLOEXEC);
    assert_true(fd >= 0);
    DZ_AUTO_BUF struct dz_buf head = DZ_BUF(4096);
    dz_buf_add(&head, film.p, before);
    dz_buf_add_u32be(&head, 1);
    dz_buf_adds(&head, "mdat");
    dz_buf_add_u64be(&head, hole + 16);
    assert_int_equal(pwrite(fd, head.p, head.n, 0), (ssize_t)head.n);
    assert_int_equal(pwrite(fd, film.p + after, film.n - after, (off_t)(head.n + hole)),
                     (ssize_t)(film.n - after));
    DZ_AUTO_BUF struct dz_buf out = DZ_BUF(1u << 20);
    struct dz_work *w = dz_work_memory((struct dz_view){"", 0}, "film.mp4", "video/mp4", NULL, &out);
    w->fd = fd;
    dz_work_measure(w);
    struct rusage before_use;
    struct rusage after_use;
    getrusage(RUSAGE_SELF, &before_use);
    media->read(w);
    getrusage(RUSAGE_SELF, &after_use);
    dz_work_free(w);
    close(fd);
    assert_true(says(&out, "meta video.duration=12.500\n"));
    assert_true(says(&out, "meta mp4.location=+47.8368+035.1417/\n"));
    assert_true(ends_with(&out, "done empty media\n"));
    assert_true(after_use.ru_maxrss - before_use.ru_maxrss < 32 * 1024);
}

static void
other_files_are_not_read(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf other = said(DZ_VIEW("%PDF-1.4"));
    assert_string_equal(other.p, "done unsupported kind\n");
    DZ_AUTO_BUF struct dz_buf empty = said(DZ_VIEW(""));
    assert_string_equal(empty.p, "done empty empty\n");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_say_what_is_expected),
        cmocka_unit_test(every_beginning_ends_with_a_status),
        cmocka_unit_test(exiftool_says_the_same),
        cmocka_unit_test(nobody_who_made_it_becomes_a_field),
        cmocka_unit_test(boxes_in_boxes_end_at_a_limit),
        cmocka_unit_test(a_million_boxes_end_at_a_limit),
        cmocka_unit_test(a_million_tags_are_counted),
        cmocka_unit_test(false_sizes_do_no_harm),
        cmocka_unit_test(the_description_may_stand_at_the_end),
        cmocka_unit_test(other_files_are_not_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
