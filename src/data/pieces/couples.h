/* Couples: two neighbouring pieces, where they occur and how often. Learning counts them and keeps them in order. */
#ifndef UR_DATA_COUPLES_H
#define UR_DATA_COUPLES_H

#include "unroll.h"

#include <stdbool.h>

#define UR_NOWHERE UINT32_MAX

typedef struct ur_couple {
    int32_t left, right;
    uint64_t times;
    uint32_t first; /* the place at the head of its list, or UR_NOWHERE */
} ur_couple;

/* An entry of the queue, with the count that the couple had when it was queued. */
typedef struct ur_queued {
    uint64_t times;
    uint32_t couple;
} ur_queued;

/* All zeros at first. */
typedef struct ur_couples {
    ur_couple *list;
    size_t count, room;
    uint32_t *slots; /* hash table of indices into the list */
    size_t slot_count;
    ur_queued *queue; /* a heap: the most frequent first; of equals the one with the smaller left, then right piece */
    size_t queued, queue_room;
} ur_couples;

void ur_couples_free(ur_couples *couples);
/* The index of a couple, which is added if it is new. */
ur_status ur_couples_find(ur_couples *couples, int32_t left, int32_t right, uint32_t *number, ur_error *error);
/* Queues a couple. Call it when the couple's count has grown. */
ur_status ur_couples_queue(ur_couples *couples, uint32_t number, ur_error *error);
/* Takes the most frequent couple out of the queue; false if there is none. */
bool ur_couples_take(ur_couples *couples, uint32_t *number);

#endif
