#include "dz_mask.h"

#include <string.h>
#include <unicode/uchar.h>

#include "dz_mention.h"
#include "dz_tr.h"
#include "dz_utf8.h"

struct dz_mask_source {
    char *source;
    char **names; /* longer ones first */
    size_t n;
    size_t cap;
};

void
dz_masks_done(struct dz_masks *m)
{
    for (size_t i = 0; i < m->n; i++) {
        for (size_t k = 0; k < m->items[i].n; k++)
            dz_free(m->items[i].names[k]);
        dz_free(m->items[i].names);
        dz_free(m->items[i].source);
    }
    dz_free(m->items);
    *m = (struct dz_masks){0};
}

/* Keep the list sorted by length, so that "Olena Ivanenko" is tried before "Olena". */
static void
add_name(struct dz_mask_source *s, struct dz_view name)
{
    for (size_t i = 0; i < s->n; i++)
        if (dz_view_is(name, s->names[i]))
            return;
    s->names = dz_grow(s->names, &s->cap, s->n + 1, sizeof *s->names);
    size_t at = s->n;
    while (at > 0 && strlen(s->names[at - 1]) < name.n) {
        s->names[at] = s->names[at - 1];
        at--;
    }
    s->names[at] = dz_strndup(name.p, name.n);
    s->n++;
}

/* A name and its words: a quote may hold only the first or the last of them. */
static void
add_forms(struct dz_mask_source *s, struct dz_view name)
{
    add_name(s, name);
    size_t start = 0;
    for (size_t i = 0; i <= name.n; i++) {
        if (i < name.n && name.p[i] != ' ' && name.p[i] != '\n')
            continue;
        struct dz_view word = {name.p + start, i - start};
        if (dz_utf8_length(word) > 2)
            add_name(s, word);
        start = i + 1;
    }
}

enum dz_code
dz_masks_learn(struct dz_masks *m, const struct dz_rules *rules, const char *source,
               struct dz_view text, const char *language, struct dz_err *err)
{
    struct dz_document d = {0};
    struct dz_mentions found = {0};
    struct dz_doc_info info = {.language = language};
    DZ_TRY(dz_document_init(&d, text, err));
    enum dz_code code = dz_find_mentions(rules, &d, &info, &found, err);
    if (code == DZ_OK) {
        m->items = dz_grow(m->items, &m->cap, m->n + 1, sizeof *m->items);
        struct dz_mask_source *s = &m->items[m->n++];
        *s = (struct dz_mask_source){.source = dz_strdup(source)};
        for (size_t i = 0; i < found.n; i++) {
            const struct dz_mention *p = &found.items[i];
            if (p->kind == DZ_MENTION_PERSON && p->protect)
                add_forms(s, (struct dz_view){text.p + p->start, p->end - p->start});
        }
    }
    dz_mentions_done(&found);
    dz_document_done(&d);
    return code;
}

void
dz_masks_each_name(const struct dz_masks *m, dz_mask_name_fn *fn, void *ctx)
{
    for (size_t i = 0; i < m->n; i++) {
        for (size_t k = 0; k < m->items[i].n; k++) {
            struct dz_view name = dz_view_of(m->items[i].names[k]);
            if (name.n > 0 && strpbrk(name.p, " \n") != NULL)
                fn(ctx, name);
        }
    }
}

/* Length of the name that stands at p as a whole word, or 0. */
static size_t
name_at(const struct dz_mask_source *s, struct dz_view text, size_t p)
{
    for (size_t i = 0; i < s->n; i++) {
        size_t n = strlen(s->names[i]);
        if (n > text.n - p || memcmp(text.p + p, s->names[i], n) != 0)
            continue;
        size_t after = p + n;
        if (after == text.n || !u_isalpha((UChar32)dz_utf8_next(text, &after)))
            return n;
    }
    return 0;
}

bool
dz_masks_apply(const struct dz_masks *m, const char *source, const char *text, struct dz_buf *out)
{
    const struct dz_mask_source *s = NULL;
    for (size_t i = 0; i < m->n && !s; i++)
        if (strcmp(m->items[i].source, source) == 0)
            s = &m->items[i];
    struct dz_view v = dz_view_of(text);
    bool changed = false, in_word = false;
    for (size_t p = 0; p < v.n;) {
        size_t n = s && !in_word ? name_at(s, v, p) : 0;
        if (n > 0) {
            dz_buf_addf(out, "[%s]", _("name withheld"));
            changed = true;
            p += n;
            continue;
        }
        size_t next = p;
        in_word = u_isalpha((UChar32)dz_utf8_next(v, &next));
        dz_buf_add(out, v.p + p, next - p);
        p = next;
    }
    return changed;
}

void
dz_masks_each_span(const struct dz_masks *m, const char *source, struct dz_view text,
                   dz_mask_span_fn *fn, void *ctx)
{
    const struct dz_mask_source *s = NULL;
    for (size_t i = 0; i < m->n && !s; i++)
        if (strcmp(m->items[i].source, source) == 0)
            s = &m->items[i];
    bool in_word = false;
    for (size_t p = 0; s && p < text.n;) {
        size_t n = in_word ? 0 : name_at(s, text, p);
        if (n > 0) {
            fn(ctx, p, p + n);
            p += n;
        } else {
            in_word = u_isalpha((UChar32)dz_utf8_next(text, &p));
        }
    }
}
