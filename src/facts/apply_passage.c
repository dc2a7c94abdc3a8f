#include <string.h>

#include "dz_apply_priv.h"
#include "dz_facts_priv.h"
#include "dz_passage.h"

/* Where passages stand now. A passage stands where its fact says, in the text version it was taken
 * from, until a person confirms where its words stand in another version. Beside that, the state
 * says how its place compares with the current text: it is made anew with every text version. */

/* ---- the current text of a source ---- */

/* Loaded when the first passage needs it. */
struct current {
    struct dz_vault *v;
    const char *source;
    char sha256[DZ_HEX32]; /* "": there is no text */
    char object[DZ_HEX32];
    char codec[16];
    struct dz_buf text;
    struct dz_utf8_map map;
    bool is_loaded;
    bool is_readable;
};

static void
copy(char *to, size_t size, struct dz_view from)
{
    if (from.n >= size)
        from.n = 0;
    memcpy(to, from.n ? from.p : "", from.n);
    to[from.n] = '\0';
}

static enum dz_code
current_of(struct dz_vault *v, struct dz_db *db, const char *source, struct current *ret,
           struct dz_err *err)
{
    struct dz_rows *rows = NULL;
    *ret = (struct current){.v = v, .source = source, .text = DZ_BUF(DZ_TEXT_MAX)};
    DZ_TRY(dz_db_query(db, DZ_Q_TEXT_CURRENT, &rows, err, DZ_ARGS(dz_arg_text(source))));
    if (dz_rows_next(rows)) {
        copy(ret->sha256, sizeof ret->sha256, dz_rows_view(rows, 0));
        copy(ret->object, sizeof ret->object, dz_rows_view(rows, 1));
        copy(ret->codec, sizeof ret->codec, dz_rows_view(rows, 2));
    }
    return dz_rows_end(rows, err);
}

static void
current_done(struct current *c)
{
    if (c->is_readable)
        dz_utf8_map_done(&c->map);
    dz_buf_done(&c->text);
}
#define AUTO_CURRENT DZ_CLEANUP(current_done)

/* A damaged object must not keep the vault from opening: verify names it. */
static enum dz_code
load(struct current *c, struct dz_err *err)
{
    if (c->is_loaded)
        return DZ_OK;
    c->is_loaded = true;
    if (!c->object[0])
        return DZ_OK;
    struct dz_err why = {0};
    enum dz_code code =
        dz_vault_slurp_object(c->v, c->object, c->codec, DZ_TEXT_MAX, &c->text, &why);
    if (code == DZ_E_CORRUPT || code == DZ_E_NOTFOUND || code == DZ_E_LIMIT)
        return DZ_OK;
    if (code != DZ_OK)
        return dz_fail(err, code, "the text of %s cannot be read", c->source);
    c->is_readable = dz_utf8_check(dz_buf_view(&c->text), NULL) == DZ_OK;
    if (c->is_readable)
        dz_utf8_map_init(&c->map, dz_buf_view(&c->text));
    return DZ_OK;
}

static enum dz_code
state_in(struct current *c, const char *text_sha256, const struct dz_quote *q,
         enum dz_passage_state *ret, struct dz_err *err)
{
    *ret = DZ_PASSAGE_SAME;
    if (c->sha256[0] && strcmp(c->sha256, text_sha256) == 0)
        return DZ_OK;
    DZ_TRY(load(c, err));
    *ret = c->is_readable ? dz_quote_state(q, &c->map) : DZ_PASSAGE_UNKNOWN;
    return DZ_OK;
}

/* ---- where one passage stands ---- */

struct standing {
    const char *source; /* all borrowed from the fact or from a confirmation */
    const char *text;
    int64_t start;
    int64_t end;
    const char *exact;
    const char *prefix;
    const char *suffix;
    const char *ref; /* entry of the confirmation, or NULL */
};

static const char *
text_of(const json_t *object, const char *key)
{
    const char *s = dz_json_str(object, key);
    return s ? s : "";
}

static struct standing
standing_of(const json_t *passage, const char *ref)
{
    return (struct standing){.source = text_of(passage, "source"),
                             .text = text_of(passage, "text"),
                             .start = dz_json_int(passage, "start", 0),
                             .end = dz_json_int(passage, "end", 0),
                             .exact = text_of(passage, "exact"),
                             .prefix = text_of(passage, "prefix"),
                             .suffix = text_of(passage, "suffix"),
                             .ref = ref};
}

/* A confirmation belongs to whatever passage stands just where it says that it stood: so it holds
 * for every version of the fact that has this passage, and a later one goes on from there. */
static void
follow(struct standing *s, const json_t *confirmed, const char *ref)
{
    bool is_it = strcmp(text_of(confirmed, "source"), s->source) == 0 &&
                 strcmp(text_of(confirmed, "was"), s->text) == 0 &&
                 dz_json_int(confirmed, "was_start", -1) == s->start &&
                 strcmp(text_of(confirmed, "exact"), s->exact) == 0;
    if (is_it)
        *s = standing_of(confirmed, ref);
}

