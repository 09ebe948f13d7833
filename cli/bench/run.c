/* The three kinds of pass: training on a window, running a window, and a step of one lane. */
#include "cli/bench/run.h"

#include "cli/args/verb.h"
#include "cli/support/model_path.h"

#include "base/error.h"
#include "base/random.h"
#include "kernel/scalar.h"
#include "model/network.h"
#include "train/learner.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Preparation ------------------------------------------------------------------------------------------------ */

static ur_status make_model(ur_bench_run *r, ur_error *error)
{
    const ur_bench_work *w = r->work;
    char net[128], embed[32] = "";
    bool train = w->kind == UR_BENCH_TRAIN;
    if (train) snprintf(embed, sizeof embed, "embed %zu > ", w->hidden);
    snprintf(net, sizeof net, "%s%s %zu x%zu%s", embed, w->cell, w->hidden, w->layers, train ? " > dense" : "");
    const ur_sizes sizes = {.symbols = w->symbols, .features = train ? 0 : w->hidden, .outputs = w->symbols};
    return ur_model_create(&r->model, net, &sizes, 1, 0, ur_cli_isa(), error);
}

static int32_t *random_ids(uint32_t stream, size_t symbols, size_t count)
{
    int32_t *ids = calloc(count, sizeof *ids);
    for (size_t i = 0; ids && i < count; i++)
        ids[i] = (int32_t)(ur_random_uniform(1, UR_USE_TEST + stream, i) * (double)symbols);
    return ids;
}

static ur_real *random_numbers(uint32_t stream, size_t count)
{
    ur_real *x = calloc(count, sizeof *x);
    for (size_t i = 0; x && i < count; i++) x[i] = (ur_real)ur_random_normal(1, UR_USE_TEST + stream, i);
    return x;
}

static ur_status make_data(ur_bench_run *r, ur_error *error)
{
    size_t tokens = r->work->lanes * r->work->steps;
    r->batch = (ur_batch){.target_count = 1, .carry = true};
    r->batch.input[0].steps = r->work->steps;
    r->batch.input[0].lanes = r->work->lanes;
    if (r->work->kind == UR_BENCH_TRAIN) {
        r->batch.input[0].ids = r->ids = random_ids(0, r->work->symbols, tokens);
        r->batch.target[0].ids = r->targets = random_ids(1, r->work->symbols, tokens);
        if (r->ids && r->targets) return UR_OK;
    } else {
        r->batch.input[0].values = r->x = random_numbers(2, tokens * r->work->hidden);
        r->y = calloc(r->work->hidden, sizeof *r->y);
        if (r->x && r->y) return UR_OK;
    }
    return ur_fail_memory(error, "a batch");
}

static ur_status make(ur_bench_run *r, size_t threads, const char *weights, ur_error *error)
{
    ur_learning learning = ur_learning_default();
    learning.threads = threads;
    learning.sampled = r->work->sampled;
    UR_TRY(make_model(r, error));
    UR_TRY(ur_cli_use_weights(r->model, weights, error));
    UR_TRY(make_data(r, error));
    if (r->work->kind == UR_BENCH_TRAIN) return ur_learner_create(&r->learner, r->model, &learning, error);
    UR_TRY(ur_state_create(&r->state, r->model, r->work->lanes, error));
    return ur_learner_pool(&r->pool, threads, error);
}

ur_status ur_bench_run_create(ur_bench_run **run, const ur_bench_work *work, size_t threads, const char *weights,
                              ur_error *error)
{
    ur_bench_run *r = *run = calloc(1, sizeof *r);
    if (!r) return ur_fail_memory(error, "a work");
    r->work = work;
    r->loss = NAN;
    ur_arena_init(&r->arena);
    ur_status status = make(r, threads, weights, error);
    if (status == UR_OK) return UR_OK;
    ur_bench_run_free(r);
    *run = NULL;
    return status;
}

void ur_bench_run_free(ur_bench_run *r)
{
    if (!r) return;
    ur_learner_free(r->learner);
    ur_pool_free(r->pool);
    ur_arena_free(&r->arena);
    ur_state_free(r->state);
    ur_model_free(r->model);
    free(r->ids);
    free(r->targets);
    free(r->x);
    free(r->y);
    free(r);
}

/* ---- Passes ----------------------------------------------------------------------------------------------------- */

static ur_status infer(ur_bench_run *r, ur_error *error)
{
    ur_compute compute = {r->model->kernels, NULL, r->pool};
    ur_carry carry = {.from = r->state, .to = r->state};
    ur_tape tape;
    ur_tape_begin(&tape, &compute, &r->arena, false);
    ur_network_run(r->model, &tape, &r->batch, &carry);
    ur_arena_reset(&r->arena);
    return ur_tape_status(&tape, error);
}

ur_status ur_bench_pass(ur_bench_run *r, ur_error *error)
{
    switch (r->work->kind) {
    case UR_BENCH_TRAIN:
        return ur_learn(r->learner, &r->batch, &r->loss, error);
    case UR_BENCH_INFER:
        return infer(r, error);
    case UR_BENCH_STEP:
        ur_step_on(r->pool, r->model, r->state, NULL, r->x, r->y);
    }
    return UR_OK;
}

/* ---- Facts ------------------------------------------------------------------------------------------------------ */

/* Multiply-adds of a layer's products for `tokens` tokens, forward. A one-hot input is a row of a table and needs no
 * product; an embedding with few rows is multiplied once per row. */
static double layer_products(const ur_layer *l, double tokens, size_t sampled)
{
    double width = (double)l->width, inputs = (double)l->inputs, rows = tokens;
    if (ur_is_dense(l)) return tokens * (sampled ? (double)sampled : width) * inputs;
    if (!ur_is_recurrent(l)) return 0;
    if (l->recurrent.symbols) rows = 0;
    if (l->before && ur_embed_by_rows(l->before, (size_t)tokens)) rows = (double)l->before->inputs;
    return width * l->recurrent.cell->gates * (rows * inputs + tokens * width);
}

/* Counts forward and backward operations. The backward half does each product twice: for the gradients of the inputs
 * and of the weights. */
static double executed(const ur_bench_run *r)
{
    double products = 0, tokens = (double)(r->work->lanes * r->work->steps);
    for (size_t i = 0; i < r->model->layer_count; i++)
        products += layer_products(&r->model->layers[i], tokens, r->work->sampled);
    return 2 * products * (r->learner ? 3 : 1);
}

ur_bench_facts ur_bench_run_facts(const ur_bench_run *r)
{
    const ur_pool *pool = r->learner ? r->learner->pool : r->pool;
    return (ur_bench_facts){.isa = r->model->kernels->name,
                            .weights = ur_cli_weights_name(r->model),
                            .threads = ur_pool_threads(pool),
                            .executed = executed(r),
                            .loss = r->loss,
                            .allocations = r->learner ? r->learner->arena.allocations : r->arena.allocations};
}
