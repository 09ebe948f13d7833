/* See attention.h. Lanes are shared out over threads. Each lane computes its rows in the order (t, i). */
#include "layer/attention.h"
#include "kernel/softmax.h"

#include <string.h>

/* One operation, forward or backward: y from x and, except for shares, from z. */
typedef struct ur_attending {
    const ur_train_kernels *kernels;
    ur_sight sight;
    ur_tensor *x, *z, *y;
    const ur_param *v;  /* for sums, else NULL */
    real *padded;       /* v, padded with zeros */
    real *dx, *dz, *dv; /* gradients; dv has one row of z for each shard of lanes */
    real *room;         /* scratch: one row of z for each shard */
    void (*lane)(const struct ur_attending *, size_t lane);
} ur_attending;

static size_t lane_seen(const ur_attending *a, size_t b) { return a->sight.lane_of ? (size_t)a->sight.lane_of[b] : b; }

/* The number of steps, at most `steps`, that lane b looks at. */
static size_t steps_seen(const ur_attending *a, size_t b, size_t steps)
{
    return a->sight.lengths ? (size_t)a->sight.lengths[lane_seen(a, b)] : steps;
}

static size_t place_of(const ur_tensor *x, size_t t, size_t b) { return (t * x->lanes + b) * x->row; }

/* ---- over lanes --------------------------------------------------------------------------------------------------- */

/* Shares out single lanes, or whole shards if each shard has a sum of its own (dv). */
static void run_some(void *context, size_t member, size_t members)
{
    const ur_attending *a = context;
    size_t b, end;
    ur_pool_share(a->y->lanes, a->v ? UR_SHARD : 1, member, members, &b, &end);
    for (; b < end; b++) a->lane(a, b);
}

/* In the backward half, lanes are not shared out if several of them may look at the same lane. */
static void run_lanes(const ur_tape *tape, ur_attending *a, bool back)
{
    a->kernels = tape->compute->train;
    ur_pool_run(back && a->sight.lane_of ? NULL : tape->compute->pool, run_some, a);
}

static void leave(ur_tape *tape, ur_backward *backward, const ur_attending *a)
{
    ur_attending *kept = ur_tape_record(tape, backward, sizeof *kept);
    if (kept) *kept = *a;
}

static ur_tensor *make_scores(ur_tape *tape, const ur_tensor *q, const ur_tensor *k)
{
    return q && k ? ur_tensor_make(tape, q->steps, q->lanes, k->steps) : NULL;
}

/* ---- dots --------------------------------------------------------------------------------------------------------- */

static void dot_lane(const ur_attending *a, size_t b)
{
    size_t seen = steps_seen(a, b, a->z->steps), other = lane_seen(a, b);
    for (size_t t = 0; t < a->y->steps; t++) {
        real *s = a->y->value + place_of(a->y, t, b);
        const real *q = a->x->value + place_of(a->x, t, b);
        memset(s, 0, a->y->row * sizeof *s);
        for (size_t i = 0; i < seen; i++) s[i] = a->kernels->dot(q, a->z->value + place_of(a->z, i, other), a->x->row);
    }
}

static void dot_lane_back(const ur_attending *a, size_t b)
{
    size_t seen = steps_seen(a, b, a->z->steps), other = lane_seen(a, b), row = a->x->row;
    for (size_t t = 0; t < a->y->steps; t++) {
        const real *ds = a->y->gradient + place_of(a->y, t, b);
        size_t at = place_of(a->x, t, b);
        for (size_t i = 0; i < seen; i++) {
            size_t from = place_of(a->z, i, other);
            if (a->dx) a->kernels->add_scaled(a->dx + at, a->z->value + from, ds[i], row);
            if (a->dz) a->kernels->add_scaled(a->dz + from, a->x->value + at, ds[i], row);
        }
    }
}

