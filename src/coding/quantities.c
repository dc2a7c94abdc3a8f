#include "dz_known.h"
#include "dz_numbers_priv.h"
#include "dz_shares.h"

#include <stdio.h>

/* Numbers with what is counted: scale words, ranges, units, qualifiers. */

/* Numbers of articles, ordinals, times, parts of codes: not quantities. */
static bool
is_label(const struct dz_number_scan *s, size_t i, size_t n)
{
    static const char *const before[] = {"№",      "no",     "nos",     "article",    "articles",
                                         "ст",     "п",      "section", "chapter",    "room",
                                         "#",      "+",      "@",       "resolution", "partner",
                                         "pages",  "page",   "стаття",  "статті",     "статтею",
                                         "статья", "статьи", "статье",  "convention"};
    static const char *const tails[] = {"st", "nd", "rd", "th", "го", "ого", "му", "й", "є",
                                        "е",  "х",  "ї",  "та", "ша", "я",   "s",  "ма"};
    if (i > 0 && s->in.d->tokens[i - 1].sentence == s->in.d->tokens[i].sentence) {
        const struct dz_token *t = &s->in.d->tokens[i - 1];
        size_t back = dz_view_is(t->fold, ".") && i > 1 && !t->space_before ? 2 : 1;
        for (size_t k = 0; k < sizeof before / sizeof *before; k++)
            if (dz_view_is(s->in.d->tokens[i - back].fold, before[k]))
                return true;
        bool touches =
            !s->in.d->tokens[i].space_before &&
            (t->kind != DZ_TOKEN_PUNCT || dz_view_is(t->fold, "/") || dz_view_is(t->fold, ":") ||
             dz_view_is(t->fold, "_") || dz_view_is(t->fold, "=") || dz_view_is(t->fold, "-"));
        if (touches)
            return true;
    }
    size_t past = i + n;
    if (dz_number_glued(s, past) &&
        (dz_scan_is(&s->in, past, "/") || dz_scan_is(&s->in, past, ":") ||
         dz_scan_is(&s->in, past, "_")))
        return dz_scan_at(&s->in, past + 1) && dz_number_glued(s, past + 1);
    size_t hyphen = dz_number_glued(s, past) && dz_scan_is(&s->in, past, "-");
    const struct dz_token *t = dz_scan_at(&s->in, past + hyphen);
    for (size_t k = 0; t && !t->space_before && k < sizeof tails / sizeof *tails; k++)
        if (dz_view_is(t->fold, tails[k]))
            return true;
    size_t m;
    /* "43552686-dc62": letters behind a hyphen that name no unit. */
    return t && !t->space_before && t->kind == DZ_TOKEN_WORD &&
           !dz_number_word(s, past + hyphen, DZ_LEX_KIND(DZ_NW_UNIT), &m);
}

/* "27 таких приписів", "87 such seizures": small words that stand before the thing counted. */
static bool
is_such(struct dz_view fold)
{
    static const char *const words[] = {"of",     "the",   "such",  "other", "more",  "new",
                                        "таких",  "інших", "цих",   "наших", "своїх", "їхніх",
                                        "других", "этих",  "своих", "их"};
    for (size_t k = 0; k < sizeof words / sizeof *words; k++)
        if (dz_view_is(fold, words[k]))
            return true;
    return false;
}

/* "160 of 700 workers", "31 із 40 учителів": the number of all of them, behind a joint. */
static size_t
whole_behind(const struct dz_number_scan *s, size_t i)
{
    static const char *const joints[] = {"of", "з", "із", "зі", "из"};
    struct dz_number whole;
    for (size_t k = 0; k < sizeof joints / sizeof *joints; k++) {
        size_t n = dz_scan_is(&s->in, i + 1, "the") ? 2 : 1;
        if (dz_scan_is(&s->in, i, joints[k]) && dz_number_at(s, i + n, &whole))
            return n + whole.n;
    }
    return 0;
}

/* The noun that is counted, a few words on. Returns the number of tokens up to its end. */
static size_t
unit_behind(const struct dz_number_scan *s, size_t i, const char **ret_id)
{
    size_t whole = whole_behind(s, i);
    for (size_t n = whole; n < whole + 5 && dz_scan_at(&s->in, i + n); n++) {
        const struct dz_token *t = dz_scan_at(&s->in, i + n);
        size_t more;
        const struct dz_lex_entry *e = dz_number_word(s, i + n, DZ_LEX_KIND(DZ_NW_UNIT), &more);
        if (e) {
            size_t past = n + more;
            /* "passport applications": in English the last noun is the one that is counted. */
            const struct dz_lex_entry *next =
                (unsigned char)t->fold.p[0] < 0x80 && strcmp(e->id, "percent") != 0
                    ? dz_number_word(s, i + past, DZ_LEX_KIND(DZ_NW_UNIT), &more)
                    : NULL;
            *ret_id = next ? next->id : e->id;
            return next ? past + more : past;
        }
        bool hyphen = n == 0 && dz_scan_is(&s->in, i, "-") && !t->space_before;
        if (t->kind == DZ_TOKEN_PUNCT && !hyphen)
            return 0;
        if (t->kind == DZ_TOKEN_NUMBER || dz_number_verb(s, i + n) ||
            (n == 0 && dz_view_is(t->fold, "still")))
            return 0;
        if (dz_text_function_word_is(t->fold) && !is_such(t->fold))
            return 0;
    }
    return 0;
}

