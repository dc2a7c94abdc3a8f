/* Words and shingles that forgive what copying changes, and what two texts share. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "dz_mem.h"
#include "dz_sketch.h"

static struct dz_text_words
split(const char *text)
{
    struct dz_text_words w = {0};
    dz_text_words_split(&w, dz_view_of(text));
    return w;
}

/* Both have the same words, as many as said. */
static void
check_same(const char *a, const char *b, size_t n)
{
    struct dz_text_words x = split(a), y = split(b);
    if (x.n != n || y.n != n)
        fail_msg("'%s' has %zu words, '%s' has %zu; expected %zu", a, x.n, b, y.n, n);
    for (size_t i = 0; i < n; i++)
        if (x.items[i].hash != y.items[i].hash)
            fail_msg("'%s' and '%s' differ in word %zu", a, b, i);
    dz_text_words_done(&x);
    dz_text_words_done(&y);
}

static void
check_other(const char *a, const char *b)
{
    struct dz_text_words x = split(a), y = split(b);
    assert_int_equal(x.n, 1);
    assert_int_equal(y.n, 1);
    if (x.items[0].hash == y.items[0].hash)
        fail_msg("'%s' and '%s' are one word", a, b);
    dz_text_words_done(&x);
    dz_text_words_done(&y);
}

static void
test_words_forgive(void **state)
{
    (void)state;
    check_same("The Clinic", "the clinic", 2);
    check_same("\"quoted\"", "«quoted»", 1);
    check_same("об'єкт", "об’єкт", 1);
    check_same("п'ять", "пʼять", 1);
    check_same("pass\u00ADport", "passport", 1);
    check_same("pass\u200Bport", "passport", 1);
    check_same("north-east", "north\u2011east", 2);
    check_same("north-east", "north\u2013east", 2);
    check_same("ёлка", "елка", 1);
    check_same("\u0435\u0308лка", "елка", 1);
    check_same("за\u0301мок", "замок", 1);
    check_same("\u0438\u0306од", "йод", 1);
    check_same("\u0456\u0308жак", "їжак", 1);
    check_same("паспорт", "пacпopт", 1); /* Latin a c o p */
    check_same("ВИНОС", "BИHOC", 1);     /* Latin B H O C */
    check_same("café", "cafe\u0301", 1);
    check_same("café", "cafe", 1);
    check_same("a\u00A0b", "a b", 2);
    check_same("паспор-\nтизація", "паспортизація", 1);
    check_same("٣٥", "35", 1);
    check_same("don't", "don’t", 1);
}

static void
test_words_tell_apart(void **state)
{
    (void)state;
    check_other("лікар", "лікарі");
    check_other("мій", "мии");
    check_other("їх", "іх");
    check_other("35", "36");
    check_other("ґрати", "грати");
    struct dz_text_words w = split("— … ! 2025-\n2026 x");
    assert_int_equal(w.n, 3); /* numbers are not joined over the end of a line */
    assert_int_equal(w.items[2].end - w.items[2].start, 1);
    dz_text_words_done(&w);
    w = split("");
    assert_int_equal(w.n, 0);
    dz_text_words_done(&w);
}

static void
test_words_point_into_text(void **state)
{
    (void)state;
    const char *text = "«Їхати», сказав він";
    struct dz_text_words w = split(text);
    assert_int_equal(w.n, 3);
    assert_memory_equal(text + w.items[0].start, "Їхати", w.items[0].end - w.items[0].start);
    assert_memory_equal(text + w.items[2].start, "він", w.items[2].end - w.items[2].start);
    dz_text_words_done(&w);
}

/* n different words that no other start has. */
static void
add_words(struct dz_buf *b, unsigned start, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        dz_buf_addf(b, "w%ux%u ", start, i);
}

static size_t
shared_hashes(const struct dz_sketch *a, const struct dz_sketch *b)
{
    size_t n = 0;
    for (size_t i = 0; i < a->n; i++)
        for (size_t k = 0; k < b->n; k++)
            n += a->hashes[i] == b->hashes[k];
    return n;
}

/* Any 15 words that two texts share are met by two kept shingles, wherever they stand. */
static void
test_fifteen_words_are_never_missed(void **state)
{
    (void)state;
    size_t least = SIZE_MAX;
    for (unsigned round = 0; round < 300; round++) {
        DZ_AUTO_BUF struct dz_buf a = DZ_BUF(1 << 20);
        DZ_AUTO_BUF struct dz_buf b = DZ_BUF(1 << 20);
        struct dz_sketch x = {0}, y = {0};
        add_words(&a, 10 * round, 40 + round % 7);
        add_words(&b, 10 * round + 1, 60 + round % 11);
        add_words(&a, 10 * round + 2, 15);
        add_words(&b, 10 * round + 2, 15);
        add_words(&a, 10 * round + 3, 50);
        add_words(&b, 10 * round + 4, 20);
        dz_sketch_make(&x, dz_buf_view(&a));
        dz_sketch_make(&y, dz_buf_view(&b));
        size_t n = shared_hashes(&x, &y);
        least = n < least ? n : least;
        dz_sketch_done(&x);
        dz_sketch_done(&y);
    }
    assert_true(least >= 2);
}

