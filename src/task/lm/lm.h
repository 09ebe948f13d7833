/*
 * The language model: text in, a model that predicts the next token out. This header is for the task's own files.
 *
 * N tokens are N − 1 predictions. B lanes share them out: lane b makes those from ⌊b(N − 1)/B⌋ on, up to where the next
 * lane begins. Batch i of an epoch covers tokens [i·k1, i·k1 + k2) of each lane and predicts those one further; what the
 * batch before has predicted does not count again. It begins with the state that the batch before had after k1 steps. The
 * last batch is as short as what is left. So an epoch makes every prediction once; then all lanes begin again from zero.
 *
 * With `whole-windows` an epoch is that of the script min-char-rnn: each lane has L = ⌊N/B⌋ tokens, the last k1 steps of a
 * batch count, and there are ⌊(L − 2 − (k2 − k1))/k1⌋ batches; what is left at the end is not read.
 */
#ifndef UR_TASK_LM_LM_H
#define UR_TASK_LM_LM_H

#include "data/corpus.h"
#include "train/task.h"

/* As the rows of settings.c say. */
typedef struct ur_lm_settings {
    const char *token;
    ur_setting_type invalid; /* 1: what is not UTF-8 reads as U+FFFD */
    bool no_unknown, whole_windows;
    size_t min_count, vocabulary_limit;
    size_t bptt, bptt_step;
    size_t validation_tokens;
    size_t sample_length;
    double sample_temperature;
} ur_lm_settings;

/* Lanes over a part of a corpus, and the window they stand at. */
typedef struct ur_lanes {
    ur_reader **readers; /* B */
    size_t lanes, k1, k2;
    bool whole;             /* windows, as the script has them */
    uint64_t begin;         /* where the part begins */
    uint64_t share;         /* what lanes share out: predictions; B·L where windows are whole */
    uint64_t windows;       /* in an epoch */
    uint64_t window;        /* the next one */
    size_t steps;           /* of the window that was read last */
    int32_t *tokens;        /* (B, k2 + 1): what the lanes have read last */
    int32_t *ids, *targets; /* (steps, B): the window as the network takes it */
} ur_lanes;

/* Lanes, k1, k2 and `whole` are set; the part is tokens [begin, end). */
ur_status ur_lanes_open(ur_lanes *lanes, ur_corpus *corpus, const ur_vocabulary *vocabulary, uint64_t begin,
                        uint64_t end, ur_error *error);
void ur_lanes_close(ur_lanes *lanes);
/* Reads window `number` into ids and targets; the one behind the last that was read takes the least work. */
ur_status ur_lanes_read(ur_lanes *lanes, uint64_t number, ur_error *error);

/* What one training reads. */
typedef struct ur_lm {
    ur_lm_settings settings;
    size_t batch;
    uint64_t seed;
    ur_corpus *corpus, *validation; /* validation: NULL where it is the tail of corpus */
    uint64_t train_end;             /* tokens of corpus that are trained on */
    uint64_t validation_begin, validation_end;
    ur_vocabulary *vocabulary; /* the model's, once there is one; before that the task's own */
    bool given;                /* the model has it */
    ur_lanes lanes, validation_lanes;
    uint64_t *counts; /* of each token, for a sampled softmax; NULL: not wanted */
    char *sample;     /* the last one shown */
} ur_lm;

extern const ur_task ur_task_lm;
extern const ur_setting_table ur_lm_setting_table;
extern const ur_preset ur_lm_presets[];

/* settings.c */
ur_status ur_lm_choose(const void *data, ur_settings *settings, ur_error *error);
ur_status ur_lm_network(const void *data, const ur_settings *settings, ur_net_request *request, ur_error *error);

/* open.c */
ur_status ur_lm_open(void *data, const ur_settings *settings, const ur_model *from, ur_error *error);
void ur_lm_close(void *data);
void ur_lm_describe(const void *data, char *text, size_t size);
uint64_t ur_lm_hash(const void *data, ur_part part);
ur_status ur_lm_record(void *data, ur_model *model, ur_error *error);

/* batches.c */
ur_status ur_lm_prepare(void *data, const ur_settings *settings, ur_learning *learning, double *first_loss,
                        ur_error *error);
uint64_t ur_lm_batches(const void *data, ur_part part, uint64_t epoch);
ur_status ur_lm_batch(void *data, ur_part part, uint64_t epoch, uint64_t number, ur_task_batch *batch, ur_error *error);

/* show.c */
ur_status ur_lm_show(void *data, const ur_model *model, uint64_t step, ur_shown *shown, ur_error *error);

#endif
