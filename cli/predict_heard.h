/* Where in a recording a network looked as it wrote down what is said: an answer with "step_seconds", "target" and
 * "attention". */
#ifndef UR_CLI_PREDICT_HEARD_H
#define UR_CLI_PREDICT_HEARD_H

#include "cli/report/page.h"

#include <jansson.h>

/* On the terminal: each token with the time that it looked at most, and with colours the recording as a strip. */
void ur_cli_heard_print(const json_t *object);
/* As a table: each token with that time and its strip. */
void ur_cli_heard_put(ur_cli_page *page, const json_t *object);

#endif
