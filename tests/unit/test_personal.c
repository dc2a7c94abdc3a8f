/* The detector of personal data: what must be found, what must not, and how often it speaks on
 * texts that hold none. All numbers are made up; those with check digits were computed. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dz_mem.h"
#include "dz_personal.h"

struct last {
    size_t n;
    struct dz_personal found;
};

static void
take(void *ctx, const struct dz_personal *found)
{
    struct last *l = ctx;
    l->n++;
    l->found = *found;
}

static const struct {
    const char *kind;
    const char *text; /* what is to be found stands in [ ] */
} is_personal[] = {
    {"passport", "Паспорт [АВ123456], виданий у 2004 році"},
    {"passport", "пред'явив [КН654321] на вході"},
    {"passport", "паспорт серії [МЕ 123456]"},
    {"passport", "паспорт серія [СН № 123456]"},
    {"passport", "закордонний паспорт [FE123456]"},
    {"passport", "ID-картка [001234567], орган 2301"},
    {"passport", "паспорт № [001234567]"},
    {"passport", "запис [19850412-01234] у реєстрі"},
    {"passport", "паспорт РФ [4515 123456]"},
    {"passport", "паспорт серия [45 15 123456] выдан"},
    {"passport", "паспорт гражданина: серия [4515 номер 123456]"},
    {"passport", "серія [4515 № 123456]"},
    {"tax", "його РНОКПП [3112014522]"},
    {"tax", "код [3112014522] у довідці"},
    {"tax", "ІПН [1234567890]"},
    {"tax", "ИНН [500100732259] указан"},
    {"tax", "СНИЛС [112-233-445 95]"},
    {"tax", "номер [112-233-445 95]"},
    {"phone", "телефон [+380 67 123 45 67], увечері"},
    {"phone", "дзвоніть [+380671234567]"},
    {"phone", "тел. [067 123-45-67]"},
    {"phone", "тел. [(067) 123-45-67]"},
    {"phone", "тел. [0671234567]"},
    {"phone", "тел. [380501234567]"},
    {"phone", "звонить [+7 (978) 123-45-67]"},
    {"phone", "звонить [+79781234567]"},
    {"phone", "звонить [8 978 123-45-67]"},
    {"phone", "звонить [8-978-123-45-67]"},
    {"phone", "звонить [89781234567]"},
    {"phone", "call [+48 601 234 567] now"},
    {"email", "пишіть на [olena.k@example.org]."},
    {"email", "mailto:[a_b+c@mail.example.com]"},
    {"card", "на картку [4111 1111 1111 1111]"},
    {"card", "на карту [2200000000000004]"},
    {"iban", "рахунок [UA213223130000026007233566001]"},
    {"iban", "рахунок [UA21 3223 1300 0002 6007 2335 6600 1], банк"},
    {"birth", "народилася [12.04.1985] в селі"},
    {"birth", "дата народження: [1985-04-12]"},
    {"birth", "[12.04.1985] р.н., мешканка"},
    {"birth", "[12 квітня 1985] року народження"},
    {"birth", "родился [3 мая 1961] года"},
    {"birth", "born on [12 April 1985] in"},
    {"birth", "[03.05.1961] г.р."},
    {"address", "мешкає: [вул. Шевченка, 12, кв. 5]"},
    {"address", "живе на [вулиці Миру, буд. 7а, квартира 31]"},
    {"address", "проживает по [ул. Ленина 5, кв. 12]"},
    {"address", "lives at 3 [Myru Street, 12, apt 4]"},
    {"handle", "писати в телеграм [@olena_kov85]"},
    {"handle", "її сторінка [facebook.com/olena.kovalenko]"},
    {"handle", "[t.me/olenakov] у телеграмі"},
};

static void
test_personal_data_is_found(void **state)
{
    (void)state;
    size_t missed = 0;
    for (size_t i = 0; i < sizeof is_personal / sizeof *is_personal; i++) {
        const char *open = strchr(is_personal[i].text, '['), *close = strchr(open, ']');
        DZ_AUTO_FREE char *text =
            dz_asprintf("%.*s%.*s%s", (int)(open - is_personal[i].text), is_personal[i].text,
                        (int)(close - open - 1), open + 1, close + 1);
        struct last l = {0};
        dz_personal_find(dz_view_of(text), take, &l);
        size_t start = (size_t)(open - is_personal[i].text);
        size_t end = start + (size_t)(close - open - 1);
        bool ok = l.n == 1 && strcmp(dz_personal_id(l.found.kind), is_personal[i].kind) == 0;
        /* A bracket in front of a code may be left out; a street may begin behind its name. */
        ok = ok && l.found.start <= start + 13 && l.found.end >= end;
        missed += !ok;
        if (!ok)
            fprintf(stderr, "# %s: %s: %zu found, %s %zu-%zu, not %zu-%zu\n",
                    is_personal[i].kind, text, l.n, l.n ? dz_personal_id(l.found.kind) : "-",
                    l.found.start, l.found.end, start, end);
    }
    assert_int_equal(missed, 0);
}

