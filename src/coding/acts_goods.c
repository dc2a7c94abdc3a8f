#include <string.h>

#include "dz_acts_priv.h"

/* Goods and the words of access that apply to them; the items of an enumeration share their words
 * of access. */

#define GOOD_REACH 9   /* words between the words of access, or the last good, and the next good */
#define BESIDE_WORDS 4 /* a good so near to words of access is theirs on either side */

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
belongs_to_last(const struct dz_compose *c, const struct dz_act_core *last, const struct dz_hit *h,
                const struct dz_concept *good)
{
    bool apart = false, example = false;
    for (size_t w = last->at.to; w <= h->first; w++) {
        apart =
            apart || c->rd->words[w].before >= DZ_BREAK_COMMA || dz_word_joins(&c->rd->words[w]);
        example = example || (w < h->first && gives_examples(&c->rd->words[w]));
    }
    return !apart || (example && strcmp(last->sphere, good->sphere) == 0);
}

static void
add_good(struct dz_act_cores *cs, const struct dz_hit *h, const struct dz_concept *good,
         const struct dz_hit *frame, const struct dz_concept *how, size_t *count)
{
    struct dz_act_core core = {
        .at = {h->first, h->first + h->n},
        .frame = {frame->first, frame->first + frame->n},
        .what = good,
        .how = how,
        .means = how->means,
        .leads = *count == 0,
    };
    if (dz_act_add(cs, core))
        (*count)++;
}

/* "SIM card": the words of a longer good are no good of their own. */
static bool
within_longer(const struct dz_compose *c, const struct dz_act_cores *cs, const struct dz_hit *h)
{
    const struct dz_reading *rd = c->rd;
    for (size_t i = rd->sentence_hit[cs->number]; i < rd->sentence_hit[cs->number + 1]; i++) {
        const struct dz_hit *o = &rd->hits[i];
        if (o->first > h->first)
            return false;
        if (o->n > h->n && o->first + o->n >= h->first + h->n &&
            dz_act_concept(c, o)->kind == DZ_CONCEPT_GOOD)
            return true;
    }
    return false;
}

#define PLACE_IN_WORDS 2 /* words between "a place in" and what it is in */

/* "Місце в" дитячому садку, "a place at" the college: what follows says which good it is. */
static bool
place_in_next(const struct dz_compose *c, const struct dz_act_cores *cs, const struct dz_hit *h)
{
    static const char *const ends[] = {"in", "at", "on", "в", "у", "на", "до"};
    const struct dz_reading *rd = c->rd;
    size_t end = h->first + h->n;
    bool open = false;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        open = open || dz_view_is(rd->words[end - 1].fold, ends[i]);
    for (size_t i = rd->sentence_hit[cs->number]; open && i < rd->sentence_hit[cs->number + 1];
         i++) {
        const struct dz_hit *o = &rd->hits[i];
        const struct dz_concept *next = dz_act_concept(c, o);
        /* A place in a bakery is work after all. */
        if (o->first >= end && o->first <= end + PLACE_IN_WORDS && next->kind == DZ_CONCEPT_GOOD &&
            strcmp(next->sphere, "business") != 0)
            return true;
    }
    return false;
}

/* "Пільгові ліки", "subsidised insulin": the allowance only tells of the good right behind it. */
static bool
qualifies_next(const struct dz_compose *c, const struct dz_act_cores *cs, const struct dz_hit *h)
{
    const struct dz_reading *rd = c->rd;
    if (h->n > 1 || strcmp(dz_act_concept(c, h)->sphere, "pensions_benefits") != 0)
        return false;
    size_t end = h->first + 1;
    for (size_t i = rd->sentence_hit[cs->number]; i < rd->sentence_hit[cs->number + 1]; i++) {
        const struct dz_hit *o = &rd->hits[i];
        if (o->first == end && rd->words[end].before == DZ_BREAK_NONE &&
            strcmp(dz_act_concept(c, o)->sphere, "medicines") == 0 &&
            dz_act_concept(c, o)->kind == DZ_CONCEPT_GOOD)
            return true;
    }
    return false;
}

