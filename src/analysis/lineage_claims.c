#include <stdlib.h>
#include <string.h>

#include "dz_fact.h"
#include "dz_figures.h"
#include "dz_json.h"
#include "dz_party.h"
#include "lineage_vault.h"

/* Sources that share no words and still tell of one statement: the same figure, or the same stance
 * on the same day, of the same claimant, whatever the language. Read from facts and suggestions.
 * Such a pair makes nobody a parent: what else the two say may be their own. */

#define LEAST_VALUE (INT64_C(10) * 1000000) /* millionths: smaller numbers meet by chance */

struct claim {
    char *key; /* kind, value and unit or stance and day, claimant */
    size_t source;
    size_t start;
    size_t end;
    const char *claimant;
    const char *value;
};
struct claims {
    struct dz_lineage_work *w;
    struct dz_parties *parties;
    struct claim *items;
    size_t n;
    size_t cap;
};

static const char *
first_of(const json_t *fields, const char *one, const char *two)
{
    const char *s = dz_json_str(fields, one);
    return s && *s ? s : dz_json_str(fields, two);
}

/* Append what makes two figures one statement. False: too little is said. */
static bool
figure_key(const json_t *fields, struct dz_buf *out)
{
    const char *value = dz_json_str(fields, "value"), *unit = dz_json_str(fields, "unit");
    int64_t number;
    if (!value || !dz_decimal_parse(value, &number) || number < LEAST_VALUE)
        return false;
    dz_buf_adds(out, "figure|");
    dz_decimal_print(number, out);
    dz_buf_addf(out, "|%s|", unit ? unit : "");
    return true;
}

static bool
statement_key(const json_t *fields, struct dz_buf *out)
{
    const char *stance = dz_json_str(fields, "stance"), *date = dz_json_str(fields, "date");
    if (!stance || !date || strlen(date) != strlen("2025-09-08"))
        return false;
    dz_buf_addf(out, "statement|%s|%s|", stance, date);
    return true;
}

static void
add_claim(struct claims *k, size_t source, const char *kind, const json_t *fields, size_t start,
          size_t end)
{
    bool figure = strcmp(kind, "figure") == 0;
    const char *claimant = figure ? first_of(fields, "asserted_by", "via")
                                  : first_of(fields, "speaker", "office");
    DZ_AUTO_BUF struct dz_buf key = DZ_BUF(8192);
    if (source == DZ_LINEAGE_NONE || !claimant || !*claimant)
        return;
    if (!(figure ? figure_key(fields, &key) : statement_key(fields, &key)))
        return;
    size_t bare = key.n;
    dz_party_key(k->parties, claimant, &key);
    if (key.n == bare || key.failed)
        return;
    const char *value = figure ? dz_json_str(fields, "value") : NULL;
    struct dz_arena *arena = &k->w->l->arena;
    k->items = dz_grow(k->items, &k->cap, k->n + 1, sizeof *k->items);
    k->items[k->n++] =
        (struct claim){.key = dz_buf_take(&key),
                       .source = source,
                       .start = start,
                       .end = end,
                       .claimant = dz_arena_strndup(arena, claimant, strlen(claimant)),
                       .value = value ? dz_arena_strndup(arena, value, strlen(value)) : NULL};
}

static enum dz_code
take_fact(void *ctx, const struct dz_fact_row *row, struct dz_err *err)
{
    struct claims *k = ctx;
    (void)err;
    if (strcmp(row->kind, "figure") == 0 || strcmp(row->kind, "statement") == 0)
        for (size_t i = 0; i < row->n_passages; i++)
            add_claim(k, dz_lineage_work_find(k->w, dz_view_of(row->passages[i].source)),
                      row->kind, row->body, row->passages[i].start, row->passages[i].end);
    return DZ_OK;
}

