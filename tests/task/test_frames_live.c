/*
 * Frames as they come, with the network that is chosen for 20 x 32 pictures and only looks back. Each frame's label is
 * there when its call returns. It is the same when the clip comes again, and nothing is allocated after the first
 * frame. (tests/cli/frames.sh compares with whole clips.) The time from frame to label, on one thread, is printed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/place.h"

#include "support/failing_memory.h"

#include "support/ok.h"
#include "support/run.h"
#include "unroll_generate.h"

#include <math.h>
#include <time.h>

enum { CLIPS = 4, FRAMES = 75, ROWS = 20, COLUMNS = 32, PLACES = ROWS * COLUMNS };

static unsigned char clip[CLIPS][FRAMES][PLACES], label[CLIPS][FRAMES];

static void put_number(FILE *file, size_t n)
{
    for (int shift = 24; shift >= 0; shift -= 8) fputc((int)(n >> shift & 255), file);
}

static void write_idx(const char *path, const size_t *sizes, int count, const unsigned char *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fwrite((const unsigned char[]){0, 0, 8, (unsigned char)count}, 1, 4, file);
    for (int i = 0; i < count; i++) put_number(file, sizes[i]);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

/* Makes clips of a bright column, whose position is the label. */
static void make_clips(ur_settings *settings)
{
    ur_error error = {0};
    for (unsigned n = 0; n < CLIPS; n++)
        for (unsigned t = 0; t < FRAMES; t++) {
            label[n][t] = (unsigned char)((n + t / 9) % 3);
            for (unsigned i = 0; i < PLACES; i++)
                clip[n][t][i] =
                    (unsigned char)(i % COLUMNS / 11 == label[n][t] ? 180 + (i * t) % 60 : (i * i + t) % 90);
        }
    write_idx(in_scratch(&place, "clips"), (const size_t[]){CLIPS, FRAMES, ROWS, COLUMNS}, 4, clip[0][0], sizeof clip);
    ok(ur_settings_add_data(settings, place.path, &error), &error);
    write_idx(in_scratch(&place, "labels"), (const size_t[]){CLIPS, FRAMES}, 2, label[0], sizeof label);
    ok(ur_settings_add_data(settings, place.path, &error), &error);
}

static ur_trainer *train(const char *options)
{
    ur_error error = {0};
    ur_settings *settings;
    ur_trainer *trainer;
    ok(ur_settings_create(&settings, "frames", &error), &error);
    set_more(settings, "--steps 6 --batch 2 --threads 1 --overwrite --average 0 --lr 0.01 %s", options);
    set_one(settings, "output", in_scratch(&place, "run"));
    make_clips(settings);
    ok(ur_trainer_create(&trainer, settings, &error), &error);
    ok(train_to_end(trainer, &error), &error);
    ur_settings_free(settings);
    return trainer;
}

/* The answers that were written. */
typedef struct answers {
    char text[FRAMES * 64];
    size_t length, lines;
} answers;

static ur_status keep(void *context, const char *bytes, size_t size, ur_error *error)
{
    answers *a = context;
    (void)error;
    assert_true(a->length + size < sizeof a->text);
    memcpy(a->text + a->length, bytes, size);
    a->length += size;
    for (size_t i = 0; i < size; i++) a->lines += bytes[i] == '\n';
    return UR_OK;
}

static ur_answerer *answerer_of(const ur_model *model)
{
    ur_error error = {0};
    ur_settings *settings;
    ur_answerer *answerer;
    ok(ur_settings_of_model(&settings, model, &error), &error);
    ok(ur_answerer_create(&answerer, (ur_model *)(uintptr_t)model, settings, false, &error), &error);
    assert_int_equal(ur_answerer_item_size(answerer), PLACES);
    ur_settings_free(settings);
    return answerer;
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Answers the frames of a clip one by one. */
static void answer_live(ur_answerer *answerer, const ur_sink *sink, answers *a)
{
    ur_error error = {0};
    double taken[FRAMES];
    for (size_t t = 0; t < FRAMES; t++) {
        double begin = now();
#ifdef FAILING_MEMORY_REAL
        memory_arm(0, false);
#endif
        ok(ur_answer(answerer, (const char *)clip[1][t], PLACES, sink, &error), &error);
#ifdef FAILING_MEMORY_REAL
        long calls = memory_disarm();
        if (t > 0) assert_int_equal(calls, 0);
#endif
        taken[t] = now() - begin;
        assert_int_equal(a->lines, t + 1);
    }
    ok(ur_answer(answerer, NULL, 0, sink, &error), &error);
    qsort(taken, FRAMES, sizeof *taken, by_size);
    print_message("from frame to label: %.3f ms, the longest %.3f ms\n", 1e3 * taken[FRAMES / 2],
                  1e3 * taken[FRAMES - 1]);
}

static void test_labels_come_with_their_frames(void **state)
{
    (void)state;
    static answers live, whole;
    ur_error error = {0};
    ur_trainer *trainer = train("--difference");
    ur_answerer *answerer = answerer_of(ur_trainer_model(trainer));
    const ur_sink sink = {keep, &live};
    for (int pass = 0; pass < 2; pass++) { /* the second pass begins like the first */
        live = (answers){.length = 0};
        answer_live(answerer, &sink, &live);
        if (pass == 0) whole = live;
    }
    assert_string_equal(live.text, whole.text);
    ok(ur_answer(answerer, (const char *)clip[0][0], PLACES, &sink, &error), &error);
    assert_int_equal(ur_answer(answerer, (const char *)clip[0][0], PLACES - 1, &sink, &error), UR_ERR_DATA);
    assert_string_equal(error.text, "a frame of 639 bytes, the model takes 20 x 32 x 1");
    ur_answerer_free(answerer);
    ur_trainer_free(trainer);
}

/* A network that looks both ways answers after the clip has ended. */
static void test_both_ways(void **state)
{
    (void)state;
    static answers all;
    ur_error error = {0};
    ur_trainer *trainer = train("--look both --hidden 8 --flip --label-smoothing 0.1");
    ur_answerer *answerer = answerer_of(ur_trainer_model(trainer));
    const ur_sink sink = {keep, &all};
    for (size_t t = 0; t < FRAMES; t++)
        ok(ur_answer(answerer, (const char *)clip[1][t], PLACES, &sink, &error), &error);
    assert_int_equal(all.lines, 0);
    ok(ur_answer(answerer, NULL, 0, &sink, &error), &error);
    assert_int_equal(all.lines, FRAMES);
    ur_answerer_free(answerer);
    ur_trainer_free(trainer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_labels_come_with_their_frames),
                                       cmocka_unit_test(test_both_ways)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
