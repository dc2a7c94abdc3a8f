#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "dz_persons.h"
#include "dz_utf8.h"

/* Names in the nominative. "Надіслали Дмитру Лубінцю" names Дмитро Лубінець: where the first name
 * is known and
 * the ending of the surname leaves no doubt, the name is shown as a dictionary has it. Everything
 * else stays as it was found: a wrong name is worse than an inflected one. */

enum gender { MALE, FEMALE };

/* Nominative, folded, of names whose forms follow the endings below. */
static const char *const male[] = {
    "олександр", "олексій",   "анатолій",  "андрій",    "антон",    "артем",      "арсен",
    "богдан",    "борис",     "вадим",     "валентин",  "валерій",  "василь",     "віктор",
    "віталій",   "владислав", "володимир", "геннадій",  "георгій",  "григорій",   "данило",
    "денис",     "дмитро",    "едуард",    "євген",     "іван",     "ігор",       "кирило",
    "костянтин", "леонід",    "максим",    "микола",    "михайло",  "назар",      "нестор",
    "олег",      "остап",     "павло",     "петро",     "павел",    "петр",       "роман",
    "руслан",    "рустам",    "сергій",    "станіслав", "степан",   "тарас",      "юрій",
    "ярослав",   "рефат",     "александр", "алексей",   "анатолий", "андрей",     "валерий",
    "василий",   "виктор",    "виталий",   "владимир",  "геннадий", "георгий",    "григорий",
    "дмитрий",   "евгений",   "иван",      "игорь",     "кирилл",   "константин", "леонид",
    "михаил",    "николай",   "сергей",    "станислав", "юрий",     "эдуард",     "вячеслав",
    "денис",     "ільдар",    "илья",      "никита",    "микита",   "ілля",       "в'ячеслав",
    "мустафа",   "наріман",
};
static const char *const female[] = {
    "алла",     "аліна",      "анастасія", "анна",      "антоніна",  "валентина",  "валерія",
    "вероніка", "віра",       "вікторія",  "галина",    "дарина",    "дарія",      "євгенія",
    "жанна",    "зінаїда",    "зоя",       "інна",      "ірина",     "катерина",   "ксенія",
    "лариса",   "леся",       "лідія",     "людмила",   "маргарита", "марина",     "марія",
    "надія",    "наталія",    "наталя",    "ніна",      "оксана",    "олександра", "олена",
    "ольга",    "поліна",     "раїса",     "світлана",  "софія",     "тамара",     "тетяна",
    "уляна",    "юлія",       "яна",       "алина",     "анастасия", "антонина",   "валерия",
    "вера",     "вероника",   "виктория",  "дарья",     "евгения",   "екатерина",  "елена",
    "зинаида",  "инна",       "ксения",    "лидия",     "мария",     "надежда",    "наталья",
    "нина",     "александра", "полина",    "раиса",     "светлана",  "софья",      "софия",
    "татьяна",  "юлия",       "елизавета", "єлизавета", "эльвира",   "ельвіра",    "зарема",
    "любов",    "любовь",
};

struct ending {
    const char *from; /* of the nominative, to be cut */
    const char *to[9];
};

/* Case endings by how the nominative ends; the longest that fits counts. */
static const struct ending first_names[] = {
    {"ій", {"ія", "ію", "ієм", "ієві", "ії", "іє"}},
    {"ий", {"ия", "ию", "ием", "ии"}},
    {"ей", {"ея", "ею", "еем", "ее"}},
    {"ай", {"ая", "аю", "аем", "ае"}},
    {"вел", {"вла", "влу", "влом", "вле"}},
    {"ія", {"ії", "ію", "ією", "іє"}},
    {"ия", {"ии", "ию", "ией"}},
    {"оя", {"ої", "ою", "ои", "ое"}},
    {"га", {"ги", "зі", "гу", "ге", "гою", "гой", "го"}},
    {"ка", {"ки", "ці", "ку", "ке", "кою", "кой", "ко"}},
    {"ша", {"ші", "шу", "шею", "ше", "ши", "шей"}},
    {"ья", {"ьи", "ью", "ье", "ьей"}},
    {"ая", {"аї", "аю", "аєю", "аї", "аи", "ае", "аей"}},
    {"я", {"і", "ю", "ею", "и", "ей", "е"}},
    {"а", {"и", "і", "у", "ою", "ы", "е", "ой", "о"}},
    {"о", {"а", "у", "ом", "ові", "і", "е"}},
    {"ь", {"я", "ю", "ем", "еві", "е", "і"}},
    {"й", {"я", "ю", "єм", "єві", "є", "ї", "ем", "е"}},
    {"р", {"ра", "ру", "ром", "рем", "рові", "рю", "ря", "рі", "ре"}},
    {"", {"а", "у", "ом", "ові", "е", "і"}},
};

