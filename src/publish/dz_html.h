/* An HTML writer that escapes by type.
 *
 * Tags and attribute names are constants of the program; text, attribute values, addresses and CSS
 * strings each have their own function, which escapes for the place where they will stand. There is
 * no way to write markup from a value. Output is handed on in pieces, nothing is held whole.
 *
 * The writer is sticky: after the first failure of the sink it does nothing, and dz_html_finish
 * reports it once. Tags must be closed in order; a tag closed out of order is a mistake of the
 * program and makes dz_html_finish fail. A writer belongs to one thread. */
#ifndef DZ_HTML_H
#define DZ_HTML_H

#include <stdbool.h>
#include <stddef.h>

#include "dz_buf.h"
#include "dz_err.h"
#include "dz_vault.h"

#define DZ_HTML_DEPTH 32
#define DZ_HTML_CHUNK 16384 /* bytes handed to the sink at a time */

struct dz_html {
    dz_chunk_fn *sink;
    void *ctx;
    struct dz_err err;
    enum dz_code code;
    bool mistake; /* tags do not match */
    bool in_tag;  /* the start tag still takes attributes */
    size_t depth;
    const char *open[DZ_HTML_DEPTH];
    size_t n;
    char chunk[DZ_HTML_CHUNK];
};

/** Start a document: writes the doctype. sink gets the bytes in order. */
void
dz_html_init(struct dz_html *h, dz_chunk_fn *sink, void *ctx);
/** Hand on what is left. DZ_OK, or what the sink said first; DZ_E_CORRUPT when tags are left open
 *  or were closed out of order. */
DZ_MUSTUSE enum dz_code
dz_html_finish(struct dz_html *h, struct dz_err *err);

/** Start tag; attributes may follow until the first text, tag or close. name is a constant. */
void
dz_html_open(struct dz_html *h, const char *name);
/** The same with a class. */
void
dz_html_open_class(struct dz_html *h, const char *name, const char *class_name);
void
dz_html_close(struct dz_html *h, const char *name);
/** An element that has no content: meta, br, hr, col. Attributes may follow. */
void
dz_html_void(struct dz_html *h, const char *name);

/** name="value" of the tag just opened; nothing when value is NULL. Not for addresses. */
void
dz_html_attr(struct dz_html *h, const char *name, const char *value);
void
dz_html_attrf(struct dz_html *h, const char *name, const char *fmt, ...) DZ_PRINTF(3, 4);
/** href of the tag just opened, for an address that comes from outside: only http and https are
 *  ever linked, everything else stays plain text. Returns whether it was linked. */
bool
dz_html_href(struct dz_html *h, const char *address);
/** Would dz_html_href link it? */
bool
dz_html_is_link(const char *address);

/** Escaped text; ill-formed UTF-8 and control characters become U+FFFD. NULL is nothing. */
void
dz_html_text(struct dz_html *h, const char *s);
void
dz_html_textf(struct dz_html *h, const char *fmt, ...) DZ_PRINTF(2, 3);
/** <name>text</name> */
void
dz_html_element(struct dz_html *h, const char *name, const char *text);
void
dz_html_element_class(struct dz_html *h, const char *name, const char *class_name,
                      const char *text);

/** A style element with constant text: a style sheet that is built into the program. */
void
dz_html_style(struct dz_html *h, struct dz_view constant_css);
/** Constant CSS and a value inside it, as a CSS string: before "value" after. */
void
dz_html_style_string(struct dz_html *h, const char *before, const char *value, const char *after);

#endif
