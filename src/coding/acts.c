#include <string.h>

#include "dz_compose.h"
#include "dz_json.h"

/* Acts. A sentence yields cores: harms, which are acts by themselves, and goods to which some
 * words of access apply ("denied access to", "only with a passport"). Each core becomes one act
 * with the smallest clause that carries it; the items of an enumeration share their words of
 * access. */

#define MAX_CORES 48    /* per sentence */
#define GOOD_REACH 9    /* words between the words of access, or the last good, and the next good */
#define LIST_REACH 5   /* words between two harms of one kind: "fingerprinted, photographed" */
#define BESIDE_WORDS 4  /* a good so near to words of access is theirs on either side */
#define THREAT_REACH 26 /* words from the words of threat to the harm */

struct core {
    struct dz_span at;             /* words of the harm or good */
    struct dz_span frame;          /* words of access; empty for a harm */
    const struct dz_concept *what; /* harm or good */
    const struct dz_concept *how;  /* access, or the harm itself */
    const char *means;
    const char *also; /* second means, or NULL */
    bool listed;      /* one of several goods of one frame */
    bool leads;       /* first of its list */
    bool threatened;
    bool planned;
};

struct cores {
    struct core items[MAX_CORES];
    size_t n;
    struct dz_span sentence;
    size_t number; /* of the sentence */
    int tie;
};

static const struct dz_concept *
concept_of(const struct dz_compose *c, const struct dz_hit *h)
{
    return dz_lexicon_concept(c->rd->lexicon, h->concept);
}

static bool
touches(struct dz_span a, struct dz_span b)
{
    return a.from < b.to && b.from < a.to;
}

/* "instead of", "unlike with": named only to set it apart. */
static bool
contrasted(const struct dz_compose *c, struct dz_span at, size_t from)
{
    for (size_t back = 1; back <= 3 && at.from >= from + back; back++) {
        struct dz_view word = c->rd->words[at.from - back].fold;
        if (dz_view_is(word, "instead") || dz_view_is(word, "unlike") ||
            dz_view_is(word, "замість") || dz_view_is(word, "вместо"))
            return true;
    }
    return false;
}

/* "Не" negates the word behind it alone, or the verb behind "буде": "не получивших паспорт вышлют"
 * is no negation of being sent away. */
static bool
reaches(const struct dz_compose *c, size_t w, size_t back)
{
    struct dz_view word = c->rd->words[w].fold;
    if (back == 0 || (!dz_view_is(word, "не") && !dz_view_is(word, "ни")))
        return true;
    struct dz_view next = c->rd->words[w + 1].fold;
    return back == 1 && (dz_view_starts(next, "буд") || dz_view_starts(next, "був") ||
                         dz_view_starts(next, "бул") || dz_view_starts(next, "был"));
}

/* Negated just in front, in the same clause: "there was no coercion", "не арестовали". */
static bool
negated(const struct dz_compose *c, struct dz_span at, size_t from)
{
    for (size_t back = 0; back < 3 && at.from > from + back; back++) {
        size_t w = at.from - 1 - back;
        if (c->rd->words[w + 1].before >= DZ_BREAK_COMMA)
            return false;
        const struct dz_hit *h = dz_reading_hit(c->rd, c->id.negation, w, w + 1);
        if (h && h->first + h->n <= at.from && reaches(c, w, back) && !dz_view_is(c->rd->words[w].fold, "without") &&
            !dz_view_is(c->rd->words[w].fold, "без"))
            return true;
    }
    return false;
}

#define FORBID_REACH 6 /* words from "the Convention forbids" to the harm */

/* "Article 49 forbids forcible transfers": what the law says, no event. */
static bool
only_named_in_law(const struct dz_compose *c, struct dz_span at, size_t from)
{
    size_t first = at.from > from + FORBID_REACH ? at.from - FORBID_REACH : from;
    for (size_t w = at.from; w > first; w--) {
        if (c->rd->words[w].before >= DZ_BREAK_COMMA)
            first = w;
    }
    return dz_compose_has(c, c->id.law_forbids, (struct dz_span){first, at.from});
}

