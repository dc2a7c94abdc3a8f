#include <stdio.h>
#include <string.h>

#include "dz_cmd.h"
#include "dz_common.h"
#include "dz_describe.h"
#include "dz_json.h"
#include "dz_mem.h"
#include "dz_queue.h"
#include "dz_reading.h"
#include "dz_source.h"
#include "dz_utf8.h"

#define PATH_SHOWN 300     /* characters */
#define PRESERVED_SHOWN 20 /* lines on a terminal; the others are counted */

struct values {
    const char *basis;
    const char *access;
    const char *describe;
    bool preserve_only;
    bool verbose;
    struct dz_reading_values reading;
};

static const struct dz_opt opts[] = {
    DZ_OPT_TEXT(struct values, basis, "basis", N_("BASIS"),
                N_("what the sources are: published, official, testimony, private_document or "
                   "unstated")),
    DZ_OPT_TEXT(struct values, access, "access", N_("ACCESS"), N_("open, restricted or sealed")),
    DZ_OPT_PATH(struct values, describe, "describe", N_("TABLE.csv"),
                N_("table with the columns file, title, publisher, author, published, address, "
                   "language, basis, access; what it says about a file goes before --basis")),
    DZ_OPT_FLAG(struct values, preserve_only, "preserve-only",
                N_("seal the files now and leave reading them to the next 'dokaz add'")),
    DZ_OPT_FLAG(struct values, verbose, "verbose",
                N_("name every preserved file on a terminal too, not only the first 20")),
    DZ_OPT_READING(struct values, reading),
    {0},
};

struct adding {
    struct dz_ctx *c;
    struct dz_describe table;
    bool any_preserved;
    bool all_lines;       /* of what was preserved */
    uint64_t n_preserved; /* so far */
};

static const char *
outcome_id(enum dz_add_outcome o)
{
    switch (o) {
    case DZ_ADD_PRESERVED:
        return N_("preserved");
    case DZ_ADD_TEXT_READ:
        return N_("read");
    case DZ_ADD_DUPLICATE:
        return N_("duplicate");
    case DZ_ADD_SKIPPED:
        return N_("skipped");
    case DZ_ADD_FAILED:
        return N_("failed");
    }
    return "";
}

static void
print_problem(struct dz_ctx *c, const struct dz_add_report *r)
{
    dz_progress_end();
    dz_out_flush(&c->out);
    /* A long path is cut, never the reason behind it. */
    DZ_AUTO_BUF struct dz_buf path = DZ_BUF(1 << 16);
    dz_utf8_line(&path, dz_view_of(r->path), PATH_SHOWN);
    const char *why = r->message != NULL ? r->message : _(outcome_id(r->outcome));
    if (r->outcome == DZ_ADD_TEXT_READ)
        dz_notice(c, "%s (%s): %s", path.p, r->id, why);
    else
        dz_notice(c, "%s: %s", path.p, why);
}

static void
report(void *ctx, const struct dz_add_report *r)
{
    struct adding *a = ctx;
    struct dz_ctx *c = a->c;
    a->any_preserved = a->any_preserved || r->outcome == DZ_ADD_PRESERVED;
    if (c->json) {
        json_t *line = json_object();
        dz_json_set_str(line, "outcome", outcome_id(r->outcome));
        dz_json_set_str(line, "path", r->path);
        dz_json_set_str(line, "id", r->id);
        dz_json_set_str(line, "sha256", r->sha256);
        dz_json_set_int(line, "size", (int64_t)r->size_bytes);
        dz_json_set_str(line, "text", r->text_status);
        dz_json_set_str(line, "message", r->message);
        dz_out_json_new(&c->out, line);
        dz_out_flush(&c->out);
        return;
    }
    if (r->outcome == DZ_ADD_FAILED || r->outcome == DZ_ADD_SKIPPED ||
        (r->outcome == DZ_ADD_TEXT_READ && r->message != NULL)) {
        print_problem(c, r);
        return;
    }
    if (r->outcome == DZ_ADD_TEXT_READ)
        return;
    if (r->outcome == DZ_ADD_PRESERVED && ++a->n_preserved > PRESERVED_SHOWN && !a->all_lines)
        return;
    dz_progress_end();
    dz_out_f(&c->out, "%s  %s  ", r->id != NULL ? r->id : "-", _(outcome_id(r->outcome)));
    dz_out_line(&c->out, dz_view_of(r->path), 400);
    if (r->message != NULL) {
        dz_out_text(&c->out, ": ");
        dz_out_line(&c->out, dz_view_of(r->message), 400);
    }
    dz_out_text(&c->out, "\n");
    /* What is durable is said at once: whoever interrupts knows what is safe. */
    dz_out_flush(&c->out);
}

