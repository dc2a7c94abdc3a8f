/* Lineage: verdicts on texts of known descent, parents, decisions, and how many origins views
 * count. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "lineage_making.h"

static struct {
    struct made m;
    struct dz_sketch_set set;
    struct dz_candidates c;
    struct dz_lineage l;
    struct made_score s;
} all;

static int
make_all(void **state)
{
    (void)state;
    struct dz_err err = {0};
    all.m = (struct made){.seed = 11, .n_sentences = 20};
    for (size_t i = 0; all.m.n < 500; i++)
        made_family(&all.m, i % 3);
    made_set(&all.m, &all.set);
    if (dz_candidates_find(&all.set, &all.c, &err) != DZ_OK)
        return -1;
    made_lineage(&all.m, &all.c, &all.l);
    made_measure(&all.m, &all.l, &all.s);
    return 0;
}

static int
drop_all(void **state)
{
    (void)state;
    made_lineage_done(&all.l);
    dz_candidates_done(&all.c);
    made_set_done(&all.set);
    made_done(&all.m);
    return 0;
}

/* Precision and recall, given origins; every kind of taking over by itself. */
static void
test_links_to_origins(void **state)
{
    (void)state;
    size_t found = 0, of = 0;
    assert_true(all.s.links_right * 1000 >= all.s.links * 995);
    for (size_t i = MADE_REPRINT; i < MADE_ALONE; i++) {
        assert_true(all.s.of[i] >= 50);
        assert_true(all.s.found[i] * 100 >= all.s.of[i] * 95);
        found += all.s.found[i];
        of += all.s.of[i];
    }
    assert_true(found * 1000 >= of * 990);
}

/* Footers and quoted laws, though they stand in most texts, link nobody. */
static void
test_nothing_common_links(void **state)
{
    (void)state;
    assert_int_equal(all.s.foreign, 0);
}

static void
test_parents_in_chains(void **state)
{
    (void)state;
    assert_int_equal(all.s.chain, 50);
    assert_true(all.s.chain_right * 100 >= all.s.chain * 85);
}

static void
test_groups(void **state)
{
    (void)state;
    double precision = (double)all.s.together_right / (double)all.s.together;
    double recall = (double)all.s.together_right / (double)all.s.together_of;
    assert_true(2 * precision * recall / (precision + recall) >= 0.97);
}

/* Threads change nothing. */
static void
test_same_every_time(void **state)
{
    (void)state;
    struct dz_sketch_set set;
    struct dz_candidates c = {0};
    struct dz_err err = {0};
    made_set(&all.m, &set);
    setenv("DOKAZ_TEST_THREADS", "0", 1);
    assert_int_equal(dz_candidates_find(&set, &c, &err), DZ_OK);
    unsetenv("DOKAZ_TEST_THREADS");
    assert_int_equal(c.n, all.c.n);
    assert_memory_equal(c.items, all.c.items, c.n * sizeof *c.items);
    dz_candidates_done(&c);
    made_set_done(&set);
}

/* ---- single cases ---- */

struct pair_of {
    struct dz_verdict v;
    enum dz_lineage_relation relation;
    bool related;
};

/* The later text against the earlier one, alone in the world. */
static struct pair_of
judge(const char *earlier, const char *later)
{
    struct dz_judged_text a, b;
    struct dz_sketch s = {0};
    struct pair_of p = {0};
    dz_judged_text_init(&a, dz_view_of(earlier));
    dz_judged_text_init(&b, dz_view_of(later));
    dz_sketch_make(&s, dz_view_of(earlier));
    struct dz_marks marks = {s.hashes, s.n, NULL, 0};
    dz_judge(&a, &b, &marks, &p.v);
    p.related = dz_verdict_relation(&p.v, &p.relation);
    dz_sketch_done(&s);
    dz_judged_text_done(&a);
    dz_judged_text_done(&b);
    return p;
}

static void
sentences(struct dz_buf *out, uint64_t seed, size_t n)
{
    struct made m = {.seed = seed};
    made_own(&m, 1, n, out);
}

