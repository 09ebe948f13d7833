/* Instruction sets by name. */
#ifndef UR_CLI_ISA_H
#define UR_CLI_ISA_H

#include <stdbool.h>

/* Every instruction set there may be, best last; NULL after the last. */
const char *ur_cli_isa_name(unsigned i);
/* Built in, and this machine has it. */
bool ur_cli_isa_works(const char *isa);

#endif
