#include <stdlib.h>
#include <string.h>

#include "dz_codec.h"
#include "dz_json.h"
#include "dz_pool.h"
#include "dz_sketches.h"
#include "dz_source.h"
#include "lineage_vault.h"

/* Texts of a vault against each other. Candidates come from the sketches; a pair whose texts and
 * shared shingles are as they were is not read again. Texts are fetched by the thread that holds
 * the
 * vault and compared by others, some pairs of one text to a job. */

#define JOBS_MAX 8
#define PAIRS_MAX 32                   /* of a job */
#define JOB_BYTES ((size_t)8 << 20)    /* of texts */
#define KEPT_TEXTS 1024                /* by number: relatives stand near each other */
#define KEPT_BYTES_MAX ((size_t)65536) /* of one that is kept */
#define PER_COMMIT 512

struct known { /* a row of cache_pair */
    char *source;
    char *origin;
    char version[17];
    bool used;
};
struct compared {
    size_t a;
    struct dz_buf text;
    char version[17];
    uint32_t *marks; /* rare, then common */
    size_t n_rare;
    size_t n_common;
    size_t n_own;
    struct dz_verdict verdict;
    bool missing; /* its text cannot be read */
};
struct job {
    size_t b;
    struct dz_buf text;
    size_t n_own;
    struct compared pairs[PAIRS_MAX];
    size_t n;
    size_t bytes;
};
struct comparing {
    struct dz_lineage_work *w;
    struct dz_sketch_set set;
    struct dz_candidates c;
    struct known *known; /* by source, then origin */
    size_t n_known;
    size_t cap_known;
    struct dz_buf kept[KEPT_TEXTS];
    size_t kept_of[KEPT_TEXTS]; /* number of the text plus one */
    struct dz_marks_buf marks;
    struct dz_pool *pool;
    size_t n_written;
    bool open;
};

static const char *
id_of(const struct comparing *k, size_t text)
{
    return k->w->l->sources[k->w->texts[text].source].id;
}

/* ---- what was kept ---- */

static int
by_ids(const void *a, const void *b)
{
    const struct known *x = a, *y = b;
    int cmp = strcmp(x->source, y->source);
    return cmp != 0 ? cmp : strcmp(x->origin, y->origin);
}

static enum dz_code
load_known(struct comparing *k, struct dz_err *err)
{
    struct dz_rows *rows = NULL;
    DZ_TRY(dz_db_query(dz_vault_db(k->w->v), DZ_Q_PAIR_LIST, &rows, err, DZ_NO_ARGS));
    while (dz_rows_next(rows)) {
        k->known = dz_grow(k->known, &k->cap_known, k->n_known + 1, sizeof *k->known);
        struct known *one = &k->known[k->n_known++];
        one->source = dz_strdup(dz_rows_text(rows, 0));
        one->origin = dz_strdup(dz_rows_text(rows, 1));
        struct dz_view version = dz_rows_view(rows, 2);
        memcpy(one->version, version.p, version.n < 16 ? version.n : 16);
    }
    if (k->n_known > 0)
        qsort(k->known, k->n_known, sizeof *k->known, by_ids);
    return dz_rows_end(rows, err);
}

static struct known *
find_known(const struct comparing *k, const char *source, const char *origin)
{
    union {
        const char *in;
        char *out;
    } s = {.in = source}, o = {.in = origin};
    struct known key = {.source = s.out, .origin = o.out};
    return k->n_known == 0 ? NULL
                           : bsearch(&key, k->known, k->n_known, sizeof *k->known, by_ids);
}

/* ---- sketches ---- */

struct stored {
    size_t text; /* number */
    size_t at;
    size_t n;
};

static int
by_text(const void *a, const void *b)
{
    const struct stored *x = a, *y = b;
    return (x->text > y->text) - (x->text < y->text);
}

