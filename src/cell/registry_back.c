/* The backward halves of the cells, by name. */
#include "cell/cell.h"
#include "kernel/isa_list.h"

#include <string.h>

#define UR_DECLARE(isa) extern const ur_cell_back *const ur_cells_back_##isa[];
UR_EVERY_ISA(UR_DECLARE)

#define UR_COLUMN(isa) ur_cells_back_##isa,
static const ur_cell_back *const *const columns[] = {UR_EVERY_ISA(UR_COLUMN)};

const ur_cell_back *ur_cell_back_find(const char *name, size_t isa)
{
    for (size_t i = 0; ur_cell_at(i, isa); i++)
        if (strcmp(ur_cell_at(i, isa)->name, name) == 0) return columns[isa][i];
    return NULL;
}

const ur_gate_name *ur_cell_gate(const ur_cell_back *cell, ur_gate_role role)
{
    for (const ur_gate_name *gate = cell->gate; gate < cell->gate + UR_SLOTS_MAX && gate->name; gate++)
        if (gate->role == role) return gate;
    return NULL;
}
