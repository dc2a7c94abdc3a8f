/* Sources as exhibits, and every quote with its context and position. */
#include <string.h>

#include "dz_source.h"
#include "dz_time.h"
#include "dz_tr.h"
#include "dz_utf8.h"
#include "dz_where.h"
#include "report_impl.h"

static void
open_pair(struct dz_report_page *p, const char *name)
{
    dz_html_open(&p->h, "div");
    dz_html_element(&p->h, "dt", name);
    dz_html_open(&p->h, "dd");
}

static void
close_pair(struct dz_report_page *p)
{
    dz_html_close(&p->h, "dd");
    dz_html_close(&p->h, "div");
}

static void
put_pair(struct dz_report_page *p, const char *name, const char *value)
{
    if (value == NULL || value[0] == '\0')
        return;
    open_pair(p, name);
    dz_html_text(&p->h, value);
    close_pair(p);
}

static void
put_code_pair(struct dz_report_page *p, const char *name, const char *value)
{
    if (value == NULL || value[0] == '\0')
        return;
    open_pair(p, name);
    dz_html_element(&p->h, "code", value);
    close_pair(p);
}

static const char *
language_words(const char *code)
{
    if (strcmp(code, "en") == 0)
        return _("English");
    if (strcmp(code, "uk") == 0)
        return _("Ukrainian");
    if (strcmp(code, "ru") == 0)
        return _("Russian");
    return code;
}

/* "14 November 2023, 09:30 UTC" from RFC 3339. */
static void
put_time_words(struct dz_report_page *p, const char *time)
{
    int64_t us = 0;
    if (time == NULL || !dz_time_parse(dz_view_of(time), &us)) {
        dz_html_text(&p->h, time);
        return;
    }
    int64_t seconds = us / 1000000;
    DZ_AUTO_BUF struct dz_buf words = DZ_BUF(256);
    dz_report_day_words((int32_t)(seconds / 86400), &words);
    dz_html_open(&p->h, "time");
    dz_html_attr(&p->h, "datetime", time);
    dz_html_textf(&p->h, "%s, %02d:%02d UTC", words.p, (int)(seconds % 86400 / 3600),
                  (int)(seconds % 3600 / 60));
    dz_html_close(&p->h, "time");
}

static void
put_published(struct dz_report_page *p, const struct dz_report_source *s)
{
    open_pair(p, _("Published"));
    dz_report_put_date(p, s->published);
    if (s->published_by != NULL && strcmp(s->published_by, "head") == 0)
        dz_html_textf(&p->h, " (%s)", _("read from the head of the text"));
    else if (s->published_by != NULL && strcmp(s->published_by, "name") == 0)
        dz_html_textf(&p->h, " (%s)", _("read from the file name"));
    else if (s->published_by != NULL && strcmp(s->published_by, "meta") == 0)
        dz_html_textf(&p->h, " (%s)", _("as the file itself says"));
    close_pair(p);
}

static void
put_custody(struct dz_report_page *p, const struct dz_report_source *s)
{
    open_pair(p, _("Captured"));
    put_time_words(p, s->added);
    if (s->added_by != NULL) {
        dz_html_textf(&p->h, ", %s ", _("by member"));
        dz_html_element(&p->h, "code", s->added_by);
    }
    close_pair(p);
    put_code_pair(p, "SHA-256", s->sha256);
    DZ_AUTO_BUF struct dz_buf number = DZ_BUF(64);
    DZ_AUTO_BUF struct dz_buf size = DZ_BUF(64);
    dz_buf_addf(&number, "%llu", (unsigned long long)s->size_bytes);
    dz_report_number_words(number.p, &size);
    open_pair(p, _("File"));
    dz_html_textf(&p->h, dz_trn("%s byte", "%s bytes", (unsigned long)s->size_bytes), size.p);
    dz_html_textf(&p->h, ", %s", s->media_type != NULL ? s->media_type : "");
    close_pair(p);
    if (s->text_sha256 != NULL && s->sha256 != NULL && strcmp(s->text_sha256, s->sha256) != 0)
        put_code_pair(p, _("SHA-256 of its text"), s->text_sha256);
}

