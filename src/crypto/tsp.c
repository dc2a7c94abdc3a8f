#include "dz_tsp.h"

#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/pkcs7.h>
#include <string.h>

#include "dz_codec.h"
#include "dz_os.h"
#include "dz_tr.h"
#include "dz_utf8.h"
#include "openssl_impl.h"
#include "tsp_impl.h"

#define NONCE_BYTES 8
#define SERIAL_BYTES_MAX 64                       /* RFC 3161 asks for 20 */
#define ACCURACY_SECONDS_MAX (10 * 366 * 86400ll) /* more says nothing */

/* ---- asking ---- */

/* Positive, and without a leading zero byte, so that every authority gives it back alike. */
static void
set_nonce(TS_REQ *request)
{
    uint8_t random[NONCE_BYTES];
    dz_os_random(random, sizeof random);
    random[0] = (uint8_t)((random[0] & 0x7f) | 0x40);
    BIGNUM *number = BN_bin2bn(random, sizeof random, NULL);
    ASN1_INTEGER *nonce = BN_to_ASN1_INTEGER(number, NULL);
    dz_openssl_must(nonce != NULL);
    dz_openssl_must(TS_REQ_set_nonce(request, nonce)); /* copies */
    ASN1_INTEGER_free(nonce);
    BN_free(number);
}

static void
set_imprint(TS_REQ *request, const uint8_t digest[32])
{
    uint8_t bytes[32];
    memcpy(bytes, digest, sizeof bytes);
    X509_ALGOR *algorithm = X509_ALGOR_new();
    TS_MSG_IMPRINT *imprint = TS_MSG_IMPRINT_new();
    dz_openssl_must(algorithm != NULL && imprint != NULL);
    dz_openssl_must(X509_ALGOR_set0(algorithm, OBJ_nid2obj(NID_sha256), V_ASN1_NULL, NULL));
    dz_openssl_must(TS_MSG_IMPRINT_set_algo(imprint, algorithm));
    dz_openssl_must(TS_MSG_IMPRINT_set_msg(imprint, bytes, sizeof bytes));
    dz_openssl_must(TS_REQ_set_msg_imprint(request, imprint));
    TS_MSG_IMPRINT_free(imprint);
    X509_ALGOR_free(algorithm);
}

enum dz_code
dz_tsp_request(const uint8_t imprint[32], struct dz_buf *out, struct dz_err *err)
{
    (void)dz_openssl_algs();
    TS_REQ *request = TS_REQ_new();
    dz_openssl_must(request != NULL);
    dz_openssl_must(TS_REQ_set_version(request, 1));
    set_imprint(request, imprint);
    set_nonce(request);
    dz_openssl_must(TS_REQ_set_cert_req(request, 1));
    uint8_t *der = NULL;
    int n = i2d_TS_REQ(request, &der);
    dz_openssl_must(n > 0);
    dz_buf_add(out, der, (size_t)n);
    OPENSSL_free(der);
    TS_REQ_free(request);
    return dz_buf_ok(out, "timestamp request", err);
}

/* ---- what a token says ---- */

static bool
good_digest(int nid)
{
    return nid == NID_sha256 || nid == NID_sha384 || nid == NID_sha512;
}

static enum dz_code
read_accuracy(TS_TST_INFO *info, struct dz_tsp_result *r, struct dz_err *err)
{
    const TS_ACCURACY *accuracy = TS_TST_INFO_get_accuracy(info);
    if (accuracy == NULL)
        return DZ_OK;
    const ASN1_INTEGER *parts[] = {TS_ACCURACY_get_seconds(accuracy),
                                   TS_ACCURACY_get_millis(accuracy),
                                   TS_ACCURACY_get_micros(accuracy)};
    static const int64_t most[] = {ACCURACY_SECONDS_MAX, 999, 999};
    static const int64_t unit_us[] = {1000000, 1000, 1};
    for (size_t i = 0; i < 3; i++) {
        int64_t value = 0;
        if (parts[i] == NULL)
            continue;
        if (ASN1_INTEGER_get_int64(&value, parts[i]) != 1 || value < 0 || value > most[i])
            return dz_fail(err, DZ_E_INPUT, "the accuracy in the timestamp makes no sense");
        r->accuracy_us += value * unit_us[i];
    }
    r->has_accuracy = true;
    return DZ_OK;
}

