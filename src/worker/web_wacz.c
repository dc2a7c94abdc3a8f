#include <archive.h>
#include <archive_entry.h>
#include <string.h>

#include "dz_codec.h"
#include "dz_json.h"
#include "dz_mem.h"
#include "dz_wacz.h"
#include "dz_zip_read.h"

#define MEMBERS_MAX 10000
#define KEPT_MAX ((size_t)16 << 20) /* bytes of a list that is read whole */
#define PIECE_BYTES 65536

struct member {
    char *path;
    char hash[65]; /* SHA-256 of what came out, in hex */
    uint64_t bytes;
    bool listed;
};

struct wacz {
    struct dz_web *web;
    struct archive *a;
    struct member *members;
    size_t n_members;
    size_t cap;
    struct dz_buf package; /* datapackage.json */
    struct dz_buf digest;  /* datapackage-digest.json */
    char *piece;
    size_t n_peeked;
};

static la_ssize_t
next_piece(struct archive *a, void *ctx, const void **ret)
{
    (void)a;
    struct wacz *x = ctx;
    size_t n = x->n_peeked;
    x->n_peeked = 0;
    if (n == 0 && dz_work_next(x->web->w, x->piece, PIECE_BYTES, &n, NULL) != DZ_OK)
        return -1;
    *ret = x->piece;
    return (la_ssize_t)n;
}

static bool
is_warc(const char *path)
{
    size_t n = strlen(path);
    return strncmp(path, "archive/", 8) == 0 &&
           ((n > 5 && strcmp(path + n - 5, ".warc") == 0) ||
            (n > 8 && strcmp(path + n - 8, ".warc.gz") == 0));
}

static bool
is_pages(const char *path, size_t n)
{
    return n > 12 && strncmp(path, "pages/", 6) == 0 && strncmp(path + n - 6, ".jsonl", 6) == 0;
}

/* One member, through its hash, to whoever wants its bytes. */
static void
read_member(struct wacz *x, const char *path)
{
    if (x->n_members == MEMBERS_MAX) {
        x->web->limit = "parts_limit";
        return;
    }
    x->members = dz_grow(x->members, &x->cap, x->n_members + 1, sizeof *x->members);
    struct member *m = &x->members[x->n_members++];
    m->path = dz_strdup(path);
    struct dz_buf *keep = strcmp(path, "datapackage.json") == 0          ? &x->package
                          : strcmp(path, "datapackage-digest.json") == 0 ? &x->digest
                                                                         : NULL;
    struct dz_warc *warc = is_warc(path) ? dz_warc_new(x->web) : NULL;
    struct dz_web_digest digest;
    dz_web_digest_begin(&digest, DZ_WEB_SHA256);
    uint64_t out = 0;
    bool wanted = true;
    for (;;) {
        const void *p = NULL;
        size_t n = 0;
        la_int64_t at = 0;
        int got = archive_read_data_block(x->a, &p, &n, &at);
        if (got == ARCHIVE_RETRY)
            continue;
        if (got != ARCHIVE_OK && got != ARCHIVE_WARN) {
            x->web->damaged |= got != ARCHIVE_EOF;
            break;
        }
        x->web->damaged |= got == ARCHIVE_WARN;
        out += n;
        dz_web_digest_add(&digest, p, n);
        if (keep != NULL)
            dz_buf_add(keep, p, n);
        if (warc != NULL && wanted)
            wanted = dz_warc_feed(warc, p, n);
        int64_t in = archive_filter_bytes(x->a, -1);
        if (out > 4 * DZ_WEB_FREE_BYTES && in > 0 && out / DZ_WEB_RATIO_MAX > (uint64_t)in)
            x->web->limit = "bomb";
        if (x->web->limit != NULL)
            break;
    }
    if (warc != NULL)
        dz_warc_finish(warc);
    unsigned char hash[32];
    dz_hex_encode(hash, dz_web_digest_end(&digest, hash), m->hash);
    m->bytes = out;
}

/* ---- what the package says about itself ---- */

static void
say_check(struct wacz *x, const char *how, const char *path)
{
    DZ_AUTO_FREE char *line = dz_asprintf("%s %s", how, path);
    dz_work_meta(x->web->w, "wacz.check", dz_view_of(line));
    if (strcmp(how, "ok") != 0 && strcmp(how, "unlisted") != 0)
        x->web->damaged = true;
}

static struct member *
find(struct wacz *x, const char *path)
{
    for (size_t i = 0; i < x->n_members; i++) {
        if (strcmp(x->members[i].path, path) == 0)
            return &x->members[i];
    }
    return NULL;
}

static void
check_one(struct wacz *x, const char *path, const char *hash, int64_t bytes)
{
    struct member *m = find(x, path);
    if (m == NULL) {
        say_check(x, "missing", path);
        return;
    }
    m->listed = true;
    const char *colon = hash != NULL ? strchr(hash, ':') : NULL;
    bool known = colon != NULL && strncmp(hash, "sha256:", 7) == 0;
    if (hash != NULL && !known) {
        say_check(x, "unknown", path);
        return;
    }
    bool fits = known && strcmp(colon + 1, m->hash) == 0 &&
                (bytes < 0 || (uint64_t)bytes == m->bytes);
    say_check(x, fits ? "ok" : "bad", path);
}

