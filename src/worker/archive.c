#include <archive.h>
#include <archive_entry.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dz_families.h"
#include "dz_mem.h"
#include "dz_office_media.h"
#include "dz_time.h"
#include "dz_zip_read.h"

/* Archives by libarchive: their members are files of their own, and the text is the list of their
 * names. What can be mapped is read with its directory, which knows symbolic links; larger files
 * are
 * streamed, member by member. */

#define PIECE_BYTES 65536
#define MEMBERS_MAX 50000
#define FREE_BYTES ((uint64_t)64 << 20) /* may come out whatever the ratio */
#define RATIO_MAX 250
#define SUM_MAX ((uint64_t)16 << 30)

struct reading {
    struct dz_work *w;
    struct archive *a;
    struct dz_view whole; /* when mapped */
    bool mapped;
    char *piece;
    size_t n_peeked; /* bytes in piece that libarchive has not seen */
    uint64_t bytes_in;
    uint64_t bytes_out;
    uint64_t n_members;
    uint64_t n_read;
    uint64_t n_encrypted;
    bool damaged;
    const char *limit;
    bool wants_parts;
};

static void
warm_archive(void)
{
    /* Names that are declared to be UTF-8 stay what they are, and the clock of a ZIP file is taken
     * as
     * it stands, whatever zone the machine is in. */
    (void)setlocale(LC_CTYPE, "C.UTF-8");
    (void)setenv("TZ", "UTC0", 1);
    tzset();
    struct archive *a = archive_read_new();
    archive_read_free(a);
}

static la_ssize_t
next_piece(struct archive *a, void *ctx, const void **ret)
{
    (void)a;
    struct reading *r = ctx;
    size_t n = r->n_peeked;
    r->n_peeked = 0;
    if (n == 0 && dz_work_next(r->w, r->piece, PIECE_BYTES, &n, NULL) != DZ_OK)
        return -1;
    r->bytes_in += n;
    *ret = r->piece;
    return (la_ssize_t)n;
}

static bool
begins(struct dz_view head, const char *magic, size_t n)
{
    return head.n >= n && memcmp(head.p, magic, n) == 0;
}

static bool
is_packing(struct dz_view head)
{
    return begins(head, "\x1f\x8b", 2) || begins(head, "BZh", 3) ||
           begins(head, "\xfd" "7zXZ", 5) || begins(head, "\x28\xb5\x2f\xfd", 4);
}

static bool
is_known(struct dz_view head)
{
    return is_packing(head) || begins(head, "PK", 2) || begins(head, "7z\xbc\xaf", 4) ||
           begins(head, "Rar!", 4) || (head.n > 262 && memcmp(head.p + 257, "ustar", 5) == 0);
}

static void
support(struct reading *r, struct dz_view head)
{
    archive_read_support_format_zip(r->a);
    archive_read_support_format_tar(r->a);
    archive_read_support_format_7zip(r->a);
    archive_read_support_format_rar(r->a);
    archive_read_support_format_rar5(r->a);
    archive_read_support_filter_gzip(r->a);
    archive_read_support_filter_bzip2(r->a);
    archive_read_support_filter_xz(r->a);
    archive_read_support_filter_zstd(r->a);
    /* A packed file that is no archive inside; without a packing anything would pass for it. */
    if (is_packing(head))
        archive_read_support_format_raw(r->a);
}

/* ---- one member ---- */

static void
name_of(const struct reading *r, struct archive_entry *e, struct dz_buf *out)
{
    const char *name = archive_entry_pathname(e);
    if (name == NULL)
        name = archive_entry_pathname_utf8(e);
    if (archive_format(r->a) == ARCHIVE_FORMAT_RAW) {
        /* "list.csv.gz" holds "list.csv". */
        struct dz_view own = dz_view_of(dz_work_name(r->w));
        const char *dot = own.n > 0 ? strrchr(own.p, '.') : NULL;
        if (dot != NULL && dot > own.p)
            own.n = (size_t)(dot - own.p);
        dz_zip_name(own, false, out);
    } else if (name != NULL) {
        dz_zip_name(dz_view_of(name), false, out);
    }
    if (out->n == 0)
        dz_buf_addf(out, "member-%llu", (unsigned long long)r->n_members);
}

