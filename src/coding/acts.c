#include <string.h>

#include "dz_acts_priv.h"
#include "dz_json.h"

/* Acts. A sentence yields cores: harms, which are acts by themselves, and goods to which some
 * words of access apply ("denied access to", "only with a passport"). Each core becomes one act
 * with the smallest clause that carries it. */

static const char *
modality_of(const struct dz_compose *c, const struct dz_act_cores *cs, struct dz_span quote)
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
scope_of(const struct dz_compose *c, const struct dz_act_cores *cs, const struct dz_act_core *core,
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
is_sensitive(const struct dz_compose *c, const struct dz_act_cores *cs,
             const struct dz_act_core *core)
{
    static const char *const spheres[] = {"healthcare", "medicines", "liberty_security",
                                          "family_children"};
    bool touchy = dz_compose_has(c, c->id.health_child, cs->sentence);
    for (size_t i = 0; i < sizeof spheres / sizeof *spheres; i++)
        touchy = touchy || strcmp(core->sphere, spheres[i]) == 0;
    if (!touchy)
        return false;
    if (names_private_person(c, cs->number))
        return true;
    bool before = cs->number > 0 &&
                  c->rd->pieces[cs->number - 1].paragraph == c->rd->pieces[cs->number].paragraph;
    return before && names_private_person(c, cs->number - 1);
}

static void
emit_act(struct dz_compose *c, const struct dz_act_cores *cs, size_t ix)
{
    const struct dz_act_core *core = &cs->items[ix];
    struct dz_span quote = dz_act_quote(c, cs, ix);
    struct dz_setting set = dz_compose_setting(c, cs->number, quote);
    const struct dz_mention *deadline = dz_compose_deadline(c, cs->number, quote);
    bool to_come = core->threatened || strcmp(core->means, "threat") == 0 ||
                   strcmp(core->means, "status_change") == 0 ||
                   dz_compose_has(c, c->id.binding, cs->sentence);
    if (set.date_carried && !set.date_of_entry &&
        (core->threatened || strcmp(core->means, "conditionality") == 0))
        set.date = "";
    if (to_come && deadline && set.date[0] == '\0')
        set.date = deadline->edtf;
    json_t *fields = json_object();
    dz_json_set_str(fields, "sphere", core->sphere);
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

#define HEADING_WORDS 3

/* "Высылка": a word or two that stand alone head what follows and tell nothing. */
static bool
is_heading(const struct dz_compose *c, const struct dz_act_cores *cs)
{
    const struct dz_piece *pieces = c->rd->pieces;
    size_t s = cs->number;
    return cs->tie < DZ_TIE_DIRECT && cs->sentence.to - cs->sentence.from <= HEADING_WORDS &&
           (s == 0 || pieces[s - 1].paragraph != pieces[s].paragraph) &&
           s + 1 < c->rd->n_sentences && pieces[s + 1].paragraph != pieces[s].paragraph &&
           !c->rd->words[cs->sentence.from].quoted && !dz_act_begins_item(c, s);
}

/* Endings of verbs in the past and of participles: "Арестовали." tells, "Высылка." heads. */
static bool
tells(const struct dz_compose *c, struct dz_view word)
{
    static const char *const ends[] = {"ли", "ла", "в", "л", "но", "то", "ed", "сь", "ся", "ть"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        size_t n = strlen(ends[i]);
        /* "Призыв": only Ukrainian has verbs of the past that end so. */
        if (strcmp(ends[i], "в") == 0 && c->d->lang != DZ_TEXT_UK)
            continue;
        if (word.n > n && memcmp(word.p + word.n - n, ends[i], n) == 0)
            return true;
    }
    return false;
}

static bool
is_number(struct dz_view word)
{
    return word.n > 0 && word.p[0] >= '0' && word.p[0] <= '9';
}

#define TITLE_WORDS 2

/* "4. Conscription. An economist reckons ...": a noun behind a number heads what follows. */
static bool
is_numbered_title(const struct dz_compose *c, const struct dz_act_cores *cs)
{
    const struct dz_word *words = c->rd->words;
    size_t s = cs->number, from = cs->sentence.from, to = cs->sentence.to;
    while (from < to && is_number(words[from].fold))
        from++;
    bool numbered = from > cs->sentence.from || (from > 0 && is_number(words[from - 1].fold));
    size_t first = s;
    while (first > 0 && c->rd->pieces[first - 1].paragraph == c->rd->pieces[s].paragraph)
        first--;
    size_t begins = c->rd->sentence_word[first];
    return numbered && from < to && to - from <= TITLE_WORDS && from - begins <= TITLE_WORDS &&
           !words[from].quoted && !tells(c, words[from].fold) && !tells(c, words[to - 1].fold);
}

#define INLINE_TITLE_WORDS 4

/* "Мобілізація. У Ровеньках ...", "Military service. Every one of ...": a noun or two that open a
 * paragraph and end in a full stop head it. */
static bool
opens_paragraph(const struct dz_compose *c, const struct dz_act_cores *cs)
{
    const struct dz_piece *pieces = c->rd->pieces;
    const struct dz_word *words = c->rd->words;
    size_t s = cs->number, from = cs->sentence.from, to = cs->sentence.to;
    while (from < to && is_number(words[from].fold))
        from++;
    /* "5. Отказ от гражданства." is two sentences, the first of them a number. */
    size_t before = s;
    if (from == cs->sentence.from && s > 0 && is_number(words[c->rd->sentence_word[s - 1]].fold) &&
        c->rd->sentence_word[s] - c->rd->sentence_word[s - 1] == 1)
        before = s - 1;
    bool first = before == 0 || pieces[before - 1].paragraph != pieces[before].paragraph;
    bool more = s + 1 < c->rd->n_sentences && pieces[s + 1].paragraph == pieces[s].paragraph;
    if (!first || !more || from >= to || to - from > INLINE_TITLE_WORDS || words[from].quoted ||
        dz_compose_has(c, c->id.negation, cs->sentence) ||
        dz_compose_has(c, c->id.without_passport, cs->sentence))
        return false;
    for (size_t w = from; w < to; w++) {
        if (tells(c, words[w].fold))
            return false;
    }
    return true;
}

/* "Will they deport me?", "чи можна його вивезти": what is asked is not told. */
static bool
is_question(const struct dz_compose *c, const struct dz_act_cores *cs)
{
    const struct dz_word *words = c->rd->words;
    size_t from = cs->sentence.from, to = cs->sentence.to, s = cs->number;
    size_t end = s + 1 < c->rd->n_sentences ? c->rd->pieces[s + 1].start : c->d->text.n;
    for (size_t at = words[to - 1].end; at < end; at++) {
        if (c->d->text.p[at] == '?')
            return true;
    }
    while (from < to && is_number(words[from].fold))
        from++;
    if (from < to && dz_view_is(words[from].fold, "чи"))
        return true;
    return from + 1 < to && dz_view_is(words[from + 1].fold, "ли");
}

/* Of a question only what it takes for granted is told: "what if ... , because otherwise they paid
 * no pension?" */
static void
drop_asked(const struct dz_compose *c, struct dz_act_cores *cs)
{
    static const char *const granted[] = {"because", "since",    "if",       "when", "бо",
                                          "якщо",    "оскільки", "коли",     "адже", "если",
                                          "раз",     "когда",    "поскольку"};
    size_t kept = 0;
    for (size_t i = 0; i < cs->n; i++) {
        bool keep = false;
        for (size_t w = cs->sentence.from; w < cs->items[i].at.from && !keep; w++) {
            for (size_t k = 0; k < sizeof granted / sizeof *granted; k++)
                keep = keep || dz_view_is(c->rd->words[w].fold, granted[k]);
        }
        if (keep)
            cs->items[kept++] = cs->items[i];
    }
    cs->n = kept;
}

static void
sentence_acts(struct dz_compose *c, struct dz_act_cores *cs, const struct dz_act_cores *last)
{
    if (cs->tie == DZ_TIE_NONE || cs->sentence.to <= cs->sentence.from || is_heading(c, cs) ||
        opens_paragraph(c, cs) || dz_compose_has(c, c->id.no_event, cs->sentence))
        return;
    if (cs->tie >= DZ_TIE_NEAR && !is_numbered_title(c, cs))
        dz_act_take_harms(c, cs);
    dz_act_take_goods(c, cs);
    if (cs->n == 0)
        dz_act_take_open(c, cs, last);
    else
        dz_act_take_clauses(c, cs);
    if (cs->n > 0 && is_question(c, cs))
        drop_asked(c, cs);
    dz_act_settle(c, cs);
    for (size_t i = 0; i < cs->n; i++)
        emit_act(c, cs, i);
}

void
dz_compose_acts(struct dz_compose *c)
{
    struct dz_act_cores cores[2]; /* of this sentence and the one in front */
    for (size_t s = 0; s < c->rd->n_sentences; s++) {
        struct dz_act_cores *cs = &cores[s % 2];
        cs->n = 0;
        cs->number = s;
        cs->sentence = dz_compose_sentence(c, s);
        cs->tie = c->ties[s];
        cs->taken_back = false;
        sentence_acts(c, cs, s > 0 ? &cores[(s + 1) % 2] : NULL);
    }
}
