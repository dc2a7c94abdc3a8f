/* Older states: each file of a vault, and each set of files, put back to how it was before; the
 * whole vault put back; the vault copied and written in both places. What this device remembers of
 * each log tells them apart from a crash. Only derived files may be older without a word, and then
 * every answer is the same. DOKAZ_PROVE=1 tries all sets. */
#define _GNU_SOURCE /* nftw */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bare_vault.h"
#include "dz_vault.h"
#include "tamper.h"

#define CHANGED_MAX 12

static struct kept_files older;
static struct kept_files newer;
static const struct kept *changed[CHANGED_MAX]; /* in newer; each has an older form */
static size_t n_changed;
static char answers[DZ_HEX32];
static unsigned long n_seen;
static unsigned long n_refused;
static unsigned long n_harmless;

static int
make_vault(void **state)
{
    if (fixture_setup(state) != 0)
        return -1;
    tamper_fill();
    tamper_load(&older);
    tamper_device("other-state");
    struct dz_vault *v = tamper_open(DZ_VAULT_WRITE);
    tamper_put(v, "src-new-1", 500);
    dz_vault_close(v);
    tamper_device("state");
    v = tamper_open(DZ_VAULT_WRITE);
    tamper_put(v, "src-new-2", 500);
    dz_vault_close(v);
    tamper_digest(answers);
    struct said s = tamper_normal(NULL, NULL);
    if (tamper_told(&s))
        fail_msg("before anything was put back: %s", s.text);
    tamper_load(&newer);
    for (size_t i = 0; i < newer.n; i++) {
        const struct kept *now = &newer.f[i];
        const struct kept *before = tamper_find(&older, now->path);
        if (before == NULL ||
            (before->n == now->n && memcmp(before->bytes, now->bytes, now->n) == 0))
            continue;
        assert_true(n_changed < CHANGED_MAX);
        changed[n_changed++] = now;
    }
    /* Three files of each log, both copies of the key table, the segment, the database. */
    assert_int_equal(n_changed, 10);
    return 0;
}

static int
drop_vault(void **state)
{
    tamper_forget(&older);
    tamper_forget(&newer);
    print_message("# rollback: %lu sets of files put back: %lu refused at opening, %lu found by "
                  "verify, %lu derived and harmless, 0 unseen\n",
                  n_refused + n_seen + n_harmless, n_refused, n_seen, n_harmless);
    return fixture_teardown(state);
}

static bool
is_derived(const char *path)
{
    return tamper_is_db(path) || tamper_is_derived(path);
}

/* Put back the files of the set; bit i stands for changed[i]. */
static void
try_set(unsigned set)
{
    bool derived_only = true;
    DZ_AUTO_BUF struct dz_buf names = DZ_BUF(4096);
    tamper_remove("index-sealed.db-wal");
    tamper_remove("index-sealed.db-shm");
    for (size_t i = 0; i < n_changed; i++) {
        bool back = (set >> i & 1) != 0;
        const struct kept *k = back ? tamper_find(&older, changed[i]->path) : changed[i];
        tamper_write(k->path, k->bytes, k->n);
        if (back) {
            derived_only = derived_only && is_derived(k->path);
            dz_buf_addf(&names, "%s ", k->path);
        }
    }
    struct said s = tamper_normal(NULL, NULL);
    if (!derived_only) {
        if (!tamper_seen(&s))
            fail_msg("older, and not seen: %s", names.p);
        if (s.text[0] == '\0')
            fail_msg("older, and nothing is said: %s", names.p);
        n_refused += s.refused != DZ_OK;
        n_seen += s.refused == DZ_OK;
        return;
    }
    if (s.refused != DZ_OK)
        fail_msg("derived files put back make the vault unreadable: %s: %s", names.p, s.text);
    char now[DZ_HEX32];
    tamper_digest(now);
    if (strcmp(now, answers) != 0)
        fail_msg("derived files put back changed the answers: %s", names.p);
    n_harmless++;
}

