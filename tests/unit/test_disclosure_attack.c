/* Random tables of counted acts, all that is told of them, and somebody who tries to work out
 * what is not (attack_table.h). Each withheld cell must be able to be zero beyond what is told
 * to lie in it, and larger by the threshold. The same attack on tables from which only the small
 * numbers were taken out finds them: that is what shows that it is one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "attack_table.h"
#include "fact_rows.h"

#include "dz_disclosure.h"

#define TABLES 120
#define SPHERES 3

/* Elementary cells: raions and what is known no closer, months and what is known no closer. */
static const char *const leaf_places[] = {"UA2302", "UA2304", "UA23", "UA1414", "UA1412", "UA14"};
static const char *const leaf_dates[] = {"2023-01", "2023-02", "2023-05",
                                         "2023-33", "2023",    "2024-01"};
static const char *const spheres[SPHERES] = {"banking", "telecom", "healthcare"};
#define N_PLACES (sizeof leaf_places / sizeof *leaf_places)
#define N_DATES (sizeof leaf_dates / sizeof *leaf_dates)
#define N_LEAVES (N_PLACES * N_DATES)

static uint64_t seed;
static unsigned
dice(unsigned n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(seed >> 33) % n;
}

/* ---- the cells that tables have ---- */

struct query {
    struct dz_matrix_place place;
    struct dz_matrix_period period;
    enum dz_matrix_level level;
    enum dz_matrix_step step;
    bool any_place, any_time;
    bool in[N_LEAVES];
};
static struct query queries[1024];
static size_t n_queries;

static const struct {
    const char *id;
    bool not_closer;
    enum dz_matrix_level level;
    const char *leaves; /* which of leaf_places */
} rows_of[] = {
    {NULL, false, DZ_LEVEL_OBLAST, "111111"},    {"UA23", false, DZ_LEVEL_OBLAST, "111000"},
    {"UA14", false, DZ_LEVEL_OBLAST, "000111"},  {"UA2302", false, DZ_LEVEL_RAION, "100000"},
    {"UA2304", false, DZ_LEVEL_RAION, "010000"}, {"UA23", true, DZ_LEVEL_RAION, "001000"},
    {"UA1414", false, DZ_LEVEL_RAION, "000100"}, {"UA1412", false, DZ_LEVEL_RAION, "000010"},
    {"UA14", true, DZ_LEVEL_RAION, "000001"},
};
static const struct {
    const char *label;
    bool not_closer;
    enum dz_matrix_step step;
    const char *leaves; /* which of leaf_dates */
} columns_of[] = {
    {NULL, false, DZ_STEP_YEAR, "111111"},        {"2023", false, DZ_STEP_YEAR, "111110"},
    {"2024", false, DZ_STEP_YEAR, "000001"},      {"2023-33", false, DZ_STEP_QUARTER, "110100"},
    {"2023-34", false, DZ_STEP_QUARTER, "001000"}, {"2024-33", false, DZ_STEP_QUARTER, "000001"},
    {"", true, DZ_STEP_QUARTER, "000010"},        {"2023-01", false, DZ_STEP_MONTH, "100000"},
    {"2023-02", false, DZ_STEP_MONTH, "010000"},  {"2023-05", false, DZ_STEP_MONTH, "001000"},
    {"2024-01", false, DZ_STEP_MONTH, "000001"},  {"", true, DZ_STEP_MONTH, "000110"},
};

static void
make_queries(void)
{
    for (size_t r = 0; r < sizeof rows_of / sizeof *rows_of; r++) {
        for (size_t c = 0; c < sizeof columns_of / sizeof *columns_of; c++) {
            struct query *q = &queries[n_queries++];
            q->any_place = rows_of[r].id == NULL;
            q->any_time = columns_of[c].label == NULL;
            q->place = (struct dz_matrix_place){rows_of[r].id, rows_of[r].not_closer};
            q->level = rows_of[r].level;
            q->step = columns_of[c].step;
            q->period.not_closer = columns_of[c].not_closer;
            if (columns_of[c].label)
                snprintf(q->period.label, sizeof q->period.label, "%s", columns_of[c].label);
            for (size_t i = 0; i < N_LEAVES; i++)
                q->in[i] = rows_of[r].leaves[i / N_DATES] == '1' &&
                           columns_of[c].leaves[i % N_DATES] == '1';
        }
    }
}