static struct core *
add_core(struct cores *cs, struct core core)
{
    for (size_t i = 0; i < cs->n; i++) {
        /* One place in the text is one act; the first taken is the most direct. */
        if (touches(cs->items[i].at, core.at))
            return NULL;
    }
    if (cs->n == MAX_CORES)
        return NULL;
    cs->items[cs->n] = core;
    return &cs->items[cs->n++];
}

/* Words that make a threat of what follows, before `at` and without a full break between. */
static bool
is_threatened(const struct dz_compose *c, const struct cores *cs, struct dz_span at)
{
    const struct dz_reading *rd = c->rd;
    size_t from = at.from > THREAT_REACH ? at.from - THREAT_REACH : 0;
    if (from < cs->sentence.from)
        from = cs->sentence.from;
    for (size_t w = at.from; w > from; w--) {
        if (rd->words[w].before >= DZ_BREAK_HARD)
            from = w;
    }
    for (size_t i = rd->sentence_hit[cs->number]; i < rd->sentence_hit[cs->number + 1]; i++) {
        const struct dz_hit *h = &rd->hits[i];
        if (h->first >= from && h->first < at.from && concept_of(c, h)->kind == DZ_CONCEPT_THREAT)
            return true;
    }
    return false;
}

/* No comma between word `from` and word `to`, and not too far. */
static bool
joined(const struct dz_compose *c, size_t from, size_t to, size_t most)
{
    if (to > from + most)
        return false;
    for (size_t w = from; w <= to; w++) {
        if (w < c->rd->n_words && c->rd->words[w].before >= DZ_BREAK_COMMA)
            return false;
    }
    return true;
}

static void
take_harms(const struct dz_compose *c, struct cores *cs)
{
    const struct dz_reading *rd = c->rd;
    for (size_t i = rd->sentence_hit[cs->number]; i < rd->sentence_hit[cs->number + 1]; i++) {
        const struct dz_hit *h = &rd->hits[i];
        const struct dz_concept *harm = concept_of(c, h);
        if (harm->kind != DZ_CONCEPT_HARM)
            continue;
        struct dz_span at = {h->first, h->first + h->n};
        if (negated(c, at, cs->sentence.from) || contrasted(c, at, cs->sentence.from) ||
            only_named_in_law(c, at, cs->sentence.from))
            continue;
        struct core core = {.at = at, .what = harm, .how = harm};
        core.threatened = is_threatened(c, cs, at);
        core.means = core.threatened && harm->threatened[0] ? harm->threatened : harm->means;
        struct core *last = cs->n > 0 ? &cs->items[cs->n - 1] : NULL;
        bool same = last && strcmp(last->what->sphere, harm->sphere) == 0;
        /* "They become foreigners and must leave" are two; "detained and tortured" is one. */
        if (same && strcmp(harm->sphere, "residence_deportation") == 0)
            same = strcmp(last->means, core.means) == 0;
        bool listed = same && strcmp(harm->sphere, "personal_data") == 0 &&
                      strcmp(last->means, core.means) == 0 && at.from < last->at.to + LIST_REACH;
        if (listed || (same && joined(c, last->at.to, at.from,
                                      strcmp(last->means, core.means) == 0 ? 14 : 10))) {
            /* "detained and tortured": one act, the more direct means first. */
            if (harm < last->what) {
                last->also = last->means;
                last->means = core.means;
                last->what = last->how = harm;
            } else if (strcmp(last->means, core.means) != 0) {
                last->also = core.means;
            }
            last->at.to = at.to > last->at.to ? at.to : last->at.to;
            continue;
        }
        add_core(cs, core);
    }
}

