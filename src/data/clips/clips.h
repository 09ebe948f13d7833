/*
 * Clips: sequences of frames, each frame with a label of its own. A frame is a picture or a row of numbers.
 *
 *   idx       CLIPS and LABELS: (N, T, rows, columns[, channels]) and (N, T), bytes; a label is a number
 *   csv       one file per recording, one row per frame; one column is the label, the others are numbers
 *   videos    one file per clip, in any form that the program ffmpeg reads, and NAME.txt beside NAME.mp4, one label per
 *             line
 *   folders   one folder per clip: PNG, JPEG, PGM or PPM files, one per frame, in the order of their names, and
 *             labels.txt, one label per line
 *
 * Each label takes 4 bytes, and so does each number of a table. If they are many, they are kept in temporary files
 * (spill.h). Pictures are read when they are asked for. Files may be compressed with gzip. If a file changes after it
 * was opened, the error names the file.
 */
#ifndef UR_DATA_CLIPS_H
#define UR_DATA_CLIPS_H

#include "unroll.h"

#include <stdbool.h>

enum { UR_CLIPS_FOUND_MAX = 512 };

typedef struct ur_clips ur_clips;

/* All zeros: everything is found by looking at the data. Texts belong to the caller and are needed during
 * ur_clips_open. */
struct ur_watcher;

typedef struct ur_clips_options {
    const struct ur_watcher *watcher; /* during opening; NULL if none */
    const char *label_column;         /* tables: name in the header, or number from 1 */
    const char *header;               /* tables: "yes" or "no" */
    const char *ignore;               /* tables: columns that are not features: "a,b" */
    const char *relabel; /* new names of labels (relabel.h), ignored for idx; frames without a name do not count */
    const char *names;   /* idx: file with the name of each label, one per line */
    size_t video_rows;   /* videos: height to which frames are scaled; 0: 64 */
    bool colour;         /* videos */
    bool unlabelled;     /* labels may be missing, and none are read */
    size_t memory;       /* bytes of numbers, and of labels, to hold in memory; 0: UR_SPILL_LEAST */

    /* The validation clips: those whose file name matches a pattern, or one of every `folds` clips (those with index
     * mod `folds` = `fold`), or a random share. */
    const char *val_match;
    size_t fold, folds;
    double val_fraction;
    uint64_t seed; /* draws the share */

    /* What the training decided; NULL and 0 if nothing. */
    const char *const *labels;
    size_t label_count;
    const char *const *columns; /* tables: names of the features */
    size_t features;
    size_t rows, columns_of_picture, channels;
} ur_clips_options;

/* Reads labels and tables once. UR_ERR_USAGE for a wrong option, UR_ERR_IO, UR_ERR_FORMAT, UR_ERR_DATA for frames that
 * cannot be trained on, UR_ERR_UNSUPPORTED for what this build cannot read. One thread at a time may use it, since the
 * source keeps the file open that was read last. */
ur_status ur_clips_open(ur_clips **clips, const char *const *paths, size_t count, const ur_clips_options *options,
                        ur_error *error);
void ur_clips_close(ur_clips *clips); /* NULL is allowed */

size_t ur_clips_count(const ur_clips *clips);
size_t ur_clips_frames(const ur_clips *clips, size_t clip);        /* at least 1 */
const int32_t *ur_clips_truth(const ur_clips *clips, size_t clip); /* one label per frame, −1 if it has none */
bool ur_clips_held(const ur_clips *clips, size_t clip);            /* whether it is a validation clip */
/* For messages and pictures: the file or folder, and the number of the clip in it. */
void ur_clips_name(const ur_clips *clips, size_t clip, char *text, size_t size);

size_t ur_clips_labels(const ur_clips *clips);
const char *ur_clips_label_text(const ur_clips *clips, size_t label);

size_t ur_clips_features(const ur_clips *clips); /* numbers in a frame */
/* Size of the pictures, whose numbers lie between 0 and 1; all 0 for tables. */
size_t ur_clips_rows(const ur_clips *clips);
size_t ur_clips_columns(const ur_clips *clips);
size_t ur_clips_channels(const ur_clips *clips);
const char *ur_clips_column(const ur_clips *clips, size_t feature); /* its name in a table, or NULL for pictures */

const char *ur_clips_found(const ur_clips *clips); /* a description of the data, for people */
uint64_t ur_clips_hash(const ur_clips *clips);     /* of all frames and labels */

/* Reads frames [first, first + count) of a clip: (count, features). */
ur_status ur_clips_read(const ur_clips *clips, size_t clip, size_t first, size_t count, float *value, ur_error *error);

#endif
