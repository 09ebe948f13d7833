/* Standard input as data: kept in a temporary file, because a text is read more than once. */
#ifndef UR_CLI_SPOOL_H
#define UR_CLI_SPOOL_H

#include "cli/support/watching.h"

/* The paths of a command line with "-" replaced by the file that holds standard input. That file is called "stdin" and
 * has a folder of its own, so that the name recorded in a model is the same each time. */
typedef struct ur_cli_texts {
    const char **paths;
    size_t count;
    char *spooled; /* NULL if there was no "-" */
    ur_cli_watching watching;
} ur_cli_texts;

ur_status ur_cli_texts_open(ur_cli_texts *texts, const char *const *words, size_t count, ur_error *error);
/* Removes the file. A message about it (`error` may be NULL) then speaks of standard input. */
void ur_cli_texts_close(ur_cli_texts *texts, ur_error *error);

#endif
