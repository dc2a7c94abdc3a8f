/* What the files of the extract layer share. */
#ifndef DZ_EXTRACT_PRIV_H
#define DZ_EXTRACT_PRIV_H

#include "dz_extract.h"

/** Parse a page (valid UTF-8) and fill text and description of ret. DZ_E_LIMIT: it nests deeper
 * or holds more tags than is read. */
DZ_MUSTUSE enum dz_code
dz_html_extract(struct dz_view page, struct dz_extracted *ret, struct dz_err *err);

/** Whether a page can be parsed with bounded effort: few enough tags, not nested too deeply, and
 * no pile of unclosed formatting that every block would repeat. */
bool
dz_html_is_bounded(struct dz_view page);

/* Where a value was found decides which of several wins: the first rank that has one. */
enum dz_meta_rank { DZ_META_STRONG, DZ_META_LINKED, DZ_META_WEAK, DZ_META_LAST, DZ_META_RANKS };
struct dz_html_meta {
    char *title[DZ_META_RANKS];
    char *author[DZ_META_RANKS];
    char *published[DZ_META_RANKS];
    char *site[DZ_META_RANKS];
    char *address[DZ_META_RANKS];
    char *language[DZ_META_RANKS];
};
void
dz_html_meta_done(struct dz_html_meta *m);
/** Keep a value (trimmed, one line, at most 1000 code points) unless its rank has one already. */
void
dz_meta_set(char **slot, struct dz_view value);
/** A <meta> element's name (or property, or itemprop) and content. */
void
dz_meta_named(struct dz_html_meta *m, struct dz_view name, struct dz_view content);
/** The content of a JSON-LD script. What does not parse says nothing. */
void
dz_meta_json_ld(struct dz_html_meta *m, struct dz_view text);
/** Move the best values out. */
void
dz_meta_take(struct dz_html_meta *m, struct dz_extracted *ret);

#endif
