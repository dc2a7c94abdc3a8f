#define _GNU_SOURCE /* AT_FDCWD */
#include "dz_logs.h"

#include <fcntl.h>
#include <string.h>

#include "dz_codec.h"
#include "dz_common.h"
#include "dz_json.h"
#include "dz_mem.h"
#include "dz_os.h"

#define SHORT_LOG 8 /* characters of a log's id that people see */

struct picking {
    const char *typed; /* NULL: any */
    char found[DZ_LOG_ID];
    size_t n;
    struct dz_buf *all; /* beginnings of those that fit, for the message */
};

static enum dz_code
pick(void *ctx, const struct dz_log_view *l, struct dz_err *err)
{
    struct picking *p = ctx;
    (void)err;
    if (p->typed != NULL && strncmp(l->log, p->typed, strlen(p->typed)) != 0)
        return DZ_OK;
    if (p->n++ == 0)
        memcpy(p->found, l->log, sizeof p->found);
    dz_buf_addf(p->all, "%s%.*s", p->all->n > 0 ? ", " : "", SHORT_LOG, l->log);
    return DZ_OK;
}

enum dz_code
dz_log_pick(struct dz_ctx *c, const char *typed, char ret[DZ_LOG_ID], struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf all = DZ_BUF(4096);
    struct picking p = {.typed = typed, .all = &all};
    DZ_TRY(dz_vault_each_log(c->vault, pick, &p, err));
    if (p.n == 0)
        return dz_fail(err, DZ_E_NOTFOUND, "there is no log '%s' in this vault",
                       typed != NULL ? typed : "");
    if (p.n > 1)
        return dz_fail(err, DZ_E_USAGE, "the vault has several logs: name one of %s", all.p);
    memcpy(ret, p.found, DZ_LOG_ID);
    return DZ_OK;
}

/* The number behind the colon, or the whole; *ret_log is the part before, of length 0 without
 * one. */
static bool
split_ref(const char *typed, struct dz_view *ret_log, uint64_t *ret_seq)
{
    const char *colon = strchr(typed, ':');
    const char *number = colon != NULL ? colon + 1 : typed;
    *ret_log = (struct dz_view){.p = typed, .n = colon != NULL ? (size_t)(colon - typed) : 0};
    return dz_parse_u64(dz_view_of(number), ret_seq);
}

bool
dz_entry_is_typed(const char *typed)
{
    struct dz_view log;
    uint64_t seq;
    return split_ref(typed, &log, &seq) || strchr(typed, ':') != NULL;
}

enum dz_code
dz_entry_pick(struct dz_ctx *c, const char *typed, char ret[DZ_REF_MAX], struct dz_err *err)
{
    struct dz_view log;
    uint64_t seq = 0;
    if (!split_ref(typed, &log, &seq))
        return dz_fail(err, DZ_E_USAGE, "'%s' is not an entry: write NUMBER or LOG:NUMBER", typed);
    DZ_AUTO_FREE char *beginning = log.n > 0 ? dz_strndup(log.p, log.n) : NULL;
    char id[DZ_LOG_ID];
    DZ_TRY(dz_log_pick(c, beginning, id, err));
    DZ_AUTO_FREE char *ref = dz_asprintf("%s:%llu", id, (unsigned long long)seq);
    memcpy(ret, ref, strlen(ref) + 1);
    return DZ_OK;
}

static enum dz_code
count_log(void *ctx, const struct dz_log_view *l, struct dz_err *err)
{
    size_t *n = ctx;
    (void)l;
    (void)err;
    ++*n;
    return DZ_OK;
}

enum dz_code
dz_entry_short(struct dz_ctx *c, const struct dz_entry_view *e, struct dz_buf *out,
               struct dz_err *err)
{
    size_t n = 0;
    DZ_TRY(dz_vault_each_log(c->vault, count_log, &n, err));
    if (n > 1)
        dz_buf_addf(out, "%.*s:", SHORT_LOG, e->log);
    dz_buf_addf(out, "%llu", (unsigned long long)e->seq);
    return DZ_OK;
}

enum dz_code
dz_kept_read(const char *path, struct dz_buf *out, struct dz_err *err)
{
    enum dz_code code = strcmp(path, "-") == 0 ? dz_prompt_stdin(DZ_KEPT_MAX, out, err)
                                               : dz_os_slurp(AT_FDCWD, path, DZ_KEPT_MAX, out, err);
    return code == DZ_OK ? DZ_OK : dz_while(err, "reading the checkpoint");
}

/* ---- checkpoints ---- */

static const struct dz_column columns[] = {
    {N_("log"), 0, false},
    {N_("entries"), 0, true},
    {N_("last entry (UTC)"), 0, false},
    {N_("root"), 0, false},
};