#define SOURCE_REACH 7 /* words from "according to" to the end of who is named */

/* "According to the office of the lawyer ...": who says it, not what is refused. */
static bool
names_source(const struct dz_compose *c, const struct dz_act_cores *cs, const struct dz_hit *h)
{
    size_t from = h->first > cs->sentence.from + SOURCE_REACH ? h->first - SOURCE_REACH
                                                              : cs->sentence.from;
    for (size_t w = h->first; w > from; w--) {
        if (c->rd->words[w].before >= DZ_BREAK_COMMA)
            from = w;
    }
    return from < h->first &&
           dz_compose_has(c, c->id.source_of, (struct dz_span){from, h->first});
}

bool
dz_act_is_good(const struct dz_compose *c, const struct dz_act_cores *cs, const struct dz_hit *h)
{
    return dz_act_concept(c, h)->kind == DZ_CONCEPT_GOOD && !within_longer(c, cs, h) &&
           !place_in_next(c, cs, h) && !qualifies_next(c, cs, h) && !names_source(c, cs, h);
}

/* Goods behind the words of access: the enumeration that begins within reach. */
static size_t
goods_after(const struct dz_compose *c, struct dz_act_cores *cs, const struct dz_hit *frame)
{
    const struct dz_reading *rd = c->rd;
    const struct dz_concept *how = dz_act_concept(c, frame);
    size_t reach = frame->first + frame->n, count = 0;
    size_t w = frame->first;
    bool examples = false; /* the last good was an example of the one in front */
    for (size_t i = rd->sentence_hit[cs->number]; i < rd->sentence_hit[cs->number + 1]; i++) {
        const struct dz_hit *h = &rd->hits[i];
        const struct dz_concept *good = dz_act_concept(c, h);
        if (h->first < frame->first || good->kind != DZ_CONCEPT_GOOD ||
            place_in_next(c, cs, h) || qualifies_next(c, cs, h))
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
        const struct dz_act_core *last = count > 0 ? &cs->items[cs->n - 1] : NULL;
        if (last && h->first < last->at.to)
            continue;
        if (last && (examples || belongs_to_last(c, last, h, good)) &&
            (!examples || strcmp(last->sphere, good->sphere) == 0)) {
            examples = true;
            continue;
        }
        examples = false;
        if (last && strcmp(last->sphere, good->sphere) == 0)
            continue;
        add_good(cs, h, good, frame, how, &count);
    }
    return count;
}

bool
dz_act_is_open(const struct dz_compose *c, const struct dz_hit *h)
{
    return h->concept == c->id.open_denial || h->concept == c->id.open_condition;
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

/* "Selling a flat, an inheritance: all this is impossible": the list stands in front of the
 * dash. */
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
clause_from(const struct dz_compose *c, const struct dz_act_cores *cs, size_t at)
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

/* "В поликлинике", "in the hospital": where, not what. */
static bool
is_locative(const struct dz_compose *c, const struct dz_hit *h)
{
    static const char *const before[] = {"in", "at", "в", "у"};
    static const char *const endings[] = {"е", "і", "ах", "ях", "ии"};
    const struct dz_word *words = c->rd->words;
    size_t w = h->first;
    while (w > 0 && h->first - w < 2 && words[w].before == DZ_BREAK_NONE) {
        w--;
        bool in = false, ends = (unsigned char)words[h->first].fold.p[0] < 0x80;
        for (size_t i = 0; i < sizeof before / sizeof *before; i++)
            in = in || dz_view_is(words[w].fold, before[i]);
        struct dz_view noun = words[h->first + h->n - 1].fold;
        for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
            size_t n = strlen(endings[i]);
            ends = ends || (noun.n > n && memcmp(noun.p + noun.n - n, endings[i], n) == 0);
        }
        if (in)
            return ends;
    }
    return false;
}

#define THING_REACH 6 /* words from a thing to the place where it is had */

