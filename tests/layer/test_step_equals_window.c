/*
 * Bit for bit: a window of T steps equals T windows of one step; two windows with a carried state equal one long
 * window; a window that begins with a state of zeros equals one without a state; lanes computed alone equal lanes
 * computed together, also if they end early. This holds for every cell of cell.inc and every instruction set, with and
 * without threads.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/lab.h"
#include "support/numbers.h"
#include "support/ok.h"
#include "train/learner.h"

#include <stdio.h>
#include <stdlib.h>

enum { STEPS = 9, LANES_MAX = 33, SYMBOLS = 21, FEATURES = 5 };

static const char *const LINES[] = {"embed 18 > %s 37 x2 drop=0.3 > dense",
                                    "onehot > %s 65 > %s 19 > dense 20 tanh > dense", "%s 16 > dense 3 sigmoid",
                                    "embed 3 > %s 5"};
static const char *const ACTIVATIONS = "embed 18 > rnn 37 sigmoid > rnn 37 relu > rnn 18 sigmoid nobias > dense tied";

typedef struct setting {
    const char *line;
    ur_model *model;
    lab lab;
    ur_batch batch;
    size_t outputs;
    int32_t ids[STEPS * LANES_MAX], lengths[LANES_MAX];
    real values[STEPS * LANES_MAX * FEATURES];
} setting;

static void set_up(setting *s, const char *line, const char *isa, ur_weights weights, size_t threads, size_t lanes)
{
    ur_error error = {0};
    ur_sizes sizes = {.symbols = SYMBOLS, .features = FEATURES, .outputs = SYMBOLS};
    memset(s, 0, sizeof *s);
    s->line = line;
    lab_open(&s->lab, isa, threads);
    ok(ur_model_create(&s->model, line, &sizes, 5, 0, isa, &error), &error);
    ok(ur_model_use_weights(s->model, weights, &error), &error);
    s->outputs = ur_model_outputs(s->model);
    fill_ids(s->ids, STEPS * LANES_MAX, 1, SYMBOLS);
    fill_ids(s->lengths, LANES_MAX, 2, STEPS);
    fill_random(s->values, STEPS * LANES_MAX * FEATURES, 3, 1);
    for (size_t b = 0; b < LANES_MAX; b++) s->lengths[b]++;
    s->batch.input[0] = (ur_sequences){.steps = STEPS, .lanes = lanes, .ids = s->ids, .values = s->values};
}

static void tear_down(setting *s)
{
    ur_model_free(s->model);
    lab_close(&s->lab);
}

/* Runs steps [begin, end) of the batch in one window. Returns the outputs without padding; the caller frees them. */
static real *window(setting *s, size_t begin, size_t end, const ur_carry *carry)
{
    ur_error error = {0};
    ur_batch batch = s->batch;
    batch.input[0].steps = end - begin;
    batch.input[0].ids += begin * batch.input[0].lanes;
    batch.input[0].values += begin * batch.input[0].lanes * FEATURES;
    lab_begin(&s->lab, false);
    const ur_tensor *y = ur_network_run(s->model, &s->lab.tape, &batch, carry);
    ok(ur_tape_status(&s->lab.tape, &error), &error);
    assert_true(y->steps == end - begin && y->lanes == batch.input[0].lanes && y->width == s->outputs);
    return dense_copy(y->value, y->steps * y->lanes, y->width);
}

static ur_state *new_state(const setting *s)
{
    ur_error error = {0};
    ur_state *state;
    ok(ur_state_create(&state, s->model, s->batch.input[0].lanes, &error), &error);
    return state;
}

/* Compares the numbers of two states, without their work space. */
static void assert_same_states(const setting *s, const char *what, ur_state *got, ur_state *want)
{
    size_t width, compared = 0;
    for (size_t layer = 0; ur_state_values(s->model, got, layer, 0, 0, &width); layer++)
        for (int which = 0; which < UR_STATES_MAX; which++)
            for (size_t b = 0; b < s->batch.input[0].lanes; b++) {
                const real *a = ur_state_values(s->model, got, layer, which, b, &width);
                if (!a) continue;
                assert_same(what, a, ur_state_values(s->model, want, layer, which, b, &width), width);
                compared++;
            }
    assert_true(compared > 0);
}

