#define _GNU_SOURCE /* AT_FDCWD */
#include "dz_bag_out.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "bag_impl.h"
#include "dz_codec.h"
#include "dz_mem.h"
#include "dz_os.h"
#include "dz_tr.h"
#include "dz_utf8.h"

#define CHUNK ((size_t)1 << 20)
#define MANIFEST_MAX ((size_t)1 << 30)
#define NAME_BYTES 100 /* of a file name in a bag */
#define TOP_BYTES 60   /* of the folder that a sealed bag unpacks to */

/* ---- beginning and end ---- */

/* Someone may have typed a slash behind the folder's name. */
static char *
without_slashes(const char *path)
{
    size_t n = strlen(path);
    while (n > 1 && path[n - 1] == '/')
        n--;
    return dz_strndup(path, n);
}

static char *
temporary_name(const char *path)
{
    uint8_t noise[8];
    char hex[2 * sizeof noise + 1];
    dz_os_random(noise, sizeof noise);
    dz_hex_encode(noise, sizeof noise, hex);
    return dz_asprintf("%s.tmp-%s", path, hex);
}

static char *
top_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    DZ_AUTO_BUF struct dz_buf name = DZ_BUF(4096);
    dz_bag_plain_name(slash != NULL ? slash + 1 : path, &name);
    size_t n = name.n;
    if (n > 4 && strcmp(name.p + n - 4, ".age") == 0)
        n -= 4;
    return dz_strndup(name.p, n < TOP_BYTES ? n : TOP_BYTES);
}

static enum dz_code
start_folder(struct dz_bag_out *b, struct dz_err *err)
{
    DZ_TRY(dz_os_mkdir(AT_FDCWD, b->tmp, err));
    b->made = true;
    return dz_os_opendir(AT_FDCWD, b->tmp, &b->dir, err);
}

enum dz_code
dz_bag_out_new(const char *path, enum dz_bag_form form, const char *recipient,
               struct dz_bag_out **ret, struct dz_err *err)
{
    struct dz_bag_out *b = dz_alloc(sizeof *b);
    b->form = form;
    b->dir = b->fd = -1;
    b->path = without_slashes(path);
    b->tmp = temporary_name(b->path);
    b->top = top_name(b->path);
    b->made_us = dz_os_now_us();
    b->sha256 = dz_hash_new(DZ_SHA256);
    b->sha512 = dz_hash_new(DZ_SHA512);
    enum dz_code code = DZ_OK;
    if (dz_os_exists(AT_FDCWD, b->path))
        code = dz_fail(err, DZ_E_EXISTS, "'%s' is there already: name another place", b->path);
    if (code == DZ_OK && form != DZ_BAG_DRY)
        dz_bag_sweep(b->path);
    if (code == DZ_OK && form == DZ_BAG_FOLDER)
        code = start_folder(b, err);
    if (code == DZ_OK && form == DZ_BAG_SEALED)
        code = dz_bag_sealed_new(b, recipient, err);
    if (code != DZ_OK) {
        dz_bag_out_free(b);
        return code;
    }
    *ret = b;
    return DZ_OK;
}

void
dz_bag_out_free(struct dz_bag_out *b)
{
    if (b == NULL)
        return;
    dz_os_close_quiet(&b->fd);
    dz_os_close_quiet(&b->dir);
    dz_seal_free(b->seal);
    if (b->made && !b->finished)
        dz_bag_remove(b->tmp);
    for (size_t i = 0; i < b->n_files; i++)
        dz_free(b->files[i].path);
    for (size_t i = 0; i < b->n_dirs; i++)
        dz_free(b->dirs[i]);
    dz_hash_free(b->sha256);
    dz_hash_free(b->sha512);
    dz_free(b->files);
    dz_free(b->dirs);
    dz_free(b->path);
    dz_free(b->tmp);
    dz_free(b->top);
    dz_free(b);
}

void
dz_bag_out_watch(struct dz_bag_out *b, dz_bag_look_fn *look, void *ctx)
{
    b->look = look;
    b->look_ctx = ctx;
}

/* ---- files ---- */

/* Paths come from our own names; anything else is a mistake that must not reach the disk. */
static enum dz_code
check_path(const char *path, struct dz_err *err)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789-_./";
    if (path[0] == '\0' || path[0] == '/' || path[strspn(path, allowed)] != '\0' ||
        strstr(path, "//") != NULL || strstr(path, "/.") != NULL || path[0] == '.')
        return dz_fail(err, DZ_E_USAGE, "'%s' is no name for a file of a package", path);
    return DZ_OK;
}

