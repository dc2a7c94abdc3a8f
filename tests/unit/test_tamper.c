/* Tampering: every changed, missing, repeated, exchanged, cut or added byte of a vault is told by
 * `verify` (without keys where that is promised, otherwise with them) or refused at opening, the
 * message names the file, and nothing crashes. DOKAZ_PROVE=1 tries everything; otherwise a sample.
 *
 * May go unseen, each shown to change no answer by may_go_unseen():
 *   journal/<log>/index  derived: missing or short it is made again
 *   index-sealed.db        derived: test_rollback.c holds it against the journal
 *   lock                 holds no data */
#define _GNU_SOURCE /* nftw */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bare_vault.h"
#include "dz_hash.h"
#include "dz_vault.h"
#include "tamper.h"

static struct kept_files files;
static char answers[DZ_HEX32];
static struct {
    unsigned long flips;
    unsigned long others;
    unsigned long normal; /* of both: those that were also tried with the passphrase */
    unsigned long refused;
    unsigned long harmless;
} tried;

static int
make_vault(void **state)
{
    if (fixture_setup(state) != 0)
        return -1;
    tamper_fill();
    tamper_digest(answers);
    /* Nothing is told of a vault that nobody touched. */
    struct said s = tamper_normal(NULL, NULL);
    if (tamper_told(&s))
        fail_msg("before anything was changed: %s", s.text);
    tamper_load(&files);
    return 0;
}

/* Each test begins with the vault as it was made. */
static int
put_back(void **state)
{
    (void)state;
    tamper_device("state");
    for (size_t i = 0; i < files.n; i++)
        tamper_write(files.f[i].path, files.f[i].bytes, files.f[i].n);
    tamper_restore_db(&files);
    return 0;
}

static int
drop_vault(void **state)
{
    tamper_forget(&files);
    print_message(
        "# tamper: %lu flips, %lu other changes, %lu also with the passphrase, %lu refused "
        "at opening, %lu derived and harmless, 0 unseen\n",
        tried.flips, tried.others, tried.normal, tried.refused, tried.harmless);
    return fixture_teardown(state);
}

/* How a file may be named by what is told of it when it is not there to be named: its hash, or the
 * first object in it. */
static void
other_name(const struct kept *k, char ret[65])
{
    uint8_t digest[32];
    if (strncmp(k->path, "objects/seg-", 12) == 0) {
        dz_hex_encode(k->bytes + 28, 32, ret);
    } else if (strncmp(k->path, "objects/", 8) == 0) {
        snprintf(ret, 65, "%s", k->path + 8);
    } else {
        dz_sha256(k->bytes, k->n, digest);
        dz_hex_encode(digest, 32, ret);
    }
}

/* The key table cannot be checked without keys; only that its copies are equal can. */
static bool
is_table(const char *path)
{
    return strncmp(path, "keytable/", 9) == 0;
}

static void
expect_told(const struct kept *k, const char *what, size_t at)
{
    char also[65];
    other_name(k, also);
    struct said s = tamper_keyless(k->path, also);
    bool enough = is_table(k->path) ? tamper_told(&s) : tamper_seen(&s);
    if (!enough)
        fail_msg("%s of %s at %zu was not told without keys (%s)", what, k->path, at, s.text);
    if (s.refused == DZ_OK && !s.named)
        fail_msg("%s of %s at %zu: the file is not named: %s", what, k->path, at, s.text);
    if (s.refused != DZ_OK && s.text[0] == '\0')
        fail_msg("%s of %s at %zu: refused without a reason", what, k->path, at);
    tried.refused += s.refused != DZ_OK;
}

static void
expect_seen(const struct kept *k, const char *what, size_t at)
{
    char also[65];
    other_name(k, also);
    struct said s = tamper_normal(k->path, also);
    if (!tamper_seen(&s))
        fail_msg("%s of %s at %zu was not seen with the passphrase (%s)", what, k->path, at,
                 s.text);
    if (s.text[0] == '\0')
        fail_msg("%s of %s at %zu: nothing is said", what, k->path, at);
    tried.normal++;
    tried.refused += s.refused != DZ_OK;
    tamper_restore_db(&files);
}

/* ---- flips ---- */

static void
flip(const struct kept *k, int fd, size_t at, uint8_t mask, bool with_keys)
{
    uint8_t changed = k->bytes[at] ^ mask;
    assert_int_equal(pwrite(fd, &changed, 1, (off_t)at), 1);
    char what[32];
    snprintf(what, sizeof what, "a flip of %02x", mask);
    expect_told(k, what, at);
    if (with_keys)
        expect_seen(k, what, at);
    assert_int_equal(pwrite(fd, &k->bytes[at], 1, (off_t)at), 1);
    tried.flips++;
}

