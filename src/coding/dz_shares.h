/* Shares that are told in words. Private to coding/. */
#ifndef DZ_SHARES_H
#define DZ_SHARES_H

#include "dz_scan_priv.h"

/** A share at token i ("every third", "two thirds of", "четверо з десяти"): its tokens, and the
 *  share in whole per cent; 0 when there is none. */
size_t
dz_share_at(const struct dz_scan *s, size_t i, int *ret_percent);

#endif
