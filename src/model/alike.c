/* See alike.h. */
#include "model/alike.h"

/* ---- whether it applies --------------------------------------------------------------------------------------------- */

/* Whether the line is an embed, then layers that work on each place by itself, then a cell that picks rows. `joins`:
 * places take lanes of other lines. */
static bool is_of_that_kind(const ur_model *m, size_t i, const ur_value *values, bool *joins)
{
    const ur_layer *l = &m->layers[m->lines[i].first];
    *joins = false;
    if (!l->embed) return false;
    for (l = l->behind; l && !l->spec.kind->picks; l = l->behind) {
        bool takes_lane = l->spec.kind->joins && values[l->named_line].shape.ended;
        if (!takes_lane && l->spec.kind != &ur_layer_dropout) return false;
        *joins = *joins || takes_lane;
    }
    return l && !l->fed;
}

/* A probe or saliency needs each place by itself. A decoder keeps its rows from step to step (tape->kept). */
static bool is_in_use(const ur_tape *tape) { return !tape->recording && !tape->plain && !tape->probing && !tape->kept; }

/* ---- finding the places --------------------------------------------------------------------------------------------- */

/* The lane that a place takes, as in `join`; 0 if it takes none. */
static int32_t find_lane(const ur_running *at, size_t place, bool joins)
{
    if (!joins) return 0;
    return at->lane_of ? at->lane_of[place] : (int32_t)(place % at->lanes);
}

/* A hash table of rows; −1 for a free slot. */
typedef struct ur_alike_table {
    int32_t *slot;
    size_t mask;
} ur_alike_table;

static bool make_room(ur_tape *tape, size_t places, bool joins, ur_alike *a, ur_alike_table *table)
{
    size_t slots = 64;
    while (slots / 2 < places) slots *= 2;
    *a = (ur_alike){.ids = ur_tape_alloc(tape, places, sizeof *a->ids),
                    .lane_of = joins ? ur_tape_alloc(tape, places, sizeof *a->lane_of) : NULL,
                    .row_of = ur_tape_alloc(tape, places, sizeof *a->row_of)};
    *table = (ur_alike_table){ur_tape_alloc(tape, slots, sizeof *table->slot), slots - 1};
    for (size_t i = 0; table->slot && i < slots; i++) table->slot[i] = -1;
    return tape->status == UR_OK;
}

static int32_t find_row(const ur_alike_table *table, ur_alike *a, int32_t id, int32_t lane)
{
    uint64_t hash = ((uint64_t)(uint32_t)id << 32 | (uint32_t)lane) * UINT64_C(0x9E3779B97F4A7C15);
    size_t at = (size_t)(hash >> 32) & table->mask;
    for (; table->slot[at] >= 0; at = (at + 1) & table->mask) {
        int32_t row = table->slot[at];
        if (a->ids[row] == id && (!a->lane_of || a->lane_of[row] == lane)) return row;
    }
    if (a->lane_of) a->lane_of[a->rows] = lane;
    a->ids[a->rows] = id;
    return table->slot[at] = (int32_t)a->rows++;
}

bool ur_alike_find(const ur_model *m, ur_tape *tape, size_t i, const ur_running *at, const ur_value *values,
                   ur_alike *a)
{
    size_t places = at->steps * at->lanes;
    const ur_layer *first = &m->layers[m->lines[i].first];
    ur_alike_table table;
    bool joins;
    if (!is_in_use(tape) || !is_of_that_kind(m, i, values, &joins) || ur_embed_by_rows(first, places)) return false;
    if (!make_room(tape, places, joins, a, &table)) return false;
    for (size_t p = 0; p < places; p++) a->row_of[p] = find_row(&table, a, at->ids[p], find_lane(at, p, joins));
    return a->rows <= places - places / 4;
}
