#include <string.h>

#include "bag_read_impl.h"
#include "dz_codec.h"
#include "dz_mem.h"
#include "dz_os.h"
#include "dz_tr.h"

/* One manifest while it is read. */
struct manifest {
    char *name;
    bool tag;
    unsigned ix; /* of its algorithm in the bag */
    enum dz_hash_alg alg;
    uint64_t line;
    bool naming; /* second reading: only what is missing is told */
};

/* A line taken apart; path is on disk form. */
struct listed {
    uint8_t digest[DZ_HASH_BYTES_MAX];
    struct dz_buf path;
    unsigned notes;
    bool star;
};

char *
dz_bag_manifest_name(bool tag, enum dz_hash_alg alg)
{
    return dz_asprintf("%smanifest-%s.txt", tag ? "tag" : "", dz_hash_alg_name(alg));
}

static unsigned
alg_index(struct dz_bag *b, enum dz_hash_alg alg)
{
    for (unsigned i = 0; i < b->n_algs; i++)
        if (b->algs[i] == alg)
            return i;
    b->algs[b->n_algs] = alg;
    return b->n_algs++;
}

/* "manifest-sha256.txt" and "tagmanifest-...": 1 and 2; 0 for other names. ret_alg is the name of
 * the algorithm. */
static unsigned
manifest_kind(const char *name, char *ret_alg, size_t n)
{
    bool tag = strncmp(name, "tag", 3) == 0;
    const char *p = tag ? name + 3 : name;
    size_t length = strlen(p);
    if (strncmp(p, "manifest-", 9) != 0 || length < 14 || strcmp(p + length - 4, ".txt") != 0 ||
        length - 13 >= n)
        return 0;
    memcpy(ret_alg, p + 9, length - 13);
    ret_alg[length - 13] = '\0';
    return tag ? 2 : 1;
}

static void
manifest_found(struct dz_bag *b, const char *name)
{
    char alg_name[32];
    enum dz_hash_alg alg;
    unsigned kind = manifest_kind(name, alg_name, sizeof alg_name);
    if (kind == 0)
        return;
    if (!dz_hash_alg_named(alg_name, &alg)) {
        dz_bag_say(b, DZ_CHECK_FINDING, "bag-algorithm", name,
                   _("checksums of this kind cannot be checked here"));
        return;
    }
    uint8_t bit = (uint8_t)(1u << alg_index(b, alg));
    if (kind == 2) {
        b->tag_algs |= bit;
        return;
    }
    b->payload_algs |= bit;
    size_t n = strlen(b->report.algorithms);
    struct dz_view short_name = dz_view_of(dz_hash_alg_name(alg));
    if (n + short_name.n + 2 < sizeof b->report.algorithms) {
        if (n > 0)
            b->report.algorithms[n++] = ' ';
        memcpy(b->report.algorithms + n, short_name.p, short_name.n + 1);
    }
}

static bool
only_weak(const struct dz_bag *b)
{
    for (unsigned i = 0; i < b->n_algs; i++)
        if ((b->payload_algs >> i & 1) != 0 && b->algs[i] != DZ_MD5 && b->algs[i] != DZ_SHA1)
            return false;
    return b->payload_algs != 0;
}

enum dz_code
dz_bag_manifests_find(struct dz_bag *b, struct dz_err *err)
{
    char **names = NULL;
    size_t n = 0;
    DZ_TRY(dz_os_list_at_most(b->dir, DZ_BAG_FILES_MAX, &names, &n, err));
    for (size_t i = 0; i < n; i++)
        manifest_found(b, names[i]);
    dz_os_names_free(names, n);
    if (b->payload_algs == 0)
        dz_bag_say(b, DZ_CHECK_FINDING, "bag-no-manifest", "manifest-*.txt",
                   _("there is no payload manifest that could be checked"));
    if (only_weak(b))
        dz_bag_say(b, DZ_CHECK_NOTICE, "bag-weak", "manifest-*.txt",
                   _("MD5 and SHA-1 can be forged: they show accidental damage and no more"));
    return DZ_OK;
}

/* --- lines --- */

