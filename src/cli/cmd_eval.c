/* eval: how well the suggestions agree with documents that people have marked. Needs no vault. */
#include <fcntl.h>
#include <string.h>

#include "dz_cmd.h"
#include "dz_eval.h"
#include "dz_json.h"
#include "dz_os.h"
#include "dz_suggest.h"
#include "dz_utf8.h"

#define GOLD_MAX (256u << 20)
#define DOC_MAX (16u << 20)
#define HEAD_BYTES (16u << 10) /* of a text in which its date is looked for */

struct eval_values {
    const char *docs;
    const char *found;
    const char *kind;
    bool misses;
    bool undated;
    bool list;
};

static const struct dz_opt eval_opts[] = {
    DZ_OPT_TEXT(struct eval_values, docs, "docs", N_("DIR"),
                N_("folder of the documents; without it 'docs' beside GOLD")),
    DZ_OPT_TEXT(struct eval_values, found, "found", N_("FILE"),
                N_("compare these facts instead of what dokaz suggests")),
    DZ_OPT_FLAG(struct eval_values, misses, "misses",
                N_("also list what was missed and what was found where nothing is")),
    DZ_OPT_TEXT(struct eval_values, kind, "kind", N_("KIND"), N_("with --misses: only this kind")),
    DZ_OPT_FLAG(struct eval_values, undated, "undated",
                N_("guess the date of each document from its text, as if nobody had stated it")),
    DZ_OPT_FLAG(struct eval_values, list, "list",
                N_("print what is found, one JSON object a line, and compare nothing")),
    {0},
};

/* One document: a row of index.tsv, or a name that gold uses. */
struct doc {
    char *name;
    char *language; /* "" unless the index says so */
    char *date;
    char *publisher;
    bool complete;
    json_t *gold;
    json_t *found;
};

struct docs {
    struct doc *items;
    size_t n;
    size_t cap;
    bool indexed;
};

static void
docs_done(struct docs *d)
{
    for (size_t i = 0; i < d->n; i++) {
        dz_free(d->items[i].name);
        dz_free(d->items[i].language);
        dz_free(d->items[i].date);
        dz_free(d->items[i].publisher);
        json_decref(d->items[i].gold);
        json_decref(d->items[i].found);
    }
    dz_free(d->items);
    *d = (struct docs){0};
}
#define DZ_AUTO_DOCS DZ_CLEANUP(docs_done)

static struct doc *
doc_of(struct docs *d, struct dz_view name, bool add)
{
    static const char tail[] = ".txt";
    size_t cut = sizeof tail - 1;
    if (name.n > cut && memcmp(name.p + name.n - cut, tail, cut) == 0)
        name.n -= cut;
    for (size_t i = 0; i < d->n; i++) {
        if (dz_view_is(name, d->items[i].name))
            return &d->items[i];
    }
    if (!add)
        return NULL;
    d->items = dz_grow(d->items, &d->cap, d->n + 1, sizeof *d->items);
    d->items[d->n] = (struct doc){.name = dz_strndup(name.p, name.n),
                                  .language = dz_strdup(""),
                                  .date = dz_strdup(""),
                                  .publisher = dz_strdup(""),
                                  .complete = true,
                                  .gold = json_array(),
                                  .found = json_array()};
    return &d->items[d->n++];
}

/* ---- index.tsv ---- */

static struct dz_view
cut_at(struct dz_view *rest, char mark)
{
    const char *end = rest->n > 0 ? memchr(rest->p, mark, rest->n) : NULL;
    struct dz_view part = {rest->p, end ? (size_t)(end - rest->p) : rest->n};
    size_t step = part.n + (end != NULL);
    rest->p += step;
    rest->n -= step;
    return part;
}

static struct dz_view
cell_of(struct dz_view head, struct dz_view line, const char *column)
{
    while (head.n > 0) {
        struct dz_view name = cut_at(&head, '\t'), cell = cut_at(&line, '\t');
        if (dz_view_is(name, column))
            return cell;
    }
    return (struct dz_view){0};
}

static void
set_text(char **text, struct dz_view v)
{
    if (v.n == 0)
        return;
    dz_free(*text);
    *text = dz_strndup(v.p, v.n);
}

