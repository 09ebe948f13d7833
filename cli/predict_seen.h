/* Where in a picture a network looked as it wrote a caption: an answer with "picture", "rows", "columns", "target" and
 * "attention". */
#ifndef UR_CLI_PREDICT_SEEN_H
#define UR_CLI_PREDICT_SEEN_H

#include "cli/report/page.h"

#include <jansson.h>

/* On the terminal: each token with the place that it looked at most. */
void ur_cli_seen_print(const json_t *object);
/* As a figure: the picture, and again for each token, covered where it looked little. `number` tells the figures of a page
 * apart. */
void ur_cli_seen_put(ur_cli_page *page, const json_t *object, size_t number);

#endif
