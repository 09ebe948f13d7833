/*
 * Clips: frames and labels of each form, with the quirks of tables; every message about what is no clip; and, where
 * UNROLL_DATA names the real data, what is found in them, with counts made by other programs.
 */
#include "temp_text.h"

#include "support/failing_memory.h"

#include "data/clips/clips.h"

#include "unroll_train.h"

#include <math.h>

static ur_clips *open_clips(const char *const *paths, size_t count, const ur_clips_options *options)
{
    ur_error error = {0};
    ur_clips *clips;
    if (ur_clips_open(&clips, paths, count, options, &error) != UR_OK) fail_msg("%s", error.text);
    return clips;
}

static ur_clips *open_one(const char *path) { return open_clips(&path, 1, &(ur_clips_options){0}); }

/* The message begins with the folder of the test, which is left out. */
static void refuse(const temp_text *temp, const char *const *paths, size_t count, const ur_clips_options *options,
                   ur_status status, const char *message)
{
    ur_error error = {0};
    ur_clips *clips;
    assert_int_equal(ur_clips_open(&clips, paths, count, options, &error), status);
    assert_null(clips);
    const char *at = strstr(error.text, temp->folder);
    assert_string_equal(at ? at + strlen(temp->folder) + 1 : error.text, message);
}

static void refuse_table(temp_text *temp, const char *text, const ur_clips_options *options, ur_status status,
                         const char *message)
{
    const char *path = temp_string(temp, "bad.csv", text);
    refuse(temp, &path, 1, options, status, message);
}

static void check_clip(const ur_clips *clips, size_t clip, size_t frames, const char *labels, const float *wanted)
{
    ur_error error;
    size_t width = ur_clips_features(clips);
    float value[64];
    assert_int_equal(ur_clips_frames(clips, clip), frames);
    assert_int_equal(ur_clips_read(clips, clip, 0, frames, value, &error), UR_OK);
    for (size_t i = 0; i < frames * width; i++) assert_true(value[i] == wanted[i]);
    assert_int_equal(ur_clips_read(clips, clip, frames - 1, 1, value, &error), UR_OK);
    for (size_t i = 0; i < width; i++) assert_true(value[i] == wanted[(frames - 1) * width + i]);
    for (size_t t = 0; t < frames; t++) {
        int32_t label = ur_clips_truth(clips, clip)[t];
        assert_int_equal(label < 0 ? '-' : ur_clips_label_text(clips, (size_t)label)[0], labels[t]);
    }
}

/* ---- Tables ------------------------------------------------------------------------------------------------------- */

static void test_quirks_of_tables(void **state)
{
    static const char *const tables[] = {
        "x,y,timestamp,phase\n1,2,9,b\n3,4,9,a\n", "\xEF\xBB\xBFx,y,timestamp,phase\r\n\r\n1,2,9,b\r\n3,4,9,a\r\n\r\n",
        "x;y;timestamp;phase\r1;2;9;b\r3;4;9;a", "\"x\",\"y\",time,\"phase\"\n 1 ,2,9,\"b\"\n3,4.0,9, a \n",
        "label,x\ty\nb,1\t2\na,3\t4\n"};
    const float wanted[] = {1, 2, 3, 4};
    for (size_t i = 0; i < 4; i++) {
        ur_clips *clips = open_one(temp_string(*state, "table.csv", tables[i]));
        assert_int_equal(ur_clips_count(clips), 1);
        assert_int_equal(ur_clips_labels(clips), 2);
        assert_string_equal(ur_clips_column(clips, 1), "y");
        check_clip(clips, 0, 2, "ba", wanted);
        ur_clips_close(clips);
    }
}

/* A header of numbers is told from a row by its label, which never comes again. */
static void test_headers(void **state)
{
    const float rows[] = {1, 2, 5, 6, 7, 8}, all[] = {1, 2, 5, 6};
    ur_clips *clips = open_one(temp_string(*state, "table.csv", "1,2,Phase\n1,2,D\n5,6,P\n7,8,D\n"));
    check_clip(clips, 0, 3, "DPD", rows);
    ur_clips_close(clips);
    clips = open_one(temp_string(*state, "table.csv", "1,2,D\n5,6,D\n"));
    check_clip(clips, 0, 2, "DD", all);
    ur_clips_close(clips);
    const char *path = temp_string(*state, "table.csv", "1,2,D\n5,6,P\n");
    clips = open_clips(&path, 1, &(ur_clips_options){.header = "no"});
    check_clip(clips, 0, 2, "DP", all);
    ur_clips_close(clips);
}

