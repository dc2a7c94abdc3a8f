/* Readers of pages on files in memory: what a family says about bytes, as dz_work_memory prints it,
 * and whether it is what stands beside a fixture. */
#ifndef PAGE_READING_H
#define PAGE_READING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "dz_families.h"
#include "tool_run.h"

#define PROTOCOL_MAX (256u << 20)

/* Give back with dz_buf_done. */
static inline struct dz_buf
bytes_of(const char *path)
{
    struct dz_buf b = DZ_BUF(PROTOCOL_MAX);
    FILE *f = fopen(path, "rb");
    if (!f)
        fail_msg("there is no %s", path);
    char chunk[65536];
    size_t n;
    while ((n = fread(chunk, 1, sizeof chunk, f)) > 0)
        dz_buf_add(&b, chunk, n);
    fclose(f);
    return b;
}

/* "/...source.../tests/fixtures/<folder>/<name>"; free with dz_free. */
static inline char *
fixture_path(const char *folder, const char *name)
{
    const char *root = getenv("DOKAZ_SRC");
    return dz_asprintf("%s/tests/fixtures/%s/%s", root ? root : ".", folder, name);
}

/* The protocol, with a NUL behind it. The bytes lie in a block of their size, so that a byte read
 * beyond them is seen. */
static inline struct dz_buf
said_about(const struct dz_family *f, struct dz_view bytes, const char *type, const char *options)
{
    struct dz_buf out = DZ_BUF(PROTOCOL_MAX);
    char *copy = malloc(bytes.n ? bytes.n : 1);
    memcpy(copy, bytes.p ? bytes.p : "", bytes.n);
    struct dz_work *w =
        dz_work_memory((struct dz_view){copy, bytes.n}, "file", type, options, &out);
    f->read(w);
    assert_true(dz_work_is_done(w));
    dz_work_free(w);
    free(copy);
    return out;
}

static inline struct dz_buf
said_about_file(const struct dz_family *f, const char *folder, const char *name,
                const char *options)
{
    char *path = fixture_path(folder, name);
    struct dz_buf bytes = bytes_of(path);
    struct dz_buf out = said_about(f, dz_buf_view(&bytes), "", options);
    dz_buf_done(&bytes);
    dz_free(path);
    return out;
}

/* With DOKAZ_WRITE_EXPECTED set what is said is written beside a fixture that has nothing there
 * yet, to be read and committed. */
static inline void
check_fixture(const struct dz_family *f, const char *folder, const char *name, const char *options)
{
    struct dz_buf out = said_about_file(f, folder, name, options);
    char *path = fixture_path(folder, name);
    char *expected = dz_asprintf("%s.expected", path);
    if (getenv("DOKAZ_WRITE_EXPECTED") && access(expected, F_OK) != 0) {
        FILE *file = fopen(expected, "wb");
        assert_non_null(file);
        fwrite(out.p, 1, out.n, file);
        fclose(file);
    }
    struct dz_buf want = bytes_of(expected);
    if (!dz_view_eq(dz_buf_view(&want), dz_buf_view(&out)))
        print_message("%s:\n%s\n", name, out.p);
    assert_string_equal(want.p ? want.p : "", out.p ? out.p : "");
    dz_buf_done(&want);
    dz_buf_done(&out);
    dz_free(expected);
    dz_free(path);
}

/* The words of a protocol's text frames, newlines and tabs as they were. */
static inline struct dz_buf
text_said(struct dz_view protocol)
{
    struct dz_buf text = DZ_BUF(PROTOCOL_MAX);
    const char *end = protocol.p + protocol.n;
    for (const char *p = protocol.p; p < end;) {
        const char *stop = memchr(p, '\n', (size_t)(end - p));
        stop = stop ? stop : end;
        bool is_text = stop - p >= 5 && memcmp(p, "text ", 5) == 0;
        for (p += is_text ? 5 : stop - p; p < stop; p++) {
            bool escaped = *p == '\\' && p + 1 < stop;
            char c = escaped ? *++p : *p;
            dz_buf_addc(&text, !escaped ? c : c == 'n' ? '\n' : c == 't' ? '\t' : c);
        }
        p = stop + 1;
    }
    return text;
}

/* How many insertions, removals and changes of bytes turn one text into the other. */
static inline size_t
edit_distance(struct dz_view a, struct dz_view b)
{
    size_t *row = calloc(b.n + 1, sizeof *row);
    assert_non_null(row);
    for (size_t j = 0; j <= b.n; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.n; i++) {
        size_t corner = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.n; j++) {
            size_t above = row[j];
            size_t least = corner + (a.p[i - 1] != b.p[j - 1]);
            least = above + 1 < least ? above + 1 : least;
            least = row[j - 1] + 1 < least ? row[j - 1] + 1 : least;
            corner = above;
            row[j] = least;
        }
    }
    size_t distance = row[b.n];
    free(row);
    return distance;
}

/* White space made equal: runs of it are one space. */
static inline struct dz_buf
squeezed(struct dz_view text)
{
    struct dz_buf out = DZ_BUF(PROTOCOL_MAX);
    bool space = true;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        bool white = c == ' ' || c == '\n' || c == '\t' || c == '\f' || c == '\r';
        if (!white)
            dz_buf_addc(&out, c);
        else if (!space)
            dz_buf_addc(&out, ' ');
        space = white;
    }
    return out;
}

/* What a program of another make prints, or nothing where it is not installed. */
static inline struct dz_buf
printed_by(const char *command)
{
    struct dz_buf out = DZ_BUF(PROTOCOL_MAX);
    (void)tool_run((const char *const[]){"sh", "-c", command, NULL}, &out);
    return out;
}

static inline bool
is_installed(const char *program)
{
    char *command = dz_asprintf("command -v %s 2>/dev/null", program);
    struct dz_buf out = printed_by(command);
    bool found = out.n > 0;
    dz_buf_done(&out);
    dz_free(command);
    return found;
}

static inline bool
says(const struct dz_buf *protocol, const char *words)
{
    return protocol->n > 0 && strstr(protocol->p, words) != NULL;
}

#endif
