/*
 * Gradients against differences. For each tensor W with gradient g, the slope of the loss L along d = g/|g| must be
 * |g|: D(e) = (L(W + e·d) − L(W − e·d)) / 2e,   slope = (4·D(e/2) − D(e)) / 3   (Richardson) A gradient wrong in any
 * part that matters is not its own steepest slope.
 */
#include "cli/check/check.h"

#include "cli/args/verb.h"

#include "base/error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LANES = 3, STEPS = 6 };

/* The loss of a batch is known to about 1e-7 of its size in f32 and 1e-16 in f64: steps large enough to stand out. */
#define TOLERANCE (sizeof(ur_real) == 4 ? 2e-3 : 1e-6)
#define RISE      (sizeof(ur_real) == 4 ? 4e-3 : 1e-5)  /* change of the loss that a step should make */
#define NOISE     (sizeof(ur_real) == 4 ? 5e-7 : 1e-15) /* in the loss */
#define TINY      (sizeof(ur_real) == 4 ? 1e-5 : 1e-10) /* a gradient this small is not told from rounding */

/* The tensor that is worst off. */
typedef struct measured {
    double error, excess; /* relative error; above 1: more than may be */
    char name[96];
    size_t tensors;
} measured;

typedef struct tensor {
    ur_parameter view;
    ur_real *values, *direction; /* as they were; g/|g| */
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

static ur_status measure(ur_model *model, ur_learner *learner, const ur_batch *batch, tensor *t, double *relative,
                         double *excess, ur_error *error)
{
    double step = RISE / (t->norm > TINY ? t->norm : TINY), wide = 0, narrow = 0;
    if (step > 0.25) step = 0.25;
    ur_status status = difference(model, learner, batch, t, step, &wide, error);
    if (status == UR_OK) status = difference(model, learner, batch, t, step / 2, &narrow, error);
    memcpy(t->view.value, t->values, t->view.size * sizeof *t->values);
    ur_model_changed(model);
    double slope = (4 * narrow - wide) / 3, norm = t->norm > TINY ? t->norm : TINY;
    *relative = fabs(slope - t->norm) / norm;
    *excess = *relative / (TOLERANCE + NOISE / (step * norm));
    return status;
}

static ur_status measure_tensor(ur_model *model, ur_learner *learner, const ur_batch *batch, size_t index,
                                measured *worst, ur_error *error)
{
    double relative = 0, excess = 0;
    tensor t = {0};
    UR_TRY(ur_learn(learner, batch, NULL, error));
    ur_model_parameter(model, index, &t.view);
    ur_status status = tensor_open(&t, error);
    if (status == UR_OK) status = measure(model, learner, batch, &t, &relative, &excess, error);
    if (status == UR_OK && !(excess <= worst->excess)) {
        worst->error = relative;
        worst->excess = excess;
        snprintf(worst->name, sizeof worst->name, "%s", t.view.name);
    }
    tensor_free(&t);
    return status;
}

/* A rate of 0: ur_learn leaves the weights as they are and gives their gradients. */
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

/* The network line without what is random in training: "drop=0.4", "> dropout 0.5". NULL without memory. */
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

static ur_status check_line(const char *net, const ur_sizes *sizes, measured *worst, ur_error *error)
{
    ur_model *model = NULL;
    ur_cli_toy toy = {0};
    UR_TRY(ur_model_create(&model, net, sizes, 1, 0, ur_cli_isa(), error));
    ur_status status = ur_cli_toy_make(&toy, LANES, STEPS, sizes->symbols, true, error);
    if (status == UR_OK) status = measure_all(model, &toy.batch, worst, error);
    ur_cli_toy_free(&toy);
    ur_model_free(model);
    return status;
}

ur_status ur_cli_check_gradients(ur_cli_checks *checks, const char *name, const char *net, const ur_sizes *sizes,
                                 ur_error *error)
{
    measured worst = {.name = "all"};
    char *line = without_dropout(net);
    ur_status status = line ? check_line(line, sizes, &worst, error) : ur_fail_memory(error, "a network line");
    free(line);
    if (status != UR_OK) return status;
    bool right = worst.excess <= 1;
    ur_cli_check_report(checks, right ? UR_CLI_OK : UR_CLI_FAILED, name,
                        "%zu tensors; the largest relative error is %.1e, in %s", worst.tensors, worst.error,
                        worst.name);
    return UR_OK;
}
