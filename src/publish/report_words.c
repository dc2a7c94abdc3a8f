/* Dates, places, numbers and counts in words. */
#include <stdlib.h>
#include <string.h>

#include "dz_edtf.h"
#include "dz_time.h"
#include "dz_tr.h"
#include "report_impl.h"

/* TRANSLATORS: the first list follows a day ("14 November 2023"), the second stands alone. */
static const char *const months_of_day[] = {
    N_("%s January %s"),   N_("%s February %s"), N_("%s March %s"),    N_("%s April %s"),
    N_("%s May %s"),       N_("%s June %s"),     N_("%s July %s"),     N_("%s August %s"),
    N_("%s September %s"), N_("%s October %s"),  N_("%s November %s"), N_("%s December %s"),
};
static const char *const months_alone[] = {
    N_("January %s"),   N_("February %s"), N_("March %s"),    N_("April %s"),
    N_("May %s"),       N_("June %s"),     N_("July %s"),     N_("August %s"),
    N_("September %s"), N_("October %s"),  N_("November %s"), N_("December %s"),
};
/* An interval without an end begins in a month. */
static const char *const months_since[] = {
    N_("since January %s"), N_("since February %s"), N_("since March %s"),
    N_("since April %s"),   N_("since May %s"),      N_("since June %s"),
    N_("since July %s"),    N_("since August %s"),   N_("since September %s"),
    N_("since October %s"), N_("since November %s"), N_("since December %s"),
};
/* EDTF 21 to 24 and 33 to 36, 40, 41. */
static const char *const seasons[] = {N_("spring %s"), N_("summer %s"), N_("autumn %s"),
                                      N_("winter %s")};

/* Append a translated pattern with a and b in the places of its first and second "%s". Patterns
 * come from tables, so that printf could not check them. */
static void
fill(struct dz_buf *out, const char *pattern, const char *a, const char *b)
{
    const char *values[] = {a, b};
    size_t n = 0;
    for (const char *s = pattern; *s != '\0'; s++) {
        if (s[0] == '%' && s[1] == 's' && n < 2) {
            dz_buf_adds(out, values[n++]);
            s++;
        } else {
            dz_buf_addc(out, *s);
        }
    }
}

static void
add_part(struct dz_buf *out, const char *pattern, int a, int b)
{
    DZ_AUTO_BUF struct dz_buf first = DZ_BUF(32);
    DZ_AUTO_BUF struct dz_buf second = DZ_BUF(32);
    dz_buf_addf(&first, "%d", a);
    dz_buf_addf(&second, "%d", b);
    fill(out, pattern, first.p, second.p);
}

/* n digits at s as a number, or -1. */
static int
digits(const char *s, size_t n)
{
    int value = 0;
    for (size_t i = 0; i < n; i++) {
        if (s[i] < '0' || s[i] > '9')
            return -1;
        value = value * 10 + (s[i] - '0');
    }
    return value;
}

/* YYYY, YYYY-MM, YYYY-MM-DD, YYYY-SS without qualification; false for anything else. */
static bool
plain_words(struct dz_view t, struct dz_buf *out)
{
    int year = t.n >= 4 ? digits(t.p, 4) : -1;
    if (year < 0)
        return false;
    if (t.n == 4) {
        dz_buf_addf(out, "%d", year);
        return true;
    }
    if ((t.n != 7 && t.n != 10) || t.p[4] != '-')
        return false;
    int month = digits(t.p + 5, 2);
    if (t.n == 7 && month >= 1 && month <= 12) {
        add_part(out, _(months_alone[month - 1]), year, 0);
    } else if (t.n == 7 && month >= 21 && month <= 24) {
        add_part(out, _(seasons[month - 21]), year, 0);
    } else if (t.n == 7 && month >= 33 && month <= 36) {
        add_part(out, _("quarter %s of %s"), month - 32, year);
    } else if (t.n == 10 && t.p[7] == '-' && month >= 1 && month <= 12) {
        int day = digits(t.p + 8, 2);
        if (day < 1 || day > 31)
            return false;
        add_part(out, _(months_of_day[month - 1]), day, year);
    } else {
        return false;
    }
    return true;
}

/* One side of an interval or a value of its own, with ? ~ or % at its end. */
static bool
part_words(struct dz_view t, struct dz_buf *out)
{
    char mark = t.n > 0 ? t.p[t.n - 1] : '\0';
    if (mark != '?' && mark != '~' && mark != '%')
        return plain_words(t, out);
    DZ_AUTO_BUF struct dz_buf words = DZ_BUF(256);
    if (!plain_words((struct dz_view){t.p, t.n - 1}, &words))
        return false;
    if (mark == '?')
        dz_buf_addf(out, _("%s (uncertain)"), words.p);
    else if (mark == '~')
        dz_buf_addf(out, _("about %s"), words.p);
    else
        dz_buf_addf(out, _("about %s (uncertain)"), words.p);
    return true;
}

