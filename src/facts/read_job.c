#include <string.h>

#include "dz_read_priv.h"

/* The part of reading that needs nothing but the bytes: it runs in several threads at once, each
 * with its own sealer, and touches only its job. */

void
dz_read_job_free(struct dz_read_job *j)
{
    if (!j)
        return;
    dz_loan_free(j->loan);
    __atomic_fetch_sub(j->held, j->holds, __ATOMIC_RELAXED);
    dz_extracted_done(&j->x);
    dz_derived_done(&j->derived);
    dz_free(j->name);
    dz_free(j->path);
    dz_free(j->basis);
    dz_free(j->access);
    dz_free(j);
}

static enum dz_code
feed(void *ctx, dz_extract_chunk_fn *to, void *to_ctx, struct dz_err *err)
{
    return dz_loan_read(ctx, to, to_ctx, err);
}

static enum dz_code
run(struct dz_sealer *sealer, struct dz_read_job *j, struct dz_err *err)
{
    struct dz_extract_job job = {.name = j->name,
                                 .size_bytes = j->original.size_bytes,
                                 .feed = feed,
                                 .feed_ctx = j->loan,
                                 .ocr = j->opts->ocr,
                                 .cancel = j->opts->cancel};
    if (__atomic_load_n(j->stop, __ATOMIC_RELAXED))
        return dz_fail(err, DZ_E_CANCELLED, "stopped");
    DZ_TRY(dz_extract(j->opts->box, &job, &j->x, err));
    j->holds = j->x.text.n + j->x.locators.n;
    __atomic_fetch_add(j->held, j->holds, __ATOMIC_RELAXED);
    return dz_derive(sealer, j->rules, j->id, j->name, &j->x, &j->original, &j->derived, err);
}

void
dz_read_run(void *sealer, void *job)
{
    struct dz_read_job *j = job;
    j->code = run(sealer, j, &j->why);
    if (j->code != DZ_OK)
        dz_sealer_cancel(sealer);
}
