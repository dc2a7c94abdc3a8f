#include "vault_impl.h"

#include <stddef.h>
#include <string.h>

/* The key tables, docs/format/vault.md section 4. Of each compartment two equal files,
 * keytable/<compartment>.a and .b:
 *   "dzK3" | vault id(16) | u64 epoch | u32 epoch of the compartment's key
 *   then batches: type | u32 length | sealed records; opened, records one after another:
 *   type | id(32) | key(16) | of a body also salt(32)
 * Batch n of an epoch by a holder of the key (type 's') is sealed under HKDF(compartment key,
 * salt = epoch || n, "dokaz/v1/keytable"); by anybody else ('a') it is an age file to the compartment, and
 * epoch and n stand before the records. There is always one, if an empty one, because it binds the
 * head. A batch that is incomplete at the end of a file was never
 * acknowledged and is overwritten. */

#define MAGIC "dzK3"
#define HEAD_BYTES 32
#define BATCH_HEAD 5
#define OWN_BATCH 's'
#define FOREIGN_BATCH 'a'
#define OBJECT_RECORD_BYTES 49
#define BODY_RECORD_BYTES 81
#define BATCH_MAX (64u << 20)
#define FOREIGN_RECORDS 8192 /* what age opens in one piece, and not more, has room for them */
#define LOCKED_MAX (1u << 20)
#define COMPARE_BYTES (128u << 10)

/* A record needs no alignment, so that a table may begin at any byte of locked memory. */
_Static_assert(_Alignof(struct key_record) == 1, "key records are bytes");

static const char *const copies[DZ_COMPARTMENTS][2] = {
    [DZ_IN_OPEN] = {"keytable/open.a", "keytable/open.b"},
    [DZ_IN_RESTRICTED] = {"keytable/restricted.a", "keytable/restricted.b"},
    [DZ_IN_SEALED] = {"keytable/sealed.a", "keytable/sealed.b"},
    [DZ_IN_IDENTITIES] = {"keytable/identities.a", "keytable/identities.b"},
};

/* ---- in memory ---- */

void
dz_keytable_put(struct keytable *t, const struct key_record *r)
{
    if (t->keys.record_bytes == 0)
        dz_id_map_init_locked(&t->keys, sizeof *r, offsetof(struct key_record, id), LOCKED_MAX);
    if (!t->only_checked)
        dz_id_map_put(&t->keys, r);
}

const struct key_record *
dz_keytable_find(const struct keytable *t, const uint8_t id[32])
{
    return dz_id_map_find(&t->keys, id);
}

void
dz_keytable_done(struct keytable *t)
{
    dz_id_map_done(&t->keys);
    *t = (struct keytable){.in = t->in};
}

/* ---- on disk ---- */

/* The place of a batch: epoch || number. */
static void
batch_place(uint64_t epoch, uint64_t batch, uint8_t ret[16])
{
    for (int i = 0; i < 8; i++) {
        ret[i] = (uint8_t)(epoch >> (56 - 8 * i));
        ret[8 + i] = (uint8_t)(batch >> (56 - 8 * i));
    }
}

static enum dz_code
batch_key(const struct keyring *k, const struct keytable *t, struct dz_secret **ret,
          struct dz_err *err)
{
    uint8_t salt[16];
    batch_place(t->epoch, t->batches, salt);
    return dz_keys_derive_at(k, t->in, t->key_epoch, "dokaz/v1/keytable", salt, sizeof salt,
                             DZ_FILE_KEY_BYTES, ret, err);
}

static void
add_head(struct dz_buf *out, const uint8_t vault_id[16], const struct keytable *t)
{
    dz_buf_add(out, MAGIC, sizeof MAGIC - 1);
    dz_buf_add(out, vault_id, 16);
    dz_buf_add_u64be(out, t->epoch);
    dz_buf_add_u32be(out, t->key_epoch);
}

/* A buffer that need not grow for n bytes: growing leaves copies behind that nobody wipes. */
static struct dz_buf
room_for(size_t n)
{
    size_t cap = n + 64;
    return (struct dz_buf){.p = dz_alloc(cap), .cap = cap, .max = BATCH_MAX};
}

static void
add_record(struct dz_buf *out, const struct key_record *rec)
{
    dz_buf_add_u8(out, rec->type);
    dz_buf_add(out, rec->id, 32);
    dz_buf_add(out, rec->key, 16);
    if (rec->type == 'b')
        dz_buf_add(out, rec->salt, 32);
}

