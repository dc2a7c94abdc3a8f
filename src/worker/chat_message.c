#include <stdio.h>
#include <string.h>

#include "chat_impl.h"
#include "dz_json.h"

/* One message of result.json as a line of text. What is known has its own form; of what a later
 * Telegram may add, names and values are told as they are. */

static struct dz_view
string_of(const json_t *value)
{
    if (!json_is_string(value))
        return (struct dz_view){0};
    return (struct dz_view){json_string_value(value), json_string_length(value)};
}

static struct dz_view
member(const json_t *object, const char *key)
{
    return string_of(json_object_get(object, key));
}

/* A scalar as it is written; of lists and objects their JSON. */
static void
add_value(struct dz_buf *out, const json_t *value)
{
    if (json_is_string(value)) {
        dz_buf_addv(out, string_of(value));
    } else if (json_is_integer(value)) {
        dz_buf_addf(out, "%lld", (long long)json_integer_value(value));
    } else if (json_is_real(value)) {
        dz_buf_addf(out, "%.9g", json_real_value(value));
    } else if (json_is_boolean(value)) {
        dz_buf_adds(out, json_is_true(value) ? "yes" : "no");
    } else if (!json_is_null(value)) {
        DZ_AUTO_BUF struct dz_buf line = DZ_BUF(2 * CHAT_MESSAGE_MAX);
        if (dz_json_line(&line, value, NULL) == DZ_OK)
            dz_buf_addv(out, dz_buf_view(&line));
    }
}

/* ---- text ---- */

/* A string, or pieces: strings, and objects with a text and perhaps an address behind it. */
static void
add_text(struct dz_buf *out, const json_t *text)
{
    dz_buf_addv(out, string_of(text));
    size_t i;
    const json_t *piece;
    json_array_foreach(text, i, piece)
    {
        dz_buf_addv(out, string_of(piece));
        struct dz_view words = member(piece, "text");
        struct dz_view href = member(piece, "href");
        dz_buf_addv(out, words);
        if (href.n > 0 && !dz_view_eq(href, words)) {
            dz_buf_adds(out, " (");
            dz_buf_addv(out, href);
            dz_buf_addc(out, ')');
        }
    }
}

/* ---- the rest ---- */

static void
mark_words(struct chat_message *m, const char *what, const json_t *object, const char *const *keys)
{
    DZ_AUTO_BUF struct dz_buf words = DZ_BUF(CHAT_MESSAGE_MAX);
    for (size_t i = 0; keys[i]; i++) {
        size_t before = words.n;
        const json_t *value = json_object_get(object, keys[i]);
        if (value && words.n > 0)
            dz_buf_addc(&words, ' ');
        size_t begin = words.n;
        if (value)
            add_value(&words, value);
        if (words.n == begin)
            dz_buf_cut(&words, before);
    }
    chat_mark(m, what, dz_buf_view(&words));
}

static void
mark_poll(struct chat_message *m, const json_t *poll)
{
    DZ_AUTO_BUF struct dz_buf words = DZ_BUF(CHAT_MESSAGE_MAX);
    add_text(&words, json_object_get(poll, "question"));
    size_t i;
    const json_t *answer;
    json_array_foreach(json_object_get(poll, "answers"), i, answer)
    {
        dz_buf_adds(&words, " / ");
        add_text(&words, json_object_get(answer, "text"));
        const json_t *voters = json_object_get(answer, "voters");
        if (json_is_integer(voters))
            dz_buf_addf(&words, " (%lld)", (long long)json_integer_value(voters));
    }
    chat_mark(m, "poll", dz_buf_view(&words));
}

static void
mark_reactions(struct chat_message *m, const json_t *reactions)
{
    static const char *const keys[] = {"emoji", "count", NULL};
    size_t i;
    const json_t *reaction;
    json_array_foreach(reactions, i, reaction)
    {
        mark_words(m, "reaction", reaction, keys);
    }
}

/* A file under the name of its kind: "photo", "voice_message", "file". */
static void
mark_media(struct chat_message *m, const json_t *message)
{
    static const char *const photo[] = {"photo", NULL};
    static const char *const file[] = {"sticker_emoji", "performer", "title",
                                       "file_name",     "file",      NULL};
    static const char *const contact[] = {"first_name", "last_name", "phone_number", NULL};
    static const char *const place[] = {"latitude", "longitude", NULL};
    mark_words(m, "photo", message, photo);
    struct dz_view kind = member(message, "media_type");
    bool has_file = json_object_get(message, "file") || kind.n > 0;
    if (has_file && json_object_get(message, "action") == NULL) {
        char name[32];
        (void)snprintf(name, sizeof name, "%.*s", (int)(kind.n < 31 ? kind.n : 31), kind.p);
        mark_words(m, name[0] ? name : "file", message, file);
    }
    mark_words(m, "contact", json_object_get(message, "contact_information"), contact);
    mark_words(m, "location", json_object_get(message, "location_information"), place);
    if (json_object_get(message, "poll"))
        mark_poll(m, json_object_get(message, "poll"));
    mark_reactions(m, json_object_get(message, "reactions"));
}

