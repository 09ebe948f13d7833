/* How long a pass takes, and how much memory the process uses. */
#include "cli/bench/bench.h"

#include "cli/support/clock.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

enum { SPANS = 2048, SPANS_LEAST = 5 };

static int order(const void *a_, const void *b_)
{
    const double *a = a_, *b = b_;
    return (*a > *b) - (*a < *b);
}

double ur_bench_median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, order);
    return count ? (values[(count - 1) / 2] + values[count / 2]) / 2 : NAN;
}

static ur_status span(ur_bench_run *run, size_t passes, double *seconds, ur_error *error)
{
    double begin = ur_cli_now();
    for (size_t i = 0; i < passes; i++) {
        ur_status status = ur_bench_pass(run, error);
        if (status != UR_OK) return status;
    }
    *seconds = ur_cli_now() - begin;
    return UR_OK;
}

/* Finds how many passes make one span: enough for the time of reading the clock to be negligible, and such that about
 * SPANS spans fill `seconds`. */
static ur_status passes_a_span(ur_bench_run *run, double seconds, size_t *passes, ur_error *error)
{
    double taken = 0;
    ur_status status = UR_OK;
    for (*passes = 1; status == UR_OK; *passes *= 2) {
        status = span(run, *passes, &taken, error);
        if (taken >= seconds / SPANS) break;
    }
    return status;
}

ur_status ur_bench_clock(ur_bench_run *run, double seconds, ur_bench_times *times, ur_error *error)
{
    double spans[SPANS], begin;
    size_t passes, count = 0;
    ur_status status = passes_a_span(run, seconds, &passes, error);
    for (begin = ur_cli_now(); status == UR_OK && count < SPANS; count++) {
        if (count >= SPANS_LEAST && ur_cli_now() - begin >= seconds) break;
        status = span(run, passes, &spans[count], error);
    }
    if (status != UR_OK) return status;
    double median = ur_bench_median(spans, count);
    *times = (ur_bench_times){count * passes, median / (double)passes, spans[0] / (double)passes};
    return UR_OK;
}

/* ---- Memory ----------------------------------------------------------------------------------------------------- */

/* Linux records the largest resident size so far and can reset it. On other systems all works share one maximum. */
void ur_bench_memory_reset(void)
{
    FILE *file = fopen("/proc/self/clear_refs", "w");
    if (!file) return;
    fputs("5", file);
    fclose(file);
}

static double from_proc(void)
{
    char line[256];
    unsigned long long kilobytes = 0;
    FILE *file = fopen("/proc/self/status", "r");
    while (file && !kilobytes && fgets(line, sizeof line, file)) sscanf(line, "VmHWM: %llu", &kilobytes);
    if (file) fclose(file);
    return 1024 * (double)kilobytes;
}

double ur_bench_memory(void)
{
    struct rusage usage;
    double bytes = from_proc();
    if (bytes > 0) return bytes;
    return getrusage(RUSAGE_SELF, &usage) == 0 ? 1024 * (double)usage.ru_maxrss : NAN;
}
