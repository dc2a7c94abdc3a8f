#include "dz_note.h"

#include <string.h>

#include "dz_codec.h"
#include "dz_hash.h"
#include "dz_sign.h"
#include "dz_utf8.h"

#define KEY_TYPE_ED25519 0x01
#define KEY_ID_BYTES 4

/* Em dash and a space: how every signature line begins. */
static const char sig_prefix[] = "\xe2\x80\x94 ";
#define SIG_PREFIX_BYTES (sizeof sig_prefix - 1)

/* White_Space of the Unicode Character Database; the signed-note format forbids it in key names. */
static bool
is_unicode_space(uint32_t cp)
{
    return (cp >= 0x09 && cp <= 0x0d) || cp == 0x20 || cp == 0x85 || cp == 0xa0 || cp == 0x1680 ||
           (cp >= 0x2000 && cp <= 0x200a) || cp == 0x2028 || cp == 0x2029 || cp == 0x202f ||
           cp == 0x205f || cp == 0x3000;
}

/* A key name as the format allows it, and short enough for struct dz_note_key. */
static bool
is_key_name(struct dz_view name)
{
    if (name.n == 0 || name.n >= sizeof((struct dz_note_key *)NULL)->name)
        return false;
    if (dz_utf8_valid_prefix(name) != name.n)
        return false;
    for (size_t pos = 0; pos < name.n;) {
        uint32_t cp = dz_utf8_next(name, &pos);
        if (cp < 0x20 || cp == '+' || is_unicode_space(cp))
            return false;
    }
    return true;
}

/* Text of a note: well-formed UTF-8 without control characters except the newline. */
static bool
is_note_text(struct dz_view text)
{
    for (size_t i = 0; i < text.n; i++)
        if ((unsigned char)text.p[i] < 0x20 && text.p[i] != '\n')
            return false;
    return dz_utf8_valid_prefix(text) == text.n;
}

/* SHA-256(name || 0x0A || type || public key), first four bytes, big-endian. */
static uint32_t
key_id_of(const char *name, const uint8_t pk[32])
{
    uint8_t tail[2 + 32] = {'\n', KEY_TYPE_ED25519};
    memcpy(tail + 2, pk, 32);
    uint8_t digest[DZ_SHA256_BYTES];
    dz_sha256_2(name, strlen(name), tail, sizeof tail, digest);
    struct dz_reader r = dz_reader_of(digest, sizeof digest);
    return dz_read_u32be(&r);
}

enum dz_code
dz_note_key_init(struct dz_note_key *k, const char *name, const uint8_t pk[32], struct dz_err *err)
{
    if (!is_key_name(dz_view_of(name)))
        return dz_fail(err, DZ_E_INPUT,
                       "a key name is 1 to 127 bytes of text without spaces and without '+'");
    struct dz_note_key made = {.id = 0};
    memcpy(made.name, name, strlen(name));
    memcpy(made.pk, pk, sizeof made.pk);
    made.id = key_id_of(name, pk);
    *k = made;
    return DZ_OK;
}

void
dz_note_vkey(const struct dz_note_key *k, struct dz_buf *out)
{
    uint8_t typed[1 + sizeof k->pk] = {KEY_TYPE_ED25519};
    memcpy(typed + 1, k->pk, sizeof k->pk);
    dz_buf_addf(out, "%s+%08x+", k->name, k->id);
    dz_b64_encode(out, typed, sizeof typed, DZ_B64_PADDED);
}

static struct dz_view
view_between(struct dz_view v, size_t from, size_t to)
{
    return (struct dz_view){.p = v.p + from, .n = to - from};
}

/* Position of c at or after from, or v.n. */
static size_t
find_byte(struct dz_view v, size_t from, char c)
{
    const char *hit = from < v.n ? memchr(v.p + from, c, v.n - from) : NULL;
    return hit == NULL ? v.n : (size_t)(hit - v.p);
}

enum dz_code
dz_note_vkey_parse(struct dz_view text, struct dz_note_key *ret, struct dz_err *err)
{
    /* The base64 part may hold '+' itself, so only the first two separate. */
    size_t first = find_byte(text, 0, '+');
    size_t second = find_byte(text, first + 1, '+');
    if (first >= text.n || second >= text.n)
        return dz_fail(err, DZ_E_INPUT, "a verifier key has the form name+id+key");
    struct dz_view name = view_between(text, 0, first);
    uint8_t id[KEY_ID_BYTES];
    if (!is_key_name(name) || !dz_hex_decode(view_between(text, first + 1, second), id, sizeof id))
        return dz_fail(err, DZ_E_INPUT, "the name or id of the verifier key is ill-formed");

    DZ_AUTO_BUF struct dz_buf typed = DZ_BUF(256);
    enum dz_code code =
        dz_b64_decode(&typed, view_between(text, second + 1, text.n), DZ_B64_PADDED, err);
    if (code != DZ_OK)
        return dz_while(err, "reading a verifier key");
    if (typed.n != 1 + sizeof ret->pk || typed.p[0] != KEY_TYPE_ED25519)
        return dz_fail(err, DZ_E_INPUT, "the verifier key is not an Ed25519 key");

    char name_text[sizeof ret->name] = "";
    memcpy(name_text, name.p, name.n);
    struct dz_note_key made;
    code = dz_note_key_init(&made, name_text, (const uint8_t *)typed.p + 1, err);
    if (code != DZ_OK)
        return code;
    struct dz_reader r = dz_reader_of(id, sizeof id);
    if (dz_read_u32be(&r) != made.id)
        return dz_fail(err, DZ_E_INPUT, "the id of the verifier key does not belong to its key");
    *ret = made;
    return DZ_OK;
}

