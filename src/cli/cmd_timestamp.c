/* timestamp: others confirm when the vault's log existed. */
#define _GNU_SOURCE /* AT_FDCWD */
#include <fcntl.h>
#include <string.h>

#include "dz_cmd.h"
#include "dz_common.h"
#include "dz_json.h"
#include "dz_os.h"
#include "dz_time.h"
#include "dz_timestamp.h"

#define CLOCK_MINUTES 5 /* so far apart, clocks are mentioned */

struct values {
    const char *authority;
    const char *save;
    bool list;
};

static const struct dz_opt opts[] = {
    DZ_OPT_TEXT(struct values, authority, "authority", N_("NAME"),
                N_("ask only this one of the authorities in the settings")),
    DZ_OPT_FLAG(struct values, list, "list",
                N_("ask nobody: list the timestamps that are kept and check them")),
    DZ_OPT_PATH(struct values, save, "save", N_("DIR"),
                N_("ask nobody: write what is needed to check them elsewhere into a folder")),
    {0},
};

/* ---- asking ---- */

/* Entries carry the time of this device, so a wrong clock should not stay unnoticed. */
static void
compare_clocks(struct dz_ctx *c, const struct dz_timestamp_report *r)
{
    int64_t apart_us = r->stamp->time_us - dz_os_now_us();
    if (apart_us < 0)
        apart_us = -apart_us;
    long long minutes = (long long)(apart_us / 60000000);
    if (minutes >= CLOCK_MINUTES)
        dz_notice(
            c,
            dz_trn("%s: its clock and that of this device are %lld minute apart: compare this "
                   "one with others",
                   "%s: its clock and that of this device are %lld minutes apart: compare "
                   "this one with others",
                   (unsigned long)minutes),
            r->authority, minutes);
}

static void
report(void *ctx, const struct dz_timestamp_report *r)
{
    struct dz_ctx *c = ctx;
    char time[40] = "";
    if (r->stamp != NULL)
        dz_time_format(r->stamp->time_us, time);
    if (c->json) {
        json_t *line = json_object();
        dz_json_set_str(line, "authority", r->authority);
        dz_json_set_str(line, "log", r->log);
        dz_json_set_int(line, "size", (int64_t)r->size);
        dz_json_set_str(line, "stamped", time);
        dz_json_set_str(line, "signer", r->stamp != NULL ? r->stamp->authority : NULL);
        dz_json_set_str(line, "error", r->message);
        dz_out_json_new(&c->out, line);
    }
    if (r->stamp == NULL) {
        dz_out_flush(&c->out);
        dz_notice(c, "%s: %s", r->authority, r->message);
        return;
    }
    compare_clocks(c, r);
    if (c->json)
        return;
    dz_out_f(&c->out,
             dz_trn("%s: %llu entry of log %.8s existed at %s.",
                    "%s: %llu entries of log %.8s existed at %s.", (unsigned long)r->size),
             r->authority, (unsigned long long)r->size, r->log, time);
    dz_out_text(&c->out, "\n");
    dz_out_flush(&c->out);
}

static enum dz_code
make(struct dz_ctx *c, const char *authority, struct dz_err *err)
{
    struct dz_timestamp_summary sum = {0};
    DZ_TRY(dz_ctx_open(c, DZ_OPEN_WRITE, err));
    DZ_TRY(dz_timestamps_make(c->vault, authority, report, c, &sum, err));
    if (sum.n_made == 0 && sum.n_failed > 0)
        return dz_fail(err, DZ_E_IO,
                       "no timestamp was made; the vault is as it was, and all else works: try "
                       "again later");
    if (sum.n_made == 0)
        return dz_fail(err, DZ_E_NOTFOUND, "the vault has no checkpoint yet that could be stamped");
    return DZ_OK;
}

/* ---- looking at what is kept ---- */

struct listing {
    struct dz_ctx *c;
    struct dz_table table;
    struct dz_buf anchors; /* lines of those seen */
    const char *authority;
    int64_t now_us;
    size_t n;
    int dir;
};

static bool
is_meant(const struct listing *l, const struct dz_timestamp *t)
{
    return l->authority == NULL || strcmp(l->authority, t->authority) == 0;
}

