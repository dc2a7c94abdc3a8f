#include "dz_capture.h"

#include <string.h>

#include "capture_impl.h"
#include "dz_address.h"
#include "dz_fetch.h"
#include "dz_os.h"

#define EXCHANGE_MS 30000u
#define PAGE_MS 600000u
#define PAUSE_MS 500u
#define EXCHANGE_BYTES ((uint64_t)100 << 20)
#define PAGE_BYTES ((uint64_t)500 << 20)
#define RESOURCES_MAX 200u
#define NAME_MAX_BYTES 100

void
dz_captured_done(struct dz_captured *c)
{
    for (size_t i = 0; i < c->n_hops; i++)
        dz_free(c->hops[i]);
    for (size_t i = 0; i < c->n_failures; i++)
        dz_free(c->failures[i].address);
    dz_free(c->hops);
    dz_free(c->failures);
    dz_free(c->asked);
    dz_free(c->address);
    dz_free(c->ip);
    dz_free(c->issuer);
    dz_buf_done(&c->head);
    *c = (struct dz_captured){0};
}

char *
dz_capture_name(const char *url)
{
    const char *from = strstr(url, "://");
    DZ_AUTO_BUF struct dz_buf out = DZ_BUF(NAME_MAX_BYTES + 64);
    from = from != NULL ? from + 3 : url;
    for (const char *p = from; *p != '\0' && out.n < NAME_MAX_BYTES; p++) {
        char c = *p;
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '.' || c == '_';
        if (plain)
            dz_buf_addc(&out, c);
        else if (out.n > 0 && out.p[out.n - 1] != '-')
            dz_buf_addc(&out, '-');
    }
    while (out.n > 0 && (out.p[out.n - 1] == '-' || out.p[out.n - 1] == '.'))
        dz_buf_cut(&out, out.n - 1);
    dz_buf_adds(&out, ".warc");
    return dz_buf_take(&out);
}

/* ---- one address, with its redirections ---- */

/* How an address ended: its last exchange, and where that was. */
struct reached {
    struct dz_exchange x;
    char *url;
    const char *fault; /* why there is nothing, or NULL */
    char id[DZ_WARC_ID_MAX];
};

static void
reached_done(struct reached *r)
{
    dz_exchange_done(&r->x);
    dz_free(r->url);
}
#define AUTO_REACHED DZ_CLEANUP(reached_done)

static enum dz_code
exchange(struct capture *c, const char *url, struct dz_exchange *ret, struct dz_err *err)
{
    DZ_TRY(capture_wait(c, url, err));
    int64_t left_ms = (c->deadline_us - dz_os_monotonic_us()) / 1000;
    uint64_t left_bytes = c->o->page_bytes - c->ret->bytes;
    if (left_ms <= 0) {
        ret->fault = "time_limit";
        return DZ_OK;
    }
    const struct dz_exchange_opts o = {
        .proxy = c->o->proxy,
        .ca_pem = c->o->ca_pem,
        .user_agent = c->o->user_agent,
        .total_ms = left_ms < c->o->exchange_ms ? (unsigned)left_ms : c->o->exchange_ms,
        .max_bytes =
            (size_t)(left_bytes < c->o->exchange_bytes ? left_bytes : c->o->exchange_bytes),
        .insecure_tls = c->o->insecure_tls,
        .allow_private = c->o->allow_private,
        .cancel = c->o->cancel,
    };
    DZ_TRY(dz_exchange_get(url, &o, ret, err));
    c->ret->bytes += ret->body.n;
    return DZ_OK;
}

/* A redirection is followed only to another page of the web, and never in a circle: without cookies
 * the same address would give the same answer. */
static const char *
next_hop(char **hops, size_t n_hops, const struct dz_exchange *x, char **ret)
{
    DZ_AUTO_BUF struct dz_buf to = DZ_BUF(4 * DZ_FETCH_URL_MAX);
    if (n_hops > DZ_CAPTURE_REDIRECTS_MAX)
        return "redirect_limit";
    if (dz_address_resolve(NULL, dz_view_of(x->location), &to, NULL) != DZ_OK)
        return "redirect_address";
    for (size_t i = 0; i < n_hops; i++)
        if (strcmp(hops[i], to.p) == 0)
            return "redirect_loop";
    *ret = dz_buf_take(&to);
    return NULL;
}