static void test_options_of_tables(void **state)
{
    const float wanted[] = {1, 3};
    const char *path = temp_string(*state, "table.csv", "x,y,kind,z\n1,8,b,0\n3,8,a,0\n");
    const ur_clips_options options[] = {{.label_column = "kind", .ignore = "y,z"},
                                        {.label_column = "3", .ignore = "z,y", .relabel = "b=b,a=a"}};
    for (size_t i = 0; i < 2; i++) {
        ur_clips *clips = open_clips(&path, 1, &options[i]);
        check_clip(clips, 0, 2, "ba", wanted);
        ur_clips_close(clips);
    }
    ur_clips *clips = open_clips(&path, 1, &(ur_clips_options){.ignore = "y,z", .relabel = "b=c,a="});
    check_clip(clips, 0, 2, "c-", wanted);
    ur_clips_close(clips);
}

/* The columns of a training are found by their names, wherever they stand. */
static void test_columns_of_a_training(void **state)
{
    const char *const names[] = {"y", "x"}, *const labels[] = {"a", "b"};
    const float wanted[] = {2, 1, 4, 3};
    const ur_clips_options options = {.columns = names, .features = 2, .labels = labels, .label_count = 2};
    const char *path = temp_string(*state, "table.csv", "x,phase,more,y\n1,b,7,2\n3,a,7,4\n");
    ur_clips *clips = open_clips(&path, 1, &options);
    check_clip(clips, 0, 2, "ba", wanted);
    ur_clips_close(clips);
    refuse_table(*state, "x,phase\n1,b\n3,a\n", &options, UR_ERR_DATA,
                 "bad.csv: line 1: the model reads a column y, which is missing");
    refuse_table(*state, "x,y,phase\n1,2,b\n3,4,c\n", &options, UR_ERR_DATA,
                 "bad.csv: line 3: the label c does not occur in the training data, which have 2 labels: a, b");
}

static void test_bad_tables(void **state)
{
    const ur_clips_options none = {0};
    refuse_table(*state, "x,y,label\n1,2,a\n3,nan,b\n", &none, UR_ERR_DATA,
                 "bad.csv: line 3: column 2 (y): \"nan\" is not a finite number");
    refuse_table(*state, "x,y,label\n1,2,a\n\n3,1e39,b\n", &none, UR_ERR_DATA,
                 "bad.csv: line 4: column 2 (y): \"1e39\" is not a finite number");
    refuse_table(*state, "x,y,label\n1,2,a\n3,4,b,5\n", &none, UR_ERR_DATA,
                 "bad.csv: line 3: 4 columns; the rows before have 3");
    refuse_table(*state, "x,y,label\n1,2,a\n3,4\n", &none, UR_ERR_DATA,
                 "bad.csv: line 3: 2 columns; the rows before have 3");
    refuse_table(*state, "x,y\n1,2\n3,4\n", &none, UR_ERR_DATA,
                 "bad.csv: no column looks like labels; name it with `label-column`");
    refuse_table(*state, "x,y,label\n", &none, UR_ERR_DATA, "bad.csv: no frames in it");
    refuse_table(*state, "\n\n", &none, UR_ERR_DATA, "bad.csv: the table is empty");
    refuse_table(*state, "x,label\n1,a\n2,\xC3\n", &none, UR_ERR_FORMAT,
                 "bad.csv: line 3: byte 3: invalid UTF-8; turn the file into UTF-8 first (iconv -t UTF-8)");
    refuse_table(*state, "label\na\nb\n", &(ur_clips_options){.label_column = "1"}, UR_ERR_DATA,
                 "bad.csv: line 1: no column of numbers");
    refuse_table(*state, "x,label\n1,a\n", &(ur_clips_options){.label_column = "z"}, UR_ERR_USAGE,
                 "bad.csv: line 1: `label-column` z: no such column among 2");
}

