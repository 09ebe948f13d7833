/*
 * The outputs of a network's lines, and how lines run on a tape: all of them over a batch, or one by one in a loop of
 * the caller. A loop over steps is plain C, and gradients go back through it.
 */
#ifndef UR_MODEL_GRAPH_H
#define UR_MODEL_GRAPH_H

#include "model/state.h"

/* The places of a line: (T, B), of which lane b has lengths[b] (NULL if all have T). `ended`: the line has been reduced
 * to one step. */
typedef struct ur_shape {
    size_t steps, lanes;
    const int32_t *lengths;
    bool ended;
} ur_shape;

/* States of a line: for its i-th recurrent layer h, and any other state of its cell, (1, B, H); NULL for zeros. The
 * final states of a layer with `bi` are those of its two cells side by side, (1, B, 2H). */
typedef struct ur_line_states {
    ur_tensor *of[UR_LAYERS_MAX][UR_STATES_MAX];
    ur_tensor *fed;  /* (1, B, W): the last output of its attend, if that is fed back; NULL for zeros */
    ur_tensor *keys; /* the keys that its attend computes once for all steps; NULL if not yet computed */
    size_t steps;    /* number of earlier steps, from which dropout continues */
} ur_line_states;

/* The output of a line: y (T, B, W), and the states at each lane's end. */
typedef struct ur_value {
    ur_tensor *y;
    ur_shape shape;
    ur_line_states states;
    /* (T, B, S): the share of each step of the line that its attend looks at; NULL without attend. */
    ur_tensor *looked;
} ur_value;

/* How a line ends if its loss is computed together with its last layer. */
typedef enum ur_ending {
    UR_END_WHOLE,
    UR_END_LOGITS, /* without the σ of a last `dense … sigmoid` */
    UR_END_BODY    /* without the last layer */
} ur_ending;

/* ---- one line ----------------------------------------------------------------------------------------------------- */

/* The input of a line. Everything that it points to, ids too, must stay until the tape has gone back; only `states`
 * need not. */
typedef struct ur_line_call {
    ur_sequences in; /* places, with ids or numbers */
    /* (T, B, W): numbers on the tape, instead of those in `in`; gradients go back to them. */
    ur_tensor *x;
    /* Of the line's first layer: then x is only the part that changes, (1, B, W/2). NULL if x is all of the input. */
    struct ur_dense_kept *kept;
    /* Initial states; NULL for those that `from` says, or else zeros. */
    const ur_line_states *states;
    ur_ending ending;
} ur_line_call;

/* Runs line i and sets values[i]. values[j], j < i, is the output of line j; those that line i reads must have been
 * set, the others may be zeros. Errors in the batch, and states that do not fit, are UR_ERR_USAGE or UR_ERR_DATA.
 * Returns false after a failure, which the tape keeps. */
bool ur_line_run(const ur_model *model, ur_tape *tape, size_t i, const ur_line_call *call, ur_value *values);

/* The same for one step. T steps, each from the states of the step before (&values[i].states; NULL at the first), give
 * the bits of a run over all T. So do their gradients, except for those of tables and of lines that others read, which
 * are added up in another order. A line that this line joins must have one step, too. UR_ERR_UNSUPPORTED if a layer
 * needs whole sequences (such as bi, mean and max). */
bool ur_line_step(const ur_model *model, ur_tape *tape, size_t i, const ur_line_call *call, ur_value *values);

/* line_check.c: the places that enter line i, and those that it leaves. `values` must have the shapes of the lines
 * before it. */
ur_shape ur_line_enters(const ur_model *model, size_t i, const ur_sequences *in, const ur_value *values);
ur_shape ur_line_leaves(const ur_model *model, size_t i, ur_shape enters);
/* Checks whether the line can be run on its input: lanes, steps, ids and lengths in range, inputs of the right kind.
 * `begun`: its states are given, so `from` takes none. */
ur_status ur_line_check(const ur_model *model, size_t i, const ur_sequences *in, const ur_value *values, bool begun,
                        ur_error *error);

/* labels.c. ur_line_ending: the word of a layer that ends the line and has its own loss, crf or ctc; NULL if there is
 * none.
 * ur_line_crf: the crf in which the line ends; NULL if there is none.
 * ur_line_labels: the most probable label at each place (T, B) of the line's output, −1 after a lane's end. With a crf
 * these are the labels of the best sequence. With ctc they are what the most probable path spells, one label after
 * another from step 0 on. Otherwise each is the index of the largest number of its place. */
const char *ur_line_ending(const ur_model *model, size_t line);
const ur_crf *ur_line_crf(const ur_model *model, size_t line);
ur_status ur_line_labels(const ur_model *model, size_t line, const ur_value *value, int32_t *labels, ur_error *error);

/* ---- all lines ---------------------------------------------------------------------------------------------------- */

typedef struct ur_carry {
    const ur_state *from; /* initial states; NULL for zeros */
    /* Gets the states after `at` steps (0 for the end); NULL if not needed. May be `from`. */
    ur_state *to;
    size_t at;
} ur_carry;

/* Runs all lines; values[i] gets the output of line i. `endings` is NULL if all lines run whole. Returns false after a
 * failure, which the tape keeps. */
bool ur_graph_run(const ur_model *model, ur_tape *tape, const ur_batch *batch, const ur_carry *carry,
                  const ur_ending endings[UR_LINES_MAX], ur_value values[UR_LINES_MAX]);

#endif
