/* An empty vault in a folder of its own for each test of the vault layer, which knows nothing of
 * the layers above it (those take vault_fixture.h), with its own state folder; everything is
 * removed afterwards. */
#ifndef BARE_VAULT_H
#define BARE_VAULT_H

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dz_os.h"
#include "dz_secret.h"
#include "dz_vault.h"

static char fixture_dir[64];
static char fixture_vault[80];
static struct dz_secret *fixture_passphrase;
static const struct dz_registry *fixture_registry;

static inline int
fixture_setup(void **state)
{
    (void)state;
    char state_dir[80];
    struct dz_err err = { 0 };
    snprintf(fixture_dir, sizeof fixture_dir, "/tmp/dokaz-vault-XXXXXX");
    if (mkdtemp(fixture_dir) == NULL)
        return -1;
    snprintf(state_dir, sizeof state_dir, "%s/state", fixture_dir);
    snprintf(fixture_vault, sizeof fixture_vault, "%s/v", fixture_dir);
    setenv("XDG_STATE_HOME", state_dir, 1);
    if (dz_crypto_init(&err) != DZ_OK ||
        dz_secret_copy("correct horse", 13, &fixture_passphrase, &err) != DZ_OK ||
        dz_vault_create(fixture_vault, fixture_registry, fixture_passphrase, &err) != DZ_OK) {
        fprintf(stderr, "%s\n", err.msg);
        return -1;
    }
    return 0;
}

static inline int
fixture_remove(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st;
    (void)kind;
    (void)at;
    return remove(path);
}

static inline int
fixture_teardown(void **state)
{
    (void)state;
    dz_secret_free(fixture_passphrase);
    fixture_passphrase = NULL;
    return nftw(fixture_dir, fixture_remove, 16, FTW_DEPTH | FTW_PHYS);
}

static inline enum dz_code
fixture_open(enum dz_vault_mode mode, struct dz_vault **ret, struct dz_err *err)
{
    struct dz_vault_opts opts = {.path = fixture_vault,
                                 .mode = mode,
                                 .passphrase = fixture_passphrase,
                                 .registry = fixture_registry};
    return dz_vault_open(&opts, ret, err);
}

#endif
