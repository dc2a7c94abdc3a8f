#include "reading.h"

/* One sentence or two, the act that is to be found in it. Written for the tests; no text of a
 * source. */
struct example {
    const char *text;
    const char *quote; /* stands in the quote */
    const char *sphere;
    const char *means;
};

static const struct example examples[] = {
    {"Nurses in Tokmak turn patients away: without a Russian passport nobody is allowed to see a doctor.",
     "see a doctor", "healthcare", "denial"},
    {"The clinic in Skadovsk refused treatment to a man who held only a Ukrainian passport.",
     "treatment", "healthcare", "denial"},
    {"Pharmacies there will not sell insulin to those without a Russian passport. They withhold insulin.",
     "insulin", "medicines", "denial"},
    {"Pupils whose parents lack Russian citizenship were barred from school.", "school",
     "education", "denial"},
    {"A Russian passport is required for opening a bank account in the town.", "bank account",
     "banking", "conditionality"},
    {"Residents must show a Russian passport to buy a SIM card.", "SIM card", "telecom",
     "conditionality"},
    {"Pensions are paid only to holders of a Russian passport.", "Pensions", "pensions_benefits",
     "conditionality"},
    {"The foreman warned the crew that whoever has no Russian passport would be fired.", "fired",
     "employment", "threat"},
    {"Two teachers without Russian citizenship were dismissed in May 2023.", "dismissed",
     "employment", "dismissal"},
    {"Flats whose owners have no Russian passport are declared ownerless.", "ownerless",
     "housing_property", "confiscation"},
    {"Men who had refused the passport were tortured in a basement.", "tortured",
     "liberty_security", "ill_treatment"},
    {"Those who do not take Russian citizenship will be treated as foreigners.", "foreigners",
     "residence_deportation", "status_change"},
    {"New holders of Russian passports receive military summons at work.", "summons",
     "military_service", "conscription"},
    {"Applicants for a Russian passport must swear an oath.", "oath", "nationality",
     "compelled_oath"},
    {"Everyone without a Russian passport had fingerprints taken at the checkpoint.",
     "fingerprints", "personal_data", "registration"},
    {"Soldiers tore up her Ukrainian passport in front of the queue.", "tore up", "civil_status",
     "document_seizure"},
    {"Mothers without Russian citizenship were told that social workers could take their children away.",
     "children", "family_children", "threat"},

    {"Без російського паспорта в лікарні не приймають навіть дітей.", "лікарні", "healthcare",
     "denial"},
    {"У школі відмовили в зарахуванні, бо батьки не отримали громадянства РФ.", "зарахуванні",
     "education", "denial"},
    {"Пенсію виплачують лише за наявності паспорта РФ.", "Пенсію", "pensions_benefits",
     "conditionality"},
    {"Тим, хто відмовився від паспорта, погрожують депортацією.", "депортацією",
     "residence_deportation", "threat"},
    {"Жінку без паспорта РФ затримали на блокпосту.", "затримали", "liberty_security", "detention"},
    {"Чоловікам, які отримали російський паспорт, приносять повістки.", "повістки",
     "military_service", "conscription"},
    {"Сім-картку без російського паспорта не продають.", "картку", "telecom", "denial"},

    {"Не получивших паспорт РФ вышлют из страны.", "вышлют", "residence_deportation",
     "threat"},
    {"Не получивших паспорт РФ выслали из страны.", "выслали", "residence_deportation",
     "deportation"},
    {"Пенсіонерам погрожують зупинити виплати, якщо не візьмуть паспорт РФ.", "виплати",
     "pensions_benefits", "threat"},
    {"The vehicle office refused number plates to drivers without Russian passports.", "plates",
     "transport_driving", "denial"},
    {"Без паспорта РФ в поликлинике не принимают даже детей.", "поликлинике", "healthcare",
     "denial"},
    {"Тем, кто не получил гражданство РФ, не выплачивают пенсии.", "пенсии", "pensions_benefits",
     "denial"},
    {"Сотруднику без российского паспорта пригрозили, что его могут уволить.", "уволить",
     "employment", "threat"},
    {"Дома тех, кто отказался от паспорта, признают бесхозяйными и изымают.", "бесхозяйными",
     "housing_property", "confiscation"},
    {"Мужчину, который отказался от паспорта, избили на допросе.", "избили", "liberty_security",
     "ill_treatment"},
};

