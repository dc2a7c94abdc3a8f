/* Lemmas: the dictionary form of a word, by which its other forms find it.
 *
 * Ukrainian and Russian are read from tables of all forms that Debian's spelling dictionaries know,
 * compiled while dokaz is built and mapped with the program (docs/format/lemmas.md); words that
 * they do not know are read by their ending. English is stemmed by Snowball. Words come folded, as
 * tokens carry them (dz_text.h). No state: any thread may ask at any time. */
#ifndef DZ_LEMMA_H
#define DZ_LEMMA_H

#include "dz_text.h"

#define DZ_LEMMA_ITEMS 8  /* readings of one word at most */
#define DZ_LEMMA_ROOM 640 /* bytes of all its lemmas */

/* All readings of one word. The views point into `room` (or at the word that was asked for), so
 * they
 * live as long as this does and are not copied with it. */
struct dz_lemmas {
    size_t n; /* at least 1 */
    struct dz_view item[DZ_LEMMA_ITEMS]; /* folded, the likeliest first, each once */
    bool known; /* a dictionary has this very form */
    bool name;  /* known, and only as a name (Мелітополь) */
    bool has_name; /* known, and also as a name */
    /* The last n_linked of them are looser: verbs whose participle the word is. They are good for
     * finding, and wrong as the word's own lemma. */
    size_t n_linked;
    char room[DZ_LEMMA_ROOM];
};

/** The lemmas of one folded word. Always gives one: at worst the word itself (numbers, other
 *  scripts, DZ_TEXT_OTHER). word is borrowed as long as ret is used. */
void
dz_lemmas_of(struct dz_view word, enum dz_text_lang lang, struct dz_lemmas *ret);

/** Bits 1 << DZ_TEXT_UK and 1 << DZ_TEXT_RU: which dictionaries have the folded word as a form. */
unsigned
dz_lemma_known_in(struct dz_view word);

/** A number that is another one when the tables are others: what was made with them is then old. */
uint32_t
dz_lemma_mark(void);

/** Have two folded words a lemma in common? Looser readings count as well. */
bool
dz_lemma_same(struct dz_view a, struct dz_view b, enum dz_text_lang lang);

/** The word that a lemma is derived from, if the dictionary has it: паспорт of паспортизація or
 *  паспортний. Never the same word, but related: to be offered, not to be joined. The view lies in
 *  room (at least 128 bytes); empty when there is none. */
struct dz_view
dz_lemma_root(struct dz_view lemma, enum dz_text_lang lang, char *room);

#endif
