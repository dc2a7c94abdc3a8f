#include "dz_lemma.h"
#include "dz_names.h"

#include <string.h>

#define T(tail) DZ_VIEW_INIT(tail)

/* The shapes that a name of several words has in a text. Each is tried at a word and returns how
 * many words it takes, or 0. */

size_t
dz_name_from_first(struct dz_person_finder *f, size_t w)
{
    const struct dz_word *words = f->rd->words;
    bool elder = dz_name_addressed(f, w);
    if (!words[w].capital || f->taken[w] || (!elder && !dz_name_first(f, w)) ||
        dz_name_of_thing(f, w))
        return 0;
    if (elder) {
        dz_person_take(f, w, w + 2, words[w].fold, (struct dz_view){0}, "person.first-name", 80);
        if (dz_view_is(words[w + 1].fold, "ага")) /* the nominative is shown */
            f->people[f->out->items[f->out->n - 1].person_ix].name = dz_person_text(f, w, w + 2);
        return 2;
    }
    size_t end = w + 1;
    while (end < f->rd->n_words && end < w + 4 && !words[end - 1].possessive &&
           dz_name_surname(f, end)) {
        /* A patronymic or a double surname; a role word ends the name. */
        if (end > w + 1 && dz_person_is(f, f->id.role_official, end))
            break;
        end++;
    }
    if (end == w + 1) {
        if (f->placed[w] || !dz_name_single_fits(f, w))
            return 0;
        dz_person_take(f, w, end, words[w].fold, (struct dz_view){0}, "person.first-name", 80);
        return 1;
    }
    dz_person_take(f, w, end, words[w].fold, words[end - 1].fold, "person.full-name", 95);
    return end - w;
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
    bool aside = follows && comma && (dz_name_aside(f, end) || words[end].number);
    bool speaks = follows && end - w == 2 && !comma && dz_person_is(f, f->id.speech, end);
    if (!fronted && !aside && !speaks && (comma || !dz_name_lives(f, w, end)))
        return 0;
    dz_person_take(f, w, end, words[w].fold, (struct dz_view){0}, "person.initials-alone", 65);
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
    /* "I. Питання": a Roman number in front of a word in other letters. */
    if ((unsigned char)words[w].fold.p[0] < 0x80 && (unsigned char)noun.p[0] >= 0x80 &&
        strchr("ivx", words[w].fold.p[0]))
        return true;
    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
        size_t n = strlen(tails[i]);
        if (noun.n > n + 2 && memcmp(noun.p + noun.n - n, tails[i], n) == 0)
            return true;
    }
    return false;
}

/* "S.M., a nurse", "the initials S.M.": two initials written as one word. */
static size_t
try_joined_initials(struct dz_person_finder *f, size_t w)
{
    const struct dz_word *words = f->rd->words;
    struct dz_view fold = words[w].fold;
    size_t letter = fold.n > 0 && (unsigned char)fold.p[0] < 0x80 ? 1 : 2;
    if (!words[w].capital || fold.n != 2 * letter + 2 || fold.p[letter] != '.' ||
        fold.p[fold.n - 1] != '.')
        return 0;
    bool fronted =
        w > 0 && words[w].before == DZ_BREAK_NONE &&
        (dz_person_is(f, f->id.role_private, w - 1) || dz_person_is(f, f->id.honorific, w - 1));
    if (!fronted && !dz_name_called(f, w) && !dz_name_aside_private(f, w + 1) &&
        !dz_name_lives(f, w, w + 1))
        return 0;
    dz_person_take(f, w, w + 1, fold, (struct dz_view){0}, "person.initials-alone", 65);
    return 1;
}

/* "И. В. Гордеев", "Котова А. С.": two initials with a surname, or one behind it ("Mykola S."). */
size_t
dz_name_with_initials(struct dz_person_finder *f, size_t w)
{
    const struct dz_word *words = f->rd->words;
    size_t joined = try_joined_initials(f, w);
    if (joined > 0)
        return joined;
    if (dz_name_initial(f, w)) {
        size_t end = w + 1;
        if (dz_name_initial(f, end) && dz_name_close(f, end))
            end++;
        if (!dz_name_plain(f, end) || !dz_name_close(f, end))
            return try_bare_initials(f, w, end);
        if (end == w + 1 && heading(f, w))
            return 0;
        dz_person_take(f, w, end + 1, (struct dz_view){0}, words[end].fold, "person.initials", 85);
        return end + 1 - w;
    }
    if (!dz_name_plain(f, w) || !dz_name_initial(f, w + 1) || !dz_name_initial(f, w + 2) ||
        !dz_name_close(f, w + 1) || !dz_name_close(f, w + 2))
        return 0;
    dz_person_take(f, w, w + 3, (struct dz_view){0}, words[w].fold, "person.initials", 85);
    struct dz_person *p = dz_person_turn(f);
    p->initials[0] = words[w + 1].fold;
    p->initials[1] = words[w + 2].fold;
    return 3;
}

