#include <string.h>

#include "dz_cmd.h"
#include "dz_codec.h"
#include "dz_common.h"
#include "dz_json.h"
#include "dz_mem.h"
#include "dz_passage.h"
#include "dz_utf8.h"
#include "dz_view.h"
#include "dz_where.h"

/* Passages that need a person: what dokaz finds is shown, what is right a person says. */

#define CONTEXT 40 /* characters on either side of a place */

struct values {
    const char *at;
};

static const struct dz_opt opts[] = {
    DZ_OPT_TEXT(struct values, at, "at", N_("START"),
                N_("with confirm: the place, by its first character as listed")),
    {0},
};

struct listing {
    struct dz_ctx *c;
    struct dz_where where;
    size_t n;
    size_t n_by[4];
};

/* ---- one place in words ---- */

/* What stands there with what stands around it, on one line. */
static void
add_context(struct dz_view text, const struct dz_quote_place *p, struct dz_buf *out)
{
    size_t left = p->from, right = p->to;
    for (size_t n = 0; left > 0 && n < CONTEXT; n++)
        do
            left--;
        while (left > 0 && ((unsigned char)text.p[left] & 0xc0) == 0x80);
    for (size_t n = 0; right < text.n && n < CONTEXT; n++)
        (void)dz_utf8_next(text, &right);
    DZ_AUTO_BUF struct dz_buf words = DZ_BUF(1 << 20);
    dz_buf_adds(&words, left > 0 ? "…" : "");
    dz_buf_add(&words, text.p + left, p->from - left);
    dz_buf_adds(&words, "⟦");
    dz_buf_add(&words, text.p + p->from, p->to - p->from);
    dz_buf_adds(&words, "⟧");
    dz_buf_add(&words, text.p + p->to, right - p->to);
    dz_buf_adds(&words, right < text.n ? "…" : "");
    dz_utf8_line(out, dz_buf_view(&words), 4000);
}

static void
add_likeness(const struct dz_passage_case *one, const struct dz_quote_place *p, struct dz_buf *out)
{
    if (one->found.state == DZ_PASSAGE_ORPHAN && p->edits == 0)
        dz_view_part(out, _("differs only in spaces, hyphens, case or signs"));
    else if (one->found.state == DZ_PASSAGE_ORPHAN) {
        DZ_AUTO_FREE char *words =
            dz_asprintf(dz_trn("%u letter differs", "%u letters differ", p->edits), p->edits);
        dz_view_part(out, words);
    } else if (p->agrees >= 2 * DZ_FACT_CONTEXT)
        dz_view_part(out, _("the same context"));
    else if (p->agrees >= DZ_FACT_CONTEXT)
        dz_view_part(out, _("much of the same context"));
    else if (p->agrees >= 8)
        dz_view_part(out, _("some of the same context"));
    else
        dz_view_part(out, _("another context"));
}

static enum dz_code
print_place(struct listing *l, const struct dz_passage_case *one, const struct dz_quote_place *p,
            struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf head = DZ_BUF(4096);
    DZ_AUTO_BUF struct dz_buf said = DZ_BUF(1024);
    DZ_AUTO_BUF struct dz_buf line = DZ_BUF(1 << 20);
    dz_buf_addf(&head, "%zu-%zu", p->start, p->end);
    DZ_TRY(dz_where_say(&l->where, one->passage.source, one->text_sha256, p->start, p->end, &said,
                        err));
    dz_view_part(&head, said.p);
    add_likeness(one, p, &head);
    dz_out_f(&l->c->out, "    %s  %s\n",
             one->found.state == DZ_PASSAGE_ORPHAN ? _("may be meant:") : _("now:"), head.p);
    add_context(one->text, p, &line);
    dz_out_wrap(&l->c->out, dz_buf_view(&line), 6, 0);
    return DZ_OK;
}

/* ---- listing ---- */

