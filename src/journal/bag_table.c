#include <string.h>

#include "bag_read_impl.h"
#include "dz_mem.h"
#include "dz_os.h"

#define FIRST_SLOTS 1024u

void
dz_bag_table_init(struct bag_table *t, unsigned n_algs)
{
    *t = (struct bag_table){.n_algs = n_algs};
    t->stride = sizeof(struct bag_record) + 16 * (size_t)n_algs;
    dz_os_random(t->key, sizeof t->key);
    t->n_slots = FIRST_SLOTS;
    t->slots = dz_alloc_array(t->n_slots, sizeof *t->slots);
    t->n_folded_slots = FIRST_SLOTS;
    t->folded = dz_alloc_array(t->n_folded_slots, sizeof *t->folded);
}

void
dz_bag_table_done(struct bag_table *t)
{
    dz_free(t->records);
    dz_free(t->slots);
    dz_free(t->folded);
    *t = (struct bag_table){.n = 0};
}

static struct bag_record *
record_at(const struct bag_table *t, size_t ix)
{
    void *p = t->records + ix * t->stride;
    return p;
}

static void
name_of(const struct bag_table *t, struct dz_view path, uint8_t ret[16])
{
    struct dz_hash32 h;
    dz_sha256_2(t->key, sizeof t->key, path.p, path.n, h.b);
    memcpy(ret, h.b, 16);
}

static uint64_t
first_8(const uint8_t *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

/* The slot of a name: where it is, or the free one where it would be. */
static size_t
slot_of(const struct bag_table *t, const uint8_t name[16])
{
    size_t i = first_8(name) & (t->n_slots - 1);
    while (t->slots[i] != 0 && memcmp(record_at(t, t->slots[i] - 1)->path, name, 16) != 0)
        i = (i + 1) & (t->n_slots - 1);
    return i;
}

static void
grow_slots(struct bag_table *t)
{
    dz_free(t->slots);
    t->n_slots *= 2;
    t->slots = dz_alloc_array(t->n_slots, sizeof *t->slots);
    for (size_t i = 0; i < t->n; i++)
        t->slots[slot_of(t, record_at(t, i)->path)] = (uint32_t)i + 1;
}

struct bag_record *
dz_bag_table_find(const struct bag_table *t, struct dz_view path)
{
    uint8_t name[16];
    name_of(t, path, name);
    uint32_t number = t->slots[slot_of(t, name)];
    return number == 0 ? NULL : record_at(t, number - 1);
}

enum dz_code
dz_bag_table_put(struct bag_table *t, struct dz_view path, struct bag_record **ret, bool *ret_new,
                 struct dz_err *err)
{
    uint8_t name[16];
    name_of(t, path, name);
    size_t slot = slot_of(t, name);
    *ret_new = t->slots[slot] == 0;
    if (!*ret_new) {
        *ret = record_at(t, t->slots[slot] - 1);
        return DZ_OK;
    }
    if (t->n == DZ_BAG_FILES_MAX)
        return dz_fail(err, DZ_E_LIMIT, "it lists more than %u files", DZ_BAG_FILES_MAX);
    if ((t->n + 1) * 2 > t->n_slots) {
        grow_slots(t);
        slot = slot_of(t, name);
    }
    t->records = dz_grow(t->records, &t->cap, t->n + 1, t->stride);
    memcpy(record_at(t, t->n)->path, name, 16);
    t->slots[slot] = (uint32_t)++t->n;
    *ret = record_at(t, t->n - 1);
    return DZ_OK;
}

static bool
put_folded(uint64_t *slots, size_t n_slots, uint64_t value)
{
    size_t i = value & (n_slots - 1);
    while (slots[i] != 0 && slots[i] != value)
        i = (i + 1) & (n_slots - 1);
    bool there = slots[i] == value;
    slots[i] = value;
    return there;
}

bool
dz_bag_table_meets(struct bag_table *t, struct dz_view path)
{
    DZ_AUTO_BUF struct dz_buf folded = DZ_BUF(DZ_BAG_LINE_MAX);
    if (!dz_bag_path_form(path, BAG_FORM_FOLDED, &folded))
        return false;
    if ((t->n_folded + 1) * 2 > t->n_folded_slots) {
        uint64_t *more = dz_alloc_array(t->n_folded_slots * 2, sizeof *more);
        for (size_t i = 0; i < t->n_folded_slots; i++)
            if (t->folded[i] != 0)
                put_folded(more, t->n_folded_slots * 2, t->folded[i]);
        dz_free(t->folded);
        t->folded = more;
        t->n_folded_slots *= 2;
    }
    uint8_t name[16];
    name_of(t, dz_buf_view(&folded), name);
    if (put_folded(t->folded, t->n_folded_slots, first_8(name) | 1))
        return true;
    t->n_folded++;
    return false;
}

void
dz_bag_table_digest(const struct bag_table *t, enum dz_hash_alg alg, const uint8_t *digest,
                    uint8_t ret[16])
{
    uint8_t message[1 + DZ_HASH_BYTES_MAX] = {(uint8_t)alg};
    struct dz_hash32 h;
    memcpy(message + 1, digest, dz_hash_alg_bytes(alg));
    dz_sha256_2(t->key, sizeof t->key, message, 1 + dz_hash_alg_bytes(alg), h.b);
    memcpy(ret, h.b, 16);
}

uint8_t *
dz_bag_table_expected(const struct bag_table *t, struct bag_record *r, unsigned alg_ix)
{
    uint8_t *after = (uint8_t *)r + sizeof *r;
    return alg_ix < t->n_algs ? after + 16 * (size_t)alg_ix : NULL;
}