/* Does a new statement begin at word w, so that the words of access no longer apply? */
static bool
list_ends(const struct dz_compose *c, size_t w, bool has_good)
{
    const struct dz_word *word = &c->rd->words[w];
    if (word->before >= DZ_BREAK_HARD)
        return true;
    if (w > 0 && c->rd->words[w - 1].quoted && !word->quoted && word->before != DZ_BREAK_NONE)
        return true;
    if (dz_view_is(word->fold, "that") && w > 0 && dz_word_joins(&word[-1]))
        return true;
    static const char *const starts[] = {"who",   "because",   "he",    "she", "they",
                                         "said",  "according", "after", "if",  "when",
                                         "while", "который",   "які",   "хто", "кто"};
    for (size_t i = 0; has_good && i < sizeof starts / sizeof *starts; i++) {
        if (dz_view_is(word->fold, starts[i]))
            return true;
    }
    return false;
}

static bool
gives_examples(const struct dz_word *w)
{
    return (dz_view_is(w->fold, "such") && dz_view_is(w[1].fold, "as")) ||
           dz_view_is(w->fold, "including") || dz_view_is(w->fold, "зокрема") ||
           dz_view_is(w->fold, "включая") || dz_view_is(w->fold, "включно");
}

/* "sue for custody", "benefits, such as pensions": part of the good in front, not a further one. */
static bool
belongs_to_last(const struct dz_compose *c, const struct core *last, const struct dz_hit *h,
                const struct dz_concept *good)
{
    bool apart = false, example = false;
    for (size_t w = last->at.to; w <= h->first; w++) {
        apart =
            apart || c->rd->words[w].before >= DZ_BREAK_COMMA || dz_word_joins(&c->rd->words[w]);
        example = example || (w < h->first && gives_examples(&c->rd->words[w]));
    }
    return !apart || (example && strcmp(last->what->sphere, good->sphere) == 0);
}

static void
add_good(struct cores *cs, const struct dz_hit *h, const struct dz_concept *good,
         const struct dz_hit *frame, const struct dz_concept *how, size_t *count)
{
    struct core core = {
        .at = {h->first, h->first + h->n},
        .frame = {frame->first, frame->first + frame->n},
        .what = good,
        .how = how,
        .means = how->means,
        .leads = *count == 0,
    };
    if (add_core(cs, core))
        (*count)++;
}

/* Goods behind the words of access: the enumeration that begins within reach. */
static size_t
goods_after(const struct dz_compose *c, struct cores *cs, const struct dz_hit *frame)
{
    const struct dz_reading *rd = c->rd;
    const struct dz_concept *how = concept_of(c, frame);
    size_t reach = frame->first + frame->n, count = 0;
    size_t w = frame->first;
    bool examples = false; /* the last good was an example of the one in front */
    for (size_t i = rd->sentence_hit[cs->number]; i < rd->sentence_hit[cs->number + 1]; i++) {
        const struct dz_hit *h = &rd->hits[i];
        const struct dz_concept *good = concept_of(c, h);
        if (h->first < frame->first || good->kind != DZ_CONCEPT_GOOD)
            continue;
        for (; w < h->first; w++) {
            if (w > frame->first && w >= frame->first + frame->n && list_ends(c, w, count > 0))
                return count;
        }
        if (h->first >= frame->first + frame->n && list_ends(c, h->first, false))
            return count;
        if (h->first > reach + GOOD_REACH)
            return count;
        if (h->first + h->n > reach)
            reach = h->first + h->n;
        const struct core *last = count > 0 ? &cs->items[cs->n - 1] : NULL;
        if (last && h->first < last->at.to)
            continue;
        if (last && (examples || belongs_to_last(c, last, h, good)) &&
            (!examples || strcmp(last->what->sphere, good->sphere) == 0)) {
            examples = true;
            continue;
        }
        examples = false;
        if (last && strcmp(last->what->sphere, good->sphere) == 0)
            continue;
        add_good(cs, h, good, frame, how, &count);
    }
    return count;
}

/* "SIM card": the words of a longer good are no good of their own. */
static bool
within_longer(const struct dz_compose *c, const struct cores *cs, const struct dz_hit *h)
{
    const struct dz_reading *rd = c->rd;
    for (size_t i = rd->sentence_hit[cs->number]; i < rd->sentence_hit[cs->number + 1]; i++) {
        const struct dz_hit *o = &rd->hits[i];
        if (o->first > h->first)
            return false;
        if (o->n > h->n && o->first + o->n >= h->first + h->n &&
            concept_of(c, o)->kind == DZ_CONCEPT_GOOD)
            return true;
    }
    return false;
}

