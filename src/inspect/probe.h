/* The probe: a run of the network whose recurrent windows stay in the arena. For those who look deeper than the public
 * functions let them. */
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
    ur_state *carried;  /* where the lanes of the last run ended; NULL before the first */
    uint64_t steps;     /* that led there */
    ur_probing probing; /* what the recurrent layers of the last run left */
    ur_tensor *output;  /* of the last run; NULL: none */
};

/* The layer of the model that is its recurrent layer number `layer`; NULL if there is none. */
const ur_layer *ur_probe_layer_of(const ur_model *model, size_t layer);
/* As ur_model_prepare_training, also after a learner, which may have left a wide last layer without packed weights. */
ur_status ur_probe_prepare_gradients(ur_model *model, ur_error *error);
/* Opens the text, and finds the part of it that is to be read: its first token, and how many it has. UR_ERR_USAGE for a model
 * that is no language model, and for shares that cannot be. *corpus is the caller's to close, also after a failure. */
ur_status ur_reading_open(ur_corpus **corpus, uint64_t *begin, uint64_t *tokens, const ur_model *model,
                          const ur_reading *how, ur_error *error);
/* A run begins: the tape leaves in the probe what its recurrent layers see. */
void ur_probe_begin(ur_probe *probe, ur_tape *tape);
/* The window in which a layer ran the step, and which of its steps that is: a line that is fed what it gave runs step by step.
 * NULL: it has not run so far. */
const ur_window *ur_probe_window(const ur_probing *seen, const ur_layer *layer, size_t *step);
/* The gates' names of a layer's cell. */
const ur_gate_name *ur_probe_gates(const ur_model *model, const ur_layer *layer);

#endif
