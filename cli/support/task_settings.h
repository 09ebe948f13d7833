/* The settings of a model's own task, completed from the command line. */
#ifndef UR_CLI_TASK_SETTINGS_H
#define UR_CLI_TASK_SETTINGS_H

#include "cli/args/options.h"
#include "cli/support/spool.h"

/* Takes the settings recorded in the model and adds the pending options, the data and the number of threads (0 leaves
 * it unchanged). The caller frees *task, which is NULL after a failure. */
ur_status ur_cli_task_settings(ur_settings **task, const ur_model *model, const ur_cli_arguments *arguments,
                               ur_cli_texts *data, size_t threads, ur_error *error);

#endif
