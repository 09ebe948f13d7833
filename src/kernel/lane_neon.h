/* A vector of 16 numbers in four NEON registers (AArch64). */
#include <arm_neon.h>

#define UR_TILE_PANELS 1
#define UR_FEW_PANELS  2
#define UR_TILE_STEPS  1
#define UR_WIDE_PANELS 4

typedef struct v16 {
    float32x4_t q[4];
} v16;

#define V_EACH for (int i = 0; i < 4; i++)

static inline v16 v_load(const real *p)
{
    v16 v;
    V_EACH v.q[i] = vld1q_f32(p + 4 * i);
    return v;
}
static inline void v_store(real *p, v16 v) { V_EACH vst1q_f32(p + 4 * i, v.q[i]); }
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
static inline v16 v_set(real x)
{
    v16 v;
    V_EACH v.q[i] = vdupq_n_f32(x);
    return v;
}
static inline v16 v_zero(void) { return v_set(0); }

#define V_BINARY(name, expression)                                                                                     \
    static inline v16 name(v16 a, v16 b)                                                                               \
    {                                                                                                                  \
        v16 v;                                                                                                         \
        V_EACH v.q[i] = expression;                                                                                    \
        return v;                                                                                                      \
    }
V_BINARY(v_add, vaddq_f32(a.q[i], b.q[i]))
V_BINARY(v_sub, vsubq_f32(a.q[i], b.q[i]))
V_BINARY(v_mul, vmulq_f32(a.q[i], b.q[i]))
V_BINARY(v_div, vdivq_f32(a.q[i], b.q[i]))
/* Not vmaxq: the x86 instructions return b if either is NaN, and this must do the same. */
V_BINARY(v_max, vbslq_f32(vcgtq_f32(a.q[i], b.q[i]), a.q[i], b.q[i]))
V_BINARY(v_min, vbslq_f32(vcltq_f32(a.q[i], b.q[i]), a.q[i], b.q[i]))
V_BINARY(v_copysign, vbslq_f32(vdupq_n_u32(0x80000000u), b.q[i], a.q[i]))

static inline v16 v_fma(v16 a, v16 b, v16 c)
{
    V_EACH c.q[i] = vfmaq_f32(c.q[i], a.q[i], b.q[i]);
    return c;
}
static inline v16 v_sqrt(v16 a)
{
    V_EACH a.q[i] = vsqrtq_f32(a.q[i]);
    return a;
}
static inline v16 v_abs(v16 a)
{
    V_EACH a.q[i] = vabsq_f32(a.q[i]);
    return a;
}
static inline v16 v_where_less(v16 a, v16 b, v16 x, v16 y)
{
    V_EACH x.q[i] = vbslq_f32(vcltq_f32(a.q[i], b.q[i]), x.q[i], y.q[i]);
    return x;
}
static inline v16 v_exp2_bits(v16 t)
{
    V_EACH
    {
        uint32x4_t bits = vshlq_n_u32(vreinterpretq_u32_f32(t.q[i]), 23);
        t.q[i] = vreinterpretq_f32_u32(vaddq_u32(bits, vdupq_n_u32(0x3f800000u)));
    }
    return t;
}
static inline real v_sum(v16 v)
{
    float32x4_t a = vaddq_f32(vaddq_f32(v.q[0], v.q[2]), vaddq_f32(v.q[1], v.q[3]));
    return (vgetq_lane_f32(a, 0) + vgetq_lane_f32(a, 2)) + (vgetq_lane_f32(a, 1) + vgetq_lane_f32(a, 3));
}
static inline real v_top(v16 v)
{
    v16 low = v_max(v, (v16){{v.q[2], v.q[3], v.q[2], v.q[3]}});
    real lanes[16], top;
    v_store(lanes, low);
    top = lanes[0];
    for (int i = 1; i < 8; i++) top = top > lanes[i] ? top : lanes[i];
    return top;
}
