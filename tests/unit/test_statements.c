#include "reading.h"

struct example {
    const char *text;
    const char *stance;
    const char *speaker; /* "" where it does not matter */
};

static const struct example examples[] = {
    {"Taking a Russian passport under duress is not a crime, Minister Ihor Savchuk said.",
     "not_a_crime", "Ihor Savchuk"},
    {"The Ministry of Justice of Ukraine stated that nobody who took a Russian passport would face "
     "criminal liability.",
     "not_a_crime", "Ministry of Justice of Ukraine"},
    {"Governor Ihor Savchuk urged people not to take Russian passports.", "do_not_take",
     "Ihor Savchuk"},
    {"\"If your life depends on a Russian passport, take it,\" said Ihor Savchuk, a minister.",
     "take_if_needed", "Ihor Savchuk"},
    {"Ukraine does not recognise Russian passports issued in occupied towns.", "not_recognised",
     ""},
    {"Passports handed out in Melitopol are null and void.", "not_recognised", ""},
    {"Forced passportization violates the Geneva Convention, the Harbour Institute said.",
     "violation_of_law", "Harbour Institute"},
    {"Отримання паспорта РФ під примусом не є злочином.", "not_a_crime", ""},
    {"Міністерка закликала не брати російські паспорти.", "do_not_take", ""},
    {"Україна не визнає російських паспортів.", "not_recognised", ""},
    {"Примусова паспортизація порушує норми міжнародного права.", "violation_of_law", ""},
    {"Украина не признаёт российских паспортов.", "not_recognised", ""},
    {"Принудительная паспортизация — военное преступление.", "violation_of_law", ""},
    {"Чиновник призвал не брать российские паспорта.", "do_not_take", ""},
    /* The other way round, impersonal, by other verbs. */
    {"Юридической силы российские паспорта там не имеют.", "not_recognised", ""},
    {"Преступлением получение паспорта РФ Киев не считает.", "not_a_crime", ""},
    {"Жодних наслідків російський паспорт не тягне.", "not_recognised", ""},
    {"Imposing Russian citizenship runs counter to the Hague Regulations.", "violation_of_law", ""},
    {"Nobody is forced to take a Russian passport, Governor Ihor Savchuk said.", "other",
     "Ihor Savchuk"},
};

static void
test_examples(void **state)
{
    (void)state;
    size_t missed = 0;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        const struct example *e = &examples[i];
        struct reading r = read_text(e->text, NULL);
        const struct dz_suggestion *s = find(&r, "statement", NULL, 0);
        bool right = s && strcmp(field(s, "stance"), e->stance) == 0 && count(&r, "statement") == 1;
        if (right && e->speaker[0])
            right = strcmp(field(s, "speaker"), e->speaker) == 0;
        if (!right) {
            print_error("%s: got %zu, %s by '%s'\n", e->text, count(&r, "statement"),
                        s ? field(s, "stance") : "nothing", s ? field(s, "speaker") : "");
            missed++;
        }
        reading_done(&r);
    }
    assert_int_equal(missed, 0);
}

static void
test_nothing(void **state)
{
    (void)state;
    struct reading r =
        read_text("The ticket is not valid after Friday. Smoking there violates fire "
                  "regulations.",
                  NULL);
    assert_int_equal(count(&r, "statement"), 0);
    reading_done(&r);
}

/* A statement is dated by when it was said, not by what it speaks of, and not by a deadline. */
static const char *const dated[][2] = {
    {"Minister Ihor Savchuk said on 3 March 2024 that taking a Russian passport under duress is not a crime.",
     "2024-03-03"},
    {"Taking a Russian passport before 1 July 2024 is not a crime, Minister Ihor Savchuk said on 5 May 2024.",
     "2024-05-05"},
    {"Міністр Ігор Савчук заявив 3 березня 2024 року, що отримання паспорта РФ під примусом не є злочином.",
     "2024-03-03"},
};

static void
test_dates(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof dated / sizeof *dated; i++) {
        struct reading r = read_text(dated[i][0], NULL);
        assert_string_equal(field(must_find(&r, "statement", NULL), "date"), dated[i][1]);
        reading_done(&r);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_examples),
        cmocka_unit_test(test_dates),
        cmocka_unit_test(test_nothing),
    };
    return cmocka_run_group_tests(tests, load_rules, free_rules);
}
