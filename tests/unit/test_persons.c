#include "reading.h"

struct example {
    const char *text;
    const char *name; /* as the suggestion shows it */
    const char *role;
    bool protect;
};

static const struct example examples[] = {
    /* Officials, experts and journalists act in public. */
    {"Education Minister Pavlo Sydorenko said that passports were checked.", "Pavlo Sydorenko",
     "official", false},
    {"Nadia Koval, an analyst at the Harbour Institute, wrote about passports.", "Nadia Koval",
     "expert", false},
    {"Photo: Taras Melnyk / STEPPE PRESS", "Taras Melnyk", "journalist", false},
    {"I am Iryna Bondar, the author of this report.", "Iryna Bondar", "journalist", false},
    {"Putin signed the decree.", "Putin", "official", false},
    {"Про це розповіла правозахисниця Леся Гончар.", "Леся Гончар", "expert", false},
    {"Министр труда Семен Ковров подписал приказ.", "Семен Ковров", "official", false},

    /* Who is called by a first name, was renamed, or speaks for themselves is protected. */
    {"Halyna, a retired seamstress, hid her Ukrainian passport.", "Halyna", "witness", true},
    {"\"They came twice,\" Serhii told the paper.", "Serhii", "witness", true},
    {"Oksana Lysenko, a resident of Skadovsk, took the passport for her son.", "Oksana Lysenko",
     "witness", true},
    {"Dmytro Hrytsenko (name changed) worked at the port as a director.", "Dmytro Hrytsenko", "",
     true},
    {"Марія, пенсіонерка, боялася йти до лікарні.", "Марія", "witness", true},
    {"Ольгу, жительницу города, задержали.", "Ольга", "witness", true},
    /* What somebody is called, and how neighbours and elders are spoken to. */
    {"A woman named Pavlina said the form was already filled in.", "Pavlina", "witness", true},
    {"Жінка на ім'я Меланка просила не знімати її паспорт.", "Меланка", "witness", true},
    {"Учительница просит называть её Ласточкой.", "Ласточка", "", true},
    {"Степанівну попередили, що пенсії не буде.", "Степанівна", "", true},
    {"Петрович, сусід із першого поверху, паспорта не взяв.", "Петрович", "witness", true},
    {"Кузьминична паспорт не взяла.", "Кузьминична", "", true},
    {"Рефат-ага паспорт не получил.", "Рефат-ага", "", true},
    {"Эдема Асанова оштрафовали за отказ от паспорта.", "Эдем Асанов", "victim", true},
    {"Reporting by Anna Reid in Kyiv.", "Anna Reid", "journalist", false},
    {"\"One account is one account,\" says Tetiana Hrytsenko of the Lviv-based Centre for Harm.",
     "Tetiana Hrytsenko", "expert", false},
    {"Tetiana Hrytsenko of the town hospital was dismissed for refusing the passport.",
     "Tetiana Hrytsenko", "", true},
    /* Initials and patronymics make a name of words that no list has. */
    {"Паспорт РФ получил сосед Бурлак П. Г., слесарь.", "Бурлак П. Г", "", true},
    {"Розпорядження підписав голова адміністрації О. Р. Ярмак.", "О. Р. Ярмак", "official", false},
    {"Потім прийшла Мотрона Хомівна зі своїм паспортом.", "Мотрона Хомівна", "", true},
    /* So does a role beside one word alone: a missed name is the worst error. */
    {"A resident Mokryna showed a Russian passport.", "Mokryna", "witness", true},
    {"Мешканка Явдоха розповіла про паспорт.", "Явдоха", "witness", true},
    {"Хотина (ім'я змінено) виїхала без паспорта.", "Хотина", "", true},
    /* A surname alone: behind a title, behind words that say so, or by its ending beside a verb. */
    {"Начальник «паспортного столу» Кулібаба вимагав здати паспорти.", "Кулібаба", "official",
     false},
    {"Глава так называемой администрации Гордиенко раздавал паспорта.", "Гордиенко", "official",
     false},
    {"Після обшуку Мазуренко пішов подавати на паспорт.", "Мазуренко", "", true},
    {"Як розповідає Прокопюк, паспорти привезли на роботу.", "Прокопюк", "", true},
    {"Наказ про паспорти підписав такий собі Тригуб.", "Тригуб", "", true},
    {"За підписом якоїсь Корнієвської висить наказ про паспорти.", "Корнієвська", "", true},
    {"В очереди за паспортом стоял мужчина по фамилии Лахнов.", "Лахнов", "", true},
    {"The order on passports was signed by a certain Kulish.", "Kulish", "", true},
    {"A patient, whom we'll call Mr. Bondarsky, was sent for a passport.", "Bondarsky", "", true},
    {"З повагою, Марія Петрівна С. Паспорта не взяла.", "Марія Петрівна С", "", true},
    {"Дільничний Мороз вимагав показати паспорт.", "Мороз", "official", false},
    {"Акт о паспортах подписан «и. о. начальника отдела Громов».", "Громов", "official", false},
    {"Одного з них, інженера Вербинського, били за паспорт.", "Вербинський", "", true},
    {"They beat Melnychuk for two days over the passport.", "Melnychuk", "", true},
    {"Panchenko's pension was stopped for want of a passport.", "Panchenko", "", true},
    {"Zevide Mametova was detained over a passport.", "Zevide Mametova", "", true},
    {"Her nephew, Yarko, was detained over a passport.", "Yarko", "", true},
    {"Мельничука били два дні, бо не мав паспорта.", "Мельничук", "", true},
    {"Пенсионера Гладкого не пустили в больницу без паспорта.", "Гладкого", "", true},
    /* A deed, an age, kin, a heading or a code tells a name that no list has. */
    {"The soldiers beat Huzar over his passport.", "Huzar", "", true},
    {"Zorina, 43, a welder from Tokmak, had no passport.", "Zorina", "witness", true},
    {"Bilyk, who drove an ambulance, took the passport.", "Bilyk", "", true},
    {"Her brother Lemko Stus had no passport.", "Lemko Stus", "witness", true},
    {"Vasylko's mother hid her passport.", "Vasylko", "", true},
    {"LIUDMYLA, cleaner, Skadovsk. I took the passport.", "LIUDMYLA", "witness", true},
    {"The boy's mother, Orysia Bondar, had posted the headteacher's letter on passports.",
     "Orysia Bondar", "witness", true},
    {"Дейнека отримала паспорт під тиском.", "Дейнека", "", true},
    {"У підвалі за паспорт тримали Гончара.", "Гончара", "", true},
    {"Чат про паспорти веде колишній учитель під ніком Кремінь.", "Кремінь", "", true},
    {"Собеседница, именуемая здесь Респондент-17, лишилась паспорта.", "Респондент-17", "", true},
    {"By Wiebke Janssen in Odesa. They took the passport.", "Wiebke Janssen", "journalist", false},
    {"The third asked that only the initials S.M. be used with the passport.", "S.M.", "", true},
    /* The surname in front, as lists and letters have it. */
    {"Потерпевший Нечаюк Богдан паспорта не взял.", "Богдан Нечаюк", "", true},
    {"Від Яремчук Оксани Степанівни: паспорта я не просила.", "Оксана Степанівна Яремчук", "",
     true},
    {"Сімдесятирічній Марії Петрівні паспорта не принесли.", "Марія Петрівна", "", true},
    {"Підпишемо її Ветою: паспорта вона не взяла.", "Вета", "", true},
    {"Тракториста Гната Швеця звільнили без паспорта.", "Гнат Швець", "", true},
    {"\"Valerik,\" a taxi driver in town, lost his passport.", "Valerik", "", true},
    {"Записала Дарина Шульга. Паспорти роздають далі.", "Дарина Шульга", "journalist", false},
    /* What somebody does, and an aside that names whom the words in front describe. */
    {"Serhii Marchuk sat on the municipal council before the passports came.", "Serhii Marchuk",
     "official", false},
    {"Bohdan Tsurkan, who teaches criminal law in Lviv, spoke of passports.", "Bohdan Tsurkan",
     "expert", false},
    {"Norland's foreign minister, Astrid Amdahl, has said that passports are void.",
     "Astrid Amdahl", "official", false},
    {"Начальник отдела майор полиции Вадим Сотников напомнил о паспортах.", "Вадим Сотников",
     "official", false},
    /* Names in quotation marks of people who speak. */
    {"The resident \"Luka\" showed a Russian passport.", "Luka", "witness", true},
    {"\"Nobody asked us,\" a driver, \"Hawk\", said.", "Hawk", "", true},
    {"Мешканка міста «Мавка» розповіла про паспорти.", "Мавка", "witness", true},
    {"«Сосна» рассказала, что паспорта раздавали на работе.", "Сосна", "", true},
    /* The nominative, where it is sure. */
    {"Звернення надіслали омбудсману Дмитру Лубінцю.", "Дмитро Лубінець", "official", false},
    {"За словами Олени Шевчук, мешканки міста, паспорти видавали всім.", "Олена Шевчук", "", true},
    {"Затримали Івана Коваленка, вчителя.", "Іван Коваленко", "", true},
    {"Задержали Сергея Петрова, учителя.", "Сергей Петров", "", true},
    {"По словам адвоката Анны Соколовой, паспорта выдавали всем.", "Анна Соколова", "expert",
     false},
    {"Слухали адвоката Олександра Гнатюка.", "Олександр Гнатюк", "expert", false},
    {"Поговорили з Іриною Білозерською, лікаркою.", "Ірина Білозерська", "", true},
    {"Сусіда, Петра Гнатенка, затримали.", "Петро Гнатенко", "", true},
    {"За словами Богдана Щербини, голови ради, паспорти видавали всім.", "Богдан Щербина",
     "official", false},
    {"У розмові з мером Олегом Моргуном ішлося про паспорти.", "Олег Моргун", "official", false},
    {"The hospital discharged a patient, Mr. K., without a passport.", "K", "", true},
    {"Это был обыск. Соседа, Сергея Кравченко, задержали, и больше его никто не видел.",
     "Сергей Кравченко", "", true},
    {"The parent, who asked to be called \"Willow\", left.", "Willow", "", true},
    {"Про це розповіла мешканка на псевдо «Хвиля».", "Хвиля", "witness", true},
    /* Short forms and endearments, in every case, at the start of a sentence too. */
    {"Паспорт отобрали у Жорика, он грузчик.", "Жорик", "", true},
    {"Марині відмовили в паспорті.", "Марина", "", true},
    {"Документи Галинки порвали.", "Галинка", "", true},
    {"Позвонили Ксюше: паспорт готов.", "Ксюша", "", true},
    {"They asked Motria for the new passport.", "Motria", "", true},
    {"«Не бери того паспорта, Степане», – просила вона.", "Степан", "", true},
    /* Kin in front of a name that no list has. */
    {"Паспорт нав'язали й бабі Килигеї.", "Килигеї", "", true},
    {"The passport was pushed on aunt Kylyhea.", "Kylyhea", "", true},
    {"Родині Гавришів відмовили без паспорта.", "Гавришів", "", true},
    {"The Havrysh family was told to get passports.", "Havrysh", "", true},
    /* Initials alone, and a surname in front. */
    {"Про паспорти говорить М. К., вчителька.", "М. К", "", true},
    {"Мешканка Ш. відмовилася від паспорта.", "Ш", "", true},
    {"Слово має Гринчук Олена Петрівна, депутатка.", "Гринчук Олена Петрівна", "official", false},
    /* Ranks, and heads of schools and hospitals. */
    {"За словами генерала Бровка, паспорти видають силою.", "Бровка", "", true},
    {"Паспорт требовал главврач Эдуард Бубенцов.", "Эдуард Бубенцов", "official", false},
    {"The rule was read out by a headmistress, Alla Zorenko.", "Alla Zorenko", "official", false},
    {"A spokesman for the occupation administration, Denys Halka, denied it.", "Denys Halka",
     "official", false},
    /* Where it is not, the form of the text stays. */
    {"Бачили Олександра, сусіда.", "Олександра", "", true},
    {"Слухали адвоката Олександра Петрова.", "Олександра Петрова", "expert", false},
    {"Говорила Олександра Бондаренко, мешканка.", "Олександра Бондаренко", "", true},
    {"У черзі стояла Оксана з сином.", "Оксана", "", true},
};

