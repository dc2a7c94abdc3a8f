/* Any bytes as JSON: what parses is written on one line and reads back as the same value; what has
 * a canonical form has exactly one. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dz_json.h"
#include "dz_utf8.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
    if (!holds)
        abort();
}

static void
canonical_is_stable(const json_t *value)
{
    DZ_AUTO_BUF struct dz_buf first = {0};
    struct dz_err err = {0};
    enum dz_code code = dz_json_canonical(&first, value, &err);
    if (code != DZ_OK) {
        must((code == DZ_E_INPUT || code == DZ_E_LIMIT) && err.msg[0] != '\0' && first.n == 0);
        return;
    }
    DZ_AUTO_JSON json_t *again = NULL;
    must(dz_json_parse(dz_buf_view(&first), &again, NULL) == DZ_OK && json_equal(value, again));
    DZ_AUTO_BUF struct dz_buf second = {0};
    must(dz_json_canonical(&second, again, NULL) == DZ_OK);
    must(dz_view_eq(dz_buf_view(&first), dz_buf_view(&second)));
    /* The line form differs only in what it allows. */
    DZ_AUTO_BUF struct dz_buf line = {0};
    must(dz_json_line(&line, value, NULL) == DZ_OK);
    must(dz_view_eq(dz_buf_view(&first), dz_buf_view(&line)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dz_view text = {.p = (const char *)data, .n = size};
    DZ_AUTO_JSON json_t *value = NULL;
    struct dz_err err = {0};
    enum dz_code code = dz_json_parse(text, &value, &err);
    if (code != DZ_OK) {
        must(value == NULL && err.code == code && err.msg[0] != '\0');
        return 0;
    }
    must(dz_utf8_check(text, NULL) == DZ_OK);
    canonical_is_stable(value);

    DZ_AUTO_BUF struct dz_buf line = {0};
    if (dz_json_line(&line, value, NULL) != DZ_OK)
        return 0;
    must(memchr(line.p, '\n', line.n) == NULL);
    DZ_AUTO_JSON json_t *again = NULL;
    must(dz_json_parse(dz_buf_view(&line), &again, NULL) == DZ_OK && json_equal(value, again));
    return 0;
}
