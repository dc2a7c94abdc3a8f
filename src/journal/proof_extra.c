#include <string.h>

#include "dz_codec.h"
#include "dz_hash.h"
#include "dz_mem.h"
#include "proof_impl.h"

#define FORMAT_NAME "dokaz-proof/1"
#define LEAF_MAX 65535u

/* n bytes in lower-case hexadecimal: one value has one form. */
static bool
read_hex(const char *text, uint8_t *ret, size_t n)
{
    if (text == NULL || !dz_hex_decode(dz_view_of(text), ret, n))
        return false;
    return strpbrk(text, "ABCDEF") == NULL;
}

static bool
is_hash(const json_t *value)
{
    struct dz_hash32 ignored;
    return read_hex(json_string_value(value), ignored.b, sizeof ignored.b);
}

static bool
is_name(const char *name)
{
    return strlen(name) <= UINT16_MAX;
}

/* The object holds these keys and no others; the last two together or not at all. */
static bool
has_keys(const json_t *object)
{
    static const char *const needed[] = {"format", "log", "vkey", "leaf", "shown", "withheld"};
    size_t n = sizeof needed / sizeof *needed;
    for (size_t i = 0; i < n; i++)
        if (json_object_get(object, needed[i]) == NULL)
            return false;
    bool has_public = json_object_get(object, "public") != NULL;
    bool has_signature = json_object_get(object, "signature") != NULL;
    return has_public == has_signature && json_object_size(object) == n + (has_public ? 2 : 0);
}

static enum dz_code
read_fields(const json_t *object, struct dz_proof *ret, struct dz_err *err)
{
    json_t *shown = json_object_get(object, "shown");
    json_t *withheld = json_object_get(object, "withheld");
    if (!json_is_object(shown) || !json_is_object(withheld) ||
        json_object_size(shown) + json_object_size(withheld) > UINT16_MAX)
        return dz_fail(err, DZ_E_INPUT, "'shown' and 'withheld' are not objects with fields");
    const char *name;
    json_t *field;
    json_object_foreach (shown, name, field)
        if (!is_name(name) || json_object_size(field) != 2 ||
            !is_hash(json_object_get(field, "salt")) || json_object_get(field, "value") == NULL)
            return dz_fail(err, DZ_E_INPUT, "field '%s' is not shown with salt and value", name);
    json_object_foreach (withheld, name, field) {
        if (!is_name(name) || !is_hash(field))
            return dz_fail(err, DZ_E_INPUT, "field '%s' is not withheld with a digest", name);
        if (json_object_get(shown, name) != NULL)
            return dz_fail(err, DZ_E_INPUT, "field '%s' is both shown and withheld", name);
    }
    ret->shown = json_incref(shown);
    ret->withheld = json_incref(withheld);
    return DZ_OK;
}

static enum dz_code
read_key(const json_t *object, struct dz_proof *ret, struct dz_err *err)
{
    const char *text = dz_json_str(object, "vkey");
    DZ_TRY(dz_note_vkey_parse(dz_view_of(text), &ret->key, err));
    DZ_AUTO_BUF struct dz_buf again = DZ_BUF(1024);
    dz_note_vkey(&ret->key, &again);
    if (again.failed || !dz_view_is(dz_buf_view(&again), text))
        return dz_fail(err, DZ_E_INPUT, "the verifier key is not in its one form");
    const char *log = dz_json_str(object, "log");
    if (!read_hex(log, ret->log, sizeof ret->log))
        return dz_fail(err, DZ_E_INPUT, "'log' is not the id of a log");
    dz_hex_encode(ret->log, sizeof ret->log, ret->log_hex);
    return DZ_OK;
}

static enum dz_code
read_signature(const json_t *object, struct dz_proof *ret, struct dz_err *err)
{
    if (json_object_get(object, "public") == NULL)
        return DZ_OK;
    if (dz_proof_is_bare(ret))
        return dz_fail(err, DZ_E_INPUT, "there is a signature, but nothing that was signed");
    DZ_AUTO_BUF struct dz_buf bytes = DZ_BUF(256);
    if (!read_hex(dz_json_str(object, "public"), ret->public_key, sizeof ret->public_key) ||
        dz_b64_decode(&bytes, dz_view_of(dz_json_str(object, "signature")), DZ_B64_PADDED, NULL) !=
            DZ_OK ||
        bytes.failed || bytes.n != sizeof ret->signature)
        return dz_fail(err, DZ_E_INPUT, "'public' and 'signature' are not a key and a signature");
    memcpy(ret->signature, bytes.p, bytes.n);
    ret->has_signature = true;
    return DZ_OK;
}

/* Everything but the canonical form; what is filled when it fails is given back by the caller. */
static enum dz_code
read_object(const json_t *object, struct dz_proof *ret, struct dz_err *err)
{
    const char *format = dz_json_str(object, "format");
    if (format == NULL || strcmp(format, FORMAT_NAME) != 0)
        return dz_fail(err, DZ_E_INPUT, "the format is not '%s'", FORMAT_NAME);
    if (!has_keys(object))
        return dz_fail(err, DZ_E_INPUT, "keys are missing, or there are unknown ones");
    DZ_TRY(read_key(object, ret, err));
    ret->leaf_bytes = (struct dz_buf)DZ_BUF(LEAF_MAX);
    if (!json_is_string(json_object_get(object, "leaf")) ||
        dz_b64_decode(&ret->leaf_bytes, dz_view_of(dz_json_str(object, "leaf")), DZ_B64_PADDED,
                      NULL) != DZ_OK ||
        ret->leaf_bytes.failed || ret->leaf_bytes.n == 0)
        return dz_fail(err, DZ_E_INPUT, "'leaf' is not a leaf record in base64");
    DZ_TRY(read_fields(object, ret, err));
    return read_signature(object, ret, err);
}

