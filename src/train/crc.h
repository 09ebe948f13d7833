/* CRC-32C (Castagnoli's polynomial, reflected: 0x82F63B78), which guards the records of an event file. */
#ifndef UR_TRAIN_CRC_H
#define UR_TRAIN_CRC_H

#include <stddef.h>
#include <stdint.h>

/* The checksum of some bytes that follow others. `before` is the checksum of the earlier bytes, or 0 if there are
 * none. */
uint32_t ur_crc32c(uint32_t before, const void *bytes, size_t size);

/* The form in which records store a checksum. It is masked, because a checksum over bytes that contain checksums is
 * weak. */
uint32_t ur_crc32c_masked(uint32_t crc);

#endif
