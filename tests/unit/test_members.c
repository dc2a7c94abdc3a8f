/* Members: what keys hold (a level reads what its compartments hold and nothing else, a removed
 * member nothing that came after), what dokaz holds (rights), what moves between compartments, and
 * each change cut short at calls to the operating system. */
#define _GNU_SOURCE /* nftw */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>

#include "bare_vault.h"
#include "dz_json.h"
#include "dz_member.h"
#include "dz_vault.h"
#include "ok.h"
#include "vault_impl.h"

static struct dz_secret *petro_passphrase, *iryna_passphrase;
static char petro[17], iryna[17];

static int
setup(void **state)
{
    struct dz_err why = {0};
    if (fixture_setup(state) != 0 ||
        dz_secret_copy("battery staple", 14, &petro_passphrase, &why) != DZ_OK ||
        dz_secret_copy("nine of clubs", 13, &iryna_passphrase, &why) != DZ_OK)
        return -1;
    return 0;
}

static int
teardown(void **state)
{
    dz_secret_free(petro_passphrase);
    dz_secret_free(iryna_passphrase);
    petro_passphrase = iryna_passphrase = NULL;
    return fixture_teardown(state);
}

static enum dz_code
try_open(const char *who, const struct dz_secret *passphrase, enum dz_vault_mode mode,
         struct dz_vault **ret, struct dz_err *err)
{
    struct dz_vault_opts opts = {
        .path = fixture_vault, .mode = mode, .passphrase = passphrase, .member = who};
    return dz_vault_open(&opts, ret, err);
}

/* The first member, whatever others there are. */
static char first_id[17];

static struct dz_vault *
open_first(void)
{
    struct dz_vault *v = NULL;
    OK(try_open(first_id[0] ? first_id : NULL, fixture_passphrase, DZ_VAULT_WRITE, &v, err));
    memcpy(first_id, dz_vault_member(v), sizeof first_id);
    return v;
}

static struct dz_vault *
open_petro(void)
{
    struct dz_vault *v = NULL;
    OK(try_open("Petro", petro_passphrase, DZ_VAULT_WRITE, &v, err));
    return v;
}

static void
add(struct dz_vault *v, const char *name, unsigned rights, enum dz_compartment level,
    const struct dz_secret *passphrase, char id[17])
{
    struct dz_member_new m = {
        .name = name, .rights = rights, .level = level, .passphrase = passphrase};
    OK(dz_member_add(v, &m, id, err));
}

static void
tell(void *ctx, enum dz_verify_level level, const char *thing, const char *message,
     const char *touches)
{
    (void)touches;
    if (level == DZ_VERIFY_FINDING)
        fprintf(stderr, "# %s: %s\n", thing, message);
    if (ctx)
        *(int *)ctx += level == DZ_VERIFY_NOTICE;
}

static void
verify(struct dz_vault *v)
{
    struct dz_verify_report r;
    OK(dz_vault_verify(v, DZ_VERIFY_DEEP, tell, NULL, &r, err));
    assert_int_equal(r.n_findings, 0);
}

struct put {
    char object[DZ_HEX32];
    char ref[64];
    const char *codec;
};

/* An object and the entry that brings it, in a compartment. */
static struct put
put(struct dz_vault *v, enum dz_compartment in, const char *id)
{
    struct put done;
    struct dz_object_info info;
    struct dz_batch *b = NULL;
    OK(dz_batch_begin(v, &b, err));
    OK(dz_batch_object_begin(b, err));
    OK(dz_batch_object_write(b, id, strlen(id), err));
    OK(dz_batch_object_finish(b, &info, err));
    DZ_AUTO_JSON json_t *fields = json_object();
    dz_json_set_str(fields, "id", id);
    dz_json_set_str(fields, "object", info.id);
    dz_json_set_str(fields, "codec", info.codec);
    dz_json_set_str(fields, "sha256", info.sha256);
    const char *objects[] = {info.id, NULL};
    OK(dz_batch_entry_in(b, in, "source.added", fields, objects, done.ref, err));
    OK(dz_batch_commit(b, err));
    dz_batch_end(b);
    memcpy(done.object, info.id, sizeof done.object);
    done.codec = info.codec;
    return done;
}

