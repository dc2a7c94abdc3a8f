#include "vault_impl.h"

#include <fcntl.h>
#include <string.h>

#include "dz_codec.h"
#include "dz_keyless.h"
#include "dz_member.h"

/* Checking, in three depths. Keyless: stored bytes against leaves, tree and checkpoints. Normal:
 * also key table, bodies, signatures, and the projection against one made anew. Deep: also the
 * contents of every object. */

struct checking {
    struct dz_vault *v; /* NULL in a keyless check */
    dz_verify_fn *fn;
    void *ctx;
    struct dz_verify_report *report;
    bool deep;
    struct dz_hash *content_hash;
    struct removals removals; /* of a removal that a crash left unfinished: may be there or not */
    char **told; /* "log:seq" of entries, and files, that have a finding already */
    size_t n_told;
    size_t cap_told;
    /* The key tables as each of their files holds them. */
    struct keytable copies[DZ_COMPARTMENTS][2];
    bool copy_good[DZ_COMPARTMENTS][2];
    /* Keys that the journal needs and that this copy alone lacks. */
    uint64_t n_lacking[DZ_COMPARTMENTS][2];
    uint64_t n_hidden; /* entries whose compartment this member cannot open */
    struct ordinals *ordinals; /* of each log */
    /* Of each log: contents of its first entries that one_pass has found to be right. */
    uint64_t *n_contents;
};

/* Records that rest on an object or an entry, as "src-..., act-...". */
static void
list_touched(struct dz_vault *v, enum dz_query q, struct dz_view key, struct dz_buf *out)
{
    struct dz_rows *rows = NULL;
    if (!v || !v->db || dz_db_query(v->db, q, &rows, NULL, DZ_ARGS(dz_arg_view(key))) != DZ_OK)
        return;
    for (int n = 0; n < 20 && dz_rows_next(rows); n++) {
        if (dz_rows_is_null(rows, 0))
            continue;
        dz_buf_adds(out, out->n ? ", " : "");
        dz_buf_addv(out, dz_rows_view(rows, 0));
    }
    (void)!dz_rows_end(rows, NULL);
}

static void
report(struct checking *c, const char *thing, const char *message, const char *touches)
{
    c->report->n_findings++;
    c->fn(c->ctx, DZ_VERIFY_FINDING, thing, message, touches && touches[0] ? touches : NULL);
}

static void
notice(struct checking *c, const char *thing, const char *message)
{
    c->report->n_notices++;
    c->fn(c->ctx, DZ_VERIFY_NOTICE, thing, message, NULL);
}

static void
tell(struct checking *c, const char *ref)
{
    c->told = dz_grow(c->told, &c->cap_told, c->n_told + 1, sizeof *c->told);
    c->told[c->n_told++] = dz_strdup(ref);
}

static void
told_done(struct checking *c)
{
    for (size_t i = 0; i < c->n_told; i++)
        dz_free(c->told[i]);
    dz_free(c->told);
}

static bool
was_told(const struct checking *c, const char *ref)
{
    for (size_t i = 0; i < c->n_told; i++)
        if (strcmp(c->told[i], ref) == 0)
            return true;
    return false;
}

/* Findings of the layer above: thing may name an object by its 64 hex characters, or the file of a
 * log. */
static void
keyless_finding(void *ctx, const char *thing, uint64_t seq, const char *message)
{
    struct checking *c = ctx;
    if (seq == DZ_SEQ_NOTICE) {
        notice(c, thing, message);
        return;
    }
    DZ_AUTO_BUF struct dz_buf touches = DZ_BUF(4096);
    DZ_AUTO_BUF struct dz_buf name = DZ_BUF(4096);
    dz_buf_adds(&name, thing);
    uint8_t raw[32];
    for (const char *p = thing; strlen(p) >= 64; p++) {
        if (dz_hex_decode((struct dz_view){p, 64}, raw, 32)) {
            list_touched(c->v, DZ_Q_OBJECT_ITEMS, (struct dz_view){p, 64}, &touches);
            break;
        }
    }
    if (seq != DZ_SEQ_NONE) {
        const char *log = strstr(thing, "journal/");
        dz_buf_addf(&name, " #%llu", (unsigned long long)seq);
        if (log && strlen(log + 8) >= 32) {
            DZ_AUTO_BUF struct dz_buf ref = DZ_BUF(64);
            dz_buf_addf(&ref, "%.32s:%llu", log + 8, (unsigned long long)seq);
            list_touched(c->v, DZ_Q_ENTRY_ITEM, dz_buf_view(&ref), &touches);
            tell(c, ref.p);
        }
    }
    if (seq == DZ_SEQ_NONE)
        tell(c, thing);
    report(c, name.p, message, touches.p);
}

