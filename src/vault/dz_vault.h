/* The vault: sealed objects, the key table, the journal of this device, and the projection that
 * views read.
 *
 * The journal is the authority. A commit makes objects durable, then keys, then the journal frames
 * (the commit point), then
 * signs a checkpoint, then brings the projection up to date. The database may be lost at any time:
 * it is made again.
 * One writer at a time; readers never wait. A vault handle belongs to one thread.
 * Layers below register what they do with entries (struct dz_apply); entries of unknown kinds are
 * kept and skipped. */
#ifndef DZ_VAULT_H
#define DZ_VAULT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dz_buf.h"
#include "dz_err.h"

struct dz_vault;
struct dz_secret;
struct dz_db;
struct dz_batch;

#define DZ_ID_MAX 24 /* bytes of a record id with its NUL: "src-" and 10 characters */
#define DZ_HEX32 65  /* 64 hex characters and NUL */

/* What is stored lies in one of four compartments, each with keys of its own (docs/format/vault.md
 * section 2). A member's reading level opens its compartment and those before it; identities are a
 * right of their own. Everybody can add to every compartment. */
enum dz_compartment { DZ_IN_OPEN, DZ_IN_RESTRICTED, DZ_IN_SEALED, DZ_IN_IDENTITIES };
#define DZ_COMPARTMENTS 4
/** "open", "restricted", "sealed", "identities". */
const char *
dz_compartment_name(enum dz_compartment c);
/** False: there is none of that name. */
bool
dz_compartment_parse(const char *name, enum dz_compartment *ret);

/** An entry as `apply` sees it. All borrowed for the call. */
struct dz_entry_view {
    const char *log; /* 32 hex characters */
    uint64_t seq;    /* from 0 */
    const char *ref; /* "log:seq", what `revises` names */
    const char *kind;
    const char *member;
    const char *time; /* RFC 3339 */
    const json_t *body;
    enum dz_compartment in; /* where it lies now */
};

/** What one layer does with entries of one kind. Must be deterministic: no clock, no randomness,
 *  no locale; objects may be
 *  read. */
struct dz_apply {
    const char *kind;
    enum dz_code (*run)(struct dz_vault *v, struct dz_db *db, const struct dz_entry_view *e,
                        struct dz_err *err);
};
/* Cuts texts into words for the full-text index. One splitter belongs to one vault handle. */
struct dz_fts_word {
    struct dz_view term; /* valid until the splitter is freshened */
    uint32_t id;         /* of the term: counted from 0, without gaps */
    bool same_place;     /* another term of the word before */
};
/** Another answer than 0 ends the splitting. */
typedef int
dz_fts_word_fn(void *ctx, const struct dz_fts_word *w);
struct dz_word_source {
    /** Changes when the same text would give other terms: the index is made anew then. */
    const char *(*version)(void);
    void *(*open)(void);
    void (*close)(void *splitter);
    /** Between texts: it may forget, and count its terms from 0 again. */
    void (*fresh)(void *splitter);
    /** Returns what fn answered last. */
    int (*split)(void *splitter, struct dz_view text, dz_fts_word_fn *fn, void *ctx);
};
struct dz_registry {
    const struct dz_apply *const *applies; /* NULL-ended list of pointers to {0}-ended arrays */
    const struct dz_word_source *words;    /* NULL: texts are not indexed */
};

enum dz_vault_mode { DZ_VAULT_READ, DZ_VAULT_WRITE };

struct dz_vault_opts {
    const char *path;
    enum dz_vault_mode mode;
    const struct dz_secret *passphrase;
    const struct dz_secret *identity; /* instead of a passphrase: a member's own X25519 key */
    const char *member;               /* id or NULL in a vault of one */
    const struct dz_registry *registry;
    bool no_projection; /* verify: do not open or update the database */
};

/** Make a vault in an empty or missing folder, with one member who holds every compartment.
 *  registry as for dz_vault_open: an index made with another one would be made anew. DZ_E_EXISTS:
 *  not empty. */
