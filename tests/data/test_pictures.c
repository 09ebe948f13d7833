/*
 * Pictures of any size: scaling compared with numbers computed by hand, files of each form, idx files as albums, arrays
 * of numpy, and every message about broken ones.
 */
#include "temp_text.h"

#include "support/failing_memory.h"
#include "support/ok.h"

#include "data/media/picture_file.h"
#include "data/pictures/album.h"
#include "data/pictures/captions.h"
#include "data/pictures/npy.h"
#include "unroll_train.h"

#include <math.h>
#ifdef UR_HAVE_JPEG
#include <jpeglib.h>
#endif

/* ---- Scaling ------------------------------------------------------------------------------------------------------ */

static void scale(const unsigned char *from, ur_picture_size size, ur_picture_size wanted,
                  const unsigned char *expected)
{
    unsigned char to[64];
    ur_error error;
    ok(ur_picture_scale(from, &size, to, &wanted, &error), &error);
    for (size_t i = 0; i < wanted.rows * wanted.columns * wanted.channels; i++)
        if (to[i] != expected[i]) fail_msg("number %zu is %d, not %d", i, to[i], expected[i]);
}

static void test_scaling(void **state)
{
    (void)state;
    const unsigned char four[] = {0, 100, 200, 40}, wide[] = {0, 30, 90, 60, 30, 0}, pair[] = {0, 100};
    const unsigned char colour[] = {255, 0, 0, 10, 20, 30};
    scale(four, (ur_picture_size){2, 2, 1}, (ur_picture_size){1, 1, 1}, (unsigned char[]){85});
    scale(four, (ur_picture_size){2, 2, 1}, (ur_picture_size){2, 2, 1}, four);
    /* 3 pixels become 2: each is one whole pixel and half of the middle one */
    scale(wide, (ur_picture_size){2, 3, 1}, (ur_picture_size){1, 2, 1}, (unsigned char[]){30, 40});
    /* 4 pixels from 2 are at −1/4, 1/4, 3/4 and 5/4 */
    scale(pair, (ur_picture_size){1, 2, 1}, (ur_picture_size){1, 4, 1}, (unsigned char[]){0, 25, 75, 100});
    scale(pair, (ur_picture_size){2, 1, 1}, (ur_picture_size){4, 1, 1}, (unsigned char[]){0, 25, 75, 100});
    scale(pair, (ur_picture_size){1, 2, 1}, (ur_picture_size){1, 2, 3}, (unsigned char[]){0, 0, 0, 100, 100, 100});
    scale(colour, (ur_picture_size){1, 2, 3}, (ur_picture_size){1, 2, 1}, (unsigned char[]){76, 18});
    scale(colour, (ur_picture_size){2, 1, 3}, (ur_picture_size){1, 1, 3}, (unsigned char[]){133, 10, 15});
    ur_error error;
    unsigned char to[64];
    assert_int_equal(ur_picture_scale(four, &(ur_picture_size){1, 1, 4}, to, &(ur_picture_size){1, 1, 3}, &error),
                     UR_ERR_DATA);
    assert_string_equal(error.text, "a picture of 4 channels; 3 are needed");
}

/* ---- Albums ------------------------------------------------------------------------------------------------------- */

static ur_album *open_album(const char *path, const ur_album_options *options)
{
    ur_album *album;
    ur_error error;
    ok(ur_album_open(&album, path, options, &error), &error);
    return album;
}

static void refuse(const temp_text *temp, const char *path, const ur_album_options *options, const char *message)
{
    ur_album *album;
    ur_error error = {0};
    assert_true(ur_album_open(&album, path, options, &error) != UR_OK);
    assert_null(album);
    const char *at = strstr(error.text, temp->folder);
    assert_string_equal(at ? at + strlen(temp->folder) + 1 : error.text, message);
}

static const unsigned char IDX[] = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 10, 20, 30, 50};

