/* Lineage alone, without a vault: how fast texts are sketched, how long all against all takes, how
 * much memory the sketches are, and how right the verdicts are.
 *
 *     lineage [TEXTS [ACCURACY_TEXTS]]     100000 and 3000 unless told
 *     lineage --write FOLDER TEXTS         the texts as files, for a vault */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "lineage_making.h"

static double
now(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double
percent(size_t part, size_t of)
{
    return of ? 100.0 * (double)part / (double)of : 100.0;
}

/* How much of what was taken over a comparison by likeness would find: shingles that both have, of
 * all that either has. */
static size_t
found_by_likeness(const struct made *m, const struct dz_sketch_set *set, double least)
{
    size_t n = 0;
    for (size_t i = 0; i < m->n; i++) {
        const uint32_t *x = set->hashes + set->at[i], *x_end = set->hashes + set->at[i + 1];
        size_t from = m->texts[i].family, both = 0, all = 0;
        const uint32_t *y = set->hashes + set->at[from], *y_end = set->hashes + set->at[from + 1];
        for (; m->texts[i].parent != i && (x < x_end || y < y_end); all++) {
            bool left = y == y_end || (x < x_end && *x <= *y);
            bool right = x == x_end || (y < y_end && *y <= *x);
            both += left && right;
            x += left;
            y += right;
        }
        n += all > 0 && (double)both >= least * (double)all;
    }
    return n;
}

static void
accuracy(size_t n_texts, size_t n_sentences, uint64_t seed)
{
    static const char *const names[MADE_KINDS] = {
        "origin",  "reprint",           "typographic", "reworded", "cut",
        "summary", "quote of 15 words", "chain",       "alone"};
    struct made m = {.seed = seed, .n_sentences = n_sentences};
    for (size_t i = 0; m.n < n_texts; i++)
        made_family(&m, i % 3);
    struct dz_sketch_set set;
    struct dz_candidates c = {0};
    struct dz_lineage l;
    struct made_score s;
    struct dz_err err = {0};
    made_set(&m, &set);
    size_t alike[2] = {found_by_likeness(&m, &set, 0.7), found_by_likeness(&m, &set, 0.3)};
    if (dz_candidates_find(&set, &c, &err) != DZ_OK)
        exit(1);
    made_lineage(&m, &c, &l);
    made_measure(&m, &l, &s);
    size_t found = 0, of = 0;
    printf("%zu texts, seed %llu: candidates %zu, pairs %zu\n", m.n, (unsigned long long)seed, c.n,
           l.n_pairs);
    for (size_t i = MADE_REPRINT; i < MADE_ALONE; i++) {
        printf("  %-18s %4zu of %4zu\n", names[i], s.found[i], s.of[i]);
        found += s.found[i];
        of += s.of[i];
    }
    printf("  precision %.2f %%, recall %.2f %%, links between families %zu, parent in chains "
           "%.1f %%, groups: precision %.2f %%, recall %.2f %%\n",
           percent(s.links_right, s.links), percent(found, of), s.foreign,
           percent(s.chain_right, s.chain), percent(s.together_right, s.together),
           percent(s.together_right, s.together_of));
    printf(
        "  likeness (Jaccard of the shingles) would find %.1f %% from 0.7 on, %.1f %% from 0.3 on\n",
        percent(alike[0], of), percent(alike[1], of));
    made_lineage_done(&l);
    dz_candidates_done(&c);
    made_set_done(&set);
    made_done(&m);
}

/* Texts of a thousand words. A quarter of them is taken from others. They are made, sketched and
 * dropped one after another; the ones that are compared are made again. */
static void
speed(size_t n)
{
    struct made m = {.seed = 5, .n_sentences = 66};
    struct dz_sketch s = {0};
    while (m.n < 10000)
        made_family(&m, m.n / 10 % 3);
    size_t bytes = 0, words = 0, rounds = 3;
    double cpu = now(CLOCK_PROCESS_CPUTIME_ID);
    for (size_t k = 0; k < rounds; k++)
        for (size_t i = 0; i < m.n; i++) {
            dz_sketch_make(&s, (struct dz_view){m.texts[i].text, m.texts[i].n});
            bytes += m.texts[i].n;
            words += s.n_words;
        }
    cpu = now(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    printf("sketched: %.0f texts/s of a core (%.0f words each), %.1f million words/s, %.0f MB/s\n",
           (double)(rounds * m.n) / cpu, (double)words / (double)(rounds * m.n),
           (double)words / cpu / 1e6, (double)bytes / cpu / 1e6);
    made_done(&m);
    dz_sketch_done(&s);

    m = (struct made){.seed = 6, .n_sentences = 66};
    while (m.n < n)
        made_family(&m, m.n / 10 % 3);
    struct dz_sketch_set set;
    struct dz_candidates c = {0};
    struct dz_lineage l;
    struct dz_err err = {0};
    double wall = now(CLOCK_MONOTONIC);
    cpu = now(CLOCK_PROCESS_CPUTIME_ID);
    made_set(&m, &set);
    double wall_set = now(CLOCK_MONOTONIC), cpu_set = now(CLOCK_PROCESS_CPUTIME_ID);
    printf("%zu texts: sketches %.2f KB each\n", m.n,
           (double)set.at[m.n] * sizeof(uint32_t) / (double)m.n / 1024);
    if (dz_candidates_find(&set, &c, &err) != DZ_OK)
        exit(1);
    double wall_pairs = now(CLOCK_MONOTONIC), cpu_pairs = now(CLOCK_PROCESS_CPUTIME_ID);
    made_lineage(&m, &c, &l);
    double wall_all = now(CLOCK_MONOTONIC), cpu_all = now(CLOCK_PROCESS_CPUTIME_ID);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("  sketching %.1f s wall, %.1f s processor; candidates (%zu) %.1f, %.1f; verdicts (%zu) "
           "%.1f, %.1f; all %.1f, %.1f; shared shingles %zu, their places %zu; peak %.0f MB with "
           "the texts\n",
           wall_set - wall, cpu_set - cpu, c.n, wall_pairs - wall_set, cpu_pairs - cpu_set,
           l.n_pairs, wall_all - wall_pairs, cpu_all - cpu_pairs, wall_all - wall, cpu_all - cpu,
           c.n_shared, c.n_docs, (double)usage.ru_maxrss / 1024);
    made_lineage_done(&l);
    dz_candidates_done(&c);
    made_set_done(&set);
    made_done(&m);
}

/* A day apart, so that names say the order. */
static void
write_all(const char *folder, size_t n)
{
    struct made m = {.seed = 9, .n_sentences = 22};
    while (m.n < n)
        made_family(&m, m.n / 10 % 3);
    for (size_t i = 0; i < m.n; i++) {
        char path[512];
        snprintf(path, sizeof path, "%s/%04zu-%02zu-%02zu-%06zu.txt", folder, 2000 + i / 336 % 25,
                 i / 28 % 12 + 1, i % 28 + 1, i);
        FILE *out = fopen(path, "wb");
        if (!out || fwrite(m.texts[i].text, 1, m.texts[i].n, out) != m.texts[i].n || fclose(out))
            exit(1);
    }
    made_done(&m);
}

int
main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "--write") == 0) {
        write_all(argv[2], strtoul(argv[3], NULL, 10));
        return 0;
    }
    size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : 100000;
    size_t n_accuracy = argc > 2 ? strtoul(argv[2], NULL, 10) : 3000;
    for (uint64_t seed = 1; seed <= 3; seed++)
        accuracy(n_accuracy, 22, seed);
    if (n > 0)
        speed(n);
    return 0;
}
