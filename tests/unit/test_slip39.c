/* Shares of a secret: the public vectors of SLIP-0039, another implementation both ways, and what a
 * person is told who mistypes, mixes or forgets shares. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "dz_codec.h"
#include "dz_json.h"
#include "dz_os.h"
#include "dz_slip39.h"
#include "tool_run.h"

#define VECTORS "node_modules/slip39/test/vectors.json"
#define N_VECTORS 45
#define N_VALID 15
#define PEER "tests/tools/slip39_peer.js"

static const char secret_hex[] = "00112233445566778899aabbccddeeff0f1e2d3c4b5a69788796a5b4c3d2e1f0";

static struct dz_secret *
secret_of_hex(const char *hex)
{
    struct dz_secret *s = NULL;
    uint8_t bytes[DZ_SLIP39_SECRET_MAX];
    size_t n = strlen(hex) / 2;
    assert_true(dz_hex_decode(dz_view_of(hex), bytes, n));
    assert_int_equal(dz_secret_copy(bytes, n, &s, NULL), DZ_OK);
    return s;
}

static void
assert_secret(const struct dz_secret *got, const char *hex)
{
    char text[2 * DZ_SLIP39_SECRET_MAX + 1];
    dz_hex_encode(dz_secret_peek(got), dz_secret_size(got), text);
    assert_string_equal(text, hex);
}

struct shares {
    struct dz_secret *made[DZ_SLIP39_SHARES_MAX];
    unsigned n;
};

static struct shares
split(const char *hex, unsigned threshold, unsigned n)
{
    struct shares s = {.n = n};
    DZ_AUTO_SECRET struct dz_secret *secret = secret_of_hex(hex);
    assert_int_equal(dz_slip39_split(secret, threshold, n, s.made, NULL), DZ_OK);
    return s;
}

static struct dz_view
text_of(const struct shares *s, unsigned i)
{
    return dz_view_of((const char *)dz_secret_peek(s->made[i]));
}

static void
shares_done(struct shares *s)
{
    for (unsigned i = 0; i < s->n; i++)
        dz_secret_free(s->made[i]);
}

/* ---- the public vectors ---- */

static void
run_vector(const json_t *vector, size_t *n_valid)
{
    const json_t *lines = json_array_get(vector, 1);
    const char *name = json_string_value(json_array_get(vector, 0));
    const char *wanted = json_string_value(json_array_get(vector, 2));
    struct dz_view views[16];
    size_t n = json_array_size(lines);
    assert_in_range(n, 1, 16);
    for (size_t i = 0; i < n; i++)
        views[i] = dz_view_of(json_string_value(json_array_get(lines, i)));
    DZ_AUTO_SECRET struct dz_secret *got = NULL;
    struct dz_err err = {0};
    enum dz_code code = dz_slip39_combine(views, n, "TREZOR", &got, &err);
    if (wanted[0] == '\0') {
        if (code != DZ_E_INPUT || err.msg[0] == '\0')
            fail_msg("%s: accepted", name);
        return;
    }
    if (code != DZ_OK)
        fail_msg("%s: %s", name, err.msg);
    assert_secret(got, wanted);
    ++*n_valid;
}

static void
test_vectors(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(1 << 20);
    DZ_AUTO_JSON json_t *vectors = NULL;
    assert_int_equal(dz_os_slurp(AT_FDCWD, VECTORS, 1 << 20, &text, NULL), DZ_OK);
    vectors = json_loadb(text.p, text.n, 0, NULL);
    assert_int_equal(json_array_size(vectors), N_VECTORS);
    size_t n_valid = 0;
    for (size_t i = 0; i < N_VECTORS; i++)
        run_vector(json_array_get(vectors, i), &n_valid);
    assert_int_equal(n_valid, N_VALID);
    print_message("# tried: %d public vectors, %d of them good\n", N_VECTORS, N_VALID);
}

/* ---- with the other implementation ---- */

static void
test_peer_reads_ours(void **state)
{
    (void)state;
    static const unsigned chosen[] = {4, 0, 2};
    struct shares s = split(secret_hex, 3, 5);
    /* Guarded memory is empty in a child process. */
    char lines[3][DZ_SLIP39_TEXT_MAX];
    for (size_t i = 0; i < 3; i++)
        snprintf(lines[i], sizeof lines[i], "%s", text_of(&s, chosen[i]).p);
    shares_done(&s);
    DZ_AUTO_BUF struct dz_buf out = DZ_BUF(4096);
    const char *const argv[] = {"node", PEER, "combine", lines[0], lines[1], lines[2], NULL};
    assert_int_equal(tool_run(argv, &out), 0);
    assert_true(dz_view_is(dz_view_trim(dz_buf_view(&out)), secret_hex));
}