/* The same numbers and labels, in memory and in temporary files. */
static void test_large_tables(void **state)
{
    temp_text *temp = *state;
    enum { FRAMES = 100 };
    char table[2000] = "x,y,label\n", folder[600];
    float in_memory[2 * FRAMES], in_files[2 * FRAMES];
    ur_error error;
    for (size_t i = 0, at = strlen(table); i < FRAMES; i++)
        at += (size_t)snprintf(table + at, sizeof table - at, "%zu,%zu.5,%c\n", i * i, i, "abc"[i % 3]);
    snprintf(folder, sizeof folder, "%s", temp_folder(temp, "tmp"));
    const ur_watcher watcher = {.temporary = folder}, nowhere = {.temporary = "/nowhere"};
    const char *path = temp_string(temp, "table.csv", table);
    ur_clips *memory = open_one(path);
    ur_clips *files = open_clips(&path, 1, &(ur_clips_options){.watcher = &watcher, .memory = 40});
    assert_int_equal(rmdir(folder), 0); /* nothing is in it */
    assert_true(ur_clips_hash(memory) == ur_clips_hash(files));
    assert_int_equal(ur_clips_frames(files, 0), FRAMES);
    assert_int_equal(ur_clips_read(memory, 0, 0, FRAMES, in_memory, &error), UR_OK);
    assert_int_equal(ur_clips_read(files, 0, 0, FRAMES, in_files, &error), UR_OK);
    assert_memory_equal(in_memory, in_files, sizeof in_files);
    assert_memory_equal(ur_clips_truth(memory, 0), ur_clips_truth(files, 0), FRAMES * sizeof(int32_t));
    ur_clips_close(memory);
    ur_clips_close(files);
    assert_int_equal(ur_clips_open(&files, &path, 1, &(ur_clips_options){.watcher = &nowhere, .memory = 40}, &error),
                     UR_ERR_IO);
    assert_non_null(strstr(error.text, "/nowhere: cannot make a temporary file: No such file or directory; set TMPDIR "
                                       "to a folder with enough free space"));
}

/* ---- Pictures ----------------------------------------------------------------------------------------------------- */

/* 2 clips of 2 frames of 1 x 2, and labels. */
static const unsigned char CLIPS[] = {0, 0, 8, 4, 0, 0, 0, 2,   0,  0,   0, 2, 0, 0,
                                      0, 1, 0, 0, 0, 2, 0, 255, 51, 102, 0, 0, 1, 2},
                           LABELS[] = {0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 2, 0, 2, 1, 0};

static void test_idx(void **state)
{
    char clip_path[512], label_path[512], names[512];
    strcpy(clip_path, temp_write(*state, "clips", CLIPS, sizeof CLIPS));
    strcpy(label_path, temp_write(*state, "labels", LABELS, sizeof LABELS));
    strcpy(names, temp_string(*state, "names", "zero\r\none\n\ntwo"));
    const char *const paths[] = {label_path, clip_path};
    const float first[] = {0, 1, 51 / 255.0f, 102 / 255.0f}, second[] = {0, 0, 1 / 255.0f, 2 / 255.0f};
    ur_clips *clips = open_clips(paths, 2, &(ur_clips_options){.names = names, .folds = 2, .fold = 1});
    assert_true(ur_clips_rows(clips) == 1 && ur_clips_columns(clips) == 2 && ur_clips_channels(clips) == 1);
    assert_true(!ur_clips_held(clips, 0) && ur_clips_held(clips, 1));
    check_clip(clips, 0, 2, "zt", first);
    check_clip(clips, 1, 2, "oz", second);
    char name[600];
    ur_clips_name(clips, 1, name, sizeof name);
    assert_non_null(strstr(name, "/clips: clip 2"));
    ur_clips_close(clips);
    clips = open_clips(paths, 2, &(ur_clips_options){0});
    check_clip(clips, 0, 2, "02", first);
    ur_clips_close(clips);
}

static void test_bad_idx(void **state)
{
    char clip_path[512], names[512];
    unsigned char fewer[sizeof LABELS];
    memcpy(fewer, LABELS, sizeof LABELS);
    fewer[11] = 1;
    strcpy(clip_path, temp_write(*state, "clips", CLIPS, sizeof CLIPS));
    strcpy(names, temp_string(*state, "names", "zero\none\n"));
    const char *paths[] = {clip_path, temp_write(*state, "labels", LABELS, sizeof LABELS)};
    const ur_clips_options other = {.rows = 2, .columns_of_picture = 2, .channels = 1};
    refuse(*state, paths, 2, &(ur_clips_options){.names = names}, UR_ERR_DATA,
           "labels: clip 1, frame 2: label 2, but only 2 labels have names");
    refuse(*state, paths, 2, &other, UR_ERR_DATA, "clips: frames of 1 x 2 x 1; the training data have 2 x 2 x 1");
    refuse(*state, paths, 1, &(ur_clips_options){0}, UR_ERR_USAGE,
           "clips: clips are two idx files, of the frames and of their labels; here is 1");
    paths[1] = temp_write(*state, "few", fewer, sizeof fewer - 2);
    refuse(*state, paths, 2, &(ur_clips_options){0}, UR_ERR_DATA,
           "clips: 2 clips of 2 frames, but labels for 2 of 1 in few");
    paths[1] = clip_path;
    refuse(*state, paths, 2, &(ur_clips_options){0}, UR_ERR_FORMAT, "clips has 4 sizes; labels have 2, clips 4 or 5");
}