static bool
reads(struct dz_vault *v, const struct put *p)
{
    DZ_AUTO_BUF struct dz_buf out = DZ_BUF(65536);
    struct dz_err why = {0};
    json_t *body = NULL;
    bool object = dz_vault_slurp_object(v, p->object, p->codec, 65536, &out, &why) == DZ_OK;
    bool entry = dz_vault_read_entry(v, p->ref, &body, &why) == DZ_OK;
    json_decref(body);
    assert_int_equal(object, entry);
    return object;
}

/* Rows that the projection has of an item. */
static enum dz_code
gather(void *ctx, const void *p, size_t n, struct dz_err *err)
{
    (void)err;
    dz_buf_add(ctx, p, n);
    return DZ_OK;
}

static bool
knows(struct dz_vault *v, const char *id)
{
    DZ_AUTO_BUF struct dz_buf dump = DZ_BUF(1u << 20);
    struct dz_err why = {0};
    assert_int_equal(dz_vault_dump(v, gather, &dump, &why), DZ_OK);
    dz_buf_addc(&dump, '\0');
    return memmem(dump.p, dump.n, id, strlen(id)) != NULL;
}

/* ---- levels ---- */

static void
test_levels(void **state)
{
    (void)state;
    first_id[0] = '\0';
    struct dz_vault *v = open_first();
    add(v, "Petro", DZ_RIGHT_CODE, DZ_IN_RESTRICTED, petro_passphrase, petro);
    add(v, "Ірина", DZ_RIGHT_CODE | DZ_RIGHT_IDENTITIES, DZ_IN_OPEN, iryna_passphrase, iryna);
    struct put by[DZ_COMPARTMENTS];
    static const char *const ids[] = {"src-open", "src-restricted", "src-sealed", "src-names"};
    for (int i = 0; i < DZ_COMPARTMENTS; i++)
        by[i] = put(v, (enum dz_compartment)i, ids[i]);
    for (int i = 0; i < DZ_COMPARTMENTS; i++) {
        assert_true(reads(v, &by[i]));
        /* Identities stand in no projection of others. */
        assert_int_equal(knows(v, ids[i]), i != DZ_IN_IDENTITIES);
    }
    verify(v);
    dz_vault_close(v);

    v = open_petro();
    assert_int_equal(dz_vault_level(v), DZ_IN_RESTRICTED);
    static const bool petros[] = {true, true, false, false};
    for (int i = 0; i < DZ_COMPARTMENTS; i++) {
        assert_int_equal(reads(v, &by[i]), petros[i]);
        assert_int_equal(knows(v, ids[i]), petros[i]);
    }
    struct dz_verify_report r;
    int notices = 0;
    OK(dz_vault_verify(v, DZ_VERIFY_DEEP, tell, &notices, &r, err));
    assert_int_equal(r.n_findings, 0);
    assert_int_equal(notices, 1);
    dz_vault_close(v);

    v = NULL;
    OK(try_open("Ірина", iryna_passphrase, DZ_VAULT_WRITE, &v, err));
    static const bool irynas[] = {true, false, false, true};
    for (int i = 0; i < DZ_COMPARTMENTS; i++) {
        assert_int_equal(reads(v, &by[i]), irynas[i]);
        assert_int_equal(knows(v, ids[i]), i == DZ_IN_OPEN);
    }
    dz_vault_close(v);
}

