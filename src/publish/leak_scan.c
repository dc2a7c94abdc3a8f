#include "dz_leak.h"
#include "dz_package_out.h"
#include "dz_report.h"

/* Everything that could leave in public takes the way of a package and of a report, up to the point
 * where something would be written. */

static enum dz_code
drop(void *ctx, const void *p, size_t n, struct dz_err *err)
{
    (void)ctx;
    (void)p;
    (void)n;
    (void)err;
    return DZ_OK;
}

enum dz_code
dz_leaks_scan(struct dz_vault *v, const struct dz_rules *rules, struct dz_leaks *l,
              const bool *cancel, struct dz_err *err)
{
    DZ_AUTO_PACKAGE_REPORT struct dz_package_report told = {0};
    struct dz_package_opts package = {.form = DZ_BAG_DRY,
                                      .for_publication = true,
                                      .leaks = l,
                                      .only_scan = true,
                                      .cancel = cancel};
    struct dz_report_opts report = {.lang = dz_lang_get(),
                                    .for_publication = true,
                                    .without_reference = true,
                                    .leaks = l,
                                    .only_scan = true};
    enum dz_code code = dz_package_make(v, rules, &package, &told, err);
    if (code != DZ_OK && code != DZ_E_NOTFOUND)
        return code;
    return dz_report_html(v, rules, &report, drop, NULL, err);
}