static void
test_every_flip(void **state)
{
    (void)state;
    static const uint8_t patterns[3] = {0xff, 0x55, 0x20};
    bool all = tamper_prove();
    for (size_t i = 0; i < files.n; i++) {
        const struct kept *k = &files.f[i];
        if (tamper_is_db(k->path))
            continue;
        bool small = k->n <= 16384;
        size_t bits = k->n * 8;
        size_t step = all ? (small ? 1 : bits / 4000 + 1) : bits / (small ? 80 : 30) + 1;
        char full[512];
        tamper_full(k->path, full);
        int fd = open(full, O_WRONLY);
        assert_true(fd >= 0);
        /* With the passphrase it takes longer: the key table in full, the rest now and then. */
        size_t often = all ? (is_table(k->path) ? 32 : 512) : (is_table(k->path) ? 16 : 64);
        size_t n = 0;
        for (size_t bit = tamper_random() % step; bit < bits; bit += step, n++)
            flip(k, fd, bit / 8, (uint8_t)(1u << bit % 8), n % often == 0);
        step = all ? (small ? 1 : k->n / 1000 + 1) : k->n / 15 + 1;
        for (size_t at = tamper_random() % step; at < k->n; at += step)
            for (size_t p = 0; p < 3; p++)
                flip(k, fd, at, patterns[p], false);
        close(fd);
    }
    assert_true(tried.flips > (all ? 100000 : 1500));
    assert_true(tried.normal > (all ? 700 : 25));
}

/* ---- cuts and additions ---- */

/* A derived file in another state: no finding is needed, the answers are what counts. */
static void
may_go_unseen(const char *path)
{
    char now[DZ_HEX32];
    tamper_digest(now);
    if (strcmp(now, answers) != 0)
        fail_msg("a change of %s changed the answers", path);
    struct said s = tamper_normal(path, NULL);
    if (s.refused != DZ_OK || (s.findings > 0 && !s.named))
        fail_msg("a change of %s did harm: %s", path, s.text);
    tried.harmless++;
}

static void
restore(const struct kept *k)
{
    tamper_write(k->path, k->bytes, k->n);
    tamper_restore_db(&files);
}

/* One changed state of a file that already stands there. cut_checkpoints: without keys that is an
 * unsigned end, which a crash leaves too; with them this device knows better. */
static void
expect(const struct kept *k, const char *what, size_t at, bool with_keys)
{
    tried.others++;
    if (tamper_is_derived(k->path)) {
        struct said s = tamper_keyless(k->path, NULL);
        /* What is there has to be right; what is missing need not be there. */
        if (!tamper_told(&s) || with_keys)
            may_go_unseen(k->path);
        return;
    }
    size_t n = strlen(k->path);
    bool crash_alike = n > 12 && strcmp(k->path + n - 12, "/checkpoints") == 0;
    crash_alike = crash_alike || (n > 7 && strcmp(k->path + n - 7, "/frames") == 0);
    if (crash_alike || strncmp(k->path, "objects/seg-", 12) == 0) {
        struct said s = tamper_keyless(k->path, NULL);
        if (!tamper_told(&s))
            fail_msg("%s of %s at %zu was not told without keys", what, k->path, at);
    } else {
        expect_told(k, what, at);
    }
    if (with_keys && strncmp(what, "an extension", 12) != 0)
        expect_seen(k, what, at);
}

static void
test_every_cut(void **state)
{
    (void)state;
    bool all = tamper_prove();
    unsigned long before = tried.others;
    for (size_t i = 0; i < files.n; i++) {
        const struct kept *k = &files.f[i];
        if (tamper_is_db(k->path))
            continue;
        size_t step = k->n <= 16384 ? (all ? 1 : k->n / 20 + 1) : k->n / (all ? 2000 : 10) + 1;
        if (tamper_is_derived(k->path))
            step = all ? 8 : 100;
        size_t count = 0;
        for (size_t n = 0; n < k->n; n += step, count++) {
            tamper_write(k->path, k->bytes, n);
            expect(k, "a cut", n, count % 24 == 0);
            /* Only what was really written anew by the check has to be put back. */
            if (tamper_is_derived(k->path))
                restore(k);
        }
        restore(k);
    }
    assert_true(tried.others - before > (all ? 15000 : 200));
}

