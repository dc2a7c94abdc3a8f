/* Lists of any length are read an element at a time: what a hostile index could make grow is one
 * element, and that is bounded. The values themselves are parsed and checked by base/json.c; here
 * is
 * only found where one ends. */
#include <string.h>

#include "dz_mem.h"
#include "dz_os.h"
#include "package_read_impl.h"

#define CHUNK_BYTES 65536u
#define KEYS_MAX 64u

struct input {
    int fd;
    char *chunk;
    size_t n;
    size_t pos;
    bool at_end;
    bool canonical;
    struct dz_buf value; /* bytes of the value being read */
    char keys[KEYS_MAX][64];
    size_t n_keys;
    package_json_fn *fn;
    void *ctx;
};

/* The next byte without taking it, or -1 at the end. */
static enum dz_code
peek(struct input *in, int *ret, struct dz_err *err)
{
    if (in->pos == in->n && !in->at_end) {
        in->pos = 0;
        in->n = 0;
        DZ_TRY(dz_os_read(in->fd, in->chunk, CHUNK_BYTES, &in->n, err));
        in->at_end = in->n == 0;
    }
    *ret = in->pos < in->n ? (unsigned char)in->chunk[in->pos] : -1;
    return DZ_OK;
}

static enum dz_code
not_json(struct dz_err *err)
{
    return dz_fail(err, DZ_E_INPUT, "it is not the JSON object that is expected");
}