/* Why a line is not "checksum path", or NULL. */
static const char *
parse_line(const struct dz_bag *b, const struct manifest *m, struct dz_view line,
           struct listed *ret)
{
    size_t n_hex = 2 * dz_hash_alg_bytes(m->alg);
    if (line.n <= n_hex ||
        !dz_hex_decode((struct dz_view){.p = line.p, .n = n_hex}, ret->digest, n_hex / 2))
        return _("the line does not begin with a checksum of this kind");
    size_t i = n_hex;
    while (i < line.n && (line.p[i] == ' ' || line.p[i] == '\t'))
        i++;
    if (i == n_hex)
        return _("no space follows the checksum");
    /* md5sum and its sisters mark files read as binary so. */
    ret->star = i < line.n && line.p[i] == '*';
    if (ret->star)
        i++;
    struct dz_view path = {.p = line.p + i, .n = line.n - i};
    const char *fault = dz_bag_path_take(path, b->version, &ret->path, &ret->notes);
    if (fault != NULL)
        return fault;
    bool payload = dz_view_starts(dz_buf_view(&ret->path), "data/");
    if (!m->tag && !payload)
        return _("a payload manifest lists a file outside data/");
    if (m->tag && payload)
        return _("a tag manifest lists a payload file");
    return NULL;
}

static void
tell_notes(struct dz_bag *b, const struct manifest *m, const struct listed *l)
{
    if (l->star)
        dz_bag_say_line(b, DZ_CHECK_NOTICE, "bag-star", m->name, m->line,
                        _("an asterisk stands before the path; a strict reader refuses it"));
    if ((l->notes & BAG_PATH_DOT_SLASH) != 0)
        dz_bag_say_line(b, DZ_CHECK_NOTICE, "bag-dot-slash", m->name, m->line,
                        _("the path begins with './'; a strict reader refuses it"));
    if ((l->notes & BAG_PATH_BACKSLASH) != 0)
        dz_bag_say_line(b, DZ_CHECK_NOTICE, "bag-backslash", m->name, m->line,
                        _("the path holds a backslash, which other systems read differently"));
    if ((l->notes & BAG_PATH_PERCENT) != 0)
        dz_bag_say_line(b, DZ_CHECK_NOTICE, "bag-percent", m->name, m->line,
                        _("a percent sign is not written as %25; it is taken for itself"));
}

static void
tell_twice(struct dz_bag *b, const struct manifest *m, bool same)
{
    if (!same)
        dz_bag_say_line(b, DZ_CHECK_FINDING, "bag-twice", m->name, m->line,
                        _("the file is listed twice with different checksums"));
    else if (dz_bag_version_is_1(b->version))
        dz_bag_say_line(b, DZ_CHECK_FINDING, "bag-twice", m->name, m->line,
                        _("the file is listed twice"));
    else
        dz_bag_say_line(b, DZ_CHECK_NOTICE, "bag-twice", m->name, m->line,
                        _("the file is listed twice, with the same checksum"));
}

static enum dz_code
take_listed(struct dz_bag *b, const struct manifest *m, const struct listed *l, struct dz_err *err)
{
    struct dz_view path = dz_buf_view(&l->path);
    struct bag_record *r;
    bool is_new;
    DZ_TRY(dz_bag_table_put(&b->table, path, &r, &is_new, err));
    tell_notes(b, m, l);
    if (is_new && dz_bag_table_meets(&b->table, path))
        dz_bag_say_line(b, DZ_CHECK_NOTICE, "bag-alike", m->name, m->line,
                        _("another listed path differs only in capitals or Unicode form"));
    if (m->tag && dz_view_starts(path, "tagmanifest-") && memchr(path.p, '/', path.n) == NULL)
        dz_bag_say_line(b, dz_bag_version_is_1(b->version) ? DZ_CHECK_FINDING : DZ_CHECK_NOTICE,
                        "bag-tagmanifest", m->name, m->line,
                        _("a tag manifest lists a tag manifest"));
    uint8_t digest[16];
    uint8_t *kept = dz_bag_table_expected(&b->table, r, m->ix);
    dz_bag_table_digest(&b->table, m->alg, l->digest, digest);
    uint8_t bit = (uint8_t)(1u << m->ix);
    if ((r->listed_by & bit) != 0) {
        tell_twice(b, m, memcmp(kept, digest, sizeof digest) == 0);
        return DZ_OK;
    }
    memcpy(kept, digest, sizeof digest);
    r->listed_by |= bit;
    r->flags |= BAG_LISTED;
    return DZ_OK;
}

