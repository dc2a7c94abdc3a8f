#define _GNU_SOURCE /* memrchr */
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
#include "dz_source.h"
#include "dz_utf8.h"

/* Taking originals out into a folder, under their recorded names and byte for byte. What leaves is
 * an entry before it leaves. Restricted and sealed sources, testimonies and private documents leave
 * only when each is named. Nothing is ever overwritten. Names come from whoever made the files, so
 * they are made safe first. */

#define PART_MAX 200 /* bytes of one name; file systems take 255 */
#define PATH_BYTES_MAX 3000
#define ENTRY_SOURCES_MAX 20000

struct values {
    const char *purpose;
    const char *to_whom;
};

static const struct dz_opt opts[] = {
    DZ_OPT_TEXT(struct values, purpose, "for", N_("PURPOSE"),
                N_("what they are taken out for: a purpose of consents, or internal")),
    DZ_OPT_TEXT(struct values, to_whom, "to", N_("RECIPIENT"), N_("who gets them; recorded")),
    {0},
};

struct taking {
    struct dz_ctx *c;
    int dir;
    char (*ids)[DZ_ID_MAX];
    size_t n;
    size_t cap;
    uint64_t n_not_open; /* these two stay, because they were not named */
    uint64_t n_personal; /* open, but a testimony or private document */
    uint64_t n_holding;  /* either of those lies in it */
    uint64_t n_unstated; /* of those that leave unnamed: nobody said what they are */
    uint64_t bytes;      /* of all, as recorded */
    size_t n_taken;       /* of ids: dealt with */
    struct dz_hash *hash; /* of the file that is being written */
    struct dz_buf made;  /* folder inside dir that was made last, with its slash */
    uint64_t n_written;
    uint64_t n_bad;
    uint64_t bytes_written;
};

/* ---- which ---- */

static void
keep(struct taking *t, const struct dz_source_row *row)
{
    t->ids = dz_grow(t->ids, &t->cap, t->n + 1, sizeof *t->ids);
    memcpy(t->ids[t->n], row->id, strlen(row->id) + 1);
    t->n++;
    t->bytes += row->size_bytes;
}

static enum dz_code
keep_unless_protected(void *ctx, const struct dz_source_row *row, struct dz_err *err)
{
    struct taking *t = ctx;
    size_t n_inside = 0;
    DZ_TRY(dz_source_protected_inside(t->c->vault, row->id, &n_inside, err));
    if (strcmp(row->access, "open") != 0) {
        t->n_not_open++;
    } else if (dz_basis_is_personal(row->basis)) {
        t->n_personal++;
    } else if (n_inside > 0) {
        t->n_holding++;
    } else {
        t->n_unstated += !dz_basis_is_public(row->basis);
        keep(t, row);
    }
    return DZ_OK;
}

static enum dz_code
choose(struct taking *t, struct dz_err *err)
{
    struct dz_ctx *c = t->c;
    const struct dz_source_filter all = {0};
    if (c->n_words == 1)
        return dz_sources_each(c->vault, &all, keep_unless_protected, t, err);
    for (size_t i = 1; i < c->n_words; i++) {
        DZ_AUTO_SOURCE struct dz_source s = {0};
        DZ_TRY(dz_source_get(c->vault, c->words[i], &s, err));
        dz_warn_leaving(c, &s.row);
        DZ_TRY(dz_warn_leaks(c, s.row.id, err));
        DZ_TRY(dz_warn_holding(c, &s.row, err));
        keep(t, &s.row);
    }
    return DZ_OK;
}

/* One entry names at most so many sources; a large export is several entries of one commit. */
static json_t *
export_fields(const struct taking *t, const struct values *v, size_t first)
{
    json_t *fields = dz_export_fields("originals", v->purpose, v->to_whom, false);
    if (first == 0)
        dz_json_set_int(fields, "size", (int64_t)t->bytes);
    json_t *sources = json_array();
    for (size_t i = first; i < t->n && i < first + ENTRY_SOURCES_MAX; i++)
        json_array_append_new(sources, json_string(t->ids[i]));
    json_object_set_new(fields, "sources", sources);
    return fields;
}

