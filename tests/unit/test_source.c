#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

#include "vault_fixture.h"

#include "dz_fact.h"
#include "dz_json.h"
#include "dz_search.h"

static void
test_text_file(void **state)
{
    struct fixture *f = *state;
    const char *id =
        fixture_source(f, "2024-07-01-note.txt", "\xef\xbb\xbfНотатка про лікарню.\r\n");
    assert_string_equal(f->reports[0].status, "text");
    DZ_AUTO_SOURCE struct dz_source s = {0};
    OK(f, dz_source_get(f->v, id, &s, &f->err));
    assert_string_equal(s.row.name, "2024-07-01-note.txt");
    assert_string_equal(s.row.doc, "2024-07-01-note");
    assert_string_equal(s.row.title, "2024-07-01-note.txt");
    assert_string_equal(s.row.published, "2024-07-01");
    assert_string_equal(s.row.published_by, "name");
    assert_string_equal(s.row.language, "uk");
    assert_string_equal(s.row.basis, "published");
    assert_string_equal(s.row.access, "open");
    assert_int_equal(s.row.text_chars, 22);
    DZ_AUTO_BUF struct dz_buf text = {0};
    char sha[DZ_HEX32];
    OK(f, dz_source_text(f->v, id, &text, sha, &f->err));
    assert_string_equal(text.p, "Нотатка про лікарню.\r\n");
    assert_string_equal(sha, s.row.text_sha256);
    fixture_check_rebuild(f);
}

/* The days of a table are what it is about, the same lines as a text may say when they came out. */
static void
test_dates_of_a_table_publish_nothing(void **state)
{
    struct fixture *f = *state;
    static const char lines[] = "Name,Day\nIssued on 3 May 2023,5 May 2023\nMore,6 May 2023\n";
    char table[DZ_ID_MAX];
    memcpy(table, fixture_source(f, "days.csv", lines), sizeof table);
    DZ_AUTO_SOURCE struct dz_source s = {0};
    OK(f, dz_source_get(f->v, table, &s, &f->err));
    assert_string_equal(s.row.media_type, "text/csv");
    assert_null(s.row.published);
    dz_source_done(&s);
    DZ_AUTO_FREE char *text = dz_asprintf("%s\n", lines);
    OK(f, dz_source_get(f->v, fixture_source(f, "days.txt", text), &s, &f->err));
    assert_non_null(s.row.published);
}

static void
test_same_bytes_once(void **state)
{
    struct fixture *f = *state;
    char id[DZ_ID_MAX];
    memcpy(id, fixture_source(f, "a.txt", "the same words"), DZ_ID_MAX);
    WRITE(f, "b.txt", "the same words");
    struct dz_add_summary sum = fixture_add(f, "b.txt");
    assert_int_equal(sum.n_duplicates, 1);
    assert_int_equal(f->reports[0].outcome, DZ_ADD_DUPLICATE);
    assert_string_equal(f->reports[0].id, id);
    uint64_t n;
    OK(f, dz_sources_count(f->v, &n, &f->err));
    assert_int_equal(n, 1);
}

static void
make_folder(struct fixture *f)
{
    char path[160], target[160];
    snprintf(path, sizeof path, "%s/in", f->dir);
    mkdir(path, 0700);
    snprintf(path, sizeof path, "%s/in/sub", f->dir);
    mkdir(path, 0700);
    WRITE(f, "in/b.txt", "second");
    WRITE(f, "in/a.txt", "first");
    WRITE(f, "in/sub/c.txt", "third");
    WRITE(f, "in/empty.txt", "");
    fixture_write(f, "in/binary.txt", "a\0b", 3);
    WRITE(f, "in/photo.jpg", "\xff\xd8\xff\xe0 picture");
    fixture_write(f, "in/bad\xff.txt", "twin", 4);
    snprintf(path, sizeof path, "%s/in/pipe", f->dir);
    mkfifo(path, 0600);
    snprintf(path, sizeof path, "%s/in/sub/loop", f->dir);
    snprintf(target, sizeof target, "%s/in", f->dir);
    if (symlink(target, path) != 0)
        fail_msg("symlink");
}

