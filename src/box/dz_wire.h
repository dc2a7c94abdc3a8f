/* What a worker and dokaz say to each other.
 *
 * A frame is a length (4 bytes, big-endian, of the payload), a type (1 byte) and the payload, at
 * most DZ_WIRE_PAYLOAD_MAX bytes. A worker is believed nothing: whoever reads frames checks every
 * one, and a wrong one ends the worker. The protocol is written down in docs/format/worker.md. */
#ifndef DZ_WIRE_H
#define DZ_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dz_buf.h"

#define DZ_WIRE_VERSION 1
#define DZ_WIRE_HEAD_BYTES 5
#define DZ_WIRE_PAYLOAD_MAX (64u << 10)
#define DZ_WIRE_KEY_MAX 64     /* bytes of a key of FIELD and META */
#define DZ_WIRE_VALUE_MAX 4096 /* bytes of a value */
#define DZ_WIRE_LABEL_MAX 512  /* bytes of the label of a locator */

enum dz_wire_type {
    DZ_WIRE_HELLO = 1, /* u8 version, name of the extractor ("pdf/1"): the first frame */
    DZ_WIRE_FIELD,     /* key NUL value: what the file says about itself (title, author ...) */
    DZ_WIRE_META,      /* key NUL value: its metadata as found ("exif.DateTime", "pdf.Producer") */
    DZ_WIRE_TEXT,      /* UTF-8, whole characters; all TEXT frames one after another are the text */
    DZ_WIRE_LOCATOR,   /* kind NUL label: begins here, at the end of the text so far */
    DZ_WIRE_PART,      /* name NUL media type: a file inside this one begins */
    DZ_WIRE_PART_META, /* key NUL value, of the part */
    DZ_WIRE_PART_DATA, /* bytes of the part */
    DZ_WIRE_PART_END,  /* empty */
    DZ_WIRE_PROGRESS,  /* u64 done, u64 of how many */
    DZ_WIRE_DONE,      /* status NUL why: nothing of the worker follows */
    /* from the server, after the worker: u8 how (enum dz_wire_exit), u32 value */
    DZ_WIRE_EXIT
};

enum dz_wire_exit {
    DZ_WIRE_EXITED, /* value: exit code */
    DZ_WIRE_KILLED, /* value: signal */
    DZ_WIRE_LATE    /* killed by the server, because its time was up */
};
#define DZ_WIRE_EXIT_MEMORY 77 /* exit code: no memory left */

/** Append one frame; payload.n must not exceed DZ_WIRE_PAYLOAD_MAX. */
void
dz_wire_add(struct dz_buf *out, enum dz_wire_type type, struct dz_view payload);
/** The same with two strings and a NUL between them; both are cut to fit, at a character. */
void
dz_wire_add_pair(struct dz_buf *out, enum dz_wire_type type, struct dz_view a, struct dz_view b);

/** Take the next whole frame off the front of *in. *ret_whole false: more bytes are needed.
 * DZ_E_CORRUPT: no frame at all (unknown type, too long). */
DZ_MUSTUSE enum dz_code
dz_wire_next(struct dz_view *in, enum dz_wire_type *ret_type, struct dz_view *ret_payload,
             bool *ret_whole, struct dz_err *err);
/** Split a payload at its first NUL; false when there is none. */
bool
dz_wire_pair(struct dz_view payload, struct dz_view *ret_a, struct dz_view *ret_b);

#endif
