/*
 * The order in which examples are read: batch by batch, with examples of similar length in one batch. In an epoch the
 * examples are shuffled, sorted by length within groups of many batches, cut into batches, and the batches are
 * shuffled. All of it follows from the seed and the number of the epoch. For evaluation the examples are sorted by
 * length.
 */
#ifndef UR_TASK_ORDER_H
#define UR_TASK_ORDER_H

#include "base/error.h"

#include <stdbool.h>

/* The first four fields are set by the caller; the others begin as zeros. */
typedef struct ur_order {
    const uint32_t *length; /* of each example, at least 1 */
    size_t count;           /* number of examples */
    size_t lanes;   /* examples per batch, fewer in the last; 0 for batches whose lengths have about equal sums */
    size_t batches; /* number of batches, at most the number of examples */
    bool made;      /* the fields below hold the order of `epoch` */
    uint64_t epoch;
    uint32_t *place;        /* indices of the examples, batch by batch */
    uint32_t *first, *turn; /* where each batch begins in `place`; the order of the batches */
} ur_order;

ur_status ur_order_make(ur_order *order, uint64_t seed, uint64_t epoch, bool shuffled, ur_error *error);
/* The examples of a batch in the current order. */
const uint32_t *ur_order_batch(const ur_order *order, uint64_t number, size_t *count);
void ur_order_free(ur_order *order);

#endif
