#include "dz_sshsig.h"

#include <string.h>

#include "dz_codec.h"
#include "dz_tr.h"

#define MAGIC "SSHSIG"
#define VERSION 1
#define KEY_KIND "ssh-ed25519"
#define HASH_NAME "sha512"
#define BEGIN_LINE "-----BEGIN SSH SIGNATURE-----\n"
#define END_LINE "-----END SSH SIGNATURE-----\n"
#define COLUMNS 70 /* of base64 in a line, as ssh-keygen wraps it */
#define BLOB_MAX 512

/* ---- the parts ---- */

/* A string of the SSH protocol: length in four bytes, then the bytes. */
static void
add_string(struct dz_buf *out, const void *p, size_t n)
{
    dz_buf_add_u32be(out, (uint32_t)n);
    dz_buf_add(out, p, n);
}

/* Public keys and signatures have the same shape: the kind and then the bytes, both as strings. */
static void
add_typed(struct dz_buf *out, const void *p, size_t n)
{
    add_string(out, KEY_KIND, strlen(KEY_KIND));
    add_string(out, p, n);
}

static struct dz_view
read_string(struct dz_reader *r)
{
    uint32_t n = dz_read_u32be(r);
    const uint8_t *p = dz_read_bytes(r, n);
    return p != NULL ? (struct dz_view){(const char *)p, n} : (struct dz_view){0};
}

/* The n bytes behind the kind; false when kind, length or end are not what they have to be. */
static bool
read_typed(struct dz_view whole, uint8_t *ret, size_t n)
{
    struct dz_reader r = dz_reader_of(whole.p, whole.n);
    struct dz_view kind = read_string(&r);
    struct dz_view bytes = read_string(&r);
    if (r.failed || r.pos != r.n || !dz_view_is(kind, KEY_KIND) || bytes.n != n)
        return false;
    memcpy(ret, bytes.p, n);
    return true;
}

/* Names that need no quoting anywhere: in the signature, in allowed_signers, in a shell. */
static bool
plain_name(const char *s)
{
    size_t n = strlen(s);
    return n > 0 && n <= DZ_SSHSIG_NAMESPACE_MAX &&
           strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_@") == n;
}

/* What is signed: everything that stands in the signature but the key, and the file's hash. */
static void
signed_bytes(const char *name_space, const uint8_t sha512[DZ_SHA512_BYTES], struct dz_buf *out)
{
    dz_buf_adds(out, MAGIC);
    add_string(out, name_space, strlen(name_space));
    add_string(out, "", 0);
    add_string(out, HASH_NAME, strlen(HASH_NAME));
    add_string(out, sha512, DZ_SHA512_BYTES);
}

/* ---- writing ---- */

static void
add_armored(const struct dz_sshsig *sig, struct dz_buf *out)
{
    DZ_AUTO_BUF struct dz_buf part = DZ_BUF(BLOB_MAX);
    DZ_AUTO_BUF struct dz_buf blob = DZ_BUF(BLOB_MAX);
    DZ_AUTO_BUF struct dz_buf b64 = DZ_BUF(2 * BLOB_MAX);
    dz_buf_adds(&blob, MAGIC);
    dz_buf_add_u32be(&blob, VERSION);
    add_typed(&part, sig->pk, sizeof sig->pk);
    add_string(&blob, part.p, part.n);
    add_string(&blob, sig->name_space, strlen(sig->name_space));
    add_string(&blob, "", 0);
    add_string(&blob, HASH_NAME, strlen(HASH_NAME));
    dz_buf_reset(&part);
    add_typed(&part, sig->sig, sizeof sig->sig);
    add_string(&blob, part.p, part.n);

    dz_b64_encode(&b64, blob.p, blob.n, DZ_B64_PADDED);
    dz_buf_adds(out, BEGIN_LINE);
    for (size_t i = 0; i < b64.n; i += COLUMNS) {
        dz_buf_add(out, b64.p + i, b64.n - i < COLUMNS ? b64.n - i : COLUMNS);
        dz_buf_addc(out, '\n');
    }
    dz_buf_adds(out, END_LINE);
}

