/* What kind of file it is, told from its first bytes; the name only decides between kinds whose
 * bytes look alike (Markdown and plain text, CSV and text, MHTML and mail).
 *
 * This is the only look that dokaz itself takes at foreign bytes: it compares constants at fixed
 * places and scans at most the bytes it is given. */
#ifndef DZ_KIND_H
#define DZ_KIND_H

#include <stdbool.h>

#include "dz_buf.h"

#define DZ_KIND_BYTES 65536 /* how much of the head is worth giving */

struct dz_kind {
    const char *media_type; /* constant */
    const char *family;     /* program that reads it; NULL: preserved, not read */
    bool streams;           /* can be read without seeking: its size does not matter */
    bool is_picture;        /* text only by OCR */
};

/** head: the first bytes, all of them when the file is shorter than DZ_KIND_BYTES. Never NULL. */
const struct dz_kind *
dz_kind_of(struct dz_view head, const char *name);

#endif
