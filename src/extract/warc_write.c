#include "dz_warc_write.h"

#include <string.h>

#include "dz_codec.h"
#include "dz_hash.h"
#include "dz_os.h"
#include "dz_time.h"

#define HEADER_MAX (16u << 10)

void
dz_warc_new_id(char ret[DZ_WARC_ID_MAX])
{
    uint8_t u[16];
    char hex[33];
    dz_os_random(u, sizeof u);
    u[6] = (uint8_t)((u[6] & 0x0f) | 0x40); /* RFC 9562, section 5.4 */
    u[8] = (uint8_t)((u[8] & 0x3f) | 0x80);
    dz_hex_encode(u, sizeof u, hex);
    DZ_AUTO_FREE char *id = dz_asprintf("<urn:uuid:%.8s-%.4s-%.4s-%.4s-%.12s>", hex, hex + 8,
                                        hex + 12, hex + 16, hex + 20);
    memcpy(ret, id, strlen(id) + 1);
}

/* A value with a line break in it would be taken for further headers. */
static bool
is_one_line(const char *value)
{
    for (const unsigned char *p = (const unsigned char *)value; *p != '\0'; p++)
        if (*p < ' ' || *p == 0x7f)
            return false;
    return true;
}

struct header {
    struct dz_buf lines;
    bool broken;
};

static void
add(struct header *h, const char *name, const char *value)
{
    if (value == NULL || value[0] == '\0')
        return;
    h->broken = h->broken || !is_one_line(value);
    dz_buf_addf(&h->lines, "%s: %s\r\n", name, value);
}

static void
add_digest(struct header *h, const char *name, struct dz_view a, struct dz_view b)
{
    uint8_t digest[DZ_SHA256_BYTES];
    char hex[2 * DZ_SHA256_BYTES + 1];
    dz_sha256_2(a.p, a.n, b.p, b.n, digest);
    dz_hex_encode(digest, sizeof digest, hex);
    dz_buf_addf(&h->lines, "%s: sha256:%s\r\n", name, hex);
}

static void
add_lines(struct header *h, const struct dz_warc_record *r)
{
    char date[40];
    dz_time_format(r->date_us, date);
    dz_buf_adds(&h->lines, "WARC/1.1\r\n");
    add(h, "WARC-Type", r->type);
    add(h, "WARC-Record-ID", r->id);
    add(h, "WARC-Date", date);
    add(h, "WARC-Target-URI", r->uri);
    add(h, "WARC-Filename", r->filename);
    add(h, "WARC-IP-Address", r->ip);
    add(h, "WARC-Concurrent-To", r->concurrent_to);
    add(h, "WARC-Refers-To", r->refers_to);
    add(h, "WARC-Warcinfo-ID", r->warcinfo);
    add(h, "WARC-Truncated", r->truncated);
    add_digest(h, "WARC-Block-Digest", r->head, r->body);
    if (r->has_payload)
        add_digest(h, "WARC-Payload-Digest", r->body, (struct dz_view){.p = "", .n = 0});
    add(h, "Content-Type", r->content_type);
    dz_buf_addf(&h->lines, "Content-Length: %zu\r\n\r\n", r->head.n + r->body.n);
}

static enum dz_code
put(const struct dz_warc_sink *to, struct dz_view v, struct dz_err *err)
{
    return v.n > 0 ? to->fn(to->ctx, v.p, v.n, err) : DZ_OK;
}

enum dz_code
dz_warc_write(const struct dz_warc_sink *to, const struct dz_warc_record *r, struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf lines = DZ_BUF(HEADER_MAX);
    struct header h = {.lines = lines};
    add_lines(&h, r);
    lines = h.lines;
    DZ_TRY(dz_buf_ok(&lines, "the header of a record", err));
    if (h.broken)
        return dz_fail(err, DZ_E_INPUT, "a header of a record holds more than one line");
    DZ_TRY(put(to, dz_buf_view(&lines), err));
    DZ_TRY(put(to, r->head, err));
    DZ_TRY(put(to, r->body, err));
    return put(to, DZ_VIEW("\r\n\r\n"), err);
}
