/* unroll eval for every task that has no page of its own. */
#ifndef UR_CLI_EVAL_TASK_H
#define UR_CLI_EVAL_TASK_H

#include "cli/args/options.h"

typedef struct ur_cli_judging {
    size_t threads;
    bool json;
    const char *picture; /* a file for it; NULL: none */
    bool overwrite;
} ur_cli_judging;

/* Judges the model on the words behind the first, and prints what its task tells. */
ur_status ur_cli_eval_task(ur_model *model, const ur_cli_arguments *arguments, const ur_cli_judging *how,
                           ur_error *error);

#endif
