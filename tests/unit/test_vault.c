/* The vault as a whole: write, read back, lose the database, crash, find damage, remove for
 * good. */
#define _GNU_SOURCE /* nftw */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>

#include "dz_codec.h"
#include "dz_entry.h"
#include "dz_hash.h"
#include "dz_json.h"
#include "dz_vault.h"
#include "bare_vault.h"
#include "dz_age.h"
#include "ok.h"

/* Store one object of n bytes and an entry that brings it. */
static void
put(struct dz_vault *v, const char *id, size_t n, int seed, struct dz_object_info *info, char *ref)
{
    struct dz_batch *b = NULL;
    OK(dz_batch_begin(v, &b, err));
    OK(dz_batch_object_begin(b, err));
    uint32_t x = (uint32_t)seed * 2654435761u + 1;
    for (size_t done = 0; done < n;) {
        uint8_t chunk[4096];
        size_t part = n - done < sizeof chunk ? n - done : sizeof chunk;
        for (size_t i = 0; i < part; i++)
            chunk[i] = (uint8_t)((x = x * 1664525u + 1013904223u) >> 24);
        OK(dz_batch_object_write(b, chunk, part, err));
        done += part;
    }
    OK(dz_batch_object_finish(b, info, err));
    DZ_AUTO_JSON json_t *fields = json_object();
    dz_json_set_str(fields, "id", id);
    dz_json_set_str(fields, "object", info->id);
    dz_json_set_str(fields, "codec", info->codec);
    dz_json_set_str(fields, "sha256", info->sha256);
    const char *objects[] = { info->id, NULL };
    OK(dz_batch_entry(b, "source.added", fields, objects, ref, err));
    OK(dz_batch_commit(b, err));
    dz_batch_end(b);
}

static struct dz_vault *
open_vault(enum dz_vault_mode mode)
{
    struct dz_vault *v = NULL;
    OK(fixture_open(mode, &v, err));
    return v;
}

static void
count_finding(void *ctx, enum dz_verify_level level, const char *thing, const char *message,
              const char *touches)
{
    (void)touches;
    if (getenv("SHOW"))
        fprintf(stderr, "# %s: %s\n", thing, message);
    *(int *)ctx += level == DZ_VERIFY_FINDING;
}

static int
findings(struct dz_vault *v, enum dz_verify_depth depth)
{
    int n = 0;
    struct dz_verify_report r;
    OK(dz_vault_verify(v, depth, count_finding, &n, &r, err));
    assert_int_equal(n, r.n_findings);
    return n;
}

static void
assert_readable(struct dz_vault *v, const struct dz_object_info *info)
{
    struct dz_buf out = DZ_BUF(64u << 20);
    OK(dz_vault_slurp_object(v, info->id, info->codec, 64u << 20, &out, err));
    assert_int_equal(out.n, info->size_bytes);
    dz_buf_done(&out);
}

/* ---- ---- */

static void
test_write_and_read(void **state)
{
    (void)state;
    struct dz_vault *v = open_vault(DZ_VAULT_WRITE);
    struct dz_object_info small, large, empty;
    char ref[64];
    put(v, "src-small", 5000, 1, &small, ref);
    put(v, "src-large", 3u << 20, 2, &large, NULL);
    put(v, "src-empty", 0, 3, &empty, NULL);
    assert_int_equal(findings(v, DZ_VERIFY_DEEP), 0);
    dz_vault_close(v);

    v = open_vault(DZ_VAULT_READ);
    assert_readable(v, &small);
    assert_readable(v, &large);
    assert_readable(v, &empty);
    json_t *body = NULL;
    OK(dz_vault_read_entry(v, ref, &body, err));
    assert_string_equal(dz_json_str(body, "id"), "src-small");
    json_decref(body);
    dz_vault_close(v);
}

static void
test_wrong_passphrase(void **state)
{
    (void)state;
    struct dz_secret *wrong = NULL;
    OK(dz_secret_copy("wrong", 5, &wrong, err));
    struct dz_vault_opts opts = {.path = fixture_vault, .mode = DZ_VAULT_READ, .passphrase = wrong};
    struct dz_vault *v = NULL;
    struct dz_err err = { 0 };
    assert_int_equal(dz_vault_open(&opts, &v, &err), DZ_E_AUTH);
    assert_null(v);
    assert_non_null(strstr(err.msg, "passphrase"));
    dz_secret_free(wrong);
}

