/*
 * A small network, a learner and a batch with targets to choose from, for the tests of losses. Include cmocka.h first.
 */
#ifndef UR_TEST_TARGETS_SETTING_H
#define UR_TEST_TARGETS_SETTING_H

#include "support/numbers.h"
#include "support/ok.h"
#include "train/learner.h"

#include <stdlib.h>
#include <string.h>

enum { STEPS = 6, LANES = 19, SYMBOLS = 5, OUTPUTS = 4, ROWS = STEPS * LANES };

typedef struct setting {
    ur_model *model;
    ur_learner *learner;
    ur_batch batch;
    int32_t ids[ROWS], lengths[LANES], targets[2][ROWS];
    real values[2][ROWS * OUTPUTS];
} setting;

static inline void set_up_on(setting *s, const char *line, size_t threads)
{
    ur_error error = {0};
    ur_learning learning = ur_learning_default();
    ur_sizes sizes = {.symbols = SYMBOLS, .features = OUTPUTS, .outputs = OUTPUTS};
    memset(s, 0, sizeof *s);
    learning.threads = threads;
    ok(ur_model_create(&s->model, line, &sizes, 1, 0, NULL, &error), &error);
    ok(ur_learner_create(&s->learner, s->model, &learning, &error), &error);
    fill_ids(s->ids, ROWS, 1, SYMBOLS);
    fill_ids(s->lengths, LANES, 2, STEPS);
    for (size_t b = 0; b < LANES; b++) s->lengths[b]++;
    for (uint32_t i = 0; i < 2; i++) {
        fill_ids(s->targets[i], ROWS, 3 + i, OUTPUTS);
        fill_random(s->values[i], ROWS * OUTPUTS, 5 + i, 1);
        s->batch.input[i] = (ur_sequences){
            .steps = STEPS, .lanes = LANES, .ids = s->ids, .values = s->values[i], .lengths = s->lengths};
    }
}

static inline void set_up(setting *s, const char *line) { set_up_on(s, line, 2); }

static inline void tear_down(setting *s)
{
    ur_learner_free(s->learner);
    ur_model_free(s->model);
}

static inline void aim(setting *s, size_t i, ur_loss loss, double weight)
{
    s->batch.target[i] =
        (ur_target){.line = i, .loss = loss, .weight = weight, .ids = s->targets[i], .values = s->values[i]};
    s->batch.target_count = i + 1;
}

/* Returns a copy of the batch's gradients, which the caller frees, and sets *result to its loss. */
static inline real *gradients(setting *s, ur_window_result *result)
{
    ur_error error = {0};
    ok(ur_learner_gradients(s->learner, &s->batch, NULL, result, &error), &error);
    real *copy = zeros(s->model->numbers, sizeof *copy);
    memcpy(copy, s->model->gradients, s->model->numbers * sizeof *copy);
    return copy;
}

#endif
