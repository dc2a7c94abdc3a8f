/* For tests that order faults, or set the clock: a release build can do neither, and says so. What
 * stands behind this include is between #ifdef DZ_FAULTS and #endif. */
#ifndef ONLY_FAULTS_H
#define ONLY_FAULTS_H

#ifndef DZ_FAULTS
#include <stdio.h>

int
main(void)
{
    puts("1..0 # SKIP only in test builds");
    return 0;
}
#endif

#endif