static enum dz_code
check_stored(int vault_fd, struct checking *c, struct dz_err *err)
{
    struct dz_keyless_report k = {0};
    DZ_TRY(dz_keyless_verify(vault_fd, keyless_finding, c, &k, err));
    c->report->n_entries = k.n_entries;
    c->report->n_objects = k.n_things;
    c->report->n_checkpoints = k.n_checkpoints;
    c->report->bytes_checked = k.bytes_checked;
    return DZ_OK;
}

enum dz_code
dz_vault_verify_keyless(const char *path, dz_verify_fn *fn, void *ctx, struct dz_verify_report *ret,
                        struct dz_err *err)
{
    *ret = (struct dz_verify_report){0};
    struct checking c = {.fn = fn, .ctx = ctx, .report = ret};
    DZ_AUTO_FD int fd = -1;
    DZ_TRY(dz_os_opendir(AT_FDCWD, path, &fd, err));
    enum dz_code code = check_stored(fd, &c, err);
    told_done(&c);
    return code;
}

/* ---- with keys ---- */

static enum dz_code
hash_chunk(void *ctx, const void *p, size_t n, struct dz_err *err)
{
    (void)err;
    dz_hash_add(ctx, p, n);
    return DZ_OK;
}

/* What a body says of the objects it brings: the object, how it is stored, and SHA-256 of its
 * content. */
static const struct {
    const char *object;
    const char *codec;
    const char *sha256;
} contents[] = {
    {"object", "codec", "sha256"},
    {"locators", "locators_codec", "locators_sha256"},
    {"certificates", "certificates_codec", "certificates_sha256"},
};

static enum dz_code
content_holds(struct checking *c, const json_t *body, size_t which, struct dz_err *err)
{
    const char *object = dz_json_str(body, contents[which].object);
    const char *sha256 = dz_json_str(body, contents[which].sha256);
    if (!object || !sha256)
        return DZ_OK;
    uint8_t digest[32];
    char hex[DZ_HEX32] = "";
    enum dz_code code =
        dz_vault_read_object(c->v, object, dz_json_str(body, contents[which].codec), hash_chunk,
                             c->content_hash, err);
    dz_hash_final(c->content_hash, digest);
    dz_hex_encode(digest, 32, hex);
    if (code == DZ_OK && strcmp(hex, sha256) != 0)
        return dz_fail(err, DZ_E_CORRUPT, "its content is not what the entry says");
    return code;
}

static enum dz_code
contents_hold(struct checking *c, const json_t *body, struct dz_err *err)
{
    for (size_t i = 0; i < sizeof contents / sizeof *contents; i++)
        DZ_TRY(content_holds(c, body, i, err));
    return DZ_OK;
}

static void
check_content(struct checking *c, const char *ref, const json_t *body)
{
    for (size_t i = 0; i < sizeof contents / sizeof *contents; i++) {
        struct dz_err err = {0};
        if (content_holds(c, body, i, &err) == DZ_OK)
            continue;
        const char *object = dz_json_str(body, contents[i].object);
        DZ_AUTO_BUF struct dz_buf touches = DZ_BUF(4096);
        DZ_AUTO_FREE char *thing = dz_asprintf("objects/%s", object);
        list_touched(c->v, DZ_Q_OBJECT_ITEMS, dz_view_of(object), &touches);
        report(c, thing, err.msg, touches.n ? touches.p : ref);
    }
}

/* A key that stands in one copy only: a copy was cut or put back. A copy may hold more than the
 * journal names, or an older epoch, when a command was interrupted: the next write sets that
 * right. */
