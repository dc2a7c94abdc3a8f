#include <string.h>

#include "text_impl.h"

/* SubRip and WebVTT (W3C, section 4): of each cue the words are text, one line each, and the time
 * where it begins is a locator. Numbers, settings, styles and notes are not spoken. */

struct subtitles {
    struct dz_work *w;
    bool is_vtt;
    bool in_cue;        /* between a line of times and the next empty line */
    bool in_note;       /* header, NOTE, STYLE, REGION: until the next empty line */
    bool after_gap;     /* the line before was empty, or there was none */
    bool held_gap;      /* the line that is held came after a gap */
    struct dz_buf held; /* a line that is a cue's name if times follow */
    unsigned n;
};

/* ---- words of a cue ---- */

/* "<i>", "</b>", "<c.loud>", "<00:01.000>", "<v Speaker>": from '<' to '>', 0 when it is no tag. */
static size_t
tag_length(struct dz_view v)
{
    char c = v.n > 1 ? v.p[1] : 0;
    bool begins =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/';
    const char *end = begins ? memchr(v.p, '>', v.n < 256 ? v.n : 256) : NULL;
    return end ? (size_t)(end - v.p) + 1 : 0;
}

/* The voice of "<v.loud Speaker>" is who speaks. */
static void
put_voice(struct dz_buf *out, struct dz_view tag)
{
    if (tag.n < 4 || tag.p[1] != 'v' || (tag.p[2] != ' ' && tag.p[2] != '.'))
        return;
    const char *space = memchr(tag.p, ' ', tag.n);
    if (!space)
        return;
    struct dz_view name = {space, tag.n - 1 - (size_t)(space - tag.p)};
    name = dz_view_trim(name);
    if (name.n == 0)
        return;
    dz_buf_addv(out, name);
    dz_buf_adds(out, ": ");
}

static size_t
put_entity(struct dz_buf *out, struct dz_view v)
{
    static const struct {
        const char *name;
        const char *is;
    } entities[] = {{"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"},   {"&nbsp;", "\xc2\xa0"},
                    {"&lrm;", ""},  {"&rlm;", ""}, {"&quot;", "\""}};
    for (size_t i = 0; i < sizeof entities / sizeof *entities; i++) {
        if (dz_view_starts(v, entities[i].name)) {
            dz_buf_adds(out, entities[i].is);
            return strlen(entities[i].name);
        }
    }
    return 0;
}

static void
say_words(struct subtitles *s, struct dz_view line)
{
    DZ_AUTO_BUF struct dz_buf out = DZ_BUF(4 * TEXT_LINE_MAX);
    while (line.n > 0) {
        size_t skip = 0;
        if (line.p[0] == '<') {
            skip = tag_length(line);
            put_voice(&out, (struct dz_view){line.p, skip});
        } else if (dz_view_starts(line, "{\\")) {
            const char *end = memchr(line.p, '}', line.n);
            skip = end ? (size_t)(end - line.p) + 1 : 0;
        } else if (line.p[0] == '&' && s->is_vtt) {
            skip = put_entity(&out, line);
        }
        if (skip == 0) {
            dz_buf_addc(&out, line.p[0]);
            skip = 1;
        }
        line = (struct dz_view){line.p + skip, line.n - skip};
    }
    struct dz_view words = dz_view_trim(dz_buf_view(&out));
    if (words.n == 0)
        return;
    dz_work_text(s->w, words);
    dz_work_texts(s->w, "\n");
}

/* ---- lines ---- */

static bool
is_times(struct dz_view line, struct text_stamp *ret)
{
    line = dz_view_trim(line);
    if (!text_take_stamp(&line, ret))
        return false;
    line = dz_view_trim(line);
    return dz_view_starts(line, "-->");
}

static bool
is_number(struct dz_view v)
{
    for (size_t i = 0; i < v.n; i++) {
        if (v.p[i] < '0' || v.p[i] > '9')
            return false;
    }
    return v.n > 0;
}

static void
say_held(struct subtitles *s)
{
    if (s->held.n > 0)
        say_words(s, dz_buf_view(&s->held));
    dz_buf_reset(&s->held);
}

static bool
opens_note(const struct subtitles *s, struct dz_view line)
{
    return s->is_vtt && s->after_gap && !s->in_cue &&
           (dz_view_starts(line, "WEBVTT") || dz_view_is(line, "STYLE") ||
            dz_view_is(line, "REGION") || dz_view_is(line, "NOTE") ||
            dz_view_starts(line, "NOTE "));
}

static enum dz_code
subtitle_line(void *ctx, struct dz_view raw, bool begins, struct dz_err *err)
{
    struct subtitles *s = ctx;
    struct dz_view line = dz_view_trim(raw);
    struct text_stamp t;
    if (!begins) {
        if (!s->in_note) {
            say_held(s);
            say_words(s, line);
        }
    } else if (line.n == 0) {
        say_held(s);
        s->in_note = s->in_cue = false;
    } else if (opens_note(s, line)) {
        s->in_note = true;
    } else if (!s->in_note && is_times(line, &t)) {
        /* What stands above the times is the cue's number or name. */
        if (s->held_gap || is_number(dz_buf_view(&s->held)))
            dz_buf_reset(&s->held);
        say_held(s);
        if (++s->n > TEXT_LOCATORS_MAX)
            return dz_fail(err, DZ_E_LIMIT, "more than %u times", TEXT_LOCATORS_MAX);
        t.has_ms = true;
        text_say_time(s->w, t);
        s->in_cue = true;
    } else if (!s->in_note) {
        say_held(s);
        dz_buf_addv(&s->held, line);
        s->held_gap = s->after_gap;
    }
    s->after_gap = begins && line.n == 0;
    return DZ_OK;
}

enum dz_code
text_read_subtitles(struct text_source *source, struct dz_err *err)
{
    struct subtitles s = {.w = source->w, .after_gap = true, .held = DZ_BUF(4 * TEXT_LINE_MAX)};
    s.is_vtt = dz_view_starts(dz_buf_view(&source->head), "WEBVTT");
    enum dz_code code = text_lines(source, subtitle_line, &s, err);
    say_held(&s);
    dz_buf_done(&s.held);
    return code;
}
