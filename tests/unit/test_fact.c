#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "vault_fixture.h"

#include "dz_fact.h"
#include "dz_json.h"

static const char words[] =
    "In May 2023 the clinic in Mariupol sent patients without a passport away. "
    "Officials counted 1200 people. The clinic stayed open.";

/* JSON with SRC for the id of the source. */
static json_t *
fact_json(struct fixture *f, const char *json)
{
    DZ_AUTO_BUF struct dz_buf text = {0};
    json_t *value = NULL;
    for (const char *p = json; *p; p++) {
        if (strncmp(p, "SRC", 3) == 0) {
            dz_buf_adds(&text, f->reports[0].id);
            p += 2;
        } else {
            dz_buf_addc(&text, *p);
        }
    }
    OK(f, dz_json_parse(dz_buf_view(&text), &value, &f->err));
    return value;
}

static enum dz_code
record(struct fixture *f, const char *kind, const char *json, char id[DZ_ID_MAX])
{
    DZ_AUTO_JSON json_t *fields = fact_json(f, json);
    return dz_fact_record(f->v, f->rules, kind, fields, id, &f->err);
}

static enum dz_code
revise(struct fixture *f, const char *id, const char *version, const char *json)
{
    DZ_AUTO_JSON json_t *fields = fact_json(f, json);
    return dz_fact_revise(f->v, f->rules, id, version, fields, &f->err);
}

#define ACT \
    "{\"sphere\":\"healthcare\",\"means\":\"denial\",\"date\":\"2023-05\",\"passages\":[{\"source\"" \
    ":\"SRC\",\"exact\":\"without a passport\"}]}"

static void
test_record(void **state)
{
    struct fixture *f = *state;
    char id[DZ_ID_MAX];
    fixture_source(f, "a.txt", words);
    OK(f, record(f, "act", ACT, id));
    assert_memory_equal(id, "act-", 4);
    DZ_AUTO_FACT struct dz_fact fact = {0};
    OK(f, dz_fact_get(f->v, id, &fact, &f->err));
    assert_string_equal(fact.row.kind, "act");
    assert_string_equal(fact.row.state, "current");
    assert_string_equal(fact.row.sphere, "healthcare");
    assert_string_equal(fact.row.means, "denial");
    assert_string_equal(fact.row.date, "2023-05");
    assert_string_equal(fact.row.modality, "asserted");
    assert_true(fact.row.reviewed);
    assert_false(fact.row.bulk);
    assert_int_equal(fact.row.n_passages, 1);
    const struct dz_passage *p = &fact.row.passages[0];
    assert_int_equal(p->start, 49);
    assert_int_equal(p->end, 67);
    assert_string_equal(p->prefix, "linic in Mariupol sent patients ");
    assert_int_equal(strlen(p->text_sha256), 64);
    fixture_check_rebuild(f);
}

static const struct {
    const char *kind;
    const char *json;
    enum dz_code code;
    const char *says;
} refused[] = {
    {"act", "{\"sphere\":\"healthcare\",\"means\":\"denial\"}", DZ_E_INPUT, "at least one"},
    {"act", "{\"sphere\":\"healthcare\",\"means\":\"denial\",\"passages\":[]}", DZ_E_INPUT,
     "at least one"},
    {"act", "{\"sphere\":\"kindness\",\"means\":\"denial\"}", DZ_E_INPUT, "no code"},
    {"act", "{\"sphere\":\"healthcare\",\"passages\":[]}", DZ_E_INPUT, "means: missing"},
    {"act", "{\"sphere\":\"healthcare\",\"means\":\"denial\",\"date\":\"May\"}", DZ_E_INPUT,
     "date"},
    {"act", "{\"sphere\":\"healthcare\",\"means\":\"denial\",\"place_id\":\"XX\"}", DZ_E_INPUT,
     "gazetteer"},
    {"act", "{\"passport_number\":\"1\"}", DZ_E_DENIED, "does not keep"},
    {"act", "{\"homeAddress\":\"x\"}", DZ_E_DENIED, "does not keep"},
    {"act", "{\"loyalty\":\"x\"}", DZ_E_DENIED, "does not keep"},
    {"act", "{\"colour\":\"x\"}", DZ_E_INPUT, "no field"},
    {"act", "{\"victims\":{\"persons\":[\"Olena P.\"]}}", DZ_E_DENIED, "pseudonym"},
    {"act", "{\"victims\":{\"phone\":\"1\"}}", DZ_E_DENIED, "does not keep"},
    {"figure", "{\"value\":\"many\"}", DZ_E_INPUT, "number"},
    {"figure", "{\"value\":\"1\",\"from\":\"2024\",\"to\":\"2023\",\"passages\":[]}", DZ_E_INPUT,
     "after"},
    {"statement", "{\"speaker\":\"x\",\"passages\":[]}", DZ_E_INPUT, "stance: missing"},
    {"rumour", "{}", DZ_E_INPUT, "no kind"},
    {"measure", "{\"passages\":[{\"source\":\"SRC\",\"exact\":\"not in it\"}]}", DZ_E_INPUT,
     "does not hold"},
    {"measure", "{\"passages\":[{\"source\":\"SRC\",\"exact\":\"clinic\"}]}", DZ_E_INPUT,
     "more than once"},
    {"measure", "{\"passages\":[{\"source\":\"SRC\",\"exact\":\"clinic\",\"start\":0,\"end\":6}]}",
     DZ_E_INPUT, "not the quote"},
    {"measure",
     "{\"passages\":[{\"source\":\"SRC\",\"exact\":\"open.\",\"start\":90,\"end\":9000}]}",
     DZ_E_INPUT, "do not lie"},
    {"measure", "{\"passages\":[{\"source\":\"SRC\",\"exact\":\"stayed\",\"prefix\":\"hotel \"}]}",
     DZ_E_INPUT, "prefix"},
    {"measure", "{\"passages\":[{\"source\":\"SRC\",\"exact\":\"stayed\",\"page\":1}]}", DZ_E_INPUT,
     "it has"},
    {"measure", "{\"passages\":[{\"source\":\"src-nosuch1\",\"exact\":\"stayed\"}]}", DZ_E_NOTFOUND,
     "passage 1"},
    {"measure", "{\"passages\":[{\"exact\":\"stayed\"}]}", DZ_E_INPUT, "needs a source"},
};

