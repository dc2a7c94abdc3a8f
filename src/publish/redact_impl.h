/* Between the files of redaction: stretches of a text, and where they stand on pages. */
#ifndef DZ_REDACT_IMPL_H
#define DZ_REDACT_IMPL_H

#include "dz_redact.h"

struct dz_stretches {
    struct dz_stretch {
        size_t start; /* bytes */
        size_t end;
        bool name;
    } * v; /* in order, apart from each other */
    size_t n;
    size_t cap;
};
void
dz_stretches_add(struct dz_stretches *s, size_t start, size_t end, bool name);

/* redact_lines.c: pages and lines as the reader of the file found them. */
struct dz_redact_lines {
    struct dz_buf locators;
    struct dz_redact_line {
        size_t start; /* code points */
        int page;
        int box[4]; /* x y width height */
        bool known;
    } * v;
    size_t n;
    size_t cap;
    struct dz_redact_page {
        size_t start;
        struct dz_view label;
    } * pages;
    size_t n_pages;
    size_t cap_pages;
};
/** From its locators. DZ_E_CORRUPT. */
DZ_MUSTUSE enum dz_code
dz_redact_lines_read(struct dz_redact_lines *l, struct dz_err *err);
void
dz_redact_lines_done(struct dz_redact_lines *l);
/** A whole number below 100,000,000 in front of a view, with spaces around it; false: none. */
bool
dz_redact_number(struct dz_view *v, int *ret);
/** What is to be painted over: r->mask, and r->n_lost. */
void
dz_redact_lines_mask(const struct dz_redact_lines *l, struct dz_view text,
                     const struct dz_stretches *s, const struct dz_redact_spans *spans,
                     struct dz_redaction *r);

#endif
