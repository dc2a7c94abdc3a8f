#include <string.h>

#include "text_impl.h"

/* Transcripts: plain text whose lines begin with times, "[00:12:30]", "00:12:30 Speaker:". The text
 * stays as it is; each such line is a place that can be cited. */

static bool
digits(struct dz_view *v, size_t least, size_t most, unsigned *ret)
{
    size_t n = 0;
    unsigned value = 0;
    while (n < v->n && n < most && v->p[n] >= '0' && v->p[n] <= '9')
        value = value * 10 + (unsigned)(v->p[n++] - '0');
    if (n < least || (n < v->n && v->p[n] >= '0' && v->p[n] <= '9'))
        return false;
    *v = (struct dz_view){v->p + n, v->n - n};
    *ret = value;
    return true;
}

static bool
take(struct dz_view *v, char c)
{
    if (v->n == 0 || v->p[0] != c)
        return false;
    *v = (struct dz_view){v->p + 1, v->n - 1};
    return true;
}

bool
text_take_stamp(struct dz_view *v, struct text_stamp *ret)
{
    struct dz_view rest = *v;
    unsigned a;
    unsigned b;
    unsigned c = 0;
    unsigned ms = 0;
    struct text_stamp t = {0};
    if (!digits(&rest, 1, 3, &a) || !take(&rest, ':') || !digits(&rest, 2, 2, &b) || b > 59)
        return false;
    struct dz_view before = rest;
    if (take(&rest, ':')) {
        t.has_hours = digits(&rest, 2, 2, &c) && c <= 59;
        if (!t.has_hours)
            rest = before;
    }
    struct dz_view fraction = rest;
    if (take(&fraction, '.') || take(&fraction, ',')) {
        size_t n = fraction.n;
        t.has_ms = digits(&fraction, 1, 3, &ms);
        n -= fraction.n;
        if (t.has_ms)
            rest = fraction;
        for (; t.has_ms && n < 3; n++)
            ms *= 10;
    }
    uint64_t seconds = t.has_hours ? (uint64_t)a * 3600 + b * 60 + c : (uint64_t)a * 60 + b;
    t.ms = seconds * 1000 + (t.has_ms ? ms : 0);
    *v = rest;
    *ret = t;
    return true;
}

void
text_say_time(struct dz_work *w, struct text_stamp t)
{
    uint64_t s = t.ms / 1000;
    unsigned h = (unsigned)(s / 3600);
    unsigned m = (unsigned)(s / 60 % 60);
    if (t.has_ms)
        dz_work_locatorf(w, "time", "%02u:%02u:%02u.%03u", h, m, (unsigned)(s % 60),
                         (unsigned)(t.ms % 1000));
    else
        dz_work_locatorf(w, "time", "%02u:%02u:%02u", h, m, (unsigned)(s % 60));
}

/* The time that a line begins with. Minutes and seconds alone only count in brackets: "10:30
 * doctor"
 * is an appointment. */
static bool
line_time(struct dz_view line, struct text_stamp *ret)
{
    line = dz_view_trim(line);
    char close = 0;
    if (take(&line, '['))
        close = ']';
    else if (take(&line, '('))
        close = ')';
    if (!text_take_stamp(&line, ret))
        return false;
    if (close)
        return memchr(line.p, close, line.n < 24 ? line.n : 24) != NULL;
    return ret->has_hours && (line.n == 0 || line.p[0] == ' ' || line.p[0] == '\t' ||
                              line.p[0] == ':' || line.p[0] == '-' || line.p[0] == '|');
}

bool
text_is_transcript(struct dz_view head)
{
    size_t stamped = 0;
    uint64_t last = 0;
    struct dz_view line;
    while (text_take_line(&head, &line)) {
        struct text_stamp t;
        if (!line_time(line, &t))
            continue;
        if (t.ms < last)
            return false;
        last = t.ms;
        stamped++;
    }
    return stamped >= 2;
}

struct transcript {
    struct dz_work *w;
    unsigned n;
};

static enum dz_code
transcript_line(void *ctx, struct dz_view line, bool begins, struct dz_err *err)
{
    struct transcript *t = ctx;
    struct text_stamp at;
    if (begins && line_time(line, &at)) {
        if (++t->n > TEXT_LOCATORS_MAX)
            return dz_fail(err, DZ_E_LIMIT, "more than %u times", TEXT_LOCATORS_MAX);
        text_say_time(t->w, at);
    }
    dz_work_text(t->w, line);
    return DZ_OK;
}

enum dz_code
text_read_transcript(struct text_source *s, struct dz_err *err)
{
    struct transcript t = {.w = s->w};
    return text_lines(s, transcript_line, &t, err);
}
