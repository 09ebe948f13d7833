/* The page of `unroll inspect memory`. */
#include "cli/inspect/memory.h"

#include "cli/report/chart.h"
#include "cli/report/page.h"

#include "base/error.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const TASKS[UR_RECALL_TASKS] = {
    "Two letters are read and, at a sign, are due in their order, each of them as many steps after it was read as the "
    "gap has.",
    "At each step a number and a mark are read. The sum of the two numbers that are marked is due, as many steps after "
    "the first of them as the gap has.",
    "Words are read. The name with which the story began is due, as many words after it as the gap has; sentences "
    "about other things stand between.",
};

typedef struct memory_page {
    const ur_cli_memory *m;
    ur_cli_page page;
} memory_page;

static void put(memory_page *p, const char *text) { ur_cli_html_text(p->page.out, text, strlen(text)); }

static void cell_of_table(memory_page *p, const char *tag, const char *text)
{
    fprintf(p->page.out, "<%s>", tag);
    put(p, text);
    fprintf(p->page.out, "</%.2s>", tag);
}

static void add_table_row(memory_page *p, size_t cell, size_t window, size_t clip)
{
    char text[UR_CLI_MEMORY_WORD];
    fputs("<tr>", p->page.out);
    cell_of_table(p, "td", p->m->plan.cells[cell]);
    ur_cli_memory_window_text(p->m, window, text);
    cell_of_table(p, "td", text);
    ur_cli_memory_clip_text(p->m, clip, text);
    cell_of_table(p, "td", text);
    for (size_t task = 0; task < p->m->plan.task_count; task++) {
        ur_cli_memory_sum sum = ur_cli_memory_sum_of(p->m, cell, window, clip, task);
        ur_cli_memory_sum_text(&sum, text);
        cell_of_table(p, "td class=n", text);
    }
    fputs("</tr>\n", p->page.out);
}

static void add_table(memory_page *p)
{
    const ur_cli_memory_plan *plan = &p->m->plan;
    fputs("<table>\n<tr><th>cell</th><th>window</th><th>clip</th>", p->page.out);
    for (size_t i = 0; i < plan->task_count; i++) cell_of_table(p, "th class=n", ur_recall_about(plan->tasks[i])->name);
    fputs("</tr>\n", p->page.out);
    for (size_t cell = 0; cell < plan->cell_count; cell++)
        for (size_t window = 0; window < plan->window_count; window++)
            for (size_t clip = 0; clip < plan->clip_count; clip++) add_table_row(p, cell, window, clip);
    fputs("</table>\n", p->page.out);
    ur_cli_page_note(&p->page, "The longest gap mastered, in steps%s. -: none. +: longer ones were not tried.%s",
                     p->m->settings->seeds > 1 ? " with more than half of the seeds" : "",
                     ur_cli_memory_left_out(p->m) ? " ?: the time did not suffice to try all." : "");
}

/* ---- Bars ---------------------------------------------------------------------------------------------------------- */

typedef struct bar_name {
    char text[96];
} bar_name;

static size_t row_count(const ur_cli_memory *m)
{
    return m->plan.cell_count * m->plan.window_count * m->plan.clip_count;
}

static void set_bar(const ur_cli_memory *m, size_t row, size_t task, ur_cli_bar *bar, bar_name *name)
{
    char window_text[UR_CLI_MEMORY_WORD], clip_text[UR_CLI_MEMORY_WORD];
    size_t clip = row % m->plan.clip_count, window = row / m->plan.clip_count % m->plan.window_count;
    size_t cell = row / m->plan.clip_count / m->plan.window_count;
    ur_cli_memory_sum sum = ur_cli_memory_sum_of(m, cell, window, clip, task);
    ur_cli_memory_window_text(m, window, window_text);
    ur_cli_memory_clip_text(m, clip, clip_text);
    snprintf(name->text, sizeof name->text, "%s, window %s, clip %s", m->plan.cells[cell], window_text, clip_text);
    *bar = (ur_cli_bar){name->text, (double)sum.longest, NAN};
}

