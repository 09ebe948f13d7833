/* The parts of `unroll bench`: the works, the preparation of one of them, the clock, the machine's peak, the phases,
 * the output. */
#ifndef UR_CLI_BENCH_H
#define UR_CLI_BENCH_H

#include "cli/args/options.h"

typedef enum ur_bench_kind { UR_BENCH_TRAIN, UR_BENCH_INFER, UR_BENCH_STEP } ur_bench_kind;

enum { UR_BENCH_LAYERS_MAX = 8 };

/* What one pass consists of; see bench/README.md. */
typedef struct ur_bench_work {
    char name[48];
    ur_bench_kind kind;
    const char *cell;
    size_t hidden, layers, lanes, steps, symbols; /* H, L, B, T, V; V is 0 unless the work is a training */
    size_t sampled;                               /* outputs that a sampled softmax uses; 0 for all */
} ur_bench_work;

/* The works that `names` lists, in the same order. `names` is separated by commas; "all" stands for all listed works.
 * The caller frees *works. UR_ERR_USAGE names the first unknown name. */
ur_status ur_bench_works(const char *names, ur_bench_work **works, size_t *count, ur_error *error);
/* The nominal operations of a pass, with a multiply-add counted as two. The number is the same for every library
 * compared. */
double ur_bench_flops(const ur_bench_work *work);

/* The result of a loop of fused multiply-adds in registers, on several threads at once. */
typedef struct ur_bench_peak {
    double flops;     /* operations per second, the best of many slices */
    double per_cycle; /* instructions per cycle of one thread; NaN if the counters cannot be read */
} ur_bench_peak;

ur_status ur_bench_peak_measure(const char *isa, size_t threads, ur_bench_peak *peak, ur_error *error);

/* A work that is ready to run. */
typedef struct ur_bench_run ur_bench_run;

/* weights: f32, bf16 or int8. Training allows f32 alone, else UR_ERR_USAGE. */
ur_status ur_bench_run_create(ur_bench_run **run, const ur_bench_work *work, size_t threads, const char *weights,
                              ur_error *error);
void ur_bench_run_free(ur_bench_run *run);
ur_status ur_bench_pass(ur_bench_run *run, ur_error *error);

/* Facts about a run, available at any time. */
typedef struct ur_bench_facts {
    const char *isa, *weights;
    size_t threads;     /* number of threads used; one for a step */
    double executed;    /* operations that a pass executes in products */
    double loss;        /* loss of the last pass, or NaN unless the work is a training */
    size_t allocations; /* allocations of the run's arena so far */
} ur_bench_facts;
ur_bench_facts ur_bench_run_facts(const ur_bench_run *run);

/* Seconds per pass. */
typedef struct ur_bench_times {
    size_t passes;
    double median, least;
} ur_bench_times;

double ur_bench_median(double *values, size_t count); /* sorts them */
/* Runs passes for about `seconds`, but at least five. */
ur_status ur_bench_clock(ur_bench_run *run, double seconds, ur_bench_times *times, ur_error *error);

/* The process's largest resident size since the last reset, in bytes; NaN if unknown. */
void ur_bench_memory_reset(void);
double ur_bench_memory(void);

/* The phases of a pass in order. flops: operations in products; 0 if there are almost none. */
typedef struct ur_bench_phase {
    const char *name;
    double seconds, flops;
} ur_bench_phase;

enum { UR_BENCH_PHASES_MAX = 16 };

/* Runs passes step by step for about `seconds`, timing each step by itself, and gives the medians. The run cannot be
 * used for ur_bench_pass afterwards. *count is 0 for a step of one lane, which has no phases. */
ur_status ur_bench_phases_measure(ur_bench_run *run, double seconds, ur_bench_phase phases[UR_BENCH_PHASES_MAX],
                                  size_t *count, ur_error *error);

/* Times an update, an evaluation, a step and an answer of the model that the first argument names, with data of its
 * task (task.c). */
typedef struct ur_bench_how {
    size_t threads; /* 0 for the machine's cores */
    double seconds;
    bool json;
} ur_bench_how;
ur_status ur_bench_model(const ur_bench_how *how, const ur_cli_arguments *arguments, ur_error *error);

/* All results of a work. */
typedef struct ur_bench_result {
    const ur_bench_work *work;
    ur_bench_facts facts; /* after the last pass */
    ur_bench_times times;
    ur_bench_peak peak;
    double first_loss, resident;
    size_t first_allocations; /* allocations in the first pass */
    ur_bench_phase phases[UR_BENCH_PHASES_MAX];
    size_t phase_count;
} ur_bench_result;

void ur_bench_print_heading(void);
void ur_bench_print_row(const ur_bench_result *result);
void ur_bench_print_notes(bool counted);
ur_status ur_bench_print_json(const ur_bench_result *result, ur_error *error);

#endif
