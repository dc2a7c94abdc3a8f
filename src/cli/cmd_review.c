/* review: one suggestion at a time, with its sentence.
 *
 * Keys are read as lines from standard input, so that the same works from a script. Corrections are
 * typed as field=value: nothing is written to temporary files, which would lie there unsealed. */
#include <string.h>

#include "dz_cmd.h"
#include "dz_common.h"
#include "dz_json.h"
#include "dz_mem.h"
#include "dz_queue.h"
#include "dz_source.h"
#include "dz_text.h"
#include "dz_utf8.h"

struct values {
    const char *source;
    const char *kind;
    uint64_t min_score;
};

static const struct dz_opt opts[] = {
    DZ_OPT_TEXT(struct values, source, "source", N_("ID"), N_("only from this source")),
    DZ_OPT_TEXT(struct values, kind, "kind", N_("KIND"),
                N_("only act, measure, figure or statement")),
    DZ_OPT_NUMBER(struct values, min_score, "min-score", N_("N"), 0, 100,
                  N_("only those of at least this score, 0 to 100")),
    {0},
};

/* A suggestion, copied: deciding changes the queue while it is walked. */
struct item {
    char *id;
    char *source;
    char *title;
    char *kind;
    char *rule;
    size_t start;
    size_t end;
    int score;
    bool sensitive;
    json_t *fields;
    char *key;      /* kind, codes and words: the same in a reprint */
    size_t copy_of; /* item that is offered for this one, or SIZE_MAX */
    size_t n_copies;
};

struct review {
    struct dz_ctx *c;
    struct dz_lines lines;
    struct item *items;
    size_t n;
    size_t cap;
    size_t n_accepted;
    size_t n_rejected;
    size_t n_skipped;
    size_t n_known; /* the same words were decided before, in another source */
    json_t *keys;             /* words and codes -> item that stands for them, -1: decided before */
    /* The text of the source looked at last. */
    char *text_source;
    struct dz_buf text;
    struct dz_document doc;
    bool has_doc;
};

/* What a decision is about: kind, codes and words, however they are typeset. */
static char *
key_of(const struct dz_queue_row *row)
{
    static const char *const codes[] = {"sphere", "means", "stance", "value", "deadline"};
    DZ_AUTO_BUF struct dz_buf fold = DZ_BUF(1 << 20);
    struct dz_buf key = DZ_BUF(1 << 20);
    dz_buf_adds(&key, row->kind);
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        const char *code = dz_json_str(row->fields, codes[i]);
        dz_buf_addf(&key, "|%s", code != NULL ? code : "");
    }
    dz_text_fold(dz_view_of(row->quote), &fold);
    dz_buf_addc(&key, '|');
    dz_buf_addv(&key, dz_buf_view(&fold));
    return dz_buf_take(&key);
}

/* Words that were decided in another source are not asked about again. */
static enum dz_code
note_decided(void *ctx, const struct dz_queue_row *row, struct dz_err *err)
{
    (void)err;
    struct review *r = ctx;
    DZ_AUTO_FREE char *key = row->decision != DZ_OPEN ? key_of(row) : NULL;
    if (key != NULL)
        json_object_set_new_nocheck(r->keys, key, json_integer(-1));
    return DZ_OK;
}

static enum dz_code
collect(void *ctx, const struct dz_queue_row *row, struct dz_err *err)
{
    (void)err;
    struct review *r = ctx;
    bool fact = false;
    for (size_t i = 0; dz_fact_kinds[i] != NULL; i++)
        fact = fact || strcmp(dz_fact_kinds[i], row->kind) == 0;
    /* Persons, places and dates come with the facts that use them. */
    if (!fact || row->decision != DZ_OPEN)
        return DZ_OK;
    char *key = key_of(row);
    const json_t *known = json_object_get(r->keys, key);
    if (known != NULL && json_integer_value(known) < 0) {
        r->n_known++;
        dz_free(key);
        return DZ_OK;
    }
    size_t first = known != NULL ? (size_t)json_integer_value(known) : SIZE_MAX;
    if (known != NULL)
        r->items[first].n_copies++;
    else
        json_object_set_new_nocheck(r->keys, key, json_integer((json_int_t)r->n));
    r->items = dz_grow(r->items, &r->cap, r->n + 1, sizeof *r->items);
    r->items[r->n++] = (struct item){
        .key = key,
        .copy_of = first,
        .id = dz_strdup(row->id),
        .source = dz_strdup(row->source),
        .title = dz_strdup(row->title != NULL ? row->title : ""),
        .kind = dz_strdup(row->kind),
        .rule = dz_strdup(row->rule),
        .start = row->start,
        .end = row->end,
        .score = row->score,
        .sensitive = row->sensitive,
        .fields = json_deep_copy(row->fields),
    };
    return DZ_OK;
}