/* "Зросла вдвічі – до 8400": up to that number, which is reached. */
static bool
grows_before(const struct dz_number_scan *s, size_t i)
{
    static const char *const stems[] = {"зрос",   "вирос",   "вырос",  "збільш", "увелич", "возрос",
                                        "скорот", "сократ",  "снизил", "зменш",  "уменьш", "grew",
                                        "rose",   "increas", "впал",   "упал"};
    for (size_t back = 1; back <= 4 && i >= s->in.begin + back; back++)
        for (size_t k = 0; k < sizeof stems / sizeof *stems; k++)
            if (dz_view_starts(s->in.d->tokens[i - back].fold, stems[k]))
                return true;
    return false;
}

/* The second number of "10–15 thousand", "від 10 до 15", "between 10 and 15". */
static size_t
range_behind(const struct dz_number_scan *s, size_t i, struct dz_number *first,
             struct dz_number *second)
{
    size_t past = i + first->n, joint = 1;
    const struct dz_token *before = i > 0 ? &s->in.d->tokens[i - 1] : NULL;
    bool dash = dz_scan_is(&s->in, past, "-") || dz_scan_is(&s->in, past, "–") ||
                dz_scan_is(&s->in, past, "—");
    bool to = dz_scan_is(&s->in, past, "to") || dz_scan_is(&s->in, past, "до");
    bool opened = before && (dz_view_is(before->fold, "between") ||
                             dz_view_is(before->fold, "між") || dz_view_is(before->fold, "между"));
    bool and_ = opened && (dz_scan_is(&s->in, past, "and") || dz_scan_is(&s->in, past, "і") ||
                           dz_scan_is(&s->in, past, "та") || dz_scan_is(&s->in, past, "и"));
    /* "rose from 300,000 to 480,000": two figures. */
    if ((!dash && !to && !and_) || (to && first->digits && grows_before(s, i)))
        return 0;
    if (!dz_number_at(s, past + joint, second))
        return 0;
    if (second->scaled && !first->scaled) {
        int power = 0;
        (void)dz_number_scale(s, past + joint + second->n - 1, &power);
        if (power == 0)
            (void)dz_number_scale(s, past + joint + second->n - 2, &power);
        struct dz_numeral scaled = first->value;
        scaled.power += power;
        if (dz_number_less(scaled, second->value))
            first->value = scaled;
    }
    return dz_number_less(first->value, second->value) ? joint + second->n : 0;
}

static const char *
currency_before(const struct dz_number_scan *s, size_t i)
{
    static const char *const signs[][2] = {
        {"$", "dollars"}, {"€", "euros"}, {"₽", "rubles"}, {"₴", "hryvnias"}, {"£", "pounds"}};
    for (size_t k = 0; i > 0 && k < sizeof signs / sizeof *signs; k++)
        if (dz_view_is(s->in.d->tokens[i - 1].fold, signs[k][0]))
            return signs[k][1];
    return NULL;
}

/* Small numbers without a noun ("one of them", "(18)") say nothing that could be a figure. */
static bool
says_enough(const struct dz_number *v, const char *unit, bool qualified)
{
    if (!v->digits && v->value.mantissa == 1 && v->value.power == 0)
        return false;
    if (unit)
        return true;
    struct dz_numeral limit = {qualified ? 100 : 1000, 0};
    return v->scaled || !dz_number_less(v->value, limit);
}

/* A qualifier in front ("over", "близько"), its tokens in ret_n. */
static const struct dz_lex_entry *
qualifier_before(const struct dz_number_scan *s, size_t start, size_t *ret_n)
{
    *ret_n = 0;
    if (start <= s->in.begin)
        return NULL;
    const struct dz_lex_entry *q =
        dz_lex_before(&s->in.r->numbers, s->in.d, start, DZ_LEX_KIND(DZ_NW_QUALIFIER), ret_n);
    if (q && s->in.d->tokens[start - *ret_n].sentence == s->in.d->tokens[start].sentence &&
        !(strcmp(q->value, "<=") == 0 && grows_before(s, start - *ret_n)))
        return q;
    *ret_n = 0;
    return NULL;
}