/* A cell of the table: whether it holds, and until when a new one should be made. */
static void
add_validity(struct dz_table *table, enum dz_code code, const struct dz_tsp_result *r,
             const char *why)
{
    char until[40];
    if (code != DZ_OK) {
        dz_table_addf(table, _("does not hold: %s"), why);
    } else if (r->chain == DZ_TSP_CHAIN_EXPIRED) {
        dz_table_add(table, _("valid at the stamping time; certificate since expired"));
    } else {
        dz_time_format(r->valid_until_us, until);
        until[10] = '\0'; /* the day */
        dz_table_addf(table, _("valid; certificate until %s"), until);
    }
}

static void
print_json(struct dz_ctx *c, const struct dz_timestamp *t, enum dz_code code,
           const struct dz_vault_stamp *s, const char *why)
{
    json_t *line = json_object();
    dz_json_set_str(line, "entry", t->ref);
    dz_json_set_str(line, "log", t->log);
    dz_json_set_int(line, "size", (int64_t)t->size);
    dz_json_set_str(line, "root", t->root);
    dz_json_set_str(line, "imprint", t->imprint);
    dz_json_set_str(line, "authority", t->authority);
    dz_json_set_str(line, "signer", t->signer);
    dz_json_set_str(line, "stamped", t->time);
    dz_json_set_str(line, "policy", t->policy);
    dz_json_set_str(line, "serial", t->serial);
    if (code == DZ_OK) {
        char until[40];
        bool expired = s->stamp.chain == DZ_TSP_CHAIN_EXPIRED;
        dz_time_format(s->stamp.valid_until_us, until);
        dz_json_set_str(line, "validity", expired ? "expired" : "valid");
        dz_json_set_str(line, "valid_until", until);
        dz_json_set_str(line, "anchor", s->stamp.anchor);
        dz_json_set_str(line, "anchor_sha256", s->stamp.anchor_sha256);
        if (s->stamp.has_accuracy)
            dz_json_set_int(line, "accuracy_us", s->stamp.accuracy_us);
    } else {
        dz_json_set_str(line, "validity", "invalid");
        dz_json_set_str(line, "why", why);
    }
    dz_out_json_new(&c->out, line);
}

/* Who has to be believed: the certificate that the chain ends in, once. */
static void
add_anchor(struct listing *l, const struct dz_timestamp *t, const struct dz_tsp_result *r)
{
    DZ_AUTO_BUF struct dz_buf line = DZ_BUF(2048);
    dz_buf_addf(&line, _("%s rests on %s, SHA-256 %s"), t->authority, r->anchor, r->anchor_sha256);
    dz_buf_addc(&line, '\n');
    if (line.p != NULL && (l->anchors.n == 0 || strstr(l->anchors.p, line.p) == NULL))
        dz_buf_addv(&l->anchors, dz_buf_view(&line));
}

static enum dz_code
list_one(void *ctx, const struct dz_timestamp *t, struct dz_err *err)
{
    (void)err;
    struct listing *l = ctx;
    struct dz_vault_stamp s;
    struct dz_err why = {0};
    if (!is_meant(l, t))
        return DZ_OK;
    l->n++;
    enum dz_code code = dz_timestamp_check(l->c->vault, t, l->now_us, &s, &why);
    if (l->c->json) {
        print_json(l->c, t, code, &s, why.msg);
        return DZ_OK;
    }
    dz_table_add(&l->table, t->time);
    dz_table_add(&l->table, t->authority);
    dz_table_addf(&l->table, "%.8s", t->log);
    dz_table_addf(&l->table, "%llu", (unsigned long long)t->size);
    add_validity(&l->table, code, &s.stamp, why.msg);
    if (code == DZ_OK)
        add_anchor(l, t, &s.stamp);
    return DZ_OK;
}

static enum dz_code
list(struct dz_ctx *c, const char *authority, struct dz_err *err)
{
    static const struct dz_column columns[] = {
        {.title = N_("STAMPED (UTC)")}, {.title = N_("AUTHORITY"), .max = 32},
        {.title = N_("LOG")},           {.title = N_("ENTRIES"), .right = true},
        {.title = N_("VALIDITY")},
    };
    struct listing l = {.c = c, .authority = authority, .now_us = dz_os_now_us()};
    DZ_TRY(dz_ctx_open(c, DZ_OPEN_READ, err));
    dz_table_init(&l.table, columns, sizeof columns / sizeof *columns);
    enum dz_code code = dz_timestamps_each(c->vault, list_one, &l, err);
    if (code == DZ_OK) {
        dz_table_print(&l.table, &c->out);
        dz_out_lines(&c->out, dz_buf_view(&l.anchors));
    }
    if (code == DZ_OK && l.n == 0 && !c->json)
        dz_out_f(&c->out, "%s\n", _("No timestamp is kept."));
    dz_buf_done(&l.anchors);
    dz_table_done(&l.table);
    return code;
}

