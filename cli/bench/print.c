/* Prints the results, for people and for programs. */
#include "cli/bench/bench.h"

#include "cli/support/json_out.h"

#include <math.h>
#include <stdio.h>

static double tokens(const ur_bench_result *r) { return (double)(r->work->lanes * r->work->steps); }

/* ---- A table ---------------------------------------------------------------------------------------------------- */

void ur_bench_print_heading(void)
{
    printf("%-29s %-8s %7s %7s %11s %11s %11s %8s %8s %8s %6s\n", "work", "set", "threads", "passes", "median", "least",
           "tokens/s", "GFLOP/s", "executed", "peak", "share");
}

/* Prints a time with a suitable unit. */
static void print_seconds(double seconds)
{
    if (seconds >= 1)
        printf(" %9.3f s", seconds);
    else if (seconds >= 1e-3)
        printf(" %8.2f ms", 1e3 * seconds);
    else
        printf(" %8.2f us", 1e6 * seconds);
}

static void print_phases(const ur_bench_result *r)
{
    double all = 0;
    for (size_t i = 0; i < r->phase_count; i++) all += r->phases[i].seconds;
    printf("    %-22s %11s %8s %8s %6s\n", "phase", "seconds", "of all", "GFLOP/s", "share");
    for (size_t i = 0; i < r->phase_count; i++) {
        const ur_bench_phase *p = &r->phases[i];
        printf("    %-22s", p->name);
        print_seconds(p->seconds);
        printf(" %6.1f %%", 100 * p->seconds / all);
        if (p->flops > 0)
            printf(" %8.1f %4.0f %%", p->flops / p->seconds / 1e9, 100 * p->flops / p->seconds / r->peak.flops);
        putchar('\n');
    }
    printf("    %-22s", "all");
    print_seconds(all);
    putchar('\n');
}

static void print_memory(const ur_bench_result *r)
{
    printf("    ");
    if (r->work->kind == UR_BENCH_TRAIN) printf("loss %.4f at first, %.4f at last; ", r->first_loss, r->facts.loss);
    printf("at most %.0f MB; the arena asked for memory %zu times in the first pass, %zu times later\n",
           r->resident / 1e6, r->first_allocations, r->facts.allocations - r->first_allocations);
}

void ur_bench_print_row(const ur_bench_result *r)
{
    double seconds = r->times.median;
    printf("%-29s %-8s %7zu %7zu", r->work->name, r->facts.isa, r->facts.threads, r->times.passes);
    print_seconds(r->times.median);
    print_seconds(r->times.least);
    printf(" %11.0f %8.1f %8.1f %8.1f %4.0f %%\n", tokens(r) / seconds, ur_bench_flops(r->work) / seconds / 1e9,
           r->facts.executed / seconds / 1e9, r->peak.flops / 1e9, 100 * r->facts.executed / seconds / r->peak.flops);
    if (r->work->kind != UR_BENCH_STEP) print_memory(r);
    if (r->phase_count) print_phases(r);
}

void ur_bench_print_notes(bool counted)
{
    printf(
        "\nmedian and least of the passes' times; GFLOP/s: nominal, the same for every program; executed: in products "
        "that were\nreally done; peak: multiply-adds from registers on as many threads; share: executed over peak\n");
    if (!counted) printf("instructions per cycle of the peak loop: this machine does not let a program count them\n");
}

/* ---- JSON ------------------------------------------------------------------------------------------------------- */

/* Rounds to five significant digits. */
static json_t *rounded(double value)
{
    if (!isfinite(value) || value == 0) return ur_cli_json_number(value);
    double scale = pow(10, 4 - floor(log10(fabs(value))));
    return ur_cli_json_number(round(value * scale) / scale);
}

static json_t *phases_of(const ur_bench_result *r)
{
    json_t *list = json_array();
    for (size_t i = 0; i < r->phase_count; i++) {
        const ur_bench_phase *p = &r->phases[i];
        json_t *entry = json_object();
        ur_cli_json_set(&entry, "phase", json_string(p->name));
        ur_cli_json_set(&entry, "seconds", rounded(p->seconds));
        if (p->flops > 0) ur_cli_json_set(&entry, "gflops", rounded(p->flops / p->seconds / 1e9));
        if (p->flops > 0) ur_cli_json_set(&entry, "fraction", rounded(p->flops / p->seconds / r->peak.flops));
        ur_cli_json_add(&list, entry);
    }
    return list;
}

static void set_learning(json_t **object, const ur_bench_result *r)
{
    ur_cli_json_set(object, "first_loss", rounded(r->first_loss));
    ur_cli_json_set(object, "last_loss", rounded(r->facts.loss));
}

static void set_memory(json_t **object, const ur_bench_result *r)
{
    size_t later = r->facts.allocations - r->first_allocations;
    ur_cli_json_set(object, "peak_resident_bytes", ur_cli_json_number(r->resident));
    ur_cli_json_set(object, "arena_allocations_first", json_integer((json_int_t)r->first_allocations));
    ur_cli_json_set(object, "arena_allocations_later", json_integer((json_int_t)later));
}

ur_status ur_bench_print_json(const ur_bench_result *r, ur_error *error)
{
    double seconds = r->times.median;
    json_t *object = json_object();
    ur_cli_json_set(&object, "peer", json_string("unroll"));
    ur_cli_json_set(&object, "version", json_string(ur_version()));
    ur_cli_json_set(&object, "work", json_string(r->work->name));
    ur_cli_json_set(&object, "precision", json_string("f32"));
    ur_cli_json_set(&object, "weights", json_string(r->facts.weights));
    ur_cli_json_set(&object, "isa", json_string(r->facts.isa));
    ur_cli_json_set(&object, "threads", json_integer((json_int_t)r->facts.threads));
    ur_cli_json_set(&object, "passes", json_integer((json_int_t)r->times.passes));
    ur_cli_json_set(&object, "seconds", rounded(seconds));
    ur_cli_json_set(&object, "least_seconds", rounded(r->times.least));
    ur_cli_json_set(&object, "tokens_per_s", json_integer((json_int_t)(tokens(r) / seconds)));
    ur_cli_json_set(&object, "gflops", rounded(ur_bench_flops(r->work) / seconds / 1e9));
    ur_cli_json_set(&object, "executed_gflops", rounded(r->facts.executed / seconds / 1e9));
    ur_cli_json_set(&object, "peak_gflops", rounded(r->peak.flops / 1e9));
    ur_cli_json_set(&object, "peak_instructions_per_cycle", rounded(r->peak.per_cycle));
    ur_cli_json_set(&object, "fraction", rounded(r->facts.executed / seconds / r->peak.flops));
    if (r->work->kind == UR_BENCH_TRAIN) set_learning(&object, r);
    if (r->work->kind != UR_BENCH_STEP) set_memory(&object, r);
    if (r->phase_count) ur_cli_json_set(&object, "phases", phases_of(r));
    return ur_cli_json_print(object, error);
}
