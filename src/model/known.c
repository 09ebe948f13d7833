/* See known.h. */
#include "model/known.h"

#include "base/room.h"

#include <stdlib.h>
#include <string.h>

enum { MOST = 1 << 16 }; /* rows of a line: 32 MB if a row has 128 numbers; beyond that all are forgotten */

static void forget(ur_known_line *k)
{
    free(k->made);
    free(k->ids);
    free(k->begin);
    free(k->slot);
    *k = (ur_known_line){.count = 0};
}

void ur_known_free(ur_known *known)
{
    for (size_t i = 0; known && i < UR_LINES_MAX; i++) forget(&known->line[i]);
}

/* ---- whether it applies ------------------------------------------------------------------------------------------- */

static bool only_joined(const ur_model *m, size_t i)
{
    bool joined = false;
    for (size_t k = 0; k < m->layer_count; k++) {
        const ur_layer *l = &m->layers[k];
        if (!l->named || l->named_line != i) continue;
        if (!l->spec.kind->joins) return false;
        joined = true;
    }
    return joined;
}

static bool reads_others(const ur_model *m, size_t i)
{
    for (const ur_layer *l = &m->layers[m->lines[i].first]; l; l = l->behind)
        if (l->named) return true;
    return false;
}

bool ur_known_applies(const ur_model *m, const ur_tape *tape, size_t i, const ur_line_call *call)
{
    bool in_use = tape->known && !tape->recording && !tape->plain && !tape->probing;
    return in_use && m->lines[i].symbols && m->lines[i].last && !call->states && call->ending == UR_END_WHOLE &&
           call->in.lanes <= MOST && !reads_others(m, i) && only_joined(m, i);
}

/* ---- rows --------------------------------------------------------------------------------------------------------- */

static size_t length_of(const ur_sequences *in, size_t b) { return in->lengths ? (size_t)in->lengths[b] : in->steps; }

/* The slot of lane b's sequence, or the free slot where the sequence belongs. */
static size_t find_slot(const ur_known_line *k, const ur_sequences *in, size_t b)
{
    size_t length = length_of(in, b);
    uint64_t hash = length;
    for (size_t t = 0; t < length; t++) {
        hash = (hash ^ (uint32_t)in->ids[t * in->lanes + b]) * UINT64_C(0x9E3779B97F4A7C15);
        hash ^= hash >> 29;
    }
    for (size_t at = (size_t)hash & (k->slots - 1);; at = (at + 1) & (k->slots - 1)) {
        if (k->slot[at] < 0) return at;
        size_t row = (size_t)k->slot[at], t = 0;
        if (k->begin[row + 1] - k->begin[row] != length) continue;
        while (t < length && k->ids[k->begin[row] + t] == in->ids[t * in->lanes + b]) t++;
        if (t == length) return at;
    }
}

static void fill_slots(ur_known_line *k)
{
    for (size_t i = 0; i < k->slots; i++) k->slot[i] = -1;
    for (size_t row = 0; row < k->count; row++) {
        const ur_sequences one = {
            .steps = k->begin[row + 1] - k->begin[row], .lanes = 1, .ids = k->ids + k->begin[row]};
        k->slot[find_slot(k, &one, 0)] = (int32_t)row;
    }
}

/* Makes space for all lanes of a batch, in case all are new. */
static ur_status make_room(ur_known_line *k, const ur_sequences *in, size_t row, ur_error *error)
{
    size_t ids = k->count ? k->begin[k->count] : 0, rows = k->count + in->lanes, slots = k->slots ? k->slots : 1024;
    if (rows > k->room) {
        UR_TRY(ur_room_grow(&k->made, 2 * rows, row * sizeof *k->made, error));
        UR_TRY(ur_room_grow(&k->begin, 2 * rows + 1, sizeof *k->begin, error));
        k->begin[0] = 0;
        k->room = 2 * rows;
    }
    if (ids + in->steps * in->lanes > k->id_room) {
        UR_TRY(ur_room_grow(&k->ids, 2 * (ids + in->steps * in->lanes), sizeof *k->ids, error));
        k->id_room = 2 * (ids + in->steps * in->lanes);
    }
    while (slots < 2 * rows) slots *= 2;
    if (slots == k->slots) return UR_OK;
    UR_TRY(ur_room_grow(&k->slot, slots, sizeof *k->slot, error));
    k->slots = slots;
    fill_slots(k);
    return UR_OK;
}

