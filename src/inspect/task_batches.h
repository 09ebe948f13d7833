/* The data of a model's own task, batch by batch, for code that looks into the model. */
#ifndef UR_INSPECT_TASK_BATCHES_H
#define UR_INSPECT_TASK_BATCHES_H

#include "inspect/probe.h"
#include "train/task.h"

/* All data that the settings name. The settings are those of the model. */
typedef struct ur_task_data {
    const ur_task *task;
    void *data;
    uint64_t batches;
} ur_task_data;

/* Opens the data; close them also after a failure. UR_ERR_USAGE if there are none. */
ur_status ur_task_data_open(ur_task_data *data, const ur_model *model, const ur_settings *settings, ur_error *error);
void ur_task_data_close(ur_task_data *data);
/* Reads batch i, which begins from zero states. UR_ERR_UNSUPPORTED if it continues the batch before. */
ur_status ur_task_data_batch(const ur_task_data *data, uint64_t i, ur_task_batch *batch, ur_error *error);

/* Runs the network on a batch: through the task's own loop if it has one, as in inference, else on the batch's
 * inputs. */
ur_status ur_probe_task_batch(ur_probe *probe, const ur_task_data *data, const ur_task_batch *batch, ur_error *error);

/* Called after each run. */
typedef ur_status ur_task_visit(void *context, ur_probe *probe, ur_error *error);

/* Runs all batches, one after the other. */
ur_status ur_probe_task(const ur_model *model, const ur_settings *settings, ur_task_visit *visit, void *context,
                        ur_error *error);

#endif
