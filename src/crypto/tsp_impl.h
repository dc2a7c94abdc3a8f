/* Inside crypto/: certificates and chains of timestamps. */
#ifndef TSP_IMPL_H
#define TSP_IMPL_H

#include <openssl/ts.h>
#include <openssl/x509.h>

#include "dz_tsp.h"

/* Every call of ours leaves OpenSSL's list of errors as empty as it found it. */
void
dz_tsp_clear_errors(void);

void
dz_cleanup_x509(X509 **p);
void dz_cleanup_x509s(STACK_OF(X509) * *p);
#define DZ_AUTO_X509 DZ_CLEANUP(dz_cleanup_x509)
#define DZ_AUTO_X509S DZ_CLEANUP(dz_cleanup_x509s)

/* All certificates of a PEM text, or of one certificate in DER; an empty text gives an empty list.
 * Errors of dz_tsp_certificates, except that none is no error. */
DZ_MUSTUSE enum dz_code
dz_tsp_read_pem(struct dz_view pem, STACK_OF(X509) * *ret, struct dz_err *err);

/* Append certificates as PEM. */
DZ_MUSTUSE enum dz_code
dz_tsp_write_pem(STACK_OF(X509) * list, struct dz_buf *out, struct dz_err *err);

/* The chain from signer to one of trusted at an instant. An empty list of trusted ones checks the
 * signer's certificate alone: its purpose and its time. DZ_E_AUTH. */
DZ_MUSTUSE enum dz_code
dz_tsp_build_chain(X509 *signer, STACK_OF(X509) * trusted, STACK_OF(X509) * others, int64_t time_us,
                   STACK_OF(X509) * *ret, struct dz_err *err);
/* The store that dz_tsp_build_chain looks into. */
X509_STORE *
dz_tsp_store(X509 *signer, STACK_OF(X509) * trusted, int64_t time_us);

/* Name as one line of UTF-8 with its NUL, cut to n bytes. */
void
dz_tsp_name(const X509_NAME *name, char *ret, size_t n);
/* SHA-256 of the DER in hexadecimal, and its NUL. */
void
dz_tsp_fingerprint(const X509 *certificate, char ret[65]);
/* First end of validity in a chain. */
int64_t dz_tsp_valid_until(STACK_OF(X509) * chain);
/* YYYYMMDDHHMMSS[.fraction]Z, as RFC 3161 section 2.4.2 wants it; false for any other form. */
bool
dz_tsp_time(const ASN1_GENERALIZEDTIME *time, int64_t *ret_us);

#endif
