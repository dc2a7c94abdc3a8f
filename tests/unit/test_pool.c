/* Jobs run in several threads and come back in their order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "dz_pool.h"
#include "dz_tr.h"

struct job {
    int number;
    int square;
    enum dz_lang lang;
    bool hears_signals;
    unsigned pause_us;
};

struct state {
    int n_runs;
};

static void
run(void *state, void *job)
{
    struct state *s = state;
    struct job *j = job;
    sigset_t blocked;
    pthread_sigmask(SIG_BLOCK, NULL, &blocked);
    j->hears_signals = sigismember(&blocked, SIGINT) == 0;
    nanosleep(&(struct timespec){.tv_nsec = j->pause_us * 1000L}, NULL);
    j->square = j->number * j->number;
    j->lang = dz_lang_get();
    __atomic_fetch_add(&s->n_runs, 1, __ATOMIC_RELEASE);
}

static void
test_order(void **unused)
{
    (void)unused;
    struct state states[DZ_POOL_THREADS_MAX] = {{0}};
    void *pointers[DZ_POOL_THREADS_MAX];
    struct job jobs[500] = {{0}};
    for (size_t i = 0; i < DZ_POOL_THREADS_MAX; i++)
        pointers[i] = &states[i];
    dz_lang_set(DZ_LANG_UK);
    struct dz_pool *p = dz_pool_new(
        &(struct dz_pool_opts){.n_threads = 3, .n_jobs = 7, .run = run, .states = pointers});
    int taken = 0;
    for (int i = 0; i < 500; i++) {
        /* The first of every few is the slowest: others end before it and must wait. */
        jobs[i] = (struct job){.number = i, .pause_us = i % 5 == 0 ? 400 : 0};
        if (dz_pool_count(p) == 7)
            assert_int_equal(((struct job *)dz_pool_take(p))->number, taken++);
        dz_pool_put(p, &jobs[i]);
    }
    while (dz_pool_count(p) > 0)
        assert_int_equal(((struct job *)dz_pool_take(p))->number, taken++);
    assert_int_equal(taken, 500);
    assert_null(dz_pool_take(p));
    dz_pool_free(p);
    dz_lang_set(DZ_LANG_EN);
    int runs = 0;
    for (size_t i = 0; i < DZ_POOL_THREADS_MAX; i++)
        runs += states[i].n_runs;
    assert_int_equal(runs, 500);
    for (int i = 0; i < 500; i++) {
        assert_int_equal(jobs[i].square, i * i);
        assert_int_equal(jobs[i].lang, DZ_LANG_UK);
        assert_false(jobs[i].hears_signals);
    }
    /* The maker hears them as before. */
    sigset_t blocked;
    pthread_sigmask(SIG_BLOCK, NULL, &blocked);
    assert_int_equal(sigismember(&blocked, SIGINT), 0);
}

static void
test_without_threads(void **unused)
{
    (void)unused;
    struct state state = {0};
    void *pointers[DZ_POOL_THREADS_MAX] = {&state};
    struct job jobs[3] = {{.number = 2}, {.number = 3}, {.number = 4}};
    setenv("DOKAZ_TEST_THREADS", "0", 1);
    struct dz_pool *p =
        dz_pool_new(&(struct dz_pool_opts){.n_jobs = 3, .run = run, .states = pointers});
    unsetenv("DOKAZ_TEST_THREADS");
    for (int i = 0; i < 3; i++) {
        dz_pool_put(p, &jobs[i]);
        assert_int_equal(state.n_runs, i + 1);
    }
    for (int i = 0; i < 3; i++)
        assert_ptr_equal(dz_pool_take(p), &jobs[i]);
    dz_pool_free(p);
}

static size_t
ten_bytes(const void *job)
{
    (void)job;
    return 10;
}

/* Runs of so many jobs are seen, and no further one begins. */
static void
assert_runs_stop_at(const struct state *state, int n)
{
    for (int i = 0; i < 5000 && __atomic_load_n(&state->n_runs, __ATOMIC_ACQUIRE) < n; i++)
        nanosleep(&(struct timespec){.tv_nsec = 1000000L}, NULL);
    nanosleep(&(struct timespec){.tv_nsec = 30000000L}, NULL);
    assert_int_equal(__atomic_load_n(&state->n_runs, __ATOMIC_ACQUIRE), n);
}

/* Those that have run hold 10 bytes each, and 25 are allowed: the fourth waits for a taking. */
static void
test_held(void **unused)
{
    (void)unused;
    struct state state = {0};
    void *pointers[DZ_POOL_THREADS_MAX] = {&state};
    struct job jobs[8] = {{0}};
    struct dz_pool *p = dz_pool_new(&(struct dz_pool_opts){.n_threads = 1,
                                                           .n_jobs = 8,
                                                           .run = run,
                                                           .states = pointers,
                                                           .held = ten_bytes,
                                                           .held_max = 25});
    for (int i = 0; i < 8; i++)
        dz_pool_put(p, &jobs[i]);
    assert_runs_stop_at(&state, 3);
    assert_ptr_equal(dz_pool_take(p), &jobs[0]);
    assert_runs_stop_at(&state, 4);
    for (int i = 1; i < 8; i++)
        assert_ptr_equal(dz_pool_take(p), &jobs[i]);
    assert_int_equal(state.n_runs, 8);
    dz_pool_free(p);
}

static void
test_nothing_to_do(void **unused)
{
    (void)unused;
    dz_pool_free(dz_pool_new(&(struct dz_pool_opts){.n_threads = 2, .n_jobs = 1, .run = run}));
    dz_pool_free(NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_without_threads),
        cmocka_unit_test(test_held),
        cmocka_unit_test(test_nothing_to_do),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