static void
test_folder(void **state)
{
    struct fixture *f = *state;
    make_folder(f);
    struct dz_add_summary sum = fixture_add(f, "in");
    assert_int_equal(sum.n_preserved, 6); /* a b c photo bad binary */
    assert_int_equal(sum.n_without_text, 2);
    assert_int_equal(sum.n_failed, 0);
    assert_int_equal(sum.n_skipped, 3); /* empty, pipe, loop */
    assert_int_equal(f->n_reports, 9);
    for (size_t i = 0; i < f->n_reports; i++) {
        /* Named like a text, and none: preserved all the same, and the reason is said. */
        if (strstr(f->reports[i].path, "binary")) {
            assert_string_equal(f->reports[i].status, "unsupported");
            assert_string_not_equal(f->reports[i].message, "");
        }
        if (strstr(f->reports[i].path, "photo"))
            assert_string_not_equal(f->reports[i].status, "text");
    }
    /* Nothing twice, and the path inside the folder is kept. */
    sum = fixture_add(f, "in");
    assert_int_equal(sum.n_preserved, 0);
    assert_int_equal(sum.n_duplicates, 6);
    fixture_check_rebuild(f);
}

static enum dz_code
check_path(void *ctx, const struct dz_source_row *row, struct dz_err *err)
{
    (void)err;
    size_t *seen = ctx;
    const json_t *added = json_object_get(row->body, "added");
    if (strcmp(row->name, "c.txt") == 0) {
        assert_string_equal(dz_json_str(added, "path"), "sub/c.txt");
        (*seen)++;
    }
    if (strncmp(row->name, "bad", 3) == 0) {
        assert_string_equal(dz_json_str(added, "name_bytes"), "626164ff2e747874");
        (*seen)++;
    }
    return DZ_OK;
}

static void
test_names_in_folders(void **state)
{
    struct fixture *f = *state;
    size_t seen = 0;
    make_folder(f);
    fixture_add(f, "in");
    OK(f, dz_sources_each(f->v, NULL, check_path, &seen, &f->err));
    assert_int_equal(seen, 2);
}

static void
test_the_vault_is_not_added_to_itself(void **state)
{
    struct fixture *f = *state;
    WRITE(f, "a.txt", "beside the vault");
    struct dz_add_summary sum = fixture_add(f, "v");
    assert_int_equal(sum.n_preserved, 0);
    assert_int_equal(sum.n_skipped, 1);
}

static void
test_missing_and_unreadable(void **state)
{
    struct fixture *f = *state;
    struct dz_add_summary sum = fixture_add(f, "no such file");
    assert_int_equal(sum.n_failed, 1);
    assert_string_not_equal(f->reports[0].message, "");
}

static void
test_backlog(void **state)
{
    struct fixture *f = *state;
    uint64_t n;
    WRITE(f, "later.md", "# Later\n\nto be read later");
    fixture_add_as(f, "later.md", NULL, true);
    assert_string_equal(f->reports[0].status, "pending");
    OK(f, dz_sources_backlog(f->v, &n, &f->err));
    assert_int_equal(n, 1);
    DZ_AUTO_BUF struct dz_buf text = {0};
    assert_int_equal(dz_source_text(f->v, f->reports[0].id, &text, NULL, &f->err), DZ_E_NOTFOUND);
    struct dz_add_opts opts = {.box = fixture_box(f), .report = fixture_report, .ctx = f};
    f->n_reports = 0;
    OK(f, dz_sources_read_backlog(f->v, f->rules, &opts, NULL, &f->err));
    assert_int_equal(f->n_reports, 1);
    assert_string_equal(f->reports[0].status, "text");
    OK(f, dz_sources_backlog(f->v, &n, &f->err));
    assert_int_equal(n, 0);
    DZ_AUTO_SOURCE struct dz_source s = {0};
    OK(f, dz_source_get(f->v, f->reports[0].id, &s, &f->err));
    assert_string_equal(s.row.title, "Later");
    assert_string_equal(s.row.basis, "unstated");
    assert_string_equal(s.row.media_type, "text/markdown");
    fixture_check_rebuild(f);
}

static enum dz_code
describe(struct fixture *f, const char *id, const char *json)
{
    DZ_AUTO_JSON json_t *fields = NULL;
    OK(f, dz_json_parse(dz_view_of(json), &fields, &f->err));
    return dz_source_describe(f->v, f->rules, id, fields, &f->err);
}

