/* The head of an idx file: 00 00, the type of its numbers (08: bytes), how many sizes it has, each as 32 bits with the highest
 * byte first; then the numbers row by row. */
#ifndef UR_DATA_IDX_H
#define UR_DATA_IDX_H

#include "data/source.h"

enum { UR_IDX_SIZES = 5 };

typedef struct ur_idx {
    size_t file, sizes;
    uint64_t size[UR_IDX_SIZES];
    uint64_t begin; /* address of the numbers, of which there are as many as the sizes make */
} ur_idx;

/* `wanted` says in a message how many sizes there may be. */
ur_status ur_idx_read(const ur_source *source, size_t file, const char *wanted, ur_idx *idx, ur_error *error);

#endif
