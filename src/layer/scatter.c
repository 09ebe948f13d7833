/* See scatter.h. The ids of a shard are numbered in the order in which they first occur. Threads split the width. */
#include "layer/scatter.h"

#include <string.h>

typedef struct ur_scatter_job {
    const ur_compute *compute;
    const ur_scatter *s;
    int32_t *place;    /* (symbols): index of an id's sum, or −1 if the id did not occur */
    int32_t *occurred; /* the ids by index */
    size_t count, lane, lane_end;
    real *sums; /* (index, padded width) */
} ur_scatter_job;

static void number(ur_scatter_job *job)
{
    const ur_scatter *s = job->s;
    for (size_t i = 0; i < job->count; i++) job->place[job->occurred[i]] = -1;
    job->count = 0;
    for (size_t t = 0; t < s->steps; t++)
        for (size_t b = job->lane; b < job->lane_end; b++) {
            int32_t id = s->ids[t * s->lanes + b];
            if (job->place[id] >= 0) continue;
            job->place[id] = (int32_t)job->count;
            job->occurred[job->count++] = id;
        }
}

static void add_columns(const ur_scatter_job *job, size_t begin, size_t end)
{
    const ur_scatter *s = job->s;
    size_t padded = ur_padded(s->width), use = (end < s->width ? end : s->width) - begin, begun = 0;
    for (size_t t = 0; t < s->steps; t++)
        for (size_t b = job->lane; b < job->lane_end; b++) {
            size_t i = t * s->lanes + b, place = (size_t)job->place[s->ids[i]];
            real *sum = job->sums + place * padded + begin;
            if (place == begun) { /* the id occurs for the first time */
                memset(sum, 0, (end - begin) * sizeof(real));
                begun++;
            }
            job->compute->train->add(sum, s->rows + i * s->row + begin, end - begin);
        }
    for (size_t i = 0; i < job->count; i++) {
        real *to = s->into + (size_t)job->occurred[i] * s->width + begin, *sum = job->sums + i * padded + begin;
        job->compute->train->add(to, sum, use / 16 * 16);
        for (size_t n = use / 16 * 16; n < use; n++) to[n] += sum[n];
    }
}

static void work(void *context, size_t member, size_t members)
{
    const ur_scatter_job *job = context;
    size_t begin, end;
    ur_pool_share(ur_padded(job->s->width) / 16, 1, member, members, &begin, &end);
    if (begin < end) add_columns(job, begin * 16, end * 16);
}

ur_status ur_scatter_add(const ur_compute *compute, const ur_scatter *s, ur_arena *arena, ur_error *error)
{
    size_t most = s->steps * (s->lanes < UR_SHARD ? s->lanes : UR_SHARD);
    if (most > s->symbols) most = s->symbols;
    ur_scatter_job job = {.compute = compute,
                          .s = s,
                          .place = ur_arena_alloc(arena, s->symbols, sizeof(int32_t)),
                          .occurred = ur_arena_alloc(arena, most, sizeof(int32_t)),
                          .sums = ur_arena_alloc(arena, most * ur_padded(s->width), sizeof(real))};
    if (!job.place || !job.occurred || !job.sums) return ur_fail_memory(error, "an embedding's gradient");
    for (size_t i = 0; i < s->symbols; i++) job.place[i] = -1;
    for (job.lane = 0; job.lane < s->lanes; job.lane += UR_SHARD) {
        job.lane_end = s->lanes - job.lane < UR_SHARD ? s->lanes : job.lane + UR_SHARD;
        number(&job);
        ur_pool_run(compute->pool, work, &job);
    }
    return UR_OK;
}
