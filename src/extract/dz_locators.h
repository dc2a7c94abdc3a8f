/* Locators in a text: pages, times, messages, cells. They are kept as an object beside the text, so
 * that a quote can say its page or its minute.
 *
 * The format is lines "start TAB kind TAB label LF", in order of start (code points); a label holds
 * no control characters. docs/format/locators.md. */
#ifndef DZ_LOCATORS_H
#define DZ_LOCATORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dz_buf.h"
#include "dz_err.h"

#define DZ_LOCATORS_MAX (64u << 20)

struct dz_locator {
    uint64_t start; /* code points */
    struct dz_view kind;
    struct dz_view label;
};
/** Append one. */
void
dz_locators_add(struct dz_buf *locators, uint64_t start, struct dz_view kind, struct dz_view label);
/** Take the next off the front. *ret_more false at the end. DZ_E_CORRUPT: not the format. */
DZ_MUSTUSE enum dz_code
dz_locators_next(struct dz_view *in, struct dz_locator *ret, bool *ret_more, struct dz_err *err);
/** The last locator of a kind that begins at or before `at`. DZ_E_NOTFOUND without a message when
 * there is none. */
DZ_MUSTUSE enum dz_code
dz_locators_at(struct dz_view locators, const char *kind, uint64_t at, struct dz_locator *ret);
/** In words, for a passage: "p. 12", "00:01:23", "message 456", "Sheet1!B12"; empty when nothing is
 * known. In the language of the thread. */
void
dz_locators_say(struct dz_view locators, uint64_t start, uint64_t stop, struct dz_buf *out);

#endif