/* Who cannot read a compartment adds to it all the same, and those who can read it do. */
static void
test_sealing_without_reading(void **state)
{
    (void)state;
    first_id[0] = '\0';
    struct dz_vault *v = open_first();
    add(v, "Petro", DZ_RIGHT_CODE, DZ_IN_OPEN, petro_passphrase, petro);
    struct put before = put(v, DZ_IN_SEALED, "src-before");
    dz_vault_close(v);

    v = open_petro();
    struct put given[3];
    for (int i = 0; i < 3; i++) {
        given[i] = put(v, (enum dz_compartment)(i + 1), "src-given");
        assert_false(reads(v, &given[i]));
    }
    struct put open = put(v, DZ_IN_OPEN, "src-by-petro");
    assert_true(reads(v, &open));
    assert_false(knows(v, "src-given"));
    verify(v);
    dz_vault_close(v);

    v = open_first();
    for (int i = 0; i < 3; i++)
        assert_true(reads(v, &given[i]));
    struct put after = put(v, DZ_IN_SEALED, "src-after");
    assert_true(reads(v, &before) && reads(v, &open) && reads(v, &after));
    verify(v);
    dz_vault_close(v);
}

/* ---- moving ---- */

static void
move(struct dz_vault *v, const struct put *p, enum dz_compartment in, enum dz_compartment to)
{
    struct dz_batch *b = NULL;
    DZ_AUTO_JSON json_t *fields = json_object();
    const char *objects[] = {p->object, NULL}, *bodies[] = {p->ref, NULL};
    dz_json_set_str(fields, "source", "src-moves");
    dz_json_set_str(fields, "access", dz_compartment_name(to));
    OK(dz_batch_begin(v, &b, err));
    OK(dz_batch_move(b, in, to, "access.changed", fields, objects, bodies, err));
    OK(dz_batch_commit(b, err));
    dz_batch_end(b);
}

static void
test_moving(void **state)
{
    (void)state;
    first_id[0] = '\0';
    struct dz_vault *v = open_first();
    add(v, "Petro", DZ_RIGHT_CODE, DZ_IN_OPEN, petro_passphrase, petro);
    struct put p = put(v, DZ_IN_OPEN, "src-moves");
    struct put stays = put(v, DZ_IN_OPEN, "src-stays");
    dz_vault_close(v);

    v = open_petro();
    assert_true(reads(v, &p) && knows(v, p.object));
    dz_vault_close(v);
    v = open_first();
    move(v, &p, DZ_IN_OPEN, DZ_IN_RESTRICTED);
    assert_true(reads(v, &p));
    verify(v);
    dz_vault_close(v);

    /* Gone, but for the entry that says so, with ids only. */
    v = open_petro();
    assert_false(reads(v, &p));
    assert_true(reads(v, &stays));
    assert_false(knows(v, "source.added|src-moves"));
    verify(v);
    dz_vault_close(v);

    v = open_first();
    move(v, &p, DZ_IN_OPEN, DZ_IN_OPEN);
    verify(v);
    dz_vault_close(v);
    v = open_petro();
    assert_true(reads(v, &p) && knows(v, p.object));
    /* Who reads less can still put something out of their own sight. */
    move(v, &p, DZ_IN_OPEN, DZ_IN_SEALED);
    assert_false(reads(v, &p));
    assert_false(knows(v, "source.added|src-moves"));
    verify(v);
    dz_vault_close(v);
    v = open_first();
    assert_true(reads(v, &p));
    verify(v);
    dz_vault_close(v);
}

/* ---- rights ---- */

static enum dz_code
try_entry(struct dz_vault *v, const char *kind, struct dz_err *ret)
{
    struct dz_batch *b = NULL;
    DZ_AUTO_JSON json_t *fields = json_object();
    dz_json_set_str(fields, "id", "x");
    OK(dz_batch_begin(v, &b, err));
    enum dz_code code = dz_batch_entry(b, kind, fields, NULL, NULL, ret);
    dz_batch_end(b);
    return code;
}

