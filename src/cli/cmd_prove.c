#define _GNU_SOURCE /* AT_FDCWD */
#include <fcntl.h>
#include <string.h>

#include "dz_cmd.h"
#include "dz_codec.h"
#include "dz_common.h"
#include "dz_fact.h"
#include "dz_json.h"
#include "dz_logs.h"
#include "dz_mem.h"
#include "dz_os.h"
#include "dz_proof_fields.h"
#include "dz_source.h"
#include "dz_vault.h"

#define PROOF_MAX ((size_t)8 << 20)

struct values {
    const char *all;
    const char *withhold;
    const char *show;
    const char *consistency;
    const char *later;
    const char *log;
};

static const struct dz_opt opts[] = {
    DZ_OPT_TEXT(struct values, withhold, "withhold", N_("FIELD,..."),
                N_("keep these fields back as well")),
    DZ_OPT_TEXT(struct values, show, "show", N_("FIELD,..."),
                N_("show these fields although they are usually withheld; 'all' shows "
                   "everything, 'member' the signature as well")),
    DZ_OPT_PATH(struct values, all, "all", N_("DIR"),
                N_("one file for each entry of the item's history, in a new folder")),
    DZ_OPT_PATH(struct values, consistency, "consistency", N_("OLD"),
                N_("prove that the log still begins with this checkpoint: its file or its size")),
    DZ_OPT_PATH(struct values, later, "to", N_("NEW"),
                N_("with --consistency: the later checkpoint, file or size; usually the last")),
    DZ_OPT_TEXT(struct values, log, "log", N_("LOG"),
                N_("which log a size is meant of, where the vault has several")),
    {0},
};

/* To the file named by word number ix, or to standard output. */
static enum dz_code
hand_out(struct dz_ctx *c, size_t ix, struct dz_view content, struct dz_err *err)
{
    if (c->n_words > ix)
        return dz_os_write_new(AT_FDCWD, c->words[ix], content, err);
    dz_out_bytes(&c->out, content.p, content.n);
    return DZ_OK;
}

/* ---- inclusion ---- */

struct proven {
    char *ref;
    json_t *withheld; /* list of names */
};

struct proving {
    char id[DZ_ID_MAX]; /* of the item; "" when an entry was named */
    struct dz_proof_fields fields;
    struct proven *entries;
    size_t n;
    size_t cap;
};

static void
add_ref(struct proving *p, const char *ref)
{
    p->entries = dz_grow(p->entries, &p->cap, p->n + 1, sizeof *p->entries);
    p->entries[p->n++] = (struct proven){.ref = dz_strdup(ref)};
}

static void
proving_done(struct proving *p)
{
    for (size_t i = 0; i < p->n; i++) {
        dz_free(p->entries[i].ref);
        json_decref(p->entries[i].withheld);
    }
    dz_free(p->entries);
    dz_proof_fields_done(&p->fields);
}

static enum dz_code
take_ref(void *ctx, const struct dz_entry_view *e, struct dz_err *err)
{
    (void)err;
    add_ref(ctx, e->ref);
    return DZ_OK;
}

/* The entry that made an item what it is now: of a fact the current version, of a source the entry
 * that brought it. */
static enum dz_code
current_ref(struct dz_ctx *c, struct proving *p, struct dz_err *err)
{
    if (strncmp(p->id, "src-", 4) == 0) {
        DZ_AUTO_SOURCE struct dz_source s = {0};
        DZ_TRY(dz_source_get(c->vault, p->id, &s, err));
        add_ref(p, s.row.ref);
        return DZ_OK;
    }
    DZ_AUTO_FACT struct dz_fact f = {0};
    DZ_TRY(dz_fact_get(c->vault, p->id, &f, err));
    add_ref(p, f.row.ref);
    return DZ_OK;
}

static enum dz_code
choose_fields(struct dz_ctx *c, struct proving *p, struct dz_err *err)
{
    for (size_t i = 0; i < p->n; i++) {
        DZ_AUTO_JSON json_t *body = NULL;
        struct dz_err why = {0};
        enum dz_code code = dz_vault_read_entry(c->vault, p->entries[i].ref, &body, &why);
        if (code == DZ_E_NOTFOUND)
            continue; /* its body was destroyed: nothing is shown of it */
        if (code != DZ_OK)
            return dz_fail(err, code, "%s", why.msg);
        DZ_TRY(dz_proof_fields_of(c, &p->fields, body, &p->entries[i].withheld, err));
    }
    return dz_proof_fields_check(&p->fields, err);
}

