#include <string.h>

#include "dz_cmd.h"
#include "dz_common.h"
#include "dz_json.h"
#include "dz_mem.h"
#include "dz_reading_log.h"
#include "dz_search.h"
#include "dz_source.h"
#include "dz_utf8.h"

#define COUNTED 10000 /* sources found are counted no further */

struct values {
    uint64_t limit;
    const char *concept;
    const char *since;
    const char *until;
    const char *language;
    const char *basis;
    const char *publisher;
    bool translit;
};

static const struct dz_opt opts[] = {
    DZ_OPT_NUMBER(struct values, limit, "limit", N_("N"), 1, 1000,
                  N_("at most N sources; 20 otherwise")),
    DZ_OPT_TEXT(struct values, concept, "concept", N_("CONCEPT"),
                N_("words of all three languages for a sphere or means of the codebook")),
    DZ_OPT_FLAG(struct values, translit, "translit",
                N_("names count in Latin and in Cyrillic letters, whichever is given")),
    DZ_OPT_DATE(struct values, since, "since",
                N_("published then or later; what has no date is left out")),
    DZ_OPT_DATE(struct values, until, "until",
                N_("published then or before; what has no date is left out")),
    DZ_OPT_TEXT(struct values, language, "language", N_("LANG"), N_("only in this language")),
    DZ_OPT_TEXT(struct values, basis, "basis", N_("BASIS"), N_("only of this basis")),
    DZ_OPT_TEXT(struct values, publisher, "publisher", N_("NAME"), N_("only of this publisher")),
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

/* Words, parted by commas, in one line. */
static void
add_word(void *ctx, const char *word)
{
    struct dz_buf *line = ctx;
    dz_buf_addf(line, "%s%s", line->n > 0 ? ", " : "", word);
}

static enum dz_code
say_how_many(struct dz_ctx *c, struct dz_searcher *s, const struct dz_search_opts *asked,
             size_t shown, struct dz_err *err)
{
    size_t n = shown;
    if (shown == asked->limit)
        DZ_TRY(dz_searcher_count(s, asked, COUNTED, &n, err));
    if (n == COUNTED)
        dz_out_f(&c->out, _("The best %zu of %zu sources or more."), shown, n);
    else if (n > shown)
        dz_out_f(&c->out, _("The best %zu of %zu sources."), shown, n);
    else
        dz_out_f(&c->out, dz_trn("%zu source found.", "%zu sources found.", (unsigned long)n), n);
    dz_out_text(&c->out, "\n");
    return DZ_OK;
}

/* An honest answer says what was not searched, and what else might be asked. */
static enum dz_code
say_rest(struct dz_ctx *c, struct dz_searcher *s, const struct dz_search_opts *asked, size_t shown,
         struct dz_err *err)
{
    size_t without = 0;
    struct dz_source_filter filter = {.without_text = true};
    DZ_TRY(dz_sources_each(c->vault, &filter, count_one, &without, err));
    if (without > 0) {
        dz_out_f(&c->out,
                 dz_trn("%zu source has no text and was not searched.",
                        "%zu sources have no text and were not searched.", (unsigned long)without),
                 without);
        dz_out_text(&c->out, "\n");
    }
    DZ_AUTO_BUF struct dz_buf related = DZ_BUF(65536);
    if (asked->words)
        DZ_TRY(dz_searcher_related(s, asked->words, add_word, &related, err));
    if (related.n > 0) {
        dz_out_f(&c->out, _("Not looked for, but of the same root: %s."), related.p);
        dz_out_text(&c->out, "\n");
    }
    if (shown == 0)
        dz_out_f(&c->out, "%s\n", _("No record does not mean that nothing happened."));
    return DZ_OK;
}

struct about_to_show {
    struct dz_ctx *c;
    struct dz_shown reading;
};

static enum dz_code
note_hit(void *ctx, const struct dz_search_hit *h, struct dz_err *err)
{
    struct about_to_show *a = ctx;
    return dz_shown_add(a->c, &a->reading, h->source, err);
}

/* Snippets of what is restricted are reading, and logged before they are shown. */
static enum dz_code
log_hits(struct dz_ctx *c, struct dz_searcher *s, const struct dz_search_opts *asked,
         struct dz_err *err)
{
    struct about_to_show a = {.c = c, .reading = {.in = DZ_IN_OPEN}};
    bool any = false;
    DZ_TRY(dz_shown_possible(c, &any, err));
    if (!any)
        return DZ_OK;
    enum dz_code code = dz_searcher_run(s, asked, note_hit, &a, err);
    if (code == DZ_OK)
        code = dz_shown_log(c, &a.reading, err);
    dz_shown_done(&a.reading);
    return code;
}

static enum dz_code
answer(struct dz_ctx *c, struct dz_searcher *s, const struct dz_search_opts *asked,
       struct dz_err *err)
{
    struct listing l = {.c = c};
    DZ_AUTO_BUF struct dz_buf widened = DZ_BUF(65536);
    struct dz_search_opts first = *asked;
    first.told = add_word;
    first.told_ctx = &widened;
    DZ_TRY(log_hits(c, s, asked, err));
    DZ_TRY(dz_searcher_run(s, &first, hit, &l, err));
    if (c->json)
        return DZ_OK;
    if (widened.n > 0) {
        dz_out_f(&c->out, _("%s was looked for as: %s."), asked->concept, widened.p);
        dz_out_text(&c->out, "\n");
    }
    DZ_TRY(say_how_many(c, s, asked, l.n, err));
    return say_rest(c, s, asked, l.n, err);
}

static enum dz_code
run(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    const struct values *v = values;
    DZ_TRY(dz_check_code(c, "basis", "basis", v->basis, err));
    if (c->n_words == 0 && !v->concept)
        return dz_fail(err, DZ_E_USAGE, "search needs a WORD to look for, or --concept");
    /* Words that the shell has parted belong to one question. */
    DZ_AUTO_BUF struct dz_buf query = DZ_BUF(1 << 16);
    for (size_t i = 0; i < c->n_words; i++)
        dz_buf_addf(&query, "%s%s", i > 0 ? " " : "", c->words[i]);
    DZ_TRY(dz_buf_ok(&query, _("the query"), err));
    struct dz_search_opts asked = {.words = c->n_words > 0 ? query.p : NULL,
                                  .concept = v->concept,
                                  .translit = v->translit,
                                  .since = v->since,
                                  .until = v->until,
                                  .language = v->language,
                                  .basis = v->basis,
                                  .publisher = v->publisher,
                                  .limit = v->limit > 0 ? (size_t)v->limit : 20};
    struct dz_searcher *s = dz_searcher_new(c->vault);
    enum dz_code code = answer(c, s, &asked, err);
    dz_searcher_free(s);
    return code;
}

const struct dz_cmd dz_cmd_search = {
    .name = "search",
    .group = DZ_GROUP_VIEWS,
    .summary = N_("find words in the texts and titles of sources"),
    .usage = N_("[WORD...]"),
    .help = N_("All words must occur, in any of their forms: citizens finds citizen. =word is that "
               "form and no other, \"a phrase\" in double quotes stands together, begin* takes "
               "every ending. OR between words, brackets around them; -word or NOT word leaves "
               "out (write -- before a first word with a dash). title:word and body:word look "
               "there alone. Found words stand between double brackets. The best come first: "
               "those in which the rarer words stand more often, for their length, and in the "
               "title."),
    .opts = opts,
    .values_size = sizeof(struct values),
    .needs = DZ_NEED_VAULT | DZ_NEED_RULES | DZ_HAS_JSON | DZ_TELLS_BACKLOG,
    .max_words = SIZE_MAX,
    .run = run,
};
