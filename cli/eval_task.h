/* unroll eval for every task but language models. */
#ifndef UR_CLI_EVAL_TASK_H
#define UR_CLI_EVAL_TASK_H

#include "cli/args/options.h"

typedef struct ur_cli_judging {
    size_t threads;
    bool json;
    const char *picture; /* file for the picture, or NULL for none */
    bool overwrite;
} ur_cli_judging;

/* Judges the model on the data that the arguments after the first name, and prints the metrics of its task. */
ur_status ur_cli_eval_task(ur_model *model, const ur_cli_arguments *arguments, const ur_cli_judging *how,
                           ur_error *error);

#endif
