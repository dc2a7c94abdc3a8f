/* The signature of whoever made the package: docs/format/package.md section 5 number 2. */
#include <string.h>

#include "dz_codec.h"
#include "dz_hash.h"
#include "dz_os.h"
#include "dz_sshsig.h"
#include "dz_tr.h"
#include "package_read_impl.h"

#define SIGNED "tagmanifest-sha512.txt"
#define SIGNATURE SIGNED ".sig"
#define SIGNERS "allowed_signers"
#define SIGNERS_MAX 65536u
#define NAME_SPACE "dokaz-package"

/* Whether some line of the file lets this key sign. Options before the key are not needed here: the
 * namespace is checked with the signature. */
static bool
is_allowed(struct dz_view file, const uint8_t pk[DZ_SIGN_PUBLIC_BYTES])
{
    while (file.n > 0) {
        const char *end = memchr(file.p, '\n', file.n);
        struct dz_view line = {.p = file.p, .n = end != NULL ? (size_t)(end - file.p) : file.n};
        file.p += line.n + (end != NULL ? 1 : 0);
        file.n -= line.n + (end != NULL ? 1 : 0);
        while (line.n > 0 && line.p[0] != '#' && !dz_view_starts(line, "ssh-ed25519 ")) {
            line.p++;
            line.n--;
        }
        uint8_t key[DZ_SIGN_PUBLIC_BYTES];
        if (line.n > 0 && dz_sshsig_public_parse(line, key, NULL) == DZ_OK &&
            memcmp(key, pk, sizeof key) == 0)
            return true;
    }
    return false;
}

/* "SHA256:..." as `ssh-keygen -l` prints it, over the key's binary form of RFC 8709 section 4. */
static void
fingerprint(const uint8_t pk[DZ_SIGN_PUBLIC_BYTES], struct dz_buf *out)
{
    DZ_AUTO_BUF struct dz_buf blob = DZ_BUF(128);
    uint8_t digest[DZ_SHA256_BYTES];
    dz_buf_add_u32be(&blob, 11);
    dz_buf_adds(&blob, "ssh-ed25519");
    dz_buf_add_u32be(&blob, DZ_SIGN_PUBLIC_BYTES);
    dz_buf_add(&blob, pk, DZ_SIGN_PUBLIC_BYTES);
    dz_sha256(blob.p, blob.n, digest);
    dz_buf_adds(out, "SHA256:");
    dz_b64_encode(out, digest, sizeof digest, DZ_B64_RAW);
}

static bool
is_trusted(const struct package *p, const uint8_t pk[DZ_SIGN_PUBLIC_BYTES])
{
    for (size_t i = 0; i < p->trust->n_signers; i++)
        if (memcmp(p->trust->signers + i * DZ_SIGN_PUBLIC_BYTES, pk, DZ_SIGN_PUBLIC_BYTES) == 0)
            return true;
    return p->trust->n_signers == 0;
}

static enum dz_code
hash_signed(struct package *p, uint8_t ret[DZ_SHA512_BYTES], bool *ret_good, struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf content = DZ_BUF(DZ_BAG_TAG_MAX);
    DZ_TRY(dz_package_slurp(p, SIGNED, 1u << 20, &content, ret_good, err));
    if (*ret_good)
        dz_sha512(content.p, content.n, ret);
    return DZ_OK;
}

static enum dz_code
check_signature(struct package *p, const struct dz_sshsig *sig, struct dz_err *err)
{
    uint8_t digest[DZ_SHA512_BYTES];
    bool good = false;
    struct dz_err own = {0};
    DZ_TRY(hash_signed(p, digest, &good, err));
    if (!good)
        return DZ_OK;
    if (dz_sshsig_check(sig, NAME_SPACE, digest, &own) != DZ_OK) {
        dz_package_say(p, DZ_CHECK_FINDING, "signature", SIGNATURE, own.msg);
        return DZ_OK;
    }
    DZ_AUTO_BUF struct dz_buf allowed = DZ_BUF(SIGNERS_MAX);
    DZ_TRY(dz_package_slurp(p, SIGNERS, SIGNERS_MAX, &allowed, &good, err));
    if (!good)
        return DZ_OK;
    DZ_AUTO_BUF struct dz_buf print = DZ_BUF(128);
    fingerprint(sig->pk, &print);
    if (!is_allowed(dz_buf_view(&allowed), sig->pk)) {
        dz_package_sayf(p, DZ_CHECK_FINDING, "signature-key", SIGNATURE,
                        N_("it is by the key %s, which allowed_signers does not name"), print.p);
        return DZ_OK;
    }
    if (!is_trusted(p, sig->pk)) {
        dz_package_sayf(p, DZ_CHECK_FINDING, "signature-signer", SIGNATURE,
                        N_("it is by the key %s, which is none of those given with --signer"),
                        print.p);
        return DZ_OK;
    }
    p->result.is_signed = true;
    dz_package_sayf(p, DZ_CHECK_FACT, "signed", SIGNED,
                    N_("signed by the key %s: the package is as that signer made it"), print.p);
    return DZ_OK;
}

enum dz_code
dz_package_signature(struct package *p, struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(DZ_SSHSIG_TEXT_MAX);
    struct dz_sshsig sig;
    struct dz_err own = {0};
    bool good = false;
    if (!dz_os_exists(p->dir, SIGNATURE)) {
        dz_package_say(p, p->trust->n_signers > 0 ? DZ_CHECK_FINDING : DZ_CHECK_NOTICE, "unsigned",
                       SIGNATURE, _("nobody signed this package"));
        return DZ_OK;
    }
    DZ_TRY(dz_package_slurp(p, SIGNATURE, DZ_SSHSIG_TEXT_MAX, &text, &good, err));
    if (!good)
        return DZ_OK;
    if (dz_sshsig_read(dz_buf_view(&text), &sig, &own) != DZ_OK) {
        dz_package_say(p, DZ_CHECK_FINDING, "signature", SIGNATURE, own.msg);
        return DZ_OK;
    }
    return check_signature(p, &sig, err);
}