static enum dz_code
read_serial(const TS_TST_INFO *info, struct dz_tsp_result *r, struct dz_err *err)
{
    BIGNUM *number = ASN1_INTEGER_to_BN(TS_TST_INFO_get_serial(info), NULL);
    uint8_t bytes[SERIAL_BYTES_MAX] = {0};
    if (number == NULL || BN_num_bytes(number) > SERIAL_BYTES_MAX) {
        BN_free(number);
        return dz_fail(err, DZ_E_INPUT, "the number of the timestamp is longer than %d bytes",
                       SERIAL_BYTES_MAX);
    }
    char hex[2 * SERIAL_BYTES_MAX + 1];
    dz_openssl_must(BN_bn2binpad(number, bytes, sizeof bytes) == SERIAL_BYTES_MAX);
    dz_hex_encode(bytes, sizeof bytes, hex);
    const char *digits = hex + strspn(hex, "0");
    digits = *digits == '\0' ? "0" : digits;
    r->serial[0] = '-';
    memcpy(r->serial + (BN_is_negative(number) ? 1 : 0), digits, strlen(digits) + 1);
    BN_free(number);
    return DZ_OK;
}

static enum dz_code
read_info(TS_TST_INFO *info, struct dz_tsp_result *r, struct dz_err *err)
{
    if (TS_TST_INFO_get_version(info) != 1)
        return dz_fail(err, DZ_E_FORMAT, "the timestamp is of a newer version");
    if (!dz_tsp_time(TS_TST_INFO_get_time(info), &r->time_us))
        return dz_fail(err, DZ_E_INPUT, "the time in the timestamp is ill-formed");
    int n = OBJ_obj2txt(r->policy, sizeof r->policy, TS_TST_INFO_get_policy_id(info), 1);
    if (n <= 0 || (size_t)n >= sizeof r->policy)
        return dz_fail(err, DZ_E_INPUT, "the policy of the timestamp is ill-formed");
    DZ_TRY(read_accuracy(info, r, err));
    return read_serial(info, r, err);
}

static enum dz_code
check_imprint(TS_TST_INFO *info, const uint8_t imprint[32], struct dz_err *err)
{
    TS_MSG_IMPRINT *stamped = TS_TST_INFO_get_msg_imprint(info);
    const ASN1_OBJECT *digest = NULL;
    X509_ALGOR_get0(&digest, NULL, NULL, TS_MSG_IMPRINT_get_algo(stamped));
    const ASN1_OCTET_STRING *bytes = TS_MSG_IMPRINT_get_msg(stamped);
    if (OBJ_obj2nid(digest) != NID_sha256 || ASN1_STRING_length(bytes) != 32 ||
        memcmp(ASN1_STRING_get0_data(bytes), imprint, 32) != 0)
        return dz_fail(err, DZ_E_CORRUPT, "the timestamp belongs to something else");
    return DZ_OK;
}

/* One signer, whose digests are of today. OpenSSL follows the digest named beside the signature;
 * the one in the name of the signature's algorithm, where there is one, must not be weaker. */
