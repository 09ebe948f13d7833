/* Finds the best cells, and decides whether a predicate can be scored at all. */
#include "inspect/cells.h"

#include <math.h>
#include <string.h>

/* The score of one half, with the sign that the first half determined. */
static double signed_score(const ur_tally *t, int half, size_t predicate, size_t cell, bool number, bool falls)
{
    double score = ur_tally_score(t, half, predicate, cell);
    if (isnan(score)) score = number ? 0 : 0.5;
    if (!falls) return score;
    return number ? -score : 1 - score;
}

static size_t insert(ur_cell_rank *rank, size_t count, ur_cell_rank new)
{
    size_t at = count;
    while (at > 0 && new.fit > rank[at - 1].fit) at--;
    if (at == UR_CELL_RANKS) return count;
    size_t stay = count < UR_CELL_RANKS ? count : UR_CELL_RANKS - 1;
    memmove(rank + at + 1, rank + at, (stay - at) * sizeof *rank);
    rank[at] = new;
    return stay + 1;
}

size_t ur_cells_choose(const ur_tally *t, size_t cells, size_t predicate, bool number, ur_cell_rank rank[UR_CELL_RANKS])
{
    size_t count = 0;
    for (size_t cell = 0; cell < cells; cell++) {
        double score = ur_tally_score(t, 0, predicate, cell);
        if (isnan(score)) continue;
        ur_cell_rank new = {.cell = cell, .falls = score < (number ? 0 : 0.5)};
        new.fit = signed_score(t, 0, predicate, cell, number, new.falls);
        new.score = signed_score(t, 1, predicate, cell, number, new.falls);
        count = insert(rank, count, new);
    }
    return count;
}

static ur_cell_verdict verdict_number(const ur_tally *t, size_t predicate)
{
    for (int half = 0; half < 2; half++) {
        if (ur_tally_places(t, half) < UR_CELLS_ENOUGH) return UR_CELL_RARE;
        if (!(ur_tally_variance(t, half, predicate) > 0)) return UR_CELL_NEVER;
    }
    return UR_CELL_SCORED;
}

ur_cell_verdict ur_cells_verdict(const ur_tally *t, size_t predicate, bool number)
{
    if (number) return verdict_number(t, predicate);
    bool enough = true, never = true, always = true;
    for (int half = 0; half < 2; half++) {
        double holds = ur_tally_total(t, half, predicate), not = (double)ur_tally_places(t, half) - holds;
        never = never && holds == 0;
        always = always && not == 0;
        enough = enough && holds >= UR_CELLS_ENOUGH && not >= UR_CELLS_ENOUGH;
    }
    return never ? UR_CELL_NEVER : always ? UR_CELL_ALWAYS : enough ? UR_CELL_SCORED : UR_CELL_RARE;
}
