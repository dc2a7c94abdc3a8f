/* SSH signatures: ssh-keygen accepts ours, we accept its own, and nothing that was changed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "dz_codec.h"
#include "dz_os.h"
#include "dz_sshsig.h"
#include "tool_run.h"

#define SPACE "dokaz-package"
#define FROM_FILE "tests/tools/stdin_from.py"

static char folder[] = "/tmp/dokaz-test-XXXXXX";
static struct dz_secret *seed;
static uint8_t pk[DZ_SIGN_PUBLIC_BYTES];
static const char message[] = "sha512 of a file  data/one.txt\n";
static uint8_t digest[DZ_SHA512_BYTES];

static const char *
in_folder(const char *name)
{
    static char paths[4][128];
    static int next;
    next = (next + 1) % 4;
    snprintf(paths[next], sizeof paths[next], "%s/%s", folder, name);
    return paths[next];
}

static void
write_file(const char *name, const void *p, size_t n)
{
    FILE *f = fopen(in_folder(name), "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(p, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(chmod(in_folder(name), 0600), 0);
}

static void
make(struct dz_buf *out)
{
    assert_int_equal(dz_sshsig_make(seed, SPACE, digest, out, NULL), DZ_OK);
}

static void
test_round_trip(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(DZ_SSHSIG_TEXT_MAX);
    DZ_AUTO_BUF struct dz_buf again = DZ_BUF(DZ_SSHSIG_TEXT_MAX);
    struct dz_sshsig sig;
    make(&text);
    make(&again);
    assert_true(dz_view_eq(dz_buf_view(&text), dz_buf_view(&again)));
    assert_int_equal(dz_sshsig_read(dz_buf_view(&text), &sig, NULL), DZ_OK);
    assert_memory_equal(sig.pk, pk, sizeof pk);
    assert_string_equal(sig.name_space, SPACE);
    assert_int_equal(dz_sshsig_check(&sig, SPACE, digest, NULL), DZ_OK);

    struct dz_err err;
    assert_int_equal(dz_sshsig_check(&sig, "file", digest, &err), DZ_E_CORRUPT);
    assert_non_null(strstr(err.msg, "purpose"));
    for (size_t i = 0; i < sizeof digest; i++) {
        uint8_t other[sizeof digest];
        memcpy(other, digest, sizeof other);
        other[i] ^= 1;
        assert_int_equal(dz_sshsig_check(&sig, SPACE, other, NULL), DZ_E_CORRUPT);
    }
}

/* Every other byte value in every place, every cut, and something at each end. */
static void
test_any_change_is_refused(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(DZ_SSHSIG_TEXT_MAX);
    struct dz_sshsig sig;
    make(&text);
    size_t n_tried = 0;
    for (size_t i = 0; i < text.n; i++) {
        char old = text.p[i];
        for (int c = 0; c < 256; c++) {
            if ((char)c == old)
                continue;
            text.p[i] = (char)c;
            n_tried++;
            enum dz_code code = dz_sshsig_read(dz_buf_view(&text), &sig, NULL);
            if (code == DZ_OK)
                code = dz_sshsig_check(&sig, SPACE, digest, NULL);
            /* Another key's bytes may be a well-formed signature, but not one that fits. */
            if (code == DZ_OK)
                fail_msg("byte %zu as %d is accepted", i, c);
        }
        text.p[i] = old;
    }
    assert_true(n_tried > 70000);
    print_message("# tried: %zu changed bytes, %zu cuts\n", n_tried, text.n);
    for (size_t n = 0; n < text.n; n++)
        assert_int_equal(dz_sshsig_read((struct dz_view){text.p, n}, &sig, NULL), DZ_E_INPUT);
    dz_buf_addc(&text, '\n');
    assert_int_equal(dz_sshsig_read(dz_buf_view(&text), &sig, NULL), DZ_E_INPUT);
}

/* One signature has one text: line ends of another kind or width could carry a message. */
static void
test_other_wrapping_is_refused(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(DZ_SSHSIG_TEXT_MAX);
    DZ_AUTO_BUF struct dz_buf other = DZ_BUF(DZ_SSHSIG_TEXT_MAX);
    struct dz_sshsig sig;
    make(&text);
    const char *first = strchr(text.p, '\n') + 1;
    dz_buf_add(&other, text.p, (size_t)(first - text.p) + 5);
    dz_buf_addc(&other, '\n');
    dz_buf_adds(&other, first + 5);
    assert_int_equal(dz_sshsig_read(dz_buf_view(&other), &sig, NULL), DZ_E_INPUT);
}

