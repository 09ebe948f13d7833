/* Gradients of whole networks, through the learner, against finite differences: every parameter of every line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "kind_lines.h"
#include "layer/ctc.h"
#include "loss_lines.h"
#include "support/gradcheck.h"
#include "support/numbers.h"
#include "support/ok.h"
#include "train/learner.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { SYMBOLS = 6, FEATURES = KIND_FEATURES, LANES = 3, LANES_MAX = 18, STEPS_MAX = 6 };

/*
 * SUM: the loss is a sum. RAGGED: lanes end early. CARRIED: lanes begin with states. ALIKE: all lines have the same
 * places. LANE_OF: places take random lanes of another line. WEIGHED: places have weights. SMOOTHED: labels are
 * smoothed. PICTURES: the first line takes one picture per lane.
 */
enum { SUM = 1, RAGGED = 2, CARRIED = 4, ALIKE = 8, LANE_OF = 16, WEIGHED = 32, SMOOTHED = 64, PICTURES = 128 };

typedef struct network {
    const char *line;
    ur_loss loss;
    unsigned how;
    size_t lanes;
} network;

static const network NETWORKS[] = {
    {"embed 4 > lstm 5 x2 drop=0.4 > dense", UR_LOSS_SOFTMAX, CARRIED, LANES},
    {"embed 4 > lstm 5 x2 drop=0.4 same > dense", UR_LOSS_SOFTMAX, SUM | RAGGED | CARRIED, LANES},
    {"onehot > gru 6 > gru-before 5 > dense 7 relu > dropout 0.3 same > dense", UR_LOSS_SOFTMAX, RAGGED, LANES},
    {"onehot > dense 5 tanh > rnn 4 relu nobias > dense nobias", UR_LOSS_SOFTMAX, 0, LANES},
    {"embed 5 > dropout 0.2 > rnn 4 sigmoid > dense 5 > dense tied", UR_LOSS_SOFTMAX, 0, LANES_MAX},
    {"gru 5 > last > dense 2 sigmoid", UR_LOSS_SIGMOID, RAGGED, LANES},
    {"lstm 4 > dense 3 sigmoid > dense 2", UR_LOSS_SIGMOID, SUM | RAGGED | CARRIED, LANES_MAX},
    {"gru 3 > dense", UR_LOSS_SOFTMAX, RAGGED | WEIGHED, LANES_MAX},
    {"rnn 3 > dense", UR_LOSS_SOFTMAX, SUM | RAGGED | WEIGHED | SMOOTHED, LANES},
    {"lstm 3 > last > dense 2 sigmoid", UR_LOSS_SIGMOID, RAGGED | WEIGHED | SMOOTHED, LANES_MAX},
    {"rnn 3 > dense 2", UR_LOSS_SQUARED, RAGGED | WEIGHED, LANES},
    {"rnn 4 > dense 3 tanh", UR_LOSS_SQUARED, RAGGED | CARRIED, LANES},
    {"rnn 4 > dense 3 sigmoid", UR_LOSS_SQUARED, SUM | CARRIED, LANES},
    {"encoder: embed 3 > lstm 4 x2; decoder: embed 3 > lstm 4 x2 drop=0.3 from encoder > dense", UR_LOSS_SOFTMAX,
     RAGGED, LANES},
    {"a: embed 3 > gru-before 4; b: gru-before 4 from a; embed 3 > gru-before 4 from b > last > dense", UR_LOSS_SOFTMAX,
     RAGGED, LANES},
    {"embed 4 > lstm 3 x2 bi drop=0.3 > last > dense", UR_LOSS_SOFTMAX, RAGGED, LANES},
    {"onehot > gru 3 bi > dropout 0.2 > last > dense", UR_LOSS_SOFTMAX, SUM | RAGGED, LANES},
    {"onehot > lstm 3 bi > gru-before 2 bi nobias > dense", UR_LOSS_SOFTMAX, 0, LANES},
    {"gru-before 4 bi > max > dense 3", UR_LOSS_SQUARED, RAGGED, LANES_MAX},
    {"rnn 3 bi > dense 4 tanh > mean > dense", UR_LOSS_SOFTMAX, RAGGED, LANES},
    {"encoder: embed 3 > lstm 2 bi; decoder: embed 3 > lstm 5 from encoder > dense", UR_LOSS_SOFTMAX, RAGGED,
     LANES_MAX},
    {"a: embed 3 > gru 2 > gru 5; b: embed 3 > gru 4 from a > gru 5 nobias from a > dense", UR_LOSS_SOFTMAX, RAGGED,
     LANES},
    {"a: embed 4 > gru 4; b: embed like a > gru 4 from a > dense 6 tied; c: embed like b > join b > rnn 3 > dense",
     UR_LOSS_SOFTMAX, ALIKE, LANES_MAX},
    {"conv 17 3x2 relu > pool 2 > dropout 0.2 > lstm 3 > dense", UR_LOSS_SOFTMAX, RAGGED | CARRIED, LANES},
    {"conv 4 2x2 x2 sigmoid > conv 3 5x1 nobias > gru 3 bi > dense", UR_LOSS_SOFTMAX, SUM | RAGGED, LANES},
    {"a: conv 2 1x1 > pool 2; b: conv 3 2x2 tanh > join a > rnn 3 > dense", UR_LOSS_SOFTMAX, RAGGED | ALIKE, LANES},
    {"image: conv 3 2x2 tanh > pool 2 > places; embed 3 > lstm 4 from image > dense", UR_LOSS_SOFTMAX,
     RAGGED | PICTURES, LANES_MAX},
    {"conv 2 2x2 > places > gru 3 bi > last > dense", UR_LOSS_SOFTMAX, PICTURES, LANES},
    {"image: conv 2 3x2 tanh > places; embed 3 > lstm 4 from image > attend image additive > dense", UR_LOSS_SOFTMAX,
     RAGGED | PICTURES, LANES},
    {"image: dense 4 tanh; embed 3 > lstm 4 from image > lstm 3 from image > dense", UR_LOSS_SOFTMAX, RAGGED, LANES},
    {"a: dense 4 tanh > max; embed 3 > gru-before 4 from a > dense", UR_LOSS_SOFTMAX, RAGGED, LANES},
    {"a: embed 3 > lstm 2 bi > last; embed 3 > join a > gru 3 bi > dense", UR_LOSS_SOFTMAX, RAGGED | LANE_OF,
     LANES_MAX},
    {"a: embed 3 > gru 3 > mean; join a > dense", UR_LOSS_SOFTMAX, RAGGED | LANE_OF, LANES},
    {"a: gru 3 > max; join a > lstm 3 > dense", UR_LOSS_SOFTMAX, RAGGED, LANES},
    {"a: gru 3 > last; b: embed 4 > gru 2 > last > join a > dense 2; c: join b > dense 4 tanh > dense", UR_LOSS_SOFTMAX,
     RAGGED, LANES},
    {"a: gru 3; join a > rnn 4 bi > join a > last > dense", UR_LOSS_SOFTMAX, RAGGED | ALIKE, LANES},
    {"a: embed 3; b: embed 2 > join a > gru 3; gru 3 > join b > dense", UR_LOSS_SOFTMAX, SUM | RAGGED | ALIKE,
     LANES_MAX},
    {"encoder: embed 3 > gru 2 bi; decoder: embed 3 > gru 5 from encoder > attend encoder 3 > dense 3 > dense tied",
     UR_LOSS_SOFTMAX, RAGGED, LANES_MAX},
    {"a: embed 4; embed like a > dropout 0.2 > gru 4 > gru 3 > attend a 4 additive feed > dense tied", UR_LOSS_SOFTMAX,
     RAGGED, LANES_MAX},
    {"a: embed 3 > gru 4; onehot > gru-before 4 > attend a 3 dot feed > gru 3 > dense", UR_LOSS_SOFTMAX, 0, LANES},
    {"embed 4 > gru 3 bi > dense > crf", UR_LOSS_CRF, RAGGED, LANES_MAX},
    {"a: embed 3 > lstm 2 bi > last; embed 3 > join a > gru 3 > dense 6 tanh > crf", UR_LOSS_CRF,
     SUM | RAGGED | LANE_OF, LANES},
    {"gru 3 bi > dense 4 > ctc", UR_LOSS_CTC, RAGGED, LANES_MAX},
    {"embed 4 > lstm 3 > dense > ctc", UR_LOSS_CTC, SUM | CARRIED, LANES},
};

