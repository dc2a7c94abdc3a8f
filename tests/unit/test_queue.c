#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "vault_fixture.h"

#include "dz_db.h"
#include "dz_fact.h"
#include "dz_json.h"
#include "dz_queue.h"
#include "dz_source.h"

static const char words[] =
    "Published on 3 May 2024\n\n"
    "In Mariupol the hospital refused to treat people without a Russian passport.\n"
    "By 1 July 2024 residents must obtain Russian passports, according to a decree of the occupation "
    "administration.\n"
    "Officials said that 2.8 million Russian passports had been issued in the occupied territories.\n"
    "Employers in Melitopol dismissed workers who refused Russian citizenship.\n";

struct listed {
    size_t n;
    size_t n_facts;
    char id[DZ_SUGGESTION_ID_MAX]; /* first fact */
    char second[DZ_SUGGESTION_ID_MAX];
    char place[DZ_SUGGESTION_ID_MAX];
    size_t start;
    size_t end;
};

static bool
is_fact_kind(const char *kind)
{
    for (size_t i = 0; dz_fact_kinds[i]; i++) {
        if (strcmp(kind, dz_fact_kinds[i]) == 0)
            return true;
    }
    return false;
}

static enum dz_code
note_row(void *ctx, const struct dz_queue_row *q, struct dz_err *err)
{
    (void)err;
    struct listed *l = ctx;
    l->n++;
    assert_string_equal(dz_json_str(q->line, "id"), q->id);
    assert_string_equal(dz_json_str(q->line, "quote"), q->quote);
    assert_string_equal(dz_json_str(q->line, "doc"), q->doc);
    assert_int_equal(strlen(q->id), 20);
    if (!is_fact_kind(q->kind)) {
        snprintf(l->place, sizeof l->place, "%s", q->id);
        return DZ_OK;
    }
    if (l->n_facts == 0) {
        snprintf(l->id, sizeof l->id, "%s", q->id);
        l->start = q->start;
        l->end = q->end;
    } else if (l->n_facts == 1) {
        snprintf(l->second, sizeof l->second, "%s", q->id);
    }
    l->n_facts++;
    return DZ_OK;
}

static struct listed
list(struct fixture *f, bool decided)
{
    struct listed l = {0};
    struct dz_queue_filter filter = {.decided = decided};
    OK(f, dz_queue_each(f->v, &filter, note_row, &l, &f->err));
    return l;
}

static void
test_compute_and_cache(void **state)
{
    struct fixture *f = *state;
    uint64_t n;
    fixture_source(f, "doc.txt", words);
    OK(f, dz_queue_backlog(f->v, f->rules, &n, &f->err));
    assert_int_equal(n, 1);
    /* Stopped before the first source: nothing is read, and said so. */
    const bool stop = true;
    assert_int_equal(dz_queue_update(f->v, f->rules, NULL, &stop, &n, &f->err), DZ_E_CANCELLED);
    OK(f, dz_queue_update(f->v, f->rules, NULL, NULL, &n, &f->err));
    assert_int_equal(n, 1);
    struct listed first = list(f, false);
    assert_true(first.n_facts >= 3);
    /* Nothing is computed twice, and computing anew gives the same ids. */
    OK(f, dz_queue_update(f->v, f->rules, NULL, NULL, &n, &f->err));
    assert_int_equal(n, 0);
    OK(f, dz_vault_rebuild(f->v, &f->err));
    OK(f, dz_queue_update(f->v, f->rules, NULL, NULL, &n, &f->err));
    assert_int_equal(n, 1);
    struct listed again = list(f, false);
    assert_int_equal(again.n, first.n);
    assert_string_equal(again.id, first.id);
    /* A date said by a person changes how relative dates are read. */
    DZ_AUTO_JSON json_t *said = json_pack("{s:s}", "published", "2024-05-04");
    OK(f, dz_source_describe(f->v, f->rules, f->reports[0].id, said, &f->err));
    OK(f, dz_queue_backlog(f->v, f->rules, &n, &f->err));
    assert_int_equal(n, 1);
}

static void
test_accept_and_reject(void **state)
{
    struct fixture *f = *state;
    char fact[DZ_ID_MAX];
    fixture_source(f, "doc.txt", words);
    OK(f, dz_queue_update(f->v, f->rules, NULL, NULL, NULL, &f->err));
    struct listed before = list(f, false);
    DZ_AUTO_JSON json_t *corrections = json_pack("{s:s}", "note", "checked");
    OK(f, dz_queue_accept(f->v, f->rules, before.id, corrections, fact, &f->err));
    DZ_AUTO_FACT struct dz_fact made = {0};
    OK(f, dz_fact_get(f->v, fact, &made, &f->err));
    assert_string_equal(made.row.suggestion, before.id);
    assert_true(made.row.reviewed);
    assert_int_equal(made.row.passages[0].start, before.start);
    assert_int_equal(made.row.passages[0].end, before.end);
    assert_string_equal(dz_json_str(made.row.body, "note"), "checked");
    assert_non_null(dz_json_str(made.row.body, "rule"));
    OK(f, dz_queue_reject(f->v, before.second, &f->err));
    struct listed after = list(f, false);
    assert_true(after.n_facts <= before.n_facts - 2);
    assert_int_equal(list(f, true).n, before.n);
    assert_int_equal(dz_queue_accept(f->v, f->rules, before.id, NULL, fact, &f->err), DZ_E_EXISTS);
    assert_int_equal(dz_queue_reject(f->v, before.second, &f->err), DZ_E_EXISTS);
    assert_int_equal(dz_queue_reject(f->v, "sug-0000000000000000", &f->err), DZ_E_NOTFOUND);
    if (before.place[0])
        assert_int_equal(dz_queue_accept(f->v, f->rules, before.place, NULL, fact, &f->err),
                         DZ_E_DENIED);
    /* Decisions outlive the cache. */
    fixture_check_rebuild(f);
    OK(f, dz_queue_update(f->v, f->rules, NULL, NULL, NULL, &f->err));
    assert_int_equal(list(f, false).n, after.n);
}

