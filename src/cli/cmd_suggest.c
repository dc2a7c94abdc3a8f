/* suggest, accept, reject: the queue for scripts. */
#include <string.h>

#include "dz_cmd.h"
#include "dz_common.h"
#include "dz_json.h"
#include "dz_queue.h"
#include "dz_source.h"
#include "dz_suggest.h"
#include "dz_utf8.h"

struct suggest_values {
    const char *explain;
    const char *kind;
    uint64_t min_score;
    bool all;
};

static const struct dz_opt suggest_opts[] = {
    DZ_OPT_TEXT(struct suggest_values, kind, "kind", N_("KIND"),
                N_("only act, measure, figure, statement, person, place or date")),
    DZ_OPT_NUMBER(struct suggest_values, min_score, "min-score", N_("N"), 0, 100,
                  N_("only those of at least this score, 0 to 100")),
    DZ_OPT_FLAG(struct suggest_values, all, "all", N_("also those that were decided")),
    DZ_OPT_TEXT(struct suggest_values, explain, "explain", N_("ID"),
                N_("say why this one is proposed: its words, and where each field comes from")),
    {0},
};

struct listing {
    struct dz_ctx *c;
    size_t n;
};

static enum dz_code
suggest_one(void *ctx, const struct dz_queue_row *row, struct dz_err *err)
{
    (void)err;
    struct listing *l = ctx;
    l->n++;
    if (l->c->json) {
        dz_out_json(&l->c->out, row->line);
        return DZ_OK;
    }
    dz_out_f(&l->c->out, "%s  %s  %s  %d  %s%s\n", row->id, row->source, dz_kind_label(row->kind),
             row->score, row->rule,
             row->decision == DZ_ACCEPTED   ? _("  accepted")
             : row->decision == DZ_REJECTED ? _("  rejected")
                                            : "");
    DZ_AUTO_BUF struct dz_buf line = DZ_BUF(1 << 20);
    dz_utf8_line(&line, dz_view_of(row->quote), 2000);
    dz_out_wrap(&l->c->out, dz_buf_view(&line), 4, 0);
    return DZ_OK;
}

/* ---- suggest --explain ---- */

/* The suggestion that was asked about, copied out of the queue. */
struct asked {
    const char *id;
    size_t n;
    char *kind;
    char *rule;
    char *source;
    json_t *line;
    size_t start;
    size_t end;
};

static void
asked_done(struct asked *a)
{
    dz_free(a->kind);
    dz_free(a->rule);
    dz_free(a->source);
    json_decref(a->line);
}
#define DZ_AUTO_ASKED DZ_CLEANUP(asked_done)

static enum dz_code
find_asked(void *ctx, const struct dz_queue_row *row, struct dz_err *err)
{
    (void)err;
    struct asked *a = ctx;
    if (strncmp(row->id, a->id, strlen(a->id)) != 0 || a->n++ > 0)
        return DZ_OK;
    a->kind = dz_strdup(row->kind);
    a->rule = dz_strdup(row->rule);
    a->source = dz_strdup(row->source);
    a->line = json_deep_copy(row->line);
    a->start = row->start;
    a->end = row->end;
    return DZ_OK;
}

/* What the codes of an explanation mean. */
static const char *
reason(const char *code)
{
    static const struct {
        const char *code;
        const char *words;
    } all[] = {
        {"sentence", N_("in the sentence itself")},
        {"sentence-before", N_("from the sentence before")},
        {"neighbour", N_("in the sentence in front or behind")},
        {"near", N_("a few sentences away")},
        {"topic", N_("the text is about it")},
        {"none", N_("nowhere near")},
        {"tie", N_("the passport is not named in the sentence itself")},
        {"place-in-sentence", N_("in the sentence itself")},
        {"place-from-paragraph", N_("the place was named earlier in the paragraph")},
        {"place-referred-to", N_("the place is only referred to here")},
        {"place-of-witness", N_("the place where the witness was")},
        {"place-of-headline", N_("the place that the head of the text names")},
        {"place-of-narrator", N_("the place that the text names most")},
        {"date-of-entry", N_("the day at the head of the entry")},
        {"deadline", N_("the deadline, for what is still to come")},
    };
    for (size_t i = 0; code != NULL && i < sizeof all / sizeof *all; i++)
        if (strcmp(all[i].code, code) == 0)
            return _(all[i].words);
    return code != NULL ? code : "";
}

static void
print_reason(struct dz_ctx *c, const char *what, const json_t *why)
{
    const char *text = dz_json_str(why, "text");
    if (why == NULL)
        return;
    dz_out_f(&c->out, "  %s: ", what);
    if (text != NULL) {
        dz_out_text(&c->out, "«");
        dz_out_line(&c->out, dz_view_of(text), 200);
        dz_out_f(&c->out, "» %lld-%lld", (long long)dz_json_int(why, "start", 0),
                 (long long)dz_json_int(why, "end", 0));
    }
    dz_out_f(&c->out, "  %s\n", reason(dz_json_str(why, "from")));
}