static void
test_we_read_the_peers(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf out = DZ_BUF(1 << 16);
    const char *const argv[] = {"node", PEER, "split", secret_hex, "2", "3", NULL};
    assert_int_equal(tool_run(argv, &out), 0);
    struct dz_view lines[3];
    size_t n = 0;
    for (const char *at = out.p; n < 3 && *at != '\0'; n++) {
        lines[n] = (struct dz_view){at, strcspn(at, "\n")};
        at += lines[n].n + 1;
    }
    assert_int_equal(n, 3);
    for (size_t i = 0; i < 3; i++) {
        struct dz_view two[] = {lines[i], lines[(i + 1) % 3]};
        DZ_AUTO_SECRET struct dz_secret *got = NULL;
        assert_int_equal(dz_slip39_combine(two, 2, "", &got, NULL), DZ_OK);
        assert_secret(got, secret_hex);
    }
}

/* ---- ours with ours ---- */

/* Every choice of exactly as many shares as needed, and all of them together. */
static void
test_every_choice(void **state)
{
    (void)state;
    struct shares s = split(secret_hex, 3, 6);
    size_t n_good = 0;
    for (unsigned chosen = 1; chosen < 1u << 6; chosen++) {
        struct dz_view views[6];
        size_t n = 0;
        for (unsigned i = 0; i < 6; i++)
            if ((chosen >> i & 1) != 0)
                views[n++] = text_of(&s, 5 - i);
        DZ_AUTO_SECRET struct dz_secret *got = NULL;
        struct dz_err err = {0};
        enum dz_code code = dz_slip39_combine(views, n, "", &got, &err);
        if (n < 3) {
            assert_int_equal(code, DZ_E_INPUT);
            assert_non_null(strstr(err.msg, "of the 3 that"));
            continue;
        }
        if (code != DZ_OK)
            fail_msg("%s", err.msg);
        assert_secret(got, secret_hex);
        n_good++;
    }
    assert_int_equal(n_good, 42);
    shares_done(&s);
}

static void
test_sizes(void **state)
{
    (void)state;
    static const unsigned pairs[][2] = {{2, 2}, {2, 16}, {16, 16}, {9, 12}};
    for (size_t bytes = 16; bytes <= 32; bytes += 2) {
        char hex[65];
        memcpy(hex, secret_hex, 2 * bytes);
        hex[2 * bytes] = '\0';
        for (size_t p = 0; p < sizeof pairs / sizeof *pairs; p++) {
            struct shares s = split(hex, pairs[p][0], pairs[p][1]);
            struct dz_view views[16];
            for (unsigned i = 0; i < pairs[p][1]; i++)
                views[i] = text_of(&s, i);
            DZ_AUTO_SECRET struct dz_secret *got = NULL;
            assert_int_equal(dz_slip39_combine(views, pairs[p][1], "", &got, NULL), DZ_OK);
            assert_secret(got, hex);
            shares_done(&s);
        }
    }
    DZ_AUTO_SECRET struct dz_secret *odd = secret_of_hex("00112233445566778899aabbccddeeff01");
    DZ_AUTO_SECRET struct dz_secret *small = secret_of_hex("00112233445566778899aabbccdd");
    DZ_AUTO_SECRET struct dz_secret *good = secret_of_hex(secret_hex);
    struct dz_secret *ret[16];
    assert_int_equal(dz_slip39_split(odd, 2, 3, ret, NULL), DZ_E_USAGE);
    assert_int_equal(dz_slip39_split(small, 2, 3, ret, NULL), DZ_E_USAGE);
    assert_int_equal(dz_slip39_split(good, 1, 3, ret, NULL), DZ_E_USAGE);
    assert_int_equal(dz_slip39_split(good, 4, 3, ret, NULL), DZ_E_USAGE);
    assert_int_equal(dz_slip39_split(good, 2, 17, ret, NULL), DZ_E_USAGE);
}

static void
expect_line(const struct dz_view *views, size_t n, const char *words)
{
    DZ_AUTO_SECRET struct dz_secret *got = NULL;
    struct dz_err err = {0};
    assert_int_equal(dz_slip39_combine(views, n, "", &got, &err), DZ_E_INPUT);
    if (strstr(err.msg, words) == NULL)
        fail_msg("'%s' does not say '%s'", err.msg, words);
}

