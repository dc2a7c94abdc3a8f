/* Every call to the operating system that can fail is made to fail in turn while an entry is
 * written. Whatever
 * was reported as done is there afterwards, whatever was not is absent or whole, and the vault
 * verifies. */
#define _GNU_SOURCE /* nftw */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>

#include "dz_json.h"
#include "dz_vault.h"
#include "bare_vault.h"

#include "only_faults.h"

#ifdef DZ_FAULTS

/* The fault loop of one error: how many points were seen. */
#define MOST_POINTS 400

static enum dz_code
write_one(struct dz_vault *v, const char *id, struct dz_object_info *info, struct dz_err *err)
{
    struct dz_batch *b = NULL;
    DZ_TRY(dz_batch_begin(v, &b, err));
    DZ_AUTO_JSON json_t *fields = json_object();
    enum dz_code code = dz_batch_object_begin(b, err);
    if (code == DZ_OK)
        code = dz_batch_object_write(b, id, strlen(id), err);
    if (code == DZ_OK)
        code = dz_batch_object_finish(b, info, err);
    if (code == DZ_OK) {
        dz_json_set_str(fields, "id", id);
        dz_json_set_str(fields, "object", info->id);
        dz_json_set_str(fields, "codec", info->codec);
        dz_json_set_str(fields, "sha256", info->sha256);
        const char *objects[] = { info->id, NULL };
        code = dz_batch_entry(b, "source.added", fields, objects, NULL, err);
    }
    if (code == DZ_OK)
        code = dz_batch_commit(b, err);
    dz_batch_end(b);
    return code;
}

static enum dz_code
last_ref(void *ctx, const struct dz_entry_view *e, struct dz_err *err)
{
    (void)err;
    snprintf(ctx, 64, "%s", e->ref);
    return DZ_OK;
}

static void
show_finding(void *ctx, enum dz_verify_level level, const char *thing, const char *message,
             const char *touches)
{
    (void)ctx;
    if (level == DZ_VERIFY_NOTICE)
        return;
    (void)touches;
    fprintf(stderr, "# %s: %s\n", thing, message);
}

/* After the fault: the vault opens, takes a further entry, verifies to the last byte, and holds
 * what was promised. */
static void
check_after(long nth, bool promised, const struct dz_object_info *info)
{
    struct dz_err err = { 0 };
    struct dz_vault *v = NULL;
    struct dz_verify_report report;
    struct dz_object_info later;
    /* Before anybody writes again there are left-overs, but no findings. */
    if (fixture_open(DZ_VAULT_READ, &v, &err) != DZ_OK)
        fail_msg("after fault %ld the vault cannot be read: %s", nth, err.msg);
    assert_int_equal(dz_vault_verify(v, DZ_VERIFY_DEEP, show_finding, NULL, &report, &err), DZ_OK);
    if (report.n_findings)
        fail_msg("after fault %ld the vault does not verify as it was left", nth);
    dz_vault_close(v);
    v = NULL;
    if (fixture_open(DZ_VAULT_WRITE, &v, &err) != DZ_OK)
        fail_msg("after fault %ld the vault does not open: %s", nth, err.msg);
    if (write_one(v, "src-later", &later, &err) != DZ_OK)
        fail_msg("after fault %ld nothing can be written: %s", nth, err.msg);
    assert_int_equal(dz_vault_verify(v, DZ_VERIFY_DEEP, show_finding, NULL, &report, &err), DZ_OK);
    if (report.n_findings)
        fail_msg("after fault %ld the vault does not verify", nth);
    struct dz_buf out = DZ_BUF(100);
    if (promised && dz_vault_slurp_object(v, info->id, info->codec, 100, &out, &err) != DZ_OK)
        fail_msg("after fault %ld what was promised is gone: %s", nth, err.msg);
    dz_buf_done(&out);
    dz_vault_close(v);
}

/* Remove what write_one wrote. */
static enum dz_code
remove_one(struct dz_vault *v, const char *id, const char *object, const char *ref,
           struct dz_err *err)
{
    struct dz_batch *b = NULL;
    DZ_TRY(dz_batch_begin(v, &b, err));
    DZ_AUTO_JSON json_t *fields = json_object();
    const char *objects[] = {object, NULL}, *bodies[] = {ref, NULL};
    dz_json_set_str(fields, "item", id);
    dz_json_set_str(fields, "reason", "added in error");
    enum dz_code code = dz_batch_removal(b, DZ_IN_OPEN, "item.purged", fields, objects, bodies, err);
    if (code == DZ_OK)
        code = dz_batch_commit(b, err);
    dz_batch_end(b);
    return code;
}

