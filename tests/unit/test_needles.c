/* Finding what must not be there: at every place, in pieces of every size, and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dz_needles.h"

#define ADD(n, what, text) dz_needles_add((n), (what), DZ_VIEW(text))

static void
test_found_at_every_place(void **state)
{
    (void)state;
    DZ_AUTO_NEEDLES struct dz_needles n = {0};
    assert_null(dz_needles_find(&n, DZ_VIEW("anything at all")));
    ADD(&n, "first", "CANARY-ONE");
    ADD(&n, "second", "CANARY-TWO-LONG");
    ADD(&n, "third", "\"note\":\"x\"");
    assert_string_equal(dz_needles_find(&n, DZ_VIEW("CANARY-ONE and more")), "first");
    assert_string_equal(dz_needles_find(&n, DZ_VIEW("more CANARY-TWO-LONG")), "second");
    assert_string_equal(dz_needles_find(&n, DZ_VIEW("{\"note\":\"x\"}")), "third");
    assert_null(dz_needles_find(&n, DZ_VIEW("CANARY-TWO-LON")));
    assert_null(dz_needles_find(&n, DZ_VIEW("{\"note\":\"y\"}")));
    assert_null(dz_needles_find(&n, DZ_VIEW("canary-one")));
}

static void
test_short_ones_are_passed_over(void **state)
{
    (void)state;
    DZ_AUTO_NEEDLES struct dz_needles n = {0};
    ADD(&n, "short", "1234567");
    assert_int_equal(n.n, 0);
    assert_null(dz_needles_find(&n, DZ_VIEW("1234567")));
    ADD(&n, "just", "12345678");
    ADD(&n, "again", "12345678");
    assert_int_equal(n.n, 1);
    assert_string_equal(dz_needles_find(&n, DZ_VIEW("0012345678")), "just");
}

/* Many needles with the same beginning and hash stay apart. */
static void
test_many(void **state)
{
    (void)state;
    DZ_AUTO_NEEDLES struct dz_needles n = {0};
    for (unsigned i = 0; i < 5000; i++) {
        DZ_AUTO_BUF struct dz_buf word = DZ_BUF(64);
        dz_buf_addf(&word, "SAMEHEAD-%u-%u", i % 3, i);
        dz_needles_add(&n, "word", dz_buf_view(&word));
    }
    assert_int_equal(n.n, 5000);
    for (unsigned i = 0; i < 5000; i += 37) {
        DZ_AUTO_BUF struct dz_buf text = DZ_BUF(64);
        dz_buf_addf(&text, "__SAMEHEAD-%u-%u__", i % 3, i);
        assert_non_null(dz_needles_find(&n, dz_buf_view(&text)));
    }
    assert_null(dz_needles_find(&n, DZ_VIEW("SAMEHEAD-9-1")));
}

static void
test_pieces_of_every_size(void **state)
{
    (void)state;
    static const char text[] = "some words, then the CANARY-TWO-LONG and some more words behind it";
    DZ_AUTO_NEEDLES struct dz_needles n = {0};
    ADD(&n, "second", "CANARY-TWO-LONG");
    for (size_t size = 1; size < sizeof text; size++) {
        struct dz_needle_stream s = {0};
        const char *found = NULL;
        size_t fed = 0;
        for (; fed < sizeof text - 1 && found == NULL; fed += size) {
            size_t left = sizeof text - 1 - fed;
            found = dz_needles_feed(&n, &s, text + fed, left < size ? left : size);
        }
        assert_string_equal(found, "second");
        /* Another stream begins anew: half a needle of the one before does not count. */
        dz_needles_restart(&s);
        assert_null(dz_needles_feed(&n, &s, "CANARY-TWO", 10));
        dz_needles_restart(&s);
        assert_null(dz_needles_feed(&n, &s, "-LONG", 5));
        dz_needle_stream_done(&s);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_found_at_every_place),
        cmocka_unit_test(test_short_ones_are_passed_over),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_pieces_of_every_size),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("needles", tests, NULL, NULL);
}
