/* Keys in memory: another process looks through everything that a process has mapped. While a vault
 * is open its keys are found there (so the search works), after it was closed none is; the
 * passphrase goes when it is given back. What is locked stays far below the usual limit of 8
 * MiB. */
#define _GNU_SOURCE /* nftw, memmem */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <sys/prctl.h>

#include "bare_vault.h"
#include "dz_codec.h"
#include "dz_vault.h"
#include "vault_impl.h"

#define PATTERN 16u /* bytes of each key that are looked for */
#define N_KEYS 64u  /* of objects and bodies */

/* What the watched process tells about itself: handed over by a pipe straight from where it lies,
 * so that telling makes no copy in its memory. */
struct secrets {
    uint8_t compartment[PATTERN];
    uint8_t identity[PATTERN];
    uint8_t sign_seed[PATTERN];
    uint8_t signer[PATTERN];
    uint8_t index_key[PATTERN];
    uint8_t passphrase[PATTERN];
    uint8_t table[N_KEYS][PATTERN];
    uint32_t n_table;
};

static const char passphrase_text[] = "correct horse battery";

static void
tell(int fd, const void *p, size_t n)
{
    if (write(fd, p, n) != (ssize_t)n)
        _exit(2);
}

static void
tell_secrets(int fd, const struct dz_vault *v, const struct dz_secret *passphrase)
{
    struct dz_secret *index = NULL;
    if (v->signer == NULL ||
        dz_keys_derive(&v->keys, DZ_IN_SEALED, "dokaz/v1/index", NULL, 0, 48, &index, NULL) !=
            DZ_OK)
        _exit(2);
    tell(fd, dz_secret_peek(v->keys.in[DZ_IN_OPEN].secret), PATTERN);
    tell(fd, dz_secret_peek(v->keys.identity), PATTERN);
    tell(fd, dz_secret_peek(v->keys.sign_seed), PATTERN);
    tell(fd, dz_secret_peek(v->signer), PATTERN);
    tell(fd, dz_secret_peek(index), PATTERN);
    tell(fd, dz_secret_peek(passphrase), PATTERN);
    dz_secret_free(index);
    uint32_t n = 0;
    for (size_t i = 0; i < v->tables[DZ_IN_OPEN].keys.n && n < N_KEYS; i++) {
        const struct key_record *r = dz_id_map_at(&v->tables[DZ_IN_OPEN].keys, i);
        tell(fd, r->key, PATTERN);
        n++;
    }
    /* The rest of the room stays empty: a counter follows. */
    static const uint8_t none[PATTERN];
    for (uint32_t i = n; i < N_KEYS; i++)
        tell(fd, none, PATTERN);
    tell(fd, &n, sizeof n);
}

static void
write_something(struct dz_vault *v)
{
    struct dz_batch *b = NULL;
    struct dz_object_info info;
    struct dz_err err = {0};
    char noise[3000];
    memset(noise, 'n', sizeof noise);
    for (int i = 0; i < 5; i++) {
        DZ_AUTO_JSON json_t *fields = json_object();
        noise[0] = (char)('a' + i);
        if (dz_batch_begin(v, &b, &err) != DZ_OK || dz_batch_object_begin(b, &err) != DZ_OK ||
            dz_batch_object_write(b, noise, sizeof noise, &err) != DZ_OK ||
            dz_batch_object_finish(b, &info, &err) != DZ_OK)
            _exit(3);
        dz_json_set_str(fields, "id", info.id);
        const char *objects[] = {info.id, NULL};
        if (dz_batch_entry(b, "source.added", fields, objects, NULL, &err) != DZ_OK ||
            dz_batch_commit(b, &err) != DZ_OK)
            _exit(3);
        dz_batch_end(b);
    }
}

/* So many entries in one batch that another thread seals them. */
static void
write_many(struct dz_vault *v)
{
    struct dz_batch *b = NULL;
    struct dz_err err = {0};
    if (dz_batch_begin(v, &b, &err) != DZ_OK)
        _exit(3);
    for (int i = 0; i < 40; i++) {
        DZ_AUTO_JSON json_t *fields = json_object();
        dz_json_set_str(fields, "id", "src-many");
        if (dz_batch_entry(b, "source.added", fields, NULL, NULL, &err) != DZ_OK)
            _exit(3);
    }
    if (dz_batch_commit(b, &err) != DZ_OK || v->entry_pool == NULL)
        _exit(3);
    dz_batch_end(b);
}

static void
wait_for(int fd)
{
    char c;
    if (read(fd, &c, 1) != 1)
        _exit(4);
}

/* The watched process: opens, tells, waits to be looked at; closes, waits; forgets the passphrase,
 * waits. */
