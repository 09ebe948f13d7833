/* The places that enter a line, and whether the line can be run on them (graph.h). */
#include "model/graph.h"

/* ---- places ------------------------------------------------------------------------------------------------------- */

static bool steps_follow(const ur_layer *l)
{
    while (l && !l->spec.kind->in_time) l = l->behind;
    return l != NULL;
}

/* A line that begins with another line has that line's places. If the other line has left one step, so has this one,
 * with two exceptions: the batch says which lane each of the line's own places takes, or a layer of the line needs
 * steps. */
ur_shape ur_line_enters(const ur_model *m, size_t i, const ur_sequences *in, const ur_value *values)
{
    const ur_layer *first = &m->layers[m->lines[i].first];
    const ur_shape own = {in->steps, in->lanes, in->lengths, false};
    if (!first->spec.kind->joins) return own;
    const ur_shape other = values[first->named_line].shape;
    return other.ended && (in->lane_of || steps_follow(first)) ? own : other;
}

static ur_shape one_step(size_t lanes) { return (ur_shape){1, lanes, NULL, true}; }
static ur_shape all_places(size_t places, size_t lanes) { return (ur_shape){places, lanes, NULL, false}; }

ur_shape ur_line_leaves(const ur_model *m, size_t i, ur_shape enters)
{
    const ur_line *line = &m->lines[i];
    if (enters.ended || line->last) return one_step(enters.lanes);
    return line->places ? all_places(line->places, enters.lanes) : enters;
}

/* ---- checks ------------------------------------------------------------------------------------------------------- */

static ur_status check_ids(const ur_sequences *in, size_t symbols, ur_error *error)
{
    size_t lanes = in->lanes;
    if (!in->ids) return ur_fail(error, UR_ERR_USAGE, "the network reads ids, but the batch has none");
    for (size_t i = 0; i < in->steps * lanes; i++)
        if (in->ids[i] < 0 || (size_t)in->ids[i] >= symbols)
            return ur_fail(error, UR_ERR_DATA, "step %zu, lane %zu: id %d is not below %zu", i / lanes, i % lanes,
                           (int)in->ids[i], symbols);
    return UR_OK;
}

/* Checks the line's own places: it takes ids, numbers, or lanes of another line. */
static ur_status check_own(const ur_line *line, const ur_sequences *in, ur_error *error)
{
    if (!in->lanes) return ur_fail(error, UR_ERR_USAGE, "a batch needs at least one lane");
    if (!in->steps) return ur_fail(error, UR_ERR_USAGE, "a batch needs at least one step");
    if (line->symbols) UR_TRY(check_ids(in, line->symbols, error));
    if (line->features && !in->values)
        return ur_fail(error, UR_ERR_USAGE, "the network reads numbers, but the batch has none");
    if (line->places && in->steps != 1)
        return ur_fail(error, UR_ERR_USAGE, "\"places\" takes one picture per lane, not %zu", in->steps);
    for (size_t b = 0; in->lengths && b < in->lanes; b++)
        if (in->lengths[b] < 1 || (size_t)in->lengths[b] > in->steps)
            return ur_fail(error, UR_ERR_DATA, "lane %zu: length %d is not within 1 and %zu", b, (int)in->lengths[b],
                           in->steps);
    return UR_OK;
}

static size_t length_of(const ur_shape *s, size_t b) { return s->lengths ? (size_t)s->lengths[b] : s->steps; }

static bool same_places(const ur_shape *a, const ur_shape *b)
{
    if (a->steps != b->steps || a->lanes != b->lanes) return false;
    for (size_t i = 0; i < a->lanes; i++)
        if (length_of(a, i) != length_of(b, i)) return false;
    return true;
}

/* Each place takes a lane of a line that has left one step. */
static ur_status check_lanes(const ur_shape *at, const ur_shape *other, const int32_t *lane_of, const char *name,
                             ur_error *error)
{
    if (!lane_of && at->lanes != other->lanes)
        return ur_fail(error, UR_ERR_USAGE,
                       "%zu lanes, but %zu lanes of the line \"%s\"; set lane_of to say which lane each position takes",
                       at->lanes, other->lanes, name);
    for (size_t i = 0; lane_of && i < at->steps * at->lanes; i++)
        if (lane_of[i] < 0 || (size_t)lane_of[i] >= other->lanes)
            return ur_fail(error, UR_ERR_DATA, "step %zu, lane %zu: lane_of is %d, but line \"%s\" has %zu lanes",
                           i / at->lanes, i % at->lanes, (int)lane_of[i], name, other->lanes);
    return UR_OK;
}

/* A lane must look at the same lane of the other line at all steps. */
static ur_status check_looks(const ur_shape *at, const ur_shape *other, const int32_t *lane_of, const char *name,
                             ur_error *error)
{
    UR_TRY(check_lanes(at, other, lane_of, name, error));
    for (size_t i = at->lanes; lane_of && i < at->steps * at->lanes; i++)
        if (lane_of[i] != lane_of[i % at->lanes])
            return ur_fail(error, UR_ERR_DATA,
                           "step %zu, lane %zu: lane_of is %d, but %d at the first step; a lane attends to only one "
                           "lane of \"%s\"",
                           i / at->lanes, i % at->lanes, (int)lane_of[i], (int)lane_of[i % at->lanes], name);
    return UR_OK;
}

/* `at`: the places at the layer; `other`: those that the named line has left. */
static ur_status check_named(const ur_layer *l, const ur_shape *at, const ur_shape *other, const int32_t *lane_of,
                             ur_error *error)
{
    const char *name = l->spec.from;
    if (l->spec.kind == &ur_layer_attend) return check_looks(at, other, lane_of, name, error);
    if (!l->spec.kind->joins && at->lanes != other->lanes)
        return ur_fail(error, UR_ERR_USAGE, "%zu lanes cannot take their states from %zu lanes of the line \"%s\"",
                       at->lanes, other->lanes, name);
    if (!l->spec.kind->joins) return UR_OK;
    if (other->ended) return check_lanes(at, other, at->ended ? NULL : lane_of, name, error);
    if (same_places(at, other)) return UR_OK;
    return ur_fail(error, UR_ERR_USAGE,
                   "\"join %s\": that line has %zu steps of %zu lanes, this one %zu of %zu; steps, lanes and lengths "
                   "must be equal",
                   name, other->steps, other->lanes, at->steps, at->lanes);
}

ur_status ur_line_check(const ur_model *m, size_t i, const ur_sequences *in, const ur_value *values, bool begun,
                        ur_error *error)
{
    const ur_line *line = &m->lines[i];
    const ur_layer *first = &m->layers[line->first];
    ur_shape at = ur_line_enters(m, i, in, values);
    if (!first->spec.kind->joins || (values[first->named_line].shape.ended && !at.ended))
        UR_TRY(check_own(line, in, error));
    for (const ur_layer *l = first; l; l = l->behind) {
        bool takes = l->named && !(begun && !l->spec.kind->names);
        if (takes) UR_TRY(check_named(l, &at, &values[l->named_line].shape, in->lane_of, error));
        if (l->spec.kind->ends_time) at = one_step(at.lanes);
        if (l->spec.kind->makes_steps) at = all_places(line->places, at.lanes);
    }
    return UR_OK;
}
