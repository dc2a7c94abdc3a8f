#include <fcntl.h>
#include <string.h>
#include <strings.h>

#include "dz_access.h"
#include "dz_box.h"
#include "dz_cmd.h"
#include "dz_codec.h"
#include "dz_common.h"
#include "dz_hash.h"
#include "dz_json.h"
#include "dz_mem.h"
#include "dz_os.h"
#include "dz_rebuild.h"
#include "dz_redact.h"
#include "dz_source.h"
#include "dz_utf8.h"
#include "dz_vault.h"

/* A redacted copy with what binds it to the original. Both are made whole, the entries are written,
 * and only then the files get their names. */

#define PIECE_BYTES 65536
#define SPANS_MAX ((size_t)1 << 20)
#define SIDECAR ".redaction.json"

struct values {
    const char *spans;
    const char *format;
    const char *reason;
    const char *purpose;
    const char *to_whom;
    bool personal;
    bool without_landlock;
};

static const struct dz_opt opts[] = {
    DZ_OPT_PATH(struct values, spans, "mask-spans", N_("FILE"),
                N_("what else to take out: lines 'span START END' (characters of the text) or "
                   "'box PAGE X Y WIDTH HEIGHT'")),
    DZ_OPT_TEXT(struct values, format, "format", N_("FORMAT"),
                N_("txt, pdf or png; usually that of the original, else txt")),
    DZ_OPT_TEXT(struct values, reason, "reason", N_("REASON"),
                N_("on what ground it is taken out; recorded and needed")),
    DZ_OPT_TEXT(struct values, purpose, "for", N_("PURPOSE"),
                N_("what it is made for: a purpose of consents, or internal")),
    DZ_OPT_TEXT(struct values, to_whom, "to", N_("RECIPIENT"), N_("who gets it; recorded")),
    DZ_OPT_FLAG(struct values, personal, "personal",
                N_("also of a testimony, a private document, or a source that is not open")),
    DZ_OPT_FLAG(struct values, without_landlock, "without-landlock",
                N_("read foreign files although this kernel has no Landlock: they are then "
                   "held by fewer locks")),
    {0},
};

struct redacting {
    struct dz_ctx *c;
    const struct values *v;
    const struct dz_source_row *row;
    struct dz_redaction plan;
    bool as_text;
    int copy; /* in memory */
    struct dz_hash *hash;
    uint8_t digest[DZ_SHA256_BYTES];
    char sha256[2 * DZ_SHA256_BYTES + 1];
    char salt[2 * DZ_REDACT_SALT + 1];
    char commitment[2 * DZ_SHA256_BYTES + 1];
    char name[32]; /* as the program calls it: "cleaned.png" */
    uint64_t n;
    size_t n_parts;
};

/* ---- what is asked for ---- */

static bool
is_picture(const char *media_type)
{
    return strncmp(media_type, "image/", 6) == 0;
}

/* The form of the copy: as the original is seen, or as text. */
static enum dz_code
choose_form(struct redacting *k, struct dz_err *err)
{
    const char *type = k->row->media_type != NULL ? k->row->media_type : "";
    const char *f = k->v->format;
    bool is_pdf = strcmp(type, "application/pdf") == 0;
    if (f == NULL) {
        k->as_text = !is_picture(type) && !is_pdf;
        return DZ_OK;
    }
    k->as_text = strcmp(f, "txt") == 0;
    if (k->as_text)
        return DZ_OK;
    if (strcmp(f, "pdf") != 0 && strcmp(f, "png") != 0)
        return dz_fail(err, DZ_E_USAGE, "--format: '%s' is not one of txt, pdf, png", f);
    if (is_picture(type) || (is_pdf && strcmp(f, "pdf") == 0))
        return DZ_OK;
    return dz_fail(err, DZ_E_USAGE,
                   "%s (%s) has no pages or pixels that a copy of the format %s could be made of: "
                   "make it as txt",
                   k->row->id, type, f);
}

static enum dz_code
make_plan(struct redacting *k, struct dz_err *err)
{
    DZ_AUTO_REDACT_SPANS struct dz_redact_spans spans = {0};
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(SPANS_MAX);
    if (k->v->spans != NULL) {
        DZ_TRY(dz_os_slurp(AT_FDCWD, k->v->spans, SPANS_MAX, &text, err));
        DZ_TRY(dz_redact_spans_parse(dz_buf_view(&text), &spans, err));
    }
    DZ_TRY(dz_redaction_plan(k->c->vault, k->c->rules, k->row, &spans, &k->plan, err));
    const struct dz_redaction *p = &k->plan;
    if (k->as_text && p->n_boxes > 0)
        return dz_fail(err, DZ_E_USAGE, "a copy as text has no pages on which boxes could lie");
    if (!k->as_text && p->n_lost > 0)
        return dz_fail(err, DZ_E_INPUT,
                       "%s: of %zu places that are to be masked it is not known where on the page "
                       "they stand: make the copy as txt",
                       k->row->id, p->n_lost);
    return DZ_OK;
}

