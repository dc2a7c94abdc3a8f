/* package.json, and what bag-info.txt says. */
#include <string.h>

#include "dz_db.h"
#include "dz_json.h"
#include "dz_mem.h"
#include "dz_time.h"
#include "dz_tr.h"
#include "dz_utf8.h"
#include "package_impl.h"

#define COUNT_FROM 5 /* fewer protected items are not counted for a reader */

static bool
is_withheld(const struct pack_entry *e, const char *field)
{
    size_t i;
    const json_t *name;
    json_array_foreach(e->withheld, i, name)
    {
        if (strcmp(json_string_value(name), field) == 0)
            return true;
    }
    return false;
}

/* The name as it was added, unless that tells something: then the source's entry withholds it. */
static const char *
name_of(const struct pack *p, const struct pack_source *s)
{
    bool told = s->added > 0 && !is_withheld(&p->entries[s->added - 1], "name");
    return told && s->name != NULL && s->name[0] != '\0' ? s->name : NULL;
}

void
dz_pack_original_path(const struct pack *p, const struct pack_source *s, struct dz_buf *out)
{
    const char *name = name_of(p, s);
    dz_buf_addf(out, "data/originals/%s/", s->id);
    dz_bag_plain_name(name != NULL ? name : "original", out);
}

/* ---- lists of the index ---- */

static json_t *
logs_of(const struct pack *p)
{
    json_t *list = json_array();
    for (size_t i = 0; i < p->n_logs; i++) {
        if (!p->logs[i].used)
            continue;
        json_t *one = json_object();
        dz_json_set_str(one, "log", p->logs[i].id);
        dz_json_set_str(one, "vkey", p->logs[i].vkey);
        dz_json_set_str(one, "checkpoint", p->logs[i].note);
        json_array_append_new(list, one);
    }
    return list;
}

static json_t *
file_of(const struct pack *p, const char *path, size_t entry, const char *role, const char *name)
{
    json_t *one = json_object();
    dz_json_set_str(one, "path", path);
    dz_json_set_str(one, "proof", p->entries[entry].proof);
    dz_json_set_str(one, "item", p->entries[entry].item);
    dz_json_set_str(one, "role", role);
    dz_json_set_str(one, "name", name);
    return one;
}

static json_t *
files_of(const struct pack *p)
{
    json_t *list = json_array();
    for (size_t i = 0; i < p->n_sources; i++) {
        const struct pack_source *s = &p->sources[i];
        if (!dz_pack_has_original(s))
            continue;
        DZ_AUTO_BUF struct dz_buf path = DZ_BUF(1024);
        dz_pack_original_path(p, s, &path);
        json_array_append_new(list, file_of(p, path.p, s->added - 1, "original", name_of(p, s)));
    }
    for (size_t i = 0; i < p->n_texts; i++) {
        const struct pack_text *t = &p->texts[i];
        DZ_AUTO_BUF struct dz_buf path = DZ_BUF(1024);
        dz_pack_text_path(p->sources[t->source].id, t->sha256, &path);
        json_array_append_new(list, file_of(p, path.p, t->entry, "text", NULL));
    }
    return list;
}

static json_t *
facts_of(const struct pack *p)
{
    json_t *list = json_array();
    for (size_t i = 0; i < p->n_facts; i++) {
        json_t *one = json_object();
        dz_json_set_str(one, "item", p->facts[i].id);
        dz_json_set_str(one, "proof", p->entries[p->facts[i].entry - 1].proof);
        json_array_append_new(list, one);
    }
    return list;
}

static json_t *
entries_of(const struct pack *p)
{
    json_t *list = json_array();
    for (size_t i = 0; i < p->n_entries; i++) {
        if (p->entries[i].indexed)
            continue;
        json_t *one = json_object();
        dz_json_set_str(one, "proof", p->entries[i].proof);
        json_array_append_new(list, one);
    }
    return list;
}

