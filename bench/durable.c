/* How long one durable entry takes in a process that holds the vault open: bench-durable DIR
 *
 * Prints a line for bench/run: what, median and worst in milliseconds, target; parted by tabs. */
#include <stdio.h>
#include <stdlib.h>

#include "dz_json.h"
#include "dz_os.h"
#include "dz_secret.h"
#include "dz_vault.h"

#define ENTRIES 101

static int
by_value(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

static enum dz_code
write_one(struct dz_vault *v, int number, struct dz_err *err)
{
    struct dz_batch *b = NULL;
    DZ_AUTO_JSON json_t *fields = json_object();
    dz_json_set_str(fields, "setting", "bench");
    dz_json_set_int(fields, "number", number);
    DZ_TRY(dz_batch_begin(v, &b, err));
    enum dz_code code = dz_batch_entry(b, "bench.measured", fields, NULL, NULL, err);
    if (code == DZ_OK)
        code = dz_batch_commit(b, err);
    dz_batch_end(b);
    return code;
}

static enum dz_code
measure(const char *path, int64_t us[ENTRIES], struct dz_err *err)
{
    DZ_AUTO_SECRET struct dz_secret *passphrase = NULL;
    struct dz_vault *v = NULL;
    DZ_TRY(dz_crypto_init(err));
    DZ_TRY(dz_secret_copy("bench", 5, &passphrase, err));
    DZ_TRY(dz_vault_create(path, NULL, passphrase, err));
    DZ_TRY(dz_vault_open(
        &(struct dz_vault_opts){.path = path, .mode = DZ_VAULT_WRITE, .passphrase = passphrase}, &v,
        err));
    enum dz_code code = DZ_OK;
    for (int i = 0; i < ENTRIES && code == DZ_OK; i++) {
        int64_t begin = dz_os_monotonic_us();
        code = write_one(v, i, err);
        us[i] = dz_os_monotonic_us() - begin;
    }
    dz_vault_close(v);
    return code;
}

int
main(int argc, char **argv)
{
    int64_t us[ENTRIES];
    struct dz_err err = {0};
    if (argc != 2) {
        fputs("bench-durable DIR\n", stderr);
        return 2;
    }
    if (measure(argv[1], us, &err) != DZ_OK) {
        fprintf(stderr, "bench-durable: %s\n", err.msg);
        return 1;
    }
    qsort(us, ENTRIES, sizeof *us, by_value);
    printf("one durable entry\t%.1f ms (worst of %d: %.1f ms)\t25 ms\n",
           (double)us[ENTRIES / 2] / 1000, ENTRIES, (double)us[ENTRIES - 1] / 1000);
    return 0;
}
