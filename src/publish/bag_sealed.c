/* A bag as one age file: a tar stream (POSIX ustar) that is sealed as it is made. Whoever opens it
 * gets the same bag: `age -d -i KEY OUT.age | tar x`. */
#define _GNU_SOURCE /* AT_FDCWD */
#include <fcntl.h>
#include <string.h>

#include "bag_impl.h"
#include "dz_age.h"
#include "dz_os.h"
#include "dz_tr.h"

#define BLOCK 512
#define NAME_MAX_BYTES 100   /* of the two parts in which a header holds a path */
#define PREFIX_MAX_BYTES 155

static enum dz_code
to_file(void *ctx, const void *p, size_t n, struct dz_err *err)
{
    const struct dz_bag_out *b = ctx;
    return dz_os_write_all(b->fd, p, n, err);
}

enum dz_code
dz_bag_sealed_new(struct dz_bag_out *b, const char *recipient, struct dz_err *err)
{
    uint8_t pk[1][DZ_X25519_BYTES];
    uint8_t key[DZ_FILE_KEY_BYTES];
    DZ_AUTO_BUF struct dz_buf header = DZ_BUF(DZ_AGE_HEADER_MAX);
    DZ_TRY(dz_age_recipient_parse(dz_view_of(recipient), pk[0], err));
    DZ_TRY(dz_os_open(AT_FDCWD, b->tmp, DZ_OS_CREATE, &b->fd, err));
    b->made = true;
    dz_os_random(key, sizeof key);
    enum dz_code code = dz_age_header_x25519(key, DZ_AGE_PKS(pk), 1, &header, err);
    if (code == DZ_OK)
        code = dz_os_write_all(b->fd, header.p, header.n, err);
    if (code == DZ_OK)
        code = dz_seal_new(key, to_file, b, &b->seal, err);
    dz_wipe(key, sizeof key);
    return code;
}

/* Octal where it fits, as POSIX has it; else the binary form that every tar reads. */
static void
put_number(char *at, size_t width, uint64_t value)
{
    bool fits = value >> (3 * (width - 1)) == 0;
    for (size_t i = width - 1; i-- > 0;) {
        at[i] = fits ? (char)('0' + (value & 7)) : (char)(value & 0xff);
        value >>= fits ? 3 : 8;
    }
    if (!fits) {
        memmove(at + 1, at, width - 1);
        at[0] = (char)0x80;
    }
}

static void
put_checksum(char header[BLOCK])
{
    memset(header + 148, ' ', 8);
    unsigned sum = 0;
    for (size_t i = 0; i < BLOCK; i++)
        sum += (unsigned char)header[i];
    put_number(header + 148, 7, sum);
    header[154] = '\0';
}

/* The path is parted at a slash so that both parts fit. */
static bool
put_path(char header[BLOCK], const char *path)
{
    /* A field that is full has no NUL at its end. */
    struct dz_view whole = dz_view_of(path);
    size_t n = whole.n;
    if (n <= NAME_MAX_BYTES) {
        memcpy(header, whole.p, n);
        return true;
    }
    for (const char *slash = strchr(path, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        size_t before = (size_t)(slash - path);
        if (n - before - 1 > NAME_MAX_BYTES)
            continue;
        if (before > PREFIX_MAX_BYTES)
            return false;
        memcpy(header, slash + 1, n - before - 1);
        memcpy(header + 345, path, before);
        return true;
    }
    return false;
}

enum dz_code
dz_bag_sealed_begin(struct dz_bag_out *b, const char *path, uint64_t size, struct dz_err *err)
{
    static const char magic[8] = {'u', 's', 't', 'a', 'r', '\0', '0', '0'};
    char header[BLOCK] = {0};
    DZ_AUTO_FREE char *full = dz_asprintf("%s/%s", b->top, path);
    if (!put_path(header, full))
        return dz_fail(err, DZ_E_LIMIT, "'%s' is too long a path for a package", path);
    put_number(header + 100, 8, 0644);
    put_number(header + 108, 8, 0);
    put_number(header + 116, 8, 0);
    put_number(header + 124, 12, size);
    put_number(header + 136, 12, (uint64_t)(b->made_us / 1000000));
    header[156] = '0';
    memcpy(header + 257, magic, sizeof magic);
    put_checksum(header);
    return dz_seal_write(b->seal, header, sizeof header, err);
}

enum dz_code
dz_bag_sealed_end(struct dz_bag_out *b, uint64_t size, struct dz_err *err)
{
    static const char zeros[BLOCK];
    size_t rest = (size_t)(size % BLOCK);
    return rest == 0 ? DZ_OK : dz_seal_write(b->seal, zeros, BLOCK - rest, err);
}

enum dz_code
dz_bag_sealed_finish(struct dz_bag_out *b, struct dz_err *err)
{
    static const char zeros[2 * BLOCK];
    DZ_TRY(dz_seal_write(b->seal, zeros, sizeof zeros, err));
    DZ_TRY(dz_seal_finish(b->seal, err));
    DZ_TRY(dz_os_fsync(b->fd, err));
    return dz_os_close(&b->fd, err);
}
