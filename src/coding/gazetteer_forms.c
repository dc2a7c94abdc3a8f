#include "dz_rules_priv.h"

#include <string.h>

/* Case forms of place names, by the ending of the nominative. The tables may produce a form too
 * many;
 * such a form belongs to no other name, so it does no harm. */
struct paradigm {
    const char *ending;     /* of the nominative, what it replaces goes */
    const char *const *add; /* to the stem, NULL at the end */
};

#define FORMS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* The first row that fits counts, so longer endings stand first. */
static const struct paradigm uk_table[] = {
    {"область", FORMS("області", "областю", "областей", "областям", "областями", "областях")},
    {"ський", FORMS("ського", "ському", "ським", "ськім", "ські", "ських")},
    {"цький", FORMS("цького", "цькому", "цьким", "цькі", "цьких")},
    {"ий", FORMS("ого", "ому", "им", "ім", "і", "их")},
    {"ій", FORMS("ього", "ьому", "ім", "ого", "ому", "ю", "єм", "я", "ї")},
    {"ія", FORMS("ії", "ію", "ією", "ій")},
    {"жжя", FORMS("жжю", "жжям", "жжі")},
    {"ття", FORMS("ттю", "ттям", "тті")},
    {"лля", FORMS("ллю", "ллям", "ллі")},
    {"ддя", FORMS("ддю", "ддям", "дді")},
    {"ка", FORMS("ки", "ці", "ку", "кою", "кої", "кій")},
    {"га", FORMS("ги", "зі", "гу", "гою")},
    {"ха", FORMS("хи", "сі", "ху", "хою")},
    {"жа", FORMS("жі", "жу", "жею")},
    {"ча", FORMS("чі", "чу", "чею", "чої", "чій", "чою")},
    {"ша", FORMS("ші", "шу", "шею")},
    {"а", FORMS("и", "і", "у", "ою", "ої", "ій")},
    {"я", FORMS("і", "ю", "ею", "єю", "ї", "ьої", "ій", "ьою")},
    {"є", FORMS("ього", "ьому", "ім", "я", "ю", "єм", "ї")},
    {"е", FORMS("ого", "ому", "им", "ім", "а", "у", "ем", "і", "я", "ю", "ям")},
    {"ово", FORMS("ова", "ову", "овом", "ові", "ового", "овому")},
    {"о", FORMS("а", "у", "ом", "і", "ові")},
    {"ки", FORMS("ків", "кам", "ками", "ках", "ок")},
    {"и", FORMS("ів", "ам", "ами", "ах", "")},
    {"ці", FORMS("ців", "цям", "цями", "цях", "ць")},
    {"і", FORMS("их", "им", "ими", "іх", "ім", "іми", "ів", "ям", "ями", "ях")},
    {"піль", FORMS("поля", "полю", "полем", "полі")},
    {"іль", FORMS("оля", "олю", "олем", "олі", "еля", "елю", "елем", "елі")},
    {"сь", FORMS("ся", "сю", "сем", "сі", "ссю")},
    {"нь", FORMS("ня", "ню", "нем", "ні", "нню")},
    {"дь", FORMS("дя", "дю", "дем", "ді", "ддю")},
    {"ль", FORMS("ля", "лю", "лем", "лі", "ллю")},
    {"ь", FORMS("я", "ю", "ем", "еві", "і", "юю")},
    {"їв", FORMS("єва", "єву", "євом", "єві", "євим")},
    {"ів", FORMS("ова", "ову", "овом", "ові", "овим", "ева", "еву", "евом", "еві", "єва", "єву",
                 "євом", "єві")},
    {"ріг", FORMS("рога", "рогу", "рогом", "розі")},
    {"ець", FORMS("ця", "цю", "цем", "ці")},
    {"ок", FORMS("ка", "ку", "ком", "оку")},
    {"й", FORMS("я", "ю", "єм", "ї")},
};
static const struct paradigm ru_table[] = {
    {"область", FORMS("области", "областью", "областей", "областям", "областями", "областях")},
    {"ский", FORMS("ского", "скому", "ским", "ском", "ские", "ских")},
    {"цкий", FORMS("цкого", "цкому", "цким", "цком")},
    {"ий", FORMS("его", "ему", "им", "ем", "ого", "ому", "ом")},
    {"ый", FORMS("ого", "ому", "ым", "ом")},
    {"ой", FORMS("ого", "ому", "ым", "ом", "оя", "ою", "оем", "ое")},
    {"ская", FORMS("ской", "скую", "ские", "ских", "ским")},
    {"цкая", FORMS("цкой", "цкую", "цкие", "цких")},
    {"ая", FORMS("ой", "ую", "ою", "ые", "ых")},
    {"яя", FORMS("ей", "юю")},
    {"ое", FORMS("ого", "ому", "ым", "ом")},
    {"ее", FORMS("его", "ему", "им", "ем")},
    {"ые", FORMS("ых", "ым", "ыми")},
    {"ие", FORMS("их", "им", "ими")},
    {"ия", FORMS("ии", "ию", "ией")},
    {"ья", FORMS("ьи", "ье", "ью", "ьей")},
    {"ье", FORMS("ья", "ью", "ьем", "ьи")},
    {"ка", FORMS("ки", "ке", "ку", "кой", "кою")},
    {"га", FORMS("ги", "ге", "гу", "гой")},
    {"ха", FORMS("хи", "хе", "ху", "хой")},
    {"а", FORMS("ы", "и", "е", "у", "ой", "ою", "ей")},
    {"я", FORMS("и", "е", "ю", "ей")},
    {"о", FORMS("а", "у", "ом", "е")},
    {"е", FORMS("а", "я", "у", "ю", "ем", "и")},
    {"ки", FORMS("ков", "кам", "ками", "ках", "ок", "ек")},
    {"цы", FORMS("цов", "цев", "цам", "цами", "цах", "ц")},
    {"ы", FORMS("ов", "ам", "ами", "ах", "")},
    {"и", FORMS("ей", "ов", "ам", "ами", "ах", "ям", "ями", "ях", "")},
    {"ь", FORMS("я", "ю", "ем", "е", "и", "ью")},
    {"ец", FORMS("ца", "цу", "цом", "це", "еца", "ецу", "еце", "ецом")},
    {"й", FORMS("я", "ю", "ем", "е")},
};
/* After a consonant. */
static const char *const uk_hard[] = {"а", "у", "ом", "ові", "і", "ем", "еві", NULL};
static const char *const ru_hard[] = {"а", "у", "ом", "е", "ем", "ым", NULL};