static void test_idx(void **state)
{
    temp_text *temp = *state;
    char name[600];
    const char *path = temp_write(temp, "two.idx3", IDX, sizeof IDX);
    ur_album *album = open_album(path, &(ur_album_options){.side = 0});
    assert_true(album->idx && album->count == 2 && album->size.columns == 2 && album->size.channels == 1);
    assert_memory_equal(ur_album_picture(album, 1), ((unsigned char[]){30, 50}), 2);
    ur_album_name(album, 1, name, sizeof name);
    assert_non_null(strstr(name, "two.idx3: image 2"));
    ur_album_close(album);
    album = open_album(path, &(ur_album_options){.size = {1, 1, 3}});
    assert_memory_equal(ur_album_picture(album, 1), ((unsigned char[]){40, 40, 40}), 3);
    ur_album_close(album);
    album = open_album(path, &(ur_album_options){.side = 2});
    assert_memory_equal(ur_album_picture(album, 1), ((unsigned char[]){30, 50, 30, 50}), 4);
    ur_album_close(album);
    bool idx = false;
    ur_error error;
    ok(ur_album_look(path, &idx, &error), &error);
    assert_true(idx);
    refuse(temp, path, &(ur_album_options){.names = (const char *[]){"a"}, .name_count = 1},
           "two.idx3: the table names picture files, so this must be their folder");
    refuse(temp, temp_write(temp, "short.idx3", IDX, sizeof IDX - 1), &(ur_album_options){.side = 4},
           "short.idx3: 3 values; its dimensions need 4");
}

static void test_files(void **state)
{
    temp_text *temp = *state;
    const char *names[] = {"b", "a.ppm"};
    temp_folder(temp, "album");
    temp_write(temp, "album/a.ppm", "P6 1 1 255\n\1\2\3", 14);
    temp_write(temp, "album/b.pgm", "P5 2 1 255\n\100\200", 13);
    temp_write(temp, "album/notes.txt", "none", 4);
    char folder[512];
    snprintf(folder, sizeof folder, "%s/album", temp->folder);
    ur_album *album = open_album(folder, &(ur_album_options){.size = {1, 1, 3}});
    assert_int_equal(album->count, 2);
    assert_memory_equal(album->bytes, ((unsigned char[]){1, 2, 3, 96, 96, 96}), 6);
    ur_album_close(album);
    album = open_album(folder, &(ur_album_options){.size = {1, 1, 3}, .names = names, .name_count = 2});
    assert_memory_equal(album->bytes, ((unsigned char[]){96, 96, 96, 1, 2, 3}), 6);
    ur_album_close(album);
    names[0] = "c";
    refuse(temp, folder, &(ur_album_options){.side = 4, .names = names, .name_count = 2},
           "album/c: no such file or folder");
    refuse(temp, temp_write(temp, "album/c.png", "text", 4), &(ur_album_options){.side = 4},
           "album/c.png: not a picture: neither PNG, JPEG nor binary PGM or PPM");
    refuse(temp, temp_write(temp, "album/d.ppm", "P6 2 2 255\n123", 14), &(ur_album_options){.side = 4},
           "album/d.ppm: it ends before its 2 x 2 pixels do");
}

#ifdef UR_HAVE_JPEG
/* Makes a grey or coloured picture of 20 x 30 pixels that all have one value. */
static unsigned long make_jpeg(unsigned char **file, int channels, unsigned char number)
{
    struct jpeg_compress_struct image;
    struct jpeg_error_mgr errors;
    unsigned long size = 0;
    unsigned char row[90];
    memset(row, number, sizeof row);
    image.err = jpeg_std_error(&errors);
    jpeg_create_compress(&image);
    *file = NULL;
    jpeg_mem_dest(&image, file, &size);
    image.image_width = 30;
    image.image_height = 20;
    image.input_components = channels;
    image.in_color_space = channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(&image);
    jpeg_start_compress(&image, TRUE);
    for (int i = 0; i < 20; i++) jpeg_write_scanlines(&image, &(JSAMPROW){row}, 1);
    jpeg_finish_compress(&image);
    jpeg_destroy_compress(&image);
    return size;
}

