#include "dz_member.h"
#include "vault_impl.h"

#include <string.h>

#include "dz_codec.h"
#include "dz_utf8.h"

/* Members come, change and go.
 *
 * Whoever loses a compartment must not open with their old grant what comes after, so that
 * compartment gets a new key: grants of all who keep it are written anew, and so are the files that
 * hang on it. All of them wait as NAME.new until the entry is committed, which names them and
 * removes the old ones; then key tables are rewritten under the new key by what finishes removals
 * (shred.c), files take their places, and the database is made anew. Whatever moment it is cut
 * short at, each grant holds the new key and the one before, so that what is not rewritten yet
 * still opens, and the next writer goes on. */

struct change {
    struct dz_vault *v;
    struct dz_batch *b;
    json_t *fields;
    char **staged; /* paths, to be put in place */
    size_t n_staged;
    size_t cap_staged;
    unsigned rekeyed; /* compartments that got a new key: bits 1 << in */
};

static void
change_done(struct change *c)
{
    for (size_t i = 0; i < c->n_staged; i++)
        dz_free(c->staged[i]);
    dz_free(c->staged);
    json_decref(c->fields);
    dz_batch_end(c->b);
}

/* ---- what is held ---- */

static unsigned
set_of(enum dz_compartment level, unsigned rights)
{
    unsigned set = (1u << (level + 1)) - 1;
    return rights & DZ_RIGHT_IDENTITIES ? set | 1u << DZ_IN_IDENTITIES : set;
}

static unsigned
held_set(const struct keyring *k)
{
    unsigned set = 0;
    for (int i = 0; i < DZ_COMPARTMENTS; i++)
        set |= dz_keys_hold(k, (enum dz_compartment)i) ? 1u << i : 0;
    return set;
}

static enum dz_code
must_hold(const struct dz_vault *v, unsigned set, struct dz_err *err)
{
    unsigned missing = set & ~held_set(&v->keys);
    for (int i = 0; i < DZ_COMPARTMENTS; i++)
        if (missing & 1u << i)
            return dz_fail(err, DZ_E_DENIED,
                           "you do not hold the key of '%s' yourself: it takes an administrator "
                           "who does",
                           dz_compartment_name((enum dz_compartment)i));
    return DZ_OK;
}

/* Nobody else would have it afterwards: nothing could be administered, or what is sealed be opened,
 * ever again. */
static bool
is_last(const struct dz_vault *v, const struct member *of, unsigned right,
        enum dz_compartment level)
{
    for (size_t i = 0; i < v->members.n; i++) {
        const struct member *m = &v->members.list[i];
        if (m != of && !m->removed && (m->rights & right) == right && m->level >= level)
            return false;
    }
    return true;
}

static enum dz_code
check_last(const struct dz_vault *v, const struct member *m, unsigned rights,
           enum dz_compartment level, struct dz_err *err)
{
    unsigned lost = m->rights & ~rights;
    const char *name = m->name ? m->name : m->id;
    if ((lost & DZ_RIGHT_ADMINISTER) && is_last(v, m, DZ_RIGHT_ADMINISTER, DZ_IN_OPEN))
        return dz_fail(err, DZ_E_DENIED, "%s is the last administrator: make another one first",
                       name);
    if ((lost & DZ_RIGHT_IDENTITIES) && is_last(v, m, DZ_RIGHT_IDENTITIES, DZ_IN_OPEN))
        return dz_fail(err, DZ_E_DENIED,
                       "%s is the last one who can open identities: give somebody else the right "
                       "first",
                       name);
    if (level < m->level && is_last(v, m, 0, m->level))
        return dz_fail(err, DZ_E_DENIED,
                       "%s is the last one who reads '%s': give somebody else that level first",
                       name, dz_compartment_name(m->level));
    return DZ_OK;
}

/* ---- files ---- */

/* A file under keys/ is replaced: the new one lies in PATH.new. */
static enum dz_code
stage(struct change *c, const char *path, bool replaces, struct dz_err *err)
{
    char *staged = dz_asprintf("%s" STAGED, path);
    struct dz_thing old;
    c->staged = dz_grow(c->staged, &c->cap_staged, c->n_staged + 1, sizeof *c->staged);
    c->staged[c->n_staged++] = staged;
    DZ_TRY(dz_batch_bring_file(c->b, staged, err));
    if (!replaces)
        return DZ_OK;
    DZ_TRY(dz_keys_file_thing(c->v->fd, path, &old, err));
    return dz_batch_drop_file(c->b, &old, err);
}

