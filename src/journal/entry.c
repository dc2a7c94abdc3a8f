#include "dz_entry.h"

#include <string.h>

#include "dz_hash.h"
#include "dz_mem.h"
#include "dz_seal.h"
#include "dz_sign.h"

#define SIG_BYTES DZ_SIGN_BYTES
#define BODY_HEAD_BYTES (4 + SIG_BYTES)
#define THING_SIZE_MAX ((uint64_t)INT64_MAX)

/* Labels keep the hashes of different things apart; the zero byte after each belongs to it. */
static const char leaf_magic[4] = {'d', 'z', 'L', '1'};
static const char body_magic[4] = {'d', 'z', 'B', '1'};
static const char field_label[] = "dokaz/field/v1";
static const char body_label[] = "dokaz/body/v1";
static const char entry_label[] = "dokaz/entry/v1";

static void
add_u16be(struct dz_buf *b, size_t v)
{
    dz_buf_add_u8(b, (uint8_t)(v >> 8));
    dz_buf_add_u8(b, (uint8_t)v);
}

static size_t
read_u16be(struct dz_reader *r)
{
    size_t high = dz_read_u8(r);
    return high << 8 | dz_read_u8(r);
}

static bool
may_bring(enum dz_thing_class cls)
{
    return cls == DZ_THING_OBJECT || cls == DZ_THING_FILE;
}

static bool
may_remove(enum dz_thing_class cls)
{
    return may_bring(cls) || cls == DZ_THING_BODY;
}

enum dz_code
dz_leaf_encode(const struct dz_leaf *leaf, struct dz_buf *out, struct dz_err *err)
{
    if (leaf->n_brings > DZ_ENTRY_THINGS_MAX ||
        leaf->n_removes > DZ_ENTRY_THINGS_MAX - leaf->n_brings)
        return dz_fail(err, DZ_E_LIMIT, "one entry brings and removes at most %d stored things",
                       DZ_ENTRY_THINGS_MAX);
    for (size_t i = 0; i < leaf->n_brings; i++)
        if (!may_bring(leaf->brings[i].cls) || leaf->brings[i].size_bytes > THING_SIZE_MAX)
            return dz_fail(err, DZ_E_USAGE, "an entry cannot bring this class of thing");
    for (size_t i = 0; i < leaf->n_removes; i++)
        if (!may_remove(leaf->removes[i].cls))
            return dz_fail(err, DZ_E_USAGE, "an entry cannot remove this class of thing");

    dz_buf_add(out, leaf_magic, sizeof leaf_magic);
    dz_buf_add(out, leaf->commitment.b, sizeof leaf->commitment.b);
    dz_buf_add(out, leaf->sealed_sha256.b, sizeof leaf->sealed_sha256.b);
    add_u16be(out, leaf->n_brings);
    for (size_t i = 0; i < leaf->n_brings; i++) {
        dz_buf_add_u8(out, (uint8_t)leaf->brings[i].cls);
        dz_buf_add_u64be(out, leaf->brings[i].size_bytes);
        dz_buf_add(out, leaf->brings[i].sha256.b, sizeof leaf->brings[i].sha256.b);
    }
    add_u16be(out, leaf->n_removes);
    for (size_t i = 0; i < leaf->n_removes; i++) {
        dz_buf_add_u8(out, (uint8_t)leaf->removes[i].cls);
        dz_buf_add(out, leaf->removes[i].sha256.b, sizeof leaf->removes[i].sha256.b);
    }
    return dz_buf_ok(out, "leaf record", err);
}

static bool
read_hash(struct dz_reader *r, struct dz_hash32 *ret)
{
    const uint8_t *p = dz_read_bytes(r, sizeof ret->b);
    if (p == NULL)
        return false;
    memcpy(ret->b, p, sizeof ret->b);
    return true;
}

