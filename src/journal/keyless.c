#include "dz_keyless.h"

#include <string.h>

#include "dz_codec.h"
#include "dz_json.h"
#include "dz_os.h"
#include "dz_tr.h"
#include "keyless_impl.h"
#include "log_impl.h"

#define CHUNK_BYTES (256u << 10)
#define VAULT_JSON_MAX 65536u
#define VAULT_FORMAT 2

void
dz_keyless_finding(struct keyless *k, const char *thing, uint64_t seq, const char *message)
{
    k->report.n_findings++;
    if (k->fn != NULL)
        k->fn(k->fn_ctx, thing, seq, message);
}

void
dz_keyless_notice(struct keyless *k, const char *thing, const char *message)
{
    k->report.n_notices++;
    if (k->fn != NULL)
        k->fn(k->fn_ctx, thing, DZ_SEQ_NOTICE, message);
}

enum dz_code
dz_keyless_hash(struct keyless *k, int fd, uint64_t n, struct dz_hash32 *ret, uint64_t *ret_n,
                struct dz_err *err)
{
    uint64_t done = 0;
    while (done < n) {
        size_t want = n - done < CHUNK_BYTES ? (size_t)(n - done) : CHUNK_BYTES;
        size_t got = 0;
        enum dz_code code = dz_os_read(fd, k->chunk.p, want, &got, err);
        if (code != DZ_OK) {
            dz_hash_final(k->hash, ret->b); /* ready for the next message */
            return code;
        }
        if (got == 0)
            break;
        dz_hash_add(k->hash, k->chunk.p, got);
        done += got;
    }
    dz_hash_final(k->hash, ret->b);
    k->report.bytes_checked += done;
    *ret_n = done;
    return DZ_OK;
}

bool
dz_keyless_found(struct keyless *k, enum dz_thing_class cls, const struct dz_hash32 *sha256,
                 uint64_t size_bytes, const char *thing)
{
    struct thing_record *r = dz_things_find(&k->things, cls, sha256);
    if (r == NULL)
        return false;
    /* No command stores a thing twice, not even one that is interrupted. */
    if ((r->flags & THING_FOUND) != 0)
        dz_keyless_finding(k, thing, DZ_SEQ_NONE, _("holds a second copy of what is stored once"));
    r->flags |= THING_FOUND;
    if ((r->flags & THING_BROUGHT) != 0 && r->size_bytes != size_bytes) {
        r->flags |= THING_DAMAGED;
        dz_keyless_finding(k, thing, DZ_SEQ_NONE,
                           _("an entry states another size for what it holds"));
    }
    if ((r->flags & THING_REMOVED) != 0)
        dz_keyless_notice(k, thing,
                          _("an entry has removed this, and it is still stored: a removal was "
                            "interrupted; the next command that writes finishes it"));
    return true;
}

/* Findings inside a log get the path inside the vault. Whether they are counted is the log's
 * matter. */
static void
journal_finding(void *ctx, const char *thing, uint64_t seq, const char *message)
{
    struct keyless *k = ctx;
    DZ_AUTO_FREE char *path = dz_asprintf("journal/%s", thing);
    if (k->fn != NULL)
        k->fn(k->fn_ctx, path, seq, message);
}

static enum dz_code
gather_leaf(void *ctx, const struct dz_log_info *log, uint64_t seq, const struct dz_leaf *leaf,
            bool has_body, struct dz_err *err)
{
    (void)log;
    (void)seq;
    (void)err;
    struct keyless *k = ctx;
    /* Removed first: an entry that replaces a file may name the same bytes on both sides. */
    for (size_t i = 0; i < leaf->n_removes; i++)
        dz_things_touch(&k->things, leaf->removes[i].cls, &leaf->removes[i].sha256, k->log, false,
                        0);
    for (size_t i = 0; i < leaf->n_brings; i++)
        dz_things_touch(&k->things, leaf->brings[i].cls, &leaf->brings[i].sha256, k->log, true,
                        leaf->brings[i].size_bytes);
    /* A body that is there was checked with its frame. One that is gone needs a removal. */
    if (!has_body) {
        dz_things_touch(&k->things, DZ_THING_BODY, &leaf->sealed_sha256, k->log, true, 0);
        dz_things_find(&k->things, DZ_THING_BODY, &leaf->sealed_sha256)->flags |= THING_EMPTY;
    }
    return DZ_OK;
}

