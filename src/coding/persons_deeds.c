#include <string.h>

#include "dz_names.h"

#define T(tail) DZ_VIEW_INIT(tail)

/* A name that no list knows and that has no ending of a surname: what its bearer does, suffers or
 * owns, which no office and no newspaper does, says that it is a person's. Most of those whom a
 * text must not lay open are named so. */

/* A phrase of a concept that ends right in front of w. */
static bool
phrase_before(const struct dz_person_finder *f, int concept, size_t w)
{
    if (w == 0 || f->rd->words[w].before != DZ_BREAK_NONE)
        return false;
    for (size_t back = 1; back <= 4 && back <= w; back++) {
        const struct dz_hit *hit = dz_reading_hit(f->rd, concept, w - back, w - back + 1);
        if (hit && hit->first + hit->n == w)
            return true;
    }
    return false;
}

static bool
latin(const struct dz_person_finder *f, size_t w)
{
    return f->rd->words[w].fold.n > 0 && (unsigned char)f->rd->words[w].fold.p[0] < 0x80;
}

static bool
opens(const struct dz_person_finder *f, size_t w)
{
    return w == 0 || f->rd->words[w].before >= DZ_BREAK_HARD || f->rd->words[w].opens_quote;
}

bool
dz_name_bracket(const struct dz_person_finder *f, size_t w)
{
    const struct dz_word *words = f->rd->words;
    if (w == 0 || w >= f->rd->n_words)
        return false;
    for (size_t at = words[w - 1].end; at < words[w].start; at++) {
        char c = f->rd->document->text.p[at];
        if (c == '(' || c == ')')
            return true;
    }
    return false;
}

/* "N, 43, a welder", "N, 71 рік": an age behind the name. */
static bool
aged(const struct dz_person_finder *f, size_t end)
{
    const struct dz_word *words = f->rd->words;
    size_t n = f->rd->n_words;
    if (end >= n || !words[end].number || words[end].before != DZ_BREAK_COMMA ||
        words[end].end - words[end].start > 2)
        return false;
    return end + 1 >= n || words[end + 1].before >= DZ_BREAK_COMMA ||
           dz_person_is(f, f->id.years_old, end + 1);
}

bool
dz_name_lives(const struct dz_person_finder *f, size_t w, size_t end)
{
    const struct dz_word *words = f->rd->words;
    size_t n = f->rd->n_words;
    if (aged(f, end) || phrase_before(f, f->id.harms, w) || phrase_before(f, f->id.own_kin, w))
        return true;
    if (end >= n || words[end].sentence != words[w].sentence)
        return false;
    /* "N's mother" */
    if (words[end - 1].possessive)
        return dz_person_is(f, f->id.own_kin, end);
    /* "N, who drove the ambulance", "it was N who found it" */
    if (words[end].before <= DZ_BREAK_COMMA && dz_view_is(words[end].fold, "who"))
        return true;
    return words[end].before == DZ_BREAK_NONE && !dz_name_bracket(f, end) &&
           dz_reading_hit(f->rd, f->id.lives_through, end, end + 1) != NULL;
}

/* "Вивезли КамАЗ", "били градами", "із Торгаївки попередили", "вул. Шевченка, 12": no person's. */
static bool
of_thing(const struct dz_person_finder *f, size_t w)
{
    static const struct dz_view tails[] = {T("ами"), T("ями")};
    static const struct dz_view at = DZ_VIEW_INIT("у");
    const struct dz_word *words = f->rd->words;
    struct dz_view text = {f->rd->document->text.p + words[w].start, words[w].end - words[w].start};
    if (w > 0 && words[w].before != DZ_BREAK_SENTENCE &&
        dz_person_is(f, f->id.named_after, w - 1))
        return true;
    bool from_place = w > 0 && words[w].before == DZ_BREAK_NONE && !latin(f, w) &&
                      dz_person_is(f, f->id.place_link, w - 1) &&
                      !dz_view_eq(words[w - 1].fold, at);
    /* A capital behind the first letter: two bytes of Cyrillic from А to Я, or a Latin one. */
    for (size_t i = 2; i + 1 < text.n; i++) {
        bool cyrillic = text.p[i] == '\xd0' && (unsigned char)text.p[i + 1] >= 0x90 &&
                        (unsigned char)text.p[i + 1] <= 0xaf;
        if ((cyrillic || (text.p[i] >= 'A' && text.p[i] <= 'Z')) && text.p[i - 1] != '-')
            return true;
    }
    return from_place || dz_name_of_place(words[w].fold) ||
           dz_name_ends(words[w].fold, tails, sizeof tails / sizeof *tails, 0);
}

