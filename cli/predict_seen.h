/* Where in a picture a network looked while it wrote a caption: an answer with "picture", "rows", "columns", "target"
 * and "attention". */
#ifndef UR_CLI_PREDICT_SEEN_H
#define UR_CLI_PREDICT_SEEN_H

#include "cli/report/page.h"

#include <jansson.h>

/* Prints each token with the place at which the network looked most. */
void ur_cli_seen_print(const json_t *object);
/* Writes a figure: the picture, and for each token a copy that is covered where the network looked little. `number`
 * distinguishes the figures of a page. */
void ur_cli_seen_put(ur_cli_page *page, const json_t *object, size_t number);

#endif
