/*
 * The lane type: 16 numbers that are worked on at once, on every machine. AVX-512 holds them in one register, AVX2 in
 * two, NEON in four, the portable build in an array, so that kernels are written once and sums have one shape:
 *
 *   v_load v_store            16 numbers from and to memory, any alignment
 *   v_load_part v_store_part  only the first n; the rest reads as 0
 *   v_set v_zero              one number in all lanes
 *   v_add v_sub v_mul v_div v_sqrt   rounded once each
 *   v_fma(a, b, c)            a·b + c, rounded once
 *   v_max v_min(a, b)         a > b ? a : b, so that a NaN in b stays
 *   v_where_less(a, b, x, y)  a < b ? x : y, lane by lane
 *   v_abs v_copysign(x, s)    s gives the sign; x has its sign bit set only where s has
 *   v_sum                     tree: lanes i and i+8, then i+4, i+2, i+1
 *   v_top                     the largest lane
 *   v_exp2_bits(t)            2^n where t = n + 1.5·2^23 (see functions.h); not in double
 *
 * UR_TILE_PANELS says how many panels of 16 columns a product keeps in registers at once, UR_FEW_PANELS how many of f32
 * where it has two rows, UR_WIDE_PANELS how many where it has but one and goes through the whole depth, UR_TILE_STEPS how
 * many steps of k it does between two looks at whether there are more. UR_UNROLL stands before each loop over the sums of
 * such a tile: only where all of them are unrolled are the sums registers.
 */
#ifndef UR_KERNEL_LANE_H
#define UR_KERNEL_LANE_H

#include "kernel/isa.h"
#include "unroll.h"

#include <math.h>
#include <string.h>

typedef ur_real real;

enum { UR_LANES = 16 };

/* count rounded up to whole lanes, the row stride of every internal array. */
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

/* Given a number, clang unrolls in part before it knows how often the loop runs, and leaves it at that. Lanes that are arrays
 * are not in registers anyway, and one loop does for all. */
#if defined(UR_ISA_PORTABLE)
#define UR_UNROLL
#elif defined(__clang__)
#define UR_UNROLL _Pragma("clang loop unroll(full)")
#else
#define UR_UNROLL _Pragma("GCC unroll 8")
#endif

#endif
