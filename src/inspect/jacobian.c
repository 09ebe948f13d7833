/*
 * The product of a layer's Jacobians, ∂(h, c)_t/∂(h, c)_{t−k} with its input held fixed, and its largest singular
 * value.
 *
 * One lane of a window becomes S lanes of a window of one step: row i of the product is the gradient of state i. Each
 * step back multiplies all rows by that step's Jacobian; then all are scaled by one power of two. The largest singular
 * value is found by power iteration on M Mᵀ, which starts from the left singular vector of the step before.
 */
#include "inspect/flow.h"

#include "base/random.h"
#include "kernel/scalar.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { UR_WORK = 1 << 27 }; /* most multiply-adds of one power iteration */

typedef struct ur_jacobian {
    const ur_window *window;
    ur_window step; /* with S lanes */
    size_t lane, units, row, rows;
    int power;
    double *u, *z; /* singular vectors: left (rows), right (states, row) */
    real *memory;
    double *vectors;
} ur_jacobian;

static void drop(ur_jacobian *j)
{
    ur_block_free(j->memory);
    free(j->vectors);
}

/* Adds `share` of a random vector, which is orthogonal to no other vector in particular. */
static void add_other(ur_jacobian *j, double share)
{
    for (size_t i = 0; i < j->rows; i++) j->u[i] += share * (0.5 + ur_random_uniform(1, UR_USE_TEST, i));
}

static ur_status make(ur_jacobian *j, ur_error *error)
{
    const ur_recurrent *l = j->window->layer;
    size_t states = l->cell->states, second = l->cell->phases > 1 ? j->row : 0;
    size_t numbers = ur_slot_row(l) + 3 * states * j->row + second;
    j->memory = ur_block_alloc(j->rows, numbers * sizeof(real));
    j->vectors = calloc(j->rows + states * j->row, sizeof(double));
    if (!j->memory || !j->vectors) return ur_fail_memory(error, "the product of Jacobians");
    real *at = j->memory;
    j->step = ur_window_step(j->window, 0);
    j->step.lanes = j->rows;
    j->step.second = NULL; /* only the gradients of the weights would read it */
    j->step.slots = at;
    at += j->rows * ur_slot_row(l);
    for (size_t s = 0; s < states; s++, at += 3 * j->rows * j->row) {
        j->step.state[s] = at;
        j->step.carry[s] = at + 2 * j->rows * j->row;
        for (size_t i = 0; i < j->units; i++) j->step.carry[s][(s * j->units + i) * j->row + i] = 1;
    }
    j->step.dsecond = second ? at : NULL;
    j->u = j->vectors;
    j->z = j->vectors + j->rows;
    add_other(j, 1);
    return UR_OK;
}

static void copy_rows(real *to, const real *from, size_t rows, size_t row)
{
    for (size_t i = 0; i < rows; i++) memcpy(to + i * row, from, row * sizeof(real));
}

/* Copies step t of the lane into all rows. */
static void load(ur_jacobian *j, size_t t)
{
    const ur_window *w = j->window;
    size_t slots = ur_slot_row(w->layer), now = (t * w->lanes + j->lane) * j->row;
    copy_rows(j->step.slots, w->slots + (t * w->lanes + j->lane) * slots, j->rows, slots);
    for (int s = 0; s < w->layer->cell->states; s++) {
        copy_rows(j->step.state[s], w->state[s] + now, j->rows, j->row);
        copy_rows(j->step.state[s] + j->rows * j->row, w->state[s] + now + w->lanes * j->row, j->rows, j->row);
    }
}

/* A sum in eight chains, because each term of a single chain would wait for the one before. */
static double dot(const real *x, const double *y, size_t n)
{
    double sum[8] = {0};
    for (size_t i = 0; i + 8 <= n; i += 8)
        for (size_t c = 0; c < 8; c++) sum[c] += (double)x[i + c] * y[i + c];
    return ((sum[0] + sum[4]) + (sum[1] + sum[5])) + ((sum[2] + sum[6]) + (sum[3] + sum[7]));
}

/* z ← Mᵀu, then u ← M z; returns |Mᵀu|². */
static double multiply(ur_jacobian *j)
{
    size_t states = j->step.layer->cell->states;
    double sum = 0;
    memset(j->z, 0, states * j->row * sizeof *j->z);
    for (size_t s = 0; s < states; s++)
        for (size_t i = 0; i < j->rows; i++)
            for (size_t n = 0; n < j->row; n++)
                j->z[s * j->row + n] += (double)j->step.carry[s][i * j->row + n] * j->u[i];
    for (size_t n = 0; n < states * j->row; n++) sum += j->z[n] * j->z[n];
    for (size_t i = 0; i < j->rows; i++) {
        j->u[i] = 0;
        for (size_t s = 0; s < states; s++) j->u[i] += dot(j->step.carry[s] + i * j->row, j->z + s * j->row, j->row);
    }
    return sum;
}

/* u ← u/|u|. Returns false if u is zero. */
static bool normalise(double *u, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += u[i] * u[i];
    for (size_t i = 0; i < n && sum > 0; i++) u[i] /= sqrt(sum);
    return sum > 0;
}

/* ln of the largest singular value of the current product. The search starts from the vector of the previous step,
 * which is nearly the right one, because both are left singular vectors at t. A small random vector is added, so that
 * the start is not orthogonal to the wanted vector. */
static double largest(ur_jacobian *j)
{
    size_t most = UR_WORK / (2 * j->rows * j->rows) + 20;
    double before = 0, now = 0;
    add_other(j, 1e-6);
    if (most > 2000) most = 2000;
    for (size_t i = 0; i < most && normalise(j->u, j->rows); i++) {
        now = multiply(j);
        if (fabs(now - before) <= 1e-11 * now) break;
        before = now;
    }
    return ur_log(now) / 2 + UR_LN2 * j->power;
}

static ur_status rescale(ur_jacobian *j, ur_error *error)
{
    int most = INT_MIN;
    for (int s = 0; s < j->step.layer->cell->states; s++) {
        int e = ur_flow_exponent(j->step.carry[s], j->rows * j->row);
        most = e > most ? e : most;
    }
    if (most == INT_MAX) return ur_fail(error, UR_ERR_NUMERIC, "the product of Jacobians is not finite");
    if (most == INT_MIN) return UR_OK;
    for (int s = 0; s < j->step.layer->cell->states; s++) ur_flow_scale(j->step.carry[s], j->rows * j->row, -most);
    j->power += most;
    return UR_OK;
}

static ur_status follow(ur_jacobian *j, size_t steps, double *ln, ur_error *error)
{
    for (size_t k = 0; k < steps; k++) {
        ln[k] = largest(j);
        load(j, j->window->steps - 1 - k);
        ur_window_backward(&j->step);
        UR_TRY(rescale(j, error));
    }
    return UR_OK;
}

ur_status ur_jacobian_product(const ur_window *w, size_t lane, size_t steps, double *ln, ur_error *error)
{
    size_t units = w->layer->units;
    ur_jacobian j = {
        .window = w, .lane = lane, .units = units, .row = ur_padded(units), .rows = units * w->layer->cell->states};
    ur_status status = make(&j, error);
    if (status == UR_OK) status = follow(&j, steps, ln, error);
    drop(&j);
    return status;
}
