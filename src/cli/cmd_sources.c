/* sources, describe, text, cat: the preserved items themselves. */

#include "dz_cmd.h"
#include "dz_common.h"
#include "dz_json.h"
#include "dz_leak_cmd.h"
#include "dz_show.h"
#include "dz_source.h"
#include "dz_where.h"
#include "dz_utf8.h"
#include "dz_locators.h"
#include "dz_reading_log.h"

struct values {
    const char *basis;
    const char *access;
    const char *language;
    const char *publisher;
    const char *published;
    bool without_text;
};

static const struct dz_opt opts[] = {
    DZ_OPT_TEXT(struct values, basis, "basis", N_("BASIS"), N_("only of this basis")),
    DZ_OPT_TEXT(struct values, access, "access", N_("ACCESS"), N_("only of this access")),
    DZ_OPT_TEXT(struct values, language, "language", N_("LANG"), N_("only in this language")),
    DZ_OPT_TEXT(struct values, publisher, "publisher", N_("NAME"), N_("only of this publisher")),
    DZ_OPT_DATE(struct values, published, "published",
                N_("only those that may have been published then (EDTF)")),
    DZ_OPT_FLAG(struct values, without_text, "without-text",
                N_("only those of which no text could be read")),
    {0},
};

struct listing {
    struct dz_ctx *c;
    struct dz_table table;
    size_t n;
};

static const struct dz_column columns[] = {
    {.title = N_("source")},
    {.title = N_("published"), .max = 12},
    {.title = N_("language"), .max = 8},
    {.title = N_("basis"), .max = 18},
    {.title = N_("text"), .right = true},
    {.title = N_("title")},
};

static enum dz_code
list_one(void *ctx, const struct dz_source_row *row, struct dz_err *err)
{
    (void)err;
    struct listing *l = ctx;
    l->n++;
    if (l->c->json) {
        dz_out_json_new(&l->c->out, dz_source_json(row));
        return DZ_OK;
    }
    dz_table_add(&l->table, row->id);
    dz_table_add(&l->table, row->published);
    dz_table_add(&l->table, row->language);
    dz_table_add(&l->table, dz_label(l->c, "basis", row->basis));
    if (row->text_sha256 != NULL)
        dz_table_addf(&l->table, "%llu", (unsigned long long)row->text_chars);
    else
        dz_table_add(&l->table, "-");
    dz_table_add(&l->table, row->title);
    return DZ_OK;
}

static enum dz_code
run_sources(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    const struct values *v = values;
    DZ_TRY(dz_check_code(c, "basis", "basis", v->basis, err));
    DZ_TRY(dz_check_code(c, "access", "access", v->access, err));
    struct dz_source_filter filter = {
        .basis = v->basis,
        .access = v->access,
        .language = v->language,
        .publisher = v->publisher,
        .published = v->published,
        .without_text = v->without_text,
    };
    struct listing l = {.c = c};
    dz_table_init(&l.table, columns, sizeof columns / sizeof *columns);
    enum dz_code code = dz_sources_each(c->vault, &filter, list_one, &l, err);
    if (code == DZ_OK && !c->json) {
        dz_table_print(&l.table, &c->out);
        dz_out_f(&c->out, dz_trn("%zu source.", "%zu sources.", (unsigned long)l.n), l.n);
        dz_out_text(&c->out, "\n");
    }
    dz_table_done(&l.table);
    return code;
}

const struct dz_cmd dz_cmd_sources = {
    .name = "sources",
    .group = DZ_GROUP_SOURCES,
    .summary = N_("list the sources"),
    .usage = "",
    .help = N_("In the order in which they were added. 'text' is the length in characters; '-' "
               "where none could be read."),
    .opts = opts,
    .values_size = sizeof(struct values),
    .needs = DZ_NEED_VAULT | DZ_NEED_RULES | DZ_HAS_JSON | DZ_TELLS_BACKLOG,
    .run = run_sources,
};

struct describe_values {
    bool all_parts;
};

static const struct dz_opt describe_opts[] = {
    DZ_OPT_FLAG(struct describe_values, all_parts, "all-parts",
                N_("say basis and access of every source inside it as well, also of those that "
                   "were described otherwise")),
    {0},
};

