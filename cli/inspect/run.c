/* unroll inspect run: shows how a training went, from its log. */
#include "cli/inspect/run.h"

#include "cli/args/verb.h"
#include "cli/report/chart.h"
#include "cli/support/json_out.h"
#include "cli/support/new_file.h"
#include "cli/support/text_out.h"

#include "base/error.h"
#include "base/file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct settings {
    const char *html;
    bool overwrite, json;
} settings;

static const ur_setting OPTIONS[] = {
    {"Output", "html", "FILE", UR_SETTING_TEXT, offsetof(settings, html), .unset = "none",
     .help = "write the run as one page: curves, gates and samples"},
    {NULL, "overwrite", NULL, UR_SETTING_FLAG, offsetof(settings, overwrite), .help = "replace an existing file"},
    {NULL, "json", NULL, UR_SETTING_FLAG, offsetof(settings, json),
     .help = "print summary, curves and samples as one JSON object"},
};

static const ur_setting_table TABLE = {OPTIONS, sizeof OPTIONS / sizeof OPTIONS[0]};

static void defaults(void *settings_) { *(settings *)settings_ = (settings){0}; }

/* ---- Summary --------------------------------------------------------------------------------------------------- */

static double last_of(const ur_cli_records *r, size_t column)
{
    return r->count ? r->column[column][r->count - 1] : NAN;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static ur_status summarize_norms(const ur_cli_records *updates, ur_cli_run_summary *s, ur_error *error)
{
    double *norms = malloc(updates->count * sizeof *norms);
    size_t count = 0;
    if (!norms) return ur_fail_memory(error, "the gradient norms");
    for (size_t i = 0; i < updates->count; i++)
        if (!isnan(updates->column[UR_CLI_NORM][i])) norms[count++] = updates->column[UR_CLI_NORM][i];
    qsort(norms, count, sizeof *norms, by_size);
    s->norm_least = count ? norms[0] : NAN;
    s->norm_median = count ? norms[count / 2] : NAN;
    s->norm_most = count ? norms[count - 1] : NAN;
    free(norms);
    return UR_OK;
}

ur_status ur_cli_run_summarize(const ur_cli_run_log *log, ur_cli_run_summary *s, ur_error *error)
{
    const ur_cli_records *u = &log->updates, *e = &log->evaluations;
    *s = (ur_cli_run_summary){.steps = last_of(u, UR_CLI_STEP),
                              .epochs = log->epoch,
                              .items = last_of(u, UR_CLI_ITEMS),
                              .seconds = last_of(u, UR_CLI_SECONDS),
                              .loss = last_of(u, UR_CLI_LOSS),
                              .smooth = last_of(u, UR_CLI_SMOOTH),
                              .rate = last_of(u, UR_CLI_RATE),
                              .best = NAN,
                              .best_step = NAN,
                              .validation = last_of(e, UR_CLI_VALIDATION)};
    /* Takes the best value from the log, because lower or higher may be better. */
    s->best = last_of(e, UR_CLI_BEST);
    for (size_t i = e->count; i-- > 0;)
        if (e->column[UR_CLI_VALIDATION][i] == s->best) s->best_step = e->column[UR_CLI_STEP][i];
    return summarize_norms(u, s, error);
}

size_t ur_cli_run_choose_samples(const ur_cli_run_log *log, size_t most, size_t places[UR_CLI_SAMPLES_SHOWN])
{
    size_t count = 0, all = log->sample_count;
    for (size_t k = 0; k < most && all > 0; k++) {
        double share = most > 1 ? (double)k / (double)(most - 1) : 1;
        size_t place = all <= most ? k : (size_t)(pow((double)all, share) + 0.5) - 1;
        if (place < all && (count == 0 || place > places[count - 1])) places[count++] = place;
    }
    return count;
}

/* ---- On the terminal ---------------------------------------------------------------------------------------------- */

void ur_cli_run_print_text(FILE *file, const ur_cli_run_sample *sample)
{
    ur_text_out out = {.file = file, .safe = true};
    ur_text_out_add(&out, sample->text, sample->length);
    ur_text_out_finish(&out, true);
    if (out.any && !out.ends_line) fputc('\n', file);
}

static void print_chart(const ur_cli_run_log *log)
{
    const ur_cli_records *u = &log->updates, *e = &log->evaluations;
    const ur_cli_series series[] = {
        {.name = "smoothed training loss",
         .x = u->column[UR_CLI_STEP],
         .y = u->column[UR_CLI_SMOOTH],
         .count = u->count},
        {.name = "validation loss", .x = e->column[UR_CLI_STEP], .y = e->column[UR_CLI_VALIDATION], .count = e->count},
    };
    ur_cli_chart chart = {.x_label = "step", .series = series, .count = e->count ? 2 : 1};
    printf("\n");
    ur_cli_chart_terminal(stdout, &chart, 78, 14);
}

static void print_gates(const ur_cli_run_log *log)
{
    for (size_t i = 0; i < log->gate_count; i++) {
        const ur_cli_run_gate *gate = &log->gates[i];
        bool first = i == 0 || gate->layer != log->gates[i - 1].layer;
        if (first) printf("%sgates       layer %u, open|shut:", i ? "\n" : "", gate->layer);
        printf("  ");
        ur_cli_print_shown(stdout, gate->name, strlen(gate->name));
        printf(" %.0f %%|%.0f %%", 100 * last_of(&log->evaluations, gate->column),
               100 * last_of(&log->evaluations, gate->column + 1));
    }
    if (log->gate_count) printf("\n");
}

static void print_summary(const char *run, const ur_cli_run_log *log, const ur_cli_run_summary *s)
{
    size_t places[UR_CLI_SAMPLES_SHOWN];
    printf("run         ");
    ur_cli_print_shown(stdout, run, strlen(run));
    printf("\nupdates     %.0f, %.2f epochs, %.0f items\n", s->steps, s->epochs, s->items);
    printf("loss        %.4f smoothed, from %.4f\n", s->smooth, log->updates.column[UR_CLI_SMOOTH][0]);
    if (!isnan(s->best)) printf("validation  %.4f, best %.4f after step %.0f\n", s->validation, s->best, s->best_step);
    printf("gradient    norm %.3g to %.3g, median %.3g\n", s->norm_least, s->norm_most, s->norm_median);
    print_gates(log);
    print_chart(log);
    size_t count = ur_cli_run_choose_samples(log, 2, places);
    for (size_t i = 0; i < count; i++) {
        printf("\n---- sample after %.0f steps ----\n", log->samples[places[i]].step);
        ur_cli_run_print_text(stdout, &log->samples[places[i]]);
    }
}

/* ---- As JSON ------------------------------------------------------------------------------------------------------ */

/* Steps and items are counts, so they are written as integers as far as a double is exact. */
static json_t *count_json(double count)
{
    return count >= 0 && count < 0x1p53 ? json_integer((json_int_t)count) : ur_cli_json_number(count);
}

static json_t *column_json(const ur_cli_records *r, size_t column, bool counts)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < r->count; i++)
        ur_cli_json_add(&list, counts ? count_json(r->column[column][i]) : ur_cli_json_number(r->column[column][i]));
    return list;
}

