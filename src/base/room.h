/* Buffers that are kept from batch to batch and grow to the size of the largest batch. */
#ifndef UR_BASE_ROOM_H
#define UR_BASE_ROOM_H

#include "unroll.h"

/* `place` is the address of a pointer of any type, NULL at first. The buffer gets space for `count` items of `size`
 * bytes and keeps its contents. On UR_ERR_MEMORY it stays as it was. */
ur_status ur_room_grow(void *place, size_t count, size_t size, ur_error *error);

#endif
