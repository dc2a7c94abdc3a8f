#include <string.h>

#include "text_impl.h"

/* Tables as text (RFC 4180 and what is found in the wild). Each record becomes one line, its cells
 * parted by tabs, with a locator "A12"; the first record is a line like any other, since whether it
 * is a heading cannot be told. What a quoted cell has of tabs and newlines becomes spaces. */

#define RECORD_MAX ((size_t)1 << 20)
#define LOOKED_LINES 20

/* ---- which separator ---- */

/* How often c stands in a line outside quotes. */
static size_t
count_in(struct dz_view line, char c)
{
    size_t n = 0;
    bool quoted = false;
    for (size_t i = 0; i < line.n; i++) {
        if (line.p[i] == '"')
            quoted = !quoted;
        else if (line.p[i] == c && !quoted)
            n++;
    }
    return n;
}

/* The one that stands in every line, and most often; a comma when none does. */
static char
find_separator(struct dz_view head)
{
    static const char candidates[] = {';', '\t', ',', '|'};
    char best = ',';
    size_t best_score = 0;
    for (size_t k = 0; k < sizeof candidates; k++) {
        struct dz_view rest = head;
        struct dz_view line;
        size_t least = SIZE_MAX;
        size_t total = 0;
        for (int i = 0; i < LOOKED_LINES && text_take_line(&rest, &line); i++) {
            if (dz_view_trim(line).n == 0 || (rest.n == 0 && i > 0))
                continue;
            size_t n = count_in(line, candidates[k]);
            least = n < least ? n : least;
            total += n;
        }
        if (least == SIZE_MAX)
            least = 0;
        size_t score = least * 10000 + total;
        if (score > best_score) {
            best = candidates[k];
            best_score = score;
        }
    }
    return best;
}

/* ---- records ---- */

struct csv {
    struct dz_work *w;
    char separator;
    bool cell_begins;
    bool quoted;
    bool quote_seen; /* inside quotes: the next byte says whether it was the end or a quote */
    bool cr;         /* the record ended with a CR: a LF after it belongs to it */
    uint64_t row;
    struct dz_buf record;
};

static enum dz_code
end_record(struct csv *c, struct dz_err *err)
{
    c->row++;
    struct dz_view text = dz_buf_view(&c->record);
    while (text.n > 0 && (text.p[text.n - 1] == '\t' || text.p[text.n - 1] == ' '))
        text.n--;
    if (text.n > 0) {
        if (c->row > TEXT_LOCATORS_MAX)
            return dz_fail(err, DZ_E_LIMIT, "more than %u rows", TEXT_LOCATORS_MAX);
        dz_work_locatorf(c->w, "cell", "A%llu", (unsigned long long)c->row);
        dz_work_text(c->w, text);
        dz_work_texts(c->w, "\n");
    }
    dz_buf_reset(&c->record);
    c->cell_begins = true;
    c->quoted = c->quote_seen = false;
    return DZ_OK;
}

static void
put(struct csv *c, char byte)
{
    bool blank = byte == '\t' || byte == '\n' || byte == '\r';
    dz_buf_addc(&c->record, blank ? ' ' : byte);
    c->cell_begins = false;
}

static enum dz_code
csv_byte(struct csv *c, char byte, struct dz_err *err)
{
    if (c->quoted && !c->quote_seen) {
        if (byte == '"')
            c->quote_seen = true;
        else if (byte != '\r')
            put(c, byte);
        return DZ_OK;
    }
    if (c->quote_seen) {
        c->quote_seen = false;
        if (byte == '"') {
            put(c, byte);
            return DZ_OK;
        }
        c->quoted = false;
    }
    bool after_cr = c->cr;
    c->cr = false;
    if (byte == '\n' || byte == '\r') {
        if (byte == '\n' && after_cr)
            return DZ_OK;
        c->cr = byte == '\r';
        return end_record(c, err);
    }
    if (byte == c->separator) {
        dz_buf_addc(&c->record, '\t');
        c->cell_begins = true;
    } else if (byte == '"' && c->cell_begins) {
        c->quoted = true;
        c->cell_begins = false;
    } else {
        put(c, byte);
    }
    return DZ_OK;
}

/* "sep=;" as the first line is an order to Excel and no record. */
static size_t
skip_order(struct dz_view head, char *separator)
{
    struct dz_view rest = head;
    struct dz_view line;
    if (!text_take_line(&rest, &line))
        return 0;
    size_t n = line.n;
    line = dz_view_trim(line);
    if (line.n != 5 || !dz_view_starts(line, "sep="))
        return 0;
    *separator = line.p[4];
    return n;
}

enum dz_code
text_read_csv(struct text_source *s, char separator, struct dz_err *err)
{
    struct dz_view head = dz_buf_view(&s->head);
    size_t skip = skip_order(head, &separator);
    struct csv c = {
        .w = s->w, .separator = separator, .cell_begins = true, .record = DZ_BUF(RECORD_MAX)};
    if (!separator)
        c.separator = find_separator(head);
    enum dz_code code = DZ_OK;
    for (;;) {
        struct dz_view v;
        code = text_source_next(s, &v, err);
        if (code != DZ_OK || v.n == 0)
            break;
        for (size_t i = skip; i < v.n && code == DZ_OK; i++)
            code = csv_byte(&c, v.p[i], err);
        skip = 0;
        if (code == DZ_OK)
            code = dz_buf_ok(&c.record, "one row of a table", err);
        if (code != DZ_OK)
            break;
    }
    bool open = c.quoted && !c.quote_seen;
    if (code == DZ_OK && c.record.n > 0)
        code = end_record(&c, err);
    dz_buf_done(&c.record);
    if (code == DZ_OK && open)
        code = dz_fail(err, DZ_E_CORRUPT, "a quoted cell has no end");
    return code;
}
