#include <stdio.h>
#include <string.h>

#include "dz_edtf.h"
#include "dz_families.h"
#include "text_impl.h"

/* Plain text and Markdown, and the doors to tables, subtitles and transcripts. All of it streams:
 * what is said of a text of any size needs only its beginning, or one line at a time. */

static bool
has_ending(const char *name, const char *ending)
{
    const char *dot = strrchr(name, '.');
    if (!dot || strlen(dot + 1) != strlen(ending))
        return false;
    for (size_t i = 0; ending[i]; i++) {
        char c = dot[1 + i];
        if ((c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c) != ending[i])
            return false;
    }
    return true;
}

static bool
is_kind(struct dz_work *w, const char *media_type, const char *ending, const char *other)
{
    return strcmp(dz_work_media_type(w), media_type) == 0 || has_ending(dz_work_name(w), ending) ||
           (other && has_ending(dz_work_name(w), other));
}

/* ---- Markdown ---- */

static struct dz_view
without_quotes(struct dz_view v)
{
    v = dz_view_trim(v);
    if (v.n >= 2 && (v.p[0] == '"' || v.p[0] == '\'') && v.p[v.n - 1] == v.p[0])
        v = (struct dz_view){v.p + 1, v.n - 2};
    return v;
}

/* A day, month or year; times of day are not part of it. */
static void
say_date(struct dz_work *w, struct dz_view v)
{
    if (v.n > 10)
        v.n = 10;
    struct dz_edtf *e = NULL;
    if (v.n >= 4 && dz_edtf_parse(v, &e, NULL) == DZ_OK)
        dz_work_field(w, "published", v);
    dz_edtf_free(e);
}

