#include <string.h>

#include "dz_lemma.h"
#include "dz_names.h"

/* What a person is in the text, read from the words beside the name. */

#define TITLE_REACH 8  /* words in front of the name */
#define ASIDE_REACH 12 /* words of the aside behind it */
#define NOTE_REACH 16  /* words to a note that the name was changed */

static const char *
role_at(const struct dz_person_finder *f, size_t w)
{
    const int concepts[] = {f->id.role_official, f->id.role_journalist, f->id.role_expert,
                            f->id.role_private};
    for (size_t i = 0; i < sizeof concepts / sizeof *concepts; i++) {
        if (dz_person_is(f, concepts[i], w))
            return dz_lexicon_concept(f->rd->lexicon, concepts[i])->role;
    }
    return NULL;
}

static void
set_role(struct dz_person *p, const char *role, int rank)
{
    if (role && rank < p->role_rank) {
        p->role = role;
        p->role_rank = rank;
    }
}

static bool
ends_with(struct dz_view word, const char *tail)
{
    size_t n = strlen(tail);
    return word.n >= n && memcmp(word.p + word.n - n, tail, n) == 0;
}

/* "Commissioner for Human Rights N", "голова обласної адміністрації N"; not the verb of "the minister
 * told N", which would lay N open. */
bool
dz_title_word(const struct dz_person_finder *f, size_t w)
{
    const struct dz_word *word = &f->rd->words[w];
    if (dz_person_is(f, f->id.title_link, w) || dz_person_is(f, f->id.title_noun, w))
        return true;
    if (dz_person_is(f, f->id.speech, w))
        return false;
    bool latin = word->fold.n > 0 && (unsigned char)word->fold.p[0] < 0x80;
    return word->capital || (!latin && !dz_name_verb(f, w));
}

/* Is the word part of another person's name? Words of offices are taken too, and say the role. */
static bool
of_other_person(const struct dz_person_finder *f, size_t w)
{
    if (!f->taken[w])
        return false;
    size_t start = f->rd->words[w].start;
    for (size_t i = f->out->n; i > 0 && f->out->items[i - 1].kind == DZ_MENTION_PERSON; i--) {
        const struct dz_mention *m = &f->out->items[i - 1];
        if (m->start <= start && start < m->end)
            return true;
        if (m->end <= start)
            break;
    }
    return false;
}

/* "I rang a lawyer, Dr N": an article in front of the profession, a title in front of the name. */
static bool
described(const struct dz_person_finder *f, size_t from)
{
    const struct dz_word *words = f->rd->words;
    if (from < 3 || !dz_person_is(f, f->id.honorific, from - 1) || !dz_name_joined(f, from) ||
        words[from - 1].before != DZ_BREAK_COMMA)
        return false;
    for (size_t at = from - 2; at-- > 0 && at + 5 > from;) {
        if (dz_view_is(words[at].fold, "a") || dz_view_is(words[at].fold, "an"))
            return true;
    }
    return false;
}

/* "N sat on the municipal council", "N, who advises us on refugee law". */
static void
look_at_doing(const struct dz_person_finder *f, struct dz_person *p, size_t to)
{
    const struct dz_word *words = f->rd->words;
    if (to >= f->rd->n_words || words[to].before >= DZ_BREAK_HARD)
        return;
    bool relative = words[to].before == DZ_BREAK_COMMA;
    if (relative && !dz_person_is(f, f->id.turns_away, to) && !dz_person_is(f, f->id.pronoun, to))
        return;
    /* The verb, or an adverb and the verb. */
    for (size_t w = to + relative; w <= to + relative + 1 && w < f->rd->n_words; w++) {
        if (words[w].before != DZ_BREAK_NONE && w > to)
            return;
        if (dz_reading_hit(f->rd, f->id.does_official, w, w + 1))
            set_role(p, "official", 3);
        if (dz_reading_hit(f->rd, f->id.does_expert, w, w + 1))
            set_role(p, "expert", 3);
    }
}

/* "Мер разом із N", "the lawyer of N", "мэр и N": a small word in front of the name parts it from the
 * title. "Reporting by N" does not. */
static bool
parted(const struct dz_person_finder *f, size_t from)
{
    if (from == 0 || f->rd->words[from].before != DZ_BREAK_NONE || f->rd->words[from - 1].capital ||
        !dz_person_is(f, f->id.title_link, from - 1))
        return false;
    for (size_t back = 1; back <= 3 && back <= from; back++) {
        const struct dz_hit *hit =
            dz_reading_hit(f->rd, f->id.role_journalist, from - back, from - back + 1);
        if (hit && hit->first + hit->n == from)
            return false;
    }
    return true;
}

