#include <stdlib.h>
#include <string.h>

#include "dz_text.h"
#include "dz_tr.h"
#include "dz_utf8.h"
#include "figures_impl.h"

/* What statements mean for each other: groups that count the same, differences, contradictions, and
 * refusals with their reason. Nothing here adds figures up, and nothing may. */

#define SAME_TIME_DAYS 31 /* two dates that overlap and are no wider than this are one time */

const char *
dz_figure_relation_id(enum dz_figure_relation r)
{
    switch (r) {
    case DZ_FIGURES_AGREE:
        return "agree";
    case DZ_FIGURES_DIFFER:
        return "differ";
    case DZ_FIGURES_CONTRADICT:
        return "contradict";
    case DZ_FIGURES_NOT_COMPARABLE:
        return "not_comparable";
    }
    return "";
}

const char *
dz_figure_refusal_id(enum dz_figure_refusal r)
{
    switch (r) {
    case DZ_REFUSE_NONE:
        return "";
    case DZ_REFUSE_NO_VALUE:
        return "no_value";
    case DZ_REFUSE_UNIT:
        return "unit";
    case DZ_REFUSE_POPULATION:
        return "population";
    case DZ_REFUSE_TERRITORY:
        return "territory";
    case DZ_REFUSE_TYPE:
        return "type";
    case DZ_REFUSE_TIME:
        return "time";
    case DZ_REFUSE_PERIOD:
        return "period";
    }
    return "";
}

const char *
dz_figure_refusal_text(enum dz_figure_refusal r)
{
    switch (r) {
    case DZ_REFUSE_NONE:
        return "";
    case DZ_REFUSE_NO_VALUE:
        return _("Not compared: one of them names no number.");
    case DZ_REFUSE_UNIT:
        return _("Not compared: they count different things.");
    case DZ_REFUSE_POPULATION:
        return _("Not compared: it is not stated, or not the same, who or what is counted.");
    case DZ_REFUSE_TERRITORY:
        return _("Not compared: they are about different territories, or only one names its own.");
    case DZ_REFUSE_TYPE:
        return _("Not compared: one is a total at a time, the other a number over a period.");
    case DZ_REFUSE_TIME:
        return _("Not compared: it is not known at what time one of them holds.");
    case DZ_REFUSE_PERIOD:
        return _("Not compared: they are about different periods.");
    }
    return "";
}

/* ---- ranges ---- */

/* Half of the last place that is not zero: "about 3.5 million" is anything from 3.45 to 3.55. */
static int64_t
half_place(int64_t value)
{
    int64_t place = 1;
    while (value != 0 && value % 10 == 0) {
        value /= 10;
        place *= 10;
    }
    return place / 2;
}

bool
dz_figure_range(const char *value, const char *value_max, const char *qualifier, int64_t *ret_min,
                int64_t *ret_max)
{
    int64_t lo, hi;
    if (!dz_decimal_parse(value, &lo))
        return false;
    if (!dz_decimal_parse(value_max, &hi) || hi < lo)
        hi = lo;
    const char *q = qualifier ? qualifier : "";
    if (*q == '~') {
        lo -= half_place(lo);
        hi += half_place(hi);
    }
    *ret_min = *q == '<' ? INT64_MIN : lo;
    *ret_max = *q == '>' ? INT64_MAX : hi;
    return true;
}

/* end - start where both are known; open otherwise. */
static int64_t
span(int64_t end, int64_t start, int64_t open)
{
    int64_t d;
    bool unknown = end == INT64_MAX || end == INT64_MIN || start == INT64_MAX || start == INT64_MIN;
    return unknown || __builtin_sub_overflow(end, start, &d) ? open : d;
}

/* ---- what may be compared ---- */

bool
dz_figure_unit_open(const char *unit)
{
    static const char *const closed[] = {"passports", "applications", "properties"};
    for (size_t i = 0; i < sizeof closed / sizeof *closed; i++) {
        if (strcmp(unit, closed[i]) == 0)
            return false;
    }
    return true;
}

/* Papers that were issued stay issued: such a total cannot fall. People can leave and properties
 * be sold. */
