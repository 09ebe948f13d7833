/* The results of `unroll inspect memory`, as a table and as JSON. */
#include "cli/inspect/memory.h"

#include "cli/support/json_out.h"

#include <stdio.h>
#include <string.h>

/* ---- Sums ---------------------------------------------------------------------------------------------------------- */

/* The longest gap that a climb mastered; 0 if none. */
static size_t longest_of(const ur_cli_memory *m, const ur_cli_memory_climb *climb)
{
    size_t longest = 0;
    for (size_t i = climb->first; i < m->plan.gap_count; i++)
        if (climb->trials[i].done && climb->trials[i].result.mastered) longest = m->plan.gaps[i];
    return longest;
}

/* The number of seeds that mastered `gap` or a longer one. */
static size_t masters(const ur_cli_memory *m, const ur_cli_memory_climb *climbs, size_t gap)
{
    size_t count = 0;
    for (size_t i = 0; i < m->settings->seeds; i++) count += longest_of(m, &climbs[i]) >= gap;
    return count;
}

ur_cli_memory_sum ur_cli_memory_sum_of(const ur_cli_memory *m, size_t cell, size_t window, size_t clip, size_t task)
{
    const ur_cli_memory_plan *plan = &m->plan;
    size_t place = ((cell * plan->window_count + window) * plan->clip_count + clip) * plan->task_count + task;
    ur_cli_memory_sum sum = {.climbs = m->climbs + place * m->settings->seeds, .complete = true};
    for (size_t i = 0; i < m->settings->seeds; i++) sum.complete = sum.complete && sum.climbs[i].over;
    for (size_t i = sum.climbs->first; i < plan->gap_count; i++)
        if (2 * masters(m, sum.climbs, plan->gaps[i]) > m->settings->seeds) sum.longest = plan->gaps[i];
    sum.all = sum.longest == plan->gaps[plan->gap_count - 1];
    return sum;
}

void ur_cli_memory_window_text(const ur_cli_memory *m, size_t window, char text[UR_CLI_MEMORY_WORD])
{
    size_t steps = m->plan.windows[window];
    snprintf(text, UR_CLI_MEMORY_WORD, steps ? "%zu" : "full", steps);
}

void ur_cli_memory_clip_text(const ur_cli_memory *m, size_t clip, char text[UR_CLI_MEMORY_WORD])
{
    double norm = m->plan.clips[clip];
    snprintf(text, UR_CLI_MEMORY_WORD, norm > 0 ? "%g" : "off", norm);
}

void ur_cli_memory_sum_text(const ur_cli_memory_sum *sum, char text[UR_CLI_MEMORY_WORD])
{
    const char *mark = sum->all ? "+" : sum->complete ? "" : "?";
    snprintf(text, UR_CLI_MEMORY_WORD, sum->longest ? "%zu%s" : "-%.0zu%s", sum->longest, mark);
}

/* ---- The table ----------------------------------------------------------------------------------------------------- */

static void print_heading(const ur_cli_memory *m)
{
    const ur_cli_memory_plan *plan = &m->plan;
    printf("Longest gap mastered, of");
    for (size_t i = 0; i < plan->gap_count; i++) printf(" %zu", plan->gaps[i]);
    if (m->settings->seeds > 1) printf(" (of more than half of %zu seeds)", m->settings->seeds);
    printf("\n\n%-14s%-8s%-6s", "cell", "window", "clip");
    for (size_t i = 0; i < plan->task_count; i++) printf("%8s", ur_recall_about(plan->tasks[i])->name);
    printf("\n");
}

static void print_row(const ur_cli_memory *m, size_t cell, size_t window, size_t clip)
{
    char text[UR_CLI_MEMORY_WORD];
    ur_cli_memory_window_text(m, window, text);
    printf("%-14s%-8s", m->plan.cells[cell], text);
    ur_cli_memory_clip_text(m, clip, text);
    printf("%-6s", text);
    for (size_t task = 0; task < m->plan.task_count; task++) {
        ur_cli_memory_sum sum = ur_cli_memory_sum_of(m, cell, window, clip, task);
        ur_cli_memory_sum_text(&sum, text);
        printf("%8s", text);
    }
    printf("\n");
}

static void print_notes(const ur_cli_memory *m)
{
    size_t left = ur_cli_memory_left_out(m);
    printf("\n");
    for (size_t i = 0; i < m->plan.task_count; i++) {
        const ur_recall_facts *facts = ur_recall_about(m->plan.tasks[i]);
        if (m->plan.tasks[i] == UR_RECALL_ADDING)
            printf("%s: mastered where the mean squared error is below 0.01; always saying the mean has 0.167\n",
                   facts->name);
        else
            printf("%s: mastered where at least %.0f %% of the answers are right; guessing has %.1f %%\n", facts->name,
                   100 * facts->mastered, 100 * facts->chance);
    }
    printf("within %zu updates of %zu examples each, on 256 others. -: none; +: no longer gap was tried\n",
           m->settings->updates, m->settings->batch);
    if (left)
        printf("?: %zu of %zu series did not finish (%s)\n", left, m->climb_count,
               m->interrupted ? "interrupted" : "--minutes");
    printf("%.0f seconds\n", m->seconds);
}

