/* The time that passes. */
#ifndef UR_CLI_CLOCK_H
#define UR_CLI_CLOCK_H

double ur_cli_now(void); /* seconds, monotonic, from some beginning */

#endif
