#include "dz_slip39.h"

#include <openssl/evp.h>
#include <string.h>

#include "dz_hash.h"
#include "dz_os.h"
#include "dz_tr.h"
#include "slip39_impl.h"

/* SLIP-0039. The secret is encrypted (without a passphrase this only mixes it), the result is
 * shared
 * among groups, and each group's part among its members. Two points of every curve are fixed: at
 * 255 lies the secret, at 254 a digest of it, so that shares that do not belong together are
 * noticed. Here: arithmetic, curves, encryption, and putting shares together. */

#define SECRET_AT 255
#define DIGEST_AT 254
#define DIGEST_BYTES 4
#define ROUNDS 4
#define ITERATIONS 10000 /* of all rounds together, for exponent 0 */

/* ---- GF(256), polynomial x^8 + x^4 + x^3 + x + 1 ---- */

/* Product, eight steps whatever the bits are. */
static uint8_t
gf_mul(uint8_t a, uint8_t b)
{
    unsigned x = a, product = 0;
    for (unsigned i = 0; i < 8; i++) {
        product ^= x & (0 - ((unsigned)b >> i & 1));
        x = x << 1 ^ (0x11b & (0 - (x >> 7 & 1)));
    }
    return (uint8_t)product;
}

/* a^254, which is 1/a; 0 gives 0. */
static uint8_t
gf_inverse(uint8_t a)
{
    uint8_t power = a, product = 1;
    for (int i = 1; i < 8; i++) {
        power = gf_mul(power, power);
        product = gf_mul(product, power);
    }
    return product;
}

/* ---- curves ---- */

struct point {
    uint8_t x; /* public */
    uint8_t y[DZ_SLIP39_SECRET_MAX];
};

/* The value at x of the curve through n points, n_value bytes each (Lagrange). */
static void
value_at(const struct point *points, size_t n, size_t n_value, uint8_t x, uint8_t *ret)
{
    uint8_t sum[DZ_SLIP39_SECRET_MAX] = {0};
    for (size_t i = 0; i < n; i++) {
        uint8_t weight = 1;
        for (size_t j = 0; j < n; j++) {
            if (j == i)
                continue;
            weight = gf_mul(weight, x ^ points[j].x);
            weight = gf_mul(weight, gf_inverse(points[i].x ^ points[j].x));
        }
        for (size_t k = 0; k < n_value; k++)
            sum[k] ^= gf_mul(weight, points[i].y[k]);
    }
    memcpy(ret, sum, n_value);
    dz_wipe(sum, sizeof sum);
}

static void
digest_of(const uint8_t *random, size_t n_random, const uint8_t *secret, size_t n,
          uint8_t ret[DIGEST_BYTES])
{
    uint8_t mac[DZ_SHA256_BYTES];
    dz_hmac_sha256(random, n_random, secret, n, mac);
    memcpy(ret, mac, DIGEST_BYTES);
    dz_wipe(mac, sizeof mac);
}

/* The n points at 0..n-1 of a random curve of degree threshold - 1 with the secret on it. base has
 * room for threshold points, ret for n; threshold is at least 2. */
static void
make_points(const uint8_t *secret, size_t n_value, unsigned threshold, unsigned n,
            struct point *base, struct point *ret)
{
    size_t n_random = threshold - 2;
    for (size_t i = 0; i < n_random; i++) {
        base[i].x = (uint8_t)i;
        dz_os_random(base[i].y, n_value);
        ret[i] = base[i];
    }
    struct point *digest = &base[n_random], *last = &base[n_random + 1];
    digest->x = DIGEST_AT;
    dz_os_random(digest->y + DIGEST_BYTES, n_value - DIGEST_BYTES);
    digest_of(digest->y + DIGEST_BYTES, n_value - DIGEST_BYTES, secret, n_value, digest->y);
    last->x = SECRET_AT;
    memcpy(last->y, secret, n_value);
    for (size_t i = n_random; i < n; i++) {
        ret[i].x = (uint8_t)i;
        value_at(base, threshold, n_value, (uint8_t)i, ret[i].y);
    }
}