static const json_t *
describe(void *ctx, const char *path, const char *name)
{
    struct adding *a = ctx;
    return dz_describe_find(&a->table, path, name);
}

static void
print_summary(struct dz_ctx *c, const struct dz_add_summary *s, uint64_t n_read)
{
    if (c->json)
        return;
    DZ_AUTO_BUF struct dz_buf size = DZ_BUF(64);
    dz_size_words(s->bytes, &size);
    dz_out_f(&c->out,
             _("%llu preserved (%s), %llu already here, %llu skipped, %llu failed, %llu without "
               "text."),
             (unsigned long long)s->n_preserved, size.p, (unsigned long long)s->n_duplicates,
             (unsigned long long)s->n_skipped, (unsigned long long)s->n_failed,
             (unsigned long long)s->n_without_text);
    dz_out_text(&c->out, "\n");
    if (n_read > 0) {
        dz_out_f(&c->out,
                 dz_trn("%llu source was read for suggestions: see 'dokaz review'.",
                        "%llu sources were read for suggestions: see 'dokaz review'.",
                        (unsigned long)n_read),
                 (unsigned long long)n_read);
        dz_out_text(&c->out, "\n");
    }
}

/* Said after an interruption too: what is durable is never left open. */
static void
print_unnamed(struct dz_ctx *c, const struct adding *a)
{
    if (c->json || a->all_lines || a->n_preserved <= PRESERVED_SHOWN)
        return;
    uint64_t n = a->n_preserved - PRESERVED_SHOWN;
    dz_out_f(&c->out,
             dz_trn("%llu more file was preserved; --verbose names them all.",
                    "%llu more files were preserved; --verbose names them all.", (unsigned long)n),
             (unsigned long long)n);
    dz_out_text(&c->out, "\n");
    dz_out_flush(&c->out);
}

/* Rows of the table that described nothing are named: a slip in a file name would lose a date. */
static size_t
name_unused(struct dz_ctx *c, const struct dz_describe *table)
{
    size_t n = 0;
    for (size_t i = 0; i < table->n; i++) {
        if (table->rows[i].used)
            continue;
        n++;
        dz_notice(c, _("line %zu of the table describes '%s', and no such file was added"),
                  table->rows[i].line, table->rows[i].file);
    }
    return n;
}

static enum dz_code
check_codes(struct dz_ctx *c, const struct values *v, struct dz_err *err)
{
    DZ_TRY(dz_check_code(c, "basis", "basis", v->basis, err));
    return dz_check_code(c, "access", "access", v->access, err);
}

/* Everything is safe before anything is read; what an interrupted `add` left unread comes along. */
static enum dz_code
preserve_and_read(struct dz_ctx *c, const struct values *v, struct adding *a,
                  struct dz_add_summary *sum, uint64_t *n_read, struct dz_err *err)
{
    struct dz_add_opts how = {
        .basis = v->basis,
        .access = v->access,
        .report = report,
        .describe = v->describe != NULL ? describe : NULL,
        .progress = dz_reading_progress,
        .ctx = a,
        .cancel = c->cancel,
    };
    DZ_AUTO_READING struct dz_reading_setup setup = {0};
    struct dz_add_summary reading = {0};
    if (!v->preserve_only)
        DZ_TRY(dz_reading_setup(c, &v->reading, &setup, err));
    DZ_TRY(dz_sources_add(c->vault, c->rules, c->words, c->n_words, &how, sum, err));
    if (v->preserve_only)
        return DZ_OK;
    how.box = setup.box;
    how.ocr = setup.ocr;
    DZ_TRY(dz_sources_read_backlog(c->vault, c->rules, &how, &reading, err));
    sum->n_preserved += reading.n_preserved;
    sum->bytes += reading.bytes;
    sum->n_failed += reading.n_failed;
    sum->n_without_text = reading.n_without_text;
    return dz_queue_update(c->vault, c->rules, NULL, c->cancel, n_read, err);
}

