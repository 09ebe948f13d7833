/* Another program, whose output is read through a pipe. It is looked for as a shell does, and gets no input. */
#ifndef UR_BASE_PROGRAM_H
#define UR_BASE_PROGRAM_H

#include "base/error.h"

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

typedef struct ur_program {
    const char *name;
    pid_t process;
    FILE *output;   /* what it writes to standard output */
    int complaints; /* a file without a name, for what it writes to standard error */
} ur_program;

/* words[0] is its name, words end with NULL. UR_ERR_UNSUPPORTED: there is no such program. */
ur_status ur_program_begin(ur_program *program, const char *const *words, ur_error *error);
/* Waits for its end, also where its output was not read to the end; frees what begin made. `status`: of what was done with the
 * output; else UR_ERR_DATA with the last line of its complaints where it failed. */
ur_status ur_program_end(ur_program *program, ur_status status, ur_error *error);
/* Whether there is such a program: it is run with the one word and succeeds. */
bool ur_program_is_there(const char *name, const char *word);

#endif