static bool
only_grows(const char *unit)
{
    return strcmp(unit, "passports") == 0 || strcmp(unit, "applications") == 0;
}

/* -1, 0, 1 in folded order; NULL comes first. */
static int
fold_cmp(const char *a, const char *b)
{
    if (!a || !b)
        return (a != NULL) - (b != NULL);
    struct dz_buf x = DZ_BUF(8192), y = DZ_BUF(8192);
    dz_text_fold(dz_view_trim(dz_view_of(a)), &x);
    dz_text_fold(dz_view_trim(dz_view_of(b)), &y);
    int cmp = x.n > 0 && y.n > 0 && !x.failed && !y.failed ? strcmp(x.p, y.p) : strcmp(a, b);
    dz_buf_done(&x);
    dz_buf_done(&y);
    return cmp;
}

static const char *
territory(const struct dz_figure_statement *s)
{
    return s->territory ? s->territory : s->territory_text;
}

/* Words without a name in them ("the raion", "громади") mean what their own source is about. */
static bool
has_name(const char *words)
{
    struct dz_view view = dz_view_of(words);
    for (size_t pos = 0; pos < view.n;) {
        uint32_t cp = dz_utf8_next(view, &pos);
        bool cyrillic = (cp >= 0x0400 && cp <= 0x042F) || cp == 0x0490;
        if ((cp >= 'A' && cp <= 'Z') || cyrillic)
            return true;
    }
    return false;
}

static bool
share_source(const struct dz_figure_statement *a, const struct dz_figure_statement *b)
{
    for (size_t i = 0; i < a->n_sources; i++) {
        for (size_t k = 0; k < b->n_sources; k++) {
            if (strcmp(a->sources[i], b->sources[k]) == 0)
                return true;
        }
    }
    return false;
}

static bool
same_territory(const struct dz_figure_statement *a, const struct dz_figure_statement *b)
{
    if (fold_cmp(territory(a), territory(b)) != 0)
        return false;
    bool words_only = !a->territory && a->territory_text;
    return !words_only || has_name(a->territory_text) || share_source(a, b);
}

/* Everything but time. */
static enum dz_figure_refusal
refusal_of(const struct dz_figure_statement *a, const struct dz_figure_statement *b)
{
    if (strcmp(a->unit, b->unit) != 0)
        return DZ_REFUSE_UNIT;
    if (fold_cmp(a->of, b->of) != 0 || (!a->of && dz_figure_unit_open(a->unit)))
        return DZ_REFUSE_POPULATION;
    if (!same_territory(a, b))
        return DZ_REFUSE_TERRITORY;
    if (a->type != b->type)
        return DZ_REFUSE_TYPE;
    return a->has_value && b->has_value ? DZ_REFUSE_NONE : DZ_REFUSE_NO_VALUE;
}

static bool
ranges_meet(int64_t lo_a, int64_t hi_a, int64_t lo_b, int64_t hi_b)
{
    return lo_a <= hi_b && lo_b <= hi_a;
}

static bool
has_time(const struct dz_figure_statement *s)
{
    return s->lo != DZ_EDTF_MIN_DAY || s->hi != DZ_EDTF_MAX_DAY;
}

static bool
is_narrow(const struct dz_figure_statement *s)
{
    return (int64_t)s->hi - s->lo < SAME_TIME_DAYS;
}

static struct dz_figure_pair
refused(size_t a, size_t b, enum dz_figure_refusal why)
{
    return (struct dz_figure_pair){.a = a,
                                   .b = b,
                                   .relation = DZ_FIGURES_NOT_COMPARABLE,
                                   .refusal = why,
                                   .stated_by = SIZE_MAX};
}

static struct dz_figure_pair
compare_flows(const struct dz_figures *f, size_t a, size_t b)
{
    const struct dz_figure_statement *x = &f->statements[a], *y = &f->statements[b];
    /* Of a change whose beginning nobody states it is not known what period it covers. */
    if (!x->from || !y->from || x->lo != y->lo || x->hi != y->hi)
        return refused(a, b, DZ_REFUSE_PERIOD);
    struct dz_figure_pair p = {.a = a, .b = b, .stated_by = SIZE_MAX};
    p.relation =
        ranges_meet(x->min, x->max, y->min, y->max) ? DZ_FIGURES_AGREE : DZ_FIGURES_CONTRADICT;
    return p;
}

