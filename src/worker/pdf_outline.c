#include "pdf_impl.h"

#include <stdlib.h>

#define SECTIONS_MAX 20000
#define DEPTH_MAX 24

/* Where a destination lies. A named one is looked up; what lies in other files is none. */
static bool
place(const struct dz_pdf *p, const PopplerDest *dest, struct dz_pdf_section *ret)
{
    PopplerDest *named = NULL;
    if (dest && dest->type == POPPLER_DEST_NAMED && dest->named_dest)
        dest = named = poppler_document_find_dest(p->doc, dest->named_dest);
    bool found = dest && dest->page_num >= 1 && dest->page_num <= p->n_pages;
    if (found) {
        ret->page = dest->page_num - 1;
        ret->bottom = dest->change_top ? dest->top : -1;
    }
    if (named)
        poppler_dest_free(named);
    return found;
}

static void
add(const struct dz_pdf *p, PopplerIndexIter *at, struct dz_pdf_outline *o)
{
    PopplerAction *action = poppler_index_iter_get_action(at);
    struct dz_pdf_section s = {.order = o->n};
    if (action && action->type == POPPLER_ACTION_GOTO_DEST && action->any.title &&
        place(p, action->goto_dest.dest, &s)) {
        s.title = dz_strdup(action->any.title);
        o->v = dz_grow(o->v, &o->cap, o->n + 1, sizeof *o->v);
        o->v[o->n++] = s;
    }
    if (action)
        poppler_action_free(action);
}

/* Outlines that lead back into themselves end at the depth and the number. */
static void
walk(const struct dz_pdf *p, PopplerIndexIter *at, int depth, size_t *seen,
     struct dz_pdf_outline *o)
{
    do {
        if (++*seen > SECTIONS_MAX)
            return;
        add(p, at, o);
        PopplerIndexIter *child = depth < DEPTH_MAX ? poppler_index_iter_get_child(at) : NULL;
        if (child) {
            walk(p, child, depth + 1, seen, o);
            poppler_index_iter_free(child);
        }
    } while (poppler_index_iter_next(at));
}

static int
by_place(const void *a, const void *b)
{
    const struct dz_pdf_section *x = a;
    const struct dz_pdf_section *y = b;
    if (x->page != y->page)
        return x->page < y->page ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

void
dz_pdf_outline_of(const struct dz_pdf *p, struct dz_pdf_outline *ret)
{
    *ret = (struct dz_pdf_outline){0};
    PopplerIndexIter *top = poppler_index_iter_new(p->doc);
    if (!top)
        return;
    size_t seen = 0;
    walk(p, top, 0, &seen, ret);
    poppler_index_iter_free(top);
    if (ret->n > 1)
        qsort(ret->v, ret->n, sizeof *ret->v, by_place);
}

void
dz_pdf_outline_done(struct dz_pdf_outline *o)
{
    for (size_t i = 0; i < o->n; i++)
        dz_free(o->v[i].title);
    dz_free(o->v);
    *o = (struct dz_pdf_outline){0};
}
