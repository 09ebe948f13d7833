/* WAV files for tests. */
#ifndef UR_TESTS_WAV_WRITE_H
#define UR_TESTS_WAV_WRITE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline size_t put_number(unsigned char *out, uint32_t number, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) out[i] = (unsigned char)(number >> (8 * i));
    return bytes;
}

/* Writes a header and the data. Returns the length. */
static inline size_t write_wav(unsigned char *out, unsigned tag, uint32_t rate, unsigned channels, unsigned bits,
                               const void *data, size_t size)
{
    size_t at = 0;
    memcpy(out, "RIFF", 4), at = 4;
    at += put_number(out + at, (uint32_t)(36 + size), 4);
    memcpy(out + at, "WAVEfmt ", 8), at += 8;
    at += put_number(out + at, 16, 4);
    at += put_number(out + at, tag, 2);
    at += put_number(out + at, channels, 2);
    at += put_number(out + at, rate, 4);
    at += put_number(out + at, rate * channels * bits / 8, 4);
    at += put_number(out + at, channels * bits / 8, 2);
    at += put_number(out + at, bits, 2);
    memcpy(out + at, "data", 4), at += 4;
    at += put_number(out + at, (uint32_t)size, 4);
    memcpy(out + at, data, size);
    return at + size;
}

#endif
