/*
 * All rows of an embedding in a plane, along the two directions of the greatest variance. These are eigenvectors of the
 * rows' covariance C (E, E). Rotations of two rows of C at a time make all rows orthogonal (one-sided Jacobi, Hestenes
 * 1958). For C = VᵀΛV, the product of rotations Q gives QC = ΛV: the directions of its rows are the eigenvectors, their
 * lengths the eigenvalues. Everything is computed in double and in a fixed order.
 */
#include "base/error.h"
#include "base/memory.h"
#include "inspect/near.h"

#include <math.h>
#include <string.h>

enum { SWEEPS_MOST = 40, ROWS_AT_ONCE = 4 };

/* The data of the computation, E or (E, E) numbers each. */
typedef struct analysis {
    const ur_param *table;
    size_t rows, width;
    double *block, *mean, *covariance;
    double *square;  /* squared lengths of the covariance's rows */
    double *centred; /* (4, E) rows of the table minus the mean */
    double trace;    /* total variance */
} analysis;

static ur_status prepare(analysis *a, const ur_model *m, ur_error *error)
{
    UR_TRY(ur_near_table(m, &a->table, error));
    a->rows = a->table->shape[0];
    a->width = a->table->shape[1];
    size_t numbers = 0;
    bool fits = ur_mul_fits(a->width, a->width + ROWS_AT_ONCE + 2, &numbers);
    a->block = fits ? ur_block_alloc(numbers, sizeof *a->block) : NULL;
    if (!a->block) return ur_fail_memory(error, "the covariance of the embedding");
    a->covariance = a->block;
    a->mean = a->covariance + a->width * a->width;
    a->square = a->mean + a->width;
    a->centred = a->square + a->width;
    return UR_OK;
}

static ur_status find_mean(analysis *a, ur_error *error)
{
    for (size_t i = 0; i < a->rows; i++)
        for (size_t k = 0; k < a->width; k++) a->mean[k] += (double)a->table->value[i * a->width + k];
    for (size_t k = 0; k < a->width; k++) {
        a->mean[k] /= (double)a->rows;
        if (!isfinite(a->mean[k]))
            return ur_fail(error, UR_ERR_NUMERIC, "column %zu of the embedding has numbers that are not finite", k);
    }
    return UR_OK;
}

static void centre(const analysis *a, size_t row, double *out)
{
    const ur_real *x = a->table->value + row * a->width;
    for (size_t k = 0; k < a->width; k++) out[k] = (double)x[k] - a->mean[k];
}

/* Adds the products of four rows to the upper half, so that each element is loaded once for four rows. */
static void add_rows(analysis *a)
{
    size_t n = a->width;
    const double *x0 = a->centred, *x1 = x0 + n, *x2 = x1 + n, *x3 = x2 + n;
    for (size_t i = 0; i < n; i++) {
        double *row = a->covariance + i * n, y0 = x0[i], y1 = x1[i], y2 = x2[i], y3 = x3[i];
        for (size_t k = i; k < n; k++) row[k] += (y0 * x0[k] + y1 * x1[k]) + (y2 * x2[k] + y3 * x3[k]);
    }
}

static void find_covariance(analysis *a)
{
    size_t n = a->width;
    for (size_t i = 0; i < a->rows; i += ROWS_AT_ONCE) {
        memset(a->centred, 0, ROWS_AT_ONCE * n * sizeof *a->centred);
        for (size_t k = 0; k < ROWS_AT_ONCE && i + k < a->rows; k++) centre(a, i + k, a->centred + k * n);
        add_rows(a);
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t k = i; k < n; k++) a->covariance[i * n + k] /= (double)a->rows;
        for (size_t k = i; k < n; k++) a->covariance[k * n + i] = a->covariance[i * n + k];
        a->trace += a->covariance[i * n + i];
    }
}

