#include "dz_known.h"
#include "dz_persons.h"

#include <string.h>

/* Names of persons: a first name that is known with the capitalised words behind it,
 * capitalised words behind a title or in front of a verb of speech, surnames of people already
 * named, and a few surnames everybody knows. Protection errs towards protecting: who is not
 * known to act in public is protected. */

bool
dz_person_is(const struct dz_person_finder *f, int concept, size_t word)
{
    return concept >= 0 && dz_reading_hit(f->rd, concept, word, word + 1) != NULL;
}

static size_t
edits(struct dz_view a, struct dz_view b)
{
    size_t row[65];
    if (a.n > 64 || b.n > 64)
        return 64;
    for (size_t j = 0; j <= b.n; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.n; i++) {
        size_t last = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.n; j++) {
            size_t cost = last + (a.p[i - 1] != b.p[j - 1]);
            last = row[j];
            if (row[j] + 1 < cost)
                cost = row[j] + 1;
            if (row[j - 1] + 1 < cost)
                cost = row[j - 1] + 1;
            row[j] = cost;
        }
    }
    return row[b.n];
}

bool
dz_person_near(struct dz_view a, struct dz_view b)
{
    if (a.n == 0 || b.n == 0 || a.p[0] != b.p[0])
        return false;
    size_t unit = (unsigned char)a.p[0] >= 0x80 ? 2 : 1; /* bytes of a letter: Cyrillic or Latin */
    size_t same = 0, least = a.n < b.n ? a.n : b.n, most = a.n > b.n ? a.n : b.n;
    while (same < least && a.p[same] == b.p[same])
        same++;
    if (same == most)
        return true;
    if (unit == 2)
        return same / 2 >= 4 && (most - same) / 2 <= 3;
    return least >= 6 && edits(a, b) <= 2;
}

static bool
name_word(const struct dz_person_finder *f, size_t w)
{
    const struct dz_word *word = &f->rd->words[w];
    if (!word->capital || word->number || f->taken[w] || f->placed[w])
        return false;
    return !dz_person_is(f, f->id.not_name, w) && !dz_person_is(f, f->id.org_head, w) &&
           !dz_person_is(f, f->id.role_official, w) && !dz_person_is(f, f->id.honorific, w);
}

/* "Соціолог", "Врач": what somebody is, though a capital stands there. */
static bool
role_word(const struct dz_person_finder *f, size_t w)
{
    return dz_person_is(f, f->id.role_official, w) || dz_person_is(f, f->id.role_expert, w) ||
           dz_person_is(f, f->id.role_journalist, w) || dz_person_is(f, f->id.role_private, w);
}

static bool
everyday(const struct dz_person_finder *f, size_t w)
{
    return dz_person_everyday(f->rd->words[w].fold, f->rd->document->lang);
}

/* A place word may still be a surname behind a first name ("Ivan Kherson" is rare, "Vladimir
 * Rostov" is not). */
static bool
surname_word(const struct dz_person_finder *f, size_t w)
{
    const struct dz_word *word = &f->rd->words[w];
    bool plain = word->capital && !word->number && !f->taken[w] && word->before == DZ_BREAK_NONE &&
                 !word->opens_quote;
    return plain && !dz_person_is(f, f->id.not_name, w) && !dz_person_is(f, f->id.org_head, w);
}

static struct dz_view
text_of(const struct dz_person_finder *f, size_t from, size_t to)
{
    const struct dz_word *words = f->rd->words;
    return (struct dz_view){f->rd->document->text.p + words[from].start,
                            words[to - 1].end - words[from].start};
}

#define PEOPLE_BACK 1000 /* so many persons back a name is compared: bounds lists of names */

/* A first name alone is never taken for the bearer of a full name while reading: the witness
 * Ivan is not the governor Ivan N, and mistaking them would lay the witness open. */
static struct dz_person *
person_for(struct dz_person_finder *f, struct dz_view first, struct dz_view last)
{
    for (size_t i = f->n; i > 0 && f->n - i < PEOPLE_BACK; i--) {
        struct dz_person *p = &f->people[i - 1];
        if ((last.n > 0) != (p->last.n > 0))
            continue;
        if (last.n > 0 && !dz_person_near(last, p->last))
            continue;
        if (first.n > 0 && p->first.n > 0 && !dz_person_near(first, p->first))
            continue;
        return p;
    }
    f->people = dz_grow(f->people, &f->cap, f->n + 1, sizeof *f->people);
    f->people[f->n] = (struct dz_person){.first = first, .last = last, .role_rank = 99};
    return &f->people[f->n++];
}