static void check_jpeg(int channels)
{
    unsigned char *file, *numbers;
    ur_picture_file found;
    ur_error error;
    unsigned long size = make_jpeg(&file, channels, 200);
    ok(ur_picture_file_look(file, size, &found, &error), &error);
    assert_true(found.rows == 20 && found.columns == 30 && found.channels == (size_t)channels);
    ok(ur_picture_file_decode(file, size, 0, &found, &numbers, &error), &error);
    for (int i = 0; i < 600 * channels; i++) assert_in_range(numbers[i], 199, 201);
    free(numbers);
    assert_int_equal(ur_picture_file_decode(file, size - 40, 0, &found, &numbers, &error), UR_ERR_FORMAT);
    assert_string_equal(error.text, "JPEG: Premature end of JPEG file");
    assert_null(numbers);
    assert_int_equal(ur_picture_file_decode(file, 20, 0, &found, &numbers, &error), UR_ERR_FORMAT);
    assert_non_null(strstr(error.text, "JPEG: "));
    free(file);
}
#endif

static void test_jpeg(void **state)
{
    (void)state;
#ifdef UR_HAVE_JPEG
    assert_true(ur_reads_jpeg());
    check_jpeg(1);
    check_jpeg(3);
#else
    ur_picture_file found;
    ur_error error;
    assert_int_equal(ur_picture_file_look((const unsigned char *)"\xFF\xD8\xFF\xE0", 4, &found, &error),
                     UR_ERR_UNSUPPORTED);
    assert_non_null(strstr(error.text, "this build cannot read JPEG, because it was made without libjpeg"));
#endif
}

/* ---- Arrays of numpy ---------------------------------------------------------------------------------------------- */

/* Writes FOLDER/x.npy in version 1, with a header as numpy writes it. */
static const char *write_npy(temp_text *temp, const char *type, const char *order, const char *shape,
                             const void *numbers, size_t size)
{
    char bytes[512] = "\x93NUMPY\1\0", *head = bytes + 10;
    int length = snprintf(head, 256, "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }", type, order, shape);
    while ((10 + length) % 64 != 63) head[length++] = ' ';
    head[length++] = '\n';
    bytes[8] = (char)length;
    bytes[9] = 0;
    memcpy(head + length, numbers, size);
    return temp_write(temp, "x.npy", bytes, 10 + (size_t)length + size);
}

static void refuse_npy(const char *path, const char *message)
{
    ur_npy *npy;
    ur_error error = {0};
    assert_true(ur_npy_open(&npy, path, NULL, &error) != UR_OK);
    assert_null(npy);
    assert_string_equal(strstr(error.text, "x.npy"), message);
}

static void test_npy(void **state)
{
    temp_text *temp = *state;
    const float single[] = {1, 2, 3, 4, 5, (float)NAN};
    const double wide[] = {-1.5, 2.25};
    float value[6];
    ur_npy *npy;
    ur_error error;
    ok(ur_npy_open(&npy, write_npy(temp, "<f4", "False", "(3, 2)", single, 24), NULL, &error), &error);
    assert_true(npy->count == 3 && npy->places == 1 && npy->width == 2);
    ok(ur_npy_read(npy, 1, value, &error), &error);
    assert_true(value[0] == 3 && value[1] == 4);
    assert_int_equal(ur_npy_read(npy, 2, value, &error), UR_ERR_DATA);
    assert_string_equal(strstr(error.text, "x.npy"), "x.npy: row 3 has a value that is not finite");
    ur_npy_close(npy);
    ok(ur_npy_open(&npy, write_npy(temp, "<f8", "False", "(1, 2, 1)", wide, 16), NULL, &error), &error);
    assert_true(npy->count == 1 && npy->places == 2 && npy->width == 1 && npy->wide);
    ok(ur_npy_read(npy, 0, value, &error), &error);
    assert_true(value[0] == -1.5f && value[1] == 2.25f);
    ur_npy_close(npy);
}

