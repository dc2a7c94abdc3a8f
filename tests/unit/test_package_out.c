/* Packages: what goes in and what does not, decided on real vaults; and that no failing call of the
 * system leaves something that looks whole, or an export that nobody recorded. */
#define _GNU_SOURCE /* AT_FDCWD, mkdtemp */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dz_age.h"
#include "dz_bag_out.h"
#include "dz_fact.h"
#include "dz_json.h"
#include "dz_package_out.h"
#include "vault_fixture.h"

static const char text[] = "In Melitopol the city hospital refused to treat patients who had no "
                           "Russian passport, a nurse said on 5 March 2024.\n";

struct made {
    char out[128];
    struct dz_package_opts o;
    struct dz_package_report r;
};

static enum dz_code
make(struct fixture *f, struct made *m)
{
    snprintf(m->out, sizeof m->out, "%s/out", f->dir);
    m->o.path = m->out;
    dz_package_report_done(&m->r);
    return dz_package_make(f->v, f->rules, &m->o, &m->r, &f->err);
}

static void
preview(struct fixture *f, struct made *m)
{
    m->o.form = DZ_BAG_DRY;
    OK(f, make(f, m));
}

static void
describe(struct fixture *f, const char *id, const char *json)
{
    json_t *fields = NULL;
    OK(f, dz_json_parse(dz_view_of(json), &fields, &f->err));
    OK(f, dz_source_describe(f->v, f->rules, id, fields, &f->err));
    json_decref(fields);
}

static void
record(struct fixture *f, const char *source, const char *further, char ret_id[DZ_ID_MAX])
{
    json_t *fields = NULL;
    DZ_AUTO_FREE char *json = dz_asprintf(
        "{\"sphere\":\"healthcare\",\"means\":\"denial\",%s\"passages\":[{\"source\":\"%s\","
        "\"exact\":\"refused to treat patients\"}]}",
        further, source);
    OK(f, dz_json_parse(dz_view_of(json), &fields, &f->err));
    OK(f, dz_fact_record(f->v, f->rules, "act", fields, ret_id, &f->err));
    json_decref(fields);
}

/* Whether an entry about an item withholds a field (of several: any of them), or has it at all. */
static const char *
field_is(const struct made *m, const char *item, const char *kind, const char *field)
{
    const char *found = "absent";
    static const char *const lists[] = {"shown", "withheld"};
    size_t i, k;
    const json_t *e, *name;
    json_array_foreach(json_object_get(m->r.told, "entries"), i, e)
    {
        if (strcmp(dz_json_str(e, "item"), item) != 0 || strcmp(dz_json_str(e, "kind"), kind) != 0)
            continue;
        for (size_t l = 0; l < 2; l++)
            json_array_foreach(json_object_get(e, lists[l]), k, name)
            {
                if (strcmp(json_string_value(name), field) == 0 && strcmp(found, "withheld") != 0)
                    found = lists[l];
            }
    }
    return found;
}

static void
test_every_basis_and_access(void **state)
{
    static const char *const bases[] = {"published",        "official", "testimony",
                                        "private_document", "unstated", NULL};
    struct fixture *f = *state;
    struct made m = {0};
    size_t n = 0;
    for (size_t i = 0; i < 6; i++) {
        static const char *const levels[] = {"open", "restricted", "sealed"};
        for (size_t k = 0; k < 3; k++) {
            char name[32], id[DZ_ID_MAX];
            snprintf(name, sizeof name, "s%zu.txt", n++);
            DZ_AUTO_FREE char *own = dz_asprintf("%s %zu\n", text, n);
            WRITE(f, name, own);
            fixture_add_as(f, name, bases[i], false);
            memcpy(id, f->reports[0].id, sizeof id);
            DZ_AUTO_FREE char *access = dz_asprintf("{\"access\":\"%s\"}", levels[k]);
            if (k > 0)
                describe(f, id, access);
        }
    }
    preview(f, &m);
    assert_int_equal(m.r.n_sources, 2);
    assert_int_equal(m.r.left[DZ_LEFT_ACCESS], 12);
    assert_int_equal(m.r.left[DZ_LEFT_BASIS], 2);
    assert_int_equal(m.r.left[DZ_LEFT_UNSTATED], 2);
    assert_int_equal(json_array_size(json_object_get(m.r.told, "left_out")), 16);
    dz_package_report_done(&m.r);
}

