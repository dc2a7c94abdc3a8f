#include <sodium.h>
#include <string.h>

#include "age_impl.h"
#include "dz_codec.h"
#include "dz_mem.h"
#include "dz_tr.h"

/* Reading goes in three steps: the whole header is taken apart and held to the format, then one
 * stanza is opened, then the MAC is checked over the bytes as they stand. So a malformed header is
 * malformed for everybody, whether a key fits or not. */

enum stanza_kind { STANZA_OTHER, STANZA_X25519, STANZA_SCRYPT };

struct stanza {
    enum stanza_kind kind;
    unsigned log2_n;               /* scrypt */
    uint8_t salt[DZ_X25519_BYTES]; /* X25519: the share; scrypt: 16 bytes of salt */
    uint8_t body[AGE_BODY_BYTES];  /* of the kinds that we open */
};

struct header {
    struct stanza *stanzas;
    size_t n;
    size_t cap;
    size_t n_scrypt;
    size_t n_maced; /* bytes up to and with "---" */
    size_t n_bytes; /* bytes of the whole header */
    uint8_t mac[DZ_SHA256_BYTES];
};

static void
header_done(struct header *h)
{
    dz_free(h->stanzas);
}

/* One message for all that is ill-formed: a person can only fetch the file again. */
static enum dz_code
malformed(struct dz_err *err)
{
    return dz_fail(err, DZ_E_INPUT, "not an age file, or its header was damaged on the way");
}

/* Cut the next line, without its end, off *rest; false when no whole line is left. */
static bool
next_line(struct dz_view *rest, struct dz_view *ret)
{
    const char *end = rest->n > 0 ? memchr(rest->p, '\n', rest->n) : NULL;
    if (end == NULL)
        return false;
    size_t n = (size_t)(end - rest->p);
    *ret = (struct dz_view){.p = rest->p, .n = n};
    rest->p += n + 1;
    rest->n -= n + 1;
    return true;
}

/* Cut the next argument off *rest: visible ASCII, parted by exactly one space. */
static bool
next_arg(struct dz_view *rest, struct dz_view *ret)
{
    size_t n = 0;
    while (n < rest->n && rest->p[n] >= 0x21 && rest->p[n] <= 0x7e)
        n++;
    if (n == 0)
        return false;
    *ret = (struct dz_view){.p = rest->p, .n = n};
    rest->p += n;
    rest->n -= n;
    if (rest->n == 0)
        return true;
    /* A space, and something after it. */
    if (rest->p[0] != ' ' || rest->n == 1)
        return false;
    rest->p++;
    rest->n--;
    return true;
}

/* Canonical base64 of exactly n bytes. */
static bool
decode_exactly(struct dz_view text, uint8_t *ret, size_t n)
{
    if (text.n != (n * 4 + 2) / 3)
        return false;
    DZ_AUTO_BUF struct dz_buf bytes = DZ_BUF(256);
    if (dz_b64_decode(&bytes, text, DZ_B64_RAW, NULL) != DZ_OK || bytes.n != n)
        return false;
    memcpy(ret, bytes.p, n);
    return true;
}

/* Body lines up to the first that is shorter than 64 characters, put together and decoded. */
static bool
read_body(struct dz_view *rest, struct dz_buf *body)
{
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(DZ_AGE_HEADER_MAX);
    struct dz_view line;
    do {
        if (!next_line(rest, &line) || line.n > AGE_BODY_COLUMNS)
            return false;
        dz_buf_addv(&text, line);
    } while (line.n == AGE_BODY_COLUMNS);
    return dz_b64_decode(body, dz_buf_view(&text), DZ_B64_RAW, NULL) == DZ_OK;
}

/* Work factor: decimal, no sign, no leading zero, 1 to the limit. */
static bool
read_log2_n(struct dz_view text, unsigned *ret)
{
    uint64_t v = 0;
    if (!dz_parse_u64(text, &v) || v < 1 || v > AGE_LOG2_N_MAX)
        return false;
    *ret = (unsigned)v;
    return true;
}

