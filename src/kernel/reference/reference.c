/* See reference.h. */
#include "kernel/reference/reference.h"

#include "kernel/scalar.h"

#include <stdbool.h>

#ifdef UR_REAL_DOUBLE
#define FMA  fma
#define SQRT sqrt
#else
#define FMA  fmaf
#define SQRT sqrtf
#endif

/* ---- functions --------------------------------------------------------------------------------------------------- */

#ifdef UR_REAL_DOUBLE
real ur_reference_exp(real x) { return exp(x); }
real ur_reference_tanh(real x) { return tanh(x); }
#else
/* e^r of the reduced argument, |r| ≤ ln 2 / 2. */
static real exp_near_zero(real r)
{
    real p = 0x1.6a23ccp-10f;
    p = FMA(p, r, 0x1.123a20p-7f);
    p = FMA(p, r, 0x1.5558f2p-5f);
    p = FMA(p, r, 0x1.555492p-3f);
    p = FMA(p, r, 0x1.fffffcp-2f);
    return FMA(r * r, p, r) + 1;
}

real ur_reference_exp(real x)
{
    if (isnan(x)) return x;
    if (x < -87) x = -87;
    if (x > 87) x = 87;
    real n = FMA(x, 0x1.715476p+0f, 0x1.8p23f) - 0x1.8p23f; /* x / ln 2, rounded to an integer */
    real r = FMA(n, -0x1.62e400p-1f, x);
    r = FMA(n, -0x1.7f7d1cp-20f, r);
    return exp_near_zero(r) * ldexpf(1, (int)n);
}

real ur_reference_tanh(real x)
{
    real size = fabsf(x), square = x * x;
    if (!(size < 0.625f)) return copysignf(1 - 2 / (ur_reference_exp(size + size) + 1), x);
    real q = -0.005717036779969931f;
    q = FMA(q, square, 0.020650578662753105f);
    q = FMA(q, square, -0.05374349653720856f);
    q = FMA(q, square, 0.13331490755081177f);
    q = FMA(q, square, -0.3333328366279602f);
    return FMA(square * x, q, x);
}
#endif

real ur_reference_sigmoid(real x)
{
    real e = ur_reference_exp(x < 0 ? x : 0 - x);
    return x < 0 ? FMA(-e, e / (1 + e), e) : 1 / (1 + e);
}

real ur_reference_activation(ur_activation activation, real x)
{
    switch (activation) {
    case UR_TANH:
        return ur_reference_tanh(x);
    case UR_RELU:
        return 0 > x ? 0 : x;
    case UR_SIGMOID:
        return ur_reference_sigmoid(x);
    case UR_LINEAR:
        break;
    }
    return x;
}

real ur_reference_slope(ur_activation activation, real y)
{
    switch (activation) {
    case UR_TANH:
        return 1 - y * y;
    case UR_RELU:
        return y > 0 ? 1 : 0;
    case UR_SIGMOID:
        return y * (1 - y);
    case UR_LINEAR:
        break;
    }
    return 1;
}

/* ---- products ---------------------------------------------------------------------------------------------------- */

static real start_of(const ur_product *p, size_t panel, size_t n, real here)
{
    if (p->start == UR_START_BIAS) return p->bias[16 * panel + n];
    return p->start == UR_START_HERE ? here : 0;
}

/* One element: one chain in the order of k. */
static void element(const ur_product *p, size_t row, size_t panel, size_t n)
{
    size_t depth = p->outer * p->inner;
    real *c = p->c + row * p->c_row + panel / p->group * p->c_group + panel % p->group * 16 + n;
    real sum = start_of(p, panel, n, *c);
    for (size_t k = 0; k < depth; k++) {
        real a = p->a[row * p->a_row + k / p->inner * p->a_outer + k % p->inner];
        sum = FMA(a, p->b[(panel * depth + k) * 16 + n], sum);
    }
    *c = sum;
}

