/* Addresses that a capture meets: made absolute, held against what may be gone to.
 *
 * A page that somebody else wrote names addresses, and its server redirects to others. None of them
 * may make this program talk to the machine that it runs on or to the network around it. */
#ifndef DZ_ADDRESS_H
#define DZ_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "dz_buf.h"
#include "dz_err.h"

struct sockaddr;

/** Append the absolute form of address, as seen from base (NULL: it is absolute already), without
 *  its fragment. DZ_E_INPUT: it leads to something else than http or https, or holds a name and a
 *  password, or is none; DZ_E_IO: the network library is not there. */
DZ_MUSTUSE enum dz_code
dz_address_resolve(const char *base, struct dz_view address, struct dz_buf *out,
                   struct dz_err *err);
/** Host and, when one is given, port; caller frees. NULL when it is no address. */
char *
dz_address_host(const char *url);

/** The form in which browsers write an absolute address: the host in small letters of ASCII (IDNA),
 *  no port that goes without saying, no fragment; caller frees. NULL when it is no address. */
char *
dz_address_plain(const char *url);

/** Loopback, private, link-local, shared, multicast or reserved (RFC 6890), also when written as
 *  an address of IPv6 that stands for one of IPv4. Unknown families are private, too. */
bool
dz_address_is_private(const struct sockaddr *address);
/** Whether `allowed` ("127.0.0.1,10.0.0.7:8000,[::1]:80", or NULL) names this very address. */
bool
dz_address_is_named(const char *allowed, const struct sockaddr *address);
/** Whether the host of an address is itself a private number or "localhost" and not named by
 *  `allowed`: then not even a proxy is asked to go there. */
bool
dz_address_host_refused(const char *url, const char *allowed);
/** DZ_E_USAGE: a word of the list is no number of IPv4 or IPv6. */
DZ_MUSTUSE enum dz_code
dz_address_check_list(const char *allowed, struct dz_err *err);

#endif
