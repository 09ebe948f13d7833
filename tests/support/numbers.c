/* See numbers.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/numbers.h"

#include "base/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void fill_random(real *x, size_t n, uint32_t stream, double scale)
{
    for (size_t i = 0; i < n; i++) x[i] = (real)(scale * (2 * ur_random_uniform(7, UR_USE_TEST + stream, i) - 1));
}

void *zeros(size_t n, size_t size)
{
    void *memory = calloc(n ? n : 1, size);
    if (!memory) fail_msg("no memory for %zu numbers", n);
    return memory;
}

real *random_numbers(size_t n, uint32_t stream, double scale)
{
    real *x = zeros(n, sizeof(real));
    fill_random(x, n, stream, scale);
    return x;
}

void fill_ids(int32_t *ids, size_t n, uint32_t stream, size_t symbols)
{
    for (size_t i = 0; i < n; i++) ids[i] = (int32_t)(ur_random_uniform(11, UR_USE_TEST + stream, i) * (double)symbols);
}

void assert_near(const char *what, const real *got, const real *want, size_t n, double limit)
{
    for (size_t i = 0; i < n; i++) {
        double g = (double)got[i], w = (double)want[i], off = fabs(g - w);
        if (!(off <= limit * fmax(1, fabs(w))))
            fail_msg("%s[%zu of %zu]: %.17g, expected %.17g (off by %.3g)", what, i, n, g, w, off);
    }
}

void assert_same(const char *what, const real *got, const real *want, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (memcmp(got + i, want + i, sizeof(real)) != 0)
            fail_msg("%s[%zu of %zu]: %a, expected %a", what, i, n, (double)got[i], (double)want[i]);
}
