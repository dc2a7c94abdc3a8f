#include <string.h>

#include "dz_capture.h"
#include "dz_codec.h"
#include "dz_facts_priv.h"
#include "dz_setting.h"
#include "dz_time.h"

/* A captured page becomes a source: its WARC is sealed while it is written, and nothing of it lies
 * anywhere else. Servers may take minutes, so the write lock is taken when all is there. */

#define HEADER_MAX 300 /* bytes of a header that is kept in the entry */

/* How this vault goes to the network. */
struct way {
    char *proxy;
    char *certificates;
    unsigned timeout_ms;
};

static void
way_done(struct way *w)
{
    dz_free(w->proxy);
    dz_free(w->certificates);
}
#define AUTO_WAY DZ_CLEANUP(way_done)

static enum dz_code
load_way(struct dz_vault *v, struct way *ret, struct dz_err *err)
{
    DZ_AUTO_FREE char *seconds = NULL;
    uint64_t number = 0;
    DZ_TRY(dz_setting_get(v, "network.proxy", &ret->proxy, err));
    DZ_TRY(dz_setting_get(v, "network.certificates", &ret->certificates, err));
    DZ_TRY(dz_setting_get(v, "network.timeout", &seconds, err));
    if (seconds != NULL && dz_parse_u64(dz_view_of(seconds), &number) && number <= 3600)
        ret->timeout_ms = (unsigned)number * 1000;
    return DZ_OK;
}

/* ---- its entry ---- */

/* What the server said of the page, cut to a line each; repaired to UTF-8 on the way. */
static json_t *
headers_of(const struct dz_captured *c)
{
    static const char *const names[] = {"date",         "last-modified",    "etag",
                                        "content-type", "content-language", "server"};
    json_t *o = json_object();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct dz_view v = dz_exchange_header(dz_buf_view(&c->head), names[i]);
        v.n = v.n < HEADER_MAX ? v.n : HEADER_MAX;
        if (v.n > 0)
            dz_json_set_view(o, names[i], v);
    }
    return o;
}

static void
set_certificate(json_t *o, const struct dz_captured *c)
{
    if (c->certificate[0] == '\0')
        return;
    json_t *tls = json_object();
    dz_json_set_str(tls, "sha256", c->certificate);
    dz_json_set_str(tls, "issuer", c->issuer);
    json_object_set_new(tls, "trusted", json_boolean(c->tls_trusted));
    json_object_set_new(o, "certificate", tls);
}

/* What was seen: this may be shown. */
static json_t *
seen(const struct dz_captured *c)
{
    json_t *o = json_object();
    dz_json_set_str(o, "asked", c->asked);
    dz_json_set_str(o, "address", c->address);
    dz_json_set_int(o, "status", c->status);
    if (c->n_hops > 1) {
        json_t *hops = json_array();
        for (size_t i = 0; i < c->n_hops; i++)
            json_array_append_new(hops, json_string(c->hops[i]));
        json_object_set_new(o, "redirects", hops);
    }
    json_object_set_new(o, "headers", headers_of(c));
    dz_json_set_str(o, "server_ip", c->ip);
    set_certificate(o, c);
    dz_set_time(o, "began", c->began_us);
    dz_set_time(o, "ended", c->ended_us);
    dz_json_set_int(o, "resources", (int64_t)c->n_resources);
    dz_json_set_int(o, "failures", (int64_t)c->n_failures);
    dz_json_set_str(o, "cut", c->cut);
    if (c->stopped)
        json_object_set_new(o, "stopped", json_true());
    return o;
}

/* From where it was seen: this says something about who looked, and never leaves by itself. */
static json_t *
seen_from(const struct dz_capture_opts *how, const char *vantage)
{
    json_t *o = json_object();
    bool proxy = how->proxy != NULL && how->proxy[0] != '\0';
    dz_json_set_str(o, "user_agent",
                    how->user_agent != NULL ? how->user_agent : DZ_CAPTURE_USER_AGENT);
    json_object_set_new(o, "proxy", json_boolean(proxy));
    dz_json_set_str(o, "vantage", vantage);
    return o;
}

static enum dz_code
add_entry(struct dz_batch *b, const struct dz_source_capture *what, const struct dz_captured *c,
          const char *id, const struct dz_object_info *info, struct dz_err *err)
{
    DZ_AUTO_JSON json_t *fields = json_object();
    json_t *meta = json_object();
    DZ_AUTO_FREE char *name = dz_capture_name(c->asked);
    dz_json_set_str(fields, "id", id);
    dz_json_set_str(fields, "name", name);
    dz_json_set_str(fields, "sha256", info->sha256);
    dz_json_set_int(fields, "size", (int64_t)info->size_bytes);
    dz_json_set_str(fields, "object", info->id);
    dz_json_set_str(fields, "codec", info->codec);
    dz_json_set_str(fields, "media_type", "application/warc");
    dz_json_set_str(fields, "basis", what->basis ? what->basis : "unstated");
    dz_json_set_str(fields, "access", what->access ? what->access : "open");
    dz_json_set_str(fields, "method", "capture");
    dz_json_set_str(fields, "tool", "dokaz " DZ_VERSION);
    dz_json_set_str(meta, "address", c->address);
    json_object_set_new(fields, "meta", meta);
    json_object_set_new(fields, "capture", seen(c));
    json_object_set_new(fields, "captured_from", seen_from(what->how, what->vantage));
    const char *brought[] = {info->id, NULL};
    return dz_batch_entry_in(b, dz_access_in(what->access), "source.added", fields, brought, NULL,
                             err);
}

