/* Where the words of a passage stand in another version of their text.
 *
 * A passage is never moved by dokaz: what is found here is offered to a person, who confirms it
 * (docs/format/entries.md, passage.confirmed). Positions are code points where nothing else is
 * said. */
#ifndef DZ_PASSAGE_H
#define DZ_PASSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dz_err.h"
#include "dz_fact.h"
#include "dz_utf8.h"
#include "dz_vault.h"

/* ---- pure: passage_find.c, passage_near.c ---- */

#define DZ_PLACES_MAX 8 /* that are kept of one passage */

/** "same" "moved" "orphan" "unknown". */
const char *
dz_passage_state_name(enum dz_passage_state state);
/** DZ_PASSAGE_UNKNOWN for any other word. */
enum dz_passage_state
dz_passage_state_of(const char *name);

struct dz_quote {
    struct dz_view exact;
    struct dz_view prefix; /* up to DZ_FACT_CONTEXT code points; empty at the start of its text */
    struct dz_view suffix;
    size_t start;
};
struct dz_quote_place {
    size_t start;
    size_t end;
    size_t from; /* bytes */
    size_t to;
    /* Of prefix and suffix, code points that stand there too, counted from the quote outwards;
     * white
     * space of any kind and length is alike. */
    unsigned agrees;
    unsigned edits; /* of a near miss: letters that differ, 0 when only case, spaces and such do */
};
struct dz_quote_found {
    enum dz_passage_state state;
    /* Moved: where the words stand, best first: what agrees most, then what is nearest. Orphan:
     * what
     * may be meant, best first. Same: the place itself. */
    struct dz_quote_place places[DZ_PLACES_MAX];
    size_t n;
    size_t n_all;  /* also those that were not kept; of near misses n */
    bool is_clear; /* one place, or one whose context agrees more than that of all others */
};
/** Look for a quote in a text (map->text). Time grows with the length of the text, and not with
 *  what stands in it. */
void
dz_quote_find(const struct dz_quote *q, const struct dz_utf8_map *map, struct dz_quote_found *ret);
/** Only same, moved or orphan, without near misses. */
enum dz_passage_state
dz_quote_state(const struct dz_quote *q, const struct dz_utf8_map *map);
/** What may be meant by words that are not there: other white space, hyphenation, case,
 *  apostrophes,
 *  ё for е, or a few other letters, as reading a picture again gives. Into places, best first; at
 *  most DZ_PLACES_MAX. */
size_t
dz_quote_near(const struct dz_quote *q, const struct dz_utf8_map *map,
              struct dz_quote_place *places);

/* ---- those that need a person: passage.c ---- */

/* A passage whose words do not simply stand in the current text. Borrowed for the call. */
struct dz_passage_case {
    const char *fact;
    const char *kind;
    size_t number; /* of the passage in its fact, from 1 */
    struct dz_passage passage;
    const char *text_sha256; /* of the current text; NULL: there is none */
    struct dz_view text;     /* the current text; empty when there is none */
    struct dz_quote_found found;
};
typedef enum dz_code
dz_passage_fn(void *ctx, const struct dz_passage_case *one, struct dz_err *err);
/** Those of facts that are not withdrawn, by source and place; fact and source are full ids, NULL:
 *  any. */
DZ_MUSTUSE enum dz_code
dz_passages_each(struct dz_vault *v, const char *fact, const char *source, dz_passage_fn *fn,
                 void *ctx, struct dz_err *err);

struct dz_passage_counts {
    size_t n[4]; /* by enum dz_passage_state */
};
/** Of facts that are not withdrawn, in one source or (NULL) in all. */
DZ_MUSTUSE enum dz_code
dz_passages_count(struct dz_vault *v, const char *source, struct dz_passage_counts *ret,
                  struct dz_err *err);

#define DZ_PLACE_ONLY SIZE_MAX
/** A person confirms where a passage stands in the current text of its source: passage.confirmed.
 *  @param number  of the passage, from 1; 0: the only one of the fact that moved
 *  @param at      first code point, or DZ_PLACE_ONLY: the words stand at one place
 *  @return DZ_E_INPUT: no such passage, the words do not stand there, or at several places;
 *          DZ_E_DENIED: they do not stand in the current text at all. */
DZ_MUSTUSE enum dz_code
dz_passage_confirm(struct dz_vault *v, const char *fact, size_t number, size_t at,
                   struct dz_quote_place *ret, struct dz_err *err);

#endif
