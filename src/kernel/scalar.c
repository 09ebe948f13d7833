/* See scalar.h. */
#include "kernel/scalar.h"

#include "base/random.h"

#include <math.h>

double ur_random_normal(uint64_t seed, uint32_t use, uint64_t position)
{
    double u = 1 - ur_random_uniform(seed, use, 2 * position);
    return sqrt(-2 * ur_log(u)) * ur_cos_turn(ur_random_uniform(seed, use, 2 * position + 1));
}
