#include <string.h>

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include "dz_eval_priv.h"
#include "dz_json.h"
#include "dz_utf8.h"

/* Values in the form in which they are compared: what differs only in spelling is one. */

#define FOLD_MAX (1u << 20) /* bytes of one name, quote or other field */

/* A text taken apart and with its case folded, in UTF-8; empty when it cannot be. Caller frees. */
static char *
apart(const char *s)
{
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *nfkd = unorm2_getNFKDInstance(&status);
    int32_t room = (int32_t)strlen(s) * 20 + 1; /* no character grows more than that */
    UChar *raw = dz_alloc_array((size_t)room, sizeof *raw);
    UChar *wide = dz_alloc_array((size_t)room, sizeof *wide);
    int32_t n = 0;
    u_strFromUTF8(raw, room, &n, s, -1, &status);
    n = U_SUCCESS(status) ? unorm2_normalize(nfkd, raw, n, wide, room, &status) : 0;
    n = U_SUCCESS(status) ? u_strFoldCase(raw, room, wide, n, U_FOLD_CASE_DEFAULT, &status) : 0;
    char *text = dz_alloc((size_t)n * 3 + 1);
    u_strToUTF8(text, n * 3 + 1, NULL, raw, n, &status);
    if (U_FAILURE(status))
        text[0] = '\0';
    dz_free(wide);
    dz_free(raw);
    return text;
}

static bool
is_apostrophe(uint32_t cp)
{
    return cp == 0x2019 || cp == 0x02BC || cp == 0x2018 || cp == '`' || cp == 0x00B4;
}

static bool
is_edge(unsigned char c)
{
    return c == ' ' || c == '.' || c == ',' || c == ';' || c == ':' || c == '"';
}

/* Bytes of a quotation mark at the front (or the end) of v; 0 when there is none. */
static size_t
quote_at(struct dz_view v, bool front)
{
    static const char *const marks[] = {"«", "»", "“", "”"};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        size_t n = strlen(marks[i]);
        if (v.n >= n && memcmp(front ? v.p : v.p + v.n - n, marks[i], n) == 0)
            return n;
    }
    return 0;
}

static struct dz_view
strip(struct dz_view v)
{
    for (;;) {
        size_t front = v.n > 0 && is_edge((unsigned char)v.p[0]) ? 1 : quote_at(v, true);
        v.p += front;
        v.n -= front;
        size_t back = v.n > 0 && is_edge((unsigned char)v.p[v.n - 1]) ? 1 : quote_at(v, false);
        v.n -= back;
        if (front == 0 && back == 0)
            return v;
    }
}

char *
dz_eval_fold(const char *s)
{
    if (!s || !*s || strlen(s) > FOLD_MAX)
        return dz_strdup("");
    DZ_AUTO_FREE char *plain = apart(s);
    struct dz_view wide = dz_view_of(plain);
    struct dz_buf out = DZ_BUF(8u * FOLD_MAX);
    bool blank = false;
    for (size_t pos = 0; pos < wide.n;) {
        uint32_t cp = dz_utf8_next(wide, &pos);
        if (u_getCombiningClass((UChar32)cp) != 0)
            continue;
        if (u_isUWhiteSpace((UChar32)cp)) {
            blank = true;
            continue;
        }
        if (blank)
            dz_buf_addc(&out, ' ');
        blank = false;
        dz_utf8_put(&out, is_apostrophe(cp) ? '\'' : cp);
    }
    struct dz_view text = strip(dz_buf_view(&out));
    char *folded = dz_strndup(text.n ? text.p : "", text.n);
    dz_buf_done(&out);
    return folded;
}

/* ---- places ---- */

/* Other spellings of a name, folded. */
static const char *const spellings[][2] = {
    {"ar crimea", "crimea"},
    {"autonomous republic of crimea", "crimea"},
    {"berdyansk", "berdiansk"},
    {"britain", "united kingdom"},
    {"crimean peninsula", "crimea"},
    {"dnr", "donetsk people's republic"},
    {"dokuchayevsk", "dokuchaievsk"},
    {"donbass", "donbas"},
    {"dpr", "donetsk people's republic"},
    {"energodar", "enerhodar"},
    {"great britain", "united kingdom"},
    {"kharkov", "kharkiv"},
    {"kiev", "kyiv"},
    {"lnr", "luhansk people's republic"},
    {"lpr", "luhansk people's republic"},
    {"lugansk", "luhansk"},
    {"nikolaev", "mykolaiv"},
    {"odessa", "odesa"},
    {"republic of crimea", "crimea"},
    {"rostov", "rostov oblast"},
    {"russian federation", "russia"},
    {"uk", "united kingdom"},
    {"usa", "united states"},
    {"zaporizhia", "zaporizhzhia"},
    {"zaporozhye", "zaporizhzhia"},
};