static void
test_rights(void **state)
{
    (void)state;
    struct dz_err why = {0};
    first_id[0] = '\0';
    struct dz_vault *v = open_first();
    add(v, "Petro", DZ_RIGHT_REVIEW, DZ_IN_OPEN, petro_passphrase, petro);
    dz_vault_close(v);
    v = open_petro();
    assert_int_equal(try_entry(v, "fact.revised", &why), DZ_OK);
    assert_int_equal(try_entry(v, "source.added", &why), DZ_E_DENIED);
    assert_non_null(strstr(why.msg, "'code'"));
    assert_non_null(strstr(why.msg, first_id));
    assert_int_equal(try_entry(v, "export.made", &why), DZ_E_DENIED);
    assert_int_equal(try_entry(v, "settings.changed", &why), DZ_E_DENIED);
    struct dz_member_new m = {.name = "Third", .passphrase = iryna_passphrase};
    char id[17];
    assert_int_equal(dz_member_add(v, &m, id, &why), DZ_E_DENIED);
    assert_int_equal(dz_member_remove(v, first_id, &why), DZ_E_DENIED);
    struct dz_member_change change = {.grant = DZ_RIGHT_ADMINISTER};
    assert_int_equal(dz_member_alter(v, "Petro", &change, NULL, &why), DZ_E_DENIED);
    dz_vault_close(v);

    v = open_first();
    /* The last of each kind stays. */
    change = (struct dz_member_change){.revoke = DZ_RIGHT_ADMINISTER};
    assert_int_equal(dz_member_alter(v, first_id, &change, NULL, &why), DZ_E_DENIED);
    change = (struct dz_member_change){.revoke = DZ_RIGHT_IDENTITIES};
    assert_int_equal(dz_member_alter(v, first_id, &change, NULL, &why), DZ_E_DENIED);
    change = (struct dz_member_change){.set_level = true, .level = DZ_IN_OPEN};
    assert_int_equal(dz_member_alter(v, first_id, &change, NULL, &why), DZ_E_DENIED);
    assert_int_equal(dz_member_remove(v, first_id, &why), DZ_E_DENIED);
    assert_int_equal(dz_member_remove(v, "Nobody", &why), DZ_E_NOTFOUND);
    m.name = "Petro";
    assert_int_equal(dz_member_add(v, &m, id, &why), DZ_E_EXISTS);
    m.name = "two\nlines";
    assert_int_equal(dz_member_add(v, &m, id, &why), DZ_E_INPUT);
    verify(v);
    dz_vault_close(v);
}

/* Entries made with other tools, without the right: kept, and told of. */
static void
test_overreach_is_told(void **state)
{
    (void)state;
    first_id[0] = '\0';
    struct dz_vault *v = open_first();
    add(v, "Petro", DZ_RIGHT_CODE, DZ_IN_OPEN, petro_passphrase, petro);
    dz_vault_close(v);
    struct dz_vault *his = open_petro();
    v = open_first();
    struct dz_member_change change = {.revoke = DZ_RIGHT_CODE};
    bool rekeyed = true;
    OK(dz_member_alter(v, "Petro", &change, &rekeyed, err));
    assert_false(rekeyed);
    dz_vault_close(v);
    /* His handle has not looked since, and would be told when it does: so he does not ask. */
    struct dz_batch *b = NULL;
    DZ_AUTO_JSON json_t *fields = json_object();
    dz_json_set_str(fields, "id", "src-overreach");
    OK(dz_batch_begin(his, &b, err));
    for (size_t i = 0; i < his->members.n; i++)
        his->members.list[i].rights = DZ_RIGHTS_ALL;
    OK(dz_batch_entry(b, "source.added", fields, NULL, NULL, err));
    OK(dz_batch_commit(b, err));
    dz_batch_end(b);
    dz_vault_close(his);
    v = open_first();
    struct dz_verify_report r;
    OK(dz_vault_verify(v, DZ_VERIFY_NORMAL, tell, NULL, &r, err));
    assert_int_equal(r.n_findings, 1);
    dz_vault_close(v);
}

/* ---- removing ---- */

static char kept_dir[96];

