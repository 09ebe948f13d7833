/*
 * Lets every call of the allocator fail, one after another, while models are built, loaded, saved and scored, and while
 * networks learn; see memory_attempts.h. Files on the disk stay valid.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "task/memory_attempts.h"

#ifdef FAILING_MEMORY_REAL

static char other_path[512];

enum { V = 13, T = 3, B = 2 };
static const int32_t IDS[T * B] = {0, 3, 5, 1, 12, 7}, TARGETS[T * B] = {3, 5, 1, 12, -1, 7}, LENGTHS[B] = {3, 2};
static const char *const NET = "embed 5 > lstm 6 x2 drop=0.2 > gru-before 4 > dropout 0.1 > dense";

/* ---- Models ------------------------------------------------------------------------------------------------------ */

static void mix_model(uint64_t *result, ur_model *model)
{
    ur_parameter p;
    for (size_t i = 0; ur_model_parameter(model, i, &p); i++) mix(result, p.value, p.size * sizeof *p.value);
    mix(result, ur_model_net(model), strlen(ur_model_net(model)));
}

static ur_status make(ur_model **model, ur_error *error)
{
    return ur_model_create(model, NET, &(ur_sizes){.symbols = V, .outputs = V}, 7, 0, NULL, error);
}

static ur_status create_model(uint64_t *result, ur_error *error)
{
    ur_model *model;
    ur_status status = make(&model, error);
    if (status != UR_OK) return status;
    mix_model(result, model);
    ur_model_free(model);
    return UR_OK;
}

static ur_status load_model(uint64_t *result, ur_error *error)
{
    ur_model *model;
    ur_status status = ur_model_load(&model, model_path, NULL, error);
    if (status != UR_OK) return status;
    mix_model(result, model);
    ur_model_free(model);
    return UR_OK;
}

static ur_status load_model_memory(uint64_t *result, ur_error *error)
{
    ur_model *model;
    ur_status status = ur_model_load_memory(&model, model_bytes.data, model_bytes.size, NULL, error);
    if (status != UR_OK) return status;
    mix_model(result, model);
    ur_model_free(model);
    return UR_OK;
}

static ur_model *shared; /* loaded before the attempts that use it */

static void load_shared(void)
{
    ur_error error;
    if (!shared && ur_model_load(&shared, model_path, NULL, &error) != UR_OK) fail_msg("%s", error.text);
}

static ur_status save_model(uint64_t *result, ur_error *error)
{
    (void)result;
    return ur_model_save(shared, other_path, error);
}

/* Whether saving succeeded or not, a whole file is there. */
static void check_saved(void)
{
    ur_model *model;
    ur_error error;
    if (ur_model_load(&model, other_path, NULL, &error) != UR_OK) fail_msg("%s", error.text);
    ur_model_free(model);
}

/* A model that could not be made small must be unchanged. */
static ur_status make_small(ur_model *model, ur_weights weights, ur_error *error)
{
    uint64_t was = 0, is = 0;
    mix_model(&was, model);
    ur_status status = ur_model_use_weights(model, weights, error);
    mix_model(&is, model);
    if (status != UR_OK) assert_true(is == was && ur_model_weights(model) == UR_WEIGHTS_F32);
    return status;
}

static ur_status export_small(uint64_t *result, ur_error *error)
{
    ur_model *model;
    for (int weights = UR_WEIGHTS_BF16; weights <= UR_WEIGHTS_INT8; weights++) {
        ur_status status = ur_model_load(&model, model_path, NULL, error);
        if (status != UR_OK) return status;
        status = make_small(model, (ur_weights)weights, error);
        if (status == UR_OK) status = ur_model_save(model, other_path, error);
        ur_model_free(model);
        if (status == UR_OK) status = ur_model_load(&model, other_path, NULL, error);
        if (status != UR_OK) return status;
        mix_model(result, model);
        ur_model_free(model);
    }
    return UR_OK;
}

static ur_status tell_record(uint64_t *result, ur_error *error)
{
    char *text = ur_model_record(shared);
    if (!text) {
        error->status = UR_ERR_MEMORY;
        strcpy(error->text, "no record");
        return UR_ERR_MEMORY;
    }
    mix(result, text, strlen(text));
    free(text);
    return UR_OK;
}

static ur_status create_state(uint64_t *result, ur_error *error)
{
    ur_state *state;
    ur_real out[64];
    ur_status status = ur_state_create(&state, shared, 1, error);
    if (status != UR_OK) return status;
    for (size_t i = 0; i < T; i++) ur_step(shared, state, &IDS[i], out); /* allocates nothing and cannot fail */
    mix(result, out, ur_model_outputs(shared) * sizeof *out);
    ur_state_free(state);
    return UR_OK;
}

/* ---- Learning ---------------------------------------------------------------------------------------------------- */

