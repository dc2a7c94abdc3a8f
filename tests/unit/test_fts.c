/* The full-text index by itself: that looking at few matches finds the same as looking at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "vault_fixture.h"

#include "dz_db.h"
#include "dz_fts.h"

#define N_TEXTS 9000

static uint32_t state_of_chance = 2463534242u;

static uint32_t
chance(uint32_t below)
{
    state_of_chance ^= state_of_chance << 13;
    state_of_chance ^= state_of_chance >> 17;
    state_of_chance ^= state_of_chance << 5;
    return state_of_chance % below;
}

/* Words w0, w1...: the first of them everywhere and often, each further one rarer. Numbers are
 * their own dictionary forms. */
static void
make_text(struct dz_buf *out, size_t number)
{
    size_t n = 5 + chance(60);
    dz_buf_reset(out);
    for (size_t i = 0; i < n; i++) {
        uint32_t kind = chance(100);
        uint32_t word = kind < 40 ? 1 : kind < 55 ? 2 : kind < 62 ? 3 : 4 + chance(3000);
        /* Now and then a text is all about something. */
        if (number % 97 == 0 && chance(2) == 0)
            word = 2 + number % 2;
        dz_buf_addf(out, "%u ", word);
    }
}

static void
fill(struct fixture *f, size_t n)
{
    struct dz_db *db = dz_vault_db(f->v);
    struct dz_buf text = DZ_BUF(65536);
    OK(f, dz_db_cache_begin(db, &f->err));
    for (size_t i = 0; i < n; i++) {
        char id[DZ_ID_MAX];
        snprintf(id, sizeof id, "src-%06zu", i % 1000000);
        make_text(&text, i);
        const char *title = chance(200) == 0 ? "3" : chance(9) == 0 ? "1" : "";
        OK(f, dz_fts_put(db, id, dz_view_of(title), dz_buf_view(&text), &f->err));
    }
    OK(f, dz_db_cache_commit(db, &f->err));
    dz_buf_done(&text);
}

struct question {
    const char *match;
    size_t n;
    struct dz_fts_phrase phrases[3];
};
#define NEXT "\x1F"
#define OR "\x1E"
#define P(term) {{(term), sizeof(term) - 1}, false, false}
static const struct question questions[] = {
    {"\"1\"", 1, {P("1")}},
    {"\"2\"", 1, {P("2")}},
    {"\"3\"", 1, {P("3")}},
    {"\"77\"", 1, {P("77")}},
    {"\"1\" AND \"2\"", 2, {P("1"), P("2")}},
    {"\"2\" AND \"3\"", 2, {P("2"), P("3")}},
    {"\"1\" AND \"88\"", 2, {P("1"), P("88")}},
    {"\"1\" OR \"3\"", 2, {P("1"), P("3")}},
    {"\"2\" OR \"99\" OR \"3\"", 3, {P("2"), P("99"), P("3")}},
    {"\"1" NEXT "2\"", 1, {P("1" NEXT "2")}},
    {"\"2" OR "3\"", 1, {P("2" OR "3")}},
    {"\"1" NEXT "2" OR "3\" AND \"1\"", 2, {P("1" NEXT "2" OR "3"), P("1")}},
    {"title : \"1\"", 1, {P("1")}},
    {"\"2\" NOT \"1\"", 2, {P("2"), {{"1", 1}, false, true}}},
    {"\"3\" AND \"8\" *", 2, {P("3"), {{"8", 1}, true, false}}},
};
#undef P

static void
assert_same(struct fixture *f, const struct question *q, size_t limit)
{
    struct dz_fts_hit quick[100], all[100];
    size_t n_quick = 0, n_all = 0;
    struct dz_fts_query ask = {
        .match = q->match, .phrases = q->phrases, .n = q->n, .limit = limit};
    OK(f, dz_fts_find(dz_vault_db(f->v), &ask, quick, &n_quick, &f->err));
    ask.thorough = true;
    OK(f, dz_fts_find(dz_vault_db(f->v), &ask, all, &n_all, &f->err));
    assert_int_equal(n_quick, n_all);
    for (size_t i = 0; i < n_all; i++) {
        if (quick[i].row != all[i].row || quick[i].score < all[i].score)
            fail_msg("%s: number %zu is another one", q->match, i + 1);
        assert_true(i == 0 || all[i].score <= all[i - 1].score);
    }
}

