#include "dz_dates_priv.h"

#include <string.h>

/* The date of publication stands in the head of a page: on a short line of its own, behind a word
 * like "published", or in a dateline ("KYIV, 5 May 2023 — "). Dates inside sentences do not
 * count. */

#define HEAD_SENTENCES 16

static bool
line_is_date(const struct dz_document *d, const struct dz_date_found *f)
{
    const struct dz_sentence *s = &d->sentences[d->tokens[f->first].sentence];
    size_t others = 0;
    for (size_t i = 0; i < s->n_tokens; i++) {
        size_t at = s->first_token + i;
        if (at >= f->first && at < f->first + f->n)
            continue;
        others +=
            d->tokens[at].kind == DZ_TOKEN_WORD && d->tokens[at].end - d->tokens[at].start > 2;
    }
    return others <= 2;
}

/* The line holds nothing but this sentence. */
static bool
line_alone(const struct dz_document *d, uint32_t sentence)
{
    uint32_t paragraph = d->sentences[sentence].paragraph;
    return (sentence == 0 || d->sentences[sentence - 1].paragraph != paragraph) &&
           (sentence + 1 >= d->n_sentences || d->sentences[sentence + 1].paragraph != paragraph);
}

/* "HENICHESK, 22 August 2023." in front of the first paragraph. */
static bool
opens_paragraph(const struct dz_document *d, const struct dz_date_found *f)
{
    uint32_t sentence = d->tokens[f->first].sentence;
    const struct dz_sentence *s = &d->sentences[sentence];
    return line_is_date(d, f) && f->first > s->first_token && d->tokens[s->first_token].capital &&
           (sentence == 0 || d->sentences[sentence - 1].paragraph != s->paragraph);
}

static bool
is_dateline(const struct dz_document *d, const struct dz_date_found *f)
{
    const struct dz_sentence *s = &d->sentences[d->tokens[f->first].sentence];
    size_t past = f->first + f->n;
    if (f->first - s->first_token > 5 || past >= d->n_tokens || !d->tokens[s->first_token].capital)
        return false;
    return dz_view_is(d->tokens[past].fold, "—") || dz_view_is(d->tokens[past].fold, "–") ||
           (dz_view_is(d->tokens[past].fold, "-") && d->tokens[past].space_before);
}

bool
dz_dates_published(const struct dz_rules *r, const struct dz_document *d,
                   const struct dz_date_list *list, struct dz_date *ret)
{
    for (size_t i = 0; i < list->n; i++) {
        const struct dz_date_found *f = &list->items[i];
        uint32_t sentence = d->tokens[f->first].sentence;
        if (sentence >= HEAD_SENTENCES)
            break;
        if (!f->from.year || !f->from.day || f->to.year || f->rel)
            continue;
        size_t n, i0 = f->first;
        while (i0 > 0 && d->tokens[i0 - 1].kind == DZ_TOKEN_PUNCT &&
               d->tokens[i0 - 1].sentence == sentence)
            i0--;
        bool marked = i0 > 0 && d->tokens[i0 - 1].sentence == sentence &&
                      dz_lex_before(&r->dates, d, i0, DZ_LEX_KIND(DZ_DW_PUBLISHED), &n);
        if (!marked && !(line_is_date(d, f) && line_alone(d, sentence)) && !is_dateline(d, f) &&
            !opens_paragraph(d, f))
            continue;
        *ret = (struct dz_date){
            .year = f->from.year, .month = (int8_t)f->from.month, .day = (int8_t)f->from.day};
        return true;
    }
    return false;
}

bool
dz_guess_published(const struct dz_rules *r, struct dz_document *d, char *ret)
{
    struct dz_date_list list = {0};
    struct dz_date date;
    dz_dates_scan(r, d, &list);
    bool found = dz_dates_published(r, d, &list, &date);
    dz_date_list_done(&list);
    if (!found)
        return false;
    struct dz_date_found f = {.from = {date.year, date.month, date.day}};
    dz_dates_print(&f, ret, 64);
    return true;
}

bool
dz_estimate_published(const struct dz_rules *r, struct dz_document *d, char *ret)
{
    struct dz_date_list list = {0};
    struct dz_date date;
    dz_dates_scan(r, d, &list);
    dz_dates_set_roles(r, d, &list);
    bool found = dz_dates_estimate_now(r, d, &list, &date);
    dz_date_list_done(&list);
    if (!found)
        return false;
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(63);
    dz_buf_addf(&text, "%04d-%02d%%", (int)date.year, (int)date.month);
    memcpy(ret, text.p, text.n + 1);
    return true;
}