/* Second reading, only when something is missing or was to be gone: says which entry it is of. */
static enum dz_code
name_missing(void *ctx, const struct dz_log_info *log, uint64_t seq, const struct dz_leaf *leaf,
             bool has_body, struct dz_err *err)
{
    (void)err;
    struct keyless *k = ctx;
    DZ_AUTO_FREE char *place = dz_asprintf("journal/%s", log->id_hex);
    const uint8_t settled = THING_REMOVED | THING_FOUND | THING_DAMAGED;
    for (size_t i = 0; i < leaf->n_brings; i++) {
        struct thing_record *r =
            dz_things_find(&k->things, leaf->brings[i].cls, &leaf->brings[i].sha256);
        if (r == NULL || (r->flags & settled) != 0)
            continue;
        r->flags |= THING_DAMAGED; /* told once */
        char hex[65];
        dz_hex_encode(leaf->brings[i].sha256.b, 32, hex);
        DZ_AUTO_BUF struct dz_buf text = DZ_BUF(512);
        if (leaf->brings[i].cls == DZ_THING_FILE) {
            k->file_missing = true;
            dz_buf_addf(&text,
                        _("the file with SHA-256 %s that it brought (vault.json or one under "
                          "keys/) is missing or changed"),
                        hex);
        } else {
            dz_buf_addf(&text, _("the object %s that it brought is missing"), hex);
        }
        dz_keyless_finding(k, place, seq, text.p);
    }
    const struct thing_record *body =
        dz_things_find(&k->things, DZ_THING_BODY, &leaf->sealed_sha256);
    bool removed = body != NULL && (body->flags & THING_REMOVED) != 0;
    if (!has_body && !removed)
        dz_keyless_finding(k, place, seq, _("its body is gone, and no later entry removed it"));
    if (has_body && removed) {
        DZ_AUTO_FREE char *entry =
            dz_asprintf("%s/" NAME_FRAMES " #%llu", place, (unsigned long long)seq);
        dz_keyless_notice(k, entry,
                          _("an entry has removed this body, and it is still stored: a removal was "
                            "interrupted; the next command that writes finishes it"));
    }
    return DZ_OK;
}

/* One walk over all logs. The first one also counts and reports; the second only names. */
static enum dz_code
walk_logs(struct keyless *k, bool first, struct dz_err *err)
{
    DZ_AUTO_FD int journal = -1;
    enum dz_code code = dz_os_opendir(k->vault, "journal", &journal, err);
    if (code == DZ_E_NOTFOUND)
        return dz_fail(err, DZ_E_NOTFOUND, "there is no journal here: this is not a vault");
    char **names = NULL;
    size_t n = 0;
    if (code == DZ_OK)
        code = dz_os_list(journal, ".", &names, &n, err);
    if (code != DZ_OK)
        return code;
    for (size_t i = 0; i < n && code == DZ_OK; i++) {
        uint8_t id[DZ_LOG_ID_BYTES];
        DZ_AUTO_FREE char *path = dz_asprintf("journal/%s", names[i]);
        if (!dz_hex_decode(dz_view_of(names[i]), id, sizeof id)) {
            if (first && strncmp(names[i], ".new-", 5) == 0)
                dz_keyless_notice(k, path, _("left from an interrupted command"));
            else if (first)
                dz_keyless_finding(k, path, DZ_SEQ_NONE, _("this is not a log"));
            continue;
        }
        struct log_report r;
        k->log++;
        code = dz_log_check(journal, names[i], first ? journal_finding : NULL, k,
                            first ? gather_leaf : name_missing, k, &r, err);
        if (code != DZ_OK || !first)
            continue;
        k->report.n_logs++;
        k->report.n_entries += r.n_entries;
        k->report.n_bodies += r.n_bodies;
        k->report.n_checkpoints += r.n_checkpoints;
        k->report.n_findings += r.n_findings;
        if (r.n_entries > r.signed_size) {
            k->report.n_unsigned += r.n_entries - r.signed_size;
            dz_keyless_notice(k, path, _("the last entries are not signed by a checkpoint yet"));
        }
        if (r.torn_bytes > 0)
            dz_keyless_notice(k, path,
                              _("ends in an append that was interrupted; the next write cuts "
                                "it"));
    }
    dz_os_names_free(names, n);
    if (code == DZ_OK && first && k->report.n_logs == 0)
        dz_keyless_finding(k, "journal", DZ_SEQ_NONE, _("there is no log in it"));
    return code;
}

