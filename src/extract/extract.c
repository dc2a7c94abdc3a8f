#include "dz_extract.h"

#include <string.h>

#include "dz_extract_priv.h"
#include "dz_json.h"
#include "dz_kind.h"
#include "dz_mem.h"
#include "dz_os.h"

/* One document: which program reads it is told by its head; a document that fits is handed over in
 * sealed memory, so that a program may look anywhere in it and several may read it in turn; a
 * larger one flows through a pipe. */

#define PART_BYTES_MIN ((uint64_t)256 << 20) /* files inside may take so much */
#define PART_BYTES_RATIO 200                 /* and so much for each byte of the container */
#define OCR_MEMORY ((uint64_t)2048 << 20)
#define OCR_SECONDS 3600

struct pass {
    const struct dz_extract_job *job;
    struct dz_box *box;
    struct dz_extracted *x;
    const struct dz_kind *kind; /* NULL until the head was seen */
    struct dz_buf head;
    int memory; /* the document as a whole, or -1 */
    bool plain; /* leave out what a reader died of */
    struct dz_box_session *session;
    struct dz_hearing hearing;
    bool enough; /* the rest of the document is not wanted */
};

static enum dz_code
stop(struct pass *p, struct dz_err *err)
{
    p->enough = true;
    return dz_fail(err, DZ_E_CANCELLED, "enough");
}

static struct dz_extracted
empty_result(const struct dz_kind *kind)
{
    return (struct dz_extracted){.status = DZ_EXTRACT_EMPTY,
                                 .media_type = kind ? kind->media_type : NULL,
                                 .text = DZ_BUF(DZ_EXTRACT_TEXT_MAX),
                                 .locators = DZ_BUF(DZ_EXTRACT_TEXT_MAX)};
}

/* ---- one program ---- */

static void
begin_hearing(struct pass *p)
{
    uint64_t most = p->job->size_bytes * PART_BYTES_RATIO;
    p->hearing = (struct dz_hearing){.x = p->x, .sink = p->job->parts};
    p->hearing.part_bytes_max = most > PART_BYTES_MIN ? most : PART_BYTES_MIN;
}

static enum dz_code
begin_session(struct pass *p, const char *family, struct dz_err *err)
{
    bool ocr = strcmp(family, "ocr") == 0;
    DZ_AUTO_BUF struct dz_buf options = DZ_BUF(256);
    if (p->job->parts)
        dz_buf_adds(&options, "parts=yes\n");
    if (p->plain)
        dz_buf_adds(&options, "plain=yes\n");
    if (ocr)
        dz_buf_addf(&options, "ocr=%s\n", p->job->ocr);
    begin_hearing(p);
    struct dz_box_job job = {.family = family,
                             .name = p->job->name,
                             .media_type = p->kind->media_type,
                             .options = options.n ? options.p : NULL,
                             .input_fd = p->memory,
                             .frame = dz_hearing_frame,
                             .ctx = &p->hearing,
                             .cancel = p->job->cancel};
    if (ocr)
        job.limits = (struct dz_box_limits){
            .memory_bytes = OCR_MEMORY, .processor_s = OCR_SECONDS, .wall_s = OCR_SECONDS};
    if (p->job->parts)
        job.limits.output_bytes = p->hearing.part_bytes_max + ((uint64_t)256 << 20);
    return dz_box_begin(p->box, &job, &p->session, err);
}

/* How it ended, as a status. What an untrustworthy worker said before is not kept. */
static void
judge(struct pass *p, enum dz_box_end end)
{
    static const char *const whys[] = {
        [DZ_BOX_CRASHED] = "worker_crashed", [DZ_BOX_MEMORY] = "worker_memory",
        [DZ_BOX_TIME] = "worker_time",       [DZ_BOX_OUTPUT] = "worker_output",
        [DZ_BOX_LIED] = "worker_lied",
    };
    if (end == DZ_BOX_DONE)
        return;
    const char *media_type = p->x->media_type;
    char *extractor = p->x->extractor;
    size_t n_parts = p->x->n_parts;
    p->x->extractor = NULL;
    dz_extracted_done(p->x);
    p->x->extractor = extractor;
    p->x->media_type = media_type;
    p->x->n_parts = n_parts;
    p->x->status = DZ_EXTRACT_FAILED;
    p->x->why = whys[end];
}

