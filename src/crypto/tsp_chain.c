#define _GNU_SOURCE /* memmem */

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <string.h>

#include "dz_codec.h"
#include "dz_hash.h"
#include "dz_time.h"
#include "dz_utf8.h"
#include "openssl_impl.h"
#include "tsp_impl.h"

/* Weaker keys and digests than 112 bits of security (SHA-1, RSA below 2048 bits) are refused in a
 * chain: the level of OpenSSL's own documentation. */
#define SECURITY_LEVEL 2
#define CHAIN_DEPTH_MAX 16

void
dz_tsp_clear_errors(void)
{
    ERR_clear_error();
}

void
dz_cleanup_x509(X509 **p)
{
    X509_free(*p);
}

void
dz_cleanup_x509s(STACK_OF(X509) * *p)
{
    sk_X509_pop_free(*p, X509_free);
}

static void
cleanup_bio(BIO **p)
{
    BIO_free(*p);
}
#define AUTO_BIO DZ_CLEANUP(cleanup_bio)

/* ---- certificates in files ---- */

static bool
holds(struct dz_view text, const char *words)
{
    return text.n > 0 && memmem(text.p, text.n, words, strlen(words)) != NULL;
}

static X509 *
certificate_of(const uint8_t *der, long n)
{
    const uint8_t *p = der;
    X509 *certificate = d2i_X509(NULL, &p, n);
    if (certificate != NULL && p == der + n)
        return certificate;
    X509_free(certificate);
    return NULL;
}

static enum dz_code
add_certificate(STACK_OF(X509) * list, X509 *certificate, struct dz_err *err)
{
    if (certificate == NULL)
        return dz_fail(err, DZ_E_INPUT, "a certificate is damaged");
    if (sk_X509_num(list) >= DZ_TSP_CERTS_MAX) {
        X509_free(certificate);
        return dz_fail(err, DZ_E_LIMIT, "more than %d certificates", DZ_TSP_CERTS_MAX);
    }
    dz_openssl_must(sk_X509_push(list, certificate) > 0);
    return DZ_OK;
}

/* One block of a PEM text; *ret_more false behind the last. */
static enum dz_code
read_block(BIO *in, STACK_OF(X509) * list, bool *ret_more, struct dz_err *err)
{
    char *name = NULL, *header = NULL;
    uint8_t *data = NULL;
    long n = 0;
    *ret_more = PEM_read_bio(in, &name, &header, &data, &n) == 1;
    if (!*ret_more) {
        unsigned long why = ERR_peek_last_error();
        ERR_clear_error();
        if (ERR_GET_LIB(why) == ERR_LIB_PEM && ERR_GET_REASON(why) == PEM_R_NO_START_LINE)
            return DZ_OK;
        return dz_fail(err, DZ_E_INPUT, "a certificate is damaged");
    }
    enum dz_code code;
    if (strcmp(name, PEM_STRING_X509) == 0 || strcmp(name, PEM_STRING_X509_OLD) == 0)
        code = add_certificate(list, certificate_of(data, n), err);
    else
        code = dz_fail(err, DZ_E_INPUT, "it holds '%s' besides certificates", name);
    OPENSSL_free(name);
    OPENSSL_free(header);
    OPENSSL_clear_free(data, (size_t)n);
    return code;
}

static enum dz_code
read_all(struct dz_view pem, STACK_OF(X509) * list, struct dz_err *err)
{
    /* Authorities also hand out single certificates as DER. */
    if (pem.n > 0 && pem.p[0] == '\x30')
        return add_certificate(list, certificate_of((const uint8_t *)pem.p, (long)pem.n), err);
    AUTO_BIO BIO *in = BIO_new_mem_buf(pem.n > 0 ? pem.p : "", (int)pem.n);
    dz_openssl_must(in != NULL);
    for (bool more = true; more;)
        DZ_TRY(read_block(in, list, &more, err));
    return DZ_OK;
}

