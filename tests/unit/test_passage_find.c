#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "dz_mem.h"
#include "dz_passage.h"

/* Passages in texts that were read anew: same, moved, orphan, and what may be meant. */

/* The quote as it would have been recorded: with 32 characters on either side. */
struct recorded {
    struct dz_quote q;
    char *kept;
};

static void
recorded_done(struct recorded *r)
{
    dz_free(r->kept);
}
#define AUTO_RECORDED DZ_CLEANUP(recorded_done)

/* Occurrence number nth (from 0) of the words in a text. */
static struct recorded
record(const char *text, const char *exact, unsigned nth)
{
    struct recorded r = {.kept = dz_strdup(text)};
    const char *at = strstr(r.kept, exact);
    for (; at && nth > 0; nth--)
        at = strstr(at + 1, exact);
    if (!at)
        fail_msg("the text does not hold '%s'", exact);
    struct dz_view all = dz_view_of(r.kept);
    size_t from = (size_t)(at - r.kept), to = from + strlen(exact);
    size_t start = dz_utf8_cp_of(all, from), end = dz_utf8_cp_of(all, to);
    size_t left = dz_utf8_byte_of(all, start > DZ_FACT_CONTEXT ? start - DZ_FACT_CONTEXT : 0);
    size_t right = dz_utf8_byte_of(all, end + DZ_FACT_CONTEXT);
    r.q = (struct dz_quote){.exact = {at, to - from},
                            .prefix = {r.kept + left, from - left},
                            .suffix = {r.kept + to, right - to},
                            .start = start};
    return r;
}

static struct dz_quote_found
look(const struct recorded *r, const char *text)
{
    struct dz_quote_found found;
    struct dz_utf8_map map;
    dz_utf8_map_init(&map, dz_view_of(text));
    dz_quote_find(&r->q, &map, &found);
    enum dz_passage_state state = dz_quote_state(&r->q, &map);
    dz_utf8_map_done(&map);
    assert_int_equal(state, found.state);
    return found;
}

static void
check_words(const char *text, const struct dz_quote_place *place, const char *words)
{
    if (place->to - place->from != strlen(words) ||
        memcmp(text + place->from, words, strlen(words)) != 0)
        fail_msg("found '%.*s' instead of '%s'", (int)(place->to - place->from), text + place->from,
                 words);
    assert_int_equal(place->start, dz_utf8_cp_of(dz_view_of(text), place->from));
    assert_int_equal(place->end, dz_utf8_cp_of(dz_view_of(text), place->to));
}

static const char notice[] =
    "Оголошення\nУ лікарні № 3 з 1 травня не приймають без російського паспорта.\n"
    "Пенсіонерів без паспорта просять прийти з довідкою.\nБез паспорта ліків не видають.\n";

static void
test_same(void **state)
{
    (void)state;
    AUTO_RECORDED struct recorded r = record(notice, "не приймають", 0);
    struct dz_quote_found found = look(&r, notice);
    assert_int_equal(found.state, DZ_PASSAGE_SAME);
    assert_int_equal(found.n, 1);
    check_words(notice, &found.places[0], "не приймають");
    /* What is written behind its context does not touch it. */
    DZ_AUTO_FREE char *longer = dz_asprintf("%sТелефон змінено.\n", notice);
    assert_int_equal(look(&r, longer).state, DZ_PASSAGE_SAME);
}

static void
test_edges(void **state)
{
    (void)state;
    AUTO_RECORDED struct recorded first = record(notice, "Оголошення", 0);
    AUTO_RECORDED struct recorded last = record(notice, "ліків не видають.\n", 0);
    AUTO_RECORDED struct recorded all = record("Без паспорта.", "Без паспорта.", 0);
    assert_int_equal(first.q.prefix.n, 0);
    assert_int_equal(last.q.suffix.n, 0);
    assert_int_equal(look(&first, notice).state, DZ_PASSAGE_SAME);
    assert_int_equal(look(&last, notice).state, DZ_PASSAGE_SAME);
    assert_int_equal(look(&all, "Без паспорта.").state, DZ_PASSAGE_SAME);
    DZ_AUTO_FREE char *before = dz_asprintf("Копія. %s", notice);
    struct dz_quote_found found = look(&first, before);
    assert_int_equal(found.state, DZ_PASSAGE_MOVED);
    check_words(before, &found.places[0], "Оголошення");
    found = look(&last, before);
    assert_int_equal(found.state, DZ_PASSAGE_MOVED);
    assert_int_equal(found.places[0].agrees, 2 * DZ_FACT_CONTEXT);
    assert_int_equal(look(&first, "").state, DZ_PASSAGE_ORPHAN);
    assert_int_equal(look(&first, "Ого").state, DZ_PASSAGE_ORPHAN);
}