static const struct ending male_surnames[] = {
    {"ський", {"ського", "ському", "ським", "ськім"}},
    {"цький", {"цького", "цькому", "цьким"}},
    {"ский", {"ского", "скому", "ским", "ском"}},
    {"цкий", {"цкого", "цкому", "цким", "цком"}},
    {"енко", {"енка", "енку", "енком", "енкові"}},
    {"чук", {"чука", "чуку", "чуком", "чукові"}},
    {"щук", {"щука", "щуку", "щуком", "щукові"}},
    {"юк", {"юка", "юку", "юком", "юкові"}},
    {"ович", {"овича", "овичу", "овичем", "овичеві", "овиче"}},
    {"йович", {"йовича", "йовичу", "йовичем", "йовичеві", "йовичу"}},
    {"ьич", {"ьича", "ьичу", "ьичем", "ьиче"}},
    {"ілліч", {"ілліча", "іллічу", "іллічем"}},
    {"євич", {"євича", "євичу", "євичем"}},
    {"евич", {"евича", "евичу", "евичем"}},
    {"ов", {"ова", "ову", "овим", "овым", "ові", "ове"}},
    {"єв", {"єва", "єву", "євим", "єві"}},
    {"ев", {"ева", "еву", "евим", "евым", "еві", "еве"}},
    {"ін", {"іна", "іну", "іним", "іні"}},
    {"їн", {"їна", "їну", "їним", "їні"}},
    {"ин", {"ина", "ину", "иним", "иным", "ині", "ине"}},
    {"инець", {"инця", "инцю", "инцем", "инцеві"}},
    {"інець", {"інця", "інцю", "інцем", "інцеві"}},
    {"инец", {"инца", "инцу", "инцем", "инце"}},
};
static const struct ending female_surnames[] = {
    {"ська", {"ської", "ській", "ську", "ською"}},
    {"цька", {"цької", "цькій", "цьку", "цькою"}},
    {"ская", {"ской", "скую"}},
    {"цкая", {"цкой", "цкую"}},
    {"івна", {"івни", "івні", "івну", "івною", "івно"}},
    {"ївна", {"ївни", "ївні", "ївну", "ївною", "ївно"}},
    {"овна", {"овны", "овне", "овну", "овной"}},
    {"евна", {"евны", "евне", "евну", "евной"}},
    {"ова", {"ової", "овій", "ову", "овою", "овой"}},
    {"єва", {"євої", "євій", "єву", "євою"}},
    {"ева", {"евої", "евій", "еву", "евою", "евой"}},
    {"іна", {"іної", "іній", "іну", "іною"}},
    {"їна", {"їної", "їній", "їну", "їною"}},
    {"ина", {"иної", "иній", "ину", "иною", "иной"}},
};
/* Endings that say something only beside a first name in the same case. */
static const struct ending male_other[] = {
    {"", {"ом", "ові"}},
    {"б", {"ба"}},
    {"в", {"ва"}},
    {"г", {"га"}},
    {"д", {"да"}},
    {"ж", {"жа"}},
    {"з", {"за"}},
    {"к", {"ка"}},
    {"л", {"ла"}},
    {"м", {"ма"}},
    {"н", {"на"}},
    {"п", {"па"}},
    {"р", {"ра"}},
    {"с", {"са"}},
    {"т", {"та"}},
    {"ф", {"фа"}},
    {"х", {"ха"}},
    {"ч", {"ча"}},
    {"ш", {"ша"}},
    {"щ", {"ща"}},
    {"ань", {"аня"}},
    {"ий", {"ого", "ому"}},
    {"вець", {"вця", "вцю", "вцем", "вцеві"}},
    {"ець", {"еця", "ецю", "ецем", "ецеві"}},
    {"ец", {"еца", "ецу", "ецем", "ецом"}},
    {"вец", {"вца", "вцу", "вцом"}},
    {"ь", {"я", "ю", "ем", "еві"}},
    {"ай", {"ая", "аю", "аєм"}},
    {"ой", {"оя", "ою", "оєм"}},
    {"уй", {"уя", "ую", "уєм"}},
    {"а", {"и", "ы", "ою", "ой"}},
};
static const struct ending female_other[] = {
    {"а", {"и", "ы", "ою", "ой", "у", "і"}},
};
/* Surnames that women bear in one form. */
static const char *const unchanging[] = {"енко", "чук", "щук", "юк", "ко", "ич", "ець", "як", "ак"};