/* A number over a period that is what two totals imply: it begins when the first holds and does
 * not end before the second. */
static size_t
find_stated(const struct dz_figures *f, const struct dz_figure_pair *p)
{
    const struct dz_figure_statement *x = &f->statements[p->a], *y = &f->statements[p->b];
    for (size_t i = 0; i < f->n; i++) {
        const struct dz_figure_statement *s = &f->statements[i];
        bool flow =
            s->type == DZ_FIGURE_FLOW && s->from && s->has_value && strcmp(s->unit, x->unit) == 0;
        if (!flow || s->lo < x->lo || s->lo > x->hi || s->hi < y->lo)
            continue;
        if ((!s->of || fold_cmp(s->of, x->of) == 0) &&
            (!territory(s) || fold_cmp(territory(s), territory(x)) == 0) &&
            ranges_meet(s->min, s->max, p->diff_min, p->diff_max))
            return i;
    }
    return SIZE_MAX;
}

static void
set_difference(const struct dz_figures *f, struct dz_figure_pair *p)
{
    const struct dz_figure_statement *x = &f->statements[p->a], *y = &f->statements[p->b];
    int64_t from, to;
    p->diff_min = span(y->min, x->max, INT64_MIN);
    p->diff_max = span(y->max, x->min, INT64_MAX);
    p->has_difference = dz_decimal_parse(x->value, &from) && dz_decimal_parse(y->value, &to) &&
                        !__builtin_sub_overflow(to, from, &p->diff);
}

struct dz_figure_pair
dz_figures_compare(const struct dz_figures *f, size_t a, size_t b)
{
    const struct dz_figure_statement *x = &f->statements[a], *y = &f->statements[b];
    bool turned = y->lo < x->lo || (y->lo == x->lo && y->hi < x->hi);
    if (turned) {
        size_t first = b;
        b = a;
        a = first;
        x = &f->statements[a];
        y = &f->statements[b];
    }
    enum dz_figure_refusal why = refusal_of(x, y);
    if (why != DZ_REFUSE_NONE)
        return refused(a, b, why);
    if (x->type == DZ_FIGURE_FLOW)
        return compare_flows(f, a, b);
    if (!has_time(x) || !has_time(y))
        return refused(a, b, DZ_REFUSE_TIME);
    struct dz_figure_pair p = {.a = a,
                               .b = b,
                               .stated_by = SIZE_MAX,
                               .time_by_source = x->as_of_by_source || y->as_of_by_source};
    if (x->hi >= y->lo) {
        /* The times meet: the same time if both are narrow, else nothing can be said. Values
         * that fit each other agree in any case. */
        bool meet = ranges_meet(x->min, x->max, y->min, y->max);
        if (!meet && !(is_narrow(x) && is_narrow(y)))
            return refused(a, b, DZ_REFUSE_TIME);
        p.relation = meet ? DZ_FIGURES_AGREE : DZ_FIGURES_CONTRADICT;
        if (!meet)
            set_difference(f, &p);
        return p;
    }
    set_difference(f, &p);
    p.from = x->lo;
    p.until = y->hi;
    /* diff_max below zero: the total surely fell. Of papers issued that cannot be. */
    bool fell = p.diff_max < 0 && only_grows(x->unit);
    p.relation = fell ? DZ_FIGURES_CONTRADICT : DZ_FIGURES_DIFFER;
    p.may_be_same = p.diff_min <= 0 && p.diff_max >= 0;
    if (!fell)
        p.stated_by = find_stated(f, &p);
    return p;
}

/* ---- groups and pairs ---- */

static int
by_subject(const struct dz_figure_statement *x, const struct dz_figure_statement *y)
{
    int cmp = strcmp(x->unit, y->unit);
    if (cmp == 0)
        cmp = fold_cmp(x->of, y->of);
    if (cmp == 0)
        cmp = fold_cmp(territory(x), territory(y));
    return cmp != 0 ? cmp : (x->type > y->type) - (x->type < y->type);
}

