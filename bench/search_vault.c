/* How long questions take in a process that holds the vault open.
 *
 *   search_vault fill DIR < TEXTS      a vault of texts as bench/make_texts.py writes them:
 *   preserved,
 *                                      journaled and indexed as by add, but read by nobody
 *   search_vault ask DIR < QUERIES     lines of class, tab, query: twice over, the best 20, without
 *                                      and with snippets; prints microseconds, a line for each of
 *                                      the second pass: class, bare, with snippets, found */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dz_hash.h"
#include "dz_json.h"
#include "dz_os.h"
#include "dz_registry.h"
#include "dz_search.h"
#include "dz_secret.h"
#include "dz_vault.h"
#include "dz_codec.h"

#define IN_ONE 1000 /* texts of a commit */

static double
now_us(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return 1e6 * (double)t.tv_sec + 1e-3 * (double)t.tv_nsec;
}

static enum dz_code
open_vault(const char *path, bool fresh, struct dz_vault **ret, struct dz_err *err)
{
    DZ_AUTO_SECRET struct dz_secret *passphrase = NULL;
    DZ_TRY(dz_crypto_init(err));
    DZ_TRY(dz_secret_copy("bench", 5, &passphrase, err));
    if (fresh)
        DZ_TRY(dz_vault_create(path, &dz_facts_registry, passphrase, err));
    return dz_vault_open(&(struct dz_vault_opts){.path = path,
                                                 .mode = fresh ? DZ_VAULT_WRITE : DZ_VAULT_READ,
                                                 .passphrase = passphrase,
                                                 .registry = &dz_facts_registry},
                         ret, err);
}

/* ---- filling ---- */

static enum dz_code
put_text(struct dz_batch *b, struct dz_view title, struct dz_view text, size_t number,
         struct dz_err *err)
{
    struct dz_object_info o;
    char id[DZ_ID_MAX], date[16];
    dz_vault_new_id("src-", id);
    snprintf(date, sizeof date, "202%zu-%02zu-%02zu", 2 + number % 4, 1 + number % 12,
             1 + number % 28);
    DZ_TRY(dz_batch_object_begin(b, err));
    DZ_TRY(dz_batch_object_write(b, text.p, text.n, err));
    DZ_TRY(dz_batch_object_finish(b, &o, err));
    const char *brought[] = {o.id, NULL};
    DZ_AUTO_JSON json_t *added = json_pack(
        "{s:s, s:s, s:s, s:I, s:s, s:s, s:s, s:s}", "id", id, "name", "text.txt", "sha256",
        o.sha256, "size", (json_int_t)text.n, "object", o.id, "codec", o.codec, "basis",
        "published", "access", "open");
    DZ_TRY(dz_batch_entry(b, "source.added", added, brought, NULL, err));
    DZ_AUTO_JSON json_t *derived =
        json_pack("{s:s, s:s, s:s, s:s, s:I, s:s, s:s, s:s}", "source", id, "object", o.id, "codec",
                  o.codec, "sha256", o.sha256, "chars", (json_int_t)text.n, "status", "text",
                  "extractor", "bench/1", "published", date);
    dz_json_set_view(derived, "title", title);
    return dz_batch_entry(b, "text.derived", derived, NULL, NULL, err);
}

static enum dz_code
fill(struct dz_vault *v, struct dz_err *err)
{
    char *line = NULL;
    size_t cap = 0, n = 0;
    ssize_t length;
    double begin = now_us();
    struct dz_batch *b = NULL;
    enum dz_code code = dz_batch_begin(v, &b, err);
    while (code == DZ_OK && (length = getdelim(&line, &cap, '\0', stdin)) > 0) {
        char *text = strchr(line, '\n');
        if (!text)
            continue;
        struct dz_view body = {text + 1, (size_t)(line + length - text) - 2};
        code = put_text(b, (struct dz_view){line, (size_t)(text - line)}, body, n, err);
        if (code == DZ_OK && ++n % IN_ONE == 0)
            code = dz_batch_commit(b, err);
    }
    if (code == DZ_OK)
        code = dz_batch_commit(b, err);
    dz_batch_end(b);
    free(line);
    printf("%zu texts, %.1f s of processor time\n", n, (now_us() - begin) / 1e6);
    return code;
}

/* ---- asking ---- */

static enum dz_code
count_hit(void *ctx, const struct dz_search_hit *h, struct dz_err *err)
{
    (void)h;
    (void)err;
    ++*(size_t *)ctx;
    return DZ_OK;
}

static double
ask(struct dz_searcher *s, const char *words, bool bare, size_t *ret_n)
{
    struct dz_err err = {0};
    struct dz_search_opts opts = {.words = words, .limit = 20, .bare = bare};
    *ret_n = 0;
    double begin = now_us();
    if (dz_searcher_run(s, &opts, count_hit, ret_n, &err) != DZ_OK)
        fprintf(stderr, "%s: %s\n", words, err.msg);
    return now_us() - begin;
}

static void
ask_all(struct dz_vault *v)
{
    char *lines[4096];
    size_t n = 0, cap = 0, found = 0;
    char *line = NULL;
    while (n < 4096 && getline(&line, &cap, stdin) > 0) {
        line[strcspn(line, "\n")] = '\0';
        if (strchr(line, '\t'))
            lines[n++] = strdup(line);
    }
    struct dz_searcher *s = dz_searcher_new(v);
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < n; i++) {
            char *query = strchr(lines[i], '\t') + 1;
            double bare = ask(s, query, true, &found);
            double shown = getenv("BARE") ? 0 : ask(s, query, false, &found);
            if (pass > 0)
                printf("%.*s\t%.1f\t%.1f\t%zu\t%s\n", (int)(query - lines[i] - 1), lines[i], bare,
                       shown, found, query);
        }
    }
    dz_searcher_free(s);
    for (size_t i = 0; i < n; i++)
        free(lines[i]);
    free(line);
}

int
main(int argc, char **argv)
{
    struct dz_vault *v = NULL;
    struct dz_err err = {0};
    if (argc != 3)
        return 2;
    bool fresh = strcmp(argv[1], "fill") == 0;
    enum dz_code code = open_vault(argv[2], fresh, &v, &err);
    if (code == DZ_OK && fresh)
        code = fill(v, &err);
    else if (code == DZ_OK)
        ask_all(v);
    dz_vault_close(v);
    if (code != DZ_OK)
        fprintf(stderr, "search_vault: %s\n", err.msg);
    return code == DZ_OK ? 0 : 1;
}
