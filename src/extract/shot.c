#include "dz_shot.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#include "dz_address.h"
#include "dz_codec.h"
#include "dz_exchange.h"
#include "dz_json.h"
#include "dz_mem.h"
#include "dz_os.h"
#include "shot_impl.h"

#define LOAD_US 20000000 /* after that the picture shows what is there */
#define QUIET_US 500000  /* so long nothing happens before the picture is made */
#define SETTLE_US 4000000

/* What makes a browser do nothing of its own accord. Its sandbox stays on; the network, which is
 * not there, is not looked for either. */
static const char *const arguments[] = {
    "--headless=new",
    "--remote-debugging-pipe",
    "--user-data-dir=/home/profile",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-sync",
    "--disable-component-update",
    "--disable-background-networking",
    "--disable-breakpad",
    "--disable-crash-reporter",
    "--disable-domain-reliability",
    "--disable-client-side-phishing-detection",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-gpu",
    "--disable-setuid-sandbox",
    "--hide-scrollbars",
    "--mute-audio",
    "--password-store=basic",
    "--use-mock-keychain",
    "--no-pings",
    "--lang=en-US",
    "--force-color-profile=srgb",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    /* What came without TLS is shown without it; with it, parts of the page would be refused. */
    "--disable-features=HttpsUpgrades,HttpsFirstBalancedModeAutoEnable",
    /* A page is shown whole, so nothing in it waits until somebody comes near. */
    "--blink-settings=lazyLoadEnabled=false",
    "about:blank",
    NULL,
};

void
dz_shot_done(struct dz_shot *s)
{
    dz_free(s->browser);
    dz_buf_done(&s->png);
    dz_buf_done(&s->pdf);
    *s = (struct dz_shot){0};
}

static struct dz_browser_opts
browser_opts(const struct dz_shot_opts *o)
{
    unsigned seconds = o->seconds > 0 ? o->seconds : DZ_SHOT_SECONDS;
    return (struct dz_browser_opts){
        .box = o->box,
        .path = o->browser,
        .arguments = arguments,
        .deadline_us = dz_os_monotonic_us() + (int64_t)seconds * 1000000,
        .cancel = o->cancel,
    };
}

enum dz_code
dz_shot_check(const struct dz_shot_opts *opts, struct dz_err *err)
{
    const struct dz_browser_opts how = browser_opts(opts);
    return dz_browser_check(&how, err);
}

/* ---- opening the page ---- */

static enum dz_code
say_version(struct shot *s, struct dz_err *err)
{
    DZ_AUTO_JSON json_t *said = NULL;
    DZ_TRY(dz_shot_call(s, "", "Browser.getVersion", NULL, &said, err));
    const char *product = dz_json_str(said, "product");
    if (product == NULL || strlen(product) > 100)
        return dz_fail(err, DZ_E_CORRUPT, "the browser says what no browser says");
    s->ret->browser = dz_strdup(product);
    return DZ_OK;
}

static bool
copy_word(const char *word, char ret[SHOT_SESSION_MAX])
{
    size_t n = word != NULL ? strlen(word) : 0;
    if (n == 0 || n >= SHOT_SESSION_MAX)
        return false;
    memcpy(ret, word, n + 1);
    return true;
}

/* The id of a page is also that of its outermost frame. */
static enum dz_code
attach(struct shot *s, struct dz_err *err)
{
    DZ_AUTO_JSON json_t *made = NULL;
    DZ_AUTO_JSON json_t *attached = NULL;
    char session[SHOT_SESSION_MAX] = "";
    DZ_TRY(dz_shot_call(s, "", "Target.createTarget", json_pack("{s:s}", "url", "about:blank"),
                        &made, err));
    bool good = copy_word(dz_json_str(made, "targetId"), s->frame);
    if (good) {
        DZ_TRY(dz_shot_call(s, "", "Target.attachToTarget",
                            json_pack("{s:s,s:b}", "targetId", s->frame, "flatten", 1), &attached,
                            err));
        good = copy_word(dz_json_str(attached, "sessionId"), session);
    }
    if (!good)
        return dz_fail(err, DZ_E_CORRUPT, "the browser says what no browser says");
    memcpy(s->session, session, sizeof session);
    return DZ_OK;
}

