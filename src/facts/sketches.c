#include "dz_sketches.h"

#include <string.h>

#include "dz_facts_priv.h"
#include "dz_locators.h"
#include "dz_pool.h"
#include "dz_where.h"

/* Texts are fetched by the thread that holds the vault, sketched by others, and kept in the order
 * of
 * the list, many to a transaction. */

#define JOBS_MAX 16
#define PER_COMMIT 512
#define BYTES_MAX ((size_t)8 << 20) /* of text under way; one that is larger goes alone */

/* Beside the hash of the text in the version of a sketch. */
#define SUFFIX "|" DZ_SKETCH_VERSION

struct stale {
    char source[DZ_ID_MAX];
    char sha256[DZ_HEX32];
};
struct sketch_job {
    const struct stale *of;
    struct dz_buf text;
    struct dz_sketch sketch;
};
struct sketching {
    struct dz_vault *v;
    struct stale *list;
    size_t n;
    size_t cap;
    struct dz_pool *pool;
    size_t under_way; /* bytes */
    uint64_t n_done;
    bool open; /* a transaction of the cache */
};

/* ---- the main text ---- */

/* Readers that tell frames of pages from their words. What a PDF has as "aside" are remarks, and its
 * locators are as long as its text. */
static bool
knows_frames(const char *extractor)
{
    static const char *const names[] = {"html/", "web/", "office/", "rtf/"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strncmp(extractor, names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

/* Where the next frame begins and ends, in code points, from `at` on; false: there is none. */
static bool
next_frame(struct dz_view *locators, size_t *ret_start, size_t *ret_end)
{
    struct dz_locator one;
    bool more = true, inside = false;
    *ret_end = SIZE_MAX;
    while (dz_locators_next(locators, &one, &more, NULL) == DZ_OK && more) {
        if (!inside && dz_view_is(one.kind, "aside")) {
            *ret_start = (size_t)one.start;
            inside = true;
        } else if (inside && dz_view_is(one.kind, "main")) {
            *ret_end = (size_t)one.start;
            return true;
        }
    }
    return inside;
}

/* A page that is nearly all frame was not understood: then all of it counts. */
#define MAIN_LEAST 10 /* one character in so many */

static bool
blank_frames(struct dz_view text, struct dz_view locators, struct dz_buf *out)
{
    size_t pos = 0, at = 0, start = 0, end = 0, kept = 0, before = out->n;
    while (next_frame(&locators, &start, &end)) {
        size_t from = pos;
        for (; pos < text.n && at < start; at++, kept++)
            (void)dz_utf8_next(text, &pos);
        dz_buf_add(out, text.p + from, pos - from);
        for (; pos < text.n && at < end; at++) {
            (void)dz_utf8_next(text, &pos);
            dz_buf_addc(out, ' ');
        }
    }
    if (at == kept || kept + dz_utf8_length((struct dz_view){text.p + pos, text.n - pos}) <
                          at / MAIN_LEAST) {
        dz_buf_cut(out, before);
        return false;
    }
    dz_buf_add(out, text.p + pos, text.n - pos);
    return true;
}

enum dz_code
dz_sketches_main(struct dz_vault *v, const char *source, const char *text_sha256,
                 const char *extractor, struct dz_view text, struct dz_buf *out, bool *ret_framed,
                 struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf locators = DZ_BUF(DZ_LOCATORS_MAX);
    struct dz_err why = {0};
    *ret_framed = false;
    if (!extractor || !knows_frames(extractor))
        return DZ_OK;
    enum dz_code code = dz_source_locators(v, source, text_sha256, &locators, &why);
    /* Damaged: verify names it, and the whole text is compared. */
    if (code == DZ_E_CORRUPT || code == DZ_E_NOTFOUND)
        return DZ_OK;
    if (code != DZ_OK)
        return dz_fail(err, code, "%s", why.msg);
    *ret_framed = blank_frames(text, dz_buf_view(&locators), out);
    return DZ_OK;
}

enum dz_code
dz_sketches_text(struct dz_vault *v, const char *source, const char *text_sha256,
                 struct dz_buf *out, struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(DZ_TEXT_MAX);
    DZ_AUTO_FREE char *extractor = NULL;
    bool framed = false;
    DZ_TRY(dz_source_text_version(v, source, text_sha256, &text, err));
    DZ_TRY(dz_db_get_text(dz_vault_db(v), DZ_Q_TEXT_EXTRACTOR, &extractor, err,
                          DZ_ARGS(dz_arg_text(source), dz_arg_text(text_sha256))));
    DZ_TRY(dz_sketches_main(v, source, text_sha256, extractor, dz_buf_view(&text), out, &framed,
                            err));
    if (!framed)
        dz_buf_addv(out, dz_buf_view(&text));
    return dz_buf_ok(out, "the text", err);
}

/* ---- keeping ---- */

enum dz_code
dz_sketches_put(struct dz_vault *v, const char *source, const char *text_sha256,
                const struct dz_sketch *s, struct dz_err *err)
{
    DZ_AUTO_FREE char *version = dz_asprintf("%s" SUFFIX, text_sha256);
    DZ_AUTO_FREE uint8_t *bytes = dz_alloc_array(s->n, 4);
    for (size_t i = 0; i < s->n; i++)
        for (size_t k = 0; k < 4; k++)
            bytes[4 * i + k] = (uint8_t)(s->hashes[i] >> (24 - 8 * k));
    return dz_db_exec(dz_vault_db(v), DZ_Q_SKETCH_PUT, err,
                      DZ_ARGS(dz_arg_text(source), dz_arg_text(version),
                              dz_arg_int((int64_t)s->n_words), dz_arg_bytes(bytes, 4 * s->n)));
}

bool
dz_sketches_decode(struct dz_view stored, uint32_t **hashes, size_t *n, size_t *cap)
{
    const uint8_t *p = (const uint8_t *)stored.p;
    uint32_t last = 0;
    size_t n_new = stored.n / 4;
    *hashes = dz_grow(*hashes, cap, *n + n_new + 1, sizeof **hashes);
    for (size_t i = 0; i < n_new; i++, p += 4) {
        uint32_t hash =
            (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | (uint32_t)p[3];
        if (i > 0 && hash <= last)
            return false;
        (*hashes)[*n + i] = last = hash;
    }
    *n += n_new;
    return stored.n % 4 == 0;
}

static void
copy_text(char *to, size_t room, struct dz_view from)
{
    size_t n = from.n < room ? from.n : room - 1;
    memcpy(to, from.p, n);
    to[n] = '\0';
}

static enum dz_code
list_stale(struct sketching *s, struct dz_err *err)
{
    struct dz_rows *rows = NULL;
    DZ_TRY(dz_db_query(dz_vault_db(s->v), DZ_Q_SKETCH_STALE, &rows, err,
                       DZ_ARGS(dz_arg_text(SUFFIX))));
    while (dz_rows_next(rows)) {
        s->list = dz_grow(s->list, &s->cap, s->n + 1, sizeof *s->list);
        struct stale *one = &s->list[s->n++];
        copy_text(one->source, sizeof one->source, dz_rows_view(rows, 0));
        copy_text(one->sha256, sizeof one->sha256, dz_rows_view(rows, 1));
    }
    return dz_rows_end(rows, err);
}

static void
job_free(struct sketch_job *j)
{
    dz_buf_done(&j->text);
    dz_sketch_done(&j->sketch);
    dz_free(j);
}

static void
run_job(void *state, void *job)
{
    struct sketch_job *j = job;
    (void)state;
    dz_sketch_make(&j->sketch, dz_buf_view(&j->text));
}

/* Nothing is kept of a source that another process removed meanwhile. */
static enum dz_code
settle_oldest(struct sketching *s, struct dz_err *err)
{
    struct sketch_job *j = dz_pool_take(s->pool);
    struct dz_db *db = dz_vault_db(s->v);
    bool here = false;
    enum dz_code code = DZ_OK;
    s->under_way -= j->text.n;
    if (!s->open)
        code = dz_db_cache_begin(db, err);
    s->open = s->open || code == DZ_OK;
    if (code == DZ_OK)
        code = dz_source_is_here(s->v, j->of->source, &here, err);
    if (code == DZ_OK && here)
        code = dz_sketches_put(s->v, j->of->source, j->of->sha256, &j->sketch, err);
    job_free(j);
    if (code == DZ_OK && ++s->n_done % PER_COMMIT == 0) {
        s->open = false;
        code = dz_db_cache_commit(db, err);
    }
    return code;
}

/* A text that is damaged, or was removed meanwhile, is left out. */
static enum dz_code
put_one(struct sketching *s, const struct stale *one, struct dz_err *err)
{
    struct sketch_job *j = dz_alloc(sizeof *j);
    struct dz_err why = {0};
    j->of = one;
    j->text.max = DZ_TEXT_MAX;
    enum dz_code code = dz_sketches_text(s->v, one->source, one->sha256, &j->text, &why);
    if (code != DZ_OK) {
        job_free(j);
        return code == DZ_E_CORRUPT || code == DZ_E_NOTFOUND || code == DZ_E_INPUT
                   ? DZ_OK
                   : dz_fail(err, code, "%s", why.msg);
    }
    while (code == DZ_OK && dz_pool_count(s->pool) > 0 &&
           (dz_pool_count(s->pool) == JOBS_MAX || s->under_way + j->text.n > BYTES_MAX))
        code = settle_oldest(s, err);
    if (code != DZ_OK) {
        job_free(j);
        return code;
    }
    s->under_way += j->text.n;
    dz_pool_put(s->pool, j);
    return DZ_OK;
}

static enum dz_code
sketch_all(struct sketching *s, const bool *cancel, struct dz_err *err)
{
    enum dz_code code = DZ_OK;
    s->pool = dz_pool_new(&(struct dz_pool_opts){.n_jobs = JOBS_MAX, .run = run_job});
    for (size_t i = 0; i < s->n && code == DZ_OK; i++) {
        if (cancel && __atomic_load_n(cancel, __ATOMIC_RELAXED))
            code = dz_fail(err, DZ_E_CANCELLED, "stopped: the next command goes on");
        else
            code = put_one(s, &s->list[i], err);
    }
    while (code == DZ_OK && dz_pool_count(s->pool) > 0)
        code = settle_oldest(s, err);
    while (dz_pool_count(s->pool) > 0)
        job_free(dz_pool_take(s->pool));
    dz_pool_free(s->pool);
    if (!s->open)
        return code;
    enum dz_code end = dz_db_cache_commit(dz_vault_db(s->v), code == DZ_OK ? err : NULL);
    return code == DZ_OK ? end : code;
}

enum dz_code
dz_sketches_update(struct dz_vault *v, const bool *cancel, uint64_t *ret_n, struct dz_err *err)
{
    struct sketching s = {.v = v};
    enum dz_code code = list_stale(&s, err);
    if (code == DZ_OK && s.n > 0)
        code = sketch_all(&s, cancel, err);
    if (ret_n)
        *ret_n = s.n_done;
    dz_free(s.list);
    return code;
}

enum dz_code
dz_lineage_decide(struct dz_vault *v, const char *source, const char *origin, const char *decision,
                  const char *note, struct dz_err *err)
{
    DZ_AUTO_SOURCE struct dz_source one = {0};
    DZ_AUTO_SOURCE struct dz_source other = {0};
    DZ_TRY(dz_source_get(v, source, &one, err));
    DZ_TRY(dz_source_get(v, origin, &other, err));
    if (strcmp(one.row.id, other.row.id) == 0)
        return dz_fail(err, DZ_E_INPUT, "%s is one source: name two", one.row.id);
    if (note && strlen(note) > 500)
        return dz_fail(err, DZ_E_INPUT, "a note has at most 500 bytes");
    DZ_AUTO_JSON json_t *fields = json_object();
    dz_json_set_str(fields, "source", one.row.id);
    dz_json_set_str(fields, "origin", other.row.id);
    dz_json_set_str(fields, "decision", decision);
    dz_json_set_str(fields, "note", note);
    return dz_commit_one(v, "lineage.decided", fields, err);
}
