/* Runs one fuzz target over folders of saved inputs, without a fuzzer: every input that once broke
 * a parser stays a test in every build. The fixtures of a reader are such a folder too, without
 * what is expected of them. The empty input always runs, so that a target without a corpus is at
 * least entered. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The file's bytes in a block of exactly its size, so that the address sanitizer sees one byte too
 * many being read. */
static int
replay_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0) {
        fprintf(stderr, "replay: cannot read %s\n", path);
        return 1;
    }
    long size = ftell(file);
    rewind(file);
    uint8_t *data = malloc(size > 0 ? (size_t)size : 1);
    if (size < 0 || data == NULL || fread(data, 1, (size_t)size, file) != (size_t)size) {
        fprintf(stderr, "replay: cannot read %s\n", path);
        return 1;
    }
    fclose(file);
    fprintf(stderr, "replay: %s\n", path);
    LLVMFuzzerTestOneInput(data, (size_t)size);
    free(data);
    return 0;
}

static int
is_input(const struct dirent *entry)
{
    const char *ending = strrchr(entry->d_name, '.');
    return entry->d_name[0] != '.' && (ending == NULL || strcmp(ending, ".expected") != 0);
}

static int
replay_folder(const char *folder, unsigned *count)
{
    struct dirent **entries = NULL;
    int found = scandir(folder, &entries, is_input, alphasort);
    if (found < 0)
        return 0; /* no corpus yet */
    int failed = 0;
    for (int i = 0; i < found; i++) {
        char path[4096];
        int length = snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        if (length < 0 || (size_t)length >= sizeof path)
            failed = 1;
        else
            failed |= replay_file(path);
        free(entries[i]);
        (*count)++;
    }
    free(entries);
    return failed;
}

int
main(int argc, char **argv)
{
    static const uint8_t nothing[1] = {0};
    LLVMFuzzerTestOneInput(nothing, 0);

    unsigned count = 0;
    int failed = 0;
    for (int i = 1; i < argc; i++)
        failed |= replay_folder(argv[i], &count);
    printf("%u inputs replayed\n", count);
    return failed;
}