static void
read_index(struct docs *d, struct dz_view table)
{
    struct dz_view head = dz_view_trim(cut_at(&table, '\n'));
    while (table.n > 0) {
        struct dz_view line = cut_at(&table, '\n');
        if (line.n > 0 && line.p[line.n - 1] == '\r')
            line.n--;
        struct dz_view name = cell_of(head, line, "name");
        if (name.n == 0)
            continue;
        struct doc *doc = doc_of(d, name, true);
        set_text(&doc->language, cell_of(head, line, "language"));
        set_text(&doc->date, cell_of(head, line, "date"));
        set_text(&doc->publisher, cell_of(head, line, "publisher"));
        struct dz_view complete = cell_of(head, line, "complete");
        doc->complete = complete.n == 0 || dz_view_is(complete, "yes");
    }
    d->indexed = true;
}

/* ---- facts, one JSON object a line ---- */

static enum dz_code
read_facts(struct docs *d, const char *path, bool gold, size_t *ret_unknown, struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf file = DZ_BUF(GOLD_MAX);
    DZ_TRY(dz_os_slurp(AT_FDCWD, path, GOLD_MAX, &file, err));
    struct dz_view rest = dz_buf_view(&file);
    if (dz_view_starts(rest, "\xEF\xBB\xBF"))
        rest = (struct dz_view){rest.p + 3, rest.n - 3};
    for (size_t number = 1; rest.n > 0; number++) {
        struct dz_view line = dz_view_trim(cut_at(&rest, '\n'));
        if (line.n == 0)
            continue;
        DZ_AUTO_JSON json_t *fact = NULL;
        if (dz_json_parse(line, &fact, err) != DZ_OK)
            return dz_while(err, "'%s', line %zu", path, number);
        struct dz_view name = dz_view_of(dz_json_str(fact, "doc"));
        struct doc *doc = name.n ? doc_of(d, name, gold && !d->indexed) : NULL;
        if (doc)
            json_array_append(gold ? doc->gold : doc->found, fact);
        else
            ++*ret_unknown;
    }
    return DZ_OK;
}

/* ---- what dokaz suggests ---- */

/* The date of publication as `add` takes it where nobody states one: from the head of the text,
 * else estimated from the dates in it. */
static enum dz_code
guess_date(const struct dz_rules *rules, struct dz_view text, char ret[64], struct dz_err *err)
{
    struct dz_view head = text;
    if (head.n > HEAD_BYTES) {
        head.n = HEAD_BYTES;
        while (head.n > 0 && ((unsigned char)head.p[head.n] & 0xC0) == 0x80)
            head.n--;
    }
    struct dz_document d = {0};
    DZ_TRY(dz_document_init(&d, head, err));
    bool found = dz_guess_published(rules, &d, ret);
    dz_document_done(&d);
    if (found)
        return DZ_OK;
    DZ_TRY(dz_document_init(&d, text, err));
    if (!dz_estimate_published(rules, &d, ret))
        ret[0] = '\0';
    dz_document_done(&d);
    return DZ_OK;
}

static enum dz_code
suggest(const struct dz_rules *rules, struct doc *doc, struct dz_view text, bool undated,
        struct dz_err *err)
{
    char date[64] = "";
    if (!undated && doc->date[0] != '\0' && strlen(doc->date) < sizeof date)
        memcpy(date, doc->date, strlen(doc->date) + 1);
    else
        DZ_TRY(guess_date(rules, text, date, err));
    struct dz_document d = {0};
    DZ_TRY(dz_document_init(&d, text, err));
    if (doc->language[0] == '\0')
        set_text(&doc->language, dz_view_of(dz_text_lang_code(d.lang)));
    struct dz_doc_info info = {.language = dz_text_lang_code(d.lang),
                               .published = date[0] != '\0' ? date : NULL,
                               .publisher = doc->publisher[0] != '\0' ? doc->publisher : NULL};
    struct dz_suggestions all = {0};
    enum dz_code code = dz_suggest_document(rules, &d, &info, &all, err);
    for (size_t i = 0; code == DZ_OK && i < all.n; i++) {
        const struct dz_suggestion *s = &all.items[i];
        json_t *fact = json_deep_copy(s->fields);
        dz_json_set_str(fact, "kind", s->kind);
        dz_json_set_int(fact, "start", (int64_t)s->start);
        dz_json_set_int(fact, "end", (int64_t)s->end);
        dz_json_set_view(fact, "quote", s->quote);
        dz_json_set_str(fact, "rule", s->rule);
        json_array_append_new(doc->found, fact);
    }
    dz_suggestions_done(&all);
    dz_document_done(&d);
    return code;
}

