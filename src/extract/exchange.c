#include "dz_exchange.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "curl_impl.h"
#include "dz_address.h"
#include "dz_codec.h"
#include "dz_hash.h"
#include "dz_os.h"
#include "dz_tr.h"

#define REQUEST_MAX (64u << 10)
#define CERTIFICATE_MAX (64u << 10)

struct call {
    const struct dz_curl *lib;
    CURL *curl;
    const struct dz_exchange_opts *o;
    struct dz_exchange *x;
    bool refused; /* an address of the local network */
    bool too_large;
    bool head_too_large;
    bool cancelled;
};

void
dz_exchange_done(struct dz_exchange *x)
{
    dz_buf_done(&x->request);
    dz_buf_done(&x->head);
    dz_buf_done(&x->body);
    dz_free(x->location);
    dz_free(x->issuer);
    *x = (struct dz_exchange){0};
}

/* ---- what the library calls ---- */

/* The address that is really gone to, after every name was looked up: the only moment at which it
 * can neither be hidden behind a name nor changed afterwards. */
static curl_socket_t
open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *to)
{
    struct call *c = ctx;
    bool direct = c->o->proxy == NULL || c->o->proxy[0] == '\0';
    (void)purpose;
    if (direct && dz_address_is_private(&to->addr) &&
        !dz_address_is_named(c->o->allow_private, &to->addr)) {
        c->refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

/* One line of the headers. Interim answers (100, 103) come before the one that counts; what follows
 * the body in chunks is a part of the body. */
static size_t
take_header(char *p, size_t size, size_t n, void *ctx)
{
    struct call *c = ctx;
    struct dz_exchange *x = c->x;
    struct dz_view line = {p, size * n};
    if (x->has_head && dz_view_starts(line, "HTTP/")) {
        dz_buf_reset(&x->head);
        x->has_head = false;
    }
    if (x->has_head)
        return line.n;
    if (line.n > DZ_EXCHANGE_HEAD_MAX - x->head.n) {
        c->head_too_large = true;
        return 0;
    }
    dz_buf_addv(&x->head, line);
    x->has_head = dz_view_is(line, "\r\n") || dz_view_is(line, "\n");
    return line.n;
}

static size_t
take_body(char *p, size_t size, size_t n, void *ctx)
{
    struct call *c = ctx;
    size_t room = c->o->max_bytes - c->x->body.n;
    size_t all = size * n, part = all < room ? all : room;
    dz_buf_add(&c->x->body, p, part);
    c->too_large = part < all || c->x->body.failed;
    return c->too_large ? 0 : all;
}

/* The request as it is sent; never the one by which a proxy is asked to open a tunnel. */
static int
take_request(CURL *curl, curl_infotype type, char *p, size_t n, void *ctx)
{
    struct call *c = ctx;
    struct dz_view sent = {p, n};
    (void)curl;
    if (type != CURLINFO_HEADER_OUT || dz_view_starts(sent, "CONNECT "))
        return 0;
    if (dz_view_starts(sent, "GET "))
        dz_buf_reset(&c->x->request);
    dz_buf_addv(&c->x->request, sent);
    return 0;
}

static int
look_up(void *ctx, curl_off_t total, curl_off_t now, curl_off_t up_total, curl_off_t up_now)
{
    struct call *c = ctx;
    (void)total;
    (void)now;
    (void)up_total;
    (void)up_now;
    c->cancelled = c->o->cancel != NULL && __atomic_load_n(c->o->cancel, __ATOMIC_RELAXED);
    return c->cancelled;
}

/* ---- options ---- */

#define SET(option, value) (c->lib->easy_setopt(c->curl, (option), (value)) == CURLE_OK)

/* As in fetch.c: nothing from the environment, from files, or from an earlier exchange. Bytes come
 * as they are: neither chunks nor packing is undone. */
static bool
set_way(const struct call *c, const char *url)
{
    struct curl_blob ca = {.flags = CURL_BLOB_COPY, .len = c->o->ca_pem.n};
    memcpy(&ca.data, &c->o->ca_pem.p, sizeof ca.data);
    long verify = c->o->insecure_tls ? 0 : 1;
    return SET(CURLOPT_URL, url) && SET(CURLOPT_PROTOCOLS_STR, "http,https") &&
           SET(CURLOPT_PROXY, c->o->proxy != NULL ? c->o->proxy : "") &&
           SET(CURLOPT_NOPROXY, "") && SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L) &&
           SET(CURLOPT_FOLLOWLOCATION, 0L) && SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) &&
           SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) &&
           SET(CURLOPT_HTTP_TRANSFER_DECODING, 0L) && SET(CURLOPT_HTTP_CONTENT_DECODING, 0L) &&
           SET(CURLOPT_SSL_VERIFYPEER, verify) && SET(CURLOPT_SSL_VERIFYHOST, verify * 2) &&
           SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) && SET(CURLOPT_CERTINFO, 1L) &&
           (ca.len == 0 || SET(CURLOPT_CAINFO_BLOB, &ca));
}

