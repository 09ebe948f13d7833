/* See task_batches.h. */
#include "inspect/task_batches.h"

#include "base/float_mode.h"
#include "model/finite.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- The data ----------------------------------------------------------------------------------------------------- */

ur_status ur_task_data_open(ur_task_data *d, const ur_model *model, const ur_settings *settings, ur_error *error)
{
    ur_learning learning = settings->run.learning;
    double ignored;
    *d = (ur_task_data){.task = settings->task};
    d->data = calloc(1, d->task->data_size + 1);
    if (!d->data) return ur_fail_memory(error, "the data");
    UR_TRY(d->task->open(d->data, settings, model, error));
    UR_TRY(d->task->prepare(d->data, settings, &learning, &ignored, error));
    d->batches = d->task->batches(d->data, UR_PART_TEST, 0);
    if (d->batches) return UR_OK;
    return ur_fail(error, UR_ERR_USAGE, "no data; give what unroll eval takes for this model");
}

void ur_task_data_close(ur_task_data *d)
{
    if (d->data) d->task->close(d->data);
    free(d->data);
}

ur_status ur_task_data_batch(const ur_task_data *d, uint64_t i, ur_task_batch *batch, ur_error *error)
{
    *batch = (ur_task_batch){0};
    UR_TRY(d->task->batch(d->data, UR_PART_TEST, 0, i, batch, error));
    if (!d->task->carries || batch->fresh) return UR_OK;
    return ur_fail(error, UR_ERR_UNSUPPORTED, "batches of the task %s carry states from one to the next",
                   d->task->name);
}

/* ---- Through a probe ---------------------------------------------------------------------------------------------- */

static ur_status run_loop(ur_probe *p, const ur_task_data *d, const ur_task_batch *batch, ur_error *error)
{
    ur_tape tape;
    ur_value values[UR_LINES_MAX];
    ur_window_result sums = {0};
    ur_pass pass = {.model = (ur_model *)(uintptr_t)p->model, .tape = &tape, .output = values}; /* the model is not
                                                                                                 * changed */
    memset(values, 0, sizeof values);
    ur_probe_begin(p, &tape);
    UR_TRY(d->task->forward(d->data, &pass, batch, &sums, error));
    if (!isfinite(sums.sum)) return ur_fail_run(p->model, &tape, 0, error);
    p->output = values[p->model->line_count - 1].y;
    return UR_OK;
}

ur_status ur_probe_task_batch(ur_probe *p, const ur_task_data *d, const ur_task_batch *batch, ur_error *error)
{
    if (!d->task->loops) return ur_probe_run(p, &batch->network, error);
    p->output = NULL;
    ur_float_mode mode = ur_float_mode_enter();
    ur_status status = run_loop(p, d, batch, error);
    ur_float_mode_leave(mode);
    return status;
}

static ur_status run_batches(ur_probe *p, const ur_task_data *d, ur_task_visit *visit, void *context, ur_error *error)
{
    ur_task_batch batch;
    for (uint64_t i = 0; i < d->batches; i++) {
        UR_TRY(ur_task_data_batch(d, i, &batch, error));
        UR_TRY(ur_probe_task_batch(p, d, &batch, error));
        UR_TRY(visit(context, p, error));
    }
    return UR_OK;
}

ur_status ur_probe_task(const ur_model *model, const ur_settings *settings, ur_task_visit *visit, void *context,
                        ur_error *error)
{
    ur_task_data data;
    ur_probe *probe = NULL;
    ur_status status = ur_task_data_open(&data, model, settings, error);
    if (status == UR_OK) status = ur_probe_create(&probe, model, settings->run.learning.threads, error);
    if (status == UR_OK) status = run_batches(probe, &data, visit, context, error);
    ur_probe_free(probe);
    ur_task_data_close(&data);
    return status;
}