static void
check_copies(struct checking *c, const uint8_t id[32])
{
    int n = 0;
    for (int in = 0; in < DZ_COMPARTMENTS; in++)
        n += dz_keytable_find(&c->v->tables[in], id) != NULL;
    /* A move that was cut short leaves it in two tables, and none of it is lost. */
    for (int in = 0; in < DZ_COMPARTMENTS && n == 1; in++) {
        if (!dz_keytable_find(&c->v->tables[in], id))
            continue;
        for (int i = 0; i < 2; i++)
            if (c->copy_good[in][i] && !dz_keytable_find(&c->copies[in][i], id))
                c->n_lacking[in][i]++;
    }
}

static void
report_copies(struct checking *c)
{
    for (int i = 0; i < 2 * DZ_COMPARTMENTS; i++) {
        enum dz_compartment in = (enum dz_compartment)(i / 2);
        if (c->n_lacking[in][i % 2])
            report(c, dz_keytable_copy_name(in, i % 2),
                   _("lacks keys that the other copy holds: the next write makes it whole"), NULL);
        dz_keytable_done(&c->copies[in][i % 2]);
    }
}

/* A checkpoint is stored in the journal before this device remembers it, so one that is remembered
 * and no longer there was taken away. */
static void
check_remembered(struct checking *c, struct dz_log *log)
{
    struct dz_err err = {0};
    struct dz_checkpoint seen, last;
    DZ_AUTO_FREE char *thing = dz_asprintf("journal/%s/checkpoints", dz_log_get_info(log)->id_hex);
    if (dz_guard_last(c->v, log, &seen, &err) != DZ_OK ||
        dz_log_last_checkpoint(log, &last, NULL, &err) != DZ_OK)
        report(c, thing, err.msg, NULL);
    else if (last.size < seen.size)
        report(c, thing, _("a checkpoint that this device has seen is missing"), NULL);
}

/* The key that signs a log's checkpoints is needed at the next write only: whether it is still the
 * right one is asked now. */
static void
check_signer(struct checking *c, const struct dz_log_info *info)
{
    struct dz_err err = {0};
    uint8_t pk[32];
    DZ_AUTO_SECRET struct dz_secret *seed = NULL;
    DZ_AUTO_FREE char *path = dz_asprintf("keys/%s.log", info->id_hex);
    if (was_told(c, path))
        return;
    if (dz_keys_log_signer_read(c->v->fd, &c->v->keys, info->id_hex, &seed, &err) != DZ_OK ||
        dz_sign_public(seed, pk, &err) != DZ_OK)
        report(c, path, err.msg, NULL);
    else if (memcmp(pk, info->key.pk, sizeof pk) != 0)
        report(c, path, _("does not hold the key that signs this log"), NULL);
}

/* Whether an object that a leaf brings is stored, and its key is not there. Where some compartments
 * are not held, an object lies where the entry lies that brings it, or has been moved. */
static bool
lacks_key(struct checking *c, const struct dz_thing *brought)
{
    const struct object_place *place = NULL;
    const struct key_record *rec = NULL;
    return brought->cls == DZ_THING_OBJECT && dz_tables_hold_all(c->v) &&
           dz_objects_find(&c->v->objects, brought->sha256.b, &place, NULL) == DZ_OK && place &&
           dz_tables_find(c->v, brought->sha256.b, &rec, NULL, NULL) == DZ_OK && !rec;
}

/* Whether the keys that a leaf needs stand in both copies. */
static void
check_leaf_copies(struct checking *c, const struct dz_leaf *leaf, bool has_body)
{
    if (has_body)
        check_copies(c, leaf->sealed_sha256.b);
    for (size_t i = 0; i < leaf->n_brings; i++)
        if (leaf->brings[i].cls == DZ_THING_OBJECT)
            check_copies(c, leaf->brings[i].sha256.b);
}

/* Whether the contents that a body speaks of are read: not those that are being removed. */
static bool
is_read(const struct checking *c, const struct dz_leaf *leaf, const json_t *body)
{
    bool going = c->removals.n_bodies && bsearch(leaf->sealed_sha256.b, c->removals.bodies,
                                                 c->removals.n_bodies, 32, dz_compare_id);
    return c->deep && body && !going;
}

