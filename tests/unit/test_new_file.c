#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <sys/stat.h>

#include "os_folder.h"

#include "only_faults.h"

#ifdef DZ_FAULTS

/* A file that is made anew has no name before it is whole, also when a process dies on the way. */
static void
test_new_file(void **state)
{
    (void)state;
    struct dz_os_new f;
    assert_int_equal(dz_os_new_file(dir, "f", &f, NULL), DZ_OK);
    assert_int_equal(dz_os_write_all(f.fd, "words", 5, NULL), DZ_OK);
    assert_false(f.has_name || dz_os_exists(dir, "f"));
    assert_int_equal(dz_os_new_finish(&f, DZ_OK, NULL), DZ_OK);
    assert_content("f", "words");
    struct stat st;
    assert_int_equal(fstatat(dir, "f", &st, 0), 0);
    assert_int_equal(st.st_mode & 07777, 0600);

    /* A name that is taken stays whose it is. */
    struct dz_err err = {0};
    assert_int_equal(dz_os_write_new(dir, "f", DZ_VIEW("others"), &err), DZ_E_EXISTS);
    assert_content("f", "words");
    /* What did not go well before leaves nothing, and its own code and message. */
    assert_int_equal(dz_os_new_file(dir, "g", &f, &err), DZ_OK);
    assert_int_equal(dz_os_new_finish(&f, dz_fail(&err, DZ_E_LOCKED, "somebody else writes"), &err),
                     DZ_E_LOCKED);
    assert_string_equal(err.msg, "somebody else writes");
    assert_false(dz_os_exists(dir, "g"));
    assert_int_equal(dz_os_write_new(dir, "none/g", DZ_VIEW("x"), &err), DZ_E_NOTFOUND);

    /* A file system without such files gives the name first, and takes it back. */
    dz_os_fault_arm(1, EOPNOTSUPP, false);
    assert_int_equal(dz_os_new_file(dir, "g", &f, NULL), DZ_OK);
    assert_true(f.has_name);
    assert_int_equal(dz_os_new_finish(&f, DZ_E_FULL, NULL), DZ_E_FULL);
    assert_false(dz_os_exists(dir, "g"));
}

/* open (for which there is another way), write, fsync, link, close, opendir, fsync */
static void
test_new_file_under_faults(void **state)
{
    (void)state;
    int fds = open_fds();
    for (long n = 1; n <= 8; n++) {
        dz_os_fault_arm(n, ENOSPC, false);
        struct dz_err err = {0};
        enum dz_code code = dz_os_write_new(dir, "f", DZ_VIEW("new"), &err);
        dz_os_fault_arm(0, 0, false);
        assert_int_equal(code, n == 1 || n == 8 ? DZ_OK : DZ_E_FULL);
        assert_int_equal(open_fds(), fds);
        assert_int_equal(dz_os_exists(dir, "f"), code == DZ_OK);
        if (code != DZ_OK) {
            assert_ptr_equal(strstr(err.msg, "writing 'f': "), err.msg);
            continue;
        }
        assert_content("f", "new");
        assert_int_equal(dz_os_unlink(dir, "f", NULL), DZ_OK);
    }
}

/* What waits has no name, until it gets one; where the file system knows no such files it waits in
 * memory and is copied. */
static void
test_nameless_file(void **state)
{
    (void)state;
    for (int in_memory = 0; in_memory < 2; in_memory++) {
        int fds = open_fds(), fd = -1;
        char **names = NULL;
        size_t n = 0;
        struct stat st;
        dz_os_fault_arm(in_memory, EOPNOTSUPP, false);
        assert_int_equal(dz_os_nameless_file(dir, &fd, NULL), DZ_OK);
        dz_os_fault_arm(0, 0, false);
        assert_int_equal(dz_os_write_all(fd, "words", 5, NULL), DZ_OK);
        assert_int_equal(dz_os_list(dir, ".", &names, &n, NULL), DZ_OK);
        assert_int_equal(n, in_memory);
        dz_os_names_free(names, n);
        const char *name = in_memory ? "g" : "f";
        assert_int_equal(dz_os_name_file(fd, dir, name, NULL), DZ_OK);
        assert_content(name, "words");
        assert_int_equal(fstatat(dir, name, &st, 0), 0);
        assert_int_equal(st.st_mode & 07777, 0600);
        struct dz_err err = {0};
        assert_int_equal(dz_os_name_file(fd, dir, "f", &err), DZ_E_EXISTS);
        assert_int_equal(dz_os_close(&fd, NULL), DZ_OK);
        assert_int_equal(open_fds(), fds);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_new_file),
        IN_FOLDER(test_new_file_under_faults),
        IN_FOLDER(test_nameless_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
#endif
