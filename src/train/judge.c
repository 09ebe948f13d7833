/* Evaluates a loaded model on data: ur_judge of unroll_train.h. */
#include "base/clock.h"
#include "base/float_mode.h"
#include "format/json_text.h"
#include "train/evaluation.h"

#include <jansson.h>
#include <stdlib.h>

static int put_metrics(const ur_task *task, const double *metric, json_t *more)
{
    int failed = 0;
    for (size_t i = 0; task->metric[i].name; i++)
        failed |= json_object_set_new(more, task->metric[i].name, json_real(metric[i]));
    return failed;
}

static ur_status judge(const ur_settings *settings, void *data, ur_learner *learner, json_t *more, ur_error *error)
{
    ur_learning learning = settings->run.learning;
    double metric[UR_METRICS_MAX], ignored, begin = ur_clock();
    uint64_t items;
    ur_evaluation e = {.task = settings->task,
                       .data = data,
                       .learner = learner,
                       .part = UR_PART_TEST,
                       .most = UINT64_MAX,
                       .watcher = &settings->run.watcher,
                       .work = "evaluating"};
    UR_TRY(e.task->prepare(data, settings, &learning, &ignored, error));
    UR_TRY(ur_evaluation_run(&e, metric, &items, more, error));
    if (!e.task->batches(data, UR_PART_TEST, 0)) return ur_fail(error, UR_ERR_DATA, "no data to evaluate the model on");
    if (put_metrics(e.task, metric, more) == 0 &&
        json_object_set_new(more, "seconds", json_real(ur_clock() - begin)) == 0)
        return UR_OK;
    return ur_fail_memory(error, "the result");
}

static ur_status judge_data(ur_model *model, const ur_settings *settings, void *data, json_t *more, ur_error *error)
{
    ur_learner *learner;
    UR_TRY(settings->task->open(data, settings, model, error));
    UR_TRY(ur_learner_create_judge(&learner, model, settings->run.learning.threads, error));
    ur_status status = judge(settings, data, learner, more, error);
    ur_learner_free(learner);
    return status;
}

ur_status ur_judge(ur_model *model, const ur_settings *settings, char **json, ur_error *error)
{
    void *data = calloc(1, settings->task->data_size + 1);
    json_t *more = json_object();
    ur_status status = data && more ? UR_OK : ur_fail_memory(error, "an evaluation");
    ur_float_mode mode = ur_float_mode_enter();
    if (status == UR_OK) {
        status = judge_data(model, settings, data, more, error);
        settings->task->close(data);
    }
    ur_float_mode_leave(mode);
    if (status == UR_OK) status = ur_json_write(more, json, error);
    json_decref(more);
    free(data);
    return status;
}
