#include <string.h>

#include "dz_codec.h"
#include "dz_read_priv.h"

/* Files inside files: attachments, members of archives, archived pages. A container is read a
 * second time, by the thread that holds the vault, and each file inside goes straight into a seal.
 * Run again after an interruption, it finds what is here already by its hash. */

#define DEPTH_MAX 4

struct unpacking {
    struct dz_adder *a;
    struct dz_read_job *j;
    struct dz_id_list *made;
    struct dz_id_list met; /* that this one holds, in this reading */
    bool open;             /* an object of the batch is being written */
    bool gone;             /* another process read or removed the container meanwhile */
};

static enum dz_code
part_begin(void *ctx, const struct dz_part *part, struct dz_err *err)
{
    struct unpacking *u = ctx;
    (void)part;
    DZ_TRY(dz_adder_batch(u->a, err));
    if (!u->a->own_sealer)
        DZ_TRY(dz_sealer_new(u->a->v, &u->a->own_sealer, err));
    dz_sealer_begin(u->a->own_sealer);
    u->open = true;
    return DZ_OK;
}

static enum dz_code
part_data(void *ctx, const void *p, size_t n, struct dz_err *err)
{
    struct unpacking *u = ctx;
    return dz_sealer_write(u->a->own_sealer, p, n, err);
}

static const char *
last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static enum dz_code
add_entry(struct unpacking *u, const struct dz_part *part, const char *id,
          const struct dz_object_info *info, struct dz_err *err)
{
    DZ_AUTO_JSON json_t *fields = json_object();
    DZ_AUTO_FREE char *path = dz_strndup(part->name.p, part->name.n);
    const char *name = last_part(path);
    dz_json_set_str(fields, "id", id);
    dz_json_set_str(fields, "name", name);
    if (name != path)
        dz_json_set_str(fields, "path", path);
    dz_json_set_str(fields, "sha256", info->sha256);
    dz_json_set_int(fields, "size", (int64_t)info->size_bytes);
    dz_json_set_str(fields, "object", info->id);
    dz_json_set_str(fields, "codec", info->codec);
    if (part->media_type.n)
        dz_json_set_view(fields, "media_type", part->media_type);
    dz_json_set_str(fields, "basis", u->j->basis);
    dz_json_set_str(fields, "access", u->j->access);
    dz_json_set_str(fields, "method", "part");
    dz_json_set_str(fields, "tool", "dokaz " DZ_VERSION);
    dz_json_set_str(fields, "derivative_of", u->j->id);
    dz_json_set_int(fields, "depth", (int64_t)u->j->depth + 1);
    if (json_object_size(part->meta))
        json_object_set(fields, "meta", part->meta);
    const char *brought[] = {info->id, NULL};
    return dz_batch_entry_in(u->a->batch, dz_access_in(u->j->access), "source.added", fields,
                             brought, NULL, err);
}

static bool
is_met(const struct unpacking *u, const char *id)
{
    for (size_t i = 0; i < u->met.n; i++)
        if (strcmp(u->met.ids[i], id) == 0)
            return true;
    return false;
}

/* Where the container is stricter, what was found in it goes where that lies. */
static enum dz_code
follow_container(struct unpacking *u, const char *id, const json_t *found, struct dz_err *err)
{
    DZ_AUTO_SOURCE struct dz_source s = {0};
    if (dz_access_in(u->j->access) == DZ_IN_OPEN)
        return DZ_OK;
    if (dz_source_get(u->a->v, id, &s, NULL) != DZ_OK)
        return DZ_OK;
    DZ_AUTO_JSON json_t *body = json_deep_copy(s.body);
    dz_carried_found(body, found);
    const char *access = dz_carried_value(body, DZ_CARRIED_ACCESS);
    enum dz_compartment to = dz_access_in(access);
    if (to == dz_access_in(s.row.access))
        return DZ_OK;
    DZ_AUTO_JSON json_t *fields = json_object();
    DZ_AUTO_JSON json_t *moved = json_object();
    dz_json_set_str(fields, "source", id);
    dz_json_set_str(fields, "access", access);
    dz_json_set_str(fields, "carried_from", u->j->id);
    dz_json_set_int(moved, id, (int64_t)to);
    DZ_TRY(dz_item_move(u->a->batch, id, to, fields, err));
    return dz_facts_follow(u->a->batch, moved, err);
}

/* What is here already lies in this container, too: it must not leave more freely than anything
 * that holds it. */
