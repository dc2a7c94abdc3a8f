#include "dz_text_priv.h"

#include <pthread.h>

/* What is asked of every character of every text, looked up once for the characters of which texts
 * in the three languages consist nearly always: those of one and two bytes. The general functions
 * stay the ones that decide. */

static struct dz_text_char chars[DZ_TEXT_CHARS];
static pthread_once_t made = PTHREAD_ONCE_INIT;

static enum dz_text_part
part_of(bool ascii, bool folds, enum dz_text_class class)
{
    switch (class) {
    case DZ_TEXT_LETTER:
        return folds ? DZ_PART_LETTER : DZ_PART_OTHER;
    case DZ_TEXT_DIGIT:
        return ascii ? DZ_PART_DIGIT : DZ_PART_OTHER;
    case DZ_TEXT_MARK:
    case DZ_TEXT_APOSTROPHE:
        return DZ_PART_OTHER;
    case DZ_TEXT_SPACE:
    case DZ_TEXT_LINE:
    case DZ_TEXT_SIGN:
        break;
    }
    return DZ_PART_NONE;
}

static void
make(void)
{
    for (uint32_t cp = 0; cp < DZ_TEXT_CHARS; cp++) {
        struct dz_text_char *c = &chars[cp];
        unsigned char lead = (unsigned char)(0xC0 | cp >> 6);
        unsigned char trail = (unsigned char)(0x80 | (cp & 0x3F));
        enum dz_text_class class = dz_text_class_of(cp);
        bool yo = cp == 0x0401 || cp == 0x0451;
        c->class = (uint8_t)class;
        c->upper = class == DZ_TEXT_LETTER && dz_text_is_upper(cp);
        if (cp < 0x80)
            c->fold = (uint16_t)dz_text_lower(cp);
        else
            c->fold = (uint16_t)(yo ? 0x0435 : dz_text_fold_pair(lead, trail));
        c->part = (uint8_t)part_of(cp < 0x80, c->fold != 0, class);
        c->votes = dz_text_votes_of(cp);
    }
}

const struct dz_text_char *
dz_text_chars(void)
{
    (void)pthread_once(&made, make);
    return chars;
}
