/* A place between two pixels, slices or bands. */
#ifndef UR_DATA_BETWEEN_H
#define UR_DATA_BETWEEN_H

#include <math.h>
#include <stddef.h>

/* The one at or before a place, 0 … count − 1, and how far behind it the place is; a place beyond an end is that end. */
static inline size_t ur_find_before(double place, size_t count, double *behind)
{
    double last = (double)(count - 1), clamped = place < 0 ? 0 : place > last ? last : place, before = floor(clamped);
    *behind = clamped - before;
    return (size_t)before;
}

#endif
