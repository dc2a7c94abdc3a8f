#include "vault_impl.h"

#include <string.h>

#include "dz_codec.h"

/* keys/<member>.grant.age, docs/format/vault.md section 2: what a member may open. An age file to
 * the member's own key whose content is canonical JSON. It is written and read by hand, because
 * secrets must not lie in the memory of a JSON library:
 *
 *   {"compartments":{"identities":{"earlier":"HEX","epoch":N,"secret":"HEX"},"open":{...},...},
 *    "earlier":"BASE64","format":2,"hash_key":"HEX","member":"ID","pad":"..."}
 *
 * A file names nothing outside and has one of few sizes, so that it does not tell what is held. */

#define GRANT_MAX 49152 /* bytes of content; sealed it stays below KEY_FILE_MAX */
#define PAD_TO 2048
#define NEST_MAX 16 /* grants inside one another */

/* In the order of their names, as canonical JSON wants them. */
static const enum dz_compartment by_name[DZ_COMPARTMENTS] = {DZ_IN_IDENTITIES, DZ_IN_OPEN,
                                                             DZ_IN_RESTRICTED, DZ_IN_SEALED};

/* ---- writing ---- */

static void
add_hex(struct dz_buf *out, const struct dz_secret *s)
{
    char hex[65];
    dz_hex_encode(dz_secret_peek(s), 32, hex);
    dz_buf_adds(out, hex);
    dz_wipe(hex, sizeof hex);
}

static void
add_compartments(struct dz_buf *out, const struct keyring *from, unsigned set)
{
    bool first = true;
    for (size_t i = 0; i < DZ_COMPARTMENTS; i++) {
        const struct compartment_key *c = &from->in[by_name[i]];
        if (!(set & 1u << by_name[i]) || !c->secret)
            continue;
        dz_buf_addf(out, "%s\"%s\":{", first ? "" : ",", dz_compartment_name(by_name[i]));
        if (c->earlier) {
            dz_buf_adds(out, "\"earlier\":\"");
            add_hex(out, c->earlier);
            dz_buf_adds(out, "\",");
        }
        dz_buf_addf(out, "\"epoch\":%u,\"secret\":\"", c->epoch);
        add_hex(out, c->secret);
        dz_buf_adds(out, "\"}");
        first = false;
    }
}

static enum dz_code
add_grant(struct dz_buf *out, const struct keyring *from, unsigned set, const char *member,
          struct dz_view earlier, struct dz_err *err)
{
    static const char end[] = "\"}\n";
    dz_buf_adds(out, "{\"compartments\":{");
    add_compartments(out, from, set);
    dz_buf_adds(out, "},");
    if (earlier.n) {
        dz_buf_adds(out, "\"earlier\":\"");
        dz_b64_encode(out, earlier.p, earlier.n, DZ_B64_PADDED);
        dz_buf_adds(out, "\",");
    }
    dz_buf_addf(out, "\"format\":%d,\"hash_key\":\"", VAULT_FORMAT);
    add_hex(out, from->hash_key);
    dz_buf_addf(out, "\",\"member\":\"%s\",\"pad\":\"", member);
    while ((out->n + sizeof end - 1) % PAD_TO != 0 && !out->failed)
        dz_buf_addc(out, '.');
    dz_buf_adds(out, end);
    return dz_buf_ok(out, "grant", err);
}

enum dz_code
dz_grant_write(int vault_fd, const char *path, const struct keyring *from, unsigned set,
               const char *member, const uint8_t pk[DZ_X25519_BYTES], struct dz_view earlier,
               struct dz_err *err)
{
    /* With room from the start: growing leaves copies behind that nobody wipes. */
    struct dz_buf plain = {.p = dz_alloc(GRANT_MAX + 1), .cap = GRANT_MAX + 1, .max = GRANT_MAX};
    DZ_AUTO_BUF struct dz_buf file = DZ_BUF(KEY_FILE_MAX);
    uint8_t to[1][DZ_X25519_BYTES];
    memcpy(to[0], pk, sizeof to[0]);
    enum dz_code code = add_grant(&plain, from, set, member, earlier, err);
    if (code == DZ_OK)
        code = dz_age_seal_bytes(DZ_AGE_PKS(to), 1, dz_buf_view(&plain), &file, err);
    dz_wipe(plain.p, plain.cap);
    dz_buf_done(&plain);
    DZ_TRY(code);
    return dz_os_replace(vault_fd, path, dz_buf_view(&file), err);
}

/* ---- reading ---- */

static bool
take(struct dz_view *v, const char *literal)
{
    size_t n = strlen(literal);
    if (v->n < n || memcmp(v->p, literal, n) != 0)
        return false;
    v->p += n;
    v->n -= n;
    return true;
}

static bool
take_hex(struct dz_view *v, struct dz_secret **ret)
{
    uint8_t raw[32];
    if (v->n < 64 || !dz_hex_decode((struct dz_view){v->p, 64}, raw, sizeof raw))
        return false;
    v->p += 64;
    v->n -= 64;
    bool good = dz_secret_copy(raw, sizeof raw, ret, NULL) == DZ_OK;
    dz_wipe(raw, sizeof raw);
    return good;
}

