/* Where a passage stands, as a reader says it: page, minute, message, cell. Taken from the locators
 * of the text version that the passage stands in, old versions too. */
#ifndef DZ_WHERE_H
#define DZ_WHERE_H

#include <jansson.h>
#include <stddef.h>

#include "dz_buf.h"
#include "dz_err.h"
#include "dz_source.h"
#include "dz_vault.h"

#define DZ_WHERE_SLOTS 8

/* Keeps the locators of some text versions between questions: lists ask for many passages of few
 * sources. Zeroed is empty; v is borrowed and set by the caller. */
struct dz_where {
    struct dz_vault *v;
    struct dz_where_slot {
        char source[DZ_ID_MAX];
        char sha256[DZ_HEX32];
        struct dz_buf locators;
    } slots[DZ_WHERE_SLOTS];
    size_t next; /* slot that is given up next */
};
void
dz_where_done(struct dz_where *w);
#define DZ_AUTO_WHERE DZ_CLEANUP(dz_where_done)

/** "p. 12, 00:01:23" appended to out, in the language of the thread; nothing where nothing is known.
 *  Damaged locators count as none: verify names them. start, end: code points. */
DZ_MUSTUSE enum dz_code
dz_where_say(struct dz_where *w, const char *source, const char *text_sha256, size_t start,
             size_t end, struct dz_buf *out, struct dz_err *err);
/** The same as an object: any of "page", "page_end", "slide", "sheet", "cell", "message", "time",
 *  "section", all text, as the locators have them. NULL where nothing is known; caller owns *ret. */
DZ_MUSTUSE enum dz_code
dz_where_fields(struct dz_where *w, const char *source, const char *text_sha256, size_t start,
                size_t end, json_t **ret, struct dz_err *err);

/** The few locators that concern a passage, in the form of dz_locators.h, for who says them later;
 *  appended to out. */
DZ_MUSTUSE enum dz_code
dz_where_marks(struct dz_where *w, const char *source, const char *text_sha256, size_t start,
               size_t end, struct dz_buf *out, struct dz_err *err);
/** In words, in the language of the thread; as dz_where_say. */
void
dz_where_words(struct dz_view marks, size_t start, size_t end, struct dz_buf *out);

/** All locators of a text version (NULL: the current one), in the form of dz_locators.h; empty when
 *  it has none. */
DZ_MUSTUSE enum dz_code
dz_source_locators(struct dz_vault *v, const char *source, const char *text_sha256,
                   struct dz_buf *out, struct dz_err *err);

#endif
