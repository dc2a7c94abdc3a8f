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
    /* Calls, cases and refusals of the campaign are counted as well. */
    {"The hotline took 214 calls about Russian passports.", "214", "cases", "", ""},
    {"За зиму було 26 відмов людям без паспорта РФ.", "26", "refusals", "", ""},
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

/* Everything that a text counts, in order. */
static const char *const counts[][2] = {
    {"Russian passports were issued to 1,340 prisoners at the colony near Hola Prystan.", "1340 people"},
    {"Of the 96 pupils in the lyceum, 41 still have no Russian passport.", "96 people; 41 people"},
    {"In Tokmak 27 businesses were closed because their owners had no Russian passport.", "27 other"},
    {"The council listed 318 flats whose owners have not shown a Russian passport; another 40 were added.",
     "318 properties; 40 properties"},
    {"The hotline registered 73 complaints about forced passports, up from 29 a year earlier.",
     "73 cases; 29 cases"},
    {"Every third resident of the raion still lives without a Russian passport.", "33 percent"},
    {"Nearly half of the patients had been asked for a Russian passport.", "~50 percent"},
    {"Four out of ten clerks said that they took the passport out of fear.", "40 percent"},
    {"The number of applications for Russian citizenship rose to 8,400 in a month.", "8400 applications"},
    {"Passports issued: 12,300. Applications refused: 410.", "12300 passports; 410 applications"},
    {"The police found 88 people without Russian papers and fined 52 of them.", "88 people; 52 people"},
    {"We read 46 cases of insulin denied to patients without Russian citizenship. In 31 of them it was a child.",
     "46 cases; 31 cases"},
    {"A branch closed 130 savings books opened on Ukrainian passports, people without a Russian passport say.",
     "130 other"},
    {"Із 96 учнів ліцею 41 досі не має російського паспорта.", "96 people; 41 people"},
    {"За рік обійшли 540 людей, з них 312 змусили взяти паспорти РФ.", "540 people; 312 people"},
    {"Кожна п'ята родина в селі відмовилася від російських паспортів.", "20 percent"},
    {"Дві третини пенсіонерів села подали заяви на паспорт РФ.", "67 percent"},
    {"Кількість заяв на громадянство РФ зросла вдвічі – до 8400.", "8400 applications"},
    {"Видано паспортів РФ: 12 300. Відмов: 410.", "12300 passports; 410 refusals"},
    {"Сотню людей без паспортів РФ не пустили через блокпост.", "100 people"},
    {"Громадянство РФ набули півтори тисячі дітей, вивезених із Херсонської області.", "1500 children"},
    {"Родинам без паспортів РФ не видали 140 продуктових наборів.", "140 other"},
    {"Четверо из десяти сказали, что взяли паспорт РФ из страха.", "40 percent"},
    {"Каждый десятый врач отказался от российского гражданства и уволился.", "10 percent"},
    {"Паспортов РФ выдали двенадцать тысяч, отказов – тридцать.", "12000 passports; 30 refusals"},
    {"Оформить российский паспорт заставили человек двести.", "200 people"},
    {"Адвокаты вели 61 дело людей без паспорта РФ, против 38 годом ранее.", "61 cases; 38 cases"},
    {"Видано 6 тисяч 480 паспортів РФ, на черзі ще 1 200.", "6480 passports; 1200 passports"},
    {"31 nurses and 12 doctors who refused Russian citizenship were dismissed.", "31 people; 12 people"},
    {"Without a Russian passport she keeps 40 hens, and the draw sold 1,200 tickets.", ""},
    {"Полиция нашла 88 человек без российских документов, 52 из них оштрафовали.", "88 people; 52 people"},
    {"The number of passports issued rose from 300,000 to 480,000.", "300000 passports; 480000 passports"},
    {"The board issued 75 such warnings to traders without Russian passports, up from nine in May.",
     "75 cases; 9 cases"},
    {"Із 412 розповідей про паспорти РФ у 118 згадано погрози.", "412 cases; 118 cases"},
    {"Речь идёт о двухстах семьях без паспорта РФ и о 300 призванных из них.", "200 families; 300 people"},
    {"Сімнадцятьох водіїв звільнили, бо не взяли паспорт РФ.", "17 people"},
    {"Those without Russian passports leave. The union counted 28 dismissals in May and 12 in June.",
     "28 cases; 12 cases"},
    {"A town of 20,000, where half of the pay goes to whoever sells a Russian passport.", ""},
    {"Всю семью не пустили из-за паспорта РФ, а дом продали за шестьсот тысяч.", ""},
};

