/* Hands a file to a reader in its box, as dokaz does: read-in-box FOLDER FAMILY FILE [TIMES]
 *
 * Prints the text, or, with TIMES, only how long so many readings took in processor time of all
 * processes together. For trying a reader by hand, and for measuring the box. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "dz_box.h"
#include "dz_codec.h"
#include "dz_os.h"

static const char *const ends[] = {
    [DZ_BOX_DONE] = "done",     [DZ_BOX_CRASHED] = "crashed", [DZ_BOX_MEMORY] = "memory",
    [DZ_BOX_TIME] = "time",     [DZ_BOX_OUTPUT] = "output",   [DZ_BOX_LIED] = "lied",
};

static enum dz_code
print(void *ctx, enum dz_wire_type type, struct dz_view payload, struct dz_err *err)
{
    (void)err;
    const bool *quiet = ctx;
    if (*quiet)
        return DZ_OK;
    if (type == DZ_WIRE_TEXT)
        (void)fwrite(payload.p, 1, payload.n, stdout);
    struct dz_view a;
    struct dz_view b;
    if (type != DZ_WIRE_TEXT && type != DZ_WIRE_PART_DATA && dz_wire_pair(payload, &a, &b))
        (void)printf("[%d %.*s=%.*s]\n", (int)type, (int)a.n, a.p, (int)b.n, b.p);
    return DZ_OK;
}

static double
spent(int who)
{
    struct rusage u;
    (void)getrusage(who, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

int
main(int argc, char **argv)
{
    struct dz_err err = {0};
    struct dz_box *box;
    int64_t times = 1;
    bool quiet = argc > 4;
    if (argc < 4 || (quiet && !dz_parse_i64(dz_view_of(argv[4]), &times)))
        return 2;
    struct dz_box_opts opts = {.folder = argv[1]};
    if (dz_box_new(&opts, &box, &err) != DZ_OK)
        goto out;
    int64_t start = dz_os_monotonic_us();
    enum dz_box_end end = DZ_BOX_DONE;
    for (int64_t i = 0; i < times; i++) {
        DZ_AUTO_FD int fd = -1;
        if (dz_os_open(AT_FDCWD, argv[3], DZ_OS_READ, &fd, &err) != DZ_OK)
            goto out;
        struct dz_box_job job = {.family = argv[2],
                                 .name = argv[3],
                                 .media_type = "",
                                 .options = "parts=yes\nocr=ukr+eng",
                                 .input_fd = fd,
                                 .frame = print,
                                 .ctx = &quiet};
        struct dz_box_session *s;
        if (dz_box_begin(box, &job, &s, &err) != DZ_OK || dz_box_end(s, &end, &err) != DZ_OK)
            goto out;
    }
    dz_box_free(box);
    (void)printf("\n%s\n", ends[end]);
    if (quiet) {
        double us = (double)(dz_os_monotonic_us() - start);
        double n = (double)times;
        (void)printf("a document: %.0f us; processor %.0f us here, %.0f us in readers\n", us / n,
                     spent(RUSAGE_SELF) * 1e6 / n, spent(RUSAGE_CHILDREN) * 1e6 / n);
    }
    return end == DZ_BOX_DONE ? 0 : 1;
out:
    (void)fprintf(stderr, "%s\n", err.msg);
    return 1;
}