static void
add_hop(char ***hops, size_t *n, const char *url)
{
    size_t cap = *n; /* few: grown one by one */
    *hops = dz_grow(*hops, &cap, *n + 1, sizeof **hops);
    (*hops)[(*n)++] = dz_strdup(url);
}

/* Fetch url and what it redirects to, writing each exchange. hops gets every address asked. */
static enum dz_code
follow(struct capture *c, const char *url, struct reached *ret, char ***hops, size_t *n_hops,
       struct dz_err *err)
{
    ret->url = dz_strdup(url);
    for (;;) {
        char *next = NULL;
        dz_exchange_done(&ret->x);
        add_hop(hops, n_hops, ret->url);
        DZ_TRY(exchange(c, ret->url, &ret->x, err));
        if (!ret->x.has_head) {
            ret->fault = ret->x.fault;
            return DZ_OK;
        }
        DZ_TRY(capture_write_exchange(c, ret->url, &ret->x, ret->id, err));
        if (ret->x.location == NULL)
            return DZ_OK;
        ret->fault = next_hop(*hops, *n_hops, &ret->x, &next);
        if (ret->fault != NULL)
            return DZ_OK;
        dz_free(ret->url);
        ret->url = next;
    }
}

/* ---- what is needed ---- */

struct needing {
    struct capture *c;
    const char *base;
    unsigned depth;
};

static void
need(void *ctx, struct dz_view address)
{
    struct needing *n = ctx;
    DZ_AUTO_BUF struct dz_buf url = DZ_BUF(4 * DZ_FETCH_URL_MAX);
    if (n->c->n_items < CAPTURE_QUEUE_MAX &&
        dz_address_resolve(n->base, address, &url, NULL) == DZ_OK)
        capture_remember(n->c, url.p, n->depth);
}

static enum dz_code
look_through(struct capture *c, const struct reached *r, unsigned depth, struct dz_err *err)
{
    struct needing n = {.c = c, .base = r->url, .depth = depth + 1};
    if (depth >= DZ_CAPTURE_DEPTH_MAX || c->o->only_page)
        return DZ_OK;
    return dz_capture_needs(c->o->box, &r->x, c->o->cancel, need, &n, err);
}

static enum dz_code
fetch_resource(struct capture *c, const struct capture_item *item, struct dz_err *err)
{
    AUTO_REACHED struct reached r = {0};
    char **hops = NULL;
    size_t n_hops = 0;
    enum dz_code code = follow(c, item->url, &r, &hops, &n_hops, err);
    for (size_t i = 0; i < n_hops; i++) {
        if (code == DZ_OK && i > 0)
            capture_remember(c, hops[i], DZ_CAPTURE_DEPTH_MAX + 1); /* it is here already */
        dz_free(hops[i]);
    }
    dz_free(hops);
    DZ_TRY(code);
    if (r.fault != NULL) {
        capture_fail(c, item->url, r.fault);
        return DZ_OK;
    }
    c->ret->n_resources++;
    if (r.x.fault != NULL)
        capture_fail(c, r.url, r.x.fault);
    return look_through(c, &r, item->depth, err);
}

static const char *
limit_reached(const struct capture *c, size_t n_asked)
{
    if (c->ret->stopped)
        return "stopped";
    if (n_asked >= c->o->resources_max)
        return "count_limit";
    if (c->ret->bytes >= c->o->page_bytes)
        return "size_limit";
    return dz_os_monotonic_us() >= c->deadline_us ? "time_limit" : NULL;
}

/* A stop here leaves the page, and says so; what was not asked for any more is named. */
static enum dz_code
fetch_resources(struct capture *c, struct dz_err *err)
{
    size_t n_asked = 0;
    for (size_t i = 0; i < c->n_items; i++) {
        const struct capture_item item = c->items[i];
        if (item.depth == 0 || item.depth > DZ_CAPTURE_DEPTH_MAX)
            continue;
        const char *limit = limit_reached(c, n_asked);
        if (limit == NULL) {
            n_asked++;
            enum dz_code code = fetch_resource(c, &item, err);
            if (code != DZ_OK && code != DZ_E_CANCELLED)
                return code;
            c->ret->stopped = code == DZ_E_CANCELLED;
            limit = c->ret->stopped ? "stopped" : NULL;
        }
        if (limit != NULL)
            capture_fail(c, item.url, limit);
        if (c->o->progress != NULL)
            c->o->progress(c->o->ctx, &(struct dz_capture_progress){n_asked, c->n_items - i - 1,
                                                                    c->ret->bytes});
    }
    return DZ_OK;
}

