#include "dz_sheet_dates.h"

#include <math.h>
#include <string.h>

#include "dz_mem.h"
#include "dz_time.h"

#define FORMATS_MAX 10000
#define STYLES_MAX 200000

/* A percent sign behind the digits, of the part for positive numbers. */
static bool
has_percent(struct dz_view format, size_t from)
{
    bool quoted = false;
    for (size_t i = from; i < format.n && (quoted || format.p[i] != ';'); i++) {
        if (format.p[i] == '"')
            quoted = !quoted;
        else if (!quoted && (format.p[i] == '\\' || format.p[i] == '_' || format.p[i] == '*'))
            i++;
        else if (!quoted && format.p[i] == '%')
            return true;
    }
    return false;
}

/* "00000": numbers of papers and codes of places keep their zeros so. */
static unsigned
zeros_of(struct dz_view format)
{
    size_t n = 0;
    while (n < format.n && format.p[n] == '0')
        n++;
    bool only = n > 1 && n <= DZ_SHEET_ZEROS_MAX && (n == format.n || format.p[n] == ';');
    return only ? DZ_SHEET_ZEROS * (unsigned)n : DZ_SHEET_NUMBER;
}

unsigned
dz_sheet_kind_of(struct dz_view format)
{
    unsigned kind = DZ_SHEET_NUMBER;
    bool quoted = false;
    for (size_t i = 0; i < format.n; i++) {
        char c = format.p[i];
        if (c == '"') {
            quoted = !quoted;
        } else if (quoted) {
            continue;
        } else if (c == '\\' || c == '_' || c == '*') {
            i++;
        } else if (c == '[') {
            /* "[h]" is a span of time, "[Red]" and "[$-419]" are not for us. */
            char next = i + 1 < format.n ? format.p[i + 1] : ']';
            if (next == 'h' || next == 'm' || next == 's' || next == 'H')
                return DZ_SHEET_SPAN;
            while (i < format.n && format.p[i] != ']')
                i++;
        } else if (c == ';') {
            break; /* what follows is for negative numbers */
        } else if (c == 'y' || c == 'Y' || c == 'd' || c == 'D') {
            kind |= DZ_SHEET_DATE;
        } else if (c == 'h' || c == 'H' || c == 's' || c == 'S') {
            kind |= DZ_SHEET_TIME;
        } else if (c == '0' || c == '#' || c == '?' || c == 'E') {
            /* Digits belong to numbers; "ss.000" has them too, behind its seconds. */
            if (kind == DZ_SHEET_NUMBER)
                return has_percent(format, i) ? DZ_SHEET_PERCENT : zeros_of(format);
        } else if ((c == 'm' || c == 'M') && kind == DZ_SHEET_NUMBER) {
            kind |= (i + 2 < format.n && format.p[i + 2] == ':') ? DZ_SHEET_TIME : DZ_SHEET_DATE;
        }
    }
    return kind;
}

/* Formats that need no declaration (ECMA-376 part 1, 18.8.30). */
static unsigned
builtin_kind(uint64_t id)
{
    if ((id >= 14 && id <= 17) || (id >= 27 && id <= 31) || (id >= 50 && id <= 58))
        return DZ_SHEET_DATE;
    if ((id >= 18 && id <= 21) || (id >= 32 && id <= 35) || id == 45 || id == 47)
        return DZ_SHEET_TIME;
    if (id == 9 || id == 10)
        return DZ_SHEET_PERCENT;
    if (id == 46)
        return DZ_SHEET_SPAN;
    return id == 22 ? DZ_SHEET_DATE | DZ_SHEET_TIME : DZ_SHEET_NUMBER;
}

static unsigned
kind_of_id(const struct dz_sheet_styles *s, uint64_t id)
{
    for (size_t i = 0; i < s->n_formats; i++) {
        if (s->formats[i].id == id)
            return s->formats[i].kind;
    }
    return builtin_kind(id);
}

