#include "dz_report.h"

#include <stdlib.h>
#include <string.h>

#include "dz_data.h"
#include "dz_time.h"
#include "dz_tr.h"
#include "report_impl.h"

/* Without a purpose, or with an internal one, every page is marked. */
static bool
is_internal(const struct dz_report_opts *o)
{
    if (o->for_publication)
        return false;
    return o->purpose == NULL || strcmp(o->purpose, "internal") == 0 ||
           strcmp(o->purpose, "internal_use") == 0;
}

static const char *
default_title(void)
{
    return _("Forced passportization: what this collection documents");
}

static const char *
title_of(const struct dz_report_page *p)
{
    const char *title = p->c->opts.title;
    return title != NULL && title[0] != '\0' ? title : default_title();
}

static const char *
purpose_words(const struct dz_report_page *p)
{
    const struct dz_report_opts *o = &p->c->opts;
    if (o->for_publication)
        return _("publication");
    if (o->purpose == NULL)
        return _("none stated: internal");
    if (strcmp(o->purpose, "internal") == 0)
        return dz_report_label(p, "consent_purpose", "internal_use");
    return dz_report_label(p, "consent_purpose", o->purpose);
}

static void
collection_words(const struct dz_report_content *c, struct dz_buf *out)
{
    dz_buf_addf(out,
                dz_trn("%llu journal entry", "%llu journal entries", (unsigned long)c->version),
                (unsigned long long)c->version);
}

/* Page boxes of printing browsers (CSS Paged Media Level 3): the mark, the collection, the page. */
static void
put_page_boxes(struct dz_report_page *p)
{
    const struct dz_report_content *c = p->c;
    DZ_AUTO_BUF struct dz_buf line = DZ_BUF(1024);
    dz_buf_addf(&line, "dokaz \xc2\xb7 %.16s", c->hash);
    dz_html_style_string(&p->h, "@page{@top-right{content:", line.p, "}}");
    if (is_internal(&c->opts))
        dz_html_style_string(&p->h, "@page{@top-left{content:",
                             _("INTERNAL \xe2\x80\x93 not for publication"), "}}");
    dz_html_style_string(&p->h, "@page{@bottom-left{content:", title_of(p), "}}");
    dz_html_style_string(&p->h, "@page{@bottom-right{content:", _("Page"),
                         " \" \" counter(page) \" / \" counter(pages)}}");
}

static void
put_head(struct dz_report_page *p)
{
    struct dz_html *h = &p->h;
    dz_html_open(h, "head");
    dz_html_void(h, "meta");
    dz_html_attr(h, "charset", "utf-8");
    dz_html_void(h, "meta");
    dz_html_attr(h, "name", "viewport");
    dz_html_attr(h, "content", "width=device-width, initial-scale=1");
    /* The file asks nobody for anything, even if somebody adds to it. */
    dz_html_void(h, "meta");
    dz_html_attr(h, "http-equiv", "Content-Security-Policy");
    dz_html_attr(h, "content", "default-src 'none'; style-src 'unsafe-inline'");
    dz_html_void(h, "meta");
    dz_html_attr(h, "name", "referrer");
    dz_html_attr(h, "content", "no-referrer");
    dz_html_void(h, "meta");
    dz_html_attr(h, "name", "color-scheme");
    dz_html_attr(h, "content", "light dark");
    dz_html_void(h, "meta");
    dz_html_attr(h, "name", "generator");
    dz_html_attr(h, "content", "dokaz " DZ_VERSION);
    dz_html_open(h, "title");
    if (is_internal(&p->c->opts))
        dz_html_textf(h, "%s \xc2\xb7 ", _("INTERNAL"));
    dz_html_text(h, title_of(p));
    dz_html_textf(h, " \xc2\xb7 %.16s", p->c->hash);
    dz_html_close(h, "title");
    struct dz_data css;
    if (dz_data_find("report.css", &css))
        dz_html_style(h, (struct dz_view){(const char *)css.bytes, css.size});
    put_page_boxes(p);
    dz_html_close(h, "head");
}

