/* Lineage of a vault: what is kept between calls, what people decide, what a purge leaves, and how
 * many origins the views count. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "vault_fixture.h"

#include "dz_db.h"
#include "dz_fact.h"
#include "dz_json.h"
#include "dz_lineage.h"
#include "dz_queue.h"
#include "dz_sketches.h"
#include "dz_summary.h"
#include "dz_utf8.h"
#include "vault_impl.h"

#define STORY                                                                                  \
    "The registry in the harbour town closed its doors on Monday and sent everybody away who " \
    "had come without the new papers. A woman with two children waited until dusk, and a "     \
    "clerk told her through the window that the list was full. Her neighbour turned back at "  \
    "the bridge because the guards there asked for the same papers. "
#define QUOTED                                                                            \
    "Two months later a teacher from the hills remembered how a clerk told her through " \
    "the window that the list was full. Her neighbour turned back at the bridge, she said, "   \
    "and nobody wrote to the council. The school was heated with peat that winter, the bus "   \
    "came once a week, and the mayor of the next village kept a ledger of what was owed. In "  \
    "spring the road was mended, and letters came again from relatives abroad who asked "      \
    "whether the orchards had survived the frost and who was still living in the old street. "

static char origin[DZ_ID_MAX], copy[DZ_ID_MAX], quote[DZ_ID_MAX];

static void
add(struct fixture *f, char ret[DZ_ID_MAX], const char *name, const char *text,
    const char *published)
{
    memcpy(ret, fixture_source(f, name, text), DZ_ID_MAX);
    DZ_AUTO_JSON json_t *fields = json_pack("{s:s, s:s}", "published", published, "publisher",
                                            name);
    OK(f, dz_source_describe(f->v, f->rules, ret, fields, &f->err));
}

/* The copy is added first: its date says that it is the later one. */
static void
fill(struct fixture *f)
{
    add(f, copy, "copy.txt", "Reprinted with thanks. " STORY, "2025-03-09");
    add(f, origin, "origin.txt", STORY "So much for that day.", "2025-03-04");
    add(f, quote, "quote.txt", QUOTED, "2025-05-20");
}

static struct dz_lineage
build(struct fixture *f)
{
    struct dz_lineage l = {0};
    OK(f, dz_lineage_build(f->v, f->rules, true, NULL, &l, &f->err));
    return l;
}

static const struct dz_lineage_pair *
pair_of(const struct dz_lineage *l, const char *source, const char *from)
{
    for (size_t i = 0; i < l->n_pairs; i++)
        if (strcmp(l->sources[l->pairs[i].source].id, source) == 0 &&
            strcmp(l->sources[l->pairs[i].origin].id, from) == 0)
            return &l->pairs[i];
    return NULL;
}

static const char *
root_of(const struct dz_lineage *l, const char *id)
{
    return l->sources[l->sources[dz_lineage_find(l, id)].root].id;
}

static size_t
count(struct fixture *f, const char *sql)
{
    /* The statement fails by overflow when there are more rows than asked for. */
    for (size_t n = 0; n < 100; n++) {
        DZ_AUTO_FREE char *test = dz_asprintf(
            "SELECT abs(CASE WHEN (%s) > %zu THEN -9223372036854775807 - 1 ELSE 1 END)", sql, n);
        if (dz_db_run(f->v->db, test, NULL) == DZ_OK)
            return n;
    }
    return 100;
}

/* All sketches as one hash. */
static void
digest_sketches(struct fixture *f, char ret[65])
{
    struct dz_rows *rows = NULL;
    DZ_AUTO_BUF struct dz_buf all = DZ_BUF(1 << 20);
    OK(f, dz_db_query(f->v->db, DZ_Q_SKETCH_LIST, &rows, &f->err, DZ_NO_ARGS));
    while (dz_rows_next(rows)) {
        dz_buf_addv(&all, dz_rows_view(rows, 0));
        dz_buf_addv(&all, dz_rows_view(rows, 1));
    }
    OK(f, dz_rows_end(rows, &f->err));
    assert_true(all.n > 150);
    dz_vault_keyed_hash(f->v, "test", dz_buf_view(&all), ret);
}

