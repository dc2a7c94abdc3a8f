#include <string.h>

#include "dz_hash.h"
#include "dz_mem.h"
#include "dz_os.h"
#include "package_read_impl.h"

#define FIRST_SLOTS 256u

void
dz_package_set_init(struct package_set *s)
{
    *s = (struct package_set){.n_slots = FIRST_SLOTS};
    dz_os_random(s->key, sizeof s->key);
    s->slots = dz_alloc_array(s->n_slots, sizeof *s->slots);
}

void
dz_package_set_done(struct package_set *s)
{
    dz_free(s->slots);
    *s = (struct package_set){.n = 0};
}

/* Under a random key nobody can choose names that meet; 0 marks a free slot. */
static uint64_t
value_of(const struct package_set *s, const char *a, const char *b)
{
    uint8_t parts[3][32];
    uint8_t h[32];
    uint64_t v;
    memcpy(parts[0], s->key, 32);
    dz_sha256(a, strlen(a), parts[1]);
    dz_sha256(b, strlen(b), parts[2]);
    dz_sha256(parts, sizeof parts, h);
    memcpy(&v, h, sizeof v);
    return v | 1;
}

static size_t
slot_of(const uint64_t *slots, size_t n_slots, uint64_t value)
{
    size_t i = (value >> 1) & (n_slots - 1);
    while (slots[i] != 0 && slots[i] != value)
        i = (i + 1) & (n_slots - 1);
    return i;
}

enum dz_code
dz_package_set_put(struct package_set *s, const char *a, const char *b, bool *ret_new,
                   struct dz_err *err)
{
    uint64_t value = value_of(s, a, b);
    size_t slot = slot_of(s->slots, s->n_slots, value);
    *ret_new = s->slots[slot] == 0;
    if (!*ret_new)
        return DZ_OK;
    if (s->n == PACKAGE_SET_MAX)
        return dz_fail(err, DZ_E_LIMIT, "the package lists more than %u things", PACKAGE_SET_MAX);
    s->slots[slot] = value;
    if (++s->n * 2 <= s->n_slots)
        return DZ_OK;
    uint64_t *more = dz_alloc_array(s->n_slots * 2, sizeof *more);
    for (size_t i = 0; i < s->n_slots; i++)
        if (s->slots[i] != 0)
            more[slot_of(more, s->n_slots * 2, s->slots[i])] = s->slots[i];
    dz_free(s->slots);
    s->slots = more;
    s->n_slots *= 2;
    return DZ_OK;
}

bool
dz_package_set_has(const struct package_set *s, const char *a, const char *b)
{
    return s->slots[slot_of(s->slots, s->n_slots, value_of(s, a, b))] != 0;
}
