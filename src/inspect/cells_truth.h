/*
 * What holds at each step of a lane of a task's batch: where the steps are text what the machine says of it (predicates.h) and
 * the predicates of one's own, and the labels that the data give.
 */
#ifndef UR_INSPECT_CELLS_TRUTH_H
#define UR_INSPECT_CELLS_TRUTH_H

#include "inspect/cells.h"
#include "train/task.h"

typedef struct ur_truth_reader {
    const ur_task *task;
    void *data;
    const ur_cell_search *search;
    size_t built_in, labels, count; /* predicates in this order, one's own behind them */
    unsigned char *mark;            /* (room): of one's own, a line */
    size_t room;
    /* Of the lane that was read last: */
    const char *text;    /* NULL: steps are no text */
    const uint32_t *end; /* where each step ends in it */
    size_t steps, lane, lanes;
    const ur_target *target;
    size_t given; /* steps of the target: 1 or all */
    ur_machine machine;
    size_t served;
} ur_truth_reader;

/* Names the predicates, too. UR_ERR_UNSUPPORTED for a task whose data do not say at which step a label is. */
ur_status ur_truth_open(ur_truth_reader *reader, ur_cells *cells, const ur_model *model, const ur_cell_search *search,
                        ur_error *error);
void ur_truth_close(ur_truth_reader *reader);

/* Whether a batch gives a label to each step or each lane; `out`: what its line with labels gave. */
ur_status ur_truth_check(const ur_batch *batch, const ur_tensor *out, ur_error *error);
ur_status ur_truth_lane(ur_truth_reader *reader, const ur_task_batch *batch, size_t lane, size_t given,
                        ur_error *error);
/* The next step of it: `count` numbers, `stride` apart. */
void ur_truth_next(ur_truth_reader *reader, size_t step, float *truth, size_t stride);
/* Its label; −1: none. */
int32_t ur_truth_label(const ur_truth_reader *reader, size_t step);
/* Steps of a lane. */
size_t ur_truth_steps(const ur_batch *batch, size_t lane);

#endif
