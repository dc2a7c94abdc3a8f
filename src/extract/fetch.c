#include "dz_fetch.h"

#include <string.h>
#include <strings.h>

#include "curl_impl.h"
#include "dz_codec.h"
#include "dz_utf8.h"

#define CONNECT_MS 10000u
#define TOTAL_MS 30000u
#define REPLY_BYTES (1u << 20)

/* ---- addresses ---- */

/* What stands between "//" and the path. */
struct address {
    struct dz_view scheme;
    struct dz_view host; /* with its brackets, when it is a number of IPv6 */
};

static bool
is_printable(const char *url)
{
    size_t n = strlen(url);
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)url[i] <= ' ' || url[i] == '\x7f' || url[i] == '\\')
            return false;
    return n > 0 && n <= DZ_FETCH_URL_MAX && dz_utf8_valid_prefix(dz_view_of(url)) == n;
}

/* Letters of any script, digits, '-', '_' and '.'; or a number in brackets. */
static bool
is_host(struct dz_view host)
{
    bool number = host.n > 2 && host.p[0] == '[' && host.p[host.n - 1] == ']';
    const char *allowed = number ? ":." : "-._";
    for (size_t i = number ? 1 : 0; i < host.n - (number ? 1 : 0); i++) {
        unsigned char c = (unsigned char)host.p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= 0x80 && !number);
        if (!letter && !(c >= '0' && c <= '9') && strchr(allowed, c) == NULL)
            return false;
    }
    return host.n > 0;
}

static bool
is_port(struct dz_view digits)
{
    uint64_t port = 0;
    return dz_parse_u64(digits, &port) && port > 0 && port <= 65535;
}

/* Scheme and host of an address; false when it is none. Stricter than the library, which also takes
 * slips. */
static bool
split(const char *url, struct address *ret)
{
    const char *slashes = strstr(url, "://");
    if (!is_printable(url) || slashes == NULL)
        return false;
    struct dz_view scheme = {url, (size_t)(slashes - url)};
    struct dz_view rest = {slashes + 3, strcspn(slashes + 3, "/?#")};
    /* A name and a password may stand before the last "@". */
    for (size_t i = rest.n; i > 0; i--)
        if (rest.p[i - 1] == '@') {
            rest = (struct dz_view){rest.p + i, rest.n - i};
            break;
        }
    for (size_t i = rest.n; i > 0 && rest.p[i - 1] != ']'; i--)
        if (rest.p[i - 1] == ':') {
            if (!is_port((struct dz_view){rest.p + i, rest.n - i}))
                return false;
            rest.n = i - 1;
            break;
        }
    *ret = (struct address){.scheme = scheme, .host = rest};
    return is_host(rest);
}

static bool
has_scheme(const char *url, const char *one, const char *other)
{
    struct address a;
    return split(url, &a) &&
           ((a.scheme.n == strlen(one) && strncasecmp(a.scheme.p, one, a.scheme.n) == 0) ||
            (a.scheme.n == strlen(other) && strncasecmp(a.scheme.p, other, a.scheme.n) == 0));
}

enum dz_code
dz_fetch_check_url(const char *url, struct dz_err *err)
{
    if (!has_scheme(url, "http", "https"))
        return dz_fail(err, DZ_E_INPUT,
                       "an address begins with http:// or https:// and names a host");
    return DZ_OK;
}

enum dz_code
dz_fetch_check_proxy(const char *proxy, struct dz_err *err)
{
    /* socks5 without the h would look names up here and tell the local network where one goes. */
    if (!has_scheme(proxy, "http", "socks5h"))
        return dz_fail(err, DZ_E_INPUT,
                       "a proxy is given as http://HOST:PORT or socks5h://HOST:PORT");
    return DZ_OK;
}

/* ---- one request ---- */

struct exchange {
    const struct dz_curl *lib;
    CURL *curl;
    const char *host;
    struct dz_buf *out;
    size_t start; /* where the reply begins */
    size_t max;
    bool too_large;
};