static void
test_examples(void **state)
{
    (void)state;
    size_t missed = 0;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        const struct example *e = &examples[i];
        struct reading r = read_text(e->text, "2024-05-01");
        const struct dz_suggestion *s = NULL;
        bool found = false;
        for (size_t n = 0; (s = find(&r, "act", e->quote, n)); n++)
            found = found || (strcmp(field(s, "sphere"), e->sphere) == 0 &&
                              strcmp(field(s, "means"), e->means) == 0);
        if (!found) {
            s = find(&r, "act", NULL, 0);
            print_error("%s: wanted %s/%s, got %s/%s '%.*s'\n", e->text, e->sphere, e->means,
                        s ? field(s, "sphere") : "nothing", s ? field(s, "means") : "",
                        s ? (int)s->quote.n : 0, s ? s->quote.p : "");
            missed++;
        }
        reading_done(&r);
    }
    assert_int_equal(missed, 0);
}

/* Texts that hold no act. */
static const char *const nothing[] = {
    /* What is asked is not told, and a noun that opens a paragraph heads it. */
    "Will people without a Russian passport be deported?",
    "Чи можуть людину без паспорта РФ вислати?",
    "Mobilisation. People queue for the Russian passport in the rain.",
    /* The thing in front, and the verb that takes it negated. */
    "Указ про паспорти РФ землі не відбирає.",
    "Article 45 forbids compelling the inhabitants of such a territory to swear an oath for a Russian passport.",
    "The hospital in Lviv refused treatment to nobody last year. A new ward opens in May.",
    "The minister was detained at the airport over a bribe. His house was searched.",
    "There was no detention of people without Russian passports, the mayor said.",
    "He lost his passport on the train and found it again.",
    "Поліклініку в Полтаві відремонтували, пенсії виплатили вчасно.",
    "В городе задержали угонщика. Машину вернули владельцу.",
    /* What the law says is no event. */
    "The Convention on Russian passports forbids forcible transfers of residents.",
    "Reports that a Russian passport was needed were dismissed as rumours.",
    /* Negated losses, rumours, headings. */
    "The minister said that nobody was denied medical care for lack of a Russian passport.",
    "У міністерстві кажуть, що ніхто не втратить пенсію через відсутність паспорта РФ.",
    "The rumour of a mass expulsion of people without Russian passports proved false.",
    "Паспорта РФ выдают с мая.\n\nВысылка\n\nО ней речь пойдёт в другой раз.",
};

static void
test_nothing(void **state)
{
    (void)state;
    assert_none("act", nothing, sizeof nothing / sizeof *nothing);
}

/* Each good of an enumeration is an act of its own with a short quote. */
static void
test_enumeration(void **state)
{
    (void)state;
    struct reading r = read_text("Without a Russian passport people are denied access to schools, "
                                 "pensions, medical care and humanitarian aid.",
                                 NULL);
    static const char *const spheres[] = {"education", "pensions_benefits", "healthcare",
                                          "humanitarian_aid"};
    assert_int_equal(count(&r, "act"), 4);
    for (size_t i = 0; i < 4; i++) {
        const struct dz_suggestion *s = find(&r, "act", NULL, i);
        assert_string_equal(field(s, "sphere"), spheres[i]);
        assert_string_equal(field(s, "means"), "denial");
        assert_true(s->quote.n < 40);
    }
    reading_done(&r);

    r = read_text("Those who refuse a Russian passport face eviction from their homes, prison time "
                  "and deportation.",
                  NULL);
    assert_string_equal(field(must_find(&r, "act", "prison time"), "means"), "threat");
    assert_string_equal(field(must_find(&r, "act", "deportation"), "means"), "threat");
    reading_done(&r);
}

/* Examples inside one good are not further acts. */
static void
test_examples_of_one_good(void **state)
{
    (void)state;
    struct reading r =
        read_text("People without Russian passports were stripped of social benefits, "
                  "such as sick leave and pensions.",
                  NULL);
    assert_int_equal(count(&r, "act"), 1);
    reading_done(&r);
}

/* The passport in one sentence, the refusal in the next. */
static void
test_tie_of_neighbour(void **state)
{
    (void)state;
    struct reading r =
        read_text("Olha never applied for a Russian passport. In March 2024 the hospital "
                  "denied her surgery.",
                  NULL);
    const struct dz_suggestion *s = must_find(&r, "act", "surgery");
    assert_string_equal(field(s, "sphere"), "healthcare");
    assert_string_equal(field(s, "date"), "2024-03");
    assert_string_equal(field(s, "scope"), "specific_event");
    /* The health of somebody named: never in bulk. */
    assert_true(s->sensitive);
    assert_string_equal(s->rule, "act.denial.deny-access");
    reading_done(&r);
}

