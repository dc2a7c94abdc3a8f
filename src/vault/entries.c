#include "vault_impl.h"

#include <string.h>

#include "dz_codec.h"

/* Public key of a member: from the projection, where it was put by an entry that was itself
 * checked. */
static enum dz_code
member_key(struct dz_vault *v, const char *member, uint8_t ret[32], struct dz_err *err)
{
    DZ_AUTO_FREE char *hex = NULL;
    DZ_TRY(dz_db_get_text(v->db, DZ_Q_MEMBER_PUBLIC, &hex, err, DZ_ARGS(dz_arg_text(member))));
    if (!hex || !dz_hex_decode(dz_view_of(hex), ret, 32))
        return dz_fail(err, DZ_E_CORRUPT, "signed by an unknown member");
    return DZ_OK;
}

enum dz_code
dz_entries_leaf(struct dz_log *log, uint64_t seq, struct dz_leaf *ret, struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf leaf_bytes = DZ_BUF(65536);
    DZ_AUTO_BUF struct dz_buf sealed = DZ_BUF(DZ_ENTRY_BODY_MAX + 65536);
    DZ_TRY(dz_log_read(log, seq, &leaf_bytes, &sealed, err));
    return dz_leaf_decode(dz_buf_view(&leaf_bytes), ret, err);
}

enum dz_code
dz_entries_open(struct dz_vault *v, struct dz_log *log, uint64_t seq, json_t **ret_body,
                uint8_t ret_sig[64], struct dz_leaf *ret_leaf, struct entry_place *ret_place,
                struct dz_err *err)
{
    struct entry_place place = {.in = DZ_IN_OPEN};
    const struct key_record *rec = NULL;
    DZ_AUTO_BUF struct dz_buf leaf_bytes = DZ_BUF(65536);
    DZ_AUTO_BUF struct dz_buf sealed = DZ_BUF(DZ_ENTRY_BODY_MAX + 65536);
    DZ_TRY(dz_log_read(log, seq, &leaf_bytes, &sealed, err));
    DZ_TRY(dz_leaf_decode(dz_buf_view(&leaf_bytes), ret_leaf, err));
    *ret_body = NULL;
    enum dz_code code = dz_tables_find(v, ret_leaf->sealed_sha256.b, &rec, &place.in, err);
    /* Body gone and key gone: removed on purpose; the keyless check sees whether a later leaf says
     * so. */
    if (code == DZ_OK && sealed.n && rec)
        code = dz_entry_open(dz_buf_view(&sealed), rec->key, rec->salt, ret_leaf, ret_body, ret_sig,
                             err);
    else if (code == DZ_OK && sealed.n && !v->shredding && dz_tables_hold_all(v))
        code = dz_fail(err, DZ_E_CORRUPT, "the key of its body is missing from the key table");
    place.hidden = sealed.n && !rec && !v->shredding;
    if (code != DZ_OK) {
        dz_leaf_done(ret_leaf);
        *ret_leaf = (struct dz_leaf){0};
        return dz_while(err, "entry %.8s:%llu", dz_log_get_info(log)->id_hex,
                        (unsigned long long)seq);
    }
    if (ret_place)
        *ret_place = place;
    return DZ_OK;
}

enum dz_code
dz_entries_signer(struct dz_vault *v, const json_t *body, uint8_t ret[32], struct dz_err *err)
{
    /* The vault's first entry carries the member's key itself: it is checked against that, and the
     * key against the key file that its leaf brings. */
    const char *kind = dz_json_str(body, "kind"), *member = dz_json_str(body, "member");
    const char *own = dz_json_str(body, "public");
    if (!kind || !member)
        return dz_fail(err, DZ_E_CORRUPT, "the body names no kind or no member");
    if (strcmp(kind, "vault.created") != 0)
        return member_key(v, member, ret, err);
    if (!own || !dz_hex_decode(dz_view_of(own), ret, 32))
        return dz_fail(err, DZ_E_CORRUPT, "the first entry names no key");
    return DZ_OK;
}

