/*
 * Frames: a label for each frame of a video, or for each row of numbers computed from one. Clips are trained on in
 * pieces of at most `span` frames. A network that only looks back gives a label as soon as its frame arrives.
 */
#ifndef UR_TASK_FRAMES_FRAMES_H
#define UR_TASK_FRAMES_FRAMES_H

#include "data/clips/clips.h"
#include "data/clips/columns.h"
#include "task/order.h"
#include "task/scaling.h"
#include "train/task.h"

/* Settings; see the rows of settings.c. */
typedef struct ur_frames_settings {
    const char *label_column, *header, *ignore, *relabel, *names, *val_match, *val_fold;
    size_t span, video_rows;
    bool colour, difference, no_augment, flip;
    double label_smoothing;
    enum { UR_LOOK_BACK, UR_LOOK_BOTH } look;
    enum { UR_FRAMES_WEIGHTS_NONE, UR_FRAMES_WEIGHTS_SQRT, UR_FRAMES_WEIGHTS_FULL } class_weights;
} ur_frames_settings;

/* A piece of a clip: some consecutive frames. */
typedef struct ur_frames_piece {
    uint32_t clip, first;
} ur_frames_piece;

typedef struct ur_frames_part {
    const ur_clips *clips; /* NULL if there is no such part */
    ur_frames_piece *piece;
    uint32_t *length; /* (count) frames of each piece */
    size_t count, frames;
    ur_order order;
} ur_frames_part;

/* The network's input for a frame: its scaled numbers and, if asked for, their differences from the frame before. */
typedef struct ur_frames_input {
    size_t rows, columns, channels; /* rows is 0 if frames are not pictures */
    size_t numbers;                 /* numbers of a frame as it is read */
    bool difference;
    ur_scaling by; /* per number, or per channel of pictures */
} ur_frames_input;

/* Number of means. */
static inline size_t ur_frames_means(const ur_frames_input *in) { return in->rows ? in->channels : in->numbers; }
static inline size_t ur_frames_features(const ur_frames_input *in) { return in->numbers * (in->difference ? 2 : 1); }

enum { UR_FRAMES_SHOWN = 12 };

/* Sums over an evaluation. */
typedef struct ur_frames_tally {
    size_t frames, right;
    size_t distance, runs; /* edit distance of the label sequences; number of labels in the true ones */
} ur_frames_tally;

typedef struct ur_frames {
    ur_frames_settings settings;
    uint64_t seed;
    size_t batch;
    ur_clips *set, *validation;
    double held_share; /* share of the frames held out, if there is only one clip */
    ur_frames_part part[UR_PARTS];
    const char **labels;
    size_t label_count;
    bool own_labels; /* the list, not the texts */
    ur_frames_input input;
    const char **column; /* names of the features of a table; NULL for pictures */
    char *kept;          /* what a model's record gave: texts of the two lists */
    double *label_weight;
    size_t lines; /* number of lines of the network */

    float *frame, *varied; /* frames as they are read, and as augmented for this epoch */
    size_t frame_room;
    real *values; /* (T, B, F) */
    int32_t *targets, *lengths;
    real *weights;
    size_t places, lanes; /* capacity: T·B, and B */

    size_t *counts;    /* (label, 3) of an evaluation: correct, predicted, actual */
    size_t *confusion; /* (actual, predicted) */
    int32_t *taken;    /* predicted labels of one clip, and work space for its edit distance */
    size_t taken_room;
    struct {
        uint32_t piece, frames;
        int32_t *taken;
    } shown[UR_FRAMES_SHOWN]; /* the first pieces, to be drawn */
    size_t shown_count;

    /* For answers. */
    ur_state *state; /* NULL if the network needs all frames of a clip */
    ur_columns table;
    bool table_known;
    float *before; /* the frame before */
    real *step;    /* one frame as the network takes it, or all frames that wait */
    size_t waiting, step_room, frame_number;
    double *probability;
} ur_frames;

extern const ur_task ur_task_frames;
extern const ur_setting_table ur_frames_setting_table;

/* In settings.c: */
ur_status ur_frames_choose(const void *data, ur_settings *settings, ur_error *error);
ur_status ur_frames_network(const void *data, const ur_settings *settings, ur_net_request *request, ur_error *error);

/* In open.c: */
ur_status ur_frames_open(void *data, const ur_settings *settings, const ur_model *from, ur_error *error);
void ur_frames_close(void *data);
void ur_frames_describe(const void *data, char *text, size_t size);
uint64_t ur_frames_hash(const void *data, ur_part part);
ur_clips_options ur_frames_options(const ur_frames *f);

/* In record.c: writes labels, columns and scaling into the model's record, and reads them from there. */
ur_status ur_frames_record(void *data, ur_model *model, ur_error *error);
ur_status ur_frames_take_model(ur_frames *f, const ur_model *model, ur_error *error);

/* In input.c: */
/* Computes mean and standard deviation of the training frames. */
ur_status ur_frames_measure(ur_frames *f, ur_error *error);
/* Makes the network's input of one frame. `before` is the frame before, or NULL if there is none. */
void ur_frames_take(const ur_frames_input *input, const float *frame, const float *before, real *to);
/* Augments the frames of a piece, differently in each epoch. Rows of tables stay as they are. Returns where the result
 * is. */
const float *ur_frames_vary(ur_frames *f, uint64_t epoch, uint32_t piece, size_t frames);

/* In batches.c: */
ur_status ur_frames_prepare(void *data, const ur_settings *settings, ur_learning *learning, double *first_loss,
                            ur_error *error);
uint64_t ur_frames_batches(const void *data, ur_part part, uint64_t epoch);
ur_status ur_frames_batch(void *data, ur_part part, uint64_t epoch, uint64_t number, ur_task_batch *batch,
                          ur_error *error);
ur_status ur_frames_room(ur_frames *f, size_t frames, ur_error *error); /* makes space for frames that are read */
/* The same input for every line of the network. */
ur_batch ur_frames_inputs(const ur_frames *f, const ur_sequences *in);

/* In judge.c: */
ur_status ur_frames_tally_batch(void *data, const ur_task_batch *batch, const ur_value *out, void *tally,
                                ur_error *error);
ur_status ur_frames_finish(const void *data, const void *tally, const ur_window_result *all, double *metric,
                           struct json_t *more, ur_error *error);

/* In answer.c: */
bool ur_frames_takes_files(const void *data);
size_t ur_frames_item_size(const void *data);
ur_status ur_frames_answer(void *data, ur_learner *learner, const char *item, size_t length, bool json,
                           const ur_sink *sink, ur_error *error);
/* `item` is the path of the clips. */
ur_status ur_frames_look(void *data, const ur_model *model, const char *item, size_t length, size_t number,
                         ur_item *seen, ur_error *error);
ur_status ur_frames_answer_file(void *data, ur_learner *learner, const char *path, bool json, const ur_sink *sink,
                                ur_error *error);

#endif
