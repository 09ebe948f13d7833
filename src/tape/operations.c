/* See operations.h. Each row is computed by one thread, in the order (t, b). */
#include "tape/operations.h"

#include <string.h>

typedef struct ur_two_trace {
    ur_tensor *x, *z, *y; /* y from x, and from z if there is one */
    const int32_t *ids;   /* lengths (B), or lanes (T, B) */
} ur_two_trace;

static size_t length_of(const int32_t *lengths, size_t b, size_t steps) { return lengths ? (size_t)lengths[b] : steps; }

static void add_row(real *to, const real *from, size_t count)
{
    for (size_t i = 0; i < count; i++) to[i] += from[i];
}

enum { UR_SMALL_TENSOR = 1 << 14 }; /* numbers below which waking threads costs more than it saves */

static void share(const ur_tape *tape, const ur_tensor *x, ur_pool_work *work, void *context)
{
    if (ur_tensor_size(x) < UR_SMALL_TENSOR)
        work(context, 0, 1);
    else
        ur_pool_run(tape->compute->pool, work, context);
}

static void leave(ur_tape *tape, ur_backward *backward, ur_two_trace trace)
{
    ur_two_trace *kept = ur_tape_record(tape, backward, sizeof *kept);
    if (kept) *kept = trace;
}

/* ---- reverse ------------------------------------------------------------------------------------------------------ */

static void reverse_lanes(void *context, size_t member, size_t members)
{
    const ur_two_trace *r = context;
    const ur_tensor *x = r->x;
    size_t b, end;
    ur_pool_share(x->lanes, 1, member, members, &b, &end);
    for (; b < end; b++)
        for (size_t t = 0, length = length_of(r->ids, b, x->steps); t < x->steps; t++) {
            real *to = r->y->value + (t * x->lanes + b) * x->row;
            if (t < length)
                memcpy(to, x->value + ((length - 1 - t) * x->lanes + b) * x->row, x->row * sizeof *to);
            else
                memset(to, 0, x->row * sizeof *to);
        }
}

static void reverse_lanes_back(void *context, size_t member, size_t members)
{
    const ur_two_trace *r = context;
    const ur_tensor *x = r->x;
    size_t b, end;
    ur_pool_share(x->lanes, 1, member, members, &b, &end);
    for (; b < end; b++)
        for (size_t t = 0, length = length_of(r->ids, b, x->steps); t < length; t++)
            add_row(x->gradient + ((length - 1 - t) * x->lanes + b) * x->row,
                    r->y->gradient + (t * x->lanes + b) * x->row, x->row);
}

static void reverse_back(ur_tape *tape, void *trace)
{
    ur_two_trace *r = trace;
    if (r->y->gradient && ur_gradient(tape, r->x)) share(tape, r->x, reverse_lanes_back, r);
}

ur_tensor *ur_reverse(ur_tape *tape, ur_tensor *x, const int32_t *lengths)
{
    ur_tensor *y = x ? ur_tensor_make(tape, x->steps, x->lanes, x->width) : NULL;
    if (!y) return NULL;
    ur_two_trace trace = {.x = x, .y = y, .ids = lengths};
    share(tape, x, reverse_lanes, &trace);
    leave(tape, reverse_back, trace);
    return y;
}

const int32_t *ur_reverse_ids(ur_tape *tape, const int32_t *ids, size_t steps, size_t lanes, const int32_t *lengths)
{
    int32_t *reversed = ur_tape_alloc(tape, steps * lanes, sizeof *reversed);
    for (size_t i = 0; reversed && i < steps * lanes; i++) {
        size_t t = i / lanes, b = i % lanes, length = length_of(lengths, b, steps);
        reversed[i] = ids[t < length ? (length - 1 - t) * lanes + b : i];
    }
    return reversed;
}

/* ---- concat ------------------------------------------------------------------------------------------------------- */

static void join_rows(void *context, size_t member, size_t members)
{
    const ur_two_trace *c = context;
    const ur_tensor *a = c->x, *b = c->z, *y = c->y;
    size_t r, end;
    ur_pool_share(y->steps * y->lanes, 1, member, members, &r, &end);
    for (; r < end; r++) {
        real *to = y->value + r * y->row;
        memcpy(to, a->value + r * a->row, a->width * sizeof *to);
        memcpy(to + a->width, b->value + r * b->row, b->width * sizeof *to);
        memset(to + y->width, 0, (y->row - y->width) * sizeof *to);
    }
}

