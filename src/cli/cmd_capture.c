/* capture: a page of the web and what it needs become a source. */
#include <string.h>

#include "dz_address.h"
#include "dz_browser.h"
#include "dz_capture.h"
#include "dz_cmd.h"
#include "dz_common.h"
#include "dz_json.h"
#include "dz_mem.h"
#include "dz_queue.h"
#include "dz_reading.h"
#include "dz_setting.h"
#include "dz_shot.h"
#include "dz_source.h"
#include "dz_source_shot.h"

#define FAILURES_SHOWN 10

struct values {
    const char *basis;
    const char *access;
    const char *title;
    const char *vantage;
    const char *user_agent;
    const char *allow_private;
    const char *browser;
    uint64_t screenshot_seconds;
    uint64_t resources;
    uint64_t resource_mib;
    uint64_t page_mib;
    uint64_t page_seconds;
    uint64_t pause_ms;
    bool only_page;
    bool insecure_tls;
    bool preserve_only;
    bool screenshot;
    struct dz_reading_values reading;
};

static const struct dz_opt opts[] = {
    DZ_OPT_TEXT(struct values, basis, "basis", N_("BASIS"),
                N_("what the page is: published (taken for granted), official, testimony, "
                   "private_document or unstated")),
    DZ_OPT_TEXT(struct values, access, "access", N_("ACCESS"), N_("open, restricted or sealed")),
    DZ_OPT_TEXT(struct values, title, "title", N_("TEXT"), N_("what to call it")),
    DZ_OPT_TEXT(struct values, vantage, "vantage", N_("TEXT"),
                N_("from where it was seen, in your words: a country, a provider, Tor")),
    DZ_OPT_FLAG(struct values, only_page, "only-page", N_("the page alone, nothing it needs")),
    DZ_OPT_NUMBER(struct values, resources, "resources", N_("NUMBER"), 1, 2000,
                  N_("fetch at most so many things that a page needs (200)")),
    DZ_OPT_NUMBER(struct values, resource_mib, "resource-size", N_("MIB"), 1, 1024,
                  N_("cut what is larger than so many MiB (100)")),
    DZ_OPT_NUMBER(struct values, page_mib, "page-size", N_("MIB"), 1, 16384,
                  N_("stop a page that comes to so many MiB (500)")),
    DZ_OPT_NUMBER(struct values, page_seconds, "page-time", N_("SECONDS"), 1, 86400,
                  N_("stop a page after so long (600)")),
    DZ_OPT_NUMBER(struct values, pause_ms, "pause", N_("MILLISECONDS"), 1, 600000,
                  N_("between two requests to one host (500)")),
    DZ_OPT_TEXT(struct values, user_agent, "user-agent", N_("TEXT"),
                N_("what to say of oneself, instead of what a common browser says")),
    DZ_OPT_FLAG(struct values, insecure_tls, "insecure-tls",
                N_("take certificates that are not trusted, too; it is recorded")),
    DZ_OPT_TEXT(struct values, allow_private, "allow-private", N_("ADDRESSES"),
                N_("go to these addresses of the local network, such as 127.0.0.1:8000; all others "
                   "are refused")),
    DZ_OPT_FLAG(struct values, screenshot, "screenshot",
                N_("also a picture of the whole page and a PDF, made by Chromium from what was "
                   "fetched")),
    DZ_OPT_TEXT(struct values, browser, "browser", N_("PROGRAM"),
                N_("the Chromium to use (chromium or google-chrome in PATH)")),
    DZ_OPT_NUMBER(struct values, screenshot_seconds, "screenshot-time", N_("SECONDS"), 1, 600,
                  N_("give up a picture after so long (60)")),
    DZ_OPT_FLAG(struct values, preserve_only, "preserve-only",
                N_("seal it now and leave reading it to the next 'dokaz add'")),
    DZ_OPT_READING(struct values, reading),
    {0},
};

/* ---- telling ---- */

/* A visit leaves traces at the other end, and somebody may read them. */
static void
warn(struct dz_ctx *c, const char *proxy)
{
    if (proxy != NULL && proxy[0] != '\0')
        dz_notice(
            c, "%s",
            _("a visit shows the owner of the site that somebody takes an interest, and when; "
              "it comes from the address of the proxy in the settings"));
    else
        dz_notice(
            c, "%s",
            _("a visit shows the owner of the site that somebody takes an interest, and when; "
              "it comes from the address of this connection: 'dokaz settings network.proxy' "
              "sets another way, such as Tor"));
}