static void
on_style(void *ctx, const char *name, const struct dz_xml_attrs *a)
{
    struct dz_sheet_styles *s = ctx;
    if (strcmp(name, "numFmt") == 0 && s->n_formats < FORMATS_MAX) {
        s->formats = dz_grow(s->formats, &s->formats_cap, s->n_formats + 1, sizeof *s->formats);
        s->formats[s->n_formats++] = (struct dz_sheet_format){
            .id = dz_office_number(dz_xml_attr(a, "numFmtId"), 0),
            .kind = dz_sheet_kind_of(dz_xml_attr(a, "formatCode")),
        };
    } else if (strcmp(name, "cellXfs") == 0) {
        s->in_cells = true;
    } else if (strcmp(name, "xf") == 0 && s->in_cells && s->n_kinds < STYLES_MAX) {
        s->kinds = dz_grow(s->kinds, &s->kinds_cap, s->n_kinds + 1, sizeof *s->kinds);
        uint64_t id = dz_office_number(dz_xml_attr(a, "numFmtId"), 0);
        s->kinds[s->n_kinds++] = (uint8_t)kind_of_id(s, id); /* fits: 15 zeros are 240 */
    }
}

static void
on_style_end(void *ctx, const char *name)
{
    struct dz_sheet_styles *s = ctx;
    if (strcmp(name, "cellXfs") == 0)
        s->in_cells = false;
}

void
dz_sheet_styles_load(struct dz_sheet_styles *s, struct dz_office *o, const char *member)
{
    static const struct dz_xml_events events = {.start = on_style, .end = on_style_end};
    dz_office_xmls(o, member, &events, s);
}

void
dz_sheet_styles_done(struct dz_sheet_styles *s)
{
    dz_free(s->formats);
    dz_free(s->kinds);
    *s = (struct dz_sheet_styles){0};
}

/* A decimal number with a fraction and an exponent; the sheet's own way of writing has no other
 * parts. NAN: it is none. The locale has no say here, as it would have with strtod. */
static double
parse_number(struct dz_view v)
{
    double n = 0;
    int scale = 0;
    size_t i = 0;
    bool digits = false;
    bool fraction = false;
    for (; i < v.n && ((v.p[i] >= '0' && v.p[i] <= '9') || (v.p[i] == '.' && !fraction)); i++) {
        if (v.p[i] == '.') {
            fraction = true;
            continue;
        }
        digits = true;
        n = n * 10 + (v.p[i] - '0');
        scale -= fraction;
    }
    if (i + 1 < v.n && (v.p[i] == 'E' || v.p[i] == 'e')) {
        bool minus = v.p[i + 1] == '-';
        i += v.p[i + 1] == '-' || v.p[i + 1] == '+' ? 2 : 1;
        int exponent = 0;
        for (; i < v.n && v.p[i] >= '0' && v.p[i] <= '9' && exponent < 1000; i++)
            exponent = exponent * 10 + (v.p[i] - '0');
        scale += minus ? -exponent : exponent;
    }
    return digits && i == v.n ? n * pow(10, scale) : (double)NAN;
}

bool
dz_sheet_date(const struct dz_sheet_styles *s, uint64_t style, struct dz_view number, bool date1904,
              char *ret)
{
    unsigned kind = style < s->n_kinds ? s->kinds[style] : DZ_SHEET_NUMBER;
    bool dated = (kind & (DZ_SHEET_DATE | DZ_SHEET_TIME | DZ_SHEET_SPAN)) != 0;
    double days = dated ? parse_number(dz_view_trim(number)) : (double)NAN;
    if (isnan(days) || days < 0 || days >= 2958466) /* the year 10000 */
        return false;
    int64_t seconds = (int64_t)llround(days * 86400);
    /* Day 60 of the 1900 system is a 29 February that never was; days before it are one later. */
    int32_t epoch = date1904 ? -24107 : -25569;
    int32_t day = (int32_t)(seconds / 86400);
    int32_t second = (int32_t)(seconds % 86400);
    if (!date1904 && day < 60 && (kind & DZ_SHEET_DATE) != 0)
        day++;
    struct dz_date d = dz_date_from_days(day + epoch);
    struct dz_buf out = DZ_BUF(39);
    if ((kind & DZ_SHEET_SPAN) != 0)
        dz_buf_addf(&out, "%lld:%02d:%02d", (long long)(seconds / 3600), (int)(second / 60 % 60),
                    (int)(second % 60));
    if ((kind & DZ_SHEET_DATE) != 0)
        dz_buf_addf(&out, "%04d-%02d-%02d", (int)d.year, (int)d.month, (int)d.day);
    if ((kind & DZ_SHEET_TIME) != 0)
        dz_buf_addf(&out, "%s%02d:%02d:%02d", out.n > 0 ? "T" : "", (int)(second / 3600),
                    (int)(second / 60 % 60), (int)(second % 60));
    memcpy(ret, out.p, out.n + 1);
    dz_buf_done(&out);
    return true;
}