static void
test_any_files_put_back(void **state)
{
    (void)state;
    unsigned all = (1u << n_changed) - 1;
    if (tamper_prove()) {
        for (unsigned set = 1; set <= all; set++)
            try_set(set);
        assert_int_equal(n_refused + n_seen + n_harmless, all);
    } else {
        for (unsigned i = 0; i < n_changed; i++)
            try_set(1u << i);
        unsigned derived = 0;
        for (unsigned i = 0; i < n_changed; i++)
            derived |= is_derived(changed[i]->path) ? 1u << i : 0;
        try_set(derived);
        for (int i = 0; i < 60; i++)
            try_set(tamper_random() % all + 1);
        assert_true(n_refused + n_seen + n_harmless > 65);
    }
    try_set(0);
}

/* Everything as it was: only what this device remembers can tell, and it stops. */
static void
test_whole_vault_put_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < n_changed; i++) {
        const struct kept *k = tamper_find(&older, changed[i]->path);
        tamper_write(k->path, k->bytes, k->n);
    }
    struct said s = tamper_keyless(NULL, NULL);
    assert_int_equal(s.findings, 0); /* in itself it is whole */
    struct dz_err err = {0};
    struct dz_vault *v = NULL;
    assert_int_equal(fixture_open(DZ_VAULT_READ, &v, &err), DZ_E_ROLLBACK);
    assert_non_null(strstr(err.msg, "older copy"));
    assert_int_equal(fixture_open(DZ_VAULT_WRITE, &v, &err), DZ_E_ROLLBACK);
    n_refused++;
    /* On the other device, which has seen its own log further: refused there, too. */
    tamper_device("other-state");
    assert_int_equal(fixture_open(DZ_VAULT_READ, &v, &err), DZ_E_ROLLBACK);
    tamper_device("state");
    try_set(0);
}

/* A log that this device has seen is gone with everything that only it named. */
static void
test_log_of_another_device_gone(void **state)
{
    (void)state;
    char own[33] = "";
    char other[33] = "";
    for (size_t i = 0; i < newer.n; i++) {
        const char *path = newer.f[i].path;
        if (strncmp(path, "journal/", 8) != 0 || strstr(path, "/frames") == NULL)
            continue;
        snprintf(own[0] == '\0' ? own : other, 33, "%.32s", path + 8);
    }
    struct dz_err err = {0};
    struct dz_vault *v = NULL;
    const char *const logs[] = {own, other};
    for (size_t i = 0; i < 2; i++) {
        char from[512], to[512];
        snprintf(from, sizeof from, "%s/journal/%s", fixture_vault, logs[i]);
        snprintf(to, sizeof to, "%s/taken", fixture_dir);
        assert_int_equal(rename(from, to), 0);
        assert_int_equal(fixture_open(DZ_VAULT_READ, &v, &err), DZ_E_ROLLBACK);
        assert_non_null(strstr(err.msg, "is missing"));
        struct said s = tamper_keyless(NULL, NULL);
        assert_true(tamper_told(&s)); /* what only it named is named by nobody */
        assert_int_equal(rename(to, from), 0);
        n_refused++;
    }
    try_set(0);
}

