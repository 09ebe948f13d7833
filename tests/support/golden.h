/* The golden files (tests/golden/README.md), found through the environment variable UNROLL_GOLDEN. */
#ifndef UR_TEST_GOLDEN_H
#define UR_TEST_GOLDEN_H

#include "format/tensor_file.h"
#include "kernel/lane.h"

typedef struct golden {
    char name[64];
    ur_tensor_file file;
} golden;

/* Each fails the test when there is no such file, tensor or entry. */
golden golden_open(const char *name);
void golden_close(golden *g);
const char *golden_told(const golden *g, const char *key); /* of the metadata */
const char *golden_told_or(const golden *g, const char *key, const char *otherwise);
double golden_number(const golden *g, const char *key, double otherwise);
const ur_tensor_entry *golden_entry(const golden *g, const char *name);
bool golden_has(const golden *g, const char *name);

/* Copies; free() them. *n may be NULL. */
real *golden_values(const golden *g, const char *name, size_t *n);
int32_t *golden_ids(const golden *g, const char *name, size_t *n);

/* Compares with the tensor `name` to GOLDEN_LIMIT, sizes too. */
void assert_golden(const golden *g, const char *name, const real *got, size_t n);

#endif
