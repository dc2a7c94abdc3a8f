/* The table of `add --describe`: what somebody knows about files before they are added. */
#ifndef DZ_DESCRIBE_H
#define DZ_DESCRIBE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "dz_err.h"
#include "dz_rules.h"

struct dz_describe_row {
    char *file;
    json_t *fields; /* as dz_source_describe takes them */
    size_t line;
    bool used;
};
struct dz_describe {
    struct dz_describe_row *rows; /* by file name */
    size_t n;
    size_t cap;
};

/** Read a table. Its first line names the columns: file and any of title, publisher, author,
 *  published, address, language, basis, access. DZ_E_INPUT names the line and what is wrong with
 *  it. */
DZ_MUSTUSE enum dz_code
dz_describe_load(struct dz_describe *d, const char *path, const struct dz_rules *rules,
                 struct dz_err *err);
/** What the table says about a file, and mark its row as used; NULL: nothing. A row that names a
 *  path goes by the path's end, a plain name by the file name. Borrowed. */
const json_t *
dz_describe_find(struct dz_describe *d, const char *path, const char *name);
void
dz_describe_done(struct dz_describe *d);
#define DZ_AUTO_DESCRIBE DZ_CLEANUP(dz_describe_done)

#endif
