#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dz_fact_fields.h"
#include "dz_json.h"
#include "dz_rules.h"

/* Any JSON as the fields of a fact: each is taken, with a value that can be signed and that is
 * taken again unchanged, or refused with a reason. */

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
    if (!holds)
        abort();
}

static const struct dz_rules *
rules(void)
{
    static struct dz_rules *loaded;
    if (!loaded)
        must(dz_rules_load(&loaded, NULL) == DZ_OK);
    return loaded;
}

static void
check(const struct dz_fact_field *f, const json_t *value)
{
    struct dz_err err = {0};
    DZ_AUTO_JSON json_t *first = NULL;
    DZ_AUTO_JSON json_t *second = NULL;
    DZ_AUTO_BUF struct dz_buf line = {0};
    if (dz_fact_field_check(rules(), f, value, &first, &err) != DZ_OK) {
        must(err.msg[0] != '\0' && !strchr(err.msg, '\n'));
        return;
    }
    if (!first)
        return;
    must(dz_json_canonical(&line, first, NULL) == DZ_OK);
    must(dz_fact_field_check(rules(), f, first, &second, NULL) == DZ_OK &&
         json_equal(first, second));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    DZ_AUTO_JSON json_t *fields = NULL;
    if (dz_json_parse((struct dz_view){(const char *)data, size}, &fields, NULL) != DZ_OK ||
        !json_is_object(fields))
        return 0;
    const char *key;
    json_t *value;
    json_object_foreach(fields, key, value)
    {
        for (unsigned kind = 1; kind < DZ_ON_ALL; kind <<= 1) {
            const struct dz_fact_field *f = dz_fact_field_find(kind, key);
            must(!f || !dz_fact_is_forbidden(key));
            if (f)
                check(f, value);
        }
    }
    return 0;
}
