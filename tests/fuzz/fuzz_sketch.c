/* Any bytes as two texts that are compared. Words lie in order inside their text; a sketch holds
 * shingles of its text, ascending, each once; passages lie in order, hold the same words in both,
 * and point at borders of characters. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lineage_impl.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool holds)
{
    if (!holds)
        abort();
}

static void
check_words(const struct dz_judged_text *t)
{
    size_t last = 0;
    for (size_t i = 0; i < t->words.n; i++) {
        const struct dz_text_word *w = &t->words.items[i];
        require(w->start >= last && w->start < w->end && w->end <= t->text.n);
        require(((unsigned char)t->text.p[w->start] & 0xC0) != 0x80);
        last = w->end;
    }
}

static void
check_sketch(const struct dz_judged_text *t, const struct dz_sketch *s)
{
    size_t n_shingles = t->words.n < DZ_SHINGLE_WORDS ? 0 : t->words.n - DZ_SHINGLE_WORDS + 1;
    require(s->n_words == t->words.n);
    require((s->n > 0) == (n_shingles > 0) && s->n <= n_shingles);
    for (size_t i = 0; i < s->n; i++) {
        bool found = false;
        require(i == 0 || s->hashes[i - 1] < s->hashes[i]);
        for (size_t k = 0; k < n_shingles && !found; k++)
            found = dz_shingle_hash(&t->words.items[k]) == s->hashes[i];
        require(found);
    }
}

static void
check_shared(const struct dz_judged_text *a, const struct dz_judged_text *b)
{
    struct dz_shared_list l = {0};
    struct dz_aligner *with = dz_aligner_new(&b->words);
    dz_align(with, &a->words, NULL, &l);
    size_t last = 0;
    for (size_t i = 0; i < l.n; i++) {
        const struct dz_shared *s = &l.items[i];
        require(s->a_start >= last && s->a_end <= a->words.n && s->b_end <= b->words.n);
        require(s->n_same <= s->a_end - s->a_start && s->n_same <= s->b_end - s->b_start);
        for (size_t k = 0; k < DZ_SHINGLE_WORDS; k++)
            require(a->words.items[s->a_start + k].hash == b->words.items[s->b_start + k].hash);
        last = s->a_end;
    }
    dz_shared_list_done(&l);
    dz_aligner_free(with);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dz_buf one = DZ_BUF(1u << 20), two = DZ_BUF(1u << 20);
    size_t cut = size > 0 ? data[0] * size / 256 : 0;
    if (size > 4096)
        return 0;
    dz_utf8_repair(&one, (struct dz_view){(const char *)data, cut});
    dz_utf8_repair(&two, (struct dz_view){(const char *)data + cut, size - cut});
    struct dz_judged_text a, b;
    struct dz_sketch x = {0}, y = {0};
    dz_judged_text_init(&a, dz_buf_view(&one));
    dz_judged_text_init(&b, dz_buf_view(&two));
    dz_sketch_make(&x, a.text);
    dz_sketch_make(&y, b.text);
    check_words(&a);
    check_words(&b);
    check_sketch(&a, &x);
    check_sketch(&b, &y);
    check_shared(&a, &b);
    /* Half of the shingles rare, half common. */
    struct dz_marks marks = {x.hashes, x.n / 2, x.hashes ? x.hashes + x.n / 2 : NULL,
                             x.n - x.n / 2};
    struct dz_verdict v = {0};
    dz_judge(&a, &b, &marks, &v);
    for (size_t i = 0; i < v.n_passages; i++) {
        const struct dz_lineage_passage *p = &v.passages[i];
        require(p->start < p->end && p->end <= dz_utf8_length(b.text));
        require(p->origin_start < p->origin_end && p->origin_end <= dz_utf8_length(a.text));
    }
    require(dz_verdict_share(&v) <= 1000 && dz_verdict_origin_share(&v) <= 1000);
    dz_verdict_done(&v);
    dz_sketch_done(&x);
    dz_sketch_done(&y);
    dz_judged_text_done(&a);
    dz_judged_text_done(&b);
    dz_buf_done(&one);
    dz_buf_done(&two);
    return 0;
}