static void
drop_text(struct review *r)
{
    if (r->has_doc)
        dz_document_done(&r->doc);
    r->has_doc = false;
    dz_buf_done(&r->text);
    dz_free(r->text_source);
    r->text_source = NULL;
}

static void
review_done(struct review *r)
{
    for (size_t i = 0; i < r->n; i++) {
        struct item *it = &r->items[i];
        dz_free(it->id);
        dz_free(it->source);
        dz_free(it->title);
        dz_free(it->kind);
        dz_free(it->rule);
        dz_free(it->key);
        json_decref(it->fields);
    }
    dz_free(r->items);
    json_decref(r->keys);
    drop_text(r);
    dz_lines_done(&r->lines);
}

static enum dz_code
load_text(struct review *r, const char *source, struct dz_err *err)
{
    if (r->text_source != NULL && strcmp(r->text_source, source) == 0)
        return DZ_OK;
    drop_text(r);
    r->text = (struct dz_buf)DZ_BUF(DZ_TEXT_MAX);
    DZ_TRY(dz_source_text(r->c->vault, source, &r->text, NULL, err));
    DZ_TRY(dz_document_init(&r->doc, dz_buf_view(&r->text), err));
    r->has_doc = true;
    r->text_source = dz_strdup(source);
    return DZ_OK;
}

static void
add_line(struct dz_buf *out, const struct dz_document *d, size_t from, size_t to)
{
    if (to > from)
        dz_utf8_line(out, (struct dz_view){d->text.p + from, to - from}, 4000);
}

/* The sentences that hold the quote and their neighbours in the paragraph, with the quote marked
 * by signs: a colour
 * would be lost in a log and on some screens. */
static void
print_context(struct review *r, const struct item *it)
{
    const struct dz_document *d = &r->doc;
    size_t start = dz_utf8_map_byte(&d->map, it->start);
    size_t end = dz_utf8_map_byte(&d->map, it->end);
    size_t from = start;
    size_t to = end;
    for (size_t i = 0; i < d->n_sentences; i++) {
        const struct dz_sentence *s = &d->sentences[i];
        if (s->end <= start || s->start >= end)
            continue;
        if (s->start <= start)
            from = i > 0 && d->sentences[i - 1].paragraph == s->paragraph
                       ? d->sentences[i - 1].start
                       : s->start;
        bool more = i + 1 < d->n_sentences && d->sentences[i + 1].paragraph == s->paragraph;
        if (s->end >= end)
            to = more ? d->sentences[i + 1].end : s->end;
        else if (s->end > to)
            to = s->end;
    }
    DZ_AUTO_BUF struct dz_buf line = DZ_BUF(1 << 20);
    add_line(&line, d, from, start);
    dz_buf_adds(&line, "⟦");
    add_line(&line, d, start, end);
    dz_buf_adds(&line, "⟧");
    add_line(&line, d, end, to);
    dz_out_wrap(&r->c->out, dz_buf_view(&line), 4, 0);
}

static const char *
list_of(const char *field)
{
    static const char *const same[] = {"sphere", "means", "scope", "stance", "modality"};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        if (strcmp(same[i], field) == 0)
            return same[i];
    return strcmp(field, "unit") == 0 ? "figure_unit" : NULL;
}

static void
print_fields(struct review *r, const json_t *fields)
{
    DZ_AUTO_JSON json_t *copy = json_deep_copy(fields);
    const char *key;
    json_t *value;
    json_object_foreach(copy, key, value)
    {
        DZ_AUTO_BUF struct dz_buf line = DZ_BUF(1 << 16);
        dz_buf_addf(&line, "%s = ", key);
        if (json_is_string(value))
            dz_utf8_line(&line, dz_view_of(json_string_value(value)), 500);
        else if (dz_json_line(&line, value, NULL) != DZ_OK)
            continue;
        const char *list = json_is_string(value) ? list_of(key) : NULL;
        const char *label = list != NULL ? dz_label(r->c, list, json_string_value(value)) : NULL;
        /* A code that has no label is said once. */
        if (label != NULL && strcmp(label, json_string_value(value)) != 0)
            dz_buf_addf(&line, " (%s)", label);
        if (strcmp(key, "place_id") == 0)
            dz_buf_addf(&line, " (%s)", dz_place_label(r->c, json_string_value(value)));
        dz_out_wrap(&r->c->out, dz_buf_view(&line), 8, 4);
    }
}

