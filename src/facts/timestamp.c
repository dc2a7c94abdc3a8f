#include "dz_timestamp.h"

#include <string.h>

#include "dz_codec.h"
#include "dz_facts_priv.h"
#include "dz_fetch.h"
#include "dz_os.h"
#include "dz_setting.h"
#include "dz_time.h"
#include "dz_timestamp_priv.h"

#define CONTENT_TYPE "application/timestamp-query"

/* ---- the authorities that are set ---- */

struct authority {
    char name[DZ_SETTING_KEY_MAX];
    char *address;
    char *certificates; /* NULL when none are set */
};
struct authorities {
    struct authority *items;
    size_t n;
    size_t cap;
    char *proxy;
    char *tls;
    unsigned timeout_ms; /* 0: the usual */
};

static void
authorities_done(struct authorities *a)
{
    for (size_t i = 0; i < a->n; i++) {
        dz_free(a->items[i].address);
        dz_free(a->items[i].certificates);
    }
    dz_free(a->items);
    dz_free(a->proxy);
    dz_free(a->tls);
}
#define AUTO_AUTHORITIES DZ_CLEANUP(authorities_done)

static enum dz_code
take_address(void *ctx, const char *key, const char *value, struct dz_err *err)
{
    (void)err;
    struct authorities *a = ctx;
    const char *dot = strchr(key, '.');
    if (dz_setting_kind(key) != DZ_SETTING_ADDRESS || dot == NULL)
        return DZ_OK;
    a->items = dz_grow(a->items, &a->cap, a->n + 1, sizeof *a->items);
    struct authority *added = &a->items[a->n++];
    size_t n = strlen(dot + 1);
    memcpy(added->name, dot + 1, n < sizeof added->name ? n + 1 : 0);
    added->address = dz_strdup(value);
    return DZ_OK;
}

/* The authority asked for, or all; with them how to get there. */
static enum dz_code
load_authorities(struct dz_vault *v, const char *only, struct authorities *a, struct dz_err *err)
{
    DZ_TRY(dz_settings_each(v, take_address, a, err));
    if (a->n == 0)
        return dz_fail(err, DZ_E_NOTFOUND,
                       "no timestamp authority is set: 'dokaz settings timestamp.NAME ADDRESS "
                       "--certificates FILE' sets one");
    size_t n_kept = 0;
    for (size_t i = 0; i < a->n; i++) {
        if (only == NULL || strcmp(a->items[i].name, only) == 0) {
            struct authority kept = a->items[n_kept];
            a->items[n_kept++] = a->items[i];
            a->items[i] = kept;
        }
    }
    if (n_kept == 0)
        return dz_fail(err, DZ_E_NOTFOUND,
                       "no timestamp authority is called '%s': 'dokaz settings' lists them", only);
    for (size_t i = n_kept; i < a->n; i++)
        dz_free(a->items[i].address);
    a->n = n_kept;
    for (size_t i = 0; i < a->n; i++) {
        DZ_AUTO_FREE char *key = dz_asprintf("timestamp.%s.certificates", a->items[i].name);
        DZ_TRY(dz_setting_get(v, key, &a->items[i].certificates, err));
    }
    DZ_AUTO_FREE char *seconds = NULL;
    uint64_t number = 0;
    DZ_TRY(dz_setting_get(v, "network.proxy", &a->proxy, err));
    DZ_TRY(dz_setting_get(v, "network.certificates", &a->tls, err));
    DZ_TRY(dz_setting_get(v, "network.timeout", &seconds, err));
    if (seconds != NULL && dz_parse_u64(dz_view_of(seconds), &number) && number <= 3600)
        a->timeout_ms = (unsigned)number * 1000;
    return DZ_OK;
}

/* ---- one stamp ---- */

/* A token that was checked, and the certificates it leads through. */
struct fresh {
    struct dz_buf token;
    struct dz_buf chain;
    struct dz_tsp_result stamp;
};