static enum dz_code
check_signer_info(PKCS7 *token, struct dz_err *err)
{
    STACK_OF(PKCS7_SIGNER_INFO) *signers = PKCS7_get_signer_info(token);
    if (signers == NULL || sk_PKCS7_SIGNER_INFO_num(signers) != 1)
        return dz_fail(err, DZ_E_INPUT, "the timestamp does not have exactly one signer");
    X509_ALGOR *digest = NULL, *signature = NULL;
    PKCS7_SIGNER_INFO_get0_algs(sk_PKCS7_SIGNER_INFO_value(signers, 0), NULL, &digest, &signature);
    const ASN1_OBJECT *digest_id = NULL, *signature_id = NULL;
    X509_ALGOR_get0(&digest_id, NULL, NULL, digest);
    X509_ALGOR_get0(&signature_id, NULL, NULL, signature);
    int named = NID_undef;
    bool has_name = OBJ_find_sigid_algs(OBJ_obj2nid(signature_id), &named, NULL) == 1;
    if (!good_digest(OBJ_obj2nid(digest_id)) ||
        (has_name && named != NID_undef && !good_digest(named)))
        return dz_fail(err, DZ_E_INPUT,
                       "the timestamp is signed over a digest other than SHA-256, SHA-384 and "
                       "SHA-512");
    return DZ_OK;
}

/* ---- checking a token ---- */

/* What checking works on, and what it found. */
struct token {
    PKCS7 *pkcs7;
    TS_TST_INFO *info;
    STACK_OF(X509) * trusted;
    STACK_OF(X509) * others;
    STACK_OF(X509) * chain;
    X509 *signer; /* borrowed from pkcs7 or others */
};

static void
token_done(struct token *t)
{
    sk_X509_pop_free(t->chain, X509_free);
    sk_X509_pop_free(t->trusted, X509_free);
    sk_X509_pop_free(t->others, X509_free);
    TS_TST_INFO_free(t->info);
    PKCS7_free(t->pkcs7);
    dz_tsp_clear_errors();
}
#define AUTO_TOKEN DZ_CLEANUP(token_done)

static enum dz_code
parse_token(struct token *t, struct dz_view der, struct dz_err *err)
{
    (void)dz_openssl_algs();
    if (der.n > DZ_TSP_TOKEN_MAX)
        return dz_fail(err, DZ_E_LIMIT, "the timestamp is larger than %u bytes", DZ_TSP_TOKEN_MAX);
    const uint8_t *start = (const uint8_t *)der.p;
    const uint8_t *p = start;
    if (der.n > 0)
        t->pkcs7 = d2i_PKCS7(NULL, &p, (long)der.n);
    if (t->pkcs7 == NULL || p != start + der.n || !PKCS7_type_is_signed(t->pkcs7) ||
        PKCS7_get_detached(t->pkcs7) || (t->info = PKCS7_to_TS_TST_INFO(t->pkcs7)) == NULL)
        return dz_fail(err, DZ_E_INPUT, "it is not a timestamp in the form of RFC 3161");
    return check_signer_info(t->pkcs7, err);
}

static enum dz_code
find_signer(struct token *t, struct dz_err *err)
{
    STACK_OF(X509) *found = PKCS7_get0_signers(t->pkcs7, t->others, 0);
    if (found != NULL && sk_X509_num(found) == 1)
        t->signer = sk_X509_value(found, 0);
    sk_X509_free(found);
    if (t->signer == NULL)
        return dz_fail(err, DZ_E_INPUT, "the certificate of the signer is not with the timestamp");
    return DZ_OK;
}

/* Certificates that the chain may use: those given and those inside the token. */
static enum dz_code
gather_others(struct token *t, struct dz_view other_pem, struct dz_err *err)
{
    DZ_TRY(dz_tsp_read_pem(other_pem, &t->others, err));
    STACK_OF(X509) *inside = t->pkcs7->d.sign->cert;
    if (sk_X509_num(inside) > DZ_TSP_CERTS_MAX)
        return dz_fail(err, DZ_E_LIMIT, "more than %d certificates", DZ_TSP_CERTS_MAX);
    for (int i = 0; i < sk_X509_num(inside); i++) {
        dz_openssl_must(X509_up_ref(sk_X509_value(inside, i)));
        dz_openssl_must(sk_X509_push(t->others, sk_X509_value(inside, i)) > 0);
    }
    return DZ_OK;
}