static void
test_rebuild_is_deterministic(void **state)
{
    (void)state;
    struct dz_object_info info;
    char before[DZ_HEX32], after[DZ_HEX32], path[128];
    struct dz_vault *v = open_vault(DZ_VAULT_WRITE);
    for (int i = 0; i < 5; i++) {
        char id[24];
        snprintf(id, sizeof id, "src-%d", i);
        put(v, id, 1000, i, &info, NULL);
    }
    OK(dz_vault_digest(v, before, err));
    dz_vault_close(v);
    snprintf(path, sizeof path, "%s/index-sealed.db", fixture_vault);
    assert_int_equal(unlink(path), 0);
    v = open_vault(DZ_VAULT_READ);
    OK(dz_vault_digest(v, after, err));
    assert_string_equal(before, after);
    dz_vault_close(v);
}

/* A database that says something else is found out, one that is torn is made again. */
static void
test_damaged_database_is_made_again(void **state)
{
    (void)state;
    struct dz_object_info info;
    char path[128];
    struct dz_vault *v = open_vault(DZ_VAULT_WRITE);
    put(v, "src-a", 1000, 1, &info, NULL);
    dz_vault_close(v);
    snprintf(path, sizeof path, "%s/index-sealed.db", fixture_vault);
    int fd = open(path, O_RDWR);
    char junk[8192];
    memset(junk, 'x', sizeof junk);
    assert_int_equal(pwrite(fd, junk, sizeof junk, 0), sizeof junk);
    close(fd);
    v = open_vault(DZ_VAULT_READ);
    assert_int_equal(findings(v, DZ_VERIFY_NORMAL), 0);
    dz_vault_close(v);
}

/* Objects of a batch that was given up leave nothing behind. */
static void
test_abandoned_batch(void **state)
{
    (void)state;
    struct dz_object_info info;
    struct dz_vault *v = open_vault(DZ_VAULT_WRITE);
    put(v, "src-a", 1000, 1, &info, NULL);
    struct dz_batch *b = NULL;
    OK(dz_batch_begin(v, &b, err));
    OK(dz_batch_object_begin(b, err));
    OK(dz_batch_object_write(b, "abandoned", 9, err));
    OK(dz_batch_object_finish(b, &info, err));
    dz_batch_end(b);
    struct dz_err err = { 0 };
    struct dz_buf out = DZ_BUF(100);
    assert_int_equal(dz_vault_slurp_object(v, info.id, info.codec, 100, &out, &err), DZ_E_NOTFOUND);
    dz_buf_done(&out);
    assert_int_equal(findings(v, DZ_VERIFY_DEEP), 0);
    dz_vault_close(v);
}

/* One entry of a batch of many; a nested one, or a long one, is sealed by the thread that makes it,
 * the others beside it. */
static enum dz_code
put_note(struct dz_batch *b, int number, char *ret_ref, struct dz_err *err)
{
    DZ_AUTO_JSON json_t *fields = json_object();
    dz_json_set_int(fields, "number", number);
    dz_json_set_str(fields, "id", "src-note");
    if (number % 7 == 3)
        json_object_set_new(fields, "nested", json_array());
    if (number % 11 == 5) {
        DZ_AUTO_FREE char *text = dz_alloc(20000);
        memset(text, 'a', 19999);
        dz_json_set_str(fields, "text", text);
    }
    return dz_batch_entry(b, "source.added", fields, NULL, ret_ref, err);
}

static void
test_batch_of_many_entries(void **state)
{
    (void)state;
    enum { MANY = 300 };
    static char refs[MANY][64];
    struct dz_vault *v = open_vault(DZ_VAULT_WRITE);
    struct dz_batch *b = NULL;
    OK(dz_batch_begin(v, &b, err));
    for (int i = 0; i < MANY; i++)
        OK(put_note(b, i, refs[i], err));
    OK(dz_batch_commit(b, err));
    dz_batch_end(b);
    for (int i = 0; i < MANY; i++) {
        DZ_AUTO_JSON json_t *body = NULL;
        OK(dz_vault_read_entry(v, refs[i], &body, err));
        assert_int_equal(dz_json_int(body, "number", -1), i);
        assert_int_equal(dz_json_int(body, "seq", -1), i + 1);
    }
    assert_int_equal(findings(v, DZ_VERIFY_DEEP), 0);
    dz_vault_close(v);
}

