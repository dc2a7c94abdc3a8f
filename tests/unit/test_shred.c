/* Shredding: after a fact and a source were purged, nothing that was said in them is left anywhere:
 * not in a file, not in a page of the decrypted database, not among the words of the full-text
 * index. Their commitments stay in the journal and answer to no guess, because the salts are gone;
 * their sealed bytes, kept aside before, open with no key that is left. Everything else stays as it
 * was: leaves, roots, answers. Before the purge each of these attacks succeeds. */
#define _GNU_SOURCE /* nftw, memmem */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <ftw.h>
#include <openssl/evp.h>

#include "vault_fixture.h"

#include "dz_codec.h"
#include "dz_fact.h"
#include "dz_lineage.h"
#include "dz_search.h"
#include "dz_sketch.h"
#include "vault_impl.h"

/* Words that stand nowhere else, none the beginning of another word: the index keeps no more of a
 * word than what differs from the one before it. */
#define CANARY_TEXT "qxheliotrope"
#define CANARY_NOTE "vzmarjoram"
#define CANARY_TITLE "wjsassafras"
static const char *const canaries[] = {CANARY_TEXT, CANARY_NOTE, CANARY_TITLE};
#define N_CANARIES (sizeof canaries / sizeof *canaries)

static struct {
    unsigned long guesses;
    unsigned long openings;
    unsigned long long bytes;
} tried;

/* ---- the vault's files and the pages of its database ---- */

struct image {
    struct dz_buf raw;   /* every file of vault and state */
    struct dz_buf pages; /* of the database, decrypted */
};
static struct image *gathering;

static int
gather_file(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st;
    (void)at;
    struct dz_buf one = DZ_BUF(64u << 20);
    if (kind == FTW_F && strstr(path, ".txt") == NULL) {
        assert_int_equal(dz_os_slurp(AT_FDCWD, path, 64u << 20, &one, NULL), DZ_OK);
        dz_buf_addv(&gathering->raw, dz_buf_view(&one));
        dz_buf_adds(&gathering->raw, path); /* names are searched, too */
    }
    dz_buf_done(&one);
    return 0;
}

/* SQLCipher 4: pages of 4096 bytes, AES-256-CBC, the last 80 bytes are the IV and the MAC; the
 * first 16 of the first page are the salt. Pages on the free list are decrypted as well. */
static void
decrypt_pages(struct fixture *f, struct image *image)
{
    enum { PAGE = 4096, RESERVED = 80 };
    struct dz_secret *key = NULL;
    OK(f, dz_keys_derive(&f->v->keys, DZ_IN_SEALED, "dokaz/v1/index", NULL, 0, 48, &key,
                        &f->err));
    DZ_AUTO_BUF struct dz_buf file = DZ_BUF(64u << 20);
    char path[160];
    snprintf(path, sizeof path, "%s/index-sealed.db", f->vault_path);
    OK(f, dz_os_slurp(AT_FDCWD, path, 64u << 20, &file, &f->err));
    assert_int_equal(file.n % PAGE, 0);
    EVP_CIPHER_CTX *aes = EVP_CIPHER_CTX_new();
    for (size_t at = 0; at < file.n; at += PAGE) {
        const uint8_t *page = (const uint8_t *)file.p + at;
        size_t skip = at == 0 ? 16 : 0;
        uint8_t plain[PAGE];
        int n = 0;
        assert_int_equal(EVP_DecryptInit_ex(aes, EVP_aes_256_cbc(), NULL, dz_secret_peek(key),
                                            page + PAGE - RESERVED),
                         1);
        EVP_CIPHER_CTX_set_padding(aes, 0);
        assert_int_equal(
            EVP_DecryptUpdate(aes, plain, &n, page + skip, (int)(PAGE - RESERVED - skip)), 1);
        dz_buf_add(&image->pages, plain, (size_t)n);
    }
    EVP_CIPHER_CTX_free(aes);
    dz_secret_free(key);
    /* It is the database: its schema can be read. */
    assert_non_null(memmem(image->pages.p, image->pages.n, "CREATE TABLE", 12));
}

/* The vault closed, so that the database is one file, its files read, and opened again. */
static void
gather(struct fixture *f, struct image *image)
{
    *image = (struct image){.raw = DZ_BUF(256u << 20), .pages = DZ_BUF(64u << 20)};
    dz_vault_close(f->v);
    f->v = NULL;
    gathering = image;
    assert_int_equal(nftw(f->dir, gather_file, 16, FTW_PHYS), 0);
    fixture_open(f, DZ_VAULT_WRITE);
    decrypt_pages(f, image);
    tried.bytes += image->raw.n + image->pages.n;
}

