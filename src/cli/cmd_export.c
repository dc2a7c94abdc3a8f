#define _GNU_SOURCE /* AT_FDCWD */
#include <fcntl.h>
#include <string.h>

#include "dz_age.h"
#include "dz_cmd.h"
#include "dz_common.h"
#include "dz_json.h"
#include "dz_leak_cmd.h"
#include "dz_mem.h"
#include "dz_os.h"
#include "dz_package_out.h"
#include "dz_rules.h"
#include "dz_source.h"
#include "dz_view.h"

struct values {
    struct dz_filter_values filter;
    const char *purpose;
    const char *to_whom;
    const char *seal_for;
    const char *sources;
    const char *facts;
    bool for_publication;
    bool reviewed;
    bool preview;
    bool mask_all;
};

static const struct dz_opt opts[] = {
    DZ_OPT_TEXT(struct values, purpose, "for", N_("PURPOSE"),
                N_("what it is for, as consents name purposes; without one it is marked internal")),
    DZ_OPT_TEXT(struct values, to_whom, "to", N_("RECIPIENT"), N_("who gets it; recorded")),
    DZ_OPT_FLAG(struct values, for_publication, "public",
                N_("for publication: withholds names of private persons, and coarsens acts")),
    DZ_OPT_FLAG(struct values, mask_all, "mask-all",
                N_("with --public: mask what the leak scan finds and nobody has decided")),
    DZ_OPT_TEXT(struct values, seal_for, "seal-for", N_("AGE-RECIPIENT"),
                N_("write one file OUT.age that only this age key opens, and nothing unsealed")),
    DZ_OPT_FLAG(struct values, preview, "preview",
                N_("print exactly what would leave; write and record nothing")),
    DZ_OPT_TEXT(struct values, sources, "source", N_("ID,..."), N_("only these sources")),
    DZ_OPT_TEXT(struct values, facts, "fact", N_("ID,..."),
                N_("only these facts, and the sources they rest on")),
    DZ_OPT_TEXT(struct values, filter.sphere, "sphere", N_("SPHERE"),
                N_("only facts of this sphere of life, and their sources")),
    DZ_OPT_TEXT(struct values, filter.place, "place", N_("PLACE"),
                N_("only facts inside this place, and their sources")),
    DZ_OPT_DATE(struct values, filter.from, "since", N_("not before this date (EDTF)")),
    DZ_OPT_DATE(struct values, filter.to, "until", N_("not after this date (EDTF)")),
    DZ_OPT_FLAG(struct values, reviewed, "reviewed",
                N_("leave out what was accepted in bulk and not reviewed")),
    {0},
};

/* ---- lists of ids ---- */

struct ids {
    char (*items)[DZ_ID_MAX];
    const char **list;
    size_t n;
    size_t cap;
};

static void
ids_done(struct ids *ids)
{
    dz_free(ids->items);
    dz_free(ids->list);
}
#define AUTO_IDS DZ_CLEANUP(ids_done)

/* "src-abc,src-def": beginnings do, as everywhere. kind is what the id has to be. */
static enum dz_code
read_ids(struct dz_ctx *c, const char *text, bool sources, struct ids *ret, struct dz_err *err)
{
    for (const char *p = text; p != NULL && *p != '\0';) {
        size_t n = strcspn(p, ",");
        DZ_AUTO_FREE char *one = dz_strndup(p, n);
        ret->items = dz_grow(ret->items, &ret->cap, ret->n + 1, sizeof *ret->items);
        DZ_TRY(dz_item_resolve(c->vault, one, ret->items[ret->n], err));
        if ((strncmp(ret->items[ret->n], "src-", 4) == 0) != sources)
            return sources
                       ? dz_fail(err, DZ_E_USAGE, "'%s' is a fact: name it with --fact", one)
                       : dz_fail(err, DZ_E_USAGE, "'%s' is a source: name it with --source", one);
        ret->n++;
        p += n + (p[n] == ',');
    }
    ret->list = dz_alloc_array(ret->n + 1, sizeof *ret->list);
    for (size_t i = 0; i < ret->n; i++)
        ret->list[i] = ret->items[i];
    return DZ_OK;
}

/* ---- what is printed ---- */

