/* Sealing: the payload of the age v1 format (STREAM of 64 KiB ChaCha20-Poly1305 chunks), for
 * every object and body. Format: docs/format/sealing.md and C2SP age.md.
 *
 * sealed = nonce(16) || chunks; chunk key = HKDF-SHA-256(file key, nonce, "payload"); each chunk
 * holds up to 65536 bytes plus a 16-byte tag under nonce counter(11, big-endian) || last(1). A
 * file key is used for one payload only. Sealing and opening push bytes into a sink, so nothing
 * is ever held whole. */
#ifndef DZ_SEAL_H
#define DZ_SEAL_H

#include <stddef.h>
#include <stdint.h>

#include "dz_buf.h"
#include "dz_err.h"

#define DZ_FILE_KEY_BYTES 16
#define DZ_SEAL_CHUNK 65536u
#define DZ_SEAL_NONCE 16u

/** Receives bytes in order; not DZ_OK stops the flow with that error. */
typedef enum dz_code
dz_sink_fn(void *ctx, const void *p, size_t n, struct dz_err *err);

/** Sink into a dz_buf (ctx is struct dz_buf *). */
enum dz_code
dz_sink_buf(void *ctx, const void *p, size_t n, struct dz_err *err);

/** Sealed size of n plain bytes: 16 + n + 16 * max(1, ceil(n / 65536)); UINT64_MAX if that does not
 *  fit. */
uint64_t
dz_seal_size(uint64_t n);

struct dz_seal;
/** Begin sealing under a fresh file key; the random nonce goes to the sink first. Caller frees.
 *  Errors, here and in the next two, are those of the sink. After one the stream has a gap: all
 *  further calls return the same code. After dz_seal_finish they return DZ_E_USAGE. */
DZ_MUSTUSE enum dz_code
dz_seal_new(const uint8_t key[DZ_FILE_KEY_BYTES], dz_sink_fn *sink, void *ctx, struct dz_seal **ret,
            struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_seal_write(struct dz_seal *s, const void *p, size_t n, struct dz_err *err);
/** Writes the last chunk; the payload is complete only after this. */
DZ_MUSTUSE enum dz_code
dz_seal_finish(struct dz_seal *s, struct dz_err *err);
void
dz_seal_free(struct dz_seal *s);

struct dz_unseal;
/** Begin opening; only authenticated bytes reach the sink. They are genuine, but the whole is
 *  there only once dz_unseal_finish has said so: a sink that acts before that acts on a
 *  beginning. After an error all further calls return the same code. Caller frees. */
DZ_MUSTUSE enum dz_code
dz_unseal_new(const uint8_t key[DZ_FILE_KEY_BYTES], dz_sink_fn *sink, void *ctx,
              struct dz_unseal **ret, struct dz_err *err);
/** DZ_E_CORRUPT when a chunk does not authenticate, which is also how a wrong key looks, or when
 *  bytes follow the end; errors of the sink. */
DZ_MUSTUSE enum dz_code
dz_unseal_write(struct dz_unseal *u, const void *p, size_t n, struct dz_err *err);
/** The end of what there is. DZ_E_CORRUPT when the payload ended early or its last chunk does not
 *  authenticate; errors of the sink. */
DZ_MUSTUSE enum dz_code
dz_unseal_finish(struct dz_unseal *u, struct dz_err *err);
void
dz_unseal_free(struct dz_unseal *u);

/** Whole small messages, appended to out; with an error out is as before. DZ_E_LIMIT: out is full;
 *  opening also DZ_E_CORRUPT. */
DZ_MUSTUSE enum dz_code
dz_seal_bytes(const uint8_t key[DZ_FILE_KEY_BYTES], struct dz_view plain, struct dz_buf *out,
              struct dz_err *err);
DZ_MUSTUSE enum dz_code
dz_unseal_bytes(const uint8_t key[DZ_FILE_KEY_BYTES], struct dz_view sealed, struct dz_buf *out,
                struct dz_err *err);

#endif
