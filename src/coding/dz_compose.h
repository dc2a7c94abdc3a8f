/* Composing facts from mentions and phrase hits inside a sentence and its neighbours. Private
 * to coding/. */
#ifndef DZ_COMPOSE_H
#define DZ_COMPOSE_H

#include "dz_lexicon.h"
#include "dz_suggest.h"

/* How firmly a sentence is tied to passport or citizenship (codebook rule 4). */
enum dz_tie {
    DZ_TIE_NONE = 0,
    DZ_TIE_TOPIC = 40,     /* the text is about it and said so not long ago */
    DZ_TIE_NEAR = 60,      /* within three sentences */
    DZ_TIE_NEIGHBOUR = 80, /* the sentence in front or behind, same paragraph */
    DZ_TIE_DIRECT = 100    /* in the sentence itself */
};

/* Who says what a sentence says. */
struct dz_voice {
    struct dz_view speaker;          /* as shown; empty: the author */
    struct dz_view via;              /* through whom; may be empty */
    const struct dz_mention *person; /* or NULL */
    bool private_person;             /* a protected person, or "a neighbour" */
    bool here;                       /* named in this sentence, not carried over */
};

/* Words [from, to) of a sentence in which several people are heard. */
struct dz_voice_part {
    size_t from, to;
    struct dz_voice voice;
};

/* Numbers of the concepts that the code asks for by name; -1 where the data lacks one. */
struct dz_concept_ids {
    int passport, passportization, without_passport, refusing, force_passport, ukr_passport;
    int illicit_reason, occupation, boilerplate, negation, planned, announced, alleged, denied;
    int speech, source_of, relay, instrument, enact, announce_rule, general_law, deadline_word;
    int concerned, casualty, health_child, pronoun, plural_source, report_noun;
    int elsewhere, ruling_body, goes_on, the_body, that_place, outlet;
    int change_of, subgroup, part_of_them, strong_threat, citizen, oblige_rule;
    int figure_word, law_forbids, require_any, open_denial, likewise, money, open_condition;
    int law_names, law_value, law_rejects;
    int notice, judgment, court_of_states, handed, takes_effect, issuing_body;
    int binding, all_the_same, clarified;
    int other_share, of_such, sized_place;
    int that_time, year_start;
    int own_any, own_nation, self, own_count, names_number, keeps_count, tells_back, reached;
    int future_harm, no_event, doubted, unlawful_stay, free_city, first_person, child_word;
    int staff_word, loss_word, school_word, take_away;
};

/* A run of words [from, to). */
struct dz_span {
    size_t from;
    size_t to;
};

/* A place as the words of the source name it. */
struct dz_where {
    struct dz_view words;       /* empty: none */
    const char *id;             /* gazetteer id, or NULL */
    struct dz_span at;          /* words that name it */
    const struct dz_mention *m; /* NULL for "occupied territories"; the nearest one of several */
    bool several;               /* an enumeration */
    bool shared;                /* id is no more than what the places named lie in */
};

struct dz_compose {
    const struct dz_rules *rules;
    const struct dz_doc_info *info;
    struct dz_document *d;
    struct dz_reading *rd;
    const struct dz_mentions *mentions;
    uint32_t *sentence_mention; /* first mention of each sentence; n_sentences + 1 entries */
    uint8_t *ties;              /* enum dz_tie, per sentence */
    struct dz_voice *voices;    /* per sentence */
    struct dz_voice_part *parts; /* of sentences with several voices, in order */
    size_t n_parts, part_cap;
    struct dz_voice *authors;   /* per sentence: in whose name the text itself speaks there */
    struct dz_voice byline;     /* who wrote the text, as its byline says; or empty */
    struct dz_concept_ids id;
    struct dz_where topic; /* of the whole text */
    struct dz_where narrator;
    bool diary; /* entries that begin with their day */
    bool speaks; /* says "we" or "our" outside quotations */
    struct dz_suggestions *out;
    struct dz_explain *explain; /* or NULL */
};

struct dz_concept_ids
dz_concept_ids_of(const struct dz_lexicon *l);

