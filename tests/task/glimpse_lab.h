/* A small network for glimpses, and pictures for it. */
#ifndef UR_TEST_GLIMPSE_LAB_H
#define UR_TEST_GLIMPSE_LAB_H

#include "model/model.h"
#include "support/lab.h"
#include "task/glimpse/glimpse.h"

#include <stdio.h>
#include <string.h>

typedef struct glimpse_lab {
    lab lab;
    ur_model *model;
    ur_glimpse_net net;
    const real *picture, *noise; /* (B, P), (T, B, 2); noise may be NULL for none */
    const int32_t *labels;
    size_t lanes;
    ur_value values[UR_LINES_MAX];
    ur_looking looking;
} glimpse_lab;

/* `core`: the layers of the line `core` after those that it joins. */
static void glimpse_lab_open(glimpse_lab *g, ur_glimpse_net net, const char *core, const char *isa)
{
    ur_error error;
    char line[512];
    ur_sizes lines[UR_LINES_MAX] = {{.features = ur_glimpse_inputs(&net)}, {.features = ur_glimpse_numbers(&net)}};
    snprintf(line, sizeof line,
             "glimpse: dense 5 tanh; where: dense 4 tanh; core: join glimpse > join where > %s; "
             "place: join core > dense %zu; %sanswer: join core > dense %zu",
             core, ur_glimpse_numbers(&net), net.soft ? "" : "baseline: join core > dense 1; ", net.labels);
    *g = (glimpse_lab){.net = net};
    lab_open(&g->lab, isa, 0);
    if (ur_model_build(&g->model, line, &(ur_sizes){.lines = lines}, isa, &error) != UR_OK) fail_msg("%s", error.text);
    if (ur_model_prepare_training(g->model, &error) != UR_OK) fail_msg("%s", error.text);
    if (ur_glimpse_find_lines(&g->net, g->model, &error) != UR_OK) fail_msg("%s", error.text);
}

static void glimpse_lab_close(glimpse_lab *g)
{
    ur_model_free(g->model);
    lab_close(&g->lab);
}

static void glimpse_lab_look(glimpse_lab *g, bool recording)
{
    memset(g->values, 0, sizeof g->values);
    ur_model_pack(g->model, NULL);
    lab_begin(&g->lab, recording);
    g->looking = (ur_looking){.net = &g->net,
                              .model = g->model,
                              .tape = &g->lab.tape,
                              .values = g->values,
                              .lanes = g->lanes,
                              .noise = g->noise};
    g->looking.picture = ur_tensor_from(&g->lab.tape, g->picture, 1, g->lanes, g->net.rows * g->net.columns, false);
    assert_true(ur_looking_run(&g->looking));
}

/* Returns the mean cross-entropy. The gradients of the loss are left on the tape. */
static inline double glimpse_lab_learn(glimpse_lab *g, double policy_weight)
{
    double sum = 0;
    glimpse_lab_look(g, true);
    assert_true(ur_looking_learn(&g->looking, g->labels, policy_weight, &sum));
    return sum / (double)g->lanes;
}

static inline const ur_param *glimpse_lab_param(const glimpse_lab *g, const char *name)
{
    for (size_t i = 0; i < g->model->param_count; i++)
        if (strcmp(g->model->params[i].name, name) == 0) return &g->model->params[i];
    fail_msg("the network has no parameter %s", name);
    return NULL;
}

#endif
