/* Proofs out of a vault: of every entry, with fields withheld, of destroyed ones; checkpoints; and
 * whether the vault contains one that was kept elsewhere. */
#define _GNU_SOURCE /* nftw */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>

#include "dz_codec.h"
#include "dz_consistency.h"
#include "dz_json.h"
#include "dz_proof.h"
#include "dz_vault.h"
#include "bare_vault.h"
#include "tool_run.h"
#include "ok.h"

static struct dz_vault *
open_vault(enum dz_vault_mode mode)
{
    struct dz_vault *v = NULL;
    OK(fixture_open(mode, &v, err));
    return v;
}

static void
put(struct dz_vault *v, const char *id, char ref[64])
{
    struct dz_batch *b = NULL;
    OK(dz_batch_begin(v, &b, err));
    DZ_AUTO_JSON json_t *fields = json_object();
    dz_json_set_str(fields, "id", id);
    dz_json_set_str(fields, "note", "what nobody outside should read");
    OK(dz_batch_entry(b, "fact.recorded", fields, NULL, ref, err));
    OK(dz_batch_commit(b, err));
    dz_batch_end(b);
}

struct log_facts {
    char log[33];
    uint64_t size;
    uint64_t signed_size;
    struct dz_note_key key;
    unsigned n;
};

static enum dz_code
take_log(void *ctx, const struct dz_log_view *l, struct dz_err *ignored)
{
    struct log_facts *f = ctx;
    memcpy(f->log, l->log, sizeof f->log);
    f->size = l->size;
    f->signed_size = l->signed_size;
    f->n++;
    OK(dz_note_vkey_parse(dz_view_of(l->vkey), &f->key, err));
    assert_string_equal(f->key.name, l->origin);
    (void)ignored;
    return DZ_OK;
}

static struct log_facts
the_log(struct dz_vault *v)
{
    struct log_facts f = {.n = 0};
    OK(dz_vault_each_log(v, take_log, &f, err));
    assert_int_equal(f.n, 1);
    return f;
}

/* Prove an entry and read the file as a stranger does. */
static void
prove(struct dz_vault *v, const char *ref, const char *const *withhold, struct dz_proof *ret)
{
    struct log_facts f = the_log(v);
    DZ_AUTO_BUF struct dz_buf file = DZ_BUF(DZ_PROOF_MAX);
    OK(dz_vault_prove(v, ref, withhold, &file, err));
    OK(dz_proof_parse(dz_buf_view(&file), ret, err));
    OK(dz_proof_check(ret, &f.key, NULL, err));
}

static void
test_every_entry(void **state)
{
    (void)state;
    struct dz_vault *v = open_vault(DZ_VAULT_WRITE);
    char ref[64];
    for (int i = 0; i < 20; i++)
        put(v, "act-0123456789", ref);
    struct log_facts f = the_log(v);
    assert_int_equal(f.size, 21);
    assert_int_equal(f.signed_size, 21);
    for (uint64_t seq = 0; seq < f.size; seq++) {
        struct dz_proof p = {.index = 0};
        snprintf(ref, sizeof ref, "%s:%llu", f.log, (unsigned long long)seq);
        prove(v, ref, NULL, &p);
        assert_int_equal(p.index, seq);
        assert_int_equal(p.checkpoint.size, 21);
        assert_int_equal(json_integer_value(dz_proof_shown(&p, "seq")), seq);
        assert_true(p.has_signature);
        dz_proof_done(&p);
    }
    struct dz_err why = {.code = DZ_OK};
    DZ_AUTO_BUF struct dz_buf out = DZ_BUF(DZ_PROOF_MAX);
    snprintf(ref, sizeof ref, "%s:%llu", f.log, (unsigned long long)f.size);
    assert_int_equal(dz_vault_prove(v, ref, NULL, &out, &why), DZ_E_NOTFOUND);
    assert_int_equal(dz_vault_prove(v, "nothing", NULL, &out, &why), DZ_E_USAGE);
    assert_int_equal(out.n, 0);
    dz_vault_close(v);
}