static enum dz_code
write_entries(const struct taking *t, const struct values *v, struct dz_err *err)
{
    DZ_AUTO_JSON json_t *entries = json_array();
    for (size_t first = 0; first < t->n; first += ENTRY_SOURCES_MAX)
        json_array_append_new(entries, export_fields(t, v, first));
    return dz_export_record(t->c, entries, err);
}

/* ---- names ---- */

/* One name of a path without what could lead elsewhere or give orders to a terminal. Long ones are
 * cut in front of their ending. */
static void
add_part(struct dz_buf *out, struct dz_view part)
{
    if (part.n == 0 || dz_view_is(part, "."))
        return;
    if (out->n)
        dz_buf_addc(out, '/');
    if (dz_view_is(part, "..")) {
        dz_buf_adds(out, "__");
        return;
    }
    const char *dot = memrchr(part.p, '.', part.n);
    size_t n_ending = dot && dot > part.p ? part.n - (size_t)(dot - part.p) : 0;
    if (n_ending > 20)
        n_ending = 0;
    size_t n_stem = part.n - n_ending, most = PART_MAX - n_ending;
    /* Never in the middle of a character. */
    if (n_stem > most)
        for (n_stem = most; n_stem > 0 && ((uint8_t)part.p[n_stem] & 0xc0) == 0x80; n_stem--)
            ;
    for (size_t i = 0; i < part.n; i++) {
        if (i >= n_stem && i < part.n - n_ending)
            continue;
        uint8_t byte = (uint8_t)part.p[i];
        dz_buf_addc(out, byte < 0x20 || byte == 0x7f ? '_' : part.p[i]);
    }
}

/* The recorded path, or name, as bytes; where they were not UTF-8 they stand in hexadecimal. */
static void
recorded_path(const struct dz_source_row *row, struct dz_buf *out)
{
    static const char *const pairs[][2] = {{"path_bytes", "path"}, {"name_bytes", "name"}};
    const json_t *added = json_object_get(row->body, "added");
    for (size_t i = 0; i < 2 && out->n == 0; i++) {
        const char *hex = dz_json_str(added, pairs[i][0]), *text = dz_json_str(added, pairs[i][1]);
        size_t n = hex ? strlen(hex) / 2 : 0;
        DZ_AUTO_FREE uint8_t *raw = dz_alloc(n);
        if (hex && dz_hex_decode(dz_view_of(hex), raw, n))
            dz_buf_add(out, raw, n);
        else if (text)
            dz_buf_adds(out, text);
    }
}

/* Path inside the folder; "" where nothing of the recorded one can be used. */
static void
safe_path(const struct dz_source_row *row, struct dz_buf *out)
{
    DZ_AUTO_BUF struct dz_buf raw = DZ_BUF(65536);
    recorded_path(row, &raw);
    for (size_t at = 0; at < raw.n;) {
        const char *slash = memchr(raw.p + at, '/', raw.n - at);
        size_t end = slash ? (size_t)(slash - raw.p) : raw.n;
        add_part(out, (struct dz_view){raw.p + at, end - at});
        at = end + 1;
    }
    if (out->failed || out->n == 0) {
        dz_buf_reset(out);
        dz_buf_adds(out, row->id);
    }
}

/* "a/b.txt" -> "a/b~src-....txt" */
static void
with_id(struct dz_buf *path, const char *id)
{
    DZ_AUTO_BUF struct dz_buf made = DZ_BUF(PATH_BYTES_MAX + DZ_ID_MAX);
    const char *slash = memrchr(path->p, '/', path->n);
    const char *name = slash ? slash + 1 : path->p;
    const char *dot = memrchr(name, '.', path->n - (size_t)(name - path->p));
    size_t stem = dot && dot > name ? (size_t)(dot - path->p) : path->n;
    dz_buf_add(&made, path->p, stem);
    dz_buf_addf(&made, "~%s", id);
    dz_buf_add(&made, path->p + stem, path->n - stem);
    dz_buf_reset(path);
    dz_buf_addv(path, dz_buf_view(&made));
}

