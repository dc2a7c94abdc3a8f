#include "dz_worker.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "dz_utf8.h"
#include "work_impl.h"

#define TEXT_SLICE ((size_t)8 << 10) /* repaired at a time; repair makes three bytes of one */
#define TEXT_FLUSH ((size_t)32 << 10)

_Static_assert(TEXT_FLUSH + 3 * TEXT_SLICE + 16 <= DZ_WIRE_PAYLOAD_MAX, "text fits into one frame");

static void
say(struct dz_work *w, enum dz_wire_type type, struct dz_view payload)
{
    dz_work_flush_text(w);
    w->emit(w, type, payload);
}

/* A pair as one frame; dz_wire_add_pair knows how long each half may be. */
static void
say_pair(struct dz_work *w, enum dz_wire_type type, struct dz_view a, struct dz_view b)
{
    DZ_AUTO_BUF struct dz_buf frame = DZ_BUF(DZ_WIRE_HEAD_BYTES + DZ_WIRE_PAYLOAD_MAX);
    dz_wire_add_pair(&frame, type, a, b);
    struct dz_view payload = dz_buf_view(&frame);
    payload.p += DZ_WIRE_HEAD_BYTES;
    payload.n -= DZ_WIRE_HEAD_BYTES;
    say(w, type, payload);
}

/* Words of a file, fit to stand in one line: well-formed, without controls, trimmed. Runs of white
 * space become one space where `squeeze` is set: titles are often broken over several lines. */
static void
one_line(struct dz_buf *out, struct dz_view value, size_t max_cp, bool squeeze)
{
    /* A value may be of any size; what is looked at is what could still fit. */
    size_t most = 4 * (max_cp + DZ_WIRE_VALUE_MAX);
    if (value.n > most)
        value.n = most;
    DZ_AUTO_BUF struct dz_buf good = DZ_BUF(3 * most + 16);
    (void)dz_utf8_repair(&good, value);
    DZ_AUTO_BUF struct dz_buf plain = DZ_BUF(3 * most + 16);
    bool space = false;
    struct dz_view v = dz_buf_view(&good);
    for (size_t pos = 0; pos < v.n;) {
        uint32_t cp = dz_utf8_next(v, &pos);
        if (dz_utf8_is_control(cp))
            cp = ' ';
        if (cp == ' ' && (squeeze ? space || plain.n == 0 : plain.n == 0))
            continue;
        space = cp == ' ';
        dz_utf8_put(&plain, cp);
    }
    dz_utf8_line(out, dz_view_trim(dz_buf_view(&plain)), max_cp);
}

void
dz_work_field(struct dz_work *w, const char *key, struct dz_view value)
{
    if (w->done || w->in_part)
        return;
    for (size_t i = 0; i < w->n_fields; i++) {
        if (strncmp(w->fields[i], key, DZ_WIRE_KEY_MAX) == 0)
            return;
    }
    DZ_AUTO_BUF struct dz_buf line = DZ_BUF(4 * WORK_FIELD_CP + 16);
    one_line(&line, value, WORK_FIELD_CP, true);
    if (line.n == 0 || w->n_fields == WORK_FIELDS_MAX)
        return;
    (void)snprintf(w->fields[w->n_fields++], sizeof w->fields[0], "%s", key);
    say_pair(w, DZ_WIRE_FIELD, dz_view_of(key), dz_buf_view(&line));
}

static void
add_meta(struct dz_work *w, enum dz_wire_type type, const char *key, struct dz_view value)
{
    DZ_AUTO_BUF struct dz_buf line = DZ_BUF((size_t)8 * DZ_WIRE_VALUE_MAX);
    one_line(&line, value, DZ_WIRE_VALUE_MAX, false);
    if (line.n == 0)
        return;
    /* A file may hold a million tags; their number is told at the end, not their content. */
    if (w->n_meta++ < WORK_META_MAX)
        say_pair(w, type, dz_view_of(key), dz_buf_view(&line));
}

void
dz_work_meta(struct dz_work *w, const char *key, struct dz_view value)
{
    if (!w->done && !w->in_part)
        add_meta(w, DZ_WIRE_META, key, value);
}