/* Whoever changes a container learns how far that reached. */
static void
print_reach(struct dz_ctx *c, const struct dz_described *done)
{
    if (done->n_parts > 0) {
        dz_out_f(&c->out,
                 dz_trn("%zu source inside it changed with it.",
                        "%zu sources inside it changed with it.", (unsigned long)done->n_parts),
                 done->n_parts);
        dz_out_text(&c->out, "\n");
    }
    if (done->n_stricter > 0) {
        dz_out_f(&c->out,
                 dz_trn("%zu source inside it stays stricter, as it was described; --all-parts "
                        "changes it too.",
                        "%zu sources inside it stay stricter, as they were described; --all-parts "
                        "changes them too.",
                        (unsigned long)done->n_stricter),
                 done->n_stricter);
        dz_out_text(&c->out, "\n");
    }
}

static enum dz_code
run_describe(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    const struct describe_values *v = values;
    struct dz_described done = {0};
    char id[DZ_ID_MAX];
    DZ_TRY(dz_item_resolve(c->vault, c->words[0], id, err));
    DZ_AUTO_JSON json_t *fields = NULL;
    DZ_TRY(dz_prompt_object(&fields, err));
    dz_warn_personal(c, fields);
    DZ_TRY(dz_source_describe_parts(c->vault, c->rules, id, fields, v->all_parts, &done, err));
    if (c->json) {
        json_t *line = json_object();
        dz_json_set_str(line, "id", id);
        dz_json_set_int(line, "parts", (int64_t)done.n_parts);
        dz_json_set_int(line, "parts_stricter", (int64_t)done.n_stricter);
        dz_out_json_new(&c->out, line);
        return DZ_OK;
    }
    dz_out_f(&c->out, "%s\n", id);
    print_reach(c, &done);
    return DZ_OK;
}

const struct dz_cmd dz_cmd_describe = {
    .name = "describe",
    .group = DZ_GROUP_SOURCES,
    .summary = N_("say what a source is, as JSON on standard input"),
    .usage = N_("ID"),
    .help = N_("The object may have title, publisher, author, published (EDTF), address, language, "
               "basis, access, reliability, derivative_of, source_type, licence, note and tags. "
               "What it does not name stays; an empty string takes a value back.\n\nBasis and "
               "access pass on to all that was taken out of the source (attachments, files in an "
               "archive) or is said to derive from it; the strictest of what holds a file counts. "
               "What was said of a part itself becomes stricter with its container, but never less "
               "strict than it was said.\n\nExample: echo "
               "'{\"published\": \"2024-07-01\", \"basis\": \"published\"}' | dokaz describe "
               "src-7k2m"),
    .opts = describe_opts,
    .values_size = sizeof(struct describe_values),
    .needs = DZ_NEED_VAULT | DZ_NEED_WRITE | DZ_NEED_RULES | DZ_HAS_JSON,
    .min_words = 1,
    .max_words = 1,
    .run = run_describe,
};

struct text_values {
    bool locators;
};

static const struct dz_opt text_opts[] = {
    DZ_OPT_FLAG(struct text_values, locators, "locators",
                N_("with its pages, times, messages and cells, each as a mark where it begins")),
    {0},
};

/* The text with a mark before each place where a page, message and so on begins. */
static void
print_marked(struct dz_out *o, struct dz_view text, struct dz_view locators)
{
    struct dz_locator one;
    struct dz_err damaged = {0};
    bool more = true;
    size_t byte = 0, cp = 0;
    while (dz_locators_next(&locators, &one, &more, &damaged) == DZ_OK && more) {
        size_t from = byte;
        while (cp < one.start && byte < text.n) {
            (void)dz_utf8_next(text, &byte);
            cp++;
        }
        dz_out_lines(o, (struct dz_view){text.p + from, byte - from});
        DZ_AUTO_BUF struct dz_buf mark = DZ_BUF(1 << 16);
        DZ_AUTO_BUF struct dz_buf line = DZ_BUF(1 << 16);
        dz_buf_addv(&mark, one.kind);
        dz_buf_addc(&mark, ' ');
        dz_buf_addv(&mark, one.label);
        dz_utf8_line(&line, dz_buf_view(&mark), 400);
        dz_out_f(o, "⟦%s⟧", line.p);
    }
    dz_out_lines(o, (struct dz_view){text.p + byte, text.n - byte});
}