void ur_reference_product(const ur_product *p, size_t rows, size_t panels)
{
    for (size_t row = 0; row < rows; row++)
        for (size_t panel = 0; panel < panels; panel++)
            for (size_t n = 0; n < 16; n++) element(p, row, panel, n);
}

/* `by` is the factor with which a row of A is multiplied before it is rounded to int8, `scale` the factor that turns
 * the result back. Both are 0 for a row that is small enough to count as zero. `scale` is NaN for a row with an
 * infinity or a NaN. */
static void scale_of(const real *a, size_t depth, real *by, real *scale)
{
    real top = 0;
    bool wrong = false;
    for (size_t k = 0; k < depth; k++) {
        real size = a[k] < 0 ? -a[k] : a[k];
        if (size > top) top = size;
        wrong = wrong || !isfinite(a[k]);
    }
    *by = top < (real)0x1p-100 ? 0 : 127 / top;
    *scale = wrong ? (real)NAN : top < (real)0x1p-100 ? 0 : top / 127;
}

static int64_t integer_sum(const real *a, const signed char *q, size_t depth, real by)
{
    const real magic = sizeof(real) == 8 ? (real)0x1.8p52 : (real)0x1.8p23;
    int64_t sum = 0;
    for (size_t k = 0; k < depth; k++) {
        real whole = FMA(a[k], by, magic) - magic;
        sum += (isfinite(whole) ? (int64_t)whole : 0) * q[k];
    }
    return sum;
}

void ur_reference_product_int8(const ur_product *p, const signed char *q, const float *scale, size_t rows,
                               size_t panels)
{
    for (size_t row = 0; row < rows; row++)
        for (size_t i = 0; i < 16 * panels; i++) {
            const real *a = p->a + row * p->a_row;
            real by, own;
            size_t panel = i / 16;
            real *c = p->c + row * p->c_row + panel / p->group * p->c_group + panel % p->group * 16 + i % 16;
            scale_of(a, p->inner, &by, &own);
            real sum = (real)integer_sum(a, q + i * p->inner, p->inner, by);
            *c = FMA(sum, own * (real)scale[i], start_of(p, panel, i % 16, *c));
        }
}

/* The chains of a shard for one row of dW and for its bias. */
static void add_shard(const ur_weight_gradient *g, size_t column, size_t row, size_t lane, size_t lane_end)
{
    real bias = 0;
    for (size_t t = 0; t < g->steps; t++)
        for (size_t b = lane; b < lane_end; b++) bias += ur_gradient_dy(g, t)[b * g->dy_row + column];
    if (g->db) g->db[row] += bias;
    for (size_t i = 0; i < g->width; i++) {
        real sum = 0;
        for (size_t t = 0; t < g->steps; t++)
            for (size_t b = lane; b < lane_end; b++)
                sum = FMA(ur_gradient_dy(g, t)[b * g->dy_row + column], ur_gradient_x(g, t)[b * g->x_row + i], sum);
        g->dw[row * g->width + i] += sum;
    }
}

void ur_reference_weight_gradient(const ur_weight_gradient *g, size_t groups)
{
    for (size_t lane = 0; lane < g->lanes; lane += UR_SHARD)
        for (size_t i = 0; i < groups; i++)
            for (size_t r = 0; r < g->groups[i].count; r++)
                add_shard(g, g->groups[i].column + r, g->groups[i].row + r, lane,
                          g->lanes - lane < UR_SHARD ? g->lanes : lane + UR_SHARD);
}

/* ---- sums over a row: element i of a vector adds up i, i + 16, …; then the tree ---------------------------------- */

static real tree(real lane[16])
{
    for (int half = 8; half > 0; half /= 2)
        for (int i = 0; i < half; i++) lane[i] += lane[i + half];
    return lane[0];
}

