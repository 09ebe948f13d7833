/* A vector of 16 numbers in two AVX registers (AVX2, FMA3). */
#include <immintrin.h>

#define UR_TILE_PANELS 1
#define UR_FEW_PANELS  2
#define UR_TILE_STEPS  4
#define UR_WIDE_PANELS 4

typedef struct v16 {
    __m256 low, high;
} v16;

#define V_PAIR(a, b) ((v16){a, b})

static inline v16 v_load(const real *p) { return V_PAIR(_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)); }
static inline void v_store(real *p, v16 v)
{
    _mm256_storeu_ps(p, v.low);
    _mm256_storeu_ps(p + 8, v.high);
}
static inline v16 v_load_part(const real *p, size_t n)
{
    real whole[16] = {0};
    memcpy(whole, p, n * sizeof(real));
    return v_load(whole);
}
static inline void v_store_part(real *p, v16 v, size_t n)
{
    real whole[16];
    v_store(whole, v);
    memcpy(p, whole, n * sizeof(real));
}
static inline v16 v_set(real x) { return V_PAIR(_mm256_set1_ps(x), _mm256_set1_ps(x)); }
static inline v16 v_zero(void) { return V_PAIR(_mm256_setzero_ps(), _mm256_setzero_ps()); }

#define V_BINARY(name, operation)                                                                                      \
    static inline v16 name(v16 a, v16 b) { return V_PAIR(operation(a.low, b.low), operation(a.high, b.high)); }
V_BINARY(v_add, _mm256_add_ps)
V_BINARY(v_sub, _mm256_sub_ps)
V_BINARY(v_mul, _mm256_mul_ps)
V_BINARY(v_div, _mm256_div_ps)
V_BINARY(v_max, _mm256_max_ps)
V_BINARY(v_min, _mm256_min_ps)

static inline v16 v_sqrt(v16 a) { return V_PAIR(_mm256_sqrt_ps(a.low), _mm256_sqrt_ps(a.high)); }
static inline v16 v_fma(v16 a, v16 b, v16 c)
{
    return V_PAIR(_mm256_fmadd_ps(a.low, b.low, c.low), _mm256_fmadd_ps(a.high, b.high, c.high));
}
static inline v16 v_abs(v16 a)
{
    __m256 sign = _mm256_set1_ps(-0.0f);
    return V_PAIR(_mm256_andnot_ps(sign, a.low), _mm256_andnot_ps(sign, a.high));
}
static inline v16 v_copysign(v16 a, v16 s)
{
    __m256 sign = _mm256_set1_ps(-0.0f);
    return V_PAIR(_mm256_or_ps(a.low, _mm256_and_ps(sign, s.low)), _mm256_or_ps(a.high, _mm256_and_ps(sign, s.high)));
}
static inline v16 v_where_less(v16 a, v16 b, v16 x, v16 y)
{
    return V_PAIR(_mm256_blendv_ps(y.low, x.low, _mm256_cmp_ps(a.low, b.low, _CMP_LT_OQ)),
                  _mm256_blendv_ps(y.high, x.high, _mm256_cmp_ps(a.high, b.high, _CMP_LT_OQ)));
}
static inline __m256 v_half_exp2_bits(__m256 t)
{
    __m256i bits = _mm256_slli_epi32(_mm256_castps_si256(t), 23);
    return _mm256_castsi256_ps(_mm256_add_epi32(bits, _mm256_set1_epi32(0x3f800000)));
}
static inline v16 v_exp2_bits(v16 t) { return V_PAIR(v_half_exp2_bits(t.low), v_half_exp2_bits(t.high)); }
static inline real v_sum(v16 v)
{
    __m256 a = _mm256_add_ps(v.low, v.high);
    __m128 b = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
    b = _mm_add_ps(b, _mm_movehl_ps(b, b));
    return _mm_cvtss_f32(_mm_add_ss(b, _mm_shuffle_ps(b, b, 1)));
}
static inline real v_top(v16 v)
{
    __m256 a = _mm256_max_ps(v.low, v.high);
    __m128 b = _mm_max_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
    b = _mm_max_ps(b, _mm_movehl_ps(b, b));
    return _mm_cvtss_f32(_mm_max_ss(b, _mm_shuffle_ps(b, b, 1)));
}