static bool
ends(struct dz_view word, const char *tail)
{
    size_t n = strlen(tail);
    return word.n > n && memcmp(word.p + word.n - n, tail, n) == 0;
}

/* A word and the ending that makes it a nominative. */
struct reading {
    size_t cut;      /* bytes to take off */
    const char *add; /* NULL: no reading */
};

/* The endings that go with a nominative, and in *ret_stem how much of it stays; NULL: none. */
static const struct ending *
endings_of(struct dz_view name, size_t *ret_stem)
{
    for (size_t i = 0; i < sizeof first_names / sizeof *first_names; i++) {
        const struct ending *e = &first_names[i];
        size_t cut = strlen(e->from);
        if (name.n <= cut || memcmp(name.p + name.n - cut, e->from, cut) != 0)
            continue;
        *ret_stem = name.n - cut;
        return e;
    }
    return NULL;
}

/* Does `form` end behind the stem of `name` as one of its oblique cases does? */
static bool
ends_obliquely(struct dz_view form, const char *name, size_t stem, const struct ending *e,
               struct reading *ret)
{
    if (form.n < stem || memcmp(form.p, name, stem) != 0)
        return false;
    struct dz_view rest = {form.p + stem, form.n - stem};
    for (size_t k = 0; k < 9 && e->to[k]; k++) {
        if (dz_view_is(rest, e->to[k])) {
            *ret = (struct reading){rest.n, name + stem};
            return true;
        }
    }
    return false;
}

/* Is `form` an oblique form of the nominative `name`? */
static bool
is_oblique(struct dz_view form, struct dz_view name, struct reading *ret)
{
    size_t stem;
    /* The first two letters never change. */
    if (form.n < DZ_GIVEN_ALIKE || name.n < DZ_GIVEN_ALIKE ||
        memcmp(form.p, name.p, DZ_GIVEN_ALIKE) != 0)
        return false;
    const struct ending *e = endings_of(name, &stem);
    return e && ends_obliquely(form, name.p, stem, e, ret);
}

/* All first names by their first two letters, with their endings: every word with a capital is
 * looked for among them. */
struct inflected {
    const char *name;
    const struct ending *endings;
    size_t stem;
};
#define MOST_NAMES 2048
static struct inflected by_letters[MOST_NAMES];
static size_t n_by_letters;
static pthread_once_t indexed = PTHREAD_ONCE_INIT;

static int
by_name(const void *pa, const void *pb)
{
    const struct inflected *a = pa, *b = pb;
    return strcmp(a->name, b->name);
}

