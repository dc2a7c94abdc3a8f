#include <string.h>

#include "dz_facts_priv.h"
#include "dz_mention.h"
#include "dz_utf8.h"

/* Reading a text for suggestions takes forty times its size in memory. A long one is read in
 * pieces,
 * cut where a paragraph ends; what is said once in a document is then still said once. */

#define PIECE_BYTES ((size_t)256 << 10)

/* Where the piece at the front of text ends: behind a paragraph, a line, a word, in that order. */
static size_t
piece_end(struct dz_view text)
{
    static const char *const ends[] = {"\n\n", "\n", " "};
    if (text.n <= PIECE_BYTES)
        return text.n;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        size_t n = strlen(ends[i]);
        for (size_t at = PIECE_BYTES; at > PIECE_BYTES / 2; at--)
            if (memcmp(text.p + at - n, ends[i], n) == 0)
                return at;
    }
    size_t at = PIECE_BYTES;
    while (at > 0 && ((unsigned char)text.p[at] & 0xc0) == 0x80)
        at--;
    return at;
}

/* Persons, places and dates are proposed once for each value. */
static bool
is_said(const struct dz_suggestions *all, const struct dz_suggestion *s)
{
    bool once = strcmp(s->kind, "person") == 0 || strcmp(s->kind, "place") == 0 ||
                strcmp(s->kind, "date") == 0;
    for (size_t i = 0; once && i < all->n; i++)
        if (strcmp(all->items[i].kind, s->kind) == 0 && json_equal(all->items[i].fields, s->fields))
            return true;
    return false;
}

/* Move what a piece gave behind what came before; shift: code points in front of the piece. */
static void
take_over(struct dz_suggestions *all, struct dz_suggestions *piece, size_t shift)
{
    for (size_t i = 0; i < piece->n; i++) {
        struct dz_suggestion *s = &piece->items[i];
        if (is_said(all, s))
            continue;
        s->start += shift;
        s->end += shift;
        all->items = dz_grow(all->items, &all->cap, all->n + 1, sizeof *all->items);
        all->items[all->n++] = *s;
        s->fields = NULL;
    }
}

enum dz_code
dz_suggest_text(const struct dz_rules *rules, struct dz_view text, const struct dz_doc_info *info,
                struct dz_suggestions *out, struct dz_err *err)
{
    size_t shift = 0;
    while (text.n > 0) {
        struct dz_view piece = {text.p, piece_end(text)};
        struct dz_document d = {0};
        struct dz_suggestions found = {0};
        enum dz_code code = dz_document_init(&d, piece, err);
        if (code == DZ_OK)
            code = dz_suggest_document(rules, &d, info, &found, err);
        if (code == DZ_OK)
            take_over(out, &found, shift);
        dz_suggestions_done(&found);
        dz_document_done(&d);
        DZ_TRY(code);
        shift += dz_utf8_length(piece);
        text = (struct dz_view){text.p + piece.n, text.n - piece.n};
    }
    return DZ_OK;
}
