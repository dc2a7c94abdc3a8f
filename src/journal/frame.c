#include <string.h>

#include "dz_codec.h"
#include "dz_os.h"
#include "log_impl.h"

#define WINDOW_STEP (256u << 10)
#define SECTOR 512u
#define HOLE_MIN 16u
#define HEADER_BYTES 8u
#define CRC_BYTES 4u

static const char frame_magic[4] = {'d', 'z', 'F', '1'};
static const char checkpoint_magic[4] = {'d', 'z', 'C', '1'};

enum dz_code
dz_window_peek(struct window *w, size_t n, struct dz_view *ret, struct dz_err *err)
{
    uint64_t left = w->end - w->pos;
    size_t want = left < n ? (size_t)left : n;
    bool held = w->pos >= w->bytes_pos && w->pos - w->bytes_pos <= w->bytes.n &&
                w->bytes.n - (size_t)(w->pos - w->bytes_pos) >= want;
    if (!held) {
        size_t step = w->step == 0 ? WINDOW_STEP : w->step;
        if (step < want)
            step = want;
        if (left < step)
            step = (size_t)left;
        /* The buffer is used as plain memory of at least step bytes. */
        if (w->bytes.cap < step) {
            dz_buf_done(&w->bytes);
            w->bytes = (struct dz_buf){.p = dz_alloc(step), .cap = step, .max = SIZE_MAX};
        }
        w->bytes.n = 0;
        enum dz_code code = dz_os_pread_all(w->fd, w->bytes.p, step, w->pos, err);
        if (code != DZ_OK)
            return code;
        w->bytes.n = step;
        w->bytes_pos = w->pos;
    }
    *ret = (struct dz_view){.p = w->bytes.p + (w->pos - w->bytes_pos), .n = want};
    return DZ_OK;
}

void
dz_window_done(struct window *w)
{
    dz_buf_done(&w->bytes);
}

bool
dz_has_hole(struct dz_view bytes, uint64_t offset)
{
    size_t run = 0;
    for (size_t i = 0; i < bytes.n; i++) {
        run = bytes.p[i] == 0 ? run + 1 : 0;
        bool at_border = i + 1 == bytes.n || (offset + i + 1) % SECTOR == 0;
        if (run >= HOLE_MIN && at_border)
            return true;
    }
    return false;
}

bool
dz_frame_parse(struct dz_view bytes, enum frame_check check, struct frame *ret)
{
    struct dz_reader r = dz_reader_of(bytes.p, bytes.n);
    const uint8_t *magic = dz_read_bytes(&r, sizeof frame_magic);
    if (magic == NULL || memcmp(magic, frame_magic, sizeof frame_magic) != 0)
        return false;
    uint32_t length = dz_read_u32be(&r);
    if (r.failed || length < FRAME_MIN - HEADER_BYTES - CRC_BYTES ||
        length > FRAME_MAX - HEADER_BYTES - CRC_BYTES ||
        bytes.n < HEADER_BYTES + length + CRC_BYTES)
        return false;
    struct frame made = {.n_bytes = HEADER_BYTES + length + CRC_BYTES};
    made.type = (char)dz_read_u8(&r);
    made.seq = dz_read_u64be(&r);
    made.leaf.n = dz_read_u32be(&r);
    made.leaf.p = (const char *)dz_read_bytes(&r, made.leaf.n);
    made.sealed.n = dz_read_u32be(&r);
    made.sealed.p = (const char *)dz_read_bytes(&r, made.sealed.n);
    bool fits = !r.failed && r.pos == HEADER_BYTES + length && made.leaf.n <= LEAF_RECORD_MAX &&
                made.leaf.n > 0 && made.sealed.n <= SEALED_BODY_MAX &&
                (made.type == 'E' ? made.sealed.n > 0 : made.type == 'e' && made.sealed.n == 0);
    if (!fits)
        return false;
    if (check == FRAME_STRICT && dz_read_u32be(&r) != dz_crc32c(0, bytes.p, HEADER_BYTES + length))
        return false;
    *ret = made;
    return true;
}

void
dz_frame_write(struct dz_buf *out, char type, uint64_t seq, struct dz_view leaf,
               struct dz_view sealed)
{
    size_t start = out->n;
    dz_buf_add(out, frame_magic, sizeof frame_magic);
    dz_buf_add_u32be(out, (uint32_t)(FRAME_MIN - HEADER_BYTES - CRC_BYTES + leaf.n + sealed.n));
    dz_buf_add_u8(out, (uint8_t)type);
    dz_buf_add_u64be(out, seq);
    dz_buf_add_u32be(out, (uint32_t)leaf.n);
    dz_buf_addv(out, leaf);
    dz_buf_add_u32be(out, (uint32_t)sealed.n);
    dz_buf_addv(out, sealed);
    if (!out->failed)
        dz_buf_add_u32be(out, dz_crc32c(0, out->p + start, out->n - start));
}

