#include "dz_figures.h"

#include <stdlib.h>
#include <string.h>

#include "dz_json.h"
#include "figures_impl.h"

/* From facts to statements: which facts repeat one claim. docs/METHOD.md, "One statement, several
 * sources", holds the rule and its examples. */

enum dz_code
dz_figures_begin(struct dz_figures_builder *b, const struct dz_origins *o,
                 const struct dz_rules *rules, const struct dz_scope *scope, struct dz_err *err)
{
    *b = (struct dz_figures_builder){0};
    b->arena.max_bytes = DZ_VIEW_BYTES_MAX;
    b->keep.arena = &b->arena;
    return dz_gather_open(o, rules, scope, &b->gather, err);
}

void
dz_figures_builder_done(struct dz_figures_builder *b)
{
    dz_free(b->entries);
    dz_arena_done(&b->arena);
    *b = (struct dz_figures_builder){0};
}

/* ---- one fact ---- */

static const char *
text_of(const struct dz_fact_row *fact, const char *name)
{
    const char *s = dz_json_str(fact->body, name);
    return s && *s ? s : NULL;
}

static const char *
key_of(struct dz_figures_builder *b, const char *name)
{
    DZ_AUTO_BUF struct dz_buf key = DZ_BUF(8192);
    dz_party_key(dz_origins_parties(b->gather.origins), name, &key);
    const char *kept = dz_keep_view(&b->keep, dz_buf_view(&key));
    return kept ? kept : "";
}

/* A period is stated as from and to, or as an interval that has a beginning. "../2024-07" is no
 * period: it says how many there were by then. */
static void
take_time(struct dz_figures_builder *b, const struct dz_fact_row *fact, struct dz_figure_entry *e)
{
    struct dz_keeper *k = &b->keep;
    struct dz_figure_statement *s = &e->s;
    const char *as_of = text_of(fact, "as_of"), *from = text_of(fact, "from"),
               *to = text_of(fact, "to");
    const char *slash = as_of ? strchr(as_of, '/') : NULL;
    struct dz_edtf_bounds at;
    if (!from && slash && dz_edtf_text_bounds(as_of, &at) && at.lo != DZ_EDTF_MIN_DAY) {
        s->from = dz_keep_view(k, (struct dz_view){as_of, (size_t)(slash - as_of)});
        s->to = dz_keep_str(k, slash[1] == '\0' || strcmp(slash + 1, "..") == 0 ? NULL : slash + 1);
    } else if (from) {
        s->from = dz_keep_str(k, from);
        s->to = dz_keep_str(k, to);
    }
    bool change = json_is_true(json_object_get(fact->body, "change"));
    s->type = s->from || change ? DZ_FIGURE_FLOW : DZ_FIGURE_TOTAL;
    s->lo = DZ_EDTF_MIN_DAY;
    s->hi = DZ_EDTF_MAX_DAY;
    if (s->from) {
        e->timed = dz_edtf_text_bounds(s->from, &at);
        s->lo = at.lo;
        if (s->to && dz_edtf_text_bounds(s->to, &at))
            s->hi = at.hi;
        s->as_of = dz_keep_str(k, as_of);
        return;
    }
    if (!as_of)
        as_of = to;
    e->timed = as_of && dz_edtf_text_bounds(as_of, &at);
    if (!e->timed) {
        const struct dz_source_note *source =
            fact->n_passages > 0 ? dz_origins_source(b->gather.origins, fact->passages[0].source)
                                 : NULL;
        as_of = source ? source->published : NULL;
        if (!as_of || !dz_edtf_text_bounds(as_of, &at))
            return;
        s->as_of_by_source = true;
    }
    s->as_of = dz_keep_str(k, as_of);
    s->lo = at.lo;
    s->hi = at.hi;
}

static void
take_claim(struct dz_figures_builder *b, const struct dz_fact_row *fact, struct dz_figure_entry *e)
{
    struct dz_keeper *k = &b->keep;
    struct dz_figure_statement *s = &e->s;
    const char *asserted = text_of(fact, "asserted_by"), *via = text_of(fact, "via");
    e->via_key = key_of(b, via);
    /* Where only the one who passed it on is named, that is the first claimant known. */
    s->asserted_by = dz_keep_str(k, asserted ? asserted : via);
    s->claimant = asserted ? key_of(b, asserted) : e->via_key;
    e->named = s->claimant[0] != '\0';
    s->side = dz_party_side(dz_origins_parties(b->gather.origins), s->claimant);
    s->derived_from = dz_keep_str(k, text_of(fact, "derived_from"));
    s->method = dz_keep_str(k, text_of(fact, "method"));
}

