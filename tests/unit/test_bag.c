/* The bag reader against bags that tests/tools/bag_vectors.py makes: what each is worth and which
 * kinds of findings and notices it has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "check_lines.h"
#include "dz_bag.h"
#include "dz_hash.h"
#include "dz_os.h"
#include "tool_run.h"

static char folder[] = "/tmp/dokaz-bags-XXXXXX";

static int
make_bags(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    const char *const argv[] = {"python3", "tests/tools/bag_vectors.py", folder, NULL};
    return tool_run(argv, NULL) == 0 ? 0 : -1;
}

static int
remove_bags(void **state)
{
    (void)state;
    const char *const argv[] = {"rm", "-rf", folder, NULL};
    return tool_run(argv, NULL);
}

static enum dz_code
check(const char *path, struct check_kinds *k, struct dz_bag **bag, struct dz_bag_report *r,
      struct dz_err *err)
{
    DZ_AUTO_FD int fd = -1;
    DZ_TRY(dz_os_opendir(AT_FDCWD, path, &fd, err));
    return dz_bag_check(fd, check_gather, k, bag, r, err);
}

/* One line of the list: case, worth, kinds. */
static bool
as_expected(const char *line)
{
    char path[256];
    struct check_kinds k = {.n = 0};
    struct dz_bag_report r;
    struct dz_err err = {0};
    int n = (int)strcspn(line, " ");
    snprintf(path, sizeof path, "%s/%.*s", folder, n, line);
    if (check(path, &k, NULL, &r, &err) != DZ_OK) {
        print_error("%.*s: %s\n", n, line, err.msg);
        return false;
    }
    assert_int_equal(k.finding, r.n_findings > 0);
    return check_as_expected(line, &k);
}

static void
test_all_bags(void **state)
{
    (void)state;
    char path[256];
    snprintf(path, sizeof path, "%s/expected.txt", folder);
    check_list(path, "tests/vectors/bag/expected.txt", as_expected, 180);
}

static void
test_report(void **state)
{
    (void)state;
    char path[256];
    struct check_kinds k = {.n = 0};
    struct dz_bag_report r;
    DZ_AUTO_BAG struct dz_bag *bag = NULL;
    snprintf(path, sizeof path, "%s/1.0/two-algorithms", folder);
    assert_int_equal(check(path, &k, &bag, &r, NULL), DZ_OK);
    assert_string_equal(r.version, "1.0");
    assert_string_equal(r.encoding, "UTF-8");
    assert_string_equal(r.algorithms, "sha256 sha512");
    assert_int_equal(r.n_payload, 2);
    assert_int_equal(r.payload_bytes, 25 + 64);
    assert_int_equal(r.n_tag, 7);

    /* What was read need not be read again. */
    struct dz_hash32 h;
    struct dz_hash32 other = {{1}};
    dz_sha256("Kept as it was received.\n", 25, h.b);
    assert_int_equal(dz_bag_compare(bag, "data/letter.txt", &h), DZ_BAG_SAME);
    assert_int_equal(dz_bag_compare(bag, "data/letter.txt", &other), DZ_BAG_OTHER);
    assert_int_equal(dz_bag_compare(bag, "data/none.txt", &h), DZ_BAG_ABSENT);
    assert_true(dz_bag_has(bag, "data/letter.txt"));
    assert_false(dz_bag_has(bag, "data/photos"));
    assert_false(dz_bag_is_marked(bag, "data/letter.txt", DZ_BAG_NAMED));
    assert_true(dz_bag_mark(bag, "data/letter.txt", DZ_BAG_NAMED));
    assert_true(dz_bag_is_marked(bag, "data/letter.txt", DZ_BAG_NAMED));
    assert_false(dz_bag_is_marked(bag, "data/photos/street.bin", DZ_BAG_NAMED));
    assert_false(dz_bag_is_marked(bag, "data/letter.txt", DZ_BAG_BROKEN));
    assert_false(dz_bag_mark(bag, "data/none.txt", DZ_BAG_NAMED));
}