/* What an entry is refused for is told when it is made, behind others too, and those that wait for
 * their commit go with the batch. */
static void
test_refused_entry_among_many(void **state)
{
    (void)state;
    char ref[64];
    struct dz_vault *v = open_vault(DZ_VAULT_WRITE);
    struct dz_batch *b = NULL;
    OK(dz_batch_begin(v, &b, err));
    for (int i = 0; i < 50; i++)
        OK(put_note(b, i, ref, err));
    struct dz_err err = { 0 };
    DZ_AUTO_JSON json_t *fields = json_object();
    DZ_AUTO_FREE char *text = dz_alloc(DZ_ENTRY_BODY_MAX + 1);
    memset(text, 'a', DZ_ENTRY_BODY_MAX);
    dz_json_set_str(fields, "text", text);
    assert_int_equal(dz_batch_entry(b, "source.added", fields, NULL, NULL, &err), DZ_E_LIMIT);
    dz_batch_end(b);
    DZ_AUTO_JSON json_t *body = NULL;
    assert_int_equal(dz_vault_read_entry(v, ref, &body, &err), DZ_E_NOTFOUND);
    assert_int_equal(findings(v, DZ_VERIFY_DEEP), 0);
    dz_vault_close(v);
}

/* A handle that dies with objects written but nothing committed: the next writer clears them
 * away. */
