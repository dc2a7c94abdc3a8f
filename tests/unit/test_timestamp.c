/* Settings, and the timestamps that a vault keeps: those that hold, and entries that say something
 * else than their tokens, lack them, or speak of a log that was set back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dz_json.h"
#include "dz_setting.h"
#include "dz_timestamp.h"
#include "tsa_fixture.h"
#include "vault_fixture.h"

#define STAMPED "20270101000000Z"

static int
setup(void **state)
{
    return tsa_setup(state) == 0 ? fixture_setup(state) : -1;
}

static int
teardown(void **state)
{
    fixture_teardown(state);
    return tsa_teardown(state);
}

/* ---- settings ---- */

static void
set(struct fixture *f, const char *key, const char *value)
{
    const struct dz_setting_change change = {.key = key, .value = value};
    OK(f, dz_settings_change(f->v, &change, 1, NULL, &f->err));
}

static enum dz_code
count_setting(void *ctx, const char *key, const char *value, struct dz_err *err)
{
    (void)key;
    (void)value;
    (void)err;
    ++*(size_t *)ctx;
    return DZ_OK;
}

static size_t
settings_set(struct fixture *f)
{
    size_t n = 0;
    OK(f, dz_settings_each(f->v, count_setting, &n, &f->err));
    return n;
}

static void
test_settings(void **state)
{
    struct fixture *f = *state;
    DZ_AUTO_FREE char *value = NULL;
    OK(f, dz_setting_get(f->v, "network.proxy", &value, &f->err));
    assert_null(value);
    set(f, "network.proxy", "socks5h://127.0.0.1:9050");
    set(f, "network.timeout", "12");
    set(f, "network.timeout", "13");
    fixture_check_rebuild(f);
    fixture_reopen(f);
    OK(f, dz_setting_get(f->v, "network.timeout", &value, &f->err));
    assert_string_equal(value, "13");
    assert_int_equal(settings_set(f), 2);
    set(f, "network.timeout", NULL);
    assert_int_equal(settings_set(f), 1);
    fixture_check_rebuild(f);
    assert_int_equal(settings_set(f), 1);
}

static void
test_settings_together(void **state)
{
    struct fixture *f = *state;
    uint64_t before = dz_vault_version(f->v, (char[DZ_HEX32]){0});
    size_t n = 9;
    /* One that is not good keeps the others out. */
    const struct dz_setting_change some[] = {{"network.timeout", "5"}, {"network.proxy", "here"}};
    assert_int_equal(dz_settings_change(f->v, some, 2, &n, &f->err), DZ_E_INPUT);
    assert_non_null(strstr(f->err.msg, "network.proxy: a proxy is given as"));
    assert_int_equal(settings_set(f), 0);
    assert_int_equal(n, 9);
    /* What is that way already is no entry. */
    const struct dz_setting_change same[] = {{"network.timeout", "5"}, {"network.proxy", NULL}};
    OK(f, dz_settings_change(f->v, same, 2, &n, &f->err));
    assert_int_equal(n, 1);
    OK(f, dz_settings_change(f->v, same, 2, &n, &f->err));
    assert_int_equal(n, 0);
    assert_int_equal(dz_vault_version(f->v, (char[DZ_HEX32]){0}), before + 1);
}

