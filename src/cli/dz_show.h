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

#endif