/* 2 x 1, RGB: red and grey. */
static const unsigned char PNG[] = {
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00, 0x00,
    0x00, 0x02, 0x00, 0x00, 0x00, 0x01, 0x08, 0x02, 0x00, 0x00, 0x00, 0x7b, 0x40, 0xe8, 0xdd, 0x00, 0x00, 0x00,
    0x0f, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0xf8, 0xcf, 0xc0, 0xd0, 0xd0, 0xd0, 0x00, 0x00, 0x09, 0x01,
    0x02, 0x80, 0x99, 0xc4, 0x69, 0x32, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82};

static void write_folder(temp_text *temp, const char *labels)
{
    temp_folder(temp, "movie");
    temp_write(temp, "movie/2.ppm", "P6 2 1 255\n\0\0\xFF\x33\x33\x33", 17);
    temp_write(temp, "movie/3.ppm", "P6 # blue\n2 1\n255\n\xFF\xFF\xFF\0\0\0", 24);
    if (labels) temp_string(temp, "movie/labels.txt", labels);
}

static void test_folders(void **state)
{
    temp_text *temp = *state;
    char movie[512];
    const float wanted[] = {0, 0, 1, 0.2f, 0.2f, 0.2f, 1, 1, 1, 0, 0, 0};
    write_folder(temp, "a\nb\n");
    strcpy(movie, temp_path(temp, "movie"));
    ur_clips *clips = open_one(movie);
    assert_int_equal(ur_clips_channels(clips), 3);
    check_clip(clips, 0, 2, "ab", wanted);
    ur_clips_close(clips);
    const char *path = movie;
    temp_string(temp, "movie/labels.txt", "a\nb\na\n");
    refuse(temp, &path, 1, &(ur_clips_options){0}, UR_ERR_DATA, "movie/labels.txt: 3 labels for 2 frames");
    temp_string(temp, "movie/3.ppm", "P5 1 1 255\nx");
    refuse(temp, &path, 1, &(ur_clips_options){0}, UR_ERR_DATA,
           "movie/3.ppm: a frame of 1 x 1 x 1; the frames before it are 1 x 2 x 3");
    temp_string(temp, "movie/3.ppm", "P5 1 1 65535\nxx");
    refuse(temp, &path, 1, &(ur_clips_options){0}, UR_ERR_UNSUPPORTED,
           "movie/3.ppm: its largest value is 65535; it must be 255");
    temp_string(temp, "movie/3.ppm", "P5 4 4 255\nxx");
    refuse(temp, &path, 1, &(ur_clips_options){0}, UR_ERR_FORMAT, "movie/3.ppm: it ends before its 4 x 4 pixels do");
    temp_string(temp, "movie/3.ppm", "GIF89a");
    refuse(temp, &path, 1, &(ur_clips_options){0}, UR_ERR_FORMAT,
           "movie/3.ppm: not a picture: neither PNG, JPEG nor binary PGM or PPM");
    unlink(temp_path(temp, "movie/labels.txt"));
    refuse(temp, &path, 1, &(ur_clips_options){0}, UR_ERR_DATA,
           "movie/2.ppm: no labels.txt beside it; it has one line for each frame, with its label");
    temp_remove(movie);
}

static void test_png(void **state)
{
    temp_text *temp = *state;
    const float wanted[] = {1, 0, 0, 128 / 255.0f, 128 / 255.0f, 128 / 255.0f};
    char movie[512];
    ur_error error = {0};
    ur_clips *clips;
    temp_folder(temp, "movie");
    temp_write(temp, "movie/1.png", PNG, sizeof PNG);
    temp_string(temp, "movie/labels.txt", "a");
    strcpy(movie, temp_path(temp, "movie"));
    const char *path = movie;
    ur_status status = ur_clips_open(&clips, &path, 1, &(ur_clips_options){0}, &error);
    if (status == UR_ERR_UNSUPPORTED)
        assert_non_null(strstr(error.text, "this build cannot read PNG, because it was made without libpng"));
    else
        assert_int_equal(status, UR_OK);
    if (status == UR_OK) check_clip(clips, 0, 1, "a", wanted);
    ur_clips_close(clips);
    temp_remove(movie);
}

