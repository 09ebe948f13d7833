/*
 * Networks of several lines, and those that need whole sequences: they learn; the same bits for any number of threads,
 * for a sentence alone and among others, and from a file; what a batch cannot be.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "kernel/kernels.h"
#include "support/numbers.h"
#include "support/ok.h"

#include "unroll_train.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STEPS = 6, LANES = 5, SYMBOLS = 7, FEATURES = 3, OUTPUTS = 4, WORDS = 7, LETTERS = 4, ROWS = STEPS * LANES };

static const char *const WORDS_NET = "chars: embed 5 > lstm 6 bi > last; embed 8 > join chars > lstm 7 bi > dense";

static const char *const LINES[] = {
    "embed 10 > lstm 12 > last > dense",
    "embed 10 > gru 6 x2 bi drop=0.1 > max > dense",
    "onehot > rnn 6 bi > dropout 0.1 > last > dense",
    "encoder: embed 9 > lstm 8; decoder: embed 9 > lstm 8 from encoder > dense",
    "encoder: embed 9 > lstm 8 bi; decoder: embed 9 > lstm 10 from encoder > dense",
    "encoder: embed 9 > gru 9; decoder: embed like encoder > gru 9 from encoder > dense",
    "image: dense 9 tanh; embed 9 > gru 10 from image > dense",
};

typedef struct setting {
    ur_model *model;
    ur_learner *learner;
    ur_batch batch;
    int32_t ids[2][ROWS], lengths[2][ROWS], lane_of[ROWS], targets[ROWS];
    ur_real values[ROWS * FEATURES];
} setting;

static void set_up_on(setting *s, const char *line, const char *isa, size_t threads)
{
    ur_error error = {0};
    ur_learning learning = ur_learning_default();
    ur_sizes sizes = {.symbols = SYMBOLS, .features = FEATURES, .outputs = OUTPUTS};
    learning.threads = threads;
    learning.rate = 0.02;
    memset(s, 0, sizeof *s);
    ok(ur_model_create(&s->model, line, &sizes, 3, 0, isa, &error), &error);
    ok(ur_learner_create(&s->learner, s->model, &learning, &error), &error);
    fill_random(s->values, ROWS * FEATURES, 7, 1);
    fill_ids(s->targets, ROWS, 5, OUTPUTS);
    for (uint32_t i = 0; i < 2; i++) {
        fill_ids(s->ids[i], ROWS, 1 + i, SYMBOLS);
        fill_ids(s->lengths[i], ROWS, 3 + i, STEPS);
        for (size_t b = 0; b < ROWS; b++) s->lengths[i][b]++;
        s->batch.input[i] = (ur_sequences){
            .steps = STEPS, .lanes = LANES, .ids = s->ids[i], .values = s->values, .lengths = s->lengths[i]};
    }
    s->batch.input[2] = s->batch.input[1];
    for (const char *c = line; *c; c++) s->batch.target[0].line += *c == ';' ? 1 : 0;
    s->batch.target[0].ids = s->targets;
    s->batch.target_count = 1;
}

static void set_up(setting *s, const char *line, size_t threads) { set_up_on(s, line, NULL, threads); }

/* The characters of seven words, and which of them each place of the sentences is. */
static void use_words(setting *s)
{
    s->batch.input[0].steps = LETTERS;
    s->batch.input[0].lanes = WORDS;
    for (size_t w = 0; w < WORDS; w++) s->lengths[0][w] = 1 + s->lengths[0][w] % LETTERS;
    fill_ids(s->lane_of, ROWS, 6, WORDS);
    s->batch.input[1].lane_of = s->lane_of;
}

static void tear_down(setting *s)
{
    ur_learner_free(s->learner);
    ur_model_free(s->model);
}

static void predict(setting *s, ur_real *out)
{
    ur_error error = {0};
    ok(ur_predict(s->learner, &s->batch, out, &error), &error);
}

static void check_learns(const char *line, bool words)
{
    setting s;
    ur_error error = {0};
    double first, last;
    set_up(&s, line, 2);
    if (words) use_words(&s);
    ok(ur_evaluate(s.learner, &s.batch, &first, &error), &error);
    for (int i = 0; i < 60; i++) ok(ur_learn(s.learner, &s.batch, &last, &error), &error);
    ok(ur_evaluate(s.learner, &s.batch, &last, &error), &error);
    if (!(last < 0.6 * first)) fail_msg("%s: loss %g, after learning %g", line, first, last);
    tear_down(&s);
}

static void test_they_learn(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof LINES / sizeof *LINES; i++) check_learns(LINES[i], false);
    check_learns(WORDS_NET, true);
}

