/*
 * See png.h. A file is a signature followed by chunks: u32 size, four letters, the bytes, u32 CRC-32 of letters and
 * bytes; numbers have the highest byte first. IDAT is a zlib stream (RFC 1950): 78 01, stored blocks of deflate,
 * Adler-32 of their contents. Each row of the picture begins with the number of its filter, 0.
 */
#include "base/png.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 65535, BLOCK_HEAD = 5, CHUNK = 12, HEAD = 13, SIGNATURE = 8, ZLIB = 6, LARGEST = 1 << 30 };

/* Writes at `at`, which moves on. */
typedef struct ur_png {
    unsigned char *at;
    uint32_t low, high; /* the two halves of the Adler-32 */
} ur_png;

static void put(ur_png *p, const void *bytes, size_t size)
{
    memcpy(p->at, bytes, size);
    p->at += size;
}

static void put_number(ur_png *p, uint32_t number)
{
    for (int shift = 24; shift >= 0; shift -= 8) *p->at++ = (unsigned char)(number >> shift);
}

static uint32_t crc32_of(const unsigned char *bytes, const unsigned char *end)
{
    uint32_t crc = UINT32_MAX;
    for (; bytes < end; bytes++) {
        crc ^= *bytes;
        for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? UINT32_C(0xEDB88320) : 0);
    }
    return ~crc;
}

/* Begins a chunk of `size` bytes, which the caller then writes. Returns where its CRC begins. */
static const unsigned char *begin_chunk(ur_png *p, size_t size, const char *letters)
{
    put_number(p, (uint32_t)size);
    put(p, letters, 4);
    return p->at - 4;
}

static void end_chunk(ur_png *p, const unsigned char *begin) { put_number(p, crc32_of(begin, p->at)); }

static void put_head(ur_png *p, size_t rows, size_t columns)
{
    static const unsigned char grey[] = {8, 0, 0, 0, 0};
    const unsigned char *begin = begin_chunk(p, HEAD, "IHDR");
    put_number(p, (uint32_t)columns);
    put_number(p, (uint32_t)rows);
    put(p, grey, sizeof grey);
    end_chunk(p, begin);
}

static void put_byte(ur_png *p, unsigned char byte)
{
    *p->at++ = byte;
    p->low = (p->low + byte) % 65521;
    p->high = (p->high + p->low) % 65521;
}

/* Byte i of the rows, each with its filter byte in front. */
static unsigned char filtered_byte(const unsigned char *pixel, size_t columns, size_t i)
{
    size_t row = i / (columns + 1), column = i % (columns + 1);
    return column ? pixel[row * columns + column - 1] : 0;
}

static void put_blocks(ur_png *p, const unsigned char *pixel, size_t columns, size_t bytes)
{
    for (size_t at = 0; at < bytes; at += BLOCK) {
        size_t size = bytes - at < BLOCK ? bytes - at : BLOCK;
        const unsigned char head[BLOCK_HEAD] = {at + size == bytes, (unsigned char)size, (unsigned char)(size >> 8),
                                                (unsigned char)~size, (unsigned char)(~size >> 8)};
        put(p, head, sizeof head);
        for (size_t i = at; i < at + size; i++) put_byte(p, filtered_byte(pixel, columns, i));
    }
}

ur_status ur_png_make(const unsigned char *pixel, size_t rows, size_t columns, unsigned char **file, size_t *size,
                      ur_error *error)
{
    static const unsigned char signature[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    size_t bytes;
    if (!rows || !columns || !ur_mul_fits(rows, columns + 1, &bytes) || bytes > LARGEST)
        return ur_fail(error, UR_ERR_DATA, "a picture of %zu x %zu does not fit into a PNG file", rows, columns);
    size_t stream = ZLIB + bytes + (bytes + BLOCK - 1) / BLOCK * BLOCK_HEAD;
    *size = SIGNATURE + 3 * CHUNK + HEAD + stream;
    *file = malloc(*size);
    if (!*file) return ur_fail_memory(error, "a picture");
    ur_png p = {.at = *file, .low = 1};
    put(&p, signature, sizeof signature);
    put_head(&p, rows, columns);
    const unsigned char *begin = begin_chunk(&p, stream, "IDAT");
    put(&p, "\x78\x01", 2);
    put_blocks(&p, pixel, columns, bytes);
    put_number(&p, p.high << 16 | p.low);
    end_chunk(&p, begin);
    end_chunk(&p, begin_chunk(&p, 0, "IEND"));
    return UR_OK;
}
