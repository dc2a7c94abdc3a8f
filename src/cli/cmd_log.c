#include <stdio.h>
#include <string.h>

#include "dz_cmd.h"
#include "dz_common.h"
#include "dz_field_words.h"
#include "dz_json.h"
#include "dz_logs.h"
#include "dz_mem.h"
#include "dz_member.h"
#include "dz_source.h"
#include "dz_utf8.h"
#include "dz_vault.h"

#define LEAD_COLUMNS 24 /* time and member in front of the sentence */
#define LEAD_NAMED 17   /* the time; the name of the member stands in the sentence */

struct values {
    const char *kind;
    const char *item;
    const char *since;
    const char *until;
    const char *by;
    const char *log;
    const char *checkpoint;
    uint64_t limit;
    bool reading;
    bool checkpoints;
    bool vkey;
};

static const struct dz_opt opts[] = {
    DZ_OPT_TEXT(
        struct values, kind, "kind", N_("KIND"),
        N_("only entries of this kind, e.g. fact.recorded; 'fact' takes all that begin so")),
    DZ_OPT_TEXT(struct values, item, "item", N_("ID"),
                N_("only entries about this source or fact")),
    DZ_OPT_DATE(struct values, since, "since", N_("not before this day (UTC)")),
    DZ_OPT_DATE(struct values, until, "until", N_("not after this day (UTC)")),
    DZ_OPT_TEXT(struct values, by, "member", N_("MEMBER"),
                N_("only what this member did: the name, the id or its beginning")),
    DZ_OPT_TEXT(struct values, by, "by", N_("MEMBER"), N_("the same")),
    DZ_OPT_FLAG(struct values, reading, "reading",
                N_("only who read something restricted or sealed, opened an identity or took "
                   "something out")),
    DZ_OPT_NUMBER(struct values, limit, "limit", N_("N"), 1, 1000000000, N_("only the last N")),
    DZ_OPT_TEXT(struct values, log, "log", N_("LOG"),
                N_("only this log: its id or the beginning of it")),
    DZ_OPT_FLAG(struct values, checkpoints, "checkpoints",
                N_("list the signed checkpoints in place of the entries")),
    DZ_OPT_TEXT(struct values, checkpoint, "checkpoint", N_("SIZE"),
                N_("print the checkpoint over that many entries, or the 'last' one")),
    DZ_OPT_FLAG(struct values, vkey, "vkey",
                N_("print the key with which others check what the log signed")),
    {0},
};

/* What an entry did, as a sentence begins; the item follows. */
static const struct {
    const char *kind;
    const char *sentence;
} sentences[] = {
    {"vault.created", N_("the vault was made")},
    {"settings.changed", N_("a setting was changed")},
    {"key.changed", N_("keys were changed")},
    {"member.added", N_("a member was added")},
    {"member.removed", N_("a member was removed")},
    {"key.granted", N_("a key was granted")},
    {"source.added", N_("source added")},
    {"source.described", N_("source described")},
    {"access.changed", N_("access changed")},
    {"source.found", N_("source found in a further one")},
    {"text.derived", N_("text read")},
    {"passage.confirmed", N_("passage confirmed")},
    {"fact.recorded", N_("fact recorded")},
    {"fact.revised", N_("fact revised")},
    {"fact.withdrawn", N_("fact withdrawn")},
    {"suggestion.rejected", N_("suggestion rejected")},
    {"conflict.resolved", N_("conflict resolved")},
    {"lineage.decided", N_("origin of a source decided")},
    {"person.added", N_("person added")},
    {"consent.recorded", N_("consent recorded")},
    {"consent.withdrawn", N_("consent withdrawn")},
    {"subject.erased", N_("person erased")},
    {"item.purged", N_("destroyed")},
    {"identity.requested", N_("opening of an identity asked for")},
    {"identity.decided", N_("opening of an identity decided")},
    {"identity.opened", N_("identity opened")},
    {"item.read", N_("read what is restricted")},
    {"finding.decided", N_("finding of the leak scan decided")},
    {"case.changed", N_("case file changed")},
    {"export.made", N_("taken out")},
    {"redaction.made", N_("redacted copy made")},
    {"checkpoint.timestamped", N_("checkpoint timestamped")},
    {"bundle.imported", N_("bundle imported")},
};

/* One kind stands for several changes of keys; `what` says which. */
static const struct {
    const char *what;
    const char *sentence;
} key_changes[] = {
    {"passphrase", N_("the passphrase was changed")},
    {"log", N_("this device began a log of its own")},
    {"shares", N_("recovery shares were made")},
};

