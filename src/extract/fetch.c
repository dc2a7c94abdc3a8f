#include "dz_fetch.h"

#include <curl/curl.h>
#include <pthread.h>
#include <string.h>
#include <strings.h>

#include "dz_utf8.h"

#define CONNECT_MS 10000u
#define TOTAL_MS 30000u
#define REPLY_BYTES (1u << 20)

static pthread_once_t curl_once = PTHREAD_ONCE_INIT;
static bool curl_ready;

static void
start_curl(void)
{
    curl_ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

/* ---- addresses ---- */

/* Scheme and host of an address; both are given back with curl_free. */
static bool
split(const char *url, char **ret_scheme, char **ret_host)
{
    CURLU *parts = curl_url();
    *ret_scheme = *ret_host = NULL;
    bool good = parts != NULL &&
                curl_url_set(parts, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK &&
                curl_url_get(parts, CURLUPART_SCHEME, ret_scheme, 0) == CURLUE_OK &&
                curl_url_get(parts, CURLUPART_HOST, ret_host, 0) == CURLUE_OK;
    curl_url_cleanup(parts);
    return good && (*ret_host)[0] != '\0';
}

static bool
is_printable(const char *url)
{
    size_t n = strlen(url);
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)url[i] <= ' ' || url[i] == '\x7f')
            return false;
    return n > 0 && n <= DZ_FETCH_URL_MAX && dz_utf8_valid_prefix(dz_view_of(url)) == n;
}

static bool
has_scheme(const char *url, const char *one, const char *other)
{
    char *scheme = NULL, *host = NULL;
    /* The library would take a third slash for a slip and the path for the host. */
    bool good = is_printable(url) && strstr(url, ":///") == NULL && split(url, &scheme, &host) &&
                (strcasecmp(scheme, one) == 0 || strcasecmp(scheme, other) == 0);
    curl_free(scheme);
    curl_free(host);
    return good;
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

struct incoming {
    struct dz_buf *out;
    size_t start; /* where the reply begins */
    size_t max;
    bool too_large;
};

static size_t
take(char *p, size_t size, size_t n, void *ctx)
{
    struct incoming *in = ctx;
    if (size * n > in->max - (in->out->n - in->start)) {
        in->too_large = true;
        return 0;
    }
    dz_buf_add(in->out, p, size * n);
    in->too_large = in->out->failed;
    return in->too_large ? 0 : size * n;
}

/* What failed, in words of ours: those of the library name addresses and files. */
static enum dz_code
request_fault(CURLcode why, const struct incoming *in, const char *host, struct dz_err *err)
{
    if (in->too_large)
        return dz_fail(err, DZ_E_LIMIT, "%s sends more than %zu bytes: that is no answer", host,
                       in->max);
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
                       curl_easy_strerror(why));
    }
}

static enum dz_code
check_status(CURL *curl, const char *host, struct dz_err *err)
{
    long status = 0;
    char *elsewhere = NULL;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(curl, CURLINFO_REDIRECT_URL, &elsewhere);
    if (status == 200)
        return DZ_OK;
    if (elsewhere != NULL)
        return dz_fail(err, DZ_E_IO, "%s refers to %s (HTTP status %ld): use that address", host,
                       elsewhere, status);
    return dz_fail(err, DZ_E_IO, "%s answers with HTTP status %ld", host, status);
}

static bool
set_body(CURL *curl, struct curl_slist *headers, struct dz_view body)
{
    return curl_easy_setopt(curl, CURLOPT_POST, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.n > 0 ? body.p : "") == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.n) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers) == CURLE_OK;
}

/* An empty name of a proxy, and an empty list of exceptions, keep the environment out. */
static bool
set_way(CURL *curl, const char *url, const struct dz_fetch_opts *o)
{
    struct curl_blob ca = {.data = NULL};
    memcpy(&ca.data, &o->ca_pem.p, sizeof ca.data);
    ca.len = o->ca_pem.n;
    ca.flags = CURL_BLOB_COPY;
    return curl_easy_setopt(curl, CURLOPT_URL, url) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_PROXY, o->proxy != NULL ? o->proxy : "") == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_NOPROXY, "") == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
           (ca.len == 0 || curl_easy_setopt(curl, CURLOPT_CAINFO_BLOB, &ca) == CURLE_OK);
}

static bool
set_limits(CURL *curl, const struct dz_fetch_opts *o, struct incoming *in)
{
    return curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
                            (long)(o->connect_ms ? o->connect_ms : CONNECT_MS)) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS,
                            (long)(o->total_ms ? o->total_ms : TOTAL_MS)) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEDATA, in) == CURLE_OK;
}

static void
cleanup_list(struct curl_slist **p)
{
    curl_slist_free_all(*p);
}

/* Headers: the type of the body, and none of those that the library adds by itself. */
static struct curl_slist *
make_headers(const char *content_type)
{
    DZ_AUTO_FREE char *type = dz_asprintf("Content-Type: %s", content_type);
    const char *const lines[] = {type, "Accept:", "Expect:"};
    struct curl_slist *list = NULL;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct curl_slist *longer = curl_slist_append(list, lines[i]);
        if (longer == NULL) {
            curl_slist_free_all(list);
            return NULL;
        }
        list = longer;
    }
    return list;
}

static enum dz_code
post(CURL *curl, const char *url, const char *host, const char *content_type, struct dz_view body,
     const struct dz_fetch_opts *o, struct incoming *in, struct dz_err *err)
{
    DZ_CLEANUP(cleanup_list) struct curl_slist *headers = make_headers(content_type);
    if (headers == NULL || !set_body(curl, headers, body) || !set_way(curl, url, o) ||
        !set_limits(curl, o, in))
        return dz_fail(err, DZ_E_IO, "the network library does not start");
    CURLcode code = curl_easy_perform(curl);
    if (code != CURLE_OK)
        return request_fault(code, in, host, err);
    return check_status(curl, host, err);
}

enum dz_code
dz_fetch_post(const char *url, const char *content_type, struct dz_view body,
              const struct dz_fetch_opts *opts, struct dz_buf *reply, struct dz_err *err)
{
    struct dz_fetch_opts o = opts != NULL ? *opts : (struct dz_fetch_opts){0};
    struct dz_err why;
    if (dz_fetch_check_url(url, &why) != DZ_OK ||
        (o.proxy != NULL && o.proxy[0] != '\0' && dz_fetch_check_proxy(o.proxy, &why) != DZ_OK))
        return dz_fail(err, DZ_E_USAGE, "%s", why.msg);
    pthread_once(&curl_once, start_curl);
    CURL *curl = curl_ready ? curl_easy_init() : NULL;
    if (curl == NULL)
        return dz_fail(err, DZ_E_IO, "the network library does not start");
    struct incoming in = {.out = reply, .start = reply->n, .max = o.max_bytes};
    size_t room = (reply->max ? reply->max : 16u << 20) - reply->n;
    if (in.max == 0)
        in.max = REPLY_BYTES;
    if (in.max > room)
        in.max = room;
    char *scheme = NULL, *host = NULL;
    (void)split(url, &scheme, &host);
    enum dz_code code = post(curl, url, host, content_type, body, &o, &in, err);
    if (code != DZ_OK)
        dz_buf_cut(reply, in.start);
    curl_free(scheme);
    curl_free(host);
    curl_easy_cleanup(curl);
    return code;
}
