/*
 * Sampling. All in double, in a fixed order, with our own exp, so that the text is the same everywhere. The limits are
 * thresholds on the probabilities: a token is kept if its probability is at least the largest threshold that top-k,
 * top-p and min-p give. Of equally probable tokens at the border the lower ids are kept.
 */
#include "base/float_mode.h"
#include "base/random.h"
#include "kernel/scalar.h"
#include "unroll.h"

#include <math.h>
#include <stdbool.h>

ur_sampling ur_sampling_default(void) { return (ur_sampling){.temperature = 1, .top_p = 1, .never = -1}; }

/* The most probable of the allowed tokens; of equal ones the first. NaN is less than anything. */
static size_t likeliest(const ur_real *x, size_t n, int32_t never)
{
    const size_t first = never == 0 && n > 1 ? 1 : 0;
    size_t best = first;
    while (best < n && (isnan(x[best]) || (int64_t)best == never)) best++;
    if (best == n) return first;
    for (size_t i = best; i < n; i++)
        if ((int64_t)i != never && x[i] > x[best]) best = i;
    return best;
}

static void only(ur_real *p, size_t n, size_t id)
{
    for (size_t i = 0; i < n; i++) p[i] = i == id;
}

/* Replaces x by exp((x − top) / temperature) and returns the sum. */
static double weigh(ur_real *x, size_t n, const ur_sampling *how, size_t best)
{
    double top = (double)x[best], sum = 0;
    for (size_t i = 0; i < n; i++) {
        double w = (int64_t)i == how->never ? 0 : ur_exp(((double)x[i] - top) / how->temperature);
        x[i] = (ur_real)(isnan(w) ? 0 : w);
        sum += (double)x[i];
    }
    return sum;
}

/* The weights at or above a threshold: how many there are, and their sum. */
typedef struct ur_kept {
    size_t count;
    double sum;
} ur_kept;

static ur_kept kept_above(const ur_real *w, size_t n, double threshold)
{
    ur_kept kept = {0, 0};
    for (size_t i = 0; i < n; i++)
        if ((double)w[i] >= threshold && w[i] > 0) {
            kept.count++;
            kept.sum += (double)w[i];
        }
    return kept;
}

/* The largest threshold in (0, 1] that keeps at least k tokens, and at least the sum `wanted`. Found by bisection,
 * since weights are at most 1. */
static double threshold_for(const ur_real *w, size_t n, size_t k, double wanted)
{
    double low = 0, high = 1;
    for (int i = 0; i < 64; i++) {
        double middle = (low + high) / 2;
        ur_kept kept = kept_above(w, n, middle);
        if (kept.count >= k && kept.sum >= wanted)
            low = middle;
        else
            high = middle;
    }
    ur_kept all = kept_above(w, n, high);
    return all.count >= k && all.sum >= wanted ? high : low;
}

/* Drops weights below the threshold and, of those exactly at the border, all that top-k or top-p does not need. */
static void cut(ur_real *w, size_t n, double threshold, size_t k, double wanted)
{
    ur_kept above = {0, 0};
    for (size_t i = 0; i < n; i++)
        if ((double)w[i] < threshold) w[i] = 0;
    double border = 2;
    for (size_t i = 0; i < n; i++)
        if (w[i] > 0 && (double)w[i] < border) border = (double)w[i];
    for (size_t i = 0; i < n; i++)
        if ((double)w[i] > border) above = (ur_kept){above.count + 1, above.sum + (double)w[i]};
    for (size_t i = 0; i < n; i++) {
        if ((double)w[i] != border) continue;
        if (above.count >= k && above.sum >= wanted)
            w[i] = 0;
        else
            above = (ur_kept){above.count + 1, above.sum + border};
    }
}

static void probabilities(ur_real *x, size_t n, const ur_sampling *how)
{
    if (n == 0) return;
    size_t best = likeliest(x, n, how->never);
    bool alone = (int64_t)best == how->never || !isfinite(x[best]); /* nothing to compare it with */
    if (alone || !(how->temperature > 0)) {
        only(x, n, best);
        return;
    }
    double sum = weigh(x, n, how, best);
    size_t tokens = kept_above(x, n, 0).count;
    double least = how->min_p < 1 ? how->min_p : 1; /* the most probable token has weight 1 */
    if (how->min_p > 0)
        for (size_t i = 0; i < n; i++)
            if ((double)x[i] < least) x[i] = 0;
    if (how->top_k > 0 && how->top_k < tokens) cut(x, n, threshold_for(x, n, how->top_k, 0), how->top_k, 0);
    if (how->top_p < 1) cut(x, n, threshold_for(x, n, 1, how->top_p * sum), 1, how->top_p * sum);
    sum = kept_above(x, n, 0).sum;
    for (size_t i = 0; i < n; i++) x[i] = (ur_real)((double)x[i] / sum);
}

void ur_probabilities(ur_real *x, size_t n, const ur_sampling *how)
{
    ur_float_mode mode = ur_float_mode_enter();
    probabilities(x, n, how);
    ur_float_mode_leave(mode);
}

int32_t ur_sample(ur_real *logits, size_t n, const ur_sampling *how, uint64_t draw)
{
    ur_probabilities(logits, n, how);
    double u = ur_random_uniform(how->seed, UR_USE_SAMPLE, draw), sum = 0;
    int32_t last = n ? 0 : -1;
    for (size_t i = 0; i < n; i++) {
        if (!(logits[i] > 0)) continue;
        last = (int32_t)i;
        sum += (double)logits[i];
        if (u < sum) break;
    }
    return last;
}
