/*
 * The model: a network line made real. Layers with their sizes, one block of parameters with named views, and their
 * packed copies. Read-only while it is stepped; the learner writes parameters and packs them again.
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
    size_t first, count;       /* layers */
    size_t symbols, features;  /* one of them is 0; both, where the line begins with what another one gives */
    size_t width;              /* of what it gives */
    bool last;                 /* gives one step a lane */
    size_t places;             /* takes one step a lane, a picture, and makes so many of it; 0: it does not */
    ur_sizes given;            /* its own, as the caller told them */
    ur_vocabulary *vocabulary; /* NULL: none; the last line's is the model's */
} ur_line;

struct json_t;

struct ur_model {
    const ur_kernels *kernels;
    char net[UR_LINE_TEXT_MAX];
    ur_net_spec spec;
    ur_sizes sizes; /* of all lines */
    ur_line lines[UR_LINES_MAX];
    size_t line_count;
    ur_layer *layers;
    size_t layer_count;
    ur_param *params;
    size_t param_count, numbers; /* parameters, and how many numbers they are */
    size_t state_count;          /* arrays of a ur_state */
    real *values, *gradients;    /* blocks of `numbers`; gradients NULL where nothing is trained */
    real *packed;
    bool training;             /* packed has the backward parts */
    ur_weights weights;        /* what the matrices' values are rounded to and packed as */
    ur_vocabulary *vocabulary; /* NULL: none */
    char task[32];
    struct json_t *record; /* what the file says beside the weights; NULL: nothing yet */
};

/* Layers, sizes and parameters of a line; values are there but not set. */
ur_status ur_model_build(ur_model **model, const char *net, const ur_sizes *sizes, const char *isa, ur_error *error);
/* The same, refusing (UR_ERR_FORMAT) a network of more than `most` numbers before it takes memory for them. */
ur_status ur_model_build_within(ur_model **model, const char *net, const ur_sizes *sizes, size_t most, const char *isa,
                                ur_error *error);
/* First values (see ur_model_create). */
void ur_model_initialize(ur_model *model, uint64_t seed, double init_scale);
/* First biases of the gates that keep (see ur_model_remember); false: there are none. */
bool ur_model_bias_gates(ur_model *model, double steps, uint64_t seed);
/* The biases b_ih (H) of a layer's gate of that role; NULL: the cell has no such gate, or no biases. */
real *ur_gate_bias(const ur_model *model, const ur_layer *layer, ur_gate_role role);
/* Memory for packed weights, and for gradients where `training`; then packs. */
ur_status ur_model_prepare(ur_model *model, bool training, ur_error *error);
/* What gradients need: their memory, the cells' backward halves, packing for both directions. UR_ERR_USAGE with small
 * weights. */
ur_status ur_model_prepare_training(ur_model *model, ur_error *error);
/* Rounds small weights, then packs; on the threads of a pool, NULL: on the caller's alone. */
void ur_model_pack(ur_model *model, ur_pool *pool);
/* Values of matrices to what model->weights can be (weights.c). */
void ur_model_round(ur_model *model);
/* Of a model whose values are not there yet; UR_ERR_UNSUPPORTED for int8 in a layer that is too wide. */
ur_status ur_model_set_weights(ur_model *model, ur_weights weights, ur_error *error);
const char *ur_weights_name(ur_weights weights);
/* UR_ERR_UNSUPPORTED where a layer needs the whole sequence. */
ur_status ur_check_streams(const ur_model *model, ur_error *error);
/* A language model: one line that reads ids and gives a number for each of them at every step. */
bool ur_predicts_tokens(const ur_model *model);
const ur_param *ur_model_find(const ur_model *model, const char *name); /* NULL: none */

#endif
