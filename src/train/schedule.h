/* Learning rate schedules: the rate of each step. */
#ifndef UR_TRAIN_SCHEDULE_H
#define UR_TRAIN_SCHEDULE_H

#include <stdint.h>

typedef enum ur_schedule { UR_CONSTANT, UR_COSINE, UR_LINEAR_RATE, UR_STEPS, UR_PLATEAU } ur_schedule;

typedef struct ur_rate_plan {
    ur_schedule schedule;
    double rate, floor, factor; /* highest rate; lowest rate as a share of it; factor of a drop */
    uint64_t warmup, every, steps;
} ur_rate_plan;

/*
 * The rate of update `step` (0, 1, 2 …). `drops` counts how often the plateau schedule has lowered it.
 *   warm-up   rate·(step + 1)/(warmup + 1), before everything else
 *   cosine    floor + (1 − floor)·(1 + cos π·p)/2, where p is the share of the steps after the warm-up that are done
 *   linear    1 − (1 − floor)·p
 *   steps     factor^⌊step/every⌋          plateau   factor^drops          neither falls below the floor
 */
double ur_rate_at(const ur_rate_plan *plan, uint64_t step, uint64_t drops);

#endif