typedef struct setting {
    const network *n;
    ur_model *model;
    ur_learner *learner;
    ur_batch batch;
    ur_state *from;
    bool backward_done;
    int32_t ids[UR_MAX_LINES][STEPS_MAX * LANES_MAX], lengths[UR_MAX_LINES][LANES_MAX];
    int32_t lane_of[UR_MAX_LINES][STEPS_MAX * LANES_MAX];
    int32_t targets[STEPS_MAX * LANES_MAX], target_lengths[LANES_MAX];
    real values[UR_MAX_LINES][STEPS_MAX * LANES_MAX * FEATURES], target_values[STEPS_MAX * LANES_MAX * SYMBOLS];
    real weights[STEPS_MAX * LANES_MAX];
} setting;

/* Makes two labels per lane, or as many as its steps allow. The last output is the blank. */
static void make_labels(setting *s)
{
    ur_target *t = &s->batch.target[0];
    const ur_sequences *in = &s->batch.input[t->line];
    fill_ids(s->targets, STEPS_MAX * LANES_MAX, 50, ur_model_outputs(s->model) - 1);
    for (size_t b = 0; b < in->lanes; b++) {
        size_t steps = in->lengths ? (size_t)in->lengths[b] : in->steps;
        s->target_lengths[b] = 2;
        while (ur_ctc_steps(s->targets + b, in->lanes, (size_t)s->target_lengths[b]) > steps) s->target_lengths[b]--;
    }
    t->steps = 2;
    t->lengths = s->target_lengths;
}