static void
test_pairs(void **state)
{
    struct fixture *f = *state;
    fill(f);
    struct dz_lineage l = build(f);
    assert_int_equal(l.n_texts, 3);
    assert_int_equal(l.n_roots, 2);
    const struct dz_lineage_pair *p = pair_of(&l, copy, origin);
    assert_non_null(p);
    assert_int_equal(p->relation, DZ_LINEAGE_REPRINT);
    assert_true(p->by_date);
    assert_in_range(p->share, 900, 1000);
    assert_int_equal(p->n_passages, 1);
    assert_int_equal(p->passages[0].origin_start, 0);
    assert_int_equal(p->passages[0].start, strlen("Reprinted with thanks. "));
    assert_string_equal(root_of(&l, copy), origin);
    p = pair_of(&l, quote, origin);
    assert_non_null(p);
    assert_int_equal(p->relation, DZ_LINEAGE_QUOTE);
    assert_string_equal(root_of(&l, quote), quote);
    dz_lineage_done(&l);
}

/* Who reads a text for suggestions sketches it at once. */
static void
test_sketched_when_read(void **state)
{
    struct fixture *f = *state;
    uint64_t n = 1;
    fill(f);
    OK(f, dz_queue_update(f->v, f->rules, NULL, NULL, NULL, &f->err));
    OK(f, dz_sketches_update(f->v, NULL, &n, &f->err));
    assert_int_equal(n, 0);
}

/* Nothing is read again that has not changed, and what has is. */
static void
test_kept(void **state)
{
    struct fixture *f = *state;
    uint64_t n = 0;
    fill(f);
    OK(f, dz_sketches_update(f->v, NULL, &n, &f->err));
    assert_int_equal(n, 3);
    OK(f, dz_sketches_update(f->v, NULL, &n, &f->err));
    assert_int_equal(n, 0);
    struct dz_lineage l = build(f);
    size_t n_pairs = l.n_pairs;
    dz_lineage_done(&l);
    assert_int_equal(count(f, "SELECT count(*) FROM cache_pair"), 3);
    /* A verdict is taken from where it is kept: one that was changed there comes back changed. */
    OK(f, dz_db_run(f->v->db, "UPDATE cache_pair SET body = '[100,100,7,7]' WHERE body <> ''",
                    &f->err));
    l = build(f);
    assert_int_equal(l.n_pairs, n_pairs);
    assert_int_equal(l.pairs[0].n_words, 7);
    dz_lineage_done(&l);
    /* A new text that has nothing to do with them changes no verdict. */
    char other[DZ_ID_MAX];
    add(f, other, "other.txt", "Nothing of this has been said before by anybody at all.", "2025");
    l = build(f);
    assert_int_equal(l.pairs[0].n_words, 7);
    dz_lineage_done(&l);
    /* Other dates turn pairs round: those are compared anew. */
    DZ_AUTO_JSON json_t *fields = json_pack("{s:s}", "published", "2025-03-01");
    OK(f, dz_source_describe(f->v, f->rules, copy, fields, &f->err));
    l = build(f);
    const struct dz_lineage_pair *p = pair_of(&l, origin, copy);
    assert_non_null(p);
    assert_true(p->n_words > 7);
    assert_string_equal(root_of(&l, origin), copy);
    dz_lineage_done(&l);
}

static void
test_decided(void **state)
{
    struct fixture *f = *state;
    fill(f);
    OK(f, dz_lineage_decide(f->v, copy, origin, "independent", "both were there", &f->err));
    struct dz_lineage l = build(f);
    assert_int_equal(l.n_roots, 3);
    assert_int_equal(pair_of(&l, copy, origin)->decision, DZ_LINEAGE_INDEPENDENT);
    dz_lineage_done(&l);
    OK(f, dz_lineage_decide(f->v, origin, copy, "derived", NULL, &f->err));
    l = build(f);
    assert_string_equal(root_of(&l, origin), copy); /* the dates said otherwise */
    const struct dz_lineage_pair *p = pair_of(&l, origin, copy);
    assert_int_equal(p->passages[0].start, 0);
    assert_int_equal(p->passages[0].origin_start, strlen("Reprinted with thanks. "));
    dz_lineage_done(&l);
    OK(f, dz_lineage_decide(f->v, origin, copy, "open", NULL, &f->err));
    l = build(f);
    assert_string_equal(root_of(&l, copy), origin);
    dz_lineage_done(&l);
    fixture_check_rebuild(f);

    assert_int_equal(dz_lineage_decide(f->v, copy, copy, "derived", NULL, &f->err), DZ_E_INPUT);
    assert_int_equal(dz_lineage_decide(f->v, copy, "src-none", "derived", NULL, &f->err),
                     DZ_E_NOTFOUND);
}

