/* How large the gradients are, and how each part of a step back changes them. See flow.h. */
#include "inspect/flow.h"

#include "kernel/scalar.h"

#include <math.h>

/* Indices of `before`: the norm of the incoming (dh, dc), and that of the state that a gate keeps. */
enum { UR_IN, UR_MEMORY };

double ur_flow_norm(const real *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += (double)x[i] * (double)x[i];
    return sqrt(sum);
}

static void add(ur_flow_sum *sum, double value)
{
    sum->met++;
    if (!isfinite(value)) return;
    sum->sum += value;
    sum->count++;
}

/* ln of norm·2^power; −infinity if the norm is 0. */
static double ln_of(double norm, int power) { return ur_log(norm) + UR_LN2 * power; }

static const real *slot_of(const ur_window *v, size_t lane, size_t unit, int slot)
{
    size_t slots = v->layer->cell->slots;
    return v->slots + lane * ur_slot_row(v->layer) + (unit / UR_LANES * slots + (size_t)slot) * UR_LANES +
           unit % UR_LANES;
}

/* ‖∂loss/∂c‖ of a lane, including what comes through h of the same step: dc + dh∘o∘(1 − tanh²c). `into`, if not NULL,
 * gets ln of the size of each number. */
static double memory_norm(const ur_stream *s, const ur_window *v, size_t b, double *into)
{
    size_t row = ur_padded(s->layer->units), step = v->lanes * row;
    const real *dh = s->carry[0] + b * row, *dc = s->carry[1] + b * row, *c = v->state[1] + step + b * row;
    double sum = 0;
    for (size_t i = 0; i < s->layer->units; i++) {
        double shown = ur_tanh((double)c[i]), o = (double)*slot_of(v, b, i, s->show);
        double d = (double)dc[i] + (double)dh[i] * o * (1 - shown * shown);
        sum += d * d;
        if (into) into[i] = ur_log(fabs(d));
    }
    return sqrt(sum);
}

/* ln of the norm of the gradient that has come through the "+" alone so far. Then multiplies it by this step's f. */
static double plus_norm(ur_stream *s, const ur_window *v, size_t b)
{
    double *plus = s->plus + b * s->layer->units, top = -INFINITY, sum = 0;
    for (size_t i = 0; i < s->layer->units; i++) top = plus[i] > top ? plus[i] : top;
    for (size_t i = 0; i < s->layer->units && top > -INFINITY; i++) sum += ur_exp(2 * (plus[i] - top));
    for (size_t i = 0; i < s->layer->units; i++) plus[i] += ur_log((double)*slot_of(v, b, i, s->keep));
    return top + ur_log(sum) / 2;
}

static void measure_memory(ur_stream *s, const ur_window *v, size_t b, size_t k)
{
    double *plus = s->plus + b * s->layer->units;
    double norm = memory_norm(s, v, b, k ? NULL : plus);
    for (size_t i = 0; k == 0 && i < s->layer->units; i++) plus[i] += UR_LN2 * s->power[b];
    add(&s->curve[UR_FLOW_C][k], ln_of(norm, s->power[b]));
    add(&s->curve[UR_FLOW_PLUS][k], plus_norm(s, v, b));
    s->before[b * UR_FLOW_BEFORE + UR_MEMORY] = norm;
}

/* Computes dh∘z of a GRU, the part of the gradient that goes straight through to the old h. */
static void measure_direct(ur_stream *s, const ur_window *v, size_t b)
{
    size_t row = ur_padded(s->layer->units);
    const real *dh = s->carry[0] + b * row;
    real *direct = s->direct + b * row;
    for (size_t i = 0; i < s->layer->units; i++) direct[i] = dh[i] * *slot_of(v, b, i, s->keep);
}

/* Finds how far the step is from lane b's own last step. Returns false if it is after that step or too far back. */
static bool find_back(const ur_stream *s, const ur_window *v, size_t b, size_t k, size_t *back)
{
    *back = k - (s->late ? s->late[b] : 0);
    return (!v->live || v->live[b]) && *back <= s->most;
}

void ur_flow_before(ur_stream *s, const ur_window *v, size_t steps_back)
{
    size_t units = s->layer->units, row = ur_padded(units);
    for (size_t b = 0, k; b < v->lanes; b++) {
        if (!find_back(s, v, b, steps_back, &k)) continue;
        double h = ur_flow_norm(s->carry[0] + b * row, units);
        double c = s->carry[1] ? ur_flow_norm(s->carry[1] + b * row, units) : 0;
        double *before = s->before + b * UR_FLOW_BEFORE;
        before[UR_IN] = sqrt(h * h + c * c);
        before[UR_MEMORY] = h;
        add(&s->curve[UR_FLOW_H][k], ln_of(h, s->power[b]));
        if (s->plus) measure_memory(s, v, b, k);
        if (s->direct) measure_direct(s, v, b);
    }
}

/* ‖da‖, over the slots that the products with W_hh filled. */
static double slots_norm(const ur_window *v, size_t b)
{
    const ur_cell *cell = v->layer->cell;
    double sum = 0;
    for (int p = 0; p < cell->phases; p++)
        for (size_t i = 0; i < v->layer->units; i++)
            for (int s = cell->phase[p].first; s < cell->phase[p].first + cell->phase[p].count; s++) {
                double d = (double)*slot_of(v, b, i, s);
                sum += d * d;
            }
    return sqrt(sum);
}

/* ‖W_hhᵀ da‖: the norm of the gradient of h without the part that went straight through. */
static double recurrent_norm(const ur_stream *s, size_t b)
{
    size_t row = ur_padded(s->layer->units);
    const real *dh = s->carry[0] + b * row;
    double sum = 0;
    for (size_t i = 0; i < s->layer->units; i++) {
        double d = (double)dh[i] - (s->direct ? (double)s->direct[b * row + i] : 0);
        sum += d * d;
    }
    return sqrt(sum);
}

void ur_flow_after(ur_stream *s, const ur_window *v, size_t steps_back)
{
    size_t units = s->layer->units, row = ur_padded(units);
    for (size_t b = 0, k; b < v->lanes; b++) {
        if (!find_back(s, v, b, steps_back, &k)) continue;
        const double *before = s->before + b * UR_FLOW_BEFORE;
        double da = slots_norm(v, b);
        add(&s->curve[UR_FLOW_SLOPES][k], ur_log(da) - ur_log(before[UR_IN]));
        add(&s->curve[UR_FLOW_RECURRENT][k], ur_log(recurrent_norm(s, b)) - ur_log(da));
        if (s->keep < 0) continue;
        const real *kept = s->direct ? s->direct : s->carry[s->kept_state];
        add(&s->curve[UR_FLOW_KEPT][k], ur_log(ur_flow_norm(kept + b * row, units)) - ur_log(before[UR_MEMORY]));
    }
}

void ur_flow_moves(ur_stream *s, const ur_window *v, size_t steps_back)
{
    size_t units = s->layer->units, row = ur_padded(units), step = v->lanes * row;
    for (int state = 0; state < v->layer->cell->states; state++)
        for (size_t b = 0, k; b < v->lanes; b++) {
            if (!find_back(s, v, b, steps_back, &k) || k == s->most) continue;
            const real *old = v->state[state] + b * row, *now = old + step;
            double moved = 0;
            for (size_t i = 0; i < units; i++) {
                double d = (double)now[i] - (double)old[i];
                moved += d * d;
            }
            add(&s->moves[state], sqrt(moved) / ur_flow_norm(now, units));
        }
}
