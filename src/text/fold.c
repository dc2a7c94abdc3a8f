#include "dz_text_priv.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>

/* Apostrophes that people and machines write inside words; the folded form has the plain one. */
static bool
is_apostrophe(uint32_t cp)
{
    return cp == '\'' || cp == 0x2019 || cp == 0x02BC || cp == 0x2018 || cp == '`' ||
           cp == 0x02B9 || cp == 0x2032;
}

/* Invisible characters that word processors and web pages leave inside words. */
static bool
is_invisible(uint32_t cp)
{
    return cp == 0x00AD || (cp >= 0x200B && cp <= 0x200D) || cp == 0x2060 || cp == 0xFEFF;
}

static enum dz_text_class
ascii_class(uint32_t cp)
{
    if ((cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z'))
        return DZ_TEXT_LETTER;
    if (cp >= '0' && cp <= '9')
        return DZ_TEXT_DIGIT;
    if (cp >= '\n' && cp <= '\r')
        return DZ_TEXT_LINE;
    if (cp <= ' ' || cp == 0x7F)
        return DZ_TEXT_SPACE;
    return cp == '\'' || cp == '`' ? DZ_TEXT_APOSTROPHE : DZ_TEXT_SIGN;
}

enum dz_text_class
dz_text_class_of(uint32_t cp)
{
    if (cp < 0x80)
        return ascii_class(cp);
    if (cp >= 0x0400 && cp <= 0x0481)
        return DZ_TEXT_LETTER;
    if (is_apostrophe(cp))
        return DZ_TEXT_APOSTROPHE;
    if (is_invisible(cp))
        return DZ_TEXT_MARK;
    if (cp == 0x85 || cp == 0x2028 || cp == 0x2029)
        return DZ_TEXT_LINE;
    uint32_t mask = U_MASK(u_charType((UChar32)cp));
    if (mask & U_GC_L_MASK)
        return DZ_TEXT_LETTER;
    if (mask & U_GC_M_MASK)
        return DZ_TEXT_MARK;
    if (mask & U_GC_ND_MASK)
        return DZ_TEXT_DIGIT;
    if (mask & (U_GC_Z_MASK | U_GC_CC_MASK))
        return DZ_TEXT_SPACE;
    return DZ_TEXT_SIGN;
}

bool
dz_text_is_cyrillic(uint32_t cp)
{
    return cp >= 0x0400 && cp <= 0x052F;
}

bool
dz_text_is_upper(uint32_t cp)
{
    if (cp < 0x80)
        return cp >= 'A' && cp <= 'Z';
    if (cp >= 0x0400 && cp <= 0x045F)
        return cp <= 0x042F;
    return u_isupper((UChar32)cp) || u_istitle((UChar32)cp);
}

uint32_t
dz_text_lower(uint32_t cp)
{
    if (cp < 0x80)
        return cp >= 'A' && cp <= 'Z' ? cp + 32 : cp;
    if (cp >= 0x0410 && cp <= 0x042F)
        return cp + 32;
    if (cp >= 0x0430 && cp <= 0x044F)
        return cp;
    return (uint32_t)u_tolower((UChar32)cp);
}

/* Latin letters that look Cyrillic, as typed by mistake or to slip past a filter. */
static uint32_t
cyrillic_twin(uint32_t cp)
{
    static const struct {
        char latin;
        uint16_t cyrillic;
    } twins[] = {
        {'a', 0x0430}, {'c', 0x0441}, {'e', 0x0435}, {'i', 0x0456}, {'k', 0x043A}, {'m', 0x043C},
        {'o', 0x043E}, {'p', 0x0440}, {'t', 0x0442}, {'x', 0x0445}, {'y', 0x0443},
    };
    for (size_t i = 0; i < sizeof twins / sizeof *twins; i++)
        if (cp == (unsigned char)twins[i].latin)
            return twins[i].cyrillic;
    return cp;
}

/* One character in folded form; 0 when it is dropped. */
static uint32_t
fold_char(uint32_t cp, uint32_t before)
{
    if (is_invisible(cp))
        return 0;
    if ((cp == 0x0301 || cp == 0x0300) && dz_text_is_cyrillic(before))
        return 0; /* a stress mark */
    if (is_apostrophe(cp))
        return '\'';
    if (cp == 0x2010 || cp == 0x2011)
        return '-';
    cp = dz_text_lower(cp);
    if (cp == 0x0451)
        return 0x0435; /* ё as е */
    int digit = cp < 0x80 ? -1 : (int)u_charDigitValue((UChar32)cp);
    return digit >= 0 && digit <= 9 ? (uint32_t)('0' + digit) : cp;
}

/* Second pass over a word that mixes scripts: with any Cyrillic letter the twins are meant so. */
static void
fold_twins(struct dz_view word, struct dz_buf *out)
{
    size_t pos = 0;
    while (pos < word.n)
        dz_utf8_put(out, cyrillic_twin(dz_utf8_next(word, &pos)));
}

/* Fold a run without spaces. Letters wait in `held` until it is known that no mark composes with
 * them, so that decomposed й and ї compare equal to the composed ones. */
static void
fold_run(struct dz_view run, struct dz_buf *out, bool *ret_mixed)
{
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *nfc = NULL;
    bool latin = false, cyrillic = false;
    uint32_t held = 0;
    size_t pos = 0;
    while (pos < run.n) {
        uint32_t cp = fold_char(dz_utf8_next(run, &pos), held);
        if (cp == 0)
            continue;
        if (held != 0 && cp >= 0x0300 && cp <= 0x036F) {
            if (!nfc)
                nfc = unorm2_getNFCInstance(&status);
            UChar32 both =
                U_SUCCESS(status) ? unorm2_composePair(nfc, (UChar32)held, (UChar32)cp) : -1;
            if (both >= 0) {
                held = both == 0x0451 ? 0x0435 : (uint32_t)both;
                continue;
            }
        }
        if (held != 0)
            dz_utf8_put(out, held);
        held = cp;
        latin = latin || (cp >= 'a' && cp <= 'z');
        cyrillic = cyrillic || dz_text_is_cyrillic(cp);
    }
    if (held != 0)
        dz_utf8_put(out, held);
    *ret_mixed = latin && cyrillic;
}

uint32_t
dz_text_fold_pair(unsigned char lead, unsigned char trail)
{
    if ((trail & 0xC0) != 0x80 || (lead != 0xD0 && lead != 0xD1 && lead != 0xD2))
        return 0;
    uint32_t cp = (lead & 0x1FU) << 6 | (trail & 0x3FU);
    if (cp >= 0x0430 && cp <= 0x044F)
        return cp;
    if (cp >= 0x0410 && cp <= 0x042F)
        return cp + 32;
    switch (cp) {
    case 0x0404: /* Є */
    case 0x0406: /* І */
    case 0x0407: /* Ї */
        return cp + 80;
    case 0x0490: /* Ґ */
        return 0x0491;
    case 0x0454:
    case 0x0456:
    case 0x0457:
    case 0x0491:
        return cp;
    default:
        return 0;
    }
}

/* Nearly every word is folded here. False: nothing was added, it holds something that needs a
 * closer look. */
static bool
fold_plain(struct dz_view s, struct dz_buf *out)
{
    char folded[64];
    bool latin = false, cyrillic = false;
    if (s.n > sizeof folded)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c < 0x80) {
            bool upper = c >= 'A' && c <= 'Z';
            if (c <= ' ' || c == '`')
                return false;
            latin = latin || upper || (c >= 'a' && c <= 'z');
            folded[i] = (char)(upper ? c + 32 : c);
            continue;
        }
        uint32_t cp = i + 1 < s.n ? dz_text_fold_pair(c, (unsigned char)s.p[i + 1]) : 0;
        if (cp == 0)
            return false;
        cyrillic = true;
        folded[i++] = (char)(0xC0 | cp >> 6);
        folded[i] = (char)(0x80 | (cp & 0x3F));
    }
    if (latin && cyrillic)
        return false;
    dz_buf_add(out, folded, s.n);
    return true;
}

void
dz_text_fold(struct dz_view s, struct dz_buf *out)
{
    size_t pos = 0;
    if (fold_plain(s, out))
        return;
    while (pos < s.n) {
        /* White space stands for itself; what lies between is folded as one word. */
        size_t start = pos;
        bool space = false;
        while (pos < s.n && !space) {
            size_t here = pos;
            enum dz_text_class class = dz_text_class_of(dz_utf8_next(s, &pos));
            space = class == DZ_TEXT_SPACE || class == DZ_TEXT_LINE;
            if (space)
                pos = here;
        }
        size_t from = out->n;
        bool mixed = false;
        fold_run((struct dz_view){s.p + start, pos - start}, out, &mixed);
        if (mixed) {
            struct dz_buf again DZ_AUTO_BUF = DZ_BUF(0);
            fold_twins((struct dz_view){out->p + from, out->n - from}, &again);
            out->n = from;
            dz_buf_addv(out, dz_buf_view(&again));
        }
        if (!space || pos >= s.n)
            continue;
        start = pos;
        (void)dz_utf8_next(s, &pos);
        dz_buf_add(out, s.p + start, pos - start);
    }
}