static bool
take_number(struct dz_view *v, uint32_t *ret)
{
    size_t n = 0;
    uint64_t number = 0;
    while (n < v->n && n < 9 && v->p[n] >= '0' && v->p[n] <= '9')
        n++;
    if (n == 0 || !dz_parse_u64((struct dz_view){v->p, n}, &number))
        return false;
    v->p += n;
    v->n -= n;
    *ret = (uint32_t)number;
    return number > 0;
}

/* {"earlier":"HEX","epoch":N,"secret":"HEX"}; a secret of an epoch that is known already is older
 * news. */
static bool
take_compartment(struct dz_view *v, struct keyring *k, enum dz_compartment in)
{
    DZ_AUTO_SECRET struct dz_secret *earlier = NULL;
    DZ_AUTO_SECRET struct dz_secret *secret = NULL;
    uint32_t epoch = 0;
    if (!take(v, ":{") || (take(v, "\"earlier\":\"") && !(take_hex(v, &earlier) && take(v, "\","))))
        return false;
    if (!take(v, "\"epoch\":") || !take_number(v, &epoch) || !take(v, ",\"secret\":\"") ||
        !take_hex(v, &secret) || !take(v, "\"}"))
        return false;
    if (epoch < k->in[in].epoch)
        return true;
    if (earlier && dz_keys_put_earlier(k, in, earlier, NULL) != DZ_OK)
        return false;
    earlier = NULL;
    bool good = dz_keys_put(k, in, epoch, secret, NULL) == DZ_OK;
    secret = NULL;
    return good;
}

static bool
take_compartments(struct dz_view *v, struct keyring *k)
{
    if (!take(v, "{\"compartments\":{"))
        return false;
    for (size_t i = 0; i < DZ_COMPARTMENTS; i++) {
        DZ_AUTO_FREE char *name = dz_asprintf("\"%s\"", dz_compartment_name(by_name[i]));
        struct dz_view at = *v;
        (void)take(&at, ",");
        if (!take(&at, name))
            continue;
        *v = at;
        if (!take_compartment(v, k, by_name[i]))
            return false;
    }
    return take(v, "},");
}

static bool
read_grant(struct dz_view file, struct keyring *k, int depth);

/* A grant that was there before, which whoever wrote this one could not open: it is read first, so
 * that what is newer counts. */
static bool
read_earlier(struct dz_view rest, struct keyring *k, int depth)
{
    const char *end = rest.n ? memchr(rest.p, '"', rest.n) : NULL;
    DZ_AUTO_BUF struct dz_buf inner = DZ_BUF(KEY_FILE_MAX);
    return end &&
           dz_b64_decode(&inner, (struct dz_view){rest.p, (size_t)(end - rest.p)}, DZ_B64_PADDED,
                         NULL) == DZ_OK &&
           read_grant(dz_buf_view(&inner), k, depth + 1);
}

/* What stands behind the compartments; *ret_earlier is where an older grant begins, or empty. */
static bool
take_rest(struct dz_view *v, struct keyring *k, struct dz_view *ret_earlier)
{
    DZ_AUTO_FREE char *middle = dz_asprintf("\"format\":%d,\"hash_key\":\"", VAULT_FORMAT);
    DZ_AUTO_FREE char *member = dz_asprintf("\",\"member\":\"%s\",\"pad\":\"", k->member);
    DZ_AUTO_SECRET struct dz_secret *hash_key = NULL;
    *ret_earlier = (struct dz_view){0};
    if (take(v, "\"earlier\":\"")) {
        const char *end = v->n ? memchr(v->p, '"', v->n) : NULL;
        if (!end)
            return false;
        *ret_earlier = *v;
        v->n -= (size_t)(end - v->p);
        v->p = end;
        if (!take(v, "\","))
            return false;
    }
    if (!take(v, middle) || !take_hex(v, &hash_key) || !take(v, member))
        return false;
    while (take(v, "."))
        continue;
    if (!take(v, "\"}\n") || v->n != 0)
        return false;
    dz_secret_free(k->hash_key);
    k->hash_key = hash_key;
    hash_key = NULL;
    return true;
}

static bool
read_grant(struct dz_view file, struct keyring *k, int depth)
{
    DZ_AUTO_SECRET struct dz_secret *plain = NULL;
    struct keyring seen = {.hash_key = NULL};
    struct dz_view earlier;
    if (depth >= NEST_MAX || dz_age_open_bytes(k->identity, file, &plain, NULL) != DZ_OK)
        return false;
    struct dz_view v = {(const char *)dz_secret_peek(plain), dz_secret_size(plain)};
    const struct dz_view whole = v;
    /* Once to see that it is whole and whether one lies inside, then for its content. */
    memcpy(seen.member, k->member, sizeof seen.member);
    bool good = take_compartments(&v, &seen) && take_rest(&v, &seen, &earlier);
    dz_keys_done(&seen);
    if (!good || (earlier.n && !read_earlier(earlier, k, depth)))
        return false;
    v = whole;
    return take_compartments(&v, k) && take_rest(&v, k, &earlier);
}

enum dz_code
dz_grant_read(int vault_fd, const char *path, struct keyring *k, struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf file = DZ_BUF(KEY_FILE_MAX);
    DZ_TRY(dz_os_slurp(vault_fd, path, KEY_FILE_MAX, &file, err));
    if (!read_grant(dz_buf_view(&file), k, 0) || !dz_keys_hold(k, DZ_IN_OPEN))
        return dz_fail(err, DZ_E_CORRUPT, "%s: the key file is damaged: restore it from a backup",
                       path);
    return DZ_OK;
}
