/*
 * Batches of frames, number by number. A recording is cut into pieces. Numbers are scaled by the mean and standard
 * deviation of the training set. Differences reach back over a cut, and are 0 at a beginning. Nothing counts after the
 * end of a piece. The metrics of an evaluation are those worked out by hand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/place.h"

#include "support/ok.h"
#include "support/run.h"
#include "task/frames/frames.h"
#include "train/trainer.h"

#include <jansson.h>
#include <math.h>

enum { ROWS = 10, SPAN = 4 };

/* Writes x = 0, 1, 4, 9 …; labels a a a b b b, one that does not count, c c c. */
static const char *write_table(void)
{
    FILE *file = fopen(in_scratch(&place, "table.csv"), "w");
    assert_non_null(file);
    fprintf(file, "x,y,label\n");
    for (int t = 0; t < ROWS; t++)
        fprintf(file, "%d,%d,%s\n", t * t, t % 2, t < 3 ? "a" : t < 6 ? "b" : t == 6 ? "none" : "c");
    assert_int_equal(fclose(file), 0);
    return place.path;
}

static ur_trainer *open_trainer(const char *options)
{
    ur_error error = {0};
    ur_settings *settings;
    ur_trainer *trainer;
    ok(ur_settings_create(&settings, "frames", &error), &error);
    set_more(settings, "--steps 1 --batch 2 --threads 1 --hidden 3 --overwrite --relabel none= --span 4 %s", options);
    ok(ur_settings_add_data(settings, write_table(), &error), &error);
    set_one(settings, "output", in_scratch(&place, "run"));
    ok(ur_trainer_create(&trainer, settings, &error), &error);
    ur_settings_free(settings);
    return trainer;
}

/* x minus its mean, divided by its standard deviation. */
static double scaled(double x)
{
    double sum = 0, square = 0;
    for (int t = 0; t < ROWS; t++) sum += t * t, square += (double)(t * t) * (t * t);
    double mean = sum / ROWS;
    return (x - mean) / sqrt(square / ROWS - mean * mean);
}

static void check_frame(const ur_frames *f, const ur_sequences *in, size_t t, size_t b, size_t frame)
{
    const real *value = f->values + (t * in->lanes + b) * 4;
    double x = (double)(frame * frame), before = frame ? (double)((frame - 1) * (frame - 1)) : x;
    int32_t label = frame < 3 ? 0 : frame < 6 ? 1 : frame == 6 ? -1 : 2;
    assert_true(fabs((double)value[0] - scaled(x)) < 1e-5);
    assert_true(fabs((double)value[2] - (scaled(x) - scaled(before))) < 1e-5);
    assert_int_equal(f->targets[t * in->lanes + b], label);
    assert_true(label < 0 || fabs((double)f->weights[t * in->lanes + b] - 1) < 1e-6);
}

static void test_pieces(void **state)
{
    (void)state;
    ur_error error = {0};
    ur_trainer *trainer = open_trainer("--difference --val-fraction 0 --class-weights full");
    ur_frames *f = trainer->data;
    ur_task_batch batch = {0};
    size_t seen = 0;
    assert_int_equal(trainer->task->batches(f, UR_PART_TRAIN, 0), 2);
    for (uint64_t number = 0; number < 2; number++) {
        ok(trainer->task->batch(f, UR_PART_TRAIN, 0, number, &batch, &error), &error);
        const ur_sequences *in = &batch.network.input[0];
        const uint32_t *piece = batch.extra;
        for (size_t b = 0; b < in->lanes; b++) {
            size_t length = piece[b] < 2 ? SPAN : ROWS - 2 * SPAN;
            assert_int_equal(in->lengths[b], length);
            for (size_t t = 0; t < length; t++) check_frame(f, in, t, b, piece[b] * SPAN + t);
            for (size_t t = length; t < in->steps; t++) assert_int_equal(f->targets[t * in->lanes + b], -1);
            seen += length;
        }
    }
    assert_int_equal(seen, ROWS);
    ur_trainer_free(trainer);
}

/* With a single recording, its last part is held out. */
static void test_last_share(void **state)
{
    (void)state;
    ur_error error = {0};
    ur_trainer *trainer = open_trainer("--val-fraction 0.3");
    ur_frames *f = trainer->data;
    ur_task_batch batch = {0};
    assert_int_equal(f->part[UR_PART_TRAIN].frames, 7);
    ok(trainer->task->batch(f, UR_PART_VALIDATION, 0, 0, &batch, &error), &error);
    assert_int_equal(batch.network.input[0].steps, 3);
    for (size_t t = 0; t < 3; t++) assert_int_equal(f->targets[t], 2);
    ur_trainer_free(trainer);
}

/*
 * Compares the metrics. The answers a a b b b b b c c c for a a a b b b - c c c have 8 of 9 frames right, and the
 * sequences abc and abc are equal. With all answers a, 3 of 9 are right, and a for abc is two edits.
 */
static void judge(ur_trainer *trainer, const char *answers, double accuracy, double macro_f1, double distance)
{
    ur_error error = {0};
    ur_frames *f = trainer->data;
    ur_task_batch batch = {0};
    ur_frames_tally tally = {0};
    double metric[UR_METRICS_MAX];
    real logits[ROWS][16] = {{0}};
    ok(trainer->task->batch(f, UR_PART_VALIDATION, 0, 0, &batch, &error), &error);
    for (size_t t = 0; t < ROWS; t++) logits[t][answers[t] - 'a'] = 1;
    ur_tensor y = {.steps = ROWS, .lanes = 1, .width = 3, .row = 16, .value = logits[0]};
    const ur_value out[UR_LINES_MAX] = {{.y = &y}};
    ok(trainer->task->tally(f, &batch, out, &tally, &error), &error);
    json_t *more = json_object();
    ok(trainer->task->finish(f, &tally, &(ur_window_result){.sum = 9, .count = 9}, metric, more, &error), &error);
    assert_true(fabs(metric[0] - accuracy) < 1e-12);
    assert_true(fabs(metric[1] - macro_f1) < 1e-12);
    assert_true(fabs(metric[2] - distance) < 1e-12);
    assert_true(fabs(metric[3] - 1) < 1e-12);
    assert_int_equal(json_integer_value(json_object_get(more, "frames")), 9);
    assert_int_equal(json_array_size(json_object_get(json_array_get(json_object_get(more, "clips"), 0), "truth")), 4);
    json_decref(more);
}

static void test_metrics(void **state)
{
    (void)state;
    char options[600];
    snprintf(options, sizeof options, "--val %s", write_table());
    ur_trainer *trainer = open_trainer(options);
    judge(trainer, "aabbbbbccc", 8.0 / 9, (2 * 2 / 5.0 + 2 * 3 / 7.0 + 1) / 3, 0);
    judge(trainer, "aaaaaaaaaa", 3.0 / 9, 2 * 3 / 12.0 / 3, 2.0 / 3);
    judge(trainer, "aaacbbbccc", 8.0 / 9, (1 + 2 * 2 / 5.0 + 2 * 3 / 7.0) / 3, 1.0 / 3);
    ur_trainer_free(trainer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_pieces), cmocka_unit_test(test_last_share),
                                       cmocka_unit_test(test_metrics)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
