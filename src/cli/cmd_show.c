#include <string.h>

#include "dz_cmd.h"
#include "dz_common.h"
#include "dz_fact.h"
#include "dz_field_words.h"
#include "dz_json.h"
#include "dz_locators.h"
#include "dz_mem.h"
#include "dz_reading_log.h"
#include "dz_show.h"
#include "dz_source.h"
#include "dz_utf8.h"
#include "dz_view.h"
#include "dz_where.h"

#define LABEL_COLUMNS 16
#define FACT_COLUMNS 29 /* id and kind of a fact in front of what it says */

json_t *
dz_source_json(const struct dz_source_row *row)
{
    json_t *line = json_object();
    dz_json_set_str(line, "id", row->id);
    dz_json_set_str(line, "name", row->name);
    dz_json_set_str(line, "doc", row->doc);
    dz_json_set_str(line, "title", row->title);
    dz_json_set_str(line, "publisher", row->publisher);
    dz_json_set_str(line, "author", row->author);
    dz_json_set_str(line, "published", row->published);
    dz_json_set_str(line, "published_by", row->published_by);
    dz_json_set_str(line, "address", row->address);
    dz_json_set_str(line, "language", row->language);
    dz_json_set_str(line, "derivative_of", row->derivative_of);
    dz_json_set_str(line, "basis", row->basis);
    dz_json_set_str(line, "access", row->access);
    dz_json_set_str(line, "reliability", row->reliability);
    dz_json_set_str(line, "media_type", row->media_type);
    dz_json_set_str(line, "sha256", row->sha256);
    dz_json_set_int(line, "size", (int64_t)row->size_bytes);
    dz_json_set_str(line, "object", row->object);
    dz_json_set_str(line, "added", row->added);
    dz_json_set_str(line, "added_by", row->added_by);
    dz_json_set_str(line, "ref", row->ref);
    dz_json_set_str(line, "text", row->text_status);
    dz_json_set_str(line, "text_sha256", row->text_sha256);
    dz_json_set_str(line, "extractor", row->extractor);
    dz_json_set_int(line, "chars", (int64_t)row->text_chars);
    return line;
}

void
dz_show_field(struct dz_out *o, const char *label, const char *text)
{
    if (text == NULL || text[0] == '\0')
        return;
    DZ_AUTO_BUF struct dz_buf line = DZ_BUF(1 << 20);
    dz_utf8_line(&line, dz_view_of(text), 20000);
    dz_out_text(o, label);
    dz_out_text(o, ":");
    size_t at = dz_out_columns(dz_view_of(label)) + 1;
    /* A label that fills its column still gets one blank. */
    if (at >= LABEL_COLUMNS) {
        dz_out_text(o, " ");
        at++;
    }
    dz_out_wrap(o, dz_buf_view(&line), LABEL_COLUMNS, at);
}

static void
field_number(struct dz_out *o, const char *label, uint64_t number)
{
    DZ_AUTO_FREE char *text = dz_asprintf("%llu", (unsigned long long)number);
    dz_show_field(o, label, text);
}

struct collecting {
    struct dz_ctx *c;
    json_t *list; /* NULL: print */
    size_t n;
    size_t n_bulk;
};

static enum dz_code
custody_one(void *ctx, const struct dz_entry_view *e, struct dz_err *err)
{
    (void)err;
    struct collecting *s = ctx;
    s->n++;
    if (s->list != NULL) {
        json_t *one = json_object();
        dz_json_set_str(one, "ref", e->ref);
        dz_json_set_str(one, "time", e->time);
        dz_json_set_str(one, "kind", e->kind);
        dz_json_set_str(one, "member", e->member);
        json_array_append_new(s->list, one);
        return DZ_OK;
    }
    char when[17];
    dz_short_time(e->time, when);
    dz_out_f(&s->c->out, "  %s  %.6s  %s%s\n", when, e->member, dz_entry_words(e->kind),
             e->body == NULL ? _(" (destroyed)") : "");
    return DZ_OK;
}

static enum dz_code
custody(struct dz_ctx *c, const char *id, json_t *object, struct dz_err *err)
{
    struct collecting s = {.c = c};
    if (object != NULL) {
        s.list = json_array();
        json_object_set_new(object, "custody", s.list);
    } else {
        dz_out_f(&c->out, "\n%s\n", _("Custody"));
    }
    return dz_item_history(c->vault, id, custody_one, &s, err);
}