static void part_rows(void *context, size_t member, size_t members)
{
    const ur_two_trace *c = context;
    const ur_tensor *a = c->x, *b = c->z, *y = c->y;
    size_t r, end;
    ur_pool_share(y->steps * y->lanes, 1, member, members, &r, &end);
    for (; r < end; r++) {
        const real *from = y->gradient + r * y->row;
        if (a->wanted) add_row(a->gradient + r * a->row, from, a->width);
        if (b->wanted) add_row(b->gradient + r * b->row, from + a->width, b->width);
    }
}

static void concat_back(ur_tape *tape, void *trace)
{
    ur_two_trace *c = trace;
    if (!c->y->gradient) return;
    ur_gradient(tape, c->x);
    ur_gradient(tape, c->z);
    if (tape->status == UR_OK) share(tape, c->y, part_rows, c);
}

ur_tensor *ur_concat(ur_tape *tape, ur_tensor *a, ur_tensor *b)
{
    ur_tensor *y = a && b ? ur_tensor_make(tape, a->steps, a->lanes, a->width + b->width) : NULL;
    if (!y) return NULL;
    ur_two_trace trace = {.x = a, .z = b, .y = y};
    share(tape, y, join_rows, &trace);
    leave(tape, concat_back, trace);
    return y;
}

/* ---- detach ------------------------------------------------------------------------------------------------------- */

ur_tensor *ur_detach(ur_tape *tape, const ur_tensor *x)
{
    ur_tensor *y = x ? ur_tensor_on(tape, x->value, x->steps, x->lanes, x->width) : NULL;
    if (y) y->wanted = false;
    return y;
}

/* ---- add ---------------------------------------------------------------------------------------------------------- */

static void add_numbers(void *context, size_t member, size_t members)
{
    const ur_two_trace *a = context;
    size_t i, end;
    ur_pool_share(ur_tensor_size(a->y), 16, member, members, &i, &end);
    for (; i < end; i++) a->y->value[i] = a->x->value[i] + a->z->value[i];
}

static void add_numbers_back(void *context, size_t member, size_t members)
{
    const ur_two_trace *a = context;
    ur_tensor *const to[] = {a->x, a->z};
    size_t begin, end;
    ur_pool_share(ur_tensor_size(a->y), 16, member, members, &begin, &end);
    for (size_t i = 0; i < 2; i++)
        if (to[i]->wanted) add_row(to[i]->gradient + begin, a->y->gradient + begin, end - begin);
}

static void add_back(ur_tape *tape, void *trace)
{
    ur_two_trace *a = trace;
    if (!a->y->gradient) return;
    ur_gradient(tape, a->x);
    ur_gradient(tape, a->z);
    if (tape->status == UR_OK) share(tape, a->y, add_numbers_back, a);
}

ur_tensor *ur_add(ur_tape *tape, ur_tensor *a, ur_tensor *b)
{
    ur_tensor *y = a && b ? ur_tensor_make(tape, a->steps, a->lanes, a->width) : NULL;
    if (!y) return NULL;
    ur_two_trace trace = {.x = a, .z = b, .y = y};
    share(tape, y, add_numbers, &trace);
    leave(tape, add_back, trace);
    return y;
}

/* ---- spread ------------------------------------------------------------------------------------------------------- */

static size_t lane_at(const int32_t *lane_of, size_t place, size_t lanes)
{
    return lane_of ? (size_t)lane_of[place] : place % lanes;
}

static void spread_back(ur_tape *tape, void *trace)
{
    const ur_two_trace *s = trace;
    real *dx = s->y->gradient ? ur_gradient(tape, s->x) : NULL;
    for (size_t i = 0; dx && i < s->y->steps * s->y->lanes; i++)
        add_row(dx + lane_at(s->ids, i, s->y->lanes) * s->x->row, s->y->gradient + i * s->y->row, s->x->row);
}

