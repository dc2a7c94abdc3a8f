#include "dz_figures.h"

/* Claimed numbers are never held in floating point: what a source said must come out as it went
 * in. */

bool
dz_decimal_parse(const char *text, int64_t *ret)
{
    if (!text)
        return false;
    bool minus = *text == '-';
    text += minus;
    uint64_t value = 0;
    size_t digits = 0;
    int places = -1; /* digits behind the point, -1 in front of it */
    for (; *text; text++) {
        if (*text == '.' && places < 0 && digits > 0) {
            places = 0;
            continue;
        }
        if (*text < '0' || *text > '9' || places >= DZ_DECIMAL_PLACES)
            return false;
        if (__builtin_mul_overflow(value, (uint64_t)10, &value) ||
            __builtin_add_overflow(value, (uint64_t)(*text - '0'), &value))
            return false;
        digits++;
        places += places >= 0;
    }
    if (digits == 0 || places == 0)
        return false;
    for (int i = places < 0 ? 0 : places; i < DZ_DECIMAL_PLACES; i++) {
        if (__builtin_mul_overflow(value, (uint64_t)10, &value))
            return false;
    }
    if (value >= INT64_MAX)
        return false;
    *ret = minus ? -(int64_t)value : (int64_t)value;
    return true;
}

void
dz_decimal_print(int64_t value, struct dz_buf *out)
{
    const uint64_t one = 1000000;
    uint64_t v = value < 0 ? -(uint64_t)value : (uint64_t)value;
    if (value < 0)
        dz_buf_addc(out, '-');
    dz_buf_addf(out, "%llu", (unsigned long long)(v / one));
    uint64_t rest = v % one;
    if (rest == 0)
        return;
    int places = DZ_DECIMAL_PLACES;
    for (; rest % 10 == 0; rest /= 10)
        places--;
    dz_buf_addf(out, ".%0*llu", places, (unsigned long long)rest);
}
