#include <string.h>

#include "dz_families.h"
#include "dz_list_number.h"
#include "dz_mem.h"
#include "dz_utf8.h"
#include "rtf_impl.h"

#define TEXT_MAX ((uint64_t)128 << 20)  /* bytes of text of one document */
#define ASIDE_MAX ((size_t)16 << 20)

struct rtf {
    struct dz_work *w;
    struct rtf_input in;
    struct rtf_group groups[RTF_DEPTH_MAX];
    size_t depth;
    unsigned page; /* of the document: \ansicpg, or \mac and the like */
    unsigned skip; /* bytes that stand in for the last \u */
    uint16_t pages[RTF_FONTS_MAX]; /* of each font; 0: the document's */
    uint16_t default_font;
    int32_t font_being_declared;
    uint32_t high; /* the first half of a pair of \u */
    struct dz_buf bytes; /* text in a code page, not decoded yet */
    struct dz_buf out;
    struct dz_buf notes;
    struct dz_buf asides;
    struct dz_buf number; /* of a list's item */
    struct dz_buf value; /* of a property, or the instruction of a field */
    char key[RTF_WORD_MAX + 1];
    int32_t date[6]; /* year, month, day, hour, minute of a property */
    uint64_t said;
    uint64_t n_deleted;
    uint64_t n_hidden;
    bool star;  /* the next destination may be skipped when unknown */
    bool has_text; /* more than blanks was said */
    bool limit_nesting;
    bool limit_text;
    bool in_row;
};

static struct rtf_group *
top(struct rtf *r)
{
    return &r->groups[r->depth];
}

static void
say(struct rtf *r)
{
    if (r->said + r->out.n > TEXT_MAX) {
        r->limit_text = true;
    } else if (r->out.n > 0) {
        dz_work_text(r->w, dz_buf_view(&r->out));
        r->said += r->out.n;
        r->has_text |= dz_view_trim(dz_buf_view(&r->out)).n > 0;
    }
    dz_buf_reset(&r->out);
}

/* Where text goes now; NULL: nowhere. */
static struct dz_buf *
target(struct rtf *r)
{
    const struct rtf_group *g = top(r);
    switch (g->where) {
    case RTF_TEXT:
        return g->hidden || g->deleted ? NULL : &r->out;
    case RTF_VALUE:
    case RTF_FIELD:
        return &r->value;
    case RTF_NOTE:
        return &r->notes;
    case RTF_ASIDE:
        return &r->asides;
    case RTF_NUMBER:
        return &r->number;
    case RTF_SKIP:
    case RTF_FONTS:
    case RTF_INFO:
        break;
    }
    return NULL;
}

/* A font of Western letters means windows-1252. Programs that know no character sets give such a
 * font to Cyrillic letters as well, which then stand side by side as accented ones do not. */
static unsigned
page_of_bytes(const struct rtf *r)
{
    unsigned page = r->pages[r->groups[r->depth].font];
    if (page == RTF_PAGE_SIGNS)
        return r->page;
    if (page != 1252 || r->page == 1252)
        return page != 0 ? page : r->page;
    for (size_t i = 1; i < r->bytes.n; i++) {
        if ((uint8_t)r->bytes.p[i] >= 0x80 && (uint8_t)r->bytes.p[i - 1] >= 0x80)
            return r->page;
    }
    return page;
}

static void
flush_bytes(struct rtf *r)
{
    if (r->bytes.n == 0)
        return;
    struct dz_buf *to = target(r);
    unsigned page = page_of_bytes(r);
    if (to == &r->number && r->pages[top(r)->font] == RTF_PAGE_SIGNS)
        dz_bullet_put(DZ_VIEW("\xc2\xb7"), to);
    else if (to != NULL)
        rtf_decode(page, dz_buf_view(&r->bytes), to);
    else if (top(r)->deleted)
        r->n_deleted += r->bytes.n;
    else if (top(r)->hidden)
        r->n_hidden += r->bytes.n;
    dz_buf_reset(&r->bytes);
    if (to == &r->out && r->out.n >= RTF_PIECE_BYTES)
        say(r);
}

static void
add(struct rtf *r, const char *text)
{
    flush_bytes(r);
    struct dz_buf *to = target(r);
    if (to != NULL)
        dz_buf_adds(to, text);
}