/* Whether the bytes up to the end of the file are the beginning of a piece that was never written
 * to its end: they begin as its magic does and end before its stated length. */
static bool
is_beginning(struct dz_view head, const char magic[4], uint64_t left, uint32_t max_length)
{
    size_t n_magic = head.n < 4 ? head.n : 4;
    if (memcmp(head.p, magic, n_magic) != 0)
        return false;
    if (head.n < HEADER_BYTES)
        return true;
    struct dz_reader r = dz_reader_of(head.p + 4, 4);
    uint32_t length = dz_read_u32be(&r);
    return length <= max_length && left < (uint64_t)HEADER_BYTES + length + CRC_BYTES;
}

/* Read one piece "magic | u32 length | length bytes | crc32c" as far as the file holds it. */
static enum dz_code
next_piece(struct window *w, const char magic[4], uint32_t max_length, struct dz_view *ret,
           enum piece_state *ret_state, struct dz_err *err)
{
    uint64_t left = w->end - w->pos;
    if (left == 0) {
        *ret_state = PIECE_END;
        return DZ_OK;
    }
    struct dz_view head;
    enum dz_code code = dz_window_peek(w, HEADER_BYTES, &head, err);
    if (code != DZ_OK)
        return code;
    if (is_beginning(head, magic, left, max_length)) {
        *ret_state = PIECE_TORN;
        return DZ_OK;
    }
    uint32_t length = 0;
    if (head.n == HEADER_BYTES && memcmp(head.p, magic, 4) == 0) {
        struct dz_reader r = dz_reader_of(head.p + 4, 4);
        length = dz_read_u32be(&r);
    }
    bool sized = length > 0 && length <= max_length;
    size_t need = sized ? HEADER_BYTES + (size_t)length + CRC_BYTES : 2 * SECTOR;
    code = dz_window_peek(w, need, ret, err);
    if (code != DZ_OK)
        return code;
    bool good = false;
    if (sized && ret->n == need) {
        struct dz_reader r = dz_reader_of(ret->p + need - CRC_BYTES, CRC_BYTES);
        good = dz_read_u32be(&r) == dz_crc32c(0, ret->p, need - CRC_BYTES);
    }
    *ret_state = good ? PIECE_WHOLE : dz_has_hole(*ret, w->pos) ? PIECE_TORN : PIECE_BAD;
    return DZ_OK;
}

enum dz_code
dz_frame_next(struct window *w, uint64_t seq, struct frame *ret, enum piece_state *ret_state,
              struct dz_err *err)
{
    struct dz_view bytes = {.n = 0};
    enum piece_state state = PIECE_END;
    enum dz_code code =
        next_piece(w, frame_magic, FRAME_MAX - HEADER_BYTES - CRC_BYTES, &bytes, &state, err);
    if (code != DZ_OK)
        return code;
    struct frame made = {.seq = 0};
    if (state == PIECE_WHOLE) {
        if (!dz_frame_parse(bytes, FRAME_STRICT, &made) || made.seq != seq) {
            state = PIECE_BAD;
        } else {
            made.offset = w->pos;
            w->pos += made.n_bytes;
            *ret = made;
        }
    }
    *ret_state = state;
    return DZ_OK;
}

enum dz_code
dz_checkpoint_next(struct window *w, struct dz_view *ret_note, enum piece_state *ret_state,
                   struct dz_err *err)
{
    struct dz_view bytes = {.n = 0};
    enum dz_code code = next_piece(w, checkpoint_magic, DZ_NOTE_MAX, &bytes, ret_state, err);
    if (code != DZ_OK || *ret_state != PIECE_WHOLE)
        return code;
    *ret_note = (struct dz_view){.p = bytes.p + HEADER_BYTES, .n = bytes.n - CHECKPOINT_OVERHEAD};
    w->pos += bytes.n;
    return DZ_OK;
}

void
dz_checkpoint_write(struct dz_buf *out, struct dz_view note)
{
    size_t start = out->n;
    dz_buf_add(out, checkpoint_magic, sizeof checkpoint_magic);
    dz_buf_add_u32be(out, (uint32_t)note.n);
    dz_buf_addv(out, note);
    if (!out->failed)
        dz_buf_add_u32be(out, dz_crc32c(0, out->p + start, out->n - start));
}

