/* A vault in a folder of its own, with its state beside it, for tests of the layers above the
 * vault. */
#ifndef VAULT_FIXTURE_H
#define VAULT_FIXTURE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dz_box.h"
#include "dz_os.h"
#include "dz_registry.h"
#include "dz_secret.h"
#include "dz_source.h"
#include "dz_vault.h"

struct fixture {
    char dir[64];
    char vault_path[96];
    struct dz_vault *v;
    struct dz_rules *rules;
    struct dz_secret *passphrase;
    struct dz_box *box; /* made when something is read */
    struct dz_err err;
    /* What dz_sources_add reported last, and how often. */
    size_t n_reports;
    struct {
        enum dz_add_outcome outcome;
        char id[DZ_ID_MAX];
        char status[16];
        char message[256];
        char path[128];
    } reports[64];
};

#define OK(f, expr)                       \
    do {                                  \
        (f)->err.msg[0] = '\0';           \
        if ((expr) != DZ_OK)              \
            fail_msg("%s", (f)->err.msg); \
    } while (0)

static inline void
fixture_open(struct fixture *f, enum dz_vault_mode mode)
{
    struct dz_vault_opts opts = {.path = f->vault_path,
                                 .mode = mode,
                                 .passphrase = f->passphrase,
                                 .registry = &dz_facts_registry};
    OK(f, dz_vault_open(&opts, &f->v, &f->err));
}

static inline void
fixture_reopen(struct fixture *f)
{
    dz_vault_close(f->v);
    f->v = NULL;
    fixture_open(f, DZ_VAULT_WRITE);
}

static inline int
fixture_setup(void **state)
{
    struct fixture *f = dz_alloc(sizeof *f);
    snprintf(f->dir, sizeof f->dir, "/tmp/dz-fixture-XXXXXX");
    if (!mkdtemp(f->dir))
        fail_msg("no temporary folder");
    setenv("XDG_STATE_HOME", f->dir, 1);
    snprintf(f->vault_path, sizeof f->vault_path, "%s/v", f->dir);
    OK(f, dz_crypto_init(&f->err));
    OK(f, dz_secret_copy("correct horse", 13, &f->passphrase, &f->err));
    OK(f, dz_vault_create(f->vault_path, &dz_facts_registry, f->passphrase, &f->err));
    OK(f, dz_rules_load(&f->rules, &f->err));
    fixture_open(f, DZ_VAULT_WRITE);
    *state = f;
    return 0;
}

static inline int
fixture_teardown(void **state)
{
    struct fixture *f = *state;
    dz_vault_close(f->v);
    dz_rules_free(f->rules);
    dz_box_free(f->box);
    dz_secret_free(f->passphrase);
    char command[128];
    snprintf(command, sizeof command, "%s", f->dir);
    pid_t child = fork();
    if (child == 0) {
        execl("/bin/rm", "rm", "-rf", command, (char *)NULL);
        _exit(1);
    }
    if (child > 0)
        waitpid(child, NULL, 0);
    dz_free(f);
    return 0;
}

static inline void
fixture_write(struct fixture *f, const char *name, const void *p, size_t n)
{
    char path[160];
    snprintf(path, sizeof path, "%s/%s", f->dir, name);
    FILE *out = fopen(path, "wb");
    if (!out || fwrite(p, 1, n, out) != n || fclose(out) != 0)
        fail_msg("cannot write %s", path);
}
#define WRITE(f, name, text) fixture_write((f), (name), (text), strlen(text))

static inline void
fixture_report(void *ctx, const struct dz_add_report *r)
{
    struct fixture *f = ctx;
    size_t i = 0;
    /* What reading says of a source stands where it was reported as preserved. */
    while (r->outcome == DZ_ADD_TEXT_READ && i < f->n_reports && r->id &&
           strcmp(f->reports[i].id, r->id) != 0)
        i++;
    if (r->outcome == DZ_ADD_TEXT_READ && i < f->n_reports) {
        snprintf(f->reports[i].status, 16, "%s", r->text_status);
        snprintf(f->reports[i].message, 256, "%s", r->message ? r->message : "");
        return;
    }
    if (f->n_reports == 64)
        return;
    i = f->n_reports++;
    f->reports[i].outcome = r->outcome;
    snprintf(f->reports[i].id, DZ_ID_MAX, "%s", r->id ? r->id : "");
    snprintf(f->reports[i].status, 16, "%s", r->text_status ? r->text_status : "");
    snprintf(f->reports[i].message, 256, "%s", r->message ? r->message : "");
    snprintf(f->reports[i].path, 128, "%s", r->path);
}

/* The programs that read foreign files were built beside everything else. */
static inline struct dz_box *
fixture_box(struct fixture *f)
{
    struct dz_box_opts opts = {.folder = getenv("DOKAZ_TEST_READERS")};
    if (!f->box)
        OK(f, dz_box_new(&opts, &f->box, &f->err));
    return f->box;
}

/* Add one path below the fixture's folder; the reports are kept. */
static inline struct dz_add_summary
fixture_add_as(struct fixture *f, const char *name, const char *basis, bool preserve_only)
{
    char path[160];
    snprintf(path, sizeof path, "%s/%s", f->dir, name);
    const char *paths[] = {path};
    struct dz_add_opts opts = {.basis = basis, .report = fixture_report, .ctx = f};
    struct dz_add_summary sum = {0}, reading = {0};
    f->n_reports = 0;
    OK(f, dz_sources_add(f->v, f->rules, paths, 1, &opts, &sum, &f->err));
    if (preserve_only)
        return sum;
    opts.box = fixture_box(f);
    OK(f, dz_sources_read_backlog(f->v, f->rules, &opts, &reading, &f->err));
    sum.n_preserved += reading.n_preserved;
    sum.n_without_text = reading.n_without_text;
    return sum;
}

static inline struct dz_add_summary
fixture_add(struct fixture *f, const char *name)
{
    return fixture_add_as(f, name, "published", false);
}

/* A text as a source; its id stays until the next one. */
static inline const char *
fixture_source(struct fixture *f, const char *name, const char *text)
{
    WRITE(f, name, text);
    fixture_add(f, name);
    if (f->n_reports != 1 || f->reports[0].outcome != DZ_ADD_PRESERVED)
        fail_msg("%s was not preserved: %s", name, f->reports[0].message);
    return f->reports[0].id;
}

/* The projection says the same after it was made anew from the journal. */
static inline void
fixture_check_rebuild(struct fixture *f)
{
    char before[DZ_HEX32], after[DZ_HEX32];
    OK(f, dz_vault_digest(f->v, before, &f->err));
    OK(f, dz_vault_rebuild(f->v, &f->err));
    OK(f, dz_vault_digest(f->v, after, &f->err));
    assert_string_equal(before, after);
}

#endif