struct confirmations {
    json_t *bodies; /* list, in order */
    json_t *refs;
};

static void
confirmations_done(struct confirmations *c)
{
    json_decref(c->bodies);
    json_decref(c->refs);
}
#define AUTO_CONFIRMATIONS DZ_CLEANUP(confirmations_done)

static enum dz_code
load_confirmations(struct dz_db *db, const char *fact, struct confirmations *ret,
                   struct dz_err *err)
{
    struct dz_rows *rows = NULL;
    enum dz_code code = DZ_OK;
    ret->bodies = json_array();
    ret->refs = json_array();
    DZ_TRY(dz_db_query(db, DZ_Q_CONFIRMED_OF_FACT, &rows, err, DZ_ARGS(dz_arg_text(fact))));
    while (code == DZ_OK && dz_rows_next(rows)) {
        json_t *body = NULL;
        code = dz_json_parse(dz_rows_view(rows, 1), &body, err);
        if (code != DZ_OK)
            break;
        json_array_append_new(ret->bodies, body);
        json_array_append_new(ret->refs, json_string(dz_rows_text(rows, 0)));
    }
    enum dz_code end = dz_rows_end(rows, code == DZ_OK ? err : NULL);
    return code == DZ_OK ? end : code;
}

/* ---- what the row of the fact says of its passages ---- */

static enum dz_code
put_summary(struct dz_db *db, const char *fact, struct dz_err *err)
{
    struct dz_rows *rows = NULL;
    DZ_AUTO_JSON json_t *list = json_array();
    DZ_TRY(dz_db_query(db, DZ_Q_PASSAGES_ELSEWHERE, &rows, err, DZ_ARGS(dz_arg_text(fact))));
    while (dz_rows_next(rows)) {
        json_t *one = json_object();
        dz_json_set_int(one, "ix", dz_rows_int(rows, 0));
        dz_json_set_str(one, "state", dz_rows_text(rows, 7));
        if (!dz_rows_is_null(rows, 6)) {
            dz_json_set_str(one, "text", dz_rows_text(rows, 1));
            dz_json_set_int(one, "start", dz_rows_int(rows, 2));
            dz_json_set_int(one, "end", dz_rows_int(rows, 3));
            dz_json_set_str(one, "prefix", dz_rows_text(rows, 4));
            dz_json_set_str(one, "suffix", dz_rows_text(rows, 5));
            dz_json_set_str(one, "confirmed", dz_rows_text(rows, 6));
        }
        json_array_append_new(list, one);
    }
    DZ_TRY(dz_rows_end(rows, err));
    DZ_AUTO_FREE char *text = NULL;
    if (json_array_size(list) > 0)
        DZ_TRY(dz_json_text(list, &text, err));
    return dz_db_exec(db, DZ_Q_FACT_PASSAGES_PUT, err,
                      DZ_ARGS(dz_arg_text(fact), dz_arg_text(text)));
}

static enum dz_code
put_one(struct dz_vault *v, struct dz_db *db, const char *fact, size_t ix, const struct standing *s,
        bool *ret_plain, struct dz_err *err)
{
    AUTO_CURRENT struct current c = {0};
    struct dz_quote q = {.exact = dz_view_of(s->exact),
                         .prefix = dz_view_of(s->prefix),
                         .suffix = dz_view_of(s->suffix),
                         .start = s->start > 0 ? (size_t)s->start : 0};
    enum dz_passage_state state;
    DZ_TRY(current_of(v, db, s->source, &c, err));
    DZ_TRY(state_in(&c, s->text, &q, &state, err));
    *ret_plain = state == DZ_PASSAGE_SAME && !s->ref;
    return dz_db_exec(db, DZ_Q_PASSAGE_PUT, err,
                      DZ_ARGS(dz_arg_text(fact), dz_arg_int((int64_t)ix), dz_arg_text(s->source),
                              dz_arg_text(s->text), dz_arg_int(s->start), dz_arg_int(s->end),
                              dz_arg_text(s->exact), dz_arg_text(s->prefix), dz_arg_text(s->suffix),
                              dz_arg_text(s->ref), dz_arg_text(dz_passage_state_name(state))));
}