/* Does the body say what its place says? log, seq and the member's signature bind it. */
static enum dz_code
check_body(struct dz_vault *v, struct dz_log *log, uint64_t seq, const json_t *body,
           const struct dz_leaf *leaf, const uint8_t sig[64], struct dz_err *err)
{
    const struct dz_log_info *info = dz_log_get_info(log);
    const char *member = dz_json_str(body, "member"), *named = dz_json_str(body, "log");
    if (!member || !named || strcmp(named, info->id_hex) != 0 ||
        dz_json_int(body, "seq", -1) != (int64_t)seq || !dz_json_str(body, "kind") ||
        !dz_json_str(body, "time"))
        return dz_fail(err, DZ_E_CORRUPT, "the body does not belong to this place in the journal");
    uint8_t pk[32];
    DZ_TRY(dz_entries_signer(v, body, pk, err));
    return dz_entry_check_signature(leaf, info->id, seq, pk, sig, err);
}

/* The next unread entry of each log, for merging by clock. */
struct head {
    uint64_t seq;
    json_t *body;
    struct dz_leaf leaf;
    uint8_t sig[64];
    struct entry_place place;
    int64_t clock;
};

static void
head_done(struct head *h)
{
    json_decref(h->body);
    dz_leaf_done(&h->leaf);
    h->body = NULL;
    h->leaf = (struct dz_leaf){0};
}

/* Load the next entry that still has a body. */
static enum dz_code
head_fill(struct dz_vault *v, size_t ix, struct head *h, const struct dz_opened_hook *hook,
          struct dz_err *err)
{
    struct dz_log *log = v->logs[ix];
    while (!h->body && h->seq < dz_log_size(log)) {
        DZ_TRY(dz_entries_open(v, log, h->seq, &h->body, h->sig, &h->leaf, &h->place, err));
        if (hook)
            DZ_TRY(hook->fn(hook->ctx, ix, h->seq, &h->leaf, h->body, &h->place, err));
        if (h->body) {
            h->clock = dz_json_int(h->body, "clock", 0);
            return DZ_OK;
        }
        dz_leaf_done(&h->leaf);
        h->leaf = (struct dz_leaf){0};
        h->seq++;
    }
    return DZ_OK;
}

static enum dz_code
give(struct dz_vault *v, struct dz_log *log, struct head *h, dz_entry_fn *fn, void *ctx,
     struct dz_err *err)
{
    const char *hex = dz_log_get_info(log)->id_hex;
    char ref[64];
    struct dz_buf text = DZ_BUF(63);
    dz_buf_addf(&text, "%s:%llu", hex, (unsigned long long)h->seq);
    memcpy(ref, text.p, text.n + 1);
    dz_buf_done(&text);
    if (check_body(v, log, h->seq, h->body, &h->leaf, h->sig, err) != DZ_OK)
        return dz_while(err, "entry %.8s:%llu", hex, (unsigned long long)h->seq);
    struct dz_entry_view e = {.log = hex,
                              .seq = h->seq,
                              .ref = ref,
                              .kind = dz_json_str(h->body, "kind"),
                              .member = dz_json_str(h->body, "member"),
                              .time = dz_json_str(h->body, "time"),
                              .body = h->body,
                              .in = h->place.in};
    return fn(ctx, &e, err);
}

enum dz_code
dz_entries_walk(struct dz_vault *v, const uint64_t *from, const struct dz_opened_hook *hook,
                dz_entry_fn *fn, void *ctx, struct dz_err *err)
{
    struct head *heads = dz_alloc_array(v->n_logs, sizeof *heads);
    for (size_t i = 0; i < v->n_logs; i++)
        heads[i].seq = from ? from[i] : 0;
    enum dz_code code = DZ_OK;
    for (;;) {
        size_t best = SIZE_MAX;
        for (size_t i = 0; i < v->n_logs && code == DZ_OK; i++) {
            code = head_fill(v, i, &heads[i], hook, err);
            /* Logs are sorted by id, so equal clocks have one order everywhere. */
            if (code == DZ_OK && heads[i].body &&
                (best == SIZE_MAX || heads[i].clock < heads[best].clock))
                best = i;
        }
        if (code != DZ_OK || best == SIZE_MAX)
            break;
        code = give(v, v->logs[best], &heads[best], fn, ctx, err);
        head_done(&heads[best]);
        heads[best].seq++;
        if (code != DZ_OK)
            break;
    }
    for (size_t i = 0; i < v->n_logs; i++)
        head_done(&heads[i]);
    dz_free(heads);
    return code;
}

