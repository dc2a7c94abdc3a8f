/* Between the files of a rendering. */
#ifndef SHOT_IMPL_H
#define SHOT_IMPL_H

#include <jansson.h>

#include "dz_browser.h"
#include "dz_shot.h"

#define SHOT_SESSION_MAX 80

/* ---- shot_store.c ---- */

struct shot_answer {
    char *url;
    char *loose; /* the same with every %XX undone: browsers and libraries escape differently */
    long status;
    struct dz_buf head;
    uint64_t offset; /* of the body, in the memory file */
    size_t n;
};
/* The answer to an address, or NULL. */
const struct shot_answer *
dz_shot_find(const struct dz_shot_store *s, const char *url);
/* Its body, unpacked in the box. False: it cannot be had, or is larger than max. */
DZ_MUSTUSE enum dz_code
dz_shot_body(struct dz_shot_store *s, const struct shot_answer *a, struct dz_box *box,
             const bool *cancel, struct dz_buf *out, struct dz_err *err);

/* ---- shot_talk.c ---- */

struct shot {
    struct dz_browser *browser;
    struct dz_shot_store *store;
    const struct dz_shot_opts *o;
    struct dz_shot *ret;
    uint64_t last_id;
    char session[SHOT_SESSION_MAX]; /* of the page; "" before there is one */
    char frame[SHOT_SESSION_MAX];   /* of the page itself, not of frames inside it */
    bool answered;                  /* the page itself: whatever else it leads to is not followed */
    bool loaded;
    unsigned n_bad; /* messages that are none */
};
/* Ask the browser (session "": itself) and wait for the answer; what happens meanwhile is seen to.
 * params: given away, may be NULL. Caller owns *ret. */
DZ_MUSTUSE enum dz_code
dz_shot_call(struct shot *s, const char *session, const char *method, json_t *params, json_t **ret,
             struct dz_err *err);
/* Tell it something whose answer does not matter. */
DZ_MUSTUSE enum dz_code
dz_shot_tell(struct shot *s, const char *session, const char *method, json_t *params,
             struct dz_err *err);
/* See to what happens until then (monotonic), or until one thing has happened. */
DZ_MUSTUSE enum dz_code
dz_shot_listen(struct shot *s, int64_t until_us, bool *ret_any, struct dz_err *err);

/* ---- shot_answer.c ---- */

/* The browser asks for something: answer it. params are those of Fetch.requestPaused. */
DZ_MUSTUSE enum dz_code
dz_shot_answer(struct shot *s, const char *session, const json_t *params, struct dz_err *err);

/* ---- shot_check.c ---- */

/* What a browser hands over is looked at before it is kept: a PNG from its signature to its last
 * chunk, with the size that was asked for; a PDF with its head and its end. */
bool
dz_shot_is_png(struct dz_view png, uint64_t *ret_width, uint64_t *ret_height);
bool
dz_shot_is_pdf(struct dz_view pdf);

#endif
