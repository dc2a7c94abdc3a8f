/* A browser that is locked in: no network, no file of the machine but programs, and a file system
 * in memory that ends with it.
 *
 * It is spoken to by messages alone (DevTools protocol over a pipe: JSON texts, each followed by a
 * NUL). The program dokaz-browse does the locking (src/browse) and lies where the readers of the
 * box lie. What a browser says is believed as little as what a reader says. */
#ifndef DZ_BROWSER_H
#define DZ_BROWSER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dz_buf.h"
#include "dz_err.h"

struct dz_box;
struct dz_browser;

#define DZ_BROWSER_MESSAGE_MAX ((size_t)128 << 20)  /* bytes of one message, either way */
#define DZ_BROWSER_OUTPUT_MAX ((uint64_t)512 << 20) /* of all that a browser says */

/** The program to start: `named`, or the first of chromium, chromium-browser, google-chrome,
 *  google-chrome-stable in the PATH. Absolute and without symbolic links; caller frees.
 *  DZ_E_NOTFOUND. */
DZ_MUSTUSE enum dz_code
dz_browser_find(const char *named, char **ret, struct dz_err *err);

struct dz_browser_opts {
    struct dz_box *box; /* only where its programs lie matters */
    const char *path;   /* of dz_browser_find */
    /* ends with NULL; those that make it speak over a pipe included */
    const char *const *arguments;
    int64_t deadline_us; /* monotonic: then it is ended, whatever it does */
    const bool *cancel;  /* atomic, or NULL */
};

/** Whether the kernel lets a browser be locked in, and this one works there: it is asked for its
 *  version only. DZ_E_DENIED with the reason; DZ_E_NOTFOUND: dokaz-browse is not installed;
 *  DZ_E_LIMIT: it does not answer; DZ_E_CANCELLED. */
DZ_MUSTUSE enum dz_code
dz_browser_check(const struct dz_browser_opts *opts, struct dz_err *err);
/** Start it. Errors as above. opts need not outlive the call, what cancel points to does. */
DZ_MUSTUSE enum dz_code
dz_browser_start(const struct dz_browser_opts *opts, struct dz_browser **ret, struct dz_err *err);
/** Send one message, without its NUL. What the browser says meanwhile is kept. DZ_E_LIMIT: its time
 *  is up; DZ_E_IO: it ended; DZ_E_CORRUPT: it says too much; DZ_E_CANCELLED. */
DZ_MUSTUSE enum dz_code
dz_browser_send(struct dz_browser *b, struct dz_view message, struct dz_err *err);
/** Its next message, valid until the next call; *ret_there false: none came until until_us
 *  (monotonic). Errors as those of dz_browser_send. */
DZ_MUSTUSE enum dz_code
dz_browser_next(struct dz_browser *b, int64_t until_us, struct dz_view *ret, bool *ret_there,
                struct dz_err *err);
/** End it with all that it started, and wait until that is so. NULL is fine. */
void
dz_browser_end(struct dz_browser *b);
static inline void
dz_cleanup_browser(struct dz_browser **b)
{
    dz_browser_end(*b);
}
#define DZ_AUTO_BROWSER DZ_CLEANUP(dz_cleanup_browser)

#endif
