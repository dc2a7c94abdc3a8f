/* Writing what was decided, searching it, recording it, and only then giving it its name. */
#include <string.h>

#include "dz_access.h"
#include "dz_codec.h"
#include "dz_json.h"
#include "dz_mem.h"
#include "dz_sshsig.h"
#include "dz_tr.h"
#include "package_impl.h"

/* ---- the search of what leaves ---- */

struct watch {
    struct pack *p;
    struct dz_needle_stream secrets;
    struct dz_needle_stream names;
    struct dz_needle_stream fields;
    struct dz_buf proof; /* a proof as a whole: what it shows stands in it as base64 */
};

static bool
ends_with(const char *path, const char *ending)
{
    size_t n = strlen(path), m = strlen(ending);
    return n >= m && strcmp(path + n - m, ending) == 0;
}

/* Files that dokaz makes from entries. The index repeats paths of the package under names that
 * fields have as well. */
static bool
holds_fields(const char *path)
{
    return ends_with(path, ".jsonld") || ends_with(path, ".jsonl");
}

static enum dz_code
refuse(const char *path, const char *what, struct dz_err *err)
{
    return dz_fail(err, DZ_E_DENIED,
                   "%s stands in '%s', although it is withheld: nothing was written; please report "
                   "this",
                   _(what), path);
}

/* The statement in a proof, opened. */
static enum dz_code
look_into_proof(struct watch *w, const char *path, struct dz_err *err)
{
    static const char head[] = "\nextra ";
    const char *text = w->proof.n > 0 ? w->proof.p : "";
    const char *start = strstr(text, head);
    const char *end = start != NULL ? strchr(start + 1, '\n') : NULL;
    if (end == NULL)
        return DZ_OK;
    start += sizeof head - 1;
    DZ_AUTO_BUF struct dz_buf extra = DZ_BUF(PACK_TEXT_MAX);
    DZ_TRY(dz_b64_decode(&extra, (struct dz_view){start, (size_t)(end - start)}, DZ_B64_PADDED,
                         err));
    const char *found = dz_needles_find(&w->p->secrets, dz_buf_view(&extra));
    found = found != NULL ? found : dz_needles_find(&w->p->names, dz_buf_view(&extra));
    found = found != NULL ? found : dz_needles_find(&w->p->fields, dz_buf_view(&extra));
    return found != NULL ? refuse(path, found, err) : DZ_OK;
}

static enum dz_code
look(void *ctx, const char *path, const void *bytes, size_t n, struct dz_err *err)
{
    struct watch *w = ctx;
    bool is_proof = ends_with(path, ".tlog-proof");
    if (bytes == NULL) {
        dz_needles_restart(&w->secrets);
        dz_needles_restart(&w->names);
        dz_needles_restart(&w->fields);
        enum dz_code code = is_proof ? look_into_proof(w, path, err) : DZ_OK;
        dz_buf_reset(&w->proof);
        return code;
    }
    if (is_proof)
        dz_buf_add(&w->proof, bytes, n);
    const char *found = dz_needles_feed(&w->p->secrets, &w->secrets, bytes, n);
    if (found == NULL)
        found = dz_needles_feed(&w->p->names, &w->names, bytes, n);
    if (found == NULL && holds_fields(path))
        found = dz_needles_feed(&w->p->fields, &w->fields, bytes, n);
    return found != NULL ? refuse(path, found, err) : DZ_OK;
}

static void
watch_done(struct watch *w)
{
    dz_needle_stream_done(&w->secrets);
    dz_needle_stream_done(&w->names);
    dz_needle_stream_done(&w->fields);
    dz_buf_done(&w->proof);
}
#define AUTO_WATCH DZ_CLEANUP(watch_done)

/* ---- files ---- */

static enum dz_code
cancelled(const struct pack *p, struct dz_err *err)
{
    if (p->o->cancel != NULL && *p->o->cancel)
        return dz_fail(err, DZ_E_CANCELLED, "stopped: nothing was written");
    return DZ_OK;
}

struct copying {
    const struct pack *p;
    struct dz_bag_out *b;
};

static enum dz_code
object_chunk(void *ctx, const void *bytes, size_t n, struct dz_err *err)
{
    const struct copying *c = ctx;
    DZ_TRY(cancelled(c->p, err));
    return dz_bag_out_write(c->b, bytes, n, err);
}

/* An object goes out as it was recorded, or not at all. */
static enum dz_code
write_object(struct pack *p, struct dz_bag_out *b, const char *path, const char *object,
             const char *codec, uint64_t size, const char *sha256, struct dz_err *err)
{
    char found[DZ_HEX32];
    DZ_TRY(cancelled(p, err));
    if (p->o->form == DZ_BAG_DRY) {
        dz_bag_out_count(b, path, size);
        return DZ_OK;
    }
    DZ_TRY(dz_bag_out_begin(b, path, size, err));
    struct copying c = {.p = p, .b = b};
    DZ_TRY(dz_vault_read_object(p->v, object, codec, object_chunk, &c, err));
    DZ_TRY(dz_bag_out_end(b, found, err));
    if (strcmp(found, sha256) != 0)
        return dz_fail(err, DZ_E_CORRUPT,
                       "'%s' is not what was recorded: run 'dokaz verify --deep'", path);
    return DZ_OK;
}