/* ---- making ---- */

static enum dz_code
feed(void *ctx, dz_extract_chunk_fn *to, void *to_ctx, struct dz_err *err)
{
    struct redacting *k = ctx;
    if (k->as_text)
        return to(to_ctx, k->plan.text.p, k->plan.text.n, err);
    return dz_vault_read_object(k->c->vault, k->row->object, k->row->codec, to, to_ctx, err);
}

static enum dz_code
part_begin(void *ctx, const struct dz_part *part, struct dz_err *err)
{
    struct redacting *k = ctx;
    if (k->n_parts++ > 0 || part->name.n >= sizeof k->name)
        return dz_fail(err, DZ_E_CORRUPT, "the copy is not what was asked for");
    memcpy(k->name, part->name.p, part->name.n);
    return DZ_OK;
}

static enum dz_code
part_data(void *ctx, const void *p, size_t n, struct dz_err *err)
{
    struct redacting *k = ctx;
    k->n += n;
    dz_hash_add(k->hash, p, n);
    return dz_os_write_all(k->copy, p, n, err);
}

static enum dz_code
part_end(void *ctx, const struct dz_part *part, bool commit, struct dz_err *err)
{
    (void)ctx, (void)part, (void)commit, (void)err;
    return DZ_OK;
}

static enum dz_code
make_copy(struct redacting *k, struct dz_err *err)
{
    DZ_AUTO_BOX struct dz_box *box = NULL;
    DZ_AUTO_EXTRACTED struct dz_extracted x = {0};
    struct dz_box_opts lock = {.without_landlock = k->v->without_landlock};
    struct dz_part_sink sink = {part_begin, part_data, part_end, k};
    const struct dz_rebuild_how how = {
        .form = k->as_text ? NULL : k->v->format,
        .mask = k->as_text || k->plan.mask.n == 0 ? NULL : k->plan.mask.p};
    struct dz_extract_job job = {.name = k->as_text ? "copy.txt" : k->row->name,
                                 .size_bytes = k->as_text ? k->plan.text.n : k->row->size_bytes,
                                 .feed = feed,
                                 .feed_ctx = k,
                                 .parts = &sink,
                                 .cancel = k->c->cancel};
    DZ_TRY(dz_os_memory_file("copy", &k->copy, err));
    DZ_TRY(dz_box_new(&lock, &box, err));
    DZ_TRY(dz_extract_rebuild_masked(box, &job, &how, &x, err));
    if (x.status != DZ_EXTRACT_TEXT || k->n == 0)
        return dz_fail(err, DZ_E_INPUT, "%s: no whole copy could be made: %s", k->row->id,
                       x.why != NULL ? dz_extract_reason(x.why) : _("the file is damaged"));
    dz_hash_final(k->hash, k->digest);
    dz_hex_encode(k->digest, sizeof k->digest, k->sha256);
    return DZ_OK;
}

/* 32 random bytes for each copy: two copies of one original have nothing in common. */
static enum dz_code
commit_to(struct redacting *k, struct dz_err *err)
{
    uint8_t salt[DZ_REDACT_SALT], original[DZ_SHA256_BYTES], commitment[DZ_SHA256_BYTES];
    if (!dz_hex_decode(dz_view_of(k->row->sha256), original, sizeof original))
        return dz_fail(err, DZ_E_CORRUPT, "%s has no hash: run 'dokaz verify'", k->row->id);
    dz_os_random(salt, sizeof salt);
    dz_redaction_commit(salt, original, k->digest, commitment);
    dz_hex_encode(salt, sizeof salt, k->salt);
    dz_hex_encode(commitment, sizeof commitment, k->commitment);
    return DZ_OK;
}

/* ---- what is recorded and what goes along ---- */

static json_t *
removed_json(const struct redacting *k)
{
    json_t *removed = json_object();
    dz_json_set_int(removed, "names", (int64_t)k->plan.n_names);
    dz_json_set_int(removed, "spans", (int64_t)k->plan.n_spans);
    dz_json_set_int(removed, "boxes", (int64_t)k->plan.n_boxes);
    return removed;
}

static const char *
form_of(const struct redacting *k)
{
    const char *dot = strrchr(k->name, '.');
    return dot != NULL ? dot + 1 : "";
}

