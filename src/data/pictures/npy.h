/*
 * Arrays of numpy (.npy): features that another network has computed from pictures. The numbers have type f4 or f8 with
 * the lowest byte first, row by row (C order). The shape is (N, D), or (N, L, D) if a picture has L places. A row is
 * read from the file when it is asked for. The format:
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
#ifndef UR_DATA_NPY_H
#define UR_DATA_NPY_H

#include "data/source.h"

typedef struct ur_npy {
    ur_source source;
    uint64_t begin;              /* address of the numbers */
    bool wide;                   /* f8 */
    size_t count, places, width; /* N, L (1 for shape (N, D)), D */
    uint64_t hash;
} ur_npy;

/* UR_ERR_FORMAT, UR_ERR_UNSUPPORTED, UR_ERR_IO; messages name the file. */
ur_status ur_npy_open(ur_npy **npy, const char *path, const struct ur_watcher *watcher, ur_error *error);
void ur_npy_close(ur_npy *npy); /* NULL is allowed */

/* The numbers of row i, (L, D). UR_ERR_DATA if one is not finite. */
ur_status ur_npy_read(const ur_npy *npy, size_t i, float *values, ur_error *error);

/* Reads the head from the first `size` bytes of a file of `all` bytes: fills wide, count, places and width, and sets
 * *begin to the offset of the numbers. Errors do not name the file. */
ur_status ur_npy_look(ur_npy *npy, const unsigned char *bytes, size_t size, uint64_t all, size_t *begin,
                      ur_error *error);

#endif
