/* Reading a document with a family without processes, and comparing what it says with the files
 * beside the fixtures. With DOKAZ_WRITE_EXPECTED set the missing ones are written, to be read and
 * corrected by whoever adds a fixture. */
#ifndef READ_FAMILY_H
#define READ_FAMILY_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dz_buf.h"
#include "dz_families.h"
#include "dz_utf8.h"

#define PROTOCOL_MAX ((size_t)256 << 20)

static inline struct dz_buf
read_bytes(const struct dz_family *f, struct dz_view bytes, const char *name,
           const char *media_type, const char *options)
{
    struct dz_buf out = DZ_BUF(PROTOCOL_MAX);
    struct dz_work *w = dz_work_memory(bytes, name, media_type, options, &out);
    f->read(w);
    assert_true(dz_work_is_done(w));
    dz_work_free(w);
    return out;
}

static inline struct dz_buf
read_file(const char *path)
{
    struct dz_buf all = DZ_BUF(PROTOCOL_MAX);
    FILE *file = fopen(path, "rb");
    if (!file)
        return all;
    char block[4096];
    size_t n;
    while ((n = fread(block, 1, sizeof block, file)) > 0)
        dz_buf_add(&all, block, n);
    fclose(file);
    return all;
}

static inline void
check_protocol(const char *path, struct dz_view found)
{
    DZ_AUTO_FREE char *beside = dz_asprintf("%s.expected", path);
    DZ_AUTO_BUF struct dz_buf want = read_file(beside);
    if (want.n == 0 && getenv("DOKAZ_WRITE_EXPECTED")) {
        FILE *file = fopen(beside, "wb");
        assert_non_null(file);
        fwrite(found.p, 1, found.n, file);
        fclose(file);
        return;
    }
    if (!dz_view_eq(dz_buf_view(&want), found))
        print_message("# %s differs; found:\n%.*s# wanted:\n%s", path, (int)found.n, found.p,
                      want.p ? want.p : "(no file)\n");
    assert_true(dz_view_eq(dz_buf_view(&want), found));
}

/* Every fixture of a folder gives what stands beside it. Returns how many there were. */
static inline size_t
check_fixtures(const struct dz_family *f, const char *folder, const char *options)
{
    const char *root = getenv("DOKAZ_SRC");
    DZ_AUTO_FREE char *path = dz_asprintf("%s/tests/fixtures/%s", root ? root : ".", folder);
    struct dirent **names = NULL;
    int n = scandir(path, &names, NULL, alphasort);
    size_t checked = 0;
    for (int i = 0; i < n; i++) {
        const char *name = names[i]->d_name;
        if (name[0] != '.' && !strstr(name, ".expected")) {
            DZ_AUTO_FREE char *one = dz_asprintf("%s/%s", path, name);
            DZ_AUTO_BUF struct dz_buf bytes = read_file(one);
            DZ_AUTO_BUF struct dz_buf found =
                read_bytes(f, dz_buf_view(&bytes), name, "application/octet-stream", options);
            check_protocol(one, dz_buf_view(&found));
            checked++;
        }
        free(names[i]);
    }
    free(names);
    return checked;
}

/* Cut at every eighth of its length, a document ends in some way, and nothing else happens. */
static inline void
check_truncated(const struct dz_family *f, const char *folder, const char *name,
                const char *options)
{
    const char *root = getenv("DOKAZ_SRC");
    DZ_AUTO_FREE char *path =
        dz_asprintf("%s/tests/fixtures/%s/%s", root ? root : ".", folder, name);
    DZ_AUTO_BUF struct dz_buf bytes = read_file(path);
    assert_true(bytes.n > 8);
    for (size_t i = 0; i < 8; i++) {
        /* In memory of exactly that size, so that one byte too many is seen. */
        size_t n = bytes.n * i / 8;
        DZ_AUTO_FREE char *exact = dz_alloc(n);
        memcpy(exact, bytes.p, n);
        DZ_AUTO_BUF struct dz_buf found =
            read_bytes(f, (struct dz_view){exact, n}, name, "application/octet-stream", options);
        assert_int_equal(dz_utf8_check(dz_buf_view(&found), NULL), DZ_OK);
    }
}

static inline bool
ends_with(const struct dz_buf *b, const char *end)
{
    size_t n = strlen(end);
    return b->n >= n && memcmp(b->p + b->n - n, end, n) == 0;
}

#endif