/** Words of sentence s. */
struct dz_span
dz_compose_sentence(const struct dz_compose *c, size_t s);
/** Is there a hit of the concept in the span? */
bool
dz_compose_has(const struct dz_compose *c, int concept, struct dz_span span);
/** The clause around core: widened to commas, dashes, quotation marks, conjunctions, within
 * limit. */
struct dz_span
dz_compose_clause(const struct dz_compose *c, struct dz_span core, struct dz_span limit);
/** Words that join: and, or, та, и ... */
bool
dz_word_joins(const struct dz_word *w);
/** Words that open a clause: that, who, because, що, который ... */
bool
dz_word_subordinates(const struct dz_word *w);
/** The source's own characters of a span. */
struct dz_view
dz_compose_text(const struct dz_compose *c, struct dz_span span);

/** First mention of a kind within bytes [start, end); NULL if none. */
const struct dz_mention *
dz_compose_mention(const struct dz_compose *c, enum dz_mention_kind kind, size_t start, size_t end);

/** Place of a fact with these words in sentence s: the nearest fitting one. False when the sentence
 *  names none. */
bool
dz_where_in(const struct dz_compose *c, size_t s, struct dz_span span, struct dz_where *ret);
/** The one settlement (else the one region, else the occupied territories) that headline and
 *  dateline of a short text name; words are empty when there is none. */
struct dz_where
dz_where_topic(const struct dz_compose *c);
/** Does something happen at this place, as far as the words around it say? Governments, places
 *  somebody went to or comes from and names of outlets do not fit. */
bool
dz_where_fits(const struct dz_compose *c, const struct dz_mention *m);
/** Turn a chosen mention into the words and id of the enumeration that it stands in. */
struct dz_where
dz_where_group(const struct dz_compose *c, size_t s, const struct dz_mention *m);
/** "Occupied territories" in sentence s, where no named place stands: the words of the source. */
bool
dz_where_area(const struct dz_compose *c, size_t s, struct dz_where *ret);
/** May the place have been under occupation, as far as the gazetteer says? True when it cannot
 *  tell. */
bool
dz_where_occupied(const struct dz_compose *c, const struct dz_mention *m);
/** "To Crimea", "до Криму": where somebody goes, not where it happens. */
bool
dz_where_destination(const struct dz_compose *c, const struct dz_mention *m);
/** The occupied settlement that most of a text's places are: where its narrator is; words are
 *  empty when none stands out. */
struct dz_where
dz_where_narrator(const struct dz_compose *c);
/** Words between two spans; commas, dashes and new clauses count as several words. */
size_t
dz_words_between(const struct dz_compose *c, struct dz_span a, struct dz_span b);

/* What a place that stands in another sentence costs of the score. */
enum dz_doubt {
    DZ_DOUBT_NONE = 0,
    DZ_DOUBT_PARAGRAPH = 5,
    DZ_DOUBT_REFERRED = 8, /* "there": named a paragraph or two before */
    DZ_DOUBT_WITNESS = 10,
    DZ_DOUBT_TOPIC = 15,
    DZ_DOUBT_NARRATOR = 18
};

/* Where and when of a fact. */
struct dz_setting {
    struct dz_view place;
    const char *place_id;
    bool shared;       /* place_id is wider than the places named */
    int doubt;         /* enum dz_doubt: where the place comes from */
    const char *date;  /* EDTF, "" when unknown */
    bool date_carried; /* of the sentence before: dates an event that goes on, never a rule */
    bool date_of_entry; /* of the entry of a diary: carried, too */
    const struct dz_mention *date_mention;
};
/** Of a fact with this span in sentence s: nearest in the sentence, else carried over from its
 *  paragraph, from where its witness was, or from the head of a short text. */
struct dz_setting
dz_compose_setting(const struct dz_compose *c, size_t s, struct dz_span span);

/** The day at the head of the diary entry that sentence s stands in; NULL when the text is no diary
 *  or the entry has none. */
const struct dz_mention *
dz_compose_entry_date(const struct dz_compose *c, size_t s);
/** Does the text tell in entries that begin with their day? */
bool
dz_compose_is_diary(const struct dz_compose *c);
/** The nearest deadline to the span in its sentence: the day from which something is to come. */
const struct dz_mention *
dz_compose_deadline(const struct dz_compose *c, size_t s, struct dz_span span);

