/* A member's own keys: another passphrase (cut short at every call to the operating system),
 * opening
 * with the identity itself, and the key that signs packages. */
#define _GNU_SOURCE /* nftw */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>

#include "bare_vault.h"
#include "dz_age.h"
#include "dz_codec.h"
#include "dz_hash.h"
#include "dz_json.h"
#include "dz_slip39.h"
#include "dz_sshsig.h"
#include "dz_vault.h"
#include "ok.h"

static struct dz_secret *other_passphrase;

static int
setup(void **state)
{
    struct dz_err err = {0};
    if (fixture_setup(state) != 0)
        return -1;
    return dz_secret_copy("battery staple", 14, &other_passphrase, &err) == DZ_OK ? 0 : -1;
}

static int
teardown(void **state)
{
    dz_secret_free(other_passphrase);
    other_passphrase = NULL;
    return fixture_teardown(state);
}

static enum dz_code
open_with(const struct dz_secret *passphrase, enum dz_vault_mode mode, struct dz_vault **ret,
          struct dz_err *err)
{
    struct dz_vault_opts opts = {.path = fixture_vault, .mode = mode, .passphrase = passphrase};
    return dz_vault_open(&opts, ret, err);
}

static bool
opens(const struct dz_secret *passphrase)
{
    struct dz_vault *v = NULL;
    struct dz_err err = {0};
    enum dz_code code = open_with(passphrase, DZ_VAULT_READ, &v, &err);
    if (code != DZ_OK && code != DZ_E_AUTH)
        fail_msg("opening: %s", err.msg);
    dz_vault_close(v);
    return code == DZ_OK;
}

static void
tell(void *ctx, enum dz_verify_level level, const char *thing, const char *message,
     const char *touches)
{
    (void)ctx;
    (void)touches;
    if (level == DZ_VERIFY_FINDING)
        fprintf(stderr, "# %s: %s\n", thing, message);
}

static struct dz_verify_report
verify(struct dz_vault *v)
{
    struct dz_verify_report r;
    OK(dz_vault_verify(v, DZ_VERIFY_DEEP, tell, NULL, &r, err));
    assert_int_equal(r.n_findings, 0);
    return r;
}

static void
write_entry(struct dz_vault *v)
{
    struct dz_batch *b = NULL;
    DZ_AUTO_JSON json_t *fields = json_object();
    dz_json_set_str(fields, "note", "something else");
    OK(dz_batch_begin(v, &b, err));
    OK(dz_batch_entry(b, "settings.changed", fields, NULL, NULL, err));
    OK(dz_batch_commit(b, err));
    dz_batch_end(b);
}

/* Names under keys/ that a change of passphrase leaves when it is cut short. */
static size_t
left_over(void)
{
    char **names = NULL;
    size_t n = 0, found = 0;
    char path[128];
    snprintf(path, sizeof path, "%s/keys", fixture_vault);
    OK(dz_os_list(AT_FDCWD, path, &names, &n, err));
    for (size_t i = 0; i < n; i++)
        found += strstr(names[i], ".new") != NULL || strstr(names[i], ".tmp") != NULL;
    dz_os_names_free(names, n);
    return found;
}

/* ---- changing ---- */

static enum dz_code
last_change(void *ctx, const struct dz_entry_view *e, struct dz_err *err)
{
    (void)err;
    json_t **body = ctx;
    if (strcmp(e->kind, "key.changed") == 0) {
        json_decref(*body);
        *body = json_deep_copy(e->body);
    }
    return DZ_OK;
}