/* Sketches come in the order of the table; the set has them in the order of time. */
static enum dz_code
load_sketches(struct comparing *k, struct dz_err *err)
{
    const struct dz_lineage_work *w = k->w;
    struct dz_rows *rows = NULL;
    size_t cap = 0, n = 0, n_stored = 0;
    uint32_t *all = NULL;
    size_t *number = dz_alloc_array(w->l->n, sizeof *number); /* of a source's text plus one */
    struct stored *stored = dz_alloc_array(w->n, sizeof *stored);
    for (size_t i = 0; i < w->n; i++)
        number[w->texts[i].source] = i + 1;
    enum dz_code code = dz_db_query(dz_vault_db(w->v), DZ_Q_SKETCH_LIST, &rows, err, DZ_NO_ARGS);
    while (code == DZ_OK && dz_rows_next(rows)) {
        size_t source = dz_lineage_work_find(w, dz_rows_view(rows, 0)), at = n;
        if (source == DZ_LINEAGE_NONE || number[source] == 0 || n_stored == w->n)
            continue;
        if (!dz_sketches_decode(dz_rows_view(rows, 1), &all, &n, &cap))
            n = at;
        stored[n_stored++] = (struct stored){number[source] - 1, at, n - at};
    }
    if (code == DZ_OK)
        code = dz_rows_end(rows, err);
    if (n_stored > 0)
        qsort(stored, n_stored, sizeof *stored, by_text);
    k->set = (struct dz_sketch_set){.hashes = dz_alloc_array(n, sizeof *all),
                                    .at = dz_alloc_array(w->n + 1, sizeof *k->set.at),
                                    .n = w->n};
    for (size_t i = 0, s = 0; i < w->n; i++) {
        k->set.at[i + 1] = k->set.at[i];
        if (s == n_stored || stored[s].text != i)
            continue;
        if (stored[s].n > 0)
            memcpy(k->set.hashes + k->set.at[i], all + stored[s].at, stored[s].n * sizeof *all);
        k->set.at[i + 1] += stored[s++].n;
    }
    dz_free(all);
    dz_free(number);
    dz_free(stored);
    return code;
}

/* ---- jobs ---- */

static void
job_free(struct job *j)
{
    for (size_t i = 0; i < j->n; i++) {
        dz_buf_done(&j->pairs[i].text);
        dz_free(j->pairs[i].marks);
        dz_verdict_done(&j->pairs[i].verdict);
    }
    dz_buf_done(&j->text);
    dz_free(j);
}

static void
run_job(void *state, void *job)
{
    struct job *j = job;
    struct dz_judged_text b;
    (void)state;
    dz_judged_text_init(&b, dz_buf_view(&j->text));
    b.n_own = j->n_own;
    for (size_t i = 0; i < j->n; i++) {
        struct compared *p = &j->pairs[i];
        struct dz_judged_text a;
        struct dz_marks marks = {p->marks, p->n_rare, p->marks + p->n_rare, p->n_common};
        if (p->missing)
            continue;
        dz_judged_text_init(&a, dz_buf_view(&p->text));
        a.n_own = p->n_own;
        dz_judge(&a, &b, &marks, &p->verdict);
        dz_judged_text_done(&a);
    }
    dz_judged_text_done(&b);
}

/* As take_pair in lineage.c reads it; nothing where the two have nothing to do with each other. */
static void
print_verdict(const struct dz_verdict *v, struct dz_buf *out)
{
    if (v->n_same == 0)
        return;
    dz_buf_addf(out, "[%u,%u,%u,%u", v->n_words_a, v->n_words_b, v->n_same, v->n_longest);
    for (size_t i = 0; i < v->n_passages; i++) {
        const struct dz_lineage_passage *p = &v->passages[i];
        dz_buf_addf(out, ",%zu,%zu,%zu,%zu,%zu", p->start, p->end, p->origin_start, p->origin_end,
                    p->n_words);
    }
    dz_buf_addc(out, ']');
}

static enum dz_code
write_pair(struct comparing *k, const char *source, const char *origin, const char *version,
           const char *body, struct dz_err *err)
{
    struct dz_db *db = dz_vault_db(k->w->v);
    if (!k->open)
        DZ_TRY(dz_db_cache_begin(db, err));
    k->open = true;
    if (version)
        DZ_TRY(dz_db_exec(db, DZ_Q_PAIR_PUT, err,
                          DZ_ARGS(dz_arg_text(source), dz_arg_text(origin), dz_arg_text(version),
                                  dz_arg_text(body))));
    else
        DZ_TRY(dz_db_exec(db, DZ_Q_PAIR_DROP_ONE, err,
                          DZ_ARGS(dz_arg_text(source), dz_arg_text(origin))));
    if (++k->n_written % PER_COMMIT != 0)
        return DZ_OK;
    k->open = false;
    return dz_db_cache_commit(db, err);
}

