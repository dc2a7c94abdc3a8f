/* Spellings of a name in the other script.
 *
 * From Cyrillic by the tables that documents and press use: Ukrainian by the resolution of the
 * Cabinet of Ministers no. 55 of 2010 and by BGN/PCGN 1965, Russian by ICAO Doc 9303 and by
 * BGN/PCGN 1947. From Latin back by the same tables read the other way, which is ambiguous: the
 * likeliest readings come first. Meant for finding, not for writing. */
#ifndef DZ_TRANSLIT_H
#define DZ_TRANSLIT_H

#include <stddef.h>

#include "dz_buf.h"

typedef void
dz_translit_fn(void *ctx, struct dz_view spelling);

/** At most max different spellings of a folded word; none of one that mixes scripts or has none of
 *  the letters. */
void
dz_translit_each(struct dz_view fold, size_t max, dz_translit_fn *fn, void *ctx);

#endif
