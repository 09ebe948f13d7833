/* Progress of calls that read much data: a line that is redrawn on a terminal, or a new line now and then elsewhere. */
#ifndef UR_CLI_WATCHING_H
#define UR_CLI_WATCHING_H

#include "unroll_train.h"

/* All zeros at the beginning. */
typedef struct ur_cli_watching {
    bool quiet;
    bool told;           /* the user was told which files of a folder are not read */
    bool drawn;          /* a progress line is on the screen and must be replaced */
    double began, shown; /* when the current work began, and when it was last shown; 0 for never */
    const char *work;
} ur_cli_watching;

/* A watcher that shows progress and ends the call after a caught signal. */
ur_watcher ur_cli_watcher(ur_cli_watching *watching);
/* The folder for temporary files: TMPDIR, or /tmp. */
const char *ur_cli_temporary(void);
/* Like ur_settings_of_model, but with temporary files in TMPDIR. */
ur_status ur_cli_settings_of_model(ur_settings **settings, const ur_model *model, ur_error *error);
/* Removes the progress line from the screen. */
void ur_cli_watching_end(ur_cli_watching *watching);

/* Whether standard error is a terminal on which a line can be redrawn. */
bool ur_cli_can_redraw(void);

#endif
