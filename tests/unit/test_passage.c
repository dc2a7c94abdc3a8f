#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>

#include "vault_fixture.h"

#include "dz_codec.h"
#include "dz_db.h"
#include "dz_fact.h"
#include "dz_hash.h"
#include "dz_json.h"
#include "dz_passage.h"
#include "dz_queue.h"
#include "dz_where.h"

/* Passages in a vault: new text versions, what they do to passages, and what a person confirms. */

static const char words[] =
    "Notice of the council.\nThe clinic in Mariupol sent patients without a "
    "passport away. Officials counted 1200 people.\n";

static bool false_locators; /* derive_as names a hash that they do not have */

/* Another version of a source's text, as an extractor would have made it. */
static void
derive_as(struct fixture *f, const char *source, const char *text, const char *extractor,
          const char *locators)
{
    struct dz_batch *b = NULL;
    struct dz_object_info info = {0}, marks = {0};
    uint8_t digest[DZ_SHA256_BYTES];
    char sha256[DZ_HEX32];
    DZ_AUTO_JSON json_t *fields = json_object();
    dz_sha256(text, strlen(text), digest);
    dz_hex_encode(digest, sizeof digest, sha256);
    OK(f, dz_batch_begin(f->v, &b, &f->err));
    OK(f, dz_batch_object_begin(b, &f->err));
    OK(f, dz_batch_object_write(b, text, strlen(text), &f->err));
    OK(f, dz_batch_object_finish(b, &info, &f->err));
    const char *brought[3] = {info.id};
    dz_json_set_str(fields, "source", source);
    dz_json_set_str(fields, "status", "text");
    dz_json_set_str(fields, "extractor", extractor);
    dz_json_set_str(fields, "object", info.id);
    dz_json_set_str(fields, "codec", info.codec);
    dz_json_set_str(fields, "sha256", sha256);
    dz_json_set_int(fields, "size", (int64_t)strlen(text));
    dz_json_set_int(fields, "chars", (int64_t)dz_utf8_length(dz_view_of(text)));
    if (locators) {
        OK(f, dz_batch_object_begin(b, &f->err));
        OK(f, dz_batch_object_write(b, locators, strlen(locators), &f->err));
        OK(f, dz_batch_object_finish(b, &marks, &f->err));
        brought[1] = marks.id;
        dz_json_set_str(fields, "locators", marks.id);
        dz_json_set_str(fields, "locators_codec", marks.codec);
        dz_json_set_str(fields, "locators_sha256", false_locators ? info.sha256 : marks.sha256);
    }
    OK(f, dz_batch_entry(b, "text.derived", fields, brought, NULL, &f->err));
    OK(f, dz_batch_commit(b, &f->err));
    dz_batch_end(b);
}

static void
derive(struct fixture *f, const char *source, const char *text)
{
    derive_as(f, source, text, "text/2", NULL);
}

static void
record(struct fixture *f, const char *source, const char *exact, char id[DZ_ID_MAX])
{
    DZ_AUTO_JSON json_t *fields =
        json_pack("{s:s,s:s,s:[{s:s,s:s}]}", "sphere", "healthcare", "means", "denial", "passages",
                  "source", source, "exact", exact);
    OK(f, dz_fact_record(f->v, f->rules, "act", fields, id, &f->err));
}

static void
check_fact(struct fixture *f, const char *id, enum dz_passage_state state, size_t start,
           bool confirmed)
{
    DZ_AUTO_FACT struct dz_fact fact = {0};
    OK(f, dz_fact_get(f->v, id, &fact, &f->err));
    assert_int_equal(fact.row.passage_state, state);
    assert_int_equal(fact.row.passages[0].state, state);
    assert_int_equal(fact.row.passages[0].start, start);
    assert_int_equal(fact.row.passages[0].confirmed != NULL, confirmed);
    /* The words stand where the passage says, whichever version that is. */
    DZ_AUTO_BUF struct dz_buf text = {0};
    const struct dz_passage *p = &fact.row.passages[0];
    OK(f, dz_source_text_version(f->v, p->source, p->text_sha256, &text, &f->err));
    struct dz_view all = dz_buf_view(&text);
    size_t from = dz_utf8_byte_of(all, p->start), to = dz_utf8_byte_of(all, p->end);
    assert_int_equal(to - from, strlen(p->exact));
    assert_memory_equal(text.p + from, p->exact, to - from);
}