/* ---- text ---- */

/* How many bytes at the end of v are the beginning of a character that could still be completed
 * (Unicode 15, table 3-7). */
static size_t
unfinished(const char *p, size_t n)
{
    const unsigned char *s = (const unsigned char *)p;
    for (size_t k = 1; k <= 3 && k <= n; k++) {
        unsigned char c = s[n - k];
        if ((c & 0xC0) == 0x80)
            continue;
        size_t need = c >= 0xC2 && c <= 0xDF   ? 2
                      : (c & 0xF0) == 0xE0     ? 3
                      : c >= 0xF0 && c <= 0xF4 ? 4
                                               : 0;
        if (need <= k)
            return 0;
        unsigned char next = k > 1 ? s[n - k + 1] : 0;
        if (k > 1 && ((c == 0xE0 && next < 0xA0) || (c == 0xED && next > 0x9F) ||
                      (c == 0xF0 && next < 0x90) || (c == 0xF4 && next > 0x8F)))
            return 0;
        return k;
    }
    return 0;
}

void
dz_work_flush_text(struct dz_work *w)
{
    if (w->text.n == 0)
        return;
    w->emit(w, DZ_WIRE_TEXT, dz_buf_view(&w->text));
    dz_buf_reset(&w->text);
}

/* Take in bytes that end where a character ends, at most TEXT_SLICE of them. */
static void
take_slice(struct dz_work *w, struct dz_view v)
{
    size_t before = w->text.n;
    if (dz_utf8_valid_prefix(v) == v.n)
        dz_buf_addv(&w->text, v);
    else
        w->n_repaired += dz_utf8_repair(&w->text, v);
    struct dz_view added = {.p = w->text.p + before, .n = w->text.n - before};
    /* NUL is well-formed, and yet the end of the text for half of all programs. */
    if (memchr(added.p, '\0', added.n) != NULL) {
        DZ_AUTO_BUF struct dz_buf copy = DZ_BUF(3 * TEXT_SLICE);
        dz_buf_addv(&copy, added);
        dz_buf_cut(&w->text, before);
        for (size_t i = 0; i < copy.n; i++) {
            if (copy.p[i] != '\0') {
                dz_buf_addc(&w->text, copy.p[i]);
            } else {
                dz_utf8_put(&w->text, 0xFFFD);
                w->n_repaired++;
            }
        }
        added = (struct dz_view){.p = w->text.p + before, .n = w->text.n - before};
    }
    w->chars += dz_utf8_length(added);
    if (w->text.n >= TEXT_FLUSH)
        dz_work_flush_text(w);
}

/* The character that was begun will not be completed. */
static void
settle_carry(struct dz_work *w)
{
    struct dz_view begun = {.p = w->carry, .n = w->carry_n};
    if (w->carry_n > 0)
        take_slice(w, begun);
    w->carry_n = 0;
}

void
dz_work_text(struct dz_work *w, struct dz_view utf8)
{
    if (w->done || w->in_part)
        return;
    /* Complete what the last call began; a byte that does not belong to it stays for the rest. */
    while (w->carry_n > 0 && utf8.n > 0) {
        w->carry[w->carry_n] = utf8.p[0];
        size_t n = w->carry_n + 1;
        struct dz_view begun = {.p = w->carry, .n = n};
        if (dz_utf8_valid_prefix(begun) == n) {
            w->carry_n = 0;
            take_slice(w, begun);
        } else if (unfinished(w->carry, n) == n) {
            w->carry_n = n;
        } else {
            settle_carry(w);
            break;
        }
        utf8.p++;
        utf8.n--;
    }
    if (w->carry_n > 0 || utf8.n == 0)
        return;
    size_t rest = unfinished(utf8.p, utf8.n);
    memcpy(w->carry, utf8.p + utf8.n - rest, rest);
    utf8.n -= rest;
    while (utf8.n > 0) {
        struct dz_view slice = utf8;
        if (slice.n > TEXT_SLICE)
            slice.n = TEXT_SLICE - unfinished(slice.p, TEXT_SLICE);
        take_slice(w, slice);
        utf8.p += slice.n;
        utf8.n -= slice.n;
    }
    w->carry_n = rest;
}