/* The next record. False: the bytes end inside it, or there is no such type; such a record would
 * count and never be found. */
static bool
read_record(struct dz_reader *r, struct key_record *ret)
{
    ret->type = dz_read_u8(r);
    if (ret->type != 'o' && ret->type != 'b')
        return false;
    size_t n = (ret->type == 'o' ? OBJECT_RECORD_BYTES : BODY_RECORD_BYTES) - 1;
    const uint8_t *p = dz_read_bytes(r, n);
    if (p == NULL)
        return false;
    memcpy(ret->id, p, 32);
    memcpy(ret->key, p + 32, 16);
    memset(ret->salt, 0, sizeof ret->salt);
    if (ret->type == 'b')
        memcpy(ret->salt, p + 48, 32);
    return true;
}

/* Sealed form of one batch, which is number t->batches, with its type and length in front. */
static enum dz_code
seal_batch(const struct keyring *k, const struct keytable *t, struct dz_view plain,
           struct dz_buf *ret, struct dz_err *err)
{
    if (!dz_keys_hold(k, t->in)) {
        if (!k->in[t->in].has_pk)
            return dz_fail(err, DZ_E_CORRUPT, "the journal names no key of that compartment");
        return dz_age_seal_bytes(&k->in[t->in].pk, 1, plain, ret, err);
    }
    DZ_AUTO_SECRET struct dz_secret *key = NULL;
    DZ_TRY(batch_key(k, t, &key, err));
    return dz_seal_bytes(dz_secret_peek(key), plain, ret, err);
}

static enum dz_code
add_batch(struct dz_buf *out, const struct keyring *k, const struct keytable *t,
          const struct key_record *recs, size_t n, struct dz_err *err)
{
    bool own = dz_keys_hold(k, t->in);
    uint8_t place[16];
    struct dz_buf plain = room_for(n * BODY_RECORD_BYTES + sizeof place);
    batch_place(t->epoch, t->batches, place);
    if (!own)
        dz_buf_add(&plain, place, sizeof place);
    for (size_t i = 0; i < n; i++)
        add_record(&plain, &recs[i]);
    DZ_AUTO_BUF struct dz_buf sealed = DZ_BUF(BATCH_MAX + 65536);
    enum dz_code code = dz_buf_ok(&plain, "key table", err);
    if (code == DZ_OK)
        code = seal_batch(k, t, dz_buf_view(&plain), &sealed, err);
    if (plain.p)
        dz_wipe(plain.p, plain.cap);
    dz_buf_done(&plain);
    if (code != DZ_OK)
        return code;
    dz_buf_add_u8(out, own ? OWN_BATCH : FOREIGN_BATCH);
    dz_buf_add_u32be(out, (uint32_t)sealed.n);
    dz_buf_addv(out, dz_buf_view(&sealed));
    return dz_buf_ok(out, "key table", err);
}

enum dz_code
dz_keytable_create(int vault_fd, const uint8_t vault_id[16], const struct keyring *k,
                   enum dz_compartment in, struct dz_err *err)
{
    struct keytable empty = {.in = in};
    enum dz_code code = dz_keytable_rewrite(vault_fd, vault_id, k, &empty, 1, NULL, 0, err);
    dz_keytable_done(&empty);
    return code;
}

/* All records of a batch into t; false where they are not whole. */
static bool
take_records(struct keytable *t, struct dz_view plain)
{
    struct key_record rec;
    struct dz_reader r = dz_reader_of(plain.p, plain.n);
    bool good = true;
    while (good && r.pos < r.n) {
        good = read_record(&r, &rec);
        if (good)
            dz_keytable_put(t, &rec);
    }
    dz_wipe(&rec, sizeof rec);
    return good;
}

/* Records of a batch of a writer who does not hold the key, which say where they belong. */
static bool
open_foreign(const struct keyring *k, struct keytable *t, struct dz_view sealed)
{
    const struct compartment_key *c = &k->in[t->in];
    DZ_AUTO_SECRET struct dz_secret *plain = NULL;
    uint8_t place[16];
    if (dz_age_open_bytes(c->secret, sealed, &plain, NULL) != DZ_OK &&
        (!c->earlier || dz_age_open_bytes(c->earlier, sealed, &plain, NULL) != DZ_OK))
        return false;
    batch_place(t->epoch, t->batches, place);
    struct dz_view v = {(const char *)dz_secret_peek(plain), dz_secret_size(plain)};
    return v.n >= sizeof place && memcmp(v.p, place, sizeof place) == 0 &&
           take_records(t, (struct dz_view){v.p + sizeof place, v.n - sizeof place});
}

