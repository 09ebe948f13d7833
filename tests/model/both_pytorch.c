/*
 * Model files against PyTorch, with PyTorch's logits in files next to them (tests/golden/README.md). Each model is
 * loaded, stepped a token at a time, and run over the whole window. The double build must agree to its own precision.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "format/json_text.h"
#include "support/golden.h"
#include "support/numbers.h"

#include "unroll_train.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct recorded {
    ur_model *model;
    size_t steps, outputs;
    int32_t *ids;
    real *logits; /* (T, V) */
} recorded;

static void path_of(char *path, size_t size, const char *name, const char *ending)
{
    const char *folder = getenv("UNROLL_GOLDEN");
    snprintf(path, size, "%s/model-%s.%s", folder ? folder : "tests/golden", name, ending);
}

static double hexadecimal(const json_t *value)
{
    const char *text = json_string_value(value);
    char *end = NULL;
    double number = text ? strtod(text, &end) : 0;
    if (!text || end == text || *end) fail_msg("not a number: %s", text ? text : "nothing");
    return number;
}

static void read_values(recorded *r, const json_t *object)
{
    const json_t *ids = json_object_get(object, "ids"), *rows = json_object_get(object, "logits");
    r->steps = json_array_size(ids);
    assert_true(r->steps > 0 && json_array_size(rows) == r->steps);
    r->ids = zeros(r->steps, sizeof *r->ids);
    r->logits = zeros(r->steps * r->outputs, sizeof *r->logits);
    for (size_t t = 0; t < r->steps; t++) {
        const json_t *row = json_array_get(rows, t);
        assert_int_equal(json_array_size(row), r->outputs);
        r->ids[t] = (int32_t)json_integer_value(json_array_get(ids, t));
        for (size_t i = 0; i < r->outputs; i++)
            r->logits[t * r->outputs + i] = (real)hexadecimal(json_array_get(row, i));
    }
}

static void open_recorded(recorded *r, const char *name)
{
    char path[1024];
    ur_bytes bytes;
    ur_error error;
    json_t *object;
    path_of(path, sizeof path, name, "safetensors");
    if (ur_model_load(&r->model, path, NULL, &error) != UR_OK) fail_msg("%s", error.text);
    r->outputs = ur_model_outputs(r->model);
    path_of(path, sizeof path, name, "json");
    if (ur_file_read(path, &bytes, &error) != UR_OK) fail_msg("%s", error.text);
    if (ur_json_read(bytes.data, bytes.size, 0, &object, &error) != UR_OK) fail_msg("%s: %s", path, error.text);
    read_values(r, object);
    json_decref(object);
    ur_bytes_free(&bytes);
}

static void close_recorded(recorded *r)
{
    ur_model_free(r->model);
    free(r->ids);
    free(r->logits);
}

static void stepped(void **state)
{
    recorded r;
    ur_state *at;
    ur_error error;
    open_recorded(&r, *state);
    real *out = zeros(r.steps * r.outputs, sizeof *out);
    if (ur_state_create(&at, r.model, 1, &error) != UR_OK) fail_msg("%s", error.text);
    for (size_t t = 0; t < r.steps; t++) ur_step(r.model, at, &r.ids[t], out + t * r.outputs);
    assert_near(*state, out, r.logits, r.steps * r.outputs, GOLDEN_LIMIT);
    ur_state_free(at);
    free(out);
    close_recorded(&r);
}

static void as_a_window(void **state)
{
    recorded r;
    ur_learner *learner;
    ur_error error;
    ur_learning learning = ur_learning_default();
    open_recorded(&r, *state);
    real *out = zeros(r.steps * r.outputs, sizeof *out);
    learning.threads = 1;
    if (ur_learner_create(&learner, r.model, &learning, &error) != UR_OK) fail_msg("%s", error.text);
    ur_batch batch = {.input = {{.steps = r.steps, .lanes = 1, .ids = r.ids}}};
    if (ur_predict(learner, &batch, out, &error) != UR_OK) fail_msg("%s", error.text);
    assert_near(*state, out, r.logits, r.steps * r.outputs, GOLDEN_LIMIT);
    ur_learner_free(learner);
    free(out);
    close_recorded(&r);
}

int main(void)
{
    static char names[][16] = {"rnn", "rnn-relu", "lstm", "gru", "widths"};
    enum { COUNT = sizeof names / sizeof *names };
    struct CMUnitTest tests[2 * COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        tests[2 * i] = (struct CMUnitTest){.name = names[i], .test_func = stepped, .initial_state = names[i]};
        tests[2 * i + 1] = (struct CMUnitTest){.name = names[i], .test_func = as_a_window, .initial_state = names[i]};
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
