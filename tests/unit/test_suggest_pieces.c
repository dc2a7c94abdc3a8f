#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dz_facts_priv.h"
#include "dz_utf8.h"

/* A text that is longer than what is read at once gives what its parts give, each quote where it
 * stands, and what is said once in a document once. */

static const char refused[] =
    "In Mariupol the hospital refused to treat people without a Russian passport.\n";
static const char weather[] = "Ішов дощ, і вулиця була порожня. Хтось ніс хліб додому.\n\n";

static size_t
count(const struct dz_suggestions *s, const char *kind)
{
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++)
        n += strcmp(s->items[i].kind, kind) == 0;
    return n;
}

static void
add_weather(struct dz_buf *text, size_t n_bytes)
{
    while (text->n < n_bytes)
        dz_buf_adds(text, weather);
}

static void
test_a_long_text_is_read_in_pieces(void **state)
{
    (void)state;
    struct dz_err err = {0};
    struct dz_rules *rules = NULL;
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(8u << 20);
    struct dz_suggestions found = {0};
    struct dz_doc_info info = {.published = "2024-05-03"};
    assert_int_equal(dz_rules_load(&rules, &err), DZ_OK);
    for (size_t i = 0; i < 5; i++) {
        dz_buf_adds(&text, refused);
        dz_buf_adds(&text, "\n");
        add_weather(&text, (i + 1) * ((size_t)640 << 10));
    }
    assert_int_equal(dz_suggest_text(rules, dz_buf_view(&text), &info, &found, &err), DZ_OK);
    assert_int_equal(count(&found, "act"), 5);
    assert_int_equal(count(&found, "place"), 1);
    struct dz_utf8_map map;
    dz_utf8_map_init(&map, dz_buf_view(&text));
    for (size_t i = 0; i < found.n; i++) {
        const struct dz_suggestion *s = &found.items[i];
        size_t from = dz_utf8_map_byte(&map, s->start), to = dz_utf8_map_byte(&map, s->end);
        assert_int_equal(to - from, s->quote.n);
        assert_memory_equal(text.p + from, s->quote.p, s->quote.n);
        assert_true(i == 0 || found.items[i - 1].start <= s->start);
    }
    dz_utf8_map_done(&map);
    dz_suggestions_done(&found);
    dz_rules_free(rules);
}

/* Without a line or a word to part it at, the text is parted between characters. */
static void
test_a_text_without_ends(void **state)
{
    (void)state;
    struct dz_err err = {0};
    struct dz_rules *rules = NULL;
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(8u << 20);
    struct dz_suggestions found = {0};
    struct dz_doc_info info = {0};
    assert_int_equal(dz_rules_load(&rules, &err), DZ_OK);
    dz_buf_adds(&text, "x");
    while (text.n < (3u << 20))
        dz_buf_adds(&text, "ї");
    assert_int_equal(dz_suggest_text(rules, dz_buf_view(&text), &info, &found, &err), DZ_OK);
    dz_suggestions_done(&found);
    dz_rules_free(rules);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_long_text_is_read_in_pieces),
        cmocka_unit_test(test_a_text_without_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
