#include "dz_decode.h"

#include <string.h>
#include <unicode/ucnv_err.h>

#include "decode_impl.h"
#include "dz_decode_stream.h"
#include "dz_tr.h"
#include "dz_utf8.h"

/* Streams and whole texts go the same way: a sample decides, then ICU converts piece by piece,
 * through a pivot of UTF-16. UTF-8 is only checked, and repaired where a character is
 * ill-formed. */

#define PIVOT_UNITS 4096
#define PIECE ((size_t)16 << 10)

struct dz_decoder {
    char *declared;
    struct decode_choice choice;
    bool chosen;
    bool inside;          /* the sample does not begin where the text begins */
    struct dz_buf sample; /* from the first byte that is not ASCII, until the choice */
    size_t n_repaired;

    char carry[4]; /* UTF-8: a character whose end has not come yet */
    size_t carry_n;

    UConverter *from; /* NULL for UTF-8 */
    UConverter *to;
    UChar pivot[PIVOT_UNITS];
    UChar *pivot_source;
    UChar *pivot_target;
};

struct dz_decoder *
dz_decoder_new(const char *declared)
{
    struct dz_decoder *d = dz_alloc(sizeof *d);
    d->declared = declared ? dz_strdup(declared) : NULL;
    d->sample.max = 2 * DZ_DECODE_SAMPLE + PIECE;
    d->pivot_source = d->pivot;
    d->pivot_target = d->pivot;
    return d;
}

void
dz_decoder_free(struct dz_decoder *d)
{
    if (!d)
        return;
    ucnv_close(d->from);
    ucnv_close(d->to);
    dz_buf_done(&d->sample);
    dz_free(d->declared);
    dz_free(d);
}

/* ---- UTF-8 ---- */

/* How many bytes at the end begin a character that is not whole. */
static size_t
unfinished(struct dz_view v)
{
    for (size_t k = 1; k <= 3 && k <= v.n; k++) {
        unsigned char c = (unsigned char)v.p[v.n - k];
        if ((c & 0xC0) == 0x80)
            continue;
        size_t need = c >= 0xC2 && c <= 0xDF ? 2
                      : (c & 0xF0) == 0xE0   ? 3
                      : (c & 0xF8) == 0xF0   ? 4
                                             : 0;
        return need > k ? k : 0;
    }
    return 0;
}

static void
put_utf8(struct dz_decoder *d, struct dz_view v, struct dz_buf *out)
{
    if (dz_utf8_valid_prefix(v) == v.n)
        dz_buf_addv(out, v);
    else
        d->n_repaired += dz_utf8_repair(out, v);
}

static void
feed_utf8(struct dz_decoder *d, struct dz_view bytes, bool last, struct dz_buf *out)
{
    DZ_AUTO_BUF struct dz_buf joined = DZ_BUF(bytes.n + sizeof d->carry);
    if (d->carry_n > 0) {
        dz_buf_add(&joined, d->carry, d->carry_n);
        dz_buf_addv(&joined, bytes);
        bytes = dz_buf_view(&joined);
    }
    d->carry_n = last ? 0 : unfinished(bytes);
    bytes.n -= d->carry_n;
    if (d->carry_n > 0)
        memcpy(d->carry, bytes.p + bytes.n, d->carry_n);
    put_utf8(d, bytes, out);
}

/* ---- others ---- */

/* Counts what has no meaning in the encoding and puts U+FFFD there. */
static void U_CALLCONV
count_broken(const void *context, UConverterToUnicodeArgs *args, const char *code_units,
             int32_t length, UConverterCallbackReason reason, UErrorCode *e)
{
    if (reason <= UCNV_IRREGULAR) {
        size_t *n;
        memcpy(&n, &context, sizeof n);
        (*n)++;
    }
    UCNV_TO_U_CALLBACK_SUBSTITUTE(NULL, args, code_units, length, reason, e);
}

static enum dz_code
open_converters(struct dz_decoder *d, struct dz_err *err)
{
    if (strcmp(d->choice.name, "utf-8") == 0)
        return DZ_OK;
    d->from = dz_decode_open(d->choice.name);
    d->to = dz_decode_open("utf-8");
    UErrorCode e = U_ZERO_ERROR;
    if (d->from)
        ucnv_setToUCallBack(d->from, count_broken, &d->n_repaired, NULL, NULL, &e);
    if (!d->from || !d->to || U_FAILURE(e))
        return dz_fail(err, DZ_E_INPUT, "the encoding %s cannot be read here", d->choice.name);
    return DZ_OK;
}