static void
list_found(struct dz_ctx *c, const struct doc *doc)
{
    size_t i;
    json_t *fact;
    json_array_foreach(doc->found, i, fact)
    {
        dz_json_set_str(fact, "doc", doc->name);
        dz_out_json(&c->out, fact);
    }
}

static enum dz_code
compare(struct dz_ctx *c, const struct eval_values *v, const char *folder, struct doc *doc,
        struct dz_eval *e, struct dz_err *err)
{
    DZ_AUTO_FREE char *path = dz_asprintf("%s/%s.txt", folder, doc->name);
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(DOC_MAX);
    DZ_TRY(dz_os_slurp(AT_FDCWD, path, DOC_MAX, &text, err));
    if (dz_utf8_check(dz_buf_view(&text), err) != DZ_OK)
        return dz_while(err, "'%s'", path);
    if (!v->found)
        DZ_TRY(suggest(c->rules, doc, dz_buf_view(&text), v->undated, err));
    struct dz_eval_doc about = {.name = doc->name,
                                .language = doc->language,
                                .complete = doc->complete,
                                .text = dz_buf_view(&text)};
    if (v->list)
        list_found(c, doc);
    else
        dz_eval_add(e, &about, doc->gold, doc->found);
    return DZ_OK;
}

/* ---- output ---- */

static json_t *
share_json(double share)
{
    return share < 0 ? json_null() : json_real(share);
}

static void
add_cell(json_t *out, const char *name, const struct dz_eval_count *count)
{
    struct dz_eval_share s = dz_eval_share_of(count);
    json_t *cell = json_object();
    json_object_set_new(cell, "precision", share_json(s.precision));
    json_object_set_new(cell, "recall", share_json(s.recall));
    json_object_set_new(cell, "f1", share_json(s.f1));
    dz_json_set_int(cell, "gold", (int64_t)count->gold);
    dz_json_set_int(cell, "hit", (int64_t)count->hit);
    dz_json_set_int(cell, "tp", (int64_t)count->tp);
    dz_json_set_int(cell, "fp", (int64_t)count->fp);
    json_object_set_new(out, name, cell);
}

static json_t *
ratio_json(size_t n, size_t ok)
{
    json_t *ratio = json_object();
    dz_json_set_int(ratio, "n", (int64_t)n);
    dz_json_set_int(ratio, "ok", (int64_t)ok);
    json_object_set_new(ratio, "acc", share_json(n > 0 ? (double)ok / (double)n : -1));
    return ratio;
}

static json_t *
scores_json(const struct dz_eval *e)
{
    json_t *out = json_object(), *fields = json_object(), *kept = json_object();
    for (size_t k = 0; k <= DZ_EVAL_ALL; k++) {
        for (size_t l = 0; l <= DZ_EVAL_LANGS; l++) {
            const struct dz_eval_count *count = &e->counts[k][l];
            if (count->gold + count->fp == 0)
                continue;
            const char *lang = l < DZ_EVAL_LANGS ? dz_eval_langs[l] : "";
            DZ_AUTO_FREE char *name =
                k == DZ_EVAL_ALL
                    ? dz_asprintf(*lang ? "lang/%s" : "all%s", lang)
                    : dz_asprintf("%s/%s%s%s", *lang ? "cell" : "kind", dz_eval_kinds[k],
                                  *lang ? "/" : "", lang);
            add_cell(out, name, count);
        }
    }
    for (size_t i = 0; i < e->n_fields; i++) {
        const struct dz_eval_field *f = &e->fields[i];
        DZ_AUTO_FREE char *name = dz_asprintf("%s.%s", dz_eval_kinds[f->kind], f->name);
        if (f->n[DZ_EVAL_LANGS] > 0)
            json_object_set_new(fields, name,
                                ratio_json(f->n[DZ_EVAL_LANGS], f->ok[DZ_EVAL_LANGS]));
    }
    for (size_t l = 0; l <= DZ_EVAL_LANGS; l++) {
        if (e->kept[l] > 0)
            json_object_set_new(kept, l < DZ_EVAL_LANGS ? dz_eval_langs[l] : "all",
                                ratio_json(e->kept[l], e->kept_found[l]));
    }
    json_object_set_new(out, "fields", fields);
    json_object_set_new(out, "protected_found", kept);
    json_object_set_new(out, "dates_explicit", ratio_json(e->dates[0], e->dates_found[0]));
    json_object_set_new(out, "dates_inferred", ratio_json(e->dates[1], e->dates_found[1]));
    return out;
}

