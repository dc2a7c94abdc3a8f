#include "vault_impl.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "dz_codec.h"

/* Objects, docs/format/objects.md. Small ones lie in segments, large ones in files of their own:
 *   objects/seg-<8 hex>  "dzS1" | vault id(16) | u32 number | then: u32 length | sha256(32) |
 *   sealed bytes
 *   objects/<64 hex>     sealed bytes; the name is their SHA-256
 *   objects/tmp-<16 hex> a large object being written; never referenced, removed at the next write
 *   */

#define SEG_HEAD 24
#define ITEM_HEAD 36

enum dz_code
dz_objects_open(int vault_fd, struct objects *o, struct dz_err *err)
{
    *o = (struct objects){.fd = -1};
    return dz_os_opendir(vault_fd, "objects", &o->fd, err);
}

void
dz_objects_done(struct objects *o)
{
    dz_os_close_quiet(&o->fd);
    dz_free(o->slots);
    *o = (struct objects){.fd = -1};
}

static void
segment_name(uint32_t number, char ret[16])
{
    (void)snprintf(ret, 16, "seg-%08" PRIx32, number);
}

static bool
segment_number(const char *name, uint32_t *ret)
{
    uint8_t be[4];
    if (strlen(name) != 12 || strncmp(name, "seg-", 4) != 0 ||
        !dz_hex_decode(dz_view_of(name + 4), be, 4))
        return false;
    *ret = (uint32_t)be[0] << 24 | (uint32_t)be[1] << 16 | (uint32_t)be[2] << 8 | be[3];
    return true;
}

/* ---- map from id to place ---- */

static size_t
slot_of(const struct objects *o, const uint8_t id[32])
{
    uint64_t h;
    memcpy(&h, id, sizeof h);
    size_t i = (size_t)h & (o->n_slots - 1);
    while (o->slots[i].used && memcmp(o->slots[i].id, id, 32) != 0)
        i = (i + 1) & (o->n_slots - 1);
    return i;
}

void
dz_objects_note(struct objects *o, const struct object_place *p)
{
    if (o->n * 2 + 2 > o->n_slots) {
        struct objects bigger = {.n_slots = o->n_slots ? o->n_slots * 2 : 256};
        bigger.slots = dz_alloc_array(bigger.n_slots, sizeof *bigger.slots);
        for (size_t i = 0; i < o->n_slots; i++)
            if (o->slots[i].used)
                bigger.slots[slot_of(&bigger, o->slots[i].id)] = o->slots[i];
        dz_free(o->slots);
        o->slots = bigger.slots;
        o->n_slots = bigger.n_slots;
    }
    size_t i = slot_of(o, p->id);
    if (!o->slots[i].used)
        o->n++;
    o->slots[i] = *p;
    o->slots[i].used = true;
}

/* ---- scanning ---- */

/* Called for each whole item of a segment; the last good end of the segment comes back in
 * *ret_end. */
typedef enum dz_code
item_fn(void *ctx, const struct object_place *p, struct dz_err *err);

static enum dz_code
segment_each(struct objects *o, uint32_t number, item_fn *fn, void *ctx, uint64_t *ret_end,
             struct dz_err *err)
{
    char name[16];
    segment_name(number, name);
    DZ_AUTO_FD int fd = -1;
    DZ_TRY(dz_os_open(o->fd, name, DZ_OS_READ, &fd, err));
    struct dz_os_stat st;
    DZ_TRY(dz_os_fstat(fd, &st, err));
    uint64_t at = SEG_HEAD;
    while (at + ITEM_HEAD <= st.size_bytes) {
        uint8_t head[ITEM_HEAD];
        DZ_TRY(dz_os_pread_all(fd, head, sizeof head, at, err));
        struct dz_reader r = dz_reader_of(head, 4);
        struct object_place p = {
            .segment = number, .offset = at + ITEM_HEAD, .size = dz_read_u32be(&r)};
        memcpy(p.id, head + 4, 32);
        if (p.size > st.size_bytes - p.offset)
            break;
        DZ_TRY(fn(ctx, &p, err));
        at = p.offset + p.size;
    }
    *ret_end = at;
    return DZ_OK;
}

