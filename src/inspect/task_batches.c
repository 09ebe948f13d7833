/* The batches of any task through a probe: a model that was trained on something else than a text, on its own kind of data. */
#include "inspect/task_batches.h"

#include "train/task.h"

#include <stdlib.h>

typedef struct reading {
    const ur_task *task;
    void *data;
    ur_probe *probe;
    ur_task_visit *visit;
    void *context;
} reading;

static ur_status read_batches(reading *r, const ur_settings *settings, const ur_model *model, ur_error *error)
{
    ur_learning learning = settings->run.learning;
    double ignored;
    UR_TRY(r->task->open(r->data, settings, model, error));
    UR_TRY(r->task->prepare(r->data, settings, &learning, &ignored, error));
    uint64_t count = r->task->batches(r->data, UR_PART_TEST, 0);
    for (uint64_t i = 0; i < count; i++) {
        ur_task_batch batch = {0};
        UR_TRY(r->task->batch(r->data, UR_PART_TEST, 0, i, &batch, error));
        UR_TRY(ur_probe_run(r->probe, &batch.network, error));
        UR_TRY(r->visit(r->context, r->probe, error));
    }
    return UR_OK;
}

ur_status ur_probe_task(const ur_model *model, const ur_settings *settings, ur_task_visit *visit, void *context,
                        ur_error *error)
{
    reading r = {.task = settings->task, .visit = visit, .context = context};
    if (r.task->carries)
        return ur_fail(error, UR_ERR_UNSUPPORTED, "the batches of the task %s are not read here", r.task->name);
    r.data = calloc(1, r.task->data_size + 1);
    if (!r.data) return ur_fail_memory(error, "the data");
    ur_status status = ur_probe_create(&r.probe, model, settings->run.learning.threads, error);
    if (status == UR_OK) status = read_batches(&r, settings, model, error);
    r.task->close(r.data);
    ur_probe_free(r.probe);
    free(r.data);
    return status;
}