static void
add_share(struct dz_table *t, double share)
{
    if (share < 0)
        dz_table_add(t, "-");
    else
        dz_table_addf(t, "%.3f", share);
}

static void
add_row(struct dz_table *t, const char *lang, const char *kind, const struct dz_eval_count *n)
{
    struct dz_eval_share s = dz_eval_share_of(n);
    if (n->gold + n->fp == 0)
        return;
    dz_table_add(t, lang);
    dz_table_add(t, kind);
    dz_table_addf(t, "%zu", n->gold);
    dz_table_addf(t, "%zu", n->hit);
    dz_table_addf(t, "%zu", n->fp);
    add_share(t, s.precision);
    add_share(t, s.recall);
    add_share(t, s.f1);
}

static void
print_counts(struct dz_ctx *c, const struct dz_eval *e)
{
    static const struct dz_column columns[] = {
        {N_("language"), 0, false}, {N_("kind"), 0, false},  {N_("marked"), 0, true},
        {N_("found"), 0, true},     {N_("false"), 0, true},  {N_("precision"), 0, true},
        {N_("recall"), 0, true},    {"F1", 0, true},
    };
    DZ_AUTO_TABLE struct dz_table t = {0};
    dz_table_init(&t, columns, sizeof columns / sizeof *columns);
    for (size_t k = 0; k <= DZ_EVAL_ALL; k++)
        add_row(&t, _("all"), dz_eval_kinds[k], &e->counts[k][DZ_EVAL_LANGS]);
    for (size_t l = 0; l < DZ_EVAL_LANGS; l++)
        for (size_t k = 0; k <= DZ_EVAL_ALL; k++)
            add_row(&t, dz_eval_langs[l], dz_eval_kinds[k], &e->counts[k][l]);
    dz_table_print(&t, &c->out);
}

static void
add_ratio(struct dz_table *t, const char *name, const size_t *n, const size_t *ok)
{
    if (n[DZ_EVAL_LANGS] == 0)
        return;
    dz_table_add(t, name);
    dz_table_addf(t, "%.3f", (double)ok[DZ_EVAL_LANGS] / (double)n[DZ_EVAL_LANGS]);
    dz_table_addf(t, "%zu/%zu", ok[DZ_EVAL_LANGS], n[DZ_EVAL_LANGS]);
    for (size_t l = 0; l < DZ_EVAL_OTHER; l++) {
        if (n[l] > 0)
            dz_table_addf(t, "%zu/%zu", ok[l], n[l]);
        else
            dz_table_add(t, "-");
    }
}

static void
print_fields(struct dz_ctx *c, const struct dz_eval *e)
{
    static const struct dz_column columns[] = {
        {N_("field"), 0, false}, {N_("right"), 0, true}, {N_("of"), 0, true},
        {"en", 0, true},         {"uk", 0, true},        {"ru", 0, true},
    };
    DZ_AUTO_TABLE struct dz_table t = {0};
    dz_table_init(&t, columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < e->n_fields; i++) {
        const struct dz_eval_field *f = &e->fields[i];
        DZ_AUTO_FREE char *name = dz_asprintf("%s.%s", dz_eval_kinds[f->kind], f->name);
        add_ratio(&t, name, f->n, f->ok);
    }
    add_ratio(&t, _("protected persons found"), e->kept, e->kept_found);
    dz_table_print(&t, &c->out);
}

static bool
is_wanted(const json_t *miss, const char *kind)
{
    const char *its = dz_json_str(miss, "kind");
    return !kind || strcmp(kind, "all") == 0 || (its && strcmp(its, kind) == 0);
}

