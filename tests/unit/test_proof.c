/* Proof files against the vectors of tests/vectors/proof, against every change of one bit, and
 * against what this code writes itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "dz_codec.h"
#include "dz_consistency.h"
#include "dz_log.h"
#include "dz_mem.h"
#include "dz_os.h"
#include "dz_proof.h"
#include "dz_secret.h"
#include "dz_sign.h"

#define VECTORS "tests/vectors/proof/"

static void
slurp(const char *name, struct dz_buf *out)
{
    DZ_AUTO_FREE char *path = dz_asprintf("%s%s", VECTORS, name);
    struct dz_err err;
    if (dz_os_slurp(-100 /* AT_FDCWD */, path, 1u << 20, out, &err) != DZ_OK)
        fail_msg("%s", err.msg);
}

static void
read_key(const char *name, struct dz_note_key *ret)
{
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(4096);
    slurp(name, &text);
    assert_true(text.n > 0 && text.p[text.n - 1] == '\n');
    struct dz_view line = {.p = text.p, .n = text.n - 1};
    assert_int_equal(dz_note_vkey_parse(line, ret, NULL), DZ_OK);
}

/* Which check fails, or 0. */
static unsigned
check_proof(struct dz_view file, const struct dz_note_key *pinned, struct dz_err *err)
{
    DZ_AUTO_PROOF struct dz_proof p = {.index = 0};
    enum dz_proof_step step = DZ_PROOF_FORM;
    if (dz_proof_parse(file, &p, err) != DZ_OK)
        return DZ_PROOF_FORM;
    return dz_proof_check(&p, pinned, &step, err) == DZ_OK ? 0 : step;
}

static unsigned
check_consistency(struct dz_view file, struct dz_view earlier, const struct dz_note_key *key,
                  struct dz_err *err)
{
    DZ_AUTO_CONSISTENCY struct dz_consistency c = {.old_size = 0};
    enum dz_consistency_step step = DZ_CONSISTENCY_FORM;
    if (dz_consistency_parse(file, &c, err) != DZ_OK)
        return DZ_CONSISTENCY_FORM;
    return dz_consistency_check(&c, earlier, key, NULL, &step, err) == DZ_OK ? 0 : step;
}

/* One line of the list, its fields parted by tabs. */
static void
run_vector(char *line, unsigned counts[2])
{
    const char *fields[5];
    for (size_t i = 0; i < 5; i++) {
        fields[i] = line;
        line += strcspn(line, "\t\n");
        assert_true(*line == (i < 4 ? '\t' : '\n'));
        *line++ = '\0';
    }
    DZ_AUTO_BUF struct dz_buf file = DZ_BUF(1u << 20);
    slurp(fields[1], &file);
    struct dz_note_key key = {.id = 0};
    bool has_key = strcmp(fields[3], "-") != 0;
    if (has_key)
        read_key(fields[3], &key);
    unsigned wanted = strcmp(fields[4], "good") == 0 ? 0 : (unsigned)(fields[4][0] - '0');
    assert_true(wanted <= 8);
    struct dz_err err = {.code = DZ_OK};
    unsigned got;
    if (strcmp(fields[0], "proof") == 0) {
        got = check_proof(dz_buf_view(&file), has_key ? &key : NULL, &err);
    } else {
        DZ_AUTO_BUF struct dz_buf earlier = DZ_BUF(1u << 20);
        slurp(fields[2], &earlier);
        got = check_consistency(dz_buf_view(&file), dz_buf_view(&earlier), &key, &err);
    }
    if (got != wanted)
        fail_msg("%s: check %u was expected to fail, %u did: %s", fields[1], wanted, got, err.msg);
    /* One line that says something. */
    assert_true(got == 0 || (strlen(err.msg) > 10 && strchr(err.msg, '\n') == NULL));
    counts[got != 0]++;
}

static void
vectors(void **state)
{
    (void)state;
    FILE *list = fopen(VECTORS "list", "r");
    assert_non_null(list);
    char line[512];
    unsigned counts[2] = {0, 0};
    while (fgets(line, sizeof line, list) != NULL)
        run_vector(line, counts);
    assert_int_equal(fclose(list), 0);
    assert_true(counts[0] >= 35);
    assert_true(counts[1] >= 230);
    print_message("# tried: %u good and %u bad files\n", counts[0], counts[1]);
}