static enum dz_code
ask(struct shot *s, const char *method, json_t *params, struct dz_err *err)
{
    DZ_AUTO_JSON json_t *answer = NULL;
    return dz_shot_call(s, s->session, method, params, &answer, err);
}

static enum dz_code
set_up(struct shot *s, struct dz_err *err)
{
    DZ_TRY(
        ask(s, "Target.setAutoAttach",
            json_pack("{s:b,s:b,s:b}", "autoAttach", 1, "waitForDebuggerOnStart", 1, "flatten", 1),
            err));
    DZ_TRY(ask(s, "Page.enable", NULL, err));
    DZ_TRY(ask(s, "Fetch.enable", NULL, err));
    return ask(s, "Emulation.setDeviceMetricsOverride",
               json_pack("{s:i,s:i,s:i,s:b}", "width", DZ_SHOT_WIDTH, "height", DZ_SHOT_HEIGHT,
                         "deviceScaleFactor", 1, "mobile", 0),
               err);
}

/* Until it is loaded, and then until it is quiet: scripts and fonts change a page for a while. */
static enum dz_code
wait_for_page(struct shot *s, struct dz_err *err)
{
    bool any = true;
    int64_t until = dz_os_monotonic_us() + LOAD_US;
    while (!s->loaded && dz_os_monotonic_us() < until)
        DZ_TRY(dz_shot_listen(s, until, &any, err));
    s->ret->unfinished = !s->loaded;
    until = dz_os_monotonic_us() + SETTLE_US;
    for (any = true; any && dz_os_monotonic_us() < until;)
        DZ_TRY(dz_shot_listen(s, dz_os_monotonic_us() + QUIET_US, &any, err));
    return DZ_OK;
}

static enum dz_code
open_page(struct shot *s, const char *address, struct dz_err *err)
{
    DZ_AUTO_JSON json_t *gone = NULL;
    DZ_TRY(dz_shot_call(s, s->session, "Page.navigate", json_pack("{s:s}", "url", address), &gone,
                        err));
    if (dz_json_str(gone, "errorText") != NULL || !s->answered)
        return dz_fail(err, DZ_E_IO, "the browser does not show the page");
    return wait_for_page(s, err);
}

/* ---- taking ---- */

static uint64_t
measure(const json_t *size, const char *key, uint64_t least, uint64_t most)
{
    const json_t *value = json_object_get(size, key);
    double v = json_is_number(value) ? ceil(json_number_value(value)) : 0;
    return v < (double)least ? least : v > (double)most ? most : (uint64_t)v;
}

static enum dz_code
take_data(const json_t *answer, struct dz_buf *out, struct dz_err *err)
{
    const char *data = dz_json_str(answer, "data");
    out->max = DZ_SHOT_BYTES_MAX;
    struct dz_err why = {0};
    if (data == NULL || dz_b64_decode(out, dz_view_of(data), DZ_B64_PADDED, &why) != DZ_OK ||
        out->failed)
        return dz_fail(err, DZ_E_CORRUPT, "what the browser made is damaged or larger than %u MiB",
                       DZ_SHOT_BYTES_MAX >> 20);
    return DZ_OK;
}

