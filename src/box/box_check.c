#include <string.h>

#include "box_impl.h"
#include "dz_utf8.h"

static enum dz_code
lie(struct dz_err *err, const char *what)
{
    return dz_fail(err, DZ_E_CORRUPT, "a reader sent %s, which no honest one does", what);
}

/* Well-formed words in one line, which may be shown and stored as they are. */
static bool
is_line(struct dz_view v, size_t max)
{
    if (v.n > max || dz_utf8_valid_prefix(v) != v.n)
        return false;
    for (size_t pos = 0; pos < v.n;) {
        if (dz_utf8_is_control(dz_utf8_next(v, &pos)))
            return false;
    }
    return true;
}

/* A short name out of our own set of characters. */
static bool
is_word(struct dz_view v, size_t min, size_t max, const char *more)
{
    if (v.n < min || v.n > max)
        return false;
    for (size_t i = 0; i < v.n; i++) {
        char c = v.p[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!plain && (c == '\0' || strchr(more, c) == NULL))
            return false;
    }
    return true;
}

static bool
is_good_pair(enum dz_wire_type type, struct dz_view payload)
{
    struct dz_view a;
    struct dz_view b;
    if (!dz_wire_pair(payload, &a, &b))
        return false;
    switch (type) {
    case DZ_WIRE_LOCATOR:
        return is_word(a, 1, DZ_WIRE_KEY_MAX, "_-") && is_line(b, DZ_WIRE_LABEL_MAX);
    case DZ_WIRE_PART:
        return is_line(a, DZ_WIRE_VALUE_MAX) && is_line(b, DZ_WIRE_LABEL_MAX);
    case DZ_WIRE_DONE: {
        static const char *const states[] = {"text", "empty", "unsupported", "damaged", "limit"};
        bool known = false;
        for (size_t i = 0; i < sizeof states / sizeof *states; i++)
            known = known || dz_view_is(a, states[i]);
        return known && is_word(b, 0, DZ_WIRE_KEY_MAX, "_");
    }
    default:
        return a.n > 0 && is_line(a, DZ_WIRE_KEY_MAX) && is_line(b, DZ_WIRE_VALUE_MAX);
    }
}

static enum dz_code
check_order(struct box_check *c, enum dz_wire_type type, struct dz_err *err)
{
    if (c->done)
        return lie(err, "something after its end");
    if (!c->greeted && type != DZ_WIRE_HELLO)
        return lie(err, "something before its greeting");
    if (c->greeted && type == DZ_WIRE_HELLO)
        return lie(err, "a second greeting");
    bool of_part =
        type == DZ_WIRE_PART_META || type == DZ_WIRE_PART_DATA || type == DZ_WIRE_PART_END;
    if (c->in_part != of_part && type != DZ_WIRE_PROGRESS)
        return lie(err, c->in_part ? "something else inside a part" : "a piece of no part");
    return DZ_OK;
}

enum dz_code
dz_box_check(struct box_check *c, enum dz_wire_type type, struct dz_view payload,
             struct dz_err *err)
{
    DZ_TRY(check_order(c, type, err));
    switch (type) {
    case DZ_WIRE_HELLO:
        if (payload.n < 1 || payload.p[0] != DZ_WIRE_VERSION ||
            !is_word((struct dz_view){.p = payload.p + 1, .n = payload.n - 1}, 1, DZ_WIRE_KEY_MAX,
                     "/._-"))
            return lie(err, "a greeting of another version");
        c->greeted = true;
        return DZ_OK;
    case DZ_WIRE_TEXT:
        if (dz_utf8_valid_prefix(payload) != payload.n ||
            (payload.n > 0 && memchr(payload.p, '\0', payload.n) != NULL))
            return lie(err, "text that is no text");
        return DZ_OK;
    case DZ_WIRE_PROGRESS:
        return payload.n == 16 ? DZ_OK : lie(err, "a progress without numbers");
    case DZ_WIRE_PART_DATA:
        return DZ_OK;
    case DZ_WIRE_PART_END:
        c->in_part = false;
        return payload.n == 0 ? DZ_OK : lie(err, "an end of a part with more behind it");
    case DZ_WIRE_EXIT:
        return lie(err, "what only the server may say");
    case DZ_WIRE_FIELD:
    case DZ_WIRE_META:
    case DZ_WIRE_LOCATOR:
    case DZ_WIRE_PART:
    case DZ_WIRE_PART_META:
    case DZ_WIRE_DONE:
        break;
    }
    if (!is_good_pair(type, payload))
        return lie(err, "a line that is none");
    c->in_part = c->in_part || type == DZ_WIRE_PART;
    c->done = type == DZ_WIRE_DONE;
    return DZ_OK;
}
