/* Another program, whose output is read through a pipe. It is searched for as a shell does, and its input is empty. */
#ifndef UR_BASE_PROGRAM_H
#define UR_BASE_PROGRAM_H

#include "base/error.h"

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

typedef struct ur_program {
    const char *name;
    pid_t process;
    FILE *output;   /* its standard output */
    int complaints; /* descriptor of a file without a name that takes its standard error */
} ur_program;

/* words[0] is the program's name; the words end with NULL. UR_ERR_UNSUPPORTED if there is no such program. */
ur_status ur_program_begin(ur_program *program, const char *const *words, ur_error *error);
/* Waits for the program to end, even if its output was not read to the end, and frees what ur_program_begin made.
 * `status` tells how the reading of the output went. If it is not UR_OK it is returned. Otherwise the result is
 * UR_ERR_DATA, with the last line of the program's standard error, if the program failed. */
ur_status ur_program_end(ur_program *program, ur_status status, ur_error *error);
/* Whether the program exists: runs it with the one argument `word` and checks that it succeeds. */
bool ur_program_is_there(const char *name, const char *word);

#endif