enum dz_code
dz_figures_take(void *ctx, const struct dz_fact_row *fact, struct dz_err *err)
{
    struct dz_figures_builder *b = ctx;
    struct dz_keeper *k = &b->keep;
    if (strcmp(fact->kind, "figure") != 0 || dz_gather_where(&b->gather, fact) != DZ_REACH_IN ||
        !dz_gather_wants(&b->gather, fact))
        return DZ_OK;
    struct dz_figure_entry e = {0};
    struct dz_figure_statement *s = &e.s;
    const char *text, *unit = text_of(fact, "unit");
    s->value = dz_keep_str(k, text_of(fact, "value"));
    s->value_max = dz_keep_str(k, text_of(fact, "value_max"));
    s->qualifier = dz_keep_str(k, text_of(fact, "qualifier"));
    s->has_value = dz_figure_range(s->value, s->value_max, s->qualifier, &s->min, &s->max);
    s->unit = unit ? dz_keep_str(k, unit) : "";
    s->of = dz_keep_str(k, text_of(fact, "of"));
    s->territory = dz_fact_place(b->gather.rules, fact, &text);
    s->territory_text = dz_keep_str(k, text);
    e.of_fold = dz_keep_fold(k, s->of);
    e.territory_fold = s->territory ? s->territory : dz_keep_fold(k, s->territory_text);
    take_time(b, fact, &e);
    take_claim(b, fact, &e);
    if (!dz_gather_when(&b->gather, e.timed || s->as_of_by_source, s->lo, s->hi))
        return DZ_OK;
    dz_keep_evidence(k, b->gather.origins, fact, &e.fact);
    DZ_TRY(dz_keep_ok(k, err));
    b->entries = dz_grow(b->entries, &b->cap, b->n + 1, sizeof *b->entries);
    b->entries[b->n++] = e;
    return DZ_OK;
}

/* ---- which facts repeat one statement ---- */

static int
by_null(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "");
}

static int
rank_of(const struct dz_figure_entry *e)
{
    bool relayed = e->named && e->via_key[0] && strcmp(e->via_key, e->s.claimant) != 0;
    return 8 * relayed + 4 * (strcmp(e->s.side, "RU") == 0) + 2 * e->named + e->timed;
}

/* Facts of one unit and value stand together; inside, those that say most come first, so that
 * sparse repetitions find the statement they repeat. */
static int
by_value(const void *a, const void *b)
{
    const struct dz_figure_entry *x = a, *y = b;
    int cmp = strcmp(x->s.unit, y->s.unit);
    if (cmp == 0)
        cmp = (x->s.type > y->s.type) - (x->s.type < y->s.type);
    if (cmp == 0)
        cmp = by_null(x->s.value, y->s.value);
    if (cmp == 0)
        cmp = by_null(x->s.value_max, y->s.value_max);
    if (cmp != 0)
        return cmp;
    int rank_x = rank_of(x), rank_y = rank_of(y);
    if (rank_x != rank_y)
        return rank_y - rank_x;
    if (x->s.lo != y->s.lo)
        return x->s.lo < y->s.lo ? -1 : 1;
    return strcmp(x->fact.id, y->fact.id);
}

static bool
same_value(const struct dz_figure_entry *a, const struct dz_figure_entry *b)
{
    return strcmp(a->s.unit, b->s.unit) == 0 && a->s.type == b->s.type &&
           by_null(a->s.value, b->s.value) == 0 && by_null(a->s.value_max, b->s.value_max) == 0;
}

static bool
unlike(const char *a, const char *b)
{
    return a && b && strcmp(a, b) != 0;
}

/* "about 3.5 million" may be 3.5 million retold; "over 3 million" is not 3 million. */
static char
direction(const struct dz_figure_entry *e)
{
    const char *q = e->s.qualifier;
    return q && (*q == '>' || *q == '<') ? *q : '=';
}

/* Nothing that two facts state about the counted, the place or the time tells them apart. A time
 * that nobody stated is no later than the publication. */
static bool
compatible(const struct dz_figure_entry *a, const struct dz_figure_entry *b)
{
    if (unlike(a->of_fold, b->of_fold) || unlike(a->territory_fold, b->territory_fold) ||
        direction(a) != direction(b))
        return false;
    /* Where one denies the number and the other asserts it they do not say the same. */
    if (dz_modality_standing(a->fact.modality) != dz_modality_standing(b->fact.modality))
        return false;
    int32_t lo_a = a->timed ? a->s.lo : DZ_EDTF_MIN_DAY,
            lo_b = b->timed ? b->s.lo : DZ_EDTF_MIN_DAY;
    return lo_a <= b->s.hi && lo_b <= a->s.hi;
}

enum bond { BOND_NONE, BOND_UNNAMED, BOND_BESIDE, BOND_RELAY, BOND_CLAIMANT };

