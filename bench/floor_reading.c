/* What reading cannot be below with the libraries it uses: floor_reading DATABASE < PATHS
 *
 * The pages (.html) and papers (.pdf) whose paths come in, a line each, go through the same readers
 * as in dokaz and into a full-text index of the same making, in one process and one thread: no
 * lock, no fork, no pipe, no checks, no seal, no journal, no key on the index. Lines for
 * bench/reading, parted by tabs: what, how many, processor seconds.
 *
 *   pages, papers  the reader: gumbo, poppler
 *   hash           SHA-256 of the file and of its text
 *   index          FTS5, without a key, in transactions of 500 */
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dz_families.h"
#include "dz_hash.h"
#include "dz_mem.h"
#include "dz_os.h"
#include "work_impl.h"

#define FILE_MAX ((size_t)64 << 20)
#define TEXT_MAX ((size_t)64 << 20)
#define DOCUMENTS_IN_ONE 500

struct spent {
    size_t n;
    double s;
};

struct floor {
    struct spent pages;
    struct spent papers;
    struct spent hash;
    struct spent index;
    sqlite3 *db;
    sqlite3_stmt *add;
    struct dz_buf text; /* of the document being read */
};

static double
now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void
note(struct spent *s, double since)
{
    s->n++;
    s->s += now() - since;
}

__attribute__((noreturn)) static void
stop(const char *what, const char *why)
{
    fprintf(stderr, "floor_reading: %s: %s\n", what, why);
    exit(1);
}

static struct floor the;

static void
keep_text(struct dz_work *w, enum dz_wire_type type, struct dz_view payload)
{
    (void)w;
    if (type == DZ_WIRE_TEXT)
        dz_buf_addv(&the.text, payload);
}

static void
end_reading(struct dz_work *w)
{
    (void)w;
}

static void
read_whole(const char *path, struct dz_buf *out)
{
    struct dz_err err = {0};
    DZ_AUTO_FD int fd = -1;
    if (dz_os_open(AT_FDCWD, path, DZ_OS_READ, &fd, &err) != DZ_OK)
        stop(path, err.msg);
    char piece[65536];
    for (size_t n = 1; n > 0;) {
        if (dz_os_read(fd, piece, sizeof piece, &n, &err) != DZ_OK)
            stop(path, err.msg);
        dz_buf_add(out, piece, n);
    }
}

static void
run(const char *sql)
{
    if (sqlite3_exec(the.db, sql, NULL, NULL, NULL) != SQLITE_OK)
        stop("index", sqlite3_errmsg(the.db));
}

static void
open_index(const char *path)
{
    if (sqlite3_open(path, &the.db) != SQLITE_OK)
        stop(path, sqlite3_errmsg(the.db));
    run("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -12000");
    run("CREATE VIRTUAL TABLE f USING fts5(source UNINDEXED, title, body, "
        "tokenize = 'unicode61 remove_diacritics 0')");
    run("INSERT INTO f(f, rank) VALUES ('hashsize', 8388608)");
    run("BEGIN");
    static const char add[] = "INSERT INTO f (source, title, body) VALUES (?1, '', ?2)";
    if (sqlite3_prepare_v2(the.db, add, -1, &the.add, NULL) != SQLITE_OK)
        stop("index", sqlite3_errmsg(the.db));
}

static void
take(const char *path)
{
    size_t length = strlen(path);
    bool paper = length > 4 && strcmp(path + length - 4, ".pdf") == 0;
    DZ_AUTO_BUF struct dz_buf bytes = DZ_BUF(FILE_MAX);
    read_whole(path, &bytes);

    double since = now();
    dz_buf_reset(&the.text);
    struct dz_work *w = dz_work_new(path, paper ? "application/pdf" : "text/html", NULL);
    w->bytes = dz_buf_view(&bytes);
    w->emit = keep_text;
    w->end = end_reading;
    (paper ? dz_family_pdf : dz_family_html).read(w);
    dz_work_free(w);
    note(paper ? &the.papers : &the.pages, since);

    since = now();
    uint8_t digest[DZ_SHA256_BYTES];
    dz_sha256(bytes.p, bytes.n, digest);
    dz_sha256(the.text.p, the.text.n, digest);
    note(&the.hash, since);

    since = now();
    sqlite3_bind_text(the.add, 1, path, -1, SQLITE_STATIC);
    sqlite3_bind_text(the.add, 2, the.text.p, (int)the.text.n, SQLITE_STATIC);
    if (sqlite3_step(the.add) != SQLITE_DONE)
        stop(path, sqlite3_errmsg(the.db));
    sqlite3_reset(the.add);
    if ((the.index.n + 1) % DOCUMENTS_IN_ONE == 0)
        run("COMMIT; BEGIN");
    note(&the.index, since);
}

int
main(int argc, char **argv)
{
    char path[4096];
    if (argc != 2)
        stop("usage", "floor_reading DATABASE < PATHS");
    the.text.max = TEXT_MAX;
    open_index(argv[1]);
    dz_family_pdf.warm();
    while (fgets(path, sizeof path, stdin)) {
        path[strcspn(path, "\n")] = '\0';
        take(path);
    }
    double since = now();
    run("COMMIT");
    the.index.s += now() - since;
    sqlite3_finalize(the.add);
    sqlite3_close(the.db);
    dz_buf_done(&the.text);
    const struct {
        const char *what;
        const struct spent *spent;
    } lines[] = {{"pages", &the.pages},
                 {"papers", &the.papers},
                 {"hash", &the.hash},
                 {"index", &the.index}};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        printf("%s\t%zu\t%.3f\n", lines[i].what, lines[i].spent->n, lines[i].spent->s);
    return 0;
}
