/* The index that tools/embed generates: sorted by name, so that it can be searched by halving. */
#ifndef DZ_DATA_INDEX_H
#define DZ_DATA_INDEX_H

#include "dz_data.h"

extern const struct dz_data dz_data_index[];
extern const size_t dz_data_count;

#endif
