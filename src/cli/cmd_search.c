#include <string.h>

#include "dz_cmd.h"
#include "dz_json.h"
#include "dz_mem.h"
#include "dz_search.h"
#include "dz_source.h"
#include "dz_utf8.h"

struct values {
    uint64_t limit;
};

static const struct dz_opt opts[] = {
    DZ_OPT_NUMBER(struct values, limit, "limit", N_("N"), 1, 1000,
                  N_("at most N sources; 20 otherwise")),
    {0},
};

struct listing {
    struct dz_ctx *c;
    size_t n;
};

/* The snippet with marks replaced; offsets of found words (in characters) into spans if not
 * NULL. */
static void
replace_marks(const char *snippet, const char *open, const char *close, struct dz_buf *out,
              json_t *spans)
{
    size_t cp = 0;
    size_t from = 0;
    struct dz_view v = dz_view_of(snippet);
    for (size_t pos = 0; pos < v.n;) {
        size_t at = pos;
        uint32_t c = dz_utf8_next(v, &pos);
        if (c == 0xE000) {
            from = cp;
            dz_buf_adds(out, open);
        } else if (c == 0xE001) {
            dz_buf_adds(out, close);
            if (spans != NULL)
                json_array_append_new(spans, json_pack("[I, I]", (json_int_t)from, (json_int_t)cp));
        } else {
            dz_buf_add(out, v.p + at, pos - at);
            cp++;
        }
    }
}

static enum dz_code
hit(void *ctx, const struct dz_search_hit *h, struct dz_err *err)
{
    (void)err;
    struct listing *l = ctx;
    struct dz_out *o = &l->c->out;
    l->n++;
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(1 << 20);
    if (l->c->json) {
        json_t *line = json_object();
        json_t *spans = json_array();
        replace_marks(h->snippet, "", "", &text, spans);
        dz_json_set_int(line, "rank", (int64_t)h->rank);
        dz_json_set_str(line, "source", h->source);
        dz_json_set_str(line, "title", h->title);
        dz_json_set_str(line, "name", h->name);
        dz_json_set_str(line, "published", h->published);
        dz_json_set_view(line, "snippet", dz_buf_view(&text));
        dz_json_set_str(line, "where", h->where[0] ? h->where : NULL);
        json_object_set_new(line, "marks", spans);
        dz_out_json_new(o, line);
        return DZ_OK;
    }
    dz_out_f(o, "%3zu  %s  %s  ", h->rank, h->source, h->published != NULL ? h->published : "");
    dz_out_line(o, dz_view_of(h->title), 100);
    dz_out_f(o, "%s%s\n", h->where[0] ? " · " : "", h->where);
    replace_marks(h->snippet, "⟦", "⟧", &text, NULL);
    DZ_AUTO_BUF struct dz_buf line = DZ_BUF(1 << 20);
    dz_utf8_line(&line, dz_buf_view(&text), 2000);
    dz_out_wrap(o, dz_buf_view(&line), 5, 0);
    return DZ_OK;
}

static enum dz_code
count_one(void *ctx, const struct dz_source_row *row, struct dz_err *err)
{
    (void)row;
    (void)err;
    ++*(size_t *)ctx;
    return DZ_OK;
}

static enum dz_code
run(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    const struct values *v = values;
    /* Words that the shell has parted belong to one question. */
    DZ_AUTO_BUF struct dz_buf query = DZ_BUF(1 << 16);
    for (size_t i = 0; i < c->n_words; i++)
        dz_buf_addf(&query, "%s%s", i > 0 ? " " : "", c->words[i]);
    DZ_TRY(dz_buf_ok(&query, _("the query"), err));
    DZ_TRY(dz_utf8_check(dz_buf_view(&query), err));
    struct listing l = {.c = c};
    DZ_TRY(dz_search(c->vault, query.p, v->limit > 0 ? (size_t)v->limit : 20, hit, &l, err));
    if (c->json)
        return DZ_OK;
    /* An honest answer says what was not searched. */
    size_t without = 0;
    struct dz_source_filter filter = {.without_text = true};
    DZ_TRY(dz_sources_each(c->vault, &filter, count_one, &without, err));
    dz_out_f(&c->out, dz_trn("%zu source found.", "%zu sources found.", (unsigned long)l.n), l.n);
    dz_out_text(&c->out, "\n");
    if (without > 0) {
        dz_out_f(&c->out,
                 dz_trn("%zu source has no text and was not searched.",
                        "%zu sources have no text and were not searched.", (unsigned long)without),
                 without);
        dz_out_text(&c->out, "\n");
    }
    if (l.n == 0)
        dz_out_f(&c->out, "%s\n", _("No record does not mean that nothing happened."));
    return DZ_OK;
}

const struct dz_cmd dz_cmd_search = {
    .name = "search",
    .group = DZ_GROUP_VIEWS,
    .summary = N_("find words in the texts and titles of sources"),
    .usage = N_("WORD..."),
    .help = N_("All words must occur. \"a phrase\" in double quotes stands together, begin* "
               "matches every ending, -word leaves out (write -- before it). Found words stand "
               "between double brackets."),
    .opts = opts,
    .values_size = sizeof(struct values),
    .needs = DZ_NEED_VAULT | DZ_HAS_JSON | DZ_TELLS_BACKLOG,
    .min_words = 1,
    .max_words = SIZE_MAX,
    .run = run,
};
