#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "read_family.h"

static void
test_fixtures(void **state)
{
    (void)state;
    assert_true(check_fixtures(&dz_family_chat, "chat", NULL) >= 15);
}

static void
test_truncated(void **state)
{
    (void)state;
    static const char *const names[] = {"result.json", "account.json", "messages.html"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        check_truncated(&dz_family_chat, "chat", names[i], NULL);
}

static struct dz_buf
read_named(const struct dz_buf *b, const char *name)
{
    return read_bytes(&dz_family_chat, dz_buf_view(b), name, "", NULL);
}

/* Every message has its place, over all pieces that a long export is read in. */
static void
test_long_export(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(32u << 20);
    dz_buf_adds(&text, "{\"name\":\"n\",\"messages\":[");
    for (unsigned i = 0; i < 50000; i++)
        dz_buf_addf(&text, "%s{\"id\":%u,\"type\":\"message\",\"from\":\"Q\",\"text\":\"слово\"}",
                    i ? "," : "", i);
    dz_buf_adds(&text, "]}");
    DZ_AUTO_BUF struct dz_buf out = read_named(&text, "result.json");
    assert_true(ends_with(&out, "locator 449991 message 49999\ntext Q: слово\\n\n"
                                "meta chat.messages=50000\ndone text\n"));
}

static void
check_hostile(const char *begin, const char *piece, size_t times, const char *end, const char *done)
{
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(256u << 20);
    dz_buf_adds(&text, begin);
    for (size_t i = 0; i < times; i++)
        dz_buf_adds(&text, piece);
    dz_buf_adds(&text, end);
    DZ_AUTO_BUF struct dz_buf out = read_named(&text, begin[0] == '<' ? "a.html" : "a.json");
    if (!ends_with(&out, done))
        print_message("# %s %s: %s\n", begin, piece, out.p + (out.n > 60 ? out.n - 60 : 0));
    assert_true(ends_with(&out, done));
}

static void
test_hostile_exports(void **state)
{
    (void)state;
    static const char list[] = "{\"messages\":[";
    check_hostile("{\"a\":", "[", 1000000, "", "done limit nesting\n");
    check_hostile("{\"a\":", "{\"b\":", 1000000, "", "done limit nesting\n");
    /* Inside a message jansson watches the depth; one such message costs only itself. */
    check_hostile("{\"messages\":[{\"text\":", "[", 100000, "", "done damaged truncated\n");
    check_hostile("{\"messages\":[{\"text\":\"", "long ", 1000000, "\"}]}",
                  "done limit too_large\n");
    check_hostile(list, "{\"id\":1},", 950000, "{}]}", "done limit too_large\n");
    check_hostile("{\"name\":\"", "long ", 1000000, "\",\"messages\":[{\"id\":1}]}", "done text\n");
    check_hostile("{\"messages\":[]", " ", 10000000, "}", "done empty blank\n");
    check_hostile("<div class=page_wrap><div class=history>", "<div class=message>x", 1900,
                  "</html>", "done text\n");
    check_hostile("<div class=page_wrap><div class=history>", "<div class=message>", 100000,
                  "</html>", "done limit nesting\n");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fixtures),
        cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_long_export),
        cmocka_unit_test(test_hostile_exports),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
