/* Functions of one number, and random numbers made with them; the same bits on every machine. */
#ifndef UR_KERNEL_SCALAR_H
#define UR_KERNEL_SCALAR_H

#include "base/scalar.h"

#include <stdint.h>

/* A normal number (Box and Muller): mean 0, variance 1, from Philox at (seed, use, position). */
double ur_random_normal(uint64_t seed, uint32_t use, uint64_t position);

#endif
