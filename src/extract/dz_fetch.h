/* Fetching over HTTP and HTTPS (libcurl): one request, one bounded reply.
 *
 * Nothing is sent but what the caller gives: no name of this program, no cookies, no credentials
 * from files, no proxy from the environment. TLS is always verified. Redirections are not followed;
 * the error names the address. With a proxy every name is looked up by the proxy. */
#ifndef DZ_FETCH_H
#define DZ_FETCH_H

#include <stddef.h>

#include "dz_buf.h"
#include "dz_err.h"

#define DZ_FETCH_URL_MAX 2048 /* bytes */

struct dz_fetch_opts {
    const char *proxy;     /* "http://HOST:PORT" or "socks5h://HOST:PORT"; NULL or "": none */
    struct dz_view ca_pem; /* certificates trusted besides the system's; may be empty */
    unsigned connect_ms;   /* time to connect; 0: 10 s */
    unsigned total_ms;     /* time for everything; 0: 30 s */
    size_t max_bytes;      /* of the reply's body; 0: 1 MiB */
};

/** POST body as content_type; the reply's body is appended to reply.
 *  @param url   http or https; a password in it appears in no message
 *  @param opts  may be NULL
 *  @return DZ_E_USAGE: no such address or proxy; DZ_E_IO: out of reach, timed out, broken off, or a
 *          status other than 200 (all say which); DZ_E_AUTH: the server's certificate is not
 *          trusted; DZ_E_LIMIT: the reply is too large. reply is then as before. */
DZ_MUSTUSE enum dz_code
dz_fetch_post(const char *url, const char *content_type, struct dz_view body,
              const struct dz_fetch_opts *opts, struct dz_buf *reply, struct dz_err *err);

/** DZ_E_INPUT: not an address of http or https with a host, or longer than DZ_FETCH_URL_MAX. */
DZ_MUSTUSE enum dz_code
dz_fetch_check_url(const char *url, struct dz_err *err);
/** DZ_E_INPUT: not a proxy that this module can use; says which it can. */
DZ_MUSTUSE enum dz_code
dz_fetch_check_proxy(const char *proxy, struct dz_err *err);

#endif
