#include "vault_impl.h"

#include <string.h>
#include <zstd.h>

#include "dz_codec.h"

/* Objects on their way out: sealed bytes -> opened chunk by chunk -> zstd where they were
 * compressed -> the caller. Only
 * authenticated bytes reach zstd, and only they reach the caller. */

/* Sealed bytes up to which an object is opened in one piece: one chunk, its nonce and tag. */
#define WHOLE_MAX (DZ_SEAL_CHUNK + 32)

struct object_reader {
    ZSTD_DCtx *zstd;
    uint8_t *out;         /* what zstd gives */
    struct dz_buf sealed; /* a small object */
    struct dz_buf plain;
    /* Of the object being read. */
    struct dz_unseal *unseal; /* of a large one */
    bool compressed;
    bool whole_frame;
    dz_chunk_fn *fn;
    void *ctx;
};

static struct object_reader *
reader_new(void)
{
    struct object_reader *r = dz_alloc(sizeof *r);
    size_t cap = 0;
    /* Not cleared: most objects fill a small part of it. */
    r->out = dz_grow_room(NULL, &cap, ZSTD_DStreamOutSize());
    r->sealed.max = WHOLE_MAX;
    r->plain.max = WHOLE_MAX;
    return r;
}

void
dz_object_reader_free(struct object_reader *r)
{
    if (!r)
        return;
    ZSTD_freeDCtx(r->zstd);
    dz_free(r->out);
    dz_buf_done(&r->sealed);
    dz_buf_done(&r->plain);
    dz_free(r);
}

static enum dz_code
plain_chunk(void *ctx, const void *p, size_t n, struct dz_err *err)
{
    struct object_reader *r = ctx;
    if (!r->compressed)
        return n ? r->fn(r->ctx, p, n, err) : DZ_OK;
    ZSTD_inBuffer in = {p, n, 0};
    while (in.pos < in.size) {
        ZSTD_outBuffer out = {r->out, ZSTD_DStreamOutSize(), 0};
        size_t left = ZSTD_decompressStream(r->zstd, &out, &in);
        if (ZSTD_isError(left))
            return dz_fail(err, DZ_E_CORRUPT, "compressed data is damaged");
        r->whole_frame = left == 0;
        if (out.pos)
            DZ_TRY(r->fn(r->ctx, out.dst, out.pos, err));
    }
    return DZ_OK;
}

static enum dz_code
sealed_chunk(void *ctx, const void *p, size_t n, struct dz_err *err)
{
    struct object_reader *r = ctx;
    return dz_unseal_write(r->unseal, p, n, err);
}

static enum dz_code
find_object(struct dz_vault *v, const char *id, const struct object_place **ret_place,
            const struct key_record **ret_key, struct dz_err *err)
{
    uint8_t raw[32];
    if (!dz_hex_decode(dz_view_of(id), raw, 32))
        return dz_fail(err, DZ_E_INPUT, "'%s' is not an object", id);
    DZ_TRY(dz_objects_find(&v->objects, raw, ret_place, err));
    DZ_TRY(dz_tables_find(v, raw, ret_key, NULL, err));
    /* Removal forgets the key last: a key without its object means that the object was taken. */
    if (!*ret_place && *ret_key)
        return dz_fail(err, DZ_E_CORRUPT,
                       "object %.12s is missing from the vault: restore it from a backup", id);
    if (!*ret_key)
        return dz_fail(err, DZ_E_NOTFOUND, "object %.12s is not stored, or was removed for good",
                       id);
    return DZ_OK;
}

/* Where sealed bytes come from: the vault, or a descriptor of one's own. */
struct sealed_place {
    struct objects *o; /* NULL: fd */
    int fd;
    struct object_place place;
    const uint8_t *key; /* 16 bytes, borrowed */
};

static enum dz_code
stream_sealed(const struct sealed_place *s, dz_sink_fn *fn, void *ctx, struct dz_err *err)
{
    return s->o ? dz_objects_read(s->o, &s->place, fn, ctx, err)
                : dz_objects_stream(s->fd, &s->place, fn, ctx, err);
}

/* One compressed frame whose content fits into the room for what zstd gives is unpacked in one
 * call, which spares the window that a stream keeps of its own. False: it needs a stream. */
static bool
unpack_whole(struct object_reader *r, size_t *ret_n)
{
    size_t room = ZSTD_DStreamOutSize();
    unsigned long long n = ZSTD_getFrameContentSize(r->plain.p, r->plain.n);
    if (n == ZSTD_CONTENTSIZE_UNKNOWN || n == ZSTD_CONTENTSIZE_ERROR || n > room ||
        ZSTD_findFrameCompressedSize(r->plain.p, r->plain.n) != r->plain.n)
        return false;
    *ret_n = ZSTD_decompressDCtx(r->zstd, r->out, room, r->plain.p, r->plain.n);
    return !ZSTD_isError(*ret_n);
}