static void
test_place_and_modality(void **state)
{
    (void)state;
    struct reading r =
        read_text("In Melitopol, residents must show a Russian passport to open a bank "
                  "account, the mayor Ivan Fedorov said.",
                  NULL);
    const struct dz_suggestion *s = must_find(&r, "act", "bank account");
    assert_string_equal(field(s, "place"), "Melitopol");
    assert_string_equal(field(s, "place_id"), "UA2308007001");
    assert_string_equal(field(s, "modality"), "reported");
    reading_done(&r);

    r = read_text("The occupation authorities plan to revoke residency of people without Russian "
                  "passports; they will lose their residency status.",
                  NULL);
    s = must_find(&r, "act", "residency");
    assert_string_equal(field(s, "modality"), "planned");
    reading_done(&r);
}

/* Every quote is the text at its offsets. */
static void
test_offsets(void **state)
{
    (void)state;
    const char *text =
        "«Без паспорта РФ» — так кажуть у черзі. Без російського паспорта не дають ліків.";
    struct reading r = read_text(text, NULL);
    const struct dz_suggestion *s = must_find(&r, "act", "ліків");
    size_t start = dz_utf8_byte_of(r.d.text, s->start);
    assert_ptr_equal(s->quote.p, r.d.text.p + start);
    assert_int_equal(start + s->quote.n, dz_utf8_byte_of(r.d.text, s->end));
    reading_done(&r);
}

/* A saying: its dash parts nothing. */
static void
test_saying(void **state)
{
    (void)state;
    struct reading r = read_text("Нам кажуть: немає російського паспорта – немає пенсії.", NULL);
    assert_string_equal(field(must_find(&r, "act", "пенсії"), "sphere"), "pensions_benefits");
    reading_done(&r);
}

/* What the list in front of the dash has in common stands behind it. */
static void
test_summed_up(void **state)
{
    (void)state;
    struct reading r = read_text("Продажа квартиры, новая пенсия, кредит – всё это со старым "
                                 "паспортом стало невозможным.",
                                 NULL);
    assert_string_equal(field(must_find(&r, "act", "пенсия"), "sphere"), "pensions_benefits");
    assert_string_equal(field(must_find(&r, "act", "кредит"), "sphere"), "banking");
    reading_done(&r);
}

/* Being made a foreigner and being made to leave are two acts. */
static void
test_two_of_one_sphere(void **state)
{
    (void)state;
    struct reading r = read_text("Those without Russian citizenship are treated as foreigners and "
                                 "must leave the region by May.",
                                 NULL);
    assert_int_equal(count(&r, "act"), 2);
    reading_done(&r);
}

/* A harm and a refused good of one sphere, in the same words, are one act. */
static void
test_read_twice(void **state)
{
    (void)state;
    struct reading r =
        read_text("Without a Russian passport she was denied work and lost her job.", NULL);
    for (size_t i = 0; i + 1 < r.s.n; i++)
        assert_false(strcmp(r.s.items[i].kind, "act") == 0 &&
                     strcmp(r.s.items[i + 1].kind, "act") == 0 &&
                     r.s.items[i + 1].start < r.s.items[i].end);
    reading_done(&r);
}

/* People who talk use short sentences: the tie reaches as many words as in a report. */
static void
test_tie_of_short_sentences(void **state)
{
    (void)state;
    struct reading r = read_text("She had no Russian passport. No. Not she. Never. We waited. I "
                                 "rang. He rang. Nothing. It rained. Then they arrested her. A "
                                 "passport! She laughed.",
                                 NULL);
    assert_string_equal(field(must_find(&r, "act", "arrested"), "means"), "detention");
    reading_done(&r);
}

