#include <stdlib.h>
#include <string.h>

#include "dz_edtf.h"
#include "dz_fact.h"
#include "dz_figures.h"
#include "dz_json.h"
#include "dz_party.h"
#include "dz_text.h"
#include "dz_utf8.h"
#include "lineage_vault.h"

/* Sources that share no words and still tell of one statement, whatever the language: the same
 * figure, or the same stance on the same day, of the same claimant; or the same public person named
 * beside the same day, and several things that are coded alike. Read from facts and
 * suggestions. Such a pair makes nobody a parent: what else the two say may be their own. */

#define LEAST_VALUE (INT64_C(10) * 1000000) /* millionths: smaller numbers meet by chance */

#define OCCASION_GAP 120  /* characters between a name and a day that belong together */
#define NEWS_DAYS 7       /* between a day and a source that reports it */
#define NEWS_WIDTH 100    /* days that the date of such a source may leave open */
#define OCCASION_ALIKE 3  /* acts coded alike, without which two only name the same person */
#define OCCASION_TRIED 25 /* earlier sources that one is compared with */
#define ALIKE_MAX 16      /* passages of a pair */

struct claim {
    char *key; /* kind, value and unit or stance and day, claimant */
    size_t source;
    size_t start;
    size_t end;
    const char *claimant;
    const char *value;
};
/* What is coded in a source that has an occasion. */
struct coded {
    uint32_t code; /* hash of sphere and means */
    uint32_t start;
    uint32_t end;
};
struct source_codes {
    size_t first; /* into codes */
    size_t n;
};
/* A suggestion of the source that is being read; most are never parsed. */
struct waiting {
    char kind; /* its first letter */
    size_t start;
    size_t end;
    char *body;
};
struct claims {
    struct dz_lineage_work *w;
    struct dz_parties *parties;
    struct claim *items;
    size_t n;
    size_t cap;
    struct coded *codes;
    size_t n_codes;
    size_t cap_codes;
    struct source_codes *of; /* of each source */
    struct waiting *waiting;
    size_t n_waiting;
    size_t cap_waiting;
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

/* ---- occasions: who spoke when ---- */

static bool
is_near(const struct waiting *a, const struct waiting *b)
{
    return a->start <= b->end + OCCASION_GAP && b->start <= a->end + OCCASION_GAP;
}

/* What is left of a letter when a name goes from one language and alphabet to another: one of few
 * consonants, or nothing. */
static char
bone(uint32_t cp)
{
    static const char *const groups[] = {
        "bб",  "vвw", "dд", "zsжзсшщцчc", "kкq", "lл",
        "mм",  "nн",  "pп", "rр",         "tт",  "fф",
    };
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        struct dz_view group = dz_view_of(groups[i]);
        for (size_t pos = 0; pos < group.n;)
            if (dz_utf8_next(group, &pos) == cp)
                return groups[i][0];
    }
    return 0;
}

/* A name of two words or more by its consonants; false for less. Good enough to ask whether two
 * texts
 * speak of one person, and for nothing else. */
static bool
name_bones(const char *name, struct dz_buf *out)
{
    DZ_AUTO_BUF struct dz_buf fold = DZ_BUF(4096);
    size_t blanks = 0;
    char last = 0;
    dz_text_fold(dz_view_of(name), &fold);
    struct dz_view view = dz_buf_view(&fold);
    for (size_t pos = 0; pos < view.n;) {
        uint32_t cp = dz_utf8_next(view, &pos);
        char c = cp == ' ' ? ' ' : bone(cp);
        blanks += cp == ' ' && last != ' ';
        if (c != 0 && c != last)
            dz_buf_addc(out, c);
        last = c != 0 ? c : last;
    }
    return blanks > 0;
}

/* The key of a person who is not protected: an office, else the bones of the name. */
static void
person_key(struct claims *k, const struct waiting *w, struct dz_buf *out, char **ret_name)
{
    DZ_AUTO_JSON json_t *body = NULL;
    if (dz_json_parse(dz_view_of(w->body), &body, NULL) != DZ_OK)
        return;
    const json_t *fields = json_object_get(body, "fields");
    const char *name = dz_json_str(fields, "name");
    if (!name || dz_json_bool(fields, "protected", true))
        return;
    size_t before = out->n;
    dz_party_key(k->parties, name, out);
    bool known = out->n > before && out->p[before] != '=';
    if (!known)
        dz_buf_cut(out, before);
    if (known || name_bones(name, out))
        *ret_name = dz_strdup(name);
}

