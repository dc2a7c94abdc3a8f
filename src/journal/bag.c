#include "dz_bag.h"

#include <string.h>

#include "bag_read_impl.h"
#include "dz_mem.h"
#include "dz_os.h"
#include "dz_tr.h"

#define CHUNK_BYTES 65536u

void
dz_bag_say(struct dz_bag *b, enum dz_check_class cls, const char *code, const char *thing,
           const char *message)
{
    if (cls == DZ_CHECK_FINDING)
        b->report.n_findings++;
    if (cls == DZ_CHECK_NOTICE)
        b->report.n_notices++;
    if (b->fn != NULL)
        b->fn(b->ctx, &(struct dz_check_line){
                          .cls = cls, .code = code, .thing = thing, .message = message});
}

void
dz_bag_say_line(struct dz_bag *b, enum dz_check_class cls, const char *code, const char *file,
                uint64_t line, const char *message)
{
    DZ_AUTO_FREE char *thing = dz_asprintf("%s:%llu", file, (unsigned long long)line);
    dz_bag_say(b, cls, code, thing, message);
}

enum dz_code
dz_bag_open_tag(struct dz_bag *b, const char *name, struct bag_text *t, bool *ret_there,
                struct dz_err *err)
{
    struct dz_os_stat st;
    DZ_AUTO_FD int fd = -1;
    *ret_there = false;
    enum dz_code code = dz_os_stat(b->dir, name, false, &st, err);
    if (code == DZ_E_NOTFOUND)
        return DZ_OK;
    if (code == DZ_OK && !st.is_file)
        return DZ_OK; /* the walk over all names says so */
    if (code == DZ_OK)
        code = dz_os_open_inside(b->dir, name, &fd, err);
    if (code == DZ_OK)
        code = dz_os_fstat(fd, &st, err);
    if (code != DZ_OK)
        return code;
    if (!st.is_file)
        return DZ_OK;
    int taken = fd;
    fd = -1;
    code = dz_bag_text_open(t, taken, b->report.encoding, err);
    *ret_there = code == DZ_OK;
    if (code != DZ_OK)
        dz_bag_text_done(t);
    return code;
}

enum dz_code
dz_bag_next_line(struct dz_bag *b, const char *name, struct bag_text *t, struct dz_view *ret,
                 bool *ret_end, struct dz_err *err)
{
    struct dz_err own = {0};
    enum dz_code code = dz_bag_text_line(t, ret, ret_end, &own);
    if (code == DZ_E_INPUT || code == DZ_E_LIMIT) {
        dz_bag_say_line(b, DZ_CHECK_FINDING, "bag-text", name, t->line_number, own.msg);
        *ret_end = true;
        return DZ_OK;
    }
    if (code != DZ_OK) {
        if (err != NULL)
            *err = own;
        return code;
    }
    if (*ret_end && (t->marks & BAG_TEXT_OPEN_END) != 0)
        dz_bag_say(b, DZ_CHECK_NOTICE, "bag-open-end", name, _("the last line has no end"));
    if (*ret_end && (t->marks & BAG_TEXT_BOM) != 0 && strcmp(name, "bagit.txt") != 0)
        dz_bag_say(b, dz_bag_version_is_1(b->version) ? DZ_CHECK_FINDING : DZ_CHECK_NOTICE,
                   "bag-bom", name, _("it begins with a byte order mark"));
    return DZ_OK;
}

/* --- files --- */

/* The record of a file, also when the manifest has its name in another Unicode form: some systems
 * change the form when they store a name. */
static struct bag_record *
record_of(struct dz_bag *b, const char *path)
{
    struct bag_record *r = dz_bag_table_find(&b->table, dz_view_of(path));
    if (r != NULL)
        return r;
    for (int form = BAG_FORM_NFC; form <= BAG_FORM_NFD; form++) {
        DZ_AUTO_BUF struct dz_buf other = DZ_BUF(DZ_BAG_LINE_MAX);
        if (!dz_bag_path_form(dz_view_of(path), (enum bag_form)form, &other))
            continue;
        r = dz_bag_table_find(&b->table, dz_buf_view(&other));
        if (r != NULL && !dz_os_exists(b->dir, other.p)) {
            dz_bag_say(b, DZ_CHECK_NOTICE, "bag-form", path,
                       _("the manifest has this name in another Unicode form"));
            return r;
        }
    }
    return NULL;
}

/* Feed a file once to all algorithms that list it. */
static enum dz_code
hash_file(struct dz_bag *b, int fd, uint8_t algs, uint64_t *ret_bytes, struct dz_err *err)
{
    uint64_t bytes = 0;
    for (;;) {
        size_t n = 0;
        DZ_TRY(dz_os_read(fd, b->chunk, CHUNK_BYTES, &n, err));
        if (n == 0)
            break;
        bytes += n;
        for (unsigned i = 0; i < b->n_algs; i++)
            if ((algs >> i & 1) != 0)
                dz_hash_add(b->hashes[i], b->chunk, n);
    }
    *ret_bytes = bytes;
    return DZ_OK;
}