static int
by_group(const void *a, const void *b)
{
    const struct dz_figure_statement *x = a, *y = b;
    int cmp = by_subject(x, y);
    if (cmp != 0)
        return cmp;
    if (x->lo != y->lo)
        return x->lo < y->lo ? -1 : 1;
    if (x->hi != y->hi)
        return x->hi < y->hi ? -1 : 1;
    if (x->min != y->min)
        return x->min < y->min ? -1 : 1;
    return strcmp(x->facts[0].id, y->facts[0].id);
}

/* People of whom nobody says who they are stand each for themselves. */
static bool
same_group(const struct dz_figure_statement *x, const struct dz_figure_statement *y)
{
    return by_subject(x, y) == 0 && (x->of || !dz_figure_unit_open(x->unit));
}

static void
make_groups(struct dz_keeper *k, struct dz_figures *f)
{
    f->groups = dz_keep_bytes(k, f->n * sizeof *f->groups);
    size_t *ix = dz_keep_bytes(k, f->n * sizeof *ix);
    if (!f->groups || !ix)
        return;
    for (size_t i = 0; i < f->n; i++) {
        struct dz_figure_statement *s = &f->statements[i];
        ix[i] = i;
        if (i == 0 || !same_group(&f->statements[i - 1], s)) {
            f->groups[f->n_groups++] = (struct dz_figure_group){
                .unit = s->unit,
                .of = s->of,
                .territory = s->territory,
                .territory_text = s->territory_text,
                .type = s->type,
                .statements = &ix[i],
            };
        }
        s->group = f->n_groups - 1;
        f->groups[s->group].n_statements++;
    }
}

struct pairs {
    struct dz_figure_pair *items;
    size_t n;
    size_t cap;
};

static void
add_pair(struct pairs *list, struct dz_figure_pair p)
{
    list->items = dz_grow(list->items, &list->cap, list->n + 1, sizeof *list->items);
    list->items[list->n++] = p;
}

/* Neighbours in time, and whatever else is said of the same time and contradicts. */
static void
pair_group(const struct dz_figures *f, const struct dz_figure_group *g, struct pairs *list)
{
    for (size_t i = 0; i < g->n_statements; i++) {
        const struct dz_figure_statement *x = &f->statements[g->statements[i]];
        for (size_t k = i + 1; k < g->n_statements; k++) {
            const struct dz_figure_statement *y = &f->statements[g->statements[k]];
            if (k > i + 1 && y->lo > x->hi)
                break;
            struct dz_figure_pair p = dz_figures_compare(f, g->statements[i], g->statements[k]);
            if (k == i + 1 || p.relation == DZ_FIGURES_CONTRADICT)
                add_pair(list, p);
        }
    }
}

static struct dz_figure_pair *
keep_pairs(struct dz_keeper *k, struct pairs *list, size_t *ret_n)
{
    struct dz_figure_pair *kept = dz_keep_bytes(k, list->n * sizeof *kept);
    if (kept && list->n > 0)
        memcpy(kept, list->items, list->n * sizeof *kept);
    *ret_n = kept ? list->n : 0;
    dz_free(list->items);
    *list = (struct pairs){0};
    return kept;
}

void
dz_figures_relate(struct dz_keeper *k, struct dz_figures *f)
{
    if (f->n > 0)
        qsort(f->statements, f->n, sizeof *f->statements, by_group);
    make_groups(k, f);
    struct pairs list = {0};
    for (size_t i = 0; i < f->n_groups; i++)
        pair_group(f, &f->groups[i], &list);
    f->pairs = keep_pairs(k, &list, &f->n_pairs);

    /* Readers put numbers of one unit side by side: say for each two groups why they must not. */
    for (size_t i = 0; i < f->n_groups; i++) {
        for (size_t j = i + 1; j < f->n_groups && list.n < DZ_REFUSED_MAX; j++) {
            if (strcmp(f->groups[i].unit, f->groups[j].unit) != 0)
                break;
            add_pair(&list,
                     dz_figures_compare(f, f->groups[i].statements[0], f->groups[j].statements[0]));
        }
    }
    f->refused = keep_pairs(k, &list, &f->n_refused);
}
