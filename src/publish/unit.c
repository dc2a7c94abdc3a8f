#include "dz_unit.h"

#include <string.h>

#include "dz_tr.h"

/* What plural rules need of a number: its last digits, and whether it is just one. A fraction
 * takes the form of many, as in "2.5 million people". */
static unsigned long
plural_of(const char *value)
{
    enum { WRAP = 1000000 };
    const char *s = value[0] == '-' ? value + 1 : value;
    size_t whole = strspn(s, "0123456789");
    if (whole == 0 || s[whole] != '\0')
        return 5;
    unsigned long n = 0;
    for (size_t i = 0; i < whole; i++) {
        n = n * 10 + (unsigned long)(s[i] - '0');
        /* Kept above the wrap, so that 1 000 001 is never taken for one. */
        if (n >= 2 * WRAP)
            n = WRAP + n % WRAP;
    }
    return n;
}

static const char *
pattern_of(const char *unit, unsigned long n)
{
    if (strcmp(unit, "people") == 0)
        return dz_trn("%s person", "%s people", n);
    if (strcmp(unit, "passports") == 0)
        return dz_trn("%s passport", "%s passports", n);
    if (strcmp(unit, "applications") == 0)
        return dz_trn("%s application", "%s applications", n);
    if (strcmp(unit, "children") == 0)
        return dz_trn("%s child", "%s children", n);
    if (strcmp(unit, "families") == 0)
        return dz_trn("%s family", "%s families", n);
    if (strcmp(unit, "cases") == 0)
        return dz_trn("%s case", "%s cases", n);
    if (strcmp(unit, "properties") == 0)
        return dz_trn("%s property", "%s properties", n);
    if (strcmp(unit, "conscripts") == 0)
        return dz_trn("%s conscript", "%s conscripts", n);
    if (strcmp(unit, "refusals") == 0)
        return dz_trn("%s refusal", "%s refusals", n);
    if (strcmp(unit, "roubles") == 0)
        return dz_trn("%s rouble", "%s roubles", n);
    if (strcmp(unit, "hryvnias") == 0)
        return dz_trn("%s hryvnia", "%s hryvnias", n);
    if (strcmp(unit, "other") == 0)
        return dz_trn("%s unit of another kind", "%s units of another kind", n);
    if (strcmp(unit, "percent") == 0)
        return dz_trn("%s per cent", "%s per cent", n);
    return NULL;
}

void
dz_unit_words(const char *unit, const char *label, const char *number, const char *value,
              struct dz_buf *out)
{
    const char *pattern = pattern_of(unit, plural_of(value));
    const char *at = pattern != NULL ? strstr(pattern, "%s") : NULL;
    if (at == NULL) {
        dz_buf_addf(out, "%s %s", number, label);
        return;
    }
    dz_buf_add(out, pattern, (size_t)(at - pattern));
    dz_buf_adds(out, number);
    dz_buf_adds(out, at + 2);
}
