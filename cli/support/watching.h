/* What one sees of calls that read much: on a terminal a line that is drawn anew, elsewhere a line now and then. */
#ifndef UR_CLI_WATCHING_H
#define UR_CLI_WATCHING_H

#include "unroll_train.h"

/* Zeros: nothing was seen yet. */
typedef struct ur_cli_watching {
    bool quiet;
    bool told;           /* what of folders is not read */
    bool drawn;          /* a line stands that another one replaces */
    double began, shown; /* when the work at hand began, and when it was shown last; 0: not */
    const char *work;
} ur_cli_watching;

/* A signal that was caught ends the call. */
ur_watcher ur_cli_watcher(ur_cli_watching *watching);
/* TMPDIR, or /tmp. */
const char *ur_cli_temporary(void);
/* ur_settings_of_model, with temporary files in TMPDIR. */
ur_status ur_cli_settings_of_model(ur_settings **settings, const ur_model *model, ur_error *error);
/* Takes away the line that stands. */
void ur_cli_watching_end(ur_cli_watching *watching);

/* Standard error is a terminal on which a line can be drawn anew. */
bool ur_cli_can_redraw(void);

#endif