/* "Шановний Дмитре Валерійовичу", "Сімдесятирічній Марії Петрівні": an adjective that a dictionary
 * knows, or that opens the sentence. */
static bool
polite(const struct dz_person_finder *f, size_t w)
{
    static const struct dz_view surnames[] = {T("ська"),  T("ської"),  T("ській"), T("ському"),
                                              T("ський"), T("ського"), T("ская"),  T("ской"),
                                              T("ский"),  T("ского"),  T("скому"), T("цька"),
                                              T("цький"), T("цкая"),   T("цкий")};
    static const struct dz_view more[] = {T("ній"), T("ньої"), T("ня")};
    const struct dz_word *word = &f->rd->words[w];
    return (dz_name_adjective(word->fold) ||
            dz_name_ends(word->fold, more, sizeof more / sizeof *more, 4)) &&
           (dz_name_common(f, w) ||
            (word->before == DZ_BREAK_SENTENCE &&
             !dz_name_ends(word->fold, surnames, sizeof surnames / sizeof *surnames, 0)));
}

size_t
dz_name_with_patronymic(struct dz_person_finder *f, size_t w)
{
    const struct dz_word *words = f->rd->words;
    if (!dz_name_word(f, w) || w + 1 >= f->rd->n_words || !words[w + 1].capital ||
        words[w + 1].before != DZ_BREAK_NONE)
        return 0;
    size_t from = w, end = w + 2;
    /* "Петренко Марія Степанівна", as lists and minutes have it. */
    if (w + 2 < f->rd->n_words && dz_name_first(f, w + 1) && words[w + 2].capital &&
        words[w + 2].before == DZ_BREAK_NONE && dz_name_patronymic(words[w + 2].fold) &&
        !dz_name_role(f, w) && !dz_name_first(f, w) && !polite(f, w)) {
        dz_person_take(f, w, w + 3, words[w + 1].fold, words[w].fold, "person.patronymic", 90);
        /* In the nominative it stays as papers have it. */
        if (dz_person_is_oblique(words[w + 1].fold))
            dz_person_turn(f);
        return 3;
    }
    if (!dz_name_patronymic(words[w + 1].fold))
        return 0;
    bool behind = end < f->rd->n_words && dz_name_surname(f, end) && words[end].capital &&
                  !dz_person_is(f, f->id.role_official, end);
    end += behind;
    /* "Любов Гнатівна Я.": the surname is kept back. */
    bool kept_back = !behind && dz_name_initial(f, end) && words[end].before == DZ_BREAK_NONE;
    end += kept_back;
    dz_person_take(f, from, end, words[w].fold, words[end - 1 - kept_back].fold,
                   "person.patronymic", 90);
    return end - from;
}

size_t
dz_name_reversed(struct dz_person_finder *f, size_t w)
{
    const struct dz_word *words = f->rd->words;
    size_t given = w + 1;
    if (given >= f->rd->n_words || (unsigned char)words[w].fold.p[0] < 0x80 ||
        words[given].before != DZ_BREAK_NONE || words[given].opens_quote || !words[given].capital ||
        f->taken[given] || f->rd->document->tokens[words[w].token].all_caps)
        return 0;
    if (!dz_name_word(f, w) || dz_name_role(f, w) || dz_name_first(f, w) || dz_name_common(f, w) ||
        !dz_name_first(f, given) || dz_name_everyday(f, given))
        return 0;
    /* "Шукрі Павло Мороз" has the surname behind it. */
    if (given + 1 < f->rd->n_words && dz_name_surname(f, given + 1))
        return 0;
    dz_person_take(f, w, w + 2, words[given].fold, words[w].fold, "person.full-name", 80);
    dz_person_turn(f);
    return 2;
}

#define TITLE_WORDS 3 /* "minister of labour N" */

