/* unroll inspect cells: a passage of text, coloured by the value of a neuron at each token. */
#include "cli/inspect/cells.h"

#include "cli/report/shade.h"

static float truth_at(const ur_cli_cells *f, const float *truth, size_t lane, size_t step)
{
    return truth[step * f->sample.lanes + lane];
}

static bool changes(const ur_cli_cells *f, const float *truth, size_t lane, size_t step)
{
    return truth_at(f, truth, lane, step) != truth_at(f, truth, lane, step - 1);
}

/* Finds the passage of a lane with the most changes of the predicate. More than ENOUGH changes are no better, because
 * colours that change too often are hard to read. */
static size_t best_of_lane(const ur_cli_cells *f, const float *truth, size_t length, size_t lane, size_t *first)
{
    enum { ENOUGH = 12 };
    size_t begin = f->sample.warm + 1, end = f->sample.steps, here = 0, most = 0;
    *first = begin - 1;
    for (size_t t = begin; t < end; t++) {
        here += changes(f, truth, lane, t);
        if (t >= begin + length) here -= changes(f, truth, lane, t - length);
        if (here <= most || most >= ENOUGH) continue;
        most = here;
        *first = t - begin + 1 > length ? t - length + 1 : begin - 1;
    }
    return most;
}

ur_cli_passage ur_cli_cells_passage(const ur_cli_cells *f, size_t predicate)
{
    const float *truth = ur_cells_truth(f->cells, predicate);
    size_t left = f->sample.steps - f->sample.warm, length = f->settings->length < left ? f->settings->length : left;
    ur_cli_passage best = {.first = f->sample.warm, .steps = length};
    for (size_t lane = 0, most = 0, first; truth && lane < f->sample.lanes; lane++) {
        size_t changed = best_of_lane(f, truth, length, lane, &first);
        if (changed <= most) continue;
        most = changed;
        best.lane = lane;
        best.first = first + length > f->sample.steps ? f->sample.steps - length : first;
    }
    return best;
}

void ur_cli_cells_colour(const ur_cli_cells *f, size_t predicate, FILE *file, bool html)
{
    ur_cli_passage p = ur_cli_cells_passage(f, predicate);
    const float *values = ur_cells_values(f->cells, predicate);
    if (html) ur_cli_shade_begin_html(file);
    for (size_t t = p.first; t < p.first + p.steps; t++) {
        size_t at = t * f->sample.lanes + p.lane, length;
        const char *text = ur_cells_text(f->cells, f->model, at, &length);
        (html ? ur_cli_shade_html : ur_cli_shade_terminal)(file, text, length, (double)values[at]);
    }
    if (html)
        ur_cli_shade_end_html(file);
    else
        ur_cli_shade_end_terminal(file);
    if (!html) fputc('\n', file);
}
