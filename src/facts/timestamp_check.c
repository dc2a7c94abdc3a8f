#include <string.h>

#include "dz_codec.h"
#include "dz_facts_priv.h"
#include "dz_hash.h"
#include "dz_os.h"
#include "dz_time.h"
#include "dz_timestamp_priv.h"
#include "dz_tr.h"

/* ---- reading ---- */

static const char *
text_of(const json_t *body, const char *field)
{
    const char *text = dz_json_str(body, field);
    return text != NULL ? text : "";
}

static struct dz_timestamp
read_entry(const char *ref, const json_t *body)
{
    int64_t size = dz_json_int(body, "size", 0);
    return (struct dz_timestamp){
        .ref = ref,
        .log = text_of(body, "of_log"),
        .size = size > 0 ? (uint64_t)size : 0,
        .root = text_of(body, "root"),
        .note = dz_view_of(text_of(body, "checkpoint")),
        .authority = text_of(body, "authority"),
        .signer = text_of(body, "signer"),
        .time = text_of(body, "stamped"),
        .policy = text_of(body, "policy"),
        .serial = text_of(body, "serial"),
        .imprint = text_of(body, "imprint"),
    };
}

/* One stored object, which must be what the entry says. */
static enum dz_code
read_object(struct dz_vault *v, const json_t *body, const char *object, const char *codec,
            const char *sha256, struct dz_buf *out, struct dz_err *err)
{
    uint8_t digest[32];
    char hex[65];
    DZ_TRY(
        dz_vault_slurp_object(v, text_of(body, object), text_of(body, codec), out->max, out, err));
    dz_sha256(out->p, out->n, digest);
    dz_hex_encode(digest, sizeof digest, hex);
    if (strcmp(hex, text_of(body, sha256)) != 0)
        return dz_fail(err, DZ_E_CORRUPT, "its content is not what the entry says");
    return DZ_OK;
}

static enum dz_code
give(struct dz_vault *v, const char *ref, bool with_objects, dz_timestamp_fn *fn, void *ctx,
     struct dz_err *err)
{
    DZ_AUTO_JSON json_t *body = NULL;
    DZ_AUTO_BUF struct dz_buf token = DZ_BUF(DZ_TSP_TOKEN_MAX);
    DZ_AUTO_BUF struct dz_buf certificates = DZ_BUF(DZ_TSP_PEM_MAX);
    DZ_TRY(dz_vault_read_entry(v, ref, &body, err));
    struct dz_timestamp t = read_entry(ref, body);
    struct dz_err why = {0};
    if (with_objects && (read_object(v, body, "object", "codec", "sha256", &token, &why) != DZ_OK ||
                         read_object(v, body, "certificates", "certificates_codec",
                                     "certificates_sha256", &certificates, &why) != DZ_OK))
        t.fault = why.msg;
    else if (with_objects) {
        t.token = dz_buf_view(&token);
        t.certificates = dz_buf_view(&certificates);
    }
    return fn(ctx, &t, err);
}

static enum dz_code
each(struct dz_vault *v, bool with_objects, dz_timestamp_fn *fn, void *ctx, struct dz_err *err)
{
    /* The list first: fn may ask the same database. */
    DZ_AUTO_BUF struct dz_buf refs = DZ_BUF(64u << 20);
    struct dz_rows *rows = NULL;
    DZ_TRY(dz_db_query(dz_vault_db(v), DZ_Q_ENTRY_LIST, &rows, err,
                       DZ_ARGS(dz_arg_text("checkpoint.timestamped"), dz_arg_text(NULL))));
    while (dz_rows_next(rows)) {
        dz_buf_addf(&refs, "%s:%lld", dz_rows_text(rows, 0), (long long)dz_rows_int(rows, 1));
        dz_buf_addc(&refs, '\0');
    }
    DZ_TRY(dz_rows_end(rows, err));
    DZ_TRY(dz_buf_ok(&refs, "list of timestamps", err));
    for (size_t at = 0; at < refs.n; at += strlen(refs.p + at) + 1)
        DZ_TRY(give(v, refs.p + at, with_objects, fn, ctx, err));
    return DZ_OK;
}

enum dz_code
dz_timestamps_each(struct dz_vault *v, dz_timestamp_fn *fn, void *ctx, struct dz_err *err)
{
    return each(v, true, fn, ctx, err);
}

enum dz_code
dz_timestamp_entries(struct dz_vault *v, dz_timestamp_fn *fn, void *ctx, struct dz_err *err)
{
    return each(v, false, fn, ctx, err);
}

/* ---- checking ---- */

enum dz_code
dz_timestamp_check(struct dz_vault *v, const struct dz_timestamp *t, int64_t now_us,
                   struct dz_vault_stamp *ret, struct dz_err *err)
{
    struct dz_vault_stamp s;
    char time[40];
    if (t->fault != NULL)
        return dz_fail(err, DZ_E_CORRUPT, "the timestamp cannot be read: %s", t->fault);
    if (t->certificates.n == 0)
        return dz_fail(err, DZ_E_CORRUPT, "the certificates of the timestamp are missing");
    DZ_TRY(dz_vault_check_stamp(v, t->log, t->note, t->token, t->certificates, now_us, &s, err));
    dz_time_format(s.stamp.time_us, time);
    if (s.size != t->size || strcmp(s.root, t->root) != 0 || strcmp(s.imprint, t->imprint) != 0 ||
        strcmp(time, t->time) != 0 || strcmp(s.stamp.serial, t->serial) != 0 ||
        strcmp(s.stamp.policy, t->policy) != 0)
        return dz_fail(err, DZ_E_CORRUPT, "the timestamp says something else than its entry");
    *ret = s;
    return DZ_OK;
}

struct verifying {
    struct dz_vault *v;
    dz_verify_fn *fn;
    void *ctx;
    int64_t now_us;
    struct dz_timestamps_report report;
};

static enum dz_code
verify_one(void *ctx, const struct dz_timestamp *t, struct dz_err *err)
{
    (void)err;
    struct verifying *c = ctx;
    struct dz_vault_stamp s;
    struct dz_err why = {0};
    c->report.n++;
    DZ_AUTO_FREE char *message = NULL;
    if (dz_timestamp_check(c->v, t, c->now_us, &s, &why) != DZ_OK) {
        message = dz_asprintf(_("timestamp of %s at %s: %s"), t->authority, t->time, why.msg);
        c->report.n_findings++;
        c->fn(c->ctx, DZ_VERIFY_FINDING, t->ref, message, NULL);
    } else if (s.stamp.chain == DZ_TSP_CHAIN_EXPIRED) {
        message = dz_asprintf(_("timestamp of %s at %s: valid at the stamping time; a certificate "
                                "has expired since"),
                              t->authority, t->time);
        c->report.n_expired++;
        c->fn(c->ctx, DZ_VERIFY_NOTICE, t->ref, message, NULL);
    }
    return DZ_OK;
}

enum dz_code
dz_timestamps_verify(struct dz_vault *v, dz_verify_fn *fn, void *ctx,
                     struct dz_timestamps_report *ret, struct dz_err *err)
{
    struct verifying c = {.v = v, .fn = fn, .ctx = ctx, .now_us = dz_os_now_us()};
    DZ_TRY(dz_timestamps_each(v, verify_one, &c, err));
    *ret = c.report;
    return DZ_OK;
}
