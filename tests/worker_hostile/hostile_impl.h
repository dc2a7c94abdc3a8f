/* A reader that does what the first word of its document says. */
#ifndef HOSTILE_IMPL_H
#define HOSTILE_IMPL_H

#include "dz_worker.h"

/** Say "did" when result is not negative, else "refused ERRNO", and end. */
void
hostile_say(struct dz_work *w, long result);
/** The attempts at the protocol; false: none of that name. */
bool
hostile_wire(struct dz_work *w, const char *word);

#endif