enum dz_code
dz_note_sign(struct dz_view text, const struct dz_note_key *key, const struct dz_secret *seed,
             struct dz_buf *out, struct dz_err *err)
{
    if (text.n == 0 || text.n > DZ_NOTE_MAX || text.p[text.n - 1] != '\n' || !is_note_text(text))
        return dz_fail(err, DZ_E_INPUT,
                       "a note's text is UTF-8 without control characters and ends in a newline");
    /* A signature that the named key does not verify would refuse the whole note later. */
    uint8_t pk[DZ_SIGN_PUBLIC_BYTES];
    enum dz_code code = dz_sign_public(seed, pk, err);
    if (code != DZ_OK)
        return code;
    if (memcmp(pk, key->pk, sizeof pk) != 0)
        return dz_fail(err, DZ_E_INPUT, "the signing key does not belong to '%s'", key->name);

    uint8_t signature[DZ_SIGN_BYTES];
    code = dz_sign(seed, text.p, text.n, signature, err);
    if (code != DZ_OK)
        return code;
    DZ_AUTO_BUF struct dz_buf packed = DZ_BUF(KEY_ID_BYTES + DZ_SIGN_BYTES);
    dz_buf_add_u32be(&packed, key->id);
    dz_buf_add(&packed, signature, sizeof signature);
    dz_buf_addv(out, text);
    dz_buf_addf(out, "\n%s%s ", sig_prefix, key->name);
    dz_b64_encode(out, packed.p, packed.n, DZ_B64_PADDED);
    dz_buf_addc(out, '\n');
    return dz_buf_ok(out, "note", err);
}

struct signature_line {
    struct dz_view name;
    uint32_t id;
    struct dz_view signature; /* borrows from the buffer given to split_line */
};

static enum dz_code
split_line(struct dz_view line, struct dz_buf *decoded, struct signature_line *ret,
           struct dz_err *err)
{
    size_t space = find_byte(line, SIG_PREFIX_BYTES, ' ');
    if (!dz_view_starts(line, sig_prefix) || space >= line.n)
        return dz_fail(err, DZ_E_INPUT, "a line after the note's text is not a signature");
    struct dz_view name = view_between(line, SIG_PREFIX_BYTES, space);
    dz_buf_reset(decoded);
    /* Names of foreign keys may be longer than ours can be; only their form counts here. */
    bool good_name = name.n > 0 && find_byte(name, 0, '+') == name.n;
    for (size_t pos = 0; good_name && pos < name.n;)
        good_name = !is_unicode_space(dz_utf8_next(name, &pos));
    if (!good_name ||
        dz_b64_decode(decoded, view_between(line, space + 1, line.n), DZ_B64_PADDED, NULL) !=
            DZ_OK ||
        decoded->n <= KEY_ID_BYTES)
        return dz_fail(err, DZ_E_INPUT, "a signature line of the note is ill-formed");
    struct dz_reader r = dz_reader_of(decoded->p, decoded->n);
    *ret = (struct signature_line){
        .name = name,
        .id = dz_read_u32be(&r),
        .signature = {.p = decoded->p + KEY_ID_BYTES, .n = decoded->n - KEY_ID_BYTES},
    };
    return DZ_OK;
}

/* Where the text ends: after the newline before the last blank line. 0 when there is none. */
static size_t
text_end(struct dz_view note)
{
    for (size_t i = note.n; i >= 2; i--)
        if (note.p[i - 1] == '\n' && note.p[i - 2] == '\n')
            return i - 1;
    return 0;
}

static const struct dz_note_key *
find_key(const struct dz_note_key *keys, size_t n, const struct signature_line *line)
{
    for (size_t i = 0; i < n; i++)
        if (keys[i].id == line->id && dz_view_is(line->name, keys[i].name))
            return &keys[i];
    return NULL;
}

/* The whole form of a note, and every signature of the n known keys; *ret_seen says how many of
 * them signed. */
