/* The views of a vault: its sources are read once, its facts stream through the builders. What the
 * builders do is tested without a vault. */
#include "analysis_impl.h"
#include "chronology_impl.h"
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

enum dz_code
dz_chronology_build(struct dz_vault *v, const struct dz_rules *rules,
                    const struct dz_chronology_opts *opts, struct dz_chronology *ret,
                    struct dz_err *err)
{
    AUTO_ORIGINS struct dz_origins *o = NULL;
    DZ_CLEANUP(dz_chrono_builder_done) struct dz_chrono_builder b = {0};
    DZ_TRY(dz_origins_load(v, rules, &o, err));
    DZ_TRY(dz_chrono_begin(&b, o, rules, opts, err));
    DZ_TRY(dz_facts_each(v, NULL, dz_chrono_take, &b, err));
    return dz_chrono_end(&b, ret, err);
}

enum dz_code
dz_matrix_build(struct dz_vault *v, const struct dz_rules *rules, const struct dz_matrix_opts *opts,
                struct dz_matrix *ret, struct dz_err *err)
{
    AUTO_ORIGINS struct dz_origins *o = NULL;
    DZ_CLEANUP(dz_matrix_builder_done) struct dz_matrix_builder b = {0};
    const struct dz_fact_filter acts = {.kind = "act"};
    DZ_TRY(dz_origins_load(v, rules, &o, err));
    DZ_TRY(dz_matrix_begin(&b, o, rules, opts, err));
    DZ_TRY(dz_facts_each(v, &acts, dz_matrix_take, &b, err));
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
    DZ_TRY(dz_facts_each(v, &figures, dz_figures_take, &b, err));
    return dz_figures_end(&b, ret, err);
}

enum dz_code
dz_summary_build(struct dz_vault *v, const struct dz_rules *rules, const struct dz_scope *scope,
                 struct dz_summary *ret, struct dz_err *err)
{
    AUTO_ORIGINS struct dz_origins *o = NULL;
    DZ_CLEANUP(dz_summary_builder_done) struct dz_summary_builder b = {0};
    DZ_TRY(dz_origins_load(v, rules, &o, err));
    DZ_TRY(dz_summary_begin(&b, o, rules, scope, err));
    DZ_TRY(dz_facts_each(v, NULL, dz_summary_take, &b, err));
    return dz_summary_end(&b, ret, err);
}