void ur_cli_memory_print(const ur_cli_memory *m)
{
    print_heading(m);
    for (size_t cell = 0; cell < m->plan.cell_count; cell++)
        for (size_t window = 0; window < m->plan.window_count; window++)
            for (size_t clip = 0; clip < m->plan.clip_count; clip++) print_row(m, cell, window, clip);
    print_notes(m);
}

/* ---- JSON ---------------------------------------------------------------------------------------------------------- */

static json_t *trial_json(const ur_cli_memory *m, const ur_cli_memory_climb *climb, size_t gap)
{
    const ur_recall_result *result = &climb->trials[gap].result;
    json_t *object = json_object();
    ur_cli_json_set(&object, "seed", ur_cli_json_whole(climb->seed));
    ur_cli_json_set(&object, "gap", json_integer((json_int_t)m->plan.gaps[gap]));
    ur_cli_json_set(&object, "mastered", json_boolean(result->mastered));
    ur_cli_json_set(&object, "exploded", json_boolean(result->exploded));
    ur_cli_json_set(&object, "updates", json_integer((json_int_t)result->updates));
    ur_cli_json_set(&object, "score", ur_cli_json_number(result->score));
    ur_cli_json_set(&object, "largest_norm", ur_cli_json_number(result->largest_norm));
    return object;
}

static json_t *trials_json(const ur_cli_memory *m, const ur_cli_memory_sum *sum)
{
    json_t *list = json_array();
    for (size_t i = 0; i < m->settings->seeds; i++)
        for (size_t gap = 0; gap < m->plan.gap_count; gap++)
            if (sum->climbs[i].trials[gap].done) ur_cli_json_add(&list, trial_json(m, &sum->climbs[i], gap));
    return list;
}

static json_t *sum_json(const ur_cli_memory *m, const ur_cli_memory_sum *sum)
{
    const ur_cli_memory_climb *climb = sum->climbs;
    size_t window = m->plan.windows[climb->window];
    double clip = m->plan.clips[climb->clip];
    json_t *object = json_object();
    ur_cli_json_set(&object, "cell", json_string(m->plan.cells[climb->cell]));
    ur_cli_json_set(&object, "window", window ? json_integer((json_int_t)window) : json_null());
    ur_cli_json_set(&object, "clip", clip > 0 ? json_real(clip) : json_null());
    ur_cli_json_set(&object, "task", json_string(ur_recall_about(m->plan.tasks[climb->task])->name));
    ur_cli_json_set(&object, "longest", sum->longest ? json_integer((json_int_t)sum->longest) : json_null());
    ur_cli_json_set(&object, "complete", json_boolean(sum->complete));
    ur_cli_json_set(&object, "trainings", trials_json(m, sum));
    return object;
}

static json_t *sums_json(const ur_cli_memory *m)
{
    json_t *list = json_array();
    for (size_t i = 0; i < m->climb_count; i += m->settings->seeds) {
        const ur_cli_memory_climb *c = &m->climbs[i];
        ur_cli_memory_sum sum = ur_cli_memory_sum_of(m, c->cell, c->window, c->clip, c->task);
        ur_cli_json_add(&list, sum_json(m, &sum));
    }
    return list;
}

static json_t *tasks_json(const ur_cli_memory *m)
{
    json_t *list = json_array();
    for (size_t i = 0; i < m->plan.task_count; i++) {
        const ur_recall_facts *facts = ur_recall_about(m->plan.tasks[i]);
        json_t *object = json_object();
        ur_cli_json_set(&object, "task", json_string(facts->name));
        ur_cli_json_set(&object, "chance", json_real(facts->chance));
        ur_cli_json_set(&object, "mastered", json_real(facts->mastered));
        ur_cli_json_add(&list, object);
    }
    return list;
}

ur_status ur_cli_memory_print_json(const ur_cli_memory *m, ur_error *error)
{
    json_t *object = json_object(), *gaps = json_array();
    for (size_t i = 0; i < m->plan.gap_count; i++) ur_cli_json_add(&gaps, json_integer((json_int_t)m->plan.gaps[i]));
    ur_cli_json_set(&object, "tasks", tasks_json(m));
    ur_cli_json_set(&object, "gaps", gaps);
    ur_cli_json_set(&object, "hidden", json_integer((json_int_t)m->settings->hidden));
    ur_cli_json_set(&object, "batch", json_integer((json_int_t)m->settings->batch));
    ur_cli_json_set(&object, "updates", json_integer((json_int_t)m->settings->updates));
    ur_cli_json_set(&object, "rows", sums_json(m));
    ur_cli_json_set(&object, "left_out", json_integer((json_int_t)ur_cli_memory_left_out(m)));
    ur_cli_json_set(&object, "seconds", ur_cli_json_number(m->seconds));
    return ur_cli_json_print(object, error);
}