static enum dz_code
settle_oldest(struct comparing *k, struct dz_err *err)
{
    struct job *j = dz_pool_take(k->pool);
    enum dz_code code = DZ_OK;
    for (size_t i = 0; i < j->n && code == DZ_OK; i++) {
        struct compared *p = &j->pairs[i];
        DZ_AUTO_BUF struct dz_buf body = DZ_BUF((size_t)16 << 20);
        if (p->missing)
            continue;
        print_verdict(&p->verdict, &body);
        code = dz_buf_ok(&body, "the passages of two sources", err);
        if (code == DZ_OK)
            code = write_pair(k, id_of(k, j->b), id_of(k, p->a), p->version,
                              body.p ? body.p : "", err);
    }
    job_free(j);
    return code;
}

static enum dz_code
put_job(struct comparing *k, struct job **j, struct dz_err *err)
{
    struct job *full = *j;
    *j = NULL;
    if (!full)
        return DZ_OK;
    if (full->n == 0) {
        job_free(full);
        return DZ_OK;
    }
    enum dz_code code = DZ_OK;
    if (dz_pool_count(k->pool) == JOBS_MAX)
        code = settle_oldest(k, err);
    if (code != DZ_OK)
        job_free(full);
    else
        dz_pool_put(k->pool, full);
    return code;
}

/* *ret_missing: it is damaged, or was removed meanwhile. */
static enum dz_code
fetch(struct comparing *k, size_t text, struct dz_buf *out, bool *ret_missing, struct dz_err *err)
{
    size_t slot = text % KEPT_TEXTS;
    struct dz_err why = {0};
    out->max = DZ_TEXT_MAX;
    if (k->kept_of[slot] == text + 1) {
        dz_buf_addv(out, dz_buf_view(&k->kept[slot]));
        return DZ_OK;
    }
    enum dz_code code =
        dz_sketches_text(k->w->v, id_of(k, text), k->w->texts[text].sha256, out, &why);
    *ret_missing = code != DZ_OK;
    if (code != DZ_OK && code != DZ_E_CORRUPT && code != DZ_E_NOTFOUND && code != DZ_E_INPUT)
        return dz_fail(err, code, "%s", why.msg);
    if (code == DZ_OK && out->n <= KEPT_BYTES_MAX) {
        dz_buf_reset(&k->kept[slot]);
        dz_buf_addv(&k->kept[slot], dz_buf_view(out));
        k->kept_of[slot] = text + 1;
    }
    return DZ_OK;
}

static size_t
own_words(const struct comparing *k, size_t text)
{
    size_t n_words = k->w->l->sources[k->w->texts[text].source].n_words;
    return dz_candidates_own_words(&k->c, text, n_words);
}

