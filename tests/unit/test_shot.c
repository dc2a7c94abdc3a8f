/* What a rendering is shown, and what it hands over: addresses as browsers write them, answers
 * found by them, bodies unpacked, and the forms of pictures and PDFs. Browsers themselves are
 * tested by tests/e2e/screenshot.bats. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "dz_address.h"
#include "dz_exchange.h"
#include "dz_mem.h"
#include "read_family.h"
#include "shot_impl.h"

static void
test_plain(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"http://Example.ORG", "http://example.org/"},
        {"HTTP://example.org:80/A?B#c", "http://example.org/A?B"},
        {"https://example.org:443/", "https://example.org/"},
        {"https://example.org:8443/x", "https://example.org:8443/x"},
        {"http://громада.укр/план?x=1", "http://xn--80aahf2bln.xn--j1amh/план?x=1"},
        {"http://[2001:DB8::1]/", "http://[2001:db8::1]/"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        DZ_AUTO_FREE char *plain = dz_address_plain(pairs[i][0]);
        assert_non_null(plain);
        assert_string_equal(plain, pairs[i][1]);
    }
    assert_null(dz_address_plain("no address"));
}

static void
add(struct dz_shot_store *s, const char *url, const char *body)
{
    DZ_AUTO_EXCHANGE struct dz_exchange x = {.status = 200};
    dz_buf_adds(&x.head, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n");
    dz_buf_adds(&x.body, body);
    assert_int_equal(dz_shot_store_add(s, url, &x, NULL), DZ_OK);
}

static void
check_found(struct dz_shot_store *s, const char *url, const char *wanted)
{
    const struct shot_answer *a = dz_shot_find(s, url);
    if (wanted == NULL) {
        assert_null(a);
        return;
    }
    DZ_AUTO_BUF struct dz_buf body = {0};
    assert_non_null(a);
    assert_int_equal(dz_shot_body(s, a, NULL, NULL, &body, NULL), DZ_OK);
    assert_string_equal(body.p != NULL ? body.p : "", wanted);
}

static void
test_store(void **state)
{
    (void)state;
    DZ_AUTO_SHOT_STORE struct dz_shot_store *s = NULL;
    assert_int_equal(dz_shot_store_new(&s, NULL), DZ_OK);
    check_found(s, "http://a.example/", NULL);
    add(s, "http://A.example", "one");
    add(s, "http://a.example/two%20words?q='x'", "two");
    add(s, "http://a.example/two%2520words", "three");
    add(s, "http://a.example/", "a later answer of the same address");
    add(s, "https://safe.example/x", "safe");
    add(s, "http://a.example/empty", "");
    check_found(s, "http://a.example/", "one");
    check_found(s, "http://a.example/two%20words?q=%27x%27", "two");
    check_found(s, "http://a.example/two%2520words", "three");
    check_found(s, "http://a.example/empty", "");
    check_found(s, "http://a.example/three", NULL);
    /* A browser that turns to TLS by itself is shown the same; one that turns from it is not. */
    check_found(s, "https://a.example/", "one");
    check_found(s, "https://safe.example/x", "safe");
    check_found(s, "http://safe.example/x", NULL);
    check_found(s, "%", NULL);
    check_found(s, "http://a.example/%zz%", NULL);
}

/* The box is asked to unpack; what it says of a packed body is that body. */
static void
test_body(void **state)
{
    (void)state;
    static const char chunks[] = "5\r\nThree\r\n6\r\n words\r\n0\r\n\r\n";
    static const char wanted[] = "part application/octet-stream body\npart-end 11 bytes ";
    DZ_AUTO_BUF struct dz_buf said =
        read_bytes(&dz_family_needs, dz_view_of(chunks), "body", "application/octet-stream",
                   "kind=body\nparts=yes\nchunked=yes\n");
    assert_memory_equal(said.p, wanted, sizeof wanted - 1);
    assert_non_null(strstr(said.p, "done empty"));
    DZ_AUTO_BUF struct dz_buf broken =
        read_bytes(&dz_family_needs, DZ_VIEW("\x1f\x8b\x08\x00 broken"), "body",
                   "application/octet-stream", "kind=body\nparts=yes\nencoding=gzip\n");
    assert_non_null(strstr(broken.p, "done damaged"));
}

static const char picture[] = "\x89PNG\r\n\x1a\n"
                              "\0\0\0\x0dIHDR\0\0\x05\0\0\0\x04\0\x08\x02\0\0\0crc!"
                              "\0\0\0\x04IDATdatacrc!"
                              "\0\0\0\0IENDcrc!";
#define PICTURE_BYTES (sizeof picture - 1)

static void
test_picture(void **state)
{
    (void)state;
    uint64_t width = 0, height = 0;
    assert_true(dz_shot_is_png((struct dz_view){picture, PICTURE_BYTES}, &width, &height));
    assert_int_equal(width, 1280);
    assert_int_equal(height, 1024);
    for (size_t n = 0; n < PICTURE_BYTES; n++)
        assert_false(dz_shot_is_png((struct dz_view){picture, n}, &width, &height));
    char changed[PICTURE_BYTES + 1];
    memcpy(changed, picture, PICTURE_BYTES);
    changed[PICTURE_BYTES] = 'x'; /* more behind the end */
    assert_false(dz_shot_is_png((struct dz_view){changed, PICTURE_BYTES + 1}, &width, &height));
    static const size_t places[] = {0, 7, 12, 11, 33}; /* signature, name, length, next length */
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        memcpy(changed, picture, PICTURE_BYTES);
        changed[places[i]] = (char)(changed[places[i]] ^ 0x55);
        assert_false(dz_shot_is_png((struct dz_view){changed, PICTURE_BYTES}, &width, &height));
    }
    memcpy(changed, picture, PICTURE_BYTES);
    memset(changed + 16, 0, 4); /* no width */
    assert_false(dz_shot_is_png((struct dz_view){changed, PICTURE_BYTES}, &width, &height));
}

static void
test_pdf(void **state)
{
    (void)state;
    assert_true(dz_shot_is_pdf(DZ_VIEW("%PDF-1.4\nanything\n%%EOF\n")));
    assert_true(dz_shot_is_pdf(DZ_VIEW("%PDF-1.4\nanything\n%%EOF")));
    static const char *const wrong[] = {
        "", "%PDF-", "%%EOF", "%PDF-1.4\n%%EOF and more", "x%PDF-1.4\n%%EOF", "%PDF-1.4\n%%EO"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(dz_shot_is_pdf(dz_view_of(wrong[i])));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),   cmocka_unit_test(test_store), cmocka_unit_test(test_body),
        cmocka_unit_test(test_picture), cmocka_unit_test(test_pdf),
    };
    return cmocka_run_group_tests_name("shot", tests, NULL, NULL);
}
