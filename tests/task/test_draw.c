/* The initial state of a painter. Scores do not depend on how pictures are batched. Where its gradient begins. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/place.h"

#include "layer/grid.h"
#include "support/lab.h"
#include "support/run.h"
#include "support/small_tasks.h"
#include "train/trainer.h"
#include "unroll_inspect.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static ur_trainer *open_trainer(const char *more)
{
    ur_settings *settings = small_task("draw", place.root);
    ur_trainer *t;
    ur_error error;
    set_more(settings, "--average 0 %s", more);
    if (ur_trainer_create(&t, settings, &error) != UR_OK) fail_msg("%s", error.text);
    ur_settings_free(settings);
    return t;
}

static const ur_param *param_of(const ur_trainer *t, const char *name)
{
    const ur_param *p = ur_model_find(t->model, name);
    if (!p) fail_msg("there is no %s", name);
    return p;
}

/* Sums all pictures of the training set, batch by batch, into their mean. */
static void find_mean(ur_trainer *t, size_t pixels, double *mean)
{
    size_t count = 0;
    ur_error error;
    for (uint64_t i = 0; i < t->task->batches(t->data, UR_PART_TRAIN, 0); i++) {
        ur_task_batch batch = {0};
        assert_int_equal(t->task->batch(t->data, UR_PART_TRAIN, 0, i, &batch, &error), UR_OK);
        for (size_t k = 0; k < ur_task_lanes(&batch) * pixels; k++)
            mean[k % pixels] += (double)batch.network.target[0].values[k];
        count += ur_task_lanes(&batch);
    }
    for (size_t k = 0; k < pixels; k++) mean[k] = (mean[k] + 0.5) / ((double)count + 1);
}

static void the_first_canvas_is_the_mean(void **state)
{
    (void)state;
    enum { PIXELS = 20 };
    double mean[PIXELS] = {0};
    ur_trainer *t = open_trainer("--binarise threshold");
    const ur_param *canvas = param_of(t, "canvas.out.weight");
    assert_int_equal(canvas->size, PIXELS);
    find_mean(t, PIXELS, mean);
    assert_true(mean[0] > 0.1 && mean[0] < 0.9);
    for (size_t k = 0; k < PIXELS; k++) assert_true(fabs(1 / (1 + exp(-(double)canvas->value[k])) - mean[k]) < 1e-6);
    ur_trainer_free(t);
}

/*
 * Sums the four filters of an axis at place `at`. The filters are 4/3 apart, because they cover the larger of two
 * sides, 5. Each is a Gaussian with σ = 2/3 whose values over the places add up to 1.
 */
static double filters_at(size_t size, size_t at)
{
    double sum = 0;
    for (int i = 0; i < 4; i++) {
        double mean = ((double)size - 1) / 2 + (i - 1.5) * 4 / 3, all = 0;
        for (size_t k = 0; k < size; k++) all += exp(-1.125 * pow((double)k - mean, 2));
        sum += exp(-1.125 * pow((double)at - mean, 2)) / all;
    }
    return sum;
}

/*
 * Overlapping filters, each painted with 1, add up to more than 1 and less than 4 everywhere: strokes begin about as
 * strong as without a grid. Divided by their peak 1/2πσ², they add up to 1.7 to 2.7. In f32, a sum of 16 products of
 * three rounded factors is off by less than 64·2⁻²⁴ of itself.
 */
static void a_first_filter_adds_its_number(void **state)
{
    (void)state;
    enum { SIDE = 4 };
    lab l;
    real ones[SIDE * SIDE];
    ur_trainer *t = open_trainer("--write-size 4");
    const ur_param *bias = param_of(t, "place.out.bias");
    const ur_grid grid = {5, 4, 1, SIDE};
    for (size_t i = 0; i < SIDE * SIDE; i++) ones[i] = 1;
    lab_open(&l, NULL, 0);
    lab_begin(&l, false);
    real numbers[UR_GRID_NUMBERS] = {0, 0, bias->value[2], 0, bias->value[4]};
    const ur_tensor *y = ur_grid_write(&l.tape, &grid, ur_tensor_from(&l.tape, numbers, 1, 1, UR_GRID_NUMBERS, false),
                                       ur_tensor_from(&l.tape, ones, 1, 1, SIDE * SIDE, false));
    assert_non_null(y);
    assert_int_equal(y->width, 5 * 4);
    for (size_t k = 0; k < y->width; k++) {
        double want = 2 * 3.14159265358979323846 * 4 / 9 * filters_at(5, k / 4) * filters_at(4, k % 4);
        assert_true(want > 1 && want < 4 && fabs((double)y->value[k] - want) < ldexp(64, -24) * want);
    }
    lab_close(&l);
    ur_trainer_free(t);
}

static void judge(const char *more, double metric[UR_METRICS_MAX])
{
    ur_trainer *t = open_trainer(more);
    uint64_t items;
    ur_error error;
    if (ur_trainer_validate(t, UINT64_MAX, metric, &items, &error) != UR_OK) fail_msg("%s", error.text);
    assert_true(items > 2);
    ur_trainer_free(t);
}

static void batches_do_not_matter(void **state)
{
    (void)state;
    double whole[UR_METRICS_MAX], parts[UR_METRICS_MAX], other[UR_METRICS_MAX];
    judge("--val-fraction 0.5 --batch 64", whole);
    judge("--val-fraction 0.5 --batch 3", parts);
    judge("--val-fraction 0.5 --batch 3 --binarise threshold", other);
    for (size_t i = 0; i < 3; i++) assert_true(fabs(whole[i] - parts[i]) < 1e-5);
    assert_true(fabs(whole[0] - whole[1] - whole[2]) < 1e-9 && whole[2] > 0);
    assert_true(fabs(whole[0] - other[0]) > 1e-3);
}

/* Follows the gradient, and checks whether it reaches the cells at all. */
static void follow(ur_trainer *t, bool reaches)
{
    ur_error error = {0};
    ur_flow *flow;
    ur_flow_layer shown;
    const ur_flow_settings how = {.steps = 2, .threads = 1, .no_jacobian = true};
    if (ur_flow_create(&flow, t->model, &how, &error) != UR_OK) fail_msg("%s", error.text);
    if (ur_flow_task(flow, t->settings, &error) != UR_OK) fail_msg("%s", error.text);
    for (size_t layer = 0; layer < 2; layer++) {
        assert_true(ur_flow_layer_at(flow, layer, &shown));
        assert_true((shown.alive[2] > 0) == reaches);
    }
    ur_flow_free(flow);
}

/* The gradient that is followed is that of the finished picture alone. If the strokes do not depend on the decoder,
 * nothing goes back, although the KL divergence still depends on the encoder. */
static void a_gradient_begins_at_the_picture(void **state)
{
    (void)state;
    ur_trainer *t = open_trainer("");
    follow(t, true);
    for (size_t i = 0; i < t->model->param_count; i++) {
        ur_param *p = &t->model->params[i];
        if (strncmp(p->name, "write.", 6) == 0) memset(p->value, 0, p->size * sizeof *p->value);
    }
    ur_model_changed(t->model);
    follow(t, false);
    ur_trainer_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_first_canvas_is_the_mean, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_first_filter_adds_its_number, set_up, tear_down),
        cmocka_unit_test_setup_teardown(batches_do_not_matter, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_gradient_begins_at_the_picture, set_up, tear_down)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
