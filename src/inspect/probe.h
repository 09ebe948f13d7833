/* The probe: a run of the network whose recurrent windows stay in the arena. For code that needs more than the public
 * functions give. */
#ifndef UR_INSPECT_PROBE_H
#define UR_INSPECT_PROBE_H

#include "data/corpus.h"
#include "model/network.h"
#include "unroll_inspect.h"

struct ur_probe {
    const ur_model *model;
    ur_compute compute;
    ur_pool *pool;
    ur_arena arena;
    ur_state *carried;  /* states at the end of the last run; NULL before the first */
    uint64_t steps;     /* number of steps that led there */
    ur_probing probing; /* windows of the recurrent layers in the last run */
    ur_tensor *output;  /* output of the last run, or NULL */
};

/* The model's layer that is recurrent layer number `layer`, or NULL. */
const ur_layer *ur_probe_layer_of(const ur_model *model, size_t layer);
/* Does what ur_model_prepare_training does, also after a learner, which may have left a wide last layer without packed
 * weights. */
ur_status ur_probe_prepare_gradients(ur_model *model, ur_error *error);
/* Opens the text and finds the part to read: its first token and its number of tokens. UR_ERR_USAGE if the model is no
 * language model or the shares are not possible. The caller closes *corpus, also after a failure. */
ur_status ur_reading_open(ur_corpus **corpus, uint64_t *begin, uint64_t *tokens, const ur_model *model,
                          const ur_reading *how, ur_error *error);
/* Begins a run: the tape then leaves the windows of the recurrent layers in the probe. */
void ur_probe_begin(ur_probe *probe, ur_tape *tape);
/* The window in which a layer ran step *step; *step becomes the index within that window. A line that is fed its own
 * outputs runs step by step, so it has several windows. NULL if the layer has not run that step. */
const ur_window *ur_probe_window(const ur_probing *seen, const ur_layer *layer, size_t *step);
/* The names of the gates of a layer's cell. */
const ur_gate_name *ur_probe_gates(const ur_model *model, const ur_layer *layer);

#endif
