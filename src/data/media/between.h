/* Points between two pixels, slices or bands. */
#ifndef UR_DATA_BETWEEN_H
#define UR_DATA_BETWEEN_H

#include <math.h>
#include <stddef.h>

/* The index before or at a point, 0 … count − 1, and how far the point is beyond it. Points outside are
 * moved to the nearest end. */
static inline size_t ur_find_before(double place, size_t count, double *behind)
{
    double last = (double)(count - 1), clamped = place < 0 ? 0 : place > last ? last : place, before = floor(clamped);
    *behind = clamped - before;
    return (size_t)before;
}

#endif
