/* The public age vectors (C2SP CCTV): every one that concerns us has the outcome that it names,
 * and what was passed on before a refusal is exactly what it names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "dz_age.h"
#include "dz_codec.h"
#include "dz_hash.h"
#include "tool_run.h"

#define INDEX "node_modules/cctv-age/index.js"
#define KEYS_MAX 4
/* What release 0.2.0 holds. We implement neither armor nor post-quantum recipients; every other
 * vector is run. */
#define N_VECTORS 143
#define N_ARMORED 33
#define N_POST_QUANTUM 19 /* one of them armored, too */
#define N_RUN 92
#define N_PAYLOADS \
    33 /* of these: successes and payload failures, with the hash of what comes out */

struct vector {
    char name[128];
    struct dz_view expect;
    struct dz_view payload;
    struct dz_view file_key;
    struct dz_view file;
    struct dz_secret *identities[KEYS_MAX];
    size_t n_identities;
    struct dz_secret *passphrases[KEYS_MAX];
    size_t n_passphrases;
    bool armored;
    bool post_quantum;
};

static void
read_field(struct vector *v, struct dz_view key, struct dz_view value)
{
    if (dz_view_is(key, "expect"))
        v->expect = value;
    else if (dz_view_is(key, "payload"))
        v->payload = value;
    else if (dz_view_is(key, "file key"))
        v->file_key = value;
    else if (dz_view_is(key, "armored"))
        v->armored = true;
    else if (dz_view_starts(value, "AGE-SECRET-KEY-PQ-"))
        v->post_quantum = true;
    else if (dz_view_is(key, "identity"))
        assert_int_equal(dz_age_identity_parse(value, &v->identities[v->n_identities++], NULL), 0);
    else if (dz_view_is(key, "passphrase"))
        assert_int_equal(
            dz_secret_copy(value.p, value.n, &v->passphrases[v->n_passphrases++], NULL), 0);
}

static void
read_fields(struct vector *v, struct dz_view header)
{
    while (header.n > 0) {
        size_t n = (size_t)((const char *)memchr(header.p, '\n', header.n) - header.p);
        const char *colon = memchr(header.p, ':', n);
        assert_non_null(colon);
        size_t n_key = (size_t)(colon - header.p);
        read_field(v, (struct dz_view){.p = header.p, .n = n_key},
                   (struct dz_view){.p = colon + 2, .n = n - n_key - 2});
        header.p += n + 1;
        header.n -= n + 1;
    }
}

struct tally {
    size_t n_vectors;
    size_t n_armored;
    size_t n_post_quantum;
    size_t n_run;
    size_t n_payloads;
    size_t n_wrong;
};

static void
vector_done(struct vector *v)
{
    for (size_t i = 0; i < KEYS_MAX; i++) {
        dz_secret_free(v->identities[i]);
        dz_secret_free(v->passphrases[i]);
    }
}

static enum dz_code
sink_hash(void *ctx, const void *p, size_t n, struct dz_err *err)
{
    (void)err;
    dz_hash_add(ctx, p, n);
    return DZ_OK;
}

static enum dz_code
open_header(const struct vector *v, uint8_t key[DZ_FILE_KEY_BYTES], size_t *ret_n)
{
    const struct dz_secret *const *identities =
        v->n_identities > 0 ? (const struct dz_secret *const *)v->identities : NULL;
    enum dz_code code = DZ_E_AUTH;
    for (size_t i = 0; code == DZ_E_AUTH && (i == 0 || i < v->n_passphrases); i++)
        code = dz_age_header_open(v->file.p, v->file.n, identities, v->n_identities,
                                  v->passphrases[i], key, ret_n, NULL);
    return code;
}

/* Open the payload in pieces of the given size; the name of the outcome. */
static const char *
open_payload(const uint8_t key[DZ_FILE_KEY_BYTES], struct dz_view payload, size_t piece,
             uint8_t ret_hash[32])
{
    DZ_AUTO_HASH struct dz_hash *hash = dz_hash_new(DZ_SHA256);
    struct dz_unseal *u = NULL;
    assert_int_equal(dz_unseal_new(key, sink_hash, hash, &u, NULL), DZ_OK);
    enum dz_code code = DZ_OK;
    for (size_t i = 0; i < payload.n && code == DZ_OK; i += piece)
        code =
            dz_unseal_write(u, payload.p + i, payload.n - i < piece ? payload.n - i : piece, NULL);
    if (code == DZ_OK)
        code = dz_unseal_finish(u, NULL);
    else
        assert_int_equal(dz_unseal_finish(u, NULL), code);
    dz_unseal_free(u);
    dz_hash_final(hash, ret_hash);
    assert_true(code == DZ_OK || code == DZ_E_CORRUPT);
    return code == DZ_OK ? "success" : "payload failure";
}