#define ITEM_REACH 6 /* words between two items of an enumeration */

/* Words that open a clause of which the goods in front are no part. */
static bool
opens_clause(struct dz_view word)
{
    static const char *const words[] = {"that", "because", "що", "бо", "что", "потому"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (dz_view_is(word, words[i]))
            return true;
    }
    return false;
}

/* "Selling a flat, an inheritance: all this is impossible": the list stands in front of the dash. */
static bool
sums_up(const struct dz_word *w)
{
    bool latin = dz_view_is(w->fold, "all") &&
                 (dz_view_is(w[1].fold, "this") || dz_view_is(w[1].fold, "that") ||
                  dz_view_is(w[1].fold, "these") || dz_view_is(w[1].fold, "of"));
    bool all = dz_view_is(w->fold, "все") || dz_view_is(w->fold, "усе") ||
               dz_view_is(w->fold, "всі") || dz_view_is(w->fold, "усі");
    return latin || (all && (dz_view_is(w[1].fold, "это") || dz_view_is(w[1].fold, "эти") ||
                             dz_view_is(w[1].fold, "це") || dz_view_is(w[1].fold, "ці")));
}

/* Where the clause begins to which the words of access at `at` belong. */
static size_t
clause_from(const struct dz_compose *c, const struct cores *cs, size_t at)
{
    const struct dz_word *words = c->rd->words;
    size_t from = at;
    while (from > cs->sentence.from && at - from < 2 * GOOD_REACH &&
           (words[from].before < DZ_BREAK_HARD || sums_up(&words[from])) &&
           !opens_clause(words[from - 1].fold))
        from--;
    return from;
}

/* Two goods are items of one list: a comma or a joining word parts them, and little else. */
static bool
lists_on(const struct dz_compose *c, const struct dz_hit *left, const struct dz_hit *right)
{
    size_t end = left->first + left->n;
    if (right->first < end || right->first - end > ITEM_REACH)
        return false;
    for (size_t w = end; w <= right->first; w++) {
        if (c->rd->words[w].before == DZ_BREAK_COMMA || dz_word_joins(&c->rd->words[w]))
            return true;
    }
    return false;
}

/* Goods in front: the subject of "is unavailable without a passport", the nearest one with those
 * that it is listed with. Several words for one sphere are one good. */
static size_t
goods_before(const struct dz_compose *c, struct cores *cs, const struct dz_hit *frame)
{
    const struct dz_reading *rd = c->rd;
    const struct dz_concept *how = concept_of(c, frame);
    const struct dz_hit *last = NULL;
    size_t from = clause_from(c, cs, frame->first), count = 0;
    for (size_t i = rd->sentence_hit[cs->number + 1]; i > rd->sentence_hit[cs->number]; i--) {
        const struct dz_hit *h = &rd->hits[i - 1];
        const struct dz_concept *good = concept_of(c, h);
        if (good->kind != DZ_CONCEPT_GOOD || h->first < from || h->first >= frame->first)
            continue;
        if ((last && h->first + h->n > last->first) || within_longer(c, cs, h))
            continue;
        if (last && strcmp(concept_of(c, last)->sphere, good->sphere) == 0) {
            last = h;
            continue;
        }
        if (last && !lists_on(c, h, last))
            break;
        add_good(cs, h, good, frame, how, &count);
        last = h;
    }
    return count;
}

/* Words from the frame to the nearest good in front (before) or behind; a large number when the
 * clause has none. */
