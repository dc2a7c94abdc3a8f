#include <stdint.h>

#include "any_bytes.h"
#include "dz_families.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_any_bytes(&dz_family_mail, data, size);
    return 0;
}