/* Sets row_of to the row of each lane. `fresh` gets the lanes whose rows are still to be computed, from row k->count
 * (on entry) on. */
static void number_lanes(ur_known_line *k, const ur_sequences *in, int32_t *row_of, int32_t *fresh)
{
    size_t before = k->count;
    for (size_t b = 0; b < in->lanes; b++) {
        size_t at = find_slot(k, in, b), length = length_of(in, b), begin = k->begin[k->count];
        if (k->slot[at] < 0) {
            for (size_t t = 0; t < length; t++) k->ids[begin + t] = in->ids[t * in->lanes + b];
            fresh[k->count - before] = (int32_t)b;
            k->slot[at] = (int32_t)k->count++;
            k->begin[k->count] = begin + length;
        }
        row_of[b] = k->slot[at];
    }
}

/* ---- running ------------------------------------------------------------------------------------------------------ */

/* Gathers the fresh lanes side by side. */
static ur_sequences gather(ur_tape *tape, const ur_sequences *in, const int32_t *fresh, size_t count)
{
    ur_sequences part = {.lanes = count, .steps = 1};
    for (size_t n = 0; n < count; n++)
        if (length_of(in, (size_t)fresh[n]) > part.steps) part.steps = length_of(in, (size_t)fresh[n]);
    int32_t *ids = ur_tape_alloc(tape, part.steps * count, sizeof *ids),
            *lengths = ur_tape_alloc(tape, count, sizeof *ids);
    for (size_t n = 0; ids && lengths && n < count; n++) {
        lengths[n] = (int32_t)length_of(in, (size_t)fresh[n]);
        for (size_t t = 0; t < part.steps; t++)
            ids[t * count + n] = t < (size_t)lengths[n] ? in->ids[t * in->lanes + (size_t)fresh[n]] : 0;
    }
    part.ids = ids;
    part.lengths = lengths;
    return part;
}

static bool make_rows(const ur_model *m, ur_tape *tape, size_t i, const ur_line_call *call, const int32_t *fresh,
                      size_t first, ur_value *values)
{
    ur_known_line *k = &tape->known->line[i];
    ur_line_call part = *call;
    if (k->count == first) return true;
    part.in = gather(tape, &call->in, fresh, k->count - first);
    if (tape->status != UR_OK || !ur_line_run(m, tape, i, &part, values)) return false;
    const ur_tensor *y = values[i].y;
    memcpy(k->made + first * y->row, y->value, (k->count - first) * y->row * sizeof(real));
    return true;
}

static ur_tensor *pick_rows(ur_tape *tape, const ur_known_line *k, const int32_t *row_of, size_t lanes, size_t width)
{
    ur_tensor *y = ur_tensor_make(tape, 1, lanes, width);
    for (size_t b = 0; y && b < lanes; b++)
        memcpy(y->value + b * y->row, k->made + (size_t)row_of[b] * y->row, y->row * sizeof(real));
    return y;
}

static bool run(const ur_model *m, ur_tape *tape, size_t i, const ur_line_call *call, ur_value *values)
{
    ur_known_line *k = &tape->known->line[i];
    const size_t width = m->lines[i].width, lanes = call->in.lanes;
    int32_t *row_of = ur_tape_alloc(tape, lanes, sizeof *row_of), *fresh = ur_tape_alloc(tape, lanes, sizeof *fresh);
    if (tape->status == UR_OK) tape->status = ur_line_check(m, i, &call->in, values, false, &tape->error);
    if (tape->status == UR_OK) tape->status = make_room(k, &call->in, ur_padded(width), &tape->error);
    if (tape->status != UR_OK) return false;
    const size_t first = k->count;
    number_lanes(k, &call->in, row_of, fresh);
    if (!make_rows(m, tape, i, call, fresh, first, values)) return false;
    ur_tensor *y = pick_rows(tape, k, row_of, lanes, width);
    values[i] = (ur_value){.y = y, .shape = ur_line_leaves(m, i, ur_line_enters(m, i, &call->in, values))};
    return tape->status == UR_OK;
}

/* After a failure everything is forgotten, because some rows may not have been computed. */
bool ur_known_run(const ur_model *m, ur_tape *tape, size_t i, const ur_line_call *call, ur_value *values)
{
    ur_known_line *k = &tape->known->line[i];
    if (k->count + call->in.lanes > MOST) forget(k);
    bool done = run(m, tape, i, call, values);
    if (!done) forget(k);
    return done;
}