/* Each line has its own number of steps. Some targets do not count. */
static void make_batch(setting *s)
{
    s->batch =
        (ur_batch){.target = {{.loss = s->n->loss, .ids = s->targets, .values = s->target_values}}, .target_count = 1};
    for (uint32_t i = 0; i < UR_MAX_LINES; i++) {
        size_t steps = 3 + (s->n->how & ALIKE ? 0 : i % 3);
        fill_ids(s->ids[i], STEPS_MAX * LANES_MAX, 20 + i, SYMBOLS);
        for (int32_t k = 0; k < SYMBOLS; k++) s->ids[i][k % LANES + k / LANES * (int32_t)s->n->lanes] = k;
        fill_random(s->values[i], STEPS_MAX * LANES_MAX * FEATURES, 30 + i, 1);
        fill_ids(s->lengths[i], LANES_MAX, s->n->how & ALIKE ? 40 : 40 + i, steps);
        fill_ids(s->lane_of[i], STEPS_MAX * LANES_MAX, 80 + i, s->n->lanes);
        for (size_t b = 0; b < LANES_MAX; b++) s->lengths[i][b]++;
        s->batch.input[i] = (ur_sequences){.steps = steps,
                                           .lanes = s->n->lanes,
                                           .ids = s->ids[i],
                                           .values = s->values[i],
                                           .lengths = s->n->how & RAGGED ? s->lengths[i] : NULL,
                                           .lane_of = s->n->how & LANE_OF ? s->lane_of[i] : NULL};
    }
    if (s->n->how & PICTURES) s->batch.input[0].steps = 1, s->batch.input[0].lengths = NULL;
    fill_ids(s->targets, STEPS_MAX * LANES_MAX, 50, ur_model_outputs(s->model));
    fill_random(s->target_values, STEPS_MAX * LANES_MAX * SYMBOLS, 51, 1);
    fill_random(s->weights, STEPS_MAX * LANES_MAX, 52, 2);
    s->batch.target[0].line = s->model->line_count - 1;
    if (s->n->how & WEIGHED) s->batch.target[0].weights = s->weights;
    if (s->n->how & SMOOTHED) s->batch.target[0].smoothing = 0.2;
    s->targets[1] = -1;
    s->target_values[1] = NAN;
    if (s->n->loss == UR_LOSS_CTC) make_labels(s);
}

static void make_state(setting *s)
{
    ur_error error = {0};
    if (!(s->n->how & CARRIED)) return;
    ok(ur_state_create(&s->from, s->model, s->n->lanes, &error), &error);
    for (size_t layer = 0, width = 0; ur_state_values(s->model, s->from, layer, 0, 0, &width); layer++)
        for (int which = 0; which < UR_STATES_MAX; which++)
            for (size_t b = 0; b < s->n->lanes; b++) {
                real *h = ur_state_values(s->model, s->from, layer, which, b, &width);
                if (h) fill_random(h, width, (uint32_t)(60 + layer * 40 + 20 * (size_t)which + b), 0.7);
            }
}

