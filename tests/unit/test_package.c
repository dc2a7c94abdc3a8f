/* The check of packages against packages that tests/tools/package_vectors.py makes: what each is
 * worth and which kinds of findings it has; what keys and certificates of the reader's own change;
 * quotes in texts; JSON of any length. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "check_lines.h"
#include "dz_mem.h"
#include "dz_os.h"
#include "dz_package.h"
#include "dz_secret.h"
#include "dz_sshsig.h"
#include "package_read_impl.h"
#include "tool_run.h"

static char folder[] = "/tmp/dokaz-packages-XXXXXX";

static int
make_packages(void **state)
{
    (void)state;
    if (dz_crypto_init(NULL) != DZ_OK || mkdtemp(folder) == NULL)
        return -1;
    const char *const argv[] = {"python3", "tests/tools/package_vectors.py", folder, NULL};
    return tool_run(argv, NULL) == 0 ? 0 : -1;
}

static int
remove_packages(void **state)
{
    (void)state;
    const char *const argv[] = {"rm", "-rf", folder, NULL};
    return tool_run(argv, NULL);
}

static void
slurp(const char *name, struct dz_buf *out)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    assert_int_equal(dz_os_slurp(AT_FDCWD, path, 1u << 20, out, NULL), DZ_OK);
}

static enum dz_code
check(const char *name, const struct dz_package_trust *trust, struct check_kinds *k,
      struct dz_package_result *r, struct dz_err *err)
{
    char path[256];
    DZ_AUTO_FD int fd = -1;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    DZ_TRY(dz_os_opendir(AT_FDCWD, path, &fd, err));
    struct dz_package_trust own = trust != NULL ? *trust : (struct dz_package_trust){.n_keys = 0};
    own.now_us = dz_os_now_us();
    return dz_package_check(fd, &own, check_gather, k, r, err);
}

static bool
as_expected(const char *line)
{
    char name[128];
    struct check_kinds k = {.only_findings = true};
    struct dz_package_result r;
    struct dz_err err = {0};
    snprintf(name, sizeof name, "%.*s", (int)strcspn(line, " "), line);
    if (check(name, NULL, &k, &r, &err) != DZ_OK) {
        print_error("%s: %s\n", name, err.msg);
        return false;
    }
    assert_int_equal(k.finding, r.n_findings > 0);
    return check_as_expected(line, &k);
}

static void
test_all_packages(void **state)
{
    (void)state;
    char path[256];
    snprintf(path, sizeof path, "%s/expected.txt", folder);
    check_list(path, "tests/vectors/package/expected.txt", as_expected, 90);
}

static void
test_result(void **state)
{
    (void)state;
    struct check_kinds k = {.n = 0};
    struct dz_package_result r;
    assert_int_equal(check("good", NULL, &k, &r, NULL), DZ_OK);
    assert_true(r.is_package);
    assert_true(r.is_signed);
    assert_false(r.is_public);
    assert_int_equal(r.n_logs, 1);
    assert_int_equal(r.n_proofs, 8);
    assert_int_equal(r.n_files, 4);
    assert_int_equal(r.n_facts, 2);
    assert_int_equal(r.n_quotes, 3);
    assert_int_equal(r.n_custody, 8);
    assert_int_equal(r.n_stamps, 2);
    /* What came with the package is said to have come with it. */
    assert_int_equal(r.n_notices, 3);
    assert_string_equal(k.names[0], "trust-ca");
    assert_string_equal(k.names[1], "trust-key");
    assert_string_equal(k.names[2], "trust-signer");
}

static void
read_key(const char *name, struct dz_note_key *ret)
{
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(4096);
    slurp(name, &text);
    assert_int_equal(dz_note_vkey_parse(dz_view_trim(dz_buf_view(&text)), ret, NULL), DZ_OK);
}

static void
test_own_key(void **state)
{
    (void)state;
    struct dz_note_key keys[2];
    struct dz_package_result r;
    read_key("other.vkey", &keys[0]);
    read_key("log.vkey", &keys[1]);
    struct dz_package_trust trust = {.keys = keys, .n_keys = 2};
    struct check_kinds k = {.only_findings = true};
    assert_int_equal(check("good", &trust, &k, &r, NULL), DZ_OK);
    assert_int_equal(r.n_findings, 0);
    assert_int_equal(r.n_notices, 2);

    trust.n_keys = 1;
    assert_int_equal(check("good", &trust, &k, &r, NULL), DZ_OK);
    assert_true(r.n_findings > 0);
    assert_int_equal(r.n_proofs, 0);
    assert_string_equal(k.names[0], "log-other");
}