static void
test_change(void **state)
{
    (void)state;
    struct dz_vault *v = NULL;
    OK(open_with(fixture_passphrase, DZ_VAULT_WRITE, &v, err));
    OK(dz_vault_change_passphrase(v, other_passphrase, DZ_STRENGTH_STRONG, false, err));
    /* The handle goes on: its keys are the same. */
    write_entry(v);
    assert_int_equal(verify(v).n_notices, 0);
    DZ_AUTO_JSON json_t *body = NULL;
    OK(dz_vault_each_entry(v, last_change, &body, err));
    assert_string_equal(dz_json_str(body, "what"), "passphrase");
    assert_int_equal(dz_json_int(body, "mem_kib", 0), 16384);
    assert_null(json_object_get(body, "recovered"));
    dz_vault_close(v);
    assert_true(opens(other_passphrase));
    assert_false(opens(fixture_passphrase));
    assert_int_equal(left_over(), 0);

    v = NULL;
    OK(open_with(other_passphrase, DZ_VAULT_WRITE, &v, err));
    OK(dz_vault_change_passphrase(v, fixture_passphrase, DZ_STRENGTH_LIGHT, true, err));
    assert_int_equal(verify(v).n_notices, 0);
    dz_vault_close(v);
    assert_true(opens(fixture_passphrase));
    assert_false(opens(other_passphrase));
}

/* The old key file put back opens the vault, as every backup does, but not unseen. */
static void
test_old_key_file_is_found(void **state)
{
    (void)state;
    struct dz_vault *v = NULL;
    char path[160];
    DZ_AUTO_BUF struct dz_buf old = DZ_BUF(65536);
    OK(open_with(fixture_passphrase, DZ_VAULT_WRITE, &v, err));
    snprintf(path, sizeof path, "%s/keys/%s.key", fixture_vault, dz_vault_member(v));
    OK(dz_os_slurp(AT_FDCWD, path, 65536, &old, err));
    OK(dz_vault_change_passphrase(v, other_passphrase, DZ_STRENGTH_USUAL, false, err));
    dz_vault_close(v);
    OK(dz_os_replace(AT_FDCWD, path, dz_buf_view(&old), err));
    v = NULL;
    OK(open_with(fixture_passphrase, DZ_VAULT_READ, &v, err));
    struct dz_verify_report r;
    OK(dz_vault_verify(v, DZ_VERIFY_KEYLESS, tell, NULL, &r, err));
    assert_true(r.n_findings > 0);
    dz_vault_close(v);
}

/* A file that waits but that no entry names is not an open door: it is taken away. */
static void
test_planted_file_is_taken_away(void **state)
{
    (void)state;
    struct dz_vault *v = NULL;
    char path[160];
    OK(open_with(fixture_passphrase, DZ_VAULT_WRITE, &v, err));
    snprintf(path, sizeof path, "%s/keys/%s.key.new", fixture_vault, dz_vault_member(v));
    OK(dz_os_replace(AT_FDCWD, path, DZ_VIEW("{}\n"), err));
    assert_false(opens(other_passphrase));
    assert_true(opens(fixture_passphrase));
    assert_int_equal(verify(v).n_notices, 1);
    write_entry(v);
    assert_int_equal(left_over(), 0);
    dz_vault_close(v);
}

#ifdef DZ_FAULTS
/* One round on a fresh vault: the nth call fails while the passphrase is changed. */
static bool
round_of(long nth, int sys, bool from_then_on, size_t *ret_waiting)
{
    struct dz_err failed = {0};
    struct dz_vault *v = NULL;
    assert_int_equal(setup(NULL), 0);
    assert_int_equal(open_with(fixture_passphrase, DZ_VAULT_WRITE, &v, &failed), DZ_OK);
    dz_os_fault_arm(nth, sys, from_then_on);
    enum dz_code code =
        dz_vault_change_passphrase(v, other_passphrase, DZ_STRENGTH_USUAL, false, &failed);
    long seen = dz_os_fault_count();
    dz_os_fault_arm(0, 0, false);
    dz_vault_close(v);
    v = NULL;
    assert_true(code == DZ_OK || failed.msg[0] != '\0');

    /* As it was left: one passphrase opens, and where success was reported it is the new one. */
    bool with_old = opens(fixture_passphrase), with_new = opens(other_passphrase);
    if (with_old == with_new || (code == DZ_OK && !with_new))
        fail_msg("after fault %ld: code %d, old %d, new %d", nth, code, with_old, with_new);
    *ret_waiting += with_new && left_over() > 0;
    OK(open_with(with_old ? fixture_passphrase : other_passphrase, DZ_VAULT_WRITE, &v, err));
    verify(v);
    /* The next writer settles it: the same one opens, and nothing is left over. */
    write_entry(v);
    verify(v);
    dz_vault_close(v);
    assert_int_equal(left_over(), 0);
    if (opens(fixture_passphrase) != with_old || opens(other_passphrase) != with_new)
        fail_msg("after fault %ld and a write another passphrase opens", nth);
    assert_int_equal(teardown(NULL), 0);
    return seen < nth;
}

