#include <string.h>
#include <strings.h>

#include "dz_box.h"
#include "dz_capture.h"
#include "dz_os.h"

/* Asking the box what a page or a style sheet needs, and to unpack what came. */

#define ADDRESSES_MAX 20000 /* named by one body; more is no page */

struct hearing {
    dz_needed_fn *fn;
    void *ctx;
    size_t n;
};

static enum dz_code
hear(void *ctx, enum dz_wire_type type, struct dz_view payload, struct dz_err *err)
{
    struct hearing *h = ctx;
    struct dz_view key, value;
    (void)err;
    if (type == DZ_WIRE_META && dz_wire_pair(payload, &key, &value) &&
        dz_view_is(key, "resource") && value.n > 0 && h->n < ADDRESSES_MAX) {
        h->n++;
        h->fn(h->ctx, value);
    }
    return DZ_OK;
}

static bool
starts(struct dz_view v, const char *prefix)
{
    size_t n = strlen(prefix);
    return v.n >= n && strncasecmp(v.p, prefix, n) == 0;
}

/* By what the server says; what says nothing is looked at only when it begins like a page. */
static const char *
kind_of(struct dz_view type, struct dz_view body)
{
    if (starts(type, "text/html") || starts(type, "application/xhtml+xml"))
        return "html";
    if (starts(type, "text/css"))
        return "css";
    body = dz_view_trim((struct dz_view){body.p, body.n < 512 ? body.n : 512});
    bool page = starts(body, "<!doctype html") || starts(body, "<html");
    return type.n == 0 && page ? "html" : NULL;
}

/* An option is one line of harmless letters, whatever the server sent. */
static void
add_option(struct dz_buf *out, const char *key, struct dz_view value)
{
    static const char good[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                               "-_.,: ";
    if (value.n == 0 || value.n > 60)
        return;
    for (size_t i = 0; i < value.n; i++)
        if (strchr(good, value.p[i]) == NULL || value.p[i] == '\0')
            return;
    dz_buf_addf(out, "%s=%.*s\n", key, (int)value.n, value.p);
}

static struct dz_view
charset_of(struct dz_view type)
{
    static const char word[] = "charset=";
    for (size_t i = 0; i + sizeof word - 1 < type.n; i++) {
        if (!starts((struct dz_view){type.p + i, type.n - i}, word))
            continue;
        struct dz_view v = {type.p + i + sizeof word - 1, type.n - i - (sizeof word - 1)};
        if (v.p[0] == '"') {
            v.p++;
            v.n--;
        }
        size_t n = 0;
        while (n < v.n && v.p[n] != '"' && v.p[n] != ';' && v.p[n] != ' ')
            n++;
        return (struct dz_view){v.p, n};
    }
    return (struct dz_view){.p = "", .n = 0};
}

static enum dz_code
run(struct dz_box *box, struct dz_box_job *job, struct dz_view body, struct dz_err *err)
{
    DZ_AUTO_FD int memory = -1;
    struct dz_box_session *session = NULL;
    enum dz_box_end end;
    DZ_TRY(dz_os_memory_file("page", &memory, err));
    DZ_TRY(dz_os_write_all(memory, body.p, body.n, err));
    DZ_TRY(dz_os_seal_memory(memory, err));
    job->input_fd = memory;
    DZ_TRY(dz_box_begin(box, job, &session, err));
    return dz_box_end(session, &end, err);
}

enum dz_code
dz_capture_needs(struct dz_box *box, const struct dz_exchange *x, const bool *cancel,
                 dz_needed_fn *fn, void *ctx, struct dz_err *err)
{
    struct dz_view head = dz_buf_view(&x->head);
    struct dz_view type = dz_exchange_header(head, "Content-Type");
    struct dz_view coding = dz_exchange_header(head, "Transfer-Encoding");
    const char *kind = kind_of(type, dz_buf_view(&x->body));
    if (kind == NULL || x->body.n == 0)
        return DZ_OK;
    DZ_AUTO_BUF struct dz_buf options = DZ_BUF(1024);
    dz_buf_addf(&options, "kind=%s\n", kind);
    add_option(&options, "encoding", dz_exchange_header(head, "Content-Encoding"));
    add_option(&options, "charset", charset_of(type));
    if (coding.n > 0)
        dz_buf_adds(&options, "chunked=yes\n");
    struct hearing h = {.fn = fn, .ctx = ctx};
    struct dz_box_job job = {.family = "needs",
                             .name = "page",
                             .media_type = "application/octet-stream",
                             .options = options.p,
                             .frame = hear,
                             .ctx = &h,
                             .cancel = cancel};
    return run(box, &job, dz_buf_view(&x->body), err);
}

/* ---- unpacking ---- */

static enum dz_code
take_part(void *ctx, enum dz_wire_type type, struct dz_view payload, struct dz_err *err)
{
    (void)err;
    if (type == DZ_WIRE_PART_DATA)
        dz_buf_addv(ctx, payload);
    return DZ_OK;
}

enum dz_code
dz_capture_unpack(struct dz_box *box, struct dz_view head, struct dz_view body, const bool *cancel,
                  struct dz_buf *out, struct dz_err *err)
{
    struct dz_view encoding = dz_exchange_header(head, "Content-Encoding");
    struct dz_view coding = dz_exchange_header(head, "Transfer-Encoding");
    if (body.n == 0 || (encoding.n == 0 && coding.n == 0)) {
        dz_buf_addv(out, body);
        return DZ_OK;
    }
    DZ_AUTO_BUF struct dz_buf options = DZ_BUF(1024);
    dz_buf_adds(&options, "kind=body\nparts=yes\n");
    add_option(&options, "encoding", encoding);
    if (coding.n > 0)
        dz_buf_adds(&options, "chunked=yes\n");
    struct dz_box_job job = {.family = "needs",
                             .name = "body",
                             .media_type = "application/octet-stream",
                             .options = options.p,
                             .frame = take_part,
                             .ctx = out,
                             .cancel = cancel};
    return run(box, &job, body, err);
}
