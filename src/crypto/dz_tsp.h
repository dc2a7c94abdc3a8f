/* Timestamps of RFC 3161 (OpenSSL): asking an authority, and checking what it answered, also years
 * later and without the network. What is stamped, and how, is in docs/format/timestamp.md.
 *
 * All input is foreign: sizes are bounded, no byte of it is trusted before its signature holds.
 * Instants are microseconds UTC. Nothing here keeps state or opens a connection. */
#ifndef DZ_TSP_H
#define DZ_TSP_H

#include <stdbool.h>
#include <stdint.h>

#include "dz_buf.h"
#include "dz_err.h"

#define DZ_TSP_REQUEST_MAX 1024u                       /* bytes of a request */
#define DZ_TSP_TOKEN_MAX (64u << 10)                   /* bytes of a token accepted, DER */
#define DZ_TSP_RESPONSE_MAX (DZ_TSP_TOKEN_MAX + 4096u) /* bytes of a reply accepted, DER */
#define DZ_TSP_PEM_MAX (256u << 10)                    /* bytes of certificates accepted, PEM */
#define DZ_TSP_CERTS_MAX 64                            /* certificates in them */

enum dz_tsp_chain {
    /* no trusted certificates were given: anybody may have made the token */
    DZ_TSP_CHAIN_UNCHECKED,
    DZ_TSP_CHAIN_HOLDS, /* it leads to a trusted one, at the stamping time and now */
    /* it did at the stamping time; a certificate has expired since: valid */
    DZ_TSP_CHAIN_EXPIRED
};

/** What a checked token says. Texts are UTF-8, one line, NUL-terminated. */
struct dz_tsp_result {
    int64_t time_us;     /* when the authority says that it saw the imprint */
    bool has_accuracy;   /* the authority states how exact its clock is */
    int64_t accuracy_us; /* time_us may be off by as much either way */
    char policy[128];    /* OID of the authority's policy: "1.2.3.4" */
    char serial[132];    /* number of the token, lower-case hexadecimal without leading zeros */
    char authority[256]; /* subject of the signer's certificate */
    enum dz_tsp_chain chain;
    int64_t valid_until_us; /* first end of validity among the certificates used */
    char anchor[256];       /* subject of the trusted certificate; "" when unchecked */
    /* SHA-256 of that certificate (DER), hexadecimal: to compare with what the authority
     * publishes */
    char anchor_sha256[65];
};

/** Make a request for a SHA-256 imprint, with a random nonce of 64 bits, that asks for the
 *  authority's certificate; the DER is appended to out. */
DZ_MUSTUSE enum dz_code
dz_tsp_request(const uint8_t imprint[32], struct dz_buf *out, struct dz_err *err);

/** Check a reply to a request of dz_tsp_request: status, nonce, imprint, signature, and the chain
 *  to one of the certificates in ca_pem at the stamping time.
 *  @param ca_pem  trusted certificates (PEM), at least one; roots or intermediate ones
 *  @param now_us  instant to compare the end of validity with
 *  @param ret_token  the token (DER) is appended; it stands alone
 *  @return DZ_E_DENIED: the authority refuses, and says why; DZ_E_INPUT: no reply of RFC 3161, or
 *          a digest other than SHA-256, SHA-384, SHA-512; DZ_E_CORRUPT: it does not belong to the
 *          request, or the signature does not hold; DZ_E_AUTH: its certificate does not lead to
 *          ca_pem, or is not one for timestamps alone. */
DZ_MUSTUSE enum dz_code
dz_tsp_check_reply(struct dz_view request, struct dz_view reply, struct dz_view ca_pem,
                   int64_t now_us, struct dz_buf *ret_token, struct dz_tsp_result *ret,
                   struct dz_err *err);

/* Of the trusted certificates those that belong to a certification authority count; where one is a
 * root, the chain goes on to it. Only where none belongs to one, the signer's own certificate may
 * be
 * among them and is trusted by itself. */

/** Check a stored token by itself: imprint, signature, chain at the stamping time.
 *  @param imprint    SHA-256 of what was stamped
 *  @param ca_pem     trusted certificates; empty: the chain is left unchecked and ret->chain says
 *                    so, all the rest is checked
 *  @param other_pem  further certificates that the chain may pass through, not trusted by
 *                    themselves; may be empty, those in the token are used in any case
 *  @param now_us     as above
 *  @return errors as above, DZ_E_CORRUPT: not a token for this imprint */
DZ_MUSTUSE enum dz_code
dz_tsp_check_token(struct dz_view token, const uint8_t imprint[32], struct dz_view ca_pem,
                   struct dz_view other_pem, int64_t now_us, struct dz_tsp_result *ret,
                   struct dz_err *err);

/** One certificate, as a person compares it with what its owner publishes. */
struct dz_tsp_certificate {
    char subject[256];
    char sha256[65]; /* of the DER, hexadecimal */
    int64_t valid_until_us;
};
typedef void
dz_tsp_certificate_fn(void *ctx, const struct dz_tsp_certificate *c);
/** Every certificate of a PEM text. Errors of dz_tsp_certificates. */
DZ_MUSTUSE enum dz_code
dz_tsp_each_certificate(struct dz_view pem, dz_tsp_certificate_fn *fn, void *ctx,
                        struct dz_err *err);

/** The certificates through which a checked token leads to ca_pem, from the signer's to the trusted
 *  one, appended as PEM: kept beside the token they serve as ca_pem later. Errors of
 *  dz_tsp_check_token. */
DZ_MUSTUSE enum dz_code
dz_tsp_chain_pem(struct dz_view token, struct dz_view ca_pem, struct dz_view other_pem,
                 struct dz_buf *out, struct dz_err *err);

/** Look at a file that is to hold trusted certificates: at least one, nothing but certificates, and
 *  never a private key. Each is appended to out as PEM without the words around it.
 *  @return DZ_E_DENIED: a private key stands in it; DZ_E_INPUT: no certificate, or damaged;
 *          DZ_E_LIMIT */
DZ_MUSTUSE enum dz_code
dz_tsp_certificates(struct dz_view pem, struct dz_buf *out, struct dz_err *err);

#endif