static void
extend(const struct kept *k, const uint8_t *more, size_t n, const char *what)
{
    uint8_t *longer = malloc(k->n + n);
    assert_non_null(longer);
    memcpy(longer, k->bytes, k->n);
    memcpy(longer + k->n, more, n);
    tamper_write(k->path, longer, k->n + n);
    free(longer);
    expect(k, what, n, tamper_prove() || n == 512);
    restore(k);
}

/* Foreign bytes, zeros, and the file's own blocks once more at its end. */
static void
test_every_extension(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 4, 12, 40, 511, 512, 4096};
    unsigned long before = tried.others;
    for (size_t i = 0; i < files.n; i++) {
        const struct kept *k = &files.f[i];
        if (tamper_is_db(k->path))
            continue;
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
            uint8_t more[4096] = {0};
            size_t n = sizes[s];
            extend(k, more, n, "an extension by zeros");
            for (size_t at = 0; at < n; at++)
                more[at] = (uint8_t)tamper_random();
            extend(k, more, n, "an extension by noise");
            if (n <= k->n) {
                extend(k, k->bytes, n, "an extension by its own beginning");
                extend(k, k->bytes + k->n - n, n, "an extension by its own end");
            }
        }
        if (k->n < 65536)
            extend(k, k->bytes, k->n, "an extension by itself");
    }
    assert_true(tried.others - before > 300);
}

/* ---- missing and repeated files ---- */

static void
test_every_file_missing(void **state)
{
    (void)state;
    for (size_t i = 0; i < files.n; i++) {
        const struct kept *k = &files.f[i];
        if (tamper_is_db(k->path))
            continue;
        tamper_remove(k->path);
        tried.others++;
        if (tamper_is_derived(k->path)) {
            may_go_unseen(k->path);
        } else {
            expect_told(k, "a removal", 0);
            expect_seen(k, "a removal", 0);
        }
        restore(k);
    }
}

/* A copy of each file beside it, under a name that such a file could have, and under any name. */
static void
test_every_file_twice(void **state)
{
    (void)state;
    for (size_t i = 0; i < files.n; i++) {
        const struct kept *k = &files.f[i];
        if (tamper_is_db(k->path))
            continue;
        const char *slash = strrchr(k->path, '/');
        int folder = slash == NULL ? 0 : (int)(slash - k->path) + 1;
        static const char *const names[] = {
            "0123456789abcdef.key",
            "0123456789abcdef0123456789abcdef.log",
            "open-2.age",
            "seg-00000002",
            "seg-00000000",
            "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
            "open.c",
            "a copy"};
        for (size_t j = 0; j < sizeof names / sizeof *names; j++) {
            char path[256];
            snprintf(path, sizeof path, "%.*s%s", folder, k->path, names[j]);
            tamper_write(path, k->bytes, k->n);
            struct said s = tamper_keyless(path, k->path);
            if (!tamper_told(&s))
                fail_msg("a copy of %s as %s was not told", k->path, path);
            if (s.refused == DZ_OK && !s.named)
                fail_msg("a copy of %s as %s is not named: %s", k->path, path, s.text);
            tamper_remove(path);
            tried.others++;
        }
    }
    struct said s = tamper_keyless(NULL, NULL);
    assert_false(tamper_told(&s));
}

/* ---- exchanged ---- */

/* Files of one kind: in the same folder, or of the same name in the folders of two logs. */
static bool
same_class(const char *a, const char *b)
{
    const char *end_a = strrchr(a, '/');
    const char *end_b = strrchr(b, '/');
    if (end_a == NULL || end_b == NULL)
        return false;
    bool logs = strncmp(a, "journal/", 8) == 0 && strncmp(b, "journal/", 8) == 0;
    return logs || (end_a - a == end_b - b && strncmp(a, b, (size_t)(end_a - a)) == 0);
}