static void
check_entry(struct checking *c, size_t ix, uint64_t seq, const char *ref,
            const struct dz_leaf *leaf, const json_t *body)
{
    check_leaf_copies(c, leaf, body != NULL);
    for (size_t i = 0; i < leaf->n_brings; i++) {
        if (!lacks_key(c, &leaf->brings[i]))
            continue;
        char id[DZ_HEX32];
        dz_hex_encode(leaf->brings[i].sha256.b, 32, id);
        DZ_AUTO_FREE char *thing = dz_asprintf("objects/%s", id);
        report(c, thing, _("its key is missing from the key table"), ref);
    }
    if (is_read(c, leaf, body) && seq >= c->n_contents[ix])
        check_content(c, ref, body);
}

/* Every leaf of a log: body opens under its key, commitment holds, objects have keys. */
static enum dz_code
check_log(struct checking *c, size_t ix)
{
    struct dz_log *log = c->v->logs[ix];
    DZ_AUTO_FREE char *hex = dz_strdup(dz_log_get_info(log)->id_hex);
    for (uint64_t seq = 0; seq < dz_log_size(log); seq++) {
        struct dz_err err = {0};
        struct dz_leaf leaf = {0};
        json_t *body = NULL;
        uint8_t sig[64];
        DZ_AUTO_FREE char *ref = dz_asprintf("%s:%llu", hex, (unsigned long long)seq);
        struct entry_place place;
        if (dz_entries_open(c->v, log, seq, &body, sig, &leaf, &place, &err) != DZ_OK) {
            DZ_AUTO_BUF struct dz_buf touches = DZ_BUF(4096);
            list_touched(c->v, DZ_Q_ENTRY_ITEM, dz_view_of(ref), &touches);
            if (!was_told(c, ref))
                report(c, ref, err.msg, touches.p);
            tell(c, ref);
            /* A log that met a damaged frame ends there; opened anew it gives what stands
             * behind. */
            if (!dz_vault_reopen_log(c->v, ix))
                return DZ_OK;
            log = c->v->logs[ix];
            continue;
        }
        c->n_hidden += place.hidden;
        dz_ordinals_entry(c->v, c->ordinals, ix, body, &place);
        check_entry(c, ix, seq, ref, &leaf, body);
        json_decref(body);
        dz_leaf_done(&leaf);
    }
    return DZ_OK;
}

static enum dz_code
digest_of(struct dz_db *db, uint8_t ret[32], struct dz_err *err)
{
    DZ_AUTO_HASH struct dz_hash *h = dz_hash_new(DZ_SHA256);
    DZ_TRY(dz_db_digest(db, hash_chunk, h, err));
    dz_hash_final(h, ret);
    return DZ_OK;
}

/* The database in use, by itself: what leads to its rows, indexes and words, has to fit them, and
 * its rows are taken together in one hash. */
static enum dz_code
digest_kept(struct checking *c, uint8_t ret[32])
{
    struct dz_db *db = c->v->db;
    struct dz_err why = {0};
    /* Indexes lead all over the tables: with few pages in memory most would be read repeatedly. */
    (void)!dz_db_run(db, "PRAGMA cache_size = -32000", NULL);
    enum dz_code code = dz_db_sound(db, &why);
    if (code == DZ_OK || code == DZ_E_LOCKED)
        code = digest_of(db, ret, &why);
    (void)!dz_db_run(db, "PRAGMA cache_size = -8000", NULL);
    if (code != DZ_OK)
        report(c, dz_project_name(c->v), why.msg, NULL);
    return code;
}

/* The projection made anew beside the one in use, as a hash of its rows, with its database removed
 * again. *ret_made: how the making went; an error of the return value is about the removing. */
static enum dz_code
digest_beside(struct dz_vault *v, const struct dz_opened_hook *hook, uint8_t ret[32],
              enum dz_code *ret_made, struct dz_err *why, struct dz_err *err)
{
    struct dz_db *kept = v->db;
    uint64_t clock = v->clock;
    *ret_made = dz_project_beside(v, hook, why);
    if (*ret_made == DZ_OK)
        *ret_made = digest_of(v->db, ret, why);
    struct dz_db *beside = v->db == kept ? NULL : v->db;
    v->db = kept;
    v->clock = clock;
    return dz_project_drop_beside(v, beside, err);
}

