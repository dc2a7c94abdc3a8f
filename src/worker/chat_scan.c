#include <string.h>

#include "chat_impl.h"
#include "dz_json.h"
#include "dz_utf8.h"

/* result.json without holding it: only what frames the lists of messages is followed byte by byte,
 * and each message is cut out whole and parsed by jansson. Exports of half a gigabyte so need the
 * memory of one message. */

#define DEPTH_MAX 32 /* of what frames the messages */
#define TOKEN_MAX ((size_t)8 << 10)

enum key { KEY_OTHER, KEY_NAME, KEY_TYPE, KEY_ID, KEY_MESSAGES, KEY_LIST };

struct frame {
    bool is_array;
    bool wants_key; /* object: the next string is a key */
    enum key key;   /* object: of the value that comes; array: under which it hangs */
    bool announced; /* object: the chat was said */
    bool has_chats; /* messages are somewhere inside */
    struct dz_buf name;
    struct dz_buf type;
    struct dz_buf id;
};

struct chat_scan {
    struct chat *c;
    struct frame frames[DEPTH_MAX];
    char section[40]; /* last key of the outermost object */
    size_t depth;
    bool began;
    bool found;

    bool in_string;
    bool escaped;
    struct dz_buf token; /* of a string with its quotes, or of a bare word */
    size_t captured;     /* depth inside the message that is cut out, 0: none */
    struct dz_buf message;
};

struct chat_scan *
chat_scan_new(struct chat *c)
{
    struct chat_scan *s = dz_alloc(sizeof *s);
    s->c = c;
    s->token.max = TOKEN_MAX;
    s->message.max = CHAT_MESSAGE_MAX;
    return s;
}

static void
frame_done(struct frame *f)
{
    dz_buf_done(&f->name);
    dz_buf_done(&f->type);
    dz_buf_done(&f->id);
    *f = (struct frame){0};
}

void
chat_scan_free(struct chat_scan *s)
{
    for (size_t i = 0; i < DEPTH_MAX; i++)
        frame_done(&s->frames[i]);
    dz_buf_done(&s->token);
    dz_buf_done(&s->message);
    dz_free(s);
}

bool
chat_scan_is_whole(const struct chat_scan *s)
{
    return s->began && s->depth == 0 && !s->in_string && s->captured == 0;
}

bool
chat_scan_found(const struct chat_scan *s)
{
    return s->found;
}

/* ---- meaning ---- */

static struct frame *
top(struct chat_scan *s)
{
    return s->depth ? &s->frames[s->depth - 1] : NULL;
}