static void
test_withheld(void **state)
{
    (void)state;
    static const char *const names[] = {"member", "note", NULL};
    struct dz_vault *v = open_vault(DZ_VAULT_WRITE);
    char ref[64];
    put(v, "act-0123456789", ref);
    struct dz_proof p = {.index = 0};
    prove(v, ref, names, &p);
    assert_true(dz_proof_withholds(&p, "member"));
    assert_true(dz_proof_withholds(&p, "note"));
    assert_null(dz_proof_shown(&p, "note"));
    assert_string_equal(json_string_value(dz_proof_shown(&p, "id")), "act-0123456789");
    assert_false(p.has_signature);
    dz_proof_done(&p);
    dz_vault_close(v);
}

/* A body that was destroyed leaves a proof that says nothing, also to who reopens the vault. */
static void
test_destroyed(void **state)
{
    (void)state;
    struct dz_vault *v = open_vault(DZ_VAULT_WRITE);
    char ref[64];
    put(v, "act-0123456789", ref);
    struct dz_batch *b = NULL;
    OK(dz_batch_begin(v, &b, err));
    DZ_AUTO_JSON json_t *fields = json_object();
    dz_json_set_str(fields, "item", "act-0123456789");
    const char *bodies[] = {ref, NULL};
    OK(dz_batch_removal(b, DZ_IN_OPEN, "item.purged", fields, NULL, bodies, err));
    OK(dz_batch_commit(b, err));
    dz_batch_end(b);
    for (int again = 0; again < 2; again++) {
        struct dz_proof p = {.index = 0};
        prove(v, ref, NULL, &p);
        assert_true(dz_proof_is_bare(&p));
        assert_false(p.has_signature);
        dz_proof_done(&p);
        dz_vault_close(v);
        v = open_vault(DZ_VAULT_READ);
    }
    dz_vault_close(v);
}

struct checkpoints {
    uint64_t last;
    unsigned n;
    unsigned n_timed;
};

static enum dz_code
count_checkpoint(void *ctx, const struct dz_checkpoint_view *c, struct dz_err *err)
{
    struct checkpoints *all = ctx;
    (void)err;
    assert_true(all->n == 0 || c->size > all->last);
    all->last = c->size;
    all->n++;
    all->n_timed += c->time != NULL;
    assert_int_equal(strlen(c->root_hex), 64);
    assert_true(c->note.n > 100);
    return DZ_OK;
}

static void
test_consistency(void **state)
{
    (void)state;
    struct dz_vault *v = open_vault(DZ_VAULT_WRITE);
    char ref[64];
    for (int i = 0; i < 12; i++)
        put(v, "act-0123456789", ref);
    struct log_facts f = the_log(v);
    struct checkpoints all = {.n = 0};
    OK(dz_vault_each_checkpoint(v, f.log, count_checkpoint, &all, err));
    assert_int_equal(all.last, f.size);
    assert_true(all.n >= 13);
    assert_int_equal(all.n_timed, all.n - (all.n > 13)); /* the empty tree has no last entry */
    unsigned n_pairs = 0;
    for (uint64_t m = 1; m <= f.size; m++)
        for (uint64_t n = m; n <= f.size; n++) {
            DZ_AUTO_BUF struct dz_buf earlier = DZ_BUF(DZ_NOTE_MAX);
            DZ_AUTO_BUF struct dz_buf file = DZ_BUF(DZ_PROOF_MAX);
            OK(dz_vault_checkpoint(v, f.log, m, &earlier, err));
            OK(dz_vault_consistency(v, f.log, m, n, &file, err));
            struct dz_consistency c;
            OK(dz_consistency_parse(dz_buf_view(&file), &c, err));
            OK(dz_consistency_check(&c, dz_buf_view(&earlier), &f.key, NULL, NULL, err));
            assert_int_equal(c.checkpoint.size, n);
            dz_consistency_done(&c);
            n_pairs++;
        }
    assert_int_equal(n_pairs, 91);
    DZ_AUTO_BUF struct dz_buf out = DZ_BUF(DZ_PROOF_MAX);
    assert_int_equal(dz_vault_consistency(v, f.log, 0, DZ_CHECKPOINT_LAST, &out, NULL), DZ_E_USAGE);
    assert_int_equal(dz_vault_consistency(v, f.log, 99, DZ_CHECKPOINT_LAST, &out, NULL),
                     DZ_E_USAGE);
    assert_int_equal(dz_vault_consistency(v, f.log, 1, 99, &out, NULL), DZ_E_NOTFOUND);
    assert_int_equal(dz_vault_consistency(v, "none", 1, 2, &out, NULL), DZ_E_NOTFOUND);
    assert_int_equal(dz_vault_checkpoint(v, f.log, 99, &out, NULL), DZ_E_NOTFOUND);
    assert_int_equal(out.n, 0);
    dz_vault_close(v);
}