static json_t *
place_json(const struct dz_passage_case *one, const struct dz_quote_place *p)
{
    json_t *place = json_object();
    DZ_AUTO_BUF struct dz_buf line = DZ_BUF(1 << 20);
    dz_json_set_int(place, "start", (int64_t)p->start);
    dz_json_set_int(place, "end", (int64_t)p->end);
    if (one->found.state == DZ_PASSAGE_ORPHAN)
        dz_json_set_int(place, "edits", p->edits);
    else
        dz_json_set_int(place, "agrees", p->agrees);
    dz_json_set_view(place, "words", (struct dz_view){one->text.p + p->from, p->to - p->from});
    add_context(one->text, p, &line);
    dz_json_set_view(place, "context", dz_buf_view(&line));
    return place;
}

static void
print_json(struct listing *l, const struct dz_passage_case *one)
{
    json_t *line = json_object();
    json_t *places = json_array();
    dz_json_set_str(line, "fact", one->fact);
    dz_json_set_str(line, "kind", one->kind);
    dz_json_set_int(line, "passage", (int64_t)one->number);
    dz_json_set_str(line, "state", dz_passage_state_name(one->passage.state));
    dz_json_set_str(line, "source", one->passage.source);
    dz_json_set_str(line, "text", one->passage.text_sha256);
    dz_json_set_int(line, "start", (int64_t)one->passage.start);
    dz_json_set_int(line, "end", (int64_t)one->passage.end);
    dz_json_set_str(line, "exact", one->passage.exact);
    dz_json_set_str(line, "current_text", one->text_sha256);
    for (size_t i = 0; i < one->found.n; i++)
        json_array_append_new(places, place_json(one, &one->found.places[i]));
    json_object_set_new(line, one->found.state == DZ_PASSAGE_ORPHAN ? "may_be_meant" : "places",
                        places);
    dz_json_set_int(line, "places_in_all", (int64_t)one->found.n_all);
    dz_out_json_new(&l->c->out, line);
}

static enum dz_code
print_case(void *ctx, const struct dz_passage_case *one, struct dz_err *err)
{
    struct listing *l = ctx;
    struct dz_out *o = &l->c->out;
    const struct dz_passage *p = &one->passage;
    l->n++;
    l->n_by[p->state]++;
    if (l->c->json) {
        print_json(l, one);
        return DZ_OK;
    }
    DZ_AUTO_BUF struct dz_buf was = DZ_BUF(4096);
    DZ_AUTO_BUF struct dz_buf said = DZ_BUF(1024);
    DZ_AUTO_BUF struct dz_buf line = DZ_BUF(1 << 20);
    dz_buf_addf(&was, "%zu-%zu", p->start, p->end);
    DZ_TRY(dz_where_say(&l->where, p->source, p->text_sha256, p->start, p->end, &said, err));
    dz_view_part(&was, said.p);
    dz_out_f(o, "%s%s  %s  %s\n", l->n > 1 ? "\n" : "", one->fact, dz_kind_label(one->kind),
             dz_passage_words(p->state));
    dz_out_f(o, _("    passage %zu, %s, was: %s"), one->number, p->source, was.p);
    dz_out_text(o, "\n");
    dz_buf_addf(&line, "\"%s\"", p->exact);
    DZ_AUTO_BUF struct dz_buf clean = DZ_BUF(1 << 20);
    dz_utf8_line(&clean, dz_buf_view(&line), 20000);
    dz_out_wrap(o, dz_buf_view(&clean), 6, 0);
    for (size_t i = 0; i < one->found.n; i++)
        DZ_TRY(print_place(l, one, &one->found.places[i], err));
    if (one->found.n_all > one->found.n) {
        dz_out_f(o, _("    and at %zu further places"), one->found.n_all - one->found.n);
        dz_out_text(o, "\n");
    }
    return DZ_OK;
}