static void
put_pair(struct dz_report_page *p, const char *name, const char *value)
{
    if (value == NULL || value[0] == '\0')
        return;
    dz_html_open(&p->h, "div");
    dz_html_element(&p->h, "dt", name);
    dz_html_element(&p->h, "dd", value);
    dz_html_close(&p->h, "div");
}

static void
put_scope(struct dz_report_page *p)
{
    const struct dz_scope *s = &p->c->opts.scope;
    DZ_AUTO_BUF struct dz_buf words = DZ_BUF(4096);
    if (s->place != NULL)
        dz_report_place_words(p->c, p->lang, s->place, NULL, &words);
    if (s->sphere != NULL)
        dz_buf_addf(&words, "%s%s", words.n > 0 ? "; " : "",
                    dz_report_label(p, "sphere", s->sphere));
    if (s->period != NULL) {
        dz_buf_adds(&words, words.n > 0 ? "; " : "");
        dz_report_date_words(s->period, &words);
    }
    if (s->without_bulk)
        dz_buf_addf(&words, "%s%s", words.n > 0 ? "; " : "", _("only what a person has reviewed"));
    put_pair(p, _("Narrowed to"), words.p);
}

static void
put_cover(struct dz_report_page *p)
{
    struct dz_html *h = &p->h;
    const struct dz_report_content *c = p->c;
    dz_html_open_class(h, "header", "cover");
    if (is_internal(&c->opts)) {
        dz_html_open_class(h, "p", "internal");
        dz_html_element(h, "strong", _("INTERNAL"));
        dz_html_text(h, " \xc2\xb7 ");
        dz_html_text(h, _("No purpose outside was stated. Not for publication and not for handing "
                          "on."));
        dz_html_close(h, "p");
    }
    dz_html_element_class(h, "p", "kind", _("Evidence report"));
    dz_html_element(h, "h1", title_of(p));
    dz_html_open_class(h, "dl", "facts");

    DZ_AUTO_BUF struct dz_buf words = DZ_BUF(1024);
    collection_words(c, &words);
    dz_html_open(h, "div");
    dz_html_element(h, "dt", _("Collection"));
    dz_html_open(h, "dd");
    dz_html_textf(h, "%s, SHA-256 ", words.p);
    dz_html_element(h, "code", c->hash);
    dz_html_close(h, "dd");
    dz_html_close(h, "div");

    dz_buf_reset(&words);
    int64_t seconds = c->opts.generated_us / 1000000;
    dz_report_day_words((int32_t)(seconds / 86400), &words);
    dz_buf_addf(&words, ", %02d:%02d UTC", (int)(seconds % 86400 / 3600),
                (int)(seconds % 3600 / 60));
    put_pair(p, _("Made"), words.p);
    dz_buf_reset(&words);
    dz_buf_addf(&words, _("dokaz %s, codebook %s"), DZ_VERSION, dz_rules_version(c->rules));
    put_pair(p, _("With"), words.p);
    put_pair(p, _("Purpose"), purpose_words(p));
    put_pair(p, _("For"), c->opts.recipient);
    put_scope(p);
    dz_html_close(h, "dl");
    dz_html_element_class(
        h, "p", "creed",
        _("This report says what sources say and which sources these are. It is "
          "not a finding about any person, and it does not say how much happened: "
          "no record does not mean that nothing happened."));
    dz_html_close(h, "header");
}

struct part {
    const char *id;
    const char *heading;
    void (*put)(struct dz_report_page *p);
};
static const struct part parts[] = {
    {"summary", N_("Summary"), dz_report_put_summary},
    {"limits", N_("Limits"), dz_report_put_limits},
    {"chronology", N_("Chronology"), dz_report_put_chronology},
    {"matrix", N_("Matrix"), dz_report_put_matrix},
    {"figures", N_("Figures"), dz_report_put_figures},
    {"acts", N_("Acts by sphere of life"), dz_report_put_acts},
    {"statements", N_("Statements"), dz_report_put_statements},
    {"sources", N_("Sources"), dz_report_put_sources},
    {"quotes", N_("Quotes"), dz_report_put_quotes},
    {"reference", N_("Annex: reference measures"), dz_report_put_reference},
};
#define N_PARTS (sizeof parts / sizeof *parts)