const char *
dz_entry_words(const char *kind)
{
    for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++)
        if (strcmp(sentences[i].kind, kind) == 0)
            return _(sentences[i].sentence);
    /* A kind of a later version is kept and shown as it is. */
    return kind;
}

static const char *
words_of(const struct dz_entry_view *e)
{
    const char *what = dz_json_str(e->body, "what");
    if (strcmp(e->kind, "key.changed") != 0 || what == NULL)
        return dz_entry_words(e->kind);
    if (dz_json_bool(e->body, "recovered", false))
        return _("a new passphrase was set from recovery shares");
    for (size_t i = 0; i < sizeof key_changes / sizeof *key_changes; i++)
        if (strcmp(key_changes[i].what, what) == 0)
            return _(key_changes[i].sentence);
    return dz_entry_words(e->kind);
}

/* Fields under which an entry may name what it is about; the first one is the item itself. */
static const char *const item_keys[] = {"id", "item", "source", "fact", "suggestion", "subject"};

static const char *
item_of(const json_t *body)
{
    const json_t *read = json_object_get(body, "read");
    if (json_array_size(read) == 1)
        return json_string_value(json_array_get(read, 0));
    for (size_t i = 0; i < sizeof item_keys / sizeof *item_keys; i++) {
        const char *item = dz_json_str(body, item_keys[i]);
        if (item != NULL)
            return item;
    }
    return NULL;
}

static bool
names_item(const json_t *body, const char *wanted)
{
    for (size_t i = 0; i < sizeof item_keys / sizeof *item_keys; i++) {
        const char *item = dz_json_str(body, item_keys[i]);
        if (item != NULL && strcmp(item, wanted) == 0)
            return true;
    }
    const json_t *passages = json_object_get(body, "passages");
    for (size_t i = 0; i < json_array_size(passages); i++) {
        const char *source = dz_json_str(json_array_get(passages, i), "source");
        if (source != NULL && strcmp(source, wanted) == 0)
            return true;
    }
    /* What an export took along. */
    static const char *const lists[] = {"sources", "facts", "read"};
    for (size_t k = 0; k < sizeof lists / sizeof *lists; k++) {
        const json_t *list = json_object_get(body, lists[k]);
        for (size_t i = 0; i < json_array_size(list); i++) {
            const char *item = json_string_value(json_array_get(list, i));
            if (item != NULL && strcmp(item, wanted) == 0)
                return true;
        }
    }
    return false;
}

static void
add_detail(struct dz_buf *out, const char *text)
{
    dz_buf_addf(out, "%s%s", out->n > 0 ? ", " : "", text);
}

/* How much went out with an export. */
static void
amounts(const json_t *body, struct dz_buf *out)
{
    size_t n_sources = json_array_size(json_object_get(body, "sources"));
    size_t n_facts = json_array_size(json_object_get(body, "facts"));
    size_t n_entries = json_array_size(json_object_get(body, "entries"));
    size_t n_withheld = json_array_size(json_object_get(body, "withheld"));
    size_t n_read = json_array_size(json_object_get(body, "read"));
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(512);
    if (n_sources > 0)
        dz_buf_addf(&text, dz_trn(", %zu source", ", %zu sources", n_sources), n_sources);
    if (n_facts > 0)
        dz_buf_addf(&text, dz_trn(", %zu fact", ", %zu facts", n_facts), n_facts);
    if (n_entries > 0)
        dz_buf_addf(&text, dz_trn(", %zu entry", ", %zu entries", n_entries), n_entries);
    if (n_read > 1)
        dz_buf_addf(&text, dz_trn(", %zu item", ", %zu items", n_read), n_read);
    if (n_withheld > 0)
        dz_buf_addf(&text, dz_trn(", %zu field withheld", ", %zu fields withheld", n_withheld),
                    n_withheld);
    if (text.n > 2)
        add_detail(out, text.p + 2);
}

