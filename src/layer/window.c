/* How a window is shared out over threads, and where its numbers are. */
#include "layer/window.h"

enum {
    /* With fewer lanes the tile of a product is too short to be worth a thread of its own. */
    UR_LANES_A_THREAD = 8,
    UR_STEP_WORTH_THREADS = 1 << 16 /* multiply-adds of a step from which a barrier pays */
};

ur_split ur_window_split(const ur_window *w, size_t members)
{
    const ur_recurrent *l = w->layer;
    size_t work = w->lanes * l->units * l->units * l->cell->gates;
    if (members == 1) return UR_SPLIT_NONE;
    if (w->lanes >= members * UR_LANES_A_THREAD) return UR_SPLIT_LANES;
    if (work >= UR_STEP_WORTH_THREADS && ur_unit_blocks(l) >= members) return UR_SPLIT_UNITS;
    return UR_SPLIT_NONE;
}

static size_t count_live(const ur_window *w, size_t lane)
{
    size_t count = 0;
    for (size_t t = 0; t < w->steps; t++) count += w->live[t * w->lanes + lane] != 0;
    return count;
}

/* The first lane of a member. The lanes before it have its share of the `all` live places. */
static size_t first_lane(const ur_window *w, size_t all, size_t member, size_t members)
{
    size_t lane = 0;
    for (size_t sum = 0; lane < w->lanes && sum * members < all * member; lane++) sum += count_live(w, lane);
    return member == members ? w->lanes : lane;
}

static void share_lanes(const ur_window *w, size_t member, size_t members, ur_part *part)
{
    size_t all = 0;
    for (size_t b = 0; w->live && b < w->lanes; b++) all += count_live(w, b);
    if (!all) {
        ur_pool_share(w->lanes, 1, member, members, &part->lane, &part->lane_end);
        return;
    }
    part->lane = first_lane(w, all, member, members);
    part->lane_end = first_lane(w, all, member + 1, members);
}

ur_part ur_window_part(const ur_window *w, size_t member, size_t members)
{
    ur_part part = {0, w->lanes, 0, ur_unit_blocks(w->layer), false};
    switch (ur_window_split(w, members)) {
    case UR_SPLIT_LANES:
        share_lanes(w, member, members, &part);
        break;
    case UR_SPLIT_UNITS:
        ur_pool_share(part.block_end, 1, member, members, &part.block, &part.block_end);
        part.wait = true;
        break;
    case UR_SPLIT_NONE:
        if (member > 0) part.lane_end = 0;
    }
    return part;
}

ur_live_rows ur_window_rows(const ur_window *w, const ur_part *part, size_t t)
{
    ur_live_rows rows = {part->lane, part->lane_end};
    if (!w->live || part->lane == part->lane_end) return rows;
    rows = ur_live_range(w->live + t * w->lanes + part->lane, part->lane_end - part->lane);
    return (ur_live_rows){part->lane + rows.begin, part->lane + rows.end};
}

ur_window ur_window_of_inputs(const ur_window *w)
{
    ur_window inputs = *w;
    if (!w->rows) return inputs;
    inputs.slots = w->table;
    inputs.steps = w->rows;
    inputs.lanes = 1;
    inputs.live = NULL;
    return inputs;
}

ur_window ur_window_step(const ur_window *w, size_t t)
{
    ur_window view = *w;
    view.steps = 1;
    view.rows = 0;
    view.slots += t * w->lanes * ur_slot_row(w->layer);
    if (view.live) view.live += t * w->lanes;
    for (int s = 0; s < w->layer->cell->states; s++) view.state[s] += t * ur_state_step(w);
    if (view.second) view.second += t * ur_state_step(w);
    view.dy = NULL;
    view.from_zero = view.stops = false;
    return view;
}

ur_gate_block ur_window_gates(const ur_window *w, const ur_part *part, size_t t, size_t block, size_t count)
{
    const ur_recurrent *l = w->layer;
    size_t row = ur_state_row(w), at = part->lane * row + block * 16, step = ur_state_step(w);
    size_t after = w->in_place ? at : (t + 1) * step + at, slot_block = l->cell->slots * 16;
    ur_gate_block g = {.rows = part->lane_end - part->lane,
                       .blocks = count,
                       .row = row,
                       .slot_block = slot_block,
                       .slot_row = ur_slot_row(l),
                       .activation = l->activation,
                       .live = w->live ? w->live + t * w->lanes + part->lane : NULL,
                       .slots = w->slots + (t * w->lanes + part->lane) * ur_slot_row(l) + block * slot_block,
                       .second = w->second ? w->second + t * step + at : NULL,
                       .dy = w->dy ? w->dy + t * step + at : NULL,
                       .dsecond = w->dsecond ? w->dsecond + at : NULL};
    for (int s = 0; s < l->cell->states; s++) {
        g.before[s] = w->state[s] + t * step + at;
        g.after[s] = w->state[s] + after;
        g.carry[s] = w->carry[s] ? w->carry[s] + at : NULL;
    }
    return g;
}
