/*
 * One step of each optimiser. g is the gradient after clipping: g·scale, then clamped to ±limit. With weights p, rate
 * η, decay λ:
 *   SGD       g += λp;  m ← μm + g;  p −= ηm          (Nesterov: p −= η(g + μm); without momentum p −= ηg)
 *   Adagrad   g += λp;  s ← s + g²;  p −= ηg/(√s + ε)            (Duchi et al. 2011; ε inside: ηg/√(s + ε))
 *   RMSprop   g += λp;  s ← βs + (1 − β)g²;  p −= ηg/(√s + ε)    (Tieleman & Hinton 2012)
 *   Adam      m ← β₁m + (1 − β₁)g;  s ← β₂s + (1 − β₂)g²;  p −= η(m/c₁)/(√(s/c₂) + ε), c = 1 − βᵗ (Kingma & Ba 2015);
 *             AdamW first subtracts ηλp from p (Loshchilov & Hutter 2019), Adam adds λp to g
 */
#include "kernel/kernels.h"

/* 16 numbers, or the last few, of each array that an update reads and writes. */
typedef struct ur_lanes {
    v16 p, g, m, s;
} ur_lanes;

static inline v16 load(const real *x, size_t n) { return !x ? v_zero() : n == 16 ? v_load(x) : v_load_part(x, n); }

static inline void store(real *x, v16 v, size_t n)
{
    if (x && n == 16) v_store(x, v);
    if (x && n < 16) v_store_part(x, v, n);
}

static inline real *at(real *x, size_t i) { return x ? x + i : NULL; }

static inline ur_lanes fetch(const ur_update *u, size_t i, size_t n)
{
    ur_lanes l = {load(u->value + i, n), load(u->gradient + i, n), load(at(u->first, i), n), load(at(u->second, i), n)};
    l.g = v_mul(l.g, v_set(u->scale));
    if (u->limit > 0) l.g = v_max(v_set(-u->limit), v_min(v_set(u->limit), l.g));
    if (u->decay > 0 && !u->decoupled) l.g = v_fma(v_set(u->decay), l.p, l.g);
    return l;
}

#define UR_OPTIMIZER(name, step)                                                                                       \
    void UR_ISA_NAME(name)(const ur_update *u, size_t n)                                                               \
    {                                                                                                                  \
        for (size_t i = 0; i < n; i += 16) {                                                                           \
            size_t part = n - i < 16 ? n - i : 16;                                                                     \
            ur_lanes l = fetch(u, i, part);                                                                            \
            step(u, &l);                                                                                               \
            store(u->value + i, l.p, part);                                                                            \
            store(at(u->first, i), l.m, part);                                                                         \
            store(at(u->second, i), l.s, part);                                                                        \
        }                                                                                                              \
    }

static inline v16 less(v16 p, real rate, v16 step) { return v_fma(v_set(-rate), step, p); }

static inline void sgd(const ur_update *u, ur_lanes *l)
{
    v16 mu = v_set(u->momentum), step = l->g;
    if (u->first) step = l->m = v_fma(mu, l->m, l->g);
    if (u->first && u->nesterov) step = v_fma(mu, l->m, l->g);
    l->p = less(l->p, u->rate, step);
}

/* g / (√s + ε) or g / √(s + ε) */
static inline v16 scaled(const ur_update *u, v16 g, v16 s)
{
    v16 epsilon = v_set(u->epsilon);
    return v_div(g, u->epsilon_inside ? v_sqrt(v_add(s, epsilon)) : v_add(v_sqrt(s), epsilon));
}

static inline void adagrad(const ur_update *u, ur_lanes *l)
{
    l->s = v_fma(l->g, l->g, l->s);
    l->p = less(l->p, u->rate, scaled(u, l->g, l->s));
}

static inline v16 fade(real beta, v16 old, v16 new) { return v_fma(v_set(beta), old, v_mul(v_set(1 - beta), new)); }

static inline void rmsprop(const ur_update *u, ur_lanes *l)
{
    l->s = fade(u->beta2, l->s, v_mul(l->g, l->g));
    l->p = less(l->p, u->rate, scaled(u, l->g, l->s));
}

static inline void adam(const ur_update *u, ur_lanes *l)
{
    if (u->decoupled) l->p = v_mul(l->p, v_set(1 - u->rate * u->decay));
    l->m = fade(u->beta1, l->m, l->g);
    l->s = fade(u->beta2, l->s, v_mul(l->g, l->g));
    v16 step = scaled(u, v_div(l->m, v_set(u->correct1)), v_div(l->s, v_set(u->correct2)));
    l->p = less(l->p, u->rate, step);
}

UR_OPTIMIZER(ur_sgd, sgd)
UR_OPTIMIZER(ur_adagrad, adagrad)
UR_OPTIMIZER(ur_rmsprop, rmsprop)
UR_OPTIMIZER(ur_adam, adam)
