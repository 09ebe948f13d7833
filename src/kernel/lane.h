/*
 * The vector type: 16 numbers that are computed at once, on every machine. AVX-512 holds them in one register, AVX2 in
 * two, NEON in four, the portable build in an array. So kernels are written once, and sums have the same shape
 * everywhere:
 *
 *   v_load v_store            16 numbers from and to memory, any alignment
 *   v_load_part v_store_part  only the first n; the rest reads as 0
 *   v_set v_zero              one number in all elements
 *   v_add v_sub v_mul v_div v_sqrt   rounded once each
 *   v_fma(a, b, c)            a·b + c, rounded once
 *   v_max v_min(a, b)         a > b ? a : b, so that a NaN in b stays
 *   v_where_less(a, b, x, y)  a < b ? x : y, element by element
 *   v_abs v_copysign(x, s)    x with the sign of s; x may be negative only where s is
 *   v_sum                     tree: elements i and i+8, then i+4, i+2, i+1
 *   v_top                     the largest element
 *   v_exp2_bits(t)            2^n where t = n + 1.5·2^23 (see functions.h); not in double
 *
 * UR_TILE_PANELS: how many panels of 16 columns a product keeps in registers at once. UR_FEW_PANELS: the same for f32
 * with at most two rows. UR_WIDE_PANELS: the same with one row, which goes through the whole depth. UR_TILE_STEPS: how
 * many steps of k are done between two checks of the loop. UR_UNROLL is put before each loop over the sums of a tile,
 * because the sums are in registers only if all of these loops are unrolled.
 */
#ifndef UR_KERNEL_LANE_H
#define UR_KERNEL_LANE_H

#include "kernel/isa.h"
#include "unroll.h"

#include <math.h>
#include <string.h>

typedef ur_real real;

enum { UR_LANES = 16 };

/* count rounded up to whole vectors: the row stride of every internal array. */
static inline size_t ur_padded(size_t count) { return (count + UR_LANES - 1) / UR_LANES * UR_LANES; }

#if defined(UR_ISA_AVX512)
#include "kernel/lane_avx512.h"
#elif defined(UR_ISA_AVX2)
#include "kernel/lane_avx2.h"
#elif defined(UR_ISA_NEON)
#include "kernel/lane_neon.h"
#elif defined(UR_ISA_PORTABLE)
#include "kernel/lane_portable.h"
#endif

/* A tile in registers is compiled once for each shape. With portable vectors, which are arrays in memory, one loop serves
 * all shapes. */
#if defined(UR_ISA_PORTABLE)
#define UR_TILE_INLINE __attribute__((noinline))
#else
#define UR_TILE_INLINE inline __attribute__((always_inline))
#endif

/* Unrolls the loops over a tile in registers. If clang is given a number, it unrolls in part before it knows how often
 * the loop runs, and stops there. */
#if defined(UR_ISA_PORTABLE)
#define UR_UNROLL
#elif defined(__clang__)
#define UR_UNROLL _Pragma("clang loop unroll(full)")
#else
#define UR_UNROLL _Pragma("GCC unroll 8")
#endif

#endif
