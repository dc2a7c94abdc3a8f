/* What the files of the vault share with one another and with nobody else. */
#ifndef VAULT_IMPL_H
#define VAULT_IMPL_H

#include <stdlib.h>

#include "dz_age.h"
#include "dz_db.h"
#include "dz_hash.h"
#include "dz_json.h"
#include "dz_kdf.h"
#include "dz_log.h"
#include "dz_os.h"
#include "dz_pool.h"
#include "dz_seal.h"
#include "dz_secret.h"
#include "dz_sign.h"
#include "dz_time.h"
#include "dz_tr.h"
#include "dz_vault.h"
#include "id_map.h"

#define VAULT_FORMAT 2
#define STAGED ".new" /* behind the name of a file in keys/: the next one, until an entry names it */
#define SEGMENT_MAX (64u << 20)     /* bytes after which a new segment begins */
#define SMALL_OBJECT_MAX (1u << 20) /* stored bytes up to which an object lies in a segment */

/* ---- keys.c: the files under keys/ and what is derived from the keys of compartments ---- */

/* The key of a compartment. Its secret is an age identity, so that whoever knows the public half
 * can seal to it; all that is sealed by those who hold it hangs on `key`. */
struct compartment_key {
    uint32_t epoch;            /* of the secret, from 1; 0 where nothing is known of it */
    struct dz_secret *secret;  /* 32 bytes, X25519; NULL: not held */
    struct dz_secret *key;     /* 32 bytes, derived from it */
    struct dz_secret *earlier; /* the secret of the epoch before, or NULL: a key table may still be
                                  sealed under it when a removal was cut short */
    struct dz_secret *earlier_key;
    bool has_pk;
    uint8_t pk[DZ_X25519_BYTES]; /* public half; from the journal where the secret is not held */
};
struct keyring {
    char member[17];
    struct dz_secret *identity;  /* X25519 */
    struct dz_secret *sign_seed; /* Ed25519 of the member */
    struct dz_secret *sign_key;  /* the same with its public key, ready to sign */
    uint8_t sign_pk[32];
    struct dz_secret *hash_key; /* 32 bytes, made with the vault and never changed */
    struct compartment_key in[DZ_COMPARTMENTS];
    bool staged;    /* opened by the key file that waits (STAGED) */
    bool recovered; /* opened by the identity, without a key file */
};
#define KEY_FILE_MAX 65536

/** Whether everything in a compartment can be read. */
static inline bool
dz_keys_hold(const struct keyring *k, enum dz_compartment in)
{
    return k->in[in].secret != NULL;
}
/** The highest reading level. */
enum dz_compartment
dz_keys_level(const struct keyring *k);
/** Make the first member with a fresh identity, signing key and keys of all compartments; writes
 *  the files under keys/. */
DZ_MUSTUSE enum dz_code
dz_keys_create(int vault_fd, const struct dz_secret *passphrase, struct keyring *ret,
               struct dz_err *err);
/** Fresh id, identity and signing key of a member who holds nothing yet. */
DZ_MUSTUSE enum dz_code
dz_keys_new_member(struct keyring *ret, struct dz_err *err);
/** Write the identity of k under a passphrase as the key file at path. */
DZ_MUSTUSE enum dz_code
dz_keys_member_write(int vault_fd, const char *path, const struct keyring *k,
                     const struct dz_secret *passphrase, const struct dz_kdf_params *kdf,
                     struct dz_err *err);
/** Write the signing seed of k, sealed to k's identity. */
DZ_MUSTUSE enum dz_code
dz_keys_sign_write(int vault_fd, const char *path, const struct keyring *k, struct dz_err *err);
/** Open the key file of a member: an id, or NULL for the only one there is, or any other name: then
 *  the first file that the passphrase opens. The grant is read apart. */
DZ_MUSTUSE enum dz_code
dz_keys_open(int vault_fd, const char *member, const struct dz_secret *passphrase,
             struct keyring *ret, struct dz_err *err);
