/*
 * The model that a network line describes: layers with their sizes, one block of parameters with named views, and their
 * packed copies. A model is not changed while it is stepped. The learner writes parameters and packs them again.
 */
#ifndef UR_MODEL_MODEL_H
#define UR_MODEL_MODEL_H

#include "data/vocabulary.h"
#include "layer/layers.h"
#include "layer/recurrent.h"
#include "net/line.h"
#include "unroll_train.h"

enum { UR_FILE_VERSION = 1 };

typedef struct ur_line {
    size_t first, count;      /* its layers */
    size_t symbols, features; /* of its input; one is 0, or both if another line's output enters */
    size_t width;             /* of its output */
    bool last;                /* leaves one step in each lane */
    /* Takes one step in each lane, a picture, and makes this many steps from it; else 0. */
    size_t places;
    ur_sizes given;            /* its own sizes, as the caller gave them */
    ur_vocabulary *vocabulary; /* or NULL; that of the last line is the model's */
} ur_line;

struct json_t;

struct ur_model {
    const ur_kernels *kernels;
    char net[UR_LINE_TEXT_MAX];
    ur_net_spec spec;
    ur_sizes sizes; /* given for all lines */
    ur_line lines[UR_LINES_MAX];
    size_t line_count;
    ur_layer *layers;
    size_t layer_count;
    ur_param *params;
    size_t param_count, numbers; /* number of parameters, and of their numbers */
    size_t state_count;          /* number of arrays in a ur_state */
    real *values, *gradients;    /* blocks of `numbers`; gradients is NULL without training */
    real *packed;
    bool training;             /* packed includes the backward parts */
    ur_weights weights;        /* how the values of the matrices are rounded and packed */
    ur_vocabulary *vocabulary; /* or NULL */
    char task[32];
    /* The part of the file's record that is not the model's own; NULL if there is none yet. */
    struct json_t *record;
};

/* Builds layers, sizes and parameters of a network line. Values are allocated but not set. */
ur_status ur_model_build(ur_model **model, const char *net, const ur_sizes *sizes, const char *isa, ur_error *error);
/* The same, but refuses (UR_ERR_FORMAT) a network of more than `most` numbers before it allocates memory for them. */
ur_status ur_model_build_within(ur_model **model, const char *net, const ur_sizes *sizes, size_t most, const char *isa,
                                ur_error *error);
/* Sets initial values (see ur_model_create). */
void ur_model_initialize(ur_model *model, uint64_t seed, double init_scale);
/* Sets initial biases of the gates that keep the state (see ur_model_remember). False if there are none. */
bool ur_model_bias_gates(ur_model *model, double steps, uint64_t seed);
/* The biases b_ih (H) of a layer's gate of that role. NULL if the cell has no such gate or no biases. */
real *ur_gate_bias(const ur_model *model, const ur_layer *layer, ur_gate_role role);
/* Allocates the packed weights, with their backward parts if `training`, and packs them. */
ur_status ur_model_prepare(ur_model *model, bool training, ur_error *error);
/* Prepares everything that gradients need: their memory, the backward halves of the cells, packing for both directions.
 * UR_ERR_USAGE with small weights. */
ur_status ur_model_prepare_training(ur_model *model, ur_error *error);
/* Rounds small weights, then packs, on the threads of a pool or, if `pool` is NULL, on the calling thread. */
void ur_model_pack(ur_model *model, ur_pool *pool);
/* Rounds the values of matrices to model->weights (weights.c). */
void ur_model_round(ur_model *model);
/* For a model whose values have not been set yet. UR_ERR_UNSUPPORTED for int8 if a layer is too wide. */
ur_status ur_model_set_weights(ur_model *model, ur_weights weights, ur_error *error);
const char *ur_weights_name(ur_weights weights);
/* UR_ERR_UNSUPPORTED if a layer needs the whole sequence. */
ur_status ur_check_streams(const ur_model *model, ur_error *error);
/* Whether the model is a language model: one line that reads ids and at every step outputs a number for each symbol. */
bool ur_predicts_tokens(const ur_model *model);
/* The line that reads the model's tokens: the last line that reads ids. Lines after it only produce outputs. It is the first
 * line if none reads ids. */
const ur_line *ur_token_line(const ur_model *model);
const ur_param *ur_model_find(const ur_model *model, const char *name); /* NULL if there is none */

#endif