/* Cut the last record off the checkpoints file: as if its writing had never happened. */
static void
drop_last_checkpoint(const char *log, struct dz_view last_note)
{
    char path[256];
    struct stat st;
    snprintf(path, sizeof path, "%s/journal/%s/checkpoints", fixture_vault, log);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(truncate(path, st.st_size - (off_t)last_note.n - 12), 0);
}

static void
test_not_yet_signed(void **state)
{
    (void)state;
    struct dz_vault *v = open_vault(DZ_VAULT_WRITE);
    char ref[64], earlier[64];
    put(v, "act-0123456789", earlier);
    put(v, "act-0123456789", ref);
    struct log_facts f = the_log(v);
    DZ_AUTO_BUF struct dz_buf note = DZ_BUF(DZ_NOTE_MAX);
    OK(dz_vault_checkpoint(v, f.log, DZ_CHECKPOINT_LAST, &note, err));
    dz_vault_close(v);
    drop_last_checkpoint(f.log, dz_buf_view(&note));
    /* Without the memory kept outside this is how an interrupted commit looks. */
    char state_dir[128];
    snprintf(state_dir, sizeof state_dir, "%s/other-state", fixture_dir);
    setenv("XDG_STATE_HOME", state_dir, 1);
    v = open_vault(DZ_VAULT_READ);
    DZ_AUTO_BUF struct dz_buf out = DZ_BUF(DZ_PROOF_MAX);
    struct dz_err why = {.code = DZ_OK};
    assert_int_equal(dz_vault_prove(v, ref, NULL, &out, &why), DZ_E_NOTFOUND);
    assert_non_null(strstr(why.msg, "checkpoint"));
    struct dz_proof p = {.index = 0};
    prove(v, earlier, NULL, &p);
    assert_int_equal(p.checkpoint.size, f.size - 1);
    dz_proof_done(&p);
    /* The kept checkpoint is still contained: its entries are all there. */
    OK(dz_vault_contains(v, dz_buf_view(&note), NULL, err));
    dz_vault_close(v);
}

static void
run(const char *program, const char *option, const char *from, const char *to)
{
    const char *const argv[] = {program, option, from, to, NULL};
    assert_int_equal(tool_run(argv, NULL), 0);
}

