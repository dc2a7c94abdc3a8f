/* Shared by the two files that look for personal data in text. */
#ifndef DZ_PERSONAL_PRIV_H
#define DZ_PERSONAL_PRIV_H

#include <stdint.h>

#include "dz_personal.h"

/** Is one of the words, ended by NULL, among the n bytes before (or behind) a place? Compared in
 *  folded form, and at the beginning of a word only. */
bool
dz_personal_beside(struct dz_view text, size_t from, size_t to, const char *const *words);
/** The character before a place, or behind it; 0 at the border. */
uint32_t
dz_personal_before(struct dz_view text, size_t at);
uint32_t
dz_personal_behind(struct dz_view text, size_t at);

/** What begins with the digit (or the plus in front of digits) at `at`. */
bool
dz_personal_number(struct dz_view text, size_t at, struct dz_personal *ret);
/** A date of birth that begins there. */
bool
dz_personal_birth(struct dz_view text, size_t at, struct dz_personal *ret);

#endif
