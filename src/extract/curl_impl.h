/* libcurl, loaded when something is fetched for the first time and not before.
 *
 * It brings some thirty further libraries. Linked, they would cost every command 20 ms and stand in
 * every process that holds keys; most commands go nowhere. */
#ifndef CURL_IMPL_H
#define CURL_IMPL_H

#define CURL_DISABLE_TYPECHECK /* its checks are macros that know the functions by name */
#include <curl/curl.h>

#include "dz_err.h"

/* The functions used, by their names without curl_. */
#define DZ_EACH_CURL_FUNCTION(X) \
    X(easy_init)                 \
    X(easy_setopt)               \
    X(easy_perform)              \
    X(easy_getinfo)              \
    X(easy_strerror)             \
    X(easy_cleanup)              \
    X(slist_append)              \
    X(slist_free_all)            \
    X(url)                       \
    X(url_set)                   \
    X(url_get)                   \
    X(url_cleanup)               \
    X(free)

struct dz_curl {
#define MEMBER(name) __typeof__(&curl_##name) name;
    DZ_EACH_CURL_FUNCTION(MEMBER)
#undef MEMBER
};

/* The library; NULL when it is not installed or does not start. Loaded once for the process. */
const struct dz_curl *
dz_curl(void);

#endif
