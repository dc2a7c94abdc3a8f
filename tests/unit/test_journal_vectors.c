#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dz_codec.h"
#include "dz_entry.h"
#include "dz_os.h"
#include "dz_sign.h"
#include "log_impl.h"

/* The files of tests/vectors/journal were made by another program, written from
 * docs/format/journal.md. Each has lines "name: value"; expect says what a reader has to find. */
#define FOLDER "tests/vectors/journal"

struct vector {
    struct dz_buf text;
};

/* Value of a line; an empty view when there is none. */
static struct dz_view
field(const struct vector *v, const char *name)
{
    const char *line = v->text.p;
    size_t n = strlen(name);
    while (line != NULL && *line != '\0') {
        if (strncmp(line, name, n) == 0 && strncmp(line + n, ": ", 2) == 0) {
            const char *end = strchr(line, '\n');
            return (struct dz_view){.p = line + n + 2, .n = (size_t)(end - line) - n - 2};
        }
        line = strchr(line, '\n');
        line = line == NULL ? NULL : line + 1;
    }
    return (struct dz_view){.p = "", .n = 0};
}

static void
unhex(const struct vector *v, const char *name, uint8_t *ret, size_t n)
{
    if (!dz_hex_decode(field(v, name), ret, n))
        fail_msg("%s is not %zu bytes in hexadecimal", name, n);
}

static uint8_t *
bytes_of(const struct vector *v, const char *name, size_t *ret_n)
{
    *ret_n = field(v, name).n / 2;
    uint8_t *bytes = dz_alloc(*ret_n);
    unhex(v, name, bytes, *ret_n);
    return bytes;
}

static const char *
outcome_of(enum dz_code code)
{
    return code == DZ_OK ? "ok" : code == DZ_E_FORMAT ? "newer" : "ill-formed";
}

static void
same_hash(const struct vector *v, const char *name, const struct dz_hash32 *own)
{
    if (field(v, name).n == 0)
        return;
    uint8_t expected[32];
    unhex(v, name, expected, sizeof expected);
    assert_memory_equal(expected, own->b, sizeof expected);
}

static const char *
run_body(const struct vector *v)
{
    uint8_t salt[32];
    uint8_t log[16];
    uint8_t seed_bytes[32];
    uint8_t sig[64];
    uint8_t pk[32];
    uint8_t own_pk[32];
    uint8_t expected[32];
    unhex(v, "salt", salt, sizeof salt);
    unhex(v, "log", log, sizeof log);
    unhex(v, "seed", seed_bytes, sizeof seed_bytes);
    unhex(v, "signature", sig, sizeof sig);
    unhex(v, "public", pk, sizeof pk);
    unhex(v, "commitment", expected, sizeof expected);
    uint64_t seq = 0;
    assert_true(dz_parse_u64(field(v, "seq"), &seq));
    DZ_AUTO_JSON json_t *body = NULL;
    assert_int_equal(dz_json_parse(field(v, "json"), &body, NULL), DZ_OK);
    struct dz_hash32 digest;
    static const char *const shown[] = {"note", "member"};
    for (size_t i = 0; i < 2; i++) {
        DZ_AUTO_FREE char *name = dz_asprintf("digest_%s", shown[i]);
        assert_int_equal(
            dz_entry_field_digest(salt, shown[i], json_object_get(body, shown[i]), &digest, NULL),
            DZ_OK);
        same_hash(v, name, &digest);
    }
    struct dz_leaf leaf = {.n_brings = 0};
    assert_int_equal(dz_entry_commit(salt, body, &leaf.commitment, NULL), DZ_OK);
    if (memcmp(leaf.commitment.b, expected, 32) != 0)
        return "bad commitment";
    if (dz_entry_check_signature(&leaf, log, seq, pk, sig, NULL) != DZ_OK)
        return "bad signature";
    /* Sealing it ourselves gives the same signature and opens again. */
    DZ_AUTO_SECRET struct dz_secret *seed = NULL;
    assert_int_equal(dz_secret_copy(seed_bytes, 32, &seed, NULL), DZ_OK);
    assert_int_equal(dz_sign_public(seed, own_pk, NULL), DZ_OK);
    assert_memory_equal(pk, own_pk, 32);
    const uint8_t key[16] = {1};
    DZ_AUTO_BUF struct dz_buf sealed = DZ_BUF(65536);
    DZ_AUTO_JSON json_t *back = NULL;
    uint8_t own_sig[64];
    assert_int_equal(dz_entry_seal(body, log, seq, seed, key, salt, &leaf, &sealed, NULL), DZ_OK);
    assert_int_equal(dz_entry_open(dz_buf_view(&sealed), key, salt, &leaf, &back, own_sig, NULL),
                     DZ_OK);
    assert_memory_equal(sig, own_sig, 64);
    return "ok";
}

static const char *
run_leaf(const struct vector *v)
{
    size_t n = 0;
    DZ_AUTO_FREE uint8_t *bytes = bytes_of(v, "bytes", &n);
    struct dz_leaf leaf = {.n_brings = 0};
    enum dz_code code =
        dz_leaf_decode((struct dz_view){.p = (const char *)bytes, .n = n}, &leaf, NULL);
    if (code == DZ_OK) {
        uint64_t count = 0;
        struct dz_hash32 hash;
        assert_true(dz_parse_u64(field(v, "brings"), &count) && count == leaf.n_brings);
        assert_true(dz_parse_u64(field(v, "removes"), &count) && count == leaf.n_removes);
        dz_merkle_leaf(bytes, n, &hash);
        same_hash(v, "leaf_hash", &hash);
        dz_leaf_done(&leaf);
    }
    return outcome_of(code);
}

