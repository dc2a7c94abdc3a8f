#include <string.h>
#include <strings.h>

#include "dz_codec.h"
#include "dz_exchange.h"
#include "dz_json.h"
#include "dz_mem.h"
#include "shot_impl.h"

/* Requests of the browser, answered out of the capture. */

#define HEADERS_MAX 200

/* What was true of the wire alone, and what would outlive the page. */
static bool
is_passed_on(struct dz_view name)
{
    static const char *const dropped[] = {"Content-Encoding", "Transfer-Encoding",
                                          "Content-Length",   "Connection",
                                          "Keep-Alive",       "Set-Cookie",
                                          "Alt-Svc",          "Strict-Transport-Security",
                                          "Report-To",        "NEL",
                                          "Clear-Site-Data"};
    for (size_t i = 0; i < sizeof dropped / sizeof *dropped; i++)
        if (name.n == strlen(dropped[i]) && strncasecmp(name.p, dropped[i], name.n) == 0)
            return false;
    return true;
}

static bool
next_line(struct dz_view *rest, struct dz_view *ret)
{
    if (rest->n == 0)
        return false;
    const char *end = memchr(rest->p, '\n', rest->n);
    size_t n = end != NULL ? (size_t)(end - rest->p) : rest->n;
    size_t step = end != NULL ? n + 1 : n;
    *ret = (struct dz_view){rest->p, n};
    rest->p += step;
    rest->n -= step;
    return true;
}

static json_t *
headers_of(struct dz_view head)
{
    json_t *list = json_array();
    struct dz_view line;
    (void)next_line(&head, &line); /* of the status */
    while (json_array_size(list) < HEADERS_MAX && next_line(&head, &line)) {
        const char *colon = line.n > 0 ? memchr(line.p, ':', line.n) : NULL;
        if (colon == NULL || colon == line.p)
            continue;
        size_t n_name = (size_t)(colon - line.p);
        struct dz_view name = {line.p, n_name};
        struct dz_view value = dz_view_trim((struct dz_view){colon + 1, line.n - n_name - 1});
        if (!is_passed_on(name) || value.n == 0)
            continue;
        json_t *one = json_object();
        dz_json_set_view(one, "name", name);
        dz_json_set_view(one, "value", value);
        json_array_append_new(list, one);
    }
    return list;
}

static enum dz_code
refuse(struct shot *s, const char *session, const char *request, const char *reason,
       struct dz_err *err)
{
    json_t *params = json_object();
    dz_json_set_str(params, "requestId", request);
    dz_json_set_str(params, "errorReason", reason);
    return dz_shot_tell(s, session, "Fetch.failRequest", params, err);
}

static enum dz_code
hand_over(struct shot *s, const char *session, const char *request, const struct shot_answer *a,
          struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf body = DZ_BUF(DZ_SHOT_BYTES_MAX);
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(DZ_BROWSER_MESSAGE_MAX);
    DZ_TRY(dz_shot_body(s->store, a, s->o->box, s->o->cancel, &body, err));
    dz_b64_encode(&text, body.p, body.n, DZ_B64_PADDED);
    if (body.failed || text.failed) {
        s->ret->n_missing++;
        return refuse(s, session, request, "Failed", err);
    }
    dz_buf_done(&body);
    json_t *params = json_object();
    bool valid = a->status >= 200 && a->status <= 599;
    dz_json_set_str(params, "requestId", request);
    dz_json_set_int(params, "responseCode", valid ? a->status : 200);
    json_object_set_new(params, "responseHeaders", headers_of(dz_buf_view(&a->head)));
    json_object_set_new(params, "body", json_stringn(text.p != NULL ? text.p : "", text.n));
    s->ret->n_answered++;
    return dz_shot_tell(s, session, "Fetch.fulfillRequest", params, err);
}

/* Browsers ask every site for this one by themselves; it is not shown in the page. */
static bool
is_icon(const char *type, const char *url)
{
    static const char name[] = "/favicon.ico";
    size_t n = strlen(url);
    return type != NULL && strcmp(type, "Other") == 0 && n >= sizeof name - 1 &&
           strcmp(url + n - (sizeof name - 1), name) == 0;
}

enum dz_code
dz_shot_answer(struct shot *s, const char *session, const json_t *params, struct dz_err *err)
{
    const json_t *request = json_object_get(params, "request");
    const char *id = dz_json_str(params, "requestId");
    const char *url = dz_json_str(request, "url");
    const char *method = dz_json_str(request, "method");
    const char *type = dz_json_str(params, "resourceType");
    const char *frame = dz_json_str(params, "frameId");
    if (id == NULL || url == NULL || method == NULL)
        return DZ_OK; /* then it waits, and its time runs */
    bool document = type != NULL && strcmp(type, "Document") == 0;
    bool itself = document && frame != NULL && strcmp(frame, s->frame) == 0;
    /* A page that leads on to another one stays what was captured. */
    if (itself && s->answered)
        return refuse(s, session, id, "Aborted", err);
    const struct shot_answer *a = strcmp(method, "GET") == 0 ? dz_shot_find(s->store, url) : NULL;
    if (a == NULL) {
        if (!is_icon(type, url))
            s->ret->n_missing++;
        /* An aborted frame stays empty, where a failed one would show the browser's own words. */
        return refuse(s, session, id, document ? "Aborted" : "Failed", err);
    }
    bool redirect = a->status >= 300 && a->status < 400 &&
                    dz_exchange_header(dz_buf_view(&a->head), "Location").n > 0;
    s->answered = s->answered || (itself && !redirect);
    return hand_over(s, session, id, a, err);
}
