/* See room.h. */
#include "base/room.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

ur_status ur_room_grow(void *place, size_t count, size_t size, ur_error *error)
{
    void *memory; /* copied, because a pointer of another type may not be accessed as a void pointer */
    size_t bytes;
    bool fits = ur_mul_fits(count, size, &bytes) && bytes < SIZE_MAX;
    memcpy(&memory, place, sizeof memory);
    memory = fits ? realloc(memory, bytes + 1) : NULL;
    if (!memory) return ur_fail_memory(error, "a batch");
    memcpy(place, &memory, sizeof memory);
    return UR_OK;
}
