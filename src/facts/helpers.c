#include <string.h>

#include "dz_edtf.h"
#include "dz_facts_priv.h"
#include "dz_time.h"

void
dz_set_time(json_t *o, const char *key, int64_t time_us)
{
    char time[40];
    dz_time_format(time_us, time);
    dz_json_set_str(o, key, time);
}

enum dz_code
dz_source_is_here(struct dz_vault *v, const char *id, bool *ret, struct dz_err *err)
{
    int64_t n = 0;
    DZ_TRY(dz_db_get_int(dz_vault_db(v), DZ_Q_SOURCE_IS, &n, NULL, err,
                         DZ_ARGS(dz_arg_text(id))));
    *ret = n > 0;
    return DZ_OK;
}

json_t *
dz_entry_fields(const json_t *body)
{
    static const char *const common[] = {"log",    "seq",  "clock", "kind",
                                         "member", "time", "n",     "compartment"};
    json_t *copy = json_deep_copy(body);
    for (size_t i = 0; i < sizeof common / sizeof *common; i++)
        json_object_del(copy, common[i]);
    return copy;
}

enum dz_code
dz_json_text(const json_t *value, char **ret, struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf line = DZ_BUF(16u << 20);
    DZ_TRY(dz_json_line(&line, value, err));
    *ret = dz_buf_take(&line);
    return DZ_OK;
}

void
dz_date_columns(const char *edtf, int64_t *ret_lo, int64_t *ret_hi)
{
    struct dz_edtf_bounds b;
    (void)dz_edtf_text_bounds(edtf, &b);
    *ret_lo = b.lo;
    *ret_hi = b.hi;
}

void
dz_prefix_end(const char *prefix, char ret[64])
{
    size_t n = strlen(prefix);
    if (n > 60)
        n = 60;
    memcpy(ret, prefix, n);
    /* Ids are ASCII: DEL comes after every character in them. */
    ret[n] = '\x7f';
    ret[n + 1] = '\0';
}

enum dz_code
dz_commit_one(struct dz_vault *v, const char *kind, const json_t *fields, struct dz_err *err)
{
    struct dz_batch *b = NULL;
    DZ_TRY(dz_batch_begin(v, &b, err));
    enum dz_code code = dz_put_entry(b, kind, fields, NULL, err);
    if (code == DZ_OK)
        code = dz_batch_commit(b, err);
    dz_batch_end(b);
    return code;
}
