/* A page of HTML to text, with gumbo. For every family that meets HTML: pages, mails, books. */
#ifndef DZ_HTML_READER_H
#define DZ_HTML_READER_H

#include <stdbool.h>

#include "dz_buf.h"
#include "dz_decode.h"
#include "dz_err.h"
#include "dz_worker.h"

#define DZ_HTML_BYTES_MAX (16u << 20) /* of a page that is read */

struct dz_html_want {
    bool fields; /* say what the page says about itself (title, author ...) by dz_work_field */
    bool whole;  /* mark what is not the main text by locators "aside" and "main" */
    bool links;  /* say what the page needs and links to: meta "resource" and "link" */
};
/** Text of the page by dz_work_text, blocks parted by newlines. DZ_E_LIMIT: it nests deeper or
 * holds more tags than is read; nothing was said then. */
DZ_MUSTUSE enum dz_code
dz_html_read(struct dz_work *w, struct dz_view page, const struct dz_html_want *want,
             struct dz_err *err);

/** The encoding that the page declares in its first 1024 bytes; false when it declares none. */
bool
dz_html_charset(struct dz_view bytes, char ret[40]);
/** The same from bytes in any encoding. declared: what was said outside of the page (the header of
 *  a
 * mail or of an answer), NULL or empty for nothing; then the page's own declaration counts.
 * DZ_E_INPUT: binary bytes; DZ_E_LIMIT: too large, or as above. */
DZ_MUSTUSE enum dz_code
dz_html_read_bytes(struct dz_work *w, struct dz_view bytes, const char *declared,
                   const struct dz_html_want *want, struct dz_err *err);

#endif
