#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <unicode/ucnv.h>
#include <unicode/ustring.h>

#include "dz_decode.h"
#include "dz_decode_stream.h"

/* Every encoding with texts in three languages and one in all of them, short and long. None of the
 * sentences is one that the table of pairs was made from. */

static const char *const short_texts[] = {
    "Без українського паспорта довідку ґрунтовно перевіряють: її чинність є сумнівною.",
    "Без нового паспорта объявление о выплатах даже не рассмотрят.",
    "Without the new passport the clinic refuses – “come back later”.",
    "Лікарня відмовила: «приходите с паспортом», said the nurse; її слова є в записі, ґречні.",
};
static const char *const long_texts[] = {
    "Громада отримала листа з міністерства. У ньому йдеться про те, що приватні будинки, власники "
    "яких не з'явилися до комісії, вважатимуть покинутими. Ґрати на вікнах зрізали того ж дня, "
    "її ключі забрали, а меблі винесли у двір. Сусіди бачили чотирьох чоловіків у формі; є також "
    "знімки номерів вантажівки. Пізніше голова села сказав, що нічого про це не чув, і порадив "
    "звернутися до поліції. Там заяву не взяли, бо заявниця не мала потрібного посвідчення.",
    "Посёлок получил письмо из министерства. В нём говорится, что частные дома, владельцы которых "
    "не явились в комиссию, будут считаться брошенными. Решётки с окон срезали в тот же день, ключи "
    "забрали, а мебель вынесли во двор. Соседи видели четырёх мужчин в форме; есть также снимки "
    "номеров грузовика. Позже глава сказал, что ничего об этом не слышал, и посоветовал обратиться "
    "в полицию. Там заявление не взяли, поскольку объём бумаг показался им недостаточным.",
    "The village received a letter from the ministry. It says that private houses whose owners did "
    "not appear before the commission will count as abandoned. The bars were cut from the windows "
    "the same day – the keys were taken, and the furniture was carried into the yard. “Nobody "
    "asked us,” a neighbour said; there are photographs of the lorry’s number plates.",
    "The order («наказ № 14») is short. Російською він звучить так: «в приёме отказать до "
    "предъявления документа». Українською: відмовити, доки не пред'являть документа. Its last line "
    "names the office, її печатка є на звороті; ґанок установи видно на фото. Подпись неразборчива, "
    "дата стоит от руки. The copy was made in the corridor, on a telephone, in bad light.",
};

static struct dz_buf
encoded(const char *utf8, const char *charset)
{
    UChar units[4096];
    int32_t n = 0;
    UErrorCode e = U_ZERO_ERROR;
    u_strFromUTF8(units, 4096, &n, utf8, -1, &e);
    assert_true(U_SUCCESS(e));
    UConverter *c = ucnv_open(charset, &e);
    assert_true(U_SUCCESS(e));
    char bytes[16384];
    int32_t length = ucnv_fromUChars(c, bytes, sizeof bytes, units, n, &e);
    assert_true(U_SUCCESS(e));
    ucnv_close(c);
    struct dz_buf out = DZ_BUF(65536);
    dz_buf_add(&out, bytes, (size_t)length);
    return out;
}

/* What of a text an encoding can hold: it lacks these, so that they are written otherwise. */
static void
without(char *text, const char *what, const char *instead)
{
    char *at;
    while ((at = strstr(text, what)) != NULL) {
        size_t n = strlen(instead);
        memcpy(at, instead, n);
        memmove(at + n, at + strlen(what), strlen(at + strlen(what)) + 1);
    }
}

enum lack { LACKS_NOTHING, LACKS_GHE, LACKS_QUOTES, LACKS_UKRAINIAN };

static char *
adapted(const char *text, enum lack lack)
{
    char *t = dz_strdup(text);
    if (lack >= LACKS_GHE) {
        without(t, "ґ", "г");
        without(t, "Ґ", "Г");
    }
    if (lack >= LACKS_QUOTES) {
        static const char *const signs[] = {"“", "”", "«", "»", "–", "’"};
        for (size_t i = 0; i < 6; i++)
            without(t, signs[i], "\"");
    }
    if (lack == LACKS_UKRAINIAN)
        without(t, "і", "i");
    return t;
}

