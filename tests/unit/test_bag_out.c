/* The bag writer: names, manifests, order, what it refuses, and that half a bag never looks
 * whole. */
#define _GNU_SOURCE /* AT_FDCWD, mkdtemp */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "dz_age.h"
#include "dz_bag_out.h"
#include "dz_os.h"
#include "told.h"

static char dir[64];
static int
setup(void **state)
{
    (void)state;
    /* Thousands of syncs: in memory where there is such a place. */
    snprintf(dir, sizeof dir, "%s/dz-bag-XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    return mkdtemp(dir) != NULL && chdir(dir) == 0 && dz_crypto_init(&err) == DZ_OK ? 0 : -1;
}

static int
teardown(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "%s", dir);
    pid_t child = fork();
    if (child == 0) {
        execl("/bin/rm", "rm", "-rf", command, (char *)NULL);
        _exit(1);
    }
    return 0;
}

static bool
there(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0;
}

static void
plain(const char *name, const char *want)
{
    DZ_AUTO_BUF struct dz_buf out = DZ_BUF(4096);
    dz_bag_plain_name(name, &out);
    assert_string_equal(out.p, want);
}

static void
test_names(void **state)
{
    (void)state;
    plain("clinic-1_a.txt", "clinic-1_a.txt");
    plain("звіт 1.html", "_____1.html");
    plain("a/b\\c:d%.txt", "a_b_c_d_.txt");
    plain("", "_");
    plain("..", "__");
    plain(".hidden", "_hidden");
    plain("-rf", "_rf");
    plain("trailing.", "trailing_");
    plain("CON", "_CON");
    plain("nul.txt", "_nul.txt");
    plain("lpt1.doc", "_lpt1.doc");
    plain("console.txt", "console.txt");
    plain("\xff\xfe.txt", "__.txt");
    char long_name[400], want[128];
    memset(long_name, 'a', 300);
    memcpy(long_name + 300, ".html", 6);
    memset(want, 'a', 94);
    memcpy(want + 94, ".html", 6);
    plain(long_name, want);
}

static struct dz_bag_out *
new_bag(const char *path)
{
    struct dz_bag_out *b = NULL;
    OK(dz_bag_out_new(path, DZ_BAG_FOLDER, NULL, &b, &err));
    return b;
}

static void
check_file(const char *path, const char *want)
{
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(1u << 20);
    OK(dz_os_slurp(AT_FDCWD, path, 1u << 20, &text, &err));
    assert_string_equal(text.p, want);
}

static void
finish(struct dz_bag_out *b)
{
    char sha256[65];
    uint8_t sha512[64];
    OK(dz_bag_out_manifests(b, &err));
    OK(dz_bag_out_file(b, "bag-info.txt", DZ_VIEW("Bagging-Date: 2026-11-22\n"), &err));
    OK(dz_bag_out_tagmanifests(b, sha256, sha512, &err));
    OK(dz_bag_out_unlisted(b, "tagmanifest-sha512.txt.sig", DZ_VIEW("signature\n"), &err));
    OK(dz_bag_out_settle(b, &err));
    OK(dz_bag_out_finish(b, &err));
}

static void
test_manifests(void **state)
{
    (void)state;
    uint64_t octets, files;
    DZ_AUTO_BAG_OUT struct dz_bag_out *b = new_bag("whole");
    OK(dz_bag_out_file(b, "data/b.txt", DZ_VIEW("abc"), &err));
    OK(dz_bag_out_file(b, "data/a/z.txt", DZ_VIEW(""), &err));
    OK(dz_bag_out_file(b, "data/B.txt", DZ_VIEW("abc"), &err));
    dz_bag_out_oxum(b, &octets, &files);
    assert_int_equal(octets, 6);
    assert_int_equal(files, 3);
    assert_false(there("whole"));
    finish(b);
    assert_true(there("whole"));
    /* By bytes: capitals first, then folders where their names stand. SHA-256 of "abc" is the
     * example of FIPS 180-4. */
    check_file("whole/manifest-sha256.txt",
               "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  data/B.txt\n"
               "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  data/a/z.txt\n"
               "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  data/b.txt\n");
    check_file("whole/bagit.txt", "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n");
    DZ_AUTO_BUF struct dz_buf tags = DZ_BUF(65536);
    OK(dz_os_slurp(AT_FDCWD, "whole/tagmanifest-sha256.txt", 65536, &tags, &err));
    static const char *const listed[] = {"bag-info.txt\n", "bagit.txt\n", "manifest-sha256.txt\n",
                                         "manifest-sha512.txt\n"};
    const char *at = tags.p;
    for (size_t i = 0; i < 4; i++) {
        at = strstr(at, listed[i]);
        assert_non_null(at);
    }
    assert_null(strstr(tags.p, "tagmanifest"));
    assert_null(strstr(tags.p, "data/"));
}