static void
test_names_are_plain(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "two words",
        "a\"b",
        "a,b",
        "*",
        "a\nb",
        "я",
        "0123456789012345678901234567890123456789012345678901234567890"
        "12345"};
    DZ_AUTO_BUF struct dz_buf out = DZ_BUF(DZ_SSHSIG_TEXT_MAX);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(dz_sshsig_make(seed, bad[i], digest, &out, NULL), DZ_E_USAGE);
        assert_int_equal(dz_sshsig_allowed_line(pk, bad[i], SPACE, &out, NULL), DZ_E_USAGE);
        assert_int_equal(dz_sshsig_allowed_line(pk, "a", bad[i], &out, NULL), DZ_E_USAGE);
    }
    assert_int_equal(dz_sshsig_public_line(pk, "two\nlines", &out, NULL), DZ_E_USAGE);
    assert_int_equal(out.n, 0);
}

static void
test_public_line(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf line = DZ_BUF(DZ_SSHSIG_TEXT_MAX);
    uint8_t got[DZ_SIGN_PUBLIC_BYTES];
    assert_int_equal(dz_sshsig_public_line(pk, "a note", &line, NULL), DZ_OK);
    assert_int_equal(dz_sshsig_public_parse(dz_buf_view(&line), got, NULL), DZ_OK);
    assert_memory_equal(got, pk, sizeof got);
    struct dz_view bare = {line.p, line.n - strlen(" a note\n")};
    assert_int_equal(dz_sshsig_public_parse(bare, got, NULL), DZ_OK);
    static const char *const bad[] = {"", "ssh-rsa AAAA", "ssh-ed25519", "ssh-ed25519 AAAA",
                                      "ssh-ed25519  AAAAC3NzaC1lZDI1NTE5"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(dz_sshsig_public_parse(dz_view_of(bad[i]), got, NULL), DZ_E_INPUT);
}

/* ---- with ssh-keygen ---- */

static void
test_ssh_keygen_accepts_ours(void **state)
{
    (void)state;
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(DZ_SSHSIG_TEXT_MAX);
    DZ_AUTO_BUF struct dz_buf allowed = DZ_BUF(DZ_SSHSIG_TEXT_MAX);
    make(&text);
    assert_int_equal(dz_sshsig_allowed_line(pk, "us@example.org", SPACE, &allowed, NULL), DZ_OK);
    write_file("message", message, strlen(message));
    write_file("sig", text.p, text.n);
    write_file("allowed", allowed.p, allowed.n);
    const char *const argv[] = {"python3",
                                FROM_FILE,
                                in_folder("message"),
                                "ssh-keygen",
                                "-Y",
                                "verify",
                                "-f",
                                in_folder("allowed"),
                                "-I",
                                "us@example.org",
                                "-n",
                                SPACE,
                                "-s",
                                in_folder("sig"),
                                NULL};
    assert_int_equal(tool_run(argv, NULL), 0);

    /* The same over another file, or for another purpose, is refused there too. */
    write_file("message", "something else", 14);
    assert_int_not_equal(tool_run(argv, NULL), 0);
    DZ_AUTO_BUF struct dz_buf other = DZ_BUF(DZ_SSHSIG_TEXT_MAX);
    assert_int_equal(dz_sshsig_make(seed, "git", digest, &other, NULL), DZ_OK);
    write_file("message", message, strlen(message));
    write_file("sig", other.p, other.n);
    assert_int_not_equal(tool_run(argv, NULL), 0);
}

static void
read_back(const char *name, struct dz_buf *out)
{
    assert_int_equal(dz_os_slurp(AT_FDCWD, in_folder(name), DZ_SSHSIG_TEXT_MAX, out, NULL), DZ_OK);
}

static void
test_we_accept_theirs(void **state)
{
    (void)state;
    static const char *const made[] = {"their", "their.pub", "message.sig"};
    for (size_t i = 0; i < 3; i++)
        unlink(in_folder(made[i]));
    write_file("message", message, strlen(message));
    const char *const keygen[] = {"ssh-keygen", "-q",        "-t", "ed25519",          "-N", "",
                                  "-C",         "their key", "-f", in_folder("their"), NULL};
    assert_int_equal(tool_run(keygen, NULL), 0);
    const char *const sign[] = {
        "ssh-keygen",         "-q", "-Y", "sign", "-f", in_folder("their"), "-n", SPACE,
        in_folder("message"), NULL};
    assert_int_equal(tool_run(sign, NULL), 0);

    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(DZ_SSHSIG_TEXT_MAX);
    DZ_AUTO_BUF struct dz_buf line = DZ_BUF(DZ_SSHSIG_TEXT_MAX);
    DZ_AUTO_BUF struct dz_buf ours = DZ_BUF(DZ_SSHSIG_TEXT_MAX);
    struct dz_sshsig sig;
    uint8_t their_pk[DZ_SIGN_PUBLIC_BYTES];
    read_back("message.sig", &text);
    read_back("their.pub", &line);
    assert_int_equal(dz_sshsig_public_parse(dz_buf_view(&line), their_pk, NULL), DZ_OK);
    assert_int_equal(dz_sshsig_read(dz_buf_view(&text), &sig, NULL), DZ_OK);
    assert_memory_equal(sig.pk, their_pk, sizeof their_pk);
    assert_int_equal(dz_sshsig_check(&sig, SPACE, digest, NULL), DZ_OK);
    /* And the line that we write of that key is theirs, to the byte. */
    assert_int_equal(dz_sshsig_public_line(their_pk, "their key", &ours, NULL), DZ_OK);
    assert_true(dz_view_eq(dz_buf_view(&ours), dz_buf_view(&line)));
    for (size_t i = 0; i < 3; i++)
        unlink(in_folder(made[i]));
}

/* Other kinds of keys and hashes are valid elsewhere and refused here, in words. */
static void
test_other_kinds_are_refused(void **state)
{
    (void)state;
    static const char *const options[][2] = {{"ecdsa", "hashalg=sha512"},
                                             {"ed25519", "hashalg=sha256"}};
    write_file("message", message, strlen(message));
    for (size_t i = 0; i < 2; i++) {
        const char *const keygen[] = {"ssh-keygen",       "-q", "-t", options[i][0], "-N", "", "-f",
                                      in_folder("other"), NULL};
        const char *const sign[] = {"ssh-keygen",
                                    "-q",
                                    "-Y",
                                    "sign",
                                    "-O",
                                    options[i][1],
                                    "-f",
                                    in_folder("other"),
                                    "-n",
                                    SPACE,
                                    in_folder("message"),
                                    NULL};
        assert_int_equal(tool_run(keygen, NULL), 0);
        assert_int_equal(tool_run(sign, NULL), 0);
        DZ_AUTO_BUF struct dz_buf text = DZ_BUF(DZ_SSHSIG_TEXT_MAX);
        struct dz_sshsig sig;
        struct dz_err err;
        read_back("message.sig", &text);
        assert_int_equal(dz_sshsig_read(dz_buf_view(&text), &sig, &err), DZ_E_INPUT);
        assert_non_null(strstr(err.msg, "Ed25519"));
        unlink(in_folder("other"));
        unlink(in_folder("other.pub"));
        unlink(in_folder("message.sig"));
    }
}

static int
setup(void **state)
{
    (void)state;
    uint8_t bytes[DZ_SIGN_SEED_BYTES];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(0xa0 + i);
    if (dz_crypto_init(NULL) != DZ_OK || mkdtemp(folder) == NULL ||
        dz_secret_copy(bytes, sizeof bytes, &seed, NULL) != DZ_OK ||
        dz_sign_public(seed, pk, NULL) != DZ_OK)
        return -1;
    dz_sha512(message, strlen(message), digest);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    static const char *const names[] = {"message", "sig", "allowed"};
    dz_secret_free(seed);
    for (size_t i = 0; i < 3; i++)
        unlink(in_folder(names[i]));
    return rmdir(folder);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_any_change_is_refused),
        cmocka_unit_test(test_other_wrapping_is_refused),
        cmocka_unit_test(test_names_are_plain),
        cmocka_unit_test(test_public_line),
        cmocka_unit_test(test_ssh_keygen_accepts_ours),
        cmocka_unit_test(test_we_accept_theirs),
        cmocka_unit_test(test_other_kinds_are_refused),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