/* A limit of ours is a result: what came before it stays. */
static void
note_limit(struct pass *p)
{
    p->x->status = DZ_EXTRACT_TOO_LARGE;
    if (!p->x->why)
        p->x->why = "parts_limit";
}

/* Limits are results; what else went wrong is told upwards. */
static enum dz_code
end_session(struct pass *p, struct dz_err *err)
{
    struct dz_err why = {0};
    enum dz_box_end end = DZ_BOX_LIED;
    struct dz_box_session *s = p->session;
    p->session = NULL;
    enum dz_code code = dz_box_end(s, &end, &why);
    dz_hearing_done(&p->hearing);
    if (code == DZ_E_LIMIT) {
        note_limit(p);
        return DZ_OK;
    }
    if (code != DZ_OK)
        return dz_fail(err, code, "%s", why.msg);
    judge(p, end);
    return DZ_OK;
}

static enum dz_code
run_whole(struct pass *p, const char *family, struct dz_err *err)
{
    DZ_TRY(begin_session(p, family, err));
    return end_session(p, err);
}

/* ---- which program ---- */

static enum dz_code
without_text(struct pass *p, enum dz_extract_status status, const char *why, struct dz_err *err)
{
    p->x->status = status;
    p->x->why = why;
    return stop(p, err);
}

/* The head is complete: decide where the bytes go. */
static enum dz_code
begin(struct pass *p, struct dz_err *err)
{
    p->kind = dz_kind_of(dz_buf_view(&p->head), p->job->name);
    p->x->media_type = p->kind->media_type;
    bool is_unknown = strcmp(p->kind->media_type, "application/octet-stream") == 0;
    if (!p->kind->family)
        return without_text(p, DZ_EXTRACT_UNSUPPORTED, is_unknown ? "binary" : "kind", err);
    if (p->job->size_bytes <= DZ_EXTRACT_MAPPED_MAX)
        return dz_os_memory_file("document", &p->memory, err);
    if (!p->kind->streams)
        return without_text(p, DZ_EXTRACT_TOO_LARGE, "too_large", err);
    return begin_session(p, p->kind->family, err);
}

static enum dz_code
give(struct pass *p, const void *bytes, size_t n, struct dz_err *err)
{
    bool wants = true;
    if (p->memory >= 0)
        return dz_os_write_all(p->memory, bytes, n, err);
    enum dz_code code = dz_box_write(p->session, bytes, n, &wants, err);
    if (code == DZ_E_LIMIT) {
        note_limit(p);
        dz_box_cancel(p->session);
        p->session = NULL;
        dz_hearing_done(&p->hearing);
        return stop(p, err);
    }
    return code != DZ_OK || wants ? code : stop(p, err);
}

static enum dz_code
begin_with_head(struct pass *p, struct dz_err *err)
{
    DZ_TRY(begin(p, err));
    return p->head.n ? give(p, p->head.p, p->head.n, err) : DZ_OK;
}

static enum dz_code
take(void *ctx, const void *bytes, size_t n, struct dz_err *err)
{
    struct pass *p = ctx;
    const char *at = bytes;
    if (p->job->cancel && __atomic_load_n(p->job->cancel, __ATOMIC_RELAXED))
        return dz_fail(err, DZ_E_CANCELLED, "stopped");
    if (!p->kind) {
        size_t room = DZ_KIND_BYTES - p->head.n, part = n < room ? n : room;
        dz_buf_add(&p->head, at, part);
        at += part;
        n -= part;
        if (p->head.n == DZ_KIND_BYTES)
            DZ_TRY(begin_with_head(p, err));
    }
    return n ? give(p, at, n, err) : DZ_OK;
}

/* ---- outcome ---- */

