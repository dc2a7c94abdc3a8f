#include "dz_known.h"
#include "dz_names.h"

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

/* A vowel or soft sign that a case may change for another: two bytes of Cyrillic. */
static bool
is_vowel(const char *letter)
{
    static const char *const all[] = {"а", "я", "и", "і", "ї", "у", "ю", "о", "е", "є", "ы", "ь"};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (memcmp(letter, all[i], 2) == 0)
            return true;
    }
    return false;
}

/* "Вета", "Ветой": behind three letters one vowel against an ending of the instrumental. */
static bool
ends_as_instrumental(struct dz_view shorter, struct dz_view longer)
{
    static const char *const endings[] = {"ою", "ой", "ею", "ей", "єю"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        if (shorter.n == 8 && longer.n == 10 && memcmp(longer.p + 6, endings[i], 4) == 0)
            return is_vowel(shorter.p + 6);
    }
    return false;
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
    same -= same % unit; /* whole letters */
    /* Of a short name only the case ending may differ: Лящ, Ляща. */
    if (unit == 2 && same == least && same / 2 == 3)
        return (most - same) / 2 <= 2;
    if (unit == 2 && same / 2 == 3 && least == most && least == same + 2)
        return is_vowel(a.p + same) && is_vowel(b.p + same); /* Юлія, Юліє */
    if (unit == 2 && same / 2 == 3 && ends_as_instrumental(a.n < b.n ? a : b, a.n < b.n ? b : a))
        return true;
    if (unit == 2)
        return same / 2 >= 4 && (most - same) / 2 <= 3;
    return least >= 6 && edits(a, b) <= 2;
}

struct dz_view
dz_person_text(const struct dz_person_finder *f, size_t from, size_t to)
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

void
dz_person_take(struct dz_person_finder *f, size_t from, size_t to, struct dz_view first,
               struct dz_view last, const char *rule, int score)
{
    struct dz_person *p = person_for(f, first, last);
    struct dz_view name = dz_person_text(f, from, to);
    static const struct dz_view elder = DZ_VIEW_INIT("-ага"); /* a nominative, and kept */
    if (p->first.n == 0)
        p->first = first;
    if (p->last.n == 0)
        p->last = last;
    if (name.n > p->name.n && !dz_name_ends(p->name, &elder, 1, 0)) {
        p->name = name;
        p->turned = false;
    }
    p->mentions++;
    p->addressed += dz_name_vocative(f, from, to);
    if (to - from == 3 && p->middle.n == 0 && dz_name_patronymic(f->rd->words[from + 1].fold))
        p->middle = f->rd->words[from + 1].fold;
    if (to - from == 3 && p->middle.n == 0 && dz_name_patronymic(f->rd->words[from + 2].fold))
        p->middle = f->rd->words[from + 2].fold;
    dz_person_role(f, p, from, to);
    for (size_t w = from; w < to; w++)
        f->taken[w] = true;
    const struct dz_word *words = f->rd->words;
    struct dz_mention *m =
        dz_mention_add(f->out, f->rd->document, DZ_MENTION_PERSON, words[from].token,
                       words[to - 1].token - words[from].token + 1, rule, score);
    m->person_ix = (uint32_t)(p - f->people);
}

struct dz_person *
dz_person_turn(struct dz_person_finder *f)
{
    struct dz_person *p = &f->people[f->out->items[f->out->n - 1].person_ix];
    const struct dz_mention *m = &f->out->items[f->out->n - 1];
    if (p->name.p == f->rd->document->text.p + m->start)
        p->turned = true;
    return p;
}

/* "Нечай Богдан" as "Богдан Нечай", "Лубінцю Д. В." as "Д. В. Лубінцю"; in the nominative initials stay
 * as papers have them. */
