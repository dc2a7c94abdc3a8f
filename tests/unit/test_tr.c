#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dz_err.h"
#include "dz_os.h"
#include "dz_tr.h"

/* A small catalogue, sorted by msgid as the format wants it. Plural entries hold NUL-separated
 * forms. */
static const struct {
    struct dz_view id;
    struct dz_view text;
} entries[] = {
    {DZ_VIEW_INIT(""),
     DZ_VIEW_INIT(
         "Content-Type: text/plain; charset=UTF-8\n"
         "Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && "
         "(n%100<10 || n%100>=20) ? 1 : 2);\n")},
    {DZ_VIEW_INIT("%zu sheet\0%zu sheets"), DZ_VIEW_INIT("%zu аркуш\0%zu аркуші\0%zu аркушів")},
    {DZ_VIEW_INIT("No such file or directory"), DZ_VIEW_INIT("немає такого файлу")},
    {DZ_VIEW_INIT("opening '%s'"), DZ_VIEW_INIT("відкриваю «%s»")},
    {DZ_VIEW_INIT("yes"), DZ_VIEW_INIT("так")},
};

static void
add_u32(struct dz_buf *b, size_t v)
{
    uint32_t word =
        (uint32_t)v; /* .mo files may have either byte order: the native one is simplest */
    dz_buf_add(b, &word, sizeof word);
}

static void
write_catalogue(const char *path)
{
    const size_t n = sizeof entries / sizeof *entries;
    DZ_AUTO_BUF struct dz_buf head = DZ_BUF(4096);
    DZ_AUTO_BUF struct dz_buf strings = DZ_BUF(4096);
    add_u32(&head, 0x950412DEU);
    add_u32(&head, 0);
    add_u32(&head, n);
    add_u32(&head, 28);
    add_u32(&head, 28 + 8 * n);
    add_u32(&head, 0);
    add_u32(&head, 28 + 16 * n);
    for (int translated = 0; translated < 2; translated++) {
        for (size_t i = 0; i < n; i++) {
            struct dz_view v = translated ? entries[i].text : entries[i].id;
            add_u32(&head, v.n);
            add_u32(&head, 28 + 16 * n + strings.n);
            dz_buf_addv(&strings, v);
            dz_buf_addc(&strings, '\0');
        }
    }
    dz_buf_addv(&head, dz_buf_view(&strings));
    assert_int_equal(dz_os_replace(AT_FDCWD, path, dz_buf_view(&head), NULL), DZ_OK);
}

static void *
other_thread(void *arg)
{
    (void)arg;
    /* A new thread starts in English, whatever its parent speaks. */
    printf("thread %s %s\n", dz_lang_code(dz_lang_get()), dz_tr("yes"));
    return NULL;
}

/* The part that runs as the copied program, with the catalogue beside it. */
static int
run_as_copy(void)
{
    dz_tr_init();
    printf("%s %s\n", dz_lang_code(dz_lang_get()), dz_tr("yes"));
    dz_lang_set(DZ_LANG_UK);
    printf("%s %s [%s] %s\n", dz_lang_code(dz_lang_get()), dz_tr("yes"), dz_tr(""), dz_tr("other"));
    for (unsigned long n = 1; n <= 21; n += n < 3 ? 2 : n < 5 ? 2 : 16) {
        printf(dz_trn("%zu sheet", "%zu sheets", n), (size_t)n);
        printf("\n");
    }
    printf(dz_trn("%zu unknown", "%zu unknowns", 2), (size_t)2);
    printf("\n");
    struct dz_err err;
    dz_fail_sys(&err, ENOENT, "opening '%s'", "a");
    printf("%s\n", err.msg);
    dz_while(&err, "yes");
    printf("%s\n", err.msg);
    /* What names a buffer is translated on the way, as a format is. */
    DZ_AUTO_BUF struct dz_buf full = DZ_BUF(2);
    dz_buf_adds(&full, "abc");
    if (dz_buf_ok(&full, "yes", &err) != DZ_OK)
        printf("%s\n", err.msg);
    printf("%.1f\n", 1.5);
    fflush(stdout);
    pthread_t thread;
    if (pthread_create(&thread, NULL, other_thread, NULL) != 0)
        return 1;
    pthread_join(thread, NULL);
    dz_lang_set(DZ_LANG_EN);
    printf("%s %s\n", dz_tr("yes"), dz_trn("one", "many", 2));
    return 0;
}