static void
test_relations(void **state)
{
    (void)state;
    static const struct {
        size_t own_before, shared, own_after; /* sentences of the earlier text */
        size_t later_own;
        enum dz_lineage_relation relation;
    } cases[] = {
        {1, 20, 1, 2, DZ_LINEAGE_REPRINT},
        {20, 6, 20, 1, DZ_LINEAGE_EXTRACT},
        {1, 6, 0, 30, DZ_LINEAGE_INCLUDES},
        {20, 2, 20, 30, DZ_LINEAGE_QUOTE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        DZ_AUTO_BUF struct dz_buf a = DZ_BUF(1 << 20);
        DZ_AUTO_BUF struct dz_buf b = DZ_BUF(1 << 20);
        sentences(&a, 100 + i, cases[i].own_before);
        sentences(&a, 200 + i, cases[i].shared);
        sentences(&a, 300 + i, cases[i].own_after);
        sentences(&b, 400 + i, cases[i].later_own);
        sentences(&b, 200 + i, cases[i].shared);
        struct pair_of p = judge(a.p, b.p);
        assert_true(p.related);
        assert_int_equal(p.relation, cases[i].relation);
        assert_int_equal(p.v.n_passages, 1);
        dz_verdict_done(&p.v);
    }
    struct pair_of none = judge("one two three four five six seven eight nine ten eleven.",
                                "zero one two three four five six seven eight nine ten end.");
    assert_false(none.related); /* ten words are too few */
    dz_verdict_done(&none.v);
    none = judge("", "");
    assert_false(none.related);
    dz_verdict_done(&none.v);
}

/* Offsets are code points, and the same words stand at both. */
static void
test_passages_point_into_texts(void **state)
{
    (void)state;
    const char *earlier = "Їжа — так. Лікарня закрила двері перед жінкою, яка не мала нових "
                          "документів, і ніхто не пояснив причини відмови. Кінець.";
    const char *later =
        "«Лікарня закрила двері перед жінкою, яка не мала нових документів, і ніхто не "
        "пояснив причини відмови», пишуть вони про той день у місті.";
    struct pair_of p = judge(earlier, later);
    assert_true(p.related);
    assert_int_equal(p.v.n_passages, 1);
    const struct dz_lineage_passage *g = &p.v.passages[0];
    size_t from = dz_utf8_byte_of(dz_view_of(later), g->start);
    size_t other = dz_utf8_byte_of(dz_view_of(earlier), g->origin_start);
    assert_memory_equal(later + from, "Лікарня", strlen("Лікарня"));
    assert_memory_equal(earlier + other, "Лікарня", strlen("Лікарня"));
    assert_int_equal(g->end - g->start, g->origin_end - g->origin_start);
    from = dz_utf8_byte_of(dz_view_of(later), g->end);
    assert_memory_equal(later + from, "»", strlen("»"));
    assert_int_equal(g->n_words, 16);
    dz_verdict_done(&p.v);
}

/* Sixty reprints of one text: each of its shingles is common, and they are found all the same; a
 * footer that a hundred share links nobody. */
static void
test_many_reprints(void **state)
{
    (void)state;
    struct made m = {.seed = 3, .n_sentences = 20};
    size_t origin = made_origin(&m, MADE_ORIGIN, 0);
    for (size_t i = 0; i < 60; i++)
        made_derive(&m, MADE_REPRINT, origin, 0);
    for (size_t i = 0; i < 100; i++)
        made_origin(&m, MADE_ALONE, 0);
    struct dz_sketch_set set;
    struct dz_candidates c = {0};
    struct dz_lineage l;
    struct dz_err err = {0};
    made_set(&m, &set);
    assert_int_equal(dz_candidates_find(&set, &c, &err), DZ_OK);
    made_lineage(&m, &c, &l);
    assert_int_equal(l.n_roots, 101);
    for (size_t i = 1; i <= 60; i++)
        assert_int_equal(l.sources[i].root, 0);
    made_lineage_done(&l);
    dz_candidates_done(&c);
    made_set_done(&set);
    made_done(&m);
}

/* ---- parents and decisions ---- */

#define N_SOURCES 5
static struct dz_lineage_source sources[N_SOURCES];
static struct dz_lineage_pair pairs[8];

static struct dz_lineage
settled(size_t n_pairs)
{
    struct dz_lineage l = {.sources = sources, .n = N_SOURCES, .pairs = pairs, .n_pairs = n_pairs};
    for (size_t i = 0; i < N_SOURCES; i++)
        sources[i].n_words = 100;
    dz_lineage_settle(&l);
    return l;
}

static void
test_parents(void **state)
{
    (void)state;
    memset(pairs, 0, sizeof pairs);
    /* 1 repeats 0; 2 was cut out of 1, and so stands whole in both; 3 only quotes. */
    pairs[0] =
        (struct dz_lineage_pair){.source = 1, .origin = 0, .share = 900, .origin_share = 900};
    pairs[1] = (struct dz_lineage_pair){.source = 2,
                                        .origin = 0,
                                        .relation = DZ_LINEAGE_EXTRACT,
                                        .share = 950,
                                        .origin_share = 400};
    pairs[2] = (struct dz_lineage_pair){.source = 2,
                                        .origin = 1,
                                        .relation = DZ_LINEAGE_EXTRACT,
                                        .share = 952,
                                        .origin_share = 450};
    pairs[3] = (struct dz_lineage_pair){
        .source = 3, .origin = 0, .relation = DZ_LINEAGE_QUOTE, .share = 100, .origin_share = 90};
    struct dz_lineage l = settled(4);
    assert_int_equal(sources[1].parent, 0);
    assert_int_equal(sources[2].parent, 1);
    assert_int_equal(sources[2].by, 2);
    assert_int_equal(sources[2].root, 0);
    assert_int_equal(sources[3].parent, DZ_LINEAGE_NONE);
    assert_int_equal(l.n_roots, 3);
    /* All the same: the first is the origin of all. */
    pairs[1].share = pairs[2].share = pairs[1].origin_share = pairs[2].origin_share = 990;
    settled(4);
    assert_int_equal(sources[2].parent, 0);
}

static void
test_decisions(void **state)
{
    (void)state;
    memset(pairs, 0, sizeof pairs);
    pairs[0] =
        (struct dz_lineage_pair){.source = 1, .origin = 0, .share = 900, .origin_share = 900};
    pairs[1] =
        (struct dz_lineage_pair){.source = 2, .origin = 0, .share = 900, .origin_share = 900};
    pairs[2] =
        (struct dz_lineage_pair){.source = 2, .origin = 1, .share = 950, .origin_share = 950};
    /* 2 is independent of 0: so 1, which comes from 0, is not its parent either. */
    pairs[1].decision = DZ_LINEAGE_INDEPENDENT;
    struct dz_lineage l = settled(3);
    assert_int_equal(sources[2].parent, DZ_LINEAGE_NONE);
    assert_int_equal(l.n_roots, 4);
    /* A quote, and a person knows that it is all taken from there: against all shares. */
    pairs[1].decision = DZ_LINEAGE_DERIVED;
    pairs[1].relation = DZ_LINEAGE_QUOTE;
    pairs[1].share = 10;
    settled(3);
    assert_int_equal(sources[2].parent, 0);
    /* Two people say opposite things: no loop. */
    pairs[0] = (struct dz_lineage_pair){.source = 1, .origin = 4, .decision = DZ_LINEAGE_DERIVED};
    pairs[1] = (struct dz_lineage_pair){.source = 4, .origin = 1, .decision = DZ_LINEAGE_DERIVED};
    l = settled(2);
    assert_int_equal(sources[1].root, sources[4].root);
    assert_int_equal(l.n_roots, 4);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_links_to_origins),
        cmocka_unit_test(test_nothing_common_links),
        cmocka_unit_test(test_parents_in_chains),
        cmocka_unit_test(test_groups),
        cmocka_unit_test(test_same_every_time),
        cmocka_unit_test(test_relations),
        cmocka_unit_test(test_passages_point_into_texts),
        cmocka_unit_test(test_many_reprints),
        cmocka_unit_test(test_parents),
        cmocka_unit_test(test_decisions),
    };
    return cmocka_run_group_tests(tests, make_all, drop_all);
}