static size_t
good_away(const struct dz_compose *c, const struct cores *cs, const struct dz_hit *frame,
          bool before)
{
    const struct dz_reading *rd = c->rd;
    size_t from = clause_from(c, cs, frame->first), end = frame->first + frame->n;
    size_t best = SIZE_MAX;
    for (size_t i = rd->sentence_hit[cs->number]; i < rd->sentence_hit[cs->number + 1]; i++) {
        const struct dz_hit *h = &rd->hits[i];
        if (concept_of(c, h)->kind != DZ_CONCEPT_GOOD)
            continue;
        size_t away = SIZE_MAX;
        if (before && h->first >= from && h->first + h->n <= frame->first)
            away = frame->first - h->first - h->n;
        else if (!before && h->first >= frame->first)
            away = h->first > end ? h->first - end : 2;
        best = away < best ? away : best;
    }
    return best;
}

/* "They would only give it to those with new passports": the good stands in the sentence before. */
static size_t
good_carried(const struct dz_compose *c, struct cores *cs, const struct dz_hit *frame)
{
    const struct dz_reading *rd = c->rd;
    uint32_t paragraph = c->rd->pieces[cs->number].paragraph;
    size_t count = 0;
    for (size_t back = 1; back <= 2 && back <= cs->number; back++) {
        size_t s = cs->number - back;
        if (c->rd->pieces[s].paragraph != paragraph)
            break;
        for (size_t i = rd->sentence_hit[s + 1]; i > rd->sentence_hit[s]; i--) {
            const struct dz_concept *good = concept_of(c, &rd->hits[i - 1]);
            if (good->kind != DZ_CONCEPT_GOOD)
                continue;
            add_good(cs, frame, good, frame, concept_of(c, frame), &count);
            return count;
        }
    }
    return count;
}

/* The goods of one frame, on the side where they stand. */
static size_t
goods_of(const struct dz_compose *c, struct cores *cs, const struct dz_hit *h)
{
    const struct dz_concept *how = concept_of(c, h);
    bool before = how->slot == DZ_SLOT_BEFORE;
    if (how->slot == DZ_SLOT_ANY)
        before = good_away(c, cs, h, true) <= good_away(c, cs, h, false);
    size_t count = before ? goods_before(c, cs, h) : goods_after(c, cs, h);
    bool offer = strcmp(how->means, "incentive") == 0;
    bool direct = cs->tie == DZ_TIE_DIRECT && cs->n == 0 && !offer;
    /* "Пенсию не дают", "не дают пенсию": the order is free where the good stands beside. */
    bool beside = !offer && cs->tie >= DZ_TIE_NEAR && good_away(c, cs, h, !before) <= BESIDE_WORDS;
    if (count == 0 && (direct || beside))
        count = before ? goods_after(c, cs, h) : goods_before(c, cs, h);
    if (count == 0 && direct && strcmp(how->means, "conditionality") == 0)
        count = good_carried(c, cs, h);
    return count;
}

/* Do the words of access of a core that was taken already cover this frame? */
static bool
frame_used(const struct cores *cs, struct dz_span frame)
{
    for (size_t i = 0; i < cs->n; i++) {
        const struct core *core = &cs->items[i];
        if (core->frame.to > core->frame.from && touches(core->frame, frame))
            return true;
    }
    return false;
}

/* The harm that already says what the words of access say: "lost their jobs". */
static const struct core *
harm_at(const struct cores *cs, size_t n, struct dz_span frame)
{
    for (size_t i = 0; i < n; i++) {
        if (cs->items[i].frame.to <= cs->items[i].frame.from && touches(cs->items[i].at, frame))
            return &cs->items[i];
    }
    return NULL;
}

/* Of the cores from `first` on only those that the text lists behind word `end`: "lost jobs,
 * healthcare and property". Returns how many stay. */
static size_t
keep_listed(const struct dz_compose *c, struct cores *cs, size_t first, size_t end)
{
    size_t kept = first;
    for (size_t i = first; i < cs->n; i++) {
        struct core core = cs->items[i];
        bool apart = false;
        for (size_t w = end; w <= core.at.from; w++)
            apart = apart || c->rd->words[w].before == DZ_BREAK_COMMA ||
                    dz_word_joins(&c->rd->words[w]);
        if (!apart || core.at.from < end || core.at.from > end + ITEM_REACH)
            continue;
        cs->items[kept++] = core;
        end = core.at.to;
    }
    cs->n = kept;
    return kept - first;
}