static void
test_sketch_size(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf a = DZ_BUF(1 << 20);
    struct dz_sketch s = {0};
    add_words(&a, 1, 1000);
    dz_sketch_make(&s, dz_buf_view(&a));
    assert_int_equal(s.n_words, 1000);
    assert_in_range(s.n, 280, 384); /* a third; four bytes each: at most 1.5 KB */
    for (size_t i = 1; i < s.n; i++)
        assert_true(s.hashes[i - 1] < s.hashes[i]);
    /* A text that says one thing for ever has one shingle. */
    dz_buf_reset(&a);
    for (unsigned i = 0; i < 500; i++)
        dz_buf_adds(&a, "so ");
    dz_sketch_make(&s, dz_buf_view(&a));
    assert_int_equal(s.n, 1);
    dz_sketch_make(&s, dz_view_of("one two three four"));
    assert_int_equal(s.n, 0);
    dz_sketch_make(&s, dz_view_of("one two three four five"));
    assert_int_equal(s.n, 1);
    dz_sketch_done(&s);
}

static void
test_sketch_is_of_words_only(void **state)
{
    (void)state;
    struct dz_sketch a = {0}, b = {0};
    dz_sketch_make(&a,
                   dz_view_of("Лікар сказав: «Без паспорта не приймемо — ні дітей, ні дорослих»."));
    dz_sketch_make(
        &b, dz_view_of("ЛІКАР сказав \"без пас\u00ADпорта не приймемо\" - ні дітeй ні дорослих"));
    assert_int_equal(a.n, b.n);
    assert_memory_equal(a.hashes, b.hashes, a.n * sizeof *a.hashes);
    dz_sketch_done(&a);
    dz_sketch_done(&b);
}

/* ---- aligning ---- */

static struct dz_shared_list
align(const struct dz_text_words *b, const struct dz_text_words *a, const struct dz_marks *marks)
{
    struct dz_shared_list l = {0};
    struct dz_aligner *with = dz_aligner_new(b);
    dz_align(with, a, marks, &l);
    dz_aligner_free(with);
    return l;
}

static void
test_align(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf a = DZ_BUF(1 << 20);
    DZ_AUTO_BUF struct dz_buf b = DZ_BUF(1 << 20);
    add_words(&a, 1, 10);
    add_words(&a, 2, 8); /* shared, then two other words, then shared again: one passage */
    dz_buf_adds(&a, "left right ");
    add_words(&a, 3, 7);
    add_words(&a, 4, 10);
    add_words(&a, 5, 6); /* shared, elsewhere */
    add_words(&b, 5, 6);
    add_words(&b, 6, 9);
    add_words(&b, 2, 8);
    dz_buf_adds(&b, "up ");
    add_words(&b, 3, 7);
    struct dz_text_words x = split(a.p), y = split(b.p);
    struct dz_shared_list l = align(&y, &x, NULL);
    assert_int_equal(l.n, 2);
    assert_int_equal(l.items[0].a_start, 10);
    assert_int_equal(l.items[0].a_end, 27);
    assert_int_equal(l.items[0].b_start, 15);
    assert_int_equal(l.items[0].b_end, 31);
    assert_int_equal(l.items[0].n_same, 15);
    assert_int_equal(l.items[0].n_shingles, 4 + 3);
    assert_int_equal(l.items[1].b_start, 0);
    assert_int_equal(l.items[1].n_same, 6);
    dz_shared_list_done(&l);
    dz_text_words_done(&x);
    dz_text_words_done(&y);
}

/* What is everybody's is cut away, and what has nothing rare is left out. */
static void
test_align_by_marks(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf a = DZ_BUF(1 << 20);
    add_words(&a, 1, 12); /* a footer */
    add_words(&a, 2, 12);
    struct dz_text_words x = split(a.p);
    uint32_t rare = dz_shingle_hash(&x.items[14]);
    uint32_t common[2] = {dz_shingle_hash(&x.items[2]), dz_shingle_hash(&x.items[7])};
    if (common[0] > common[1]) {
        uint32_t swap = common[0];
        common[0] = common[1];
        common[1] = swap;
    }
    struct dz_marks marks = {&rare, 1, common, 2};
    struct dz_shared_list l = align(&x, &x, &marks);
    assert_int_equal(l.n, 1);
    assert_int_equal(l.items[0].a_start, 12);
    assert_int_equal(l.items[0].n_same, 12);
    assert_int_equal(l.n_common, 12);
    marks.n_rare = 0;
    dz_shared_list_done(&l);
    l = align(&x, &x, &marks);
    assert_int_equal(l.n, 0);
    assert_int_equal(l.n_common, 24);
    dz_shared_list_done(&l);
    dz_text_words_done(&x);
}

/* A text that repeats itself is compared in bounded time, and its words count once. */
static void
test_align_repeats(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf a = DZ_BUF(4 << 20);
    for (unsigned i = 0; i < 4000; i++)
        add_words(&a, 1, 6);
    struct dz_text_words x = split(a.p);
    struct dz_shared_list l = align(&x, &x, NULL);
    size_t n = 0;
    for (size_t i = 0; i < l.n; i++)
        n += l.items[i].n_same;
    assert_in_range(n, x.n - 100, x.n);
    dz_shared_list_done(&l);
    dz_text_words_done(&x);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words_forgive),
        cmocka_unit_test(test_words_tell_apart),
        cmocka_unit_test(test_words_point_into_text),
        cmocka_unit_test(test_fifteen_words_are_never_missed),
        cmocka_unit_test(test_sketch_size),
        cmocka_unit_test(test_sketch_is_of_words_only),
        cmocka_unit_test(test_align),
        cmocka_unit_test(test_align_by_marks),
        cmocka_unit_test(test_align_repeats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
