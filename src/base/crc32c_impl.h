/* The two ways to the same CRC-32C, apart for the tests only. */
#ifndef CRC32C_IMPL_H
#define CRC32C_IMPL_H

#include "dz_codec.h"

/* Byte by byte with a table: runs everywhere. */
uint32_t
dz_crc32c_portable(uint32_t crc, const void *p, size_t n);

#endif
