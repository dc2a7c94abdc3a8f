#include <string.h>
#include <unicode/ucnv.h>

#include "dz_codec.h"
#include "dz_utf8.h"
#include "rtf_impl.h"

int
rtf_next_byte(struct rtf_input *in)
{
    if (in->pushed >= 0) {
        int c = in->pushed;
        in->pushed = -1;
        return c;
    }
    if (in->at == in->n) {
        size_t n = 0;
        if (in->failed || dz_work_next(in->w, in->piece, sizeof in->piece, &n, NULL) != DZ_OK)
            in->failed = true;
        in->at = 0;
        in->n = in->failed ? 0 : n;
        if (in->n == 0)
            return -1;
        in->done += in->n;
    }
    return in->piece[in->at++];
}

static bool
is_letter(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The number of a control word; a space behind it belongs to the word. */
static void
read_number(struct rtf_input *in, int c)
{
    bool minus = c == '-';
    if (minus)
        c = rtf_next_byte(in);
    int64_t n = 0;
    in->has_number = false;
    while (c >= '0' && c <= '9') {
        in->has_number = true;
        if (n < INT32_MAX)
            n = n * 10 + (c - '0');
        c = rtf_next_byte(in);
    }
    n = n > INT32_MAX ? INT32_MAX : n;
    in->number = (int32_t)(minus ? -n : n);
    if (c != ' ')
        in->pushed = c;
}

static enum rtf_token
read_word(struct rtf_input *in, int c)
{
    size_t n = 0;
    while (is_letter(c)) {
        if (n < RTF_WORD_MAX)
            in->word[n++] = (char)c;
        c = rtf_next_byte(in);
    }
    in->word[n] = '\0';
    read_number(in, c);
    if (strcmp(in->word, "bin") != 0)
        return RTF_WORD;
    for (int32_t left = in->has_number ? in->number : 0; left > 0; left--) {
        if (rtf_next_byte(in) < 0)
            break;
    }
    return RTF_BINARY;
}

static enum rtf_token
read_control(struct rtf_input *in)
{
    int c = rtf_next_byte(in);
    if (c < 0)
        return RTF_END;
    if (is_letter(c))
        return read_word(in, c);
    in->byte = (unsigned char)c;
    if (c != '\'')
        return RTF_SIGN;
    int high = rtf_next_byte(in);
    int high_digit = high >= 0 ? dz_hex_digit((char)high) : -1;
    if (high_digit < 0) {
        in->pushed = high;
        return RTF_SIGN; /* not the form; the sign itself says nothing */
    }
    int low = rtf_next_byte(in);
    int low_digit = low >= 0 ? dz_hex_digit((char)low) : -1;
    if (low_digit < 0) {
        in->pushed = low;
        low_digit = high_digit;
        high_digit = 0;
    }
    in->byte = (unsigned char)(high_digit << 4 | low_digit);
    return RTF_BYTE;
}

enum rtf_token
rtf_next(struct rtf_input *in)
{
    for (;;) {
        int c = rtf_next_byte(in);
        if (c < 0)
            return RTF_END;
        if (c == '{')
            return RTF_OPEN;
        if (c == '}')
            return RTF_CLOSE;
        if (c == '\\')
            return read_control(in);
        if (c == '\r' || c == '\n' || c == '\0')
            continue; /* only to make the file's lines short */
        in->byte = (unsigned char)c;
        return RTF_BYTE;
    }
}

unsigned
rtf_page_of_charset(int32_t charset)
{
    static const struct {
        int16_t charset;
        uint16_t page;
    } known[] = {
        {0, 1252},   {2, RTF_PAGE_SIGNS}, {77, 10000}, {128, 932},  {129, 949},  {134, 936},
        {136, 950},  {161, 1253},         {162, 1254}, {163, 1258}, {177, 1255}, {178, 1256},
        {186, 1257}, {204, 1251},         {222, 874},  {238, 1250}, {254, 437},  {255, 850},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (known[i].charset == charset)
            return known[i].page;
    }
    return 0; /* 1 (default) and the rest: the document's own */
}

/* A page as ICU calls it. */
static const char *
page_name(unsigned page, struct dz_buf *room)
{
    static const struct {
        unsigned page;
        const char *name;
    } known[] = {
        {866, "ibm-866"},  {437, "ibm-437"},   {850, "ibm-850"},   {932, "Shift_JIS"},
        {936, "GBK"},      {949, "windows-949"}, {950, "Big5"},    {10000, "macintosh"},
        {10007, "x-mac-cyrillic"}, {10017, "x-mac-cyrillic"}, {20866, "KOI8-R"}, {21866, "KOI8-U"},
        {28595, "ISO-8859-5"}, {65001, "UTF-8"}, {855, "ibm-855"}, {852, "ibm-852"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (known[i].page == page)
            return known[i].name;
    }
    if (page < 1250 || page > 1258)
        return "windows-1252";
    dz_buf_addf(room, "windows-%u", page);
    return room->p;
}

void
rtf_decode(unsigned page, struct dz_view bytes, struct dz_buf *out)
{
    if (dz_utf8_valid_prefix(bytes) == bytes.n && page == 65001) {
        dz_buf_addv(out, bytes);
        return;
    }
    bool ascii = true;
    for (size_t i = 0; i < bytes.n && ascii; i++)
        ascii = (uint8_t)bytes.p[i] < 0x80;
    if (ascii) {
        dz_buf_addv(out, bytes);
        return;
    }
    struct dz_buf room = DZ_BUF(32);
    UErrorCode status = U_ZERO_ERROR;
    UConverter *converter = ucnv_open(page_name(page, &room), &status);
    char text[4 * RTF_PIECE_BYTES];
    int32_t n = 0;
    if (U_SUCCESS(status))
        n = ucnv_toAlgorithmic(UCNV_UTF8, converter, text, sizeof text, bytes.p, (int32_t)bytes.n,
                               &status);
    if (U_SUCCESS(status) && n > 0)
        dz_buf_add(out, text, (size_t)n);
    if (converter != NULL)
        ucnv_close(converter);
    dz_buf_done(&room);
}
