/* What we write, the age tool opens; what the age tool writes, we open. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "dz_age.h"
#include "dz_codec.h"
#include "dz_mem.h"
#include "dz_os.h"
#include "tool_run.h"

#define PASSPHRASE "three small words"
#define SCRYPT_PTY "tests/tools/age_scrypt.py"

static char folder[] = "/tmp/dokaz-test-XXXXXX";
static char key_file[64];
static char plain_file[64];
static char sealed_file[64];
static char opened_file[64];
static struct dz_secret *identity;
static uint8_t pk[1][DZ_X25519_BYTES];
static char recipient[64];

static void
write_file(const char *path, const void *p, size_t n)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(p, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
    chmod(path, 0600);
}

static void
read_back(const char *path, struct dz_buf *out)
{
    dz_buf_reset(out);
    assert_int_equal(dz_os_slurp(AT_FDCWD, path, 4 << 20, out, NULL), DZ_OK);
}

/* Contents on both sides of the chunk borders. */
static const size_t sizes[] = {0, 1, 65536, 65537, 200000};
#define N_SIZES (sizeof sizes / sizeof sizes[0])

static char *
make_plain(size_t n)
{
    char *plain = dz_alloc(n);
    for (size_t i = 0; i < n; i++)
        plain[i] = (char)(i * 7 + i / 251);
    return plain;
}

static void
assert_file_is(const char *path, const char *plain, size_t n)
{
    DZ_AUTO_BUF struct dz_buf opened = DZ_BUF(4 << 20);
    read_back(path, &opened);
    assert_int_equal(opened.n, n);
    assert_memory_equal(opened.p, plain, n);
}

static void
test_age_opens_ours(void **state)
{
    (void)state;
    const char *const argv[] = {"age", "-d", "-i", key_file, "-o", opened_file, sealed_file, NULL};
    for (size_t i = 0; i < N_SIZES; i++) {
        DZ_AUTO_FREE char *plain = make_plain(sizes[i]);
        DZ_AUTO_BUF struct dz_buf file = DZ_BUF(4 << 20);
        struct dz_view v = {.p = plain, .n = sizes[i]};
        assert_int_equal(dz_age_seal_bytes(DZ_AGE_PKS(pk), 1, v, &file, NULL), DZ_OK);
        write_file(sealed_file, file.p, file.n);
        write_file(opened_file, "", 0);
        assert_int_equal(tool_run(argv, NULL), 0);
        assert_file_is(opened_file, plain, sizes[i]);
    }
}

static void
test_we_open_theirs(void **state)
{
    (void)state;
    const char *const argv[] = {"age", "-r", recipient, "-o", sealed_file, plain_file, NULL};
    for (size_t i = 0; i < N_SIZES; i++) {
        DZ_AUTO_FREE char *plain = make_plain(sizes[i]);
        DZ_AUTO_BUF struct dz_buf file = DZ_BUF(4 << 20);
        DZ_AUTO_SECRET struct dz_secret *opened = NULL;
        write_file(plain_file, plain, sizes[i]);
        assert_int_equal(tool_run(argv, NULL), 0);
        read_back(sealed_file, &file);
        assert_int_equal(dz_age_open_bytes(identity, dz_buf_view(&file), &opened, NULL), DZ_OK);
        assert_int_equal(dz_secret_size(opened), sizes[i]);
        assert_memory_equal(dz_secret_peek(opened), plain, sizes[i]);
    }
}

/* A key made there is understood here, and its public half is the same. */
static void
test_their_keys(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(4096);
    DZ_AUTO_BUF struct dz_buf public = DZ_BUF(100);
    DZ_AUTO_SECRET struct dz_secret *key = NULL;
    uint8_t their_pk[DZ_X25519_BYTES];
    const char *const argv[] = {"age-keygen", NULL};
    assert_int_equal(tool_run(argv, &text), 0);
    const char *at = strstr(text.p, "AGE-SECRET-KEY-1");
    assert_non_null(at);
    struct dz_view line = {.p = at, .n = strcspn(at, "\n")};
    assert_int_equal(dz_age_identity_parse(line, &key, NULL), DZ_OK);
    assert_int_equal(dz_age_identity_public(key, their_pk, NULL), DZ_OK);
    dz_age_recipient_text(their_pk, &public);
    assert_non_null(strstr(text.p, public.p));
}

static void
test_passphrase_there(void **state)
{
    (void)state;
    static const uint8_t file_key[DZ_FILE_KEY_BYTES] = "sixteen byte key";
    DZ_AUTO_SECRET struct dz_secret *passphrase = NULL;
    DZ_AUTO_BUF struct dz_buf file = DZ_BUF(4 << 20);
    assert_int_equal(dz_secret_copy(PASSPHRASE, sizeof PASSPHRASE - 1, &passphrase, NULL), DZ_OK);
    assert_int_equal(dz_age_header_scrypt(file_key, passphrase, 12, &file, NULL), DZ_OK);
    assert_int_equal(dz_seal_bytes(file_key, DZ_VIEW("under a passphrase"), &file, NULL), DZ_OK);
    write_file(sealed_file, file.p, file.n);
    write_file(opened_file, "", 0);
    const char *const argv[] = {"python3", SCRYPT_PTY,  PASSPHRASE, opened_file,
                                "-d",      sealed_file, NULL};
    assert_int_equal(tool_run(argv, NULL), 0);
    assert_file_is(opened_file, "under a passphrase", 18);
}