static void go_back(ur_tape *tape, void *trace, void (*lane)(const ur_attending *, size_t))
{
    ur_attending *a = trace;
    if (!a->y->gradient) return;
    a->dx = ur_gradient(tape, a->x);
    a->dz = a->z ? ur_gradient(tape, a->z) : NULL;
    a->lane = lane;
    if (tape->status == UR_OK) run_lanes(tape, a, true);
}

static void dots_back(ur_tape *tape, void *trace) { go_back(tape, trace, dot_lane_back); }

ur_tensor *ur_attend_dots(ur_tape *tape, ur_tensor *q, ur_tensor *k, const ur_sight *sight)
{
    ur_attending a = {.sight = *sight, .x = q, .z = k, .y = make_scores(tape, q, k), .lane = dot_lane};
    if (!a.y) return NULL;
    run_lanes(tape, &a, false);
    leave(tape, dots_back, &a);
    return a.y;
}

/* ---- sums --------------------------------------------------------------------------------------------------------- */

static void sum_lane(const ur_attending *a, size_t b)
{
    size_t seen = steps_seen(a, b, a->z->steps), other = lane_seen(a, b);
    for (size_t t = 0; t < a->y->steps; t++) {
        real *s = a->y->value + place_of(a->y, t, b);
        const real *q = a->x->value + place_of(a->x, t, b);
        memset(s, 0, a->y->row * sizeof *s);
        for (size_t i = 0; i < seen; i++)
            s[i] = a->kernels->tanh_dot(a->padded, q, a->z->value + place_of(a->z, i, other), a->x->row);
    }
}

static void sum_lane_back(const ur_attending *a, size_t b)
{
    size_t seen = steps_seen(a, b, a->z->steps), other = lane_seen(a, b), row = a->x->row;
    real *dv = a->dv + b / UR_SHARD * row, *both = a->room + b / UR_SHARD * row;
    for (size_t t = 0; t < a->y->steps; t++) {
        const real *ds = a->y->gradient + place_of(a->y, t, b);
        size_t at = place_of(a->x, t, b);
        for (size_t i = 0; i < seen; i++) {
            size_t from = place_of(a->z, i, other);
            a->kernels->tanh_dot_back(a->padded, a->x->value + at, a->z->value + from, ds[i], both, dv, row);
            if (a->dx) a->kernels->add(a->dx + at, both, row);
            if (a->dz) a->kernels->add(a->dz + from, both, row);
        }
    }
}

/* dv is one chain for each shard; the shards are added in order. */
static void sums_back(ur_tape *tape, void *trace)
{
    ur_attending *a = trace;
    size_t shards = (a->y->lanes + UR_SHARD - 1) / UR_SHARD, row = a->x->row;
    a->dv = ur_tape_alloc(tape, shards * row, sizeof *a->dv);
    a->room = ur_tape_alloc(tape, shards * row, sizeof *a->room);
    if (!a->y->gradient || !a->dv || !a->room) return;
    memset(a->dv, 0, shards * row * sizeof *a->dv);
    go_back(tape, a, sum_lane_back);
    for (size_t s = 0; s < shards; s++)
        for (size_t i = 0; i < a->v->size; i++) a->v->gradient[i] += a->dv[s * row + i];
}

ur_tensor *ur_attend_sums(ur_tape *tape, const ur_param *v, ur_tensor *q, ur_tensor *k, const ur_sight *sight)
{
    ur_attending a = {.sight = *sight, .x = q, .z = k, .y = make_scores(tape, q, k), .v = v, .lane = sum_lane};
    a.padded = a.y ? ur_tape_alloc(tape, q->row, sizeof *a.padded) : NULL;
    if (!a.padded) return NULL;
    memcpy(a.padded, v->value, v->size * sizeof *a.padded);
    memset(a.padded + v->size, 0, (q->row - v->size) * sizeof *a.padded);
    run_lanes(tape, &a, false);
    leave(tape, sums_back, &a);
    return a.y;
}

/* ---- shares ------------------------------------------------------------------------------------------------------- */

