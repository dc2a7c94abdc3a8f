#define _GNU_SOURCE /* memmem */
#define ZLIB_CONST
#include <string.h>
#include <strings.h>
#include <zlib.h>

#include "dz_codec.h"
#include "dz_mem.h"
#include "dz_web.h"

/* Records one after another, each of them a gzip member of its own where the file is packed. What
 * is
 * broken costs one record: reading goes on at the next that looks like one. */

#define TAIL_BYTES 16 /* kept while looking for the next record, which may lie over two pieces */

enum step { STEP_HEAD, STEP_BLOCK, STEP_LOST };
enum packing { PACKING_UNKNOWN, PACKING_NONE, PACKING_GZIP, PACKING_LOST };

struct dz_warc {
    struct dz_web *web;
    struct dz_record *record;
    enum step step;
    struct dz_buf head;
    uint64_t left; /* bytes of the block */
    enum packing packing;
    struct dz_buf first; /* of the packing, while it is looked for */
    z_stream z;
    bool has_z;
    bool in_member;
    uint64_t in;
    uint64_t out;
};

struct dz_view
dz_warc_header(struct dz_view head, const char *name)
{
    size_t n_name = strlen(name);
    const char *at = head.p;
    const char *end = head.p + head.n;
    while (at != NULL && at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        const char *line_end = stop != NULL ? stop : end;
        size_t n = (size_t)(line_end - at);
        if (n > n_name && at[n_name] == ':' && strncasecmp(at, name, n_name) == 0)
            return dz_view_trim(
                (struct dz_view){.p = at + n_name + 1, .n = n - n_name - 1});
        at = stop != NULL ? stop + 1 : NULL;
    }
    return (struct dz_view){.p = "", .n = 0};
}

/* ---- records ---- */

static void
lose(struct dz_warc *x)
{
    x->web->damaged = true;
    x->step = STEP_LOST;
}

static void
begin_record(struct dz_warc *x)
{
    struct dz_view head = dz_buf_view(&x->head);
    uint64_t n = 0;
    if (!dz_parse_u64(dz_warc_header(head, "Content-Length"), &n)) {
        dz_buf_reset(&x->head);
        lose(x);
        return;
    }
    x->web->n_records++;
    x->left = n;
    dz_record_begin(x->record, head, n);
    dz_buf_reset(&x->head);
    x->step = STEP_BLOCK;
    if (n == 0) {
        dz_record_end(x->record, true);
        x->step = STEP_HEAD;
    }
}

/* Whether the head collected so far can still be one; blank lines before it are passed over. */
static bool
is_plausible(const struct dz_buf *head)
{
    static const char version[] = "WARC/";
    size_t n = head->n < sizeof version - 1 ? head->n : sizeof version - 1;
    return memcmp(head->p, version, n) == 0;
}

static size_t
feed_head(struct dz_warc *x, struct dz_view v)
{
    size_t used = 0;
    while (used < v.n && x->step == STEP_HEAD) {
        char c = v.p[used++];
        if (x->head.n == 0 && (c == '\r' || c == '\n'))
            continue;
        dz_buf_addc(&x->head, c);
        if (x->head.n <= 5 && !is_plausible(&x->head)) {
            dz_buf_reset(&x->head);
            lose(x);
            return used;
        }
        if (x->head.failed || x->head.n >= DZ_WEB_HEAD_MAX) {
            dz_buf_reset(&x->head);
            lose(x);
        } else if (c == '\n') {
            const char *p = x->head.p;
            size_t n = x->head.n;
            bool ends = (n >= 2 && p[n - 2] == '\n') ||
                        (n >= 4 && p[n - 2] == '\r' && p[n - 3] == '\n');
            if (ends)
                begin_record(x);
        }
    }
    return used;
}