static void
test_accept_all(void **state)
{
    struct fixture *f = *state;
    struct dz_queue_bulk sum = {0};
    uint64_t n;
    fixture_source(f, "doc.txt", words);
    OK(f, dz_queue_accept_all(f->v, f->rules, NULL, &sum, &f->err));
    assert_true(sum.n_accepted >= 3);
    assert_int_equal(sum.n_refused, 0);
    OK(f, dz_facts_count(f->v, NULL, &n, &f->err));
    assert_int_equal(n, sum.n_accepted);
    assert_int_equal(list(f, false).n_facts, sum.n_sensitive);
    OK(f, dz_queue_accept_all(f->v, f->rules, NULL, &sum, &f->err));
    assert_int_equal(sum.n_accepted, 0);
    fixture_check_rebuild(f);
}

static enum dz_code
check_bulk(void *ctx, const struct dz_fact_row *row, struct dz_err *err)
{
    (void)ctx;
    (void)err;
    assert_true(row->bulk);
    assert_false(row->reviewed);
    return DZ_OK;
}

static void
test_bulk_is_marked_until_reviewed(void **state)
{
    struct fixture *f = *state;
    struct dz_queue_bulk sum = {0};
    fixture_source(f, "doc.txt", words);
    OK(f, dz_queue_accept_all(f->v, f->rules, NULL, &sum, &f->err));
    OK(f, dz_facts_each(f->v, NULL, check_bulk, NULL, &f->err));
}

static void
test_only_public_sources_in_bulk(void **state)
{
    struct fixture *f = *state;
    struct dz_queue_bulk sum = {0};
    WRITE(f, "told.txt", words);
    fixture_add_as(f, "told.txt", "testimony", false);
    OK(f, dz_queue_accept_all(f->v, f->rules, NULL, &sum, &f->err));
    assert_int_equal(sum.n_accepted, 0);
    assert_true(sum.n_not_public >= 3);
    DZ_AUTO_JSON json_t *said = json_pack("{s:s}", "basis", "official");
    OK(f, dz_source_describe(f->v, f->rules, f->reports[0].id, said, &f->err));
    OK(f, dz_queue_accept_all(f->v, f->rules, NULL, &sum, &f->err));
    assert_true(sum.n_accepted >= 3);
}

/* A person recorded the same before: the proposal does not come back. */
static void
test_a_fact_by_hand_decides(void **state)
{
    struct fixture *f = *state;
    char fact[DZ_ID_MAX];
    fixture_source(f, "doc.txt", words);
    OK(f, dz_queue_update(f->v, f->rules, NULL, NULL, NULL, &f->err));
    size_t before = list(f, false).n_facts;
    DZ_AUTO_JSON json_t *fields =
        json_pack("{s:s, s:s, s:[{s:s, s:s}]}", "value", "2800000", "unit", "passports", "passages",
                  "source", f->reports[0].id, "exact", "2.8 million Russian passports");
    OK(f, dz_fact_record(f->v, f->rules, "figure", fields, fact, &f->err));
    assert_int_equal(list(f, false).n_facts, before - 1);
}

/* Another process that reads a long text for suggestions, until it has ended. */
static pid_t
start_update(struct fixture *f)
{
    int ready[2];
    char byte;
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        /* Guarded memory is wiped at a fork, and a handle belongs to its process. */
        OK(f, dz_secret_copy("correct horse", 13, &f->passphrase, &f->err));
        fixture_open(f, DZ_VAULT_WRITE);
        if (write(ready[1], "r", 1) != 1)
            _exit(2);
        _exit(dz_queue_update(f->v, f->rules, NULL, NULL, NULL, &f->err) == DZ_OK ? 0 : 1);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    close(ready[1]);
    return child;
}

/* Its words would lie in the index again, and nobody would look for them there. */
static void
test_removed_while_it_was_read(void **state)
{
    struct fixture *f = *state;
    size_t n = 3000000, part = strlen(words);
    DZ_AUTO_FREE char *text = dz_alloc(n + 1);
    for (size_t at = 0; at + part < n; at += part)
        memcpy(text + at, words, part);
    memset(text + n - n % part, '.', n % part);
    fixture_source(f, "long.txt", text);
    pid_t child = start_update(f);
    struct dz_purge done = {0};
    OK(f, dz_item_purge(f->v, f->reports[0].id, "asked for", 0, &done, &f->err));
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    DZ_AUTO_FREE char *mark = NULL;
    OK(f, dz_db_get_text(dz_vault_db(f->v), DZ_Q_CACHE_READ_GET, &mark, &f->err,
                         DZ_ARGS(dz_arg_text(f->reports[0].id))));
    assert_null(mark);
}

#define T(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(test_compute_and_cache),
        T(test_accept_and_reject),
        T(test_accept_all),
        T(test_bulk_is_marked_until_reviewed),
        T(test_only_public_sources_in_bulk),
        T(test_a_fact_by_hand_decides),
        T(test_removed_while_it_was_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