static void
print_why(struct dz_ctx *c, const struct asked *a, const json_t *why)
{
    size_t i;
    json_t *item;
    dz_out_f(&c->out, "%s  %s  %s  %d\n", dz_json_str(a->line, "id"), dz_kind_label(a->kind),
             a->rule, (int)dz_json_int(why, "score", 0));
    dz_out_text(&c->out, "    ");
    dz_out_line(&c->out, dz_view_of(dz_json_str(a->line, "quote")), 2000);
    dz_out_text(&c->out, "\n");
    json_array_foreach(json_object_get(why, "words"), i, item)
    {
        json_t *words = json_copy(item);
        dz_json_set_str(words, "from", dz_json_str(item, "pattern"));
        print_reason(c, json_is_true(json_object_get(item, "rule")) ? _("rule") : _("words"),
                     words);
        json_decref(words);
    }
    print_reason(c, _("passport"), json_object_get(why, "tie"));
    print_reason(c, _("place"), json_object_get(why, "place"));
    print_reason(c, _("date"), json_object_get(why, "date"));
    if (dz_json_str(why, "speaker") != NULL)
        dz_out_f(&c->out, "  %s: %s\n", _("speaker"), dz_json_str(why, "speaker"));
    if (json_is_true(json_object_get(why, "inferred")))
        dz_out_f(&c->out, "  %s\n", _("the year comes from the context, not from these words"));
    json_array_foreach(json_object_get(why, "lowered"), i, item)
    {
        dz_out_f(&c->out, _("  %lld points less: %s"), (long long)dz_json_int(item, "points", 0),
                 reason(dz_json_str(item, "why")));
        dz_out_text(&c->out, "\n");
    }
}

static enum dz_code
explain(struct dz_ctx *c, const char *id, struct dz_err *err)
{
    DZ_AUTO_ASKED struct asked a = {.id = id};
    struct dz_queue_filter filter = {.decided = true};
    DZ_TRY(dz_queue_update(c->vault, c->rules, NULL, c->cancel, NULL, err));
    DZ_TRY(dz_queue_each(c->vault, &filter, find_asked, &a, err));
    if (a.n != 1)
        return a.n == 0 ? dz_fail(err, DZ_E_NOTFOUND, "there is no suggestion '%s'", id)
                        : dz_fail(err, DZ_E_USAGE, "'%s' begins %zu ids: write more of it", id, a.n);
    DZ_AUTO_SOURCE struct dz_source s = {0};
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(DZ_TEXT_MAX);
    DZ_TRY(dz_source_get(c->vault, a.source, &s, err));
    DZ_TRY(dz_source_text(c->vault, a.source, &text, NULL, err));
    struct dz_document d = {0};
    DZ_TRY(dz_document_init(&d, dz_buf_view(&text), err));
    struct dz_doc_info info = {.language = s.row.language,
                               .published = s.row.published,
                               .publisher = s.row.publisher};
    struct dz_explain e = {.kind = a.kind, .rule = a.rule, .start = a.start, .end = a.end};
    enum dz_code code = dz_suggest_explain(c->rules, &d, &info, &e, err);
    if (code == DZ_OK && c->json) {
        json_object_set(a.line, "why", e.out);
        dz_out_json(&c->out, a.line);
    } else if (code == DZ_OK) {
        print_why(c, &a, e.out);
    }
    json_decref(e.out);
    dz_document_done(&d);
    return code;
}

static enum dz_code
check_kind(const char *kind, struct dz_err *err)
{
    static const char *const kinds[] = {"act",    "measure", "figure", "statement",
                                        "person", "place",   "date"};
    for (size_t i = 0; kind != NULL; i++) {
        if (i == sizeof kinds / sizeof *kinds)
            return dz_fail(err, DZ_E_USAGE,
                           "--kind: '%s' is not one of act, measure, figure, statement, person, "
                           "place, date",
                           kind);
        if (strcmp(kinds[i], kind) == 0)
            break;
    }
    return DZ_OK;
}

