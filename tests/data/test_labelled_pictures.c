/* Pictures in idx files, packed or not, and gzip that is not whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "data/gunzip.h"
#include "labelled_open.h"
#include "unroll_train.h"

#ifdef UR_HAVE_ZLIB
#include <zlib.h>
#endif

/* Two pictures of 2 x 3, and three labels of which the first two are used. */
static const char PICTURES[] =
    "\0\0\x08\x03\0\0\0\x02\0\0\0\x02\0\0\0\x03\x00\x33\x66\x99\xCC\xFF\xFF\x00\xFF\x00\xFF\x00";
static const char LABELS[] = "\0\0\x08\x01\0\0\0\x02\x0A\x09";

typedef struct pair {
    char first[600], second[600];
    const char *paths[2];
} pair;

static const char *const *write_pair(temp_text *temp, pair *p, const char *images, size_t image_size,
                                     const char *labels, size_t label_size)
{
    snprintf(p->first, sizeof p->first, "%s", temp_write(temp, "images", images, image_size));
    snprintf(p->second, sizeof p->second, "%s", temp_write(temp, "labels", labels, label_size));
    p->paths[0] = p->first;
    p->paths[1] = p->second;
    return p->paths;
}

static void check_values(ur_labelled *set, size_t example, size_t steps, size_t features, const float *expected)
{
    ur_example read = {0};
    ur_error error = {0};
    assert_int_equal(ur_labelled_read(set, example, &read, &error), UR_OK);
    assert_null(read.text);
    assert_int_equal(read.steps, steps);
    assert_int_equal(read.features, features);
    assert_memory_equal(read.value, expected, steps * features * sizeof *expected);
    ur_example_free(&read);
}

static void rows_and_pixels(void **state)
{
    temp_text *temp = *state;
    pair p;
    const float first[] = {0, 0.2f, 0.4f, 0.6f, 0.8f, 1}, second[] = {1, 0, 1, 0, 1, 0};
    ur_labelled_options options = {.pixels = true};
    ur_labelled *set = open_all(write_pair(temp, &p, PICTURES, 28, LABELS, 10), 2, NULL);
    assert_string_equal(ur_labelled_found(set), "pictures of 2 x 3, read by rows; 2 examples, 2 labels");
    assert_string_equal(ur_labelled_label_text(set, ur_labelled_label(set, 0)), "10");
    assert_int_equal(ur_labelled_label(set, 0), 1);
    assert_int_equal(ur_labelled_features(set), 3);
    assert_int_equal(ur_labelled_rows(set), 2);
    assert_int_equal(ur_labelled_columns(set), 3);
    check_values(set, 0, 2, 3, first);
    check_values(set, 1, 2, 3, second);
    check_name(temp, set, 1, "images: image 2");
    ur_labelled_close(set);
    const char *const turned[] = {p.second, p.first};
    set = open_all(turned, 2, &options);
    assert_string_equal(ur_labelled_found(set), "pictures of 2 x 3, read by pixels; 2 examples, 2 labels");
    check_values(set, 0, 6, 1, first);
    ur_labelled_close(set);
}

static void colours(void **state)
{
    temp_text *temp = *state;
    pair p;
    const char *images = "\0\0\x08\x04\0\0\0\x02\0\0\0\x01\0\0\0\x01\0\0\0\x03\x00\x33\x66\x99\xCC\xFF";
    const float second[] = {0.6f, 0.8f, 1};
    ur_labelled *set = open_all(write_pair(temp, &p, images, 26, LABELS, 10), 2, NULL);
    assert_string_equal(ur_labelled_found(set), "pictures of 1 x 1 in colour, read by rows; 2 examples, 2 labels");
    check_values(set, 1, 1, 3, second);
    ur_labelled_close(set);
}