/* One list of things. with_size tells the brought ones from the removed ones. */
static bool
read_things(struct dz_reader *r, bool with_size, struct dz_thing **ret, size_t *ret_n)
{
    size_t n = read_u16be(r);
    if (r->failed || n > DZ_ENTRY_THINGS_MAX)
        return false;
    *ret = dz_alloc_array(n, sizeof **ret);
    *ret_n = n;
    for (size_t i = 0; i < n; i++) {
        struct dz_thing *t = &(*ret)[i];
        uint8_t cls = dz_read_u8(r);
        if (cls != DZ_THING_OBJECT && cls != DZ_THING_FILE && (with_size || cls != DZ_THING_BODY))
            return false;
        t->cls = (enum dz_thing_class)cls;
        t->size_bytes = with_size ? dz_read_u64be(r) : 0;
        if (t->size_bytes > THING_SIZE_MAX || !read_hash(r, &t->sha256))
            return false;
    }
    return !r->failed;
}

enum dz_code
dz_leaf_decode(struct dz_view bytes, struct dz_leaf *ret, struct dz_err *err)
{
    struct dz_reader r = dz_reader_of(bytes.p, bytes.n);
    const uint8_t *magic = dz_read_bytes(&r, sizeof leaf_magic);
    if (magic == NULL || memcmp(magic, leaf_magic, 3) != 0)
        return dz_fail(err, DZ_E_INPUT, "this is not a leaf record");
    if (magic[3] != (uint8_t)leaf_magic[3])
        return dz_fail(err, DZ_E_FORMAT,
                       "the leaf record is of a newer version: a newer dokaz is needed");
    struct dz_leaf made = {.brings = NULL};
    bool good = read_hash(&r, &made.commitment) && read_hash(&r, &made.sealed_sha256) &&
                read_things(&r, true, &made.brings, &made.n_brings) &&
                read_things(&r, false, &made.removes, &made.n_removes) && r.pos == r.n &&
                made.n_brings + made.n_removes <= DZ_ENTRY_THINGS_MAX;
    if (!good) {
        dz_leaf_done(&made);
        return dz_fail(err, DZ_E_INPUT, "the leaf record is ill-formed");
    }
    *ret = made;
    return DZ_OK;
}

void
dz_leaf_done(struct dz_leaf *leaf)
{
    dz_free(leaf->brings);
    dz_free(leaf->removes);
    *leaf = (struct dz_leaf){.brings = NULL};
}

void
dz_entry_field_salt(const uint8_t salt[DZ_SALT_BYTES], const char *name,
                    uint8_t ret[DZ_SALT_BYTES])
{
    dz_hmac_sha256(salt, DZ_SALT_BYTES, name, strlen(name), ret);
}

enum dz_code
dz_entry_salted_digest(const uint8_t field_salt[DZ_SALT_BYTES], const char *name,
                       const json_t *value, struct dz_hash32 *ret, struct dz_err *err)
{
    size_t n_name = strlen(name);
    if (n_name > UINT16_MAX)
        return dz_fail(err, DZ_E_LIMIT, "the name of a field is too long");
    DZ_AUTO_BUF struct dz_buf message = DZ_BUF(DZ_ENTRY_BODY_MAX + 2 * UINT16_MAX);
    dz_buf_add(&message, field_label, sizeof field_label);
    dz_buf_add(&message, field_salt, DZ_SALT_BYTES);
    add_u16be(&message, n_name);
    dz_buf_add(&message, name, n_name);
    enum dz_code code = dz_json_canonical(&message, value, err);
    if (code == DZ_OK)
        code = dz_buf_ok(&message, "field of an entry", err);
    if (code == DZ_OK)
        dz_sha256(message.p, message.n, ret->b);
    if (message.n > 0)
        dz_wipe(message.p, message.n);
    return code;
}

enum dz_code
dz_entry_field_digest(const uint8_t salt[DZ_SALT_BYTES], const char *name, const json_t *value,
                      struct dz_hash32 *ret, struct dz_err *err)
{
    uint8_t field_salt[DZ_SALT_BYTES];
    dz_entry_field_salt(salt, name, field_salt);
    enum dz_code code = dz_entry_salted_digest(field_salt, name, value, ret, err);
    dz_wipe(field_salt, sizeof field_salt);
    return code;
}

static int
by_name(const void *a, const void *b)
{
    const struct dz_field_digest *x = a;
    const struct dz_field_digest *y = b;
    return strcmp(x->name, y->name);
}