static void
watched(int tell_fd, int go_fd)
{
    struct dz_err err = {0};
    struct dz_vault *v = NULL;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (dz_secret_new(sizeof passphrase_text - 1, &fixture_passphrase, &err) != DZ_OK)
        _exit(1);
    /* Character by character, so that the text stands nowhere else but in constant data. */
    for (size_t i = 0; i < sizeof passphrase_text - 1; i++)
        dz_secret_at(fixture_passphrase)[i] = (uint8_t)(passphrase_text[i] ^ 0x80);
    if (fixture_open(DZ_VAULT_WRITE, &v, &err) != DZ_OK)
        _exit(1);
    /* All keys are in memory from here on, as they are once anything was read. */
    if (dz_keytable_need(v->fd, v->id, &v->keys, &v->tables[DZ_IN_OPEN], &err) != DZ_OK)
        _exit(1);
    write_something(v);
    write_many(v);
    tell_secrets(tell_fd, v, fixture_passphrase);
    wait_for(go_fd);
    dz_vault_close(v);
    tell(tell_fd, "c", 1);
    wait_for(go_fd);
    dz_secret_free(fixture_passphrase);
    tell(tell_fd, "f", 1);
    wait_for(go_fd);
    _exit(0);
}

#define WANTED_MAX 32

struct wanted {
    const char *what;
    const uint8_t *bytes;
    int n; /* times found */
};

static void
search_part(const uint8_t *part, size_t n, struct wanted *wanted, size_t n_wanted)
{
    for (size_t i = 0; i < n_wanted; i++)
        for (const uint8_t *p = part; p < part + n; p++) {
            p = memmem(p, (size_t)(part + n - p), wanted[i].bytes, PATTERN);
            if (p == NULL)
                break;
            wanted[i].n++;
        }
}

/* Search every mapping of a process that holds anything; bytes searched come back. */
static size_t
search_memory(pid_t pid, struct wanted *wanted, size_t n_wanted)
{
    char path[64], line[512];
    snprintf(path, sizeof path, "/proc/%d/smaps", pid);
    FILE *maps = fopen(path, "r");
    snprintf(path, sizeof path, "/proc/%d/mem", pid);
    int mem = open(path, O_RDONLY);
    assert_true(maps != NULL && mem >= 0);
    enum { PART = 1 << 20 };
    static uint8_t part[PART];
    unsigned long first = 0, end = 0, kib = 0, a, b;
    size_t searched = 0;
    while (fgets(line, sizeof line, maps) != NULL) {
        if (sscanf(line, "%lx-%lx ", &a, &b) == 2) {
            first = a;
            end = b;
        }
        /* The sanitizer's shadow, terabytes of reserved addresses, holds no data. */
        if (sscanf(line, "Rss: %lu kB", &kib) != 1 || kib == 0 || end - first > 1ul << 30)
            continue;
        /* Parts overlap, so that a key across their border is found. */
        for (unsigned long at = first; at < end; at += PART - PATTERN) {
            size_t want = end - at < PART ? end - at : PART;
            ssize_t got = pread(mem, part, want, (off_t)at);
            if (got > 0)
                search_part(part, (size_t)got, wanted, n_wanted);
            searched += got > 0 ? (size_t)got : 0;
        }
    }
    close(mem);
    fclose(maps);
    return searched;
}

static unsigned long
status_kib(pid_t pid, const char *name)
{
    char path[64], line[256];
    unsigned long kib = 0;
    snprintf(path, sizeof path, "/proc/%d/status", pid);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    while (fgets(line, sizeof line, f) != NULL)
        if (strncmp(line, name, strlen(name)) == 0)
            sscanf(line + strlen(name), "%lu", &kib);
    fclose(f);
    return kib;
}

static void
look(pid_t pid, const struct secrets *s, bool open, bool passphrase)
{
    struct wanted wanted[WANTED_MAX] = {{"the passphrase", s->passphrase, 0},
                                        {"the key of the compartment", s->compartment, 0},
                                        {"the member's key", s->identity, 0},
                                        {"the member's signing key", s->sign_seed, 0},
                                        {"the signing key of the log", s->signer, 0},
                                        {"the key of the database", s->index_key, 0}};
    size_t n = 6;
    for (uint32_t i = 0; i < s->n_table && n < WANTED_MAX; i++)
        wanted[n++] = (struct wanted){"a key of the key table", s->table[i], 0};
    assert_true(search_memory(pid, wanted, n) > 1u << 20);
    for (size_t i = 0; i < n; i++) {
        bool expected = i == 0 ? passphrase : open;
        /* SQLCipher keeps its key under a mask and may be found without it even while it works. */
        bool masked = wanted[i].bytes == s->index_key;
        if (expected && wanted[i].n == 0 && !masked)
            fail_msg("%s is not found while it is in use: the search is of no use", wanted[i].what);
        if (!expected && wanted[i].n > 0)
            fail_msg("%s stands %d times in memory", wanted[i].what, wanted[i].n);
    }
}