#define T(tail) DZ_VIEW_INIT(tail)
/* Does a word end in one of them, with more than `rest` bytes in front? */
static bool
ends_in(struct dz_view fold, const struct dz_view *tails, size_t n, size_t rest)
{
    for (size_t i = 0; i < n; i++) {
        size_t length = tails[i].n;
        if (fold.n > length + rest && fold.p[fold.n - 1] == tails[i].p[length - 1] &&
            memcmp(fold.p + fold.n - length, tails[i].p, length) == 0)
            return true;
    }
    return false;
}

static void
take_name(struct dz_person_finder *f, size_t from, size_t to, struct dz_view first,
          struct dz_view last, const char *rule, int score)
{
    struct dz_person *p = person_for(f, first, last);
    struct dz_view name = text_of(f, from, to);
    static const struct dz_view elder = DZ_VIEW_INIT("-ага"); /* a nominative, and kept */
    if (p->first.n == 0)
        p->first = first;
    if (p->last.n == 0)
        p->last = last;
    if (name.n > p->name.n && !ends_in(p->name, &elder, 1, 0))
        p->name = name;
    p->mentions++;
    dz_person_role(f, p, from, to);
    for (size_t w = from; w < to; w++)
        f->taken[w] = true;
    const struct dz_word *words = f->rd->words;
    struct dz_mention *m =
        dz_mention_add(f->out, f->rd->document, DZ_MENTION_PERSON, words[from].token,
                       words[to - 1].token - words[from].token + 1, rule, score);
    m->person_ix = (uint32_t)(p - f->people);
}

/* First names that are also everyday words need more than a capital letter at the start of a
 * sentence. */
static bool
single_name_fits(const struct dz_person_finder *f, size_t w)
{
    static const char *const words[] = {
        "roman",   "mark",   "grant", "victor",   "paul",  "віра", "віри", "віру",
        "надія",   "надії",  "надію", "любов",    "роман", "вера", "веры", "надежда",
        "надежды", "любовь", "любви", "владимир", "яна",   "дані", "роза", "рози",
        "розы",    "зоря",   "лілія", "лилия",    "марко"};
    const struct dz_word *word = &f->rd->words[w];
    if (word->before < DZ_BREAK_HARD && !word->opens_quote)
        return true;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (!dz_view_is(word->fold, words[i]))
            continue;
        /* A verb of speech, an aside or "from" right behind makes it a person all the same. */
        bool last = w + 1 >= f->rd->n_words;
        return !last && (dz_person_is(f, f->id.speech, w + 1) ||
                         f->rd->words[w + 1].before == DZ_BREAK_COMMA ||
                         dz_view_is(f->rd->words[w + 1].fold, "from") ||
                         dz_person_is(f, f->id.name_changed, w + 1));
    }
    return true;
}

/* "Михайловского района": named after somebody, and nobody's first name. */
static bool
of_a_place(struct dz_view fold)
{
    static const struct dz_view tails[] = {T("ского"),  T("ському"), T("ського"), T("скому"),
                                           T("ской"),   T("ській"),  T("ских"),   T("ських"),
                                           T("ськими"), T("скими"),  T("ською")};
    return ends_in(fold, tails, sizeof tails / sizeof *tails, 0);
}

/* "Эдема Асанова": what stands behind the everyday word can only be somebody's surname. */
static bool
before_surname(const struct dz_person_finder *f, size_t w)
{
    size_t next = w + 1;
    return next < f->rd->n_words && surname_word(f, next) && !f->placed[next] &&
           f->rd->words[next].quoted == f->rd->words[w].quoted && !everyday(f, next) &&
           (unsigned char)f->rd->words[next].fold.p[0] >= 0x80;
}

