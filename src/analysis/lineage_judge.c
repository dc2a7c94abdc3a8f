#include <string.h>

#include "lineage_impl.h"

/* What two texts have in common, judged by their words. */

#define PASSAGE_SHINGLES 4 /* of a passage that counts: eight words in a row */
#define SHINGLES_LEAST 10  /* all together: fourteen words, or two passages */
/* What holds only common shingles counts where it is nearly all there is, or one long passage and
 * most of both: one of very many reprints, and no two pages with the same frame. */
#define WHOLE_SHARE 800
#define WHOLE_WORDS 100
#define WHOLE_PASSAGE 150
#define COMMON_LEAST 8 /* common shingles */
#define HALF 500

void
dz_judged_text_init(struct dz_judged_text *t, struct dz_view text)
{
    *t = (struct dz_judged_text){.text = text};
    dz_text_words_split(&t->words, text);
    dz_utf8_map_init(&t->map, text);
    t->n_own = t->words.n;
}

void
dz_judged_text_done(struct dz_judged_text *t)
{
    dz_aligner_free(t->aligner);
    dz_text_words_done(&t->words);
    dz_utf8_map_done(&t->map);
    *t = (struct dz_judged_text){0};
}

static unsigned
thousandths(uint32_t part, uint32_t of)
{
    return of == 0 ? 0 : part >= of ? 1000 : (unsigned)((uint64_t)part * 1000 / of);
}

/* false when too little is left. */
static bool
add_up(const struct dz_shared_list *l, struct dz_verdict *ret)
{
    uint32_t shingles = 0;
    ret->n_same = ret->n_longest = 0;
    for (size_t i = 0; i < l->n; i++) {
        const struct dz_shared *s = &l->items[i];
        if (s->n_shingles < PASSAGE_SHINGLES)
            continue;
        shingles += s->n_shingles;
        ret->n_same += s->n_same;
        if (s->n_same > ret->n_longest)
            ret->n_longest = s->n_same;
    }
    return shingles >= SHINGLES_LEAST;
}

static void
set_passages(const struct dz_judged_text *a, const struct dz_judged_text *b,
             const struct dz_shared_list *l, struct dz_verdict *ret)
{
    ret->passages = dz_alloc_array(l->n, sizeof *ret->passages);
    for (size_t i = 0; i < l->n; i++) {
        const struct dz_shared *s = &l->items[i];
        if (s->n_shingles < PASSAGE_SHINGLES)
            continue;
        ret->passages[ret->n_passages++] = (struct dz_lineage_passage){
            .start = dz_utf8_map_cp(&b->map, b->words.items[s->b_start].start),
            .end = dz_utf8_map_cp(&b->map, b->words.items[s->b_end - 1].end),
            .origin_start = dz_utf8_map_cp(&a->map, a->words.items[s->a_start].start),
            .origin_end = dz_utf8_map_cp(&a->map, a->words.items[s->a_end - 1].end),
            .n_words = s->n_same};
    }
}

static bool
is_whole(const struct dz_verdict *v)
{
    unsigned share = dz_verdict_share(v);
    if (dz_verdict_origin_share(v) < HALF || share < HALF)
        return false;
    return v->n_longest >= WHOLE_PASSAGE || (share >= WHOLE_SHARE && v->n_same >= WHOLE_WORDS);
}

void
dz_judge(struct dz_judged_text *a, struct dz_judged_text *b, const struct dz_marks *marks,
         struct dz_verdict *ret)
{
    struct dz_shared_list l = {0};
    if (!b->aligner)
        b->aligner = dz_aligner_new(&b->words);
    dz_align(b->aligner, &a->words, marks, &l);
    ret->n_words_a = (uint32_t)a->n_own;
    ret->n_words_b = (uint32_t)b->n_own;
    bool counts = add_up(&l, ret);
    if (marks->n_common >= COMMON_LEAST && l.n_common > ret->n_same) {
        struct dz_shared_list all = {0};
        struct dz_verdict whole = {.n_words_a = (uint32_t)a->words.n,
                                   .n_words_b = (uint32_t)b->words.n};
        dz_align(b->aligner, &a->words, NULL, &all);
        if (add_up(&all, &whole) && is_whole(&whole)) {
            struct dz_shared_list swap = l;
            l = all;
            all = swap;
            *ret = whole;
            counts = true;
        }
        dz_shared_list_done(&all);
    }
    if (counts)
        set_passages(a, b, &l, ret);
    else
        ret->n_same = ret->n_longest = 0;
    dz_shared_list_done(&l);
}

void
dz_verdict_done(struct dz_verdict *v)
{
    dz_free(v->passages);
    *v = (struct dz_verdict){0};
}

unsigned
dz_verdict_share(const struct dz_verdict *v)
{
    return thousandths(v->n_same, v->n_words_b);
}

unsigned
dz_verdict_origin_share(const struct dz_verdict *v)
{
    return thousandths(v->n_same, v->n_words_a);
}

bool
dz_verdict_relation(const struct dz_verdict *v, enum dz_lineage_relation *ret)
{
    bool most = dz_verdict_share(v) >= HALF, most_of_origin = dz_verdict_origin_share(v) >= HALF;
    if (v->n_same == 0)
        return false;
    *ret = most             ? most_of_origin ? DZ_LINEAGE_REPRINT : DZ_LINEAGE_EXTRACT
           : most_of_origin ? DZ_LINEAGE_INCLUDES
                            : DZ_LINEAGE_QUOTE;
    return true;
}
