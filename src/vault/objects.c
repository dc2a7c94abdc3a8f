#include "vault_impl.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stddef.h>
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
/* A segment is pushed to the disk in pieces while it grows: the sync at a commit is short. */
#define PUSH_BYTES (4u << 20)
#define READ_BYTES \
    (4 * (DZ_SEAL_CHUNK + 16)) /* whole sealed chunks, but for the nonce before them */

enum dz_code
dz_objects_open(int vault_fd, struct objects *o, struct dz_err *err)
{
    *o = (struct objects){.fd = -1, .segment_fd = -1, .read_fd = -1};
    dz_id_map_init(&o->places, sizeof(struct object_place), offsetof(struct object_place, id));
    return dz_os_opendir(vault_fd, "objects", &o->fd, err);
}

void
dz_objects_done(struct objects *o)
{
    dz_os_close_quiet(&o->fd);
    dz_os_close_quiet(&o->segment_fd);
    dz_os_close_quiet(&o->read_fd);
    dz_id_map_done(&o->places);
    *o = (struct objects){.fd = -1, .segment_fd = -1, .read_fd = -1};
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

void
dz_objects_note(struct objects *o, const struct object_place *p)
{
    dz_id_map_put(&o->places, p);
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
    dz_os_close_quiet(&o->read_fd); /* the places are those of the files as they are now */
    DZ_TRY(dz_os_list(o->fd, ".", &names, &n, err));
    dz_id_map_done(&o->places);
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
    *ret = dz_id_map_find(&o->places, id);
    /* Another process may have written it since; one more look. */
    if (!*ret && !fresh) {
        DZ_TRY(dz_objects_scan(o, err));
        *ret = dz_id_map_find(&o->places, id);
    }
    return DZ_OK;
}

/* The file that holds a place. That of a segment stays open for the next object, which most often
 * lies behind this one. */
static enum dz_code
open_place(struct objects *o, const struct object_place *p, int *ret_fd, struct dz_err *err)
{
    char name[DZ_HEX32];
    if (!p->segment) {
        dz_hex_encode(p->id, 32, name);
        return dz_os_open(o->fd, name, DZ_OS_READ, ret_fd, err);
    }
    if (o->read_fd < 0 || o->read_segment != p->segment) {
        dz_os_close_quiet(&o->read_fd);
        segment_name(p->segment, name);
        DZ_TRY(dz_os_open(o->fd, name, DZ_OS_READ, &o->read_fd, err));
        o->read_segment = p->segment;
    }
    *ret_fd = o->read_fd;
    return DZ_OK;
}

enum dz_code
dz_objects_stream(int fd, const struct object_place *p, dz_sink_fn *fn, void *ctx,
                  struct dz_err *err)
{
    size_t room = p->size < READ_BYTES ? (size_t)p->size : READ_BYTES;
    DZ_AUTO_FREE uint8_t *chunk = dz_alloc(room);
    for (uint64_t done = 0; done < p->size;) {
        size_t part = p->size - done < room ? (size_t)(p->size - done) : room;
        DZ_TRY(dz_os_pread_all(fd, chunk, part, p->offset + done, err));
        DZ_TRY(fn(ctx, chunk, part, err));
        done += part;
    }
    return DZ_OK;
}

enum dz_code
dz_objects_open_own(struct objects *o, const struct object_place *p, int *ret_fd,
                    struct dz_err *err)
{
    char name[DZ_HEX32];
    if (p->segment)
        segment_name(p->segment, name);
    else
        dz_hex_encode(p->id, 32, name);
    return dz_os_open(o->fd, name, DZ_OS_READ, ret_fd, err);
}

enum dz_code
dz_objects_read(struct objects *o, const struct object_place *p, dz_sink_fn *fn, void *ctx,
                struct dz_err *err)
{
    int fd = -1;
    /* The sink may lead to another read, and that may look at the folder anew. */
    const struct object_place place = *p;
    DZ_TRY(open_place(o, &place, &fd, err));
    enum dz_code code = dz_objects_stream(fd, &place, fn, ctx, err);
    if (!place.segment)
        dz_os_close_quiet(&fd);
    return code;
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
    dz_os_close_quiet(&c->o->segment_fd); /* the file may be replaced */
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
    dz_os_close_quiet(&o->segment_fd);
    o->last_segment = last;
    o->last_bytes = st.size_bytes;
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(63);
    dz_buf_addf(&text, "%u:%llu:%zu", last, (unsigned long long)st.size_bytes, large);
    memcpy(ret, text.p, text.n + 1);
    return DZ_OK;
}

/* The last segment is left: what was put into it reaches the disk first. */
static enum dz_code
leave_segment(struct objects *o, struct dz_err *err)
{
    if (o->segment_fd < 0)
        return DZ_OK;
    DZ_TRY(dz_os_fdatasync(o->segment_fd, err));
    return dz_os_close(&o->segment_fd, err);
}

enum dz_code
dz_objects_sync(struct objects *o, struct dz_err *err)
{
    DZ_TRY(leave_segment(o, err));
    return dz_os_fsync(o->fd, err);
}

static enum dz_code
begin_segment(struct objects *o, const uint8_t vault_id[16], struct dz_err *err)
{
    char name[16];
    DZ_AUTO_BUF struct dz_buf head = DZ_BUF(SEG_HEAD);
    DZ_TRY(leave_segment(o, err));
    segment_name(o->last_segment + 1, name);
    dz_buf_add(&head, "dzS1", 4);
    dz_buf_add(&head, vault_id, 16);
    dz_buf_add_u32be(&head, o->last_segment + 1);
    DZ_TRY(dz_os_open(o->fd, name, DZ_OS_CREATE, &o->segment_fd, err));
    o->last_segment++;
    o->last_bytes = o->pushed_bytes = 0;
    DZ_TRY(dz_os_pwrite_all(o->segment_fd, head.p, head.n, 0, err));
    o->last_bytes = head.n;
    return DZ_OK;
}

static enum dz_code
open_segment(struct objects *o, struct dz_err *err)
{
    char name[16];
    if (o->segment_fd >= 0)
        return DZ_OK;
    segment_name(o->last_segment, name);
    o->pushed_bytes = o->last_bytes;
    return dz_os_open(o->fd, name, DZ_OS_READWRITE, &o->segment_fd, err);
}

/* Append to the last segment, or to a new one when that is full. */
static enum dz_code
append(struct objects *o, const uint8_t vault_id[16], struct dz_sealed *m, struct dz_err *err)
{
    struct dz_buf head = DZ_BUF(ITEM_HEAD);
    if (o->last_segment == 0 || o->last_bytes + m->item.n > SEGMENT_MAX)
        DZ_TRY(begin_segment(o, vault_id, err));
    DZ_TRY(open_segment(o, err));
    dz_buf_add_u32be(&head, (uint32_t)(m->item.n - ITEM_HEAD));
    dz_buf_add(&head, m->rec.id, 32);
    memcpy(m->item.p, head.p, ITEM_HEAD);
    dz_buf_done(&head);
    DZ_TRY(dz_os_pwrite_all(o->segment_fd, m->item.p, m->item.n, o->last_bytes, err));
    struct object_place p = {.segment = o->last_segment,
                             .offset = o->last_bytes + ITEM_HEAD,
                             .size = m->item.n - ITEM_HEAD};
    memcpy(p.id, m->rec.id, 32);
    if (o->scanned)
        dz_objects_note(o, &p);
    o->last_bytes += m->item.n;
    if (o->last_bytes - o->pushed_bytes >= PUSH_BYTES) {
        dz_os_start_writing(o->segment_fd, o->pushed_bytes, o->last_bytes - o->pushed_bytes);
        o->pushed_bytes = o->last_bytes;
    }
    return DZ_OK;
}

enum dz_code
dz_objects_put(struct objects *o, const uint8_t vault_id[16], struct dz_sealed *m,
               struct dz_err *err)
{
    if (!m->tmp[0] && m->fd < 0)
        return append(o, vault_id, m, err);
    if (m->fd >= 0)
        DZ_TRY(dz_os_name_file(m->fd, o->fd, m->info.id, err));
    else
        DZ_TRY(dz_os_rename(o->fd, m->tmp, m->info.id, err));
    m->tmp[0] = '\0';
    struct object_place p = {.size = m->info.stored_bytes};
    memcpy(p.id, m->rec.id, 32);
    if (o->scanned)
        dz_objects_note(o, &p);
    return DZ_OK;
}
