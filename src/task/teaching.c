/* See teaching.h. */
#include "task/teaching.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/room.h"

#include <stdlib.h>

void ur_teaching_free(ur_teaching *t)
{
    free(t->ids);
    free(t->target);
    free(t->lengths);
}

ur_status ur_teaching_begin(ur_teaching *t, size_t steps, size_t lanes, ur_error *error)
{
    size_t places;
    if (!ur_mul_fits(steps, lanes, &places)) return ur_fail_memory(error, "a batch");
    if (places > t->place_room) {
        UR_TRY(ur_room_grow(&t->ids, places, sizeof *t->ids, error));
        UR_TRY(ur_room_grow(&t->target, places, sizeof *t->target, error));
        t->place_room = places;
    }
    if (lanes > t->lane_room) {
        UR_TRY(ur_room_grow(&t->lengths, lanes, sizeof *t->lengths, error));
        t->lane_room = lanes;
    }
    t->steps = steps;
    t->lanes = lanes;
    return UR_OK;
}

void ur_teaching_lay(ur_teaching *t, size_t b, const int32_t *ids, size_t count, int32_t end, int32_t unknown)
{
    t->lengths[b] = (int32_t)count + 1;
    for (size_t i = 0; i < t->steps; i++) {
        size_t place = i * t->lanes + b;
        int32_t next = i < count ? ids[i] : end;
        t->ids[place] = i && i <= count ? ids[i - 1] : end;
        t->target[place] = i > count || next == unknown ? -1 : next;
    }
}

bool ur_drops(const ur_dropping *d, size_t i)
{
    return d->share > 0 && ur_random_uniform(d->seed, d->use, d->number << 24 | i) < d->share;
}

void ur_teaching_drop(ur_teaching *t, size_t b, const ur_dropping *d)
{
    for (size_t i = 1; i < (size_t)t->lengths[b]; i++)
        if (ur_drops(d, i)) t->ids[i * t->lanes + b] = d->mask;
}

void ur_teaching_fill(const ur_teaching *t, size_t last, double smoothing, ur_batch *batch)
{
    batch->input[last] = (ur_sequences){.steps = t->steps, .lanes = t->lanes, .ids = t->ids, .lengths = t->lengths};
    batch->target[0] = (ur_target){.line = last, .loss = UR_LOSS_SOFTMAX, .smoothing = smoothing, .ids = t->target};
    batch->target_count = 1;
}