static void
test_own_signer(void **state)
{
    (void)state;
    uint8_t signer[DZ_SIGN_PUBLIC_BYTES];
    struct dz_package_result r;
    DZ_AUTO_BUF struct dz_buf line = DZ_BUF(4096);
    slurp("signer.pub", &line);
    assert_int_equal(dz_sshsig_public_parse(dz_buf_view(&line), signer, NULL), DZ_OK);
    struct dz_package_trust trust = {.signers = signer, .n_signers = 1};
    struct check_kinds k = {.only_findings = true};
    assert_int_equal(check("good", &trust, &k, &r, NULL), DZ_OK);
    assert_int_equal(r.n_findings, 0);
    assert_int_equal(r.n_notices, 2);

    assert_int_equal(check("good-signed-by-a-stranger", &trust, &k, &r, NULL), DZ_OK);
    assert_int_equal(r.n_findings, 1);
    assert_string_equal(k.names[0], "signature-signer");
    k.n = 0;
    assert_int_equal(check("good-unsigned", &trust, &k, &r, NULL), DZ_OK);
    assert_int_equal(r.n_findings, 1);
    assert_string_equal(k.names[0], "unsigned");
}

static void
test_own_certificates(void **state)
{
    (void)state;
    struct dz_package_result r;
    DZ_AUTO_BUF struct dz_buf right = DZ_BUF(65536);
    DZ_AUTO_BUF struct dz_buf wrong = DZ_BUF(65536);
    slurp("ca.pem", &right);
    slurp("another.pem", &wrong);
    struct dz_package_trust trust = {.ca_pem = dz_buf_view(&right)};
    struct check_kinds k = {.only_findings = true};
    assert_int_equal(check("good", &trust, &k, &r, NULL), DZ_OK);
    assert_int_equal(r.n_findings, 0);
    assert_int_equal(r.n_stamps, 2);
    assert_int_equal(r.n_notices, 2);

    trust.ca_pem = dz_buf_view(&wrong);
    assert_int_equal(check("good", &trust, &k, &r, NULL), DZ_OK);
    assert_int_equal(r.n_findings, 2);
    assert_int_equal(r.n_stamps, 0);
    assert_string_equal(k.names[0], "stamp");
}

static void
test_newer_format(void **state)
{
    (void)state;
    char path[256];
    struct check_kinds k = {.n = 0};
    struct dz_package_result r;
    struct dz_err err = {0};
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(65536);
    snprintf(path, sizeof path, "%s/index-of-another-format/data/package.json", folder);
    assert_int_equal(dz_os_slurp(AT_FDCWD, path, 65536, &text, NULL), DZ_OK);
    char *at = strstr(text.p, "\"something\"");
    assert_non_null(at);
    DZ_AUTO_BUF struct dz_buf newer = DZ_BUF(65536);
    dz_buf_add(&newer, text.p, (size_t)(at - text.p));
    dz_buf_adds(&newer, "\"dokaz-package/2\"");
    dz_buf_adds(&newer, at + 11);
    assert_int_equal(dz_os_replace(AT_FDCWD, path, dz_buf_view(&newer), NULL), DZ_OK);
    assert_int_equal(check("index-of-another-format", NULL, &k, &r, &err), DZ_E_FORMAT);
}

/* --- quotes --- */

static enum package_quote
quote(const char *text, int64_t start, int64_t end, const char *exact, const char *prefix,
      const char *suffix)
{
    char path[] = "/tmp/dokaz-quote-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    unlink(path);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    struct package_quote_at q = {
        .start = start, .end = end, .exact = exact, .prefix = prefix, .suffix = suffix};
    enum package_quote verdict = PACKAGE_QUOTE_OTHER;
    assert_int_equal(dz_package_quote(fd, &q, &verdict, NULL), DZ_OK);
    close(fd);
    return verdict;
}

