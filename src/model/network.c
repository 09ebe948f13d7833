/* See network.h. */
#include "model/network.h"

ur_status ur_network_check(const ur_model *m, const ur_batch *batch, ur_error *error)
{
    ur_value values[UR_LINES_MAX];
    for (size_t i = 0; i < m->line_count; i++) {
        UR_TRY(ur_line_check(m, i, &batch->input[i], values, false, error));
        values[i].shape = ur_line_leaves(m, i, ur_line_enters(m, i, &batch->input[i], values));
    }
    return UR_OK;
}

size_t ur_network_lanes(const ur_model *m, const ur_batch *batch)
{
    ur_value values[UR_LINES_MAX];
    size_t lanes = batch->input[0].lanes; /* the first line can only begin with its own lanes */
    for (size_t i = 0; i < m->line_count; i++) {
        values[i].shape = ur_line_leaves(m, i, ur_line_enters(m, i, &batch->input[i], values));
        if (values[i].shape.lanes != lanes) return 0;
    }
    return lanes;
}

/* Runs all lines and returns the output of the last one. */
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