/* What no word of access names. */
static void
test_open(void **state)
{
    (void)state;
    /* Any negated verb, beside a good and a lack of the passport. */
    struct reading r =
        read_text("Без російського паспорта до хірурга не достукаєшся.", NULL);
    const struct dz_suggestion *s = must_find(&r, "act", "хірурга");
    assert_string_equal(field(s, "sphere"), "healthcare");
    assert_string_equal(s->rule, "act.denial.open-denial");
    reading_done(&r);

    /* The sentence points to the one in front. */
    r = read_text("The hospital turned away people without a Russian passport. The bank did the "
                  "same.",
                  NULL);
    s = must_find(&r, "act", "bank");
    assert_string_equal(field(s, "sphere"), "banking");
    assert_string_equal(field(s, "means"), "denial");
    reading_done(&r);

    /* Only that it was not done: the good of the sentence in front. */
    r = read_text("Пенсію обіцяли приносити лише тим, у кого паспорт РФ. І не принесли.", NULL);
    s = must_find(&r, "act", "принесли");
    assert_string_equal(field(s, "sphere"), "pensions_benefits");
    assert_string_equal(field(s, "means"), "denial");
    reading_done(&r);
    r = read_text("Her flat had burned. She is not a Russian citizen and was refused.", NULL);
    assert_string_equal(field(must_find(&r, "act", "refused"), "sphere"), "housing_property");
    reading_done(&r);

    /* A thing and the verb that takes it, in either order. */
    r = read_text("У торговки нет паспорта РФ, холодильники у неё в пятницу вывезли.", NULL);
    assert_string_equal(field(must_find(&r, "act", "вывезли"), "sphere"), "business");
    reading_done(&r);

    /* What a fine or a shaming is about. */
    r = read_text("Employers who hire staff without a Russian passport are fined.", NULL);
    assert_string_equal(field(must_find(&r, "act", "fined"), "sphere"), "employment");
    reading_done(&r);

    /* Papers that something asks for. */
    r = read_text("Widows enclose a Russian passport and then collect the pension.", NULL);
    assert_string_equal(field(must_find(&r, "act", "pension"), "means"), "conditionality");
    reading_done(&r);

    /* Whatever the verb: the lack is named because it is the reason. */
    r = read_text("Hepatitis patients without a Russian passport queue in the yard.", NULL);
    assert_string_equal(field(must_find(&r, "act", "patients"), "sphere"), "healthcare");
    reading_done(&r);
    r = read_text("Even without a Russian passport patients are seen there.", NULL);
    assert_int_equal(count(&r, "act"), 0);
    reading_done(&r);

    /* A list under its heading; a place in something is that thing. */
    r = read_text("Без паспорта РФ там не надають:\n– підключення газу;\n– місце в дитячому садку;"
                  "\n– заміну водійських прав.",
                  NULL);
    assert_string_equal(field(must_find(&r, "act", "газу"), "sphere"), "utilities");
    assert_string_equal(field(must_find(&r, "act", "садку"), "sphere"), "education");
    assert_string_equal(field(must_find(&r, "act", "прав"), "sphere"), "transport_driving");
    reading_done(&r);
}

static const struct example spheres[] = {
    /* What is taken, fined or offered says the sphere. */
    {"They towed the van of a man who had refused a Russian passport.", "van",
     "transport_driving", "confiscation"},
    {"У чоловіка без паспорта РФ забрали трактор.", "трактор", "business", "confiscation"},
    {"Землю фермера, который не взял паспорт РФ, отобрали.", "Землю", "housing_property",
     "confiscation"},
    {"Водителя без паспорта РФ оштрафовали за номера на авто.", "оштрафовали",
     "transport_driving", "fine_penalty"},
    {"Працівників без паспорта РФ внесли до списку.", "списку", "personal_data", "registration"},
    {"Немовлят автоматично записують громадянами РФ.", "автоматично", "family_children",
     "automatic_naturalisation"},
    /* The thing, and not the place where it is had. */
    {"Инсулин в поликлинике отпускают только гражданам РФ.", "Инсулин", "medicines",
     "conditionality"},
    /* A harm to come is a threat. */
    {"З нового року вчителів без паспорта РФ звільнять.", "звільнять", "employment", "threat"},
    {"З нового року вчителів без паспорта РФ звільнили.", "звільнили", "employment", "dismissal"},
};

static void
test_spheres(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof spheres / sizeof *spheres; i++) {
        const struct example *e = &spheres[i];
        struct reading r = read_text(e->text, "2024-05-01");
        const struct dz_suggestion *s = must_find(&r, "act", e->quote);
        assert_string_equal(field(s, "sphere"), e->sphere);
        assert_string_equal(field(s, "means"), e->means);
        reading_done(&r);
    }
}

/* The quote runs through a short name in quotation marks and takes in to whom it was done. */
static void
test_quote_tail(void **state)
{
    (void)state;
    struct reading r = read_text("Аптека припинила відпускати інсулін тим, хто не взяв паспорт РФ, "
                                 "а двері фарбують.",
                                 NULL);
    const struct dz_suggestion *s = must_find(&r, "act", "інсулін");
    assert_true(quotes(s, "паспорт РФ"));
    assert_false(quotes(s, "двері"));
    reading_done(&r);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_examples),         cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_enumeration),      cmocka_unit_test(test_examples_of_one_good),
        cmocka_unit_test(test_tie_of_neighbour), cmocka_unit_test(test_place_and_modality),
        cmocka_unit_test(test_offsets),          cmocka_unit_test(test_saying),
        cmocka_unit_test(test_summed_up),        cmocka_unit_test(test_two_of_one_sphere),
        cmocka_unit_test(test_read_twice),       cmocka_unit_test(test_tie_of_short_sentences),
        cmocka_unit_test(test_open),             cmocka_unit_test(test_spheres),
        cmocka_unit_test(test_quote_tail),
    };
    return cmocka_run_group_tests(tests, load_rules, free_rules);
}