static void
compare(struct checking *c, const uint8_t now[32], const uint8_t fresh[32])
{
    if (memcmp(now, fresh, 32) != 0)
        report(c, dz_project_name(c->v),
               _("does not say what the journal says: run 'dokaz rebuild'"), NULL);
}

/* Nothing is believed because the database says so: make it anew beside, compare, remove.
 * Signatures are checked on the way. */
static enum dz_code
check_projection(struct checking *c, struct dz_err *err)
{
    uint8_t now[32], fresh[32] = {0};
    struct dz_err why = {0};
    enum dz_code made = DZ_OK;
    if (digest_kept(c, now) != DZ_OK)
        return DZ_OK;
    DZ_TRY(digest_beside(c->v, NULL, fresh, &made, &why, err));
    if (made == DZ_OK)
        compare(c, now, fresh);
    /* A journal with damage gives no projection, and the damage has been told. */
    else if (c->n_told == 0)
        report(c, "journal", why.msg, NULL);
    return DZ_OK;
}

/* ---- the same in one pass, while nothing is wrong ---- */

static enum dz_code
pass_entry(void *ctx, size_t log, uint64_t seq, const struct dz_leaf *leaf, const json_t *body,
           const struct entry_place *place, struct dz_err *err)
{
    struct checking *c = ctx;
    c->n_hidden += place->hidden;
    dz_ordinals_entry(c->v, c->ordinals, log, body, place);
    check_leaf_copies(c, leaf, body != NULL);
    for (size_t i = 0; i < leaf->n_brings; i++)
        if (lacks_key(c, &leaf->brings[i]))
            return dz_fail(err, DZ_E_CORRUPT, "its key is missing from the key table");
    if (is_read(c, leaf, body))
        DZ_TRY(contents_hold(c, body, err));
    c->n_contents[log] = seq + 1;
    return DZ_OK;
}

/* Bodies are opened once, for their own checks and for the projection beside, whose hash goes to
 * ret. Nothing is told: when anything does not hold, *ret_sound is false and the checks above say
 * what it is. What the keyless check has found is said there, too. */
static enum dz_code
one_pass(struct checking *c, uint8_t ret[32], bool *ret_sound, struct dz_err *err)
{
    const struct dz_opened_hook hook = {pass_entry, c};
    struct dz_err why = {0};
    enum dz_code made = DZ_E_CORRUPT;
    if (c->report->n_findings == 0)
        DZ_TRY(digest_beside(c->v, &hook, ret, &made, &why, err));
    *ret_sound = made == DZ_OK;
    if (!*ret_sound)
        c->n_hidden = 0;
    if (!*ret_sound)
        memset(c->ordinals, 0, c->v->n_logs * sizeof *c->ordinals);
    if (!*ret_sound)
        memset(c->n_lacking, 0, sizeof c->n_lacking);
    return DZ_OK;
}

/* Not damage, and not a secret: whoever sees the journal can count its entries. */
static void
tell_hidden(struct checking *c)
{
    if (c->n_hidden == 0)
        return;
    DZ_AUTO_FREE char *text = dz_asprintf(
        dz_trn("%llu entry lies in a compartment that this member cannot open",
               "%llu entries lie in compartments that this member cannot open",
               (unsigned long)c->n_hidden),
        (unsigned long long)c->n_hidden);
    notice(c, "journal", text);
}

/* For those who hold everything each such entry has been told by itself. */
static void
tell_missing(struct checking *c)
{
    for (size_t i = 0; i < c->v->n_logs && !dz_tables_hold_all(c->v); i++) {
        uint64_t n = dz_ordinals_missing(c->v, &c->ordinals[i]);
        if (n == 0)
            continue;
        DZ_AUTO_FREE char *thing = dz_asprintf("journal/%s", dz_log_get_info(c->v->logs[i])->id_hex);
        DZ_AUTO_FREE char *text =
            dz_asprintf(dz_trn("%llu entry that this member should open has no key in the key tables",
                               "%llu entries that this member should open have no key in the key "
                               "tables",
                               (unsigned long)n),
                        (unsigned long long)n);
        report(c, thing, text, NULL);
    }
}

/* Entries that their members had no right to make. Whoever holds the keys can write them with tools
 * of their own; what they say is for people to judge. */
