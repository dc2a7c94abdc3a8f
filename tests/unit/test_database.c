/* Old pages spliced back into the database. SQLCipher takes each for its own: its page number and
 * its authentication are right. So after every exchange of a page, and of random sets of pages,
 * either `verify` says that the database is not what the journal says, or the vault has made it
 * anew, or every answer is the right one. */
#define _GNU_SOURCE /* memmem */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>

#include "vault_fixture.h"

#include "dz_fact.h"
#include "dz_json.h"
#include "dz_search.h"

#define PAGE 4096u

static struct dz_buf older = DZ_BUF(64u << 20);
static struct dz_buf newer = DZ_BUF(64u << 20);
static char right[DZ_HEX32];
static const char *const words[] = {"clinic", "heliotrope", "marjoram", "sassafras", "october"};
#define N_WORDS (sizeof words / sizeof *words)
static int right_hits[N_WORDS];
static struct {
    unsigned long spliced;
    unsigned long found;
    unsigned long harmless;
} tried;

static void
database_path(const struct fixture *f, char ret[160])
{
    snprintf(ret, 160, "%s/index-sealed.db", f->vault_path);
}

static void
keep(struct fixture *f, struct dz_buf *into)
{
    char path[160];
    dz_vault_close(f->v);
    f->v = NULL;
    database_path(f, path);
    dz_buf_reset(into);
    OK(f, dz_os_slurp(AT_FDCWD, path, 64u << 20, into, &f->err));
    assert_int_equal(into->n % PAGE, 0);
    fixture_open(f, DZ_VAULT_WRITE);
}

static enum dz_code
count_hit(void *ctx, const struct dz_search_hit *hit, struct dz_err *err)
{
    (void)hit;
    (void)err;
    ++*(int *)ctx;
    return DZ_OK;
}

static void
answers(struct fixture *f, struct dz_vault *v, char digest[DZ_HEX32], int hits[N_WORDS])
{
    OK(f, dz_vault_digest(v, digest, &f->err));
    for (size_t i = 0; i < N_WORDS; i++) {
        hits[i] = 0;
        OK(f, dz_search(v, words[i], 10, count_hit, &hits[i], &f->err));
    }
}

struct told {
    int findings;
    bool database; /* one of them names it */
};

static void
listen(void *ctx, enum dz_verify_level level, const char *thing, const char *message,
       const char *touches)
{
    (void)message;
    (void)touches;
    struct told *t = ctx;
    t->findings += level == DZ_VERIFY_FINDING;
    t->database = t->database || strstr(thing, "index-sealed.db") != NULL;
}

/* The newer database with the older form of some pages. */
static void
put_pages(struct fixture *f, const uint8_t *pages, size_t n)
{
    char path[160];
    database_path(f, path);
    struct dz_buf bytes = DZ_BUF(64u << 20);
    dz_buf_addv(&bytes, dz_buf_view(&newer));
    for (size_t i = 0; i < n; i++)
        if (pages[i])
            memcpy(bytes.p + i * PAGE, older.p + i * PAGE, PAGE);
    int fd = open(path, O_WRONLY | O_TRUNC);
    assert_true(fd >= 0 && write(fd, bytes.p, bytes.n) == (ssize_t)bytes.n);
    close(fd);
    dz_buf_done(&bytes);
}

/* Open as every command does, verify, and ask. */
static void
look(struct fixture *f, const char *what, size_t which)
{
    struct dz_vault_opts opts = {.path = f->vault_path,
                                 .mode = DZ_VAULT_READ,
                                 .passphrase = f->passphrase,
                                 .registry = &dz_facts_registry};
    struct dz_vault *v = NULL;
    struct told t = {.findings = 0};
    struct dz_verify_report r = {0};
    tried.spliced++;
    /* A cache never keeps anybody from the vault. */
    OK(f, dz_vault_open(&opts, &v, &f->err));
    OK(f, dz_vault_verify(v, DZ_VERIFY_NORMAL, listen, &t, &r, &f->err));
    if (t.findings > 0) {
        assert_true(t.database);
        assert_int_equal(t.findings, 1); /* the database and nothing else */
        tried.found++;
    } else {
        char digest[DZ_HEX32];
        int hits[N_WORDS];
        answers(f, v, digest, hits);
        if (strcmp(digest, right) != 0 || memcmp(hits, right_hits, sizeof hits) != 0)
            fail_msg("%s %zu put back gives other answers, and nobody says so", what, which);
        tried.harmless++;
    }
    dz_vault_close(v);
}

static void
make_history(struct fixture *f)
{
    char first[DZ_ID_MAX], fact[DZ_ID_MAX];
    memcpy(first, fixture_source(f, "a.txt", "The clinic was closed to them. heliotrope"),
           DZ_ID_MAX);
    fixture_source(f, "b.txt", "Another clinic was not. marjoram");
    DZ_AUTO_JSON json_t *fields =
        json_pack("{s:s, s:s, s:s, s:s, s:[{s:s, s:s}]}", "sphere", "healthcare", "means", "denial",
                  "scope", "general_claim", "note", "given", "passages", "source", first, "exact",
                  "was closed to them");
    OK(f, dz_fact_record(f->v, f->rules, "act", fields, fact, &f->err));
    keep(f, &older);
    OK(f, dz_fact_withdraw(f->v, fact, NULL, "the source took it back", &f->err));
    DZ_AUTO_JSON json_t *described = json_pack("{s:s}", "title", "October");
    OK(f, dz_source_describe(f->v, f->rules, first, described, &f->err));
    fixture_source(f, "c.txt", "A third clinic asked for papers. sassafras");
    keep(f, &newer);
    answers(f, f->v, right, right_hits);
    assert_int_equal(right_hits[0], 3);
    dz_vault_close(f->v);
    f->v = NULL;
}

static void
test_old_pages(void **state)
{
    struct fixture *f = *state;
    make_history(f);
    size_t n = (older.n < newer.n ? older.n : newer.n) / PAGE;
    uint8_t *pages = calloc(n, 1);
    assert_non_null(pages);
    size_t n_changed = 0;
    for (size_t i = 0; i < n; i++) {
        if (memcmp(older.p + i * PAGE, newer.p + i * PAGE, PAGE) == 0)
            continue;
        n_changed++;
        memset(pages, 0, n);
        pages[i] = 1;
        put_pages(f, pages, n);
        look(f, "page", i + 1);
    }
    assert_true(n_changed >= 8);
    assert_true(tried.found >= 4);
    const char *all = getenv("DOKAZ_PROVE");
    unsigned x = 2463534242u;
    size_t rounds = all != NULL && all[0] == '1' ? 200 : 25;
    for (size_t round = 0; round < rounds; round++) {
        for (size_t i = 0; i < n; i++) {
            x ^= x << 13;
            x ^= x >> 17;
            x ^= x << 5;
            pages[i] = (uint8_t)(x >> 9 & 1);
        }
        put_pages(f, pages, n);
        look(f, "set of pages", round);
    }
    /* All of them: an older database, which is brought up to the journal. */
    memset(pages, 1, n);
    put_pages(f, pages, n);
    look(f, "all pages", n);
    free(pages);
    dz_buf_done(&older);
    dz_buf_done(&newer);
    print_message("# database: %lu old pages and sets of them spliced in: %lu found by verify, %lu "
                  "without effect on any answer or made anew, 0 unseen\n",
                  tried.spliced, tried.found, tried.harmless);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_old_pages, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests_name("database", tests, NULL, NULL);
}