/* "Эдем-ага", "Аліє-апте": how Crimean Tatars speak to their elders. */
static bool
is_addressed(const struct dz_person_finder *f, size_t w)
{
    static const struct dz_view elders[] = {
        T("ага"),  T("аги"),  T("азі"),  T("аге"),    T("агу"),    T("агою"), T("агой"), T("аґа"),
        T("апте"), T("агай"), T("оджа"), T("ефенді"), T("эфенди"), T("aga"),  T("agha"), T("apte")};
    const struct dz_word *words = f->rd->words;
    if (w + 1 >= f->rd->n_words || words[w + 1].start != words[w].end + 1 ||
        f->rd->document->text.p[words[w].end] != '-')
        return false;
    for (size_t i = 0; i < sizeof elders / sizeof *elders; i++) {
        if (dz_view_is(words[w + 1].fold, elders[i].p))
            return true;
    }
    return false;
}

/* "Магазин «Наденька»": the name of a shop, a ship, a newspaper. */
static bool
names_a_thing(const struct dz_person_finder *f, size_t w)
{
    return w > 0 && f->rd->words[w].opens_quote && dz_person_is(f, f->id.outlet_noun, w - 1);
}

/* A known first name, in any case. Where any word would bear the capital, a word that the
 * dictionary has for something else is none. */
static bool
is_first_name(const struct dz_person_finder *f, size_t w)
{
    const struct dz_word *word = &f->rd->words[w];
    bool all_caps = f->rd->document->tokens[word->token].all_caps;
    if (of_a_place(word->fold))
        return false;
    if (all_caps && (w + 1 >= f->rd->n_words || f->rd->words[w + 1].before != DZ_BREAK_NONE))
        return false;
    if (dz_person_is(f, f->id.first_name, w))
        return true;
    const struct dz_known *known = dz_known_at(f->rules, f->rd->document, word->token);
    bool known_name = known ? known->first_name
                            : dz_person_is_given(word->fold) || dz_person_is_first_form(word->fold);
    if (all_caps || !known_name)
        return false;
    bool opens = word->before >= DZ_BREAK_HARD || word->opens_quote;
    return !opens || !everyday(f, w) || before_surname(f, w);
}

static size_t
try_first_name(struct dz_person_finder *f, size_t w)
{
    const struct dz_word *words = f->rd->words;
    bool elder = is_addressed(f, w);
    if (!words[w].capital || f->taken[w] || (!elder && !is_first_name(f, w)) || names_a_thing(f, w))
        return 0;
    if (elder) {
        take_name(f, w, w + 2, words[w].fold, (struct dz_view){0}, "person.first-name", 80);
        if (dz_view_is(words[w + 1].fold, "ага")) /* the nominative is shown */
            f->people[f->out->items[f->out->n - 1].person_ix].name = text_of(f, w, w + 2);
        return 2;
    }
    size_t end = w + 1;
    while (end < f->rd->n_words && end < w + 4 && !words[end - 1].possessive &&
           surname_word(f, end)) {
        /* A patronymic or a double surname; a role word ends the name. */
        if (end > w + 1 && dz_person_is(f, f->id.role_official, end))
            break;
        end++;
    }
    if (end == w + 1) {
        if (f->placed[w] || !single_name_fits(f, w))
            return 0;
        take_name(f, w, end, words[w].fold, (struct dz_view){0}, "person.first-name", 80);
        return 1;
    }
    take_name(f, w, end, words[w].fold, words[end - 1].fold, "person.full-name", 95);
    return end - w;
}

/* A capital with a full stop right behind it: "A." */
static bool
is_initial(const struct dz_person_finder *f, size_t w)
{
    if (w >= f->rd->n_words)
        return false;
    const struct dz_word *word = &f->rd->words[w];
    struct dz_view text = f->rd->document->text;
    size_t letter = (unsigned char)text.p[word->start] < 0x80 ? 1 : 2;
    return word->capital && !word->number && word->end - word->start == letter &&
           word->end < text.n && text.p[word->end] == '.' && !f->taken[w];
}

static bool
plain_surname(const struct dz_person_finder *f, size_t w)
{
    if (w >= f->rd->n_words || f->rd->words[w].fold.n == 0)
        return false;
    size_t letter = (unsigned char)f->rd->words[w].fold.p[0] < 0x80 ? 1 : 2;
    return f->rd->words[w].capital && !f->rd->words[w].number &&
           f->rd->words[w].fold.n >= 3 * letter && !f->taken[w] &&
           !dz_person_is(f, f->id.not_name, w) && !dz_person_is(f, f->id.org_head, w);
}

/* How far apart two words of one name with initials may stand, in bytes: "И. В. Гордеев". */
#define INITIAL_GAP 4

