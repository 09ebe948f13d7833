/* unroll bench: how fast is this build on this machine, and how far from what the machine can do? */
#include "cli/bench/bench.h"

#include "cli/args/verb.h"
#include "cli/support/model_path.h"
#include "cli/support/sink.h"

#include "base/error.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct settings {
    const char *work, *precision, *weights;
    size_t threads;
    double seconds;
    bool phases, json, list;
} settings;

#define PLACE(field) offsetof(settings, field)

#define WORKS "the standard workloads" /* what some options are for */

static const ur_setting OPTIONS[] = {
    {"What is timed", "work", "NAME,...", UR_SETTING_TEXT, PLACE(work), .only = WORKS,
     .help = "workloads to time: names from --list, or others of the same form; all: the whole list"},
    {NULL, "threads", "N", UR_SETTING_SIZE, PLACE(threads), .least = 1, .most = 256,
     .unset = "the machine's cores, at most 16",
     .help = "number of threads; a single step that is too small to share uses one"},
    {NULL, "seconds", "S", UR_SETTING_NUMBER, PLACE(seconds), .most = 1e6, .above = true,
     .help = "time for each workload; at least five passes are timed"},
    {NULL, "precision", "f32", UR_SETTING_WORD, PLACE(precision), .only = WORKS, .help = "type of the numbers"},
    {NULL, "weights", UR_CLI_WEIGHTS, UR_SETTING_WORD, PLACE(weights), .only = WORKS,
     .help = "type of the weight matrices in inference and steps"},

    {"Output", "list", NULL, UR_SETTING_FLAG, PLACE(list), .only = WORKS, .help = "only list the workloads"},
    {NULL, "phases", NULL, UR_SETTING_FLAG, PLACE(phases), .only = WORKS,
     .help = "also show where the time of a pass goes"},
    {NULL, "json", NULL, UR_SETTING_FLAG, PLACE(json), .help = "print one JSON object per workload"},
};

static const ur_setting_table TABLE = {OPTIONS, sizeof OPTIONS / sizeof OPTIONS[0]};

static void defaults(void *settings_)
{
    *(settings *)settings_ = (settings){.work = "all", .precision = "f32", .weights = "f32", .seconds = 4};
}

static void print_list(const ur_bench_work *works, size_t count)
{
    static const char *const KINDS[] = {"training", "inference", "one step"};
    for (const ur_bench_work *w = works; w < works + count; w++)
        printf("%-18s %-9s of %s %zu x%zu, %zu lane%s, %zu step%s\n", w->name, KINDS[w->kind], w->cell, w->hidden,
               w->layers, w->lanes, w->lanes == 1 ? "" : "s", w->steps, w->steps == 1 ? "" : "s");
}

static double larger(double a, double b) { return isnan(a) || b > a ? b : a; }

/* Measured once before and once after, because the load from other users of a machine changes. The higher peak
 * counts. */
static ur_status measure_peak(ur_bench_result *r, ur_error *error)
{
    ur_bench_peak peak;
    UR_TRY(ur_bench_peak_measure(r->facts.isa, r->facts.threads, &peak, error));
    r->peak.flops = larger(r->peak.flops, peak.flops);
    r->peak.per_cycle = larger(r->peak.per_cycle, peak.per_cycle);
    return UR_OK;
}

static ur_status first_pass(ur_bench_run *run, ur_bench_result *r, ur_error *error)
{
    UR_TRY(ur_bench_pass(run, error));
    r->facts = ur_bench_run_facts(run);
    r->first_loss = r->facts.loss;
    r->first_allocations = r->facts.allocations;
    r->peak = (ur_bench_peak){0, NAN};
    return UR_OK;
}

static ur_status measure(const settings *s, ur_bench_run *run, ur_bench_result *r, ur_error *error)
{
    UR_TRY(first_pass(run, r, error));
    UR_TRY(measure_peak(r, error));
    UR_TRY(ur_bench_clock(run, s->seconds, &r->times, error));
    r->facts = ur_bench_run_facts(run);
    r->resident = ur_bench_memory();
    UR_TRY(measure_peak(r, error));
    return s->phases ? ur_bench_phases_measure(run, s->seconds, r->phases, &r->phase_count, error) : UR_OK;
}