static bool
open_own(const struct keyring *k, struct keytable *t, struct dz_view sealed)
{
    DZ_AUTO_SECRET struct dz_secret *key = NULL;
    if (batch_key(k, t, &key, NULL) != DZ_OK)
        return false;
    struct dz_buf plain = room_for(sealed.n);
    bool good = dz_unseal_bytes(dz_secret_peek(key), sealed, &plain, NULL) == DZ_OK &&
                take_records(t, dz_buf_view(&plain));
    if (plain.p)
        dz_wipe(plain.p, plain.cap);
    dz_buf_done(&plain);
    return good;
}

/* Read the batches of one copy from t->file_bytes on; stops quietly at an incomplete last batch. A
 * complete batch that does not open is damage. */
static enum dz_code
read_copy(int fd, const char *name, const struct keyring *k, struct keytable *t, struct dz_err *err)
{
    struct dz_os_stat st;
    DZ_TRY(dz_os_fstat(fd, &st, err));
    while (t->file_bytes + BATCH_HEAD <= st.size_bytes) {
        uint8_t head[BATCH_HEAD];
        DZ_TRY(dz_os_pread_all(fd, head, sizeof head, t->file_bytes, err));
        struct dz_reader r = dz_reader_of(head + 1, 4);
        uint32_t n = dz_read_u32be(&r);
        if (n > BATCH_MAX || t->file_bytes + BATCH_HEAD + n > st.size_bytes)
            return DZ_OK;
        bool good = head[0] == OWN_BATCH || head[0] == FOREIGN_BATCH;
        if (good && dz_keys_hold(k, t->in)) {
            DZ_AUTO_FREE uint8_t *sealed = dz_alloc(n);
            DZ_TRY(dz_os_pread_all(fd, sealed, n, t->file_bytes + BATCH_HEAD, err));
            struct dz_view v = {(char *)sealed, n};
            good = head[0] == OWN_BATCH ? open_own(k, t, v) : open_foreign(k, t, v);
        }
        if (!good)
            return dz_fail(err, DZ_E_CORRUPT, "%s: damaged at byte %llu", name,
                           (unsigned long long)t->file_bytes);
        t->n_foreign += head[0] == FOREIGN_BATCH;
        t->batches++;
        t->file_bytes += BATCH_HEAD + (uint64_t)n;
    }
    return DZ_OK;
}

static enum dz_code
load_copy(int vault_fd, const char *path, const uint8_t vault_id[16], const struct keyring *k,
          struct keytable *t, struct dz_err *err)
{
    DZ_AUTO_FD int fd = -1;
    DZ_TRY(dz_os_open(vault_fd, path, DZ_OS_READ, &fd, err));
    uint8_t head[HEAD_BYTES];
    DZ_TRY(dz_os_pread_all(fd, head, sizeof head, 0, err));
    if (memcmp(head, MAGIC, sizeof MAGIC - 1) != 0 || memcmp(head + 4, vault_id, 16) != 0)
        return dz_fail(err, DZ_E_CORRUPT, "%s: this is not the key table of this vault", path);
    struct dz_reader r = dz_reader_of(head + 20, 12);
    uint64_t epoch = dz_read_u64be(&r);
    uint32_t key_epoch = dz_read_u32be(&r);
    if (t->file_bytes == 0 || epoch != t->epoch || key_epoch != t->key_epoch) {
        const struct keytable bare = {.in = t->in,
                                      .only_checked = t->only_checked,
                                      .epoch = epoch,
                                      .key_epoch = key_epoch,
                                      .file_bytes = HEAD_BYTES,
                                      .weak_copy = t->weak_copy};
        dz_keytable_done(t);
        *t = bare;
    }
    DZ_TRY(read_copy(fd, path, k, t, err));
    return t->batches ? DZ_OK : dz_fail(err, DZ_E_CORRUPT, "%s: was cut", path);
}

