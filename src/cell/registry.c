/* The cells of cell.inc by name and index, for every instruction set. */
#include "cell/cell.h"
#include "kernel/isa_list.h"

#include <string.h>

#define UR_DECLARE(isa) extern const ur_cell *const ur_cells_##isa[];
UR_EVERY_ISA(UR_DECLARE)

#define UR_COLUMN(isa) ur_cells_##isa,
static const ur_cell *const *const columns[] = {UR_EVERY_ISA(UR_COLUMN)};

const ur_cell *ur_cell_at(size_t i, size_t isa)
{
    const ur_cell *const *cell = columns[isa];
    while (*cell && i-- > 0) cell++;
    return *cell;
}

const ur_cell *ur_cell_find(const char *name, size_t isa)
{
    for (const ur_cell *const *cell = columns[isa]; *cell; cell++)
        if (strcmp((*cell)->name, name) == 0) return *cell;
    return NULL;
}

ur_status ur_cell_missing(const char *name, ur_error *error)
{
    char have[256] = "";
    for (size_t i = 0; ur_cell_at(i, 0); i++) {
        if (i) strncat(have, ", ", sizeof have - strlen(have) - 1);
        strncat(have, ur_cell_at(i, 0)->name, sizeof have - strlen(have) - 1);
    }
    return ur_fail(error, UR_ERR_USAGE, "there is no cell \"%s\"; there are %s", name, have);
}