/* What a first program said of a picture stays; the words come from the second. */
static enum dz_code
run_ocr(struct pass *p, struct dz_err *err)
{
    struct dz_extracted first = *p->x;
    *p->x = (struct dz_extracted){.media_type = first.media_type,
                                  .text = DZ_BUF(DZ_EXTRACT_TEXT_MAX),
                                  .locators = DZ_BUF(DZ_EXTRACT_TEXT_MAX),
                                  .title = first.title,
                                  .author = first.author,
                                  .published = first.published,
                                  .language = first.language,
                                  .address = first.address,
                                  .site = first.site,
                                  .meta = first.meta,
                                  .n_parts = first.n_parts,
                                  .ocr = dz_strdup(p->job->ocr)};
    dz_buf_done(&first.text);
    dz_buf_done(&first.locators);
    dz_free(first.extractor);
    dz_free(first.encoding);
    return run_whole(p, "ocr", err);
}

static bool
is_blank(struct dz_view text)
{
    return dz_view_trim(text).n == 0;
}

static void
settle_status(struct pass *p)
{
    struct dz_extracted *x = p->x;
    x->n_repaired = 0;
    const char *repaired = x->meta ? dz_json_str(x->meta, "text.repaired") : NULL;
    for (const char *c = repaired; c && *c >= '0' && *c <= '9'; c++)
        x->n_repaired = x->n_repaired * 10 + (size_t)(*c - '0');
    if (is_blank(dz_buf_view(&x->text))) {
        dz_buf_reset(&x->text);
        dz_buf_reset(&x->locators);
        if (x->status == DZ_EXTRACT_TEXT || x->status == DZ_EXTRACT_REPAIRED) {
            x->status = DZ_EXTRACT_EMPTY;
            x->why = "blank";
        }
    } else if (x->status == DZ_EXTRACT_TEXT && x->n_repaired) {
        x->status = DZ_EXTRACT_REPAIRED;
    }
}

static enum dz_code
read_all(struct pass *p, struct dz_err *err)
{
    if (p->memory < 0)
        return end_session(p, err);
    DZ_TRY(dz_os_seal_memory(p->memory, err));
    DZ_TRY(run_whole(p, p->kind->family, err));
    /* Libraries die of rare things in a document: read it once more for its pages alone. */
    if (p->x->why && strcmp(p->x->why, "worker_crashed") == 0 && !p->job->parts) {
        p->plain = true;
        dz_extracted_done(p->x);
        *p->x = empty_result(p->kind);
        DZ_TRY(run_whole(p, p->kind->family, err));
    }
    bool has_no_text = p->x->why && strcmp(p->x->why, "no_text") == 0;
    /* The pictures in any other document are sources of their own, and it may hold none. */
    bool is_scan = has_no_text && strcmp(p->kind->family, "pdf") == 0;
    if (has_no_text && !is_scan && !p->kind->is_picture)
        p->x->why = "blank";
    bool words_are_pictures = p->kind->is_picture ? p->x->status != DZ_EXTRACT_FAILED : is_scan;
    if (!words_are_pictures || p->job->parts)
        return DZ_OK;
    if (p->job->ocr)
        return run_ocr(p, err);
    p->x->status = DZ_EXTRACT_PICTURE;
    p->x->why = "ocr_off";
    return DZ_OK;
}

static enum dz_code
extract(struct pass *p, struct dz_err *err)
{
    struct dz_err why = {0};
    enum dz_code code = p->job->feed(p->job->feed_ctx, take, p, &why);
    if (code == DZ_OK && !p->kind)
        code = begin_with_head(p, &why);
    if (code != DZ_OK && !p->enough)
        return dz_fail(err, code, "%s", why.msg);
    if (p->session || p->memory >= 0)
        DZ_TRY(read_all(p, err));
    if (!p->x->extractor)
        p->x->extractor = dz_strdup("none/1");
    settle_status(p);
    return DZ_OK;
}

enum dz_code
dz_extract(struct dz_box *box, const struct dz_extract_job *job, struct dz_extracted *ret,
           struct dz_err *err)
{
    struct dz_extracted x = empty_result(NULL);
    struct pass p = {
        .job = job, .box = box, .x = &x, .head = DZ_BUF(DZ_KIND_BYTES), .memory = -1};
    enum dz_code code = extract(&p, err);
    dz_box_cancel(p.session);
    dz_hearing_done(&p.hearing);
    dz_os_close_quiet(&p.memory);
    dz_buf_done(&p.head);
    if (code == DZ_OK)
        *ret = x;
    else
        dz_extracted_done(&x);
    return code;
}
