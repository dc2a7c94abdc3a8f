/* What is stamped of a checkpoint, and that a stamp of one note holds for no other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "dz_hash.h"
#include "dz_secret.h"
#include "dz_sign.h"
#include "dz_stamp.h"
#include "tsa_fixture.h"
#include "told.h"

#define ORIGIN "dokaz/00112233aabbccdd"

static struct dz_secret *seeds[2];
static struct dz_note_key log_key, witness;
static struct dz_buf single, ca, token;

static void
make_key(size_t ix, const char *name, uint8_t fill, struct dz_note_key *ret)
{
    uint8_t seed[32], pk[32];
    memset(seed, fill, sizeof seed);
    OK(dz_secret_copy(seed, sizeof seed, &seeds[ix], &err));
    OK(dz_sign_public(seeds[ix], pk, &err));
    OK(dz_note_key_init(ret, name, pk, &err));
}

static void
print_text(const char *origin, uint64_t size, struct dz_buf *out)
{
    struct dz_checkpoint c = {.size = size};
    memcpy(c.origin, origin, strlen(origin));
    dz_sha256(&size, sizeof size, c.root.b);
    dz_checkpoint_print(&c, out);
}

/* Signature line alone, as the signing function writes it behind a text. */
static void
add_line(const struct dz_buf *text, const struct dz_note_key *key, size_t ix, struct dz_buf *out)
{
    DZ_AUTO_BUF struct dz_buf note = DZ_BUF(DZ_NOTE_MAX);
    OK(dz_note_sign(dz_buf_view(text), key, seeds[ix], &note, &err));
    dz_buf_add(out, note.p + text->n + 1, note.n - text->n - 1);
}

static int
setup(void **state)
{
    OK(dz_crypto_init(&err));
    if (tsa_setup(state) != 0)
        return -1;
    make_key(0, ORIGIN, 7, &log_key);
    make_key(1, "witness.example", 9, &witness);
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(1024);
    print_text(ORIGIN, 12, &text);
    OK(dz_note_sign(dz_buf_view(&text), &log_key, seeds[0], &single, &err));
    tsa_read("old.pem", &ca);
    uint8_t imprint[32];
    dz_stamp_imprint(dz_buf_view(&single), imprint);
    tsa_token(imprint, "past", "20150601120000Z", "sha256", "sha256", &token);
    return 0;
}

static int
teardown(void **state)
{
    dz_buf_done(&single);
    dz_buf_done(&ca);
    dz_buf_done(&token);
    dz_secret_free(seeds[0]);
    dz_secret_free(seeds[1]);
    return tsa_teardown(state);
}

static enum dz_code
check(struct dz_view note, const struct dz_note_key *key, struct dz_stamp *ret)
{
    return dz_stamp_check(note, key, dz_buf_view(&token), dz_buf_view(&ca), (struct dz_view){0},
                          dz_os_now_us(), ret, &err);
}

static void
test_single_form(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(1024);
    DZ_AUTO_BUF struct dz_buf note = DZ_BUF(DZ_NOTE_MAX);
    DZ_AUTO_BUF struct dz_buf made = DZ_BUF(DZ_NOTE_MAX);
    struct dz_checkpoint c;
    print_text(ORIGIN, 12, &text);
    dz_buf_addf(&note, "%s\n", text.p);
    add_line(&text, &witness, 1, &note);
    /* A foreign key that has the log's name, and one whose name begins like it. */
    dz_buf_adds(&note, "\xe2\x80\x94 " ORIGIN " AAAAAAAA\n\xe2\x80\x94 " ORIGIN "ff AAAAAAAA\n");
    add_line(&text, &log_key, 0, &note);
    add_line(&text, &log_key, 0, &note);
    add_line(&text, &witness, 1, &note);
    OK(dz_stamp_note(dz_buf_view(&note), &log_key, &made, &c, &err));
    assert_true(dz_view_eq(dz_buf_view(&made), dz_buf_view(&single)));
    assert_int_equal(c.size, 12);
    /* The form is its own form. */
    dz_buf_reset(&made);
    OK(dz_stamp_note(dz_buf_view(&single), &log_key, &made, NULL, &err));
    assert_true(dz_view_eq(dz_buf_view(&made), dz_buf_view(&single)));
    /* Stamped once, valid for the note with further signatures. */
    struct dz_stamp s;
    OK(check(dz_buf_view(&note), &log_key, &s));
    assert_int_equal(s.checkpoint.size, 12);
    assert_int_equal(s.stamp.chain, DZ_TSP_CHAIN_EXPIRED);
}

