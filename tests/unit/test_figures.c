#include "reading.h"

struct example {
    const char *text;
    const char *value;
    const char *unit;
    const char *as_of; /* "" when none is expected */
    const char *asserted_by;
};

static const struct example examples[] = {
    {"Over 40,000 Russian passports were issued in the district, Minister Ihor Savchuk said.",
     "40000", "passports", "", "Ihor Savchuk"},
    {"According to the Harbour Institute, 1.2 million people took Russian citizenship.", "1200000",
     "people", "", "Harbour Institute"},
    {"The ministry had issued 250,000 passports by June 2023.", "250000", "passports", "2023-06",
     ""},
    {"Around 90,000 passports have been issued since April 2024.", "90000", "passports",
     "2024-04/..", ""},
    {"Міністерство повідомило, що видано понад 2,5 млн паспортів РФ.", "2500000", "passports", "",
     ""},
    {"По данным администрации, российские паспорта получили 15 тысяч жителей.", "15000", "people",
     "", ""},
};

static void
test_examples(void **state)
{
    (void)state;
    size_t missed = 0;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        const struct example *e = &examples[i];
        struct reading r = read_text(e->text, "2024-10-01");
        const struct dz_suggestion *s = find(&r, "figure", NULL, 0);
        bool right = s && strcmp(field(s, "value"), e->value) == 0 &&
                     strcmp(field(s, "unit"), e->unit) == 0 &&
                     strcmp(field(s, "as_of"), e->as_of) == 0;
        if (right && e->asserted_by[0])
            right = strcmp(field(s, "asserted_by"), e->asserted_by) == 0;
        if (!right) {
            print_error("%s: got '%s' %s as of '%s' by '%s'\n", e->text, s ? field(s, "value") : "",
                        s ? field(s, "unit") : "", s ? field(s, "as_of") : "",
                        s ? field(s, "asserted_by") : "");
            missed++;
        }
        reading_done(&r);
    }
    assert_int_equal(missed, 0);
}

/* Numbers that are not about passports. */
static const char *const nothing[] = {
    "Russian passports are imposed in Tokmak. Shelling killed 300 people that week.",
    "A passport costs 2,000 roubles and the queue takes 3 hours.",
    "In 2023 passports were checked at 14 checkpoints.",
    "The city has 150,000 residents and two theatres.",
};

static void
test_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++) {
        struct reading r = read_text(nothing[i], NULL);
        const struct dz_suggestion *s = find(&r, "figure", NULL, 0);
        if (s)
            fail_msg("%s: %s %s", nothing[i], field(s, "value"), field(s, "unit"));
        reading_done(&r);
    }
}

/* The second figure of a sentence takes what is counted from the first, and its own date. */
static void
test_two_in_one(void **state)
{
    (void)state;
    struct reading r =
        read_text("Minister Ihor Savchuk said that 600,000 Russian passports had been "
                  "issued, up from the 450,000 reported in May 2023.",
                  NULL);
    assert_int_equal(count(&r, "figure"), 2);
    const struct dz_suggestion *second = find(&r, "figure", NULL, 1);
    assert_string_equal(field(find(&r, "figure", NULL, 0), "as_of"), "");
    assert_string_equal(field(second, "unit"), "passports");
    assert_string_equal(field(second, "as_of"), "2023-05");
    reading_done(&r);
}

/* "Y said, citing X": X asserts it, Y relays it. */
static void
test_relay(void **state)
{
    (void)state;
    struct reading r =
        read_text("Some 70,000 Russian passports were issued, the Harbour Institute said, "
                  "citing the Ministry of Internal Affairs.",
                  NULL);
    const struct dz_suggestion *s = must_find(&r, "figure", "70,000");
    assert_string_equal(field(s, "asserted_by"), "Ministry of Internal Affairs");
    assert_string_equal(field(s, "via"), "Harbour Institute");
    reading_done(&r);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_examples),
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_two_in_one),
        cmocka_unit_test(test_relay),
    };
    return cmocka_run_group_tests(tests, load_rules, free_rules);
}
