#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dz_proof.h"
#include "dz_secret.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was read is written again as the same bytes: there is one form, and none is lost. */
static void
write_again(const struct dz_proof *p, struct dz_view file)
{
    DZ_AUTO_BUF struct dz_buf again = DZ_BUF(DZ_PROOF_MAX);
    if (dz_proof_write(p, &again, NULL) != DZ_OK || !dz_view_eq(dz_buf_view(&again), file))
        abort();
}

/* The body of an entry from the rest of the input: what dz_proof_fill makes of it is read again,
 * and shows and withholds what it was asked to. */
static void
fill_and_read(const struct dz_proof *from, struct dz_view text, bool withhold)
{
    static const char *const names[] = {"member", "a", NULL};
    static const uint8_t salt[DZ_SALT_BYTES] = {1};
    DZ_AUTO_JSON json_t *body = NULL;
    if (dz_json_parse(text, &body, NULL) != DZ_OK || !json_is_object(body) ||
        json_object_size(body) > 1000)
        return;
    DZ_AUTO_BUF struct dz_buf file = DZ_BUF(DZ_PROOF_MAX);
    struct dz_proof made = *from;
    made.shown = json_object();
    made.withheld = json_object();
    made.has_signature = false;
    bool written = dz_proof_fill(&made, body, salt, withhold ? names : NULL, NULL) == DZ_OK &&
                   dz_proof_write(&made, &file, NULL) == DZ_OK;
    json_decref(made.shown);
    json_decref(made.withheld);
    if (!written)
        return; /* values without canonical form, or too deep */
    struct dz_proof again = {.index = 0};
    if (dz_proof_parse(dz_buf_view(&file), &again, NULL) != DZ_OK ||
        json_object_size(again.shown) + json_object_size(again.withheld) != json_object_size(body))
        abort();
    if (withhold && dz_proof_shown(&again, "member") != NULL)
        abort();
    dz_proof_done(&again);
}

/* First byte even: any bytes as a proof, parsed and checked. Odd: a body in JSON behind it is made
 * into a proof in the frame of a fixed one, written and read. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct dz_proof frame;
    if (frame.leaf_bytes.n == 0) {
        static const uint8_t pk[32] = {7};
        static const char note[] = "dokaz/0011223344556677\n0\n"
                                   "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n"
                                   "\xe2\x80\x94 x AAAAAAAA\n";
        if (dz_crypto_init(NULL) != DZ_OK ||
            dz_note_key_init(&frame.key, "dokaz/0011223344556677", pk, NULL) != DZ_OK)
            abort();
        memset(frame.log_hex, '0', 32);
        dz_buf_adds(&frame.leaf_bytes, "leaf");
        dz_buf_adds(&frame.note, note);
    }
    if (size == 0)
        return 0;
    struct dz_view rest = {.p = (const char *)data + 1, .n = size - 1};
    if ((data[0] & 1) != 0) {
        fill_and_read(&frame, rest, (data[0] & 2) != 0);
        return 0;
    }
    struct dz_proof p = {.index = 0};
    if (dz_proof_parse(rest, &p, NULL) != DZ_OK)
        return 0;
    write_again(&p, rest);
    enum dz_proof_step step = DZ_PROOF_FORM;
    if (dz_proof_check(&p, NULL, &step, NULL) != DZ_OK &&
        (step < DZ_PROOF_SIGNED || step > DZ_PROOF_MEMBER))
        abort();
    if (dz_proof_shown(&p, "kind") != NULL && dz_proof_is_bare(&p))
        abort();
    dz_proof_done(&p);
    return 0;
}