static const char *const is_not[] = {
    "Указ № 183 від 25.04.2023",
    "постановление № 1234567 от 12.04.2022",
    "у 2022 році видано 1 234 567 паспортів",
    "паспорти отримали 3 500 000 осіб станом на 01.07.2024",
    "сума 380 671 234 567 грн",
    "сума 89 123 456 789 рублів",
    "бюджет 12 345 678 901",
    "код UA23080070010012345 за класифікатором",
    "UA2308007001, UA1402001001",
    "з 2022-07-01 до 2024-12-31",
    "12.04.2023 о 14:30 прийшли військові",
    "народився у 1985 році в Херсоні",
    "свідоцтво про народження видано 12.04.2023",
    "гаряча лінія 0 800 500 335",
    "горячая линия 8 800 555-35-35",
    "src-0123456789 та act-0123456789",
    "SHA-256 0123456789012345678901234567890123456789012345678901234567890123",
    "№ 1234567890123456 у журналі",
    "ГОСТ 123456 та ТУ 123456",
    "наказ МО 123456",
    "вул. Шевченка, 12",
    "на вулиці Миру зібралося 200 людей",
    "площа 12 га, 5 кв. км",
    "пошта @ та @ні",
    "ціна 50 @ шт",
    "https://example.org/2022/07/01/4111111111111112.html",
    "закон 62-ФЗ, стаття 275, 10 000 рублів",
    "довідка 2301-2022/456789",
    "тираж 500 000 примірників, 2023",
    "координати 46.848912, 35.365321",
    "46.8489123456, 35.3653214567",
    "час 1668945600 секунд",
    "паспорт видано у 2022 році, 300000 осіб",
};

static void
test_other_numbers_are_not(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; i < sizeof is_not / sizeof *is_not; i++) {
        struct last l = {0};
        dz_personal_find(dz_view_of(is_not[i]), take, &l);
        wrong += l.n > 0;
        if (l.n > 0)
            fprintf(stderr, "# %s: %s\n", dz_personal_id(l.found.kind), is_not[i]);
    }
    assert_int_equal(wrong, 0);
}

/* Bytes that are no text end nothing, and nothing is read behind the end. */
static void
test_any_bytes(void **state)
{
    (void)state;
    static const char seed[] = "+380АВ12@.вул. кв. 19850412-01234\xD0\xFF UA21 серія ";
    uint32_t x = 12345;
    for (size_t round = 0; round < 2000; round++) {
        char text[64];
        size_t n = round % sizeof text;
        for (size_t i = 0; i < n; i++) {
            x = x * 1664525 + 1013904223;
            text[i] = seed[(x >> 16) % (sizeof seed - 1)];
        }
        DZ_AUTO_FREE char *exact = dz_strndup(text, n);
        struct last l = {0};
        dz_personal_find((struct dz_view){exact, n}, take, &l);
    }
}

static void
count(void *ctx, const struct dz_personal *found)
{
    size_t *n = ctx;
    n[found->kind]++;
}

static void
test_texts_without_them(void **state)
{
    (void)state;
    static const char *const folders[] = {"dev", "press", "field", "official", "spoken", "fresh"};
    size_t found[DZ_PERSONAL_KINDS] = {0}, bytes = 0, total = 0;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        DZ_AUTO_FREE char *folder = dz_asprintf("tests/gold/%s/docs", folders[i]);
        DIR *d = opendir(folder);
        for (struct dirent *e = d != NULL ? readdir(d) : NULL; e != NULL; e = readdir(d)) {
            DZ_AUTO_FREE char *path = dz_asprintf("%s/%s", folder, e->d_name);
            FILE *file = e->d_name[0] != '.' ? fopen(path, "rb") : NULL;
            static char text[1 << 20];
            size_t n = file != NULL ? fread(text, 1, sizeof text, file) : 0;
            dz_personal_find((struct dz_view){text, n}, count, found);
            bytes += n;
            if (file != NULL)
                fclose(file);
        }
        if (d != NULL)
            closedir(d);
    }
    for (size_t i = 0; i < DZ_PERSONAL_KINDS; i++) {
        total += found[i];
        if (found[i] > 0)
            printf("# %s: %zu\n", dz_personal_id((enum dz_personal_kind)i), found[i]);
    }
    printf("# %zu bytes of marked texts, %zu findings\n", bytes, total);
    assert_true(bytes > 100000);
    assert_true(total <= 3);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_personal_data_is_found),
        cmocka_unit_test(test_other_numbers_are_not),
        cmocka_unit_test(test_any_bytes),
        cmocka_unit_test(test_texts_without_them),
    };
    return cmocka_run_group_tests_name("personal", tests, NULL, NULL);
}