static enum dz_code
note_item(void *ctx, const struct object_place *p, struct dz_err *err)
{
    (void)err;
    dz_objects_note(ctx, p);
    return DZ_OK;
}

static enum dz_code
scan_name(struct objects *o, const char *name, struct dz_err *err)
{
    uint32_t number;
    uint64_t end;
    struct object_place p = {0};
    struct dz_os_stat st;
    if (segment_number(name, &number)) {
        DZ_TRY(segment_each(o, number, note_item, o, &end, err));
        DZ_TRY(dz_os_stat(o->fd, name, false, &st, err));
        if (number >= o->last_segment) {
            o->last_segment = number;
            o->last_bytes = st.size_bytes;
        }
    } else if (strlen(name) == 64 && dz_hex_decode(dz_view_of(name), p.id, 32)) {
        DZ_TRY(dz_os_stat(o->fd, name, false, &st, err));
        p.size = st.size_bytes;
        dz_objects_note(o, &p);
    }
    return DZ_OK;
}

enum dz_code
dz_objects_scan(struct objects *o, struct dz_err *err)
{
    char **names = NULL;
    size_t n = 0;
    DZ_TRY(dz_os_list(o->fd, ".", &names, &n, err));
    dz_free(o->slots);
    o->slots = NULL;
    o->n = o->n_slots = 0;
    o->last_segment = 0;
    o->last_bytes = 0;
    enum dz_code code = DZ_OK;
    for (size_t i = 0; i < n && code == DZ_OK; i++)
        code = scan_name(o, names[i], err);
    dz_os_names_free(names, n);
    o->scanned = code == DZ_OK;
    return code;
}

enum dz_code
dz_objects_find(struct objects *o, const uint8_t id[32], const struct object_place **ret,
                struct dz_err *err)
{
    bool fresh = !o->scanned;
    if (fresh)
        DZ_TRY(dz_objects_scan(o, err));
    *ret = NULL;
    if (o->n_slots && o->slots[slot_of(o, id)].used)
        *ret = &o->slots[slot_of(o, id)];
    /* Another process may have written it since; one more look. */
    if (!*ret && !fresh) {
        DZ_TRY(dz_objects_scan(o, err));
        if (o->n_slots && o->slots[slot_of(o, id)].used)
            *ret = &o->slots[slot_of(o, id)];
    }
    return DZ_OK;
}

enum dz_code
dz_objects_read(struct objects *o, const struct object_place *p, dz_sink_fn *fn, void *ctx,
                struct dz_err *err)
{
    char name[DZ_HEX32];
    if (p->segment)
        segment_name(p->segment, name);
    else
        dz_hex_encode(p->id, 32, name);
    DZ_AUTO_FD int fd = -1;
    DZ_TRY(dz_os_open(o->fd, name, DZ_OS_READ, &fd, err));
    DZ_AUTO_FREE uint8_t *chunk = dz_alloc(DZ_SEAL_CHUNK);
    for (uint64_t done = 0; done < p->size;) {
        size_t part = p->size - done < DZ_SEAL_CHUNK ? (size_t)(p->size - done) : DZ_SEAL_CHUNK;
        DZ_TRY(dz_os_pread_all(fd, chunk, part, p->offset + done, err));
        DZ_TRY(fn(ctx, chunk, part, err));
        done += part;
    }
    return DZ_OK;
}

/* ---- removing ---- */

int
dz_compare_id(const void *a, const void *b)
{
    return memcmp(a, b, 32);
}

static bool
has_id(const uint8_t (*ids)[32], size_t n, const uint8_t id[32])
{
    return n && bsearch(id, ids, n, 32, dz_compare_id);
}

struct copy_state {
    struct objects *o;
    const uint8_t (*ids)[32];
    size_t n;
    bool keep_listed; /* true: ids are what stays; false: ids are what goes */
    int from;
    int to;
    uint64_t removed;
};