static void
test_moved(void **state)
{
    (void)state;
    AUTO_RECORDED struct recorded r = record(notice, "без російського паспорта", 0);
    static const char edited[] =
        "Лікарня № 3\nОголошення\nУ лікарні № 3 з 1 травня не приймають без російського паспорта.\n"
        "Пенсіонерів без паспорта просять прийти з довідкою.\n";
    struct dz_quote_found found = look(&r, edited);
    assert_int_equal(found.state, DZ_PASSAGE_MOVED);
    assert_int_equal(found.n_all, 1);
    assert_true(found.is_clear);
    assert_int_equal(found.places[0].agrees, 2 * DZ_FACT_CONTEXT);
    check_words(edited, &found.places[0], "без російського паспорта");
    /* The place is the same, what stands around it is not: a person has to look at it. */
    static const char around[] =
        "Оголошення\nУ лікарні № 5 з 2 червня вже приймають без російського паспорта.\n";
    found = look(&r, around);
    assert_int_equal(found.state, DZ_PASSAGE_MOVED);
    assert_true(found.places[0].agrees < DZ_FACT_CONTEXT);
}

/* White space of another kind around the quote is no other context. */
static void
test_reflowed(void **state)
{
    (void)state;
    static const char reflowed[] =
        "Оголошення\r\n\r\nУ лікарні № 3\r\nз 1 травня\r\nне приймають без російського\r\n"
        "паспорта.\r\nПенсіонерів без\r\nпаспорта просять прийти з довідкою.";
    AUTO_RECORDED struct recorded r = record(notice, "не приймають", 0);
    struct dz_quote_found found = look(&r, reflowed);
    assert_int_equal(found.state, DZ_PASSAGE_MOVED);
    assert_true(found.places[0].agrees >= 62);
    /* A line end inside the quote: the words are not there as they are. */
    AUTO_RECORDED struct recorded broken = record(notice, "без російського паспорта", 0);
    found = look(&broken, reflowed);
    assert_int_equal(found.state, DZ_PASSAGE_ORPHAN);
    assert_int_equal(found.n, 1);
    assert_int_equal(found.places[0].edits, 0);
    check_words(reflowed, &found.places[0], "без російського\r\nпаспорта");
}

static void
test_repeated(void **state)
{
    (void)state;
    static const char text[] = "Школа. Без паспорта не беруть. Клініка. Без паспорта не беруть. "
                               "Банк. Без паспорта не беруть. Пошта. Без паспорта не беруть.";
    for (unsigned nth = 0; nth < 4; nth++) {
        AUTO_RECORDED struct recorded r = record(text, "Без паспорта", nth);
        DZ_AUTO_FREE char *later = dz_asprintf("Місто, травень. %s", text);
        struct dz_quote_found found = look(&r, later);
        assert_int_equal(found.state, DZ_PASSAGE_MOVED);
        assert_int_equal(found.n, 4);
        assert_true(found.is_clear);
        assert_int_equal(found.places[0].start, r.q.start + 16);
    }
    /* Nothing tells them apart: the nearest first, and no clear one. */
    static const char twins[] = "так так так так так так так так так так так так так так так так "
                                "так так так так так так так так так так так так так так так так";
    AUTO_RECORDED struct recorded r = record(twins, "так", 14);
    DZ_AUTO_FREE char *later = dz_asprintf("%s%s", "ні ", twins);
    struct dz_quote_found found = look(&r, later);
    assert_int_equal(found.state, DZ_PASSAGE_MOVED);
    assert_int_equal(found.n_all, 32);
    assert_int_equal(found.n, DZ_PLACES_MAX);
    assert_false(found.is_clear);
    assert_int_equal(found.places[0].start, r.q.start - 1);
}

