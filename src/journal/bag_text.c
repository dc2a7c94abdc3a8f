#include <string.h>
#include <strings.h>
#include <unicode/ucnv_err.h>

#include "bag_read_impl.h"
#include "dz_mem.h"
#include "dz_os.h"
#include "dz_utf8.h"

#define RAW_BYTES 65536u
#define PIVOT_UNITS 16384u
#define TEXT_BYTES 65536u

/* Encodings without states or escapes: a byte means the same wherever it stands. Text in others
 * could show a reader one list of files and a program another. */
static const char *const encodings[] = {
    "UTF-8",        "US-ASCII",     "UTF-16",     "UTF-16BE",    "UTF-16LE",     "ISO-8859-1",
    "ISO-8859-2",   "ISO-8859-5",   "ISO-8859-9", "ISO-8859-15", "windows-1250", "windows-1251",
    "windows-1252", "windows-1254", "KOI8-R",     "KOI8-U",      "IBM866",
};

static const char *
known_name(const char *name)
{
    for (size_t i = 0; i < sizeof encodings / sizeof *encodings; i++)
        if (strcasecmp(encodings[i], name) == 0)
            return encodings[i];
    return NULL;
}

bool
dz_bag_encoding_known(const char *name)
{
    return known_name(name) != NULL;
}

enum dz_code
dz_bag_text_open(struct bag_text *t, int fd, const char *encoding, struct dz_err *err)
{
    *t = (struct bag_text){.fd = fd, .line = DZ_BUF(DZ_BAG_LINE_MAX)};
    const char *name = known_name(encoding);
    if (name == NULL)
        return dz_fail(err, DZ_E_INPUT, "the encoding '%s' is not known", encoding);
    t->raw = dz_alloc(RAW_BYTES);
    t->text = t->raw;
    if (strcmp(name, "UTF-8") == 0)
        return DZ_OK;
    UErrorCode status = U_ZERO_ERROR;
    t->from = ucnv_open(name, &status);
    t->to = ucnv_open("UTF-8", &status);
    if (U_SUCCESS(status))
        ucnv_setToUCallBack(t->from, UCNV_TO_U_CALLBACK_STOP, NULL, NULL, NULL, &status);
    if (U_FAILURE(status))
        return dz_fail(err, DZ_E_INPUT, "the encoding '%s' cannot be read here", encoding);
    t->pivot = dz_alloc_array(PIVOT_UNITS, sizeof *t->pivot);
    t->pivot_from = t->pivot;
    t->pivot_to = t->pivot;
    t->text = dz_alloc(TEXT_BYTES);
    return DZ_OK;
}

void
dz_bag_text_done(struct bag_text *t)
{
    ucnv_close(t->from);
    ucnv_close(t->to);
    dz_free(t->pivot);
    if (t->text != t->raw)
        dz_free(t->text);
    dz_free(t->raw);
    dz_buf_done(&t->line);
    dz_os_close_quiet(&t->fd);
    *t = (struct bag_text){.fd = -1};
}

static enum dz_code
read_raw(struct bag_text *t, struct dz_err *err)
{
    if (t->at_end || t->pos_raw < t->n_raw)
        return DZ_OK;
    size_t n = 0;
    DZ_TRY(dz_os_read(t->fd, t->raw, RAW_BYTES, &n, err));
    t->bytes += n;
    if (t->bytes > DZ_BAG_TAG_MAX)
        return dz_fail(err, DZ_E_LIMIT, "it is longer than the %u bytes that are read",
                       DZ_BAG_TAG_MAX);
    t->at_end = n == 0;
    t->n_raw = n;
    t->pos_raw = 0;
    return DZ_OK;
}

/* More text; nothing more is left when it gives none. */
static enum dz_code
refill(struct bag_text *t, struct dz_err *err)
{
    t->pos_text = 0;
    t->n_text = 0;
    if (t->from == NULL) {
        DZ_TRY(read_raw(t, err));
        t->n_text = t->n_raw;
        t->pos_raw = t->n_raw;
        return DZ_OK;
    }
    while (t->n_text == 0 && !t->flushed) {
        DZ_TRY(read_raw(t, err));
        UErrorCode status = U_ZERO_ERROR;
        char *target = t->text;
        const char *source = t->raw + t->pos_raw;
        ucnv_convertEx(t->to, t->from, &target, t->text + TEXT_BYTES, &source, t->raw + t->n_raw,
                       t->pivot, &t->pivot_from, &t->pivot_to, t->pivot + PIVOT_UNITS, false,
                       t->at_end, &status);
        t->pos_raw = (size_t)(source - t->raw);
        t->n_text = (size_t)(target - t->text);
        if (status == U_BUFFER_OVERFLOW_ERROR)
            continue;
        if (U_FAILURE(status))
            return dz_fail(err, DZ_E_INPUT, "it holds bytes that are not of its encoding");
        t->flushed = t->at_end;
    }
    return DZ_OK;
}

static enum dz_code
check_line(struct bag_text *t, struct dz_view *line, struct dz_err *err)
{
    if (!t->started && dz_view_starts(*line, "\xef\xbb\xbf")) {
        line->p += 3;
        line->n -= 3;
        if (t->from == NULL)
            t->marks |= BAG_TEXT_BOM;
    }
    t->started = true;
    if (memchr(line->p, 0, line->n) != NULL)
        return dz_fail(err, DZ_E_INPUT, "it holds a zero byte");
    if (dz_utf8_check(*line, NULL) != DZ_OK)
        return dz_fail(err, DZ_E_INPUT, "it holds bytes that are not of its encoding");
    return DZ_OK;
}

/* Moves what stands before the next line end to the line; *ret_done when there was an end. */
static void
take_part(struct bag_text *t, bool *ret_done)
{
    const char *p = t->text + t->pos_text;
    size_t n = t->n_text - t->pos_text;
    if (t->after_cr && *p == '\n') {
        p++;
        n--;
        t->pos_text++;
    }
    t->after_cr = false;
    size_t i = 0;
    while (i < n && p[i] != '\n' && p[i] != '\r')
        i++;
    dz_buf_add(&t->line, p, i);
    t->pos_text += i;
    *ret_done = i < n;
    if (*ret_done) {
        t->after_cr = p[i] == '\r';
        t->pos_text++;
    }
}

enum dz_code
dz_bag_text_line(struct bag_text *t, struct dz_view *ret, bool *ret_end, struct dz_err *err)
{
    dz_buf_reset(&t->line);
    t->line_number++;
    bool done = false;
    while (!done) {
        if (t->pos_text == t->n_text) {
            DZ_TRY(refill(t, err));
            if (t->n_text == 0)
                break;
        }
        take_part(t, &done);
        if (t->line.failed)
            return dz_fail(err, DZ_E_LIMIT, "the line is longer than the %u bytes that are read",
                           DZ_BAG_LINE_MAX);
    }
    if (!done && t->line.n == 0) {
        *ret_end = true;
        return DZ_OK;
    }
    if (!done)
        t->marks |= BAG_TEXT_OPEN_END;
    struct dz_view line = dz_buf_view(&t->line);
    DZ_TRY(check_line(t, &line, err));
    *ret = line;
    *ret_end = false;
    return DZ_OK;
}
