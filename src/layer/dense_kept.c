/*
 * A dense layer in a loop. Its inputs alternate between numbers a, which are the same at each step, and numbers b,
 * which change: y = φ(A a + B b + bias), where A and B are the even and the odd columns of W. A a + bias is computed
 * once, and at each step the chains continue from there over b. Backward, the gradient of A is the product of a with
 * the sum of dy over all steps.
 */
#include "layer/layers.h"

#include <string.h>

/* What the backward half of a step needs. The steps also form a list, beginning with the first step. */
typedef struct ur_kept_step {
    ur_dense_kept *kept;
    ur_tensor *b, *y;
    struct ur_kept_step *after;
} ur_kept_step;

enum { UR_OF_A, UR_OF_B, UR_HALVES };

struct ur_dense_kept {
    const ur_dense *dense;
    ur_dense half[UR_HALVES];
    ur_param weight[UR_HALVES];
    ur_tensor *a, *begun;
    size_t steps;
    ur_kept_step *first; /* of the steps whose backward half is done */
};

/* ---- the halves of W ---------------------------------------------------------------------------------------------- */

static void share_numbers(const ur_dense_kept *k, size_t member, size_t members, size_t *begin, size_t *end)
{
    ur_pool_share(k->weight[UR_OF_A].size, 1024, member, members, begin, end);
}

static void pull_apart(void *context, size_t member, size_t members)
{
    const ur_dense_kept *k = context;
    const real *whole = k->dense->weight->value;
    real *a = k->weight[UR_OF_A].value, *b = k->weight[UR_OF_B].value;
    size_t i, end;
    share_numbers(k, member, members, &i, &end);
    for (; i < end; i++) {
        a[i] = whole[2 * i];
        b[i] = whole[2 * i + 1];
    }
}

static void weave_gradients(void *context, size_t member, size_t members)
{
    const ur_dense_kept *k = context;
    real *whole = k->dense->weight->gradient;
    const real *a = k->weight[UR_OF_A].gradient, *b = k->weight[UR_OF_B].gradient;
    size_t i, end;
    share_numbers(k, member, members, &i, &end);
    for (; i < end; i++) {
        whole[2 * i] += a[i];
        whole[2 * i + 1] += b[i];
    }
}

static void pack_halves(void *context, size_t member, size_t members)
{
    ur_dense_kept *k = context;
    ur_turn turn = {.member = member, .members = members};
    for (int i = 0; i < UR_HALVES; i++) ur_dense_pack(&k->half[i], &turn);
}

/* Makes both halves and packs their weights. While the tape records, the arrays that were packed take the gradients
 * afterwards. */
static bool make_halves(ur_tape *tape, ur_dense_kept *k)
{
    const size_t inputs = k->dense->inputs / 2, size = inputs * k->dense->outputs;
    for (int i = 0; i < UR_HALVES; i++) {
        const bool back = tape->recording && i == UR_OF_B;
        ur_dense *half = &k->half[i];
        real *values = ur_tape_alloc(tape, size, sizeof *values);
        *half = (ur_dense){.inputs = inputs, .outputs = k->dense->outputs, .weight = &k->weight[i]};
        real *packed = ur_tape_alloc(tape, ur_dense_packed_size(half, back), sizeof *packed);
        if (!values || !packed) return false;
        k->weight[i] = (ur_param){.size = size, .value = values, .gradient = values};
        ur_dense_place(half, packed, back);
    }
    k->half[UR_OF_A].bias = k->dense->bias;
    k->half[UR_OF_B].activation = k->dense->activation;
    ur_pool_run(tape->compute->pool, pull_apart, k);
    ur_pool_run(tape->compute->pool, pack_halves, k);
    return true;
}

/* ---- backward ----------------------------------------------------------------------------------------------------- */