/* "Комунальницю змусили", "Уборщицу уволили": a woman by her trade, which dictionaries often lack. */
static bool
woman_of_trade(struct dz_view fold)
{
    static const struct dz_view tails[] = {T("ниця"),  T("ницю"), T("ниці"),  T("ницею"), T("чиця"),
                                           T("чицю"),  T("чиці"), T("чицею"), T("ница"),  T("ницу"),
                                           T("ницы"),  T("нице"), T("ницей"), T("щица"),  T("щицу"),
                                           T("щицы"), T("щице"), T("щицей")};
    return dz_name_ends(fold, tails, sizeof tails / sizeof *tails, 4);
}

/* Words that open a sentence bear a capital anyway: in Cyrillic letters no dictionary may know the
 * word for anything else, in Latin ones, which have no dictionary here, an age, kin or "who" must
 * say it, or a verb that nothing but a person does. */
static bool
lives_alone(const struct dz_person_finder *f, size_t w)
{
    const struct dz_word *words = f->rd->words;
    struct dz_view fold = words[w].fold;
    bool first = opens(f, w);
    if (!latin(f, w) && dz_name_common(f, w) && (first || dz_name_adjective(fold)))
        return false;
    if (first && woman_of_trade(fold))
        return false;
    if (!dz_name_lives(f, w, w + 1))
        return false;
    if (!latin(f, w) || !first)
        return true;
    bool sure = w + 1 < f->rd->n_words &&
                (aged(f, w + 1) || words[w].possessive || words[w + 1].before == DZ_BREAK_COMMA ||
                 dz_reading_hit(f->rd, f->id.only_human, w + 1, w + 2));
    return sure && fold.p[fold.n - 1] != 's';
}

static bool
is_join(const struct dz_person_finder *f, size_t w)
{
    static const char *const joins[] = {"and", "та", "і", "й", "и"};
    for (size_t i = 0; i < sizeof joins / sizeof *joins; i++) {
        if (dz_view_is(f->rd->words[w].fold, joins[i]) && f->rd->words[w].before == DZ_BREAK_NONE)
            return true;
    }
    return false;
}

/* "Гончара і Сокола", "Vesna and Zlatka": joined to somebody by a small word. */
static bool
joined_to_person(const struct dz_person_finder *f, size_t w)
{
    const struct dz_word *words = f->rd->words;
    size_t n = f->rd->n_words;
    if (w > 1 && words[w].before == DZ_BREAK_NONE && is_join(f, w - 1) && f->taken[w - 2] &&
        f->out->n > 0) {
        const struct dz_mention *m = &f->out->items[f->out->n - 1];
        if (m->kind == DZ_MENTION_PERSON && m->end >= words[w - 2].start)
            return true;
    }
    if (opens(f, w) && (latin(f, w) || dz_name_common(f, w)))
        return false;
    return w + 2 < n && is_join(f, w + 1) && words[w + 2].before == DZ_BREAK_NONE &&
           words[w + 2].capital && !f->placed[w + 2] && dz_name_first(f, w + 2);
}

/* "Zenyk: They wrote my name in red.": one word at the head of a line and a colon, where another line
 * begins with a name that is known. Headings ("Note:") stand alone. */
static bool
speaks_in_turn(const struct dz_person_finder *f, size_t w)
{
    const struct dz_word *words = f->rd->words;
    struct dz_view text = f->rd->document->text;
    size_t end = words[w].end;
    bool colon = end < text.n && text.p[end] == ':';
    bool head = words[w].start == 0 || text.p[words[w].start - 1] == '\n';
    if (!colon || !head || dz_name_role(f, w) || (!latin(f, w) && dz_name_everyday(f, w)))
        return false;
    size_t back = f->out->n < 3 ? f->out->n : 3;
    for (size_t i = f->out->n - back; i < f->out->n; i++) {
        const struct dz_mention *m = &f->out->items[i];
        if (m->kind == DZ_MENTION_PERSON && m->end < text.n && text.p[m->end] == ':' &&
            (m->start == 0 || text.p[m->start - 1] == '\n'))
            return true;
    }
    return false;
}

/* "Кузьменки", "Мельничуків": a family by its surname. */
static bool
is_family(const struct dz_person_finder *f, size_t w)
{
    static const struct dz_view tails[] = {T("енки"),  T("енків"), T("енкам"), T("енками"),
                                           T("чуки"),  T("чуків"), T("чукам"), T("чуками"),
                                           T("чуков"), T("enkos"), T("chuks")};
    return !dz_name_common(f, w) &&
           dz_name_ends(f->rd->words[w].fold, tails, sizeof tails / sizeof *tails, 2);
}

