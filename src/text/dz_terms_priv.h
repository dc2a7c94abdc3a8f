/* The words that a splitter has met: each string once, with what it says about its language and,
 * as soon as they are asked for, the numbers of its dictionary forms. */
#ifndef DZ_TERMS_PRIV_H
#define DZ_TERMS_PRIV_H

#include "dz_mem.h"
#include "dz_terms.h"

/* How a word is read. Words that are not Cyrillic have one reading. */
enum dz_terms_reading { DZ_READ_PLAIN, DZ_READ_UK, DZ_READ_RU, DZ_READ_BOTH, DZ_READINGS };

/* bytes of a word that lie beside the rest: one line of the cache in all */
#define DZ_FORM_SHORT 26
struct dz_form {
    const char *p; /* a longer word; NULL: in `word` */
    uint32_t first[DZ_READINGS];  /* in the table's terms */
    uint8_t n_terms[DZ_READINGS]; /* 0: not asked for yet */
    uint16_t n;
    uint8_t uk; /* votes: how much the word says that it is Ukrainian, Russian */
    uint8_t ru;
    bool cyrillic;
    char word[DZ_FORM_SHORT + 1];
};
_Static_assert(sizeof(struct dz_form) == 64, "a form fills a line of the cache");

struct dz_form_table {
    struct dz_form **blocks; /* a form never moves: views of its text are given out */
    size_t n, n_blocks;
    uint64_t *slots; /* hash above, number of a form plus one below; 0: free */
    size_t n_slots;  /* a power of two */
    uint32_t *terms; /* numbers of forms */
    size_t n_terms, terms_cap;
    struct dz_arena arena;
};

static inline struct dz_view
dz_form_text(const struct dz_form *f)
{
    return (struct dz_view){f->p ? f->p : f->word, f->n};
}

#define DZ_FORM_BLOCK 4096
static inline struct dz_form *
dz_form_at(const struct dz_form_table *t, uint32_t form)
{
    return &t->blocks[form / DZ_FORM_BLOCK][form % DZ_FORM_BLOCK];
}

void
dz_form_table_done(struct dz_form_table *t);
/** Hash of a folded word, which is first cut to the length that a term can have. */
uint32_t
dz_form_hash(struct dz_view *fold);
/** Number of a folded word with its hash; it is entered when it is new. */
uint32_t
dz_form_number(struct dz_form_table *t, struct dz_view fold, uint32_t hash);
/** The table is larger than what lies near the processor: have fetched what dz_form_number will
 *  look at, first of all words of a sentence the slots, then the forms. */
void
dz_form_fetch_slot(const struct dz_form_table *t, uint32_t hash);
void
dz_form_fetch(const struct dz_form_table *t, uint32_t hash);
/** Its terms in a reading, as numbers; *ret_n is 1 or more. Valid until the next call. */
const uint32_t *
dz_form_terms(struct dz_form_table *t, uint32_t form, enum dz_terms_reading reading, size_t *ret_n);
/** Which readings a word can have when nothing stands around it. */
enum dz_terms_reading
dz_form_reading(struct dz_form_table *t, uint32_t form);

#endif