static size_t
take(char *p, size_t size, size_t n, void *ctx)
{
    struct exchange *x = ctx;
    if (size * n > x->max - (x->out->n - x->start)) {
        x->too_large = true;
        return 0;
    }
    dz_buf_add(x->out, p, size * n);
    x->too_large = x->out->failed;
    return x->too_large ? 0 : size * n;
}

/* What failed, in words of ours: those of the library name addresses and files. */
static enum dz_code
request_fault(CURLcode why, const struct exchange *x, struct dz_err *err)
{
    const char *host = x->host;
    if (x->too_large)
        return dz_fail(err, DZ_E_LIMIT, "%s sends more than %zu bytes: that is no answer", host,
                       x->max);
    switch (why) {
    case CURLE_COULDNT_RESOLVE_PROXY:
        return dz_fail(err, DZ_E_IO, "the proxy is out of reach: its name is not known");
    case CURLE_PROXY:
        return dz_fail(err, DZ_E_IO, "%s is out of reach: the proxy does not get there", host);
    case CURLE_COULDNT_RESOLVE_HOST:
        return dz_fail(err, DZ_E_IO,
                       "%s is out of reach: its name is not known, or there is no network", host);
    case CURLE_COULDNT_CONNECT:
        return dz_fail(err, DZ_E_IO, "%s is out of reach: no connection", host);
    case CURLE_OPERATION_TIMEDOUT:
        return dz_fail(err, DZ_E_IO, "%s is out of reach: no answer in time", host);
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
        return dz_fail(err, DZ_E_AUTH,
                       "%s does not prove who it is: its certificate is not trusted", host);
    case CURLE_SSL_CONNECT_ERROR:
        return dz_fail(err, DZ_E_IO, "%s is out of reach: no secure connection", host);
    default:
        return dz_fail(err, DZ_E_IO, "%s broke the exchange off: %s", host,
                       x->lib->easy_strerror(why));
    }
}

static enum dz_code
check_status(const struct exchange *x, struct dz_err *err)
{
    long status = 0;
    char *elsewhere = NULL;
    x->lib->easy_getinfo(x->curl, CURLINFO_RESPONSE_CODE, &status);
    x->lib->easy_getinfo(x->curl, CURLINFO_REDIRECT_URL, &elsewhere);
    if (status == 200)
        return DZ_OK;
    if (elsewhere != NULL)
        return dz_fail(err, DZ_E_IO, "%s refers to %s (HTTP status %ld): use that address", x->host,
                       elsewhere, status);
    return dz_fail(err, DZ_E_IO, "%s answers with HTTP status %ld", x->host, status);
}

static bool
set_body(const struct exchange *x, struct curl_slist *headers, struct dz_view body)
{
    __typeof__(x->lib->easy_setopt) set = x->lib->easy_setopt;
    return set(x->curl, CURLOPT_POST, 1L) == CURLE_OK &&
           set(x->curl, CURLOPT_POSTFIELDS, body.n > 0 ? body.p : "") == CURLE_OK &&
           set(x->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.n) == CURLE_OK &&
           set(x->curl, CURLOPT_HTTPHEADER, headers) == CURLE_OK;
}