void
dz_work_texts(struct dz_work *w, const char *utf8)
{
    dz_work_text(w, dz_view_of(utf8));
}

uint64_t
dz_work_chars(const struct dz_work *w)
{
    return w->chars;
}

void
dz_work_locator(struct dz_work *w, const char *kind, const char *label)
{
    if (w->done || w->in_part)
        return;
    settle_carry(w);
    DZ_AUTO_BUF struct dz_buf line = DZ_BUF(16 * DZ_WIRE_LABEL_MAX);
    one_line(&line, dz_view_of(label), DZ_WIRE_LABEL_MAX, true);
    say_pair(w, DZ_WIRE_LOCATOR, dz_view_of(kind), dz_buf_view(&line));
}

void
dz_work_locatorf(struct dz_work *w, const char *kind, const char *fmt, ...)
{
    char label[4 * DZ_WIRE_LABEL_MAX];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(label, sizeof label, fmt, args);
    va_end(args);
    dz_work_locator(w, kind, label);
}

void
dz_work_progress(struct dz_work *w, uint64_t done, uint64_t of)
{
    if (w->done)
        return;
    DZ_AUTO_BUF struct dz_buf payload = DZ_BUF(16);
    dz_buf_add_u64be(&payload, done);
    dz_buf_add_u64be(&payload, of);
    /* Not through say: it is about no place in the text. */
    w->emit(w, DZ_WIRE_PROGRESS, dz_buf_view(&payload));
}

/* ---- parts ---- */

void
dz_work_part_begin(struct dz_work *w, struct dz_view name, const char *media_type)
{
    if (w->done)
        return;
    dz_work_part_end(w);
    settle_carry(w);
    DZ_AUTO_BUF struct dz_buf line = DZ_BUF((size_t)8 * DZ_WIRE_VALUE_MAX);
    one_line(&line, name, DZ_WIRE_VALUE_MAX, false);
    say_pair(w, DZ_WIRE_PART, dz_buf_view(&line), dz_view_of(media_type));
    w->in_part = true;
}

void
dz_work_part_meta(struct dz_work *w, const char *key, struct dz_view value)
{
    if (!w->done && w->in_part)
        add_meta(w, DZ_WIRE_PART_META, key, value);
}

void
dz_work_part_data(struct dz_work *w, const void *p, size_t n)
{
    if (w->done || !w->in_part || !w->wants_parts)
        return;
    const char *bytes = p;
    while (n > 0) {
        size_t some = n < DZ_WIRE_PAYLOAD_MAX ? n : DZ_WIRE_PAYLOAD_MAX;
        say(w, DZ_WIRE_PART_DATA, (struct dz_view){.p = bytes, .n = some});
        bytes += some;
        n -= some;
    }
}

void
dz_work_part_end(struct dz_work *w)
{
    if (w->done || !w->in_part)
        return;
    say(w, DZ_WIRE_PART_END, (struct dz_view){.p = "", .n = 0});
    w->in_part = false;
}

/* ---- the end ---- */

static void
say_count(struct dz_work *w, const char *key, uint64_t n)
{
    char digits[24];
    (void)snprintf(digits, sizeof digits, "%llu", (unsigned long long)n);
    if (n > 0)
        say_pair(w, DZ_WIRE_META, dz_view_of(key), dz_view_of(digits));
}

void
dz_work_done(struct dz_work *w, const char *status, const char *why)
{
    if (w->done)
        return;
    dz_work_part_end(w);
    settle_carry(w);
    say_count(w, "text.repaired", w->n_repaired);
    say_count(w, "meta.left_out", w->n_meta > WORK_META_MAX ? w->n_meta - WORK_META_MAX : 0);
    say_pair(w, DZ_WIRE_DONE, dz_view_of(status), dz_view_of(why));
    w->done = true;
    w->end(w);
}

bool
dz_work_is_done(const struct dz_work *w)
{
    return w->done;
}