static void
progress(void *ctx, const struct dz_capture_progress *p)
{
    (void)ctx;
    DZ_AUTO_BUF struct dz_buf size = DZ_BUF(64);
    dz_size_words(p->n_bytes, &size);
    dz_progress(_("fetched %llu, %llu waiting, %s"), (unsigned long long)p->n_done,
                (unsigned long long)p->n_waiting, size.p);
}

/* Said once for a page. Others may hold the vault for long, and a page may be gone tomorrow. */
struct waiting {
    struct dz_ctx *c;
    bool told;
};

static void
tell_waiting(void *ctx)
{
    struct waiting *w = ctx;
    if (w->told)
        return;
    w->told = true;
    dz_progress_end();
    dz_notice(w->c, "%s",
              _("what was fetched waits until another process has finished writing to the vault; "
                "Ctrl-C gives it up"));
}

static void
print_failures(struct dz_ctx *c, const struct dz_captured *r)
{
    for (size_t i = 0; i < r->n_failures && i < FAILURES_SHOWN; i++) {
        DZ_AUTO_BUF struct dz_buf address = DZ_BUF(1 << 16);
        dz_out_flush(&c->out);
        dz_buf_adds(&address, r->failures[i].address);
        dz_notice(c, "%.300s: %s", address.p, dz_fault_words(r->failures[i].fault));
    }
    if (r->n_failures > FAILURES_SHOWN)
        dz_notice(c,
                  dz_trn("%zu more address was not fetched", "%zu more addresses were not fetched",
                         (unsigned long)(r->n_failures - FAILURES_SHOWN)),
                  r->n_failures - FAILURES_SHOWN);
}

static void
print_json(struct dz_ctx *c, const char *id, const struct dz_captured *r)
{
    json_t *line = json_object();
    json_t *failures = json_array();
    dz_json_set_str(line, "outcome", "preserved");
    dz_json_set_str(line, "id", id);
    dz_json_set_str(line, "asked", r->asked);
    dz_json_set_str(line, "address", r->address);
    dz_json_set_int(line, "status", r->status);
    dz_json_set_int(line, "resources", (int64_t)r->n_resources);
    dz_json_set_int(line, "bytes", (int64_t)r->bytes);
    dz_json_set_str(line, "cut", r->cut);
    json_object_set_new(line, "stopped", json_boolean(r->stopped));
    for (size_t i = 0; i < r->n_failures; i++) {
        json_t *one = json_object();
        dz_json_set_str(one, "address", r->failures[i].address);
        dz_json_set_str(one, "fault", r->failures[i].fault);
        json_array_append_new(failures, one);
    }
    json_object_set_new(line, "failures", failures);
    dz_out_json_new(&c->out, line);
    dz_out_flush(&c->out);
}

static void
print_page(struct dz_ctx *c, const char *id, const struct dz_captured *r)
{
    dz_progress_end();
    if (c->json) {
        print_json(c, id, r);
        return;
    }
    dz_out_f(&c->out, "%s  %s  ", id, _("preserved"));
    dz_out_line(&c->out, dz_view_of(r->address), 400);
    dz_out_f(&c->out, dz_trn(" (HTTP %ld, with %zu thing that it needs)",
                             " (HTTP %ld, with %zu things that it needs)",
                             (unsigned long)r->n_resources),
             r->status, r->n_resources);
    dz_out_text(&c->out, "\n");
    dz_out_flush(&c->out);
    if (r->cut != NULL)
        dz_notice(c, _("the page itself is there only in part: %s"), dz_fault_words(r->cut));
    if (r->tls && !r->tls_trusted)
        dz_notice(c, "%s", _("its certificate was not checked: it may come from somebody else"));
    print_failures(c, r);
}

/* ---- rendering ---- */

struct counts {
    size_t n_kept;
    size_t n_failed;
    size_t n_not_rendered;
    bool stopped;
    char **ids; /* pages and pictures, to be read */
    size_t n_ids;
    size_t cap_ids;
};