static void
test_contains(void **state)
{
    (void)state;
    struct dz_vault *v = open_vault(DZ_VAULT_WRITE);
    char ref[64], copy[160], memory[160], kept_memory[160];
    put(v, "act-0123456789", ref);
    struct log_facts f = the_log(v);
    snprintf(copy, sizeof copy, "%s/copy", fixture_dir);
    snprintf(memory, sizeof memory, "%s/state", fixture_dir);
    snprintf(kept_memory, sizeof kept_memory, "%s/state.copy", fixture_dir);
    run("cp", "-a", fixture_vault, copy);
    run("cp", "-a", memory, kept_memory);
    put(v, "act-1111111111", ref);
    DZ_AUTO_BUF struct dz_buf kept = DZ_BUF(DZ_NOTE_MAX);
    OK(dz_vault_checkpoint(v, f.log, DZ_CHECKPOINT_LAST, &kept, err));
    struct dz_kept_checkpoint said;
    OK(dz_vault_contains(v, dz_buf_view(&kept), &said, err));
    assert_string_equal(said.log, f.log);
    assert_int_equal(said.size, f.size + 1);
    OK(dz_vault_contains_keyless(fixture_vault, dz_buf_view(&kept), &said, err));
    dz_vault_close(v);

    /* The copy is behind it, and then goes another way. */
    assert_int_equal(dz_vault_contains_keyless(copy, dz_buf_view(&kept), NULL, NULL),
                     DZ_E_ROLLBACK);
    run("rm", "-r", fixture_vault, memory);
    run("mv", "-T", copy, fixture_vault);
    run("mv", "-T", kept_memory, memory);
    v = open_vault(DZ_VAULT_WRITE);
    assert_int_equal(dz_vault_contains(v, dz_buf_view(&kept), NULL, NULL), DZ_E_ROLLBACK);
    put(v, "act-2222222222", ref);
    struct dz_err why = {.code = DZ_OK};
    assert_int_equal(dz_vault_contains(v, dz_buf_view(&kept), NULL, &why), DZ_E_CORRUPT);
    assert_non_null(strstr(why.msg, "forked"));
    put(v, "act-3333333333", ref);
    assert_int_equal(dz_vault_contains(v, dz_buf_view(&kept), NULL, NULL), DZ_E_CORRUPT);
    assert_int_equal(dz_vault_contains_keyless(fixture_vault, dz_buf_view(&kept), NULL, NULL),
                     DZ_E_CORRUPT);
    /* A changed note, another log's, and no note at all. */
    kept.p[kept.n - 20] ^= 1;
    assert_true(dz_vault_contains(v, dz_buf_view(&kept), NULL, NULL) != DZ_OK);
    assert_int_equal(dz_vault_contains(v, DZ_VIEW("text\n"), NULL, NULL), DZ_E_INPUT);
    kept.p[kept.n - 20] ^= 1;
    kept.p[6] ^= 1; /* the origin */
    assert_int_equal(dz_vault_contains(v, dz_buf_view(&kept), NULL, NULL), DZ_E_NOTFOUND);
    dz_vault_close(v);
}

/* The derived index is no truth: whatever is written into it, proofs hold or are not made. */
static void
test_changed_index(void **state)
{
    (void)state;
    struct dz_vault *v = open_vault(DZ_VAULT_WRITE);
    char ref[64], path[256];
    for (int i = 0; i < 6; i++)
        put(v, "act-0123456789", ref);
    struct log_facts f = the_log(v);
    snprintf(path, sizeof path, "%s/journal/%s/index", fixture_vault, f.log);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    for (off_t at = 0; at < st.st_size; at += 7) {
        /* Changed while it is in use, and between two openings. */
        for (int reopen = 0; reopen < 2; reopen++) {
            dz_vault_close(v);
            v = open_vault(DZ_VAULT_READ);
            int fd = open(path, O_RDWR | O_CLOEXEC);
            uint8_t byte;
            assert_int_equal(pread(fd, &byte, 1, at), 1);
            byte ^= 0x40;
            assert_int_equal(pwrite(fd, &byte, 1, at), 1);
            if (reopen) {
                dz_vault_close(v);
                v = open_vault(DZ_VAULT_READ);
            }
            DZ_AUTO_BUF struct dz_buf file = DZ_BUF(DZ_PROOF_MAX);
            struct dz_err why = {.code = DZ_OK};
            enum dz_code code = dz_vault_prove(v, ref, NULL, &file, &why);
            if (code == DZ_OK) {
                struct dz_proof p = {.index = 0};
                OK(dz_proof_parse(dz_buf_view(&file), &p, err));
                OK(dz_proof_check(&p, &f.key, NULL, err));
                dz_proof_done(&p);
            }
            assert_true(code == DZ_OK || (!reopen && code == DZ_E_CORRUPT));
            byte ^= 0x40;
            assert_int_equal(pwrite(fd, &byte, 1, at), 1);
            assert_int_equal(close(fd), 0);
        }
    }
    dz_vault_close(v);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, fixture_setup, fixture_teardown)
        T(test_every_entry),     T(test_withheld),  T(test_destroyed),     T(test_consistency),
        T(test_not_yet_signed),  T(test_contains),  T(test_changed_index),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