static enum dz_code
write_objects(struct pack *p, struct dz_bag_out *b, struct dz_err *err)
{
    for (size_t i = 0; i < p->n_sources; i++) {
        const struct pack_source *s = &p->sources[i];
        if (!dz_pack_has_original(s))
            continue;
        if (s->added == 0)
            return dz_fail(err, DZ_E_CORRUPT,
                           "%s is in the index of the vault, but not in its "
                           "journal: run 'dokaz rebuild'",
                           s->id);
        DZ_AUTO_BUF struct dz_buf path = DZ_BUF(1024);
        dz_pack_original_path(p, s, &path);
        DZ_TRY(write_object(p, b, path.p, s->object, s->codec, s->size, s->sha256, err));
    }
    for (size_t i = 0; i < p->n_texts; i++) {
        const struct pack_text *t = &p->texts[i];
        DZ_AUTO_BUF struct dz_buf path = DZ_BUF(1024);
        dz_pack_text_path(p->sources[t->source].id, t->sha256, &path);
        DZ_TRY(write_object(p, b, path.p, t->object, t->codec, t->size, t->sha256, err));
    }
    return DZ_OK;
}

static enum dz_code
write_proofs(struct pack *p, struct dz_bag_out *b, struct dz_err *err)
{
    for (size_t i = 0; i < p->n_entries; i++) {
        const struct pack_entry *e = &p->entries[i];
        size_t n = json_array_size(e->withheld);
        DZ_AUTO_FREE const char **names = dz_alloc_array(n + 1, sizeof *names);
        for (size_t k = 0; k < n; k++)
            names[k] = json_string_value(json_array_get(e->withheld, k));
        DZ_AUTO_BUF struct dz_buf proof = DZ_BUF(PACK_TEXT_MAX);
        DZ_TRY(cancelled(p, err));
        DZ_TRY(dz_vault_prove(p->v, e->ref, names, &proof, err));
        DZ_TRY(dz_bag_out_file(b, e->proof, dz_buf_view(&proof), err));
    }
    return DZ_OK;
}

/* The guide in each language; the thread's own is the same afterwards. */
static enum dz_code
write_guides(struct pack *p, struct dz_bag_out *b, struct dz_err *err)
{
    static const enum dz_lang langs[] = {DZ_LANG_EN, DZ_LANG_UK};
    enum dz_lang before = dz_lang_get();
    enum dz_code code = DZ_OK;
    for (size_t i = 0; i < sizeof langs / sizeof *langs && code == DZ_OK; i++) {
        DZ_AUTO_FREE char *path = dz_asprintf("README.%s.txt", dz_lang_code(langs[i]));
        DZ_AUTO_BUF struct dz_buf text = DZ_BUF(1u << 20);
        dz_lang_set(langs[i]);
        code = dz_pack_guide(p, &text, err);
        dz_lang_set(before);
        if (code == DZ_OK)
            code = dz_bag_out_file(b, path, dz_buf_view(&text), err);
    }
    return code;
}

static enum dz_code
write_payload(struct pack *p, struct dz_bag_out *b, struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf facts = DZ_BUF(PACK_TEXT_MAX), index = DZ_BUF(PACK_TEXT_MAX);
    DZ_TRY(write_objects(p, b, err));
    DZ_TRY(dz_pack_jsonld(p, &facts, err));
    DZ_TRY(dz_bag_out_file(b, "data/facts.jsonld", dz_buf_view(&facts), err));
    DZ_TRY(dz_bag_out_file(b, "data/custody.jsonl", dz_buf_view(&p->custody), err));
    DZ_TRY(write_proofs(p, b, err));
    DZ_TRY(dz_pack_checkpoints(p, b, err));
    DZ_TRY(dz_pack_index(p, &index, err));
    return dz_bag_out_file(b, "data/package.json", dz_buf_view(&index), err);
}

static enum dz_code
write_tags(struct pack *p, struct dz_bag_out *b, struct dz_err *err)
{
    uint8_t signer[32], sha512[64];
    DZ_AUTO_BUF struct dz_buf info = DZ_BUF(65536), allowed = DZ_BUF(4096), sig = DZ_BUF(65536);
    DZ_TRY(dz_bag_out_manifests(b, err));
    DZ_TRY(dz_pack_bag_info(p, b, &info, err));
    DZ_TRY(dz_bag_out_file(b, "bag-info.txt", dz_buf_view(&info), err));
    DZ_TRY(write_guides(p, b, err));
    DZ_TRY(dz_vault_package_signer(p->v, signer, err));
    DZ_TRY(dz_sshsig_allowed_line(signer, "dokaz", DZ_PACKAGE_NAMESPACE, &allowed, err));
    DZ_TRY(dz_bag_out_file(b, "allowed_signers", dz_buf_view(&allowed), err));
    DZ_TRY(dz_bag_out_tagmanifests(b, p->report->sha256, sha512, err));
    DZ_TRY(dz_vault_sign_package(p->v, sha512, DZ_PACKAGE_NAMESPACE, &sig, err));
    return dz_bag_out_unlisted(b, "tagmanifest-sha512.txt.sig", dz_buf_view(&sig), err);
}

