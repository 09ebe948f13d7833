/* Files that a verb writes. An existing file is replaced only with --overwrite. */
#ifndef UR_CLI_NEW_FILE_H
#define UR_CLI_NEW_FILE_H

#include "unroll.h"

#include <stdbool.h>

/* UR_ERR_USAGE if the file exists. Called at the beginning of a verb, before any work. `path` is NULL if no file is
 * written. */
ur_status ur_cli_check_new(const char *path, bool overwrite, ur_error *error);

#endif