static bool
share_source(const struct dz_evidence *a, const struct dz_evidence *b)
{
    for (size_t i = 0; i < a->n_passages; i++) {
        for (size_t k = 0; k < b->n_passages; k++) {
            if (strcmp(a->passages[i].source, b->passages[k].source) == 0)
                return true;
        }
    }
    return false;
}

/* Papers are counted by who issues them. Where one source gives the issuer's number and the same
 * number in somebody else's words, the second repeats the first. */
static bool
stands_beside(const struct dz_figure_entry *a, const struct dz_figure_entry *e)
{
    return !dz_figure_unit_open(e->s.unit) && strcmp(a->s.side, "RU") == 0 &&
           strcmp(e->s.side, "RU") != 0 && share_source(&a->fact, &e->fact);
}

/* How fact e is bound to fact a of a statement. */
static enum bond
bond_of(const struct dz_figure_entry *a, const struct dz_figure_entry *e)
{
    if (!compatible(a, e) || !e->s.has_value)
        return BOND_NONE;
    if (a->named && e->named) {
        if (strcmp(a->s.claimant, e->s.claimant) == 0)
            return BOND_CLAIMANT;
        if (strcmp(a->via_key, e->s.claimant) == 0)
            return BOND_RELAY;
    }
    if (a->named && stands_beside(a, e))
        return BOND_BESIDE;
    if (a->named && e->named)
        return BOND_NONE;
    return a->timed && e->timed ? BOND_UNNAMED : BOND_NONE;
}

/* The statement that entry ix repeats, among those that begin in [from, ix); SIZE_MAX: none, or
 * more than one would do. */
static size_t
find_statement(struct dz_figures_builder *b, size_t from, size_t ix, enum bond *ret_bond)
{
    size_t found = SIZE_MAX;
    enum bond best = BOND_NONE;
    bool several = false;
    for (size_t i = from; i < ix; i++) {
        const struct dz_figure_entry *a = &b->entries[i];
        enum bond bond = bond_of(a, &b->entries[ix]);
        if (bond == BOND_NONE || bond < best)
            continue;
        if (bond == best && found != a->statement)
            several = true;
        if (bond > best) {
            best = bond;
            found = a->statement;
            several = false;
        }
    }
    /* Every fact of the statement must allow it, or a sparse one would tie two claims together. */
    for (size_t i = from; found != SIZE_MAX && i < ix; i++) {
        if (b->entries[i].statement == found && !compatible(&b->entries[i], &b->entries[ix]))
            return SIZE_MAX;
    }
    *ret_bond = best;
    return several ? SIZE_MAX : found;
}

static size_t
assign(struct dz_figures_builder *b)
{
    if (b->n > 0)
        qsort(b->entries, b->n, sizeof *b->entries, by_value);
    size_t n = 0, from = 0;
    for (size_t i = 0; i < b->n; i++) {
        if (i > 0 && !same_value(&b->entries[i - 1], &b->entries[i]))
            from = i;
        enum bond bond = BOND_NONE;
        size_t found = find_statement(b, from, i, &bond);
        b->entries[i].statement = found != SIZE_MAX ? found : n++;
        if (found == SIZE_MAX)
            continue;
        /* That a source relays another's claim is documented: it is no origin of its own. Where
         * nobody is named this is only likely, and it counts as one. */
        for (size_t k = from; k < i && bond == BOND_RELAY; k++) {
            if (b->entries[k].statement == found && b->entries[k].named) {
                b->entries[i].fact.origin = b->entries[k].fact.origin;
                break;
            }
        }
    }
    return n;
}

/* ---- statements ---- */

static void
fill(const char **to, const char *from)
{
    if (!*to)
        *to = from;
}

static void
merge(struct dz_figure_statement *s, const struct dz_figure_entry *e)
{
    const struct dz_figure_statement *x = &e->s;
    fill(&s->of, x->of);
    fill(&s->territory, x->territory);
    fill(&s->territory_text, x->territory_text);
    fill(&s->derived_from, x->derived_from);
    fill(&s->method, x->method);
    fill(&s->asserted_by, x->asserted_by);
    if (s->claimant[0] == '\0') {
        s->claimant = x->claimant;
        s->side = x->side;
    }
    /* Who relays a claim may round it: the most exact wording speaks for all, whichever came
     * first. */
    if (x->has_value && s->has_value && x->min >= s->min && x->max <= s->max &&
        (x->min > s->min || x->max < s->max)) {
        s->value = x->value;
        s->value_max = x->value_max;
        s->qualifier = x->qualifier;
        s->min = x->min;
        s->max = x->max;
    }
    bool stated = e->timed, narrower = (int64_t)x->hi - x->lo < (int64_t)s->hi - s->lo;
    bool earlier = !stated && s->as_of_by_source && x->hi < s->hi;
    if ((stated && (s->as_of_by_source || !s->as_of || narrower)) || (!s->as_of && x->as_of) ||
        earlier) {
        s->as_of = x->as_of;
        s->as_of_by_source = x->as_of_by_source;
        s->from = x->from;
        s->to = x->to;
        s->lo = x->lo;
        s->hi = x->hi;
    }
}