double ur_reference_softmax_loss(const real *logits, size_t n, int32_t target, real scale, real *d)
{
    for (size_t i = 0; d && i < ur_padded(n); i++) d[i] = 0;
    if (target < 0) return 0;
    double sum = 0;
    real top = 0;
    for (size_t part = 0; part < n; part += 1024) {
        size_t end = n - part < 1024 ? n : part + 1024;
        real part_top = logits[part], lane[16] = {0};
        for (size_t i = part; i < end; i++) part_top = logits[i] > part_top ? logits[i] : part_top;
        for (size_t i = part; i < end; i++) lane[i % 16] += ur_reference_exp(logits[i] - part_top);
        real both = part == 0 || part_top > top ? part_top : top;
        if (part > 0) sum *= ur_exp((double)top - (double)both);
        sum += (double)tree(lane) * ur_exp((double)part_top - (double)both);
        top = both;
    }
    real share = scale / (real)sum;
    for (size_t i = 0; d && i < n; i++) d[i] = ur_reference_exp(logits[i] - top) * share;
    if (d) d[target] -= scale;
    return ur_log(sum) + ((double)top - (double)logits[target]);
}

double ur_reference_sum_squares(const real *x, size_t n)
{
    double lane[16] = {0};
    for (size_t i = 0; i < n; i++) lane[i % 16] += (double)x[i] * (double)x[i];
    for (int half = 8; half > 0; half /= 2)
        for (int i = 0; i < half; i++) lane[i] += lane[i + half];
    return lane[0];
}

real ur_reference_dot(const real *x, const real *y, size_t n)
{
    real lane[16] = {0};
    for (size_t i = 0; i < n; i++) lane[i % 16] = FMA(x[i], y[i], lane[i % 16]);
    return tree(lane);
}

real ur_reference_tanh_dot(const real *v, const real *x, const real *y, size_t n)
{
    real lane[16] = {0};
    for (size_t i = 0; i < n; i++) lane[i % 16] = FMA(v[i], ur_reference_tanh(x[i] + y[i]), lane[i % 16]);
    return tree(lane);
}

/* ---- optimisers: the equations are in kernel/body/update.c ------------------------------------------------------- */

static real clipped(const ur_update *u, real g, real p)
{
    g *= u->scale;
    if (u->limit > 0 && g > u->limit) g = u->limit;
    if (u->limit > 0 && g < -u->limit) g = -u->limit;
    return u->decay > 0 && !u->decoupled ? FMA(u->decay, p, g) : g;
}

static real scaled(const ur_update *u, real g, real s)
{
    return g / (u->epsilon_inside ? SQRT(s + u->epsilon) : SQRT(s) + u->epsilon);
}

static real fade(real beta, real old, real new) { return FMA(beta, old, (1 - beta) * new); }

void ur_reference_sgd(const ur_update *u, real g, real *p, real *m, real *s)
{
    (void)s;
    g = clipped(u, g, *p);
    if (u->first) *m = FMA(u->momentum, *m, g);
    real step = !u->first ? g : u->nesterov ? FMA(u->momentum, *m, g) : *m;
    *p = FMA(-u->rate, step, *p);
}

void ur_reference_adagrad(const ur_update *u, real g, real *p, real *m, real *s)
{
    (void)m;
    g = clipped(u, g, *p);
    *s = FMA(g, g, *s);
    *p = FMA(-u->rate, scaled(u, g, *s), *p);
}

void ur_reference_rmsprop(const ur_update *u, real g, real *p, real *m, real *s)
{
    (void)m;
    g = clipped(u, g, *p);
    *s = fade(u->beta2, *s, g * g);
    *p = FMA(-u->rate, scaled(u, g, *s), *p);
}

void ur_reference_adam(const ur_update *u, real g, real *p, real *m, real *s)
{
    g = clipped(u, g, *p);
    if (u->decoupled) *p *= 1 - u->rate * u->decay;
    *m = fade(u->beta1, *m, g);
    *s = fade(u->beta2, *s, g * g);
    *p = FMA(-u->rate, scaled(u, *m / u->correct1, *s / u->correct2), *p);
}