enum dz_code
dz_checkpoint_open(const struct dz_log_info *info, struct dz_view note, struct dz_checkpoint *ret,
                   struct dz_err *err)
{
    struct dz_view text;
    struct dz_checkpoint made;
    enum dz_code code = dz_note_open(note, &info->key, 1, &text, err);
    if (code == DZ_OK)
        code = dz_checkpoint_parse(text, &made, err);
    if (code == DZ_OK && strcmp(made.origin, info->key.name) != 0)
        code = dz_fail(err, DZ_E_CORRUPT, "the checkpoint is of another log: '%s'", made.origin);
    if (code != DZ_OK)
        return code;
    *ret = made;
    return DZ_OK;
}

/* Whether the bytes behind a header can be those of a note so far: it is text in lines, and the sum
 * behind it begins only where the header says that it ends. */
static bool
is_text_so_far(struct dz_view tail)
{
    struct dz_reader r = dz_reader_of(tail.p + 4, 4);
    size_t end = HEADER_BYTES + (size_t)dz_read_u32be(&r);
    if (end > tail.n)
        end = tail.n;
    for (size_t i = HEADER_BYTES; i < end; i++)
        if (((unsigned char)tail.p[i] < 0x20 && tail.p[i] != '\n') || tail.p[i] == 0x7f)
            return false;
    return true;
}

bool
dz_checkpoint_in_tail(struct window *w, const struct dz_log_info *info)
{
    struct dz_view tail;
    struct dz_checkpoint ignored;
    if (dz_window_peek(w, DZ_NOTE_MAX + CHECKPOINT_OVERHEAD, &tail, NULL) != DZ_OK ||
        tail.n <= CHECKPOINT_OVERHEAD)
        return false;
    /* One append is one record: what holds sums and headers further on was more than one. */
    if (!dz_has_hole(tail, w->pos) && !is_text_so_far(tail))
        return true;
    struct dz_view note = {.p = tail.p + HEADER_BYTES, .n = tail.n - CHECKPOINT_OVERHEAD};
    return dz_checkpoint_open(info, note, &ignored, NULL) == DZ_OK;
}

enum dz_code
dz_checkpoint_find_last(int fd, const struct dz_log_info *info, struct last_checkpoint *ret,
                        struct dz_err *err)
{
    struct dz_os_stat st;
    enum dz_code code = dz_os_fstat(fd, &st, err);
    if (code != DZ_OK)
        return code;
    /* Only one append can be unfinished, so the last whole record ends within one record of the end
     * of the file, and begins within two. It is looked for from the end: a log may hold a
     * million. */
    size_t span = 2 * (DZ_NOTE_MAX + CHECKPOINT_OVERHEAD);
    if (st.size_bytes < span)
        span = (size_t)st.size_bytes;
    uint64_t start = st.size_bytes - span;
    DZ_AUTO_FREE uint8_t *bytes = dz_alloc(span);
    if (span > 0)
        code = dz_os_pread_all(fd, bytes, span, start, err);
    if (code != DZ_OK)
        return code;

    ret->file_size = st.size_bytes;
    for (size_t at = span; at-- > 0;) {
        struct dz_reader r = dz_reader_of(bytes + at, span - at);
        const uint8_t *magic = dz_read_bytes(&r, 4);
        if (magic == NULL || memcmp(magic, checkpoint_magic, 4) != 0)
            continue;
        uint32_t length = dz_read_u32be(&r);
        const uint8_t *note = length <= DZ_NOTE_MAX ? dz_read_bytes(&r, length) : NULL;
        uint32_t crc = dz_read_u32be(&r);
        if (note == NULL || r.failed || crc != dz_crc32c(0, bytes + at, HEADER_BYTES + length))
            continue;
        struct dz_view view = {.p = (const char *)note, .n = length};
        code = dz_checkpoint_open(info, view, &ret->checkpoint, err);
        if (code != DZ_OK) {
            dz_while(err, "the last checkpoint at offset %llu", (unsigned long long)(start + at));
            if (err != NULL)
                err->code = DZ_E_CORRUPT;
            return DZ_E_CORRUPT;
        }
        ret->found = true;
        dz_buf_reset(&ret->note);
        dz_buf_addv(&ret->note, view);
        ret->end = start + at + CHECKPOINT_OVERHEAD + length;
        return DZ_OK;
    }
    if (span == 2 * (DZ_NOTE_MAX + CHECKPOINT_OVERHEAD))
        return dz_fail(err, DZ_E_CORRUPT, "the end of the checkpoints file is damaged");
    *ret = (struct last_checkpoint){.note = ret->note, .file_size = st.size_bytes};
    return DZ_OK;
}
