#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "dz_codec.h"
#include "dz_hash.h"
#include "dz_keyless.h"
#include "dz_os.h"
#include "dz_sign.h"

/* A vault in its smallest form, put together by hand: two entries, one segment with two objects,
 * one large object, one key file. */
struct vault {
    char path[64];
    int fd;
    char log[33];
    struct dz_hash32 large;
    char large_name[80];
};
static struct dz_secret *seed;
static uint8_t public_key[32];
static const char vault_json[] = "{\"format\":2,\"vault\":\"000102030405060708090a0b0c0d0e0f\"}\n";

static int
prepare(void **state)
{
    (void)state;
    return dz_crypto_init(NULL) != DZ_OK || dz_secret_random(32, &seed, NULL) != DZ_OK ||
           dz_sign_public(seed, public_key, NULL) != DZ_OK;
}

static int
finish(void **state)
{
    (void)state;
    dz_secret_free(seed);
    return 0;
}

static void
put(const struct vault *v, const char *name, const void *bytes, size_t n)
{
    DZ_AUTO_FREE char *path = dz_asprintf("%s/%s", v->path, name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

static void
item(struct dz_buf *segment, const char *bytes)
{
    uint8_t digest[32];
    dz_sha256(bytes, strlen(bytes), digest);
    dz_buf_add_u32be(segment, (uint32_t)strlen(bytes));
    dz_buf_add(segment, digest, sizeof digest);
    dz_buf_adds(segment, bytes);
}

static void
head(struct dz_buf *segment)
{
    dz_buf_adds(segment, "dzS1");
    for (uint8_t i = 0; i < 16; i++)
        dz_buf_add_u8(segment, i);
    dz_buf_add_u32be(segment, 1);
}

/* A key table without keys: its head, and nothing that could be checked without them. */
static void
put_table(const struct vault *v)
{
    static const char *const names[] = {"open", "restricted", "sealed", "identities"};
    DZ_AUTO_BUF struct dz_buf table = DZ_BUF(64);
    dz_buf_adds(&table, "dzK3");
    for (uint8_t i = 0; i < 16; i++)
        dz_buf_add_u8(&table, i);
    dz_buf_add_u64be(&table, 1);
    dz_buf_add_u32be(&table, 1);
    for (size_t i = 0; i < 8; i++) {
        DZ_AUTO_FREE char *path = dz_asprintf("keytable/%s.%c", names[i / 2], i % 2 ? 'b' : 'a');
        put(v, path, table.p, table.n);
    }
}

static struct dz_thing
thing(enum dz_thing_class cls, const char *bytes)
{
    struct dz_thing t = {.cls = cls, .size_bytes = strlen(bytes)};
    dz_sha256(bytes, strlen(bytes), t.sha256.b);
    return t;
}

static struct dz_log *
open_log(const struct vault *v, int *ret_journal)
{
    struct dz_log *l = NULL;
    assert_int_equal(dz_os_opendir(v->fd, "journal", ret_journal, NULL), DZ_OK);
    assert_int_equal(dz_log_open(*ret_journal, v->log, DZ_LOG_WRITE, &l, NULL, NULL), DZ_OK);
    return l;
}

static void
append(struct dz_log *l, struct dz_leaf *leaf, const char *body)
{
    dz_sha256(body, strlen(body), leaf->sealed_sha256.b);
    struct dz_log_batch b = {.frames = DZ_BUF(1u << 20)};
    assert_int_equal(dz_log_batch_add(l, &b, dz_log_size(l), leaf, dz_view_of(body), NULL), DZ_OK);
    assert_int_equal(dz_log_append(l, &b, NULL), DZ_OK);
    assert_int_equal(dz_log_checkpoint(l, seed, NULL, NULL, NULL), DZ_OK);
    dz_buf_done(&b.frames);
}

static int
set_up(void **state)
{
    static struct vault v;
    snprintf(v.path, sizeof v.path, "/tmp/dz-keyless-XXXXXX");
    assert_non_null(mkdtemp(v.path));
    assert_int_equal(dz_os_opendir(AT_FDCWD, v.path, &v.fd, NULL), DZ_OK);
    static const char *const folders[] = {"journal", "keys", "objects", "keytable"};
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(dz_os_mkdir(v.fd, folders[i], NULL), DZ_OK);
    put(&v, "vault.json", vault_json, strlen(vault_json));
    put_table(&v);
    put(&v, "keys/m", "member key", 10);
    DZ_AUTO_BUF struct dz_buf segment = DZ_BUF(65536);
    head(&segment);
    item(&segment, "first object");
    item(&segment, "second object");
    put(&v, "objects/seg-00000001", segment.p, segment.n);
    struct dz_thing large = thing(DZ_THING_OBJECT, "a large object");
    char hex[65];
    dz_hex_encode(large.sha256.b, 32, hex);
    snprintf(v.large_name, sizeof v.large_name, "objects/%s", hex);
    put(&v, v.large_name, "a large object", 14);

    int journal = -1;
    struct dz_log_info info;
    assert_int_equal(dz_os_opendir(v.fd, "journal", &journal, NULL), DZ_OK);
    assert_int_equal(dz_log_create(journal, public_key, &info, NULL), DZ_OK);
    dz_os_close_quiet(&journal);
    memcpy(v.log, info.id_hex, sizeof v.log);
    struct dz_log *l = open_log(&v, &journal);
    struct dz_thing brings[] = {thing(DZ_THING_FILE, vault_json),
                                thing(DZ_THING_FILE, "member key"),
                                thing(DZ_THING_OBJECT, "first object")};
    append(l, &(struct dz_leaf){.brings = brings, .n_brings = 3}, "sealed body one");
    struct dz_thing more[] = {thing(DZ_THING_OBJECT, "second object"), large};
    append(l, &(struct dz_leaf){.brings = more, .n_brings = 2}, "sealed body two");
    dz_log_close(l);
    dz_os_close_quiet(&journal);
    *state = &v;
    return 0;
}

static int
tear_down(void **state)
{
    struct vault *v = *state;
    const char *const folders[] = {"keys", "objects", "journal/", "journal", "keytable", ""};
    for (size_t i = 0; i < 6; i++) {
        DZ_AUTO_FREE char *folder =
            dz_asprintf("%s/%s%s", v->path, folders[i], i == 2 ? v->log : "");
        char **names = NULL;
        size_t n = 0;
        assert_int_equal(dz_os_list(AT_FDCWD, folder, &names, &n, NULL), DZ_OK);
        for (size_t k = 0; k < n; k++) {
            DZ_AUTO_FREE char *path = dz_asprintf("%s/%s", folder, names[k]);
            remove(path);
        }
        dz_os_names_free(names, n);
        rmdir(folder);
    }
    dz_os_close_quiet(&v->fd);
    return 0;
}

struct told {
    uint64_t findings;
    uint64_t notices;
    uint64_t seq;
    char thing[256];
};

static void
listen(void *ctx, const char *thing_path, uint64_t seq, const char *message)
{
    struct told *t = ctx;
    assert_true(message[0] != '\0');
    if (seq == DZ_SEQ_NOTICE) {
        t->notices++;
        return;
    }
    t->findings++;
    t->seq = seq;
    snprintf(t->thing, sizeof t->thing, "%s", thing_path);
}

static struct told
check(const struct vault *v)
{
    struct told t = {.findings = 0};
    struct dz_keyless_report r;
    struct dz_err err = {.code = DZ_OK};
    if (dz_keyless_verify(v->fd, listen, &t, &r, &err) != DZ_OK)
        fail_msg("%s", err.msg);
    assert_int_equal(t.findings, r.n_findings);
    assert_int_equal(t.notices, r.n_notices);
    return t;
}

static void
sound(void **state)
{
    struct vault *v = *state;
    struct dz_keyless_report r;
    assert_int_equal(dz_keyless_verify(v->fd, NULL, NULL, &r, NULL), DZ_OK);
    assert_int_equal(r.n_findings + r.n_notices + r.n_unsigned, 0);
    assert_int_equal(r.n_logs, 1);
    assert_int_equal(r.n_entries, 2);
    assert_int_equal(r.n_bodies, 2);
    assert_int_equal(r.n_checkpoints, 2);
    assert_int_equal(r.n_things, 5);
    DZ_AUTO_FD int elsewhere = -1;
    assert_int_equal(dz_os_opendir(v->fd, "keys", &elsewhere, NULL), DZ_OK);
    assert_int_equal(dz_keyless_verify(elsewhere, NULL, NULL, &r, NULL), DZ_E_NOTFOUND);
}

/* Every changed byte of every stored thing is found. */
static void
every_change(void **state)
{
    struct vault *v = *state;
    const char *const names[] = {"vault.json", "keys/m", "objects/seg-00000001", v->large_name};
    size_t n_tried = 0;
    for (size_t i = 0; i < 4; i++) {
        DZ_AUTO_BUF struct dz_buf bytes = DZ_BUF(65536);
        assert_int_equal(dz_os_slurp(v->fd, names[i], 65536, &bytes, NULL), DZ_OK);
        for (size_t k = 0; k < bytes.n; k++) {
            bytes.p[k] ^= 0x04;
            put(v, names[i], bytes.p, bytes.n);
            bytes.p[k] ^= 0x04;
            struct dz_keyless_report r = {.n_findings = 0};
            enum dz_code code = dz_keyless_verify(v->fd, NULL, NULL, &r, NULL);
            if (code != DZ_E_FORMAT && (code != DZ_OK || r.n_findings == 0))
                fail_msg("a change of %s at %zu was not found", names[i], k);
        }
        for (size_t n = 0; n < bytes.n; n++) {
            put(v, names[i], bytes.p, n);
            assert_true(check(v).findings > 0);
        }
        put(v, names[i], bytes.p, bytes.n);
        n_tried += bytes.n;
    }
    print_message("# tried: %zu changed bytes, as many cuts\n", n_tried);
    assert_int_equal(check(v).findings, 0);
}

static void
missing_things(void **state)
{
    struct vault *v = *state;
    assert_int_equal(dz_os_unlink(v->fd, v->large_name, NULL), DZ_OK);
    struct told t = check(v);
    assert_int_equal(t.findings, 1);
    assert_int_equal(t.seq, 1); /* the entry that brought it */
    assert_non_null(strstr(t.thing, v->log));
    assert_int_equal(dz_os_unlink(v->fd, "keys/m", NULL), DZ_OK);
    assert_int_equal(check(v).findings, 2);
}

static void
left_overs_and_strangers(void **state)
{
    struct vault *v = *state;
    DZ_AUTO_BUF struct dz_buf segment = DZ_BUF(65536);
    assert_int_equal(dz_os_slurp(v->fd, "objects/seg-00000001", 65536, &segment, NULL), DZ_OK);
    size_t whole = segment.n;
    item(&segment, "never committed");
    for (size_t n = whole + 1; n <= segment.n; n++) {
        put(v, "objects/seg-00000001", segment.p, n);
        struct told t = check(v);
        assert_int_equal(t.findings, 0);
        assert_int_equal(t.notices, 1);
    }
    put(v, "objects/tmp-0011223344556677", "x", 1);
    assert_int_equal(check(v).notices, 2);
    assert_int_equal(check(v).findings, 0);
    put(v, "objects/stranger", "x", 1);
    assert_int_equal(check(v).findings, 1);
    put(v, "journal/stranger", "x", 1);
    assert_int_equal(check(v).findings, 2);
}

static void
removal_by_a_later_leaf(void **state)
{
    struct vault *v = *state;
    int journal = -1;
    struct dz_log *l = open_log(v, &journal);
    struct dz_leaf first;
    DZ_AUTO_BUF struct dz_buf leaf = DZ_BUF(65536);
    DZ_AUTO_BUF struct dz_buf sealed = DZ_BUF(65536);
    assert_int_equal(dz_log_read(l, 0, &leaf, &sealed, NULL), DZ_OK);
    assert_int_equal(dz_leaf_decode(dz_buf_view(&leaf), &first, NULL), DZ_OK);
    const uint64_t drop[] = {0};
    assert_int_equal(dz_log_drop_bodies(l, drop, 1, NULL), DZ_OK);
    struct told t = check(v);
    assert_int_equal(t.findings, 1); /* gone, and nobody said so */
    assert_int_equal(t.seq, 0);

    struct dz_thing removes[] = {{.cls = DZ_THING_BODY, .sha256 = first.sealed_sha256},
                                 thing(DZ_THING_OBJECT, "a large object")};
    dz_leaf_done(&first);
    append(l, &(struct dz_leaf){.removes = removes, .n_removes = 2}, "sealed body three");
    t = check(v);
    assert_int_equal(t.findings, 0);
    assert_int_equal(t.notices, 1); /* still stored */
    assert_int_equal(dz_os_unlink(v->fd, v->large_name, NULL), DZ_OK);
    t = check(v);
    assert_int_equal(t.findings + t.notices, 0);

    /* Brought again, it has to be there again. */
    struct dz_thing again[] = {thing(DZ_THING_OBJECT, "a large object")};
    append(l, &(struct dz_leaf){.brings = again, .n_brings = 1}, "sealed body four");
    t = check(v);
    assert_int_equal(t.findings, 1);
    dz_log_close(l);
    dz_os_close_quiet(&journal);
}

#define VAULT_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
int
main(void)
{
    const struct CMUnitTest tests[] = {
        VAULT_TEST(sound),
        VAULT_TEST(every_change),
        VAULT_TEST(missing_things),
        VAULT_TEST(left_overs_and_strangers),
        VAULT_TEST(removal_by_a_later_leaf),
    };
    return cmocka_run_group_tests_name("keyless", tests, prepare, finish);
}