static void
image_done(struct image *image)
{
    dz_buf_done(&image->raw);
    dz_buf_done(&image->pages);
}

static bool
holds(const struct dz_buf *bytes, const char *word)
{
    return memmem(bytes->p, bytes->n, word, strlen(word)) != NULL;
}

/* The sketch of a text as the cache holds it: what was said can be guessed from it. */
static bool
holds_sketch(const struct dz_buf *bytes, const char *text)
{
    struct dz_sketch s = {0};
    uint8_t stored[16];
    dz_sketch_make(&s, dz_view_of(text));
    assert_true(s.n >= 4);
    for (size_t i = 0; i < 16; i++)
        stored[i] = (uint8_t)(s.hashes[i / 4] >> (24 - 8 * (i % 4)));
    dz_sketch_done(&s);
    return memmem(bytes->p, bytes->n, stored, sizeof stored) != NULL;
}

/* Whether a query gives a number above 0: the statement then fails by overflow. */
static bool
database_says(struct fixture *f, const char *count)
{
    DZ_AUTO_FREE char *sql = dz_asprintf(
        "SELECT abs(CASE WHEN (%s) > 0 THEN -9223372036854775807 - 1 ELSE 1 END)", count);
    return dz_db_run(f->v->db, sql, NULL) != DZ_OK;
}

static bool
word_is_indexed(struct fixture *f, const char *word)
{
    OK(f, dz_db_run(f->v->db,
                    "CREATE VIRTUAL TABLE IF NOT EXISTS temp.words USING "
                    "fts5vocab(main, text_fts, instance)",
                    &f->err));
    DZ_AUTO_FREE char *count =
        dz_asprintf("SELECT count(*) FROM temp.words WHERE term LIKE '%.4s%%'", word);
    return database_says(f, count);
}

static enum dz_code
count_hit(void *ctx, const struct dz_search_hit *hit, struct dz_err *err)
{
    (void)hit;
    (void)err;
    ++*(int *)ctx;
    return DZ_OK;
}

static int
hits(struct fixture *f, const char *word)
{
    int n = 0;
    OK(f, dz_search(f->v, word, 10, count_hit, &n, &f->err));
    return n;
}

/* ---- what an attacker keeps: the leaf, the sealed body, and a good guess of what it says ---- */

struct target {
    struct dz_leaf leaf;
    struct dz_buf sealed;
    json_t *guess; /* the very body: nobody can guess better */
};

static struct target
aim(struct fixture *f, const char *ref)
{
    struct target t = {.sealed = DZ_BUF(1u << 20)};
    struct dz_buf leaf_bytes = DZ_BUF(65536);
    uint64_t seq = 0;
    DZ_AUTO_FREE char *hex = dz_strndup(ref, 32);
    assert_true(dz_parse_u64(dz_view_of(ref + 33), &seq));
    struct dz_log *log = dz_vault_log_by_hex(f->v, hex);
    assert_non_null(log);
    OK(f, dz_log_read(log, seq, &leaf_bytes, &t.sealed, &f->err));
    OK(f, dz_leaf_decode(dz_buf_view(&leaf_bytes), &t.leaf, &f->err));
    OK(f, dz_vault_read_entry(f->v, ref, &t.guess, &f->err));
    dz_buf_done(&leaf_bytes);
    return t;
}

static void
target_done(struct target *t)
{
    dz_leaf_done(&t->leaf);
    dz_buf_done(&t->sealed);
    json_decref(t->guess);
}

static bool
salt_fits(const struct target *t, const uint8_t salt[32])
{
    struct dz_hash32 made;
    tried.guesses++;
    return dz_entry_commit(salt, t->guess, &made, NULL) == DZ_OK &&
           memcmp(made.b, t->leaf.commitment.b, 32) == 0;
}

static bool
key_fits(const struct target *t, const uint8_t key[16])
{
    struct dz_buf plain = DZ_BUF(1u << 20);
    tried.openings++;
    bool fits = dz_unseal_bytes(key, dz_buf_view(&t->sealed), &plain, NULL) == DZ_OK;
    dz_buf_done(&plain);
    return fits;
}