static json_t *
record_fields(const struct redacting *k)
{
    json_t *fields = json_object();
    dz_json_set_str(fields, "source", k->row->id);
    dz_json_set_str(fields, "text", k->row->text_sha256);
    dz_json_set_str(fields, "format", form_of(k));
    json_object_set_new(fields, "removed", removed_json(k));
    dz_json_set_str(fields, "reason", k->v->reason);
    dz_json_set_str(fields, "sha256", k->sha256);
    dz_json_set_int(fields, "size", (int64_t)k->n);
    dz_json_set_str(fields, "salt", k->salt);
    dz_json_set_str(fields, "commitment", k->commitment);
    return fields;
}

static enum dz_code
record(const struct redacting *k, struct dz_err *err)
{
    DZ_AUTO_JSON json_t *made = record_fields(k);
    DZ_AUTO_JSON json_t *left = dz_export_fields("redacted", k->v->purpose, k->v->to_whom, true);
    json_t *sources = json_array();
    struct dz_batch *b = NULL;
    json_array_append_new(sources, json_string(k->row->id));
    json_object_set_new(left, "sources", sources);
    dz_json_set_str(left, "sha256", k->sha256);
    dz_json_set_int(left, "size", (int64_t)k->n);
    DZ_TRY(dz_batch_begin(k->c->vault, &b, err));
    enum dz_code code = dz_put_entry(b, "redaction.made", made, NULL, err);
    if (code == DZ_OK)
        code = dz_put_entry(b, "export.made", left, NULL, err);
    if (code == DZ_OK)
        code = dz_batch_commit(b, err);
    dz_batch_end(b);
    return code;
}

/* What lies beside the copy. Neither the original's hash nor anything of what was taken out. */
static enum dz_code
sidecar(const struct redacting *k, struct dz_buf *out, struct dz_err *err)
{
    DZ_AUTO_JSON json_t *side = json_object();
    dz_json_set_str(side, "format", "dokaz-redaction/1");
    dz_json_set_str(side, "source", k->row->id);
    dz_json_set_str(side, "sha256", k->sha256);
    dz_json_set_str(side, "commitment", k->commitment);
    json_object_set_new(side, "removed", removed_json(k));
    DZ_TRY(dz_json_canonical(out, side, err));
    dz_buf_addc(out, '\n');
    return DZ_OK;
}

/* ---- writing ---- */

/* A picture under the name of a text would be opened by the wrong program, or by none. */
static enum dz_code
check_ending(const struct redacting *k, const char *path, struct dz_err *err)
{
    const char *slash = strrchr(path, '/');
    const char *dot = strrchr(slash != NULL ? slash : path, '.');
    const char *ours = form_of(k);
    if (dot == NULL || strcasecmp(dot + 1, ours) == 0 ||
        (strcmp(ours, "jpg") == 0 && strcasecmp(dot, ".jpeg") == 0))
        return DZ_OK;
    return dz_fail(err, DZ_E_USAGE,
                   "the copy of %s is of another kind: give a name that ends in .%s", k->row->id,
                   ours);
}

static enum dz_code
write_bytes(const struct redacting *k, int fd, struct dz_err *err)
{
    DZ_AUTO_FREE char *piece = dz_alloc(PIECE_BYTES);
    for (uint64_t at = 0; at < k->n;) {
        size_t n = k->n - at < PIECE_BYTES ? (size_t)(k->n - at) : PIECE_BYTES;
        DZ_TRY(dz_os_pread_all(k->copy, piece, n, at, err));
        DZ_TRY(dz_os_write_all(fd, piece, n, err));
        at += n;
    }
    return DZ_OK;
}

/* The copy gets its name last: where it lies, what belongs to it lies beside it. */
static enum dz_code
write_files(struct redacting *k, const char *path, const char *side_path, struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf side = DZ_BUF(65536);
    struct dz_os_new f, s;
    DZ_TRY(sidecar(k, &side, err));
    DZ_TRY(dz_os_new_file(AT_FDCWD, path, &f, err));
    enum dz_code code = write_bytes(k, f.fd, err);
    bool beside = false;
    if (code == DZ_OK)
        code = dz_os_new_file(AT_FDCWD, side_path, &s, err);
    if (code == DZ_OK) {
        beside = true;
        code = dz_os_write_all(s.fd, side.p, side.n, err);
    }
    if (code != DZ_OK)
        code = dz_while(err, "writing '%s'", path);
    else
        code = record(k, err);
    if (beside)
        code = dz_os_new_finish(&s, code, err);
    return dz_os_new_finish(&f, code, err);
}