/* Gradients too: what it gives after some updates is the same. */
static void check_bits(const char *line, bool words)
{
    ur_real first[ROWS * OUTPUTS], out[ROWS * OUTPUTS];
    for (size_t n = 0; ur_isa_name(n / 4); n++) {
        setting s;
        ur_error error = {0};
        set_up_on(&s, line, ur_isa_name(n / 4), n % 4 + 1);
        if (words) use_words(&s);
        for (int i = 0; i < 3; i++) ok(ur_learn(s.learner, &s.batch, NULL, &error), &error);
        predict(&s, n ? out : first);
        if (n) assert_same(ur_isa_name(n / 4), out, first, ROWS * OUTPUTS);
        tear_down(&s);
    }
}

static void test_threads_and_machines_do_not_show(void **state)
{
    (void)state;
    check_bits("chars: embed 5 > lstm 40 bi > last; embed 8 > join chars > lstm 150 bi > dense", true);
    check_bits("a: embed 5 > gru 20 bi > mean; b: embed like a > gru 30 > max; gru 70 from a > join b > dense", false);
}

/* One sentence with the words that it has. */
static void keep_sentence(setting *one, const setting *all, size_t b)
{
    size_t steps = (size_t)all->lengths[1][b];
    one->batch.input[1] = (ur_sequences){.steps = steps, .lanes = 1, .ids = one->ids[1], .lane_of = one->lane_of};
    one->batch.input[0] =
        (ur_sequences){.steps = LETTERS, .lanes = steps, .ids = one->ids[0], .lengths = one->lengths[0]};
    for (size_t t = 0; t < steps; t++) {
        size_t word = (size_t)all->lane_of[t * LANES + b];
        one->ids[1][t] = all->ids[1][t * LANES + b];
        one->lane_of[t] = (int32_t)(steps - 1 - t);
        one->lengths[0][steps - 1 - t] = all->lengths[0][word];
        for (size_t k = 0; k < LETTERS; k++) one->ids[0][k * steps + steps - 1 - t] = all->ids[0][k * WORDS + word];
    }
}

static void test_a_sentence_alone(void **state)
{
    (void)state;
    static setting all, one;
    static ur_real together[ROWS * OUTPUTS], alone[ROWS * OUTPUTS];
    set_up(&all, WORDS_NET, 2);
    set_up(&one, WORDS_NET, 1);
    use_words(&all);
    predict(&all, together);
    for (size_t b = 0; b < LANES; b++) {
        keep_sentence(&one, &all, b);
        predict(&one, alone);
        for (size_t t = 0; t < one.batch.input[1].steps; t++)
            assert_same(WORDS_NET, alone + t * OUTPUTS, together + (t * LANES + b) * OUTPUTS, OUTPUTS);
    }
    tear_down(&all);
    tear_down(&one);
}

static void check_file(const char *line, bool words)
{
    char path[] = "/tmp/unroll-lines-XXXXXX";
    setting s;
    ur_error error = {0};
    ur_real out[2][ROWS * OUTPUTS] = {{0}};
    int file = mkstemp(path);
    assert_true(file >= 0);
    close(file);
    set_up(&s, line, 1);
    if (words) use_words(&s);
    predict(&s, out[0]);
    ok(ur_model_save(s.model, path, &error), &error);
    ur_learner_free(s.learner);
    ur_model_free(s.model);
    ur_learning learning = ur_learning_default();
    learning.threads = 1;
    ok(ur_model_load(&s.model, path, NULL, &error), &error);
    ok(ur_learner_create(&s.learner, s.model, &learning, &error), &error);
    assert_string_equal(ur_model_net(s.model), line);
    predict(&s, out[1]);
    assert_same(line, out[1], out[0], ROWS * OUTPUTS);
    unlink(path);
    tear_down(&s);
}

static void test_files(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof LINES / sizeof *LINES; i++) check_file(LINES[i], false);
    check_file(WORDS_NET, true);
}

/* A line that reads seven symbols and gives two numbers, one that reads three features and gives four. */
static const char *const SIZED = "a: embed 3 > gru 3 > dense; lstm 2 > dense; c: onehot > rnn 2 > dense";
static const ur_sizes OWN[] = {{.symbols = 7, .outputs = 2}, {.features = 3, .outputs = 4}, {.outputs = 5}};
static const char *const LETTERS_OF_A[] = {"a", "b", "c", "d", "e", "f"};

static void check_shape(ur_model *model, const char *name, size_t rows, size_t columns)
{
    ur_parameter p;
    size_t i = 0;
    while (ur_model_parameter(model, i, &p) && strcmp(p.name, name) != 0) i++;
    assert_true(ur_model_parameter(model, i, &p));
    assert_int_equal(p.shape[0], rows);
    assert_int_equal(p.shape[1], columns);
}

