/*
 * Gradients against differences. For each tensor W with gradient g, the slope of the loss L along d = g/|g| must be
 * |g|: D(e) = (L(W + e·d) − L(W − e·d)) / 2e,   slope = (4·D(e/2) − D(e)) / 3   (Richardson). If g is wrong in any part
 * that matters, the slope along g is not |g|.
 */
#include "cli/check/check.h"

#include "cli/args/verb.h"

#include "base/error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LANES = 3, STEPS = 6, STEPS_TRIED = 4, TRIALS = 3 };

/* The relative error of a batch's loss is about 1e-7 in f32 and 1e-16 in f64, so steps must change the loss by much
 * more. */
#define TOLERANCE (sizeof(ur_real) == 4 ? 2e-3 : 1e-6)
#define RISE      (sizeof(ur_real) == 4 ? 4e-3 : 1e-5)  /* change of the loss that a step aims at */
#define NOISE     (sizeof(ur_real) == 4 ? 5e-7 : 1e-15) /* error of the loss */
#define TINY      (sizeof(ur_real) == 4 ? 1e-5 : 1e-10) /* gradient norms below this cannot be told from rounding */

/* The tensor with the largest excess. */
typedef struct measured {
    double error, excess; /* relative error; the error over what is allowed: above 1, the check fails */
    char name[96];
    size_t tensors;
} measured;

typedef struct tensor {
    ur_parameter view;
    ur_real *values, *direction; /* the original values; g/|g| */
    double norm;
} tensor;

static void tensor_free(tensor *t)
{
    free(t->values);
    free(t->direction);
}

static ur_status tensor_open(tensor *t, ur_error *error)
{
    size_t size = t->view.size;
    t->values = malloc(size * sizeof *t->values + 1);
    t->direction = malloc(size * sizeof *t->direction + 1);
    if (!t->values || !t->direction) return ur_fail_memory(error, "a gradient");
    if (!t->view.gradient) return ur_fail(error, UR_ERR_DATA, "%s has no gradient", t->view.name);
    memcpy(t->values, t->view.value, size * sizeof *t->values);
    double squares = 0;
    for (size_t i = 0; i < size; i++) squares += (double)t->view.gradient[i] * (double)t->view.gradient[i];
    t->norm = sqrt(squares);
    for (size_t i = 0; i < size; i++)
        t->direction[i] = t->norm > 0 ? (ur_real)((double)t->view.gradient[i] / t->norm) : 0;
    return UR_OK;
}

static ur_status loss_at(ur_model *model, ur_learner *learner, const ur_batch *batch, tensor *t, double step,
                         double *loss, ur_error *error)
{
    for (size_t i = 0; i < t->view.size; i++)
        t->view.value[i] = (ur_real)((double)t->values[i] + step * (double)t->direction[i]);
    ur_model_changed(model);
    return ur_evaluate(learner, batch, loss, error);
}

static ur_status difference(ur_model *model, ur_learner *learner, const ur_batch *batch, tensor *t, double step,
                            double *slope, ur_error *error)
{
    double above = 0, below = 0;
    UR_TRY(loss_at(model, learner, batch, t, step, &above, error));
    UR_TRY(loss_at(model, learner, batch, t, -step, &below, error));
    *slope = (above - below) / (2 * step);
    return UR_OK;
}

/* Measures the slope with one step size. It replaces *best if its excess is smaller: the relative error, divided by the
 * tolerance plus the noise that remains at this step size. */
static ur_status measure_with(ur_model *model, ur_learner *learner, const ur_batch *batch, tensor *t, double step,
                              measured *best, ur_error *error)
{
    double wide = 0, narrow = 0, norm = t->norm > TINY ? t->norm : TINY;
    UR_TRY(difference(model, learner, batch, t, step, &wide, error));
    UR_TRY(difference(model, learner, batch, t, step / 2, &narrow, error));
    double relative = fabs((4 * narrow - wide) / 3 - t->norm) / norm;
    double excess = relative / (TOLERANCE + NOISE / (step * norm));
    if (excess >= best->excess) return UR_OK;
    best->error = relative;
    best->excess = excess;
    return UR_OK;
}

/* relu, pool and max have kinks, which a shorter step may not cross, so several step sizes are tried. A wrong gradient
 * fails with all of them. */
