/* The generated files of a package that somebody else wrote: index, facts, custody. The first byte
 * says which one the rest is. Around them stands a small package with one log whose proofs, source,
 * text and fact hold, so that the readers get past them; and nothing that was written here may come
 * out as proven that is not. */
#include "dz_codec.h"
#include "dz_entry.h"
#include "dz_hash.h"
#include "dz_mem.h"
#include "dz_package.h"
#include "dz_proof.h"
#include "dz_sign.h"
#include "scratch_folder.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define LOG "00112233445566778899aabbccddeeff"
#define TEXT "Їжак сказав: «ні». The end.\n"
#define N_ENTRIES 3

static const char *const names[] = {
    "bagit.txt",
    "manifest-sha256.txt",
    "data/package.json",
    "data/facts.jsonld",
    "data/custody.jsonl",
    "data/originals/a.txt",
    "data/texts/a.txt",
    "data/checkpoints/" LOG ".vkey",
    "data/checkpoints/last.note",
    "data/proofs/" LOG "-0.tlog-proof",
    "data/proofs/" LOG "-1.tlog-proof",
    "data/proofs/" LOG "-2.tlog-proof",
    "data/originals",
    "data/texts",
    "data/checkpoints",
    "data/proofs",
    "data",
    NULL,
};

/* The bodies; %s is the SHA-256 of TEXT. */
static const char *const bodies[N_ENTRIES] = {
    "{\"id\":\"src-a\",\"kind\":\"source.added\",\"log\":\"" LOG "\",\"member\":\"m\",\"name\":"
    "\"a.txt\",\"seq\":0,\"sha256\":\"%s\",\"time\":\"2026-01-01T00:00:00Z\"}",
    "{\"kind\":\"text.derived\",\"log\":\"" LOG "\",\"member\":\"m\",\"seq\":1,\"sha256\":\"%s\","
    "\"source\":\"src-a\",\"time\":\"2026-01-01T00:00:00Z\"}",
    "{\"id\":\"act-b\",\"kind\":\"fact.recorded\",\"log\":\"" LOG
    "\",\"member\":\"m\",\"passages\":"
    "[{\"end\":4,\"exact\":\"Їжак\",\"source\":\"src-a\",\"start\":0,\"suffix\":\" \",\"text\":\"%s\"}],"
    "\"seq\":2,\"time\":\"2026-01-01T00:00:00Z\"}",
};

static const uint8_t salt[DZ_SALT_BYTES] = "a salt that everybody may know";

struct log {
    struct dz_note_key key;
    struct dz_hash32 leaves[N_ENTRIES];
    struct dz_buf records[N_ENTRIES];
    json_t *bodies[N_ENTRIES];
    struct dz_buf note;
};

static void
must(bool ok)
{
    if (!ok)
        abort();
}

static enum dz_code
leaf_hash(void *ctx, uint64_t ix, struct dz_hash32 *ret, struct dz_err *err)
{
    (void)err;
    const struct log *log = ctx;
    *ret = log->leaves[ix];
    return DZ_OK;
}

static void
make_entry(struct log *log, size_t i, const char *sha256)
{
    const char *gap = strstr(bodies[i], "%s");
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(4096);
    struct dz_leaf leaf = {.n_brings = 0};
    dz_buf_add(&text, bodies[i], (size_t)(gap - bodies[i]));
    dz_buf_adds(&text, sha256);
    dz_buf_adds(&text, gap + 2);
    must(dz_json_parse(dz_buf_view(&text), &log->bodies[i], NULL) == DZ_OK);
    must(dz_entry_commit(salt, log->bodies[i], &leaf.commitment, NULL) == DZ_OK);
    log->records[i] = (struct dz_buf)DZ_BUF(4096);
    must(dz_leaf_encode(&leaf, &log->records[i], NULL) == DZ_OK);
    dz_merkle_leaf(log->records[i].p, log->records[i].n, &log->leaves[i]);
}

static void
sign_log(struct log *log)
{
    uint8_t pk[32];
    struct dz_secret *seed = NULL;
    struct dz_checkpoint c = {.origin = "dokaz/0011223344556677", .size = N_ENTRIES};
    struct dz_merkle tree = {.size = 0};
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(4096);
    must(dz_secret_copy("a seed of 32 bytes for all runs.", 32, &seed, NULL) == DZ_OK);
    must(dz_sign_public(seed, pk, NULL) == DZ_OK);
    must(dz_note_key_init(&log->key, c.origin, pk, NULL) == DZ_OK);
    for (size_t i = 0; i < N_ENTRIES; i++)
        dz_merkle_push(&tree, &log->leaves[i]);
    dz_merkle_root(&tree, &c.root);
    dz_checkpoint_print(&c, &text);
    log->note = (struct dz_buf)DZ_BUF(4096);
    must(dz_note_sign(dz_buf_view(&text), &log->key, seed, &log->note, NULL) == DZ_OK);
    dz_secret_free(seed);
}