static enum dz_code
ask(const struct authorities *all, const struct authority *a, const uint8_t imprint[32],
    struct fresh *ret, struct dz_err *err)
{
    if (a->certificates == NULL)
        return dz_fail(err, DZ_E_NOTFOUND,
                       "its certificates are not set: 'dokaz settings timestamp.%s.certificates "
                       "FILE' sets them",
                       a->name);
    DZ_AUTO_BUF struct dz_buf request = DZ_BUF(DZ_TSP_REQUEST_MAX);
    DZ_AUTO_BUF struct dz_buf reply = DZ_BUF(DZ_TSP_RESPONSE_MAX);
    const struct dz_fetch_opts opts = {.proxy = all->proxy,
                                       .ca_pem = dz_view_of(all->tls),
                                       .connect_ms = all->timeout_ms,
                                       .total_ms = all->timeout_ms,
                                       .max_bytes = DZ_TSP_RESPONSE_MAX};
    struct dz_view ca = dz_view_of(a->certificates);
    DZ_TRY(dz_tsp_request(imprint, &request, err));
    DZ_TRY(dz_fetch_post(a->address, CONTENT_TYPE, dz_buf_view(&request), &opts, &reply, err));
    DZ_TRY(dz_tsp_check_reply(dz_buf_view(&request), dz_buf_view(&reply), ca, dz_os_now_us(),
                              &ret->token, &ret->stamp, err));
    return dz_tsp_chain_pem(dz_buf_view(&ret->token), ca, (struct dz_view){0}, &ret->chain, err);
}

static enum dz_code
add_object(struct dz_batch *b, struct dz_view bytes, struct dz_object_info *ret, struct dz_err *err)
{
    DZ_TRY(dz_batch_object_begin(b, err));
    DZ_TRY(dz_batch_object_write(b, bytes.p, bytes.n, err));
    return dz_batch_object_finish(b, ret, err);
}

static json_t *
entry_fields(const char *authority, const struct dz_last_checkpoint *c, const struct fresh *f,
             const struct dz_object_info *token, const struct dz_object_info *chain)
{
    char time[40], imprint[65];
    json_t *fields = json_object();
    dz_time_format(f->stamp.time_us, time);
    dz_hex_encode(c->imprint, 32, imprint);
    dz_json_set_str(fields, "of_log", c->log);
    dz_json_set_int(fields, "size", (int64_t)c->size);
    dz_json_set_str(fields, "root", c->root);
    dz_json_set_view(fields, "checkpoint", c->note);
    dz_json_set_str(fields, "imprint", imprint);
    dz_json_set_str(fields, "authority", authority);
    dz_json_set_str(fields, "signer", f->stamp.authority);
    dz_json_set_str(fields, "stamped", time);
    if (f->stamp.has_accuracy)
        dz_json_set_int(fields, "accuracy_us", f->stamp.accuracy_us);
    dz_json_set_str(fields, "policy", f->stamp.policy);
    dz_json_set_str(fields, "serial", f->stamp.serial);
    dz_json_set_str(fields, "object", token->id);
    dz_json_set_str(fields, "codec", token->codec);
    dz_json_set_str(fields, "sha256", token->sha256);
    dz_json_set_str(fields, "certificates", chain->id);
    dz_json_set_str(fields, "certificates_codec", chain->codec);
    dz_json_set_str(fields, "certificates_sha256", chain->sha256);
    return fields;
}

static enum dz_code
write_stamp(struct dz_batch *b, const char *authority, const struct dz_last_checkpoint *c,
            const struct fresh *f, struct dz_err *err)
{
    struct dz_object_info token, chain;
    DZ_TRY(add_object(b, dz_buf_view(&f->token), &token, err));
    DZ_TRY(add_object(b, dz_buf_view(&f->chain), &chain, err));
    DZ_AUTO_JSON json_t *fields = entry_fields(authority, c, f, &token, &chain);
    const char *const objects[] = {token.id, chain.id, NULL};
    DZ_TRY(dz_batch_entry(b, "checkpoint.timestamped", fields, objects, NULL, err));
    return dz_batch_commit(b, err);
}

static enum dz_code
keep(struct dz_vault *v, const char *authority, const struct dz_last_checkpoint *c,
     const struct fresh *f, struct dz_err *err)
{
    struct dz_batch *b = NULL;
    DZ_TRY(dz_batch_begin(v, &b, err));
    enum dz_code code = write_stamp(b, authority, c, f, err);
    dz_batch_end(b);
    return code;
}

/* ---- all of them ---- */