enum dz_code
dz_entries_each(struct dz_vault *v, const uint64_t *from, dz_entry_fn *fn, void *ctx,
                struct dz_err *err)
{
    return dz_entries_walk(v, from, NULL, fn, ctx, err);
}

struct leaving_out {
    dz_entry_fn *fn;
    void *ctx;
};

static enum dz_code
leave_out_identities(void *ctx, const struct dz_entry_view *e, struct dz_err *err)
{
    const struct leaving_out *l = ctx;
    return e->in == DZ_IN_IDENTITIES ? DZ_OK : l->fn(l->ctx, e, err);
}

enum dz_code
dz_vault_each_entry(struct dz_vault *v, dz_entry_fn *fn, void *ctx, struct dz_err *err)
{
    struct leaving_out l = {fn, ctx};
    return dz_entries_each(v, NULL, leave_out_identities, &l, err);
}

enum dz_code
dz_entries_find(struct dz_vault *v, const char *ref, struct dz_log **ret_log, uint64_t *ret_seq,
                struct dz_err *err)
{
    struct dz_view r = dz_view_of(ref);
    const char *colon = memchr(r.p, ':', r.n);
    uint64_t seq;
    if (!colon || colon - r.p != 32 || !dz_parse_u64((struct dz_view){colon + 1, r.n - 33}, &seq))
        return dz_fail(err, DZ_E_USAGE,
                       "'%s' is not an entry: write LOG:NUMBER as 'dokaz log' shows it", ref);
    DZ_AUTO_FREE char *hex = dz_strndup(r.p, 32);
    struct dz_log *log = dz_vault_log_by_hex(v, hex);
    if (!log || seq >= dz_log_size(log))
        return dz_fail(err, DZ_E_NOTFOUND, "there is no entry %s", ref);
    *ret_log = log;
    *ret_seq = seq;
    return DZ_OK;
}

enum dz_code
dz_vault_entry_in(struct dz_vault *v, const char *ref, enum dz_compartment *ret, struct dz_err *err)
{
    struct dz_log *log;
    uint64_t seq;
    struct dz_leaf leaf = {0};
    const struct key_record *rec = NULL;
    DZ_TRY(dz_entries_find(v, ref, &log, &seq, err));
    DZ_TRY(dz_entries_leaf(log, seq, &leaf, err));
    enum dz_code code = dz_tables_find(v, leaf.sealed_sha256.b, &rec, ret, err);
    dz_leaf_done(&leaf);
    if (code == DZ_OK && !rec)
        return dz_fail(err, DZ_E_NOTFOUND, "there is no entry %s", ref);
    return code;
}

enum dz_code
dz_vault_read_entry(struct dz_vault *v, const char *ref, json_t **ret_body, struct dz_err *err)
{
    struct dz_log *log;
    uint64_t seq;
    DZ_TRY(dz_entries_find(v, ref, &log, &seq, err));
    struct dz_leaf leaf = {0};
    uint8_t sig[64];
    json_t *body = NULL;
    struct entry_place place;
    DZ_TRY(dz_entries_open(v, log, seq, &body, sig, &leaf, &place, err));
    enum dz_code code = DZ_OK;
    if (!body && place.hidden)
        code = dz_fail(err, DZ_E_NOTFOUND, "entry %s: this member cannot open it", ref);
    else if (!body)
        code = dz_fail(err, DZ_E_NOTFOUND, "entry %s: its body was removed", ref);
    else
        code = check_body(v, log, seq, body, &leaf, sig, err);
    dz_leaf_done(&leaf);
    if (code == DZ_OK)
        *ret_body = body;
    else
        json_decref(body);
    return code;
}