static ur_status add_bars(memory_page *p, size_t task, ur_error *error)
{
    size_t count = row_count(p->m);
    ur_cli_bar *bars = calloc(count, sizeof *bars);
    bar_name *names = calloc(count, sizeof *names);
    if (bars && names) {
        for (size_t i = 0; i < count; i++) set_bar(p->m, i, task, &bars[i], &names[i]);
        ur_cli_bars_svg(p->page.out, "Longest gap mastered, in steps", NULL, bars, count);
    }
    ur_status status = bars && names ? UR_OK : ur_fail_memory(error, "the page");
    free(bars);
    free(names);
    return status;
}

/* ---- Curves: score by gap ------------------------------------------------------------------------------------------ */

/* The mean score of the seeds that reached this gap; NaN if none did. */
static double mean_score(const ur_cli_memory *m, const ur_cli_memory_sum *sum, size_t gap)
{
    double total = 0;
    size_t count = 0;
    for (size_t i = 0; i < m->settings->seeds; i++)
        if (sum->climbs[i].trials[gap].done) {
            total += sum->climbs[i].trials[gap].result.score;
            count++;
        }
    return count ? fmax(total / (double)count, 0) : NAN;
}

typedef struct curve {
    char name[64];
    double x[UR_CLI_MEMORY_MOST], y[UR_CLI_MEMORY_MOST];
} curve;

static void set_curve(const ur_cli_memory *m, size_t cell, size_t window, size_t clip, size_t task, curve *c,
                      ur_cli_series *series)
{
    char text[UR_CLI_MEMORY_WORD];
    ur_cli_memory_sum sum = ur_cli_memory_sum_of(m, cell, window, clip, task);
    ur_cli_memory_clip_text(m, clip, text);
    snprintf(c->name, sizeof c->name, m->plan.clip_count > 1 ? "%s, clip %s" : "%s", m->plan.cells[cell], text);
    for (size_t gap = 0; gap < m->plan.gap_count; gap++) {
        c->x[gap] = (double)m->plan.gaps[gap];
        c->y[gap] = mean_score(m, &sum, gap);
    }
    *series = (ur_cli_series){
        .name = c->name, .x = c->x, .y = c->y, .count = m->plan.gap_count, .dashed = m->plan.clips[clip] <= 0};
}

static void draw_curves(memory_page *p, size_t window, const ur_cli_series *series, size_t count)
{
    char text[UR_CLI_MEMORY_WORD], title[96];
    ur_cli_memory_window_text(p->m, window, text);
    snprintf(title, sizeof title,
             p->m->plan.windows[window] ? "Best score by gap, windows of %s steps" : "Best score by gap, %s window",
             text);
    ur_cli_chart chart = {.title = title,
                          .x_label = "gap",
                          .y_label = "score",
                          .series = series,
                          .count = count,
                          .log_x = p->m->plan.gap_count > 1,
                          .y_most = 1};
    ur_cli_chart_svg(p->page.out, &chart);
}

/* Makes a horizontal line at the score from which a gap counts as mastered. */
static void set_limit(const ur_cli_memory *m, size_t task, curve *c, ur_cli_series *series)
{
    snprintf(c->name, sizeof c->name, "mastered");
    for (size_t gap = 0; gap < m->plan.gap_count; gap++) {
        c->x[gap] = (double)m->plan.gaps[gap];
        c->y[gap] = ur_recall_about(m->plan.tasks[task])->mastered;
    }
    *series = (ur_cli_series){.name = c->name, .x = c->x, .y = c->y, .count = m->plan.gap_count, .dashed = true};
}

