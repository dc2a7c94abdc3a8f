#define _GNU_SOURCE /* memmem */
#include "dz_mask.h"

#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>

#include "dz_mention.h"
#include "dz_tr.h"
#include "dz_utf8.h"

struct dz_mask_source {
    char *source;
    uint32_t *people; /* whose names it tells */
    size_t n;
    size_t cap;
};

struct dz_mask_person {
    char *name;
    bool recorded; /* a person of this vault, and not only found in a text */
};

void
dz_masks_done(struct dz_masks *m)
{
    for (size_t i = 0; i < m->n; i++) {
        dz_free(m->items[i].people);
        dz_free(m->items[i].source);
    }
    for (size_t i = 0; i < m->n_people; i++)
        dz_free(m->people[i].name);
    dz_free(m->people);
    dz_free(m->items);
    dz_forms_free(m->forms);
    *m = (struct dz_masks){0};
}

/* ---- learning ---- */

/* One number for each name, in however many sources it stands. */
static uint32_t
person_of(struct dz_masks *m, struct dz_view name)
{
    for (size_t i = 0; i < m->n_people; i++)
        if (dz_view_is(name, m->people[i].name))
            return (uint32_t)i;
    if (m->forms == NULL)
        m->forms = dz_forms_new();
    dz_forms_add(m->forms, (uint32_t)m->n_people, name);
    m->people = dz_grow(m->people, &m->cap_people, m->n_people + 1, sizeof *m->people);
    m->people[m->n_people] = (struct dz_mask_person){.name = dz_strndup(name.p, name.n)};
    return (uint32_t)m->n_people++;
}

static void
add_person(struct dz_mask_source *s, uint32_t person)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->people[i] == person)
            return;
    s->people = dz_grow(s->people, &s->cap, s->n + 1, sizeof *s->people);
    s->people[s->n++] = person;
}

void
dz_masks_add_name(struct dz_masks *m, struct dz_view name)
{
    uint32_t person = person_of(m, name);
    m->people[person].recorded = true;
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
                add_person(s, person_of(m, (struct dz_view){text.p + p->start, p->end - p->start}));
        }
    }
    dz_mentions_done(&found);
    dz_document_done(&d);
    return code;
}

void
dz_masks_each_name(const struct dz_masks *m, dz_mask_name_fn *fn, void *ctx)
{
    for (size_t i = 0; i < m->n_people; i++) {
        struct dz_view name = dz_view_of(m->people[i].name);
        if (name.n > 0 && (m->people[i].recorded || strpbrk(name.p, " \n") != NULL))
            fn(ctx, name);
    }
}

/* ---- applying ---- */

struct span {
    size_t start;
    size_t end;
};

struct spans {
    const struct dz_masks *m;
    const struct dz_mask_source *source; /* or NULL */
    struct span *items;
    size_t n;
    size_t cap;
};

static void
add_span(struct spans *s, size_t start, size_t end)
{
    s->items = dz_grow(s->items, &s->cap, s->n + 1, sizeof *s->items);
    s->items[s->n++] = (struct span){start, end};
}

static bool
tells(const struct dz_mask_source *s, uint32_t person)
{
    for (size_t i = 0; s != NULL && i < s->n; i++)
        if (s->people[i] == person)
            return true;
    return false;
}

/* In a source that tells the name any form of any of its words; elsewhere the whole name, or the
 * surname of somebody whom the vault protects. */
static void
take_hit(void *ctx, const struct dz_form_hit *hit)
{
    struct spans *s = ctx;
    enum dz_form_strength least =
        tells(s->source, hit->person)               ? DZ_FORM_GIVEN
        : s->m->people[hit->person].recorded ? DZ_FORM_SURNAME
                                                    : DZ_FORM_FULL;
    if (hit->strength >= least)
        add_span(s, hit->start, hit->end);
}

/* As it stands in the source: also what the finder of forms cannot take for a name. */
static void
find_exact(struct spans *s, struct dz_view text)
{
    for (size_t i = 0; s->source != NULL && i < s->source->n; i++) {
        struct dz_view name = dz_view_of(s->m->people[s->source->people[i]].name);
        for (size_t at = 0; name.n > 0 && at + name.n <= text.n; at++) {
            const char *p = memmem(text.p + at, text.n - at, name.p, name.n);
            if (p == NULL)
                break;
            at = (size_t)(p - text.p);
            size_t before = at, behind = at + name.n;
            while (before > 0 && ((unsigned char)text.p[--before] & 0xC0) == 0x80)
                ;
            bool inside = at > 0 && u_isalpha((UChar32)dz_utf8_next(text, &before));
            if (!inside && !u_isalpha((UChar32)dz_utf8_next(text, &behind)))
                add_span(s, at, at + name.n);
        }
    }
}

