#include <string.h>

#include "dz_os.h"
#include "log_impl.h"

#define CACHE_RECORDS (sizeof((struct log_index *)NULL)->cache / INDEX_RECORD)

void
dz_index_init(struct log_index *ix)
{
    *ix = (struct log_index){.fd = -1};
}

void
dz_index_forget(struct log_index *ix)
{
    dz_os_close_quiet(&ix->fd);
    ix->n_file = 0;
    ix->n_tail = 0;
    ix->cache_n = 0;
    ix->stale = false;
}

void
dz_index_done(struct log_index *ix)
{
    dz_index_forget(ix);
    dz_free(ix->tail);
    ix->tail = NULL;
    ix->cap_tail = 0;
}

uint64_t
dz_index_count(const struct log_index *ix)
{
    return ix->n_file + ix->n_tail;
}

void
dz_index_push(struct log_index *ix, const struct index_record *r)
{
    ix->tail = dz_grow(ix->tail, &ix->cap_tail, ix->n_tail + 1, sizeof *ix->tail);
    ix->tail[ix->n_tail++] = *r;
}

void
dz_index_record_read(const uint8_t bytes[INDEX_RECORD], struct index_record *ret)
{
    memcpy(ret->leaf.b, bytes, sizeof ret->leaf.b);
    struct dz_reader r = dz_reader_of(bytes + sizeof ret->leaf.b, 8);
    ret->offset = dz_read_u64be(&r);
}

enum dz_code
dz_index_get(struct log_index *ix, uint64_t seq, struct index_record *ret, struct dz_err *err)
{
    if (seq >= ix->n_file) {
        if (seq - ix->n_file >= ix->n_tail)
            return dz_fail(err, DZ_E_NOTFOUND, "there is no entry %llu in the log",
                           (unsigned long long)seq);
        *ret = ix->tail[seq - ix->n_file];
        return DZ_OK;
    }
    if (seq < ix->cache_first || seq - ix->cache_first >= ix->cache_n) {
        uint64_t first = seq - seq % CACHE_RECORDS;
        uint64_t left = ix->n_file - first;
        size_t n = left < CACHE_RECORDS ? (size_t)left : CACHE_RECORDS;
        ix->cache_n = 0;
        enum dz_code code =
            dz_os_pread_all(ix->fd, ix->cache, n * INDEX_RECORD, first * INDEX_RECORD, err);
        if (code != DZ_OK)
            return code;
        ix->cache_first = first;
        ix->cache_n = n;
    }
    dz_index_record_read(ix->cache + (seq - ix->cache_first) * INDEX_RECORD, ret);
    return DZ_OK;
}

/* A new file under another name, so that a reader that holds the old one is not disturbed. */
static enum dz_code
start_file(struct log_index *ix, int dir)
{
    enum dz_code code = dz_os_unlink(dir, NAME_INDEX_NEW, NULL);
    if (code != DZ_OK && code != DZ_E_NOTFOUND)
        return code;
    return dz_os_open(dir, NAME_INDEX_NEW, DZ_OS_CREATE, &ix->fd, NULL);
}

void
dz_index_flush(struct log_index *ix, int dir)
{
    bool fresh = ix->n_file == 0;
    if (fresh) {
        dz_os_close_quiet(&ix->fd);
        if (start_file(ix, dir) != DZ_OK)
            return;
    }
    enum dz_code code = DZ_OK;
    uint64_t offset = ix->n_file * INDEX_RECORD;
    DZ_AUTO_BUF struct dz_buf bytes = DZ_BUF(1024 * INDEX_RECORD);
    for (size_t i = 0; i < ix->n_tail && code == DZ_OK; i++) {
        dz_buf_add(&bytes, ix->tail[i].leaf.b, sizeof ix->tail[i].leaf.b);
        dz_buf_add_u64be(&bytes, ix->tail[i].offset);
        if (bytes.n < bytes.max && i + 1 < ix->n_tail)
            continue;
        code = dz_os_pwrite_all(ix->fd, bytes.p, bytes.n, offset, NULL);
        offset += bytes.n;
        dz_buf_reset(&bytes);
    }
    if (code == DZ_OK)
        code = dz_os_truncate(ix->fd, offset, NULL);
    if (code == DZ_OK && fresh)
        code = dz_os_rename(dir, NAME_INDEX_NEW, NAME_INDEX, NULL);
    if (code != DZ_OK) {
        if (fresh)
            dz_os_close_quiet(&ix->fd);
        return;
    }
    ix->n_file += ix->n_tail;
    ix->n_tail = 0;
    ix->cache_n = 0;
    ix->stale = false;
}
