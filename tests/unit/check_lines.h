/* For tests of checks: the kinds of lines that came, each once, and a list of cases held against
 * them. */
#ifndef CHECK_LINES_H
#define CHECK_LINES_H

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "dz_check.h"
#include "dz_os.h"

struct check_kinds {
    char names[32][48];
    size_t n;
    bool finding;
    bool only_findings; /* keep the kinds of these alone */
};

/* A dz_check_fn. */
static void
check_gather(void *ctx, const struct dz_check_line *line)
{
    struct check_kinds *k = ctx;
    assert_true(line->message[0] != '\0');
    assert_true(line->thing[0] != '\0');
    k->finding = k->finding || line->cls == DZ_CHECK_FINDING;
    if (line->cls == DZ_CHECK_FACT || (k->only_findings && line->cls != DZ_CHECK_FINDING))
        return;
    size_t i = 0;
    while (i < k->n && strcmp(k->names[i], line->code) < 0)
        i++;
    if (i < k->n && strcmp(k->names[i], line->code) == 0)
        return;
    assert_true(k->n < 32);
    memmove(k->names + i + 1, k->names + i, (k->n - i) * sizeof *k->names);
    snprintf(k->names[i], sizeof k->names[i], "%s", line->code);
    k->n++;
}

/* Whether the case of a line of the list came out as it says: "case valid|invalid kinds...". */
static bool
check_as_expected(const char *line, const struct check_kinds *k)
{
    char got[2048];
    int n = (int)strcspn(line, " ");
    int at = snprintf(got, sizeof got, "%.*s %s", n, line, k->finding ? "invalid" : "valid");
    for (size_t i = 0; i < k->n; i++)
        at += snprintf(got + at, sizeof got - (size_t)at, " %s", k->names[i]);
    if (strcmp(got, line) != 0)
        print_error("expected: %s\n     got: %s\n", line, got);
    return strcmp(got, line) == 0;
}

/* A list made just now says what the kept one does, and each of its lines, at least so many, comes
 * out as it says. */
static inline void
check_list(const char *made, const char *kept, bool (*as_expected)(const char *line), size_t least)
{
    DZ_AUTO_BUF struct dz_buf list = DZ_BUF(65536);
    DZ_AUTO_BUF struct dz_buf before = DZ_BUF(65536);
    assert_int_equal(dz_os_slurp(AT_FDCWD, made, 65536, &list, NULL), DZ_OK);
    assert_int_equal(dz_os_slurp(AT_FDCWD, kept, 65536, &before, NULL), DZ_OK);
    assert_string_equal(list.p, before.p);
    size_t wrong = 0;
    size_t count = 0;
    for (char *line = list.p; *line != '\0'; count++) {
        char *end = strchr(line, '\n');
        *end = '\0';
        wrong += as_expected(line) ? 0 : 1;
        line = end + 1;
    }
    print_message("# tried: %zu of %s\n", count, kept);
    assert_int_equal(wrong, 0);
    assert_true(count >= least);
}

#endif
