#include <string.h>
#include <time.h>

#include "capture_impl.h"
#include "dz_address.h"
#include "dz_os.h"

/* What is still to be fetched, and how soon a host may be asked again. */

#define SLICE_US 50000 /* of waiting, so that Ctrl-C is noticed */

static uint64_t
hash_of(const char *s) /* FNV-1a: only to compare fast */
{
    uint64_t h = 0xcbf29ce484222325u;
    for (; *s != '\0'; s++)
        h = (h ^ (unsigned char)*s) * 0x100000001b3u;
    return h;
}

bool
capture_remember(struct capture *c, const char *url, unsigned depth)
{
    uint64_t hash = hash_of(url);
    for (size_t i = 0; i < c->n_items; i++)
        if (c->items[i].hash == hash && strcmp(c->items[i].url, url) == 0)
            return false;
    if (c->n_items == CAPTURE_QUEUE_MAX)
        return false;
    c->items[c->n_items++] = (struct capture_item){dz_strdup(url), hash, depth};
    return true;
}

void
capture_forget(struct capture *c)
{
    for (size_t i = 0; i < c->n_items; i++)
        dz_free(c->items[i].url);
    for (size_t i = 0; i < c->n_hosts; i++)
        dz_free(c->hosts[i].name);
    c->n_items = c->n_hosts = 0;
}

void
capture_fail(struct capture *c, const char *address, const char *fault)
{
    struct dz_captured *r = c->ret;
    r->failures = dz_grow(r->failures, &r->cap_failures, r->n_failures + 1, sizeof *r->failures);
    r->failures[r->n_failures++] = (struct dz_capture_failure){dz_strdup(address), fault};
}

/* The place of a host in the table; when that is full, the first one is forgotten. */
static struct capture_host *
host_of(struct capture *c, const char *url)
{
    char *name = dz_address_host(url);
    for (size_t i = 0; i < c->n_hosts; i++)
        if (name != NULL && strcmp(c->hosts[i].name, name) == 0) {
            dz_free(name);
            return &c->hosts[i];
        }
    if (name == NULL)
        return NULL;
    size_t at = c->n_hosts < CAPTURE_HOSTS_MAX ? c->n_hosts++ : 0;
    dz_free(c->hosts[at].name);
    c->hosts[at] = (struct capture_host){name, 0};
    return &c->hosts[at];
}

enum dz_code
capture_wait(struct capture *c, const char *url, struct dz_err *err)
{
    struct capture_host *host = host_of(c, url);
    int64_t pause_us = (int64_t)c->o->pause_ms * 1000;
    for (;;) {
        int64_t now = dz_os_monotonic_us();
        if (c->o->cancel != NULL && __atomic_load_n(c->o->cancel, __ATOMIC_RELAXED))
            return dz_fail(err, DZ_E_CANCELLED, "stopped");
        int64_t left = host != NULL && host->last_us != 0 ? host->last_us + pause_us - now : 0;
        if (left <= 0 || now >= c->deadline_us) {
            if (host != NULL)
                host->last_us = now;
            return DZ_OK;
        }
        struct timespec slice = {.tv_nsec = (left < SLICE_US ? left : SLICE_US) * 1000};
        nanosleep(&slice, NULL);
    }
}