static enum dz_code
copy_item(void *ctx, const struct object_place *p, struct dz_err *err)
{
    struct copy_state *c = ctx;
    if (has_id(c->ids, c->n, p->id) != c->keep_listed) {
        c->removed++;
        return DZ_OK;
    }
    if (c->to < 0)
        return DZ_OK;
    DZ_AUTO_FREE uint8_t *bytes = dz_alloc((size_t)p->size + ITEM_HEAD);
    DZ_TRY(
        dz_os_pread_all(c->from, bytes, (size_t)p->size + ITEM_HEAD, p->offset - ITEM_HEAD, err));
    return dz_os_write_all(c->to, bytes, (size_t)p->size + ITEM_HEAD, err);
}

/* Write one segment anew without what must go. Two passes: most segments are not touched at all. */
static enum dz_code
filter_segment(struct copy_state *c, uint32_t number, const uint8_t vault_id[16],
               struct dz_err *err)
{
    char name[16];
    segment_name(number, name);
    struct dz_os_stat st;
    uint64_t end = 0, before = c->removed;
    c->to = c->from = -1;
    DZ_TRY(dz_os_stat(c->o->fd, name, false, &st, err));
    DZ_TRY(segment_each(c->o, number, copy_item, c, &end, err));
    if (c->removed == before && end == st.size_bytes)
        return DZ_OK;
    c->removed = before;

    DZ_AUTO_FREE char *tmp = dz_asprintf("%s.tmp", name);
    if (dz_os_exists(c->o->fd, tmp))
        DZ_TRY(dz_os_unlink(c->o->fd, tmp, err));
    DZ_TRY(dz_os_open(c->o->fd, name, DZ_OS_READ, &c->from, err));
    enum dz_code code = dz_os_open(c->o->fd, tmp, DZ_OS_CREATE, &c->to, err);
    DZ_AUTO_BUF struct dz_buf head = DZ_BUF(64);
    dz_buf_add(&head, "dzS1", 4);
    dz_buf_add(&head, vault_id, 16);
    dz_buf_add_u32be(&head, number);
    if (code == DZ_OK)
        code = dz_os_write_all(c->to, head.p, head.n, err);
    if (code == DZ_OK)
        code = segment_each(c->o, number, copy_item, c, &end, err);
    if (code == DZ_OK)
        code = dz_os_fsync(c->to, err);
    dz_os_close_quiet(&c->from);
    dz_os_close_quiet(&c->to);
    if (code == DZ_OK)
        code = dz_os_rename(c->o->fd, tmp, name, err);
    return code == DZ_OK ? dz_os_fsync(c->o->fd, err) : code;
}

static enum dz_code
filter_all(struct copy_state *c, const uint8_t vault_id[16], struct dz_err *err)
{
    char **names = NULL;
    size_t n = 0;
    DZ_TRY(dz_os_list(c->o->fd, ".", &names, &n, err));
    enum dz_code code = DZ_OK;
    for (size_t i = 0; i < n && code == DZ_OK; i++) {
        uint32_t number;
        uint8_t id[32];
        bool is_id = strlen(names[i]) == 64 && dz_hex_decode(dz_view_of(names[i]), id, 32);
        if (segment_number(names[i], &number))
            code = filter_segment(c, number, vault_id, err);
        else if (is_id && has_id(c->ids, c->n, id) == c->keep_listed)
            continue;
        else if (is_id || strncmp(names[i], "tmp-", 4) == 0) {
            code = dz_os_unlink(c->o->fd, names[i], err);
            c->removed++;
        }
    }
    dz_os_names_free(names, n);
    if (code == DZ_OK)
        code = dz_os_fsync(c->o->fd, err);
    return code == DZ_OK ? dz_objects_scan(c->o, err) : code;
}

enum dz_code
dz_objects_drop(struct objects *o, const uint8_t vault_id[16], const uint8_t (*ids)[32], size_t n,
                struct dz_err *err)
{
    struct copy_state c = {.o = o, .ids = ids, .n = n, .keep_listed = false, .from = -1, .to = -1};
    return filter_all(&c, vault_id, err);
}