static enum dz_code
give_plain(struct object_reader *r, struct dz_err *err)
{
    size_t n = 0;
    if (!r->compressed || r->plain.n == 0 || !unpack_whole(r, &n))
        return plain_chunk(r, r->plain.p, r->plain.n, err);
    r->whole_frame = true;
    return n ? r->fn(r->ctx, r->out, n, err) : DZ_OK;
}

/* A small object is opened in one piece. */
static enum dz_code
read_whole(struct object_reader *r, const struct sealed_place *s, struct dz_err *err)
{
    dz_buf_reset(&r->sealed);
    dz_buf_reset(&r->plain);
    DZ_TRY(stream_sealed(s, dz_sink_buf, &r->sealed, err));
    enum dz_code code = dz_unseal_bytes(s->key, dz_buf_view(&r->sealed), &r->plain, err);
    if (code == DZ_OK)
        code = give_plain(r, err);
    if (r->plain.n)
        dz_wipe(r->plain.p, r->plain.n);
    return code;
}

static enum dz_code
read_stream(struct object_reader *r, const struct sealed_place *s, struct dz_err *err)
{
    enum dz_code code = dz_unseal_new(s->key, plain_chunk, r, &r->unseal, err);
    if (code == DZ_OK)
        code = stream_sealed(s, sealed_chunk, r, err);
    if (code == DZ_OK)
        code = dz_unseal_finish(r->unseal, err);
    dz_unseal_free(r->unseal);
    r->unseal = NULL;
    return code;
}

static enum dz_code
read_with(struct object_reader *r, const struct sealed_place *s, const char *codec, dz_chunk_fn *fn,
          void *ctx, struct dz_err *err)
{
    r->fn = fn;
    r->ctx = ctx;
    r->compressed = codec && strcmp(codec, "zstd") == 0;
    r->whole_frame = !r->compressed;
    if (r->compressed && !r->zstd)
        r->zstd = ZSTD_createDCtx();
    if (r->compressed && !r->zstd)
        return dz_fail(err, DZ_E_MEMORY, "decompressing: out of memory");
    if (r->compressed)
        ZSTD_DCtx_reset(r->zstd, ZSTD_reset_session_only);
    DZ_TRY(s->place.size <= WHOLE_MAX ? read_whole(r, s, err) : read_stream(r, s, err));
    return r->whole_frame ? DZ_OK : dz_fail(err, DZ_E_CORRUPT, "compressed data ends early");
}

enum dz_code
dz_vault_read_object(struct dz_vault *v, const char *id, const char *codec, dz_chunk_fn *fn,
                     void *ctx, struct dz_err *err)
{
    const struct object_place *place;
    const struct key_record *key;
    DZ_TRY(find_object(v, id, &place, &key, err));
    const struct sealed_place s = {.o = &v->objects, .fd = -1, .place = *place, .key = key->key};
    /* Whoever reads another object while this one is given out gets a reader of their own. */
    struct object_reader *r = v->reader ? v->reader : reader_new();
    v->reader = NULL;
    enum dz_code code = read_with(r, &s, codec, fn, ctx, err);
    dz_object_reader_free(v->reader);
    v->reader = r;
    return code == DZ_OK ? DZ_OK : dz_while(err, "object %.12s", id);
}

/* ---- what need not be read ---- */

#define KEPT_MAX ((size_t)4 << 20)

void
dz_kept_add(struct kept *k, const char *object, struct dz_view plain)
{
    if (strlen(object) != DZ_HEX32 - 1 || plain.n > KEPT_MAX - k->bytes.n)
        return;
    k->bytes.max = KEPT_MAX;
    k->objects = dz_grow(k->objects, &k->cap, k->n + 1, sizeof *k->objects);
    struct kept_object *o = &k->objects[k->n++];
    *o = (struct kept_object){.at = k->bytes.n, .n = plain.n};
    memcpy(o->id, object, DZ_HEX32);
    dz_buf_addv(&k->bytes, plain);
}

/* Only the one whose turn it is, or the one behind it, is looked at: whatever is missed is read. */
static bool
find_kept(struct kept *k, const char *object, struct dz_view *ret)
{
    for (size_t i = k->next; i < k->n && i < k->next + 2; i++) {
        const struct kept_object *o = &k->objects[i];
        if (strcmp(o->id, object) != 0)
            continue;
        *ret = (struct dz_view){k->bytes.p + o->at, o->n};
        k->next = i + 1;
        return true;
    }
    return false;
}

