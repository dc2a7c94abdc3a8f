#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "dz_hash.h"
#include "dz_log.h"
#include "dz_os.h"
#include "dz_sign.h"

/* A fresh journal folder with one log for each test. */
struct place {
    char path[64];
    int journal;
    struct dz_log_info info;
};
static struct dz_secret *seed;
static uint8_t public_key[32];

static int
prepare(void **state)
{
    (void)state;
    return dz_crypto_init(NULL) != DZ_OK || dz_secret_random(32, &seed, NULL) != DZ_OK ||
           dz_sign_public(seed, public_key, NULL) != DZ_OK;
}

static int
finish(void **state)
{
    (void)state;
    dz_secret_free(seed);
    return 0;
}

static int
set_up(void **state)
{
    static struct place p;
    snprintf(p.path, sizeof p.path, "/tmp/dz-log-XXXXXX");
    if (mkdtemp(p.path) == NULL || dz_os_opendir(AT_FDCWD, p.path, &p.journal, NULL) != DZ_OK)
        return 1;
    *state = &p;
    return dz_log_create(p.journal, public_key, &p.info, NULL) != DZ_OK;
}

static int
tear_down(void **state)
{
    struct place *p = *state;
    static const char *const files[] = {"log.json",  "frames",     "checkpoints", "index",
                                        "index.new", "frames.new", "stray"};
    int dir = -1;
    if (dz_os_opendir(p->journal, p->info.id_hex, &dir, NULL) == DZ_OK)
        for (size_t i = 0; i < sizeof files / sizeof *files; i++)
            unlinkat(dir, files[i], 0);
    dz_os_close_quiet(&dir);
    unlinkat(p->journal, p->info.id_hex, AT_REMOVEDIR);
    dz_os_close_quiet(&p->journal);
    return rmdir(p->path);
}

static char *
file_path(const struct place *p, const char *name)
{
    return dz_asprintf("%s/%s/%s", p->path, p->info.id_hex, name);
}

static void
read_file(const struct place *p, const char *name, struct dz_buf *out)
{
    DZ_AUTO_FREE char *path = file_path(p, name);
    out->max = 64u << 20;
    dz_buf_reset(out);
    assert_int_equal(dz_os_slurp(AT_FDCWD, path, 64u << 20, out, NULL), DZ_OK);
}