static const struct {
    const char *exact;
    const char *text;
    const char *meant;
    unsigned edits;
} near_ones[] = {
    {"без паспорта громадянина", "Тут без пас-\nпорта грома-\nдянина не можна.",
     "без пас-\nпорта грома-\nдянина", 0},
    {"Її сім'я не прийняла", "Отже, її сім’я не прийняла.", "її сім’я не прийняла", 0},
    {"ещё не приняли", "Их еще  не приняли.", "еще  не приняли", 0},
    {"КЛІНІКУ ЗАЧИНЕНО", "Сьогодні Клініку зачинено.", "Клініку зачинено", 0},
    {"«без паспорта»", "Сказали: \"без паспорта\".", "\"без паспорта\"", 0},
    {"район", "Їхній раи\xCC\x86он тут.", "раи\xCC\x86он", 0},
    {"не приймають без російського паспорта", "Там не прииімають 6ез російського паспорта.",
     "не прииімають 6ез російського паспорта", 3},
    {"refused patients without a passport", "It refuscd patients withoul a passport.",
     "refuscd patients withoul a passport", 2},
    {"denied the pension", "They denicd the pension.", "denicd the pension", 1},
    {"left out", "They said lefi out.", "lefi out", 1},
};

static void
test_near(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof near_ones / sizeof *near_ones; i++) {
        DZ_AUTO_FREE char *old = dz_asprintf("Було: %s. Кінець.", near_ones[i].exact);
        AUTO_RECORDED struct recorded r = record(old, near_ones[i].exact, 0);
        struct dz_quote_found found = look(&r, near_ones[i].text);
        assert_int_equal(found.state, DZ_PASSAGE_ORPHAN);
        if (found.n != 1)
            fail_msg("'%s' is not found, or more than once", near_ones[i].exact);
        check_words(near_ones[i].text, &found.places[0], near_ones[i].meant);
        assert_int_equal(found.places[0].edits, near_ones[i].edits);
    }
    /* Too short to mean anything, or too different. */
    AUTO_RECORDED struct recorded shorter = record("без", "без", 0);
    assert_int_equal(look(&shorter, "Баз даних, бай.").n, 0);
    AUTO_RECORDED struct recorded other = record(notice, "не приймають без російського", 0);
    assert_int_equal(look(&other, "не беруть без українського").n, 0);
}

/* One byte after the other taken for another encoding gives other letters everywhere: no quote is
 * found in what was read wrongly, and all are found where it was read rightly. */
static void
test_encodings(void **state)
{
    (void)state;
    AUTO_RECORDED struct recorded good = record(notice, "не приймають", 0);
    /* As windows-1251 bytes read as Latin-1 would look. */
    static const char garbled[] =
        "Îãîëîøåííÿ\nÓ ë³êàðí³ ¹ 3 ç 1 òðàâíÿ íå ïðèéìàþòü áåç ðîñ³éñüêîãî";
    assert_int_equal(look(&good, garbled).state, DZ_PASSAGE_ORPHAN);
    assert_int_equal(look(&good, garbled).n, 0);
    AUTO_RECORDED struct recorded bad = record(garbled, "íå ïðèéìàþòü", 0);
    assert_int_equal(look(&bad, notice).state, DZ_PASSAGE_ORPHAN);
    assert_int_equal(look(&bad, notice).n, 0);
    /* The same letters with a mark in front and other line ends. */
    AUTO_RECORDED struct recorded marked =
        record("Рядок один\r\nне приймають\r\n", "не приймають", 0);
    struct dz_quote_found found = look(&marked, "Рядок один\nне приймають\n");
    assert_int_equal(found.state, DZ_PASSAGE_MOVED);
    assert_int_equal(found.n_all, 1);
}

/* ---- random edits ---- */

static uint64_t seed = 20260501;

static size_t
random_below(size_t n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (size_t)(seed >> 33) % n;
}

static void
random_words(struct dz_buf *out, size_t n)
{
    static const char *const words[] = {"лікарня ", "паспорт ", "без ",     "школа ",
                                        "не ",      "видають ", "pension ", "в\n",
                                        "за ",      "року, ",   "ёлка ",    "№ 5. "};
    for (size_t i = 0; i < n; i++)
        dz_buf_adds(out, words[random_below(sizeof words / sizeof *words)]);
}