/* An interval that has begun and has no end: from is plain or qualified, a its words. */
static void
since_words(struct dz_view from, const char *a, struct dz_buf *out)
{
    int year = from.n >= 4 ? digits(from.p, 4) : -1;
    int month = from.n == 7 && from.p[4] == '-' ? digits(from.p + 5, 2) : 0;
    if (year >= 0 && from.n == 4)
        /* TRANSLATORS: a year without a month or day. */
        add_part(out, _("from %s"), year, 0);
    else if (year >= 0 && month >= 1 && month <= 12)
        add_part(out, _(months_since[month - 1]), year, 0);
    else if (from.n == 10 && digits(from.p + 8, 2) > 0)
        /* TRANSLATORS: a day, "14 November 2023". */
        dz_buf_addf(out, _("since %s"), a);
    else
        dz_buf_addf(out, _("%s or later"), a);
}

static bool
interval_words(struct dz_view from, struct dz_view to, struct dz_buf *out)
{
    DZ_AUTO_BUF struct dz_buf a = DZ_BUF(256);
    DZ_AUTO_BUF struct dz_buf b = DZ_BUF(256);
    bool open_from = from.n == 0 || dz_view_is(from, "..");
    bool open_to = to.n == 0 || dz_view_is(to, "..");
    if ((!open_from && !part_words(from, &a)) || (!open_to && !part_words(to, &b)))
        return false;
    if (open_from && open_to)
        return false;
    if (open_from)
        dz_buf_addf(out, _("%s or before"), b.p);
    else if (open_to)
        since_words(from, a.p, out);
    else
        dz_buf_addf(out, "%s \xe2\x80\x93 %s", a.p, b.p);
    return true;
}

void
dz_report_date_words(const char *edtf, struct dz_buf *out)
{
    struct dz_view t = dz_view_of(edtf);
    const char *slash = t.n > 0 ? memchr(t.p, '/', t.n) : NULL;
    size_t start = out->n;
    bool done;
    if (slash != NULL) {
        size_t left = (size_t)(slash - t.p);
        done = interval_words((struct dz_view){t.p, left},
                              (struct dz_view){slash + 1, t.n - left - 1}, out);
    } else {
        done = part_words(t, out);
    }
    if (!done) {
        dz_buf_cut(out, start);
        dz_buf_addv(out, t);
    }
}

void
dz_report_day_words(int32_t day, struct dz_buf *out)
{
    struct dz_date d = dz_date_from_days(day);
    add_part(out, _(months_of_day[d.month - 1]), d.day, d.year);
}

void
dz_report_put_date(struct dz_report_page *p, const char *edtf)
{
    if (edtf == NULL || edtf[0] == '\0') {
        dz_html_element_class(&p->h, "span", "soft", _("no date stated"));
        return;
    }
    DZ_AUTO_BUF struct dz_buf words = DZ_BUF(1024);
    dz_report_date_words(edtf, &words);
    size_t n = strlen(edtf);
    bool plain = strspn(edtf, "0123456789-") == n && (n == 4 || n == 7 || n == 10);
    /* HTML's time knows months and days only, not seasons and quarters. */
    bool known = plain && (n != 7 || digits(edtf + 5, 2) <= 12);
    dz_html_open(&p->h, known ? "time" : "span");
    if (known)
        dz_html_attr(&p->h, "datetime", edtf);
    dz_html_text(&p->h, words.p);
    dz_html_close(&p->h, known ? "time" : "span");
}

/* The oblast, republic or territory that a smaller place lies in. */
static const struct dz_place *
larger_area(const struct dz_rules *rules, const struct dz_place *place)
{
    for (size_t depth = 0; place != NULL && place->parent != NULL && depth < 8; depth++) {
        place = dz_place_by_id(rules, place->parent);
        if (place != NULL && strcmp(place->kind, "settlement") != 0 &&
            strcmp(place->kind, "raion") != 0)
            return strcmp(place->kind, "country") != 0 ? place : NULL;
    }
    return NULL;
}

