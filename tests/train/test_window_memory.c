/* After the first window a learner allocates nothing: neither its arena nor anyone it calls. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/failing_memory.h"

#include "train/learner.h"

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
    subject s = {.batch = {.lanes = B, .carry = true, .targets = targets}};
    ur_error error = {0};
    ur_learning learning = ur_learning_default();
    learning.threads = 2;
    must(ur_model_create(&s.model, net, &(ur_sizes){.symbols = V, .outputs = V}, 1, 0, NULL, &error), &error);
    must(ur_learner_create(&s.learner, s.model, &learning, &error), &error);
    s.batch.input[0] = (ur_sequences){.steps = T, .ids = ids, .lengths = ragged ? LENGTHS : NULL};
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

/* Without learning: nothing is carried, and there is no gradient. */
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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_learning), cmocka_unit_test(test_predicting)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