/* Text before, then a stretch that nothing touches, then text after. */
static void
test_random_edits(void **state)
{
    (void)state;
    for (int round = 0; round < 400; round++) {
        DZ_AUTO_BUF struct dz_buf core = DZ_BUF(1 << 16);
        DZ_AUTO_BUF struct dz_buf old = DZ_BUF(1 << 20);
        DZ_AUTO_BUF struct dz_buf now = DZ_BUF(1 << 20);
        /* A number that stands nowhere else makes the quote itself unique in half of the rounds;
         * in the others its context does. */
        bool in_quote = round % 2 == 0;
        dz_buf_addf(&core, "%s", in_quote ? "" : "№ 7771 ");
        random_words(&core, 12);
        size_t quote_from = core.n;
        random_words(&core, 1 + random_below(6));
        dz_buf_addf(&core, "%s", in_quote ? "7771 разів" : "");
        size_t quote_to = core.n;
        dz_buf_adds(&core, in_quote ? " " : "№ 7772 ");
        random_words(&core, 12);
        random_words(&old, random_below(60));
        size_t old_at = old.n;
        dz_buf_addv(&old, dz_buf_view(&core));
        size_t old_end = old.n;
        random_words(&old, random_below(60));
        /* Far edits: words left out and put in on either side. */
        if (round % 3 == 0)
            dz_buf_add(&now, old.p, old_at);
        else
            random_words(&now, random_below(60));
        size_t now_at = now.n;
        dz_buf_addv(&now, dz_buf_view(&core));
        if (round % 5 == 0)
            dz_buf_add(&now, old.p + old_end, old.n - old_end);
        else
            random_words(&now, random_below(60));
        struct dz_view text = dz_buf_view(&old);
        size_t from = old_at + quote_from, to = old_at + quote_to;
        size_t start = dz_utf8_cp_of(text, from), end = dz_utf8_cp_of(text, to);
        size_t left = dz_utf8_byte_of(text, start > 32 ? start - 32 : 0);
        size_t right = dz_utf8_byte_of(text, end + 32);
        struct recorded r = {.q = {.exact = {old.p + from, to - from},
                                   .prefix = {old.p + left, from - left},
                                   .suffix = {old.p + to, right - to},
                                   .start = start}};
        struct dz_quote_found found = look(&r, now.p);
        assert_true(found.state == DZ_PASSAGE_SAME || found.state == DZ_PASSAGE_MOVED);
        if (now_at == old_at)
            assert_int_equal(found.state, DZ_PASSAGE_SAME);
        if (in_quote)
            assert_int_equal(found.n_all, 1);
        assert_true(found.places[0].agrees >= 60 || found.state == DZ_PASSAGE_SAME);
        /* Where the whole context stands twice, nothing but distance could tell. */
        if (found.is_clear)
            assert_int_equal(found.places[0].from, now_at + quote_from);
    }
}

/* Texts of one letter, where a search that begins anew at every letter would not end. */
static void
test_hostile(void **state)
{
    (void)state;
    size_t n = 1 << 20, m = 20000;
    char *text = dz_alloc(n + 1), *words = dz_alloc(m + 1);
    memset(text, 'a', n);
    memset(words, 'a', m);
    words[m - 1] = 'b';
    struct recorded r = {.q = {.exact = {words, m}, .start = 5}};
    struct dz_quote_found found = look(&r, text);
    assert_int_equal(found.state, DZ_PASSAGE_ORPHAN);
    words[m / 2] = 'c';
    words[m - 1] = 'a';
    assert_int_equal(look(&r, text).state, DZ_PASSAGE_ORPHAN);
    memset(text, ' ', n);
    struct recorded blank = {.q = {.exact = {" ", 1}, .prefix = {"x ", 2}, .suffix = {"  y", 3}}};
    found = look(&blank, text);
    assert_int_equal(found.state, DZ_PASSAGE_MOVED);
    assert_int_equal(found.n_all, n);
    dz_free(text);
    dz_free(words);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same),      cmocka_unit_test(test_edges),
        cmocka_unit_test(test_moved),     cmocka_unit_test(test_reflowed),
        cmocka_unit_test(test_repeated),  cmocka_unit_test(test_near),
        cmocka_unit_test(test_encodings), cmocka_unit_test(test_random_edits),
        cmocka_unit_test(test_hostile),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
