/* See crc.h. Works on four bits at a time. The table fits in a cache line, and a report has only some kilobytes. */
#include "train/crc.h"

static const uint32_t AFTER[16] = {0x00000000, 0x105EC76F, 0x20BD8EDE, 0x30E349B1, 0x417B1DBC, 0x5125DAD3,
                                   0x61C69362, 0x7198540D, 0x82F63B78, 0x92A8FC17, 0xA24BB5A6, 0xB21572C9,
                                   0xC38D26C4, 0xD3D3E1AB, 0xE330A81A, 0xF36E6F75};

uint32_t ur_crc32c(uint32_t before, const void *bytes, size_t size)
{
    const unsigned char *at = bytes;
    uint32_t crc = ~before;
    for (size_t i = 0; i < size; i++) {
        crc ^= at[i];
        crc = crc >> 4 ^ AFTER[crc & 15];
        crc = crc >> 4 ^ AFTER[crc & 15];
    }
    return ~crc;
}

uint32_t ur_crc32c_masked(uint32_t crc) { return (crc >> 15 | crc << 17) + 0xA282EAD8u; }