/* Uses four sums, so that an addition need not wait for the one before. */
static double product(const double *x, const double *y, size_t n)
{
    double sum[4] = {0};
    size_t k = 0;
    for (; k + 4 <= n; k += 4)
        for (size_t i = 0; i < 4; i++) sum[i] += x[k + i] * y[k + i];
    for (; k < n; k++) sum[0] += x[k] * y[k];
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

/* Rotates two rows by the smaller of the two angles that make them orthogonal. `both`: their scalar product. */
static void rotate(analysis *a, size_t p, size_t q, double both)
{
    double *x = a->covariance + p * a->width, *y = a->covariance + q * a->width;
    double cotangent = (a->square[q] - a->square[p]) / (2 * both); /* of twice the angle */
    double t = (cotangent < 0 ? -1 : 1) / (fabs(cotangent) + sqrt(cotangent * cotangent + 1));
    double c = 1 / sqrt(t * t + 1), s = t * c;
    for (size_t k = 0; k < a->width; k++) {
        double before = x[k];
        x[k] = c * before - s * y[k];
        y[k] = s * before + c * y[k];
    }
    a->square[p] -= t * both;
    a->square[q] += t * both;
}

/* The squared length below which a row is only rounding error. */
static double nothing(const analysis *a) { return 1e-24 * a->trace * a->trace; }

/* Goes through all pairs of rows. Returns false if all were orthogonal already. */
static bool sweep(analysis *a)
{
    size_t n = a->width;
    bool turned = false;
    for (size_t i = 0; i < n; i++) a->square[i] = product(a->covariance + i * n, a->covariance + i * n, n);
    for (size_t p = 0; p < n; p++)
        for (size_t q = p + 1; q < n; q++) {
            if (!(a->square[p] > nothing(a)) || !(a->square[q] > nothing(a))) continue;
            double both = product(a->covariance + p * n, a->covariance + q * n, n);
            if (!(fabs(both) > 1e-13 * sqrt(a->square[p] * a->square[q]))) continue;
            rotate(a, p, q, both);
            turned = true;
        }
    return turned;
}

/* The longest row except `other`; E if there is none. */
static size_t longest(const analysis *a, size_t other)
{
    size_t best = a->width;
    for (size_t i = 0; i < a->width; i++)
        if (i != other && a->square[i] > (best < a->width ? a->square[best] : nothing(a))) best = i;
    return best;
}

/* Makes a row a direction: its length becomes 1, and its sign such that its largest number is positive. */
static void normalise(double *row, size_t n, double length)
{
    size_t most = 0;
    for (size_t k = 1; k < n; k++)
        if (fabs(row[k]) > fabs(row[most])) most = k;
    double factor = (row[most] < 0 ? -1 : 1) / length;
    for (size_t k = 0; k < n; k++) row[k] *= factor;
}

/* Computes the places along axis k. If no direction is left, or the rows do not differ, all places are 0. */
static void project(analysis *a, size_t k, size_t direction, double *places, double *share)
{
    double length = direction < a->width ? sqrt(a->square[direction]) : 0;
    double *axis = direction < a->width ? a->covariance + direction * a->width : NULL;
    *share = length > 0 ? length / a->trace : 0;
    if (length > 0) normalise(axis, a->width, length);
    for (size_t i = 0; i < a->rows; i++) {
        if (length > 0) centre(a, i, a->centred);
        places[2 * i + k] = length > 0 ? product(a->centred, axis, a->width) : 0;
    }
}

static void find_plane(analysis *a, double *places, double share[2])
{
    find_covariance(a);
    for (int i = 0; i < SWEEPS_MOST && sweep(a); i++) continue;
    size_t first = longest(a, a->width), second = longest(a, first);
    project(a, 0, first, places, &share[0]);
    project(a, 1, second, places, &share[1]);
}

ur_status ur_embedding_plane(const ur_model *m, double *places, double share[2], ur_error *error)
{
    analysis a = {0};
    UR_TRY(prepare(&a, m, error));
    ur_status status = find_mean(&a, error);
    if (status == UR_OK) find_plane(&a, places, share);
    ur_block_free(a.block);
    return status;
}
