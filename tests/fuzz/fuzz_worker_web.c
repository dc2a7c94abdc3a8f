#include <stdint.h>

#include "any_bytes.h"
#include "dz_families.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    dz_family_web.warm();
    read_any_bytes(&dz_family_web, data, size);
    return 0;
}
