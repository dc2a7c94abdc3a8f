/* Shared between the files of text/: character classes, folding of one word, stems, function
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

/** Length in bytes of the stem, which is always a prefix of the folded word. */
size_t
dz_text_stem_length(struct dz_view fold, enum dz_text_lang lang);

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
/** dz_document_init without stems and the map of code points: for whoever asks for languages. */
DZ_MUSTUSE enum dz_code
dz_document_init_sentences(struct dz_document *d, struct dz_view text, struct dz_err *err);
/** Cut the tokens into sentences. Each token's `sentence` holds its paragraph on entry. */
void
dz_text_cut_sentences(struct dz_document *d);
/** Language of each sentence and of the whole. */
void
dz_text_vote(struct dz_document *d);

#endif