/* Every bit of a file of which everything counts: none may change unseen. */
static void
no_bit_changes_unseen(void **state)
{
    (void)state;
    static const char *const names[] = {"good-with-key.tlog-proof",
                                        "good-member-withheld.tlog-proof",
                                        "good-6-11.tlog-consistency"};
    struct dz_note_key key;
    read_key("log.vkey", &key);
    DZ_AUTO_BUF struct dz_buf earlier = DZ_BUF(4096);
    slurp("size-6.note", &earlier);
    size_t bits = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        DZ_AUTO_BUF struct dz_buf file = DZ_BUF(1u << 20);
        slurp(names[i], &file);
        bool is_proof = strstr(names[i], ".tlog-proof") != NULL;
        for (size_t bit = 0; bit < 8 * file.n; bit++) {
            file.p[bit / 8] = (char)((unsigned char)file.p[bit / 8] ^ (1u << (bit % 8)));
            unsigned got =
                is_proof ? check_proof(dz_buf_view(&file), &key, NULL)
                         : check_consistency(dz_buf_view(&file), dz_buf_view(&earlier), &key, NULL);
            if (got == 0)
                fail_msg("%s: bit %zu changed unseen", names[i], bit);
            file.p[bit / 8] = (char)((unsigned char)file.p[bit / 8] ^ (1u << (bit % 8)));
        }
        bits += 8 * file.n;
        /* Nor may it lose its end, or a byte anywhere. */
        for (size_t n = 0; n < file.n; n++) {
            struct dz_view cut = {.p = file.p, .n = n};
            unsigned got = is_proof ? check_proof(cut, &key, NULL)
                                    : check_consistency(cut, dz_buf_view(&earlier), &key, NULL);
            assert_true(got != 0);
        }
    }
    print_message("# tried: %zu changed bits\n", bits);
}

/* ---- what is written here ---- */

static const uint8_t body_salt[DZ_SALT_BYTES] = {9, 8, 7};

static void
make_proof(struct dz_proof *p, const char *const *withhold, bool bare)
{
    static const uint8_t log_seed[32] = {1}, member_seed[32] = {2};
    struct dz_secret *log = NULL, *member = NULL;
    assert_int_equal(dz_secret_copy(log_seed, 32, &log, NULL), DZ_OK);
    assert_int_equal(dz_secret_copy(member_seed, 32, &member, NULL), DZ_OK);
    uint8_t pk[32];
    assert_int_equal(dz_sign_public(log, pk, NULL), DZ_OK);
    *p = (struct dz_proof){.index = 0, .note = DZ_BUF(DZ_NOTE_MAX), .leaf_bytes = DZ_BUF(65535)};
    assert_int_equal(dz_note_key_init(&p->key, "dokaz/0011223344556677", pk, NULL), DZ_OK);
    memset(p->log, 0xab, sizeof p->log);
    dz_hex_encode(p->log, sizeof p->log, p->log_hex);

    json_t *body = json_pack("{s:s, s:s, s:i, s:s, s:[s,s]}", "kind", "source.described", "log",
                             p->log_hex, "seq", 0, "member", "m4k2", "tags", "a", "b");
    struct dz_leaf leaf = {.n_brings = 0};
    DZ_AUTO_BUF struct dz_buf sealed = DZ_BUF(4096);
    static const uint8_t key[16] = {3};
    assert_int_equal(
        dz_entry_seal(body, p->log, 0, member, key, body_salt, &leaf, &sealed, NULL), DZ_OK);
    assert_int_equal(dz_leaf_encode(&leaf, &p->leaf_bytes, NULL), DZ_OK);
    if (!bare) {
        json_t *opened = NULL;
        assert_int_equal(dz_entry_open(dz_buf_view(&sealed), key, body_salt, &leaf, &opened,
                                       p->signature, NULL),
                         DZ_OK);
        json_decref(opened);
        assert_int_equal(dz_sign_public(member, p->public_key, NULL), DZ_OK);
        p->has_signature = true;
        assert_int_equal(dz_proof_fill(p, body, body_salt, withhold, NULL), DZ_OK);
    }
    struct dz_merkle tree = {.size = 0};
    struct dz_hash32 hash;
    dz_merkle_leaf(p->leaf_bytes.p, p->leaf_bytes.n, &hash);
    dz_merkle_push(&tree, &hash);
    p->checkpoint.size = 1;
    memcpy(p->checkpoint.origin, p->key.name, sizeof p->checkpoint.origin);
    dz_merkle_root(&tree, &p->checkpoint.root);
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(4096);
    dz_checkpoint_print(&p->checkpoint, &text);
    assert_int_equal(dz_note_sign(dz_buf_view(&text), &p->key, log, &p->note, NULL), DZ_OK);
    json_decref(body);
    dz_secret_free(log);
    dz_secret_free(member);
}