static json_t *curves_json(const ur_cli_records *r, const char *const *keys)
{
    json_t *object = json_object();
    for (size_t k = 0; keys[k]; k++)
        ur_cli_json_set(&object, keys[k],
                        column_json(r, k, strcmp(keys[k], "step") == 0 || strcmp(keys[k], "units") == 0));
    return object;
}

static json_t *gates_json(const ur_cli_run_log *log)
{
    json_t *list = json_array();
    for (size_t i = 0; i < log->gate_count; i++) {
        json_t *one = json_object();
        ur_cli_json_set(&one, "layer", json_integer((json_int_t)log->gates[i].layer));
        ur_cli_json_set(&one, "gate", ur_cli_json_text(log->gates[i].name, strlen(log->gates[i].name)));
        ur_cli_json_set(&one, "open", column_json(&log->evaluations, log->gates[i].column, false));
        ur_cli_json_set(&one, "shut", column_json(&log->evaluations, log->gates[i].column + 1, false));
        ur_cli_json_add(&list, one);
    }
    return list;
}

static json_t *samples_json(const ur_cli_run_log *log)
{
    json_t *list = json_array();
    for (size_t i = 0; i < log->sample_count; i++) {
        json_t *one = json_object();
        ur_cli_json_set(&one, "step", json_integer((json_int_t)log->samples[i].step));
        ur_cli_json_set(&one, "text", ur_cli_json_text(log->samples[i].text, log->samples[i].length));
        ur_cli_json_add(&list, one);
    }
    return list;
}