/* The secret of a curve through exactly as many points as needed; false when its digest says that
 * the points do not belong to one secret. A threshold of 1 has no curve and no digest. */
static bool
secret_of(const struct point *points, size_t n, size_t n_value, uint8_t *ret)
{
    if (n == 1) {
        memcpy(ret, points[0].y, n_value);
        return true;
    }
    uint8_t at_digest[DZ_SLIP39_SECRET_MAX], own[DIGEST_BYTES];
    value_at(points, n, n_value, SECRET_AT, ret);
    value_at(points, n, n_value, DIGEST_AT, at_digest);
    digest_of(at_digest + DIGEST_BYTES, n_value - DIGEST_BYTES, ret, n_value, own);
    bool good = dz_ct_equal(own, at_digest, DIGEST_BYTES);
    dz_wipe(at_digest, sizeof at_digest);
    return good;
}

/* ---- encryption: a Feistel network of four rounds ---- */

static enum dz_code
round_value(const struct slip39_share *of, unsigned round, const char *passphrase,
            const uint8_t *right, size_t n, uint8_t *ret, struct dz_err *err)
{
    DZ_AUTO_SECRET struct dz_secret *room = NULL;
    static const uint8_t label[] = {'s', 'h', 'a', 'm', 'i', 'r'};
    struct dz_view typed = dz_view_of(passphrase);
    size_t n_salt = 0;
    DZ_TRY(dz_secret_new(typed.n + 64, &room, err));
    uint8_t *salt = dz_secret_at(room), *password = salt + 40;
    if (!of->extendable) {
        memcpy(salt, label, sizeof label);
        salt[6] = (uint8_t)(of->id >> 8);
        salt[7] = (uint8_t)of->id;
        n_salt = 8;
    }
    memcpy(salt + n_salt, right, n);
    password[0] = (uint8_t)round;
    memcpy(password + 1, typed.p, typed.n);
    int iterations = (ITERATIONS << of->exponent) / ROUNDS;
    if (PKCS5_PBKDF2_HMAC((const char *)password, (int)(1 + typed.n), salt, (int)(n_salt + n),
                          iterations, EVP_sha256(), (int)n, ret) != 1)
        return dz_fail(err, DZ_E_MEMORY, "out of memory");
    return DZ_OK;
}

/* Encrypt or decrypt value in place. What is common to the shares stands in `of`. */
static enum dz_code
crypt_value(const struct slip39_share *of, const char *passphrase, bool encrypt, uint8_t *value,
            size_t n, struct dz_err *err)
{
    size_t half = n / 2;
    uint8_t f[DZ_SLIP39_SECRET_MAX / 2], kept[DZ_SLIP39_SECRET_MAX / 2];
    enum dz_code code = DZ_OK;
    for (unsigned i = 0; i < ROUNDS; i++) {
        code =
            round_value(of, encrypt ? i : ROUNDS - 1 - i, passphrase, value + half, half, f, err);
        if (code != DZ_OK)
            break;
        memcpy(kept, value, half);
        memcpy(value, value + half, half);
        for (size_t k = 0; k < half; k++)
            value[half + k] = kept[k] ^ f[k];
    }
    /* The last exchange of the halves is taken back. */
    memcpy(kept, value, half);
    memcpy(value, value + half, half);
    memcpy(value + half, kept, half);
    dz_wipe(f, sizeof f);
    dz_wipe(kept, sizeof kept);
    return code;
}

/* ---- splitting ---- */

static bool
good_size(size_t n)
{
    return n >= DZ_SLIP39_SECRET_MIN && n <= DZ_SLIP39_SECRET_MAX && n % 2 == 0;
}

/* Room for the work of a split, all of it secret. */
struct splitting {
    struct slip39_share share;
    uint8_t encrypted[DZ_SLIP39_SECRET_MAX];
    struct point base[DZ_SLIP39_SHARES_MAX];
    struct point points[DZ_SLIP39_SHARES_MAX];
};

