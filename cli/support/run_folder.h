/* The folder of a run: its default name, and the folders above it. */
#ifndef UR_CLI_RUN_FOLDER_H
#define UR_CLI_RUN_FOLDER_H

#include "unroll.h"

/* "runs/NAME", where NAME is the last component of the text's path without its extension; free() it. NULL if memory is
 * lacking. */
char *ur_cli_run_name(const char *text);

/* Makes the missing folders above `run`. `*made` is the length of the first made folder's path, or 0 if none was
 * missing. */
ur_status ur_cli_parents_make(const char *run, size_t *made, ur_error *error);
/* Removes the folders that ur_cli_parents_make made, if they are still empty. */
void ur_cli_parents_remove(const char *run, size_t made);

#endif