static enum dz_code
make_proof(struct dz_ctx *c, const struct proven *e, struct dz_buf *out, struct dz_err *err)
{
    size_t n = json_array_size(e->withheld);
    DZ_AUTO_FREE const char **names = dz_alloc_array(n + 1, sizeof *names);
    for (size_t i = 0; i < n; i++)
        names[i] = json_string_value(json_array_get(e->withheld, i));
    dz_buf_reset(out);
    return dz_vault_prove(c->vault, e->ref, names, out, err);
}

static enum dz_code
write_entry(struct dz_ctx *c, const struct proving *p, struct dz_err *err)
{
    DZ_AUTO_JSON json_t *fields = dz_export_fields("tlog-proof", NULL, NULL, false);
    dz_json_set_str(fields, "item", p->id[0] != '\0' ? p->id : NULL);
    DZ_AUTO_JSON json_t *withheld = json_array();
    json_t *entries = json_array();
    for (size_t i = 0; i < p->n; i++)
        json_array_append_new(entries, json_string(p->entries[i].ref));
    const char *name;
    json_t *value;
    json_object_foreach (p->fields.kept_back, name, value) {
        json_array_append_new(withheld, json_string(name));
    }
    json_object_set_new(fields, "entries", entries);
    if (json_array_size(withheld) > 0)
        json_object_set(fields, "withheld", withheld);
    return dz_export_record(c, fields, err);
}

static enum dz_code
write_all(struct dz_ctx *c, const struct proving *p, const char *dir, struct dz_err *err)
{
    DZ_TRY(dz_os_mkdir(AT_FDCWD, dir, err));
    DZ_AUTO_FD int fd = -1;
    DZ_TRY(dz_os_opendir(AT_FDCWD, dir, &fd, err));
    for (size_t i = 0; i < p->n; i++) {
        const char *ref = p->entries[i].ref;
        DZ_AUTO_BUF struct dz_buf file = DZ_BUF(PROOF_MAX);
        DZ_TRY(make_proof(c, &p->entries[i], &file, err));
        /* A colon is no character for names on every system. */
        DZ_AUTO_FREE char *name = dz_asprintf("%.8s-%s.tlog-proof", ref, strchr(ref, ':') + 1);
        DZ_TRY(dz_os_write_new(fd, name, dz_buf_view(&file), err));
    }
    DZ_TRY(dz_os_fsync(fd, err));
    dz_out_f(&c->out, dz_trn("%zu proof written.", "%zu proofs written.", p->n), p->n);
    dz_out_text(&c->out, "\n");
    dz_proof_fields_tell(c, &p->fields, false);
    return DZ_OK;
}

static enum dz_code
prove_entries(struct dz_ctx *c, const struct values *v, struct proving *p, struct dz_err *err)
{
    const char *typed = c->words[0];
    char ref[DZ_REF_MAX];
    if (dz_entry_is_typed(typed)) {
        if (v->all != NULL)
            return dz_fail(err, DZ_E_USAGE, "--all goes with a source or fact, not with an entry");
        DZ_TRY(dz_entry_pick(c, typed, ref, err));
        add_ref(p, ref);
    } else {
        DZ_TRY(dz_item_resolve(c->vault, typed, p->id, err));
        DZ_TRY(v->all != NULL ? dz_item_history(c->vault, p->id, take_ref, p, err)
                              : current_ref(c, p, err));
    }
    if (v->all != NULL && dz_os_exists(AT_FDCWD, v->all))
        return dz_fail(err, DZ_E_EXISTS, "'%s' is there already: name a new folder", v->all);
    if (c->n_words > 1 && dz_os_exists(AT_FDCWD, c->words[1]))
        return dz_fail(err, DZ_E_EXISTS, "'%s' is there already: name another file", c->words[1]);
    DZ_TRY(choose_fields(c, p, err));
    /* Made once before anything is recorded: what cannot be proven is not taken out. */
    DZ_AUTO_BUF struct dz_buf file = DZ_BUF(PROOF_MAX);
    for (size_t i = 0; i < p->n; i++)
        DZ_TRY(make_proof(c, &p->entries[i], &file, err));
    DZ_TRY(write_entry(c, p, err));
    if (v->all != NULL)
        return write_all(c, p, v->all, err);
    /* Made again: now the checkpoint covers the entry that says so. */
    DZ_TRY(make_proof(c, &p->entries[0], &file, err));
    DZ_TRY(hand_out(c, 1, dz_buf_view(&file), err));
    dz_proof_fields_tell(c, &p->fields, c->n_words < 2);
    return DZ_OK;
}

/* ---- consistency ---- */

