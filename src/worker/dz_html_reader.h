/* A page of HTML to text, with gumbo. For every family that meets HTML: pages, mails, books. */
#ifndef DZ_HTML_READER_H
#define DZ_HTML_READER_H

#include <stdbool.h>

#include "dz_buf.h"
#include "dz_err.h"
#include "dz_worker.h"

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

#endif
