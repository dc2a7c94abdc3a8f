#include <string.h>

#include "dz_codec.h"
#include "dz_hash.h"
#include "dz_read_priv.h"

/* Reading a source again: when it is worth it, and what of the result is new. */

/* The extractors of this dokaz, as they name themselves in text.derived. A test compares this list
 * with the programs. */
static const char *const extractors[] = {
    "archive/1", "chat/1", "html/3", "mail/2", "media/1", "ocr/1",
    "office/3",  "pdf/1",  "rtf/2",  "text/2", "web/1",
};

static bool
is_of_now(const char *extractor)
{
    const char *slash = strchr(extractor, '/');
    size_t n = slash ? (size_t)(slash - extractor) + 1 : strlen(extractor);
    DZ_AUTO_FREE char *family = dz_strndup(extractor, n);
    for (size_t i = 0; i < sizeof extractors / sizeof *extractors; i++)
        if (dz_view_starts(dz_view_of(extractors[i]), family))
            return strcmp(extractors[i], extractor) == 0;
    /* An extractor that is gone ("none" among them): another one reads such files now, or none. */
    return strncmp(extractor, "none/", 5) == 0;
}

bool
dz_source_is_outdated(const struct dz_source_row *row, const char *ocr)
{
    static const char *const done[] = {"text", "repaired", "empty"};
    const char *status = row->text_status;
    if (!status || !row->extractor || !is_of_now(row->extractor))
        return true;
    /* Words in pictures were read with other languages than they would be now. */
    const char *before = dz_json_str(json_object_get(row->body, "text"), "ocr");
    if (ocr && before && strcmp(ocr, before) != 0)
        return true;
    for (size_t i = 0; i < sizeof done / sizeof *done; i++)
        if (strcmp(done[i], status) == 0)
            return false;
    return ocr || strcmp(status, "picture") != 0;
}

/* ---- what is new ---- */

/* Everything that an entry says, but not by what it was read and where it is stored. */
static json_t *
said(const json_t *fields)
{
    static const char *const apart[] = {
        "source", "extractor", "object", "codec", "locators", "locators_codec",
        "time",   "member",    "log",    "seq",   "clock",    "kind",
        "n",      "compartment"};
    json_t *copy = json_deep_copy(fields);
    for (size_t i = 0; i < sizeof apart / sizeof *apart; i++)
        json_object_del(copy, apart[i]);
    return copy;
}

static bool
same_field(const json_t *a, const json_t *b, const char *key)
{
    const char *x = dz_json_str(a, key), *y = dz_json_str(b, key);
    return x && y && strcmp(x, y) == 0;
}

/* The stored object has these bytes already. */
static void
use_stored(struct dz_derived *d, const json_t *old, const char *object, const char *codec,
           struct dz_sealed **sealed, bool *is_large)
{
    if (json_object_get(d->fields, object))
        return;
    dz_sealed_drop(*sealed);
    *sealed = NULL;
    *is_large = false;
    dz_json_set_str(d->fields, object, dz_json_str(old, object));
    dz_json_set_str(d->fields, codec, dz_json_str(old, codec));
}

static void
set_locators_hash(struct dz_read_job *j)
{
    uint8_t digest[DZ_SHA256_BYTES];
    char sha256[DZ_HEX32];
    if (j->x.text.n == 0 || j->x.locators.n == 0)
        return;
    dz_sha256(j->x.locators.p, j->x.locators.n, digest);
    dz_hex_encode(digest, sizeof digest, sha256);
    dz_json_set_str(j->derived.fields, "locators_sha256", sha256);
}

enum dz_code
dz_read_compare(struct dz_vault *v, struct dz_read_job *j, enum dz_add_again *ret,
                struct dz_err *err)
{
    DZ_AUTO_SOURCE struct dz_source s = {0};
    DZ_TRY(dz_source_get(v, j->id, &s, err));
    const json_t *old = json_object_get(s.row.body, "text");
    json_t *fields = j->derived.fields;
    *ret = DZ_AGAIN_NEW;
    if (!old)
        return DZ_OK;
    if (j->x.text.n == 0 && s.row.text_sha256) {
        *ret = DZ_AGAIN_KEPT;
        return DZ_OK;
    }
    set_locators_hash(j);
    DZ_AUTO_JSON json_t *before = said(old);
    DZ_AUTO_JSON json_t *now = said(fields);
    if (json_equal(before, now))
        *ret = DZ_AGAIN_SAME;
    if (same_field(old, fields, "sha256"))
        use_stored(&j->derived, old, "object", "codec", &j->derived.text,
                   &j->derived.text_is_large);
    if (same_field(old, fields, "locators_sha256"))
        use_stored(&j->derived, old, "locators", "locators_codec", &j->derived.locators,
                   &j->derived.locators_are_large);
    return DZ_OK;
}
