#include "dz_worker.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "work_impl.h"

struct dz_work *
dz_work_new(const char *name, const char *media_type, const char *options)
{
    struct dz_work *w = dz_alloc(sizeof *w);
    w->name = dz_strdup(name != NULL ? name : "");
    w->media_type = dz_strdup(media_type != NULL ? media_type : "");
    w->options = dz_strdup(options != NULL ? options : "");
    w->options_n = strlen(w->options);
    for (size_t i = 0; i < w->options_n; i++) {
        if (w->options[i] == '\n')
            w->options[i] = '\0';
    }
    w->text.max = DZ_WIRE_PAYLOAD_MAX;
    w->fd = -1;
    w->out_fd = -1;
    const char *parts = dz_work_option(w, "parts");
    w->wants_parts = parts != NULL && strcmp(parts, "yes") == 0;
    return w;
}

void
dz_work_free(struct dz_work *w)
{
    if (w == NULL)
        return;
    if (w->map != NULL)
        (void)munmap(w->map, w->map_n);
    dz_buf_done(&w->text);
    dz_free(w->name);
    dz_free(w->media_type);
    dz_free(w->options);
    dz_free(w);
}

const char *
dz_work_name(const struct dz_work *w)
{
    return w->name;
}

const char *
dz_work_media_type(const struct dz_work *w)
{
    return w->media_type;
}

const char *
dz_work_option(const struct dz_work *w, const char *key)
{
    size_t n = strlen(key);
    for (const char *p = w->options; p < w->options + w->options_n; p += strlen(p) + 1) {
        if (strncmp(p, key, n) == 0 && p[n] == '=')
            return p + n + 1;
    }
    return NULL;
}

void
dz_work_measure(struct dz_work *w)
{
    struct stat st;
    if (fstat(w->fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size >= 0) {
        w->is_file = true;
        w->file_bytes = (uint64_t)st.st_size;
    }
}

/* A file is read by place: its own place may be shared with dokaz, which goes on reading it. */
static enum dz_code
read_some(struct dz_work *w, void *p, size_t n, size_t *ret_n, struct dz_err *err)
{
    for (;;) {
        ssize_t got = w->is_file ? pread(w->fd, p, n, (off_t)w->file_pos) : read(w->fd, p, n);
        if (got >= 0) {
            w->file_pos += (uint64_t)got;
            *ret_n = (size_t)got;
            return DZ_OK;
        }
        if (errno != EINTR)
            return dz_fail_sys(err, errno, "the document cannot be read on");
    }
}

enum dz_code
dz_work_next(struct dz_work *w, void *p, size_t n, size_t *ret_n, struct dz_err *err)
{
    if (w->done) {
        *ret_n = 0;
        return DZ_OK;
    }
    size_t left = w->bytes.n - w->pos;
    if (left == 0 && w->fd >= 0)
        return read_some(w, p, n, ret_n, err);
    size_t some = left < n ? left : n;
    if (some > 0)
        memcpy(p, w->bytes.p + w->pos, some);
    w->pos += some;
    *ret_n = some;
    return DZ_OK;
}

static enum dz_code
too_large(struct dz_err *err)
{
    return dz_fail(err, DZ_E_LIMIT,
                   "the document is larger than %u MiB, more than is looked at whole",
                   (unsigned)(WORK_MAP_MAX >> 20));
}

/* What comes through a pipe is gathered; when it turns out too large, dz_work_next begins with what
 * was gathered. The room costs only the pages that are filled. */
static enum dz_code
gather(struct dz_work *w, struct dz_err *err)
{
    char *room = mmap(NULL, WORK_MAP_MAX + 1, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (room == MAP_FAILED)
        return dz_fail_sys(err, errno, "there is no room for the document");
    size_t n = 0;
    size_t got = 1;
    enum dz_code code = DZ_OK;
    while (code == DZ_OK && got > 0 && n <= WORK_MAP_MAX) {
        code = read_some(w, room + n, WORK_MAP_MAX + 1 - n, &got, err);
        n += code == DZ_OK ? got : 0;
    }
    w->map = room;
    w->map_n = WORK_MAP_MAX + 1;
    w->bytes = (struct dz_view){.p = room, .n = n};
    if (code != DZ_OK)
        return code;
    return n > WORK_MAP_MAX ? too_large(err) : DZ_OK;
}

enum dz_code
dz_work_map(struct dz_work *w, struct dz_view *ret, struct dz_err *err)
{
    if (w->fd >= 0 && w->bytes.p == NULL && w->is_file) {
        if (w->file_bytes > WORK_MAP_MAX)
            return too_large(err);
        size_t n = (size_t)w->file_bytes;
        void *p = n == 0 ? NULL : mmap(NULL, n, PROT_READ, MAP_PRIVATE, w->fd, 0);
        if (p == MAP_FAILED)
            return dz_fail_sys(err, errno, "the document cannot be looked at whole");
        w->bytes = (struct dz_view){.p = p, .n = n};
        w->map = p;
        w->map_n = w->bytes.n;
    } else if (w->fd >= 0 && w->bytes.p == NULL) {
        DZ_TRY(gather(w, err));
    }
    if (w->bytes.n > WORK_MAP_MAX)
        return too_large(err);
    *ret = (struct dz_view){.p = w->bytes.p != NULL ? w->bytes.p : "", .n = w->bytes.n};
    return DZ_OK;
}