static bool
ends_with(struct dz_view v, const char *tail)
{
    size_t n = strlen(tail);
    return v.n >= n && memcmp(v.p + v.n - n, tail, n) == 0;
}

/* The kind of area as the last word of a name, cut off; "" when there is none. */
static const char *
take_area_word(struct dz_view *name)
{
    static const char *const words[][2] = {
        {"region", " oblast"}, {"province", " oblast"}, {"obl", " oblast"}, {"oblast", " oblast"},
        {"district", " raion"}, {"raion", " raion"},     {"krai", " krai"},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t n = strlen(words[i][0]);
        if (!ends_with(*name, words[i][0]) || name->n < n + 2 || name->p[name->n - n - 1] != ' ')
            continue;
        name->n -= n + 1;
        return words[i][1];
    }
    return "";
}

char *
dz_eval_place_key(const json_t *fact)
{
    const char *written = dz_json_str(fact, "name_en");
    if (!written || !*written)
        written = dz_json_str(fact, "name");
    DZ_AUTO_FREE char *folded = dz_eval_fold(written);
    struct dz_view name = dz_view_of(folded);
    static const char *const fronts[] = {"the ", "city of "};
    for (size_t i = 0; i < 2; i++) {
        if (!dz_view_starts(name, fronts[i]))
            continue;
        name.p += strlen(fronts[i]);
        name.n -= strlen(fronts[i]);
        break;
    }
    const char *area = take_area_word(&name);
    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
        if (dz_view_is(name, spellings[i][0])) {
            name = dz_view_of(spellings[i][1]);
            break;
        }
    }
    const char *type = dz_json_str(fact, "type");
    if (!*area && type && strcmp(type, "oblast") == 0 && !ends_with(name, "oblast") &&
        !dz_view_is(name, "siberia"))
        area = " oblast";
    if (!*area && type && strcmp(type, "raion") == 0)
        area = " raion";
    struct dz_buf key = DZ_BUF(FOLD_MAX);
    for (size_t i = 0; i < name.n; i++) {
        if (name.p[i] != '\'')
            dz_buf_addc(&key, name.p[i]);
    }
    dz_buf_adds(&key, area);
    return dz_buf_take(&key);
}

char *
dz_eval_date_key(const json_t *fact)
{
    const char *text = dz_json_str(fact, "edtf");
    if (!text || !*text)
        text = dz_json_str(fact, "date");
    struct dz_buf key = DZ_BUF(FOLD_MAX);
    for (const char *p = text; p && *p; p++) {
        if (!strchr("~?% \t\n", *p))
            dz_buf_addc(&key, *p);
    }
    return dz_buf_take(&key);
}

/* ---- persons ---- */

#define NAME_CP_MAX 64

struct word32 {
    uint32_t cp[NAME_CP_MAX];
    size_t n;
};

/* Next run of letters, digits and apostrophes at *pos; false at the end. */
static bool
next_word(struct dz_view text, size_t *pos, struct dz_view *ret)
{
    size_t start = SIZE_MAX, at = *pos;
    while (at < text.n) {
        size_t here = at;
        uint32_t cp = dz_utf8_next(text, &at);
        bool in = u_isalnum((UChar32)cp) || cp == '_' || cp == '\'';
        if (in && start == SIZE_MAX)
            start = here;
        if (!in && start != SIZE_MAX) {
            *ret = (struct dz_view){text.p + start, here - start};
            *pos = at;
            return true;
        }
    }
    *pos = text.n;
    if (start == SIZE_MAX)
        return false;
    *ret = (struct dz_view){text.p + start, text.n - start};
    return true;
}

static struct word32
widen(struct dz_view v)
{
    struct word32 w = {.n = 0};
    for (size_t pos = 0; pos < v.n && w.n < NAME_CP_MAX;)
        w.cp[w.n++] = dz_utf8_next(v, &pos);
    return w;
}

static size_t
edits(const struct word32 *a, const struct word32 *b)
{
    size_t row[NAME_CP_MAX + 1];
    for (size_t j = 0; j <= b->n; j++)
        row[j] = j;
    for (size_t i = 1; i <= a->n; i++) {
        size_t corner = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b->n; j++) {
            size_t best = corner + (a->cp[i - 1] != b->cp[j - 1]);
            corner = row[j];
            best = row[j] + 1 < best ? row[j] + 1 : best;
            row[j] = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
        }
    }
    return row[b->n];
}

