#include "id_map.h"

#include <string.h>

#include "dz_mem.h"
#include "dz_secret.h"

#define CHUNK_RECORDS 2048u
#define FIRST_INDEX 256u

void
dz_id_map_init(struct id_map *m, size_t record_bytes, size_t id_at)
{
    *m = (struct id_map){.record_bytes = record_bytes, .id_at = id_at};
}

void
dz_id_map_init_locked(struct id_map *m, size_t record_bytes, size_t id_at, size_t locked_max)
{
    dz_id_map_init(m, record_bytes, id_at);
    m->locked_max = locked_max;
}

static void
add_chunk(struct id_map *m)
{
    size_t bytes = CHUNK_RECORDS * m->record_bytes;
    struct dz_secret *secret = NULL;
    m->chunks = dz_grow(m->chunks, &m->cap_chunks, m->n_chunks + 1, sizeof *m->chunks);
    m->locked = dz_grow(m->locked, &m->cap_locked, m->n_chunks + 1, sizeof *m->locked);
    if ((m->n_chunks + 1) * bytes <= m->locked_max && dz_secret_new(bytes, &secret, NULL) == DZ_OK)
        m->chunks[m->n_chunks] = dz_secret_at(secret);
    else
        m->chunks[m->n_chunks] = dz_alloc_array(CHUNK_RECORDS, m->record_bytes);
    m->locked[m->n_chunks++] = secret;
}

void *
dz_id_map_at(const struct id_map *m, size_t i)
{
    return m->chunks[i / CHUNK_RECORDS] + (i % CHUNK_RECORDS) * m->record_bytes;
}

/* The place of an id in the index: what stands there is its record's number + 1, or 0. Ids are
 * hashes, so their first bytes scatter them well enough. */
static size_t
place_of(const struct id_map *m, const uint8_t id[32])
{
    uint64_t h;
    memcpy(&h, id, sizeof h);
    size_t i = (size_t)h & (m->n_index - 1);
    while (m->index[i]) {
        const uint8_t *record = dz_id_map_at(m, m->index[i] - 1);
        if (memcmp(record + m->id_at, id, 32) == 0)
            break;
        i = (i + 1) & (m->n_index - 1);
    }
    return i;
}

void *
dz_id_map_find(const struct id_map *m, const uint8_t id[32])
{
    if (m->n == 0)
        return NULL;
    uint32_t number = m->index[place_of(m, id)];
    return number ? dz_id_map_at(m, number - 1) : NULL;
}

static void
grow_index(struct id_map *m)
{
    dz_free(m->index);
    m->n_index = m->n_index ? 2 * m->n_index : FIRST_INDEX;
    m->index = dz_alloc_array(m->n_index, sizeof *m->index);
    for (size_t i = 0; i < m->n; i++) {
        const uint8_t *record = dz_id_map_at(m, i);
        m->index[place_of(m, record + m->id_at)] = (uint32_t)(i + 1);
    }
}

void
dz_id_map_put(struct id_map *m, const void *record)
{
    const uint8_t *id = (const uint8_t *)record + m->id_at;
    if (4 * (m->n + 1) > 3 * m->n_index)
        grow_index(m);
    size_t place = place_of(m, id);
    if (!m->index[place]) {
        if (m->n == m->n_chunks * CHUNK_RECORDS)
            add_chunk(m);
        m->n++;
        m->index[place] = (uint32_t)m->n;
    }
    memcpy(dz_id_map_at(m, m->index[place] - 1), record, m->record_bytes);
}

void
dz_id_map_done(struct id_map *m)
{
    for (size_t i = 0; i < m->n_chunks; i++) {
        dz_secret_free(m->locked[i]);
        if (m->locked[i])
            continue;
        dz_wipe(m->chunks[i], CHUNK_RECORDS * m->record_bytes);
        dz_free(m->chunks[i]);
    }
    dz_free(m->chunks);
    dz_free(m->locked);
    dz_free(m->index);
    dz_id_map_init_locked(m, m->record_bytes, m->id_at, m->locked_max);
}