/* "Insulin in the clinic": the thing in front of the place, of another sphere. */
static bool
thing_in_front(const struct dz_compose *c, const struct dz_act_cores *cs, const struct dz_hit *h,
               size_t from)
{
    const struct dz_reading *rd = c->rd;
    const char *sphere = dz_act_concept(c, h)->sphere;
    for (size_t i = rd->sentence_hit[cs->number]; i < rd->sentence_hit[cs->number + 1]; i++) {
        const struct dz_hit *o = &rd->hits[i];
        if (o->first >= from && o->first + o->n <= h->first &&
            h->first - o->first - o->n <= THING_REACH && dz_act_is_good(c, cs, o) &&
            !is_locative(c, o) && strcmp(dz_act_concept(c, o)->sphere, sphere) != 0 &&
            dz_act_joined(c, o->first + o->n, h->first, THING_REACH))
            return true;
    }
    return false;
}

/* Goods in front: the subject of "is unavailable without a passport", the nearest one with those
 * that it is listed with. Several words for one sphere are one good. */
static size_t
goods_before(const struct dz_compose *c, struct dz_act_cores *cs, const struct dz_hit *frame)
{
    const struct dz_reading *rd = c->rd;
    const struct dz_concept *how = dz_act_concept(c, frame);
    const struct dz_hit *last = NULL;
    size_t from = clause_from(c, cs, frame->first), count = 0;
    for (size_t i = rd->sentence_hit[cs->number + 1]; i > rd->sentence_hit[cs->number]; i--) {
        const struct dz_hit *h = &rd->hits[i - 1];
        const struct dz_concept *good = dz_act_concept(c, h);
        if (!dz_act_is_good(c, cs, h) || h->first < from || h->first >= frame->first)
            continue;
        if (last && h->first + h->n > last->first)
            continue;
        if (!last && is_locative(c, h) && thing_in_front(c, cs, h, from))
            continue;
        if (last && strcmp(dz_act_concept(c, last)->sphere, good->sphere) == 0) {
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
good_away(const struct dz_compose *c, const struct dz_act_cores *cs, const struct dz_hit *frame,
          bool before)
{
    const struct dz_reading *rd = c->rd;
    size_t from = clause_from(c, cs, frame->first), end = frame->first + frame->n;
    size_t best = SIZE_MAX;
    for (size_t i = rd->sentence_hit[cs->number]; i < rd->sentence_hit[cs->number + 1]; i++) {
        const struct dz_hit *h = &rd->hits[i];
        if (dz_act_concept(c, h)->kind != DZ_CONCEPT_GOOD)
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

/* "They would only give it to those with new passports". */
size_t
dz_act_good_carried(const struct dz_compose *c, struct dz_act_cores *cs,
                    const struct dz_hit *frame)
{
    const struct dz_reading *rd = c->rd;
    uint32_t paragraph = c->rd->pieces[cs->number].paragraph;
    size_t count = 0;
    for (size_t back = 0; back <= 2 && back <= cs->number; back++) {
        size_t s = cs->number - back;
        if (c->rd->pieces[s].paragraph != paragraph)
            break;
        for (size_t i = rd->sentence_hit[s + 1]; i > rd->sentence_hit[s]; i--) {
            const struct dz_concept *good = dz_act_concept(c, &rd->hits[i - 1]);
            if (good->kind != DZ_CONCEPT_GOOD || rd->hits[i - 1].first >= frame->first)
                continue;
            add_good(cs, frame, good, frame, dz_act_concept(c, frame), &count);
            return count;
        }
    }
    return count;
}

size_t
dz_act_goods_of(const struct dz_compose *c, struct dz_act_cores *cs, const struct dz_hit *h)
{
    const struct dz_concept *how = dz_act_concept(c, h);
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
        count = dz_act_good_carried(c, cs, h);
    return count;
}

/* Do the words of access of a core that was taken already cover this frame? */
static bool
frame_used(const struct dz_act_cores *cs, struct dz_span frame)
{
    for (size_t i = 0; i < cs->n; i++) {
        const struct dz_act_core *core = &cs->items[i];
        if (core->frame.to > core->frame.from && dz_act_touches(core->frame, frame))
            return true;
    }
    return false;
}

/* The harm that already says what the words of access say: "lost their jobs". */
static const struct dz_act_core *
harm_at(const struct dz_act_cores *cs, size_t n, struct dz_span frame)
{
    for (size_t i = 0; i < n; i++) {
        if (cs->items[i].frame.to <= cs->items[i].frame.from &&
            dz_act_touches(cs->items[i].at, frame))
            return &cs->items[i];
    }
    return NULL;
}

/* Of the cores from `first` on only those that the text lists behind word `end`: "lost jobs,
 * healthcare and property". Returns how many stay. */
static size_t
keep_listed(const struct dz_compose *c, struct dz_act_cores *cs, size_t first, size_t end)
{
    size_t kept = first;
    for (size_t i = first; i < cs->n; i++) {
        struct dz_act_core core = cs->items[i];
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
only_threatened(const struct dz_compose *c, const struct dz_act_cores *cs, struct dz_span frame)
{
    size_t from = dz_act_stretch(c, cs, frame.from, WARNING_REACH);
    return dz_compose_has(c, c->id.strong_threat, (struct dz_span){from, frame.to});
}

/* "Nobody loses", "не лишает": the negation of a loss. "Nobody is not" is mostly one negation. */
static bool
deprives(const struct dz_compose *c, size_t w)
{
    return dz_reading_hit(c->rd, c->id.loss_word, w, w + 2) != NULL; /* "was denied" */
}

/* "Трактористов, не обменявших права", "тим, хто не подав": what people did not do says who is
 * meant, and is nothing that was done to them. */
static bool
tells_who(const struct dz_compose *c, struct dz_span frame)
{
    static const char *const ends[] = {"вших", "вшие", "вшим",  "вшими", "вшего",
                                       "вший", "вшая", "вшему", "вшую"};
    static const char *const who[] = {"хто", "кто"};
    const struct dz_word *words = c->rd->words;
    if (frame.to < frame.from + 2 || !dz_view_is(words[frame.from].fold, "не"))
        return false;
    for (size_t i = 0; frame.from > 0 && i < sizeof who / sizeof *who; i++) {
        if (dz_view_is(words[frame.from - 1].fold, who[i]))
            return true;
    }
    for (size_t w = frame.from + 1; w < frame.to; w++) {
        for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
            size_t n = strlen(ends[i]);
            struct dz_view word = words[w].fold;
            if (word.n > n && memcmp(word.p + word.n - n, ends[i], n) == 0)
                return true;
        }
    }
    return false;
}

static void
take_frame(const struct dz_compose *c, struct dz_act_cores *cs, const struct dz_hit *h)
{
    struct dz_span at = {h->first, h->first + h->n};
    bool denial = strcmp(dz_act_concept(c, h)->means, "denial") == 0;
    /* "Not without": two negations of a denial are mostly one; "does not deprive of" is none. */
    if (frame_used(cs, at) || tells_who(c, at) || dz_act_doubted(c, at, cs->sentence.from))
        return;
    if (dz_act_negated(c, at, cs->sentence.from) &&
        (!denial || deprives(c, at.from))) {
        cs->taken_back = true;
        return;
    }
    size_t before = cs->n, count = dz_act_goods_of(c, cs, h);
    const struct dz_act_core *harm = harm_at(cs, before, at);
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

void
dz_act_take_goods(const struct dz_compose *c, struct dz_act_cores *cs)
{
    const struct dz_reading *rd = c->rd;
    /* Most direct first: denial before condition before incentive, as the file of phrases is
     * ordered. */
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = rd->sentence_hit[cs->number]; i < rd->sentence_hit[cs->number + 1]; i++) {
            const struct dz_concept *how = dz_act_concept(c, &rd->hits[i]);
            if (how->kind == DZ_CONCEPT_ACCESS && !dz_act_is_open(c, &rd->hits[i]) &&
                (strcmp(how->means, "denial") != 0) == pass)
                take_frame(c, cs, &rd->hits[i]);
        }
    }
}
