#include <string.h>

#include "dz_edtf.h"
#include "dz_extract_priv.h"
#include "dz_mem.h"

/* When something was published, as pages, mails and documents state it. */

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool
is_edtf(struct dz_view v)
{
    struct dz_edtf *e = NULL;
    bool good = dz_edtf_parse(v, &e, NULL) == DZ_OK;
    dz_edtf_free(e);
    return good;
}

/* "2023-07-14T10:11:12+03:00", "2023-07-14 10:11", "2023-07", "2023". */
static char *
iso_head(struct dz_view v)
{
    static const size_t lengths[] = {10, 7, 4};
    for (size_t i = 0; i < 3; i++) {
        struct dz_view head = {v.p, lengths[i]};
        if (v.n < head.n || (v.n > head.n && head.n < 10) || !is_digit(v.p[0]))
            continue;
        if (is_edtf(head))
            return dz_strndup(head.p, head.n);
    }
    return NULL;
}

/* PDF (ISO 32000, 7.9.4): "D:20230714101112+03'00'". */
static char *
pdf_date(struct dz_view v)
{
    if (!dz_view_starts(v, "D:") || v.n < 10)
        return NULL;
    char text[11] = {v.p[2], v.p[3], v.p[4], v.p[5], '-', v.p[6], v.p[7], '-', v.p[8], v.p[9], 0};
    return is_edtf(dz_view_of(text)) ? dz_strdup(text) : NULL;
}

static struct dz_view
word(struct dz_view *v)
{
    while (v->n && (*v->p == ' ' || *v->p == ',' || *v->p == '\t')) {
        v->p++;
        v->n--;
    }
    struct dz_view w = {v->p, 0};
    while (v->n && *v->p != ' ' && *v->p != ',' && *v->p != '\t') {
        v->p++;
        v->n--;
        w.n++;
    }
    return w;
}

static int
number(struct dz_view w, size_t max)
{
    int n = 0;
    if (w.n == 0 || w.n > max)
        return -1;
    for (size_t i = 0; i < w.n; i++) {
        if (!is_digit(w.p[i]))
            return -1;
        n = n * 10 + (w.p[i] - '0');
    }
    return n;
}

/* RFC 5322, 3.3: "Fri, 14 Jul 2023 10:11:12 +0300". */
static char *
mail_date(struct dz_view v)
{
    static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    struct dz_view w = word(&v);
    if (w.n == 3 && !is_digit(w.p[0]))
        w = word(&v);
    int day = number(w, 2), month = 0;
    w = word(&v);
    for (int m = 0; m < 12 && w.n == 3 && !month; m++) {
        bool same = true;
        for (int i = 0; i < 3; i++)
            same = same && (w.p[i] | 0x20) == months[3 * m + i];
        month = same ? m + 1 : 0;
    }
    int year = number(word(&v), 4);
    if (day < 1 || !month || year < 0)
        return NULL;
    if (year < 100)
        year += year < 50 ? 2000 : 1900;
    char *text = dz_asprintf("%04d-%02d-%02d", year, month, day);
    if (is_edtf(dz_view_of(text)))
        return text;
    dz_free(text);
    return NULL;
}

char *
dz_published_edtf(struct dz_view value)
{
    struct dz_view v = dz_view_trim(value);
    char *found = iso_head(v);
    if (!found)
        found = pdf_date(v);
    if (!found)
        found = mail_date(v);
    if (!found && v.n <= DZ_EDTF_MAX && is_edtf(v))
        found = dz_strndup(v.p, v.n);
    return found;
}
