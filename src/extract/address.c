#define _GNU_SOURCE /* memrchr */
#include "dz_address.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unicode/uidna.h>

#include "curl_impl.h"
#include "dz_codec.h"
#include "dz_fetch.h"

/* ---- absolute addresses ---- */

/* Pages hold blanks and letters of any script in paths, where only ASCII may go over the wire. The
 * host is left to the library, which knows how names are written. */
static void
escape(struct dz_view address, struct dz_buf *out)
{
    static const char digits[] = "0123456789ABCDEF";
    const char *slashes = address.n > 2 ? memchr(address.p, '/', address.n - 1) : NULL;
    size_t at = 0;
    if (slashes != NULL && slashes[1] == '/') {
        at = (size_t)(slashes - address.p) + 2;
        while (at < address.n && strchr("/?#", address.p[at]) == NULL)
            at++;
    }
    dz_buf_add(out, address.p, at);
    for (; at < address.n; at++) {
        unsigned char c = (unsigned char)address.p[at];
        if (c == '\t' || c == '\r' || c == '\n')
            continue; /* dropped, as browsers do */
        if (c <= ' ' || c >= 0x7f || c == '"' || c == '<' || c == '>') {
            char triple[3] = {'%', digits[c >> 4], digits[c & 15]};
            dz_buf_add(out, triple, 3);
        } else {
            dz_buf_addc(out, (char)c);
        }
    }
}

static bool
part_is_there(const struct dz_curl *lib, CURLU *u, CURLUPart part)
{
    char *value = NULL;
    bool there = lib->url_get(u, part, &value, 0) == CURLUE_OK && value != NULL;
    lib->free(value);
    return there;
}

static bool
put_absolute(const struct dz_curl *lib, CURLU *u, const char *base, const char *address,
             struct dz_buf *out)
{
    char *whole = NULL;
    if ((base != NULL && lib->url_set(u, CURLUPART_URL, base, 0) != CURLUE_OK) ||
        lib->url_set(u, CURLUPART_URL, address, 0) != CURLUE_OK ||
        part_is_there(lib, u, CURLUPART_USER) || part_is_there(lib, u, CURLUPART_PASSWORD) ||
        lib->url_set(u, CURLUPART_FRAGMENT, NULL, 0) != CURLUE_OK ||
        lib->url_get(u, CURLUPART_URL, &whole, 0) != CURLUE_OK)
        return false;
    bool good = dz_fetch_check_url(whole, NULL) == DZ_OK;
    if (good)
        dz_buf_adds(out, whole);
    lib->free(whole);
    return good;
}

enum dz_code
dz_address_resolve(const char *base, struct dz_view address, struct dz_buf *out, struct dz_err *err)
{
    const struct dz_curl *lib = dz_curl();
    if (lib == NULL)
        return dz_fail(err, DZ_E_IO,
                       "the network library (libcurl) is not there or does not start: install it");
    address = dz_view_trim(address);
    DZ_AUTO_BUF struct dz_buf clean = DZ_BUF(4 * DZ_FETCH_URL_MAX);
    if (address.n <= DZ_FETCH_URL_MAX)
        escape(address, &clean);
    CURLU *u = lib->url();
    /* Without a base an address must be whole: the library would guess a scheme. */
    bool good = u != NULL && clean.n > 0 && !clean.failed &&
                (base != NULL || dz_fetch_check_url(clean.p, NULL) == DZ_OK) &&
                put_absolute(lib, u, base, clean.p, out);
    lib->url_cleanup(u);
    if (!good)
        return dz_fail(err, DZ_E_INPUT,
                       "an address begins with http:// or https://, names a host, and holds no "
                       "user name and no password");
    return DZ_OK;
}

static char *
url_part(const char *url, CURLUPart part, unsigned flags)
{
    const struct dz_curl *lib = dz_curl();
    CURLU *u = lib != NULL ? lib->url() : NULL;
    char *value = NULL, *ret = NULL;
    if (u != NULL && lib->url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK &&
        lib->url_get(u, part, &value, flags) == CURLUE_OK && value != NULL)
        ret = dz_strdup(value);
    if (lib != NULL) {
        lib->free(value);
        lib->url_cleanup(u);
    }
    return ret;
}

