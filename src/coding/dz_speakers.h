/* Who can speak in a text, and in what words he is named. Private to coding/. */
#ifndef DZ_SPEAKERS_H
#define DZ_SPEAKERS_H

#include "dz_compose.h"

/* What a word can be for attribution; bits, per word of the text. */
enum dz_voice_word {
    DZ_VW_BODY = 1,    /* ministry, рада, мисия: also of a body named before */
    DZ_VW_ROLE = 2,    /* minister, юрист: people in public roles */
    DZ_VW_PRIVATE = 4, /* mother, сусідка */
    DZ_VW_MANY = 8,    /* officials, мешканці */
    DZ_VW_PAPER = 16,  /* report, закон, survey: they say things too */
    DZ_VW_SPEECH = 32, /* first word of a verb of speech */
    DZ_VW_DATA = 64,   /* figures, survey, звіт: somebody's */
    DZ_VW_VOICE = DZ_VW_BODY | DZ_VW_ROLE | DZ_VW_PRIVATE | DZ_VW_MANY | DZ_VW_PAPER
};

struct dz_voice_ids {
    int speech, source_of, source_pronoun, relay, data_noun, report_noun, pronoun, relative;
    int many_pronoun, own, author_mark, claim_noun;
    int advice, do_it, conduct; /* of statements */
    int shows, of_them;
    int you, self; /* of questions */
    int that_one, in_paper, media_noun;
};

/* One reading of a text for its voices. */
struct dz_voices {
    const struct dz_compose *c;
    struct dz_voice_ids id;
    uint8_t *word; /* bits of enum dz_voice_word; n_words + 1 */
};

/* A noun phrase that may speak. */
struct dz_speaker {
    struct dz_span at;          /* its words; empty: nobody */
    size_t head;                /* the noun that decides case and number */
    const struct dz_mention *m; /* person, body or government at its heart; NULL: a plain phrase */
    bool person;
    bool weak;  /* stands behind a preposition */
    bool as_is; /* a subject: in the nominative already */
};

/* What one verb of speech or source phrase gives. */
struct dz_frame {
    struct dz_speaker who;
    enum { BY_NAME, BY_PRONOUN, BY_BODY_PRONOUN, BY_OWN, BY_NOBODY } how;
    size_t at; /* word of the verb or the source phrase */
};

/** Read which words can speak. Free v->word with dz_free. */
void
dz_voices_init(struct dz_voices *v, const struct dz_compose *c);
/** The first phrase that can speak and begins in words [from, to) of sentence s; empty if none. */
struct dz_speaker
dz_speaker_next(const struct dz_voices *v, size_t s, size_t from, size_t to);
/** The person whose office a phrase names, when the name stands in it or right behind it (before
 *  word limit); else the phrase itself. */
struct dz_speaker
dz_speaker_settle(const struct dz_voices *v, size_t s, struct dz_speaker who, size_t limit);
/** Can the word be the subject of this verb (SIZE_MAX: of any), as it stands? In English always. */
bool
dz_speaker_nominative(const struct dz_voices *v, size_t w, size_t verb);
/** The words behind a source phrase, up to a break: whoever they name. */
struct dz_speaker
dz_speaker_behind(const struct dz_voices *v, size_t s, size_t from);
/** As it is shown: a name or phrase in the nominative, without article. */
struct dz_view
dz_speaker_shown(const struct dz_voices *v, const struct dz_speaker *who);
/** "..., while the ministry says": does another part of the sentence begin at word w? */
bool
dz_voice_contrast(const struct dz_word *words, size_t w);
/** In whose name the text itself speaks, per sentence; empty where nothing says it. *ret_byline:
 *  who wrote it, by its byline. */
void
dz_compose_authors(const struct dz_voices *v, struct dz_voice *authors,
                   struct dz_voice *ret_byline);
/** The subject among words [from, to) of sentence s, of the verb at `verb` or SIZE_MAX. */
struct dz_speaker
dz_speaker_subject(const struct dz_voices *v, size_t s, struct dz_span in, size_t verb);
/** Who is the subject of a verb of speech; `in`: the sentence, or the part of it to look at. */
struct dz_frame
dz_frame_of_verb(const struct dz_voices *v, size_t s, struct dz_span in, const struct dz_hit *verb);
/** Who stands behind the first words of a concept such as "according to". */
struct dz_frame
dz_frame_of_source(const struct dz_voices *v, size_t s, struct dz_span in, int concept);
/** Whose claim, promise or position a noun tells of. */
struct dz_frame
dz_frame_of_claim(const struct dz_voices *v, size_t s, struct dz_span in);
/** The body named before with this noun in its name, or the person whose office it is; or NULL. */
const struct dz_mention *
dz_speaker_named_before(const struct dz_voices *v, size_t s, size_t noun);
/** A phrase with adjectives in front of its head, in the nominative where that is sure. */
struct dz_view
dz_phrase_nominative(const struct dz_compose *c, struct dz_span phrase, size_t head);
/** Is this folded word an adjective (or participle) in Ukrainian or Russian? */
bool
dz_phrase_adjective(struct dz_view fold, enum dz_text_lang lang);

#endif
