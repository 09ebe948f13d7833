/* A loss that is not finite: what is said, that the weights stay, and that the learner goes on from a sound state. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "unroll_train.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { V = 5, T = 6, B = 3 };

static int32_t ids[T * B], targets[T * B];

typedef struct subject {
    ur_model *model;
    ur_learner *learner;
    ur_batch batch;
} subject;

static void must(ur_status status, const ur_error *error)
{
    if (status != UR_OK) fail_msg("%s", error->text);
}

static subject make(void)
{
    subject s = {.batch = {.carry = true, .target = {{.ids = targets}}, .target_count = 1}};
    ur_error error = {0};
    ur_learning learning = ur_learning_default();
    learning.threads = 1;
    must(ur_model_create(&s.model, "embed 4 > lstm 7 > dense", &(ur_sizes){.symbols = V, .outputs = V}, 1, 0, NULL,
                         &error),
         &error);
    must(ur_learner_create(&s.learner, s.model, &learning, &error), &error);
    s.batch.input[0] = (ur_sequences){.steps = T, .lanes = B, .ids = ids};
    for (int i = 0; i < T * B; i++) {
        ids[i] = i * i % V;
        targets[i] = (i + 1) * (i + 1) % V;
    }
    return s;
}

static ur_real *first_weight(const subject *s)
{
    ur_parameter p;
    assert_true(ur_model_parameter(s->model, 0, &p));
    return p.value;
}

static void set(const subject *s, ur_real value)
{
    *first_weight(s) = value;
    ur_model_changed(s->model);
}

static void test_goes_on_from_zero(void **state)
{
    (void)state;
    subject s = make(), fresh = make();
    ur_error error = {0};
    double loss = 0, expected = 0;
    ur_real good = *first_weight(&s);
    set(&s, (ur_real)NAN);
    assert_int_equal(ur_learn(s.learner, &s.batch, &loss, &error), UR_ERR_NUMERIC);
    assert_string_equal(error.text, "step 1: neither the loss nor tensor embed.weight is finite");
    set(&s, good);
    must(ur_learn(s.learner, &s.batch, &loss, &error), &error);
    must(ur_learn(fresh.learner, &fresh.batch, &expected, &error), &error);
    assert_memory_equal(&loss, &expected, sizeof loss);
    ur_learner_free(s.learner);
    ur_model_free(s.model);
    ur_learner_free(fresh.learner);
    ur_model_free(fresh.model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_goes_on_from_zero)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
