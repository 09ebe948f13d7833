/*
 * The tables through which all computation goes, with one row for each instruction set. What inference needs and what
 * only training needs are two tables, so that a program that only steps does not link training.
 *
 * Arrays inside the library have rows padded with zeros to a multiple of 16 numbers (ur_padded). docs/arithmetic.md
 * gives the order of every sum.
 */
#ifndef UR_KERNEL_KERNELS_H
#define UR_KERNEL_KERNELS_H

#include "base/error.h"
#include "kernel/activation.h"
#include "kernel/lane.h"

enum { UR_SHARD = 16 }; /* lanes of the batch whose sums form one chain */

/* What the chain of a product's element begins with. */
typedef enum ur_product_start { UR_START_ZERO, UR_START_BIAS, UR_START_HERE } ur_product_start;

/*
 * C(m, n) = start + Σ_k A(m, k)·B(k, n), one chain of fused multiply-adds in the order of k.
 *
 * A: row m begins at a + m·a_row; its depth = outer·inner numbers are `outer` runs of `inner` numbers, a_outer apart.
 * B: packed (pack.h): panels of 16 columns, panel p at b + p·depth·16; row k of a panel is 16 numbers.
 * C: row m at c + m·c_row; in the row, panel p at (p / group)·c_group + (p % group)·16: `group` panels are neighbours.
 * bias: (panels, 16) for UR_START_BIAS. UR_START_HERE continues from what C holds.
 * weights: the type of B. Small weights are packed differently (pack.h) and need outer = 1. With int8 the rows of A are
 * quantised too, and depth is at most UR_INT8_DEPTH (body/product_int8.c).
 */
typedef struct ur_product {
    const real *a, *b, *bias;
    real *c;
    size_t a_row, a_outer, inner, outer;
    size_t c_row, c_group, group;
    ur_product_start start;
    ur_weights weights;
} ur_product;

/* Computes rows [row, row_end) and panels [panel, panel_end). */
typedef void ur_product_part(const ur_product *product, size_t row, size_t row_end, size_t panel, size_t panel_end);

enum { UR_ROW_PANELS_MAX = 8 };

/* The chains of a product with one row: C(p) = first(p) + Σ_k a_k·B(k, p) over `depth` values of k. Panel p of B is at
 * b + p·b_panel, of C at c + column[p], of first at first + first_column[p]. first may be c. */
typedef struct ur_row_shape {
    size_t depth, b_panel;
    size_t first_column[UR_ROW_PANELS_MAX], column[UR_ROW_PANELS_MAX];
} ur_row_shape;

typedef void ur_row_sums(const ur_row_shape *shape, const real *a, const real *b, const real *first, real *c);

/* sums[n − 1] is for n panels, n = 1 … most. */
typedef struct ur_rows {
    size_t most;
    ur_row_sums *sums[UR_ROW_PANELS_MAX];
} ur_rows;

typedef struct ur_kernels {
    const char *name;
    size_t isa; /* index among the instruction sets of the build */
    ur_product_part *product, *product_bf16, *product_int8;
    const ur_rows *rows; /* used by `product` for a single row */
    /* y ← activation(y), n numbers (a multiple of 16). */
    void (*activate)(ur_activation activation, real *y, size_t n);
} ur_kernels;

/* Runs the product for the type of its weights. */
static inline void ur_product_run(const ur_kernels *kernels, const ur_product *product, size_t row, size_t row_end,
                                  size_t panel, size_t panel_end)
{
    ur_product_part *const parts[] = {kernels->product, kernels->product_bf16, kernels->product_int8};
    parts[product->weights](product, row, row_end, panel, panel_end);
}

/* A block of up to 16 rows of a weight matrix and the column of dY that belongs to its first row. */
typedef struct ur_row_group {
    size_t column, row, count;
} ur_row_group;

/*
 * dW(j, i) += Σ over steps and lanes of dY(t, b, column of j)·X(t, b, i), db(j) += Σ dY: a chain for each shard of 16
 * lanes in the order (t, b), started at zero; shards added to dW in order.
 * T, B ≥ 1. dY: (T, B, ·) with row stride dy_row; X: (T, B, width) with row stride x_row; dW: (rows, width) dense; db
 * may be NULL. live: (T, B), 0 if dY is zero there, so that the row is left out; NULL if no row is left out. dy_steps,
 * x_steps, live_steps: (T) the address of each step, for steps that do not follow each other in memory; then dy, x and
 * live are not read.
 * beside: another X of the same dY, which is then packed only once; or NULL. It has its own width, dW and db. Its
 * steps, lanes and row groups are the same; its dY, live and beside are not read.
 */
typedef struct ur_weight_gradient {
    const real *dy, *x, *const *dy_steps, *const *x_steps;
    const unsigned char *live, *const *live_steps;
    size_t dy_row, x_row, width, steps, lanes;
    const ur_row_group *groups;
    real *dw, *db;
    const struct ur_weight_gradient *beside;
} ur_weight_gradient;