static void
put_quote_links(struct dz_report_page *p, const struct dz_report_source *s)
{
    open_pair(p, _("Quotes"));
    dz_html_open_class(&p->h, "span", "refs");
    for (size_t i = 0; i < s->n_quotes; i++) {
        if (i > 0)
            dz_html_text(&p->h, " ");
        dz_html_open_class(&p->h, "a", "ref");
        dz_html_attrf(&p->h, "href", "#q%zu-%zu", s->exhibit, i + 1);
        dz_html_textf(&p->h, "%zu.%zu", s->exhibit, i + 1);
        dz_html_close(&p->h, "a");
    }
    dz_html_close(&p->h, "span");
    close_pair(p);
}

static void
put_exhibit(struct dz_report_page *p, const struct dz_report_source *s)
{
    dz_html_open_class(&p->h, "article", "exhibit");
    dz_html_attrf(&p->h, "id", "e%zu", s->exhibit);
    dz_html_open(&p->h, "h3");
    dz_html_textf(&p->h, _("Exhibit %zu"), s->exhibit);
    dz_html_text(&p->h, ". ");
    dz_html_open(&p->h, "cite");
    dz_html_attr(&p->h, "lang", s->language);
    dz_html_attr(&p->h, "dir", "auto");
    dz_html_text(&p->h, s->title);
    dz_html_close(&p->h, "cite");
    dz_html_close(&p->h, "h3");
    dz_html_open_class(&p->h, "dl", "facts");
    put_pair(p, _("Publisher"), s->publisher);
    put_pair(p, _("Author"), s->author);
    put_published(p, s);
    if (s->address != NULL) {
        open_pair(p, _("Address"));
        dz_report_put_address(p, s->address);
        close_pair(p);
    }
    put_pair(p, _("Basis"), dz_report_label(p, "basis", s->basis));
    put_pair(p, _("Reliability"), dz_report_label(p, "reliability", s->reliability));
    if (s->language != NULL)
        put_pair(p, _("Language"), language_words(s->language));
    put_custody(p, s);
    put_code_pair(p, _("Record"), s->id);
    put_quote_links(p, s);
    dz_html_close(&p->h, "dl");
    dz_html_close(&p->h, "article");
}

/* Held, but nothing of it is used: kept short. Sources that rest on a person are not named. */
static bool
is_listed_unused(const struct dz_report_source *s)
{
    return s->n_quotes == 0 && !dz_basis_is_personal(s->basis);
}

static const char *const unused_heads[] = {N_("Exhibit"), N_("Title"), N_("Published"),
                                           N_("SHA-256"), NULL};

static void
put_unused(struct dz_report_page *p)
{
    const struct dz_report_content *c = p->c;
    bool open = false;
    for (size_t i = 0; i < c->n_sources; i++) {
        const struct dz_report_source *s = &c->sources[i];
        if (!is_listed_unused(s))
            continue;
        if (!open) {
            const char *heads[] = {_(unused_heads[0]), _(unused_heads[1]), _(unused_heads[2]),
                                   _(unused_heads[3]), NULL};
            dz_report_open_table(p, "unused stack",
                                 _("Also held; no row of this report rests on it"), heads,
                                 DZ_CAPTION_SEEN);
            open = true;
        }
        dz_html_open(&p->h, "tr");
        dz_html_attrf(&p->h, "id", "e%zu", s->exhibit);
        dz_html_open(&p->h, "th");
        dz_html_attr(&p->h, "scope", "row");
        dz_html_textf(&p->h, "%zu", s->exhibit);
        dz_html_close(&p->h, "th");
        dz_report_open_cell(p, _(unused_heads[1]), NULL);
        dz_html_attr(&p->h, "lang", s->language);
        dz_html_text(&p->h, s->title);
        if (!s->has_text)
            dz_html_element_class(&p->h, "span", "soft block", _("no readable text: not searched"));
        dz_html_close(&p->h, "td");
        dz_report_open_cell(p, _(unused_heads[2]), NULL);
        dz_report_put_date(p, s->published);
        dz_html_close(&p->h, "td");
        dz_report_open_cell(p, _(unused_heads[3]), "hash");
        dz_html_element(&p->h, "code", s->sha256);
        dz_html_close(&p->h, "td");
        dz_html_close(&p->h, "tr");
    }
    if (open)
        dz_report_close_table(p);
}

