/*
 * Reading and writing with a grid; see grid.h. The products of a lane are small, so threads share out the lanes. As
 * everywhere, an element of a product is one chain of fma. Channels are added up in order.
 */
#include "layer/grid.h"

#include <string.h>

typedef struct ur_grid_trace {
    ur_grid grid;
    ur_tensor *place, *x, *y;
    real *filters; /* for each lane */
} ur_grid_trace;

/* What the work on a lane needs. The scratch belongs to one thread: four matrices, of which the last is as large as the
 * filters. */
typedef struct ur_grid_work {
    const ur_grid_trace *t;
    const ur_compute *compute;
    real *packed, *first, *second, *d_filters;
} ur_grid_work;

typedef void ur_grid_lane(const ur_grid_work *w, size_t lane);

typedef struct ur_grid_job {
    const ur_grid_trace *t;
    const ur_compute *compute;
    ur_grid_lane *lane;
    real *scratch;
    size_t room; /* numbers of one matrix */
} ur_grid_job;

/* ---- products ----------------------------------------------------------------------------------------------------- */

/* Element (m, k) is of[m·down + k·across]. */
typedef struct matrix {
    const real *of;
    size_t down, across;
} matrix;

static matrix padded(const real *of, size_t width) { return (matrix){of, ur_padded(width), 1}; }
static matrix turned(matrix a) { return (matrix){a.of, a.across, a.down}; }

/* One channel of a picture. */
static matrix channel_of(const real *picture, size_t columns, size_t channels, size_t channel)
{
    return (matrix){picture + channel, columns * channels, channels};
}

static void pack(matrix b, size_t depth, size_t n, real *to)
{
    for (size_t first = 0; first < n; first += 16)
        for (size_t k = 0; k < depth; k++, to += 16)
            for (size_t i = 0; i < 16; i++) to[i] = first + i < n ? b.of[k * b.down + (first + i) * b.across] : 0;
}

/* c (m, padded n) ← a (m, depth)·b (depth, n), or the product is added to c. */
static void multiply(const ur_grid_work *w, matrix a, matrix b, size_t m, size_t depth, size_t n, real *c, bool add)
{
    const bool runs = a.across == 1;
    const ur_product p = {.a = a.of,
                          .a_row = a.down,
                          .a_outer = a.across,
                          .inner = runs ? depth : 1,
                          .outer = runs ? 1 : depth,
                          .b = w->packed,
                          .start = add ? UR_START_HERE : UR_START_ZERO,
                          .c = c,
                          .c_row = ur_padded(n),
                          .group = ur_padded(n) / 16};
    pack(b, depth, n, w->packed);
    w->compute->kernels->product(&p, 0, m, 0, p.group);
}

/* to[…] += factor·from (m, padded n), one channel of a picture. */
static void add_scaled(const real *from, size_t m, size_t n, real factor, size_t channels, size_t channel, real *to)
{
    for (size_t i = 0; i < m; i++)
        for (size_t k = 0; k < n; k++) to[(i * n + k) * channels + channel] += factor * from[i * ur_padded(n) + k];
}

/* to (m, padded n) ← factor·from, one channel of a picture. */
static void take_scaled(const real *from, size_t m, size_t n, real factor, size_t channels, size_t channel, real *to)
{
    for (size_t i = 0; i < m; i++)
        for (size_t k = 0; k < n; k++) to[i * ur_padded(n) + k] = factor * from[(i * n + k) * channels + channel];
}

/* ---- lanes -------------------------------------------------------------------------------------------------------- */

static size_t largest_side(const ur_grid *g)
{
    size_t most = g->rows > g->columns ? g->rows : g->columns;
    return ur_padded(most > g->side ? most : g->side);
}

static void work(void *context, size_t member, size_t members)
{
    const ur_grid_job *job = context;
    real *scratch = job->scratch + 5 * job->room * member;
    const ur_grid_work w = {
        job->t, job->compute, scratch, scratch + job->room, scratch + 2 * job->room, scratch + 3 * job->room};
    size_t begin, end;
    ur_pool_share(job->t->y->lanes, 1, member, members, &begin, &end);
    for (size_t b = begin; b < end; b++) job->lane(&w, b);
}

static void run_lanes(ur_tape *tape, const ur_grid_trace *t, ur_grid_lane *lane)
{
    size_t side = largest_side(&t->grid);
    ur_grid_job job = {.t = t, .compute = tape->compute, .lane = lane, .room = side * side};
    job.scratch = ur_arena_scratch(tape->arena, 5 * job.room * ur_pool_threads(tape->compute->pool), sizeof(real));
    if (job.scratch)
        ur_pool_run(tape->compute->pool, work, &job);
    else
        tape->status = ur_fail_memory(&tape->error, "a grid of filters");
}

