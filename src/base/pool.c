#include "dz_pool.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dz_mem.h"
#include "dz_tr.h"

struct slot {
    void *job;
    bool has_run;
    size_t held; /* bytes, once it has run */
};

struct dz_pool {
    struct dz_pool_opts opts;
    pthread_mutex_t mutex; /* over everything below it */
    pthread_cond_t wake;   /* a job may begin, or the end */
    pthread_cond_t done;   /* a job has run */
    struct slot *ring;
    size_t first; /* oldest job */
    size_t n;     /* jobs in the ring */
    size_t n_begun;
    size_t held; /* bytes, of the jobs that have run */
    bool ending;
    enum dz_lang lang;
    size_t n_threads;
    struct worker {
        struct dz_pool *pool;
        size_t ix;
        pthread_t thread;
    } workers[DZ_POOL_THREADS_MAX];
};

static void
must(int rc)
{
    if (rc != 0)
        abort();
}

static void
run(struct dz_pool *p, size_t worker, void *job)
{
    p->opts.run(p->opts.states != NULL ? p->opts.states[worker] : NULL, job);
}

/* Jobs begin in their order: where some hold bytes the oldest was begun, so the owner is never kept
 * waiting for one that is held back. */
static bool
may_begin(const struct dz_pool *p)
{
    return p->n_begun < p->n && (p->opts.held == NULL || p->held < p->opts.held_max);
}

static void *
work(void *ctx)
{
    struct worker *w = ctx;
    struct dz_pool *p = w->pool;
    dz_lang_set(p->lang);
    must(pthread_mutex_lock(&p->mutex));
    for (;;) {
        while (!may_begin(p) && !p->ending)
            must(pthread_cond_wait(&p->wake, &p->mutex));
        if (p->ending)
            break;
        struct slot *slot = &p->ring[(p->first + p->n_begun) % p->opts.n_jobs];
        p->n_begun++;
        must(pthread_mutex_unlock(&p->mutex));
        run(p, w->ix, slot->job);
        size_t held = p->opts.held != NULL ? p->opts.held(slot->job) : 0;
        must(pthread_mutex_lock(&p->mutex));
        slot->has_run = true;
        slot->held = held;
        p->held += held;
        must(pthread_cond_signal(&p->done));
    }
    must(pthread_mutex_unlock(&p->mutex));
    return NULL;
}

size_t
dz_pool_threads(size_t n_wished)
{
#ifdef DZ_FAULTS
    /* Tests that count system calls want them in one order: 0 runs every job where it is put. */
    const char *ordered = getenv("DOKAZ_TEST_THREADS");
    if (ordered != NULL && strcmp(ordered, "0") == 0)
        return 0;
#endif
    if (n_wished == 0) {
        long n = sysconf(_SC_NPROCESSORS_ONLN);
        n_wished = n > 0 ? (size_t)n : 1;
    }
    return n_wished < DZ_POOL_THREADS_MAX ? n_wished : DZ_POOL_THREADS_MAX;
}

struct dz_pool *
dz_pool_new(const struct dz_pool_opts *opts)
{
    struct dz_pool *p = dz_alloc(sizeof *p);
    p->opts = *opts;
    p->lang = dz_lang_get();
    p->ring = dz_alloc_array(opts->n_jobs, sizeof *p->ring);
    must(pthread_mutex_init(&p->mutex, NULL));
    must(pthread_cond_init(&p->wake, NULL));
    must(pthread_cond_init(&p->done, NULL));

    sigset_t all, before;
    sigfillset(&all);
    must(pthread_sigmask(SIG_BLOCK, &all, &before));
    size_t wished = dz_pool_threads(opts->n_threads);
    for (size_t i = 0; i < wished; i++) {
        p->workers[i] = (struct worker){.pool = p, .ix = i};
        if (pthread_create(&p->workers[i].thread, NULL, work, &p->workers[i]) != 0)
            break;
        p->n_threads++;
    }
    must(pthread_sigmask(SIG_SETMASK, &before, NULL));
    return p;
}

size_t
dz_pool_count(const struct dz_pool *p)
{
    return p->n; /* only the owner changes it */
}

void
dz_pool_put(struct dz_pool *p, void *job)
{
    if (p->n == p->opts.n_jobs)
        abort();
    if (p->n_threads == 0)
        run(p, 0, job);
    must(pthread_mutex_lock(&p->mutex));
    p->ring[(p->first + p->n) % p->opts.n_jobs] =
        (struct slot){.job = job, .has_run = p->n_threads == 0};
    p->n++;
    if (p->n_threads == 0)
        p->n_begun++;
    must(pthread_cond_signal(&p->wake));
    must(pthread_mutex_unlock(&p->mutex));
}

void *
dz_pool_take(struct dz_pool *p)
{
    if (p->n == 0)
        return NULL;
    must(pthread_mutex_lock(&p->mutex));
    struct slot *slot = &p->ring[p->first];
    while (!slot->has_run)
        must(pthread_cond_wait(&p->done, &p->mutex));
    void *job = slot->job;
    p->first = (p->first + 1) % p->opts.n_jobs;
    p->n--;
    p->n_begun--;
    bool was_full = p->opts.held != NULL && p->held >= p->opts.held_max;
    p->held -= slot->held;
    if (was_full && may_begin(p))
        must(pthread_cond_broadcast(&p->wake));
    must(pthread_mutex_unlock(&p->mutex));
    return job;
}

void
dz_pool_free(struct dz_pool *p)
{
    if (p == NULL)
        return;
    if (p->n != 0)
        abort();
    must(pthread_mutex_lock(&p->mutex));
    p->ending = true;
    must(pthread_cond_broadcast(&p->wake));
    must(pthread_mutex_unlock(&p->mutex));
    for (size_t i = 0; i < p->n_threads; i++)
        must(pthread_join(p->workers[i].thread, NULL));
    pthread_cond_destroy(&p->wake);
    pthread_cond_destroy(&p->done);
    pthread_mutex_destroy(&p->mutex);
    dz_free(p->ring);
    dz_free(p);
}
