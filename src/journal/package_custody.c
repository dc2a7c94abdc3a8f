/* data/custody.jsonl against the proofs: docs/format/package.md section 5 number 7. */
#include <string.h>

#include "dz_os.h"
#include "dz_tr.h"
#include "package_read_impl.h"

#define CUSTODY "data/custody.jsonl"

/* The names withheld are those of the proof, each once, in any order. */
static bool
same_withheld(const json_t *line, const struct dz_proof *proof)
{
    const json_t *list = json_object_get(line, "withheld");
    size_t i;
    const json_t *name;
    if (list != NULL && !json_is_array(list))
        return false;
    if (json_array_size(list) != json_object_size(proof->withheld))
        return false;
    DZ_AUTO_JSON json_t *left = json_copy(proof->withheld);
    json_array_foreach(list, i, name)
    {
        const char *text = json_string_value(name);
        if (text == NULL || json_object_del(left, text) != 0)
            return false;
    }
    return true;
}

/* A field of the line that repeats one of the body: the same where the proof shows it, and not
 * there
 * where the body was removed. */
static bool
same_field(const json_t *line, const struct dz_proof *proof, const char *field)
{
    const json_t *said = json_object_get(line, field);
    const json_t *shown = dz_proof_shown(proof, field);
    return shown == NULL ? said == NULL : json_equal(said, shown);
}

/* Which item an entry is about: its own id, what it removes, or its source. */
static bool
is_about(const struct dz_proof *proof, const char *item)
{
    static const char *const fields[] = {"id", "item", "source"};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        const char *shown = json_string_value(dz_proof_shown(proof, fields[i]));
        if (shown != NULL && item != NULL && strcmp(shown, item) == 0)
            return true;
    }
    return dz_proof_is_bare(proof);
}

static bool
agrees(const json_t *line, const struct dz_proof *proof)
{
    const char *log = dz_json_str(line, "log");
    DZ_AUTO_JSON json_t *shown = dz_package_shown(proof);
    return log != NULL && strcmp(log, proof->log_hex) == 0 &&
           dz_json_int(line, "seq", -1) == (int64_t)proof->index &&
           same_field(line, proof, "time") && same_field(line, proof, "kind") &&
           json_equal(json_object_get(line, "shown"), shown) && same_withheld(line, proof) &&
           is_about(proof, dz_json_str(line, "item"));
}

/* Each proof of the index has one line. */
static bool
is_first_line(struct package *p, const char *path, const char *item)
{
    if (!dz_bag_is_marked(p->bag, path, DZ_BAG_NAMED)) {
        dz_package_sayf(p, DZ_CHECK_FINDING, "custody", CUSTODY,
                        N_("a line about %s rests on %s, which is missing or which the index does "
                           "not name"),
                        item, path);
        return false;
    }
    bool first = !dz_bag_is_marked(p->bag, path, DZ_BAG_TOLD);
    if (!first)
        dz_package_sayf(p, DZ_CHECK_FINDING, "custody", CUSTODY, N_("two lines rest on %s"), path);
    dz_bag_mark(p->bag, path, DZ_BAG_TOLD);
    return first;
}

static enum dz_code
take_line(void *ctx, const char *key, const json_t *line, bool in_list, struct dz_err *err)
{
    struct package *p = ctx;
    (void)key;
    (void)in_list;
    const char *path = dz_json_str(line, "proof");
    const char *item = dz_json_str(line, "item");
    DZ_AUTO_PROOF struct dz_proof proof = {.index = 0};
    bool good = false;
    if (path == NULL || item == NULL) {
        dz_package_say(p, DZ_CHECK_FINDING, "custody", CUSTODY,
                       _("a line names no item or no proof"));
        return DZ_OK;
    }
    if (!is_first_line(p, path, item))
        return DZ_OK;
    DZ_TRY(dz_package_proof(p, path, CUSTODY, &proof, &good, err));
    if (!good)
        return DZ_OK;
    if (agrees(line, &proof))
        p->result.n_custody++;
    else
        dz_package_sayf(p, DZ_CHECK_FINDING, "custody", CUSTODY,
                        N_("a line about %s says something else than %s"), item, path);
    return DZ_OK;
}

enum dz_code
dz_package_custody(struct package *p, struct dz_err *err)
{
    DZ_AUTO_FD int fd = -1;
    struct dz_err own = {0};
    if (!dz_package_path(p, CUSTODY, "data/", DZ_PACKAGE_INDEX))
        return DZ_OK;
    DZ_TRY(dz_os_open_inside(p->dir, CUSTODY, &fd, err));
    enum dz_code code = dz_package_json_lines(fd, take_line, p, &own);
    p->custody_read = code == DZ_OK;
    if (code == DZ_OK)
        return DZ_OK;
    if (code == DZ_E_INPUT || code == DZ_E_LIMIT) {
        dz_package_say(p, DZ_CHECK_FINDING, "custody", CUSTODY, own.msg);
        return DZ_OK;
    }
    if (err != NULL)
        *err = own;
    return code;
}
