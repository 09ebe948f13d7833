/* What the lines of a network leave, and how a batch runs through them, on a tape. */
#ifndef UR_MODEL_GRAPH_H
#define UR_MODEL_GRAPH_H

#include "model/state.h"

/* The places of a line: (T, B), of which lane b has lengths[b] (NULL: all have T); `ended`: one step is left. */
typedef struct ur_shape {
    size_t steps, lanes;
    const int32_t *lengths;
    bool ended;
} ur_shape;

/* What a line gives: y (T, B, W). */
typedef struct ur_value {
    ur_tensor *y;
    ur_shape shape;
} ur_value;

/* What enters line i and what it leaves; `left` are those of the lines before it. */
ur_shape ur_line_enters(const ur_model *model, size_t i, const ur_batch *batch, const ur_shape *left);
ur_shape ur_line_leaves(const ur_model *model, size_t i, ur_shape enters);

/* Where a line ends whose loss is made together with its last layer. */
typedef enum ur_ending {
    UR_END_WHOLE,
    UR_END_LOGITS, /* without the σ of a last `dense … sigmoid` */
    UR_END_BODY    /* without the last layer */
} ur_ending;

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
