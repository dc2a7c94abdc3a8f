/* Persons of one text while they are being found. Private to coding/. */
#ifndef DZ_PERSONS_H
#define DZ_PERSONS_H

#include "dz_compose.h"
#include "dz_rules_priv.h"

struct dz_person {
    struct dz_view first;       /* folded; empty when only a surname stands */
    struct dz_view last;        /* folded; empty when only a first name stands */
    struct dz_view middle;      /* folded patronymic of a full name; empty when none was read */
    struct dz_view initials[2]; /* folded, of "Лубінець Д. В." */
    struct dz_view name;        /* longest form in the text */
    const char *role;           /* NULL until known */
    int role_rank;              /* smaller is surer */
    bool turned;                /* name has the surname first */
    bool known;                 /* holder of public office or widely known */
    bool changed;               /* a note says that the name was changed, or it is a pseudonym */
    uint32_t mentions;
    uint32_t
        addressed; /* of them, those in which the speaker turns to the person: "Пані Юліє, ..." */
};

struct dz_person_ids {
    int first_name, role_official, role_expert, role_journalist, role_private, name_changed;
    int org_head, public_figure, honorific, not_name, speech, source_of, outlet_noun, told;
    int called, expert_house, name_or_word, elder, title_link, title_noun, turns_away;
    int a_certain, named_after, place_link, spoke_to, byline, asked_by, pronoun;
    int does_official, does_expert;
    int lives_through, only_human, harms, own_kin, years_old, not_pseudonym, coded;
};

/* Folded name of a holder of public office; in the arena of the rules. */
struct dz_holder {
    struct dz_view first;
    struct dz_view last;
};

struct dz_person_finder {
    const struct dz_rules *rules;
    struct dz_reading *rd;
    struct dz_mentions *out;
    struct dz_person_ids id;
    struct dz_person *people;
    size_t n;
    size_t cap;
    bool *taken;  /* per word: part of a name or an office */
    bool *placed; /* per word: part of a place mention */
};

/** Do two folded names mean one person's, case endings and spellings aside? */
bool
dz_person_near(struct dz_view a, struct dz_view b);
/** Look at the words around a mention [from, to) for a role. */
void
dz_person_role(struct dz_person_finder *f, struct dz_person *p, size_t from, size_t to);
/** Read the names of office holders; once, when the rules are loaded. */
void
dz_person_holders(struct dz_rules *r);
/** Whether to protect, once the whole text was read. */
bool
dz_person_protect(const struct dz_person *p);
/** Does the folded word say whose an office is: "russian", "місцева"? */
bool
dz_office_demonym(struct dz_view word);
/** Organisations and offices; marks their words as taken. */
void
dz_find_offices(struct dz_person_finder *f);
/** The nominative of a name in Cyrillic letters; false when it is one already or cannot be told. */
bool
dz_person_nominative(struct dz_view name, enum dz_text_lang lang, struct dz_buf *out);
/** Is this folded word a first name in a case other than the nominative? */
bool
dz_person_is_first_form(struct dz_view fold);
enum dz_surname { DZ_SURNAME_NONE, DZ_SURNAME_MAYBE, DZ_SURNAME_SURE };
/** Does this folded word end as surnames do, in any case? -енко and -чук are sure, -ов and -ін may
 * be a place's too; -ський, which adjectives share, is none. */
enum dz_surname
dz_person_surname_like(struct dz_view fold);
/** Is it one, and a nominative of no first name? */
bool
dz_person_is_oblique(struct dz_view fold);
/** Is this folded word a patronymic, in any case, of a first name that is known? A surname in
 * -ович is none. */
bool
dz_person_is_patronymic_of_known(struct dz_view fold);
/** First names of one language and gender, folded nominatives; static. */
struct dz_given_list {
    const char *const *names;
    size_t n;
};
struct dz_given_list
dz_person_given(enum dz_text_lang lang, bool woman);
#define DZ_GIVEN_ALIKE 4 /* bytes: the first two letters, which no case changes */
/** Those of all lists that begin with the same two letters as a folded word. */
struct dz_given_list
dz_person_given_like(struct dz_view fold);
/** Is this folded word one of them, in the nominative? */
bool
dz_person_is_given(struct dz_view fold);
/** Is this folded word in Latin letters one of them, in any usual spelling? */
bool
dz_person_is_given_latin(struct dz_view fold);
/** Does the dictionary of the language know this folded word, and not as a name? */
bool
dz_person_everyday(struct dz_view fold, enum dz_text_lang lang);
/** Hit of a concept that covers exactly this word. */
bool
dz_person_is(const struct dz_person_finder *f, int concept, size_t word);

#endif
