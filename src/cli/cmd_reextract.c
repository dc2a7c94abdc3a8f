#include <string.h>

#include "dz_cmd.h"
#include "dz_common.h"
#include "dz_json.h"
#include "dz_mem.h"
#include "dz_passage.h"
#include "dz_queue.h"
#include "dz_reading.h"
#include "dz_utf8.h"

/* Reading sources again, and what that means for the passages that rest on them. */

struct values {
    struct dz_reading_values reading;
    bool all;
    bool force;
};

static const struct dz_opt opts[] = {
    DZ_OPT_FLAG(struct values, all, "all", N_("every source, also where nothing newer reads it")),
    DZ_OPT_FLAG(struct values, force, "force",
                N_("named sources too where nothing newer reads them")),
    DZ_OPT_READING(struct values, reading),
    {0},
};

struct rereading {
    struct dz_ctx *c;
    bool all;
    const char *ocr; /* languages, or NULL */
    char **ids;
    size_t n;
    size_t cap;
    size_t n_skipped; /* whose text is what today's readers would give */
    size_t n_by[3]; /* by enum dz_add_again */
    size_t n_preserved;
    struct dz_passage_counts passages;
    struct dz_err err; /* of a report, which cannot fail itself */
};

static void
add_id(struct rereading *r, const char *id)
{
    for (size_t i = 0; i < r->n; i++)
        if (strcmp(r->ids[i], id) == 0)
            return;
    r->ids = dz_grow(r->ids, &r->cap, r->n + 1, sizeof *r->ids);
    r->ids[r->n++] = dz_strdup(id);
}

/* All ids differ here. */
static enum dz_code
choose(void *ctx, const struct dz_source_row *row, struct dz_err *err)
{
    (void)err;
    struct rereading *r = ctx;
    if (!r->all && !dz_source_is_outdated(row, r->ocr)) {
        r->n_skipped++;
        return DZ_OK;
    }
    r->ids = dz_grow(r->ids, &r->cap, r->n + 1, sizeof *r->ids);
    r->ids[r->n++] = dz_strdup(row->id);
    return DZ_OK;
}

static enum dz_code
take_words(struct dz_ctx *c, bool force, struct rereading *r, struct dz_err *err)
{
    for (size_t i = 0; i < c->n_words; i++) {
        char id[DZ_ID_MAX];
        DZ_AUTO_SOURCE struct dz_source s = {0};
        DZ_TRY(dz_item_resolve(c->vault, c->words[i], id, err));
        if (strncmp(id, "src-", 4) != 0)
            return dz_fail(err, DZ_E_USAGE, "'%s' is not a source", c->words[i]);
        DZ_TRY(dz_source_get(c->vault, id, &s, err));
        if (force || dz_source_is_outdated(&s.row, r->ocr))
            add_id(r, id);
        else
            r->n_skipped++;
    }
    return DZ_OK;
}

/* ---- reports ---- */

static const char *const again_ids[] = {"new", "same", "kept"};
static const char *const again_words[] = {
    N_("has a new text version"),
    N_("is as it was"),
    N_("gave no text this time: the version read before stays"),
};

static json_t *
counts_json(const struct dz_passage_counts *counts)
{
    json_t *object = json_object();
    for (int s = 0; s < 4; s++)
        dz_json_set_int(object, dz_passage_state_name((enum dz_passage_state)s),
                        (int64_t)counts->n[s]);
    return object;
}

static void
add_counts(struct dz_buf *out, const struct dz_passage_counts *counts)
{
    size_t all = counts->n[0] + counts->n[1] + counts->n[2] + counts->n[3];
    if (all == 0)
        return;
    dz_buf_addf(out, _("; passages that rest on it: %zu same, %zu moved, %zu orphan"), counts->n[0],
                counts->n[1], counts->n[2] + counts->n[3]);
}

static void
report_read(struct rereading *r, const struct dz_add_report *report)
{
    struct dz_ctx *c = r->c;
    struct dz_passage_counts counts = {0};
    if (report->again == DZ_AGAIN_NEW &&
        dz_passages_count(c->vault, report->id, &counts, &r->err) != DZ_OK)
        return;
    r->n_by[report->again]++;
    for (int s = 0; s < 4; s++)
        r->passages.n[s] += counts.n[s];
    if (c->json) {
        json_t *line = json_object();
        dz_json_set_str(line, "outcome", again_ids[report->again]);
        dz_json_set_str(line, "id", report->id);
        dz_json_set_str(line, "text", report->text_status);
        dz_json_set_str(line, "message", report->message);
        json_object_set_new(line, "passages", counts_json(&counts));
        dz_out_json_new(&c->out, line);
        return;
    }
    if (report->again == DZ_AGAIN_SAME)
        return;
    DZ_AUTO_BUF struct dz_buf line = DZ_BUF(1 << 16);
    dz_buf_addf(&line, "%s  %s", report->id, _(again_words[report->again]));
    add_counts(&line, &counts);
    if (report->message)
        dz_buf_addf(&line, " (%s)", report->message);
    dz_progress_end();
    dz_out_f(&c->out, "%s\n", line.p);
    dz_out_flush(&c->out);
}

