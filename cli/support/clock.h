/* A monotonic clock. */
#ifndef UR_CLI_CLOCK_H
#define UR_CLI_CLOCK_H

double ur_cli_now(void); /* in seconds, from an arbitrary beginning */

#endif