static void
compare(struct dz_bag *b, struct bag_record *r, const char *path)
{
    DZ_AUTO_BUF struct dz_buf names = DZ_BUF(256);
    for (unsigned i = 0; i < b->n_algs; i++) {
        if ((r->listed_by >> i & 1) == 0)
            continue;
        uint8_t digest[DZ_HASH_BYTES_MAX];
        uint8_t kept[16];
        dz_hash_final(b->hashes[i], digest);
        dz_bag_table_digest(&b->table, b->algs[i], digest, kept);
        if (memcmp(kept, dz_bag_table_expected(&b->table, r, i), sizeof kept) == 0)
            continue;
        dz_buf_addf(&names, "%s%s", names.n > 0 ? ", " : "", dz_hash_alg_name(b->algs[i]));
    }
    if (names.n == 0)
        return;
    r->flags |= BAG_DIFFERS;
    DZ_AUTO_BUF struct dz_buf message = DZ_BUF(1024);
    dz_buf_addf(&message, _("its content is not what the manifest says (%s)"), names.p);
    dz_bag_say(b, DZ_CHECK_FINDING, "bag-checksum", path, message.p);
}

static void
payload_lists(struct dz_bag *b, const struct bag_record *r, const char *path)
{
    uint8_t missing = (uint8_t)(b->payload_algs & ~r->listed_by);
    if (missing == 0 || !dz_bag_version_is_1(b->version))
        return;
    for (unsigned i = 0; i < b->n_algs; i++) {
        if ((missing >> i & 1) == 0)
            continue;
        DZ_AUTO_FREE char *name = dz_bag_manifest_name(false, b->algs[i]);
        DZ_AUTO_BUF struct dz_buf message = DZ_BUF(512);
        dz_buf_addf(&message, _("it is not listed in %s"), name);
        dz_bag_say(b, DZ_CHECK_FINDING, "bag-not-everywhere", path, message.p);
    }
}

/* A file that no manifest lists: wrong in data/, and elsewhere something that could be changed
 * unseen. Tag manifests are listed nowhere, and neither is a signature over one. */
static void
unlisted(struct dz_bag *b, const char *path, bool payload)
{
    if (payload)
        dz_bag_say(b, DZ_CHECK_FINDING, "bag-unlisted", path, _("no payload manifest lists it"));
    else if (b->tag_algs != 0 && strncmp(path, "tagmanifest-", 12) != 0)
        dz_bag_say(b, DZ_CHECK_NOTICE, "bag-unlisted-tag", path,
                   _("no tag manifest lists it: it could be changed unseen"));
}

static enum dz_code
check_file(struct dz_bag *b, const char *path, bool payload, struct dz_err *err)
{
    DZ_AUTO_FD int fd = -1;
    struct dz_os_stat st;
    DZ_TRY(dz_os_open_inside(b->dir, path, &fd, err));
    DZ_TRY(dz_os_fstat(fd, &st, err));
    struct bag_record *r = record_of(b, path);
    uint64_t bytes = st.size_bytes;
    if (r != NULL) {
        DZ_TRY(hash_file(b, fd, r->listed_by, &bytes, err));
        compare(b, r, path);
        r->flags |= BAG_FOUND;
    } else {
        unlisted(b, path, payload);
    }
    if (payload && r != NULL)
        payload_lists(b, r, path);
    if (payload) {
        b->report.n_payload++;
        b->report.payload_bytes += bytes;
    } else {
        b->report.n_tag++;
    }
    return DZ_OK;
}

static enum dz_code
found(void *ctx, const char *path, bool is_file, struct dz_err *err)
{
    struct dz_bag *b = ctx;
    if (++b->n_seen > DZ_BAG_FILES_MAX)
        return dz_fail(err, DZ_E_LIMIT, "it holds more than %u files", DZ_BAG_FILES_MAX);
    if (is_file)
        return check_file(b, path, strncmp(path, "data/", 5) == 0, err);
    struct bag_record *r = dz_bag_table_find(&b->table, dz_view_of(path));
    if (r != NULL)
        r->flags |= BAG_REPORTED;
    dz_bag_say(b, DZ_CHECK_FINDING, "bag-special", path,
               _("this is a link or a special file; it was not followed or opened"));
    return DZ_OK;
}

/* --- the whole --- */

static enum dz_code
check_data_folder(struct dz_bag *b, struct dz_err *err)
{
    struct dz_os_stat st;
    enum dz_code code = dz_os_stat(b->dir, "data", false, &st, err);
    if (code != DZ_OK && code != DZ_E_NOTFOUND)
        return code;
    if (code != DZ_OK || !st.is_dir)
        dz_bag_say(b, DZ_CHECK_FINDING, "bag-no-data", "data", _("the payload folder is missing"));
    return DZ_OK;
}

