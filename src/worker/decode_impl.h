/* What decode.c and decode_guess.c share: the choice of an encoding by a sample. */
#ifndef DECODE_IMPL_H
#define DECODE_IMPL_H

#include <unicode/ucnv.h>

#include "dz_decode.h"

#define DECODE_NAME 40

struct decode_choice {
    char name[DECODE_NAME]; /* as in struct dz_decoded; a name that ICU knows */
    bool guessed;
    size_t mark; /* bytes of a byte order mark at the beginning */
};

/** Choose by some bytes. begins: they are the first of the text, else all before were ASCII; whole:
 * there are no more. False: binary. */
bool
dz_decode_choose(struct dz_view sample, bool begins, bool whole,
                 const char *declared, struct decode_choice *ret);

/** The decoder for a name, or NULL. Caller closes it. */
UConverter *
dz_decode_open(const char *name);

#endif
