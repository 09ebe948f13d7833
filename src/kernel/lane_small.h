/*
 * What products with small weights need in addition to lane.h.
 *
 * bf16: 32 numbers are stored as (16, 2): for each column the number for an even k, then that for the odd k after it.
 * So each half becomes f32 by one instruction, exactly:
 *   v_even_bf16 v_odd_bf16    16 numbers of one k
 *
 * int8: sums of products are integers of 32 bits, exact on every machine:
 *   v_store_int8(to, t)       the low byte of each element's bits, flipped if UR_INT8_FLIP
 *   n16, n_begin(offset)      16 sums to begin with, for weights whose sums were packed as `offset`
 *   n_four, n_set_four(q)     four neighbouring numbers of a row of A, for all elements
 *   n_dot(sum, four, b)       sum + Σ over four k; b is (16, 4)
 *   n_real(sum)               rounded once
 * The numbers of A and B are within ±127. VNNI multiplies an unsigned number by a signed one: A is stored with 128
 * added (UR_INT8_FLIP), and the sums begin with −128·Σ B, which was packed. UR_INT8_TARGET is put before every function
 * that uses these.
 */
#ifndef UR_KERNEL_LANE_SMALL_H
#define UR_KERNEL_LANE_SMALL_H

#include "kernel/lane.h"

#define UR_INT8_TARGET

#if defined(UR_ISA_AVX512)

#undef UR_INT8_TARGET
#define UR_INT8_TARGET __attribute__((target("avx512vnni")))

static inline v16 v_even_bf16(const uint16_t *p)
{
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_loadu_si512(p), 16));
}
static inline v16 v_odd_bf16(const uint16_t *p)
{
    return _mm512_castsi512_ps(_mm512_and_si512(_mm512_loadu_si512(p), _mm512_set1_epi32((int)0xffff0000)));
}

typedef __m512i n16, n_four;

static inline void v_store_int8(signed char *to, v16 t)
{
    __m128i bytes = _mm512_cvtepi32_epi8(_mm512_castps_si512(t));
    _mm_storeu_si128((__m128i *)(void *)to, _mm_xor_si128(bytes, _mm_set1_epi8((char)0x80)));
}
static inline n16 n_begin(const int32_t *offset) { return _mm512_loadu_si512(offset); }
static inline n_four n_set_four(const signed char *q)
{
    int four;
    memcpy(&four, q, 4);
    return _mm512_set1_epi32(four);
}
static inline UR_INT8_TARGET n16 n_dot(n16 sum, n_four a, const signed char *b)
{
    return _mm512_dpbusd_epi32(sum, a, _mm512_loadu_si512(b));
}
static inline v16 n_real(n16 sum) { return _mm512_cvtepi32_ps(sum); }

#elif defined(UR_ISA_AVX2)

static inline __m256i v_half(const void *p) { return _mm256_loadu_si256((const __m256i *)p); }

static inline v16 v_even_bf16(const uint16_t *p)
{
    return V_PAIR(_mm256_castsi256_ps(_mm256_slli_epi32(v_half(p), 16)),
                  _mm256_castsi256_ps(_mm256_slli_epi32(v_half(p + 16), 16)));
}
static inline v16 v_odd_bf16(const uint16_t *p)
{
    __m256i upper = _mm256_set1_epi32((int)0xffff0000);
    return V_PAIR(_mm256_castsi256_ps(_mm256_and_si256(v_half(p), upper)),
                  _mm256_castsi256_ps(_mm256_and_si256(v_half(p + 16), upper)));
}

typedef struct n16 {
    __m256i low, high;
} n16;

/* Sizes and signs are separate: |a|·(b with a's sign) is a product of an unsigned and a signed number. The sum of two
 * such products, at most 2·127·127, fits into 16 bits. */
typedef struct n_four {
    __m256i size, sign;
} n_four;

