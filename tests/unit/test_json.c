#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "dz_json.h"
#include "dz_mem.h"

static json_t *
parsed(const char *text)
{
    json_t *v = NULL;
    struct dz_err err = {0};
    if (dz_json_parse(dz_view_of(text), &v, &err) != DZ_OK)
        fail_msg("%s", err.msg);
    return v;
}

/* Text in, canonical text out. */
static const struct {
    const char *in;
    const char *out;
} canonical[] = {
    {"{}", "{}"},
    {" [ ] ", "[]"},
    {"true", "true"},
    {"[false, -0, 7]", "[false,0,7]"},
    {"\"x\"", "\"x\""},
    {"{ \"b\" : 1 , \"a\" : [ 1 , { \"d\" : 2, \"c\" : \"\" } ] }",
     "{\"a\":[1,{\"c\":\"\",\"d\":2}],\"b\":1}"},
    /* A key that begins another stands before it; capitals before small letters, digits before
       both. */
    {"{\"aa\":1,\"a\":2,\"A\":3,\"1\":4,\"\":5,\"10\":6,\"2\":7}",
     "{\"\":5,\"1\":4,\"10\":6,\"2\":7,\"A\":3,\"a\":2,\"aa\":1}"},
    /* Short escapes, lower-case hexadecimal for the other controls, nothing else is escaped. */
    {"\"\\b\\t\\n\\f\\r\\\"\\\\\\/\"", "\"\\b\\t\\n\\f\\r\\\"\\\\/\""},
    {"\"\\u0001\\u000b\\u001F\\u001a\\u007f\"", "\"\\u0001\\u000b\\u001f\\u001a\x7F\""},
    {"\"\\u0416\\u20ac\\ud83d\\ude00\\u2028</script>'&\"", "\"Ж€😀\u2028</script>'&\""},
    {"{\"\\n\":1,\"\\u0080\":2}", "{\"\\n\":1,\"\xC2\x80\":2}"},
    {"[9007199254740991,-9007199254740991]", "[9007199254740991,-9007199254740991]"},
    /* UTF-16 order: U+1F600 is D83D DE00 and stands before U+E000, U+FB33 and U+FFFD, after U+D7FF.
     */
    {"{\"\\uffFD\":1,\"\\ud83d\\ude00\":2,\"\\ufb33\":3,\"\\ud7ff\":4,\"\\ue000\":5,\"\\u20ac\":6}",
     "{\"€\":6,\"\uD7FF\":4,\"😀\":2,\"\uE000\":5,\"\uFB33\":3,\"\uFFFD\":1}"},
    /* Two astral keys, and the difference behind a common beginning. */
    {"{\"x\\udbff\\udfff\":1,\"x\\ud800\\udc00\":2,\"x\\uffff\":3,\"x\":4}",
     "{\"x\":4,\"x\U00010000\":2,\"x\U0010FFFF\":1,\"x\uFFFF\":3}"},
};

static void
test_canonical_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof canonical / sizeof *canonical; i++) {
        DZ_AUTO_JSON json_t *v = parsed(canonical[i].in);
        DZ_AUTO_BUF struct dz_buf b = DZ_BUF(1000);
        assert_int_equal(dz_json_canonical(&b, v, NULL), DZ_OK);
        assert_string_equal(b.p, canonical[i].out);
        /* What is canonical stays as it is. */
        DZ_AUTO_JSON json_t *again = parsed(b.p);
        DZ_AUTO_BUF struct dz_buf b2 = DZ_BUF(1000);
        assert_int_equal(dz_json_canonical(&b2, again, NULL), DZ_OK);
        assert_string_equal(b2.p, b.p);
    }
}