static bool
close_to(const struct dz_person_finder *f, size_t w)
{
    return f->rd->words[w].start - f->rd->words[w - 1].end <= INITIAL_GAP;
}

/* ", an analyst at ...": a role right behind the comma. */
static bool
has_aside_role(const struct dz_person_finder *f, size_t w)
{
    for (size_t k = w; k < w + 5 && k < f->rd->n_words; k++) {
        if (k > w && f->rd->words[k].before >= DZ_BREAK_COMMA)
            return false;
        if (dz_person_is(f, f->id.role_expert, k) || dz_person_is(f, f->id.role_official, k) ||
            dz_person_is(f, f->id.role_journalist, k) || dz_person_is(f, f->id.role_private, k))
            return true;
    }
    return false;
}

/* "The account of L. D., a driver", "жінка К. розповіла": who is known by the initials alone speaks
 * and hides. A role in front, or a verb of speech or an aside behind, must say that it is
 * somebody. */
static size_t
try_bare_initials(struct dz_person_finder *f, size_t w, size_t end)
{
    const struct dz_word *words = f->rd->words;
    size_t n = f->rd->n_words;
    bool follows = end < n && words[end].sentence == words[w].sentence;
    struct dz_view text = f->rd->document->text;
    size_t past = words[end - 1].end + 1; /* behind the full stop of the last initial */
    bool comma = past < text.n && text.p[past] == ',';
    bool fronted =
        w > 0 && words[w].before == DZ_BREAK_NONE && dz_person_is(f, f->id.role_private, w - 1);
    fronted = fronted || (w > 0 && dz_person_is(f, f->id.honorific, w - 1) &&
                          words[w].start - words[w - 1].end <= 2); /* "Mr. K." */
    bool aside = follows && comma && (has_aside_role(f, end) || words[end].number);
    bool speaks = follows && end - w == 2 && !comma && dz_person_is(f, f->id.speech, end);
    if (!fronted && !aside && !speaks)
        return 0;
    take_name(f, w, end, words[w].fold, (struct dz_view){0}, "person.initials-alone", 65);
    return end - w;
}

/* "V. Imposition of nationality": a numbered heading, no V. of that surname. */
static bool
heading(const struct dz_person_finder *f, size_t w)
{
    static const char *const tails[] = {"tion", "sion", "ment", "ity", "ory", "ance", "ence"};
    const struct dz_word *words = f->rd->words;
    struct dz_view noun = words[w + 1].fold;
    if (words[w].before < DZ_BREAK_SENTENCE)
        return false;
    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
        size_t n = strlen(tails[i]);
        if (noun.n > n + 2 && memcmp(noun.p + noun.n - n, tails[i], n) == 0)
            return true;
    }
    return false;
}

/* "И. В. Гордеев", "Котова А. С.": two initials with a surname, or one behind it ("Mykola S."). */
static size_t
try_initials(struct dz_person_finder *f, size_t w)
{
    const struct dz_word *words = f->rd->words;
    if (is_initial(f, w)) {
        size_t end = w + 1;
        if (is_initial(f, end) && close_to(f, end))
            end++;
        if (!plain_surname(f, end) || !close_to(f, end))
            return try_bare_initials(f, w, end);
        if (end == w + 1 && heading(f, w))
            return 0;
        take_name(f, w, end + 1, (struct dz_view){0}, words[end].fold, "person.initials", 85);
        return end + 1 - w;
    }
    if (!plain_surname(f, w) || !is_initial(f, w + 1) || !is_initial(f, w + 2) ||
        !close_to(f, w + 1) || !close_to(f, w + 2))
        return 0;
    take_name(f, w, w + 3, (struct dz_view){0}, words[w].fold, "person.initials", 85);
    return 3;
}

/* "Ганна Петрівна", "Рустам Ильясович": the second word says that the first is a name. */
static bool
is_patronymic(struct dz_view fold)
{
    static const struct dz_view tails[] = {
        T("івна"),   T("івни"),  T("івні"),   T("івну"),   T("івною"),   T("ївна"),  T("ївни"),
        T("ївну"),   T("йович"), T("йовича"), T("йовичу"), T("ович"),    T("овича"), T("овичу"),
        T("овичем"), T("евич"),  T("евича"),  T("евичу"),  T("овна"),    T("овны"),  T("овне"),
        T("овну"),   T("овной"), T("евна"),   T("евны"),   T("евне"),    T("евну"),  T("евной"),
        T("ілліч"),  T("ильич"), T("івно"),   T("ївно"),   T("овичеві"), T("ьевич"), T("ильича"),
        T("ильичу"), T("лліча"), T("иваныч"), T("инична"), T("иничны"),  T("иничну")};
    return ends_in(fold, tails, sizeof tails / sizeof *tails, 3);
}

