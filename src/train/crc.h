/* CRC-32C (Castagnoli's polynomial, reflected: 0x82F63B78), which guards the records of an event file. */
#ifndef UR_TRAIN_CRC_H
#define UR_TRAIN_CRC_H

#include <stddef.h>
#include <stdint.h>

/* Of bytes that follow those of which `before` is the checksum; 0 before the first ones. */
uint32_t ur_crc32c(uint32_t before, const void *bytes, size_t size);

/* As records hold it: the checksum of a text that contains checksums would be weak. */
uint32_t ur_crc32c_masked(uint32_t crc);

#endif
