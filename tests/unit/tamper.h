/* A vault with every kind of file and record that there is, its files in memory, and ways to ask
 * what a check says after one of them was changed. Shared by the tests that tamper with it. */
#ifndef TAMPER_H
#define TAMPER_H

#include <dirent.h>

#include "bare_vault.h"
#include "dz_codec.h"
#include "dz_json.h"
#include "ok.h"

/* ---- making it ---- */

struct put {
    char object[DZ_HEX32];
    char sha256[DZ_HEX32];
    const char *codec;
    char ref[64];
};

static inline void
tamper_device(const char *name)
{
    char dir[96];
    snprintf(dir, sizeof dir, "%s/%s", fixture_dir, name);
    setenv("XDG_STATE_HOME", dir, 1);
}

static inline struct dz_vault *
tamper_open(enum dz_vault_mode mode)
{
    struct dz_vault *v = NULL;
    OK(fixture_open(mode, &v, err));
    return v;
}

/* n bytes of a noise that cannot be compressed, as an object, and the entry that brings it. */
static inline struct put
tamper_put(struct dz_vault *v, const char *id, size_t n)
{
    static uint32_t noise = 1;
    struct put done = {.codec = NULL};
    struct dz_object_info info;
    struct dz_batch *b = NULL;
    OK(dz_batch_begin(v, &b, err));
    OK(dz_batch_object_begin(b, err));
    for (size_t at = 0; at < n;) {
        uint8_t chunk[4096];
        size_t part = n - at < sizeof chunk ? n - at : sizeof chunk;
        for (size_t i = 0; i < part; i++)
            chunk[i] = (uint8_t)((noise = noise * 1664525u + 1013904223u) >> 24);
        OK(dz_batch_object_write(b, chunk, part, err));
        at += part;
    }
    OK(dz_batch_object_finish(b, &info, err));
    DZ_AUTO_JSON json_t *fields = json_object();
    dz_json_set_str(fields, "id", id);
    dz_json_set_str(fields, "object", info.id);
    dz_json_set_str(fields, "codec", info.codec);
    dz_json_set_str(fields, "sha256", info.sha256);
    const char *objects[] = {info.id, NULL};
    OK(dz_batch_entry(b, "source.added", fields, objects, done.ref, err));
    OK(dz_batch_commit(b, err));
    dz_batch_end(b);
    memcpy(done.object, info.id, sizeof done.object);
    memcpy(done.sha256, info.sha256, sizeof done.sha256);
    done.codec = info.codec;
    return done;
}

static inline void
tamper_purge(struct dz_vault *v, const char *id, const struct put *p)
{
    struct dz_batch *b = NULL;
    OK(dz_batch_begin(v, &b, err));
    DZ_AUTO_JSON json_t *fields = json_object();
    dz_json_set_str(fields, "item", id);
    dz_json_set_str(fields, "reason", "a test");
    const char *objects[] = {p->object, NULL};
    const char *bodies[] = {p->ref, NULL};
    OK(dz_batch_removal(b, DZ_IN_OPEN, "item.purged", fields, objects, bodies, err));
    OK(dz_batch_commit(b, err));
    dz_batch_end(b);
}

/* Two devices, so two logs; small and large objects; a removed body and a removed object. */
static inline void
tamper_fill(void)
{
    tamper_device("state");
    struct dz_vault *v = tamper_open(DZ_VAULT_WRITE);
    tamper_put(v, "src-first", 700);
    struct put gone = tamper_put(v, "src-gone", 700);
    tamper_put(v, "src-large", (1u << 20) + 1000);
    tamper_put(v, "src-equal", 700);
    dz_vault_close(v);
    tamper_device("other-state");
    v = tamper_open(DZ_VAULT_WRITE);
    tamper_put(v, "src-other", 700);
    tamper_put(v, "src-large-2", (1u << 20) + 1000);
    dz_vault_close(v);
    tamper_device("state");
    v = tamper_open(DZ_VAULT_WRITE);
    tamper_purge(v, "src-gone", &gone);
    tamper_put(v, "src-last", 900);
    dz_vault_close(v);
}

/* ---- its files ---- */

struct kept {
    char path[160]; /* inside the vault */
    uint8_t *bytes;
    size_t n;
};
struct kept_files {
    struct kept f[64];
    size_t n;
};
static struct kept_files *tamper_into;

static inline int
tamper_keep(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)at;
    if (kind != FTW_F || strstr(path, "/lock"))
        return 0;
    assert_true(tamper_into->n < 64);
    struct kept *k = &tamper_into->f[tamper_into->n++];
    snprintf(k->path, sizeof k->path, "%s", path + strlen(fixture_vault) + 1);
    k->n = (size_t)st->st_size;
    k->bytes = malloc(k->n + 1);
    FILE *f = fopen(path, "rb");
    assert_true(f != NULL && k->bytes != NULL && fread(k->bytes, 1, k->n, f) == k->n);
    fclose(f);
    return 0;
}

static inline int
tamper_by_path(const void *a, const void *b)
{
    return strcmp(((const struct kept *)a)->path, ((const struct kept *)b)->path);
}