static enum dz_code
run_suggest(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    const struct suggest_values *v = values;
    DZ_TRY(check_kind(v->kind, err));
    if (v->explain != NULL && c->n_words > 0)
        return dz_fail(err, DZ_E_USAGE, "--explain takes the id of one suggestion and no source");
    if (v->explain != NULL)
        return explain(c, v->explain, err);
    struct listing l = {.c = c};
    struct dz_queue_filter filter = {
        .kind = v->kind, .min_score = (int)v->min_score, .decided = v->all};
    if (c->n_words == 0) {
        DZ_TRY(dz_queue_update(c->vault, c->rules, NULL, c->cancel, NULL, err));
        DZ_TRY(dz_queue_each(c->vault, &filter, suggest_one, &l, err));
    }
    for (size_t i = 0; i < c->n_words; i++) {
        char id[DZ_ID_MAX];
        DZ_TRY(dz_item_resolve(c->vault, c->words[i], id, err));
        DZ_TRY(dz_queue_update(c->vault, c->rules, id, c->cancel, NULL, err));
        filter.source = id;
        DZ_TRY(dz_queue_each(c->vault, &filter, suggest_one, &l, err));
    }
    if (!c->json) {
        dz_out_f(&c->out, dz_trn("%zu suggestion.", "%zu suggestions.", (unsigned long)l.n), l.n);
        dz_out_text(&c->out, "\n");
    }
    return DZ_OK;
}

const struct dz_cmd dz_cmd_suggest = {
    .name = "suggest",
    .group = DZ_GROUP_FACTS,
    .summary = N_("print what dokaz proposes, for all sources or some"),
    .usage = N_("[SOURCE...]"),
    .help = N_("Each suggestion names its exact quote and the rule that found it. Nothing counts "
               "until somebody accepts it: 'dokaz review', 'dokaz accept'."),
    .opts = suggest_opts,
    .values_size = sizeof(struct suggest_values),
    .needs = DZ_NEED_VAULT | DZ_NEED_RULES | DZ_HAS_JSON | DZ_TELLS_BACKLOG,
    .max_words = SIZE_MAX,
    .run = run_suggest,
};

struct accept_values {
    bool all;
    bool dry_run;
    const char *source;
};

static const struct dz_opt accept_opts[] = {
    DZ_OPT_FLAG(struct accept_values, all, "all",
                N_("all acts, measures, figures and statements of published and official sources")),
    DZ_OPT_TEXT(struct accept_values, source, "source", N_("ID"),
                N_("with --all: only of this source")),
    DZ_OPT_FLAG(struct accept_values, dry_run, "dry-run",
                N_("with --all: only count what would be accepted")),
    {0},
};

/* What --all would do, counted by the same rules without doing it. */
struct dry {
    struct dz_ctx *c;
    struct dz_queue_bulk bulk;
    char source[DZ_ID_MAX];
    bool is_public;
};

static enum dz_code
dry_one(void *ctx, const struct dz_queue_row *row, struct dz_err *err)
{
    struct dry *d = ctx;
    if (row->decision != DZ_OPEN)
        return DZ_OK;
    if (strcmp(d->source, row->source) != 0) {
        DZ_AUTO_SOURCE struct dz_source s = {0};
        DZ_TRY(dz_source_get(d->c->vault, row->source, &s, err));
        d->is_public = dz_basis_is_public(s.row.basis);
        memcpy(d->source, s.row.id, strlen(s.row.id) + 1);
    }
    size_t kind = 0;
    while (dz_fact_kinds[kind] != NULL && strcmp(dz_fact_kinds[kind], row->kind) != 0)
        kind++;
    if (dz_fact_kinds[kind] == NULL)
        d->bulk.n_not_facts++;
    else if (!d->is_public)
        d->bulk.n_not_public++;
    else if (row->sensitive)
        d->bulk.n_sensitive++;
    else {
        d->bulk.n_accepted++;
        d->bulk.n_by_kind[kind]++;
    }
    return DZ_OK;
}

static void
print_bulk(struct dz_ctx *c, const struct dz_queue_bulk *b, bool dry_run)
{
    if (c->json) {
        json_t *line = json_object();
        json_object_set_new(line, "dry_run", json_boolean(dry_run));
        dz_json_set_int(line, "accepted", (int64_t)b->n_accepted);
        for (size_t i = 0; dz_fact_kinds[i] != NULL; i++)
            dz_json_set_int(line, dz_fact_kinds[i], (int64_t)b->n_by_kind[i]);
        dz_json_set_int(line, "sensitive", (int64_t)b->n_sensitive);
        dz_json_set_int(line, "not_public", (int64_t)b->n_not_public);
        dz_json_set_int(line, "not_facts", (int64_t)b->n_not_facts);
        dz_json_set_int(line, "refused", (int64_t)b->n_refused);
        dz_out_json_new(&c->out, line);
        return;
    }
    dz_out_f(&c->out,
             dry_run ? _("%llu would be accepted: %llu acts, %llu measures, %llu figures, %llu "
                         "statements.")
                     : _("%llu accepted: %llu acts, %llu measures, %llu figures, %llu statements."),
             (unsigned long long)b->n_accepted, (unsigned long long)b->n_by_kind[0],
             (unsigned long long)b->n_by_kind[1], (unsigned long long)b->n_by_kind[2],
             (unsigned long long)b->n_by_kind[3]);
    dz_out_text(&c->out, "\n");
    static const char *const stays[] = {
        N_("stay in the queue: they concern an identifiable private person"),
        N_("stay in the queue: the source is not published or its basis is not stated"),
        N_("are persons, places and dates, which are no facts of their own"),
        N_("stay in the queue: they do not fit the rules for facts"),
    };
    const uint64_t counts[] = {b->n_sensitive, b->n_not_public, b->n_not_facts, b->n_refused};
    for (size_t i = 0; i < sizeof stays / sizeof *stays; i++)
        if (counts[i] > 0)
            dz_out_f(&c->out, "%8llu %s\n", (unsigned long long)counts[i], _(stays[i]));
    if (!dry_run && b->n_accepted > 0)
        dz_out_f(&c->out, "%s\n",
                 _("They are marked as accepted in bulk, not reviewed, until somebody looks."));
}