static enum dz_code
fact_of_source(void *ctx, const struct dz_fact_row *row, struct dz_err *err)
{
    (void)err;
    struct collecting *s = ctx;
    if (s->list != NULL) {
        json_t *one = json_object();
        dz_json_set_str(one, "id", row->id);
        dz_json_set_str(one, "kind", row->kind);
        dz_json_set_str(one, "state", row->state);
        json_array_append_new(s->list, one);
        return DZ_OK;
    }
    if (s->n++ == 0)
        dz_out_f(&s->c->out, "\n%s\n", _("Facts"));
    DZ_AUTO_BUF struct dz_buf gist = DZ_BUF(1 << 16);
    dz_fact_line(s->c, row, &gist);
    s->n_bulk += row->bulk;
    DZ_AUTO_BUF struct dz_buf head = DZ_BUF(4096);
    dz_buf_addf(&head, "  %s  %s", row->id, dz_kind_label(row->kind));
    size_t at = dz_out_columns(dz_buf_view(&head));
    dz_out_bytes(&s->c->out, head.p, head.n);
    dz_out_f(&s->c->out, "%*s", at < FACT_COLUMNS ? (int)(FACT_COLUMNS - at) : 2, "");
    DZ_AUTO_BUF struct dz_buf line = DZ_BUF(1 << 16);
    dz_utf8_line(&line, dz_buf_view(&gist), 400);
    dz_out_wrap(&s->c->out, dz_buf_view(&line), FACT_COLUMNS,
                at < FACT_COLUMNS ? FACT_COLUMNS : at + 2);
    return DZ_OK;
}

static enum dz_code
facts_of(struct dz_ctx *c, const char *id, json_t *object, struct dz_err *err)
{
    struct collecting s = {.c = c};
    if (object != NULL) {
        s.list = json_array();
        json_object_set_new(object, "facts", s.list);
    }
    struct dz_fact_filter filter = {.source = id, .state = "any"};
    DZ_TRY(dz_facts_each(c->vault, &filter, fact_of_source, &s, err));
    dz_bulk_legend(&c->out, s.n_bulk);
    return DZ_OK;
}

static void
print_source(struct dz_ctx *c, const struct dz_source_row *row)
{
    struct dz_out *o = &c->out;
    dz_show_field(o, _("source"), row->id);
    dz_show_field(o, _("title"), row->title);
    dz_show_field(o, _("file"), row->name);
    dz_show_field(o, _("publisher"), row->publisher);
    dz_show_field(o, _("author"), row->author);
    if (row->published != NULL) {
        static const struct {
            const char *by;
            const char *words;
        } origins[] = {
            {"described", N_("as described")},
            {"meta", N_("as the file says")},
            {"head", N_("guessed from the beginning of the text")},
            {"name", N_("guessed from the file name")},
        };
        const char *by = row->published_by != NULL ? row->published_by : "";
        for (size_t i = 0; i < sizeof origins / sizeof *origins; i++)
            if (strcmp(by, origins[i].by) == 0)
                by = _(origins[i].words);
        DZ_AUTO_FREE char *text = dz_asprintf("%s (%s)", row->published, by);
        dz_show_field(o, _("published"), text);
    }
    dz_show_field(o, _("address"), row->address);
    dz_show_field(o, _("language"), row->language);
    dz_show_field(o, _("basis"), dz_label(c, "basis", row->basis));
    dz_show_field(o, _("access"), dz_label(c, "access", row->access));
    dz_show_field(o, _("reliability"), dz_label(c, "reliability", row->reliability));
    dz_show_field(o, _("media type"), row->media_type);
    field_number(o, _("bytes"), row->size_bytes);
    dz_show_field(o, "SHA-256", row->sha256);
    dz_show_field(o, _("text"), dz_text_status_words(row->text_status));
    if (row->text_sha256 != NULL) {
        field_number(o, _("characters"), row->text_chars);
        dz_show_field(o, _("text SHA-256"), row->text_sha256);
        dz_show_field(o, _("read by"), row->extractor);
    }
}

