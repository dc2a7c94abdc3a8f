/* TNEF, the form in which Outlook packs a message and its files into one ("winmail.dat"):
 * MS-OXTNEF, with properties as in MS-OXPROPS and bodies packed as in MS-OXRTFCP.
 *
 * The text of a message is its plain body, else its page; a body in RTF alone becomes a part.
 * Files become parts; a message inside is a part that is TNEF again. */
#ifndef DZ_TNEF_H
#define DZ_TNEF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dz_buf.h"
#include "dz_worker.h"

#define DZ_TNEF_FILES_MAX 5000
#define DZ_TNEF_PROPERTIES_MAX 20000 /* of the message, or of one file */

/** Whether bytes begin as TNEF does. */
bool
dz_tnef_is(struct dz_view bytes);
/** Read a whole document and say how it went. */
void
dz_tnef_read(struct dz_work *w, struct dz_view bytes);

/* ---- what its files share ---- */

/* Little-endian bytes; reads past the end give zeros and set cut. */
struct dz_tnef_input {
    struct dz_view left;
    bool cut;
};
uint32_t
dz_tnef_number(struct dz_tnef_input *in, unsigned bytes);
struct dz_view
dz_tnef_bytes(struct dz_tnef_input *in, uint64_t n);

/* A property: the number that says what it is, and its first value. */
struct dz_tnef_property {
    unsigned type; /* without the mark of several values */
    unsigned id;
    struct dz_view value;
};
/** Call take for every property of a list. False: it is cut off or makes no sense. */
bool
dz_tnef_properties(struct dz_view list, void (*take)(void *ctx, const struct dz_tnef_property *p),
                   void *ctx);
/** Unpack a body of RTF. False: what came out is not the whole. */
bool
dz_tnef_unpack_rtf(struct dz_view packed, struct dz_buf *out);

#endif