enum dz_code
dz_apply_passages(struct dz_vault *v, struct dz_db *db, const char *fact, const json_t *body,
                  struct dz_err *err)
{
    AUTO_CONFIRMATIONS struct confirmations all = {0};
    size_t i, k;
    const json_t *p, *confirmed;
    bool all_plain = true;
    DZ_TRY(dz_db_exec(db, DZ_Q_PASSAGE_DROP, err, DZ_ARGS(dz_arg_text(fact))));
    DZ_TRY(load_confirmations(db, fact, &all, err));
    json_array_foreach(json_object_get(body, "passages"), i, p)
    {
        bool plain;
        struct standing s = standing_of(p, NULL);
        json_array_foreach (all.bodies, k, confirmed) {
            follow(&s, confirmed, json_string_value(json_array_get(all.refs, k)));
        }
        DZ_TRY(put_one(v, db, fact, i, &s, &plain, err));
        all_plain = all_plain && plain;
    }
    return all_plain ? DZ_OK : put_summary(db, fact, err);
}

/* ---- a new text version ---- */

struct changed {
    char fact[DZ_ID_MAX];
    int64_t ix;
    enum dz_passage_state state;
};
struct changes {
    struct changed *items;
    size_t n;
    size_t cap;
};

static void
changes_done(struct changes *c)
{
    dz_free(c->items);
}
#define AUTO_CHANGES DZ_CLEANUP(changes_done)

static enum dz_code
collect_changes(struct dz_db *db, struct current *c, struct changes *ret, struct dz_err *err)
{
    struct dz_rows *rows = NULL;
    enum dz_code code = DZ_OK;
    DZ_TRY(dz_db_query(db, DZ_Q_PASSAGES_OF_TEXTS, &rows, err, DZ_ARGS(dz_arg_text(c->source))));
    while (code == DZ_OK && dz_rows_next(rows)) {
        int64_t start = dz_rows_int(rows, 3);
        struct dz_quote q = {.exact = dz_rows_view(rows, 4),
                             .prefix = dz_rows_view(rows, 5),
                             .suffix = dz_rows_view(rows, 6),
                             .start = start > 0 ? (size_t)start : 0};
        struct changed one = {.ix = dz_rows_int(rows, 1)};
        copy(one.fact, sizeof one.fact, dz_rows_view(rows, 0));
        code = state_in(c, dz_rows_text(rows, 2), &q, &one.state, err);
        if (code != DZ_OK || one.state == dz_passage_state_of(dz_rows_text(rows, 7)))
            continue;
        ret->items = dz_grow(ret->items, &ret->cap, ret->n + 1, sizeof *ret->items);
        ret->items[ret->n++] = one;
    }
    enum dz_code end = dz_rows_end(rows, code == DZ_OK ? err : NULL);
    return code == DZ_OK ? end : code;
}

enum dz_code
dz_apply_new_text(struct dz_vault *v, struct dz_db *db, const char *source, struct dz_err *err)
{
    AUTO_CURRENT struct current c = {0};
    AUTO_CHANGES struct changes all = {0};
    DZ_TRY(current_of(v, db, source, &c, err));
    DZ_TRY(collect_changes(db, &c, &all, err));
    for (size_t i = 0; i < all.n; i++)
        DZ_TRY(dz_db_exec(db, DZ_Q_PASSAGE_STATE_PUT, err,
                          DZ_ARGS(dz_arg_text(all.items[i].fact), dz_arg_int(all.items[i].ix),
                                  dz_arg_text(dz_passage_state_name(all.items[i].state)))));
    for (size_t i = 0; i < all.n; i++)
        if (i == 0 || strcmp(all.items[i].fact, all.items[i - 1].fact) != 0)
            DZ_TRY(put_summary(db, all.items[i].fact, err));
    return DZ_OK;
}

/* ---- a confirmation ---- */

static enum dz_code
apply_confirmed(struct dz_vault *v, struct dz_db *db, const struct dz_entry_view *e,
                struct dz_err *err)
{
    const char *fact = dz_json_str(e->body, "id");
    if (!fact)
        return DZ_OK;
    DZ_AUTO_JSON json_t *kept = dz_entry_fields(e->body);
    DZ_AUTO_FREE char *text = NULL;
    DZ_AUTO_FREE char *stored = NULL;
    DZ_TRY(dz_json_text(kept, &text, err));
    DZ_TRY(dz_db_exec(db, DZ_Q_CONFIRMED_PUT, err,
                      DZ_ARGS(dz_arg_text(fact), dz_arg_text(e->ref),
                              dz_arg_int(dz_json_int(e->body, "clock", 0)), dz_arg_text(text))));
    /* It may have come before its fact. */
    DZ_TRY(dz_db_get_text(db, DZ_Q_FACT_BODY, &stored, err, DZ_ARGS(dz_arg_text(fact))));
    if (!stored)
        return DZ_OK;
    DZ_AUTO_JSON json_t *body = NULL;
    DZ_TRY(dz_json_parse(dz_view_of(stored), &body, err));
    DZ_TRY(dz_apply_passages(v, db, fact, body, err));
    return put_summary(db, fact, err);
}

const struct dz_apply dz_passage_applies[] = {
    {"passage.confirmed", apply_confirmed},
    {0},
};
