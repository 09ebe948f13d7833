/* A small training of every task, for the tests that go through all of them. */
#ifndef UR_TEST_SMALL_TASKS_H
#define UR_TEST_SMALL_TASKS_H

#include "unroll_train.h"

/* Settings of ten updates or more, of task `name`, on data written below `folder`, without a run folder. A task that is not
 * known here fails the test: it is to be added. */
ur_settings *small_task(const char *name, const char *folder);
/* The same with a line of settings in place of its own. */
ur_settings *small_task_as(const char *name, const char *folder, const char *line);

#endif
