#include <fcntl.h>
#include <string.h>
#include <strings.h>

#include "dz_box.h"
#include "dz_cmd.h"
#include "dz_codec.h"
#include "dz_common.h"
#include "dz_hash.h"
#include "dz_json.h"
#include "dz_leak_cmd.h"
#include "dz_mem.h"
#include "dz_os.h"
#include "dz_rebuild.h"
#include "dz_source.h"
#include "dz_utf8.h"
#include "dz_vault.h"

/* A copy for publication. It is made anew from what is seen, in the box, and has no name until it
 * is whole and its entry is written: a copy that lacks pages, or that nobody recorded, never gets
 * one. */

#define PIECE_BYTES 65536

struct values {
    const char *purpose;
    const char *to_whom;
    bool personal;
    bool without_landlock;
};

static const struct dz_opt opts[] = {
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

struct cleaning {
    struct dz_ctx *c;
    const struct dz_source_row *row;
    int copy; /* in memory */
    struct dz_hash *hash;
    char sha256[2 * DZ_SHA256_BYTES + 1];
    char name[32]; /* as the program calls it: "cleaned.png" */
    uint64_t n;
    size_t n_parts;
};

/* ---- making ---- */

static enum dz_code
feed(void *ctx, dz_extract_chunk_fn *to, void *to_ctx, struct dz_err *err)
{
    struct cleaning *k = ctx;
    return dz_vault_read_object(k->c->vault, k->row->object, k->row->codec, to, to_ctx, err);
}

static enum dz_code
part_begin(void *ctx, const struct dz_part *part, struct dz_err *err)
{
    struct cleaning *k = ctx;
    if (k->n_parts++ > 0 || part->name.n >= sizeof k->name)
        return dz_fail(err, DZ_E_CORRUPT, "the copy is not what was asked for");
    memcpy(k->name, part->name.p, part->name.n);
    return DZ_OK;
}

static enum dz_code
part_data(void *ctx, const void *p, size_t n, struct dz_err *err)
{
    struct cleaning *k = ctx;
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
refuse(const struct cleaning *k, const struct dz_extracted *x, struct dz_err *err)
{
    if (x->status == DZ_EXTRACT_UNSUPPORTED && x->why != NULL && strcmp(x->why, "kind") == 0)
        return dz_fail(err, DZ_E_INPUT,
                       "%s: of a file of this kind (%s) no cleaned copy can be made: only "
                       "pictures, PDF and plain text have a form that holds nothing unseen. Print "
                       "it to a PDF, add that and clean it",
                       k->row->id, x->media_type);
    return dz_fail(err, DZ_E_INPUT, "%s: no whole copy could be made: %s", k->row->id,
                   x->why != NULL ? dz_extract_reason(x->why) : _("the file is damaged"));
}

static enum dz_code
make_copy(struct cleaning *k, const struct values *v, struct dz_err *err)
{
    DZ_AUTO_BOX struct dz_box *box = NULL;
    DZ_AUTO_EXTRACTED struct dz_extracted x = {0};
    struct dz_box_opts how = {.without_landlock = v->without_landlock};
    struct dz_part_sink sink = {part_begin, part_data, part_end, k};
    struct dz_extract_job job = {.name = k->row->name,
                                 .size_bytes = k->row->size_bytes,
                                 .feed = feed,
                                 .feed_ctx = k,
                                 .parts = &sink,
                                 .cancel = k->c->cancel};
    DZ_TRY(dz_os_memory_file("copy", &k->copy, err));
    DZ_TRY(dz_box_new(&how, &box, err));
    DZ_TRY(dz_extract_rebuild(box, &job, &x, err));
    if (x.status != DZ_EXTRACT_TEXT || k->n == 0)
        return refuse(k, &x, err);
    uint8_t digest[DZ_SHA256_BYTES];
    dz_hash_final(k->hash, digest);
    dz_hex_encode(digest, sizeof digest, k->sha256);
    return DZ_OK;
}

/* ---- writing ---- */

/* A picture under the name of a text would be opened by the wrong program, or by none. */
static enum dz_code
check_ending(const struct cleaning *k, const char *path, struct dz_err *err)
{
    const char *slash = strrchr(path, '/');
    const char *dot = strrchr(slash != NULL ? slash : path, '.');
    const char *ours = strrchr(k->name, '.');
    if (dot == NULL || ours == NULL || strcasecmp(dot, ours) == 0 ||
        (strcmp(ours, ".jpg") == 0 && strcasecmp(dot, ".jpeg") == 0))
        return DZ_OK;
    return dz_fail(err, DZ_E_USAGE, "the copy of %s is of another kind: give a name that ends in %s",
                   k->row->id, ours);
}

static enum dz_code
record(const struct cleaning *k, const struct values *v, struct dz_err *err)
{
    DZ_AUTO_JSON json_t *fields = dz_export_fields("cleaned", v->purpose, v->to_whom, true);
    json_t *sources = json_array();
    json_array_append_new(sources, json_string(k->row->id));
    json_object_set_new(fields, "sources", sources);
    dz_json_set_str(fields, "sha256", k->sha256);
    dz_json_set_int(fields, "size", (int64_t)k->n);
    return dz_export_record(k->c, fields, err);
}

static enum dz_code
write_bytes(const struct cleaning *k, int fd, struct dz_err *err)
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

static void
print(const struct cleaning *k, const char *path)
{
    struct dz_ctx *c = k->c;
    if (c->json) {
        json_t *line = json_object();
        dz_json_set_str(line, "id", k->row->id);
        dz_json_set_str(line, "path", path);
        dz_json_set_str(line, "sha256", k->sha256);
        dz_json_set_int(line, "size", (int64_t)k->n);
        dz_out_json_new(&c->out, line);
    } else {
        DZ_AUTO_BUF struct dz_buf size = DZ_BUF(64);
        DZ_AUTO_BUF struct dz_buf shown = DZ_BUF(8192);
        dz_size_words(k->n, &size);
        dz_utf8_line(&shown, dz_view_of(path), 4000);
        dz_out_f(&c->out, _("a cleaned copy of %s: %s, %s\n"), k->row->id, shown.p, size.p);
    }
    dz_notice(c, "%s",
              _("nothing of the old file is in it but what is seen: look at that yourself. Faces, "
                "number plates, signatures and views from windows are still there"));
}

static enum dz_code
clean(struct cleaning *k, const struct values *v, struct dz_err *err)
{
    const char *path = k->c->words[1];
    struct dz_os_new f;
    if (dz_os_exists(AT_FDCWD, path))
        return dz_fail(err, DZ_E_EXISTS, "'%s' exists: name a new file", path);
    DZ_TRY(make_copy(k, v, err));
    DZ_TRY(check_ending(k, path, err));
    /* What cannot be written there is no copy that left: only then the entry, and then the name. */
    DZ_TRY(dz_os_new_file(AT_FDCWD, path, &f, err));
    enum dz_code code = write_bytes(k, f.fd, err);
    if (code != DZ_OK)
        code = dz_while(err, "writing '%s'", path);
    else
        code = record(k, v, err);
    DZ_TRY(dz_os_new_finish(&f, code, err));
    print(k, path);
    return DZ_OK;
}

static enum dz_code
run(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    const struct values *v = values;
    DZ_AUTO_SOURCE struct dz_source s = {0};
    DZ_TRY(dz_check_purpose(c, v->purpose, err));
    DZ_TRY(dz_source_get(c->vault, c->words[0], &s, err));
    bool is_open = strcmp(s.row.access, "open") == 0;
    if (!v->personal && (!is_open || dz_basis_is_personal(s.row.basis)))
        return dz_fail(err, DZ_E_DENIED,
                       "%s is a testimony, a private document or not open: what is seen in it may "
                       "tell who gave it. Say --personal if it is to leave nevertheless",
                       s.row.id);
    dz_warn_leaving(c, &s.row);
    DZ_TRY(dz_warn_leaks(c, s.row.id, err));
    DZ_AUTO_HASH struct dz_hash *hash = dz_hash_new(DZ_SHA256);
    struct cleaning k = {.c = c, .row = &s.row, .copy = -1, .hash = hash};
    enum dz_code code = clean(&k, v, err);
    dz_os_close_quiet(&k.copy);
    return code;
}

const struct dz_cmd dz_cmd_clean = {
    .name = "clean",
    .group = DZ_GROUP_SOURCES,
    .summary = N_("make a copy for publication that holds what is seen and nothing else"),
    .usage = N_("ID FILE"),
    .help = N_(
        "The copy is made anew: a picture from its pixels, a PDF from the pixels of its pages, a "
        "text from its characters. Place, device, author, thumbnails, earlier versions, "
        "attachments, hidden text and scripts are not in it, because nothing of the old file is "
        "copied. The original stays as it is. Pictures, PDF and plain text can be cleaned so; "
        "print other documents to a PDF and add that.\n\n"
        "FILE must not exist. That a copy was made is an entry in the journal before it gets its "
        "name. What is seen stays: look at the copy before you publish it."),
    .opts = opts,
    .values_size = sizeof(struct values),
    .needs = DZ_NEED_VAULT | DZ_NEED_WRITE | DZ_NEED_RULES | DZ_HAS_JSON | DZ_STOPS_IN_ORDER,
    .min_words = 2,
    .max_words = 2,
    .run = run,
};
