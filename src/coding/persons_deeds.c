#include <string.h>

#include "dz_names.h"

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
    /* "N, who drove the ambulance" */
    if (words[end].before == DZ_BREAK_COMMA && dz_view_is(words[end].fold, "who"))
        return true;
    return words[end].before == DZ_BREAK_NONE && !dz_name_bracket(f, end) &&
           dz_reading_hit(f->rd, f->id.lives_through, end, end + 1) != NULL;
}

/* Words that open a sentence bear a capital anyway: in Cyrillic letters no dictionary may know the
 * word for anything else, in Latin ones, which have no dictionary here, an age, kin or "who" must
 * say it, or a verb that nothing but a person does. */
size_t
dz_name_of_deeds(struct dz_person_finder *f, size_t w)
{
    const struct dz_word *words = f->rd->words;
    struct dz_view fold = words[w].fold;
    bool first = opens(f, w);
    if (words[w].quoted && words[w].opens_quote)
        return 0;
    if (!latin(f, w) && dz_name_common(f, w) && (first || dz_name_adjective(fold)))
        return 0;
    if (!dz_name_lives(f, w, w + 1))
        return 0;
    if (latin(f, w) && first) {
        bool plural = fold.p[fold.n - 1] == 's';
        bool sure = w + 1 < f->rd->n_words &&
                    (aged(f, w + 1) || words[w].possessive ||
                     words[w + 1].before == DZ_BREAK_COMMA ||
                     dz_reading_hit(f->rd, f->id.only_human, w + 1, w + 2));
        if (plural || !sure)
            return 0;
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
    bool source = dz_person_is(f, f->id.role_private, w) || dz_name_called(f, w) ||
                  (w > 0 && words[w].before == DZ_BREAK_NONE &&
                   dz_person_is(f, f->id.role_private, w - 1));
    if (!source)
        return 0;
    dz_person_take(f, w, w + 2, words[w].fold, (struct dz_view){0}, "person.code", 65);
    f->people[f->out->items[f->out->n - 1].person_ix].changed = true;
    return 2;
}

/* "HALYNA, seamstress, Kakhovka", "MYKOLA AND OLHA, beekeepers": who speaks in what follows. */
bool
dz_name_heading(const struct dz_person_finder *f, size_t w)
{
    static const char *const joins[] = {"and", "та", "і", "й", "и"};
    const struct dz_word *words = f->rd->words;
    if (!f->rd->document->tokens[words[w].token].all_caps)
        return false;
    bool closed = w + 1 >= f->rd->n_words || words[w + 1].before >= DZ_BREAK_COMMA ||
                  dz_name_bracket(f, w + 1);
    if (words[w].before == DZ_BREAK_SENTENCE)
        return closed;
    for (size_t i = 0; closed && w > 1 && i < sizeof joins / sizeof *joins; i++) {
        if (dz_view_is(words[w - 1].fold, joins[i]) && f->taken[w - 2])
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
            return true;
    }
    return false;
}
