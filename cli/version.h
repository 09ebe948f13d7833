/* What this program is, and what is built in. */
#ifndef UR_CLI_VERSION_H
#define UR_CLI_VERSION_H

#include <stdio.h>

void ur_cli_print_version(FILE *out);

#endif
