#include "dz_reading_log.h"

#include <string.h>

#include "dz_access.h"
#include "dz_json.h"

/* Reading what is restricted or sealed is an entry of the journal, made before the first byte of it
 * is printed: who looks at the log sees what may have been seen. It lies where the strictest of the
 * items lies, so that it names nothing to those who may not know of them. */

#define IDS_MAX 1000 /* in one entry */

void
dz_shown_done(struct dz_shown *r)
{
    json_decref(r->ids);
}

enum dz_code
dz_shown_add(struct dz_ctx *c, struct dz_shown *r, const char *id, struct dz_err *err)
{
    enum dz_compartment in;
    DZ_TRY(dz_item_in(c->vault, id, &in, err));
    if (in == DZ_IN_OPEN)
        return DZ_OK;
    if (r->ids == NULL)
        r->ids = json_array();
    if (in > r->in)
        r->in = in;
    if (json_array_size(r->ids) < IDS_MAX)
        json_array_append_new(r->ids, json_string(id));
    return DZ_OK;
}

static enum dz_code
write_entry(struct dz_ctx *c, enum dz_compartment in, json_t *ids, struct dz_err *err)
{
    DZ_AUTO_JSON json_t *fields = json_object();
    dz_json_set_str(fields, "command", c->cmd->name);
    if (ids != NULL)
        json_object_set(fields, "read", ids);
    if (dz_vault_log_reading(c->vault, in, fields, err) != DZ_OK)
        return dz_while(err, "what is restricted is read only where that can be logged");
    return DZ_OK;
}

enum dz_code
dz_shown_log(struct dz_ctx *c, struct dz_shown *r, struct dz_err *err)
{
    return r->ids == NULL ? DZ_OK : write_entry(c, r->in, r->ids, err);
}

enum dz_code
dz_shown_log_one(struct dz_ctx *c, const char *id, struct dz_err *err)
{
    DZ_AUTO_SHOWN struct dz_shown r = {.in = DZ_IN_OPEN};
    DZ_TRY(dz_shown_add(c, &r, id, err));
    return dz_shown_log(c, &r, err);
}

/* Commands that print words of many items. */
static bool
is_list(const struct dz_cmd *cmd)
{
    static const char *const lists[] = {"facts",   "suggest",  "review",  "chronology",
                                        "figures", "passages", "lineage", "report"};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (strcmp(lists[i], cmd->name) == 0)
            return true;
    return false;
}

enum dz_code
dz_shown_possible(struct dz_ctx *c, bool *ret, struct dz_err *err)
{
    enum dz_compartment in;
    DZ_TRY(dz_strictest_in_view(c->vault, &in, err));
    *ret = in != DZ_IN_OPEN;
    return DZ_OK;
}

enum dz_code
dz_shown_log_list(struct dz_ctx *c, struct dz_err *err)
{
    enum dz_compartment in;
    if (!is_list(c->cmd))
        return DZ_OK;
    DZ_TRY(dz_strictest_in_view(c->vault, &in, err));
    return in == DZ_IN_OPEN ? DZ_OK : write_entry(c, in, NULL, err);
}