static ur_status run_work(const settings *s, const ur_bench_work *work, ur_bench_result *r, ur_error *error)
{
    ur_bench_run *run = NULL;
    *r = (ur_bench_result){.work = work};
    ur_bench_memory_reset();
    UR_TRY(ur_bench_run_create(&run, work, s->threads, s->weights, error));
    ur_status status = measure(s, run, r, error);
    ur_bench_run_free(run);
    return status;
}

static ur_status run_works(const settings *s, const ur_bench_work *works, size_t count, ur_error *error)
{
    ur_bench_result result = {.peak = {0, NAN}};
    if (!s->json) ur_bench_print_heading();
    UR_TRY(ur_cli_flush_output(error));
    for (size_t i = 0; i < count; i++) {
        UR_TRY(run_work(s, &works[i], &result, error));
        if (s->json) UR_TRY(ur_bench_print_json(&result, error));
        if (!s->json) ur_bench_print_row(&result);
        UR_TRY(ur_cli_flush_output(error));
    }
    if (!s->json) ur_bench_print_notes(!isnan(result.peak.per_cycle));
    return UR_OK;
}

/* Refuses the options of works, which mean nothing for a model. */
static ur_status time_model(const settings *s, const ur_cli_arguments *arguments, ur_error *error)
{
    const ur_setting *option = ur_cli_given_only(&TABLE, arguments, WORKS);
    if (option) return ur_fail(error, UR_ERR_USAGE, "--%s is for %s; leave it out, or MODEL", option->name, WORKS);
    return ur_bench_model(&(ur_bench_how){s->threads, s->seconds, s->json}, arguments, error);
}

static ur_status run(void *settings_, const ur_cli_arguments *arguments, ur_error *error)
{
    const settings *s = settings_;
    ur_bench_work *works;
    size_t count;
    if (arguments->count) return time_model(s, arguments, error);
    UR_TRY(ur_bench_works(s->work, &works, &count, error));
    ur_status status = UR_OK;
    if (s->list)
        print_list(works, count);
    else
        status = run_works(s, works, count, error);
    free(works);
    return status;
}

const ur_cli_verb ur_cli_bench = {
    .name = "bench",
    .takes = "[MODEL DATA...] [option...]",
    .summary = "time training, inference and steps on this machine",
    .text = "With a model of any task and data for it: restarts the model's training without saving anything, and "
            "times an update, an evaluation and, if the network can be stepped, a step. It also times how long the "
            "model takes to answer one example.\n\n"
            "Without a model: times standard workloads (bench/README.md defines one pass of each). It prints the "
            "median and the least time of a pass, the tokens and multiply-adds per second, and the share of the "
            "machine's peak, which is measured in the same run with the same number of threads. UNROLL_ISA restricts "
            "the instruction set of both.\n\n"
            "--phases also times the steps of a training or inference pass one by one.\n\n"
            "A workload is named KIND-CELL-[Lx]H[-bB][-tT][-vV[-sampled]]. KIND is train, infer or step, and CELL is "
            "lstm, gru or rnn. L is the number of layers (default 1), H their width, B the lanes (64), T the steps of "
            "a window (128), and V the size of the vocabulary in training (65; 50k is 50,000).",
    .examples = "unroll bench  # all workloads, four seconds each\n"
                "unroll bench --work train-lstm-2x512 --phases  # where the time goes\n"
                "unroll bench --work step-lstm-64,step-gru-64 --json  # for programs\n"
                "unroll bench --work train-gru-1x300-b16-t512  # any other size\n"
                "unroll bench runs/reviews reviews.tsv  # your own training\n",
    .any_task = true,
    .answers = true,
    .table = &TABLE,
    .settings_size = sizeof(settings),
    .defaults = defaults,
    .run = run,
};