void
dz_report_place_words(const struct dz_report_content *c, enum dz_lang lang, const char *id,
                      const char *text, struct dz_buf *out)
{
    const struct dz_place *place = id != NULL ? dz_place_by_id(c->rules, id) : NULL;
    if (place == NULL) {
        if (text != NULL)
            dz_buf_addf(out, _("“%s” (as the source says)"), text);
        else
            dz_buf_adds(out, id != NULL ? id : _("place not stated"));
        return;
    }
    dz_buf_adds(out, dz_place_name(place, lang));
    bool small = strcmp(place->kind, "settlement") == 0 || strcmp(place->kind, "raion") == 0;
    const struct dz_place *area = small ? larger_area(c->rules, place) : NULL;
    if (area != NULL)
        dz_buf_addf(out, ", %s", dz_place_name(area, lang));
}

void
dz_report_put_place(struct dz_report_page *p, const char *id, const char *text)
{
    DZ_AUTO_BUF struct dz_buf words = DZ_BUF(65536);
    dz_report_place_words(p->c, p->lang, id, text, &words);
    if (id == NULL && text == NULL)
        dz_html_element_class(&p->h, "span", "soft", words.p);
    else
        dz_html_text(&p->h, words.p);
}

const char *
dz_report_label(const struct dz_report_page *p, const char *list, const char *id)
{
    return id != NULL ? dz_rules_label(p->c->rules, list, id, p->lang) : "";
}

/* Groups of three, divided by a narrow gap that does not break (U+202F). Four digits stay whole, as
 * in years and in common usage. */
void
dz_report_number_words(const char *decimal, struct dz_buf *out)
{
    size_t sign = decimal[0] == '-' ? 1 : 0;
    size_t whole = strspn(decimal + sign, "0123456789");
    if (sign > 0)
        dz_buf_adds(out, "\xe2\x88\x92");
    for (size_t i = 0; i < whole; i++) {
        if (i > 0 && (whole - i) % 3 == 0 && whole > 4)
            dz_buf_adds(out, "\xe2\x80\xaf");
        dz_buf_addc(out, decimal[sign + i]);
    }
    const char *rest = decimal + sign + whole;
    if (rest[0] == '.' && dz_lang_get() == DZ_LANG_UK) {
        dz_buf_addc(out, ',');
        rest++;
    }
    dz_buf_adds(out, rest);
}

void
dz_report_value_words(const char *value, const char *value_max, const char *qualifier,
                      struct dz_buf *out)
{
    if (value == NULL) {
        dz_buf_adds(out, _("no number stated"));
        return;
    }
    DZ_AUTO_BUF struct dz_buf number = DZ_BUF(1024);
    dz_report_number_words(value, &number);
    if (value_max != NULL) {
        dz_buf_adds(&number, "\xe2\x80\x93");
        dz_report_number_words(value_max, &number);
    }
    static const struct {
        const char *sign;
        const char *words;
    } qualifiers[] = {{"~", N_("about %s")},
                      {">", N_("more than %s")},
                      {">=", N_("at least %s")},
                      {"<", N_("fewer than %s")},
                      {"<=", N_("at most %s")}};
    for (size_t i = 0; qualifier != NULL && i < sizeof qualifiers / sizeof *qualifiers; i++) {
        if (strcmp(qualifier, qualifiers[i].sign) == 0) {
            fill(out, _(qualifiers[i].words), number.p, "");
            return;
        }
    }
    dz_buf_addv(out, dz_buf_view(&number));
}

void
dz_report_put_modality(struct dz_report_page *p, const char *modality)
{
    if (modality == NULL || strcmp(modality, "asserted") == 0)
        return;
    dz_html_open_class(&p->h, "span", "modality");
    dz_html_textf(&p->h, " [%s]", dz_report_label(p, "modality", modality));
    dz_html_close(&p->h, "span");
}

void
dz_report_put_address(struct dz_report_page *p, const char *address)
{
    bool link = dz_html_is_link(address);
    dz_html_open_class(&p->h, link ? "a" : "span", "address");
    if (link) {
        (void)dz_html_href(&p->h, address);
        dz_html_attr(&p->h, "rel", "noreferrer noopener");
    }
    dz_html_text(&p->h, address);
    dz_html_close(&p->h, link ? "a" : "span");
}

void
dz_report_put_counts(struct dz_report_page *p, const struct dz_counts *counts)
{
    dz_html_textf(&p->h, dz_trn("%zu source", "%zu sources", counts->n_sources), counts->n_sources);
    if (counts->n_sources > 1) {
        dz_html_text(&p->h, ", ");
        dz_html_textf(&p->h, dz_trn("at most %zu origin", "at most %zu origins", counts->n_origins),
                      counts->n_origins);
    }
}