/* The annex is left out where there is nothing to put in it. */
static size_t
count_parts(const struct dz_report_page *p)
{
    return p->c->chronology.n_reference > 0 ? N_PARTS : N_PARTS - 1;
}

static void
put_contents(struct dz_report_page *p)
{
    struct dz_html *h = &p->h;
    dz_html_open_class(h, "nav", "contents");
    dz_html_attr(h, "aria-labelledby", "contents-h");
    dz_html_open(h, "h2");
    dz_html_attr(h, "id", "contents-h");
    dz_html_text(h, _("Contents"));
    dz_html_close(h, "h2");
    dz_html_open(h, "ol");
    for (size_t i = 0; i < count_parts(p); i++) {
        dz_html_open(h, "li");
        dz_html_open(h, "a");
        dz_html_attrf(h, "href", "#%s", parts[i].id);
        dz_html_text(h, _(parts[i].heading));
        dz_html_close(h, "a");
        dz_html_close(h, "li");
    }
    dz_html_close(h, "ol");
    dz_html_close(h, "nav");
}

static void
put_footer(struct dz_report_page *p)
{
    dz_html_open(&p->h, "footer");
    dz_html_open(&p->h, "p");
    dz_html_textf(&p->h,
                  _("Whoever holds the collection in the version named on the first page can make "
                    "this report again with dokaz %s and compare."),
                  DZ_VERSION);
    dz_html_close(&p->h, "p");
    dz_html_close(&p->h, "footer");
}

static void
put_body(struct dz_report_page *p)
{
    struct dz_html *h = &p->h;
    dz_html_open(h, "body");
    dz_html_open_class(h, "a", "skip");
    dz_html_attr(h, "href", "#main");
    dz_html_text(h, _("To the content"));
    dz_html_close(h, "a");
    put_cover(p);
    put_contents(p);
    dz_html_open(h, "main");
    dz_html_attr(h, "id", "main");
    dz_html_attr(h, "tabindex", "-1");
    for (size_t i = 0; i < count_parts(p); i++) {
        dz_report_open_section(p, parts[i].id, _(parts[i].heading));
        parts[i].put(p);
        dz_report_close_section(p);
    }
    dz_html_close(h, "main");
    put_footer(p);
    dz_html_close(h, "body");
}

enum dz_code
dz_report_render(const struct dz_report_content *c, dz_chunk_fn *sink, void *ctx,
                 struct dz_err *err)
{
    DZ_AUTO_FREE size_t *marks = dz_alloc_array(c->n_quotes + 1, sizeof *marks);
    DZ_AUTO_FREE size_t *list = dz_alloc_array(c->n_quotes + 1, sizeof *list);
    DZ_AUTO_FREE struct dz_report_page *p = dz_alloc(sizeof *p);
    p->c = c;
    p->lang = c->opts.lang;
    p->marks = marks;
    p->list = list;
    enum dz_lang before = dz_lang_get();
    dz_lang_set(c->opts.lang);
    dz_html_init(&p->h, sink, ctx);
    dz_html_open(&p->h, "html");
    dz_html_attr(&p->h, "lang", dz_lang_code(c->opts.lang));
    put_head(p);
    put_body(p);
    dz_html_close(&p->h, "html");
    enum dz_code code = dz_html_finish(&p->h, err);
    dz_lang_set(before);
    return code;
}

enum dz_code
dz_report_html(struct dz_vault *v, const struct dz_rules *rules, const struct dz_report_opts *opts,
               dz_chunk_fn *sink, void *ctx, struct dz_err *err)
{
    bool known = opts->purpose == NULL || strcmp(opts->purpose, "internal") == 0 ||
                 dz_rules_has(rules, "consent_purpose", opts->purpose);
    if (!known)
        return dz_fail(err, DZ_E_USAGE, "report: '%s' is no purpose: 'dokaz codebook' lists them",
                       opts->purpose);
    DZ_AUTO_REPORT_CONTENT struct dz_report_content content = {0};
    DZ_TRY(dz_report_collect(v, rules, opts, &content, err));
    if (opts->only_scan)
        return DZ_OK;
    if (opts->for_publication && opts->leaks != NULL)
        DZ_TRY(dz_leaks_check(opts->leaks, err));
    return dz_report_render(&content, sink, ctx, err);
}
