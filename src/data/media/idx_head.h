/* The head of an idx file: 00 00, the type of its numbers (08: bytes), the number of sizes, and each size as 32 bits
 * with the highest byte first. The numbers follow, row by row. */
#ifndef UR_DATA_IDX_H
#define UR_DATA_IDX_H

#include "data/source.h"

enum { UR_IDX_SIZES = 5 };

typedef struct ur_idx {
    size_t file, sizes;
    uint64_t size[UR_IDX_SIZES];
    uint64_t begin; /* address of the numbers; their count is the product of the sizes */
} ur_idx;

/* `wanted` tells the user, in a message, how many sizes are allowed. */
ur_status ur_idx_read(const ur_source *source, size_t file, const char *wanted, ur_idx *idx, ur_error *error);

#endif
