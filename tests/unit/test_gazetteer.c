#include "reading_fixture.h"

/* Does a written name lead to this place, alone or among candidates? */
static void
check_name(const char *name, const char *id)
{
    const struct dz_place *found[16];
    size_t n = dz_place_lookup(rules, dz_view_of(name), found, 16);
    bool there = false;
    for (size_t i = 0; i < n && i < 16; i++)
        there = there || strcmp(found[i]->id, id) == 0;
    if (!there)
        print_error("name: %s\n", name);
    assert_true(there);
}

static void
test_lookup(void **state)
{
    (void)state;
    static const char *const melitopol[] = {"Melitopol",  "Мелітополь", "Мелітополя", "Мелітополем",
                                            "Мелитополь", "Мелитополе", "Melitopol'"};
    const struct dz_place *place[4];
    assert_int_equal(dz_place_lookup(rules, dz_view_of("Мелітополі"), place, 4), 1);
    const char *id = place[0]->id;
    for (size_t i = 0; i < sizeof melitopol / sizeof *melitopol; i++)
        check_name(melitopol[i], id);
    static const char *const kherson[] = {"Kherson Oblast",     "Kherson region",
                                          "Херсонська область", "Херсонській області",
                                          "Херсонщина",         "Херсонской области"};
    for (size_t i = 0; i < sizeof kherson / sizeof *kherson; i++)
        check_name(kherson[i], "UA65");
    check_name("Berdyansk", "UA2302005001");
    check_name("Nova Kakhovka", "UA6506017001");
    check_name("Новою Каховкою", "UA6506017001");
    check_name("Києва", "UA80");
    check_name("Российской Федерации", "RU");
    assert_int_equal(dz_place_lookup(rules, dz_view_of("Nowhereville"), place, 4), 0);
    assert_int_equal(dz_place_lookup(rules, dz_view_of(""), place, 4), 0);
    assert_int_equal(dz_place_lookup(rules, dz_view_of("Melitopol and more"), place, 4), 0);
}

static void
test_rows(void **state)
{
    (void)state;
    assert_true(dz_place_count(rules) > 300);
    assert_null(dz_place_at(rules, dz_place_count(rules)));
    assert_null(dz_place_by_id(rules, "nowhere"));
    assert_null(dz_place_by_id(rules, NULL));
    for (size_t i = 0; i < dz_place_count(rules); i++) {
        const struct dz_place *p = dz_place_at(rules, i);
        assert_ptr_equal(dz_place_by_id(rules, p->id), p);
        if (p->parent)
            assert_non_null(dz_place_by_id(rules, p->parent));
        for (size_t k = 0; k < p->n_members; k++)
            assert_non_null(dz_place_by_id(rules, p->members[k]));
    }
    const struct dz_place *kherson = dz_place_by_id(rules, "UA65");
    assert_string_equal(dz_place_name(kherson, DZ_LANG_EN), "Kherson Oblast");
    assert_string_equal(dz_place_name(kherson, DZ_LANG_UK), "Херсонська область");
}

/* Every place is found by its own names, whatever else bears them. */
static void
test_own_names(void **state)
{
    (void)state;
    for (size_t i = 0; i < dz_place_count(rules); i++) {
        const struct dz_place *p = dz_place_at(rules, i);
        if (strcmp(p->kind, "territory") == 0)
            continue;
        check_name(p->name_en, p->id);
        if (p->name_uk)
            check_name(p->name_uk, p->id);
        if (p->name_ru)
            check_name(p->name_ru, p->id);
    }
}

static void
test_within(void **state)
{
    (void)state;
    assert_true(dz_place_within(rules, "UA2308007001", "UA2308"));
    assert_true(dz_place_within(rules, "UA2308007001", "UA23"));
    assert_true(dz_place_within(rules, "UA2308007001", "UA"));
    assert_true(dz_place_within(rules, "UA23", "UA23"));
    assert_false(dz_place_within(rules, "UA23", "UA2308007001"));
    assert_false(dz_place_within(rules, "UA2308007001", "UA65"));
    assert_false(dz_place_within(rules, "nowhere", "UA"));
    assert_false(dz_place_within(rules, "UA", "nowhere"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lookup),
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_own_names),
        cmocka_unit_test(test_within),
    };
    return cmocka_run_group_tests(tests, load_rules, free_rules);
}
