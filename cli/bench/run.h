/* A work made ready: its model, its data and where it computes. Seen by the passes and by the phases. */
#ifndef UR_CLI_BENCH_RUN_H
#define UR_CLI_BENCH_RUN_H

#include "cli/bench/bench.h"

#include "base/memory.h"
#include "base/pool.h"

struct ur_bench_run {
    const ur_bench_work *work;
    ur_model *model;
    ur_learner *learner; /* where it is trained: it has a pool and an arena of its own */
    ur_pool *pool;       /* where it is not */
    ur_arena arena;
    ur_state *state; /* carried from pass to pass */
    ur_batch batch;
    int32_t *ids, *targets;
    ur_real *x, *y;
    double loss;
};

#endif