static void
test_examples(void **state)
{
    (void)state;
    size_t missed = 0;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        const struct example *e = &examples[i];
        struct reading r = read_text(e->text, NULL);
        const struct dz_suggestion *s = NULL;
        for (size_t n = 0; (s = find(&r, "person", NULL, n)); n++) {
            if (strcmp(field(s, "name"), e->name) == 0)
                break;
        }
        bool right = s && json_is_true(json_object_get(s->fields, "protected")) == e->protect &&
                     (!e->role[0] || strcmp(field(s, "role"), e->role) == 0);
        if (!right) {
            s = s ? s : find(&r, "person", NULL, 0);
            print_error("%s: got '%s' %s\n", e->text, s ? field(s, "name") : "nobody",
                        s ? field(s, "role") : "");
            missed++;
        }
        reading_done(&r);
    }
    assert_int_equal(missed, 0);
}

/* Capitalised words that name nobody. */
static const char *const nobody[] = {
    "Residents told \"Mirror\" about the passports.",
    "Жителька розповіла газеті «Хвиля» про паспорти.",
    "The Ministry of Internal Affairs of Russia issued passports in Melitopol.",
    "Residents of Donetsk and Luhansk Oblast wait. Those Who Refuse Are Watched.",
    "The Harbour Post and the Center for Civil Rights asked the Kremlin.",
    "У Запорізькій області та в Криму діє Міністерство внутрішніх справ РФ.",
    "Прошу прізвища не називати. Просит имя не писать.",
    "Врач-терапевт, назовем так, ушла. Є. То в чому річ?",
    "АНДРІЇВСЬКОГО РАЙОНУ РАДА. Дані про паспорти закриті.",
    "Россия и Украина. Генеральная Ассамблея ООН приняла решение.",
    "Петровичи остались без паспортов. Магазин «Наденька» закрыли.",
    "Вулиця Петренка перекрита, біля школи імені Гриненка видають паспорти.",
    "У Мар’янівці та Новопетрівці паспорти видають по хатах. Под окнами Нарова, ещё со льдом.",
    "Демограф, опрошенный «Полднем», и собеседники «Хроник Донца» спорят о паспортах.",
    "Коли прийшли у Мар'янську, паспортів не було. ГУР Минобороны сообщило о паспортах.",
    "The U.S. and the U.N. spoke of passports. Rostov waits, Azov was quiet.",
    "I. Питання про паспорти. Минобороны сообщило о паспортах. A clerk – I'll say no more – left.",
    "Основна вимога — російський паспорт. Люди зверталися до банку.",
};

