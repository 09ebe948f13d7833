/* What is to be painted, and what the canvas still lacks; see draw.h. The threads share the lanes. */
#include "task/draw/draw.h"

#include <string.h>

typedef struct compare_trace {
    ur_tensor *picture, *canvas, *y;
    size_t parts; /* numbers per pixel; the last one is the difference */
    const ur_compute *compute;
    ur_tensor *seen; /* σ(canvas) */
} compare_trace;

static void compare_lane(const compare_trace *t, size_t b)
{
    const size_t row = t->seen->row, parts = t->parts;
    const real *x = t->picture->value + b * row;
    real *seen = t->seen->value + b * row, *y = t->y->value + b * t->y->row, *missing = y + parts - 1;
    memcpy(seen, t->canvas->value + b * row, row * sizeof *seen);
    t->compute->kernels->activate(UR_SIGMOID, seen, row);
    for (size_t i = 0; i < t->seen->width; i++) {
        y[parts * i] = x[i];
        missing[parts * i] = x[i] - seen[i];
    }
    memset(y + t->y->width, 0, (t->y->row - t->y->width) * sizeof *y);
}

/* dcanvas −= dy·σ(1 − σ). */
static void compare_lane_back(const compare_trace *t, size_t b)
{
    const real *seen = t->seen->value + b * t->seen->row, *dy = t->y->gradient + b * t->y->row + t->parts - 1;
    real *d = t->canvas->gradient + b * t->canvas->row;
    for (size_t i = 0; i < t->seen->width; i++) d[i] -= dy[t->parts * i] * (seen[i] * (1 - seen[i]));
}

static void work(void *context, size_t member, size_t members)
{
    const compare_trace *t = context;
    size_t begin, end;
    ur_pool_share(t->y->lanes, 1, member, members, &begin, &end);
    for (size_t b = begin; b < end; b++) (t->y->gradient ? compare_lane_back : compare_lane)(t, b);
}

static void compare_back(ur_tape *tape, void *trace)
{
    compare_trace *t = trace;
    if (t->y->gradient && ur_gradient(tape, t->canvas)) ur_pool_run(tape->compute->pool, work, t);
}

ur_tensor *ur_draw_compare(ur_tape *tape, ur_tensor *picture, ur_tensor *canvas, bool both)
{
    if (!picture || !canvas) return NULL;
    compare_trace t = {.picture = picture, .canvas = canvas, .parts = both ? 2 : 1, .compute = tape->compute};
    t.y = ur_tensor_make(tape, 1, picture->lanes, t.parts * picture->width);
    t.seen = t.y ? ur_tensor_make(tape, 1, picture->lanes, picture->width) : NULL;
    if (!t.seen) return NULL;
    ur_pool_run(tape->compute->pool, work, &t);
    compare_trace *kept = ur_tape_record(tape, compare_back, sizeof *kept);
    if (kept) *kept = t;
    return t.y;
}
