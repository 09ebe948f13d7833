/* See retina.h. Threads share out the lanes. A mean adds its places in order. */
#include "layer/retina.h"

#include <math.h>
#include <string.h>

static long begin_at(size_t places, double where, size_t side)
{
    double middle = (double)places / 2 * (where + 1) - 0.5;
    return (long)floor(middle - ((double)side - 1) / 2 + 0.5);
}

ur_retina_square ur_retina_square_of(const ur_retina *r, const real *place, size_t scale)
{
    size_t side = r->size << scale;
    return (ur_retina_square){begin_at(r->rows, (double)place[1], side), begin_at(r->columns, (double)place[0], side),
                              side};
}

/* The part of [at, at + many) that is within [0, places). */
static void cut(long at, size_t many, size_t places, size_t *begin, size_t *end)
{
    long last = at + (long)many;
    *begin = at < 0 ? 0 : (size_t)at;
    *end = last < 0 ? 0 : (size_t)last < places ? (size_t)last : places;
}

static real mean_of(const ur_retina *r, const real *picture, long row, long column, size_t many)
{
    size_t top, bottom, left, right;
    real sum = 0;
    cut(row, many, r->rows, &top, &bottom);
    cut(column, many, r->columns, &left, &right);
    for (size_t y = top; y < bottom; y++)
        for (size_t x = left; x < right; x++) sum += picture[y * r->columns + x];
    return sum / (real)(many * many);
}

static void look_at_scale(const ur_retina *r, const real *place, const real *picture, size_t scale, real *seen)
{
    const ur_retina_square s = ur_retina_square_of(r, place, scale);
    const size_t many = (size_t)1 << scale;
    for (size_t i = 0; i < r->size * r->size; i++)
        seen[i * r->scales + scale] =
            mean_of(r, picture, s.row + (long)(i / r->size * many), s.column + (long)(i % r->size * many), many);
}

typedef struct ur_retina_job {
    const ur_retina *retina;
    const ur_tensor *place, *picture;
    ur_tensor *seen;
} ur_retina_job;

static void work(void *context, size_t member, size_t members)
{
    const ur_retina_job *job = context;
    size_t begin, end;
    ur_pool_share(job->seen->lanes, 1, member, members, &begin, &end);
    for (size_t b = begin; b < end; b++)
        for (size_t s = 0; s < job->retina->scales; s++)
            look_at_scale(job->retina, job->place->value + b * job->place->row,
                          job->picture->value + b * job->picture->row, s, job->seen->value + b * job->seen->row);
}

ur_tensor *ur_retina_look(ur_tape *tape, const ur_retina *retina, const ur_tensor *place, const ur_tensor *picture)
{
    if (!place || !picture) return NULL;
    ur_retina_job job = {retina, place, picture, NULL};
    job.seen = ur_tensor_make(tape, 1, place->lanes, retina->size * retina->size * retina->scales);
    if (!job.seen) return NULL;
    job.seen->wanted = false;
    memset(job.seen->value, 0, ur_tensor_size(job.seen) * sizeof *job.seen->value);
    ur_pool_run(tape->compute->pool, work, &job);
    return job.seen;
}