/* ---- files for checking elsewhere ---- */

static enum dz_code
save_part(const struct listing *l, const struct dz_timestamp *t, const char *ending,
          bool with_authority, struct dz_view content, struct dz_err *err)
{
    DZ_AUTO_FREE char *name =
        dz_asprintf("%s-%llu%s%s.%s", t->log, (unsigned long long)t->size,
                    with_authority ? "-" : "", with_authority ? t->authority : "", ending);
    return dz_os_replace(l->dir, name, content, err);
}

static enum dz_code
save_one(void *ctx, const struct dz_timestamp *t, struct dz_err *err)
{
    struct listing *l = ctx;
    if (!is_meant(l, t))
        return DZ_OK;
    if (t->fault != NULL)
        return dz_fail(err, DZ_E_CORRUPT, "timestamp of %s at %s: %s", t->authority, t->time,
                       t->fault);
    DZ_TRY(save_part(l, t, "note", false, t->note, err));
    DZ_TRY(save_part(l, t, "tst", true, t->token, err));
    DZ_TRY(save_part(l, t, "pem", true, t->certificates, err));
    l->n++;
    return DZ_OK;
}

static enum dz_code
save(struct dz_ctx *c, const char *dir, const char *authority, struct dz_err *err)
{
    struct listing l = {.c = c, .authority = authority, .dir = -1};
    DZ_TRY(dz_ctx_open(c, DZ_OPEN_READ, err));
    if (!dz_os_exists(AT_FDCWD, dir))
        DZ_TRY(dz_os_mkdir(AT_FDCWD, dir, err));
    DZ_TRY(dz_os_opendir(AT_FDCWD, dir, &l.dir, err));
    enum dz_code code = dz_timestamps_each(c->vault, save_one, &l, err);
    dz_os_close_quiet(&l.dir);
    DZ_TRY(code);
    if (c->json)
        return DZ_OK;
    dz_out_f(&c->out,
             dz_trn("%zu timestamp was written to %s.", "%zu timestamps were written to %s.", l.n),
             l.n, dir);
    dz_out_text(&c->out, "\n");
    if (l.n > 0)
        dz_out_wrap(&c->out,
                    dz_view_of(_("Check one with: openssl ts -verify -data NOTE -in TST -token_in "
                                 "-CAfile PEM")),
                    0, 0);
    return DZ_OK;
}

static enum dz_code
run(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    const struct values *v = values;
    if (c->vault_path == NULL)
        return dz_fail(err, DZ_E_NOTFOUND,
                       "there is no vault here or above: name one with -C VAULT");
    if (v->list && v->save != NULL)
        return dz_fail(err, DZ_E_USAGE, "--list and --save exclude each other");
    if (v->list)
        return list(c, v->authority, err);
    if (v->save != NULL)
        return save(c, v->save, v->authority, err);
    return make(c, v->authority, err);
}

const struct dz_cmd dz_cmd_timestamp = {
    .name = "timestamp",
    .group = DZ_GROUP_INTEGRITY,
    .summary = N_("let timestamp authorities confirm that the log exists now"),
    .usage = "",
    .help =
        N_("Each authority of the settings signs the present time together with a hash of the last "
           "checkpoint (RFC 3161). Nobody can later claim that an entry under it was made up after "
           "that time. What is sent is one hash of 32 bytes; the authority learns nothing but that "
           "and the address it comes from.\n\n"
           "Each reply is checked and kept with the certificates it rests on. An authority that "
           "cannot be reached is named, and the others go on; the exit status is 1 when none "
           "answered well. 'dokaz verify' checks all that are kept, also when a certificate has "
           "expired in the meantime. Stamp again every few years, before that happens.\n\n"
           "'dokaz settings timestamp.NAME ADDRESS --certificates FILE' sets an authority."),
    .opts = opts,
    .values_size = sizeof(struct values),
    .needs = DZ_NEED_PATH | DZ_HAS_JSON,
    .max_words = 0,
    .run = run,
};