/* "Вышла начальница, N, вежливая": an aside that names whom the word in front describes. */
static bool
in_apposition(const struct dz_person_finder *f, size_t w)
{
    const struct dz_word *words = f->rd->words;
    return w > 0 && w + 1 < f->rd->n_words && words[w].before == DZ_BREAK_COMMA &&
           words[w + 1].before == DZ_BREAK_COMMA && dz_name_role(f, w - 1) &&
           !dz_name_common(f, w);
}

size_t
dz_name_of_deeds(struct dz_person_finder *f, size_t w)
{
    struct dz_view fold = f->rd->words[w].fold;
    if (f->rd->words[w].opens_quote || of_thing(f, w))
        return 0;
    if (!lives_alone(f, w) && !joined_to_person(f, w) && !is_family(f, w) &&
        !in_apposition(f, w) && !speaks_in_turn(f, w))
        return 0;
    /* Whom the text calls so by the first name is the same. */
    for (size_t i = 0; i < f->n; i++) {
        if (f->people[i].last.n == 0 && dz_person_near(f->people[i].first, fold)) {
            dz_person_take(f, w, w + 1, fold, (struct dz_view){0}, "person.deed", 60);
            return 1;
        }
    }
    dz_person_take(f, w, w + 1, (struct dz_view){0}, fold, "person.deed", 60);
    return 1;
}

/* "Respondent-17", "свідок К-12": a code in place of a name hides somebody. */
size_t
dz_name_code(struct dz_person_finder *f, size_t w)
{
    const struct dz_word *words = f->rd->words;
    size_t next = w + 1;
    if (next >= f->rd->n_words || !words[next].number || f->taken[w] ||
        words[next].start != words[w].end + 1 ||
        f->rd->document->text.p[words[w].end] != '-')
        return 0;
    size_t end = words[next].end;
    bool filed = end < f->rd->document->text.n && f->rd->document->text.p[end] == '/';
    bool source = dz_person_is(f, f->id.coded, w) || dz_name_called(f, w) ||
                  (w > 0 && words[w].before == DZ_BREAK_NONE &&
                   dz_person_is(f, f->id.coded, w - 1));
    if (filed || !source)
        return 0;
    dz_person_take(f, w, w + 2, words[w].fold, (struct dz_view){0}, "person.code", 65);
    f->people[f->out->items[f->out->n - 1].person_ix].changed = true;
    return 2;
}

/* "HALYNA, seamstress, Kakhovka", "MYKOLA AND OLHA, beekeepers": who speaks in what follows. */
bool
dz_name_heading(const struct dz_person_finder *f, size_t w)
{
    const struct dz_word *words = f->rd->words;
    if (!f->rd->document->tokens[words[w].token].all_caps)
        return false;
    bool closed = w + 1 >= f->rd->n_words || words[w + 1].before >= DZ_BREAK_COMMA ||
                  dz_name_bracket(f, w + 1);
    if (words[w].before == DZ_BREAK_SENTENCE)
        return closed;
    return closed && w > 1 && is_join(f, w - 1) && f->taken[w - 2];
}

/* Behind a byline the line ends, or a place, an outlet or another name follows: "By New Year the
 * queue had gone" is none. */
static bool
signed_off(const struct dz_person_finder *f, size_t w)
{
    static const char *const links[] = {"in", "for", "at"};
    const struct dz_word *words = f->rd->words;
    size_t end = w;
    while (end < f->rd->n_words && words[end].capital && !words[end].number &&
           (end == w || words[end].before == DZ_BREAK_NONE))
        end++;
    if (end >= f->rd->n_words || words[end].before >= DZ_BREAK_COMMA)
        return true;
    for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
        if (dz_view_is(words[end].fold, links[i]))
            return true;
    }
    return false;
}

/* "By N N in Tokmak", "Text: N N", "photographs by N N": two words behind one that says whose work
 * this is. */
bool
dz_name_signs(const struct dz_person_finder *f, size_t w)
{
    const struct dz_word *words = f->rd->words;
    for (size_t back = 1; back <= 3 && back <= w; back++) {
        const struct dz_hit *hit =
            dz_reading_hit(f->rd, f->id.byline, w - back, w - back + 1);
        if (hit && hit->first + hit->n == w && words[w - back].before >= DZ_BREAK_HARD &&
            words[w].before <= DZ_BREAK_HARD)
            return signed_off(f, w);
    }
    return false;
}