/* The signature, and that the token names this certificate as the one it was made with. */
static enum dz_code
check_signature(struct token *t, int64_t time_us, struct dz_err *err)
{
    X509_STORE *store = dz_tsp_store(t->signer, t->trusted, time_us);
    int good = TS_RESP_verify_signature(t->pkcs7, t->others, store, NULL);
    X509_STORE_free(store);
    dz_tsp_clear_errors();
    if (good != 1)
        return dz_fail(err, DZ_E_CORRUPT, "the signature of the timestamp does not hold");
    return DZ_OK;
}

static void
describe_chain(const struct token *t, int64_t now_us, struct dz_tsp_result *r)
{
    dz_tsp_name(X509_get_subject_name(t->signer), r->authority, sizeof r->authority);
    r->valid_until_us = dz_tsp_valid_until(t->chain);
    r->chain = DZ_TSP_CHAIN_UNCHECKED;
    if (sk_X509_num(t->trusted) == 0)
        return;
    const X509 *anchor = sk_X509_value(t->chain, sk_X509_num(t->chain) - 1);
    dz_tsp_name(X509_get_subject_name(anchor), r->anchor, sizeof r->anchor);
    dz_tsp_fingerprint(anchor, r->anchor_sha256);
    r->chain = now_us > r->valid_until_us ? DZ_TSP_CHAIN_EXPIRED : DZ_TSP_CHAIN_HOLDS;
}

/* A kept chain begins with the signer's certificate, which must not end it: what belongs to no
 * certification authority is trusted only where nothing else is. */
static void
sort_trusted(struct token *t)
{
    int n_authorities = 0;
    for (int i = 0; i < sk_X509_num(t->trusted); i++)
        n_authorities += X509_check_ca(sk_X509_value(t->trusted, i)) != 0;
    for (int i = sk_X509_num(t->trusted) - 1; n_authorities > 0 && i >= 0; i--)
        if (X509_check_ca(sk_X509_value(t->trusted, i)) == 0)
            dz_openssl_must(sk_X509_push(t->others, sk_X509_delete(t->trusted, i)) > 0);
}

static enum dz_code
open_token(struct token *t, struct dz_view der, struct dz_view ca_pem, struct dz_view other_pem,
           struct dz_tsp_result *r, struct dz_err *err)
{
    DZ_TRY(parse_token(t, der, err));
    DZ_TRY(read_info(t->info, r, err));
    DZ_TRY(dz_tsp_read_pem(ca_pem, &t->trusted, err));
    /* A file that turns out empty must not pass for nobody having given one. */
    if (ca_pem.n > 0 && sk_X509_num(t->trusted) == 0)
        return dz_fail(err, DZ_E_INPUT, "it holds no certificate in PEM form");
    DZ_TRY(gather_others(t, other_pem, err));
    sort_trusted(t);
    return find_signer(t, err);
}

enum dz_code
dz_tsp_check_token(struct dz_view token, const uint8_t imprint[32], struct dz_view ca_pem,
                   struct dz_view other_pem, int64_t now_us, struct dz_tsp_result *ret,
                   struct dz_err *err)
{
    AUTO_TOKEN struct token t = {0};
    struct dz_tsp_result r = {0};
    DZ_TRY(open_token(&t, token, ca_pem, other_pem, &r, err));
    DZ_TRY(check_imprint(t.info, imprint, err));
    DZ_TRY(dz_tsp_build_chain(t.signer, t.trusted, t.others, r.time_us, &t.chain, err));
    DZ_TRY(check_signature(&t, r.time_us, err));
    describe_chain(&t, now_us, &r);
    *ret = r;
    return DZ_OK;
}