static ur_status add_curves(memory_page *p, size_t window, size_t task, ur_error *error)
{
    const ur_cli_memory_plan *plan = &p->m->plan;
    size_t count = plan->cell_count * plan->clip_count;
    curve *curves = calloc(count + 1, sizeof *curves);
    ur_cli_series *series = calloc(count + 1, sizeof *series);
    if (curves && series) {
        for (size_t i = 0; i < count; i++)
            set_curve(p->m, i / plan->clip_count, window, i % plan->clip_count, task, &curves[i], &series[i]);
        set_limit(p->m, task, &curves[count], &series[count]);
        draw_curves(p, window, series, count + 1);
    }
    ur_status status = curves && series ? UR_OK : ur_fail_memory(error, "the page");
    free(curves);
    free(series);
    return status;
}

/* ---- The page ------------------------------------------------------------------------------------------------------ */

static void add_example(memory_page *p, ur_recall_task task, size_t gap)
{
    char text[4096];
    size_t length = ur_recall_show(task, gap, p->m->settings->seed, 0, text, sizeof text);
    if (length == 0 || length >= sizeof text) return;
    fputs("<pre class=shade>", p->page.out);
    put(p, text);
    fputs("</pre>\n", p->page.out);
}

static void say_mastered(memory_page *p, ur_recall_task task)
{
    const ur_recall_facts *facts = ur_recall_about(task);
    if (task == UR_RECALL_ADDING)
        ur_cli_page_note(&p->page, "Mastered: a mean squared error below 0.01; always answering the mean has 0.167. "
                                   "The score is 1 minus the error's share of that.");
    else
        ur_cli_page_note(&p->page, "Mastered: at least %.0f %% of the answers are right; guessing has %.1f %%.",
                         100 * facts->mastered, 100 * facts->chance);
}

static ur_status add_task(memory_page *p, size_t i, ur_error *error)
{
    ur_recall_task task = p->m->plan.tasks[i];
    char heading[64];
    snprintf(heading, sizeof heading, "The task \u201c%s\u201d", ur_recall_about(task)->name);
    ur_cli_page_heading(&p->page, heading);
    ur_cli_page_note(&p->page, "%s", TASKS[task]);
    add_example(p, task, p->m->plan.gaps[p->m->climbs[i * p->m->settings->seeds].first]);
    say_mastered(p, task);
    UR_TRY(add_bars(p, i, error));
    for (size_t window = 0; window < p->m->plan.window_count; window++) UR_TRY(add_curves(p, window, i, error));
    return UR_OK;
}

static void add_beginning(memory_page *p)
{
    const ur_cli_memory_settings *s = p->m->settings;
    char last[UR_CLI_MEMORY_WORD] = "";
    if (s->seeds > 1) snprintf(last, sizeof last, " to %llu", (unsigned long long)(s->seed + s->seeds - 1));
    ur_cli_page_note(&p->page,
                     "Networks of one layer of %zu neurons learn to answer with something that they read a fixed "
                     "number of steps before, the gap. Each starts anew at each gap, learns from %zu new examples in "
                     "each of at most %zu updates, and is scored on 256 other examples. A cell that fails at a gap "
                     "does not try a longer one. Seed%s %llu%s; %.0f seconds.",
                     s->hidden, s->batch, s->updates, *last ? "s" : "", (unsigned long long)s->seed, last,
                     p->m->seconds);
    ur_cli_page_note(
        &p->page, "Window: how many steps the gradient goes back (truncated backpropagation through time); the state "
                  "is still carried from one window to the next. Clip: the norm to which the gradient is clipped.");
}

ur_status ur_cli_memory_page(const ur_cli_memory *m, const char *path, bool overwrite, ur_error *error)
{
    memory_page p = {.m = m};
    UR_TRY(ur_cli_page_begin(&p.page, "Memory: the longest gap that a cell can bridge", error));
    add_beginning(&p);
    add_table(&p);
    ur_status status = UR_OK;
    for (size_t i = 0; i < m->plan.task_count && status == UR_OK; i++) status = add_task(&p, i, error);
    if (status == UR_OK) return ur_cli_page_save(&p.page, path, overwrite, error);
    ur_cli_page_drop(&p.page);
    return status;
}
