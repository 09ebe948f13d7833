/* The data of a model's own task, batch by batch, for those that look into the model. */
#ifndef UR_INSPECT_TASK_BATCHES_H
#define UR_INSPECT_TASK_BATCHES_H

#include "inspect/probe.h"
#include "train/task.h"

/* All data of the settings, which are those of the model. */
typedef struct ur_task_data {
    const ur_task *task;
    void *data;
    uint64_t batches;
} ur_task_data;

/* To be closed also after a failure. UR_ERR_USAGE where there is nothing to read. */
ur_status ur_task_data_open(ur_task_data *data, const ur_model *model, const ur_settings *settings, ur_error *error);
void ur_task_data_close(ur_task_data *data);
/* Batch i, which begins from zero states. UR_ERR_UNSUPPORTED for one that goes on from the batch before. */
ur_status ur_task_data_batch(const ur_task_data *data, uint64_t i, ur_task_batch *batch, ur_error *error);

/* The network on a batch, as the task runs it in use where it has a loop of its own, else on the batch's inputs. */
ur_status ur_probe_task_batch(ur_probe *probe, const ur_task_data *data, const ur_task_batch *batch, ur_error *error);

/* After each run. */
typedef ur_status ur_task_visit(void *context, ur_probe *probe, ur_error *error);

/* All batches, one after the other. */
ur_status ur_probe_task(const ur_model *model, const ur_settings *settings, ur_task_visit *visit, void *context,
                        ur_error *error);

#endif
