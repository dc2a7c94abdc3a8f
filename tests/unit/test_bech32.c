#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "dz_bech32.h"

static bool
decodes(const char *text, const char *hrp, size_t *ret_n)
{
    uint8_t data[64];
    return dz_bech32_decode(dz_view_of(text), hrp, data, sizeof data, ret_n);
}

/* BIP 173, "Test vectors": those whose groups of five bits are whole bytes. */
static void
test_good_texts(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *hrp;
        size_t n;
    } cases[] = {
        {"A12UEL5L", "A", 0},
        {"a12uel5l", "a", 0},
        {"an83characterlonghumanreadablepartthatcontain"
         "sthenumber1andtheexcludedcharactersbio1tt5tgs",
         "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio", 0},
        {"abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw", "abcdef", 20},
        {"11qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq"
         "qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqc8247j",
         "1", 51},
        {"split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w", "split", 30},
        {"?1ezyfcl", "?", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t n = SIZE_MAX;
        assert_true(decodes(cases[i].text, cases[i].hrp, &n));
        assert_int_equal(n, cases[i].n);
    }
}

static void
test_bad_texts(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *hrp;
    } cases[] = {
        {"split1checkupstagehandshakeupstreamerranterredcaperred2y9e2w", "split"}, /* checksum */
        {"split1cheo2y9e2w", "split"}, /* o is not in the alphabet */
        {"split1a2y9w", "split"},      /* too short for a checksum */
        {"A1G7SGD8", "A"},             /* checksum made over upper case */
        {"a12UEL5L", "a"},             /* mixed case */
        {"A12uel5l", "A"},
        {"A12uEL5L", "A"},
        {"a12uel5l", "A"}, /* the other case was asked for */
        {"A12UEL5L", "a"},
        {"a12uel5l", "b"},
        {"a12uel5", "a"},
        {"a", "a"},
        {"", "a"},
        {"a02uel5l", "a"}, /* no separator */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t n = 77;
        assert_false(decodes(cases[i].text, cases[i].hrp, &n));
        assert_int_equal(n, 77);
    }
}

static void
test_round_trips(void **state)
{
    (void)state;
    uint8_t data[100];
    uint8_t back[100];
    char text[256];
    for (size_t n = 0; n <= sizeof data; n++) {
        for (size_t i = 0; i < n; i++)
            data[i] = (uint8_t)(i * 37 + n);
        dz_bech32_encode("test-", data, n, text);
        assert_int_equal(strlen(text), dz_bech32_size(5, n));
        size_t n_back = SIZE_MAX;
        assert_true(dz_bech32_decode(dz_view_of(text), "test-", back, sizeof back, &n_back));
        assert_int_equal(n_back, n);
        assert_memory_equal(back, data, n);
        if (n > 0)
            assert_false(dz_bech32_decode(dz_view_of(text), "test-", back, n - 1, &n_back));
    }
}

/* One wrong character anywhere, or two neighbours exchanged, never gets through. */
static void
test_typing_errors(void **state)
{
    (void)state;
    static const char characters[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7lbio1-Q \x7f";
    uint8_t data[32];
    char text[128];
    size_t n = 0;
    memset(data, 0xc5, sizeof data);
    dz_bech32_encode("age", data, sizeof data, text);
    assert_true(decodes(text, "age", &n));
    for (size_t i = 0; text[i] != '\0'; i++) {
        char right = text[i];
        for (const char *c = characters; *c != '\0'; c++) {
            text[i] = *c;
            assert_true(decodes(text, "age", &n) == (*c == right));
        }
        text[i] = text[i + 1];
        if (text[i + 1] != '\0' && text[i + 1] != right) {
            text[i + 1] = right;
            assert_false(decodes(text, "age", &n));
            text[i + 1] = text[i];
        }
        text[i] = right;
    }
}

/* The bits that fill up the last group are zero, and there are less than five of them. */
static void
test_bits_left_over(void **state)
{
    (void)state;
    size_t n = 0;
    uint8_t byte = 0xff;
    char text[64];
    dz_bech32_encode("a", &byte, 1, text);
    assert_string_equal(text, "a1lu9cgf6y");
    assert_true(decodes(text, "a", &n));
    assert_int_equal(n, 1);
    /* The same with good checksums: a bit set that belongs to no byte, a group too many, and a
     * group that is no byte. */
    assert_false(decodes("a1lacwuu8k", "a", &n));
    assert_false(decodes("a1luq25lfhf", "a", &n));
    assert_false(decodes("a1q3g6mn3", "a", &n));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_texts),     cmocka_unit_test(test_bad_texts),
        cmocka_unit_test(test_round_trips),    cmocka_unit_test(test_typing_errors),
        cmocka_unit_test(test_bits_left_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
