/* Tag files of a bag that somebody else wrote. The first byte says which one the rest is; the
 * others
 * are good. The check ends with findings or without, and what it says of files fits what is
 * there. */
#include "dz_bag.h"
#include "scratch_folder.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[] = {
    "bagit.txt",
    "manifest-sha256.txt",
    "manifest-md5.txt",
    "tagmanifest-sha256.txt",
    "bag-info.txt",
    "fetch.txt",
    "data/a.txt",
    "data/b%25.txt",
    "data",
    NULL,
};

static const char *const good[] = {
    "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
    "87428fc522803d31065e7bce3cf03fe475096631e5e07bbd7a0fde60c4cf25c7  data/a.txt\n",
    "60b725f10c9c85c70d97880dfe8191b3  data/a.txt\n",
    "00  bagit.txt\n",
    "Payload-Oxum: 4.2\n",
    "https://example.org/a 2 data/a.txt\n",
};
/* The drafts have rules and encodings of their own. */
static const char *const declarations[] = {
    "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
    "BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n",
    "BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-16\n",
    "BagIt-Version: 0.93\nTag-File-Character-Encoding: ISO-8859-1\n",
};

static void
count(void *ctx, const struct dz_check_line *line)
{
    uint64_t *findings = ctx;
    if (line->code == NULL || line->thing == NULL || line->message == NULL ||
        line->message[0] == '\0')
        abort();
    *findings += line->cls == DZ_CHECK_FINDING ? 1 : 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    if (scratch_open(names)) {
        if (dz_os_mkdir(scratch_fd, "data", NULL) != DZ_OK)
            abort();
        scratch_put("data/a.txt", "a\n", 2);
        scratch_put("data/b%25.txt", "b\n", 2);
    }
    size_t which = data[0] % 6;
    size_t declaration = data[0] / 6 % 4;
    /* Only what the run before changed has to be put right. */
    static size_t changed = SIZE_MAX;
    for (size_t i = 0; i < 6; i++)
        if (changed == SIZE_MAX || i == changed)
            scratch_put(names[i], good[i], strlen(good[i]));
    changed = which;
    scratch_put(names[0], declarations[declaration], strlen(declarations[declaration]));
    scratch_put(names[which], data + 1, size - 1);

    uint64_t findings = 0;
    struct dz_bag_report r;
    DZ_AUTO_BAG struct dz_bag *bag = NULL;
    if (dz_bag_check(scratch_fd, count, &findings, &bag, &r, NULL) != DZ_OK)
        return 0;
    if (findings != r.n_findings || r.n_payload != 2 || r.payload_bytes != 4)
        abort();
    /* Nothing is the same as a hash that it has not. */
    struct dz_hash32 none = {{0}};
    if (dz_bag_compare(bag, "data/b%25.txt", &none) == DZ_BAG_SAME)
        abort();
    return 0;
}