static const char *
run_frame(const struct vector *v)
{
    size_t n = 0;
    DZ_AUTO_FREE uint8_t *bytes = bytes_of(v, "bytes", &n);
    struct frame frame;
    if (!dz_frame_parse((struct dz_view){.p = (const char *)bytes, .n = n}, FRAME_STRICT, &frame))
        return "ill-formed";
    struct dz_hash32 hash;
    uint64_t seq = 0;
    assert_true(dz_parse_u64(field(v, "seq"), &seq) && seq == frame.seq);
    assert_int_equal(frame.n_bytes, n);
    dz_merkle_leaf(frame.leaf.p, frame.leaf.n, &hash);
    same_hash(v, "leaf_hash", &hash);
    return "ok";
}

static const char *
run_checkpoint(const struct vector *v)
{
    size_t n = 0;
    DZ_AUTO_FREE uint8_t *bytes = bytes_of(v, "note", &n);
    struct dz_view note = {.p = (const char *)bytes, .n = n};
    struct dz_note_key key;
    struct dz_view text;
    struct dz_checkpoint c;
    assert_int_equal(dz_note_vkey_parse(field(v, "vkey"), &key, NULL), DZ_OK);
    enum dz_code code = dz_note_open(note, &key, 1, &text, NULL);
    if (code == DZ_E_CORRUPT)
        return "bad signature";
    if (code != DZ_OK)
        return outcome_of(code);
    assert_int_equal(dz_checkpoint_parse(text, &c, NULL), DZ_OK);
    uint64_t size = 0;
    assert_true(dz_parse_u64(field(v, "size"), &size) && size == c.size);
    same_hash(v, "root", &c.root);
    /* Ed25519 is deterministic: signing again gives the same note. */
    uint8_t seed_bytes[32];
    unhex(v, "seed", seed_bytes, sizeof seed_bytes);
    DZ_AUTO_SECRET struct dz_secret *seed = NULL;
    DZ_AUTO_BUF struct dz_buf printed = DZ_BUF(4096);
    DZ_AUTO_BUF struct dz_buf again = DZ_BUF(4096);
    assert_int_equal(dz_secret_copy(seed_bytes, 32, &seed, NULL), DZ_OK);
    dz_checkpoint_print(&c, &printed);
    assert_int_equal(dz_note_sign(dz_buf_view(&printed), &key, seed, &again, NULL), DZ_OK);
    assert_true(dz_view_eq(dz_buf_view(&again), note));
    return "ok";
}

static void
every_vector(void **state)
{
    (void)state;
    char **names = NULL;
    size_t n = 0;
    assert_int_equal(dz_os_list(AT_FDCWD, FOLDER, &names, &n, NULL), DZ_OK);
    size_t n_run = 0;
    for (size_t i = 0; i < n; i++) {
        struct vector v = {.text = DZ_BUF(65536)};
        DZ_AUTO_FREE char *path = dz_asprintf("%s/%s", FOLDER, names[i]);
        assert_int_equal(dz_os_slurp(AT_FDCWD, path, 65536, &v.text, NULL), DZ_OK);
        struct dz_view type = field(&v, "type");
        const char *outcome = dz_view_is(type, "body")         ? run_body(&v)
                              : dz_view_is(type, "leaf")       ? run_leaf(&v)
                              : dz_view_is(type, "frame")      ? run_frame(&v)
                              : dz_view_is(type, "checkpoint") ? run_checkpoint(&v)
                                                               : "unknown type";
        if (!dz_view_is(field(&v, "expect"), outcome))
            fail_msg("%s: %s", names[i], outcome);
        dz_buf_done(&v.text);
        n_run++;
    }
    dz_os_names_free(names, n);
    assert_true(n_run >= 14);
    print_message("# tried: %zu vectors\n", n_run);
}

/* The worked example of the format's page shows the values of these vectors. */
static void
page_shows_the_vectors(void **state)
{
    (void)state;
    static const char *const shown[][2] = {
        {"body.txt", "salt"},       {"body.txt", "json"},      {"body.txt", "digest_note"},
        {"body.txt", "commitment"}, {"body.txt", "signature"}, {"leaf.txt", "bytes"},
        {"leaf.txt", "leaf_hash"},  {"frame.txt", "bytes"},    {"checkpoint.txt", "vkey"},
    };
    DZ_AUTO_BUF struct dz_buf page = DZ_BUF(1u << 20);
    assert_int_equal(dz_os_slurp(AT_FDCWD, "docs/format/journal.md", 1u << 20, &page, NULL), DZ_OK);
    /* Long values are wrapped on the page; spaces and newlines do not count. */
    DZ_AUTO_BUF struct dz_buf flat = DZ_BUF(1u << 20);
    for (size_t i = 0; i < page.n; i++)
        if (page.p[i] != ' ' && page.p[i] != '\n')
            dz_buf_addc(&flat, page.p[i]);
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
        struct vector v = {.text = DZ_BUF(65536)};
        DZ_AUTO_FREE char *path = dz_asprintf("%s/%s", FOLDER, shown[i][0]);
        assert_int_equal(dz_os_slurp(AT_FDCWD, path, 65536, &v.text, NULL), DZ_OK);
        DZ_AUTO_BUF struct dz_buf value = DZ_BUF(65536);
        dz_buf_addv(&value, field(&v, shown[i][1]));
        assert_true(value.n > 0);
        if (strstr(flat.p, value.p) == NULL)
            fail_msg("%s of %s is not on the page", shown[i][1], shown[i][0]);
        dz_buf_done(&v.text);
    }
}

static int
prepare(void **state)
{
    (void)state;
    return dz_crypto_init(NULL) != DZ_OK;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_vector),
        cmocka_unit_test(page_shows_the_vectors),
    };
    return cmocka_run_group_tests_name("journal_vectors", tests, prepare, NULL);
}