/* Every file of the vault but the lock. */
static inline void
tamper_load(struct kept_files *into)
{
    into->n = 0;
    tamper_into = into;
    assert_int_equal(nftw(fixture_vault, tamper_keep, 16, FTW_PHYS), 0);
    qsort(into->f, into->n, sizeof *into->f, tamper_by_path);
}

static inline void
tamper_forget(struct kept_files *files)
{
    for (size_t i = 0; i < files->n; i++)
        free(files->f[i].bytes);
    files->n = 0;
}

static inline const struct kept *
tamper_find(const struct kept_files *files, const char *path)
{
    for (size_t i = 0; i < files->n; i++)
        if (strcmp(files->f[i].path, path) == 0)
            return &files->f[i];
    return NULL;
}

static inline void
tamper_full(const char *path, char ret[512])
{
    snprintf(ret, 512, "%s/%s", fixture_vault, path);
}

static inline void
tamper_write(const char *path, const uint8_t *bytes, size_t n)
{
    char full[512];
    tamper_full(path, full);
    int fd = open(full, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0 && write(fd, bytes, n) == (ssize_t)n);
    close(fd);
}

static inline void
tamper_remove(const char *path)
{
    char full[512];
    tamper_full(path, full);
    (void)unlink(full);
}

static inline bool
tamper_is_db(const char *path)
{
    return strncmp(path, "index-", 6) == 0;
}

/* journal/<log>/index: derived, made again when it is not right. */
static inline bool
tamper_is_derived(const char *path)
{
    size_t n = strlen(path);
    return strncmp(path, "journal/", 8) == 0 && n > 6 && strcmp(path + n - 6, "/index") == 0;
}

static inline void
tamper_restore_db(const struct kept_files *files)
{
    tamper_remove("index-sealed.db-wal");
    tamper_remove("index-sealed.db-shm");
    for (size_t i = 0; i < files->n; i++)
        if (tamper_is_db(files->f[i].path))
            tamper_write(files->f[i].path, files->f[i].bytes, files->f[i].n);
}

/* ---- what a check says ---- */

struct said {
    int findings;
    int notices;
    bool named; /* something that was told is about the file in question */
    enum dz_code refused;
    const char *about; /* path */
    const char *also;  /* another way to name it, or NULL */
    char text[512];    /* the last message */
};

static inline void
tamper_listen(void *ctx, enum dz_verify_level level, const char *thing, const char *message,
              const char *touches)
{
    struct said *s = ctx;
    (void)touches;
    s->findings += level == DZ_VERIFY_FINDING;
    s->notices += level == DZ_VERIFY_NOTICE;
    snprintf(s->text, sizeof s->text, "%s: %s", thing, message);
    if (s->about != NULL && strstr(s->text, s->about) != NULL)
        s->named = true;
    if (s->also != NULL && s->also[0] != '\0' && strstr(s->text, s->also) != NULL)
        s->named = true;
}

static inline struct said
tamper_keyless(const char *about, const char *also)
{
    struct said s = {.about = about, .also = also};
    struct dz_verify_report r;
    struct dz_err err = {0};
    s.refused = dz_vault_verify_keyless(fixture_vault, tamper_listen, &s, &r, &err);
    if (s.refused != DZ_OK)
        snprintf(s.text, sizeof s.text, "%s", err.msg);
    return s;
}

/* The vault is opened for reading first, as every command does. */
static inline struct said
tamper_normal(const char *about, const char *also)
{
    struct said s = {.about = about, .also = also};
    struct dz_verify_report r;
    struct dz_err err = {0};
    struct dz_vault *v = NULL;
    s.refused = fixture_open(DZ_VAULT_READ, &v, &err);
    if (s.refused == DZ_OK)
        s.refused = dz_vault_verify(v, DZ_VERIFY_NORMAL, tamper_listen, &s, &r, &err);
    if (s.refused != DZ_OK)
        snprintf(s.text, sizeof s.text, "%s", err.msg);
    dz_vault_close(v);
    return s;
}

static inline bool
tamper_seen(const struct said *s)
{
    return s->refused != DZ_OK || s->findings > 0;
}

static inline bool
tamper_told(const struct said *s)
{
    return tamper_seen(s) || s->notices > 0;
}

/* What the views would answer: the digest of the projection, as opened and after a rebuild. */
static inline void
tamper_digest(char ret[DZ_HEX32])
{
    struct dz_vault *v = tamper_open(DZ_VAULT_WRITE);
    char again[DZ_HEX32];
    OK(dz_vault_digest(v, ret, err));
    OK(dz_vault_rebuild(v, err));
    OK(dz_vault_digest(v, again, err));
    assert_string_equal(ret, again);
    dz_vault_close(v);
}

static inline bool
tamper_prove(void)
{
    const char *all = getenv("DOKAZ_PROVE");
    return all != NULL && all[0] == '1';
}

static inline uint32_t
tamper_random(void)
{
    static uint64_t x = 0x9e3779b97f4a7c15u;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return (uint32_t)(x >> 32);
}

#endif
