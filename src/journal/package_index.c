/* data/package.json: docs/format/package.md section 2. It is read several times, an element at a
 * time, because its keys stand in the order of the alphabet and not of what rests on what. */
#include <string.h>

#include "dz_codec.h"
#include "dz_mem.h"
#include "dz_os.h"
#include "dz_tr.h"
#include "package_read_impl.h"

#define FORMAT "dokaz-package/1"

static void
bad_element(struct package *p, const char *key)
{
    dz_package_sayf(p, DZ_CHECK_FINDING, "package-index", DZ_PACKAGE_INDEX,
                    N_("an element of '%s' is not described as the format has it"), key);
}

/* One reading of the index. What is no index is told; errors of the device are passed on. */
static enum dz_code
read_index(struct package *p, package_json_fn *fn, bool *ret_good, struct dz_err *err)
{
    DZ_AUTO_FD int fd = -1;
    struct dz_err own = {0};
    DZ_TRY(dz_os_open_inside(p->dir, DZ_PACKAGE_INDEX, &fd, err));
    enum dz_code code = dz_package_json(fd, PACKAGE_JSON_CANONICAL, fn, p, &own);
    *ret_good = code == DZ_OK;
    if (code == DZ_OK)
        return DZ_OK;
    if (code == DZ_E_INPUT) {
        dz_package_say(p, DZ_CHECK_FINDING, "package-index", DZ_PACKAGE_INDEX, own.msg);
        return DZ_OK;
    }
    if (err != NULL)
        *err = own;
    return code;
}

/* --- first: format and logs, then checkpoints and timestamps --- */

static enum dz_code
take_format(struct package *p, const json_t *value, struct dz_err *err)
{
    const char *format = json_string_value(value);
    p->has_format = format != NULL && strcmp(format, FORMAT) == 0;
    if (p->has_format)
        return DZ_OK;
    if (format != NULL && strncmp(format, "dokaz-package/", 14) == 0)
        return dz_fail(err, DZ_E_FORMAT,
                       "the package was made by a newer program: a newer dokaz-verify is needed");
    dz_package_say(p, DZ_CHECK_FINDING, "package-index", DZ_PACKAGE_INDEX,
                   _("its format is not that of a package"));
    return DZ_OK;
}