static inline void v_store_int8(signed char *to, v16 t)
{
    __m256i byte = _mm256_set1_epi32(0xff);
    __m256i low = _mm256_and_si256(_mm256_castps_si256(t.low), byte);
    __m256i high = _mm256_and_si256(_mm256_castps_si256(t.high), byte);
    __m256i words = _mm256_permute4x64_epi64(_mm256_packus_epi32(low, high), 0xd8);
    __m128i bytes = _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
    _mm_storeu_si128((__m128i *)(void *)to, bytes);
}
static inline n16 n_begin(const int32_t *offset)
{
    (void)offset;
    return (n16){_mm256_setzero_si256(), _mm256_setzero_si256()};
}
static inline n_four n_set_four(const signed char *q)
{
    int four;
    memcpy(&four, q, 4);
    __m256i a = _mm256_set1_epi32(four);
    return (n_four){_mm256_abs_epi8(a), a};
}
static inline __m256i n_half_dot(__m256i sum, n_four a, __m256i b)
{
    __m256i pairs = _mm256_maddubs_epi16(a.size, _mm256_sign_epi8(b, a.sign));
    return _mm256_add_epi32(sum, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
}
static inline n16 n_dot(n16 sum, n_four a, const signed char *b)
{
    return (n16){n_half_dot(sum.low, a, v_half(b)), n_half_dot(sum.high, a, v_half(b + 32))};
}
static inline v16 n_real(n16 sum) { return V_PAIR(_mm256_cvtepi32_ps(sum.low), _mm256_cvtepi32_ps(sum.high)); }

#elif defined(UR_ISA_NEON)

static inline v16 v_even_bf16(const uint16_t *p)
{
    v16 v;
    V_EACH v.q[i] = vreinterpretq_f32_u32(vshlq_n_u32(vreinterpretq_u32_u16(vld1q_u16(p + 8 * i)), 16));
    return v;
}
static inline v16 v_odd_bf16(const uint16_t *p)
{
    v16 v;
    V_EACH v.q[i] =
        vreinterpretq_f32_u32(vandq_u32(vreinterpretq_u32_u16(vld1q_u16(p + 8 * i)), vdupq_n_u32(0xffff0000u)));
    return v;
}

typedef struct n16 {
    int32x4_t q[4];
} n16;

typedef int8x16_t n_four;

static inline void v_store_int8(signed char *to, v16 t)
{
    uint16x8_t low = vcombine_u16(vmovn_u32(vreinterpretq_u32_f32(t.q[0])), vmovn_u32(vreinterpretq_u32_f32(t.q[1])));
    uint16x8_t high = vcombine_u16(vmovn_u32(vreinterpretq_u32_f32(t.q[2])), vmovn_u32(vreinterpretq_u32_f32(t.q[3])));
    vst1q_s8(to, vreinterpretq_s8_u8(vcombine_u8(vmovn_u16(low), vmovn_u16(high))));
}
static inline n16 n_begin(const int32_t *offset)
{
    n16 sum;
    (void)offset;
    V_EACH sum.q[i] = vdupq_n_s32(0);
    return sum;
}
static inline n_four n_set_four(const signed char *q)
{
    int32_t four;
    memcpy(&four, q, 4);
    return vreinterpretq_s8_s32(vdupq_n_s32(four));
}
static inline n16 n_dot(n16 sum, n_four a, const signed char *b)
{
    V_EACH
    {
        int8x16_t w = vld1q_s8(b + 16 * i);
        int32x4_t low = vpaddlq_s16(vmull_s8(vget_low_s8(a), vget_low_s8(w)));
        int32x4_t high = vpaddlq_s16(vmull_high_s8(a, w));
        sum.q[i] = vaddq_s32(sum.q[i], vpaddq_s32(low, high));
    }
    return sum;
}
static inline v16 n_real(n16 sum)
{
    v16 v;
    V_EACH v.q[i] = vcvtq_f32_s32(sum.q[i]);
    return v;
}

#else

static inline v16 v_wide_bf16(const uint16_t *p)
{
    v16 v;
    V_EACH
    {
        uint32_t bits = (uint32_t)p[2 * i] << 16;
        float f;
        memcpy(&f, &bits, 4);
        v.x[i] = f;
    }
    return v;
}
static inline v16 v_even_bf16(const uint16_t *p) { return v_wide_bf16(p); }
static inline v16 v_odd_bf16(const uint16_t *p) { return v_wide_bf16(p + 1); }

typedef struct n16 {
    int32_t x[16];
} n16;

typedef struct n_four {
    signed char x[4];
} n_four;

static inline void v_store_int8(signed char *to, v16 t)
{
    V_EACH memcpy(to + i, &t.x[i], 1); /* the low byte: all supported machines are little-endian */
}
static inline n16 n_begin(const int32_t *offset)
{
    n16 sum;
    (void)offset;
    V_EACH sum.x[i] = 0;
    return sum;
}
static inline n_four n_set_four(const signed char *q)
{
    n_four four;
    memcpy(four.x, q, 4);
    return four;
}
static inline n16 n_dot(n16 sum, n_four a, const signed char *b)
{
    V_EACH for (int k = 0; k < 4; k++) sum.x[i] += a.x[k] * b[4 * i + k];
    return sum;
}
static inline v16 n_real(n16 sum)
{
    v16 v;
    V_EACH v.x[i] = (real)sum.x[i];
    return v;
}

#endif
#endif