static void
test_describe(void **state)
{
    struct fixture *f = *state;
    char id[DZ_ID_MAX];
    memcpy(id,
           fixture_source(f, "p.html",
                          "<html lang=en><meta property='article:published_time' "
                          "content='2023-05-01'><meta property='og:title' content='Found'>"
                          "<p>Some words about a clinic in the town."),
           DZ_ID_MAX);
    OK(f, describe(f, id,
                   "{\"title\":\"Said\",\"publisher\":\"Gazette\",\"published\":\"2023-04~\","
                   "\"basis\":\"official\",\"access\":\"restricted\",\"tags\":[\"x\"]}"));
    {
        DZ_AUTO_SOURCE struct dz_source s = {0};
        OK(f, dz_source_get(f->v, id, &s, &f->err));
        assert_string_equal(s.row.title, "Said");
        assert_string_equal(s.row.publisher, "Gazette");
        assert_string_equal(s.row.published, "2023-04~");
        assert_string_equal(s.row.published_by, "described");
        assert_string_equal(s.row.basis, "official");
        assert_string_equal(s.row.access, "restricted");
        assert_true(s.row.described);
    }
    /* Taking a value back shows what the file says. */
    OK(f, describe(f, id, "{\"title\":\"\",\"published\":\"\"}"));
    DZ_AUTO_SOURCE struct dz_source s = {0};
    OK(f, dz_source_get(f->v, id, &s, &f->err));
    assert_string_equal(s.row.title, "Found");
    assert_string_equal(s.row.published, "2023-05-01");
    assert_string_equal(s.row.published_by, "meta");
    fixture_check_rebuild(f);
}

static void
test_bad_descriptions(void **state)
{
    struct fixture *f = *state;
    static const char *const bad[] = {
        "[]",
        "{}",
        "{\"colour\":\"red\"}",
        "{\"published\":\"yesterday\"}",
        "{\"basis\":\"rumour\"}",
        "{\"access\":\"\"}",
        "{\"title\":7}",
        "{\"tags\":\"x\"}",
        "{\"address\":\"https://me:secret@example.org/\"}",
    };
    const char *id = fixture_source(f, "a.txt", "words");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(describe(f, id, bad[i]), DZ_E_INPUT);
    assert_int_equal(describe(f, "src-nosuch", "{\"title\":\"x\"}"), DZ_E_NOTFOUND);
}

static enum dz_code
count_hit(void *ctx, const struct dz_search_hit *hit, struct dz_err *err)
{
    (void)hit;
    (void)err;
    (*(size_t *)ctx)++;
    return DZ_OK;
}

static enum dz_code
ignore_chunk(void *ctx, const void *p, size_t n, struct dz_err *err)
{
    (void)ctx;
    (void)p;
    (void)n;
    (void)err;
    return DZ_OK;
}

static void
test_purge(void **state)
{
    struct fixture *f = *state;
    char id[DZ_ID_MAX], object[DZ_HEX32];
    size_t hits = 0;
    memcpy(id, fixture_source(f, "a.txt", "unmistakable heliotrope words"), DZ_ID_MAX);
    {
        DZ_AUTO_SOURCE struct dz_source s = {0};
        OK(f, dz_source_get(f->v, id, &s, &f->err));
        memcpy(object, s.row.object, DZ_HEX32);
    }
    assert_int_equal(dz_item_purge(f->v, id, "", false, NULL, &f->err), DZ_E_USAGE);
    struct dz_purge done = {0};
    OK(f, dz_item_purge(f->v, id, "added in error", false, &done, &f->err));
    assert_int_equal(done.n_objects, 1);
    assert_int_equal(done.n_bodies, 2);
    DZ_AUTO_SOURCE struct dz_source s = {0};
    assert_int_equal(dz_source_get(f->v, id, &s, &f->err), DZ_E_NOTFOUND);
    OK(f, dz_search(f->v, "heliotrope", 10, count_hit, &hits, &f->err));
    assert_int_equal(hits, 0);
    assert_int_equal(dz_vault_read_object(f->v, object, "none", ignore_chunk, NULL, NULL),
                     DZ_E_NOTFOUND);
    fixture_check_rebuild(f);
    fixture_reopen(f);
    /* The same file can be added again, as a new source. */
    fixture_source(f, "a.txt", "unmistakable heliotrope words");
    assert_string_not_equal(f->reports[0].id, id);
}

