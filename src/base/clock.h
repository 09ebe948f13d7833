/* Seconds of a clock that never goes back. */
#ifndef UR_BASE_CLOCK_H
#define UR_BASE_CLOCK_H

double ur_clock(void);

#endif