/* How many pages, times and so on the text has: quotes from it say theirs. */
static enum dz_code
print_places(struct dz_ctx *c, const struct dz_source_row *row, struct dz_err *err)
{
    static const char *const kinds[] = {"page", "slide", "sheet", "cell", "message", "time"};
    size_t n[6] = {0};
    struct dz_locator one;
    bool more = true;
    DZ_AUTO_BUF struct dz_buf locators = DZ_BUF(DZ_LOCATORS_MAX);
    DZ_AUTO_BUF struct dz_buf words = DZ_BUF(4096);
    struct dz_err why = {0};
    enum dz_code code = dz_source_locators(c->vault, row->id, NULL, &locators, &why);
    /* What is damaged is named by verify, and keeps nothing else from being shown. */
    if (code == DZ_E_CORRUPT || code == DZ_E_NOTFOUND)
        return DZ_OK;
    if (code != DZ_OK)
        return dz_fail(err, code, "%s", why.msg);
    struct dz_view in = dz_buf_view(&locators);
    while (dz_locators_next(&in, &one, &more, NULL) == DZ_OK && more)
        for (size_t i = 0; i < 6; i++)
            n[i] += dz_view_is(one.kind, kinds[i]);
    if (n[0] > 0)
        dz_buf_addf(&words, dz_trn("%zu page", "%zu pages", (unsigned long)n[0]), n[0]);
    else if (n[1] > 0)
        dz_buf_addf(&words, dz_trn("%zu slide", "%zu slides", (unsigned long)n[1]), n[1]);
    else if (n[3] > 0)
        dz_buf_addf(&words, dz_trn("%zu row", "%zu rows", (unsigned long)n[3]), n[3]);
    else if (n[4] > 0)
        dz_buf_addf(&words, dz_trn("%zu message", "%zu messages", (unsigned long)n[4]), n[4]);
    else if (n[5] > 0)
        dz_buf_addf(&words, dz_trn("%zu time", "%zu times", (unsigned long)n[5]), n[5]);
    dz_show_field(&c->out, _("places"), words.p);
    return DZ_OK;
}

static enum dz_code
show_source(struct dz_ctx *c, const char *id, struct dz_err *err)
{
    DZ_AUTO_SOURCE struct dz_source s = {0};
    DZ_TRY(dz_source_get(c->vault, id, &s, err));
    DZ_AUTO_JSON json_t *object = NULL;
    if (c->json) {
        object = dz_source_json(&s.row);
        if (s.row.body != NULL)
            json_object_set_new(object, "body", json_deep_copy(s.row.body));
        const json_t *added = json_object_get(s.row.body, "added");
        static const char *const custody_of[] = {"capture", "captured_from", "tool"};
        for (size_t i = 0; i < sizeof custody_of / sizeof *custody_of; i++) {
            const json_t *value = json_object_get(added, custody_of[i]);
            if (value != NULL)
                json_object_set_new(object, custody_of[i], json_deep_copy(value));
        }
    } else {
        print_source(c, &s.row);
        DZ_TRY(print_places(c, &s.row, err));
    }
    DZ_TRY(dz_show_kin(c, &s.row, object, err));
    if (!c->json) {
        dz_show_capture(c, &s.row);
        dz_show_meta(c, &s.row);
    }
    DZ_TRY(facts_of(c, id, object, err));
    DZ_TRY(custody(c, id, object, err));
    if (object != NULL)
        dz_out_json(&c->out, object);
    return DZ_OK;
}

static enum dz_code
version_one(void *ctx, const struct dz_fact_version *fv, struct dz_err *err)
{
    (void)err;
    struct collecting *s = ctx;
    if (s->list != NULL) {
        json_t *one = json_object();
        dz_json_set_str(one, "ref", fv->ref);
        dz_json_set_str(one, "revises", fv->revises);
        dz_json_set_str(one, "action", fv->action);
        dz_json_set_str(one, "member", fv->member);
        dz_json_set_str(one, "time", fv->time);
        json_object_set_new(one, "head", json_boolean(fv->head));
        if (fv->body != NULL)
            json_object_set_new(one, "body", json_deep_copy(fv->body));
        json_array_append_new(s->list, one);
        return DZ_OK;
    }
    if (s->n++ == 0)
        dz_out_f(&s->c->out, "\n%s\n", _("Versions"));
    char when[17];
    dz_short_time(fv->time, when);
    dz_out_f(&s->c->out, "  %s %s  %.6s  %s  %s\n", fv->head ? "*" : " ", when, fv->member,
             dz_action_words(fv->action), fv->ref);
    return DZ_OK;
}

/* Fields that have a line of their own or say nothing to a reader. */
static bool
shown_apart(const char *key)
{
    static const char *const apart[] = {"passages", "id",      "kind",   "log",
                                        "seq",      "time",    "member", "clock",
                                        "object",   "revises", "date",   "fact_kind",
                                        "n",        "compartment"};
    for (size_t i = 0; i < sizeof apart / sizeof *apart; i++)
        if (strcmp(key, apart[i]) == 0)
            return true;
    return false;
}