static void
test_purge_and_facts(void **state)
{
    struct fixture *f = *state;
    char id[DZ_ID_MAX], fact[DZ_ID_MAX];
    memcpy(id, fixture_source(f, "a.txt", "They said it was not recognised."), DZ_ID_MAX);
    DZ_AUTO_JSON json_t *fields = json_pack("{s:s, s:[{s:s, s:s}]}", "stance", "not_recognised",
                                            "passages", "source", id, "exact", "not recognised");
    OK(f, dz_fact_record(f->v, f->rules, "statement", fields, fact, &f->err));
    assert_int_equal(dz_item_purge(f->v, id, "wrong", false, NULL, &f->err), DZ_E_DENIED);
    assert_non_null(strstr(f->err.msg, "1 facts"));
    struct dz_purge done = {0};
    OK(f, dz_item_purge(f->v, id, "wrong", true, &done, &f->err));
    assert_int_equal(done.n_facts, 1);
    uint64_t n;
    OK(f, dz_facts_count(f->v, NULL, &n, &f->err));
    assert_int_equal(n, 0);
    fixture_check_rebuild(f);
}

struct history {
    char kinds[256];
};

static enum dz_code
note_kind(void *ctx, const struct dz_entry_view *e, struct dz_err *err)
{
    (void)err;
    struct history *h = ctx;
    assert_non_null(e->body);
    size_t n = strlen(h->kinds);
    snprintf(h->kinds + n, sizeof h->kinds - n, "%s ", e->kind);
    return DZ_OK;
}

static void
test_history(void **state)
{
    struct fixture *f = *state;
    struct history h = {{0}};
    const char *id = fixture_source(f, "a.txt", "words");
    OK(f, describe(f, id, "{\"title\":\"x\",\"access\":\"sealed\"}"));
    OK(f, dz_item_history(f->v, id, note_kind, &h, &f->err));
    assert_string_equal(h.kinds, "source.added text.derived source.described access.changed ");
}

static void
test_short_ids(void **state)
{
    struct fixture *f = *state;
    char id[DZ_ID_MAX], full[DZ_ID_MAX];
    memcpy(id, fixture_source(f, "a.txt", "words"), DZ_ID_MAX);
    char part[DZ_ID_MAX];
    memcpy(part, id, DZ_ID_MAX);
    part[9] = '\0';
    OK(f, dz_item_resolve(f->v, part, full, &f->err));
    assert_string_equal(full, id);
    assert_int_equal(dz_item_resolve(f->v, "src-", full, &f->err), DZ_E_NOTFOUND);
    assert_int_equal(dz_item_purge(f->v, part, "x", false, NULL, &f->err), DZ_E_INPUT);
}

/* ---- large files, files in motion ---- */

#define LARGE (20u << 20)

static void
write_large(struct fixture *f, const char *name, char last)
{
    DZ_AUTO_FREE char *bytes = dz_alloc(LARGE);
    memset(bytes, 'x', LARGE);
    bytes[LARGE - 1] = last;
    fixture_write(f, name, bytes, LARGE);
}

static void
test_large_files(void **state)
{
    struct fixture *f = *state;
    write_large(f, "one.txt", '1');
    write_large(f, "two.txt", '2');
    write_large(f, "one-again.txt", '1');
    fixture_add(f, "one.txt");
    assert_int_equal(f->reports[0].outcome, DZ_ADD_PRESERVED);
    assert_string_equal(f->reports[0].status, "too_large");
    char id[DZ_ID_MAX];
    memcpy(id, f->reports[0].id, DZ_ID_MAX);
    /* Of the same size, so that it is hashed first; not the same bytes. */
    fixture_add(f, "two.txt");
    assert_int_equal(f->reports[0].outcome, DZ_ADD_PRESERVED);
    fixture_add(f, "one-again.txt");
    assert_int_equal(f->reports[0].outcome, DZ_ADD_DUPLICATE);
    assert_string_equal(f->reports[0].id, id);
    /* Binary under the name of a text: preserved, and no text of it. */
    DZ_AUTO_FREE char *zeros = dz_alloc(LARGE);
    fixture_write(f, "zeros.txt", zeros, LARGE);
    struct dz_add_summary sum = fixture_add(f, "zeros.txt");
    assert_int_equal(sum.n_preserved, 1);
    assert_int_equal(sum.n_without_text, 1);
    fixture_check_rebuild(f);
}

static void
ignore_finding(void *ctx, enum dz_verify_level level, const char *thing, const char *message,
               const char *touches)
{
    (void)ctx;
    (void)level;
    (void)touches;
    print_message("%s: %s", thing, message);
}

