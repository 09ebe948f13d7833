/* Resampling, see speech.h: y[n] = Σ x[k]·c·sinc(c·(t − k))·w((t − k)·c/16), with t = n·from/to and w(u) = (1 +
 * cos(πu))/2. The cut-off c = 0.95·min(1, to/from) lies a little below the lower of the two half rates. */
#include "base/scalar.h"
#include "data/media/speech.h"

#include <math.h>

enum { ZEROS = 16 };
/* of the lower half rate: frequencies above it are removed, so that they do not alias */
static const double EDGE = 0.95;

static double cos_pi(double x)
{
    double turns = fabs(x) / 2;
    return ur_cos_turn(turns - floor(turns));
}

/* sin(πx)/(πx) times the window. */
static double weight(double x)
{
    if (fabs(x) >= ZEROS) return 0;
    double window = (1 + cos_pi(x / ZEROS)) / 2;
    if (fabs(x) < 1e-9) return window;
    return cos_pi(fabs(x) - 0.5) / (3.14159265358979323846 * fabs(x)) * window;
}

size_t ur_resampled_count(size_t count, uint32_t from, uint32_t to)
{
    return (size_t)floor((double)count * (double)to / (double)from);
}

void ur_resample(const double *samples, size_t count, uint32_t from, uint32_t to, double *out)
{
    double cut = EDGE * (to < from ? (double)to / (double)from : 1), reach = ZEROS / cut;
    for (size_t n = 0; n < ur_resampled_count(count, from, to); n++) {
        double t = (double)n * (double)from / (double)to, sum = 0;
        size_t first = t > reach ? (size_t)ceil(t - reach) : 0, last = (size_t)floor(t + reach);
        for (size_t k = first; k <= last && k < count; k++) sum += samples[k] * cut * weight(cut * (t - (double)k));
        out[n] = sum;
    }
}