static void
index_names(const char *const *names, size_t n)
{
    for (size_t i = 0; i < n && n_by_letters < MOST_NAMES; i++) {
        struct inflected *f = &by_letters[n_by_letters];
        *f = (struct inflected){.name = names[i]};
        f->endings = endings_of(dz_view_of(names[i]), &f->stem);
        n_by_letters += f->endings != NULL;
    }
}

static void
index_all(void)
{
    static const enum dz_text_lang langs[] = {DZ_TEXT_UK, DZ_TEXT_RU};
    index_names(male, sizeof male / sizeof *male);
    index_names(female, sizeof female / sizeof *female);
    for (size_t k = 0; k < 4; k++) {
        struct dz_given_list list = dz_person_given(langs[k / 2], k % 2 != 0);
        index_names(list.names, list.n);
    }
    qsort(by_letters, n_by_letters, sizeof *by_letters, by_name);
}

/* Whether the word is a first name in its nominative, or in another case. */
static void
first_name_cases(struct dz_view fold, bool *ret_nominative, bool *ret_oblique)
{
    struct reading unused;
    *ret_nominative = *ret_oblique = false;
    if (fold.n < DZ_GIVEN_ALIKE || (unsigned char)fold.p[0] < 0x80)
        return;
    (void)pthread_once(&indexed, index_all);
    size_t low = 0;
    for (size_t high = n_by_letters; low < high;) {
        size_t middle = low + (high - low) / 2;
        if (memcmp(by_letters[middle].name, fold.p, DZ_GIVEN_ALIKE) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < n_by_letters && memcmp(by_letters[low].name, fold.p, DZ_GIVEN_ALIKE) == 0; low++) {
        const struct inflected *f = &by_letters[low];
        *ret_nominative = *ret_nominative || dz_view_is(fold, f->name);
        *ret_oblique = *ret_oblique || ends_obliquely(fold, f->name, f->stem, f->endings, &unused);
    }
}

bool
dz_person_is_first_form(struct dz_view fold)
{
    bool nominative, oblique;
    first_name_cases(fold, &nominative, &oblique);
    return oblique;
}

bool
dz_person_is_oblique(struct dz_view fold)
{
    bool nominative, oblique;
    first_name_cases(fold, &nominative, &oblique);
    return oblique && !nominative;
}

/* Is the stem of a patronymic that of a first name? Names are looked up by their dative:
 * "Сергій", "сергію"; "Микола", "миколу"; "Василий", "василию". */
static bool
stem_of_known(struct dz_view stem, size_t cut, const char *ending)
{
    DZ_AUTO_BUF struct dz_buf form = DZ_BUF(128);
    if (stem.n <= cut)
        return false;
    dz_buf_add(&form, stem.p, stem.n - cut);
    dz_buf_adds(&form, ending);
    return !form.failed && dz_person_is_first_form(dz_buf_view(&form));
}

bool
dz_person_is_patronymic_of_known(struct dz_view fold)
{
    static const struct {
        const char *tail;
        size_t cut; /* bytes of the stem that are no part of the name */
        const char *dative;
    } kinds[] = {{"йович", 0, "ю"}, {"ьович", 0, "ю"}, {"ович", 0, "у"},  {"ьевич", 0, "ию"},
                 {"евич", 0, "ю"},  {"ївн", 0, "ю"},   {"ївн", 2, "у"},   {"івн", 0, "у"},
                 {"івн", 0, "ю"},   {"ьовн", 0, "ю"},  {"ьевн", 0, "ию"}, {"овн", 0, "у"},
                 {"евн", 0, "ю"},   {"йович", 2, "у"}, {"иничн", 0, "у"}, {"иничн", 0, "ю"}};
    static const char *const cases[] = {"",  "а",  "у", "ем", "еві", "и",
                                        "і", "ою", "о", "ы",  "е",   "ой"};
    enum { N_CASES_OF_MEN = 5 }; /* the first of them */
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        size_t length = strlen(kinds[i].tail);
        for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
            size_t ending = strlen(cases[k]);
            if (!ends(fold, cases[k]) || fold.n <= length + ending + DZ_GIVEN_ALIKE)
                continue;
            struct dz_view core = {fold.p, fold.n - ending};
            /* "Петровичі" is a village. */
            bool man = ends(core, "ич");
            if (!ends(core, kinds[i].tail) || (man && k >= N_CASES_OF_MEN))
                continue;
            core.n -= length;
            if (stem_of_known(core, kinds[i].cut, kinds[i].dative))
                return true;
        }
    }
    return false;
}