static void
test_refused(void **state)
{
    struct fixture *f = *state;
    char id[DZ_ID_MAX];
    uint64_t n;
    fixture_source(f, "a.txt", words);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        enum dz_code code = record(f, refused[i].kind, refused[i].json, id);
        if (code != refused[i].code || !strstr(f->err.msg, refused[i].says))
            fail_msg("%s: %d %s", refused[i].json, (int)code, f->err.msg);
    }
    OK(f, dz_facts_count(f->v, NULL, &n, &f->err));
    assert_int_equal(n, 0);
}

static void
test_figure(void **state)
{
    struct fixture *f = *state;
    char id[DZ_ID_MAX];
    fixture_source(f, "a.txt", words);
    OK(f,
       record(
           f, "figure",
           "{\"value\":1200,\"unit\":\"people\",\"from\":\"2023-01\",\"to\":\"2023-05\",\"suggestion\":"
           "\"sug-1\",\"passages\":[{\"source\":\"SRC\",\"exact\":\"1200 people\"}]}",
           id));
    DZ_AUTO_FACT struct dz_fact fact = {0};
    OK(f, dz_fact_get(f->v, id, &fact, &f->err));
    assert_string_equal(dz_json_str(fact.row.body, "value"), "1200");
    assert_string_equal(fact.row.date, "2023-01/2023-05");
    /* Where a fact came from is not for a person to state. */
    assert_null(fact.row.suggestion);
}

static void
test_revise_and_withdraw(void **state)
{
    struct fixture *f = *state;
    char id[DZ_ID_MAX];
    uint64_t n;
    fixture_source(f, "a.txt", words);
    OK(f, record(f, "act", ACT, id));
    OK(f, revise(f, id, NULL,
                 "{\"means\":\"conditionality\",\"date\":\"\",\"note\":\"looked again\"}"));
    {
        DZ_AUTO_FACT struct dz_fact fact = {0};
        OK(f, dz_fact_get(f->v, id, &fact, &f->err));
        assert_string_equal(fact.row.means, "conditionality");
        assert_string_equal(fact.row.sphere, "healthcare");
        assert_false(fact.row.has_date);
        assert_string_equal(fact.row.state, "current");
    }
    assert_int_equal(revise(f, id, NULL, "{\"passages\":[]}"), DZ_E_INPUT);
    assert_int_equal(revise(f, id, "0:0", "{\"note\":\"x\"}"), DZ_E_NOTFOUND);
    assert_int_equal(dz_fact_withdraw(f->v, id, NULL, "", &f->err), DZ_E_USAGE);
    OK(f, dz_fact_withdraw(f->v, id, NULL, "the source was misread", &f->err));
    OK(f, dz_facts_count(f->v, "act", &n, &f->err));
    assert_int_equal(n, 0);
    {
        DZ_AUTO_FACT struct dz_fact fact = {0};
        OK(f, dz_fact_get(f->v, id, &fact, &f->err));
        assert_string_equal(fact.row.state, "withdrawn");
        assert_string_equal(fact.row.means, "conditionality");
    }
    assert_int_equal(revise(f, id, NULL, "{\"note\":\"x\"}"), DZ_E_DENIED);
    fixture_check_rebuild(f);
}

struct versions {
    size_t n;
    size_t heads;
    char first[64];
    char second[64];
};

