/* Records of one size found by the 32-byte id that stands in each. They lie in pieces that are
 * never moved, so that a large map needs no second copy of itself while it grows and no key is left
 * behind in memory that was given back. */
#ifndef ID_MAP_H
#define ID_MAP_H

#include <stddef.h>
#include <stdint.h>

struct dz_secret;

struct id_map {
    size_t record_bytes;
    size_t id_at; /* offset of the id in a record */
    size_t n;     /* records, at most 2^32 - 2 */
    uint8_t **chunks;
    size_t n_chunks;
    size_t cap_chunks;
    size_t locked_max;         /* bytes of chunks that lie in locked memory, where there is any */
    struct dz_secret **locked; /* of each chunk, or NULL */
    size_t cap_locked;
    uint32_t *index; /* open addressing: number of a record + 1, or 0 */
    size_t n_index;  /* a power of two */
};

void
dz_id_map_init(struct id_map *m, size_t record_bytes, size_t id_at);
/** The same for keys: the first locked_max bytes lie in locked memory; what is more lies in
 *  ordinary memory and is wiped as well. */
void
dz_id_map_init_locked(struct id_map *m, size_t record_bytes, size_t id_at, size_t locked_max);
/** Wipe and free; the map is empty afterwards. */
void
dz_id_map_done(struct id_map *m);
/** Borrowed as long as the map lives; NULL when unknown. */
void *
dz_id_map_find(const struct id_map *m, const uint8_t id[32]);
/** Copy a record in, in place of one with the same id. */
void
dz_id_map_put(struct id_map *m, const void *record);
/** The records in the order in which they came, i < m->n. */
void *
dz_id_map_at(const struct id_map *m, size_t i);

#endif
