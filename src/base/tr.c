#include "dz_tr.h"

#include <libintl.h>
#include <locale.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dz_buf.h"
#include "dz_mem.h"

#ifndef DZ_LOCALEDIR
#define DZ_LOCALEDIR "/usr/local/share/locale"
#endif

static const struct {
    const char *code;
    const char *domain;
} langs[] = {
    [DZ_LANG_EN] = {"en", "dokaz-en"},
    [DZ_LANG_UK] = {"uk", "dokaz-uk"},
};

static _Thread_local enum dz_lang current = DZ_LANG_EN;

static void
bind(const char *folder)
{
    for (size_t i = 0; i < sizeof langs / sizeof *langs; i++) {
        bindtextdomain(langs[i].domain, folder);
        bind_textdomain_codeset(langs[i].domain, "UTF-8");
    }
}

/* Set the folder of the catalogues: the one of the build when the program runs from there, else the
 * installed one. Which program runs is asked of the kernel: argv[0] is the caller's word. */
static void
find_catalogues(void)
{
    char exe[4096];
    ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
    if (n > 0) {
        exe[n] = '\0';
        char *slash = strrchr(exe, '/');
        if (slash != NULL)
            slash[1] = '\0';
        DZ_AUTO_FREE char *beside = dz_asprintf("%slocale", exe);
        DZ_AUTO_FREE char *probe = dz_asprintf("%s/C.UTF-8/LC_MESSAGES", beside);
        if (access(probe, R_OK | X_OK) == 0) {
            bind(beside);
            return;
        }
    }
    bind(DZ_LOCALEDIR);
}

void
dz_tr_init(void)
{
    /* Without the C.UTF-8 locale the process stays in "C": numbers keep their point, texts are
     * English. */
    if (setlocale(LC_ALL, "C.UTF-8") == NULL)
        setlocale(LC_ALL, "C");
    /* gettext would let this variable overrule the locale, and so the folder of the catalogues. */
    unsetenv("LANGUAGE");
    find_catalogues();
}

void
dz_lang_set(enum dz_lang lang)
{
    current = lang;
}

enum dz_lang
dz_lang_get(void)
{
    return current;
}

enum dz_lang
dz_lang_parse(const char *name)
{
    if (name == NULL)
        return DZ_LANG_EN;
    /* The language stands before "_UA", "-UA", ".UTF-8", "@variant" or the ":" of a list. */
    struct dz_view lang = {.p = name, .n = strcspn(name, "_-.@:")};
    if (lang.n != 2)
        return DZ_LANG_EN;
    char low[3] = {(char)(lang.p[0] | 0x20), (char)(lang.p[1] | 0x20), '\0'};
    return strcmp(low, "uk") == 0 || strcmp(low, "ua") == 0 ? DZ_LANG_UK : DZ_LANG_EN;
}

const char *
dz_lang_code(enum dz_lang lang)
{
    return langs[lang].code;
}

const char *
dz_tr(const char *msgid)
{
    /* The empty msgid names the header of a catalogue. */
    return msgid[0] != '\0' ? dgettext(langs[current].domain, msgid) : msgid;
}

const char *
dz_trn(const char *one, const char *many, unsigned long n)
{
    return dngettext(langs[current].domain, one, many, n);
}