#define WARNING_REACH 8 /* words from "threatened to" to the words of access */

/* "They threaten to withhold payments": what is refused is not refused yet. */
static bool
only_threatened(const struct dz_compose *c, const struct cores *cs, struct dz_span frame)
{
    size_t from = frame.from > WARNING_REACH ? frame.from - WARNING_REACH : 0;
    if (from < cs->sentence.from)
        from = cs->sentence.from;
    for (size_t w = frame.from; w > from; w--) {
        if (c->rd->words[w].before >= DZ_BREAK_HARD)
            from = w;
    }
    return dz_compose_has(c, c->id.strong_threat, (struct dz_span){from, frame.to});
}

static bool
deprives(struct dz_view word)
{
    return dz_view_starts(word, "depriv") || dz_view_starts(word, "лиша") ||
           dz_view_starts(word, "позбав") || dz_view_starts(word, "restrict");
}

static void
take_frame(const struct dz_compose *c, struct cores *cs, const struct dz_hit *h)
{
    struct dz_span at = {h->first, h->first + h->n};
    bool denial = strcmp(concept_of(c, h)->means, "denial") == 0;
    /* "Not without": two negations of a denial are mostly one; "does not deprive of" is none. */
    if (frame_used(cs, at) ||
        (negated(c, at, cs->sentence.from) && (!denial || deprives(c->rd->words[at.from].fold))))
        return;
    size_t before = cs->n, count = goods_of(c, cs, h);
    const struct core *harm = harm_at(cs, before, at);
    if (harm)
        count = keep_listed(c, cs, before, harm->at.to);
    bool threat = denial && count > 0 && only_threatened(c, cs, at);
    for (size_t k = before; k < cs->n; k++) {
        cs->items[k].listed = count > 1;
        if (threat) {
            cs->items[k].also = cs->items[k].means;
            cs->items[k].means = "threat";
        }
    }
}

static void
take_goods(const struct dz_compose *c, struct cores *cs)
{
    const struct dz_reading *rd = c->rd;
    /* Most direct first: denial before condition before incentive, as the file of phrases is
     * ordered. */
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = rd->sentence_hit[cs->number]; i < rd->sentence_hit[cs->number + 1]; i++) {
            const struct dz_concept *how = concept_of(c, &rd->hits[i]);
            if (how->kind == DZ_CONCEPT_ACCESS && (strcmp(how->means, "denial") != 0) == pass)
                take_frame(c, cs, &rd->hits[i]);
        }
    }
}

static void
sort_cores(struct cores *cs)
{
    for (size_t i = 1; i < cs->n; i++) {
        struct core core = cs->items[i];
        size_t at = i;
        for (; at > 0 && cs->items[at - 1].at.from > core.at.from; at--)
            cs->items[at] = cs->items[at - 1];
        cs->items[at] = core;
    }
}

#define SAME_REACH 8 /* words between two readings of one act */

/* "Lost her job and place", read once as a harm and once as a good refused: one act when the sphere
 * is one and nothing parts them. Cores are sorted. */
static void
drop_doubles(const struct dz_compose *c, struct cores *cs)
{
    size_t kept = cs->n > 0;
    for (size_t i = 1; i < cs->n; i++) {
        struct core *last = &cs->items[kept - 1], core = cs->items[i];
        bool one_harm = (last->what == last->how) != (core.what == core.how);
        if (one_harm && strcmp(last->what->sphere, core.what->sphere) == 0 &&
            joined(c, last->at.to, core.at.from, SAME_REACH)) {
            if (core.what == core.how)
                *last = core;
            continue;
        }
        cs->items[kept++] = core;
    }
    cs->n = kept;
}

