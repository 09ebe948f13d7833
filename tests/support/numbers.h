/* Random numbers and comparisons for the numeric tests. */
#ifndef UR_TEST_NUMBERS_H
#define UR_TEST_NUMBERS_H

#include "kernel/lane.h"

#ifdef UR_REAL_DOUBLE
#define GOLDEN_LIMIT 1e-12
#else
#define GOLDEN_LIMIT 1e-5
#endif

/* Numbers uniform in ±scale. Number i of a stream is always the same. */
void fill_random(real *x, size_t n, uint32_t stream, double scale);
real *random_numbers(size_t n, uint32_t stream, double scale); /* allocated; the caller frees them */
void fill_ids(int32_t *ids, size_t n, uint32_t stream, size_t symbols);

void *zeros(size_t n, size_t size); /* calloc that fails the test if there is no memory; zeros(0, …) is allowed */

/*
 * got − want| ≤ limit·max(1, |want|) for each number. A failure names the first bad index.
 */
void assert_near(const char *what, const real *got, const real *want, size_t n, double limit);
/* The numbers have the same bits. */
void assert_same(const char *what, const real *got, const real *want, size_t n);

#endif