/* No word of it is needed to say that two have nothing in common, but its sketch is of its
 * words. */
static void
test_purged(void **state)
{
    struct fixture *f = *state;
    fill(f);
    OK(f, dz_lineage_decide(f->v, quote, origin, "derived", NULL, &f->err));
    struct dz_lineage l = build(f);
    dz_lineage_done(&l);
    OK(f, dz_item_purge(f->v, origin, "added in error", 0, NULL, &f->err));
    assert_int_equal(count(f, "SELECT count(*) FROM cache_sketch"), 2);
    assert_int_equal(count(f, "SELECT count(*) FROM cache_pair"), 1);
    assert_int_equal(count(f, "SELECT count(*) FROM lineage_decision"), 0);
    fixture_check_rebuild(f);
    l = build(f);
    assert_int_equal(l.n, 2);
    assert_int_equal(count(f, "SELECT count(*) FROM cache_sketch"), 2);
    assert_non_null(pair_of(&l, quote, copy));
    dz_lineage_done(&l);
}

static void
act(struct fixture *f, const char *source, const char *exact)
{
    char id[DZ_ID_MAX];
    DZ_AUTO_JSON json_t *fields = json_pack(
        "{s:s, s:s, s:s, s:[{s:s, s:s}]}", "scope", "specific_event", "sphere",
        "healthcare", "means", "denial", "passages", "source", source, "exact", exact);
    OK(f, dz_fact_record(f->v, f->rules, "act", fields, id, &f->err));
}

static size_t
origins(struct fixture *f)
{
    struct dz_summary s = {0};
    OK(f, dz_summary_build(f->v, f->rules, NULL, &s, &f->err));
    size_t n = s.all.n_origins;
    dz_summary_done(&s);
    return n;
}

/* The copy and the passage that was taken over count as the first source; what a source says
 * besides is its own. */
static void
test_views_follow(void **state)
{
    struct fixture *f = *state;
    fill(f);
    act(f, origin, "sent everybody away");
    act(f, copy, "sent everybody away");
    act(f, quote, "told her through the window");
    assert_int_equal(origins(f), 1);
    act(f, quote, "kept a ledger of what was owed");
    assert_int_equal(origins(f), 2);
    OK(f, dz_lineage_decide(f->v, copy, origin, "independent", NULL, &f->err));
    assert_int_equal(origins(f), 3);
    OK(f, dz_lineage_decide(f->v, quote, origin, "derived", NULL, &f->err));
    assert_int_equal(origins(f), 2);
}

#define MENU                                                                               \
    "<nav><ul><li>All the news of the coast and of the islands</li><li>Letters to the "    \
    "editors and what they answered this week</li><li>Tides, boats, winds, and the price "  \
    "of herring at the quay</li><li>Subscribe to be told each morning before the bells "   \
    "ring</li></ul></nav>"
#define PAGE(article) \
    "<html><body>" MENU "<main><article>" article "</article></main></body></html>"

/* What stands around the words of a page is not compared, and offsets are those of the whole
 * text. */
static void
test_frames_of_pages(void **state)
{
    struct fixture *f = *state;
    char one[DZ_ID_MAX], two[DZ_ID_MAX], three[DZ_ID_MAX];
    add(f, one, "one.html", PAGE("<p>Первый урок. " STORY "</p>"), "2025-03-04");
    add(f, two, "two.html", PAGE("<p>A choir sang in the square until the lamps were lit.</p>"),
        "2025-03-05");
    add(f, three, "three.html", PAGE("<p>" STORY "</p>"), "2025-03-06");
    struct dz_lineage l = build(f);
    assert_null(pair_of(&l, two, one));
    assert_null(pair_of(&l, three, two));
    const struct dz_lineage_pair *p = pair_of(&l, three, one);
    assert_non_null(p);
    assert_int_equal(p->n_passages, 1);
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(DZ_TEXT_MAX);
    OK(f, dz_source_text(f->v, one, &text, NULL, &f->err));
    size_t at = dz_utf8_byte_of(dz_buf_view(&text), p->passages[0].origin_start);
    assert_memory_equal(text.p + at, "The registry in", strlen("The registry in"));
    /* Read for suggestions, a page is sketched alike. */
    char before[65], after[65];
    OK(f, dz_db_run(f->v->db, "DELETE FROM cache_read", &f->err));
    dz_lineage_done(&l);
    digest_sketches(f, before);
    OK(f, dz_queue_update(f->v, f->rules, NULL, NULL, NULL, &f->err));
    digest_sketches(f, after);
    assert_string_equal(before, after);
}