static void
print_misses(struct dz_ctx *c, const struct dz_eval *e, const char *kind)
{
    static const char *const shown[] = {"sphere", "means", "edtf",   "name_en", "name",
                                        "value",  "unit",  "stance", "rule"};
    size_t i;
    json_t *miss;
    json_array_foreach(e->misses, i, miss)
    {
        if (!is_wanted(miss, kind))
            continue;
        dz_out_f(&c->out, "%-5s %s %s  ", dz_json_str(miss, "tag"), dz_json_str(miss, "doc"),
                 dz_json_str(miss, "kind"));
        dz_out_line(&c->out, dz_view_of(dz_json_str(miss, "quote")), 160);
        dz_out_text(&c->out, "  |");
        for (size_t k = 0; k < sizeof shown / sizeof *shown; k++) {
            const json_t *value = json_object_get(miss, shown[k]);
            if (json_is_string(value))
                dz_out_f(&c->out, " %s", json_string_value(value));
            else if (json_is_number(value))
                dz_out_f(&c->out, " %.15g", json_number_value(value));
        }
        dz_out_text(&c->out, "\n");
    }
}

static void
print(struct dz_ctx *c, const struct eval_values *v, const struct dz_eval *e, size_t unknown)
{
    if (c->json) {
        size_t i;
        json_t *miss;
        dz_out_json_new(&c->out, scores_json(e));
        json_array_foreach(e->misses, i, miss)
        {
            if (v->misses && is_wanted(miss, v->kind))
                dz_out_json(&c->out, miss);
        }
        return;
    }
    dz_out_f(&c->out, _("%zu documents, %zu of them marked completely."), e->n_docs, e->n_complete);
    dz_out_text(&c->out, "\n");
    if (unknown > 0) {
        dz_out_f(&c->out, _("%zu facts belong to no document."), unknown);
        dz_out_text(&c->out, "\n");
    }
    dz_out_text(&c->out, "\n");
    print_counts(c, e);
    dz_out_f(&c->out, "\n%s\n\n", _("Fields of matched facts:"));
    print_fields(c, e);
    if (!v->misses)
        return;
    dz_out_f(&c->out, "\n%s\n\n", _("Missed, and found where nothing is:"));
    print_misses(c, e, v->kind);
}

static enum dz_code
run(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    const struct eval_values *v = values;
    const char *gold = c->words[0];
    DZ_AUTO_FREE char *beside = dz_os_folder_of(gold);
    DZ_AUTO_FREE char *folder = v->docs ? dz_strdup(v->docs) : dz_asprintf("%s/docs", beside);
    DZ_AUTO_FREE char *index = dz_asprintf("%s/index.tsv", folder);
    DZ_AUTO_DOCS struct docs docs = {0};
    DZ_AUTO_BUF struct dz_buf table = DZ_BUF(GOLD_MAX);
    size_t unknown = 0;
    if (dz_os_exists(AT_FDCWD, index)) {
        DZ_TRY(dz_os_slurp(AT_FDCWD, index, GOLD_MAX, &table, err));
        read_index(&docs, dz_buf_view(&table));
    }
    DZ_TRY(read_facts(&docs, gold, true, &unknown, err));
    if (v->found)
        DZ_TRY(read_facts(&docs, v->found, false, &unknown, err));
    DZ_AUTO_EVAL struct dz_eval e;
    dz_eval_init(&e);
    for (size_t i = 0; i < docs.n; i++)
        DZ_TRY(compare(c, v, folder, &docs.items[i], &e, err));
    if (!v->list)
        print(c, v, &e, unknown);
    return DZ_OK;
}

const struct dz_cmd dz_cmd_eval = {
    .name = "eval",
    .group = DZ_GROUP_UPKEEP,
    .summary = N_("measure suggestions against documents that were marked by hand"),
    .usage = N_("GOLD.jsonl"),
    .help = N_("GOLD has one fact a line as a JSON object: doc, kind, start and end in code "
               "points, quote, and the fields of its kind. The documents are NAME.txt; an "
               "index.tsv beside them may say language, date and whether a document is marked "
               "completely. Facts with \"optional\" count neither way. No vault is needed and "
               "nothing is stored."),
    .opts = eval_opts,
    .values_size = sizeof(struct eval_values),
    .needs = DZ_NEED_RULES | DZ_HAS_JSON,
    .min_words = 1,
    .max_words = 1,
    .run = run,
};