static void
report(void *ctx, const struct dz_add_report *one)
{
    struct rereading *r = ctx;
    switch (one->outcome) {
    case DZ_ADD_TEXT_READ:
        report_read(r, one);
        return;
    case DZ_ADD_PRESERVED:
        r->n_preserved++;
        return;
    case DZ_ADD_DUPLICATE:
    case DZ_ADD_SKIPPED:
        return;
    case DZ_ADD_FAILED:
        dz_progress_end();
        dz_out_flush(&r->c->out);
        dz_notice(r->c, "%s: %s", one->id ? one->id : one->path,
                  one->message ? one->message : _("failed"));
    }
}

static void
print_skipped(const struct rereading *r)
{
    struct dz_out *o = &r->c->out;
    if (r->n_skipped == 0)
        return;
    dz_out_f(o,
             dz_trn("%zu source was skipped: nothing newer reads it.",
                    "%zu sources were skipped: nothing newer reads them.",
                    (unsigned long)r->n_skipped),
             r->n_skipped);
    dz_out_text(o, "\n");
}

static void
print_summary(const struct rereading *r)
{
    struct dz_out *o = &r->c->out;
    if (r->c->json)
        return;
    if (r->n == 0) {
        dz_out_f(o, "%s\n",
                 r->c->n_words > 0
                     ? _("Nothing to read again: no reader is newer than the texts. --force reads "
                         "them all the same.")
                     : _("Nothing to read again: no reader is newer than the texts. --all reads "
                         "every source."));
        print_skipped(r);
        return;
    }
    dz_out_f(o, _("%zu with a new text version, %zu unchanged, %zu kept as they were."),
             r->n_by[DZ_AGAIN_NEW], r->n_by[DZ_AGAIN_SAME], r->n_by[DZ_AGAIN_KEPT]);
    dz_out_text(o, "\n");
    print_skipped(r);
    if (r->n_preserved > 0) {
        dz_out_f(o,
                 dz_trn("%zu file inside them was preserved.",
                        "%zu files inside them were "
                        "preserved.",
                        (unsigned long)r->n_preserved),
                 r->n_preserved);
        dz_out_text(o, "\n");
    }
    size_t open = r->passages.n[DZ_PASSAGE_MOVED] + r->passages.n[DZ_PASSAGE_ORPHAN] +
                  r->passages.n[DZ_PASSAGE_UNKNOWN];
    if (open == 0)
        return;
    dz_out_f(o,
             dz_trn("%zu passage does not stand where it stood: 'dokaz passages' shows it.",
                    "%zu passages do not stand where they stood: 'dokaz passages' shows them.",
                    (unsigned long)open),
             open);
    dz_out_text(o, "\n");
}

static enum dz_code
read_all(struct dz_ctx *c, const struct values *v, struct rereading *r, struct dz_err *err)
{
    DZ_AUTO_READING struct dz_reading_setup setup = {0};
    DZ_TRY(dz_reading_setup(c, &v->reading, &setup, err));
    r->ocr = setup.ocr;
    DZ_TRY(take_words(c, v->force, r, err));
    if (c->n_words == 0)
        DZ_TRY(dz_sources_each(c->vault, NULL, choose, r, err));
    struct dz_add_summary sum = {0};
    struct dz_add_opts how = {.box = setup.box,
                              .ocr = setup.ocr,
                              .again = true,
                              .report = report,
                              .progress = dz_reading_progress,
                              .ctx = r,
                              .cancel = c->cancel};
    enum dz_code code =
        dz_sources_read(c->vault, c->rules, (const char *const *)r->ids, r->n, &how, &sum, err);
    dz_progress_end();
    DZ_TRY(code);
    if (r->err.code != DZ_OK)
        return dz_fail(err, r->err.code, "%s", r->err.msg);
    DZ_TRY(dz_queue_update(c->vault, c->rules, NULL, c->cancel, NULL, err));
    print_summary(r);
    if (sum.n_failed > 0)
        return dz_fail(err, DZ_E_INPUT,
                       dz_trn("%llu source could not be read again",
                              "%llu sources could not be "
                              "read again",
                              (unsigned long)sum.n_failed),
                       (unsigned long long)sum.n_failed);
    return DZ_OK;
}

static enum dz_code
run(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    const struct values *v = values;
    struct rereading r = {.c = c, .all = v->all};
    if (v->all && c->n_words > 0)
        return dz_fail(err, DZ_E_USAGE, "name sources, or say --all");
    enum dz_code code = read_all(c, v, &r, err);
    for (size_t i = 0; i < r.n; i++)
        dz_free(r.ids[i]);
    dz_free(r.ids);
    return code;
}

const struct dz_cmd dz_cmd_reextract = {
    .name = "re-extract",
    .group = DZ_GROUP_SOURCES,
    .summary = N_("read sources again: a new text version where the outcome differs"),
    .usage = N_("[ID...]"),
    .help =
        N_("Sources that a newer reader reads now, and those whose text failed; with ids, those of "
           "them. The rest is skipped. "
           "Where the outcome is the same nothing is written; a reading without text never "
           "replaces a text.\n\nFacts keep the quotes they have: their words stand in the "
           "version they were taken from, which stays. Those that do not stand at the same "
           "place of the new version are counted, and 'dokaz passages' shows them."),
    .opts = opts,
    .values_size = sizeof(struct values),
    .needs = DZ_NEED_VAULT | DZ_NEED_WRITE | DZ_NEED_RULES | DZ_HAS_JSON | DZ_STOPS_IN_ORDER,
    .max_words = SIZE_MAX,
    .run = run,
};