/* "Адвокат у справі Олени N": behind a preposition a name in another case than the title is no part of
 * it. "Уповноваженому з прав людини Дмитру N" is in the same. */
static bool
disagrees(const struct dz_person_finder *f, size_t title, size_t from)
{
    const struct dz_word *words = f->rd->words;
    bool preposition = false;
    for (size_t w = title + 1; w < from; w++) {
        preposition = preposition || (words[w].fold.n <= 4 && !words[w].capital &&
                                      dz_person_is(f, f->id.title_link, w));
    }
    if (!preposition || !dz_person_is_oblique(words[from].fold))
        return false;
    struct dz_lemmas l;
    dz_lemmas_of(words[title].fold, f->rd->document->lang, &l);
    return dz_view_eq(l.item[0], words[title].fold);
}

/* "Interior Minister N", "human rights activist N", "a member of the council, N, said". */
static void
look_before(struct dz_person_finder *f, struct dz_person *p, size_t from, bool enclosed)
{
    const struct dz_word *words = f->rd->words;
    if (parted(f, from))
        return;
    if (described(f, from)) {
        set_role(p, role_at(f, from - 2), 2);
        return;
    }
    bool comma = words[from].before == DZ_BREAK_COMMA;
    if ((words[from].before >= DZ_BREAK_HARD && !dz_name_joined(f, from)) || (comma && !enclosed))
        return;
    for (size_t back = 1; back <= TITLE_REACH && back <= from; back++) {
        size_t w = from - back;
        if ((back > 1 && words[w + 1].before >= DZ_BREAK_COMMA && !dz_name_joined(f, w + 1)) ||
            of_other_person(f, w))
            return;
        const char *role = role_at(f, w);
        if (role) {
            if (!disagrees(f, w, from))
                set_role(p, role, back == 1 ? 1 : 4 + (int)back);
            return;
        }
        if (!dz_title_word(f, w) && !(comma && !dz_person_is(f, f->id.speech, w)))
            return;
    }
}

/* In an aside these begin another thought: "N, whose brother is a lawyer". */
static bool
turns_away(const struct dz_person_finder *f, size_t w)
{
    if (dz_person_is(f, f->id.turns_away, w))
        return true;
    /* "N, представляющий заявителей": what somebody does is no role of theirs. */
    static const char *const does[] = {"ющий", "ящий", "ущий", "ащий", "ющая", "ящая", "ущая",
                                       "ащая", "вший", "вшая", "ючи",  "ачи",  "ивши", "авши"};
    for (size_t i = 0; i < sizeof does / sizeof *does; i++) {
        if (ends_with(f->rd->words[w].fold, does[i]))
            return true;
    }
    return dz_person_is(f, f->id.speech, w);
}

/* "N of the Lviv-based Centre for ...", "N of Harbour University": nurses and teachers are of a
 * hospital or a school. */
static bool
at_learned_house(const struct dz_person_finder *f, size_t from)
{
    const struct dz_word *words = f->rd->words;
    for (size_t w = from; w < from + 6 && w < f->rd->n_words; w++) {
        if (words[w].before >= DZ_BREAK_COMMA || dz_person_is(f, f->id.speech, w))
            return false;
        if (words[w].capital && dz_person_is(f, f->id.expert_house, w))
            return true;
    }
    return false;
}

/* "N, an expert at ...", "N — a former resident who ...", "N, 34, a nurse", "N / AGENCY" under a
 * picture. */
static void
look_behind(struct dz_person_finder *f, struct dz_person *p, size_t from, size_t to)
{
    const struct dz_reading *rd = f->rd;
    /* "The boy's mother, N, had posted the headteacher's letter": the name itself is the aside. */
    if (from > 0 && rd->words[from].before == DZ_BREAK_COMMA && to < rd->n_words &&
        rd->words[to].before == DZ_BREAK_COMMA && role_at(f, from - 1))
        return;
    if (to >= rd->n_words || rd->words[to].before == DZ_BREAK_SENTENCE)
        return;
    struct dz_view between = {rd->document->text.p + rd->words[to - 1].end,
                              rd->words[to].start - rd->words[to - 1].end};
    if (memchr(between.p, '/', between.n)) {
        set_role(p, "journalist", 2);
        return;
    }
    if (rd->words[to].before == DZ_BREAK_NONE) {
        if (dz_view_is(rd->words[to].fold, "of") && at_learned_house(f, to + 1))
            set_role(p, "expert", 3);
        return;
    }
    size_t begin = rd->words[to].number ? to + 1 : to;
    for (size_t w = begin; w < rd->n_words && w < begin + ASIDE_REACH; w++) {
        if ((w > begin && rd->words[w].before >= DZ_BREAK_COMMA) || turns_away(f, w))
            return;
        const char *role = role_at(f, w);
        /* "... said governor N, and lists of young men were kept": no aside about N. */
        if (role && p->known && strcmp(role, "witness") == 0)
            return;
        if (role) {
            set_role(p, role, 0);
            return;
        }
    }
}