static void
test_setting_keys(void **state)
{
    (void)state;
    static const struct {
        const char *key;
        enum dz_setting_kind kind;
    } keys[] = {
        {"timestamp.a", DZ_SETTING_ADDRESS},
        {"timestamp.two-3", DZ_SETTING_ADDRESS},
        {"timestamp.abcdefghijklmnopqrstuvwxyz012345", DZ_SETTING_ADDRESS},
        {"timestamp.abcdefghijklmnopqrstuvwxyz0123456", DZ_SETTING_UNKNOWN},
        {"timestamp.a.certificates", DZ_SETTING_CERTIFICATES},
        {"timestamp.certificates", DZ_SETTING_ADDRESS},
        {"timestamp..certificates", DZ_SETTING_UNKNOWN},
        {"timestamp.", DZ_SETTING_UNKNOWN},
        {"timestamp", DZ_SETTING_UNKNOWN},
        {"timestamp.-a", DZ_SETTING_UNKNOWN},
        {"timestamp.A", DZ_SETTING_UNKNOWN},
        {"timestamp.../a", DZ_SETTING_UNKNOWN},
        {"network.proxy", DZ_SETTING_PROXY},
        {"network.certificates", DZ_SETTING_CERTIFICATES},
        {"network.timeout", DZ_SETTING_SECONDS},
        {"network", DZ_SETTING_UNKNOWN},
        {"", DZ_SETTING_UNKNOWN},
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (dz_setting_kind(keys[i].key) != keys[i].kind)
            fail_msg("%s", keys[i].key);
}

/* ---- timestamps ---- */

/* The last checkpoint of the only log, kept. */
struct kept {
    char log[33];
    char root[65];
    uint64_t size;
    uint8_t imprint[32];
    struct dz_buf note;
};

static enum dz_code
keep_checkpoint(void *ctx, const struct dz_last_checkpoint *c, struct dz_err *err)
{
    (void)err;
    struct kept *k = ctx;
    assert_true(c->own);
    memcpy(k->log, c->log, sizeof k->log);
    memcpy(k->root, c->root, sizeof k->root);
    memcpy(k->imprint, c->imprint, sizeof k->imprint);
    k->size = c->size;
    dz_buf_addv(&k->note, c->note);
    return DZ_OK;
}

static json_t *
fields_of(const struct kept *k)
{
    char imprint[65];
    dz_hex_encode(k->imprint, 32, imprint);
    return json_pack("{s:s, s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "of_log", k->log, "size",
                     (json_int_t)k->size, "root", k->root, "checkpoint", k->note.p, "imprint",
                     imprint, "authority", "clock", "signer", "CN=Clock below", "stamped",
                     "2027-01-01T00:00:00Z", "policy", "1.3.6.1.4.1.99999.1", "serial", "abc123");
}

static void
add_object(struct fixture *f, struct dz_batch *b, json_t *fields, const char *id, const char *codec,
           const char *sha256, struct dz_view bytes, struct dz_object_info *info)
{
    OK(f, dz_batch_object_begin(b, &f->err));
    OK(f, dz_batch_object_write(b, bytes.p, bytes.n, &f->err));
    OK(f, dz_batch_object_finish(b, info, &f->err));
    dz_json_set_str(fields, id, info->id);
    dz_json_set_str(fields, codec, info->codec);
    dz_json_set_str(fields, sha256, info->sha256);
}

/* Write an entry with the fields given, in which `change` replaces some. */
static void
write_entry(struct fixture *f, json_t *fields, const json_t *change, struct dz_view token,
            struct dz_view certificates)
{
    struct dz_batch *b = NULL;
    struct dz_object_info info[2];
    OK(f, dz_batch_begin(f->v, &b, &f->err));
    add_object(f, b, fields, "object", "codec", "sha256", token, &info[0]);
    add_object(f, b, fields, "certificates", "certificates_codec", "certificates_sha256",
               certificates, &info[1]);
    json_object_update(fields, json_object_get(change, "set"));
    const char *const objects[] = {info[0].id, info[1].id, NULL};
    OK(f, dz_batch_entry(b, "checkpoint.timestamped", fields, objects, NULL, &f->err));
    OK(f, dz_batch_commit(b, &f->err));
    dz_batch_end(b);
}

/* Stamp the last checkpoint; change may be NULL. */
static void
stamp(struct fixture *f, const char *by, const json_t *change)
{
    struct kept k = {.note = DZ_BUF(65536)};
    DZ_AUTO_BUF struct dz_buf token = DZ_BUF(DZ_TSP_TOKEN_MAX);
    DZ_AUTO_BUF struct dz_buf pem = DZ_BUF(DZ_TSP_PEM_MAX);
    OK(f, dz_vault_each_last_checkpoint(f->v, keep_checkpoint, &k, &f->err));
    tsa_token(k.imprint, by, STAMPED, "sha256", "sha256", &token);
    tsa_read("ca.pem", &pem);
    DZ_AUTO_JSON json_t *fields = fields_of(&k);
    write_entry(f, fields, change, dz_buf_view(&token), dz_buf_view(&pem));
    dz_buf_done(&k.note);
}

struct found {
    size_t n_findings;
    size_t n_notices;
    char message[512];
};

static void
find(void *ctx, enum dz_verify_level level, const char *thing, const char *message,
     const char *touches)
{
    (void)touches;
    struct found *found = ctx;
    assert_int_equal(thing[32], ':');
    found->n_findings += level == DZ_VERIFY_FINDING;
    found->n_notices += level == DZ_VERIFY_NOTICE;
    snprintf(found->message, sizeof found->message, "%s", message);
}

static struct dz_timestamps_report
verify(struct fixture *f, struct found *found)
{
    struct dz_timestamps_report r = {0};
    *found = (struct found){0};
    OK(f, dz_timestamps_verify(f->v, find, found, &r, &f->err));
    assert_int_equal(r.n_findings, found->n_findings);
    assert_int_equal(r.n_expired, found->n_notices);
    return r;
}

static void
test_kept_stamps(void **state)
{
    struct fixture *f = *state;
    struct found found;
    assert_int_equal(verify(f, &found).n, 0);
    stamp(f, "good", NULL);
    stamp(f, "middle", NULL);
    fixture_check_rebuild(f);
    fixture_reopen(f);
    struct dz_timestamps_report r = verify(f, &found);
    assert_int_equal(r.n, 2);
    assert_int_equal(r.n_findings, 0);
    assert_int_equal(r.n_expired, 0);
    setenv("DOKAZ_TEST_NOW", "2041-01-01T00:00:00Z", 1);
    r = verify(f, &found);
    unsetenv("DOKAZ_TEST_NOW");
    assert_int_equal(r.n_findings, 0);
    assert_int_equal(r.n_expired, 2);
    assert_non_null(strstr(found.message, "valid at the stamping time"));
}

/* An entry is signed by a member, and yet it may say what its token does not. */
static void
test_entries_that_lie(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *change;
        const char *message;
    } lies[] = {
        {"{\"set\": {\"stamped\": \"2020-01-01T00:00:00Z\"}}", "something else than its entry"},
        {"{\"set\": {\"size\": 1}}", "something else than its entry"},
        {"{\"set\": {\"serial\": \"1\"}}", "something else than its entry"},
        {"{\"set\": {\"policy\": \"1.2\"}}", "something else than its entry"},
        {"{\"set\": {\"imprint\": \"00\"}}", "something else than its entry"},
        {"{\"set\": {\"root\": \"00\"}}", "something else than its entry"},
        {"{\"set\": {\"checkpoint\": \"dokaz/00\\n1\\nAA==\\n\"}}", "note"},
        {"{\"set\": {\"of_log\": \"00000000000000000000000000000000\"}}", "not in this vault"},
        {"{\"set\": {\"sha256\": \"00\"}}", "its content is not what the entry says"},
        {"{\"set\": {\"certificates_sha256\": \"00\"}}", "its content is not what the entry says"},
        {"{\"set\": {\"object\": \"00\"}}", "cannot be read"},
        {"{\"set\": {\"size\": -1, \"checkpoint\": 5, \"root\": true}}", "note"},
    };
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        DZ_AUTO_JSON json_t *change = json_loads(lies[i].change, 0, NULL);
        struct found found;
        stamp(f, "good", change);
        struct dz_timestamps_report r = verify(f, &found);
        assert_int_equal(r.n, i + 1);
        assert_int_equal(r.n_findings, i + 1);
        if (strstr(found.message, lies[i].message) == NULL)
            fail_msg("'%s' is not in '%s'", lies[i].message, found.message);
    }
}

