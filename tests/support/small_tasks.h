/* A small training of every task, for the tests that go through all of them. */
#ifndef UR_TEST_SMALL_TASKS_H
#define UR_TEST_SMALL_TASKS_H

#include "unroll_train.h"

/*
 * Returns settings of ten updates or more for the task `name`, without a run folder, on data that this writes into
 * `folder`. A task that is not known here fails the test and has to be added.
 */
ur_settings *small_task(const char *name, const char *folder);
/* The same, with `line` in place of the task's own line of settings. */
ur_settings *small_task_as(const char *name, const char *folder, const char *line);

#endif