static void
test_cut_short(void **state)
{
    (void)state;
    const long step = getenv("DOKAZ_PROVE") != NULL ? 1 : 3;
    size_t n_waiting = 0;
    long nth = 1;
    while (nth <= 400 && !round_of(nth, EIO, false, &n_waiting))
        nth += step;
    assert_in_range(nth, 30, 400);
    nth = 2;
    while (nth <= 400 && !round_of(nth, ENOSPC, true, &n_waiting))
        nth += 3 * step;
    assert_in_range(nth, 30, 400);
    /* The window between the journal and the rename was met; without it the test proves little. */
    assert_true(n_waiting > 0);
}
#endif

/* ---- opening with the identity ---- */

static void
test_shares_open(void **state)
{
    (void)state;
    struct dz_vault *v = NULL;
    struct dz_secret *made[DZ_KEY_SHARES_MAX] = {NULL};
    DZ_AUTO_SECRET struct dz_secret *identity = NULL;
    DZ_AUTO_JSON json_t *body = NULL;
    OK(open_with(fixture_passphrase, DZ_VAULT_WRITE, &v, err));
    OK(dz_vault_split_key(v, 2, 3, made, err));
    OK(dz_vault_each_entry(v, last_change, &body, err));
    assert_string_equal(dz_json_str(body, "what"), "shares");
    assert_int_equal(dz_json_int(body, "needed", 0), 2);
    assert_int_equal(dz_json_int(body, "made", 0), 3);
    dz_vault_close(v);

    struct dz_view two[] = {dz_view_of((const char *)dz_secret_peek(made[2])),
                            dz_view_of((const char *)dz_secret_peek(made[0]))};
    OK(dz_slip39_combine(two, 2, "", &identity, err));
    for (size_t i = 0; i < 3; i++)
        dz_secret_free(made[i]);
    /* The passphrase is lost; a change of it afterwards goes the usual way. */
    struct dz_vault_opts opts = {
        .path = fixture_vault, .mode = DZ_VAULT_WRITE, .identity = identity};
    v = NULL;
    OK(dz_vault_open(&opts, &v, err));
    OK(dz_vault_change_passphrase(v, other_passphrase, DZ_STRENGTH_USUAL, true, err));
    verify(v);
    dz_vault_close(v);
    assert_true(opens(other_passphrase));
    assert_false(opens(fixture_passphrase));
}

/* The key file is damaged, or gone: the identity opens, and a new key file takes its place. */
static void
recover_from(bool gone)
{
    struct dz_vault *v = NULL;
    struct dz_secret *made[DZ_KEY_SHARES_MAX] = {NULL};
    DZ_AUTO_SECRET struct dz_secret *identity = NULL;
    DZ_AUTO_BUF struct dz_buf file = DZ_BUF(65536);
    char path[160];
    OK(open_with(fixture_passphrase, DZ_VAULT_WRITE, &v, err));
    OK(dz_vault_split_key(v, 2, 2, made, err));
    snprintf(path, sizeof path, "%s/keys/%s.key", fixture_vault, dz_vault_member(v));
    dz_vault_close(v);
    struct dz_view both[] = {dz_view_of((const char *)dz_secret_peek(made[0])),
                             dz_view_of((const char *)dz_secret_peek(made[1]))};
    OK(dz_slip39_combine(both, 2, "", &identity, err));
    dz_secret_free(made[0]);
    dz_secret_free(made[1]);
    OK(dz_os_slurp(AT_FDCWD, path, 65536, &file, err));
    file.p[file.n / 2] ^= 1;
    if (gone)
        OK(dz_os_unlink(AT_FDCWD, path, err));
    else
        OK(dz_os_replace(AT_FDCWD, path, dz_buf_view(&file), err));

    struct dz_err failed = {0};
    v = NULL;
    assert_int_not_equal(open_with(fixture_passphrase, DZ_VAULT_READ, &v, &failed), DZ_OK);
    struct dz_vault_opts opts = {
        .path = fixture_vault, .mode = DZ_VAULT_WRITE, .identity = identity};
    OK(dz_vault_open(&opts, &v, err));
    OK(dz_vault_change_passphrase(v, other_passphrase, DZ_STRENGTH_USUAL, true, err));
    assert_int_equal(verify(v).n_notices, 0);
    dz_vault_close(v);
    assert_true(opens(other_passphrase));
    assert_int_equal(left_over(), 0);
}

