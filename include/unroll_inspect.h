/*
 * unroll_inspect.h: look inside a network while it reads. What runs networks is in unroll.h, what trains them in
 * unroll_train.h.
 *
 * In the order in which a reader needs it: 1 the probe, 2 gates, 4 the gradient.
 *
 * Errors, shapes and ownership as in unroll.h. An object here is used by one thread at a time; it may use several
 * threads inside. Equal models and texts give equal bits, whatever the number of threads and the machine.
 */
#ifndef UNROLL_INSPECT_H
#define UNROLL_INSPECT_H

#include "unroll_train.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- 1. The probe: every gate and state of every cell at every step ------------------------------------------------- */

/* What a layer shows: a gate between 0 (shut) and 1 (open), another value that the gates work on, or a state. */
typedef enum ur_signal_kind { UR_SIGNAL_GATE, UR_SIGNAL_VALUE, UR_SIGNAL_STATE } ur_signal_kind;

typedef struct ur_signal {
    const char
        *name; /* of the equations (docs/cells.md): "i" "f" "g" "o" "c" "h" of an LSTM, "r" "z" "n" "h" of a GRU */
    ur_signal_kind kind;
} ur_signal;

/* Recurrent layers of the network, in the order of its line; 0: it has none. */
UR_API size_t ur_probe_layers(const ur_model *model);
/* Units (H) and the cell's name of a layer, each may be NULL; false: there is no such layer. */
UR_API bool ur_probe_layer(const ur_model *model, size_t layer, size_t *units, const char **cell);
/* Signal i of a layer: its gates, then c where the cell has one, then h; false behind the last. */
UR_API bool ur_probe_signal(const ur_model *model, size_t layer, size_t i, ur_signal *signal);
/* The signal of that name; SIZE_MAX if the layer has none. */
UR_API size_t ur_probe_find(const ur_model *model, size_t layer, const char *name);

typedef struct ur_probe ur_probe;

/* A forward pass whose inner numbers can be read. The model stays the caller's and must outlive the probe. Threads 0: as
 * many as the machine has cores, at most 16. */
UR_API ur_status ur_probe_create(ur_probe **probe, const ur_model *model, size_t threads, ur_error *error);
UR_API void ur_probe_free(ur_probe *probe); /* NULL is allowed */

/* Runs the batch's inputs (targets are not used), dropout off; `carry` as in ur_batch. What can be read afterwards holds
 * until the next run. */
UR_API ur_status ur_probe_run(ur_probe *probe, const ur_batch *batch, ur_error *error);
/* A signal of all units of a layer at a step of a lane: `out` takes H numbers. Behind a lane's end the states stay and
 * gates mean nothing. All places must be there. */
UR_API void ur_probe_read(const ur_probe *probe, size_t layer, size_t signal, size_t step, size_t lane, ur_real *out);
/* What the network gave there: `outputs` numbers. Behind `last` only step 0 is there. */
UR_API const ur_real *ur_probe_output(const ur_probe *probe, size_t step, size_t lane);

/* Holds a unit of a layer in the runs that follow: its states, h and then c, are `values` at every step whatever the gates
 * say. One unit at a time; values NULL lets it go. UR_ERR_USAGE: there is no such unit. */
UR_API ur_status ur_probe_hold(ur_probe *probe, size_t layer, size_t unit, const ur_real *values, ur_error *error);

/* A text that a language model reads. It is cut into `lanes` pieces of equal length that are read side by side, each from
 * a zero state; up to lanes − 1 units at the end are left out. */
typedef struct ur_reading {
    const char *const *paths;
    size_t path_count;
    double begin, end;    /* the part of the text, as shares; both 0: all of it */
    bool replace_invalid; /* invalid UTF-8 reads as U+FFFD */
    size_t lanes, window; /* pieces, and steps between two visits; 0: up to 32, up to 128 */
    size_t threads;
} ur_reading;

/* Some steps of the text that the probe has just run: (T, B). */
typedef struct ur_passage {
    size_t steps, lanes;
    const int32_t *ids, *next; /* what is read, and what follows it: −1 at the end of a piece */
    uint64_t step;             /* of each piece, that comes first here */
    uint64_t piece;            /* units of a piece: lane b reads [begin + b·piece, begin + (b + 1)·piece) */
    uint64_t begin;            /* unit of the text that lane 0 begins with */
} ur_passage;

/* Called for one passage after another. A failure ends the reading and is returned. */
typedef ur_status ur_visit(void *context, ur_probe *probe, const ur_passage *passage, ur_error *error);

/* UR_ERR_USAGE for a model that is no language model, UR_ERR_DATA for a text of fewer than 2 units. */
UR_API ur_status ur_probe_text(const ur_model *model, const ur_reading *reading, ur_visit *visit, void *context,
                               ur_error *error);

/* ---- 2. Gates: how much they are open and shut ----------------------------------------------------------------------- */

/* A signal of one unit over all steps of a text. */
typedef struct ur_unit_use {
    double mean, deviation, least, most;
    double open, shut; /* share of the steps in which it was above 0.9, below 0.1 (Karpathy et al. 2015: right and left
                          saturated) */
} ur_unit_use;

typedef struct ur_gate_table ur_gate_table;

UR_API ur_status ur_gate_table_create(ur_gate_table **gates, const ur_model *model, const ur_reading *reading,
                                      ur_error *error);
