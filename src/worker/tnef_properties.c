#include <string.h>

#include "dz_tnef.h"

/* Lists of properties (MS-OXTNEF 2.1.3.4) and packed RTF (MS-OXRTFCP 2.2). */

enum {
    TYPE_SHORT = 0x02,
    TYPE_LONG = 0x03,
    TYPE_FLOAT = 0x04,
    TYPE_ERROR = 0x0a,
    TYPE_BOOLEAN = 0x0b,
    TYPE_OBJECT = 0x0d,
    TYPE_STRING = 0x1e,
    TYPE_UNICODE = 0x1f,
    TYPE_CLASS = 0x48,
    TYPE_BINARY = 0x102,
    SEVERAL = 0x1000
};
#define NAMED 0x8000 /* from here on, numbers stand for names that are in the file */

uint32_t
dz_tnef_number(struct dz_tnef_input *in, unsigned bytes)
{
    struct dz_view v = dz_tnef_bytes(in, bytes);
    uint32_t n = 0;
    for (size_t i = v.n; i-- > 0;)
        n = n << 8 | (uint8_t)v.p[i];
    return n;
}

struct dz_view
dz_tnef_bytes(struct dz_tnef_input *in, uint64_t n)
{
    if (n > in->left.n) {
        in->cut = true;
        in->left.n = 0;
        n = 0;
    }
    if (n == 0)
        return (struct dz_view){.p = "", .n = 0};
    struct dz_view v = {.p = in->left.p, .n = (size_t)n};
    in->left.p += n;
    in->left.n -= (size_t)n;
    return v;
}

/* Everything is padded to four bytes; the last one may lack that. */
static struct dz_view
padded(struct dz_tnef_input *in, uint64_t n)
{
    struct dz_view v = dz_tnef_bytes(in, n);
    size_t rest = (4 - (size_t)(n % 4)) % 4;
    if (!in->cut)
        (void)dz_tnef_bytes(in, rest < in->left.n ? rest : in->left.n);
    return v;
}

static void
skip_name(struct dz_tnef_input *in)
{
    (void)dz_tnef_bytes(in, 16);
    if (dz_tnef_number(in, 4) == 0)
        (void)dz_tnef_number(in, 4);
    else
        (void)padded(in, dz_tnef_number(in, 4));
}

static bool
is_variable(unsigned type)
{
    return type == TYPE_OBJECT || type == TYPE_STRING || type == TYPE_UNICODE ||
           type == TYPE_BINARY;
}

/* The first of the values; all are passed over. A count that cannot be right ends at the end of the
 * bytes, since each value takes at least four. */
static struct dz_view
take_values(struct dz_tnef_input *in, unsigned type, bool several)
{
    struct dz_view first = {.p = "", .n = 0};
    bool variable = is_variable(type);
    uint32_t n = variable || several ? dz_tnef_number(in, 4) : 1;
    unsigned size = 8;
    if (type == TYPE_SHORT || type == TYPE_LONG || type == TYPE_FLOAT || type == TYPE_ERROR ||
        type == TYPE_BOOLEAN)
        size = 4;
    else if (type == TYPE_CLASS)
        size = 16;
    for (uint32_t i = 0; i < n && !in->cut; i++) {
        struct dz_view value = padded(in, variable ? dz_tnef_number(in, 4) : size);
        if (i == 0)
            first = value;
    }
    return first;
}

bool
dz_tnef_properties(struct dz_view list, void (*take)(void *ctx, const struct dz_tnef_property *p),
                   void *ctx)
{
    struct dz_tnef_input in = {.left = list};
    uint32_t n = dz_tnef_number(&in, 4);
    for (uint32_t i = 0; i < n && !in.cut; i++) {
        if (i == DZ_TNEF_PROPERTIES_MAX)
            return false;
        unsigned type = dz_tnef_number(&in, 2);
        struct dz_tnef_property p = {.type = type & ~(unsigned)SEVERAL};
        p.id = dz_tnef_number(&in, 2);
        if (p.id >= NAMED)
            skip_name(&in);
        p.value = take_values(&in, p.type, (type & SEVERAL) != 0);
        if (!in.cut)
            take(ctx, &p);
    }
    return !in.cut;
}

/* ---- packed RTF ---- */

#define WINDOW 4096u /* bytes that may be pointed back to */
#define HEADER_BYTES 16
#define PACKED 0x75465a4cu /* "LZFu" */
#define PLAIN 0x414c454du  /* "MELA" */
#define RTF_MAX ((size_t)64 << 20)

/* What stands in the window before the first byte, so that usual words need not be written. */
static const char usual[] =
    "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern "
    "\\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier"
    "{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

struct window {
    char bytes[WINDOW];
    uint32_t at;
    struct dz_buf *out;
};

static void
put_byte(struct window *w, char c)
{
    w->bytes[w->at] = c;
    w->at = (w->at + 1) % WINDOW;
    dz_buf_addc(w->out, c);
}

/* False: it points to itself, which is how the end is told. */
static bool
put_run(struct window *w, struct dz_tnef_input *in)
{
    struct dz_view two = dz_tnef_bytes(in, 2);
    if (two.n < 2)
        return false;
    uint32_t word = (uint32_t)(uint8_t)two.p[0] << 8 | (uint8_t)two.p[1];
    uint32_t from = word >> 4;
    if (from == w->at)
        return false;
    for (uint32_t i = 0; i < (word & 15) + 2; i++)
        put_byte(w, w->bytes[(from + i) % WINDOW]);
    return true;
}

static void
unpack(struct dz_tnef_input *in, struct dz_buf *out)
{
    struct window w = {.at = sizeof usual - 1, .out = out};
    memcpy(w.bytes, usual, sizeof usual - 1);
    while (in->left.n > 0 && !out->failed) {
        uint32_t marks = dz_tnef_number(in, 1);
        for (unsigned bit = 0; bit < 8 && in->left.n > 0; bit++) {
            if ((marks >> bit & 1) == 0)
                put_byte(&w, (char)dz_tnef_number(in, 1));
            else if (!put_run(&w, in))
                return;
        }
    }
}

bool
dz_tnef_unpack_rtf(struct dz_view packed, struct dz_buf *out)
{
    struct dz_tnef_input in = {.left = packed};
    uint32_t size = dz_tnef_number(&in, 4); /* of what follows these four bytes */
    uint32_t unpacked = dz_tnef_number(&in, 4);
    uint32_t how = dz_tnef_number(&in, 4);
    (void)dz_tnef_number(&in, 4); /* a sum, which the attribute around has as well */
    if (in.cut || size < HEADER_BYTES - 4)
        return false;
    if (size - (HEADER_BYTES - 4) < in.left.n)
        in.left.n = size - (HEADER_BYTES - 4);
    out->max = RTF_MAX;
    if (how == PLAIN)
        dz_buf_addv(out, in.left);
    else if (how == PACKED)
        unpack(&in, out);
    if (out->n > unpacked)
        dz_buf_cut(out, unpacked);
    return !out->failed && out->n == unpacked;
}