static void
test_nobody(void **state)
{
    (void)state;
    assert_none("person", nobody, sizeof nobody / sizeof *nobody);
}

/* What was done to somebody makes them a victim; whoever is heard is a witness of it. */
static const char *const parts[][3] = {
    {"In May the clinic refused insulin to Halyna because she had no Russian passport.", "Halyna",
     "victim"},
    {"Oleh worked at the port. In June he was dismissed because he had no Russian passport.",
     "Oleh", "victim"},
    {"\"They dismissed my brother because he had no Russian passport,\" Serhii told us.", "Serhii",
     "witness"},
    {"Миколу звільнили з роботи, бо він не мав російського паспорта.", "Микола", "victim"},
    {"Марія розповіла, що сусіда звільнили з роботи без російського паспорта.", "Марія", "witness"},
    {"Раису уволили с работы, потому что у неё не было российского паспорта.", "Раиса", "victim"},
};

static void
test_victims(void **state)
{
    (void)state;
    size_t missed = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        struct reading r = read_text(parts[i][0], NULL);
        const struct dz_suggestion *s = find(&r, "person", NULL, 0);
        if (!s || strcmp(field(s, "role"), parts[i][2]) != 0) {
            print_error("%s: got %s\n", parts[i][0], s ? field(s, "role") : "nobody");
            missed++;
        }
        reading_done(&r);
    }
    assert_int_equal(missed, 0);
}