/* ---- writing ---- */

static enum dz_code
make_folders(struct taking *t, const struct dz_buf *path, struct dz_err *err)
{
    for (size_t i = 0; i < path->n; i++) {
        if (path->p[i] != '/')
            continue;
        /* Files of one folder come together, so what was made last is most often the one. */
        if (t->made.n >= i + 1 && memcmp(t->made.p, path->p, i + 1) == 0)
            continue;
        DZ_AUTO_FREE char *folder = dz_strndup(path->p, i);
        struct dz_err why = {0};
        enum dz_code code = dz_os_mkdir(t->dir, folder, &why);
        if (code != DZ_OK && code != DZ_E_EXISTS)
            return dz_fail(err, code, "%s", why.msg);
        dz_buf_reset(&t->made);
        dz_buf_add(&t->made, path->p, i + 1);
    }
    return DZ_OK;
}

/* A new file under the recorded name; under one with the id where that is taken. */
static enum dz_code
create(struct taking *t, const struct dz_source_row *row, struct dz_buf *path, int *ret_fd,
       struct dz_err *err)
{
    struct dz_err why = {0};
    safe_path(row, path);
    enum dz_code code = make_folders(t, path, &why);
    if (code == DZ_OK)
        code = dz_os_open(t->dir, path->p, DZ_OS_CREATE, ret_fd, &why);
    if (code == DZ_OK)
        return DZ_OK;
    if (code == DZ_E_FULL || code == DZ_E_DENIED)
        return dz_fail(err, code, "%s", why.msg);
    with_id(path, row->id);
    if (dz_os_open(t->dir, path->p, DZ_OS_CREATE, ret_fd, NULL) == DZ_OK)
        return DZ_OK;
    /* A file stands where a folder is needed, or the path is too long. */
    dz_buf_reset(path);
    dz_buf_adds(path, row->id);
    return dz_os_open(t->dir, path->p, DZ_OS_CREATE, ret_fd, err);
}

struct sink {
    struct taking *t;
    int fd;
    bool failed; /* the error is the folder's, not the vault's */
};

static enum dz_code
put(void *ctx, const void *p, size_t n, struct dz_err *err)
{
    struct sink *s = ctx;
    const bool *cancel = s->t->c->cancel;
    s->failed = true;
    if (cancel && __atomic_load_n(cancel, __ATOMIC_RELAXED))
        return dz_fail(err, DZ_E_CANCELLED, "stopped: the files written so far are complete");
    dz_hash_add(s->t->hash, p, n);
    DZ_TRY(dz_os_write_all(s->fd, p, n, err));
    s->failed = false;
    return DZ_OK;
}

static bool
is_recorded(struct dz_hash *h, const char *sha256)
{
    uint8_t digest[DZ_SHA256_BYTES];
    char hex[2 * DZ_SHA256_BYTES + 1];
    dz_hash_final(h, digest);
    dz_hex_encode(digest, sizeof digest, hex);
    return strcmp(hex, sha256) == 0;
}

static void
say_written(struct taking *t, const struct dz_source_row *row, const struct dz_buf *path)
{
    t->n_written++;
    t->bytes_written += row->size_bytes;
    if (t->c->json) {
        json_t *line = json_object();
        dz_json_set_str(line, "id", row->id);
        dz_json_set_view(line, "path", dz_buf_view(path));
        dz_json_set_str(line, "sha256", row->sha256);
        dz_json_set_int(line, "size", (int64_t)row->size_bytes);
        dz_out_json_new(&t->c->out, line);
        return;
    }
    if (t->n_written % 64 != 0)
        return;
    DZ_AUTO_BUF struct dz_buf size = DZ_BUF(64);
    dz_size_words(t->bytes_written, &size);
    dz_progress(dz_trn("%llu file, %s", "%llu files, %s", (unsigned long)t->n_written),
                (unsigned long long)t->n_written, size.p);
}

