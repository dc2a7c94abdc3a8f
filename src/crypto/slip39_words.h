/* The word list of SLIP-0039, sorted; no two words begin with the same four letters. The table is
 * made at build time by tools/slip39-words. */
#ifndef SLIP39_WORDS_H
#define SLIP39_WORDS_H

#define DZ_SLIP39_WORDS 1024

extern const char dz_slip39_words[DZ_SLIP39_WORDS][9];

#endif