/* What the kinds that we know ask of their arguments and body; others are of no concern to us. */
static bool
read_known(struct stanza *s, struct dz_view type, const struct dz_view args[2], size_t n_args,
           const struct dz_buf *body)
{
    if (dz_view_is(type, "X25519")) {
        s->kind = STANZA_X25519;
        if (n_args != 1 || !decode_exactly(args[0], s->salt, DZ_X25519_BYTES))
            return false;
    } else if (dz_view_is(type, "scrypt")) {
        s->kind = STANZA_SCRYPT;
        if (n_args != 2 || !decode_exactly(args[0], s->salt, AGE_SALT_BYTES) ||
            !read_log2_n(args[1], &s->log2_n))
            return false;
    } else {
        return true;
    }
    /* The length is checked before anything is opened: a longer body could hold more than a key. */
    if (body->n != AGE_BODY_BYTES)
        return false;
    memcpy(s->body, body->p, AGE_BODY_BYTES);
    return true;
}

/* One stanza; line is its first, after the arrow. */
static bool
read_stanza(struct dz_view line, struct dz_view *rest, struct stanza *s)
{
    struct dz_view type;
    if (!next_arg(&line, &type))
        return false;
    struct dz_view args[2] = {{0}};
    size_t n_args = 0;
    while (line.n > 0) {
        struct dz_view arg;
        if (!next_arg(&line, &arg))
            return false;
        if (n_args < 2)
            args[n_args] = arg;
        n_args++;
    }

    DZ_AUTO_BUF struct dz_buf body = DZ_BUF(DZ_AGE_HEADER_MAX);
    return read_body(rest, &body) && read_known(s, type, args, n_args, &body);
}

static bool
read_header(struct dz_view file, struct header *h)
{
    if (!dz_view_starts(file, AGE_VERSION_LINE))
        return false;
    struct dz_view rest = {.p = file.p + sizeof AGE_VERSION_LINE - 1,
                           .n = file.n - (sizeof AGE_VERSION_LINE - 1)};
    struct dz_view line;
    while (next_line(&rest, &line)) {
        if (dz_view_starts(line, AGE_END)) {
            struct dz_view mac = {.p = line.p + 4, .n = line.n > 4 ? line.n - 4 : 0};
            if (line.n < 4 || line.p[3] != ' ' || !decode_exactly(mac, h->mac, sizeof h->mac))
                return false;
            h->n_maced = (size_t)(line.p - file.p) + sizeof AGE_END - 1;
            h->n_bytes = (size_t)(rest.p - file.p);
            /* A passphrase stands alone: who shares a file under one knows that nobody else holds a
             * key to it. */
            return h->n > 0 && (h->n_scrypt == 0 || h->n == 1);
        }
        if (!dz_view_starts(line, "-> ") || h->n == AGE_STANZAS_MAX)
            return false;
        h->stanzas = dz_grow(h->stanzas, &h->cap, h->n + 1, sizeof *h->stanzas);
        struct stanza *s = &h->stanzas[h->n++];
        line = (struct dz_view){.p = line.p + 3, .n = line.n - 3};
        if (!read_stanza(line, &rest, s))
            return false;
        h->n_scrypt += s->kind == STANZA_SCRYPT ? 1 : 0;
    }
    return false;
}

/* Whether the body opens under wrap_key; if so the file key is in ret. */
static bool
open_body(const struct stanza *s, const uint8_t wrap_key[AEAD_KEY_BYTES],
          uint8_t ret[DZ_FILE_KEY_BYTES])
{
    static const uint8_t nonce[AEAD_NONCE_BYTES];
    EVP_CIPHER_CTX *a = dz_aead_new(wrap_key, AEAD_OPEN);
    bool fits = dz_aead_open(a, nonce, s->body, DZ_FILE_KEY_BYTES, ret);
    dz_aead_free(a);
    return fits;
}

