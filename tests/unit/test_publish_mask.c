/* Names of private persons do not leave in what is published, in any of the forms a text uses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "dz_mask.h"
#include "dz_rules.h"

static struct dz_rules *rules;

static int
load(void **state)
{
    (void)state;
    return dz_rules_load(&rules, NULL) == DZ_OK ? 0 : -1;
}

static int
unload(void **state)
{
    (void)state;
    dz_rules_free(rules);
    return 0;
}

static void
check(struct dz_masks *m, const char *source, const char *text, const char *want)
{
    struct dz_buf out = DZ_BUF(4096);
    bool changed = dz_masks_apply(m, source, text, &out);
    assert_string_equal(out.p ? out.p : "", want);
    assert_int_equal(changed, strcmp(text, want) != 0);
    dz_buf_done(&out);
}

static void
test_names_are_withheld(void **state)
{
    (void)state;
    static const char english[] =
        "Halyna, a retired seamstress from Tokmak, was turned away at the clinic because she had no "
        "Russian passport. \"They laughed,\" Halyna said. President Vladimir Putin signed the decree.\n";
    static const char ukrainian[] =
        "Пенсіонерка Оксана (ім’я змінено) розповіла, що в лікарні від неї вимагали паспорт РФ. "
        "Сусіди бачили, як Оксану вивели з черги.\n";
    struct dz_masks m = {0};
    assert_int_equal(dz_masks_learn(&m, rules, "src-en", dz_view_of(english), "en", NULL), DZ_OK);
    assert_int_equal(dz_masks_learn(&m, rules, "src-uk", dz_view_of(ukrainian), "uk", NULL), DZ_OK);
    check(&m, "src-en", "\"They laughed,\" Halyna said.",
          "\"They laughed,\" [name withheld] said.");
    check(&m, "src-en", "Vladimir Putin signed", "Vladimir Putin signed");
    /* Only whole words, and only in the source that told the name. */
    check(&m, "src-en", "Halynas", "Halynas");
    check(&m, "src-uk", "Halyna", "Halyna");
    check(&m, "src-none", "Halyna", "Halyna");
    check(&m, "src-uk", "розповіла Оксана", "розповіла [name withheld]");
    check(&m, "src-uk", "як Оксану вивели", "як [name withheld] вивели");
    check(&m, "src-uk", "", "");
    dz_masks_done(&m);
}

/* One text tells the name; others hold it in other cases, letters and spellings. */
static void
test_other_forms_and_sources(void **state)
{
    (void)state;
    static const char told[] =
        "Мешканка Токмака Олена Коваленко розповіла, що в лікарні від неї вимагали "
        "паспорт РФ. «Сміялися», — каже Олена Коваленко.\n";
    struct dz_masks m = {0};
    assert_int_equal(dz_masks_learn(&m, rules, "src-told", dz_view_of(told), "uk", NULL), DZ_OK);
    /* Where it was told, any form of any part. */
    check(&m, "src-told", "як Олену вивели", "як [name withheld] вивели");
    check(&m, "src-told", "сказала КОВАЛЕНКО.", "сказала [name withheld].");
    check(&m, "src-told", "by Kovalenko's sister", "by [name withheld]'s sister");
    check(&m, "src-told", "Їй Олена\nКоваленко сказала", "Їй [name withheld] сказала");
    /* Elsewhere the whole name, and no namesakes. */
    check(&m, "src-other", "Свидетельство Елены Коваленко", "Свидетельство [name withheld]");
    check(&m, NULL, "kovalenko_olena.pdf", "[name withheld].pdf");
    check(&m, "src-other", "Сергій Коваленко та Олена Бондар", "Сергій Коваленко та Олена Бондар");
    /* Half a name at the cut end of what stands around a quote. */
    assert_true(dz_masks_cut_name(&m, "src-told", "валенком, сказали", NULL));
    assert_true(dz_masks_cut_name(&m, "src-told", NULL, "і тоді Кова"));
    assert_false(dz_masks_cut_name(&m, "src-told", "сказали, що", "і тоді вони"));
    assert_false(dz_masks_cut_name(&m, "src-other", "валенком, сказали", NULL));
    dz_masks_done(&m);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_names_are_withheld),
                                       cmocka_unit_test(test_other_forms_and_sources)};
    return cmocka_run_group_tests(tests, load, unload);
}