static void
add_byte(struct rtf *r, unsigned char c)
{
    if (r->skip > 0) {
        r->skip--;
        return;
    }
    r->high = 0;
    dz_buf_addc(&r->bytes, (char)c);
    if (r->bytes.n >= RTF_PIECE_BYTES / 2)
        flush_bytes(r);
}

/* \uN is a 16-bit unit, negative above 32767; beyond the first plane two of them make a
 * character. */
static void
add_unit(struct rtf *r, int32_t number)
{
    uint32_t unit = (uint32_t)number & 0xffffu;
    r->skip = top(r)->skip_after_u;
    flush_bytes(r);
    struct dz_buf *to = target(r);
    if (to == NULL) {
        r->n_deleted += top(r)->deleted;
        r->n_hidden += top(r)->hidden && !top(r)->deleted;
        return;
    }
    if (unit >= 0xd800 && unit < 0xdc00) {
        r->high = unit;
        return;
    }
    if (unit >= 0xdc00 && unit < 0xe000) {
        unit = r->high != 0 ? 0x10000 + ((r->high - 0xd800) << 10) + (unit - 0xdc00) : 0xfffd;
    } else if (unit >= 0xf000 && unit < 0xf100) {
        unit -= 0xf000; /* a symbol font's own place for its signs */
    }
    r->high = 0;
    dz_utf8_put(to, unit);
}

/* ---- destinations ---- */

static const struct {
    const char *word;
    enum rtf_where where;
} destinations[] = {
    {"fonttbl", RTF_FONTS},
    {"info", RTF_INFO},
    {"listtext", RTF_NUMBER},
    {"pntext", RTF_NUMBER},
    {"footnote", RTF_NOTE},
    {"annotation", RTF_NOTE},
    {"header", RTF_ASIDE},
    {"headerl", RTF_ASIDE},
    {"headerr", RTF_ASIDE},
    {"headerf", RTF_ASIDE},
    {"footer", RTF_ASIDE},
    {"footerl", RTF_ASIDE},
    {"footerr", RTF_ASIDE},
    {"footerf", RTF_ASIDE},
    {"fldinst", RTF_FIELD},
    {"colortbl", RTF_SKIP},
    {"stylesheet", RTF_SKIP},
    {"pict", RTF_SKIP},
    {"objdata", RTF_SKIP},
    {"themedata", RTF_SKIP},
    {"datastore", RTF_SKIP},
    {"colorschememapping", RTF_SKIP},
    {"latentstyles", RTF_SKIP},
    {"listtable", RTF_SKIP},
    {"listoverridetable", RTF_SKIP},
    {"rsidtbl", RTF_SKIP},
    {"xmlnstbl", RTF_SKIP},
    {"generator", RTF_VALUE},
    {"mmathPr", RTF_SKIP},
    {"revtbl", RTF_SKIP},
    {"filetbl", RTF_SKIP},
    {"nonshppict", RTF_SKIP},
    {"bkmkstart", RTF_SKIP},
    {"bkmkend", RTF_SKIP},
    {"atnid", RTF_SKIP},
    {"atnref", RTF_SKIP},
    {"atndate", RTF_SKIP},
    {"atnauthor", RTF_SKIP},
    {"objclass", RTF_SKIP},
    {"falt", RTF_SKIP},
    {"panose", RTF_SKIP},
    {"datafield", RTF_SKIP},
    {"xe", RTF_SKIP},
    {"tc", RTF_SKIP},
    {"sp", RTF_SKIP},
    {"private", RTF_SKIP},
    {"fontemb", RTF_SKIP},
    {"pgptbl", RTF_SKIP},
};

/* Destinations marked \* that hold text all the same. */
static const char *const transparent[] = {"shpinst", "shptxt", "cs", "ds", "ts", "wgrffmtfilter"};

static void
begin_value(struct rtf *r, const char *key)
{
    dz_buf_reset(&r->value);
    memset(r->date, 0, sizeof r->date);
    memcpy(r->key, key, strlen(key) + 1);
}

/* Newer programs say how numbers are made, and for others what this one is: that is read. It stands
 * between tabs, which in a table would part cells. */
static void
end_number(struct rtf *r)
{
    struct dz_view v = dz_view_trim(dz_buf_view(&r->number));
    struct dz_buf *to = target(r);
    if (to != NULL && v.n > 0) {
        if (v.n <= 3)
            dz_bullet_put(v, to);
        else
            dz_buf_addv(to, v);
        dz_buf_addc(to, ' ');
    }
    dz_buf_reset(&r->number);
}

