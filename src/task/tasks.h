/* All tasks by name. */
#ifndef UR_TASK_TASKS_H
#define UR_TASK_TASKS_H

#include "train/task.h"

#define UR_TASK(name) extern const ur_task ur_task_##name;
#include "task/task.inc"
#undef UR_TASK

/* NULL if there is no such task. */
const ur_task *ur_task_find(const char *name);

#endif