static int
by_start(const void *pa, const void *pb)
{
    const struct span *a = pa, *b = pb;
    return a->start != b->start ? (a->start < b->start ? -1 : 1)
                                : (a->end < b->end) - (a->end > b->end);
}

static const struct dz_mask_source *
source_of(const struct dz_masks *m, const char *source)
{
    for (size_t i = 0; source != NULL && i < m->n; i++)
        if (strcmp(m->items[i].source, source) == 0)
            return &m->items[i];
    return NULL;
}

void
dz_masks_each_span(const struct dz_masks *m, const char *source, struct dz_view text,
                   dz_mask_span_fn *fn, void *ctx)
{
    struct spans s = {.m = m, .source = source_of(m, source)};
    if (m->forms != NULL)
        dz_forms_find(m->forms, text, DZ_FORM_GIVEN, take_hit, &s);
    find_exact(&s, text);
    if (s.n > 1)
        qsort(s.items, s.n, sizeof *s.items, by_start);
    for (size_t i = 0; i < s.n;) {
        size_t start = s.items[i].start, end = s.items[i].end;
        while (++i < s.n && s.items[i].start <= end)
            end = s.items[i].end > end ? s.items[i].end : end;
        /* A hit may reach to the next word of the name; the space behind the last stays. */
        while (end > start && (text.p[end - 1] == ' ' || text.p[end - 1] == '\n'))
            end--;
        fn(ctx, start, end);
    }
    dz_free(s.items);
}

struct writing {
    struct dz_view text;
    struct dz_buf *out;
    size_t done;
    bool changed;
};

static void
write_span(void *ctx, size_t start, size_t end)
{
    struct writing *w = ctx;
    dz_buf_add(w->out, w->text.p + w->done, start - w->done);
    dz_buf_addf(w->out, "[%s]", _("name withheld"));
    w->done = end;
    w->changed = true;
}

bool
dz_masks_apply(const struct dz_masks *m, const char *source, const char *text, struct dz_buf *out)
{
    struct writing w = {.text = dz_view_of(text), .out = out};
    dz_masks_each_span(m, source, w.text, write_span, &w);
    dz_buf_add(out, w.text.p + w.done, w.text.n - w.done);
    return w.changed;
}

static void
note_span(void *ctx, size_t start, size_t end)
{
    (void)start;
    (void)end;
    *(bool *)ctx = true;
}

bool
dz_masks_names_someone(const struct dz_masks *m, const char *source, struct dz_view text)
{
    bool found = false;
    dz_masks_each_span(m, source, text, note_span, &found);
    return found;
}

/* ---- pieces of names ---- */

/* The letters at one end of a text, as one word. */
static struct dz_view
end_word(struct dz_view text, bool first)
{
    size_t from = 0, to = 0;
    for (size_t at = 0; at < text.n;) {
        bool letter = u_isalpha((UChar32)dz_utf8_next(text, &at));
        if (letter)
            to = at;
        else if (first)
            break;
        else
            from = to = at;
    }
    return (struct dz_view){text.p + from, to - from};
}

/* Its ending may be that of another case, so three letters of it are enough. */
static bool
is_piece(const struct dz_masks *m, const struct dz_mask_source *s, struct dz_view word)
{
    DZ_AUTO_BUF struct dz_buf piece = DZ_BUF(4096);
    dz_text_fold(word, &piece);
    if (dz_utf8_length(dz_buf_view(&piece)) < 3)
        return false;
    size_t n = dz_utf8_byte_of(dz_buf_view(&piece), 3);
    for (size_t i = 0; i < s->n; i++) {
        DZ_AUTO_BUF struct dz_buf name = DZ_BUF(65536);
        dz_text_fold(dz_view_of(m->people[s->people[i]].name), &name);
        if (name.n >= n && memmem(name.p, name.n, piece.p, n) != NULL)
            return true;
    }
    return false;
}

bool
dz_masks_cut_name(const struct dz_masks *m, const char *source, const char *prefix,
                  const char *suffix)
{
    const struct dz_mask_source *s = source_of(m, source);
    return s != NULL && ((prefix != NULL && is_piece(m, s, end_word(dz_view_of(prefix), true))) ||
                         (suffix != NULL && is_piece(m, s, end_word(dz_view_of(suffix), false))));
}
