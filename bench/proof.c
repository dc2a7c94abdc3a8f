/* How long proofs take in a large log.
 *
 *     tools/build release bench/proof && build/bench/proof [ENTRIES [PROOFS [FOLDER]]]
 *
 * Makes a log of ENTRIES (1,000,000 unless told; at least 1,000) in a folder of its own inside
 * FOLDER (TMPDIR or /tmp), signs it at several sizes, opens it anew, makes and checks PROOFS
 * (1,000) random
 * proofs of each kind, and takes everything away again. One line a figure on standard output, the
 * name, a tab, the number, a tab, the unit; times of proofs are medians. Exit status 1 when any
 * proof did not hold.
 *
 * The entries that are proven are real ones, with five fields, sealed and signed by a member; of
 * the others only the leaf record is real, so that making the log takes seconds. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "dz_codec.h"
#include "dz_consistency.h"
#include "dz_hash.h"
#include "dz_log.h"
#include "dz_mem.h"
#include "dz_os.h"
#include "dz_proof.h"
#include "dz_sign.h"

#define BATCH 20000
#define CHECKPOINTS 8

struct bench {
    uint64_t n;
    size_t n_proofs;
    char dir[512];
    int journal;
    struct dz_secret *log_seed;
    struct dz_secret *member_seed;
    uint8_t log_pk[32];
    uint8_t member_pk[32];
    struct dz_log_info info;
    uint64_t *seqs; /* rising: the entries that are proven */
    uint64_t *sizes; /* signed ones */
    struct dz_log *log;
    uint64_t random;
};

static const uint8_t body_key[16] = {1};
static const uint8_t body_salt[DZ_SALT_BYTES] = {2};

static void
need(enum dz_code code, const struct dz_err *err)
{
    if (code == DZ_OK)
        return;
    fprintf(stderr, "bench/proof: %s\n", err->msg);
    exit(1);
}

static double
seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The same numbers in every run (splitmix64). */
static uint64_t
draw(struct bench *b, uint64_t below)
{
    uint64_t z = b->random += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (z ^ (z >> 31)) % below;
}