enum dz_code
dz_tsp_read_pem(struct dz_view pem, STACK_OF(X509) * *ret, struct dz_err *err)
{
    (void)dz_openssl_algs();
    /* Before anything else, and also where the block is not whole. */
    if (holds(pem, "PRIVATE KEY") || holds(pem, "SECRET-KEY"))
        return dz_fail(err, DZ_E_DENIED,
                       "it holds a private key, and only certificates belong here: nothing was "
                       "kept of it");
    if (pem.n > DZ_TSP_PEM_MAX)
        return dz_fail(err, DZ_E_LIMIT, "certificates of more than %u bytes", DZ_TSP_PEM_MAX);
    STACK_OF(X509) *list = sk_X509_new_null();
    dz_openssl_must(list != NULL);
    enum dz_code code = read_all(pem, list, err);
    dz_tsp_clear_errors();
    if (code == DZ_OK)
        *ret = list;
    else
        sk_X509_pop_free(list, X509_free);
    return code;
}

enum dz_code
dz_tsp_write_pem(STACK_OF(X509) * list, struct dz_buf *out, struct dz_err *err)
{
    AUTO_BIO BIO *text = BIO_new(BIO_s_mem());
    dz_openssl_must(text != NULL);
    for (int i = 0; i < sk_X509_num(list); i++)
        dz_openssl_must(PEM_write_bio_X509(text, sk_X509_value(list, i)));
    char *p = NULL;
    long n = BIO_get_mem_data(text, &p);
    dz_buf_add(out, p, (size_t)n);
    return dz_buf_ok(out, "certificates", err);
}

enum dz_code
dz_tsp_certificates(struct dz_view pem, struct dz_buf *out, struct dz_err *err)
{
    DZ_AUTO_X509S STACK_OF(X509) *list = NULL;
    DZ_TRY(dz_tsp_read_pem(pem, &list, err));
    if (sk_X509_num(list) == 0)
        return dz_fail(err, DZ_E_INPUT, "it holds no certificate in PEM form");
    return dz_tsp_write_pem(list, out, err);
}

/* ---- names and times ---- */

void
dz_tsp_name(const X509_NAME *name, char *ret, size_t n)
{
    AUTO_BIO BIO *text = BIO_new(BIO_s_mem());
    dz_openssl_must(text != NULL);
    char *p = NULL;
    long length = 0;
    if (X509_NAME_print_ex(text, name, 0,
                           (ASN1_STRFLGS_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) | XN_FLAG_SEP_CPLUS_SPC |
                               XN_FLAG_FN_SN) >= 0)
        length = BIO_get_mem_data(text, &p);
    DZ_AUTO_BUF struct dz_buf repaired = DZ_BUF(DZ_TSP_TOKEN_MAX * 8);
    DZ_AUTO_BUF struct dz_buf line = DZ_BUF(DZ_TSP_TOKEN_MAX * 8);
    dz_utf8_repair(&repaired, (struct dz_view){p, p == NULL ? 0 : (size_t)length});
    /* A character takes up to four bytes. */
    dz_utf8_line(&line, dz_buf_view(&repaired), n / 4 > 2 ? n / 4 * 2 : 1);
    size_t fits = line.n < n ? line.n : n - 1;
    fits = fits == line.n ? fits : dz_utf8_valid_prefix((struct dz_view){line.p, fits});
    memcpy(ret, line.n > 0 ? line.p : "", fits);
    ret[fits] = '\0';
}

void
dz_tsp_fingerprint(const X509 *certificate, char ret[65])
{
    uint8_t *der = NULL, digest[DZ_SHA256_BYTES];
    int n = i2d_X509(certificate, &der);
    dz_openssl_must(n > 0);
    dz_sha256(der, (size_t)n, digest);
    OPENSSL_free(der);
    dz_hex_encode(digest, sizeof digest, ret);
}