static void
print_item(struct review *r, size_t ix)
{
    const struct item *it = &r->items[ix];
    struct dz_out *o = &r->c->out;
    dz_out_f(o, "\n[%zu/%zu] %s  %s  %s  %d\n", ix + 1, r->n, it->id, dz_kind_label(it->kind),
             it->rule, it->score);
    dz_out_f(o, "  %s ", it->source);
    dz_out_line(o, dz_view_of(it->title), 70);
    dz_out_text(o, "\n");
    if (it->n_copies > 0) {
        dz_out_f(o, dz_trn("  the same words stand in %zu more source: one decision for both",
                           "  the same words stand in %zu more places: one decision for all",
                           (unsigned long)it->n_copies),
                 it->n_copies);
        dz_out_text(o, "\n");
    }
    if (it->sensitive)
        dz_out_f(o, "  %s\n", _("concerns an identifiable private person: decide with care"));
    print_context(r, it);
    print_fields(r, it->fields);
}

/* One "field=value" into corrections; what begins as JSON is read as such. */
static enum dz_code
correct(json_t *corrections, struct dz_view line, struct dz_err *err)
{
    const char *equals = memchr(line.p, '=', line.n);
    if (equals == NULL)
        return dz_fail(err, DZ_E_INPUT, "write field=value, or an empty line to end");
    struct dz_view key = dz_view_trim((struct dz_view){line.p, (size_t)(equals - line.p)});
    struct dz_view value =
        dz_view_trim((struct dz_view){equals + 1, line.n - (size_t)(equals + 1 - line.p)});
    if (key.n == 0)
        return dz_fail(err, DZ_E_INPUT, "write field=value, or an empty line to end");
    DZ_TRY(dz_utf8_check(line, err));
    DZ_AUTO_FREE char *name = dz_strndup(key.p, key.n);
    json_t *parsed = NULL;
    if (value.n > 0 && (value.p[0] == '[' || value.p[0] == '{'))
        DZ_TRY(dz_json_parse(value, &parsed, err));
    else
        parsed = json_stringn_nocheck(value.p, value.n);
    json_object_set_new(corrections, name, parsed);
    return DZ_OK;
}

static void
prompt(struct review *r, const char *text)
{
    dz_out_text(&r->c->out, text);
    dz_out_flush(&r->c->out);
}

static enum dz_code
edit(struct review *r, json_t *corrections, struct dz_err *err)
{
    for (;;) {
        prompt(r, _("  field=value (empty line ends): "));
        struct dz_view line = {0};
        bool more = false;
        DZ_TRY(dz_lines_next(&r->lines, &line, &more, err));
        if (!more || dz_view_trim(line).n == 0)
            return DZ_OK;
        struct dz_err slip = {0};
        if (correct(corrections, line, &slip) != DZ_OK)
            dz_out_f(&r->c->out, "  %s\n", slip.msg);
    }
}

/* What somebody typed could not be done: say it and ask again. A vault that fails is another
 * matter. */
static bool
is_slip(enum dz_code code)
{
    return code == DZ_E_INPUT || code == DZ_E_DENIED || code == DZ_E_NOTFOUND ||
           code == DZ_E_USAGE || code == DZ_E_LIMIT;
}

/* The copies of an item, once it was decided: they follow. One that cannot be recorded stays. */
static enum dz_code
decide_copies(struct review *r, size_t ix, bool accept, const json_t *corrections,
              struct dz_err *err)
{
    for (size_t i = ix + 1; r->items[ix].n_copies > 0 && i < r->n; i++) {
        const struct item *it = &r->items[i];
        char fact[DZ_ID_MAX];
        struct dz_err slip = {0};
        if (it->copy_of != ix)
            continue;
        enum dz_code code =
            accept ? dz_queue_accept(r->c->vault, r->c->rules, it->id,
                                     json_object_size(corrections) > 0 ? corrections : NULL, fact,
                                     &slip)
                   : dz_queue_reject(r->c->vault, it->id, &slip);
        if (code == DZ_OK && accept) {
            r->n_accepted++;
            dz_out_f(&r->c->out, "  -> %s  %s\n", fact, it->source);
        } else if (code == DZ_OK) {
            r->n_rejected++;
        } else if (is_slip(code)) {
            dz_out_f(&r->c->out, "  %s: %s\n", it->source, slip.msg);
        } else {
            return dz_fail(err, code, "%s", slip.msg);
        }
    }
    return DZ_OK;
}

enum answer { ANSWER_DONE, ANSWER_AGAIN, ANSWER_QUIT };

static enum dz_code
accept_one(struct review *r, size_t ix, const json_t *corrections, enum answer *ret,
           struct dz_err *err)
{
    const struct item *it = &r->items[ix];
    char fact[DZ_ID_MAX];
    struct dz_err slip = {0};
    enum dz_code code =
        dz_queue_accept(r->c->vault, r->c->rules, it->id,
                        json_object_size(corrections) > 0 ? corrections : NULL, fact, &slip);
    if (code == DZ_OK) {
        r->n_accepted++;
        dz_out_f(&r->c->out, "  -> %s\n", fact);
        *ret = ANSWER_DONE;
        return decide_copies(r, ix, true, corrections, err);
    }
    if (is_slip(code)) {
        dz_out_f(&r->c->out, "  %s\n", slip.msg);
        *ret = ANSWER_AGAIN;
        return DZ_OK;
    }
    if (err != NULL)
        *err = slip;
    return code;
}

