/* dense as a kind of layer. */
#include "layer/kind.h"

#include <stdio.h>

static ur_status resolve_dense(ur_layer *l, const ur_layer_sizes *sizes, ur_error *error)
{
    (void)error;
    l->width = l->spec.width ? l->spec.width : sizes->outputs;
    l->depth = l->inputs;
    return UR_OK;
}

/* A tied layer has as many outputs as the embedding has symbols, and as many inputs as the embedding is wide. */
static ur_status check_tied(const ur_naming *n, const ur_layer *l)
{
    if (!l->spec.tied) return UR_OK;
    if (n->embed && n->embed->shape[0] == l->width && n->embed->shape[1] == l->inputs) return UR_OK;
    return ur_fail(n->error, UR_ERR_USAGE,
                   "network line, column %zu: tied needs an embedding of %zu symbols and width %zu in the same line",
                   l->spec.column, l->width, l->inputs);
}

/* The dense layer that ends a line is named out; others are dense, dense2 and so on. */
static ur_status name_dense(ur_naming *n, ur_layer *l)
{
    char owner[24] = "out";
    double spread = 1 / sqrt((double)l->inputs);
    UR_TRY(check_tied(n, l));
    bool inside = !ur_gives_outputs(l);
    if (inside) n->denses++;
    if (inside && n->denses == 1) snprintf(owner, sizeof owner, "dense");
    if (inside && n->denses > 1) snprintf(owner, sizeof owner, "dense%d", n->denses);
    const ur_param *weight = l->spec.tied ? n->embed : ur_name_param(n, owner, "weight", l->width, l->inputs, spread);
    const ur_param *bias = weight && !l->spec.nobias ? ur_name_param(n, owner, "bias", l->width, 0, spread) : NULL;
    if (!weight || (!l->spec.nobias && !bias)) return UR_ERR_USAGE;
    l->dense = (ur_dense){
        .inputs = l->inputs, .outputs = l->width, .activation = l->spec.activation, .weight = weight, .bias = bias};
    return UR_OK;
}

static size_t place_dense(ur_layer *l, real *memory, const ur_packing *p)
{
    l->dense.weights = p->weights;
    if (memory) ur_dense_place(&l->dense, memory, p->training);
    return ur_dense_packed_size(&l->dense, p->training);
}

static void pack_dense(ur_layer *l, bool training, ur_turn *turn)
{
    (void)training;
    ur_dense_pack(&l->dense, turn);
}

static void step_dense(ur_stepping *w, const ur_layer *l)
{
    const real *x = w->x;
    ur_dense_forward(&l->dense, &w->compute, x, ur_step_make(w), w->lanes, false);
}

static ur_tensor *run_dense(ur_running *r, const ur_layer *l, ur_tensor *x)
{
    if (!r->logits || l->behind || l->dense.activation != UR_SIGMOID)
        return ur_dense_live_layer(r->tape, &l->dense, x, ur_live_places(r));
    ur_dense *linear = ur_tape_alloc(r->tape, 1, sizeof *linear);
    if (!linear) return NULL;
    *linear = l->dense;
    linear->activation = UR_LINEAR;
    return ur_dense_live_layer(r->tape, linear, x, ur_live_places(r));
}

const ur_layer_kind ur_layer_dense = {.word = "dense",
                                      .most = 1,
                                      .number = {UR_NUMBER_WIDTH},
                                      .options = UR_TAKES_ACTIVATION | UR_TAKES_NOBIAS | UR_TAKES_TIED | UR_TAKES_TIMES,
                                      .resolve = resolve_dense,
                                      .name = name_dense,
                                      .place = place_dense,
                                      .pack = pack_dense,
                                      .step = step_dense};
const ur_layer_run ur_layer_run_dense = {.run = run_dense};