static const real *rows_filter(const ur_grid_trace *t, size_t b)
{
    return t->filters + b * ur_grid_filters_size(&t->grid);
}
static const real *columns_filter(const ur_grid_trace *t, size_t b)
{
    return rows_filter(t, b) + t->grid.side * ur_padded(t->grid.rows);
}

static void fill_lane(const ur_grid_work *w, size_t b)
{
    const ur_grid_trace *t = w->t;
    ur_grid_filters_fill(&t->grid, w->compute->train, t->place->value + b * t->place->row,
                         t->filters + b * ur_grid_filters_size(&t->grid));
    memset(t->y->value + b * t->y->row, 0, t->y->row * sizeof(real));
}

static real strength_of(const ur_grid_trace *t, size_t b)
{
    return (real)ur_grid_spot_of(&t->grid, t->place->value + b * t->place->row).strength;
}

/* dlog γ = ±Σ dy∘y. */
static void add_strength_slope(const ur_grid_trace *t, size_t b, double sign)
{
    const real *y = t->y->value + b * t->y->row, *dy = t->y->gradient + b * t->y->row;
    const size_t at = b * t->place->row + UR_GRID_NUMBERS - 1;
    double sum = 0;
    for (size_t i = 0; i < t->y->width; i++) sum += (double)dy[i] * (double)y[i];
    if (ur_grid_within(t->place->value[at])) t->place->gradient[at] += (real)(sign * sum);
}

static void add_place_slopes(const ur_grid_work *w, size_t b, double sign)
{
    const ur_grid_trace *t = w->t;
    if (!t->place->gradient) return;
    ur_grid_filters_back(&t->grid, t->place->value + b * t->place->row, rows_filter(t, b), w->d_filters,
                         t->place->gradient + b * t->place->row);
    add_strength_slope(t, b, sign);
}

/* ---- read --------------------------------------------------------------------------------------------------------- */

static void read_lane(const ur_grid_work *w, size_t b)
{
    const ur_grid *g = &w->t->grid;
    const matrix down = padded(rows_filter(w->t, b), g->rows), across = padded(columns_filter(w->t, b), g->columns);
    const real *x = w->t->x->value + b * w->t->x->row;
    fill_lane(w, b);
    for (size_t c = 0; c < g->channels; c++) {
        multiply(w, down, channel_of(x, g->columns, g->channels, c), g->side, g->rows, g->columns, w->first, false);
        multiply(w, padded(w->first, g->columns), turned(across), g->side, g->columns, g->side, w->second, false);
        add_scaled(w->second, g->side, g->side, strength_of(w->t, b), g->channels, c,
                   w->t->y->value + b * w->t->y->row);
    }
}

/* G = γ·dy, T = F_Y P:  dF_X += Gᵀ T;  dT = G F_X;  dF_Y += dT Pᵀ;  dP += F_Yᵀ dT. */
static void read_lane_back(const ur_grid_work *w, size_t b)
{
    const ur_grid *g = &w->t->grid;
    const matrix down = padded(rows_filter(w->t, b), g->rows), across = padded(columns_filter(w->t, b), g->columns);
    ur_tensor *x = w->t->x;
    real *d_down = w->d_filters, *d_across = d_down + g->side * ur_padded(g->rows);
    const real strength = strength_of(w->t, b);
    for (size_t c = 0; c < g->channels; c++) {
        const matrix picture = channel_of(x->value + b * x->row, g->columns, g->channels, c);
        const matrix slope = padded(w->second, g->side), seen = padded(w->first, g->columns);
        take_scaled(w->t->y->gradient + b * w->t->y->row, g->side, g->side, strength, g->channels, c, w->second);
        multiply(w, down, picture, g->side, g->rows, g->columns, w->first, false);
        multiply(w, turned(slope), seen, g->side, g->side, g->columns, d_across, c > 0);
        multiply(w, slope, across, g->side, g->side, g->columns, w->first, false);
        multiply(w, seen, turned(picture), g->side, g->columns, g->rows, d_down, c > 0);
        if (!x->gradient) continue;
        multiply(w, turned(down), seen, g->rows, g->side, g->columns, w->second, false);
        add_scaled(w->second, g->rows, g->columns, 1, g->channels, c, x->gradient + b * x->row);
    }
    add_place_slopes(w, b, 1);
}