static void check_steps(setting *s)
{
    size_t row = s->batch.input[0].lanes * s->outputs;
    ur_state *stepped = new_state(s), *carried = new_state(s);
    real *whole = window(s, 0, STEPS, &(ur_carry){.to = carried}), *out = zeros(row, sizeof(real));
    for (size_t t = 0; t < STEPS; t++) {
        if (ur_model_features(s->model))
            ur_step_values(s->model, stepped, s->values + t * s->batch.input[0].lanes * FEATURES, out);
        else
            ur_step(s->model, stepped, s->ids + t * s->batch.input[0].lanes, out);
        assert_same(s->line, out, whole + t * row, row);
    }
    assert_same_states(s, s->line, stepped, carried);
    free(whole);
    free(out);
    ur_state_free(stepped);
    ur_state_free(carried);
}

/* Also the state that a longer window keeps from its middle (truncated BPTT with k1 < k2). */
static void check_two_windows(setting *s)
{
    size_t row = s->batch.input[0].lanes * s->outputs, cut = 4;
    ur_state *a = new_state(s), *b = new_state(s), *middle = new_state(s);
    real *whole = window(s, 0, STEPS, &(ur_carry){.to = a});
    free(window(s, 0, STEPS, &(ur_carry){.to = middle, .at = cut}));
    real *first = window(s, 0, cut, &(ur_carry){.to = b});
    assert_same(s->line, first, whole, cut * row);
    assert_same_states(s, s->line, b, middle);
    real *second = window(s, cut, STEPS, &(ur_carry){.from = b, .to = b});
    assert_same(s->line, second, whole + cut * row, (STEPS - cut) * row);
    assert_same_states(s, s->line, b, a);
    free(whole);
    free(first);
    free(second);
    ur_state_free(a);
    ur_state_free(b);
    ur_state_free(middle);
}

/* Runs each lane alone, for as many steps as it has. */
static void check_lanes(setting *s, bool ragged)
{
    ur_state *together = new_state(s);
    s->batch.input[0].lengths = ragged ? s->lengths : NULL;
    real *all = window(s, 0, STEPS, &(ur_carry){.to = together});
    s->batch.input[0].lengths = NULL;
    setting one = *s; /* takes over the arena */
    one.batch.input[0].lanes = 1;
    for (size_t b = 0; b < s->batch.input[0].lanes; b++) {
        size_t steps = ragged ? (size_t)s->lengths[b] : STEPS;
        for (size_t t = 0; t < steps; t++) {
            one.ids[t] = s->ids[t * s->batch.input[0].lanes + b];
            memcpy(one.values + t * FEATURES, s->values + (t * s->batch.input[0].lanes + b) * FEATURES,
                   FEATURES * sizeof(real));
        }
        one.batch.input[0].ids = one.ids;
        one.batch.input[0].values = one.values;
        ur_state *alone = new_state(&one), *picked = new_state(&one);
        real *y = window(&one, 0, steps, &(ur_carry){.to = alone});
        for (size_t t = 0; t < steps; t++)
            assert_same(s->line, y + t * s->outputs, all + (t * s->batch.input[0].lanes + b) * s->outputs, s->outputs);
        ur_state_copy(picked, 0, together, b);
        assert_same_states(&one, s->line, picked, alone);
        free(y);
        ur_state_free(alone);
        ur_state_free(picked);
    }
    s->lab = one.lab; /* gives the arena back */
    free(all);
    ur_state_free(together);
}

static void check(setting *s)
{
    check_steps(s);
    check_two_windows(s);
    check_lanes(s, false);
    check_lanes(s, true);
}

