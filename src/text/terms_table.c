#include <string.h>

#include "dz_lemma.h"
#include "dz_terms_priv.h"
#include "dz_text_priv.h"

/* One lookup answers all that is asked of a word: a text of a thousand words has a few hundred
 * different ones, and the next text has most of them again. */

#define WORD_MAX 120 /* bytes of a term; what is longer is cut, in texts and questions alike */

void
dz_form_table_done(struct dz_form_table *t)
{
    for (size_t i = 0; i * DZ_FORM_BLOCK < t->n; i++)
        dz_free(t->blocks[i]);
    dz_free(t->blocks);
    dz_free(t->slots);
    dz_free(t->terms);
    dz_arena_done(&t->arena);
    *t = (struct dz_form_table){0};
}

static void
grow_slots(struct dz_form_table *t)
{
    if ((t->n + 1) * 2 <= t->n_slots)
        return;
    uint64_t *old = t->slots;
    size_t n_old = t->n_slots;
    t->n_slots = n_old ? n_old * 2 : (size_t)1 << 12;
    t->slots = dz_alloc_array(t->n_slots, sizeof *t->slots);
    for (size_t i = 0; i < n_old; i++) {
        size_t at = (size_t)(old[i] >> 32) & (t->n_slots - 1);
        while (old[i] && t->slots[at])
            at = (at + 1) & (t->n_slots - 1);
        if (old[i])
            t->slots[at] = old[i];
    }
    dz_free(old);
}

/* Letters that only one of the two languages has, and words that only one of them has. */
static void
count_votes(struct dz_form *f)
{
    struct dz_view v = dz_form_text(f);
    unsigned uk = 0, ru = 0;
    for (size_t pos = 0; pos < v.n;) {
        uint32_t cp = dz_utf8_next(v, &pos);
        f->cyrillic = f->cyrillic || dz_text_is_cyrillic(cp);
        uk += cp == 0x0456 || cp == 0x0457 || cp == 0x0454 || cp == 0x0491;
        ru += cp == 0x044B || cp == 0x044D || cp == 0x044A;
    }
    if (!f->cyrillic)
        return;
    unsigned langs = dz_text_function_word(v);
    uk += langs == 1U << DZ_TEXT_UK ? 2 : 0;
    ru += langs == 1U << DZ_TEXT_RU ? 2 : 0;
    unsigned known = dz_lemma_known_in(v);
    uk += known == 1U << DZ_TEXT_UK;
    ru += known == 1U << DZ_TEXT_RU;
    f->uk = (uint8_t)(uk > 200 ? 200 : uk);
    f->ru = (uint8_t)(ru > 200 ? 200 : ru);
}

uint32_t
dz_form_hash(struct dz_view *fold)
{
    if (fold->n > WORD_MAX) {
        fold->n = WORD_MAX;
        while (fold->n > 0 && ((unsigned char)fold->p[fold->n] & 0xC0) == 0x80)
            fold->n--;
    }
    return (uint32_t)(dz_view_hash(*fold) >> 32);
}

void
dz_form_fetch_slot(const struct dz_form_table *t, uint32_t hash)
{
    if (t->n_slots > 0)
        __builtin_prefetch(&t->slots[hash & (t->n_slots - 1)]);
}

void
dz_form_fetch(const struct dz_form_table *t, uint32_t hash)
{
    uint64_t slot = t->n_slots > 0 ? t->slots[hash & (t->n_slots - 1)] : 0;
    if (slot >> 32 == hash && slot != 0)
        __builtin_prefetch(dz_form_at(t, (uint32_t)slot - 1));
}

