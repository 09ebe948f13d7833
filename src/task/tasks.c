/* See tasks.h, and section 5 of unroll_train.h. */
#include "task/tasks.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define UR_TASK(name) &ur_task_##name,
static const ur_task *const TASKS[] = {
#include "task/task.inc"
};
#undef UR_TASK

enum { TASK_COUNT = sizeof TASKS / sizeof TASKS[0] };

const char *ur_task_name(size_t i) { return i < TASK_COUNT ? TASKS[i]->name : NULL; }

const ur_task *ur_task_find(const char *name)
{
    for (size_t i = 0; i < TASK_COUNT; i++)
        if (strcmp(TASKS[i]->name, name) == 0) return TASKS[i];
    return NULL;
}

const char *ur_task_use(const char *name)
{
    const ur_task *task = ur_task_find(name);
    return task && task->answer ? "unroll predict answers with it" : task ? task->use : NULL;
}

bool ur_task_is_language(const char *name)
{
    const ur_task *task = ur_task_find(name);
    return task && task->language;
}

ur_answer_kind ur_task_answers(const char *name)
{
    const ur_task *task = ur_task_find(name);
    return task ? task->answers : UR_ANSWER_NONE;
}

static ur_status no_such_task(const char *name, ur_error *error)
{
    char list[256] = "";
    for (size_t i = 0, used = 0; i < TASK_COUNT && used < sizeof list; i++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", TASKS[i]->name);
    return ur_fail(error, UR_ERR_USAGE, "no task \"%.60s\"; there are: %s", name, list);
}

ur_status ur_settings_create(ur_settings **settings, const char *task, ur_error *error)
{
    const ur_task *found = ur_task_find(task);
    *settings = NULL;
    return found ? ur_settings_make(settings, found, error) : no_such_task(task, error);
}

ur_status ur_settings_of_model(ur_settings **settings, const ur_model *model, ur_error *error)
{
    const json_t *training = json_object_get(model->record, "training");
    const char *line = json_string_value(json_object_get(training, "settings"));
    const ur_task *task = ur_task_find(model->task);
    ur_error why;
    *settings = NULL;
    if (!task)
        return ur_fail(error, UR_ERR_DATA, "the model is of the task \"%s\", which this library does not have",
                       model->task);
    if (!line) return ur_fail(error, UR_ERR_DATA, "the model does not say with which settings it was trained");
    UR_TRY(ur_settings_make(settings, task, error));
    ur_status status = ur_settings_read(*settings, line, &why);
    if (status == UR_OK) return UR_OK;
    ur_settings_free(*settings);
    *settings = NULL;
    if (status == UR_ERR_MEMORY) return ur_fail_memory(error, "the settings");
    return ur_fail(error, UR_ERR_DATA, "the model was trained with settings that are not known here: %.300s", why.text);
}