static void
test_wrong_tokens(void **state)
{
    struct fixture *f = *state;
    struct found found;
    struct kept k = {.note = DZ_BUF(65536)};
    OK(f, dz_vault_each_last_checkpoint(f->v, keep_checkpoint, &k, &f->err));
    DZ_AUTO_BUF struct dz_buf token = DZ_BUF(DZ_TSP_TOKEN_MAX);
    DZ_AUTO_BUF struct dz_buf pem = DZ_BUF(DZ_TSP_PEM_MAX);
    tsa_read("ca.pem", &pem);
    static const char *const messages[] = {"something else", "does not lead to a trusted one",
                                           "not a timestamp", "not a timestamp"};
    for (size_t i = 0; i < 4; i++) {
        uint8_t imprint[32];
        DZ_AUTO_JSON json_t *fields = fields_of(&k);
        memcpy(imprint, k.imprint, sizeof imprint);
        imprint[0] ^= i == 0;
        tsa_token(imprint, i == 1 ? "other" : "good", STAMPED, "sha256", "sha256", &token);
        if (i >= 2)
            dz_buf_cut(&token, i == 2 ? token.n - 1 : 0);
        write_entry(f, fields, NULL, dz_buf_view(&token), dz_buf_view(&pem));
        verify(f, &found);
        assert_int_equal(found.n_findings, i + 1);
        if (strstr(found.message, messages[i]) == NULL)
            fail_msg("'%s' is not in '%s'", messages[i], found.message);
    }
    /* Without certificates nothing could be believed. */
    DZ_AUTO_JSON json_t *fields = fields_of(&k);
    tsa_token(k.imprint, "good", STAMPED, "sha256", "sha256", &token);
    write_entry(f, fields, NULL, dz_buf_view(&token), DZ_VIEW("nothing"));
    verify(f, &found);
    assert_int_equal(found.n_findings, 5);
    dz_buf_done(&k.note);
}

