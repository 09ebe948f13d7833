/* unroll eval for every task that has no page of its own. */
#ifndef UR_CLI_EVAL_TASK_H
#define UR_CLI_EVAL_TASK_H

#include "cli/args/options.h"

/* Judges the model on the words behind the first, and prints what its task tells. */
ur_status ur_cli_eval_task(ur_model *model, const ur_cli_arguments *arguments, size_t threads, bool json,
                           ur_error *error);

#endif