static enum dz_code
note_version(void *ctx, const struct dz_fact_version *fv, struct dz_err *err)
{
    (void)err;
    struct versions *h = ctx;
    if (h->n++ == 0)
        snprintf(h->first, sizeof h->first, "%s", fv->ref);
    else
        snprintf(h->second, sizeof h->second, "%s", fv->ref);
    h->heads += fv->head;
    return DZ_OK;
}

/* Two revisions of one entry, as two devices would make them. */
static void
test_conflict(void **state)
{
    struct fixture *f = *state;
    char id[DZ_ID_MAX];
    struct versions h = {0};
    fixture_source(f, "a.txt", words);
    OK(f, record(f, "act", ACT, id));
    OK(f, dz_fact_history(f->v, id, note_version, &h, &f->err));
    for (int i = 0; i < 2; i++) {
        DZ_AUTO_JSON json_t *fields = fact_json(f, ACT);
        dz_json_set_str(fields, "id", id);
        dz_json_set_str(fields, "fact_kind", "act");
        dz_json_set_str(fields, "revises", h.first);
        dz_json_set_str(fields, "note", i ? "one" : "two");
        struct dz_batch *b;
        OK(f, dz_batch_begin(f->v, &b, &f->err));
        OK(f, dz_batch_entry(b, "fact.revised", fields, NULL, NULL, &f->err));
        OK(f, dz_batch_commit(b, &f->err));
        dz_batch_end(b);
    }
    h = (struct versions){0};
    OK(f, dz_fact_history(f->v, id, note_version, &h, &f->err));
    assert_int_equal(h.n, 3);
    assert_int_equal(h.heads, 2);
    DZ_AUTO_FACT struct dz_fact fact = {0};
    OK(f, dz_fact_get(f->v, id, &fact, &f->err));
    assert_string_equal(fact.row.state, "conflict");
    assert_int_equal(revise(f, id, NULL, "{\"note\":\"x\"}"), DZ_E_DENIED);
    OK(f, dz_fact_withdraw(f->v, id, h.second, "the other one holds", &f->err));
    DZ_AUTO_FACT struct dz_fact after = {0};
    OK(f, dz_fact_get(f->v, id, &after, &f->err));
    assert_string_equal(after.row.state, "current");
    assert_string_equal(dz_json_str(after.row.body, "note"), "two");
    fixture_check_rebuild(f);
}

static enum dz_code
count_row(void *ctx, const struct dz_fact_row *row, struct dz_err *err)
{
    (void)row;
    (void)err;
    (*(size_t *)ctx)++;
    return DZ_OK;
}

static size_t
count(struct fixture *f, struct dz_fact_filter filter)
{
    size_t n = 0;
    filter.rules = f->rules;
    OK(f, dz_facts_each(f->v, &filter, count_row, &n, &f->err));
    return n;
}

static void
test_filters(void **state)
{
    struct fixture *f = *state;
    char id[DZ_ID_MAX];
    fixture_source(f, "a.txt", words);
    OK(f, record(f, "act", ACT, id));
    OK(f,
       record(
           f, "figure",
           "{\"value\":\"1200\",\"reviewed\":false,\"place_id\":\"UA14\",\"passages\":[{\"source\":\"SRC\","
           "\"exact\":\"1200 people\"}]}",
           id));
    assert_int_equal(count(f, (struct dz_fact_filter){0}), 2);
    assert_int_equal(count(f, (struct dz_fact_filter){.kind = "act"}), 1);
    assert_int_equal(count(f, (struct dz_fact_filter){.sphere = "healthcare"}), 1);
    assert_int_equal(count(f, (struct dz_fact_filter){.means = "threat"}), 0);
    assert_int_equal(count(f, (struct dz_fact_filter){.date = "2023"}), 1);
    assert_int_equal(count(f, (struct dz_fact_filter){.date = "2024"}), 0);
    assert_int_equal(count(f, (struct dz_fact_filter){.place = "UA"}), 1);
    assert_int_equal(count(f, (struct dz_fact_filter){.source = f->reports[0].id}), 2);
    assert_int_equal(count(f, (struct dz_fact_filter){.source = "src-other"}), 0);
    assert_int_equal(count(f, (struct dz_fact_filter){.reviewed = DZ_REVIEWED_NO}), 1);
    OK(f, dz_fact_withdraw(f->v, id, NULL, "twice", &f->err));
    assert_int_equal(count(f, (struct dz_fact_filter){0}), 1);
    assert_int_equal(count(f, (struct dz_fact_filter){.state = "any"}), 2);
    assert_int_equal(count(f, (struct dz_fact_filter){.state = "withdrawn"}), 1);
    size_t n = 0;
    struct dz_fact_filter bad = {.date = "soon"};
    assert_int_equal(dz_facts_each(f->v, &bad, count_row, &n, &f->err), DZ_E_INPUT);
}

#define T(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(test_record),   T(test_refused), T(test_figure), T(test_revise_and_withdraw),
        T(test_conflict), T(test_filters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
