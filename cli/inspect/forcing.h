/* The output of unroll inspect forcing. forcing.c gets the result, forcing_show.c draws it. */
#ifndef UR_CLI_INSPECT_FORCING_H
#define UR_CLI_INSPECT_FORCING_H

#include "unroll.h"

#include <jansson.h>
#include <stdbool.h>

/* `object`: the JSON of ur_inspect_forcing. */
ur_status ur_cli_forcing_print(const json_t *object, ur_error *error);
ur_status ur_cli_forcing_page(const json_t *object, const char *path, bool overwrite, ur_error *error);

#endif