static enum dz_code
stage_grant(struct change *c, const char *id, const char *recipient, unsigned set, bool replaces,
            struct dz_err *err)
{
    struct dz_vault *v = c->v;
    uint8_t pk[DZ_X25519_BYTES];
    DZ_AUTO_FREE char *path = dz_asprintf("keys/%s.grant.age", id);
    DZ_AUTO_FREE char *staged = dz_asprintf("%s" STAGED, path);
    DZ_AUTO_BUF struct dz_buf earlier = DZ_BUF(KEY_FILE_MAX);
    DZ_TRY(dz_age_recipient_parse(dz_view_of(recipient), pk, err));
    /* What the acting member cannot open goes along as it is. */
    if (replaces && (set & ~held_set(&v->keys)))
        DZ_TRY(dz_os_slurp(v->fd, path, KEY_FILE_MAX, &earlier, err));
    DZ_TRY(dz_grant_write(v->fd, staged, &v->keys, set, id, pk, dz_buf_view(&earlier), err));
    return stage(c, path, replaces, err);
}

static enum dz_code
stage_log(struct change *c, const char *name, struct dz_err *err)
{
    struct dz_vault *v = c->v;
    DZ_AUTO_FREE char *log = dz_strndup(name, 32);
    DZ_AUTO_FREE char *path = dz_asprintf("keys/%s.log", log);
    DZ_AUTO_FREE char *staged = dz_asprintf("%s" STAGED, path);
    DZ_AUTO_SECRET struct dz_secret *seed = NULL;
    DZ_TRY(dz_keys_log_signer_read(v->fd, &v->keys, log, &seed, err));
    DZ_TRY(dz_keys_log_signer_write(v->fd, &v->keys, log, staged, seed, err));
    return stage(c, path, true, err);
}

static enum dz_code
stage_logs(struct change *c, struct dz_err *err)
{
    char **names = NULL;
    size_t n = 0;
    DZ_TRY(dz_os_list(c->v->fd, "keys", &names, &n, err));
    enum dz_code code = DZ_OK;
    for (size_t i = 0; i < n && code == DZ_OK; i++)
        if (strlen(names[i]) == 36 && strcmp(names[i] + 32, ".log") == 0)
            code = stage_log(c, names[i], err);
    dz_os_names_free(names, n);
    return code;
}

/* ---- new keys ---- */

/* From here on the keyring holds keys that no entry names yet. */
static enum dz_code
make_keys(struct change *c, unsigned set, struct dz_err *err)
{
    struct keyring *k = &c->v->keys;
    json_t *recipients = json_object();
    json_object_set_new(c->fields, "compartments", recipients);
    for (int i = 0; i < DZ_COMPARTMENTS; i++) {
        enum dz_compartment in = (enum dz_compartment)i;
        struct dz_secret *secret = NULL;
        if (!(set & 1u << i))
            continue;
        DZ_TRY(dz_age_identity_new(&secret, err));
        DZ_TRY(dz_keys_put(k, in, k->in[i].epoch + 1, secret, err));
        DZ_AUTO_BUF struct dz_buf text = DZ_BUF(256);
        dz_age_recipient_text(k->in[i].pk, &text);
        dz_json_set_view(recipients, dz_compartment_name(in), dz_buf_view(&text));
    }
    c->rekeyed = set;
    return DZ_OK;
}

/* New keys for a set of compartments, and grants for all who keep any of them; `of` is the member
 * who changes and is left out. */
static enum dz_code
rekey(struct change *c, unsigned set, const struct member *of, struct dz_err *err)
{
    struct dz_vault *v = c->v;
    DZ_TRY(make_keys(c, set, err));
    for (size_t i = 0; i < v->members.n; i++) {
        const struct member *m = &v->members.list[i];
        unsigned theirs = set_of(m->level, m->rights);
        if (m != of && !m->removed && (theirs & set))
            DZ_TRY(stage_grant(c, m->id, m->recipient, theirs, true, err));
    }
    return set & 1u << DZ_IN_OPEN ? stage_logs(c, err) : DZ_OK;
}

/* ---- committing ---- */

static enum dz_code
finish(struct change *c, struct dz_err *err)
{
    for (size_t i = 0; i < c->n_staged; i++)
        DZ_TRY(dz_members_put_in_place(c->v, c->staged[i], err));
    DZ_TRY(dz_members_clear(c->v, err));
    /* The database of this level hangs on a key that is no more. */
    if (c->rekeyed & 1u << dz_keys_level(&c->v->keys))
        DZ_TRY(dz_vault_rebuild(c->v, err));
    return DZ_OK;
}

