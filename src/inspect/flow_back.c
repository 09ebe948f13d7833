/* The gradient of one step's loss on its way back: down through the layers, then one step back, and so on. See
 * flow.h. */
#include "inspect/flow.h"

#include "kernel/scalar.h"

#include <limits.h>
#include <math.h>
#include <string.h>

/* The gradient on its way down through the layers of one step: rows (B) for a layer's output. The numbers of lane b are
 * to be multiplied by 2^power[b]. */
typedef struct ur_descent {
    ur_flow *flow;
    size_t step, k; /* step of the window, and its distance from the last step */
    bool any;       /* there is a gradient from the layers above */
    real *d, *next; /* the gradient, and space for that of the layer below */
    int *power;
} ur_descent;

int ur_flow_exponent(const real *x, size_t n)
{
    double top = 0;
    int exponent;
    for (size_t i = 0; i < n; i++) {
        double size = fabs((double)x[i]);
        if (!isfinite(size)) return INT_MAX;
        if (size > top) top = size;
    }
    if (top == 0) return INT_MIN;
    frexp(top, &exponent);
    return exponent;
}

void ur_flow_scale(real *x, size_t n, int power)
{
    double factor = ldexp(1, power);
    for (size_t i = 0; i < n && power; i++) x[i] = (real)((double)x[i] * factor);
}

/* The stream of a recurrent layer. */
static ur_stream *stream_of(const ur_flow *flow, const ur_layer *layer)
{
    ur_stream *s = flow->streams;
    while (s->layer != layer) s++;
    return s;
}

/* ---- the loss ----------------------------------------------------------------------------------------------------- */

/* Replaces a row x by softmax(x) − onehot(id), scaled by a power of two. Returns the power. The target's number is p −
 * 1, computed as minus the sum of the other probabilities, so that it does not cancel to 0 if p is close to 1. */
static int loss_row(real *x, size_t n, size_t id)
{
    double top = -INFINITY, sum = 0, others = 0;
    for (size_t i = 0; i < n; i++) top = (double)x[i] > top ? (double)x[i] : top;
    for (size_t i = 0; i < n; i++) {
        double e = ur_exp((double)x[i] - top);
        sum += e;
        if (i != id) others += e;
    }
    int power = 0;
    if (others > 0 && isfinite(others)) frexp(others / sum, &power);
    double scale = ldexp(1 / sum, -power);
    for (size_t i = 0; i < n; i++) x[i] = (real)(scale * (i == id ? -others : ur_exp((double)x[i] - top)));
    return power;
}

/* Replaces one number x by σ(x) − id, scaled by a power of two, and returns the power. If x is not yet squashed,
 * nothing cancels. If x is already σ(…), 1 − x has only the digits that x has. */
static int loss_of_one(real *x, bool squashed, size_t id)
{
    double y = (double)*x, other = squashed ? (id ? 1 - y : y) : 1 / (1 + ur_exp(id ? y : -y));
    int power = 0;
    if (other > 0) frexp(other, &power);
    *x = (real)((id ? -1 : 1) * ldexp(other, -power));
    return power;
}

/* The output of a layer at the current step. From `last` on there is one step. */
static const real *output_of(const ur_descent *at, size_t layer)
{
    const ur_flow *f = at->flow;
    const ur_tensor *y = f->watch[layer];
    return y->value + (layer >= f->last ? 0 : at->step * f->lanes * y->row);
}

/* Copies the network's outputs at the last step to d. */
static void outputs(const ur_descent *at)
{
    const ur_flow *f = at->flow;
    const ur_dense *head = ur_network_head(f->model);
    size_t layer = f->model->layer_count - (head ? 2 : 1);
    const real *x = output_of(at, layer);
    if (head)
        ur_dense_forward(head, &f->compute, x, at->d, f->lanes, false);
    else
        memcpy(at->d, x, f->lanes * f->watch[layer]->row * sizeof(real));
}

/* Whether the network has one output that has gone through σ. The gradient of its loss is with respect to the input of
 * that σ. */
static bool is_squashed(const ur_flow *f)
{
    return f->model->lines[0].width == 1 && f->model->layers[f->model->layer_count - 1].dense.activation == UR_SIGMOID;
}

static void begin(ur_descent *at, const int32_t *next)
{
    const ur_flow *f = at->flow;
    size_t width = f->model->lines[0].width;
    bool squashed = is_squashed(f);
    outputs(at);
    for (size_t b = 0; b < f->lanes; b++) {
        real *row = at->d + b * ur_padded(width);
        at->power[b] = width == 1 ? loss_of_one(row, squashed, (size_t)next[b]) : loss_row(row, width, (size_t)next[b]);
    }
    at->any = true;
}

/* ---- one layer ---------------------------------------------------------------------------------------------------- */

static void hand_down(ur_descent *at)
{
    real *d = at->d;
    at->d = at->next;
    at->next = d;
    at->any = true;
}

static void dense(ur_descent *at, size_t i)
{
    const ur_flow *f = at->flow;
    const ur_dense *d = &f->model->layers[i].dense;
    bool of_loss = i + 1 == f->model->layer_count && is_squashed(f);
    if (d->activation != UR_LINEAR && !of_loss) {
        size_t row = ur_padded(d->outputs);
        f->compute.train->activate_back(d->activation, output_of(at, i), at->d, at->d, f->lanes * row);
    }
    ur_dense_input_gradient(d, &f->compute, at->d, at->next, f->lanes, false);
    hand_down(at);
}