/* A whole payload of the vector in pieces of several sizes: outcome and released bytes must
 * agree. */
static const char *
outcome_of_payload(const struct vector *v, const uint8_t key[DZ_FILE_KEY_BYTES], size_t n_header)
{
    static const size_t pieces[] = {SIZE_MAX / 2, 1, 16, 65552, 70001};
    struct dz_view payload = {.p = v->file.p + n_header, .n = v->file.n - n_header};
    const char *outcome = NULL;
    uint8_t wanted[32];
    assert_true(dz_hex_decode(v->payload, wanted, 32));
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        if (payload.n / pieces[i] > 300000)
            continue;
        uint8_t hash[32];
        outcome = open_payload(key, payload, pieces[i], hash);
        assert_memory_equal(hash, wanted, 32);
    }
    return outcome;
}

static const char *
outcome_of(const struct vector *v, size_t *n_payloads)
{
    uint8_t key[DZ_FILE_KEY_BYTES];
    uint8_t wanted[DZ_FILE_KEY_BYTES];
    size_t n_header = 0;
    switch (open_header(v, key, &n_header)) {
    case DZ_OK:
        break;
    case DZ_E_INPUT:
        return "header failure";
    case DZ_E_AUTH:
        return "no match";
    case DZ_E_CORRUPT:
        return "HMAC failure";
    default:
        return "something else";
    }
    assert_true(dz_hex_decode(v->file_key, wanted, sizeof wanted));
    assert_memory_equal(key, wanted, sizeof wanted);
    /* The vectors count the nonce as part of the header. */
    if (v->file.n - n_header < DZ_SEAL_NONCE)
        return "header failure";
    ++*n_payloads;
    return outcome_of_payload(v, key, n_header);
}

static void
run_vector(const struct vector *v, struct tally *t)
{
    t->n_vectors++;
    t->n_armored += v->armored;
    t->n_post_quantum += v->post_quantum;
    if (v->armored || v->post_quantum)
        return;
    const char *outcome = outcome_of(v, &t->n_payloads);
    t->n_run++;
    if (dz_view_is(v->expect, outcome))
        return;
    print_error("%s: %s, expected %.*s\n", v->name, outcome, (int)v->expect.n, v->expect.p);
    t->n_wrong++;
}

static void
test_vectors(void **state)
{
    (void)state;
    if (access(INDEX, R_OK) != 0)
        skip();
    DZ_AUTO_BUF struct dz_buf all = DZ_BUF((size_t)128 << 20);
    const char *const argv[] = {"python3", "tests/tools/age_vectors.py", INDEX, NULL};
    assert_int_equal(tool_run(argv, &all), 0);
    assert_int_equal(dz_buf_ok(&all, "vectors", NULL), DZ_OK);

    struct tally t = {0};
    for (const char *at = all.p; at < all.p + all.n;) {
        struct vector v = {0};
        size_t n_header = 0;
        size_t n_file = 0;
        assert_int_equal(sscanf(at, "%127s %zu %zu", v.name, &n_header, &n_file), 3);
        at = strchr(at, '\n') + 1;
        v.file = (struct dz_view){.p = at + n_header, .n = n_file};
        read_fields(&v, (struct dz_view){.p = at, .n = n_header});
        at += n_header + n_file;
        run_vector(&v, &t);
        vector_done(&v);
    }
    assert_int_equal(t.n_wrong, 0);
    assert_int_equal(t.n_vectors, N_VECTORS);
    assert_int_equal(t.n_armored, N_ARMORED);
    assert_int_equal(t.n_post_quantum, N_POST_QUANTUM);
    assert_int_equal(t.n_run, N_RUN);
    assert_int_equal(t.n_payloads, N_PAYLOADS);
    print_message("# tried: %d of %d public vectors of age; dokaz takes no armored or post-quantum ones\n",
                  N_RUN, N_VECTORS);
}

static int
setup(void **state)
{
    (void)state;
    return dz_crypto_init(NULL) == DZ_OK ? 0 : -1;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
