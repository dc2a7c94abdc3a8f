/* Reading bags: folders as RFC 8493 (BagIt 1.0) and its drafts 0.93 to 0.97 describe them, made by
 * anybody. A bag is checked whole: form, completeness, every checksum of every manifest.
 *
 * Nothing outside the folder is read: listed paths are held to the rules before they are looked
 * for, and no symbolic link is followed. Nothing is fetched. Each file is read once for all its
 * algorithms, and of each listed file a record of about 60 bytes is kept, so that memory is bounded
 * by DZ_BAG_FILES_MAX. Checksums say that nothing was damaged by accident; whoever changes a bag on
 * purpose writes new ones. */
#ifndef DZ_BAG_H
#define DZ_BAG_H

#include <stdbool.h>
#include <stdint.h>

#include "dz_buf.h"
#include "dz_check.h"
#include "dz_err.h"
#include "dz_merkle.h"

#define DZ_BAG_FILES_MAX 262144u    /* files listed or found; more are refused */
#define DZ_BAG_LINE_MAX 65536u      /* bytes of a line of a tag file, in UTF-8 */
#define DZ_BAG_TAG_MAX (256u << 20) /* bytes of a manifest, bag-info.txt or fetch.txt */
#define DZ_BAG_DEPTH_MAX 64         /* folders inside folders */

struct dz_bag;

struct dz_bag_report {
    char version[8];        /* "1.0"; "" when bagit.txt does not say */
    char encoding[32];      /* of the tag files */
    char algorithms[64];    /* of payload manifests: "sha256 sha512" */
    uint64_t n_payload;     /* payload files found */
    uint64_t payload_bytes; /* their size */
    uint64_t n_tag;         /* other files found */
    uint64_t n_findings;    /* the bag is not valid */
    uint64_t n_notices;
};

/** Check the bag whose open folder is dirfd. Lines go to fn as they are found.
 *  @param ret_bag  what was learned, for the functions below; give back with dz_bag_free. May be
 *                  NULL.
 *  @return DZ_OK when the check ran to its end: what is wrong is in ret->n_findings.
 *          DZ_E_NOTFOUND: there is no bagit.txt: this is not a bag; DZ_E_LIMIT: more files than are
 *          read; DZ_E_IO: the device cannot be read. */
DZ_MUSTUSE enum dz_code
dz_bag_check(int dirfd, dz_check_fn *fn, void *ctx, struct dz_bag **ret_bag,
             struct dz_bag_report *ret, struct dz_err *err);
void
dz_bag_free(struct dz_bag *bag);
static inline void
dz_cleanup_bag(struct dz_bag **bag)
{
    dz_bag_free(*bag);
}
#define DZ_AUTO_BAG DZ_CLEANUP(dz_cleanup_bag)

enum dz_bag_match {
    DZ_BAG_SAME,    /* the file was read, and its SHA-256 is this one */
    DZ_BAG_OTHER,   /* it was read and has another, or differs from the manifest */
    DZ_BAG_UNKNOWN, /* it is there, and no sha256 manifest lists it */
    DZ_BAG_ABSENT   /* it is not there */
};
/** Compare a file with a SHA-256 without reading it again. path is as on disk. */
enum dz_bag_match
dz_bag_compare(const struct dz_bag *bag, const char *path, const struct dz_hash32 *sha256);
/** Whether the check found a regular file that a manifest lists by this path. */
bool
dz_bag_has(const struct dz_bag *bag, const char *path);
/* What a reader of the bag may note about a file; several can be noted together. */
enum dz_bag_mark {
    DZ_BAG_NAMED = 1,  /* somebody named it: a second walk can tell which nobody named */
    DZ_BAG_PROVEN = 2, /* it was looked into and holds */
    DZ_BAG_BROKEN = 4, /* it was looked into and does not; that was told */
    DZ_BAG_TOLD = 8    /* some list speaks of it */
};
/** Note something about a file; false when it is not there. */
bool
dz_bag_mark(struct dz_bag *bag, const char *path, enum dz_bag_mark mark);
bool
dz_bag_is_marked(const struct dz_bag *bag, const char *path, enum dz_bag_mark mark);

/** Read a whole small file of a bag or any other folder of strangers, appended to out.
 *  DZ_E_NOTFOUND;
 *  DZ_E_INPUT: not a regular file, or reached through a link; DZ_E_LIMIT: longer than max. */
DZ_MUSTUSE enum dz_code
dz_bag_read(int dirfd, const char *path, size_t max, struct dz_buf *out, struct dz_err *err);

/** Calls fn for each regular file below folder (a path inside dirfd, "" for all of it), sorted by
 *  name within each folder; what is no regular file or folder comes with is_file false. No link is
 *  followed. A folder that is not there is empty. Errors of fn end the walk. */
typedef enum dz_code
dz_bag_walk_fn(void *ctx, const char *path, bool is_file, struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_bag_walk(int dirfd, const char *folder, dz_bag_walk_fn *fn, void *ctx, struct dz_err *err);

#endif
