#include "dz_json.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dz_mem.h"
#include "dz_tr.h"
#include "dz_utf8.h"

#define MAX_DEPTH 64
#define MAX_SAFE_INTEGER \
    INT64_C(9007199254740991) /* 2^53 - 1: every reader of JSON keeps it exact */

/* The library leaves out what it finds no memory for: a copied object would lack a field, and what
 * is signed, shown or exported would lack it with no word said. With memory of our own the process
 * ends there, as everywhere. */
__attribute__((constructor)) static void
take_own_memory(void)
{
    json_set_alloc_funcs(dz_alloc_room, dz_free);
}

/* What one call of the writer allows. */
struct writer {
    struct dz_buf *out;
    struct dz_err *err;
    bool canonical; /* no reals, no nulls, safe integers only */
};

static enum dz_code
put_value(const struct writer *w, const json_t *value, size_t depth);

/* RFC 8785, section 3.2.2.2: what has a short escape gets it, other controls \u00xx in lower
 * case, and everything else stands for itself. */
static enum dz_code
put_string(const struct writer *w, struct dz_view s)
{
    if (dz_utf8_valid_prefix(s) != s.n)
        return dz_fail(w->err, DZ_E_INPUT, "JSON: a string is not UTF-8");
    dz_buf_addc(w->out, '"');
    size_t from = 0;
    for (size_t i = 0; i < s.n; i++) {
        static const char short_form[] = "\"\"\\\\\bb\tt\nn\ff\rr"; /* pairs: character, letter */
        unsigned char c = (unsigned char)s.p[i];
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        dz_buf_add(w->out, s.p + from, i - from);
        from = i + 1;
        const char *pair = short_form;
        while (*pair != '\0' && (unsigned char)*pair != c)
            pair += 2;
        if (*pair != '\0')
            dz_buf_addf(w->out, "\\%c", pair[1]);
        else
            dz_buf_addf(w->out, "\\u%04x", c);
    }
    dz_buf_add(w->out, s.p + from, s.n - from);
    dz_buf_addc(w->out, '"');
    return DZ_OK;
}

static enum dz_code
put_integer(const struct writer *w, json_int_t v)
{
    if (w->canonical && (v > MAX_SAFE_INTEGER || v < -MAX_SAFE_INTEGER))
        return dz_fail(w->err, DZ_E_INPUT,
                       "JSON: an integer is beyond 2^53-1, which not every reader keeps exact");
    dz_buf_addf(w->out, "%" PRId64, (int64_t)v);
    return DZ_OK;
}

/* The shortest of the decimal forms that reads back as the same number. */
static enum dz_code
put_real(const struct writer *w, double v)
{
    if (w->canonical)
        return dz_fail(w->err, DZ_E_INPUT,
                       "JSON: a floating-point number, where decimals are written as strings");
    if (!isfinite(v))
        return dz_fail(w->err, DZ_E_INPUT, "JSON: a number that is not finite");
    char text[40];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, v);
        if (strtod(text, NULL) == v)
            break;
    }
    dz_buf_adds(w->out, text);
    if (strpbrk(text, ".e") == NULL)
        dz_buf_adds(w->out, ".0"); /* stays a real when it is read again */
    return DZ_OK;
}

static enum dz_code
put_array(const struct writer *w, const json_t *array, size_t depth)
{
    dz_buf_addc(w->out, '[');
    for (size_t i = 0; i < json_array_size(array); i++) {
        if (i > 0)
            dz_buf_addc(w->out, ',');
        enum dz_code code = put_value(w, json_array_get(array, i), depth);
        if (code != DZ_OK)
            return code;
    }
    dz_buf_addc(w->out, ']');
    return DZ_OK;
}

struct member {
    struct dz_view key;
    const json_t *value;
};

/* Order by UTF-16 code units (RFC 8785, section 3.2.3). It is the order of the code points,
 * except that characters beyond the basic plane, written with surrogates D800..DFFF, come before
 * E000..FFFF. */
static int
member_cmp(const void *pa, const void *pb)
{
    struct dz_view a = ((const struct member *)pa)->key;
    struct dz_view b = ((const struct member *)pb)->key;
    size_t i = 0;
    size_t j = 0;
    while (i < a.n && j < b.n) {
        uint32_t x = dz_utf8_next(a, &i);
        uint32_t y = dz_utf8_next(b, &j);
        if (x == y)
            continue;
        bool astral_x = x > 0xFFFF;
        bool astral_y = y > 0xFFFF;
        if (astral_x != astral_y && (x >= 0xE000 && y >= 0xE000))
            return astral_x ? -1 : 1;
        return x < y ? -1 : 1;
    }
    return (i < a.n) - (j < b.n);
}

static enum dz_code
put_object(const struct writer *w, const json_t *object, size_t depth)
{
    /* jansson iterates through pointers that are not const; nothing is written through them. */
    json_t *o = (json_t *)(uintptr_t)object;
    DZ_AUTO_FREE struct member *members = dz_alloc_array(json_object_size(o), sizeof *members);
    size_t n = 0;
    for (void *it = json_object_iter(o); it != NULL; it = json_object_iter_next(o, it)) {
        members[n].key.p = json_object_iter_key(it);
        members[n].key.n = json_object_iter_key_len(it);
        members[n].value = json_object_iter_value(it);
        n++;
    }
    if (n > 1)
        qsort(members, n, sizeof *members, member_cmp);
    dz_buf_addc(w->out, '{');
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            dz_buf_addc(w->out, ',');
        enum dz_code code = put_string(w, members[i].key);
        if (code != DZ_OK)
            return code;
        dz_buf_addc(w->out, ':');
        code = put_value(w, members[i].value, depth);
        if (code != DZ_OK)
            return code;
    }
    dz_buf_addc(w->out, '}');
    return DZ_OK;
}

