/* onehot: turns ids into rows of zeros and a single one. Before a cell no rows are made: the cell reads the ids. */
#include "layer/kind.h"

#include <string.h>

static ur_status resolve_onehot(ur_layer *l, const ur_layer_sizes *sizes, ur_error *error)
{
    (void)sizes, (void)error;
    l->width = l->inputs;
    l->as_ids = l->behind && l->behind->spec.kind->picks && !l->behind->fed;
    return UR_OK;
}

/* Writes `count` padded rows. */
static void write_rows(const ur_layer *l, const int32_t *ids, size_t count, real *to)
{
    size_t row = ur_padded(l->width);
    memset(to, 0, count * row * sizeof(real));
    for (size_t i = 0; i < count; i++) to[i * row + (size_t)ids[i]] = 1;
}

static void step_onehot(ur_stepping *w, const ur_layer *l)
{
    if (!l->as_ids) write_rows(l, w->ids, w->lanes, ur_step_make(w));
}

static ur_tensor *run_onehot(ur_running *r, const ur_layer *l, ur_tensor *x)
{
    (void)x;
    ur_tensor *y = l->as_ids ? NULL : ur_tensor_make(r->tape, r->steps, r->lanes, l->width);
    if (!y) return NULL;
    write_rows(l, r->ids, r->steps * r->lanes, y->value);
    y->wanted = false;
    return y;
}

const ur_layer_kind ur_layer_onehot = {.word = "onehot",
                                       .most = 1,
                                       .number = {UR_NUMBER_SYMBOLS},
                                       .reads_ids = true,
                                       .resolve = resolve_onehot,
                                       .step = step_onehot};
const ur_layer_run ur_layer_run_onehot = {.run = run_onehot};
