/* The parts of `unroll bench`: the works, one of them made ready, the clock, the machine's peak, the phases, the print. */
#ifndef UR_CLI_BENCH_H
#define UR_CLI_BENCH_H

#include "cli/args/options.h"

typedef enum ur_bench_kind { UR_BENCH_TRAIN, UR_BENCH_INFER, UR_BENCH_STEP } ur_bench_kind;

enum { UR_BENCH_LAYERS_MAX = 8 };

/* What one pass is, see bench/README.md. */
typedef struct ur_bench_work {
    char name[48];
    ur_bench_kind kind;
    const char *cell;
    size_t hidden, layers, lanes, steps, symbols; /* H, L, B, T, V; V is 0 where nothing is trained */
    size_t sampled;                               /* outputs that stand for all of them; 0: all */
} ur_bench_work;

/* The works that `names` asks for, in its order: a list with commas of names, among which "all" is each of the list.
 * The caller frees *works. UR_ERR_USAGE names the first that there is not. */
ur_status ur_bench_works(const char *names, ur_bench_work **works, size_t *count, ur_error *error);
/* The nominal operations of a pass, a multiply-add counted as two: the same for every peer. */
double ur_bench_flops(const ur_bench_work *work);

/* A register-only loop of fused multiply-adds, on several threads at once. */
typedef struct ur_bench_peak {
    double flops;     /* a second, the best of many slices */
    double per_cycle; /* instructions, of one thread; NaN where the counters cannot be read */
} ur_bench_peak;

ur_status ur_bench_peak_measure(const char *isa, size_t threads, ur_bench_peak *peak, ur_error *error);

/* A work made ready. */
typedef struct ur_bench_run ur_bench_run;

/* weights: f32, bf16 or int8; training has f32 alone (UR_ERR_USAGE). */
ur_status ur_bench_run_create(ur_bench_run **run, const ur_bench_work *work, size_t threads, const char *weights,
                              ur_error *error);
void ur_bench_run_free(ur_bench_run *run);
ur_status ur_bench_pass(ur_bench_run *run, ur_error *error);

/* What is known of a run at any time. */
typedef struct ur_bench_facts {
    const char *isa, *weights;
    size_t threads;     /* that it uses: one for a step */
    double executed;    /* operations that a pass really does in products */
    double loss;        /* of the last pass, NaN where nothing is learnt */
    size_t allocations; /* of its arena so far */
} ur_bench_facts;
ur_bench_facts ur_bench_run_facts(const ur_bench_run *run);

/* Seconds of a pass. */
typedef struct ur_bench_times {
    size_t passes;
    double median, least;
} ur_bench_times;

double ur_bench_median(double *values, size_t count); /* sorts them */
/* Passes for about `seconds`, and at least five. */
ur_status ur_bench_clock(ur_bench_run *run, double seconds, ur_bench_times *times, ur_error *error);

/* The process's largest resident size since the last reset, in bytes; NaN where that is not known. */
void ur_bench_memory_reset(void);
double ur_bench_memory(void);

/* The parts of a pass in their order. flops: operations in products, 0 where there are none to speak of. */
typedef struct ur_bench_phase {
    const char *name;
    double seconds, flops;
} ur_bench_phase;

enum { UR_BENCH_PHASES_MAX = 16 };

/* Does passes step by step, each step timed by itself, for about `seconds`; gives the medians. A run that was used for
 * this is no longer good for ur_bench_pass. *count: 0 for a step of one lane, which is not taken apart. */
ur_status ur_bench_phases_measure(ur_bench_run *run, double seconds, ur_bench_phase phases[UR_BENCH_PHASES_MAX],
                                  size_t *count, ur_error *error);

/* task.c: an update, an evaluation and a step of the model that the first word names, with data of its task. */
typedef struct ur_bench_how {
    size_t threads; /* 0: the machine's cores */
    double seconds;
    bool json;
} ur_bench_how;
ur_status ur_bench_model(const ur_bench_how *how, const ur_cli_arguments *arguments, ur_error *error);

/* All that is told of a work. */
typedef struct ur_bench_result {
    const ur_bench_work *work;
    ur_bench_facts facts; /* at the end */
    ur_bench_times times;
    ur_bench_peak peak;
    double first_loss, resident;
    size_t first_allocations; /* in the first pass */
    ur_bench_phase phases[UR_BENCH_PHASES_MAX];
    size_t phase_count;
} ur_bench_result;

void ur_bench_print_heading(void);
void ur_bench_print_row(const ur_bench_result *result);
void ur_bench_print_notes(bool counted);
ur_status ur_bench_print_json(const ur_bench_result *result, ur_error *error);

#endif
