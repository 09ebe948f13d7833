/* One cell by hand (section 7 of unroll_train.h): a window of one step, whose tape is kept between the forward and the
 * backward call. */
#include "base/float_mode.h"
#include "model/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ur_hand {
    ur_model *model; /* the network line "CELL H" */
    ur_arena arena;
    ur_compute compute;
    ur_tape tape;
    size_t lanes;
    ur_tensor *x, *y, *before[UR_STATES_MAX], *after[UR_STATES_MAX];
};

static ur_layer *layer_of(const ur_hand *hand) { return &hand->model->layers[0]; }

void ur_hand_free(ur_hand *hand)
{
    if (!hand) return;
    ur_model_free(hand->model);
    ur_arena_free(&hand->arena);
    free(hand);
}

static ur_status create(ur_hand *hand, const char *cell, size_t inputs, size_t hidden, uint64_t seed, ur_error *error)
{
    char net[UR_NAME_MAX + 32];
    if (!inputs || !hidden || !hand->lanes)
        return ur_fail(error, UR_ERR_USAGE, "a cell needs at least one input, one unit and one lane");
    if (!ur_cell_find(cell, 0)) return ur_cell_missing(cell, error);
    snprintf(net, sizeof net, "%s %zu", cell, hidden);
    ur_sizes sizes = {.features = inputs};
    UR_TRY(ur_model_create(&hand->model, net, &sizes, seed, 0, NULL, error));
    hand->compute = (ur_compute){hand->model->kernels, ur_train_kernels_of(hand->model->kernels), NULL};
    return ur_model_prepare_training(hand->model, error);
}

ur_status ur_hand_create(ur_hand **hand, const char *cell, size_t inputs, size_t hidden, size_t lanes, uint64_t seed,
                         ur_error *error)
{
    ur_hand *h = *hand = calloc(1, sizeof *h);
    if (!h) return ur_fail_memory(error, "a cell");
    h->lanes = lanes;
    ur_arena_init(&h->arena);
    ur_status status = create(h, cell, inputs, hidden, seed, error);
    if (status == UR_OK) return UR_OK;
    ur_hand_free(h);
    *hand = NULL;
    return status;
}

void ur_hand_zero(ur_hand *hand) { memset(hand->model->gradients, 0, hand->model->numbers * sizeof(real)); }

ur_parameter ur_hand_parameter(ur_hand *hand, size_t which)
{
    ur_parameter parameter = {0};
    ur_model_parameter(hand->model, which, &parameter);
    return parameter;
}

static void copy_out(const real *padded, real *dense, size_t rows, size_t width)
{
    for (size_t r = 0; dense && padded && r < rows; r++)
        memcpy(dense + r * width, padded + r * ur_padded(width), width * sizeof(real));
    if (dense && !padded) memset(dense, 0, rows * width * sizeof(real));
}

static ur_status forward(ur_hand *hand, const ur_real *x, const ur_real *h_prev, const ur_real *c_prev, ur_real *h_next,
                         ur_real *c_next, ur_error *error)
{
    const ur_layer *l = layer_of(hand);
    const ur_real *given[UR_STATES_MAX] = {h_prev, c_prev};
    ur_real *taken[UR_STATES_MAX] = {h_next, c_next};
    size_t states = l->recurrent.cell->states;
    ur_model_pack(hand->model, NULL);
    ur_arena_reset(&hand->arena);
    ur_tape_begin(&hand->tape, &hand->compute, &hand->arena, true);
    hand->x = ur_tensor_from(&hand->tape, x, 1, hand->lanes, l->inputs, true);
    for (size_t s = 0; s < states; s++)
        hand->before[s] = given[s] ? ur_tensor_from(&hand->tape, given[s], 1, hand->lanes, l->width, true) : NULL;
    hand->y = ur_recurrent_layer(&hand->tape, &l->recurrent, &l->params, hand->x, NULL, 1, hand->lanes, hand->before,
                                 NULL, hand->after);
    UR_TRY(ur_tape_status(&hand->tape, error));
    for (size_t s = 0; s < states; s++) copy_out(hand->after[s]->value, taken[s], hand->lanes, l->width);
    return UR_OK;
}

/* Copies a dense gradient into a tensor's gradient. */
static void put_gradient(ur_tape *tape, ur_tensor *t, const ur_real *dense)
{
    real *gradient = dense ? ur_gradient(tape, t) : NULL;
    for (size_t r = 0; gradient && r < t->lanes; r++)
        memcpy(gradient + r * t->row, dense + r * t->width, t->width * sizeof(real));
}

static ur_status backward(ur_hand *hand, const ur_real *dh_next, const ur_real *dc_next, ur_real *dx, ur_real *dh_prev,
                          ur_real *dc_prev, ur_error *error)
{
    const ur_layer *l = layer_of(hand);
    const ur_real *given[UR_STATES_MAX] = {dh_next, dc_next};
    ur_real *taken[UR_STATES_MAX] = {dh_prev, dc_prev};
    if (!hand->tape.last) return ur_fail(error, UR_ERR_USAGE, "ur_hand_backward needs a ur_hand_forward before it");
    size_t states = l->recurrent.cell->states;
    for (size_t s = 0; s < states; s++) put_gradient(&hand->tape, hand->after[s], given[s]);
    UR_TRY(ur_tape_backward(&hand->tape, error));
    copy_out(hand->x->gradient, dx, hand->lanes, l->inputs);
    for (size_t s = 0; s < states; s++)
        if (hand->before[s]) copy_out(hand->before[s]->gradient, taken[s], hand->lanes, l->width);
    return UR_OK;
}

ur_status ur_hand_forward(ur_hand *hand, const ur_real *x, const ur_real *h_prev, const ur_real *c_prev,
                          ur_real *h_next, ur_real *c_next, ur_error *error)
{
    ur_float_mode mode = ur_float_mode_enter();
    ur_status status = forward(hand, x, h_prev, c_prev, h_next, c_next, error);
    ur_float_mode_leave(mode);
    return status;
}

ur_status ur_hand_backward(ur_hand *hand, const ur_real *dh_next, const ur_real *dc_next, ur_real *dx, ur_real *dh_prev,
                           ur_real *dc_prev, ur_error *error)
{
    ur_float_mode mode = ur_float_mode_enter();
    ur_status status = backward(hand, dh_next, dc_next, dx, dh_prev, dc_prev, error);
    ur_float_mode_leave(mode);
    return status;
}