static enum dz_code
take_picture(struct shot *s, struct dz_err *err)
{
    DZ_AUTO_JSON json_t *metrics = NULL;
    DZ_AUTO_JSON json_t *answer = NULL;
    DZ_TRY(dz_shot_call(s, s->session, "Page.getLayoutMetrics", NULL, &metrics, err));
    const json_t *size = json_object_get(metrics, "cssContentSize");
    uint64_t width = measure(size, "width", DZ_SHOT_WIDTH, DZ_SHOT_WIDTH_MAX);
    s->ret->page_height = measure(size, "height", DZ_SHOT_HEIGHT, UINT32_MAX);
    uint64_t height = measure(size, "height", DZ_SHOT_HEIGHT, DZ_SHOT_HEIGHT_MAX);
    json_t *clip = json_pack("{s:i,s:i,s:I,s:I,s:i}", "x", 0, "y", 0, "width", (json_int_t)width,
                             "height", (json_int_t)height, "scale", 1);
    DZ_TRY(dz_shot_call(
        s, s->session, "Page.captureScreenshot",
        json_pack("{s:s,s:b,s:o}", "format", "png", "captureBeyondViewport", 1, "clip", clip),
        &answer, err));
    DZ_TRY(take_data(answer, &s->ret->png, err));
    if (!dz_shot_is_png(dz_buf_view(&s->ret->png), &s->ret->width, &s->ret->height) ||
        s->ret->width != width || s->ret->height != height)
        return dz_fail(err, DZ_E_CORRUPT, "what the browser calls a picture is none");
    return DZ_OK;
}

static enum dz_code
take_print(struct shot *s, struct dz_err *err)
{
    DZ_AUTO_JSON json_t *answer = NULL;
    /* A4, in inches. */
    DZ_TRY(dz_shot_call(
        s, s->session, "Page.printToPDF",
        json_pack("{s:b,s:f,s:f}", "printBackground", 1, "paperWidth", 8.27, "paperHeight", 11.69),
        &answer, err));
    DZ_TRY(take_data(answer, &s->ret->pdf, err));
    if (!dz_shot_is_pdf(dz_buf_view(&s->ret->pdf)))
        return dz_fail(err, DZ_E_CORRUPT, "what the browser calls a PDF is none");
    return DZ_OK;
}

/* ---- the whole ---- */

static enum dz_code
check_kind(const struct dz_shot_store *store, const char *address, struct dz_err *err)
{
    static const char *const good[] = {"text/html", "application/xhtml+xml", "text/plain", "image/",
                                       "text/xml",  "application/xml"};
    const struct shot_answer *a = dz_shot_find(store, address);
    if (a == NULL)
        return dz_fail(err, DZ_E_INPUT, "the page is not in the capture");
    struct dz_view type = dz_exchange_header(dz_buf_view(&a->head), "Content-Type");
    bool fits = type.n == 0;
    for (size_t i = 0; i < sizeof good / sizeof *good && !fits; i++)
        fits = type.n >= strlen(good[i]) && strncasecmp(type.p, good[i], strlen(good[i])) == 0;
    if (!fits || a->n == 0)
        return dz_fail(err, DZ_E_INPUT, "what came is no page that a browser could show");
    return DZ_OK;
}

static enum dz_code
run(struct shot *s, const char *address, struct dz_err *err)
{
    DZ_TRY(say_version(s, err));
    DZ_TRY(attach(s, err));
    DZ_TRY(set_up(s, err));
    DZ_TRY(open_page(s, address, err));
    DZ_TRY(take_picture(s, err));
    return take_print(s, err);
}

enum dz_code
dz_shot_take(struct dz_shot_store *store, const char *address, const struct dz_shot_opts *opts,
             struct dz_shot *ret, struct dz_err *err)
{
    DZ_AUTO_SHOT struct dz_shot shot = {.began_us = dz_os_now_us()};
    struct shot s = {.store = store, .o = opts, .ret = &shot};
    DZ_AUTO_FREE char *plain = dz_address_plain(address);
    if (plain == NULL)
        return dz_fail(err, DZ_E_INPUT, "the page is not in the capture");
    DZ_TRY(check_kind(store, plain, err));
    const struct dz_browser_opts how = browser_opts(opts);
    DZ_TRY(dz_browser_start(&how, &s.browser, err));
    enum dz_code code = run(&s, plain, err);
    dz_browser_end(s.browser);
    if (code != DZ_OK)
        return code;
    shot.ended_us = dz_os_now_us();
    *ret = shot;
    shot = (struct dz_shot){0};
    return DZ_OK;
}