static void
run(const char *const argv[])
{
    pid_t child = fork();
    if (child == 0) {
        execvp(argv[0], (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    int status = 1;
    assert_true(child > 0 && waitpid(child, &status, 0) == child && status == 0);
}

static void
keep_key_files(void)
{
    char from[128];
    snprintf(kept_dir, sizeof kept_dir, "%s/kept", fixture_dir);
    snprintf(from, sizeof from, "%s/keys", fixture_vault);
    run((const char *const[]){"cp", "-r", from, kept_dir, NULL});
}

/* His files put back, as a thief or he himself would: they open nothing that came after. */
static void
put_key_files_back(const char *member)
{
    static const char *const ends[] = {".key", ".sign.age", ".grant.age"};
    for (size_t i = 0; i < 3; i++) {
        char from[160], to[160];
        snprintf(from, sizeof from, "%s/%s%s", kept_dir, member, ends[i]);
        snprintf(to, sizeof to, "%s/keys/%s%s", fixture_vault, member, ends[i]);
        run((const char *const[]){"cp", from, to, NULL});
    }
}

static void
test_removed_opens_nothing(void **state)
{
    (void)state;
    struct dz_err why = {0};
    first_id[0] = '\0';
    struct dz_vault *v = open_first();
    add(v, "Petro", DZ_RIGHTS_ALL, DZ_IN_SEALED, petro_passphrase, petro);
    add(v, "Ірина", DZ_RIGHT_CODE, DZ_IN_RESTRICTED, iryna_passphrase, iryna);
    struct put before = put(v, DZ_IN_RESTRICTED, "src-before");
    struct dz_vault *his = open_petro();
    keep_key_files();
    OK(dz_member_remove(v, "Petro", err));
    struct put after = put(v, DZ_IN_RESTRICTED, "src-after");
    verify(v);
    dz_vault_close(v);

    /* One who was under way is out with the next thing he writes. */
    struct dz_batch *b = NULL;
    assert_int_not_equal(dz_batch_begin(his, &b, &why), DZ_OK);
    dz_vault_close(his);
    v = NULL;
    assert_int_not_equal(try_open("Petro", petro_passphrase, DZ_VAULT_READ, &v, &why), DZ_OK);
    put_key_files_back(petro);
    assert_int_not_equal(try_open("Petro", petro_passphrase, DZ_VAULT_READ, &v, &why), DZ_OK);
    assert_int_not_equal(try_open(petro, petro_passphrase, DZ_VAULT_WRITE, &v, &why), DZ_OK);

    /* Who stays reads what was and what comes; the next writer clears the files away. */
    OK(try_open("Ірина", iryna_passphrase, DZ_VAULT_WRITE, &v, err));
    assert_true(reads(v, &before) && reads(v, &after));
    put(v, DZ_IN_SEALED, "src-later");
    verify(v);
    dz_vault_close(v);
    char path[160];
    snprintf(path, sizeof path, "%s/keys/%s.key", fixture_vault, petro);
    assert_int_equal(access(path, F_OK), -1);
    v = open_first();
    verify(v);
    dz_vault_close(v);
}

/* A level taken away: what is added to it later stays shut, with the old grant as well. */
static void
test_level_taken_away(void **state)
{
    (void)state;
    struct dz_err why = {0};
    first_id[0] = '\0';
    struct dz_vault *v = open_first();
    add(v, "Petro", DZ_RIGHT_CODE, DZ_IN_SEALED, petro_passphrase, petro);
    struct put before = put(v, DZ_IN_RESTRICTED, "src-before");
    keep_key_files();
    struct dz_member_change change = {.set_level = true, .level = DZ_IN_OPEN};
    bool rekeyed = false;
    OK(dz_member_alter(v, "Petro", &change, &rekeyed, err));
    assert_true(rekeyed);
    struct put after = put(v, DZ_IN_RESTRICTED, "src-after");
    verify(v);
    dz_vault_close(v);
    v = open_petro();
    assert_false(reads(v, &before) || reads(v, &after));
    struct put open = put(v, DZ_IN_OPEN, "src-open");
    assert_true(reads(v, &open));
    dz_vault_close(v);
    put_key_files_back(petro);
    v = NULL;
    assert_int_not_equal(try_open("Petro", petro_passphrase, DZ_VAULT_READ, &v, &why), DZ_OK);

    /* And given again. */
    v = open_first();
    change = (struct dz_member_change){.set_level = true, .level = DZ_IN_RESTRICTED};
    OK(dz_member_alter(v, "Petro", &change, NULL, err));
    dz_vault_close(v);
    v = open_petro();
    assert_true(reads(v, &before) && reads(v, &after));
    dz_vault_close(v);
}

/* One who reads less than others removes somebody: the others keep what he cannot see. */
static void
test_removed_by_one_who_reads_less(void **state)
{
    (void)state;
    struct dz_err why = {0};
    first_id[0] = '\0';
    struct dz_vault *v = open_first();
    add(v, "Petro", DZ_RIGHT_ADMINISTER | DZ_RIGHT_CODE, DZ_IN_OPEN, petro_passphrase, petro);
    add(v, "Ірина", DZ_RIGHT_CODE, DZ_IN_OPEN, iryna_passphrase, iryna);
    struct put sealed = put(v, DZ_IN_SEALED, "src-sealed");
    struct put names = put(v, DZ_IN_IDENTITIES, "src-names");
    dz_vault_close(v);
    v = open_petro();
    OK(dz_member_remove(v, "Ірина", err));
    struct dz_member_new m = {
        .name = "Fourth", .level = DZ_IN_SEALED, .passphrase = iryna_passphrase};
    char id[17];
    assert_int_equal(dz_member_add(v, &m, id, &why), DZ_E_DENIED);
    struct put open = put(v, DZ_IN_OPEN, "src-open");
    dz_vault_close(v);
    v = open_first();
    assert_true(reads(v, &sealed) && reads(v, &names) && reads(v, &open));
    verify(v);
    dz_vault_close(v);
}

/* Keys taken out of a table: who holds everything sees each entry, and who does not sees that there
 * are fewer than there were. */
static void
test_missing_is_told(void **state)
{
    (void)state;
    first_id[0] = '\0';
    struct dz_vault *v = open_first();
    add(v, "Petro", DZ_RIGHT_CODE, DZ_IN_RESTRICTED, petro_passphrase, petro);
    put(v, DZ_IN_RESTRICTED, "src-one");
    DZ_AUTO_BUF struct dz_buf before = DZ_BUF(1u << 20);
    static const char *const names[] = {"keytable/restricted.a", "keytable/restricted.b"};
    OK(dz_os_slurp(v->fd, names[0], 1u << 20, &before, err));
    put(v, DZ_IN_RESTRICTED, "src-two");
    put(v, DZ_IN_OPEN, "src-open");
    put(v, DZ_IN_RESTRICTED, "src-three");
    for (size_t i = 0; i < 2; i++)
        OK(dz_os_replace(v->fd, names[i], dz_buf_view(&before), err));
    dz_vault_close(v);
    v = open_first();
    put(v, DZ_IN_RESTRICTED, "src-four");
    struct dz_verify_report r;
    OK(dz_vault_verify(v, DZ_VERIFY_NORMAL, tell, NULL, &r, err));
    assert_true(r.n_findings >= 1);
    dz_vault_close(v);
    v = open_petro();
    OK(dz_vault_verify(v, DZ_VERIFY_NORMAL, tell, NULL, &r, err));
    assert_int_equal(r.n_findings, 1);
    dz_vault_close(v);
}

#ifdef DZ_FAULTS
enum act { ADD, REMOVE, TAKE_LEVEL, MOVE, ACTS };

static enum dz_code
act(enum act what, struct dz_vault *v, const struct put *p, struct dz_err *err)
{
    struct dz_member_new m = {.name = "New",
                              .rights = DZ_RIGHT_CODE,
                              .level = DZ_IN_RESTRICTED,
                              .passphrase = iryna_passphrase};
    struct dz_member_change change = {.set_level = true, .level = DZ_IN_OPEN};
    char id[17];
    switch (what) {
    case ADD:
        return dz_member_add(v, &m, id, err);
    case REMOVE:
        return dz_member_remove(v, "Petro", err);
    case TAKE_LEVEL:
        return dz_member_alter(v, "Petro", &change, NULL, err);
    case MOVE:
    case ACTS:
        break;
    }
    struct dz_batch *b = NULL;
    DZ_AUTO_JSON json_t *fields = json_object();
    const char *objects[] = {p->object, NULL}, *bodies[] = {p->ref, NULL};
    dz_json_set_str(fields, "source", "src-moves");
    enum dz_code code = dz_batch_begin(v, &b, err);
    if (code == DZ_OK)
        code = dz_batch_move(b, DZ_IN_OPEN, DZ_IN_OPEN, "access.changed", fields, objects, bodies,
                             err);
    if (code == DZ_OK)
        code = dz_batch_commit(b, err);
    dz_batch_end(b);
    return code;
}

/* One round on a fresh vault: the nth call fails while the act is done. Afterwards the vault opens
 * and verifies, takes a further entry, and everything that could be read can be. */
static bool
round_of(enum act what, long nth, int sys, bool from_then_on)
{
    struct dz_err failed = {0};
    assert_int_equal(setup(NULL), 0);
    first_id[0] = '\0';
    struct dz_vault *v = open_first();
    add(v, "Petro", DZ_RIGHT_CODE, DZ_IN_RESTRICTED, petro_passphrase, petro);
    struct put moves = put(v, DZ_IN_RESTRICTED, "src-moves");
    struct put open = put(v, DZ_IN_OPEN, "src-open");
    dz_os_fault_arm(nth, sys, from_then_on);
    enum dz_code code = act(what, v, &moves, &failed);
    long seen = dz_os_fault_count();
    dz_os_fault_arm(0, 0, false);
    dz_vault_close(v);
    assert_true(code == DZ_OK || failed.msg[0] != '\0');
    v = open_first();
    assert_true(reads(v, &moves) && reads(v, &open));
    verify(v);
    struct put after = put(v, DZ_IN_RESTRICTED, "src-after");
    assert_true(reads(v, &moves) && reads(v, &open) && reads(v, &after));
    verify(v);
    dz_vault_close(v);
    struct dz_vault *his = NULL;
    enum dz_code opened = try_open("Petro", petro_passphrase, DZ_VAULT_READ, &his, &failed);
    if (what == REMOVE && code == DZ_OK)
        assert_int_not_equal(opened, DZ_OK);
    else if (opened == DZ_OK && what == TAKE_LEVEL && code == DZ_OK)
        assert_false(reads(his, &after));
    else if (opened == DZ_OK)
        assert_true(reads(his, &open));
    dz_vault_close(his);
    assert_int_equal(teardown(NULL), 0);
    return seen < nth;
}

static void
test_cut_short(void **state)
{
    (void)state;
    const long step = getenv("DOKAZ_PROVE") != NULL ? 3 : 17;
    for (int what = 0; what < ACTS; what++) {
        long nth = 1 + what;
        while (nth <= 900 && !round_of((enum act)what, nth, EIO, false))
            nth += step;
        assert_in_range(nth, 30, 900);
        nth = 4;
        while (nth <= 900 && !round_of((enum act)what, nth, ENOSPC, true))
            nth += 4 * step;
        assert_in_range(nth, 30, 930);
    }
}
#endif

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_levels, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sealing_without_reading, setup, teardown),
        cmocka_unit_test_setup_teardown(test_moving, setup, teardown),
        cmocka_unit_test_setup_teardown(test_rights, setup, teardown),
        cmocka_unit_test_setup_teardown(test_overreach_is_told, setup, teardown),
        cmocka_unit_test_setup_teardown(test_removed_opens_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(test_level_taken_away, setup, teardown),
        cmocka_unit_test_setup_teardown(test_removed_by_one_who_reads_less, setup, teardown),
        cmocka_unit_test_setup_teardown(test_missing_is_told, setup, teardown),
#ifdef DZ_FAULTS
        cmocka_unit_test(test_cut_short),
#endif
    };
    return cmocka_run_group_tests_name("members", tests, NULL, NULL);
}
