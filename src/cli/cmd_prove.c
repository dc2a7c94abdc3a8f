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
#include "dz_source.h"
#include "dz_vault.h"

#define PROOF_MAX ((size_t)8 << 20)
#define FIELDS_MAX 64 /* names after --withhold */

struct values {
    const char *all;
    const char *withhold;
    const char *consistency;
    const char *later;
    const char *log;
};

static const struct dz_opt opts[] = {
    DZ_OPT_TEXT(struct values, withhold, "withhold", N_("FIELD,..."),
                N_("keep these fields back; 'member' keeps the signature back as well")),
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

/* Names between commas, NULL-ended; they point into text. */
static enum dz_code
split_fields(char *text, const char *names[FIELDS_MAX + 1], struct dz_err *err)
{
    size_t n = 0;
    for (char *at = text; at != NULL;) {
        char *comma = strchr(at, ',');
        if (comma != NULL)
            *comma = '\0';
        if (*at == '\0')
            return dz_fail(err, DZ_E_USAGE, "--withhold: a name is missing between the commas");
        if (n == FIELDS_MAX)
            return dz_fail(err, DZ_E_USAGE, "--withhold: more than %d names", FIELDS_MAX);
        names[n++] = at;
        at = comma != NULL ? comma + 1 : NULL;
    }
    names[n] = NULL;
    return DZ_OK;
}

static enum dz_code
write_new(int dir, const char *path, struct dz_view content, struct dz_err *err)
{
    DZ_AUTO_FD int fd = -1;
    DZ_TRY(dz_os_open(dir, path, DZ_OS_CREATE, &fd, err));
    enum dz_code code = dz_os_write_all(fd, content.p, content.n, err);
    if (code == DZ_OK)
        code = dz_os_fsync(fd, err);
    if (code == DZ_OK)
        code = dz_os_close(&fd, err);
    struct dz_err ignored;
    if (code != DZ_OK && dz_os_unlink(dir, path, &ignored) != DZ_OK)
        return dz_while(err, "'%s' is not complete", path);
    return code;
}

/* To the file named by word number ix, or to standard output. */
static enum dz_code
hand_out(struct dz_ctx *c, size_t ix, struct dz_view content, struct dz_err *err)
{
    if (c->n_words > ix)
        return write_new(AT_FDCWD, c->words[ix], content, err);
    dz_out_bytes(&c->out, content.p, content.n);
    return DZ_OK;
}

/* ---- inclusion ---- */

struct proving {
    char id[DZ_ID_MAX];       /* of the item; "" when an entry was named */
    const char *const *names; /* to withhold, or NULL */
    json_t *fields;           /* object: names of all fields of the entries that are proven */
    char **refs;
    size_t n_refs;
    size_t cap;
};

static void
add_ref(struct proving *p, const char *ref)
{
    p->refs = dz_grow(p->refs, &p->cap, p->n_refs + 1, sizeof *p->refs);
    p->refs[p->n_refs++] = dz_strdup(ref);
}

static void
proving_done(struct proving *p)
{
    for (size_t i = 0; i < p->n_refs; i++)
        dz_free(p->refs[i]);
    dz_free(p->refs);
    json_decref(p->fields);
}

static enum dz_code
take_ref(void *ctx, const struct dz_entry_view *e, struct dz_err *err)
{
    (void)err;
    add_ref(ctx, e->ref);
    return DZ_OK;
}

/* What leaves from a source that is not open, or that somebody may have told in confidence, is
 * named before it leaves. */
static enum dz_code
warn_of_source(struct dz_ctx *c, const char *id, struct dz_err *err)
{
    DZ_AUTO_SOURCE struct dz_source s = {0};
    DZ_TRY(dz_source_get(c->vault, id, &s, err));
    const char *access = s.row.access != NULL ? s.row.access : "open";
    const char *basis = s.row.basis != NULL ? s.row.basis : "unstated";
    if (strcmp(access, "open") != 0)
        dz_notice(c, _("access to %s is '%s': what a proof shows of it, others will read"), id,
                  dz_label(c, "access", access));
    if (strcmp(basis, "published") != 0 && strcmp(basis, "official") != 0)
        dz_notice(c,
                  _("the basis of %s is '%s': it may hold what somebody told in confidence, and a "
                    "proof masks nothing; --withhold keeps fields back"),
                  id, dz_label(c, "basis", basis));
    return DZ_OK;
}

static enum dz_code
warn(struct dz_ctx *c, const char *id, struct dz_err *err)
{
    if (strncmp(id, "src-", 4) == 0)
        return warn_of_source(c, id, err);
    DZ_AUTO_FACT struct dz_fact f = {0};
    DZ_TRY(dz_fact_get(c->vault, id, &f, err));
    for (size_t i = 0; i < f.row.n_passages; i++)
        if (i == 0 || strcmp(f.row.passages[i].source, f.row.passages[i - 1].source) != 0)
            DZ_TRY(warn_of_source(c, f.row.passages[i].source, err));
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
gather_fields(struct dz_ctx *c, struct proving *p, struct dz_err *err)
{
    p->fields = json_object();
    for (size_t i = 0; i < p->n_refs; i++) {
        DZ_AUTO_JSON json_t *body = NULL;
        struct dz_err why = {0};
        enum dz_code code = dz_vault_read_entry(c->vault, p->refs[i], &body, &why);
        if (code == DZ_E_NOTFOUND)
            continue; /* its body was destroyed: nothing is shown of it */
        if (code != DZ_OK)
            return dz_fail(err, code, "%s", why.msg);
        json_object_update(p->fields, body);
    }
    return DZ_OK;
}

static bool
is_listed(const char *const *names, const char *name)
{
    for (; names != NULL && *names != NULL; names++)
        if (strcmp(*names, name) == 0)
            return true;
    return false;
}

/* Names of the fields that are shown, or of those that are withheld, with commas between. */
static void
list_fields(const struct proving *p, const char *const *names, bool listed, struct dz_buf *out)
{
    const char *name;
    json_t *value;
    json_object_foreach (p->fields, name, value)
        if (is_listed(names, name) == listed)
            dz_buf_addf(out, "%s%s", out->n > 0 ? ", " : "", name);
}

/* A name that was mistyped would show what should stay secret. Those that packages withhold may be
 * named whether an entry has them or not. */
static enum dz_code
check_names(const struct proving *p, struct dz_err *err)
{
    static const char *const usual[] = {"member", "note", "tags",       "subject",
                                        "path",   "path_bytes", NULL};
    for (const char *const *name = p->names; name != NULL && *name != NULL; name++) {
        if (json_object_get(p->fields, *name) != NULL || is_listed(usual, *name))
            continue;
        DZ_AUTO_BUF struct dz_buf all = DZ_BUF(4096);
        list_fields(p, NULL, false, &all);
        return dz_fail(err, DZ_E_USAGE, "--withhold: there is no field '%s' here; there are: %s",
                       *name, all.n > 0 ? all.p : "-");
    }
    return DZ_OK;
}

/* Behind a file that was written: what its reader sees. */
static void
tell_fields(struct dz_ctx *c, const struct proving *p)
{
    DZ_AUTO_BUF struct dz_buf shown = DZ_BUF(4096), withheld = DZ_BUF(4096), text = DZ_BUF(16384);
    list_fields(p, p->names, false, &shown);
    list_fields(p, p->names, true, &withheld);
    if (json_object_size(p->fields) == 0)
        dz_buf_adds(&text, _("It says nothing about the entry: its body was destroyed."));
    else
        dz_buf_addf(&text, _("Whoever gets it reads: %s."), shown.n > 0 ? shown.p : "-");
    dz_out_wrap(&c->out, dz_buf_view(&text), 0, 0);
    if (withheld.n == 0)
        return;
    dz_buf_reset(&text);
    dz_buf_addf(&text, _("Withheld: %s."), withheld.p);
    dz_out_wrap(&c->out, dz_buf_view(&text), 0, 0);
}

static enum dz_code
write_entry(struct dz_ctx *c, const struct proving *p, struct dz_err *err)
{
    DZ_AUTO_JSON json_t *fields = dz_export_fields("tlog-proof", NULL, NULL, false);
    dz_json_set_str(fields, "item", p->id[0] != '\0' ? p->id : NULL);
    json_t *entries = json_array();
    for (size_t i = 0; i < p->n_refs; i++)
        json_array_append_new(entries, json_string(p->refs[i]));
    json_object_set_new(fields, "entries", entries);
    if (p->names != NULL) {
        json_t *withheld = json_array();
        for (const char *const *name = p->names; *name != NULL; name++)
            json_array_append_new(withheld, json_string(*name));
        json_object_set_new(fields, "withheld", withheld);
    }
    return dz_export_record(c, fields, err);
}

static enum dz_code
write_all(struct dz_ctx *c, const struct proving *p, const char *dir, struct dz_err *err)
{
    DZ_TRY(dz_os_mkdir(AT_FDCWD, dir, err));
    DZ_AUTO_FD int fd = -1;
    DZ_TRY(dz_os_opendir(AT_FDCWD, dir, &fd, err));
    for (size_t i = 0; i < p->n_refs; i++) {
        DZ_AUTO_BUF struct dz_buf file = DZ_BUF(PROOF_MAX);
        DZ_TRY(dz_vault_prove(c->vault, p->refs[i], p->names, &file, err));
        /* A colon is no character for names on every system. */
        DZ_AUTO_FREE char *name =
            dz_asprintf("%.8s-%s.tlog-proof", p->refs[i], strchr(p->refs[i], ':') + 1);
        DZ_TRY(write_new(fd, name, dz_buf_view(&file), err));
    }
    DZ_TRY(dz_os_fsync(fd, err));
    dz_out_f(&c->out, dz_trn("%zu proof written.", "%zu proofs written.", p->n_refs), p->n_refs);
    dz_out_text(&c->out, "\n");
    tell_fields(c, p);
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
        DZ_TRY(warn(c, p->id, err));
    }
    if (v->all != NULL && dz_os_exists(AT_FDCWD, v->all))
        return dz_fail(err, DZ_E_EXISTS, "'%s' is there already: name a new folder", v->all);
    if (c->n_words > 1 && dz_os_exists(AT_FDCWD, c->words[1]))
        return dz_fail(err, DZ_E_EXISTS, "'%s' is there already: name another file", c->words[1]);
    DZ_TRY(gather_fields(c, p, err));
    DZ_TRY(check_names(p, err));
    /* Made once before anything is recorded: what cannot be proven is not taken out. */
    DZ_AUTO_BUF struct dz_buf file = DZ_BUF(PROOF_MAX);
    for (size_t i = 0; i < p->n_refs; i++) {
        dz_buf_reset(&file);
        DZ_TRY(dz_vault_prove(c->vault, p->refs[i], p->names, &file, err));
    }
    DZ_TRY(write_entry(c, p, err));
    if (v->all != NULL)
        return write_all(c, p, v->all, err);
    dz_buf_reset(&file);
    DZ_TRY(dz_vault_prove(c->vault, p->refs[0], p->names, &file, err));
    DZ_TRY(hand_out(c, 1, dz_buf_view(&file), err));
    if (c->n_words > 1)
        tell_fields(c, p);
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
    if (c->n_words > 1 || v->all != NULL || v->withhold != NULL)
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
    DZ_AUTO_FREE char *text = v->withhold != NULL ? dz_strdup(v->withhold) : NULL;
    const char *names[FIELDS_MAX + 1] = {NULL};
    if (text != NULL)
        DZ_TRY(split_fields(text, names, err));
    DZ_TRY(dz_ctx_open(c, DZ_OPEN_WRITE, err));
    struct proving p = {.names = text != NULL ? names : NULL};
    enum dz_code code = prove_entries(c, v, &p, err);
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
               "file holds the entry, the member's signature and the way to a signed checkpoint; "
               "'dokaz-verify' checks it. Without OUT it goes to standard output. Taking it out "
               "is recorded.\n\n"
               "What is shown stays readable to whoever gets the file. Fields that are withheld "
               "stay secret, and the proof holds all the same: --withhold member,note,tags,subject "
               "is what packages do.\n\n"
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
