#include "dz_reading.h"

#include "dz_common.h"
#include "dz_mem.h"
#include "dz_os.h"
#include "dz_setting.h"

enum dz_code
dz_reading_setup(struct dz_ctx *c, const struct dz_reading_values *values,
                 struct dz_reading_setup *ret, struct dz_err *err)
{
    struct dz_reading_setup s = {0};
    if (values->ocr && values->no_ocr)
        return dz_fail(err, DZ_E_USAGE, "--ocr and --no-ocr say opposite things: give one");
    if (values->ocr) {
        DZ_AUTO_BUF struct dz_buf clean = DZ_BUF(256);
        DZ_TRY(dz_setting_check("reading.ocr", dz_view_of(values->ocr), &clean, err));
        s.ocr = dz_buf_take(&clean);
    } else if (!values->no_ocr) {
        DZ_TRY(dz_setting_get(c->vault, "reading.ocr", &s.ocr, err));
    }
    struct dz_box_opts how = {.without_landlock = values->without_landlock};
    enum dz_code code = dz_box_new(&how, &s.box, err);
    if (code == DZ_OK)
        *ret = s;
    else
        dz_free(s.ocr);
    return code;
}

void
dz_reading_setup_done(struct dz_reading_setup *s)
{
    dz_box_free(s->box);
    dz_free(s->ocr);
    *s = (struct dz_reading_setup){0};
}

/* ---- progress ---- */

/* How long the rest will take if it goes on as it went; "" while nobody can know. */
static void
add_time_left(struct dz_buf *out, uint64_t done, uint64_t of)
{
    static int64_t began_us;
    static uint64_t began_at;
    int64_t now = dz_os_monotonic_us();
    if (began_us == 0 || done < began_at) {
        began_us = now;
        began_at = done;
    }
    int64_t spent_s = (now - began_us) / 1000000;
    if (spent_s < 3 || done <= began_at || of <= done)
        return;
    uint64_t left_s = (uint64_t)spent_s * (of - done) / (done - began_at);
    if (left_s < 120)
        dz_buf_addf(out, _(", about %llu s left"), (unsigned long long)left_s + 1);
    else
        dz_buf_addf(out, _(", about %llu min left"), (unsigned long long)(left_s + 59) / 60);
}

void
dz_reading_progress(void *ctx, enum dz_add_phase phase, uint64_t n_files, uint64_t of,
                    uint64_t n_bytes)
{
    (void)ctx;
    DZ_AUTO_BUF struct dz_buf size = DZ_BUF(64);
    DZ_AUTO_BUF struct dz_buf left = DZ_BUF(128);
    dz_size_words(n_bytes, &size);
    if (phase == DZ_PHASE_PRESERVING) {
        dz_progress(dz_trn("%llu file, %s", "%llu files, %s", (unsigned long)n_files),
                    (unsigned long long)n_files, size.p);
        return;
    }
    add_time_left(&left, n_files, of);
    dz_progress(_("reading %llu of %llu, %s%s"), (unsigned long long)n_files,
                (unsigned long long)of, size.p, left.n ? left.p : "");
}
