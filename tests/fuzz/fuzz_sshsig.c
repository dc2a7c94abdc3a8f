#include <stdint.h>
#include <stdlib.h>

#include "dz_codec.h"
#include "dz_sshsig.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The key line of what was read has to be read back as the same key. */
static void
public_again(const uint8_t pk[DZ_SIGN_PUBLIC_BYTES])
{
    uint8_t again[DZ_SIGN_PUBLIC_BYTES];
    DZ_AUTO_BUF struct dz_buf line = DZ_BUF(1024);
    if (dz_sshsig_public_line(pk, NULL, &line, NULL) != DZ_OK ||
        dz_sshsig_public_parse(dz_buf_view(&line), again, NULL) != DZ_OK ||
        !dz_view_eq((struct dz_view){(const char *)pk, sizeof again},
                    (struct dz_view){(const char *)again, sizeof again}))
        abort();
}

/* Any bytes as an armored signature and as a public key line. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dz_view text = {(const char *)data, size};
    struct dz_sshsig sig;
    uint8_t digest[DZ_SHA512_BYTES];
    uint8_t pk[DZ_SIGN_PUBLIC_BYTES];
    dz_sha512(data, size, digest);
    if (dz_sshsig_read(text, &sig, NULL) == DZ_OK) {
        if (sig.name_space[0] == '\0')
            abort();
        public_again(sig.pk);
        /* A text cannot be a signature over its own hash. */
        if (dz_sshsig_check(&sig, sig.name_space, digest, NULL) == DZ_OK)
            abort();
    }
    if (dz_sshsig_public_parse(text, pk, NULL) == DZ_OK)
        public_again(pk);
    return 0;
}
