/* One source or fact with all that is known of it. */
#ifndef DZ_SHOW_H
#define DZ_SHOW_H

#include <jansson.h>

#include "dz_cmd.h"
#include "dz_source.h"

/** A source as `sources --json` prints it; caller owns it. */
json_t *
dz_source_json(const struct dz_source_row *row);

/** "label: text" with the text hanging at a common column; nothing for NULL and "". */
void
dz_show_field(struct dz_out *o, const char *label, const char *text);

/** Metadata of a source, grouped by what stands before the first dot of their keys; long lists are
 * cut, and how much was left out is said. */
void
dz_show_meta(struct dz_ctx *c, const struct dz_source_row *row);
/** How a captured page was captured; nothing for other sources. */
void
dz_show_capture(struct dz_ctx *c, const struct dz_source_row *row);
/** What it was taken out of or made from, what else holds the same bytes, and what was taken out of
 * it; into object where that is given, as "also_in" and "holds", else printed. */
DZ_MUSTUSE enum dz_code
dz_show_kin(struct dz_ctx *c, const struct dz_source_row *row, json_t *object, struct dz_err *err);

#endif