static int
by_number(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static int
by_time(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static void
report(const char *name, double *times, size_t n)
{
    qsort(times, n, sizeof *times, by_time);
    printf("%s\t%.1f\tus\n", name, times[n / 2] * 1e6);
    printf("%s-99%%\t%.1f\tus\n", name, times[n * 99 / 100] * 1e6);
}

static json_t *
body_of(const struct bench *b, uint64_t seq)
{
    return json_pack("{s:s, s:s, s:I, s:s, s:s}", "kind", "source.described", "log",
                     b->info.id_hex, "seq", (json_int_t)seq, "member", "0123456789abcdef", "note",
                     "what somebody said about it, in a line of the usual length");
}

static void
add_entry(struct bench *b, struct dz_log_batch *batch, uint64_t seq, bool real)
{
    struct dz_err err;
    struct dz_leaf leaf = {.n_brings = 0};
    DZ_AUTO_BUF struct dz_buf sealed = DZ_BUF(4096);
    if (real) {
        DZ_AUTO_JSON json_t *body = body_of(b, seq);
        need(dz_entry_seal(body, b->info.id, seq, b->member_seed, body_key, body_salt, &leaf,
                           &sealed, &err),
             &err);
    } else {
        dz_buf_add_u64be(&sealed, seq);
        dz_sha256(sealed.p, sealed.n, leaf.commitment.b);
        dz_sha256(sealed.p, sealed.n, leaf.sealed_sha256.b);
    }
    need(dz_log_batch_add(b->log, batch, seq, &leaf, dz_buf_view(&sealed), &err), &err);
}

static void
make_log(struct bench *b)
{
    struct dz_err err;
    need(dz_log_create(b->journal, b->log_pk, &b->info, &err), &err);
    need(dz_log_open(b->journal, b->info.id_hex, DZ_LOG_WRITE, &b->log, NULL, &err), &err);
    struct dz_log_batch batch = {.frames = DZ_BUF((size_t)64 << 20)};
    size_t next_real = 0, next_size = 0;
    for (uint64_t seq = 0; seq < b->n; seq++) {
        while (next_real < b->n_proofs && b->seqs[next_real] < seq)
            next_real++;
        add_entry(b, &batch, seq, next_real < b->n_proofs && b->seqs[next_real] == seq);
        bool sign = b->sizes[next_size] == seq + 1;
        if (batch.n < BATCH && !sign)
            continue;
        need(dz_log_append(b->log, &batch, &err), &err);
        if (sign)
            need(dz_log_checkpoint(b->log, b->log_seed, NULL, NULL, &err), &err);
        next_size += sign;
    }
    dz_buf_done(&batch.frames);
    dz_log_close(b->log);
    b->log = NULL;
}

/* As dokaz does it: tree, leaf record and body are put into a file, which is read and checked. */
static void
prove_entry(struct bench *b, uint64_t seq, struct dz_buf *file)
{
    struct dz_err err;
    DZ_AUTO_PROOF struct dz_proof p = {.index = seq,
                                       .note = DZ_BUF(DZ_NOTE_MAX),
                                       .leaf_bytes = DZ_BUF(65535),
                                       .key = b->info.key,
                                       .has_signature = true};
    DZ_AUTO_BUF struct dz_buf sealed = DZ_BUF(1u << 20);
    struct dz_hash32 hashes[DZ_MERKLE_MAX_PROOF];
    memcpy(p.log, b->info.id, sizeof p.log);
    memcpy(p.log_hex, b->info.id_hex, sizeof p.log_hex);
    memcpy(p.public_key, b->member_pk, sizeof p.public_key);
    need(dz_log_last_checkpoint(b->log, &p.checkpoint, &p.note, &err), &err);
    need(dz_log_inclusion(b->log, seq, p.checkpoint.size, hashes, &p.n_hashes, &err), &err);
    memcpy(p.hashes, hashes, p.n_hashes * sizeof *hashes);
    need(dz_log_read(b->log, seq, &p.leaf_bytes, &sealed, &err), &err);
    struct dz_leaf leaf;
    need(dz_leaf_decode(dz_buf_view(&p.leaf_bytes), &leaf, &err), &err);
    DZ_AUTO_JSON json_t *body = NULL;
    need(dz_entry_open(dz_buf_view(&sealed), body_key, body_salt, &leaf, &body, p.signature, &err),
         &err);
    dz_leaf_done(&leaf);
    need(dz_proof_fill(&p, body, body_salt, NULL, &err), &err);
    need(dz_proof_write(&p, file, &err), &err);
    DZ_AUTO_PROOF struct dz_proof again = {.index = 0};
    need(dz_proof_parse(dz_buf_view(file), &again, &err), &err);
    need(dz_proof_check(&again, &b->info.key, NULL, &err), &err);
}

static void
prove_consistency(struct bench *b, uint64_t m, struct dz_buf *file)
{
    struct dz_err err;
    DZ_AUTO_CONSISTENCY struct dz_consistency c = {.old_size = m, .note = DZ_BUF(DZ_NOTE_MAX)};
    struct dz_hash32 hashes[DZ_MERKLE_MAX_PROOF], root;
    need(dz_log_last_checkpoint(b->log, &c.checkpoint, &c.note, &err), &err);
    need(dz_log_consistency(b->log, m, c.checkpoint.size, hashes, &c.n_hashes, &err), &err);
    memcpy(c.hashes, hashes, c.n_hashes * sizeof *hashes);
    need(dz_log_root_at(b->log, m, &root, &err), &err);
    need(dz_consistency_write(&c, file, &err), &err);
    DZ_AUTO_CONSISTENCY struct dz_consistency again = {.old_size = 0};
    need(dz_consistency_parse(dz_buf_view(file), &again, &err), &err);
    if (!dz_merkle_check_consistency(m, again.checkpoint.size, &root, &again.checkpoint.root,
                                     again.hashes, again.n_hashes)) {
        fprintf(stderr, "bench/proof: a proof of consistency does not hold\n");
        exit(1);
    }
}

static void
measure(struct bench *b)
{
    struct dz_err err;
    double start = seconds();
    need(dz_log_open(b->journal, b->info.id_hex, DZ_LOG_READ, &b->log, NULL, &err), &err);
    printf("open\t%.2f\ts\n", seconds() - start);

    double *times = dz_alloc_array(b->n_proofs, sizeof *times);
    struct dz_hash32 hashes[DZ_MERKLE_MAX_PROOF], root, leaf;
    size_t n_hashes;
    dz_log_root(b->log, &root);
    for (size_t i = 0; i < b->n_proofs; i++) {
        uint64_t seq = draw(b, b->n);
        start = seconds();
        need(dz_log_inclusion(b->log, seq, b->n, hashes, &n_hashes, &err), &err);
        need(dz_log_leaf_hash(b->log, seq, &leaf, &err), &err);
        bool holds = dz_merkle_check_inclusion(&leaf, seq, b->n, hashes, n_hashes, &root);
        times[i] = seconds() - start;
        if (!holds) {
            fprintf(stderr, "bench/proof: a proof of inclusion does not hold\n");
            exit(1);
        }
    }
    report("inclusion-hashes", times, b->n_proofs);

    size_t bytes = 0;
    for (size_t i = 0; i < b->n_proofs; i++) {
        DZ_AUTO_BUF struct dz_buf file = DZ_BUF(DZ_PROOF_MAX);
        uint64_t seq = b->seqs[draw(b, b->n_proofs)];
        start = seconds();
        prove_entry(b, seq, &file);
        times[i] = seconds() - start;
        bytes += file.n;
    }
    report("inclusion-file", times, b->n_proofs);
    printf("inclusion-file-size\t%zu\tbytes\n", bytes / b->n_proofs);

    for (size_t i = 0; i < b->n_proofs; i++) {
        DZ_AUTO_BUF struct dz_buf file = DZ_BUF(DZ_PROOF_MAX);
        uint64_t m = 1 + draw(b, b->n);
        start = seconds();
        prove_consistency(b, m, &file);
        times[i] = seconds() - start;
    }
    report("consistency-file", times, b->n_proofs);

    struct dz_merkle tree = {.size = 0};
    start = seconds();
    for (uint64_t i = 0; i < b->n; i++)
        dz_merkle_push(&tree, &leaf);
    dz_merkle_root(&tree, &root);
    printf("root\t%.2f\ts\n", seconds() - start);
    dz_free(times);
    dz_log_close(b->log);
}

static void
tidy(const struct bench *b)
{
    static const char *const names[] = {"log.json", "frames", "checkpoints", "index"};
    char path[700];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s/%s", b->dir, b->info.id_hex, names[i]);
        unlink(path);
    }
    snprintf(path, sizeof path, "%s/%s", b->dir, b->info.id_hex);
    if (rmdir(path) != 0 || rmdir(b->dir) != 0)
        fprintf(stderr, "bench/proof: %s is left\n", b->dir);
}

int
main(int argc, char **argv)
{
    struct bench b = {.n = 1000000, .n_proofs = 1000, .random = 1};
    struct dz_err err;
    uint64_t n_proofs = b.n_proofs;
    bool good = (argc <= 1 || dz_parse_u64(dz_view_of(argv[1]), &b.n)) &&
                (argc <= 2 || dz_parse_u64(dz_view_of(argv[2]), &n_proofs));
    b.n_proofs = (size_t)n_proofs;
    if (!good || b.n < 1000 || b.n > 100000000 || b.n_proofs < 1 || b.n_proofs > 1000000) {
        fprintf(stderr, "usage: bench/proof [ENTRIES [PROOFS [FOLDER]]]\n");
        return 2;
    }
    const char *tmp = argc > 3 ? argv[3] : getenv("TMPDIR");
    snprintf(b.dir, sizeof b.dir, "%s/dokaz-bench-XXXXXX", tmp != NULL ? tmp : "/tmp");
    if (mkdtemp(b.dir) == NULL) {
        fprintf(stderr, "bench/proof: there is no folder to work in\n");
        return 1;
    }
    need(dz_crypto_init(&err), &err);
    need(dz_os_opendir(AT_FDCWD, b.dir, &b.journal, &err), &err);
    need(dz_secret_random(32, &b.log_seed, &err), &err);
    need(dz_secret_random(32, &b.member_seed, &err), &err);
    need(dz_sign_public(b.log_seed, b.log_pk, &err), &err);
    need(dz_sign_public(b.member_seed, b.member_pk, &err), &err);
    b.seqs = dz_alloc_array(b.n_proofs, sizeof *b.seqs);
    for (size_t i = 0; i < b.n_proofs; i++)
        b.seqs[i] = draw(&b, b.n);
    qsort(b.seqs, b.n_proofs, sizeof *b.seqs, by_number);
    b.sizes = dz_alloc_array(CHECKPOINTS, sizeof *b.sizes);
    for (size_t i = 0; i + 1 < CHECKPOINTS; i++)
        b.sizes[i] = 1 + b.n * (i + 1) / (CHECKPOINTS + 1);
    b.sizes[CHECKPOINTS - 1] = b.n;

    double start = seconds();
    make_log(&b);
    printf("entries\t%llu\t\n", (unsigned long long)b.n);
    printf("making\t%.2f\ts\n", seconds() - start);
    measure(&b);
    tidy(&b);
    dz_os_close_quiet(&b.journal);
    dz_secret_free(b.log_seed);
    dz_secret_free(b.member_seed);
    dz_free(b.seqs);
    dz_free(b.sizes);
    return 0;
}