static void size_of_a_training(void **state)
{
    temp_text *temp = *state;
    pair p;
    ur_labelled_options options = {0};
    ur_labelled *training = open_all(write_pair(temp, &p, PICTURES, 28, LABELS, 10), 2, NULL);
    ur_labelled_follow(&options, training);
    ur_labelled *set = open_all(p.paths, 2, &options);
    assert_int_equal(ur_labelled_label(set, 0), 1);
    ur_labelled_close(set);
    write_pair(temp, &p, "\0\0\x08\x03\0\0\0\x02\0\0\0\x01\0\0\0\x01\x00\x33", 18, LABELS, 10);
    check_refused_all(temp, p.paths, 2, &options, UR_ERR_DATA,
                      "images: pictures of 1 x 1 x 1; the training data have 2 x 3 x 1");
    write_pair(temp, &p, PICTURES, 28, "\0\0\x08\x01\0\0\0\x02\x0A\x08", 10);
    check_refused_all(temp, p.paths, 2, &options, UR_ERR_DATA,
                      "images: image 2: the label 8 does not occur in the training data, which have 2 labels: 9, 10");
    ur_labelled_close(training);
}

static void equal_pictures(void **state)
{
    temp_text *temp = *state;
    static char images[16 + 400], labels[8 + 400];
    pair p;
    memcpy(images, "\0\0\x08\x03\0\0\x01\x90\0\0\0\x01\0\0\0\x01", 16);
    memcpy(labels, "\0\0\x08\x01\0\0\x01\x90", 8);
    for (int i = 0; i < 400; i++) {
        images[16 + i] = (char)(i % 200);
        labels[8 + i] = (char)(i % 2);
    }
    ur_labelled_options options = {.val_fraction = 0.3};
    ur_labelled *set = open_all(write_pair(temp, &p, images, sizeof images, labels, sizeof labels), 2, &options);
    size_t held = 0;
    for (size_t i = 0; i < 200; i++) {
        held += ur_labelled_held(set, i);
        assert_int_equal(ur_labelled_held(set, i), ur_labelled_held(set, i + 200));
    }
    assert_in_range(held, 40, 80);
    ur_labelled_close(set);
}