static const char *
reason_label(const char *reason)
{
    static const struct {
        const char *id;
        const char *words;
    } reasons[] = {
        {"access", N_("access is not open")},
        {"basis", N_("testimony or private document: needs a consent record")},
        {"unstated", N_("its basis is not stated")},
        {"names", N_("names a private person or could not be read: entries only")},
        {"file", N_("its file may tell who made it, where and with what: text and entries only")},
        {"inside", N_("a file lies in it that must not leave: text and entries only")},
        {"source", N_("rests on a source that must not leave")},
        {"choice", N_("withdrawn, or outside what else was chosen")},
    };
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (strcmp(reason, reasons[i].id) == 0)
            return _(reasons[i].words);
    return reason;
}

static void
join(const json_t *list, struct dz_buf *out)
{
    size_t i;
    const json_t *name;
    json_array_foreach(list, i, name)
    {
        dz_buf_addf(out, "%s%s", i > 0 ? ", " : "", json_string_value(name));
    }
}

static void
print_files(struct dz_ctx *c, const json_t *files)
{
    static const struct dz_column columns[] = {{N_("bytes"), 0, true}, {N_("file"), 0, false}};
    DZ_AUTO_TABLE struct dz_table table;
    dz_table_init(&table, columns, 2);
    size_t i;
    const json_t *file;
    json_array_foreach(files, i, file)
    {
        dz_table_addf(&table, "%lld", (long long)dz_json_int(file, "size", 0));
        dz_table_add(&table, dz_json_str(file, "path"));
    }
    dz_out_f(&c->out, "%s\n", _("Files that would leave"));
    dz_table_print(&table, &c->out);
}

static void
print_entries(struct dz_ctx *c, const json_t *entries)
{
    size_t i;
    const json_t *entry;
    dz_out_f(&c->out, "\n%s\n", _("Entries with their fields"));
    json_array_foreach(entries, i, entry)
    {
        DZ_AUTO_BUF struct dz_buf shown = DZ_BUF(65536), withheld = DZ_BUF(65536);
        dz_buf_addf(&shown, "%s: ", _("shown"));
        dz_buf_addf(&withheld, "%s: ", _("withheld"));
        join(json_object_get(entry, "shown"), &shown);
        join(json_object_get(entry, "withheld"), &withheld);
        dz_out_f(&c->out, "  %s  %s\n", dz_json_str(entry, "item"),
                 dz_entry_words(dz_json_str(entry, "kind")));
        dz_out_text(&c->out, "      ");
        dz_out_wrap(&c->out, dz_buf_view(&shown), 6, 6);
        dz_out_text(&c->out, "      ");
        dz_out_wrap(&c->out, dz_buf_view(&withheld), 6, 6);
    }
}

static void
print_left_out(struct dz_ctx *c, const json_t *left_out)
{
    size_t i;
    const json_t *one;
    if (json_array_size(left_out) == 0)
        return;
    dz_out_f(&c->out, "\n%s\n", _("Left out"));
    json_array_foreach(left_out, i, one)
    {
        const char *name = dz_json_str(one, "name");
        dz_out_f(&c->out, "  %s  ", dz_json_str(one, "item"));
        if (name != NULL) {
            dz_out_line(&c->out, dz_view_of(name), 60);
            dz_out_text(&c->out, ": ");
        }
        dz_out_f(&c->out, "%s\n", reason_label(dz_json_str(one, "reason")));
    }
}

static void
print_list_json(struct dz_ctx *c, const json_t *list, const char *type)
{
    size_t i;
    const json_t *one;
    json_array_foreach(list, i, one)
    {
        json_t *line = json_deep_copy(one);
        dz_json_set_str(line, "type", type);
        dz_out_json_new(&c->out, line);
    }
}

static void
print_totals_json(struct dz_ctx *c, const struct dz_package_report *r, const char *path)
{
    json_t *line = json_object(), *left = json_object();
    for (size_t i = 0; i < DZ_LEFT_REASONS; i++)
        dz_json_set_int(left, dz_package_reasons[i], (int64_t)r->left[i]);
    dz_json_set_str(line, "type", "total");
    dz_json_set_str(line, "path", path);
    dz_json_set_str(line, "sha256", r->sha256);
    dz_json_set_int(line, "files", (int64_t)r->n_files);
    dz_json_set_int(line, "bytes", (int64_t)r->bytes);
    dz_json_set_int(line, "sources", (int64_t)r->n_sources);
    dz_json_set_int(line, "facts", (int64_t)r->n_facts);
    dz_json_set_int(line, "not_reviewed", (int64_t)r->n_bulk);
    dz_json_set_int(line, "entries", (int64_t)r->n_entries);
    dz_json_set_int(line, "timestamps", (int64_t)r->n_timestamps);
    dz_json_set_int(line, "fields_withheld", (int64_t)r->n_withheld);
    dz_json_set_int(line, "facts_left_out", (int64_t)r->n_facts_left);
    json_object_set_new(line, "left_out", left);
    dz_out_json_new(&c->out, line);
}

