/* From bytes in some encoding to UTF-8, by ICU (no tables are read from disk, unlike iconv's).
 *
 * What is declared is tried first, then byte order marks, UTF-8, and the encodings that Ukrainian
 * and Russian texts come in: windows-1251, KOI8-U, KOI8-R, ISO-8859-5, UTF-16 without a mark. The
 * choice between 8-bit ones is made by how usual the resulting pairs of letters are. */
#ifndef DZ_DECODE_H
#define DZ_DECODE_H

#include <stdbool.h>
#include <stddef.h>

#include "dz_buf.h"
#include "dz_err.h"

struct dz_decoded {
    char encoding[40]; /* IANA name, lower case: "utf-8", "windows-1251", "koi8-u", "utf-16le" */
    bool guessed;      /* nobody declared it */
    size_t n_repaired; /* ill-formed parts that stand as U+FFFD */
};
/** Append the text to utf8, without byte order mark. declared may be NULL or unknown. DZ_E_INPUT:
 * no text in any encoding that is known (binary bytes). DZ_E_LIMIT: utf8 is full. */
DZ_MUSTUSE enum dz_code
dz_decode(struct dz_view bytes, const char *declared, struct dz_buf *utf8, struct dz_decoded *ret,
          struct dz_err *err);

#endif
