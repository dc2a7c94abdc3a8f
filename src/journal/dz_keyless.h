/* Checking a whole vault without any key: what a keeper without passphrase, or a third party, can
 * find out. It reads every log (frames, leaf records, sealed bodies, tree, checkpoints), then all
 * that leaves say is stored: vault.json and keys/ as files, objects/ as segments and single files
 * (docs/format/objects.md). Nothing is written; a writer may be at work meanwhile.
 *
 * A thing may be absent only when a later leaf of the same log, or a leaf of another log, removes
 * it. Reading is streamed; memory grows by about 50 bytes for each stored thing, no further. */
#ifndef DZ_KEYLESS_H
#define DZ_KEYLESS_H

#include <stdint.h>

#include "dz_err.h"
#include "dz_log.h"

struct dz_keyless_report {
    uint64_t n_logs;
    uint64_t n_entries;
    uint64_t n_bodies; /* entries whose body is there */
    uint64_t n_checkpoints;
    /* entries behind the last checkpoints: a crash came between, or a writer is at work */
    uint64_t n_unsigned;
    uint64_t n_things;      /* stored things that have to be there */
    uint64_t bytes_checked; /* of files and objects */
    uint64_t n_findings;    /* damage: the vault is not what was stored */
    /* left-overs of interrupted commands: nothing that was stored is touched */
    uint64_t n_notices;
};

/** Check the vault whose open folder is vault_dirfd. fn gets every finding, and every notice with
 *  DZ_SEQ_NOTICE in place of an entry's number; thing is a path inside the vault.
 *  @return DZ_OK when the check ran to its end: damage is in ret->n_findings.
 *          DZ_E_NOTFOUND: this is not a vault; DZ_E_FORMAT: made by a newer program;
 *          DZ_E_IO: the device cannot be read. */
DZ_MUSTUSE enum dz_code
dz_keyless_verify(int vault_dirfd, dz_finding_fn *fn, void *ctx, struct dz_keyless_report *ret,
                  struct dz_err *err);

#endif