/* ---- write -------------------------------------------------------------------------------------------------------- */

static void write_lane(const ur_grid_work *w, size_t b)
{
    const ur_grid *g = &w->t->grid;
    const matrix down = padded(rows_filter(w->t, b), g->rows), across = padded(columns_filter(w->t, b), g->columns);
    const real *x = w->t->x->value + b * w->t->x->row;
    fill_lane(w, b);
    for (size_t c = 0; c < g->channels; c++) {
        multiply(w, channel_of(x, g->side, g->channels, c), across, g->side, g->side, g->columns, w->first, false);
        multiply(w, turned(down), padded(w->first, g->columns), g->rows, g->side, g->columns, w->second, false);
        add_scaled(w->second, g->rows, g->columns, 1 / strength_of(w->t, b), g->channels, c,
                   w->t->y->value + b * w->t->y->row);
    }
}

/* G = dy/γ, T = W F_X:  dT = F_Y G;  dW += dT F_Xᵀ;  dF_X += Wᵀ dT;  dF_Y += T Gᵀ. */
static void write_lane_back(const ur_grid_work *w, size_t b)
{
    const ur_grid *g = &w->t->grid;
    const matrix down = padded(rows_filter(w->t, b), g->rows), across = padded(columns_filter(w->t, b), g->columns);
    ur_tensor *x = w->t->x;
    real *d_down = w->d_filters, *d_across = d_down + g->side * ur_padded(g->rows);
    const real strength = 1 / strength_of(w->t, b);
    for (size_t c = 0; c < g->channels; c++) {
        const matrix patch = channel_of(x->value + b * x->row, g->side, g->channels, c);
        const matrix slope = padded(w->second, g->columns), seen = padded(w->first, g->columns);
        take_scaled(w->t->y->gradient + b * w->t->y->row, g->rows, g->columns, strength, g->channels, c, w->second);
        multiply(w, patch, across, g->side, g->side, g->columns, w->first, false);
        multiply(w, seen, turned(slope), g->side, g->columns, g->rows, d_down, c > 0);
        multiply(w, down, slope, g->side, g->rows, g->columns, w->first, false);
        multiply(w, turned(patch), seen, g->side, g->side, g->columns, d_across, c > 0);
        if (!x->gradient) continue;
        multiply(w, seen, turned(across), g->side, g->columns, g->side, w->second, false);
        add_scaled(w->second, g->side, g->side, 1, g->channels, c, x->gradient + b * x->row);
    }
    add_place_slopes(w, b, -1);
}

/* ---- operations --------------------------------------------------------------------------------------------------- */

static void go_back(ur_tape *tape, const ur_grid_trace *t, ur_grid_lane *lane)
{
    if (!t->y->gradient) return;
    ur_gradient(tape, t->place);
    ur_gradient(tape, t->x);
    if (tape->status == UR_OK) run_lanes(tape, t, lane);
}

static void read_back(ur_tape *tape, void *trace) { go_back(tape, trace, read_lane_back); }
static void write_back(ur_tape *tape, void *trace) { go_back(tape, trace, write_lane_back); }

static ur_tensor *run(ur_tape *tape, ur_grid_trace t, size_t width, ur_grid_lane *lane, ur_backward *back)
{
    if (!t.place || !t.x) return NULL;
    t.y = ur_tensor_make(tape, 1, t.x->lanes, width);
    t.filters = t.y ? ur_tape_alloc(tape, t.y->lanes * ur_grid_filters_size(&t.grid), sizeof(real)) : NULL;
    if (!t.filters) return NULL;
    run_lanes(tape, &t, lane);
    ur_grid_trace *kept = ur_tape_record(tape, back, sizeof *kept);
    if (kept) *kept = t;
    return tape->status == UR_OK ? t.y : NULL;
}

ur_tensor *ur_grid_read(ur_tape *tape, const ur_grid *grid, ur_tensor *place, ur_tensor *picture)
{
    return run(tape, (ur_grid_trace){.grid = *grid, .place = place, .x = picture},
               grid->side * grid->side * grid->channels, read_lane, read_back);
}

ur_tensor *ur_grid_write(ur_tape *tape, const ur_grid *grid, ur_tensor *place, ur_tensor *patch)
{
    return run(tape, (ur_grid_trace){.grid = *grid, .place = place, .x = patch},
               grid->rows * grid->columns * grid->channels, write_lane, write_back);
}