static void check_line(const char *line, const char *isa, ur_weights weights, size_t threads)
{
    static const size_t lanes[] = {1, 7, LANES_MAX};
    for (size_t k = 0; k < sizeof lanes / sizeof *lanes; k++) {
        setting *s = zeros(1, sizeof *s);
        set_up(s, line, isa, weights, threads, lanes[k]);
        check(s);
        tear_down(s);
        free(s);
    }
}

static void test_every_cell(void **state)
{
    (void)state;
    const ur_cell *cell;
    for (size_t i = 0; (cell = ur_cell_at(i, 0)) != NULL; i++)
        for (size_t k = 0; k < sizeof LINES / sizeof *LINES; k++) {
            char line[128];
            snprintf(line, sizeof line, LINES[k], cell->name, cell->name);
            for (size_t isa = 0; ur_isa_name(isa); isa++)
                check_line(line, ur_isa_name(isa), UR_WEIGHTS_F32, isa ? 3 : 0);
            check_line(line, NULL, UR_WEIGHTS_F32, 0);
        }
    check_line(ACTIVATIONS, NULL, UR_WEIGHTS_F32, 2);
}

/*
 * int8 rounds the inputs of a product, separately for each lane and step: neither the window nor the number of lanes
 * may change the result.
 */
static void test_small_weights(void **state)
{
    (void)state;
    const ur_cell *cell;
    for (size_t i = 0; (cell = ur_cell_at(i, 0)) != NULL; i++)
        for (size_t k = 0; k < sizeof LINES / sizeof *LINES; k++) {
            char line[128];
            snprintf(line, sizeof line, LINES[k], cell->name, cell->name);
            for (size_t isa = 0; ur_isa_name(isa); isa++)
                check_line(line, ur_isa_name(isa), isa % 2 ? UR_WEIGHTS_BF16 : UR_WEIGHTS_INT8, isa ? 2 : 0);
            check_line(line, NULL, UR_WEIGHTS_BF16, 2);
            check_line(line, NULL, UR_WEIGHTS_INT8, 2);
        }
    check_line(ACTIVATIONS, NULL, UR_WEIGHTS_INT8, 2);
}

static void learn_both(const char *line, real *gradients[2], double sums[2], size_t *numbers)
{
    setting *s = zeros(1, sizeof *s);
    ur_error error = {0};
    ur_learner *learner;
    ur_window_result result;
    ur_learning learning = ur_learning_default();
    int32_t targets[STEPS * 7];
    set_up(s, line, NULL, UR_WEIGHTS_F32, 0, 7);
    learning.threads = 1;
    ok(ur_learner_create(&learner, s->model, &learning, &error), &error);
    fill_ids(targets, STEPS * 7, 4, SYMBOLS);
    s->batch.target[0].ids = targets;
    s->batch.target_count = 1;
    ur_state *state = new_state(s);
    for (int i = 0; i < 2; i++) {
        ur_carry carry = {.from = state, .to = state, .at = STEPS};
        ok(ur_learner_gradients(learner, &s->batch, i ? &carry : NULL, &result, &error), &error);
        sums[i] = result.sum;
        *numbers = s->model->numbers;
        gradients[i] = zeros(*numbers, sizeof(real));
        memcpy(gradients[i], s->model->gradients, *numbers * sizeof(real));
    }
    ur_state_free(state);
    ur_learner_free(learner);
    tear_down(s);
    free(s);
}

/* k1 = k2 = T: one truncated window from a state of zeros is back-propagation through the whole sequence. */
static void test_one_window_is_full_bptt(void **state)
{
    (void)state;
    const ur_cell *cell;
    for (size_t i = 0; (cell = ur_cell_at(i, 0)) != NULL; i++) {
        char line[96];
        real *gradients[2];
        double sums[2];
        size_t numbers;
        snprintf(line, sizeof line, LINES[0], cell->name);
        learn_both(line, gradients, sums, &numbers);
        assert_true(sums[0] == sums[1]);
        assert_same(line, gradients[1], gradients[0], numbers);
        free(gradients[0]);
        free(gradients[1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_cell),
        cmocka_unit_test(test_small_weights),
        cmocka_unit_test(test_one_window_is_full_bptt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
