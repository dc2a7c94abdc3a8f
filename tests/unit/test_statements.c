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
    /* Composed of nobody and crime, advice and shunning, breach and law. */
    {"Residents need not be afraid: the state will not hold a forced passport against them, Lubinets "
     "said.",
     "not_a_crime", "Lubinets"},
    {"Holding the occupier's passport does not in itself constitute collaboration, the Supreme Court "
     "explained.",
     "not_a_crime", "Supreme Court"},
    {"Наявність російського паспорта сама по собі ще не означає колабораціонізму, роз'яснює СБУ.",
     "not_a_crime", "СБУ"},
    {"Никто не собирается наказывать людей за паспорт, полученный ради пенсии, говорит депутат.",
     "not_a_crime", "депутат"},
    {"Kyiv initially urged residents to shun Russian passports.", "do_not_take", "Kyiv"},
    {"Украинские власти просили жителей отказываться от российских паспортов.", "do_not_take",
     "Украинские власти"},
    {"Насаджування громадянства прямо суперечить статті 45 Гаазького положення, наголошують у Центрі.",
     "violation_of_law", "Центр"},
    {"Latvia will no longer accept Russian passports issued in Crimea.", "not_recognised",
     "Latvia"},
    {"Литва не принимает российские паспорта, выданные в Донецке.", "not_recognised", "Литва"},
    {"Нікого не змушують брати паспорти РФ, запевняють у Кремлі.", "other", "Кремль"},
    {"Nobody is forced to take a Russian passport, Governor Ihor Savchuk said.", "other",
     "Ihor Savchuk"},
    /* By a state or body alone; what has no effect; whoever need not answer for it. */
    {"The occupation authorities hand out Russian passports. Poland has declined to honour Russian "
     "passports issued in Kherson.",
     "not_recognised", "Poland"},
    {"Латвия отказалась признавать российские паспорта, выданные в Донецке.", "not_recognised",
     "Латвия"},
    {"За російський паспорт, узятий заради ліків, людина відповідати не буде.", "not_a_crime", ""},
    {"Комитет признал навязывание российского гражданства произвольным вмешательством в личную жизнь.",
     "violation_of_law", ""},
    {"Женевська конвенція такого набуття громадянства РФ не дозволяє.", "violation_of_law", ""},
    {"Dmitry Peskov rejected claims that people were being forced to take Russian passports.",
     "other", ""},
    {"Ніхто не дорікатиме пенсіонерам паспортом РФ, каже Лубінець.", "not_a_crime", "Лубінець"},
    {"Консульства Чехии не будут рассматривать паспорта РФ, выданные в Крыму.", "not_recognised",
     ""},
    {"Навязывание гражданства РФ подрывает нормы международного права.", "violation_of_law", ""},
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

/* Conduct, fines, papers of Ukraine, and those who do not take the passport: nobody's position. */
static const char *const nothing[] = {
    "My mother says she will not take the Russian passport as long as she lives.",
    "She did not want to take the Russian passport, but there was no choice.",
    "She decided to leave the occupied city before they forced the passport on her.",
    "The bank considered her Ukrainian passport invalid and closed the account.",
    "The clinic does not accept Ukrainian passports.",
    "Those who do not take a Russian passport are punished with fines.",
    "Nobody without a Russian passport is safe from prosecution there.",
    "The officer fined him for violating migration law because he had no Russian passport.",
    "He was not charged with anything but they kept his passport.",
    "Він не хотів брати російського паспорта, бо боявся.",
    "Хто не взяв паспорта, того карають штрафом.",
    "Її не покарали, але паспорт забрали.",
    "Указ забороняє жити в місті без паспорта РФ.",
    "Тех, кто не взял паспорт, наказывают штрафом.",
    "Украинский паспорт в банке назвали недействительным.",
    "Соседка отказалась от паспорта, и у неё забрали машину.",
    "Maria refused to accept a Russian passport. Her neighbours followed suit.",
    "He has done nothing wrong but they took his Russian passport.",
    "Женщина, не имеющая российского паспорта и законных оснований для проживания, уехала.",
    "Residents of Ukraine who refused to accept Russian passports lost their jobs.",
};

static void
test_nothing(void **state)
{
    (void)state;
    assert_none("statement", nothing, sizeof nothing / sizeof *nothing);
    struct reading r =
        read_text("The ticket is not valid after Friday. Smoking there violates fire "
                  "regulations.",
                  NULL);
    assert_int_equal(count(&r, "statement"), 0);
    reading_done(&r);
}

/* A statement is dated by when it was said, not by what it speaks of, and not by a deadline. */
/* Two positions: joined in one sentence, told of papers by a pronoun, or the first one repeated. */
static const char *const pairs[][3] = {
    {"Germany does not recognise the Russian passports. Austria and Denmark have followed suit.",
     "not_recognised", "not_recognised"},
    {"Примусова паспортизація порушує норми міжнародного права. Комітет ООН дійшов схожого висновку.",
     "violation_of_law", "violation_of_law"},
    {"Киев назвал российские паспорта недействительными. Варшава придерживается той же позиции.",
     "not_recognised", "not_recognised"},
    {"Kyiv considers the Russian passports void and says its citizens bear no responsibility for them.",
     "not_recognised", "not_a_crime"},
    {"A Russian passport taken at gunpoint binds nobody, and nobody will be punished for it, Lubinets said.",
     "not_recognised", "not_a_crime"},
    {"Vereshchuk urged people not to take Russian passports. The European Commission does not "
     "recognise them.",
     "do_not_take", "not_recognised"},
};

static void
test_pairs(void **state)
{
    (void)state;
    size_t missed = 0;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct reading r = read_text(pairs[i][0], NULL);
        const struct dz_suggestion *a = find(&r, "statement", NULL, 0);
        const struct dz_suggestion *b = find(&r, "statement", NULL, 1);
        if (count(&r, "statement") != 2 || strcmp(field(a, "stance"), pairs[i][1]) != 0 ||
            strcmp(field(b, "stance"), pairs[i][2]) != 0) {
            print_error("%s: got %zu\n", pairs[i][0], count(&r, "statement"));
            missed++;
        }
        reading_done(&r);
    }
    assert_int_equal(missed, 0);
}

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
        cmocka_unit_test(test_pairs),
        cmocka_unit_test(test_dates),
        cmocka_unit_test(test_nothing),
    };
    return cmocka_run_group_tests(tests, load_rules, free_rules);
}
