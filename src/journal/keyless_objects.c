#include <string.h>

#include "dz_codec.h"
#include "dz_os.h"
#include "dz_tr.h"
#include "keyless_impl.h"

/* Segment: "dzS1" | vault id(16) | u32 number, then items: u32 length | sha256(32) | bytes
 * (docs/format/objects.md). */
#define SEGMENT_HEAD 24u
#define ITEM_HEAD 36u

struct segment {
    const char *path;
    uint32_t number;
    bool last; /* only the last segment can end in an unfinished append */
    int fd;
    uint64_t pos;
    uint64_t end;
};

/* Exactly n bytes at the segment's position, which moves; false when the file ends before. */
static enum dz_code
take(struct segment *s, uint8_t *ret, size_t n, bool *ret_whole, struct dz_err *err)
{
    size_t done = 0;
    while (done < n) {
        size_t got = 0;
        enum dz_code code = dz_os_read(s->fd, ret + done, n - done, &got, err);
        if (code != DZ_OK)
            return code;
        if (got == 0)
            break;
        done += got;
    }
    s->pos += done;
    *ret_whole = done == n;
    return DZ_OK;
}

/* What follows cannot be read as items. */
static void
tell_rest(struct keyless *k, const struct segment *s, uint64_t from)
{
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(512);
    if (s->last) {
        dz_buf_addf(&text, _("%llu bytes at the end are left from an interrupted command"),
                    (unsigned long long)(s->end - from));
        dz_keyless_notice(k, s->path, text.p);
        return;
    }
    dz_buf_addf(&text, _("damaged from offset %llu on"), (unsigned long long)from);
    dz_keyless_finding(k, s->path, DZ_SEQ_NONE, text.p);
}

static void
tell_damaged(struct keyless *k, const struct segment *s, uint64_t from,
             const struct dz_hash32 *sha256)
{
    struct thing_record *r = dz_things_find(&k->things, DZ_THING_OBJECT, sha256);
    if (r == NULL && s->last) {
        dz_keyless_notice(k, s->path, _("an object is left unfinished by an interrupted command"));
        return;
    }
    if (r != NULL)
        r->flags |= THING_DAMAGED;
    char hex[65];
    dz_hex_encode(sha256->b, sizeof sha256->b, hex);
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(512);
    dz_buf_addf(&text, _("the object at offset %llu is damaged"), (unsigned long long)from);
    /* The object's name belongs to the path, so that a caller with keys can say what it is. */
    DZ_AUTO_FREE char *thing = dz_asprintf("%s/%s", s->path, hex);
    dz_keyless_finding(k, thing, DZ_SEQ_NONE, text.p);
}

static enum dz_code
check_head(struct keyless *k, struct segment *s, bool *ret_good, struct dz_err *err)
{
    uint8_t head[SEGMENT_HEAD];
    bool whole = false;
    enum dz_code code = take(s, head, sizeof head, &whole, err);
    if (code != DZ_OK)
        return code;
    *ret_good = false;
    if (!whole) {
        tell_rest(k, s, 0);
        return DZ_OK;
    }
    struct dz_reader r = dz_reader_of(head + 20, 4);
    bool own = !k->has_id || memcmp(head + 4, k->id, sizeof k->id) == 0;
    *ret_good = memcmp(head, "dzS1", 4) == 0 && own && dz_read_u32be(&r) == s->number;
    if (!*ret_good) {
        dz_keyless_finding(k, s->path, DZ_SEQ_NONE,
                           _("the head of the segment is damaged, or it is of another vault"));
        /* The items are checked all the same: each carries its own hash. */
        *ret_good = true;
    }
    return DZ_OK;
}

/* An object that nobody names was written by a command that was interrupted, or from outside. */
static void
tell_unnamed(struct keyless *k, const char *thing)
{
    dz_keyless_notice(k, thing,
                      _("no entry names this object: left from an interrupted command, or added "
                        "from outside"));
}

/* The object's name belongs to the path, so that a caller with keys can say what it is. */
static void
tell_found(struct keyless *k, const struct segment *s, const struct dz_hash32 *sha256,
           uint64_t size_bytes)
{
    char hex[65];
    dz_hex_encode(sha256->b, sizeof sha256->b, hex);
    DZ_AUTO_FREE char *thing = dz_asprintf("%s/%s", s->path, hex);
    if (!dz_keyless_found(k, DZ_THING_OBJECT, sha256, size_bytes, thing))
        tell_unnamed(k, thing);
}

