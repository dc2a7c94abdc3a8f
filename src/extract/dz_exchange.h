/* One request and what came back, as it went over the wire: for captures.
 *
 * Nothing is followed, unpacked or believed here. Cookies, credentials, referrers and caches do not
 * exist; addresses of the local network are refused at the moment of connecting, whatever name led
 * to them. */
#ifndef DZ_EXCHANGE_H
#define DZ_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dz_buf.h"
#include "dz_err.h"

#define DZ_EXCHANGE_HEAD_MAX (256u << 10) /* bytes of all headers of an answer */

struct dz_exchange_opts {
    const char *proxy;         /* as dz_fetch_opts */
    struct dz_view ca_pem;     /* likewise */
    const char *user_agent;    /* never NULL */
    unsigned total_ms;         /* for everything */
    size_t max_bytes;          /* of a body */
    bool insecure_tls;         /* certificates that are not trusted are noted, not refused */
    const char *allow_private; /* dz_address_is_named */
    const bool *cancel;        /* atomic, or NULL */
};

/** Zero it; give it back with dz_exchange_done. */
struct dz_exchange {
    const char *fault;     /* constant code of what went wrong, or NULL; below */
    bool has_head;         /* an answer began, and its headers are whole */
    long status;           /* of HTTP */
    int64_t began_us;      /* when the request was made */
    struct dz_buf request; /* as it was sent */
    struct dz_buf head;    /* status line and headers as they came, with the empty line */
    struct dz_buf body;    /* as it came: packed and in chunks where the server said so */
    char ip[64];           /* the other end; "" behind a proxy */
    char *location;        /* absolute, of any scheme; NULL: no redirection */
    bool tls;
    bool tls_trusted;
    char certificate[65];  /* SHA-256 of the server's, hex; "" without TLS */
    char *issuer;          /* as the library writes it, or NULL */
};
void
dz_exchange_done(struct dz_exchange *x);
#define DZ_AUTO_EXCHANGE DZ_CLEANUP(dz_exchange_done)

/** GET url, which is one of dz_address_resolve. What the other side does is no error but a fault,
 *  with what came before it: name_unknown, proxy_unknown, proxy_refused, no_connection, timeout,
 *  certificate, no_tls, private_address, too_large, headers_too_large, broken_off. DZ_E_CANCELLED;
 *  DZ_E_IO: the network library is not there. */
DZ_MUSTUSE enum dz_code
dz_exchange_get(const char *url, const struct dz_exchange_opts *opts, struct dz_exchange *ret,
                struct dz_err *err);

/** The value of a header in `head`, trimmed; empty when absent. */
struct dz_view
dz_exchange_header(struct dz_view head, const char *name);

/** A fault in words, translated; also those of captures (dz_capture.h). */
const char *
dz_fault_words(const char *fault);

#endif
