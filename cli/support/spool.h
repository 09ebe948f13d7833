/* Standard input as data: stored in a temporary file, because a text is read more than once. */
#ifndef UR_CLI_SPOOL_H
#define UR_CLI_SPOOL_H

#include "cli/support/watching.h"

/* The paths on a command line, with "-" replaced by the file that holds standard input. The file is called "stdin" and
 * has a folder of its own, so that a model always records the same name. */
typedef struct ur_cli_texts {
    const char **paths;
    size_t count;
    char *spooled; /* path of the temporary file, or NULL if there was no "-" */
    ur_cli_watching watching;
} ur_cli_texts;

ur_status ur_cli_texts_open(ur_cli_texts *texts, const char *const *words, size_t count, ur_error *error);
/* Removes the file. A message about the file in `error` (may be NULL) then speaks of standard input. */
void ur_cli_texts_close(ur_cli_texts *texts, ur_error *error);

#endif