/* ---- the page ---- */

static void
note_page(struct capture *c, struct reached *r)
{
    struct dz_captured *ret = c->ret;
    ret->address = dz_strdup(r->url);
    ret->fault = r->fault;
    ret->cut = r->fault == NULL ? r->x.fault : NULL;
    ret->status = r->x.status;
    ret->head = r->x.head;
    ret->ip = r->x.ip[0] != '\0' ? dz_strdup(r->x.ip) : NULL;
    ret->tls = r->x.tls;
    ret->tls_trusted = r->x.tls_trusted;
    memcpy(ret->certificate, r->x.certificate, sizeof ret->certificate);
    ret->issuer = r->x.issuer;
    memcpy(c->page_id, r->id, sizeof c->page_id);
    r->x.issuer = NULL;
    r->x.head = (struct dz_buf){0};
}

static enum dz_code
fetch_page(struct capture *c, struct reached *r, struct dz_err *err)
{
    struct dz_captured *ret = c->ret;
    enum dz_code code = follow(c, ret->asked, r, &ret->hops, &ret->n_hops, err);
    DZ_TRY(code);
    for (size_t i = 0; i < ret->n_hops; i++)
        capture_remember(c, ret->hops[i], 0);
    code = r->fault == NULL ? look_through(c, r, 0, err) : DZ_OK;
    note_page(c, r);
    if (code == DZ_E_CANCELLED) {
        ret->stopped = true;
        code = DZ_OK;
    }
    return code;
}

static enum dz_code
run(struct capture *c, struct dz_err *err)
{
    AUTO_REACHED struct reached page = {0};
    c->ret->began_us = dz_os_now_us();
    c->deadline_us = dz_os_monotonic_us() + (int64_t)c->o->page_ms * 1000;
    DZ_TRY(capture_write_info(c, err));
    DZ_TRY(fetch_page(c, &page, err));
    /* The body is in the WARC; what follows needs the room. */
    dz_buf_done(&page.x.body);
    if (c->ret->fault == NULL) {
        DZ_TRY(fetch_resources(c, err));
        DZ_TRY(capture_write_outcome(c, err));
    }
    c->ret->ended_us = dz_os_now_us();
    return DZ_OK;
}

static void
fill_in(struct dz_capture_opts *o)
{
    o->user_agent = o->user_agent != NULL ? o->user_agent : DZ_CAPTURE_USER_AGENT;
    o->exchange_ms = o->exchange_ms > 0 ? o->exchange_ms : EXCHANGE_MS;
    o->page_ms = o->page_ms > 0 ? o->page_ms : PAGE_MS;
    o->exchange_bytes = o->exchange_bytes > 0 ? o->exchange_bytes : EXCHANGE_BYTES;
    o->page_bytes = o->page_bytes > 0 ? o->page_bytes : PAGE_BYTES;
    o->resources_max = o->resources_max > 0 ? o->resources_max : RESOURCES_MAX;
    o->pause_ms = o->pause_ms > 0 ? o->pause_ms : PAUSE_MS;
}

enum dz_code
dz_capture(const char *url, const struct dz_capture_opts *opts, const struct dz_warc_sink *to,
           struct dz_captured *ret, struct dz_err *err)
{
    struct dz_capture_opts o = *opts;
    DZ_AUTO_CAPTURED struct dz_captured captured = {0};
    DZ_AUTO_BUF struct dz_buf address = DZ_BUF(4 * DZ_FETCH_URL_MAX);
    fill_in(&o);
    DZ_TRY(dz_address_resolve(NULL, dz_view_of(url), &address, err));
    captured.asked = dz_buf_take(&address);
    DZ_AUTO_FREE struct capture *c = dz_alloc(sizeof *c);
    *c = (struct capture){.o = &o, .to = to, .ret = &captured};
    enum dz_code code = run(c, err);
    capture_forget(c);
    if (code != DZ_OK)
        return code;
    *ret = captured;
    captured = (struct dz_captured){0};
    return DZ_OK;
}
