#include <string.h>

#include "dz_codec.h"
#include "dz_extract_priv.h"
#include "dz_json.h"
#include "dz_locators.h"
#include "dz_mem.h"
#include "dz_utf8.h"

/* What a worker says, frame by frame. It has met hostile bytes and may be theirs by now: whatever
 * an
 * honest one would not say ends the reading. */

static enum dz_code
lie(struct dz_err *err)
{
    return dz_fail(err, DZ_E_CORRUPT, "an answer that cannot be right");
}

static bool
is_line(struct dz_view v)
{
    if (dz_utf8_valid_prefix(v) != v.n)
        return false;
    for (size_t pos = 0; pos < v.n;)
        if (dz_utf8_is_control(dz_utf8_next(v, &pos)))
            return false;
    return true;
}

/* Lower-case words parted by dots and underscores, so that keys need no quoting anywhere. */
static bool
is_key(struct dz_view v)
{
    for (size_t i = 0; i < v.n; i++) {
        unsigned char c = (unsigned char)v.p[i];
        if (c <= ' ' || c >= 0x7f || c == '"' || c == '\\')
            return false;
    }
    return v.n > 0 && v.n <= DZ_WIRE_KEY_MAX;
}

/* ---- about the document ---- */

static enum dz_code
hello(struct dz_hearing *r, struct dz_view payload, struct dz_err *err)
{
    if (r->greeted || payload.n < 2 || payload.p[0] != DZ_WIRE_VERSION)
        return lie(err);
    struct dz_view name = {payload.p + 1, payload.n - 1};
    if (!is_key(name) || name.n > 32)
        return lie(err);
    dz_free(r->x->extractor);
    r->x->extractor = dz_strndup(name.p, name.n);
    r->greeted = true;
    return DZ_OK;
}

static enum dz_code
field(struct dz_hearing *r, struct dz_view key, struct dz_view value)
{
    struct dz_extracted *x = r->x;
    const struct {
        const char *key;
        char **slot;
    } slots[] = {{"title", &x->title},       {"author", &x->author},   {"address", &x->address},
                 {"language", &x->language}, {"site", &x->site},       {"encoding", &x->encoding}};
    if (dz_view_is(key, "published") && !x->published)
        x->published = dz_published_edtf(value);
    for (size_t i = 0; i < sizeof slots / sizeof *slots; i++)
        if (dz_view_is(key, slots[i].key) && !*slots[i].slot && value.n)
            *slots[i].slot = dz_strndup(value.p, value.n);
    return DZ_OK;
}

/* A second value of a key makes a list. What is beyond the limit is left out, and that is said. */
static void
keep_meta(json_t *meta, size_t *bytes, struct dz_view key, struct dz_view value)
{
    DZ_AUTO_FREE char *name = dz_strndup(key.p, key.n);
    if (*bytes + key.n + value.n > DZ_EXTRACT_META_MAX) {
        dz_json_set_str(meta, "meta.cut", "yes");
        return;
    }
    *bytes += key.n + value.n + 16;
    json_t *old = json_object_get(meta, name);
    if (!old) {
        dz_json_set_view(meta, name, value);
        return;
    }
    json_t *more = json_stringn(value.p, value.n);
    if (json_is_array(old)) {
        json_array_append_new(old, more);
        return;
    }
    json_t *list = json_array();
    json_array_append(list, old);
    json_array_append_new(list, more);
    json_object_set_new(meta, name, list);
}

static enum dz_code
text(struct dz_hearing *r, struct dz_view payload, struct dz_err *err)
{
    if (dz_utf8_valid_prefix(payload) != payload.n || memchr(payload.p, '\0', payload.n))
        return lie(err);
    dz_buf_addv(&r->x->text, payload);
    if (!r->x->text.failed) {
        r->chars += dz_utf8_length(payload);
        return DZ_OK;
    }
    /* What came before the limit stays, and is said to be a beginning. */
    r->x->text.failed = false;
    r->x->why = "too_large";
    return dz_fail(err, DZ_E_LIMIT, "the text is too large");
}

static enum dz_code
locator(struct dz_hearing *r, struct dz_view kind, struct dz_view label, struct dz_err *err)
{
    static const char *const kinds[] = {"page",       "line",  "time",  "message",
                                        "sheet",      "cell",  "slide", "section",
                                        "confidence", "aside", "main"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (!dz_view_is(kind, kinds[i]))
            continue;
        dz_locators_add(&r->x->locators, r->chars, kind, label);
        return r->x->locators.failed ? lie(err) : DZ_OK;
    }
    return lie(err);
}

/* ---- files inside ---- */

/* A path inside a container as a name: without anything that leads elsewhere. */
static char *
clean_name(struct dz_view name)
{
    DZ_AUTO_BUF struct dz_buf out = DZ_BUF((size_t)2 * DZ_WIRE_VALUE_MAX);
    while (name.n) {
        const char *slash = memchr(name.p, '/', name.n);
        struct dz_view part = {name.p, slash ? (size_t)(slash - name.p) : name.n};
        size_t used = part.n + (slash ? 1 : 0);
        name = (struct dz_view){name.p + used, name.n - used};
        if (part.n == 0 || dz_view_is(part, ".") || dz_view_is(part, ".."))
            continue;
        if (out.n)
            dz_buf_addc(&out, '/');
        dz_buf_addv(&out, part);
    }
    return out.n ? dz_buf_take(&out) : dz_strdup("unnamed");
}