DZ_MUSTUSE enum dz_code
dz_vault_create(const char *path, const struct dz_registry *registry,
                const struct dz_secret *passphrase, struct dz_err *err);

/** The same with a name for the first member (NULL: none). DZ_E_INPUT: not a name. */
DZ_MUSTUSE enum dz_code
dz_vault_create_as(const char *path, const struct dz_registry *registry, const char *name,
                   const struct dz_secret *passphrase, struct dz_err *err);

/** Folder of the vault that holds path or one above it; caller frees *ret. DZ_E_NOTFOUND says how
 *  to name one. */
DZ_MUSTUSE enum dz_code
dz_vault_find(const char *start, char **ret, struct dz_err *err);

/** Open, check against the rollback guard in the state folder, bring the projection up to date.
 *  DZ_E_NOTFOUND no vault, DZ_E_FORMAT
 *  newer or foreign, DZ_E_AUTH wrong passphrase, DZ_E_CORRUPT, DZ_E_ROLLBACK. On a read-only
 *  medium reading works when the projection
 *  is current; otherwise an in-memory projection is made. */
DZ_MUSTUSE enum dz_code
dz_vault_open(const struct dz_vault_opts *opts, struct dz_vault **ret, struct dz_err *err);
/** Wipes keys. NULL is fine. */
void
dz_vault_close(struct dz_vault *v);

const char *
dz_vault_id(const struct dz_vault *v); /* 32 hex */
const char *
dz_vault_path(const struct dz_vault *v);
const char *
dz_vault_member(const struct dz_vault *v); /* 16 hex */
struct dz_db *
dz_vault_db(struct dz_vault *v);
/** Data version: number of entries over all logs, and SHA-256 (hex) over the logs' ids, sizes and
 *  roots in order. */
uint64_t
dz_vault_version(const struct dz_vault *v, char ret_hex[DZ_HEX32]);
/** Keyed hash (HMAC-SHA-256 under a key of the open compartment), hex, for suggestion ids and
 *  quote hashes. label parts uses. */
void
dz_vault_keyed_hash(const struct dz_vault *v, const char *label, struct dz_view message,
                    char ret_hex[DZ_HEX32]);
/** Fresh random id with a prefix: "src-" + 10 characters of Crockford base32, of which ids that are
 *  made in a row share the first three. In any thread. */
void
dz_vault_new_id(const char *prefix, char ret[DZ_ID_MAX]);

/* ---- objects ---- */

struct dz_object_info {
    char id[DZ_HEX32];     /* SHA-256 of the stored (sealed) bytes, hex */
    char sha256[DZ_HEX32]; /* of the plain bytes */
    uint64_t size_bytes;   /* plain */
    uint64_t stored_bytes;
    const char *codec; /* "zstd" or "none" */
};
typedef enum dz_code
dz_chunk_fn(void *ctx, const void *p, size_t n, struct dz_err *err);

/** Stream an object's plain bytes to fn, checked chunk by chunk; *ret_sha256 (may be NULL) is of
 *  what was given. DZ_E_NOTFOUND: no such
 *  object or its key was destroyed; DZ_E_CORRUPT: damaged, or gone although its key is there. codec
 *  as recorded in the entry. */
DZ_MUSTUSE enum dz_code
dz_vault_read_object(struct dz_vault *v, const char *id, const char *codec, dz_chunk_fn *fn,
                     void *ctx, struct dz_err *err);
/** Whole small object, at most max bytes. */
DZ_MUSTUSE enum dz_code
dz_vault_slurp_object(struct dz_vault *v, const char *id, const char *codec, size_t max,
                      struct dz_buf *out, struct dz_err *err);
/* An object lent to another thread, which reads it while the vault goes on. It stays readable even
 * when it is removed from the vault meanwhile. */