static void
print_totals(struct dz_ctx *c, const struct dz_package_report *r)
{
    DZ_AUTO_BUF struct dz_buf size = DZ_BUF(64);
    dz_size_words(r->bytes, &size);
    dz_out_f(&c->out,
             _("%llu files, %s: sources %llu, facts %llu, entries %llu, timestamps %llu\n"),
             (unsigned long long)r->n_files, size.p, (unsigned long long)r->n_sources,
             (unsigned long long)r->n_facts, (unsigned long long)r->n_entries,
             (unsigned long long)r->n_timestamps);
    if (r->n_bulk > 0)
        dz_out_f(&c->out, _("facts accepted in bulk, reviewed by nobody: %llu\n"),
                 (unsigned long long)r->n_bulk);
    dz_out_f(&c->out, _("fields withheld: %llu\n"), (unsigned long long)r->n_withheld);
    for (size_t i = 0; i < DZ_LEFT_REASONS; i++) {
        if (r->left[i] == 0)
            continue;
        bool only_original = i == DZ_LEFT_FILE || i == DZ_LEFT_INSIDE;
        dz_out_f(&c->out,
                 only_original ? _("originals left out: %llu (%s)\n")
                               : _("sources left out: %llu (%s)\n"),
                 (unsigned long long)r->left[i], reason_label(dz_package_reasons[i]));
    }
    if (r->n_facts_left > 0)
        dz_out_f(&c->out, _("facts left out: %llu (%s)\n"), (unsigned long long)r->n_facts_left,
                 reason_label("source"));
}

static void
print(struct dz_ctx *c, const struct values *v, const struct dz_package_report *r, const char *path)
{
    if (c->json) {
        print_list_json(c, json_object_get(r->told, "files"), "file");
        print_list_json(c, json_object_get(r->told, "entries"), "entry");
        print_list_json(c, json_object_get(r->told, "left_out"), "left_out");
        print_totals_json(c, r, v->preview ? NULL : path);
        return;
    }
    if (v->preview) {
        print_files(c, json_object_get(r->told, "files"));
        print_entries(c, json_object_get(r->told, "entries"));
        print_left_out(c, json_object_get(r->told, "left_out"));
        dz_out_text(&c->out, "\n");
    } else {
        dz_out_f(&c->out, "%s\n", path);
    }
    print_totals(c, r);
    if (!v->preview)
        dz_out_f(&c->out, _("SHA-256 of tagmanifest-sha512.txt: %s\n"), r->sha256);
    if (v->purpose == NULL && !v->for_publication)
        dz_out_f(&c->out, "%s\n", _("Marked as internal: no --for PURPOSE was given."));
    if (v->preview)
        dz_out_f(&c->out, "%s\n", _("This was a preview: nothing was written or recorded."));
}

/* ---- formats ---- */