/* One name in two cases or spellings: a common beginning, or few letters changed. */
static bool
near(struct dz_view va, struct dz_view vb)
{
    if (dz_view_eq(va, vb))
        return true;
    struct word32 a = widen(va), b = widen(vb);
    size_t least = a.n < b.n ? a.n : b.n, most = a.n < b.n ? b.n : a.n, same = 0;
    while (same < least && a.cp[same] == b.cp[same])
        same++;
    return (same >= 4 && most - same <= 3) || (least >= 6 && edits(&a, &b) <= 2);
}

bool
dz_eval_same_person(const char *a, const char *b)
{
    struct dz_view ta = dz_view_of(a), tb = dz_view_of(b), last_a = {0}, last_b = {0};
    size_t pa = 0, pb = 0;
    bool any_a = next_word(ta, &pa, &last_a), any_b = next_word(tb, &pb, &last_b);
    if (!any_a || !any_b)
        return false;
    while (next_word(ta, &pa, &last_a))
        ;
    while (next_word(tb, &pb, &last_b))
        ;
    return near(last_a, last_b);
}

bool
dz_eval_share_word(const char *a, const char *b)
{
    struct dz_view ta = dz_view_of(a), tb = dz_view_of(b), x, y;
    for (size_t pa = 0; next_word(ta, &pa, &x);) {
        if (dz_utf8_length(x) <= 2)
            continue;
        for (size_t pb = 0; next_word(tb, &pb, &y);) {
            if (dz_view_eq(x, y))
                return true;
        }
    }
    return false;
}

/* ---- spans ---- */

static void
add_span(struct dz_eval_fact *f, size_t *cap, size_t start, size_t end)
{
    f->spans = dz_grow(f->spans, cap, f->n_spans + 1, sizeof *f->spans);
    f->spans[f->n_spans++] = (struct dz_eval_span){start, end};
}

/* End of the quote at code point `at` of the text, or 0. loose: any white space for any. */
static size_t
quote_ends(const struct dz_eval_text *t, size_t at, struct dz_view quote, bool loose)
{
    for (size_t pos = 0; pos < quote.n;) {
        uint32_t cp = dz_utf8_next(quote, &pos);
        if (!loose || !u_isUWhiteSpace((UChar32)cp)) {
            if (at >= t->n || t->cp[at] != cp)
                return 0;
            at++;
            continue;
        }
        size_t blanks = at;
        while (at < t->n && u_isUWhiteSpace((UChar32)t->cp[at]))
            at++;
        if (at == blanks)
            return 0;
        for (size_t more = pos; more < quote.n; pos = more) {
            if (!u_isUWhiteSpace((UChar32)dz_utf8_next(quote, &more)))
                break;
        }
    }
    return at;
}

void
dz_eval_spans(struct dz_eval_fact *f, const struct dz_eval_text *text)
{
    size_t cap = 0;
    int64_t start = dz_json_int(f->json, "start", -1), end = dz_json_int(f->json, "end", -1);
    if (start >= 0 && start < end && (uint64_t)end <= text->n) {
        add_span(f, &cap, (size_t)start, (size_t)end);
        return;
    }
    struct dz_view quote = dz_view_of(dz_json_str(f->json, "quote"));
    for (int loose = 0; loose < 2 && quote.n > 0 && f->n_spans == 0; loose++) {
        if (loose)
            quote = dz_view_trim(quote);
        for (size_t at = 0; at < text->n; at++) {
            size_t stop = quote_ends(text, at, quote, loose);
            if (stop > at)
                add_span(f, &cap, at, stop);
        }
    }
}

double
dz_eval_overlap(const struct dz_eval_fact *a, const struct dz_eval_fact *b)
{
    double best = 0;
    for (size_t i = 0; i < a->n_spans; i++) {
        struct dz_eval_span x = a->spans[i];
        for (size_t j = 0; j < b->n_spans; j++) {
            struct dz_eval_span y = b->spans[j];
            size_t from = x.start > y.start ? x.start : y.start;
            size_t to = x.end < y.end ? x.end : y.end;
            size_t shorter = x.end - x.start < y.end - y.start ? x.end - x.start : y.end - y.start;
            if (to <= from)
                continue;
            double share = (double)(to - from) / (double)(shorter ? shorter : 1);
            best = share > best ? share : best;
        }
    }
    return best;
}