static enum dz_code
note_found(struct unpacking *u, const struct dz_part *part, const char *id, struct dz_err *err)
{
    int64_t known = 0;
    if (strcmp(id, u->j->id) == 0 || is_met(u, id))
        return DZ_OK;
    dz_id_list_add(&u->met, id);
    DZ_TRY(dz_db_get_int(dz_vault_db(u->a->v), DZ_Q_KIN_IS, &known, NULL, err,
                         DZ_ARGS(dz_arg_text(id), dz_arg_text(u->j->id))));
    if (known)
        return DZ_OK;
    DZ_AUTO_JSON json_t *fields = json_object();
    dz_json_set_str(fields, "source", id);
    dz_json_set_str(fields, "found_in", u->j->id);
    dz_json_set_view(fields, "name", part->name);
    dz_json_set_str(fields, "basis", u->j->basis);
    dz_json_set_str(fields, "access", u->j->access);
    DZ_TRY(dz_put_entry(u->a->batch, "source.found", fields, NULL, err));
    return follow_container(u, id, fields, err);
}

static enum dz_code
keep(struct unpacking *u, struct dz_sealed *sealed, const struct dz_part *part, struct dz_err *err)
{
    char same[DZ_ID_MAX], id[DZ_ID_MAX];
    struct dz_object_info info = *dz_sealed_info(sealed);
    DZ_AUTO_FREE char *name = dz_strndup(part->name.p, part->name.n);
    enum dz_code code = dz_adder_find_same(u->a, info.sha256, same, err);
    if (code != DZ_OK || same[0]) {
        dz_sealed_drop(sealed);
        return code == DZ_OK ? note_found(u, part, same, err) : code;
    }
    DZ_TRY(dz_batch_take(u->a->batch, sealed, &info, err));
    dz_vault_new_id("src-", id);
    DZ_TRY(add_entry(u, part, id, &info, err));
    dz_id_list_add(u->made, id);
    dz_id_list_add(&u->met, id);
    dz_adder_note(u->a, DZ_ADD_PRESERVED, name, id, &info, NULL);
    if (!dz_adder_is_full(u->a))
        return DZ_OK;
    bool wanted = false;
    DZ_TRY(dz_adder_commit(u->a, err));
    DZ_TRY(dz_read_is_wanted(u->a, u->j, &wanted, err));
    u->gone = !wanted;
    return DZ_OK;
}

static enum dz_code
part_end(void *ctx, const struct dz_part *part, bool commit, struct dz_err *err)
{
    struct unpacking *u = ctx;
    struct dz_sealed *sealed = NULL;
    u->open = false;
    if (!commit || u->gone) {
        dz_sealer_cancel(u->a->own_sealer);
        return DZ_OK;
    }
    DZ_TRY(dz_sealer_finish(u->a->own_sealer, &sealed, err));
    return keep(u, sealed, part, err);
}

static enum dz_code
feed(void *ctx, dz_extract_chunk_fn *to, void *to_ctx, struct dz_err *err)
{
    return dz_loan_read(ctx, to, to_ctx, err);
}

/* What the second reading found wrong is worth saying where the first found nothing. */
static void
take_over(struct dz_read_job *j, const struct dz_extracted *x)
{
    bool whole = x->status == DZ_EXTRACT_TEXT || x->status == DZ_EXTRACT_REPAIRED ||
                 x->status == DZ_EXTRACT_EMPTY || x->status == DZ_EXTRACT_PICTURE;
    if (whole || !x->why)
        return;
    j->x.status = x->status;
    j->x.why = x->why;
    dz_json_set_str(j->derived.fields, "status", dz_extract_status_name(x->status));
    dz_json_set_str(j->derived.fields, "why", x->why);
}

enum dz_code
dz_read_parts(struct dz_adder *a, struct dz_read_job *j, struct dz_id_list *made,
              struct dz_err *err)
{
    struct unpacking u = {.a = a, .j = j, .made = made};
    struct dz_extracted said = {.status = DZ_EXTRACT_TOO_LARGE, .why = "depth"};
    if (j->depth >= DEPTH_MAX) {
        take_over(j, &said);
        return DZ_OK;
    }
    struct dz_part_sink sink = {part_begin, part_data, part_end, &u};
    struct dz_extract_job job = {.name = j->name,
                                 .size_bytes = j->original.size_bytes,
                                 .feed = feed,
                                 .feed_ctx = j->loan,
                                 .parts = &sink,
                                 .cancel = a->opts->cancel};
    DZ_AUTO_EXTRACTED struct dz_extracted x = {0};
    enum dz_code code = dz_extract(a->opts->box, &job, &x, err);
    if (u.open)
        dz_sealer_cancel(a->own_sealer);
    dz_id_list_done(&u.met);
    DZ_TRY(code);
    take_over(j, &x);
    return DZ_OK;
}
