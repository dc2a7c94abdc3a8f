/* Making a package: what a vault hands to a court or a newsroom, as a bag that anyone can check.
 * docs/format/package.md says what is in it, what is held back, and how it is checked.
 *
 * Narrowing is done once, before anything is written: sources by access and basis, facts by the
 * sources they rest on, fields by what they would tell. What is withheld is remembered, and every
 * byte
 * of the package is searched for it before the package gets its name. A preview takes the same way
 * and writes nothing, so it cannot say less than what would leave. */
#ifndef DZ_PACKAGE_OUT_H
#define DZ_PACKAGE_OUT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dz_bag_out.h"
#include "dz_err.h"
#include "dz_leak.h"
#include "dz_rules.h"
#include "dz_vault.h"

struct dz_package_opts {
    const char *path;     /* final name of the folder, or of the age file */
    enum dz_bag_form form;
    const char *seal_for; /* "age1...", with DZ_BAG_SEALED */
    const char *purpose;  /* id of consent_purpose; NULL: internal, unless for_publication */
    const char *recipient;
    bool for_publication;
    bool without_bulk; /* leave out what was accepted in bulk and not reviewed */
    const char *sphere; /* of the facts; each may be NULL: any */
    const char *place;
    const char *period; /* EDTF */
    const char *const *sources; /* full ids; none: those that the chosen facts rest on, or all */
    size_t n_sources;
    const char *const *facts; /* full ids; none: all */
    size_t n_facts;
    const bool *cancel; /* may be NULL */
    struct dz_leaks *leaks; /* with for_publication: what is found is told here, and an undecided
                             * finding stops the package; NULL: no scan */
    bool only_scan;         /* end where something would be written; with DZ_BAG_DRY */
};

enum dz_package_reason {
    DZ_LEFT_ACCESS,   /* not open */
    DZ_LEFT_BASIS,    /* a testimony or a private document: needs consent */
    DZ_LEFT_UNSTATED, /* nobody said what it is */
    DZ_LEFT_NAMES,    /* public: a private person is named, or it could not be read */
    DZ_LEFT_FILE,     /* public: its file may tell who made it, and where */
    DZ_LEFT_INSIDE,   /* a source lies in its file that must not leave */
    DZ_LEFT_REASONS
};
extern const char *const dz_package_reasons[DZ_LEFT_REASONS]; /* as package.json has them */

struct dz_package_report {
    uint64_t n_sources;
    uint64_t n_facts;
    uint64_t n_bulk; /* facts that nobody has reviewed */
    uint64_t n_entries;
    uint64_t n_timestamps;
    uint64_t n_files;
    uint64_t bytes;
    uint64_t left[DZ_LEFT_REASONS]; /* sources */
    uint64_t n_facts_left;          /* facts that rest on a source that must not leave */
    uint64_t n_withheld;            /* fields */
    char sha256[DZ_HEX32];          /* of tagmanifest-sha512.txt */
    /* What a preview tells, lists of objects: "files" {path, size, item}, "entries" {item, kind,
     * ref,
     * shown, withheld}, "left_out" {item, name, reason}. NULL unless the form is DZ_BAG_DRY. */
    json_t *told;
};
void
dz_package_report_done(struct dz_package_report *r);
#define DZ_AUTO_PACKAGE_REPORT DZ_CLEANUP(dz_package_report_done)

/** Whether packages withhold this field of every entry: who did it, what colleagues write to each
 *  other, where the file lay, its metadata, and victims by name. value may be NULL. */
bool
dz_package_withholds(const char *name, const json_t *value);
/** Whether it is the author of whom a file itself tells, in the entry of a text version, and that
 *  file is no page. */
bool
dz_package_withholds_claim(const json_t *body, const char *name);
/** Whether it only says what an entry is and where it stands. Packages show these of every
 *  entry. */
bool
dz_package_shows_always(const char *name);

/** Make a package, and record it: the entry export.made is committed when everything stands in the
 *  temporary place and has been searched, and before the package gets its name. A dry one needs the
 *  vault for reading only. DZ_E_NOTFOUND: nothing that may leave was chosen; DZ_E_EXISTS;
 *  DZ_E_DENIED:
 *  something withheld was found in it (the message says what, where); DZ_E_LOCKED: somebody changed
 *  the vault meanwhile; DZ_E_FULL; DZ_E_CANCELLED. After an error nothing stands at path. */
DZ_MUSTUSE enum dz_code
dz_package_make(struct dz_vault *v, const struct dz_rules *rules,
                const struct dz_package_opts *opts, struct dz_package_report *ret,
                struct dz_err *err);

#endif