static void
set_stamps(const struct pack *p, json_t *index)
{
    json_t *checkpoints = json_array(), *timestamps = json_array();
    DZ_AUTO_JSON json_t *known = json_object(); /* one checkpoint may have several stamps */
    for (size_t i = 0; i < p->n_stamps; i++) {
        const struct pack_stamp *s = &p->stamps[i];
        json_t *stamp = json_object();
        dz_json_set_str(stamp, "log", p->logs[s->log].id);
        dz_json_set_int(stamp, "size", (int64_t)s->size);
        dz_json_set_str(stamp, "checkpoint", s->note);
        dz_json_set_str(stamp, "token", s->token);
        dz_json_set_str(stamp, "certificates", s->certificates);
        dz_json_set_str(stamp, "authority", s->authority);
        json_array_append_new(timestamps, stamp);
        if (json_object_get(known, s->note) != NULL)
            continue;
        json_object_set_new(known, s->note, json_true());
        json_t *one = json_object();
        dz_json_set_str(one, "log", p->logs[s->log].id);
        dz_json_set_int(one, "size", (int64_t)s->size);
        dz_json_set_str(one, "path", s->note);
        dz_json_set_str(one, "consistency", s->consistency);
        json_array_append_new(checkpoints, one);
    }
    json_object_set_new(index, "checkpoints", checkpoints);
    json_object_set_new(index, "timestamps", timestamps);
}

static json_t *
left_out_of(const struct pack *p)
{
    json_t *list = json_array();
    for (size_t i = 0; i < DZ_LEFT_REASONS; i++) {
        uint64_t n = p->report->left[i];
        if (n == 0)
            continue;
        json_t *one = json_object();
        dz_json_set_str(one, "reason", dz_package_reasons[i]);
        if (n >= COUNT_FROM)
            dz_json_set_int(one, "count", (int64_t)n);
        json_array_append_new(list, one);
    }
    return list;
}

enum dz_code
dz_pack_index(struct pack *p, struct dz_buf *out, struct dz_err *err)
{
    DZ_AUTO_JSON json_t *index = json_object();
    char made[32];
    dz_time_format(p->made_us, made);
    dz_json_set_str(index, "format", "dokaz-package/1");
    dz_json_set_str(index, "made", made);
    dz_json_set_str(index, "purpose", p->o->purpose);
    dz_json_set_str(index, "recipient", p->o->recipient);
    json_object_set_new(index, "public", json_boolean(p->o->for_publication));
    json_object_set_new(index, "logs", logs_of(p));
    json_object_set_new(index, "files", files_of(p));
    json_object_set_new(index, "facts", facts_of(p));
    json_object_set_new(index, "entries", entries_of(p));
    set_stamps(p, index);
    json_object_set_new(index, "left_out", left_out_of(p));
    DZ_TRY(dz_json_canonical(out, index, err));
    dz_buf_addc(out, '\n');
    return dz_buf_ok(out, _("the index of the package"), err);
}

/* ---- bag-info.txt ---- */

static void
add_info(struct dz_buf *out, const char *label, const char *value)
{
    if (value == NULL || value[0] == '\0')
        return;
    dz_buf_addf(out, "%s: ", label);
    dz_utf8_line(out, dz_view_of(value), 1000);
    dz_buf_addc(out, '\n');
}

/* bag-info.txt is read by archives' programs and stays in English. */
enum dz_code
dz_pack_bag_info(struct pack *p, struct dz_bag_out *b, struct dz_buf *out, struct dz_err *err)
{
    uint64_t octets, files;
    char made[32];
    DZ_AUTO_FREE char *organization = NULL;
    DZ_TRY(dz_db_get_text(dz_vault_db(p->v), DZ_Q_SETTING_GET, &organization, err,
                          DZ_ARGS(dz_arg_text("organization"))));
    dz_bag_out_oxum(b, &octets, &files);
    dz_time_format(p->made_us, made);
    bool internal = p->o->purpose == NULL && !p->o->for_publication;
    add_info(out, "Source-Organization", organization);
    dz_buf_addf(out, "Bagging-Date: %.10s\n", made);
    dz_buf_addf(out, "Payload-Oxum: %llu.%llu\n", (unsigned long long)octets,
                (unsigned long long)files);
    dz_buf_addf(
        out,
        "External-Description: Preserved sources (%llu) and coded facts (%llu) with proofs of "
        "their custody. README.en.txt and README.uk.txt say how to check them.\n",
        (unsigned long long)p->report->n_sources, (unsigned long long)p->report->n_facts);
    add_info(out, "Bag-Software-Agent", "dokaz " DZ_VERSION);
    add_info(out, "Dokaz-Purpose", p->o->purpose);
    add_info(out, "Dokaz-Recipient", p->o->recipient);
    if (internal)
        add_info(out, "Dokaz-Status", "INTERNAL: no purpose was stated; not for passing on");
    if (p->o->for_publication)
        add_info(out, "Dokaz-Status", "For publication");
    return dz_buf_ok(out, _("bag-info.txt"), err);
}