static void
test_refuses_paths_that_lead_elsewhere(void **state)
{
    (void)state;
    static const char *const bad[] = {"/etc/x", "data/../x", "../x", "data//x", "", "data/a b",
                                      "data/a%b", ".x", "data/.x", "data/\xd0\xb0"};
    DZ_AUTO_BAG_OUT struct dz_bag_out *b = new_bag("refused");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(dz_bag_out_file(b, bad[i], DZ_VIEW("x"), &err), DZ_E_USAGE);
}

static void
test_sizes_are_kept(void **state)
{
    (void)state;
    DZ_AUTO_BAG_OUT struct dz_bag_out *b = new_bag("sizes");
    char sha256[65];
    OK(dz_bag_out_begin(b, "data/a", 3, &err));
    OK(dz_bag_out_write(b, "ab", 2, &err));
    assert_int_equal(dz_bag_out_write(b, "cd", 2, &err), DZ_E_CORRUPT);
    assert_int_equal(dz_bag_out_end(b, sha256, &err), DZ_E_CORRUPT);
}

static void
test_unfinished_is_taken_away(void **state)
{
    (void)state;
    struct dz_bag_out *b = new_bag("half/");
    OK(dz_bag_out_file(b, "data/a/b/c.txt", DZ_VIEW("abc"), &err));
    char **names = NULL;
    size_t n = 0;
    OK(dz_os_list(AT_FDCWD, ".", &names, &n, &err));
    size_t found = 0;
    for (size_t i = 0; i < n; i++)
        found += strncmp(names[i], "half.tmp-", 9) == 0;
    dz_os_names_free(names, n);
    assert_int_equal(found, 1);
    dz_bag_out_free(b);
    OK(dz_os_list(AT_FDCWD, ".", &names, &n, &err));
    for (size_t i = 0; i < n; i++)
        assert_int_not_equal(strncmp(names[i], "half", 4), 0);
    dz_os_names_free(names, n);
    dz_bag_out_free(NULL);
}

static void
test_target_and_leftovers(void **state)
{
    (void)state;
    struct dz_bag_out *b = NULL;
    OK(dz_os_mkdir(AT_FDCWD, "taken", &err));
    assert_int_equal(dz_bag_out_new("taken", DZ_BAG_FOLDER, NULL, &b, &err), DZ_E_EXISTS);
    assert_int_equal(dz_bag_out_new("taken/", DZ_BAG_DRY, NULL, &b, &err), DZ_E_EXISTS);
    static const char *const names[] = {"free.tmp-00000000000000aa", "free.tmp-00000000000000AA",
                                        "free.tmp-1", "free.tmp", "other.tmp-00000000000000aa"};
    for (size_t i = 0; i < 5; i++)
        OK(dz_os_mkdir(AT_FDCWD, names[i], &err));
    /* A preview touches nothing. */
    OK(dz_bag_out_new("free", DZ_BAG_DRY, NULL, &b, &err));
    dz_bag_out_free(b);
    assert_true(there(names[0]));
    dz_bag_out_free(new_bag("free"));
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(there(names[i]), i != 0);
}

/* What was changed on the disk meanwhile is noticed when it is read back. */
static void
test_reads_back(void **state)
{
    (void)state;
    DZ_AUTO_BAG_OUT struct dz_bag_out *b = new_bag("back");
    OK(dz_bag_out_file(b, "data/a.txt", DZ_VIEW("abc"), &err));
    char **names = NULL;
    size_t n = 0;
    OK(dz_os_list(AT_FDCWD, ".", &names, &n, &err));
    for (size_t i = 0; i < n; i++) {
        if (strncmp(names[i], "back.tmp-", 9) != 0)
            continue;
        char path[256];
        snprintf(path, sizeof path, "%s/data/a.txt", names[i]);
        FILE *f = fopen(path, "w");
        assert_non_null(f);
        fputs("abd", f);
        fclose(f);
    }
    dz_os_names_free(names, n);
    assert_int_equal(dz_bag_out_settle(b, &err), DZ_E_CORRUPT);
}

