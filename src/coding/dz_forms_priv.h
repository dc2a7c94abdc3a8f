/* Shared by the files that find forms of names: sounds of a word, whatever letters it is written
 * in. */
#ifndef DZ_FORMS_PRIV_H
#define DZ_FORMS_PRIV_H

#include "dz_forms.h"
#include "dz_utf8.h"

#define DZ_WORD_LETTERS 40 /* longer words are no names */
#define DZ_WORD_SOUNDS 24  /* consonants */
#define DZ_WORD_VOWELS 4   /* between two of them */
#define DZ_WORD_READINGS 8

/* A word by its sounds: vowels, consonant, vowels, consonant ... Sounds are letters of our own:
 * vowels A E I O U; consonants B V H (г) X (х) D G (ж) Z K L M N P R S T F C (ц) Q (ч) W (ш, щ). */
struct dz_sounds {
    uint8_t n; /* consonants */
    bool latin;
    char cons[DZ_WORD_SOUNDS];
    char vow[DZ_WORD_SOUNDS + 1][DZ_WORD_VOWELS + 1]; /* vow[i] stands before cons[i] */
    char last[DZ_WORD_VOWELS + 1]; /* behind the last consonant, with every glide as I */
};

/* Letters of a word as they stand: lower case, marks composed or dropped. */
struct dz_letters {
    size_t n;
    uint32_t cp[DZ_WORD_LETTERS];
};

/** Take up one character of a word: lower case, a base letter for a decorated one; marks change the
 *  letter in front or are dropped. False: it is no letter and no mark. */
bool
dz_letters_put(struct dz_letters *l, uint32_t cp);

/** All ways to read the word, at most DZ_WORD_READINGS; returns how many. */
size_t
dz_sounds_of(const struct dz_letters *l, struct dz_sounds ret[DZ_WORD_READINGS]);

/** The class of a consonant in which all spellings of it fall together. */
char
dz_sound_class(char consonant);

/* ---- words of names ---- */

enum dz_form_kind { DZ_PART_GIVEN, DZ_PART_PATRONYMIC, DZ_PART_SURNAME };

struct dz_form_owner {
    uint32_t person;
    uint16_t slot; /* number of the spelling by eight, and of the word in it */
};

/* A stem with those who bear it. */
struct dz_stem {
    struct dz_sounds s;
    char keep; /* a vowel that every ending begins with, or 0 */
    char odd;  /* the ending begins with this vowel or the consonant is not so: 0, 'I', 'E' */
    uint8_t kind;
    struct dz_form_owner *owners;
    size_t n_owners;
    size_t cap_owners;
    uint32_t next; /* index + 1 of the next with the same classes */
};

struct dz_forms {
    struct dz_stem *stems;
    size_t n;
    size_t cap;
    uint32_t *heads;
    size_t n_heads;
    uint16_t n_spellings;
};

/* A stem that a word may be a form of. */
struct dz_stem_hit {
    const struct dz_stem *stem;
    unsigned cost;  /* 0: nothing differs */
    unsigned limit; /* what it may cost when it stands alone */
    bool nominative;
};
#define DZ_STEM_HITS 24

/** Make the set know one word. */
void
dz_forms_add_word(struct dz_forms *n, const struct dz_letters *word, enum dz_form_kind kind,
                  struct dz_form_owner owner);
/** Stems that the word is a form of; at most DZ_STEM_HITS, returns how many. */
size_t
dz_forms_look_up(const struct dz_forms *n, const struct dz_letters *word,
                 struct dz_stem_hit ret[DZ_STEM_HITS]);

/* ---- given names that are one ---- */

/** Read once, kept for ever. */
const struct dz_given_groups *
dz_given_groups(void);
/** Each member of each group that the word is a nominative of. Returns whether there is one. */
typedef void
dz_given_member_fn(void *ctx, const struct dz_letters *member);
bool
dz_given_groups_each(const struct dz_given_groups *g, const struct dz_letters *word,
                     bool patronymic, dz_given_member_fn *fn, void *ctx);

/** Is the word one of them, in any case? */
bool
dz_given_groups_have(const struct dz_given_groups *g, const struct dz_letters *word);

#endif
