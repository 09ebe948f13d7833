/* The settings of a model's own task, with what a command line says of its data. */
#ifndef UR_CLI_TASK_SETTINGS_H
#define UR_CLI_TASK_SETTINGS_H

#include "cli/args/options.h"
#include "cli/support/spool.h"

/* The options that waited for the model, the data, and so many threads (0: as the model has them). *task is to be freed; NULL
 * after a failure. */
ur_status ur_cli_task_settings(ur_settings **task, const ur_model *model, const ur_cli_arguments *arguments,
                               ur_cli_texts *data, size_t threads, ur_error *error);

#endif