static enum dz_code
count_case(void *ctx, const struct dz_passage_case *one, struct dz_err *err)
{
    (void)err;
    struct dz_passage_case *last = ctx;
    *last = *one;
    return DZ_OK;
}

static void
test_states(void **state)
{
    struct fixture *f = *state;
    char source[DZ_ID_MAX], id[DZ_ID_MAX];
    struct dz_passage_counts counts;
    snprintf(source, sizeof source, "%s", fixture_source(f, "a.txt", words));
    record(f, source, "without a passport", id);
    check_fact(f, id, DZ_PASSAGE_SAME, 60, false);
    /* Something far behind the quote: nothing happened to it. */
    derive(f, source,
           "Notice of the council.\nThe clinic in Mariupol sent patients without a "
           "passport away. Officials counted 1200 people.\nPrinted in 2O23.\n");
    check_fact(f, id, DZ_PASSAGE_SAME, 60, false);
    derive(f, source, "Page 1\nThe clinic in Mariupol sent patients without a passport away.\n");
    check_fact(f, id, DZ_PASSAGE_MOVED, 60, false);
    derive(f, source, "The clinic sent patients with out a passporl away.\n");
    check_fact(f, id, DZ_PASSAGE_ORPHAN, 60, false);
    OK(f, dz_passages_count(f->v, source, &counts, &f->err));
    assert_int_equal(counts.n[DZ_PASSAGE_ORPHAN], 1);
    assert_int_equal(counts.n[DZ_PASSAGE_SAME], 0);
    struct dz_passage_case last = {0};
    OK(f, dz_passages_each(f->v, id, NULL, count_case, &last, &f->err));
    assert_int_equal(last.number, 1);
    assert_int_equal(last.found.n, 1);
    assert_int_equal(last.found.places[0].edits, 1);
    /* What the words may mean is never taken. */
    struct dz_quote_place place;
    assert_int_equal(dz_passage_confirm(f->v, id, 0, DZ_PLACE_ONLY, &place, &f->err), DZ_E_DENIED);
    assert_int_equal(dz_passage_confirm(f->v, id, 0, 25, &place, &f->err), DZ_E_DENIED);
    fixture_check_rebuild(f);
    check_fact(f, id, DZ_PASSAGE_ORPHAN, 60, false);
    /* Back to the first version: it stands there again. */
    derive(f, source, words);
    check_fact(f, id, DZ_PASSAGE_SAME, 60, false);
    fixture_check_rebuild(f);
}

