/*
 * The machine's peak in f32 multiply-adds: as many independent chains as keep its units busy, in registers only. The
 * loop uses each instruction set's own operations, so that a fraction says how far the library is from what that set
 * can do. The chains tend to 1, so that no number overflows or becomes denormal. They begin above 1, because a compiler
 * would see that a chain that begins with 1 stays there.
 */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE /* for syscall */
#endif
#include "cli/bench/bench.h"

#include "cli/support/clock.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/pool.h"

#include <math.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/perf_event.h>
#include <sys/syscall.h>
#endif

static const double SLICE = 4e-3, ALL_SLICES = 0.12; /* in seconds */

typedef float peak_loop(size_t rounds);

/* `first(vector)` returns one lane. The sum of these lanes is returned, so that the compiler cannot remove the loop. */
#define UR_PEAK_LOOP(name, attribute, vector, chains, set, fma, first)                                                 \
    attribute static float name(size_t rounds)                                                                         \
    {                                                                                                                  \
        vector sum[chains], share = set(0.75f), rest = set(0.25f);                                                     \
        float all = 0;                                                                                                 \
        for (int i = 0; i < chains; i++) sum[i] = set((float)(i + 2));                                                 \
        for (; rounds; rounds--)                                                                                       \
            _Pragma("GCC unroll 16") for (int i = 0; i < chains; i++) sum[i] = fma(sum[i], share, rest);               \
        for (int i = 0; i < chains; i++) all += first(sum[i]);                                                         \
        return all;                                                                                                    \
    }

#define SELF(x) (x)
enum { PORTABLE_CHAINS = 8, AVX2_CHAINS = 12, AVX512_CHAINS = 16, NEON_CHAINS = 16 };
UR_PEAK_LOOP(peak_portable, , float, PORTABLE_CHAINS, SELF, fmaf, SELF)

#if defined(__x86_64__)
#include <immintrin.h>
UR_PEAK_LOOP(peak_avx2, __attribute__((target("avx2,fma"))), __m256, AVX2_CHAINS, _mm256_set1_ps, _mm256_fmadd_ps,
             _mm256_cvtss_f32)
UR_PEAK_LOOP(peak_avx512, __attribute__((target("avx512f"))), __m512, AVX512_CHAINS, _mm512_set1_ps, _mm512_fmadd_ps,
             _mm512_cvtss_f32)
#elif defined(__aarch64__)
#include <arm_neon.h>
#define NEON_FMA(sum, share, rest) vfmaq_f32(rest, sum, share)
#define NEON_FIRST(sum)            vgetq_lane_f32(sum, 0)
UR_PEAK_LOOP(peak_neon, , float32x4_t, NEON_CHAINS, vdupq_n_f32, NEON_FMA, NEON_FIRST)
#endif

typedef struct peak_kind {
    const char *isa;
    peak_loop *loop;
    int chains, lanes;
} peak_kind;

static const peak_kind KINDS[] = {
    {"portable", peak_portable, PORTABLE_CHAINS, 1},
#if defined(__x86_64__)
    {"avx2", peak_avx2, AVX2_CHAINS, 8},
    {"avx512", peak_avx512, AVX512_CHAINS, 16},
#elif defined(__aarch64__)
    {"neon", peak_neon, NEON_CHAINS, 4},
#endif
};

static const peak_kind *kind_of(const char *isa)
{
    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++)
        if (strcmp(KINDS[i].isa, isa) == 0) return &KINDS[i];
    return &KINDS[0];
}

/* ---- The processor's counters ----------------------------------------------------------------------------------- */

/* File descriptors of the calling thread's counters; −1 if access is refused. */
typedef struct counters {
    int instructions, cycles;
} counters;

#ifdef __linux__
static int counter(uint64_t what, int leader)
{
    struct perf_event_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.size = sizeof attributes;
    attributes.type = PERF_TYPE_HARDWARE;
    attributes.config = what;
    attributes.exclude_kernel = 1;
    attributes.exclude_hv = 1;
    return (int)syscall(SYS_perf_event_open, &attributes, 0, -1, leader, 0);
}

static counters open_counters(void)
{
    int leader = counter(PERF_COUNT_HW_INSTRUCTIONS, -1);
    return (counters){leader, leader < 0 ? -1 : counter(PERF_COUNT_HW_CPU_CYCLES, leader)};
}

static void close_counters(const counters *c)
{
    if (c->cycles >= 0) close(c->cycles);
    if (c->instructions >= 0) close(c->instructions);
}

static double ratio(const counters *c)
{
    uint64_t instructions = 0, cycles = 0;
    bool read_both = c->cycles >= 0 &&
                     read(c->instructions, &instructions, sizeof instructions) == sizeof instructions &&
                     read(c->cycles, &cycles, sizeof cycles) == sizeof cycles;
    return read_both && cycles ? (double)instructions / (double)cycles : NAN;
}
#else
static counters open_counters(void) { return (counters){-1, -1}; }

static void close_counters(const counters *c) { (void)c; }

static double ratio(const counters *c)
{
    (void)c;
    return NAN;
}
#endif

/* ---- Slices ----------------------------------------------------------------------------------------------------- */

/* Rates are measured in processor time of each thread, not in wall time: if others use the machine, threads that wait
 * for a core must not lower the peak. */
enum { THREADS_MAX = 256 }; /* the pool's limit */

typedef struct slice {
    const peak_kind *kind;
    size_t rounds;
    struct {
        _Alignas(UR_ALIGN) double seconds, best; /* of the last slice; the highest rate of all slices */
        float sink;
    } member[THREADS_MAX];
} slice;

static double thread_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void work(void *context, size_t member, size_t members)
{
    (void)members;
    slice *s = context;
    double begin = thread_seconds();
    s->member[member].sink = s->kind->loop(s->rounds);
    double taken = s->member[member].seconds = thread_seconds() - begin;
    double rate = 2.0 * (double)s->rounds * s->kind->chains * s->kind->lanes / taken;
    if (taken >= SLICE && rate > s->member[member].best) s->member[member].best = rate;
}

static double shortest(const slice *s, size_t threads)
{
    double least = s->member[0].seconds;
    for (size_t i = 1; i < threads; i++)
        if (s->member[i].seconds < least) least = s->member[i].seconds;
    return least;
}

/* Adds up the best slice of each thread, because other slices may have been disturbed. If a slice is too short to
 * count, slices get longer and the time for all starts again. Threads beyond the number of cores add nothing. */
static double best_slices(ur_pool *pool, slice *s)
{
    size_t threads = ur_pool_threads(pool);
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    double sum = 0;
    for (double begin = ur_cli_now(); ur_cli_now() - begin < ALL_SLICES;) {
        ur_pool_run(pool, work, s);
        if (shortest(s, threads) >= SLICE) continue;
        s->rounds *= 2;
        begin = ur_cli_now();
    }
    for (size_t i = 0; i < threads; i++) sum += s->member[i].best;
    return cores > 0 && (size_t)cores < threads ? sum * (double)cores / (double)threads : sum;
}

ur_status ur_bench_peak_measure(const char *isa, size_t threads, ur_bench_peak *peak, ur_error *error)
{
    ur_pool *pool = NULL;
    slice s = {.kind = kind_of(isa), .rounds = 1000};
    UR_TRY(ur_pool_create(&pool, threads, error));
    counters c = open_counters();
    peak->flops = best_slices(pool, &s);
    peak->per_cycle = ratio(&c);
    close_counters(&c);
    ur_pool_free(pool);
    return UR_OK;
}
