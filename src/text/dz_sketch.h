/* Sketches: which stretches of words two texts share, without comparing every text with every
 * other.
 *
 * A text is a row of words in a form that forgives what copying changes and meaning does not: case,
 * quotes, hyphens, apostrophes, soft hyphens and other invisible characters, stress marks, letters
 * that only look alike, words broken at the end of a line. Each five words in a row are a shingle;
 * of every five shingles in a row the one with the smallest hash is kept (winnowing: Schleimer,
 * Wilkerson and Aiken 2003). Whatever texts share, be it 15 words inside much else, is then met by
 * at least two kept shingles in both, and a thousand words need 1.3 KB.
 *
 * Hashes are not keyed and can be guessed from: a sketch is as secret as its text. */
#ifndef DZ_SKETCH_H
#define DZ_SKETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dz_buf.h"

#define DZ_SHINGLE_WORDS 5
#define DZ_SKETCH_WINDOW 5    /* shingles of which one is kept */
#define DZ_SKETCH_VERSION "2" /* another one: sketches that were kept are made anew */

/** Zeroed is empty; used again it keeps its memory. */
struct dz_sketch {
    uint32_t *hashes; /* ascending, each once */
    size_t n;
    size_t cap;
    size_t n_words; /* of the text */
};
/** text is valid UTF-8. In any thread. */
void
dz_sketch_make(struct dz_sketch *s, struct dz_view text);
void
dz_sketch_done(struct dz_sketch *s);

/** A word where it stands; equal words have equal hashes. */
struct dz_text_word {
    uint32_t start; /* bytes */
    uint32_t end;
    uint32_t hash;
};
struct dz_text_words {
    struct dz_text_word *items;
    size_t n;
    size_t cap;
};
/** Replace what is there by the words of a text of less than 4 GiB. */
void
dz_text_words_split(struct dz_text_words *w, struct dz_view text);
void
dz_text_words_done(struct dz_text_words *w);
/** Hash of the shingle that begins with this word, as sketches hold it; five words must follow. */
uint32_t
dz_shingle_hash(const struct dz_text_word *first);

/* ---- what two texts share, word by word ---- */

/* A text made ready to be compared with many. Borrows its words. */
struct dz_aligner;
struct dz_aligner *
dz_aligner_new(const struct dz_text_words *words);
void
dz_aligner_free(struct dz_aligner *a); /* NULL is fine */

/* Hashes of shingles that both texts have, ascending: those that few texts have, and those that are
 * everybody's: of footers, menus and quoted laws. */
struct dz_marks {
    const uint32_t *rare;
    size_t n_rare;
    const uint32_t *common;
    size_t n_common;
};

/** A passage that stands in both: runs of the same words with at most a few others between them. In
 *  numbers of words, ends not included. */
struct dz_shared {
    uint32_t a_start; /* in the text that is compared */
    uint32_t a_end;
    uint32_t b_start; /* in the aligner's */
    uint32_t b_end;
    uint32_t n_same;     /* words */
    uint32_t n_shingles; /* shared: words less four for each run */
};
struct dz_shared_list {
    struct dz_shared *items;
    size_t n;
    size_t cap;
    uint32_t n_common; /* words of runs that were left out */
};
/** Passages that words share with the aligner's text, in their order in it, replacing what is in
 *  ret. Each word belongs to at most one; where it stands several times in the aligner's text, to
 *  the longest run. With marks, runs are cut where they have common shingles, and what has no rare
 *  one is left out; NULL: all runs. */
void
dz_align(const struct dz_aligner *with, const struct dz_text_words *words,
         const struct dz_marks *marks, struct dz_shared_list *ret);
void
dz_shared_list_done(struct dz_shared_list *l);

#endif
