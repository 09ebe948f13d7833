/*
 * The value of each predicate at each step of a lane of a task's batch: if the steps are text, the built-in predicates
 * (predicates.h) and the user's own, and always the labels of the data.
 */
#ifndef UR_INSPECT_CELLS_TRUTH_H
#define UR_INSPECT_CELLS_TRUTH_H

#include "inspect/cells.h"
#include "train/task.h"

typedef struct ur_truth_reader {
    const ur_task *task;
    void *data;
    const ur_cell_search *search;
    size_t built_in, labels, count; /* numbers of predicates, in this order, followed by the user's own; count: all */
    unsigned char *mark;            /* (own predicates, bytes of the lane's text), for the user's predicates; capacity
                                     * `room` */
    size_t room;
    /* For the current lane: */
    const char *text;    /* NULL if the steps are no text */
    const uint32_t *end; /* where each step ends in the text */
    size_t steps, lane, lanes;
    const ur_target *target;
    size_t given; /* steps of the target: 1 or all */
    ur_machine machine;
    size_t served;
} ur_truth_reader;

/* Opens a reader, and names the predicates. UR_ERR_UNSUPPORTED for a task whose data do not say to which step a label
 * belongs. */
ur_status ur_truth_open(ur_truth_reader *reader, ur_cells *cells, const ur_model *model, const ur_cell_search *search,
                        ur_error *error);
void ur_truth_close(ur_truth_reader *reader);

/* UR_ERR_UNSUPPORTED unless a batch has a label for each step or for each lane. `out`: the output of the line with
 * labels. */
ur_status ur_truth_check(const ur_truth_reader *reader, const ur_batch *batch, const ur_tensor *out, ur_error *error);
ur_status ur_truth_lane(ur_truth_reader *reader, const ur_task_batch *batch, size_t lane, size_t given,
                        ur_error *error);
/* Writes the values of all predicates at a step: `count` numbers, `stride` apart. Steps must come in order. */
void ur_truth_next(ur_truth_reader *reader, size_t step, float *truth, size_t stride);
/* The label of a step, or −1 if there is none. */
int32_t ur_truth_label(const ur_truth_reader *reader, size_t step);
/* The number of steps of a lane. */
size_t ur_truth_steps(const ur_batch *batch, size_t lane);

#endif