/* An empty name of a proxy, and an empty list of exceptions, keep the environment out. */
static bool
set_way(const struct exchange *x, const char *url, const struct dz_fetch_opts *o)
{
    __typeof__(x->lib->easy_setopt) set = x->lib->easy_setopt;
    struct curl_blob ca = {.data = NULL};
    memcpy(&ca.data, &o->ca_pem.p, sizeof ca.data);
    ca.len = o->ca_pem.n;
    ca.flags = CURL_BLOB_COPY;
    return set(x->curl, CURLOPT_URL, url) == CURLE_OK &&
           set(x->curl, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
           set(x->curl, CURLOPT_PROXY, o->proxy != NULL ? o->proxy : "") == CURLE_OK &&
           set(x->curl, CURLOPT_NOPROXY, "") == CURLE_OK &&
           set(x->curl, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
           set(x->curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) == CURLE_OK &&
           set(x->curl, CURLOPT_SSL_VERIFYPEER, 1L) == CURLE_OK &&
           set(x->curl, CURLOPT_SSL_VERIFYHOST, 2L) == CURLE_OK &&
           set(x->curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
           (ca.len == 0 || set(x->curl, CURLOPT_CAINFO_BLOB, &ca) == CURLE_OK);
}

static bool
set_limits(struct exchange *x, const struct dz_fetch_opts *o)
{
    __typeof__(x->lib->easy_setopt) set = x->lib->easy_setopt;
    return set(x->curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           set(x->curl, CURLOPT_CONNECTTIMEOUT_MS,
               (long)(o->connect_ms ? o->connect_ms : CONNECT_MS)) == CURLE_OK &&
           set(x->curl, CURLOPT_TIMEOUT_MS, (long)(o->total_ms ? o->total_ms : TOTAL_MS)) ==
               CURLE_OK &&
           set(x->curl, CURLOPT_WRITEFUNCTION, take) == CURLE_OK &&
           set(x->curl, CURLOPT_WRITEDATA, x) == CURLE_OK;
}

/* Headers: the type of the body, and none of those that the library adds by itself. */
static struct curl_slist *
make_headers(const struct dz_curl *lib, const char *content_type)
{
    DZ_AUTO_FREE char *type = dz_asprintf("Content-Type: %s", content_type);
    const char *const lines[] = {type, "Accept:", "Expect:"};
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

static enum dz_code
post(struct exchange *x, const char *url, const char *content_type, struct dz_view body,
     const struct dz_fetch_opts *o, struct dz_err *err)
{
    struct curl_slist *headers = make_headers(x->lib, content_type);
    enum dz_code code = DZ_OK;
    if (headers == NULL || !set_body(x, headers, body) || !set_way(x, url, o) || !set_limits(x, o))
        code = dz_fail(err, DZ_E_IO, "the network library does not start");
    CURLcode done = code == DZ_OK ? x->lib->easy_perform(x->curl) : CURLE_OK;
    if (done != CURLE_OK)
        code = request_fault(done, x, err);
    else if (code == DZ_OK)
        code = check_status(x, err);
    x->lib->slist_free_all(headers);
    return code;
}

enum dz_code
dz_fetch_post(const char *url, const char *content_type, struct dz_view body,
              const struct dz_fetch_opts *opts, struct dz_buf *reply, struct dz_err *err)
{
    struct dz_fetch_opts o = opts != NULL ? *opts : (struct dz_fetch_opts){0};
    struct address address;
    struct dz_err why;
    if (dz_fetch_check_url(url, &why) != DZ_OK || !split(url, &address) ||
        (o.proxy != NULL && o.proxy[0] != '\0' && dz_fetch_check_proxy(o.proxy, &why) != DZ_OK))
        return dz_fail(err, DZ_E_USAGE, "%s", why.msg);
    struct exchange x = {.lib = dz_curl(), .out = reply, .start = reply->n, .max = o.max_bytes};
    if (x.lib == NULL)
        return dz_fail(err, DZ_E_IO,
                       "the network library (libcurl) is not there or does not start: install it");
    DZ_AUTO_FREE char *host = dz_strndup(address.host.p, address.host.n);
    size_t room = (reply->max ? reply->max : 16u << 20) - reply->n;
    if (x.max == 0)
        x.max = REPLY_BYTES;
    if (x.max > room)
        x.max = room;
    x.host = host;
    x.curl = x.lib->easy_init();
    if (x.curl == NULL)
        return dz_fail(err, DZ_E_IO, "the network library does not start");
    enum dz_code code = post(&x, url, content_type, body, &o, err);
    if (code != DZ_OK)
        dz_buf_cut(reply, x.start);
    x.lib->easy_cleanup(x.curl);
    return code;
}
