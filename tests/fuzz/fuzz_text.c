/* Any bytes as a text. Well-formed ones are cut into tokens and sentences that cover each other,
 * lie in order, and never leave the text, and that the general functions cut alike; ill-formed ones
 * are refused with a message. */
#include <stdint.h>
#include <stdlib.h>

#include "dz_text_priv.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool holds)
{
    if (!holds)
        abort();
}

static void
check_tokens(const struct dz_document *d)
{
    size_t last = 0;
    for (size_t i = 0; i < d->n_tokens; i++) {
        const struct dz_token *t = &d->tokens[i];
        require(t->start >= last && t->start < t->end && t->end <= d->text.n);
        require(t->sentence < d->n_sentences);
        require(dz_utf8_valid_prefix(t->fold) == t->fold.n);
        last = t->end;
    }
}

static void
check_sentences(const struct dz_document *d)
{
    size_t next = 0;
    for (size_t i = 0; i < d->n_sentences; i++) {
        const struct dz_sentence *s = &d->sentences[i];
        require(s->first_token == next && s->n_tokens > 0);
        next += s->n_tokens;
        require(s->start == d->tokens[s->first_token].start);
        require(s->end == d->tokens[next - 1].end);
        require(i == 0 || s->paragraph >= d->sentences[i - 1].paragraph);
    }
    require(next == d->n_tokens);
}

static void
check_slow(const struct dz_document *quick, struct dz_view text)
{
    struct dz_document slow;
    require(dz_document_init_slowly(&slow, text, NULL) == DZ_OK);
    require(slow.n_tokens == quick->n_tokens && slow.n_sentences == quick->n_sentences);
    for (size_t i = 0; i < slow.n_tokens; i++) {
        const struct dz_token *a = &quick->tokens[i], *b = &slow.tokens[i];
        require(a->start == b->start && a->end == b->end && a->kind == b->kind);
        require(a->capital == b->capital && a->all_caps == b->all_caps);
        require(a->space_before == b->space_before && a->sentence == b->sentence);
        require(dz_view_eq(a->fold, b->fold));
    }
    dz_document_done(&slow);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dz_view text = {.p = (const char *)data, .n = size};
    struct dz_err err = {.code = DZ_OK};
    struct dz_document d;
    enum dz_code code = dz_document_init(&d, text, &err);
    if (code != DZ_OK) {
        require(err.code == code && err.msg[0] != '\0');
        return 0;
    }
    check_tokens(&d);
    check_sentences(&d);
    check_slow(&d, text);
    dz_document_done(&d);

    /* The folded form is well formed too. */
    struct dz_buf once = DZ_BUF(0);
    dz_text_fold(text, &once);
    require(dz_utf8_valid_prefix(dz_buf_view(&once)) == once.n);
    dz_buf_done(&once);
    return 0;
}