void
dz_report_put_sources(struct dz_report_page *p)
{
    const struct dz_report_content *c = p->c;
    dz_html_element(&p->h, "p",
                    _("Exhibits are numbered in the order in which they were preserved; numbers "
                      "given once stay when more is added. The SHA-256 is of the preserved file: "
                      "sha256sum gives the same for an exported copy."));
    for (size_t i = 0; i < c->n_sources; i++) {
        if (c->sources[i].n_quotes > 0)
            put_exhibit(p, &c->sources[i]);
    }
    put_unused(p);
    if (c->n_sources == 0)
        dz_html_element_class(&p->h, "p", "empty", _("No source is held that may be shown here."));
}

/* ---- quotes ---- */

static const char *
use_words(enum dz_report_home home)
{
    switch (home) {
    case DZ_HOME_NONE:
        return "";
    case DZ_HOME_CHRONOLOGY:
        return _("measure");
    case DZ_HOME_ACT:
        return _("act");
    case DZ_HOME_STATEMENT:
        return _("statement");
    case DZ_HOME_FIGURE:
        return _("figure");
    }
    return "";
}

static const char *
use_prefix(enum dz_report_home home)
{
    switch (home) {
    case DZ_HOME_NONE:
    case DZ_HOME_CHRONOLOGY:
        return "c";
    case DZ_HOME_ACT:
        return "a";
    case DZ_HOME_STATEMENT:
        return "s";
    case DZ_HOME_FIGURE:
        return "g";
    }
    return "c";
}

static void
put_uses(struct dz_report_page *p, const struct dz_report_quote *q)
{
    dz_html_open_class(&p->h, "span", "uses");
    dz_html_textf(&p->h, "%s ", _("Used for:"));
    for (size_t i = 0; i < q->n_uses; i++) {
        const struct dz_report_fact *f = &p->c->facts[p->c->uses[q->first_use + i]];
        if (i > 0)
            dz_html_text(&p->h, ", ");
        dz_html_open(&p->h, "a");
        dz_html_attrf(&p->h, "href", "#%s%zu", use_prefix(f->home), f->home_ix + 1);
        dz_html_text(&p->h, use_words(f->home));
        dz_html_close(&p->h, "a");
        dz_html_text(&p->h, " ");
        dz_html_element(&p->h, "code", f->row.id);
    }
    dz_html_close(&p->h, "span");
}

/* What stands before and after a quote, from word to word: the stored context is cut by characters.
 * A sign says where the text goes on. */
static void
put_before(struct dz_report_page *p, const struct dz_passage *passage)
{
    const char *text = passage->prefix != NULL ? passage->prefix : "";
    bool goes_on = passage->start > dz_utf8_length(dz_view_of(text));
    size_t half = goes_on ? strcspn(text, " \n") : 0;
    if (text[half] == '\0')
        half = 0;
    dz_html_open_class(&p->h, "span", "around");
    dz_html_textf(&p->h, "%s%s", goes_on ? "\xe2\x80\xa6" : "", text + half);
    dz_html_close(&p->h, "span");
}

static void
put_after(struct dz_report_page *p, const struct dz_passage *passage)
{
    const char *text = passage->suffix != NULL ? passage->suffix : "";
    size_t n = strlen(text);
    /* A full window is taken to be cut; a shorter one ends with the text. */
    bool goes_on = dz_utf8_length(dz_view_of(text)) >= DZ_FACT_CONTEXT;
    for (size_t i = n; goes_on && i > 0; i--) {
        if (text[i - 1] == ' ' || text[i - 1] == '\n') {
            n = i;
            break;
        }
    }
    dz_html_open_class(&p->h, "span", "around");
    dz_html_textf(&p->h, "%.*s%s", (int)n, text, goes_on ? "\xe2\x80\xa6" : "");
    dz_html_close(&p->h, "span");
}