/* Whether more came out than honest files hold. */
static bool
is_bomb(struct reading *r, uint64_t of_member)
{
    uint64_t in = r->mapped ? r->whole.n : r->bytes_in;
    if (r->bytes_out <= SUM_MAX && (of_member <= FREE_BYTES || of_member / RATIO_MAX <= in) &&
        (r->bytes_out <= 4 * FREE_BYTES || r->bytes_out / RATIO_MAX <= in))
        return false;
    r->limit = "bomb";
    return true;
}

/* Holes of a sparse file are zeros, and cost what zeros cost. */
static bool
say_hole(struct reading *r, uint64_t n, uint64_t *of_member)
{
    static const char zeros[4096];
    while (n > 0 && !is_bomb(r, *of_member)) {
        size_t piece = n < sizeof zeros ? (size_t)n : sizeof zeros;
        dz_work_part_data(r->w, zeros, piece);
        n -= piece;
        *of_member += piece;
        r->bytes_out += piece;
    }
    return r->limit == NULL;
}

/* The bytes of a member; false: they are not whole. */
static bool
say_data(struct reading *r)
{
    uint64_t out = 0;
    for (;;) {
        const void *p = NULL;
        size_t n = 0;
        la_int64_t at = 0;
        int got = archive_read_data_block(r->a, &p, &n, &at);
        if (got == ARCHIVE_EOF)
            return true;
        if (got == ARCHIVE_RETRY)
            continue;
        if (got != ARCHIVE_OK && got != ARCHIVE_WARN)
            return false;
        if (at >= 0 && (uint64_t)at > out && !say_hole(r, (uint64_t)at - out, &out))
            return false;
        dz_work_part_data(r->w, p, n);
        out += n;
        r->bytes_out += n;
        if (is_bomb(r, out))
            return false;
        if (got == ARCHIVE_WARN)
            return false; /* a checksum that does not fit */
    }
}

static void
say_date(struct reading *r, struct archive_entry *e)
{
    if (!archive_entry_mtime_is_set(e) || archive_entry_mtime(e) <= 0 ||
        archive_entry_mtime(e) > 253402300799)
        return;
    char date[40];
    dz_time_format((int64_t)archive_entry_mtime(e) * 1000000, date);
    /* Without a zone: ZIP files hold the clock of whoever made them. */
    date[strcspn(date, "Z")] = '\0';
    dz_work_part_meta(r->w, "date", dz_view_of(date));
}

static void
say_member(struct reading *r, struct archive_entry *e, struct dz_view name)
{
    r->n_read++;
    dz_work_part_begin(r->w, name, dz_office_media_type(name));
    say_date(r, e);
    if (r->wants_parts && !say_data(r)) {
        r->damaged |= r->limit == NULL;
        dz_work_part_meta(r->w, "damaged", DZ_VIEW("yes"));
    }
    dz_work_part_end(r->w);
}

static void
read_member(struct reading *r, struct archive_entry *e)
{
    if (archive_entry_filetype(e) == AE_IFDIR)
        return;
    DZ_AUTO_BUF struct dz_buf name = DZ_BUF(4 * DZ_ZIP_NAME_MAX);
    r->n_members++;
    name_of(r, e, &name);
    struct dz_view v = dz_buf_view(&name);
    dz_work_text(r->w, v);
    dz_work_texts(r->w, "\n");
    bool linked = archive_entry_hardlink(e) != NULL || archive_entry_symlink(e) != NULL;
    if (archive_entry_filetype(e) == AE_IFLNK || linked) {
        dz_work_meta(r->w, "archive.link", v);
    } else if (archive_entry_is_data_encrypted(e) || archive_entry_is_metadata_encrypted(e)) {
        r->n_encrypted++;
        dz_work_meta(r->w, "archive.encrypted", v);
    } else if (archive_entry_filetype(e) == AE_IFREG || archive_entry_filetype(e) == 0) {
        say_member(r, e, v);
    } else {
        dz_work_meta(r->w, "archive.special", v);
    }
}

/* ---- the archive ---- */