char *
dz_address_host(const char *url)
{
    DZ_AUTO_FREE char *host = url_part(url, CURLUPART_HOST, 0);
    DZ_AUTO_FREE char *port = url_part(url, CURLUPART_PORT, 0);
    if (host == NULL)
        return NULL;
    return port != NULL ? dz_asprintf("%s:%s", host, port) : dz_strdup(host);
}

/* A host as DNS knows it. The library could do that, too, but only in the letters of the locale. */
static void
add_host(struct dz_buf *out, struct dz_view host)
{
    char ascii[1024];
    UErrorCode fault = U_ZERO_ERROR;
    UIDNAInfo info = UIDNA_INFO_INITIALIZER;
    UIDNA *rules = uidna_openUTS46(UIDNA_NONTRANSITIONAL_TO_ASCII, &fault);
    int32_t n = uidna_nameToASCII_UTF8(rules, host.p, (int32_t)host.n, ascii, (int32_t)sizeof ascii,
                                       &info, &fault);
    uidna_close(rules);
    if (U_SUCCESS(fault) && info.errors == 0 && n > 0 && n < (int32_t)sizeof ascii)
        dz_buf_add(out, ascii, (size_t)n);
    else
        for (size_t i = 0; i < host.n; i++)
            dz_buf_addc(out, (char)tolower((unsigned char)host.p[i]));
}

char *
dz_address_plain(const char *url)
{
    DZ_AUTO_FREE char *whole = url_part(url, CURLUPART_URL, CURLU_NO_DEFAULT_PORT);
    DZ_AUTO_BUF struct dz_buf out = DZ_BUF(8 * DZ_FETCH_URL_MAX);
    char *host = whole != NULL ? strstr(whole, "://") : NULL;
    if (host == NULL)
        return NULL;
    whole[strcspn(whole, "#")] = '\0';
    host += 3;
    size_t n_all = strcspn(host, "/?#");
    size_t n = host[0] == '[' ? strcspn(host, "]") : strcspn(host, ":/?#");
    dz_buf_add(&out, whole, (size_t)(host - whole));
    add_host(&out, (struct dz_view){host, n});
    dz_buf_add(&out, host + n, n_all - n);
    dz_buf_adds(&out, host + n_all);
    return out.failed ? NULL : dz_buf_take(&out);
}

/* ---- where one may not go ---- */

struct range {
    uint32_t net;
    unsigned bits;
};

static bool
is_private_4(uint32_t a)
{
    static const struct range ranges[] = {
        {0x00000000, 8},  {0x0a000000, 8},  {0x64400000, 10}, {0x7f000000, 8},
        {0xa9fe0000, 16}, {0xac100000, 12}, {0xc0000000, 24}, {0xc0000200, 24},
        {0xc0a80000, 16}, {0xc6120000, 15}, {0xc6336400, 24}, {0xcb007100, 24},
        {0xe0000000, 3}, /* multicast, reserved and broadcast */
    };
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (((a ^ ranges[i].net) >> (32 - ranges[i].bits)) == 0)
            return true;
    return false;
}

static uint32_t
number_at(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Of IPv6 only 2000::/3 is given out to the world; some of it stands for IPv4. */
static bool
is_private_6(const uint8_t a[16])
{
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    static const uint8_t nat64[12] = {0, 0x64, 0xff, 0x9b};
    if (memcmp(a, mapped, 12) == 0 || memcmp(a, nat64, 12) == 0)
        return is_private_4(number_at(a + 12));
    if (a[0] == 0x20 && a[1] == 0x02) /* 6to4 */
        return is_private_4(number_at(a + 2));
    bool teredo = a[0] == 0x20 && a[1] == 0x01 && a[2] == 0 && a[3] == 0;
    bool sample = a[0] == 0x20 && a[1] == 0x01 && a[2] == 0x0d && a[3] == 0xb8;
    return (a[0] & 0xe0) != 0x20 || teredo || sample;
}

bool
dz_address_is_private(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, address, sizeof in);
        return is_private_4(ntohl(in.sin_addr.s_addr));
    }
    if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 in;
        memcpy(&in, address, sizeof in);
        return is_private_6(in.sin6_addr.s6_addr);
    }
    return true;
}