/* Every salt and every key that either copy of the key table holds, and every 32 bytes in a row of
 * files that could hold one in the clear; without any salt, too. */
static bool
guess_is_confirmed(struct fixture *f, const struct target *t)
{
    struct keytable copies[2 * DZ_COMPARTMENTS];
    bool good[2 * DZ_COMPARTMENTS];
    bool confirmed = false;
    for (size_t in = 0; in < DZ_COMPARTMENTS; in++)
        dz_keytable_check(f->v->fd, f->v->id, &f->v->keys, (enum dz_compartment)in,
                          copies + 2 * in, good + 2 * in, NULL, NULL);
    for (size_t c = 0; c < 2 * DZ_COMPARTMENTS; c++) {
        assert_true(good[c]);
        for (size_t i = 0; i < copies[c].keys.n; i++) {
            const struct key_record *r = dz_id_map_at(&copies[c].keys, i);
            confirmed = confirmed || salt_fits(t, r->salt) || key_fits(t, r->key);
        }
        dz_keytable_done(&copies[c]);
    }
    static const uint8_t none[32];
    return confirmed || salt_fits(t, none) || salt_fits(t, t->leaf.sealed_sha256.b) ||
           salt_fits(t, t->leaf.commitment.b);
}

static bool
salt_lies_in_the_open(struct fixture *f, const struct target *t)
{
    static const char *const places[] = {"keytable/open.a", "keytable/open.b",
                                         "keytable/restricted.a", "vault.json"};
    bool found = false;
    for (size_t i = 0; i < sizeof places / sizeof *places && !found; i++) {
        DZ_AUTO_BUF struct dz_buf bytes = DZ_BUF(1u << 20);
        OK(f, dz_os_slurp(f->v->fd, places[i], 1u << 20, &bytes, &f->err));
        for (size_t at = 0; at + 32 <= bytes.n && !found; at++)
            found = salt_fits(t, (const uint8_t *)bytes.p + at);
    }
    return found;
}

/* ---- the history that must stay ---- */

struct history {
    uint64_t n;
    struct dz_hash32 leaves[256];
    struct dz_hash32 root;
};

static struct history
history_of(struct fixture *f)
{
    struct history h = {.n = dz_log_size(f->v->logs[0])};
    assert_true(h.n <= 256);
    for (uint64_t i = 0; i < h.n; i++)
        OK(f, dz_log_leaf_hash(f->v->logs[0], i, &h.leaves[i], &f->err));
    dz_log_root(f->v->logs[0], &h.root);
    return h;
}

static void
assert_history_stays(struct fixture *f, const struct history *h)
{
    struct dz_hash32 now;
    for (uint64_t i = 0; i < h->n; i++) {
        OK(f, dz_log_leaf_hash(f->v->logs[0], i, &now, &f->err));
        assert_memory_equal(now.b, h->leaves[i].b, 32);
    }
    OK(f, dz_log_root_at(f->v->logs[0], h->n, &now, &f->err));
    assert_memory_equal(now.b, h->root.b, 32);
}

static void
show(void *ctx, enum dz_verify_level level, const char *thing, const char *message,
     const char *touches)
{
    (void)ctx;
    (void)level;
    (void)touches;
    print_message("# %s: %s\n", thing, message);
}

static void
assert_verifies(struct fixture *f)
{
    struct dz_verify_report r = {0};
    OK(f, dz_vault_verify(f->v, DZ_VERIFY_DEEP, show, NULL, &r, &f->err));
    assert_int_equal(r.n_findings + r.n_notices, 0);
}

/* ---- the tests ---- */

static char refs[16][64];
static size_t n_refs;

static enum dz_code
keep_ref(void *ctx, const struct dz_entry_view *e, struct dz_err *err)
{
    (void)err;
    const char *item = ctx;
    const char *own[] = {dz_json_str(e->body, "id"), dz_json_str(e->body, "item"),
                         dz_json_str(e->body, "source")};
    bool about = false;
    for (size_t i = 0; i < 3; i++)
        about = about || (own[i] != NULL && strcmp(own[i], item) == 0);
    if (about) {
        assert_true(n_refs < 16);
        snprintf(refs[n_refs++], 64, "%s", e->ref);
    }
    return DZ_OK;
}

