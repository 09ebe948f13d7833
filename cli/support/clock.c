/* See clock.h. */
#include "cli/support/clock.h"

#include <time.h>

double ur_cli_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}