/* JSON text that may hold ill-formed UTF-8 or, without harm, NUL. */
static json_t *
parse(struct dz_view text)
{
    DZ_AUTO_BUF struct dz_buf good = DZ_BUF(4 * CHAT_MESSAGE_MAX);
    if (dz_utf8_valid_prefix(text) < text.n) {
        (void)dz_utf8_repair(&good, text);
        text = dz_buf_view(&good);
    }
    return json_loadb(text.p, text.n, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
}

static enum key
key_of(struct dz_view token)
{
    static const struct {
        const char *word;
        enum key key;
    } words[] = {{"\"name\"", KEY_NAME},
                 {"\"type\"", KEY_TYPE},
                 {"\"id\"", KEY_ID},
                 {"\"messages\"", KEY_MESSAGES},
                 {"\"list\"", KEY_LIST}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (dz_view_is(token, words[i].word))
            return words[i].key;
    }
    return KEY_OTHER;
}

/* A value of an object that may be a chat: its name, kind or number. */
static void
take_value(struct chat_scan *s)
{
    struct frame *f = top(s);
    struct dz_view token = dz_buf_view(&s->token);
    struct dz_buf *to = !f || f->is_array    ? NULL
                        : f->key == KEY_NAME ? &f->name
                        : f->key == KEY_TYPE ? &f->type
                        : f->key == KEY_ID   ? &f->id
                                             : NULL;
    if (!to || s->token.failed)
        return;
    DZ_AUTO_JSON json_t *value = parse(token);
    dz_buf_reset(to);
    to->max = 2 * TOKEN_MAX;
    if (json_is_string(value))
        dz_buf_add(to, json_string_value(value), json_string_length(value));
    else if (json_is_integer(value))
        dz_buf_addf(to, "%lld", (long long)json_integer_value(value));
}

static void
announce(struct chat_scan *s, struct frame *f)
{
    struct chat *c = s->c;
    if (f->announced)
        return;
    f->announced = true;
    struct dz_view name = dz_buf_view(&f->name);
    if (!c->several) {
        dz_work_field(c->w, "title", name);
    } else {
        /* A name of its own line: in an account one chat follows the other. */
        struct dz_view title = name.n > 0 ? name : dz_buf_view(&f->id);
        DZ_AUTO_BUF struct dz_buf line = DZ_BUF(2 * TOKEN_MAX + 2);
        dz_utf8_line(&line, title, 400);
        dz_work_locator(c->w, "section", line.p ? line.p : "");
        dz_buf_addc(&line, '\n');
        dz_work_text(c->w, dz_buf_view(&line));
        c->bytes += line.n;
    }
    dz_work_meta(c->w, "chat.name", name);
    dz_work_meta(c->w, "chat.type", dz_buf_view(&f->type));
    dz_work_meta(c->w, "chat.id", dz_buf_view(&f->id));
    dz_free(c->chat_id);
    c->chat_id = f->id.n > 0 ? dz_strdup(f->id.p) : NULL;
}

static enum dz_code
end_message(struct chat_scan *s, struct dz_err *err)
{
    DZ_AUTO_JSON json_t *message = parse(dz_buf_view(&s->message));
    dz_buf_reset(&s->message);
    /* One broken message does not cost the others. */
    if (!message) {
        s->c->damaged = true;
        return DZ_OK;
    }
    return chat_json_message(s->c, message, err);
}

/* ---- structure ---- */

static enum dz_code
push(struct chat_scan *s, bool is_array, struct dz_err *err)
{
    struct frame *above = top(s);
    if (s->depth == DEPTH_MAX) {
        s->c->nested = true;
        return dz_fail(err, DZ_E_LIMIT, "the export nests too deeply");
    }
    struct frame *f = &s->frames[s->depth++];
    frame_done(f);
    f->is_array = is_array;
    f->wants_key = !is_array;
    if (is_array && above && !above->is_array)
        f->key = above->key;
    if (is_array && f->key == KEY_MESSAGES) {
        s->found = true;
        for (size_t i = 0; i < s->depth; i++)
            s->frames[i].has_chats = true;
        /* "chats": {"list": [{...}]}: the chat hangs in a list. */
        for (size_t i = 0; i + 1 < s->depth; i++)
            s->c->several =
                s->c->several || (s->frames[i].is_array && s->frames[i].key == KEY_LIST);
        announce(s, above);
    }
    return DZ_OK;
}

static enum dz_code
pop(struct chat_scan *s, bool is_array, struct dz_err *err)
{
    struct frame *f = top(s);
    if (!f || f->is_array != is_array)
        return dz_fail(err, DZ_E_CORRUPT, "brackets that do not match");
    /* The name of a chat may come after its messages. */
    if (f->announced && !s->c->several)
        dz_work_field(s->c->w, "title", dz_buf_view(&f->name));
    /* Contacts, sessions and the like of an account are no chats: they stay in the original. */
    if (s->depth == 2 && !f->has_chats)
        dz_work_meta(s->c->w, "chat.left_out", dz_view_of(s->section));
    frame_done(f);
    s->depth--;
    return DZ_OK;
}

static void
end_token(struct chat_scan *s)
{
    struct frame *f = top(s);
    if (s->token.n == 0)
        return;
    if (f && !f->is_array && f->wants_key) {
        f->key = key_of(dz_buf_view(&s->token));
        size_t n = s->token.n > 2 ? s->token.n - 2 : 0;
        n = n < sizeof s->section - 1 ? n : sizeof s->section - 1;
        if (s->depth == 1) {
            memcpy(s->section, s->token.p + 1, n);
            s->section[n] = '\0';
        }
    } else {
        take_value(s);
    }
    dz_buf_reset(&s->token);
}

static enum dz_code
plain_byte(struct chat_scan *s, char b, struct dz_err *err)
{
    struct frame *f = top(s);
    bool bare = (b >= '0' && b <= '9') || (b >= 'a' && b <= 'z') || b == '-' || b == '+' ||
                b == '.' || b == 'E';
    if (bare) {
        dz_buf_addc(&s->token, b);
        return DZ_OK;
    }
    end_token(s);
    switch (b) {
    case '"':
        s->in_string = true;
        dz_buf_addc(&s->token, b);
        return DZ_OK;
    case '{':
        s->began = true;
        if (f && f->is_array && f->key == KEY_MESSAGES) {
            s->captured = 1;
            dz_buf_addc(&s->message, b);
            return DZ_OK;
        }
        return push(s, false, err);
    case '[':
        s->began = true;
        return push(s, true, err);
    case '}':
        return pop(s, false, err);
    case ']':
        return pop(s, true, err);
    case ',':
        if (f && !f->is_array)
            f->wants_key = true;
        return DZ_OK;
    case ':':
        if (f)
            f->wants_key = false;
        return DZ_OK;
    case ' ':
    case '\n':
    case '\r':
    case '\t':
        return DZ_OK;
    default:
        return dz_fail(err, DZ_E_CORRUPT, "not JSON");
    }
}

/* How much of the bytes belongs to the message that is cut out; its end when s->captured is 0. */
static size_t
captured_run(struct chat_scan *s, struct dz_view bytes)
{
    size_t n = 0;
    while (n < bytes.n && s->captured > 0) {
        char b = bytes.p[n++];
        if (s->in_string) {
            if (!s->escaped && b == '"')
                s->in_string = false;
            s->escaped = !s->escaped && b == '\\';
        } else if (b == '"') {
            s->in_string = true;
        } else if (b == '{' || b == '[') {
            s->captured++;
        } else if (b == '}' || b == ']') {
            s->captured--;
        }
    }
    return n;
}

static void
string_byte(struct chat_scan *s, char b)
{
    dz_buf_addc(&s->token, b);
    if (!s->escaped && b == '"') {
        s->in_string = false;
        end_token(s);
    }
    s->escaped = s->in_string && !s->escaped && b == '\\';
}

enum dz_code
chat_scan_feed(struct chat_scan *s, struct dz_view bytes, struct dz_err *err)
{
    for (size_t i = 0; i < bytes.n;) {
        if (s->captured > 0) {
            size_t n = captured_run(s, (struct dz_view){bytes.p + i, bytes.n - i});
            dz_buf_add(&s->message, bytes.p + i, n);
            DZ_TRY(dz_buf_ok(&s->message, "one message", err));
            i += n;
            if (s->captured == 0)
                DZ_TRY(end_message(s, err));
        } else if (s->in_string) {
            string_byte(s, bytes.p[i++]);
        } else {
            DZ_TRY(plain_byte(s, bytes.p[i++], err));
        }
    }
    return DZ_OK;
}
