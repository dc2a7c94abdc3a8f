/* Numbers with the noun that they count, in the form that the language wants after that number. */
#ifndef DZ_UNIT_H
#define DZ_UNIT_H

#include "dz_buf.h"

/** Append "40 000 people". number is the number as it is to be read, a qualifier included; value
 *  is the decimal that decides the form ("40000", the upper end of a range). A unit outside the
 *  code list follows the number as label gives it. */
void
dz_unit_words(const char *unit, const char *label, const char *number, const char *value,
              struct dz_buf *out);

#endif