static void
write_file(const struct place *p, const char *name, const void *bytes, size_t n)
{
    DZ_AUTO_FREE char *path = file_path(p, name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

static struct dz_log *
open_log(const struct place *p, enum dz_log_mode mode, uint64_t *ret_cut)
{
    struct dz_log *l = NULL;
    struct dz_err err = {.code = DZ_OK};
    if (dz_log_open(p->journal, p->info.id_hex, mode, &l, ret_cut, &err) != DZ_OK)
        fail_msg("%s", err.msg);
    return l;
}

/* What entry seq holds: a body of its own length and bytes. */
static void
sample_body(uint64_t seq, struct dz_buf *out)
{
    dz_buf_reset(out);
    for (uint64_t i = 0; i < 40 + seq % 50; i++)
        dz_buf_add_u8(out, (uint8_t)(seq * 31 + i * 7 + 1));
}

static void
add(struct dz_log *l, struct dz_log_batch *b, uint64_t seq)
{
    DZ_AUTO_BUF struct dz_buf body = DZ_BUF(4096);
    sample_body(seq, &body);
    struct dz_leaf leaf = {.commitment = {{(uint8_t)seq, (uint8_t)(seq >> 8)}}};
    dz_sha256(body.p, body.n, leaf.sealed_sha256.b);
    assert_int_equal(dz_log_batch_add(l, b, seq, &leaf, dz_buf_view(&body), NULL), DZ_OK);
}

static enum dz_code
append(struct dz_log *l, uint64_t n, struct dz_err *err)
{
    struct dz_log_batch b = {.frames = DZ_BUF(64u << 20)};
    for (uint64_t i = 0; i < n; i++)
        add(l, &b, dz_log_size(l) + i);
    enum dz_code code = dz_log_append(l, &b, err);
    dz_buf_done(&b.frames);
    return code;
}

static void
grow(struct dz_log *l, uint64_t n)
{
    assert_int_equal(append(l, n, NULL), DZ_OK);
    assert_int_equal(dz_log_checkpoint(l, seed, NULL, NULL, NULL), DZ_OK);
}

static void
assert_readable(struct dz_log *l, uint64_t n)
{
    assert_int_equal(dz_log_size(l), n);
    struct dz_merkle t = {.size = 0};
    for (uint64_t seq = 0; seq < n; seq++) {
        DZ_AUTO_BUF struct dz_buf leaf = DZ_BUF(65536);
        DZ_AUTO_BUF struct dz_buf sealed = DZ_BUF(65536);
        DZ_AUTO_BUF struct dz_buf expected = DZ_BUF(4096);
        assert_int_equal(dz_log_read(l, seq, &leaf, &sealed, NULL), DZ_OK);
        sample_body(seq, &expected);
        assert_true(dz_view_eq(dz_buf_view(&sealed), dz_buf_view(&expected)));
        struct dz_hash32 hash;
        struct dz_hash32 stored;
        dz_merkle_leaf(leaf.p, leaf.n, &hash);
        assert_int_equal(dz_log_leaf_hash(l, seq, &stored, NULL), DZ_OK);
        assert_memory_equal(hash.b, stored.b, 32);
        dz_merkle_push(&t, &hash);
    }
    struct dz_hash32 root;
    struct dz_hash32 own;
    dz_merkle_root(&t, &root);
    dz_log_root(l, &own);
    assert_memory_equal(root.b, own.b, 32);
}

static void
count_finding(void *ctx, const char *thing, uint64_t seq, const char *message)
{
    (void)thing;
    (void)seq;
    assert_true(message[0] != '\0');
    ++*(uint64_t *)ctx;
}

static uint64_t
findings(const struct place *p)
{
    uint64_t n = 99;
    uint64_t told = 0;
    assert_int_equal(
        dz_log_verify(p->journal, p->info.id_hex, count_finding, &told, NULL, NULL, &n, NULL),
        DZ_OK);
    assert_int_equal(n, told);
    return n;
}

static void
append_read_reopen(void **state)
{
    struct place *p = *state;
    struct dz_log *l = open_log(p, DZ_LOG_WRITE, NULL);
    assert_string_equal(dz_log_get_info(l)->key.name, p->info.key.name);
    struct dz_checkpoint c;
    assert_int_equal(dz_log_last_checkpoint(l, &c, NULL, NULL), DZ_OK);
    assert_int_equal(c.size, 0);
    grow(l, 3);
    grow(l, 1);
    grow(l, 9);
    assert_readable(l, 13);
    dz_log_close(l);
    l = open_log(p, DZ_LOG_READ, NULL);
    assert_readable(l, 13);
    assert_int_equal(append(l, 1, NULL), DZ_E_USAGE);
    assert_int_equal(dz_log_checkpoint(l, seed, NULL, NULL, NULL), DZ_E_USAGE);
    DZ_AUTO_BUF struct dz_buf note = DZ_BUF(65536);
    assert_int_equal(dz_log_last_checkpoint(l, &c, &note, NULL), DZ_OK);
    assert_int_equal(c.size, 13);
    struct dz_view text;
    assert_int_equal(dz_note_open(dz_buf_view(&note), &p->info.key, 1, &text, NULL), DZ_OK);
    struct dz_hash32 root;
    DZ_AUTO_BUF struct dz_buf ignored = DZ_BUF(65536);
    assert_int_equal(dz_log_root_at(l, 14, &root, NULL), DZ_E_NOTFOUND);
    assert_int_equal(dz_log_read(l, 13, &ignored, &ignored, NULL), DZ_E_NOTFOUND);
    dz_log_close(l);
    assert_int_equal(findings(p), 0);
}

static void
batch_order(void **state)
{
    struct place *p = *state;
    struct dz_log *l = open_log(p, DZ_LOG_WRITE, NULL);
    struct dz_log_batch b = {.frames = DZ_BUF(64u << 20)};
    struct dz_leaf leaf = {.n_brings = 0};
    assert_int_equal(dz_log_batch_add(l, &b, 1, &leaf, DZ_VIEW("x"), NULL), DZ_E_USAGE);
    assert_int_equal(dz_log_batch_add(l, &b, 0, &leaf, (struct dz_view){.n = 0}, NULL), DZ_E_LIMIT);
    add(l, &b, 0);
    assert_int_equal(append(l, 1, NULL), DZ_OK);
    /* The batch was made for another state of the log. */
    assert_int_equal(dz_log_append(l, &b, NULL), DZ_E_USAGE);
    dz_buf_done(&b.frames);
    assert_readable(l, 1);
    dz_log_close(l);
}

static enum dz_code
see_checkpoint(void *ctx, const struct dz_checkpoint *c, struct dz_view note, struct dz_err *err)
{
    (void)note;
    (void)err;
    uint64_t *sum = ctx;
    *sum = *sum * 100 + c->size;
    return DZ_OK;
}

static void
checkpoints(void **state)
{
    struct place *p = *state;
    struct dz_log *l = open_log(p, DZ_LOG_WRITE, NULL);
    grow(l, 1);
    grow(l, 2);
    DZ_AUTO_BUF struct dz_buf first = DZ_BUF(65536);
    DZ_AUTO_BUF struct dz_buf again = DZ_BUF(65536);
    assert_int_equal(append(l, 4, NULL), DZ_OK);
    assert_int_equal(dz_log_checkpoint(l, seed, NULL, &first, NULL), DZ_OK);
    assert_int_equal(dz_log_checkpoint(l, seed, NULL, &again, NULL), DZ_OK);
    assert_true(dz_view_eq(dz_buf_view(&first), dz_buf_view(&again)));
    uint64_t seen = 0;
    assert_int_equal(dz_log_each_checkpoint(l, see_checkpoint, &seen, NULL), DZ_OK);
    assert_int_equal(seen, 10307);

    /* A key that is not the log's, and a history that is not the one signed before. */
    DZ_AUTO_SECRET struct dz_secret *other = NULL;
    assert_int_equal(dz_secret_random(32, &other, NULL), DZ_OK);
    struct dz_checkpoint outside;
    assert_int_equal(dz_log_last_checkpoint(l, &outside, NULL, NULL), DZ_OK);
    assert_int_equal(append(l, 1, NULL), DZ_OK);
    assert_int_equal(dz_log_checkpoint(l, other, NULL, NULL, NULL), DZ_E_INPUT);
    outside.root.b[0] ^= 1;
    assert_int_equal(dz_log_checkpoint(l, seed, &outside, NULL, NULL), DZ_E_ROLLBACK);
    outside.root.b[0] ^= 1;
    outside.size = 9;
    assert_int_equal(dz_log_checkpoint(l, seed, &outside, NULL, NULL), DZ_E_ROLLBACK);
    outside.size = 2;
    assert_int_equal(dz_log_root_at(l, 2, &outside.root, NULL), DZ_OK);
    assert_int_equal(dz_log_checkpoint(l, seed, &outside, NULL, NULL), DZ_OK);
    outside.origin[6] ^= 1;
    assert_int_equal(dz_log_checkpoint(l, seed, &outside, NULL, NULL), DZ_E_USAGE);
    seen = 0;
    assert_int_equal(dz_log_each_checkpoint(l, see_checkpoint, &seen, NULL), DZ_OK);
    assert_int_equal(seen, 1030708);
    dz_log_close(l);
}

/* A crash can leave any beginning of the last append. */
static void
torn_at_every_byte(void **state)
{
    struct place *p = *state;
    struct dz_log *l = open_log(p, DZ_LOG_WRITE, NULL);
    grow(l, 2);
    DZ_AUTO_BUF struct dz_buf before = DZ_BUF(0);
    DZ_AUTO_BUF struct dz_buf after = DZ_BUF(0);
    read_file(p, "frames", &before);
    assert_int_equal(append(l, 2, NULL), DZ_OK);
    dz_log_close(l);
    read_file(p, "frames", &after);
    size_t third = 0;
    DZ_AUTO_FREE char *index = file_path(p, "index");
    for (size_t n = before.n; n <= after.n; n++) {
        write_file(p, "frames", after.p, n);
        /* it is written after the frames are synced, so a crash leaves an older one */
        unlink(index);
        assert_int_equal(findings(p), 0);
        uint64_t cut = 99;
        l = open_log(p, DZ_LOG_READ, &cut);
        uint64_t size = dz_log_size(l);
        assert_int_equal(cut, 0);
        dz_log_close(l);
        l = open_log(p, DZ_LOG_WRITE, &cut);
        if (size == 3 && third == 0)
            third = n;
        size_t whole = size == 2 ? before.n : size == 3 ? third : after.n;
        assert_int_equal(cut, n - whole);
        assert_int_equal(dz_log_cut_bytes(l), cut);
        assert_readable(l, size);
        dz_log_close(l);
        DZ_AUTO_BUF struct dz_buf now = DZ_BUF(0);
        read_file(p, "frames", &now);
        assert_int_equal(now.n, whole);
    }
    assert_true(third > before.n && third < after.n);
    /* Sectors that never reached the disk read as zeros: also unfinished, also with a whole frame
     * after. */
    DZ_AUTO_BUF struct dz_buf holed = DZ_BUF(0);
    dz_buf_addv(&holed, dz_buf_view(&after));
    memset(holed.p + before.n, 0, 512 - before.n);
    assert_true(before.n < 480);
    write_file(p, "frames", holed.p, holed.n);
    unlink(index);
    uint64_t cut = 0;
    l = open_log(p, DZ_LOG_WRITE, &cut);
    assert_readable(l, 2);
    assert_int_equal(cut, after.n - before.n);
    grow(l, 2);
    dz_log_close(l);
    assert_int_equal(findings(p), 0);
}

static void
expect_corrupt(const struct place *p)
{
    struct dz_log *l = NULL;
    struct dz_err err = {.code = DZ_OK};
    assert_int_equal(dz_log_open(p->journal, p->info.id_hex, DZ_LOG_WRITE, &l, NULL, &err),
                     DZ_E_CORRUPT);
    assert_null(l);
    assert_true(findings(p) > 0);
}

static void
damage_is_not_repaired(void **state)
{
    struct place *p = *state;
    struct dz_log *l = open_log(p, DZ_LOG_WRITE, NULL);
    grow(l, 3);
    DZ_AUTO_BUF struct dz_buf frames = DZ_BUF(0);
    DZ_AUTO_BUF struct dz_buf signed_note = DZ_BUF(0);
    read_file(p, "checkpoints", &signed_note);
    assert_int_equal(append(l, 1, NULL), DZ_OK);
    dz_log_close(l);
    read_file(p, "frames", &frames);
    /* Without the index every frame is read, so a change anywhere under the checkpoint is met. */
    for (size_t i = 0; i < frames.n; i++) {
        DZ_AUTO_FREE char *index = file_path(p, "index");
        unlink(index);
        frames.p[i] ^= 0x10;
        write_file(p, "frames", frames.p, frames.n);
        frames.p[i] ^= 0x10;
        struct dz_log *damaged = NULL;
        enum dz_code code =
            dz_log_open(p->journal, p->info.id_hex, DZ_LOG_READ, &damaged, NULL, NULL);
        /* In the frame that nothing has signed yet, a longer length looks like an unfinished
         * append. */
        if (code == DZ_OK)
            assert_int_equal(dz_log_size(damaged), 3);
        else
            assert_int_equal(code, DZ_E_CORRUPT);
        dz_log_close(damaged);
        if (code != DZ_OK)
            assert_true(findings(p) > 0);
    }
    /* Fewer entries than were signed. */
    l = NULL;
    for (size_t n = 0; n < 300; n += 60) {
        write_file(p, "frames", frames.p, n);
        expect_corrupt(p);
        DZ_AUTO_BUF struct dz_buf now = DZ_BUF(0);
        read_file(p, "frames", &now);
        assert_int_equal(now.n, n);
    }
    write_file(p, "frames", frames.p, frames.n);
    assert_int_equal(findings(p), 0);
    write_file(p, "stray", "x", 1);
    assert_int_equal(findings(p), 1);
}

/* One flipped bit, anywhere in any file of a log at rest, is a finding. */
static void
every_flip_is_found(void **state)
{
    struct place *p = *state;
    struct dz_log *l = open_log(p, DZ_LOG_WRITE, NULL);
    grow(l, 1);
    grow(l, 2);
    dz_log_close(l);
    assert_int_equal(findings(p), 0);
    static const char *const files[] = {"frames", "checkpoints", "index", "log.json"};
    for (size_t f = 0; f < sizeof files / sizeof *files; f++) {
        DZ_AUTO_BUF struct dz_buf bytes = DZ_BUF(0);
        read_file(p, files[f], &bytes);
        for (size_t i = 0; i < bytes.n; i++) {
            bytes.p[i] ^= (char)(1 << (i % 8));
            write_file(p, files[f], bytes.p, bytes.n);
            uint64_t n = 0;
            uint64_t told = 0;
            enum dz_code code = dz_log_verify(p->journal, p->info.id_hex, count_finding, &told,
                                              NULL, NULL, &n, NULL);
            /* A flip that turns the format number into a later one is told as such. */
            if (code != DZ_E_FORMAT && (code != DZ_OK || n == 0))
                fail_msg("flip of %s at %zu was not found", files[f], i);
            bytes.p[i] ^= (char)(1 << (i % 8));
        }
        write_file(p, files[f], bytes.p, bytes.n);
    }
    assert_int_equal(findings(p), 0);
}

static void
torn_checkpoint(void **state)
{
    struct place *p = *state;
    struct dz_log *l = open_log(p, DZ_LOG_WRITE, NULL);
    grow(l, 2);
    DZ_AUTO_BUF struct dz_buf one = DZ_BUF(0);
    DZ_AUTO_BUF struct dz_buf two = DZ_BUF(0);
    read_file(p, "checkpoints", &one);
    grow(l, 1);
    dz_log_close(l);
    read_file(p, "checkpoints", &two);
    for (size_t n = one.n; n < two.n; n++) {
        write_file(p, "checkpoints", two.p, n);
        l = open_log(p, DZ_LOG_READ, NULL);
        struct dz_checkpoint c;
        assert_int_equal(dz_log_last_checkpoint(l, &c, NULL, NULL), DZ_OK);
        assert_int_equal(c.size, 2);
        assert_int_equal(dz_log_size(l), 3);
        dz_log_close(l);
        if (n < two.n - 4)
            assert_int_equal(findings(p), 0);
    }
    /* What is cut off is synced by itself, before the new record comes: two calls more. */
    long calls[2];
    for (size_t torn = 0; torn < 2; torn++) {
        write_file(p, "checkpoints", two.p, one.n + 20 * torn);
        l = open_log(p, DZ_LOG_WRITE, NULL);
        dz_os_fault_arm(0, 0, false);
        assert_int_equal(dz_log_checkpoint(l, seed, NULL, NULL, NULL), DZ_OK);
        calls[torn] = dz_os_fault_count();
        dz_log_close(l);
    }
    assert_int_equal(calls[1], calls[0] + 2);
    DZ_AUTO_BUF struct dz_buf now = DZ_BUF(0);
    read_file(p, "checkpoints", &now);
    assert_true(dz_view_eq(dz_buf_view(&now), dz_buf_view(&two)));
    /* Two changed records do not pass for one that was never finished. */
    assert_memory_equal(two.p + one.n, "dzC1", 4);
    two.p[two.n - 30] ^= 1;
    for (uint32_t length = 0x200; length < 0x4000; length += 0x200) {
        two.p[6] = (char)(length >> 8);
        write_file(p, "checkpoints", two.p, two.n);
        expect_corrupt(p);
    }
    /* Other bytes behind the last one are damage, and so is damage in the only one. */
    dz_buf_adds(&now, "rubbish");
    write_file(p, "checkpoints", now.p, now.n);
    expect_corrupt(p);
    dz_buf_reset(&two);
    dz_buf_addv(&two, dz_buf_view(&one));
    two.p[40] ^= 1;
    write_file(p, "checkpoints", two.p, two.n);
    expect_corrupt(p);
}

static void
index_is_derived(void **state)
{
    struct place *p = *state;
    struct dz_log *l = open_log(p, DZ_LOG_WRITE, NULL);
    for (int i = 0; i < 5; i++)
        grow(l, 2);
    dz_log_close(l);
    DZ_AUTO_BUF struct dz_buf good = DZ_BUF(0);
    read_file(p, "index", &good);
    assert_int_equal(good.n, 400);
    DZ_AUTO_FREE char *path = file_path(p, "index");
    unlink(path);
    assert_int_equal(findings(p), 0);
    for (int mode = DZ_LOG_READ; mode <= DZ_LOG_WRITE; mode++) {
        l = open_log(p, (enum dz_log_mode)mode, NULL);
        assert_readable(l, 10);
        dz_log_close(l);
        assert_int_equal(dz_os_exists(AT_FDCWD, path), mode == DZ_LOG_WRITE);
    }
    DZ_AUTO_BUF struct dz_buf now = DZ_BUF(0);
    for (size_t i = 0; i < good.n * 8; i += 3) {
        good.p[i / 8] ^= (char)(1 << (i % 8));
        write_file(p, "index", good.p, good.n);
        good.p[i / 8] ^= (char)(1 << (i % 8));
        l = open_log(p, DZ_LOG_READ, NULL);
        assert_readable(l, 10);
        dz_log_close(l);
    }
    for (size_t n = 0; n <= good.n; n += 13) {
        write_file(p, "index", good.p, n);
        l = open_log(p, DZ_LOG_WRITE, NULL);
        assert_readable(l, 10);
        dz_log_close(l);
        read_file(p, "index", &now);
        assert_true(n == good.n || dz_view_eq(dz_buf_view(&now), dz_buf_view(&good)));
    }
    DZ_AUTO_BUF struct dz_buf garbage = DZ_BUF(4096);
    for (int i = 0; i < 400; i++)
        dz_buf_add_u8(&garbage, (uint8_t)(i * 37));
    write_file(p, "index", garbage.p, garbage.n);
    l = open_log(p, DZ_LOG_WRITE, NULL);
    assert_readable(l, 10);
    dz_log_close(l);
    read_file(p, "index", &now);
    assert_true(dz_view_eq(dz_buf_view(&now), dz_buf_view(&good)));
}

static void
second_process(void **state)
{
    struct place *p = *state;
    struct dz_log *one = open_log(p, DZ_LOG_WRITE, NULL);
    grow(one, 2);
    struct dz_log *two = open_log(p, DZ_LOG_WRITE, NULL);
    struct dz_log *reader = open_log(p, DZ_LOG_READ, NULL);
    grow(two, 3);
    /* The first one does not know of it yet: writing is refused, nothing is overwritten. */
    assert_int_equal(append(one, 1, NULL), DZ_E_LOCKED);
    assert_int_equal(dz_log_refresh(one, NULL), DZ_OK);
    assert_readable(one, 5);
    grow(one, 1);
    assert_int_equal(dz_log_refresh(reader, NULL), DZ_OK);
    assert_readable(reader, 6);
    assert_int_equal(dz_log_refresh(two, NULL), DZ_OK);
    const uint64_t drop[] = {1, 4};
    assert_int_equal(dz_log_drop_bodies(two, drop, 2, NULL), DZ_OK);
    assert_int_equal(append(one, 1, NULL), DZ_E_LOCKED);
    assert_int_equal(dz_log_refresh(one, NULL), DZ_OK);
    grow(one, 1);
    assert_int_equal(dz_log_refresh(reader, NULL), DZ_OK);
    assert_int_equal(dz_log_size(reader), 7);
    dz_log_close(one);
    dz_log_close(two);
    dz_log_close(reader);
    assert_int_equal(findings(p), 0);
}

static enum dz_code
see_leaf(void *ctx, const struct dz_log_info *log, uint64_t seq, const struct dz_leaf *leaf,
         bool has_body, struct dz_err *err)
{
    (void)log;
    (void)leaf;
    (void)err;
    if (!has_body)
        *(uint64_t *)ctx |= 1u << seq;
    return DZ_OK;
}

static bool
contains(const struct dz_buf *all, const struct dz_buf *part)
{
    for (size_t i = 0; i + part->n <= all->n; i++)
        if (memcmp(all->p + i, part->p, part->n) == 0)
            return true;
    return false;
}

static void
drop_bodies(void **state)
{
    struct place *p = *state;
    struct dz_log *l = open_log(p, DZ_LOG_WRITE, NULL);
    grow(l, 6);
    struct dz_hash32 before;
    struct dz_hash32 after;
    dz_log_root(l, &before);
    const uint64_t wrong[] = {3, 3};
    assert_int_equal(dz_log_drop_bodies(l, wrong, 2, NULL), DZ_E_USAGE);
    const uint64_t beyond[] = {6};
    assert_int_equal(dz_log_drop_bodies(l, beyond, 1, NULL), DZ_E_USAGE);
    const uint64_t drop[] = {0, 3, 5};
    assert_int_equal(dz_log_drop_bodies(l, drop, 3, NULL), DZ_OK);
    dz_log_root(l, &after);
    assert_memory_equal(before.b, after.b, 32);
    DZ_AUTO_BUF struct dz_buf gone = DZ_BUF(4096);
    DZ_AUTO_BUF struct dz_buf frames = DZ_BUF(0);
    read_file(p, "frames", &frames);
    sample_body(3, &gone);
    assert_false(contains(&frames, &gone));
    sample_body(4, &gone);
    assert_true(contains(&frames, &gone));
    grow(l, 1);
    dz_log_close(l);
    l = open_log(p, DZ_LOG_READ, NULL);
    DZ_AUTO_BUF struct dz_buf leaf = DZ_BUF(65536);
    DZ_AUTO_BUF struct dz_buf sealed = DZ_BUF(65536);
    assert_int_equal(dz_log_read(l, 3, &leaf, &sealed, NULL), DZ_OK);
    assert_int_equal(sealed.n, 0);
    assert_true(leaf.n > 0);
    dz_log_close(l);
    uint64_t n = 99;
    uint64_t empty = 0;
    assert_int_equal(
        dz_log_verify(p->journal, p->info.id_hex, NULL, NULL, see_leaf, &empty, &n, NULL), DZ_OK);
    assert_int_equal(n, 0);
    assert_int_equal(empty, 1 + 8 + 32);
}

#ifdef DZ_FAULTS
/* Every call to the system fails once: the log is then refused to this process, opens again, and
 * holds what was acknowledged. */
static void
failing_writes(void **state)
{
    struct place *p = *state;
    struct dz_log *l = open_log(p, DZ_LOG_WRITE, NULL);
    grow(l, 2);
    uint64_t kept = 2;
    bool clean = false;
    for (long nth = 1; !clean && nth < 100; nth++) {
        struct dz_log_batch b = {.frames = DZ_BUF(64u << 20)};
        add(l, &b, kept);
        struct dz_err err = {.code = DZ_OK};
        dz_os_fault_arm(nth, EIO, false);
        enum dz_code code = dz_log_append(l, &b, &err);
        bool appended = code == DZ_OK;
        if (appended)
            code = dz_log_checkpoint(l, seed, NULL, NULL, &err);
        clean = dz_os_fault_count() < nth;
        dz_os_fault_arm(0, 0, false);
        dz_buf_done(&b.frames);
        if (code != DZ_OK)
            assert_int_equal(err.code, code);
        dz_log_close(l);
        l = open_log(p, DZ_LOG_WRITE, NULL);
        assert_true(dz_log_size(l) == kept + 1 || (!appended && dz_log_size(l) == kept));
        kept = dz_log_size(l);
        assert_int_equal(dz_log_checkpoint(l, seed, NULL, NULL, NULL), DZ_OK);
        assert_int_equal(findings(p), 0);
    }
    assert_true(clean);
    assert_readable(l, kept);
    dz_log_close(l);
}

/* The same while bodies are dropped: whatever is left behind is whole, and fits together. */
static void
failing_drops(void **state)
{
    struct place *p = *state;
    bool clean = false;
    for (long nth = 1; !clean && nth < 100; nth++) {
        struct dz_log *l = open_log(p, DZ_LOG_WRITE, NULL);
        grow(l, 2);
        const uint64_t drop[] = {dz_log_size(l) - 2};
        struct dz_err err = {.code = DZ_OK};
        dz_os_fault_arm(nth, EIO, false);
        enum dz_code code = dz_log_drop_bodies(l, drop, 1, &err);
        clean = dz_os_fault_count() < nth;
        dz_os_fault_arm(0, 0, false);
        if (code != DZ_OK)
            assert_int_equal(err.code, code);
        dz_log_close(l);
        assert_int_equal(findings(p), 0);
    }
    assert_true(clean);
}

static void
failed_sync_is_final(void **state)
{
    struct place *p = *state;
    struct dz_log *l = open_log(p, DZ_LOG_WRITE, NULL);
    grow(l, 1);
    /* The calls of one append: stat, write, fdatasync. */
    struct dz_err err = {.code = DZ_OK};
    dz_os_fault_arm(3, EIO, false);
    assert_int_equal(append(l, 1, &err), DZ_E_IO);
    dz_os_fault_arm(0, 0, false);
    assert_int_equal(err.sys, EIO);
    assert_int_equal(dz_log_size(l), 1);
    assert_int_equal(append(l, 1, NULL), DZ_E_IO);
    assert_int_equal(dz_log_checkpoint(l, seed, NULL, NULL, NULL), DZ_E_IO);
    assert_int_equal(dz_log_refresh(l, NULL), DZ_E_IO);
    dz_log_close(l);
    l = open_log(p, DZ_LOG_WRITE, NULL);
    grow(l, 1);
    dz_log_close(l);
    assert_int_equal(findings(p), 0);
}
#endif

static void
large_log_opens_fast(void **state)
{
    struct place *p = *state;
    enum { ENTRIES = 100000, BATCH = 20000 };
    struct dz_log *l = open_log(p, DZ_LOG_WRITE, NULL);
    for (int i = 0; i < ENTRIES / BATCH; i++)
        grow(l, BATCH);
    struct dz_hash32 root;
    dz_log_root(l, &root);
    dz_log_close(l);
    /* Of the processor's time, whatever else the machine does. */
    clock_t start = clock();
    l = open_log(p, DZ_LOG_READ, NULL);
    int64_t with_index = (int64_t)(clock() - start) * 1000000 / CLOCKS_PER_SEC;
    struct dz_hash32 again;
    dz_log_root(l, &again);
    assert_memory_equal(root.b, again.b, 32);
    assert_int_equal(dz_log_size(l), ENTRIES);
    dz_log_close(l);
    print_message("# %d entries opened in %lld us\n", ENTRIES, (long long)with_index);
    assert_true(with_index < 2000000);
}

static void
foreign_and_newer(void **state)
{
    struct place *p = *state;
    struct dz_log *l = NULL;
    DZ_AUTO_BUF struct dz_buf info = DZ_BUF(0);
    read_file(p, "log.json", &info);
    write_file(p, "log.json", "{\"format\":2}", 12);
    assert_int_equal(dz_log_open(p->journal, p->info.id_hex, DZ_LOG_READ, &l, NULL, NULL),
                     DZ_E_FORMAT);
    dz_buf_adds(&info, " ");
    write_file(p, "log.json", info.p, info.n);
    expect_corrupt(p);
    write_file(p, "log.json", info.p, info.n - 1);
    assert_int_equal(findings(p), 0);
    assert_int_equal(dz_log_open(p->journal, "nowhere", DZ_LOG_READ, &l, NULL, NULL),
                     DZ_E_NOTFOUND);
}

#define LOG_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
int
main(void)
{
    const struct CMUnitTest tests[] = {
        LOG_TEST(append_read_reopen),
        LOG_TEST(batch_order),
        LOG_TEST(checkpoints),
        LOG_TEST(torn_at_every_byte),
        LOG_TEST(damage_is_not_repaired),
        LOG_TEST(every_flip_is_found),
        LOG_TEST(torn_checkpoint),
        LOG_TEST(index_is_derived),
        LOG_TEST(second_process),
        LOG_TEST(drop_bodies),
#ifdef DZ_FAULTS
        LOG_TEST(failing_writes),
        LOG_TEST(failing_drops),
        LOG_TEST(failed_sync_is_final),
#endif
        LOG_TEST(large_log_opens_fast),
        LOG_TEST(foreign_and_newer),
    };
    return cmocka_run_group_tests_name("log", tests, prepare, finish);
}