static void
counts_done(struct counts *n)
{
    for (size_t i = 0; i < n->n_ids; i++)
        dz_free(n->ids[i]);
    dz_free(n->ids);
}
#define AUTO_COUNTS DZ_CLEANUP(counts_done)

static void
note_id(struct counts *n, const char *id)
{
    n->ids = dz_grow(n->ids, &n->cap_ids, n->n_ids + 1, sizeof *n->ids);
    n->ids[n->n_ids++] = dz_strdup(id);
}

static void
print_shot(struct dz_ctx *c, const char *page_id, const char *png_id, const char *pdf_id,
           const struct dz_shot *s)
{
    dz_progress_end();
    if (c->json) {
        json_t *line = json_object();
        dz_json_set_str(line, "outcome", "rendered");
        dz_json_set_str(line, "of", page_id);
        dz_json_set_str(line, "picture", png_id);
        dz_json_set_str(line, "pdf", pdf_id);
        dz_json_set_str(line, "browser", s->browser);
        dz_json_set_int(line, "width", (int64_t)s->width);
        dz_json_set_int(line, "height", (int64_t)s->height);
        dz_json_set_int(line, "missing", (int64_t)s->n_missing);
        dz_out_json_new(&c->out, line);
    } else {
        dz_out_f(&c->out, _("%s  its picture, %llu x %llu, by %.60s\n"), png_id,
                 (unsigned long long)s->width, (unsigned long long)s->height, s->browser);
        dz_out_f(&c->out, _("%s  its PDF\n"), pdf_id);
    }
    dz_out_flush(&c->out);
    if (s->page_height > s->height)
        dz_notice(c, _("the page is %llu pixels high, the picture shows the first %llu of them"),
                  (unsigned long long)s->page_height, (unsigned long long)s->height);
    if (s->unfinished)
        dz_notice(c, "%s", _("the page was still loading when the picture was made"));
    if (s->n_missing > 0)
        dz_notice(
            c,
            dz_trn("%llu thing that it asked for is not in the capture, so not in the picture",
                   "%llu things that it asked for are not in the capture, so not in the "
                   "picture",
                   (unsigned long)s->n_missing),
            (unsigned long long)s->n_missing);
}

static enum dz_code
make_shot(struct dz_ctx *c, const struct dz_source_capture *what, const struct dz_shot_opts *how,
          struct dz_shot_store *store, const char *page_id, const struct dz_captured *page,
          struct counts *n, struct dz_err *err)
{
    DZ_AUTO_SHOT struct dz_shot shot = {0};
    char png_id[DZ_ID_MAX];
    char pdf_id[DZ_ID_MAX];
    dz_progress("%s", _("making a picture of the page"));
    DZ_TRY(dz_shot_take(store, page->address, how, &shot, err));
    DZ_TRY(dz_source_keep_shot(c->vault, page_id, page, what, &shot, png_id, pdf_id, err));
    note_id(n, png_id);
    note_id(n, pdf_id);
    print_shot(c, page_id, png_id, pdf_id, &shot);
    return DZ_OK;
}

/* A page of which no picture can be made is preserved all the same. */
static void
render(struct dz_ctx *c, const struct dz_source_capture *what, const struct dz_shot_opts *how,
       struct dz_shot_store *store, const char *page_id, const struct dz_captured *page,
       struct counts *n)
{
    struct dz_err why = {0};
    enum dz_code code = make_shot(c, what, how, store, page_id, page, n, &why);
    dz_progress_end();
    if (code == DZ_OK)
        return;
    if (code == DZ_E_CANCELLED) {
        n->stopped = true;
        return;
    }
    n->n_not_rendered++;
    n->stopped = code == DZ_E_LOCKED; /* waiting for the vault was given up */
    if (c->json) {
        json_t *line = json_object();
        dz_json_set_str(line, "outcome", "not_rendered");
        dz_json_set_str(line, "of", page_id);
        dz_json_set_str(line, "why", why.msg);
        dz_out_json_new(&c->out, line);
        dz_out_flush(&c->out);
    }
    dz_notice(c, _("no picture of %.300s: %s"), page->address, why.msg);
}

/* ---- capturing ---- */