static void
test_confirm(void **state)
{
    struct fixture *f = *state;
    char source[DZ_ID_MAX], id[DZ_ID_MAX];
    struct dz_quote_place place;
    snprintf(source, sizeof source, "%s", fixture_source(f, "a.txt", words));
    record(f, source, "without a passport", id);
    assert_int_equal(dz_passage_confirm(f->v, id, 0, DZ_PLACE_ONLY, &place, &f->err), DZ_E_INPUT);
    assert_int_equal(dz_passage_confirm(f->v, id, 1, DZ_PLACE_ONLY, &place, &f->err), DZ_E_INPUT);
    assert_int_equal(dz_passage_confirm(f->v, id, 2, DZ_PLACE_ONLY, &place, &f->err), DZ_E_INPUT);
    derive(f, source,
           "1. Notice of the council.\nThe clinic in Mariupol sent patients without a "
           "passport away.\n");
    check_fact(f, id, DZ_PASSAGE_MOVED, 60, false);
    assert_int_equal(dz_passage_confirm(f->v, id, 0, 3, &place, &f->err), DZ_E_INPUT);
    assert_int_equal(dz_passage_confirm(f->v, id, 0, 99999, &place, &f->err), DZ_E_INPUT);
    OK(f, dz_passage_confirm(f->v, id, 0, DZ_PLACE_ONLY, &place, &f->err));
    assert_int_equal(place.start, 63);
    check_fact(f, id, DZ_PASSAGE_SAME, 63, true);
    fixture_check_rebuild(f);
    check_fact(f, id, DZ_PASSAGE_SAME, 63, true);
    /* A revision with the same passage keeps its place, and an unconfirmed one moves again. */
    DZ_AUTO_JSON json_t *more = json_pack("{s:s}", "note", "seen twice");
    OK(f, dz_fact_revise(f->v, f->rules, id, NULL, more, &f->err));
    check_fact(f, id, DZ_PASSAGE_SAME, 63, true);
    derive(f, source, "They left without a passport. The clinic sent people without a passport.");
    check_fact(f, id, DZ_PASSAGE_MOVED, 63, true);
    fixture_check_rebuild(f);
    assert_int_equal(dz_passage_confirm(f->v, id, 1, DZ_PLACE_ONLY, &place, &f->err), DZ_E_INPUT);
    assert_non_null(strstr(f->err.msg, "--at"));
    OK(f, dz_passage_confirm(f->v, id, 1, 10, &place, &f->err));
    check_fact(f, id, DZ_PASSAGE_SAME, 10, true);
    /* That was the wrong one: it is said again. */
    OK(f, dz_passage_confirm(f->v, id, 1, 53, &place, &f->err));
    check_fact(f, id, DZ_PASSAGE_SAME, 53, true);
    OK(f, dz_passage_confirm(f->v, id, 1, 10, &place, &f->err));
    check_fact(f, id, DZ_PASSAGE_SAME, 10, true);
    fixture_check_rebuild(f);
    check_fact(f, id, DZ_PASSAGE_SAME, 10, true);
    /* A revision with another passage is not touched by any of it. */
    DZ_AUTO_JSON json_t *other = json_pack("{s:[{s:s,s:s}]}", "passages", "source", source, "exact",
                                           "The clinic sent people");
    OK(f, dz_fact_revise(f->v, f->rules, id, NULL, other, &f->err));
    check_fact(f, id, DZ_PASSAGE_SAME, 30, false);
    fixture_check_rebuild(f);
}

/* Whoever removes a fact removes the words that its confirmations hold. */
static void
test_purge(void **state)
{
    struct fixture *f = *state;
    char source[DZ_ID_MAX], id[DZ_ID_MAX];
    struct dz_quote_place place;
    struct dz_purge gone = {0};
    snprintf(source, sizeof source, "%s", fixture_source(f, "a.txt", words));
    record(f, source, "without a passport", id);
    derive(f, source, "The clinic in Mariupol sent patients without a passport away.\n");
    OK(f, dz_passage_confirm(f->v, id, 0, DZ_PLACE_ONLY, &place, &f->err));
    OK(f, dz_item_purge(f->v, id, "added in error", false, &gone, &f->err));
    assert_int_equal(gone.n_bodies, 2);
    fixture_check_rebuild(f);
}

static enum dz_add_again last_again;
static void
note_again(void *ctx, const struct dz_add_report *r)
{
    (void)ctx;
    if (r->outcome == DZ_ADD_TEXT_READ)
        last_again = r->again;
}

static void
read_again(struct fixture *f, const char *source, enum dz_add_again *ret)
{
    struct dz_add_opts opts = {.box = fixture_box(f), .again = true, .report = note_again};
    last_again = (enum dz_add_again)9;
    OK(f, dz_sources_read(f->v, f->rules, &source, 1, &opts, NULL, &f->err));
    *ret = last_again;
}