static size_t
try_patronymic(struct dz_person_finder *f, size_t w)
{
    const struct dz_word *words = f->rd->words;
    if (!name_word(f, w) || w + 1 >= f->rd->n_words || !words[w + 1].capital ||
        words[w + 1].before != DZ_BREAK_NONE)
        return 0;
    size_t from = w, end = w + 2;
    /* "Петренко Марія Степанівна", as lists and minutes have it. */
    if (w + 2 < f->rd->n_words && is_first_name(f, w + 1) && words[w + 2].capital &&
        words[w + 2].before == DZ_BREAK_NONE && is_patronymic(words[w + 2].fold) &&
        !role_word(f, w) && !is_first_name(f, w)) {
        take_name(f, w, w + 3, words[w + 1].fold, words[w].fold, "person.patronymic", 90);
        return 3;
    }
    if (!is_patronymic(words[w + 1].fold))
        return 0;
    bool behind = end < f->rd->n_words && surname_word(f, end) && words[end].capital &&
                  !dz_person_is(f, f->id.role_official, end);
    end += behind;
    take_name(f, from, end, words[w].fold, words[end - 1].fold, "person.patronymic", 90);
    return end - from;
}

#define TITLE_WORDS 3 /* "minister of labour N" */

/* A title, honorific or "named" in front, with nothing but small words between. */
static bool
has_title(const struct dz_person_finder *f, size_t w)
{
    const struct dz_word *words = f->rd->words;
    for (size_t back = 1; back <= TITLE_WORDS && back <= w; back++) {
        size_t at = w - back;
        if (words[at + 1].before != DZ_BREAK_NONE)
            return false;
        if (dz_person_is(f, f->id.role_official, at) || dz_person_is(f, f->id.role_expert, at) ||
            dz_person_is(f, f->id.honorific, at) || dz_person_is(f, f->id.role_journalist, at) ||
            dz_view_is(words[at].fold, "named"))
            return true;
        if (words[at].capital || dz_person_is(f, f->id.speech, at))
            return false;
    }
    return false;
}

/* "Студентів Донецького університету": an adjective is no name. */
static bool
is_adjective(struct dz_view fold)
{
    static const struct dz_view tails[] = {T("ого"),   T("ому"),  T("ої"),   T("их"),  T("ими"),
                                           T("ой"),    T("ий"),   T("ый"),   T("ая"),  T("ських"),
                                           T("ській"), T("ська"), T("ські"), T("ские")};
    return ends_in(fold, tails, sizeof tails / sizeof *tails, 4);
}

/* Two or three capitalised words without a known first name, made a name by what stands beside
 * them. */
static size_t
try_by_context(struct dz_person_finder *f, size_t w)
{
    const struct dz_word *words = f->rd->words;
    if (!name_word(f, w) || role_word(f, w) || is_adjective(words[w].fold))
        return 0;
    /* "Затримали Івана ...": the word that opens the sentence is no part of the name behind it. */
    bool opens = words[w].before >= DZ_BREAK_HARD && w + 1 < f->rd->n_words;
    if (opens && words[w + 1].capital && is_first_name(f, w + 1))
        return 0;
    size_t end = w + 1;
    while (end < f->rd->n_words && end < w + 3 && !words[end - 1].possessive && name_word(f, end) &&
           words[end].before == DZ_BREAK_NONE && words[end].quoted == words[w].quoted)
        end++;
    if (end < w + 2 || (end < f->rd->n_words && surname_word(f, end)))
        return 0;
    bool after = has_title(f, w);
    bool speaks = end < f->rd->n_words && words[end].before == DZ_BREAK_NONE &&
                  dz_person_is(f, f->id.speech, end);
    bool cited = w > 1 && words[w].before == DZ_BREAK_NONE &&
                 dz_reading_hit(f->rd, f->id.source_of, w - 2, w) != NULL;
    bool aside =
        end < f->rd->n_words && words[end].before == DZ_BREAK_COMMA && has_aside_role(f, end);
    if (!after && !speaks && !cited && !aside)
        return 0;
    take_name(f, w, end, words[w].fold, words[end - 1].fold, "person.title-or-speech", 75);
    return end - w;
}

