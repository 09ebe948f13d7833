/*
 * Frames: a label for each frame of a video, or for each row of numbers made from one. Clips are learnt from in pieces of at
 * most `span` frames. A network that looks back alone gives a label as its frame enters.
 */
#ifndef UR_TASK_FRAMES_FRAMES_H
#define UR_TASK_FRAMES_FRAMES_H

#include "data/clips/clips.h"
#include "data/clips/columns.h"
#include "task/order.h"
#include "task/scaling.h"
#include "train/task.h"

/* As the rows of settings.c say. */
typedef struct ur_frames_settings {
    const char *label_column, *header, *ignore, *relabel, *names, *val_match, *val_fold;
    size_t span, video_rows;
    bool colour, difference, no_augment, flip;
    double label_smoothing;
    enum { UR_LOOK_BACK, UR_LOOK_BOTH } look;
    enum { UR_FRAMES_WEIGHTS_NONE, UR_FRAMES_WEIGHTS_SQRT, UR_FRAMES_WEIGHTS_FULL } class_weights;
} ur_frames_settings;

/* Some frames of a clip. */
typedef struct ur_frames_piece {
    uint32_t clip, first;
} ur_frames_piece;

typedef struct ur_frames_part {
    const ur_clips *clips; /* NULL: there is no such part */
    ur_frames_piece *piece;
    uint32_t *length; /* frames of each */
    size_t count, frames;
    ur_order order;
} ur_frames_part;

/* What a network takes of a frame: its numbers, scaled, and how far they are from those of the frame before. */
typedef struct ur_frames_input {
    size_t rows, columns, channels; /* rows 0: no picture */
    size_t numbers;                 /* of a frame as it is read */
    bool difference;
    ur_scaling by; /* by number, or of pictures by channel */
} ur_frames_input;

/* How many means there are. */
static inline size_t ur_frames_means(const ur_frames_input *in) { return in->rows ? in->channels : in->numbers; }
static inline size_t ur_frames_features(const ur_frames_input *in) { return in->numbers * (in->difference ? 2 : 1); }

enum { UR_FRAMES_SHOWN = 12 };

/* What an evaluation adds up. */
typedef struct ur_frames_tally {
    size_t frames, right;
    size_t distance, runs; /* of the label sequences; labels in those that are true */
} ur_frames_tally;

typedef struct ur_frames {
    ur_frames_settings settings;
    uint64_t seed;
    size_t batch;
    ur_clips *set, *validation;
    double held_share; /* of the frames, where there is one clip */
    ur_frames_part part[UR_PARTS];
    const char **labels;
    size_t label_count;
    bool own_labels; /* the list, not the texts */
    ur_frames_input input;
    const char **column; /* of tables: the names of the features; NULL: pictures */
    char *kept;          /* what a model's record gave: texts of the two lists */
    double *label_weight;
    size_t lines; /* of the network */

    float *frame, *varied; /* frames as they are read, and as they are learnt from this time */
    size_t frame_room;
    real *values; /* (T, B, F) */
    int32_t *targets, *lengths;
    real *weights;
    size_t places, lanes; /* for which there is room */

    size_t *counts;    /* (label, 3): right, taken, there; of an evaluation */
    size_t *confusion; /* (there, taken) */
    int32_t *taken;    /* of one clip, and a row of its edit distance */
    size_t taken_room;
    struct {
        uint32_t piece, frames;
        int32_t *taken;
    } shown[UR_FRAMES_SHOWN]; /* the first pieces, for a picture of them */
    size_t shown_count;

    /* Of answering. */
    ur_state *state; /* NULL: all frames of a clip are awaited */
    ur_columns table;
    bool table_known;
    float *before; /* the frame before */
    real *step;    /* one frame as the network takes it, or all that wait */
    size_t waiting, step_room, frame_number;
    double *probability;
} ur_frames;

extern const ur_task ur_task_frames;
extern const ur_setting_table ur_frames_setting_table;

/* settings.c */
ur_status ur_frames_choose(const void *data, ur_settings *settings, ur_error *error);
ur_status ur_frames_network(const void *data, const ur_settings *settings, ur_net_request *request, ur_error *error);

/* open.c */
ur_status ur_frames_open(void *data, const ur_settings *settings, const ur_model *from, ur_error *error);
void ur_frames_close(void *data);
void ur_frames_describe(const void *data, char *text, size_t size);
uint64_t ur_frames_hash(const void *data, ur_part part);
ur_clips_options ur_frames_options(const ur_frames *f);

/* record.c: labels, columns and scaling, in the model's file and out of it. */
ur_status ur_frames_record(void *data, ur_model *model, ur_error *error);
ur_status ur_frames_take_model(ur_frames *f, const ur_model *model, ur_error *error);

/* input.c */
/* Mean and deviation of the training frames. */
ur_status ur_frames_measure(ur_frames *f, ur_error *error);
/* One frame as the network takes it; `before`: the frame before, NULL: there is none. */
void ur_frames_take(const ur_frames_input *input, const float *frame, const float *before, real *to);
/* The frames of a piece a little otherwise in each epoch; tables stay. Returns where they are. */
const float *ur_frames_vary(ur_frames *f, uint64_t epoch, uint32_t piece, size_t frames);

/* batches.c */
ur_status ur_frames_prepare(void *data, const ur_settings *settings, ur_learning *learning, double *first_loss,
                            ur_error *error);
uint64_t ur_frames_batches(const void *data, ur_part part, uint64_t epoch);
ur_status ur_frames_batch(void *data, ur_part part, uint64_t epoch, uint64_t number, ur_task_batch *batch,
                          ur_error *error);
ur_status ur_frames_room(ur_frames *f, size_t frames, ur_error *error); /* of frames that are read */
/* Every line of the network takes these. */
ur_batch ur_frames_inputs(const ur_frames *f, const ur_sequences *in);

/* judge.c */
ur_status ur_frames_tally_batch(void *data, const ur_task_batch *batch, const ur_value *out, void *tally,
                                ur_error *error);
ur_status ur_frames_finish(const void *data, const void *tally, const ur_window_result *all, double *metric,
                           struct json_t *more, ur_error *error);

/* answer.c */
bool ur_frames_takes_files(const void *data);
size_t ur_frames_item_size(const void *data);
ur_status ur_frames_answer(void *data, ur_learner *learner, const char *item, size_t length, bool json,
                           const ur_sink *sink, ur_error *error);
/* `item`: the path of clips. */
ur_status ur_frames_look(void *data, const ur_model *model, const char *item, size_t length, size_t number,
                         ur_item *seen, ur_error *error);
ur_status ur_frames_answer_file(void *data, ur_learner *learner, const char *path, bool json, const ur_sink *sink,
                                ur_error *error);

#endif