/* A surname alone, another spelling and another case are the same person, found once. */
static void
test_one_person_once(void **state)
{
    (void)state;
    struct reading r =
        read_text("Petro Zinchenko, a lawyer, spoke first. Zinchenko added that Petro "
                  "Zynchenko is a common name. \"No,\" said Zinchenko.",
                  NULL);
    assert_int_equal(count(&r, "person"), 1);
    assert_string_equal(field(find(&r, "person", NULL, 0), "name"), "Petro Zinchenko");
    reading_done(&r);

    /* By first name and patronymic, and as one turns to somebody in front of oneself. */
    r = read_text("Паспорт вручили Раисе Павловне Дейнеке. Посмотрите на Раису Павловну!", NULL);
    assert_int_equal(count(&r, "person"), 1);
    reading_done(&r);
    r = read_text("Омбудсману Лубінцю Д. В.\n\nШановний Дмитре Валерійовичу! Паспорта не маю.",
                  NULL);
    assert_int_equal(count(&r, "person"), 1);
    reading_done(&r);
    r = read_text("Юлія Кравець – депутатка міської ради.\n\n– Пані Юліє, що з паспортами?", NULL);
    assert_int_equal(count(&r, "person"), 1);
    reading_done(&r);

    r = read_text("Директор Павел Лисовский выступил. По словам Лисовского, паспорта навязывают.",
                  NULL);
    assert_int_equal(count(&r, "person"), 1);
    reading_done(&r);
}

