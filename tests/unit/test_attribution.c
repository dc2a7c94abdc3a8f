#include "reading.h"

/* Whose words it is: seen through the speaker of a statement. Each text holds one statement. */
struct example {
    const char *text;
    const char *speaker;
};

static const struct example examples[] = {
    {"Minister Ihor Savchuk said the passports are null and void.", "Ihor Savchuk"},
    {"The passports are null and void, Minister Ihor Savchuk said.", "Ihor Savchuk"},
    {"\"The Russian passports are null and void,\" said Ihor Savchuk.", "Ihor Savchuk"},
    {"According to Ihor Savchuk, a lawyer, the Russian passports are null and void.",
     "Ihor Savchuk"},
    /* The body named in the aside is not the speaker. */
    {"Ihor Savchuk, an expert at the Harbour Institute, told the paper that Russian passports are null "
     "and void.",
     "Ihor Savchuk"},
    {"Russian passports are null and void, according to the Harbour Institute.",
     "Harbour Institute"},
    {"The Harbour Institute reported that Russian passports are null and void.",
     "Harbour Institute"},
    /* A pronoun stands for who spoke last. */
    {"Minister Ihor Savchuk arrived and said little. He added that the passports are null and void.",
     "Ihor Savchuk"},
    /* A quotation of two sentences has one speaker. */
    {"\"We know the passports. Those Russian passports are null and void. Nobody is bound by them,\" Ihor "
     "Savchuk said.",
     "Ihor Savchuk"},
    {"За словами юриста Ігоря Савчука, російські паспорти нікчемні.", "Ігор Савчук"},
    {"Российские паспорта ничтожны, заявил министр Игорь Савчук.", "Игорь Савчук"},
    /* Nobody named: the author speaks. */
    {"The Russian passports are null and void.", ""},
};

static void
test_speakers(void **state)
{
    (void)state;
    size_t missed = 0;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        const struct example *e = &examples[i];
        struct reading r = read_text(e->text, NULL);
        const struct dz_suggestion *s = find(&r, "statement", NULL, 0);
        if (!s || strcmp(field(s, "speaker"), e->speaker) != 0) {
            print_error("%s: got '%s'\n", e->text, s ? field(s, "speaker") : "no statement");
            missed++;
        }
        reading_done(&r);
    }
    assert_int_equal(missed, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_speakers)};
    return cmocka_run_group_tests(tests, load_rules, free_rules);
}
