/* The most probable continuations among all that a step of a search offers. */
#ifndef UR_GENERATE_FRONTIER_H
#define UR_GENERATE_FRONTIER_H

#include "unroll_generate.h"

typedef struct ur_candidate {
    double log_probability;
    size_t row; /* row of the step that offers it */
    int32_t id;
} ur_candidate;

typedef struct ur_frontier {
    ur_candidate *list; /* most probable first; capacity `width` */
    size_t count, width;
} ur_frontier;

/* Offers a candidate. Among equally probable ones, those that were offered first come first. */
static inline void ur_frontier_offer(ur_frontier *f, double log_probability, size_t row, int32_t id)
{
    bool full = f->count == f->width;
    if (full && !(log_probability > f->list[f->count - 1].log_probability)) return;
    size_t at = full ? f->count - 1 : f->count++;
    for (; at > 0 && f->list[at - 1].log_probability < log_probability; at--) f->list[at] = f->list[at - 1];
    f->list[at] = (ur_candidate){log_probability, row, id};
}

#endif
