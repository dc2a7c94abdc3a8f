/* Which entries a package proves, and what custody.jsonl says of them. */
#include <string.h>

#include "dz_json.h"
#include "dz_mem.h"
#include "dz_tr.h"
#include "package_impl.h"

/* Kinds that are about one source or fact, and under which field they name it. Others stay: what
 * colleagues decided about suggestions, what was exported before, and kinds not known here. */
static const struct {
    const char *kind;
    const char *item;
} kinds[] = {
    {"source.added", "id"},     {"source.described", "source"}, {"access.changed", "source"},
    {"text.derived", "source"}, {"passage.confirmed", "id"},    {"fact.recorded", "id"},
    {"fact.revised", "id"},     {"fact.withdrawn", "id"},
};

static const char *
item_of(const struct pack *p, const struct dz_entry_view *e)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(kinds[i].kind, e->kind) != 0)
            continue;
        const char *id = dz_json_str(e->body, kinds[i].item);
        const struct pack_source *s = dz_pack_source(p, id);
        /* Where a quote stands in a source that stays here is told to nobody. */
        const struct pack_source *in = dz_pack_source(p, dz_json_str(e->body, "source"));
        if (strcmp(e->kind, "passage.confirmed") == 0 && (in == NULL || !in->chosen))
            return NULL;
        return (s != NULL && s->chosen) || dz_pack_fact(p, id) != NULL ? id : NULL;
    }
    return NULL;
}

static json_t *
shown_of(const json_t *body, const json_t *withheld)
{
    json_t *shown = json_deep_copy(body);
    size_t i;
    const json_t *name;
    json_array_foreach(withheld, i, name)
    {
        json_object_del(shown, json_string_value(name));
    }
    return shown;
}

static enum dz_code
custody_line(struct pack *p, const struct dz_entry_view *e, const struct pack_entry *entry,
             const json_t *shown, struct dz_err *err)
{
    DZ_AUTO_JSON json_t *line = json_object();
    dz_json_set_str(line, "item", entry->item);
    dz_json_set_str(line, "time", e->time);
    dz_json_set_str(line, "kind", e->kind);
    dz_json_set_str(line, "log", e->log);
    dz_json_set_int(line, "seq", (int64_t)e->seq);
    dz_json_set_str(line, "proof", entry->proof);
    json_object_set_new(line, "shown", json_deep_copy(shown));
    json_object_set(line, "withheld", entry->withheld);
    DZ_TRY(dz_json_canonical(&p->custody, line, err));
    dz_buf_addc(&p->custody, '\n');
    return DZ_OK;
}

static void
tell_entry(struct pack *p, const struct dz_entry_view *e, const struct pack_entry *entry,
           const json_t *shown)
{
    if (p->report->told == NULL)
        return;
    json_t *one = json_object();
    json_t *names = json_array();
    DZ_AUTO_JSON json_t *copy = json_deep_copy(shown);
    const char *name;
    json_t *value;
    json_object_foreach(copy, name, value)
    {
        json_array_append_new(names, json_string(name));
    }
    dz_json_set_str(one, "item", entry->item);
    dz_json_set_str(one, "kind", e->kind);
    dz_json_set_str(one, "ref", e->ref);
    json_object_set_new(one, "shown", names);
    json_object_set(one, "withheld", entry->withheld);
    json_array_append_new(json_object_get(p->report->told, "entries"), one);
}

/* A text version is in the package when it is the current one or a passage stands in it. */
static enum dz_code
take_text(struct pack *p, const struct dz_entry_view *e, struct pack_source *s, size_t entry,
          struct dz_err *err)
{
    const char *sha256 = dz_json_str(e->body, "sha256");
    const char *object = dz_json_str(e->body, "object");
    if (s->bare || sha256 == NULL || object == NULL)
        return DZ_OK;
    DZ_AUTO_FREE char *key = dz_asprintf("%s|%s", s->id, sha256);
    bool current = s->text_sha256 != NULL && strcmp(s->text_sha256, sha256) == 0;
    if (!current && json_object_get(p->wanted, key) == NULL)
        return DZ_OK;
    if (json_object_get(p->taken, key) != NULL)
        return DZ_OK;
    bool clean = true;
    if (p->o->for_publication && !current)
        DZ_TRY(dz_pack_text_is_clean(p, s, sha256, &clean, err));
    if (!clean)
        return DZ_OK;
    json_object_set_new(p->taken, key, json_true());
    p->texts = dz_grow(p->texts, &p->cap_texts, p->n_texts + 1, sizeof *p->texts);
    const char *codec = dz_json_str(e->body, "codec");
    p->texts[p->n_texts++] = (struct pack_text){.source = (size_t)(s - p->sources),
                                                .sha256 = dz_strdup(sha256),
                                                .object = dz_strdup(object),
                                                .codec = dz_strdup(codec ? codec : "none"),
                                                .size = (uint64_t)dz_json_int(e->body, "size", 0),
                                                .entry = entry};
    p->entries[entry].indexed = true;
    return DZ_OK;
}