/* Behind what cannot be read: the next line that begins a record. */
static size_t
feed_lost(struct dz_warc *x, struct dz_view v)
{
    dz_buf_addv(&x->head, v);
    const char *found = x->head.n > 0 ? memmem(x->head.p, x->head.n, "WARC/1.", 7) : NULL;
    struct dz_buf rest = DZ_BUF(DZ_WEB_HEAD_MAX + 65536);
    if (found != NULL) {
        dz_buf_add(&rest, found, (size_t)(x->head.p + x->head.n - found));
        x->step = STEP_HEAD;
    } else if (x->head.n > TAIL_BYTES) {
        dz_buf_add(&rest, x->head.p + x->head.n - TAIL_BYTES, TAIL_BYTES);
    } else {
        dz_buf_addv(&rest, dz_buf_view(&x->head));
    }
    dz_buf_reset(&x->head);
    struct dz_view again = dz_buf_view(&rest);
    if (found == NULL) {
        dz_buf_addv(&x->head, again);
    } else {
        /* What was found is a head from its beginning, and perhaps more behind it. */
        while (again.n > 0) {
            size_t used = x->step == STEP_HEAD ? feed_head(x, again) : 0;
            again.p += used;
            again.n -= used;
            if (x->step == STEP_BLOCK) {
                size_t n = again.n < x->left ? again.n : (size_t)x->left;
                dz_record_data(x->record, (struct dz_view){.p = again.p, .n = n});
                x->left -= n;
                again.p += n;
                again.n -= n;
                if (x->left == 0) {
                    dz_record_end(x->record, true);
                    x->step = STEP_HEAD;
                }
            } else if (x->step == STEP_LOST) {
                break;
            }
        }
    }
    dz_buf_done(&rest);
    return v.n;
}

static void
feed_records(struct dz_warc *x, struct dz_view v)
{
    while (v.n > 0 && x->web->limit == NULL) {
        size_t n = 0;
        switch (x->step) {
        case STEP_HEAD:
            n = feed_head(x, v);
            break;
        case STEP_LOST:
            n = feed_lost(x, (struct dz_view){.p = v.p, .n = v.n < 32768 ? v.n : 32768});
            break;
        case STEP_BLOCK:
            n = v.n < x->left ? v.n : (size_t)x->left;
            dz_record_data(x->record, (struct dz_view){.p = v.p, .n = n});
            x->left -= n;
            if (x->left == 0) {
                dz_record_end(x->record, true);
                x->step = STEP_HEAD;
            }
            break;
        }
        v.p += n;
        v.n -= n;
    }
}

/* A record ends with its member, or with the file. */
static void
cut_record(struct dz_warc *x)
{
    if (x->step == STEP_BLOCK) {
        dz_record_end(x->record, false);
        x->web->damaged = true;
    } else if (x->head.n > 0 && x->step == STEP_HEAD) {
        x->web->damaged = true;
    }
    dz_buf_reset(&x->head);
    x->step = STEP_HEAD;
}

/* ---- gzip ---- */

static void
begin_member(struct dz_warc *x)
{
    if (!x->has_z)
        x->has_z = inflateInit2(&x->z, MAX_WBITS + 16) == Z_OK;
    else
        inflateReset(&x->z);
    x->in_member = true;
}

/* Behind a broken member: the next bytes that begin one. */
static size_t
find_member(struct dz_warc *x, struct dz_view v)
{
    for (size_t i = 0; i < v.n; i++) {
        dz_buf_addc(&x->first, v.p[i]);
        size_t n = x->first.n;
        if (n >= 3 && memcmp(x->first.p + n - 3, "\x1f\x8b\x08", 3) == 0) {
            begin_member(x);
            x->packing = PACKING_GZIP;
            dz_buf_reset(&x->first);
            unsigned char none[1];
            x->z.next_in = (const Bytef *)"\x1f\x8b\x08";
            x->z.avail_in = 3;
            x->z.next_out = none;
            x->z.avail_out = sizeof none;
            (void)inflate(&x->z, Z_NO_FLUSH);
            return i + 1;
        }
        if (n > 64) {
            char last[2] = {x->first.p[n - 2], x->first.p[n - 1]};
            dz_buf_reset(&x->first);
            dz_buf_add(&x->first, last, 2);
        }
    }
    return v.n;
}