uint32_t
dz_form_number(struct dz_form_table *t, struct dz_view fold, uint32_t hash)
{
    grow_slots(t);
    size_t at = hash & (t->n_slots - 1);
    for (; t->slots[at]; at = (at + 1) & (t->n_slots - 1)) {
        uint32_t number = (uint32_t)t->slots[at] - 1;
        if (t->slots[at] >> 32 == hash && dz_view_eq(dz_form_text(dz_form_at(t, number)), fold))
            return number;
    }
    if (t->n % DZ_FORM_BLOCK == 0) {
        size_t block = t->n / DZ_FORM_BLOCK;
        t->blocks = dz_grow(t->blocks, &t->n_blocks, block + 1, sizeof(struct dz_form *));
        t->blocks[block] = dz_alloc_array(DZ_FORM_BLOCK, sizeof **t->blocks);
    }
    struct dz_form *f = dz_form_at(t, (uint32_t)t->n);
    t->arena.max_bytes = (size_t)1 << 30; /* bounded by how many words are kept */
    *f = (struct dz_form){.n = (uint16_t)fold.n};
    if (fold.n > DZ_FORM_SHORT)
        f->p = dz_arena_strndup(&t->arena, fold.p, fold.n);
    else
        memcpy(f->word, fold.p, fold.n);
    count_votes(f);
    t->slots[at] = (uint64_t)hash << 32 | ++t->n;
    return (uint32_t)t->n - 1;
}

/* Dictionary forms of a word in one language, behind the n that are there; *ret_known: a dictionary
 * has the word. */
static size_t
lemmas(struct dz_lemmas *l, struct dz_view fold, enum dz_text_lang lang, struct dz_view *items,
       size_t n, size_t max)
{
    dz_lemmas_of(fold, lang, l);
    for (size_t i = 0; i < l->n && n < max; i++)
        items[n++] = l->item[i];
    return n;
}

/* In both languages: where one dictionary has the word and the other only guesses, the guess is
 * left out. */
static size_t
read_word(struct dz_view fold, enum dz_terms_reading reading, struct dz_lemmas room[2],
          struct dz_view *items)
{
    if (reading == DZ_READ_PLAIN)
        return lemmas(&room[0], fold, DZ_TEXT_EN, items, 0, DZ_TERMS_EACH);
    if (reading == DZ_READ_BOTH) {
        unsigned known = dz_lemma_known_in(fold);
        if (known == 1U << DZ_TEXT_UK)
            reading = DZ_READ_UK;
        else if (known == 1U << DZ_TEXT_RU)
            reading = DZ_READ_RU;
    }
    size_t n = 0;
    if (reading != DZ_READ_RU)
        n = lemmas(&room[0], fold, DZ_TEXT_UK, items, n,
                   reading == DZ_READ_BOTH ? 3 : DZ_TERMS_EACH);
    if (reading != DZ_READ_UK)
        n = lemmas(&room[1], fold, DZ_TEXT_RU, items, n, DZ_TERMS_EACH);
    return n;
}

const uint32_t *
dz_form_terms(struct dz_form_table *t, uint32_t form, enum dz_terms_reading reading, size_t *ret_n)
{
    struct dz_form *f = dz_form_at(t, form);
    if (!f->cyrillic)
        reading = DZ_READ_PLAIN;
    if (f->n_terms[reading] == 0) {
        struct dz_view items[DZ_TERMS_EACH];
        uint32_t numbers[DZ_TERMS_EACH] = {0};
        struct dz_lemmas room[2];
        size_t n = read_word(dz_form_text(f), reading, room, items), kept = 0;
        for (size_t i = 0; i < n; i++) {
            uint32_t hash = dz_form_hash(&items[i]);
            uint32_t number = dz_form_number(t, items[i], hash);
            bool twice = false;
            for (size_t k = 0; k < kept; k++)
                twice = twice || numbers[k] == number;
            if (!twice)
                numbers[kept++] = number;
        }
        t->terms = dz_grow(t->terms, &t->terms_cap, t->n_terms + kept, sizeof *t->terms);
        memcpy(t->terms + t->n_terms, numbers, kept * sizeof *numbers);
        f->first[reading] = (uint32_t)t->n_terms;
        f->n_terms[reading] = (uint8_t)kept;
        t->n_terms += kept;
    }
    *ret_n = f->n_terms[reading];
    return t->terms + f->first[reading];
}

enum dz_terms_reading
dz_form_reading(struct dz_form_table *t, uint32_t form)
{
    const struct dz_form *f = dz_form_at(t, form);
    if (!f->cyrillic)
        return DZ_READ_PLAIN;
    if ((f->uk > 0) != (f->ru > 0))
        return f->uk > 0 ? DZ_READ_UK : DZ_READ_RU;
    return DZ_READ_BOTH;
}
