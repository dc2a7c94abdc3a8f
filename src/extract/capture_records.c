#include <string.h>

#include "capture_impl.h"
#include "dz_os.h"

/* What stands in the WARC; docs/format/capture.md. */

#define FIELDS_TYPE "application/warc-fields"

static void
begin(const struct capture *c, struct dz_warc_record *r, const char *type, const char *uri)
{
    *r = (struct dz_warc_record){.type = type, .uri = uri, .date_us = dz_os_now_us()};
    dz_warc_new_id(r->id);
    if (c->warcinfo[0] != '\0')
        r->warcinfo = c->warcinfo;
}

/* Nothing here names the machine, its user or its folders. */
enum dz_code
dz_capture_write_info(struct capture *c, struct dz_err *err)
{
    struct dz_warc_record r;
    DZ_AUTO_BUF struct dz_buf block = DZ_BUF(8192);
    dz_buf_addf(&block, "software: %s\r\nformat: WARC File Format 1.1\r\n", c->o->software);
    dz_buf_adds(&block, "conformsTo: http://iipc.github.io/warc-specifications/specifications/"
                        "warc-format/warc-1.1/\r\n");
    dz_buf_addf(&block, "http-header-user-agent: %s\r\nrobots: ignore\r\n", c->o->user_agent);
    begin(c, &r, "warcinfo", NULL);
    r.content_type = FIELDS_TYPE;
    r.filename = c->o->name;
    r.head = dz_buf_view(&block);
    memcpy(c->warcinfo, r.id, sizeof r.id);
    return dz_warc_write(c->to, &r, err);
}

static const char *
truncation(const struct dz_exchange *x)
{
    if (x->fault == NULL)
        return NULL;
    if (strcmp(x->fault, "too_large") == 0)
        return "length";
    return strcmp(x->fault, "timeout") == 0 ? "time" : "disconnect";
}

enum dz_code
dz_capture_write_exchange(struct capture *c, const char *url, const struct dz_exchange *x,
                       char ret_id[DZ_WARC_ID_MAX], struct dz_err *err)
{
    struct dz_warc_record request, response;
    begin(c, &request, "request", url);
    begin(c, &response, "response", url);
    request.date_us = response.date_us = x->began_us;
    request.ip = response.ip = x->ip;
    request.content_type = "application/http; msgtype=request";
    request.concurrent_to = response.id;
    request.head = dz_buf_view(&x->request);
    response.content_type = "application/http; msgtype=response";
    response.truncated = truncation(x);
    response.head = dz_buf_view(&x->head);
    response.body = dz_buf_view(&x->body);
    response.has_payload = true;
    memcpy(ret_id, response.id, DZ_WARC_ID_MAX);
    DZ_TRY(dz_warc_write(c->to, &response, err));
    DZ_TRY(dz_warc_write(c->to, &request, err));
    return c->o->seen != NULL ? c->o->seen(c->o->seen_ctx, url, x, err) : DZ_OK;
}

static enum dz_code
write_fields(struct capture *c, const char *uri, const char *refers_to, struct dz_view fields,
             struct dz_err *err)
{
    struct dz_warc_record r;
    begin(c, &r, "metadata", uri);
    r.content_type = FIELDS_TYPE;
    r.refers_to = refers_to;
    r.head = fields;
    return dz_warc_write(c->to, &r, err);
}

/* A value from outside on one line. */
static void
add_field(struct dz_buf *out, const char *name, const char *value)
{
    if (value == NULL || value[0] == '\0')
        return;
    dz_buf_addf(out, "%s: ", name);
    for (const char *p = value; *p != '\0'; p++)
        dz_buf_addc(out, (unsigned char)*p < ' ' ? ' ' : *p);
    dz_buf_adds(out, "\r\n");
}

enum dz_code
dz_capture_write_outcome(struct capture *c, struct dz_err *err)
{
    const struct dz_captured *r = c->ret;
    DZ_AUTO_BUF struct dz_buf fields = DZ_BUF(8192);
    dz_buf_addf(&fields, "dokaz-resources: %zu\r\ndokaz-failures: %zu\r\n", r->n_resources,
                r->n_failures);
    add_field(&fields, "dokaz-cut", r->cut);
    if (r->stopped)
        add_field(&fields, "dokaz-stopped", "yes");
    add_field(&fields, "dokaz-certificate-sha256", r->certificate);
    add_field(&fields, "dokaz-certificate-issuer", r->issuer);
    if (r->tls)
        add_field(&fields, "dokaz-certificate-trusted", r->tls_trusted ? "yes" : "not checked");
    DZ_TRY(write_fields(c, r->address, c->page_id, dz_buf_view(&fields), err));
    for (size_t i = 0; i < r->n_failures; i++) {
        dz_buf_reset(&fields);
        add_field(&fields, "dokaz-fault", r->failures[i].fault);
        DZ_TRY(write_fields(c, r->failures[i].address, NULL, dz_buf_view(&fields), err));
    }
    return DZ_OK;
}
