/* See network.h. */
#include "model/network.h"

static ur_status check_ids(const ur_sequences *in, size_t symbols, ur_error *error)
{
    size_t lanes = in->lanes;
    if (!in->ids) return ur_fail(error, UR_ERR_USAGE, "the network takes ids, the batch has none");
    for (size_t i = 0; i < in->steps * lanes; i++)
        if (in->ids[i] < 0 || (size_t)in->ids[i] >= symbols)
            return ur_fail(error, UR_ERR_DATA, "step %zu, lane %zu: id %d is not below %zu", i / lanes, i % lanes,
                           (int)in->ids[i], symbols);
    return UR_OK;
}

static ur_status check_line(const ur_line *line, const ur_sequences *in, ur_error *error)
{
    if (!in->lanes) return ur_fail(error, UR_ERR_USAGE, "a batch needs at least one lane");
    if (!in->steps) return ur_fail(error, UR_ERR_USAGE, "a batch needs at least one step");
    if (line->symbols) UR_TRY(check_ids(in, line->symbols, error));
    if (!line->symbols && !in->values)
        return ur_fail(error, UR_ERR_USAGE, "the network takes numbers, the batch has none");
    for (size_t b = 0; in->lengths && b < in->lanes; b++)
        if (in->lengths[b] < 1 || (size_t)in->lengths[b] > in->steps)
            return ur_fail(error, UR_ERR_DATA, "lane %zu: length %d is not within 1 and %zu", b, (int)in->lengths[b],
                           in->steps);
    return UR_OK;
}

size_t ur_network_lanes(const ur_model *m, const ur_batch *batch)
{
    size_t lanes = batch->input[0].lanes;
    for (size_t i = 1; i < m->line_count; i++)
        if (batch->input[i].lanes != lanes) return 0;
    return lanes;
}

ur_status ur_network_check(const ur_model *m, const ur_batch *batch, ur_error *error)
{
    for (size_t i = 0; i < m->line_count; i++) {
        const ur_line *line = &m->lines[i];
        UR_TRY(check_line(line, &batch->input[i], error));
        if (line->from >= 0 && batch->input[line->from].lanes != batch->input[i].lanes)
            return ur_fail(error, UR_ERR_USAGE, "line \"%s\" has %zu lanes, and \"%s\", which takes its states, %zu",
                           m->spec.lines[line->from].name, batch->input[line->from].lanes, m->spec.lines[i].name,
                           batch->input[i].lanes);
    }
    return UR_OK;
}

/* What the last line gives. */
static ur_tensor *run_to(const ur_model *m, ur_tape *tape, const ur_batch *batch, const ur_carry *carry,
                         ur_ending ending)
{
    ur_value values[UR_LINES_MAX];
    ur_ending endings[UR_LINES_MAX] = {UR_END_WHOLE};
    endings[m->line_count - 1] = ending;
    return ur_graph_run(m, tape, batch, carry, endings, values) ? values[m->line_count - 1].y : NULL;
}

ur_tensor *ur_network_run(const ur_model *m, ur_tape *tape, const ur_batch *batch, const ur_carry *carry)
{
    return run_to(m, tape, batch, carry, UR_END_WHOLE);
}

ur_tensor *ur_network_body(const ur_model *m, ur_tape *tape, const ur_batch *batch, const ur_carry *carry)
{
    return run_to(m, tape, batch, carry, UR_END_BODY);
}

const ur_dense *ur_network_head(const ur_model *m)
{
    const ur_layer *l = &m->layers[m->layer_count - 1];
    bool fits = ur_is_dense(l) && l->dense.activation == UR_LINEAR && !(l->drop > 0);
    return fits ? &l->dense : NULL;
}
