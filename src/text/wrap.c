#include "dz_text_priv.h"

/* Texts wrapped by hand: lines of about equal width, paragraphs apart by an empty line. Their line
 * breaks are spaces. A text counts as wrapped when it has no long line and most lines that another
 * line
 * follows are as wide as lines are when somebody wraps them. */

#define WIDE_FROM 45   /* code points of a line that was broken because it was full */
#define WIDE_TO 110    /* longer lines were not broken by anybody */
#define MIN_LINES 3    /* full lines that it takes to believe it */
#define LOOK_MAX 65536 /* bytes looked at */

struct line {
    size_t start;
    size_t end; /* without the break */
    size_t length_cp;
};

/* The line at pos; false at the end of the text. */
static bool
next_line(struct dz_view text, size_t *pos, struct line *ret)
{
    if (*pos >= text.n)
        return false;
    *ret = (struct line){.start = *pos};
    size_t i = *pos;
    while (i < text.n && text.p[i] != '\n') {
        ret->length_cp += ((unsigned char)text.p[i] & 0xc0) != 0x80;
        i++;
    }
    ret->end = i;
    if (ret->end > ret->start && text.p[ret->end - 1] == '\r') {
        ret->end--;
        ret->length_cp--;
    }
    *pos = i < text.n ? i + 1 : i;
    return true;
}

static bool
is_blank(struct dz_view text, const struct line *l)
{
    struct dz_view v = {text.p + l->start, l->end - l->start};
    return dz_view_trim(v).n == 0;
}

bool
dz_text_is_wrapped(struct dz_view text)
{
    if (text.n > LOOK_MAX)
        text.n = LOOK_MAX;
    size_t pos = 0, inner = 0, full = 0;
    struct line before = {0}, line;
    bool has_before = false;
    while (next_line(text, &pos, &line)) {
        if (line.length_cp > WIDE_TO)
            return false;
        bool blank = is_blank(text, &line);
        if (has_before && !blank) {
            inner++;
            full += before.length_cp >= WIDE_FROM;
        }
        before = line;
        has_before = !blank;
    }
    return full >= MIN_LINES && full * 10 >= inner * 7;
}

bool
dz_text_is_soft_break(struct dz_view text, size_t at, size_t line_start)
{
    size_t pos = line_start;
    struct line here, next;
    if (!next_line(text, &pos, &here) || here.length_cp < WIDE_FROM || pos <= at ||
        !next_line(text, &pos, &next) || is_blank(text, &next))
        return false;
    /* What begins a list item or a heading stays a line of its own. */
    char first = text.p[next.start];
    bool numbered = first >= '0' && first <= '9' && next.end > next.start + 1 &&
                    (text.p[next.start + 1] == '.' || text.p[next.start + 1] == ')');
    return !numbered && first != '-' && first != '*' && first != '#' && first != ' ' &&
           first != '\t';
}