static enum dz_code
write_shares(struct splitting *s, unsigned n, struct dz_secret *ret[DZ_SLIP39_SHARES_MAX],
             struct dz_err *err)
{
    for (unsigned i = 0; i < n; i++) {
        DZ_AUTO_SECRET struct dz_secret *line = NULL;
        DZ_AUTO_SECRET struct dz_secret *room = NULL;
        DZ_TRY(dz_secret_new(DZ_SLIP39_TEXT_MAX, &room, err));
        s->share.member = (uint8_t)i;
        memcpy(s->share.value, s->points[i].y, s->share.n_value);
        dz_slip39_write(&s->share, (char *)dz_secret_at(room));
        size_t used = strlen((const char *)dz_secret_peek(room)) + 1;
        DZ_TRY(dz_secret_copy(dz_secret_peek(room), used, &line, err));
        ret[i] = line;
        line = NULL;
    }
    return DZ_OK;
}

enum dz_code
dz_slip39_split(const struct dz_secret *secret, unsigned threshold, unsigned n,
                struct dz_secret *ret[DZ_SLIP39_SHARES_MAX], struct dz_err *err)
{
    size_t n_value = dz_secret_size(secret);
    if (threshold < 2 || threshold > n || n > DZ_SLIP39_SHARES_MAX)
        return dz_fail(err, DZ_E_USAGE,
                       "%u of %u shares cannot be made: at least 2 have to be needed, and there "
                       "are at most %d",
                       threshold, n, DZ_SLIP39_SHARES_MAX);
    if (!good_size(n_value))
        return dz_fail(err, DZ_E_USAGE, "a secret of %zu bytes cannot be shared", n_value);
    DZ_AUTO_SECRET struct dz_secret *room = NULL;
    DZ_TRY(dz_secret_new(sizeof(struct splitting), &room, err));
    struct splitting *s = (struct splitting *)(void *)dz_secret_at(room);
    uint16_t id;
    dz_os_random(&id, sizeof id);
    s->share = (struct slip39_share){.id = id & 0x7fff,
                                     .group_threshold = 1,
                                     .n_groups = 1,
                                     .threshold = (uint8_t)threshold,
                                     .n_value = (uint8_t)n_value};
    memcpy(s->encrypted, dz_secret_peek(secret), n_value);
    DZ_TRY(crypt_value(&s->share, "", true, s->encrypted, n_value, err));
    make_points(s->encrypted, n_value, threshold, n, s->base, s->points);

    struct dz_secret *made[DZ_SLIP39_SHARES_MAX] = {NULL};
    enum dz_code code = write_shares(s, n, made, err);
    for (unsigned i = 0; i < n; i++) {
        if (code == DZ_OK)
            ret[i] = made[i];
        else
            dz_secret_free(made[i]);
    }
    return code;
}

/* ---- putting together ---- */

struct combining {
    struct slip39_share shares[DZ_SLIP39_GIVEN_MAX];
    size_t n;
    struct point points[DZ_SLIP39_SHARES_MAX]; /* of the group at hand */
    struct point groups[DZ_SLIP39_SHARES_MAX];
    size_t n_groups; /* that are complete */
    uint8_t value[DZ_SLIP39_SECRET_MAX];
};

/* Shares of one secret agree in everything but their place and value. */
static bool
same_secret(const struct slip39_share *a, const struct slip39_share *b)
{
    return a->id == b->id && a->extendable == b->extendable && a->exponent == b->exponent &&
           a->group_threshold == b->group_threshold && a->n_groups == b->n_groups &&
           a->n_value == b->n_value && (a->group != b->group || a->threshold == b->threshold);
}

static enum dz_code
check_together(const struct combining *c, struct dz_err *err)
{
    for (size_t i = 1; i < c->n; i++) {
        for (size_t j = 0; j < i; j++) {
            const struct slip39_share *a = &c->shares[j], *b = &c->shares[i];
            if (!same_secret(a, b))
                return dz_fail(err, DZ_E_INPUT,
                               "share %zu and share %zu were not made together: leave out what "
                               "does not belong",
                               j + 1, i + 1);
            if (a->group == b->group && a->member == b->member)
                return dz_fail(err, DZ_E_INPUT,
                               "share %zu and share %zu are the same one: each is needed once",
                               j + 1, i + 1);
        }
    }
    if (c->shares[0].exponent > DZ_SLIP39_EXPONENT_MAX)
        return dz_fail(err, DZ_E_LIMIT,
                       "these shares were made with more work than dokaz accepts: use the program "
                       "that made them");
    return DZ_OK;
}