static uint64_t
journal_size(struct fixture *f)
{
    int64_t n = 0;
    OK(f, dz_db_get_int(dz_vault_db(f->v), DZ_Q_ENTRY_CLOCK_MAX, &n, NULL, &f->err, DZ_NO_ARGS));
    return (uint64_t)n;
}

static void
test_read_again(void **state)
{
    struct fixture *f = *state;
    char source[DZ_ID_MAX], id[DZ_ID_MAX];
    enum dz_add_again again;
    snprintf(source, sizeof source, "%s", fixture_source(f, "a.txt", words));
    uint64_t before = journal_size(f);
    read_again(f, source, &again);
    assert_int_equal(again, DZ_AGAIN_SAME);
    assert_int_equal(journal_size(f), before);
    /* As an older extractor had read it. */
    derive_as(f, source, "N0tice.\nThe clinic in Mariupol sent patients without a passport away.\n",
              "text/1", NULL);
    record(f, source, "sent patients without a passport", id);
    DZ_AUTO_SOURCE struct dz_source s = {0};
    OK(f, dz_source_get(f->v, source, &s, &f->err));
    assert_true(dz_source_is_outdated(&s.row, NULL));
    read_again(f, source, &again);
    assert_int_equal(again, DZ_AGAIN_NEW);
    check_fact(f, id, DZ_PASSAGE_MOVED, 31, false);
    dz_source_done(&s);
    OK(f, dz_source_get(f->v, source, &s, &f->err));
    assert_false(dz_source_is_outdated(&s.row, NULL));
    before = journal_size(f);
    read_again(f, source, &again);
    assert_int_equal(again, DZ_AGAIN_SAME);
    assert_int_equal(journal_size(f), before);
    fixture_check_rebuild(f);
}

/* A reading without text does not take the text away that another one had. */
static void
test_read_again_empty(void **state)
{
    struct fixture *f = *state;
    char source[DZ_ID_MAX];
    enum dz_add_again again;
    snprintf(source, sizeof source, "%s", fixture_source(f, "a.bin", "\1\2\3\0\1\2\3"));
    derive_as(f, source, "What somebody else could read.\n", "text/1", NULL);
    read_again(f, source, &again);
    assert_int_equal(again, DZ_AGAIN_KEPT);
    DZ_AUTO_SOURCE struct dz_source s = {0};
    OK(f, dz_source_get(f->v, source, &s, &f->err));
    assert_string_equal(s.row.text_status, "text");
    assert_string_equal(s.row.extractor, "text/1");
}

static void
test_where(void **state)
{
    struct fixture *f = *state;
    char source[DZ_ID_MAX], id[DZ_ID_MAX];
    snprintf(source, sizeof source, "%s", fixture_source(f, "a.txt", words));
    derive_as(f, source, words, "pdf/1", "0\tpage\t1\n23\tpage\t2 (ii)\n80\tpage\t3\n");
    record(f, source, "without a passport away", id);
    /* A later version has no pages; the passage still says that of its own. */
    derive(f, source, "The clinic in Mariupol sent patients without a passport away.\n");
    DZ_AUTO_FACT struct dz_fact fact = {0};
    OK(f, dz_fact_get(f->v, id, &fact, &f->err));
    const struct dz_passage *p = &fact.row.passages[0];
    DZ_AUTO_WHERE struct dz_where w = {.v = f->v};
    DZ_AUTO_BUF struct dz_buf said = DZ_BUF(256);
    DZ_AUTO_JSON json_t *fields = NULL;
    OK(f, dz_where_say(&w, source, p->text_sha256, p->start, p->end, &said, &f->err));
    assert_string_equal(said.p, "pp. 2 (ii)\xE2\x80\x93"
                                "3");
    OK(f, dz_where_fields(&w, source, p->text_sha256, p->start, p->end, &fields, &f->err));
    assert_string_equal(dz_json_str(fields, "page"), "2 (ii)");
    assert_string_equal(dz_json_str(fields, "page_end"), "3");
    DZ_AUTO_SOURCE struct dz_source s = {0};
    OK(f, dz_source_get(f->v, source, &s, &f->err));
    dz_buf_reset(&said);
    OK(f, dz_where_say(&w, source, s.row.text_sha256, 0, 10, &said, &f->err));
    assert_int_equal(said.n, 0);
}