/* The words of an entry that say most. */
static void
details(struct dz_ctx *c, const struct dz_entry_view *e, struct dz_buf *out)
{
    static const char *const keys[] = {"name",    "setting",   "value", "fact_kind", "access",
                                       "sphere",  "means",     "file",  "format",    "part",
                                       "purpose", "to",        "status", "authority", "stamped",
                                       "command", "level",     "reason"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const char *text = dz_json_str(e->body, keys[i]);
        /* A new source is told apart by its name; its level counts where it changes. */
        if (strcmp(keys[i], "access") == 0 && strcmp(e->kind, "access.changed") != 0)
            continue;
        /* A setting may be a file of certificates. */
        if (text != NULL && strcmp(keys[i], "value") == 0 && strchr(text, '\n') != NULL)
            text = _("certificates");
        if (text != NULL)
            add_detail(out, dz_entry_detail(c, keys[i], text));
    }
    /* Shares of a key, and what a timestamp covers: two numbers each, said in words. */
    long long needed = dz_json_int(e->body, "needed", 0), made = dz_json_int(e->body, "made", 0);
    if (needed > 0 && made > 0) {
        DZ_AUTO_FREE char *text = dz_asprintf(_("any %lld of %lld open the vault"), needed, made);
        add_detail(out, text);
    }
    if (strcmp(e->kind, "checkpoint.timestamped") == 0) {
        long long size = dz_json_int(e->body, "size", 0);
        DZ_AUTO_FREE char *text =
            dz_asprintf(dz_trn("over %lld entry", "over %lld entries", (unsigned long)size), size);
        add_detail(out, text);
    }
    if (dz_json_bool(e->body, "public", false))
        add_detail(out, _("for publication"));
    amounts(e->body, out);
}

/* Whom a change of members is about, and what they may do then. */
static void
member_details(struct dz_ctx *c, const struct dz_entry_view *e, struct dz_buf *out)
{
    const char *of = dz_json_str(e->body, "of");
    const json_t *rights = json_object_get(e->body, "rights");
    if (of != NULL) {
        DZ_AUTO_BUF struct dz_buf name = DZ_BUF(512);
        dz_vault_member_name(c->vault, of, &name);
        add_detail(out, name.p);
    }
    for (size_t i = 0; i < json_array_size(rights); i++)
        add_detail(out, json_string_value(json_array_get(rights, i)));
}

static enum dz_code
sentence(struct dz_ctx *c, const struct dz_entry_view *e, struct dz_buf *out, struct dz_err *err)
{
    dz_buf_adds(out, words_of(e));
    const char *item = item_of(e->body);
    if (item != NULL)
        dz_buf_addf(out, ": %s", item);
    DZ_AUTO_BUF struct dz_buf more = DZ_BUF(4096);
    details(c, e, &more);
    member_details(c, e, &more);
    if (more.n > 0)
        dz_buf_addf(out, " (%s)", more.p);
    dz_buf_adds(out, " #");
    return dz_entry_short(c, e, out, err);
}

struct listing {
    struct dz_ctx *c;
    const struct values *values;
    char item[DZ_ID_MAX];
    char log[DZ_LOG_ID]; /* "" for all */
    char **lines; /* kept when only the last ones are wanted */
    size_t n_lines;
    size_t cap;
    bool named; /* members have names */
};

/* Members have names as soon as there are several. */
static enum dz_code
note_name(void *ctx, const struct dz_member_view *m, struct dz_err *err)
{
    bool *named = ctx;
    (void)err;
    *named = *named || strcmp(m->name, m->id) != 0;
    return DZ_OK;
}

static bool
is_by(struct dz_ctx *c, const char *member, const char *wanted)
{
    DZ_AUTO_BUF struct dz_buf name = DZ_BUF(512);
    dz_vault_member_name(c->vault, member, &name);
    return strcmp(name.p, wanted) == 0 || strncmp(member, wanted, strlen(wanted)) == 0;
}

/* Reading, in the widest sense: nothing in the vault is changed by it. */
static bool
is_reading(const char *kind)
{
    static const char *const kinds[] = {"item.read", "identity.opened", "export.made"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i], kind) == 0)
            return true;
    return false;
}

static bool
wanted(const struct listing *l, const struct dz_entry_view *e)
{
    const struct values *v = l->values;
    if (v->kind != NULL) {
        size_t n = strlen(v->kind);
        if (strncmp(e->kind, v->kind, n) != 0 || (e->kind[n] != '\0' && e->kind[n] != '.'))
            return false;
    }
    if (l->item[0] != '\0' && !names_item(e->body, l->item))
        return false;
    if (v->by != NULL && !is_by(l->c, e->member, v->by))
        return false;
    if (v->reading && !is_reading(e->kind))
        return false;
    if (l->log[0] != '\0' && strcmp(e->log, l->log) != 0)
        return false;
    /* RFC 3339 in UTC sorts as text, and a day is its first ten characters. */
    if (v->since != NULL && strncmp(e->time, v->since, strlen(v->since)) < 0)
        return false;
    if (v->until != NULL && strncmp(e->time, v->until, strlen(v->until)) > 0)
        return false;
    return true;
}

static void
keep_line(struct listing *l, struct dz_buf *line)
{
    l->lines = dz_grow(l->lines, &l->cap, l->n_lines + 1, sizeof *l->lines);
    l->lines[l->n_lines++] = dz_buf_take(line);
}

