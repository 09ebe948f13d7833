/* The part of a text that a verb reads: --part BEGIN:END. */
#ifndef UR_CLI_PART_H
#define UR_CLI_PART_H

#include "unroll.h"

/* "0.9:1" into two shares; NULL leaves them as they are. UR_ERR_USAGE says what is allowed. */
ur_status ur_cli_read_part(const char *part, double *begin, double *end, ur_error *error);

#endif