static bool
take_destination(struct rtf *r)
{
    const char *word = r->in.word;
    struct rtf_group *g = top(r);
    if (g->where == RTF_INFO) {
        begin_value(r, word);
        g->where = RTF_VALUE;
        return true;
    }
    for (size_t i = 0; i < sizeof destinations / sizeof *destinations; i++) {
        if (strcmp(word, destinations[i].word) != 0)
            continue;
        if (g->where == RTF_SKIP)
            return true;
        flush_bytes(r);
        if (destinations[i].where == RTF_VALUE || destinations[i].where == RTF_FIELD)
            begin_value(r, word);
        if (destinations[i].where == RTF_NUMBER)
            dz_buf_reset(&r->number);
        g->where = destinations[i].where;
        r->star = false;
        return true;
    }
    if (!r->star)
        return false;
    r->star = false;
    for (size_t i = 0; i < sizeof transparent / sizeof *transparent; i++) {
        if (strcmp(word, transparent[i]) == 0)
            return true;
    }
    flush_bytes(r);
    g->where = RTF_SKIP;
    return true;
}

/* ---- words ---- */

static bool
take_character(struct rtf *r)
{
    static const struct {
        const char *word;
        const char *text;
    } signs[] = {
        {"par", "\n"},           {"line", "\n"},          {"sect", "\n"},
        {"page", "\n"},          {"column", "\n"},        {"tab", "\t"},
        {"emdash", "\xe2\x80\x94"}, {"endash", "\xe2\x80\x93"}, {"bullet", "\xe2\x80\xa2"},
        {"lquote", "\xe2\x80\x98"}, {"rquote", "\xe2\x80\x99"}, {"ldblquote", "\xe2\x80\x9c"},
        {"rdblquote", "\xe2\x80\x9d"}, {"emspace", " "},  {"enspace", " "},
        {"qmspace", " "},        {"zwj", ""},             {"zwnj", ""},
    };
    const char *word = r->in.word;
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        if (strcmp(word, signs[i].word) == 0) {
            /* In a cell a paragraph does not end the line: the row does. */
            bool in_cell = r->in_row && signs[i].text[0] == '\n';
            add(r, in_cell ? " " : signs[i].text);
            return true;
        }
    }
    if (strcmp(word, "cell") == 0 || strcmp(word, "nestcell") == 0)
        add(r, "\t");
    else if (strcmp(word, "row") == 0 || strcmp(word, "nestrow") == 0) {
        flush_bytes(r);
        while (r->out.n > 0 && r->out.p[r->out.n - 1] == '\t')
            dz_buf_cut(&r->out, r->out.n - 1);
        r->in_row = false;
        add(r, "\n");
    } else
        return false;
    return true;
}

static void
take_font(struct rtf *r)
{
    const char *word = r->in.word;
    int32_t n = r->in.number;
    bool known = n >= 0 && n < RTF_FONTS_MAX;
    if (top(r)->where == RTF_FONTS) {
        if (strcmp(word, "f") == 0)
            r->font_being_declared = known ? n : -1;
        else if (strcmp(word, "fcharset") == 0 && r->font_being_declared >= 0)
            r->pages[r->font_being_declared] = (uint16_t)rtf_page_of_charset(n);
        else if (strcmp(word, "cpg") == 0 && r->font_being_declared >= 0 && n > 0 && n < 65536)
            r->pages[r->font_being_declared] = (uint16_t)n;
        return;
    }
    if (strcmp(word, "f") == 0 || strcmp(word, "af") == 0) {
        flush_bytes(r);
        if (word[0] == 'f')
            top(r)->font = known ? (uint16_t)n : 0;
    }
}

static bool
take_document_word(struct rtf *r)
{
    const char *word = r->in.word;
    int32_t n = r->in.number;
    if (strcmp(word, "ansicpg") == 0 && n > 0 && n < 65536)
        r->page = (unsigned)n;
    else if (strcmp(word, "mac") == 0)
        r->page = 10000;
    else if (strcmp(word, "pc") == 0)
        r->page = 437;
    else if (strcmp(word, "pca") == 0)
        r->page = 850;
    else if (strcmp(word, "deff") == 0 && n >= 0 && n < RTF_FONTS_MAX)
        top(r)->font = r->default_font = (uint16_t)n;
    else if (strcmp(word, "plain") == 0) {
        flush_bytes(r);
        top(r)->font = r->default_font;
        top(r)->hidden = false;
    } else
        return false;
    return true;
}