/* Does the file before this one stand in the same folder? */
static bool
same_folder(const struct dz_bag_out *b, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL || b->n_files == 0)
        return false;
    const char *before = b->files[b->n_files - 1].path;
    size_t n = (size_t)(slash - path) + 1;
    return strncmp(before, path, n) == 0 && strchr(before + n, '/') == NULL;
}

/* Folders above a file, each made once. */
static enum dz_code
make_folders(struct dz_bag_out *b, const char *path, struct dz_err *err)
{
    if (same_folder(b, path))
        return DZ_OK;
    for (const char *slash = strchr(path, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        DZ_AUTO_FREE char *dir = dz_strndup(path, (size_t)(slash - path));
        bool known = false;
        for (size_t i = b->n_dirs; i-- > 0 && !known;)
            known = strcmp(b->dirs[i], dir) == 0;
        if (known)
            continue;
        DZ_TRY(dz_os_mkdir(b->dir, dir, err));
        b->dirs = dz_grow(b->dirs, &b->cap_dirs, b->n_dirs + 1, sizeof *b->dirs);
        b->dirs[b->n_dirs++] = dz_strdup(dir);
    }
    return DZ_OK;
}

static struct bag_file *
add_entry(struct dz_bag_out *b, const char *path)
{
    b->files = dz_grow(b->files, &b->cap_files, b->n_files + 1, sizeof *b->files);
    struct bag_file *f = &b->files[b->n_files++];
    f->path = dz_strdup(path);
    f->listed = true;
    return f;
}

enum dz_code
dz_bag_out_begin(struct dz_bag_out *b, const char *path, uint64_t size, struct dz_err *err)
{
    DZ_TRY(check_path(path, err));
    if (b->form == DZ_BAG_FOLDER) {
        DZ_TRY(make_folders(b, path, err));
        DZ_TRY(dz_os_open(b->dir, path, DZ_OS_CREATE, &b->fd, err));
    } else if (b->form == DZ_BAG_SEALED) {
        DZ_TRY(dz_bag_sealed_begin(b, path, size, err));
    }
    add_entry(b, path);
    b->expected = size;
    b->writing = true;
    return DZ_OK;
}

enum dz_code
dz_bag_out_write(struct dz_bag_out *b, const void *p, size_t n, struct dz_err *err)
{
    struct bag_file *f = &b->files[b->n_files - 1];
    if (n > b->expected - f->size)
        return dz_fail(err, DZ_E_CORRUPT, "'%s' has more bytes than were recorded", f->path);
    dz_hash_add(b->sha256, p, n);
    dz_hash_add(b->sha512, p, n);
    f->size += n;
    if (b->form == DZ_BAG_FOLDER)
        return dz_os_write_all(b->fd, p, n, err);
    if (b->form == DZ_BAG_DRY || n == 0)
        return DZ_OK;
    if (b->look != NULL)
        DZ_TRY(b->look(b->look_ctx, f->path, p, n, err));
    return dz_seal_write(b->seal, p, n, err);
}

enum dz_code
dz_bag_out_end(struct dz_bag_out *b, char *ret_sha256, struct dz_err *err)
{
    struct bag_file *f = &b->files[b->n_files - 1];
    b->writing = false;
    dz_hash_final(b->sha256, f->sha256);
    dz_hash_final(b->sha512, f->sha512);
    if (f->size != b->expected)
        return dz_fail(err, DZ_E_CORRUPT, "'%s' has fewer bytes than were recorded", f->path);
    if (ret_sha256 != NULL)
        dz_hex_encode(f->sha256, sizeof f->sha256, ret_sha256);
    if (b->form == DZ_BAG_FOLDER)
        return dz_os_close(&b->fd, err);
    if (b->form == DZ_BAG_DRY)
        return DZ_OK;
    if (b->look != NULL)
        DZ_TRY(b->look(b->look_ctx, f->path, NULL, 0, err));
    return dz_bag_sealed_end(b, f->size, err);
}

enum dz_code
dz_bag_out_file(struct dz_bag_out *b, const char *path, struct dz_view content, struct dz_err *err)
{
    DZ_TRY(dz_bag_out_begin(b, path, content.n, err));
    DZ_TRY(dz_bag_out_write(b, content.p, content.n, err));
    return dz_bag_out_end(b, NULL, err);
}

enum dz_code
dz_bag_out_unlisted(struct dz_bag_out *b, const char *path, struct dz_view content,
                    struct dz_err *err)
{
    DZ_TRY(dz_bag_out_file(b, path, content, err));
    b->files[b->n_files - 1].listed = false;
    return DZ_OK;
}

void
dz_bag_out_count(struct dz_bag_out *b, const char *path, uint64_t size)
{
    add_entry(b, path)->size = size;
}

void
dz_bag_out_each(const struct dz_bag_out *b, dz_bag_each_fn *fn, void *ctx)
{
    for (size_t i = 0; i < b->n_files; i++)
        fn(ctx, b->files[i].path, b->files[i].size);
}

/* ---- manifests ---- */

static bool
is_payload(const struct bag_file *f)
{
    return strncmp(f->path, "data/", 5) == 0;
}

void
dz_bag_out_oxum(const struct dz_bag_out *b, uint64_t *ret_octets, uint64_t *ret_files)
{
    *ret_octets = *ret_files = 0;
    for (size_t i = 0; i < b->n_files; i++) {
        if (!is_payload(&b->files[i]))
            continue;
        *ret_octets += b->files[i].size;
        ++*ret_files;
    }
}

static int
by_path(const void *a, const void *b)
{
    const struct bag_file *const *x = a, *const *y = b;
    return strcmp((*x)->path, (*y)->path);
}

/* Lines "digest  path" of the payload, or of everything else that is listed. */
static enum dz_code
manifest(const struct dz_bag_out *b, bool payload, enum dz_hash_alg alg, struct dz_buf *out,
         struct dz_err *err)
{
    DZ_AUTO_FREE const struct bag_file **list = dz_alloc_array(b->n_files + 1, sizeof *list);
    size_t n = 0;
    for (size_t i = 0; i < b->n_files; i++)
        if (is_payload(&b->files[i]) == payload && b->files[i].listed)
            list[n++] = &b->files[i];
    qsort(list, n, sizeof *list, by_path);
    for (size_t i = 0; i < n; i++) {
        char hex[2 * DZ_SHA512_BYTES + 1];
        bool short_one = alg == DZ_SHA256;
        dz_hex_encode(short_one ? list[i]->sha256 : list[i]->sha512,
                      short_one ? DZ_SHA256_BYTES : DZ_SHA512_BYTES, hex);
        dz_buf_addf(out, "%s  %s\n", hex, list[i]->path);
    }
    return dz_buf_ok(out, _("the manifest"), err);
}

enum dz_code
dz_bag_out_manifests(struct dz_bag_out *b, struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf short_one = DZ_BUF(MANIFEST_MAX);
    DZ_AUTO_BUF struct dz_buf long_one = DZ_BUF(MANIFEST_MAX);
    DZ_TRY(manifest(b, true, DZ_SHA256, &short_one, err));
    DZ_TRY(manifest(b, true, DZ_SHA512, &long_one, err));
    DZ_TRY(dz_bag_out_file(
        b, "bagit.txt",
        DZ_VIEW("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"), err));
    DZ_TRY(dz_bag_out_file(b, "manifest-sha256.txt", dz_buf_view(&short_one), err));
    return dz_bag_out_file(b, "manifest-sha512.txt", dz_buf_view(&long_one), err);
}

enum dz_code
dz_bag_out_tagmanifests(struct dz_bag_out *b, char *ret_sha256, uint8_t *ret_sha512,
                        struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf short_one = DZ_BUF(MANIFEST_MAX);
    DZ_AUTO_BUF struct dz_buf long_one = DZ_BUF(MANIFEST_MAX);
    /* No tag manifest lists another one. */
    DZ_TRY(manifest(b, false, DZ_SHA256, &short_one, err));
    DZ_TRY(manifest(b, false, DZ_SHA512, &long_one, err));
    DZ_TRY(dz_bag_out_unlisted(b, "tagmanifest-sha256.txt", dz_buf_view(&short_one), err));
    DZ_TRY(dz_bag_out_unlisted(b, "tagmanifest-sha512.txt", dz_buf_view(&long_one), err));
    const struct bag_file *f = &b->files[b->n_files - 1];
    dz_hex_encode(f->sha256, sizeof f->sha256, ret_sha256);
    memcpy(ret_sha512, f->sha512, sizeof f->sha512);
    return DZ_OK;
}

/* ---- settling ---- */

static enum dz_code
read_back(struct dz_bag_out *b, const struct bag_file *f, uint8_t *chunk, struct dz_err *err)
{
    DZ_AUTO_FD int fd = -1;
    uint8_t digest[DZ_SHA256_BYTES];
    uint64_t size = 0;
    DZ_TRY(dz_os_open(b->dir, f->path, DZ_OS_READ, &fd, err));
    for (;;) {
        size_t n = 0;
        DZ_TRY(dz_os_read(fd, chunk, CHUNK, &n, err));
        if (n == 0)
            break;
        size += n;
        dz_hash_add(b->sha256, chunk, n);
        if (b->look != NULL)
            DZ_TRY(b->look(b->look_ctx, f->path, chunk, n, err));
    }
    dz_hash_final(b->sha256, digest);
    if (b->look != NULL)
        DZ_TRY(b->look(b->look_ctx, f->path, NULL, 0, err));
    if (size != f->size || memcmp(digest, f->sha256, sizeof digest) != 0)
        return dz_fail(err, DZ_E_CORRUPT, "'%s' reads back as something else: is the disk failing?",
                       f->path);
    return dz_os_fsync(fd, err);
}

static enum dz_code
sync_folders(struct dz_bag_out *b, struct dz_err *err)
{
    for (size_t i = b->n_dirs; i-- > 0;) {
        DZ_AUTO_FD int fd = -1;
        DZ_TRY(dz_os_opendir(b->dir, b->dirs[i], &fd, err));
        DZ_TRY(dz_os_fsync(fd, err));
    }
    return dz_os_fsync(b->dir, err);
}

enum dz_code
dz_bag_out_settle(struct dz_bag_out *b, struct dz_err *err)
{
    if (b->form == DZ_BAG_DRY)
        return DZ_OK;
    if (b->form == DZ_BAG_SEALED)
        return dz_bag_sealed_finish(b, err);
    DZ_AUTO_FREE uint8_t *chunk = dz_alloc(CHUNK);
    for (size_t i = 0; i < b->n_files; i++)
        DZ_TRY(read_back(b, &b->files[i], chunk, err));
    return sync_folders(b, err);
}

enum dz_code
dz_bag_out_finish(struct dz_bag_out *b, struct dz_err *err)
{
    if (b->form == DZ_BAG_DRY)
        return DZ_OK;
    if (dz_os_exists(AT_FDCWD, b->path))
        return dz_fail(err, DZ_E_EXISTS, "'%s' is there already: name another place", b->path);
    DZ_TRY(dz_os_rename(AT_FDCWD, b->tmp, b->path, err));
    /* From here on it stands there. Where the disk does not confirm the name, it goes again. */
    dz_free(b->tmp);
    b->tmp = dz_strdup(b->path);
    DZ_TRY(dz_bag_sync_parent(b->path, err));
    b->finished = true;
    return DZ_OK;
}

/* ---- names ---- */

static bool
is_plain(uint32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '-' || c == '_' || c == '.';
}

/* Windows takes these for devices, whatever follows the point. */
static bool
is_device(const char *name)
{
    static const char *const devices[] = {"con", "prn", "aux", "nul", "com", "lpt"};
    char low[5] = "";
    size_t n = strcspn(name, ".");
    if (n != 3 && n != 4)
        return false;
    for (size_t i = 0; i < n; i++)
        low[i] = (char)(name[i] >= 'A' && name[i] <= 'Z' ? name[i] + 32 : name[i]);
    for (size_t i = 0; i < 6; i++) {
        /* The last two are numbered: com1, lpt9. */
        size_t length = i < 4 ? 3 : 4;
        if (n == length && strncmp(low, devices[i], 3) == 0 &&
            (n == 3 || (low[3] >= '0' && low[3] <= '9')))
            return true;
    }
    return false;
}

void
dz_bag_plain_name(const char *name, struct dz_buf *out)
{
    DZ_AUTO_BUF struct dz_buf plain = DZ_BUF(1u << 20);
    struct dz_view v = dz_view_of(name);
    for (size_t pos = 0; pos < v.n;) {
        uint32_t c = dz_utf8_next(v, &pos);
        dz_buf_addc(&plain, is_plain(c) ? (char)c : '_');
    }
    if (plain.n == 0)
        dz_buf_addc(&plain, '_');
    if (plain.p[0] == '.' || plain.p[0] == '-')
        plain.p[0] = '_';
    if (plain.p[plain.n - 1] == '.')
        plain.p[plain.n - 1] = '_';
    if (is_device(plain.p))
        dz_buf_addc(out, '_');
    if (plain.n < NAME_BYTES) {
        dz_buf_addv(out, dz_buf_view(&plain));
        return;
    }
    /* A long name loses its middle: the ending says what opens it. */
    const char *dot = strrchr(plain.p, '.');
    size_t ending = dot != NULL && plain.n - (size_t)(dot - plain.p) <= 12
                        ? plain.n - (size_t)(dot - plain.p)
                        : 0;
    dz_buf_add(out, plain.p, NAME_BYTES - 1 - ending);
    dz_buf_add(out, plain.p + plain.n - ending, ending);
}
