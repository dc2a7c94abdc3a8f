/* Looking for things that must not be somewhere: many exact byte strings at once, in bytes that
 * come in pieces. Used as the last check of what leaves. */
#ifndef DZ_NEEDLES_H
#define DZ_NEEDLES_H

#include <stddef.h>
#include <stdint.h>

#include "dz_buf.h"

#define DZ_NEEDLE_MIN 8 /* bytes; shorter ones are found by chance and are not looked for */

/* A zeroed value is empty. */
struct dz_needles {
    struct dz_needle *items;
    size_t n;
    size_t cap;
    size_t longest;
    uint32_t *heads; /* by hash of the first bytes: index + 1 of the first needle */
    size_t n_heads;
};
void
dz_needles_done(struct dz_needles *n);
#define DZ_AUTO_NEEDLES DZ_CLEANUP(dz_needles_done)

/** Look for these bytes, too. what says what it would be that was found; it is kept, not copied.
 *  Too short ones are passed over. */
void
dz_needles_add(struct dz_needles *n, const char *what, struct dz_view bytes);
/** What is found in text, or NULL. */
const char *
dz_needles_find(struct dz_needles *n, struct dz_view text);

/* The same over a stream. A zeroed value is at the beginning of one. */
struct dz_needle_stream {
    struct dz_buf window;
};
const char *
dz_needles_feed(struct dz_needles *n, struct dz_needle_stream *s, const void *p, size_t len);
/** Be ready for another stream. */
void
dz_needles_restart(struct dz_needle_stream *s);
void
dz_needle_stream_done(struct dz_needle_stream *s);

#endif