/* A whole day, or NULL. Borrowed from *ret_body. */
static const char *
day_of(const struct waiting *w, json_t **ret_body)
{
    if (dz_json_parse(dz_view_of(w->body), ret_body, NULL) != DZ_OK)
        return NULL;
    const json_t *fields = json_object_get(*ret_body, "fields");
    const char *day = dz_json_str(fields, "edtf");
    /* "by 10 September" is a deadline oftener than a day on which somebody spoke. */
    if (dz_json_bool(fields, "inferred", false))
        return NULL;
    return day && strlen(day) == strlen("2025-09-08") ? day : NULL;
}

/* The source came out within days of it: of an older day everybody tells. */
static bool
is_news(const struct dz_lineage_source *s, const char *day)
{
    struct dz_edtf_bounds b;
    if (!s->published || !dz_edtf_text_bounds(day, &b))
        return false;
    return b.lo >= s->lo - NEWS_DAYS && b.hi <= s->hi + NEWS_DAYS && s->hi - s->lo <= NEWS_WIDTH;
}

static bool
add_occasion(struct claims *k, size_t source, const struct waiting *day, const struct waiting *who)
{
    DZ_AUTO_JSON json_t *body = NULL;
    DZ_AUTO_FREE char *name = NULL;
    DZ_AUTO_BUF struct dz_buf key = DZ_BUF(8192);
    const char *edtf = day_of(day, &body);
    if (!edtf || !is_news(&k->w->l->sources[source], edtf))
        return false;
    dz_buf_addf(&key, "occasion|%s|", edtf);
    person_key(k, who, &key, &name);
    if (!name)
        return false;
    k->items = dz_grow(k->items, &k->cap, k->n + 1, sizeof *k->items);
    k->items[k->n++] =
        (struct claim){.key = dz_buf_take(&key),
                       .source = source,
                       .start = day->start < who->start ? day->start : who->start,
                       .end = day->end > who->end ? day->end : who->end,
                       .claimant = dz_arena_strndup(&k->w->l->arena, name, strlen(name))};
    return true;
}

static void
add_code(struct claims *k, const struct waiting *w)
{
    DZ_AUTO_JSON json_t *body = NULL;
    if (dz_json_parse(dz_view_of(w->body), &body, NULL) != DZ_OK)
        return;
    const json_t *fields = json_object_get(body, "fields");
    const char *parts[] = {dz_json_str(fields, "sphere"), "|", dz_json_str(fields, "means")};
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (size_t i = 0; i < 3; i++)
        for (const char *p = parts[i] ? parts[i] : ""; *p; p++)
            hash = (hash ^ (unsigned char)*p) * 16777619u;
    k->codes = dz_grow(k->codes, &k->cap_codes, k->n_codes + 1, sizeof *k->codes);
    k->codes[k->n_codes++] = (struct coded){hash, (uint32_t)w->start, (uint32_t)w->end};
}

/* All suggestions of one source have been read. */
static void
end_source(struct claims *k, size_t source)
{
    bool any = false;
    for (size_t i = 0; i < k->n_waiting && source != DZ_LINEAGE_NONE; i++) {
        const struct waiting *day = &k->waiting[i];
        for (size_t n = 0; day->kind == 'd' && n < k->n_waiting; n++)
            if (k->waiting[n].kind == 'p' && is_near(day, &k->waiting[n]))
                any = add_occasion(k, source, day, &k->waiting[n]) || any;
    }
    if (any)
        k->of[source].first = k->n_codes;
    for (size_t i = 0; i < k->n_waiting; i++) {
        if (any && k->waiting[i].kind == 'a')
            add_code(k, &k->waiting[i]);
        dz_free(k->waiting[i].body);
    }
    if (any)
        k->of[source].n = k->n_codes - k->of[source].first;
    k->n_waiting = 0;
}

static enum dz_code
take_row(struct claims *k, struct dz_rows *rows, size_t source, struct dz_err *err)
{
    struct dz_view kind = dz_rows_view(rows, 1), body = dz_rows_view(rows, 4);
    size_t start = (size_t)dz_rows_int(rows, 2), end = (size_t)dz_rows_int(rows, 3);
    if (dz_view_is(kind, "figure") || dz_view_is(kind, "statement")) {
        DZ_AUTO_JSON json_t *parsed = NULL;
        DZ_TRY(dz_json_parse(body, &parsed, err));
        add_claim(k, source, kind.p, json_object_get(parsed, "fields"), start, end);
        return DZ_OK;
    }
    k->waiting = dz_grow(k->waiting, &k->cap_waiting, k->n_waiting + 1, sizeof *k->waiting);
    k->waiting[k->n_waiting++] =
        (struct waiting){.kind = kind.p[0],
                         .start = start,
                         .end = end,
                         .body = dz_strndup(body.p, body.n)};
    return DZ_OK;
}