static void
test_damaged_key_file(void **state)
{
    (void)state;
    recover_from(false);
}

static void
test_lost_key_file(void **state)
{
    (void)state;
    recover_from(true);
}

static void
test_foreign_identity(void **state)
{
    (void)state;
    struct dz_vault *v = NULL;
    DZ_AUTO_SECRET struct dz_secret *foreign = NULL;
    OK(dz_age_identity_new(&foreign, err));
    struct dz_vault_opts opts = {.path = fixture_vault, .mode = DZ_VAULT_READ, .identity = foreign};
    struct dz_err failed = {0};
    assert_int_equal(dz_vault_open(&opts, &v, &failed), DZ_E_AUTH);
    assert_non_null(strstr(failed.msg, "another vault"));
}

/* ---- signing packages ---- */

static void
test_package_signer(void **state)
{
    (void)state;
    struct dz_vault *v = NULL;
    uint8_t pk[32], again[32], digest[64];
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(DZ_SSHSIG_TEXT_MAX);
    struct dz_sshsig sig;
    dz_sha512("a manifest", 10, digest);
    OK(open_with(fixture_passphrase, DZ_VAULT_READ, &v, err));
    OK(dz_vault_package_signer(v, pk, err));
    OK(dz_vault_sign_package(v, digest, DZ_PACKAGE_NAMESPACE, &text, err));
    dz_vault_close(v);
    OK(dz_sshsig_read(dz_buf_view(&text), &sig, err));
    assert_memory_equal(sig.pk, pk, sizeof pk);
    OK(dz_sshsig_check(&sig, DZ_PACKAGE_NAMESPACE, digest, err));

    /* It stays the same, also under another passphrase, and is not the key that signs entries. */
    v = NULL;
    OK(open_with(fixture_passphrase, DZ_VAULT_WRITE, &v, err));
    OK(dz_vault_change_passphrase(v, other_passphrase, DZ_STRENGTH_USUAL, false, err));
    OK(dz_vault_package_signer(v, again, err));
    assert_memory_equal(again, pk, sizeof pk);
    DZ_AUTO_BUF struct dz_buf ref = DZ_BUF(64);
    char hex[65];
    dz_hex_encode(pk, 32, hex);
    json_t *body = NULL;
    char path[128];
    char **names = NULL;
    size_t n = 0;
    snprintf(path, sizeof path, "%s/journal", fixture_vault);
    OK(dz_os_list(AT_FDCWD, path, &names, &n, err));
    dz_buf_addf(&ref, "%s:0", names[0]);
    dz_os_names_free(names, n);
    OK(dz_vault_read_entry(v, ref.p, &body, err));
    assert_int_equal(strlen(dz_json_str(body, "public")), 64);
    assert_string_not_equal(dz_json_str(body, "public"), hex);
    json_decref(body);
    dz_vault_close(v);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_change, setup, teardown),
        cmocka_unit_test_setup_teardown(test_old_key_file_is_found, setup, teardown),
        cmocka_unit_test_setup_teardown(test_planted_file_is_taken_away, setup, teardown),
#ifdef DZ_FAULTS
        cmocka_unit_test(test_cut_short),
#endif
        cmocka_unit_test_setup_teardown(test_shares_open, setup, teardown),
        cmocka_unit_test_setup_teardown(test_damaged_key_file, setup, teardown),
        cmocka_unit_test_setup_teardown(test_lost_key_file, setup, teardown),
        cmocka_unit_test_setup_teardown(test_foreign_identity, setup, teardown),
        cmocka_unit_test_setup_teardown(test_package_signer, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