static void
test_quotes(void **state)
{
    (void)state;
    const char *text = "Їжак 😀 сказав: «ні».\n";
    assert_int_equal(quote(text, 0, 4, "Їжак", NULL, " 😀"), PACKAGE_QUOTE_SAME);
    assert_int_equal(quote(text, 5, 6, "😀", "Їжак ", " ск"), PACKAGE_QUOTE_SAME);
    assert_int_equal(quote(text, 15, 19, "«ні»", ": ", ".\n"), PACKAGE_QUOTE_SAME);
    assert_int_equal(quote(text, 20, 21, "\n", "».", ""), PACKAGE_QUOTE_SAME);
    assert_int_equal(quote(text, 20, 22, "\nx", NULL, NULL), PACKAGE_QUOTE_SHORT);
    assert_int_equal(quote(text, 21, 22, "x", NULL, NULL), PACKAGE_QUOTE_SHORT);
    assert_int_equal(quote(text, 900, 901, "x", NULL, NULL), PACKAGE_QUOTE_SHORT);
    assert_int_equal(quote(text, 1, 5, "Їжак", NULL, NULL), PACKAGE_QUOTE_OTHER);
    assert_int_equal(quote(text, 0, 4, "Їжан", NULL, NULL), PACKAGE_QUOTE_OTHER);
    assert_int_equal(quote(text, 0, 3, "Їжак", NULL, NULL), PACKAGE_QUOTE_OTHER);
    assert_int_equal(quote(text, -1, 3, "Їжак", NULL, NULL), PACKAGE_QUOTE_OTHER);
    assert_int_equal(quote(text, 3, 3, "", NULL, NULL), PACKAGE_QUOTE_OTHER);
    assert_int_equal(quote(text, 0, INT64_MAX, "Їжак", NULL, NULL), PACKAGE_QUOTE_OTHER);
    assert_int_equal(quote(text, 5, 6, "😀", "їжак ", NULL), PACKAGE_QUOTE_BEFORE);
    assert_int_equal(quote(text, 5, 6, "😀", "aЇжак ", NULL), PACKAGE_QUOTE_BEFORE);
    assert_int_equal(quote(text, 5, 6, "😀", NULL, " сх"), PACKAGE_QUOTE_AFTER);
    assert_int_equal(quote(text, 20, 21, "\n", NULL, "x"), PACKAGE_QUOTE_AFTER);
}

/* Far into a long text, across the borders of what is read at once. */
static void
test_quote_far(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(4u << 20);
    for (int i = 0; i < 200000; i++)
        dz_buf_adds(&text, "слово");
    dz_buf_adds(&text, "тут");
    for (int i = 0; i < 100; i++)
        dz_buf_adds(&text, "слово");
    assert_int_equal(quote(text.p, 1000000, 1000003, "тут", "во", "сло"), PACKAGE_QUOTE_SAME);
    assert_int_equal(quote(text.p, 1000001, 1000004, "тут", "во", "сло"), PACKAGE_QUOTE_OTHER);
    for (int64_t at = 32700; at < 32800; at++) {
        char letter[8] = "";
        size_t byte = (size_t)at * 2;
        memcpy(letter, text.p + byte, 2);
        assert_int_equal(quote(text.p, at, at + 1, letter, NULL, NULL), PACKAGE_QUOTE_SAME);
    }
}

/* --- the set --- */

static void
test_set(void **state)
{
    (void)state;
    struct package_set s;
    dz_package_set_init(&s);
    bool is_new = false;
    for (int i = 0; i < 5000; i++) {
        char name[16];
        snprintf(name, sizeof name, "%d", i);
        assert_int_equal(dz_package_set_put(&s, name, "b", &is_new, NULL), DZ_OK);
        assert_true(is_new);
        assert_int_equal(dz_package_set_put(&s, name, "b", &is_new, NULL), DZ_OK);
        assert_false(is_new);
    }
    assert_int_equal(s.n, 5000);
    assert_true(dz_package_set_has(&s, "4999", "b"));
    assert_false(dz_package_set_has(&s, "499", "9b"));
    assert_false(dz_package_set_has(&s, "b", "1"));
    dz_package_set_done(&s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_packages),
        cmocka_unit_test(test_result),
        cmocka_unit_test(test_own_key),
        cmocka_unit_test(test_own_signer),
        cmocka_unit_test(test_own_certificates),
        cmocka_unit_test(test_newer_format),
        cmocka_unit_test(test_quotes),
        cmocka_unit_test(test_quote_far),
        cmocka_unit_test(test_set),
    };
    return cmocka_run_group_tests(tests, make_packages, remove_packages);
}
