/* The product shared out over threads: by rows where there are many, else by panels. Only who computes an element
 * changes, never how. */
#include "kernel/compute.h"

typedef struct ur_product_job {
    const ur_compute *compute;
    const ur_product *product;
    size_t rows, panels;
} ur_product_job;

static void work(void *context, size_t member, size_t members)
{
    const ur_product_job *job = context;
    size_t row = 0, row_end = job->rows, panel = 0, panel_end = job->panels;
    if (job->rows >= 24 * members)
        ur_pool_share(job->rows, 6, member, members, &row, &row_end);
    else
        ur_pool_share(job->panels, 4, member, members, &panel, &panel_end);
    if (row < row_end && panel < panel_end)
        ur_product_run(job->compute->kernels, job->product, row, row_end, panel, panel_end);
}

enum { UR_SMALL_PRODUCT = 1 << 15 }; /* multiply-adds below which waking threads costs more than it brings */

void ur_compute_product(const ur_compute *compute, const ur_product *product, size_t rows, size_t panels)
{
    ur_product_job job = {compute, product, rows, panels};
    if (rows * panels * 16 * product->inner * product->outer < UR_SMALL_PRODUCT)
        work(&job, 0, 1);
    else
        ur_pool_run(compute->pool, work, &job);
}