/* A role of private people, "call sign", "pseudonym" or a verb of speech right beside the quotation
 * marks makes the word inside a person: «Мавка», "Luka". */
static bool
speaks_as(const struct dz_person_finder *f, size_t w, size_t end)
{
    const struct dz_word *words = f->rd->words;
    for (size_t back = 1; back <= 4 && back <= w; back++) {
        size_t at = w - back;
        if (words[at].sentence != words[w].sentence ||
            (back > 1 && words[at + 1].before >= DZ_BREAK_HARD))
            break;
        if (dz_person_is(f, f->id.outlet_noun, at) || dz_person_is(f, f->id.told, at) ||
            dz_person_is(f, f->id.org_head, at))
            return false;
        if (dz_person_is(f, f->id.role_private, at) || dz_person_is(f, f->id.name_changed, at))
            return true;
        if (back == 1 && dz_person_is(f, f->id.speech, at))
            return true;
    }
    for (size_t at = end; at < end + 4 && at < f->rd->n_words; at++) {
        if (words[at].sentence != words[w].sentence || words[at].before >= DZ_BREAK_HARD)
            return false;
        if ((at < end + 2 && dz_person_is(f, f->id.speech, at)) ||
            dz_person_is(f, f->id.name_changed, at))
            return true;
    }
    return false;
}

/* "General Paliy", "господин Песков", "комендант Коваль": a surname behind a rank or an office. Of
 * an office only a word that a dictionary does not know for something else is the holder. */
static size_t
try_ranked(struct dz_person_finder *f, size_t w)
{
    const struct dz_word *words = f->rd->words;
    if (w == 0 || words[w].before != DZ_BREAK_NONE || words[w].opens_quote)
        return 0;
    bool latin = (unsigned char)words[w].fold.p[0] < 0x80;
    bool ranked = dz_person_is(f, f->id.honorific, w - 1);
    bool office = !latin && dz_person_is(f, f->id.role_official, w - 1) && !everyday(f, w);
    if (!ranked && !office)
        return 0;
    take_name(f, w, w + 1, (struct dz_view){0}, words[w].fold, "person.rank", 70);
    return 1;
}

/* "Семенівна", "Петровичу": neighbours call each other so. */
static bool
lone_patronymic(const struct dz_person_finder *f, size_t w)
{
    static const struct dz_view of_women[] = {T("ivna"), T("yivna"), T("ovna"), T("evna")};
    struct dz_view fold = f->rd->words[w].fold;
    if ((unsigned char)fold.p[0] < 0x80)
        return ends_in(fold, of_women, sizeof of_women / sizeof *of_women, 2);
    return dz_person_is_patronymic_of_known(fold) && !everyday(f, w);
}

/* "A woman named Mokryna", "просить називати її Ластівкою". */
static bool
is_called(const struct dz_person_finder *f, size_t w)
{
    const int concepts[] = {f->id.called, f->id.name_changed};
    if (f->rd->words[w].before != DZ_BREAK_NONE)
        return false;
    for (size_t back = 1; back <= 4 && back <= w; back++) {
        for (size_t k = 0; k < sizeof concepts / sizeof *concepts; k++) {
            const struct dz_hit *hit = dz_reading_hit(f->rd, concepts[k], w - back, w - back + 1);
            if (hit && hit->first + hit->n == w)
                return true;
        }
    }
    return false;
}

/* One capitalised word that no list knows: made a name by "(name changed)" or ", a nurse" behind
 * it, or by "a resident" or "named" right in front. A place or an organisation is none. */