enum dz_code
dz_objects_recover(struct objects *o, const uint8_t vault_id[16], const uint8_t (*keep)[32],
                   size_t n, uint64_t *ret_removed, struct dz_err *err)
{
    struct copy_state c = {.o = o, .ids = keep, .n = n, .keep_listed = true, .from = -1, .to = -1};
    DZ_TRY(filter_all(&c, vault_id, err));
    *ret_removed = c.removed;
    return DZ_OK;
}

enum dz_code
dz_objects_state(struct objects *o, char ret[64], struct dz_err *err)
{
    char **names = NULL;
    size_t n = 0, large = 0;
    uint32_t last = 0, number;
    DZ_TRY(dz_os_list(o->fd, ".", &names, &n, err));
    for (size_t i = 0; i < n; i++) {
        if (segment_number(names[i], &number))
            last = number > last ? number : last;
        else
            large++;
    }
    dz_os_names_free(names, n);
    struct dz_os_stat st = {0};
    if (last) {
        char name[16];
        segment_name(last, name);
        DZ_TRY(dz_os_stat(o->fd, name, false, &st, err));
    }
    o->last_segment = last;
    o->last_bytes = st.size_bytes;
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(63);
    dz_buf_addf(&text, "%u:%llu:%zu", last, (unsigned long long)st.size_bytes, large);
    memcpy(ret, text.p, text.n + 1);
    return DZ_OK;
}

enum dz_code
dz_objects_sync(struct objects *o, uint32_t from_segment, struct dz_err *err)
{
    for (uint32_t s = from_segment ? from_segment : 1; s <= o->last_segment; s++) {
        char name[16];
        segment_name(s, name);
        DZ_AUTO_FD int fd = -1;
        if (!dz_os_exists(o->fd, name))
            continue;
        DZ_TRY(dz_os_open(o->fd, name, DZ_OS_READWRITE, &fd, err));
        DZ_TRY(dz_os_fdatasync(fd, err));
        DZ_TRY(dz_os_close(&fd, err));
    }
    return dz_os_fsync(o->fd, err);
}

/** Append one sealed object to the last segment, or to a new one when that is full. */
enum dz_code
dz_objects_append(struct objects *o, const uint8_t vault_id[16], const uint8_t id[32],
                  struct dz_view sealed, struct dz_err *err)
{
    bool fresh = o->last_segment == 0 || o->last_bytes + ITEM_HEAD + sealed.n > SEGMENT_MAX;
    uint32_t number = fresh ? o->last_segment + 1 : o->last_segment;
    uint64_t at = fresh ? 0 : o->last_bytes;
    char name[16];
    segment_name(number, name);
    DZ_AUTO_FD int fd = -1;
    DZ_TRY(dz_os_open(o->fd, name, fresh ? DZ_OS_CREATE : DZ_OS_READWRITE, &fd, err));
    DZ_AUTO_BUF struct dz_buf item = DZ_BUF(SMALL_OBJECT_MAX + 131072);
    if (fresh) {
        dz_buf_add(&item, "dzS1", 4);
        dz_buf_add(&item, vault_id, 16);
        dz_buf_add_u32be(&item, number);
    }
    dz_buf_add_u32be(&item, (uint32_t)sealed.n);
    dz_buf_add(&item, id, 32);
    dz_buf_addv(&item, sealed);
    DZ_TRY(dz_buf_ok(&item, "object", err));
    DZ_TRY(dz_os_pwrite_all(fd, item.p, item.n, at, err));
    DZ_TRY(dz_os_close(&fd, err));
    struct object_place p = {.segment = number, .offset = at + item.n - sealed.n, .size = sealed.n};
    memcpy(p.id, id, 32);
    if (o->scanned)
        dz_objects_note(o, &p);
    o->last_segment = number;
    o->last_bytes = at + item.n;
    return DZ_OK;
}