static void bad_pictures(void **state)
{
    temp_text *temp = *state;
    pair p;
    const struct {
        const char *images;
        size_t image_size;
        const char *labels;
        size_t label_size;
        ur_status status;
        const char *expected;
    } CASES[] = {
        {PICTURES, 28, "\0\0\x08\x01\0\0\0\x03\0\1\2", 11, UR_ERR_DATA, "images: 2 pictures, but 3 labels in labels"},
        {PICTURES, 27, LABELS, 10, UR_ERR_FORMAT, "images: 11 values; its dimensions need 12"},
        {PICTURES, 28, LABELS, 9, UR_ERR_FORMAT, "labels: 1 values; its dimensions need 2"},
        {"\0\0\x0D\x03\0\0\0\0", 8, LABELS, 10, UR_ERR_UNSUPPORTED,
         "images: values of type 0D; only bytes (08) can be read"},
        {"\0\0\x08\x05\0\0\0\0", 8, LABELS, 10, UR_ERR_FORMAT, "images: 5 dimensions; labels have 1, pictures 3 or 4"},
        {"\0\0\x08\x03\0\0\0\0", 8, LABELS, 10, UR_ERR_FORMAT, "images: 3 dimensions; labels have 1, pictures 3 or 4"},
        {LABELS, 10, LABELS, 10, UR_ERR_FORMAT,
         "images has 1 dimensions and labels has 1; pictures have 3 or 4, labels 1"},
        {PICTURES, 28, "1 x", 3, UR_ERR_FORMAT, "labels: not an idx file: it has only 3 bytes"},
        {PICTURES, 28, "1 xy", 4, UR_ERR_FORMAT, "labels: not an idx file: it does not begin with 00 00"},
        {"\0\0\x08\x03\0\0\0\x02\xff\xff\xff\xff\xff\xff\xff\xff", 16, LABELS, 10, UR_ERR_FORMAT,
         "images: 0 values; its dimensions need 18446744073709551615 or more"},
        {"\0\0\x08\x03\0\0\0\x02\0\0\0\0\xff\xff\xff\xff", 16, LABELS, 10, UR_ERR_DATA,
         "images: pictures of 0 x 4294967295 x 1; a picture may have 1 to 16777215 values"},
        {PICTURES, 28, "\0\0\x08\x01\0\0\0\x02\1\1", 10, UR_ERR_DATA,
         "images: only one class: all 2 examples have the label 1; at least two classes are needed"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        write_pair(temp, &p, CASES[i].images, CASES[i].image_size, CASES[i].labels, CASES[i].label_size);
        check_refused_all(temp, p.paths, 2, NULL, CASES[i].status, CASES[i].expected);
    }
    check_refused_all(temp, p.paths, 1, NULL, UR_ERR_USAGE,
                      "images: labelled pictures are two idx files, one of pictures and one of labels; here is 1");
}

/* ---- gzip --------------------------------------------------------------------------------------------------------- */

#ifdef UR_HAVE_ZLIB

static size_t pack(const char *bytes, size_t size, unsigned char *packed, size_t room)
{
    z_stream stream = {0};
    assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_in = (Bytef *)bytes;
    stream.avail_in = (uInt)size;
    stream.next_out = packed;
    stream.avail_out = (uInt)room;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    deflateEnd(&stream);
    return room - stream.avail_out;
}

static size_t count_entries(const char *folder)
{
    size_t count = 0;
    DIR *entries = opendir(folder);
    while (readdir(entries)) count++;
    closedir(entries);
    return count;
}

static void packed(void **state)
{
    temp_text *temp = *state;
    static char table[300000];
    static unsigned char bytes[300000];
    size_t at = 0;
    for (int i = 0; at < sizeof table - 40; i++)
        at += (size_t)snprintf(table + at, sizeof table - at, "text number %d\t%d\n", i, i % 2);
    ur_labelled *plain = open_labelled(temp_write(temp, "plain.tsv", table, at), NULL);
    size_t half = pack(table, at / 2, bytes, sizeof bytes);
    size_t size = half + pack(table + at / 2, at - at / 2, bytes + half, sizeof bytes - half); /* two members */
    memset(bytes + size, 0, 8);
    char folder[600];
    snprintf(folder, sizeof folder, "%s", temp_folder(temp, "tmp"));
    ur_watcher watcher = {.temporary = folder};
    ur_labelled_options options = {.watcher = &watcher};
    ur_labelled *set = open_labelled(temp_write(temp, "packed.tsv.gz", bytes, size + 8), &options);
    assert_int_equal(count_entries(folder), 2); /* nothing is left that could stay behind */
    assert_int_equal(ur_labelled_count(set), ur_labelled_count(plain));
    assert_true(ur_labelled_hash(set) == ur_labelled_hash(plain));
    check_name(temp, set, 9999, "packed.tsv.gz: line 10000");
    ur_labelled_close(set);
    ur_labelled_close(plain);
    temp_write(temp, "cut.tsv.gz", bytes, half - 3);
    char expected[128];
    snprintf(expected, sizeof expected, "cut.tsv.gz: damaged gzip, it ends too early (%zu bytes of it were unpacked)",
             at / 2);
    check_refused(temp, temp->path, NULL, UR_ERR_FORMAT, expected);
    bytes[half / 2] ^= 255;
    temp_write(temp, "bad.tsv.gz", bytes, half);
    ur_error error;
    const char *path = temp->path;
    assert_int_equal(ur_labelled_open(&set, &path, 1, &options, &error), UR_ERR_FORMAT);
    assert_non_null(strstr(error.text, "bad.tsv.gz: damaged gzip, "));
    watcher.temporary = "/nowhere";
    check_refused(temp, temp_path(temp, "packed.tsv.gz"), &options, UR_ERR_IO,
                  "*/nowhere: cannot make a temporary file: No such file or directory; set TMPDIR to a folder with "
                  "enough free space");
}

#else

static void packed(void **state)
{
    temp_text *temp = *state;
    check_refused(temp, temp_write(temp, "a.tsv.gz", "\x1f\x8b\x08", 3), NULL, UR_ERR_UNSUPPORTED,
                  "a.tsv.gz: gzip is not built in; unpack it (gunzip), or install zlib1g-dev and build again");
}

#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_and_pixels), cmocka_unit_test(colours),      cmocka_unit_test(size_of_a_training),
        cmocka_unit_test(equal_pictures),  cmocka_unit_test(bad_pictures), cmocka_unit_test(packed),
    };
    return cmocka_run_group_tests(tests, temp_setup, temp_teardown);
}
