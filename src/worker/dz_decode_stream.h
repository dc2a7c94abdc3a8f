/* The same as dz_decode.h for texts of any size: bytes go in piece by piece, UTF-8 comes out.
 *
 * While all is ASCII nothing has to be decided; from the first other byte on the decoder gathers
 * DZ_DECODE_SAMPLE bytes, chooses by them and stays with its choice. Memory is bounded by that. */
#ifndef DZ_DECODE_STREAM_H
#define DZ_DECODE_STREAM_H

#include "dz_decode.h"

#define DZ_DECODE_SAMPLE (64u << 10) /* bytes that a choice is made by */

struct dz_decoder;
/** declared may be NULL or unknown; it is copied. */
struct dz_decoder *
dz_decoder_new(const char *declared);
void
dz_decoder_free(struct dz_decoder *d);
static inline void
dz_cleanup_decoder(struct dz_decoder **d)
{
    dz_decoder_free(*d);
}
#define DZ_AUTO_DECODER DZ_CLEANUP(dz_cleanup_decoder)

/** Append what the next bytes mean to utf8, whole characters only. DZ_E_INPUT: binary bytes;
 * DZ_E_LIMIT: utf8 is full. */
DZ_MUSTUSE enum dz_code
dz_decoder_feed(struct dz_decoder *d, struct dz_view bytes, struct dz_buf *utf8,
                struct dz_err *err);
/** No more bytes: append what was held back, and say what it was. */
DZ_MUSTUSE enum dz_code
dz_decoder_finish(struct dz_decoder *d, struct dz_buf *utf8, struct dz_decoded *ret,
                  struct dz_err *err);

#endif