/* A file that differs from its manifest is not the same as anything; without a sha256 manifest
 * nothing can be said. */
static void
test_compare_doubt(void **state)
{
    (void)state;
    char path[256];
    struct check_kinds k = {.n = 0};
    struct dz_bag_report r;
    struct dz_hash32 h;
    struct dz_bag *bag = NULL;
    dz_sha256("Kept as it was received.\n", 25, h.b);
    snprintf(path, sizeof path, "%s/1.0/corrupt-payload", folder);
    assert_int_equal(check(path, &k, &bag, &r, NULL), DZ_OK);
    assert_int_equal(dz_bag_compare(bag, "data/letter.txt", &h), DZ_BAG_OTHER);
    dz_bag_free(bag);
    snprintf(path, sizeof path, "%s/1.0/basic-sha512", folder);
    assert_int_equal(check(path, &k, &bag, &r, NULL), DZ_OK);
    assert_int_equal(dz_bag_compare(bag, "data/letter.txt", &h), DZ_BAG_UNKNOWN);
    dz_bag_free(bag);
}

static void
test_no_bag(void **state)
{
    (void)state;
    struct check_kinds k = {.n = 0};
    struct dz_bag_report r;
    struct dz_err err = {0};
    assert_int_equal(check(folder, &k, NULL, &r, &err), DZ_E_NOTFOUND);
    assert_int_equal(k.n, 0);
}

/* What cannot be opened without harm is told and left alone. */
static void
test_special_files(void **state)
{
    (void)state;
    char path[256];
    char fifo[300];
    struct check_kinds k = {.n = 0};
    struct dz_bag_report r;
    snprintf(path, sizeof path, "%s/1.0/basic-sha256", folder);
    snprintf(fifo, sizeof fifo, "%s/data/pipe", path);
    assert_int_equal(mkfifo(fifo, 0600), 0);
    assert_int_equal(check(path, &k, NULL, &r, NULL), DZ_OK);
    assert_int_equal(r.n_findings, 1);
    assert_string_equal(k.names[0], "bag-special");
    remove(fifo);
}

static void
test_too_deep(void **state)
{
    (void)state;
    char path[1024];
    struct check_kinds k = {.n = 0};
    struct dz_bag_report r;
    struct dz_err err = {0};
    snprintf(path, sizeof path, "%s/1.0/basic-sha512/data", folder);
    for (int i = 0; i < DZ_BAG_DEPTH_MAX + 1; i++) {
        strncat(path, "/d", sizeof path - strlen(path) - 1);
        assert_int_equal(mkdir(path, 0700), 0);
    }
    snprintf(path, sizeof path, "%s/1.0/basic-sha512", folder);
    assert_int_equal(check(path, &k, NULL, &r, &err), DZ_E_LIMIT);
}

/* More files than are read: the check stops, whatever the lines say. */
static void
test_too_many(void **state)
{
    (void)state;
    char path[256];
    struct check_kinds k = {.n = 0};
    struct dz_bag_report r;
    struct dz_err err = {0};
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(32u << 20);
    for (unsigned i = 0; i <= DZ_BAG_FILES_MAX; i++)
        dz_buf_addf(&text, "%032x%032x  data/%x\n", 0u, i, i);
    snprintf(path, sizeof path, "%s/1.0/basic-sha256/manifest-sha256.txt", folder);
    assert_int_equal(dz_os_replace(AT_FDCWD, path, dz_buf_view(&text), NULL), DZ_OK);
    snprintf(path, sizeof path, "%s/1.0/basic-sha256", folder);
    assert_int_equal(check(path, &k, NULL, &r, &err), DZ_E_LIMIT);
    assert_int_equal(k.n, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_bags),      cmocka_unit_test(test_report),
        cmocka_unit_test(test_compare_doubt), cmocka_unit_test(test_no_bag),
        cmocka_unit_test(test_special_files), cmocka_unit_test(test_too_deep),
        cmocka_unit_test(test_too_many),
    };
    return cmocka_run_group_tests(tests, make_bags, remove_bags);
}
