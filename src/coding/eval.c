#include "dz_eval.h"

#include <string.h>

#include "dz_eval_priv.h"
#include "dz_json.h"
#include "dz_utf8.h"

/* Counting: match what was found in one document with gold, kind by kind, and add up. */

const char *const dz_eval_kinds[] = {"act",   "measure", "figure",    "date",
                                     "place", "person",  "statement", "all"};
const char *const dz_eval_langs[] = {"en", "uk", "ru", "other"};

static const struct dz_eval_field known_fields[] = {
    {.kind = DZ_EVAL_ACT, .name = "sphere"},
    {.kind = DZ_EVAL_ACT, .name = "sphere_lenient"},
    {.kind = DZ_EVAL_ACT, .name = "means"},
    {.kind = DZ_EVAL_ACT, .name = "means_lenient"},
    {.kind = DZ_EVAL_ACT, .name = "act_date"},
    {.kind = DZ_EVAL_ACT, .name = "act_place"},
    {.kind = DZ_EVAL_MEASURE, .name = "measure_deadline"},
    {.kind = DZ_EVAL_MEASURE, .name = "measure_date"},
    {.kind = DZ_EVAL_FIGURE, .name = "value"},
    {.kind = DZ_EVAL_FIGURE, .name = "unit"},
    {.kind = DZ_EVAL_FIGURE, .name = "asserted_by"},
    {.kind = DZ_EVAL_FIGURE, .name = "as_of"},
    {.kind = DZ_EVAL_DATE, .name = "edtf"},
    {.kind = DZ_EVAL_PLACE, .name = "type"},
    {.kind = DZ_EVAL_PERSON, .name = "protected"},
    {.kind = DZ_EVAL_PERSON, .name = "role"},
    {.kind = DZ_EVAL_STATEMENT, .name = "stance"},
    {.kind = DZ_EVAL_STATEMENT, .name = "speaker"},
};

void
dz_eval_init(struct dz_eval *e)
{
    *e = (struct dz_eval){.misses = json_array()};
    e->n_fields = sizeof known_fields / sizeof *known_fields;
    e->fields = dz_alloc_array(e->n_fields, sizeof *e->fields);
    memcpy(e->fields, known_fields, sizeof known_fields);
}

void
dz_eval_done(struct dz_eval *e)
{
    dz_free(e->fields);
    json_decref(e->misses);
    *e = (struct dz_eval){0};
}

/* Facts of one kind in one document. */
struct side {
    struct dz_eval_fact *items;
    size_t n;
    size_t cap;
};

struct comparing {
    struct dz_eval *e;
    const struct dz_eval_doc *doc;
    size_t lang;
    enum dz_eval_kind kind;
    struct dz_eval_text text;
    struct side gold;
    struct side found;
    size_t *partner; /* of each gold fact */
    bool *used;      /* each found fact */
};

static bool
is_value_kind(enum dz_eval_kind kind)
{
    return kind == DZ_EVAL_DATE || kind == DZ_EVAL_PLACE || kind == DZ_EVAL_PERSON;
}

static char *
key_of(enum dz_eval_kind kind, const json_t *fact)
{
    if (kind == DZ_EVAL_DATE)
        return dz_eval_date_key(fact);
    if (kind == DZ_EVAL_PLACE)
        return dz_eval_place_key(fact);
    return kind == DZ_EVAL_PERSON ? dz_eval_fold(dz_json_str(fact, "name")) : dz_strdup("");
}

static bool
same_value(enum dz_eval_kind kind, const char *a, const char *b)
{
    return kind == DZ_EVAL_PERSON ? dz_eval_same_person(a, b) : strcmp(a, b) == 0;
}

/* once: of values that mean the same only the first. */
static void
take_side(struct comparing *c, struct side *side, const json_t *facts, bool once)
{
    size_t i;
    json_t *fact;
    json_array_foreach(facts, i, fact)
    {
        const char *kind = dz_json_str(fact, "kind");
        if (!kind || strcmp(kind, dz_eval_kinds[c->kind]) != 0)
            continue;
        struct dz_eval_fact f = {.json = fact, .key = key_of(c->kind, fact)};
        bool known = false;
        for (size_t k = 0; once && !known && k < side->n; k++)
            known = same_value(c->kind, f.key, side->items[k].key);
        if (known) {
            dz_free(f.key);
            continue;
        }
        dz_eval_spans(&f, &c->text);
        side->items = dz_grow(side->items, &side->cap, side->n + 1, sizeof *side->items);
        side->items[side->n++] = f;
    }
}