void
dz_kept_done(struct kept *k)
{
    dz_free(k->objects);
    dz_buf_done(&k->bytes);
    *k = (struct kept){0};
}

/* ---- loans ---- */

struct dz_loan {
    char id[DZ_HEX32];
    const char *codec; /* constant */
    uint8_t key[sizeof((struct key_record *)0)->key];
    struct sealed_place from;
    struct object_reader **spare; /* of the vault */
};

enum dz_code
dz_vault_lend(struct dz_vault *v, const char *id, const char *codec, struct dz_loan **ret,
              struct dz_err *err)
{
    const struct object_place *place;
    const struct key_record *key;
    DZ_TRY(find_object(v, id, &place, &key, err));
    int fd = -1;
    DZ_TRY(dz_objects_open_own(&v->objects, place, &fd, err));
    struct dz_loan *l = dz_alloc(sizeof *l);
    memcpy(l->id, id, DZ_HEX32);
    memcpy(l->key, key->key, sizeof l->key);
    l->codec = codec && strcmp(codec, "zstd") == 0 ? "zstd" : "none";
    l->from = (struct sealed_place){.fd = fd, .place = *place, .key = l->key};
    l->spare = v->spare_readers;
    *ret = l;
    return DZ_OK;
}

/* Rooms and contexts go from one loan to the next, whatever thread has it. */
static struct object_reader *
take_reader(struct object_reader **spare)
{
    for (size_t i = 0; i < SPARE_READERS; i++) {
        struct object_reader *r = __atomic_exchange_n(&spare[i], NULL, __ATOMIC_ACQ_REL);
        if (r)
            return r;
    }
    return reader_new();
}

static void
give_back(struct object_reader **spare, struct object_reader *r)
{
    for (size_t i = 0; r && i < SPARE_READERS; i++)
        r = __atomic_exchange_n(&spare[i], r, __ATOMIC_ACQ_REL);
    dz_object_reader_free(r);
}

enum dz_code
dz_loan_read(struct dz_loan *l, dz_chunk_fn *fn, void *ctx, struct dz_err *err)
{
    struct object_reader *r = take_reader(l->spare);
    enum dz_code code = read_with(r, &l->from, l->codec, fn, ctx, err);
    give_back(l->spare, r);
    return code == DZ_OK ? DZ_OK : dz_while(err, "object %.12s", l->id);
}

void
dz_loan_free(struct dz_loan *l)
{
    if (!l)
        return;
    dz_os_close_quiet(&l->from.fd);
    dz_wipe(l->key, sizeof l->key);
    dz_free(l);
}

static enum dz_code
gather(void *ctx, const void *p, size_t n, struct dz_err *err)
{
    dz_buf_add(ctx, p, n);
    return dz_buf_ok(ctx, "object", err);
}

enum dz_code
dz_vault_slurp_object(struct dz_vault *v, const char *id, const char *codec, size_t max,
                      struct dz_buf *out, struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf part = DZ_BUF(max);
    struct dz_view kept;
    if (find_kept(&v->kept, id, &kept)) {
        dz_buf_addv(out, kept);
        return dz_buf_ok(out, "object", err);
    }
    DZ_TRY(dz_vault_read_object(v, id, codec, gather, &part, err));
    /* A large text need not lie in memory twice. */
    if (out->n == 0 && out->max == max && !out->failed) {
        struct dz_buf empty = *out;
        *out = part;
        part = empty;
        return DZ_OK;
    }
    dz_buf_addv(out, dz_buf_view(&part));
    return dz_buf_ok(out, "object", err);
}

enum dz_code
dz_vault_export_age(struct dz_vault *v, const char *id, const char *recipient,
                    const struct dz_secret *passphrase, dz_chunk_fn *fn, void *ctx,
                    struct dz_err *err)
{
    const struct object_place *place;
    const struct key_record *key;
    DZ_TRY(find_object(v, id, &place, &key, err));
    DZ_AUTO_BUF struct dz_buf header = DZ_BUF(DZ_AGE_HEADER_MAX);
    if (recipient) {
        uint8_t pk[1][DZ_X25519_BYTES];
        DZ_TRY(dz_age_recipient_parse(dz_view_of(recipient), pk[0], err));
        DZ_TRY(
            dz_age_header_x25519(key->key, (const uint8_t(*)[DZ_X25519_BYTES])pk, 1, &header, err));
    } else {
        DZ_TRY(dz_age_header_scrypt(key->key, passphrase, 18, &header, err));
    }
    DZ_TRY(fn(ctx, header.p, header.n, err));
    return dz_objects_read(&v->objects, place, fn, ctx, err);
}