/* A title, honorific or "named" in front, with nothing but small words between. */
static bool
has_title(const struct dz_person_finder *f, size_t w)
{
    const struct dz_word *words = f->rd->words;
    for (size_t back = 1; back <= TITLE_WORDS && back <= w; back++) {
        size_t at = w - back;
        if (!dz_name_joined(f, at + 1))
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

/* "Canada's foreign minister, N N, has said": an aside that names whom the words in front describe. */
static bool
behind_aside(const struct dz_person_finder *f, size_t w, size_t end)
{
    const struct dz_word *words = f->rd->words;
    bool closed = end >= f->rd->n_words || words[end].before >= DZ_BREAK_COMMA;
    if (words[w].before != DZ_BREAK_COMMA || !closed)
        return false;
    for (size_t at = w; at-- > 0 && at + 6 > w;) {
        if (dz_person_is(f, f->id.role_official, at) || dz_person_is(f, f->id.role_expert, at) ||
            dz_person_is(f, f->id.role_journalist, at))
            return true;
        if (words[at].before >= DZ_BREAK_COMMA || dz_name_verb(f, at))
            return false;
    }
    return false;
}

/* "He spoke to N N." */
bool
dz_name_spoken_to(const struct dz_person_finder *f, size_t w, size_t end)
{
    const struct dz_word *words = f->rd->words;
    if (w < 2 || words[w].before != DZ_BREAK_NONE ||
        (end < f->rd->n_words && words[end].before == DZ_BREAK_NONE))
        return false;
    const struct dz_hit *hit = dz_reading_hit(f->rd, f->id.spoke_to, w - 2, w - 1);
    return hit && hit->first + hit->n == w;
}

/* "Опрошенный «Полднем» демограф", "собеседники «Хроник Донца»": who asks is an outlet, and stands in
 * another case than somebody's name would. */
static bool
names_asker(const struct dz_person_finder *f, size_t w)
{
    if (w == 0 || !f->rd->words[w].opens_quote || !dz_person_is(f, f->id.asked_by, w - 1))
        return false;
    struct dz_lemmas l;
    dz_lemmas_of(f->rd->words[w].fold, f->rd->document->lang, &l);
    return !dz_view_eq(l.item[0], f->rd->words[w].fold);
}

/* Two or three capitalised words without a known first name, made a name by what stands beside
 * them. */
size_t
dz_name_by_context(struct dz_person_finder *f, size_t w)
{
    const struct dz_word *words = f->rd->words;
    if (!dz_name_word(f, w) || dz_name_role(f, w) || dz_name_adjective(words[w].fold) ||
        names_asker(f, w))
        return 0;
    /* "Затримали Івана ...": the word that opens the sentence is no part of the name behind it. */
    bool opens = words[w].before >= DZ_BREAK_HARD && w + 1 < f->rd->n_words;
    if (opens && words[w + 1].capital && dz_name_first(f, w + 1))
        return 0;
    size_t end = w + 1;
    while (end < f->rd->n_words && end < w + 3 && !words[end - 1].possessive &&
           dz_name_word(f, end) && words[end].before == DZ_BREAK_NONE &&
           !dz_name_bracket(f, end) && words[end].quoted == words[w].quoted)
        end++;
    if (end < w + 2 || (end < f->rd->n_words && dz_name_surname(f, end)))
        return 0;
    /* "МИД Георгия ...": an abbreviation is no part of the name behind it. */
    const struct dz_token *tokens = f->rd->document->tokens;
    if (tokens[words[w].token].all_caps && !tokens[words[w + 1].token].all_caps)
        return 0;
    bool after = has_title(f, w);
    bool speaks = end < f->rd->n_words && words[end].before == DZ_BREAK_NONE &&
                  dz_person_is(f, f->id.speech, end);
    bool cited = w > 1 && words[w].before == DZ_BREAK_NONE &&
                 dz_reading_hit(f->rd, f->id.source_of, w - 2, w) != NULL;
    bool aside =
        end < f->rd->n_words && words[end].before == DZ_BREAK_COMMA && dz_name_aside(f, end);
    bool family = (unsigned char)words[w].fold.p[0] < 0x80 &&
                  dz_person_surname_like(words[end - 1].fold) != DZ_SURNAME_NONE;
    if (!after && !speaks && !cited && !aside && !family && !dz_name_spoken_to(f, w, end) &&
        !behind_aside(f, w, end) && !dz_name_signs(f, w) && !dz_name_lives(f, w, end))
        return 0;
    dz_person_take(f, w, end, words[w].fold, words[end - 1].fold, "person.title-or-speech", 75);
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

/* Whoever speaks under a name in quotation marks hides, and is protected. */
size_t
dz_name_pseudonym(struct dz_person_finder *f, size_t w)
{
    const struct dz_word *words = f->rd->words;
    size_t end = w + 1, n = f->rd->n_words;
    bool tells_trade = end + 1 < n && dz_name_aside_private(f, end);
    if (!words[w].opens_quote || !words[w].quoted || !words[w].capital || words[w].number ||
        f->taken[w] || (f->placed[w] && !tells_trade) || dz_person_is(f, f->id.not_name, w))
        return 0;
    bool closed = end == n || !words[end].quoted || words[end].opens_quote ||
                  words[end].sentence != words[w].sentence;
    if (closed && !tells_trade && dz_person_is(f, f->id.not_pseudonym, w))
        return 0;
    if (!closed || names_asker(f, w) || !(tells_trade || speaks_as(f, w, end)))
        return 0;
    dz_person_take(f, w, end, words[w].fold, (struct dz_view){0}, "person.pseudonym", 75);
    f->people[f->out->items[f->out->n - 1].person_ix].changed = true;
    return 1;
}