static void
record(struct fixture *f, const char *source, const char *exact, const char *note,
       char ret[DZ_ID_MAX])
{
    DZ_AUTO_JSON json_t *fields = json_pack(
        "{s:s, s:s, s:s, s:s, s:[{s:s, s:s}]}", "sphere", "healthcare", "means", "denial", "scope",
        "general_claim", "note", note, "passages", "source", source, "exact", exact);
    OK(f, dz_fact_record(f->v, f->rules, "act", fields, ret, &f->err));
}

static void
assert_gone(struct fixture *f, const char *const *words, size_t n_words)
{
    struct image image;
    gather(f, &image);
    for (size_t i = 0; i < n_words; i++) {
        /* Also its dictionary form, which is what the index had. */
        DZ_AUTO_FREE char *form = dz_strndup(words[i], strlen(words[i]) - 2);
        if (holds(&image.pages, form))
            fail_msg("%s stands in the database", form);
        if (holds(&image.raw, words[i]))
            fail_msg("%s stands in a file", words[i]);
        if (holds(&image.pages, words[i]))
            fail_msg("%s stands in the database", words[i]);
        if (word_is_indexed(f, words[i]))
            fail_msg("%s stands in the full-text index", words[i]);
        assert_int_equal(hits(f, words[i]), 0);
    }
    image_done(&image);
}

#define GOING                                                                            \
    "A nurse named " CANARY_TEXT " said that she was told. Nobody else in the town had " \
    "heard of the list that was kept in the drawer of the desk by the window."

static void
test_source_and_facts(void **state)
{
    struct fixture *f = *state;
    char stays[DZ_ID_MAX], goes[DZ_ID_MAX], fact_stays[DZ_ID_MAX], fact_goes[DZ_ID_MAX];
    memcpy(stays, fixture_source(f, "stays.txt", "The clinic turned people away in October."),
           DZ_ID_MAX);
    memcpy(goes,
           fixture_source(f, "goes.txt", GOING),
           DZ_ID_MAX);
    struct dz_lineage lineage = {0};
    OK(f, dz_lineage_build(f->v, f->rules, true, NULL, &lineage, &f->err));
    dz_lineage_done(&lineage);
    DZ_AUTO_JSON json_t *described = json_pack("{s:s}", "title", "About " CANARY_TITLE);
    OK(f, dz_source_describe(f->v, f->rules, goes, described, &f->err));
    record(f, stays, "turned people away", "plain", fact_stays);
    record(f, goes, "said that she was told", "known to " CANARY_NOTE, fact_goes);
    n_refs = 0;
    OK(f, dz_vault_each_entry(f->v, keep_ref, goes, &f->err));
    OK(f, dz_vault_each_entry(f->v, keep_ref, fact_goes, &f->err));
    assert_true(n_refs >= 4); /* added, text derived, described, fact recorded */
    struct target targets[16];
    for (size_t i = 0; i < n_refs; i++)
        targets[i] = aim(f, refs[i]);

    /* All of it works while they are there. */
    struct image before;
    gather(f, &before);
    for (size_t i = 0; i < N_CANARIES; i++) {
        assert_false(holds(&before.raw, canaries[i]));
        assert_true(holds(&before.pages, canaries[i]));
    }
    assert_true(holds_sketch(&before.pages, GOING));
    image_done(&before);
    assert_true(word_is_indexed(f, CANARY_TEXT) && word_is_indexed(f, CANARY_TITLE));
    assert_int_equal(hits(f, CANARY_TEXT), 1);
    for (size_t i = 0; i < n_refs; i++)
        assert_true(guess_is_confirmed(f, &targets[i]));
    struct history history = history_of(f);

    struct dz_purge done = {0};
    OK(f, dz_item_purge(f->v, goes, "added in error", true, &done, &f->err));
    assert_int_equal(done.n_facts, 1);
    assert_int_equal(done.n_bodies, n_refs);

    for (int round = 0; round < 2; round++) {
        assert_gone(f, canaries, N_CANARIES);
        struct image after;
        gather(f, &after);
        assert_false(holds_sketch(&after.pages, GOING));
        image_done(&after);
        for (size_t i = 0; i < n_refs; i++) {
            assert_false(guess_is_confirmed(f, &targets[i]));
            assert_false(salt_lies_in_the_open(f, &targets[i]));
        }
        assert_history_stays(f, &history);
        assert_verifies(f);
        assert_int_equal(hits(f, "October"), 1);
        DZ_AUTO_FACT struct dz_fact kept = {0};
        OK(f, dz_fact_get(f->v, fact_stays, &kept, &f->err));
        /* The same after the database was made anew from the journal. */
        OK(f, dz_vault_rebuild(f->v, &f->err));
    }
    for (size_t i = 0; i < n_refs; i++)
        target_done(&targets[i]);
}

