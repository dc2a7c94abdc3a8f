#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "dz_persons.h"

/* First names of the region in Latin letters. The lists are in Cyrillic letters; here they are
 * spelled as passports, newspapers and people themselves spell them, which are many ways: both a
 * name and a word of the text are brought to one rough spelling and compared so. */

#define KEY_MAX 24
#define SHORTEST 4 /* letters: shorter ones are words of other languages too often */

static const struct {
    const char *from, *to;
} letters[] = {{"а", "a"},  {"б", "b"},  {"в", "v"},  {"г", "h"},    {"ґ", "g"},  {"д", "d"},
               {"е", "e"},  {"є", "ie"}, {"ж", "zh"}, {"з", "z"},    {"и", "y"},  {"і", "i"},
               {"ї", "i"},  {"й", "i"},  {"к", "k"},  {"л", "l"},    {"м", "m"},  {"н", "n"},
               {"о", "o"},  {"п", "p"},  {"р", "r"},  {"с", "s"},    {"т", "t"},  {"у", "u"},
               {"ф", "f"},  {"х", "kh"}, {"ц", "ts"}, {"ч", "ch"},   {"ш", "sh"}, {"щ", "shch"},
               {"ю", "iu"}, {"я", "ia"}, {"ы", "y"},  {"э", "e"},    {"ё", "io"}};

/* "Khrystyna", "Christina" differ, "Sofiika" and "Sofiyka" do not: y and j are i, g and kh are h,
 * a letter written twice is one. */
static void
squash(struct dz_view word, char out[KEY_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < word.n && n + 1 < KEY_MAX; i++) {
        char c = word.p[i];
        if (c == 'y' || c == 'j')
            c = 'i';
        if (c == 'k' && i + 1 < word.n && word.p[i + 1] == 'h')
            continue;
        if (c == 'g')
            c = 'h';
        if (c == 'w')
            c = 'v';
        if (c == '\'' || (n > 0 && out[n - 1] == c))
            continue;
        if (c == 'e' && n > 0 && out[n - 1] == 'i')
            n--;
        out[n++] = c;
    }
    out[n] = '\0';
}

static void
romanise(const char *name, char out[KEY_MAX])
{
    char text[4 * KEY_MAX];
    size_t n = 0;
    for (const char *p = name; *p && n + 4 < sizeof text;) {
        size_t step = (unsigned char)*p >= 0x80 ? 2 : 1;
        for (size_t i = 0; step == 2 && i < sizeof letters / sizeof *letters; i++) {
            if (memcmp(letters[i].from, p, 2) != 0)
                continue;
            size_t length = strlen(letters[i].to);
            memcpy(text + n, letters[i].to, length);
            n += length;
            break;
        }
        p += step;
    }
    squash((struct dz_view){text, n}, out);
}

static char (*keys)[KEY_MAX];
static size_t n_keys;
static pthread_once_t spelled = PTHREAD_ONCE_INIT;

static int
by_key(const void *a, const void *b)
{
    return strcmp(a, b);
}

#define MOST_KEYS 2048
static char all_keys[MOST_KEYS][KEY_MAX];

static void
spell(void)
{
    static const enum dz_text_lang langs[] = {DZ_TEXT_UK, DZ_TEXT_RU};
    keys = all_keys;
    for (size_t k = 0; k < 4; k++) {
        struct dz_given_list list = dz_person_given(langs[k / 2], k % 2 != 0);
        for (size_t i = 0; i < list.n && n_keys < MOST_KEYS; i++) {
            romanise(list.names[i], keys[n_keys]);
            n_keys += strlen(keys[n_keys]) >= SHORTEST;
        }
    }
    qsort(keys, n_keys, sizeof *keys, by_key);
}

bool
dz_person_is_given_latin(struct dz_view fold)
{
    char key[KEY_MAX];
    if (fold.n < SHORTEST || fold.n + 1 >= KEY_MAX || (unsigned char)fold.p[0] >= 0x80)
        return false;
    (void)pthread_once(&spelled, spell);
    squash(fold, key);
    return strlen(key) >= SHORTEST && bsearch(key, keys, n_keys, sizeof *keys, by_key) != NULL;
}