/* What stands near a private person does not lay them open. */
static void
test_erring_towards_protection(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "The minister told Olena Petrenko to wait for her passport.",
        "Olena Petrenko, whose brother is a lawyer, kept her passport.",
        "Speaking to the mayor, Olena Petrenko began to cry.",
        "Голова села зустрів Олену Петренко.",
        "Чиновник ударил Елену Петренко.",
        "Olena Petrenko of Harbour State University refused the Russian passport.",
        "Olena Petrenko of the Open Door Foundation brought bread to those without a passport.",
        "Мер разом із Оленою Петренко говорив про паспорт.",
        "Мэр и Елена Петренко говорили о паспорте.",
        "Адвокат у справі Олени Петренко говорив про паспорт.",
        "The lawyer of Olena Petrenko spoke of the passport.",
        "Olena Petrenko, who teaches history at the school, kept her passport.",
        "Комендантка гуртожитку Олена Петренко паспорта не взяла.",
        "The wedding photographer Olena Petrenko kept her Ukrainian passport.",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct reading r = read_text(texts[i], NULL);
        const struct dz_suggestion *s = find(&r, "person", NULL, 0);
        if (!s || !json_is_true(json_object_get(s->fields, "protected")))
            fail_msg("%s: %s", texts[i], s ? field(s, "role") : "nobody");
        reading_done(&r);
    }

    /* A witness who shares the first name of an official is somebody else. */
    struct reading r =
        read_text("Governor Ivan Sobko spoke of passports. Ivan, a welder from Tokmak, "
                  "hid his own.",
                  NULL);
    assert_int_equal(count(&r, "person"), 2);
    assert_false(json_is_true(json_object_get(find(&r, "person", NULL, 0)->fields, "protected")));
    assert_true(json_is_true(json_object_get(find(&r, "person", NULL, 1)->fields, "protected")));
    reading_done(&r);

    /* A private person called by the first name later is the same. */
    r = read_text("Oksana Lysenko, a nurse from Tokmak, was afraid. Later Oksana left.", NULL);
    assert_int_equal(count(&r, "person"), 1);
    reading_done(&r);
}

/* A note far from the name and a full name later in the text. */
static void
test_notes(void **state)
{
    (void)state;
    struct reading r =
        read_text("Viktor Shumylo, a doctor from Tokmak whose name we have changed for "
                  "his safety, kept a list.",
                  NULL);
    assert_true(json_is_true(json_object_get(find(&r, "person", NULL, 0)->fields, "protected")));
    assert_true(find(&r, "person", NULL, 0)->sensitive);
    reading_done(&r);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_examples),
        cmocka_unit_test(test_victims),
        cmocka_unit_test(test_nobody),
        cmocka_unit_test(test_one_person_once),
        cmocka_unit_test(test_erring_towards_protection),
        cmocka_unit_test(test_notes),
    };
    return cmocka_run_group_tests(tests, load_rules, free_rules);
}