/** Open with the identity itself, of whichever member it is. DZ_E_AUTH: of none. */
DZ_MUSTUSE enum dz_code
dz_keys_open_identity(int vault_fd, const struct dz_secret *identity, struct keyring *ret,
                      struct dz_err *err);
void
dz_keys_done(struct keyring *k);
/** Take a secret over as that of a compartment, with what follows from it; the one there was
 *  becomes the earlier one. */
DZ_MUSTUSE enum dz_code
dz_keys_put(struct keyring *k, enum dz_compartment in, uint32_t epoch, struct dz_secret *secret,
            struct dz_err *err);
/** The same for the secret of the epoch before. */
DZ_MUSTUSE enum dz_code
dz_keys_put_earlier(struct keyring *k, enum dz_compartment in, struct dz_secret *secret,
                    struct dz_err *err);
/** Key of n bytes for one use ("dokaz/v1/..." label) out of the key of a compartment. DZ_E_DENIED:
 *  not held. */
DZ_MUSTUSE enum dz_code
dz_keys_derive(const struct keyring *k, enum dz_compartment in, const char *label, const void *salt,
               size_t n_salt, size_t n, struct dz_secret **ret, struct dz_err *err);
/** The same out of the key of a given epoch. DZ_E_AUTH: that one is not held. */
DZ_MUSTUSE enum dz_code
dz_keys_derive_at(const struct keyring *k, enum dz_compartment in, uint32_t epoch,
                  const char *label, const void *salt, size_t n_salt, size_t n,
                  struct dz_secret **ret, struct dz_err *err);
/** Seed that signs the checkpoints of a log: sealed at path under the key of the open
 *  compartment. */
