/* A work that is ready to run: its model, its data and its threads. Used by the passes and by the phases. */
#ifndef UR_CLI_BENCH_RUN_H
#define UR_CLI_BENCH_RUN_H

#include "cli/bench/bench.h"

#include "base/memory.h"
#include "base/pool.h"

struct ur_bench_run {
    const ur_bench_work *work;
    ur_model *model;
    ur_learner *learner; /* only for training; has a pool and an arena of its own */
    ur_pool *pool;       /* only for inference and steps */
    ur_arena arena;
    ur_state *state; /* carried over from one pass to the next */
    ur_batch batch;
    int32_t *ids, *targets;
    ur_real *x, *y;
    double loss;
};

#endif
