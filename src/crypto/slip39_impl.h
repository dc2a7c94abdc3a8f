/* Shared by slip39.c (the sharing) and slip39_text.c (shares as words). */
#ifndef SLIP39_IMPL_H
#define SLIP39_IMPL_H

#include <stdbool.h>
#include <stdint.h>

#include "dz_slip39.h"

/* A share, taken apart. Lives in guarded memory. */
struct slip39_share {
    uint16_t id;      /* random, common to all shares of a secret */
    bool extendable;  /* the id does not enter the encryption */
    uint8_t exponent; /* of the work */
    uint8_t group;    /* index from 0 */
    uint8_t group_threshold;
    uint8_t n_groups;
    uint8_t member;    /* index from 0 */
    uint8_t threshold; /* of members in this group */
    uint8_t n_value;   /* bytes */
    uint8_t value[DZ_SLIP39_SECRET_MAX];
};

/** Words of a share as one line and a NUL into ret; its size is DZ_SLIP39_TEXT_MAX. */
void
dz_slip39_write(const struct slip39_share *share, char ret[DZ_SLIP39_TEXT_MAX]);
/** The share in a line. number (from 1) is what messages call it. DZ_E_INPUT. */
DZ_MUSTUSE enum dz_code
dz_slip39_read(struct dz_view line, size_t number, struct slip39_share *ret, struct dz_err *err);

#endif