static struct dz_disclosure_told
ask(const struct dz_disclosure *d, const struct query *q, const char *sphere)
{
    const struct dz_disclosure_ask how = {.level = q->level,
                                          .step = q->step,
                                          .place = q->any_place ? NULL : &q->place,
                                          .period = q->any_time ? NULL : &q->period,
                                          .sphere = sphere};
    return dz_disclosure_tell(d, &how);
}

/* ---- a table ---- */

struct table {
    struct dz_disclosure *d;
    unsigned acts[SPHERES][N_LEAVES];
    unsigned codes[512]; /* of each act, a bit for a sphere */
    unsigned n;
};

static void
put_act(struct table *t, size_t leaf, unsigned which, unsigned source)
{
    char text[512], id[16];
    bool two = dice(6) == 0;
    unsigned other = (which + 1) % SPHERES;
    /* Health is told by quarters: the table that is attacked is the one that is told. */
    bool health = which == 2 || (two && other == 2);
    const char *date = leaf_dates[leaf % N_DATES];
    snprintf(id, sizeof id, "t%u", source);
    snprintf(
        text, sizeof text,
        "{'id':'act-%u','kind':'act','sphere':'%s','also':[%s%s%s],'means':'denial','src':'%s',"
        "'date':'%s','place_id':'%s'}",
        t->n, spheres[which], two ? "'" : "", two ? spheres[other] : "", two ? "'" : "", id, date,
        leaf_places[leaf / N_DATES]);
    struct dz_source_row row = {
        .id = id, .name = id, .basis = "testimony", .access = "open", .sha256 = id};
    dz_disclosure_add(t->d, &row, true);
    fact(text);
    dz_disclosure_count(t->d, &rows[n_rows - 1]);
    json_decref(rows_bodies[--n_rows]);
    size_t told = leaf;
    if (health && (leaf % N_DATES) < 2) /* January and February: known as the quarter */
        told = leaf - leaf % N_DATES + 3;
    else if (health && strlen(date) == 7 && date[5] == '0') /* the only month of its quarter here */
        told = N_LEAVES;
    t->codes[t->n] = 1u << which | (two ? 1u << other : 0);
    for (size_t s = 0; s < SPHERES; s++)
        if (told < N_LEAVES && (t->codes[t->n] & 1u << s))
            t->acts[s][told]++;
    t->n++;
}

/* Few or many witnesses, spread evenly or heaped up. Health only where its quarter is a leaf. */
static void
make_table(struct table *t)
{
    *t = (struct table){.d = dz_disclosure_new(rows_rules)};
    unsigned n = 1 + dice(dice(2) ? 40 : 300), heaps = 1 + dice(8), witnesses = 1 + dice(200);
    size_t heap[8];
    for (size_t i = 0; i < heaps; i++)
        heap[i] = dice(N_LEAVES);
    for (unsigned i = 0; i < n; i++) {
        unsigned which = dice(SPHERES);
        size_t leaf = dice(3) ? heap[dice(heaps)] : dice(N_LEAVES);
        unsigned source = dice(witnesses);
        if (leaf % N_DATES == 2 || leaf % N_DATES == 5) {
            which = 0; /* these months are told as such, so nothing of health may stand in them */
        }
        put_act(t, leaf, which, source);
    }
    dz_disclosure_settle(t->d);
}

static unsigned
sum_of(const struct table *t, size_t sphere, const bool *in)
{
    unsigned sum = 0;
    for (size_t i = 0; i < N_LEAVES; i++)
        sum += in[i] ? t->acts[sphere][i] : 0;
    return sum;
}

/* ---- the attack ---- */

static size_t n_told, n_withheld, n_wide;