/* The same for a removal: cut short anywhere it leaves no findings, and the next writer ends it. */
static bool
round_of_removal(long nth, int sys)
{
    struct dz_err err = {0};
    struct dz_vault *v = NULL;
    struct dz_object_info info = {0};
    char ref[64] = "";
    assert_int_equal(fixture_setup(NULL), 0);
    assert_int_equal(fixture_open(DZ_VAULT_WRITE, &v, &err), DZ_OK);
    assert_int_equal(write_one(v, "src-gone", &info, &err), DZ_OK);
    dz_vault_close(v);
    v = NULL;
    assert_int_equal(fixture_open(DZ_VAULT_WRITE, &v, &err), DZ_OK);
    assert_int_equal(dz_vault_each_entry(v, last_ref, ref, &err), DZ_OK);
    dz_os_fault_arm(nth, sys, false);
    enum dz_code code = remove_one(v, "src-gone", info.id, ref, &err);
    long seen = dz_os_fault_count();
    dz_os_fault_arm(0, 0, false);
    dz_vault_close(v);
    check_after(nth, false, &info);
    v = NULL;
    struct dz_buf out = DZ_BUF(100);
    assert_int_equal(fixture_open(DZ_VAULT_READ, &v, &err), DZ_OK);
    if (code == DZ_OK)
        assert_int_equal(dz_vault_slurp_object(v, info.id, info.codec, 100, &out, &err),
                         DZ_E_NOTFOUND);
    dz_buf_done(&out);
    dz_vault_close(v);
    assert_int_equal(fixture_teardown(NULL), 0);
    return seen < nth;
}

/* One round on a fresh vault; true when the fault was never reached. */
static bool
round_of(long nth, int sys, bool from_then_on)
{
    struct dz_err err = { 0 };
    struct dz_vault *v = NULL;
    struct dz_object_info info = { 0 };
    assert_int_equal(fixture_setup(NULL), 0);
    assert_int_equal(fixture_open(DZ_VAULT_WRITE, &v, &err), DZ_OK);
    dz_os_fault_arm(nth, sys, from_then_on);
    enum dz_code code = write_one(v, "src-now", &info, &err);
    long seen = dz_os_fault_count();
    dz_os_fault_arm(0, 0, false);
    dz_vault_close(v);
    if (code != DZ_OK)
        assert_true(err.msg[0] != '\0');
    check_after(nth, code == DZ_OK, &info);
    assert_int_equal(fixture_teardown(NULL), 0);
    return seen < nth;
}

static void
all_points(int sys, bool from_then_on)
{
    /* A sample, unless the whole proof is asked for. */
    const long step = getenv("DOKAZ_PROVE") != NULL ? 1 : 3;
    long nth = 1;
    while (nth <= MOST_POINTS && !round_of(nth, sys, from_then_on))
        nth += step;
    /* The loop guards itself: it must have met many points and come to its end. */
    assert_in_range(nth, 20, MOST_POINTS);
    print_message("# tried: a write, %ld points, %s\n", (nth - 1) / step + 1,
                  from_then_on ? "failing from then on" : "failing once");
}

static void
test_each_call_fails_once(void **state)
{
    (void)state;
    all_points(EIO, false);
}

static void
test_device_full_from_then_on(void **state)
{
    (void)state;
    all_points(ENOSPC, true);
}

static void
test_removal_cut_short(void **state)
{
    (void)state;
    const long step = getenv("DOKAZ_PROVE") != NULL ? 1 : 3;
    long nth = 1;
    while (nth <= MOST_POINTS && !round_of_removal(nth, EIO))
        nth += step;
    assert_in_range(nth, 40, MOST_POINTS);
    print_message("# tried: a removal, %ld points\n", (nth - 1) / step + 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_call_fails_once),
        cmocka_unit_test(test_device_full_from_then_on),
        cmocka_unit_test(test_removal_cut_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
#endif
