/* The filters of a grid; see grid.h. A filter is a softmax of −w·(a − μ)² over the places a, with w = 1/2σ². */
#include "layer/grid.h"

#include "kernel/scalar.h"

enum { X, Y, LOG_VARIANCE, LOG_APART, LOG_STRENGTH };

static double hold(real number)
{
    double most = UR_GRID_LOG_MOST, x = (double)number;
    return x > most ? most : x < -most ? -most : x;
}

bool ur_grid_within(real number) { return hold(number) == (double)number; }

/* The distance between two filters at δ = 1. */
static double whole_apart(const ur_grid *g)
{
    size_t most = g->rows > g->columns ? g->rows : g->columns;
    return (double)(most - 1) / (double)(g->side > 1 ? g->side - 1 : 1);
}

ur_grid_spot ur_grid_spot_of(const ur_grid *g, const real *place)
{
    return (ur_grid_spot){.row = ((double)g->rows + 1) / 2 * ((double)place[Y] + 1) - 1,
                          .column = ((double)g->columns + 1) / 2 * ((double)place[X] + 1) - 1,
                          .apart = whole_apart(g) * ur_exp(hold(place[LOG_APART])),
                          .width = ur_exp(hold(place[LOG_VARIANCE]) / 2),
                          .strength = ur_exp(hold(place[LOG_STRENGTH]))};
}

/* Rows or columns of a picture, and the filters over them. */
typedef struct axis {
    size_t size, side;
    double middle, apart, sharpness; /* w */
} axis;

static axis axis_of(const ur_grid *g, const ur_grid_spot *spot, bool rows)
{
    return (axis){.size = rows ? g->rows : g->columns,
                  .side = g->side,
                  .middle = rows ? spot->row : spot->column,
                  .apart = spot->apart,
                  .sharpness = 1 / (2 * spot->width * spot->width)};
}

static double from_middle(const axis *a, size_t i) { return (double)i - ((double)a->side - 1) / 2; }

size_t ur_grid_filters_size(const ur_grid *g) { return g->side * (ur_padded(g->rows) + ur_padded(g->columns)); }

static void fill_axis(const axis *a, const ur_train_kernels *kernels, real *filter)
{
    const real w = (real)a->sharpness;
    for (size_t i = 0; i < a->side; i++, filter += ur_padded(a->size)) {
        const real mean = (real)(a->middle + from_middle(a, i) * a->apart);
        for (size_t k = 0; k < a->size; k++) {
            real far = (real)k - mean;
            filter[k] = -(w * (far * far));
        }
        ur_softmax_sum all = kernels->softmax_part(filter, a->size);
        kernels->softmax_slope(filter, a->size, all.top, 1 / (real)all.sum, filter);
    }
}

void ur_grid_filters_fill(const ur_grid *g, const ur_train_kernels *kernels, const real *place, real *filters)
{
    const ur_grid_spot spot = ur_grid_spot_of(g, place);
    const axis rows = axis_of(g, &spot, true), columns = axis_of(g, &spot, false);
    fill_axis(&rows, kernels, filters);
    fill_axis(&columns, kernels, filters + g->side * ur_padded(g->rows));
}

/* ---- backward ----------------------------------------------------------------------------------------------------- */

/* The gradient of an axis. */
typedef struct slopes {
    double middle, apart, sharpness;
} slopes;

/* Adds one filter f with mean μ: dμ = Σ s_a·2w(a − μ), dw = −Σ s_a·(a − μ)² with s = f∘(df − Σ df∘f). */
static void add_filter(const axis *a, size_t i, const real *f, const real *df, slopes *to)
{
    double mean = a->middle + from_middle(a, i) * a->apart, common = 0, d_mean = 0;
    for (size_t k = 0; k < a->size; k++) common += (double)df[k] * (double)f[k];
    for (size_t k = 0; k < a->size; k++) {
        double slope = (double)f[k] * ((double)df[k] - common), far = (double)k - mean;
        d_mean += slope * 2 * a->sharpness * far;
        to->sharpness -= slope * far * far;
    }
    to->middle += d_mean;
    to->apart += d_mean * from_middle(a, i);
}

static slopes axis_slopes(const axis *a, const real *f, const real *df)
{
    slopes all = {0, 0, 0};
    for (size_t i = 0; i < a->side; i++)
        add_filter(a, i, f + i * ur_padded(a->size), df + i * ur_padded(a->size), &all);
    return all;
}

void ur_grid_filters_back(const ur_grid *g, const real *place, const real *filters, const real *d_filters, real *d)
{
    const ur_grid_spot spot = ur_grid_spot_of(g, place);
    const axis rows = axis_of(g, &spot, true), columns = axis_of(g, &spot, false);
    const size_t behind = g->side * ur_padded(g->rows);
    const slopes y = axis_slopes(&rows, filters, d_filters),
                 x = axis_slopes(&columns, filters + behind, d_filters + behind);
    d[X] += (real)(x.middle * ((double)g->columns + 1) / 2);
    d[Y] += (real)(y.middle * ((double)g->rows + 1) / 2);
    if (ur_grid_within(place[LOG_VARIANCE])) d[LOG_VARIANCE] -= (real)(rows.sharpness * (x.sharpness + y.sharpness));
    if (ur_grid_within(place[LOG_APART])) d[LOG_APART] += (real)(spot.apart * (x.apart + y.apart));
}