/* What the verdict about two texts follows from. */
static void
version_of(const struct comparing *k, size_t a, size_t b, const struct dz_marks *marks,
           char ret[17])
{
    const size_t own[2] = {own_words(k, a), own_words(k, b)};
    uint64_t h = 14695981039346656037u; /* FNV-1a */
    const struct {
        const void *p;
        size_t n;
    } parts[] = {
        {DZ_LINEAGE_VERSION DZ_SKETCH_VERSION, 2},
        {k->w->texts[a].sha256, DZ_HEX32},
        {k->w->texts[b].sha256, DZ_HEX32},
        {marks->rare, marks->n_rare * sizeof *marks->rare},
        {own, sizeof own},
        {marks->common, marks->n_common * sizeof *marks->common},
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        const uint8_t *p = parts[i].p;
        for (size_t n = 0; n < parts[i].n; n++)
            h = (h ^ p[n]) * 1099511628211u;
    }
    uint8_t bytes[8];
    for (size_t i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(h >> (56 - 8 * i));
    dz_hex_encode(bytes, 8, ret);
}

static enum dz_code
begin_job(struct comparing *k, size_t b, struct job **ret, struct dz_err *err)
{
    struct job *j = dz_alloc(sizeof *j);
    bool missing = false;
    j->b = b;
    j->n_own = own_words(k, b);
    enum dz_code code = fetch(k, b, &j->text, &missing, err);
    j->bytes = j->text.n;
    if (code != DZ_OK || missing) {
        job_free(j);
        j = NULL;
    }
    *ret = j;
    return code;
}

static enum dz_code
add_candidate(struct comparing *k, struct job **j, const struct dz_candidate *one,
              struct dz_err *err)
{
    struct dz_marks marks = dz_candidates_marks(&k->c, one->a, one->b, &k->marks);
    char version[17];
    version_of(k, one->a, one->b, &marks, version);
    struct known *known = find_known(k, id_of(k, one->b), id_of(k, one->a));
    if (known) {
        known->used = true;
        if (strcmp(known->version, version) == 0)
            return DZ_OK;
    }
    if (*j && ((*j)->b != one->b || (*j)->n == PAIRS_MAX || (*j)->bytes >= JOB_BYTES))
        DZ_TRY(put_job(k, j, err));
    if (!*j)
        DZ_TRY(begin_job(k, one->b, j, err));
    if (!*j)
        return DZ_OK;
    struct compared *p = &(*j)->pairs[(*j)->n++];
    *p = (struct compared){.a = one->a, .n_rare = marks.n_rare, .n_common = marks.n_common};
    p->n_own = own_words(k, one->a);
    memcpy(p->version, version, sizeof version);
    p->marks = dz_alloc_array(marks.n_rare + marks.n_common, sizeof *p->marks);
    if (marks.n_rare > 0)
        memcpy(p->marks, marks.rare, marks.n_rare * sizeof *p->marks);
    if (marks.n_common > 0)
        memcpy(p->marks + marks.n_rare, marks.common, marks.n_common * sizeof *p->marks);
    DZ_TRY(fetch(k, one->a, &p->text, &p->missing, err));
    (*j)->bytes += p->text.n;
    return DZ_OK;
}

static enum dz_code
compare_all(struct comparing *k, struct dz_err *err)
{
    struct job *j = NULL;
    enum dz_code code = DZ_OK;
    k->pool = dz_pool_new(&(struct dz_pool_opts){.n_jobs = JOBS_MAX, .run = run_job});
    for (size_t i = 0; i < k->c.n && code == DZ_OK; i++) {
        if (k->w->cancel && __atomic_load_n(k->w->cancel, __ATOMIC_RELAXED))
            code = dz_fail(err, DZ_E_CANCELLED, "stopped: the next command goes on");
        else
            code = add_candidate(k, &j, &k->c.items[i], err);
    }
    if (code == DZ_OK)
        code = put_job(k, &j, err);
    else if (j)
        job_free(j);
    while (code == DZ_OK && dz_pool_count(k->pool) > 0)
        code = settle_oldest(k, err);
    while (dz_pool_count(k->pool) > 0)
        job_free(dz_pool_take(k->pool));
    dz_pool_free(k->pool);
    for (size_t i = 0; i < k->n_known && code == DZ_OK; i++)
        if (!k->known[i].used)
            code = write_pair(k, k->known[i].source, k->known[i].origin, NULL, NULL, err);
    if (!k->open)
        return code;
    enum dz_code end = dz_db_cache_commit(dz_vault_db(k->w->v), code == DZ_OK ? err : NULL);
    return code == DZ_OK ? end : code;
}

enum dz_code
dz_lineage_compare(struct dz_lineage_work *w, struct dz_err *err)
{
    struct comparing *k = dz_alloc(sizeof *k);
    k->w = w;
    enum dz_code code = load_known(k, err);
    if (code == DZ_OK)
        code = load_sketches(k, err);
    if (code == DZ_OK)
        code = dz_candidates_find(&k->set, &k->c, err);
    if (code == DZ_OK)
        code = compare_all(k, err);
    for (size_t i = 0; i < k->n_known; i++) {
        dz_free(k->known[i].source);
        dz_free(k->known[i].origin);
    }
    for (size_t i = 0; i < KEPT_TEXTS; i++)
        dz_buf_done(&k->kept[i]);
    dz_candidates_done(&k->c);
    dz_free(k->set.hashes);
    dz_free(k->set.at);
    dz_free(k->known);
    dz_free(k->marks.hashes);
    dz_free(k);
    return code;
}