static ur_status measure(ur_model *model, ur_learner *learner, const ur_batch *batch, tensor *t, measured *best,
                         ur_error *error)
{
    double step = RISE / (t->norm > TINY ? t->norm : TINY);
    if (step > 0.25) step = 0.25;
    ur_status status = UR_OK;
    for (int i = 0; status == UR_OK && best->excess > 1 && i < STEPS_TRIED; i++, step /= 4)
        status = measure_with(model, learner, batch, t, step, best, error);
    memcpy(t->view.value, t->values, t->view.size * sizeof *t->values);
    ur_model_changed(model);
    return status;
}

static ur_status measure_tensor(ur_model *model, ur_learner *learner, const ur_batch *batch, size_t index,
                                measured *worst, ur_error *error)
{
    measured best = {.excess = HUGE_VAL};
    tensor t = {0};
    UR_TRY(ur_learn(learner, batch, NULL, error));
    ur_model_parameter(model, index, &t.view);
    ur_status status = tensor_open(&t, error);
    if (status == UR_OK) status = measure(model, learner, batch, &t, &best, error);
    if (status == UR_OK && !(best.excess <= worst->excess)) {
        worst->error = best.error;
        worst->excess = best.excess;
        snprintf(worst->name, sizeof worst->name, "%s", t.view.name);
    }
    tensor_free(&t);
    return status;
}

/* With a rate of 0, ur_learn leaves the weights unchanged and computes their gradients. */
static ur_status measure_all(ur_model *model, const ur_batch *batch, measured *worst, ur_error *error)
{
    ur_learning learning = ur_learning_default();
    learning.optimizer = UR_SGD;
    learning.rate = learning.momentum = learning.clip_norm = learning.clip_value = learning.weight_decay = 0;
    learning.threads = 1;
    ur_learner *learner = NULL;
    UR_TRY(ur_learner_create(&learner, model, &learning, error));
    ur_status status = UR_OK;
    ur_parameter parameter;
    for (; status == UR_OK && ur_model_parameter(model, worst->tensors, &parameter); worst->tensors++)
        status = measure_tensor(model, learner, batch, worst->tensors, worst, error);
    ur_learner_free(learner);
    return status;
}

/* The network line without its dropout: "drop=0.4" and "> dropout 0.5" are removed. NULL if memory is lacking; the
 * caller frees it. */
static char *without_dropout(const char *net)
{
    char *line = calloc(1, strlen(net) + 2), *end = line;
    while (line && *net) {
        size_t length = strcspn(net, " "), gap = strspn(net + length, " ");
        bool layer = strncmp(net, "> dropout ", 10) == 0;
        if (layer) {
            net += 10 + strcspn(net + 10, ">;");
            continue;
        }
        if (strncmp(net, "drop=", 5) != 0) {
            memcpy(end, net, length + gap);
            end += length + gap;
        }
        net += length + gap;
    }
    return line;
}

static ur_status measure_trial(ur_model *model, uint64_t seed, measured *worst, ur_error *error)
{
    ur_trial *trial = NULL;
    *worst = (measured){.name = "all"};
    UR_TRY(ur_trial_create(&trial, model, LANES, STEPS, seed, error));
    ur_status status = measure_all(model, ur_trial_batch(trial), worst, error);
    ur_trial_free(trial);
    return status;
}

/* Tries several inputs: if a kink is very close for one, it is elsewhere for another. */
static ur_status measure_model(ur_model *model, measured *worst, ur_error *error)
{
    ur_status status = UR_OK;
    worst->excess = HUGE_VAL;
    for (uint64_t seed = 1; status == UR_OK && worst->excess > 1 && seed <= TRIALS; seed++)
        status = measure_trial(model, seed, worst, error);
    return status;
}

static ur_status measure_line(const char *line, const ur_sizes *sizes, measured *worst, ur_error *error)
{
    ur_model *model = NULL;
    UR_TRY(ur_model_create(&model, line, sizes, 1, 0, ur_cli_isa(), error));
    ur_status status = measure_model(model, worst, error);
    ur_model_free(model);
    return status;
}

ur_status ur_cli_check_gradients(ur_cli_checks *checks, const ur_cli_network *network, ur_error *error)
{
    char name[64];
    measured worst;
    char *line = without_dropout(network->line);
    ur_status status =
        line ? measure_line(line, &network->sizes, &worst, error) : ur_fail_memory(error, "a network line");
    free(line);
    if (status != UR_OK) return status;
    bool right = worst.excess <= 1;
    snprintf(name, sizeof name, "gradients%s", network->what);
    ur_cli_check_report(checks, right ? UR_CLI_OK : UR_CLI_FAILED, name,
                        "%zu tensors; the largest relative error is %.1e, in %s", worst.tensors, worst.error,
                        worst.name);
    return UR_OK;
}
