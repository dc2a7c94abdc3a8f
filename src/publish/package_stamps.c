/* Checkpoints and the timestamps on them. */
#include <string.h>

#include "dz_codec.h"
#include "dz_mem.h"
#include "dz_time.h"
#include "dz_timestamp.h"
#include "dz_tr.h"
#include "package_impl.h"

struct stamping {
    struct pack *p;
    struct dz_bag_out *b;
};

/* The first entry of a log that the package holds: an older checkpoint says nothing about any. */
static uint64_t
first_entry(const struct pack *p, const char *log)
{
    uint64_t first = UINT64_MAX;
    for (size_t i = 0; i < p->n_entries; i++) {
        const char *ref = p->entries[i].ref, *colon = strchr(ref, ':');
        uint64_t seq;
        if (colon != NULL && strncmp(ref, log, 32) == 0 &&
            dz_parse_u64(dz_view_of(colon + 1), &seq) && seq < first)
            first = seq;
    }
    return first;
}

static size_t
find_log(const struct pack *p, const char *id)
{
    for (size_t i = 0; i < p->n_logs; i++)
        if (p->logs[i].used && strcmp(p->logs[i].id, id) == 0)
            return i;
    return SIZE_MAX;
}

/* Was this checkpoint written before, for another authority? *ret_same says it was for this one. */
static const struct pack_stamp *
earlier_stamp(const struct pack *p, size_t log, uint64_t size, const char *authority,
              bool *ret_same)
{
    const struct pack_stamp *found = NULL;
    *ret_same = false;
    for (size_t i = 0; i < p->n_stamps; i++) {
        const struct pack_stamp *s = &p->stamps[i];
        if (s->log != log || s->size != size)
            continue;
        found = s;
        *ret_same = *ret_same || strcmp(s->authority, authority) == 0;
    }
    return found;
}

/* The stamped checkpoint, and what leads from it to the one that the proofs lead to. */
static enum dz_code
write_checkpoint(const struct stamping *s, const struct dz_timestamp *t, const struct pack_log *log,
                 struct pack_stamp *stamp, struct dz_err *err)
{
    if (t->size == log->size)
        return DZ_OK;
    DZ_AUTO_BUF struct dz_buf proof = DZ_BUF(1u << 20);
    stamp->consistency =
        dz_asprintf("data/checkpoints/%s-%llu-%llu.tlog-consistency", t->log,
                    (unsigned long long)t->size, (unsigned long long)log->size);
    DZ_TRY(dz_vault_consistency(s->p->v, t->log, t->size, log->size, &proof, err));
    DZ_TRY(dz_bag_out_file(s->b, stamp->note, t->note, err));
    return dz_bag_out_file(s->b, stamp->consistency, dz_buf_view(&proof), err);
}

static void
fill_stamp(struct pack_stamp *stamp, const struct dz_timestamp *t, size_t log)
{
    DZ_AUTO_BUF struct dz_buf name = DZ_BUF(256);
    unsigned long long size = (unsigned long long)t->size;
    dz_bag_plain_name(t->authority, &name);
    stamp->log = log;
    stamp->size = t->size;
    stamp->note = dz_asprintf("data/checkpoints/%s-%llu.note", t->log, size);
    stamp->token = dz_asprintf("data/timestamps/%s-%llu-%s.tst", t->log, size, name.p);
    stamp->certificates = dz_asprintf("data/timestamps/%s-%llu-%s.pem", t->log, size, name.p);
    stamp->authority = dz_strdup(t->authority);
    stamp->time = t->time != NULL ? dz_strdup(t->time) : NULL;
}

static enum dz_code
take_stamp(void *ctx, const struct dz_timestamp *t, struct dz_err *err)
{
    const struct stamping *s = ctx;
    struct pack *p = s->p;
    size_t log = find_log(p, t->log);
    bool same = false;
    /* What cannot be read vouches for nothing; 'dokaz verify' names it. */
    if (t->fault != NULL || log == SIZE_MAX || t->size > p->logs[log].size ||
        t->size <= first_entry(p, t->log))
        return DZ_OK;
    const struct pack_stamp *earlier = earlier_stamp(p, log, t->size, t->authority, &same);
    if (same)
        return DZ_OK;
    struct pack_stamp stamp = {0};
    fill_stamp(&stamp, t, log);
    enum dz_code code = DZ_OK;
    if (earlier == NULL)
        code = write_checkpoint(s, t, &p->logs[log], &stamp, err);
    else if (earlier->consistency != NULL)
        stamp.consistency = dz_strdup(earlier->consistency);
    p->stamps = dz_grow(p->stamps, &p->cap_stamps, p->n_stamps + 1, sizeof *p->stamps);
    p->stamps[p->n_stamps++] = stamp;
    p->report->n_timestamps++;
    if (code == DZ_OK)
        code = dz_bag_out_file(s->b, stamp.token, t->token, err);
    if (code == DZ_OK)
        code = dz_bag_out_file(s->b, stamp.certificates, t->certificates, err);
    return code;
}

enum dz_code
dz_pack_checkpoints(struct pack *p, struct dz_bag_out *b, struct dz_err *err)
{
    for (size_t i = 0; i < p->n_logs; i++) {
        const struct pack_log *l = &p->logs[i];
        if (!l->used)
            continue;
        DZ_AUTO_FREE char *path = dz_asprintf("data/checkpoints/%s.vkey", l->id);
        DZ_AUTO_BUF struct dz_buf key = DZ_BUF(1024), note = DZ_BUF(1u << 20);
        dz_buf_addf(&key, "%s\n", l->vkey);
        DZ_TRY(dz_bag_out_file(b, path, dz_buf_view(&key), err));
        DZ_TRY(dz_vault_checkpoint(p->v, l->id, l->size, &note, err));
        DZ_TRY(dz_bag_out_file(b, l->note, dz_buf_view(&note), err));
    }
    struct stamping s = {.p = p, .b = b};
    return dz_timestamps_each(p->v, take_stamp, &s, err);
}
