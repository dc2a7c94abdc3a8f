/* The builder of the word tables: from the spelling dictionaries of Debian to one file that the
 * program maps (docs/format/lemmas.md). It runs while dokaz is built, on the machine that builds,
 * links nothing of dokaz, and stops with one line when something is wrong. The same dictionaries
 * give the same bytes. */
#ifndef LEMMAS_H
#define LEMMAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Letters are numbers here: 1..32 а to я, then і ї є ґ and the apostrophe. ё is е. */
#define LETTERS 38   /* one more than the highest */
#define WORD_MAX 40  /* letters; longer words are left out */
#define SET_MAX 8    /* readings of one form */
#define ENDING_MAX 9 /* letters of a learned ending */

void
die(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));
/** A line on what was done, for whoever builds. */
void
report(const char *format, ...) __attribute__((format(printf, 1, 2)));
void *
grow(void *base, size_t *cap, size_t need, size_t size);

/** All of a file, caller frees. */
char *
read_file(const char *path, size_t *ret_n);

/* Words, one behind the other. */
struct pool {
    uint8_t *p;
    size_t n;
    size_t cap;
};

/* How sure it is that the form belongs to the lemma; the lower, the earlier it is listed. */
enum reading_class { FIRST, COMMON, NAME, LINKED, DROPPED };

struct reading {
    uint32_t form; /* offsets in the pool */
    uint32_t lemma;
    uint8_t form_n;
    uint8_t lemma_n;
    uint8_t class;
    bool verb; /* the dictionary's word conjugates */
    bool named; /* the lemma is a name, too */
    bool bare; /* it stands in the dictionary, which says nothing of its forms */
};

/* All that is known of one language. */
struct language {
    const char *code;
    struct pool pool;
    struct reading *readings;
    size_t n;
    size_t cap;
    size_t n_sorted; /* those of them that can be found */
};

void
add_reading(struct language *l, const uint8_t *form, size_t form_n, const uint8_t *lemma,
            size_t lemma_n, enum reading_class class, bool verb);
/** What was added last is a form that stands alone. */
void
mark_bare(struct language *l);
/** The readings of one form, once they are sorted: the first, and how many. */
size_t
find_readings(const struct language *l, const uint8_t *form, size_t form_n, size_t *ret_n);
/** By form and lemma; each pair once, with the lowest class, and none that was dropped. */
void
sort_readings(struct language *l);

/* ---- hunspell.c: .aff and .dic ---- */

/** The letter of a code point, 0 when it is none; case and ё are folded. */
unsigned
letter_of(uint32_t cp);
uint32_t
next_code_point(const char **p, const char *end);
void
read_dictionary(struct language *l, const char *aff, const char *dic);

/** Lines "ru word/FLAGS" of our own, in the notation of the dictionary that was read before. */
void
read_more_words(struct language *l, const char *path);
/** Russian names of the gazetteer, of which the dictionary has few. */
void
read_places(struct language *l, const char *path);

/* ---- links.c: what the dictionaries do not say ---- */

void
read_exceptions(struct language *l, const char *path);
void
link_participles(struct language *l);

/* ---- bare.c: forms that the dictionaries list without their lemma ---- */

void
link_bare(struct language *l);

/* ---- rules.c: how a lemma is made of a form ---- */

struct rules {
    struct rule *items;
    size_t n;
    size_t cap;
    uint32_t *slots;
    size_t n_slots;
    struct pool sets; /* as the file has them */
    uint32_t *set_slots;
    size_t n_set_slots;
    size_t n_sets;
};
struct rule {
    uint8_t front; /* letters cut off at the beginning */
    uint8_t cut;   /* letters cut off at the end */
    uint8_t add_n;
    uint8_t add[WORD_MAX];
    uint32_t count;
};
uint32_t
rule_of(struct rules *r, const struct language *l, const struct reading *reading);
/** Offset of the set of these readings (of one form) in the file's list of sets. */
uint32_t
set_of(struct rules *r, const struct language *l, const struct reading *readings, size_t n);
/** The same for rules by number, most likely first. */
uint32_t
set_of_rules(struct rules *r, const uint32_t *rules, size_t n);

void
rules_done(struct rules *r);

/* ---- automaton.c: words to values, as small as can be ---- */

struct automaton {
    uint32_t *arcs;
    size_t n;
    size_t cap;
    uint32_t *slots; /* states that are written, by hash */
    size_t n_slots;
    size_t n_states;
};
void
automaton_init(struct automaton *a);
/** Words come sorted, each once; the value is above 0. add() between begin() and end(); end()
 *  gives the first state. Automata made one after the other share their states. */
void
automaton_begin(struct automaton *a);
void
automaton_add(struct automaton *a, const uint8_t *word, size_t n, uint32_t value);
uint32_t
automaton_end(struct automaton *a);
void
automaton_done(struct automaton *a);
/** The value of the longest word of the automaton that this one ends with, read backwards. */
uint32_t
automaton_longest_end(const struct automaton *a, uint32_t root, const uint8_t *word, size_t n);
/** Put the ways that most words go first in each state. After the last end(). */
void
automaton_order(struct automaton *a);

/* ---- endings.c ---- */

/** Learn what endings tell of a word that no dictionary has. */
uint32_t
learn_endings(struct automaton *a, struct rules *r, const struct language *l);

/** The same, but the values are numbers of rules, plus one. */
uint32_t
learn_ending_rules(struct automaton *a, struct rules *r, const struct language *l);

#endif
