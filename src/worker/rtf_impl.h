/* Rich Text Format, version 1.9.1: the state of a reading, and the tokenizer under it. */
#ifndef RTF_IMPL_H
#define RTF_IMPL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dz_buf.h"
#include "dz_worker.h"

#define RTF_DEPTH_MAX 500   /* groups within groups */
#define RTF_FONTS_MAX 4096  /* fonts whose character set is remembered */
#define RTF_WORD_MAX 32     /* letters of a control word */
#define RTF_INFO_MAX 4096   /* bytes of a value of the info group */
#define RTF_PIECE_BYTES 8192

enum rtf_token {
    RTF_END,
    RTF_OPEN,
    RTF_CLOSE,
    RTF_WORD,  /* a control word: word, has_number, number */
    RTF_SIGN,  /* a control symbol: byte */
    RTF_BYTE,  /* a byte of text, given plainly or as \'xx: byte */
    RTF_BINARY /* bytes that follow \bin, already skipped */
};

struct rtf_input {
    struct dz_work *w;
    unsigned char piece[65536];
    size_t at;
    size_t n;
    uint64_t done;
    bool failed;
    int pushed; /* a byte given back, or -1 */
    char word[RTF_WORD_MAX + 1];
    bool has_number;
    int32_t number;
    unsigned char byte;
};
/** -1 at the end. */
int
rtf_next_byte(struct rtf_input *in);
enum rtf_token
rtf_next(struct rtf_input *in);

enum rtf_where {
    RTF_TEXT,
    RTF_SKIP,  /* a destination whose text is not the document's */
    RTF_FONTS, /* the table of fonts */
    RTF_INFO,  /* the group of properties */
    RTF_VALUE, /* one property */
    RTF_FIELD, /* the instruction of a field: may hold a link */
    RTF_NOTE,  /* a footnote: said behind the document */
    RTF_ASIDE, /* a header or footer: said behind the document */
    RTF_NUMBER /* what stands in front of an item of a list */
};

struct rtf_group {
    enum rtf_where where;
    unsigned skip_after_u; /* \uc: how many bytes stand in for a \u */
    uint16_t font;
    bool hidden;
    bool deleted; /* by a change that was tracked */
};

#define RTF_PAGE_SIGNS 42 /* what Windows calls the page of fonts that hold signs */
/** Code page of a \fcharset; 0: the document's. */
unsigned
rtf_page_of_charset(int32_t charset);
/** Append bytes of a Windows code page in UTF-8. */
void
rtf_decode(unsigned page, struct dz_view bytes, struct dz_buf *out);

#endif