/* Said already, or the same in another form. */
static const char *const told[] = {
    "id",
    "type",
    "date",
    "date_unixtime",
    "from",
    "from_id",
    "actor",
    "actor_id",
    "action",
    "text",
    "text_entities",
    "forwarded_from",
    "forwarded_from_id",
    "reply_to_message_id",
    "reply_to_peer_id",
    "edited",
    "edited_unixtime",
    "photo",
    "photo_file_size",
    "file",
    "file_size",
    "file_name",
    "thumbnail",
    "thumbnail_file_size",
    "media_type",
    "mime_type",
    "width",
    "height",
    "sticker_emoji",
    "contact_information",
    "location_information",
    "poll",
    "reactions",
    "inline_bot_buttons",
};

static bool
is_told(const char *key, bool service)
{
    /* Of a song, its file says these. */
    if (!service && (strcmp(key, "performer") == 0 || strcmp(key, "title") == 0))
        return true;
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        if (strcmp(key, told[i]) == 0)
            return true;
    }
    return false;
}

static void
mark_others(struct chat_message *m, const json_t *message, bool service)
{
    const char *key;
    const json_t *value;
    /* jansson keeps the order of the file. */
    for (void *at = json_object_iter((json_t *)(uintptr_t)message); at;
         at = json_object_iter_next((json_t *)(uintptr_t)message, at)) {
        key = json_object_iter_key(at);
        value = json_object_iter_value(at);
        if (is_told(key, service))
            continue;
        DZ_AUTO_BUF struct dz_buf words = DZ_BUF(2 * CHAT_MESSAGE_MAX);
        if (json_is_array(value) && json_is_string(json_array_get(value, 0))) {
            size_t i;
            const json_t *item;
            json_array_foreach(value, i, item)
            {
                dz_buf_adds(&words, i ? ", " : "");
                add_value(&words, item);
            }
        } else {
            add_value(&words, value);
        }
        char what[80];
        (void)snprintf(what, sizeof what, "%s:", key);
        chat_mark(m, what, dz_buf_view(&words));
    }
}

/* "2024-07-01T12:30:05" with a blank for the T. */
static struct dz_view
spaced(struct dz_view date, char ret[32])
{
    size_t n = date.n < 31 ? date.n : 31;
    memcpy(ret, date.n ? date.p : "", n);
    ret[n] = '\0';
    if (n > 10 && ret[10] == 'T')
        ret[10] = ' ';
    return (struct dz_view){ret, n};
}

enum dz_code
chat_json_message(struct chat *c, const json_t *message, struct dz_err *err)
{
    if (!json_is_object(message))
        return DZ_OK;
    DZ_AUTO_BUF struct dz_buf id = DZ_BUF(2 * CHAT_MESSAGE_MAX);
    const json_t *number = json_object_get(message, "id");
    if (number)
        add_value(&id, number);
    char date[32];
    char edited[32];
    bool service = dz_view_is(member(message, "type"), "service");
    struct dz_view sender = member(message, service ? "actor" : "from");
    /* Of an account that was deleted only the number is left. */
    if (sender.n == 0)
        sender = member(message, service ? "actor_id" : "from_id");
    struct chat_message m;
    chat_begin(&m, id.n ? id.p : "", spaced(member(message, "date"), date), service, sender);
    DZ_AUTO_BUF struct dz_buf reply = DZ_BUF(2 * CHAT_MESSAGE_MAX);
    if (json_object_get(message, "reply_to_message_id"))
        add_value(&reply, json_object_get(message, "reply_to_message_id"));
    chat_mark(&m, "forwarded from", member(message, "forwarded_from"));
    chat_mark(&m, "reply to", dz_buf_view(&reply));
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(2 * CHAT_MESSAGE_MAX);
    dz_buf_addv(&text, member(message, "action"));
    size_t action = text.n;
    if (action > 0)
        dz_buf_addc(&text, ' ');
    add_text(&text, json_object_get(message, "text"));
    if (text.n == action + 1 && action > 0)
        dz_buf_cut(&text, action);
    if (text.n > 0)
        dz_buf_addc(&m.line, ' ');
    dz_buf_addv(&m.line, dz_buf_view(&text));
    mark_media(&m, message);
    mark_others(&m, message, service);
    chat_mark(&m, "edited", spaced(member(message, "edited"), edited));
    enum dz_code code = dz_buf_ok(&m.line, "one message", err);
    if (code == DZ_OK)
        code = chat_say(c, &m, err);
    chat_message_done(&m);
    return code;
}