/* ---- Memory ------------------------------------------------------------------------------------------------------- */

#ifdef FAILING_MEMORY_REAL
static void open_failing(const char *const *paths, size_t count)
{
    ur_error error;
    ur_clips *clips = NULL;
    long live = memory_live;
    for (size_t n = 1; n < 1000; n++) {
        memory_arm((long)n, false);
        ur_status status = ur_clips_open(&clips, paths, count, &(ur_clips_options){0}, &error);
        memory_disarm();
        ur_clips_close(clips);
        assert_int_equal(memory_live, live);
        if (status == UR_OK) return;
        assert_int_equal(status, UR_ERR_MEMORY);
        assert_null(clips);
    }
    fail_msg("it never opens");
}

static void test_failing_memory(void **state)
{
    char one[512], two[512];
    strcpy(one, temp_write(*state, "clips", CLIPS, sizeof CLIPS));
    strcpy(two, temp_write(*state, "labels", LABELS, sizeof LABELS));
    const char *const idx[] = {one, two};
    open_failing(idx, 2);
    const char *table = temp_string(*state, "table.csv", "x,y,label\n1,2,a\n3,4,b\n");
    open_failing(&table, 1);
    write_folder(*state, "a\nb\n");
    const char *movie = temp_path(*state, "movie");
    open_failing(&movie, 1);
    temp_remove(movie);
}
#else
static void test_failing_memory(void **state)
{
    (void)state;
    print_message("skipped: malloc cannot be made to fail in this build\n");
    skip();
}
#endif

/* ---- Real data ---------------------------------------------------------------------------------------------------- */

typedef struct real_set {
    const char *paths[2];
    size_t clips, frames, features, labels, of_first_label;
} real_set;

static const real_set REAL[] = {
    {{"gesture-phase/a1_raw.csv"}, 1, 1747, 18, 5, 39},
    {{"gesture-phase/a1_va3.csv"}, 1, 1743, 32, 5, 694},
    {{"gesture-phase/b1_raw.csv"}, 1, 1073, 18, 6, 217},
    {{"gesture-phase/c1_va3.csv"}, 1, 1107, 32, 5, 282},
    {{"grid-lips/dev-frames-idx4-ubyte.gz", "grid-lips/dev-slots-idx2-ubyte.gz"}, 76, 75, 640, 7, 2858},
};

static void check_real(const char *folder, const real_set *set)
{
    char path[2][512];
    const char *paths[] = {path[0], path[1]};
    for (size_t i = 0; i < 2; i++)
        snprintf(path[i], sizeof path[i], "%s/video/%s", folder, set->paths[i] ? set->paths[i] : "");
    ur_clips *clips = open_clips(paths, set->paths[1] ? 2 : 1, &(ur_clips_options){0});
    size_t first = 0;
    for (size_t i = 0; i < ur_clips_count(clips); i++)
        for (size_t t = 0; t < ur_clips_frames(clips, i); t++) first += ur_clips_truth(clips, i)[t] == 0;
    assert_int_equal(ur_clips_count(clips), set->clips);
    assert_int_equal(ur_clips_frames(clips, 0), set->frames);
    assert_int_equal(ur_clips_features(clips), set->features);
    assert_int_equal(ur_clips_labels(clips), set->labels);
    assert_int_equal(first, set->of_first_label);
    ur_clips_close(clips);
}

static void test_real_data(void **state)
{
    (void)state;
    const char *folder = getenv("UNROLL_DATA");
    if (!folder) {
        print_message("skipped: UNROLL_DATA names no folder\n");
        skip();
    }
    for (size_t i = 0; i < sizeof REAL / sizeof *REAL; i++) check_real(folder, &REAL[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quirks_of_tables),
        cmocka_unit_test(test_headers),
        cmocka_unit_test(test_options_of_tables),
        cmocka_unit_test(test_columns_of_a_training),
        cmocka_unit_test(test_bad_tables),
        cmocka_unit_test(test_large_tables),
        cmocka_unit_test(test_idx),
        cmocka_unit_test(test_bad_idx),
        cmocka_unit_test(test_folders),
        cmocka_unit_test(test_png),
        cmocka_unit_test(test_failing_memory),
        cmocka_unit_test(test_real_data),
    };
    return cmocka_run_group_tests(tests, temp_setup, temp_teardown);
}
