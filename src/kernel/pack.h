/*
 * Weights in the order in which the product reads them: panels of 16 columns, (panel, k, 16), padded with zeros. The
 * layout is the same for every instruction set.
 *
 * A recurrent layer's weight matrix (G·H, in) has its gates one below the other; packed, the gates of a block of 16
 * units lie side by side, so that the gate function finds them together. `order` says which gates, in which order; a
 * dense layer's matrix is one "gate".
 */
#ifndef UR_KERNEL_PACK_H
#define UR_KERNEL_PACK_H

#include "kernel/kernels.h"

enum { UR_INT8_DEPTH = 1 << 15 }; /* k of a product with int8 weights, at most */
#define UR_INT8_LEAST 0x1p-100f   /* a row of A whose numbers are all smaller counts as zero */

typedef struct ur_gate_rows {
    size_t units;               /* H */
    size_t gates;               /* gates taken */
    const unsigned char *order; /* their places in the matrix; NULL: 0, 1, 2 … */
} ur_gate_rows;

size_t ur_gate_panels(const ur_gate_rows *rows); /* ⌈H/16⌉·gates */

/* For y = W·x: column n of panel (unit block, gate) is a row of W; k runs over W's `width` columns. */
void ur_pack_forward(real *packed, const real *w, const ur_gate_rows *rows, size_t width);
/* For dx = Wᵀ·dy: columns are W's columns; k runs over (unit block, gate, unit), as dy has them, without the units that
 * the last block lacks. A block with fewer than 16 has panels of its own, behind those of the others. */
void ur_pack_back(real *packed, const real *w, const ur_gate_rows *rows, size_t width);
/* The products that make dx of dy with such weights, to be done in order: one, or two where the last block is not whole.
 * `p` has all but inner and outer, its group all of C's panels; `block`: numbers between the unit blocks of its A. */
size_t ur_back_products(ur_product products[2], const ur_product *p, const ur_gate_rows *rows, size_t block);
/* One number a row: (unit block, gate, 16). */
void ur_pack_bias(real *packed, const real *bias, const ur_gate_rows *rows);
/* One-hot input: (width, unit block, gate, 16) = W's columns as rows, bias (packed, may be NULL) added to each. */
void ur_pack_table(real *packed, const real *w, const real *bias, const ur_gate_rows *rows, size_t width);

/*
 * Small weights, forward only:
 *   bf16  (panel, ⌈k/2⌉, 16, 2) of 16 bits
 *   int8  (panel: head, then ⌈k/4⌉, 16, 4 of 8 bits)
 * Odd ends are filled up with zeros. `packed` is counted in reals whatever it holds; a panel is a multiple of 64 bytes.
 */
typedef struct ur_int8_head {
    int32_t offset[16]; /* −128·Σ of a column */
    float scale[16];    /* of a column; finite, or NaN where a weight is not */
} ur_int8_head;

/* Numbers of 16 bits a panel. */
static inline size_t ur_bf16_panel(size_t depth) { return (depth + 1) / 2 * 32; }
/* Bytes a panel. */
static inline size_t ur_int8_panel(size_t depth) { return sizeof(ur_int8_head) + (depth + 3) / 4 * 64; }

/* ur_pack_forward for weights of any kind, which are rounded on the way. */
void ur_pack_weights(real *packed, const real *w, const ur_gate_rows *rows, size_t width, ur_weights weights);
size_t ur_packed_weights_size(const ur_gate_rows *rows, size_t width, ur_weights weights);

size_t ur_packed_forward_size(const ur_gate_rows *rows, size_t width);
size_t ur_packed_back_size(const ur_gate_rows *rows, size_t width);
size_t ur_packed_table_size(const ur_gate_rows *rows, size_t width);

#endif
