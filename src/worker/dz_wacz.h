/* WACZ 1.1.1: a ZIP file of WARC files, with a list of pages and the hashes of all of it. */
#ifndef DZ_WACZ_H
#define DZ_WACZ_H

#include <stdbool.h>
#include <stddef.h>

#include "dz_buf.h"
#include "dz_web.h"

/** Read a whole file in memory; or, with whole.p NULL, the stream whose first n bytes are in piece
 * (of at least 64 KiB, which is used on). Titles of pages are only joined to their pages in the
 * first case, since the list may lie behind them. False: a ZIP file, but no archive of pages. */
bool
dz_wacz_read(struct dz_web *web, struct dz_view whole, char *piece, size_t n);

#endif