static void
count_finding(void *ctx, enum dz_verify_level level, const char *thing, const char *message,
              const char *touches)
{
    (void)message;
    (void)thing;
    size_t *n = ctx;
    *n += level == DZ_VERIFY_FINDING && touches && strncmp(touches, "src-", 4) == 0;
}

/* Pages and times are evidence, too: a list that is not the one the entry names is found. */
static void
test_locators_verified(void **state)
{
    struct fixture *f = *state;
    char source[DZ_ID_MAX];
    struct dz_verify_report report = {0};
    size_t n = 0;
    snprintf(source, sizeof source, "%s", fixture_source(f, "a.txt", words));
    derive_as(f, source, words, "pdf/1", "0\tpage\t1\n");
    OK(f, dz_vault_verify(f->v, DZ_VERIFY_DEEP, count_finding, &n, &report, &f->err));
    assert_int_equal(n, 0);
    false_locators = true;
    derive_as(f, source, words, "pdf/1", "0\tpage\t2\n");
    false_locators = false;
    OK(f, dz_vault_verify(f->v, DZ_VERIFY_DEEP, count_finding, &n, &report, &f->err));
    assert_int_equal(n, 1);
}

/* Every reader names itself as the list says by which readings are told to be outdated. */
static void
test_extractors(void **state)
{
    (void)state;
    DIR *dir = opendir("src/worker");
    size_t n = 0;
    if (!dir)
        fail_msg("src/worker cannot be opened");
    for (struct dirent *d = readdir(dir); d; d = readdir(dir)) {
        char path[300], line[512];
        snprintf(path, sizeof path, "src/worker/%s", d->d_name);
        FILE *in = strstr(d->d_name, ".c") ? fopen(path, "r") : NULL;
        while (in && fgets(line, sizeof line, in)) {
            char *at = strstr(line, ".extractor = \"");
            char *end = at ? strchr(at + 14, '"') : NULL;
            if (!end)
                continue;
            *end = '\0';
            struct dz_source_row row = {.text_status = "text", .extractor = at + 14};
            bool reads = strncmp(at + 14, "rebuild/", 8) != 0 && strncmp(at + 14, "needs/", 6) != 0;
            if (reads && dz_source_is_outdated(&row, NULL))
                fail_msg("%s reads as '%s', which read_again.c does not know", path, at + 14);
            n++;
        }
        if (in)
            fclose(in);
    }
    closedir(dir);
    assert_true(n > 0);
    struct dz_source_row failed = {.text_status = "damaged", .extractor = "pdf/1"};
    struct dz_source_row picture = {.text_status = "picture", .extractor = "pdf/1"};
    struct dz_source_row old = {.text_status = "text", .extractor = "html/1"};
    assert_true(dz_source_is_outdated(&failed, NULL));
    assert_false(dz_source_is_outdated(&picture, NULL));
    assert_true(dz_source_is_outdated(&picture, "eng"));
    /* Read in other languages than now: the same reader gives another text. */
    DZ_AUTO_JSON json_t *body = json_pack("{s:{s:s}}", "text", "ocr", "eng");
    struct dz_source_row scan = {.text_status = "text", .extractor = picture.extractor, .body = body};
    assert_false(dz_source_is_outdated(&scan, NULL));
    assert_false(dz_source_is_outdated(&scan, "eng"));
    assert_true(dz_source_is_outdated(&scan, "eng+ukr"));
    assert_true(dz_source_is_outdated(&old, NULL));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_states, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_confirm, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_purge, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_read_again, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_read_again_empty, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_where, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_locators_verified, fixture_setup, fixture_teardown),
        cmocka_unit_test(test_extractors),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
