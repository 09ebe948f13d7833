/*
 * Model files that were written once and must open for ever: the seeds of tests/fuzz/fuzz_model.c, with every form of
 * weights. Each gives the loss that it gave when its row was written below; those of one line are stepped, too. A seed
 * that is no good model is called refused_NAME, and must be refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/numbers.h"
#include "support/ok.h"
#include "unroll_train.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LANES = 2, STEPS = 3 };

static const struct {
    const char *name;
    double loss;
} KNOWN[] = {
    {"before", 1.136691633}, {"bf16", 1.862816842},      {"checkpoint", 1.16100477}, {"gru", 1.968850796},
    {"int8", 1.969143575},   {"int8_tied", 1.765843718}, {"lstm", 1.862620057},      {"onehot_dense", 1.39996438},
    {"rnn", 1.811150225},    {"two_lines", 1.526841226}, {"values", 0.1360454158},   {"words_tied", 1.765874395},
};

enum { OLD = sizeof KNOWN / sizeof *KNOWN };

/* Steps two lanes. A network of several lines cannot be stepped. */
static void step(const char *name, const ur_model *model)
{
    static const int32_t ids[LANES] = {0, 1};
    ur_state *state;
    ur_error error;
    size_t features = ur_model_features(model), outputs = LANES * ur_model_outputs(model);
    if (strchr(ur_model_net(model), ';')) return;
    ur_real *x = random_numbers(LANES * features, 1, 1), *out = zeros(outputs, sizeof *out);
    ok(ur_state_create(&state, model, LANES, &error), &error);
    for (int t = 0; t < STEPS; t++) {
        if (features)
            ur_step_values(model, state, x, out);
        else
            ur_step(model, state, ids, out);
        for (size_t i = 0; i < outputs; i++)
            if (!isfinite(out[i])) fail_msg("%s: output %zu is %g", name, i, (double)out[i]);
    }
    ur_state_free(state);
    free(x);
    free(out);
}

/* Returns the loss of a random batch, with weights widened to f32, which a learner needs. */
static double judge(ur_model *model)
{
    ur_error error;
    ur_trial *trial;
    ur_learner *learner;
    const ur_learning learning = ur_learning_default();
    double loss = NAN;
    ok(ur_model_use_weights(model, UR_WEIGHTS_F32, &error), &error);
    ok(ur_trial_create(&trial, model, LANES, STEPS, 1, &error), &error);
    ok(ur_learner_create(&learner, model, &learning, &error), &error);
    ok(ur_evaluate(learner, ur_trial_batch(trial), &loss, &error), &error);
    ur_learner_free(learner);
    ur_trial_free(trial);
    return loss;
}

/* The loss that a file must give. */
static double known_loss(const char *name)
{
    for (size_t i = 0; i < OLD; i++)
        if (strcmp(KNOWN[i].name, name) == 0) return KNOWN[i].loss;
    fail_msg("%s has no row in KNOWN", name);
    return NAN;
}

/* Returns whether the file is a good model, and checks that its name says so. */
static bool check_file(const char *folder, const char *name)
{
    char path[1024];
    ur_model *model;
    ur_error error = {0};
    bool good = strncmp(name, "refused_", 8) != 0;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    ur_status status = ur_model_load(&model, path, NULL, &error);
    if (good && status != UR_OK) fail_msg("%s", error.text);
    if (!good) assert_int_equal(status, UR_ERR_FORMAT);
    if (!good) return false;
    step(name, model);
    double loss = judge(model);
    if (!(fabs(loss - known_loss(name)) <= 1e-9 * loss)) /* KNOWN has ten digits */
        fail_msg("%s: a loss of %.10g", name, loss);
    ur_model_free(model);
    return true;
}

static void test_old_models(void **state)
{
    (void)state;
    char folder[512];
    size_t good = 0;
    const char *source = getenv("SOURCE");
    snprintf(folder, sizeof folder, "%s/tests/fuzz/seeds/model", source ? source : ".");
    DIR *entries = opendir(folder);
    if (!entries) fail_msg("%s is not there", folder);
    for (const struct dirent *e; (e = readdir(entries)) != NULL;)
        if (e->d_name[0] != '.') good += check_file(folder, e->d_name);
    closedir(entries);
    assert_true(good >= OLD); /* none may be removed */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_old_models)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
