/* Inside the acts: what a sentence yields before it becomes suggestions. Shared by acts*.c only. */
#ifndef DZ_ACTS_PRIV_H
#define DZ_ACTS_PRIV_H

#include "dz_compose.h"

#define DZ_ACT_CORES 48 /* per sentence */

/* A harm, or a good with the words that close or condition it. */
struct dz_act_core {
    struct dz_span at;             /* words of the harm or good */
    struct dz_span frame;          /* words of access; empty for a harm */
    const struct dz_concept *what; /* harm or good */
    const struct dz_concept *how;  /* access, or the harm itself */
    const char *sphere;            /* of `what`, unless the good near it says more */
    const char *means;
    const char *also; /* second means, or NULL */
    bool listed;      /* one of several goods of one frame */
    bool leads;       /* first of its list */
    bool threatened;
};

struct dz_act_cores {
    struct dz_act_core items[DZ_ACT_CORES];
    size_t n;
    struct dz_span sentence;
    size_t number;   /* of the sentence */
    int tie;         /* enum dz_tie */
    bool taken_back; /* something was left out because the sentence negates it */
};

const struct dz_concept *
dz_act_concept(const struct dz_compose *c, const struct dz_hit *h);
bool
dz_act_touches(struct dz_span a, struct dz_span b);
/** Keep a core unless one was taken on the same words; NULL then, and when there is no room. */
struct dz_act_core *
dz_act_add(struct dz_act_cores *cs, struct dz_act_core core);
/** No comma from word `from` to word `to`, and at most `most` words. */
bool
dz_act_joined(const struct dz_compose *c, size_t from, size_t to, size_t most);
/** Negated just in front, in the same clause, not before word `from`: "не арестовали". */
bool
dz_act_negated(const struct dz_compose *c, struct dz_span at, size_t from);

/** Is `at` what somebody says there is no sign of, not before word `from`? */
bool
dz_act_doubted(const struct dz_compose *c, struct dz_span at, size_t from);

/** First word from which another acts on word w: at most `reach` words in front of it, in the
 *  sentence, with no full break between. */
size_t
dz_act_stretch(const struct dz_compose *c, const struct dz_act_cores *cs, size_t w, size_t reach);

/* The steps, in this order. */
/** Harms: acts by themselves. */
void
dz_act_take_harms(const struct dz_compose *c, struct dz_act_cores *cs);
/** Goods to which words of access apply. */
void
dz_act_take_goods(const struct dz_compose *c, struct dz_act_cores *cs);
/** What no words of access name: "without a passport you will not get to a surgeon", "the bank did
 *  the same". last: of the sentence in front, or NULL. */
void
dz_act_take_open(const struct dz_compose *c, struct dz_act_cores *cs,
                 const struct dz_act_cores *last);
/** Beside other acts of the sentence: a clause with the condition, a negation and a good. */
void
dz_act_take_clauses(const struct dz_compose *c, struct dz_act_cores *cs);
/** The goods of one frame, on the side where they stand; how many were added. */
size_t
dz_act_goods_of(const struct dz_compose *c, struct dz_act_cores *cs, const struct dz_hit *h);
/** The good that the words of access point back to: named in front of them, in the sentence or the
 *  two before; how many were added, at most one. */
size_t
dz_act_good_carried(const struct dz_compose *c, struct dz_act_cores *cs,
                    const struct dz_hit *frame);
/** Does sentence s begin with the mark of an item: a dash, a bullet, "3.", "б)"? */
bool
dz_act_begins_item(const struct dz_compose *c, size_t s);
/** Words of access that are tried last, when nothing else says what was done. */
bool
dz_act_is_open(const struct dz_compose *c, const struct dz_hit *h);
/** A good of its own: no part of a longer one ("card" of "SIM card"), no mere place in the next
 *  ("місце в" садку). */
bool
dz_act_is_good(const struct dz_compose *c, const struct dz_act_cores *cs, const struct dz_hit *h);
/** Sort by place in the text and drop what was read twice. */
void
dz_act_settle(const struct dz_compose *c, struct dz_act_cores *cs);
/** The smallest clause that carries a core. */
struct dz_span
dz_act_quote(const struct dz_compose *c, const struct dz_act_cores *cs, size_t ix);

#endif
