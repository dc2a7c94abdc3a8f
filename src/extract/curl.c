#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "curl_impl.h"

/* The name of the interface, which has been the same since 2006. */
#define LIBRARY "libcurl.so.4"

static struct dz_curl curl;
static bool curl_ready;
static pthread_once_t curl_once = PTHREAD_ONCE_INIT;

/* A function by its name. A pointer to a function has the size of one to data here (POSIX). */
static bool
find(void *library, const char *name, void *ret_function)
{
    void *at = dlsym(library, name);
    memcpy(ret_function, &at, sizeof at);
    return at != NULL;
}

static void
load(void)
{
    __typeof__(&curl_global_init) start = NULL;
    void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL || !find(library, "curl_global_init", &start))
        return;
#define FIND(name)                                 \
    if (!find(library, "curl_" #name, &curl.name)) \
        return;
    DZ_EACH_CURL_FUNCTION(FIND)
#undef FIND
    curl_ready = start(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

const struct dz_curl *
dz_curl(void)
{
    return pthread_once(&curl_once, load) == 0 && curl_ready ? &curl : NULL;
}