static void
check(const char *text, const char *charset, const char *name, const char *declared)
{
    DZ_AUTO_BUF struct dz_buf bytes = encoded(text, charset);
    DZ_AUTO_BUF struct dz_buf out = DZ_BUF(65536);
    struct dz_decoded d = {0};
    assert_int_equal(dz_decode(dz_buf_view(&bytes), declared, &out, &d, NULL), DZ_OK);
    if (strcmp(d.encoding, name) != 0)
        print_message("# %s, %s: %.60s\n", charset, declared ? declared : "-", text);
    assert_string_equal(d.encoding, name);
    assert_string_equal(out.p, text);
    assert_int_equal(d.n_repaired, 0);
}

/* Both lengths of one language. */
static void
check_language(size_t language, enum lack lack, const char *charset, const char *name,
               const char *declared)
{
    DZ_AUTO_FREE char *brief = adapted(short_texts[language], lack);
    DZ_AUTO_FREE char *full = adapted(long_texts[language], lack);
    check(brief, charset, name, declared);
    check(full, charset, name, declared);
}

enum { UKRAINIAN, RUSSIAN, ENGLISH, MIXED, LANGUAGES };

static void
test_unicode(void **state)
{
    (void)state;
    static const char *const names[] = {"utf-8", "utf-16le", "utf-16be", "utf-32le", "utf-32be"};
    for (size_t i = 0; i < 5; i++) {
        for (size_t language = 0; language < LANGUAGES; language++) {
            check_language(language, LACKS_NOTHING, names[i], names[i], NULL);
            check_language(language, LACKS_NOTHING, names[i], names[i], "windows-1251");
        }
    }
}

static void
test_unicode_with_marks(void **state)
{
    (void)state;
    static const char *const names[] = {"utf-8", "utf-16le", "utf-16be", "utf-32le", "utf-32be"};
    for (size_t i = 0; i < 5; i++) {
        for (size_t language = 0; language < LANGUAGES; language++) {
            DZ_AUTO_FREE char *marked = dz_asprintf("\xef\xbb\xbf%s", short_texts[language]);
            DZ_AUTO_BUF struct dz_buf bytes = encoded(marked, names[i]);
            DZ_AUTO_BUF struct dz_buf out = DZ_BUF(65536);
            struct dz_decoded d = {0};
            assert_int_equal(dz_decode(dz_buf_view(&bytes), "koi8-r", &out, &d, NULL), DZ_OK);
            assert_string_equal(d.encoding, names[i]);
            assert_string_equal(out.p, short_texts[language]);
            assert_false(d.guessed);
        }
    }
}