static void
front_field(struct dz_work *w, struct dz_view line)
{
    static const struct {
        const char *key;
        const char *field;
    } known[] = {{"title:", "title"},   {"author:", "author"},     {"date:", "published"},
                 {"lang:", "language"}, {"language:", "language"}, {"url:", "address"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (!dz_view_starts(line, known[i].key))
            continue;
        size_t n = strlen(known[i].key);
        struct dz_view value = without_quotes((struct dz_view){line.p + n, line.n - n});
        if (strcmp(known[i].field, "published") == 0)
            say_date(w, value);
        else
            dz_work_field(w, known[i].field, value);
    }
}

/* "---", lines "key: value", "---" at the very beginning; it stays part of the text. */
static void
front_matter(struct dz_work *w, struct dz_view head)
{
    struct dz_view line;
    if (!text_take_line(&head, &line) || !dz_view_is(dz_view_trim(line), "---"))
        return;
    struct dz_view rest = head;
    size_t lines = 0;
    while (text_take_line(&rest, &line) && ++lines < 200) {
        struct dz_view t = dz_view_trim(line);
        if (dz_view_is(t, "---") || dz_view_is(t, "...")) {
            for (size_t i = 0; i + 1 < lines && text_take_line(&head, &line); i++)
                front_field(w, line);
            return;
        }
    }
}

struct markdown {
    struct dz_work *w;
    bool fenced;
    unsigned n;
};

/* The words of "## Heading ##"; empty when the line is no heading (CommonMark, section 4.2). */
static struct dz_view
heading_of(struct dz_view line, size_t *ret_level)
{
    size_t level = 0;
    while (level < line.n && line.p[level] == '#')
        level++;
    *ret_level = level;
    if (level == 0 || level > 6 || level >= line.n ||
        (line.p[level] != ' ' && line.p[level] != '\t'))
        return (struct dz_view){0};
    struct dz_view words = {line.p + level, line.n - level};
    words = dz_view_trim(words);
    while (words.n > 0 && words.p[words.n - 1] == '#')
        words.n--;
    return dz_view_trim(words);
}

static enum dz_code
markdown_line(void *ctx, struct dz_view line, bool begins, struct dz_err *err)
{
    struct markdown *m = ctx;
    struct dz_view t = dz_view_trim(line);
    if (begins && (dz_view_starts(t, "```") || dz_view_starts(t, "~~~")))
        m->fenced = !m->fenced;
    size_t level = 0;
    struct dz_view heading = begins && !m->fenced ? heading_of(t, &level) : (struct dz_view){0};
    if (heading.n > 0) {
        if (++m->n > TEXT_LOCATORS_MAX)
            return dz_fail(err, DZ_E_LIMIT, "more than %u headings", TEXT_LOCATORS_MAX);
        DZ_AUTO_BUF struct dz_buf label = DZ_BUF(2 * TEXT_LINE_MAX);
        dz_buf_addv(&label, heading);
        dz_work_locator(m->w, "section", label.p);
        if (level == 1)
            dz_work_field(m->w, "title", heading);
    }
    dz_work_text(m->w, line);
    return DZ_OK;
}

static enum dz_code
read_markdown(struct text_source *s, struct dz_err *err)
{
    front_matter(s->w, dz_buf_view(&s->head));
    struct markdown m = {.w = s->w};
    return text_lines(s, markdown_line, &m, err);
}

/* ---- plain ---- */

static enum dz_code
read_plain(struct text_source *s, struct dz_err *err)
{
    for (;;) {
        struct dz_view v;
        DZ_TRY(text_source_next(s, &v, err));
        if (v.n == 0)
            return DZ_OK;
        dz_work_text(s->w, v);
    }
}

static bool
is_subrip(struct dz_view head)
{
    struct dz_view number;
    struct dz_view times;
    struct text_stamp t;
    head = dz_view_trim(head);
    if (!text_take_line(&head, &number) || !text_take_line(&head, &times))
        return false;
    number = dz_view_trim(number);
    bool is_first = dz_view_is(number, "1") || dz_view_is(number, "0");
    if (!is_first || !text_take_stamp(&times, &t))
        return false;
    return dz_view_starts(dz_view_trim(times), "-->");
}

static enum dz_code
read_kind(struct text_source *s, struct dz_err *err)
{
    struct dz_work *w = s->w;
    struct dz_view head = dz_buf_view(&s->head);
    if (is_kind(w, "text/tab-separated-values", "tsv", "tab"))
        return text_read_csv(s, '\t', err);
    if (is_kind(w, "text/csv", "csv", NULL))
        return text_read_csv(s, 0, err);
    if (is_kind(w, "text/vtt", "vtt", NULL) || is_kind(w, "application/x-subrip", "srt", NULL) ||
        dz_view_starts(head, "WEBVTT") || is_subrip(head))
        return text_read_subtitles(s, err);
    if (is_kind(w, "text/markdown", "md", "markdown"))
        return read_markdown(s, err);
    if (text_is_transcript(head))
        return text_read_transcript(s, err);
    return read_plain(s, err);
}

static void
read_text(struct dz_work *w)
{
    struct dz_err err = {0};
    struct text_source s;
    enum dz_code code = text_source_open(&s, w, &err);
    /* Of white space alone nothing is said. */
    s.given = s.head.n;
    bool blank = s.at_end && dz_view_trim(dz_buf_view(&s.head)).n == 0;
    if (code == DZ_OK && !blank) {
        s.given = 0;
        code = read_kind(&s, &err);
    }
    text_source_finish(&s, code);
    text_source_done(&s);
}

/* ICU reads its tables of names when it is first asked. */
static void
warm(void)
{
    static const char *const texts[] = {"\xcf\xf0\xe8", "\xff\xfe\x16\x04", "ascii", "\xd0\x9f"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        DZ_AUTO_BUF struct dz_buf out = DZ_BUF(64);
        struct dz_decoded d;
        (void)!dz_decode(dz_view_of(texts[i]), "koi8-r", &out, &d, NULL);
    }
}

const struct dz_family dz_family_text = {
    .name = "text",
    .extractor = "text/2",
    .warm = warm,
    .read = read_text,
};
