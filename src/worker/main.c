#include "dz_families.h"

/* One program for each family; the build says which. */
int
main(void)
{
    return dz_worker_main(&DZ_FAMILY);
}
