#include "dz_rules_priv.h"

#include <string.h>

struct dz_map_slot {
    struct dz_view key; /* p NULL: empty */
    uint32_t hash;
    uint32_t value;
};

/* FNV-1a; the keys are ours, so nobody can aim at collisions. */
static uint32_t
hash_of(struct dz_view key)
{
    uint32_t h = 2166136261U;
    for (size_t i = 0; i < key.n; i++)
        h = (h ^ (unsigned char)key.p[i]) * 16777619U;
    return h;
}

static size_t
slot_of(const struct dz_map *m, struct dz_view key, uint32_t hash)
{
    size_t at = hash & (m->cap - 1);
    while (m->slots[at].key.p && (m->slots[at].hash != hash || !dz_view_eq(m->slots[at].key, key)))
        at = (at + 1) & (m->cap - 1);
    return at;
}

uint32_t
dz_map_get(const struct dz_map *m, struct dz_view key)
{
    if (m->cap == 0 || key.n == 0)
        return DZ_MAP_NONE;
    size_t at = slot_of(m, key, hash_of(key));
    return m->slots[at].key.p ? m->slots[at].value : DZ_MAP_NONE;
}

static void
widen(struct dz_map *m)
{
    struct dz_map bigger = {.cap = m->cap ? m->cap * 2 : 64};
    bigger.slots = dz_alloc_array(bigger.cap, sizeof *bigger.slots);
    bigger.n = m->n;
    for (size_t i = 0; i < m->cap; i++)
        if (m->slots[i].key.p)
            bigger.slots[slot_of(&bigger, m->slots[i].key, m->slots[i].hash)] = m->slots[i];
    dz_free(m->slots);
    *m = bigger;
}

void
dz_map_put(struct dz_map *m, struct dz_view key, uint32_t value)
{
    if (key.n == 0)
        return;
    if (m->n * 2 >= m->cap)
        widen(m);
    uint32_t hash = hash_of(key);
    size_t at = slot_of(m, key, hash);
    if (m->slots[at].key.p) { /* the first spelling stays the key; it is the one that lives on */
        m->slots[at].value = value;
        return;
    }
    m->slots[at] = (struct dz_map_slot){.key = key, .hash = hash, .value = value};
    m->n++;
}

void
dz_map_done(struct dz_map *m)
{
    dz_free(m->slots);
    *m = (struct dz_map){0};
}