DZ_MUSTUSE enum dz_code
dz_keys_log_signer_write(int vault_fd, const struct keyring *k, const char *log, const char *path,
                         const struct dz_secret *seed, struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_keys_log_signer_read(int vault_fd, const struct keyring *k, const char *log,
                        struct dz_secret **ret, struct dz_err *err);
/** A `file` thing for a leaf: SHA-256 and size of a file of the vault. */
DZ_MUSTUSE enum dz_code
dz_keys_file_thing(int vault_fd, const char *path, struct dz_thing *ret, struct dz_err *err);

/* ---- grant.c: which compartments a member may open ---- */

/** Write to path, sealed to pk, what of `from` is in the set of compartments (bits 1 << in).
 *  earlier: an older grant of the member that `from` cannot open, to be kept inside; or empty. */
DZ_MUSTUSE enum dz_code
dz_grant_write(int vault_fd, const char *path, const struct keyring *from, unsigned set,
               const char *member, const uint8_t pk[DZ_X25519_BYTES], struct dz_view earlier,
               struct dz_err *err);
/** Read the grant of k's member into k. DZ_E_NOTFOUND: there is none. */
DZ_MUSTUSE enum dz_code
dz_grant_read(int vault_fd, const char *path, struct keyring *k, struct dz_err *err);

/* ---- keytable.c: file keys and salts of objects and bodies, sealed, in two copies ---- */

struct key_record {
    uint8_t type;   /* 'o' object, 'b' body */
    uint8_t id[32]; /* SHA-256 of the sealed bytes */
    uint8_t key[16];
    uint8_t salt[32]; /* of a body; zero for objects */
};
struct keytable {
    enum dz_compartment in;
    struct id_map keys; /* of struct key_record; wiped before it is freed */
    bool only_checked;  /* what is read is authenticated and not kept: dz_keytable_need */
    uint64_t epoch;
    uint32_t key_epoch; /* of the compartment's key that seals its batches */
    uint64_t batches;
    uint64_t n_foreign; /* batches of writers who do not hold the key */
    uint64_t file_bytes;
    int weak_copy; /* 1 or 2: that copy is behind or damaged; 0: both are good */
};
DZ_MUSTUSE enum dz_code
dz_keytable_create(int vault_fd, const uint8_t vault_id[16], const struct keyring *k,
                   enum dz_compartment in, struct dz_err *err);
/** Read both copies; the longer good one counts and, when writable, repairs the other. Later
 *  batches than known are added on a second call. They are authenticated, and no key is kept: most
 *  commands need none, and they are many. Of a compartment that is not held only the form is
 *  checked. */
DZ_MUSTUSE enum dz_code
dz_keytable_load(int vault_fd, const uint8_t vault_id[16], const struct keyring *k,
                 struct keytable *t, struct dz_err *err);
/** Read the keys into memory, unless they are there; from then on they are kept up to date. Before
 *  every dz_keytable_find. */
DZ_MUSTUSE enum dz_code
dz_keytable_need(int vault_fd, const uint8_t vault_id[16], const struct keyring *k,
                 struct keytable *t, struct dz_err *err);
const struct key_record *
dz_keytable_find(const struct keytable *t, const uint8_t id[32]);
void
dz_keytable_put(struct keytable *t, const struct key_record *r);
/** Write a copy that lacks something anew from the other one: one that was weak when it was opened,
 *  or that another writer left behind since. Holding the lock, after dz_keytable_load. */
DZ_MUSTUSE enum dz_code
dz_keytable_heal(int vault_fd, struct keytable *t, struct dz_err *err);
/** Append records to both copies and sync them: under the compartment's key where it is held, else
 *  sealed to its public half. */
DZ_MUSTUSE enum dz_code
dz_keytable_append(int vault_fd, const struct keyring *k, struct keytable *t,
                   const struct key_record *recs, size_t n, struct dz_err *err);
/** Write both copies anew under the given epoch and the present key, without the keys that drop
 *  names (sorted 32-byte ids). */
DZ_MUSTUSE enum dz_code
dz_keytable_rewrite(int vault_fd, const uint8_t vault_id[16], const struct keyring *k,
                    struct keytable *t, uint64_t epoch, const uint8_t (*drop)[32], size_t n_drop,
                    struct dz_err *err);
/** Read each copy by itself; one that cannot be read is told through fn and not good. Whether a
 *  copy holds what it should only the journal can say: a command that was interrupted leaves them
 *  of different length. Both are given back with dz_keytable_done. */
void
dz_keytable_check(int vault_fd, const uint8_t vault_id[16], const struct keyring *k,
                  enum dz_compartment in, struct keytable ret[2], bool ret_good[2],
                  dz_finding_fn *fn, void *ctx);
/** Whether both copies hold the same bytes, and t, read anew from them, all their keys: then none
 *  can stand in one copy only. false: dz_keytable_check has to look at each. */
bool
dz_keytable_check_equal(int vault_fd, const uint8_t vault_id[16], const struct keyring *k,
                        struct keytable *t);
/** Path of copy 0 or 1 inside the vault; constant. */
const char *
dz_keytable_copy_name(enum dz_compartment in, int copy);
void
dz_keytable_done(struct keytable *t);

/* tables.c: the key tables of all compartments together */
DZ_MUSTUSE enum dz_code
dz_tables_load(struct dz_vault *v, struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_tables_heal(struct dz_vault *v, struct dz_err *err);
void
dz_tables_done(struct dz_vault *v);
/** The key of a body or object, wherever it lies; *ret NULL: in no table that the member holds.
 *  ret_in may be NULL. */
DZ_MUSTUSE enum dz_code
dz_tables_find(struct dz_vault *v, const uint8_t id[32], const struct key_record **ret,
               enum dz_compartment *ret_in, struct dz_err *err);
/** Whether the member holds every compartment, so that a missing key is damage. */
bool
dz_tables_hold_all(const struct dz_vault *v);

/* ---- objects.c: where sealed bytes lie ---- */

struct object_place {
    uint8_t id[32];
    uint32_t segment; /* number from 1; 0 for a file of its own */
    uint64_t offset; /* of the sealed bytes */
    uint64_t size;
};
struct objects {
    int fd; /* the folder objects/ */
    struct id_map places; /* of struct object_place */
    uint32_t last_segment; /* 0: none yet */
    uint64_t last_bytes;   /* length of the last segment */
    int segment_fd;        /* of the last segment, once something was put into it, or -1 */
    uint64_t pushed_bytes; /* of the last segment: on their way to the disk */
    int read_fd;           /* of the segment read last, or -1 */
    uint32_t read_segment;
    bool scanned;
};
/** Order of 32-byte ids and hashes, for qsort and bsearch. */
int
dz_compare_id(const void *a, const void *b);
DZ_MUSTUSE enum dz_code
dz_objects_open(int vault_fd, struct objects *o, struct dz_err *err);
void
dz_objects_done(struct objects *o);
/** Read the heads of all segments and the names of all large files. */
DZ_MUSTUSE enum dz_code
dz_objects_scan(struct objects *o, struct dz_err *err);
/** NULL when it is not stored; scans when needed. */
DZ_MUSTUSE enum dz_code
dz_objects_find(struct objects *o, const uint8_t id[32], const struct object_place **ret,
                struct dz_err *err);
void
dz_objects_note(struct objects *o, const struct object_place *p);
/** Stream the sealed bytes. */
DZ_MUSTUSE enum dz_code
dz_objects_read(struct objects *o, const struct object_place *p, dz_sink_fn *fn, void *ctx,
                struct dz_err *err);
/** The same from a descriptor of one's own, in any thread. */
DZ_MUSTUSE enum dz_code
dz_objects_open_own(struct objects *o, const struct object_place *p, int *ret_fd,
                    struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_objects_stream(int fd, const struct object_place *p, dz_sink_fn *fn, void *ctx,
                  struct dz_err *err);
/** Remove objects for good: segments are copied without them, files unlinked. */
DZ_MUSTUSE enum dz_code
dz_objects_drop(struct objects *o, const uint8_t vault_id[16], const uint8_t (*ids)[32], size_t n,
                struct dz_err *err);
/** After a crash: keep only what the sorted ids name, remove the rest (cut a torn tail). Returns
 *  how many were removed. */
DZ_MUSTUSE enum dz_code
dz_objects_recover(struct objects *o, const uint8_t vault_id[16], const uint8_t (*keep)[32],
                   size_t n, uint64_t *ret_removed, struct dz_err *err);
/** One line that changes whenever objects/ does: last segment, its length, number of large files.
 *  */
DZ_MUSTUSE enum dz_code
dz_objects_state(struct objects *o, char ret[64], struct dz_err *err);

/* object_write.c: a sealed object that no batch has taken yet */

#define ITEM_HEAD 36 /* bytes before each object in a segment: u32 length, SHA-256 */

struct dz_sealed {
    struct dz_object_info info;
    struct key_record rec;
    struct dz_buf item; /* small: ITEM_HEAD bytes of room, then the sealed bytes */
    char tmp[24];       /* large: its file in objects/, synced; "" */
    int fd;             /* large and made apart: its file, synced, without a name; -1 */
    int objects_fd;     /* borrowed */
};
/** Store what was sealed, in the last segment or under its own name; not yet synced. Only
 *  dz_objects_state or dz_objects_scan must have run. m is used up. */
DZ_MUSTUSE enum dz_code
dz_objects_put(struct objects *o, const uint8_t vault_id[16], struct dz_sealed *m,
               struct dz_err *err);
/** Sync what was put since the last call. */
DZ_MUSTUSE enum dz_code
dz_objects_sync(struct objects *o, struct dz_err *err);

/* rights.c */
struct member {
    char id[17];
    char *name; /* NULL: none was given */
    char *recipient;
    char *since;
    char *removed; /* when; NULL: is a member */
    unsigned rights;
    enum dz_compartment level;
};
struct member_list {
    struct member *list;
    size_t n;
    size_t cap;
    bool loaded; /* as the projection has them */
};

/* ---- the vault itself ---- */

#define SPARE_READERS 4

/* Plain bytes of objects that a batch brings, until it has been applied. */
struct kept {
    struct kept_object {
        char id[DZ_HEX32];
        size_t at;
        size_t n;
    } * objects;
    size_t n;
    size_t cap;
    size_t next; /* entries are applied in the order in which they came */
    struct dz_buf bytes;
};

struct dz_vault {
    char *path;
    int fd;
    int lock_fd;
    uint8_t id[16];
    char id_hex[33];
    bool read_only;        /* opened for reading */
    bool read_only_medium; /* the folder cannot be written: the projection is kept in memory */
    bool broken;           /* an error after the commit point: close only */
    bool swept;            /* what interrupted commands left has been removed */
    bool shredding;        /* a removal is not finished yet: bodies without keys are expected */
    struct keyring keys;
    struct keytable tables[DZ_COMPARTMENTS];
    struct member_list members;
    uint64_t next_n[DZ_COMPARTMENTS]; /* ordinals of the next entries of the own log */
    struct objects objects;
    struct dz_pool *entry_pool; /* seals entries: batch_seal.c; NULL until needed */
    struct dz_sealer *sealer; /* of the batches of this handle; made when it is needed */
    struct object_reader *reader; /* kept between objects; NULL until needed and while in use */
    struct object_reader *spare_readers[SPARE_READERS]; /* likewise, for loans; atomic */
    struct kept kept; /* texts that the batch under way has sealed */
    struct dz_log **logs;
    size_t n_logs;
    int own_log;              /* index or -1 */
    struct dz_secret *signer; /* of the own log */
    char *state_dir;          /* of this vault, or NULL */
    int journal_fd;
    struct dz_db *db;
    const struct dz_registry *registry;
    uint64_t cut_bytes; /* torn tail that was cut at opening */
    uint64_t clock;     /* largest clock seen */
};

/* read.c */
struct object_reader;
void
dz_object_reader_free(struct object_reader *r);
/** Keep plain bytes, while there is room for them. */
void
dz_kept_add(struct kept *k, const char *object, struct dz_view plain);
/** Forget the plain bytes that a batch kept. */
void
dz_kept_done(struct kept *k);

/* open.c */
struct dz_vault *
dz_vault_alloc(void);
DZ_MUSTUSE enum dz_code
dz_vault_refresh(struct dz_vault *v, struct dz_err *err);
struct dz_log *
dz_vault_log_by_hex(struct dz_vault *v, const char *hex);
DZ_MUSTUSE enum dz_code
dz_vault_add_log(struct dz_vault *v, const char *name, enum dz_log_mode mode, struct dz_err *err);
/** Open a log anew, for reading on behind a damaged frame; false when it does not open, or is being
 * written by this process. */
bool
dz_vault_reopen_log(struct dz_vault *v, size_t ix);

/* recover.c */
/** Keep of the objects what the journal names, and remove the rest. */
DZ_MUSTUSE enum dz_code
dz_vault_recover_objects(struct dz_vault *v, struct dz_err *err);
/** The same where objects/ is not as it was left. */
DZ_MUSTUSE enum dz_code
dz_vault_check_objects(struct dz_vault *v, struct dz_err *err);
/** Remember how objects/ was left. */
DZ_MUSTUSE enum dz_code
dz_vault_remember_objects(struct dz_vault *v, struct dz_err *err);

/* sweep.c */
/** Remove what interrupted commands left and nothing refers to; under the write lock. */
DZ_MUSTUSE enum dz_code
dz_vault_sweep(struct dz_vault *v, struct dz_err *err);

/* create.c */
DZ_MUSTUSE enum dz_code
dz_vault_new_log(struct dz_vault *v, struct dz_err *err);

/* batch_seal.c */
struct entry_job {
    const json_t *body; /* borrowed */
    const uint8_t *log_id;
    uint64_t seq;
    enum dz_compartment in;
    const struct dz_secret *sign_key;
    struct dz_leaf leaf;
    struct key_record rec;
    struct dz_buf sealed;
    enum dz_code code;
    struct dz_err err;
};
/** body is borrowed until the job is freed; the lists of things are taken over. */
struct entry_job *
dz_entry_job_new(const struct dz_vault *v, uint64_t seq, enum dz_compartment in,
                 const json_t *body, const struct dz_leaf *things);
void
dz_entry_job_free(struct entry_job *j); /* NULL is fine */
#define DZ_ENTRY_JOBS_MAX 64
/** Seal it: true, another thread does and v->entry_pool gives it back, which must hold fewer than
 *  DZ_ENTRY_JOBS_MAX; false, it was done here. n_before: entries that came before it. */
bool
dz_entry_job_start(struct dz_vault *v, struct entry_job *j, size_t n_before);

/* batch.c */
/** The next entry of the batch also brings this file (vault.json, keys/...). */
DZ_MUSTUSE enum dz_code
dz_batch_bring_file(struct dz_batch *b, const char *path, struct dz_err *err);

/** The next entry of the batch also says that this file is there no more. */
DZ_MUSTUSE enum dz_code
dz_batch_drop_file(struct dz_batch *b, const struct dz_thing *file, struct dz_err *err);

/** An entry that orders new epochs for the key tables of compartments that got a new key. */
DZ_MUSTUSE enum dz_code
dz_batch_rekey(struct dz_batch *b, const char *kind, json_t *fields,
               const bool losing[DZ_COMPARTMENTS], struct dz_err *err);

/* member.c */
/** Read what the member may open: the grant in place, or the one that waits where the journal says
 *  that it counts. After the logs are open. */
DZ_MUSTUSE enum dz_code
dz_members_grant(struct dz_vault *v, struct dz_err *err);
/** While a change of passphrase is not settled both key files are there; whether the one that
 *  opened is the one that counts. After the logs are open. DZ_E_AUTH. */
DZ_MUSTUSE enum dz_code
dz_members_check(struct dz_vault *v, struct dz_err *err);
/** Finish or take back changes of files in keys/ that were cut short, and clear away what they
 *  left. Under the write lock. */
DZ_MUSTUSE enum dz_code
dz_members_settle(struct dz_vault *v, struct dz_err *err);

/** Remove the key files of members who are no more. Under the write lock, after the projection. */
DZ_MUSTUSE enum dz_code
dz_members_clear(struct dz_vault *v, struct dz_err *err);
/** Put keys/NAME.new in place as keys/NAME (a path with .new) and sync the folder. */
DZ_MUSTUSE enum dz_code
dz_members_put_in_place(struct dz_vault *v, const char *staged, struct dz_err *err);

/* rekey.c */
/** DZ_E_INPUT: it cannot be a member's name. */
DZ_MUSTUSE enum dz_code
dz_member_check_name(const char *name, struct dz_err *err);

/* rights.c */
DZ_MUSTUSE enum dz_code
dz_members_load(struct dz_vault *v, struct dz_err *err);
void
dz_members_forget(struct dz_vault *v);
/** NULL: nobody ever. Borrowed until members change. */
const struct member *
dz_members_by_id(const struct dz_vault *v, const char *id);
/** One who is a member now. */
const struct member *
dz_members_by_name(const struct dz_vault *v, const char *name);
bool
dz_members_may(const struct member *m, const char *kind, const json_t *fields);
json_t *
dz_rights_json(unsigned rights);
DZ_MUSTUSE enum dz_code
dz_apply_member_added(struct dz_vault *v, struct dz_db *db, const struct dz_entry_view *e,
                      struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_apply_granted(struct dz_vault *v, struct dz_db *db, const struct dz_entry_view *e,
                 struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_apply_member_removed(struct dz_vault *v, struct dz_db *db, const struct dz_entry_view *e,
                        struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_apply_rights(struct dz_vault *v, const struct dz_entry_view *e, struct dz_err *err);

/* guard.c: what this device remembers outside the vault */
DZ_MUSTUSE enum dz_code
dz_guard_open(struct dz_vault *v, struct dz_err *err);
/** Compare every log with what was last seen of it; DZ_E_ROLLBACK. */
DZ_MUSTUSE enum dz_code
dz_guard_check(struct dz_vault *v, struct dz_err *err);
/** Id of this device's log in this vault, or "" when it has none yet. */
DZ_MUSTUSE enum dz_code
dz_guard_own_log(struct dz_vault *v, char ret[33], struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_guard_set_own_log(struct dz_vault *v, const char *log, struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_guard_remember(struct dz_vault *v, struct dz_log *log, struct dz_view note, struct dz_err *err);
/** Whether the next checkpoint of a log that was remembered can be: known before anything is
 *  written, so that no command does its work and then fails. */
DZ_MUSTUSE enum dz_code
dz_guard_writable(struct dz_vault *v, struct dz_log *log, struct dz_err *err);
/** Last seen checkpoint of a log; size 0 when none. */
DZ_MUSTUSE enum dz_code
dz_guard_last(struct dz_vault *v, struct dz_log *log, struct dz_checkpoint *ret,
              struct dz_err *err);

/* entries.c */
/** What an entry's leaf says; free with dz_leaf_done. */
DZ_MUSTUSE enum dz_code
dz_entries_leaf(struct dz_log *log, uint64_t seq, struct dz_leaf *ret, struct dz_err *err);
/* Where the body of an entry lies. */
struct entry_place {
    enum dz_compartment in;
    bool hidden; /* there is a body, and it lies in a compartment that this member cannot open */
};
/** Open one entry. *ret_body NULL when it was removed, or is hidden. ret_place may be NULL. */
DZ_MUSTUSE enum dz_code
dz_entries_open(struct dz_vault *v, struct dz_log *log, uint64_t seq, json_t **ret_body,
                uint8_t ret_sig[64], struct dz_leaf *ret_leaf, struct entry_place *ret_place,
                struct dz_err *err);
/** All entries from the given sizes on (array of n_logs, NULL: from the start), merged by clock,
 *  signatures checked. */
DZ_MUSTUSE enum dz_code
dz_entries_each(struct dz_vault *v, const uint64_t *from, dz_entry_fn *fn, void *ctx,
                struct dz_err *err);
/** Sees every entry of every log that dz_entries_each passes, also those without a body (body
 *  NULL), in the order of each log and once its body has opened; log is an index into v->logs. The
 *  signature is checked later. An error ends the walk. */
typedef enum dz_code
dz_opened_fn(void *ctx, size_t log, uint64_t seq, const struct dz_leaf *leaf, const json_t *body,
             const struct entry_place *place, struct dz_err *err);
struct dz_opened_hook {
    dz_opened_fn *fn;
    void *ctx;
};
/** dz_entries_each with a hook (NULL: none). */
DZ_MUSTUSE enum dz_code
dz_entries_walk(struct dz_vault *v, const uint64_t *from, const struct dz_opened_hook *hook,
                dz_entry_fn *fn, void *ctx, struct dz_err *err);

/* ordinals.c */
struct ordinals { /* of one log */
    uint64_t next[DZ_COMPARTMENTS];
    uint64_t missing[DZ_COMPARTMENTS];
    uint64_t explained;
};
/** Take the next entry of log ix; all has one for each log. body NULL: removed or hidden. */
void
dz_ordinals_entry(const struct dz_vault *v, struct ordinals *all, size_t ix, const json_t *body,
                  const struct entry_place *place);
/** Entries of compartments that the member holds that should open and do not. */
uint64_t
dz_ordinals_missing(const struct dz_vault *v, const struct ordinals *o);

/** Public key that the signature of an entry with this body has to hold under. */
DZ_MUSTUSE enum dz_code
dz_entries_signer(struct dz_vault *v, const json_t *body, uint8_t ret[32], struct dz_err *err);
/** Log and number from "log:seq". DZ_E_USAGE: another form; DZ_E_NOTFOUND. */
DZ_MUSTUSE enum dz_code
dz_entries_find(struct dz_vault *v, const char *ref, struct dz_log **ret_log, uint64_t *ret_seq,
                struct dz_err *err);

/* project.c */
DZ_MUSTUSE enum dz_code
dz_project_open(struct dz_vault *v, struct dz_err *err);
/** Bring the projection up to the journal; rebuilds where it must. */
DZ_MUSTUSE enum dz_code
dz_project_update(struct dz_vault *v, struct dz_err *err);
/** The same when all that is missing are these n entries of the own log, from seq on, whose bodies
 *  and compartments are at hand. Where the database says otherwise, as dz_project_update. */
DZ_MUSTUSE enum dz_code
dz_project_own(struct dz_vault *v, uint64_t seq, const json_t *const *bodies,
               const enum dz_compartment *in, size_t n, struct dz_err *err);
/** Ordinals of the next entries of a log, as far as the projection has got. */
DZ_MUSTUSE enum dz_code
dz_project_ordinals(struct dz_vault *v, const char *log, uint64_t ret[DZ_COMPARTMENTS],
                    struct dz_err *err);
/** Public halves of the keys of compartments that are not held. */
DZ_MUSTUSE enum dz_code
dz_project_recipients(struct dz_vault *v, struct dz_err *err);
/** The projection is right for the key tables as they are now, although these were written anew. */
DZ_MUSTUSE enum dz_code
dz_project_keep_tables(struct dz_vault *v, struct dz_err *err);
/** Path of the database inside the vault; constant. */
const char *
dz_project_name(const struct dz_vault *v);
/** Remove the databases of other levels: what was removed or moved must not stay in them. */
DZ_MUSTUSE enum dz_code
dz_project_drop_others(struct dz_vault *v, struct dz_err *err);
/** Make the projection anew in a database of its own beside the one in use; v->db is that one
 *  afterwards (also after an error, if it got that far). It is for one comparison and holds no
 *  index that only lists need. hook sees the entries on the way; NULL: nobody does.
 *  dz_project_drop_beside closes and removes it. */
DZ_MUSTUSE enum dz_code
dz_project_beside(struct dz_vault *v, const struct dz_opened_hook *hook, struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_project_drop_beside(struct dz_vault *v, struct dz_db *beside, struct dz_err *err);
extern const struct dz_apply dz_vault_applies[];

/* shred.c: what the journal orders to be removed, in sorted lists of 32-byte ids */
struct removals {
    uint8_t (*objects)[32];
    size_t n_objects;
    size_t cap_objects;
    uint8_t (*bodies)[32];
    size_t n_bodies;
    size_t cap_bodies;
};
DZ_MUSTUSE enum dz_code
dz_removals_collect(struct dz_vault *v, struct removals *r, struct dz_err *err);
void
dz_removals_done(struct removals *r);
/** The epochs that the journal orders (kept in the projection) for key tables that the member holds
 *  and that have not got there yet; 0 for all others. */
DZ_MUSTUSE enum dz_code
dz_removals_pending(struct dz_vault *v, uint64_t ret_epochs[DZ_COMPARTMENTS], bool *ret_any,
                    struct dz_err *err);
/** Finish removals that the journal orders. */
DZ_MUSTUSE enum dz_code
dz_shred_pending(struct dz_vault *v, struct dz_err *err);

/* db.c */
DZ_MUSTUSE enum dz_code
dz_db_open(const char *path, const struct dz_secret *key, const struct dz_word_source *words,
           struct dz_db **ret, struct dz_err *err);
struct fulltext *
dz_db_fulltext(struct dz_db *db);
void
dz_db_close(struct dz_db *db);
DZ_MUSTUSE enum dz_code
dz_db_run(struct dz_db *db, const char *sql, struct dz_err *err);
/** Create all tables of an empty database, or find the schema of this version; *ret_stale: tables
 *  of another version, rebuild needed. */
DZ_MUSTUSE enum dz_code
dz_db_schema(struct dz_db *db, bool *ret_stale, struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_db_digest(struct dz_db *db, dz_chunk_fn *fn, void *ctx, struct dz_err *err);
/** Whether tables, their indexes and the full-text index fit each other: an old page put back shows
 *  in one of them first. DZ_E_CORRUPT when they do not; DZ_E_LOCKED while somebody writes. */
DZ_MUSTUSE enum dz_code
dz_db_sound(struct dz_db *db, struct dz_err *err);
/** Set by apply brackets: outside them dz_db_exec refuses. */
void
dz_db_allow_writes(struct dz_db *db, bool yes);

#endif
