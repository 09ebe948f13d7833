/* Ctrl-C, SIGTERM and other signals that end a program: the first asks for a clean end, the second ends the program at
 * once. */
#ifndef UR_CLI_SIGNALS_H
#define UR_CLI_SIGNALS_H

#include "unroll_train.h"

#include <stdbool.h>

/* Starts to catch signals. From then on, a terminal or pipe that closes does not end the training. */
void ur_cli_signals_catch(void);
/* Sets the trainer that a signal stops; NULL if there is none. If a signal came before, the trainer is asked to stop at
 * once. */
void ur_cli_signals_stop(ur_trainer *trainer);
bool ur_cli_interrupted(void);

/* Sets a temporary file that is removed, together with its folder, when a signal ends the program; NULL for none. */
void ur_cli_remove_on_exit(const char *path);

/* Says that the terminal is in a changed mode: `leave` is written to standard error before a signal ends or suspends
 * the program, `enter` when the program continues. Both are NULL once the mode is normal again. The strings must stay
 * valid. */
void ur_cli_signals_screen(const char *enter, const char *leave);

#endif
