#define _GNU_SOURCE /* memmem */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dz_tsp.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* SHA-256 of "what is stamped": what the tokens of the corpus are for. */
static const uint8_t imprint[32] = {
    0x1d, 0xb8, 0xea, 0xe5, 0x0d, 0x1d, 0xa1, 0xe1, 0x43, 0xed, 0x5e, 0x56, 0x4a, 0x7c, 0x86, 0xde,
    0x5a, 0xff, 0xe7, 0xd6, 0x38, 0xb9, 0x9f, 0x24, 0xf2, 0xfb, 0xbc, 0xb6, 0x84, 0xe6, 0xe8, 0x6a};

/* First byte: what the rest is. 't' a token, 'r' a reply to the request of the corpus, 'c'
 * certificates. A chain is called checked exactly when trusted certificates were given. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t request[] = {
        0x30, 0x43, 0x02, 0x01, 0x01, 0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48,
        0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20, 0x1d, 0xb8, 0xea, 0xe5,
        0x0d, 0x1d, 0xa1, 0xe1, 0x43, 0xed, 0x5e, 0x56, 0x4a, 0x7c, 0x86, 0xde, 0x5a, 0xff,
        0xe7, 0xd6, 0x38, 0xb9, 0x9f, 0x24, 0xf2, 0xfb, 0xbc, 0xb6, 0x84, 0xe6, 0xe8, 0x6a,
        0x02, 0x08, 0x79, 0x8d, 0x42, 0x2b, 0xa3, 0xbf, 0xf5, 0x5b, 0x01, 0x01, 0xff};
    struct dz_tsp_result r;
    DZ_AUTO_BUF struct dz_buf out = DZ_BUF(1u << 20);
    if (size == 0)
        return 0;
    struct dz_view rest = {(const char *)data + 1, size - 1};
    struct dz_view none = {0};
    if (data[0] == 't') {
        /* Certificates behind a mark, tried as trusted ones and as others. */
        const char *mark = size > 6 ? memmem(rest.p, rest.n, "-----B", 6) : NULL;
        struct dz_view pem = none;
        if (mark != NULL)
            pem = (struct dz_view){mark, rest.n - (size_t)(mark - rest.p)};
        struct dz_view token = {rest.p, rest.n - pem.n};
        if (dz_tsp_check_token(token, imprint, pem, none, 0, &r, NULL) == DZ_OK &&
            (r.chain == DZ_TSP_CHAIN_UNCHECKED) != (pem.n == 0))
            abort();
        if (dz_tsp_check_token(token, imprint, none, pem, 0, &r, NULL) == DZ_OK &&
            (r.chain != DZ_TSP_CHAIN_UNCHECKED || r.anchor[0] != '\0'))
            abort();
        (void)!dz_tsp_chain_pem(token, pem, none, &out, NULL);
    } else if (data[0] == 'r') {
        struct dz_view asked = {(const char *)request, sizeof request};
        static const char ca[] =
            "-----BEGIN CERTIFICATE-----\n"
            "MIIBjTCCATKgAwIBAgICEAAwCgYIKoZIzj0EAwIwLTESMBAGA1UEAwwJVGVzdCBS\n"
            "b290MRcwFQYDVQQKDA5UZXN0cyBvZiBkb2thejAeFw0yNjExMjEwMDQ2MzNaFw0z\n"
            "NjAxMDEwMDAwMDBaMC0xEjAQBgNVBAMMCVRlc3QgUm9vdDEXMBUGA1UECgwOVGVz\n"
            "dHMgb2YgZG9rYXowWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARInbl7lF6Wm7A0\n"
            "CVKbg1jUZEqhGBxqCWKY/GKTrpxAGynmmIQhenB6K4kzVCKR5fMorkeWnu8jMewK\n"
            "quWu3853o0IwQDAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIBBjAdBgNV\n"
            "HQ4EFgQUjAzW/kHpZPbonbTCZfCLi3c0tk8wCgYIKoZIzj0EAwIDSQAwRgIhAL3g\n"
            "dILlD/ETnu7XRmC6MFP2BF+B73zF2Lzv5Dbr9b5HAiEAnQuqGZqRxE9sF0kL6bI5\n"
            "4NgJXtRG+2SFYioFCmcZOpk=\n"
            "-----END CERTIFICATE-----\n";
        if (dz_tsp_check_reply(asked, rest, DZ_VIEW(ca), 0, &out, &r, NULL) == DZ_OK &&
            (out.n == 0 || r.chain == DZ_TSP_CHAIN_UNCHECKED))
            abort();
    } else if (data[0] == 'c' && dz_tsp_certificates(rest, &out, NULL) == DZ_OK) {
        /* What was taken is taken again and stays the same. */
        DZ_AUTO_BUF struct dz_buf again = DZ_BUF(1u << 20);
        if (dz_tsp_certificates(dz_buf_view(&out), &again, NULL) != DZ_OK ||
            !dz_view_eq(dz_buf_view(&out), dz_buf_view(&again)))
            abort();
    }
    return 0;
}
