/*
 * In which order examples are read: batch by batch, those of about one length together. In an epoch the examples are
 * shuffled, sorted by length within groups of many batches, cut into batches, and the batches are shuffled. All of it follows
 * from the seed and the number of the epoch. For judging they are sorted by length.
 */
#ifndef UR_TASK_ORDER_H
#define UR_TASK_ORDER_H

#include "base/error.h"

#include <stdbool.h>

/* Begin with zeros but for the first four. */
typedef struct ur_order {
    const uint32_t *length; /* of each example, at least 1 */
    size_t count;           /* of them */
    size_t lanes;   /* examples of a batch, fewer in the last one; 0: the lengths of each add up to about as much */
    size_t batches; /* at most as many as examples */
    bool made;      /* what follows is that of `epoch` */
    uint64_t epoch;
    uint32_t *place;        /* numbers of examples, batch by batch */
    uint32_t *first, *turn; /* where each of these batches begins; which one comes when */
} ur_order;

ur_status ur_order_make(ur_order *order, uint64_t seed, uint64_t epoch, bool shuffled, ur_error *error);
/* The examples of a batch of the order at hand. */
const uint32_t *ur_order_batch(const ur_order *order, uint64_t number, size_t *count);
void ur_order_free(ur_order *order);

#endif
