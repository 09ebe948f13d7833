/* Functions of one number, and random numbers computed with them. The bits are the same on every machine. */
#ifndef UR_KERNEL_SCALAR_H
#define UR_KERNEL_SCALAR_H

#include "base/scalar.h"

#include <stdint.h>

/* A normally distributed number (Box and Muller), mean 0, variance 1, from Philox at (seed, use, position). */
double ur_random_normal(uint64_t seed, uint32_t use, uint64_t position);

#endif