/* ---- the record ---- */

static json_t *
export_fields(const struct pack *p)
{
    json_t *fields = json_object(), *sources = json_array(), *facts = json_array();
    const struct dz_package_opts *o = p->o;
    for (size_t i = 0; i < p->n_sources; i++)
        if (p->sources[i].chosen)
            json_array_append_new(sources, json_string(p->sources[i].id));
    for (size_t i = 0; i < p->n_facts; i++)
        json_array_append_new(facts, json_string(p->facts[i].id));
    bool internal = o->purpose == NULL && !o->for_publication;
    dz_json_set_str(fields, "format", "bag");
    dz_json_set_str(fields, "purpose", internal ? "internal" : o->purpose);
    dz_json_set_str(fields, "to", o->recipient);
    json_object_set_new(fields, "public", json_boolean(o->for_publication));
    dz_json_set_str(fields, "sphere", o->sphere);
    dz_json_set_str(fields, "place", o->place);
    dz_json_set_str(fields, "period", o->period);
    dz_json_set_str(fields, "sealed_for", o->seal_for);
    dz_json_set_str(fields, "sha256", p->report->sha256);
    dz_json_set_int(fields, "size", (int64_t)p->report->bytes);
    json_object_set_new(fields, "sources", sources);
    json_object_set_new(fields, "facts", facts);
    return fields;
}

/* What leaves is an entry before it leaves. Between deciding and this nobody may have changed
 * anything: access may have been taken back meanwhile. */
static enum dz_code
record_export(struct pack *p, const char *version, struct dz_err *err)
{
    DZ_AUTO_JSON json_t *fields = export_fields(p);
    struct dz_batch *batch = NULL;
    char now[DZ_HEX32];
    DZ_TRY(dz_batch_begin(p->v, &batch, err));
    dz_vault_version(p->v, now);
    enum dz_code code = DZ_OK;
    if (strcmp(now, version) != 0)
        code = dz_fail(err, DZ_E_LOCKED,
                       "somebody wrote to the vault while the package was made: run it again");
    if (code == DZ_OK)
        code = dz_put_entry(batch, "export.made", fields, NULL, err);
    if (code == DZ_OK)
        code = dz_batch_commit(batch, err);
    dz_batch_end(batch);
    return code;
}

/* ---- all of it ---- */

static void
count_file(void *ctx, const char *path, uint64_t size)
{
    struct pack *p = ctx;
    p->report->n_files++;
    p->report->bytes += size;
    if (p->report->told == NULL)
        return;
    json_t *one = json_object();
    dz_json_set_str(one, "path", path);
    dz_json_set_int(one, "size", (int64_t)size);
    json_array_append_new(json_object_get(p->report->told, "files"), one);
}

/* What entries do not say is made here once to be looked through; it is written later. */
static enum dz_code
scan(struct pack *p, struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf facts = DZ_BUF(PACK_TEXT_MAX);
    DZ_TRY(dz_pack_jsonld(p, &facts, err));
    return p->o->only_scan || p->o->form == DZ_BAG_DRY ? DZ_OK : dz_leaks_check(p->o->leaks, err);
}

enum dz_code
dz_pack_make(struct pack *p, struct dz_err *err)
{
    char version[DZ_HEX32];
    AUTO_WATCH struct watch w = {.p = p, .proof = DZ_BUF(PACK_TEXT_MAX)};
    DZ_AUTO_BAG_OUT struct dz_bag_out *b = NULL;
    dz_vault_version(p->v, version);
    DZ_TRY(dz_pack_select(p, err));
    DZ_TRY(dz_pack_entries(p, err));
    if (p->o->leaks != NULL)
        DZ_TRY(scan(p, err));
    if (p->o->only_scan)
        return DZ_OK;
    DZ_TRY(dz_bag_out_new(p->o->path, p->o->form, p->o->seal_for, &b, err));
    dz_bag_out_watch(b, look, &w);
    DZ_TRY(write_payload(p, b, err));
    DZ_TRY(write_tags(p, b, err));
    DZ_TRY(dz_bag_out_settle(b, err));
    dz_bag_out_each(b, count_file, p);
    DZ_TRY(cancelled(p, err));
    if (p->o->form == DZ_BAG_DRY)
        return DZ_OK;
    DZ_TRY(record_export(p, version, err));
    return dz_bag_out_finish(b, err);
}