static struct dz_view
natural_order(const struct dz_person_finder *f, struct dz_view name)
{
    const char *blank = memchr(name.p, ' ', name.n);
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(1024);
    if (!blank)
        return name;
    size_t n = (size_t)(blank - name.p);
    struct dz_view rest = {blank + 1, name.n - n - 1};
    bool initials = memchr(rest.p, '.', rest.n) != NULL;
    DZ_AUTO_BUF struct dz_buf nominative = DZ_BUF(512);
    struct dz_view surname = {name.p, n};
    if (initials && !dz_person_nominative(surname, f->rd->document->lang, &nominative))
        return name;
    dz_buf_add(&text, rest.p, rest.n);
    dz_buf_adds(&text, initials ? ". " : " ");
    dz_buf_add(&text, name.p, n);
    const char *kept = dz_arena_strndup(&f->rd->document->arena, text.p, text.n);
    return kept ? (struct dz_view){kept, text.n} : name;
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
            dz_person_take(f, w, w + 1, (struct dz_view){0}, words[w].fold, "person.public-figure",
                           85);
            continue;
        }
        if (f->placed[w] || dz_person_is(f, f->id.not_name, w) || words[w].fold.n < 4)
            continue;
        for (size_t i = 0; i < known && i < 200; i++) {
            struct dz_person *p = &f->people[i];
            if (p->last.n == 0 || p->last.p[0] != words[w].fold.p[0] ||
                !dz_person_near(p->last, words[w].fold))
                continue;
            dz_person_take(f, w, w + 1, (struct dz_view){0}, p->last, "person.surname", 90);
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

/* Are these the initials of that first name and patronymic? */
static bool
abbreviates(const struct dz_person *q, const struct dz_person *p)
{
    return q->initials[1].n > 0 && p->first.n > q->initials[0].n && p->last.n > q->initials[1].n &&
           memcmp(p->first.p, q->initials[0].p, q->initials[0].n) == 0 &&
           memcmp(p->last.p, q->initials[1].p, q->initials[1].n) == 0;
}

/* "Раиса Павловна" of a text that also names her in full, or with initials. */
static size_t
bearer_of_patronymic(const struct dz_person_finder *f, size_t ix)
{
    const struct dz_person *p = &f->people[ix];
    size_t found = ix;
    for (size_t i = 0; i < f->n; i++) {
        const struct dz_person *q = &f->people[i];
        bool full = q->middle.n > 0 && dz_person_near(p->last, q->middle) &&
                    dz_person_near(p->first, q->first);
        if (!full && !abbreviates(q, p))
            continue;
        if (found != ix)
            return ix;
        found = i;
    }
    return found;
}

/* Whom a first name alone stands for: the one protected person of the text who bears it, or whom
 * the speaker has in front of them ("Пані Юліє"), or somebody of their own. */
static size_t
bearer_of(const struct dz_person_finder *f, size_t ix)
{
    const struct dz_person *p = &f->people[ix];
    size_t found = ix;
    if (f->n > PEOPLE_BACK)
        return ix;
    if (p->last.n > 0)
        return dz_name_patronymic(p->last) && p->middle.n == 0 ? bearer_of_patronymic(f, ix) : ix;
    for (size_t i = 0; i < f->n; i++) {
        const struct dz_person *q = &f->people[i];
        /* Who is addressed by a patronymic somewhere may be another of that first name. */
        if (q->last.n == 0 || dz_name_patronymic(q->last) || !dz_person_near(p->first, q->first))
            continue;
        if (found != ix || (!dz_person_protect(q) && p->addressed < p->mentions))
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
        m->name = p->turned ? natural_order(f, p->name) : p->name;
        m->protect = dz_person_protect(p);
        m->role = p->role ? p->role : m->protect ? "witness" : "other";
        m->role_guessed = !p->role;
    }
    dz_free(bearers);
}

static void
find_concepts(struct dz_person_finder *f)
{
#define FIND(name) f->id.name = dz_lexicon_find(f->rd->lexicon, #name)
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
    FIND(name_or_word);
    FIND(elder);
    FIND(title_link);
    FIND(title_noun);
    FIND(turns_away);
    FIND(a_certain);
    FIND(named_after);
    FIND(place_link);
    FIND(spoke_to);
    FIND(asked_by);
    FIND(byline);
    FIND(pronoun);
    FIND(does_official);
    FIND(does_expert);
    FIND(lives_through);
    FIND(only_human);
    FIND(harms);
    FIND(own_kin);
    FIND(years_old);
    FIND(not_pseudonym);
    FIND(coded);
#undef FIND
}

enum dz_code
dz_find_persons_in(const struct dz_rules *r, struct dz_reading *rd, struct dz_mentions *out,
                   struct dz_err *err)
{
    (void)err;
    struct dz_person_finder f = {.rules = r, .rd = rd, .out = out};
    find_concepts(&f);
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
        size_t n = dz_name_pseudonym(&f, w);
        if (n == 0)
            n = dz_name_code(&f, w);
        if (n == 0)
            n = dz_name_with_initials(&f, w);
        if (n == 0)
            n = dz_name_with_patronymic(&f, w);
        if (n == 0)
            n = dz_name_reversed(&f, w);
        if (n == 0)
            n = dz_name_from_first(&f, w);
        if (n == 0)
            n = dz_name_by_context(&f, w);
        if (n == 0)
            n = dz_name_alone(&f, w);
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
