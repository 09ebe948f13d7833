/* Clearing, shared out over threads if there are many numbers. */
#include "kernel/compute.h"

#include <string.h>

enum { UR_SMALL_CLEAR = 1 << 16 }; /* numbers below which waking threads costs more than it saves */

typedef struct ur_clear_job {
    real *x;
    size_t n;
} ur_clear_job;

static void work(void *context, size_t member, size_t members)
{
    const ur_clear_job *job = context;
    size_t begin, end;
    ur_pool_share(job->n, 1024, member, members, &begin, &end);
    if (begin < end) memset(job->x + begin, 0, (end - begin) * sizeof *job->x);
}

void ur_compute_clear(const ur_compute *compute, real *x, size_t n)
{
    ur_clear_job job = {x, n};
    if (n < UR_SMALL_CLEAR)
        work(&job, 0, 1);
    else
        ur_pool_run(compute->pool, work, &job);
}
