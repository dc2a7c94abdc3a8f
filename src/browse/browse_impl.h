/* Between the files of dokaz-browse. */
#ifndef BROWSE_IMPL_H
#define BROWSE_IMPL_H

#include <stdbool.h>

/* Build the root of the browser and make it the root of this process, which has mount and process
 * namespaces of its own and the rights over them. browser: absolute, without symbolic links. False:
 * errno says why, *ret_step in one word what did not work. */
bool
dz_browse_root(const char *browser, const char **ret_step);

#endif