static size_t
try_lone(struct dz_person_finder *f, size_t w)
{
    const struct dz_word *words = f->rd->words;
    size_t next = w + 1, n = f->rd->n_words;
    if (!name_word(f, w) || words[w].fold.n < 4 || words[w].quoted || words[w].possessive ||
        (is_adjective(words[w].fold) && !is_called(f, w)) || role_word(f, w) ||
        (words[w].before >= DZ_BREAK_HARD && everyday(f, w)))
        return 0;
    bool alone = next >= n || !words[next].capital || words[next].before != DZ_BREAK_NONE;
    bool opens = w > 0 && words[w - 1].before >= DZ_BREAK_HARD;
    bool behind_capital = w > 0 && words[w - 1].capital && !opens;
    if (!alone || (behind_capital && words[w].before == DZ_BREAK_NONE &&
                   !dz_person_is(f, f->id.honorific, w - 1) && !role_word(f, w - 1)))
        return 0;
    const struct dz_token *t = &f->rd->document->tokens[words[w].token];
    if (t->all_caps)
        return 0;
    bool noted = next < n && words[next].sentence == words[w].sentence &&
                 words[next].before <= DZ_BREAK_COMMA &&
                 dz_reading_hit(f->rd, f->id.name_changed, next, next + 2 < n ? next + 2 : n);
    bool aside =
        next + 1 < n && words[next].before == DZ_BREAK_COMMA &&
        (dz_person_is(f, f->id.role_private, next) ||
         (dz_view_is(words[next].fold, "a") && dz_person_is(f, f->id.role_private, next + 1)));
    bool titled =
        w > 0 && words[w].before == DZ_BREAK_NONE && dz_person_is(f, f->id.role_private, w - 1);
    bool family = next < n && words[next].before == DZ_BREAK_NONE &&
                  dz_view_is(words[next].fold, "family") && !everyday(f, w);
    if (!noted && !aside && !titled && !family && !is_called(f, w) && !lone_patronymic(f, w))
        return try_ranked(f, w);
    take_name(f, w, next, words[w].fold, (struct dz_view){0}, "person.lone-name", 65);
    return 1;
}

/* Whoever speaks under a name in quotation marks hides, and is protected. */
static size_t
try_pseudonym(struct dz_person_finder *f, size_t w)
{
    const struct dz_word *words = f->rd->words;
    size_t end = w + 1, n = f->rd->n_words;
    if (!words[w].opens_quote || !words[w].quoted || !words[w].capital || words[w].number ||
        f->taken[w] || f->placed[w] || dz_person_is(f, f->id.not_name, w))
        return 0;
    bool closed = end == n || !words[end].quoted || words[end].opens_quote ||
                  words[end].sentence != words[w].sentence;
    if (!closed || !speaks_as(f, w, end))
        return 0;
    take_name(f, w, end, words[w].fold, (struct dz_view){0}, "person.pseudonym", 75);
    f->people[f->out->items[f->out->n - 1].person_ix].changed = true;
    return 1;
}

static void
find_surnames(struct dz_person_finder *f)
{
    const struct dz_word *words = f->rd->words;
    size_t known = f->n;
    for (size_t w = 0; w < f->rd->n_words; w++) {
        if (!words[w].capital || f->taken[w] || words[w].number)
            continue;
        bool figure = dz_person_is(f, f->id.public_figure, w);
        if (figure) {
            take_name(f, w, w + 1, (struct dz_view){0}, words[w].fold, "person.public-figure", 85);
            continue;
        }
        if (f->placed[w] || dz_person_is(f, f->id.not_name, w) || words[w].fold.n < 4)
            continue;
        for (size_t i = 0; i < known && i < 200; i++) {
            struct dz_person *p = &f->people[i];
            if (p->last.n == 0 || p->last.p[0] != words[w].fold.p[0] ||
                !dz_person_near(p->last, words[w].fold))
                continue;
            take_name(f, w, w + 1, (struct dz_view){0}, p->last, "person.surname", 90);
            break;
        }
    }
}

static void
mark_places(struct dz_person_finder *f)
{
    for (size_t i = 0; i < f->out->n; i++) {
        const struct dz_mention *m = &f->out->items[i];
        if (m->kind != DZ_MENTION_PLACE && m->kind != DZ_MENTION_DATE)
            continue;
        size_t w = dz_reading_word_at(f->rd, m->start);
        for (; w < f->rd->n_words && f->rd->words[w].start < m->end; w++) {
            /* Months are written small in Cyrillic; a capital there may be somebody's. */
            const struct dz_word *word = &f->rd->words[w];
            bool cyrillic = word->fold.n > 0 && (unsigned char)word->fold.p[0] >= 0x80;
            if (m->kind == DZ_MENTION_PLACE || !word->capital || !cyrillic)
                f->placed[w] = true;
        }
    }
}