static void
copy_folder(const char *from, const char *to)
{
    pid_t pid = fork();
    if (pid == 0) {
        execlp("cp", "cp", "-a", from, to, (char *)NULL);
        _exit(127);
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

/* Open the vault in another place and write one entry, or say why not. */
static enum dz_code
write_in(const char *vault, const char *device, const char *id, char *message)
{
    char kept[80];
    memcpy(kept, fixture_vault, sizeof kept);
    snprintf(fixture_vault, sizeof fixture_vault, "%s/%s", fixture_dir, vault);
    tamper_device(device);
    struct dz_err err = {0};
    struct dz_vault *v = NULL;
    enum dz_code code = fixture_open(DZ_VAULT_WRITE, &v, &err);
    if (code == DZ_OK && id != NULL)
        tamper_put(v, id, 300);
    dz_vault_close(v);
    snprintf(message, 512, "%s", err.msg);
    memcpy(fixture_vault, kept, sizeof kept);
    tamper_device("state");
    return code;
}

/* The folder copied on the same device: the copy that falls behind is refused, nothing is
 * merged. */
static void
test_copied_on_one_device(void **state)
{
    (void)state;
    char from[512], to[512], said[512];
    snprintf(from, sizeof from, "%s", fixture_vault);
    snprintf(to, sizeof to, "%s/copy", fixture_dir);
    copy_folder(from, to);
    assert_int_equal(write_in("v", "state", "src-in-v", said), DZ_OK);
    assert_int_equal(write_in("copy", "state", "src-in-copy", said), DZ_E_ROLLBACK);
    assert_non_null(strstr(said, "older copy"));
    assert_int_equal(write_in("v", "state", "src-in-v-2", said), DZ_OK);
}

/* The whole computer copied, memory of the vault included, and both go on: a fork. Each sees it as
 * soon as it meets what the other wrote. */
static void
test_forked_devices(void **state)
{
    (void)state;
    char from[512], to[512], said[512];
    snprintf(from, sizeof from, "%s", fixture_vault);
    snprintf(to, sizeof to, "%s/clone", fixture_dir);
    copy_folder(from, to);
    snprintf(from, sizeof from, "%s/state", fixture_dir);
    snprintf(to, sizeof to, "%s/clone-state", fixture_dir);
    copy_folder(from, to);
    assert_int_equal(write_in("v", "state", "src-left-1", said), DZ_OK);
    assert_int_equal(write_in("clone", "clone-state", "src-right-1", said), DZ_OK);
    assert_int_equal(write_in("clone", "clone-state", "src-right-2", said), DZ_OK);
    /* Longer than what the first device has seen, and of another history. */
    assert_int_equal(write_in("clone", "state", NULL, said), DZ_E_ROLLBACK);
    assert_non_null(strstr(said, "history was replaced"));
    assert_int_equal(write_in("v", "clone-state", NULL, said), DZ_E_ROLLBACK);
    assert_non_null(strstr(said, "older copy"));
    assert_int_equal(write_in("v", "state", "src-left-2", said), DZ_OK);
    assert_int_equal(write_in("v", "clone-state", NULL, said), DZ_E_ROLLBACK);
    assert_non_null(strstr(said, "history was replaced"));
}

/* A device that remembers nothing reads, and writes in a log of its own; the first device takes
 * that up and goes on. */
static void
test_memory_lost(void **state)
{
    (void)state;
    char said[512];
    uint64_t logs = 0;
    assert_int_equal(write_in("v", "state", "src-before", said), DZ_OK);
    assert_int_equal(write_in("v", "fresh-state", NULL, said), DZ_OK);
    assert_int_equal(write_in("v", "fresh-state", "src-fresh", said), DZ_OK);
    DIR *journal;
    char path[512];
    snprintf(path, sizeof path, "%s/journal", fixture_vault);
    journal = opendir(path);
    assert_non_null(journal);
    for (struct dirent *e = readdir(journal); e != NULL; e = readdir(journal))
        logs += strlen(e->d_name) == 32;
    closedir(journal);
    assert_int_equal(logs, 3);
    assert_int_equal(write_in("v", "state", "src-after", said), DZ_OK);
    struct said s = tamper_normal(NULL, NULL);
    assert_false(tamper_told(&s));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_files_put_back),
        cmocka_unit_test(test_whole_vault_put_back),
        cmocka_unit_test(test_log_of_another_device_gone),
        cmocka_unit_test(test_copied_on_one_device),
        cmocka_unit_test(test_forked_devices),
        cmocka_unit_test(test_memory_lost),
    };
    return cmocka_run_group_tests_name("rollback", tests, make_vault, drop_vault);
}