static enum dz_code
take_suggestions(struct claims *k, struct dz_err *err)
{
    struct dz_rows *rows = NULL;
    DZ_TRY(dz_db_query(dz_vault_db(k->w->v), DZ_Q_CLAIM_SUGGESTIONS, &rows, err, DZ_NO_ARGS));
    enum dz_code code = DZ_OK;
    while (code == DZ_OK && dz_rows_next(rows)) {
        DZ_AUTO_JSON json_t *body = NULL;
        size_t source = dz_lineage_work_find(k->w, dz_rows_view(rows, 0));
        code = dz_json_parse(dz_rows_view(rows, 4), &body, err);
        if (code == DZ_OK)
            add_claim(k, source, dz_rows_text(rows, 1), json_object_get(body, "fields"),
                      (size_t)dz_rows_int(rows, 2), (size_t)dz_rows_int(rows, 3));
    }
    enum dz_code end = dz_rows_end(rows, code == DZ_OK ? err : NULL);
    return code == DZ_OK ? end : code;
}

static int
by_key(const void *a, const void *b)
{
    const struct claim *x = a, *y = b;
    int cmp = strcmp(x->key, y->key);
    if (cmp != 0)
        return cmp;
    if (x->source != y->source)
        return x->source < y->source ? -1 : 1;
    return (x->start > y->start) - (x->start < y->start);
}

/* Whether the first n pairs, which are sorted, or a later one have the two. */
static struct dz_lineage_pair *
known_pair(struct dz_lineage *l, size_t n, size_t source, size_t origin)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        struct dz_lineage_pair *p = &l->pairs[middle];
        if (p->source == source && p->origin == origin)
            return p;
        if (p->source < source || (p->source == source && p->origin < origin))
            low = middle + 1;
        else
            high = middle;
    }
    for (size_t i = n; i < l->n_pairs; i++)
        if (l->pairs[i].source == source && l->pairs[i].origin == origin)
            return &l->pairs[i];
    return NULL;
}

/* Each source that gives a claim is paired with the first one that does; several claims of two
 * sources are several passages of one pair. */
static enum dz_code
pair_claims(struct claims *k, struct dz_err *err)
{
    struct dz_lineage *l = k->w->l;
    size_t n_sorted = l->n_pairs;
    for (size_t i = 1, first = 0; i < k->n; i++) {
        const struct claim *c = &k->items[i];
        if (strcmp(c->key, k->items[first].key) != 0)
            first = i;
        const struct claim *f = &k->items[first];
        if (c->source == f->source || c->source == k->items[i - 1].source)
            continue;
        struct dz_lineage_pair *p = known_pair(l, n_sorted, c->source, f->source);
        if (p && p->relation != DZ_LINEAGE_STATEMENT)
            continue;
        if (!p) {
            p = dz_lineage_add_pair(k->w, c->source, f->source);
            p->relation = DZ_LINEAGE_STATEMENT;
            p->claimant = c->claimant;
            p->value = c->value;
        }
        struct dz_lineage_passage *passages =
            dz_arena_alloc(&l->arena, (p->n_passages + 1) * sizeof *passages);
        if (!passages)
            return dz_fail(err, DZ_E_LIMIT, "too many statements are shared to be listed at once");
        if (p->n_passages > 0)
            memcpy(passages, p->passages, p->n_passages * sizeof *passages);
        passages[p->n_passages++] = (struct dz_lineage_passage){.start = c->start,
                                                                .end = c->end,
                                                                .origin_start = f->start,
                                                                .origin_end = f->end};
        p->passages = passages;
    }
    return DZ_OK;
}

enum dz_code
dz_lineage_claims(struct dz_lineage_work *w, const struct dz_rules *rules, struct dz_err *err)
{
    struct claims k = {.w = w, .parties = dz_parties_new(rules)};
    enum dz_code code = dz_facts_each(w->v, NULL, take_fact, &k, err);
    if (code == DZ_OK)
        code = take_suggestions(&k, err);
    if (code == DZ_OK && k.n > 0) {
        qsort(k.items, k.n, sizeof *k.items, by_key);
        code = pair_claims(&k, err);
    }
    for (size_t i = 0; i < k.n; i++)
        dz_free(k.items[i].key);
    dz_free(k.items);
    dz_parties_free(k.parties);
    return code;
}