/* The exhibit names the text that is read now; a quote from an earlier one names its own. */
static void
put_version(struct dz_report_page *p, const struct dz_report_source *s,
            const struct dz_passage *passage)
{
    if (s->text_sha256 != NULL && strcmp(s->text_sha256, passage->text_sha256) == 0)
        return;
    dz_html_open_class(&p->h, "span", "version");
    dz_html_text(&p->h, _("In an earlier reading of it, SHA-256 "));
    dz_html_element(&p->h, "code", passage->text_sha256);
    if (passage->state == DZ_PASSAGE_MOVED)
        dz_html_text(&p->h, _("; in the current one these words stand elsewhere, which nobody has "
                              "confirmed"));
    if (passage->state == DZ_PASSAGE_ORPHAN)
        dz_html_text(&p->h, _("; in the current one they do not stand as they are"));
    dz_html_text(&p->h, ". ");
    dz_html_close(&p->h, "span");
}

static void
put_quote(struct dz_report_page *p, const struct dz_report_quote *q)
{
    const struct dz_report_source *s = &p->c->sources[q->source];
    const struct dz_passage *passage = q->passage;
    dz_html_open_class(&p->h, "article", "quote");
    dz_html_attrf(&p->h, "id", "q%zu-%zu", s->exhibit, q->number);
    dz_html_open_class(&p->h, "h4", "number");
    dz_html_textf(&p->h, "%zu.%zu", s->exhibit, q->number);
    dz_html_close(&p->h, "h4");
    dz_html_open(&p->h, "blockquote");
    dz_html_attr(&p->h, "lang", s->language);
    dz_html_attr(&p->h, "dir", "auto");
    put_before(p, passage);
    dz_html_element(&p->h, "mark", passage->exact);
    put_after(p, passage);
    dz_html_close(&p->h, "blockquote");
    if (passage->translation != NULL) {
        dz_html_open_class(&p->h, "p", "translation");
        dz_html_textf(&p->h, "%s %s", _("Translation:"), passage->translation);
        dz_html_close(&p->h, "p");
    }
    dz_html_open_class(&p->h, "p", "where");
    dz_html_open(&p->h, "a");
    dz_html_attrf(&p->h, "href", "#e%zu", s->exhibit);
    dz_html_textf(&p->h, _("Exhibit %zu"), s->exhibit);
    dz_html_close(&p->h, "a");
    DZ_AUTO_BUF struct dz_buf place = DZ_BUF(4096);
    dz_where_words(q->marks, passage->start, passage->end, &place);
    if (place.n > 0)
        dz_html_textf(&p->h, ", %s", place.p);
    dz_html_textf(&p->h, _(", characters %zu to %zu of its text. "), passage->start, passage->end);
    put_version(p, s, passage);
    put_uses(p, q);
    dz_html_close(&p->h, "p");
    dz_html_close(&p->h, "article");
}

void
dz_report_put_quotes(struct dz_report_page *p)
{
    const struct dz_report_content *c = p->c;
    dz_html_element(&p->h, "p",
                    _("The exact words, marked, in the language of the source, with what stands "
                      "before and after. Positions count Unicode characters from 0, the end not "
                      "included, in the text version whose SHA-256 stands with the quote's "
                      "exhibit."));
    for (size_t i = 0; i < c->n_sources; i++) {
        const struct dz_report_source *s = &c->sources[i];
        if (s->n_quotes == 0)
            continue;
        dz_html_open(&p->h, "h3");
        dz_html_textf(&p->h, _("Exhibit %zu"), s->exhibit);
        dz_html_text(&p->h, ". ");
        dz_html_open(&p->h, "cite");
        dz_html_attr(&p->h, "lang", s->language);
        dz_html_text(&p->h, s->title);
        dz_html_close(&p->h, "cite");
        dz_html_close(&p->h, "h3");
        for (size_t q = 0; q < s->n_quotes; q++)
            put_quote(p, &c->quotes[s->first_quote + q]);
    }
    if (c->n_quotes == 0)
        dz_html_element_class(&p->h, "p", "empty", _("There is no quote."));
}