static enum dz_code
list(struct dz_ctx *c, const char *word, struct dz_err *err)
{
    char id[DZ_ID_MAX];
    struct listing l = {.c = c, .where = {.v = c->vault}};
    bool is_source = false;
    if (word) {
        DZ_TRY(dz_item_resolve(c->vault, word, id, err));
        is_source = strncmp(id, "src-", 4) == 0;
    }
    enum dz_code code = dz_passages_each(c->vault, word && !is_source ? id : NULL,
                                         is_source ? id : NULL, print_case, &l, err);
    dz_where_done(&l.where);
    if (code != DZ_OK || c->json)
        return code;
    if (l.n == 0) {
        dz_out_f(&c->out, "%s\n", _("All passages stand where they stood."));
        return DZ_OK;
    }
    dz_out_f(&c->out, "\n");
    dz_out_f(&c->out, _("%zu moved, %zu orphan, %zu without a text to compare with."),
             l.n_by[DZ_PASSAGE_MOVED], l.n_by[DZ_PASSAGE_ORPHAN], l.n_by[DZ_PASSAGE_UNKNOWN]);
    dz_out_f(&c->out, "\n%s\n",
             _("Their words stand in the versions they were taken from. 'dokaz passages confirm "
               "FACT' says that a moved one stands at the place shown."));
    return DZ_OK;
}

/* ---- confirming ---- */

static enum dz_code
number_of(const char *word, const char *what, uint64_t *ret, struct dz_err *err)
{
    if (!dz_parse_u64(dz_view_of(word), ret) || *ret > UINT32_MAX)
        return dz_fail(err, DZ_E_USAGE, "%s: '%s' is not a number", what, word);
    return DZ_OK;
}

static enum dz_code
confirm(struct dz_ctx *c, const struct values *v, struct dz_err *err)
{
    uint64_t number = 0, at = 0;
    struct dz_quote_place place;
    if (c->n_words < 2)
        return dz_fail(err, DZ_E_USAGE, "confirm needs a fact");
    if (c->n_words == 3) {
        DZ_TRY(number_of(c->words[2], _("the number of the passage"), &number, err));
        if (number == 0)
            return dz_fail(err, DZ_E_USAGE, "passages are counted from 1");
    }
    if (v->at)
        DZ_TRY(number_of(v->at, "--at", &at, err));
    DZ_TRY(dz_passage_confirm(c->vault, c->words[1], (size_t)number,
                              v->at ? (size_t)at : DZ_PLACE_ONLY, &place, err));
    if (c->json) {
        json_t *line = json_object();
        dz_json_set_str(line, "outcome", "confirmed");
        dz_json_set_str(line, "fact", c->words[1]);
        dz_json_set_int(line, "start", (int64_t)place.start);
        dz_json_set_int(line, "end", (int64_t)place.end);
        dz_out_json_new(&c->out, line);
        return DZ_OK;
    }
    dz_out_f(&c->out, _("%s: the passage stands at %zu to %zu of the current text."), c->words[1],
             place.start, place.end);
    dz_out_text(&c->out, "\n");
    return DZ_OK;
}

static enum dz_code
run(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    const struct values *v = values;
    if (c->vault_path == NULL)
        return dz_fail(err, DZ_E_NOTFOUND,
                       "there is no vault here or above: name one with -C VAULT");
    bool confirms = c->n_words > 0 && strcmp(c->words[0], "confirm") == 0;
    if (!confirms && (c->n_words > 1 || v->at))
        return dz_fail(err, DZ_E_USAGE,
                       "give one fact or source to list, or: confirm FACT [N] [--at START]");
    DZ_TRY(dz_ctx_open(c, confirms ? DZ_OPEN_WRITE : DZ_OPEN_READ, err));
    return confirms ? confirm(c, v, err) : list(c, c->n_words > 0 ? c->words[0] : NULL, err);
}

const struct dz_cmd dz_cmd_passages = {
    .name = "passages",
    .group = DZ_GROUP_FACTS,
    .summary = N_("list quotes that do not stand where they stood, and confirm where they stand"),
    .usage = N_("[FACT|SOURCE] | confirm FACT [N] [--at START]"),
    .help =
        N_("When a text is read anew, each quote is the same, moved (its words stand elsewhere) or "
           "an orphan (they do not stand there as they are). A quote is never moved by dokaz: "
           "confirm says that passage N of the fact stands at the place listed, or at START where "
           "there are several. What an orphan may mean is only shown: its words stay as they are "
           "until somebody revises the fact."),
    .opts = opts,
    .values_size = sizeof(struct values),
    .needs = DZ_NEED_PATH | DZ_HAS_JSON,
    .max_words = 3,
    .run = run,
};
