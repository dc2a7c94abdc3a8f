/* Between the files of timestamps. */
#ifndef DZ_TIMESTAMP_PRIV_H
#define DZ_TIMESTAMP_PRIV_H

#include "dz_timestamp.h"

/** As dz_timestamps_each, without reading what is stored: token, certificates and fault are empty.
 */
DZ_MUSTUSE enum dz_code
dz_timestamp_entries(struct dz_vault *v, dz_timestamp_fn *fn, void *ctx, struct dz_err *err);

#endif