/* The item of an enumeration: to the separators on both sides. */
static struct dz_span
item_span(const struct dz_compose *c, struct dz_span at, struct dz_span limit)
{
    const struct dz_word *words = c->rd->words;
    struct dz_span span = at;
    while (span.from > limit.from && at.from - span.from < 6) {
        if (words[span.from].before >= DZ_BREAK_COMMA || dz_word_joins(&words[span.from - 1]))
            break;
        span.from--;
    }
    while (span.to < limit.to && span.to - at.to < 6) {
        const struct dz_word *w = &words[span.to];
        if (w->before >= DZ_BREAK_COMMA || dz_word_joins(w) || dz_word_subordinates(w))
            break;
        span.to++;
    }
    return span;
}

/* First of the words of threat right in front of a harm: "could face deportation". */
static size_t
threat_word(const struct dz_compose *c, const struct cores *cs, struct dz_span span, size_t at)
{
    const struct dz_reading *rd = c->rd;
    size_t first = at;
    for (size_t i = rd->sentence_hit[cs->number + 1]; i > rd->sentence_hit[cs->number]; i--) {
        const struct dz_hit *h = &rd->hits[i - 1];
        bool threat = concept_of(c, h)->kind == DZ_CONCEPT_THREAT;
        if (threat && h->first >= span.from && h->first < first && first - h->first <= 4)
            first = h->first;
    }
    return first;
}

static struct dz_span
quote_of(const struct dz_compose *c, const struct cores *cs, size_t ix)
{
    const struct core *core = &cs->items[ix];
    struct dz_span limit = cs->sentence;
    if (ix > 0)
        limit.from = cs->items[ix - 1].at.to;
    if (ix + 1 < cs->n)
        limit.to = cs->items[ix + 1].at.from;
    struct dz_span whole = core->at;
    if (!core->listed && core->frame.to > core->frame.from) {
        if (core->frame.from < whole.from)
            whole.from = core->frame.from;
        if (core->frame.to > whole.to)
            whole.to = core->frame.to;
        if (limit.from > whole.from)
            limit.from = whole.from;
        if (limit.to < whole.to)
            limit.to = whole.to;
        return dz_compose_clause(c, whole, limit);
    }
    if (core->listed) {
        struct dz_span item = item_span(c, core->at, limit);
        bool near = core->frame.to <= core->at.from && core->at.from - core->frame.to < 3;
        if (core->leads && near && core->frame.from >= limit.from)
            item.from = core->frame.from;
        return item;
    }
    /* Harms: several in one clause are cut between each other. */
    bool alone = cs->n == 1;
    struct dz_span span = dz_compose_clause(c, whole, limit);
    if (!alone) {
        bool next_near = ix + 1 < cs->n && cs->items[ix + 1].at.from <= span.to + 1;
        for (size_t w = core->at.to; next_near && w < span.to; w++) {
            if (dz_word_joins(&c->rd->words[w]))
                span.to = w;
        }
        bool last_near = ix > 0 && span.from <= cs->items[ix - 1].at.to + 1;
        for (size_t w = span.from; last_near && w < core->at.from; w++) {
            if (dz_word_joins(&c->rd->words[w])) {
                span.from = w + 1;
                break;
            }
        }
        size_t threat = threat_word(c, cs, span, core->at.from);
        if (threat < core->at.from)
            span.from = threat;
    }
    return span;
}

static const char *
modality_of(const struct dz_compose *c, const struct cores *cs, struct dz_span quote)
{
    if (dz_compose_has(c, c->id.denied, cs->sentence))
        return "denied";
    if (dz_compose_has(c, c->id.alleged, cs->sentence))
        return "alleged";
    struct dz_span lead = {quote.from > cs->sentence.from + 6 ? quote.from - 6 : cs->sentence.from,
                           quote.to};
    if (dz_compose_has(c, c->id.announced, lead))
        return "announced";
    if (dz_compose_has(c, c->id.planned, lead))
        return "planned";
    return c->voices[cs->number].speaker.n > 0 ? "reported" : "asserted";
}