/* Somebody writes on while we read. */
static pid_t
start_writer(struct fixture *f, const char *name)
{
    char path[160];
    snprintf(path, sizeof path, "%s/%s", f->dir, name);
    pid_t child = fork();
    if (child != 0)
        return child;
    FILE *out = fopen(path, "ab");
    for (int i = 0; out && i < 600000; i++) {
        fputc('y', out);
        fflush(out);
        usleep(50);
    }
    _exit(0);
}

/* The writer is at work once the file has grown; a busy machine may take its time. */
static void
wait_for_writer(struct fixture *f, const char *name, uint64_t size)
{
    char path[160];
    struct dz_os_stat st = {0};
    snprintf(path, sizeof path, "%s/%s", f->dir, name);
    for (int i = 0; i < 20000 && st.size_bytes <= size; i++) {
        OK(f, dz_os_stat(AT_FDCWD, path, true, &st, &f->err));
        usleep(500);
    }
    assert_true(st.size_bytes > size);
}

static void
test_changing_file(void **state)
{
    struct fixture *f = *state;
    static const char *const names[] = {"small.txt", "large.txt"};
    for (size_t i = 0; i < 2; i++) {
        if (i == 0) {
            DZ_AUTO_FREE char *bytes = dz_alloc(48u << 20);
            memset(bytes, 'x', 48u << 20);
            fixture_write(f, names[i], bytes, 48u << 20);
        } else {
            write_large(f, names[i], 'x');
        }
        struct dz_os_stat st = {0};
        char path[160];
        snprintf(path, sizeof path, "%s/%s", f->dir, names[i]);
        OK(f, dz_os_stat(AT_FDCWD, path, true, &st, &f->err));
        pid_t writer = start_writer(f, names[i]);
        wait_for_writer(f, names[i], st.size_bytes);
        struct dz_add_summary sum = fixture_add(f, names[i]);
        kill(writer, SIGKILL);
        waitpid(writer, NULL, 0);
        assert_int_equal(sum.n_failed, 1);
        assert_non_null(strstr(f->reports[0].message, "changed while it was read"));
    }
    uint64_t n;
    OK(f, dz_sources_count(f->v, &n, &f->err));
    assert_int_equal(n, 0);
    struct dz_verify_report report = {0};
    OK(f, dz_vault_verify(f->v, DZ_VERIFY_DEEP, ignore_finding, NULL, &report, &f->err));
    assert_int_equal(report.n_findings, 0);
    /* At rest it is taken. */
    assert_int_equal(fixture_add(f, "small.txt").n_preserved, 1);
}

static bool stop_now;

static void
stop_after_first(void *ctx, enum dz_add_phase phase, uint64_t n_files, uint64_t of,
                 uint64_t n_bytes)
{
    (void)ctx;
    (void)phase;
    (void)of;
    (void)n_bytes;
    stop_now = n_files >= 1;
}

static void
test_cancel_keeps_what_is_done(void **state)
{
    struct fixture *f = *state;
    char path[160];
    const char *paths[] = {path};
    uint64_t n;
    /* More than can be under way at once: what was being read when the word came is kept. */
    make_folder(f);
    for (int i = 0; i < 4000; i++) {
        char name[40];
        snprintf(name, sizeof name, "in/more-%d.txt", i);
        fixture_write(f, name, name, strlen(name));
    }
    snprintf(path, sizeof path, "%s/in", f->dir);
    struct dz_add_opts opts = {
        .report = fixture_report, .progress = stop_after_first, .ctx = f, .cancel = &stop_now};
    assert_int_equal(dz_sources_add(f->v, f->rules, paths, 1, &opts, NULL, &f->err),
                     DZ_E_CANCELLED);
    OK(f, dz_sources_count(f->v, &n, &f->err));
    assert_true(n >= 1 && n < 1600);
    stop_now = false;
}

static enum dz_code
count_source(void *ctx, const struct dz_source_row *row, struct dz_err *err)
{
    (void)err;
    assert_string_equal(row->title, "From the table");
    (*(uint64_t *)ctx)++;
    return DZ_OK;
}

static const json_t *
say(void *ctx, const char *path, const char *name)
{
    (void)path;
    return strcmp(name, "a.txt") == 0 ? ctx : NULL;
}

