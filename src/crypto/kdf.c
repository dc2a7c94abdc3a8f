#include "dz_kdf.h"

#include <fcntl.h>
#include <sodium.h>
#include <string.h>

#include "dz_buf.h"
#include "dz_codec.h"
#include "dz_os.h"
#include "dz_tr.h"

_Static_assert(DZ_KDF_SALT_BYTES == crypto_pwhash_argon2id_SALTBYTES, "salt size");

#define MIB_KIB ((uint64_t)1024)
#define GIB_KIB (1024 * MIB_KIB)

/* The floor keeps a guessed parameter file from making the passphrase cheap to try, the ceiling
 * keeps a foreign one from taking all memory. */
#define CEIL_OPS 16
#define CEIL_MEM_KIB (4 * GIB_KIB)
#ifdef DZ_WEAK_KDF
#define FLOOR_OPS 1
#define FLOOR_MEM_KIB (8 * MIB_KIB)
#define STRONG_OPS 2
#define STRONG_MEM_KIB (16 * MIB_KIB)
#else
#define FLOOR_OPS 3
#define FLOOR_MEM_KIB (256 * MIB_KIB)
#define USUAL_MEM_KIB (512 * MIB_KIB)
#define ROOMY_MEM_KIB (2 * GIB_KIB)
#define STRONG_OPS 4
#define STRONG_MEM_KIB GIB_KIB

/* Memory that programs could still get without swapping, in KiB; 0 if the kernel does not say. */
static uint64_t
available_kib(void)
{
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(65536);
    if (dz_os_slurp(AT_FDCWD, "/proc/meminfo", 65536, &text, NULL) != DZ_OK)
        return 0;

    static const char label[] = "MemAvailable:";
    const char *at = text.p != NULL ? strstr(text.p, label) : NULL;
    if (at == NULL)
        return 0;
    at += sizeof label - 1;
    at += strspn(at, " ");

    uint64_t kib = 0;
    struct dz_view digits = {.p = at, .n = strspn(at, "0123456789")};
    return dz_parse_u64(digits, &kib) ? kib : 0;
}
#endif

static uint64_t
usual_mem_kib(void)
{
#ifdef DZ_WEAK_KDF
    return FLOOR_MEM_KIB;
#else
    return available_kib() >= ROOMY_MEM_KIB ? USUAL_MEM_KIB : FLOOR_MEM_KIB;
#endif
}

void
dz_kdf_choose(enum dz_kdf_strength strength, struct dz_kdf_params *ret)
{
    ret->ops = strength == DZ_KDF_STRONG ? STRONG_OPS : FLOOR_OPS;
    ret->mem_kib = FLOOR_MEM_KIB;
    if (strength == DZ_KDF_STRONG)
        ret->mem_kib = STRONG_MEM_KIB;
    else if (strength == DZ_KDF_USUAL)
        ret->mem_kib = usual_mem_kib();
    dz_os_random(ret->salt, sizeof ret->salt);
}

void
dz_kdf_default(struct dz_kdf_params *ret)
{
    dz_kdf_choose(DZ_KDF_USUAL, ret);
}

enum dz_code
dz_kdf_derive(const struct dz_secret *passphrase, const struct dz_kdf_params *params,
              struct dz_secret **ret, struct dz_err *err)
{
    if (params->ops < FLOOR_OPS || params->mem_kib < FLOOR_MEM_KIB)
        return dz_fail(err, DZ_E_INPUT,
                       "the key derivation is weaker than dokaz accepts: the key file was made by "
                       "something else or changed");
    if (params->ops > CEIL_OPS || params->mem_kib > CEIL_MEM_KIB)
        return dz_fail(
            err, DZ_E_INPUT,
            "the key derivation asks for more work or memory than dokaz accepts: the key "
            "file was made by something else or changed");

    DZ_AUTO_SECRET struct dz_secret *key = NULL;
    enum dz_code code = dz_secret_new(DZ_KDF_KEY_BYTES, &key, err);
    if (code != DZ_OK)
        return code;
    if (crypto_pwhash_argon2id(dz_secret_at(key), DZ_KDF_KEY_BYTES,
                               (const char *)dz_secret_peek(passphrase), dz_secret_size(passphrase),
                               params->salt, params->ops, (size_t)params->mem_kib * 1024,
                               crypto_pwhash_argon2id_ALG_ARGON2ID13) != 0)
        return dz_fail(err, DZ_E_MEMORY,
                       "opening needs %llu MiB of free memory for a moment: close other programs",
                       (unsigned long long)(params->mem_kib / MIB_KIB));
    *ret = key;
    key = NULL;
    return DZ_OK;
}