static enum dz_code
check_segment(struct keyless *k, struct segment *s, struct dz_err *err)
{
    bool good = false;
    enum dz_code code = check_head(k, s, &good, err);
    while (code == DZ_OK && good && s->pos < s->end) {
        uint64_t from = s->pos;
        uint8_t head[ITEM_HEAD];
        code = take(s, head, sizeof head, &good, err);
        if (code != DZ_OK)
            return code;
        struct dz_reader r = dz_reader_of(head, 4);
        uint32_t length = dz_read_u32be(&r);
        if (!good || length == 0 || length > s->end - s->pos) {
            tell_rest(k, s, from);
            return DZ_OK;
        }
        struct dz_hash32 named;
        struct dz_hash32 own;
        uint64_t got = 0;
        memcpy(named.b, head + 4, sizeof named.b);
        code = dz_keyless_hash(k, s->fd, length, &own, &got, err);
        s->pos += got;
        if (code != DZ_OK)
            return code;
        if (got == length && memcmp(named.b, own.b, sizeof own.b) == 0)
            tell_found(k, s, &own, length);
        else
            tell_damaged(k, s, from, &named);
    }
    return code;
}

static enum dz_code
check_file(struct keyless *k, const char *path, int fd, const struct dz_hash32 *named,
           struct dz_err *err)
{
    struct dz_hash32 own;
    uint64_t n = 0;
    enum dz_code code = dz_keyless_hash(k, fd, UINT64_MAX, &own, &n, err);
    if (code != DZ_OK)
        return code;
    if (memcmp(named->b, own.b, sizeof own.b) == 0) {
        if (!dz_keyless_found(k, DZ_THING_OBJECT, &own, n, path))
            tell_unnamed(k, path);
        return DZ_OK;
    }
    struct thing_record *r = dz_things_find(&k->things, DZ_THING_OBJECT, named);
    if (r != NULL)
        r->flags |= THING_DAMAGED;
    dz_keyless_finding(k, path, DZ_SEQ_NONE, _("the object is damaged"));
    return DZ_OK;
}

static bool
segment_number(const char *name, uint32_t *ret)
{
    uint8_t number[4];
    if (strncmp(name, "seg-", 4) != 0 || !dz_hex_decode(dz_view_of(name + 4), number, 4))
        return false;
    struct dz_reader r = dz_reader_of(number, sizeof number);
    *ret = dz_read_u32be(&r);
    return true;
}

static bool
ends_with(const char *name, const char *end)
{
    size_t n = strlen(name);
    size_t n_end = strlen(end);
    return n > n_end && strcmp(name + n - n_end, end) == 0;
}

static enum dz_code
check_named(struct keyless *k, int dir, const char *name, uint32_t last_segment, struct dz_err *err)
{
    DZ_AUTO_FREE char *path = dz_asprintf("objects/%s", name);
    if (strncmp(name, "tmp-", 4) == 0 || ends_with(name, ".tmp")) {
        dz_keyless_notice(k, path, _("left from an interrupted command"));
        return DZ_OK;
    }
    struct segment s = {.path = path, .fd = -1};
    struct dz_hash32 named;
    bool is_segment = segment_number(name, &s.number);
    if (!is_segment && !dz_hex_decode(dz_view_of(name), named.b, sizeof named.b)) {
        dz_keyless_finding(k, path, DZ_SEQ_NONE, _("this file does not belong to the vault"));
        return DZ_OK;
    }
    DZ_AUTO_FD int fd = -1;
    struct dz_os_stat st;
    enum dz_code code = dz_os_open(dir, name, DZ_OS_READ, &fd, err);
    if (code == DZ_OK)
        code = dz_os_fstat(fd, &st, err);
    if (code != DZ_OK)
        return dz_while(err, "reading '%s'", path);
    if (!st.is_file) {
        dz_keyless_finding(k, path, DZ_SEQ_NONE, _("this is not a file"));
        return DZ_OK;
    }
    if (is_segment) {
        s.fd = fd;
        s.end = st.size_bytes;
        s.last = s.number == last_segment;
        code = check_segment(k, &s, err);
    } else {
        code = check_file(k, path, fd, &named, err);
    }
    return code == DZ_OK ? DZ_OK : dz_while(err, "reading '%s'", path);
}

enum dz_code
dz_keyless_objects(struct keyless *k, struct dz_err *err)
{
    DZ_AUTO_FD int dir = -1;
    enum dz_code code = dz_os_opendir(k->vault, "objects", &dir, err);
    if (code == DZ_E_NOTFOUND) {
        dz_keyless_finding(k, "objects", DZ_SEQ_NONE, _("the folder is missing"));
        return DZ_OK;
    }
    char **names = NULL;
    size_t n = 0;
    if (code == DZ_OK)
        code = dz_os_list(dir, ".", &names, &n, err);
    if (code != DZ_OK)
        return code;
    uint32_t last = 0;
    uint32_t number;
    for (size_t i = 0; i < n; i++)
        if (segment_number(names[i], &number) && number > last)
            last = number;
    for (size_t i = 0; i < n && code == DZ_OK; i++)
        code = check_named(k, dir, names[i], last, err);
    dz_os_names_free(names, n);
    return code;
}
