/* Words and sentences of a text in English, Ukrainian or Russian.
 *
 * The text is never changed: tokens point into it by byte offsets, and carry a folded form for
 * comparing
 * (lower case, NFC, one apostrophe, ё as е, stress marks and soft hyphens dropped).
 * Pure functions: no files. */
#ifndef DZ_TEXT_H
#define DZ_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dz_buf.h"
#include "dz_err.h"
#include "dz_mem.h"
#include "dz_utf8.h"

enum dz_text_lang { DZ_TEXT_EN, DZ_TEXT_UK, DZ_TEXT_RU, DZ_TEXT_OTHER };

enum dz_token_kind { DZ_TOKEN_WORD, DZ_TOKEN_NUMBER, DZ_TOKEN_PUNCT };

struct dz_token {
    size_t start;        /* bytes, first of the token */
    size_t end;          /* bytes, one past the last */
    struct dz_view fold; /* folded form; lives in the document's arena */
    enum dz_token_kind kind;
    bool capital;      /* first letter is upper case */
    bool all_caps;     /* two letters or more, all upper case */
    bool space_before; /* white space or start of text in front */
    uint32_t sentence; /* number of its sentence */
};

struct dz_sentence {
    size_t start; /* bytes */
    size_t end;
    size_t first_token; /* index */
    size_t n_tokens;
    enum dz_text_lang lang;
    uint32_t paragraph; /* number of its paragraph (line block) */
};

struct dz_known; /* whoever reads documents says what that is */

struct dz_document {
    struct dz_view text; /* borrowed, valid UTF-8 */
    struct dz_utf8_map map;
    struct dz_token *tokens;
    size_t n_tokens;
    struct dz_sentence *sentences;
    size_t n_sentences;
    enum dz_text_lang lang; /* of the whole, by its sentences */
    struct dz_arena arena;
    /* What a reader of texts knows of each token's form, in the arena; NULL: it did not look. With
     * whom it is, so that another reader looks for itself. */
    const struct dz_known *const *known;
    const void *known_by;
    const void *known_lexicon;
};

/** Split a text (at most 16 MiB, valid UTF-8; borrowed for the document's life). DZ_E_LIMIT,
 *  DZ_E_INPUT. */
DZ_MUSTUSE enum dz_code
dz_document_init(struct dz_document *d, struct dz_view text, struct dz_err *err);
void
dz_document_done(struct dz_document *d);

/** Folded form of any string, as tokens carry it (spaces kept). */
void
dz_text_fold(struct dz_view s, struct dz_buf *out);
/** Language of a piece of text. */
enum dz_text_lang
dz_text_guess(struct dz_view s);
/** Is the folded word a function word (article, preposition, pronoun ...) of one of the
 * languages? */
bool
dz_text_function_word_is(struct dz_view fold);
/** "en", "uk", "ru", "und". */
const char *
dz_text_lang_code(enum dz_text_lang lang);

#endif