static void
put_proof(struct log *log, size_t i)
{
    static const char *const withhold[] = {"member", NULL};
    struct dz_proof p = {.index = i, .key = log->key};
    DZ_AUTO_BUF struct dz_buf file = DZ_BUF(65536);
    must(dz_merkle_inclusion(leaf_hash, log, i, N_ENTRIES, p.hashes, &p.n_hashes, NULL) == DZ_OK);
    p.note = (struct dz_buf)DZ_BUF(4096);
    p.leaf_bytes = (struct dz_buf)DZ_BUF(4096);
    dz_buf_addv(&p.note, dz_buf_view(&log->note));
    dz_buf_addv(&p.leaf_bytes, dz_buf_view(&log->records[i]));
    memcpy(p.log_hex, LOG, sizeof p.log_hex);
    must(dz_hex_decode(dz_view_of(LOG), p.log, sizeof p.log));
    must(dz_proof_fill(&p, log->bodies[i], salt, withhold, NULL) == DZ_OK);
    must(dz_proof_write(&p, &file, NULL) == DZ_OK);
    DZ_AUTO_FREE char *path = dz_asprintf("data/proofs/" LOG "-%zu.tlog-proof", i);
    scratch_put(path, file.p, file.n);
    dz_proof_done(&p);
}

static char vkey[256];

static void
put_manifest(const char *sha256)
{
    DZ_AUTO_BUF struct dz_buf text = DZ_BUF(65536);
    for (size_t i = 2; strchr(names[i], '.') != NULL; i++)
        dz_buf_addf(&text, "%s  %s\n", sha256, names[i]);
    scratch_put("manifest-sha256.txt", text.p, text.n);
}

static void
make_package(void)
{
    static const char *const folders[] = {"data", "data/originals", "data/texts",
                                          "data/checkpoints", "data/proofs"};
    struct log log = {.note = {0}};
    char sha256[65];
    struct dz_hash32 h;
    DZ_AUTO_BUF struct dz_buf line = DZ_BUF(sizeof vkey);
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        must(dz_os_mkdir(scratch_fd, folders[i], NULL) == DZ_OK);
    dz_sha256(TEXT, strlen(TEXT), h.b);
    dz_hex_encode(h.b, sizeof h.b, sha256);
    for (size_t i = 0; i < N_ENTRIES; i++)
        make_entry(&log, i, sha256);
    sign_log(&log);
    for (size_t i = 0; i < N_ENTRIES; i++)
        put_proof(&log, i);
    dz_note_vkey(&log.key, &line);
    memcpy(vkey, line.p, line.n);
    dz_buf_addc(&line, '\n');
    scratch_put("data/checkpoints/" LOG ".vkey", line.p, line.n);
    scratch_put("data/checkpoints/last.note", log.note.p, log.note.n);
    scratch_put("data/originals/a.txt", TEXT, strlen(TEXT));
    scratch_put("data/texts/a.txt", TEXT, strlen(TEXT));
    scratch_put("bagit.txt", "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n", 54);
    put_manifest(sha256);
    for (size_t i = 0; i < N_ENTRIES; i++) {
        dz_buf_done(&log.records[i]);
        json_decref(log.bodies[i]);
    }
    dz_buf_done(&log.note);
}

#define PROOF(n) "\"data/proofs/" LOG "-" n ".tlog-proof\""

static const char *const index_parts[] = {
    "{\"checkpoints\":[],\"entries\":[],\"facts\":[{\"item\":\"act-b\",\"proof\":" PROOF(
        "2") "}],\"files\":[{\"item\":\"src-a\",\"name\":\"a.txt\",\"path\":\"data/originals/a.txt\","
             "\"proof\":" PROOF(
                 "0") ",\"role\":\"original\"},{\"item\":\"src-a\",\"path\":"
                      "\"data/texts/a.txt\",\"proof\":" PROOF(
                          "1") ",\"role\":\"text\"}],\"format\":"
                               "\"dokaz-package/1\",\"left_out\":[],\"logs\":[{\"checkpoint\":\"data/checkpoints/last.note\","
                               "\"log\":\"" LOG "\",\"vkey\":\"",
    "\"}],\"made\":\"2026-01-01T00:00:00Z\",\"public\":false,\"timestamps\":[]}\n",
};

static void
count(void *ctx, const struct dz_check_line *line)
{
    uint64_t *findings = ctx;
    must(line->code != NULL && line->thing != NULL && line->message[0] != '\0');
    *findings += line->cls == DZ_CHECK_FINDING ? 1 : 0;
}

static void
put_good(void)
{
    DZ_AUTO_BUF struct dz_buf index = DZ_BUF(65536);
    dz_buf_addf(&index, "%s%s%s", index_parts[0], vkey, index_parts[1]);
    scratch_put("data/package.json", index.p, index.n);
    scratch_put("data/facts.jsonld", "{\"@graph\":[]}", 13);
    scratch_put("data/custody.jsonl", "", 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    if (scratch_open(names))
        make_package();
    put_good();
    scratch_put(names[2 + data[0] % 3], data + 1, size - 1);

    uint64_t findings = 0;
    struct dz_package_result r;
    struct dz_package_trust trust = {.n_keys = 0};
    if (dz_package_check(scratch_fd, &trust, count, &findings, &r, NULL) != DZ_OK)
        return 0;
    /* There are three entries, two files and one fact with one quote, whatever the lists say. */
    must(findings == r.n_findings && r.n_proofs <= N_ENTRIES && r.n_stamps == 0);
    must(r.n_facts <= 1 && r.n_quotes <= 1);
    return 0;
}