static void
test_no_single_form(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf made = DZ_BUF(DZ_NOTE_MAX);
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(1024);
    DZ_AUTO_BUF struct dz_buf note = DZ_BUF(DZ_NOTE_MAX);
    FAILS(DZ_E_CORRUPT, "known key",
          dz_stamp_note(dz_buf_view(&single), &witness, &made, NULL, &err));
    FAILS(DZ_E_INPUT, "note", dz_stamp_note(DZ_VIEW("hello\n"), &log_key, &made, NULL, &err));
    /* Signed by the key, yet the checkpoint of another log. */
    print_text("dokaz/ffffffffffffffff", 12, &text);
    OK(dz_note_sign(dz_buf_view(&text), &log_key, seeds[0], &note, &err));
    FAILS(DZ_E_INPUT, "another log",
          dz_stamp_note(dz_buf_view(&note), &log_key, &made, NULL, &err));
    /* A note that is no checkpoint. */
    dz_buf_reset(&note);
    OK(dz_note_sign(DZ_VIEW(ORIGIN "\n"), &log_key, seeds[0], &note, &err));
    FAILS(DZ_E_INPUT, "checkpoint", dz_stamp_note(dz_buf_view(&note), &log_key, &made, NULL, &err));
    assert_int_equal(made.n, 0);
}

static void
test_no_other_note(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(1024);
    DZ_AUTO_BUF struct dz_buf note = DZ_BUF(DZ_NOTE_MAX);
    struct dz_stamp s;
    OK(check(dz_buf_view(&single), &log_key, &s));
    print_text(ORIGIN, 13, &text);
    OK(dz_note_sign(dz_buf_view(&text), &log_key, seeds[0], &note, &err));
    FAILS(DZ_E_CORRUPT, "something else", check(dz_buf_view(&note), &log_key, &s));
    /* No byte of the note may differ. */
    for (size_t i = 0; i < single.n; i++) {
        single.p[i] ^= 1;
        assert_int_not_equal(check(dz_buf_view(&single), &log_key, &s), DZ_OK);
        single.p[i] ^= 1;
    }
}

static void
test_imprint_is_of_the_file(void **state)
{
    (void)state;
    uint8_t imprint[32];
    char hex[65];
    DZ_AUTO_BUF struct dz_buf sum = DZ_BUF(256);
    tsa_write("note", dz_buf_view(&single));
    const char *const argv[] = {"sha256sum", tsa_path("note"), NULL};
    assert_int_equal(tool_run(argv, &sum), 0);
    dz_stamp_imprint(dz_buf_view(&single), imprint);
    dz_hex_encode(imprint, 32, hex);
    assert_memory_equal(sum.p, hex, 64);
    /* What a court's expert types. 1433160000 is the time of the stamp. */
    tsa_write("tst", dz_buf_view(&token));
    const char *const verify[] = {"openssl",
                                  "ts",
                                  "-verify",
                                  "-data",
                                  tsa_path("note"),
                                  "-in",
                                  tsa_path("tst"),
                                  "-token_in",
                                  "-CAfile",
                                  tsa_path("old.pem"),
                                  "-attime",
                                  "1433160000",
                                  NULL};
    assert_int_equal(tool_run(verify, NULL), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_single_form),
        cmocka_unit_test(test_no_single_form),
        cmocka_unit_test(test_no_other_note),
        cmocka_unit_test(test_imprint_is_of_the_file),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, setup, teardown);
}
