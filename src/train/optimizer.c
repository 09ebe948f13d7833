/* See optimizer.h. */
#include "train/optimizer.h"

#include <math.h>

enum { UR_NORM_PIECE = 4096 };

void ur_optimizer_free(ur_optimizer_state *state)
{
    ur_block_free(state->first);
    ur_block_free(state->second);
    *state = (ur_optimizer_state){0};
}

ur_status ur_optimizer_create(ur_optimizer_state *state, ur_optimizer kind, double momentum, size_t numbers,
                              ur_error *error)
{
    bool adam = kind == UR_ADAM || kind == UR_ADAMW;
    bool first = adam || (kind == UR_SGD && momentum > 0), second = kind != UR_SGD;
    *state = (ur_optimizer_state){.numbers = numbers};
    if (first) state->first = ur_block_alloc(numbers, sizeof(real));
    if (second) state->second = ur_block_alloc(numbers, sizeof(real));
    if ((!first || state->first) && (!second || state->second)) return UR_OK;
    ur_optimizer_free(state);
    return ur_fail_memory(error, "the optimiser");
}

size_t ur_gradient_pieces(size_t numbers) { return (numbers + UR_NORM_PIECE - 1) / UR_NORM_PIECE; }

typedef struct ur_norm_job {
    const ur_compute *compute;
    const real *gradient;
    size_t numbers;
    double *pieces;
} ur_norm_job;

static void norm_work(void *context, size_t member, size_t members)
{
    const ur_norm_job *job = context;
    size_t begin, end;
    ur_pool_share(ur_gradient_pieces(job->numbers), 1, member, members, &begin, &end);
    for (size_t i = begin; i < end; i++) {
        size_t at = i * UR_NORM_PIECE, left = job->numbers - at;
        job->pieces[i] =
            job->compute->train->sum_squares(job->gradient + at, left < UR_NORM_PIECE ? left : UR_NORM_PIECE);
    }
}

double ur_gradient_norm(const ur_compute *compute, const real *gradient, size_t numbers, double *pieces)
{
    ur_norm_job job = {compute, gradient, numbers, pieces};
    ur_pool_run(compute->pool, norm_work, &job);
    double sum = 0;
    for (size_t i = 0; i < ur_gradient_pieces(numbers); i++) sum += pieces[i];
    return sqrt(sum);
}

typedef struct ur_update_job {
    void (*step)(const ur_update *, size_t);
    ur_update update;
    size_t first, numbers; /* a span of the block */
} ur_update_job;

static real *at(real *block, size_t i) { return block ? block + i : NULL; }

static void update_work(void *context, size_t member, size_t members)
{
    const ur_update_job *job = context;
    size_t begin, end;
    ur_pool_share(job->numbers, 16, member, members, &begin, &end);
    if (begin >= end) return;
    ur_update u = job->update;
    begin += job->first;
    end += job->first;
    u.value = at(u.value, begin);
    u.gradient = at(u.gradient, begin);
    u.first = at(u.first, begin);
    u.second = at(u.second, begin);
    job->step(&u, end - begin);
}

double ur_clip_factor(double limit, double norm)
{
    double factor = limit > 0 ? limit / (norm + 1e-6) : 1;
    return factor < 1 ? factor : 1;
}

static void (*step_of(const ur_train_kernels *k, ur_optimizer kind))(const ur_update *, size_t)
{
    switch (kind) {
    case UR_SGD:
        return k->sgd;
    case UR_ADAGRAD:
        return k->adagrad;
    case UR_RMSPROP:
        return k->rmsprop;
    case UR_ADAM:
    case UR_ADAMW:
        break;
    }
    return k->adam;
}

/* 1 − βᵗ by repeated multiplication, which needs no libm and gives the same bits after a resume. */
static double correction(double beta, uint64_t t)
{
    double power = 1, base = beta;
    for (; t; t >>= 1, base *= base)
        if (t & 1) power *= base;
    return 1 - power;
}

/* Updates the block, except for the parameters that are fixed. */
static void update_spans(const ur_optimizer_state *state, const ur_compute *compute, ur_update_job *job)
{
    size_t end = 0;
    for (size_t i = 0; i <= state->param_count; i++) {
        const ur_param *p = i < state->param_count ? &state->params[i] : NULL;
        if (p && !p->fixed) continue;
        job->first = end;
        job->numbers = (p ? p->offset : state->numbers) - end;
        if (job->numbers) ur_pool_run(compute->pool, update_work, job);
        if (p) end = p->offset + p->size;
    }
}

void ur_optimizer_update(ur_optimizer_state *state, const ur_compute *compute, const ur_learning *l, double rate,
                         double norm, real *values, real *gradient)
{
    state->updates++;
    ur_update_job job = {.step = step_of(compute->train, l->optimizer)};
    job.update = (ur_update){.value = values,
                             .gradient = gradient,
                             .first = state->first,
                             .second = state->second,
                             .rate = (real)rate,
                             .decay = (real)l->weight_decay,
                             .momentum = (real)l->momentum,
                             .beta1 = (real)l->beta1,
                             .beta2 = (real)l->beta2,
                             .epsilon = (real)l->epsilon,
                             .correct1 = (real)correction(l->beta1, state->updates),
                             .correct2 = (real)correction(l->beta2, state->updates),
                             .scale = (real)ur_clip_factor(l->clip_norm, norm),
                             .limit = (real)l->clip_value,
                             .nesterov = l->nesterov,
                             .decoupled = l->optimizer == UR_ADAMW,
                             .epsilon_inside = l->epsilon_inside};
    update_spans(state, compute, &job);
}
