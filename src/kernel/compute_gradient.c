/* The weight gradient shared out over threads by rows of the matrix. */
#include "kernel/compute.h"

typedef struct ur_gradient_job {
    const ur_compute *compute;
    const ur_weight_gradient *gradient;
    size_t groups, scratch;
    real *space;
} ur_gradient_job;

static void work(void *context, size_t member, size_t members)
{
    const ur_gradient_job *job = context;
    size_t begin, end;
    ur_pool_share(job->groups, 1, member, members, &begin, &end);
    if (begin < end)
        job->compute->train->weight_gradient(job->gradient, begin, end, job->space + member * job->scratch);
}

ur_status ur_compute_weight_gradient(const ur_compute *compute, const ur_weight_gradient *gradient, size_t groups,
                                     ur_arena *arena, ur_error *error)
{
    size_t members = ur_pool_threads(compute->pool);
    size_t most = (groups + members - 1) / members;
    ur_gradient_job job = {compute, gradient, groups, 0, NULL};
    job.scratch = compute->train->weight_gradient_scratch(ur_gradient_sums(gradient), most);
    job.space = ur_arena_scratch(arena, job.scratch * members, sizeof(real));
    if (!job.space) return ur_fail_memory(error, "a weight gradient");
    ur_pool_run(compute->pool, work, &job);
    return UR_OK;
}