static enum dz_code
walk(struct dz_view note, const struct dz_note_key *keys, size_t n, struct dz_view *ret_text,
     size_t *ret_seen, struct dz_err *err)
{
    if (note.n > DZ_NOTE_MAX)
        return dz_fail(err, DZ_E_INPUT, "the note is longer than %d bytes", DZ_NOTE_MAX);
    size_t end = text_end(note);
    if (end == 0 || end + 1 >= note.n || note.p[note.n - 1] != '\n' || !is_note_text(note))
        return dz_fail(err, DZ_E_INPUT,
                       "the note is ill-formed: text, a blank line and signature "
                       "lines are expected");
    struct dz_view text = view_between(note, 0, end);

    /* Every line is looked at, so that an ill-formed one is refused wherever it stands; the first
     * line of a known key decides for that key, and repeated lines are skipped. */
    DZ_AUTO_BUF struct dz_buf decoded = DZ_BUF(DZ_NOTE_MAX);
    const struct dz_note_key *seen[DZ_NOTE_MAX_SIGS];
    size_t n_seen = 0;
    size_t n_lines = 0;
    for (size_t pos = end + 1; pos < note.n;) {
        size_t line_end = find_byte(note, pos, '\n');
        struct signature_line line;
        if (++n_lines > DZ_NOTE_MAX_SIGS)
            return dz_fail(err, DZ_E_INPUT, "the note has more than %d signatures",
                           DZ_NOTE_MAX_SIGS);
        enum dz_code code = split_line(view_between(note, pos, line_end), &decoded, &line, err);
        if (code != DZ_OK)
            return code;
        pos = line_end + 1;
        const struct dz_note_key *key = find_key(keys, n, &line);
        bool repeated = false;
        for (size_t i = 0; i < n_seen; i++)
            repeated = repeated || seen[i] == key;
        if (key == NULL || repeated)
            continue;
        if (line.signature.n != DZ_SIGN_BYTES ||
            !dz_sign_verify(key->pk, text.p, text.n, (const uint8_t *)line.signature.p))
            return dz_fail(err, DZ_E_CORRUPT, "the signature of '%s' does not fit the note",
                           key->name);
        seen[n_seen++] = key;
    }
    *ret_text = text;
    *ret_seen = n_seen;
    return DZ_OK;
}

enum dz_code
dz_note_text(struct dz_view note, struct dz_view *ret_text, struct dz_err *err)
{
    size_t n_seen = 0;
    return walk(note, NULL, 0, ret_text, &n_seen, err);
}

enum dz_code
dz_note_open(struct dz_view note, const struct dz_note_key *keys, size_t n,
             struct dz_view *ret_text, struct dz_err *err)
{
    struct dz_view text;
    size_t n_seen = 0;
    enum dz_code code = walk(note, keys, n, &text, &n_seen, err);
    if (code != DZ_OK)
        return code;
    if (n_seen == 0)
        return dz_fail(err, DZ_E_CORRUPT, "the note is not signed by a known key");
    *ret_text = text;
    return DZ_OK;
}

void
dz_checkpoint_print(const struct dz_checkpoint *c, struct dz_buf *out)
{
    dz_buf_addf(out, "%s\n%llu\n", c->origin, (unsigned long long)c->size);
    dz_b64_encode(out, c->root.b, sizeof c->root.b, DZ_B64_PADDED);
    dz_buf_addc(out, '\n');
}

enum dz_code
dz_checkpoint_parse(struct dz_view text, struct dz_checkpoint *ret, struct dz_err *err)
{
    if (text.n == 0 || text.n > DZ_NOTE_MAX || text.p[text.n - 1] != '\n' || !is_note_text(text))
        return dz_fail(err, DZ_E_INPUT, "the checkpoint is ill-formed");
    size_t origin_end = find_byte(text, 0, '\n');
    size_t size_end = find_byte(text, origin_end + 1, '\n');
    size_t root_end = find_byte(text, size_end + 1, '\n');
    struct dz_checkpoint made = {.size = 0};
    if (root_end >= text.n || origin_end == 0 || origin_end >= sizeof made.origin)
        return dz_fail(err, DZ_E_INPUT,
                       "the checkpoint is ill-formed: origin, size and root are "
                       "expected on three lines");
    memcpy(made.origin, text.p, origin_end);
    if (!dz_parse_u64(view_between(text, origin_end + 1, size_end), &made.size) ||
        made.size > DZ_MERKLE_MAX_SIZE)
        return dz_fail(err, DZ_E_INPUT, "the size in the checkpoint is not a number");
    DZ_AUTO_BUF struct dz_buf root = DZ_BUF(256);
    if (dz_b64_decode(&root, view_between(text, size_end + 1, root_end), DZ_B64_PADDED, NULL) !=
            DZ_OK ||
        root.n != sizeof made.root.b)
        return dz_fail(err, DZ_E_INPUT, "the root in the checkpoint is not a hash");
    memcpy(made.root.b, root.p, root.n);
    /* Extension lines are allowed to others and mean nothing to us, but none of them is empty. */
    for (size_t pos = root_end + 1; pos < text.n;) {
        size_t line_end = find_byte(text, pos, '\n');
        if (line_end == pos)
            return dz_fail(err, DZ_E_INPUT, "the checkpoint holds an empty line");
        pos = line_end + 1;
    }
    *ret = made;
    return DZ_OK;
}