#define SHORTEST_STEM 4 /* bytes, two letters: "Цой" is no case of "Ца" */

static struct reading
surname_from(struct dz_view word, const struct ending *list, size_t n)
{
    struct reading best = {0};
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < 9 && list[i].to[k]; k++) {
            size_t length = strlen(list[i].to[k]);
            if (word.n >= length + SHORTEST_STEM && ends(word, list[i].to[k]) && length > best.cut)
                best = (struct reading){length, list[i].from};
        }
    }
    return best;
}

/* Endings shared with adjectives say nothing of a word alone. */
static bool
is_adjectival(const struct ending *e)
{
    size_t n = strlen(e->from);
    const char *k = n > 8 ? e->from + n - 8 : e->from;
    return strstr(k, "ськ") || strstr(k, "цьк") || strstr(k, "ск") || strstr(k, "цк");
}

static bool
has_surname_ending(struct dz_view word, const struct ending *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (is_adjectival(&list[i]))
            continue;
        if (ends(word, list[i].from) && word.n >= strlen(list[i].from) + SHORTEST_STEM)
            return true;
        for (size_t k = 0; k < 9 && list[i].to[k]; k++) {
            if (ends(word, list[i].to[k]) && word.n >= strlen(list[i].to[k]) + SHORTEST_STEM)
                return true;
        }
    }
    return false;
}

/* Names of the region in Latin letters. */
static enum dz_surname
latin_surname(struct dz_view fold)
{
    static const char *const sure[] = {"enko", "chuk", "iuk", "yuk"};
    static const char *const maybe[] = {"ova",   "eva",  "iev",   "yev",  "iieva",
                                        "ov",    "skyi", "tskyi", "skiy", "ska",
                                        "skaya", "tska", "ets",   "vych", "ashvili"};
    for (size_t i = 0; i < sizeof sure / sizeof *sure; i++) {
        if (ends(fold, sure[i]) && fold.n >= strlen(sure[i]) + 2)
            return DZ_SURNAME_SURE;
    }
    for (size_t i = 0; i < sizeof maybe / sizeof *maybe; i++) {
        if (ends(fold, maybe[i]) && fold.n >= strlen(maybe[i]) + 3)
            return DZ_SURNAME_MAYBE;
    }
    return DZ_SURNAME_NONE;
}

enum dz_surname
dz_person_surname_like(struct dz_view fold)
{
    if (fold.n > 0 && (unsigned char)fold.p[0] < 0x80)
        return latin_surname(fold);
    /* The rows of male_surnames whose endings belong to nothing else. */
    static const char *const sure[] = {"енко", "чук", "щук", "юк"};
    size_t n = sizeof male_surnames / sizeof *male_surnames;
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < sizeof sure / sizeof *sure; k++) {
            if (strcmp(male_surnames[i].from, sure[k]) == 0 &&
                has_surname_ending(fold, &male_surnames[i], 1))
                return DZ_SURNAME_SURE;
        }
    }
    bool any =
        has_surname_ending(fold, male_surnames, n) ||
        has_surname_ending(fold, female_surnames, sizeof female_surnames / sizeof *female_surnames);
    return any ? DZ_SURNAME_MAYBE : DZ_SURNAME_NONE;
}

static bool
is_nominative(struct dz_view word, const struct ending *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (ends(word, list[i].from))
            return true;
    }
    return false;
}

#define LIST(l) (l), sizeof(l) / sizeof *(l)

