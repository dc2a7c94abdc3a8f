/* For tests of the seam to the system: each works in a folder of its own, open as `dir`. */
#ifndef OS_FOLDER_H
#define OS_FOLDER_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dz_os.h"

static char folder[64];
static int dir = -1;

static inline int
setup(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/dokaz-os-XXXXXX");
    if (mkdtemp(folder) == NULL)
        return -1;
    return dz_os_opendir(AT_FDCWD, folder, &dir, NULL) == DZ_OK ? 0 : -1;
}

/* Removes names of the folder, one level of folders included. */
static inline int
teardown(void **state)
{
    (void)state;
    dz_os_fault_arm(0, 0, false);
    char **names = NULL;
    size_t n = 0;
    if (dz_os_list(dir, ".", &names, &n, NULL) != DZ_OK)
        return -1;
    for (size_t i = 0; i < n; i++) {
        if (unlinkat(dir, names[i], 0) != 0)
            unlinkat(dir, names[i], AT_REMOVEDIR);
    }
    dz_os_names_free(names, n);
    dz_os_close_quiet(&dir);
    return rmdir(folder);
}

static inline void
put(const char *name, const char *text)
{
    int fd = -1;
    assert_int_equal(dz_os_open(dir, name, DZ_OS_CREATE, &fd, NULL), DZ_OK);
    assert_int_equal(dz_os_write_all(fd, text, strlen(text), NULL), DZ_OK);
    assert_int_equal(dz_os_close(&fd, NULL), DZ_OK);
}

static inline void
assert_content(const char *name, const char *want)
{
    DZ_AUTO_BUF struct dz_buf b = DZ_BUF(100000);
    assert_int_equal(dz_os_slurp(dir, name, 100000, &b, NULL), DZ_OK);
    assert_string_equal(dz_buf_view(&b).p, want);
}

static inline int
open_fds(void)
{
    int n = 0;
    for (int fd = 0; fd < 256; fd++)
        n += fcntl(fd, F_GETFD) >= 0 ? 1 : 0;
    return n;
}

#define IN_FOLDER(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

#endif
