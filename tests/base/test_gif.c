/* Films of grey pictures as GIF files: the bytes of a small one as the format has them, and the codes of a larger one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/gif.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

enum { HEAD = 13 + 3 * 128 + 19 };

static void two_frames(void **state)
{
    (void)state;
    static const char frames[] = "\x21\xF9\x04\x04\x07\0\0\0\x2C\0\0\0\0\x02\0\x01\0\0\x07\x04\x80\0\x7F\x81\0"
                                 "\x21\xF9\x04\x04\x2C\x01\0\0\x2C\0\0\0\0\x02\0\x01\0\0\x07\x04\x80\x7F\x40\x81\0\x3B";
    const unsigned char pixel[] = {0, 255, 254, 129};
    const ur_gif gif = {.pixel = pixel, .frames = 2, .rows = 1, .columns = 2, .delay = 7, .rest = 300};
    unsigned char *file;
    size_t size;
    ur_error error;
    assert_int_equal(ur_gif_make(&gif, &file, &size, &error), UR_OK);
    assert_int_equal(size, HEAD + sizeof frames - 1);
    assert_memory_equal(file, "GIF89a\x02\0\x01\0\xF6\0\0\0\0\0\x02\x02\x02", 19);
    assert_memory_equal(file + HEAD - 22, "\xFF\xFF\xFF\x21\xFF\x0BNETSCAPE2.0\x03\x01\0\0\0", 22);
    assert_memory_equal(file + HEAD, frames, sizeof frames - 1);
    free(file);
}

/* What a reader sees: a table that is cleared before codes would need a ninth bit. */
static void many_places(void **state)
{
    (void)state;
    enum { ROWS = 37, COLUMNS = 41, PLACES = ROWS * COLUMNS };
    unsigned char pixel[PLACES], *file;
    size_t size, at = HEAD + 19, place = 0, table = 0;
    ur_error error;
    for (size_t i = 0; i < PLACES; i++) pixel[i] = (unsigned char)(i * 3);
    const ur_gif gif = {.pixel = pixel, .frames = 1, .rows = ROWS, .columns = COLUMNS};
    assert_int_equal(ur_gif_make(&gif, &file, &size, &error), UR_OK);
    bool ended = false;
    while (file[at]) {
        const size_t end = at + 1 + file[at];
        for (at++; at < end; at++) {
            assert_false(ended);
            ended = file[at] == 129;
            table = file[at] == 128 ? 129 : table + 1;
            assert_true(table < 255);
            if (file[at] < 128) assert_int_equal(file[at], pixel[place++] / 2);
        }
    }
    assert_true(ended);
    assert_int_equal(place, PLACES);
    assert_int_equal(at + 2, size);
    free(file);
}

static void too_large(void **state)
{
    (void)state;
    unsigned char *file;
    size_t size;
    ur_error error;
    assert_int_equal(ur_gif_make(&(ur_gif){.frames = 1, .rows = 3, .columns = 65536}, &file, &size, &error),
                     UR_ERR_DATA);
    assert_string_equal(error.text, "1 pictures of 3 x 65536 do not fit into a GIF file");
    assert_int_equal(ur_gif_make(&(ur_gif){.frames = SIZE_MAX, .rows = 3, .columns = 3}, &file, &size, &error),
                     UR_ERR_DATA);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(two_frames), cmocka_unit_test(many_places),
                                       cmocka_unit_test(too_large)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