ur_tensor *ur_spread(ur_tape *tape, ur_tensor *x, size_t steps, size_t lanes, const int32_t *lane_of)
{
    ur_tensor *y = x ? ur_tensor_make(tape, steps, lanes, x->width) : NULL;
    if (!y) return NULL;
    for (size_t i = 0; i < steps * lanes; i++)
        memcpy(y->value + i * y->row, x->value + lane_at(lane_of, i, lanes) * x->row, x->row * sizeof(real));
    leave(tape, spread_back, (ur_two_trace){.x = x, .y = y, .ids = lane_of});
    return y;
}

/* ---- steps -------------------------------------------------------------------------------------------------------- */

typedef struct ur_steps_trace {
    ur_tensor *whole, *const *parts; /* one tensor for each step, from step `first` on */
    size_t first, count;
} ur_steps_trace;

static real *rows_at(const ur_tensor *x, real *numbers, size_t t) { return numbers + t * x->lanes * x->row; }

static void step_back(ur_tape *tape, void *trace)
{
    const ur_steps_trace *s = trace;
    const ur_tensor *y = s->parts[0];
    real *dx = y->gradient ? ur_gradient(tape, s->whole) : NULL;
    if (dx) add_row(rows_at(y, dx, s->first), y->gradient, y->lanes * y->row);
}

ur_tensor *ur_step_of(ur_tape *tape, ur_tensor *x, size_t t)
{
    ur_tensor **y = x ? ur_tape_alloc(tape, 1, sizeof *y) : NULL;
    if (!y || !(*y = ur_tensor_on(tape, rows_at(x, x->value, t), 1, x->lanes, x->width))) return NULL;
    (*y)->wanted = x->wanted;
    ur_steps_trace *kept = ur_tape_record(tape, step_back, sizeof *kept);
    if (kept) *kept = (ur_steps_trace){x, y, t, 1};
    return *y;
}

static void stack_back(ur_tape *tape, void *trace)
{
    const ur_steps_trace *s = trace;
    for (size_t t = 0; s->whole->gradient && t < s->count; t++) {
        real *d = ur_gradient(tape, s->parts[t]);
        if (d) add_row(d, rows_at(s->whole, s->whole->gradient, t), s->whole->lanes * s->whole->row);
    }
}

ur_tensor *ur_stack(ur_tape *tape, ur_tensor *const *parts, size_t steps)
{
    if (tape->status != UR_OK) return NULL;
    ur_tensor *y = ur_tensor_make(tape, steps, parts[0]->lanes, parts[0]->width);
    if (!y) return NULL;
    for (size_t t = 0; t < steps; t++)
        memcpy(rows_at(y, y->value, t), parts[t]->value, y->lanes * y->row * sizeof(real));
    ur_steps_trace *kept = ur_tape_record(tape, stack_back, sizeof *kept);
    if (kept) *kept = (ur_steps_trace){y, parts, 0, steps};
    return y;
}

/* ---- mean --------------------------------------------------------------------------------------------------------- */

static void mean_back(ur_tape *tape, void *trace)
{
    const ur_two_trace *m = trace;
    ur_tensor *x = m->x;
    real *dx = m->y->gradient ? ur_gradient(tape, x) : NULL;
    for (size_t b = 0; dx && b < x->lanes; b++) {
        size_t length = length_of(m->ids, b, x->steps);
        const real *dy = m->y->gradient + b * x->row, share = 1 / (real)length;
        for (size_t t = 0; t < length; t++) {
            real *to = dx + (t * x->lanes + b) * x->row;
            for (size_t i = 0; i < x->row; i++) to[i] += dy[i] * share;
        }
    }
}

ur_tensor *ur_mean(ur_tape *tape, ur_tensor *x, const int32_t *lengths)
{
    ur_tensor *y = x ? ur_tensor_make(tape, 1, x->lanes, x->width) : NULL;
    if (!y) return NULL;
    for (size_t b = 0; b < x->lanes; b++) {
        size_t length = length_of(lengths, b, x->steps);
        real *to = y->value + b * x->row, share = 1 / (real)length;
        memset(to, 0, x->row * sizeof *to);
        for (size_t t = 0; t < length; t++) add_row(to, x->value + (t * x->lanes + b) * x->row, x->row);
        for (size_t i = 0; i < x->row; i++) to[i] *= share;
    }
    leave(tape, mean_back, (ur_two_trace){.x = x, .y = y, .ids = lengths});
    return y;
}
