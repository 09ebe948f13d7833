/*
 * A pool of threads that all run the same function. The calling thread is member 0. Waiting threads spin briefly and
 * then sleep, so that a busy machine is not made busier.
 */
#ifndef UR_BASE_POOL_H
#define UR_BASE_POOL_H

#include "unroll.h"

#include <stdbool.h>

/* ur_pool_create and ur_pool_free are in unroll.h. */

/* The number of threads; 1 if `pool` is NULL. Every function that takes a pool also runs without one. */
size_t ur_pool_threads(const ur_pool *pool);

typedef void ur_pool_work(void *context, size_t member, size_t members);

/* Every member calls work(context, member, members) once. Returns after all calls have returned. Not reentrant. */
void ur_pool_run(ur_pool *pool, ur_pool_work *work, void *context);

/* Called inside work: waits until every member has arrived. All members must call it equally often. */
void ur_pool_barrier(ur_pool *pool);

/* The share of 0 … count that belongs to `member`, in multiples of `grain`: [*begin, *end), possibly empty. */
void ur_pool_share(size_t count, size_t grain, size_t member, size_t members, size_t *begin, size_t *end);

/* Deals out different pieces of work in turn. Each member asks for every piece, in the same order, whether the piece is
 * its own. */
typedef struct ur_turn {
    size_t piece, member, members;
} ur_turn;
static inline bool ur_turn_is_mine(ur_turn *turn) { return turn->piece++ % turn->members == turn->member; }

#endif