static void
feed_converter(struct dz_decoder *d, struct dz_view bytes, bool last, struct dz_buf *out)
{
    const char *source = bytes.p;
    UErrorCode e;
    do {
        char piece[PIECE];
        char *target = piece;
        e = U_ZERO_ERROR;
        ucnv_convertEx(d->to, d->from, &target, piece + sizeof piece, &source, bytes.p + bytes.n,
                       d->pivot, &d->pivot_source, &d->pivot_target, d->pivot + PIVOT_UNITS, false,
                       last, &e);
        dz_buf_add(out, piece, (size_t)(target - piece));
    } while (e == U_BUFFER_OVERFLOW_ERROR && !out->failed);
}

static enum dz_code
feed_chosen(struct dz_decoder *d, struct dz_view bytes, bool last, struct dz_buf *out,
            struct dz_err *err)
{
    if (d->from)
        feed_converter(d, bytes, last, out);
    else
        feed_utf8(d, bytes, last, out);
    return dz_buf_ok(out, "text", err);
}

/* ---- choosing ---- */

static enum dz_code
choose(struct dz_decoder *d, bool whole, struct dz_buf *out, struct dz_err *err)
{
    struct dz_view sample = dz_buf_view(&d->sample);
    struct dz_view looked = sample;
    if (looked.n > DZ_DECODE_SAMPLE) {
        looked.n = DZ_DECODE_SAMPLE;
        whole = false;
    }
    d->chosen = true;
    if (looked.n == 0)
        memcpy(d->choice.name, "utf-8", sizeof "utf-8");
    else if (!dz_decode_choose(looked, !d->inside, whole, d->declared, &d->choice))
        return dz_fail(err, DZ_E_INPUT, "not text in any known encoding: the bytes are binary");
    DZ_TRY(open_converters(d, err));
    size_t mark = d->choice.mark;
    DZ_TRY(feed_chosen(d, (struct dz_view){sample.p + mark, sample.n - mark}, false, out, err));
    dz_buf_done(&d->sample);
    return DZ_OK;
}

/* Bytes that mean the same in every encoding that is ever guessed. */
static size_t
plain_prefix(struct dz_view v)
{
    size_t n = 0;
    while (n < v.n) {
        unsigned char c = (unsigned char)v.p[n];
        if (c >= 0x7F || (c < 0x20 && c != '\t' && c != '\n' && c != '\r'))
            break;
        n++;
    }
    return n;
}

enum dz_code
dz_decoder_feed(struct dz_decoder *d, struct dz_view bytes, struct dz_buf *utf8, struct dz_err *err)
{
    while (bytes.n > 0 && !d->chosen) {
        /* UTF-16 also looks plain for its first byte: the first bytes always wait for a sample that
         * is worth looking at. */
        if (d->sample.n == 0 && d->inside && !d->declared) {
            size_t plain = plain_prefix(bytes);
            dz_buf_add(utf8, bytes.p, plain);
            bytes = (struct dz_view){bytes.p + plain, bytes.n - plain};
        }
        size_t room = DZ_DECODE_SAMPLE + 8 - d->sample.n;
        size_t n = bytes.n < room ? bytes.n : room;
        dz_buf_add(&d->sample, bytes.p, n);
        bytes = (struct dz_view){bytes.p + n, bytes.n - n};
        if (d->sample.n < DZ_DECODE_SAMPLE + 8)
            break;
        if (!d->inside && !d->declared && plain_prefix(dz_buf_view(&d->sample)) == d->sample.n) {
            dz_buf_addv(utf8, dz_buf_view(&d->sample));
            dz_buf_reset(&d->sample);
            d->inside = true;
            continue;
        }
        DZ_TRY(choose(d, false, utf8, err));
    }
    if (bytes.n > 0)
        return feed_chosen(d, bytes, false, utf8, err);
    return dz_buf_ok(utf8, "text", err);
}

enum dz_code
dz_decoder_finish(struct dz_decoder *d, struct dz_buf *utf8, struct dz_decoded *ret,
                  struct dz_err *err)
{
    if (!d->chosen)
        DZ_TRY(choose(d, true, utf8, err));
    DZ_TRY(feed_chosen(d, (struct dz_view){"", 0}, true, utf8, err));
    *ret = (struct dz_decoded){.guessed = d->choice.guessed, .n_repaired = d->n_repaired};
    memcpy(ret->encoding, d->choice.name, sizeof ret->encoding);
    return DZ_OK;
}

enum dz_code
dz_decode(struct dz_view bytes, const char *declared, struct dz_buf *utf8, struct dz_decoded *ret,
          struct dz_err *err)
{
    size_t before = utf8->n;
    DZ_AUTO_DECODER struct dz_decoder *d = dz_decoder_new(declared);
    enum dz_code code = dz_decoder_feed(d, bytes, utf8, err);
    if (code == DZ_OK)
        code = dz_decoder_finish(d, utf8, ret, err);
    if (code != DZ_OK && !utf8->failed)
        dz_buf_cut(utf8, before);
    return code;
}
