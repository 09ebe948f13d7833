/* A model that answers items, one after another: section 5 of unroll_train.h. */
#include "base/float_mode.h"
#include "base/utf8.h"
#include "train/task.h"

#include <stdlib.h>

struct ur_answerer {
    const ur_task *task;
    ur_settings *settings;
    void *data;
    bool opened, json;
    ur_learner *learner;
};

void ur_answerer_free(ur_answerer *a)
{
    if (!a) return;
    ur_learner_free(a->learner);
    if (a->opened) a->task->close(a->data);
    free(a->data);
    ur_settings_free(a->settings);
    free(a);
}

static ur_status open_answerer(ur_answerer *a, ur_model *model, ur_error *error)
{
    if (!a->task->answer)
        return ur_fail(error, UR_ERR_UNSUPPORTED, "a model of the task %s gives no answers; %s", a->task->name,
                       a->task->use);
    a->data = calloc(1, a->task->data_size + 1);
    if (!a->data) return ur_fail_memory(error, "the data");
    a->opened = true;
    UR_TRY(a->task->open(a->data, a->settings, model, error));
    /* Items come one at a time, and most are too short to share among several threads. */
    bool given = ur_settings_given(a->settings, "threads");
    return ur_learner_create_judge(&a->learner, model, given ? a->settings->run.learning.threads : 1, error);
}

ur_status ur_answerer_create(ur_answerer **answerer, ur_model *model, const ur_settings *settings, bool json,
                             ur_error *error)
{
    ur_answerer *a = *answerer = calloc(1, sizeof *a);
    if (!a) return ur_fail_memory(error, "an answerer");
    a->json = json;
    a->task = settings->task;
    ur_status status = ur_settings_copy(&a->settings, settings, error);
    if (status == UR_OK) status = open_answerer(a, model, error);
    if (status == UR_OK) return UR_OK;
    ur_answerer_free(a);
    *answerer = NULL;
    return status;
}

size_t ur_answerer_item_size(const ur_answerer *a) { return a->task->item_size ? a->task->item_size(a->data) : 0; }

/* Leaves out the byte order mark and line ends of an item that is text. */
static void trim(const ur_answerer *a, const char **item, size_t *length)
{
    if (!*item || ur_answerer_item_size(a)) return;
    size_t mark = ur_utf8_mark(*item, *length);
    *item += mark;
    *length -= mark;
    if (a->task->keeps_ends) return;
    while (*length && ((*item)[*length - 1] == '\n' || (*item)[*length - 1] == '\r')) --*length;
}

ur_status ur_answer(ur_answerer *a, const char *item, size_t length, const ur_sink *sink, ur_error *error)
{
    ur_float_mode mode = ur_float_mode_enter();
    trim(a, &item, &length);
    ur_status status = a->task->answer(a->data, a->learner, item, length, a->json, sink, error);
    ur_float_mode_leave(mode);
    return status;
}

ur_status ur_answerer_look(ur_answerer *a, const char *item, size_t length, size_t number, ur_item *seen,
                           ur_error *error)
{
    *seen = (ur_item){.steps = 0};
    if (!a->task->look)
        return ur_fail(error, UR_ERR_UNSUPPORTED, "inspecting items of the task %s is not supported", a->task->name);
    return a->task->look(a->data, a->learner->model, item, length, number, seen, error);
}

const char *ur_answerer_step(const ur_answerer *a, size_t step, size_t *length)
{
    return a->task->step_text ? a->task->step_text(a->data, step, length) : NULL;
}

const char *ur_answerer_feature(const ur_answerer *a, size_t feature)
{
    return a->task->feature_text ? a->task->feature_text(a->data, feature) : NULL;
}

bool ur_answerer_takes_files(const ur_answerer *a) { return a->task->takes_files && a->task->takes_files(a->data); }

ur_status ur_answer_file(ur_answerer *a, const char *path, const ur_sink *sink, ur_error *error)
{
    if (!ur_answerer_takes_files(a))
        return ur_fail(error, UR_ERR_UNSUPPORTED, "this model of the task %s reads lines of text", a->task->name);
    ur_float_mode mode = ur_float_mode_enter();
    ur_status status = a->task->answer_file(a->data, a->learner, path, a->json, sink, error);
    ur_float_mode_leave(mode);
    return status;
}

ur_status ur_answer_label(ur_answerer *a, const char *text, size_t length, size_t *label, double *probabilities,
                          ur_error *error)
{
    if (!a->task->label)
        return ur_fail(error, UR_ERR_UNSUPPORTED, "a model of the task %s gives texts no labels", a->task->name);
    ur_float_mode mode = ur_float_mode_enter();
    ur_status status = a->task->label(a->data, a->learner, text, length, label, probabilities, error);
    ur_float_mode_leave(mode);
    return status;
}

size_t ur_answerer_cut(const ur_answerer *a) { return a->task->cut ? a->task->cut(a->data) : 0; }
