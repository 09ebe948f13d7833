/* What this program is and what is built into it. */
#ifndef UR_CLI_VERSION_H
#define UR_CLI_VERSION_H

#include <stdbool.h>
#include <stdio.h>

void ur_cli_print_overview(FILE *out);
void ur_cli_print_version(FILE *out);

/* Every instruction set there may be, best last; NULL after the last. */
const char *ur_cli_isa_name(unsigned i);
/* Built in, and this machine has it. */
bool ur_cli_isa_works(const char *isa);

#endif