static void test_no_npy(void **state)
{
    temp_text *temp = *state;
    const float x[6] = {0};
    refuse_npy(write_npy(temp, ">f4", "False", "(3, 2)", x, 24),
               "x.npy: values of type >f4; save them as little-endian float32 or float64 (<f4, <f8)");
    refuse_npy(write_npy(temp, "<i8", "False", "(3, 2)", x, 24),
               "x.npy: values of type <i8; save them as little-endian float32 or float64 (<f4, <f8)");
    refuse_npy(write_npy(temp, "<f4", "True", "(3, 2)", x, 24),
               "x.npy: stored by columns (Fortran order); save it by rows with np.ascontiguousarray");
    refuse_npy(write_npy(temp, "<f4", "False", "(6,)", x, 24), "x.npy: 1 dimensions; features are (N, D) or (N, L, D)");
    refuse_npy(write_npy(temp, "<f4", "False", "(1, 1, 3, 2)", x, 24),
               "x.npy: 4 or more dimensions; features are (N, D) or (N, L, D)");
    refuse_npy(write_npy(temp, "<f4", "False", "(0, 2)", x, 0), "x.npy: 0 x 1 x 2 values: it is empty");
    refuse_npy(write_npy(temp, "<f4", "False", "(3, 2)", x, 20), "x.npy: 20 bytes of values; its shape needs 24");
    refuse_npy(write_npy(temp, "<f4", "False", "(99999999999, 99999999999)", x, 24),
               "x.npy: 24 bytes of values; its shape needs 18446744073709551615 or more");
    refuse_npy(temp_write(temp, "x.npy", "\x93NUMPY\1\0\377\377", 10),
               "x.npy: not an .npy file: it does not begin with \\x93NUMPY");
    refuse_npy(temp_write(temp, "x.npy", "\x93NUMPY\1\0\377\377  ", 12),
               "x.npy: its header is cut off or has 65535 bytes");
    refuse_npy(temp_write(temp, "x.npy", "\x93NUMPY\4\0\1\0  ", 12),
               "x.npy: .npy version 4; versions 1 to 3 are supported");
}

/* ---- Memory ------------------------------------------------------------------------------------------------------- */

/* Reads everything that this file tests, once. The first failure ends it. */
static ur_status read_everything(const char *folder, const char *table, const char *array, ur_error *error)
{
    ur_captions *captions = NULL;
    ur_album *album = NULL;
    ur_npy *npy = NULL;
    ur_status status = ur_captions_open(&captions, table, &(ur_captions_options){.files = true}, error);
    if (status == UR_OK) {
        const ur_album_options options = {
            .side = 5, .names = (const char *const *)captions->names, .name_count = captions->pictures};
        status = ur_album_open(&album, folder, &options, error);
    }
    if (status == UR_OK) status = ur_npy_open(&npy, array, NULL, error);
    ur_captions_close(captions);
    ur_album_close(album);
    ur_npy_close(npy);
    return status;
}

static void test_without_memory(void **state)
{
#ifdef FAILING_MEMORY_REAL
    temp_text *temp = *state;
    char folder[512], table[600], array[600];
    ur_error error;
    snprintf(folder, sizeof folder, "%s/some", temp->folder);
    temp_folder(temp, "some");
    temp_write(temp, "some/a.ppm", "P6 1 1 255\n\1\2\3", 14);
#ifdef UR_HAVE_JPEG
    unsigned char *file;
    unsigned long size = make_jpeg(&file, 3, 40);
    temp_write(temp, "some/b.jpg", file, size);
    free(file);
#else
    temp_write(temp, "some/b.pgm", "P5 2 1 255\n\100\200", 13);
#endif
    snprintf(table, sizeof table, "%s", temp_string(temp, "t.tsv", "a\tone\nb\ttwo\na\tthree\n"));
    snprintf(array, sizeof array, "%s", write_npy(temp, "<f4", "False", "(1, 2)", (float[]){1, 2}, 8));
    ok(read_everything(folder, table, array, &error), &error);
    long live = memory_live, n = 1;
    for (bool failed = true; failed; n++) {
        memory_arm(n, false);
        failed = read_everything(folder, table, array, &error) != UR_OK;
        memory_disarm();
        if (failed) assert_true(error.text[0]);
        assert_int_equal(memory_live, live);
    }
    assert_true(n > 30);
#else
    (void)state;
    print_message("skipped: malloc cannot be made to fail in this build\n");
    skip();
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scaling),        cmocka_unit_test(test_idx), cmocka_unit_test(test_files),
        cmocka_unit_test(test_jpeg),           cmocka_unit_test(test_npy), cmocka_unit_test(test_no_npy),
        cmocka_unit_test(test_without_memory),
    };
    return cmocka_run_group_tests(tests, temp_setup, temp_teardown);
}
