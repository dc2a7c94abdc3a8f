#include <string.h>

#include "lineage_impl.h"

/* From pairs to parents. A source has at most one: the one that most of it was taken from. Sources
 * stand in the order of time and a parent is always earlier, so there are no loops, except where a
 * person says so; those are cut. */

static const char *const relation_ids[DZ_LINEAGE_RELATIONS] = {
    "reprint", "extract", "includes", "quote", "statement", "said"};

const char *
dz_lineage_relation_id(enum dz_lineage_relation r)
{
    return relation_ids[r];
}

/* Shares within a hundredth are taken for equal: sentences of a few words are not found. */
#define NEAR 10

/* Which of two possible parents of one source says more about it: the one that has more of it; else
 * the one of which it has more, as a copy of a copy has all of the copy; else the earlier. */
static bool
is_closer(const struct dz_lineage_pair *p, const struct dz_lineage_pair *best)
{
    if (p->share > best->share + NEAR || best->share > p->share + NEAR)
        return p->share > best->share;
    if (p->origin_share > best->origin_share + NEAR || best->origin_share > p->origin_share + NEAR)
        return p->origin_share > best->origin_share;
    return false;
}

static bool
makes_parent(const struct dz_lineage_pair *p)
{
    if (p->decision != DZ_LINEAGE_OPEN)
        return p->decision == DZ_LINEAGE_DERIVED;
    return p->relation == DZ_LINEAGE_REPRINT || p->relation == DZ_LINEAGE_EXTRACT;
}

/* Whether a source, through its parents, goes back to another. */
static bool
goes_back_to(const struct dz_lineage *l, size_t from, size_t to)
{
    size_t hops = 0;
    for (size_t at = from; at != DZ_LINEAGE_NONE && hops <= l->n;
         at = l->sources[at].parent, hops++)
        if (at == to)
            return true;
    return false;
}

/* A person said that the source does not come from one that this parent would lead to. */
static bool
is_decided_against(const struct dz_lineage *l, size_t first, size_t end, size_t parent)
{
    for (size_t i = first; i < end; i++) {
        const struct dz_lineage_pair *p = &l->pairs[i];
        if (p->decision == DZ_LINEAGE_INDEPENDENT && goes_back_to(l, parent, p->origin))
            return true;
    }
    return false;
}

static void
set_parent(struct dz_lineage *l, size_t source, size_t first, size_t end)
{
    const struct dz_lineage_pair *best = NULL;
    for (size_t i = first; i < end; i++) {
        const struct dz_lineage_pair *p = &l->pairs[i];
        if (!makes_parent(p) || goes_back_to(l, p->origin, source))
            continue;
        bool said = p->decision == DZ_LINEAGE_DERIVED;
        if (!said && is_decided_against(l, first, end, p->origin))
            continue;
        bool best_said = best && best->decision == DZ_LINEAGE_DERIVED;
        if (!best || said > best_said || (said == best_said && is_closer(p, best)))
            best = p;
    }
    if (!best)
        return;
    l->sources[source].parent = best->origin;
    l->sources[source].by = (size_t)(best - l->pairs);
}

void
dz_lineage_settle(struct dz_lineage *l)
{
    size_t first = 0;
    l->n_roots = l->n_texts = 0;
    for (size_t s = 0; s < l->n; s++) {
        l->sources[s].parent = l->sources[s].by = DZ_LINEAGE_NONE;
        l->sources[s].root = s;
    }
    for (size_t s = 0; s < l->n; s++) {
        size_t end = first;
        while (end < l->n_pairs && l->pairs[end].source == s)
            end++;
        set_parent(l, s, first, end);
        first = end;
    }
    for (size_t s = 0; s < l->n; s++) {
        size_t at = s;
        while (l->sources[at].parent != DZ_LINEAGE_NONE)
            at = l->sources[at].parent;
        l->sources[s].root = at;
        l->n_texts += l->sources[s].n_words > 0;
        l->n_roots += l->sources[s].n_words > 0 && at == s;
    }
}