enum dz_code
dz_keytable_load(int vault_fd, const uint8_t vault_id[16], const struct keyring *k,
                 struct keytable *t, struct dz_err *err)
{
    /* Later calls only read what was appended since, from a copy that was whole. */
    if (t->file_bytes)
        return load_copy(vault_fd, copies[t->in][t->weak_copy == 1 ? 1 : 0], vault_id, k, t, err);
    const char *const *copy = copies[t->in];
    struct keytable a = {.in = t->in, .only_checked = true};
    struct keytable b = {.in = t->in, .only_checked = true};
    enum dz_code ca = load_copy(vault_fd, copy[0], vault_id, k, &a, err);
    enum dz_code cb = load_copy(vault_fd, copy[1], vault_id, k, &b, ca == DZ_OK ? NULL : err);
    bool take_a = ca == DZ_OK && (cb != DZ_OK || a.epoch > b.epoch ||
                                  (a.epoch == b.epoch && a.file_bytes >= b.file_bytes));
    if (ca != DZ_OK && cb != DZ_OK)
        return dz_fail(err, DZ_E_CORRUPT,
                       "keytable: neither copy of the table '%s' opens with the key in "
                       "keys/%s.grant.age: the copies or that file were changed, or the key is no "
                       "longer valid; restore them from a backup",
                       dz_compartment_name(t->in), k->member);
    bool weak = ca != DZ_OK || cb != DZ_OK || a.epoch != b.epoch || a.file_bytes != b.file_bytes;
    *t = take_a ? a : b;
    t->weak_copy = !weak ? 0 : take_a ? 2 : 1;
    return DZ_OK;
}

enum dz_code
dz_keytable_need(int vault_fd, const uint8_t vault_id[16], const struct keyring *k,
                 struct keytable *t, struct dz_err *err)
{
    if (!t->only_checked)
        return DZ_OK;
    struct keytable whole = {.in = t->in, .weak_copy = t->weak_copy};
    const char *path = copies[t->in][t->weak_copy == 1 ? 1 : 0];
    enum dz_code code = load_copy(vault_fd, path, vault_id, k, &whole, err);
    if (code == DZ_OK && whole.epoch == t->epoch && whole.file_bytes < t->file_bytes)
        code = dz_fail(err, DZ_E_CORRUPT, "%s: was cut since it was opened", path);
    if (code != DZ_OK) {
        dz_keytable_done(&whole);
        return code;
    }
    dz_keytable_done(t);
    *t = whole;
    return DZ_OK;
}

/* A copy that a crash, or a bad sector, left behind the other one is written anew from that one. */
static enum dz_code
heal_copy(int vault_fd, const char *const copy[2], int bad, uint64_t n, struct dz_err *err)
{
    DZ_AUTO_FD int fd = -1;
    DZ_TRY(dz_os_open(vault_fd, copy[1 - bad], DZ_OS_READ, &fd, err));
    DZ_AUTO_FREE uint8_t *bytes = dz_alloc((size_t)n);
    DZ_TRY(dz_os_pread_all(fd, bytes, (size_t)n, 0, err));
    return dz_os_replace(vault_fd, copy[bad], (struct dz_view){(char *)bytes, (size_t)n}, err);
}

/* Whether a copy is of this epoch and as long as what was read. */
static bool
holds_all(int vault_fd, int copy, const struct keytable *t)
{
    DZ_AUTO_FD int fd = -1;
    struct dz_os_stat st;
    uint8_t head[HEAD_BYTES];
    if (dz_os_open(vault_fd, copies[t->in][copy], DZ_OS_READ, &fd, NULL) != DZ_OK ||
        dz_os_fstat(fd, &st, NULL) != DZ_OK || st.size_bytes < t->file_bytes ||
        dz_os_pread_all(fd, head, sizeof head, 0, NULL) != DZ_OK)
        return false;
    struct dz_reader r = dz_reader_of(head + 20, 8);
    return memcmp(head, MAGIC, sizeof MAGIC - 1) == 0 && dz_read_u64be(&r) == t->epoch;
}

static enum dz_code
heal_weak(int vault_fd, struct keytable *t, struct dz_err *err)
{
    if (t->weak_copy)
        DZ_TRY(heal_copy(vault_fd, copies[t->in], t->weak_copy - 1, t->file_bytes, err));
    t->weak_copy = 0;
    return DZ_OK;
}