enum dz_code
dz_sshsig_make(const struct dz_secret *seed, const char *name_space,
               const uint8_t sha512[DZ_SHA512_BYTES], struct dz_buf *out, struct dz_err *err)
{
    if (!plain_name(name_space))
        return dz_fail(err, DZ_E_USAGE, "'%s' is not a namespace for a signature", name_space);
    struct dz_sshsig sig = {0};
    memcpy(sig.name_space, name_space, strlen(name_space));
    DZ_AUTO_BUF struct dz_buf message = DZ_BUF(BLOB_MAX);
    signed_bytes(name_space, sha512, &message);
    DZ_TRY(dz_sign_public(seed, sig.pk, err));
    DZ_TRY(dz_sign(seed, message.p, message.n, sig.sig, err));
    add_armored(&sig, out);
    return dz_buf_ok(out, "the signature", err);
}

/* ---- reading ---- */

/* Base64 between the two lines, without the line feeds. Where they stand is checked later, by
 * writing the signature once more. */
static bool
read_armor(struct dz_view text, struct dz_buf *blob)
{
    size_t n_begin = strlen(BEGIN_LINE), n_end = strlen(END_LINE);
    if (text.n > DZ_SSHSIG_TEXT_MAX || text.n < n_begin + n_end ||
        memcmp(text.p, BEGIN_LINE, n_begin) != 0 ||
        memcmp(text.p + text.n - n_end, END_LINE, n_end) != 0)
        return false;
    DZ_AUTO_BUF struct dz_buf b64 = DZ_BUF(DZ_SSHSIG_TEXT_MAX);
    for (size_t i = n_begin; i < text.n - n_end; i++)
        if (text.p[i] != '\n')
            dz_buf_addc(&b64, text.p[i]);
    return dz_b64_decode(blob, dz_buf_view(&b64), DZ_B64_PADDED, NULL) == DZ_OK;
}

static bool
read_blob(const struct dz_buf *blob, struct dz_sshsig *ret)
{
    struct dz_reader r = dz_reader_of(blob->p, blob->n);
    const uint8_t *magic = dz_read_bytes(&r, strlen(MAGIC));
    if (magic == NULL || memcmp(magic, MAGIC, strlen(MAGIC)) != 0 || dz_read_u32be(&r) != VERSION)
        return false;
    struct dz_view key = read_string(&r);
    struct dz_view name_space = read_string(&r);
    struct dz_view reserved = read_string(&r);
    struct dz_view hash = read_string(&r);
    struct dz_view sig = read_string(&r);
    if (r.failed || r.pos != r.n || name_space.p == NULL || reserved.n != 0 ||
        !dz_view_is(hash, HASH_NAME) || name_space.n > DZ_SSHSIG_NAMESPACE_MAX ||
        !read_typed(key, ret->pk, sizeof ret->pk) || !read_typed(sig, ret->sig, sizeof ret->sig))
        return false;
    memcpy(ret->name_space, name_space.p, name_space.n);
    ret->name_space[name_space.n] = '\0';
    return strlen(ret->name_space) == name_space.n && plain_name(ret->name_space);
}

enum dz_code
dz_sshsig_read(struct dz_view text, struct dz_sshsig *ret, struct dz_err *err)
{
    struct dz_sshsig sig = {0};
    DZ_AUTO_BUF struct dz_buf blob = DZ_BUF(DZ_SSHSIG_TEXT_MAX);
    DZ_AUTO_BUF struct dz_buf again = DZ_BUF(DZ_SSHSIG_TEXT_MAX);
    if (!read_armor(text, &blob) || !read_blob(&blob, &sig))
        return dz_fail(err, DZ_E_INPUT,
                       "this is not an SSH signature by an Ed25519 key over a SHA-512 hash");
    /* One signature, one text: white space that base64 readers skip could carry a message. */
    add_armored(&sig, &again);
    if (!dz_view_eq(dz_buf_view(&again), text))
        return dz_fail(err, DZ_E_INPUT,
                       "the SSH signature is not in the form that ssh-keygen "
                       "writes");
    *ret = sig;
    return DZ_OK;
}

