/* The backward halves of the cells of cell.inc for one instruction set, in the order of table.c. */
#include "cell/cell.h"

#define UR_CELL(id, word) extern const ur_cell_back UR_ISA_NAME(ur_cell_back_##id);
#include "cell/cell.inc"
#undef UR_CELL

extern const ur_cell_back *const UR_ISA_NAME(ur_cells_back)[];
const ur_cell_back *const UR_ISA_NAME(ur_cells_back)[] = {
#define UR_CELL(id, word) &UR_ISA_NAME(ur_cell_back_##id),
#include "cell/cell.inc"
#undef UR_CELL
};
