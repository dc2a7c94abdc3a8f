/* For fuzz targets that read folders: one folder for all runs, whose files are written anew. */
#ifndef SCRATCH_FOLDER_H
#define SCRATCH_FOLDER_H

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dz_os.h"
#include "dz_secret.h"

/* In memory where the system has such a place: a run writes several files. */
static char scratch_path[64] = "/dev/shm/dokaz-fuzz-XXXXXX";
static const char *const *scratch_names; /* files, then folders from the innermost on; NULL-ended */
static int scratch_fd = -1;

static void
scratch_clean(void)
{
    for (size_t i = 0; scratch_names[i] != NULL; i++) {
        char path[256];
        snprintf(path, sizeof path, "%s/%s", scratch_path, scratch_names[i]);
        (void)!remove(path);
    }
    (void)!remove(scratch_path);
}

/* True when it was made by this call. */
static bool
scratch_open(const char *const *names)
{
    if (scratch_fd >= 0)
        return false;
    scratch_names = names;
    if (mkdtemp(scratch_path) == NULL) {
        strncpy(scratch_path, "/tmp/dokaz-fuzz-XXXXXX", sizeof scratch_path - 1);
        if (mkdtemp(scratch_path) == NULL)
            abort();
    }
    if (dz_crypto_init(NULL) != DZ_OK ||
        dz_os_opendir(AT_FDCWD, scratch_path, &scratch_fd, NULL) != DZ_OK)
        abort();
    atexit(scratch_clean);
    return true;
}

/* Folders of a NULL-ended list, each in one that is there. */
static inline void
scratch_mkdirs(const char *const *folders)
{
    for (size_t i = 0; folders[i] != NULL; i++)
        if (dz_os_mkdir(scratch_fd, folders[i], NULL) != DZ_OK)
            abort();
}

static inline void
scratch_put(const char *path, const void *p, size_t n)
{
    int file = openat(scratch_fd, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0 || write(file, p, n) != (ssize_t)n)
        abort();
    close(file);
}

#endif
