/* See latent.h. Threads share out the lanes. The sums of the KL divergence are those of a loss (loss.h). */
#include "layer/latent.h"

#include "kernel/scalar.h"
#include "layer/loss.h"

enum { BLOCK = 16 };

/* σ from up to BLOCK numbers log σ. */
static void exponentiate(const ur_train_kernels *kernels, const real *log_sigma, size_t count, real sigma[BLOCK])
{
    const real most = UR_LATENT_LOG_MOST;
    for (size_t i = 0; i < count; i++) {
        real x = log_sigma[i];
        sigma[i] = x > most ? most : x < -most ? -most : x;
    }
    kernels->softmax_slope(sigma, count, 0, 1, sigma); /* exp(x − 0)·1 */
}

static bool is_within(real log_sigma) { return log_sigma >= -UR_LATENT_LOG_MOST && log_sigma <= UR_LATENT_LOG_MOST; }

static size_t block_at(size_t at, size_t width) { return width - at < BLOCK ? width - at : BLOCK; }

/* ---- drawing ------------------------------------------------------------------------------------------------------ */

typedef struct ur_latent_trace {
    const ur_train_kernels *kernels;
    ur_tensor *said, *z;
    const real *noise;
} ur_latent_trace;

static void draw_lane(const ur_latent_trace *t, size_t b)
{
    const size_t width = t->z->width;
    const real *said = t->said->value + b * t->said->row, *noise = t->noise + b * width;
    real *z = t->z->value + b * t->z->row, sigma[BLOCK];
    for (size_t at = 0; at < width; at += BLOCK) {
        exponentiate(t->kernels, said + width + at, block_at(at, width), sigma);
        for (size_t i = 0; i < block_at(at, width); i++) z[at + i] = said[at + i] + sigma[i] * noise[at + i];
    }
    for (size_t i = width; i < t->z->row; i++) z[i] = 0;
}

/* dμ += dz;  dlog σ += dz·σ·ε. */
static void draw_lane_back(const ur_latent_trace *t, size_t b)
{
    const size_t width = t->z->width;
    const real *said = t->said->value + b * t->said->row, *noise = t->noise + b * width;
    const real *dz = t->z->gradient + b * t->z->row;
    real *d = t->said->gradient + b * t->said->row, sigma[BLOCK];
    for (size_t at = 0; at < width; at += BLOCK) {
        exponentiate(t->kernels, said + width + at, block_at(at, width), sigma);
        for (size_t i = 0; i < block_at(at, width); i++) {
            d[at + i] += dz[at + i];
            if (is_within(said[width + at + i])) d[width + at + i] += dz[at + i] * sigma[i] * noise[at + i];
        }
    }
}

static void draw_back(ur_tape *tape, void *trace)
{
    const ur_latent_trace *t = trace;
    real *d = t->z->gradient ? ur_gradient(tape, t->said) : NULL;
    for (size_t b = 0; d && b < t->z->lanes; b++) draw_lane_back(t, b);
}

ur_tensor *ur_latent_draw(ur_tape *tape, ur_tensor *said, const real *noise)
{
    ur_tensor *z = said ? ur_tensor_make(tape, 1, said->lanes, said->width / 2) : NULL;
    const ur_latent_trace t = {tape->compute->train, said, z, noise};
    if (!z) return NULL;
    for (size_t b = 0; b < z->lanes; b++) draw_lane(&t, b);
    ur_latent_trace *kept = ur_tape_record(tape, draw_back, sizeof *kept);
    if (kept) *kept = t;
    return z;
}

/* ---- KL ----------------------------------------------------------------------------------------------------------- */

/* dμ = μ;  dlog σ = σ² − 1. */
static double kl_row(const ur_loss_job *job, size_t row, real *d)
{
    const size_t width = job->y->width / 2;
    const real *mean = job->y->value + row * job->y->row, *log_sigma = mean + width;
    real sigma[BLOCK];
    double sum = 0;
    for (size_t at = 0; at < width; at += BLOCK) {
        exponentiate(job->kernels, log_sigma + at, block_at(at, width), sigma);
        for (size_t i = at; i < at + block_at(at, width); i++) {
            double mu = (double)mean[i], s = (double)sigma[i - at], ln = (double)log_sigma[i];
            ln = ln > UR_LATENT_LOG_MOST ? UR_LATENT_LOG_MOST : ln < -UR_LATENT_LOG_MOST ? -UR_LATENT_LOG_MOST : ln;
            sum += (mu * mu + s * s - 1) / 2 - ln;
            if (!d) continue;
            d[i] = mean[i] * job->scale;
            d[width + i] = is_within(log_sigma[i]) ? (sigma[i - at] * sigma[i - at] - 1) * job->scale : 0;
        }
    }
    for (size_t i = job->y->width; d && i < job->y->row; i++) d[i] = 0;
    return sum;
}

ur_status ur_latent_kl(ur_tape *tape, ur_tensor *said, double scale, double *sum)
{
    ur_loss_job job = {.row_loss = kl_row};
    return ur_loss_by_rows(tape, &job, said, scale, sum);
}

/* ---- noise -------------------------------------------------------------------------------------------------------- */

typedef struct ur_noise_job {
    uint64_t seed;
    uint32_t use;
    const uint64_t *first;
    size_t lanes, width;
    real *noise;
} ur_noise_job;

static void fill_noise(void *context, size_t member, size_t members)
{
    const ur_noise_job *job = context;
    size_t begin, end;
    ur_pool_share(job->lanes, 1, member, members, &begin, &end);
    for (size_t b = begin; b < end; b++)
        for (size_t i = 0; i < job->width; i++)
            job->noise[b * job->width + i] = (real)ur_random_normal(job->seed, job->use, job->first[b] + i);
}

void ur_latent_noise(const ur_compute *compute, uint64_t seed, uint32_t use, const uint64_t *first, size_t lanes,
                     size_t width, real *noise)
{
    ur_noise_job job = {seed, use, first, lanes, width, noise};
    ur_pool_run(compute->pool, fill_noise, &job);
}
