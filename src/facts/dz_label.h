/* Labels of places in a text (dz_locators.h) in what is published. A sheet may be named after a
 * person, a message by the address of who sent it, and neither need stand in the text where names
 * are looked for. So only labels leave that cannot name anybody: numbers, times, cells, and what
 * programs call a sheet that nobody named. */
#ifndef DZ_LABEL_H
#define DZ_LABEL_H

#include <stdbool.h>

#include "dz_buf.h"
#include "dz_err.h"

struct dz_vault;

/** The part of a label that may be published: the whole, the number of a page without the name
 *  printed on it, or nothing (n is 0). */
struct dz_view
dz_label_public(struct dz_view kind, struct dz_view label);

/** Append the locators of which something is left. */
void
dz_labels_narrow(struct dz_view locators, struct dz_buf *out);

/** Whether a sheet of the text version has a name that may not be published: the original, which
 *  names it, too, must stay then. */
DZ_MUSTUSE enum dz_code
dz_labels_tell(struct dz_vault *v, const char *source, const char *text_sha256, bool *ret,
               struct dz_err *err);

#endif