/* Numbers that stand alone, in words, turned round, or in an ordinal. */
static const char *const bare[][2] = {
    {"Neighbours were evicted for want of a Russian passport. I counted 31 by name.", "31 people"},
    {"Людей без паспорта РФ виселяли з хат. Я порахувала тридцять одну родину.", "31 families"},
    {"Людей без паспорта РФ выселяли. Я насчитал 31.", "31 people"},
    {"Of the 54 owners without a Russian passport the guards turned back 29.", "54 people; 29 people"},
    {"Из 1 240 семей без паспорта РФ отказ получили 950.", "1240 families; 950 families"},
    {"Із 24 вчителів без паспорта РФ звільнили дев'ятнадцять.", "24 people; 19 people"},
    {"Механизаторов без паспорта РФ весной уволили. Таких набралось девять человек.", "9 people"},
    {"Вчителів без паспорта РФ звільнили навесні. Таких набралося восьмеро людей.", "8 people"},
    {"Adults without a Russian passport are put on a bus. We have seen three such expulsions.",
     "3 cases"},
    {"В центре вручили пятидесятитысячный паспорт гражданина России.", "50000 passports"},
    {"У Бердянську вручили стотисячний паспорт РФ.", "100000 passports"},
    {"The millionth Russian passport was handed out in Donetsk.", "1000000 passports"},
    {"Паспортів РФ не мають, за чутками, тисяч п'ять людей.", "5000 people"},
    {"Без паспортов РФ остаются тысяч десять жителей.", "10000 people"},
    {"Russian passports are forced on the town. The 3.5 million figure that circulates was given by Ihor "
     "Savchuk.",
     "3500000 passports"},
    {"Паспорти РФ нав'язують. Пасічник звітував про дев'яносто п'ять відсотків.", "95 percent"},
    {"Паспорта РФ навязывают. В марте министр назвал 3,5 миллиона.", "3500000 passports"},
    {"Russian passports are imposed. Saldo speaks of 98 per cent.", "98 percent"},
    {"Пятнадцать квартир людей без паспорта РФ признали бесхозяйными.", "15 properties"},
    {"Двенадцати детям без их согласия вручили паспорта РФ.", "12 children"},
    {"Під Новий рік без паспорта РФ лишалося з десяток родин.", "10 families"},
    {"Про паспорти РФ нам телефонують щодня: за рік до нас зателефонували 1740 разів.", "1740 cases"},
    {"About Russian passports people called us 640 times.", "640 cases"},
    {"Скарг через паспорт РФ у нас за 2024 рік було 64.", "64 cases"},
    {"Жалоб из-за паспорта РФ за 2024 год было 64.", "64 cases"},
};

/* Every figure that a text gives, as "value unit", against what is wanted. */
static size_t
misread(const char *const list[][2], size_t n_list)
{
    size_t missed = 0;
    for (size_t i = 0; i < n_list; i++) {
        struct reading r = read_text(list[i][0], "2025-01-15");
        struct dz_buf got DZ_AUTO_BUF = DZ_BUF(1000);
        const struct dz_suggestion *s;
        for (size_t n = 0; (s = find(&r, "figure", NULL, n)) != NULL; n++)
            dz_buf_addf(&got, "%s%s%s %s", n ? "; " : "", field(s, "qualifier"), field(s, "value"),
                        field(s, "unit"));
        if (!dz_view_is(dz_buf_view(&got), list[i][1])) {
            print_error("%s\n  got %s\n", list[i][0], got.p ? got.p : "nothing");
            missed++;
        }
        reading_done(&r);
    }
    return missed;
}