/* A page that cannot be got is named, and the next one is tried. */
static enum dz_code
capture_one(struct dz_ctx *c, const struct dz_source_capture *wanted,
            const struct dz_shot_opts *shot, const char *url, struct counts *n, struct dz_err *err)
{
    DZ_AUTO_CAPTURED struct dz_captured r = {0};
    DZ_AUTO_SHOT_STORE struct dz_shot_store *store = NULL;
    struct dz_capture_opts fetching = *wanted->how;
    struct dz_source_capture asked = *wanted, *what = &asked;
    struct waiting waiting = {.c = c};
    char id[DZ_ID_MAX];
    struct dz_err why = {0};
    asked.how = &fetching;
    asked.waiting = tell_waiting;
    asked.ctx = &waiting;
    if (shot != NULL) {
        DZ_TRY(dz_shot_store_new(&store, err));
        fetching.seen = dz_shot_store_add;
        fetching.seen_ctx = store;
    }
    enum dz_code code = dz_source_capture(c->vault, c->rules, url, what, id, &r, &why);
    dz_progress_end();
    if (code == DZ_E_CANCELLED) {
        n->stopped = true;
        return DZ_OK;
    }
    if (code != DZ_OK && code != DZ_E_INPUT)
        return dz_fail(err, code, "%s", why.msg);
    if (code == DZ_OK && r.fault == NULL) {
        n->n_kept++;
        note_id(n, id);
        n->stopped = r.stopped;
        print_page(c, id, &r);
        if (shot != NULL && !n->stopped)
            render(c, what, shot, store, id, &r, n);
        return DZ_OK;
    }
    n->n_failed++;
    const char *words = code == DZ_OK ? dz_fault_words(r.fault) : why.msg;
    if (c->json) {
        json_t *line = json_object();
        dz_json_set_str(line, "outcome", "failed");
        dz_json_set_str(line, "asked", url);
        dz_json_set_str(line, "address", r.address);
        dz_json_set_str(line, "fault", code == DZ_OK ? r.fault : "address");
        dz_out_json_new(&c->out, line);
        dz_out_flush(&c->out);
    }
    dz_notice(c, "%.300s: %s", r.address != NULL ? r.address : url, words);
    return DZ_OK;
}

/* What cannot be read, of the page or inside it, is named; it is preserved all the same. */
static void
report(void *ctx, const struct dz_add_report *r)
{
    if (r->outcome == DZ_ADD_FAILED)
        dz_notice(ctx, "%.300s: %s", r->path, r->message != NULL ? r->message : "");
}

static enum dz_code
read_them(struct dz_ctx *c, const struct dz_reading_setup *setup, const struct counts *n,
          struct dz_err *err)
{
    uint64_t n_read = 0;
    struct dz_add_opts how = {.report = report,
                              .progress = dz_reading_progress,
                              .ctx = c,
                              .box = setup->box,
                              .ocr = setup->ocr,
                              .cancel = c->cancel};
    /* Nothing else that waits: another capture may be about to read it. */
    enum dz_code code = dz_sources_read(c->vault, c->rules, (const char *const *)n->ids, n->n_ids,
                                        &how, NULL, err);
    if (code == DZ_OK)
        code = dz_queue_update(c->vault, c->rules, NULL, c->cancel, &n_read, err);
    dz_progress_end();
    return code;
}

static enum dz_code
settle(struct dz_ctx *c, const struct values *v, const struct dz_reading_setup *setup,
       const struct counts *n, struct dz_err *err)
{
    if (n->stopped)
        return dz_fail(err, DZ_E_CANCELLED, "stopped: what was reported is preserved");
    if (n->n_kept > 0 && !v->preserve_only)
        DZ_TRY(read_them(c, setup, n, err));
    if (n->n_failed > 0)
        return dz_fail(err, DZ_E_IO,
                       dz_trn("%zu page could not be captured", "%zu pages could not be captured",
                              (unsigned long)n->n_failed),
                       n->n_failed);
    if (n->n_not_rendered > 0)
        return dz_fail(err, DZ_E_IO,
                       dz_trn("%zu page is preserved without a picture",
                              "%zu pages are preserved without a picture",
                              (unsigned long)n->n_not_rendered),
                       n->n_not_rendered);
    return DZ_OK;
}

/* What a picture needs is looked for before anything is fetched: a page is not to be visited again
 * only because the browser was missing the first time. */
