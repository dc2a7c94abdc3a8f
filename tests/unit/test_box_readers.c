/* The real readers, locked in: what a library asks of the system shows only here. What they say of
 * each file is the matter of the test of each family; here all have to come to their end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dz_box.h"
#include "dz_os.h"

static enum dz_code
count_done(void *ctx, enum dz_wire_type type, struct dz_view payload, struct dz_err *err)
{
    (void)payload;
    (void)err;
    unsigned *n = ctx;
    *n += type == DZ_WIRE_DONE;
    return DZ_OK;
}

static void
read_in_box(struct dz_box *b, const char *family, int folder, const char *name)
{
    DZ_AUTO_FD int fd = -1;
    struct dz_err err = {0};
    unsigned n_done = 0;
    int signal = 0;
    struct dz_box_job job = {
        .family = family,
        .name = name,
        .options = "parts=yes\nocr=ukr+eng",
        .frame = count_done,
        .ctx = &n_done,
        .ret_signal = &signal,
        /* A debugging build of a library may take its time; nothing here is large. */
        .limits = {.memory_bytes = (uint64_t)1 << 30},
    };
    assert_int_equal(dz_os_open(folder, name, DZ_OS_READ, &fd, NULL), DZ_OK);
    job.input_fd = fd;
    struct dz_box_session *s;
    enum dz_box_end end;
    if (dz_box_begin(b, &job, &s, &err) != DZ_OK || dz_box_end(s, &end, &err) != DZ_OK)
        fail_msg("%s: %s: %s", family, name, err.msg);
    if (end != DZ_BOX_DONE || n_done != 1)
        fail_msg("%s: %s: end %d, signal %d", family, name, (int)end, signal);
}

/* Every fixture of a family whose program is there; returns how many were read. */
static size_t
read_family(struct dz_box *b, const char *programs, const char *family)
{
    DZ_AUTO_FREE char *program = dz_asprintf("%s/dokaz-read-%s", programs, family);
    DZ_AUTO_FREE char *path = dz_asprintf("%s/tests/fixtures/%s", getenv("DOKAZ_SRC"), family);
    DZ_AUTO_FD int folder = -1;
    if (!dz_os_exists(AT_FDCWD, program) || !dz_os_exists(AT_FDCWD, path))
        return 0;
    assert_int_equal(dz_os_opendir(AT_FDCWD, path, &folder, NULL), DZ_OK);
    char **names;
    size_t n;
    size_t n_read = 0;
    assert_int_equal(dz_os_list(folder, ".", &names, &n, NULL), DZ_OK);
    for (size_t i = 0; i < n; i++) {
        struct dz_os_stat st;
        const char *dot = strrchr(names[i], '.');
        assert_int_equal(dz_os_stat(folder, names[i], true, &st, NULL), DZ_OK);
        if (!st.is_file || (dot != NULL && strcmp(dot, ".expected") == 0))
            continue;
        read_in_box(b, family, folder, names[i]);
        n_read++;
    }
    dz_os_names_free(names, n);
    return n_read;
}

static void
test_fixtures_come_to_their_end(void **state)
{
    (void)state;
    static const char *const families[] = {"text", "html", "chat", "pdf",     "ocr", "office",
                                           "rtf",  "mail", "web",  "archive", "media"};
    struct dz_box_opts opts = {.folder = getenv("DOKAZ_READERS")};
    struct dz_box *b;
    assert_non_null(opts.folder);
    assert_non_null(getenv("DOKAZ_SRC"));
    assert_int_equal(dz_box_new(&opts, &b, NULL), DZ_OK);
    size_t n = 0;
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        n += read_family(b, opts.folder, families[i]);
    dz_box_free(b);
    assert_true(n > 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fixtures_come_to_their_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
