#include "reading_fixture.h"

#include <pthread.h>

#include "dz_rules_priv.h"

static void
test_lists(void **state)
{
    (void)state;
    size_t n = 0;
    const char *const *ids = dz_rules_ids(rules, "sphere", &n);
    assert_int_equal(n, 22);
    assert_non_null(ids);
    assert_int_equal(n, 22);
    (void)dz_rules_ids(rules, "means", &n);
    assert_int_equal(n, 22);
    assert_null(dz_rules_ids(rules, "no such list", &n));
    assert_int_equal(n, 0);
    assert_true(dz_rules_has(rules, "sphere", "healthcare"));
    assert_true(dz_rules_has(rules, "modality", "asserted"));
    assert_false(dz_rules_has(rules, "sphere", "denial"));
    assert_false(dz_rules_has(rules, "nothing", "denial"));
    assert_true(dz_rules_version(rules)[0] != '\0');
}

static void
test_labels(void **state)
{
    (void)state;
    const char *en = dz_rules_label(rules, "sphere", "healthcare", DZ_LANG_EN);
    const char *uk = dz_rules_label(rules, "sphere", "healthcare", DZ_LANG_UK);
    assert_string_not_equal(en, "healthcare");
    assert_string_not_equal(en, uk);
    assert_string_equal(dz_rules_label(rules, "sphere", "unknown", DZ_LANG_EN), "unknown");
}

#define READERS 4
static void *
first_asks(void *lexicon)
{
    struct dz_err err = {.code = DZ_OK};
    enum dz_code code = dz_rules_lexicon(rules, (const struct dz_lexicon **)lexicon, &err);
    return code == DZ_OK ? lexicon : NULL;
}

/* Phrases are compiled at the first reading, once, whoever asks. */
static void
test_lexicon_once(void **state)
{
    (void)state;
    pthread_t threads[READERS];
    const struct dz_lexicon *got[READERS] = {0};
    for (size_t i = 0; i < READERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, first_asks, &got[i]), 0);
    for (size_t i = 0; i < READERS; i++) {
        void *ret = NULL;
        assert_int_equal(pthread_join(threads[i], &ret), 0);
        assert_ptr_equal(ret, &got[i]);
    }
    assert_non_null(got[0]);
    for (size_t i = 1; i < READERS; i++)
        assert_ptr_equal(got[i], got[0]);
}

static void
test_tables(void **state)
{
    (void)state;
    static const char *const names[] = {"codebook", "measures", "norms",
                                        "terms",    "offices",  "gazetteer"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_non_null(dz_rules_table(rules, names[i]));
    assert_null(dz_rules_table(rules, "passwd"));
    dz_rules_free(NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_labels),
        cmocka_unit_test(test_lexicon_once),
        cmocka_unit_test(test_tables),
    };
    return cmocka_run_group_tests(tests, load_rules, free_rules);
}
