/* Look-up in the generated index of embedded files. */
#include "dz_data.h"

#include <string.h>

#include "dz_data_index.h"

bool
dz_data_find(const char *name, struct dz_data *out)
{
    size_t low = 0;
    size_t high = dz_data_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(name, dz_data_index[middle].name);
        if (order == 0) {
            *out = dz_data_index[middle];
            return true;
        }
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return false;
}

const struct dz_data *
dz_data_at(size_t index_ix)
{
    return index_ix < dz_data_count ? &dz_data_index[index_ix] : NULL;
}
