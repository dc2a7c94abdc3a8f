#include "dz_web_digest.h"

#include <string.h>
#include <strings.h>

#include "dz_codec.h"

static uint32_t
left(uint32_t v, unsigned n)
{
    return v << n | v >> (32 - n);
}

static uint32_t
right(uint32_t v, unsigned n)
{
    return v >> n | v << (32 - n);
}

static uint32_t
word_at(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* FIPS 180-4 section 6.1.2. */
static void
block_sha1(uint32_t *state, const unsigned char *p)
{
    uint32_t w[80];
    for (size_t i = 0; i < 16; i++)
        w[i] = word_at(p + 4 * i);
    for (size_t i = 16; i < 80; i++)
        w[i] = left(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    uint32_t a = state[0];
    uint32_t b = state[1];
    uint32_t c = state[2];
    uint32_t d = state[3];
    uint32_t e = state[4];
    for (size_t i = 0; i < 80; i++) {
        uint32_t f = i < 20   ? ((b & c) | (~b & d)) + 0x5a827999u
                     : i < 40 ? (b ^ c ^ d) + 0x6ed9eba1u
                     : i < 60 ? ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdcu
                              : (b ^ c ^ d) + 0xca62c1d6u;
        uint32_t next = left(a, 5) + f + e + w[i];
        e = d;
        d = c;
        c = left(b, 30);
        b = a;
        a = next;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
}

static const uint32_t constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

/* FIPS 180-4 section 6.2.2. */
static void
block_sha256(uint32_t *state, const unsigned char *p)
{
    uint32_t w[64];
    for (size_t i = 0; i < 16; i++)
        w[i] = word_at(p + 4 * i);
    for (size_t i = 16; i < 64; i++) {
        uint32_t s0 = right(w[i - 15], 7) ^ right(w[i - 15], 18) ^ w[i - 15] >> 3;
        uint32_t s1 = right(w[i - 2], 17) ^ right(w[i - 2], 19) ^ w[i - 2] >> 10;
        w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    uint32_t v[8];
    memcpy(v, state, sizeof v);
    for (size_t i = 0; i < 64; i++) {
        uint32_t s1 = right(v[4], 6) ^ right(v[4], 11) ^ right(v[4], 25);
        uint32_t choice = (v[4] & v[5]) ^ (~v[4] & v[6]);
        uint32_t t1 = v[7] + s1 + choice + constants[i] + w[i];
        uint32_t s0 = right(v[0], 2) ^ right(v[0], 13) ^ right(v[0], 22);
        uint32_t t2 = s0 + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
        memmove(v + 1, v, 7 * sizeof *v);
        v[4] += t1;
        v[0] = t1 + t2;
    }
    for (size_t i = 0; i < 8; i++)
        state[i] += v[i];
}

void
dz_web_digest_begin(struct dz_web_digest *d, enum dz_web_digest_kind kind)
{
    static const uint32_t sha1[8] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
    static const uint32_t sha256[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                       0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    *d = (struct dz_web_digest){.kind = kind};
    memcpy(d->state, kind == DZ_WEB_SHA1 ? sha1 : sha256, sizeof d->state);
}

static void
do_block(struct dz_web_digest *d, const unsigned char *p)
{
    if (d->kind == DZ_WEB_SHA1)
        block_sha1(d->state, p);
    else
        block_sha256(d->state, p);
}

void
dz_web_digest_add(struct dz_web_digest *d, const void *p, size_t n)
{
    const unsigned char *at = p;
    while (n > 0) {
        size_t have = d->n_bytes % 64;
        size_t some = 64 - have < n ? 64 - have : n;
        if (some == 64) {
            do_block(d, at);
        } else {
            memcpy(d->block + have, at, some);
            if (have + some == 64)
                do_block(d, d->block);
        }
        d->n_bytes += some;
        at += some;
        n -= some;
    }
}

size_t
dz_web_digest_end(struct dz_web_digest *d, unsigned char ret[32])
{
    uint64_t bits = d->n_bytes * 8;
    static const unsigned char padding[64] = {0x80};
    size_t have = d->n_bytes % 64;
    dz_web_digest_add(d, padding, have < 56 ? 56 - have : 120 - have);
    unsigned char length[8];
    for (size_t i = 0; i < 8; i++)
        length[i] = (unsigned char)(bits >> (56 - 8 * i));
    dz_web_digest_add(d, length, sizeof length);
    size_t n = d->kind == DZ_WEB_SHA1 ? 20 : 32;
    for (size_t i = 0; i < n; i++)
        ret[i] = (unsigned char)(d->state[i / 4] >> (24 - 8 * (i % 4)));
    return n;
}

/* RFC 4648 base32, as crawlers write SHA-1. */
static bool
from_base32(struct dz_view text, unsigned char *ret, size_t n)
{
    uint32_t bits = 0;
    unsigned have = 0;
    size_t out = 0;
    for (size_t i = 0; i < text.n && text.p[i] != '='; i++) {
        char c = (char)(text.p[i] >= 'a' && text.p[i] <= 'z' ? text.p[i] - 32 : text.p[i]);
        uint32_t digit;
        if (c >= 'A' && c <= 'Z')
            digit = (uint32_t)(c - 'A');
        else if (c >= '2' && c <= '7')
            digit = (uint32_t)(c - '2' + 26);
        else
            return false;
        bits = bits << 5 | digit;
        have += 5;
        if (have >= 8) {
            have -= 8;
            if (out == n)
                return false;
            ret[out++] = (unsigned char)(bits >> have);
        }
    }
    return out == n;
}

bool
dz_web_digest_parse(struct dz_view text, enum dz_web_digest_kind *ret_kind, unsigned char ret[32])
{
    static const struct {
        const char *name;
        enum dz_web_digest_kind kind;
    } known[] = {{"sha1:", DZ_WEB_SHA1},
                 {"sha-1:", DZ_WEB_SHA1},
                 {"sha256:", DZ_WEB_SHA256},
                 {"sha-256:", DZ_WEB_SHA256}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        size_t n = strlen(known[i].name);
        if (text.n <= n || strncasecmp(text.p, known[i].name, n) != 0)
            continue;
        struct dz_view value = dz_view_trim((struct dz_view){.p = text.p + n, .n = text.n - n});
        size_t bytes = known[i].kind == DZ_WEB_SHA1 ? 20 : 32;
        *ret_kind = known[i].kind;
        return (value.n == 2 * bytes && dz_hex_decode(value, ret, bytes)) ||
               from_base32(value, ret, bytes);
    }
    return false;
}