/** EDTF of the day on which something was said: of the verb of speech, else the nearest date that
 *  is no deadline; "" when the sentence has none. */
const char *
dz_compose_said_on(const struct dz_compose *c, size_t s, struct dz_span span);

/* What a figure is a number of. */
struct dz_figure_scope {
    struct dz_view territory; /* the source's words, or of the figure in front; empty: not said */
    const char *place_id;     /* of just that territory, or NULL */
    struct dz_view of;        /* who or what is counted; empty: everybody, or not said */
    bool change;              /* how much a total rose or fell, not a total */
    size_t sentence;
};
/** Of the number and thing counted at these words of sentence s. goes_on: the thing counted comes
 *  from the figure in front, whose scope `last` is (or NULL). */
struct dz_figure_scope
dz_figure_scope_of(const struct dz_compose *c, size_t s, struct dz_span at, const char *unit,
                   bool goes_on, const struct dz_figure_scope *last);

/** Propose a fact. fields is taken. Nothing happens for an empty span. */
struct dz_suggestion *
dz_compose_emit(struct dz_compose *c, const char *kind, struct dz_span span, const char *rule,
                int score, json_t *fields);
/** As above with a byte range. */
struct dz_suggestion *
dz_compose_emit_bytes(struct dz_compose *c, const char *kind, size_t start, size_t end,
                      const char *rule, int score, json_t *fields);

/** Is this the suggestion that somebody asks about? Then say why it is made. */
void
dz_compose_explain(struct dz_compose *c, const struct dz_suggestion *s, size_t start, size_t end);
/** dz_suggest_document that also answers what explain asks; explain may be NULL. */
DZ_MUSTUSE enum dz_code
dz_suggest_with(const struct dz_rules *r, struct dz_document *d, const struct dz_doc_info *info,
                struct dz_explain *explain, struct dz_suggestions *out, struct dz_err *err);

/* The parts; each reads c and appends to c->out. */
void
dz_compose_voices(struct dz_compose *c);
/** Who asserts what sentence s says at this word: its voice, else the text's own. */
const struct dz_voice *
dz_compose_voice(const struct dz_compose *c, size_t s, size_t word);
/** As above, but NULL where nobody but the text itself speaks. */
const struct dz_voice *
dz_compose_voice_told(const struct dz_compose *c, size_t s, size_t word);
/** Whoever wrote sentence s: as the text says itself, else the publisher, without what stands in
 *  brackets behind the name. */
struct dz_voice
dz_compose_author(const struct dz_compose *c, size_t s);
/** Does the text itself say "we" or "our" anywhere outside quotations? Read once, as c->speaks. */
bool
dz_compose_speaks(const struct dz_compose *c);
void
dz_compose_acts(struct dz_compose *c);
void
dz_compose_measures(struct dz_compose *c);
void
dz_compose_figures(struct dz_compose *c);
void
dz_compose_statements(struct dz_compose *c);
/** What a position says is no act: drops acts that share half of their words with a statement. The
 *  suggestions stand in the order of the text. */
void
dz_compose_drop_positions(struct dz_compose *c);
void
dz_compose_persons(struct dz_compose *c);
/** Sets victim[person_ix] for everybody to whom an act that was found has happened. */
void
dz_compose_victims(const struct dz_compose *c, bool *victim);
void
dz_compose_values(struct dz_compose *c);

/** Persons and offices; needs dates and places already in out (a capitalised place is not a
 *  person). */
DZ_MUSTUSE enum dz_code
dz_find_persons_in(const struct dz_rules *r, struct dz_reading *rd, struct dz_mentions *out,
                   struct dz_err *err);
/** dz_find_mentions for a document whose reading is already there. */
DZ_MUSTUSE enum dz_code
dz_find_mentions_in(const struct dz_rules *r, struct dz_reading *rd, const struct dz_doc_info *info,
                    struct dz_mentions *out, struct dz_err *err);

/** A Ukrainian or Russian name in the nominative, where first name and ending leave no doubt; else
 *  as found. In the document's arena. */
struct dz_view
dz_person_shown(struct dz_document *d, struct dz_view name);

#endif