static void
test_best(void **state)
{
    struct fixture *f = *state;
    fill(f, N_TEXTS);
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
        assert_same(f, &questions[i], 1);
        assert_same(f, &questions[i], 20);
        assert_same(f, &questions[i], 100);
    }
}

/* In a large collection what is hard is answered from the latest sources: all that are better than
 * the last hit and lie within reach are hits. */
static void
test_reach(void **state)
{
    struct fixture *f = *state;
    enum { REACH = 700, LIMIT = 20 };
    static struct dz_fts_hit all[1000];
    fill(f, N_TEXTS);
    int64_t beyond = (int64_t)(N_TEXTS - REACH) << 5;
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
        const struct question *q = &questions[i];
        struct dz_fts_hit near[LIMIT];
        size_t n_near = 0, n_all = 0;
        struct dz_fts_query ask = {
            .match = q->match, .phrases = q->phrases, .n = q->n, .limit = LIMIT, .reach = REACH};
        OK(f, dz_fts_find(dz_vault_db(f->v), &ask, near, &n_near, &f->err));
        ask.thorough = true;
        ask.limit = 1000;
        OK(f, dz_fts_find(dz_vault_db(f->v), &ask, all, &n_all, &f->err));
        assert_int_equal(n_near, n_all < LIMIT ? n_all : LIMIT);
        for (size_t k = 0; k < n_all; k++) {
            bool hit = false;
            for (size_t m = 0; m < n_near; m++)
                hit = hit || near[m].row == all[k].row;
            if (!hit && all[k].row > beyond && all[k].score > near[n_near - 1].score)
                fail_msg("%s: number %zu is missing", q->match, k + 1);
        }
        for (size_t m = 1; m < n_near; m++)
            assert_true(near[m].row != near[m - 1].row && near[m].score <= near[m - 1].score);
    }
}

static size_t
count(struct fixture *f, const char *match)
{
    size_t n = 0;
    struct dz_fts_query ask = {.match = match, .limit = 1};
    OK(f, dz_fts_count(dz_vault_db(f->v), &ask, 1000000, &n, &f->err));
    return n;
}

static enum dz_code
odd_ones(void *ctx, int64_t row, bool *ret, struct dz_err *err)
{
    (void)ctx;
    (void)err;
    *ret = (row >> 5) % 2 == 1;
    return DZ_OK;
}

static void
test_put_and_drop(void **state)
{
    struct fixture *f = *state;
    struct dz_db *db = dz_vault_db(f->v);
    OK(f, dz_db_cache_begin(db, &f->err));
    for (size_t i = 0; i < 6; i++) {
        char id[DZ_ID_MAX];
        snprintf(id, sizeof id, "src-%zu", i % 10);
        OK(f, dz_fts_put(db, id, dz_view_of("900"), dz_view_of("901 902"), &f->err));
    }
    OK(f, dz_db_cache_commit(db, &f->err));
    assert_int_equal(count(f, "\"900\""), 6);
    assert_int_equal(count(f, "body : \"900\""), 0);
    assert_int_equal(count(f, "\"901" NEXT "902\""), 6);
    OK(f, dz_db_cache_begin(db, &f->err));
    OK(f, dz_fts_drop(db, "src-3", &f->err));
    OK(f, dz_fts_drop(db, "src-never", &f->err));
    OK(f, dz_fts_put(db, "src-4", dz_view_of(""), dz_view_of("903"), &f->err));
    OK(f, dz_db_cache_commit(db, &f->err));
    assert_int_equal(count(f, "\"901\""), 4);
    assert_int_equal(count(f, "\"903\""), 1);
    /* Only those that are wanted, also among the best. */
    struct dz_fts_hit hits[10];
    size_t n = 0;
    struct dz_fts_phrase phrase = {.words = {"901", 3}};
    struct dz_fts_query ask = {
        .match = "\"901\"", .phrases = &phrase, .n = 1, .limit = 10, .wanted = odd_ones};
    OK(f, dz_fts_find(db, &ask, hits, &n, &f->err));
    assert_int_equal(n, 2);
    OK(f, dz_fts_count(db, &ask, 10, &n, &f->err));
    assert_int_equal(n, 2);
    OK(f, dz_fts_spread(db, dz_view_of("901"), &n, &f->err));
    assert_int_equal(n, 4);
    ask.limit = 0;
    assert_int_equal(dz_fts_find(db, &ask, hits, &n, NULL), DZ_E_INPUT);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_best, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_reach, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_put_and_drop, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests_name("fts", tests, NULL, NULL);
}
