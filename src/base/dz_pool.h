/* A few threads that run jobs at once and give them back in the order in which they came.
 *
 * The pool belongs to one thread, which puts jobs in and takes them out; only `run` is called in
 * others, one job in one thread at a time. Memory stays bounded by the caller's limits: how many
 * jobs may be under way, and how much those that have run may hold until they are taken. Threads
 * take over the language of their maker and no signals, so that handlers run where they always
 * did. Where no thread can be started, a job runs when it is put; test builds are told so by
 * DOKAZ_TEST_THREADS=0. */
#ifndef DZ_POOL_H
#define DZ_POOL_H

#include <stdbool.h>
#include <stddef.h>

#define DZ_POOL_THREADS_MAX 4

struct dz_pool;

struct dz_pool_opts {
    size_t n_threads; /* 0: as many as there are processors, at most DZ_POOL_THREADS_MAX */
    size_t n_jobs;    /* the most that are under way at once */
    /** state is what the caller keeps for each thread: states[i], i < dz_pool_threads(). */
    void (*run)(void *state, void *job);
    void **states; /* DZ_POOL_THREADS_MAX pointers, borrowed; NULL: run gets NULL */
    /** Bytes that a job holds once it has run, or NULL. No job is begun while they come to held_max
     * together: the threads wait until the owner has taken some. */
    size_t (*held)(const void *job);
    size_t held_max;
};

/** How many threads a pool with this wish would have: make so many states, and at least one. */
size_t
dz_pool_threads(size_t n_wished);
struct dz_pool *
dz_pool_new(const struct dz_pool_opts *opts); /* never NULL */
/** Jobs put and not yet taken. */
size_t
dz_pool_count(const struct dz_pool *p);
/** Put a job behind the others; dz_pool_count must be less than n_jobs. */
void
dz_pool_put(struct dz_pool *p, void *job);
/** The oldest job, once it has run; NULL when there is none. */
void *
dz_pool_take(struct dz_pool *p);
/** All jobs must have been taken. NULL is fine. */
void
dz_pool_free(struct dz_pool *p);

#endif
