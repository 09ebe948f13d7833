/* unroll inspect run with several runs: compares their losses over updates and over minutes. */
#include "cli/inspect/run.h"

#include "cli/report/chart.h"
#include "cli/report/page.h"
#include "cli/support/json_out.h"
#include "cli/support/text_out.h"

#include "base/error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- Curves ------------------------------------------------------------------------------------------------------ */

static const char *short_name(const char *name)
{
    const char *slash = strrchr(name, '/');
    return slash && slash[1] ? slash + 1 : name;
}

/* The records and the column to compare: the validation loss or, if there were no evaluations, the smoothed training
 * loss. */
static const ur_cli_records *judged(const ur_cli_run *run, size_t *column)
{
    bool evaluated = run->log.evaluations.count > 0;
    *column = evaluated ? UR_CLI_VALIDATION : UR_CLI_SMOOTH;
    return evaluated ? &run->log.evaluations : &run->log.updates;
}

/* The minutes until a step, from the last update up to that step. *from is where the search begins and moves on. */
static double minutes_at(const ur_cli_records *updates, double step, size_t *from)
{
    while (*from + 1 < updates->count && updates->column[UR_CLI_STEP][*from + 1] <= step) ++*from;
    return updates->count ? updates->column[UR_CLI_SECONDS][*from] / 60 : NAN;
}

/* The minutes of each point, one run after the other; free() the result. */
static double *count_minutes(const ur_cli_run *runs, size_t count, ur_error *error)
{
    size_t points = 0, column;
    for (size_t i = 0; i < count; i++) points += judged(&runs[i], &column)->count;
    double *minutes = malloc((points + 1) * sizeof *minutes), *at = minutes;
    if (!minutes) ur_fail_memory(error, "the curves");
    for (size_t i = 0; minutes && i < count; i++) {
        const ur_cli_records *r = judged(&runs[i], &column);
        for (size_t k = 0, from = 0; k < r->count; k++)
            *at++ = minutes_at(&runs[i].log.updates, r->column[UR_CLI_STEP][k], &from);
    }
    return minutes;
}

/* Makes a series for each run, over minutes or, if `minutes` is NULL, over updates. */
static void make_series(const ur_cli_run *runs, size_t count, const double *minutes, ur_cli_series *series)
{
    for (size_t i = 0; i < count; i++) {
        size_t column;
        const ur_cli_records *r = judged(&runs[i], &column);
        series[i] = (ur_cli_series){.name = short_name(runs[i].name),
                                    .x = minutes ? minutes : r->column[UR_CLI_STEP],
                                    .y = r->column[column],
                                    .count = r->count};
        if (minutes) minutes += r->count;
    }
}

typedef void draw_chart(FILE *file, const ur_cli_chart *chart);

static ur_status draw_both(const ur_cli_run *runs, size_t count, FILE *file, draw_chart *draw, ur_error *error)
{
    ur_cli_series series[UR_CLI_RUNS_MOST];
    double *minutes = count_minutes(runs, count, error);
    if (!minutes) return UR_ERR_MEMORY;
    for (int over = 0; over < 2; over++) {
        make_series(runs, count, over ? minutes : NULL, series);
        ur_cli_chart chart = {
            .x_label = over ? "minutes" : "updates", .y_label = "loss", .series = series, .count = count};
        draw(file, &chart);
    }
    free(minutes);
    return UR_OK;
}

/* ---- As text, as JSON, as a page --------------------------------------------------------------------------------- */

static double best_of(const ur_cli_run_summary *s) { return isnan(s->best) ? s->smooth : s->best; }

static void draw_on_terminal(FILE *file, const ur_cli_chart *chart)
{
    fputc('\n', file);
    ur_cli_chart_terminal(file, chart, 78, 14);
}

ur_status ur_cli_runs_print(const ur_cli_run *runs, size_t count, ur_error *error)
{
    printf("%9s%10s%9s  run\n", "best", "updates", "minutes");
    for (size_t i = 0; i < count; i++) {
        const ur_cli_run_summary *s = &runs[i].summary;
        printf("%9.4f%10.0f%9.1f  ", best_of(s), s->steps, s->seconds / 60);
        ur_cli_print_shown(stdout, runs[i].name, strlen(runs[i].name));
        putchar('\n');
    }
    return draw_both(runs, count, stdout, draw_on_terminal, error);
}

ur_status ur_cli_runs_json(const ur_cli_run *runs, size_t count, ur_error *error)
{
    json_t *object = json_object(), *list = json_array();
    for (size_t i = 0; i < count; i++)
        ur_cli_json_add(&list, ur_cli_run_json(runs[i].name, &runs[i].log, &runs[i].summary));
    ur_cli_json_set(&object, "runs", list);
    return ur_cli_json_print(object, error);
}

static void add_table(const ur_cli_run *runs, size_t count, FILE *out)
{
    fputs("<table>\n<tr><th>run<th>best<th>updates<th>minutes\n", out);
    for (size_t i = 0; i < count; i++) {
        const ur_cli_run_summary *s = &runs[i].summary;
        fputs("<tr><td>", out);
        ur_cli_html_text(out, runs[i].name, strlen(runs[i].name));
        fprintf(out, "<td>%.4f<td>%.0f<td>%.1f\n", best_of(s), s->steps, s->seconds / 60);
    }
    fputs("</table>\n", out);
}

ur_status ur_cli_runs_page(const ur_cli_run *runs, size_t count, const char *path, bool overwrite, ur_error *error)
{
    ur_cli_page page;
    UR_TRY(ur_cli_page_begin(&page, "Runs", error));
    ur_cli_page_note(&page, "The loss on the validation data; where there was no evaluation, the smoothed loss of the "
                            "training.");
    ur_status drawn = draw_both(runs, count, page.out, ur_cli_chart_svg, error);
    add_table(runs, count, page.out);
    if (drawn == UR_OK) return ur_cli_page_save(&page, path, overwrite, error);
    ur_cli_page_drop(&page);
    return drawn;
}
