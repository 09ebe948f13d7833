/* Two pieces side by side, where they stand and how often: what learning counts, and keeps in order. */
#ifndef UR_DATA_COUPLES_H
#define UR_DATA_COUPLES_H

#include "unroll.h"

#include <stdbool.h>

#define UR_NOWHERE UINT32_MAX

typedef struct ur_couple {
    int32_t left, right;
    uint64_t times;
    uint32_t first; /* the place at the head of its list; UR_NOWHERE: it stands nowhere */
} ur_couple;

/* In the queue with the number that was known when it was put there. */
typedef struct ur_queued {
    uint64_t times;
    uint32_t couple;
} ur_queued;

/* Begins as zeros. */
typedef struct ur_couples {
    ur_couple *list;
    size_t count, room;
    uint32_t *slots; /* hash table of numbers in the list */
    size_t slot_count;
    ur_queued *queue; /* a heap: the commonest first; among equals the one with the smaller left, then right piece */
    size_t queued, queue_room;
} ur_couples;

void ur_couples_free(ur_couples *couples);
/* The number of a couple, which is added where it is new. */
ur_status ur_couples_find(ur_couples *couples, int32_t left, int32_t right, uint32_t *number, ur_error *error);
/* To be called when its times have grown. */
ur_status ur_couples_queue(ur_couples *couples, uint32_t number, ur_error *error);
/* Takes the commonest out of the queue; false: there are none. */
bool ur_couples_take(ur_couples *couples, uint32_t *number);

#endif
