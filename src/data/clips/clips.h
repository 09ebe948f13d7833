/*
 * Clips: sequences of frames, each frame with a label of its own. A frame is a picture, or a row of numbers.
 *
 *   idx       CLIPS and LABELS: (N, T, rows, columns[, channels]) and (N, T), bytes; a label is a number
 *   csv       a file a recording, a row a frame; a column is the label, the others are numbers
 *   videos    a file a clip, whatever the program ffmpeg reads, and NAME.txt beside NAME.mp4 with a label a line
 *   folders   a folder a clip: PNG, JPEG, PGM or PPM files, a frame each, in the order of their names, and labels.txt, a label a line
 *
 * Labels take 4 bytes a frame, and so does each number of a table; where these are many, they lie in temporary files (spill.h).
 * Pictures are read when they are asked for. Files may be packed with gzip. A file that changes after it was opened is an error
 * that names it.
 */
#ifndef UR_DATA_CLIPS_H
#define UR_DATA_CLIPS_H

#include "unroll.h"

#include <stdbool.h>

enum { UR_CLIPS_FOUND_MAX = 512 };

typedef struct ur_clips ur_clips;

/* Zeros: everything is found by looking. Texts are the caller's, and are needed while it opens. */
struct ur_watcher;

typedef struct ur_clips_options {
    const struct ur_watcher *watcher; /* while they are opened; NULL: none */
    const char *label_column;         /* of a table: its name in the header, or its number from 1 */
    const char *header;               /* of a table: "yes" or "no" */
    const char *ignore;               /* columns that are no numbers to learn from, "a,b" */
    const char *relabel; /* labels under other names (relabel.h); frames of one without a name count for nothing */
    const char *names;   /* of idx: a file with the name of each label, a line each */
    size_t video_rows;   /* to which the frames of videos are scaled; 0: 64 */
    bool colour;         /* of videos */
    bool unlabelled;     /* there may be no labels; none are read */
    size_t memory;       /* bytes of numbers, and of labels, that may be in memory; 0: UR_SPILL_LEAST */

    /* Clips that are set apart to validate on: those whose file has this name, every K-th from the I-th on, or a share. */
    const char *val_match;
    size_t fold, folds;
    double val_fraction;
    uint64_t seed; /* chooses the share */

    /* What the training decided. NULL and 0: nothing. */
    const char *const *labels;
    size_t label_count;
    const char *const *columns; /* of a table, its features */
    size_t features;
    size_t rows, columns_of_picture, channels;
} ur_clips_options;

/* Reads labels and tables once. UR_ERR_USAGE where an option is wrong, UR_ERR_IO, UR_ERR_FORMAT, UR_ERR_DATA for frames that
 * nobody could learn from, UR_ERR_UNSUPPORTED for what this build cannot read. Any number of threads may read one. */
ur_status ur_clips_open(ur_clips **clips, const char *const *paths, size_t count, const ur_clips_options *options,
                        ur_error *error);
void ur_clips_close(ur_clips *clips); /* NULL is allowed */

size_t ur_clips_count(const ur_clips *clips);
size_t ur_clips_frames(const ur_clips *clips, size_t clip);        /* at least 1 */
const int32_t *ur_clips_truth(const ur_clips *clips, size_t clip); /* a label a frame; −1: none */
bool ur_clips_held(const ur_clips *clips, size_t clip);            /* set apart to validate on */
/* For messages and pictures: the file or folder, and which clip of it. */
void ur_clips_name(const ur_clips *clips, size_t clip, char *text, size_t size);

size_t ur_clips_labels(const ur_clips *clips);
const char *ur_clips_label_text(const ur_clips *clips, size_t label);

size_t ur_clips_features(const ur_clips *clips); /* numbers of a frame */
/* Of pictures, (rows, columns, channels) of numbers from 0 to 1; else 0. */
size_t ur_clips_rows(const ur_clips *clips);
size_t ur_clips_columns(const ur_clips *clips);
size_t ur_clips_channels(const ur_clips *clips);
const char *ur_clips_column(const ur_clips *clips, size_t feature); /* its name in a table; NULL for pictures */

const char *ur_clips_found(const ur_clips *clips); /* what was found, for people */
uint64_t ur_clips_hash(const ur_clips *clips);     /* one number for all frames and labels */

/* Frames [first, first + count) of a clip: (count, features). */
ur_status ur_clips_read(const ur_clips *clips, size_t clip, size_t first, size_t count, float *value, ur_error *error);

#endif
