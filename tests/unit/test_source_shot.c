/* Pictures of a captured page are kept with it, and never without it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "vault_fixture.h"

#include "dz_capture.h"
#include "dz_shot.h"
#include "dz_source.h"
#include "dz_source_shot.h"

static enum dz_code
keep_shot(struct fixture *f, const char *page_id)
{
    struct dz_capture_opts how = {0};
    struct dz_source_capture what = {.how = &how, .basis = "published"};
    struct dz_captured page = {.asked = (char *)(uintptr_t) "https://example.org/notice",
                               .address = (char *)(uintptr_t) "https://example.org/notice"};
    DZ_AUTO_SHOT struct dz_shot shot = {
        .browser = dz_strdup("Chrome/1"), .png = DZ_BUF(100), .pdf = DZ_BUF(100)};
    char png[DZ_ID_MAX], pdf[DZ_ID_MAX];
    dz_buf_adds(&shot.png, "a picture");
    dz_buf_adds(&shot.pdf, "a page");
    return dz_source_keep_shot(f->v, page_id, &page, &what, &shot, png, pdf, &f->err);
}

static uint64_t
count(struct fixture *f)
{
    uint64_t n = 0;
    OK(f, dz_sources_count(f->v, &n, &f->err));
    return n;
}

/* While a page is drawn others may write: one that was removed meanwhile does not come back as a
 * picture. */
static void
test_page_removed_while_it_was_drawn(void **state)
{
    struct fixture *f = *state;
    struct dz_purge done = {0};
    fixture_source(f, "page.txt", "The office is closed.");
    OK(f, keep_shot(f, f->reports[0].id));
    assert_int_equal(count(f), 3);
    OK(f, dz_item_purge(f->v, f->reports[0].id, "asked for", DZ_PURGE_PARTS, &done, &f->err));
    assert_int_equal(keep_shot(f, f->reports[0].id), DZ_E_NOTFOUND);
    assert_non_null(strstr(f->err.msg, "removed"));
    assert_int_equal(count(f), 3 - 1 - done.n_parts);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_page_removed_while_it_was_drawn, fixture_setup,
                                        fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
