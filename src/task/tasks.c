/* See tasks.h, and section 5 of unroll_train.h. */
#include "task/tasks.h"

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