static size_t
share_at(const struct dz_number_scan *s, size_t i, struct dz_mentions *out)
{
    int percent = 0;
    size_t before, n = s->dated[i] ? 0 : dz_share_at(&s->in, i, &percent);
    if (n == 0)
        return 0;
    const struct dz_lex_entry *q = qualifier_before(s, i, &before);
    struct dz_mention *m = dz_mention_add(out, s->d, DZ_MENTION_QUANTITY, i - before, n + before,
                                          "quantity.share", 70);
    (void)snprintf(m->value, sizeof m->value, "%d", percent);
    (void)snprintf(m->qualifier, sizeof m->qualifier, "%s", q ? q->value : "");
    (void)snprintf(m->unit, sizeof m->unit, "percent");
    return n;
}

static size_t
quantity_at(const struct dz_number_scan *s, size_t i, struct dz_mentions *out, bool *any_before)
{
    struct dz_number first, second = {0};
    size_t share = share_at(s, i, out);
    if (share > 0 || !dz_number_at(s, i, &first))
        return share;
    if (first.digits && (is_label(s, i, first.n) || first.value.mantissa > DZ_MANTISSA_MAX / 10 ||
                         dz_number_is_day(s, i, &first)))
        return first.n;
    size_t range = range_behind(s, i, &first, &second);
    size_t n = first.n + range, more = 0, before;
    const char *unit = currency_before(s, i), *found = NULL;
    size_t start = unit ? i - 1 : i;
    more = *any_before && dz_number_earlier(s, i + n) ? 0 : unit_behind(s, i + n, &found);
    more = more > 0 && whole_behind(s, i + n) > 0 ? 0 : more; /* the second number is its own */
    unit = unit ? unit : found;
    const struct dz_lex_entry *q = qualifier_before(s, start, &before);
    bool bare = !says_enough(&first, unit, q != NULL);
    if (bare && !dz_number_counts(s, i, n, &first, *any_before))
        return n;
    *any_before = true;
    start -= before;
    struct dz_mention *m =
        dz_mention_add(out, s->d, DZ_MENTION_QUANTITY, start, i + n + more - start,
                       bare           ? "quantity.bare"
                       : first.digits ? "quantity.digits"
                                      : "quantity.words",
                       bare           ? 30
                       : unit         ? 90
                       : first.scaled ? 70
                                      : 50);
    dz_number_print(first.value, m->value, sizeof m->value);
    if (range)
        dz_number_print(second.value, m->value_max, sizeof m->value_max);
    if (q && !range)
        (void)snprintf(m->qualifier, sizeof m->qualifier, "%s", q->value);
    if (unit)
        (void)snprintf(m->unit, sizeof m->unit, "%s", unit);
    return n;
}

/* What a number or a share may begin with. */
#define STARTS                                                                          \
    (DZ_LEX_KIND(DZ_NW_NUMBER) | DZ_LEX_KIND(DZ_NW_SCALE) | DZ_LEX_KIND(DZ_NW_FACTOR) | \
     DZ_LEX_KIND(DZ_NW_SHARE) | DZ_LEX_KIND(DZ_NW_EVERY) | DZ_LEX_KIND(DZ_NW_THOUSANDTH))

enum dz_code
dz_find_quantities(const struct dz_rules *r, struct dz_document *d, struct dz_mentions *out,
                   struct dz_err *err)
{
    (void)err;
    bool *dated = dz_alloc_array(d->n_tokens + 1, sizeof *dated);
    for (size_t k = 0; k < out->n; k++)
        for (size_t i = 0; out->items[k].kind == DZ_MENTION_DATE && i < out->items[k].n_tokens; i++)
            dated[out->items[k].first_token + i] = true;
    bool any_before = false; /* a quantity in front of this one in the paragraph */
    for (size_t k = 0; k < d->n_sentences; k++) {
        const struct dz_sentence *sentence = &d->sentences[k];
        struct dz_number_scan s = {dz_scan_of(r, d, sentence), d, dated};
        if (k == 0 || d->sentences[k - 1].paragraph != sentence->paragraph)
            any_before = false;
        for (size_t i = sentence->first_token; i < s.in.end;) {
            const struct dz_token *t = &d->tokens[i];
            bool hopeless = t->kind == DZ_TOKEN_PUNCT ||
                            (t->kind == DZ_TOKEN_WORD && !dz_view_is(t->fold, "a") &&
                             !dz_known_begins(&r->numbers, d, i, STARTS));
            size_t n = hopeless ? 0 : quantity_at(&s, i, out, &any_before);
            i += n > 0 ? n : 1;
        }
    }
    dz_free(dated);
    return DZ_OK;
}