enum dz_code
dz_entry_commit_digests(struct dz_field_digest *fields, size_t n, struct dz_hash32 *ret,
                        struct dz_err *err)
{
    if (n == 0 || n > UINT16_MAX)
        return dz_fail(err, DZ_E_INPUT, "the body of an entry is an object with fields");
    qsort(fields, n, sizeof *fields, by_name);
    DZ_AUTO_BUF struct dz_buf message = DZ_BUF(2 * DZ_ENTRY_BODY_MAX + UINT16_MAX * 36);
    dz_buf_add(&message, body_label, sizeof body_label);
    add_u16be(&message, n);
    for (size_t i = 0; i < n; i++) {
        size_t n_name = strlen(fields[i].name);
        if (n_name > UINT16_MAX)
            return dz_fail(err, DZ_E_LIMIT, "the name of a field is too long");
        add_u16be(&message, n_name);
        dz_buf_add(&message, fields[i].name, n_name);
        dz_buf_add(&message, fields[i].digest.b, sizeof fields[i].digest.b);
    }
    enum dz_code code = dz_buf_ok(&message, "entry", err);
    if (code == DZ_OK)
        dz_sha256(message.p, message.n, ret->b);
    return code;
}

enum dz_code
dz_entry_commit(const uint8_t salt[DZ_SALT_BYTES], const json_t *body, struct dz_hash32 *ret,
                struct dz_err *err)
{
    size_t n = json_object_size(body);
    if (!json_is_object(body) || n == 0 || n > UINT16_MAX)
        return dz_fail(err, DZ_E_INPUT, "the body of an entry is an object with fields");
    DZ_AUTO_FREE struct dz_field_digest *fields = dz_alloc_array(n, sizeof *fields);
    size_t i = 0;
    /* Iteration does not change the object; jansson's iterator only lacks the const. */
    json_t *object = (json_t *)(uintptr_t)body;
    for (void *it = json_object_iter(object); it != NULL && i < n;
         it = json_object_iter_next(object, it), i++) {
        fields[i].name = json_object_iter_key(it);
        enum dz_code code = dz_entry_field_digest(
            salt, fields[i].name, json_object_iter_value(it), &fields[i].digest, err);
        if (code != DZ_OK)
            return dz_while(err, "field '%s'", fields[i].name);
    }
    return dz_entry_commit_digests(fields, n, ret, err);
}

/* What a member signs: the label binds the purpose, log and seq bind the place. */
#define SIGNED_BYTES (sizeof entry_label + DZ_LOG_ID_BYTES + 8 + 32)
static void
signed_message(const uint8_t log[DZ_LOG_ID_BYTES], uint64_t seq, const struct dz_hash32 *commitment,
               uint8_t ret[SIGNED_BYTES])
{
    uint8_t *p = ret;
    memcpy(p, entry_label, sizeof entry_label);
    p += sizeof entry_label;
    memcpy(p, log, DZ_LOG_ID_BYTES);
    p += DZ_LOG_ID_BYTES;
    for (int shift = 56; shift >= 0; shift -= 8)
        *p++ = (uint8_t)(seq >> shift);
    memcpy(p, commitment->b, sizeof commitment->b);
}

enum dz_code
dz_entry_seal(const json_t *body, const uint8_t log[DZ_LOG_ID_BYTES], uint64_t seq,
              const struct dz_secret *member_seed, const uint8_t key[16],
              const uint8_t salt[DZ_SALT_BYTES], struct dz_leaf *leaf, struct dz_buf *ret_sealed,
              struct dz_err *err)
{
    struct dz_hash32 commitment;
    uint8_t message[SIGNED_BYTES];
    uint8_t signature[SIG_BYTES];
    DZ_AUTO_BUF struct dz_buf plain = DZ_BUF(BODY_HEAD_BYTES + DZ_ENTRY_BODY_MAX);
    size_t start = ret_sealed->n;