static void
test_every_two_files_exchanged(void **state)
{
    (void)state;
    unsigned long before = tried.others;
    for (size_t i = 0; i < files.n; i++) {
        for (size_t j = i + 1; j < files.n; j++) {
            const struct kept *a = &files.f[i];
            const struct kept *b = &files.f[j];
            if (!same_class(a->path, b->path) ||
                (a->n == b->n && memcmp(a->bytes, b->bytes, a->n) == 0))
                continue;
            tamper_write(a->path, b->bytes, b->n);
            tamper_write(b->path, a->bytes, a->n);
            struct said s = tamper_keyless(a->path, b->path);
            if (s.refused == DZ_OK && tamper_told(&s) && !s.named)
                fail_msg("%s for %s: neither is named: %s", a->path, b->path, s.text);
            /* Without keys nobody can say which of the sealed files under keys/ is which. */
            bool sealed = strncmp(a->path, "keys/", 5) == 0;
            if (!sealed && !tamper_told(&s))
                fail_msg("%s for %s: not told without keys", a->path, b->path);
            s = tamper_normal(a->path, b->path);
            if (!tamper_seen(&s))
                fail_msg("%s for %s: not seen: %s", a->path, b->path, s.text);
            tamper_restore_db(&files);
            tamper_write(a->path, a->bytes, a->n);
            tamper_write(b->path, b->bytes, b->n);
            tried.others++;
            tried.normal++;
        }
    }
    assert_true(tried.others - before > 30);
}

static void
exchange_blocks(const struct kept *k, size_t size, size_t x, size_t y)
{
    if (memcmp(k->bytes + x, k->bytes + y, size) == 0)
        return;
    uint8_t *bytes = malloc(k->n);
    assert_non_null(bytes);
    memcpy(bytes, k->bytes, k->n);
    memcpy(bytes + x, k->bytes + y, size);
    memcpy(bytes + y, k->bytes + x, size);
    tamper_write(k->path, bytes, k->n);
    expect_told(k, "an exchange of blocks", x);
    if (is_table(k->path))
        expect_seen(k, "an exchange of blocks", x);
    free(bytes);
    tried.others++;
}

static void
test_blocks_exchanged(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 8, 16, 32, 40, 64, 512, 4096};
    int rounds = tamper_prove() ? 400 : 6;
    unsigned long before = tried.others;
    for (size_t i = 0; i < files.n; i++) {
        const struct kept *k = &files.f[i];
        if (tamper_is_db(k->path))
            continue;
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
            size_t n = k->n / sizes[s];
            for (int r = 0; r < rounds && n >= 2; r++) {
                size_t x = tamper_random() % n;
                size_t y = tamper_random() % n;
                if (x != y)
                    exchange_blocks(k, sizes[s], x * sizes[s], y * sizes[s]);
            }
        }
        restore(k);
    }
    assert_true(tried.others - before > 300);
}

/* Whole objects of a segment in another order: each is found by its hash, and nothing rests on
 * where it lies. A second copy of one is told. */
static void
test_objects_in_another_order(void **state)
{
    (void)state;
    const struct kept *k = tamper_find(&files, "objects/seg-00000001");
    assert_non_null(k);
    size_t item = 36 + 700 + 32; /* head, content, nonce and tag */
    assert_true(k->n > 24 + 3 * item);
    exchange_blocks(k, 1, 24, 25); /* a part of one is an ordinary change */
    restore(k);
    uint8_t *bytes = malloc(k->n + item);
    assert_non_null(bytes);
    memcpy(bytes, k->bytes, k->n);
    memcpy(bytes + 24, k->bytes + 24 + item, item);
    memcpy(bytes + 24 + item, k->bytes + 24, item);
    tamper_write(k->path, bytes, k->n);
    may_go_unseen(k->path);
    memcpy(bytes, k->bytes, k->n);
    memcpy(bytes + k->n, k->bytes + 24, item);
    tamper_write(k->path, bytes, k->n + item);
    free(bytes);
    expect_told(k, "a second copy of an object", 24);
    restore(k);
}

/* The records of a journal, whole, in places where they do not belong. */
static void
test_records_repeated(void **state)
{
    (void)state;
    for (size_t i = 0; i < files.n; i++) {
        const struct kept *k = &files.f[i];
        size_t n = strlen(k->path);
        bool frames = n > 7 && strcmp(k->path + n - 7, "/frames") == 0;
        bool checkpoints = n > 12 && strcmp(k->path + n - 12, "/checkpoints") == 0;
        if (!frames && !checkpoints)
            continue;
        size_t head = frames ? 12 : 12; /* both: 4 of mark, 4 of length, 4 of crc */
        for (size_t at = 0; at < k->n;) {
            size_t length = 0;
            for (size_t b = 0; b < 4; b++)
                length = length << 8 | k->bytes[at + 4 + b];
            length += head;
            assert_true(at + length <= k->n);
            uint8_t *bytes = malloc(k->n + length);
            assert_non_null(bytes);
            memcpy(bytes, k->bytes, k->n);
            memcpy(bytes + k->n, k->bytes + at, length);
            tamper_write(k->path, bytes, k->n + length);
            expect_told(k, "a record repeated at the end", at);
            memmove(bytes + at + length, k->bytes + at, k->n - at);
            memcpy(bytes + at, k->bytes + at, length);
            tamper_write(k->path, bytes, k->n + length);
            expect_told(k, "a record repeated in its place", at);
            memcpy(bytes, k->bytes, at);
            memcpy(bytes + at, k->bytes + at + length, k->n - at - length);
            tamper_write(k->path, bytes, k->n - length);
            struct said s = tamper_keyless(k->path, NULL);
            assert_true(checkpoints || tamper_told(&s));
            /* An earlier checkpoint left out proves nothing less: the later ones hold it. */
            if (at + length == k->n || frames)
                expect_seen(k, "a record left out", at);
            free(bytes);
            at += length;
            tried.others += 3;
        }
        restore(k);
    }
}