/* "127.0.0.1", "127.0.0.1:80", "::1", "[::1]:80"; port 0 when none is given. */
static bool
parse_number(struct dz_view text, struct sockaddr_storage *ret)
{
    char host[64] = "";
    uint64_t port = 0;
    const char *last = memrchr(text.p, ':', text.n);
    bool brackets = text.n > 0 && text.p[0] == '[';
    const char *close = brackets ? memchr(text.p, ']', text.n) : NULL;
    bool single = last != NULL && memchr(text.p, ':', text.n) == last;
    struct dz_view name = text;
    if (brackets && close == NULL)
        return false;
    if (close != NULL)
        name = (struct dz_view){text.p + 1, (size_t)(close - text.p) - 1};
    else if (single)
        name.n = (size_t)(last - text.p);
    bool has_port = (close != NULL && last > close) || (close == NULL && single);
    if (has_port) {
        struct dz_view digits = {last + 1, (size_t)(text.p + text.n - last) - 1};
        if (!dz_parse_u64(digits, &port) || port == 0 || port > 65535)
            return false;
    }
    if (name.n >= sizeof host)
        return false;
    memcpy(host, name.p, name.n);
    struct sockaddr_in in4 = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
    memset(ret, 0, sizeof *ret);
    if (!brackets && inet_pton(AF_INET, host, &in4.sin_addr) == 1)
        memcpy(ret, &in4, sizeof in4);
    else if (inet_pton(AF_INET6, host, &in6.sin6_addr) == 1)
        memcpy(ret, &in6, sizeof in6);
    else
        return false;
    return true;
}

static bool
is_same(const struct sockaddr *a, const struct sockaddr_storage *b)
{
    if (a->sa_family != b->ss_family)
        return false;
    if (a->sa_family == AF_INET) {
        struct sockaddr_in x, y;
        memcpy(&x, a, sizeof x);
        memcpy(&y, b, sizeof y);
        return x.sin_addr.s_addr == y.sin_addr.s_addr &&
               (y.sin_port == 0 || x.sin_port == y.sin_port);
    }
    struct sockaddr_in6 x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return memcmp(&x.sin6_addr, &y.sin6_addr, sizeof x.sin6_addr) == 0 &&
           (y.sin6_port == 0 || x.sin6_port == y.sin6_port);
}

/* The next word of a list parted by commas; false at its end. */
static bool
next_word(const char **at, struct dz_view *ret)
{
    if (**at == '\0')
        return false;
    size_t n = strcspn(*at, ",");
    *ret = dz_view_trim((struct dz_view){*at, n});
    *at += n + ((*at)[n] == ',');
    return true;
}

bool
dz_address_is_named(const char *allowed, const struct sockaddr *address)
{
    struct dz_view word;
    struct sockaddr_storage number;
    for (const char *at = allowed != NULL ? allowed : ""; next_word(&at, &word);)
        if (parse_number(word, &number) && is_same(address, &number))
            return true;
    return false;
}

enum dz_code
dz_address_check_list(const char *allowed, struct dz_err *err)
{
    struct dz_view word;
    struct sockaddr_storage number;
    for (const char *at = allowed != NULL ? allowed : ""; next_word(&at, &word);)
        if (!parse_number(word, &number))
            return dz_fail(err, DZ_E_USAGE,
                           "'%.*s' is no address of a machine: give numbers such as 127.0.0.1 or "
                           "10.0.0.7:8000, parted by commas",
                           (int)word.n, word.p);
    return DZ_OK;
}

bool
dz_address_host_refused(const char *url, const char *allowed)
{
    DZ_AUTO_FREE char *host = url_part(url, CURLUPART_HOST, 0);
    DZ_AUTO_FREE char *port = url_part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
    struct sockaddr_storage number;
    if (host == NULL || port == NULL)
        return true;
    DZ_AUTO_FREE char *whole = dz_asprintf("%s:%s", host, port);
    size_t n = strlen(host);
    static const char local[] = "localhost";
    size_t n_local = sizeof local - 1;
    while (n > 0 && host[n - 1] == '.')
        n--;
    if (n >= n_local && strncasecmp(host + n - n_local, local, n_local) == 0 &&
        (n == n_local || host[n - n_local - 1] == '.'))
        return allowed == NULL; /* what it stands for is checked when it is gone to */
    if (!parse_number(dz_view_of(whole), &number))
        return false;
    const struct sockaddr *address = (const struct sockaddr *)&number;
    return dz_address_is_private(address) && !dz_address_is_named(allowed, address);
}