enum dz_code
dz_keytable_heal(int vault_fd, struct keytable *t, struct dz_err *err)
{
    /* Both were whole when they were opened; another process may have ended between them since. */
    for (int c = 0; c < 2 && !t->weak_copy; c++)
        if (!holds_all(vault_fd, c, t))
            t->weak_copy = c + 1;
    return heal_weak(vault_fd, t, err);
}

static enum dz_code
append_copy(int vault_fd, const char *path, uint64_t at, struct dz_view bytes, struct dz_err *err)
{
    DZ_AUTO_FD int fd = -1;
    DZ_TRY(dz_os_open(vault_fd, path, DZ_OS_READWRITE, &fd, err));
    struct dz_os_stat st;
    DZ_TRY(dz_os_fstat(fd, &st, err));
    if (st.size_bytes > at)
        DZ_TRY(dz_os_truncate(fd, at, err));
    DZ_TRY(dz_os_pwrite_all(fd, bytes.p, bytes.n, at, err));
    DZ_TRY(dz_os_fdatasync(fd, err));
    return dz_os_close(&fd, err);
}

static enum dz_code
append_batch(int vault_fd, const struct keyring *k, struct keytable *t,
             const struct key_record *recs, size_t n, struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf bytes = DZ_BUF(BATCH_MAX + 131072);
    DZ_TRY(add_batch(&bytes, k, t, recs, n, err));
    for (int c = 0; c < 2; c++)
        DZ_TRY(append_copy(vault_fd, copies[t->in][c], t->file_bytes, dz_buf_view(&bytes), err));
    t->batches++;
    t->file_bytes += bytes.n;
    return DZ_OK;
}

enum dz_code
dz_keytable_append(int vault_fd, const struct keyring *k, struct keytable *t,
                   const struct key_record *recs, size_t n, struct dz_err *err)
{
    bool own = dz_keys_hold(k, t->in);
    if (n == 0)
        return DZ_OK;
    DZ_TRY(heal_weak(vault_fd, t, err));
    for (size_t at = 0; at < n;) {
        size_t part = own || n - at < FOREIGN_RECORDS ? n - at : FOREIGN_RECORDS;
        DZ_TRY(append_batch(vault_fd, k, t, recs + at, part, err));
        at += part;
    }
    for (size_t i = 0; i < n && own; i++)
        dz_keytable_put(t, &recs[i]);
    return DZ_OK;
}

/* The bytes of a copy that another one has replaced, while its file is still open: over them go
 * zeros, because whoever has the passphrase could open what lies on in free blocks. Media that do
 * not write in place keep them all the same (SECURITY.md). */
static enum dz_code
overwrite(int fd, struct dz_err *err)
{
    static const uint8_t zeros[4096];
    struct dz_os_stat st;
    DZ_TRY(dz_os_fstat(fd, &st, err));
    for (uint64_t at = 0; at < st.size_bytes; at += sizeof zeros) {
        uint64_t left = st.size_bytes - at;
        size_t n = left < sizeof zeros ? (size_t)left : sizeof zeros;
        DZ_TRY(dz_os_pwrite_all(fd, zeros, n, at, err));
    }
    return dz_os_fdatasync(fd, err);
}

static enum dz_code
replace_copy(int vault_fd, const char *path, struct dz_view bytes, struct dz_err *err)
{
    DZ_AUTO_FD int old = -1;
    struct dz_err why = {0};
    enum dz_code code = dz_os_open(vault_fd, path, DZ_OS_READWRITE, &old, &why);
    if (code != DZ_OK && code != DZ_E_NOTFOUND)
        return dz_fail(err, code, "%s", why.msg);
    DZ_TRY(dz_os_replace(vault_fd, path, bytes, err));
    return old < 0 ? DZ_OK : overwrite(old, err);
}

static int
by_id(const void *a, const void *b)
{
    const struct key_record *x = a, *y = b;
    return dz_compare_id(x->id, y->id);
}

