/*
 * What the lines of a network leave, and how they run on a tape: all of them over a batch, or one by one by a loop of the
 * caller's own. A loop of steps is plain C, and gradients go back through it.
 */
#ifndef UR_MODEL_GRAPH_H
#define UR_MODEL_GRAPH_H

#include "model/state.h"

/* The places of a line: (T, B), of which lane b has lengths[b] (NULL: all have T); `ended`: one step is left. */
typedef struct ur_shape {
    size_t steps, lanes;
    const int32_t *lengths;
    bool ended;
} ur_shape;

/* States of a line: of its i-th recurrent layer h, and what else its cell has, (1, B, H); NULL: zeros. Those that a layer
 * with `bi` leaves are its two ends side by side, (1, B, 2H). */
typedef struct ur_line_states {
    ur_tensor *of[UR_LAYERS_MAX][UR_STATES_MAX];
    ur_tensor *fed;  /* (1, B, W): what its attend gave last, where that is fed; NULL: zeros */
    ur_tensor *keys; /* what its attend made of the line that it looks at, once for all steps; NULL: nothing yet */
    size_t steps;    /* that led here: dropout goes on from there */
} ur_line_states;

/* What a line gives: y (T, B, W), and the states at each lane's end. */
typedef struct ur_value {
    ur_tensor *y;
    ur_shape shape;
    ur_line_states states;
    ur_tensor *looked; /* (T, B, S): the share of each step of the line that its attend looks at; NULL: it has none */
} ur_value;

/* Where a line ends whose loss is made together with its last layer. */
typedef enum ur_ending {
    UR_END_WHOLE,
    UR_END_LOGITS, /* without the σ of a last `dense … sigmoid` */
    UR_END_BODY    /* without the last layer */
} ur_ending;

/* ---- one line ----------------------------------------------------------------------------------------------------- */

/* What a line is run on. All that it points at, ids too, stays until the tape has gone back; `states` need not. */
typedef struct ur_line_call {
    ur_sequences in;            /* its places, with ids or numbers; or */
    ur_tensor *x;               /* (T, B, W): numbers on the tape instead, which gradients go back to */
    struct ur_dense_kept *kept; /* of the line's first layer: x is what is woven into it, (1, B, W/2); NULL: x is all */
    const ur_line_states *states; /* to begin with; NULL: those that `from` says, else zeros */
    ur_ending ending;
} ur_line_call;

/* Runs line i. values[j], j < i, is what line j gave; those that line i reads must be there, the others may be zeros.
 * values[i] is set. Errors of the batch, and states that do not fit, are UR_ERR_USAGE or UR_ERR_DATA. False: a failure,
 * which the tape keeps. */
bool ur_line_run(const ur_model *model, ur_tape *tape, size_t i, const ur_line_call *call, ur_value *values);

/* The same for one step. T steps, each from the states of the one before (&values[i].states; NULL at the first), give the
 * bits of a run over all T, and so do their gradients, but for those of tables and of lines that others read, which are added up
 * in another order. A line that it joins gives one step, too.
 * UR_ERR_UNSUPPORTED where a layer needs whole sequences (bi, mean, max). */
bool ur_line_step(const ur_model *model, ur_tape *tape, size_t i, const ur_line_call *call, ur_value *values);

/* line_check.c: what enters line i, and what it then leaves; `values` have the shapes of the lines before it. */
ur_shape ur_line_enters(const ur_model *model, size_t i, const ur_sequences *in, const ur_value *values);
ur_shape ur_line_leaves(const ur_model *model, size_t i, ur_shape enters);
/* Whether the line can be run on that: lanes, steps, ids and lengths in range, inputs of the right kind. `begun`: its states are
 * given, so that `from` takes none. */
ur_status ur_line_check(const ur_model *model, size_t i, const ur_sequences *in, const ur_value *values, bool begun,
                        ur_error *error);

/* labels.c. The word of a layer that ends the line and has a loss of its own, crf or ctc; NULL: none. The crf that the line ends
 * in; NULL: none. And the likeliest label at each place, (T, B), of what the line gave: those of the best sequence behind a
 * crf; behind ctc what the likeliest path says, one label after the other from step 0 on; else the largest number of each
 * place. −1 behind a lane's end. */
const char *ur_line_ending(const ur_model *model, size_t line);
const ur_crf *ur_line_crf(const ur_model *model, size_t line);
ur_status ur_line_labels(const ur_model *model, size_t line, const ur_value *value, int32_t *labels, ur_error *error);

/* ---- all of them -------------------------------------------------------------------------------------------------- */

typedef struct ur_carry {
    const ur_state *from; /* states to begin with; NULL: zeros */
    ur_state *to;         /* takes the states after `at` steps (0: at the end); NULL: not wanted. May be `from` */
    size_t at;
} ur_carry;

/* Runs all lines; values[i] is what line i gives. endings[i]: NULL: all are whole. False: a failure, which the tape
 * keeps. */
bool ur_graph_run(const ur_model *model, ur_tape *tape, const ur_batch *batch, const ur_carry *carry,
                  const ur_ending endings[UR_LINES_MAX], ur_value values[UR_LINES_MAX]);

#endif