static void
attack_sphere(const struct table *t, size_t sphere)
{
    static struct attack a;
    bool withheld[1024] = {false};
    memset(&a, 0, sizeof a);
    a.n_vars = N_LEAVES;
    unsigned least = sphere == 2 ? DZ_FEW_SENSITIVE : DZ_FEW;
    for (size_t i = 0; i < n_queries; i++) {
        struct dz_disclosure_told told = ask(t->d, &queries[i], spheres[sphere]);
        withheld[i] = told.withheld;
        if (told.withheld)
            continue;
        n_told++;
        if (dz_disclosure_n_acts(t->d) > 0)
            assert_int_equal(told.n, sum_of(t, sphere, queries[i].in));
        assert_true(told.n == 0 || told.n >= least);
        attack_learn(&a, queries[i].in, (double)told.n);
    }
    for (size_t i = 0; i < n_queries; i++) {
        if (!withheld[i])
            continue;
        double low = attack_bound(&a, queries[i].in, 1), high = attack_bound(&a, queries[i].in, -1);
        assert_false(isnan(low) || isnan(high));
        unsigned truth = sum_of(t, sphere, queries[i].in);
        assert_true(low <= truth + 1e-3 && truth <= high + 1e-3);
        if (high - low < least - 1e-3)
            fail_msg("%s, row %zu, column %zu: between %g and %g", spheres[sphere],
                     i / (sizeof columns_of / sizeof *columns_of),
                     i % (sizeof columns_of / sizeof *columns_of), low, high);
        n_withheld++;
        n_wide += high - low >= 2 * least;
    }
}

static void
test_nothing_comes_back(void **state)
{
    (void)state;
    for (unsigned i = 0; i < TABLES; i++) {
        struct table t;
        seed = i * 7919u + 1;
        make_table(&t);
        for (size_t s = 0; s < SPHERES; s++)
            attack_sphere(&t, s);
        dz_disclosure_free(t.d);
    }
    print_message("# %d tables: %zu cells told, %zu withheld, %zu of them twice as wide as asked\n",
                  TABLES, n_told, n_withheld, n_wide);
    assert_true(n_told > 1000 && n_withheld > 1000);
}

/* Where only small numbers are taken out, sums give them back. */
static void
test_the_attack_is_one(void **state)
{
    (void)state;
    static struct attack a;
    size_t found = 0, hidden = 0;
    for (unsigned k = 0; k < 20; k++) {
        struct table t;
        seed = k * 104729u + 3;
        make_table(&t);
        memset(&a, 0, sizeof a);
        a.n_vars = N_LEAVES;
        for (size_t i = 0; i < n_queries; i++) {
            unsigned sum = sum_of(&t, 0, queries[i].in);
            if (sum == 0 || sum >= DZ_FEW)
                attack_learn(&a, queries[i].in, sum);
        }
        for (size_t i = 0; i < n_queries; i++) {
            unsigned sum = sum_of(&t, 0, queries[i].in);
            if (sum == 0 || sum >= DZ_FEW)
                continue;
            hidden++;
            found += attack_bound(&a, queries[i].in, -1) - attack_bound(&a, queries[i].in, 1) <
                     DZ_FEW - 1e-3;
        }
        dz_disclosure_free(t.d);
    }
    print_message("# small numbers alone withheld: %zu of %zu found within less than %d\n", found,
                  hidden, DZ_FEW);
    assert_true(hidden > 100 && found > hidden / 4);
}

/* The grand total with the spheres that are told: the rest is enough, or nothing is left. */
static void
test_total(void **state)
{
    (void)state;
    size_t n_totals = 0;
    for (unsigned i = 0; i < TABLES; i++) {
        struct table t;
        seed = i * 31337u + 5;
        make_table(&t);
        struct dz_disclosure_told all = ask(t.d, &queries[0], NULL);
        unsigned told = 0, others = 0;
        for (unsigned s = 0; s < SPHERES; s++)
            told |= ask(t.d, &queries[0], spheres[s]).withheld ? 0 : 1u << s;
        for (unsigned k = 0; k < t.n; k++)
            others += (t.codes[k] & told) == 0;
        if (!all.withheld && all.n > 0) {
            n_totals++;
            assert_int_equal(all.n, t.n);
            assert_true(others == 0 || others >= DZ_FEW);
        }
        dz_disclosure_free(t.d);
    }
    assert_true(n_totals > TABLES / 4);
}

int
main(void)
{
    make_queries();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_comes_back),
        cmocka_unit_test(test_the_attack_is_one),
        cmocka_unit_test(test_total),
    };
    return cmocka_run_group_tests(tests, rows_load, rows_unload);
}
