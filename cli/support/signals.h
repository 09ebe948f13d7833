/* Ctrl-C, SIGTERM and what else ends a program: the first asks for a clean end, the second ends at once. */
#ifndef UR_CLI_SIGNALS_H
#define UR_CLI_SIGNALS_H

#include "unroll_train.h"

#include <stdbool.h>

/* From now on signals are caught, and a terminal or pipe that goes away does not end the training. */
void ur_cli_signals_catch(void);
/* The trainer to stop; NULL when there is none (any more). Asks it at once if a signal came before it. */
void ur_cli_signals_stop(ur_trainer *trainer);
bool ur_cli_interrupted(void);

/* A temporary file, and its folder, that a signal which ends the program removes; NULL: none. */
void ur_cli_remove_on_exit(const char *path);

/* The terminal is in a state of its own: `leave` is written on standard error before a signal ends or suspends the
 * program, `enter` when it goes on. NULL, NULL: it is as it was. The texts must stay. */
void ur_cli_signals_screen(const char *enter, const char *leave);

#endif