static void
tell_overreach(struct checking *c)
{
    struct dz_rows *rows = NULL;
    if (dz_db_query(c->v->db, DZ_Q_OVERREACH_LIST, &rows, NULL, DZ_NO_ARGS) != DZ_OK)
        return;
    while (dz_rows_next(rows)) {
        DZ_AUTO_BUF struct dz_buf who = DZ_BUF(256);
        dz_vault_member_name(c->v, dz_rows_text(rows, 1), &who);
        DZ_AUTO_FREE char *text =
            dz_asprintf(_("%s by %s, who had no right to it then"), dz_rows_text(rows, 2), who.p);
        report(c, dz_rows_text(rows, 0), text, NULL);
    }
    (void)!dz_rows_end(rows, NULL);
}

static void
table_finding(void *ctx, const char *thing, uint64_t seq, const char *message)
{
    (void)seq;
    if (!was_told(ctx, thing))
        report(ctx, thing, message, NULL);
}

static enum dz_code
check_tables(struct checking *c, struct dz_err *err)
{
    struct dz_vault *v = c->v;
    for (int i = 0; i < DZ_COMPARTMENTS; i++) {
        struct keytable *t = &v->tables[i];
        if (!dz_keytable_check_equal(v->fd, v->id, &v->keys, t))
            dz_keytable_check(v->fd, v->id, &v->keys, t->in, c->copies[i], c->copy_good[i],
                              table_finding, c);
        DZ_TRY(dz_keytable_need(v->fd, v->id, &v->keys, t, err));
    }
    return DZ_OK;
}

static enum dz_code
check_with_keys(struct checking *c, struct dz_err *err)
{
    struct dz_vault *v = c->v;
    uint64_t epochs[DZ_COMPARTMENTS];
    bool pending = false;
    DZ_TRY(check_tables(c, err));
    enum dz_code code = dz_removals_pending(v, epochs, &pending, err);
    /* Where the journal cannot be read, that is told below. */
    if (code == DZ_OK && pending && dz_removals_collect(v, &c->removals, NULL) == DZ_OK)
        notice(c, "keytable",
               _("still holds keys that an entry has removed: a removal was interrupted, or an "
                 "older table put back; the next command that writes drops them"));
    uint8_t now[32], fresh[32] = {0};
    bool sound = false;
    if (code == DZ_OK)
        code = one_pass(c, fresh, &sound, err);
    for (size_t i = 0; i < v->n_logs && code == DZ_OK; i++) {
        check_remembered(c, v->logs[i]);
        /* A log without entries may come from a writer that was cut short before its key was
         * stored: nothing rests on it, and nobody writes it. */
        if (dz_log_size(v->logs[i]) > 0)
            check_signer(c, dz_log_get_info(v->logs[i]));
        if (!sound)
            code = check_log(c, i);
    }
    report_copies(c);
    tell_hidden(c);
    tell_missing(c);
    if (code == DZ_OK)
        tell_overreach(c);
    if (code == DZ_OK && !sound)
        return check_projection(c, err);
    if (code == DZ_OK && digest_kept(c, now) == DZ_OK)
        compare(c, now, fresh);
    return code;
}

enum dz_code
dz_vault_verify(struct dz_vault *v, enum dz_verify_depth depth, dz_verify_fn *fn, void *ctx,
                struct dz_verify_report *ret, struct dz_err *err)
{
    *ret = (struct dz_verify_report){0};
    struct checking c = {
        .v = v, .fn = fn, .ctx = ctx, .report = ret, .deep = depth == DZ_VERIFY_DEEP};
    enum dz_code code = check_stored(v->fd, &c, err);
    if (code == DZ_OK && depth != DZ_VERIFY_KEYLESS) {
        c.content_hash = dz_hash_new(DZ_SHA256);
        c.n_contents = dz_alloc_array(v->n_logs, sizeof *c.n_contents);
        c.ordinals = dz_alloc_array(v->n_logs, sizeof *c.ordinals);
        code = check_with_keys(&c, err);
        dz_removals_done(&c.removals);
        dz_hash_free(c.content_hash);
        dz_free(c.n_contents);
        dz_free(c.ordinals);
    }
    told_done(&c);
    return code;
}