static void
print_fact_fields(struct dz_ctx *c, const struct dz_fact_row *row)
{
    DZ_AUTO_JSON json_t *body = json_deep_copy(row->body);
    const char *key;
    json_t *value;
    json_object_foreach(body, key, value)
    {
        if (shown_apart(key))
            continue;
        DZ_AUTO_BUF struct dz_buf text = DZ_BUF(1 << 20);
        dz_field_value(c, row->kind, key, value, &text);
        dz_show_field(&c->out, dz_field_label(key), text.p);
    }
}

static enum dz_code
print_passages(struct dz_ctx *c, const struct dz_fact_row *row, struct dz_err *err)
{
    DZ_AUTO_WHERE struct dz_where w = {.v = c->vault};
    dz_out_f(&c->out, "\n%s\n", _("Passages"));
    for (size_t i = 0; i < row->n_passages; i++) {
        const struct dz_passage *p = &row->passages[i];
        DZ_AUTO_BUF struct dz_buf where = DZ_BUF(4096);
        dz_buf_addf(&where, "%s %zu-%zu", p->source, p->start, p->end);
        DZ_AUTO_BUF struct dz_buf said = DZ_BUF(4096);
        DZ_TRY(dz_where_say(&w, p->source, p->text_sha256, p->start, p->end, &said, err));
        dz_view_part(&where, said.p);
        if (p->confirmed != NULL)
            dz_view_part(&where, _("place confirmed"));
        if (p->state != DZ_PASSAGE_SAME)
            dz_view_part(&where, dz_passage_words(p->state));
        dz_out_f(&c->out, "  %s\n", where.p);
        DZ_AUTO_BUF struct dz_buf line = DZ_BUF(1 << 20);
        DZ_AUTO_BUF struct dz_buf words = DZ_BUF(1 << 20);
        dz_buf_addf(&words, "...%s", p->prefix);
        dz_buf_addf(&words, "[%s]", p->exact);
        dz_buf_addf(&words, "%s...", p->suffix);
        dz_utf8_line(&line, dz_buf_view(&words), 20000);
        dz_out_wrap(&c->out, dz_buf_view(&line), 4, 0);
    }
    if (row->passage_state != DZ_PASSAGE_SAME)
        dz_out_f(&c->out, "  %s\n",
                 _("Its words stand in the text version they were taken from; see 'dokaz "
                   "passages'."));
    return DZ_OK;
}

static enum dz_code
show_fact(struct dz_ctx *c, const char *id, struct dz_err *err)
{
    DZ_AUTO_FACT struct dz_fact f = {0};
    DZ_TRY(dz_fact_get(c->vault, id, &f, err));
    struct collecting versions = {.c = c};
    if (c->json) {
        DZ_AUTO_JSON json_t *object = dz_fact_json(&f.row);
        versions.list = json_array();
        json_object_set_new(object, "versions", versions.list);
        DZ_AUTO_WHERE struct dz_where w = {.v = c->vault};
        DZ_TRY(dz_fact_json_where(&w, &f.row, object, err));
        DZ_TRY(dz_fact_history(c->vault, id, version_one, &versions, err));
        dz_out_json(&c->out, object);
        return DZ_OK;
    }
    dz_show_field(&c->out, dz_kind_label(f.row.kind), f.row.id);
    DZ_AUTO_BUF struct dz_buf gist = DZ_BUF(1 << 16);
    dz_fact_gist(c, &f.row, &gist);
    dz_view_part(&gist, dz_fact_mark(&f.row));
    dz_show_field(&c->out, _("says"), gist.p);
    dz_show_field(&c->out, _("date"), f.row.date);
    print_fact_fields(c, &f.row);
    DZ_TRY(print_passages(c, &f.row, err));
    return dz_fact_history(c->vault, id, version_one, &versions, err);
}

static enum dz_code
run(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    (void)values;
    char id[DZ_ID_MAX];
    DZ_TRY(dz_item_resolve(c->vault, c->words[0], id, err));
    DZ_TRY(dz_shown_log_one(c, id, err));
    return strncmp(id, "src-", 4) == 0 ? show_source(c, id, err) : show_fact(c, id, err);
}

const struct dz_cmd dz_cmd_show = {
    .name = "show",
    .group = DZ_GROUP_SOURCES,
    .summary =
        N_("show a source with its custody and facts, or a fact with its quotes and versions"),
    .usage = N_("ID"),
    .help = N_("An id may be cut to any beginning that fits one item only."),
    .needs = DZ_NEED_VAULT | DZ_NEED_RULES | DZ_HAS_JSON,
    .min_words = 1,
    .max_words = 1,
    .run = run,
};