static bool
cut_ending(struct dz_view word, const char *ending, struct dz_view *ret_stem)
{
    size_t n = strlen(ending);
    /* At least two Cyrillic letters stay, except for words that are in the table as a whole. */
    if (word.n < n || (word.n < n + 4 && word.n != n) ||
        memcmp(word.p + word.n - n, ending, n) != 0)
        return false;
    *ret_stem = (struct dz_view){word.p, word.n - n};
    return true;
}

static void
put_forms(struct dz_view stem, const char *const *add, void (*put)(void *arg, struct dz_view form),
          void *arg)
{
    char form[128];
    for (size_t i = 0; add[i]; i++) {
        size_t n = strlen(add[i]);
        if (stem.n + n >= sizeof form || stem.n + n == 0)
            continue;
        memcpy(form, stem.p, stem.n);
        memcpy(form + stem.n, add[i], n);
        put(arg, (struct dz_view){form, stem.n + n});
    }
}

void
dz_gaz_inflect(struct dz_view word, enum dz_text_lang lang,
               void (*put)(void *arg, struct dz_view form), void *arg)
{
    put(arg, word);
    if (lang != DZ_TEXT_UK && lang != DZ_TEXT_RU)
        return;
    bool uk = lang == DZ_TEXT_UK;
    const struct paradigm *table = uk ? uk_table : ru_table;
    size_t n = uk ? sizeof uk_table / sizeof *uk_table : sizeof ru_table / sizeof *ru_table;
    for (size_t i = 0; i < n; i++) {
        struct dz_view stem;
        if (!cut_ending(word, table[i].ending, &stem))
            continue;
        put_forms(stem, table[i].add, put, arg);
        return;
    }
    if (word.n >= 6)
        put_forms(word, uk ? uk_hard : ru_hard, put, arg);
}

