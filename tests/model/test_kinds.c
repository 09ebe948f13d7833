/*
 * Every kind of layer in layer.inc; a new kind is tested without a change here. The bits are the same for any number of
 * threads, for a lane alone and among others of other lengths, for steps and a window, and after saving and loading. A
 * kind that cannot be stepped is refused when a state is created.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "kind_lines.h"
#include "support/numbers.h"
#include "support/ok.h"
#include "support/place.h"

#include "unroll_train.h"

#include <stdlib.h>

enum { STEPS = 5, LANES = 18, FEATURES = KIND_FEATURES, SYMBOLS = 5, OUTPUTS = 3, ROWS = STEPS * LANES };
enum { PLACES = KIND_ROWS * KIND_COLUMNS, MOST = (PLACES > STEPS ? PLACES : STEPS) * LANES };

typedef struct data {
    size_t steps, lanes;
    int32_t ids[ROWS], lengths[LANES];
    real values[ROWS * FEATURES];
} data;

static data make_data(size_t steps)
{
    data d = {.steps = steps, .lanes = LANES};
    fill_ids(d.ids, ROWS, 1, SYMBOLS);
    fill_ids(d.lengths, LANES, 2, steps);
    for (size_t b = 0; b < LANES; b++) d.lengths[b]++;
    fill_random(d.values, ROWS * FEATURES, 3, 1);
    return d;
}

static data lane_of(const data *all, size_t b)
{
    data d = {.steps = (size_t)all->lengths[b], .lanes = 1, .lengths = {all->lengths[b]}};
    for (size_t t = 0; t < d.steps; t++) {
        d.ids[t] = all->ids[t * LANES + b];
        memcpy(d.values + t * FEATURES, all->values + (t * LANES + b) * FEATURES, FEATURES * sizeof(real));
    }
    return d;
}

static void predict(ur_model *model, const data *d, size_t threads, real *out)
{
    ur_error error = {0};
    ur_learner *learner;
    ur_learning learning = ur_learning_default();
    const ur_sequences in = {
        .steps = d->steps, .lanes = d->lanes, .ids = d->ids, .values = d->values, .lengths = d->lengths};
    ur_batch batch = {.input = {in, in}};
    learning.threads = threads;
    ok(ur_learner_create(&learner, model, &learning, &error), &error);
    ok(ur_predict(learner, &batch, out, &error), &error);
    ur_learner_free(learner);
}

/* Returns the number of steps at the end of a line with such a layer that reads `steps` steps. */
static size_t steps_left(const ur_layer_kind *kind, size_t steps)
{
    return kind->ends_time ? 1 : kind->makes_steps ? PLACES : steps;
}

static void compare_lane(const char *line, const real *got, const real *all, size_t b, size_t steps)
{
    for (size_t t = 0; t < steps; t++) assert_same(line, got + t * OUTPUTS, all + (t * LANES + b) * OUTPUTS, OUTPUTS);
}

static void step_lane(const char *line, ur_model *model, const data *d, const real *window, bool ended)
{
    ur_error error = {0};
    ur_state *state;
    real out[OUTPUTS];
    ok(ur_state_create(&state, model, 1, &error), &error);
    for (size_t t = 0; t < d->steps; t++) {
        ur_step_on(NULL, model, state, d->ids + t, d->values + t * FEATURES, out);
        if (!ended || t + 1 == d->steps) assert_same(line, out, window + (ended ? 0 : t * OUTPUTS), OUTPUTS);
    }
    ur_state_free(state);
}

/* The layer's parameters must be in the file. */
static void compare_loaded(const char *line, ur_model *model, const data *d, const real *want, size_t steps)
{
    static real got[MOST * OUTPUTS];
    ur_error error = {0};
    ur_model *loaded;
    ok(ur_model_save(model, in_scratch(&place, "model"), &error), &error);
    ok(ur_model_load(&loaded, in_scratch(&place, "model"), NULL, &error), &error);
    assert_string_equal(ur_model_net(loaded), ur_model_net(model));
    predict(loaded, d, 1, got);
    compare_lane(line, got, want, 0, steps);
    ur_model_free(loaded);
}

static void refuse_state(const ur_model *model, const char *word)
{
    ur_error error = {0};
    ur_state *state;
    assert_int_equal(ur_state_create(&state, model, 1, &error), UR_ERR_UNSUPPORTED);
    assert_null(state);
    assert_non_null(strstr(error.text, word));
}

static void check_line(const char *line, const ur_layer_kind *kind)
{
    static real all[MOST * OUTPUTS], other[MOST * OUTPUTS];
    ur_error error = {0};
    ur_model *model;
    ur_sizes sizes = {.symbols = SYMBOLS, .rows = KIND_ROWS, .columns = KIND_COLUMNS, .channels = KIND_CHANNELS};
    const char *whole = strstr(line, "; ")    ? "2 lines"
                        : strstr(line, " bi") ? "\"bi\""
                        : kind->step          ? NULL
                                              : kind->word; /* needs whole sequences */
    data d = make_data(kind->makes_steps ? 1 : STEPS);
    ok(ur_model_create(&model, line, &sizes, 1, 0, NULL, &error), &error);
    predict(model, &d, 1, all);
    predict(model, &d, 4, other);
    for (size_t i = 0; i < steps_left(kind, d.steps) * LANES; i++)
        if (steps_left(kind, (size_t)d.lengths[i % LANES]) > i / LANES)
            assert_same(line, other + i * OUTPUTS, all + i * OUTPUTS, OUTPUTS);
    for (size_t b = 0; b < LANES; b++) {
        data one = lane_of(&d, b);
        predict(model, &one, 1, other);
        compare_lane(line, other, all, b, steps_left(kind, one.steps));
        if (!whole) step_lane(line, model, &one, other, kind->ends_time);
        if (!b) compare_loaded(line, model, &one, all, steps_left(kind, one.steps));
    }
    if (whole) refuse_state(model, whole);
    ur_model_free(model);
}

static void test_every_kind(void **state)
{
    (void)state;
    check_kinds(check_line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(test_every_kind, set_up, tear_down)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