/* Length of a row of sums. */
static inline size_t ur_gradient_sums(const ur_weight_gradient *g)
{
    return ur_padded(g->width) + (g->beside ? ur_padded(g->beside->width) : 0);
}

/* dY and X at the first lane of a step. */
static inline const real *ur_gradient_dy(const ur_weight_gradient *g, size_t step)
{
    return g->dy_steps ? g->dy_steps[step] : g->dy + step * g->lanes * g->dy_row;
}
static inline const real *ur_gradient_x(const ur_weight_gradient *g, size_t step)
{
    return g->x_steps ? g->x_steps[step] : g->x + step * g->lanes * g->x_row;
}

/* `live` of a step, (B), or NULL. */
static inline const unsigned char *ur_gradient_live(const ur_weight_gradient *g, size_t step)
{
    if (g->live_steps) return g->live_steps[step];
    return g->live ? g->live + step * g->lanes : NULL;
}

/* One step of an optimiser on n numbers; body/update.c has the equations. */
typedef struct ur_update {
    real *value, *gradient, *first, *second; /* first, second: the optimiser's memory, or NULL if it has none */
    real rate, decay, momentum, beta1, beta2, epsilon, correct1, correct2, scale, limit;
    int nesterov, decoupled, epsilon_inside;
} ur_update;

/* Logits that are summed as one part. Wider rows join several parts. */
enum { UR_SOFTMAX_PART = 1024 };

/* For some logits: the largest, and Σ exp(x − top). */
typedef struct ur_softmax_sum {
    double sum;
    real top;
} ur_softmax_sum;

typedef struct ur_train_kernels {
    const char *name;
    /* Scratch numbers for `groups` row groups of a product with an X of `width`. With two X, give the sum of their
     * padded widths. */
    size_t (*weight_gradient_scratch)(size_t width, size_t groups);
    void (*weight_gradient)(const ur_weight_gradient *gradient, size_t group, size_t group_end, real *scratch);
    /* dx ← dy ∘ activation′(y); n is a multiple of 16. dx may be dy. */
    void (*activate_back)(ur_activation activation, const real *y, const real *dy, real *dx, size_t n);
    void (*add)(real *y, const real *x, size_t n);                         /* y ← y + x */
    void (*multiply)(real *y, const real *x, const real *m, size_t n);     /* y ← x ∘ m */
    void (*multiply_add)(real *y, const real *x, const real *m, size_t n); /* y ← y + x ∘ m, fused */
    void (*add_scaled)(real *y, const real *x, real s, size_t n);          /* y ← y + s·x, fused */
    /* Σ x ∘ y; Σ v ∘ tanh(x + y): 16 fused chains, then the tree. And the gradient of the latter, if its own gradient
     * is d: dxy (of both x and y) ← d·v ∘ tanh′, dv ← dv + d·tanh. In all three n is a multiple of 16. */
    real (*dot)(const real *x, const real *y, size_t n);
    real (*tanh_dot)(const real *v, const real *x, const real *y, size_t n);
    void (*tanh_dot_back)(const real *v, const real *x, const real *y, real d, real *dxy, real *dv, size_t n);
    /* One row of n logits. Returns log Σ exp − logit[target]; d ← (softmax − onehot)·scale, with padding zeroed. d may
     * be NULL or the logits. target < 0 gives 0 and zeros. */
    double (*softmax_loss)(const real *logits, size_t n, int32_t target, real scale, real *d);
    /* The same by parts (kernel/softmax.h), for n ≤ UR_SOFTMAX_PART logits. And d ← exp(x − top)·share for n logits,
     * with padding zeroed. d may be the logits. */
    ur_softmax_sum (*softmax_part)(const real *logits, size_t n);
    void (*softmax_slope)(const real *logits, size_t n, real top, real share, real *d);
    /* Sum of the squares of n numbers: 16 chains, then the tree; in double. */
    double (*sum_squares)(const real *x, size_t n);
    void (*sgd)(const ur_update *u, size_t n);
    void (*adagrad)(const ur_update *u, size_t n);
    void (*rmsprop)(const ur_update *u, size_t n);
    void (*adam)(const ur_update *u, size_t n);
    void (*average)(real *mean, const real *x, real share, size_t n); /* mean ← mean + share·(x − mean) */
} ur_train_kernels;

/* The best set of this machine, or the named one. UR_ERR_UNSUPPORTED if the build or the machine lacks it (the message
 * lists those that it has), UR_ERR_USAGE if the name is unknown. */
ur_status ur_kernels_find(const char *isa, const ur_kernels **kernels, ur_error *error);
/* The training table for the same instruction set. Never NULL. */
const ur_train_kernels *ur_train_kernels_of(const ur_kernels *kernels);
/* Index of a table's instruction set among those of the build, for tables of other folders. */
size_t ur_isa_index(const ur_kernels *kernels);
/* The i-th instruction set of this build that this machine has, NULL after the last. The first is portable. */
const char *ur_isa_name(size_t i);

#endif
