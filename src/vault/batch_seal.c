#include "vault_impl.h"

#include <string.h>

/* Entries on their way into the journal. Digests, signature and seal of an entry take as long as
 * all the rest of it, and need nothing but its body and its number: in a batch of many, another
 * thread makes them, and the batch puts the frames together in their order. */

#define FEW 16 /* entries, which are not worth a thread */
#define PLAIN_FIELDS_MAX 64
#define PLAIN_THINGS_MAX 16
#define PLAIN_STRING_MAX 4096 /* bytes */

struct entry_job *
dz_entry_job_new(const struct dz_vault *v, uint64_t seq, enum dz_compartment in,
                 const json_t *body, const struct dz_leaf *things)
{
    struct entry_job *j = dz_alloc(sizeof *j);
    *j = (struct entry_job){.body = body,
                            .log_id = dz_log_get_info(v->logs[v->own_log])->id,
                            .seq = seq,
                            .in = in,
                            .sign_key = v->keys.sign_key,
                            .leaf = *things,
                            .rec = {.type = 'b'},
                            .sealed = DZ_BUF(DZ_ENTRY_BODY_MAX + 65536)};
    return j;
}

void
dz_entry_job_free(struct entry_job *j)
{
    if (!j)
        return;
    dz_leaf_done(&j->leaf);
    dz_buf_done(&j->sealed);
    dz_wipe(&j->rec, sizeof j->rec);
    dz_free(j);
}

static void
seal(void *unused, void *job)
{
    struct entry_job *j = job;
    (void)unused;
    dz_os_random(j->rec.key, sizeof j->rec.key);
    dz_os_random(j->rec.salt, sizeof j->rec.salt);
    j->code = dz_entry_seal(j->body, j->log_id, j->seq, j->sign_key, j->rec.key, j->rec.salt,
                            &j->leaf, &j->sealed, &j->err);
    memcpy(j->rec.id, j->leaf.sealed_sha256.b, sizeof j->rec.id);
}

/* Whether nothing in it can be refused: whoever made an entry that is refused hears of it at once,
 * and not at the commit. */
static bool
is_plain(const struct entry_job *j)
{
    json_t *body = (json_t *)(uintptr_t)j->body; /* only jansson's iterator lacks the const */
    if (json_object_size(body) > PLAIN_FIELDS_MAX ||
        j->leaf.n_brings + j->leaf.n_removes > PLAIN_THINGS_MAX)
        return false;
    for (void *it = json_object_iter(body); it; it = json_object_iter_next(body, it)) {
        const json_t *value = json_object_iter_value(it);
        json_int_t number = json_integer_value(value);
        if (!(json_is_string(value) && json_string_length(value) <= PLAIN_STRING_MAX) &&
            !(json_is_integer(value) && number >= 0 && number <= INT32_MAX))
            return false;
    }
    return true;
}

bool
dz_entry_job_start(struct dz_vault *v, struct entry_job *j, size_t n_before)
{
    if (n_before < FEW || !is_plain(j)) {
        seal(NULL, j);
        return false;
    }
    if (!v->entry_pool)
        v->entry_pool = dz_pool_new(
            &(struct dz_pool_opts){.n_threads = 1, .n_jobs = DZ_ENTRY_JOBS_MAX, .run = seal});
    dz_pool_put(v->entry_pool, j);
    return true;
}