static enum dz_code
try_x25519(const struct stanza *s, const struct dz_secret *identity, uint8_t ret[DZ_FILE_KEY_BYTES],
           bool *ret_fits, struct dz_err *err)
{
    uint8_t pk[DZ_X25519_BYTES];
    uint8_t wrap_key[AEAD_KEY_BYTES];
    enum dz_code code = dz_age_identity_public(identity, pk, err);
    if (code != DZ_OK)
        return code;
    code = dz_age_x25519_wrap_key(dz_secret_peek(identity), s->salt, s->salt, pk, wrap_key, err);
    if (code != DZ_OK)
        return code;
    *ret_fits = open_body(s, wrap_key, ret);
    dz_wipe(wrap_key, sizeof wrap_key);
    return DZ_OK;
}

static enum dz_code
try_scrypt(const struct stanza *s, const struct dz_secret *passphrase,
           uint8_t ret[DZ_FILE_KEY_BYTES], bool *ret_fits, struct dz_err *err)
{
    uint8_t wrap_key[AEAD_KEY_BYTES];
    enum dz_code code = dz_age_scrypt_wrap_key(passphrase, s->salt, s->log2_n, wrap_key, err);
    if (code != DZ_OK)
        return code;
    *ret_fits = open_body(s, wrap_key, ret);
    dz_wipe(wrap_key, sizeof wrap_key);
    return DZ_OK;
}

struct keys {
    const struct dz_secret *const *identities;
    size_t n;
    const struct dz_secret *passphrase;
};

/* The file key out of the first stanza that one of the keys opens. */
static enum dz_code
find_key(const struct header *h, const struct keys *keys, uint8_t ret[DZ_FILE_KEY_BYTES],
         struct dz_err *err)
{
    for (size_t i = 0; i < h->n; i++) {
        const struct stanza *s = &h->stanzas[i];
        bool fits = false;
        enum dz_code code = DZ_OK;
        if (s->kind == STANZA_SCRYPT && keys->passphrase != NULL)
            code = try_scrypt(s, keys->passphrase, ret, &fits, err);
        for (size_t k = 0; s->kind == STANZA_X25519 && k < keys->n && code == DZ_OK && !fits; k++)
            code = try_x25519(s, keys->identities[k], ret, &fits, err);
        if (code != DZ_OK || fits)
            return code;
    }
    if (h->n_scrypt > 0)
        return dz_fail(err, DZ_E_AUTH, "the passphrase does not open this age file");
    return dz_fail(err, DZ_E_AUTH,
                   "this age file is sealed for somebody else: none of the keys opens it");
}

enum dz_code
dz_age_header_open(const void *p, size_t n, const struct dz_secret *const *identities,
                   size_t n_identities, const struct dz_secret *passphrase,
                   uint8_t ret_key[DZ_FILE_KEY_BYTES], size_t *ret_header_bytes, struct dz_err *err)
{
    DZ_CLEANUP(header_done) struct header h = {0};
    struct dz_view file = {.p = p, .n = n < DZ_AGE_HEADER_MAX ? n : DZ_AGE_HEADER_MAX};
    if (!read_header(file, &h))
        return malformed(err);

    uint8_t key[DZ_FILE_KEY_BYTES];
    uint8_t mac[DZ_SHA256_BYTES];
    const struct keys keys = {
        .identities = identities,
        .n = identities != NULL ? n_identities : 0,
        .passphrase = passphrase,
    };
    enum dz_code code = find_key(&h, &keys, key, err);
    if (code == DZ_OK) {
        dz_age_header_mac(key, p, h.n_maced, mac);
        if (!dz_ct_equal(mac, h.mac, sizeof mac))
            code =
                dz_fail(err, DZ_E_CORRUPT, "the header of this age file was changed after sealing");
    }
    if (code == DZ_OK) {
        memcpy(ret_key, key, sizeof key);
        *ret_header_bytes = h.n_bytes;
    }
    dz_wipe(key, sizeof key);
    return code;
}