static void
written_is_read(void **state)
{
    (void)state;
    static const char *const none[] = {NULL}, *const member[] = {"member", "tags", "unknown", NULL};
    static const struct {
        const char *const *withhold;
        bool bare;
    } ways[] = {{NULL, false}, {none, false}, {member, false}, {NULL, true}};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        struct dz_proof made;
        make_proof(&made, ways[i].withhold, ways[i].bare);
        DZ_AUTO_BUF struct dz_buf file = DZ_BUF(DZ_PROOF_MAX);
        assert_int_equal(dz_proof_write(&made, &file, NULL), DZ_OK);
        DZ_AUTO_PROOF struct dz_proof again = {.index = 0};
        struct dz_err err = {.code = DZ_OK};
        if (dz_proof_parse(dz_buf_view(&file), &again, &err) != DZ_OK ||
            dz_proof_check(&again, &made.key, NULL, &err) != DZ_OK)
            fail_msg("%s", err.msg);
        DZ_AUTO_BUF struct dz_buf twice = DZ_BUF(DZ_PROOF_MAX);
        assert_int_equal(dz_proof_write(&again, &twice, NULL), DZ_OK);
        assert_true(dz_view_eq(dz_buf_view(&file), dz_buf_view(&twice)));

        bool withholds = ways[i].withhold == member;
        assert_int_equal(dz_proof_is_bare(&again), ways[i].bare);
        assert_int_equal(again.has_signature, !ways[i].bare && !withholds);
        assert_int_equal(dz_proof_withholds(&again, "member"), withholds);
        assert_int_equal(dz_proof_shown(&again, "member") != NULL, again.has_signature);
        assert_int_equal(dz_proof_shown(&again, "kind") != NULL, !ways[i].bare);
        assert_null(dz_proof_shown(&again, "unknown"));
        assert_int_equal(again.leaf.n_brings, 0);
        /* What is withheld is nowhere in the file, nor the salt that would open it to guessing. */
        char salt[2 * DZ_SALT_BYTES + 1];
        dz_hex_encode(body_salt, sizeof body_salt, salt);
        DZ_AUTO_BUF struct dz_buf extra = DZ_BUF(DZ_PROOF_MAX);
        const char *packed = strstr(file.p, "extra ") + 6;
        struct dz_view text = {.p = packed, .n = strcspn(packed, "\n")};
        assert_int_equal(dz_b64_decode(&extra, text, DZ_B64_PADDED, NULL), DZ_OK);
        assert_null(strstr(extra.p, salt));
        assert_int_equal(strstr(extra.p, "m4k2") != NULL, again.has_signature);
        dz_proof_done(&made);
    }
}

static void
other_key_is_told(void **state)
{
    (void)state;
    struct dz_proof made;
    make_proof(&made, NULL, false);
    struct dz_note_key other = made.key;
    other.pk[5] ^= 1;
    enum dz_proof_step step = DZ_PROOF_FORM;
    struct dz_err err = {.code = DZ_OK};
    assert_int_equal(dz_proof_check(&made, &other, &step, &err), DZ_E_CORRUPT);
    assert_int_equal(step, DZ_PROOF_PINNED);
    assert_non_null(strstr(err.msg, "another log"));
    dz_proof_done(&made);
    dz_proof_done(&made);
}

static void
too_long_is_refused(void **state)
{
    (void)state;
    size_t n = DZ_PROOF_MAX + 1;
    char *bytes = dz_alloc(n);
    struct dz_proof p;
    struct dz_consistency c;
    struct dz_view file = {.p = bytes, .n = n};
    assert_int_equal(dz_proof_parse(file, &p, NULL), DZ_E_INPUT);
    assert_int_equal(dz_consistency_parse(file, &c, NULL), DZ_E_INPUT);
    dz_free(bytes);
    /* And nothing that long is written. */
    struct dz_proof made;
    make_proof(&made, NULL, false);
    char *value = dz_alloc((4u << 20) + 1);
    memset(value, 'x', 4u << 20);
    for (int i = 0; i < 2; i++) {
        char name[2] = {(char)('a' + i), '\0'};
        json_object_set_new(made.shown, name, json_pack("{s:s,s:s}", "salt", "", "value", value));
    }
    DZ_AUTO_BUF struct dz_buf out = DZ_BUF(4 * DZ_PROOF_MAX);
    assert_int_equal(dz_proof_write(&made, &out, NULL), DZ_E_LIMIT);
    assert_int_equal(out.n, 0);
    dz_free(value);
    dz_proof_done(&made);
}

static int
start(void **state)
{
    (void)state;
    return dz_crypto_init(NULL) != DZ_OK;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors),           cmocka_unit_test(no_bit_changes_unseen),
        cmocka_unit_test(written_is_read),   cmocka_unit_test(other_key_is_told),
        cmocka_unit_test(too_long_is_refused),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
