#define _GNU_SOURCE /* AT_FDCWD */
#include <fcntl.h>
#include <string.h>

#include "dz_cmd.h"
#include "dz_codec.h"
#include "dz_common.h"
#include "dz_hash.h"
#include "dz_json.h"
#include "dz_leak_cmd.h"
#include "dz_mem.h"
#include "dz_os.h"
#include "dz_report.h"
#include "dz_rules.h"
#include "dz_view.h"

#define REPORT_MAX ((size_t)512 << 20) /* bytes; past that nobody opens it */

struct values {
    struct dz_filter_values filter;
    const char *title;
    const char *purpose;
    const char *to_whom;
    const char *level;
    const char *step;
    bool for_publication;
    bool reviewed;
    bool no_reference;
    bool force;
    bool mask_all;
};

static const struct dz_opt opts[] = {
    DZ_OPT_TEXT(struct values, purpose, "for", N_("PURPOSE"),
                N_("what it is for, as consents name purposes; without one every page is marked "
                   "internal")),
    DZ_OPT_TEXT(struct values, to_whom, "to", N_("RECIPIENT"), N_("who gets it; recorded")),
    DZ_OPT_FLAG(struct values, for_publication, "public",
                N_("for publication: leaves out what must not leave, and coarsens places")),
    DZ_OPT_TEXT(struct values, title, "title", N_("TITLE"), N_("title of the report")),
    DZ_OPT_TEXT(struct values, filter.sphere, "sphere", N_("SPHERE"),
                N_("only this sphere of life; 'dokaz codebook' lists them")),
    DZ_OPT_TEXT(struct values, filter.place, "place", N_("PLACE"),
                N_("only inside this place: a name or an id of the gazetteer")),
    DZ_OPT_DATE(struct values, filter.from, "since", N_("not before this date (EDTF)")),
    DZ_OPT_DATE(struct values, filter.to, "until", N_("not after this date (EDTF)")),
    DZ_OPT_TEXT(struct values, level, "level", N_("LEVEL"),
                N_("rows are oblast (usual), raion or settlement")),
    DZ_OPT_TEXT(struct values, step, "step", N_("STEP"),
                N_("columns are month (usual), quarter or year")),
    DZ_OPT_FLAG(struct values, reviewed, "reviewed",
                N_("leave out what was accepted in bulk and not reviewed")),
    DZ_OPT_FLAG(struct values, no_reference, "no-reference",
                N_("leave out the built-in reference measures")),
    DZ_OPT_FLAG(struct values, mask_all, "mask-all",
                N_("with --public: mask what the leak scan finds and nobody has decided")),
    DZ_OPT_FLAG(struct values, force, "force", N_("replace a file that is there already")),
    {0},
};

static enum dz_code
keep(void *ctx, const void *p, size_t n, struct dz_err *err)
{
    struct dz_buf *out = ctx;
    dz_buf_add(out, p, n);
    return dz_buf_ok(out, _("the report"), err);
}

static enum dz_code
write_entry(struct dz_ctx *c, const struct values *v, const struct dz_filter *f,
            struct dz_view report, const char *sha256, struct dz_err *err)
{
    DZ_AUTO_JSON json_t *fields =
        dz_export_fields("report-html", v->purpose, v->to_whom, v->for_publication);
    dz_json_set_str(fields, "language", dz_lang_code(dz_lang_get()));
    dz_json_set_str(fields, "sphere", f->sphere);
    dz_json_set_str(fields, "place", f->place);
    dz_json_set_str(fields, "period", f->date);
    dz_json_set_str(fields, "sha256", sha256);
    dz_json_set_int(fields, "size", (int64_t)report.n);
    return dz_export_record(c, fields, err);
}

static enum dz_code
write_file(const char *path, bool force, struct dz_view report, struct dz_err *err)
{
    if (force)
        return dz_os_replace(AT_FDCWD, path, report, err);
    /* Half a report reads like a whole one. */
    return dz_os_write_new(AT_FDCWD, path, report, err);
}

static enum dz_code
check(struct dz_ctx *c, const struct values *v, struct dz_err *err)
{
    const char *path = c->words[0];
    size_t n = strlen(path);
    if (n < 5 || strcmp(path + n - 5, ".html") != 0)
        return dz_fail(err, DZ_E_USAGE, "'%s': the report is HTML; the name has to end in .html",
                       path);
    if (!v->force && dz_os_exists(AT_FDCWD, path))
        return dz_fail(err, DZ_E_EXISTS, "'%s' is there already: name another file or add --force",
                       path);
    return dz_check_purpose(c, v->purpose, err);
}

static enum dz_code
run(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    const struct values *v = values;
    struct dz_filter f;
    DZ_TRY(check(c, v, err));
    DZ_TRY(dz_filter_make(c, &v->filter, &f, err));
    struct dz_report_opts o = {
        .lang = dz_lang_get(),
        .title = v->title,
        .purpose = v->purpose,
        .recipient = v->to_whom,
        .for_publication = v->for_publication,
        .generated_us = dz_os_now_us(),
        .scope = {.place = f.place,
                  .sphere = f.sphere,
                  .period = f.date,
                  .without_bulk = v->reviewed},
        .without_reference = v->no_reference,
    };
    DZ_TRY(dz_matrix_choices(v->level, v->step, &o.level, &o.step, DZ_STEP_MONTH, err));

    DZ_AUTO_BUF struct dz_buf report = DZ_BUF(REPORT_MAX);
    DZ_AUTO_LEAKS struct dz_leaks *leaks = NULL;
    if (v->for_publication)
        DZ_TRY(dz_leaks_new(c->vault, NULL, v->mask_all, &leaks, err));
    o.leaks = leaks;
    enum dz_code code = dz_report_html(c->vault, c->rules, &o, keep, &report, err);
    if (code == DZ_E_DENIED && leaks != NULL)
        dz_tell_findings(c, leaks);
    DZ_TRY(code);
    uint8_t hash[DZ_SHA256_BYTES];
    char hex[2 * DZ_SHA256_BYTES + 1];
    dz_sha256(report.p, report.n, hash);
    dz_hex_encode(hash, sizeof hash, hex);
    DZ_TRY(write_entry(c, v, &f, dz_buf_view(&report), hex, err));
    DZ_TRY(write_file(c->words[0], v->force, dz_buf_view(&report), err));
    dz_out_f(&c->out, "%s\n", c->words[0]);
    dz_out_f(&c->out, "SHA-256 %s\n", hex);
    if (v->purpose == NULL && !v->for_publication)
        dz_out_f(&c->out, "%s\n",
                 _("Marked as internal on every page: no --for PURPOSE was given."));
    return DZ_OK;
}

const struct dz_cmd dz_cmd_report = {
    .name = "report",
    .group = DZ_GROUP_VIEWS,
    .summary = N_("write a report with every citation"),
    .usage = N_("OUT.html"),
    .help = N_("One self-contained HTML file for reading, printing and filing, in the language of "
               "--lang. Every number in it leads to its quotes. Purpose, recipient and the "
               "report's SHA-256 are recorded in the journal before the file is written. It lies "
               "there unsealed."),
    .opts = opts,
    .values_size = sizeof(struct values),
    .needs = DZ_NEED_VAULT | DZ_NEED_WRITE | DZ_NEED_RULES | DZ_TELLS_BACKLOG,
    .min_words = 1,
    .max_words = 1,
    .run = run,
};