static void
test_fields(void **state)
{
    struct fixture *f = *state;
    struct made m = {0};
    char id[DZ_ID_MAX], other[DZ_ID_MAX], fact[DZ_ID_MAX];
    snprintf(id, sizeof id, "%s", fixture_source(f, "a.txt", text));
    snprintf(other, sizeof other, "%s", fixture_source(f, "b.txt", "Something else.\n"));
    describe(f, other, "{\"basis\":\"testimony\"}");
    describe(f, id, "{\"title\":\"Old\",\"note\":\"n\",\"publisher\":\"P\"}");
    DZ_AUTO_FREE char *now =
        dz_asprintf("{\"title\":\"New\",\"derivative_of\":\"%s\"}", other);
    record(f, id,
           "\"note\":\"n\",\"date\":\"2024-03-05\",\"place_id\":\"UA2308007001\","
           "\"victims\":{\"persons\":[\"per-abc\"]},\"assessment_by\":\"x\",",
           fact);
    preview(f, &m);
    assert_string_equal(field_is(&m, id, "source.described", "title"), "shown");
    describe(f, id, now);
    preview(f, &m);
    /* The first description told another title. */
    assert_string_equal(field_is(&m, id, "source.described", "title"), "withheld");
    assert_string_equal(field_is(&m, id, "source.described", "publisher"), "shown");
    assert_string_equal(field_is(&m, id, "source.described", "note"), "withheld");
    assert_string_equal(field_is(&m, id, "source.described", "derivative_of"), "withheld");
    assert_string_equal(field_is(&m, id, "source.added", "member"), "withheld");
    assert_string_equal(field_is(&m, id, "source.added", "name"), "shown");
    static const struct {
        const char *field;
        const char *inside;
        const char *public;
    } wanted[] = {
        {"id", "shown", "shown"},           {"kind", "shown", "shown"},
        {"sphere", "shown", "shown"},       {"passages", "shown", "shown"},
        {"time", "shown", "shown"},         {"date", "shown", "withheld"},
        {"place_id", "shown", "withheld"},  {"victims", "withheld", "withheld"},
        {"note", "withheld", "withheld"},   {"assessment_by", "withheld", "withheld"},
        {"member", "withheld", "withheld"}, {"deadline", "absent", "absent"},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        assert_string_equal(field_is(&m, fact, "fact.recorded", wanted[i].field), wanted[i].inside);
    m.o.for_publication = true;
    preview(f, &m);
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        assert_string_equal(field_is(&m, fact, "fact.recorded", wanted[i].field), wanted[i].public);
    dz_package_report_done(&m.r);
}

static void
test_replaced_versions_keep_their_frame_only(void **state)
{
    struct fixture *f = *state;
    struct made m = {0};
    char fact[DZ_ID_MAX];
    const char *id = fixture_source(f, "a.txt", text);
    record(f, id, "\"summary\":\"first\",", fact);
    json_t *fields = json_pack("{s:s}", "summary", "second");
    OK(f, dz_fact_revise(f->v, f->rules, fact, NULL, fields, &f->err));
    json_decref(fields);
    preview(f, &m);
    assert_string_equal(field_is(&m, fact, "fact.recorded", "summary"), "withheld");
    assert_string_equal(field_is(&m, fact, "fact.recorded", "passages"), "withheld");
    assert_string_equal(field_is(&m, fact, "fact.recorded", "time"), "shown");
    assert_string_equal(field_is(&m, fact, "fact.revised", "summary"), "shown");
    assert_string_equal(field_is(&m, fact, "fact.revised", "revises"), "shown");
    dz_package_report_done(&m.r);
}

static void
test_nothing_to_take(void **state)
{
    struct fixture *f = *state;
    struct made m = {0};
    assert_int_equal(make(f, &m), DZ_E_NOTFOUND);
    fixture_source(f, "a.txt", text);
    m.o.period = "2031";
    assert_int_equal(make(f, &m), DZ_E_NOTFOUND);
    assert_false(dz_os_exists(AT_FDCWD, m.out));
}

static size_t
exports(struct fixture *f);
static size_t
leftovers(const struct fixture *f);

/* The last search: whatever way a member's id came into a source, it does not leave. */
static void
test_what_is_withheld_is_searched_for(void **state)
{
    struct fixture *f = *state;
    struct made m = {0};
    DZ_AUTO_FREE char *words = dz_asprintf("Kept by %s.\n", dz_vault_member(f->v));
    fixture_source(f, "a.txt", words);
    assert_int_equal(make(f, &m), DZ_E_DENIED);
    assert_non_null(strstr(f->err.msg, "the id of a member stands in 'data/originals/"));
    assert_null(strstr(f->err.msg, dz_vault_member(f->v)));
    assert_int_equal(leftovers(f), 0);
    assert_int_equal(exports(f), 0);
}

static void
test_stopped(void **state)
{
    struct fixture *f = *state;
    bool stop = true;
    struct made m = {.o.cancel = &stop};
    fixture_source(f, "a.txt", text);
    assert_int_equal(make(f, &m), DZ_E_CANCELLED);
    assert_false(dz_os_exists(AT_FDCWD, m.out));
}

static enum dz_code
count_export(void *ctx, const struct dz_entry_view *e, struct dz_err *err)
{
    (void)err;
    *(size_t *)ctx += strcmp(e->kind, "export.made") == 0;
    return DZ_OK;
}

static size_t
exports(struct fixture *f)
{
    size_t n = 0;
    OK(f, dz_vault_each_entry(f->v, count_export, &n, &f->err));
    return n;
}

/* Names beside the vault that begin like the package. */
static size_t
leftovers(const struct fixture *f)
{
    char **names = NULL;
    size_t n = 0, found = 0;
    if (dz_os_list(AT_FDCWD, f->dir, &names, &n, NULL) != DZ_OK)
        fail_msg("cannot list");
    for (size_t i = 0; i < n; i++)
        found += strncmp(names[i], "out", 3) == 0;
    dz_os_names_free(names, n);
    return found;
}

/* ---- calls of the system fail ---- */

/* The writer alone is tried at every call in test_bag_out; here every seventh is enough to see that
 * vault and package agree. */
#define STEP 7

static void
fail_at(struct fixture *f, struct made *m, long nth, int sys)
{
    /* A handle that could not finish a commit is good for closing only. */
    fixture_reopen(f);
    size_t before = exports(f);
    dz_os_fault_arm(nth, sys, false);
    enum dz_code code = make(f, m);
    dz_os_fault_arm(0, 0, false);
    fixture_reopen(f);
    if (code != DZ_OK) {
        assert_int_equal(leftovers(f), 0);
        assert_in_range(exports(f), before, before + 1);
        return;
    }
    /* The call did not matter, as when a folder is looked through for leftovers. */
    assert_int_equal(leftovers(f), 1);
    assert_int_equal(exports(f), before + 1);
    char away[160];
    snprintf(away, sizeof away, "%s/away/%ld", f->dir, nth);
    OK(f, dz_os_rename(AT_FDCWD, m->out, away, &f->err));
}

static void
test_faults(void **state)
{
    struct fixture *f = *state;
    struct made m = {0};
    char fact[DZ_ID_MAX];
    const char *id = fixture_source(f, "a.txt", text);
    record(f, id, "", fact);
    dz_os_fault_arm(0, 0, false);
    OK(f, make(f, &m));
    long calls = dz_os_fault_count();
    char away[160];
    snprintf(away, sizeof away, "%s/away", f->dir);
    OK(f, dz_os_mkdir(AT_FDCWD, away, &f->err));
    snprintf(away, sizeof away, "%s/away/whole", f->dir);
    OK(f, dz_os_rename(AT_FDCWD, m.out, away, &f->err));
    assert_true(calls > 150);
    for (long nth = 1; nth <= calls; nth += STEP)
        fail_at(f, &m, nth, ENOSPC);
    dz_package_report_done(&m.r);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_every_basis_and_access, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(test_fields, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_replaced_versions_keep_their_frame_only,
                                        fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_nothing_to_take, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_what_is_withheld_is_searched_for, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(test_stopped, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_faults, fixture_setup, fixture_teardown),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("package_out", tests, NULL, NULL);
}
