/* What the forward and the backward sweep over a window share. */
#ifndef UR_LAYER_WINDOW_H
#define UR_LAYER_WINDOW_H

#include "layer/recurrent.h"

/* The lanes and unit blocks of one thread. */
typedef struct ur_part {
    size_t lane, lane_end, block, block_end;
    bool wait; /* other threads compute the other units: wait for them after each phase */
} ur_part;

ur_part ur_window_part(const ur_window *window, size_t member, size_t members);

/* The lanes of a part for which the products of step t are computed. The other lanes have ended. */
ur_live_rows ur_window_rows(const ur_window *window, const ur_part *part, size_t t);

/* The window as the input products see it. If ids choose rows of x, it has as many steps of one lane as x has rows, and
 * works on the table. */
ur_window ur_window_of_inputs(const ur_window *window);

/* The gate block of step t for a thread's lanes and the unit blocks [block, block + count). */
ur_gate_block ur_window_gates(const ur_window *window, const ur_part *part, size_t t, size_t block, size_t count);

static inline size_t ur_state_row(const ur_window *w) { return ur_padded(w->layer->units); }
static inline size_t ur_state_step(const ur_window *w) { return w->lanes * ur_state_row(w); }

#endif