static void
test_people_are_told(void **state)
{
    (void)state;
    struct shares s = split(secret_hex, 3, 5), t = split(secret_hex, 3, 5);
    struct dz_view v[] = {text_of(&s, 0), text_of(&s, 1), text_of(&s, 2), text_of(&s, 3)};
    expect_line(v, 0, "no share");
    expect_line(v, 2, "2 of the 3 that");
    struct dz_view mixed[] = {v[0], v[1], text_of(&t, 2)};
    expect_line(mixed, 3, "share 1 and share 3 were not made together");
    struct dz_view twice[] = {v[0], v[1], v[0]};
    expect_line(twice, 3, "share 1 and share 3 are the same");

    /* A word more, a word less, an unknown word, two words exchanged. */
    DZ_AUTO_BUF struct dz_buf line = DZ_BUF(1000);
    dz_buf_addv(&line, v[1]);
    dz_buf_adds(&line, " academic");
    struct dz_view longer[] = {v[0], dz_buf_view(&line), v[2]};
    expect_line(longer, 3, "share 2 has 34 words");
    struct dz_view shorter[] = {v[0], v[1], {v[2].p, v[2].n - strlen(strrchr(v[2].p, ' '))}};
    expect_line(shorter, 3, "share 3");
    dz_buf_reset(&line);
    dz_buf_adds(&line, "unlistedword");
    dz_buf_adds(&line, strchr(v[0].p, ' '));
    struct dz_view unknown[] = {dz_buf_view(&line), v[1], v[2]};
    expect_line(unknown, 3, "share 1: word 1 is not in the list");
    shares_done(&s);
    shares_done(&t);
}

/* Any single word replaced by any other is found, and so are two neighbours exchanged. */
static void
test_typing_errors_are_found(void **state)
{
    (void)state;
    struct shares s = split(secret_hex, 2, 2);
    char words[33][9];
    size_t n = 0, n_tried = 0;
    for (const char *at = text_of(&s, 0).p; n < 33; n++) {
        snprintf(words[n], sizeof words[n], "%.*s", (int)strcspn(at, " "), at);
        at += strcspn(at, " ");
        at += *at == ' ';
    }
    assert_int_equal(n, 33);
    for (size_t i = 0; i < 33; i++) {
        for (size_t j = 0; j < 33; j++) {
            DZ_AUTO_BUF struct dz_buf changed = DZ_BUF(1000);
            if (strcmp(words[i], words[j]) == 0)
                continue;
            for (size_t k = 0; k < 33; k++)
                dz_buf_addf(&changed, "%s ", words[k == i ? j : k]);
            struct dz_view v[] = {dz_buf_view(&changed), text_of(&s, 1)};
            expect_line(v, 2, "share 1");
            n_tried++;
        }
        DZ_AUTO_BUF struct dz_buf swapped = DZ_BUF(1000);
        if (i == 32 || strcmp(words[i], words[i + 1]) == 0)
            continue;
        for (size_t k = 0; k < 33; k++)
            dz_buf_addf(&swapped, "%s ", words[k == i ? i + 1 : k == i + 1 ? i : k]);
        struct dz_view v[] = {dz_buf_view(&swapped), text_of(&s, 1)};
        expect_line(v, 2, "share 1");
    }
    assert_true(n_tried > 900);
    print_message("# tried: %zu wrong words\n", n_tried);
    shares_done(&s);
}

/* Upper case, more blanks, and words cut to four letters are what people write. */
static void
test_how_people_write(void **state)
{
    (void)state;
    struct shares s = split(secret_hex, 2, 3);
    DZ_AUTO_BUF struct dz_buf loud = DZ_BUF(4096), brief = DZ_BUF(4096);
    size_t letters = 0;
    dz_buf_adds(&loud, "  ");
    for (const char *c = text_of(&s, 0).p; *c != '\0'; c++) {
        if (*c == ' ')
            dz_buf_adds(&loud, " \t ");
        else
            dz_buf_addc(&loud, (char)(*c - 'a' + 'A'));
    }
    dz_buf_adds(&loud, "\r\n");
    for (const char *c = text_of(&s, 1).p; *c != '\0'; c++) {
        letters = *c == ' ' ? 0 : letters + 1;
        if (letters <= 4)
            dz_buf_addc(&brief, *c);
    }
    struct dz_view v[] = {dz_buf_view(&loud), dz_buf_view(&brief)};
    DZ_AUTO_SECRET struct dz_secret *got = NULL;
    assert_int_equal(dz_slip39_combine(v, 2, "", &got, NULL), DZ_OK);
    assert_secret(got, secret_hex);
    shares_done(&s);
}

/* Two splits of one secret share nothing that could be seen. */
static void
test_shares_differ(void **state)
{
    (void)state;
    struct shares s = split(secret_hex, 2, 16);
    for (unsigned i = 0; i < 16; i++)
        for (unsigned j = 0; j < i; j++)
            assert_false(dz_view_eq(text_of(&s, i), text_of(&s, j)));
    shares_done(&s);
}

static int
setup(void **state)
{
    (void)state;
    return dz_crypto_init(NULL) == DZ_OK ? 0 : -1;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_peer_reads_ours),
        cmocka_unit_test(test_we_read_the_peers),
        cmocka_unit_test(test_every_choice),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_people_are_told),
        cmocka_unit_test(test_typing_errors_are_found),
        cmocka_unit_test(test_how_people_write),
        cmocka_unit_test(test_shares_differ),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