static enum dz_code
does_not_fit(struct dz_err *err)
{
    return dz_fail(err, DZ_E_INPUT,
                   "the shares do not fit together: at least one of them is not genuine");
}

/* The part of one group, when enough of its members are there; the rest of them is compared. */
static enum dz_code
solve_group(struct combining *c, uint8_t group, struct dz_err *err)
{
    size_t n = 0, threshold = 0, n_value = c->shares[0].n_value;
    bool fits = true;
    for (size_t i = 0; i < c->n; i++) {
        const struct slip39_share *s = &c->shares[i];
        if (s->group != group)
            continue;
        threshold = s->threshold;
        if (n < threshold) {
            c->points[n].x = s->member;
            memcpy(c->points[n++].y, s->value, n_value);
        } else {
            value_at(c->points, n, n_value, s->member, c->value);
            fits = fits && dz_ct_equal(c->value, s->value, n_value);
        }
    }
    if (n == 0 || n < threshold)
        return DZ_OK;
    struct point *part = &c->groups[c->n_groups];
    part->x = group;
    if (!secret_of(c->points, n, n_value, part->y) || !fits)
        return does_not_fit(err);
    c->n_groups++;
    return DZ_OK;
}

static enum dz_code
too_few(const struct combining *c, struct dz_err *err)
{
    const struct slip39_share *s = &c->shares[0];
    if (s->n_groups == 1)
        return dz_fail(err, DZ_E_INPUT, "too few shares: %zu of the %u that are needed", c->n,
                       (unsigned)s->threshold);
    return dz_fail(err, DZ_E_INPUT,
                   "shares are missing: %zu of the %u groups that are needed are complete",
                   c->n_groups, (unsigned)s->group_threshold);
}

static enum dz_code
solve(struct combining *c, const char *passphrase, struct dz_err *err)
{
    const struct slip39_share *s = &c->shares[0];
    DZ_TRY(check_together(c, err));
    for (unsigned group = 0; group < DZ_SLIP39_SHARES_MAX; group++)
        DZ_TRY(solve_group(c, (uint8_t)group, err));
    size_t needed = s->group_threshold;
    if (c->n_groups < needed)
        return too_few(c, err);
    if (!secret_of(c->groups, needed, s->n_value, c->value))
        return does_not_fit(err);
    for (size_t i = needed; i < c->n_groups; i++) {
        uint8_t *at = c->points[0].y; /* not needed any more */
        value_at(c->groups, needed, s->n_value, c->groups[i].x, at);
        if (!dz_ct_equal(at, c->groups[i].y, s->n_value))
            return does_not_fit(err);
    }
    return crypt_value(s, passphrase, false, c->value, s->n_value, err);
}

enum dz_code
dz_slip39_combine(const struct dz_view *shares, size_t n, const char *passphrase,
                  struct dz_secret **ret, struct dz_err *err)
{
    if (n == 0)
        return dz_fail(err, DZ_E_INPUT, "there is no share");
    if (n > DZ_SLIP39_GIVEN_MAX)
        return dz_fail(err, DZ_E_LIMIT, "more than %d shares were given", DZ_SLIP39_GIVEN_MAX);
    DZ_AUTO_SECRET struct dz_secret *room = NULL;
    DZ_TRY(dz_secret_new(sizeof(struct combining), &room, err));
    struct combining *c = (struct combining *)(void *)dz_secret_at(room);
    for (; c->n < n; c->n++)
        DZ_TRY(dz_slip39_read(shares[c->n], c->n + 1, &c->shares[c->n], err));
    DZ_TRY(solve(c, passphrase, err));
    return dz_secret_copy(c->value, c->shares[0].n_value, ret, err);
}