/* A part of a file is never left: it would look like the original. */
static enum dz_code
take_row(struct taking *t, const struct dz_source_row *row, struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf path = DZ_BUF(PATH_BYTES_MAX);
    DZ_AUTO_FD int fd = -1;
    struct dz_err why = {0};
    DZ_TRY(create(t, row, &path, &fd, err));
    struct sink sink = {.t = t, .fd = fd};
    enum dz_code code =
        dz_vault_read_object(t->c->vault, row->object, row->codec, put, &sink, &why);
    bool same = is_recorded(t->hash, row->sha256);
    if (code == DZ_OK && !same)
        code = dz_fail(&why, DZ_E_CORRUPT, "its content is not what the entry says");
    if (code == DZ_OK) {
        sink.failed = true;
        code = dz_os_close(&fd, &why);
    }
    if (code == DZ_OK) {
        say_written(t, row, &path);
        return DZ_OK;
    }
    (void)!dz_os_unlink(t->dir, path.p, NULL);
    if (sink.failed || (code != DZ_E_CORRUPT && code != DZ_E_NOTFOUND))
        return dz_fail(err, code, "%s", why.msg);
    t->n_bad++;
    dz_progress_end();
    dz_notice(t->c, "%s: %s", row->id, why.msg);
    return DZ_OK;
}

static enum dz_code
take_one(struct taking *t, const char *id, struct dz_err *err)
{
    DZ_AUTO_SOURCE struct dz_source s = {0};
    DZ_TRY(dz_source_get(t->c->vault, id, &s, err));
    return take_row(t, &s.row, err);
}

/* The list comes in the order in which it was chosen from: a source that has been added or opened
 * since is not in what was recorded, and stays. */
static enum dz_code
take_if_chosen(void *ctx, const struct dz_source_row *row, struct dz_err *err)
{
    struct taking *t = ctx;
    if (t->n_taken == t->n || strcmp(row->id, t->ids[t->n_taken]) != 0)
        return DZ_OK;
    t->n_taken++;
    return take_row(t, row, err);
}

/* When all leave, one walk over the list spares a look-up for each; what the list no longer gives
 * is then looked for by its id. */
static enum dz_code
take_chosen(struct taking *t, struct dz_err *err)
{
    const struct dz_source_filter all = {0};
    if (t->c->n_words == 1)
        DZ_TRY(dz_sources_each(t->c->vault, &all, take_if_chosen, t, err));
    while (t->n_taken < t->n)
        DZ_TRY(take_one(t, t->ids[t->n_taken++], err));
    return DZ_OK;
}

static enum dz_code
open_folder(struct taking *t, struct dz_err *err)
{
    const char *path = t->c->words[0];
    char **names = NULL;
    size_t n = 0;
    if (!dz_os_exists(AT_FDCWD, path))
        DZ_TRY(dz_os_mkdir(AT_FDCWD, path, err));
    DZ_TRY(dz_os_opendir(AT_FDCWD, path, &t->dir, err));
    DZ_TRY(dz_os_list(t->dir, ".", &names, &n, err));
    dz_os_names_free(names, n);
    if (n > 0)
        return dz_fail(err, DZ_E_EXISTS, "'%s' is not empty: name a new folder", path);
    return DZ_OK;
}

