/*
 * Any bytes as clips: as two idx files, as a table, as a picture of a folder, and as rows that come one by one. The
 * first byte chooses the form, and the second where the first part ends. Numbers that are read must be finite, and
 * labels must be known.
 */
#include "memory_file.h"

#include "data/clips/clips.h"
#include "data/clips/columns.h"
#include "data/media/picture_file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void read_all(const ur_clips *clips)
{
    for (size_t i = ur_clips_count(clips); i-- > 0;) {
        size_t frames = ur_clips_frames(clips, i), numbers = frames * ur_clips_features(clips);
        ur_error error;
        float *value = malloc(numbers * sizeof *value);
        REQUIRE(value && frames > 0);
        REQUIRE(ur_clips_read(clips, i, 0, frames, value, &error) == UR_OK);
        for (size_t k = 0; k < numbers; k++) REQUIRE(isfinite(value[k]));
        for (size_t t = 0; t < frames; t++) REQUIRE(ur_clips_truth(clips, i)[t] < (int32_t)ur_clips_labels(clips));
        free(value);
    }
}

static void try_files(const uint8_t *data, size_t first, size_t size, size_t count, bool unlabelled)
{
    memory_file files[2];
    ur_clips *clips;
    ur_error error;
    const ur_clips_options options = {.unlabelled = unlabelled, .ignore = "a,b", .folds = 2};
    memory_file_open(&files[0], data, first);
    memory_file_open(&files[1], data + first, size - first);
    const char *const paths[] = {files[0].path, files[1].path};
    if (ur_clips_open(&clips, paths, count, &options, &error) == UR_OK)
        read_all(clips);
    else
        REQUIRE(!clips && error.text[0]);
    ur_clips_close(clips);
    for (size_t i = 0; i < 2; i++) memory_file_close(&files[i]);
}

static void try_picture(const uint8_t *data, size_t size)
{
    ur_picture_file picture;
    ur_error error;
    if (ur_picture_file_look(data, size, &picture, &error) != UR_OK) return;
    size_t numbers = picture.rows * picture.columns * picture.channels;
    if (numbers > 1 << 20) return;
    float *value = malloc((numbers + 1) * sizeof *value);
    REQUIRE(value);
    if (ur_picture_file_read(data, size, &picture, value, &error) == UR_OK)
        for (size_t i = 0; i < numbers; i++) REQUIRE(value[i] >= 0 && value[i] <= 1);
    free(value);
}

/* The first part is the header, and the second part is a row. */
static void try_rows(const uint8_t *data, size_t first, size_t size)
{
    const char *const names[] = {"x", "y"};
    const ur_columns_wanted wanted = {.feature = names, .features = 2};
    const ur_field head = {(const char *)data, first}, row = {(const char *)data + first, size - first};
    ur_columns columns;
    ur_field label;
    float value[2] = {NAN, NAN};
    bool header;
    if (ur_columns_find(&columns, head, row, &wanted, &header, NULL) == UR_OK &&
        ur_columns_read(&columns, row, value, &label, NULL) == UR_OK)
        REQUIRE(isfinite(value[0]) && isfinite(value[1]));
    ur_columns_free(&columns);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2) return 0;
    const size_t body = size - 2, first = body * data[1] / 255;
    switch (data[0] & 3) {
    case 0:
        try_files(data + 2, first, body, 2, false);
        break;
    case 1:
        try_files(data + 2, body, body, 1, data[0] & 4);
        break;
    case 2:
        try_picture(data + 2, body);
        break;
    case 3:
        try_rows(data + 2, first, body);
        break;
    }
    return 0;
}
