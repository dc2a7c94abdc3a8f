/* Options of commands that read foreign files, and what they need for it: the box, and the
 * languages
 * of OCR. */
#ifndef DZ_READING_H
#define DZ_READING_H

#include "dz_box.h"
#include "dz_cmd.h"
#include "dz_source.h"

struct dz_reading_values {
    const char *ocr;
    bool no_ocr;
    bool without_landlock;
};
#define DZ_OPT_READING(strct, member)                                                              \
    DZ_OPT_TEXT(strct, member.ocr, "ocr", N_("LANGUAGES"),                                         \
                N_("read words out of pictures, in languages such as ukr+rus+eng; slow")),         \
        DZ_OPT_FLAG(strct, member.no_ocr, "no-ocr",                                                \
                    N_("do not, although the setting reading.ocr says so")),                       \
        DZ_OPT_FLAG(strct, member.without_landlock, "without-landlock",                            \
                    N_("read foreign files although this kernel has no Landlock: they are then "   \
                       "held by fewer locks"))

struct dz_reading_setup {
    struct dz_box *box;
    char *ocr; /* NULL: off */
};
/** Give it back with dz_reading_setup_done. c has a vault. DZ_E_USAGE: no language set. */
DZ_MUSTUSE enum dz_code
dz_reading_setup(struct dz_ctx *c, const struct dz_reading_values *values,
                 struct dz_reading_setup *ret, struct dz_err *err);
void
dz_reading_setup_done(struct dz_reading_setup *s);
#define DZ_AUTO_READING DZ_CLEANUP(dz_reading_setup_done)

/** For dz_add_opts: files, bytes, and the time left where it can be known. */
void
dz_reading_progress(void *ctx, enum dz_add_phase phase, uint64_t n_files, uint64_t of,
                    uint64_t n_bytes);

#endif