/* The largest exponent of a lane's gradients, as ur_flow_exponent defines it. */
static int exponent_of(const ur_stream *s, size_t b)
{
    size_t row = ur_padded(s->layer->units);
    int most = INT_MIN;
    for (int i = 0; i < s->layer->recurrent.cell->states; i++) {
        int e = ur_flow_exponent(s->carry[i] + b * row, row);
        most = e > most ? e : most;
    }
    return most;
}

static void scale_lane(ur_stream *s, size_t b, int power)
{
    size_t row = ur_padded(s->layer->units);
    for (int i = 0; i < s->layer->recurrent.cell->states; i++) ur_flow_scale(s->carry[i] + b * row, row, power);
}

/* Adds the gradient from above to the gradient of h. Both are scaled to the larger one's power. Numbers that become too
 * small for the format would not change a digit of the sum. */
static void take_in(const ur_descent *at, ur_stream *s)
{
    size_t row = ur_padded(s->layer->units);
    for (size_t b = 0; b < at->flow->lanes; b++) {
        real *d = at->d + b * row, *h = s->carry[0] + b * row;
        int from_above = ur_flow_exponent(d, row), own = exponent_of(s, b);
        if (from_above == INT_MIN) continue;
        if (own == INT_MIN || from_above == INT_MAX || own == INT_MAX) {
            s->power[b] = at->power[b];
        } else {
            int most = s->power[b] + own;
            if (at->power[b] + from_above > most) most = at->power[b] + from_above;
            scale_lane(s, b, s->power[b] - most);
            ur_flow_scale(d, row, at->power[b] - most);
            s->power[b] = most;
        }
        at->flow->compute.train->add(h, d, row);
    }
}

static ur_status rescale(const ur_descent *at, ur_stream *s, ur_error *error)
{
    for (size_t b = 0; b < at->flow->lanes; b++) {
        int e = exponent_of(s, b);
        if (e == INT_MAX)
            return ur_fail(
                error, UR_ERR_NUMERIC, "%zu steps back the gradient of layer %zu (column %zu of \"%s\") is not finite",
                at->k, (size_t)(s->layer - at->flow->model->layers) + 1, s->layer->spec.column, at->flow->model->net);
        if (e == INT_MIN) continue;
        scale_lane(s, b, -e);
        s->power[b] += e;
    }
    return UR_OK;
}

static bool cell_below(const ur_model *m, size_t i)
{
    while (i-- > 0)
        if (ur_is_recurrent(&m->layers[i])) return true;
    return false;
}

static ur_status recurrent(ur_descent *at, size_t i, ur_error *error)
{
    ur_flow *f = at->flow;
    ur_stream *s = stream_of(f, &f->model->layers[i]);
    ur_window view = ur_window_step(s->window, at->step);
    for (int state = 0; state < UR_STATES_MAX; state++) view.carry[state] = s->carry[state];
    view.dsecond = s->dsecond;
    if (at->any) take_in(at, s);
    ur_flow_before(s, &view, at->k);
    ur_window_backward(&view);
    ur_flow_after(s, &view, at->k);
    if (cell_below(f->model, i)) {
        ur_window_input_gradient(&view, at->next, false);
        memcpy(at->power, s->power, f->lanes * sizeof *at->power);
        hand_down(at);
    }
    return rescale(at, s, error);
}

/* ---- all steps ---------------------------------------------------------------------------------------------------- */

static ur_status descend(ur_descent *at, ur_error *error)
{
    const ur_model *m = at->flow->model;
    for (size_t i = m->layer_count; i-- > 0;) {
        if (ur_is_recurrent(&m->layers[i])) UR_TRY(recurrent(at, i, error));
        if (ur_is_dense(&m->layers[i]) && at->any && cell_below(m, i)) dense(at, i);
    }
    return UR_OK;
}

static ur_status make_room(ur_descent *at, ur_error *error)
{
    ur_flow *f = at->flow;
    size_t widest = 0, numbers;
    for (size_t i = 0; i < f->model->layer_count; i++) {
        const ur_layer *l = &f->model->layers[i];
        widest = l->width > widest ? l->width : widest;
        if (i) widest = l->inputs > widest ? l->inputs : widest;
    }
    if (!ur_mul_fits(f->lanes, ur_padded(widest), &numbers)) numbers = SIZE_MAX;
    at->d = ur_arena_alloc(&f->arena, numbers, sizeof(real));
    at->next = ur_arena_alloc(&f->arena, numbers, sizeof(real));
    at->power = ur_arena_alloc(&f->arena, f->lanes, sizeof *at->power);
    return at->d && at->next && at->power ? UR_OK : ur_fail_memory(error, "the gradients of a step");
}

ur_status ur_flow_back(ur_flow *f, const int32_t *next, ur_error *error)
{
    ur_descent at = {.flow = f, .step = f->steps - 1};
    UR_TRY(make_room(&at, error));
    begin(&at, next);
    for (at.k = 0; at.k <= f->settings.steps; at.k++, at.step--, at.any = false) UR_TRY(descend(&at, error));
    return UR_OK;
}