static void check_sized(ur_model *model)
{
    check_shape(model, "a.embed.weight", 7, 3);
    check_shape(model, "a.out.weight", 2, 3);
    check_shape(model, "rnn.weight_ih_l0", 8, 3);
    check_shape(model, "out.weight", 4, 2);
    check_shape(model, "c.rnn.weight_ih_l0", 2, 9);
    check_shape(model, "c.out.weight", 5, 2);
    char *record = ur_model_record(model);
    assert_non_null(record);
    assert_non_null(strstr(record,
                           "\"symbols\":9,\"lines\":{\"a\":{\"symbols\":7,\"outputs\":2,\"unit\":\"char\",\"vocab\":["
                           "\"a\",\"b\",\"c\",\"d\",\"e\",\"f\"],\"unknown\":true},"
                           "\"\":{\"features\":3,\"outputs\":4},\"c\":{\"outputs\":5}}"));
    free(record);
}

static void test_sizes_by_line(void **state)
{
    (void)state;
    char path[] = "/tmp/unroll-lines-XXXXXX";
    ur_model *model;
    ur_error error = {0};
    int file = mkstemp(path);
    assert_true(file >= 0);
    close(file);
    ok(ur_model_create(&model, SIZED, &(ur_sizes){.symbols = 9, .lines = OWN}, 1, 0, NULL, &error), &error);
    ok(ur_model_set_line_tokens(model, 0, "char", LETTERS_OF_A, 6, true, &error), &error);
    assert_int_equal(ur_model_set_line_tokens(model, 3, "char", LETTERS_OF_A, 6, true, &error), UR_ERR_USAGE);
    assert_int_equal(ur_model_set_line_tokens(model, 1, "char", LETTERS_OF_A, 6, true, &error), UR_ERR_USAGE);
    check_sized(model);
    ok(ur_model_save(model, path, &error), &error);
    ur_model_free(model);
    ok(ur_model_load(&model, path, NULL, &error), &error);
    check_sized(model);
    ur_model_free(model);
    unlink(path);
}

/* Sizes of its only line are those of a network. */
static void test_sizes_of_one_line(void **state)
{
    (void)state;
    ur_model *model;
    ur_error error = {0};
    ok(ur_model_create(&model, "lstm 2 > dense", &(ur_sizes){.features = 9, .lines = &OWN[1]}, 1, 0, NULL, &error),
       &error);
    check_shape(model, "rnn.weight_ih_l0", 8, 3);
    char *record = ur_model_record(model);
    assert_non_null(strstr(record, "\"features\":3,\"outputs\":4"));
    assert_null(strstr(record, "lines"));
    free(record);
    ur_model_free(model);
}

static void refuse(setting *s, ur_status status, const char *message)
{
    ur_error error = {0};
    assert_int_equal(ur_learn(s->learner, &s->batch, NULL, &error), status);
    assert_string_equal(error.text, message);
}

static void test_batches_that_cannot_be(void **state)
{
    (void)state;
    setting s;
    set_up(&s, WORDS_NET, 1);
    use_words(&s);
    s.lane_of[2 * LANES + 3] = WORDS;
    refuse(&s, UR_ERR_DATA, "step 2, lane 3: lane_of is 7, but line \"chars\" has 7 lanes");
    s.batch.input[1].lane_of = NULL;
    refuse(&s, UR_ERR_USAGE,
           "5 lanes, but 7 lanes of the line \"chars\"; set lane_of to say which lane each position takes");
    s.batch.carry = true;
    s.batch.input[0].lanes = LANES;
    refuse(&s, UR_ERR_UNSUPPORTED,
           "\"bi\" in \"chars: embed 5 > lstm 6 bi > last; embed 8 > join chars > lstm 7 bi > dense\" needs the whole "
           "sequence; use ur_predict");
    tear_down(&s);
    set_up(&s, "a: gru 3; b: gru 3 > join a > dense", 1);
    refuse(&s, UR_ERR_USAGE,
           "\"join a\": that line has 6 steps of 5 lanes, this one 6 of 5; steps, lanes and lengths must be equal");
    s.batch.input[1].lengths = s.batch.input[0].lengths;
    s.batch.input[1].steps = 5;
    s.batch.input[1].lengths = NULL;
    refuse(&s, UR_ERR_USAGE,
           "\"join a\": that line has 6 steps of 5 lanes, this one 5 of 5; steps, lanes and lengths must be equal");
    tear_down(&s);
    set_up(&s, "a: gru 3 > dense 1 sigmoid; join a > dense", 1);
    s.batch.target[0] = (ur_target){.line = 0, .loss = UR_LOSS_SIGMOID, .values = s.values};
    refuse(&s, UR_ERR_USAGE,
           "line 1 ends in \"sigmoid\" and another line reads it; its loss is computed from the logits: leave out "
           "\"sigmoid\"");
    tear_down(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_they_learn),
        cmocka_unit_test(test_threads_and_machines_do_not_show),
        cmocka_unit_test(test_a_sentence_alone),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_batches_that_cannot_be),
        cmocka_unit_test(test_sizes_by_line),
        cmocka_unit_test(test_sizes_of_one_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
