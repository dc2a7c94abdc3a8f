/* UTF-8 at the door: checked strictly (Unicode 15, table 3-7), or repaired where a caller says
 * so. Offsets in dokaz are code points where they leave the program (W3C TextPositionSelector)
 * and bytes inside; this is the one place that converts. */
#ifndef DZ_UTF8_H
#define DZ_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dz_buf.h"
#include "dz_err.h"

/** DZ_OK, or DZ_E_INPUT naming the byte offset of the first ill-formed sequence. NUL is allowed. */
DZ_MUSTUSE enum dz_code
dz_utf8_check(struct dz_view text, struct dz_err *err);
/** Byte offset of the first ill-formed sequence, or text.n if there is none. */
size_t
dz_utf8_valid_prefix(struct dz_view text);
/** Copy text, replacing each maximal ill-formed part by U+FFFD; returns how many were replaced. */
size_t
dz_utf8_repair(struct dz_buf *out, struct dz_view text);

/** Decode one character at *pos (bytes) and move on; U+FFFD on a bad byte (moves 1), 0 at the
 *  end (stays). */
uint32_t
dz_utf8_next(struct dz_view text, size_t *pos);
/** Append one code point; U+FFFD for what is none (surrogates, beyond U+10FFFF). */
void
dz_utf8_put(struct dz_buf *out, uint32_t cp);
/** Number of code points in well-formed text. */
size_t
dz_utf8_length(struct dz_view text);
/** Byte offset of code point number cp (0..length); text.n when cp is at or past the end. */
size_t
dz_utf8_byte_of(struct dz_view text, size_t cp);
/** Code point number of a byte offset that lies on a character border. */
size_t
dz_utf8_cp_of(struct dz_view text, size_t byte);

/* Map for many conversions on one text: one anchor every 64 characters. */
struct dz_utf8_map {
    struct dz_view text;
    size_t *anchors;
    size_t n_anchors;
    size_t length_cp;
};
void
dz_utf8_map_init(struct dz_utf8_map *m, struct dz_view text); /* text is borrowed */
void
dz_utf8_map_done(struct dz_utf8_map *m);
size_t
dz_utf8_map_cp(const struct dz_utf8_map *m, size_t byte);
size_t
dz_utf8_map_byte(const struct dz_utf8_map *m, size_t cp);

/** Whether a code point could break a line or reorder it: C0 and C1 controls, line and paragraph
 *  separators, bidi controls. Shown as a space in lines and messages. */
bool
dz_utf8_is_control(uint32_t cp);
/** Printable, one line: control characters, newlines and bidi controls as spaces; at most max
 *  code points, then "…". */
void
dz_utf8_line(struct dz_buf *out, struct dz_view text, size_t max_cp);

#endif
