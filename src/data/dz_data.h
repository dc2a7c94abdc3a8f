/* The files of data/ and the text assets of the layers, compiled into the program.
 *
 * Names are file names without folders ("codebook.json", "report.css") and are unique. The bytes are
 * constant, live as long as the program, and are followed by one NUL that size does not count.
 * Thread-safe. This folder stands beside base/: it uses nothing. */
#ifndef DZ_DATA_H
#define DZ_DATA_H

#include <stdbool.h>
#include <stddef.h>

struct dz_data {
    const char *name;
    const unsigned char *bytes;
    size_t size; /* bytes, without the NUL behind them */
};

/** Look up one embedded file.
 *  @param name  file name, for example "codebook.json"
 *  @param out   filled when found, else untouched; borrowed for ever
 *  @return whether there is such a file */
bool
dz_data_find(const char *name, struct dz_data *out);

/** The embedded file at a place in the list, sorted by name; NULL behind the last. Borrowed. */
const struct dz_data *
dz_data_at(size_t index_ix);

#endif
