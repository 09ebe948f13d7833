/* Instruction sets by name. */
#ifndef UR_CLI_ISA_H
#define UR_CLI_ISA_H

#include <stdbool.h>

/* Every instruction set that unroll knows, by index; NULL after the last one. */
const char *ur_cli_isa_name(unsigned i);
/* Whether the instruction set is built in and this machine has it. */
bool ur_cli_isa_works(const char *isa);

#endif