/* The same figure of the same claimant in two languages, without a word in common. */
static void
test_statements(void **state)
{
    struct fixture *f = *state;
    char one[DZ_ID_MAX], two[DZ_ID_MAX], id[DZ_ID_MAX];
    add(f, one, "one.txt", "Kolokoltsev spoke of 3.5 million booklets.", "2025-03-04");
    add(f, two, "two.txt", "За словами Колокольцева, видано 3,5 млн книжечок.", "2025-03-05");
    const struct {
        const char *source, *exact, *who;
    } facts[] = {{one, "3.5 million booklets", "Kolokoltsev"},
                 {two, "3,5 млн книжечок", "Володимир Колокольцев"}};
    for (size_t i = 0; i < 2; i++) {
        DZ_AUTO_JSON json_t *fields = json_pack(
            "{s:s, s:s, s:s, s:[{s:s, s:s}]}", "value", "3500000", "unit", "passports",
            "asserted_by", facts[i].who, "passages", "source", facts[i].source, "exact",
            facts[i].exact);
        OK(f, dz_fact_record(f->v, f->rules, "figure", fields, id, &f->err));
    }
    struct dz_lineage l = build(f);
    const struct dz_lineage_pair *p = pair_of(&l, two, one);
    assert_non_null(p);
    assert_int_equal(p->relation, DZ_LINEAGE_STATEMENT);
    assert_string_equal(p->value, "3500000");
    assert_int_equal(p->n_passages, 1);
    assert_int_equal(p->passages[0].origin_start, strlen("Kolokoltsev spoke of "));
    assert_int_equal(l.n_roots, 2); /* what else they say may be their own */
    dz_lineage_done(&l);
}

/* One address retold in two languages: the same official on the same day, and the same things said
 * of
 * the clinics, the schools and the work. A third source names him on that day and says other
 * things; a fourth says
 * the same things years later. */
static void
test_occasion(void **state)
{
    struct fixture *f = *state;
    char uk[DZ_ID_MAX], ru[DZ_ID_MAX], other[DZ_ID_MAX], late[DZ_ID_MAX];
    static const char *const russian =
        "Глава областной военной администрации Иван Федоров 8 сентября 2025 года выступил на радио. Без "
        "российского паспорта больных не принимают в больницах. Детей без российского паспорта не "
        "берут в школы. Без российского паспорта людей увольняют с работы.";
    add(f, uk, "uk.txt",
        "Очільник обласної військової адміністрації Іван Федоров 8 вересня 2025 року звернувся по радіо. "
        "Без російського паспорта хворих не приймають у лікарнях. Дітей без російського паспорта не "
        "беруть до школи. Без російського паспорта людей звільняють з роботи.",
        "2025-09-08");
    add(f, ru, "ru.txt", russian, "2025-09-09");
    add(f, other, "other.txt",
        "Иван Федоров 8 сентября 2025 года открыл мост через реку, и хор пел до вечера.",
        "2025-09-09");
    add(f, late, "late.txt", russian + strlen("Глава "), "2028-01-01");
    OK(f, dz_queue_update(f->v, f->rules, NULL, NULL, NULL, &f->err));
    struct dz_lineage l = build(f);
    const struct dz_lineage_pair *p = pair_of(&l, ru, uk);
    assert_non_null(p);
    assert_int_equal(p->relation, DZ_LINEAGE_STATEMENT);
    assert_true(p->n_passages >= 4);
    assert_null(pair_of(&l, other, uk));
    assert_null(pair_of(&l, late, uk));
    dz_lineage_done(&l);
}

int
main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_pairs),      TEST(test_sketched_when_read),
        TEST(test_kept),       TEST(test_decided),
        TEST(test_purged),     TEST(test_views_follow),
        TEST(test_statements), TEST(test_occasion),
        TEST(test_frames_of_pages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
