/* Signed notes and checkpoints (C2SP signed-note, tlog-checkpoint). Format:
 * docs/format/journal.md. */
#ifndef DZ_NOTE_H
#define DZ_NOTE_H

#include <stdbool.h>
#include <stdint.h>

#include "dz_buf.h"
#include "dz_err.h"
#include "dz_merkle.h"
#include "dz_secret.h"

#define DZ_NOTE_MAX 65536 /* bytes of a note accepted */
#define DZ_NOTE_MAX_SIGS 100

struct dz_note_key {
    char name[128]; /* key name, UTF-8 without spaces and '+' */
    uint32_t id;
    uint8_t pk[32];
};

/** Fill a key from its name and Ed25519 public key; DZ_E_INPUT for a bad name. */
DZ_MUSTUSE enum dz_code
dz_note_key_init(struct dz_note_key *k, const char *name, const uint8_t pk[32], struct dz_err *err);
/** "name+hex8+base64" both ways. */
void
dz_note_vkey(const struct dz_note_key *k, struct dz_buf *out);
DZ_MUSTUSE enum dz_code
dz_note_vkey_parse(struct dz_view text, struct dz_note_key *ret, struct dz_err *err);

/** Append text, blank line and one signature line. text must end in a newline. */
DZ_MUSTUSE enum dz_code
dz_note_sign(struct dz_view text, const struct dz_note_key *key, const struct dz_secret *seed,
             struct dz_buf *out, struct dz_err *err);
/** Check a note against n known keys: unknown signatures are ignored, a failing known one refuses
 *  the note, at least one known must hold. *ret_text borrows from note. DZ_E_INPUT: ill-formed;
 *  DZ_E_CORRUPT: a bad signature, or no known one. */
DZ_MUSTUSE enum dz_code
dz_note_open(struct dz_view note, const struct dz_note_key *keys, size_t n,
             struct dz_view *ret_text, struct dz_err *err);

/** The text of a note whose form is good, borrowed from it. No signature is looked at: for saying
 *  what a note claims before a key for it is known. DZ_E_INPUT: ill-formed. */
DZ_MUSTUSE enum dz_code
dz_note_text(struct dz_view note, struct dz_view *ret_text, struct dz_err *err);

struct dz_checkpoint {
    char origin[128];
    uint64_t size;
    struct dz_hash32 root;
};
/** Text "origin\nsize\nroot\n". */
void
dz_checkpoint_print(const struct dz_checkpoint *c, struct dz_buf *out);
DZ_MUSTUSE enum dz_code
dz_checkpoint_parse(struct dz_view text, struct dz_checkpoint *ret, struct dz_err *err);

#endif
