/* How fast suggestions are made: suggest FOLDER [ROUNDS]
 *
 * Reads every .txt of a folder into memory, then splits, reads and composes each ROUNDS times on one
 * core. Prints processor seconds and megabytes of text a second for splitting into words alone and
 * for everything, and the time that loading the rules takes. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "dz_os.h"
#include "dz_rules.h"
#include "dz_suggest.h"

static double
cpu_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

struct texts {
    struct dz_buf *items;
    size_t n;
    size_t cap;
    size_t bytes;
};

static int
load(struct texts *texts, const char *folder)
{
    char **names = NULL;
    size_t n = 0;
    if (dz_os_list(AT_FDCWD, folder, &names, &n, NULL) != DZ_OK)
        return 1;
    for (size_t i = 0; i < n; i++) {
        size_t length = strlen(names[i]);
        if (length < 4 || strcmp(names[i] + length - 4, ".txt") != 0)
            continue;
        char *path = dz_asprintf("%s/%s", folder, names[i]);
        texts->items = dz_grow(texts->items, &texts->cap, texts->n + 1, sizeof *texts->items);
        struct dz_buf *text = &texts->items[texts->n++];
        text->max = 16u << 20;
        if (dz_os_slurp(AT_FDCWD, path, text->max, text, NULL) != DZ_OK)
            return 1;
        texts->bytes += text->n;
        dz_free(path);
    }
    dz_os_names_free(names, n);
    return texts->n == 0;
}

/* One round over all texts; rules NULL: only words and sentences. Suggestions, or -1. */
static long
read_all(const struct texts *texts, const struct dz_rules *rules)
{
    static const struct dz_doc_info info = {.published = "2024-06-01"};
    long n = 0;
    for (size_t i = 0; i < texts->n; i++) {
        struct dz_document d = {0};
        struct dz_suggestions found = {0};
        if (dz_document_init(&d, dz_buf_view(&texts->items[i]), NULL) != DZ_OK)
            return -1;
        if (rules && dz_suggest_document(rules, &d, &info, &found, NULL) != DZ_OK)
            return -1;
        n += (long)found.n;
        dz_suggestions_done(&found);
        dz_document_done(&d);
    }
    return n;
}

int
main(int argc, char **argv)
{
    struct texts texts = {0};
    struct dz_rules *rules = NULL;
    long rounds = 0, found = 0;
    for (const char *p = argc > 2 ? argv[2] : "20"; *p >= '0' && *p <= '9'; p++)
        rounds = rounds * 10 + (*p - '0');
    if (argc < 2 || load(&texts, argv[1]) != 0) {
        fprintf(stderr, "suggest: FOLDER [ROUNDS]: a folder of .txt files is needed\n");
        return 2;
    }
    double begin = cpu_now();
    if (dz_rules_load(&rules, NULL) != DZ_OK)
        return 1;
    struct texts none = {0};
    struct dz_buf word = {0};
    dz_buf_adds(&word, "word"); /* the phrases are compiled when a text is first read */
    none.items = &word;
    none.n = 1;
    (void)read_all(&none, rules);
    dz_buf_done(&word);
    double loaded = cpu_now();
    found = read_all(&texts, rules);
    double met = cpu_now();
    for (long i = 0; i < rounds; i++)
        (void)read_all(&texts, NULL);
    double split = cpu_now();
    for (long i = 0; i < rounds && found >= 0; i++)
        found = read_all(&texts, rules);
    double done = cpu_now();
    double mb = (double)texts.bytes * (double)rounds / 1e6;
    printf("rules loaded in %.1f ms; %zu texts, %.1f MB in all, %ld suggestions a round\n",
           (loaded - begin) * 1e3, texts.n, mb, found);
    printf("words and sentences: %.2f s processor, %.1f MB/s\n", split - met, mb / (split - met));
    printf("suggestions, words never met before: %.1f MB/s\n",
           (double)texts.bytes / 1e6 / (met - loaded));
    printf("suggestions:         %.2f s processor, %.1f MB/s\n", done - split, mb / (done - split));
    dz_rules_free(rules);
    for (size_t i = 0; i < texts.n; i++)
        dz_buf_done(&texts.items[i]);
    dz_free(texts.items);
    return found < 0;
}