static enum dz_code
commit(struct change *c, const char *kind, struct dz_err *err)
{
    bool losing[DZ_COMPARTMENTS];
    for (int i = 0; i < DZ_COMPARTMENTS; i++)
        losing[i] = (c->rekeyed & 1u << i) != 0;
    DZ_TRY(dz_batch_rekey(c->b, kind, c->fields, losing, err));
    DZ_TRY(dz_batch_commit(c->b, err));
    if (finish(c, err) != DZ_OK)
        return dz_while(err, "the change counts; the next command that writes finishes it");
    return DZ_OK;
}

static enum dz_code
begin(struct change *c, struct dz_vault *v, struct dz_err *err)
{
    *c = (struct change){.v = v, .fields = json_object()};
    DZ_TRY(dz_batch_begin(v, &c->b, err));
    return dz_vault_need_right(v, DZ_RIGHT_ADMINISTER, err);
}

/* ---- adding ---- */

enum dz_code
dz_member_check_name(const char *name, struct dz_err *err)
{
    size_t n = name ? strlen(name) : 0;
    uint8_t id[8];
    bool plain = n > 0 && n <= DZ_MEMBER_NAME_MAX && name[0] != ' ' && name[n - 1] != ' ' &&
                 dz_utf8_check(dz_view_of(name), NULL) == DZ_OK;
    for (size_t i = 0; i < n; i++)
        plain = plain && (unsigned char)name[i] >= ' ' && name[i] != 127;
    if (!plain)
        return dz_fail(err, DZ_E_INPUT,
                       "a member's name is 1 to %d bytes of one line, without spaces around it",
                       DZ_MEMBER_NAME_MAX);
    if (dz_hex_decode(dz_view_of(name), id, sizeof id))
        return dz_fail(err, DZ_E_INPUT, "'%s' looks like an id: take another name", name);
    return DZ_OK;
}

static enum dz_code
check_name(const struct dz_vault *v, const char *name, struct dz_err *err)
{
    DZ_TRY(dz_member_check_name(name, err));
    if (dz_members_by_name(v, name))
        return dz_fail(err, DZ_E_EXISTS, "there is a member '%s' already", name);
    return DZ_OK;
}

static enum dz_code
write_member(struct change *c, const struct keyring *k, const struct dz_member_new *m,
             struct dz_err *err)
{
    static const enum dz_kdf_strength strengths[] = {
        [DZ_STRENGTH_USUAL] = DZ_KDF_USUAL,
        [DZ_STRENGTH_LIGHT] = DZ_KDF_LIGHT,
        [DZ_STRENGTH_STRONG] = DZ_KDF_STRONG,
    };
    DZ_AUTO_FREE char *key = dz_asprintf("keys/%s.key", k->member);
    DZ_AUTO_FREE char *sign = dz_asprintf("keys/%s.sign.age", k->member);
    DZ_AUTO_FREE char *key_new = dz_asprintf("%s" STAGED, key);
    DZ_AUTO_FREE char *sign_new = dz_asprintf("%s" STAGED, sign);
    struct dz_kdf_params kdf;
    uint8_t x[DZ_X25519_BYTES];
    char public[DZ_HEX32];
    dz_kdf_choose(strengths[m->strength], &kdf);
    DZ_TRY(dz_keys_member_write(c->v->fd, key_new, k, m->passphrase, &kdf, err));
    DZ_TRY(stage(c, key, false, err));
    DZ_TRY(dz_keys_sign_write(c->v->fd, sign_new, k, err));
    DZ_TRY(stage(c, sign, false, err));
    DZ_TRY(dz_age_identity_public(k->identity, x, err));
    DZ_AUTO_BUF struct dz_buf recipient = DZ_BUF(256);
    dz_age_recipient_text(x, &recipient);
    DZ_TRY(stage_grant(c, k->member, recipient.p, set_of(m->level, m->rights), false, err));
    dz_hex_encode(k->sign_pk, sizeof k->sign_pk, public);
    dz_json_set_str(c->fields, "new_member", k->member);
    dz_json_set_str(c->fields, "name", m->name);
    dz_json_set_str(c->fields, "public", public);
    dz_json_set_view(c->fields, "recipient", dz_buf_view(&recipient));
    json_object_set_new(c->fields, "rights", dz_rights_json(m->rights));
    dz_json_set_str(c->fields, "level", dz_compartment_name(m->level));
    return DZ_OK;
}