/* Ukrainian national romanisation (Cabinet of Ministers, resolution 55 of 27 January 2010) and a
 * plain
 * Russian one; letters from U+0430 to U+045F. */
static const char *const uk_latin[32] = {
    "a", "b", "v", "h", "d", "e",  "zh", "z",  "y",  "i",    "k", "l", "m", "n", "o",  "p",
    "r", "s", "t", "u", "f", "kh", "ts", "ch", "sh", "shch", "",  "y", "",  "e", "iu", "ia",
};
static const char *const ru_latin[32] = {
    "a", "b", "v", "g", "d", "e",  "zh", "z",  "i",  "y",    "k", "l", "m", "n", "o",  "p",
    "r", "s", "t", "u", "f", "kh", "ts", "ch", "sh", "shch", "",  "y", "",  "e", "yu", "ya",
};

void
dz_gaz_romanise(struct dz_view word, enum dz_text_lang lang, struct dz_buf *out)
{
    size_t pos = 0;
    bool first = true;
    uint32_t before = 0;
    while (pos < word.n) {
        uint32_t cp = dz_utf8_next(word, &pos);
        bool uk = lang == DZ_TEXT_UK;
        if (cp >= 0x0430 && cp <= 0x044F) {
            const char *latin = (uk ? uk_latin : ru_latin)[cp - 0x0430];
            bool soft = uk && first && (cp == 0x044E || cp == 0x044F || cp == 0x0439);
            if (soft)
                latin = cp == 0x044E ? "yu" : cp == 0x044F ? "ya" : "y";
            /* зг is zgh, so that it is not read as ж. */
            if (uk && cp == 0x0433 && before == 0x0437)
                latin = "gh";
            dz_buf_adds(out, latin);
        } else if (cp == 0x0456) {
            dz_buf_adds(out, "i");
        } else if (cp == 0x0457) {
            dz_buf_adds(out, first ? "yi" : "i");
        } else if (cp == 0x0454) {
            dz_buf_adds(out, first ? "ye" : "ie");
        } else if (cp == 0x0491) {
            dz_buf_adds(out, "g");
        } else if (cp < 0x80 && cp != '\'') {
            dz_utf8_put(out, cp);
        }
        first = false;
        before = cp;
    }
}

/* Letters that the usual ways of writing Slavic names in Latin letters do not agree on fall
 * together:
 * y, i, j; kh, g, h; double letters; the glide before e; apostrophes. */
void
dz_gaz_key(struct dz_view word, struct dz_buf *out)
{
    char last = '\0';
    for (size_t i = 0; i < word.n; i++) {
        char c = word.p[i];
        if (c == '\'')
            continue;
        if ((unsigned char)c >= 0x80 || c < 'a' || c > 'z') {
            dz_buf_addc(out, c);
            last = c;
            continue;
        }
        if (c == 'y' || c == 'j')
            c = 'i';
        if (c == 'k' && i + 1 < word.n && word.p[i + 1] == 'h')
            continue;
        if (c == 'g')
            c = 'h';
        if (c == 'w')
            c = 'v';
        if (c == 'e' && last == 'i') {
            out->n--;
            out->p[out->n] = '\0';
            last = out->n > 0 ? out->p[out->n - 1] : '\0';
        }
        if (c == 'z' && i + 3 < word.n && memcmp(word.p + i, "zhzh", 4) == 0)
            i += 2;
        if (c == last)
            continue;
        dz_buf_addc(out, c);
        last = c;
    }
}
