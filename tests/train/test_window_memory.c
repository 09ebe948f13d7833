/*
 * After the first window a learner allocates nothing, neither in its arena nor in any function that it calls. Also the
 * memory of a large table's gradient.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/failing_memory.h"

#include "train/learner.h"

#include <stdio.h>
#include <unistd.h>

enum { V = 11, T = 24, B = 5 };

static int32_t ids[T * B], targets[T * B];
static const int32_t LENGTHS[B] = {T, 1, 7, T, 13};
static ur_real out[T * B * V];

typedef struct subject {
    ur_model *model;
    ur_learner *learner;
    ur_batch batch;
} subject;

static void must(ur_status status, const ur_error *error)
{
    if (status != UR_OK) fail_msg("%s", error->text);
}

static subject make(const char *net, bool ragged)
{
    subject s = {.batch = {.carry = true, .target = {{.ids = targets}}, .target_count = 1}};
    ur_error error = {0};
    ur_learning learning = ur_learning_default();
    learning.threads = 2;
    must(ur_model_create(&s.model, net, &(ur_sizes){.symbols = V, .outputs = V}, 1, 0, NULL, &error), &error);
    must(ur_learner_create(&s.learner, s.model, &learning, &error), &error);
    s.batch.input[0] = (ur_sequences){.steps = T, .lanes = B, .ids = ids, .lengths = ragged ? LENGTHS : NULL};
    for (int i = 0; i < T * B; i++) {
        ids[i] = i * i % V;
        targets[i] = ragged && i / B >= LENGTHS[i % B] ? -1 : (i + 1) * (i + 1) % V;
    }
    return s;
}

static void unmake(subject *s)
{
    ur_learner_free(s->learner);
    ur_model_free(s->model);
}

#ifdef FAILING_MEMORY_REAL
static void count_calls(void) { memory_arm(0, false); }
static long calls(void) { return memory_disarm(); }
#else
static void count_calls(void) {}
static long calls(void) { return 0; }
#endif

static const char *const NETS[] = {
    "embed 16 > lstm 40 x2 drop=0.3 > dropout 0.3 > dense",
    "onehot > gru 37 > dense",
    "embed 8 > gru-before 20 > rnn 300 > dense",
};

static void check_learning(const char *net, bool ragged)
{
    subject s = make(net, ragged);
    ur_error error = {0};
    double loss;
    must(ur_learn(s.learner, &s.batch, &loss, &error), &error);
    count_calls();
    size_t asked = s.learner->arena.allocations;
    assert_true(asked > 0);
    for (int window = 0; window < 4; window++) {
        must(ur_learn(s.learner, &s.batch, &loss, &error), &error);
        must(ur_evaluate(s.learner, &s.batch, &loss, &error), &error);
        must(ur_predict(s.learner, &s.batch, out, &error), &error);
    }
    assert_int_equal(s.learner->arena.allocations, asked);
    assert_int_equal(calls(), 0);
    unmake(&s);
}

static void test_learning(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof NETS / sizeof *NETS; i++) {
        check_learning(NETS[i], false);
        check_learning(NETS[i], true);
    }
}

/* Prediction only: no state is carried, and there is no gradient. */
static void test_predicting(void **state)
{
    (void)state;
    subject s = make(NETS[0], false);
    ur_error error = {0};
    must(ur_predict(s.learner, &s.batch, out, &error), &error);
    count_calls();
    for (int window = 0; window < 3; window++) must(ur_predict(s.learner, &s.batch, out, &error), &error);
    assert_int_equal(calls(), 0);
    unmake(&s);
}

/* ---- The gradient of a large table ---- */

enum { ROWS = 1 << 16, TABLE_WIDTH = 128 };

static const char TABLE_NET[] = "embed 128 > rnn 8 > dense 11";

/* Returns the resident memory of the process in bytes, or 0 if the system does not say. */
static size_t resident(void)
{
    size_t all = 0, pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file && fscanf(file, "%zu %zu", &all, &pages) != 2) pages = 0;
    if (file) fclose(file);
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}

static int32_t table_id(int window, int i) { return (int32_t)((unsigned)(i + 1 + 1000 * window) * 2654435761u >> 16); }

static void learn_window(ur_learner *learner, int window)
{
    ur_error error = {0};
    ur_batch batch = {.target = {{.ids = targets}}, .target_count = 1};
    batch.input[0] = (ur_sequences){.steps = T, .lanes = B, .ids = ids};
    for (int i = 0; i < T * B; i++) {
        ids[i] = table_id(window, i);
        targets[i] = i % V;
    }
    must(ur_learn(learner, &batch, NULL, &error), &error);
}

/* Only the rows of the last window's ids may have a gradient. */
static void check_rows(const ur_real *gradient, int window)
{
    static bool occurs[ROWS];
    memset(occurs, 0, sizeof occurs);
    for (int i = 0; i < T * B; i++) occurs[table_id(window, i)] = true;
    for (size_t row = 0; row < ROWS; row++) {
        bool any = false;
        for (size_t k = 0; k < TABLE_WIDTH; k++) any = any || gradient[row * TABLE_WIDTH + k] != 0;
        if (any != occurs[row]) fail_msg("window %d, row %zu: %s", window, row, any ? "left over" : "missing");
    }
}

/* Rows that no id chose are zeros that take no memory. */
static void test_table(void **state)
{
    (void)state;
    ur_model *model;
    ur_learner *learner;
    ur_parameter table;
    ur_error error = {0};
    ur_learning learning = ur_learning_default();
    learning.optimizer = UR_SGD;
    learning.threads = 2;
    must(ur_model_create(&model, TABLE_NET, &(ur_sizes){.symbols = ROWS, .outputs = V}, 1, 0, NULL, &error), &error);
    size_t before = resident(), most = 0;
    must(ur_learner_create(&learner, model, &learning, &error), &error);
    assert_true(ur_model_parameter(model, 0, &table) && table.size == (size_t)ROWS * TABLE_WIDTH);
    for (int window = 0; window < 4; window++) {
        learn_window(learner, window);
        if (resident() > most) most = resident();
        check_rows(table.gradient, window);
    }
#ifdef __linux__
    if (before && most > before + table.size * sizeof(ur_real) / 2)
        fail_msg("%zu bytes more than before, the table has %zu", most - before, table.size * sizeof(ur_real));
#else
    (void)before;
#endif
    ur_learner_free(learner);
    ur_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_learning), cmocka_unit_test(test_predicting),
                                       cmocka_unit_test(test_table)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