static void
look_for_note(struct dz_person_finder *f, struct dz_person *p, size_t to)
{
    const struct dz_reading *rd = f->rd;
    size_t end = to + NOTE_REACH < rd->n_words ? to + NOTE_REACH : rd->n_words;
    for (size_t w = to; w < end; w++) {
        /* Another name in between: the note is about that one. */
        if (rd->words[w].capital && dz_person_is(f, f->id.first_name, w))
            return;
        if (dz_person_is(f, f->id.name_changed, w)) {
            p->changed = true;
            return;
        }
    }
}

/* First and last word of a folded name. */
static void
split_name(struct dz_view name, struct dz_view *ret_first, struct dz_view *ret_last)
{
    size_t first = 0, last = name.n;
    while (first < name.n && name.p[first] != ' ')
        first++;
    while (last > 0 && name.p[last - 1] != ' ')
        last--;
    *ret_first = (struct dz_view){name.p, first};
    *ret_last = (struct dz_view){name.p + last, name.n - last};
}

static void
add_holder(struct dz_rules *r, size_t *cap, const char *name)
{
    struct dz_buf fold = DZ_BUF(1024);
    dz_text_fold(dz_view_of(name), &fold);
    const char *kept = dz_arena_strndup(&r->arena, fold.p ? fold.p : "", fold.n);
    struct dz_holder h = {0};
    if (kept)
        split_name((struct dz_view){kept, fold.n}, &h.first, &h.last);
    dz_buf_done(&fold);
    if (h.last.n == 0)
        return;
    r->holders = dz_grow(r->holders, cap, r->n_holders + 1, sizeof *r->holders);
    r->holders[r->n_holders++] = h;
}

void
dz_person_holders(struct dz_rules *r)
{
    size_t i, cap = 0;
    json_t *holder;
    json_array_foreach(json_object_get(r->offices, "holders"), i, holder)
    {
        const char *key;
        json_t *name;
        json_object_foreach(json_object_get(holder, "name"), key, name)
        {
            add_holder(r, &cap, json_string_value(name));
        }
    }
}

/* Does the table of office holders name this person? A surname alone is not enough. */
static bool
holds_office(const struct dz_person_finder *f, const struct dz_person *p)
{
    for (size_t i = 0; i < f->rules->n_holders; i++) {
        const struct dz_holder *h = &f->rules->holders[i];
        if (dz_person_near(h->last, p->last) && dz_person_near(h->first, p->first))
            return true;
    }
    return false;
}

void
dz_person_role(struct dz_person_finder *f, struct dz_person *p, size_t from, size_t to)
{
    if (p->mentions == 1 || !p->known) {
        if (p->last.n > 0 && dz_person_is(f, f->id.public_figure, to - 1))
            p->known = true;
        if (p->mentions == 1 && holds_office(f, p))
            p->known = true;
    }
    look_behind(f, p, from, to);
    const struct dz_word *words = f->rd->words;
    bool enclosed = to >= f->rd->n_words || words[to].before == DZ_BREAK_COMMA ||
                    words[to].sentence != words[from].sentence;
    look_before(f, p, from, enclosed);
    look_at_doing(f, p, to);
    bool ends = to >= f->rd->n_words || words[to].before == DZ_BREAK_SENTENCE;
    /* "Записала N." is all that the sentence says. */
    for (size_t back = 1; ends && back <= 3 && back <= from; back++) {
        const struct dz_hit *hit =
            dz_reading_hit(f->rd, f->id.byline, from - back, from - back + 1);
        if (hit && hit->first + hit->n == from && words[from - back].before == DZ_BREAK_SENTENCE)
            set_role(p, "journalist", 2);
    }
    if (to > from + 1 && dz_name_signs(f, from))
        set_role(p, "journalist", 2);
    if (ends && from >= 3 && dz_name_spoken_to(f, from, to) &&
        dz_person_is(f, f->id.pronoun, from - 3))
        set_role(p, "journalist", 3);
    if (p->mentions <= 2)
        look_for_note(f, p, to);
    if (p->known)
        set_role(p, "official", 3);
}

bool
dz_person_protect(const struct dz_person *p)
{
    if (p->changed)
        return true;
    if (p->known)
        return false;
    /* Who is called by a first name alone speaks as a private person. */
    if (p->last.n == 0)
        return true;
    bool public = p->role && (strcmp(p->role, "official") == 0 || strcmp(p->role, "expert") == 0 ||
                              strcmp(p->role, "journalist") == 0);
    return !public;
}