static int
by_id(const void *a, const void *b)
{
    const struct dz_evidence *x = a, *y = b;
    return strcmp(x->id, y->id);
}

static void
list_sources(struct dz_keeper *k, struct dz_figure_statement *s)
{
    size_t room = 0;
    for (size_t i = 0; i < s->n_facts; i++)
        room += s->facts[i].n_passages;
    s->sources = dz_keep_bytes(k, room * sizeof *s->sources);
    for (size_t i = 0; s->sources && i < s->n_facts; i++) {
        for (size_t p = 0; p < s->facts[i].n_passages; p++) {
            size_t at = 0;
            while (at < s->n_sources && strcmp(s->sources[at], s->facts[i].passages[p].source) != 0)
                at++;
            if (at == s->n_sources)
                s->sources[s->n_sources++] = s->facts[i].passages[p].source;
        }
    }
}

static void
finish(struct dz_figures_builder *b, struct dz_figure_statement *s, const size_t *members, size_t n)
{
    struct dz_evidence *facts = dz_keep_bytes(&b->keep, n * sizeof *facts);
    if (!facts)
        return;
    *s = b->entries[members[0]].s;
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            merge(s, &b->entries[members[i]]);
        facts[i] = b->entries[members[i]].fact;
    }
    qsort(facts, n, sizeof *facts, by_id);
    s->facts = facts;
    s->n_facts = n;
    list_sources(&b->keep, s);
    const struct dz_evidence **list = dz_alloc_array(n, sizeof *list);
    for (size_t i = 0; i < n; i++)
        list[i] = &facts[i];
    s->counts = dz_evidence_count(list, n);
    dz_free(list);
}

static int
by_statement(const void *a, const void *b)
{
    const size_t *x = a, *y = b; /* statement, entry */
    if (x[0] != y[0])
        return x[0] < y[0] ? -1 : 1;
    return (x[1] > y[1]) - (x[1] < y[1]);
}

enum dz_code
dz_figures_end(struct dz_figures_builder *b, struct dz_figures *ret, struct dz_err *err)
{
    struct dz_figures f = {.n_withheld = b->gather.n_withheld};
    size_t n = assign(b);
    f.statements = dz_keep_bytes(&b->keep, n * sizeof *f.statements);
    DZ_TRY(dz_keep_ok(&b->keep, err));
    f.n = n;
    size_t(*order)[2] = dz_alloc_array(b->n, sizeof *order);
    size_t *members = dz_alloc_array(b->n, sizeof *members);
    const struct dz_evidence **all = dz_alloc_array(b->n, sizeof *all);
    for (size_t i = 0; i < b->n; i++) {
        order[i][0] = b->entries[i].statement;
        order[i][1] = i;
        all[i] = &b->entries[i].fact;
    }
    qsort(order, b->n, sizeof *order, by_statement);
    for (size_t i = 0, from = 0; i < b->n; i++) {
        members[i - from] = order[i][1];
        if (i + 1 < b->n && order[i + 1][0] == order[i][0])
            continue;
        finish(b, &f.statements[order[i][0]], members, i + 1 - from);
        from = i + 1;
    }
    f.counts = dz_evidence_count(all, b->n);
    dz_free(all);
    dz_free(members);
    dz_free(order);
    DZ_TRY(dz_keep_ok(&b->keep, err));
    dz_figures_relate(&b->keep, &f);
    DZ_TRY(dz_keep_ok(&b->keep, err));
    f.arena = b->arena;
    b->arena = (struct dz_arena){0};
    *ret = f;
    return DZ_OK;
}

enum dz_code
dz_figures_of(const struct dz_origins *o, const struct dz_rules *rules,
              const struct dz_fact_row *rows, size_t n, const struct dz_scope *scope,
              struct dz_figures *ret, struct dz_err *err)
{
    DZ_CLEANUP(dz_figures_builder_done) struct dz_figures_builder b;
    DZ_TRY(dz_figures_begin(&b, o, rules, scope, err));
    for (size_t i = 0; i < n; i++)
        DZ_TRY(dz_figures_take(&b, &rows[i], err));
    return dz_figures_end(&b, ret, err);
}

void
dz_figures_done(struct dz_figures *f)
{
    dz_arena_done(&f->arena);
    *f = (struct dz_figures){0};
}