enum dz_code
dz_sshsig_check(const struct dz_sshsig *sig, const char *name_space,
                const uint8_t sha512[DZ_SHA512_BYTES], struct dz_err *err)
{
    if (strcmp(sig->name_space, name_space) != 0)
        return dz_fail(err, DZ_E_CORRUPT,
                       "the signature was made for another purpose: its namespace is '%s', not "
                       "'%s'",
                       sig->name_space, name_space);
    DZ_AUTO_BUF struct dz_buf message = DZ_BUF(BLOB_MAX);
    signed_bytes(name_space, sha512, &message);
    if (!dz_sign_verify(sig->pk, message.p, message.n, sig->sig))
        return dz_fail(err, DZ_E_CORRUPT,
                       "the signature does not fit the file: one of both was changed");
    return DZ_OK;
}

/* ---- public keys ---- */

static void
add_public(const uint8_t pk[DZ_SIGN_PUBLIC_BYTES], struct dz_buf *out)
{
    DZ_AUTO_BUF struct dz_buf blob = DZ_BUF(BLOB_MAX);
    add_typed(&blob, pk, DZ_SIGN_PUBLIC_BYTES);
    dz_buf_adds(out, KEY_KIND " ");
    dz_b64_encode(out, blob.p, blob.n, DZ_B64_PADDED);
}

enum dz_code
dz_sshsig_public_line(const uint8_t pk[DZ_SIGN_PUBLIC_BYTES], const char *comment,
                      struct dz_buf *out, struct dz_err *err)
{
    for (const char *c = comment; c != NULL && *c != '\0'; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            return dz_fail(err, DZ_E_USAGE, "the comment of a key has to be one line");
    add_public(pk, out);
    if (comment != NULL && comment[0] != '\0')
        dz_buf_addf(out, " %s", comment);
    dz_buf_addc(out, '\n');
    return dz_buf_ok(out, "the public key", err);
}

enum dz_code
dz_sshsig_public_parse(struct dz_view line, uint8_t ret[DZ_SIGN_PUBLIC_BYTES], struct dz_err *err)
{
    size_t n_kind = strlen(KEY_KIND " ");
    DZ_AUTO_BUF struct dz_buf blob = DZ_BUF(DZ_SSHSIG_TEXT_MAX);
    if (line.n <= DZ_SSHSIG_TEXT_MAX && dz_view_starts(line, KEY_KIND " ")) {
        struct dz_view b64 = {line.p + n_kind, 0};
        while (n_kind + b64.n < line.n && b64.p[b64.n] != ' ' && b64.p[b64.n] != '\n')
            b64.n++;
        if (dz_b64_decode(&blob, b64, DZ_B64_PADDED, NULL) == DZ_OK &&
            read_typed(dz_buf_view(&blob), ret, DZ_SIGN_PUBLIC_BYTES))
            return DZ_OK;
    }
    return dz_fail(err, DZ_E_INPUT,
                   "this is not an Ed25519 public key as OpenSSH writes it: a "
                   "line that begins with 'ssh-ed25519'");
}

enum dz_code
dz_sshsig_allowed_line(const uint8_t pk[DZ_SIGN_PUBLIC_BYTES], const char *principal,
                       const char *name_space, struct dz_buf *out, struct dz_err *err)
{
    if (!plain_name(principal) || !plain_name(name_space))
        return dz_fail(err, DZ_E_USAGE, "'%s' cannot stand in a list of allowed signers",
                       plain_name(principal) ? name_space : principal);
    dz_buf_addf(out, "%s namespaces=\"%s\" ", principal, name_space);
    add_public(pk, out);
    dz_buf_addc(out, '\n');
    return dz_buf_ok(out, "the list of signers", err);
}