static void
print_line(const struct listing *l, struct dz_view line)
{
    struct dz_ctx *c = l->c;
    /* JSON is for programs: one line whatever its length. */
    size_t lead = l->named ? LEAD_NAMED : LEAD_COLUMNS;
    if (!c->json && line.n > lead) {
        dz_out_bytes(&c->out, line.p, lead);
        dz_out_wrap(&c->out, (struct dz_view){line.p + lead, line.n - lead}, lead, lead);
        return;
    }
    dz_out_bytes(&c->out, line.p, line.n);
    dz_out_text(&c->out, "\n");
}

static enum dz_code
entry(void *ctx, const struct dz_entry_view *e, struct dz_err *err)
{
    struct listing *l = ctx;
    if (!wanted(l, e))
        return DZ_OK;
    DZ_AUTO_BUF struct dz_buf line = DZ_BUF((size_t)16 << 20);
    if (l->c->json) {
        DZ_AUTO_JSON json_t *object = json_deep_copy(e->body);
        dz_json_set_str(object, "ref", e->ref);
        DZ_TRY(dz_json_line(&line, object, err));
    } else {
        char when[17];
        dz_short_time(e->time, when);
        DZ_AUTO_BUF struct dz_buf said = DZ_BUF(8192);
        DZ_TRY(sentence(l->c, e, &said, err));
        if (l->named) {
            dz_buf_addf(&line, "%s ", when);
            dz_vault_member_name(l->c->vault, e->member, &line);
            dz_buf_adds(&line, ": ");
        } else {
            dz_buf_addf(&line, "%s %.6s ", when, e->member);
        }
        dz_utf8_line(&line, dz_buf_view(&said), 2000);
    }
    if (l->values->limit > 0) {
        keep_line(l, &line);
        return DZ_OK;
    }
    print_line(l, dz_buf_view(&line));
    return DZ_OK;
}

static enum dz_code
run_entries(struct dz_ctx *c, const struct values *v, struct dz_err *err)
{
    struct listing l = {.c = c, .values = v};
    DZ_TRY(dz_vault_each_member(c->vault, note_name, &l.named, err));
    if (v->log != NULL)
        DZ_TRY(dz_log_pick(c, v->log, l.log, err));
    if (v->item != NULL) {
        enum dz_code known = dz_item_resolve(c->vault, v->item, l.item, err);
        /* What was destroyed is still in the journal, under its whole id. */
        if (known == DZ_E_NOTFOUND)
            snprintf(l.item, sizeof l.item, "%s", v->item);
        else
            DZ_TRY(known);
    }
    enum dz_code code = dz_vault_each_entry(c->vault, entry, &l, err);
    size_t first = l.n_lines > v->limit ? l.n_lines - (size_t)v->limit : 0;
    for (size_t i = 0; i < l.n_lines; i++) {
        if (i >= first && code == DZ_OK) {
            print_line(&l, dz_view_of(l.lines[i]));
        }
        dz_free(l.lines[i]);
    }
    dz_free(l.lines);
    return code;
}

static enum dz_code
run(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    const struct values *v = values;
    if (v->checkpoints + v->vkey + (v->checkpoint != NULL) > 1)
        return dz_fail(err, DZ_E_USAGE,
                       "--checkpoints, --checkpoint and --vkey exclude each other");
    if (v->checkpoints)
        return dz_checkpoints_list(c, v->log, err);
    if (v->checkpoint != NULL)
        return dz_checkpoint_show(c, v->log, v->checkpoint, err);
    if (v->vkey)
        return dz_vkeys_list(c, v->log, err);
    return run_entries(c, v, err);
}

const struct dz_cmd dz_cmd_log = {
    .name = "log",
    .group = DZ_GROUP_INTEGRITY,
    .summary = N_("read the journal: what was done, when and by whom"),
    .usage = "",
    .help =
        N_("One line an entry: time (UTC), the beginning of the member's id, what was done, and "
           "the number of the entry, by which 'dokaz prove' takes it. Signatures are checked on "
           "the way.\n\n"
           "A checkpoint is the log's signature over everything that was entered so far. Kept "
           "somewhere else (--checkpoint last > FILE), it shows later with 'dokaz verify "
           "--since FILE' that nothing under it was changed, whatever happens to the vault."),
    .opts = opts,
    .values_size = sizeof(struct values),
    .needs = DZ_NEED_VAULT | DZ_NEED_RULES | DZ_HAS_JSON,
    .run = run,
};
