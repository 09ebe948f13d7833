/* unroll eval --picture: what was true above what was found, over time. */
#ifndef UR_CLI_EVAL_PICTURE_H
#define UR_CLI_EVAL_PICTURE_H

#include "unroll.h"

#include <stdbool.h>

/* From the object of an evaluation whose clips are in it. */
ur_status ur_cli_eval_picture(const char *json, const char *path, bool overwrite, ur_error *error);

#endif
