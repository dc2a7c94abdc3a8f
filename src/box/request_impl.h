/* What dokaz and the server of a family say to each other on the server's socket, a packet each;
 * docs/format/worker.md section 2. */
#ifndef REQUEST_IMPL_H
#define REQUEST_IMPL_H

#include <stdbool.h>
#include <stdint.h>

#include "dz_buf.h"
#include "dz_wire.h"

#define SERVER_FD 3 /* the socket, in the server */
#define REQUEST_MAX ((size_t)16 << 10)
#define REQUEST_FDS 3 /* that come with it: document, output, exit */

/* First packet to the server: version, flags. Its answer: version, enum dz_code, words. */
#define START_BYTES 2
#define START_WITHOUT_LANDLOCK 1u
#define ANSWER_MAX 600

struct request {
    uint64_t memory_bytes;
    uint32_t processor_s;
    uint32_t wall_s;
    const char *name;
    const char *media_type;
    const char *options;
};

DZ_MUSTUSE enum dz_code
dz_request_write(const struct request *r, struct dz_buf *out, struct dz_err *err);
/** False: no request. Strings point into the packet. */
bool
dz_request_read(struct dz_view packet, struct request *ret);

#endif