static void
print(const struct redacting *k, const char *path, const char *side_path)
{
    struct dz_ctx *c = k->c;
    if (c->json) {
        json_t *line = json_object();
        dz_json_set_str(line, "id", k->row->id);
        dz_json_set_str(line, "path", path);
        dz_json_set_str(line, "sidecar", side_path);
        dz_json_set_str(line, "sha256", k->sha256);
        dz_json_set_str(line, "commitment", k->commitment);
        dz_json_set_int(line, "size", (int64_t)k->n);
        json_object_set_new(line, "removed", removed_json(k));
        dz_out_json_new(&c->out, line);
    } else {
        DZ_AUTO_BUF struct dz_buf size = DZ_BUF(64), shown = DZ_BUF(8192), side = DZ_BUF(8192);
        dz_size_words(k->n, &size);
        dz_utf8_line(&shown, dz_view_of(path), 4000);
        dz_utf8_line(&side, dz_view_of(side_path), 4000);
        dz_out_f(&c->out, _("a redacted copy of %s: %s, %s\n"), k->row->id, shown.p, size.p);
        dz_out_f(&c->out, _("taken out: names %zu, spans %zu, boxes %zu\n"), k->plan.n_names,
                 k->plan.n_spans, k->plan.n_boxes);
        dz_out_f(&c->out, _("what binds it to the original: %s\n"), side.p);
    }
    dz_notice(c, "%s",
              _("names are found by rules, and some are missed; a date, a place or a workplace can "
                "name somebody too: read the copy before you publish it"));
}

static enum dz_code
redact(struct redacting *k, struct dz_err *err)
{
    const char *path = k->c->words[1];
    DZ_AUTO_FREE char *side_path = dz_asprintf("%s%s", path, SIDECAR);
    if (dz_os_exists(AT_FDCWD, path))
        return dz_fail(err, DZ_E_EXISTS, "'%s' exists: name a new file", path);
    if (dz_os_exists(AT_FDCWD, side_path))
        return dz_fail(err, DZ_E_EXISTS, "'%s' exists: name a new file", side_path);
    DZ_TRY(choose_form(k, err));
    DZ_TRY(make_plan(k, err));
    DZ_TRY(make_copy(k, err));
    DZ_TRY(check_ending(k, path, err));
    DZ_TRY(commit_to(k, err));
    DZ_TRY(write_files(k, path, side_path, err));
    print(k, path, side_path);
    return DZ_OK;
}

static enum dz_code
run(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    const struct values *v = values;
    DZ_AUTO_SOURCE struct dz_source s = {0};
    if (v->reason == NULL || v->reason[0] == '\0')
        return dz_fail(err, DZ_E_USAGE, "--reason: on what ground something is taken out is needed");
    DZ_TRY(dz_check_purpose(c, v->purpose, err));
    DZ_TRY(dz_source_get(c->vault, c->words[0], &s, err));
    bool is_open = strcmp(s.row.access, "open") == 0;
    if (!v->personal && (!is_open || dz_basis_is_personal(s.row.basis)))
        return dz_fail(err, DZ_E_DENIED,
                       "%s is a testimony, a private document or not open: what is left in it may "
                       "tell who gave it. Say --personal if it is to leave nevertheless",
                       s.row.id);
    DZ_AUTO_HASH struct dz_hash *hash = dz_hash_new(DZ_SHA256);
    struct redacting k = {.c = c, .v = v, .row = &s.row, .copy = -1, .hash = hash};
    enum dz_code code = redact(&k, err);
    dz_os_close_quiet(&k.copy);
    dz_redaction_done(&k.plan);
    return code;
}

const struct dz_cmd dz_cmd_redact = {
    .name = "redact",
    .group = DZ_GROUP_SOURCES,
    .summary = N_("make a copy for publication from which names are taken out"),
    .usage = N_("ID FILE"),
    .help = N_(
        "Names of private persons are taken out where the reading finds them, and whatever "
        "--mask-spans names. The copy is made anew and holds nothing of the old file: text from "
        "its characters, a picture from its pixels, a PDF from pictures of its pages, all with "
        "the places painted over. Pages keep their numbers.\n\nBeside the copy lies "
        "FILE.redaction.json with a commitment to the original: whoever is shown the original and "
        "the salt, which stays in the journal, can check that the copy was made of it. Without "
        "the salt nothing can be tried against it.\n\nFILE must not exist. What was taken out, "
        "how much, by whom and on what ground is an entry in the journal."),
    .opts = opts,
    .values_size = sizeof(struct values),
    .needs = DZ_NEED_VAULT | DZ_NEED_WRITE | DZ_NEED_RULES | DZ_HAS_JSON | DZ_STOPS_IN_ORDER,
    .min_words = 2,
    .max_words = 2,
    .run = run,
};