/* What the surname comes to when its bearer is of that gender and stands in another case. */
static bool
read_surname(struct dz_view word, enum gender g, enum dz_text_lang lang, struct reading *ret)
{
    *ret = g == MALE ? surname_from(word, LIST(male_surnames))
                     : surname_from(word, LIST(female_surnames));
    if (ret->add)
        return true;
    /* Behind a first name whose case is sure any ending can be read: Моргуна, Щербини. */
    *ret =
        g == MALE ? surname_from(word, LIST(male_other)) : surname_from(word, LIST(female_other));
    if (ret->add)
        return true;
    /* In Russian such names of men do not change either. */
    if (g == MALE && lang == DZ_TEXT_RU && ends(word, "ко")) {
        *ret = (struct reading){0, ""};
        return true;
    }
    for (size_t i = 0; g == FEMALE && i < sizeof unchanging / sizeof *unchanging; i++) {
        if (ends(word, unchanging[i])) {
            *ret = (struct reading){0, ""};
            return true;
        }
    }
    return false;
}

/* May the surname stand beside a first name in the nominative? */
static bool
allows_nominative(struct dz_view word, enum gender g)
{
    static const char *const oblique[] = {"и", "ы", "ою", "ом", "ові", "ої"};
    struct reading other;
    for (size_t i = 0; i < sizeof oblique / sizeof *oblique; i++) {
        if (ends(word, oblique[i]))
            return false;
    }
    if (g == FEMALE) {
        if (is_nominative(word, LIST(female_surnames)))
            return true;
        bool of_woman = surname_from(word, LIST(female_surnames)).add != NULL;
        bool of_man = surname_from(word, LIST(male_surnames)).add != NULL;
        return !of_woman && !of_man;
    }
    if (is_nominative(word, LIST(male_surnames)))
        return true;
    other = surname_from(word, LIST(male_surnames));
    return !other.add;
}

/* "Петра" is of Петро in Ukrainian and of Петр in Russian. */
static bool
is_of_other_language(struct dz_view name, enum dz_text_lang lang)
{
    if (lang == DZ_TEXT_UK)
        return dz_view_is(name, "павел") || dz_view_is(name, "петр");
    return lang == DZ_TEXT_RU && (dz_view_is(name, "павло") || dz_view_is(name, "петро"));
}

struct readings {
    size_t n;
    bool nominative; /* the one reading is the form that was found */
    struct reading first, last;
};

static void
try_names(const char *const *names, size_t n_names, enum gender g, struct dz_view first,
          struct dz_view last, enum dz_text_lang lang, struct readings *r)
{
    if (first.n < DZ_GIVEN_ALIKE)
        return;
    for (size_t i = 0; i < n_names; i++) {
        if (memcmp(names[i], first.p, DZ_GIVEN_ALIKE) != 0)
            continue;
        struct dz_view name = dz_view_of(names[i]);
        struct reading f = {0}, l = {0, ""};
        if (is_of_other_language(name, lang))
            continue;
        bool same = dz_view_is(first, names[i]);
        if (!same && !is_oblique(first, name, &f))
            continue;
        if (same && last.n > 0 && !allows_nominative(last, g))
            continue;
        if (!same && last.n > 0 && !read_surname(last, g, lang, &l))
            continue;
        bool known = r->n > 0 && !r->nominative && !same && r->first.cut == f.cut &&
                     strcmp(r->first.add, f.add) == 0;
        if (known)
            continue;
        r->n++;
        r->nominative = same;
        r->first = f;
        r->last = l;
    }
}

static void
put(struct dz_buf *out, struct dz_view word, struct reading r)
{
    dz_buf_add(out, word.p, word.n - r.cut);
    dz_buf_adds(out, r.add);
}

/* A surname alone: "Рибакової" can only be a woman's, "Остапчука" a man's; "Рибакова" may be either's,
 * and stays. */
static bool
put_surname(struct dz_buf *out, struct dz_view word, struct dz_view fold)
{
    struct reading man = surname_from(fold, LIST(male_surnames));
    struct reading woman = surname_from(fold, LIST(female_surnames));
    if ((man.add != NULL) == (woman.add != NULL) || is_nominative(fold, LIST(male_surnames)) ||
        is_nominative(fold, LIST(female_surnames)))
        return false;
    put(out, word, man.add ? man : woman);
    return !out->failed;
}

