/* What the files of the chat family share: a message, whatever export it comes from, and how it is
 * said. Formats: docs of Telegram Desktop's export ("result.json", "messages.html"). */
#ifndef CHAT_IMPL_H
#define CHAT_IMPL_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "dz_buf.h"
#include "dz_err.h"
#include "dz_worker.h"

#define CHAT_TEXT_MAX ((uint64_t)64 << 20)  /* bytes of one text */
#define CHAT_MESSAGES_MAX 900000u           /* with its text each is two frames of two million */
#define CHAT_MESSAGE_MAX ((size_t)4 << 20)  /* bytes of one message in its export */

struct chat {
    struct dz_work *w;
    uint64_t n_messages;
    uint64_t bytes;
    bool nested;    /* the frame of the export goes deeper than is followed */
    bool damaged;   /* some message could not be read */
    bool several;   /* an account with many chats: ids are told apart by the chat's */
    char *chat_id;  /* of the chat that we are in, or NULL */
    char first[32]; /* date of the first message and of the last */
    char last[32];
};
void
chat_done(struct chat *c);

struct chat_message {
    char id[32];
    struct dz_buf line; /* what is said, without its newline */
    char date[32];
};
/** Begin a message: "date sender" or, of what happened in the chat, "date [service] sender". */
void
chat_begin(struct chat_message *m, const char *id, struct dz_view date, bool service,
           struct dz_view sender);
/** Add " [what words]". Empty words add nothing. */
void
chat_mark(struct chat_message *m, const char *what, struct dz_view words);
/** Say it, and count. DZ_E_LIMIT: more text or messages than are kept. */
DZ_MUSTUSE enum dz_code
chat_say(struct chat *c, const struct chat_message *m, struct dz_err *err);
void
chat_message_done(struct chat_message *m);
/** What of the chat is known at its end, as metadata. */
void
chat_summary(struct chat *c);

/** One message of result.json. What is no message is left out. */
DZ_MUSTUSE enum dz_code
chat_json_message(struct chat *c, const json_t *message, struct dz_err *err);

/* result.json, taken in piece by piece. */
struct chat_scan;
struct chat_scan *
chat_scan_new(struct chat *c);
void
chat_scan_free(struct chat_scan *s);
/** DZ_E_CORRUPT: no JSON; DZ_E_LIMIT: nests too deeply, or a message is too long. */
DZ_MUSTUSE enum dz_code
chat_scan_feed(struct chat_scan *s, struct dz_view bytes, struct dz_err *err);
/** Whether it ended where JSON may end. */
bool
chat_scan_is_whole(const struct chat_scan *s);
/** Whether lists of messages were there at all. */
bool
chat_scan_found(const struct chat_scan *s);

/** messages.html, UTF-8. *ret_is_export false: some other page, and nothing was said. */
DZ_MUSTUSE enum dz_code
chat_html_read(struct chat *c, struct dz_view page, bool *ret_is_export, struct dz_err *err);

#endif