json_t *ur_cli_run_json(const char *run, const ur_cli_run_log *log, const ur_cli_run_summary *s)
{
    static const char *const updates[] = {"step", "loss", "smooth", "rate", "norm", "units", "seconds", NULL};
    static const char *const evaluations[] = {"step", "loss", "best", NULL};
    static const char *const counts[] = {"steps", "units", "best_step"};
    static const char *const keys[] = {"epochs", "seconds", "loss", "best", "validation"};
    const double counted[] = {s->steps, s->items, s->best_step};
    const double values[] = {s->epochs, s->seconds, s->smooth, s->best, s->validation};
    json_t *object = json_object();
    ur_cli_json_set(&object, "run", ur_cli_json_text(run, strlen(run)));
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        ur_cli_json_set(&object, counts[i], count_json(counted[i]));
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        ur_cli_json_set(&object, keys[i], ur_cli_json_number(values[i]));
    ur_cli_json_set(&object, "updates", curves_json(&log->updates, updates));
    ur_cli_json_set(&object, "evaluations", curves_json(&log->evaluations, evaluations));
    ur_cli_json_set(&object, "gates", gates_json(log));
    ur_cli_json_set(&object, "samples", samples_json(log));
    return object;
}

/* ---- Running ------------------------------------------------------------------------------------------------------ */

static ur_status show_one(const settings *s, const ur_cli_run *run, ur_error *error)
{
    if (s->html) UR_TRY(ur_cli_run_page(run->name, &run->log, &run->summary, s->html, s->overwrite, error));
    if (s->json) return ur_cli_json_print(ur_cli_run_json(run->name, &run->log, &run->summary), error);
    print_summary(run->name, &run->log, &run->summary);
    return UR_OK;
}

static ur_status show_several(const settings *s, const ur_cli_run *runs, size_t count, ur_error *error)
{
    if (s->html) UR_TRY(ur_cli_runs_page(runs, count, s->html, s->overwrite, error));
    if (s->json) return ur_cli_runs_json(runs, count, error);
    return ur_cli_runs_print(runs, count, error);
}

static ur_status read_log(ur_cli_run *run, const char *path, ur_error *error)
{
    ur_bytes bytes;
    UR_TRY(ur_file_read(path, &bytes, error));
    ur_status status = ur_cli_run_log_parse(&run->log, path, bytes.data, bytes.size, error);
    ur_bytes_free(&bytes);
    if (status == UR_OK && run->log.cut_off) {
        fprintf(stderr, "unroll: inspect run: ");
        ur_cli_print_shown(stderr, path, strlen(path));
        fprintf(stderr, ": line %zu is cut off and was left out; the training was killed there, or goes on\n",
                run->log.cut_off);
    }
    return status == UR_OK ? ur_cli_run_summarize(&run->log, &run->summary, error) : status;
}

static ur_status open_run(ur_cli_run *run, const char *given, ur_error *error)
{
    run->name = given;
    char *path = ur_path_is_folder(given) ? ur_path_join(given, "log.jsonl") : strdup(given);
    if (!path) return ur_fail_memory(error, "a path");
    ur_status status = read_log(run, path, error);
    free(path);
    return status;
}

static ur_status run(void *settings_, const ur_cli_arguments *arguments, ur_error *error)
{
    const settings *s = settings_;
    ur_cli_run runs[UR_CLI_RUNS_MOST] = {{0}};
    UR_TRY(ur_cli_expect(arguments, 1, UR_CLI_RUNS_MOST,
                         "which run? give the folder of one, such as runs/input, or up to eight to compare", error));
    UR_TRY(ur_cli_check_new(s->html, s->overwrite, error));
    size_t count = (size_t)arguments->count;
    ur_status status = UR_OK;
    for (size_t i = 0; i < count && status == UR_OK; i++) status = open_run(&runs[i], arguments->words[i], error);
    if (status == UR_OK) status = count > 1 ? show_several(s, runs, count, error) : show_one(s, runs, error);
    for (size_t i = 0; i < count; i++) ur_cli_run_log_free(&runs[i].log);
    return status;
}

const ur_cli_verb ur_cli_inspect_run = {
    .name = "inspect run",
    .takes = "RUN... [option...]",
    .summary = "show how a training went, from its log",
    .text = "Reads the log.jsonl of a run, even if the run goes on or was killed. Shows how the losses fell, what the "
            "gradient's norm and the gates did, and what the network wrote first and last. It needs only the log, "
            "whose keys are described in docs/file-format.md. Up to eight runs are compared by their losses over "
            "updates and over minutes, on the validation data if there were any.",
    .examples = "unroll inspect run runs/input  # on the terminal\n"
                "unroll inspect run runs/input --html run.html  # all of it as one page\n"
                "unroll inspect run runs/input --json  # the curves, for other programs\n"
                "unroll inspect run runs/rnn runs/lstm --html cells.html  # which of them learnt faster?\n",
    .table = &TABLE,
    .settings_size = sizeof(settings),
    .defaults = defaults,
    .run = run,
};