static void
break_member(struct dz_warc *x)
{
    x->web->damaged = true;
    x->in_member = false;
    x->packing = PACKING_LOST;
    cut_record(x);
}

static void
inflate_piece(struct dz_warc *x)
{
    unsigned char room[65536];
    x->z.next_out = room;
    x->z.avail_out = sizeof room;
    int got = inflate(&x->z, Z_NO_FLUSH);
    size_t n = sizeof room - x->z.avail_out;
    x->out += n;
    if (x->out > 4 * DZ_WEB_FREE_BYTES && x->out / DZ_WEB_RATIO_MAX > x->in)
        x->web->limit = "bomb";
    feed_records(x, (struct dz_view){.p = (char *)room, .n = n});
    bool stuck = n == 0 && x->z.avail_in > 0; /* it neither takes nor gives */
    if (got == Z_STREAM_END)
        x->in_member = false;
    else if (stuck || (got != Z_OK && got != Z_BUF_ERROR))
        break_member(x);
}

static void
feed_gzip(struct dz_warc *x, struct dz_view v)
{
    x->z.next_in = (const Bytef *)v.p;
    x->z.avail_in = (uInt)v.n;
    while (x->z.avail_in > 0 && x->web->limit == NULL) {
        if (x->packing == PACKING_LOST) {
            size_t n = x->z.avail_in;
            const Bytef *at = x->z.next_in;
            size_t used = find_member(x, (struct dz_view){.p = (const char *)at, .n = n});
            x->z.next_in = at + used;
            x->z.avail_in = (uInt)(n - used);
            continue;
        }
        if (!x->in_member) {
            /* Zeros between members are padding. */
            if (*x->z.next_in == 0) {
                x->z.next_in++;
                x->z.avail_in--;
                continue;
            }
            const Bytef *at = x->z.next_in;
            uInt n = x->z.avail_in;
            begin_member(x);
            x->z.next_in = at;
            x->z.avail_in = n;
        }
        inflate_piece(x);
    }
}

/* ---- the file ---- */

struct dz_warc *
dz_warc_new(struct dz_web *web)
{
    struct dz_warc *x = dz_alloc(sizeof *x);
    x->web = web;
    x->record = dz_record_new(web);
    x->head.max = DZ_WEB_HEAD_MAX + 65536;
    x->first.max = 256;
    return x;
}

bool
dz_warc_feed(struct dz_warc *x, const void *p, size_t n)
{
    struct dz_view v = {.p = p, .n = n};
    x->in += n;
    while (v.n > 0 && x->packing == PACKING_UNKNOWN) {
        dz_buf_addc(&x->first, *v.p);
        v.p++;
        v.n--;
        if (x->first.n < 2)
            continue;
        bool packed = memcmp(x->first.p, "\x1f\x8b", 2) == 0;
        x->packing = packed ? PACKING_GZIP : PACKING_NONE;
        char begin[2] = {x->first.p[0], x->first.p[1]};
        dz_buf_reset(&x->first);
        struct dz_view again = {.p = begin, .n = 2};
        if (packed)
            feed_gzip(x, again);
        else
            feed_records(x, again);
    }
    for (; v.n > 0 && x->web->limit == NULL;) {
        size_t piece = v.n < 65536 ? v.n : 65536;
        struct dz_view some = {.p = v.p, .n = piece};
        if (x->packing == PACKING_NONE)
            feed_records(x, some);
        else
            feed_gzip(x, some);
        v.p += piece;
        v.n -= piece;
    }
    return x->web->limit == NULL;
}

void
dz_warc_finish(struct dz_warc *x)
{
    bool inside = x->step == STEP_BLOCK || (x->step == STEP_HEAD && x->head.n > 0) || x->in_member;
    if (inside && x->web->limit == NULL)
        x->web->cut = true;
    cut_record(x);
    dz_record_flush(x->record);
    dz_record_free(x->record);
    if (x->has_z)
        inflateEnd(&x->z);
    dz_buf_done(&x->head);
    dz_buf_done(&x->first);
    dz_free(x);
}