static enum dz_code
add_all(struct dz_ctx *c, const struct values *v, struct adding *a, struct dz_err *err)
{
    struct dz_add_summary s = {0};
    uint64_t n_read = 0;
    enum dz_code code = preserve_and_read(c, v, a, &s, &n_read, err);
    dz_progress_end();
    print_unnamed(c, a);
    DZ_TRY(code);
    print_summary(c, &s, n_read);
    dz_out_flush(&c->out);
    size_t unused = v->describe != NULL ? name_unused(c, &a->table) : 0;
    if (a->any_preserved)
        dz_notice(c, "%s", _("the original files still lie, unsealed, where they were"));
    if (s.n_failed > 0)
        return dz_fail(err, DZ_E_INPUT,
                       dz_trn("%llu file could not be added; the others are preserved",
                              "%llu files could not be added; the others are preserved",
                              (unsigned long)s.n_failed),
                       (unsigned long long)s.n_failed);
    if (unused > 0)
        return dz_fail(err, DZ_E_NOTFOUND,
                       dz_trn("%zu line of the table matched no file; all files are preserved",
                              "%zu lines of the table matched no file; all files are preserved",
                              (unsigned long)unused),
                       unused);
    return DZ_OK;
}

/* Without a path it reads what waits; where nothing does, a path was forgotten. */
static enum dz_code
check_words(struct dz_ctx *c, const struct values *v, struct dz_err *err)
{
    uint64_t n_waiting = 0;
    if (c->n_words > 0)
        return DZ_OK;
    if (!v->preserve_only)
        DZ_TRY(dz_sources_backlog(c->vault, &n_waiting, err));
    return n_waiting > 0 ? DZ_OK
                         : dz_fail(err, DZ_E_USAGE,
                                   "name files or folders: nothing that is here waits to be read");
}

static enum dz_code
run(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    const struct values *v = values;
    DZ_TRY(check_codes(c, v, err));
    DZ_TRY(check_words(c, v, err));
    /* Pipes and files get every line: programs read them. */
    struct adding a = {.c = c, .all_lines = v->verbose || !c->out.tty};
    enum dz_code code = DZ_OK;
    if (v->describe != NULL)
        code = dz_describe_load(&a.table, v->describe, c->rules, err);
    if (code == DZ_OK)
        code = add_all(c, v, &a, err);
    dz_describe_done(&a.table);
    return code;
}

const struct dz_cmd dz_cmd_add = {
    .name = "add",
    .group = DZ_GROUP_SOURCES,
    .summary = N_("preserve files and folders, read their text and propose facts"),
    .usage = N_("[PATH...]"),
    .help = N_("Each file is sealed and named as preserved once it is safe on the disk; then its "
               "text is read and facts are proposed. The same bytes are kept once. Folders are "
               "walked; links inside them are named and passed over. A file that cannot be read is "
               "named, the rest is added, and the exit status is 1.\n\nState --basis: what it is "
               "decides what may leave the vault. Without it a source is marked as "
               "unstated.\n\nWhat an interrupted command or --preserve-only left unread is read, too; "
               "without a PATH only that is done."),
    .opts = opts,
    .values_size = sizeof(struct values),
    .needs = DZ_NEED_VAULT | DZ_NEED_WRITE | DZ_NEED_RULES | DZ_HAS_JSON | DZ_STOPS_IN_ORDER,
    .min_words = 0,
    .max_words = SIZE_MAX,
    .run = run,
};
