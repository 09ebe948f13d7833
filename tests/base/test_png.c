/* Grey pictures as PNG files, byte for byte as zlib's checksums have it; and many as one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/mosaic.h"
#include "base/png.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Written by Python's zlib and struct. */
static const char BLACK_AND_WHITE[] = "\x89PNG\r\n\x1A\n"
                                      "\0\0\0\x0DIHDR\0\0\0\x02\0\0\0\x01\x08\0\0\0\0"
                                      "\xD1\x49\x20\x56"
                                      "\0\0\0\x0EIDAT\x78\x01\x01\x03\0\xFC\xFF\0\0\xFF"
                                      "\x01\x02\x01\0"
                                      "\xB7\x01\x2E\xF7"
                                      "\0\0\0\0IEND\xAE\x42\x60\x82";

static void two_places(void **state)
{
    (void)state;
    const unsigned char pixel[] = {0, 255};
    unsigned char *file;
    size_t size;
    ur_error error;
    assert_int_equal(ur_png_make(pixel, 1, 2, &file, &size, &error), UR_OK);
    assert_int_equal(size, sizeof BLACK_AND_WHITE - 1);
    assert_memory_equal(file, BLACK_AND_WHITE, size);
    free(file);
}

/* More than a block of deflate holds: each block says how long it is, the last one that it is the last. */
static void many_blocks(void **state)
{
    (void)state;
    enum { ROWS = 300, COLUMNS = 500, BYTES = ROWS * (COLUMNS + 1), FIRST = 8 + 25 + 8 + 2 };
    unsigned char *pixel = malloc(ROWS * COLUMNS), *file;
    size_t size, at = FIRST, read = 0;
    ur_error error;
    assert_non_null(pixel);
    for (size_t i = 0; i < ROWS * COLUMNS; i++) pixel[i] = (unsigned char)(i * 7 + i / 300);
    assert_int_equal(ur_png_make(pixel, ROWS, COLUMNS, &file, &size, &error), UR_OK);
    for (bool last = false; !last;) {
        size_t length = file[at + 1] | (size_t)file[at + 2] << 8, other = file[at + 3] | (size_t)file[at + 4] << 8;
        assert_int_equal(length ^ other, 0xFFFF);
        last = file[at] == 1;
        at += 5;
        for (size_t i = 0; i < length; i++, at++, read++) {
            size_t column = read % (COLUMNS + 1);
            assert_int_equal(file[at], column ? pixel[read / (COLUMNS + 1) * COLUMNS + column - 1] : 0);
        }
    }
    assert_int_equal(read, BYTES);
    assert_int_equal(at + 4 + 4 + 12, size);
    free(file);
    free(pixel);
}

static void too_large(void **state)
{
    (void)state;
    unsigned char *file;
    size_t size;
    ur_error error;
    assert_int_equal(ur_png_make(NULL, SIZE_MAX / 2, 3, &file, &size, &error), UR_ERR_DATA);
    assert_int_equal(ur_png_make(NULL, 0, 3, &file, &size, &error), UR_ERR_DATA);
    assert_string_equal(error.text, "a picture of 0 x 3 does not fit into a PNG file");
}

static void pictures_side_by_side(void **state)
{
    (void)state;
    enum { G = UR_MOSAIC_GREY };
    static const unsigned char expected[] = {G, G, G, G, G, G, G, G, 1, 2, G, 3, 4, G, G, G, G, G,
                                             G, G, G, G, 5, 6, G, G, G, G, G, G, G, G, G, G, G};
    const ur_mosaic m = ur_mosaic_of(3, 0, 1, 2);
    unsigned char all[sizeof expected];
    assert_int_equal(m.size[0], 5);
    assert_int_equal(m.size[1], 7);
    memset(all, G, sizeof all);
    for (size_t i = 0; i < 3; i++)
        ur_mosaic_put(&m, i, (unsigned char[]){(unsigned char)(2 * i + 1), (unsigned char)(2 * i + 2)}, all);
    assert_memory_equal(all, expected, sizeof all);
    assert_int_equal(ur_mosaic_of(10, 0, 1, 1).across, 4);
    assert_int_equal(ur_mosaic_of(10, 5, 1, 1).size[0], 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(two_places), cmocka_unit_test(many_blocks),
                                       cmocka_unit_test(too_large), cmocka_unit_test(pictures_side_by_side)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
