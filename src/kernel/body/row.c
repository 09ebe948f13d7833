/*
 * The product with one row of A: C(p) = first(p) + Σ_k a_k·B(k, p), with the chains of body/product.c.
 *
 * B is read once, and each of its numbers is used for only two operations, so the speed is that at which B arrives.
 * Many panels at once are enough chains to hide the latency of an addition, and enough streams to keep the memory busy.
 */
#include "kernel/kernels.h"
#include "kernel/lane_small.h"

static UR_TILE_INLINE void row(const ur_row_shape *s, const real *a, const real *b, const real *first, real *c,
                               const int panels)
{
    v16 sum[UR_WIDE_PANELS];
    size_t b_panel = s->b_panel;
    UR_UNROLL
    for (int p = 0; p < panels; p++) sum[p] = v_load(first + s->first_column[p]);
    for (const real *end = a + s->depth; a < end; a++, b += 16) {
        v16 x = v_set(*a);
        UR_UNROLL
        for (int p = 0; p < panels; p++) sum[p] = v_fma(x, v_load(b + (size_t)p * b_panel), sum[p]);
    }
    UR_UNROLL
    for (int p = 0; p < panels; p++) v_store(c + s->column[p], sum[p]);
}

#define UR_ROW(panels)                                                                                                 \
    static void row_##panels(const ur_row_shape *s, const real *a, const real *b, const real *first, real *c)          \
    {                                                                                                                  \
        row(s, a, b, first, c, panels);                                                                                \
    }
UR_ROW(1)
UR_ROW(2)
UR_ROW(3)
UR_ROW(4)
#if UR_WIDE_PANELS > 4
UR_ROW(5)
UR_ROW(6)
UR_ROW(7)
UR_ROW(8)
#endif

const ur_rows UR_ISA_NAME(ur_rows) = {UR_WIDE_PANELS,
                                      {
                                          row_1,
                                          row_2,
                                          row_3,
                                          row_4,
#if UR_WIDE_PANELS > 4
                                          row_5,
                                          row_6,
                                          row_7,
                                          row_8,
#endif
                                      }};