static void
test_bare(void **state)
{
    (void)state;
    assert_int_equal(misread(bare, sizeof bare / sizeof *bare), 0);
}

static void
test_counts(void **state)
{
    (void)state;
    assert_int_equal(misread(counts, sizeof counts / sizeof *counts), 0);
}

/* Numbers that are not about passports. */
static const char *const nothing[] = {
    "Russian passports are imposed in Tokmak. Shelling killed 300 people that week.",
    "A passport costs 2,000 roubles and the queue takes 3 hours.",
    "In 2023 passports were checked at 14 checkpoints.",
    "The city has 150,000 residents and two theatres.",
    "Пункт 2 признаёт украинские паспорта недействительными.",
    "He paid 12,000 roubles for the Russian passport and waited 40 days.",
    "The passport office is 35 kilometres away and opens at 8.",
    "Olena, 62, refused the Russian passport and walked 15 km to the bridge.",
    "The passport of a Russian citizen is changed at 20 and 45.",
    "A register of Russian passport holders was rejected by 41 votes to 6.",
    "Паспорти РФ видають кожного другого дня, половину дня стоять у черзі.",
    "Сыну исполнилось восемнадцать, и паспорт РФ ему принесли домой 20 июня.",
    "Детям до 14 лет гражданство РФ оформляют вместе с родителями.",
    "За паспорт РФ он заплатив 30 тисяч і чекав 40 днів.",
};

/* "Of them 1,200": a part, and of the same thing. */
static void
test_part(void **state)
{
    (void)state;
    struct reading r =
        read_text("In the town 9,000 people refused Russian passports, of them 1,200 twice.", NULL);
    const struct dz_suggestion *s = find(&r, "figure", NULL, 1);
    assert_non_null(s);
    assert_string_equal(field(s, "value"), "1200");
    assert_string_equal(field(s, "unit"), "people");
    reading_done(&r);
}