static bool
known_key(const char *key)
{
    static const char *const keys[] = {"checkpoints", "entries",  "facts",     "files",
                                       "format",      "left_out", "logs",      "made",
                                       "public",      "purpose",  "recipient", "timestamps"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (strcmp(keys[i], key) == 0)
            return true;
    return false;
}

static enum dz_code
take_head(void *ctx, const char *key, const json_t *value, bool in_list, struct dz_err *err)
{
    struct package *p = ctx;
    if (!known_key(key))
        dz_package_sayf(p, DZ_CHECK_FINDING, "package-index", DZ_PACKAGE_INDEX,
                        N_("the format knows no key '%s'"), key);
    if (strcmp(key, "format") == 0)
        return take_format(p, value, err);
    if (strcmp(key, "public") == 0)
        p->result.is_public = json_is_true(value);
    if (strcmp(key, "logs") == 0 && in_list)
        return dz_package_add_log(p, value, err);
    return DZ_OK;
}

static enum dz_code
take_points(void *ctx, const char *key, const json_t *value, bool in_list, struct dz_err *err)
{
    struct package *p = ctx;
    if (in_list && strcmp(key, "checkpoints") == 0)
        return dz_package_add_point(p, value, err);
    if (in_list && strcmp(key, "timestamps") == 0)
        return dz_package_add_stamp(p, value, err);
    return DZ_OK;
}

enum dz_code
dz_package_index_first(struct package *p, struct dz_err *err)
{
    bool good = false;
    DZ_TRY(read_index(p, take_head, &good, err));
    if (good && !p->has_format && p->result.n_findings == 0)
        dz_package_say(p, DZ_CHECK_FINDING, "package-index", DZ_PACKAGE_INDEX,
                       _("its format is not that of a package"));
    p->has_format = p->has_format && good;
    if (!p->has_format)
        return DZ_OK;
    return read_index(p, take_points, &good, err);
}

/* --- second: files, facts, further entries --- */

struct file_element {
    const char *path;
    const char *proof;
    const char *item;
    const char *name;
    bool is_text;
};

static bool
shows(const struct dz_proof *proof, const char *field, const char *value)
{
    const char *shown = json_string_value(dz_proof_shown(proof, field));
    return shown != NULL && value != NULL && strcmp(shown, value) == 0;
}

/* Number 5 of one file under a proof that holds. NULL, or what is wrong. */
static const char *
file_fault(struct package *p, const struct file_element *f, const struct dz_proof *proof)
{
    struct dz_hash32 sha256;
    const char *hex = json_string_value(dz_proof_shown(proof, "sha256"));
    if (!shows(proof, "kind", f->is_text ? "text.derived" : "source.added"))
        return _("its proof is one of another kind of entry");
    if (!shows(proof, f->is_text ? "source" : "id", f->item))
        return _("its proof is one of another item");
    if (hex == NULL || !dz_hex_decode(dz_view_of(hex), sha256.b, sizeof sha256.b))
        return _("its proof shows no SHA-256");
    if (!f->is_text && f->name != NULL && dz_proof_shown(proof, "name") != NULL &&
        !shows(proof, "name", f->name))
        return _("its proof shows another name");
    switch (dz_bag_compare(p->bag, f->path, &sha256)) {
    case DZ_BAG_SAME:
        return NULL;
    case DZ_BAG_UNKNOWN:
        return _("no sha256 manifest lists it");
    case DZ_BAG_OTHER:
    case DZ_BAG_ABSENT:
        break;
    }
    return _("its content is not what was preserved: the entry has another SHA-256");
}

static enum dz_code
file_proven(struct package *p, const struct file_element *f, const struct dz_proof *proof,
            struct dz_err *err)
{
    bool is_new;
    p->result.n_files++;
    if (!f->is_text) {
        dz_package_existed(p, f->path, proof);
        return DZ_OK;
    }
    DZ_TRY(dz_package_set_put(&p->texts, f->item, f->path, &is_new, err));
    dz_package_existed(p, f->path, proof);
    return DZ_OK;
}

/* What a proof says of a source, to hold facts.jsonld against. */
static enum dz_code
learn_source(struct package *p, const struct dz_proof *proof, struct dz_err *err)
{
    const char *id = json_string_value(dz_proof_shown(proof, "id"));
    const char *sha256 = json_string_value(dz_proof_shown(proof, "sha256"));
    bool is_new;
    if (!shows(proof, "kind", "source.added") || id == NULL || sha256 == NULL)
        return DZ_OK;
    return dz_package_set_put(&p->originals, id, sha256, &is_new, err);
}

static enum dz_code
take_file(struct package *p, const json_t *element, struct dz_err *err)
{
    const char *role = dz_json_str(element, "role");
    struct file_element f = {.path = dz_json_str(element, "path"),
                             .proof = dz_json_str(element, "proof"),
                             .item = dz_json_str(element, "item"),
                             .name = dz_json_str(element, "name"),
                             .is_text = role != NULL && strcmp(role, "text") == 0};
    if (f.path == NULL || f.proof == NULL || f.item == NULL || role == NULL ||
        (!f.is_text && strcmp(role, "original") != 0)) {
        bad_element(p, "files");
        return DZ_OK;
    }
    bool there =
        dz_package_path(p, f.path, f.is_text ? "data/texts/" : "data/originals/", DZ_PACKAGE_INDEX);
    DZ_AUTO_PROOF struct dz_proof proof = {.index = 0};
    bool good = false;
    DZ_TRY(dz_package_proof(p, f.proof, f.path, &proof, &good, err));
    if (good)
        DZ_TRY(learn_source(p, &proof, err));
    if (!there || !good)
        return DZ_OK;
    const char *fault = file_fault(p, &f, &proof);
    if (fault != NULL) {
        dz_package_say(p, DZ_CHECK_FINDING, "file", f.path, fault);
        return DZ_OK;
    }
    return file_proven(p, &f, &proof, err);
}

static enum dz_code
take_fact(struct package *p, const json_t *element, struct dz_err *err)
{
    const char *item = dz_json_str(element, "item");
    const char *path = dz_json_str(element, "proof");
    DZ_AUTO_PROOF struct dz_proof proof = {.index = 0};
    bool good = false;
    bool is_new = false;
    if (item == NULL || path == NULL) {
        bad_element(p, "facts");
        return DZ_OK;
    }
    DZ_TRY(dz_package_set_put(&p->facts, item, path, &is_new, err));
    if (!is_new) {
        dz_package_say(p, DZ_CHECK_FINDING, "fact", item, _("the index names this fact twice"));
        return DZ_OK;
    }
    DZ_TRY(dz_package_proof(p, path, item, &proof, &good, err));
    if (!good)
        return DZ_OK;
    if (!shows(&proof, "id", item) ||
        (!shows(&proof, "kind", "fact.recorded") && !shows(&proof, "kind", "fact.revised")))
        dz_package_say(p, DZ_CHECK_FINDING, "fact", item,
                       _("its proof is one of another entry than that of this fact"));
    else
        dz_package_existed(p, item, &proof);
    return DZ_OK;
}

static enum dz_code
take_entry(struct package *p, const char *key, const json_t *element, struct dz_err *err)
{
    const char *path = dz_json_str(element, "proof");
    DZ_AUTO_PROOF struct dz_proof proof = {.index = 0};
    bool good = false;
    if (path == NULL) {
        bad_element(p, key);
        return DZ_OK;
    }
    DZ_TRY(dz_package_proof(p, path, DZ_PACKAGE_INDEX, &proof, &good, err));
    return good ? learn_source(p, &proof, err) : DZ_OK;
}

static enum dz_code
take_items(void *ctx, const char *key, const json_t *value, bool in_list, struct dz_err *err)
{
    struct package *p = ctx;
    if (!in_list)
        return DZ_OK;
    if (strcmp(key, "files") == 0)
        return take_file(p, value, err);
    if (strcmp(key, "facts") == 0)
        return take_fact(p, value, err);
    if (strcmp(key, "entries") == 0)
        return take_entry(p, key, value, err);
    return DZ_OK;
}

enum dz_code
dz_package_index_second(struct package *p, struct dz_err *err)
{
    bool good;
    return read_index(p, take_items, &good, err);
}

/* --- what is named on one side only --- */

static enum dz_code
name_fact(void *ctx, const char *key, const json_t *value, bool in_list, struct dz_err *err)
{
    struct package *p = ctx;
    (void)err;
    const char *item = dz_json_str(value, "item");
    const char *path = dz_json_str(value, "proof");
    if (in_list && strcmp(key, "facts") == 0 && item != NULL && path != NULL &&
        !dz_package_set_has(&p->nodes, item, path))
        dz_package_say(p, DZ_CHECK_FINDING, "fact-no-node", item,
                       _("the index names this fact, and facts.jsonld has no such node"));
    return DZ_OK;
}

enum dz_code
dz_package_index_facts(struct package *p, struct dz_err *err)
{
    bool good;
    return p->facts.n == p->nodes.n ? DZ_OK : read_index(p, name_fact, &good, err);
}

static enum dz_code
unnamed_file(void *ctx, const char *path, bool is_file, struct dz_err *err)
{
    struct package *p = ctx;
    (void)err;
    if (p->custody_read && dz_bag_is_marked(p->bag, path, DZ_BAG_PROVEN) &&
        !dz_bag_is_marked(p->bag, path, DZ_BAG_TOLD))
        dz_package_say(p, DZ_CHECK_FINDING, "custody-missing", path,
                       _("custody.jsonl has no line for this entry"));
    if (is_file && !dz_bag_is_marked(p->bag, path, DZ_BAG_NAMED))
        dz_package_say(p, DZ_CHECK_FINDING, "package-unnamed", path,
                       _("the index does not name this file: nothing is known about it"));
    return DZ_OK;
}

enum dz_code
dz_package_unnamed(struct package *p, struct dz_err *err)
{
    DZ_TRY(dz_bag_walk(p->dir, "data", unnamed_file, p, err));
    return DZ_OK;
}