/* Checkpoints are taken before the first stamp is kept, since keeping one signs a new one. */
struct wanted {
    char log[33];
    char root[DZ_HEX32];
    bool own;
    uint64_t size;
    uint8_t imprint[32];
    char *note;
};
struct making {
    struct dz_vault *v;
    struct wanted *items;
    size_t n;
    size_t cap;
    dz_timestamp_report_fn *fn;
    void *ctx;
    struct dz_timestamp_summary sum;
};

static void
making_done(struct making *m)
{
    for (size_t i = 0; i < m->n; i++)
        dz_free(m->items[i].note);
    dz_free(m->items);
}
#define AUTO_MAKING DZ_CLEANUP(making_done)

static enum dz_code
take_checkpoint(void *ctx, const struct dz_last_checkpoint *c, struct dz_err *err)
{
    (void)err;
    struct making *m = ctx;
    m->items = dz_grow(m->items, &m->cap, m->n + 1, sizeof *m->items);
    struct wanted *w = &m->items[m->n++];
    *w = (struct wanted){.own = c->own, .size = c->size};
    memcpy(w->log, c->log, sizeof w->log);
    memcpy(w->root, c->root, sizeof w->root);
    memcpy(w->imprint, c->imprint, sizeof w->imprint);
    w->note = dz_strndup(c->note.p, c->note.n);
    return DZ_OK;
}

struct looking {
    const struct wanted *w;
    const char *authority;
    bool found;
};

static enum dz_code
look(void *ctx, const struct dz_timestamp *t, struct dz_err *err)
{
    (void)err;
    struct looking *l = ctx;
    l->found = l->found || (strcmp(t->log, l->w->log) == 0 && t->size == l->w->size &&
                            strcmp(t->authority, l->authority) == 0);
    return DZ_OK;
}

/* *ret_away: there is no use in asking this authority again. */
static enum dz_code
make_one(struct making *m, const struct authorities *all, const struct authority *a,
         const struct wanted *w, bool *ret_away, struct dz_err *err)
{
    struct looking l = {.w = w, .authority = a->name};
    if (!w->own)
        DZ_TRY(dz_timestamp_entries(m->v, look, &l, err));
    if (l.found)
        return DZ_OK;
    struct fresh f = {.token = DZ_BUF(DZ_TSP_TOKEN_MAX), .chain = DZ_BUF(DZ_TSP_PEM_MAX)};
    struct dz_err why = {0};
    enum dz_code asked = ask(all, a, w->imprint, &f, &why), code = DZ_OK;
    if (asked == DZ_OK) {
        const struct dz_last_checkpoint c = {.log = w->log,
                                             .size = w->size,
                                             .root = w->root,
                                             .note = dz_view_of(w->note),
                                             .imprint = w->imprint};
        code = keep(m->v, a->name, &c, &f, err);
    }
    if (code == DZ_OK) {
        const struct dz_timestamp_report r = {.authority = a->name,
                                              .log = w->log,
                                              .size = w->size,
                                              .code = asked,
                                              .message = asked == DZ_OK ? NULL : why.msg,
                                              .stamp = asked == DZ_OK ? &f.stamp : NULL};
        m->sum.n_made += asked == DZ_OK;
        m->sum.n_failed += asked != DZ_OK;
        *ret_away = asked != DZ_OK;
        m->fn(m->ctx, &r);
    }
    dz_buf_done(&f.token);
    dz_buf_done(&f.chain);
    return code;
}

enum dz_code
dz_timestamps_make(struct dz_vault *v, const char *authority, dz_timestamp_report_fn *fn, void *ctx,
                   struct dz_timestamp_summary *ret, struct dz_err *err)
{
    AUTO_AUTHORITIES struct authorities all = {0};
    AUTO_MAKING struct making m = {.v = v, .fn = fn, .ctx = ctx};
    DZ_TRY(load_authorities(v, authority, &all, err));
    DZ_TRY(dz_vault_each_last_checkpoint(v, take_checkpoint, &m, err));
    m.sum.n_authorities = all.n;
    for (size_t i = 0; i < all.n; i++) {
        bool away = false;
        for (size_t k = 0; k < m.n && !away; k++)
            DZ_TRY(make_one(&m, &all, &all.items[i], &m.items[k], &away, err));
    }
    *ret = m.sum;
    return DZ_OK;
}
