#include <string.h>

#include "dz_json.h"
#include "dz_mem.h"
#include "dz_os.h"
#include "shot_impl.h"

/* Messages to the browser and from it: the DevTools protocol, version 1.3, each a JSON object. */

#define BAD_MAX 100
#define VALUES_MAX 1000000

static enum dz_code
send_message(struct shot *s, const char *session, const char *method, json_t *params,
             struct dz_err *err)
{
    DZ_AUTO_JSON json_t *message = json_object();
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(DZ_BROWSER_MESSAGE_MAX);
    dz_json_set_int(message, "id", (int64_t)++s->last_id);
    dz_json_set_str(message, "method", method);
    dz_json_set_str(message, "sessionId", session);
    json_object_set_new(message, "params", params != NULL ? params : json_object());
    DZ_TRY(dz_json_line(&text, message, err));
    return dz_browser_send(s->browser, dz_buf_view(&text), err);
}

enum dz_code
dz_shot_tell(struct shot *s, const char *session, const char *method, json_t *params,
             struct dz_err *err)
{
    return send_message(s, session, method, params, err);
}

/* ---- what happens ---- */

/* Frames of other sites and workers run in processes of their own: their requests, too, are to come
 * here, and they wait until that is so. */
static enum dz_code
take_child(struct shot *s, const json_t *params, struct dz_err *err)
{
    const char *child = dz_json_str(params, "sessionId");
    if (child == NULL || strcmp(child, s->session) == 0 || s->session[0] == '\0')
        return DZ_OK;
    DZ_AUTO_FREE char *session = dz_strdup(child);
    DZ_TRY(dz_shot_tell(
        s, session, "Target.setAutoAttach",
        json_pack("{s:b,s:b,s:b}", "autoAttach", 1, "waitForDebuggerOnStart", 1, "flatten", 1),
        err));
    DZ_TRY(dz_shot_tell(s, session, "Fetch.enable", NULL, err));
    return dz_shot_tell(s, session, "Runtime.runIfWaitingForDebugger", NULL, err);
}

static enum dz_code
take_event(struct shot *s, const json_t *message, struct dz_err *err)
{
    const char *method = dz_json_str(message, "method");
    const char *session = dz_json_str(message, "sessionId");
    const json_t *params = json_object_get(message, "params");
    session = session != NULL ? session : "";
    bool of_page = strcmp(session, s->session) == 0;
    if (method == NULL)
        return DZ_OK;
    if (strcmp(method, "Fetch.requestPaused") == 0)
        return dz_shot_answer(s, session, params, err);
    if (strcmp(method, "Target.attachedToTarget") == 0)
        return take_child(s, params, err);
    if (strcmp(method, "Page.javascriptDialogOpening") == 0)
        return dz_shot_tell(s, session, "Page.handleJavaScriptDialog",
                            json_pack("{s:b}", "accept", 0), err);
    if (strcmp(method, "Inspector.targetCrashed") == 0 && of_page)
        return dz_fail(err, DZ_E_IO, "the page made the browser crash");
    if (strcmp(method, "Page.loadEventFired") == 0 && of_page)
        s->loaded = true;
    return DZ_OK;
}

/* Before it is parsed: every value of a JSON text costs some fifty bytes, and who sends a hundred
 * million of them is no browser. What is long and honest is one string. */
static bool
is_believable(struct dz_view text)
{
    size_t n = 0;
    for (size_t i = 0; i < text.n && n <= VALUES_MAX; i++)
        n += text.p[i] == ',' || text.p[i] == '[' || text.p[i] == '{' || text.p[i] == ':';
    return n <= VALUES_MAX;
}

/* The next message; NULL: none came until then, or what came was none. */
static enum dz_code
next(struct shot *s, int64_t until_us, json_t **ret, bool *ret_there, struct dz_err *err)
{
    struct dz_view text;
    *ret = NULL;
    DZ_TRY(dz_browser_next(s->browser, until_us, &text, ret_there, err));
    if (!*ret_there)
        return DZ_OK;
    struct dz_err why = {0};
    if (is_believable(text) && dz_json_parse(text, ret, &why) == DZ_OK && json_is_object(*ret))
        return DZ_OK;
    json_decref(*ret);
    *ret = NULL;
    /* A page can bring words into an event that are no text; one that never ends is no browser. */
    if (++s->n_bad > BAD_MAX)
        return dz_fail(err, DZ_E_CORRUPT, "the browser says what no browser says");
    return DZ_OK;
}

enum dz_code
dz_shot_listen(struct shot *s, int64_t until_us, bool *ret_any, struct dz_err *err)
{
    DZ_AUTO_JSON json_t *message = NULL;
    DZ_TRY(next(s, until_us, &message, ret_any, err));
    return message != NULL ? take_event(s, message, err) : DZ_OK;
}

/* ---- asking ---- */

static enum dz_code
take_answer(const json_t *message, const char *method, json_t **ret, struct dz_err *err)
{
    json_t *result = json_object_get(message, "result");
    if (!json_is_object(result))
        return dz_fail(err, DZ_E_IO, "the browser refuses what it was asked for (%s)", method);
    *ret = json_incref(result);
    return DZ_OK;
}

enum dz_code
dz_shot_call(struct shot *s, const char *session, const char *method, json_t *params, json_t **ret,
             struct dz_err *err)
{
    DZ_TRY(send_message(s, session, method, params, err));
    int64_t id = (int64_t)s->last_id;
    for (;;) {
        DZ_AUTO_JSON json_t *message = NULL;
        bool there;
        DZ_TRY(next(s, INT64_MAX, &message, &there, err));
        if (message != NULL && dz_json_int(message, "id", -1) == id)
            return take_answer(message, method, ret, err);
        if (message != NULL)
            DZ_TRY(take_event(s, message, err));
    }
}