static int
two_digits(const uint8_t *p)
{
    if (p[0] < '0' || p[0] > '9' || p[1] < '0' || p[1] > '9')
        return -1;
    return (p[0] - '0') * 10 + (p[1] - '0');
}

/* .1 to .999999, further digits are cut; the last one is not zero in DER, here it may be. */
static bool
fraction_us(const uint8_t *p, size_t n, int64_t *ret)
{
    int64_t weight = 100000;
    *ret = 0;
    for (size_t i = 0; i < n; i++, weight /= 10) {
        if (p[i] < '0' || p[i] > '9')
            return false;
        *ret += (p[i] - '0') * weight;
    }
    return n > 0;
}

bool
dz_tsp_time(const ASN1_GENERALIZEDTIME *time, int64_t *ret_us)
{
    const uint8_t *p = ASN1_STRING_get0_data(time);
    int n = ASN1_STRING_length(time);
    int part[7];
    if (n < 15 || n > 32 || p[n - 1] != 'Z')
        return false;
    for (size_t i = 0; i < 7; i++)
        if ((part[i] = two_digits(p + 2 * i)) < 0)
            return false;
    int32_t year = part[0] * 100 + part[1];
    if (year < 1970 || part[2] < 1 || part[2] > 12 || part[3] < 1 ||
        part[3] > dz_days_in_month(year, (int8_t)part[2]) || part[4] > 23 || part[5] > 59 ||
        part[6] > 60)
        return false;
    int64_t fraction = 0;
    if (n > 15 && (p[14] != '.' || !fraction_us(p + 15, (size_t)n - 16, &fraction)))
        return false;
    struct dz_date date = {year, (int8_t)part[2], (int8_t)part[3]};
    int64_t seconds = (int64_t)dz_date_to_days(date) * 86400 + part[4] * 3600 + part[5] * 60;
    *ret_us = (seconds + part[6]) * 1000000 + fraction;
    return true;
}

/* The form of the time is one of two; both become the longer one. An end that cannot be read is
 * long past. */
static int64_t
end_of(const X509 *certificate)
{
    int64_t end_us = 0;
    ASN1_GENERALIZEDTIME *end = ASN1_TIME_to_generalizedtime(X509_get0_notAfter(certificate), NULL);
    if (end == NULL || !dz_tsp_time(end, &end_us))
        end_us = 0;
    ASN1_GENERALIZEDTIME_free(end);
    return end_us;
}

int64_t
dz_tsp_valid_until(STACK_OF(X509) * chain)
{
    int64_t first = INT64_MAX;
    for (int i = 0; i < sk_X509_num(chain); i++) {
        int64_t end_us = end_of(sk_X509_value(chain, i));
        first = end_us < first ? end_us : first;
    }
    return first;
}

enum dz_code
dz_tsp_each_certificate(struct dz_view pem, dz_tsp_certificate_fn *fn, void *ctx,
                        struct dz_err *err)
{
    DZ_AUTO_X509S STACK_OF(X509) *list = NULL;
    DZ_TRY(dz_tsp_read_pem(pem, &list, err));
    if (sk_X509_num(list) == 0)
        return dz_fail(err, DZ_E_INPUT, "it holds no certificate in PEM form");
    for (int i = 0; i < sk_X509_num(list); i++) {
        const X509 *x = sk_X509_value(list, i);
        struct dz_tsp_certificate c = {.valid_until_us = end_of(x)};
        dz_tsp_name(X509_get_subject_name(x), c.subject, sizeof c.subject);
        dz_tsp_fingerprint(x, c.sha256);
        fn(ctx, &c);
    }
    return DZ_OK;
}

/* ---- chains ---- */

