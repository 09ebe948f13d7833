/* Where in a recording a network looked while it transcribed: an answer with "step_seconds", "target" and
 * "attention". */
#ifndef UR_CLI_PREDICT_HEARD_H
#define UR_CLI_PREDICT_HEARD_H

#include "cli/report/page.h"

#include <jansson.h>

/* Prints, for each token, the time at which the network looked most and, on a terminal with colours, the recording as a
 * shaded strip. */
void ur_cli_heard_print(const json_t *object);
/* Writes a table with each token, the time at which the network looked most, and the strip. */
void ur_cli_heard_put(ur_cli_page *page, const json_t *object);

#endif