static enum dz_code
run_text(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    const struct text_values *v = values;
    char id[DZ_ID_MAX];
    DZ_TRY(dz_item_resolve(c->vault, c->words[0], id, err));
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(DZ_TEXT_MAX);
    DZ_TRY(dz_source_text(c->vault, id, &text, NULL, err));
    DZ_TRY(dz_shown_log_one(c, id, err));
    DZ_AUTO_BUF struct dz_buf locators = DZ_BUF(DZ_LOCATORS_MAX);
    if (v->locators)
        DZ_TRY(dz_source_locators(c->vault, id, NULL, &locators, err));
    print_marked(&c->out, dz_buf_view(&text), dz_buf_view(&locators));
    /* A missing last newline is added for people only: files get the text as it is hashed. */
    if (c->out.tty && text.n > 0 && text.p[text.n - 1] != '\n')
        dz_out_text(&c->out, "\n");
    return DZ_OK;
}

const struct dz_cmd dz_cmd_text = {
    .name = "text",
    .group = DZ_GROUP_SOURCES,
    .summary = N_("print the text that was read from a source"),
    .usage = N_("ID"),
    .help = N_("Into a file or pipe it goes byte by byte as its SHA-256 was taken; offsets of "
               "quotes count its characters. With --locators marks stand between, and positions "
               "do not count any more."),
    .opts = text_opts,
    .values_size = sizeof(struct text_values),
    .needs = DZ_NEED_VAULT,
    .min_words = 1,
    .max_words = 1,
    .run = run_text,
};

static enum dz_code
cat_piece(void *ctx, const void *p, size_t n, struct dz_err *err)
{
    struct dz_ctx *c = ctx;
    dz_out_bytes(&c->out, p, n);
    /* Stop unsealing when nobody reads any more; a reader that left is no error. */
    if (c->out.failed) {
        if (err != NULL)
            *err = c->out.err;
        return c->out.err.code;
    }
    return DZ_OK;
}

struct cat_values {
    const char *seal_for;
};

static const struct dz_opt cat_opts[] = {
    DZ_OPT_TEXT(struct cat_values, seal_for, "seal-for", N_("RECIPIENT"),
                N_("write one age file that only this recipient (age1...) can open; behind it "
                   "stands a zstd file where the object was compressed")),
    {0},
};

static enum dz_code
run_cat(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    const struct cat_values *v = values;
    DZ_AUTO_SOURCE struct dz_source s = {0};
    DZ_TRY(dz_source_get(c->vault, c->words[0], &s, err));
    if (c->out.tty)
        return dz_fail(err, DZ_E_USAGE,
                       "original bytes do not go to a terminal, where they could give commands to "
                       "it: write them to a file, or use 'dokaz text'");
    if (v->seal_for != NULL) {
        /* What is sealed for somebody is about to leave. */
        dz_warn_leaving(c, &s.row);
        DZ_TRY(dz_warn_holding(c, &s.row, err));
    }
    DZ_TRY(dz_shown_log_one(c, s.row.id, err));
    enum dz_code code =
        v->seal_for != NULL
            ? dz_vault_export_age(c->vault, s.row.object, v->seal_for, NULL, cat_piece, c, err)
            : dz_vault_read_object(c->vault, s.row.object, s.row.codec, cat_piece, c, err);
    /* How the output ended is reported where all output is. */
    return c->out.failed ? DZ_OK : code;
}

const struct dz_cmd dz_cmd_cat = {
    .name = "cat",
    .group = DZ_GROUP_SOURCES,
    .summary = N_("print the original bytes of a source"),
    .usage = N_("ID"),
    .help = N_("Each part is checked before it is given out. What is written this way lies "
               "unsealed where it is written."),
    .opts = cat_opts,
    .values_size = sizeof(struct cat_values),
    .needs = DZ_NEED_VAULT | DZ_NEED_RULES,
    .min_words = 1,
    .max_words = 1,
    .run = run_cat,
};