static void
read_members(struct reading *r)
{
    while (r->limit == NULL) {
        struct archive_entry *e = NULL;
        int got = archive_read_next_header(r->a, &e);
        if (got == ARCHIVE_EOF)
            return;
        if (got == ARCHIVE_RETRY)
            continue;
        if (got != ARCHIVE_OK && got != ARCHIVE_WARN) {
            r->damaged = true;
            return;
        }
        if (r->n_members == MEMBERS_MAX)
            r->limit = "parts_limit";
        else
            read_member(r, e);
    }
}

static const char *
format_of(struct archive *a)
{
    switch (archive_format(a) & ARCHIVE_FORMAT_BASE_MASK) {
    case ARCHIVE_FORMAT_ZIP:
        return "zip";
    case ARCHIVE_FORMAT_TAR:
        return "tar";
    case ARCHIVE_FORMAT_7ZIP:
        return "7z";
    case ARCHIVE_FORMAT_RAR:
    case ARCHIVE_FORMAT_RAR_V5:
        return "rar";
    default:
        return "packed";
    }
}

static void
finish(struct reading *r, bool known)
{
    /* Asked of an archive in which it knew no format, libarchive 3.6 reads behind its table. */
    bool locked = archive_format(r->a) != 0 && archive_read_has_encrypted_entries(r->a) == 1;
    if (r->n_members > 0)
        dz_work_meta(r->w, "archive.format", dz_view_of(format_of(r->a)));
    if (r->limit != NULL)
        dz_work_done(r->w, "limit", r->limit);
    else if (r->n_read == 0 && (locked || r->n_encrypted > 0))
        dz_work_done(r->w, "unsupported", "encrypted");
    else if (r->n_members == 0 && r->damaged)
        dz_work_done(r->w, known ? "damaged" : "unsupported", known ? "damaged" : "kind");
    else if (r->damaged)
        dz_work_done(r->w, "damaged", "damaged");
    else
        dz_work_done(r->w, r->n_members > 0 ? "text" : "empty",
                     r->n_members > 0 ? NULL : "blank");
}

/* Members of a ZIP file that lie over each other: the directory is there to tell. */
static bool
overlaps(struct dz_view v)
{
    DZ_AUTO_ZIP struct dz_zip z = {0};
    return begins(v, "PK", 2) && dz_zip_open(&z, v) && z.overlaps;
}

static void
read_opened(struct reading *r)
{
    struct dz_view head = r->whole;
    if (!r->mapped) {
        /* Looked at, and handed to libarchive as its first piece. */
        if (dz_work_next(r->w, r->piece, PIECE_BYTES, &r->n_peeked, NULL) != DZ_OK)
            r->n_peeked = 0;
        head = (struct dz_view){.p = r->piece, .n = r->n_peeked};
    }
    support(r, head);
    bool known = is_known(head); /* before the piece is overwritten by the next */
    int got = r->mapped ? archive_read_open_memory(r->a, r->whole.p, r->whole.n)
                        : archive_read_open(r->a, r, NULL, next_piece, NULL);
    if (got == ARCHIVE_OK || got == ARCHIVE_WARN)
        read_members(r);
    else
        r->damaged = true;
    finish(r, known);
}

static void
read_archive(struct dz_work *w)
{
    struct reading r = {.w = w};
    const char *wanted = dz_work_option(w, "parts");
    r.wants_parts = wanted != NULL && strcmp(wanted, "yes") == 0;
    enum dz_code code = dz_work_map(w, &r.whole, NULL);
    if (code != DZ_OK && code != DZ_E_LIMIT) {
        dz_work_done(w, "damaged", "truncated");
        return;
    }
    r.mapped = code == DZ_OK;
    if (r.mapped && r.whole.n == 0) {
        dz_work_done(w, "empty", "empty");
        return;
    }
    if (r.mapped && overlaps(r.whole)) {
        dz_work_done(w, "limit", "bomb");
        return;
    }
    r.piece = dz_alloc(PIECE_BYTES);
    r.a = archive_read_new();
    read_opened(&r);
    archive_read_free(r.a);
    dz_free(r.piece);
}

const struct dz_family dz_family_archive = {
    .name = "archive",
    .extractor = "archive/1",
    .warm = warm_archive,
    .read = read_archive,
};