static void
print_summary(const struct taking *t)
{
    struct dz_ctx *c = t->c;
    if (!c->json) {
        DZ_AUTO_BUF struct dz_buf size = DZ_BUF(64);
        dz_size_words(t->bytes_written, &size);
        dz_out_f(&c->out,
                 dz_trn("%llu original was written (%s).", "%llu originals were written (%s).",
                        (unsigned long)t->n_written),
                 (unsigned long long)t->n_written, size.p);
        dz_out_text(&c->out, "\n");
    }
    if (t->n_not_open > 0)
        dz_notice(c,
                  dz_trn("%llu restricted or sealed source was left out: name it by its id to take "
                         "it out",
                         "%llu restricted or sealed sources were left out: name each by its id to "
                         "take it out",
                         (unsigned long)t->n_not_open),
                  (unsigned long long)t->n_not_open);
    if (t->n_personal > 0)
        dz_notice(c,
                  dz_trn("%llu testimony or private document was left out: name it by its id to "
                         "take it out",
                         "%llu testimonies or private documents were left out: name each by its "
                         "id to take it out",
                         (unsigned long)t->n_personal),
                  (unsigned long long)t->n_personal);
    if (t->n_holding > 0)
        dz_notice(c,
                  dz_trn("%llu source was left out because something of these kinds lies in its "
                         "file: name it by its id to take it out",
                         "%llu sources were left out because something of these kinds lies in "
                         "their files: name each by its id to take it out",
                         (unsigned long)t->n_holding),
                  (unsigned long long)t->n_holding);
    if (t->n_unstated > 0)
        dz_notice(c,
                  dz_trn("the basis of %llu source that was taken out is not stated: see whether "
                         "somebody told it in confidence before you hand it on",
                         "the basis of %llu sources that were taken out is not stated: see whether "
                         "somebody told them in confidence before you hand them on",
                         (unsigned long)t->n_unstated),
                  (unsigned long long)t->n_unstated);
    if (t->n_written > 0)
        dz_notice(c, "%s", _("what was written lies there unsealed"));
}

static enum dz_code
take_all(struct taking *t, const struct values *v, struct dz_err *err)
{
    DZ_TRY(choose(t, err));
    DZ_TRY(open_folder(t, err));
    DZ_TRY(write_entries(t, v, err));
    t->hash = dz_hash_new(DZ_SHA256);
    enum dz_code code = take_chosen(t, err);
    dz_hash_free(t->hash);
    dz_progress_end();
    print_summary(t);
    DZ_TRY(code);
    if (t->n_bad > 0)
        return dz_fail(err, DZ_E_CORRUPT,
                       dz_trn("%llu original is damaged and was not written",
                              "%llu originals are damaged and were not written",
                              (unsigned long)t->n_bad),
                       (unsigned long long)t->n_bad);
    return DZ_OK;
}

static enum dz_code
run(struct dz_ctx *c, const void *values, struct dz_err *err)
{
    const struct values *v = values;
    struct taking t = {.c = c, .dir = -1, .made = DZ_BUF(PATH_BYTES_MAX)};
    DZ_TRY(dz_check_purpose(c, v->purpose, err));
    enum dz_code code = take_all(&t, v, err);
    dz_os_close_quiet(&t.dir);
    dz_buf_done(&t.made);
    dz_free(t.ids);
    return code;
}

const struct dz_cmd dz_cmd_originals = {
    .name = "originals",
    .group = DZ_GROUP_SOURCES,
    .summary = N_("write the original files into a new folder"),
    .usage = N_("DIR [ID...]"),
    .help = N_(
        "All open sources, or those named. Restricted and sealed ones, testimonies and "
        "private documents leave only when each is named. Files get their recorded names and folders; where two want one name, the "
        "id is added. Each is compared with its recorded SHA-256. That they were taken out "
        "is an entry in the journal before the first byte leaves, and they lie in DIR "
        "unsealed."),
    .opts = opts,
    .values_size = sizeof(struct values),
    .needs = DZ_NEED_VAULT | DZ_NEED_WRITE | DZ_NEED_RULES | DZ_HAS_JSON | DZ_STOPS_IN_ORDER,
    .min_words = 1,
    .max_words = SIZE_MAX,
    .run = run,
};