static void set_up(setting *s, const network *n)
{
    ur_error error = {0};
    ur_sizes sizes = {
        .symbols = SYMBOLS, .rows = KIND_ROWS, .columns = KIND_COLUMNS, .channels = KIND_CHANNELS, .outputs = SYMBOLS};
    ur_learning learning = ur_learning_default();
    ur_parameter p;
    *s = (setting){.n = n};
    ok(ur_model_create(&s->model, n->line, &sizes, 3, 0, NULL, &error), &error);
    for (uint32_t i = 0; ur_model_parameter(s->model, i, &p); i++) fill_random(p.value, p.size, 100 + i, 0.7);
    learning.sum = (n->how & SUM) != 0;
    learning.threads = 1;
    ok(ur_learner_create(&s->learner, s->model, &learning, &error), &error);
    make_batch(s);
    make_state(s);
}

static void tear_down(setting *s)
{
    ur_learner_free(s->learner);
    ur_state_free(s->from);
    ur_model_free(s->model);
}

/* Without dropout, forward alone gives the loss. */
static double loss_of(void *context)
{
    setting *s = context;
    ur_error error = {0};
    ur_window_result result;
    ur_carry carry = {.from = s->from};
    ur_model_changed(s->model);
    bool whole = !s->backward_done || strstr(s->n->line, "drop");
    ok((whole ? ur_learner_gradients : ur_learner_forward)(s->learner, &s->batch, &carry, &result, &error), &error);
    assert_true(result.count > 0);
    return result.loss;
}

static void check_network(const network *n)
{
    setting s;
    ur_parameter p;
    set_up(&s, n);
    loss_of(&s);
    s.backward_done = true;
    real *gradients = zeros(s.model->numbers, sizeof(real));
    memcpy(gradients, s.model->gradients, s.model->numbers * sizeof(real));
    for (size_t i = 0; ur_model_parameter(s.model, i, &p); i++) {
        char what[256];
        snprintf(what, sizeof what, "%s: %s", n->line, p.name);
        check_gradient(what, p.value, gradients + (p.value - s.model->values), p.size, loss_of, &s);
    }
    free(gradients);
    tear_down(&s);
}

static void test_networks(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof NETWORKS / sizeof *NETWORKS; i++) check_network(&NETWORKS[i]);
}

/* A new cell of cell.inc is tested without a change here. */
static void test_every_cell_in_a_stack(void **state)
{
    (void)state;
    const ur_cell *cell;
    for (size_t i = 0; (cell = ur_cell_at(i, 0)) != NULL; i++) {
        char line[96];
        snprintf(line, sizeof line, "embed 4 > %s 5 x2 drop=0.3 > dense", cell->name);
        check_network(&(network){line, UR_LOSS_SOFTMAX, RAGGED | CARRIED, LANES});
    }
}

/* Returns the loss that fits a kind of layer. A layer that ends a line has the loss of its own word. */
static ur_loss loss_behind(const ur_layer_kind *kind)
{
    size_t loss = 0;
    while (kind->ends_line && strcmp(ur_loss_at(loss)->word, kind->word) != 0) loss++;
    return kind->ends_line ? (ur_loss)loss : UR_LOSS_SQUARED;
}

/* A new kind of layer.inc is tested without a change here. */
static void check_kind_line(const char *line, const ur_layer_kind *kind)
{
    unsigned how = RAGGED | ALIKE | (kind->makes_steps ? PICTURES : 0);
    check_network(&(network){line, loss_behind(kind), how, LANES});
}

static void test_every_kind(void **state)
{
    (void)state;
    check_kinds(check_kind_line);
}

/* A new loss of loss.inc is tested without a change here. */
static void check_loss(const char *line, ur_loss loss)
{
    check_network(&(network){line, loss, RAGGED, LANES_MAX});
    check_network(&(network){line, loss, SUM | (ur_loss_at((size_t)loss)->layer ? 0 : WEIGHED), LANES});
}

static void test_every_loss(void **state)
{
    (void)state;
    check_losses(check_loss);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_networks),
        cmocka_unit_test(test_every_cell_in_a_stack),
        cmocka_unit_test(test_every_kind),
        cmocka_unit_test(test_every_loss),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
