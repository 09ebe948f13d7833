/* The folder of a run: its name where none is given, and the folders above it. */
#ifndef UR_CLI_RUN_FOLDER_H
#define UR_CLI_RUN_FOLDER_H

#include "unroll.h"

/* "runs/NAME", NAME being the last part of the text's path without its extension; free() it. NULL without memory. */
char *ur_cli_run_name(const char *text);

/* Makes the folders above `run` that are missing. `*made` is the length of the first one's path; 0: none was missing.
 */
ur_status ur_cli_parents_make(const char *run, size_t *made, ur_error *error);
/* Takes back those that are still empty. */
void ur_cli_parents_remove(const char *run, size_t made);

#endif
