/* The leak scan by itself: what it finds in one text, ids that stay, decisions that are kept in the
 * journal, and what is masked by them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dz_leak.h"
#include "vault_fixture.h"

static const char *const recorded[] = {"Олена Петрівна Коваленко"};
static const struct dz_leak_names names = {recorded, 1};

static struct dz_leaks *
begin(struct fixture *f, bool mask_all)
{
    struct dz_leaks *l = NULL;
    struct dz_masks m = {0};
    OK(f, dz_leaks_new(f->v, &names, mask_all, &l, &f->err));
    dz_leaks_teach(l, &m);
    dz_leaks_learn(l, &m);
    dz_masks_done(&m);
    return l;
}

static void
check(struct dz_leaks *l, const char *text, enum dz_leak_words words, const char *want)
{
    DZ_AUTO_BUF struct dz_buf out = DZ_BUF(4096);
    bool masked =
        dz_leaks_look(l, "src-0000000001", "title", dz_view_of(text), words, &out);
    assert_string_equal(out.p != NULL ? out.p : "", want);
    assert_int_equal(masked, strcmp(text, want) != 0);
}

static void
test_what_is_found(void **state)
{
    struct fixture *f = *state;
    DZ_AUTO_LEAKS struct dz_leaks *l = begin(f, true);
    check(l, "сказала Коваленко.", DZ_LEAK_FIELD, "сказала [withheld].");
    check(l, "для Коваленків", DZ_LEAK_FIELD, "для [withheld]");
    check(l, "by Kowalenko, ok", DZ_LEAK_FIELD, "by [withheld], ok");
    /* A namesake; given names alone; other words. */
    check(l, "сказав Сергій Коваленко", DZ_LEAK_FIELD, "сказав Сергій Коваленко");
    check(l, "сказала Олена", DZ_LEAK_FIELD, "сказала Олена");
    check(l, "у ковальні", DZ_LEAK_FIELD, "у ковальні");
    check(l, "тел. 067 123-45-67, паспорт АВ123456", DZ_LEAK_FIELD,
          "тел. [withheld], паспорт [withheld]");
    /* In a whole published text only what belongs to one person. */
    check(l, "Редакція: 067 123-45-67, a@example.org", DZ_LEAK_SOURCE,
          "Редакція: 067 123-45-67, a@example.org");
    check(l, "паспорт АВ123456", DZ_LEAK_SOURCE, "паспорт [withheld]");
    assert_int_equal(dz_leaks_open(l), 0);
    OK(f, dz_leaks_check(l, &f->err));
}

static void
test_recorded_names_are_masked(void **state)
{
    struct fixture *f = *state;
    DZ_AUTO_LEAKS struct dz_leaks *l = begin(f, false);
    struct dz_masks m = {0};
    dz_leaks_teach(l, &m);
    DZ_AUTO_BUF struct dz_buf out = DZ_BUF(4096);
    assert_true(dz_masks_apply(&m, NULL, "Елене Коваленко и Коваленко О. П.; Елена Белова", &out));
    assert_string_equal(out.p, "[name withheld] и [name withheld].; Елена Белова");
    dz_masks_done(&m);
}

static void
test_decisions_stay(void **state)
{
    struct fixture *f = *state;
    static const char text[] = "від Коваленко 0671234567";
    DZ_AUTO_LEAKS struct dz_leaks *first = begin(f, false);
    check(first, text, DZ_LEAK_FIELD, text);
    /* The same words once more are no further finding. */
    check(first, "знову Коваленко", DZ_LEAK_FIELD, "знову Коваленко");
    assert_int_equal(dz_leaks_open(first), 2);
    assert_int_equal(dz_leaks_check(first, &f->err), DZ_E_DENIED);
    const struct dz_leak *name = dz_leaks_at(first, 0), *phone = dz_leaks_at(first, 1);
    assert_string_equal(name->kind, "surname");
    assert_int_equal(name->start, 4);
    assert_int_equal(name->end, 13);
    assert_string_equal(phone->kind, "phone");
    assert_null(dz_leaks_at(first, 2));
    assert_int_equal(dz_leak_decide(f->v, name, DZ_LEAK_KEEP, NULL, &f->err), DZ_E_USAGE);
    OK(f, dz_leak_decide(f->v, name, DZ_LEAK_KEEP, "holds an office", &f->err));
    OK(f, dz_leak_decide(f->v, phone, DZ_LEAK_MASK, NULL, &f->err));

    fixture_reopen(f);
    DZ_AUTO_LEAKS struct dz_leaks *second = begin(f, false);
    check(second, text, DZ_LEAK_FIELD, "від Коваленко [withheld]");
    assert_int_equal(dz_leaks_open(second), 0);
    assert_string_equal(dz_leaks_at(second, 0)->id, dz_leaks_at(first, 0)->id);
    assert_string_equal(dz_leaks_at(second, 0)->reason, "holds an office");

    /* Taken back: the later entry counts. */
    OK(f, dz_leak_decide(f->v, dz_leaks_at(second, 1), DZ_LEAK_OPEN, NULL, &f->err));
    DZ_AUTO_LEAKS struct dz_leaks *third = begin(f, false);
    check(third, text, DZ_LEAK_FIELD, text);
    assert_int_equal(dz_leaks_open(third), 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_what_is_found, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_recorded_names_are_masked, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(test_decisions_stay, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests_name("leak", tests, NULL, NULL);
}