static struct dz_part
part_of(const struct dz_hearing *r)
{
    return (struct dz_part){dz_view_of(r->part_name), dz_view_of(r->part_type), r->part_meta};
}

static void
drop_part(struct dz_hearing *r)
{
    dz_free(r->part_name);
    dz_free(r->part_type);
    json_decref(r->part_meta);
    r->part_name = NULL;
    r->part_type = NULL;
    r->part_meta = NULL;
    r->part_meta_bytes = 0;
    r->in_part = false;
    r->part_open = false;
}

static enum dz_code
part_begin(struct dz_hearing *r, struct dz_view name, struct dz_view type, struct dz_err *err)
{
    if (r->in_part)
        return lie(err);
    r->in_part = true;
    r->part_name = clean_name(name);
    r->part_type = dz_strndup(type.p, type.n);
    r->part_meta = json_object();
    if (++r->x->n_parts <= DZ_EXTRACT_PARTS_MAX)
        return DZ_OK;
    r->x->why = "parts_limit";
    return dz_fail(err, DZ_E_LIMIT, "too many files inside");
}

/* The sink hears of a part when its first byte comes: what stands before it is known by then. */
static enum dz_code
open_part(struct dz_hearing *r, struct dz_err *err)
{
    if (r->part_open)
        return DZ_OK;
    struct dz_part part = part_of(r);
    DZ_TRY(r->sink->begin(r->sink->ctx, &part, err));
    r->part_open = true;
    return DZ_OK;
}

static enum dz_code
part_data(struct dz_hearing *r, struct dz_view payload, struct dz_err *err)
{
    if (!r->in_part || !r->sink)
        return lie(err);
    r->part_bytes += payload.n;
    if (r->part_bytes > r->part_bytes_max) {
        r->x->why = "bomb";
        return dz_fail(err, DZ_E_LIMIT, "the files inside are too large");
    }
    if (payload.n == 0)
        return DZ_OK;
    DZ_TRY(open_part(r, err));
    return r->sink->data(r->sink->ctx, payload.p, payload.n, err);
}

/* A file without a byte has nothing to preserve. */
static enum dz_code
part_end(struct dz_hearing *r, struct dz_err *err)
{
    if (!r->in_part)
        return lie(err);
    struct dz_part part = part_of(r);
    bool open = r->part_open;
    r->part_open = false;
    enum dz_code code = open ? r->sink->end(r->sink->ctx, &part, true, err) : DZ_OK;
    drop_part(r);
    return code;
}

/* ---- the end ---- */

static enum dz_code
done(struct dz_hearing *r, struct dz_view status, struct dz_view why, struct dz_err *err)
{
    if (r->in_part || !dz_extract_status_of(status, &r->x->status))
        return lie(err);
    r->x->why = dz_extract_why(why);
    r->done = true;
    return DZ_OK;
}

static enum dz_code
pair(struct dz_hearing *r, enum dz_wire_type type, struct dz_view a, struct dz_view b,
     struct dz_err *err)
{
    if (!is_line(a) || !is_line(b))
        return lie(err);
    switch (type) {
    case DZ_WIRE_FIELD:
        return is_key(a) ? field(r, a, b) : lie(err);
    case DZ_WIRE_META:
        if (!is_key(a))
            return lie(err);
        if (!r->x->meta)
            r->x->meta = json_object();
        keep_meta(r->x->meta, &r->meta_bytes, a, b);
        return DZ_OK;
    case DZ_WIRE_LOCATOR:
        return locator(r, a, b, err);
    case DZ_WIRE_PART:
        return part_begin(r, a, b, err);
    case DZ_WIRE_PART_META:
        if (!r->in_part || !is_key(a))
            return lie(err);
        keep_meta(r->part_meta, &r->part_meta_bytes, a, b);
        return DZ_OK;
    case DZ_WIRE_DONE:
        return done(r, a, b, err);
    default:
        return lie(err);
    }
}

enum dz_code
dz_hearing_frame(void *ctx, enum dz_wire_type type, struct dz_view payload, struct dz_err *err)
{
    struct dz_hearing *r = ctx;
    struct dz_view a, b;
    if (r->done || r->greeted == (type == DZ_WIRE_HELLO))
        return lie(err);
    switch (type) {
    case DZ_WIRE_HELLO:
        return hello(r, payload, err);
    case DZ_WIRE_TEXT:
        return r->in_part ? lie(err) : text(r, payload, err);
    case DZ_WIRE_PART_DATA:
        return part_data(r, payload, err);
    case DZ_WIRE_PART_END:
        return part_end(r, err);
    case DZ_WIRE_PROGRESS:
        return DZ_OK;
    default:
        return dz_wire_pair(payload, &a, &b) ? pair(r, type, a, b, err) : lie(err);
    }
}

void
dz_hearing_done(struct dz_hearing *r)
{
    struct dz_part part = part_of(r);
    if (r->part_open)
        (void)!r->sink->end(r->sink->ctx, &part, false, NULL);
    drop_part(r);
}
