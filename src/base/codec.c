#include "dz_codec.h"

#include <string.h>

int
dz_hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

void
dz_hex_encode(const uint8_t *p, size_t n, char *ret_hex)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        ret_hex[2 * i] = digits[p[i] >> 4];
        ret_hex[2 * i + 1] = digits[p[i] & 15];
    }
    ret_hex[2 * n] = '\0';
}

bool
dz_hex_decode(struct dz_view hex, uint8_t *ret, size_t n)
{
    if (hex.n % 2 != 0 || hex.n / 2 != n)
        return false;
    for (size_t i = 0; i < hex.n; i++) {
        if (dz_hex_digit(hex.p[i]) < 0)
            return false;
    }
    for (size_t i = 0; i < n; i++)
        ret[i] = (uint8_t)(dz_hex_digit(hex.p[2 * i]) * 16 + dz_hex_digit(hex.p[2 * i + 1]));
    return true;
}

static const char b64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static int
b64_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+')
        return 62;
    return c == '/' ? 63 : -1;
}

void
dz_b64_encode(struct dz_buf *out, const void *p, size_t n, enum dz_b64 form)
{
    const uint8_t *b = p;
    for (size_t i = 0; i < n; i += 3) {
        size_t have = n - i < 3 ? n - i : 3;
        uint32_t v = (uint32_t)b[i] << 16;
        v |= have > 1 ? (uint32_t)b[i + 1] << 8 : 0;
        v |= have > 2 ? (uint32_t)b[i + 2] : 0;
        char four[4] = {b64_digits[v >> 18], b64_digits[v >> 12 & 63],
                        have > 1 ? b64_digits[v >> 6 & 63] : '=',
                        have > 2 ? b64_digits[v & 63] : '='};
        dz_buf_add(out, four, form == DZ_B64_PADDED ? 4 : have + 1);
    }
}

/* The payload without its padding; false when the padding is not the one the form asks for. */
static bool
b64_unpad(struct dz_view *text, enum dz_b64 form)
{
    if (form == DZ_B64_PADDED) {
        if (text->n % 4 != 0)
            return false;
        size_t cut = 0;
        while (cut < 2 && text->n > cut && text->p[text->n - 1 - cut] == '=')
            cut++;
        text->n -= cut;
    }
    return text->n % 4 != 1;
}

enum dz_code
dz_b64_decode(struct dz_buf *out, struct dz_view text, enum dz_b64 form, struct dz_err *err)
{
    if (!b64_unpad(&text, form))
        return dz_fail(err, DZ_E_INPUT, "base64 text: its length or padding is wrong");
    for (size_t i = 0; i < text.n; i++) {
        if (b64_value(text.p[i]) < 0)
            return dz_fail(err, DZ_E_INPUT, "base64 text: character %zu does not belong there",
                           i + 1);
    }
    /* Bits behind the last whole byte must be zero, or two texts would mean the same bytes. */
    size_t rest = text.n % 4;
    if (rest != 0) {
        unsigned last = (unsigned)b64_value(text.p[text.n - 1]);
        if ((last & (rest == 2 ? 15U : 3U)) != 0)
            return dz_fail(err, DZ_E_INPUT, "base64 text: bits are left over at its end");
    }

    size_t before = out->n;
    uint32_t bits = 0;
    unsigned have = 0;
    for (size_t i = 0; i < text.n; i++) {
        bits = (bits << 6 | (uint32_t)b64_value(text.p[i])) & 0xFFFFFF;
        have += 6;
        if (have >= 8) {
            have -= 8;
            dz_buf_add_u8(out, (uint8_t)(bits >> have));
        }
    }
    enum dz_code code = dz_buf_ok(out, "base64", err);
    if (code != DZ_OK)
        dz_buf_cut(out, before);
    return code;
}

bool
dz_parse_u64(struct dz_view text, uint64_t *ret)
{
    if (text.n == 0 || (text.n > 1 && text.p[0] == '0'))
        return false;
    uint64_t v = 0;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c < '0' || c > '9' || __builtin_mul_overflow(v, 10U, &v) ||
            __builtin_add_overflow(v, (uint64_t)(c - '0'), &v))
            return false;
    }
    *ret = v;
    return true;
}

bool
dz_parse_i64(struct dz_view text, int64_t *ret)
{
    bool negative = text.n > 0 && text.p[0] == '-';
    if (negative)
        text = (struct dz_view){.p = text.p + 1, .n = text.n - 1};
    uint64_t v;
    if (!dz_parse_u64(text, &v))
        return false;
    if (negative) {
        /* "-0" has a second spelling and is refused; the smallest value has no positive
         * counterpart. */
        if (v == 0 || v > (uint64_t)INT64_MAX + 1)
            return false;
        *ret = -(int64_t)(v - 1) - 1;
        return true;
    }
    if (v > INT64_MAX)
        return false;
    *ret = (int64_t)v;
    return true;
}

void
dz_base32_id(const uint8_t *bytes, size_t chars, char *ret)
{
    /* Crockford's alphabet leaves out i, l, o and u, which are misread or make words. */
    static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";
    uint32_t bits = 0;
    unsigned have = 0;
    for (size_t i = 0; i < chars; i++) {
        if (have < 5) {
            bits = (bits << 8 | *bytes++) & 0xFFFF;
            have += 8;
        }
        have -= 5;
        ret[i] = digits[bits >> have & 31];
    }
    ret[chars] = '\0';
}