static void
take_word(struct rtf *r)
{
    const char *word = r->in.word;
    bool on = !r->in.has_number || r->in.number != 0;
    if (strcmp(word, "u") == 0 && r->in.has_number) {
        add_unit(r, r->in.number);
        return;
    }
    if (r->skip > 0) {
        r->skip--; /* a control word stands in for a character, too */
        return;
    }
    static const char *const dates[] = {"yr", "mo", "dy", "hr", "min", "sec"};
    for (size_t i = 0; i < 6 && top(r)->where == RTF_VALUE; i++) {
        if (strcmp(word, dates[i]) == 0)
            r->date[i] = r->in.number;
    }
    if (strcmp(word, "uc") == 0)
        top(r)->skip_after_u = r->in.number >= 0 && r->in.number < 100 ? (unsigned)r->in.number : 1;
    else if (strcmp(word, "v") == 0) {
        flush_bytes(r);
        top(r)->hidden = on;
    } else if (strcmp(word, "deleted") == 0) {
        flush_bytes(r);
        top(r)->deleted = on;
    } else if (strcmp(word, "intbl") == 0)
        r->in_row = true;
    else if (strcmp(word, "pard") == 0)
        r->in_row = false;
    else if (strcmp(word, "upr") != 0 && !take_document_word(r) && !take_character(r)) {
        take_font(r);
        (void)take_destination(r);
    }
    r->star = false;
}

static void
take_sign(struct rtf *r)
{
    if (r->in.byte == '*') {
        r->star = true;
        return;
    }
    if (r->skip > 0) {
        r->skip--;
        return;
    }
    switch (r->in.byte) {
    case '\\':
    case '{':
    case '}':
        add_byte(r, r->in.byte);
        break;
    case '~':
        add(r, "\xc2\xa0");
        break;
    case '_':
        add(r, "\xe2\x80\x91");
        break;
    case '\n':
    case '\r':
        add(r, r->in_row ? " " : "\n");
        break;
    case '\t':
        add(r, "\t");
        break;
    default:
        break; /* \- and \: and others have no text */
    }
}

/* ---- properties ---- */

static void
end_property(struct rtf *r)
{
    static const struct {
        const char *word;
        const char *field;
    } known[] = {{"title", "title"}, {"author", "author"}};
    struct dz_view value = dz_view_trim(dz_buf_view(&r->value));
    DZ_AUTO_FREE char *key = dz_asprintf("rtf.%s", r->key);
    DZ_AUTO_FREE char *date = NULL;
    if (r->date[0] > 0) {
        date = dz_asprintf("%04d-%02d-%02dT%02d:%02d", r->date[0], r->date[1], r->date[2],
                           r->date[3], r->date[4]);
        value = dz_view_of(date);
    }
    if (value.n > 0)
        dz_work_meta(r->w, key, value);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(r->key, known[i].word) == 0)
            dz_work_field(r->w, known[i].field, value);
    }
    begin_value(r, "");
}

/* ` HYPERLINK "address" ` */
static void
end_field(struct rtf *r)
{
    struct dz_view v = dz_view_trim(dz_buf_view(&r->value));
    if (dz_view_starts(v, "HYPERLINK")) {
        const char *from = memchr(v.p, '"', v.n);
        size_t left = from != NULL ? (size_t)(v.p + v.n - from - 1) : 0;
        const char *to = left > 0 ? memchr(from + 1, '"', left) : NULL;
        if (to != NULL)
            dz_work_meta(r->w, "rtf.link",
                         (struct dz_view){.p = from + 1, .n = (size_t)(to - from - 1)});
    }
    begin_value(r, "");
}

/* ---- groups ---- */

static void
open_group(struct rtf *r)
{
    flush_bytes(r);
    r->skip = 0;
    r->star = false;
    if (r->depth + 1 == RTF_DEPTH_MAX) {
        r->limit_nesting = true;
        return;
    }
    r->groups[r->depth + 1] = r->groups[r->depth];
    r->depth++;
}

static void
close_group(struct rtf *r)
{
    flush_bytes(r);
    r->skip = 0;
    if (r->depth == 0)
        return;
    enum rtf_where inner = top(r)->where;
    enum rtf_where outer = r->groups[r->depth - 1].where;
    if (inner == RTF_VALUE && outer != RTF_VALUE)
        end_property(r);
    if (inner == RTF_FIELD && outer != RTF_FIELD)
        end_field(r);
    if ((inner == RTF_NOTE || inner == RTF_ASIDE) && outer != inner) {
        struct dz_buf *to = inner == RTF_NOTE ? &r->notes : &r->asides;
        if (to->n > 0 && to->p[to->n - 1] != '\n')
            dz_buf_addc(to, '\n');
    }
    r->depth--;
    if (inner == RTF_NUMBER && outer != inner)
        end_number(r);
}

