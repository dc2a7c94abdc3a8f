/* For tests: timestamp authorities in a folder of their own, made by tests/tools/tsa.py. */
#ifndef TSA_FIXTURE_H
#define TSA_FIXTURE_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "dz_codec.h"
#include "dz_os.h"
#include "tool_run.h"

#define TSA_TOOL "tests/tools/tsa.py"

static char tsa_folder[64] = "";

static inline int
tsa_setup(void **state)
{
    (void)state;
    snprintf(tsa_folder, sizeof tsa_folder, "/tmp/dokaz-tsa-XXXXXX");
    if (mkdtemp(tsa_folder) == NULL)
        return -1;
    const char *const argv[] = {TSA_TOOL, "make", tsa_folder, NULL};
    return tool_run(argv, NULL);
}

static inline int
tsa_teardown(void **state)
{
    (void)state;
    const char *const argv[] = {"rm", "-r", tsa_folder, NULL};
    return tool_run(argv, NULL);
}

static inline const char *
tsa_path(const char *name)
{
    static char path[4][128];
    static unsigned turn;
    char *p = path[turn++ % 4];
    snprintf(p, sizeof path[0], "%s/%s", tsa_folder, name);
    return p;
}

static inline void
tsa_write(const char *name, struct dz_view content)
{
    FILE *f = fopen(tsa_path(name), "wb");
    if (f == NULL || fwrite(content.p, 1, content.n, f) != content.n || fclose(f) != 0)
        fail_msg("cannot write %s", name);
}

static inline void
tsa_read(const char *name, struct dz_buf *out)
{
    dz_buf_reset(out);
    struct dz_err err;
    if (dz_os_slurp(AT_FDCWD, tsa_path(name), 1u << 20, out, &err) != DZ_OK)
        fail_msg("%s", err.msg);
}

/* What the authority answers to a request. */
static inline void
tsa_reply(struct dz_view request, const char *by, struct dz_buf *out)
{
    tsa_write("q", request);
    const char *const argv[] = {TSA_TOOL,      "reply", tsa_folder, tsa_path("q"),
                                tsa_path("r"), "--by",  by,         NULL};
    assert_int_equal(tool_run(argv, NULL), 0);
    tsa_read("r", out);
}

/* A token with any time (YYYYMMDDHHMMSSZ) and digests. */
static inline void
tsa_token(const uint8_t imprint[32], const char *by, const char *time, const char *digest,
          const char *imprint_digest, struct dz_buf *out)
{
    char hex[65];
    dz_hex_encode(imprint, 32, hex);
    const char *const argv[] = {
        TSA_TOOL, "token", tsa_folder, hex,    tsa_path("t"),      "--by",         by,
        "--time", time,    "--digest", digest, "--imprint-digest", imprint_digest, NULL};
    assert_int_equal(tool_run(argv, NULL), 0);
    tsa_read("t", out);
}

#endif
