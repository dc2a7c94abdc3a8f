#include <string.h>

#include "dz_codec.h"
#include "dz_facts_priv.h"
#include "dz_hash.h"
#include "dz_mention.h"

/* Deriving a text version: what an extractor read becomes an object and an entry. */

#define HEAD_BYTES 8192      /* where a publication date is looked for */
#define ESTIMATE_BYTES 65536 /* where dates hint at it */
#define LANGUAGE_BYTES 65536 /* enough to tell languages apart */

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
    enum dz_text_lang lang = dz_text_guess(head_of(dz_buf_view(&x->text), LANGUAGE_BYTES));
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

static void
set_published(json_t *fields, const struct dz_rules *rules, const char *name,
              const struct dz_extracted *x)
{
    char guess[64];
    const char *date = x->published, *by = "meta";
    struct dz_view text = dz_buf_view(&x->text);
    if (!date && rules &&
        guess_published(rules, head_of(text, HEAD_BYTES), dz_guess_published, guess)) {
        date = guess;
        by = "head";
    } else if (!date && date_in_name(name, guess)) {
        date = guess;
        by = "name";
    } else if (!date && rules &&
               guess_published(rules, head_of(text, ESTIMATE_BYTES), dz_estimate_published,
                               guess)) {
        date = guess;
        by = "text";
    }
    if (date) {
        dz_json_set_str(fields, "published", date);
        dz_json_set_str(fields, "published_by", by);
    }
}

/* Store the text, or point at the original where the two are the same bytes. */
static enum dz_code
store_text(struct dz_batch *b, struct dz_view text, const struct dz_object_info *original,
           json_t *fields, char ret_new[DZ_HEX32], struct dz_err *err)
{
    uint8_t digest[DZ_SHA256_BYTES];
    char sha256[DZ_HEX32];
    struct dz_object_info info = *original;
    dz_sha256(text.p, text.n, digest);
    dz_hex_encode(digest, sizeof digest, sha256);
    ret_new[0] = '\0';
    if (strcmp(sha256, original->sha256) != 0) {
        DZ_TRY(dz_batch_object_begin(b, err));
        DZ_TRY(dz_batch_object_write(b, text.p, text.n, err));
        DZ_TRY(dz_batch_object_finish(b, &info, err));
        memcpy(ret_new, info.id, DZ_HEX32);
    }
    dz_json_set_str(fields, "object", info.id);
    dz_json_set_str(fields, "codec", info.codec);
    dz_json_set_str(fields, "sha256", sha256);
    dz_json_set_int(fields, "size", (int64_t)text.n);
    dz_json_set_int(fields, "chars", (int64_t)dz_utf8_length(text));
    return DZ_OK;
}

enum dz_code
dz_text_derive(struct dz_batch *b, const struct dz_rules *rules, const char *source,
               const char *name, const struct dz_extracted *x,
               const struct dz_object_info *original, struct dz_err *err)
{
    char object[DZ_HEX32] = "";
    DZ_AUTO_JSON json_t *fields = json_object();
    dz_json_set_str(fields, "source", source);
    dz_json_set_str(fields, "status", dz_extract_status_name(x->status));
    dz_json_set_str(fields, "why", x->why);
    dz_json_set_str(fields, "extractor", x->extractor);
    dz_json_set_str(fields, "media_type", x->media_type);
    dz_json_set_str(fields, "title", x->title);
    dz_json_set_str(fields, "author", x->author);
    dz_json_set_str(fields, "address", x->address);
    dz_json_set_str(fields, "site", x->site);
    if (x->n_repaired)
        dz_json_set_int(fields, "repaired", (int64_t)x->n_repaired);
    set_published(fields, rules, name, x);
    if (x->text.n > 0) {
        set_language(fields, x);
        DZ_TRY(store_text(b, dz_buf_view(&x->text), original, fields, object, err));
    }
    const char *brought[] = {object, NULL};
    return dz_batch_entry(b, "text.derived", fields, object[0] ? brought : NULL, NULL, err);
}
