/* Shared between the files of text/: character classes, folding of one word, function
 * words. */
#ifndef DZ_TEXT_PRIV_H
#define DZ_TEXT_PRIV_H

#include "dz_text.h"

enum dz_text_class {
    DZ_TEXT_SPACE,
    DZ_TEXT_LINE, /* ends a paragraph */
    DZ_TEXT_LETTER,
    DZ_TEXT_DIGIT,
    DZ_TEXT_MARK, /* belongs to the letter in front: combining marks, soft hyphen, joiners */
    DZ_TEXT_APOSTROPHE,
    DZ_TEXT_SIGN
};
enum dz_text_class
dz_text_class_of(uint32_t cp);
bool
dz_text_is_cyrillic(uint32_t cp);
bool
dz_text_is_upper(uint32_t cp);
uint32_t
dz_text_lower(uint32_t cp);
/** Folded form of a Cyrillic letter of two bytes, of which folding makes one of as many and that
 *  nothing composes with by itself: those of the three languages but ё. 0: another character. */
uint32_t
dz_text_fold_pair(unsigned char lead, unsigned char trail);

/* What a character is to the word that it stands in. */
enum dz_text_part {
    DZ_PART_NONE, /* ends it */
    DZ_PART_LETTER,
    DZ_PART_DIGIT,
    DZ_PART_OTHER /* needs a closer look */
};
/* How often a character speaks for what, as counts of twelve bits side by side. */
#define DZ_VOTE_BITS 12
enum dz_text_vote { DZ_VOTE_LATIN, DZ_VOTE_CYRILLIC, DZ_VOTE_UK, DZ_VOTE_RU, DZ_VOTE_FOREIGN };
struct dz_text_char {
    uint64_t votes;
    uint16_t fold; /* the folded character, of as many bytes, of a letter or digit below */
    uint8_t class; /* enum dz_text_class */
    uint8_t part;  /* enum dz_text_part */
    bool upper;    /* a letter of upper case */
};
/** Of all characters below DZ_TEXT_CHARS: those of one and two bytes. */
#define DZ_TEXT_CHARS 0x800U
const struct dz_text_char *
dz_text_chars(void);
uint64_t
dz_text_votes_of(uint32_t cp);

/** Bit 1 << lang for each language in which the folded word is a function word. */
unsigned
dz_text_function_word(struct dz_view fold);

/** Was the text wrapped by hand, so that its line breaks are spaces? */
bool
dz_text_is_wrapped(struct dz_view text);
/** In a wrapped text: does the line break at byte `at`, of the line that begins at line_start, only
 * continue the paragraph? */
bool
dz_text_is_soft_break(struct dz_view text, size_t at, size_t line_start);
/** dz_document_init without the map of code points: for whoever asks for languages. */
DZ_MUSTUSE enum dz_code
dz_document_init_sentences(struct dz_document *d, struct dz_view text, struct dz_err *err);
/** dz_document_init by the general functions alone: what the quick ways are held against in
 *  tests. */
DZ_MUSTUSE enum dz_code
dz_document_init_slowly(struct dz_document *d, struct dz_view text, struct dz_err *err);
/** Cut the tokens into sentences. Each token's `sentence` holds its paragraph on entry. */
void
dz_text_cut_sentences(struct dz_document *d);
/** Language of each sentence and of the whole. */
void
dz_text_vote(struct dz_document *d);

#endif