static enum dz_code
accept_all(struct dz_ctx *c, const struct accept_values *v, struct dz_err *err)
{
    if (c->n_words > 0)
        return dz_fail(err, DZ_E_USAGE, "--all takes no ids: leave out one of the two");
    char id[DZ_ID_MAX];
    const char *source = NULL;
    if (v->source != NULL) {
        DZ_TRY(dz_item_resolve(c->vault, v->source, id, err));
        source = id;
    }
    DZ_TRY(dz_queue_update(c->vault, c->rules, source, c->cancel, NULL, err));
    if (v->dry_run) {
        struct dry d = {.c = c};
        struct dz_queue_filter filter = {.source = source};
        DZ_TRY(dz_queue_each(c->vault, &filter, dry_one, &d, err));
        print_bulk(c, &d.bulk, true);
        return DZ_OK;
    }
    struct dz_queue_bulk bulk = {0};
    DZ_TRY(dz_queue_accept_all(c->vault, c->rules, source, &bulk, err));
    print_bulk(c, &bulk, false);
    return DZ_OK;
}

static enum dz_code
run_accept(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    const struct accept_values *v = values;
    if (v->all)
        return accept_all(c, v, err);
    if (c->n_words == 0)
        return dz_fail(err, DZ_E_USAGE, "name suggestions by their ids, or say --all");
    if (v->dry_run || v->source != NULL)
        return dz_fail(err, DZ_E_USAGE, "--dry-run and --source go with --all");
    DZ_TRY(dz_queue_update(c->vault, c->rules, NULL, c->cancel, NULL, err));
    for (size_t i = 0; i < c->n_words; i++) {
        char fact[DZ_ID_MAX];
        if (dz_queue_accept(c->vault, c->rules, c->words[i], NULL, fact, err) != DZ_OK)
            return dz_while(err, "'%s'", c->words[i]);
        if (c->json) {
            json_t *line = json_object();
            dz_json_set_str(line, "suggestion", c->words[i]);
            dz_json_set_str(line, "id", fact);
            dz_out_json_new(&c->out, line);
        } else {
            dz_out_f(&c->out, "%s\n", fact);
        }
        dz_out_flush(&c->out);
    }
    return DZ_OK;
}

const struct dz_cmd dz_cmd_accept = {
    .name = "accept",
    .group = DZ_GROUP_FACTS,
    .summary = N_("turn suggestions into facts"),
    .usage = N_("SUGGESTION... | --all"),
    .help = N_("Each fact's id is printed. With --all, what concerns the health, detention or "
               "abuse of an identifiable private person, or a child, stays in the queue for a "
               "person to decide, and so does what rests on unpublished sources."),
    .opts = accept_opts,
    .values_size = sizeof(struct accept_values),
    .needs = DZ_NEED_VAULT | DZ_NEED_WRITE | DZ_NEED_RULES | DZ_HAS_JSON,
    .max_words = SIZE_MAX,
    .run = run_accept,
};

static enum dz_code
run_reject(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    (void)values;
    DZ_TRY(dz_queue_update(c->vault, c->rules, NULL, c->cancel, NULL, err));
    for (size_t i = 0; i < c->n_words; i++) {
        if (dz_queue_reject(c->vault, c->words[i], err) != DZ_OK)
            return dz_while(err, "'%s'", c->words[i]);
        dz_out_f(&c->out, "%s\n", c->words[i]);
        dz_out_flush(&c->out);
    }
    return DZ_OK;
}

const struct dz_cmd dz_cmd_reject = {
    .name = "reject",
    .group = DZ_GROUP_FACTS,
    .summary = N_("decide against suggestions, for good"),
    .usage = N_("SUGGESTION..."),
    .help = N_("A rejected suggestion does not come back when texts are read anew. The journal "
               "keeps its id and no words."),
    .needs = DZ_NEED_VAULT | DZ_NEED_WRITE | DZ_NEED_RULES,
    .min_words = 1,
    .max_words = SIZE_MAX,
    .run = run_reject,
};