struct dz_loan;
/** As dz_vault_read_object, without reading yet. */
DZ_MUSTUSE enum dz_code
dz_vault_lend(struct dz_vault *v, const char *id, const char *codec, struct dz_loan **ret,
              struct dz_err *err);
/** Read it, in any thread, as often as needed. */
DZ_MUSTUSE enum dz_code
dz_loan_read(struct dz_loan *l, dz_chunk_fn *fn, void *ctx, struct dz_err *err);
void
dz_loan_free(struct dz_loan *l); /* NULL is fine */
/** Write a standard age file for X25519 recipient text or passphrase (exactly one not NULL):
 *  header plus byte copy. */
DZ_MUSTUSE enum dz_code
dz_vault_export_age(struct dz_vault *v, const char *id, const char *recipient,
                    const struct dz_secret *passphrase, dz_chunk_fn *fn, void *ctx,
                    struct dz_err *err);

/* ---- writing ---- */

/** Take the write lock (waits up to 10 s, then DZ_E_LOCKED names the holder) and take up what
 *  others wrote meanwhile. */
DZ_MUSTUSE enum dz_code
dz_batch_begin(struct dz_vault *v, struct dz_batch **ret, struct dz_err *err);

/* Sealing apart from a batch, so that several threads do it at once, each with a sealer of its own.
 * What is sealed waits in memory (small) or, synced, in a temporary file among the objects (large:
 * only while the write lock is held, because the next writer clears such files away). */
struct dz_sealer;
struct dz_sealed;
DZ_MUSTUSE enum dz_code
dz_sealer_new(struct dz_vault *v, struct dz_sealer **ret, struct dz_err *err);
/** Compress in half the time, for what can be derived again: a few per cent more is stored. */
void
dz_sealer_quick(struct dz_sealer *s);
void
dz_sealer_free(struct dz_sealer *s); /* before the vault is closed; NULL is fine */
/** Begin, write..., finish or cancel; then the next one. An error ends it: cancel. */
void
dz_sealer_begin(struct dz_sealer *s);
/** Begin one that may be made, and wait for its batch, while others hold the write lock: a large
 *  one lies in a file without a name, of which nothing stays if the process ends. */
void
dz_sealer_begin_apart(struct dz_sealer *s);
DZ_MUSTUSE enum dz_code
dz_sealer_write(struct dz_sealer *s, const void *p, size_t n, struct dz_err *err);
/** The caller gives *ret to a batch or drops it. */
DZ_MUSTUSE enum dz_code
dz_sealer_finish(struct dz_sealer *s, struct dz_sealed **ret, struct dz_err *err);
void
dz_sealer_cancel(struct dz_sealer *s); /* NULL is fine */
const struct dz_object_info *
dz_sealed_info(const struct dz_sealed *m);
/** Bytes of memory that it takes until a batch has it. */
size_t
dz_sealed_held(const struct dz_sealed *m);
void
dz_sealed_drop(struct dz_sealed *m); /* NULL is fine */
/** Keep the plain bytes of an object that this batch brings until it has been applied, so that they
 *  need not be read back. Where many wait already, nothing is kept. */
void
dz_batch_keep(struct dz_batch *b, const char *object, struct dz_view plain);
/** Store it with this batch; m is used up, also after an error. */
DZ_MUSTUSE enum dz_code
dz_batch_take(struct dz_batch *b, struct dz_sealed *m, struct dz_object_info *ret,
              struct dz_err *err);

/* The same in one go, one object at a time: begin, write..., finish. Nothing is visible before the
 * commit. */