static bool
is_white(int c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The next byte that is no white space, without taking it; canonical JSON has none. */
static enum dz_code
peek_sign(struct input *in, int *ret, struct dz_err *err)
{
    DZ_TRY(peek(in, ret, err));
    while (!in->canonical && is_white(*ret)) {
        in->pos++;
        DZ_TRY(peek(in, ret, err));
    }
    return DZ_OK;
}

static enum dz_code
expect(struct input *in, char sign, struct dz_err *err)
{
    int c;
    DZ_TRY(peek_sign(in, &c, err));
    if (c != sign)
        return not_json(err);
    in->pos++;
    return DZ_OK;
}

/* Whether a byte ends a number or word that stands outside of everything. */
static bool
ends_word(int c)
{
    return c < 0 || c == ',' || c == ']' || c == '}' || is_white(c);
}

struct scan {
    unsigned depth;
    bool in_string;
    bool escaped;
};

/* Take one byte of a value in; true when the value ends with it. */
static bool
scan_byte(struct scan *s, int c)
{
    if (s->in_string) {
        if (s->escaped)
            s->escaped = false;
        else if (c == '\\')
            s->escaped = true;
        else if (c == '"')
            s->in_string = false;
        return !s->in_string && s->depth == 0;
    }
    if (c == '"')
        s->in_string = true;
    else if (c == '{' || c == '[')
        s->depth++;
    else if ((c == '}' || c == ']') && s->depth > 0)
        return --s->depth == 0;
    return false;
}

/* Bytes of the value that begins here. */
static enum dz_code
take_value(struct input *in, struct dz_err *err)
{
    struct scan s = {.depth = 0};
    size_t n_values = 0;
    int c;
    dz_buf_reset(&in->value);
    DZ_TRY(peek_sign(in, &c, err));
    bool word = c != '"' && c != '{' && c != '[';
    for (;;) {
        DZ_TRY(peek(in, &c, err));
        if (word && ends_word(c))
            break;
        if (c < 0)
            return not_json(err);
        in->pos++;
        dz_buf_addc(&in->value, (char)c);
        n_values += !s.in_string && (c == ',' || c == '[' || c == '{') ? 1 : 0;
        if (in->value.failed || n_values > PACKAGE_VALUES_MAX)
            return dz_fail(err, DZ_E_LIMIT, "one value in it is larger than what is read");
        if (!word && scan_byte(&s, c))
            break;
    }
    return in->value.n > 0 ? DZ_OK : not_json(err);
}

/* Parse the bytes of a value; where the form asks for it, they have to be the canonical ones. */
static enum dz_code
parse_value(struct input *in, json_t **ret, struct dz_err *err)
{
    DZ_TRY(dz_json_parse(dz_buf_view(&in->value), ret, err));
    if (!in->canonical)
        return DZ_OK;
    DZ_AUTO_BUF struct dz_buf again = DZ_BUF(PACKAGE_ELEMENT_MAX);
    enum dz_code code = dz_json_canonical(&again, *ret, err);
    if (code == DZ_OK && !dz_view_eq(dz_buf_view(&again), dz_buf_view(&in->value)))
        code = dz_fail(err, DZ_E_INPUT, "it is not canonical JSON");
    if (code != DZ_OK) {
        json_decref(*ret);
        *ret = NULL;
    }
    return code;
}

static enum dz_code
give_value(struct input *in, const char *key, bool in_list, struct dz_err *err)
{
    DZ_AUTO_JSON json_t *value = NULL;
    DZ_TRY(take_value(in, err));
    DZ_TRY(parse_value(in, &value, err));
    return in->fn(in->ctx, key, value, in_list, err);
}

/* A key of the top-level object. Twice the same would be read differently by different programs. */
static enum dz_code
take_key(struct input *in, const char **ret, struct dz_err *err)
{
    DZ_AUTO_JSON json_t *key = NULL;
    DZ_TRY(take_value(in, err));
    DZ_TRY(parse_value(in, &key, err));
    const char *text = json_string_value(key);
    if (text == NULL || strlen(text) >= sizeof *in->keys || in->n_keys == KEYS_MAX)
        return not_json(err);
    for (size_t i = 0; i < in->n_keys; i++)
        if (strcmp(in->keys[i], text) == 0)
            return dz_fail(err, DZ_E_INPUT, "a key stands in it twice");
    if (in->canonical && in->n_keys > 0 && strcmp(in->keys[in->n_keys - 1], text) > 0)
        return dz_fail(err, DZ_E_INPUT, "it is not canonical JSON");
    memcpy(in->keys[in->n_keys], text, strlen(text) + 1);
    *ret = in->keys[in->n_keys++];
    return DZ_OK;
}

/* Behind a value: a comma, or the sign that closes. */
static enum dz_code
take_comma(struct input *in, char close, bool *ret_closed, struct dz_err *err)
{
    int c;
    DZ_TRY(peek_sign(in, &c, err));
    if (c != ',' && c != close)
        return not_json(err);
    in->pos++;
    *ret_closed = c == close;
    return DZ_OK;
}

static enum dz_code
take_list(struct input *in, const char *key, struct dz_err *err)
{
    int c;
    bool closed = false;
    in->pos++;
    DZ_TRY(peek_sign(in, &c, err));
    if (c == ']') {
        in->pos++;
        return DZ_OK;
    }
    while (!closed) {
        DZ_TRY(give_value(in, key, true, err));
        DZ_TRY(take_comma(in, ']', &closed, err));
    }
    return DZ_OK;
}

static enum dz_code
take_end(struct input *in, struct dz_err *err)
{
    int c;
    if (in->canonical) {
        DZ_TRY(peek(in, &c, err));
        if (c != '\n')
            return dz_fail(err, DZ_E_INPUT, "no newline stands at its end");
        in->pos++;
    }
    DZ_TRY(peek_sign(in, &c, err));
    return c < 0 ? DZ_OK : dz_fail(err, DZ_E_INPUT, "something follows its end");
}

static enum dz_code
take_object(struct input *in, struct dz_err *err)
{
    int c;
    bool closed = false;
    DZ_TRY(expect(in, '{', err));
    DZ_TRY(peek_sign(in, &c, err));
    if (c == '}') {
        in->pos++;
        closed = true;
    }
    while (!closed) {
        const char *key;
        DZ_TRY(take_key(in, &key, err));
        DZ_TRY(expect(in, ':', err));
        DZ_TRY(peek_sign(in, &c, err));
        DZ_TRY(c == '[' ? take_list(in, key, err) : give_value(in, key, false, err));
        DZ_TRY(take_comma(in, '}', &closed, err));
    }
    return take_end(in, err);
}

static void
input_init(struct input *in, int fd, package_json_fn *fn, void *ctx)
{
    *in = (struct input){.fd = fd, .fn = fn, .ctx = ctx, .value = DZ_BUF(PACKAGE_ELEMENT_MAX)};
    in->chunk = dz_alloc(CHUNK_BYTES);
}

static void
input_done(struct input *in)
{
    dz_free(in->chunk);
    dz_buf_done(&in->value);
}

enum dz_code
dz_package_json(int fd, enum package_json_form form, package_json_fn *fn, void *ctx,
                struct dz_err *err)
{
    struct input in;
    input_init(&in, fd, fn, ctx);
    in.canonical = form == PACKAGE_JSON_CANONICAL;
    enum dz_code code = take_object(&in, err);
    input_done(&in);
    return code;
}

/* One line: an object and a newline. */
static enum dz_code
take_line(struct input *in, struct dz_err *err)
{
    DZ_TRY(give_value(in, NULL, true, err));
    int c;
    DZ_TRY(peek(in, &c, err));
    if (c != '\n')
        return dz_fail(err, DZ_E_INPUT, "a line of it is not one JSON object");
    in->pos++;
    return DZ_OK;
}

enum dz_code
dz_package_json_lines(int fd, package_json_fn *fn, void *ctx, struct dz_err *err)
{
    struct input in;
    input_init(&in, fd, fn, ctx);
    in.canonical = true;
    enum dz_code code = DZ_OK;
    for (int c = 0; code == DZ_OK;) {
        code = peek(&in, &c, err);
        if (code != DZ_OK || c < 0)
            break;
        code = take_line(&in, err);
    }
    input_done(&in);
    return code;
}