static bool
names_private_person(const struct dz_compose *c, size_t s)
{
    for (size_t i = c->sentence_mention[s]; i < c->sentence_mention[s + 1]; i++) {
        const struct dz_mention *m = &c->mentions->items[i];
        if (m->kind == DZ_MENTION_PERSON && m->protect)
            return true;
    }
    const struct dz_voice *v = &c->voices[s];
    return v->person && v->person->protect;
}

/* Specific event or general claim: an event has a person, or a day or month and something done. */
static const char *
scope_of(const struct dz_compose *c, const struct cores *cs, const struct core *core,
         const struct dz_setting *set)
{
    if (names_private_person(c, cs->number))
        return "specific_event";
    /* A month or a day; years, seasons and open spans are too wide for one event. */
    bool dated =
        strlen(set->date) >= strlen("2023-05") && !strchr(set->date, '/') && set->date[5] < '2';
    bool done = !core->threatened && strcmp(core->means, "conditionality") != 0;
    return dated && ((set->place_id && set->doubt == DZ_DOUBT_NONE) || done) ? "specific_event"
                                                                             : "general_claim";
}

/* Health, liberty or a child of somebody whom this sentence, or the one before, makes
 * identifiable. */
static bool
is_sensitive(const struct dz_compose *c, const struct cores *cs, const struct core *core)
{
    static const char *const spheres[] = {"healthcare", "medicines", "liberty_security",
                                          "family_children"};
    bool touchy = dz_compose_has(c, c->id.health_child, cs->sentence);
    for (size_t i = 0; i < sizeof spheres / sizeof *spheres; i++)
        touchy = touchy || strcmp(core->what->sphere, spheres[i]) == 0;
    if (!touchy)
        return false;
    if (names_private_person(c, cs->number))
        return true;
    bool before = cs->number > 0 &&
                  c->rd->pieces[cs->number - 1].paragraph == c->rd->pieces[cs->number].paragraph;
    return before && names_private_person(c, cs->number - 1);
}

static void
emit_act(struct dz_compose *c, const struct cores *cs, size_t ix)
{
    const struct core *core = &cs->items[ix];
    struct dz_span quote = quote_of(c, cs, ix);
    struct dz_setting set = dz_compose_setting(c, cs->number, quote);
    if (set.date_carried && (core->threatened || strcmp(core->means, "conditionality") == 0))
        set.date = "";
    json_t *fields = json_object();
    dz_json_set_str(fields, "sphere", core->what->sphere);
    dz_json_set_str(fields, "means", core->means);
    json_t *also = json_array();
    if (core->also)
        json_array_append_new(also, json_string(core->also));
    if (core->threatened && strcmp(core->means, "threat") != 0)
        json_array_append_new(also, json_string("threat"));
    if (json_array_size(also) > 0)
        json_object_set(fields, "also", also);
    json_decref(also);
    dz_json_set_str(fields, "scope", scope_of(c, cs, core, &set));
    dz_json_set_view(fields, "place", set.place);
    dz_json_set_str(fields, "place_id", set.place_id);
    dz_json_set_str(fields, "date", set.date);
    dz_json_set_str(fields, "modality", modality_of(c, cs, quote));
    int score = 40 + cs->tie / 2 - set.doubt;
    struct dz_suggestion *s = dz_compose_emit(c, "act", quote, core->how->rule, score, fields);
    if (s)
        s->sensitive = is_sensitive(c, cs, core);
}

static void
sentence_acts(struct dz_compose *c, size_t number)
{
    struct cores cs = {.number = number, .tie = c->ties[number]};
    cs.sentence = dz_compose_sentence(c, number);
    if (cs.tie == DZ_TIE_NONE || cs.sentence.to <= cs.sentence.from)
        return;
    if (cs.tie >= DZ_TIE_NEAR)
        take_harms(c, &cs);
    take_goods(c, &cs);
    sort_cores(&cs);
    drop_doubles(c, &cs);
    for (size_t i = 0; i < cs.n; i++)
        emit_act(c, &cs, i);
}

void
dz_compose_acts(struct dz_compose *c)
{
    for (size_t s = 0; s < c->rd->n_sentences; s++)
        sentence_acts(c, s);
}
