#include <string.h>

#include "dz_mail.h"
#include "dz_mem.h"

/* A mailbox is messages one after another, each behind a line "From address date". Lines of a
 * message
 * that begin so were quoted by ">"; the form that quotes ">From " once more (mboxrd) is undone,
 * which
 * in the others at most removes one sign. Messages are read one by one: memory is that of one. */

#define PIECE_BYTES 65536

struct box {
    struct dz_mail *m;
    struct dz_buf message;
    struct dz_buf line; /* begun and not ended yet */
    bool after_empty;   /* the line before was empty, or there was none */
    bool begun;
    bool too_large;
};

/* "From " with a time of day somewhere: words in a text that begins so have none. */
static bool
is_divider(struct dz_view line)
{
    if (!dz_view_starts(line, "From "))
        return false;
    for (size_t i = 5; i + 4 < line.n; i++) {
        const char *p = line.p + i;
        bool digits = p[0] >= '0' && p[0] <= '9' && p[1] >= '0' && p[1] <= '9' && p[2] == ':' &&
                      p[3] >= '0' && p[3] <= '9' && p[4] >= '0' && p[4] <= '9';
        if (digits)
            return true;
    }
    return false;
}

static void
end_message(struct box *b)
{
    b->m->n_damaged += b->m->damaged;
    b->m->damaged = false; /* only the end of the last one says that the box was cut off */
    if (b->begun && b->m->limit == NULL)
        dz_mail_read(b->m, dz_buf_view(&b->message));
    if (b->message.failed)
        b->too_large = true;
    dz_buf_reset(&b->message);
}

static void
take_line(struct box *b, struct dz_view line)
{
    bool first = !b->begun && dz_view_starts(line, "From ");
    if (first || (b->after_empty && is_divider(line))) {
        end_message(b);
        b->begun = true;
        b->after_empty = false;
        return;
    }
    b->after_empty = line.n == 1 || (line.n == 2 && line.p[0] == '\r');
    size_t quotes = 0;
    while (quotes < line.n && line.p[quotes] == '>')
        quotes++;
    struct dz_view rest = {.p = line.p + quotes, .n = line.n - quotes};
    if (quotes > 0 && dz_view_starts(rest, "From ")) {
        line.p++;
        line.n--;
    }
    dz_buf_addv(&b->message, line);
}

static void
take_bytes(struct box *b, struct dz_view v)
{
    while (v.n > 0) {
        const char *end = memchr(v.p, '\n', v.n);
        size_t n = end != NULL ? (size_t)(end + 1 - v.p) : v.n;
        struct dz_view line = {.p = v.p, .n = n};
        v.p += n;
        v.n -= n;
        if (end == NULL || b->line.n > 0) {
            dz_buf_addv(&b->line, line);
            if (end == NULL)
                return;
            line = dz_buf_view(&b->line);
        }
        take_line(b, line);
        dz_buf_reset(&b->line);
    }
}

void
dz_mbox_read(struct dz_mail *m, struct dz_view begin)
{
    struct box b = {.m = m,
                    .message = DZ_BUF(DZ_MAIL_BYTES_MAX),
                    .line = DZ_BUF(DZ_MAIL_BYTES_MAX),
                    .after_empty = true};
    take_bytes(&b, begin);
    DZ_AUTO_FREE char *piece = dz_alloc(PIECE_BYTES);
    size_t n = 1;
    while (n > 0 && m->limit == NULL) {
        if (dz_work_next(m->w, piece, PIECE_BYTES, &n, NULL) != DZ_OK) {
            m->damaged = true;
            break;
        }
        take_bytes(&b, (struct dz_view){.p = piece, .n = n});
    }
    if (b.line.n > 0)
        take_line(&b, dz_buf_view(&b.line));
    end_message(&b);
    if (b.too_large && m->limit == NULL)
        m->limit = "too_large";
    DZ_AUTO_FREE char *count = dz_asprintf("%llu", (unsigned long long)m->n_messages);
    dz_work_meta(m->w, "mail.messages", dz_view_of(count));
    dz_buf_done(&b.message);
    dz_buf_done(&b.line);
}