static ur_status use_learner(ur_learner *learner, uint64_t *result, ur_error *error)
{
    double loss = 0;
    ur_real out[T * B * V];
    ur_batch batch = {.input = {{.steps = T, .lanes = B, .ids = IDS, .lengths = LENGTHS}},
                      .target = {{.ids = TARGETS}},
                      .target_count = 1};
    for (int i = 0; i < 3; i++) {
        ur_status status = ur_learn(learner, &batch, &loss, error);
        if (status != UR_OK) return status;
        batch.carry = true;
    }
    ur_status status = ur_evaluate(learner, &batch, &loss, error);
    if (status == UR_OK) status = ur_predict(learner, &batch, out, error);
    if (status == UR_OK) mix(result, &loss, sizeof loss);
    if (status == UR_OK) mix(result, out, sizeof out);
    return status;
}

static ur_status learn(uint64_t *result, ur_error *error)
{
    ur_model *model;
    ur_learner *learner = NULL;
    ur_learning learning = ur_learning_default();
    learning.threads = FAILING_MEMORY_THREADS;
    ur_status status = make(&model, error);
    if (status != UR_OK) return status;
    status = ur_learner_create(&learner, model, &learning, error);
    if (status == UR_OK) status = use_learner(learner, result, error);
    ur_learner_free(learner);
    if (status == UR_OK) mix_model(result, model);
    ur_model_free(model);
    return status;
}

/* There are so many outputs that the last layer and the loss are one operation. */
static ur_status learn_wide(uint64_t *result, ur_error *error)
{
    ur_model *model;
    ur_learner *learner = NULL;
    ur_learning learning = ur_learning_default();
    ur_batch batch = {.input = {{.steps = T, .lanes = B, .ids = IDS}}, .target = {{.ids = TARGETS}}, .target_count = 1};
    double loss[2] = {0};
    learning.threads = FAILING_MEMORY_THREADS;
    ur_status status = ur_model_create(&model, "embed 5 > rnn 6 > dense", &(ur_sizes){.symbols = V, .outputs = 1100}, 7,
                                       0, NULL, error);
    if (status != UR_OK) return status;
    status = ur_learner_create(&learner, model, &learning, error);
    if (status == UR_OK) status = ur_learn(learner, &batch, &loss[0], error);
    if (status == UR_OK) status = ur_evaluate(learner, &batch, &loss[1], error);
    ur_learner_free(learner);
    if (status == UR_OK) mix(result, loss, sizeof loss);
    if (status == UR_OK) mix_model(result, model);
    ur_model_free(model);
    return status;
}

static ur_status by_hand(uint64_t *result, ur_error *error)
{
    ur_hand *hand;
    ur_real x[B * 3] = {1, 2, 3, 4, 5, 6}, zero[B * 4] = {0}, h[B * 4], c[B * 4], dx[B * 3];
    ur_status status = ur_hand_create(&hand, "lstm", 3, 4, B, 5, error);
    if (status != UR_OK) return status;
    status = ur_hand_forward(hand, x, zero, zero, h, c, error);
    if (status == UR_OK) status = ur_hand_backward(hand, h, NULL, dx, NULL, NULL, error);
    if (status == UR_OK) mix(result, dx, sizeof dx);
    ur_hand_free(hand);
    return status;
}

/* ---- Scoring ----------------------------------------------------------------------------------------------------- */

static bool take_line(void *context, uint64_t number, const char *text, size_t length, double log_probability)
{
    (void)number;
    mix(context, text, length);
    mix(context, &log_probability, sizeof log_probability);
    return true;
}

static ur_status score(uint64_t *result, ur_error *error)
{
    const char *const paths[] = {text_path};
    for (int protocol = 0; protocol < 3; protocol++) {
        ur_scoring scoring = {.paths = paths, .path_count = 1, .end = 0.4, .window = 9, .threads = 1};
        ur_score all = {0};
        scoring.windows = protocol == 1;
        scoring.line = protocol == 2 ? take_line : NULL;
        scoring.context = result;
        ur_status status = ur_score_text(shared, &scoring, &all, error);
        if (status != UR_OK) return status;
        mix(result, &all.loss, sizeof all.loss);
    }
    return UR_OK;
}

/* ---- The list of attempts ---------------------------------------------------------------------------------------- */

static int set_up(void **state)
{
    (void)state;
    make_model();
    strcpy(other_path, in_scratch(&place, "other.safetensors"));
    write_bytes(other_path, &model_bytes);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    ur_model_free(shared);
    remove_model();
    return 0;
}

int main(void)
{
    static attempt attempts[] = {{"create", NULL, create_model, NULL},
                                 {"load", NULL, load_model, NULL},
                                 {"load from memory", NULL, load_model_memory, NULL},
                                 {"save", load_shared, save_model, check_saved},
                                 {"export", load_shared, export_small, check_saved},
                                 {"record", load_shared, tell_record, NULL},
                                 {"state", load_shared, create_state, NULL},
                                 {"learn", NULL, learn, NULL},
                                 {"learn with many outputs", NULL, learn_wide, NULL},
                                 {"cell by hand", NULL, by_hand, NULL},
                                 {"score", load_shared, score, NULL}};
    return try_attempts(attempts, sizeof attempts / sizeof *attempts, set_up, tear_down);
}

#else
int main(void) { return memory_skips(); }
#endif
