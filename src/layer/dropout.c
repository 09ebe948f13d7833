/* Dropout between layers, with a mask for each step or one mask for all steps. */
#include "base/random.h"
#include "layer/kind.h"

typedef struct ur_dropout_trace {
    ur_tensor *x, *y;
    const real *mask;
    bool same;
} ur_dropout_trace;

/* A mask that is being made. One call of the generator gives four of its numbers. */
typedef struct ur_mask_job {
    uint64_t seed, step;
    uint32_t stream, keep; /* an input is kept if its random word is below `keep` */
    real scale, *mask;
    size_t first, count; /* the first group of four numbers in the stream; how many numbers */
    bool all;            /* p is so small that every input is kept */
} ur_mask_job;

static void fill(void *context, size_t member, size_t members)
{
    const ur_mask_job *job = context;
    size_t begin, end;
    ur_pool_share(job->count / 4, 4, member, members, &begin, &end);
    for (size_t i = begin; i < end; i++) {
        uint32_t words[4];
        ur_random_words(job->seed, UR_USE_DROPOUT + job->stream, job->step << 32 | (job->first + i), words);
        for (size_t n = 0; n < 4; n++) job->mask[4 * i + n] = job->all || words[n] < job->keep ? job->scale : 0;
    }
}

/* m for `count` numbers after `first` others; both are multiples of 16. */
static real *make_mask(ur_tape *tape, size_t first, size_t count, double p, uint32_t stream)
{
    double keep = (1 - p) * 4294967296.0;
    ur_mask_job job = {.seed = tape->seed,
                       .step = tape->step,
                       .stream = stream,
                       .all = keep >= 4294967295.0,
                       .scale = (real)(1 / (1 - p)),
                       .mask = ur_tape_alloc(tape, count, sizeof(real)),
                       .first = first / 4,
                       .count = count};
    job.keep = job.all ? UINT32_MAX : (uint32_t)keep;
    if (job.mask) ur_pool_run(tape->compute->pool, fill, &job);
    return job.mask;
}

/* One of the two products with the mask: forward or backward. */
typedef struct ur_masking {
    void (*multiply)(real *y, const real *x, const real *m, size_t n);
    const ur_dropout_trace *d;
    const real *from;
    real *to;
} ur_masking;

static void mask_steps(void *context, size_t member, size_t members)
{
    const ur_masking *m = context;
    size_t begin, end, step = m->d->x->lanes * m->d->x->row;
    ur_pool_share(step, 16, member, members, &begin, &end);
    for (size_t t = 0; begin < end && t < m->d->x->steps; t++) {
        size_t at = t * step + begin;
        m->multiply(m->to + at, m->from + at, m->d->mask + (m->d->same ? begin : at), end - begin);
    }
}

static void backward(ur_tape *tape, void *trace)
{
    const ur_dropout_trace *d = trace;
    const ur_train_kernels *kernels = tape->compute->train;
    bool fresh = false;
    real *dx = d->y->gradient ? ur_gradient_fresh(tape, d->x, &fresh) : NULL;
    ur_masking m = {fresh ? kernels->multiply : kernels->multiply_add, d, d->y->gradient, dx};
    if (dx) ur_pool_run(tape->compute->pool, mask_steps, &m);
}

ur_tensor *ur_dropout(ur_tape *tape, ur_tensor *x, double p, uint32_t stream, bool same, size_t before)
{
    if (!x || !tape->recording || tape->plain || p <= 0) return x;
    size_t step = x->lanes * x->row;
    ur_tensor *y = ur_tensor_make(tape, x->steps, x->lanes, x->width);
    const real *mask = make_mask(tape, same ? 0 : before * step, same ? step : x->steps * step, p, stream);
    ur_dropout_trace *trace = ur_tape_record(tape, backward, sizeof *trace);
    if (!trace || !y || !mask) return NULL;
    *trace = (ur_dropout_trace){x, y, mask, same};
    ur_masking m = {tape->compute->train->multiply, trace, x->value, y->value};
    ur_pool_run(tape->compute->pool, mask_steps, &m);
    return y;
}

/* ---- the kind: its probability is ur_layer.drop, which every layer may have --------------------------------------- */

static ur_status resolve_dropout(ur_layer *l, const ur_layer_sizes *sizes, ur_error *error)
{
    (void)sizes, (void)error;
    l->width = l->inputs;
    l->drop = l->spec.drop;
    return UR_OK;
}

static ur_tensor *run_dropout(ur_running *r, const ur_layer *l, ur_tensor *x)
{
    (void)r, (void)l;
    return x;
}

const ur_layer_kind ur_layer_dropout = {.word = "dropout",
                                        .least = 1,
                                        .most = 1,
                                        .number = {UR_NUMBER_PROBABILITY},
                                        .wants = "a probability",
                                        .example = "0.5",
                                        .options = UR_TAKES_SAME | UR_TAKES_TIMES,
                                        .passes = true,
                                        .resolve = resolve_dropout,
                                        .step = ur_step_nothing};
const ur_layer_run ur_layer_run_dropout = {.run = run_dropout};