static X509_STORE *
make_store(X509 *signer, STACK_OF(X509) * trusted, int64_t time_us, unsigned long flags)
{
    X509_STORE *store = X509_STORE_new();
    dz_openssl_must(store != NULL);
    X509_VERIFY_PARAM *param = X509_STORE_get0_param(store);
    X509_VERIFY_PARAM_set_time(param, (time_t)(time_us / 1000000));
    X509_VERIFY_PARAM_set_auth_level(param, SECURITY_LEVEL);
    X509_VERIFY_PARAM_set_depth(param, CHAIN_DEPTH_MAX);
    dz_openssl_must(X509_VERIFY_PARAM_set_flags(param, flags));
    for (int i = 0; i < sk_X509_num(trusted); i++)
        dz_openssl_must(X509_STORE_add_cert(store, sk_X509_value(trusted, i)));
    if (sk_X509_num(trusted) == 0)
        dz_openssl_must(X509_STORE_add_cert(store, signer));
    return store;
}

static enum dz_code
chain_fault(int why, struct dz_err *err)
{
    switch (why) {
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_UNTRUSTED:
        return dz_fail(err, DZ_E_AUTH,
                       "the certificate of the authority does not lead to a trusted one");
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return dz_fail(err, DZ_E_AUTH,
                       "a certificate of the authority was not valid at the stamping time");
    case X509_V_ERR_INVALID_PURPOSE:
        return dz_fail(err, DZ_E_AUTH,
                       "the certificate of the authority is not one for timestamps alone");
    case X509_V_ERR_EE_KEY_TOO_SMALL:
    case X509_V_ERR_CA_KEY_TOO_SMALL:
    case X509_V_ERR_CA_MD_TOO_WEAK:
        return dz_fail(err, DZ_E_AUTH, "a key or digest among the certificates is too weak");
    default:
        return dz_fail(err, DZ_E_AUTH, "the certificates of the authority do not hold: %s",
                       X509_verify_cert_error_string(why));
    }
}

static int
try_chain(X509 *signer, STACK_OF(X509) * others, X509_STORE *store, STACK_OF(X509) * *ret)
{
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    dz_openssl_must(context != NULL);
    dz_openssl_must(X509_STORE_CTX_init(context, store, signer, others));
    dz_openssl_must(X509_STORE_CTX_set_purpose(context, X509_PURPOSE_TIMESTAMP_SIGN));
    int why = X509_V_OK;
    if (X509_verify_cert(context) == 1)
        *ret = X509_STORE_CTX_get1_chain(context);
    else
        why = X509_STORE_CTX_get_error(context);
    X509_STORE_CTX_free(context);
    X509_STORE_free(store);
    dz_tsp_clear_errors();
    return why;
}

X509_STORE *
dz_tsp_store(X509 *signer, STACK_OF(X509) * trusted, int64_t time_us)
{
    return make_store(signer, trusted, time_us, X509_V_FLAG_PARTIAL_CHAIN);
}

/* OpenSSL goes on past a trusted certificate as far as it can; the chain that counts ends there. */
static void
cut_chain(STACK_OF(X509) * chain, STACK_OF(X509) * trusted)
{
    int end = 0;
    for (int i = 0; i < sk_X509_num(chain); i++)
        for (int k = 0; k < sk_X509_num(trusted); k++)
            if (X509_cmp(sk_X509_value(chain, i), sk_X509_value(trusted, k)) == 0)
                end = i;
    while (sk_X509_num(chain) > end + 1)
        X509_free(sk_X509_pop(chain));
}

enum dz_code
dz_tsp_build_chain(X509 *signer, STACK_OF(X509) * trusted, STACK_OF(X509) * others, int64_t time_us,
                   STACK_OF(X509) * *ret, struct dz_err *err)
{
    /* To a root where there is one; else trust may begin at an intermediate certificate. */
    int why = X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT;
    if (sk_X509_num(trusted) > 0)
        why = try_chain(signer, others, make_store(signer, trusted, time_us, 0), ret);
    if (why != X509_V_OK)
        why = try_chain(signer, others, dz_tsp_store(signer, trusted, time_us), ret);
    if (why != X509_V_OK)
        return chain_fault(why, err);
    cut_chain(*ret, trusted);
    return DZ_OK;
}
