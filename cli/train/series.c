/* See series.h. */
#include "cli/train/series.h"

#include "cli/args/options.h"
#include "cli/support/json_out.h"

#include "base/error.h"
#include "base/file.h"
#include "base/number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static size_t run_count(const ur_cli_series *s) { return s->seeds ? s->seeds : s->folds; }

/* ---- One run ------------------------------------------------------------------------------------------------------ */

static ur_status set_number(ur_settings *task, const char *name, uint64_t number, ur_error *error)
{
    char text[32];
    snprintf(text, sizeof text, "%llu", (unsigned long long)number);
    return ur_settings_set(task, name, text, error);
}

static ur_status set_fold(const ur_cli_series *s, size_t i, ur_error *error)
{
    char text[64];
    snprintf(text, sizeof text, "%zu/%zu", i + 1, s->folds);
    ur_status status = ur_settings_set(s->task, "val-fold", text, error);
    if (status != UR_ERR_USAGE) return status;
    return ur_fail(error, status, "--folds: this task holds out no folds; --seeds trains several times");
}

static ur_status set_run(const ur_cli_series *s, size_t i, uint64_t first_seed, ur_error *error)
{
    char number[32];
    snprintf(number, sizeof number, "%zu", i + 1);
    char *folder = ur_path_join(s->folder, number);
    if (!folder) return ur_fail_memory(error, "a path");
    ur_status status = ur_settings_set(s->task, "output", folder, error);
    free(folder);
    if (status != UR_OK) return status;
    return s->seeds ? set_number(s->task, "seed", first_seed + i, error) : set_fold(s, i, error);
}

/* ---- The summary -------------------------------------------------------------------------------------------------- */

static void find_spread(const ur_cli_series_result *results, size_t count, double *mean, double *spread)
{
    double sum = 0, squares = 0;
    for (size_t i = 0; i < count; i++) sum += results[i].best;
    *mean = sum / (double)count;
    for (size_t i = 0; i < count; i++) squares += (results[i].best - *mean) * (results[i].best - *mean);
    *spread = count > 1 ? sqrt(squares / (double)(count - 1)) : 0;
}

static json_t *runs_json(const ur_cli_series_result *results, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        char folder[32];
        json_t *one = json_object();
        snprintf(folder, sizeof folder, "%zu", i + 1);
        ur_cli_json_set(&one, "run", json_string(folder));
        ur_cli_json_set(&one, "best", ur_cli_json_number(results[i].best));
        ur_cli_json_set(&one, "steps", json_integer((json_int_t)results[i].step));
        ur_cli_json_set(&one, "seconds", ur_cli_json_number(results[i].seconds));
        ur_cli_json_add(&list, one);
    }
    return list;
}

static json_t *summary_json(const ur_cli_series *s, const ur_cli_series_result *results)
{
    size_t count = run_count(s);
    double mean, spread;
    json_t *o = json_object();
    find_spread(results, count, &mean, &spread);
    ur_cli_json_set(&o, "metric", json_string(results[0].metric ? results[0].metric : "none"));
    ur_cli_json_set(&o, "by", json_string(s->seeds ? "seed" : "fold"));
    ur_cli_json_set(&o, "mean", ur_cli_json_number(mean));
    ur_cli_json_set(&o, "spread", ur_cli_json_number(spread));
    ur_cli_json_set(&o, "runs", runs_json(results, count));
    return o;
}

static ur_status write_text(const char *path, const char *text, ur_error *error)
{
    ur_writer writer;
    UR_TRY(ur_writer_open(&writer, path, error));
    UR_TRY(ur_writer_add(&writer, text, strlen(text), error));
    UR_TRY(ur_writer_add(&writer, "\n", 1, error));
    return ur_writer_commit(&writer, error);
}

static ur_status write_summary(const ur_cli_series *s, const json_t *summary, ur_error *error)
{
    char *path = ur_path_join(s->folder, "summary.json"), *text = summary ? json_dumps(summary, JSON_INDENT(1)) : NULL;
    ur_status status = path && text ? write_text(path, text, error) : ur_fail_memory(error, "the summary");
    free(text);
    free(path);
    return status;
}

static void print_summary(const ur_cli_series *s, const ur_cli_series_result *results)
{
    double mean, spread;
    find_spread(results, run_count(s), &mean, &spread);
    printf("%zu trainings, each with %s of its own:", run_count(s), s->seeds ? "a seed" : "a held-out part");
    for (size_t i = 0; i < run_count(s); i++) printf(" %.4f", results[i].best);
    printf("\nbest %s on validation %.4f, spread %.4f; %s/summary.json\n",
           results[0].metric ? results[0].metric : "value", mean, spread, s->folder);
}

static ur_status tell(const ur_cli_series *s, const ur_cli_series_result *results, ur_error *error)
{
    json_t *summary = summary_json(s, results);
    ur_status status = write_summary(s, summary, error);
    if (status == UR_OK && s->json) return ur_cli_json_print(summary, error);
    json_decref(summary);
    if (status == UR_OK) print_summary(s, results);
    return status;
}

/* ---- All of them -------------------------------------------------------------------------------------------------- */

static ur_status run_all(const ur_cli_series *s, ur_cli_series_run *run, void *context, ur_cli_series_result *results,
                         ur_error *error)
{
    char text[UR_SETTING_VALUE_MAX];
    uint64_t first_seed = 1;
    ur_cli_task_value(s->task, "seed", text);
    ur_read_whole(text, &first_seed);
    for (size_t i = 0; i < run_count(s); i++) {
        UR_TRY(set_run(s, i, first_seed, error));
        if (!s->quiet && !s->json) printf("%s%s %zu of %zu\n", i ? "\n" : "", "Training", i + 1, run_count(s));
        fflush(stdout);
        UR_TRY(run(context, &results[i], error));
        if (results[i].interrupted) return UR_OK;
    }
    return tell(s, results, error);
}

ur_status ur_cli_series_train(const ur_cli_series *s, ur_cli_series_run *run, void *context, ur_error *error)
{
    if (s->seeds && s->folds) return ur_fail(error, UR_ERR_USAGE, "--seeds and --folds exclude each other");
    if (s->folds == 1) return ur_fail(error, UR_ERR_USAGE, "--folds 1: give at least 2; one part is held out");
    ur_cli_series_result *results = calloc(run_count(s), sizeof *results);
    char *folder = strdup(s->folder);
    ur_cli_series own = *s;
    own.folder = folder; /* a copy, because "output" in the task's settings changes with each run */
    ur_status status =
        results && folder ? run_all(&own, run, context, results, error) : ur_fail_memory(error, "the trainings");
    free(folder);
    free(results);
    return status;
}