static enum dz_code
take_suggestions(struct claims *k, struct dz_err *err)
{
    struct dz_rows *rows = NULL;
    size_t last = DZ_LINEAGE_NONE;
    DZ_TRY(dz_db_query(dz_vault_db(k->w->v), DZ_Q_CLAIM_SUGGESTIONS, &rows, err, DZ_NO_ARGS));
    enum dz_code code = DZ_OK;
    while (code == DZ_OK && dz_rows_next(rows)) {
        size_t source = dz_lineage_work_find(k->w, dz_rows_view(rows, 0));
        if (source != last)
            end_source(k, last);
        last = source;
        code = take_row(k, rows, source, err);
    }
    end_source(k, last);
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

static bool
is_occasion(const struct claim *c)
{
    return strncmp(c->key, "occasion|", 9) == 0;
}

/* Where both have something that is coded alike, each code once. */
static size_t
coded_alike(const struct claims *k, const struct claim *c, const struct claim *f,
            struct dz_lineage_passage ret[ALIKE_MAX])
{
    const struct source_codes *a = &k->of[c->source], *b = &k->of[f->source];
    size_t n = 0;
    for (size_t i = a->first; i < a->first + a->n && n < ALIKE_MAX; i++) {
        const struct coded *x = &k->codes[i];
        bool before = false;
        for (size_t p = a->first; p < i && !before; p++)
            before = k->codes[p].code == x->code;
        for (size_t p = b->first; p < b->first + b->n && !before; p++) {
            if (k->codes[p].code != x->code)
                continue;
            ret[n++] = (struct dz_lineage_passage){.start = x->start,
                                                   .end = x->end,
                                                   .origin_start = k->codes[p].start,
                                                   .origin_end = k->codes[p].end};
            before = true;
        }
    }
    return n;
}

static bool
add_passages(struct dz_lineage *l, struct dz_lineage_pair *p,
             const struct dz_lineage_passage *more, size_t n)
{
    struct dz_lineage_passage *all = dz_arena_alloc(&l->arena, (p->n_passages + n) * sizeof *all);
    if (!all)
        return false;
    if (p->n_passages > 0)
        memcpy(all, p->passages, p->n_passages * sizeof *all);
    memcpy(all + p->n_passages, more, n * sizeof *all);
    p->passages = all;
    p->n_passages += n;
    return true;
}

/* Whether the two tell of one statement. *ret_done: whatever else they share need not be asked. */
static enum dz_code
pair_two(struct claims *k, size_t n_sorted, const struct claim *c, const struct claim *f,
         bool *ret_done, struct dz_err *err)
{
    struct dz_lineage *l = k->w->l;
    struct dz_lineage_passage more[ALIKE_MAX + 1] = {{.start = c->start,
                                                      .end = c->end,
                                                      .origin_start = f->start,
                                                      .origin_end = f->end}};
    size_t n = 1;
    if (is_occasion(c)) {
        size_t alike = coded_alike(k, c, f, more + 1);
        if (alike < OCCASION_ALIKE)
            return DZ_OK;
        n += alike;
    }
    *ret_done = true;
    struct dz_lineage_pair *p = dz_lineage_pair_of(l, n_sorted, c->source, f->source);
    if (p && (p->relation != DZ_LINEAGE_STATEMENT || is_occasion(c)))
        return DZ_OK;
    if (!p) {
        p = dz_lineage_add_pair(k->w, c->source, f->source);
        p->relation = DZ_LINEAGE_STATEMENT;
        p->claimant = c->claimant;
        p->value = c->value;
    }
    return add_passages(l, p, more, n)
               ? DZ_OK
               : dz_fail(err, DZ_E_LIMIT,
                         "too many statements are shared to be listed at once");
}

/* Each source that gives a claim is paired with the first one that does; several claims of two
 * sources are several passages of one pair. An occasion is tried with some more. */
static enum dz_code
pair_claims(struct claims *k, struct dz_err *err)
{
    size_t n_sorted = k->w->l->n_pairs;
    for (size_t i = 1, first = 0; i < k->n; i++) {
        const struct claim *c = &k->items[i];
        bool done = false;
        if (strcmp(c->key, k->items[first].key) != 0)
            first = i;
        size_t tried = is_occasion(c) ? OCCASION_TRIED : 1;
        for (size_t f = first; f < i && f < first + tried && !done; f++)
            if (c->source != k->items[f].source && c->source != k->items[i - 1].source)
                DZ_TRY(pair_two(k, n_sorted, c, &k->items[f], &done, err));
    }
    return DZ_OK;
}

enum dz_code
dz_lineage_claims(struct dz_lineage_work *w, const struct dz_rules *rules, struct dz_err *err)
{
    struct claims k = {.w = w, .parties = dz_parties_new(rules)};
    k.of = dz_alloc_array(w->l->n, sizeof *k.of);
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
    dz_free(k.codes);
    dz_free(k.of);
    dz_free(k.waiting);
    dz_parties_free(k.parties);
    return code;
}
