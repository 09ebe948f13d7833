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

#include "kernel/lane.h"

typedef struct ur_gate_rows {
    size_t units;               /* H */
    size_t gates;               /* gates taken */
    const unsigned char *order; /* their places in the matrix; NULL: 0, 1, 2 … */
} ur_gate_rows;

size_t ur_gate_panels(const ur_gate_rows *rows); /* ⌈H/16⌉·gates */

/* For y = W·x: column n of panel (unit block, gate) is a row of W; k runs over W's `width` columns. */
void ur_pack_forward(real *packed, const real *w, const ur_gate_rows *rows, size_t width);
/* For dx = Wᵀ·dy: columns are W's columns; k runs over (unit block, gate, unit), as dy has them. */
void ur_pack_back(real *packed, const real *w, const ur_gate_rows *rows, size_t width);
/* One number a row: (unit block, gate, 16). */
void ur_pack_bias(real *packed, const real *bias, const ur_gate_rows *rows);
/* One-hot input: (width, unit block, gate, 16) = W's columns as rows, bias (packed, may be NULL) added to each. */
void ur_pack_table(real *packed, const real *w, const real *bias, const ur_gate_rows *rows, size_t width);

size_t ur_packed_forward_size(const ur_gate_rows *rows, size_t width);
size_t ur_packed_back_size(const ur_gate_rows *rows, size_t width);
size_t ur_packed_table_size(const ur_gate_rows *rows, size_t width);

#endif