static void
say_package(struct wacz *x, const json_t *package)
{
    static const struct {
        const char *name;
        const char *key;
        const char *field;
    } known[] = {
        {"title", "wacz.title", "title"},
        {"description", "wacz.description", NULL},
        {"created", "wacz.created", NULL},
        {"modified", "wacz.modified", NULL},
        {"software", "wacz.software", NULL},
        {"wacz_version", "wacz.version", NULL},
        {"mainPageUrl", "wacz.mainPageUrl", "address"},
        {"mainPageDate", "wacz.mainPageDate", NULL},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const char *value = dz_json_str(package, known[i].name);
        if (value == NULL)
            continue;
        dz_work_meta(x->web->w, known[i].key, dz_view_of(value));
        if (known[i].field != NULL)
            dz_work_field(x->web->w, known[i].field, dz_view_of(value));
    }
}

static void
check_package(struct wacz *x)
{
    DZ_AUTO_JSON json_t *package = NULL;
    DZ_AUTO_JSON json_t *digest = NULL;
    if (x->package.n == 0 || dz_json_parse(dz_buf_view(&x->package), &package, NULL) != DZ_OK) {
        say_check(x, x->package.n == 0 ? "missing" : "bad", "datapackage.json");
        return;
    }
    say_package(x, package);
    json_t *resources = json_object_get(package, "resources");
    size_t n = json_is_array(resources) ? json_array_size(resources) : 0;
    for (size_t i = 0; i < n && i < MEMBERS_MAX; i++) {
        const json_t *one = json_array_get(resources, i);
        const char *path = dz_json_str(one, "path");
        if (path != NULL)
            check_one(x, path, dz_json_str(one, "hash"), dz_json_int(one, "bytes", -1));
    }
    if (x->digest.n > 0 && dz_json_parse(dz_buf_view(&x->digest), &digest, NULL) == DZ_OK) {
        const char *path = dz_json_str(digest, "path");
        if (path != NULL)
            check_one(x, path, dz_json_str(digest, "hash"), -1);
        /* Who signed it is for a program that knows whom to trust. */
        if (json_object_get(digest, "signedData") != NULL)
            dz_work_meta(x->web->w, "wacz.signature", DZ_VIEW("present, not checked"));
    } else if (x->digest.n > 0) {
        say_check(x, "bad", "datapackage-digest.json");
    }
    for (size_t i = 0; i < x->n_members; i++) {
        if (!x->members[i].listed && strncmp(x->members[i].path, "datapackage", 11) != 0)
            say_check(x, "unlisted", x->members[i].path);
    }
}

/* ---- the file ---- */

static void
load_titles(struct dz_web *web, struct dz_view whole)
{
    DZ_AUTO_ZIP struct dz_zip z = {0};
    if (!dz_zip_open(&z, whole))
        return;
    if (z.overlaps)
        web->limit = "bomb";
    for (size_t i = 0; i < z.n && web->limit == NULL; i++) {
        if (!is_pages(z.entries[i].name.p, z.entries[i].name.n))
            continue;
        DZ_AUTO_BUF struct dz_buf lines = DZ_BUF(KEPT_MAX);
        (void)dz_zip_load(&z, &z.entries[i], &lines);
        dz_web_titles_add(&web->titles, dz_buf_view(&lines));
    }
}

static void
read_members(struct wacz *x)
{
    while (x->web->limit == NULL) {
        struct archive_entry *e = NULL;
        int got = archive_read_next_header(x->a, &e);
        if (got == ARCHIVE_EOF)
            return;
        if (got == ARCHIVE_RETRY)
            continue;
        if (got != ARCHIVE_OK && got != ARCHIVE_WARN) {
            x->web->cut = true;
            return;
        }
        const char *path = archive_entry_pathname(e);
        if (path != NULL && archive_entry_filetype(e) != AE_IFDIR)
            read_member(x, path);
    }
}

bool
dz_wacz_read(struct dz_web *web, struct dz_view whole, char *piece, size_t n)
{
    struct wacz x = {.web = web,
                     .package = DZ_BUF(KEPT_MAX),
                     .digest = DZ_BUF(KEPT_MAX),
                     .piece = piece,
                     .n_peeked = n};
    if (whole.p != NULL)
        load_titles(web, whole);
    x.a = archive_read_new();
    archive_read_support_format_zip(x.a);
    int got = whole.p != NULL ? archive_read_open_memory(x.a, whole.p, whole.n)
                              : archive_read_open(x.a, &x, NULL, next_piece, NULL);
    if (got == ARCHIVE_OK || got == ARCHIVE_WARN)
        read_members(&x);
    else
        web->cut = true;
    archive_read_free(x.a);
    bool is_wacz = x.package.n > 0 || web->n_records > 0 || web->cut || web->limit != NULL;
    if (web->limit == NULL && is_wacz)
        check_package(&x);
    for (size_t i = 0; i < x.n_members; i++)
        dz_free(x.members[i].path);
    dz_free(x.members);
    dz_buf_done(&x.package);
    dz_buf_done(&x.digest);
    return is_wacz;
}
