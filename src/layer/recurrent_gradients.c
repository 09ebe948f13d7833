/* The gradients of a recurrent layer's weights, computed from those of its slots. */
#include "layer/scatter.h"
#include "layer/window.h"
#include "tape/tape.h"

#include <string.h>

/* The groups of rows of W that belong to the slots of a range. */
static ur_row_group *groups_of(const ur_recurrent *l, const ur_slot_range *range, ur_tape *tape, size_t *count)
{
    size_t blocks = ur_unit_blocks(l);
    ur_row_group *groups = ur_tape_alloc(tape, blocks * range->count, sizeof *groups);
    *count = blocks * range->count;
    for (size_t i = 0; groups && i < *count; i++) {
        size_t block = i / range->count, slot = i % range->count, unit = block * 16;
        groups[i] = (ur_row_group){.column = (block * l->cell->slots + range->first + slot) * 16,
                                   .row = range->order[slot] * l->units + unit,
                                   .count = l->units - unit < 16 ? l->units - unit : 16};
    }
    return groups;
}

static ur_weight_gradient product(const ur_window *w, const real *x, size_t width, real *dw, real *db)
{
    return (ur_weight_gradient){.dy = w->slots,
                                .live = w->live,
                                .x = x,
                                .dy_row = ur_slot_row(w->layer),
                                .x_row = ur_padded(width),
                                .width = width,
                                .steps = w->steps,
                                .lanes = w->lanes,
                                .dw = dw,
                                .db = db};
}

static void add(const ur_window *w, const ur_slot_range *range, ur_weight_gradient g, ur_tape *tape)
{
    size_t count;
    g.groups = groups_of(w->layer, range, tape, &count);
    if (g.groups) ur_tape_weight_gradient(tape, &g, count, w->stepped);
}

/* The gradient of a one-hot input: column id of dW is the sum over the places that have this id. */
typedef struct ur_table_job {
    const ur_window *w;
    const ur_recurrent_gradients *into;
    /* (inputs + 1, unit block, input slot, 16): the sums of one shard. The last row is for the bias. */
    real *table;
} ur_table_job;

static void add_shard(const ur_table_job *job, size_t lane, size_t lane_end, size_t block)
{
    const ur_window *w = job->w;
    const ur_recurrent *l = w->layer;
    size_t run = l->cell->input.count * 16u, row = ur_unit_blocks(l) * run;
    size_t at = block * l->cell->slots * 16 + l->cell->input.first * 16u;
    for (size_t id = 0; id <= l->inputs; id++) memset(job->table + id * row + block * run, 0, run * sizeof(real));
    for (size_t t = 0; t < w->steps; t++)
        for (size_t b = lane; b < lane_end; b++) {
            const real *da = w->slots + (t * w->lanes + b) * ur_slot_row(l) + at;
            size_t id = (size_t)w->ids[t * w->lanes + b];
            w->compute->train->add(job->table + id * row + block * run, da, run);
            w->compute->train->add(job->table + l->inputs * row + block * run, da, run);
        }
}

static void add_to_weights(const ur_table_job *job, size_t block)
{
    const ur_recurrent *l = job->w->layer;
    const ur_slot_range *in = &l->cell->input;
    size_t row = ur_unit_blocks(l) * in->count * 16;
    for (size_t i = 0; i < in->count; i++)
        for (size_t n = 0; n < 16 && block * 16 + n < l->units; n++) {
            size_t to = in->order[i] * l->units + block * 16 + n;
            const real *from = job->table + (block * in->count + i) * 16 + n;
            for (size_t id = 0; id < l->inputs; id++) job->into->w_ih[to * l->inputs + id] += from[id * row];
            if (job->into->b_ih) job->into->b_ih[to] += from[l->inputs * row];
        }
}

static void table_work(void *context, size_t member, size_t members)
{
    const ur_table_job *job = context;
    size_t block, end, lanes = job->w->lanes;
    ur_pool_share(ur_unit_blocks(job->w->layer), 1, member, members, &block, &end);
    for (; block < end; block++)
        for (size_t lane = 0; lane < lanes; lane += UR_SHARD) {
            add_shard(job, lane, lanes - lane < UR_SHARD ? lanes : lane + UR_SHARD, block);
            add_to_weights(job, block);
        }
}

static void table(const ur_window *w, const ur_recurrent_gradients *into, ur_tape *tape)
{
    const ur_recurrent *l = w->layer;
    ur_table_job job = {w, into, NULL};
    job.table = ur_tape_alloc(tape, (l->inputs + 1) * ur_unit_blocks(l) * l->cell->input.count * 16, sizeof(real));
    if (job.table) ur_pool_run(w->compute->pool, table_work, &job);
}

ur_status ur_window_sum_rows(const ur_window *w, ur_arena *arena, ur_error *error)
{
    if (!w->rows) return UR_OK;
    size_t row = ur_slot_row(w->layer);
    memset(w->table, 0, w->rows * row * sizeof(real));
    ur_scatter s = {.ids = w->ids,
                    .symbols = w->rows,
                    .steps = w->steps,
                    .lanes = w->lanes,
                    .rows = w->slots,
                    .row = row,
                    .width = row,
                    .into = w->table};
    return ur_scatter_add(w->compute, &s, arena, error);
}

/* From this width on, packing dY costs little in comparison, and the two X no longer fit in the cache together. */
enum { UR_WIDE_INPUT = 1024 };

/* Whether both products use the same slots in the same order. */
static bool are_together(const ur_window *w)
{
    const ur_cell *cell = w->layer->cell;
    bool apart = w->layer->symbols || w->rows || w->layer->inputs + w->layer->units > UR_WIDE_INPUT;
    return !apart && cell->phases == 1 && memcmp(&cell->input, &cell->phase[0], sizeof cell->input) == 0;
}

void ur_window_weight_gradients(const ur_window *w, const ur_recurrent_gradients *into, ur_tape *tape)
{
    const ur_recurrent *l = w->layer;
    const ur_window inputs = ur_window_of_inputs(w);
    const ur_weight_gradient of_input = product(&inputs, w->x, l->inputs, into->w_ih, into->b_ih);
    bool together = are_together(w);
    if (l->symbols)
        table(w, into, tape);
    else if (!together)
        add(&inputs, &l->cell->input, of_input, tape);
    for (int phase = 0; phase < l->cell->phases; phase++) {
        ur_weight_gradient g = product(w, phase == 0 ? w->state[0] : w->second, l->units, into->w_hh, into->b_hh);
        if (together) g.beside = &of_input;
        add(w, &l->cell->phase[phase], g, tape);
    }
}