#define NAME_WORDS 3

/* The words of a name; 0: there are more than NAME_WORDS. */
static size_t
split(struct dz_view name, struct dz_view *ret)
{
    size_t n = 0;
    for (size_t at = 0; at < name.n;) {
        const char *blank = memchr(name.p + at, ' ', name.n - at);
        size_t end = blank ? (size_t)(blank - name.p) : name.n;
        if (n == NAME_WORDS)
            return 0;
        ret[n++] = (struct dz_view){name.p + at, end - at};
        at = end + 1;
    }
    return n;
}

static void
read_names(struct dz_view first, struct dz_view last, enum dz_text_lang lang, struct readings *r)
{
    try_names(LIST(male), MALE, first, last, lang, r);
    try_names(LIST(female), FEMALE, first, last, lang, r);
    for (size_t k = 0; k < 2; k++) {
        struct dz_given_list more = dz_person_given(lang, k == 1);
        try_names(more.names, more.n, k == 1 ? FEMALE : MALE, first, last, lang, r);
    }
}

/* Folds the words; false where that changes how long one is, since endings are cut from the text
 * itself. */
static bool
fold_words(const struct dz_view *words, size_t n, struct dz_buf *folds)
{
    for (size_t i = 0; i < n; i++) {
        dz_text_fold(words[i], &folds[i]);
        if (folds[i].n != words[i].n)
            return false;
    }
    return true;
}

/* "Д. В. Лубінцю": initials, and a surname in another case. */
static bool
put_with_initials(struct dz_view name, const struct dz_view *words, size_t n, struct dz_view fold,
                  struct dz_buf *out)
{
    dz_buf_add(out, name.p, name.n - words[n - 1].n);
    return put_surname(out, words[n - 1], fold);
}

bool
dz_person_nominative(struct dz_view name, enum dz_text_lang lang, struct dz_buf *out)
{
    struct dz_view words[NAME_WORDS];
    size_t n = split(name, words);
    if (n == 0 || (unsigned char)name.p[0] < 0x80)
        return false;
    struct dz_buf folds[NAME_WORDS] = {DZ_BUF(512), DZ_BUF(512), DZ_BUF(512)};
    bool done = false;
    if (fold_words(words, n, folds)) {
        struct dz_view last = n > 1 ? dz_buf_view(&folds[n - 1]) : (struct dz_view){0};
        struct readings r = {.n = 0};
        bool initials = n > 1 && words[0].p[words[0].n - 1] == '.';
        if (!initials)
            read_names(dz_buf_view(&folds[0]), last, lang, &r);
        struct reading middle = {0, ""};
        if (n == 3) { /* a patronymic says whether it is a man's */
            struct dz_view fold = dz_buf_view(&folds[1]);
            middle = surname_from(fold, LIST(male_surnames));
            if (!middle.add)
                middle = surname_from(fold, LIST(female_surnames));
        }
        if (initials) {
            done = put_with_initials(name, words, n, last, out);
        } else if (r.n == 0 && n == 1) {
            done = put_surname(out, words[0], dz_buf_view(&folds[0]));
        } else if (r.n == 1 && !r.nominative && middle.add) {
            put(out, words[0], r.first);
            for (size_t i = 1; i < n; i++) {
                dz_buf_addc(out, ' ');
                put(out, words[i], i + 1 < n ? middle : r.last);
            }
            done = !out->failed;
        }
    }
    for (size_t i = 0; i < NAME_WORDS; i++)
        dz_buf_done(&folds[i]);
    return done;
}

struct dz_view
dz_person_shown(struct dz_document *d, struct dz_view name)
{
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(1024);
    if (!dz_person_nominative(name, d->lang, &text))
        return name;
    const char *kept = dz_arena_strndup(&d->arena, text.p, text.n);
    return kept ? (struct dz_view){kept, text.n} : name;
}
