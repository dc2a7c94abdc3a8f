#include <string.h>

#include "dz_codec.h"
#include "dz_office.h"

/* Signs that DOCX keeps as a font and a number (ECMA-376 part 1, 17.3.3.30). What matters in them
 * is
 * which box of a form is ticked. */

static const struct {
    const char *font;
    unsigned number;
    const char *sign;
} signs[] = {
    {"Wingdings", 0x6f, "\xe2\x98\x90"},   {"Wingdings", 0x71, "\xe2\x98\x90"},
    {"Wingdings", 0xa8, "\xe2\x98\x90"},   {"Wingdings", 0x78, "\xe2\x98\x92"},
    {"Wingdings", 0xfd, "\xe2\x98\x92"},   {"Wingdings", 0xfe, "\xe2\x98\x91"},
    {"Wingdings", 0xfb, "\xe2\x9c\x97"},   {"Wingdings", 0xfc, "\xe2\x9c\x93"},
    {"Wingdings 2", 0x4f, "\xe2\x9c\x97"}, {"Wingdings 2", 0x50, "\xe2\x9c\x93"},
    {"Wingdings 2", 0x51, "\xe2\x98\x92"}, {"Wingdings 2", 0x52, "\xe2\x98\x91"},
    {"Wingdings 2", 0x53, "\xe2\x98\x92"}, {"Wingdings 2", 0x54, "\xe2\x98\x92"},
    {"Wingdings 2", 0xa3, "\xe2\x98\x90"}, {"Symbol", 0xb7, "\xe2\x80\xa2"},
};

struct dz_view
dz_docx_sign(struct dz_view font, struct dz_view number)
{
    unsigned n = 0;
    for (size_t i = 0; i < number.n && i < 4; i++) {
        int digit = dz_hex_digit(number.p[i]);
        n = digit >= 0 ? n << 4 | (unsigned)digit : 0;
    }
    /* The number may stand where fonts of signs keep theirs in Unicode. */
    if (n >= 0xf000)
        n -= 0xf000;
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        if (signs[i].number == n && dz_view_is(font, signs[i].font))
            return dz_view_of(signs[i].sign);
    }
    return (struct dz_view){.p = "", .n = 0};
}