/* "Stanislav Miroshnichenko" names no village: places inside a full name are forgotten. Persons
 * stand behind the places, in the order in which they were found. */
static void
drop_places(struct dz_person_finder *f, size_t first_mention)
{
    struct dz_mentions *all = f->out;
    bool *inside = dz_alloc_array(f->rd->document->n_tokens + 1, sizeof *inside);
    for (size_t i = first_mention; i < all->n; i++) {
        const struct dz_mention *m = &all->items[i];
        bool full = m->kind == DZ_MENTION_PERSON && m->n_tokens > 1;
        for (size_t t = m->first_token; full && t < m->first_token + m->n_tokens; t++)
            inside[t] = true;
    }
    for (size_t i = 0; i < first_mention; i++) {
        struct dz_mention *m = &all->items[i];
        if (m->kind == DZ_MENTION_PLACE && inside[m->first_token])
            m->place_name = m->place_id = NULL;
    }
    dz_free(inside);
}

/* Whom a first name alone stands for: the one protected person of the text who bears it, or
 * somebody of their own. */
static size_t
bearer_of(const struct dz_person_finder *f, size_t ix)
{
    const struct dz_person *p = &f->people[ix];
    size_t found = ix;
    if (p->last.n > 0 || f->n > PEOPLE_BACK)
        return ix;
    for (size_t i = 0; i < f->n; i++) {
        const struct dz_person *q = &f->people[i];
        /* Who is addressed by a patronymic somewhere may be another of that first name. */
        if (q->last.n == 0 || is_patronymic(q->last) || !dz_person_near(p->first, q->first))
            continue;
        if (found != ix || !dz_person_protect(q))
            return ix;
        found = i;
    }
    return found;
}

static void
finish(struct dz_person_finder *f, size_t first_mention)
{
    size_t *bearers = dz_alloc_array(f->n + 1, sizeof *bearers);
    for (size_t i = 0; i < f->n; i++)
        bearers[i] = bearer_of(f, i);
    for (size_t i = first_mention; i < f->out->n; i++) {
        struct dz_mention *m = &f->out->items[i];
        if (m->kind != DZ_MENTION_PERSON)
            continue;
        m->person_ix = (uint32_t)bearers[m->person_ix];
        const struct dz_person *p = &f->people[m->person_ix];
        m->name = p->name;
        m->protect = dz_person_protect(p);
        m->role = p->role ? p->role : m->protect ? "witness" : "other";
        m->role_guessed = !p->role;
    }
    dz_free(bearers);
}

enum dz_code
dz_find_persons_in(const struct dz_rules *r, struct dz_reading *rd, struct dz_mentions *out,
                   struct dz_err *err)
{
    (void)err;
    struct dz_person_finder f = {.rules = r, .rd = rd, .out = out};
#define FIND(name) f.id.name = dz_lexicon_find(rd->lexicon, #name)
    FIND(first_name);
    FIND(role_official);
    FIND(role_expert);
    FIND(role_journalist);
    FIND(role_private);
    FIND(name_changed);
    FIND(called);
    FIND(expert_house);
    FIND(org_head);
    FIND(public_figure);
    FIND(honorific);
    FIND(not_name);
    FIND(speech);
    FIND(source_of);
    FIND(outlet_noun);
    FIND(told);
#undef FIND
    f.taken = dz_alloc_array(rd->n_words + 1, sizeof *f.taken);
    f.placed = dz_alloc_array(rd->n_words + 1, sizeof *f.placed);
    size_t first_mention = out->n;
    mark_places(&f);
    dz_find_offices(&f);
    for (size_t w = 0; w < rd->n_words;) {
        if (!rd->words[w].capital) { /* no name begins so */
            w++;
            continue;
        }
        size_t n = try_pseudonym(&f, w);
        if (n == 0)
            n = try_initials(&f, w);
        if (n == 0)
            n = try_patronymic(&f, w);
        if (n == 0)
            n = try_first_name(&f, w);
        if (n == 0)
            n = try_by_context(&f, w);
        if (n == 0)
            n = try_lone(&f, w);
        w += n ? n : 1;
    }
    find_surnames(&f);
    drop_places(&f, first_mention);
    finish(&f, first_mention);
    dz_free(f.taken);
    dz_free(f.placed);
    dz_free(f.people);
    return DZ_OK;
}