enum dz_code
dz_proof_read_extra(struct dz_view text, struct dz_proof *ret, struct dz_err *err)
{
    DZ_AUTO_JSON json_t *object = NULL;
    DZ_TRY(dz_json_parse(text, &object, err));
    if (!json_is_object(object))
        return dz_fail(err, DZ_E_INPUT, "it is not a JSON object");
    DZ_AUTO_BUF struct dz_buf again = DZ_BUF(DZ_PROOF_MAX);
    DZ_TRY(dz_json_canonical(&again, object, err));
    if (!dz_view_eq(dz_buf_view(&again), text))
        return dz_fail(err, DZ_E_INPUT, "its JSON is not in canonical form");
    DZ_AUTO_PROOF struct dz_proof made = {.index = 0};
    DZ_TRY(read_object(object, &made, err));
    ret->key = made.key;
    memcpy(ret->log, made.log, sizeof made.log);
    memcpy(ret->log_hex, made.log_hex, sizeof made.log_hex);
    ret->leaf_bytes = made.leaf_bytes;
    made.leaf_bytes = (struct dz_buf){.n = 0};
    ret->shown = json_incref(made.shown);
    ret->withheld = json_incref(made.withheld);
    ret->has_signature = made.has_signature;
    memcpy(ret->public_key, made.public_key, sizeof made.public_key);
    memcpy(ret->signature, made.signature, sizeof made.signature);
    return DZ_OK;
}

static void
put_base64(json_t *object, const char *key, const void *p, size_t n)
{
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(2 * LEAF_MAX);
    dz_b64_encode(&text, p, n, DZ_B64_PADDED);
    dz_json_set_view(object, key, dz_buf_view(&text));
}

static void
put_object(json_t *object, const char *key, json_t *value)
{
    if (value == NULL)
        json_object_set_new(object, key, json_object());
    else
        json_object_set(object, key, value);
}

enum dz_code
dz_proof_put_extra(const struct dz_proof *p, struct dz_buf *out, struct dz_err *err)
{
    DZ_AUTO_JSON json_t *object = json_object();
    dz_json_set_str(object, "format", FORMAT_NAME);
    dz_json_set_str(object, "log", p->log_hex);
    DZ_AUTO_BUF struct dz_buf vkey = DZ_BUF(1024);
    dz_note_vkey(&p->key, &vkey);
    dz_json_set_view(object, "vkey", dz_buf_view(&vkey));
    put_base64(object, "leaf", p->leaf_bytes.p, p->leaf_bytes.n);
    put_object(object, "shown", p->shown);
    put_object(object, "withheld", p->withheld);
    if (p->has_signature) {
        char hex[2 * sizeof p->public_key + 1];
        dz_hex_encode(p->public_key, sizeof p->public_key, hex);
        dz_json_set_str(object, "public", hex);
        put_base64(object, "signature", p->signature, sizeof p->signature);
    }
    DZ_TRY(dz_json_canonical(out, object, err));
    return dz_buf_ok(out, "proof", err);
}

static bool
is_listed(const char *const *names, const char *name)
{
    for (; names != NULL && *names != NULL; names++)
        if (strcmp(*names, name) == 0)
            return true;
    return false;
}

enum dz_code
dz_proof_fill(struct dz_proof *p, const json_t *body, const uint8_t salt[DZ_SALT_BYTES],
              const char *const *withhold, struct dz_err *err)
{
    DZ_AUTO_JSON json_t *shown = json_object();
    DZ_AUTO_JSON json_t *withheld = json_object();
    char hex[2 * DZ_SHA256_BYTES + 1];
    const char *name;
    json_t *value;
    /* Iteration does not change the object; jansson's iterator only lacks the const. */
    json_t *object = (json_t *)(uintptr_t)body;
    json_object_foreach (object, name, value) {
        if (is_listed(withhold, name)) {
            struct dz_hash32 digest;
            DZ_TRY(dz_entry_field_digest(salt, name, value, &digest, err));
            dz_hex_encode(digest.b, sizeof digest.b, hex);
            json_object_set_new(withheld, name, json_string(hex));
            continue;
        }
        uint8_t field_salt[DZ_SALT_BYTES];
        dz_entry_field_salt(salt, name, field_salt);
        dz_hex_encode(field_salt, sizeof field_salt, hex);
        json_t *field = json_object();
        json_object_set_new(field, "salt", json_string(hex));
        json_object_set(field, "value", value);
        json_object_set_new(shown, name, field);
    }
    if (is_listed(withhold, "member"))
        p->has_signature = false;
    json_decref(p->shown);
    json_decref(p->withheld);
    p->shown = json_incref(shown);
    p->withheld = json_incref(withheld);
    return DZ_OK;
}
