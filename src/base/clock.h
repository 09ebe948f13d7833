/* Seconds of a clock that never runs backwards. */
#ifndef UR_BASE_CLOCK_H
#define UR_BASE_CLOCK_H

double ur_clock(void);

#endif