static int
set_up(void **state)
{
    if (fixture_setup(state) != 0)
        return -1;
    /* A vault of its own with a passphrase that stands in no file and no constant. */
    char path[96];
    snprintf(path, sizeof path, "%s/memory", fixture_dir);
    snprintf(fixture_vault, sizeof fixture_vault, "%.70s", path);
    uint8_t text[sizeof passphrase_text - 1];
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (uint8_t)(passphrase_text[i] ^ 0x80);
    dz_secret_free(fixture_passphrase);
    fixture_passphrase = NULL;
    struct dz_err err = {0};
    if (dz_secret_copy(text, sizeof text, &fixture_passphrase, &err) != DZ_OK ||
        dz_vault_create(fixture_vault, NULL, fixture_passphrase, &err) != DZ_OK)
        return -1;
    dz_wipe(text, sizeof text);
    return 0;
}

static void
test_keys_leave_memory(void **state)
{
    (void)state;
    int tells[2], goes[2];
    assert_int_equal(pipe(tells), 0);
    assert_int_equal(pipe(goes), 0);
    fflush(NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        watched(tells[1], goes[0]);
    struct secrets s;
    char done = 0;
    size_t n = 0;
    while (n < offsetof(struct secrets, n_table) + sizeof s.n_table) {
        ssize_t got = read(tells[0], (uint8_t *)&s + n,
                           offsetof(struct secrets, n_table) + sizeof s.n_table - n);
        assert_true(got > 0);
        n += (size_t)got;
    }
    assert_true(s.n_table >= 10);
    look(pid, &s, true, true);
    assert_true(status_kib(pid, "VmLck:") < 8 * 1024);
    assert_int_equal(write(goes[1], "g", 1), 1);
    assert_int_equal(read(tells[0], &done, 1), 1);
    look(pid, &s, false, true);
    assert_int_equal(write(goes[1], "g", 1), 1);
    assert_int_equal(read(tells[0], &done, 1), 1);
    look(pid, &s, false, false);
    assert_int_equal(write(goes[1], "g", 1), 1);
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

/* A table of a large vault is tens of megabytes of keys: they come into memory, all of them, with
 * the first thing that is opened, and what is appended later is there, too. */
static void
test_keys_come_when_needed(void **state)
{
    (void)state;
    struct dz_err err = {0};
    struct dz_vault *v = NULL;
    assert_int_equal(fixture_open(DZ_VAULT_WRITE, &v, &err), DZ_OK);
    write_something(v);
    dz_vault_close(v);
    assert_int_equal(fixture_open(DZ_VAULT_WRITE, &v, &err), DZ_OK);
    assert_int_equal(v->tables[DZ_IN_OPEN].keys.n, 0);
    write_something(v);
    assert_int_equal(v->tables[DZ_IN_OPEN].keys.n, 0);
    json_t *body = NULL;
    DZ_AUTO_FREE char *ref = dz_asprintf("%s:0", dz_log_get_info(v->logs[0])->id_hex);
    assert_int_equal(dz_vault_read_entry(v, ref, &body, &err), DZ_OK);
    json_decref(body);
    size_t n = v->tables[DZ_IN_OPEN].keys.n;
    assert_true(n >= 20);
    struct keytable again = {0};
    assert_int_equal(dz_keytable_load(v->fd, v->id, &v->keys, &again, &err), DZ_OK);
    assert_int_equal(dz_keytable_need(v->fd, v->id, &v->keys, &again, &err), DZ_OK);
    assert_int_equal(again.keys.n, n);
    dz_keytable_done(&again);
    write_something(v);
    assert_true(v->tables[DZ_IN_OPEN].keys.n > n);
    /* Equal copies are one table; a copy that was cut is not. */
    assert_true(dz_keytable_check_equal(v->fd, v->id, &v->keys, &v->tables[DZ_IN_OPEN]));
    struct dz_os_stat st;
    DZ_AUTO_FD int fd = -1;
    assert_int_equal(dz_os_open(v->fd, "keytable/open.b", DZ_OS_READWRITE, &fd, &err), DZ_OK);
    assert_int_equal(dz_os_fstat(fd, &st, &err), DZ_OK);
    assert_int_equal(dz_os_truncate(fd, st.size_bytes - 1, &err), DZ_OK);
    assert_false(dz_keytable_check_equal(v->fd, v->id, &v->keys, &v->tables[DZ_IN_OPEN]));
    /* Nor is a table that is shorter now than it was when it was opened. */
    dz_os_close_quiet(&fd);
    assert_int_equal(dz_os_open(v->fd, "keytable/open.a", DZ_OS_READWRITE, &fd, &err), DZ_OK);
    assert_int_equal(dz_os_truncate(fd, st.size_bytes - 1, &err), DZ_OK);
    assert_false(dz_keytable_check_equal(v->fd, v->id, &v->keys, &v->tables[DZ_IN_OPEN]));
    assert_int_equal(dz_keytable_need(v->fd, v->id, &v->keys, &v->tables[DZ_IN_OPEN], &err),
                     DZ_E_CORRUPT);
    dz_vault_close(v);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_keys_leave_memory, set_up, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_keys_come_when_needed, set_up, fixture_teardown),
    };
    return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
