/* Writing a BagIt 1.0 bag (RFC 8493): as a folder, or as a tar stream sealed into one age file.
 *
 * Every file is hashed once, on its way out, with SHA-256 and SHA-512. Nothing stands under the
 * final
 * name before dz_bag_out_finish: a folder is built beside it as PATH.tmp-<16 hex digits>, so that
 * half
 * a bag never looks whole, and an unfinished one is removed by dz_bag_out_free. What a killed
 * process
 * left under such a name is removed by the next one that writes to the same path.
 *
 * A dry bag goes the same way and writes nothing, so that a preview cannot differ from what leaves.
 * Order of use: payload files, manifests, tag files, tag manifests, what is listed nowhere,
 * finish. */
#ifndef DZ_BAG_OUT_H
#define DZ_BAG_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dz_buf.h"
#include "dz_err.h"

struct dz_bag_out;

enum dz_bag_form {
    DZ_BAG_FOLDER,
    DZ_BAG_SEALED, /* tar inside age; no byte of it is on the disk unsealed */
    DZ_BAG_DRY     /* counts and hashes only */
};

/** Begin. path is the final name. recipient ("age1...") only with DZ_BAG_SEALED, else NULL.
 *  DZ_E_EXISTS: something is there already; DZ_E_INPUT: no such recipient; DZ_E_IO. Caller frees.
 *  */
DZ_MUSTUSE enum dz_code
dz_bag_out_new(const char *path, enum dz_bag_form form, const char *recipient,
               struct dz_bag_out **ret, struct dz_err *err);
/** Frees, and removes what was not finished. NULL is fine. */
void
dz_bag_out_free(struct dz_bag_out *b);
static inline void
dz_cleanup_bag_out(struct dz_bag_out **b)
{
    dz_bag_out_free(*b);
}
#define DZ_AUTO_BAG_OUT DZ_CLEANUP(dz_cleanup_bag_out)

/** Let look see every byte of the bag, and refuse it: of a folder when dz_bag_out_settle reads it
 *  back, of a sealed bag while it is written. A call with p NULL ends a file. Call it before the
 *  first file; of a dry bag it sees nothing. */
typedef enum dz_code
dz_bag_look_fn(void *ctx, const char *path, const void *p, size_t n, struct dz_err *err);
void
dz_bag_out_watch(struct dz_bag_out *b, dz_bag_look_fn *look, void *ctx);

/** A payload file ("data/...") or, behind the manifests, a tag file. Paths hold only letters,
 *  digits, '-', '_', '.' and '/'; each is given once. */
DZ_MUSTUSE enum dz_code
dz_bag_out_file(struct dz_bag_out *b, const char *path, struct dz_view content, struct dz_err *err);
/** The same in pieces: size is known before. DZ_E_CORRUPT from end when another number of bytes
 *  came;
 *  ret_sha256 (hex, 65 bytes) may be NULL. */
DZ_MUSTUSE enum dz_code
dz_bag_out_begin(struct dz_bag_out *b, const char *path, uint64_t size, struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_bag_out_write(struct dz_bag_out *b, const void *p, size_t n, struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_bag_out_end(struct dz_bag_out *b, char *ret_sha256, struct dz_err *err);
/** For dry bags: count a file whose bytes need not be read. */
void
dz_bag_out_count(struct dz_bag_out *b, const char *path, uint64_t size);

/** Write bagit.txt and both manifests of the payload, in the order of the bytes of the paths. */
DZ_MUSTUSE enum dz_code
dz_bag_out_manifests(struct dz_bag_out *b, struct dz_err *err);
/** Bytes and files of the payload so far: Payload-Oxum. */
void
dz_bag_out_oxum(const struct dz_bag_out *b, uint64_t *ret_octets, uint64_t *ret_files);
/** Write both tag manifests over everything that is not payload. Digests of tagmanifest-sha512.txt
 *  are given back: its SHA-256 in hex (65 bytes) and its SHA-512 (64 bytes). */
DZ_MUSTUSE enum dz_code
dz_bag_out_tagmanifests(struct dz_bag_out *b, char *ret_sha256, uint8_t *ret_sha512,
                        struct dz_err *err);
/** A file that no manifest lists: a signature over one of them. */
DZ_MUSTUSE enum dz_code
dz_bag_out_unlisted(struct dz_bag_out *b, const char *path, struct dz_view content,
                    struct dz_err *err);

/** Make all of it durable. A folder is read back meanwhile: DZ_E_CORRUPT when a file is not what
 *  was
 *  written. */
DZ_MUSTUSE enum dz_code
dz_bag_out_settle(struct dz_bag_out *b, struct dz_err *err);
/** Give it its final name. DZ_E_EXISTS: something came there meanwhile. */
DZ_MUSTUSE enum dz_code
dz_bag_out_finish(struct dz_bag_out *b, struct dz_err *err);

/** Every file with its size in bytes, in the order in which they were given. */
typedef void
dz_bag_each_fn(void *ctx, const char *path, uint64_t size);
void
dz_bag_out_each(const struct dz_bag_out *b, dz_bag_each_fn *fn, void *ctx);

/** A file name as it may stand in a bag, appended to out: each character that is no letter, digit,
 *  '-', '_' or '.' becomes '_'; at most 100 bytes, its ending kept; never hidden, never a name that
 *  some system reserves. */
void
dz_bag_plain_name(const char *name, struct dz_buf *out);

#endif