static void
test_fact_alone(void **state)
{
    struct fixture *f = *state;
    char source[DZ_ID_MAX], fact[DZ_ID_MAX];
    memcpy(source, fixture_source(f, "stays.txt", "The clinic turned people away in October."),
           DZ_ID_MAX);
    record(f, source, "turned people away", CANARY_NOTE, fact);
    DZ_AUTO_JSON json_t *more = json_pack("{s:s}", "note", "later " CANARY_TITLE);
    OK(f, dz_fact_revise(f->v, f->rules, fact, NULL, more, &f->err));
    n_refs = 0;
    OK(f, dz_vault_each_entry(f->v, keep_ref, fact, &f->err));
    assert_true(n_refs >= 1);
    struct target first = aim(f, refs[0]);
    assert_true(guess_is_confirmed(f, &first));
    struct image before;
    gather(f, &before);
    assert_true(holds(&before.pages, CANARY_TITLE));
    assert_true(holds(&before.pages, CANARY_NOTE)); /* of the version that was revised */
    image_done(&before);
    struct history history = history_of(f);
    OK(f, dz_item_purge(f->v, fact, "added in error", false, NULL, &f->err));
    static const char *const words[] = {CANARY_NOTE, CANARY_TITLE};
    assert_gone(f, words, 2);
    assert_false(guess_is_confirmed(f, &first));
    assert_false(salt_lies_in_the_open(f, &first));
    assert_history_stays(f, &history);
    assert_verifies(f);
    assert_int_equal(hits(f, "October"), 1);
    target_done(&first);
}

/* An object that was kept aside opens with none of the keys that are left. */
static void
test_object_kept_aside(void **state)
{
    struct fixture *f = *state;
    char goes[DZ_ID_MAX];
    memcpy(goes, fixture_source(f, "goes.txt", "Words of " CANARY_TEXT " and nobody else."),
           DZ_ID_MAX);
    DZ_AUTO_SOURCE struct dz_source s = {0};
    OK(f, dz_source_get(f->v, goes, &s, &f->err));
    struct target t = {.sealed = DZ_BUF(1u << 20)};
    const struct object_place *place = NULL;
    uint8_t id[32];
    assert_true(dz_hex_decode(dz_view_of(s.row.object), id, 32));
    OK(f, dz_objects_find(&f->v->objects, id, &place, &f->err));
    assert_non_null(place);
    char path[160];
    snprintf(path, sizeof path, "%s/objects/seg-%08x", f->vault_path, place->segment);
    DZ_AUTO_BUF struct dz_buf segment = DZ_BUF(1u << 20);
    OK(f, dz_os_slurp(AT_FDCWD, path, 1u << 20, &segment, &f->err));
    dz_buf_add(&t.sealed, segment.p + place->offset, (size_t)place->size);
    OK(f, dz_keytable_need(f->v->fd, f->v->id, &f->v->keys, &f->v->tables[DZ_IN_OPEN], &f->err));
    const struct key_record *key = dz_keytable_find(&f->v->tables[DZ_IN_OPEN], id);
    assert_true(key != NULL && key_fits(&t, key->key));
    OK(f, dz_item_purge(f->v, goes, "added in error", false, NULL, &f->err));
    for (size_t i = 0; i < f->v->tables[DZ_IN_OPEN].keys.n; i++) {
        const struct key_record *r = dz_id_map_at(&f->v->tables[DZ_IN_OPEN].keys, i);
        assert_false(key_fits(&t, r->key));
    }
    assert_null(dz_keytable_find(&f->v->tables[DZ_IN_OPEN], id));
    static const char *const words[] = {CANARY_TEXT};
    assert_gone(f, words, 1);
    dz_buf_done(&t.sealed);
}

static int
finish(void **state)
{
    (void)state;
    print_message(
        "# shred: %lu guesses at commitments, %lu openings, %llu bytes searched, 0 found\n",
        tried.guesses, tried.openings, tried.bytes);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, fixture_setup, fixture_teardown)
        T(test_source_and_facts),
        T(test_fact_alone),
        T(test_object_kept_aside),
    };
    return cmocka_run_group_tests_name("shred", tests, NULL, finish);
}