static void step_back(ur_tape *tape, void *trace)
{
    ur_kept_step *s = trace;
    ur_dense_kept *k = s->kept;
    const ur_dense *half = &k->half[UR_OF_B];
    real *dy = s->y->gradient;
    bool fresh;
    if (!dy) return;
    if (half->activation != UR_LINEAR)
        tape->compute->train->activate_back(half->activation, s->y->value, dy, dy, ur_tensor_size(s->y));
    real *db = ur_gradient_fresh(tape, s->b, &fresh);
    if (db) ur_dense_input_gradient(half, tape->compute, dy, db, s->b->lanes, !fresh);
    s->after = k->first;
    k->first = s;
    k->steps++;
}

static const real *sum_steps(ur_tape *tape, const ur_dense_kept *k)
{
    const size_t size = ur_tensor_size(k->begun);
    real *sum = ur_tape_alloc(tape, size, sizeof *sum);
    if (!sum) return NULL;
    memcpy(sum, k->first->y->gradient, size * sizeof *sum);
    for (const ur_kept_step *s = k->first->after; s; s = s->after) tape->compute->train->add(sum, s->y->gradient, size);
    return sum;
}

static void add_gradient_of_a(ur_tape *tape, const ur_dense_kept *k)
{
    const ur_weight_gradient g = {.dy = sum_steps(tape, k), .x = k->a->value, .steps = 1, .lanes = k->a->lanes};
    if (g.dy) ur_dense_weight_gradient(tape, &k->half[UR_OF_A], &g, false);
}

static void add_gradient_of_b(ur_tape *tape, const ur_dense_kept *k)
{
    const real **dy = ur_tape_alloc(tape, k->steps, sizeof *dy), **b = ur_tape_alloc(tape, k->steps, sizeof *b);
    const ur_weight_gradient g = {.dy_steps = dy, .x_steps = b, .steps = k->steps, .lanes = k->a->lanes};
    if (!dy || !b) return;
    for (const ur_kept_step *s = k->first; s; s = s->after) {
        *dy++ = s->y->gradient;
        *b++ = s->b->value;
    }
    ur_dense_weight_gradient(tape, &k->half[UR_OF_B], &g, false);
}

static void kept_back(ur_tape *tape, void *trace)
{
    ur_dense_kept *k = *(ur_dense_kept **)trace;
    if (!k->first) return;
    for (int i = 0; i < UR_HALVES; i++) ur_compute_clear(tape->compute, k->weight[i].gradient, k->weight[i].size);
    add_gradient_of_a(tape, k);
    add_gradient_of_b(tape, k);
    if (tape->status == UR_OK) ur_pool_run(tape->compute->pool, weave_gradients, k);
}

/* ---- forward ------------------------------------------------------------------------------------------------------ */

ur_dense_kept *ur_dense_keep(ur_tape *tape, const ur_dense *dense, ur_tensor *a)
{
    ur_dense_kept *k = a ? ur_tape_alloc(tape, 1, sizeof *k) : NULL;
    if (!k) return NULL;
    *k = (ur_dense_kept){.dense = dense, .a = a, .begun = ur_tensor_make(tape, 1, a->lanes, dense->outputs)};
    if (!k->begun || !make_halves(tape, k)) return NULL;
    ur_dense_forward(&k->half[UR_OF_A], tape->compute, a->value, k->begun->value, a->lanes, false);
    ur_dense_kept **kept = ur_tape_record(tape, kept_back, sizeof *kept);
    if (kept) *kept = k;
    return k;
}

ur_tensor *ur_dense_go_on(ur_tape *tape, ur_dense_kept *k, ur_tensor *b)
{
    ur_tensor *y = k && b ? ur_tensor_make(tape, 1, b->lanes, k->dense->outputs) : NULL;
    if (!y) return NULL;
    memcpy(y->value, k->begun->value, ur_tensor_size(y) * sizeof(real));
    ur_dense_forward(&k->half[UR_OF_B], tape->compute, b->value, y->value, b->lanes, true);
    ur_kept_step *step = ur_tape_record(tape, step_back, sizeof *step);
    if (step) *step = (ur_kept_step){.kept = k, .b = b, .y = y};
    return y;
}