UR_API void ur_gate_table_free(ur_gate_table *gates); /* NULL is allowed */
UR_API uint64_t ur_gate_table_steps(const ur_gate_table *gates);
/* Layer, signal and unit as the probe numbers them; false: there is no such unit. */
UR_API bool ur_gate_table_unit(const ur_gate_table *gates, size_t layer, size_t signal, size_t unit, ur_unit_use *use);

/* ---- 4. The gradient: how far back it lives ------------------------------------------------------------------------ */

/* Zero: chosen. */
typedef struct ur_flow_settings {
    size_t steps;   /* K: how far back; 200 */
    size_t warm;    /* steps read before those; of a text 100, or as many as there are, of ids none */
    size_t places;  /* of a text at which a loss is followed back; 64 */
    size_t threads; /* as many as the machine has cores, at most 16 */
    bool no_jacobian;
} ur_flow_settings;

/* What one recurrent layer shows. Arrays of K + 1 numbers, by k: natural logarithms, each the mean over the places where it
 * is finite, NaN where it is so nowhere. NULL: the cell has no such thing. loss_t is the loss of one prediction. */
typedef struct ur_flow_layer {
    const char *cell;
    size_t units, steps;
    const double *h;    /* ‖∂loss_t/∂h_{t−k}‖, by every way */
    const double *c;    /* ‖∂loss_t/∂c_{t−k}‖, by every way: the one through that step's own h too */
    const double *plus; /* ‖∂loss_t/∂c_t ∘ f_t ∘ … ∘ f_{t−k+1}‖: what of it came by the "+" of c alone */
    const double *slopes; /* of the step from t−k back: ‖da‖/‖∂(h, c)‖, what the gates' slopes (tanh′, σ′) leave … */
    const double *recurrent; /* … ‖W_hhᵀ da‖/‖da‖, and what W_hh makes of it */
    const double *kept; /* and what passes both by: ‖∂c∘f‖/‖∂c‖ of an LSTM, ‖∂h∘z‖/‖∂h‖ of a GRU */
    const double *jacobian; /* largest singular value of ∂(h, c)_t/∂(h, c)_{t−k}, the layer's input held, at the first
                                place; NULL also for a layer of more than 1024 states */
    const double *alive;     /* share of the places where ∂loss_t/∂h_{t−k} is not exactly 0 (no logarithm) */
    double h_moves, c_moves; /* mean of ‖h_t − h_{t−1}‖/‖h_t‖ and the same of c; NaN: no c */
} ur_flow_layer;

typedef struct ur_flow ur_flow;

/* For a network of one line that takes ids and gives logits of ids at every step, with at least one recurrent layer; else
 * UR_ERR_USAGE. The model stays the caller's, must outlive the flow and must not be used by others meanwhile: it is made
 * ready for training. */
UR_API ur_status ur_flow_create(ur_flow **flow, ur_model *model, const ur_flow_settings *settings, ur_error *error);
UR_API void ur_flow_free(ur_flow *flow); /* NULL is allowed */

/* Reads ids (warm + K + 1, B) from a zero state and follows the loss of predicting next[b] behind the last of them back in
 * every lane. May be called again: means are over all lanes of all calls. Of the settings only `places` is not used. */
UR_API ur_status ur_flow_ids(ur_flow *flow, const int32_t *ids, const int32_t *next, size_t lanes, ur_error *error);
/* The same at so many places of a text, evenly far apart. UR_ERR_DATA for one of fewer than K + 2 units. */
UR_API ur_status ur_flow_text(ur_flow *flow, const ur_reading *reading, ur_error *error);

/* Recurrent layer `layer`, valid until the next call; false: there is none, or nothing was read. */
UR_API bool ur_flow_layer_at(ur_flow *flow, size_t layer, ur_flow_layer *shown);
UR_API size_t ur_flow_places(const ur_flow *flow); /* all that were read */

/* The matrix W_hh of a layer, of which the lectures' rule speaks, or one gate's block of it. */
typedef struct ur_spectrum {
    const char *gate;       /* "" for the whole matrix, else the gate of the block */
    size_t count;           /* H */
    double largest;         /* singular value */
    const double *singular; /* all, from the largest; NULL without LAPACK */
    double radius;          /* largest size of an eigenvalue; NaN without LAPACK, or of a matrix that is not square */
} ur_spectrum;

typedef struct ur_spectra ur_spectra;

/* The whole spectrum needs LAPACK, which is looked for when this is called (liblapack.so.3; Debian: liblapack3). Without it
 * there is only the largest singular value. */
UR_API ur_status ur_spectra_create(ur_spectra **spectra, const ur_model *model, size_t layer, ur_error *error);
UR_API void ur_spectra_free(ur_spectra *spectra);
/* The whole matrix first, then, of a cell with several gates, each block; false behind the last. */
UR_API bool ur_spectrum_at(const ur_spectra *spectra, size_t i, ur_spectrum *spectrum);
UR_API bool ur_spectra_whole(const ur_spectra *spectra); /* LAPACK was there */

/* ---- 5. Saliency: what moved a prediction --------------------------------------------------------------------------- */

/* How much each of the `count` units read moved the logarithm of the probability of `target` behind the last of them:
 * (gradient of log p to the unit's input) times that input, Denil et al. 2014. Positive: it spoke for the target. `moved`
 * takes `count` numbers; *probability, that of the target, may be NULL. The model, a language model whose first cell reads
 * the units (onehot or embed right before it), gets ready for gradients and must not be in use by others meanwhile. */
UR_API ur_status ur_saliency(ur_model *model, const int32_t *ids, size_t count, int32_t target, ur_real *moved,
                             double *probability, ur_error *error);

#ifdef __cplusplus
}
#endif
#endif
