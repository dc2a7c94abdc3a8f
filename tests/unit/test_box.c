#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dz_box.h"
#include "dz_os.h"

/* One document through a box, and what came of it. */
struct outcome {
    enum dz_code code;
    enum dz_box_end end;
    int signal;
    struct dz_buf text;
    struct dz_buf all; /* of the frames: a letter for each type */
    struct dz_err err;
};

static struct dz_box *locked;
static struct dz_box *loose;

static enum dz_code
keep(void *ctx, enum dz_wire_type type, struct dz_view payload, struct dz_err *err)
{
    (void)err;
    struct outcome *o = ctx;
    if (type == DZ_WIRE_TEXT)
        dz_buf_addv(&o->text, payload);
    if (o->all.n < 1000)
        dz_buf_addc(&o->all, (char)('0' + (int)type));
    return DZ_OK;
}

static int
memory_file(const char *words)
{
    int fd = memfd_create("document", MFD_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, words, strlen(words)), strlen(words));
    return fd;
}

static void
give(struct dz_box *b, const char *words, const struct dz_box_job *more, struct outcome *o)
{
    struct dz_box_job job = more != NULL ? *more : (struct dz_box_job){0};
    *o = (struct outcome){.signal = -1};
    int fd = memory_file(words);
    job.family = b == loose ? "loose" : "hostile";
    job.input_fd = fd;
    job.frame = job.frame != NULL ? job.frame : keep;
    job.ctx = job.ctx != NULL ? job.ctx : o;
    job.ret_signal = &o->signal;
    struct dz_box_session *s;
    o->code = dz_box_begin(b, &job, &s, &o->err);
    if (o->code == DZ_OK)
        o->code = dz_box_end(s, &o->end, &o->err);
    (void)close(fd);
}

static void
drop(struct outcome *o)
{
    dz_buf_done(&o->text);
    dz_buf_done(&o->all);
}

static void
expect_honest(struct dz_box *b)
{
    struct outcome o;
    give(b, "an honest document", NULL, &o);
    assert_int_equal(o.code, DZ_OK);
    assert_int_equal(o.end, DZ_BOX_DONE);
    assert_int_equal(o.signal, 0);
    assert_string_equal(o.text.p, "an");
    assert_string_equal(o.all.p, "154;");
    drop(&o);
}

static void
test_honest_document(void **state)
{
    (void)state;
    expect_honest(locked);
    expect_honest(loose);
}

static int
open_boxes(void **state)
{
    (void)state;
    struct dz_box_opts opts = {.folder = HOSTILE_FOLDER};
    return dz_box_new(&opts, &locked, NULL) != DZ_OK || dz_box_new(&opts, &loose, NULL) != DZ_OK;
}

static int
close_boxes(void **state)
{
    (void)state;
    dz_box_free(locked);
    dz_box_free(loose);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_honest_document),
    };
    return cmocka_run_group_tests(tests, open_boxes, close_boxes);
}
