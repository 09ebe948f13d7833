/*
 * pool N: the largest of each N x N places of a picture, for each channel by itself: (rows, columns, channels) →
 * (⌊rows/N⌋, ⌊columns/N⌋, channels), as PyTorch's MaxPool2d(N). Rows and columns that do not fill a square are left
 * out. The gradient goes to the first place that has the largest number. A NaN wins, so that it shows.
 */
#include "layer/kind.h"

#include <string.h>

static ur_status resolve_pool(ur_layer *l, const ur_layer_sizes *sizes, ur_error *error)
{
    size_t side = l->spec.side;
    UR_TRY(ur_resolve_picture(l, sizes, error));
    l->picture = (ur_picture){l->seen.rows / side, l->seen.columns / side, l->seen.channels};
    l->width = ur_picture_numbers(l->picture);
    if (l->width) return UR_OK;
    return ur_fail(error, UR_ERR_USAGE,
                   "network line, column %zu: \"pool %zu\" of a picture of %zu x %zu leaves nothing", l->spec.column,
                   side, l->seen.rows, l->seen.columns);
}

/* The work on `count` padded rows of x. at: (count, row of y), the index in the picture of each number that was taken,
 * or NULL. */
typedef struct ur_pooling_job {
    const ur_layer *layer;
    const real *x;
    real *y;
    uint32_t *at;
    size_t count;
} ur_pooling_job;

/* Also if a is NaN and `than` is a number. */
static bool is_larger(real a, real than) { return !(a <= than) & !isnan(than); }

/* The largest of a square. Its first place begins at number `first` of the picture. */
static void find_largest(const ur_layer *l, const real *x, size_t first, real *y, uint32_t *at)
{
    size_t channels = l->picture.channels, row = l->seen.columns * channels, side = l->spec.side;
    memcpy(y, x + first, channels * sizeof *y);
    for (size_t k = 0; at && k < channels; k++) at[k] = (uint32_t)(first + k);
    for (size_t i = 1; i < side * side; i++) {
        size_t place = first + i / side * row + i % side * channels;
        /* Without branches, because which number is larger cannot be predicted. */
        for (size_t k = 0; at && k < channels; k++)
            at[k] = is_larger(x[place + k], y[k]) ? (uint32_t)(place + k) : at[k];
        for (size_t k = 0; k < channels; k++) y[k] = is_larger(x[place + k], y[k]) ? x[place + k] : y[k];
    }
}

static void pool_picture(const ur_layer *l, const real *x, real *y, uint32_t *at)
{
    size_t channels = l->picture.channels, row = l->seen.columns * channels, side = l->spec.side;
    for (size_t r = 0; r < l->picture.rows; r++)
        for (size_t c = 0; c < l->picture.columns; c++) {
            size_t to = (r * l->picture.columns + c) * channels;
            find_largest(l, x, r * side * row + c * side * channels, y + to, at ? at + to : NULL);
        }
    memset(y + l->width, 0, (ur_padded(l->width) - l->width) * sizeof *y);
}

static void pool_pictures(void *context, size_t member, size_t members)
{
    const ur_pooling_job *j = context;
    size_t i, end, x_row = ur_padded(j->layer->inputs), y_row = ur_padded(j->layer->width);
    ur_pool_share(j->count, 1, member, members, &i, &end);
    for (; i < end; i++) pool_picture(j->layer, j->x + i * x_row, j->y + i * y_row, j->at ? j->at + i * y_row : NULL);
}

static void step_pool(ur_stepping *w, const ur_layer *l)
{
    ur_pooling_job job = {.layer = l, .x = w->x, .count = w->lanes};
    job.y = ur_step_make(w);
    ur_pool_run(w->compute.pool, pool_pictures, &job);
}

typedef struct ur_pooling_trace {
    ur_tensor *x, *y;
    const uint32_t *at;
} ur_pooling_trace;

static void backward(ur_tape *tape, void *trace)
{
    const ur_pooling_trace *t = trace;
    real *dx = t->y->gradient ? ur_gradient(tape, t->x) : NULL;
    for (size_t i = 0; dx && i < t->x->steps * t->x->lanes; i++)
        for (size_t k = 0; k < t->y->width; k++)
            dx[i * t->x->row + t->at[i * t->y->row + k]] += t->y->gradient[i * t->y->row + k];
}

static ur_tensor *run_pool(ur_running *r, const ur_layer *l, ur_tensor *x)
{
    ur_tensor *y = x ? ur_tensor_make(r->tape, x->steps, x->lanes, l->width) : NULL;
    uint32_t *at = y && r->tape->recording ? ur_tape_alloc(r->tape, x->steps * x->lanes * y->row, sizeof *at) : NULL;
    if (!y || (r->tape->recording && !at)) return NULL;
    ur_pooling_job job = {l, x->value, y->value, at, x->steps * x->lanes};
    ur_pool_run(r->tape->compute->pool, pool_pictures, &job);
    ur_pooling_trace *trace = ur_tape_record(r->tape, backward, sizeof *trace);
    if (trace) *trace = (ur_pooling_trace){x, y, at};
    return y;
}

const ur_layer_kind ur_layer_pool = {.word = "pool",
                                     .least = 1,
                                     .most = 1,
                                     .number = {UR_NUMBER_SIDE},
                                     .wants = "the side of a square",
                                     .example = "2",
                                     .sees = true,
                                     .resolve = resolve_pool,
                                     .step = step_pool};
const ur_layer_run ur_layer_run_pool = {.run = run_pool};
