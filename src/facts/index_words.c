#include "dz_apply_priv.h"
#include "dz_terms.h"

/* The words of text/ for the index of vault/, which knows neither languages nor letters. */

struct giving {
    dz_fts_word_fn *fn;
    void *ctx;
};

static int
give(void *ctx, const struct dz_terms_word *w)
{
    struct giving *g = ctx;
    int answer = 0;
    for (size_t i = 0; i < w->n && answer == 0; i++) {
        struct dz_fts_word word = {w->terms[i].text, w->terms[i].id, i > 0};
        answer = g->fn(g->ctx, &word);
    }
    return answer;
}

static void *
open_words(void)
{
    return dz_terms_new();
}

static void
close_words(void *splitter)
{
    dz_terms_free(splitter);
}

static void
fresh_words(void *splitter)
{
    dz_terms_fresh(splitter);
}

static int
split_words(void *splitter, struct dz_view text, dz_fts_word_fn *fn, void *ctx)
{
    struct giving g = {fn, ctx};
    return dz_terms_split(splitter, text, give, &g);
}

const struct dz_word_source dz_facts_words = {dz_terms_version, open_words, close_words,
                                              fresh_words, split_words};
