/* Mail as it is written down: headers, bodies within bodies, and the ways of writing other letters
 * and bytes in ASCII (RFC 5322, 2045, 2047, 2231).
 *
 * Everything is a view of the message's bytes; only what has to be decoded is copied. Parsed here
 * rather than by a library, because text has to be decoded without iconv, which finds its tables in
 * files. */
#ifndef DZ_MAIL_H
#define DZ_MAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dz_buf.h"
#include "dz_worker.h"

#define DZ_MAIL_BYTES_MAX ((size_t)64 << 20) /* of one message */
#define DZ_MAIL_HEADERS_MAX 1000             /* of one body; the rest is left out */
#define DZ_MAIL_DEPTH_MAX 20                 /* bodies within bodies */
#define DZ_MAIL_PARTS_MAX 50000              /* files in all messages of one document */

struct dz_mail_header {
    struct dz_view name;
    struct dz_view value; /* as it stands, perhaps over several lines */
};
struct dz_mail_body {
    struct dz_mail_header *headers;
    size_t n_headers;
    size_t cap;
    struct dz_view content; /* behind the empty line, still encoded */
    bool has_end;           /* the headers end with an empty line */
};
/** Headers and content of bytes, which are borrowed. */
void
dz_mail_body_parse(struct dz_mail_body *b, struct dz_view bytes);
void
dz_mail_body_done(struct dz_mail_body *b);
#define DZ_AUTO_MAIL_BODY DZ_CLEANUP(dz_mail_body_done)
/** The raw value of the first header of that name (any case), trimmed; empty when absent. */
struct dz_view
dz_mail_header(const struct dz_mail_body *b, const char *name);

/** A header's value in UTF-8: unfolded, encoded words decoded, raw bytes guessed. */
void
dz_mail_words(struct dz_view raw, struct dz_buf *out);
/** The part before the first ";", lower case and without spaces: "text/plain". */
void
dz_mail_value(struct dz_view raw, struct dz_buf *out);
/** A parameter ("charset", "filename") in UTF-8, with the continuations of RFC 2231; false:
 *  absent. */
bool
dz_mail_parameter(struct dz_view raw, const char *name, struct dz_buf *out);
/** Undo the transfer encoding: base64, quoted-printable, x-uuencode; others are copied. */
void
dz_mail_decode(struct dz_view content, struct dz_view encoding, struct dz_buf *out);
/** The same for text: what is Q-encoded in a header has "_" for spaces. */
void
dz_mail_decode_quoted(struct dz_view text, bool in_header, struct dz_buf *out);
void
dz_mail_decode_base64(struct dz_view text, struct dz_buf *out);
/** Take the next body off a multipart's content. False at the end. *ret_closed: the multipart ended
 * as it should. */
bool
dz_mail_next_body(struct dz_view *content, struct dz_view boundary, struct dz_view *ret,
                  bool *ret_closed);

/* ---- reading ---- */

enum dz_mail_kind { DZ_MAIL_LETTER, DZ_MAIL_BOX, DZ_MAIL_PAGE /* MHTML */ };

struct dz_mail {
    struct dz_work *w;
    enum dz_mail_kind kind;
    size_t n_parts;
    size_t n_counted; /* resources of a page that are not parts */
    uint64_t n_messages;
    uint64_t n_damaged; /* messages of a mailbox that are not whole */
    bool encrypted;
    bool damaged;
    bool too_many_parts; /* text is read on, files are left out */
    const char *limit;
    bool page_read;           /* the root of an MHTML page came */
    struct dz_buf message_id; /* of the message being read, for its parts */
    struct dz_buf date;
};
/** One message. Its text, and the files in it as parts, which come behind its text. */
void
dz_mail_read(struct dz_mail *m, struct dz_view bytes);
/** A mailbox: bytes so far begin with "From ", the rest comes from the stream. */
void
dz_mbox_read(struct dz_mail *m, struct dz_view begin);

#endif