static enum dz_code
run_bag(struct dz_ctx *c, const struct values *v, struct dz_err *err)
{
    AUTO_IDS struct ids sources = {0};
    AUTO_IDS struct ids facts = {0};
    DZ_AUTO_PACKAGE_REPORT struct dz_package_report report = {0};
    struct dz_filter f;
    const char *out = c->words[1];
    bool sealed = v->seal_for != NULL;
    size_t n = strlen(out);
    bool has_ending = n > 4 && strcmp(out + n - 4, ".age") == 0;
    DZ_AUTO_FREE char *path =
        sealed && !has_ending ? dz_asprintf("%s.age", out) : dz_strdup(out);
    DZ_TRY(read_ids(c, v->sources, true, &sources, err));
    DZ_TRY(read_ids(c, v->facts, false, &facts, err));
    DZ_TRY(dz_filter_make(c, &v->filter, &f, err));
    struct dz_package_opts o = {
        .path = path,
        .form = v->preview ? DZ_BAG_DRY : sealed ? DZ_BAG_SEALED : DZ_BAG_FOLDER,
        .seal_for = v->seal_for,
        .purpose = v->purpose,
        .recipient = v->to_whom,
        .for_publication = v->for_publication,
        .without_bulk = v->reviewed,
        .sphere = f.sphere,
        .place = f.place,
        .period = f.date,
        .sources = sources.list,
        .n_sources = sources.n,
        .facts = facts.list,
        .n_facts = facts.n,
        .cancel = c->cancel,
    };
    DZ_AUTO_LEAKS struct dz_leaks *leaks = NULL;
    if (v->for_publication)
        DZ_TRY(dz_leaks_new(c->vault, NULL, v->mask_all, &leaks, err));
    o.leaks = leaks;
    enum dz_code code = dz_package_make(c->vault, c->rules, &o, &report, err);
    if (leaks != NULL && (code == DZ_E_DENIED || v->preview))
        dz_tell_findings(c, leaks);
    DZ_TRY(code);
    print(c, v, &report, path);
    return DZ_OK;
}

/* What can be made; a new format is one line here. */
static const struct {
    const char *name;
    enum dz_code (*run)(struct dz_ctx *c, const struct values *v, struct dz_err *err);
} formats[] = {
    {"bag", run_bag},
};

static enum dz_code
check(struct dz_ctx *c, const struct values *v, size_t *ret_format, struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf known = DZ_BUF(256);
    size_t n = sizeof formats / sizeof *formats, found = n;
    for (size_t i = 0; i < n; i++) {
        dz_buf_addf(&known, "%s%s", i > 0 ? ", " : "", formats[i].name);
        if (strcmp(formats[i].name, c->words[0]) == 0)
            found = i;
    }
    if (found == n)
        return dz_fail(err, DZ_E_USAGE, "there is no format '%s': %s", c->words[0], known.p);
    if (!v->preview && v->seal_for == NULL && dz_os_exists(AT_FDCWD, c->words[1]))
        return dz_fail(err, DZ_E_EXISTS, "'%s' is there already: name another place", c->words[1]);
    uint8_t pk[DZ_X25519_BYTES];
    if (v->seal_for != NULL)
        DZ_TRY(dz_age_recipient_parse(dz_view_of(v->seal_for), pk, err));
    DZ_TRY(dz_check_purpose(c, v->purpose, err));
    *ret_format = found;
    return DZ_OK;
}

static enum dz_code
run(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    const struct values *v = values;
    struct values plain = *v;
    size_t format = 0;
    uint64_t unread = 0;
    DZ_TRY(check(c, v, &format, err));
    /* A stated "internal" is the same as none. */
    if (v->purpose != NULL && strcmp(v->purpose, "internal") == 0)
        plain.purpose = NULL;
    DZ_TRY(dz_ctx_open(c, v->preview ? DZ_OPEN_READ : DZ_OPEN_WRITE, err));
    DZ_TRY(dz_sources_backlog(c->vault, &unread, err));
    if (unread > 0)
        dz_notice(
            c, "%s",
            _("some sources are preserved but not read yet: their texts are not in the package"));
    return formats[format].run(c, &plain, err);
}

const struct dz_cmd dz_cmd_export = {
    .name = "export",
    .group = DZ_GROUP_VIEWS,
    .summary = N_("hand out sources and facts with everything to check them"),
    .usage = N_("FORMAT OUT"),
    .help =
        N_("FORMAT bag makes a BagIt package: originals, texts, facts, custody log, proofs, and a "
           "guide that says how to check it without dokaz. Only open sources leave, and only "
           "published and official ones; --preview lists everything, and what stays behind and "
           "why.\n\nPurpose, recipient and the ids of what leaves are recorded in the journal "
           "before the package gets its name. It lies there unsealed unless --seal-for is "
           "given; then 'age -d -i KEY OUT.age | tar x' opens it."),
    .opts = opts,
    .values_size = sizeof(struct values),
    .needs = DZ_NEED_PATH | DZ_NEED_RULES | DZ_HAS_JSON | DZ_STOPS_IN_ORDER,
    .min_words = 2,
    .max_words = 2,
    .run = run,
};
