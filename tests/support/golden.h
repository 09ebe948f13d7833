/* The golden files (tests/golden/README.md), whose folder the environment variable UNROLL_GOLDEN names. */
#ifndef UR_TEST_GOLDEN_H
#define UR_TEST_GOLDEN_H

#include "format/tensor_file.h"
#include "kernel/lane.h"

typedef struct golden {
    char name[64];
    ur_tensor_file file;
} golden;

/* Each function fails the test if the file, tensor or entry does not exist. */
golden golden_open(const char *name);
void golden_close(golden *g);
const char *golden_told(const golden *g, const char *key); /* from the metadata */
const char *golden_told_or(const golden *g, const char *key, const char *otherwise);
double golden_number(const golden *g, const char *key, double otherwise);
const ur_tensor_entry *golden_entry(const golden *g, const char *name);
bool golden_has(const golden *g, const char *name);

/* Return copies, which the caller frees. *n is set to the count; n may be NULL. */
real *golden_values(const golden *g, const char *name, size_t *n);
int32_t *golden_ids(const golden *g, const char *name, size_t *n);

/* Compares with the tensor `name`, within GOLDEN_LIMIT. The sizes must be equal too. */
void assert_golden(const golden *g, const char *name, const real *got, size_t n);

#endif