static enum dz_code
ask(struct review *r, size_t ix, json_t *corrections, enum answer *ret, struct dz_err *err)
{
    const struct item *it = &r->items[ix];
    prompt(r, _("[a]ccept [r]eject [e]dit [s]kip [q]uit: "));
    struct dz_view line = {0};
    bool more = false;
    DZ_TRY(dz_lines_key(&r->lines, &line, &more, err));
    line = dz_view_trim(line);
    if (r->c->out.tty)
        dz_out_text(&r->c->out, "\n");
    *ret = ANSWER_DONE;
    if (!more || dz_view_is(line, "q") || dz_view_is(line, "quit")) {
        *ret = ANSWER_QUIT;
        return DZ_OK;
    }
    if (dz_view_is(line, "a") || dz_view_is(line, "accept"))
        return accept_one(r, ix, corrections, ret, err);
    if (dz_view_is(line, "r") || dz_view_is(line, "reject")) {
        DZ_TRY(dz_queue_reject(r->c->vault, it->id, err));
        r->n_rejected++;
        return decide_copies(r, ix, false, NULL, err);
    }
    if (dz_view_is(line, "s") || dz_view_is(line, "skip") || line.n == 0) {
        r->n_skipped++;
        return DZ_OK;
    }
    *ret = ANSWER_AGAIN;
    if (dz_view_is(line, "e") || dz_view_is(line, "edit")) {
        DZ_TRY(edit(r, corrections, err));
        print_fields(r, corrections);
        return DZ_OK;
    }
    dz_out_f(&r->c->out, "  %s\n", _("type one of a, r, e, s, q"));
    return DZ_OK;
}

static enum dz_code
walk(struct review *r, struct dz_err *err)
{
    for (size_t i = 0; i < r->n; i++) {
        if (r->items[i].copy_of != SIZE_MAX)
            continue;
        DZ_TRY(load_text(r, r->items[i].source, err));
        print_item(r, i);
        DZ_AUTO_JSON json_t *corrections = json_object();
        enum answer answer = ANSWER_AGAIN;
        while (answer == ANSWER_AGAIN)
            DZ_TRY(ask(r, i, corrections, &answer, err));
        if (answer == ANSWER_QUIT)
            break;
    }
    return DZ_OK;
}

static enum dz_code
run(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    const struct values *v = values;
    char id[DZ_ID_MAX];
    struct dz_queue_filter filter = {.kind = v->kind, .min_score = (int)v->min_score};
    if (v->source != NULL) {
        DZ_TRY(dz_item_resolve(c->vault, v->source, id, err));
        filter.source = id;
    }
    DZ_TRY(dz_queue_update(c->vault, c->rules, filter.source, c->cancel, NULL, err));
    struct review r = {.c = c, .keys = json_object()};
    struct dz_queue_filter decided = {.decided = true};
    dz_lines_init(&r.lines);
    enum dz_code code = dz_queue_each(c->vault, &decided, note_decided, &r, err);
    if (code == DZ_OK)
        code = dz_queue_each(c->vault, &filter, collect, &r, err);
    if (code == DZ_OK)
        code = walk(&r, err);
    if (code == DZ_OK) {
        if (r.n_known > 0)
            dz_out_f(&c->out, _("\n%zu with words that were decided before are not offered."),
                     r.n_known);
        dz_out_f(&c->out, _("\n%zu accepted, %zu rejected, %zu skipped, %zu left."), r.n_accepted,
                 r.n_rejected, r.n_skipped, r.n - r.n_accepted - r.n_rejected);
        dz_out_text(&c->out, "\n");
    }
    review_done(&r);
    return code;
}

const struct dz_cmd dz_cmd_review = {
    .name = "review",
    .group = DZ_GROUP_FACTS,
    .summary = N_("decide on suggestions one by one"),
    .usage = "",
    .help =
        N_("Each suggestion is shown in its sentence, the quote between double brackets. Type "
           "a to accept, r to reject, e to correct fields before accepting, s to skip, q to "
           "stop: one key on a terminal, one line each from a script. Every decision is safe as "
           "soon as the next one is shown.\n\n"
           "Words that stand in several sources, as in a reprint, are offered once, and the "
           "decision holds for all of them; words that were decided before are not offered "
           "again."),
    .opts = opts,
    .values_size = sizeof(struct values),
    .needs = DZ_NEED_VAULT | DZ_NEED_WRITE | DZ_NEED_RULES,
    .run = run,
};
