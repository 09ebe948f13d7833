/* Memory of a batch, which stays for the next one and grows with the largest. */
#ifndef UR_BASE_ROOM_H
#define UR_BASE_ROOM_H

#include "unroll.h"

/* `place` is the address of a pointer to anything, NULL at first; it gets room for so many of so many bytes, and keeps what it
 * held. UR_ERR_MEMORY: it stays as it was. */
ur_status ur_room_grow(void *place, size_t count, size_t size, ur_error *error);

#endif