/* ---- one page ---- */

static enum dz_code
seal(void *ctx, const void *p, size_t n, struct dz_err *err)
{
    return dz_sealer_write(ctx, p, n, err);
}

/* A page may be gone tomorrow: what was fetched is given up only when a person says so. */
enum dz_code
dz_capture_begin(struct dz_vault *v, const struct dz_source_capture *what, struct dz_batch **ret,
                 struct dz_err *err)
{
    const bool *cancel = what->how->cancel;
    for (;;) {
        struct dz_err why = {0};
        enum dz_code code = dz_batch_begin(v, ret, &why);
        if (code == DZ_OK)
            return DZ_OK;
        bool stopped = cancel && __atomic_load_n(cancel, __ATOMIC_RELAXED);
        if (code != DZ_E_LOCKED || stopped)
            return dz_fail(err, code, "%s", why.msg);
        if (what->waiting)
            what->waiting(what->ctx);
    }
}

static enum dz_code
put(struct dz_batch *b, const struct dz_source_capture *what, const json_t *described,
    const struct dz_captured *c, struct dz_sealed *sealed, char ret_id[DZ_ID_MAX],
    struct dz_err *err)
{
    char id[DZ_ID_MAX];
    struct dz_object_info info;
    DZ_TRY(dz_batch_take(b, sealed, &info, err));
    dz_vault_new_id("src-", id);
    DZ_TRY(add_entry(b, what, c, id, &info, err));
    if (json_object_size(described) > 0) {
        DZ_AUTO_JSON json_t *fields = json_deep_copy(described);
        dz_json_set_str(fields, "source", id);
        DZ_TRY(dz_batch_entry_in(b, dz_access_in(what->access), "source.described", fields, NULL,
                                 NULL, err));
    }
    DZ_TRY(dz_batch_commit(b, err));
    memcpy(ret_id, id, sizeof id);
    return DZ_OK;
}

static enum dz_code
keep(struct dz_vault *v, const struct dz_source_capture *what, const json_t *described,
     const struct dz_captured *c, struct dz_sealed *sealed, char ret_id[DZ_ID_MAX],
     struct dz_err *err)
{
    struct dz_batch *b = NULL;
    enum dz_code code = dz_capture_begin(v, what, &b, err);
    if (code == DZ_OK)
        code = put(b, what, described, c, sealed, ret_id, err);
    else
        dz_sealed_drop(sealed);
    dz_batch_end(b);
    return code == DZ_OK ? DZ_OK : dz_while(err, "keeping what came from '%.100s'", c->asked);
}

static enum dz_code
capture(struct dz_vault *v, struct dz_sealer *sealer, const char *url,
        const struct dz_source_capture *what, const json_t *described, char ret_id[DZ_ID_MAX],
        struct dz_captured *ret, struct dz_err *err)
{
    const struct dz_warc_sink sink = {seal, sealer};
    struct dz_sealed *sealed = NULL;
    dz_sealer_begin_apart(sealer);
    DZ_TRY(dz_capture(url, what->how, &sink, ret, err));
    if (ret->fault != NULL)
        return DZ_OK;
    DZ_TRY(dz_sealer_finish(sealer, &sealed, err));
    return keep(v, what, described, ret, sealed, ret_id, err);
}

enum dz_code
dz_source_capture(struct dz_vault *v, const struct dz_rules *rules, const char *url,
                  const struct dz_source_capture *what, char ret_id[DZ_ID_MAX],
                  struct dz_captured *ret, struct dz_err *err)
{
    AUTO_WAY struct way way = {0};
    DZ_AUTO_JSON json_t *wanted = json_object();
    DZ_AUTO_JSON json_t *described = NULL;
    const char *access = NULL;
    ret_id[0] = '\0';
    if (what->basis && !dz_rules_has(rules, "basis", what->basis))
        return dz_fail(err, DZ_E_USAGE, "there is no basis '%s'", what->basis);
    if (what->access && !dz_rules_has(rules, "access", what->access))
        return dz_fail(err, DZ_E_USAGE, "there is no access level '%s'", what->access);
    dz_json_set_str(wanted, "title", what->title);
    DZ_TRY(dz_describe_check(rules, wanted, &described, &access, err));
    DZ_TRY(load_way(v, &way, err));
    struct dz_capture_opts how = *what->how;
    DZ_AUTO_FREE char *name = dz_capture_name(url);
    how.name = name;
    how.software = "dokaz " DZ_VERSION;
    how.proxy = way.proxy;
    how.ca_pem = dz_view_of(way.certificates);
    how.exchange_ms = way.timeout_ms;
    struct dz_source_capture one = *what;
    one.how = &how;
    struct dz_sealer *sealer = NULL;
    DZ_TRY(dz_sealer_new(v, &sealer, err));
    enum dz_code code = capture(v, sealer, url, &one, described, ret_id, ret, err);
    dz_sealer_free(sealer);
    return code;
}