/* The stored token is damaged: named once, and the others are still checked. */
static void
test_damaged_token(void **state)
{
    struct fixture *f = *state;
    struct found found;
    char **names = NULL, path[200];
    size_t n = 0;
    stamp(f, "good", NULL);
    stamp(f, "rsa", NULL);
    dz_vault_close(f->v);
    snprintf(path, sizeof path, "%s/objects", f->vault_path);
    OK(f, dz_os_list(AT_FDCWD, path, &names, &n, &f->err));
    assert_int_equal(n, 1);
    snprintf(path, sizeof path, "%s/objects/%s", f->vault_path, names[0]);
    dz_os_names_free(names, n);
    /* The last object is the second stamp's certificates. */
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, -30, SEEK_END), 0);
    int byte = fgetc(file);
    assert_int_equal(fseek(file, -1, SEEK_CUR), 0);
    assert_int_equal(fputc(byte ^ 1, file), byte ^ 1);
    assert_int_equal(fclose(file), 0);
    fixture_open(f, DZ_VAULT_WRITE);
    struct dz_timestamps_report r = verify(f, &found);
    assert_int_equal(r.n, 2);
    assert_int_equal(r.n_findings, 1);
    assert_non_null(strstr(found.message, "the timestamp cannot be read"));
}

static void
copy_folder(const char *from, const char *to)
{
    const char *const argv[] = {"cp", "-a", from, to, NULL};
    assert_int_equal(tool_run(argv, NULL), 0);
}

/* A stamp that was kept elsewhere finds a log that was set back, even together with everything that
 * this device remembers. */
static void
test_log_set_back(void **state)
{
    struct fixture *f = *state;
    char old[96];
    snprintf(old, sizeof old, "%s-old", f->dir);
    dz_vault_close(f->v);
    copy_folder(f->dir, old);
    fixture_open(f, DZ_VAULT_WRITE);
    set(f, "network.timeout", "5");
    set(f, "network.timeout", "6");
    struct kept k = {.note = DZ_BUF(65536)};
    OK(f, dz_vault_each_last_checkpoint(f->v, keep_checkpoint, &k, &f->err));
    DZ_AUTO_BUF struct dz_buf token = DZ_BUF(DZ_TSP_TOKEN_MAX);
    DZ_AUTO_BUF struct dz_buf pem = DZ_BUF(DZ_TSP_PEM_MAX);
    tsa_token(k.imprint, "good", STAMPED, "sha256", "sha256", &token);
    tsa_read("ca.pem", &pem);
    struct dz_vault_stamp s;
    OK(f, dz_vault_check_stamp(f->v, k.log, dz_buf_view(&k.note), dz_buf_view(&token),
                               dz_buf_view(&pem), 0, &s, &f->err));
    assert_int_equal(s.size, k.size);

    dz_vault_close(f->v);
    const char *const remove[] = {"rm", "-r", f->dir, NULL};
    assert_int_equal(tool_run(remove, NULL), 0);
    copy_folder(old, f->dir);
    const char *const remove_old[] = {"rm", "-r", old, NULL};
    assert_int_equal(tool_run(remove_old, NULL), 0);
    fixture_open(f, DZ_VAULT_WRITE);
    assert_int_equal(dz_vault_check_stamp(f->v, k.log, dz_buf_view(&k.note), dz_buf_view(&token),
                                          dz_buf_view(&pem), 0, &s, &f->err),
                     DZ_E_ROLLBACK);
    assert_non_null(strstr(f->err.msg, "it was set back"));
    /* Grown again, by other entries. */
    for (int i = 0; i < 4; i++)
        set(f, "network.timeout", i % 2 ? "7" : "8");
    assert_int_equal(dz_vault_check_stamp(f->v, k.log, dz_buf_view(&k.note), dz_buf_view(&token),
                                          dz_buf_view(&pem), 0, &s, &f->err),
                     DZ_E_CORRUPT);
    assert_non_null(strstr(f->err.msg, "does not begin with what was stamped"));
    dz_buf_done(&k.note);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(test_settings),      T(test_settings_together), cmocka_unit_test(test_setting_keys),
        T(test_kept_stamps),   T(test_entries_that_lie),  T(test_wrong_tokens),
        T(test_damaged_token), T(test_log_set_back),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
