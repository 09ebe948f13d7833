/*
 * One step of one lane. Each weight is read for only two operations. So the step is fast if it finds the weights in the
 * cache and does little else:
 *
 * - A few unit blocks at a time go through the input product, the recurrent product and the gates. h' is written to
 *   its own space, because other blocks still read h, and copied at the end. So threads need not wait for each other
 *   before they write.
 * - Every other step goes through the blocks backwards. Weights that do not fit in a cache are gone when they are
 *   needed again in the same order. In the opposite order, what was read last is read first.
 *
 * The chains are the same as in a window.
 */
#include "layer/recurrent.h"

#include <string.h>

enum {
    UR_STEP_WORTH_THREADS = 3 << 16, /* multiply-adds from which waking threads pays; 4·128·256 are not enough */
    UR_NEAR = 1 << 13,               /* weights that stay in the L1 cache */
    UR_FEW_CHAINS = 4                /* fewer chains at once would wait for one another */
};

/* ---- what depends on sizes ---------------------------------------------------------------------------------------- */

/* The columns of the slots [slot, slot + count) of neighbouring blocks, if a block has `all` slots. */
static void columns(size_t *column, size_t slot, size_t count, size_t all)
{
    for (size_t i = 0; i < UR_ROW_PANELS_MAX; i++) column[i] = (i / count * all + slot + i % count) * 16;
}

/* `first`: (unit block, count, 16), or NULL. */
static void add_leg(ur_recurrent *l, ur_step_phase *p, const ur_slot_range *range, const real *first, const real *b,
                    size_t depth)
{
    ur_leg *leg = &p->leg[p->legs++];
    size_t slots = l->cell->slots, count = range->count;
    *leg = (ur_leg){.shape = {.depth = depth, .b_panel = depth * 16},
                    .first = first,
                    .b = b,
                    .first_block = count * 16,
                    .b_block = count * depth * 16,
                    .count = count};
    columns(leg->shape.column, range->first, count, slots);
    columns(leg->shape.first_column, first ? 0 : range->first, count, first ? count : slots);
}

/* Biases and the input product, or a row of the table of symbols; then the biases of the other slots. */
static void add_inputs(ur_recurrent *l, ur_step_phase *p)
{
    const ur_slot_range *in = &l->cell->input;
    add_leg(l, p, in, l->symbols ? l->in : l->bias, l->in, l->symbols ? 0 : l->inputs);
    for (unsigned char s = 0; s < l->cell->slots; s++) {
        ur_slot_range late = {.first = s, .count = 1};
        if (s < in->first || s >= in->first + in->count) add_leg(l, p, &late, l->late_bias, l->late_bias, 0);
    }
}

/* As many blocks as `most` panels allow, but no more than stay in the cache. */
static size_t blocks_together(const ur_step_phase *p, size_t most)
{
    size_t panels = 0, numbers = 0, blocks = 1;
    for (size_t i = 0; i < p->legs; i++) {
        panels = p->leg[i].count > panels ? p->leg[i].count : panels;
        numbers += p->leg[i].b_block;
    }
    while ((blocks + 1) * panels <= most && ((blocks + 1) * numbers <= UR_NEAR || blocks * panels < UR_FEW_CHAINS))
        blocks++;
    return blocks;
}

void ur_recurrent_plan_step(ur_recurrent *l, size_t most)
{
    for (int phase = 0; phase < l->cell->phases; phase++) {
        ur_step_phase *p = &l->step[phase];
        p->legs = 0;
        if (phase == 0) add_inputs(l, p);
        add_leg(l, p, &l->cell->phase[phase], NULL, l->rec[phase], l->units);
        p->together = blocks_together(p, most);
    }
}

/* ---- a step ------------------------------------------------------------------------------------------------------- */

/* Computes the sums of the unit blocks [block, block + count). */
static void sums(const ur_step_work *s, int phase, size_t block, size_t count, real *slots)
{
    const ur_step_phase *p = &s->layer->step[phase];
    const ur_rows *rows = s->compute->kernels->rows;
    /* With symbols only a row of the table is added, so nothing is read from x. */
    const real *x = s->x ? s->x : s->state[0];
    size_t table = s->x || phase > 0 ? 0 : s->id * ur_unit_blocks(s->layer) * p->leg[0].first_block;
    for (const ur_leg *leg = p->leg, *last = leg + p->legs - 1; leg <= last; leg++, table = 0) {
        const real *a = leg < last ? x : phase == 0 ? s->state[0] : s->second;
        const real *first = leg->first ? leg->first + block * leg->first_block + table : slots;
        rows->sums[count * leg->count - 1](&leg->shape, a, leg->b + block * leg->b_block, first, slots);
    }
}

/* The fields of the gate block are set one by one. If the struct were copied whole while parts of it were still on
 * their way to memory, the processor would have to wait. With 16 units that takes longer than the sums. */
static void run_blocks(const ur_step_work *s, int phase, size_t block, size_t count, real *h)
{
    const ur_recurrent *l = s->layer;
    ur_gate_block g;
    g.slot_block = l->cell->slots * 16u;
    g.slots = s->slots + block * g.slot_block;
    sums(s, phase, block, count, g.slots);
    g.rows = 1;
    g.row = g.slot_row = 0;
    g.blocks = count;
    g.activation = l->activation;
    g.live = NULL;
    g.second = s->second + block * 16;
    for (int i = 0; i < l->cell->states; i++) {
        g.before[i] = s->state[i] + block * 16;
        g.after[i] = (i == 0 ? h : s->state[i]) + block * 16;
    }
    l->cell->forward[phase](&g);
}

/* Runs all phases for the blocks [begin, end). `wait`: other threads run the other blocks. */
static void run(const ur_step_work *s, size_t begin, size_t end, bool wait, real *h)
{
    for (int phase = 0; phase < s->layer->cell->phases; phase++) {
        size_t together = s->layer->step[phase].together;
        if (phase > 0 && wait) ur_pool_barrier(s->compute->pool); /* wait for all of `second` */
        for (size_t u = begin, count; u < end; u += count) {
            count = end - u < together ? end - u : together;
            run_blocks(s, phase, s->backwards ? begin + end - u - count : u, count, h);
        }
    }
}

static void work(void *context, size_t member, size_t members)
{
    const ur_step_work *s = context;
    size_t begin, end;
    ur_pool_share(ur_unit_blocks(s->layer), 1, member, members, &begin, &end);
    run(s, begin, end, true, s->h);
}

static bool worth_threads(const ur_step_work *s, size_t threads)
{
    const ur_recurrent *l = s->layer;
    size_t depth = l->units + (s->x ? l->inputs : 0);
    return threads > 1 && ur_unit_blocks(l) >= threads && l->cell->gates * l->units * depth >= UR_STEP_WORTH_THREADS;
}

void ur_recurrent_step(ur_step_work *s)
{
    const ur_recurrent *l = s->layer;
    size_t blocks = ur_unit_blocks(l);
    if (worth_threads(s, ur_pool_threads(s->compute->pool))) {
        ur_pool_run(s->compute->pool, work, s);
    } else {
        /* Nobody reads h any more when h' is written. */
        bool at_once = l->step[0].together >= blocks;
        run(s, 0, blocks, false, at_once ? s->state[0] : s->h);
        if (at_once) return;
    }
    memcpy(s->state[0], s->h, ur_padded(l->units) * sizeof(real));
}
