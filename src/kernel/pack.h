/*
 * Weights in the order in which the product reads them: panels of 16 columns, (panel, k, 16), padded with zeros. The
 * layout is the same for every instruction set.
 *
 * The weight matrix (G·H, in) of a recurrent layer has its gates one below the other. Packed, the gates of a block of
 * 16 units are next to each other, so that the gate function finds them together. `order` says which gates are packed,
 * and in which order. A dense layer's matrix is one "gate".
 */
#ifndef UR_KERNEL_PACK_H
#define UR_KERNEL_PACK_H

#include "kernel/kernels.h"

enum { UR_INT8_DEPTH = 1 << 15 }; /* limit on the depth of a product with int8 weights */
#define UR_INT8_LEAST 0x1p-100f   /* a row of A is zero if all of its numbers are smaller */

typedef struct ur_gate_rows {
    size_t units;               /* H */
    size_t gates;               /* how many gates are packed */
    const unsigned char *order; /* their positions in the matrix, or NULL for 0, 1, 2 … */
} ur_gate_rows;

size_t ur_gate_panels(const ur_gate_rows *rows); /* ⌈H/16⌉·gates */

/* For y = W·x: column n of panel (unit block, gate) is a row of W; k runs over W's `width` columns. */
void ur_pack_forward(real *packed, const real *w, const ur_gate_rows *rows, size_t width);
/* For dx = Wᵀ·dy: columns are W's columns; k runs over (unit block, gate, unit), in the order of dy, without the units
 * that the last block lacks. A block with fewer than 16 units has its own panels, after those of the others. */
void ur_pack_back(real *packed, const real *w, const ur_gate_rows *rows, size_t width);
/* The products that compute dx from dy with weights packed in this way, to be done in order: one, or two if the last
 * block is not whole. `p` has everything but inner and outer; its group is all of C's panels. `block`: distance between
 * the unit blocks of its A. */
size_t ur_back_products(ur_product products[2], const ur_product *p, const ur_gate_rows *rows, size_t block);
/* One number for each row: (unit block, gate, 16). */
void ur_pack_bias(real *packed, const real *bias, const ur_gate_rows *rows);
/* One-hot input: (width, unit block, gate, 16) = W's columns as rows. The bias (packed, may be NULL) is added to
 * each. */
void ur_pack_table(real *packed, const real *w, const real *bias, const ur_gate_rows *rows, size_t width);

/*
 * Small weights, forward only:
 *   bf16  (panel, ⌈k/2⌉, 16, 2) of 16 bits
 *   int8  (panel: head, then ⌈k/4⌉, 16, 4 of 8 bits)
 * Odd ends are filled up with zeros. The size of `packed` is always counted in reals. A panel is a multiple of 64
 * bytes.
 */
typedef struct ur_int8_head {
    int32_t offset[16]; /* −128·Σ of each column */
    float scale[16];    /* of each column; finite, or NaN if one of the weights is not */
} ur_int8_head;

/* How many 16-bit numbers a panel has. */
static inline size_t ur_bf16_panel(size_t depth) { return (depth + 1) / 2 * 32; }
/* How many bytes a panel has. */
static inline size_t ur_int8_panel(size_t depth) { return sizeof(ur_int8_head) + (depth + 3) / 4 * 64; }

/* ur_pack_forward for weights of any kind, which are rounded while they are packed. */
void ur_pack_weights(real *packed, const real *w, const ur_gate_rows *rows, size_t width, ur_weights weights);
size_t ur_packed_weights_size(const ur_gate_rows *rows, size_t width, ur_weights weights);

size_t ur_packed_forward_size(const ur_gate_rows *rows, size_t width);
size_t ur_packed_back_size(const ur_gate_rows *rows, size_t width);
size_t ur_packed_table_size(const ur_gate_rows *rows, size_t width);

#endif