/* Σ exp(s − top), and the top, of a row of any length. */
static ur_softmax_sum sum_row(const ur_train_kernels *kernels, const real *s, size_t count)
{
    ur_softmax_sum all = ur_softmax_none();
    for (size_t at = 0; at < count; at += UR_SOFTMAX_PART) {
        size_t part = count - at < UR_SOFTMAX_PART ? count - at : UR_SOFTMAX_PART;
        all = ur_softmax_join(all, kernels->softmax_part(s + at, part));
    }
    return all;
}

static void share_lane(const ur_attending *a, size_t b)
{
    size_t seen = steps_seen(a, b, a->x->width);
    for (size_t t = 0; t < a->y->steps; t++) {
        const real *s = a->x->value + place_of(a->x, t, b);
        real *y = a->y->value + place_of(a->y, t, b);
        ur_softmax_sum all = sum_row(a->kernels, s, seen);
        a->kernels->softmax_slope(s, seen, all.top, (real)(1 / all.sum), y);
        memset(y + ur_padded(seen), 0, (a->y->row - ur_padded(seen)) * sizeof *y);
    }
}

/* ds = a ∘ (da − Σ a ∘ da) */
static void share_lane_back(const ur_attending *a, size_t b)
{
    for (size_t t = 0; a->dx && t < a->y->steps; t++) {
        size_t at = place_of(a->y, t, b);
        const real *y = a->y->value + at, *dy = a->y->gradient + at;
        real mean = a->kernels->dot(y, dy, a->y->row);
        for (size_t i = 0; i < a->y->width; i++) a->dx[at + i] += y[i] * (dy[i] - mean);
    }
}

static void shares_back(ur_tape *tape, void *trace) { go_back(tape, trace, share_lane_back); }

ur_tensor *ur_attend_shares(ur_tape *tape, ur_tensor *s, const ur_sight *sight)
{
    ur_attending a = {.sight = *sight, .x = s, .lane = share_lane};
    a.y = s ? ur_tensor_make(tape, s->steps, s->lanes, s->width) : NULL;
    if (!a.y) return NULL;
    run_lanes(tape, &a, false);
    leave(tape, shares_back, &a);
    return a.y;
}

/* ---- mean --------------------------------------------------------------------------------------------------------- */

static void mean_lane(const ur_attending *a, size_t b)
{
    size_t seen = steps_seen(a, b, a->z->steps), other = lane_seen(a, b);
    for (size_t t = 0; t < a->y->steps; t++) {
        real *c = a->y->value + place_of(a->y, t, b);
        const real *share = a->x->value + place_of(a->x, t, b);
        memset(c, 0, a->y->row * sizeof *c);
        for (size_t i = 0; i < seen; i++)
            a->kernels->add_scaled(c, a->z->value + place_of(a->z, i, other), share[i], a->y->row);
    }
}

static void mean_lane_back(const ur_attending *a, size_t b)
{
    size_t seen = steps_seen(a, b, a->z->steps), other = lane_seen(a, b), row = a->y->row;
    for (size_t t = 0; t < a->y->steps; t++) {
        const real *dc = a->y->gradient + place_of(a->y, t, b);
        size_t at = place_of(a->x, t, b);
        for (size_t i = 0; i < seen; i++) {
            size_t from = place_of(a->z, i, other);
            if (a->dx) a->dx[at + i] += a->kernels->dot(dc, a->z->value + from, row);
            if (a->dz) a->kernels->add_scaled(a->dz + from, dc, a->x->value[at + i], row);
        }
    }
}

static void mean_back(ur_tape *tape, void *trace) { go_back(tape, trace, mean_lane_back); }

ur_tensor *ur_attend_mean(ur_tape *tape, ur_tensor *shares, ur_tensor *m, const ur_sight *sight)
{
    ur_attending a = {.sight = *sight, .x = shares, .z = m, .lane = mean_lane};
    a.y = shares && m ? ur_tensor_make(tape, shares->steps, shares->lanes, m->width) : NULL;
    if (!a.y) return NULL;
    run_lanes(tape, &a, false);
    leave(tape, mean_back, &a);
    return a.y;
}