/* depth counts the arrays and objects around value. */
static enum dz_code
put_value(const struct writer *w, const json_t *value, size_t depth)
{
    if (value == NULL)
        return dz_fail(w->err, DZ_E_INPUT, "JSON: a value is missing");
    json_type type = json_typeof(value);
    if ((type == JSON_OBJECT || type == JSON_ARRAY) && depth >= MAX_DEPTH)
        return dz_fail(w->err, DZ_E_INPUT, "JSON: nested deeper than %d levels", MAX_DEPTH);
    switch (type) {
    case JSON_OBJECT:
        return put_object(w, value, depth + 1);
    case JSON_ARRAY:
        return put_array(w, value, depth + 1);
    case JSON_STRING:
        return put_string(
            w, (struct dz_view){.p = json_string_value(value), .n = json_string_length(value)});
    case JSON_INTEGER:
        return put_integer(w, json_integer_value(value));
    case JSON_REAL:
        return put_real(w, json_real_value(value));
    case JSON_TRUE:
        dz_buf_adds(w->out, "true");
        return DZ_OK;
    case JSON_FALSE:
        dz_buf_adds(w->out, "false");
        return DZ_OK;
    case JSON_NULL:
        if (w->canonical)
            return dz_fail(w->err, DZ_E_INPUT, "JSON: a null, where what is absent is left out");
        dz_buf_adds(w->out, "null");
        return DZ_OK;
    }
    return dz_fail(w->err, DZ_E_INPUT, "JSON: a value of unknown type");
}

static enum dz_code
put(struct dz_buf *out, const json_t *value, bool canonical, struct dz_err *err)
{
    struct writer w = {.out = out, .err = err, .canonical = canonical};
    size_t before = out->n;
    enum dz_code code = put_value(&w, value, 0);
    if (code == DZ_OK)
        code = dz_buf_ok(out, "JSON", err);
    if (code != DZ_OK)
        dz_buf_cut(out, before);
    return code;
}

enum dz_code
dz_json_canonical(struct dz_buf *out, const json_t *value, struct dz_err *err)
{
    return put(out, value, true, err);
}

enum dz_code
dz_json_line(struct dz_buf *out, const json_t *value, struct dz_err *err)
{
    return put(out, value, false, err);
}

/* jansson's own words quote the text near the error, which may be evidence or a name: only the
 * kind of the error is taken from it. */
static const char *
reason(enum json_error_code code)
{
    switch (code) {
    case json_error_premature_end_of_input:
        return _("it ends too early");
    case json_error_end_of_input_expected:
        return _("something follows after its end");
    case json_error_invalid_utf8:
        return _("it is not UTF-8");
    case json_error_duplicate_key:
        return _("a key stands twice in one object");
    case json_error_numeric_overflow:
        return _("a number is too large");
    case json_error_stack_overflow:
        return _("it is nested too deeply");
    case json_error_null_character:
    case json_error_null_byte_in_key:
        return _("a string contains a NUL character");
    default:
        return _("it is not well-formed");
    }
}

enum dz_code
dz_json_parse(struct dz_view text, json_t **ret, struct dz_err *err)
{
    json_error_t problem;
    json_t *value = json_loadb(text.p != NULL ? text.p : "", text.n,
                               JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &problem);
    if (value != NULL) {
        *ret = value;
        return DZ_OK;
    }
    enum json_error_code code = json_error_code(&problem);
    if (code == json_error_out_of_memory)
        return dz_fail(err, DZ_E_MEMORY, "JSON: out of memory");
    return dz_fail(err, DZ_E_INPUT, "JSON, line %d, column %d: %s", problem.line, problem.column,
                   reason(code));
}

const char *
dz_json_str(const json_t *obj, const char *key)
{
    return json_string_value(json_object_get(obj, key));
}

int64_t
dz_json_int(const json_t *obj, const char *key, int64_t otherwise)
{
    const json_t *v = json_object_get(obj, key);
    return json_is_integer(v) ? json_integer_value(v) : otherwise;
}

bool
dz_json_bool(const json_t *obj, const char *key, bool otherwise)
{
    const json_t *v = json_object_get(obj, key);
    return json_is_boolean(v) ? json_is_true(v) : otherwise;
}

void
dz_json_set_str(json_t *obj, const char *key, const char *s)
{
    dz_json_set_view(obj, key, dz_view_of(s));
}

/* Setters give nothing back, so what cannot be stored must not vanish without a word. */
static void
set(json_t *obj, const char *key, json_t *value)
{
    if (value == NULL || json_object_set_new(obj, key, value) != 0)
        dz_panic(_("a JSON value could not be stored: out of memory"));
}

void
dz_json_set_view(json_t *obj, const char *key, struct dz_view v)
{
    if (v.n == 0)
        return;
    if (dz_utf8_valid_prefix(v) == v.n) {
        set(obj, key, json_stringn_nocheck(v.p, v.n));
        return;
    }
    DZ_AUTO_BUF struct dz_buf fixed = DZ_BUF(v.n * 3); /* a bad byte becomes three */
    dz_utf8_repair(&fixed, v);
    set(obj, key, json_stringn(fixed.p, fixed.n));
}

void
dz_json_set_int(json_t *obj, const char *key, int64_t v)
{
    set(obj, key, json_integer(v));
}
