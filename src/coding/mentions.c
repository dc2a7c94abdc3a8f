#include "dz_dates_priv.h"

#include <stdio.h>
#include <stdlib.h>

#include "dz_compose.h"
#include "dz_known.h"

struct dz_mention *
dz_mention_add(struct dz_mentions *m, struct dz_document *d, enum dz_mention_kind kind,
               size_t first, size_t n, const char *rule, int score)
{
    m->items = dz_grow(m->items, &m->cap, m->n + 1, sizeof *m->items);
    struct dz_mention *new = &m->items[m->n++];
    *new = (struct dz_mention){
        .kind = kind,
        .start = d->tokens[first].start,
        .end = d->tokens[first + n - 1].end,
        .first_token = first,
        .n_tokens = n,
        .rule = rule,
        .score = score,
    };
    return new;
}

void
dz_mentions_done(struct dz_mentions *m)
{
    if (!m)
        return;
    for (size_t i = 0; i < m->n; i++)
        dz_free(m->items[i].candidates);
    dz_free(m->items);
    *m = (struct dz_mentions){0};
}

/* The last day that a stated publication date can mean ("2025-10~" is 31 October), and whether the
 * day itself was stated. */
static bool
last_day(const char *edtf, struct dz_date *ret, bool *ret_exact)
{
    int year = 0, month = 0, day = 0;
    if (!edtf || sscanf(edtf, "%4d-%2d-%2d", &year, &month, &day) < 1 || year < 1000)
        return false;
    if (month < 1 || month > 12) {
        month = 12;
        day = 0;
    }
    int8_t days = dz_days_in_month(year, (int8_t)month);
    *ret_exact = day >= 1 && day <= days;
    if (day < 1 || day > days)
        day = days;
    *ret = (struct dz_date){.year = year, .month = (int8_t)month, .day = (int8_t)day};
    return true;
}

enum dz_code
dz_find_dates(const struct dz_rules *r, struct dz_document *d, const struct dz_doc_info *info,
              struct dz_mentions *out, struct dz_err *err)
{
    (void)err;
    struct dz_date_list list = {0};
    struct dz_date now;
    dz_dates_scan(r, d, &list);
    dz_dates_set_roles(r, d, &list);
    bool exact = true;
    bool published = last_day(info ? info->published : NULL, &now, &exact) ||
                     dz_dates_published(r, d, &list, &now);
    bool known = published || dz_dates_estimate_now(r, d, &list, &now);
    /* "2024-06%" was estimated from the dates of the text itself. */
    bool sure = published && !(info && info->published && strchr(info->published, '%'));
    for (size_t i = 0; i < list.n; i++) {
        struct dz_date_found *f = &list.items[i];
        bool inferred;
        /* Days counted from an estimate, or from a month, would pretend to know; months and years
         * are safe enough. */
        bool day_needed = f->rel != DZ_REL_NONE && f->rel != DZ_REL_MONTH_DAY && f->from.month == 0;
        const struct dz_date *then = known ? &now : NULL;
        if (day_needed && !(published && exact))
            then = NULL;
        if (!dz_dates_complete(d, &list, i, then, sure, &inferred))
            continue;
        struct dz_mention *m =
            dz_mention_add(out, d, DZ_MENTION_DATE, f->first, f->n, f->rule, f->score);
        dz_dates_print(f, m->edtf, sizeof m->edtf);
        m->inferred = inferred;
        m->date_role = f->role;
        if (inferred && !published)
            m->score -= 20;
    }
    dz_date_list_done(&list);
    return DZ_OK;
}

static int
by_place(const void *pa, const void *pb)
{
    const struct dz_mention *a = pa, *b = pb;
    if (a->start != b->start)
        return a->start < b->start ? -1 : 1;
    if (a->end != b->end)
        return a->end > b->end ? -1 : 1;
    return (a->kind > b->kind) - (a->kind < b->kind);
}

enum dz_code
dz_find_mentions_in(const struct dz_rules *r, struct dz_reading *rd, const struct dz_doc_info *info,
                    struct dz_mentions *out, struct dz_err *err)
{
    struct dz_document *d = rd->document;
    enum dz_code code = dz_find_dates(r, d, info, out, err);
    if (code == DZ_OK)
        code = dz_find_quantities(r, d, out, err);
    if (code == DZ_OK)
        code = dz_find_places(r, d, out, err);
    if (code == DZ_OK)
        code = dz_find_persons_in(r, rd, out, err);
    if (code == DZ_OK && out->n > 1)
        qsort(out->items, out->n, sizeof *out->items, by_place);
    return code;
}

enum dz_code
dz_find_mentions(const struct dz_rules *r, struct dz_document *d, const struct dz_doc_info *info,
                 struct dz_mentions *out, struct dz_err *err)
{
    struct dz_reading rd;
    const struct dz_lexicon *lexicon = NULL;
    DZ_TRY(dz_rules_lexicon(r, &lexicon, err));
    dz_known_attach(r, lexicon, d);
    dz_reading_init(&rd, lexicon, d);
    enum dz_code code = dz_find_mentions_in(r, &rd, info, out, err);
    dz_reading_done(&rd);
    return code;
}