DZ_MUSTUSE enum dz_code
dz_batch_object_begin(struct dz_batch *b, struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_batch_object_write(struct dz_batch *b, const void *p, size_t n, struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_batch_object_finish(struct dz_batch *b, struct dz_object_info *ret, struct dz_err *err);
/** Drop the object being written. */
void
dz_batch_object_cancel(struct dz_batch *b);

/** Add an entry: kind and its fields; log, seq, clock, time and member are filled in here. object
 *  ids (hex) that it brings, NULL-ended or
 *  NULL. ret_ref (may be NULL, 64 bytes) is "log:seq". The body is kept until commit. */
DZ_MUSTUSE enum dz_code
dz_batch_entry(struct dz_batch *b, const char *kind, const json_t *fields,
               const char *const *objects, char *ret_ref, struct dz_err *err);
/** The same in a compartment: the entry and the objects that it brings lie there. dz_batch_entry
 *  puts them into the open one. */
DZ_MUSTUSE enum dz_code
dz_batch_entry_in(struct dz_batch *b, enum dz_compartment in, const char *kind,
                  const json_t *fields, const char *const *objects, char *ret_ref,
                  struct dz_err *err);
/** An entry, in a compartment, that removes: objects (ids) and bodies (refs) of one item; after the
 *  commit they are shredded: keys forgotten under new epochs of the key tables that held them,
 *  sealed bytes dropped, projection cleaned. */
DZ_MUSTUSE enum dz_code
dz_batch_removal(struct dz_batch *b, enum dz_compartment in, const char *kind,
                 const json_t *fields, const char *const *objects, const char *const *bodies,
                 struct dz_err *err);
/** An entry in the compartment `in` that moves objects (ids) and bodies (refs) of one item to the
 *  compartment `to`: their keys are added there, and after the commit forgotten where they were.
 *  `in` is the lower one of where the item was and where it goes. Projections of members who do not
 *  hold both are made anew. */
DZ_MUSTUSE enum dz_code
dz_batch_move(struct dz_batch *b, enum dz_compartment in, enum dz_compartment to, const char *kind,
              const json_t *fields, const char *const *objects, const char *const *bodies,
              struct dz_err *err);
/** Write the entry item.read in a compartment, also with a handle that was opened for reading.
 *  DZ_E_DENIED: the medium cannot be written. */
DZ_MUSTUSE enum dz_code
dz_vault_log_reading(struct dz_vault *v, enum dz_compartment in, const json_t *fields,
                     struct dz_err *err);
/** Borrowed. */
struct dz_vault *
dz_batch_vault(struct dz_batch *b);
/** Bytes waiting in this batch (to commit by size). */
uint64_t
dz_batch_pending_bytes(const struct dz_batch *b);
/** Make everything durable, sign, apply. After an error other than before the commit point the
 *  vault handle is unusable except for
 *  closing. The batch may be used again after a commit (the lock stays). */
DZ_MUSTUSE enum dz_code
dz_batch_commit(struct dz_batch *b, struct dz_err *err);
/** Give up what was not committed, release the lock, free. NULL is fine. */
void
dz_batch_end(struct dz_batch *b);

/* ---- keys ---- */

enum dz_strength { DZ_STRENGTH_USUAL, DZ_STRENGTH_LIGHT, DZ_STRENGTH_STRONG };

/** Put the acting member's key under another passphrase. recovered says in the journal that shares
 *  were used. Whatever moment it is interrupted at, the old passphrase opens the vault, or the new
 *  one, or both; the next writer settles it as the journal says. Copies of the vault made before
 *  open with the old passphrase for ever. */
DZ_MUSTUSE enum dz_code
dz_vault_change_passphrase(struct dz_vault *v, const struct dz_secret *passphrase,
                           enum dz_strength strength, bool recovered, struct dz_err *err);

#define DZ_KEY_SHARES_MAX 16

/** Split the acting member's X25519 key into n shares (SLIP-0039) of which any `needed` give it
 *  back; an entry says so before they are given out, and holds nothing of them. Each of ret[0..n-1]
 *  is a line of words with a NUL; the caller frees them. DZ_E_USAGE: not 2 <= needed <= n <= 16. */
DZ_MUSTUSE enum dz_code
dz_vault_split_key(struct dz_vault *v, unsigned needed, unsigned n,
                   struct dz_secret *ret[DZ_KEY_SHARES_MAX], struct dz_err *err);

#define DZ_PACKAGE_NAMESPACE "dokaz-package" /* of signatures over packages */

/** The key with which the acting member signs packages: Ed25519, derived from the member's own
 *  signing key and used for nothing else. */
DZ_MUSTUSE enum dz_code
dz_vault_package_signer(struct dz_vault *v, uint8_t ret_pk[32], struct dz_err *err);
/** Armored SSH signature with it over a file's SHA-512, appended to out. */
DZ_MUSTUSE enum dz_code
dz_vault_sign_package(struct dz_vault *v, const uint8_t sha512[64], const char *name_space,
                      struct dz_buf *out, struct dz_err *err);

/* ---- reading the journal ---- */

typedef enum dz_code
dz_entry_fn(void *ctx, const struct dz_entry_view *e, struct dz_err *err);
/** Every entry of every log whose body is still there and that the member may read, in the order of
 *  their clocks; signatures are checked. Entries of the identities compartment are left out: they
 *  are opened one at a time, with a reason. */
DZ_MUSTUSE enum dz_code
dz_vault_each_entry(struct dz_vault *v, dz_entry_fn *fn, void *ctx, struct dz_err *err);
/** The compartment in which an entry "log:seq" lies. DZ_E_NOTFOUND: there is none, or it is not for
 *  this member. */
DZ_MUSTUSE enum dz_code
dz_vault_entry_in(struct dz_vault *v, const char *ref, enum dz_compartment *ret,
                  struct dz_err *err);
/** One entry by "log:seq"; caller frees *ret_body. */
DZ_MUSTUSE enum dz_code
dz_vault_read_entry(struct dz_vault *v, const char *ref, json_t **ret_body, struct dz_err *err);

/* ---- proofs (docs/format/proof.md) ---- */

struct dz_log_view {
    const char *log; /* 32 hex characters */
    const char *origin;
    const char *vkey; /* verifier key, as a .vkey file holds it, without the newline */
    uint64_t size;    /* entries there are */
    uint64_t signed_size; /* entries under the last checkpoint */
};
typedef enum dz_code
dz_log_view_fn(void *ctx, const struct dz_log_view *l, struct dz_err *err);
/** Every log of the vault, in the order of their ids. All borrowed for the call. */
DZ_MUSTUSE enum dz_code
dz_vault_each_log(struct dz_vault *v, dz_log_view_fn *fn, void *ctx, struct dz_err *err);

struct dz_checkpoint_view {
    const char *log;
    uint64_t size;
    char root_hex[DZ_HEX32];
    const char *time; /* of the last entry under it; NULL when there is none or its body is gone */
    struct dz_view note;
};
typedef enum dz_code
dz_checkpoint_view_fn(void *ctx, const struct dz_checkpoint_view *c, struct dz_err *err);
/** Every checkpoint of a log (its id, 32 hex characters) that was ever signed, in order, its
 *  signature checked. DZ_E_NOTFOUND: no such log. */
DZ_MUSTUSE enum dz_code
dz_vault_each_checkpoint(struct dz_vault *v, const char *log, dz_checkpoint_view_fn *fn, void *ctx,
                         struct dz_err *err);

#define DZ_CHECKPOINT_LAST UINT64_MAX
/** Append the signed note of the checkpoint of that size, or of the last one. DZ_E_NOTFOUND: no
 *  such log, or nothing of that size was signed. */
DZ_MUSTUSE enum dz_code
dz_vault_checkpoint(struct dz_vault *v, const char *log, uint64_t size, struct dz_buf *out,
                    struct dz_err *err);
/** Append a proof file of entry "log:seq" under the last checkpoint of its log; it was checked
 *  before it is handed out. withhold: names of fields, NULL-ended, or NULL to show everything;
 *  "member" takes the member's key and signature along. An entry whose body was removed gets a bare
 *  proof. DZ_E_NOTFOUND: no such entry, or no checkpoint covers it yet. */
DZ_MUSTUSE enum dz_code
dz_vault_prove(struct dz_vault *v, const char *ref, const char *const *withhold, struct dz_buf *out,
               struct dz_err *err);
/** Append a consistency file from the tree of size m to the checkpoint of size n (or the last
 *  one). */
DZ_MUSTUSE enum dz_code
dz_vault_consistency(struct dz_vault *v, const char *log, uint64_t m, uint64_t n,
                     struct dz_buf *out, struct dz_err *err);
struct dz_kept_checkpoint {
    char log[33];
    uint64_t size;
    char root_hex[DZ_HEX32];
};
/** Hold a checkpoint that was kept outside against the vault. DZ_OK: the vault contains it.
 *  DZ_E_INPUT: not a checkpoint; DZ_E_NOTFOUND: of a log that this vault does not have;
 *  DZ_E_ROLLBACK: the log is shorter than it, so an older copy was put back; DZ_E_CORRUPT: its
 *  signature does not hold, or the log has other entries than it signed: a fork. ret (may be NULL)
 *  is filled on DZ_OK. */
DZ_MUSTUSE enum dz_code
dz_vault_contains(struct dz_vault *v, struct dz_view note, struct dz_kept_checkpoint *ret,
                  struct dz_err *err);
/** The same for a vault whose passphrase one has not, or that does not open. */
DZ_MUSTUSE enum dz_code
dz_vault_contains_keyless(const char *path, struct dz_view note, struct dz_kept_checkpoint *ret,
                          struct dz_err *err);

/* ---- upkeep ---- */

enum dz_verify_depth { DZ_VERIFY_KEYLESS, DZ_VERIFY_NORMAL, DZ_VERIFY_DEEP };
struct dz_verify_report {
    uint64_t n_findings;
    uint64_t n_notices; /* nothing that was stored is touched by them */
    uint64_t n_entries;
    uint64_t n_objects; /* stored things: objects and files */
    uint64_t n_checkpoints;
    uint64_t bytes_checked;
};
/* A finding is damage. A notice is no damage: what an interrupted command left, or a foreign
 * file. */
enum dz_verify_level { DZ_VERIFY_FINDING, DZ_VERIFY_NOTICE };
/** message is one line; thing names file, entry or object; touches names the records that rest on
 *  it ("src-..., act-...") or NULL. */
typedef void
dz_verify_fn(void *ctx, enum dz_verify_level level, const char *thing, const char *message,
             const char *touches);
DZ_MUSTUSE enum dz_code
dz_vault_verify(struct dz_vault *v, enum dz_verify_depth depth, dz_verify_fn *fn, void *ctx,
                struct dz_verify_report *ret, struct dz_err *err);
/** Keyless check of a folder, no passphrase. */
DZ_MUSTUSE enum dz_code
dz_vault_verify_keyless(const char *path, dz_verify_fn *fn, void *ctx, struct dz_verify_report *ret,
                        struct dz_err *err);

/** Throw the projection away and make it again from the journal. */
DZ_MUSTUSE enum dz_code
dz_vault_rebuild(struct dz_vault *v, struct dz_err *err);
/** SHA-256 (hex) over every row of every table that is not a derived cache, in key order: equal
 *  for equal journals. */
DZ_MUSTUSE enum dz_code
dz_vault_digest(struct dz_vault *v, char ret_hex[DZ_HEX32], struct dz_err *err);
/** The same as text lines "table|key|value...", for comparing. */
DZ_MUSTUSE enum dz_code
dz_vault_dump(struct dz_vault *v, dz_chunk_fn *fn, void *ctx, struct dz_err *err);

/** Copy the vault's files (not the database) to a new folder, consistent, and check the copy
 *  without keys. */
DZ_MUSTUSE enum dz_code
dz_vault_backup(struct dz_vault *v, const char *dir, struct dz_err *err);

#endif