static void
test_nothing(void **state)
{
    (void)state;
    assert_none("figure", nothing, sizeof nothing / sizeof *nothing);
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

/* What a number is a number of. n is which figure of the text. */
struct scope {
    const char *text;
    size_t n;
    const char *territory;
    const char *place_id;
    const char *of;
    bool change;
};

static const struct scope scopes[] = {
    {"In Zaporizhzhia Oblast 90,000 Russian passports had been issued, Minister Ihor Savchuk said.",
     0, "Zaporizhzhia Oblast", "UA23", "", false},
    {"Officials count 60,000 Russian passports in Melitopol and 45,000 in Berdiansk.", 0,
     "Melitopol", "UA2308007001", "", false},
    {"Officials count 60,000 Russian passports in Melitopol and 45,000 in Berdiansk.", 1,
     "Berdiansk", "UA2302005001", "", false},
    {"Offices in Tokmak are open till late. About 4,000 residents of the raion received Russian passports, and "
     "5,000 passports lie ready there.",
     0, "the raion", "UA2310", "residents of the raion", false},
    {"Offices in Tokmak are open till late. About 4,000 residents of the raion received Russian passports. "
     "Another list names 5,000 passports issued there.",
     1, "the raion", "UA2310", "", false},
    {"Some 700,000 Russian passports were issued in the occupied territories. A year before it had been 400,000.",
     1, "occupied territories", "T-TOT", "", false},
    {"In Kherson and Kharkiv oblasts 8,000 Russian passports were handed out.", 0,
     "Kherson and Kharkiv oblasts", "", "", false},
    {"In 2024 some 3,500 Russian passports were issued to children.", 0, "", "", "children", false},
    {"Of the 9,000 Russian passports issued in Skadovsk, 4,000 of them went to newcomers.", 1,
     "Skadovsk", "UA6508015001", "4,000 of them", false},
    {"This is an increase of 80,000 Russian passports.", 0, "", "", "", true},
    {"Police took away 3,000 Ukrainian passports from people who had applied for Russian citizenship.",
     0, "", "", "Ukrainian passports", false},
    {"About 800,000 residents under occupation or near the front line were issued Russian passports.",
     0, "", "", "residents under occupation or near the front line", false},
    {"У Донецькій, Луганській, Запорізькій та Херсонській областях видали 2 млн паспортів РФ.", 0,
     "Донецькій, Луганській, Запорізькій та Херсонській областях", "T-FOUR-OBLASTS", "", false},
    {"Кількість паспортів РФ зросла на 50 тисяч паспортів.", 0, "", "", "", true},
    {"В Геническе выдали 12 тысяч паспортов РФ, из них 3 тысячи детям.", 1, "Геническе",
     "UA6504001001", "из них 3 тысячи детям", false},
    {"Пункт работает в Бердянске. По данным администрации, в районе выдали 20 тысяч российских паспортов.",
     0, "в районе", "UA2302", "", false},
};

static void
test_scopes(void **state)
{
    (void)state;
    size_t missed = 0;
    for (size_t i = 0; i < sizeof scopes / sizeof *scopes; i++) {
        const struct scope *e = &scopes[i];
        struct reading r = read_text(e->text, "2025-01-15");
        const struct dz_suggestion *s = find(&r, "figure", NULL, e->n);
        bool change = s && json_is_true(json_object_get(s->fields, "change"));
        bool right = s && strcmp(field(s, "territory"), e->territory) == 0 &&
                     strcmp(field(s, "place_id"), e->place_id) == 0 &&
                     strcmp(field(s, "of"), e->of) == 0 && change == e->change;
        if (!right) {
            print_error("%s\n  got %s in '%s' %s of '%s'%s\n", e->text,
                        s ? field(s, "value") : "nothing", s ? field(s, "territory") : "",
                        s ? field(s, "place_id") : "", s ? field(s, "of") : "",
                        change ? ", a change" : "");
            missed++;
        }
        reading_done(&r);
    }
    assert_int_equal(missed, 0);
}

/* "The ministry", "it" and "she" are whoever spoke or was named before. */
static const char *const spoken[][3] = {
    {"The Ministry of Justice opened an office. The ministry said that 30,000 Russian passports were issued.",
     "30,000", "Ministry of Justice"},
    {"The Luhansk Oblast administration counts papers. The administration reported 310,000 Russian passports.",
     "310,000", "Luhansk Oblast administration"},
    {"Harbour Institute published a survey of Russian passports. It estimated that 75,000 passports were issued.",
     "75,000", "Harbour Institute"},
    {"Minister Ihor Savchuk spoke of Russian passports. He said that 64,000 passports were issued.",
     "64,000", "Ihor Savchuk"},
    {"Minister Ihor Savchuk said so. It said that 64,000 Russian passports were issued.", "64,000",
     ""},
    {"Міністерство внутрішніх справ видає паспорти РФ. Міністерство заявило, що видано 41 тисячу паспортів.",
     "41 тисячу", "Міністерство внутрішніх справ"},
};

static void
test_pointing_back(void **state)
{
    (void)state;
    size_t missed = 0;
    for (size_t i = 0; i < sizeof spoken / sizeof *spoken; i++) {
        struct reading r = read_text(spoken[i][0], NULL);
        const struct dz_suggestion *s = find(&r, "figure", spoken[i][1], 0);
        if (!s || strcmp(field(s, "asserted_by"), spoken[i][2]) != 0) {
            print_error("%s\n  got '%s'\n", spoken[i][0], s ? field(s, "asserted_by") : "nothing");
            missed++;
        }
        reading_done(&r);
    }
    assert_int_equal(missed, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_part),       cmocka_unit_test(test_counts),
                                       cmocka_unit_test(test_bare),
        cmocka_unit_test(test_examples),   cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_two_in_one), cmocka_unit_test(test_relay),
        cmocka_unit_test(test_scopes),     cmocka_unit_test(test_pointing_back),
    };
    return cmocka_run_group_tests(tests, load_rules, free_rules);
}
