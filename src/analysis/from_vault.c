/* The views of a vault: its sources are read once, its facts stream through the builders. What the
 * builders do is tested without a vault. */
#include <string.h>

#include "analysis_impl.h"
#include "chronology_impl.h"
#include "dz_disclosure.h"
#include "dz_json.h"
#include "dz_lineage.h"
#include "figures_impl.h"
#include "matrix_impl.h"
#include "summary_impl.h"

static enum dz_code
add_source(void *ctx, const struct dz_source_row *row, struct dz_err *err)
{
    struct dz_origins *o = ctx;
    dz_origins_add(o, row);
    return dz_origins_ok(o, err);
}

enum dz_code
dz_origins_load(struct dz_vault *v, const struct dz_rules *rules, struct dz_origins **ret,
                struct dz_err *err)
{
    struct dz_origins *o = dz_origins_new(rules);
    DZ_AUTO_LINEAGE struct dz_lineage l = {0};
    enum dz_code code = dz_sources_each(v, NULL, add_source, o, err);
    if (code == DZ_OK)
        code = dz_lineage_build(v, rules, false, NULL, &l, err);
    if (code == DZ_OK) {
        dz_origins_derive(o, &l);
        code = dz_origins_ok(o, err);
    }
    if (code != DZ_OK) {
        dz_origins_free(o);
        return code;
    }
    *ret = o;
    return DZ_OK;
}

static void
free_origins(struct dz_origins **o)
{
    dz_origins_free(*o);
}
#define AUTO_ORIGINS DZ_CLEANUP(free_origins)

/* Between the vault and a builder: what the public may know, in the precision in which it may. */
struct public_stream {
    const struct dz_scope *scope;
    struct dz_disclosure *d;
    dz_fact_fn *take;
    void *ctx;
};

static enum dz_code
public_take(void *ctx, const struct dz_fact_row *row, struct dz_err *err)
{
    struct public_stream *s = ctx;
    switch (dz_disclosure_of(s->d, row)) {
    case DZ_DISCLOSED_NOT:
        return DZ_OK;
    case DZ_DISCLOSED_COUNTED:
        dz_disclosure_count(s->d, row);
        return DZ_OK;
    case DZ_DISCLOSED_SHOWN:
        break;
    }
    DZ_AUTO_JSON json_t *body = json_deep_copy(row->body);
    struct dz_fact_row narrowed = *row;
    dz_disclosure_narrow(s->d, &narrowed, body);
    if (s->scope->mask)
        s->scope->mask(s->scope->mask_ctx, row, body);
    narrowed.body = body;
    if (narrowed.date && strcmp(row->kind, "act") == 0)
        narrowed.date = dz_json_str(body, "date");
    return s->take(s->ctx, &narrowed, err);
}

/* Stream facts into a builder. *ret_d is what the scope's numbers come from; the builder asks for
 * them at its end. */
static enum dz_code
stream(struct dz_vault *v, const struct dz_rules *rules, const struct dz_scope *scope,
       const struct dz_fact_filter *filter, dz_fact_fn *take, void *ctx,
       struct dz_disclosure **ret_d, struct dz_err *err)
{
    if (!scope || !scope->for_publication)
        return dz_facts_each(v, filter, take, ctx, err);
    DZ_TRY(dz_disclosure_load(v, rules, ret_d, err));
    struct public_stream s = {scope, *ret_d, take, ctx};
    DZ_TRY(dz_facts_each(v, filter, public_take, &s, err));
    dz_disclosure_settle(*ret_d);
    return DZ_OK;
}

enum dz_code
dz_chronology_build(struct dz_vault *v, const struct dz_rules *rules,
                    const struct dz_chronology_opts *opts, struct dz_chronology *ret,
                    struct dz_err *err)
{
    AUTO_ORIGINS struct dz_origins *o = NULL;
    DZ_AUTO_DISCLOSURE struct dz_disclosure *d = NULL;
    DZ_CLEANUP(dz_chrono_builder_done) struct dz_chrono_builder b = {0};
    struct dz_chronology_opts how = opts ? *opts : (struct dz_chronology_opts){0};
    DZ_TRY(dz_origins_load(v, rules, &o, err));
    DZ_TRY(dz_chrono_begin(&b, o, rules, &how, err));
    DZ_TRY(stream(v, rules, &how.scope, NULL, dz_chrono_take, &b, &d, err));
    how.scope.counted = d;
    return dz_chrono_end(&b, ret, err);
}

enum dz_code
dz_matrix_build(struct dz_vault *v, const struct dz_rules *rules, const struct dz_matrix_opts *opts,
                struct dz_matrix *ret, struct dz_err *err)
{
    AUTO_ORIGINS struct dz_origins *o = NULL;
    DZ_AUTO_DISCLOSURE struct dz_disclosure *d = NULL;
    DZ_CLEANUP(dz_matrix_builder_done) struct dz_matrix_builder b = {0};
    struct dz_matrix_opts how = opts ? *opts : (struct dz_matrix_opts){0};
    const struct dz_fact_filter acts = {.kind = "act"};
    DZ_TRY(dz_origins_load(v, rules, &o, err));
    DZ_TRY(dz_matrix_begin(&b, o, rules, &how, err));
    DZ_TRY(stream(v, rules, &how.scope, &acts, dz_matrix_take, &b, &d, err));
    how.scope.counted = d;
    return dz_matrix_end(&b, ret, err);
}

enum dz_code
dz_figures_build(struct dz_vault *v, const struct dz_rules *rules, const struct dz_scope *scope,
                 struct dz_figures *ret, struct dz_err *err)
{
    AUTO_ORIGINS struct dz_origins *o = NULL;
    DZ_CLEANUP(dz_figures_builder_done) struct dz_figures_builder b = {0};
    const struct dz_fact_filter figures = {.kind = "figure"};
    DZ_TRY(dz_origins_load(v, rules, &o, err));
    DZ_TRY(dz_figures_begin(&b, o, rules, scope, err));
    DZ_AUTO_DISCLOSURE struct dz_disclosure *d = NULL;
    DZ_TRY(stream(v, rules, scope, &figures, dz_figures_take, &b, &d, err));
    return dz_figures_end(&b, ret, err);
}

enum dz_code
dz_summary_build(struct dz_vault *v, const struct dz_rules *rules, const struct dz_scope *scope,
                 struct dz_summary *ret, struct dz_err *err)
{
    AUTO_ORIGINS struct dz_origins *o = NULL;
    DZ_CLEANUP(dz_summary_builder_done) struct dz_summary_builder b = {0};
    DZ_TRY(dz_origins_load(v, rules, &o, err));
    DZ_AUTO_DISCLOSURE struct dz_disclosure *d = NULL;
    struct dz_scope how = scope ? *scope : (struct dz_scope){0};
    DZ_TRY(dz_summary_begin(&b, o, rules, &how, err));
    DZ_TRY(stream(v, rules, &how, NULL, dz_summary_take, &b, &d, err));
    how.counted = d;
    return dz_summary_end(&b, ret, err);
}