    enum dz_code code = dz_entry_commit(salt, body, &commitment, err);
    if (code != DZ_OK)
        return code;
    signed_message(log, seq, &commitment, message);
    code = dz_sign(member_seed, message, sizeof message, signature, err);
    if (code != DZ_OK)
        return code;
    dz_buf_add(&plain, body_magic, sizeof body_magic);
    dz_buf_add(&plain, signature, sizeof signature);
    code = dz_json_canonical(&plain, body, err);
    if (code == DZ_OK)
        code = dz_buf_ok(&plain, "body of an entry", err);
    if (code == DZ_OK)
        code = dz_seal_bytes(key, dz_buf_view(&plain), ret_sealed, err);
    if (code == DZ_OK)
        code = dz_buf_ok(ret_sealed, "sealed body of an entry", err);
    if (plain.n > 0)
        dz_wipe(plain.p, plain.n);
    if (code != DZ_OK)
        return code;
    leaf->commitment = commitment;
    dz_sha256(ret_sealed->p + start, ret_sealed->n - start, leaf->sealed_sha256.b);
    return DZ_OK;
}

/* --- The commitment, computed from the canonical text itself ---
 *
 * The canonical form of a value is the same inside a body as alone, so the fields of a body that is
 * canonical can be hashed where they stand. The text has been parsed before: only strings and
 * brackets have to be told apart. */

#define PLAIN_NAME_MAX 128 /* bytes; of our own entries no name comes near it */

/* Offset behind the value that begins at from, in an object's text. */
static size_t
value_end(struct dz_view text, size_t from)
{
    size_t depth = 0;
    bool quoted = false;
    for (size_t i = from; i < text.n; i++) {
        char c = text.p[i];
        if (quoted && c == '\\')
            i++;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == '{' || c == '['))
            depth++;
        else if (!quoted && depth == 0 && (c == '}' || c == ','))
            return i;
        else if (!quoted && (c == '}' || c == ']'))
            depth--;
    }
    return text.n;
}

static void
digest_in_text(const uint8_t salt[DZ_SALT_BYTES], const char *name, size_t n_name,
               struct dz_view value, struct dz_hash32 *ret)
{
    uint8_t head[sizeof field_label + DZ_SALT_BYTES + 2 + PLAIN_NAME_MAX];
    uint8_t *p = head;
    memcpy(p, field_label, sizeof field_label);
    p += sizeof field_label;
    dz_entry_field_salt(salt, name, p);
    p += DZ_SALT_BYTES;
    *p++ = (uint8_t)(n_name >> 8);
    *p++ = (uint8_t)n_name;
    memcpy(p, name, n_name);
    p += n_name;
    dz_sha256_2(head, (size_t)(p - head), value.p, value.n, ret->b);
    dz_wipe(head, sizeof head);
}

bool
dz_entry_commit_text(const uint8_t salt[DZ_SALT_BYTES], json_t *body, struct dz_view text,
                     struct dz_hash32 *ret)
{
    size_t n = json_object_size(body);
    if (!json_is_object(body) || n == 0 || n > UINT16_MAX)
        return false;
    DZ_AUTO_FREE struct dz_field_digest *fields = dz_alloc_array(n, sizeof *fields);
    size_t i = 0;
    size_t at = 1;
    for (void *it = json_object_iter(body); it != NULL; it = json_object_iter_next(body, it), i++) {
        const char *name = json_object_iter_key(it);
        size_t n_name = json_object_iter_key_len(it);
        size_t from = at + n_name + 3;
        if (i >= n || n_name > PLAIN_NAME_MAX || from >= text.n || text.p[at] != '"' ||
            memcmp(text.p + at + 1, name, n_name) != 0 || text.p[from - 2] != '"' ||
            text.p[from - 1] != ':')
            return false;
        size_t end = value_end(text, from);
        fields[i].name = name;
        digest_in_text(salt, name, n_name, (struct dz_view){text.p + from, end - from},
                       &fields[i].digest);
        at = end + 1;
    }
    return i == n && at == text.n && dz_entry_commit_digests(fields, n, ret, NULL) == DZ_OK;
}

/* Whether a parsed body is the canonical text that the leaf commits to. */
static bool
is_committed(json_t *body, struct dz_view text, const uint8_t salt[DZ_SALT_BYTES],
             const struct dz_leaf *leaf)
{
    struct dz_hash32 commitment;
    DZ_AUTO_BUF struct dz_buf again = DZ_BUF(DZ_ENTRY_BODY_MAX);
    bool same = dz_json_canonical(&again, body, NULL) == DZ_OK &&
                dz_view_eq(dz_buf_view(&again), text) &&
                dz_entry_commit_text(salt, body, text, &commitment) &&
                memcmp(commitment.b, leaf->commitment.b, sizeof commitment.b) == 0;
    if (again.n > 0)
        dz_wipe(again.p, again.n);
    return same;
}