static void
test_described_while_added(void **state)
{
    struct fixture *f = *state;
    char path[160];
    const char *paths[] = {path};
    DZ_AUTO_JSON json_t *said =
        json_pack("{s:s, s:s, s:s, s:s}", "title", "From the table", "basis", "testimony", "access",
                  "sealed", "published", "2022-21");
    WRITE(f, "a.txt", "words of a witness");
    snprintf(path, sizeof path, "%s/a.txt", f->dir);
    struct dz_add_opts opts = {.basis = "published", .describe = say, .ctx = said};
    OK(f, dz_sources_add(f->v, f->rules, paths, 1, &opts, NULL, &f->err));
    struct dz_source_filter filter = {
        .basis = "testimony", .access = "sealed", .published = "2022"};
    uint64_t n = 0;
    OK(f, dz_sources_each(f->v, &filter, count_source, &n, &f->err));
    assert_int_equal(n, 1);
    filter.published = "2023";
    OK(f, dz_sources_each(f->v, &filter, count_source, &n, &f->err));
    assert_int_equal(n, 1);
    assert_int_equal(dz_sources_add(f->v, f->rules, paths, 1,
                                    &(struct dz_add_opts){.basis = "hearsay"}, NULL, &f->err),
                     DZ_E_USAGE);
    fixture_check_rebuild(f);
}

/* What is not known here comes from a later version, and is held back like a testimony. */
static void
test_what_a_basis_means(void **state)
{
    static const struct {
        const char *basis;
        bool is_public;
        bool is_personal;
    } cases[] = {
        {"published", true, false},       {"official", true, false},  {"testimony", false, true},
        {"private_document", false, true}, {"unstated", false, false}, {NULL, false, false},
        {"of a later version", false, true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(dz_basis_is_public(cases[i].basis), cases[i].is_public);
        assert_int_equal(dz_basis_is_personal(cases[i].basis), cases[i].is_personal);
    }
}

#ifdef DZ_FAULTS
/* The n-th call to the system fails: what was reported is there afterwards, the
 * rest is named or the command fails, and the vault verifies. */
static void
test_failing_system_calls(void **state)
{
    struct fixture *f = *state;
    long calls = 1000;
    size_t failed = 0;
    char path[160];
    const char *paths[] = {path};
    snprintf(path, sizeof path, "%s/n.txt", f->dir);
    /* Each one at first, then every eleventh, so that it ends soon. */
    for (long n = 1; n < calls; n += n < 10 ? 1 : 11) {
        DZ_AUTO_FREE char *text = dz_asprintf("text number %ld", n);
        WRITE(f, "n.txt", text);
        struct dz_add_opts opts = {.report = fixture_report, .ctx = f};
        f->n_reports = 0;
        dz_os_fault_arm(n, EIO, false);
        enum dz_code code = dz_sources_add(f->v, f->rules, paths, 1, &opts, NULL, &f->err);
        long seen = dz_os_fault_count();
        dz_os_fault_arm(0, 0, false);
        if (seen < n) {
            calls = n;
            assert_int_equal(code, DZ_OK);
        }
        bool preserved = f->n_reports == 1 && f->reports[0].outcome == DZ_ADD_PRESERVED;
        failed += !preserved;
        if (code == DZ_OK)
            assert_int_equal(f->n_reports, 1);
        fixture_reopen(f);
        if (preserved) {
            DZ_AUTO_SOURCE struct dz_source s = {0};
            OK(f, dz_source_get(f->v, f->reports[0].id, &s, &f->err));
        }
    }
    assert_true(failed >= 10);
    struct dz_verify_report report = {0};
    OK(f, dz_vault_verify(f->v, DZ_VERIFY_DEEP, ignore_finding, NULL, &report, &f->err));
    assert_int_equal(report.n_findings, 0);
    fixture_check_rebuild(f);
}
#endif

#define T(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(test_text_file),
        T(test_dates_of_a_table_publish_nothing),
        T(test_same_bytes_once),
        T(test_folder),
        T(test_names_in_folders),
        T(test_the_vault_is_not_added_to_itself),
        T(test_missing_and_unreadable),
        T(test_backlog),
        T(test_describe),
        T(test_bad_descriptions),
        T(test_purge),
        T(test_purge_and_facts),
        T(test_history),
        T(test_short_ids),
        T(test_large_files),
        T(test_changing_file),
        T(test_cancel_keeps_what_is_done),
        T(test_described_while_added),
        cmocka_unit_test(test_what_a_basis_means),
#ifdef DZ_FAULTS
        T(test_failing_system_calls),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
