/* The batches of any task through a probe. */
#ifndef UR_INSPECT_TASK_BATCHES_H
#define UR_INSPECT_TASK_BATCHES_H

#include "inspect/probe.h"
#include "unroll_train.h"

/* After each run. */
typedef ur_status ur_task_visit(void *context, ur_probe *probe, ur_error *error);

/* All data of the settings (those of the model), batch by batch, each from zero states. Where a task has a loop of its own,
 * what is seen is the network on the inputs of the batch. UR_ERR_UNSUPPORTED for a task whose batches go on from each other. */
ur_status ur_probe_task(const ur_model *model, const ur_settings *settings, ur_task_visit *visit, void *context,
                        ur_error *error);

#endif
