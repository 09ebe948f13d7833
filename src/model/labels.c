/* From a line's outputs to labels. */
#include "model/graph.h"

#include "layer/ctc.h"

static const ur_layer *last_layer(const ur_model *m, size_t line)
{
    return &m->layers[m->lines[line].first + m->lines[line].count - 1];
}

const char *ur_line_ending(const ur_model *m, size_t line)
{
    const ur_layer_kind *kind = last_layer(m, line)->spec.kind;
    return kind->ends_line ? kind->word : NULL;
}

const ur_crf *ur_line_crf(const ur_model *m, size_t line)
{
    const ur_crf *crf = &last_layer(m, line)->crf;
    return crf->labels ? crf : NULL;
}

static int32_t find_largest(const real *row, size_t width)
{
    size_t best = 0;
    for (size_t i = 1; i < width; i++)
        if (row[i] > row[best]) best = i;
    return (int32_t)best;
}

ur_status ur_line_labels(const ur_model *m, size_t line, const ur_value *value, int32_t *labels, ur_error *error)
{
    const ur_tensor *y = value->y;
    const ur_crf *crf = ur_line_crf(m, line);
    const bool ctc = last_layer(m, line)->spec.kind == &ur_layer_ctc;
    for (size_t b = 0; b < y->lanes; b++) {
        size_t length = value->shape.lengths ? (size_t)value->shape.lengths[b] : y->steps;
        const real *x = y->value + b * y->row;
        for (size_t t = 0; t < y->steps; t++)
            labels[t * y->lanes + b] =
                t < length && !crf && !ctc ? find_largest(x + t * y->lanes * y->row, y->width) : -1;
        if (ctc) ur_ctc_best(x, y->width, y->lanes * y->row, length, labels + b, y->lanes);
        if (crf) UR_TRY(ur_crf_best(crf, x, y->lanes * y->row, length, labels + b, y->lanes, error));
    }
    return UR_OK;
}