static void
test_canonical_refuses(void **state)
{
    (void)state;
    static const struct {
        const char *in;
        const char *says;
    } rows[] = {
        {"[1.5]", "floating"},          {"{\"a\":1e2}", "floating"},       {"{\"a\":null}", "null"},
        {"9007199254740992", "2^53-1"}, {"[-9007199254740992]", "2^53-1"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        DZ_AUTO_JSON json_t *v = parsed(rows[i].in);
        DZ_AUTO_BUF struct dz_buf b = DZ_BUF(1000);
        dz_buf_adds(&b, "kept");
        struct dz_err err = {0};
        assert_int_equal(dz_json_canonical(&b, v, &err), DZ_E_INPUT);
        assert_non_null(strstr(err.msg, rows[i].says));
        assert_string_equal(b.p, "kept");
    }
    DZ_AUTO_BUF struct dz_buf b = DZ_BUF(10);
    assert_int_equal(dz_json_canonical(&b, NULL, NULL), DZ_E_INPUT);
    DZ_AUTO_JSON json_t *bad = json_string_nocheck("a\xFF");
    assert_int_equal(dz_json_canonical(&b, bad, NULL), DZ_E_INPUT);
    DZ_AUTO_JSON json_t *key = json_object();
    json_object_set_new_nocheck(key, "\xED\xA0\x80", json_true());
    assert_int_equal(dz_json_canonical(&b, key, NULL), DZ_E_INPUT);
    assert_int_equal(b.n, 0);
    DZ_AUTO_JSON json_t *large = parsed("[1,2,3,4,5,6]");
    assert_int_equal(dz_json_canonical(&b, large, NULL), DZ_E_LIMIT);
    assert_int_equal(b.n, 0);
}

static json_t *
nested(size_t levels, bool objects)
{
    json_t *v = objects ? json_object() : json_array();
    for (size_t i = 1; i < levels; i++) {
        json_t *outer = objects ? json_object() : json_array();
        if (objects)
            json_object_set_new(outer, "k", v);
        else
            json_array_append_new(outer, v);
        v = outer;
    }
    return v;
}

static void
test_nesting_is_bounded(void **state)
{
    (void)state;
    for (int objects = 0; objects < 2; objects++) {
        DZ_AUTO_BUF struct dz_buf b = DZ_BUF(10000);
        DZ_AUTO_JSON json_t *deep = nested(64, objects != 0);
        assert_int_equal(dz_json_canonical(&b, deep, NULL), DZ_OK);
        assert_int_equal(dz_json_line(&b, deep, NULL), DZ_OK);
        DZ_AUTO_JSON json_t *deeper = nested(65, objects != 0);
        struct dz_err err = {0};
        assert_int_equal(dz_json_canonical(&b, deeper, &err), DZ_E_INPUT);
        assert_string_equal(err.msg, "JSON: nested deeper than 64 levels");
        assert_int_equal(dz_json_line(&b, deeper, NULL), DZ_E_INPUT);
    }
}

static void
test_strings_with_nul(void **state)
{
    (void)state;
    DZ_AUTO_JSON json_t *v = json_object();
    json_object_setn_new(v, "b\0c", 3, json_stringn("x\0y", 3));
    json_object_set_new(v, "b", json_true());
    DZ_AUTO_BUF struct dz_buf b = DZ_BUF(100);
    assert_int_equal(dz_json_canonical(&b, v, NULL), DZ_OK);
    assert_string_equal(b.p, "{\"b\":true,\"b\\u0000c\":\"x\\u0000y\"}");
}

static void
test_parse_refuses(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *says;
    } rows[] = {
        {"", "JSON, line 1, column 0: it ends too early"},
        {"{\"a\":1,\"a\":2}", "a key stands twice"},
        {"{\"a\":1", "JSON, line 1, column 6: it ends too early"},
        {"[1]\n[2]", "JSON, line 2, column 1: something follows after its end"},
        {"[1,\n\n secretword]", "JSON, line 3, column 11: it is not well-formed"},
        {"\"\xFF\"", "it is not UTF-8"},
        {"\"a\\u0000\"", "NUL"},
        {"[1,]", "it is not well-formed"},
        {"{'a':1}", "it is not well-formed"},
        {"[01]", "it is not well-formed"},
        {"[99999999999999999999]", "a number is too large"},
        {"nul", "it is not well-formed"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        json_t *v = NULL;
        struct dz_err err = {0};
        assert_int_equal(dz_json_parse(dz_view_of(rows[i].text), &v, &err), DZ_E_INPUT);
        assert_null(v);
        if (strstr(err.msg, rows[i].says) == NULL)
            fail_msg("'%s' gave: %s", rows[i].text, err.msg);
        /* The text itself is never quoted: it may be evidence. */
        assert_null(strstr(err.msg, "secret"));
    }
    json_t *v = NULL;
    assert_int_equal(dz_json_parse((struct dz_view){0}, &v, NULL), DZ_E_INPUT);
    /* Deeper than the stack of a parser should go. */
    DZ_AUTO_BUF struct dz_buf deep = DZ_BUF(200000);
    for (int i = 0; i < 100000; i++)
        dz_buf_addc(&deep, '[');
    struct dz_err err = {0};
    assert_int_equal(dz_json_parse(dz_buf_view(&deep), &v, &err), DZ_E_INPUT);
    assert_non_null(strstr(err.msg, "nested too deeply"));
}

static void
test_parse_reads_only_the_view(void **state)
{
    (void)state;
    json_t *v = NULL;
    assert_int_equal(dz_json_parse((struct dz_view){.p = "123456", .n = 3}, &v, NULL), DZ_OK);
    assert_int_equal(json_integer_value(v), 123);
    json_decref(v);
}

static void
test_line(void **state)
{
    (void)state;
    static const struct {
        const char *in;
        const char *out;
    } rows[] = {
        {"{\"b\":0.1,\"a\":null}", "{\"a\":null,\"b\":0.1}"},
        {"[1.0,-0.0,1e300,1.5e-9,100000.0]", "[1.0,-0.0,1e+300,1.5e-09,100000.0]"},
        {"[0.30000000000000004,3.141592653589793]", "[0.30000000000000004,3.141592653589793]"},
        {"[9223372036854775807,-9223372036854775808]",
         "[9223372036854775807,-9223372036854775808]"},
        {"{\"z\":\"a\\nb\",\"a\":true}", "{\"a\":true,\"z\":\"a\\nb\"}"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        DZ_AUTO_JSON json_t *v = parsed(rows[i].in);
        DZ_AUTO_BUF struct dz_buf b = DZ_BUF(1000);
        assert_int_equal(dz_json_line(&b, v, NULL), DZ_OK);
        assert_string_equal(b.p, rows[i].out);
        DZ_AUTO_JSON json_t *again = parsed(b.p);
        assert_true(json_equal(v, again));
    }
}

static void
test_getters(void **state)
{
    (void)state;
    DZ_AUTO_JSON json_t *v = parsed("{\"s\":\"text\",\"i\":-5,\"t\":true,\"f\":false,\"r\":1.5}");
    assert_string_equal(dz_json_str(v, "s"), "text");
    assert_null(dz_json_str(v, "i"));
    assert_null(dz_json_str(v, "none"));
    assert_null(dz_json_str(NULL, "s"));
    assert_int_equal(dz_json_int(v, "i", 9), -5);
    assert_int_equal(dz_json_int(v, "s", 9), 9);
    assert_int_equal(dz_json_int(v, "r", 9), 9);
    assert_int_equal(dz_json_int(v, "none", 9), 9);
    assert_true(dz_json_bool(v, "t", false));
    assert_false(dz_json_bool(v, "f", true));
    assert_true(dz_json_bool(v, "s", true));
    assert_false(dz_json_bool(v, "none", false));
}

static void
test_setters(void **state)
{
    (void)state;
    DZ_AUTO_JSON json_t *v = json_object();
    dz_json_set_str(v, "a", "x");
    dz_json_set_str(v, "null", NULL);
    dz_json_set_str(v, "empty", "");
    dz_json_set_view(v, "v", (struct dz_view){.p = "abcdef", .n = 3});
    dz_json_set_view(v, "none", (struct dz_view){0});
    dz_json_set_int(v, "i", INT64_C(-9007199254740991));
    dz_json_set_str(v, "bad", "n\xFF\xFF\xFF");
    dz_json_set_str(v, "a", "y");
    DZ_AUTO_BUF struct dz_buf b = DZ_BUF(1000);
    assert_int_equal(dz_json_canonical(&b, v, NULL), DZ_OK);
    assert_string_equal(
        b.p, "{\"a\":\"y\",\"bad\":\"n\uFFFD\uFFFD\uFFFD\",\"i\":-9007199254740991,\"v\":\"abc\"}");
}

/* The library's own memory would let a copy lose a field unseen when there is none left. */
static void
test_memory_is_ours(void **state)
{
    (void)state;
    json_malloc_t get = NULL;
    json_free_t give_back = NULL;
    json_get_alloc_funcs(&get, &give_back);
    assert_true(get == dz_alloc_room);
    assert_true(give_back == dz_free);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_canonical_vectors),
        cmocka_unit_test(test_canonical_refuses),
        cmocka_unit_test(test_nesting_is_bounded),
        cmocka_unit_test(test_strings_with_nul),
        cmocka_unit_test(test_parse_refuses),
        cmocka_unit_test(test_parse_reads_only_the_view),
        cmocka_unit_test(test_line),
        cmocka_unit_test(test_getters),
        cmocka_unit_test(test_setters),
        cmocka_unit_test(test_memory_is_ours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
