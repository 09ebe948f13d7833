/*
 * Model files from anyone. An accepted file can be stepped and described, and its tokens lead back to their ids. A
 * small file cannot ask for much memory. Files longer than 64 KB are left out: they only take longer.
 */
#include "unroll_train.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { MEMORY_A_BYTE = 2048, MEMORY_FREE = 64 << 20, LONGEST = 65536 };

static void must(int holds)
{
    if (!holds) abort();
}

static void step_ids(const ur_model *model, ur_state *state, ur_real *out)
{
    static const int32_t ids[][2] = {{0, 1}, {3, INT32_MAX}, {-1, 2}};
    for (size_t i = 0; i < 3; i++) ur_step(model, state, ids[i], out);
}

static void step_values(const ur_model *model, ur_state *state, ur_real *out)
{
    size_t size = 2 * ur_model_features(model);
    ur_real *x = calloc(size, sizeof *x);
    must(x != NULL);
    for (size_t i = 0; i < size; i++) x[i] = (ur_real)(i % 5) - 2;
    for (size_t i = 0; i < 3; i++) ur_step_values(model, state, x, out);
    free(x);
}

/* Steps two lanes three times. A network of several lines must be refused. */
static void step(const ur_model *model)
{
    ur_state *state;
    ur_error error;
    ur_real *out = calloc(2 * ur_model_outputs(model), sizeof *out);
    ur_status status = ur_state_create(&state, model, 2, &error);
    must(out && status == (strchr(ur_model_net(model), ';') ? UR_ERR_UNSUPPORTED : UR_OK));
    if (status == UR_OK && ur_model_features(model))
        step_values(model, state, out);
    else if (status == UR_OK)
        step_ids(model, state, out);
    ur_state_free(state);
    free(out);
}

/* Every token must lead back to its id. */
static void walk_tokens(const ur_model *model)
{
    for (size_t i = 0; i < ur_model_tokens(model); i++) {
        size_t length = 0, count = 0;
        int32_t id = -1;
        const char *text = ur_token_text(model, (int32_t)i, &length);
        must((text == NULL) == ((int32_t)i == ur_unknown_token(model)));
        if (!text) continue;
        must(ur_encode(model, text, length, &id, 1, &count, NULL) == UR_OK && count == 1 && id == (int32_t)i);
    }
}

static void walk_parameters(ur_model *model)
{
    ur_parameter p;
    size_t numbers = 0;
    for (size_t i = 0; ur_model_parameter(model, i, &p); i++) {
        must(p.size == p.shape[0] * p.shape[1] * p.shape[2] * p.shape[3]);
        numbers += p.size;
    }
    must(numbers == ur_model_parameters(model));
}

/* A loaded model can be rounded, unless a number is too large or a layer too wide. */
static void use_weights(ur_model *model, ur_weights weights)
{
    ur_error error = {0};
    ur_weights before = ur_model_weights(model);
    if (ur_model_use_weights(model, weights, &error) == UR_OK) {
        must(ur_model_weights(model) == weights);
        step(model);
        return;
    }
    must(ur_model_weights(model) == before && error.text[0]);
    must(error.status == UR_ERR_NUMERIC || error.status == UR_ERR_UNSUPPORTED);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ur_model *model;
    ur_error error = {0};
    if (size > LONGEST) return 0;
    if (ur_model_load_memory(&model, data, size, NULL, &error) != UR_OK) {
        must(!model && error.text[0] && error.status != UR_OK);
        return 0;
    }
    must(ur_model_parameters(model) <= size);
    must(ur_state_size(model, 2) <= MEMORY_FREE + MEMORY_A_BYTE * size);
    walk_tokens(model);
    walk_parameters(model);
    step(model);
    char *record = ur_model_record(model);
    must(record && strlen(record) > 0);
    free(record);
    use_weights(model, UR_WEIGHTS_BF16);
    use_weights(model, UR_WEIGHTS_INT8);
    use_weights(model, UR_WEIGHTS_F32);
    ur_model_free(model);
    return 0;
}