enum dz_code
dz_member_add(struct dz_vault *v, const struct dz_member_new *m, char ret_id[17],
              struct dz_err *err)
{
    struct change c;
    struct keyring k = {0};
    enum dz_code code = begin(&c, v, err);
    if (code == DZ_OK)
        code = check_name(v, m->name, err);
    if (code == DZ_OK)
        code = must_hold(v, set_of(m->level, m->rights), err);
    if (code == DZ_OK)
        code = dz_keys_new_member(&k, err);
    if (code == DZ_OK)
        code = write_member(&c, &k, m, err);
    if (code == DZ_OK)
        code = commit(&c, "member.added", err);
    if (code == DZ_OK)
        memcpy(ret_id, k.member, sizeof k.member);
    dz_keys_done(&k);
    change_done(&c);
    return code;
}

/* ---- changing and removing ---- */

static enum dz_code
find_member(const struct dz_vault *v, const char *who, const struct member **ret,
            struct dz_err *err)
{
    const struct member *m = dz_members_by_name(v, who);
    if (!m)
        m = dz_members_by_id(v, who);
    if (!m || m->removed)
        return dz_fail(err, DZ_E_NOTFOUND, "there is no member '%s': see 'dokaz member list'", who);
    *ret = m;
    return DZ_OK;
}

static enum dz_code
alter(struct change *c, const char *who, const struct dz_member_change *change, struct dz_err *err)
{
    struct dz_vault *v = c->v;
    const struct member *m = NULL;
    DZ_TRY(find_member(v, who, &m, err));
    unsigned rights = (m->rights | change->grant) & ~change->revoke;
    enum dz_compartment level = change->set_level ? change->level : m->level;
    unsigned before = set_of(m->level, m->rights), after = set_of(level, rights);
    if (rights == m->rights && level == m->level)
        return dz_fail(err, DZ_E_INPUT, "%s has it so already: nothing was changed", who);
    DZ_TRY(check_last(v, m, rights, level, err));
    DZ_TRY(must_hold(v, before ^ after, err));
    dz_json_set_str(c->fields, "of", m->id);
    json_object_set_new(c->fields, "rights", dz_rights_json(rights));
    dz_json_set_str(c->fields, "level", dz_compartment_name(level));
    if (before & ~after)
        DZ_TRY(rekey(c, before & ~after, m, err));
    if (before != after)
        DZ_TRY(stage_grant(c, m->id, m->recipient, after, true, err));
    return commit(c, "key.granted", err);
}

/* The keyring may hold keys that no entry names: only closing is left. */
static enum dz_code
ended(struct change *c, enum dz_code code)
{
    if (code != DZ_OK && c->rekeyed)
        c->v->broken = true;
    change_done(c);
    return code;
}

enum dz_code
dz_member_alter(struct dz_vault *v, const char *who, const struct dz_member_change *change,
                bool *ret_rekeyed, struct dz_err *err)
{
    struct change c;
    enum dz_code code = begin(&c, v, err);
    if (code == DZ_OK)
        code = alter(&c, who, change, err);
    if (ret_rekeyed)
        *ret_rekeyed = c.rekeyed != 0;
    return ended(&c, code);
}

static enum dz_code
drop_files(struct change *c, const char *id, struct dz_err *err)
{
    static const char *const ends[] = {".key", ".sign.age", ".grant.age"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        DZ_AUTO_FREE char *path = dz_asprintf("keys/%s%s", id, ends[i]);
        struct dz_thing file;
        if (!dz_os_exists(c->v->fd, path))
            continue;
        DZ_TRY(dz_keys_file_thing(c->v->fd, path, &file, err));
        DZ_TRY(dz_batch_drop_file(c->b, &file, err));
    }
    return DZ_OK;
}

static enum dz_code
remove_member(struct change *c, const char *who, struct dz_err *err)
{
    struct dz_vault *v = c->v;
    const struct member *m = NULL;
    DZ_TRY(find_member(v, who, &m, err));
    if (strcmp(m->id, v->keys.member) == 0)
        return dz_fail(err, DZ_E_DENIED, "nobody removes themselves: another administrator does");
    DZ_TRY(check_last(v, m, 0, DZ_IN_OPEN, err));
    unsigned set = set_of(m->level, m->rights);
    DZ_TRY(must_hold(v, set, err));
    dz_json_set_str(c->fields, "of", m->id);
    DZ_TRY(drop_files(c, m->id, err));
    DZ_TRY(rekey(c, set, m, err));
    return commit(c, "member.removed", err);
}

enum dz_code
dz_member_remove(struct dz_vault *v, const char *who, struct dz_err *err)
{
    struct change c;
    enum dz_code code = begin(&c, v, err);
    if (code == DZ_OK)
        code = remove_member(&c, who, err);
    return ended(&c, code);
}