static enum dz_code
refuse_word(void *ctx, const char *path, const void *p, size_t n, struct dz_err *e)
{
    size_t *seen = ctx;
    *seen += n;
    if (p != NULL && n >= 6 && memcmp(p, "SECRET", 6) == 0)
        return dz_fail(e, DZ_E_DENIED, "%s", path);
    return DZ_OK;
}

static void
test_watched(void **state)
{
    (void)state;
    size_t seen = 0;
    DZ_AUTO_BAG_OUT struct dz_bag_out *b = new_bag("watched");
    dz_bag_out_watch(b, refuse_word, &seen);
    OK(dz_bag_out_file(b, "data/a.txt", DZ_VIEW("abc"), &err));
    OK(dz_bag_out_settle(b, &err));
    assert_int_equal(seen, 3);
    OK(dz_bag_out_file(b, "data/b.txt", DZ_VIEW("SECRET"), &err));
    assert_int_equal(dz_bag_out_settle(b, &err), DZ_E_DENIED);
    assert_string_equal(err.msg, "data/b.txt");

    struct dz_secret *identity = NULL;
    uint8_t pk[DZ_X25519_BYTES];
    DZ_AUTO_BUF struct dz_buf recipient = DZ_BUF(128);
    OK(dz_age_identity_new(&identity, &err));
    OK(dz_age_identity_public(identity, pk, &err));
    dz_secret_free(identity);
    dz_age_recipient_text(pk, &recipient);
    DZ_AUTO_BAG_OUT struct dz_bag_out *sealed = NULL;
    OK(dz_bag_out_new("watched.age", DZ_BAG_SEALED, recipient.p, &sealed, &err));
    dz_bag_out_watch(sealed, refuse_word, &seen);
    assert_int_equal(dz_bag_out_file(sealed, "data/b.txt", DZ_VIEW("SECRET"), &err), DZ_E_DENIED);
}

/* ---- every call of the system fails once ---- */

static enum dz_code
small_bag(void)
{
    char sha256[65];
    uint8_t sha512[64];
    DZ_AUTO_BAG_OUT struct dz_bag_out *b = NULL;
    DZ_TRY(dz_bag_out_new("faulty", DZ_BAG_FOLDER, NULL, &b, &err));
    DZ_TRY(dz_bag_out_file(b, "data/a/b.txt", DZ_VIEW("abc"), &err));
    DZ_TRY(dz_bag_out_manifests(b, &err));
    DZ_TRY(dz_bag_out_tagmanifests(b, sha256, sha512, &err));
    DZ_TRY(dz_bag_out_settle(b, &err));
    return dz_bag_out_finish(b, &err);
}

static size_t
named_faulty(void)
{
    char **names = NULL;
    size_t n = 0, found = 0;
    OK(dz_os_list(AT_FDCWD, ".", &names, &n, &err));
    for (size_t i = 0; i < n; i++)
        found += strncmp(names[i], "faulty", 6) == 0;
    dz_os_names_free(names, n);
    return found;
}

static void
test_faults(void **state)
{
    (void)state;
    size_t failed = 0;
    /* Out of the way: the folder in which it is made is looked through each time. */
    OK(dz_os_mkdir(AT_FDCWD, "away", &err));
    for (long nth = 1;; nth++) {
        char away[32];
        dz_os_fault_arm(nth, ENOSPC, false);
        enum dz_code code = small_bag();
        bool reached = dz_os_fault_count() >= nth;
        dz_os_fault_arm(0, 0, false);
        assert_int_equal(named_faulty(), code == DZ_OK);
        failed += code != DZ_OK;
        if (code != DZ_OK)
            continue;
        snprintf(away, sizeof away, "away/%ld", nth);
        OK(dz_os_rename(AT_FDCWD, "faulty", away, &err));
        if (!reached)
            break;
    }
    assert_true(failed >= 30);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_manifests),
        cmocka_unit_test(test_refuses_paths_that_lead_elsewhere),
        cmocka_unit_test(test_sizes_are_kept),
        cmocka_unit_test(test_unfinished_is_taken_away),
        cmocka_unit_test(test_target_and_leftovers),
        cmocka_unit_test(test_reads_back),
        cmocka_unit_test(test_watched),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("bag_out", tests, setup, teardown);
}
