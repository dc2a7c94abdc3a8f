/* The embedded files: every listed one is found again, and nothing else is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "dz_data.h"

static void
test_every_file_is_found(void **state)
{
    (void)state;
    size_t count = 0;
    for (const struct dz_data *file = dz_data_at(0); file != NULL; file = dz_data_at(++count)) {
        struct dz_data found = {0};
        assert_true(dz_data_find(file->name, &found));
        assert_ptr_equal(found.bytes, file->bytes);
        assert_int_equal(found.size, file->size);
        assert_int_equal(found.bytes[found.size], 0);
    }
    assert_true(count > 0);
}

static void
test_list_is_sorted(void **state)
{
    (void)state;
    for (size_t i = 1; dz_data_at(i) != NULL; i++)
        assert_true(strcmp(dz_data_at(i - 1)->name, dz_data_at(i)->name) < 0);
}

static void
test_missing_leaves_output_alone(void **state)
{
    (void)state;
    struct dz_data found = {.size = 7};
    assert_false(dz_data_find("", &found));
    assert_false(dz_data_find("codebook", &found));
    assert_false(dz_data_find("zzz.json", &found));
    assert_int_equal(found.size, 7);
}

static void
test_json_is_json(void **state)
{
    (void)state;
    size_t seen = 0;
    for (size_t i = 0; dz_data_at(i) != NULL; i++) {
        const struct dz_data *file = dz_data_at(i);
        const char *ending = strrchr(file->name, '.');
        if (ending == NULL || strcmp(ending, ".json") != 0)
            continue;
        json_t *json = json_loadb((const char *)file->bytes, file->size, 0, NULL);
        assert_non_null(json);
        json_decref(json);
        seen++;
    }
    assert_true(seen > 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_file_is_found),
        cmocka_unit_test(test_list_is_sorted),
        cmocka_unit_test(test_missing_leaves_output_alone),
        cmocka_unit_test(test_json_is_json),
    };
    return cmocka_run_group_tests_name("data", tests, NULL, NULL);
}