static bool
set_limits(struct call *c, struct curl_slist *headers)
{
    return SET(CURLOPT_NOSIGNAL, 1L) && SET(CURLOPT_CONNECTTIMEOUT_MS, (long)c->o->total_ms) &&
           SET(CURLOPT_TIMEOUT_MS, (long)c->o->total_ms) && SET(CURLOPT_NOPROGRESS, 0L) &&
           SET(CURLOPT_XFERINFOFUNCTION, look_up) && SET(CURLOPT_XFERINFODATA, c) &&
           SET(CURLOPT_OPENSOCKETFUNCTION, open_socket) && SET(CURLOPT_OPENSOCKETDATA, c) &&
           SET(CURLOPT_HEADERFUNCTION, take_header) && SET(CURLOPT_HEADERDATA, c) &&
           SET(CURLOPT_WRITEFUNCTION, take_body) && SET(CURLOPT_WRITEDATA, c) &&
           SET(CURLOPT_DEBUGFUNCTION, take_request) && SET(CURLOPT_DEBUGDATA, c) &&
           SET(CURLOPT_VERBOSE, 1L) && SET(CURLOPT_USERAGENT, c->o->user_agent) &&
           SET(CURLOPT_HTTPHEADER, headers);
}

/* What the browser says whose name is the default. */
static struct curl_slist *
make_headers(const struct dz_curl *lib)
{
    static const char *const lines[] = {
        "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "Accept-Language: en-US,en;q=0.5",
        "Accept-Encoding: gzip, deflate, br",
    };
    struct curl_slist *list = NULL;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct curl_slist *longer = lib->slist_append(list, lines[i]);
        if (longer == NULL) {
            lib->slist_free_all(list);
            return NULL;
        }
        list = longer;
    }
    return list;
}

/* ---- what is known afterwards ---- */

static const char *
fault_of(CURLcode why, const struct call *c)
{
    if (c->too_large)
        return "too_large";
    if (c->head_too_large)
        return "headers_too_large";
    switch (why) {
    case CURLE_OK:
        return c->x->has_head ? NULL : "broken_off";
    case CURLE_COULDNT_RESOLVE_PROXY:
        return "proxy_unknown";
    case CURLE_PROXY:
        return "proxy_refused";
    case CURLE_COULDNT_RESOLVE_HOST:
        return "name_unknown";
    case CURLE_COULDNT_CONNECT:
        return c->refused ? "private_address" : "no_connection";
    case CURLE_OPERATION_TIMEDOUT:
        return "timeout";
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
        return "certificate";
    case CURLE_SSL_CONNECT_ERROR:
        return "no_tls";
    default:
        return "broken_off";
    }
}

/* The first certificate of the chain, given as PEM: its fingerprint is that of its DER form. */
static void
note_certificate(struct dz_exchange *x, const char *pem)
{
    static const char begins[] = "-----BEGIN CERTIFICATE-----", ends[] = "-----END";
    const char *from = strstr(pem, begins);
    const char *to = from != NULL ? strstr(from, ends) : NULL;
    if (to == NULL)
        return;
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(CERTIFICATE_MAX);
    DZ_AUTO_BUF struct dz_buf der = DZ_BUF(CERTIFICATE_MAX);
    for (const char *p = from + sizeof begins - 1; p < to; p++)
        if (*p > ' ')
            dz_buf_addc(&text, *p);
    uint8_t digest[DZ_SHA256_BYTES];
    if (text.failed || dz_b64_decode(&der, dz_buf_view(&text), DZ_B64_PADDED, NULL) != DZ_OK)
        return;
    dz_sha256(der.p, der.n, digest);
    dz_hex_encode(digest, sizeof digest, x->certificate);
}

static void
note_tls(struct call *c)
{
    struct curl_certinfo *chain = NULL;
    long verified = 1;
    if (c->lib->easy_getinfo(c->curl, CURLINFO_CERTINFO, &chain) != CURLE_OK || chain == NULL ||
        chain->num_of_certs < 1)
        return;
    c->lib->easy_getinfo(c->curl, CURLINFO_SSL_VERIFYRESULT, &verified);
    c->x->tls = true;
    c->x->tls_trusted = verified == 0 && !c->o->insecure_tls;
    for (const struct curl_slist *s = chain->certinfo[0]; s != NULL; s = s->next) {
        if (strncmp(s->data, "Issuer:", 7) == 0 && c->x->issuer == NULL)
            c->x->issuer = dz_strndup(s->data + 7, strnlen(s->data + 7, 300));
        else if (strncmp(s->data, "Cert:", 5) == 0)
            note_certificate(c->x, s->data + 5);
    }
}