/* Second reading: what is listed and not there. */
static void
name_listed(struct dz_bag *b, const struct manifest *m, const struct listed *l)
{
    (void)m;
    struct bag_record *r = dz_bag_table_find(&b->table, dz_buf_view(&l->path));
    if (r == NULL || (r->flags & (BAG_FOUND | BAG_REPORTED)) != 0)
        return;
    r->flags |= BAG_REPORTED;
    if ((r->flags & BAG_FETCH) != 0)
        dz_bag_say(b, DZ_CHECK_FINDING, "bag-hole", l->path.p,
                   _("the file is not here: it was to be fetched from the network"));
    else
        dz_bag_say(b, DZ_CHECK_FINDING, "bag-missing", l->path.p,
                   _("the file is missing: a manifest lists it"));
}

static enum dz_code
manifest_line(struct dz_bag *b, const struct manifest *m, struct dz_view line, struct dz_err *err)
{
    struct listed l = {.path = DZ_BUF(DZ_BAG_LINE_MAX)};
    enum dz_code code = DZ_OK;
    const char *fault = parse_line(b, m, line, &l);
    if (fault == NULL && m->naming)
        name_listed(b, m, &l);
    else if (fault == NULL)
        code = take_listed(b, m, &l, err);
    else if (!m->naming)
        dz_bag_say_line(b, DZ_CHECK_FINDING, "bag-manifest-line", m->name, m->line, fault);
    dz_buf_done(&l.path);
    return code;
}

static enum dz_code
read_manifest(struct dz_bag *b, struct manifest *m, struct dz_err *err)
{
    struct bag_text t = {.fd = -1};
    bool there = false;
    DZ_TRY(dz_bag_open_tag(b, m->name, &t, &there, err));
    enum dz_code code = DZ_OK;
    while (there) {
        struct dz_view line;
        bool end = false;
        code = dz_bag_next_line(b, m->name, &t, &line, &end, err);
        if (code != DZ_OK || end)
            break;
        m->line = t.line_number;
        if (line.n > 0)
            code = manifest_line(b, m, line, err);
        else if (!m->naming)
            dz_bag_say_line(b, DZ_CHECK_NOTICE, "bag-empty-line", m->name, m->line,
                            _("the line is empty"));
        if (code != DZ_OK)
            break;
    }
    dz_bag_text_done(&t);
    return code == DZ_OK ? DZ_OK : dz_while(err, "reading '%s'", m->name);
}

static enum dz_code
each_of(struct dz_bag *b, bool tag, bool naming, struct dz_err *err)
{
    for (unsigned i = 0; i < b->n_algs; i++) {
        struct manifest m = {.tag = tag, .ix = i, .naming = naming};
        uint8_t algs = m.tag ? b->tag_algs : b->payload_algs;
        if ((algs >> m.ix & 1) == 0)
            continue;
        m.alg = b->algs[m.ix];
        m.name = dz_bag_manifest_name(m.tag, m.alg);
        enum dz_code code = read_manifest(b, &m, err);
        dz_free(m.name);
        if (code != DZ_OK)
            return code;
    }
    return DZ_OK;
}

static enum dz_code
each_manifest(struct dz_bag *b, bool naming, struct dz_err *err)
{
    DZ_TRY(each_of(b, false, naming, err));
    return each_of(b, true, naming, err);
}

/* Each tag manifest has to list every payload manifest (RFC 8493 section 2.2.1). */
static void
check_tag_manifests(struct dz_bag *b)
{
    for (unsigned i = 0; i < b->n_algs; i++) {
        if ((b->payload_algs >> i & 1) == 0)
            continue;
        DZ_AUTO_FREE char *name = dz_bag_manifest_name(false, b->algs[i]);
        struct bag_record *r = dz_bag_table_find(&b->table, dz_view_of(name));
        uint8_t listed = r != NULL ? r->listed_by : 0;
        if ((b->tag_algs & (uint8_t)~listed) != 0)
            dz_bag_say(b, dz_bag_version_is_1(b->version) ? DZ_CHECK_FINDING : DZ_CHECK_NOTICE,
                       "bag-tagmanifest", name, _("not every tag manifest lists it"));
    }
}

enum dz_code
dz_bag_manifests_read(struct dz_bag *b, struct dz_err *err)
{
    DZ_TRY(each_manifest(b, false, err));
    check_tag_manifests(b);
    return DZ_OK;
}

enum dz_code
dz_bag_manifests_name(struct dz_bag *b, struct dz_err *err)
{
    return each_manifest(b, true, err);
}