/* The plain form of a body: parsed, found canonical, and found to be what the leaf commits to. */
static enum dz_code
read_plain(struct dz_view plain, const uint8_t salt[DZ_SALT_BYTES], const struct dz_leaf *leaf,
           json_t **ret_body, struct dz_err *err)
{
    if (plain.n < BODY_HEAD_BYTES || memcmp(plain.p, body_magic, 3) != 0)
        return dz_fail(err, DZ_E_CORRUPT, "the opened bytes are not the body of an entry");
    if (plain.p[3] != body_magic[3])
        return dz_fail(err, DZ_E_FORMAT,
                       "the body of the entry is of a newer version: a newer dokaz is needed");
    struct dz_view text = {.p = plain.p + BODY_HEAD_BYTES, .n = plain.n - BODY_HEAD_BYTES};
    DZ_AUTO_JSON json_t *body = NULL;
    struct dz_hash32 commitment;
    if (dz_json_parse(text, &body, NULL) == DZ_OK && is_committed(body, text, salt, leaf)) {
        *ret_body = json_incref(body);
        return DZ_OK;
    }
    /* The long way, which says what is wrong. */
    json_decref(body);
    body = NULL;
    if (dz_json_parse(text, &body, err) != DZ_OK ||
        dz_entry_commit(salt, body, &commitment, err) != DZ_OK) {
        dz_while(err, "reading the body of an entry");
        if (err != NULL)
            err->code = DZ_E_CORRUPT;
        return DZ_E_CORRUPT;
    }
    /* Only the canonical bytes are accepted, so that one body has one form. */
    DZ_AUTO_BUF struct dz_buf again = DZ_BUF(DZ_ENTRY_BODY_MAX);
    enum dz_code code = dz_json_canonical(&again, body, err);
    if (code != DZ_OK)
        return code;
    bool same = !again.failed && dz_view_eq(dz_buf_view(&again), text);
    if (again.n > 0)
        dz_wipe(again.p, again.n);
    if (!same || memcmp(commitment.b, leaf->commitment.b, sizeof commitment.b) != 0)
        return dz_fail(err, DZ_E_CORRUPT, "the body of the entry is not what its leaf commits to");
    *ret_body = json_incref(body);
    return DZ_OK;
}

enum dz_code
dz_entry_open(struct dz_view sealed, const uint8_t key[16], const uint8_t salt[DZ_SALT_BYTES],
              const struct dz_leaf *leaf, json_t **ret_body, uint8_t ret_sig[64],
              struct dz_err *err)
{
    struct dz_hash32 stored;
    dz_sha256(sealed.p, sealed.n, stored.b);
    if (memcmp(stored.b, leaf->sealed_sha256.b, sizeof stored.b) != 0)
        return dz_fail(err, DZ_E_CORRUPT, "the sealed body is not the one that its leaf names");
    DZ_AUTO_BUF struct dz_buf plain = DZ_BUF(BODY_HEAD_BYTES + DZ_ENTRY_BODY_MAX);
    enum dz_code code = dz_unseal_bytes(key, sealed, &plain, err);
    if (code == DZ_OK)
        code = dz_buf_ok(&plain, "body of an entry", err);
    if (code == DZ_OK)
        code = read_plain(dz_buf_view(&plain), salt, leaf, ret_body, err);
    if (code == DZ_OK)
        memcpy(ret_sig, plain.p + sizeof body_magic, SIG_BYTES);
    if (plain.n > 0)
        dz_wipe(plain.p, plain.n);
    return code;
}

enum dz_code
dz_entry_check_signature(const struct dz_leaf *leaf, const uint8_t log[DZ_LOG_ID_BYTES],
                         uint64_t seq, const uint8_t pk[32], const uint8_t sig[64],
                         struct dz_err *err)
{
    uint8_t message[SIGNED_BYTES];
    signed_message(log, seq, &leaf->commitment, message);
    if (!dz_sign_verify(pk, message, sizeof message, sig))
        return dz_fail(err, DZ_E_CORRUPT, "the member's signature does not fit entry %llu",
                       (unsigned long long)seq);
    return DZ_OK;
}