static void
test_passphrase_here(void **state)
{
    (void)state;
    DZ_AUTO_SECRET struct dz_secret *passphrase = NULL;
    DZ_AUTO_BUF struct dz_buf file = DZ_BUF(4 << 20);
    DZ_AUTO_BUF struct dz_buf plain = DZ_BUF(4096);
    uint8_t file_key[DZ_FILE_KEY_BYTES];
    size_t n = 0;
    write_file(plain_file, "from over there", 15);
    unlink(sealed_file);
    const char *const argv[] = {"python3", SCRYPT_PTY, PASSPHRASE, sealed_file,
                                "-p",      plain_file, NULL};
    assert_int_equal(tool_run(argv, NULL), 0);
    read_back(sealed_file, &file);
    assert_int_equal(dz_secret_copy(PASSPHRASE, sizeof PASSPHRASE - 1, &passphrase, NULL), DZ_OK);
    assert_int_equal(dz_age_header_open(file.p, file.n, NULL, 0, passphrase, file_key, &n, NULL),
                     DZ_OK);
    struct dz_view payload = {.p = file.p + n, .n = file.n - n};
    assert_int_equal(dz_unseal_bytes(file_key, payload, &plain, NULL), DZ_OK);
    assert_true(dz_view_is(dz_buf_view(&plain), "from over there"));
}

/* Bytes of a labelled hexadecimal line of the document. */
static void
add_example(const char *doc, const char *label, size_t n, struct dz_buf *out)
{
    uint8_t bytes[64];
    const char *at = strstr(doc, label);
    assert_non_null(at);
    at += strlen(label);
    at += strspn(at, " ");
    assert_true(dz_hex_decode((struct dz_view){.p = at, .n = strcspn(at, "\n")}, bytes, n));
    dz_buf_add(out, bytes, n);
}

/* Header and payload printed in docs/format/sealing.md are one age file, for age and for us. */
static void
test_documented_file(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf doc = DZ_BUF(1 << 20);
    DZ_AUTO_BUF struct dz_buf file = DZ_BUF(4096);
    DZ_AUTO_BUF struct dz_buf wanted = DZ_BUF(4096);
    DZ_AUTO_SECRET struct dz_secret *reader = NULL;
    DZ_AUTO_SECRET struct dz_secret *opened = NULL;
    read_back("docs/format/sealing.md", &doc);
    const char *header = strstr(doc.p, "\nage-encryption.org/v1\n");
    assert_non_null(header);
    dz_buf_add(&file, header + 1, (size_t)(strstr(header, "\n```") - header));
    add_example(doc.p, "\nnonce ", 16, &file);
    add_example(doc.p, "\nsealed bytes ", 43, &file);
    add_example(doc.p, "\ntag ", 16, &file);
    add_example(doc.p, "\ncontent ", 43, &wanted);

    const char *key = strstr(doc.p, "AGE-SECRET-KEY-1");
    assert_non_null(key);
    struct dz_view line = {.p = key, .n = strcspn(key, "\n")};
    assert_int_equal(dz_age_identity_parse(line, &reader, NULL), DZ_OK);
    assert_int_equal(dz_age_open_bytes(reader, dz_buf_view(&file), &opened, NULL), DZ_OK);
    assert_int_equal(dz_secret_size(opened), wanted.n);
    assert_memory_equal(dz_secret_peek(opened), wanted.p, wanted.n);

    uint8_t public[DZ_X25519_BYTES];
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(100);
    assert_int_equal(dz_age_identity_public(reader, public, NULL), DZ_OK);
    dz_age_recipient_text(public, &text);
    assert_non_null(strstr(doc.p, text.p));

    char other_key[96];
    snprintf(other_key, sizeof other_key, "%s/documented", folder);
    write_file(other_key, line.p, line.n);
    write_file(sealed_file, file.p, file.n);
    write_file(opened_file, "", 0);
    const char *const argv[] = {"age", "-d", "-i", other_key, "-o", opened_file, sealed_file, NULL};
    assert_int_equal(tool_run(argv, NULL), 0);
    assert_file_is(opened_file, wanted.p, wanted.n);
    unlink(other_key);
}

static int
setup(void **state)
{
    (void)state;
    if (dz_crypto_init(NULL) != DZ_OK || mkdtemp(folder) == NULL)
        return -1;
    snprintf(key_file, sizeof key_file, "%s/key", folder);
    snprintf(plain_file, sizeof plain_file, "%s/plain", folder);
    snprintf(sealed_file, sizeof sealed_file, "%s/sealed.age", folder);
    snprintf(opened_file, sizeof opened_file, "%s/opened", folder);

    DZ_AUTO_SECRET struct dz_secret *text = NULL;
    DZ_AUTO_BUF struct dz_buf public = DZ_BUF(100);
    if (dz_age_identity_new(&identity, NULL) != DZ_OK ||
        dz_age_identity_public(identity, pk[0], NULL) != DZ_OK ||
        dz_age_identity_text(identity, &text, NULL) != DZ_OK)
        return -1;
    dz_age_recipient_text(pk[0], &public);
    snprintf(recipient, sizeof recipient, "%s", public.p);
    write_file(key_file, dz_secret_peek(text), dz_secret_size(text) - 1);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    dz_secret_free(identity);
    unlink(key_file);
    unlink(plain_file);
    unlink(sealed_file);
    unlink(opened_file);
    return rmdir(folder);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_age_opens_ours),  cmocka_unit_test(test_we_open_theirs),
        cmocka_unit_test(test_their_keys),      cmocka_unit_test(test_passphrase_there),
        cmocka_unit_test(test_passphrase_here), cmocka_unit_test(test_documented_file),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