static enum dz_code
prepare_shot(struct dz_ctx *c, const struct values *v, const struct dz_reading_setup *setup,
             char **browser, struct dz_shot_opts *ret, struct dz_err *err)
{
    if (!v->screenshot && (v->browser != NULL || v->screenshot_seconds > 0))
        return dz_fail(err, DZ_E_USAGE, "--browser and --screenshot-time go with --screenshot");
    if (!v->screenshot)
        return DZ_OK;
    DZ_TRY(dz_browser_find(v->browser, browser, err));
    *ret = (struct dz_shot_opts){.box = setup->box,
                                 .browser = *browser,
                                 .seconds = (unsigned)v->screenshot_seconds,
                                 .cancel = c->cancel};
    return dz_shot_check(ret, err);
}

static enum dz_code
run(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    const struct values *v = values;
    DZ_AUTO_READING struct dz_reading_setup setup = {0};
    DZ_AUTO_FREE char *proxy = NULL;
    DZ_AUTO_FREE char *browser = NULL;
    struct dz_shot_opts shot = {0};
    AUTO_COUNTS struct counts n = {0};
    DZ_TRY(dz_check_code(c, "basis", "basis", v->basis, err));
    DZ_TRY(dz_check_code(c, "access", "access", v->access, err));
    DZ_TRY(dz_address_check_list(v->allow_private, err));
    DZ_TRY(dz_setting_get(c->vault, "network.proxy", &proxy, err));
    DZ_TRY(dz_reading_setup(c, &v->reading, &setup, err));
    DZ_TRY(prepare_shot(c, v, &setup, &browser, &shot, err));
    const struct dz_capture_opts how = {.box = setup.box,
                                        .user_agent = v->user_agent,
                                        .page_ms = (unsigned)v->page_seconds * 1000,
                                        .exchange_bytes = v->resource_mib << 20,
                                        .page_bytes = v->page_mib << 20,
                                        .resources_max = (unsigned)v->resources,
                                        .pause_ms = (unsigned)v->pause_ms,
                                        .only_page = v->only_page,
                                        .insecure_tls = v->insecure_tls,
                                        .allow_private = v->allow_private,
                                        .cancel = c->cancel,
                                        .progress = progress};
    const struct dz_source_capture what = {.how = &how,
                                           .basis = v->basis != NULL ? v->basis : "published",
                                           .access = v->access,
                                           .title = v->title,
                                           .vantage = v->vantage};
    warn(c, proxy);
    for (size_t i = 0; i < c->n_words && !n.stopped; i++)
        DZ_TRY(capture_one(c, &what, v->screenshot ? &shot : NULL, c->words[i], &n, err));
    return settle(c, v, &setup, &n, err);
}

const struct dz_cmd dz_cmd_capture = {
    .name = "capture",
    .group = DZ_GROUP_SOURCES,
    .summary = N_("fetch pages of the web, with what they need, and preserve them"),
    .usage = N_("URL..."),
    .help = N_(
        "Each page is fetched with its pictures, styles, scripts, fonts and frames, as the server "
        "sends them, into one WARC file (ISO 28500), which is sealed as a source and read like any "
        "other. Scripts are not run, links are not followed, cookies are not taken. Redirects, "
        "headers, the certificate and the times are recorded. Ctrl-C keeps a page that is there "
        "already, and marks it.\n\nA visit is seen at the other end. Requests go through the proxy "
        "of 'dokaz settings network.proxy' when one is set, names of hosts too, and say what a "
        "common browser says. robots.txt is not asked. Addresses of this machine and its local "
        "network are refused, whatever name or redirect leads there.\n\nWith --screenshot Chromium "
        "then makes a picture of the whole page and a PDF, which become sources made from it. It is "
        "shown what was fetched and nothing else, and runs the scripts in it: it has no network, "
        "sees no file of yours, and what it writes lies in memory. Where it is not installed, or "
        "cannot be locked in like this, nothing is fetched."),
    .opts = opts,
    .values_size = sizeof(struct values),
    .needs = DZ_NEED_VAULT | DZ_NEED_WRITE | DZ_NEED_RULES | DZ_HAS_JSON | DZ_STOPS_IN_ORDER,
    .min_words = 1,
    .max_words = SIZE_MAX,
    .run = run,
};