enum dz_code
dz_tsp_chain_pem(struct dz_view token, struct dz_view ca_pem, struct dz_view other_pem,
                 struct dz_buf *out, struct dz_err *err)
{
    AUTO_TOKEN struct token t = {0};
    struct dz_tsp_result r = {0};
    DZ_TRY(open_token(&t, token, ca_pem, other_pem, &r, err));
    DZ_TRY(dz_tsp_build_chain(t.signer, t.trusted, t.others, r.time_us, &t.chain, err));
    return dz_tsp_write_pem(t.chain, out, err);
}

/* ---- checking a reply ---- */

static void
add_failure(const ASN1_BIT_STRING *bits, struct dz_buf *out)
{
    static const struct {
        int bit;
        const char *words;
    } failures[] = {
        {0, N_("it does not know the digest")},   {2, N_("it calls the request ill-formed")},
        {5, N_("it cannot read the request")},    {14, N_("its clock is not available")},
        {15, N_("it does not serve the policy")}, {16, N_("it does not know an extension")},
        {17, N_("it lacks further information")}, {25, N_("it has a failure of its own")},
    };
    for (size_t i = 0; bits != NULL && i < sizeof failures / sizeof *failures; i++)
        if (ASN1_BIT_STRING_get_bit(bits, failures[i].bit))
            dz_buf_addf(out, "%s%s", out->n > 0 ? "; " : "", dz_tr(failures[i].words));
}

/* The authority's own words, and ours for the code that it gives. */
static enum dz_code
refusal(TS_STATUS_INFO *status, struct dz_err *err)
{
    DZ_AUTO_BUF struct dz_buf words = DZ_BUF(4096);
    const STACK_OF(ASN1_UTF8STRING) *texts = TS_STATUS_INFO_get0_text(status);
    for (int i = 0; texts != NULL && i < sk_ASN1_UTF8STRING_num(texts) && i < 4; i++) {
        const ASN1_UTF8STRING *text = sk_ASN1_UTF8STRING_value(texts, i);
        DZ_AUTO_BUF struct dz_buf repaired = DZ_BUF(DZ_TSP_RESPONSE_MAX * 4);
        dz_utf8_repair(&repaired, (struct dz_view){(const char *)ASN1_STRING_get0_data(text),
                                                   (size_t)ASN1_STRING_length(text)});
        dz_buf_adds(&words, words.n > 0 ? "; " : "");
        dz_utf8_line(&words, dz_buf_view(&repaired), 200);
    }
    add_failure(TS_STATUS_INFO_get0_failure_info(status), &words);
    if (words.n == 0)
        return dz_fail(err, DZ_E_DENIED, "the authority refuses and does not say why");
    return dz_fail(err, DZ_E_DENIED, "the authority refuses: %s", words.p);
}

static enum dz_code
check_status(TS_RESP *reply, struct dz_err *err)
{
    TS_STATUS_INFO *status = TS_RESP_get_status_info(reply);
    int64_t value = -1;
    if (ASN1_INTEGER_get_int64(&value, TS_STATUS_INFO_get0_status(status)) != 1)
        value = -1;
    /* Granted, and granted with modifications, which the checks below then look at. */
    return value == 0 || value == 1 ? DZ_OK : refusal(status, err);
}

/* The token's own bytes out of a reply, as the authority encoded them: SEQUENCE { status, token }.
 */
static bool
token_bytes(struct dz_view reply, struct dz_view *ret)
{
    const uint8_t *p = (const uint8_t *)reply.p;
    const uint8_t *end = p + reply.n;
    long n = 0;
    int tag = 0, class = 0;
    /* 0x80: ill-formed; 0x01: of unknown length, which DER does not have. */
    if (ASN1_get_object(&p, &n, &tag, &class, end - p) & 0x81)
        return false;
    if (ASN1_get_object(&p, &n, &tag, &class, end - p) & 0x81)
        return false;
    p += n;
    if (p >= end)
        return false;
    *ret = (struct dz_view){(const char *)p, (size_t)(end - p)};
    return true;
}

