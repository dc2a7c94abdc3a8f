#include <string.h>

#include "dz_known.h"
#include "dz_persons.h"

/* Offices and organisations: a row of capitalised words around a head word ("UK Ministry of
 * Defence", "Center for Civil Liberties"), a people's name with a head word ("Ukrainian
 * parliament"), a capitalised head with what follows. */

#define ROW_MAX 9 /* words */

static bool
links(const struct dz_word *w)
{
    static const char *const words[] = {"of", "for", "on", "the", "and",
                                        "з",  "із",  "по", "та",  "и"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (dz_view_is(w->fold, words[i]))
            return true;
    }
    return false;
}

/* "Міністерство внутрішніх справ": what a ministry is for is written small. */
static bool
names_field(const struct dz_word *w)
{
    static const char *const words[] = {
        "внутрішніх",    "справ",           "юстиції",  "оборони",      "закордонних",
        "освіти",        "науки",           "охорони",  "здоров'я",     "цифрової",
        "трансформації", "соціальної",      "політики", "реінтеграції", "внутренних",
        "дел",           "юстиции",         "обороны",  "иностранных",  "образования",
        "просвещения",   "здравоохранения", "труда",    "науки"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (dz_view_is(w->fold, words[i]))
            return true;
    }
    return false;
}

/* End of the row of capitalised words that begins at w, with linking words inside. */
static size_t
row_end(const struct dz_person_finder *f, size_t w)
{
    const struct dz_word *words = f->rd->words;
    size_t end = w + 1;
    size_t at = end;
    while (at < f->rd->n_words && at < w + ROW_MAX && words[at].before == DZ_BREAK_NONE) {
        if ((words[at].capital && !words[at].number) || names_field(&words[at])) {
            end = ++at;
        } else if (links(&words[at]) && at + 1 < f->rd->n_words) {
            at++;
        } else {
            break;
        }
    }
    return end;
}

bool
dz_office_demonym(struct dz_view word)
{
    static const char *const words[] = {"russian",  "ukrainian",  "british", "russia",
                                        "ukraine",  "occupation", "moscow",  "kremlin",
                                        "american", "european",   "local",   "western"};
    static const char *const stems[] = {"російськ", "українськ", "окупаційн",  "местн",
                                        "российск", "украинск",  "оккупацион", "місцев"};
    bool latin = word.n > 0 && (unsigned char)word.p[0] < 0x80;
    for (size_t i = 0; latin && i < sizeof words / sizeof *words; i++) {
        if (dz_view_is(word, words[i]))
            return true;
    }
    for (size_t i = 0; !latin && i < sizeof stems / sizeof *stems; i++) {
        if (dz_view_starts(word, stems[i]))
            return true;
    }
    return false;
}

static bool
demonym(const struct dz_person_finder *f, size_t w)
{
    const struct dz_word *word = &f->rd->words[w];
    const struct dz_known *known = dz_known_at(f->rules, f->rd->document, word->token);
    return known ? known->demonym : dz_office_demonym(word->fold);
}

static void
take_office(struct dz_person_finder *f, size_t from, size_t to, const char *rule, int score)
{
    const struct dz_word *words = f->rd->words;
    for (size_t w = from; w < to; w++)
        f->taken[w] = true;
    (void)dz_mention_add(f->out, f->rd->document, DZ_MENTION_OFFICE, words[from].token,
                         words[to - 1].token - words[from].token + 1, rule, score);
}

/* A row is an organisation when a head word stands in it and no first name does. */
static bool
is_office_row(const struct dz_person_finder *f, size_t from, size_t to)
{
    bool head = false;
    for (size_t w = from; w < to; w++) {
        if (f->rd->words[w].capital && dz_person_is(f, f->id.first_name, w))
            return false;
        head = head || (f->rd->words[w].capital && dz_person_is(f, f->id.org_head, w));
    }
    return head;
}

/* "The Luhansk Oblast administration": the place and the body that rules it. */
static size_t
place_and_head(struct dz_person_finder *f, size_t w)
{
    static const char *const nouns[] = {"administration", "authorities", "government", "council"};
    const struct dz_word *words = f->rd->words;
    size_t at = w + 1;
    while (at < f->rd->n_words && at < w + 4 && f->placed[at] && words[at].before == DZ_BREAK_NONE)
        at++;
    for (size_t step = 0; step < 2 && at < f->rd->n_words; step++, at++) {
        if (words[at].before != DZ_BREAK_NONE || words[at].capital || words[at - 1].possessive ||
            dz_view_is(words[at].fold, "the")) /* "in November the administration" */
            return 0;
        for (size_t i = 0; i < sizeof nouns / sizeof *nouns; i++) {
            if (!dz_view_is(words[at].fold, nouns[i]))
                continue;
            take_office(f, w, at + 1, "office.place-and-head", 80);
            return at + 1 - w;
        }
    }
    return 0;
}

/* Words that begin no person's name and yet an office's: "Interior Ministry". */
static bool
begins_office(const struct dz_word *w)
{
    static const char *const words[] = {"un",       "uk",      "us",       "eu",       "human",
                                        "interior", "foreign", "defence",  "defense",  "state",
                                        "european", "crimean", "north",    "south",    "east",
                                        "west",     "city",    "district", "regional", "oblast",
                                        "central",  "prime",   "german",   "french",   "polish"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (dz_view_is(w->fold, words[i]))
            return true;
    }
    return false;
}

static size_t
try_office(struct dz_person_finder *f, size_t w)
{
    static const char *const nouns[] = {
        "authorities", "officials",      "parliament",      "intelligence", "government",
        "ministry",    "administration", "administrations", "courts",       "lawmakers"};
    static const char *const stems[] = {"адміністрац",  "влад",        "уряд",   "міністерств",
                                        "парламент",    "розвідк",     "власт",  "администрац",
                                        "правительств", "министерств", "разведк"};
    const struct dz_word *words = f->rd->words;
    if (demonym(f, w)) {
        size_t at = w + 1;
        for (size_t step = 0; step < 3 && at < f->rd->n_words && words[at].before == DZ_BREAK_NONE;
             step++, at++) {
            for (size_t i = 0; i < sizeof nouns / sizeof *nouns; i++) {
                if (!words[at].capital && dz_view_is(words[at].fold, nouns[i])) {
                    take_office(f, w, at + 1, "office.people-and-head", 80);
                    return at + 1 - w;
                }
            }
            for (size_t i = 0; i < sizeof stems / sizeof *stems; i++) {
                if (!words[at].capital && dz_view_starts(words[at].fold, stems[i])) {
                    take_office(f, w, at + 1, "office.people-and-head", 80);
                    return at + 1 - w;
                }
            }
        }
    }
    if (!words[w].capital || words[w].number)
        return 0;
    size_t ruled = f->placed[w] ? place_and_head(f, w) : 0;
    if (ruled > 0)
        return ruled;
    size_t from = w, end = row_end(f, w);
    while (from < end && !f->placed[from] && dz_person_is(f, f->id.not_name, from) &&
           !demonym(f, from) && !dz_person_is(f, f->id.org_head, from) &&
           !begins_office(&words[from]))
        from++;
    if (from == end || !is_office_row(f, from, end))
        return 0;
    /* "Foreign Ministry spokesperson N": the title words end the row before the name. */
    take_office(f, from, end, "office.row", 85);
    return end - w;
}

void
dz_find_offices(struct dz_person_finder *f)
{
    for (size_t w = 0; w < f->rd->n_words;) {
        size_t n = try_office(f, w);
        w += n ? n : 1;
    }
}
