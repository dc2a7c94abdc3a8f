#include "dz_rebuild.h"

#include <string.h>

#include "dz_extract_priv.h"
#include "dz_kind.h"
#include "dz_mem.h"
#include "dz_os.h"

#define REBUILD_MEMORY ((uint64_t)2048 << 20)
#define REBUILD_SECONDS 3600
#define COPY_BYTES_MAX ((uint64_t)1024 << 20) /* of the copy */

struct taking {
    const struct dz_extract_job *job;
    const struct dz_rebuild_how *how;
    int memory; /* the document as a whole */
    struct dz_buf head;
    uint64_t n;
};

static enum dz_code
take(void *ctx, const void *bytes, size_t n, struct dz_err *err)
{
    struct taking *t = ctx;
    const bool *cancel = t->job->cancel;
    if (cancel && __atomic_load_n(cancel, __ATOMIC_RELAXED))
        return dz_fail(err, DZ_E_CANCELLED, "stopped");
    size_t room = DZ_KIND_BYTES - t->head.n;
    dz_buf_add(&t->head, bytes, n < room ? n : room);
    t->n += n;
    return t->n > DZ_EXTRACT_MAPPED_MAX ? DZ_OK : dz_os_write_all(t->memory, bytes, n, err);
}

/* Kinds that are seen as a whole: pictures, pages of PDF, plain text. Everything else has corners
 * that nobody sees, and no form that is without them. */
static bool
can_be_rebuilt(const struct dz_kind *kind)
{
    return kind->is_picture || strcmp(kind->media_type, "application/pdf") == 0 ||
           (kind->family && strcmp(kind->family, "text") == 0);
}

static enum dz_code
rebuild(struct dz_box *box, const struct taking *t, const char *media_type, struct dz_extracted *x,
        struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf options = DZ_BUF(DZ_REBUILD_MASK_MAX + 256);
    dz_buf_adds(&options, "parts=yes\n");
    if (t->how->form)
        dz_buf_addf(&options, "form=%s\n", t->how->form);
    if (t->how->mask)
        dz_buf_addf(&options, "mask=%s\n", t->how->mask);
    struct dz_hearing hearing = {
        .x = x, .sink = t->job->parts, .part_bytes_max = COPY_BYTES_MAX};
    struct dz_box_session *session = NULL;
    enum dz_box_end end = DZ_BOX_LIED;
    struct dz_box_job job = {
        .family = "rebuild",
        .name = "document",
        .media_type = media_type,
        .options = options.p,
        .input_fd = t->memory,
        .frame = dz_hearing_frame,
        .ctx = &hearing,
        .cancel = t->job->cancel,
        .limits = {.memory_bytes = REBUILD_MEMORY,
                   .processor_s = REBUILD_SECONDS,
                   .wall_s = REBUILD_SECONDS,
                   .output_bytes = COPY_BYTES_MAX + ((uint64_t)64 << 20)},
    };
    struct dz_err why = {0};
    enum dz_code code = dz_box_begin(box, &job, &session, &why);
    if (code == DZ_OK)
        code = dz_box_end(session, &end, &why);
    dz_hearing_done(&hearing);
    if (code == DZ_E_LIMIT) {
        x->status = DZ_EXTRACT_TOO_LARGE;
        x->why = "too_large";
        return DZ_OK;
    }
    if (code != DZ_OK)
        return dz_fail(err, code, "%s", why.msg);
    if (end != DZ_BOX_DONE) {
        x->status = DZ_EXTRACT_FAILED;
        x->why = end == DZ_BOX_MEMORY   ? "worker_memory"
                 : end == DZ_BOX_TIME   ? "worker_time"
                 : end == DZ_BOX_OUTPUT ? "worker_output"
                 : end == DZ_BOX_LIED   ? "worker_lied"
                                        : "worker_crashed";
    }
    return DZ_OK;
}

static enum dz_code
gather_and_rebuild(struct dz_box *box, struct taking *t, struct dz_extracted *x,
                   struct dz_err *err)
{
    DZ_TRY(dz_os_memory_file("document", &t->memory, err));
    DZ_TRY(t->job->feed(t->job->feed_ctx, take, t, err));
    DZ_TRY(dz_os_seal_memory(t->memory, err));
    const struct dz_kind *kind = dz_kind_of(dz_buf_view(&t->head), t->job->name);
    x->media_type = kind->media_type;
    x->status = DZ_EXTRACT_UNSUPPORTED;
    x->why = "kind";
    if (!can_be_rebuilt(kind))
        return DZ_OK;
    x->status = DZ_EXTRACT_TOO_LARGE;
    x->why = "too_large";
    return t->n > DZ_EXTRACT_MAPPED_MAX ? DZ_OK : rebuild(box, t, kind->media_type, x, err);
}

enum dz_code
dz_extract_rebuild(struct dz_box *box, const struct dz_extract_job *job, struct dz_extracted *ret,
                   struct dz_err *err)
{
    static const struct dz_rebuild_how plain = {0};
    return dz_extract_rebuild_masked(box, job, &plain, ret, err);
}

enum dz_code
dz_extract_rebuild_masked(struct dz_box *box, const struct dz_extract_job *job,
                          const struct dz_rebuild_how *how, struct dz_extracted *ret,
                          struct dz_err *err)
{
    if (how->mask && strlen(how->mask) > DZ_REBUILD_MASK_MAX)
        return dz_fail(err, DZ_E_LIMIT,
                       "more is to be painted over than one copy can take: make a copy as text");
    struct dz_extracted x = {.text = DZ_BUF(DZ_EXTRACT_TEXT_MAX)};
    struct taking t = {.job = job, .how = how, .memory = -1, .head = DZ_BUF(DZ_KIND_BYTES)};
    enum dz_code code = gather_and_rebuild(box, &t, &x, err);
    dz_os_close_quiet(&t.memory);
    dz_buf_done(&t.head);
    if (code == DZ_OK)
        *ret = x;
    else
        dz_extracted_done(&x);
    return code;
}