static void
test_crash_before_commit(void **state)
{
    (void)state;
    struct dz_object_info info;
    struct dz_vault *v = open_vault(DZ_VAULT_WRITE);
    put(v, "src-a", 1000, 1, &info, NULL);
    dz_vault_close(v);
    pid_t pid = fork();
    if (pid == 0) {
        struct dz_batch *b = NULL;
        struct dz_err err = { 0 };
        /* Guarded memory is wiped at a fork: the child makes its own copy of the passphrase. */
        if (dz_secret_copy("correct horse", 13, &fixture_passphrase, &err) != DZ_OK ||
            fixture_open(DZ_VAULT_WRITE, &v, &err) != DZ_OK ||
            dz_batch_begin(v, &b, &err) != DZ_OK || dz_batch_object_begin(b, &err) != DZ_OK ||
            dz_batch_object_write(b, "lost", 4, &err) != DZ_OK ||
            dz_batch_object_finish(b, &info, &err) != DZ_OK)
            _exit(1);
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    v = open_vault(DZ_VAULT_WRITE);
    put(v, "src-b", 1000, 2, &info, NULL);
    assert_int_equal(findings(v, DZ_VERIFY_DEEP), 0);
    dz_vault_close(v);
}

static void
test_removal_shreds(void **state)
{
    (void)state;
    struct dz_object_info keep, gone;
    char ref[64];
    struct dz_vault *v = open_vault(DZ_VAULT_WRITE);
    put(v, "src-keep", 3000, 1, &keep, NULL);
    put(v, "src-gone", 3000, 2, &gone, ref);
    struct dz_batch *b = NULL;
    OK(dz_batch_begin(v, &b, err));
    DZ_AUTO_JSON json_t *fields = json_object();
    dz_json_set_str(fields, "item", "src-gone");
    dz_json_set_str(fields, "reason", "added in error");
    const char *objects[] = { gone.id, NULL }, *bodies[] = { ref, NULL };
    OK(dz_batch_removal(b, DZ_IN_OPEN, "item.purged", fields, objects, bodies, err));
    OK(dz_batch_commit(b, err));
    dz_batch_end(b);
    struct dz_err err = { 0 };
    json_t *body = NULL;
    assert_int_equal(dz_vault_read_entry(v, ref, &body, &err), DZ_E_NOTFOUND);
    assert_readable(v, &keep);
    assert_int_equal(findings(v, DZ_VERIFY_DEEP), 0);
    dz_vault_close(v);

    /* Also after opening again, and the object's bytes are in no file any more. */
    v = open_vault(DZ_VAULT_WRITE);
    struct dz_buf out = DZ_BUF(10000);
    assert_int_equal(dz_vault_slurp_object(v, gone.id, gone.codec, 10000, &out, &err),
                     DZ_E_NOTFOUND);
    dz_buf_done(&out);
    put(v, "src-later", 100, 3, &gone, NULL);
    assert_int_equal(findings(v, DZ_VERIFY_DEEP), 0);
    dz_vault_close(v);
}

/* What another device wrote can be removed from this one: its log loses the body too. */
static void
test_removal_from_another_device(void **state)
{
    (void)state;
    struct dz_object_info info;
    char ref[64], other[96];
    struct dz_vault *v = open_vault(DZ_VAULT_WRITE);
    put(v, "src-first", 3000, 1, &info, ref);
    dz_vault_close(v);
    snprintf(other, sizeof other, "%s/other-state", fixture_dir);
    setenv("XDG_STATE_HOME", other, 1);
    v = open_vault(DZ_VAULT_WRITE);
    struct dz_batch *b = NULL;
    OK(dz_batch_begin(v, &b, err));
    DZ_AUTO_JSON json_t *fields = json_object();
    dz_json_set_str(fields, "item", "src-first");
    dz_json_set_str(fields, "reason", "added in error");
    const char *objects[] = {info.id, NULL}, *bodies[] = {ref, NULL};
    OK(dz_batch_removal(b, DZ_IN_OPEN, "item.purged", fields, objects, bodies, err));
    OK(dz_batch_commit(b, err));
    dz_batch_end(b);
    json_t *body = NULL;
    struct dz_err err = {0};
    assert_int_equal(dz_vault_read_entry(v, ref, &body, &err), DZ_E_NOTFOUND);
    assert_int_equal(findings(v, DZ_VERIFY_DEEP), 0);
    dz_vault_close(v);
    /* The first device takes it as it is. */
    snprintf(other, sizeof other, "%s/state", fixture_dir);
    setenv("XDG_STATE_HOME", other, 1);
    v = open_vault(DZ_VAULT_WRITE);
    put(v, "src-later", 100, 2, &info, NULL);
    assert_int_equal(findings(v, DZ_VERIFY_DEEP), 0);
    dz_vault_close(v);
}

/* A copy put back in place of the vault is behind what this device has seen. */
static void
test_rollback_is_seen(void **state)
{
    (void)state;
    struct dz_object_info info;
    char old[96], cmd[256];
    struct dz_vault *v = open_vault(DZ_VAULT_WRITE);
    put(v, "src-a", 1000, 1, &info, NULL);
    snprintf(old, sizeof old, "%s/old", fixture_dir);
    OK(dz_vault_backup(v, old, err));
    put(v, "src-b", 1000, 2, &info, NULL);
    dz_vault_close(v);
    snprintf(cmd, sizeof cmd, "%s/newer", fixture_dir);
    assert_int_equal(rename(fixture_vault, cmd), 0);
    assert_int_equal(rename(old, fixture_vault), 0);
    struct dz_err err = { 0 };
    v = NULL;
    assert_int_equal(fixture_open(DZ_VAULT_READ, &v, &err), DZ_E_ROLLBACK);
    assert_non_null(strstr(err.msg, "older copy"));
}

/* On another device (no state folder) the vault is read as it is, and writing begins a second
 * log. */
static void
test_second_device(void **state)
{
    (void)state;
    struct dz_object_info info;
    char other[96], before[DZ_HEX32], after[DZ_HEX32];
    struct dz_vault *v = open_vault(DZ_VAULT_WRITE);
    put(v, "src-a", 1000, 1, &info, NULL);
    dz_vault_close(v);
    snprintf(other, sizeof other, "%s/other-state", fixture_dir);
    setenv("XDG_STATE_HOME", other, 1);
    v = open_vault(DZ_VAULT_WRITE);
    put(v, "src-b", 1000, 2, &info, NULL);
    put(v, "src-c", 1000, 3, &info, NULL);
    OK(dz_vault_digest(v, before, err));
    assert_int_equal(findings(v, DZ_VERIFY_DEEP), 0);
    OK(dz_vault_rebuild(v, err));
    OK(dz_vault_digest(v, after, err));
    assert_string_equal(before, after);
    dz_vault_close(v);
    /* Back on the first device: its own log goes on, the other one is taken up. */
    snprintf(other, sizeof other, "%s/state", fixture_dir);
    setenv("XDG_STATE_HOME", other, 1);
    v = open_vault(DZ_VAULT_WRITE);
    put(v, "src-d", 1000, 4, &info, NULL);
    assert_int_equal(findings(v, DZ_VERIFY_DEEP), 0);
    dz_vault_close(v);
}

/* Bytes into a file, for dz_vault_export_age. */
static enum dz_code
into_file(void *ctx, const void *p, size_t n, struct dz_err *err)
{
    return dz_os_write_all(*(int *)ctx, p, n, err);
}

/* An object that leaves with a header is a standard age file: the age tool opens it. */
static void
test_age_opens_an_export(void **state)
{
    (void)state;
    struct dz_object_info info;
    char file[96], key[96], plain[96], text[256] = "";
    struct dz_vault *v = open_vault(DZ_VAULT_WRITE);
    put(v, "src-a", 200000, 7, &info, NULL); /* random bytes: stored without compression */
    assert_string_equal(info.codec, "none");

    struct dz_secret *identity = NULL, *identity_text = NULL;
    uint8_t pk[32];
    OK(dz_age_identity_new(&identity, err));
    OK(dz_age_identity_public(identity, pk, err));
    OK(dz_age_identity_text(identity, &identity_text, err));
    struct dz_buf recipient = DZ_BUF(256);
    dz_age_recipient_text(pk, &recipient);
    snprintf(file, sizeof file, "%s/object.age", fixture_dir);
    snprintf(key, sizeof key, "%s/key", fixture_dir);
    snprintf(plain, sizeof plain, "%s/object", fixture_dir);
    int fd = open(key, O_WRONLY | O_CREAT, 0600);
    assert_true(write(fd, dz_secret_peek(identity_text), dz_secret_size(identity_text) - 1) > 0);
    close(fd);
    fd = open(file, O_WRONLY | O_CREAT, 0600);
    OK(dz_vault_export_age(v, info.id, recipient.p, NULL, into_file, &fd, err));
    close(fd);

    pid_t pid = fork();
    if (pid == 0) {
        execlp("age", "age", "-d", "-i", key, "-o", plain, file, (char *)NULL);
        _exit(127);
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    struct dz_buf got = DZ_BUF(1 << 20);
    OK(dz_os_slurp(AT_FDCWD, plain, 1 << 20, &got, err));
    uint8_t digest[32];
    dz_sha256(got.p, got.n, digest);
    dz_hex_encode(digest, 32, text);
    assert_string_equal(text, info.sha256);

    struct dz_err err = {0};
    assert_int_equal(dz_vault_export_age(v, info.id, "age1nonsense", NULL, into_file, &fd, &err),
                     DZ_E_INPUT);
    dz_buf_done(&got);
    dz_buf_done(&recipient);
    dz_secret_free(identity);
    dz_secret_free(identity_text);
    dz_vault_close(v);
}

/* Damage in one entry is told once, and the entries behind it are still checked. */
static void
test_damage_stays_local(void **state)
{
    (void)state;
    struct dz_object_info info;
    char path[160];
    struct dz_vault *v = open_vault(DZ_VAULT_WRITE);
    for (int i = 0; i < 6; i++) {
        char id[24];
        snprintf(id, sizeof id, "src-%d", i);
        put(v, id, 100, i, &info, NULL);
    }
    dz_vault_close(v);
    snprintf(path, sizeof path, "%s/journal", fixture_vault);
    DIR *journal = opendir(path);
    char frames[512] = "";
    for (struct dirent *e = readdir(journal); e; e = readdir(journal))
        if (e->d_name[0] != '.')
            snprintf(frames, sizeof frames, "%s/%s/frames", path, e->d_name);
    closedir(journal);
    int fd = open(frames, O_RDWR);
    uint8_t c;
    off_t middle = lseek(fd, 0, SEEK_END) / 2 + 300; /* in the body of an entry */
    assert_int_equal(pread(fd, &c, 1, middle), 1);
    c ^= 1;
    assert_int_equal(pwrite(fd, &c, 1, middle), 1);
    close(fd);
    v = open_vault(DZ_VAULT_READ);
    assert_in_range(findings(v, DZ_VERIFY_DEEP), 1, 3);
    dz_vault_close(v);
}

/* Any byte changed in any file of the vault but the database is found. */
struct flip {
    int missed;
    int tried;
};
static struct flip flips;

static int
flip_file(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)at;
    if (kind != FTW_F || strstr(path, "index-") || strstr(path, "/lock") || strstr(path, "/state/"))
        return 0;
    int fd = open(path, O_RDWR);
    off_t step = st->st_size / 12 + 1;
    for (off_t i = 0; i < st->st_size; i += step) {
        uint8_t c, d;
        assert_int_equal(pread(fd, &c, 1, i), 1);
        d = c ^ 0x41;
        assert_int_equal(pwrite(fd, &d, 1, i), 1);
        struct dz_vault *v = NULL;
        struct dz_err err = { 0 };
        enum dz_code code = fixture_open(DZ_VAULT_READ, &v, &err);
        int n = code == DZ_OK ? findings(v, DZ_VERIFY_NORMAL) : 1;
        if (n == 0)
            fprintf(stderr, "# a change at %s byte %ld was not seen\n", path, (long)i);
        flips.missed += n == 0;
        flips.tried++;
        dz_vault_close(v);
        assert_int_equal(pwrite(fd, &c, 1, i), 1);
    }
    close(fd);
    return 0;
}

static void
test_every_change_is_found(void **state)
{
    (void)state;
    struct dz_object_info info;
    struct dz_vault *v = open_vault(DZ_VAULT_WRITE);
    put(v, "src-a", 600, 1, &info, NULL);
    put(v, "src-b", 2u << 20, 2, &info, NULL);
    dz_vault_close(v);
    flips = (struct flip){ 0 };
    assert_int_equal(nftw(fixture_vault, flip_file, 16, FTW_PHYS), 0);
    assert_true(flips.tried > 80);
    assert_int_equal(flips.missed, 0);
    print_message("# tried: %d changed bytes\n", flips.tried);
}

/* The vault opens from either copy of the key table; what one of them lacks is told, and the next
 * write makes it whole. */
static void
spoil_copy(const char *name, bool cut, off_t keep)
{
    char path[128];
    struct dz_object_info info;
    snprintf(path, sizeof path, "%s/keytable/%s", fixture_vault, name);
    int fd = open(path, O_RDWR);
    assert_true(fd >= 0);
    if (cut)
        assert_int_equal(ftruncate(fd, keep), 0);
    else
        assert_int_equal(pwrite(fd, "none", 4, 0), 4);
    close(fd);
    struct dz_vault *v = open_vault(DZ_VAULT_READ);
    assert_int_equal(findings(v, DZ_VERIFY_NORMAL), 1);
    dz_vault_close(v);
    v = open_vault(DZ_VAULT_WRITE);
    put(v, cut ? "src-cut" : "src-head", 1000, 9, &info, NULL);
    assert_int_equal(findings(v, DZ_VERIFY_DEEP), 0);
    dz_vault_close(v);
}

static void
test_either_copy_of_the_key_table(void **state)
{
    (void)state;
    struct dz_object_info info;
    char path[128];
    struct stat st;
    snprintf(path, sizeof path, "%s/keytable/open.a", fixture_vault);
    assert_int_equal(stat(path, &st), 0);
    struct dz_vault *v = open_vault(DZ_VAULT_WRITE);
    put(v, "src-a", 1000, 1, &info, NULL);
    dz_vault_close(v);
    spoil_copy("open.a", false, 0);
    spoil_copy("open.b", false, 0);
    spoil_copy("open.a", true, st.st_size);
    spoil_copy("open.b", true, st.st_size);
}

/* A writer that stays open (dokaz serve) while another one ends between the two copies: what the
 * second one lacks is made whole before anything is added behind it. */
static void
test_copy_left_behind_by_another_writer(void **state)
{
    (void)state;
    struct dz_object_info info;
    char path[128];
    struct dz_err err = {0};
    DZ_AUTO_BUF struct dz_buf before = DZ_BUF(65536);
    struct dz_vault *v = open_vault(DZ_VAULT_WRITE);
    put(v, "src-a", 1000, 1, &info, NULL);
    snprintf(path, sizeof path, "%s/keytable/open.b", fixture_vault);
    assert_int_equal(dz_os_slurp(AT_FDCWD, path, 65536, &before, &err), DZ_OK);
    struct dz_vault *other = open_vault(DZ_VAULT_WRITE);
    put(other, "src-other", 1000, 2, &info, NULL);
    dz_vault_close(other);
    assert_int_equal(dz_os_replace(AT_FDCWD, path, dz_buf_view(&before), &err), DZ_OK);
    put(v, "src-own", 1000, 3, &info, NULL);
    assert_int_equal(findings(v, DZ_VERIFY_DEEP), 0);
    dz_vault_close(v);
}

/* The last checkpoint cut away looks like a crash to everybody but the device that signed it. */
static void
test_missing_checkpoint(void **state)
{
    (void)state;
    struct dz_object_info info;
    char path[160];
    struct stat st;
    struct dz_vault *v = open_vault(DZ_VAULT_WRITE);
    put(v, "src-a", 1000, 1, &info, NULL);
    struct dz_err err = { 0 };
    char **names = NULL;
    size_t n = 0;
    snprintf(path, sizeof path, "%s/journal", fixture_vault);
    assert_int_equal(dz_os_list(AT_FDCWD, path, &names, &n, &err), DZ_OK);
    assert_int_equal(n, 1);
    snprintf(path, sizeof path, "%s/journal/%s/checkpoints", fixture_vault, names[0]);
    dz_os_names_free(names, n);
    assert_int_equal(stat(path, &st), 0);
    put(v, "src-b", 1000, 2, &info, NULL);
    dz_vault_close(v);
    assert_int_equal(truncate(path, st.st_size), 0);
    v = open_vault(DZ_VAULT_READ);
    assert_int_equal(findings(v, DZ_VERIFY_NORMAL), 1);
    dz_vault_close(v);
    /* The next write signs what is there. */
    v = open_vault(DZ_VAULT_WRITE);
    put(v, "src-c", 1000, 3, &info, NULL);
    assert_int_equal(findings(v, DZ_VERIFY_DEEP), 0);
    dz_vault_close(v);
}

/* An object that was taken away is damage, one that was removed for good is not. */
static void
test_object_taken_away(void **state)
{
    (void)state;
    struct dz_object_info info;
    char from[192], to[192];
    struct dz_vault *v = open_vault(DZ_VAULT_WRITE);
    put(v, "src-a", 2u << 20, 1, &info, NULL);
    dz_vault_close(v);
    snprintf(from, sizeof from, "%s/objects/%s", fixture_vault, info.id);
    snprintf(to, sizeof to, "%s/taken", fixture_dir);
    assert_int_equal(rename(from, to), 0);
    v = open_vault(DZ_VAULT_READ);
    struct dz_buf out = DZ_BUF(4u << 20);
    struct dz_err err = { 0 };
    assert_int_equal(dz_vault_slurp_object(v, info.id, info.codec, 4u << 20, &out, &err),
                     DZ_E_CORRUPT);
    dz_buf_done(&out);
    dz_vault_close(v);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, fixture_setup, fixture_teardown)
        T(test_write_and_read),
        T(test_wrong_passphrase),
        T(test_rebuild_is_deterministic),
        T(test_damaged_database_is_made_again),
        T(test_abandoned_batch),
        T(test_batch_of_many_entries),
        T(test_refused_entry_among_many),
        T(test_crash_before_commit),
        T(test_removal_shreds),
        T(test_removal_from_another_device),
        T(test_rollback_is_seen),
        T(test_second_device),
        T(test_age_opens_an_export),
        T(test_damage_stays_local),
        T(test_every_change_is_found),
        T(test_either_copy_of_the_key_table),
        T(test_copy_left_behind_by_another_writer),
        T(test_missing_checkpoint),
        T(test_object_taken_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
