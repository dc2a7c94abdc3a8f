/* Media types by the ending of a file's name, for files inside others. A hint: who reads the part
 * looks at its bytes. */
#ifndef DZ_OFFICE_MEDIA_H
#define DZ_OFFICE_MEDIA_H

#include "dz_buf.h"

/** A constant; "application/octet-stream" for what is not known. */
const char *
dz_office_media_type(struct dz_view name);

#endif