static void
side_done(struct side *side)
{
    for (size_t i = 0; i < side->n; i++) {
        dz_free(side->items[i].spans);
        dz_free(side->items[i].key);
    }
    dz_free(side->items);
    *side = (struct side){0};
}

static bool
is_optional(const struct dz_eval_fact *f)
{
    return dz_json_bool(f->json, "optional", false);
}

/* How well two facts fit; 0: they cannot be partners. A fact that counts is matched before one that
 * does not, then the fields that tell facts apart decide, last the overlap. */
static double
weight_of(const struct comparing *c, const struct dz_eval_fact *gold,
          const struct dz_eval_fact *found)
{
    double overlap = dz_eval_overlap(gold, found);
    bool fits = is_value_kind(c->kind) ? same_value(c->kind, gold->key, found->key)
                                       : overlap >= 0.5;
    if (c->kind == DZ_EVAL_DATE && !*gold->key)
        fits = false;
    if (!fits)
        return 0;
    struct dz_eval_agree fields[DZ_EVAL_AGREES_MAX];
    size_t n = dz_eval_agreement(c->kind, gold->json, found->json, fields);
    double weight = 1000 + (is_optional(gold) ? 0 : 200) + 10 * overlap;
    for (size_t i = 0; i < n; i++)
        weight += fields[i].key && fields[i].ok ? 60 : 0;
    return weight;
}

static void
pair_up(struct comparing *c)
{
    size_t n = c->gold.n, m = c->found.n;
    double *weights = dz_alloc_array(n * m + 1, sizeof *weights);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < m; j++)
            weights[i * m + j] = weight_of(c, &c->gold.items[i], &c->found.items[j]);
    dz_eval_assign(weights, n, m, c->partner);
    for (size_t i = 0; i < n; i++) {
        if (c->partner[i] != SIZE_MAX)
            c->used[c->partner[i]] = true;
    }
    dz_free(weights);
}

static void
count_field(struct comparing *c, const char *name, bool ok)
{
    for (size_t i = 0; i < c->e->n_fields; i++) {
        struct dz_eval_field *f = &c->e->fields[i];
        if (f->kind != c->kind || strcmp(f->name, name) != 0)
            continue;
        f->n[c->lang]++;
        f->ok[c->lang] += ok;
        f->n[DZ_EVAL_LANGS]++;
        f->ok[DZ_EVAL_LANGS] += ok;
    }
}

/* The cells that a fact counts in: its kind and all, its language and all. */
static void
count(struct comparing *c, struct dz_eval_count add)
{
    const size_t kinds[] = {c->kind, DZ_EVAL_ALL}, langs[] = {c->lang, DZ_EVAL_LANGS};
    for (size_t i = 0; i < 4; i++) {
        struct dz_eval_count *cell = &c->e->counts[kinds[i / 2]][langs[i % 2]];
        cell->gold += add.gold;
        cell->hit += add.hit;
        cell->tp += add.tp;
        cell->fp += add.fp;
    }
}

static void
note_miss(struct comparing *c, const char *tag, const struct dz_eval_fact *f)
{
    static const char *const shown[] = {"sphere", "means", "edtf",   "name_en", "name",
                                        "value",  "unit",  "stance", "rule"};
    json_t *line = json_object();
    dz_json_set_str(line, "tag", tag);
    dz_json_set_str(line, "doc", c->doc->name);
    dz_json_set_str(line, "kind", dz_eval_kinds[c->kind]);
    dz_json_set_str(line, "quote", dz_json_str(f->json, "quote"));
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
        json_t *value = json_object_get(f->json, shown[i]);
        if (value && !json_is_null(value))
            json_object_set(line, shown[i], value);
    }
    json_array_append_new(c->e->misses, line);
}

