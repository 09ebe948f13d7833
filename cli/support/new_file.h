/* Files that a verb writes: one that is there is replaced with --overwrite only. */
#ifndef UR_CLI_NEW_FILE_H
#define UR_CLI_NEW_FILE_H

#include "unroll.h"

#include <stdbool.h>

/* UR_ERR_USAGE where the file is there; for the beginning of a verb, before it has worked. NULL: none is written. */
ur_status ur_cli_check_new(const char *path, bool overwrite, ur_error *error);

#endif