/* Files and facts of the index point to the entry that vouches for them. */
static enum dz_code
place_entry(struct pack *p, const struct dz_entry_view *e, size_t ix, const json_t *shown,
            struct dz_err *err)
{
    struct pack_entry *entry = &p->entries[ix];
    struct pack_source *s = dz_pack_source(p, entry->item);
    struct pack_fact *f = dz_pack_fact(p, entry->item);
    if (s != NULL && strcmp(e->kind, "source.added") == 0) {
        s->added = ix + 1;
        entry->indexed = dz_pack_has_original(s);
    }
    if (s != NULL && strcmp(e->kind, "text.derived") == 0)
        DZ_TRY(take_text(p, e, s, ix, err));
    if (f == NULL || strcmp(f->ref, e->ref) != 0)
        return DZ_OK;
    f->entry = ix + 1;
    entry->indexed = true;
    return dz_pack_fact_node(p, f, entry, e->body, shown, err);
}

/* Who works with the vault is told by nothing in a package. */
static void
remember_member(struct pack *p, const struct dz_entry_view *e)
{
    const char *key = dz_json_str(e->body, "public");
    dz_needles_add(&p->secrets, N_("the id of a member"), dz_view_of(e->member));
    if (key != NULL)
        dz_needles_add(&p->secrets, N_("the key of a member"), dz_view_of(key));
}

static void
use_log(struct pack *p, const char *id)
{
    for (size_t i = 0; i < p->n_logs; i++)
        if (strcmp(p->logs[i].id, id) == 0)
            p->logs[i].used = true;
}

static enum dz_code
take_entry(void *ctx, const struct dz_entry_view *e, struct dz_err *err)
{
    struct pack *p = ctx;
    remember_member(p, e);
    const char *item = item_of(p, e);
    if (item == NULL)
        return DZ_OK;
    p->entries = dz_grow(p->entries, &p->cap_entries, p->n_entries + 1, sizeof *p->entries);
    struct pack_entry *entry = &p->entries[p->n_entries++];
    memcpy(entry->ref, e->ref, strnlen(e->ref, sizeof entry->ref - 1));
    memcpy(entry->item, item, strnlen(item, sizeof entry->item - 1));
    entry->proof =
        dz_asprintf("data/proofs/%s-%llu.tlog-proof", e->log, (unsigned long long)e->seq);
    entry->withheld = dz_pack_withhold(p, e, item);
    p->report->n_withheld += json_array_size(entry->withheld);
    use_log(p, e->log);
    DZ_AUTO_JSON json_t *shown = shown_of(e->body, entry->withheld);
    tell_entry(p, e, entry, shown);
    DZ_TRY(dz_pack_remember(p, e->body, entry->withheld, err));
    DZ_TRY(custody_line(p, e, entry, shown, err));
    return place_entry(p, e, p->n_entries - 1, shown, err);
}

static enum dz_code
take_log(void *ctx, const struct dz_log_view *l, struct dz_err *err)
{
    struct pack *p = ctx;
    (void)err;
    p->logs = dz_grow(p->logs, &p->cap_logs, p->n_logs + 1, sizeof *p->logs);
    struct pack_log *log = &p->logs[p->n_logs++];
    memcpy(log->id, l->log, strnlen(l->log, sizeof log->id - 1));
    log->vkey = dz_strdup(l->vkey);
    log->size = l->signed_size;
    log->note =
        dz_asprintf("data/checkpoints/%s-%llu.note", l->log, (unsigned long long)l->signed_size);
    return DZ_OK;
}

enum dz_code
dz_pack_entries(struct pack *p, struct dz_err *err)
{
    DZ_TRY(dz_vault_each_log(p->v, take_log, p, err));
    DZ_TRY(dz_vault_each_entry(p->v, take_entry, p, err));
    p->report->n_entries = p->n_entries;
    for (size_t i = 0; i < p->n_facts; i++)
        if (p->facts[i].entry == 0)
            return dz_fail(err, DZ_E_CORRUPT,
                           "%s is in the index of the vault, but not in its "
                           "journal: run 'dokaz rebuild'",
                           p->facts[i].id);
    return dz_buf_ok(&p->custody, _("the custody log"), err);
}