static void
test_eight_bits(void **state)
{
    (void)state;
    static const struct {
        const char *charset;
        enum lack lack[LANGUAGES];
        bool english; /* its signs are told from windows-1252's */
        const char *russian;
    } rows[] = {
        {"windows-1251", {0, 0, 0, 0}, false, "windows-1251"},
        {"koi8-u", {0, 0, 0, 0}, false, "koi8-r"},
        {"koi8-r", {0, 0, 0, 0}, false, "koi8-r"},
        {"iso-8859-5",
         {LACKS_QUOTES, LACKS_QUOTES, LACKS_QUOTES, LACKS_QUOTES},
         false,
         "iso-8859-5"},
        {"cp866", {LACKS_UKRAINIAN, LACKS_QUOTES, LACKS_QUOTES, LACKS_UKRAINIAN}, false, "cp866"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *c = rows[i].charset;
        bool koi = strncmp(c, "koi8", 4) == 0;
        enum lack lack = koi ? LACKS_QUOTES : rows[i].lack[RUSSIAN];
        check_language(RUSSIAN, lack, c, rows[i].russian, NULL);
        if (strcmp(c, "koi8-r") == 0)
            continue; /* has no Ukrainian letters */
        /* KOI8-U has ґ and lacks only the signs. */
        for (size_t language = UKRAINIAN; language <= MIXED; language += MIXED) {
            DZ_AUTO_FREE char *brief =
                adapted(short_texts[language], koi ? LACKS_QUOTES : rows[i].lack[language]);
            without(brief, "№", "No");
            check(brief, c, c, NULL);
            DZ_AUTO_FREE char *full =
                adapted(long_texts[language], koi ? LACKS_QUOTES : rows[i].lack[language]);
            without(full, "№", "No");
            check(full, c, c, NULL);
        }
    }
    check("Її ґанок", "koi8-u", "koi8-u", NULL);
    check_language(ENGLISH, LACKS_NOTHING, "windows-1252", "windows-1252", NULL);
    check("Die Behörde prüft das Gesuch für größere Häuser.", "windows-1252", "windows-1252", NULL);
    check("Un café, deux élèves, où êtes-vous ?", "windows-1252", "windows-1252", NULL);
    /* English without a sign is in no encoding but ASCII. */
    check("Plain words only.", "windows-1251", "utf-8", NULL);
    check("Plain words only.", "koi8-u", "utf-8", "koi8-u");
}

static void
test_what_is_declared_counts_where_it_makes_sense(void **state)
{
    (void)state;
    struct dz_decoded d = {0};
    DZ_AUTO_BUF struct dz_buf out = DZ_BUF(65536);
    DZ_AUTO_BUF struct dz_buf bytes = encoded(short_texts[RUSSIAN], "koi8-u");
    /* In KOI8-U and KOI8-R these bytes are the same: the declaration decides. */
    assert_int_equal(dz_decode(dz_buf_view(&bytes), "KOI8-U", &out, &d, NULL), DZ_OK);
    assert_string_equal(d.encoding, "koi8-u");
    assert_false(d.guessed);
    check("Zażółć gęślą jaźń", "windows-1250", "windows-1250", "windows-1250");
    check("Документ із печаткою, підпис нерозбірливий", "windows-1251", "windows-1251", "CP1251");
    check("東京の役所から手紙が届いた。", "shift_jis", "shift_jis", "Shift_JIS");
    check("東京の役所", "iso-2022-jp", "iso-2022-jp", "iso-2022-jp");
    check("café au lait, déjà vu", "windows-1252", "windows-1252", "ISO-8859-1");
    check("Оголошення", "windows-1251", "windows-1251", "no-such-thing");
    check("+AGE-", "us-ascii", "utf-8", "utf-7");
}

static void
test_wrongly_declared(void **state)
{
    (void)state;
    static const char *const wrong[] = {"utf-8",     "windows-1252", "iso-8859-1",   "koi8-u",
                                        "cp866",     "iso-8859-5",   "windows-1250", "utf-16",
                                        "shift_jis", "gb2312"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        for (size_t language = UKRAINIAN; language <= RUSSIAN; language++)
            check_language(language, LACKS_NOTHING, "windows-1251", "windows-1251", wrong[i]);
        check(long_texts[MIXED], "utf-8", "utf-8", wrong[i]);
    }
    check_language(UKRAINIAN, LACKS_QUOTES, "koi8-u", "koi8-u", "windows-1251");
    check_language(RUSSIAN, LACKS_QUOTES, "koi8-r", "koi8-r", "windows-1251");
    check_language(RUSSIAN, LACKS_QUOTES, "cp866", "cp866", "windows-1251");
}

static enum dz_code
decode_bytes(const char *bytes, size_t n, struct dz_decoded *ret, struct dz_buf *out)
{
    return dz_decode((struct dz_view){bytes, n}, NULL, out, ret, NULL);
}

static void
test_binary_and_broken(void **state)
{
    (void)state;
    struct dz_decoded d = {0};
    DZ_AUTO_BUF struct dz_buf out = DZ_BUF(65536);
    assert_int_equal(decode_bytes("abc\0def", 7, &d, &out), DZ_E_INPUT);
    assert_int_equal(decode_bytes("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16, &d, &out), DZ_E_INPUT);
    uint8_t noise[4096];
    uint32_t x = 1;
    for (size_t i = 0; i < sizeof noise; i++) {
        x = x * 1664525u + 1013904223u;
        noise[i] = (uint8_t)(x >> 24);
    }
    assert_int_equal(decode_bytes((const char *)noise, sizeof noise, &d, &out), DZ_E_INPUT);
    assert_int_equal(out.n, 0);
    assert_int_equal(decode_bytes("", 0, &d, &out), DZ_OK);
    assert_string_equal(d.encoding, "utf-8");
    /* A few bad bytes in UTF-8 are damage, and it stays UTF-8. */
    DZ_AUTO_FREE char *damaged = dz_asprintf("%s \xd0 %s", short_texts[0], short_texts[1]);
    DZ_AUTO_FREE char *want = dz_asprintf("%s \xef\xbf\xbd %s", short_texts[0], short_texts[1]);
    assert_int_equal(decode_bytes(damaged, strlen(damaged), &d, &out), DZ_OK);
    assert_string_equal(d.encoding, "utf-8");
    assert_int_equal(d.n_repaired, 1);
    assert_string_equal(out.p, want);
    /* Half of a pair is no character of UTF-16. */
    dz_buf_reset(&out);
    assert_int_equal(decode_bytes("\xff\xfe\x16\x04\x00\xd8\x16\x04", 8, &d, &out), DZ_OK);
    assert_string_equal(d.encoding, "utf-16le");
    assert_int_equal(d.n_repaired, 1);
    assert_string_equal(out.p, "Ж\xef\xbf\xbdЖ");
    struct dz_buf small = DZ_BUF(8);
    assert_int_equal(decode_bytes("more than eight", 15, &d, &small), DZ_E_LIMIT);
    dz_buf_done(&small);
}

/* Streams give the same as the whole, wherever they are cut, and also where the first letter that
 * is
 * not ASCII comes late. */
static void
check_stream(struct dz_view bytes, size_t piece, const char *name, struct dz_view want)
{
    DZ_AUTO_DECODER struct dz_decoder *d = dz_decoder_new(NULL);
    DZ_AUTO_BUF struct dz_buf out = DZ_BUF(1u << 20);
    for (size_t at = 0; at < bytes.n; at += piece) {
        size_t n = bytes.n - at < piece ? bytes.n - at : piece;
        assert_int_equal(dz_decoder_feed(d, (struct dz_view){bytes.p + at, n}, &out, NULL), DZ_OK);
    }
    struct dz_decoded ret = {0};
    assert_int_equal(dz_decoder_finish(d, &out, &ret, NULL), DZ_OK);
    assert_string_equal(ret.encoding, name);
    assert_true(dz_view_eq(dz_buf_view(&out), want));
}

static void
test_streams(void **state)
{
    (void)state;
    static const char *const names[] = {"utf-8", "windows-1251", "utf-16le"};
    static const size_t pieces[] = {1, 2, 3, 5, 1000, 70000};
    for (size_t i = 0; i < 3; i++) {
        /* 100 kB of ASCII before (UTF-16: of the same text), then the text a hundred times. */
        DZ_AUTO_BUF struct dz_buf bytes = DZ_BUF(1u << 20);
        DZ_AUTO_BUF struct dz_buf want = DZ_BUF(1u << 20);
        for (int k = 0; k < 5000 && i < 2; k++) {
            dz_buf_adds(&bytes, "twenty letters more\n");
            dz_buf_adds(&want, "twenty letters more\n");
        }
        DZ_AUTO_BUF struct dz_buf one = encoded(long_texts[UKRAINIAN], names[i]);
        for (int k = 0; k < 100; k++) {
            dz_buf_addv(&bytes, dz_buf_view(&one));
            dz_buf_adds(&want, long_texts[UKRAINIAN]);
        }
        for (size_t k = 0; k < sizeof pieces / sizeof *pieces; k++)
            check_stream(dz_buf_view(&bytes), pieces[k], names[i], dz_buf_view(&want));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unicode),
        cmocka_unit_test(test_unicode_with_marks),
        cmocka_unit_test(test_eight_bits),
        cmocka_unit_test(test_what_is_declared_counts_where_it_makes_sense),
        cmocka_unit_test(test_wrongly_declared),
        cmocka_unit_test(test_binary_and_broken),
        cmocka_unit_test(test_streams),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
