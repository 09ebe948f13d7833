/* The cells of cell.inc for one instruction set. */
#include "cell/cell.h"

#define UR_CELL(id, word) extern const ur_cell UR_ISA_NAME(ur_cell_##id);
#include "cell/cell.inc"
#undef UR_CELL

extern const ur_cell *const UR_ISA_NAME(ur_cells)[];
const ur_cell *const UR_ISA_NAME(ur_cells)[] = {
#define UR_CELL(id, word) &UR_ISA_NAME(ur_cell_##id),
#include "cell/cell.inc"
#undef UR_CELL
    NULL};
