#define _GNU_SOURCE /* memmem */
#include <string.h>

#include "dz_codec.h"
#include "dz_hash.h"
#include "dz_mention.h"
#include "dz_read_priv.h"

/* Deriving a text version: what an extractor read becomes an object and an entry. */

#define HEAD_BYTES 8192      /* where a publication date is looked for */
#define ESTIMATE_BYTES 65536 /* where dates hint at it */
#define LANGUAGE_BYTES 4096  /* enough to tell languages apart */
#define LANGUAGE_PIECES 4    /* of a longer text: menus and quotes stand at one end */

static struct dz_view
head_of(struct dz_view text, size_t max)
{
    if (text.n <= max)
        return text;
    text.n = max;
    /* Not inside a character. */
    while (text.n > 0 && ((unsigned char)text.p[text.n] & 0xc0) == 0x80)
        text.n--;
    return text;
}

/* Pieces from all over a long text, cut between words. */
static void
sample_of(struct dz_view text, struct dz_buf *out)
{
    size_t step = text.n / LANGUAGE_PIECES;
    if (text.n <= LANGUAGE_BYTES) {
        dz_buf_addv(out, text);
        return;
    }
    for (size_t i = 0; i < LANGUAGE_PIECES; i++) {
        struct dz_view piece = {text.p + i * step, step};
        const char *word = i > 0 ? memchr(piece.p, ' ', piece.n) : NULL;
        size_t skipped = word ? (size_t)(word - piece.p) : 0;
        piece = (struct dz_view){piece.p + skipped, piece.n - skipped};
        /* Without a blank it may begin inside a character. */
        while (piece.n > 0 && ((unsigned char)piece.p[0] & 0xc0) == 0x80)
            piece = (struct dz_view){piece.p + 1, piece.n - 1};
        dz_buf_addv(out, head_of(piece, LANGUAGE_BYTES / LANGUAGE_PIECES));
        dz_buf_adds(out, "\n\n");
    }
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Something that may be a year: four digits or more that begin with 19 or 20, or two after a mark
 * as in 5.7.22, 5/7/22 and '22. */
static bool
has_year(struct dz_view v)
{
    for (size_t i = 0; i < v.n; i++) {
        if (!is_digit(v.p[i]))
            continue;
        size_t from = i;
        while (i < v.n && is_digit(v.p[i]))
            i++;
        size_t n = i - from;
        const char *p = v.p + from;
        bool century = n >= 4 && ((p[0] == '1' && p[1] == '9') || (p[0] == '2' && p[1] == '0'));
        bool marked = n == 2 && from > 0 && p[-1] != ' ' && p[-1] != '\n';
        if (century || marked)
            return true;
    }
    return false;
}

/* The paragraphs that may name a year: only those say when a text was written. */
static void
dated_of(struct dz_view text, struct dz_buf *out)
{
    while (text.n > 0) {
        const char *end = memmem(text.p, text.n, "\n\n", 2);
        size_t n = end ? (size_t)(end - text.p) + 2 : text.n;
        if (has_year((struct dz_view){text.p, n}))
            dz_buf_add(out, text.p, n);
        text = (struct dz_view){text.p + n, text.n - n};
    }
}

/* The head of the text names a day, or the whole of it hints at a month. */
static bool
guess_published(const struct dz_rules *rules, struct dz_view text,
                bool (*guess)(const struct dz_rules *, struct dz_document *, char *), char ret[64])
{
    struct dz_document d = {0};
    if (dz_document_init(&d, text, NULL) != DZ_OK)
        return false;
    bool found = guess(rules, &d, ret);
    dz_document_done(&d);
    return found;
}

/* "2024-07-01-decree.txt" and "20240701_decree.txt": whole days only, and believable ones. */
static bool
date_in_name(const char *name, char ret[64])
{
    for (const char *p = name; *p; p++) {
        unsigned part[8];
        size_t n = 0;
        const char *q = p;
        if (p > name && p[-1] >= '0' && p[-1] <= '9')
            continue;
        while (n < 8 && ((*q >= '0' && *q <= '9') || (*q == '-' && (n == 4 || n == 6)))) {
            if (*q != '-')
                part[n++] = (unsigned)(*q - '0');
            q++;
        }
        if (n < 8 || (*q >= '0' && *q <= '9'))
            continue;
        unsigned year = part[0] * 1000 + part[1] * 100 + part[2] * 10 + part[3];
        unsigned month = part[4] * 10 + part[5], day = part[6] * 10 + part[7];
        if (year < 1990 || year > 2100 || month < 1 || month > 12 || day < 1 ||
            day > (unsigned)dz_days_in_month((int32_t)year, (int8_t)month))
            continue;
        DZ_AUTO_BUF struct dz_buf b = DZ_BUF(63);
        dz_buf_addf(&b, "%04u-%02u-%02u", year, month, day);
        memcpy(ret, b.p, b.n + 1);
        return true;
    }
    return false;
}

/* The words decide, the page's own claim where they do not. */
static void
set_language(json_t *fields, const struct dz_extracted *x)
{
    DZ_AUTO_BUF struct dz_buf sample = DZ_BUF(2 * LANGUAGE_BYTES);
    sample_of(dz_buf_view(&x->text), &sample);
    enum dz_text_lang lang = dz_text_guess(dz_buf_view(&sample));
    if (lang != DZ_TEXT_OTHER) {
        dz_json_set_str(fields, "language", dz_text_lang_code(lang));
        return;
    }
    if (!x->language)
        return;
    const char *dash = strchr(x->language, '-');
    dz_json_set_view(
        fields, "language",
        (struct dz_view){x->language, dash ? (size_t)(dash - x->language) : strlen(x->language)});
}

/* The dates in a table are its contents: none of them says when it was published. */
static bool
is_table(const struct dz_extracted *x)
{
    const char *type = x->media_type;
    return type && (strstr(type, "spreadsheet") || strcmp(type, "text/csv") == 0 ||
                    strcmp(type, "text/tab-separated-values") == 0);
}

static void
set_published(json_t *fields, const struct dz_rules *rules, const char *name,
              const struct dz_extracted *x)
{
    char guess[64];
    const char *date = x->published, *by = "meta";
    struct dz_view text = dz_buf_view(&x->text);
    DZ_AUTO_BUF struct dz_buf dated = DZ_BUF(ESTIMATE_BYTES);
    if (is_table(x))
        rules = NULL;
    if (!date && rules &&
        guess_published(rules, head_of(text, HEAD_BYTES), dz_guess_published, guess)) {
        date = guess;
        by = "head";
    } else if (!date && date_in_name(name, guess)) {
        date = guess;
        by = "name";
    } else if (!date && rules) {
        dated_of(head_of(text, ESTIMATE_BYTES), &dated);
        date = guess_published(rules, dz_buf_view(&dated), dz_estimate_published, guess) ? guess
                                                                                         : NULL;
        by = "text";
    }
    if (date) {
        dz_json_set_str(fields, "published", date);
        dz_json_set_str(fields, "published_by", by);
    }
}

/* ---- a text version ---- */

#define LARGE_BYTES (512u << 10) /* sealed in memory up to here; larger ones under the write lock */

void
dz_derived_done(struct dz_derived *d)
{
    json_decref(d->fields);
    dz_sealed_drop(d->text);
    dz_sealed_drop(d->locators);
    *d = (struct dz_derived){0};
}

static enum dz_code
seal(struct dz_sealer *sealer, struct dz_view bytes, struct dz_sealed **ret, bool *ret_large,
     struct dz_err *err)
{
    *ret_large = bytes.n > LARGE_BYTES;
    if (*ret_large)
        return DZ_OK;
    dz_sealer_begin(sealer);
    DZ_TRY(dz_sealer_write(sealer, bytes.p, bytes.n, err));
    return dz_sealer_finish(sealer, ret, err);
}

/* The hash of the text; where that is sealed in memory, the sealer has taken it already. */
static void
set_text_hash(const struct dz_derived *d, struct dz_view text, char ret[DZ_HEX32])
{
    uint8_t digest[DZ_SHA256_BYTES];
    if (d->text) {
        memcpy(ret, dz_sealed_info(d->text)->sha256, DZ_HEX32);
    } else {
        dz_sha256(text.p, text.n, digest);
        dz_hex_encode(digest, sizeof digest, ret);
    }
    dz_json_set_str(d->fields, "sha256", ret);
}

/* The text, unless it is the original byte for byte: then that is pointed at. */
static enum dz_code
derive_text(struct dz_sealer *sealer, struct dz_view text, const struct dz_object_info *original,
            struct dz_derived *d, struct dz_err *err)
{
    char sha256[DZ_HEX32];
    bool may_be_original = text.n == original->size_bytes;
    if (!may_be_original)
        DZ_TRY(seal(sealer, text, &d->text, &d->text_is_large, err));
    set_text_hash(d, text, sha256);
    dz_json_set_int(d->fields, "size", (int64_t)text.n);
    dz_json_set_int(d->fields, "chars", (int64_t)dz_utf8_length(text));
    if (!may_be_original)
        return DZ_OK;
    if (strcmp(sha256, original->sha256) != 0)
        return seal(sealer, text, &d->text, &d->text_is_large, err);
    dz_json_set_str(d->fields, "object", original->id);
    dz_json_set_str(d->fields, "codec", original->codec);
    return DZ_OK;
}

static enum dz_code
derive(struct dz_sealer *sealer, const struct dz_rules *rules, const char *source,
       const char *name, const struct dz_extracted *x, const struct dz_object_info *original,
       struct dz_derived *d, struct dz_err *err)
{
    json_t *fields = d->fields = json_object();
    dz_json_set_str(fields, "source", source);
    dz_json_set_str(fields, "status", dz_extract_status_name(x->status));
    dz_json_set_str(fields, "why", x->why);
    dz_json_set_str(fields, "extractor", x->extractor);
    dz_json_set_str(fields, "media_type", x->media_type);
    dz_json_set_str(fields, "title", x->title);
    dz_json_set_str(fields, "author", x->author);
    dz_json_set_str(fields, "address", x->address);
    dz_json_set_str(fields, "site", x->site);
    dz_json_set_str(fields, "encoding", x->encoding);
    dz_json_set_str(fields, "ocr", x->ocr);
    if (x->n_repaired)
        dz_json_set_int(fields, "repaired", (int64_t)x->n_repaired);
    if (x->n_parts)
        dz_json_set_int(fields, "parts", (int64_t)x->n_parts);
    if (json_object_size(x->meta))
        json_object_set(fields, "meta", x->meta);
    set_published(fields, rules, name, x);
    if (x->text.n == 0)
        return DZ_OK;
    set_language(fields, x);
    DZ_TRY(derive_text(sealer, dz_buf_view(&x->text), original, d, err));
    if (x->locators.n == 0)
        return DZ_OK;
    return seal(sealer, dz_buf_view(&x->locators), &d->locators, &d->locators_are_large, err);
}

enum dz_code
dz_derive(struct dz_sealer *sealer, const struct dz_rules *rules, const char *source,
          const char *name, const struct dz_extracted *x, const struct dz_object_info *original,
          struct dz_derived *ret, struct dz_err *err)
{
    struct dz_derived d = {0};
    enum dz_code code = derive(sealer, rules, source, name, x, original, &d, err);
    if (code == DZ_OK)
        *ret = d;
    else
        dz_derived_done(&d);
    return code;
}

/* Sealed already, or to be sealed now. *ret_id is empty when there is nothing. */
static enum dz_code
put_object(struct dz_batch *b, struct dz_sealed **sealed, bool is_large, const struct dz_buf *bytes,
           struct dz_object_info *ret, struct dz_err *err)
{
    struct dz_sealed *m = *sealed;
    *sealed = NULL;
    *ret = (struct dz_object_info){0};
    if (m)
        return dz_batch_take(b, m, ret, err);
    if (!is_large)
        return DZ_OK;
    DZ_TRY(dz_batch_object_begin(b, err));
    enum dz_code code = dz_batch_object_write(b, bytes->p, bytes->n, err);
    if (code == DZ_OK)
        return dz_batch_object_finish(b, ret, err);
    dz_batch_object_cancel(b);
    return code;
}

enum dz_code
dz_derived_put(struct dz_batch *b, struct dz_derived *d, const struct dz_extracted *x,
               struct dz_err *err)
{
    struct dz_object_info text, locators;
    DZ_TRY(put_object(b, &d->text, d->text_is_large, &x->text, &text, err));
    DZ_TRY(put_object(b, &d->locators, d->locators_are_large, &x->locators, &locators, err));
    const char *brought[3] = {NULL};
    size_t n = 0;
    if (text.id[0]) {
        dz_json_set_str(d->fields, "object", text.id);
        dz_json_set_str(d->fields, "codec", text.codec);
        brought[n++] = text.id;
    }
    if (locators.id[0]) {
        dz_json_set_str(d->fields, "locators", locators.id);
        dz_json_set_str(d->fields, "locators_codec", locators.codec);
        dz_json_set_str(d->fields, "locators_sha256", locators.sha256);
        brought[n++] = locators.id;
    }
    const char *object = dz_json_str(d->fields, "object");
    if (object && !d->text_is_large)
        dz_batch_keep(b, object, dz_buf_view(&x->text));
    return dz_put_entry(b, "text.derived", d->fields, n ? brought : NULL, err);
}
