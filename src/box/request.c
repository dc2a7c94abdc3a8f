#include "request_impl.h"

#include <string.h>

enum dz_code
dz_request_write(const struct request *r, struct dz_buf *out, struct dz_err *err)
{
    dz_buf_add_u8(out, DZ_WIRE_VERSION);
    dz_buf_add_u64be(out, r->memory_bytes);
    dz_buf_add_u32be(out, r->processor_s);
    dz_buf_add_u32be(out, r->wall_s);
    dz_buf_adds(out, r->name);
    dz_buf_addc(out, '\0');
    dz_buf_adds(out, r->media_type);
    dz_buf_addc(out, '\0');
    dz_buf_adds(out, r->options);
    dz_buf_addc(out, '\0');
    return dz_buf_ok(out, "the request to a reader", err);
}

/* A string with its NUL, or NULL. */
static const char *
take_string(struct dz_reader *r)
{
    const char *p = (const char *)r->p + r->pos;
    const char *nul = r->pos < r->n ? memchr(p, '\0', r->n - r->pos) : NULL;
    if (nul == NULL)
        r->failed = true;
    else
        r->pos += (size_t)(nul - p) + 1;
    return nul != NULL ? p : NULL;
}

bool
dz_request_read(struct dz_view packet, struct request *ret)
{
    struct dz_reader r = dz_reader_of(packet.p, packet.n);
    bool known = dz_read_u8(&r) == DZ_WIRE_VERSION;
    struct request q = {.memory_bytes = dz_read_u64be(&r)};
    q.processor_s = dz_read_u32be(&r);
    q.wall_s = dz_read_u32be(&r);
    if (r.failed || !known)
        return false;
    q.name = take_string(&r);
    q.media_type = q.name != NULL ? take_string(&r) : NULL;
    q.options = q.media_type != NULL ? take_string(&r) : NULL;
    if (r.failed || r.pos != r.n || q.memory_bytes == 0 || q.processor_s == 0 || q.wall_s == 0)
        return false;
    *ret = q;
    return true;
}