struct listing {
    struct dz_ctx *c;
    struct dz_table table;
};

static enum dz_code
list_one(void *ctx, const struct dz_checkpoint_view *k, struct dz_err *err)
{
    struct listing *l = ctx;
    (void)err;
    if (l->c->json) {
        json_t *line = json_object();
        dz_json_set_str(line, "log", k->log);
        dz_json_set_int(line, "size", (int64_t)k->size);
        dz_json_set_str(line, "root", k->root_hex);
        dz_json_set_str(line, "time", k->time);
        dz_out_json_new(&l->c->out, line);
        return DZ_OK;
    }
    char when[17] = "";
    if (k->time != NULL)
        dz_short_time(k->time, when);
    dz_table_addf(&l->table, "%.*s", SHORT_LOG, k->log);
    dz_table_addf(&l->table, "%llu", (unsigned long long)k->size);
    dz_table_add(&l->table, when);
    /* As the note has it, so that the two can be compared by eye. */
    uint8_t root[32];
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(64);
    if (dz_hex_decode(dz_view_of(k->root_hex), root, sizeof root))
        dz_b64_encode(&text, root, sizeof root, DZ_B64_PADDED);
    dz_table_add(&l->table, text.p);
    return DZ_OK;
}

static enum dz_code
list_log(void *ctx, const struct dz_log_view *l, struct dz_err *err)
{
    struct listing *listing = ctx;
    return dz_vault_each_checkpoint(listing->c->vault, l->log, list_one, listing, err);
}

enum dz_code
dz_checkpoints_list(struct dz_ctx *c, const char *typed_log, struct dz_err *err)
{
    struct listing l = {.c = c};
    dz_table_init(&l.table, columns, sizeof columns / sizeof *columns);
    char log[DZ_LOG_ID];
    enum dz_code code;
    if (typed_log == NULL) {
        code = dz_vault_each_log(c->vault, list_log, &l, err);
    } else {
        code = dz_log_pick(c, typed_log, log, err);
        if (code == DZ_OK)
            code = dz_vault_each_checkpoint(c->vault, log, list_one, &l, err);
    }
    if (code == DZ_OK && !c->json)
        dz_table_print(&l.table, &c->out);
    dz_table_done(&l.table);
    return code;
}

enum dz_code
dz_checkpoint_show(struct dz_ctx *c, const char *typed_log, const char *which, struct dz_err *err)
{
    uint64_t size = DZ_CHECKPOINT_LAST;
    if (strcmp(which, "last") != 0 && !dz_parse_u64(dz_view_of(which), &size))
        return dz_fail(err, DZ_E_USAGE,
                       "--checkpoint: '%s' is neither a number of entries nor 'last'", which);
    char log[DZ_LOG_ID];
    DZ_TRY(dz_log_pick(c, typed_log, log, err));
    DZ_AUTO_BUF struct dz_buf note = DZ_BUF(DZ_KEPT_MAX);
    DZ_TRY(dz_vault_checkpoint(c->vault, log, size, &note, err));
    if (c->json) {
        json_t *line = json_object();
        dz_json_set_str(line, "log", log);
        dz_json_set_view(line, "note", dz_buf_view(&note));
        dz_out_json_new(&c->out, line);
        return DZ_OK;
    }
    dz_out_bytes(&c->out, note.p, note.n);
    return DZ_OK;
}

struct keys {
    struct dz_ctx *c;
    const char *log; /* NULL: all */
};

static enum dz_code
list_key(void *ctx, const struct dz_log_view *l, struct dz_err *err)
{
    const struct keys *k = ctx;
    (void)err;
    if (k->log != NULL && strcmp(k->log, l->log) != 0)
        return DZ_OK;
    if (k->c->json) {
        json_t *line = json_object();
        dz_json_set_str(line, "log", l->log);
        dz_json_set_str(line, "vkey", l->vkey);
        dz_json_set_int(line, "entries", (int64_t)l->size);
        dz_json_set_int(line, "signed", (int64_t)l->signed_size);
        dz_out_json_new(&k->c->out, line);
        return DZ_OK;
    }
    dz_out_line(&k->c->out, dz_view_of(l->vkey), 400);
    dz_out_text(&k->c->out, "\n");
    return DZ_OK;
}

enum dz_code
dz_vkeys_list(struct dz_ctx *c, const char *typed_log, struct dz_err *err)
{
    char log[DZ_LOG_ID];
    struct keys k = {.c = c};
    if (typed_log != NULL) {
        DZ_TRY(dz_log_pick(c, typed_log, log, err));
        k.log = log;
    }
    return dz_vault_each_log(c->vault, list_key, &k, err);
}