/* The id and format that vault.json states. A damaged file is found by its hash; here it only means
 * that segments are not held against the id. */
static enum dz_code
read_id(struct keyless *k, struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(VAULT_JSON_MAX);
    enum dz_code code = dz_os_slurp(k->vault, "vault.json", VAULT_JSON_MAX, &text, err);
    if (code == DZ_E_NOTFOUND)
        return dz_fail(err, code, "there is no vault.json here: this is not a vault");
    if (code != DZ_OK)
        return code;
    DZ_AUTO_JSON json_t *object = NULL;
    if (dz_json_parse(dz_buf_view(&text), &object, NULL) != DZ_OK)
        return DZ_OK;
    int64_t format = dz_json_int(object, "format", 0);
    if (format > 0 && format < VAULT_FORMAT)
        return dz_fail(err, DZ_E_FORMAT,
                       "the vault was made by an older program: check it with that one");
    if (format > VAULT_FORMAT)
        return dz_fail(err, DZ_E_FORMAT,
                       "the vault was made by a newer program: a newer dokaz is needed");
    k->has_id = dz_hex_decode(dz_view_of(dz_json_str(object, "vault")), k->id, sizeof k->id);
    return DZ_OK;
}

/* Whether a second reading has something to name: a thing that has to be there and is not, or a
 * removed body whose frame is not empty. Counts on the way what has to be there. */
static bool
anything_to_name(struct keyless *k)
{
    bool missing = false;
    for (size_t i = 0; i < k->things.n_slots; i++) {
        uint8_t flags = k->things.slots[i].flags;
        if ((flags & THING_BODY) != 0 && (flags & THING_REMOVED) != 0 && (flags & THING_EMPTY) == 0)
            missing = true;
        if ((flags & THING_BROUGHT) == 0 || (flags & THING_REMOVED) != 0)
            continue;
        k->report.n_things++;
        missing = missing || (flags & (THING_FOUND | THING_DAMAGED)) == 0;
    }
    return missing;
}

static enum dz_code
run(struct keyless *k, struct dz_err *err)
{
    enum dz_code code = read_id(k, err);
    if (code == DZ_OK)
        code = walk_logs(k, true, err);
    if (code != DZ_OK)
        return code;
    dz_things_settle(&k->things);
    code = dz_keyless_files(k, err);
    if (code == DZ_OK)
        code = dz_keyless_table(k, err);
    if (code == DZ_OK)
        code = dz_keyless_objects(k, err);
    if (code == DZ_OK && anything_to_name(k))
        code = walk_logs(k, false, err);
    if (code == DZ_OK)
        dz_keyless_tell_unknown(k);
    return code;
}

enum dz_code
dz_keyless_verify(int vault_dirfd, dz_finding_fn *fn, void *ctx, struct dz_keyless_report *ret,
                  struct dz_err *err)
{
    struct keyless k = {.vault = vault_dirfd, .fn = fn, .fn_ctx = ctx};
    dz_things_init(&k.things);
    k.hash = dz_hash_new(DZ_SHA256);
    k.chunk = (struct dz_buf){.p = dz_alloc(CHUNK_BYTES), .cap = CHUNK_BYTES, .max = CHUNK_BYTES};
    enum dz_code code = run(&k, err);
    dz_things_done(&k.things);
    dz_os_names_free(k.unknown, k.n_unknown);
    dz_hash_free(k.hash);
    dz_buf_done(&k.chunk);
    if (code == DZ_OK)
        *ret = k.report;
    return code;
}