/* Is the value of a date right where something was found at its place? */
static void
count_edtf(struct comparing *c, const struct dz_eval_fact *gold, bool hit)
{
    bool near = hit;
    for (size_t j = 0; j < c->found.n && !near; j++)
        near = dz_eval_overlap(gold, &c->found.items[j]) >= 0.5;
    if (near)
        count_field(c, "edtf", hit);
    size_t inferred = dz_json_bool(gold->json, "inferred", false);
    c->e->dates[inferred]++;
    c->e->dates_found[inferred] += hit;
}

static void
count_kept(struct comparing *c, const struct dz_eval_fact *gold, const struct dz_eval_fact *found)
{
    if (!dz_json_bool(gold->json, "protected", false))
        return;
    bool kept = found && dz_json_bool(found->json, "protected", false);
    c->e->kept[c->lang]++;
    c->e->kept_found[c->lang] += kept;
    c->e->kept[DZ_EVAL_LANGS]++;
    c->e->kept_found[DZ_EVAL_LANGS] += kept;
}

static void
count_gold(struct comparing *c, size_t i)
{
    const struct dz_eval_fact *gold = &c->gold.items[i];
    bool hit = c->partner[i] != SIZE_MAX;
    const struct dz_eval_fact *found = hit ? &c->found.items[c->partner[i]] : NULL;
    if (!is_optional(gold)) {
        count(c, (struct dz_eval_count){.gold = 1, .hit = hit, .tp = hit && c->doc->complete});
        if (c->kind == DZ_EVAL_DATE)
            count_edtf(c, gold, hit);
        if (c->kind == DZ_EVAL_PERSON)
            count_kept(c, gold, found);
        if (!hit)
            note_miss(c, "miss", gold);
    }
    if (!hit)
        return;
    struct dz_eval_agree fields[DZ_EVAL_AGREES_MAX];
    size_t n = dz_eval_agreement(c->kind, gold->json, found->json, fields);
    for (size_t k = 0; k < n; k++)
        count_field(c, fields[k].name, fields[k].ok);
}

static void
compare_kind(struct comparing *c, const json_t *gold, const json_t *found)
{
    take_side(c, &c->gold, gold, false);
    take_side(c, &c->found, found, is_value_kind(c->kind));
    c->partner = dz_alloc_array(c->gold.n + 1, sizeof *c->partner);
    c->used = dz_alloc_array(c->found.n + 1, sizeof *c->used);
    pair_up(c);
    for (size_t i = 0; i < c->gold.n; i++)
        count_gold(c, i);
    for (size_t j = 0; c->doc->complete && j < c->found.n; j++) {
        if (c->used[j])
            continue;
        count(c, (struct dz_eval_count){.fp = 1});
        note_miss(c, "false", &c->found.items[j]);
    }
    dz_free(c->partner);
    dz_free(c->used);
    side_done(&c->gold);
    side_done(&c->found);
}

void
dz_eval_add(struct dz_eval *e, const struct dz_eval_doc *doc, const json_t *gold,
            const json_t *found)
{
    struct comparing c = {.e = e, .doc = doc, .lang = DZ_EVAL_OTHER};
    for (size_t i = 0; i < DZ_EVAL_OTHER; i++) {
        if (doc->language && strcmp(doc->language, dz_eval_langs[i]) == 0)
            c.lang = i;
    }
    c.text.n = dz_utf8_length(doc->text);
    c.text.cp = dz_alloc_array(c.text.n + 1, sizeof *c.text.cp);
    for (size_t i = 0, pos = 0; i < c.text.n; i++)
        c.text.cp[i] = dz_utf8_next(doc->text, &pos);
    for (int kind = 0; kind < DZ_EVAL_ALL; kind++) {
        c.kind = (enum dz_eval_kind)kind;
        compare_kind(&c, gold, found);
    }
    e->n_docs++;
    e->n_complete += doc->complete;
    dz_free(c.text.cp);
}

struct dz_eval_share
dz_eval_share_of(const struct dz_eval_count *c)
{
    struct dz_eval_share s = {-1, -1, -1};
    if (c->gold > 0)
        s.recall = (double)c->hit / (double)c->gold;
    if (c->tp + c->fp > 0)
        s.precision = (double)c->tp / (double)(c->tp + c->fp);
    if (s.recall < 0 || s.precision < 0)
        return s;
    double sum = s.recall + s.precision;
    s.f1 = sum > 0 ? 2 * s.recall * s.precision / sum : 0;
    return s;
}