/* A checkpoint as it was typed: a size, or a file that the vault has to contain. */
static enum dz_code
read_checkpoint(struct dz_ctx *c, const char *typed, char log[DZ_LOG_ID], uint64_t *ret_size,
                struct dz_err *err)
{
    if (dz_parse_u64(dz_view_of(typed), ret_size))
        return DZ_OK;
    DZ_AUTO_BUF struct dz_buf note = DZ_BUF(DZ_KEPT_MAX);
    DZ_TRY(dz_kept_read(typed, &note, err));
    struct dz_kept_checkpoint kept;
    if (dz_vault_contains(c->vault, dz_buf_view(&note), &kept, err) != DZ_OK)
        return dz_while(err, "checkpoint '%s'", typed);
    if (log[0] != '\0' && strcmp(log, kept.log) != 0)
        return dz_fail(err, DZ_E_USAGE, "the two checkpoints are of different logs");
    memcpy(log, kept.log, DZ_LOG_ID);
    *ret_size = kept.size;
    return DZ_OK;
}

static enum dz_code
prove_consistency(struct dz_ctx *c, const struct values *v, struct dz_err *err)
{
    if (c->n_words > 1 || v->all != NULL || v->withhold != NULL || v->show != NULL)
        return dz_fail(err, DZ_E_USAGE,
                       "--consistency goes with --to, --log and one output file, nothing else");
    char log[DZ_LOG_ID] = "";
    uint64_t older = 0;
    uint64_t newer = DZ_CHECKPOINT_LAST;
    if (v->log != NULL)
        DZ_TRY(dz_log_pick(c, v->log, log, err));
    DZ_TRY(read_checkpoint(c, v->consistency, log, &older, err));
    if (v->later != NULL)
        DZ_TRY(read_checkpoint(c, v->later, log, &newer, err));
    if (log[0] == '\0')
        DZ_TRY(dz_log_pick(c, NULL, log, err));
    DZ_AUTO_BUF struct dz_buf file = DZ_BUF(PROOF_MAX);
    DZ_TRY(dz_vault_consistency(c->vault, log, older, newer, &file, err));
    return hand_out(c, 0, dz_buf_view(&file), err);
}

static enum dz_code
run(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    const struct values *v = values;
    if (v->consistency != NULL) {
        DZ_TRY(dz_ctx_open(c, DZ_OPEN_READ, err));
        return prove_consistency(c, v, err);
    }
    if (c->n_words == 0)
        return dz_fail(err, DZ_E_USAGE,
                       "name a source, a fact or an entry; see 'dokaz help prove'");
    if (v->later != NULL || v->log != NULL)
        return dz_fail(err, DZ_E_USAGE, "--to and --log go with --consistency");
    if (v->all != NULL && c->n_words > 1)
        return dz_fail(err, DZ_E_USAGE, "with --all the files go into that folder: name no other");
    DZ_AUTO_FREE char *show = v->show != NULL ? dz_strdup(v->show) : NULL;
    DZ_AUTO_FREE char *withhold = v->withhold != NULL ? dz_strdup(v->withhold) : NULL;
    struct proving p = {0};
    DZ_TRY(dz_proof_fields_begin(show, withhold, &p.fields, err));
    enum dz_code code = dz_ctx_open(c, DZ_OPEN_WRITE, err);
    if (code == DZ_OK)
        code = prove_entries(c, v, &p, err);
    proving_done(&p);
    return code;
}

const struct dz_cmd dz_cmd_prove = {
    .name = "prove",
    .group = DZ_GROUP_INTEGRITY,
    .summary = N_("write a small file that proves an entry to people without the vault"),
    .usage = N_("ID [OUT]"),
    .help = N_("ID is a source, a fact, or an entry as 'dokaz log' numbers it. Of a fact the "
               "entry of its current version is proven, of a source the one that brought it. The "
               "file holds the entry and the way to a signed checkpoint; 'dokaz-verify' checks it. "
               "Without OUT it goes to standard output. Taking it out is recorded.\n\n"
               "What is shown stays readable to whoever gets the file. Fields that are withheld "
               "stay secret, and the proof holds all the same. Of an item whose sources are all "
               "open, and published or official, what packages withhold is withheld here too: who "
               "did it with the signature, notes, tags, the path of the file. Of all others, and "
               "of entries about neither source nor fact, only what the entry is and where it "
               "stands is shown. --show and --withhold change that.\n\n"
               "With --consistency no entry is shown: the file proves that the log of a later "
               "checkpoint begins with an earlier one, so that nothing under it was changed since. "
               "It is checked together with the earlier checkpoint, which 'dokaz log --checkpoint' "
               "prints."),
    .opts = opts,
    .values_size = sizeof(struct values),
    .needs = DZ_NEED_PATH | DZ_NEED_RULES,
    .max_words = 2,
    .run = run,
};