static void
say_aside(struct rtf *r, const char *kind, const char *label, struct dz_buf *text)
{
    if (dz_view_trim(dz_buf_view(text)).n > 0) {
        if (r->out.n > 0 && r->out.p[r->out.n - 1] != '\n')
            dz_buf_addc(&r->out, '\n');
        say(r);
        dz_work_locator(r->w, kind, label);
        dz_work_text(r->w, dz_buf_view(text));
        r->said += text->n;
        r->has_text = true;
    }
    dz_buf_done(text);
}

static void
say_count(struct rtf *r, const char *key, uint64_t n)
{
    if (n == 0)
        return;
    DZ_AUTO_FREE char *number = dz_asprintf("%llu", (unsigned long long)n);
    dz_work_meta(r->w, key, dz_view_of(number));
}

static void
finish(struct rtf *r, bool closed)
{
    flush_bytes(r);
    say_aside(r, "section", "notes", &r->notes);
    say_aside(r, "aside", "header", &r->asides);
    say(r);
    say_count(r, "rtf.deletedCharacters", r->n_deleted);
    say_count(r, "rtf.hiddenCharacters", r->n_hidden);
    if (r->limit_nesting || r->limit_text)
        dz_work_done(r->w, "limit", r->limit_nesting ? "nesting" : "too_large");
    else if (!closed)
        dz_work_done(r->w, "damaged", "truncated");
    else if (!r->has_text)
        dz_work_done(r->w, "empty", "no_text");
    else
        dz_work_done(r->w, "text", NULL);
}

/* A group is complete when the one that "{\rtf" opened is closed; what follows is not the
 * document. */
static bool
read_groups(struct rtf *r)
{
    while (!r->limit_nesting && !r->limit_text) {
        switch (rtf_next(&r->in)) {
        case RTF_END:
            return false;
        case RTF_OPEN:
            open_group(r);
            break;
        case RTF_CLOSE:
            close_group(r);
            if (r->depth == 0)
                return true;
            break;
        case RTF_WORD:
            take_word(r);
            break;
        case RTF_SIGN:
            take_sign(r);
            break;
        case RTF_BYTE:
            add_byte(r, r->in.byte);
            break;
        case RTF_BINARY:
            break;
        }
    }
    return false;
}

/* The first word must be \rtf, perhaps behind white space and a byte order mark. */
static bool
begins_well(struct rtf *r)
{
    for (int c = 0; c >= 0;) {
        c = rtf_next_byte(&r->in);
        bool blank = c == ' ' || (c >= '\t' && c <= '\r') || c == 0xef || c == 0xbb || c == 0xbf;
        if (c == '{') {
            r->depth = 1;
            return rtf_next(&r->in) == RTF_WORD && strcmp(r->in.word, "rtf") == 0;
        }
        if (!blank)
            return false;
    }
    return false;
}

static void
read_rtf(struct dz_work *w)
{
    DZ_AUTO_FREE struct rtf *r = dz_alloc(sizeof *r);
    r->w = w;
    r->in.w = w;
    r->in.pushed = -1;
    r->page = 1252;
    r->font_being_declared = -1;
    r->out.max = (size_t)1 << 20;
    r->notes.max = ASIDE_MAX;
    r->asides.max = ASIDE_MAX;
    r->value.max = RTF_INFO_MAX;
    r->number.max = DZ_LIST_NUMBER_BYTES;
    r->groups[0].skip_after_u = r->groups[1].skip_after_u = 1;
    if (!begins_well(r)) {
        bool nothing = r->in.done == 0;
        dz_work_done(w, nothing ? "empty" : "unsupported", nothing ? "empty" : "kind");
    } else {
        finish(r, read_groups(r));
    }
    struct dz_buf *const all[] = {&r->bytes, &r->out, &r->notes, &r->asides, &r->value,
                                  &r->number};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        dz_buf_done(all[i]);
}

const struct dz_family dz_family_rtf = {
    .name = "rtf",
    .extractor = "rtf/2",
    .read = read_rtf,
};