static const char expected[] = "en yes\n"
                               "uk так [] other\n"
                               "1 аркуш\n"
                               "3 аркуші\n"
                               "5 аркушів\n"
                               "21 аркуш\n"
                               "2 unknowns\n"
                               "відкриваю «a»: немає такого файлу\n"
                               "так: відкриваю «a»: немає такого файлу\n"
                               "так: longer than the 2 bytes that are allowed\n"
                               "1.5\n"
                               "thread en yes\n"
                               "yes many\n";

static void
copy_self(const char *to)
{
    DZ_AUTO_BUF struct dz_buf b = DZ_BUF((size_t)256 << 20);
    assert_int_equal(dz_os_slurp(AT_FDCWD, "/proc/self/exe", (size_t)256 << 20, &b, NULL), DZ_OK);
    assert_int_equal(dz_os_replace(AT_FDCWD, to, dz_buf_view(&b), NULL), DZ_OK);
    assert_int_equal(chmod(to, 0700), 0);
}

static void
test_catalogue_beside_the_program(void **state)
{
    (void)state;
    char dir[] = "/tmp/dokaz-tr-XXXXXX";
    assert_non_null(mkdtemp(dir));
    static const char *const parts[] = {"locale", "locale/C.UTF-8", "locale/C.UTF-8/LC_MESSAGES"};
    for (size_t i = 0; i < 3; i++) {
        DZ_AUTO_FREE char *path = dz_asprintf("%s/%s", dir, parts[i]);
        assert_int_equal(dz_os_mkdir(AT_FDCWD, path, NULL), DZ_OK);
    }
    DZ_AUTO_FREE char *mo = dz_asprintf("%s/%s/dokaz-uk.mo", dir, parts[2]);
    write_catalogue(mo);
    DZ_AUTO_FREE char *program = dz_asprintf("%s/program", dir);
    copy_self(program);

    int fds[2];
    assert_int_equal(pipe(fds), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        /* Neither of these may lead it astray. */
        setenv("LANGUAGE", "de:fr", 1);
        setenv("LC_ALL", "de_DE.UTF-8", 1);
        dup2(fds[1], STDOUT_FILENO);
        execl(program, program, "as-copy", (char *)NULL);
        _exit(99);
    }
    close(fds[1]);
    char said[2000];
    size_t n = 0;
    ssize_t got;
    while (n < sizeof said - 1 && (got = read(fds[0], said + n, sizeof said - 1 - n)) > 0)
        n += (size_t)got;
    said[n] = '\0';
    close(fds[0]);
    int status = -1;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_string_equal(said, expected);
    assert_int_equal(status, 0);

    assert_int_equal(unlink(mo), 0);
    assert_int_equal(unlink(program), 0);
    for (size_t i = 3; i-- > 0;) {
        DZ_AUTO_FREE char *path = dz_asprintf("%s/%s", dir, parts[i]);
        assert_int_equal(rmdir(path), 0);
    }
    assert_int_equal(rmdir(dir), 0);
}

static void
test_lang_parse(void **state)
{
    (void)state;
    static const char *const uk[] = {"uk",          "ua",    "UK",   "Uk",
                                     "uk_UA.UTF-8", "uk-UA", "uk@x", "uk:en"};
    static const char *const en[] = {"", "en", "en_GB", "C", "C.UTF-8", "ukr", "u", "_uk", "ru"};
    for (size_t i = 0; i < sizeof uk / sizeof *uk; i++)
        assert_int_equal(dz_lang_parse(uk[i]), DZ_LANG_UK);
    for (size_t i = 0; i < sizeof en / sizeof *en; i++)
        assert_int_equal(dz_lang_parse(en[i]), DZ_LANG_EN);
    assert_int_equal(dz_lang_parse(NULL), DZ_LANG_EN);
    assert_string_equal(dz_lang_code(DZ_LANG_EN), "en");
    assert_string_equal(dz_lang_code(DZ_LANG_UK), "uk");
}

static void
test_without_catalogues_the_msgids_stand(void **state)
{
    (void)state;
    setenv("LANGUAGE", "de", 1);
    dz_tr_init();
    assert_null(getenv("LANGUAGE"));
    assert_string_equal(setlocale(LC_ALL, NULL), "C.UTF-8");
    dz_lang_set(DZ_LANG_UK);
    assert_string_equal(dz_tr("a msgid that no catalogue has"), "a msgid that no catalogue has");
    assert_string_equal(dz_tr(""), "");
    dz_lang_set(DZ_LANG_EN);
    assert_string_equal(N_("constant"), "constant");
}

int
main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "as-copy") == 0)
        return run_as_copy();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lang_parse),
        cmocka_unit_test(test_without_catalogues_the_msgids_stand),
        cmocka_unit_test(test_catalogue_beside_the_program),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