static enum dz_code
read_reply(struct dz_view reply, struct dz_view *ret_token, struct dz_err *err)
{
    if (reply.n > DZ_TSP_RESPONSE_MAX)
        return dz_fail(err, DZ_E_LIMIT, "the reply is larger than %u bytes", DZ_TSP_RESPONSE_MAX);
    const uint8_t *start = (const uint8_t *)reply.p;
    const uint8_t *p = start;
    TS_RESP *parsed = reply.n > 0 ? d2i_TS_RESP(NULL, &p, (long)reply.n) : NULL;
    enum dz_code code = DZ_OK;
    if (parsed == NULL || p != start + reply.n)
        code = dz_fail(err, DZ_E_INPUT, "the reply is not one of a timestamp authority (RFC 3161)");
    if (code == DZ_OK)
        code = check_status(parsed, err);
    if (code == DZ_OK && !token_bytes(reply, ret_token))
        code = dz_fail(err, DZ_E_INPUT, "the reply holds no timestamp");
    TS_RESP_free(parsed);
    dz_tsp_clear_errors();
    return code;
}

/* A reply to another request, even over the same imprint, could be an old one played back. */
static enum dz_code
check_nonce(const TS_REQ *request, struct dz_view token, struct dz_err *err)
{
    AUTO_TOKEN struct token t = {0};
    DZ_TRY(parse_token(&t, token, err));
    const ASN1_INTEGER *asked = TS_REQ_get_nonce(request);
    const ASN1_INTEGER *got = TS_TST_INFO_get_nonce(t.info);
    if (asked == NULL || got == NULL || ASN1_INTEGER_cmp(asked, got) != 0)
        return dz_fail(err, DZ_E_CORRUPT, "the reply belongs to another request");
    return DZ_OK;
}

static enum dz_code
check_answer(TS_REQ *request, struct dz_view reply, struct dz_view ca_pem, int64_t now_us,
             struct dz_view *ret_token, struct dz_tsp_result *ret, struct dz_err *err)
{
    const ASN1_OCTET_STRING *asked = TS_MSG_IMPRINT_get_msg(TS_REQ_get_msg_imprint(request));
    if (ASN1_STRING_length(asked) != 32)
        return dz_fail(err, DZ_E_USAGE, "the request is not one of ours");
    struct dz_view token;
    DZ_TRY(read_reply(reply, &token, err));
    DZ_TRY(check_nonce(request, token, err));
    DZ_TRY(dz_tsp_check_token(token, ASN1_STRING_get0_data(asked), ca_pem, (struct dz_view){0},
                              now_us, ret, err));
    *ret_token = token;
    return DZ_OK;
}

enum dz_code
dz_tsp_check_reply(struct dz_view request, struct dz_view reply, struct dz_view ca_pem,
                   int64_t now_us, struct dz_buf *ret_token, struct dz_tsp_result *ret,
                   struct dz_err *err)
{
    if (ca_pem.n == 0)
        return dz_fail(err, DZ_E_USAGE, "no certificate of the authority is known");
    const uint8_t *p = (const uint8_t *)request.p;
    TS_REQ *asked = request.n <= DZ_TSP_REQUEST_MAX ? d2i_TS_REQ(NULL, &p, (long)request.n) : NULL;
    if (asked == NULL)
        return dz_fail(err, DZ_E_USAGE, "the request is not one of ours");
    struct dz_view token;
    struct dz_tsp_result r;
    enum dz_code code = check_answer(asked, reply, ca_pem, now_us, &token, &r, err);
    TS_REQ_free(asked);
    dz_tsp_clear_errors();
    DZ_TRY(code);
    dz_buf_addv(ret_token, token);
    DZ_TRY(dz_buf_ok(ret_token, "timestamp", err));
    *ret = r;
    return DZ_OK;
}
