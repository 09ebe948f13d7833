/*
 * Weights rounded to small numbers (docs/arithmetic.md). The resulting values are exact as f32, and rounding them again
 * changes nothing. So a model keeps these values, and packed weights and files are made from them.
 *
 *   bf16  to nearest, ties to even
 *   int8  for each row (of a matrix; an output's weights) a scale s = max |w| / 127, cut to 17 significant bits, and
 *         q = w / s rounded to a whole number; the value is q·s, exact because q has 7 bits
 */
#ifndef UR_KERNEL_ROUND_H
#define UR_KERNEL_ROUND_H

#include "kernel/lane.h"

#include <stdbool.h>

uint16_t ur_to_bf16(real w); /* a NaN stays a NaN */
real ur_from_bf16(uint16_t bits);

/* NaN if a number of the row is not finite. */
float ur_int8_scale(const real *row, size_t width);
signed char ur_to_int8(real w, float scale); /* −127 … 127; 0 if the scale is 0 or NaN */
/* Whether a scale and a row from a file are as rounding makes them: finite, not negative, 17 bits, with 127 as the
 * largest number. */
bool ur_int8_sound(const signed char *row, size_t width, float scale);

/* Rounds each row in place. */
void ur_round_weights(real *w, size_t rows, size_t width, ur_weights weights);

#endif