/* A body that was removed put back into its frame, and a removed object put back into objects/:
 * told by name without keys. */
static void
test_leftovers_are_named(void **state)
{
    (void)state;
    tamper_device("state");
    struct dz_vault *v = tamper_open(DZ_VAULT_WRITE);
    struct put p = tamper_put(v, "src-back", (1u << 20) + 500);
    dz_vault_close(v);
    struct kept_files with = {.n = 0};
    tamper_load(&with);
    v = tamper_open(DZ_VAULT_WRITE);
    tamper_purge(v, "src-back", &p);
    dz_vault_close(v);
    struct said s = tamper_keyless(NULL, NULL);
    assert_false(tamper_told(&s));

    char path[96];
    snprintf(path, sizeof path, "objects/%s", p.object);
    const struct kept *object = tamper_find(&with, path);
    assert_non_null(object);
    tamper_write(path, object->bytes, object->n);
    s = tamper_keyless(path, NULL);
    assert_int_equal(s.findings, 0);
    assert_int_equal(s.notices, 1);
    assert_true(s.named);
    /* The next write clears it away although its key is long gone. */
    v = tamper_open(DZ_VAULT_WRITE);
    tamper_put(v, "src-next", 100);
    dz_vault_close(v);
    s = tamper_keyless(NULL, NULL);
    assert_false(tamper_told(&s));

    /* The frame as it was before, and all that was appended since behind it. */
    char frames[96];
    snprintf(frames, sizeof frames, "journal/%.32s/frames", p.ref);
    const struct kept *old = tamper_find(&with, frames);
    struct kept_files now = {.n = 0};
    tamper_load(&now);
    const struct kept *fresh = tamper_find(&now, frames);
    assert_true(old != NULL && fresh != NULL);
    size_t same = 0;
    size_t at_fresh = 0;
    for (size_t at = 0; at < old->n; at += same) {
        same = 12;
        for (size_t b = 0; b < 4; b++)
            same += (size_t)old->bytes[at + 4 + b] << (24 - 8 * b);
        size_t length = 12;
        for (size_t b = 0; b < 4; b++)
            length += (size_t)fresh->bytes[at_fresh + 4 + b] << (24 - 8 * b);
        at_fresh += length;
    }
    size_t rest = fresh->n - at_fresh;
    uint8_t *bytes = malloc(old->n + rest);
    assert_non_null(bytes);
    memcpy(bytes, old->bytes, old->n);
    memcpy(bytes + old->n, fresh->bytes + at_fresh, rest);
    tamper_write(frames, bytes, old->n + rest);
    free(bytes);
    char index[96];
    snprintf(index, sizeof index, "journal/%.32s/index", p.ref);
    tamper_remove(index);
    s = tamper_keyless(frames, NULL);
    assert_int_equal(s.findings, 0);
    assert_int_equal(s.notices, 1);
    assert_true(s.named);
    tamper_forget(&now);
    tamper_forget(&with);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_every_flip, put_back),
        cmocka_unit_test_setup(test_every_cut, put_back),
        cmocka_unit_test_setup(test_every_extension, put_back),
        cmocka_unit_test_setup(test_every_file_missing, put_back),
        cmocka_unit_test_setup(test_every_file_twice, put_back),
        cmocka_unit_test_setup(test_every_two_files_exchanged, put_back),
        cmocka_unit_test_setup(test_blocks_exchanged, put_back),
        cmocka_unit_test_setup(test_objects_in_another_order, put_back),
        cmocka_unit_test_setup(test_records_repeated, put_back),
        cmocka_unit_test_setup(test_leftovers_are_named, put_back),
    };
    return cmocka_run_group_tests_name("tamper", tests, make_vault, drop_vault);
}