static void
check_oxum(struct dz_bag *b)
{
    if (!b->has_oxum ||
        (b->oxum_bytes == b->report.payload_bytes && b->oxum_files == b->report.n_payload))
        return;
    DZ_AUTO_BUF struct dz_buf message = DZ_BUF(512);
    dz_buf_addf(&message, _("Payload-Oxum says %llu bytes in %llu files, there are %llu in %llu"),
                (unsigned long long)b->oxum_bytes, (unsigned long long)b->oxum_files,
                (unsigned long long)b->report.payload_bytes,
                (unsigned long long)b->report.n_payload);
    dz_bag_say(b, DZ_CHECK_FINDING, "bag-oxum", "bag-info.txt", message.p);
}

static bool
anything_missing(const struct dz_bag *b)
{
    for (size_t i = 0; i < b->table.n; i++) {
        const void *p = b->table.records + i * b->table.stride;
        const struct bag_record *r = p;
        if ((r->flags & (BAG_FOUND | BAG_REPORTED)) == 0)
            return true;
    }
    return false;
}

static enum dz_code
run(struct dz_bag *b, struct dz_err *err)
{
    DZ_TRY(dz_bag_declaration(b, err));
    DZ_TRY(dz_bag_manifests_find(b, err));
    dz_bag_table_init(&b->table, b->n_algs);
    for (unsigned i = 0; i < b->n_algs; i++)
        b->hashes[i] = dz_hash_new(b->algs[i]);
    DZ_TRY(dz_bag_manifests_read(b, err));
    DZ_TRY(dz_bag_fetch(b, err));
    DZ_TRY(dz_bag_info(b, err));
    DZ_TRY(check_data_folder(b, err));
    DZ_TRY(dz_bag_walk(b->dir, "", found, b, err));
    check_oxum(b);
    return anything_missing(b) ? dz_bag_manifests_name(b, err) : DZ_OK;
}

enum dz_code
dz_bag_check(int dirfd, dz_check_fn *fn, void *ctx, struct dz_bag **ret_bag,
             struct dz_bag_report *ret, struct dz_err *err)
{
    DZ_AUTO_BAG struct dz_bag *b = dz_alloc(sizeof *b);
    b->dir = dirfd;
    b->fn = fn;
    b->ctx = ctx;
    b->chunk = dz_alloc(CHUNK_BYTES);
    DZ_TRY(run(b, err));
    *ret = b->report;
    if (ret_bag != NULL) {
        *ret_bag = b;
        b = NULL;
    }
    return DZ_OK;
}

void
dz_bag_free(struct dz_bag *b)
{
    if (b == NULL)
        return;
    for (unsigned i = 0; i < b->n_algs; i++)
        dz_hash_free(b->hashes[i]);
    dz_bag_table_done(&b->table);
    dz_free(b->chunk);
    dz_free(b);
}

enum dz_bag_match
dz_bag_compare(const struct dz_bag *b, const char *path, const struct dz_hash32 *sha256)
{
    struct bag_record *r = dz_bag_table_find(&b->table, dz_view_of(path));
    if (r == NULL || (r->flags & BAG_FOUND) == 0)
        return DZ_BAG_ABSENT;
    for (unsigned i = 0; i < b->n_algs; i++) {
        if (b->algs[i] != DZ_SHA256 || (r->listed_by >> i & 1) == 0)
            continue;
        uint8_t kept[16];
        dz_bag_table_digest(&b->table, DZ_SHA256, sha256->b, kept);
        bool same = memcmp(kept, dz_bag_table_expected(&b->table, r, i), sizeof kept) == 0;
        return same && (r->flags & BAG_DIFFERS) == 0 ? DZ_BAG_SAME : DZ_BAG_OTHER;
    }
    return DZ_BAG_UNKNOWN;
}

bool
dz_bag_has(const struct dz_bag *b, const char *path)
{
    const struct bag_record *r = dz_bag_table_find(&b->table, dz_view_of(path));
    return r != NULL && (r->flags & BAG_FOUND) != 0;
}

bool
dz_bag_mark(struct dz_bag *b, const char *path, enum dz_bag_mark mark)
{
    struct bag_record *r = dz_bag_table_find(&b->table, dz_view_of(path));
    if (r == NULL || (r->flags & BAG_FOUND) == 0)
        return false;
    r->marks = (uint8_t)(r->marks | mark);
    return true;
}

bool
dz_bag_is_marked(const struct dz_bag *b, const char *path, enum dz_bag_mark mark)
{
    const struct bag_record *r = dz_bag_table_find(&b->table, dz_view_of(path));
    return r != NULL && (r->marks & mark) != 0;
}
