/* unroll eval --picture: the true labels above the answers, over time. */
#ifndef UR_CLI_EVAL_PICTURE_H
#define UR_CLI_EVAL_PICTURE_H

#include "unroll.h"

#include <stdbool.h>

/* `json`: the result of an evaluation, with its "clips". */
ur_status ur_cli_eval_picture(const char *json, const char *path, bool overwrite, ur_error *error);

#endif