static void
note_end(struct call *c)
{
    char *location = NULL, *ip = NULL;
    bool direct = c->o->proxy == NULL || c->o->proxy[0] == '\0';
    c->lib->easy_getinfo(c->curl, CURLINFO_RESPONSE_CODE, &c->x->status);
    c->lib->easy_getinfo(c->curl, CURLINFO_REDIRECT_URL, &location);
    if (location != NULL)
        c->x->location = dz_strdup(location);
    if (direct && c->lib->easy_getinfo(c->curl, CURLINFO_PRIMARY_IP, &ip) == CURLE_OK &&
        ip != NULL && strlen(ip) < sizeof c->x->ip)
        memcpy(c->x->ip, ip, strlen(ip) + 1);
    note_tls(c);
}

static enum dz_code
perform(struct call *c, const char *url, struct dz_err *err)
{
    struct curl_slist *headers = make_headers(c->lib);
    bool ready = headers != NULL && set_way(c, url) && set_limits(c, headers);
    CURLcode why = ready ? c->lib->easy_perform(c->curl) : CURLE_FAILED_INIT;
    c->lib->slist_free_all(headers);
    if (!ready)
        return dz_fail(err, DZ_E_IO, "the network library does not start");
    if (c->cancelled)
        return dz_fail(err, DZ_E_CANCELLED, "stopped");
    c->x->fault = fault_of(why, c);
    note_end(c);
    return DZ_OK;
}

enum dz_code
dz_exchange_get(const char *url, const struct dz_exchange_opts *opts, struct dz_exchange *ret,
                struct dz_err *err)
{
    DZ_AUTO_EXCHANGE struct dz_exchange x = {
        .began_us = dz_os_now_us(),
        .request = DZ_BUF(REQUEST_MAX),
        .head = DZ_BUF(DZ_EXCHANGE_HEAD_MAX),
        .body = DZ_BUF(opts->max_bytes),
    };
    struct call c = {.lib = dz_curl(), .o = opts, .x = &x};
    if (dz_address_host_refused(url, opts->allow_private)) {
        x.fault = "private_address";
        *ret = x;
        x = (struct dz_exchange){0};
        return DZ_OK;
    }
    c.curl = c.lib != NULL ? c.lib->easy_init() : NULL;
    if (c.curl == NULL)
        return dz_fail(err, DZ_E_IO,
                       "the network library (libcurl) is not there or does not start: install it");
    enum dz_code code = perform(&c, url, err);
    c.lib->easy_cleanup(c.curl);
    if (code != DZ_OK)
        return code;
    *ret = x;
    x = (struct dz_exchange){0};
    return DZ_OK;
}

/* ---- headers ---- */

struct dz_view
dz_exchange_header(struct dz_view head, const char *name)
{
    size_t n_name = strlen(name);
    const char *at = head.p, *end = head.p + head.n;
    while (at != NULL && at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t n = (size_t)((stop != NULL ? stop : end) - at);
        if (n > n_name && at[n_name] == ':' && strncasecmp(at, name, n_name) == 0)
            return dz_view_trim((struct dz_view){at + n_name + 1, n - n_name - 1});
        at = stop != NULL ? stop + 1 : NULL;
    }
    return (struct dz_view){.p = "", .n = 0};
}

const char *
dz_fault_words(const char *fault)
{
    static const struct {
        const char *fault;
        const char *words;
    } all[] = {
        {"name_unknown", N_("its name is not known, or there is no network")},
        {"proxy_unknown", N_("the proxy is out of reach: its name is not known")},
        {"proxy_refused", N_("the proxy does not get there")},
        {"no_connection", N_("no connection")},
        {"timeout", N_("no answer in time")},
        {"certificate", N_("it does not prove who it is: its certificate is not trusted")},
        {"no_tls", N_("no secure connection")},
        {"private_address",
         N_("it leads to this machine or the network around it, which is refused: --allow-private "
            "names exceptions")},
        {"too_large", N_("larger than the limit")},
        {"headers_too_large", N_("its headers are larger than any honest ones")},
        {"broken_off", N_("the exchange was broken off")},
        {"redirect_loop", N_("it redirects in a circle")},
        {"redirect_limit", N_("it redirects too often")},
        {"redirect_address", N_("it redirects to something else than a page of the web")},
        {"time_limit", N_("the time for the page was over")},
        {"size_limit", N_("the page and what it needs are larger than the limit")},
        {"count_limit", N_("the page needs more than the limit")},
        {"stopped", N_("stopped before it was asked for")},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strcmp(fault, all[i].fault) == 0)
            return _(all[i].words);
    return fault;
}
