#include "dz_wire.h"

#include <string.h>


void
dz_wire_add(struct dz_buf *out, enum dz_wire_type type, struct dz_view payload)
{
    /* A payload that is too long would be taken for a lie at the other end; it fails here instead,
     * where the mistake was made. */
    if (payload.n > DZ_WIRE_PAYLOAD_MAX) {
        out->failed = true;
        return;
    }
    dz_buf_add_u32be(out, (uint32_t)payload.n);
    dz_buf_add_u8(out, (uint8_t)type);
    dz_buf_addv(out, payload);
}

/* The beginning of v, up to a NUL and at most max bytes, whole characters. */
static struct dz_view
cut(struct dz_view v, size_t max)
{
    const char *nul = v.n > 0 ? memchr(v.p, '\0', v.n) : NULL;
    if (nul != NULL)
        v.n = (size_t)(nul - v.p);
    if (v.n <= max)
        return v;
    v.n = max;
    /* Step back over the bytes of a character whose end fell off. */
    while (v.n > 0 && ((unsigned char)v.p[v.n] & 0xC0) == 0x80)
        v.n--;
    return v;
}

void
dz_wire_add_pair(struct dz_buf *out, enum dz_wire_type type, struct dz_view a, struct dz_view b)
{
    size_t a_max = type == DZ_WIRE_PART ? DZ_WIRE_VALUE_MAX : DZ_WIRE_KEY_MAX;
    size_t b_max = type == DZ_WIRE_LOCATOR || type == DZ_WIRE_PART ? DZ_WIRE_LABEL_MAX
                                                                   : DZ_WIRE_VALUE_MAX;
    a = cut(a, a_max);
    b = cut(b, b_max);
    dz_buf_add_u32be(out, (uint32_t)(a.n + 1 + b.n));
    dz_buf_add_u8(out, (uint8_t)type);
    dz_buf_addv(out, a);
    dz_buf_addc(out, '\0');
    dz_buf_addv(out, b);
}

enum dz_code
dz_wire_next(struct dz_view *in, enum dz_wire_type *ret_type, struct dz_view *ret_payload,
             bool *ret_whole, struct dz_err *err)
{
    struct dz_reader r = dz_reader_of(in->p, in->n);
    uint32_t n = dz_read_u32be(&r);
    uint8_t type = dz_read_u8(&r);
    if (r.failed) {
        *ret_whole = false;
        return DZ_OK;
    }
    /* Judged before the payload is there: nobody waits for, or makes room for, a false length. */
    if (n > DZ_WIRE_PAYLOAD_MAX)
        return dz_fail(err, DZ_E_CORRUPT,
                       "a reader announced a frame of %lu bytes, more than any may have",
                       (unsigned long)n);
    if (type < DZ_WIRE_HELLO || type > DZ_WIRE_EXIT)
        return dz_fail(err, DZ_E_CORRUPT, "a reader sent a frame of the unknown type %u", type);
    const uint8_t *payload = dz_read_bytes(&r, n);
    if (payload == NULL && n > 0) {
        *ret_whole = false;
        return DZ_OK;
    }
    *ret_type = (enum dz_wire_type)type;
    *ret_payload = (struct dz_view){.p = in->p + DZ_WIRE_HEAD_BYTES, .n = n};
    *ret_whole = true;
    in->p += DZ_WIRE_HEAD_BYTES + n;
    in->n -= DZ_WIRE_HEAD_BYTES + n;
    return DZ_OK;
}

bool
dz_wire_pair(struct dz_view payload, struct dz_view *ret_a, struct dz_view *ret_b)
{
    const char *nul = payload.n > 0 ? memchr(payload.p, '\0', payload.n) : NULL;
    if (nul == NULL)
        return false;
    size_t n = (size_t)(nul - payload.p);
    *ret_a = (struct dz_view){.p = payload.p, .n = n};
    *ret_b = (struct dz_view){.p = nul + 1, .n = payload.n - n - 1};
    return true;
}
