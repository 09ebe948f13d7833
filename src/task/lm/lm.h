/*
 * The language model: reads text, and learns to predict the next token. This header is for the task's own files.
 *
 * N tokens give N − 1 predictions, which B lanes share. Lane b makes those from ⌊b(N − 1)/B⌋ on, up to where the next
 * lane begins. Batch i of an epoch covers tokens [i·k1, i·k1 + k2) of each lane and predicts the tokens one further on.
 * Predictions that the batch before has made do not count again. The batch begins with the state that the batch before
 * had after k1 steps. The last batch is as short as what is left. So an epoch makes every prediction once; then all
 * lanes begin again from zero.
 *
 * With `whole-windows` an epoch is that of the script min-char-rnn: each lane has L = ⌊N/B⌋ tokens, the last k1 steps
 * of a batch count, and there are ⌊(L − 2 − (k2 − k1))/k1⌋ batches. Tokens left over at the end are not read.
 */
#ifndef UR_TASK_LM_LM_H
#define UR_TASK_LM_LM_H

#include "data/corpus.h"
#include "train/task.h"

/* Settings; see the rows of settings.c. */
typedef struct ur_lm_settings {
    const char *token;
    ur_setting_type invalid; /* 1: bytes that are not UTF-8 are read as U+FFFD */
    bool no_unknown, whole_windows;
    size_t min_count, vocabulary_limit;
    size_t bptt, bptt_step;
    double zero_state;
    size_t validation_tokens;
    size_t sample_length;
    double sample_temperature;
} ur_lm_settings;

/* Lanes over a part of a corpus, and their current window. */
typedef struct ur_lanes {
    ur_reader **readers; /* one per lane */
    size_t lanes, k1, k2;
    bool whole;             /* whole windows only, as in min-char-rnn */
    uint64_t begin;         /* first token of the part */
    uint64_t share;         /* what the lanes share: predictions, or B·L tokens with `whole` */
    uint64_t windows;       /* in an epoch */
    uint64_t window;        /* index of the next window */
    size_t steps;           /* steps of the window that was read last */
    int32_t *tokens;        /* (B, k2 + 1) the tokens that the lanes read last */
    int32_t *ids, *targets; /* (steps, B) the window, as the network takes it */
} ur_lanes;

/* The caller has set lanes, k1, k2 and `whole`. The part is tokens [begin, end). */
ur_status ur_lanes_open(ur_lanes *lanes, ur_corpus *corpus, const ur_vocabulary *vocabulary, uint64_t begin,
                        uint64_t end, ur_error *error);
void ur_lanes_close(ur_lanes *lanes);
/* Reads window `number` into ids and targets. Reading windows in order takes the least work. */
ur_status ur_lanes_read(ur_lanes *lanes, uint64_t number, ur_error *error);

/* The data of one training. */
typedef struct ur_lm {
    ur_lm_settings settings;
    size_t batch;
    uint64_t seed;
    ur_corpus *corpus, *validation; /* `validation` is NULL if the validation set is the end of `corpus` */
    uint64_t train_end;             /* number of tokens of `corpus` that are trained on */
    uint64_t validation_begin, validation_end;
    ur_vocabulary *vocabulary; /* owned by the model once there is one; before that by the task */
    bool given;                /* the model owns the vocabulary */
    ur_lanes lanes, validation_lanes;
    uint64_t *counts; /* of each token, for a sampled softmax; NULL if not needed */
    char *sample;     /* the last sample shown */
} ur_lm;

extern const ur_task ur_task_lm;
extern const ur_setting_table ur_lm_setting_table;
extern const ur_preset ur_lm_presets[];

/* In settings.c: */
ur_status ur_lm_choose(const void *data, ur_settings *settings, ur_error *error);
ur_status ur_lm_network(const void *data, const ur_settings *settings, ur_net_request *request, ur_error *error);

/* In open.c: */
ur_status ur_lm_open(void *data, const ur_settings *settings, const ur_model *from, ur_error *error);
void ur_lm_close(void *data);
void ur_lm_describe(const void *data, char *text, size_t size);
uint64_t ur_lm_hash(const void *data, ur_part part);
ur_status ur_lm_record(void *data, ur_model *model, ur_error *error);

/* In batches.c: */
ur_status ur_lm_prepare(void *data, const ur_settings *settings, ur_learning *learning, double *first_loss,
                        ur_error *error);
uint64_t ur_lm_batches(const void *data, ur_part part, uint64_t epoch);
ur_status ur_lm_batch(void *data, ur_part part, uint64_t epoch, uint64_t number, ur_task_batch *batch, ur_error *error);

/* In show.c: */
ur_status ur_lm_show(void *data, const ur_model *model, uint64_t step, ur_shown *shown, ur_error *error);

#endif
