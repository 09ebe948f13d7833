/* The product shared out over threads: by rows if there are many, else by panels. This changes only who computes an
 * element, never how. */
#include "kernel/compute.h"

#include <string.h>

typedef struct ur_product_job {
    const ur_compute *compute;
    const ur_product *product;
    size_t rows, panels;
} ur_product_job;

enum { UR_ROWS = 6, UR_PANELS = 4 }; /* rows and panels of a register tile, roughly */

static size_t parts_of(size_t count, size_t part) { return (count + part - 1) / part; }

/* Sharing by rows means that every thread reads all weights; sharing by panels means that every thread reads all rows.
 * So rows are shared out if there are many, unless one member would then have more tiles than by panels (for example 54
 * of 100 rows). */
static bool is_by_rows(const ur_product_job *job, size_t members)
{
    const size_t down = parts_of(job->rows, UR_ROWS), across = parts_of(job->panels, UR_PANELS);
    return job->rows >= 4 * UR_ROWS * members && parts_of(down, members) * across <= down * parts_of(across, members);
}

static void work(void *context, size_t member, size_t members)
{
    const ur_product_job *job = context;
    size_t row = 0, row_end = job->rows, panel = 0, panel_end = job->panels;
    if (is_by_rows(job, members))
        ur_pool_share(job->rows, UR_ROWS, member, members, &row, &row_end);
    else
        ur_pool_share(job->panels, UR_PANELS, member, members, &panel, &panel_end);
    if (row < row_end && panel < panel_end)
        ur_product_run(job->compute->kernels, job->product, row, row_end, panel, panel_end);
}

/* Multiply-adds below which waking threads costs more than it saves. */
enum { UR_SMALL_PRODUCT = 1 << 15 };

static bool is_small(const ur_product *p, size_t rows, size_t panels)
{
    return rows * panels * 16 * p->inner * p->outer < UR_SMALL_PRODUCT;
}

void ur_compute_product(const ur_compute *compute, const ur_product *product, size_t rows, size_t panels)
{
    ur_product_job job = {compute, product, rows, panels};
    if (is_small(product, rows, panels))
        work(&job, 0, 1);
    else
        ur_pool_run(compute->pool, work, &job);
}

/* ---- the rows that count ------------------------------------------------------------------------------------------ */

ur_live_rows ur_live_range(const unsigned char *live, size_t lanes)
{
    ur_live_rows rows = {0, lanes};
    while (live && rows.end && !live[rows.end - 1]) rows.end--;
    while (live && rows.begin < rows.end && !live[rows.begin]) rows.begin++;
    return rows;
}

typedef struct ur_live_job {
    const ur_compute *compute;
    const ur_product *product;
    const unsigned char *live;
    size_t steps, lanes, rows, panels;
} ur_live_job;

static void clear_row(const ur_live_job *job, size_t row)
{
    const ur_product *p = job->product;
    real *c = p->c + row * p->c_row;
    for (size_t panel = 0; panel < job->panels; panel += p->group, c += p->c_group)
        memset(c, 0, 16 * (job->panels - panel < p->group ? job->panels - panel : p->group) * sizeof *c);
}

/* Clears the rows that are skipped, in a member's steps. */
static void clear_others(const ur_live_job *job, size_t member, size_t members)
{
    size_t t, end;
    ur_pool_share(job->steps, 1, member, members, &t, &end);
    for (; t < end; t++) {
        ur_live_rows at = ur_live_range(job->live + t * job->lanes, job->lanes);
        for (size_t b = 0; b < at.begin; b++) clear_row(job, t * job->lanes + b);
        for (size_t b = at.end; b < job->lanes; b++) clear_row(job, t * job->lanes + b);
    }
}

/* Each member takes its share of all rows that are not skipped, in order. */
static void live_work(void *context, size_t member, size_t members)
{
    const ur_live_job *job = context;
    size_t before = 0, first, last;
    if (job->product->start != UR_START_HERE) clear_others(job, member, members);
    ur_pool_share(job->rows, 6, member, members, &first, &last);
    for (size_t t = 0; t < job->steps && before < last; t++) {
        ur_live_rows at = ur_live_range(job->live + t * job->lanes, job->lanes);
        size_t count = at.end - at.begin, from = first > before ? first - before : 0;
        size_t to = last - before < count ? last - before : count, row = t * job->lanes + at.begin;
        if (from < to) ur_product_run(job->compute->kernels, job->product, row + from, row + to, 0, job->panels);
        before += count;
    }
}

void ur_compute_live_product(const ur_compute *compute, const ur_product *product, const unsigned char *live,
                             size_t steps, size_t lanes, size_t panels)
{
    ur_live_job job = {compute, product, live, steps, lanes, 0, panels};
    for (size_t t = 0; live && t < steps; t++) {
        ur_live_rows at = ur_live_range(live + t * lanes, lanes);
        job.rows += at.end - at.begin;
    }
    if (!live || 16 * job.rows > 15 * steps * lanes) {
        ur_compute_product(compute, product, steps * lanes, panels);
        return;
    }
    if (is_small(product, job.rows, panels))
        live_work(&job, 0, 1);
    else
        ur_pool_run(compute->pool, live_work, &job);
}