enum dz_code
dz_keytable_rewrite(int vault_fd, const uint8_t vault_id[16], const struct keyring *k,
                    struct keytable *t, uint64_t epoch, const uint8_t (*drop)[32], size_t n_drop,
                    struct dz_err *err)
{
    DZ_TRY(dz_keytable_need(vault_fd, vault_id, k, t, err));
    /* What stays, in the order of ids, so that nothing of the old order survives. */
    struct key_record *stay = dz_alloc_array(t->keys.n, sizeof *stay);
    size_t n = 0;
    for (size_t i = 0; i < t->keys.n; i++) {
        const struct key_record *r = dz_id_map_at(&t->keys, i);
        if (!(n_drop && bsearch(r->id, drop, n_drop, 32, dz_compare_id)))
            stay[n++] = *r;
    }
    qsort(stay, n, sizeof *stay, by_id);
    struct keytable fresh = {.in = t->in,
                             .epoch = epoch,
                             .key_epoch = k->in[t->in].epoch,
                             .file_bytes = HEAD_BYTES};
    DZ_AUTO_BUF struct dz_buf file = DZ_BUF(1u << 30);
    add_head(&file, vault_id, &fresh);
    enum dz_code code = DZ_OK;
    /* At least one batch, if an empty one: it binds the head. */
    for (size_t i = 0; (i < n || i == 0) && code == DZ_OK; i += 65536) {
        size_t part = n - i < 65536 ? n - i : 65536;
        code = add_batch(&file, k, &fresh, stay + i, part, err);
        for (size_t j = 0; j < part; j++)
            dz_keytable_put(&fresh, &stay[i + j]);
        fresh.batches++;
    }
    dz_wipe(stay, n * sizeof *stay);
    dz_free(stay);
    for (int c = 0; c < 2 && code == DZ_OK; c++)
        code = replace_copy(vault_fd, copies[t->in][c], dz_buf_view(&file), err);
    if (code != DZ_OK) {
        dz_keytable_done(&fresh);
        return code;
    }
    fresh.file_bytes = file.n;
    dz_keytable_done(t);
    *t = fresh;
    return DZ_OK;
}

void
dz_keytable_check(int vault_fd, const uint8_t vault_id[16], const struct keyring *k,
                  enum dz_compartment in, struct keytable ret[2], bool ret_good[2],
                  dz_finding_fn *fn, void *ctx)
{
    for (int c = 0; c < 2; c++) {
        struct dz_err err = {0};
        ret[c] = (struct keytable){.in = in};
        ret_good[c] = load_copy(vault_fd, copies[in][c], vault_id, k, &ret[c], &err) == DZ_OK;
        if (!ret_good[c])
            fn(ctx, copies[in][c], UINT64_MAX, err.msg);
    }
}

/* Whether two open files hold the same bytes. */
static bool
same_bytes(int a, int b)
{
    struct dz_os_stat sa, sb;
    if (dz_os_fstat(a, &sa, NULL) != DZ_OK || dz_os_fstat(b, &sb, NULL) != DZ_OK ||
        sa.size_bytes != sb.size_bytes)
        return false;
    DZ_AUTO_FREE uint8_t *part_a = dz_alloc(COMPARE_BYTES);
    DZ_AUTO_FREE uint8_t *part_b = dz_alloc(COMPARE_BYTES);
    for (uint64_t at = 0; at < sa.size_bytes; at += COMPARE_BYTES) {
        uint64_t left = sa.size_bytes - at;
        size_t n = left < COMPARE_BYTES ? (size_t)left : COMPARE_BYTES;
        if (dz_os_pread_all(a, part_a, n, at, NULL) != DZ_OK ||
            dz_os_pread_all(b, part_b, n, at, NULL) != DZ_OK || memcmp(part_a, part_b, n) != 0)
            return false;
    }
    return true;
}

bool
dz_keytable_check_equal(int vault_fd, const uint8_t vault_id[16], const struct keyring *k,
                        struct keytable *t)
{
    DZ_AUTO_FD int a = -1;
    DZ_AUTO_FD int b = -1;
    if (dz_os_open(vault_fd, copies[t->in][0], DZ_OS_READ, &a, NULL) != DZ_OK ||
        dz_os_open(vault_fd, copies[t->in][1], DZ_OS_READ, &b, NULL) != DZ_OK || !same_bytes(a, b))
        return false;
    /* What was in memory goes first: two tables would be too much at a time. */
    const struct keytable bare = {.in = t->in,
                                  .only_checked = true,
                                  .epoch = t->epoch,
                                  .key_epoch = t->key_epoch,
                                  .batches = t->batches,
                                  .file_bytes = t->file_bytes,
                                  .weak_copy = t->weak_copy};
    dz_keytable_done(t);
    *t = bare;
    return dz_keytable_need(vault_fd, vault_id, k, t, NULL) == DZ_OK;
}

const char *
dz_keytable_copy_name(enum dz_compartment in, int copy)
{
    return copies[in][copy];
}
